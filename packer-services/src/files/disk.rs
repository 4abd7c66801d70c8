//! What is known of a disk by the kind of its file system (statfs(2)).

#[cfg(feature = "watch")]
use std::path::Path;

/// Whether the system receives an event for every change on the disk that holds `path`. For a disk that another machine
/// may write to it does not, and no error reports that.
#[cfg(feature = "watch")]
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

/// Whether every change of a file on this disk gives it a new time of change that no program can set.
///
/// FAT has no such time, a server may keep an old one, layers below a mounted disk can be exchanged for others, and a
/// disk that only exists in memory leaves the times equal when a mapped file is changed again. On systems other than
/// Linux, the disk is taken to be of the system's own kind.
#[cfg(unix)]
pub fn has_change_times(file: impl std::os::fd::AsFd) -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        rustix::fs::fstatfs(file).is_ok_and(|disk| u64::try_from(disk.f_type).is_ok_and(keeps_change_times))
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let _ = file;
        true
    }
}

/// Whether every change of a file on this disk gives it a new time of change that no program can set.
#[cfg(not(unix))]
pub fn has_change_times(_: &std::fs::File) -> bool {
    true
}

/// Whether another machine may change a file system with this magic number.
#[cfg(all(feature = "watch", any(target_os = "linux", target_os = "android")))]
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

/// Whether a file system with this magic number stores times of change, and sets them itself.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn keeps_change_times(magic: u64) -> bool {
    const EXT: u64 = 0xEF53;
    const XFS: u64 = 0x5846_5342;
    const BTRFS: u64 = 0x9123_683E;
    const F2FS: u64 = 0xF2F5_2010;
    const ZFS: u64 = 0x2FC1_2FC1;
    const BCACHEFS: u64 = 0xCA45_1A4E;
    const JFS: u64 = 0x3153_464A;
    const NILFS: u64 = 0x3434;
    matches!(magic, EXT | XFS | BTRFS | F2FS | ZFS | BCACHEFS | JFS | NILFS)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[cfg(feature = "watch")]
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

    #[test]
    fn disks_without_change_times_are_known() {
        let (ext4, btrfs) = (0xEF53, 0x9123_683E);
        assert!(keeps_change_times(ext4) && keeps_change_times(btrfs));
        let (fat, exfat, fuse, nfs) = (0x4D44, 0x2011_BAB0, 0x6573_5546, 0x6969);
        let (overlay, squashfs, tmpfs, windows_from_wsl) = (0x794C_7630, 0x7371_7368, 0x0102_1994, 0x0102_1997);
        for other in [fat, exfat, fuse, nfs, overlay, squashfs, tmpfs, windows_from_wsl] {
            assert!(!keeps_change_times(other), "{other:#x}");
        }
        #[expect(clippy::disallowed_methods, reason = "it is made when it is read")]
        let made = std::fs::File::open("/proc/self/status").unwrap();
        assert!(!has_change_times(&made));
    }
}
