//! The binary, asked in one line: `@` is the project's folder.

use std::ffi::OsString;
use std::path::Path;

use support::binary::{self, CommandOutput};

/// The arguments of a line: words between spaces; an `@` at the start of a word is `root`.
pub fn words(root: &Path, line: &str) -> Vec<OsString> {
    let word = |word: &str| match word.strip_prefix('@') {
        Some("") => root.into(),
        Some(rest) => root.join(rest.trim_start_matches('/')).into(),
        None => word.into(),
    };
    line.split_whitespace().map(word).collect()
}

/// Runs the binary; it answers as text.
pub fn run(root: &Path, line: &str) -> CommandOutput {
    binary::run(words(root, line))
}

/// Runs the binary; it answers as JSON.
pub fn ask(root: &Path, line: &str) -> CommandOutput {
    run(root, &format!("{line} --format json"))
}

/// Asks, and demands that it went well.
pub fn done(root: &Path, line: &str) -> serde_json::Value {
    let ended = ask(root, line);
    assert_eq!(ended.code, 0, "{line}\n{}{}", ended.stdout, ended.stderr);
    ended.json()
}

/// Asks, and demands that the assets were to blame, with these findings.
pub fn refused(root: &Path, line: &str, codes: &[&str]) -> CommandOutput {
    let ended = ask(root, line);
    assert_eq!(ended.code, 1, "{line}\n{}{}", ended.stdout, ended.stderr);
    assert_eq!(ended.codes(), codes, "{line}\n{}", ended.stdout);
    ended
}
