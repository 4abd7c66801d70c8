//! `preview_bank`: a bank with the bytes that the console would load, and with holes where it cannot be built. It has
//! no verb, because it is meant for windows.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::show::ShowAssetError;
use crate::asset_selector::AssetSelector;
use crate::asset_uuid::AssetUuid;
use crate::context::Context;
use crate::declaration::Family;
use crate::diagnostics::Finding;
use crate::operation::{Operation, OperationClass, Report};
use crate::pack::built::build_and_keep;
use crate::pack::examine::{Attempt, with_retries};
use crate::preview::Preview;
use crate::project::{Project, ProjectError};

/// Previews a bank.
///
/// ```
/// use packer_services::Context;
/// use packer_services::diagnostics::finding_of;
/// use packer_services::ops::{Operation, PreviewBank};
/// use packer_services::preview::{BankPreview, TileState};
///
/// let report = PreviewBank::new("../assets-demo/lantern", "title").run(&Context::new())?;
/// if let Some(BankPreview::Glyph(glyph)) = report.preview.as_ref().map(|preview| &preview.bank) {
///     let rgba = glyph.payload.rgba(0); // the sheet in palette 0: 256 × 256 pixels of 4 bytes
///     for (id, tile) in glyph.tiles.iter().enumerate() {
///         if let TileState::Hole { cause } = tile.state {
///             let finding = finding_of(report.findings(), cause);
///             println!("tile {id} is missing: {}", finding.map_or("", |finding| &finding.message));
///         }
///     }
/// #   assert!(rgba.len() == 256 * 256 * 4 && matches!(glyph.tiles[0].state, TileState::Hole { cause: Some(_) }));
/// }
/// # assert!(report.preview.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct PreviewBank {
    project: PathBuf,
    asset: AssetSelector,
}

impl PreviewBank {
    /// Previews this asset.
    pub fn new(project: impl Into<PathBuf>, asset: impl Into<AssetSelector>) -> Self {
        Self { project: project.into(), asset: asset.into() }
    }
}

/// A bank, as far as it can be built.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct PreviewBankReport {
    /// Its id.
    pub asset_id: u32,
    /// Its uuid in the registry.
    pub asset_uuid: AssetUuid,
    /// Relative to `assets/`.
    pub root: String,
    /// Whether it is in the build set.
    pub included: bool,
    /// Its type, if that could be read.
    #[serde(rename = "type")]
    pub family: Option<Family>,
    /// Its slot in this build set, if it is preloaded.
    pub slot: Option<u32>,
    /// `None` if its declaration has errors. Not in the JSON, because it is binary.
    #[serde(skip)]
    pub preview: Option<Preview>,
}

impl Operation for PreviewBank {
    type Report = PreviewBankReport;
    type Error = ShowAssetError;

    fn class(&self) -> OperationClass {
        OperationClass::Reads
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<PreviewBankReport>, ShowAssetError> {
        let project = Project::at(&self.project);
        let (mut report, changing) = with_retries(context, &project, |snapshot| {
            snapshot.require_registry()?;
            let asset = self.asset.select(snapshot)?;
            let asset_ref = asset.asset_ref();
            let built = build_and_keep(context, asset, None)?;
            let mut findings: Vec<Finding> = snapshot
                .findings
                .iter()
                .filter(|finding| finding.asset.as_ref() == Some(&asset_ref))
                .cloned()
                .collect();
            findings.extend(built.iter().flat_map(|(built, _)| built.findings.iter().cloned()));
            let changed = built.as_ref().and_then(|(built, _)| built.changed_path.clone());
            let data = PreviewBankReport {
                asset_id: asset.entry.asset_id,
                asset_uuid: asset.entry.asset_uuid,
                root: asset_ref.root,
                included: asset.entry.included_in_build,
                family: asset.family(),
                slot: snapshot.slots.get(&asset.entry.asset_id).copied(),
                preview: built.map(|(built, kept)| Preview::of_built(&built, kept)),
            };
            let changed_file = snapshot.changed_path().map_err(ProjectError::from)?;
            let changed_path = changed.or_else(|| changed_file.map(|path| crate::files::display_path(&path)));
            Ok::<_, ShowAssetError>(Attempt { value: Report { findings, data }, changed_path })
        })?;
        if let (Some(finding), Some(preview)) = (&changing, &mut report.data.preview) {
            preview.set_missing_causes(finding.cause_id());
        }
        report.findings.extend(changing);
        Ok(report.sorted())
    }
}
