//! `docs/diagnostics.md` explains every code, and shows the text that its golden holds.
//!
//! The prose is written by hand; with `BLESS=1` the examples are rewritten from the goldens.

use std::path::PathBuf;

use packer_services::diagnostics::{Blame, Code, Severity};

use crate::findings::{all_stories, bless, bless_all, golden, is_blessing};

/// What each section must have, in this order.
const PARTS: [&str; 4] = ["\n**What.** ", "\n**Why.** ", "\n**Example.**\n\n```text\n", "\n**Fix.** "];

fn path() -> PathBuf {
    support::repository().join("docs/diagnostics.md")
}

#[expect(clippy::disallowed_methods, reason = "a page is no file of a project")]
fn page() -> String {
    std::fs::read_to_string(path()).unwrap_or_default()
}

/// The sections, as (name, text), in order. A line that starts with one or two `#` ends a section.
fn sections(page: &str) -> Vec<(&str, &str)> {
    let heads: Vec<usize> = page.match_indices("\n#").map(|(at, _)| at + 1).chain([page.len()]).collect();
    let parts = heads.windows(2).map(|pair| &page[pair[0]..pair[1]]);
    parts.filter_map(|part| part.strip_prefix("## ")?.split_once('\n')).collect()
}

/// The example of a section's text, with its last line end.
fn example(text: &str) -> Option<&str> {
    const START: &str = "\n```text";
    let rest = &text[text.find(START)? + START.len()..];
    let end = rest.find("\n```\n")?;
    rest.get(1..=end)
}

/// The line under a section's heading: how grave a finding is, and how the packer then exits.
fn standing(code: Code) -> String {
    let exit = match (code.severity(), code.blame()) {
        (Severity::Error, Blame::Assets) => "blocks the pack · exit 1",
        (Severity::Error, Blame::System) => "could not run · exit 2",
        (Severity::Error, Blame::Difference) => "out of date · exit 3",
        (Severity::Warning, _) => "packs all the same · exit 0, or 1 with `--deny-warnings`",
        (Severity::Note, _) => "for information · exit 0",
    };
    format!("{} · {exit}", code.severity().as_str())
}

#[test]
fn every_code_has_its_section_and_no_section_is_of_another() {
    let page = page();
    let named: Vec<&str> = sections(&page).into_iter().map(|(name, _)| name).collect();
    let known: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let missing: Vec<&&str> = known.iter().filter(|name| !named.contains(name)).collect();
    let unknown: Vec<&&str> = named.iter().filter(|name| !known.contains(name)).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing: {missing:?}, of no code: {unknown:?}");
    assert_eq!(named, known, "the sections stand in the order of the codes");
}

#[test]
fn every_section_says_how_grave_it_is_and_what_why_and_how_to_fix_it() {
    let page = page();
    for (name, text) in sections(&page) {
        let code = Code::ALL.iter().find(|code| code.as_str() == name);
        let line = code.map(|code| standing(*code)).unwrap_or_default();
        assert!(text.starts_with(&format!("\n{line}\n")), "{name}: the first line must be {line:?}");
        let places: Vec<Option<usize>> = PARTS.iter().map(|part| text.find(part)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{name}: it needs {PARTS:?} in this order");
    }
}

#[test]
fn every_code_is_in_the_contents() {
    let page = page();
    let codes = Code::ALL.iter().map(|code| code.as_str());
    let absent: Vec<&str> = codes.filter(|code| !page.contains(&format!("[{code}](#{code})"))).collect();
    assert!(absent.is_empty(), "{absent:?}");
}

#[test]
fn every_example_is_the_golden() {
    if is_blessing() {
        bless_all(all_stories());
        let mut page = page();
        for code in Code::ALL {
            let found = sections(&page).into_iter().find(|(name, _)| *name == code.as_str());
            if let Some(old) = found.and_then(|(_, text)| example(text)) {
                let at = old.as_ptr().addr() - page.as_ptr().addr();
                page.replace_range(at..at + old.len(), &golden(*code));
            }
        }
        bless(&path(), &page);
    }
    let page = page();
    let differs = |(name, text): &(&str, &str)| {
        let golden = Code::ALL.iter().find(|code| code.as_str() == *name).map(|code| golden(*code));
        example(text).map(str::to_owned) != golden
    };
    let different: Vec<&str> = sections(&page).into_iter().filter(differs).map(|(name, _)| name).collect();
    assert!(different.is_empty(), "not the golden: {different:?}; BLESS=1 rewrites the examples");
}
