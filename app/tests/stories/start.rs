//! Without a project.

use crate::window::Window;

#[test]
fn without_a_project_the_window_invites_to_open_one() {
    let window = Window::empty();
    assert!(window.shows("Open project"));
    assert!(window.shows("Path of a project or pack"));
}

#[test]
fn a_typed_path_opens_a_project_and_a_wrong_one_says_why_not() {
    let mut window = Window::empty();
    let nowhere = window.root().join("nowhere").display().to_string();
    window.type_into("Path of a project or pack", &nowhere);
    window.click("Open");
    window.until("it was refused", |state| state.refused.is_some());
    assert!(window.shows("could not be opened") && window.shows("there is no project in"));
    assert!(window.state().settings.recent.is_empty(), "what was never opened is not remembered");
}
