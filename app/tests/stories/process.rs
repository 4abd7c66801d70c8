//! The window's program as a process without a display.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// After this time, a process that is still running will not end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs the program to its end, without a display and with an empty folder for sockets.
fn run(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_prometeu-workbench"));
    command.args(arguments).env("XDG_RUNTIME_DIR", folder.path()).env("HOME", folder.path());
    for display in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(display);
    }
    command.env("RUST_BACKTRACE", "1").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let begin = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begin.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("{arguments:?}: it never ended");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "elsewhere there is always a display")]
fn without_a_display_one_sentence_is_printed() {
    let project = crate::window::demo("lantern").display().to_string();
    for arguments in [&[][..], &[&*project]] {
        let ended = run(arguments);
        let text = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{text}");
        assert_eq!(text.lines().count(), 1, "more than one sentence:\n{text}");
        assert!(text.starts_with("error: ") && text.contains("`prometeu-packer pack PROJECT`"), "{text}");
        assert!(!text.contains("panicked") && !text.contains("backtrace") && !text.contains(".rs"), "{text}");
        assert!(ended.stdout.is_empty());
    }
}

#[test]
fn help_needs_no_display() {
    for help in ["--help", "-h"] {
        let ended = run(&[help]);
        let text = String::from_utf8(ended.stdout).unwrap();
        assert_eq!(ended.status.code(), Some(0));
        assert!(text.contains("prometeu-workbench [PROJECT | FILE.pa]"), "{text}");
        assert!(ended.stderr.is_empty());
    }
}

#[test]
fn two_paths_are_a_usage_error() {
    let ended = run(&["one", "two"]);
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8(ended.stderr).unwrap().contains("not several"));
}

#[test]
fn unknown_options_are_refused() {
    let ended = run(&["--theme"]);
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8(ended.stderr).unwrap().contains("unknown option --theme"));
    let ended = run(&["--version"]);
    assert_eq!(ended.status.code(), Some(0));
    assert!(String::from_utf8(ended.stdout).unwrap().starts_with("prometeu-workbench "));
}
