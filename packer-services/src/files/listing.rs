//! What stands in a folder, by its stamps alone: nothing is opened but folders, and no link is followed.
//!
//! For `watch`, which compares two such states.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::Stamp;

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A folder. What lies in it is not part of this.
    Folder,
    /// A file, a link or anything else, with its stamp.
    File(Stamp),
}

impl Standing {
    fn of(metadata: &fs::Metadata) -> Self {
        if metadata.is_dir() { Self::Folder } else { Self::File(Stamp::of(metadata)) }
    }
}

/// What stands at `path`, if anything does.
pub fn standing(path: &Path) -> Option<Standing> {
    fs::symlink_metadata(path).ok().map(|metadata| Standing::of(&metadata))
}

/// What stands in `folder`, in no order; nothing if it cannot be read.
pub fn list(folder: &Path) -> Vec<(OsString, Standing)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.file_name(), Standing::of(&entry.metadata().ok()?)))).collect()
}

/// What tells one folder from another at the same path, where the system has such a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FolderIdentity(u64, u64);

impl FolderIdentity {
    /// Of the folder at `path`; `None` if there is none, or it is reached by a link.
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

/// Where the folder really is that `path` leads to, by links or not.
pub fn real_folder(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok().filter(|path| path.is_dir())
}

/// Whether the disk that holds `path` tells the system of every change. A disk that another machine may write to does
/// not, and says nothing of it.
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

/// Whether a file system of this number (statfs(2)) may be changed by another machine.
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
    fn shares_are_polled_and_local_disks_are_not() {
        let ext4 = 0xEF53;
        let nfs = 0x6969;
        let windows_from_wsl = 0x0102_1997;
        assert!(!is_remote(ext4));
        assert!(is_remote(nfs) && is_remote(windows_from_wsl));
        assert!(sends_events(Path::new("/proc/self")));
        assert!(sends_events(Path::new("/nowhere/at/all")), "what is not there is not remote");
    }
}
