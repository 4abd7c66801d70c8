//! A worker panics: it is told what was being done, nothing waits for ever, and the window goes on.

use egui::{Key, Modifiers};
use workbench::state::{BottomTab, Packing, Shown};

use crate::fate::Fate;
use crate::window::{Window, demo};

const SAID: &str = "the dice were loaded";

/// A window that is listed and shown, whose workers can be broken.
fn window(fate: &Fate) -> Window {
    let mut window = Window::fated("lantern", fate, |_| {});
    window.until("the assets are listed", |state| state.contents().is_some());
    window.settle();
    window
}

fn told(window: &Window, doing: &str) -> bool {
    let words = format!("The workbench failed while {doing}: {SAID}. Please report it.");
    window.state().activity.contains(&words) && window.shows(&words)
}

#[test]
fn a_preview_that_panics_is_told_and_the_next_one_is_made() {
    let fate = Fate::default();
    let mut window = window(&fate);
    fate.break_it("making the preview", SAID);
    window.click("lamps, ready");
    assert!(told(&window, "making the preview"), "{}", window.outline());
    assert_eq!(window.state().bottom_tab, BottomTab::Activity);
    assert!(matches!(window.state().preview, Shown::Failed(_)));
    assert!(!window.shows("This asset is not registered"), "that is not why");
    assert!(window.is_at_rest());
    fate.mend_it("making the preview");
    window.click("font, ready");
    assert!(matches!(window.state().preview, Shown::Ready(_)));
}

#[test]
fn a_preview_that_takes_its_time_is_not_begun_anew_by_what_is_done_meanwhile() {
    let fate = Fate::default();
    let mut window = window(&fate);
    let before = fate.begun("making the preview");
    fate.hold("making the preview");
    window.press_only(Modifiers::NONE, Key::ArrowDown);
    for _ in 0..8 {
        window.press_only(Modifiers::COMMAND, Key::G);
    }
    fate.wait_for("making the preview", before + 1);
    fate.let_go("making the preview");
    window.settle();
    assert_eq!(fate.begun("making the preview"), before + 1);
    assert!(matches!(window.state().preview, Shown::Ready(_)));
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/lamps"));
}

#[test]
fn a_pack_that_panics_is_told_and_can_be_made_again() {
    let fate = Fate::default();
    let mut window = window(&fate);
    fate.break_it("packing", SAID);
    window.press(Modifiers::COMMAND, Key::P);
    window.until("it is told", |state| !state.activity.is_empty());
    window.settle();
    assert!(told(&window, "packing"), "{}", window.outline());
    assert!(matches!(window.state().pack, Packing::Failed(_)));
    fate.mend_it("packing");
    window.press(Modifiers::COMMAND, Key::P);
    window.until("it is packed", |state| matches!(&state.pack, Packing::Done { report, .. } if report.pack.is_some()));
}

#[test]
fn thumbnails_that_panic_are_not_tried_again_and_again() {
    let fate = Fate::default();
    fate.break_it("making thumbnails", SAID);
    let mut window = window(&fate);
    window.until("it is told", |state| !state.activity.is_empty());
    assert!(window.is_at_rest());
    assert_eq!(fate.begun("making thumbnails"), 1);
    assert!(told(&window, "making thumbnails"), "{}", window.outline());
    fate.mend_it("making thumbnails");
    std::fs::copy(demo("lantern").join(crate::slips::LAMPKIN), window.file(crate::slips::LAMPKIN)).unwrap();
    window.until("they are made when something changed", |state| {
        state.thumbnails.get("characters/lamps").is_some_and(|thumb| thumb.image.is_some())
    });
}

#[test]
fn a_source_that_panics_is_told_where_it_was_to_be_seen() {
    let fate = Fate::default();
    let mut window = window(&fate);
    fate.break_it("reading a source file", SAID);
    window.press(Modifiers::COMMAND, Key::Num2);
    window.until("it is told", |state| !state.activity.is_empty());
    window.settle();
    assert!(told(&window, "reading a source file"));
    let stage = window.outline_of(egui::accesskit::Role::Main, "Preview");
    assert!(stage.contains(SAID), "{stage}");
}

#[test]
fn a_first_list_that_panics_leads_back_to_the_start_with_the_reason() {
    let fate = Fate::default();
    fate.break_it("looking at the project", SAID);
    let mut window = Window::fated("lantern", &fate, |_| {});
    window.until("it is refused", |state| state.refused.is_some());
    window.settle();
    assert!(window.shows("could not be opened") && window.shows(SAID), "{}", window.outline());
    assert!(window.is_at_rest());
    fate.mend_it("looking at the project");
    window.click("Open");
    window.until("it is opened", |state| state.contents().is_some());
}

#[test]
fn a_later_list_that_panics_leaves_the_old_one() {
    let fate = Fate::default();
    let mut window = window(&fate);
    fate.break_it("looking at the project", SAID);
    window.press(Modifiers::NONE, Key::F5);
    window.until("it is told", |state| !state.activity.is_empty());
    window.settle();
    assert!(told(&window, "looking at the project") && window.shows("hero, ready"));
    assert_eq!(window.state().problems[0].code.as_str(), "internal-error");
    fate.mend_it("looking at the project");
    window.press(Modifiers::NONE, Key::F5);
    window.until("it is well", |state| state.problems.iter().all(|finding| !finding.is_error()));
}
