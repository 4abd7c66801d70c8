//! What becomes of the answer changes nothing of what was done, nor of the exit code.

use std::fs::File;
use std::process::{Command, Stdio};

use support::binary::{self, CommandOutput};

use crate::{cli, scenes, tools};

#[test]
fn closed_streams_change_nothing() {
    for closed in [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"] {
        for format in ["text", "json"] {
            let project = scenes::small();
            let mut command = Command::new("sh");
            command.args(["-c", &format!("exec \"$0\" \"$@\" {closed}")]).arg(binary::path());
            command.args(cli::words(project.root(), &format!("pack @ --format {format}")));
            let ended = tools::end(&mut command);
            assert_eq!(ended.code, 0, "{closed}, {format}: {}", ended.stderr);
            cli::done(project.root(), "pack @ --check");
            cli::done(project.root(), "verify @/build/assets.pa");
        }
    }
}

#[test]
fn a_reader_that_hangs_up_changes_nothing() {
    let project = scenes::small();
    for (line, code) in [("list @", 0), ("pack @", 0), ("doctor @ --workspace", 0), ("show @ id:9", 2), ("--help", 0)] {
        let mut command = binary::command(cli::words(project.root(), line));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = CommandOutput::from(child.wait_with_output().unwrap());
        assert_eq!(ended.code, code, "{line}: {}", ended.stderr);
        assert!(!ended.stderr.contains("panicked"), "{line}: {}", ended.stderr);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_the_answer_changes_nothing() {
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    for (line, code) in [
        ("pack @", 0),
        ("pack @ --check", 0),
        ("list @", 0),
        ("show @ id:9", 2),
        ("bake", 2),
        ("verify @/assets", 1),
        ("--version", 0),
    ] {
        for format in ["text", "json"] {
            let (project, _) = scenes::packed();
            let line = format!("{line} --format {format}");
            let mut command = binary::command(cli::words(project.root(), &line));
            let status = command.stdout(full()).stderr(full()).status().unwrap();
            assert_eq!(status.code(), Some(code), "{line}");
        }
    }
}
