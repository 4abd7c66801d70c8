//! Edits of a project, and taking them back.

use std::collections::BTreeMap;
use std::path::Path;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use packer_services::Context;
use packer_services::ops::{AssetState, HistoryStep, Operation, StepHistory};

use workbench::state::change_name;

use crate::golden::assert_golden_text;
use crate::window::Window;

/// Every file in `assets/`, without the packer's own folder, and the registry.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn add(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            match path.is_dir() {
                true if path.ends_with(".prometeu") => {
                    let registry = path.join("index.json");
                    files.insert(registry.display().to_string(), std::fs::read(&registry).unwrap());
                }
                true => add(&path, files),
                false => drop(files.insert(path.display().to_string(), std::fs::read(&path).unwrap())),
            }
        }
    }
    let mut found = BTreeMap::new();
    add(&root.join("assets"), &mut found);
    found
}

fn state_of(window: &Window, root: &str) -> Option<AssetState> {
    window.state().contents()?.asset(root).map(|asset| asset.state)
}

#[test]
fn every_edit_can_be_undone() {
    let mut window = Window::open_demo("lantern");
    let before = files(window.root());
    let hero = "characters/hero";
    assert_eq!(window.state().selected_root.as_deref(), Some(hero));
    window.click("Leave out of the build");
    window.wait_until("it is left out", |state| {
        state.contents().is_some_and(|all| all.asset(hero).unwrap().state == AssetState::Excluded)
    });
    window.wait_until_idle();
    assert_eq!(window.state().change_to_undo().map(change_name).as_deref(), Some("exclude hero"));
    window.click("Put into the build");
    window.wait_until_idle();
    assert_eq!(state_of(&window, hero), Some(AssetState::Ready));
    window.click("Remove from the project");
    window.wait_until("it is gone", |state| state.contents().is_some_and(|all| all.asset(hero).is_none()));
    window.wait_until_idle();
    assert!(!window.file("assets/characters/hero").exists());
    window.press_in_one_frame(Modifiers::COMMAND, Key::Z, 3);
    window.wait_until("all are undone", |state| state.change_to_undo().is_none());
    window.wait_until_idle();
    assert!(files(window.root()) == before, "all bytes are back");
    assert_eq!(
        (window.state().change_to_undo().map(change_name), state_of(&window, hero)),
        (None, Some(AssetState::Ready))
    );
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    window.wait_until_idle();
    assert_eq!(state_of(&window, hero), Some(AssetState::Excluded));
    // Another program can take it back, too.
    StepHistory::new(window.root(), HistoryStep::Undo).run(&Context::new()).unwrap();
    window.press(Modifiers::NONE, Key::F5);
    window.wait_until("it is read again", |state| state.change_to_undo().is_none());
    window.wait_until_idle();
    assert_eq!(state_of(&window, hero), Some(AssetState::Ready));
}

#[test]
fn unregistered_asset_is_added() {
    let mut window = Window::open_demo("lantern");
    let sketch = "drafts/sketch";
    window.press(Modifiers::NONE, Key::End);
    window.click("sketch, not added");
    window.click("Add to the project");
    window.wait_until_idle();
    assert_eq!(state_of(&window, sketch), Some(AssetState::Ready), "{}", window.outline());
    assert_eq!(window.state().change_to_undo().map(change_name).as_deref(), Some("register drafts/sketch"));
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait_until_idle();
    assert_eq!(state_of(&window, sketch), Some(AssetState::Unregistered));
}

#[test]
fn removed_assets_are_restored_or_deleted() {
    let mut window = Window::open_demo("lantern");
    window.click("History");
    assert!(window.shows("Each can be undone."), "{}", window.outline());
    window.click("Remove from the project");
    window.wait_until("it is gone", |state| state.history.as_ref().is_some_and(|all| !all.removed.is_empty()));
    window.wait_until_idle();
    assert_golden_text("history", &window.outline_of(Role::Group, "Problems and results"));
    window.click("Restore hero");
    window.wait_until("it is back", |state| state.contents().is_some_and(|all| all.asset("characters/hero").is_some()));
    window.wait_until_idle();
    assert!(window.file("assets/characters/hero/hero.png").exists());
    window.click("hero, ready");
    window.click("Remove from the project");
    window.wait_until("it is gone", |state| state.history.as_ref().is_some_and(|all| !all.removed.is_empty()));
    window.wait_until_idle();
    window.click("Delete for good…: hero");
    assert!(window.state().history.as_ref().is_some_and(|all| all.removed.len() == 1), "one click deletes nothing");
    window.click("Yes, delete it for good: hero");
    window.wait_until("it is deleted", |state| state.history.as_ref().is_some_and(|all| all.removed.is_empty()));
}

#[test]
fn edit_of_a_changed_file_is_refused() {
    let mut window = Window::open_demo("lantern");
    window.click("Leave out of the build");
    window.wait_until_idle();
    let registry = window.file("assets/.prometeu/index.json");
    let text = std::fs::read_to_string(&registry).unwrap();
    // The same asset is put into the build by hand.
    let line = text.lines().find(|line| line.contains("characters/hero")).unwrap();
    std::fs::write(&registry, text.replace(line, &line.replace("false", "true"))).unwrap();
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait_until("it is refused", |state| state.notice.is_some());
    window.wait_until_idle();
    assert_eq!(state_of(&window, "characters/hero"), Some(AssetState::Ready));
}
