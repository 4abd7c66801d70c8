//! Which folder each asset of a pack gets when it is extracted: its name, where that is a folder's name on every system
//! beside those of all others.
//!
//! Names come from a pack, which anybody may have made, so each is judged as a path anew (spec: packer charter,
//! "`extract`").

use std::collections::HashMap;

use crate::declaration::ANCHOR;
use crate::diagnostics::{Code, Finding, PLACES_KEPT, join_some, plural};
use crate::pack::container::Entry;
use crate::paths::{RelPath, fold_key};

/// The folders that are given away, by the key of [`fold_key`], and what each is.
#[derive(Default)]
struct Taken(HashMap<String, Use>);

/// What a folder is to an asset.
enum Use {
    /// Its own.
    Asset,
    /// On the way to one, spelled like this.
    Above(String),
}

impl Taken {
    /// Takes the folder, if it lies in no asset's, has none in it, and is spelled as others on its way.
    fn take(&mut self, folder: &RelPath) -> bool {
        let path = folder.as_str();
        let above = || path.match_indices('/').map(|(end, _)| &path[..end]);
        let is_free = |folder: &str| match self.0.get(&fold_key(folder)) {
            None => true,
            Some(Use::Above(spelled)) => spelled == folder,
            Some(Use::Asset) => false,
        };
        if self.0.contains_key(&folder.fold_key()) || !above().all(is_free) {
            return false;
        }
        for folder in above() {
            self.0.insert(fold_key(folder), Use::Above(folder.to_owned()));
        }
        self.0.insert(folder.fold_key(), Use::Asset);
        true
    }
}

/// The folder of each entry, in table order, and a note if not all have their name.
pub(crate) fn asset_folders(entries: &[Entry]) -> (Vec<RelPath>, Option<Finding>) {
    let mut taken = Taken::default();
    let by_name: Vec<Option<RelPath>> =
        entries.iter().map(|entry| usable(&entry.asset_name).filter(|folder| taken.take(folder))).collect();
    let mut renamed: Vec<String> = Vec::new();
    let mut folders: Vec<RelPath> = Vec::with_capacity(entries.len());
    for (entry, folder) in std::iter::zip(entries, by_name) {
        folders.push(folder.unwrap_or_else(|| {
            let folder = by_id(entry.asset_id, &mut taken);
            renamed.push(format!("`{}` (asset {}) is in `{folder}`", entry.asset_name, entry.asset_id));
            folder
        }));
    }
    let note = (!renamed.is_empty()).then(|| {
        Finding::new(
            Code::ExtractRenamed,
            format!(
                "{} of the pack cannot be a folder beside the others: {}",
                plural(renamed.len() as u64, "name"),
                join_some(renamed.iter(), ", ", PLACES_KEPT)
            ),
            "Nothing is lost: a folder's name is not packed. Rename the folder as you like; in a project, change its \
             `root` in `assets/.prometeu/index.json` too.",
        )
    });
    (folders, note)
}

/// A name as a folder. One that is called like a declaration would be taken for one.
fn usable(name: &str) -> Option<RelPath> {
    let folder = RelPath::parse(name).ok()?;
    let is_anchor = |segment: &str| fold_key(segment) == fold_key(ANCHOR);
    (!name.split('/').any(is_anchor)).then_some(folder)
}

/// `asset-3`, or with another number at its end if an asset has that name.
fn by_id(asset_id: u32, taken: &mut Taken) -> RelPath {
    let mut folder = RelPath::of_packer(format!("asset-{asset_id}"));
    let mut n = 1u64;
    while !taken.take(&folder) {
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
