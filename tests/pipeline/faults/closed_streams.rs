//! An answer that cannot be written is an error where it is the result; a reader that went away is none.

use std::fs::File;
use std::process::{Command, Stdio};

use support::binary::{self, CommandOutput};

use crate::{cli, fixtures, tools, tree};

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
fn full_disk_for_the_answer_is_reported() {
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    // The exit code with text, and whether that text is a result. All other formats always are.
    for (line, code, is_result) in [
        ("pack @", 0, false),
        ("pack @ --check", 2, true),
        ("list @", 2, true),
        ("constants @ --lang c", 2, true),
        ("inspect @/build/assets.pa", 2, true),
        ("show @ id:9", 2, false),
        ("bake", 2, false),
        ("verify @/assets", 1, false),
        ("--version", 2, true),
    ] {
        let is_hosted = ["doctor", "pack", "verify"].iter().any(|verb| line.starts_with(verb));
        let hosted = [("sarif", 2, true), ("github", 2, true)].into_iter().filter(|_| is_hosted);
        for (format, code, is_lost) in [("text", code, is_result), ("json", 2, true)].into_iter().chain(hosted) {
            let (project, _) = fixtures::packed_project();
            let line = format!("{line} --format {format}");
            let run = |stderr| {
                let mut command = binary::command(cli::arguments(project.root(), &line));
                command.stdout(full()).stderr(stderr).output().unwrap()
            };
            let output = run(Stdio::piped());
            assert_eq!(output.status.code(), Some(code), "{line}");
            let message = String::from_utf8(output.stderr).unwrap();
            assert_eq!(message.contains("standard output"), is_lost, "{line}: {message}");
            let is_done = line.starts_with("pack @ --format");
            assert_eq!(message.contains("`pack` is done"), is_lost && is_done, "{line}: {message}");
            assert_eq!(message.contains("files are unchanged"), is_lost && !is_done, "{line}: {message}");
            assert_eq!(run(full()).status.code(), Some(code), "{line}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn change_is_done_without_its_answer() {
    let project = fixtures::small_project();
    for (line, verb) in [
        ("rename @ id:1 zz", "rename"),
        ("undo @", "undo"),
        ("create @ new --type glyph_bank @/assets/ui/icons/tile.png --name new", "create"),
    ] {
        let before = tree::read_tree(project.root());
        let mut command = binary::command(cli::arguments(project.root(), &format!("{line} --format json")));
        command.stdout(File::options().write(true).open("/dev/full").unwrap());
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{line}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(&format!("`{verb}` is done")), "{line}: {message}");
        assert!(!message.contains("unchanged"), "{line}: {message}");
        assert!(before != tree::read_tree(project.root()), "{line} must have been made");
    }
}
