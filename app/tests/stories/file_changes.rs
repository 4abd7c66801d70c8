//! Files change while the window is open.

use workbench::state::PreviewState;

use crate::window::Window;

const HERO: &str = "assets/characters/hero/asset.json";

#[test]
fn a_fixed_file_recovers_by_itself() {
    let mut window = Window::open_demo("lantern");
    let bytes = std::fs::read(window.root().join(HERO)).unwrap();
    std::fs::write(window.root().join(HERO), &bytes[..bytes.len() / 2]).unwrap();
    window.wait_until("the truncated file is reported", |state| {
        state.problems.iter().any(|finding| finding.code.as_str() == "json-syntax")
    });
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/hero"), "the selection is kept");
    std::fs::write(window.root().join(HERO), &bytes).unwrap();
    window.wait_until("the error is gone", |state| state.problems.len() == 2);
    window.wait_until_idle();
    assert!(matches!(window.state().preview, PreviewState::Ready(_)));
}

#[test]
fn a_vanished_project_keeps_its_list() {
    let mut window = Window::open_demo("lantern");
    let (here, away) = (window.root().to_owned(), window.root().with_extension("away"));
    std::fs::rename(&here, &away).unwrap();
    window.wait_until("it is gone", |state| state.opened.as_ref().is_some_and(|opened| opened.is_gone));
    assert!(window.shows("hero, ready") && window.shows("The folder is gone"));
    std::fs::rename(&away, &here).unwrap();
    window.wait_until("it is back", |state| state.opened.as_ref().is_some_and(|opened| !opened.is_gone));
    window.wait_until_idle();
    assert!(window.shows("hero, ready"));
}
