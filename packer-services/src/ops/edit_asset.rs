//! The edits of one registered asset: its entry, its place, and what it is built from. Each is a small file in `edits`;
//! what they share is here and in `edits::Draft`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use crate::asset_selector::{AssetNotFound, AssetSelector};
use crate::banks::check_cancelled;
use crate::context::Context;
use crate::edits::{self, AssetEdit, Draft, Drafted, MovedSlot, RecoloredPixels, RepaintedTile};
use crate::history::{ChangeError, ChangeSummary};
use crate::lock::{Lock, LockError, LockRequest};
use crate::operation::{Operation, OperationClass, Report, operation_error, run_locked_if_writing};
use crate::pack::identities::MovedIdentity;
use crate::project::{Project, ProjectError};
use crate::snapshot::RegisteredAsset;

/// Edits a registered asset.
///
/// ```
/// use packer_services::Context;
/// use packer_services::ops::{AssetEdit, EditAsset, InitWorkspace, Operation};
///
/// let (folder, context) = (tempfile::tempdir()?, Context::new());
/// InitWorkspace::new(folder.path()).run(&context)?;
/// let edit = EditAsset::new(folder.path(), "hero", AssetEdit::Exclude).dry_run(true);
/// assert!(edit.run(&context).is_err(), "there is no such asset");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct EditAsset {
    project: PathBuf,
    asset: AssetSelector,
    edit: AssetEdit,
    dry_run: bool,
}

impl EditAsset {
    /// Edits this asset.
    pub fn new(project: impl Into<PathBuf>, asset: impl Into<AssetSelector>, edit: AssetEdit) -> Self {
        Self { project: project.into(), asset: asset.into(), edit, dry_run: false }
    }

    /// Only reports what would be changed, and writes nothing.
    #[must_use]
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }
}

operation_error! {
    /// Why the asset could not be edited.
    EditAssetError { Project(ProjectError), NotFound(AssetNotFound), Lock(LockError), Change(ChangeError) }
}

/// What became of an edit.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct EditAssetReport {
    /// Its id; `None` if the registry cannot be read.
    pub asset_id: Option<u32>,
    /// Its name, or its root if it has none, before the edit.
    pub name: String,
    /// The change, which was made or would be; `None` if it was refused, or if there was nothing to change.
    pub change: Option<ChangeSummary>,
    /// The assets that get other slots, by id.
    pub slots: Vec<MovedSlot>,
    /// The tiles or samples of the asset that get other ids, by id.
    pub ids: Vec<MovedIdentity>,
    /// The tiles that get another palette, by id; empty if ids move.
    pub repainted: Vec<RepaintedTile>,
    /// The pixels that get another color in their file, by asset, file and color.
    pub recolored: Vec<RecoloredPixels>,
    /// The id that the asset gets; `None` if it keeps its own.
    pub new_id: Option<u32>,
}

impl Operation for EditAsset {
    type Report = EditAssetReport;
    type Error = EditAssetError;

    fn class(&self) -> OperationClass {
        OperationClass::of_change(self.dry_run)
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<EditAssetReport>, EditAssetError> {
        let project = Project::at(&self.project);
        run_locked_if_writing(context, self.class(), &project, LockRequest::WAIT, |lock| {
            let mut report = EditAssetReport::empty();
            if let Some((draft, asset)) = self.draft(context, &project, &mut report)? {
                finish(context, draft, &asset, lock, &mut report)?;
            }
            Ok(report)
        })
    }
}

impl EditAssetReport {
    /// The report of an edit that is not made.
    pub(super) fn empty() -> Report<Self> {
        let data = Self {
            asset_id: None,
            name: String::new(),
            change: None,
            slots: Vec::new(),
            ids: Vec::new(),
            repainted: Vec::new(),
            recolored: Vec::new(),
            new_id: None,
        };
        Report::new(data, Vec::new())
    }
}

impl EditAsset {
    /// The edit, drafted, and the asset before it; `None` if it is refused, which the report explains.
    pub(super) fn draft<'p>(
        &self,
        context: &Context,
        project: &'p Project,
        report: &mut Report<EditAssetReport>,
    ) -> Result<Option<(Draft<'p>, Arc<RegisteredAsset>)>, EditAssetError> {
        let draft = Draft::of_edit::<EditAssetError>(project, &self.asset, &self.edit, &mut report.findings)?;
        let Some(mut draft) = draft else { return Ok(None) };
        let asset = self.asset.select(&draft.snapshot)?.clone();
        report.data.asset_id = Some(asset.entry.asset_id);
        report.data.name = asset.name().unwrap_or(asset.entry.root.as_str()).to_owned();
        draft.change.set_subject(&report.data.name);
        let drafted = edits::draft_edit(context, &mut draft, &asset, &self.edit);
        check_cancelled(context)?;
        Ok(report.accept(drafted).map(|()| (draft, asset)))
    }
}

/// Checks a drafted edit, and makes it if a lock is passed.
pub(super) fn finish(
    context: &Context,
    draft: Draft<'_>,
    asset: &RegisteredAsset,
    lock: Option<&Lock>,
    report: &mut Report<EditAssetReport>,
) -> Result<(), EditAssetError> {
    let entry = draft.editable.registry.entries.iter().find(|entry| entry.root == asset.entry.root);
    let new_id = entry.map(|entry| entry.asset_id).filter(|new_id| *new_id != asset.entry.asset_id);
    let Drafted { change, slots, ids, repainted, recolored, findings } =
        draft.finish::<EditAssetError>(context, lock)?;
    report.data.new_id = new_id.filter(|_| change.is_some());
    (report.data.change, report.data.slots) = (change, slots);
    (report.data.ids, report.data.repainted) = (ids, repainted);
    report.data.recolored = recolored;
    report.findings.extend(findings);
    Ok(())
}
