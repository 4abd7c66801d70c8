//! Output that cannot be written changes neither the result nor the exit code.

use std::fs::File;
use std::process::{Command, Stdio};

use support::binary::{self, CommandOutput};

use crate::{cli, fixtures, tools};

#[test]
fn closed_streams_change_nothing() {
    for closed in [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"] {
        for format in ["text", "json"] {
            let project = fixtures::small_project();
            let mut command = Command::new("sh");
            command.args(["-c", &format!("exec \"$0\" \"$@\" {closed}")]).arg(binary::path());
            command.args(cli::arguments(project.root(), &format!("pack @ --format {format}")));
            let output = tools::run_to_end(&mut command);
            assert_eq!(output.code, 0, "{closed}, {format}: {}", output.stderr);
            cli::run_ok(project.root(), "pack @ --check");
            cli::run_ok(project.root(), "verify @/build/assets.pa");
        }
    }
}

#[test]
fn closed_pipe_changes_nothing() {
    let project = fixtures::small_project();
    for (line, code) in [("list @", 0), ("pack @", 0), ("doctor @ --workspace", 0), ("show @ id:9", 2), ("--help", 0)] {
        let mut command = binary::command(cli::arguments(project.root(), line));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = CommandOutput::from(child.wait_with_output().unwrap());
        assert_eq!(output.code, code, "{line}: {}", output.stderr);
        assert!(!output.stderr.contains("panicked"), "{line}: {}", output.stderr);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn full_disk_for_the_output_changes_nothing() {
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
            let (project, _) = fixtures::packed_project();
            let line = format!("{line} --format {format}");
            let mut command = binary::command(cli::arguments(project.root(), &line));
            let status = command.stdout(full()).stderr(full()).status().unwrap();
            assert_eq!(status.code(), Some(code), "{line}");
        }
    }
}
