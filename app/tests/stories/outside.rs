//! Files that are opened in other programs.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use egui::{Key, Modifiers};

use crate::window::Window;

/// A program that ends with this status.
fn program(folder: &tempfile::TempDir, status: u8) -> PathBuf {
    let path = folder.path().join(format!("opener-{status}"));
    std::fs::write(&path, format!("#!/bin/sh\nexit {status}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn chosen_program_opens_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("draw");
    let opened = folder.path().join("opened");
    // It runs on, as an editor does.
    let script = format!("#!/bin/sh\necho \"$1\" > {}\nexec sleep 3 > /dev/null 2>&1\n", opened.display());
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut window = Window::open_demo("lantern");
    window.set_opener(&folder.path().join("nowhere"));
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("programs for files");
    window.press(Modifiers::NONE, Key::Enter);
    window.type_into("PNG images", &program.display().to_string());
    window.click("Close");
    window.click("Open source file");
    window.wait_until("it is started", |_| std::fs::read_to_string(&opened).is_ok_and(|path| path.ends_with('\n')));
    let path = std::fs::read_to_string(&opened).unwrap();
    assert_eq!(path.trim_end(), window.file("assets/characters/hero/hero.png").display().to_string());
    assert!(window.state().notice.is_none(), "{}", window.outline());
    window.wait_until_idle();
}

#[test]
fn a_failed_opener_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open_demo("lantern");
    let said_opened = |window: &Window| window.state().activity.iter().any(|line| line.text.starts_with("Opened"));
    for (opener, why) in
        [(program(&folder, 3), "failed: exit status: 3"), (folder.path().join("nowhere"), "could not be started: ")]
    {
        window.set_opener(&opener);
        window.click("Open source file");
        assert!(window.shows("could not be opened") && window.shows(why), "{why}: {}", window.outline());
        assert!(!said_opened(&window));
        window.click("Dismiss");
    }
    window.set_opener(&program(&folder, 0));
    window.click("Open source file");
    assert!(said_opened(&window) && window.state().notice.is_none());
}
