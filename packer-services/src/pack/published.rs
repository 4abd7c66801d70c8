//! The pack that stands in `build/`, as far as its header and its companion tell, and what a pack changes of it.
//!
//! It is for people: no byte of a pack depends on it, and whatever is wrong with what stands there, it is then unknown and no
//! finding (spec: workspace, "What changed since the last pack").

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::built::BuiltAsset;
use super::cache::{LastPack, read_regular};
use super::container::{self, Entry, Header};
use super::examine::Examination;
use crate::asset_uuid::AssetUuid;
use crate::banks::{Stop, check_cancelled};
use crate::context::Context;
use crate::files::{ReadOutcome, Sha};
use crate::limits::{CACHE_BYTES, HASHED_PACK_BYTES};
use crate::project::{METADATA_FILE, PACK_FILE, Project};

/// The pack that stands in `build/`.
#[derive(Debug)]
pub struct PublishedPack {
    /// Of the whole file.
    pub sha256: Sha,
    /// The whole file.
    pub size_bytes: u64,
    /// `None` if the companion is not of this pack.
    assets: Option<HashMap<AssetUuid, PublishedAsset>>,
}

/// An asset of the published pack.
#[derive(Debug)]
struct PublishedAsset {
    entry: Entry,
    slot: Option<u32>,
    /// `None` if the companion has something else there.
    payload_sha256: Option<Sha>,
}

/// What an asset is since the last pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SincePack {
    /// The published pack does not have it.
    New,
    /// The published pack has another payload of it, or another id, name, slot or metadata.
    Changed,
    /// All that a pack has of it is as it was published.
    Same,
}

/// What a pack changes of the one before it. Assets are matched by their uuid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Those that the former pack does not have, by id.
    pub added: Vec<NamedAsset>,
    /// Those that only the former pack has, by their id in it.
    pub removed: Vec<NamedAsset>,
    /// Those that both have, with another payload, id, name, slot or metadata; by id.
    pub changed: Vec<NamedAsset>,
    /// How many are as they were.
    pub unchanged: usize,
}

/// An asset, by what a pack calls it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedAsset {
    /// Its id.
    pub asset_id: u32,
    /// Its name.
    pub name: String,
}

/// What the companion says, as far as it is needed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Companion {
    assets: Vec<CompanionAsset>,
    pack: CompanionPack,
    #[serde(rename = "schema_version")]
    _schema_version: One,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompanionPack {
    sha256: String,
    size: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompanionAsset {
    asset_id: u32,
    asset_uuid: AssetUuid,
    payload_sha256: String,
    #[serde(rename = "palettes")]
    _palettes: IgnoredAny,
    #[serde(rename = "root")]
    _root: IgnoredAny,
    #[serde(rename = "sources")]
    _sources: IgnoredAny,
}

/// The one schema version that is read.
#[derive(Deserialize)]
#[serde(try_from = "u64")]
struct One;

impl TryFrom<u64> for One {
    type Error = &'static str;

    fn try_from(version: u64) -> Result<Self, Self::Error> {
        if version == 1 { Ok(Self) } else { Err("not a known schema version") }
    }
}

impl Companion {
    /// The companion in `build/`, if there is one that can be read.
    fn read(project: &Project) -> Option<Self> {
        let bytes = read_regular(&project.build_folder(), METADATA_FILE, CACHE_BYTES).ok()??;
        serde_json::from_slice(&bytes).ok()
    }

    /// The assets of a pack of this header, if this can be its companion.
    fn assets_of(self, header: Header) -> Option<HashMap<AssetUuid, PublishedAsset>> {
        let ids = self.assets.iter().map(|asset| asset.asset_id);
        if !ids.eq(header.entries.iter().map(|entry| entry.asset_id)) {
            return None;
        }
        let slots: HashMap<u32, u32> = header.preload.iter().map(|preload| (preload.asset_id, preload.slot)).collect();
        let count = header.entries.len();
        let assets = std::iter::zip(self.assets, header.entries).map(|(asset, entry)| {
            let slot = slots.get(&entry.asset_id).copied();
            (asset.asset_uuid, PublishedAsset { entry, slot, payload_sha256: Sha::parse(&asset.payload_sha256) })
        });
        let assets: HashMap<AssetUuid, PublishedAsset> = assets.collect();
        (assets.len() == count).then_some(assets)
    }
}

impl PublishedPack {
    /// The files that [`PublishedPack::read`] looks at.
    pub fn files_of(project: &Project) -> [PathBuf; 3] {
        [project.build_folder().join(PACK_FILE), project.build_folder().join(METADATA_FILE), project.cache_path()]
    }

    /// Reads what stands in `build/`; `None` if that is no pack, or it is not known which. That the companion is the pack's own is
    /// known from `last`, or else by hashing the pack, if it is not too large for that. Without a companion the pack is hashed
    /// only if `without_companion`.
    ///
    /// # Errors
    /// If the operation was cancelled.
    pub fn read(
        context: &Context,
        project: &Project,
        last: &LastPack,
        without_companion: bool,
    ) -> Result<Option<Self>, Stop> {
        let companion = Companion::read(project);
        if companion.is_none() && !without_companion {
            return Ok(None);
        }
        let Ok(Some(mut source)) = project.open_output(PACK_FILE) else { return Ok(None) };
        let size_bytes = source.size_bytes();
        let Ok(Ok(container)) = container::read(source.file_mut(), size_bytes) else { return Ok(None) };
        let companion = companion.filter(|companion| companion.pack.size == size_bytes);
        let known = companion.as_ref().filter(|_| last.is_published()).and_then(|known| Sha::parse(&known.pack.sha256));
        let sha256 = match known {
            Some(sha256) => sha256,
            None if size_bytes > HASHED_PACK_BYTES => return Ok(None),
            None if companion.is_none() && !without_companion => return Ok(None),
            None => {
                let Ok(source) = source.rewind() else { return Ok(None) };
                let read = source.start_reading().finish_unless(&|| context.is_cancelled());
                check_cancelled(context)?;
                let Ok(ReadOutcome::Unchanged { sha256, .. }) = read else { return Ok(None) };
                sha256
            }
        };
        let companion = companion.filter(|companion| companion.pack.sha256 == sha256.to_string());
        let assets = companion.and_then(|companion| companion.assets_of(container.header));
        Ok(Some(Self { sha256, size_bytes, assets }))
    }

    /// What an asset, whole and of the build set, is since this pack; `None` if that is not known.
    pub fn since(&self, asset: &BuiltAsset, slot: Option<u32>) -> Option<SincePack> {
        let Some(before) = self.assets.as_ref()?.get(&asset.declaration.asset_uuid) else {
            return Some(SincePack::New);
        };
        let is_same = before.entry.asset_id == asset.asset_id()
            && before.entry.asset_name == asset.declaration.name
            && Some(&before.entry.metadata) == asset.metadata.as_ref()
            && before.slot == slot
            && before.payload_sha256 == Some(asset.payload_sha256);
        Some(if is_same { SincePack::Same } else { SincePack::Changed })
    }

    /// What the pack that `examination` made changes of this one; `None` if that is not known, or nothing was made.
    pub fn changes(&self, examination: &Examination) -> Option<Changes> {
        let assets = self.assets.as_ref()?;
        let header = examination.header.as_ref()?;
        let slots: HashMap<u32, u32> = header.preload.iter().map(|preload| (preload.asset_id, preload.slot)).collect();
        let mut changes = Changes::default();
        let mut kept = HashSet::new();
        for asset in &examination.built {
            kept.insert(asset.declaration.asset_uuid);
            let named = || NamedAsset { asset_id: asset.asset_id(), name: asset.declaration.name.clone() };
            match self.since(asset, slots.get(&asset.asset_id()).copied())? {
                SincePack::New => changes.added.push(named()),
                SincePack::Changed => changes.changed.push(named()),
                SincePack::Same => changes.unchanged += 1,
            }
        }
        let removed = assets.iter().filter(|(uuid, _)| !kept.contains(uuid)).map(|(_, asset)| &asset.entry);
        let named = |entry: &Entry| NamedAsset { asset_id: entry.asset_id, name: entry.asset_name.clone() };
        changes.removed = removed.map(named).collect();
        changes.removed.sort_by_key(|asset| asset.asset_id);
        Some(changes)
    }
}
