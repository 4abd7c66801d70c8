//! Files of an asset that are fetched again from where they came: what would change is seen first, and can be undone.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use packer_services::Context;
use packer_services::ops::{CreateAsset, NewBank, NewGlyph, Operation};
use support::images::{checker, plain};
use support::{GREEN, RED, TestProject, binary};
use workbench::commands::Command;

use crate::window::Window;

const COPY: &str = "assets/hero/hero.png";
const FORCE: &str = "Replace files that were edited here, too";

/// A bank that was created from an image beside `assets/`.
fn project() -> TestProject {
    let project = TestProject::new();
    project.write_registry();
    project.write("art/hero.png", checker(8, 8, RED, GREEN));
    let bank = NewBank::Glyph(NewGlyph::default());
    let create = CreateAsset::new(project.root(), "hero", bank, vec![project.at("art/hero.png")]);
    assert!(create.run(&Context::new()).unwrap().change.is_some());
    project
}

fn ask(window: &mut Window) {
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::U);
    window.wait_until_checked();
    window.wait_until_idle();
}

#[test]
fn originals_are_fetched_again_and_undone() {
    let (project, by_binary) = (project(), project());
    let mut window = Window::open_project(project.root());
    ask(&mut window);
    assert!(window.shows("There is nothing to change."), "{}", window.outline());
    window.press(Modifiers::NONE, Key::Escape);
    let before = project.read(COPY);
    for project in [&project, &by_binary] {
        project.write("art/hero.png", checker(8, 8, GREEN, RED));
    }
    ask(&mut window);
    assert!(window.shows(COPY), "{}", window.outline());
    assert_eq!(project.read(COPY), before, "a preview writes nothing");
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_until("it is updated", |state| state.asked.is_none());
    window.wait_until_idle();
    let arguments = ["update".as_ref(), by_binary.root().as_os_str(), "hero".as_ref()];
    assert_eq!(binary::run(arguments).code, 0);
    for file in [COPY, "assets/hero/asset.json"] {
        let lines = |project: &TestProject| {
            let text = String::from_utf8_lossy(&project.read(file)).into_owned();
            text.lines().filter(|line| !line.contains("asset_uuid")).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(lines(&project), lines(&by_binary));
    }
    assert_ne!(project.read(COPY), before);
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait_until_idle();
    assert_eq!(project.read(COPY), before);
}

#[test]
fn edited_copies_are_replaced_on_request() {
    let project = project();
    project.write("art/hero.png", checker(8, 8, GREEN, RED)).write(COPY, plain(8, 8, RED));
    let mut window = Window::open_project(project.root());
    ask(&mut window);
    assert!(window.shows("It has errors."), "{}", window.outline());
    window.click_role(Role::CheckBox, FORCE);
    window.wait_until_checked();
    window.wait_until_idle();
    window.click_role(Role::Button, "Apply");
    window.wait_until("it is updated", |state| state.asked.is_none());
    window.wait_until_idle();
    assert_eq!(project.read(COPY), project.read("art/hero.png"));
}

#[test]
fn unknown_originals_disable_the_command() {
    let project = project();
    std::fs::remove_dir_all(project.at("assets/.prometeu/history/origins")).unwrap();
    let mut window = Window::open_project(project.root());
    let why = Command::UpdateOriginals.available(window.state()).unwrap_err();
    assert_eq!(why, "It is not known where the files of the selected asset came from.");
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::U);
    window.wait_until_idle();
    assert!(window.state().asked.is_none());
}
