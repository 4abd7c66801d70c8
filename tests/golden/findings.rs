//! The exact text of every finding, in `findings/<code>.txt`.
//!
//! Each story of [`crate::stories`] runs, and its findings are compared with the golden of its code. To accept new
//! text, run `BLESS=1 cargo nextest run -p prometeu-tests --test golden`, and read every file that changed.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use packer_services::diagnostics::Code;

use crate::stories::{self, Story};

/// All stories.
pub fn all_stories() -> impl Iterator<Item = &'static Story> {
    [
        stories::system::STORIES,
        stories::json::STORIES,
        stories::paths::STORIES,
        stories::registry::STORIES,
        stories::hygiene::STORIES,
        stories::files::STORIES,
        stories::declarations::STORIES,
        stories::images::STORIES,
        stories::palettes::STORIES,
        stories::sound::STORIES,
        stories::raw::STORIES,
        stories::create_register::STORIES,
        stories::history::STORIES,
        stories::pack::STORIES,
        stories::reader::STORIES,
        stories::extract::STORIES,
    ]
    .into_iter()
    .flatten()
}

/// Whether goldens are rewritten instead of compared.
pub fn is_blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// The path of a code's golden.
fn golden_path(code: Code) -> PathBuf {
    golden_folder().join(format!("{code}.txt"))
}

fn golden_folder() -> PathBuf {
    support::repository().join("tests/golden/findings")
}

/// The golden of a code; empty if it has none.
#[expect(clippy::disallowed_methods, reason = "goldens are not project files")]
pub fn golden(code: Code) -> String {
    std::fs::read_to_string(golden_path(code)).unwrap_or_default()
}

/// Replaces a file of the repository in one step, because several tests may bless at once.
#[expect(clippy::disallowed_methods, reason = "goldens are not project files")]
pub fn bless(path: &Path, text: &str) {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let staged = support::repository().join(format!("tests/golden/.{}.{name}", std::process::id()));
    let written = std::fs::write(&staged, text).and_then(|()| std::fs::rename(&staged, path));
    assert!(written.is_ok(), "{written:?}");
}

/// Runs a story, and returns its findings as the binary prints them.
pub fn run_story((code, story): &Story) -> String {
    let findings = story();
    assert!(!findings.is_empty(), "{code}: the story has no findings");
    for finding in &findings {
        assert_eq!(finding.code, *code, "the story of {code} has another finding:\n{finding}");
        assert_eq!(finding.severity, code.severity(), "{code}:\n{finding}");
    }
    let texts: Vec<String> = findings.iter().map(ToString::to_string).collect();
    texts.join("\n\n") + "\n"
}

/// Rewrites the goldens of these stories.
pub fn bless_all<'s>(stories: impl IntoIterator<Item = &'s Story>) {
    stories.into_iter().for_each(|story| bless(&golden_path(story.0), &run_story(story)));
}

/// Runs the stories and compares their findings with the goldens.
fn assert_goldens(stories: &[Story]) {
    if is_blessing() {
        return bless_all(stories);
    }
    let difference = |story: &Story| {
        let (found, golden) = (run_story(story), golden(story.0));
        (found != golden).then(|| format!("== {}, golden:\n{golden}== found:\n{found}", story.0))
    };
    let different: Vec<String> = stories.iter().filter_map(difference).collect();
    assert!(different.is_empty(), "{}\nRead each text; BLESS=1 accepts it.", different.join("\n"));
}

#[test]
fn system_findings_match_goldens() {
    assert_goldens(stories::system::STORIES);
}

#[test]
fn json_findings_match_goldens() {
    assert_goldens(stories::json::STORIES);
}

#[test]
fn path_findings_match_goldens() {
    assert_goldens(stories::paths::STORIES);
}

#[test]
fn registry_findings_match_goldens() {
    assert_goldens(stories::registry::STORIES);
}

#[test]
fn hygiene_findings_match_goldens() {
    assert_goldens(stories::hygiene::STORIES);
}

#[test]
fn file_findings_match_goldens() {
    assert_goldens(stories::files::STORIES);
}

#[test]
fn declaration_findings_match_goldens() {
    assert_goldens(stories::declarations::STORIES);
}

#[test]
fn image_findings_match_goldens() {
    assert_goldens(stories::images::STORIES);
}

#[test]
fn palette_findings_match_goldens() {
    assert_goldens(stories::palettes::STORIES);
}

#[test]
fn sound_findings_match_goldens() {
    assert_goldens(stories::sound::STORIES);
}

#[test]
fn raw_findings_match_goldens() {
    assert_goldens(stories::raw::STORIES);
}

#[test]
fn create_and_register_findings_match_goldens() {
    assert_goldens(stories::create_register::STORIES);
}

#[test]
fn pack_findings_match_goldens() {
    assert_goldens(stories::pack::STORIES);
}

#[test]
fn pack_reader_findings_match_goldens() {
    assert_goldens(stories::reader::STORIES);
}

#[test]
fn extract_findings_match_goldens() {
    assert_goldens(stories::extract::STORIES);
}

#[test]
fn every_code_has_one_story() {
    let codes: Vec<Code> = all_stories().map(|(code, _)| *code).collect();
    let distinct: BTreeSet<Code> = codes.iter().copied().collect();
    assert_eq!(codes.len(), distinct.len(), "a code has two stories");
    let missing: Vec<&str> =
        Code::ALL.iter().filter(|code| !distinct.contains(code)).map(|code| code.as_str()).collect();
    assert!(missing.is_empty(), "codes without a story: {missing:?}");
}

#[test]
fn every_golden_has_its_code() {
    let known: BTreeSet<String> = Code::ALL.iter().map(|code| format!("{code}.txt")).collect();
    let files = support::paths_in(&golden_folder());
    let found: BTreeSet<String> =
        files.iter().filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect();
    let missing: Vec<&String> = known.difference(&found).collect();
    let unknown: Vec<&String> = found.difference(&known).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing: {missing:?}, without a code: {unknown:?}");
}
