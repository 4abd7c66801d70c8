//! The start page.

use egui::accesskit::Role;
use egui::{Key, Modifiers};

use workbench::state::Settings;

use crate::window::{Window, demo};

#[test]
fn the_start_page_offers_to_open() {
    let window = Window::start_page();
    assert!(window.shows("Open project"));
    assert!(window.shows("Path of a project or pack"));
}

#[test]
fn a_wrong_path_is_refused_with_reason() {
    let mut window = Window::start_page();
    let nowhere = window.root().join("nowhere").display().to_string();
    window.type_into("Path of a project or pack", &nowhere);
    window.click("Open");
    window.wait_until("it is refused", |state| state.refused.is_some());
    assert!(window.shows("could not be opened") && window.shows("does not exist"));
    assert!(window.state().settings.recent.is_empty(), "what was never opened is not remembered");
}

const PATH: &str = "Path of a project or pack";

#[test]
fn a_wrong_path_keeps_keyboard_and_text() {
    let mut window = Window::start_page();
    window.type_into(PATH, "/nowhere/at/al");
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_until("it is refused", |state| state.refused.is_some());
    window.wait_until_idle();
    assert_eq!(window.focused(), Some((Role::TextInput, PATH.to_owned())));
    window.type_text("l");
    assert_eq!(window.value_of(PATH), "/nowhere/at/all");
}

#[test]
fn addresses_and_inner_paths_open_the_project() {
    let lantern = std::fs::canonicalize(demo("lantern")).unwrap();
    let address = format!("file://{}", lantern.display().to_string().replace('l', "%6C"));
    let paths = ["assets", "assets/characters/hero", "assets/.prometeu/index.json"].map(|path| lantern.join(path));
    for typed in paths.map(|path| path.display().to_string()).into_iter().chain([address]) {
        let mut window = Window::start_page();
        window.type_into(PATH, &typed);
        window.press(Modifiers::NONE, Key::Enter);
        window.wait_until("the project is open", |state| state.contents().is_some());
        assert_eq!(window.state().project_path(), Some(lantern.as_path()), "{typed}");
    }
}

#[test]
fn recent_projects_can_be_removed() {
    let recent = |root: &std::path::Path| Settings {
        recent: vec![root.join("moved away"), root.to_owned()],
        ..Settings::default()
    };
    let mut window = Window::start_page_with(recent);
    window.click("moved away");
    window.wait_until("it is refused", |state| state.refused.is_some());
    window.wait_until_idle();
    assert!(window.shows("does not exist"), "{}", window.outline());
    let gone = window.file("moved away");
    window.click(&format!("Remove {} from this list", gone.display()));
    assert_eq!(window.state().settings.recent, [window.root().to_owned()]);
}

#[test]
fn an_empty_project_offers_to_create() {
    let window = Window::open_edited_demo("lantern", crate::project_edits::remove_assets);
    assert!(window.shows("This project has no assets yet") && window.shows("Drop or paste images, sounds"));
    assert!(!window.shows("Select an asset"), "there is none: {}", window.outline());
    assert!(window.names_of(Role::Button).contains(&"New asset…".to_owned()));
}
