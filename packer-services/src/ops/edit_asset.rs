//! The edits of one registered asset: its entry, its place, and what it is built from. Each is a small file in `edits`;
//! what they share is here and in `edits::Draft`.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::artifact_selector::ArtifactSelector;
use crate::asset_selector::{AssetNotFound, AssetSelector};
use crate::context::Context;
use crate::declaration::{ColorKey, Convert, Cut, LoopChoice};
use crate::diagnostics::Finding;
use crate::edits::{self, Composition, Draft, Drafted, MovedSlot, SlotChoice};
use crate::formats::TileSize;
use crate::history::{ChangeError, ChangeSummary, FORGET};
use crate::lock::{Lock, LockError, LockRequest};
use crate::operation::{Operation, OperationClass, Report, operation_error, run_locked_if_writing};
use crate::pack::identities::MovedIdentity;
use crate::project::{Project, ProjectError};

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

/// What an edit does to an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AssetEdit {
    /// Puts it into the build set. It must pack.
    Include,
    /// Takes it out of the build set.
    Exclude,
    /// Gives it another name, a label: 1–64 of `[A-Za-z0-9_./-]`.
    Rename(String),
    /// Gives it another root, relative to `assets/`. It keeps its id and uuid. The folder may already be there.
    Move(String),
    /// Sets whether it is loaded at boot, and where.
    Slot(SlotChoice),
    /// Sets where a sound of a sound bank loops.
    Loop(ArtifactSelector, LoopChoice),
    /// Allows these losses to sounds of a sound bank, or none any more. Without sounds, a loss is allowed to all that
    /// need it.
    Convert(Vec<ArtifactSelector>, Convert),
    /// Sets the tile size of a glyph bank.
    TileSize(TileSize),
    /// Sets which pixels of images are transparent, besides those with alpha 0. Without images, of all.
    ColorKey(Vec<ArtifactSelector>, Option<ColorKey>),
    /// Sets how images are cut into cells. Without images, how all are.
    Cut(Vec<ArtifactSelector>, Cut),
    /// Changes which images or sounds a bank is built from. If `palettes`, the colors of a glyph bank's images that are
    /// not declared yet are declared.
    Compose {
        /// What changes.
        composition: Composition,
        /// Whether missing colors are declared.
        palettes: bool,
    },
    /// Removes its entry from the registry, and nothing else.
    Forget,
    /// Removes its entry, and moves its root into the history, from which it can be restored.
    Remove,
}

impl AssetEdit {
    /// The verb on the command line.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Include => "include",
            Self::Exclude => "exclude",
            Self::Rename(_) => "rename",
            Self::Move(_) => "move",
            Self::Slot(_) => "slot",
            Self::Loop(..) => "loop",
            Self::Convert(..) => "convert",
            Self::TileSize(_) => "tile-size",
            Self::ColorKey(..) => "key",
            Self::Cut(..) => "cut",
            Self::Compose { .. } => "compose",
            Self::Forget => FORGET,
            Self::Remove => "remove",
        }
    }
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
            let data = EditAssetReport {
                asset_id: None,
                name: String::new(),
                change: None,
                slots: Vec::new(),
                ids: Vec::new(),
            };
            let mut report = Report::new(data, Vec::new());
            self.edit(context, &project, lock, &mut report)?;
            Ok(report)
        })
    }
}

impl EditAsset {
    fn edit(
        &self,
        context: &Context,
        project: &Project,
        lock: Option<&Lock>,
        report: &mut Report<EditAssetReport>,
    ) -> Result<(), EditAssetError> {
        let draft = Draft::new::<EditAssetError>(project, self.edit.verb(), &mut report.findings)?;
        let Some(mut draft) = draft else { return Ok(()) };
        let asset = self.asset.select(&draft.snapshot)?.clone();
        let asset_id = asset.entry.asset_id;
        report.data.asset_id = Some(asset_id);
        report.data.name = asset.name().unwrap_or(asset.entry.root.as_str()).to_owned();
        draft.change.set_subject(&report.data.name);
        let drafted: Result<(), Vec<Finding>> = match &self.edit {
            AssetEdit::Include | AssetEdit::Exclude => {
                edits::set_included(&mut draft, asset_id, self.edit == AssetEdit::Include);
                Ok(())
            }
            AssetEdit::Rename(name) => edits::rename_asset(&mut draft, &asset, name),
            AssetEdit::Move(root) => edits::move_asset(&mut draft, &asset, root),
            AssetEdit::Slot(slot) => edits::set_slot(&mut draft, &asset, *slot),
            AssetEdit::Loop(sound, looping) => edits::set_loop(&mut draft, &asset, sound, *looping),
            AssetEdit::Convert(sounds, allowed) => edits::set_convert(&mut draft, &asset, sounds, *allowed),
            AssetEdit::TileSize(size) => edits::set_tile_size(context, &mut draft, &asset, *size),
            AssetEdit::ColorKey(images, key) => edits::set_color_key(context, &mut draft, &asset, images, *key),
            AssetEdit::Cut(images, cut) => edits::set_cut(context, &mut draft, &asset, images, *cut),
            AssetEdit::Compose { composition, palettes } => {
                edits::compose_bank(context, &mut draft, &asset, composition, *palettes)
            }
            AssetEdit::Forget => {
                edits::forget_asset(&mut draft, &asset);
                Ok(())
            }
            AssetEdit::Remove => edits::remove_asset(&mut draft, &asset),
        };
        if report.accept(drafted).is_none() {
            return Ok(());
        }
        let Drafted { change, slots, ids, findings } = draft.finish::<EditAssetError>(context, lock)?;
        (report.data.change, report.data.slots, report.data.ids) = (change, slots, ids);
        report.findings.extend(findings);
        Ok(())
    }
}
