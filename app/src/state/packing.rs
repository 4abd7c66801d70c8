//! The last or running pack.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use packer_services::Cancel;
use packer_services::diagnostics::{CauseId, Finding};
use packer_services::ops::{AssetState, ListedAsset, PackReport, Report};

use super::{State, is_changed};

/// The last or running pack.
#[derive(Debug, Default)]
pub enum Packing {
    /// None since the project was opened.
    #[default]
    Never,
    /// A pack is running.
    Running {
        /// Cancels it.
        cancel: Cancel,
        /// How far it is.
        progress: Arc<Mutex<PackProgress>>,
    },
    /// It ended with a report: published, or blocked by errors.
    Done {
        /// The report.
        report: Box<Report<PackReport>>,
        /// How long it took, in seconds.
        seconds: f32,
        /// When it ended, such as `14:02`.
        time: String,
        /// Whether the project was listed since, so that its assets can be compared with the pack.
        is_listed: bool,
    },
    /// It could not run.
    Failed(Vec<Finding>),
}

/// A running pack of what was saved. The result of the last pack is shown until it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SavedPack {
    /// Whether it takes so long that it is shown.
    pub is_slow: bool,
}

impl Packing {
    /// Whether a pack is running.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Running { .. })
    }
}

impl State {
    /// Whether the last pack does not show the project as it is now. A file that was saved with the same content
    /// changes nothing.
    pub fn is_pack_outdated(&self) -> bool {
        let Packing::Done { report, is_listed: true, .. } = &self.pack else { return false };
        if report.pack.is_none() {
            let causes = |findings: &[Finding]| -> BTreeSet<CauseId> {
                findings.iter().filter(|finding| finding.is_error()).map(Finding::cause_id).collect()
            };
            return causes(report.findings()) != causes(&self.problems);
        }
        let is_in_build = |asset: &&ListedAsset| matches!(asset.state, AssetState::Ready | AssetState::Broken);
        let in_build = || self.assets().iter().filter(is_in_build);
        let is_other = |asset: &ListedAsset| asset.state == AssetState::Broken || is_changed(asset);
        in_build().count() != report.assets.len() || in_build().any(is_other)
    }
}

/// How far a pack is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackProgress {
    /// The current step, in words.
    pub step: String,
    /// Payload bytes packed so far.
    pub done_bytes: u64,
    /// Payload bytes in total; 0 before it is known.
    pub total_bytes: u64,
}
