//! The views of a tile bank: the sheet, its palettes and its tiles.

use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2};
use workbench::state::{Settings, ViewKind};
use workbench::widgets::{Canvas, ZOOM_LEVELS, ZoomPan, place_sheet};

use crate::window::Window;

fn canvas(window: &Window) -> Canvas {
    let (state, room) = (window.state(), window.place_of_role(Role::Canvas, "Sheet"));
    let zoom_pan = ZoomPan { zoom: state.settings.zoom, pan: state.view.pan };
    place_sheet(room, 1.0, state.glyph_bank().unwrap(), zoom_pan)
}

fn pixel(window: &Window, x: u32, y: u32) -> Pos2 {
    canvas(window).square(x, y, 1).center()
}

#[test]
fn a_color_under_the_pointer_flashes() {
    let mut window = Window::open_demo("lantern");
    window.click("lamps, ready");
    let swatch = window.place_of_role(Role::Image, "Color 1 #181021").center();
    window.point_at(swatch);
    assert_eq!(window.state().view.flashing, Some((0, 1)));
    assert!(window.repaint_delay().is_some(), "it flashes");
    window.point_at(window.place_of_role(Role::Image, "Color 0").center());
    assert_eq!(window.state().view.flashing, None, "the transparent color does not flash");
    window.point_at(swatch);
    window.remove_pointer();
    assert_eq!(window.state().view.flashing, None);
    assert!(window.stays_idle());
}

#[test]
fn tiles_are_played_as_frames() {
    let mut window = Window::open_demo("lantern");
    window.click("lamps, ready");
    window.press(Modifiers::COMMAND, Key::Num3);
    window.press(Modifiers::NONE, Key::F6);
    assert_eq!(window.focused(), Some((Role::Group, "Tile preview".into())));
    for key in [Key::ArrowRight, Key::ArrowRight, Key::ArrowDown, Key::ArrowLeft] {
        window.press(Modifiers::NONE, key);
    }
    assert_eq!(window.state().view.tile, Some(16));
    assert!(window.shows("Tile 16, repeated three by three") && window.shows("Frame 1, tile 16"));
    window.press(Modifiers::NONE, Key::Space);
    assert!(window.state().view.is_animated && window.repaint_delay().is_some());
    window.press(Modifiers::NONE, Key::Space);
    assert!(!window.state().view.is_animated);
    assert!(window.stays_idle(), "a stopped animation is not redrawn");
}

#[test]
fn an_animation_stops_when_hidden() {
    let mut window = Window::open_demo("lantern");
    window.press(Modifiers::COMMAND, Key::Num3);
    window.press(Modifiers::NONE, Key::Space);
    assert!(window.state().view.is_animated);
    window.press(Modifiers::COMMAND, Key::Num1);
    assert!(window.stays_idle());
    window.click("lamps, ready");
    window.press(Modifiers::COMMAND, Key::Num3);
    assert!(!window.state().view.is_animated, "another asset starts without animation");
}

#[test]
fn a_palette_card_shows_the_sheet() {
    let mut window = Window::open_demo("lantern");
    window.click("lamps, ready");
    window.press(Modifiers::COMMAND, Key::Num4);
    assert!(window.shows("Palette 0 flame") && window.shows("Palette 1 shade"));
    window.click("Show the sheet in palette 1");
    assert_eq!((window.state().view_kind(), window.state().view.palette), (ViewKind::Console, Some(1)));
    assert_eq!(window.value_of("Palette"), "Palette 1 shade");
}

#[test]
fn the_wheel_zooms_at_the_pointer() {
    let mut window = Window::open_demo("lantern");
    let fitted = canvas(&window).zoom;
    let at = pixel(&window, 40, 9);
    window.point_at(at);
    let under = |window: &Window| window.texts().into_iter().find(|text| text.starts_with("pixel (8, 9):"));
    let before = under(&window).expect("the pixel under the pointer is described");
    window.wheel(3);
    let larger = window.state().settings.zoom.unwrap();
    assert_eq!(larger, ZOOM_LEVELS[ZOOM_LEVELS.iter().position(|zoom| *zoom == fitted).unwrap() + 3]);
    assert_eq!(under(&window), Some(before.clone()), "it stays under the pointer");
    window.wheel(-2);
    assert_eq!(under(&window), Some(before));
    window.wheel(-20);
    assert_eq!(window.state().settings.zoom, Some(1), "1 is the smallest zoom");
    window.press(Modifiers::COMMAND, Key::Num0);
    assert_eq!(window.state().settings.zoom, None);
    assert_eq!(canvas(&window).zoom, fitted);
    window.press(Modifiers::COMMAND, Key::Plus);
    window.press(Modifiers::COMMAND, Key::Plus);
    window.press(Modifiers::COMMAND, Key::Minus);
    assert!(window.state().settings.zoom.unwrap() > fitted);
}

#[test]
fn zoom_and_grid_survive_a_restart() {
    let mut window = Window::open_demo("lantern");
    window.press(Modifiers::COMMAND, Key::Plus);
    window.press(Modifiers::COMMAND, Key::G);
    window.press(Modifiers::COMMAND, Key::I);
    let settings = window.state().settings.clone();
    assert!(settings.zoom.is_some() && !settings.grid && settings.ids);
    window.click("lamps, ready");
    assert_eq!(window.state().settings, settings);
    let kept = serde_json::to_string(&settings).unwrap();
    assert_eq!(serde_json::from_str::<Settings>(&kept).unwrap(), settings);
    // The settings of an older version have fewer fields.
    let older: Settings = serde_json::from_str(r#"{ "recent": ["/games/lantern"] }"#).unwrap();
    assert_eq!(older, Settings { recent: vec!["/games/lantern".into()], ..Settings::default() });
}

#[test]
fn dragging_moves_and_clicking_selects() {
    let mut window = Window::open_demo("lantern");
    window.click_at(pixel(&window, 40, 9));
    assert_eq!(window.state().view.tile, Some(1), "tiles of 32 pixels");
    let from = pixel(&window, 100, 20);
    window.drag(from, from + egui::vec2(50.0, -30.0));
    assert_eq!(window.state().view.pan, egui::vec2(50.0, -30.0));
    assert_eq!(window.state().view.tile, Some(1), "a drag does not select");
}
