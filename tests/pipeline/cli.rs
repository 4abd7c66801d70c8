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

/// The verbs that have `--dry-run`.
const PLANNED_VERBS: [&str; 24] = [
    "animation",
    "compose",
    "convert",
    "create",
    "cut",
    "exclude",
    "fix",
    "forget",
    "include",
    "key",
    "loop",
    "move",
    "palette",
    "purge",
    "redo",
    "register",
    "remove",
    "rename",
    "renumber",
    "restore",
    "slot",
    "tile-size",
    "undo",
    "update",
];

/// Runs the binary with text output. If the verb can be planned, it is planned first: a dry run must answer what the
/// verb then does.
pub fn run(root: &Path, line: &str) -> CommandOutput {
    let verb = line.split_whitespace().next().unwrap_or_default();
    let is_dry = line.split_whitespace().any(|word| word == "--dry-run");
    if is_dry || !PLANNED_VERBS.contains(&verb) || is_interrupted(root) {
        return binary::run(arguments(root, line));
    }
    let planned = binary::run(arguments(root, &format!("{line} --dry-run")));
    let made = binary::run(arguments(root, line));
    // What the system refuses only when it is done cannot be planned.
    if made.code == 2 && format!("{}{}", made.stdout, made.stderr).contains("file-unwritable") {
        return made;
    }
    assert_eq!(planned.code, made.code, "{line} --dry-run\n{}\n{line}\n{}", planned.stdout, made.stdout);
    if line.contains("--format json") {
        let (planned_json, made_json) = (as_planned(planned.json()), as_planned(made.json()));
        assert_eq!(planned_json, made_json, "{line} --dry-run");
    }
    made
}

/// Whether a change is half made: the next verb that writes completes it, and a dry run is refused.
fn is_interrupted(root: &Path) -> bool {
    let names = std::fs::read_dir(root.join("assets/.prometeu/history")).into_iter().flatten().flatten();
    names.map(|entry| entry.file_name()).any(|name| {
        let name = name.to_string_lossy();
        name.ends_with(".applying") || name.ends_with(".undoing")
    })
}

/// An answer without what only a verb that was carried out can say.
fn as_planned(mut answer: serde_json::Value) -> serde_json::Value {
    if let Some(change) = answer.get_mut("change").and_then(serde_json::Value::as_object_mut) {
        change.remove("number");
    }
    let members = answer.as_object_mut().unwrap();
    members.remove("purged");
    // A verb that could not run has no other members.
    if members["findings"] != serde_json::json!([]) && members.get("change").is_none_or(serde_json::Value::is_null) {
        members.retain(|name, _| ["verb", "status", "findings"].contains(&name.as_str()));
    }
    answer
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
