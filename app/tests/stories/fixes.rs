//! Fixing problems with buttons: what each would change is shown first, and can be taken back.

use egui::{Key, Modifiers};
use packer_services::declaration::{Declaration, Preload};
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::AssetState;
use support::images::Png;
use support::sounds::Wav;
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, palette, sample, sound};
use workbench::state::{State, change_name};

use crate::window::Window;

/// Two tile banks in one slot, one of which has an undeclared color, and a stereo sound.
fn project() -> TestProject {
    let mut project = TestProject::new();
    for (root, color) in [("one", RED), ("two", GREEN)] {
        project.write(&format!("assets/{root}/tile.png"), Png::rgb(16, 16, |_, _| color).bytes());
        let artifacts = vec![artifact("tile.png", 0)];
        let declaration = glyph(project.next_id(), root, TileSize::Sixteen, vec![palette(&[KEY, RED])], artifacts);
        let preload = Preload { enabled: true, slot: Some(0) };
        project.add_asset(root, true, &Declaration { preload, ..declaration });
    }
    project.write("assets/hum/hum.wav", Wav::pcm(8000, 2, 16, vec![7; 400]).bytes());
    let declaration = sound(project.next_id(), "hum", 8000, vec![sample("hum.wav", 0)]);
    project.add_asset("hum", true, &declaration);
    project
}

fn state_of(state: &State, root: &str) -> Option<AssetState> {
    state.contents()?.asset(root).map(|asset| asset.state)
}

#[test]
fn fix_shows_its_change_first() {
    let project = project();
    let mut window = Window::open_project(project.root());
    window.click("hum, broken, 1 error");
    window.click("Allow stereo to be converted to mono");
    window.wait_until_checked();
    assert!(window.shows("assets/hum/asset.json"), "{}", window.outline());
    // Escape changes nothing.
    window.press(Modifiers::NONE, Key::Escape);
    assert!(window.state().asked.is_none() && window.state().change_to_undo().is_none());
    window.click("Allow stereo to be converted to mono");
    window.wait_until_idle();
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_until("it is fixed", |state| state_of(state, "hum") == Some(AssetState::Ready));
    window.wait_until_idle();
    assert!(window.state().change_to_undo().map(change_name).is_some_and(|name| name.starts_with("fix")));
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait_until("it is broken again", |state| state_of(state, "hum") == Some(AssetState::Broken));
}

#[test]
fn stray_color_is_replaced_and_undone() {
    let mut project = TestProject::new();
    let odd = Rgb([0xF0, 0x10, 0x40]);
    let image = Png::rgb(16, 16, |x, y| if (x, y) == (3, 4) { odd } else { RED }).bytes();
    project.write("assets/hero/tile.png", &image);
    let artifacts = vec![artifact("tile.png", 0)];
    let declaration = glyph(project.next_id(), "hero", TileSize::Sixteen, vec![palette(&[KEY, RED])], artifacts);
    project.add_asset("hero", true, &declaration);
    let mut window = Window::open_project(project.root());
    window.click("hero, broken, 1 error");
    window.click("Replace #f01040 in tile.png with #ff0000, the nearest declared color");
    window.wait_until_checked();
    assert!(window.shows("assets/hero/tile.png"), "{}", window.outline());
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_until("it is fixed", |state| state_of(state, "hero") == Some(AssetState::Ready));
    window.wait_until_idle();
    assert_ne!(project.read("assets/hero/tile.png"), image);
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait_until("it is broken again", |state| state_of(state, "hero") == Some(AssetState::Broken));
    assert_eq!(project.read("assets/hero/tile.png"), image);
}

#[test]
fn safe_fixes_are_one_change() {
    let project = project();
    let mut window = Window::open_project(project.root());
    assert_eq!(state_of(window.state(), "two"), Some(AssetState::Broken));
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    window.wait_until_idle();
    assert!(window.shows("two: Use the lowest free slot"), "{}", window.outline());
    assert!(window.shows("two: Declare the missing colors"), "{}", window.outline());
    assert!(!window.shows("hum: Allow stereo to be converted to mono"), "that loses something");
    window.click("Apply");
    window.wait_until("two is fixed", |state| state_of(state, "two") == Some(AssetState::Ready));
    window.wait_until_idle();
    assert_eq!(state_of(window.state(), "hum"), Some(AssetState::Broken));
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait_until("all is undone", |state| state_of(state, "two") == Some(AssetState::Broken));
    window.wait_until_idle();
    assert!(window.state().change_to_undo().is_none(), "it was one change");
}

#[test]
fn nothing_to_fix_is_said() {
    let mut window = Window::open_demo("lantern");
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    window.wait_until_idle();
    assert!(window.shows("There is nothing to change."), "{}", window.outline());
    window.click("Cancel");
    assert!(window.state().asked.is_none());
}
