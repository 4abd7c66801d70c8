//! The start page.

use crate::window::Window;

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
    assert!(window.shows("could not be opened") && window.shows("is not a project"));
    assert!(window.state().settings.recent.is_empty(), "what was never opened is not remembered");
}
