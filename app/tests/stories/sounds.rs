//! A sound bank on a machine without sound: this is reported, and everything else works. Each test runs in a process
//! whose environment has no sound server and no `aplay`, even if the machine has them.
#![cfg(all(unix, not(target_os = "macos")))]

use std::process::Command;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use workbench::state::{Packing, Panel};

use crate::window::Window;

/// Set in the process without sound.
const SILENT: &str = "WORKBENCH_TEST_WITHOUT_SOUND";

/// Runs a test of this module in a process without sound.
fn without_sound(name: &str, test: impl FnOnce()) {
    if std::env::var_os(SILENT).is_some() {
        return test();
    }
    let empty = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("sounds::{name}"), "--nocapture"])
        .env(SILENT, "1")
        .env("PATH", empty.path())
        .env("XDG_RUNTIME_DIR", empty.path())
        .env_remove("PULSE_RUNTIME_PATH")
        .env_remove("PULSE_SERVER")
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[test]
fn a_missing_sound_device_is_reported() {
    without_sound("a_missing_sound_device_is_reported", || {
        let mut window = Window::open_demo("lantern");
        window.click("effects, ready");
        window.press(Modifiers::NONE, Key::Space);
        window.wait_until("the problem is reported", |state| state.audio_error.is_some());
        window.wait_until_idle();
        assert!(window.shows("No sound: there is no sound server, and no aplay. Everything else works."));
        assert_eq!(window.state().playing, None);
        assert!(window.stays_idle());
        window.click("hero, ready");
        assert!(window.shows("Sheet, "));
        window.press(Modifiers::COMMAND, Key::P);
        window.wait_until("it is packed", |state| matches!(state.pack, Packing::Done { .. }));
    });
}

#[test]
fn arrows_select_samples() {
    without_sound("arrows_select_samples", || {
        let mut window = Window::open_demo("lantern");
        window.click("effects, ready");
        window.press(Modifiers::NONE, Key::Enter);
        assert_eq!(window.state().panel, Panel::View);
        window.press(Modifiers::NONE, Key::ArrowDown);
        window.press(Modifiers::NONE, Key::ArrowDown);
        assert_eq!(window.state().selected_sample(), 2);
        let (role, name) = window.focused().unwrap();
        assert!(role == Role::ListItem && name.starts_with("Sample 2 hit.wav, "), "{name}");
        for _ in 0..9 {
            window.press(Modifiers::NONE, Key::ArrowDown);
        }
        assert_eq!(window.state().selected_sample(), 5, "the last sample stays selected");
        assert!(window.focused().unwrap().1.starts_with("Sample 5 "), "it is visible");
        window.press(Modifiers::SHIFT, Key::Space);
        assert_eq!(
            (&window.state().audio_error, &window.state().playing),
            (&None, &None),
            "without a loop nothing is played"
        );
        window.press(Modifiers::NONE, Key::Space);
        window.wait_until("it is played", |state| state.audio_error.is_some());
    });
}

#[test]
fn a_typed_space_plays_nothing() {
    without_sound("a_typed_space_plays_nothing", || {
        let mut window = Window::open_demo("lantern");
        window.click("effects, ready");
        window.press(Modifiers::COMMAND, Key::F);
        window.type_text("no");
        window.type_space();
        window.type_text("such");
        assert_eq!(window.state().filter.text, "no such");
        assert_eq!((&window.state().audio_error, &window.state().playing), (&None, &None));
        window.click("Show all");
        window.click("hero, ready");
        window.press(Modifiers::COMMAND, Key::Num3);
        window.press(Modifiers::COMMAND, Key::F);
        window.type_space();
        assert!(!window.state().view.is_animated);
        window.press(Modifiers::COMMAND, Key::K);
        window.type_space();
        assert_eq!(window.state().command_palette.as_ref().map(|palette| palette.text.as_str()), Some(" "));
        assert!(!window.state().view.is_animated);
    });
}

#[test]
fn sample_buttons_select_and_play() {
    without_sound("sample_buttons_select_and_play", || {
        let mut window = Window::open_demo("lantern");
        window.click("effects, ready");
        window.click("Play sample 1");
        assert_eq!(window.state().selected_sample(), 1);
        window.wait_until("it is played", |state| state.audio_error.is_some());
        window.click("ambience, ready");
        window.click("Play loop point of sample 0");
        window.wait_until("it is played", |state| state.audio_error.is_some());
    });
}
