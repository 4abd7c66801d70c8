//! `preview_thumbnails`: thumbnails of many banks, for the list in a window. It has no verb.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use crate::banks::{Stop, check_cancelled};
use crate::context::{Context, FaultPoint};
use crate::files::DiskError;
use crate::operation::{Operation, OperationClass, Report, operation_error};
use crate::pack::built::build_and_keep;
use crate::pack::file::{PackFile, PackOpenError};
use crate::preview::{Preview, Thumbnail};
use crate::project::{Project, ProjectError};
use crate::snapshot::{BrokenRegistry, RegisteredAsset, Snapshot};

/// Draws thumbnails of banks one after the other, so that only one bank is in memory at a time.
#[derive(Clone, Debug)]
pub struct PreviewThumbnails {
    banks: ThumbnailBanks,
    side_pixels: u32,
}

impl PreviewThumbnails {
    /// Draws thumbnails of these banks. Their longest side has `side_pixels`: 1 to
    /// [`THUMBNAIL_PIXELS`](crate::preview::THUMBNAIL_PIXELS).
    pub fn new(banks: ThumbnailBanks, side_pixels: u32) -> Self {
        Self { banks, side_pixels }
    }
}

/// Banks of a project, or of a pack.
#[derive(Clone, Debug)]
pub enum ThumbnailBanks {
    /// Registered assets of a project, included or not.
    OfProject {
        /// The project's folder.
        project: PathBuf,
        /// Their roots, relative to `assets/`. No other declaration is read.
        roots: Vec<String>,
    },
    /// Assets of a pack.
    OfPack {
        /// The pack.
        file: PathBuf,
        /// Ids of its table.
        asset_ids: Vec<u32>,
    },
}

operation_error! {
    /// Why no thumbnails were drawn.
    PreviewThumbnailsError { Project(ProjectError), Registry(BrokenRegistry), Open(PackOpenError), Disk(DiskError) }
}

/// The bank that a thumbnail shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ThumbnailOf {
    /// The root of an asset of the project.
    Root(String),
    /// The id of an asset of the pack.
    Id(u32),
}

/// The thumbnails.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct PreviewThumbnailsReport {
    /// In the order of the request; empty if the pack's header is wrong. `None` for a bank that has nothing to show: it
    /// does not exist, its declaration has errors, all its tiles are blank, all its samples are silent, it is a SCENE,
    /// or one of its files is being written. The other operations report the reason. Not in the JSON, because it is
    /// binary.
    #[serde(skip)]
    pub thumbnails: Vec<(ThumbnailOf, Option<Thumbnail>)>,
}

impl Operation for PreviewThumbnails {
    type Report = PreviewThumbnailsReport;
    type Error = PreviewThumbnailsError;

    fn class(&self) -> OperationClass {
        OperationClass::Reads
    }

    fn project(&self) -> Option<&Path> {
        match &self.banks {
            ThumbnailBanks::OfProject { project, .. } => Some(project),
            ThumbnailBanks::OfPack { .. } => None,
        }
    }

    fn run(&self, context: &Context) -> Result<Report<PreviewThumbnailsReport>, PreviewThumbnailsError> {
        match &self.banks {
            ThumbnailBanks::OfProject { project, roots } => self.of_project(context, project, roots),
            ThumbnailBanks::OfPack { file, asset_ids } => self.of_pack(context, file, asset_ids),
        }
    }
}

impl PreviewThumbnails {
    fn of_project(
        &self,
        context: &Context,
        project: &Path,
        roots: &[String],
    ) -> Result<Report<PreviewThumbnailsReport>, PreviewThumbnailsError> {
        let wanted: HashSet<&str> = roots.iter().map(String::as_str).collect();
        let snapshot = Snapshot::read_roots(&Project::at(project), &wanted)?;
        snapshot.require_registry()?;
        context.inject_fault(FaultPoint::Planned { attempt: 1 }).map_err(|_| Stop)?;
        let assets: HashMap<&str, &Arc<RegisteredAsset>> =
            snapshot.assets.iter().map(|asset| (asset.entry.root.as_str(), asset)).collect();
        let thumbnail = |root: &String| {
            check_cancelled(context)?;
            let built = assets.get(root.as_str()).map_or(Ok(None), |asset| build_and_keep(context, asset, None))?;
            let unchanged = built.filter(|(built, _)| built.changed_path.is_none());
            let seen = unchanged.and_then(|(built, kept)| Preview::of_built(&built, kept).thumbnail(self.side_pixels));
            Ok((ThumbnailOf::Root(root.clone()), seen))
        };
        let thumbnails = roots.iter().map(thumbnail).collect::<Result<_, Stop>>()?;
        Ok(Report::new(PreviewThumbnailsReport { thumbnails }, Vec::new()))
    }

    fn of_pack(
        &self,
        context: &Context,
        file: &Path,
        asset_ids: &[u32],
    ) -> Result<Report<PreviewThumbnailsReport>, PreviewThumbnailsError> {
        let mut pack = PackFile::open(file)?;
        let container = match pack.read_header()? {
            Ok(container) => container,
            Err(findings) => return Ok(Report::new(PreviewThumbnailsReport { thumbnails: Vec::new() }, findings)),
        };
        let mut thumbnails = Vec::with_capacity(asset_ids.len());
        for asset_id in asset_ids {
            check_cancelled(context)?;
            let seen = match container.header.entry(*asset_id) {
                Some(entry) => Preview::of_packed::<PreviewThumbnailsError>(context, &mut pack, &container, entry)?
                    .thumbnail(self.side_pixels),
                None => None,
            };
            thumbnails.push((ThumbnailOf::Id(*asset_id), seen));
        }
        Ok(Report::new(PreviewThumbnailsReport { thumbnails }, Vec::new()))
    }
}
