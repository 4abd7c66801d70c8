//! A file as it was read: what it contained, and how to find out later whether it still does.

use std::path::Path;

use serde::{Deserialize, Serialize, Serializer};

use super::folder::Opened;
use super::{HeldFolder, ReadOutcome, Sha, SourceFile, Stamp};
use crate::paths::RelPath;

/// What a file contained when it was read. It is stored as a list of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct RecordedFile {
    /// The hash of all bytes.
    pub sha256: Sha,
    /// The number of bytes.
    pub size_bytes: u64,
    /// The file's state; `None` if an equal one would not prove that the content is equal.
    pub stamp: Option<Stamp>,
}

/// How a file is compared with what was recorded of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// An equal stamp proves that it is unchanged. Without one, its content is read.
    Stamps,
    /// Its content is read.
    ContentAlone,
}

impl Serialize for RecordedFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.sha256, self.size_bytes, self.stamp).serialize(serializer)
    }
}

impl RecordedFile {
    /// A file with this content, of whose state nothing is known.
    pub fn unproven(bytes: &[u8]) -> Self {
        Self { sha256: Sha::of(bytes), size_bytes: bytes.len() as u64, stamp: None }
    }

    /// Whether the file at `path` below `folder` still has this content. If its content was read to find that out, its
    /// new stamp is kept. A file that is a link, is gone or cannot be read counts as changed. The caller knows that no
    /// folder on the way is a link.
    pub fn is_unchanged(&mut self, folder: &HeldFolder, path: &str, trust: Trust) -> bool {
        if trust == Trust::Stamps && self.stamp.is_some() && folder.stamp_of(path) == self.stamp {
            return true;
        }
        let path = Path::new(path);
        let Ok(Opened::Regular(file, metadata)) = folder.open_file(path) else { return false };
        if metadata.len() != self.size_bytes {
            return false;
        }
        match SourceFile::new(folder.path().join(path), file, &metadata).start_reading().finish() {
            Ok(ReadOutcome::Unchanged { file }) if file.sha256 == self.sha256 => {
                *self = file;
                true
            }
            _ => false,
        }
    }
}

/// A file that went into a payload. It is stored as a list of its fields.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SourceRecord {
    /// Relative to the asset's root.
    pub path: RelPath,
    /// The bytes that were packed.
    pub file: RecordedFile,
}

impl Serialize for SourceRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.path, self.file).serialize(serializer)
    }
}
