//! The banks: what the console's memory is filled with, and how art and sound become it.
//!
//! [`glyph`] and [`sound`] own their conversions, [`raw`] copies what is finished. Nothing here knows of ids, slots or the
//! container (spec: banks).

pub mod glyph;
pub mod raw;
pub mod sniff;
pub mod sound;

use crate::context::Context;
use crate::diagnostics::{AsFinding, Finding};
use crate::files::{DiskError, Settled, Sha};
use crate::paths::RelPath;

/// A file that went into a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRecord {
    /// Relative to the asset's root.
    pub path: RelPath,
    /// Of the bytes that were packed.
    pub sha256: Sha,
    /// How many bytes.
    pub size_bytes: u64,
}

/// What came of making a payload, or a piece of one.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The files that were read.
    pub sources: Vec<SourceRecord>,
    /// What was found, relative to the asset's root.
    pub findings: Vec<Finding>,
    /// Files that changed under the reading: what was made of them means nothing.
    pub changed: Vec<RelPath>,
    /// Which tiles or samples each artifact became, in the order of their indices.
    pub uses: Vec<ArtifactUse>,
}

/// What an artifact became.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ArtifactUse {
    /// Relative to the asset's root.
    pub file: RelPath,
    /// The first tile id or the sample index.
    pub index: u32,
    /// How many tiles; 1 for a sample.
    pub count: u32,
    /// Cells in a row of the picture; 1 for a sample.
    pub columns: u32,
}

impl Outcome {
    /// Notes how the reading of `path` ended; a file that is read twice must have been the same.
    pub(crate) fn settle(&mut self, path: &RelPath, settled: Result<Settled, DiskError>) {
        match settled {
            Ok(Settled::Changed) => self.changed.push(path.clone()),
            Ok(Settled::Still { sha256, size_bytes }) => {
                match self.sources.iter().find(|source| source.path == *path) {
                    Some(before) if before.sha256 != sha256 => self.changed.push(path.clone()),
                    Some(_) => {}
                    None => self.sources.push(SourceRecord { path: path.clone(), sha256, size_bytes }),
                }
            }
            Err(error) => self.refused(path, &error),
        }
    }

    /// The system refused to read `path`: a finding about the asset, so that the others are still checked.
    pub(crate) fn refused(&mut self, path: &RelPath, error: &DiskError) {
        self.findings.push(error.as_finding().file(path.as_str()));
    }
}

/// Where payload bytes go, in order. Bytes made by an outcome with an error are not to be used.
pub trait Sink {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`Stop`] if nobody wants more.
    fn take(&mut self, bytes: Vec<u8>) -> Result<(), Stop>;
}

/// Nobody wants more: the operation was cancelled or has failed.
#[derive(Debug)]
pub struct Stop;

/// Whether to go on.
pub(crate) fn go_on(context: &Context) -> Result<(), Stop> {
    if context.is_cancelled() { Err(Stop) } else { Ok(()) }
}
