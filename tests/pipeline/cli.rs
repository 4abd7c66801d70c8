//! Runs the binary with a line of arguments: `@` is the project's folder.

use std::ffi::OsString;
use std::path::Path;

use support::binary::{self, CommandOutput};

/// The arguments of a line, separated by spaces; an `@` at the start of an argument is `root`.
pub fn arguments(root: &Path, line: &str) -> Vec<OsString> {
    let word = |word: &str| match word.strip_prefix('@') {
        Some("") => root.into(),
        Some(rest) => root.join(rest.trim_start_matches('/')).into(),
        None => word.into(),
    };
    line.split_whitespace().map(word).collect()
}

/// Runs the binary with text output.
pub fn run(root: &Path, line: &str) -> CommandOutput {
    binary::run(arguments(root, line))
}

/// Runs the binary with JSON output.
pub fn run_json(root: &Path, line: &str) -> CommandOutput {
    run(root, &format!("{line} --format json"))
}

/// Runs the binary with JSON output, and asserts that it succeeds.
pub fn run_ok(root: &Path, line: &str) -> serde_json::Value {
    let output = run_json(root, line);
    assert_eq!(output.code, 0, "{line}\n{}{}", output.stdout, output.stderr);
    output.json()
}

/// Runs the binary with JSON output, and asserts exit code 1 with these findings.
pub fn run_refused(root: &Path, line: &str, codes: &[&str]) -> CommandOutput {
    let output = run_json(root, line);
    assert_eq!(output.code, 1, "{line}\n{}{}", output.stdout, output.stderr);
    assert_eq!(output.codes(), codes, "{line}\n{}", output.stdout);
    output
}
