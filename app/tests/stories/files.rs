//! Arranging the images or sounds that a bank is built from.

use std::path::Path;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use packer_services::formats::TileSize;
use support::images::Png;
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, palette};
use workbench::state::{BankItem, ViewKind};

use crate::window::Window;

/// A bank of two images; a third lies beside them.
fn project() -> TestProject {
    let mut project = TestProject::new();
    for (name, color) in [("a", RED), ("b", GREEN), ("spare", RED)] {
        project.write(&format!("assets/tiles/{name}.png"), Png::rgb(16, 16, |_, _| color).bytes());
    }
    let artifacts = vec![artifact("a.png", 0), artifact("b.png", 1)];
    let palettes = vec![palette(&[KEY, RED, GREEN])];
    let declaration = glyph(project.next_id(), "tiles", TileSize::Sixteen, palettes, artifacts);
    project.add_asset("tiles", true, &declaration);
    project
}

fn open(root: &Path) -> Window {
    let mut window = Window::open_project(root);
    window.press(Modifiers::COMMAND, Key::Num7);
    window.wait_until_idle();
    assert_eq!(window.state().view_kind(), ViewKind::Files, "{}", window.outline());
    window
}

fn names(window: &Window) -> Vec<String> {
    window.state().shown_draft().unwrap().items.iter().map(BankItem::name).collect()
}

#[test]
fn files_are_added_moved_and_left_out() {
    let project = project();
    let mut window = open(project.root());
    let before = std::fs::read_to_string(project.at("assets/tiles/asset.json")).unwrap();
    window.click("Add spare.png");
    window.click("Move up");
    assert_eq!(names(&window), ["a.png", "spare.png", "b.png"]);
    window.click("Apply…");
    window.wait_until_checked();
    assert!(window.shows("tiles b.png: id 1 becomes 2"), "{}", window.outline());
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_until("it is arranged", |state| state.bank_drafts.is_empty());
    window.wait_until_idle();
    assert_eq!(names(&window), ["a.png", "spare.png", "b.png"]);
    assert!(window.state().unused_files().is_empty());
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait_until("it is undone", |state| state.unused_files() == ["spare.png"]);
    assert_eq!(std::fs::read_to_string(project.at("assets/tiles/asset.json")).unwrap(), before);
}

#[test]
fn bank_is_arranged_by_keyboard_and_reverted() {
    let project = project();
    let mut window = open(project.root());
    while window.state().panel != workbench::state::Panel::View {
        window.press(Modifiers::NONE, Key::F6);
    }
    window.press(Modifiers::ALT, Key::ArrowDown);
    assert_eq!(names(&window), ["b.png", "a.png"]);
    window.press(Modifiers::NONE, Key::ArrowUp);
    window.press(Modifiers::NONE, Key::Delete);
    assert_eq!(names(&window), ["a.png"]);
    window.click("Revert");
    assert_eq!(names(&window), ["a.png", "b.png"]);
    assert!(window.state().bank_drafts.is_empty());
}

#[test]
fn refused_arrangement_keeps_the_draft() {
    let project = project();
    // Its file would be copied to a name that another file has.
    let other = tempfile::tempdir().unwrap();
    let twin = other.path().join("a.png");
    std::fs::write(&twin, Png::rgb(16, 16, |_, _| GREEN).bytes()).unwrap();
    let mut window = open(project.root());
    window.drop_files(&[&twin]);
    assert_eq!(names(&window), ["a.png", "b.png", "a.png"]);
    window.click("Apply…");
    window.wait_until_checked();
    assert!(window.shows("It has errors."), "{}", window.outline());
    window.press(Modifiers::NONE, Key::Escape);
    assert_eq!(names(&window), ["a.png", "b.png", "a.png"], "nothing is lost");
}

#[test]
fn items_are_dragged() {
    let project = project();
    let mut window = open(project.root());
    let [a, b] = ["a.png, ids 0", "b.png, ids 1"].map(|name| window.place_of_role(Role::ListItem, name).center());
    window.drag(b, a);
    assert_eq!(names(&window), ["b.png", "a.png"]);
}

#[test]
fn buttons_are_reached_in_a_small_window() {
    let project = project();
    let mut window = open(project.root());
    window.resize(egui::vec2(900.0, 560.0));
    window.wait_until_idle();
    window.click("Add spare.png");
    window.scroll("Available", 400.0);
    let apply = window.place_of_role(Role::Button, "Apply…");
    let below = window.place_of_role(Role::Group, "Problems and results");
    assert!(apply.max.y <= below.min.y, "{apply} lies below the view, which ends at {below}");
    window.click("Apply…");
    window.wait_until_checked();
}

#[test]
fn dropped_ogg_is_added() {
    let mut project = TestProject::new();
    project.add_sound("sounds");
    let art = tempfile::tempdir().unwrap();
    let tone = art.path().join("tone.ogg");
    std::fs::write(&tone, support::imports::TONE_OGG).unwrap();
    let mut window = open(project.root());
    let before = names(&window).len();
    window.drop_files(&[&tone]);
    assert_eq!((names(&window).len(), names(&window).last().map(String::as_str)), (before + 1, Some("tone.ogg")));
    window.click("Apply…");
    window.wait_until_checked();
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_until("it is added", |state| state.bank_drafts.is_empty());
    assert!(project.at("assets/sounds/tone.wav").exists(), "it was decoded");
}
