//! `docs/diagnostics/` explains every code, and shows the text of its golden.
//!
//! The prose is written by hand, and a chapter's file decides which codes belong to the chapter. `BLESS=1` rewrites the
//! examples from the goldens and the index in `README.md` from the codes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use packer_services::diagnostics::{Blame, Code, Severity};

use crate::findings::{all_stories, bless, bless_all, golden, is_blessing};

/// What each section must have, in this order.
const PARTS: [&str; 4] = ["\n**What.** ", "\n**Why.** ", "\n**Example.**\n\n```text\n", "\n**Fix.** "];

/// The heading of the generated part of `README.md`, which is everything from here on.
const INDEX: &str = "## Index\n";

/// One page of the folder, with the sections of several codes.
struct Chapter {
    path: PathBuf,
    text: String,
}

impl Chapter {
    fn file_name(&self) -> &str {
        self.path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }

    fn title(&self) -> &str {
        self.text.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default()
    }

    /// The sections, as (name, text), in order. A line that starts with one or two `#` ends a section.
    fn sections(&self) -> Vec<(&str, &str)> {
        let page = &self.text;
        let heads: Vec<usize> = page.match_indices("\n#").map(|(at, _)| at + 1).chain([page.len()]).collect();
        let parts = heads.windows(2).map(|pair| &page[pair[0]..pair[1]]);
        parts.filter_map(|part| part.strip_prefix("## ")?.split_once('\n')).collect()
    }

    /// Where the section of `code` is, relative to the folder.
    fn link(&self, code: &str) -> String {
        format!("{}#{code}", self.file_name())
    }
}

fn folder() -> PathBuf {
    support::repository().join("docs/diagnostics")
}

#[expect(clippy::disallowed_methods, reason = "a page is not a file of a project")]
fn text_of(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn code_named(name: &str) -> Option<Code> {
    Code::ALL.iter().copied().find(|code| code.as_str() == name)
}

/// The chapters, in the order of their first codes.
fn chapters() -> Vec<Chapter> {
    let pages = support::paths_in(&folder()).into_iter().filter(|path| !path.ends_with("README.md"));
    let mut chapters: Vec<Chapter> = pages.map(|path| Chapter { text: text_of(&path), path }).collect();
    chapters.sort_by_key(|chapter| chapter.sections().first().and_then(|(name, _)| code_named(name)));
    chapters
}

/// Where the section of `code` is, relative to `docs/diagnostics/`.
pub fn link(code: Code) -> String {
    let has_section = |chapter: &Chapter| chapter.sections().iter().any(|(name, _)| *name == code.as_str());
    let chapter = chapters().into_iter().find(has_section);
    chapter.unwrap_or_else(|| panic!("{code} has no section")).link(code.as_str())
}

/// The example of a section's text, with its last line end.
fn example(text: &str) -> Option<&str> {
    const START: &str = "\n```text";
    let rest = &text[text.find(START)? + START.len()..];
    let end = rest.find("\n```\n")?;
    rest.get(1..=end)
}

/// What a finding means for the command, and its exit code.
fn effect_and_exit(code: Code) -> (&'static str, &'static str) {
    match (code.severity(), code.blame()) {
        _ if code == Code::Interrupted => ("could not run", "128 + n after signal n"),
        (Severity::Error, Blame::Assets) => ("must be fixed", "1"),
        (Severity::Error, Blame::System) => ("could not run", "2"),
        (Severity::Error, Blame::Difference) => ("out of date", "3"),
        (Severity::Warning, _) => ("does not block the pack", "0, or 1 with `--deny-warnings`"),
        (Severity::Note, _) => ("for information", "0"),
    }
}

/// The line under a section's heading.
fn summary(code: Code) -> String {
    let (effect, exit) = effect_and_exit(code);
    format!("{} · {effect} · exit {exit}", code.severity().as_str())
}

/// The index: a table of the codes of each chapter.
fn index(chapters: &[Chapter]) -> String {
    let mut index = format!("{INDEX}\nGenerated from the list of codes, `packer-services/src/diagnostics/codes.rs`.\n");
    for chapter in chapters {
        let (title, file) = (chapter.title(), chapter.file_name());
        let head = write!(
            index,
            "\n### [{title}]({file})\n\n| code | severity | exit | what the packer found |\n|---|---|---|---|\n"
        );
        assert!(head.is_ok());
        for code in chapter.sections().into_iter().filter_map(|(name, _)| code_named(name)) {
            let (link, severity, exit) =
                (chapter.link(code.as_str()), code.severity().as_str(), effect_and_exit(code).1);
            assert!(writeln!(index, "| [{code}]({link}) | {severity} | {exit} | {} |", code.description()).is_ok());
        }
    }
    index
}

#[test]
fn every_code_has_one_section() {
    let chapters = chapters();
    let named: Vec<&str> = chapters.iter().flat_map(Chapter::sections).map(|(name, _)| name).collect();
    let known: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let missing: Vec<&&str> = known.iter().filter(|name| !named.contains(name)).collect();
    let unknown: Vec<&&str> = named.iter().filter(|name| !known.contains(name)).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing: {missing:?}, of no code: {unknown:?}");
    assert_eq!(named, known, "the sections are in the order of the codes");
}

#[test]
fn every_section_has_all_parts() {
    for chapter in chapters() {
        for (name, text) in chapter.sections() {
            let line = code_named(name).map(summary).unwrap_or_default();
            assert!(text.starts_with(&format!("\n{line}\n")), "{name}: the first line must be {line:?}");
            let places: Vec<Option<usize>> = PARTS.iter().map(|part| text.find(part)).collect();
            assert!(
                places.iter().all(Option::is_some) && places.is_sorted(),
                "{name}: it needs {PARTS:?} in this order"
            );
        }
    }
}

#[test]
fn index_lists_every_code() {
    let path = folder().join("README.md");
    let chapters = chapters();
    let page = text_of(&path);
    let Some((introduction, _)) = page.split_once(INDEX) else { panic!("{INDEX:?} is missing in {}", path.display()) };
    let expected = format!("{introduction}{}", index(&chapters));
    if is_blessing() {
        bless(&path, &expected);
    }
    assert!(expected == text_of(&path), "the index is out of date; BLESS=1 rewrites it");
    let codes = Code::ALL.iter().map(|code| code.as_str());
    let absent: Vec<&str> = codes.filter(|code| !expected.contains(&format!("| [{code}]("))).collect();
    assert!(absent.is_empty(), "{absent:?}");
}

#[test]
fn every_example_is_the_golden() {
    if is_blessing() {
        bless_all(all_stories());
        for mut chapter in chapters() {
            for code in Code::ALL {
                let found = chapter.sections().into_iter().find(|(name, _)| *name == code.as_str());
                if let Some(old) = found.and_then(|(_, text)| example(text)) {
                    let at = old.as_ptr().addr() - chapter.text.as_ptr().addr();
                    let place = at..at + old.len();
                    chapter.text.replace_range(place, &golden(*code));
                }
            }
            bless(&chapter.path, &chapter.text);
        }
    }
    let differs = |(name, text): &(&str, &str)| example(text).map(str::to_owned) != code_named(name).map(golden);
    for chapter in chapters() {
        let different: Vec<&str> = chapter.sections().into_iter().filter(differs).map(|(name, _)| name).collect();
        assert!(different.is_empty(), "not the golden: {different:?}; BLESS=1 rewrites the examples");
    }
}
