//! A sound bank on a machine without sound: this is reported, and everything else works. Each test runs in a process
//! whose environment has no sound server and no `aplay`, even if the machine has them.
#![cfg(all(unix, not(target_os = "macos")))]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use support::sounds::Wav;
use support::{TestProject, sample, sound};
use workbench::state::{Packing, Panel};

use crate::window::Window;

/// Set in the process without sound: a folder that has no programs but those of the test.
const SILENT: &str = "WORKBENCH_TEST_WITHOUT_SOUND";

/// Runs a test of this module in a process without sound.
fn without_sound(name: &str, test: impl FnOnce()) {
    with_programs(name, |_| {}, |_| test());
}

/// Runs a test of this module in a process without sound, except for the programs that `install` writes into a folder.
/// The test is given this folder.
fn with_programs(name: &str, install: impl FnOnce(&Path), test: impl FnOnce(&Path)) {
    if let Some(folder) = std::env::var_os(SILENT) {
        return test(Path::new(&folder));
    }
    let empty = tempfile::tempdir().unwrap();
    install(empty.path());
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("sounds::{name}"), "--nocapture"])
        .env(SILENT, empty.path())
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

#[test]
fn the_source_is_played_as_drawn() {
    let install = |folder: &Path| {
        let aplay = folder.join("aplay");
        let script = "#!/bin/sh\necho \"$@\" > \"${0%/*}/arguments\"; exec /bin/cat > \"${0%/*}/heard\"\n";
        std::fs::write(&aplay, script).unwrap();
        std::fs::set_permissions(&aplay, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    with_programs("the_source_is_played_as_drawn", install, |folder| {
        // It cannot be packed: the file is stereo.
        let mut project = TestProject::new();
        let frames: Vec<i16> = (0..2000).map(|n| n % 100 * 300).collect();
        let stereo = frames.iter().flat_map(|value| [*value; 2]).flat_map(i16::to_le_bytes).collect();
        project.write("assets/hum/hum.wav", Wav::pcm(8000, 2, 16, stereo).bytes());
        let declaration = sound(project.next_id(), "hum", 8000, vec![sample("hum.wav", 0)]);
        project.add_asset("hum", true, &declaration);
        let mut window = Window::open_project(project.root());
        assert!(window.state().problems.iter().any(|finding| finding.is_error()), "the pack would be blocked");
        window.press(Modifiers::COMMAND, Key::Num2);
        window.click("Play source");
        assert!(window.state().playing.is_some() || folder.join("heard").exists());
        window.wait_until("it has ended", |state| state.playing.is_none());
        assert_eq!(window.state().audio_error, None);
        let heard = std::fs::read(folder.join("heard")).unwrap();
        assert_eq!(heard, frames.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>());
        assert!(std::fs::read_to_string(folder.join("arguments")).unwrap().ends_with("--channels=1 --rate=8000\n"));
        assert!(window.shows("Play source"), "it can be played again");
    });
}
