//! `list`: every asset with its state, and the budgets.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Budgets, Operation, OperationClass, Report, operation_error};
use crate::context::Context;
use crate::declaration::Family;
use crate::diagnostics::{Finding, Severity};
use crate::files::DiskError;
use crate::pack::cache::LastPack;
use crate::pack::companions::Made;
use crate::pack::examine::{Attempt, Discard, examine, settled};
use crate::pack::plan::PlannedAsset;
use crate::pack::published::{PublishedPack, SincePack};
use crate::project::{Project, ProjectError};
use crate::snapshot::{BrokenRegistry, RegisteredAsset};
use crate::walk;

/// Lists the assets of a project.
#[derive(Clone, Debug)]
pub struct ListAssets {
    /// The project's folder.
    pub project: PathBuf,
}

operation_error! {
    /// Why a project could not be listed.
    ListAssetsError { Project(ProjectError), Registry(BrokenRegistry), Disk(DiskError) }
}

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
    /// What it is since the last pack; `None` if it is not in the build set or has an error, or if the pack in `build/` is not
    /// known.
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

impl Operation for ListAssets {
    type Report = ListAssetsReport;
    type Error = ListAssetsError;

    fn class(&self) -> OperationClass {
        OperationClass::Reads
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<ListAssetsReport>, ListAssetsError> {
        let project = Project::at(&self.project);
        let (mut listing, changing) = settled(context, &project, |snapshot| {
            snapshot.understood()?;
            let walk = walk::walk(&project)?;
            let examination = examine(context, snapshot, &snapshot.assets, None, &mut Discard)?;
            let mut findings: HashMap<u32, Vec<&Finding>> = HashMap::new();
            for finding in &examination.findings {
                if let Some(asset_id) = finding.asset.as_ref().and_then(|asset| asset.asset_id) {
                    findings.entry(asset_id).or_default().push(finding);
                }
            }
            let published = PublishedPack::read(context, &project, &LastPack::read(&project), false)?;
            let planned: HashMap<u32, (&PlannedAsset<'_>, &Made)> =
                std::iter::zip(&examination.planned, &examination.made)
                    .map(|(planned, made)| (planned.asset_id, (planned, made)))
                    .collect();
            let mut assets: Vec<ListedAsset> = snapshot
                .assets
                .iter()
                .map(|asset| {
                    let asset_id = asset.entry.asset_id;
                    let findings = findings.get(&asset_id).map_or(&[][..], Vec::as_slice);
                    let planned = planned.get(&asset_id).copied();
                    listed(asset, findings, planned, snapshot.slots.get(&asset_id).copied(), published.as_ref())
                })
                .collect();
            assets.extend(walk.unregistered_roots(snapshot).into_iter().map(|root| ListedAsset {
                asset_id: None,
                root: root.to_owned(),
                name: None,
                family: None,
                state: AssetState::Unregistered,
                slot: None,
                size_bytes: None,
                since_pack: None,
                errors: 0,
                warnings: 0,
            }));
            let mut findings = examination.findings;
            findings.extend(walk.root_notes(&project, snapshot));
            findings.extend(walk.findings);
            let data = ListAssetsReport { assets, budgets: examination.header.as_ref().map(Budgets::of) };
            let made = Report { findings, data };
            Ok::<_, ListAssetsError>(Attempt { made, changed: examination.changed })
        })?;
        listing.findings.extend(changing);
        Ok(listing.sorted())
    }
}

fn listed(
    asset: &RegisteredAsset,
    findings: &[&Finding],
    planned: Option<(&PlannedAsset<'_>, &Made)>,
    slot: Option<u32>,
    published: Option<&PublishedPack>,
) -> ListedAsset {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let errors = count(Severity::Error);
    // Of an excluded asset errors are notes, but its payload is no more whole for that.
    let broken = findings.iter().any(|finding| finding.code.severity() == Severity::Error);
    let whole = planned.filter(|(planned, _)| !broken && planned.is_whole());
    let built = whole.filter(|_| asset.entry.included_in_build);
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
        size_bytes: whole.map(|(planned, _)| planned.size_bytes()),
        since_pack: published.zip(built).and_then(|(pack, (planned, made))| pack.since(planned, made, slot)),
        errors,
        warnings: count(Severity::Warning),
    }
}
