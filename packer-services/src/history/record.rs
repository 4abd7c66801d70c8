//! A record: what one change of the workspace replaces, so that it can be completed, undone and made again.

use std::collections::HashSet;
use std::ops::Range;

use imara_diff::sources::byte_lines;
use imara_diff::{Algorithm, Diff, InternedInput};
use serde::{Deserialize, Serialize};

use crate::files::Sha;
use crate::paths::RelPath;
use crate::registry::{REGISTRY_FILE, Registry, RegistryEntry};

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

/// A file that gets another content, appears or disappears. Only the parts that differ are kept: all other bytes are
/// the same in both versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileStep {
    /// Relative to the project.
    pub path: String,
    /// The content before; `None` if there was no file.
    pub before: Option<FileVersion>,
    /// The content after; `None` if there is no file then.
    pub after: Option<FileVersion>,
    /// In the order of the file.
    parts: Vec<Part>,
}

/// A part of a file that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    /// How many bytes between the part before and this one are the same.
    skipped: usize,
    removed: Vec<u8>,
    added: Vec<u8>,
}

impl FileStep {
    /// The step from one content to another.
    pub fn between(path: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> Self {
        let (old, new) = (before.unwrap_or_default(), after.unwrap_or_default());
        let mut end = 0;
        let parts = changed_ranges(old, new).map(|(removed, added)| {
            let skipped = removed.start - end;
            end = removed.end;
            Part { skipped, removed: old[removed].to_vec(), added: new[added].to_vec() }
        });
        let parts = parts.collect();
        Self { path: path.to_owned(), before: before.map(FileVersion::of), after: after.map(FileVersion::of), parts }
    }

    /// The bytes of files that the step contains.
    pub fn content_bytes(&self) -> u64 {
        self.parts.iter().map(|part| (part.removed.len() + part.added.len()) as u64).sum()
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
        let (mut rest, mut bytes) = (content, Vec::with_capacity(content.len()));
        for Part { skipped, removed, added } in &self.parts {
            let (old, new) = match direction {
                Direction::Forward => (removed, added),
                Direction::Backward => (added, removed),
            };
            let (same, from_here) = rest.split_at_checked(*skipped)?;
            rest = from_here.strip_prefix(old.as_slice())?;
            bytes.extend_from_slice(same);
            bytes.extend_from_slice(new);
        }
        bytes.extend_from_slice(rest);
        (FileVersion::of(&bytes) == target).then_some(Some(bytes))
    }
}

/// The parts of two contents that differ, in bytes: lines, without the bytes at both ends that they share.
fn changed_ranges(old: &[u8], new: &[u8]) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
    let lines = InternedInput::new(byte_lines(old), byte_lines(new));
    let diff = Diff::compute(Algorithm::Histogram, &lines);
    let starts = |content: &[u8]| {
        let ends = byte_lines(content).scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        });
        std::iter::once(0).chain(ends).collect::<Vec<usize>>()
    };
    let (old_starts, new_starts) = (starts(old), starts(new));
    let hunks: Vec<_> = diff.hunks().collect();
    hunks.into_iter().map(move |hunk| {
        let bytes = |starts: &[usize], lines: Range<u32>| starts[lines.start as usize]..starts[lines.end as usize];
        let (mut removed, mut added) = (bytes(&old_starts, hunk.before), bytes(&new_starts, hunk.after));
        let (before, after) = (&old[removed.clone()], &new[added.clone()]);
        let same_start = std::iter::zip(before, after).take_while(|(old, new)| old == new).count();
        let same_end = std::iter::zip(before[same_start..].iter().rev(), after[same_start..].iter().rev());
        let same_end = same_end.take_while(|(old, new)| old == new).count();
        removed = removed.start + same_start..removed.end - same_end;
        added = added.start + same_start..added.end - same_end;
        (removed, added)
    })
}

/// What a change does to the registry. Unlike the bytes, it can also be taken back after the registry was changed in
/// another place, as by a merge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistryChange {
    /// `next_asset_id` before and after.
    pub next_asset_id: [u32; 2],
    /// The entries that differ.
    pub entries: Vec<EntryChange>,
}

/// What a change does to an entry of the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryChange {
    /// `None` if it is added.
    pub before: Option<RegistryEntry>,
    /// `None` if it is removed.
    pub after: Option<RegistryEntry>,
}

impl RegistryChange {
    /// The change from one registry to another.
    pub fn between(before: &Registry, after: &Registry) -> Self {
        let only_in = |one: &Registry, other: &Registry| {
            let kept: HashSet<&RegistryEntry> = other.entries.iter().collect();
            one.entries.iter().filter(|entry| !kept.contains(entry)).cloned().collect::<Vec<RegistryEntry>>()
        };
        let mut added = only_in(after, before);
        let mut entries: Vec<EntryChange> = Vec::new();
        for before in only_in(before, after) {
            let same = added.iter().position(|entry| entry.asset_uuid == before.asset_uuid);
            entries.push(EntryChange { before: Some(before), after: same.map(|at| added.remove(at)) });
        }
        entries.extend(added.into_iter().map(|after| EntryChange { before: None, after: Some(after) }));
        Self { next_asset_id: [before.next_asset_id, after.next_asset_id], entries }
    }

    /// Whether an asset has this id afterwards that it changes.
    pub fn assigns(&self, asset_id: u32) -> bool {
        self.entries.iter().any(|entry| entry.after.as_ref().is_some_and(|after| after.asset_id == asset_id))
    }

    /// A registry with other changes, after this one; `None` if the entries where it begins differ,
    /// or the result would contradict itself.
    pub fn apply_to(&self, registry: &Registry, direction: Direction) -> Option<Registry> {
        let mut made = registry.clone();
        for EntryChange { before, after } in &self.entries {
            let (old, new) = match direction {
                Direction::Forward => (before, after),
                Direction::Backward => (after, before),
            };
            if let Some(old) = old {
                let at = made.entries.iter().position(|entry| entry == old)?;
                made.entries.remove(at);
            }
            made.entries.extend(new.clone());
        }
        made.entries.sort_by_key(|entry| entry.asset_id);
        let [mut start, mut end] = self.next_asset_id;
        if direction == Direction::Backward {
            (start, end) = (end, start);
        }
        // The ids that it assigns may have been assigned to other assets since.
        if start < end && registry.next_asset_id != start {
            return None;
        }
        if made.next_asset_id == start {
            made.next_asset_id = end;
        }
        // The reader knows all rules between entries.
        let (read, findings) = Registry::read(&made.to_bytes());
        read.filter(|_| findings.is_empty())
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
    /// What it does to the registry, apart from the bytes.
    pub registry: Option<RegistryChange>,
    /// In the order in which they are made.
    pub steps: Vec<Step>,
}

/// The first line of a record's file. The bytes of the parts that differ follow: of each part, what is removed and then
/// what is added.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    schema_version: u32,
    edit: String,
    subject: String,
    registry: Option<RegistryChange>,
    steps: Vec<HeadStep>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
enum HeadStep {
    File { path: String, before: Option<FileVersion>, after: Option<FileVersion>, parts: Vec<HeadPart> },
    Move { from: String, to: String },
}

/// The lengths of a [`Part`], in bytes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadPart {
    skipped: usize,
    removed: usize,
    added: usize,
}

impl Record {
    /// What people call it: "include hero".
    pub fn name(&self) -> String {
        format!("{} {}", self.edit, self.subject)
    }

    /// The steps in the order in which they are made in this direction.
    pub(super) fn steps_in(&self, direction: Direction) -> Vec<&Step> {
        let mut steps: Vec<&Step> = self.steps.iter().collect();
        if direction == Direction::Backward {
            steps.reverse();
        }
        steps
    }

    /// The entries that it removes from the registry or adds to it.
    pub fn assets(&self) -> impl Iterator<Item = &RegistryEntry> {
        let entries = self.registry.iter().flat_map(|registry| &registry.entries);
        entries.filter_map(|entry| entry.before.as_ref().xor(entry.after.as_ref()))
    }

    /// The files that it changes and the folders that it moves, from and to, relative to the project.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().flat_map(|step| {
            let target = if let Step::Move { to, .. } = step { Some(to.as_str()) } else { None };
            std::iter::once(step.path()).chain(target)
        })
    }

    /// Whether one of its steps moves a folder from or to this path.
    pub fn moves(&self, path: &str) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Move { from, to } if from == path || to == path))
    }

    /// The bytes of its file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let steps = self.steps.iter().map(|step| match step {
            Step::File(FileStep { path, before, after, parts }) => {
                let parts = parts.iter().map(|Part { skipped, removed, added }| HeadPart {
                    skipped: *skipped,
                    removed: removed.len(),
                    added: added.len(),
                });
                HeadStep::File { path: path.clone(), before: *before, after: *after, parts: parts.collect() }
            }
            Step::Move { from, to } => HeadStep::Move { from: from.clone(), to: to.clone() },
        });
        let head = Head {
            schema_version: SCHEMA_VERSION,
            edit: self.edit.clone(),
            subject: self.subject.clone(),
            registry: self.registry.clone(),
            steps: steps.collect(),
        };
        // It cannot fail: every key is text.
        let mut bytes = serde_json::to_vec(&head).unwrap_or_default();
        bytes.push(b'\n');
        for step in &self.steps {
            if let Step::File(file) = step {
                for part in &file.parts {
                    bytes.extend_from_slice(&part.removed);
                    bytes.extend_from_slice(&part.added);
                }
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
                HeadStep::File { path, before, after, parts } => {
                    let read = parts.into_iter().map(|HeadPart { skipped, removed, added }| {
                        Some(Part { skipped, removed: take(removed)?, added: take(added)? })
                    });
                    let parts = read.collect::<Option<Vec<Part>>>()?;
                    (path == REGISTRY_FILE || is_below_assets(&path)).then_some(())?;
                    Step::File(FileStep { path, before, after, parts })
                }
                HeadStep::Move { from, to } => {
                    let is_legal = |path: &str| is_below_assets(path) || super::is_kept_root(path);
                    (is_legal(&from) && is_legal(&to)).then_some(())?;
                    Step::Move { from, to }
                }
            });
        }
        let Head { schema_version, edit, subject, registry, .. } = head;
        (rest.is_empty() && schema_version == SCHEMA_VERSION).then_some(Self { edit, subject, registry, steps })
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
        Record { edit: "rename".into(), subject: "hero".into(), registry: None, steps }
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
    fn lines_between_differences_are_not_kept() {
        let lines = |next: u32, count: u32| -> Vec<u8> {
            let entries = (1..=count).map(|id| format!("    {{\"asset_id\": {id}}}"));
            let entries = entries.collect::<Vec<_>>().join(",\n");
            format!("{{\n  \"next_asset_id\": {next},\n  \"assets\": [\n{entries}\n  ]\n}}\n").into_bytes()
        };
        let (before, after) = (lines(10_001, 10_000), lines(10_002, 10_001));
        let step = FileStep::between(REGISTRY_FILE, Some(&before), Some(&after));
        assert_eq!(step.apply_to(&before, Direction::Forward), Some(Some(after.clone())));
        assert_eq!(step.apply_to(&after, Direction::Backward), Some(Some(before)));
        assert!(record(vec![Step::File(step)]).to_bytes().len() < 600);
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
