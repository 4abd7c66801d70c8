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

/// Whether the system receives an event for every change on the disk that holds `path`. For a disk that another machine
/// may write to it does not, and no error reports that.
pub fn sends_events(path: &Path) -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        rustix::fs::statfs(path).map_or(true, |disk| !u64::try_from(disk.f_type).is_ok_and(is_remote))
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let _ = path;
        true
    }
}

/// Whether another machine may change a file system with this magic number (statfs(2)).
#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_remote(magic: u64) -> bool {
    const NFS: u64 = 0x6969;
    const SMB: u64 = 0x517B;
    const CIFS: u64 = 0xFF53_4D42;
    const SMB2: u64 = 0xFE53_4D42;
    const NINE_P: u64 = 0x0102_1997;
    const FUSE: u64 = 0x6573_5546;
    const AFS: u64 = 0x5346_414F;
    const KAFS: u64 = 0x6B41_4653;
    const CEPH: u64 = 0x00C3_6400;
    const CODA: u64 = 0x7375_7245;
    const NCP: u64 = 0x564C;
    const VIRTUALBOX: u64 = 0x786F_4256;
    matches!(magic, NFS | SMB | CIFS | SMB2 | NINE_P | FUSE | AFS | KAFS | CEPH | CODA | NCP | VIRTUALBOX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn network_shares_send_no_events() {
        let ext4 = 0xEF53;
        let nfs = 0x6969;
        let windows_from_wsl = 0x0102_1997;
        assert!(!is_remote(ext4));
        assert!(is_remote(nfs) && is_remote(windows_from_wsl));
        assert!(sends_events(Path::new("/proc/self")));
        assert!(sends_events(Path::new("/nowhere/at/all")), "a missing path is not remote");
    }
}
