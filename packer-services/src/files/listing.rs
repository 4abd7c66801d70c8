//! The entries of a folder and their stamps. Opens only folders and follows no link.
//!
//! For `watch`, which compares two such listings.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::Stamp;

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryState {
    /// A folder. Its content is not part of this.
    Folder,
    /// A file, a link or anything else, with its stamp.
    File(Stamp),
}

impl EntryState {
    fn of(metadata: &fs::Metadata) -> Self {
        if metadata.is_dir() { Self::Folder } else { Self::File(Stamp::of(metadata)) }
    }
}

/// What is at `path`, if anything is.
pub fn entry_state(path: &Path) -> Option<EntryState> {
    fs::symlink_metadata(path).ok().map(|metadata| EntryState::of(&metadata))
}

/// The entries of `folder`, in no order; none if it cannot be read.
pub fn list_folder(folder: &Path) -> Vec<(OsString, EntryState)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.file_name(), EntryState::of(&entry.metadata().ok()?)))).collect()
}

/// Distinguishes two folders that were at the same path, on systems that can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FolderIdentity(u64, u64);

impl FolderIdentity {
    /// The identity of the folder at `path`; `None` if there is none or `path` is a link.
    pub fn at(path: &Path) -> Option<Self> {
        let metadata = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_dir)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Some(Self(metadata.dev(), metadata.ino()))
        }
        #[cfg(not(unix))]
        {
            let _ = metadata;
            Some(Self(0, 0))
        }
    }
}

/// The canonical path of the folder that `path` leads to, with links followed.
pub fn real_folder(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok().filter(|path| path.is_dir())
}
