//! Files that are opened in other programs.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use crate::window::Window;

/// A program that ends with this status.
fn program(folder: &tempfile::TempDir, status: u8) -> PathBuf {
    let path = folder.path().join(format!("opener-{status}"));
    std::fs::write(&path, format!("#!/bin/sh\nexit {status}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
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
