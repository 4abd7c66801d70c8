//! The Compare view: the source beside the result.

use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2};
use workbench::state::{PreviewState, ViewKind};
use workbench::widgets::Canvas;

use crate::project_edits;
use crate::window::{Window, demo};

/// The center of a pixel in the source or in the result.
fn pixel(window: &Window, half: &str, size: [u32; 2], x: u32, y: u32) -> Pos2 {
    let room = window.place_of_role(Role::Canvas, half);
    Canvas::new(room, 1.0, size, size, window.state().view.source_zoom_pan).square(x, y, 1).center()
}

fn open_compare_view() -> Window {
    let mut window = Window::open_demo("lantern");
    window.click("lamps, ready");
    window.press(Modifiers::COMMAND, Key::Num2);
    assert_eq!(window.state().view_kind(), ViewKind::Compare);
    window
}

/// An opaque pixel of the image, from column `from` on: the image's size, the place and the color.
fn opaque_pixel(from: u32) -> ([u32; 2], u32, u32, String) {
    let image = image::open(demo("lantern").join(project_edits::LAMPKIN)).unwrap().into_rgba8();
    let (x, y, color) = image.enumerate_pixels().find(|(x, _, color)| *x >= from && color.0[3] == 0xFF).unwrap();
    let [r, g, b, _] = color.0;
    ([image.width(), image.height()], x, y, format!("#{r:02x}{g:02x}{b:02x}"))
}

#[test]
fn both_halves_describe_the_pixel() {
    let mut window = open_compare_view();
    let (size, x, y, color) = opaque_pixel(0);
    for half in ["Source of lampkin.png", "Result of lampkin.png"] {
        window.point_at(pixel(&window, half, size, x, y));
        let expected = format!("({x}, {y}) {color} becomes tile {}, index ", x / 16);
        let labels = window.texts();
        let found =
            labels.iter().find(|text| text.starts_with(&expected)).unwrap_or_else(|| panic!("{expected}: {labels:?}"));
        assert!(found.ends_with(&format!(": {color} of palette 0")), "{found}");
        window.remove_pointer();
        assert!(window.shows("Point at a pixel to compare it"));
    }
}

#[test]
fn a_click_selects_the_pixels_tile() {
    let mut window = open_compare_view();
    let (size, x, y, _) = opaque_pixel(2 * 16);
    window.click_at(pixel(&window, "Result of lampkin.png", size, x, y));
    assert_eq!(window.state().view.tile, Some(x / 16));
    window.press(Modifiers::COMMAND, Key::Num1);
    assert!(window.shows(&format!("selected: tile {}", x / 16)), "{}", window.outline());
}

#[test]
fn chips_choose_the_file() {
    let mut window = open_compare_view();
    assert_eq!(window.state().source_file().as_deref(), Some("lampkin.png"));
    window.click_role(Role::Button, "moth.png");
    assert_eq!(window.state().source_file().as_deref(), Some("moth.png"));
    assert!(window.shows("Source of moth.png") && !window.shows("Source of lampkin.png"));
}

#[test]
fn the_selected_tile_chooses_the_file() {
    let mut window = Window::open_demo("lantern");
    window.click("lamps, ready");
    window.press(Modifiers::NONE, Key::F6);
    for _ in 0..10 {
        window.press(Modifiers::NONE, Key::ArrowRight);
    }
    assert_eq!(window.state().view.tile, Some(9));
    window.press(Modifiers::COMMAND, Key::Num2);
    assert!(window.shows("Source of moth.png"), "{}", window.outline());
}

#[test]
fn a_repainted_source_is_read_again() {
    let mut window = open_compare_view();
    let (size, x, y, _) = opaque_pixel(0);
    window.point_at(pixel(&window, "Source of lampkin.png", size, x, y));
    project_edits::paint_odd_pixel(window.root(), x, y);
    window.wait_until("the problem is reported", |state| state.problems.iter().any(|finding| finding.is_error()));
    window.wait_until_idle();
    assert!(
        window.shows(&format!("({x}, {y}) #12fe34 is in tile {}, which cannot be converted", x / 16)),
        "{}",
        window.outline()
    );
    assert!(matches!(window.state().preview, PreviewState::Ready(_)), "the other tiles are shown");
}
