//! Seeing what there is.

use egui::{Key, Modifiers};
use workbench::state::Shown;

use crate::window::Window;

#[test]
fn the_demo_is_listed_by_folder_with_states_in_words() {
    let mut window = Window::on("lantern");
    for row in ["hero, ready", "lamps, ready", "ambience, ready", "title, excluded"] {
        assert!(window.shows(row), "{row}: {:?}", window.list_items());
    }
    // Only rows in sight are there; the last comes into sight when it is selected.
    window.press(Modifiers::NONE, Key::End);
    for row in ["title, excluded", "drafts/sketch, not registered"] {
        assert!(window.list_items().iter().any(|item| item == row), "{row}: {:?}", window.list_items());
    }
    assert!(window.shows("GLYPH slots 4 / 16"));
}

#[test]
fn an_asset_is_found_by_typing_and_shown_as_the_console_will_show_it() {
    let mut window = Window::on("lantern");
    window.type_into("Search assets", "TERR");
    let items: Vec<String> = window.list_items();
    assert_eq!(items.iter().filter(|item| item.ends_with("ready")).count(), 1, "{items:?}");
    window.click("terrain, ready");
    assert_eq!(window.state().selected_root.as_deref(), Some("world/terrain"));
    assert!(matches!(window.state().preview, Shown::Ready(_)));
    assert!(window.shows("Sheet, "));
    window.type_into("Search assets", " nothing is called so");
    assert!(window.shows("No asset matches."));
}

#[test]
fn palettes_are_swapped_and_arrows_walk_the_list() {
    let mut window = Window::on("lantern");
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/hero"), "art is shown at once");
    window.press(Modifiers::NONE, Key::ArrowDown);
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/lamps"));
    assert_eq!(window.state().view.palette, None, "each tile in its own");
    window.press(Modifiers::COMMAND, Key::CloseBracket);
    assert_eq!(window.state().view.palette, Some(0));
    assert_eq!(window.value_of("Palette"), "Palette 0 flame");
    window.press(Modifiers::COMMAND, Key::OpenBracket);
    assert_eq!(window.state().view.palette, None);
}

#[test]
fn a_sound_bank_shows_its_samples() {
    let mut window = Window::on("lantern");
    window.click("effects, ready");
    assert!(window.shows("Waveform, "));
    assert!(window.shows("jump.wav"));
}

#[test]
fn every_command_is_found_in_the_palette_and_one_that_cannot_be_done_says_why() {
    let mut window = Window::on("lantern");
    window.press(Modifiers::COMMAND, Key::K);
    assert!(window.list_items().iter().any(|item| item == "Pack"));
    window.type_into("Type a command", "cancel");
    assert!(window.shows("Nothing is being packed."));
    window.press(Modifiers::NONE, Key::Escape);
    assert_eq!(window.state().palette, None);
    window.press(Modifiers::COMMAND, Key::K);
    window.type_into("Type a command", "tile ids");
    let before = window.state().settings.ids;
    window.press(Modifiers::NONE, Key::Enter);
    assert_ne!(window.state().settings.ids, before);
    assert_eq!(window.state().palette, None);
}
