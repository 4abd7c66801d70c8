//! The source beside the result.

use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2};
use workbench::state::{Lens, Shown};
use workbench::widgets::Canvas;

use crate::slips;
use crate::window::{Window, demo};

/// The middle of a pixel of the source image, or of the result.
fn pixel(window: &Window, half: &str, size: [u32; 2], x: u32, y: u32) -> Pos2 {
    let stage = window.place_of_role(Role::Canvas, half);
    Canvas::new(stage, 1.0, size, size, window.state().view.source_look).square(x, y, 1).center()
}

fn beside() -> Window {
    let mut window = Window::on("lantern");
    window.click("lamps, ready");
    window.press(Modifiers::COMMAND, Key::Num2);
    assert_eq!(window.state().lens(), Lens::Source);
    window
}

/// A pixel of the image that is drawn, right of `from`, with its color.
fn drawn(from: u32) -> ([u32; 2], u32, u32, String) {
    let image = image::open(demo("lantern").join(slips::LAMPKIN)).unwrap().into_rgba8();
    let (x, y, color) = image.enumerate_pixels().find(|(x, _, color)| *x >= from && color.0[3] == 0xFF).unwrap();
    let [r, g, b, _] = color.0;
    ([image.width(), image.height()], x, y, format!("#{r:02x}{g:02x}{b:02x}"))
}

#[test]
fn pointing_at_a_pixel_in_either_half_tells_both_colors() {
    let mut window = beside();
    let (size, x, y, color) = drawn(0);
    for half in ["Source of lampkin.png", "Result of lampkin.png"] {
        window.point_at(pixel(&window, half, size, x, y));
        let told = format!("({x}, {y}) {color} becomes tile {}, index ", x / 16);
        let labels = window.texts();
        let found = labels.iter().find(|text| text.starts_with(&told)).unwrap_or_else(|| panic!("{told}: {labels:?}"));
        assert!(found.ends_with(&format!(": {color} of palette 0")), "{found}");
        window.point_away();
        assert!(window.shows("Point at a pixel to compare it"));
    }
}

#[test]
fn a_click_selects_the_tile_of_the_pixel() {
    let mut window = beside();
    let (size, x, y, _) = drawn(2 * 16);
    window.click_at(pixel(&window, "Result of lampkin.png", size, x, y));
    assert_eq!(window.state().view.tile, Some(x / 16));
    window.press(Modifiers::COMMAND, Key::Num1);
    assert!(window.shows(&format!("selected: tile {}", x / 16)), "{}", window.outline());
}

#[test]
fn files_are_chosen_by_their_chips() {
    let mut window = beside();
    assert_eq!(window.state().source_file().as_deref(), Some("lampkin.png"));
    window.click_role(Role::Button, "moth.png");
    assert_eq!(window.state().source_file().as_deref(), Some("moth.png"));
    assert!(window.shows("Source of moth.png") && !window.shows("Source of lampkin.png"));
}

#[test]
fn a_tile_that_is_selected_on_the_sheet_brings_its_file() {
    let mut window = Window::on("lantern");
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
fn a_source_that_is_repainted_is_read_anew_with_its_result() {
    let mut window = beside();
    let (size, x, y, _) = drawn(0);
    window.point_at(pixel(&window, "Source of lampkin.png", size, x, y));
    slips::odd_pixel(window.root(), x, y);
    window.until("it is told", |state| state.problems.iter().any(|finding| finding.is_error()));
    window.settle();
    assert!(
        window.shows(&format!("({x}, {y}) #12fe34 becomes tile {}, which could not be made", x / 16)),
        "{}",
        window.outline()
    );
    assert!(matches!(window.state().preview, Shown::Ready(_)), "the other tiles are shown");
}
