//! `restore` and `purge`: puts the root of a removed asset back, or deletes it for good.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::asset_selector::{AssetNotFound, AssetSelector};
use crate::context::Context;
use crate::diagnostics::{Finding, escaped};
use crate::edits::{self, Draft, Drafted, MovedSlot};
use crate::history::{self, ChangeError, ChangeSummary, History, KeptAsset, kept_root};
use crate::lock::{Lock, LockError, LockRequest};
use crate::operation::{Operation, OperationClass, Report, operation_error, run_locked_if_writing};
use crate::origins::forget_origins;
use crate::paths::RelPath;
use crate::project::{Project, ProjectError};
use crate::registration::EditableRegistry;

/// Restores an asset that was removed, or whose creation was undone.
#[derive(Clone, Debug)]
pub struct RestoreAsset {
    project: PathBuf,
    asset: AssetSelector,
    root: Option<String>,
    exclude: bool,
    dry_run: bool,
}

impl RestoreAsset {
    /// Restores the removed asset with this id, name or root. By default to the same root, and in the build set if it
    /// was there.
    pub fn new(project: impl Into<PathBuf>, asset: impl Into<AssetSelector>) -> Self {
        Self { project: project.into(), asset: asset.into(), root: None, exclude: false, dry_run: false }
    }

    /// Restores it to another root, relative to `assets/`.
    #[must_use]
    pub fn root(mut self, root: Option<String>) -> Self {
        self.root = root;
        self
    }

    /// Leaves it out of the build set.
    #[must_use]
    pub fn exclude(mut self, exclude: bool) -> Self {
        self.exclude = exclude;
        self
    }

    /// Only reports what would be changed, and writes nothing.
    #[must_use]
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }
}

operation_error! {
    /// Why the asset could not be restored.
    RestoreAssetError { Project(ProjectError), NotFound(AssetNotFound), Lock(LockError), Change(ChangeError) }
}

/// A restored asset, or why there is none.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct RestoreAssetReport {
    /// The id that it has again, or a new one if another asset has got that since; `None` if it was refused.
    pub asset_id: Option<u32>,
    /// The id that it had.
    pub former_id: u32,
    /// Its name, or its root if it has none.
    pub name: String,
    /// Whether it is in the build set.
    pub included: bool,
    /// The change, which was made or would be; `None` if it was refused.
    pub change: Option<ChangeSummary>,
    /// The assets that get other slots, by id.
    pub slots: Vec<MovedSlot>,
}

impl Operation for RestoreAsset {
    type Report = RestoreAssetReport;
    type Error = RestoreAssetError;

    fn class(&self) -> OperationClass {
        OperationClass::of_change(self.dry_run)
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<RestoreAssetReport>, RestoreAssetError> {
        let project = Project::at(&self.project);
        run_locked_if_writing(context, self.class(), &project, LockRequest::WAIT, |lock| {
            let kept = select_kept(&project, &self.asset)??;
            let mut report = Report::new(
                RestoreAssetReport {
                    asset_id: None,
                    former_id: kept.entry.asset_id,
                    name: kept.subject.clone(),
                    included: false,
                    change: None,
                    slots: Vec::new(),
                },
                Vec::new(),
            );
            self.restore(context, &project, lock, &kept, &mut report)?;
            Ok(report)
        })
    }
}

impl RestoreAsset {
    fn restore(
        &self,
        context: &Context,
        project: &Project,
        lock: Option<&Lock>,
        kept: &KeptAsset,
        report: &mut Report<RestoreAssetReport>,
    ) -> Result<(), RestoreAssetError> {
        let draft = Draft::new::<RestoreAssetError>(project, "restore", &mut report.findings)?;
        let Some(mut draft) = draft else { return Ok(()) };
        draft.change.set_subject(&kept.subject);
        let restored = edits::restore_asset(&mut draft, kept, self.root.as_deref(), self.exclude);
        let Some(entry) = report.accept(restored) else {
            name_kept_files(&mut report.findings, kept, &kept.entry.root);
            return Ok(());
        };
        let Drafted { change, slots, mut findings, .. } = draft.finish::<RestoreAssetError>(context, lock)?;
        match change.is_some() {
            true => (report.data.asset_id, report.data.included) = (Some(entry.asset_id), entry.included_in_build),
            false => name_kept_files(&mut findings, kept, &entry.root),
        }
        (report.data.change, report.data.slots) = (change, slots);
        report.findings.extend(findings);
        Ok(())
    }
}

/// Names files of the root, which would be at `root`, by where they still are.
fn name_kept_files(findings: &mut [Finding], kept: &KeptAsset, root: &RelPath) {
    let prefix = escaped(&format!("assets/{root}/"));
    for file in findings.iter_mut().filter_map(|finding| finding.file.as_mut()) {
        if let Some(inside) = file.strip_prefix(&prefix) {
            *file = format!("{}/{inside}", kept_root(kept.number));
        }
    }
}

/// Deletes the root of an asset that was removed, or whose creation was undone. Nothing can restore it.
#[derive(Clone, Debug)]
pub struct PurgeAsset {
    project: PathBuf,
    asset: AssetSelector,
    dry_run: bool,
}

impl PurgeAsset {
    /// Deletes the root of the removed asset with this id, name or root.
    pub fn new(project: impl Into<PathBuf>, asset: impl Into<AssetSelector>) -> Self {
        Self { project: project.into(), asset: asset.into(), dry_run: false }
    }

    /// Only reports what would be deleted, and writes nothing.
    #[must_use]
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }
}

operation_error! {
    /// Why the root could not be deleted.
    PurgeAssetError { Project(ProjectError), NotFound(AssetNotFound), Lock(LockError), Change(ChangeError) }
}

/// An asset whose root was deleted, or would be.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct PurgeAssetReport {
    /// The number of the change that had removed it.
    pub number: u64,
    /// The id that it had.
    pub asset_id: u32,
    /// Its name, or its root if it has none.
    pub name: String,
    /// The folder, relative to the project.
    pub folder: String,
    /// Whether it was deleted.
    pub purged: bool,
}

impl Operation for PurgeAsset {
    type Report = PurgeAssetReport;
    type Error = PurgeAssetError;

    fn class(&self) -> OperationClass {
        OperationClass::of_change(self.dry_run)
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<PurgeAssetReport>, PurgeAssetError> {
        let project = Project::at(&self.project);
        run_locked_if_writing(context, self.class(), &project, LockRequest::WAIT, |lock| {
            let KeptAsset { number, entry, subject, .. } = select_kept(&project, &self.asset)??;
            if lock.is_none() {
                history::check_purge(&project, number)?;
            }
            if let Some(lock) = lock {
                history::purge_root(context, &project, lock, number)?;
                // A root with this uuid may have come back by hand.
                let uuid = entry.asset_uuid;
                let registry = EditableRegistry::read(&project, &[], &mut Vec::new()).ok().flatten();
                let mut registered = registry.iter().flat_map(|editable| &editable.registry.entries);
                if !registered.any(|registered| registered.asset_uuid == uuid) {
                    forget_origins(&project, uuid);
                }
            }
            let (folder, purged) = (kept_root(number), lock.is_some());
            let data = PurgeAssetReport { number, asset_id: entry.asset_id, name: subject, folder, purged };
            Ok(Report::new(data, Vec::new()))
        })
    }
}

/// The removed asset that is meant.
fn select_kept(project: &Project, asset: &AssetSelector) -> Result<Result<KeptAsset, AssetNotFound>, ChangeError> {
    let kept = History::open(project)?.map_or(Ok(Vec::new()), |history| history.kept_assets())?;
    Ok(asset.select_removed(kept))
}
