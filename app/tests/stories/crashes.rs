//! A worker panics: the job is reported, nothing waits forever, and the window continues to work.

use egui::{Key, Modifiers};
use workbench::state::{BottomTab, Packing, PreviewState};

use crate::window::{Window, demo};
use crate::worker_control::WorkerControl;

const MESSAGE: &str = "requested by the test";

/// A window that shows the demo, with controlled workers.
fn open_window(control: &WorkerControl) -> Window {
    let mut window = Window::open_controlled_demo("lantern", control, |_| {});
    window.wait_until("the assets are listed", |state| state.contents().is_some());
    window.wait_until_idle();
    window
}

fn is_reported(window: &Window, job: &str) -> bool {
    let text = format!("The workbench failed while {job}: {MESSAGE}. Please report this.");
    window.state().activity.iter().any(|activity| activity.text == text) && window.shows(&text)
}

#[test]
fn a_panicking_preview_is_reported() {
    let control = WorkerControl::default();
    let mut window = open_window(&control);
    control.make_panic("building the preview", MESSAGE);
    window.click("lamps, ready");
    assert!(is_reported(&window, "building the preview"), "{}", window.outline());
    assert_eq!(window.state().bottom_tab, BottomTab::Activity);
    assert!(matches!(window.state().preview, PreviewState::Failed(_)));
    assert!(!window.shows("This asset is not in the project yet"), "the asset is registered");
    assert!(window.stays_idle());
    control.stop_panicking("building the preview");
    window.click("font, ready");
    assert!(matches!(window.state().preview, PreviewState::Ready(_)));
}

#[test]
fn a_slow_preview_is_requested_once() {
    let control = WorkerControl::default();
    let mut window = open_window(&control);
    let before = control.started("building the preview");
    control.hold("building the preview");
    window.press_only(Modifiers::NONE, Key::ArrowDown);
    for _ in 0..8 {
        window.press_only(Modifiers::COMMAND, Key::G);
    }
    control.wait_for("building the preview", before + 1);
    control.release("building the preview");
    window.wait_until_idle();
    assert_eq!(control.started("building the preview"), before + 1);
    assert!(matches!(window.state().preview, PreviewState::Ready(_)));
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/lamps"));
}

#[test]
fn a_panicking_pack_can_be_repeated() {
    let control = WorkerControl::default();
    let mut window = open_window(&control);
    control.make_panic("packing", MESSAGE);
    window.press(Modifiers::COMMAND, Key::P);
    window.wait_until("the problem is reported", |state| !state.activity.is_empty());
    window.wait_until_idle();
    assert!(is_reported(&window, "packing"), "{}", window.outline());
    assert!(matches!(window.state().pack, Packing::Failed(_)));
    control.stop_panicking("packing");
    window.press(Modifiers::COMMAND, Key::P);
    window.wait_until(
        "it is packed",
        |state| matches!(&state.pack, Packing::Done { report, .. } if report.pack.is_some()),
    );
}

#[test]
fn panicking_thumbnails_are_not_retried() {
    let control = WorkerControl::default();
    control.make_panic("creating thumbnails", MESSAGE);
    let mut window = open_window(&control);
    window.wait_until("the problem is reported", |state| !state.activity.is_empty());
    assert!(window.stays_idle());
    // The files were copied just before they were read, so the first listings request them again.
    let started = control.started("creating thumbnails");
    for n in 0..3 {
        let listed = control.started("listing the assets");
        std::fs::write(window.file("assets/notes.txt"), [b'x'; 9].repeat(n + 1)).unwrap();
        window.wait_until("it is noticed", |_| control.started("listing the assets") > listed);
        assert!(window.stays_idle());
    }
    assert_eq!(control.started("creating thumbnails"), started, "no listing requests them again");
    assert!(is_reported(&window, "creating thumbnails"), "{}", window.outline());
    control.stop_panicking("creating thumbnails");
    std::fs::copy(demo("lantern").join(crate::project_edits::LAMPKIN), window.file(crate::project_edits::LAMPKIN))
        .unwrap();
    window.wait_until("they are created after a change", |state| {
        state.thumbnails.get("characters/lamps").is_some_and(|thumb| thumb.image.is_some())
    });
}

#[test]
fn a_panicking_source_is_reported_in_place() {
    let control = WorkerControl::default();
    let mut window = open_window(&control);
    control.make_panic("reading a source file", MESSAGE);
    window.press(Modifiers::COMMAND, Key::Num2);
    window.wait_until("the problem is reported", |state| !state.activity.is_empty());
    window.wait_until_idle();
    assert!(is_reported(&window, "reading a source file"));
    let stage = window.outline_of(egui::accesskit::Role::Main, "Preview");
    assert!(stage.contains(MESSAGE), "{stage}");
}

#[test]
fn a_panicking_first_listing_returns_to_start() {
    let control = WorkerControl::default();
    control.make_panic("listing the assets", MESSAGE);
    let mut window = Window::open_controlled_demo("lantern", &control, |_| {});
    window.wait_until("it is refused", |state| state.refused.is_some());
    window.wait_until_idle();
    assert!(window.shows("could not be opened") && window.shows(MESSAGE), "{}", window.outline());
    assert!(window.stays_idle());
    control.stop_panicking("listing the assets");
    window.click("Open");
    window.wait_until("it is opened", |state| state.contents().is_some());
}

#[test]
fn a_panicking_later_listing_keeps_the_list() {
    let control = WorkerControl::default();
    let mut window = open_window(&control);
    control.make_panic("listing the assets", MESSAGE);
    window.press(Modifiers::NONE, Key::F5);
    window.wait_until("the problem is reported", |state| !state.activity.is_empty());
    window.wait_until_idle();
    assert!(is_reported(&window, "listing the assets") && window.shows("hero, ready"));
    assert_eq!(window.state().problems[0].code.as_str(), "internal-error");
    control.stop_panicking("listing the assets");
    window.press(Modifiers::NONE, Key::F5);
    window.wait_until("the errors are gone", |state| state.problems.iter().all(|finding| !finding.is_error()));
}
