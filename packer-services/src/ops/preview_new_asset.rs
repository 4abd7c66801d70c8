//! `preview_new_asset`: what `create` would create, without creating it.

use std::path::Path;

use serde::Serialize;

use super::create::{CreateAsset, CreateAssetError, CreateAssetReport};
use crate::context::Context;
use crate::files::TemporaryFolder;
use crate::operation::{Operation, OperationClass, Report};
use crate::preview::Preview;
use crate::project::Project;

/// Previews the asset that a [`CreateAsset`] would create. Nothing of the project is written: the files are copied into
/// the system's folder for temporary files, and removed from it.
///
/// ```
/// use packer_services::Context;
/// use packer_services::formats::TileSize;
/// use packer_services::ops::{CreateAsset, NewBank, NewGlyph, Operation, PreviewNewAsset};
///
/// let project = "../assets-demo/lantern";
/// let image = "../assets-demo/lantern/assets/characters/lamps/lampkin.png";
/// let bank = NewBank::Glyph(NewGlyph { tile_size: Some(TileSize::Sixteen), ..NewGlyph::default() });
/// let create = CreateAsset::new(project, "characters/twin", bank, vec![image.into()]);
/// let report = PreviewNewAsset::new(create).run(&Context::new())?;
/// assert_eq!((report.created.packs, report.created.items), (true, 4));
/// assert!(report.preview.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct PreviewNewAsset {
    create: CreateAsset,
}

impl PreviewNewAsset {
    /// Previews what this request would create. If it would not pack, it is previewed as far as possible.
    pub fn new(create: CreateAsset) -> Self {
        Self { create: create.previewed() }
    }
}

/// What would be created.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct PreviewNewAssetReport {
    /// The report that the request would have, if it were [forced](CreateAsset::force).
    #[serde(flatten)]
    pub created: CreateAssetReport,
    /// Its bank; `None` if nothing can be declared from the files. Not in the JSON, because it is binary.
    #[serde(skip)]
    pub preview: Option<Preview>,
}

impl Operation for PreviewNewAsset {
    type Report = PreviewNewAssetReport;
    type Error = CreateAssetError;

    fn class(&self) -> OperationClass {
        OperationClass::Reads
    }

    fn project(&self) -> Option<&Path> {
        self.create.project()
    }

    fn run(&self, context: &Context) -> Result<Report<PreviewNewAssetReport>, CreateAssetError> {
        let project = Project::at(self.project().unwrap_or(Path::new("")));
        let mut report = self.create.empty_report();
        let stage = || Ok(TemporaryFolder::create(&context.new_uuid()?.to_string())?);
        let prepared = self.create.prepare(context, &project, stage, &mut report)?;
        if let Some(prepared) = &prepared {
            (report.data.change, _) = prepared.put_in_place(context, &project, None)?;
        }
        let preview = prepared.map(|prepared| prepared.preview(context, &project)).transpose()?.flatten();
        let (mut findings, created) = report.into_parts();
        // In an excluded asset errors are only notes, but they decide whether the request is refused.
        if !created.packs {
            findings.iter_mut().for_each(|finding| finding.severity = finding.code.severity());
        }
        Ok(Report::new(PreviewNewAssetReport { created, preview }, findings))
    }
}
