//! `preview_bank`: a bank as the console would hold it, with holes where it cannot be made. An operation without a verb: it is for
//! windows.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::show::{ShowAssetError, find};
use super::{Operation, OperationClass, Report};
use crate::asset_uuid::AssetUuid;
use crate::context::Context;
use crate::declaration::Family;
use crate::pack::draft::draft;
use crate::pack::examine::{Attempt, settled};
use crate::preview::Preview;
use crate::project::Project;

/// Previews a bank.
#[derive(Clone, Debug)]
pub struct PreviewBank {
    /// The project's folder.
    pub project: PathBuf,
    /// `id:3`, `name:hero`, `root:ui/atlas`, or bare text that matches exactly one asset.
    pub asset: String,
}

/// A bank, as far as it can be made.
#[derive(Debug, Serialize)]
pub struct PreviewBankReport {
    /// Its id.
    pub asset_id: u32,
    /// Its uuid in the registry.
    pub asset_uuid: AssetUuid,
    /// Relative to `assets/`.
    pub root: String,
    /// Whether it is in the build set.
    pub included: bool,
    /// If it could be read.
    #[serde(rename = "type")]
    pub family: Option<Family>,
    /// Its slot in this build set, if it is preloaded.
    pub slot: Option<u32>,
    /// `None` if its declaration is not whole. As JSON it is left out: it is bytes.
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
        let ((mut previewed, draft), changing) = settled(context, &project, |snapshot| {
            snapshot.understood()?;
            let asset = find(snapshot, &self.asset)?;
            let me = asset.asset_ref();
            let draft = draft(context, asset)?;
            let findings = snapshot.findings.iter().filter(|finding| finding.asset.as_ref() == Some(&me));
            let changed = draft.as_ref().and_then(|draft| draft.changed.clone());
            let changed = changed.or_else(|| snapshot.changed_since().map(|path| crate::files::display_path(&path)));
            let data = PreviewBankReport {
                asset_id: asset.entry.asset_id,
                asset_uuid: asset.entry.asset_uuid,
                root: me.root.clone(),
                included: asset.entry.included_in_build,
                family: asset.family(),
                slot: snapshot.slots.get(&asset.entry.asset_id).copied(),
                preview: None,
            };
            let previewed = Report { findings: findings.cloned().collect(), data };
            Ok::<_, ShowAssetError>(Attempt { made: (previewed, draft), changed })
        })?;
        let found = draft.iter().flat_map(|draft| draft.findings.iter());
        previewed.findings.extend(found.chain(changing.iter()).cloned());
        let mut previewed = previewed.sorted();
        previewed.data.preview = draft.map(|draft| draft.told(&previewed.findings, changing.as_ref()));
        Ok(previewed)
    }
}
