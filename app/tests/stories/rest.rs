//! Left alone, the window is not drawn: nothing blinks, turns or looks again by itself.

use egui::{Key, Modifiers};
use workbench::state::{Packing, Shown};

use crate::slips;
use crate::window::Window;

#[test]
fn the_start_page_is_at_rest() {
    let mut window = Window::empty();
    assert!(window.is_at_rest());
    window.type_into("Path of a project or pack", "/nowhere at all");
    window.press(Modifiers::NONE, Key::Enter);
    window.until("it is refused", |state| state.refused.is_some());
    assert!(window.is_at_rest());
}

#[test]
fn a_glyph_bank_is_at_rest_through_every_lens() {
    let mut window = Window::on("lantern");
    assert!(window.is_at_rest());
    for key in [Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num1] {
        window.press(Modifiers::COMMAND, key);
        assert!(window.is_at_rest(), "{:?}", window.state().lens());
    }
    window.click_at(window.place_of_role(egui::accesskit::Role::Canvas, "Sheet").center());
    assert!(window.is_at_rest(), "with the pointer over the sheet");
    window.press(Modifiers::COMMAND, Key::I);
    assert!(window.is_at_rest());
}

#[test]
fn sounds_that_nobody_plays_are_at_rest() {
    let mut window = Window::on("lantern");
    window.click("ambience, ready");
    assert!(window.is_at_rest());
    window.press(Modifiers::COMMAND, Key::Num2);
    assert!(window.is_at_rest());
}

#[test]
fn a_pack_that_is_done_and_one_that_is_blocked_are_at_rest() {
    let mut window = Window::on("lantern");
    window.press(Modifiers::COMMAND, Key::P);
    window.until("it is packed", |state| matches!(state.pack, Packing::Done { .. }));
    assert!(window.is_at_rest());
    slips::odd_pixel(window.root(), 5, 6);
    window.until("it is told", |state| state.problems.iter().any(|finding| finding.is_error()));
    window.settle();
    window.press(Modifiers::COMMAND, Key::P);
    window.until("it is blocked", |state| matches!(&state.pack, Packing::Done { report, .. } if report.pack.is_none()));
    assert!(window.is_at_rest());
}

#[test]
fn problems_and_what_is_broken_are_at_rest() {
    let mut window = Window::prepared("lantern", |root| {
        slips::odd_pixel(root, 5, 6);
        slips::halve(&root.join("assets/characters/hero/asset.json"));
    });
    for _ in 0..4 {
        window.press(Modifiers::NONE, Key::F8);
        assert!(!matches!(window.state().preview, Shown::Loading));
        assert!(window.is_at_rest(), "{:?}", window.state().problem);
    }
}

#[test]
fn text_fields_and_the_command_palette_are_at_rest() {
    let mut window = Window::on("lantern");
    window.type_into("Search assets", "la");
    assert!(window.is_at_rest());
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("pal");
    assert!(window.is_at_rest());
}

#[test]
fn a_folder_that_is_gone_is_waited_for_without_drawing() {
    let mut window = Window::on("lantern");
    std::fs::rename(window.root(), window.root().with_extension("away")).unwrap();
    window.until("it is gone", |state| state.opened.as_ref().is_some_and(|opened| opened.is_gone));
    assert!(window.is_at_rest());
}

#[test]
fn the_pointer_over_a_list_is_no_reason_to_draw() {
    let mut window = Window::on("lantern");
    window.point_at(window.place_of_role(egui::accesskit::Role::ListItem, "lamps").center());
    // What is told on hover comes after a while, and stays.
    window.leave_alone();
    assert!(window.is_at_rest());
}
