//! `preview_edit`: what an edit would do to an asset, and its bank as it would be then. It has no verb: `--dry-run` of
//! each edit reports the same without the bank.

use std::path::Path;

use serde::Serialize;

use super::edit_asset::{EditAsset, EditAssetError, EditAssetReport, finish};
use crate::context::Context;
use crate::operation::{Operation, OperationClass, Report};
use crate::pack::built::build_and_keep;
use crate::preview::Preview;
use crate::project::Project;

/// Previews an edit of an asset, and the bank after it. Nothing of the project is written.
///
/// ```
/// use packer_services::Context;
/// use packer_services::formats::TileSize;
/// use packer_services::ops::{AssetEdit, EditAsset, Operation, PreviewEdit};
///
/// let edit = AssetEdit::TileSize(TileSize::Eight);
/// let edit = EditAsset::new("../assets-demo/lantern", "hero", edit);
/// let report = PreviewEdit::new(edit).run(&Context::new())?;
/// assert!(report.edited.change.is_some(), "it can be made");
/// assert!(report.preview.as_ref().is_some_and(|preview| preview.is_whole));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct PreviewEdit {
    edit: EditAsset,
}

impl PreviewEdit {
    /// Previews what this request would do.
    pub fn new(edit: EditAsset) -> Self {
        Self { edit: edit.dry_run(true) }
    }
}

/// What an edit would do.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct PreviewEditReport {
    /// The report of the request with [`dry_run`](EditAsset::dry_run).
    #[serde(flatten)]
    pub edited: EditAssetReport,
    /// The bank as it would be, as far as it can be built, even if the edit is refused because it would not pack;
    /// `None` if nothing can be edited. Not in the JSON, because it is binary.
    #[serde(skip)]
    pub preview: Option<Preview>,
}

impl Operation for PreviewEdit {
    type Report = PreviewEditReport;
    type Error = EditAssetError;

    fn class(&self) -> OperationClass {
        OperationClass::Reads
    }

    fn project(&self) -> Option<&Path> {
        self.edit.project()
    }

    fn run(&self, context: &Context) -> Result<Report<PreviewEditReport>, EditAssetError> {
        let project = Project::at(self.project().unwrap_or(Path::new("")));
        let mut report = EditAssetReport::empty();
        let mut preview = None;
        if let Some((draft, asset)) = self.edit.draft(context, &project, &mut report)? {
            let planned = draft.planned();
            let uuid = asset.entry.asset_uuid;
            let after = planned.assets.iter().find(|after| after.entry.asset_uuid == uuid);
            let built = after.map_or(Ok(None), |after| build_and_keep(context, after, None))?;
            preview = built.map(|(built, kept)| Preview::of_built(&built, kept));
            finish(context, draft, &asset, None, &mut report)?;
        }
        let (findings, edited) = report.into_parts();
        Ok(Report::new(PreviewEditReport { edited, preview }, findings))
    }
}
