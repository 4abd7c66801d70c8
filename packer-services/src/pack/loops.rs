//! Which sounds loop differently than in the last pack. An editor that saves a sound without its loop changes what the
//! console plays, and nothing about the file is wrong (spec: workspace, "What changed since the last pack").

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::Serialize;

use super::built::BuiltAsset;
use super::examine::Examination;
use super::identities::{LastPack, find_moves};
use super::published::PublishedPack;
use crate::banks::ArtifactUse;
use crate::diagnostics::escaped;
use crate::formats::{EntryMetadata, SampleLoop, SampleMetadata};
use crate::paths::RelPath;

/// A sound that loops differently than in the last pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedLoop {
    /// Its asset, which is in both packs.
    pub asset_id: u32,
    /// The current name of the asset.
    pub name: String,
    /// Its current sample index.
    pub index: u32,
    /// Its file, relative to the root; `None` in a raw asset.
    pub file: Option<RelPath>,
    /// Where it looped in the last pack, in frames; `None` if it did not.
    pub from: Option<SampleLoop>,
    /// Where it loops now, in frames; `None` if it does not.
    pub to: Option<SampleLoop>,
}

/// `night.wav 2756..24806 → 0..100`, or only the loop that there was or is.
impl fmt::Display for ChangedLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{}", escaped(file.as_str()))?,
            None => write!(f, "sample {}", self.index)?,
        }
        match (self.from, self.to) {
            (Some(from), Some(to)) => write!(f, " {from} → {to}"),
            (Some(one), None) | (None, Some(one)) => write!(f, " {one}"),
            (None, None) => Ok(()),
        }
    }
}

impl LastPack {
    /// Returns which sounds of the pack of `examination` loop differently than in `previous`, by asset and index;
    /// `None` if that is unknown.
    pub fn changed_loops(&self, previous: &PublishedPack, examination: &Examination) -> Option<Vec<ChangedLoop>> {
        let uses = self.published_uses()?;
        let mut changed = Vec::new();
        for asset in &examination.built {
            let uuid = asset.asset_uuid();
            let (Some(before), Some(uses)) = (previous.metadata_of(uuid), uses.get(&uuid)) else { continue };
            if let (EntryMetadata::Sound(before), Some(EntryMetadata::Sound(now))) = (before, &asset.metadata) {
                changed.extend(find_changed_loops(asset, (uses, &before.samples), &now.samples));
            }
        }
        Some(changed)
    }
}

/// Which of the samples `now` of an asset loop differently than `before`, with its artifacts at that time.
fn find_changed_loops(
    asset: &BuiltAsset,
    (uses, before): (&[ArtifactUse], &[SampleMetadata]),
    now: &[SampleMetadata],
) -> Vec<ChangedLoop> {
    let indices = current_indices(uses, &asset.uses, before.len());
    let mut changed: Vec<ChangedLoop> = std::iter::zip(before, indices)
        .filter_map(|(before, index)| {
            let index = index?;
            let (from, to) = (before.looping, now.get(index as usize)?.looping);
            let file = asset.uses.iter().find(|used| used.index == index).map(|used| used.file.clone());
            let (asset_id, name) = (asset.asset_id(), asset.declaration.name.clone());
            (from != to).then_some(ChangedLoop { asset_id, name, index, file, from, to })
        })
        .collect();
    changed.sort_by_key(|changed| changed.index);
    changed
}

/// The current index of each of `count` former samples, by its file. A program plays an index, so a sample whose file
/// is gone is compared with the new one that took its index. Samples without a file keep their index.
fn current_indices(before: &[ArtifactUse], now: &[ArtifactUse], count: usize) -> Vec<Option<u32>> {
    let moves: HashMap<u32, Option<u32>> =
        find_moves(before, now).into_iter().map(|(identity, to)| (identity.id, to)).collect();
    let taken: HashSet<u32> = moves.values().flatten().copied().collect();
    let current = |index: u32| match moves.get(&index) {
        None => Some(index),
        Some(Some(to)) => Some(*to),
        Some(None) => Some(index).filter(|index| !taken.contains(index)),
    };
    (0..).take(count).map(current).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(files: &[&str]) -> Vec<ArtifactUse> {
        let used = |(index, file): (u32, &&str)| {
            let file = RelPath::parse(file).unwrap_or_else(|problem| panic!("{}", problem.message));
            ArtifactUse { file, region: None, sprite: None, index, count: 1, columns: 1, skipped: Vec::new() }
        };
        (0..).zip(files).map(used).collect()
    }

    #[test]
    fn samples_are_found_by_file_then_index() {
        let indices = |before: &[&str], now: &[&str]| current_indices(&uses(before), &uses(now), before.len());
        assert_eq!(indices(&["a.wav", "b.wav"], &["a.wav", "b.wav", "c.wav"]), [Some(0), Some(1)]);
        assert_eq!(indices(&["a.wav", "b.wav"], &["b.wav", "a.wav"]), [Some(1), Some(0)]);
        assert_eq!(indices(&["a.wav"], &["a.flac"]), [Some(0)], "another file has its index");
        assert_eq!(indices(&["a.wav", "b.wav"], &["b.wav"]), [None, Some(0)], "its index is that of another");
        assert_eq!(current_indices(&[], &[], 2), [Some(0), Some(1)], "a raw asset");
    }
}
