//! `sprite_parts`: which tags, layers and slices of a sprite an artifact can use. It has no verb, because it is meant
//! for windows that offer them.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::show::ShowAssetError;
use crate::asset_selector::AssetSelector;
use crate::banks::glyph::{self, SpriteNames};
use crate::context::Context;
use crate::diagnostics::Finding;
use crate::operation::{Operation, OperationClass, Report};
use crate::paths::RelPath;
use crate::project::Project;
use crate::snapshot::{Snapshot, grade_finding};

/// Lists the parts of a sprite.
#[derive(Clone, Debug)]
pub struct ListSpriteParts {
    project: PathBuf,
    asset: AssetSelector,
    file: RelPath,
}

impl ListSpriteParts {
    /// Lists the parts of this file, relative to the root of this asset.
    pub fn new(project: impl Into<PathBuf>, asset: impl Into<AssetSelector>, file: RelPath) -> Self {
        Self { project: project.into(), asset: asset.into(), file }
    }
}

/// The parts of a sprite.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct ListSpritePartsReport {
    /// The asset's id.
    pub asset_id: u32,
    /// Relative to `assets/`.
    pub root: String,
    /// The file, relative to the root.
    pub file: RelPath,
    /// Their names; `None` if the file is not a sprite, or cannot be read, which a finding explains.
    pub parts: Option<SpriteNames>,
}

impl Operation for ListSpriteParts {
    type Report = ListSpritePartsReport;
    type Error = ShowAssetError;

    fn class(&self) -> OperationClass {
        OperationClass::Reads
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, _: &Context) -> Result<Report<ListSpritePartsReport>, ShowAssetError> {
        let project = Project::at(&self.project);
        let snapshot = Snapshot::read(&project)?;
        snapshot.require_registry()?;
        let asset = self.asset.select(&snapshot)?;
        let opened = project.assets().open_folder(&asset.entry.root);
        let read = opened.map_err(|error| Box::new(error.into_finding()));
        let read = read.and_then(|root| glyph::read_sprite_names(&root, &self.file));
        let graded =
            |finding: Box<Finding>| grade_finding(finding.in_asset(&asset.asset_ref()), asset.entry.included_in_build);
        let (parts, findings) = match read {
            Ok(parts) => (parts, Vec::new()),
            Err(finding) => (None, vec![graded(finding)]),
        };
        let root = asset.entry.root.as_str().to_owned();
        let data = ListSpritePartsReport { asset_id: asset.entry.asset_id, root, file: self.file.clone(), parts };
        Ok(Report::new(data, findings))
    }
}
