//! The folder of each asset when a pack is extracted: the asset's name, if that is a legal folder name on every system
//! and does not collide with the folder of another asset.
//!
//! Names come from a pack, which may come from an untrusted source, so each is checked as a path (spec: packer charter,
//! "`extract`").

use std::collections::HashMap;

use crate::declaration::ANCHOR;
use crate::diagnostics::{Code, Finding, PLACES_KEPT, join_some, plural};
use crate::pack::container::Entry;
use crate::paths::{RelPath, fold_key};

/// The folders that are in use, by the key of [`fold_key`].
#[derive(Default)]
struct UsedFolders(HashMap<String, FolderUse>);

/// What a folder is used for.
enum FolderUse {
    /// It is the folder of an asset.
    Asset,
    /// It contains such a folder, and is spelled like this.
    Parent(String),
}

impl UsedFolders {
    /// Reserves the folder for an asset. Fails if it is inside the folder of another asset or contains one, or if one
    /// of its parents is already in use with a different spelling.
    fn try_reserve(&mut self, folder: &RelPath) -> bool {
        let path = folder.as_str();
        let parents = || path.match_indices('/').map(|(end, _)| &path[..end]);
        let is_free = |folder: &str| match self.0.get(&fold_key(folder)) {
            None => true,
            Some(FolderUse::Parent(spelled)) => spelled == folder,
            Some(FolderUse::Asset) => false,
        };
        if self.0.contains_key(&folder.fold_key()) || !parents().all(is_free) {
            return false;
        }
        for folder in parents() {
            self.0.insert(fold_key(folder), FolderUse::Parent(folder.to_owned()));
        }
        self.0.insert(folder.fold_key(), FolderUse::Asset);
        true
    }
}

/// The folder of each entry, in table order, and a note about folders that are not named after their asset.
pub(crate) fn asset_folders(entries: &[Entry]) -> (Vec<RelPath>, Option<Finding>) {
    let mut used = UsedFolders::default();
    let by_name: Vec<Option<RelPath>> = entries
        .iter()
        .map(|entry| folder_from_name(&entry.asset_name).filter(|folder| used.try_reserve(folder)))
        .collect();
    let mut renamed: Vec<String> = Vec::new();
    let mut folders: Vec<RelPath> = Vec::with_capacity(entries.len());
    for (entry, folder) in std::iter::zip(entries, by_name) {
        folders.push(folder.unwrap_or_else(|| {
            let folder = folder_from_id(entry.asset_id, &mut used);
            renamed.push(format!("`{}` (asset {}) is in `{folder}`", entry.asset_name, entry.asset_id));
            folder
        }));
    }
    let note = (!renamed.is_empty()).then(|| {
        Finding::new(
            Code::ExtractRenamed,
            format!(
                "{} of the pack cannot be used as a folder next to the others: {}",
                plural(renamed.len() as u64, "name"),
                join_some(renamed.iter(), ", ", PLACES_KEPT)
            ),
            "Nothing is lost: the name of a folder is not packed. You can rename the folder; in a project, also change \
             its `root` in `assets/.prometeu/index.json`.",
        )
    });
    (folders, note)
}

/// The folder that has the asset's name, if that is a legal path. No part of it may be named like a declaration,
/// because it would be read as one.
fn folder_from_name(name: &str) -> Option<RelPath> {
    let folder = RelPath::parse(name).ok()?;
    let is_anchor = |segment: &str| fold_key(segment) == fold_key(ANCHOR);
    (!name.split('/').any(is_anchor)).then_some(folder)
}

/// `asset-3`, or `asset-3-2` and so on if that is in use.
fn folder_from_id(asset_id: u32, used: &mut UsedFolders) -> RelPath {
    let mut folder = RelPath::of_packer(format!("asset-{asset_id}"));
    let mut n = 1u64;
    while !used.try_reserve(&folder) {
        n += 1;
        folder = RelPath::of_packer(format!("asset-{asset_id}-{n}"));
    }
    folder
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{EntryMetadata, GlyphMetadata, TileSize};

    fn folders_of(names: &[&str]) -> Vec<String> {
        let metadata = EntryMetadata::Glyph(GlyphMetadata { tile_size: TileSize::Eight, palette_authored: 1 });
        let entry = |(asset_id, name): (u32, &&str)| Entry {
            asset_id,
            asset_name: (*name).to_owned(),
            metadata: metadata.clone(),
            offset_bytes: 0,
            size_bytes: 0,
            decoded_size_bytes: 0,
        };
        let entries: Vec<Entry> = (1..).zip(names).map(entry).collect();
        let (folders, note) = asset_folders(&entries);
        let renamed = std::iter::zip(&folders, names).filter(|(folder, name)| folder.as_str() != **name).count();
        let text = note.map_or_else(String::new, |note| note.message);
        assert!(text.is_empty() == (renamed == 0) && text.matches("(asset ").count() == renamed.min(8), "{text}");
        folders.iter().map(|folder| folder.as_str().to_owned()).collect()
    }

    #[test]
    fn names_that_are_paths_are_folders() {
        assert_eq!(folders_of(&["ui/icons", "ui/font", "hero", "-x"]), ["ui/icons", "ui/font", "hero", "-x"]);
    }

    #[test]
    fn unusable_names_become_asset_ids() {
        let names = ["..", "a/../b", "/etc", ".hidden", "con", "end.", "a//b", "x/", ".", "a/nul.png", "x/Asset.json"];
        let ids: Vec<String> = (1..=names.len()).map(|id| format!("asset-{id}")).collect();
        assert_eq!(folders_of(&names), ids);
    }

    #[test]
    fn first_of_clashing_names_is_kept() {
        assert_eq!(folders_of(&["a", "A"]), ["a", "asset-2"]);
        assert_eq!(folders_of(&["a", "a/b"]), ["a", "asset-2"]);
        assert_eq!(folders_of(&["a/b", "A"]), ["a/b", "asset-2"]);
        assert_eq!(folders_of(&["a/b", "A/c", "a/c"]), ["a/b", "asset-2", "a/c"]);
    }

    #[test]
    fn id_folders_avoid_names_in_use() {
        assert_eq!(
            folders_of(&["..", "asset-1", "asset-4/x", "con"]),
            ["asset-1-2", "asset-1", "asset-4/x", "asset-4-2"]
        );
        assert_eq!(folders_of(&["..", "ASSET-1", "asset-1-2"]), ["asset-1-3", "ASSET-1", "asset-1-2"]);
    }
}
