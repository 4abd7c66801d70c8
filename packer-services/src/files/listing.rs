//! The entries of a folder and their stamps, and the links in it. Opens only folders and follows no link.
//!
//! `watch` compares two such listings; edits search a root before it is moved.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

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
#[cfg(feature = "watch")]
pub fn entry_state(path: &Path) -> Option<EntryState> {
    fs::symlink_metadata(path).ok().map(|metadata| EntryState::of(&metadata))
}

/// The entries of `folder`, in no order; none if it cannot be read.
pub fn list_folder(folder: &Path) -> Vec<(OsString, EntryState)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.file_name(), EntryState::of(&entry.metadata().ok()?)))).collect()
}

/// A link in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLink {
    /// Its path, relative to the folder that was searched.
    pub path: PathBuf,
    /// The path that it contains.
    pub target: PathBuf,
}

/// The links in `folder` and in the folders below it, by name. What cannot be read has none.
pub fn list_links(folder: &Path) -> Vec<FoundLink> {
    let entries = WalkDir::new(folder).min_depth(1).sort_by_file_name().into_iter().flatten();
    let links = entries.filter(|entry| entry.path_is_symlink()).filter_map(|entry| {
        let path = entry.path().strip_prefix(folder).ok()?.to_owned();
        Some(FoundLink { path, target: fs::read_link(entry.path()).ok()? })
    });
    links.collect()
}

/// Distinguishes two folders that were at the same path, on systems that can.
#[cfg(feature = "watch")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FolderIdentity(u64, u64);

#[cfg(feature = "watch")]
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
