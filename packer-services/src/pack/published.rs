//! The pack in `build/`, as described by its header and its companion, and how a new pack differs from it.
//!
//! This is information for people: no byte of a pack depends on it. If the pack or its companion cannot be used, the
//! differences are unknown, and no finding is reported (spec: workspace, "What changed since the last pack").

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::built::BuiltAsset;
use super::container::{self, Entry, Header};
use super::examine::Examination;
use super::identities::{LastPack, read_regular};
use crate::asset_uuid::AssetUuid;
use crate::banks::{Stop, check_cancelled};
use crate::context::Context;
use crate::files::{self, Folder, ReadOutcome, Sha};
use crate::formats::EntryMetadata;
use crate::limits::{CACHE_BYTES, HASHED_PACK_BYTES};
use crate::project::{METADATA_FILE, PACK_FILE, Project};

/// The pack in `build/`.
#[derive(Debug)]
pub struct PublishedPack {
    /// The hash of the whole file.
    pub sha256: Sha,
    /// The size of the whole file.
    pub size_bytes: u64,
    /// Whether the whole file was read, and has this hash.
    pub is_verified: bool,
    /// `None` if the companion does not belong to this pack.
    assets: Option<HashMap<AssetUuid, PublishedAsset>>,
}

/// An asset of the published pack.
#[derive(Debug)]
pub(super) struct PublishedAsset {
    pub entry: Entry,
    pub slot: Option<u32>,
    /// `None` if the companion does not contain a hash there.
    pub payload_sha256: Option<Sha>,
}

/// A part of an asset in which two packs can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AssetPart {
    /// Its id.
    Id,
    /// Its name.
    Name,
    /// The metadata of its entry.
    Metadata,
    /// Its preload slot.
    Slot,
    /// The bytes of its payload.
    Payload,
}

impl PublishedAsset {
    /// In which parts a complete asset of a build set, which would have this slot, differs from it.
    pub fn differences(&self, asset: &BuiltAsset, slot: Option<u32>) -> Vec<AssetPart> {
        let parts = [
            (AssetPart::Id, self.entry.asset_id == asset.asset_id()),
            (AssetPart::Name, self.entry.asset_name == asset.declaration.name),
            (AssetPart::Metadata, Some(&self.entry.metadata) == asset.metadata.as_ref()),
            (AssetPart::Slot, self.slot == slot),
            (AssetPart::Payload, self.payload_sha256 == Some(asset.payload_sha256)),
        ];
        parts.into_iter().filter(|(_, is_same)| !is_same).map(|(part, _)| part).collect()
    }
}

/// The state of an asset compared with the published pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SincePack {
    /// The published pack does not contain it.
    New,
    /// It has another payload, id, name, slot or metadata in the published pack.
    Changed,
    /// Its payload, id, name, slot and metadata are the same in the published pack.
    Same,
}

/// How a pack differs from the previous one. Assets are matched by uuid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PackChanges {
    /// Assets that the previous pack does not contain, by id.
    pub added: Vec<NamedAsset>,
    /// Assets that only the previous pack contains, by their id in it.
    pub removed: Vec<NamedAsset>,
    /// Assets in both packs with another payload, id, name, slot or metadata, by id.
    pub changed: Vec<NamedAsset>,
    /// How many assets are unchanged.
    pub unchanged: usize,
}

/// The id and name of an asset in a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedAsset {
    /// Its id.
    pub asset_id: u32,
    /// Its name.
    pub name: String,
}

/// The needed parts of `asset_table_metadata.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Companion {
    assets: Vec<CompanionAsset>,
    pack: CompanionPack,
    #[serde(rename = "schema_version")]
    _schema_version: KnownVersion,
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

/// The only schema version that is read.
#[derive(Deserialize)]
#[serde(try_from = "u64")]
struct KnownVersion;

impl TryFrom<u64> for KnownVersion {
    type Error = &'static str;

    fn try_from(version: u64) -> Result<Self, Self::Error> {
        if version == 1 { Ok(Self) } else { Err("not a known schema version") }
    }
}

impl Companion {
    /// Reads the companion in `build/`, if there is a valid one.
    fn read(project: &Project) -> Option<Self> {
        let bytes = read_regular(&Folder::at(project.build_folder()), METADATA_FILE, CACHE_BYTES).ok()??;
        serde_json::from_slice(&bytes).ok()
    }

    /// The assets of the pack with this header, if this can be its companion.
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

/// Where the hash of the published pack comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackHash {
    /// From the companion, if the cache confirms it and the pack was not written later; otherwise the pack is read. A
    /// pack without a companion is unknown.
    Recorded,
    /// The pack is read, unless it is too large for that.
    Read,
    /// The caller has read the pack.
    Known(Sha),
}

/// Whether nobody has written to the pack since its companion was written: the packer writes the pack first.
fn is_older_than_companion(project: &Project) -> bool {
    let [pack, companion] = [PACK_FILE, METADATA_FILE].map(|name| files::modified(&project.build_folder().join(name)));
    pack.is_some() && pack <= companion
}

impl PublishedPack {
    /// The files that [`PublishedPack::read`] depends on.
    pub fn files_of(project: &Project) -> [PathBuf; 3] {
        [project.build_folder().join(PACK_FILE), project.build_folder().join(METADATA_FILE), project.identities_path()]
    }

    /// Reads the pack in `build/`; `None` if there is no valid pack, or its hash is unknown.
    ///
    /// # Errors
    /// If the operation was canceled.
    pub fn read(context: &Context, project: &Project, last: &LastPack, hash: PackHash) -> Result<Option<Self>, Stop> {
        let companion = Companion::read(project);
        if companion.is_none() && hash == PackHash::Recorded {
            return Ok(None);
        }
        let Ok(Some(mut source)) = project.open_output(PACK_FILE) else { return Ok(None) };
        let size_bytes = source.size_bytes();
        let Ok(Ok(container)) = container::read(source.file_mut(), size_bytes) else { return Ok(None) };
        let companion = companion.filter(|companion| companion.pack.size == size_bytes);
        let is_too_large = size_bytes > HASHED_PACK_BYTES;
        let is_recorded = last.is_published() && (hash == PackHash::Recorded || is_too_large);
        let recorded = companion.as_ref().filter(|_| is_recorded && is_older_than_companion(project));
        let known = match hash {
            PackHash::Known(sha256) => Some(sha256),
            _ => recorded.and_then(|companion| Sha::parse(&companion.pack.sha256)),
        };
        let sha256 = match known {
            Some(sha256) => sha256,
            None if is_too_large => return Ok(None),
            None if companion.is_none() && hash == PackHash::Recorded => return Ok(None),
            None => {
                let Ok(source) = source.rewind() else { return Ok(None) };
                let read = source.start_reading().finish_unless(&|| context.is_cancelled());
                check_cancelled(context)?;
                let Ok(ReadOutcome::Unchanged { file }) = read else { return Ok(None) };
                file.sha256
            }
        };
        let companion = companion.filter(|companion| companion.pack.sha256 == sha256.to_string());
        let assets = companion.and_then(|companion| companion.assets_of(container.header));
        let is_verified = hash != PackHash::Recorded && !matches!((hash, known), (PackHash::Read, Some(_)));
        Ok(Some(Self { sha256, size_bytes, is_verified, assets }))
    }

    /// The metadata of an asset of this pack; `None` if it has none, or that is unknown.
    pub(super) fn metadata_of(&self, asset_uuid: AssetUuid) -> Option<&EntryMetadata> {
        Some(&self.assets.as_ref()?.get(&asset_uuid)?.entry.metadata)
    }

    /// Compares a complete asset of the build set with this pack; `None` if the result is unknown.
    pub fn since_pack(&self, asset: &BuiltAsset, slot: Option<u32>) -> Option<SincePack> {
        let Some(before) = self.assets.as_ref()?.get(&asset.declaration.asset_uuid) else {
            return Some(SincePack::New);
        };
        Some(if before.differences(asset, slot).is_empty() { SincePack::Same } else { SincePack::Changed })
    }

    /// How the pack of `examination` differs from this one; `None` if that is unknown, or the examination is blocked.
    pub fn changes_in(&self, examination: &Examination) -> Option<PackChanges> {
        let assets = self.assets.as_ref()?;
        let header = examination.header.as_ref()?;
        let slots: HashMap<u32, u32> = header.preload.iter().map(|preload| (preload.asset_id, preload.slot)).collect();
        let mut changes = PackChanges::default();
        let mut kept = HashSet::new();
        for asset in &examination.built {
            kept.insert(asset.declaration.asset_uuid);
            let named = || NamedAsset { asset_id: asset.asset_id(), name: asset.declaration.name.clone() };
            match self.since_pack(asset, slots.get(&asset.asset_id()).copied())? {
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
