//! Paths as the workspace's JSON files contain them: relative, separated by `/`, the same on every system.
//!
//! Checks text only and does not touch the disk (spec: workspace, "Paths").

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use caseless::Caseless;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::diagnostics::{Code, character_name, escaped};
use crate::from_text::deserialize_text;
use crate::limits::{PATH_BYTES, PATH_SEGMENT_BYTES};

/// A legal path: relative, NFC, and every segment can be stored on every system. Clones share its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelPath(Arc<str>);

impl RelPath {
    /// Checks `text`.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn parse(text: &str) -> Result<Self, PathProblem> {
        check_path(text).map(|()| Self(text.into()))
    }

    /// A path that the packer created, which is therefore legal.
    pub(crate) fn of_packer(name: String) -> Self {
        debug_assert_eq!(check_path(&name), Ok(()));
        Self(name.into())
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last segment.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The folder that contains it; `None` if it has one segment.
    pub fn parent(&self) -> Option<&str> {
        self.0.rsplit_once('/').map(|(parent, _)| parent)
    }

    /// The folders that it lies in, outermost first, and then the path itself.
    pub fn with_folders(&self) -> impl Iterator<Item = &str> {
        let ends = self.0.match_indices('/').map(|(at, _)| at);
        ends.chain([self.0.len()]).map(|end| &self.0[..end])
    }

    /// Whether this path is inside `folder` (and not `folder` itself).
    pub fn is_inside(&self, folder: &Self) -> bool {
        self.0.strip_prefix(&*folder.0).is_some_and(|rest| rest.starts_with('/'))
    }

    /// This path relative to `folder`; `None` if it is not inside.
    pub fn below(&self, folder: &Self) -> Option<Self> {
        let rest = self.0.strip_prefix(&*folder.0)?.strip_prefix('/')?;
        Some(Self(rest.into()))
    }

    /// Two paths with the same key are the same file on a system that ignores case or Unicode form.
    pub fn fold_key(&self) -> String {
        fold_key(&self.0)
    }
}

impl Serialize for RelPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RelPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text(deserializer, |text| Self::parse(text).map_err(|problem| problem.message))
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// NFC and full case folding.
pub fn fold_key(text: &str) -> String {
    fold(text).into_owned()
}

fn fold(text: &str) -> Cow<'_, str> {
    match text.is_ascii() {
        true if is_own_key(text) => Cow::Borrowed(text),
        true => Cow::Owned(text.to_ascii_lowercase()),
        false => Cow::Owned(text.nfc().default_case_fold().nfc().collect()),
    }
}

/// Whether a text is certainly its own [`fold_key`], and so are its parts.
fn is_own_key(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
}

/// Two paths, or a folder of each, that are the same on a system that ignores case or Unicode form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collision<'a> {
    /// The place of the first path in the list.
    pub first: usize,
    /// The place of the later path in the list.
    pub later: usize,
    /// The first path, up to the segment that collides.
    pub first_part: &'a str,
    /// The later path, up to that segment.
    pub later_part: &'a str,
}

/// Finds twins: different paths, or folders that paths lie in, that have the same [`fold_key`]. Two spellings are
/// reported once.
pub fn find_collisions<'a>(paths: impl IntoIterator<Item = &'a RelPath>) -> Vec<Collision<'a>> {
    let paths: Vec<&RelPath> = paths.into_iter().collect();
    // Almost no list has any. Of twins, only one can be its own key.
    if paths.iter().all(|path| is_own_key(path.as_str())) || !has_twins(&paths) {
        return Vec::new();
    }
    // Sorted, so that paths with a common folder are beside each other; a separator comes before all other characters.
    let mut sorted: Vec<(String, usize, &RelPath)> =
        paths.into_iter().enumerate().map(|(at, path)| (fold(path.as_str()).replace('/', "\0"), at, path)).collect();
    sorted.sort();
    let mut reported: HashSet<(&str, &str)> = HashSet::new();
    let mut found: Vec<Collision<'_>> = Vec::new();
    for pair in sorted.windows(2) {
        let ((_, a, a_path), (_, b, b_path)) = (&pair[0], &pair[1]);
        let ((first, first_path), (later, later_path)) =
            if a < b { ((*a, *a_path), (*b, *b_path)) } else { ((*b, *b_path), (*a, *a_path)) };
        let different = std::iter::zip(first_path.with_folders(), later_path.with_folders()).find(|(a, b)| a != b);
        let Some((first_part, later_part)) = different else { continue };
        if fold_key(first_part) == fold_key(later_part)
            && !reported.contains(&(later_part, first_part))
            && reported.insert((first_part, later_part))
        {
            found.push(Collision { first, later, first_part, later_part });
        }
    }
    found.sort_by_key(|collision| (collision.later, collision.first));
    found
}

/// Whether two of these paths, or folders that they lie in, are twins.
fn has_twins(paths: &[&RelPath]) -> bool {
    let mut spellings: HashMap<Cow<'_, str>, &str> = HashMap::with_capacity(paths.len());
    let mut is_twin = |part| *spellings.entry(fold(part)).or_insert(part) != part;
    let mut last_parent = None;
    paths.iter().any(|path| {
        let is_beside_last = path.parent() == last_parent;
        last_parent = path.parent();
        if is_beside_last { is_twin(path.as_str()) } else { path.with_folders().any(&mut is_twin) }
    })
}

/// Why a text is not a legal path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathProblem {
    /// The rule.
    pub code: Code,
    /// What was found.
    pub message: String,
    /// What is needed.
    pub help: String,
}

/// Whether Windows forbids the character in names.
fn is_forbidden(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\')
}

/// Names that Windows reserves for devices, besides those with a number.
const RESERVED: &[&str] = &["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

fn check_path(text: &str) -> Result<(), PathProblem> {
    if is_plain(text) { Ok(()) } else { check_rules(text) }
}

/// Whether a path is certainly legal, as most folders are: short, of names of ASCII letters, digits, `_` and `-`, none
/// as long as a reserved one.
fn is_plain(text: &str) -> bool {
    let is_plain_name = |name: &[u8]| {
        name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
            && !matches!(name.len(), 0 | 3 | 4)
    };
    text.len() <= PATH_SEGMENT_BYTES && text.as_bytes().split(|byte| *byte == b'/').all(is_plain_name)
}

fn check_rules(text: &str) -> Result<(), PathProblem> {
    let shown = || escaped(text);
    let problem = |code, message: String, help: &str| Err(PathProblem { code, message, help: help.to_owned() });
    if text.is_empty() {
        return problem(
            Code::PathNotRelative,
            "the path is empty".into(),
            "Write the path of the file, relative to its folder.",
        );
    }
    let drive = text.as_bytes().get(1) == Some(&b':') && text.as_bytes()[0].is_ascii_alphabetic();
    if text.starts_with('/') || text.starts_with('\\') || drive {
        return problem(
            Code::PathNotRelative,
            format!("`{}` is an absolute path", shown()),
            "Write a path relative to its folder: the project must work on other machines too.",
        );
    }
    if text.contains('\\') {
        return problem(
            Code::PathNotRelative,
            format!("`{}` contains a backslash", shown()),
            "Separate folders with `/`, on every system.",
        );
    }
    if text.len() > PATH_BYTES {
        return problem(
            Code::PathTooLong,
            format!("the path is {} bytes long; the limit is {PATH_BYTES}", text.len()),
            "Use shorter names or fewer folders.",
        );
    }
    for segment in text.split('/') {
        match segment {
            "" => {
                return problem(
                    Code::PathNotRelative,
                    format!("`{}` has an empty segment", shown()),
                    "Write exactly one `/` between two names, and none at the end.",
                );
            }
            "." | ".." => {
                return problem(
                    Code::PathNotRelative,
                    format!("`{}` has the segment `{segment}`", shown()),
                    "Move the file into the folder: a path must not lead out of it.",
                );
            }
            _ => {}
        }
        if segment.starts_with('.') {
            return problem(
                Code::PathHidden,
                format!("`{}` has a segment that starts with a dot", shown()),
                "Rename the file, and change its path here: names that start with a dot are hidden and never read.",
            );
        }
        if let Some(bad) = segment.chars().find(|c| c.is_control() || is_forbidden(*c)) {
            return problem(
                Code::PathCharacter,
                format!("`{}` contains the character {}", shown(), character_name(bad)),
                "Rename the file, and change its path here: some systems cannot store this character.",
            );
        }
        if segment.ends_with('.') || segment.ends_with(' ') {
            return problem(
                Code::PathTrailing,
                format!("`{}` has a segment that ends in a dot or a space", shown()),
                "Rename the file, and change its path here: Windows removes such endings.",
            );
        }
        if is_reserved(segment) {
            return problem(
                Code::PathReserved,
                format!(
                    "`{}` contains the name `{}`, which Windows reserves with any extension",
                    shown(),
                    escaped(segment.split('.').next().unwrap_or(segment))
                ),
                "Rename the file, and change its path here.",
            );
        }
        if segment.len() > PATH_SEGMENT_BYTES {
            return problem(
                Code::PathTooLong,
                format!("a name in the path is {} bytes long; the limit is {PATH_SEGMENT_BYTES}", segment.len()),
                "Use a shorter name, and change its path here.",
            );
        }
    }
    if !text.is_ascii() && !is_nfc(text) {
        return problem(
            Code::PathNotNfc,
            format!("`{}` contains an accent as a separate character (decomposed, as on macOS)", shown()),
            "Type the name again, here and in the file's name (Unicode NFC), or use letters without accents.",
        );
    }
    Ok(())
}

fn is_reserved(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or(segment).trim_end();
    // Some other letters are ASCII in upper case: `ı` is `I`.
    let stem = if stem.is_ascii() { Cow::Borrowed(stem) } else { Cow::Owned(stem.to_uppercase()) };
    let is_numbered = |(start, number): (&str, &str)| {
        let mut number = number.chars();
        (start.eq_ignore_ascii_case("COM") || start.eq_ignore_ascii_case("LPT"))
            && matches!((number.next(), number.next()), (Some('1'..='9' | '¹' | '²' | '³'), None))
    };
    RESERVED.iter().any(|name| stem.eq_ignore_ascii_case(name)) || stem.split_at_checked(3).is_some_and(is_numbered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_its_code() {
        let long = "x".repeat(256);
        let longer = vec!["abcdefg"; 130].join("/");
        for (text, code) in [
            ("", Code::PathNotRelative),
            ("/etc/passwd", Code::PathNotRelative),
            ("../x", Code::PathNotRelative),
            ("a/../../b", Code::PathNotRelative),
            ("a/./b", Code::PathNotRelative),
            ("a//b", Code::PathNotRelative),
            ("a/", Code::PathNotRelative),
            ("C:\\x", Code::PathNotRelative),
            ("C:x", Code::PathNotRelative),
            ("\\\\server\\share", Code::PathNotRelative),
            ("a\\b", Code::PathNotRelative),
            (".git/x", Code::PathHidden),
            ("a/.hidden", Code::PathHidden),
            ("a\u{0}b", Code::PathCharacter),
            ("a\nb", Code::PathCharacter),
            ("what?.png", Code::PathCharacter),
            ("ab:c", Code::PathCharacter),
            ("a. /b", Code::PathTrailing),
            ("a.", Code::PathTrailing),
            ("nul.txt", Code::PathReserved),
            ("x/CoM¹", Code::PathReserved),
            ("lpt9.tar.gz", Code::PathReserved),
            ("CONIN$", Code::PathReserved),
            (&long, Code::PathTooLong),
            (&longer, Code::PathTooLong),
            ("cafe\u{301}.png", Code::PathNotNfc),
        ] {
            assert_eq!(RelPath::parse(text).unwrap_err().code, code, "{text:?}");
        }
    }

    #[test]
    fn plain_paths_break_no_rule() {
        let parts = ["", "a", "CO", "N", "M", "1", "_", "-", "/", ".", " ", ":", "\u{301}", "é"];
        let all = parts.iter().flat_map(|a| parts.iter().map(move |b| format!("{a}{b}")));
        let all: Vec<String> = all.collect();
        let mut plain = 0;
        for text in all.iter().flat_map(|a| all.iter().map(move |b| format!("{a}{b}"))) {
            plain += u32::from(is_plain(&text));
            assert!(!is_plain(&text) || check_rules(&text).is_ok(), "{text}");
        }
        assert!(plain > 1000 && !is_plain(&"x".repeat(256)));
    }

    #[test]
    fn ordinary_and_foreign_names_are_accepted() {
        for text in ["hero.png", "ui/atlas/b-1_2.png", "-dash", "café.png", "漢字/😀.png", "com10", "console", "a b"]
        {
            assert_eq!(RelPath::parse(text).unwrap().as_str(), text);
        }
    }

    fn collisions(texts: &[&'static str]) -> Vec<(String, String)> {
        let paths: Vec<RelPath> = texts.iter().map(|text| RelPath::parse(text).unwrap()).collect();
        let found = find_collisions(&paths);
        found.iter().map(|one| (one.first_part.to_owned(), one.later_part.to_owned())).collect()
    }

    #[test]
    fn names_differing_in_case_collide() {
        let pair = |first: &str, later: &str| (first.to_owned(), later.to_owned());
        assert_eq!(
            collisions(&["Hero.png", "hero.png", "straße", "STRASSE", "x", "x", "hero.png"]),
            [pair("Hero.png", "hero.png"), pair("straße", "STRASSE")]
        );
        assert_eq!(fold_key("\u{212A}"), "k");
        assert_eq!(fold_key("e\u{301}"), fold_key("É"));
    }

    #[test]
    fn folders_differing_in_case_collide() {
        let pair = |first: &str, later: &str| (first.to_owned(), later.to_owned());
        assert_eq!(collisions(&["ui/icons", "UI"]), [pair("ui", "UI")]);
        assert_eq!(collisions(&["UI", "ui/icons", "ui/font"]), [pair("UI", "ui")]);
        assert_eq!(collisions(&["a/b/c", "a/B/d"]), [pair("a/b", "a/B")]);
        assert_eq!(collisions(&["ui/a", "UI-x", "UI", "ui"]), [pair("UI", "ui")]);
        assert_eq!(collisions(&["ui/a", "UI/b", "ui/c"]), [pair("ui", "UI")]);
        assert_eq!(collisions(&["a/b", "a/c", "a", "ab"]), []);
    }

    #[test]
    fn inside_excludes_siblings_and_itself() {
        let path = |text: &str| RelPath::parse(text).unwrap();
        assert!(path("ui/atlas/deep").is_inside(&path("ui/atlas")));
        assert!(!path("ui/atlas2").is_inside(&path("ui/atlas")));
        assert!(!path("ui/atlas").is_inside(&path("ui/atlas")));
    }
}
