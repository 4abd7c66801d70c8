//! Compares a pack with what a clean pack of a project would hold, asset by asset.

use std::collections::HashMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::check::CheckedPack;
use super::container::Header;
use super::examine::{Examination, Output};
use super::plan::PlannedAsset;
use super::published::{AssetPart, NamedAsset, PublishedAsset};
use crate::banks::Stop;
use crate::diagnostics::{AssetRef, Code, Finding, Place};
use crate::files::Sha;

/// How a pack differs from a clean pack of a project. Assets are matched by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackComparison {
    /// The project, as it was passed.
    pub project: String,
    /// The hash of a clean pack of the project. It is that of the file if nothing differs.
    pub sha256: Sha,
    /// The assets that only the project has, by id.
    pub added: Vec<NamedAsset>,
    /// The assets that only the pack has, by id.
    pub removed: Vec<NamedAsset>,
    /// The assets that differ, by id.
    pub changed: Vec<ChangedAsset>,
    /// How many assets are the same.
    pub unchanged: usize,
}

/// An asset that is not the same in a pack and in a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedAsset {
    /// Its id.
    pub asset_id: u32,
    /// Its name in the project.
    pub name: String,
    /// In what it differs.
    pub differs: Vec<AssetPart>,
}

/// An output that keeps only the hash of the pack.
#[derive(Debug, Default)]
pub struct HashOutput {
    hasher: Sha256,
}

impl HashOutput {
    /// The hash of what was received.
    pub fn finish(self) -> Sha {
        Sha(self.hasher.finalize().into())
    }
}

impl Output for HashOutput {
    fn push_header(&mut self, _: &[PlannedAsset<'_>], _: &Header, bytes: &[u8]) -> Result<(), Stop> {
        self.hasher.update(bytes);
        Ok(())
    }

    fn push_payload(&mut self, _: usize, bytes: Vec<u8>) -> Result<(), Stop> {
        self.hasher.update(bytes);
        Ok(())
    }

    fn abandon_pack(&mut self) {}
}

/// Compares `pack`, a file that findings call `file`, with what was examined; `None` if the examination is blocked.
/// `clean` is the hash of its pack.
pub fn compare_pack(
    (pack, file): (CheckedPack, &str),
    examination: &Examination,
    (project, clean): (String, Sha),
) -> Option<(PackComparison, Vec<Finding>)> {
    let header = examination.header.as_ref()?;
    let (container, hashes) = (pack.container, pack.hashes);
    let theirs = slots_of(&container.header);
    let in_pack = std::iter::zip(container.header.entries, hashes.payloads).map(|(entry, payload)| {
        let slot = theirs.get(&entry.asset_id).copied();
        (entry.asset_id, PublishedAsset { entry, slot, payload_sha256: Some(payload) })
    });
    let mut in_pack: HashMap<u32, PublishedAsset> = in_pack.collect();
    let ours = slots_of(header);
    let (added, removed, changed) = (Vec::new(), Vec::new(), Vec::new());
    let mut comparison = PackComparison { project, sha256: clean, added, removed, changed, unchanged: 0 };
    let mut findings = Vec::new();
    for asset in &examination.built {
        let (asset_id, name) = (asset.asset_id(), asset.declaration.name.clone());
        let Some(packed) = in_pack.remove(&asset_id) else {
            let message = format!("the project packs the asset `{name}`; the pack contains no asset with this id");
            findings.push(finding(file, message, Some(asset.asset_ref())));
            comparison.added.push(NamedAsset { asset_id, name });
            continue;
        };
        let differs = packed.differences(asset, ours.get(&asset_id).copied());
        if differs.is_empty() {
            comparison.unchanged += 1;
            continue;
        }
        let mut found = finding(file, difference_message(&packed, &name, &differs), Some(asset.asset_ref()));
        if differs.contains(&AssetPart::Payload) {
            found = found.at(Place::Byte { offset: container.payload_offset + packed.entry.offset_bytes });
        }
        findings.push(found);
        comparison.changed.push(ChangedAsset { asset_id, name, differs });
    }
    let removed = in_pack.into_values().map(|packed| packed.entry);
    comparison.removed = removed.map(|entry| NamedAsset { asset_id: entry.asset_id, name: entry.asset_name }).collect();
    comparison.removed.sort_by_key(|asset| asset.asset_id);
    findings.extend(comparison.removed.iter().map(|asset| {
        let NamedAsset { asset_id, name } = asset;
        let message = format!("the pack contains asset {asset_id} (`{name}`); the project packs no asset with this id");
        finding(file, message, None)
    }));
    Some((comparison, findings))
}

fn slots_of(header: &Header) -> HashMap<u32, u32> {
    header.preload.iter().map(|preload| (preload.asset_id, preload.slot)).collect()
}

fn difference_message(packed: &PublishedAsset, name: &str, differs: &[AssetPart]) -> String {
    let parts: Vec<&str> = differs
        .iter()
        .map(|part| match part {
            AssetPart::Id => "id",
            AssetPart::Name => "name",
            AssetPart::Metadata => "metadata",
            AssetPart::Slot => "slot",
            AssetPart::Payload => "payload",
        })
        .collect();
    let renamed = match packed.entry.asset_name == name {
        true => String::new(),
        false => format!("; the pack calls it `{}`", packed.entry.asset_name),
    };
    format!("the asset `{name}` differs from what the project packs to, in its {}{renamed}", parts.join(" and "))
}

fn finding(file: &str, message: String, asset: Option<AssetRef>) -> Finding {
    let help = "Pack the project that belongs to this file: `prometeu-packer pack PROJECT`. If the file is right, restore \
                the assets that it was packed from.";
    Finding { asset, ..Finding::new(Code::PackDiffers, message, help).file(file) }
}
