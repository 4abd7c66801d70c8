//! The list of problems.

use egui::{Key, Modifiers};
use workbench::state::PreviewState;

use crate::window::Window;

#[test]
fn a_pixel_problem_leads_to_its_pixel() {
    let mut window = Window::open_demo("snuffed");
    let at = window.state().problems.iter().position(|finding| finding.code.as_str() == "color-near-miss").unwrap();
    for _ in 0..=at {
        window.press(Modifiers::NONE, Key::F8);
    }
    assert_eq!(window.state().selected_root.as_deref(), Some("tiles/color-near-miss"));
    assert!(window.state().view.tile.is_some() && window.state().view.pixel.is_some());
    assert!(matches!(window.state().preview, PreviewState::Ready(_)), "a broken bank shows what can be shown");
    assert!(window.shows("selected"));
    window.press(Modifiers::SHIFT, Key::F8);
    assert_eq!(window.state().selected_problem, Some(at - 1));
}

#[test]
fn a_fixed_note_disappears() {
    let mut window = Window::open_demo("lantern");
    assert!(window.shows("Problems (2)"), "two notes");
    std::fs::remove_dir_all(window.root().join("assets/drafts/sketch")).unwrap();
    window.wait_until("the note is gone", |state| state.problems.len() == 1);
}
