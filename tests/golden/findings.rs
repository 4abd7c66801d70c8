//! What people read: the exact text of every finding, in `findings/<code>.txt`.
//!
//! Each story of [`crate::stories`] is played and its findings are compared with the golden of its code. To accept new
//! texts, run `BLESS=1 cargo nextest run -p prometeu-tests --test golden`, and read every text that changed.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use packer_services::diagnostics::Code;
use packer_services::files;

use crate::stories::{self, Story};

/// Every story.
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
        stories::pack::STORIES,
        stories::reader::STORIES,
        stories::extract::STORIES,
    ]
    .into_iter()
    .flatten()
}

/// Whether goldens are to be rewritten instead of compared.
pub fn is_blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// Where the golden of a code lies.
fn golden_path(code: Code) -> PathBuf {
    golden_folder().join(format!("{code}.txt"))
}

fn golden_folder() -> PathBuf {
    support::repository().join("tests/golden/findings")
}

/// The golden of a code; empty if there is none.
#[expect(clippy::disallowed_methods, reason = "a golden is no file of a project")]
pub fn golden(code: Code) -> String {
    std::fs::read_to_string(golden_path(code)).unwrap_or_default()
}

/// Replaces a file of the repository as a whole: several tests may bless at once.
#[expect(clippy::disallowed_methods, reason = "a golden is no file of a project")]
pub fn bless(path: &Path, text: &str) {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let staged = support::repository().join(format!("tests/golden/.{}.{name}", std::process::id()));
    let written = std::fs::write(&staged, text).and_then(|()| std::fs::rename(&staged, path));
    assert!(written.is_ok(), "{written:?}");
}

/// Plays a story: its findings as people see them.
pub fn played((code, story): &Story) -> String {
    let findings = story();
    assert!(!findings.is_empty(), "{code}: nothing was found");
    for finding in &findings {
        assert_eq!(finding.code, *code, "the story of {code} found something else:\n{finding}");
        assert_eq!(finding.severity, code.severity(), "{code}:\n{finding}");
    }
    let texts: Vec<String> = findings.iter().map(ToString::to_string).collect();
    texts.join("\n\n") + "\n"
}

/// Rewrites the goldens of `stories`.
pub fn bless_all<'s>(stories: impl IntoIterator<Item = &'s Story>) {
    stories.into_iter().for_each(|story| bless(&golden_path(story.0), &played(story)));
}

/// Plays the stories and compares what is told with the goldens.
fn judge(stories: &[Story]) {
    if is_blessing() {
        return bless_all(stories);
    }
    let differs = |story: &Story| {
        let (found, golden) = (played(story), golden(story.0));
        (found != golden).then(|| format!("== {}, golden:\n{golden}== found:\n{found}", story.0))
    };
    let different: Vec<String> = stories.iter().filter_map(differs).collect();
    assert!(different.is_empty(), "{}\nRead them; BLESS=1 accepts them.", different.join("\n"));
}

#[test]
fn what_could_not_be_run_is_told_in_these_words() {
    judge(stories::system::STORIES);
}

#[test]
fn broken_json_is_told_in_these_words() {
    judge(stories::json::STORIES);
}

#[test]
fn illegal_paths_are_told_in_these_words() {
    judge(stories::paths::STORIES);
}

#[test]
fn a_wrong_registry_is_told_in_these_words() {
    judge(stories::registry::STORIES);
}

#[test]
fn what_lies_about_is_told_in_these_words() {
    judge(stories::hygiene::STORIES);
}

#[test]
fn missing_and_odd_files_are_told_in_these_words() {
    judge(stories::files::STORIES);
}

#[test]
fn contradicting_declarations_are_told_in_these_words() {
    judge(stories::declarations::STORIES);
}

#[test]
fn broken_images_are_told_in_these_words() {
    judge(stories::images::STORIES);
}

#[test]
fn tiles_and_colors_that_do_not_fit_are_told_in_these_words() {
    judge(stories::palettes::STORIES);
}

#[test]
fn sounds_that_do_not_fit_are_told_in_these_words() {
    judge(stories::sound::STORIES);
}

#[test]
fn wrong_raw_assets_are_told_in_these_words() {
    judge(stories::raw::STORIES);
}

#[test]
fn refused_new_assets_are_told_in_these_words() {
    judge(stories::create_register::STORIES);
}

#[test]
fn what_stands_in_the_way_of_a_pack_is_told_in_these_words() {
    judge(stories::pack::STORIES);
}

#[test]
fn packs_that_nobody_wrote_are_told_in_these_words() {
    judge(stories::reader::STORIES);
}

#[test]
fn packs_that_do_not_become_files_are_told_in_these_words() {
    judge(stories::extract::STORIES);
}

#[test]
fn every_code_has_one_story() {
    let told: Vec<Code> = all_stories().map(|(code, _)| *code).collect();
    let once: BTreeSet<Code> = told.iter().copied().collect();
    assert_eq!(told.len(), once.len(), "a code has two stories");
    let untold: Vec<&str> = Code::ALL.iter().filter(|code| !once.contains(code)).map(|code| code.as_str()).collect();
    assert!(untold.is_empty(), "no story ends in {untold:?}");
}

#[test]
fn every_golden_has_its_code() {
    let known: BTreeSet<String> = Code::ALL.iter().map(|code| format!("{code}.txt")).collect();
    let files = files::paths_in(&golden_folder());
    let found: BTreeSet<String> =
        files.iter().filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect();
    let missing: Vec<&String> = known.difference(&found).collect();
    let unknown: Vec<&String> = found.difference(&known).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing: {missing:?}, of no code: {unknown:?}");
}
