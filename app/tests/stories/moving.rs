//! Files change under the window all day.

use workbench::state::Shown;

use crate::window::Window;

const HERO: &str = "assets/characters/hero/asset.json";

#[test]
fn a_saved_file_is_seen_and_one_that_is_mended_recovers_by_itself() {
    let mut window = Window::on("lantern");
    let whole = std::fs::read(window.root().join(HERO)).unwrap();
    std::fs::write(window.root().join(HERO), &whole[..whole.len() / 2]).unwrap();
    window.until("half a file is told", |state| {
        state.problems.iter().any(|finding| finding.code.as_str() == "json-syntax")
    });
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/hero"), "the selection stays");
    std::fs::write(window.root().join(HERO), &whole).unwrap();
    window.until("it is good again", |state| state.problems.len() == 2);
    window.settle();
    assert!(matches!(window.state().preview, Shown::Ready(_)));
}

#[test]
fn a_vanished_project_is_told_and_what_was_seen_stays() {
    let mut window = Window::on("lantern");
    let (here, away) = (window.root().to_owned(), window.root().with_extension("away"));
    std::fs::rename(&here, &away).unwrap();
    window.until("it is gone", |state| state.opened.as_ref().is_some_and(|opened| opened.is_gone));
    assert!(window.shows("hero, ready") && window.shows("The folder is gone"));
    std::fs::rename(&away, &here).unwrap();
    window.until("it is back", |state| state.opened.as_ref().is_some_and(|opened| !opened.is_gone));
    window.settle();
    assert!(window.shows("hero, ready"));
}
