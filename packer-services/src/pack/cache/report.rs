//! What a pack took from the last one, and why it built the rest.

use std::fmt;

use serde::Serialize;

use crate::declaration::ANCHOR;
use crate::diagnostics::{escaped, join_some, plural};

/// How many assets a line about a pack names.
const NAMED: usize = 4;

/// Why there is no cache to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CacheState {
    /// Nothing has changed since the last pack: nothing was built.
    Unchanged,
    /// Payloads of unchanged assets were taken from the last pack.
    Used,
    /// There is no cache yet.
    Missing,
    /// The cache is damaged.
    Damaged,
    /// Another version of the packer wrote the cache.
    OtherVersion,
    /// The pack in `build/` is not the one that the cache describes, or is damaged.
    PackDiffers,
    /// The request does not use it.
    NotUsed,
}

/// What a pack took from the last one, and why it built the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CacheReport {
    /// Whether the cache was used.
    pub state: CacheState,
    /// How many payloads were taken from the last pack.
    pub reused: usize,
    /// The assets that were built, by id. Empty if the cache was not used: then all were.
    pub rebuilt: Vec<RebuiltAsset>,
}

impl CacheReport {
    /// The report of a pack that built everything.
    pub(crate) fn built_all(state: CacheState) -> Self {
        Self { state, reused: 0, rebuilt: Vec::new() }
    }
}

impl fmt::Display for CacheReport {
    /// What was built, and why, on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.state != CacheState::Used {
            return self.state.fmt(f);
        }
        let all = plural((self.reused + self.rebuilt.len()) as u64, "asset");
        write!(f, "{} of {all} built", self.rebuilt.len())?;
        if self.rebuilt.is_empty() { Ok(()) } else { write!(f, ": {}", join_some(self.rebuilt.iter(), ", ", NAMED)) }
    }
}

/// An asset that was built, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RebuiltAsset {
    /// Its id.
    pub asset_id: u32,
    /// Its name.
    pub name: String,
    /// Why it was built.
    pub reason: RebuildReason,
    /// The changed file, if that is the reason, as the declaration names it: relative to the root or, after a slash,
    /// to `assets/`.
    pub file: Option<String>,
}

impl fmt::Display for RebuiltAsset {
    /// As the end of a sentence: `hero (hero.png has changed)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match (self.reason, &self.file) {
            (RebuildReason::New, _) => write!(f, "{name} (not in the last pack)"),
            (RebuildReason::Moved, _) => write!(f, "{name} (its id or root has changed)"),
            (RebuildReason::DeclarationChanged, _) => write!(f, "{name} ({ANCHOR} has changed)"),
            (RebuildReason::FileChanged, Some(file)) => write!(f, "{name} ({} has changed)", escaped(file)),
            (RebuildReason::FileChanged, None) => write!(f, "{name} (a file has changed)"),
        }
    }
}

impl fmt::Display for CacheState {
    /// Why everything or nothing was built, as a sentence without a period.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unchanged => "nothing was built: no file has changed since the last pack",
            Self::Used => "what has not changed was taken from the last pack",
            Self::Missing => "all assets were built: there is no record of the last pack",
            Self::Damaged => "all assets were built: the record of the last pack is damaged",
            Self::OtherVersion => "all assets were built: another version of the packer made the last pack",
            Self::PackDiffers => "all assets were built: build/assets.pa is not what the last pack wrote",
            Self::NotUsed => "all assets were built",
        })
    }
}

/// Why an asset was built again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RebuildReason {
    /// The last pack does not contain it.
    New,
    /// It has another id or root.
    Moved,
    /// Its `asset.json` has changed.
    DeclarationChanged,
    /// A file of it has changed, is a link, or cannot be read.
    FileChanged,
}
