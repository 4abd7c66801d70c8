//! Files that are dropped on the window.

use egui::{Key, Modifiers};
use workbench::state::{OpenedKind, Packing, ViewKind};

use crate::project_edits;
use crate::window::Window;
use crate::worker_control::WorkerControl;

#[test]
fn unknown_files_close_nothing() {
    let mut window = Window::open_demo("lantern");
    let outside = tempfile::tempdir().unwrap();
    let text = outside.path().join("notes.txt");
    std::fs::write(&text, "notes").unwrap();
    let torn = outside.path().join("torn.pa");
    std::fs::write(&torn, "no pack").unwrap();
    for (path, expected) in [
        (text.as_path(), "notes.txt is neither a project nor a pack"),
        (torn.as_path(), "torn.pa could not be opened: the file starts with no p"),
        (outside.path(), "is not a project"),
        (&outside.path().join("nowhere"), "does not exist"),
    ] {
        window.drop_files(&[path]);
        assert!(window.shows(expected), "{expected}: {}", window.outline());
        assert_eq!(window.state().project_path(), Some(window.root()));
        assert_eq!(window.state().selected_root.as_deref(), Some("characters/hero"));
    }
    window.press(Modifiers::NONE, Key::Escape);
    assert_eq!(window.state().notice, None);
}

#[test]
fn unknown_files_cancel_no_pack() {
    let control = WorkerControl::default();
    control.hold("packing");
    let mut window = Window::open_controlled_demo("lantern", &control, |_| {});
    window.wait_until("the assets are listed", |state| state.contents().is_some());
    window.wait_until_idle();
    window.press_only(Modifiers::COMMAND, Key::P);
    let root = window.root().to_owned();
    window.drop_files_only(&[&root.join("nowhere.jpg")]);
    window.wait_until("it is refused", |state| state.notice.is_some());
    // For its own folder, the project is not opened again.
    window.drop_files_only(&[&root]);
    window.wait_until("it is listed", |state| state.contents().is_some());
    assert!(window.state().pack.is_running());
    control.release("packing");
    window.wait_until(
        "it is packed",
        |state| matches!(&state.pack, Packing::Done { report, .. } if report.pack.is_some()),
    );
}

#[test]
fn several_files_say_what_can_be_dropped() {
    let mut window = Window::open_demo("lantern");
    let outside = tempfile::tempdir().unwrap();
    let files = ["a.wav", "b.txt"].map(|name| outside.path().join(name));
    std::fs::copy(window.file("assets/sound/effects/jump.wav"), &files[0]).unwrap();
    std::fs::write(&files[1], "text").unwrap();
    window.drop_files(&[&files[0], &files[1]]);
    assert!(window.shows("2 files cannot be opened together"), "{}", window.outline());
    assert!(window.shows("Open one project folder, or one .pa file."));
    assert!(window.state().new_asset.is_none());
}

#[test]
fn files_of_the_project_are_shown() {
    let mut window = Window::open_demo("lantern");
    let wisp = window.file("assets/characters/lamps/wisp.png");
    window.drop_files(&[&wisp]);
    let state = window.state();
    assert_eq!(state.selected_root.as_deref(), Some("characters/lamps"));
    assert_eq!((state.view_kind(), state.source_file().as_deref()), (ViewKind::Compare, Some("wisp.png")));
    let folder = window.file("assets/world/terrain");
    window.drop_files(&[&folder]);
    assert_eq!(window.state().selected_root.as_deref(), Some("world/terrain"));
}

#[test]
fn a_valid_pack_is_opened() {
    let mut window = Window::open_demo("lantern");
    let pack = project_edits::pack_project(window.root());
    window.drop_files(&[&pack]);
    assert_eq!(window.state().opened.as_ref().map(|opened| opened.kind), Some(OpenedKind::Pack));
}

#[test]
fn images_on_a_pack_offer_a_command() {
    let mut window = Window::open_demo("lantern");
    let pack = project_edits::pack_project(window.root());
    window.drop_files(&[&pack]);
    let outside = tempfile::tempdir().unwrap();
    let image = outside.path().join("rainbow.png");
    std::fs::copy(window.file(project_edits::LAMPKIN), &image).unwrap();
    window.drop_files(&[&image]);
    assert!(window.shows("rainbow.png is neither a project nor a pack: it is a PNG image"), "{}", window.outline());
    window.click("Copy command");
    let command = format!("prometeu-packer create PROJECT NAME --type glyph_bank {}", image.display());
    assert_eq!(window.copied(), Some(command));
    window.press(Modifiers::NONE, Key::Escape);
    assert_eq!(window.state().notice, None);
}
