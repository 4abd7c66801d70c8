//! The folders that the caller of `create` names: all images or sounds in them and in their own folders, in the order
//! of their names, with numbers by value.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::banks::sniff::{
    DECODED_IMAGES, DECODED_SOUNDS, FileKind, PACKED_IMAGES, PACKED_SOUNDS, SniffedFile, sniff_path,
};
use crate::declaration::Family;
use crate::diagnostics::{Code, Finding, Severity, join_some, plural};
use crate::files::{self, HeldFolder};

/// The most files of one folder. No bank has as many artifacts.
const FOLDER_FILES: usize = 4096;
/// The most names that a note lists.
const LISTED: usize = 4;

/// The files that were named, with those of a folder in its place.
#[derive(Debug, Default)]
pub(crate) struct ExpandedFiles {
    /// All files.
    pub(crate) files: Vec<PathBuf>,
    /// Those that a folder contains: if two have the same name, one gets another.
    pub(crate) of_folders: Vec<PathBuf>,
    /// What those seem to be.
    pub(crate) sniffed: HashMap<PathBuf, SniffedFile>,
    /// What was left out.
    pub(crate) notes: Vec<Finding>,
    /// Why a folder cannot be used.
    pub(crate) errors: Vec<Finding>,
}

/// Puts the files of each folder in its place, for a bank of this family.
pub(crate) fn expand_folders(paths: &[PathBuf], family: Family) -> ExpandedFiles {
    let mut expanded = ExpandedFiles::default();
    for path in paths {
        if path.is_dir() {
            expanded.add_folder(path, family);
        } else {
            expanded.files.push(path.clone());
        }
    }
    expanded
}

impl ExpandedFiles {
    fn add_folder(&mut self, folder: &Path, family: Family) {
        let shown = files::display_path(folder);
        let (kind, article, what) = match family {
            Family::GlyphBank => (FileKind::Image, "an", "image"),
            Family::SoundBank => (FileKind::Sound, "a", "sound"),
        };
        let mut found = Vec::new();
        if let Err(finding) = list_files(folder, &mut found) {
            self.errors.push(if finding.file.is_some() { finding } else { finding.file(shown) });
            return;
        }
        found.sort_by_cached_key(|path| natural_key(path.strip_prefix(folder).unwrap_or(path)));
        // What cannot be read keeps its place, as a link to nothing, and so does what only has the name of such a file,
        // as one that is empty: the copy of it fails, and says why.
        let (mut used, mut linked_folders, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for path in found {
            match sniff_path(&path) {
                Some(sniffed)
                    if sniffed.kind == kind || (sniffed.kind == FileKind::Other && is_named_as(kind, &path)) =>
                {
                    self.sniffed.insert(path.clone(), sniffed);
                    used.push(path);
                }
                None if path.is_dir() => linked_folders.push(path),
                None if path.is_file() || files::is_link(&path) => used.push(path),
                _ => others.push(path),
            }
        }
        if used.is_empty() {
            self.errors.push(
                Finding::new(
                    Code::FileMissing,
                    format!("the folder has no {what}"),
                    format!("Pass the {what}s themselves, or the folder that has them. Names with a dot in front are skipped."),
                )
                .file(shown),
            );
            return;
        }
        let listed = |paths: &[PathBuf]| {
            let inside = |path: &PathBuf| files::display_path(path.strip_prefix(folder).unwrap_or(path));
            join_some(paths.iter().map(|path| format!("`{}`", inside(path))), ", ", LISTED)
        };
        let mut note = |message, help| self.notes.push(Finding::new(Code::FolderFiles, message, help).file(&*shown));
        if !others.is_empty() {
            let message = match others.len() as u64 {
                1 => format!("1 file of the folder is not {article} {what}, and is left out: {}", listed(&others)),
                count => format!(
                    "{} of the folder are not {what}s, and are left out: {}",
                    plural(count, "file"),
                    listed(&others)
                ),
            };
            note(message, "No change is needed. To use one of them, export it in a format that is read.");
        }
        if !linked_folders.is_empty() {
            let (subject, verb) = match linked_folders.len() {
                1 => ("a link to another folder".to_owned(), "is"),
                count => (format!("{count} links to other folders"), "are"),
            };
            let message = format!("{subject} {verb} not followed: {}", listed(&linked_folders));
            note(message, "No change is needed. To use the files of such a folder, pass it, too.");
        }
        self.of_folders.extend(used.iter().cloned());
        self.files.extend(used);
    }
}

/// Whether a file has the extension of an image or sound that is read. Other programs use `.ase` for palettes.
fn is_named_as(kind: FileKind, path: &Path) -> bool {
    let extensions = match kind {
        FileKind::Image => [&PACKED_IMAGES[..2], &DECODED_IMAGES].concat(),
        FileKind::Sound => [&PACKED_SOUNDS[..], &DECODED_SOUNDS].concat(),
        FileKind::Other => Vec::new(),
    };
    path.extension().is_some_and(|own| extensions.iter().any(|extension| own.eq_ignore_ascii_case(extension)))
}

/// All files in the folder and in its own folders, without hidden ones; no link is followed.
fn list_files(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Finding> {
    let read = HeldFolder::at(folder).and_then(|held| held.names());
    let names = read.map_err(|error| {
        Finding::new(
            Code::FileUnreadable,
            format!("the folder cannot be read: {}", files::system_message(&error)),
            "Check its permissions.",
        )
        .file(files::display_path(folder))
    })?;
    for name in names.into_iter().filter(|name| !name.to_string_lossy().starts_with('.')) {
        let path = folder.join(name);
        if files::is_real_folder(&path) {
            list_files(&path, found)?;
        } else {
            found.push(path);
        }
        if found.len() > FOLDER_FILES {
            let message = format!("the folder has more than {FOLDER_FILES} files");
            let finding =
                Finding::new(Code::TooManyFiles, message, "Pass a smaller folder: a bank has at most 1024 tiles.");
            return Err(Finding { severity: Severity::Error, ..finding });
        }
    }
    Ok(())
}

/// A part of a name: a number, by its value, or text. Numbers come before text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum NamePart {
    /// The digits without leading zeros, and how many they are.
    Number(usize, String),
    Text(String),
}

/// A key that orders paths by their names, with numbers by value; equal values by the text.
fn natural_key(path: &Path) -> (Vec<Vec<NamePart>>, String) {
    let text = path.to_string_lossy().into_owned();
    let segments = path.iter().map(|segment| {
        let mut parts: Vec<NamePart> = Vec::new();
        let mut rest = &*segment.to_string_lossy();
        while let Some(first) = rest.chars().next() {
            let is_digit = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != is_digit).unwrap_or(rest.len());
            let (part, after) = rest.split_at(end);
            parts.push(if is_digit {
                let digits = part.trim_start_matches('0');
                NamePart::Number(digits.len(), digits.to_owned())
            } else {
                NamePart::Text(part.to_lowercase())
            });
            rest = after;
        }
        parts
    });
    (segments.collect(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_by_value() {
        let mut paths =
            ["walk/10.png", "b.png", "walk/9.png", "a10.png", "A2.png", "walk/009.png", "1.png"].map(Path::new);
        paths.sort_by_cached_key(|path| natural_key(path));
        let expected = ["1.png", "A2.png", "a10.png", "b.png", "walk/009.png", "walk/9.png", "walk/10.png"];
        assert_eq!(paths, expected.map(Path::new));
    }
}
