//! The last or running pack.

use std::sync::{Arc, Mutex};

use packer_services::Cancel;
use packer_services::diagnostics::Finding;
use packer_services::ops::{PackReport, Report};

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
    },
    /// It could not run.
    Failed(Vec<Finding>),
}

impl Packing {
    /// Whether a pack is running.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Running { .. })
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
