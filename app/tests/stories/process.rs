//! The window's program as a process, where there is no display.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// After this long, a process that has not ended will not.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs the program to its end, without any display and with an empty folder for sockets.
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
fn without_a_display_it_ends_with_one_sentence_that_names_the_headless_command() {
    let project = crate::window::demo("lantern").display().to_string();
    for arguments in [&[][..], &[&*project]] {
        let ended = run(arguments);
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{said}");
        assert_eq!(said.lines().count(), 1, "one sentence is enough:\n{said}");
        assert!(said.starts_with("error: ") && said.contains("`prometeu-packer pack PROJECT`"), "{said}");
        assert!(!said.contains("panicked") && !said.contains("backtrace") && !said.contains(".rs"), "{said}");
        assert!(ended.stdout.is_empty());
    }
}

#[test]
fn help_needs_no_display() {
    for help in ["--help", "-h"] {
        let ended = run(&[help]);
        let said = String::from_utf8(ended.stdout).unwrap();
        assert_eq!(ended.status.code(), Some(0));
        assert!(said.contains("prometeu-workbench [PROJECT | FILE.pa]"), "{said}");
        assert!(ended.stderr.is_empty());
    }
}

#[test]
fn more_than_one_path_is_a_wrong_command_line() {
    let ended = run(&["one", "two"]);
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8(ended.stderr).unwrap().contains("not several"));
}

#[test]
fn an_option_that_is_none_is_no_path_and_the_version_is_told() {
    let ended = run(&["--theme"]);
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8(ended.stderr).unwrap().contains("no option --theme"));
    let ended = run(&["--version"]);
    assert_eq!(ended.status.code(), Some(0));
    assert!(String::from_utf8(ended.stdout).unwrap().starts_with("prometeu-workbench "));
}
