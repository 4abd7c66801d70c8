//! Packing in the window.

use egui::{Key, Modifiers};
use packer_services::Context;
use packer_services::diagnostics::Finding;
use packer_services::ops::OUTPUTS;
use packer_services::ops::{Operation, Pack};
use workbench::state::{BottomTab, Packing, State};

use crate::project_edits;
use crate::window::{Window, demo};

#[test]
fn the_window_packs_the_same_bytes() {
    let mut window = Window::open_demo("lantern");
    window.press(Modifiers::COMMAND, Key::P);
    window.wait_until("it is packed", |state| matches!(state.pack, Packing::Done { .. }));
    window.wait_until_idle();
    let copy = tempfile::tempdir().unwrap();
    let status =
        std::process::Command::new("cp").arg("-r").arg(demo("lantern").join("assets")).arg(copy.path()).status();
    assert!(status.unwrap().success());
    let request = Pack::new(copy.path());
    let report = request.run(&Context::new()).unwrap();
    for name in OUTPUTS {
        let (window_file, other_file) = (window.root().join("build").join(name), copy.path().join("build").join(name));
        assert_eq!(std::fs::read(window_file).unwrap(), std::fs::read(other_file).unwrap(), "{name}");
    }
    assert!(window.shows(&report.pack.as_ref().unwrap().sha256.to_string()));
    assert!(window.shows("Copy command for CI"));
}

#[test]
fn a_blocked_pack_keeps_the_previous_one() {
    let mut window = Window::open_demo("snuffed");
    std::fs::create_dir(window.root().join("build")).unwrap();
    std::fs::write(window.root().join("build/assets.pa"), "the last good pack").unwrap();
    window.press(Modifiers::COMMAND, Key::P);
    window.wait_until("it is blocked", |state| matches!(state.pack, Packing::Done { .. }));
    window.wait_until_idle();
    assert!(window.shows("Blocked by") && window.shows("Your last pack is untouched."));
    assert_eq!(std::fs::read(window.root().join("build/assets.pa")).unwrap(), b"the last good pack");
    window.click("Show the first");
    assert_eq!((window.state().bottom_tab, window.state().selected_problem), (BottomTab::Problems, Some(0)));
}

#[test]
fn first_error_is_that_of_the_pack() {
    let mut window = Window::open_demo("lantern");
    let break_asset = |window: &mut Window, root: &str| {
        std::fs::write(window.root().join("assets").join(root).join("asset.json"), "{").unwrap();
        let is_of_root = |problem: &Finding| problem.asset.as_ref().is_some_and(|asset| asset.root == root);
        window.wait_until("the error is listed", |state| state.problems.iter().any(&is_of_root));
        window.wait_until_idle();
    };
    let roots: Vec<String> = window.state().assets().iter().map(|asset| asset.root.clone()).collect();
    break_asset(&mut window, &roots[1]);
    window.press(Modifiers::COMMAND, Key::P);
    window.wait_until("it is blocked", |state| matches!(state.pack, Packing::Done { .. }));
    window.wait_until_idle();
    // Now the first of the listed problems is another one.
    break_asset(&mut window, &roots[0]);
    window.click("Show the first");
    let shown = |window: &Window| window.state().selected_problem.map(|index| window.state().problems[index].clone());
    assert_eq!(shown(&window).unwrap().asset.unwrap().root, roots[1]);
    assert_ne!(window.state().selected_problem, Some(0));
    // A fixed error cannot be shown, and is marked as fixed.
    let original = demo("lantern").join("assets").join(&roots[1]).join("asset.json");
    std::fs::copy(original, window.root().join("assets").join(&roots[1]).join("asset.json")).unwrap();
    window.wait_until("it is fixed", |state| {
        state
            .problems
            .iter()
            .all(|problem| !problem.is_error() || problem.asset.as_ref().is_some_and(|asset| asset.root == roots[0]))
    });
    window.wait_until_idle();
    window.click("Pack result");
    assert!(!window.shows("Show the first"), "{}", window.outline());
    assert!(window.shows("fixed since") && window.shows("The project changed since: Ctrl+P packs again."));
    assert_eq!(shown(&window), None);
}

#[test]
fn saving_the_same_bytes_outdates_nothing() {
    let mut window = Window::open_demo("lantern");
    window.press(Modifiers::COMMAND, Key::P);
    window.wait_until("it is packed", |state| matches!(state.pack, Packing::Done { is_listed: true, .. }));
    window.wait_until_idle();
    let path = window.file(project_edits::LAMPKIN);
    let bytes = std::fs::read(&path).unwrap();
    let saves = |state: &State| state.activity.iter().filter(|line| line.text.starts_with("Files were saved")).count();
    std::fs::write(&path, &bytes).unwrap();
    window.wait_until("the save is noticed", |state| saves(state) == 1);
    window.wait_until_idle();
    assert!(!window.state().is_pack_outdated() && !window.shows("The project changed since"));
    project_edits::paint_odd_pixel(window.root(), 5, 6);
    window.wait_until("the change is noticed", State::is_pack_outdated);
    window.wait_until_idle();
    assert!(window.shows("The project changed since: Ctrl+P packs again."), "{}", window.outline());
}

#[test]
fn a_lost_loop_is_listed() {
    let mut window = Window::open_demo("lantern");
    let pack = |window: &mut Window| {
        window.press(Modifiers::COMMAND, Key::P);
        window.wait_until("it is packed", |state| matches!(state.pack, Packing::Done { is_listed: true, .. }));
        window.wait_until_idle();
    };
    pack(&mut window);
    assert!(!window.shows("Changed loops"), "{}", window.outline());
    // An editor that knows no loops writes the sound without the chunk that has them.
    let path = window.file("assets/sound/ambience/night.wav");
    let mut bytes = std::fs::read(&path).unwrap();
    let chunk = bytes.windows(4).position(|name| name == b"smpl").unwrap();
    bytes[chunk..chunk + 4].copy_from_slice(b"junk");
    std::fs::write(&path, bytes).unwrap();
    window.wait_until("the save is noticed", State::is_pack_outdated);
    window.wait_until_idle();
    pack(&mut window);
    assert!(
        window.shows("Changed loops") && window.shows("1: ambience night.wav 2756..24806 lost"),
        "{}",
        window.outline()
    );
}
