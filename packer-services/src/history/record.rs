//! A record: what one change of the workspace replaces, so that it can be completed, undone and made again.

use serde::{Deserialize, Serialize};

use crate::files::Sha;
use crate::paths::RelPath;
use crate::registry::{REGISTRY_FILE, RegistryEntry};

/// The version of the form of records.
const SCHEMA_VERSION: u32 = 1;

/// Whether a change is made or taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// It is made.
    Forward,
    /// It is taken back.
    Backward,
}

impl Direction {
    /// The opposite.
    pub fn reversed(self) -> Self {
        match self {
            Self::Forward => Self::Backward,
            Self::Backward => Self::Forward,
        }
    }
}

/// The content of a file, without the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileVersion {
    /// The hash of the bytes.
    pub sha256: Sha,
    /// Their number.
    pub size_bytes: u64,
}

impl FileVersion {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self { sha256: Sha::of(bytes), size_bytes: bytes.len() as u64 }
    }
}

/// A file that gets another content, appears or disappears. Only the part that differs is kept: the bytes before it
/// and after it are the same in both versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileStep {
    /// Relative to the project.
    pub path: String,
    /// The content before; `None` if there was no file.
    pub before: Option<FileVersion>,
    /// The content after; `None` if there is no file then.
    pub after: Option<FileVersion>,
    /// Where the part that differs begins, in bytes.
    at: usize,
    removed: Vec<u8>,
    added: Vec<u8>,
}

impl FileStep {
    /// The step from one content to another.
    pub fn between(path: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> Self {
        let (old, new) = (before.unwrap_or_default(), after.unwrap_or_default());
        let at = std::iter::zip(old, new).take_while(|(old, new)| old == new).count();
        let (old_rest, new_rest) = (&old[at..], &new[at..]);
        let same_end = std::iter::zip(old_rest.iter().rev(), new_rest.iter().rev());
        let same_end = same_end.take_while(|(old, new)| old == new).count();
        Self {
            path: path.to_owned(),
            before: before.map(FileVersion::of),
            after: after.map(FileVersion::of),
            at,
            removed: old_rest[..old_rest.len() - same_end].to_vec(),
            added: new_rest[..new_rest.len() - same_end].to_vec(),
        }
    }

    /// The version that the step ends with.
    pub fn target(&self, direction: Direction) -> Option<FileVersion> {
        match direction {
            Direction::Forward => self.after,
            Direction::Backward => self.before,
        }
    }

    /// The content that the step ends with, from the one that it begins with: `Some(None)` for no file. `None` if that
    /// is not the recorded version.
    pub fn apply_to(&self, content: &[u8], direction: Direction) -> Option<Option<Vec<u8>>> {
        let Some(target) = self.target(direction) else { return Some(None) };
        let (old, new) = match direction {
            Direction::Forward => (&self.removed, &self.added),
            Direction::Backward => (&self.added, &self.removed),
        };
        let rest = content.get(self.at..)?.strip_prefix(old.as_slice())?;
        let bytes = [&content[..self.at], new, rest].concat();
        (FileVersion::of(&bytes) == target).then_some(Some(bytes))
    }
}

/// One step of a change. Paths are relative to the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Of a file.
    File(FileStep),
    /// A folder gets another path.
    Move {
        /// Its path before.
        from: String,
        /// Its path after.
        to: String,
    },
}

impl Step {
    /// The path that names the step in findings.
    pub fn path(&self) -> &str {
        match self {
            Self::File(file) => &file.path,
            Self::Move { from, .. } => from,
        }
    }
}

/// A change, as it is recorded before it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The verb that made it.
    pub edit: String,
    /// What it was made to: the name or the root of an asset.
    pub subject: String,
    /// The entry of the asset that the change removes from the registry, or adds to it.
    pub asset: Option<RegistryEntry>,
    /// In the order in which they are made.
    pub steps: Vec<Step>,
}

/// The first line of a record's file. The bytes of the parts that differ follow: of each file, what is removed and
/// then what is added.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    schema_version: u32,
    edit: String,
    subject: String,
    asset: Option<RegistryEntry>,
    steps: Vec<HeadStep>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
enum HeadStep {
    File {
        path: String,
        before: Option<FileVersion>,
        after: Option<FileVersion>,
        at: usize,
        removed: usize,
        added: usize,
    },
    Move {
        from: String,
        to: String,
    },
}

impl Record {
    /// What people call it: "include hero".
    pub fn name(&self) -> String {
        format!("{} {}", self.edit, self.subject)
    }

    /// Whether one of its steps moves a folder from or to this path.
    pub fn moves(&self, path: &str) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Move { from, to } if from == path || to == path))
    }

    /// The bytes of its file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let steps = self.steps.iter().map(|step| match step {
            Step::File(FileStep { path, before, after, at, removed, added }) => HeadStep::File {
                path: path.clone(),
                before: *before,
                after: *after,
                at: *at,
                removed: removed.len(),
                added: added.len(),
            },
            Step::Move { from, to } => HeadStep::Move { from: from.clone(), to: to.clone() },
        });
        let head = Head {
            schema_version: SCHEMA_VERSION,
            edit: self.edit.clone(),
            subject: self.subject.clone(),
            asset: self.asset.clone(),
            steps: steps.collect(),
        };
        // It cannot fail: every key is text.
        let mut bytes = serde_json::to_vec(&head).unwrap_or_default();
        bytes.push(b'\n');
        for step in &self.steps {
            if let Step::File(file) = step {
                bytes.extend_from_slice(&file.removed);
                bytes.extend_from_slice(&file.added);
            }
        }
        bytes
    }

    /// Reads the file of a record; `None` if it is damaged, of another version, or names a path that no change of the
    /// packer has.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let head: Head = serde_json::from_slice(&bytes[..end]).ok()?;
        let mut rest = &bytes[end + 1..];
        let mut take = |length: usize| {
            let (part, after) = rest.split_at_checked(length)?;
            rest = after;
            Some(part.to_vec())
        };
        let mut steps = Vec::new();
        for step in head.steps {
            steps.push(match step {
                HeadStep::File { path, before, after, at, removed, added } => {
                    let (removed, added) = (take(removed)?, take(added)?);
                    (path == REGISTRY_FILE || is_below_assets(&path)).then_some(())?;
                    Step::File(FileStep { path, before, after, at, removed, added })
                }
                HeadStep::Move { from, to } => {
                    let is_legal = |path: &str| is_below_assets(path) || super::is_kept_root(path);
                    (is_legal(&from) && is_legal(&to)).then_some(())?;
                    Step::Move { from, to }
                }
            });
        }
        let Head { schema_version, edit, subject, asset, .. } = head;
        (rest.is_empty() && schema_version == SCHEMA_VERSION).then_some(Self { edit, subject, asset, steps })
    }
}

/// Whether the path is that of a file or folder of a person in `assets/`.
fn is_below_assets(path: &str) -> bool {
    path.strip_prefix("assets/").is_some_and(|inside| RelPath::parse(inside).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(steps: Vec<Step>) -> Record {
        Record { edit: "rename".into(), subject: "hero".into(), asset: None, steps }
    }

    #[test]
    fn file_steps_lead_both_ways() {
        let versions: [Option<&[u8]>; 7] =
            [None, Some(b""), Some(b"a"), Some(b"aa"), Some(b"abca"), Some(b"abxa"), Some(b"\0\xff\n")];
        for before in versions {
            for after in versions {
                let step = FileStep::between("assets/a/asset.json", before, after);
                let made = step.apply_to(before.unwrap_or_default(), Direction::Forward).unwrap();
                assert_eq!(made.as_deref(), after, "{before:?} to {after:?}");
                let taken_back = step.apply_to(after.unwrap_or_default(), Direction::Backward).unwrap();
                assert_eq!(taken_back.as_deref(), before, "{after:?} to {before:?}");
                let record = record(vec![Step::File(step)]);
                assert_eq!(Record::from_bytes(&record.to_bytes()), Some(record));
            }
        }
    }

    #[test]
    fn only_the_difference_is_kept() {
        let (before, after) = ([b'x'; 100_000], [&[b'x'; 50_000][..], b"y", &[b'x'; 49_999]].concat());
        let step = FileStep::between(REGISTRY_FILE, Some(&before), Some(&after));
        assert!(record(vec![Step::File(step)]).to_bytes().len() < 500);
    }

    #[test]
    fn other_content_is_not_changed() {
        let step = FileStep::between(REGISTRY_FILE, Some(b"one two"), Some(b"one 2"));
        assert_eq!(step.apply_to(b"one two!", Direction::Forward), None);
        assert_eq!(step.apply_to(b"two", Direction::Forward), None);
    }

    #[test]
    fn foreign_paths_are_refused() {
        for path in ["../x", "/etc/passwd", "src/main.rs", "assets/../x", "assets/.git/config", "assets/.prometeu/lock"]
        {
            let step = Step::File(FileStep::between(path, None, Some(b"x")));
            assert_eq!(Record::from_bytes(&record(vec![step]).to_bytes()), None, "{path}");
            let step = Step::Move { from: "assets/a".into(), to: path.into() };
            assert_eq!(Record::from_bytes(&record(vec![step]).to_bytes()), None, "{path}");
        }
    }

    #[test]
    fn damaged_records_are_refused() {
        let step = Step::File(FileStep::between("assets/a/asset.json", Some(b"old"), Some(b"new")));
        let bytes = record(vec![step]).to_bytes();
        for length in 0..bytes.len() {
            assert_eq!(Record::from_bytes(&bytes[..length]), None, "{length}");
        }
        let newer = String::from_utf8(bytes).unwrap().replace("\"schema_version\":1", "\"schema_version\":2");
        assert_eq!(Record::from_bytes(newer.as_bytes()), None);
    }
}
