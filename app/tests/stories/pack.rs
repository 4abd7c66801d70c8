//! Packing: the same bytes as anywhere else.

use egui::{Key, Modifiers};
use packer_services::Context;
use packer_services::ops::{Operation, Pack};
use packer_services::project::OUTPUTS;
use workbench::state::{BottomTab, Packing};

use crate::window::{Window, demo};

#[test]
fn a_pack_of_the_window_is_byte_for_byte_that_of_the_service() {
    let mut window = Window::on("lantern");
    window.press(Modifiers::COMMAND, Key::P);
    window.until("it is packed", |state| matches!(state.pack, Packing::Done { .. }));
    window.settle();
    let twin = tempfile::tempdir().unwrap();
    let status =
        std::process::Command::new("cp").arg("-r").arg(demo("lantern").join("assets")).arg(twin.path()).status();
    assert!(status.unwrap().success());
    let request = Pack::new(twin.path());
    let report = request.run(&Context::new()).unwrap();
    for name in OUTPUTS {
        let (ours, theirs) = (window.root().join("build").join(name), twin.path().join("build").join(name));
        assert_eq!(std::fs::read(ours).unwrap(), std::fs::read(theirs).unwrap(), "{name}");
    }
    assert!(window.shows(&report.pack.as_ref().unwrap().sha256.to_string()));
    assert!(window.shows("Copy command for CI"));
}

#[test]
fn a_blocked_pack_says_so_and_leaves_what_was_published() {
    let mut window = Window::on("snuffed");
    std::fs::create_dir(window.root().join("build")).unwrap();
    std::fs::write(window.root().join("build/assets.pa"), "the last good pack").unwrap();
    window.press(Modifiers::COMMAND, Key::P);
    window.until("it is blocked", |state| matches!(state.pack, Packing::Done { .. }));
    window.settle();
    assert!(window.shows("Blocked by") && window.shows("as it was"));
    assert_eq!(std::fs::read(window.root().join("build/assets.pa")).unwrap(), b"the last good pack");
    window.click("Show the first");
    assert_eq!((window.state().bottom_tab, window.state().problem), (BottomTab::Problems, Some(0)));
}
