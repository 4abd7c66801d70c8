//! A sound bank on a machine without sound: that is said, and everything else works. Each story runs in a process of its own,
//! whose surroundings have no sound server and no `aplay`, whatever the machine has.
#![cfg(all(unix, not(target_os = "macos")))]

use std::process::Command;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use workbench::state::{Packing, Panel};

use crate::window::Window;

/// Set in the process that has no sound.
const SILENT: &str = "WORKBENCH_STORY_IN_SILENCE";

/// Runs a story of this module in silence.
fn in_silence(name: &str, story: impl FnOnce()) {
    if std::env::var_os(SILENT).is_some() {
        return story();
    }
    let nothing = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("sounds::{name}"), "--nocapture"])
        .env(SILENT, "1")
        .env("PATH", nothing.path())
        .env("XDG_RUNTIME_DIR", nothing.path())
        .env_remove("PULSE_RUNTIME_PATH")
        .env_remove("PULSE_SERVER")
        .output()
        .unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

#[test]
fn without_a_device_the_window_says_so_and_everything_else_works() {
    in_silence("without_a_device_the_window_says_so_and_everything_else_works", || {
        let mut window = Window::on("lantern");
        window.click("effects, ready");
        window.press(Modifiers::NONE, Key::Space);
        window.until("it is told", |state| state.audio_error.is_some());
        window.settle();
        assert!(window.shows("No sound: there is no sound server, and no aplay. Everything else works."));
        assert_eq!(window.state().playing, None);
        assert!(window.is_at_rest());
        window.click("hero, ready");
        assert!(window.shows("Sheet, "));
        window.press(Modifiers::COMMAND, Key::P);
        window.until("it is packed", |state| matches!(state.pack, Packing::Done { .. }));
    });
}

#[test]
fn arrows_select_samples_and_the_seam_needs_a_loop() {
    in_silence("arrows_select_samples_and_the_seam_needs_a_loop", || {
        let mut window = Window::on("lantern");
        window.click("effects, ready");
        window.press(Modifiers::NONE, Key::Enter);
        assert_eq!(window.state().panel, Panel::Stage);
        window.press(Modifiers::NONE, Key::ArrowDown);
        window.press(Modifiers::NONE, Key::ArrowDown);
        assert_eq!(window.state().sample(), 2);
        let (role, name) = window.focused().unwrap();
        assert!(role == Role::ListItem && name.starts_with("Sample 2 hit.wav, "), "{name}");
        for _ in 0..9 {
            window.press(Modifiers::NONE, Key::ArrowDown);
        }
        assert_eq!(window.state().sample(), 5, "the end stays");
        assert!(window.focused().unwrap().1.starts_with("Sample 5 "), "it came into sight");
        window.press(Modifiers::SHIFT, Key::Space);
        assert_eq!((&window.state().audio_error, &window.state().playing), (&None, &None), "no loop, no seam");
        window.press(Modifiers::NONE, Key::Space);
        window.until("it is played", |state| state.audio_error.is_some());
    });
}

#[test]
fn a_space_in_a_text_field_is_a_space_and_plays_nothing() {
    in_silence("a_space_in_a_text_field_is_a_space_and_plays_nothing", || {
        let mut window = Window::on("lantern");
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
        assert_eq!(window.state().palette.as_ref().map(|(typed, _)| typed.as_str()), Some(" "));
        assert!(!window.state().view.is_animated);
    });
}

#[test]
fn the_buttons_of_a_sample_select_and_play_it() {
    in_silence("the_buttons_of_a_sample_select_and_play_it", || {
        let mut window = Window::on("lantern");
        window.click("effects, ready");
        window.click("Play sample 1");
        assert_eq!(window.state().sample(), 1);
        window.until("it is played", |state| state.audio_error.is_some());
        window.click("ambience, ready");
        window.click("Play the seam of sample 0");
        window.until("it is played", |state| state.audio_error.is_some());
    });
}
