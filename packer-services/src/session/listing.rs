//! What a session knows of each asset, as a list.

use std::collections::HashMap;

use serde::Serialize;

use super::Session;
use crate::declaration::Family;
use crate::diagnostics::{Finding, Severity};
use crate::pack::budgets::Budgets;
use crate::pack::built::BuiltAsset;
use crate::pack::published::SincePack;
use crate::snapshot::RegisteredAsset;

/// The assets of a project.
#[derive(Debug, Serialize)]
pub struct ListAssetsReport {
    /// Registered ones by id, then the others by root.
    pub assets: Vec<ListedAsset>,
    /// What a pack would use, if nothing blocks it.
    pub budgets: Option<Budgets>,
}

/// An asset and its state.
#[derive(Clone, Debug, Serialize)]
pub struct ListedAsset {
    /// `None` if it is not registered.
    pub asset_id: Option<u32>,
    /// Relative to `assets/`.
    pub root: String,
    /// If it could be read.
    pub name: Option<String>,
    /// If it could be read.
    #[serde(rename = "type")]
    pub family: Option<Family>,
    /// Whether it will be packed.
    pub state: AssetState,
    /// Its slot, if it is preloaded.
    pub slot: Option<u32>,
    /// Its payload, if that is known.
    pub size_bytes: Option<u64>,
    /// What it is since the last pack; `None` if it is not in the build set or has an error, or if the pack in `build/`
    /// is not known.
    pub since_pack: Option<SincePack>,
    /// Findings that block; of an excluded asset, all findings.
    pub errors: usize,
    /// Findings that warn.
    pub warnings: usize,
}

/// Whether an asset will be packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AssetState {
    /// Registered and in the build set, without errors.
    Ready,
    /// Registered and in the build set, with errors.
    Broken,
    /// Registered, not in the build set.
    Excluded,
    /// Not in the registry.
    Unregistered,
}

impl Session {
    /// Every asset with its state. `findings` are all of the registered assets; `unregistered` are the other roots.
    pub(super) fn listed_assets(&self, findings: &[Finding], unregistered: &[&str]) -> Vec<ListedAsset> {
        let mut of_asset: HashMap<u32, Vec<&Finding>> = HashMap::new();
        for finding in findings {
            if let Some(asset_id) = finding.asset.as_ref().and_then(|asset| asset.asset_id) {
                of_asset.entry(asset_id).or_default().push(finding);
            }
        }
        let registered = self.snapshot.assets.iter().map(|asset| {
            let findings = of_asset.get(&asset.entry.asset_id).map_or(&[][..], Vec::as_slice);
            let built = self.built.get(&asset.entry.root).map(|kept| &kept.built);
            self.listed_asset(asset, findings, built)
        });
        let mut assets: Vec<ListedAsset> = registered.collect();
        assets.extend(unregistered.iter().map(|root| ListedAsset {
            asset_id: None,
            root: (*root).to_owned(),
            name: None,
            family: None,
            state: AssetState::Unregistered,
            slot: None,
            size_bytes: None,
            since_pack: None,
            errors: 0,
            warnings: 0,
        }));
        assets
    }

    fn listed_asset(&self, asset: &RegisteredAsset, findings: &[&Finding], built: Option<&BuiltAsset>) -> ListedAsset {
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        let errors = count(Severity::Error);
        let slot = self.snapshot.slots.get(&asset.entry.asset_id).copied();
        // Of an excluded asset errors are notes, but its payload is no more whole for that.
        let is_broken = findings.iter().any(|finding| finding.code.severity() == Severity::Error);
        let whole = built.filter(|built| !is_broken && built.metadata.is_some());
        let published = self.published.pack.as_ref();
        let included = whole.filter(|_| asset.entry.included_in_build);
        ListedAsset {
            asset_id: Some(asset.entry.asset_id),
            root: asset.entry.root.as_str().to_owned(),
            name: asset.name().map(str::to_owned),
            family: asset.family(),
            state: match (asset.entry.included_in_build, errors) {
                (false, _) => AssetState::Excluded,
                (true, 0) => AssetState::Ready,
                (true, _) => AssetState::Broken,
            },
            slot,
            size_bytes: whole.map(BuiltAsset::size_bytes),
            since_pack: published.zip(included).and_then(|(pack, built)| pack.since_pack(built, slot)),
            errors,
            warnings: count(Severity::Warning),
        }
    }
}
