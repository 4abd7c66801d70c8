//! The one reader of anchors: the `asset.json` in the root of an asset.

use std::path::PathBuf;

use crate::asset_uuid::AssetUuid;
use crate::declaration::{ANCHOR, Declaration, DeclarationReading};
use crate::diagnostics::{AsFinding, Finding};
use crate::files::{DiskError, FileContent, Folder, OpenError};
use crate::json;
use crate::limits::DECLARATION_BYTES;
use crate::paths::RelPath;

/// An anchor that was read.
#[derive(Debug)]
pub struct AnchorFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its bytes, and the state in which they were read.
    pub content: FileContent,
}

/// Why an anchor was not read.
#[derive(Debug)]
pub enum AnchorError {
    /// It could not be opened.
    Open(OpenError),
    /// It is larger than a declaration may be.
    TooLarge,
    /// The system refused.
    Disk(DiskError),
}

impl AnchorFile {
    /// The name of an anchor, relative to its root.
    pub fn name() -> RelPath {
        RelPath::of_packer(ANCHOR.to_owned())
    }

    /// Reads the anchor in `root`.
    ///
    /// # Errors
    /// As [`AnchorError`] lists.
    pub fn read(root: &Folder) -> Result<Self, AnchorError> {
        let source = root.open(&Self::name()).map_err(AnchorError::Open)?;
        let path = source.path().to_owned();
        match source.read_whole(DECLARATION_BYTES) {
            Ok(Some(content)) => Ok(Self { path, content }),
            Ok(None) => Err(AnchorError::TooLarge),
            Err(error) => Err(AnchorError::Disk(error)),
        }
    }

    /// What it declares.
    pub fn declaration(&self) -> DeclarationReading {
        Declaration::read(&self.content.bytes)
    }
}

/// The uuid that the anchor in a root declares, if it can be read; `root` is relative to `assets`.
pub fn declared_uuid(assets: &Folder, root: &str) -> Option<AssetUuid> {
    let folder = assets.open_folder(&RelPath::parse(root).ok()?).ok()?;
    AnchorFile::read(&folder).ok()?.declaration().asset_uuid
}

impl AnchorError {
    /// The finding, relative to the root.
    pub fn into_finding(self) -> Finding {
        match self {
            Self::Open(error) => error.into_finding_about(&AnchorFile::name()),
            Self::TooLarge => json::too_large(DECLARATION_BYTES).file(ANCHOR),
            Self::Disk(error) => error.as_finding().file(ANCHOR),
        }
    }
}
