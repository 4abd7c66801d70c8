//! Without input, the window is not drawn: nothing blinks, turns or checks for changes by itself.

use egui::{Key, Modifiers};
use workbench::state::{Packing, PreviewState};

use crate::project_edits;
use crate::window::Window;

#[test]
fn the_start_page_is_not_redrawn() {
    let mut window = Window::start_page();
    assert!(window.stays_idle());
    window.type_into("Path of a project or pack", "/nowhere at all");
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_until("it is refused", |state| state.refused.is_some());
    assert!(window.stays_idle());
}

#[test]
fn tile_bank_views_are_not_redrawn() {
    let mut window = Window::open_demo("lantern");
    assert!(window.stays_idle());
    for key in [Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num1] {
        window.press(Modifiers::COMMAND, key);
        assert!(window.stays_idle(), "{:?}", window.state().view_kind());
    }
    window.click_at(window.place_of_role(egui::accesskit::Role::Canvas, "Sheet").center());
    assert!(window.stays_idle(), "with the pointer over the sheet");
    window.press(Modifiers::COMMAND, Key::I);
    assert!(window.stays_idle());
}

#[test]
fn silent_sounds_are_not_redrawn() {
    let mut window = Window::open_demo("lantern");
    window.click("ambience, ready");
    assert!(window.stays_idle());
    window.press(Modifiers::COMMAND, Key::Num2);
    assert!(window.stays_idle());
}

#[test]
fn pack_results_are_not_redrawn() {
    let mut window = Window::open_demo("lantern");
    window.press(Modifiers::COMMAND, Key::P);
    window.wait_until("it is packed", |state| matches!(state.pack, Packing::Done { .. }));
    assert!(window.stays_idle());
    project_edits::paint_odd_pixel(window.root(), 5, 6);
    window.wait_until("the problem is reported", |state| state.problems.iter().any(|finding| finding.is_error()));
    window.wait_until_idle();
    window.press(Modifiers::COMMAND, Key::P);
    window.wait_until(
        "it is blocked",
        |state| matches!(&state.pack, Packing::Done { report, .. } if report.pack.is_none()),
    );
    assert!(window.stays_idle());
}

#[test]
fn problems_are_not_redrawn() {
    let mut window = Window::open_edited_demo("lantern", |root| {
        project_edits::paint_odd_pixel(root, 5, 6);
        project_edits::truncate_file(&root.join("assets/characters/hero/asset.json"));
    });
    for _ in 0..4 {
        window.press(Modifiers::NONE, Key::F8);
        assert!(!matches!(window.state().preview, PreviewState::Loading));
        assert!(window.stays_idle(), "{:?}", window.state().selected_problem);
    }
}

#[test]
fn text_fields_are_not_redrawn() {
    let mut window = Window::open_demo("lantern");
    window.type_into("Search assets", "la");
    assert!(window.stays_idle());
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("pal");
    assert!(window.stays_idle());
}

#[test]
fn a_vanished_project_is_not_redrawn() {
    let mut window = Window::open_demo("lantern");
    std::fs::rename(window.root(), window.root().with_extension("away")).unwrap();
    window.wait_until("it is gone", |state| state.opened.as_ref().is_some_and(|opened| opened.is_gone));
    assert!(window.stays_idle());
}

#[test]
fn a_resting_pointer_is_not_redrawn() {
    let mut window = Window::open_demo("lantern");
    window.point_at(window.place_of_role(egui::accesskit::Role::ListItem, "lamps").center());
    // The tooltip appears after a while and stays.
    window.wait_past_watch_delay();
    assert!(window.stays_idle());
}
