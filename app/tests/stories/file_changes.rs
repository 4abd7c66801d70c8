//! Files change while the window is open.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
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

#[test]
fn every_view_says_what_is_gone() {
    const BANNER: &str = "The project folder is gone. What you see is from before. It is read again when it is back.";
    let mut window = Window::open_demo("lantern");
    let in_view = |window: &Window| window.outline_of(Role::Main, "Preview").contains(BANNER);
    assert!(!in_view(&window));
    let (here, away) = (window.root().to_owned(), window.root().with_extension("away"));
    std::fs::rename(&here, &away).unwrap();
    window.wait_until("it is gone", |state| state.opened.as_ref().is_some_and(|opened| opened.is_gone));
    for key in [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5] {
        window.press(Modifiers::COMMAND, key);
        assert!(in_view(&window), "{:?}\n{}", window.state().view_kind(), window.outline());
    }
    // What is below it begins below it.
    window.press(Modifiers::COMMAND, Key::Num1);
    let view = window.places().into_iter().find(|part| part.name == "Preview").unwrap();
    let banner = view.widgets.into_iter().find(|widget| widget.name == BANNER).unwrap().place;
    let sheet = window.place_of_role(Role::Canvas, "Sheet");
    assert!(banner.bottom() <= sheet.top() && banner.height() > 0.0, "{banner:?} {sheet:?}");
    std::fs::rename(&away, &here).unwrap();
    window.wait_until("it is back", |state| state.opened.as_ref().is_some_and(|opened| !opened.is_gone));
    window.wait_until_idle();
    assert!(!in_view(&window));
}
