//! The sheet, its palettes and its tiles, looked at in every way.

use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2};
use workbench::state::{Lens, Settings};
use workbench::widgets::{Canvas, Look, ZOOMS, sheet};

use crate::window::Window;

fn canvas(window: &Window) -> Canvas {
    let (state, stage) = (window.state(), window.place_of_role(Role::Canvas, "Sheet"));
    let look = Look { zoom: state.settings.zoom, pan: state.view.pan };
    sheet::placed(stage, 1.0, state.sheet().unwrap(), look)
}

fn pixel(window: &Window, x: u32, y: u32) -> Pos2 {
    canvas(window).square(x, y, 1).center()
}

#[test]
fn a_color_that_is_pointed_at_flashes_and_stops() {
    let mut window = Window::on("lantern");
    window.click("lamps, ready");
    let swatch = window.place_of_role(Role::Image, "Color 1 #181021").center();
    window.point_at(swatch);
    assert_eq!(window.state().view.flash, Some((0, 1)));
    assert!(window.asks_again().is_some(), "it blinks");
    window.point_at(window.place_of_role(Role::Image, "Color 0").center());
    assert_eq!(window.state().view.flash, None, "what is not drawn cannot flash");
    window.point_at(swatch);
    window.point_away();
    assert_eq!(window.state().view.flash, None);
    assert!(window.is_at_rest());
}

#[test]
fn tiles_are_walked_and_played_as_frames_until_they_are_stopped() {
    let mut window = Window::on("lantern");
    window.click("lamps, ready");
    window.press(Modifiers::COMMAND, Key::Num3);
    window.press(Modifiers::NONE, Key::F6);
    assert_eq!(window.focused(), Some((Role::Group, "Tile stage".into())));
    for key in [Key::ArrowRight, Key::ArrowRight, Key::ArrowDown, Key::ArrowLeft] {
        window.press(Modifiers::NONE, key);
    }
    assert_eq!(window.state().view.tile, Some(16));
    assert!(window.shows("Tile 16, repeated three by three") && window.shows("Frame 1, tile 16"));
    window.press(Modifiers::NONE, Key::Space);
    assert!(window.state().view.is_animated && window.asks_again().is_some());
    window.press(Modifiers::NONE, Key::Space);
    assert!(!window.state().view.is_animated);
    assert!(window.is_at_rest(), "what stands is not drawn again");
}

#[test]
fn what_is_played_stops_when_it_is_looked_at_no_more() {
    let mut window = Window::on("lantern");
    window.press(Modifiers::COMMAND, Key::Num3);
    window.press(Modifiers::NONE, Key::Space);
    assert!(window.state().view.is_animated);
    window.press(Modifiers::COMMAND, Key::Num1);
    assert!(window.is_at_rest());
    window.click("lamps, ready");
    window.press(Modifiers::COMMAND, Key::Num3);
    assert!(!window.state().view.is_animated, "another asset begins anew");
}

#[test]
fn the_sheet_is_shown_in_a_palette_that_is_chosen_among_all() {
    let mut window = Window::on("lantern");
    window.click("lamps, ready");
    window.press(Modifiers::COMMAND, Key::Num4);
    assert!(window.shows("Palette 0 flame") && window.shows("Palette 1 shade"));
    window.click("Show the sheet in palette 1");
    assert_eq!((window.state().lens(), window.state().view.palette), (Lens::Console, Some(1)));
    assert_eq!(window.value_of("Palette"), "Palette 1 shade");
}

#[test]
fn the_wheel_zooms_at_the_pointer() {
    let mut window = Window::on("lantern");
    let fitted = canvas(&window).zoom;
    let at = pixel(&window, 40, 9);
    window.point_at(at);
    let under = |window: &Window| window.texts().into_iter().find(|text| text.starts_with("pixel (8, 9):"));
    let before = under(&window).expect("the pixel under the pointer is told");
    window.wheel(3);
    let larger = window.state().settings.zoom.unwrap();
    assert_eq!(larger, ZOOMS[ZOOMS.iter().position(|zoom| *zoom == fitted).unwrap() + 3]);
    assert_eq!(under(&window), Some(before.clone()), "it stays under the pointer");
    window.wheel(-2);
    assert_eq!(under(&window), Some(before));
    window.wheel(-20);
    assert_eq!(window.state().settings.zoom, Some(1), "the end stays");
    window.press(Modifiers::COMMAND, Key::Num0);
    assert_eq!(window.state().settings.zoom, None);
    assert_eq!(canvas(&window).zoom, fitted);
    window.press(Modifiers::COMMAND, Key::Plus);
    window.press(Modifiers::COMMAND, Key::Plus);
    window.press(Modifiers::COMMAND, Key::Minus);
    assert!(window.state().settings.zoom.unwrap() > fitted);
}

#[test]
fn zoom_and_grid_survive_the_next_asset_and_the_next_start() {
    let mut window = Window::on("lantern");
    window.press(Modifiers::COMMAND, Key::Plus);
    window.press(Modifiers::COMMAND, Key::G);
    window.press(Modifiers::COMMAND, Key::I);
    let settings = window.state().settings.clone();
    assert!(settings.zoom.is_some() && !settings.grid && settings.ids);
    window.click("lamps, ready");
    assert_eq!(window.state().settings, settings);
    let kept = serde_json::to_string(&settings).unwrap();
    assert_eq!(serde_json::from_str::<Settings>(&kept).unwrap(), settings);
    // One of an older window, which knew less.
    let older: Settings = serde_json::from_str(r#"{ "recent": ["/games/lantern"] }"#).unwrap();
    assert_eq!(older, Settings { recent: vec!["/games/lantern".into()], ..Settings::default() });
}

#[test]
fn dragging_moves_the_sheet_and_a_click_selects_a_tile() {
    let mut window = Window::on("lantern");
    window.click_at(pixel(&window, 40, 9));
    assert_eq!(window.state().view.tile, Some(1), "tiles of 32 pixels");
    let from = pixel(&window, 100, 20);
    window.drag(from, from + egui::vec2(50.0, -30.0));
    assert_eq!(window.state().view.pan, egui::vec2(50.0, -30.0));
    assert_eq!(window.state().view.tile, Some(1), "a drag is no click");
}
