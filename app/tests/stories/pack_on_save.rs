//! Packing what is saved.

use packer_services::Context;
use packer_services::diagnostics::Severity;
use packer_services::ops::{Operation, Pack, Published};
use workbench::state::{BottomTab, Packing, State};

use crate::project_edits;
use crate::window::Window;

const HERO: &str = "assets/characters/hero/hero.png";

/// A window that packs saves.
fn open_demo() -> Window {
    let mut window = Window::open_demo("lantern");
    window.press(egui::Modifiers::COMMAND, egui::Key::K);
    window.type_text("pack on save");
    window.press(egui::Modifiers::NONE, egui::Key::Enter);
    assert!(window.state().settings.packs_on_save);
    assert!(window.shows("Watching for changes, packing on save"), "{}", window.outline());
    window
}

fn save_mirrored(window: &Window) {
    let path = window.root().join(HERO);
    image::imageops::flip_horizontal(&image::open(&path).unwrap().into_rgba8()).save(path).unwrap();
}

fn lines(state: &State, start: &str) -> usize {
    state.activity.iter().filter(|line| line.text.starts_with(start)).count()
}

fn is_packed(state: &State) -> bool {
    matches!(&state.pack, Packing::Done { report, is_listed: true, .. } if report.pack.is_some())
}

fn check(window: &Window) -> Published {
    Pack::new(window.root()).check(true).run(&Context::new()).unwrap().published
}

#[test]
fn saves_are_packed_in_the_background() {
    let mut window = open_demo();
    assert!(matches!(window.state().pack, Packing::Never), "opening a project packs nothing");
    let notice = window.state().notice.clone();
    save_mirrored(&window);
    window.wait_until("it is packed", is_packed);
    window.wait_until_idle();
    assert_eq!((check(&window), lines(window.state(), "Packed")), (Published::UpToDate, 1));
    assert_eq!((window.state().bottom_tab, &window.state().notice), (BottomTab::Problems, &notice));
    // The packer's own files cause no pack, and the window rests.
    window.wait_past_watch_delay();
    assert!(window.stays_idle());
    assert_eq!(lines(window.state(), "Packed"), 1);
}

#[test]
fn half_a_save_blocks_nothing() {
    let mut window = open_demo();
    save_mirrored(&window);
    window.wait_until("it is packed", is_packed);
    let whole = std::fs::read(window.root().join(HERO)).unwrap();
    project_edits::truncate_file(&window.root().join(HERO));
    window.wait_past_watch_delay();
    assert!(window.state().problem_count(Severity::Error) > 0);
    assert!(is_packed(window.state()), "the result of a half-written file is held");
    std::fs::write(window.root().join(HERO), whole).unwrap();
    window.wait_until("the errors are gone", |state| state.problem_count(Severity::Error) == 0);
    window.wait_past_watch_delay();
    assert_eq!((lines(window.state(), "Packed"), lines(window.state(), "The pack is blocked")), (1, 0));
    // What stays half is shown, and the pack is kept.
    let packed = std::fs::read(window.root().join("build/assets.pa")).unwrap();
    project_edits::truncate_file(&window.root().join(HERO));
    window.wait_until("it is blocked", |state| lines(state, "The pack is blocked") == 1);
    window.wait_until_idle();
    assert_eq!(std::fs::read(window.root().join("build/assets.pa")).unwrap(), packed);
    window.click("Pack result");
    assert!(window.shows("Blocked by 1 error"), "{}", window.outline());
}

#[test]
fn saves_are_not_packed_by_default() {
    let mut window = Window::open_demo("lantern");
    save_mirrored(&window);
    window.wait_until("the save is noticed", |state| lines(state, "Files were saved") == 1);
    window.wait_past_watch_delay();
    assert!(matches!(window.state().pack, Packing::Never) && !window.root().join("build").exists());
}

#[test]
fn asked_pack_replaces_that_of_a_save() {
    let mut window = open_demo();
    save_mirrored(&window);
    window.wait_until("the save is noticed", |state| lines(state, "Files were saved") == 1);
    window.press(egui::Modifiers::COMMAND, egui::Key::P);
    window.wait_until("it is packed", is_packed);
    window.wait_past_watch_delay();
    assert_eq!(lines(window.state(), "Packed") + lines(window.state(), "Up to date"), 1, "{}", window.outline());
}
