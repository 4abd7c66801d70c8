//! Browsing a project.

use egui::{Key, Modifiers};
use workbench::state::PreviewState;

use crate::window::Window;

#[test]
fn assets_are_listed_by_folder() {
    let mut window = Window::open_demo("lantern");
    for row in ["hero, ready", "lamps, ready", "ambience, ready", "title, left out"] {
        assert!(window.shows(row), "{row}: {:?}", window.list_items());
    }
    // Only visible rows are drawn; selecting the last asset makes the last rows visible.
    window.press(Modifiers::NONE, Key::End);
    for row in ["title, left out", "sketch, not added"] {
        assert!(window.list_items().iter().any(|item| item == row), "{row}: {:?}", window.list_items());
    }
    assert!(window.shows("Tile bank slots 4 / 16"));
}

#[test]
fn search_finds_an_asset() {
    let mut window = Window::open_demo("lantern");
    window.type_into("Search assets", "TERR");
    let items: Vec<String> = window.list_items();
    assert_eq!(items.iter().filter(|item| item.ends_with("ready")).count(), 1, "{items:?}");
    window.click("terrain, ready");
    assert_eq!(window.state().selected_root.as_deref(), Some("world/terrain"));
    assert!(matches!(window.state().preview, PreviewState::Ready(_)));
    assert!(window.shows("Sheet, "));
    window.type_into("Search assets", " no such name");
    assert!(window.shows("No assets match."));
}

#[test]
fn arrows_move_and_palettes_swap() {
    let mut window = Window::open_demo("lantern");
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/hero"), "the first asset is selected");
    window.press(Modifiers::NONE, Key::ArrowDown);
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/lamps"));
    assert_eq!(window.state().view.palette, None, "each tile's own palette");
    window.press(Modifiers::COMMAND, Key::CloseBracket);
    assert_eq!(window.state().view.palette, Some(0));
    assert_eq!(window.value_of("Palette"), "Palette 0 flame");
    window.press(Modifiers::COMMAND, Key::OpenBracket);
    assert_eq!(window.state().view.palette, None);
}

#[test]
fn a_sound_bank_shows_its_samples() {
    let mut window = Window::open_demo("lantern");
    window.click("effects, ready");
    assert!(window.shows("Waveform, "));
    assert!(window.shows("jump.wav"));
}

#[test]
fn the_command_palette_finds_every_command() {
    let mut window = Window::open_demo("lantern");
    window.press(Modifiers::COMMAND, Key::K);
    assert!(window.list_items().iter().any(|item| item == "Pack"));
    window.type_into("Type a command", "cancel");
    assert!(window.shows("No pack is running."));
    window.press(Modifiers::NONE, Key::Escape);
    assert_eq!(window.state().command_palette, None);
    window.press(Modifiers::COMMAND, Key::K);
    window.type_into("Type a command", "tile ids");
    let before = window.state().settings.ids;
    window.press(Modifiers::NONE, Key::Enter);
    assert_ne!(window.state().settings.ids, before);
    assert_eq!(window.state().command_palette, None);
}
