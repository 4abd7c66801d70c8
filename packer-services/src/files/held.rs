//! A folder that is held open: whatever is exchanged at its path, files are opened, created, renamed and removed in
//! this folder alone, and no link in it is followed.
//!
//! On Linux, one `openat2` refuses a link anywhere on a path. Elsewhere, and where a sandbox does not know that call,
//! each folder of a path is opened in the one before it. Windows offers neither, so there paths are used.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::folder::{Opened, explain_folders};
use super::{DiskError, OpenError, Stamp, is_absent};

/// So many files of a new folder are synced one by one. A sync takes some milliseconds, so more files would take
/// seconds; then Linux syncs the whole disk once instead, which is as safe, because nothing is in its place before. For
/// a few files, that would take longer if other programs have just written much.
pub const SYNCED_FILES: usize = if cfg!(target_os = "linux") { 64 } else { usize::MAX };

/// A folder that is held open. Clones share it.
#[derive(Clone, Debug)]
pub struct HeldFolder {
    path: PathBuf,
    handle: Arc<sys::Handle>,
}

impl HeldFolder {
    /// The folder that the user named; links are followed up to here.
    ///
    /// # Errors
    /// If it does not exist or is not a folder, or the system refuses.
    pub fn at(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let handle = sys::Handle::at(if path.as_os_str().is_empty() { Path::new(".") } else { &path })?;
        Ok(Self { path, handle: Arc::new(handle) })
    }

    /// Where it was when it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether both are the same folder, wherever it is now.
    pub fn is_same(&self, other: &Self) -> bool {
        self.handle.identity().is_ok_and(|identity| other.handle.identity().is_ok_and(|other| other == identity))
    }

    /// Whether this folder is still at the path at which it was opened, as far as the system says. Opens nothing.
    pub fn is_in_place(&self) -> bool {
        match (fs::metadata(&self.path), self.stamp()) {
            (Ok(there), Some(held)) => Stamp::of(&there).is_of_same_file(&held),
            (Err(error), _) => !is_absent(&error),
            (Ok(_), None) => true,
        }
    }

    /// Whether this is the folder that had this state, as far as the system distinguishes folders.
    pub fn is_of(&self, stamp: &Stamp) -> bool {
        self.stamp().is_none_or(|own| own.is_of_same_file(stamp))
    }

    /// Refuses a folder that is not at its path any more, which is what an answer names.
    ///
    /// # Errors
    /// If so.
    pub fn check_in_place(&self) -> Result<(), DiskError> {
        if self.is_in_place() {
            return Ok(());
        }
        let absent = DiskError::writing(&self.path)(io::ErrorKind::NotFound.into());
        Err(DiskError { moved: true, ..absent })
    }

    /// The folder `below` this one; an empty path is this folder.
    ///
    /// # Errors
    /// If it is missing or not a folder, or if it or a folder on the way to it is a link.
    pub fn open_folder(&self, below: impl AsRef<Path>) -> Result<Self, OpenError> {
        let below = below.as_ref();
        if below.as_os_str().is_empty() {
            return Ok(self.clone());
        }
        let handle = self.handle.folder(below).map_err(|error| explain_folders(&self.path, below, error))?;
        Ok(Self { path: self.path.join(below), handle: Arc::new(handle) })
    }

    /// The folder `below` this one, which is created with its parents if it does not exist.
    ///
    /// # Errors
    /// If something that is not a folder is in the way, such as a link, or the system refuses. Nothing is then left.
    pub fn create_folders(&self, below: impl AsRef<Path>) -> Result<(Self, CreatedFolders), OpenError> {
        let mut folder = self.clone();
        let mut created = CreatedFolders::default();
        for part in below.as_ref().components() {
            folder = match part {
                Component::Normal(name) => folder.open_or_create(name, &mut created)?,
                // Only a path that the user named has this part, and there links are followed.
                Component::ParentDir => {
                    let parent = folder.path.join("..");
                    Self::at(&parent).map_err(|error| OpenError::Disk(DiskError::reading(parent)(error)))?
                }
                Component::Prefix(_) | Component::RootDir | Component::CurDir => folder,
            };
        }
        Ok((folder, created))
    }

    fn open_or_create(&self, name: &OsStr, created: &mut CreatedFolders) -> Result<Self, OpenError> {
        match self.open_folder(name) {
            Err(OpenError::Missing { .. }) => {}
            opened => return opened,
        }
        match self.handle.new_folder(name) {
            Ok(()) => created.created.push((self.clone(), name.to_owned())),
            // Another process created it just now.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(OpenError::Disk(DiskError::writing(self.path.join(name))(error))),
        }
        self.open_folder(name)
    }

    /// The folder that the user named, which is created with its parents if it does not exist. Links are followed.
    ///
    /// # Errors
    /// If the system refuses. Nothing is then left.
    pub fn at_or_created(path: &Path) -> Result<(Self, CreatedFolders), DiskError> {
        let existing = path.ancestors().find_map(|above| match Self::at(above) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !above.as_os_str().is_empty() => None,
            held => Some(held.map(|held| (held, path.strip_prefix(above).unwrap_or(Path::new(""))))),
        });
        let cannot_write = |error| DiskError::writing(path)(error);
        let (held, rest) = existing.unwrap_or_else(|| Err(io::ErrorKind::NotFound.into())).map_err(cannot_write)?;
        held.create_folders(rest).map_err(|error| match error {
            OpenError::Disk(error) => error,
            _ => cannot_write(io::ErrorKind::NotADirectory.into()),
        })
    }

    /// Creates a folder in this one. It must not exist.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn create_folder(&self, name: impl AsRef<Path>) -> Result<Self, DiskError> {
        let path = self.path.join(&name);
        self.handle.new_folder(name.as_ref()).map_err(DiskError::writing(&path))?;
        let handle = self.handle.folder(name.as_ref()).map_err(DiskError::writing(&path))?;
        Ok(Self { path, handle: Arc::new(handle) })
    }

    /// Creates a file in this folder, for reading and writing. It must not exist.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn create_file(&self, name: impl AsRef<Path>) -> Result<File, DiskError> {
        self.handle.new_file(name.as_ref()).map_err(DiskError::writing(self.path.join(name)))
    }

    /// Writes a new file in this folder and syncs it. It must not exist.
    ///
    /// # Errors
    /// If the system refuses; the file is then removed.
    pub fn write_new(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<File, DiskError> {
        self.write_new_and(name.as_ref(), bytes, File::sync_all)
    }

    /// Like [`HeldFolder::write_new`], but the caller syncs the disk.
    ///
    /// # Errors
    /// If the system refuses; the file is then removed.
    pub fn write_unsynced(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<File, DiskError> {
        self.write_new_and(name.as_ref(), bytes, |_| Ok(()))
    }

    fn write_new_and(
        &self,
        name: &Path,
        bytes: &[u8],
        finish: impl FnOnce(&File) -> io::Result<()>,
    ) -> Result<File, DiskError> {
        let mut file = self.create_file(name)?;
        let written = file.write_all(bytes).and_then(|()| finish(&file));
        match written {
            Ok(()) => Ok(file),
            Err(source) => {
                let error = DiskError::writing(self.path.join(name))(source).with_needed_bytes(bytes.len() as u64);
                let _ = self.remove_all(name);
                Err(error)
            }
        }
    }

    /// Replaces the whole file `name` in this folder: writes `bytes` to a new file in `staging`, on the same disk, with
    /// the permissions of the old one, syncs it, renames it and syncs this folder. A killed process may leave the new
    /// file behind; its name ends in [`STAGED_SUFFIX`](super::STAGED_SUFFIX).
    ///
    /// # Errors
    /// If the system refuses. The file is then unchanged, unless the error says that the new file is in place.
    pub fn replace_file(&self, name: &str, bytes: &[u8], staging: &Self, unique: &str) -> Result<(), DiskError> {
        self.replace_file_if(name, bytes, staging, unique, || true).map(|_| ())
    }

    /// Like [`HeldFolder::replace_file`], unless `is_expected` finds, immediately before the rename, that the file is
    /// not the one to be replaced: writing and syncing take long enough for another program to save it. Returns whether
    /// the file was replaced.
    ///
    /// # Errors
    /// As there.
    pub fn replace_file_if(
        &self,
        name: &str,
        bytes: &[u8],
        staging: &Self,
        unique: &str,
        is_expected: impl FnOnce() -> bool,
    ) -> Result<bool, DiskError> {
        let staged = format!("{unique}{}", super::STAGED_SUFFIX);
        let file = staging.write_new(&staged, bytes)?;
        if !is_expected() {
            let _ = staging.remove_all(&staged);
            return Ok(false);
        }
        self.put_staged(name, staging, (&staged, &file))?;
        self.sync().map_err(DiskError::with_file_in_place)?;
        Ok(true)
    }

    /// Like [`HeldFolder::replace_file`], for a disposable file that contains its own hash: nothing is synced. After a
    /// power failure it may be the old one, or damaged.
    ///
    /// # Errors
    /// If the system refuses. The file is then unchanged.
    pub fn replace_disposable(&self, name: &str, bytes: &[u8], unique: &str) -> Result<(), DiskError> {
        let staged = format!("{unique}{}", super::STAGED_SUFFIX);
        let mut file = self.create_file(&staged)?;
        let written = file.write_all(bytes).map_err(DiskError::writing(self.path.join(name)));
        written.inspect_err(|_| drop(self.remove_all(&staged)))?;
        self.put_staged(name, self, (&staged, &file))
    }

    /// Renames a complete new file in `staging` to `name`, with the permissions of the old one.
    fn put_staged(&self, name: &str, staging: &Self, (staged, file): (&str, &File)) -> Result<(), DiskError> {
        self.take_permissions(name, file)
            .and_then(|()| staging.rename(staged, self, name))
            .inspect_err(|_| drop(staging.remove_all(staged)))
    }

    /// Gives `file`, which will replace the file `name`, the permissions of that one.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn take_permissions(&self, name: impl AsRef<Path>, file: &File) -> Result<(), DiskError> {
        let path = self.path.join(name);
        match fs::symlink_metadata(&path) {
            Ok(before) if before.is_file() => {
                // Only the superuser may, and a group that the user is not in is refused: then it is the user's file.
                #[cfg(unix)]
                {
                    use std::os::unix::fs::{MetadataExt, fchown};
                    let _ = fchown(file, None, Some(before.gid()));
                    let _ = fchown(file, Some(before.uid()), None);
                }
                file.set_permissions(before.permissions()).map_err(DiskError::writing(path))
            }
            _ => Ok(()),
        }
    }

    /// Renames an entry of this folder, into the folder `to` on the same disk.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn rename(&self, name: impl AsRef<Path>, to: &Self, new_name: impl AsRef<Path>) -> Result<(), DiskError> {
        let renamed = self.handle.rename(name.as_ref(), &to.handle, new_name.as_ref());
        renamed.map_err(DiskError::writing(to.path.join(new_name)))
    }

    /// Makes renames in this folder durable. Windows cannot and need not.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn sync(&self) -> Result<(), DiskError> {
        self.handle.sync().map_err(DiskError::writing(&self.path))
    }

    /// Syncs everything on the disk that this folder is on. Only Linux can do so: other systems sync the folder.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn sync_disk(&self) -> Result<(), DiskError> {
        #[cfg(target_os = "linux")]
        return self.handle.sync_disk().map_err(DiskError::writing(&self.path));
        #[cfg(not(target_os = "linux"))]
        self.sync()
    }

    /// The names in this folder, sorted.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = self.handle.names()?;
        names.sort();
        Ok(names)
    }

    /// Removes the folder `name`, which must be empty.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn remove_folder(&self, name: impl AsRef<Path>) -> io::Result<()> {
        self.handle.remove_folder(name.as_ref())
    }

    /// Removes the file or the whole folder `name`, if it exists.
    ///
    /// # Errors
    /// If the system refuses. Other entries of a folder are removed anyway.
    pub fn remove_all(&self, name: impl AsRef<Path>) -> io::Result<()> {
        let name = name.as_ref();
        let removed = match self.handle.is_folder(name) {
            Ok(true) => self.remove_whole_folder(name),
            Ok(false) => self.handle.remove_file(name),
            Err(error) => Err(error),
        };
        removed.or_else(|error| if is_absent(&error) { Ok(()) } else { Err(error) })
    }

    /// Checks, as far as possible, that the whole folder `name` can be removed: that nothing in it belongs to another
    /// disk or mount, and that its folders may be written to. Nothing is changed.
    ///
    /// # Errors
    /// What the system would refuse.
    pub fn check_removable(&self, name: impl AsRef<Path>) -> io::Result<()> {
        let name = name.as_ref();
        if !self.handle.is_folder(name)? {
            return Ok(());
        }
        let handle = self.handle.folder_of_same_mount(name)?;
        let folder = Self { path: self.path.join(name), handle: Arc::new(handle) };
        folder.handle.check_writable()?;
        folder.names()?.into_iter().try_for_each(|name| folder.check_removable(name))
    }

    fn remove_whole_folder(&self, name: &Path) -> io::Result<()> {
        let handle = self.handle.folder(name)?;
        let folder = Self { path: self.path.join(name), handle: Arc::new(handle) };
        let mut removed = Ok(());
        for name in folder.names()? {
            removed = folder.remove_all(name).and(removed);
        }
        removed.and_then(|()| self.remove_folder(name))
    }

    /// Opens a file in order to lock it, and creates it if it does not exist. Never blocks.
    ///
    /// # Errors
    /// If the system refuses, or it is not a regular file.
    pub fn open_lock_file(&self, name: &str) -> io::Result<File> {
        let file = self.handle.lock_file(Path::new(name))?;
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }

    /// Opens a file in order to lock it, if it is there. Nothing is written.
    ///
    /// # Errors
    /// If the system refuses, or it is not a regular file.
    pub fn open_existing_lock_file(&self, name: &str) -> io::Result<Option<File>> {
        match self.open_file(Path::new(name)) {
            Ok(Opened::Regular(file, _)) => Ok(Some(file)),
            Ok(_) => Err(io::ErrorKind::InvalidInput.into()),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// This folder, in order to lock it.
    ///
    /// # Errors
    /// If the system refuses, or cannot open folders.
    pub fn open_to_lock(&self) -> io::Result<File> {
        self.handle.to_file()
    }

    /// Whether the entry `name` of this folder is a folder, and not a link to one.
    pub fn has_real_folder(&self, name: &str) -> bool {
        self.handle.is_folder(Path::new(name)).unwrap_or(false)
    }

    /// The state of this folder: another one once a name in it is created, exchanged or removed. `None` on systems that
    /// do not have it.
    pub fn stamp(&self) -> Option<Stamp> {
        self.handle.own_stamp()
    }

    /// Whether an equal state proves that the names in it are the same, even in another process and much later.
    pub fn is_lasting_proof(&self, stamp: &Stamp) -> bool {
        stamp.is_lasting_proof() && self.handle.has_change_times()
    }

    /// The state of the regular file at `path` below this folder; `None` if there is none. The folders on the way are
    /// not checked: see [`HeldFolder::has_real_folder`].
    pub(super) fn stamp_of(&self, path: &str) -> Option<Stamp> {
        self.handle.stamp(Path::new(path))
    }

    /// Opens the file at `path` below this folder for reading, unless it, or a folder on the way to it, is a link.
    /// Never blocks.
    pub(super) fn open_file(&self, path: &Path) -> io::Result<Opened> {
        let file = self.handle.read(path)?;
        let metadata = file.metadata()?;
        Ok(Opened::of(file, metadata))
    }
}

/// Folders that were created on the way to something new, outermost first. When this is dropped, those that are still
/// empty are removed.
#[derive(Debug, Default)]
pub struct CreatedFolders {
    created: Vec<(HeldFolder, OsString)>,
}

impl CreatedFolders {
    /// Makes the new folders durable.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn sync(&self) -> Result<(), DiskError> {
        self.created.iter().try_for_each(|(parent, _)| parent.sync())
    }

    /// Whether any folder had to be created.
    pub fn is_some(&self) -> bool {
        !self.created.is_empty()
    }

    /// Keeps them even if they are empty.
    pub fn keep(&mut self) {
        self.created.clear();
    }

    /// Adds folders that were created in these.
    pub fn append(&mut self, mut inner: Self) {
        self.created.append(&mut inner.created);
    }
}

impl Drop for CreatedFolders {
    fn drop(&mut self) {
        for (parent, name) in self.created.iter().rev() {
            let _ = parent.remove_folder(name);
        }
    }
}

#[cfg(unix)]
mod sys {
    use std::ffi::{OsStr, OsString};
    use std::fs::File;
    use std::io;
    use std::os::fd::OwnedFd;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags};
    use rustix::io::retry_on_intr;

    use crate::files::{Stamp, disk};

    /// How a folder is opened to be held. Linux needs no permission to list it for that.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const HOLD: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const HOLD: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

    const NEW_FILE_MODE: u32 = 0o666;
    const NEW_FOLDER_MODE: u32 = 0o777;

    /// The flags to read a file without following a link and without waiting for a pipe's other end.
    pub(super) const READ: OFlags =
        OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);

    #[derive(Debug)]
    pub(super) struct Handle(OwnedFd);

    impl Handle {
        pub(super) fn at(path: &Path) -> io::Result<Self> {
            Ok(Self(retry_on_intr(|| rustix::fs::open(path, HOLD, Mode::empty()))?))
        }

        pub(super) fn folder(&self, path: &Path) -> io::Result<Self> {
            Ok(Self(self.open_below(path, HOLD)?))
        }

        /// A folder in this one, unless another disk or another part of a disk is mounted there.
        pub(super) fn folder_of_same_mount(&self, name: &Path) -> io::Result<Self> {
            let folder = self.folder(name)?;
            #[cfg(any(target_os = "linux", target_os = "android"))]
            {
                use rustix::fs::ResolveFlags;
                use rustix::io::Errno;
                let resolve = ResolveFlags::NO_SYMLINKS | ResolveFlags::BENEATH | ResolveFlags::NO_XDEV;
                match retry_on_intr(|| rustix::fs::openat2(&self.0, name, HOLD, Mode::empty(), resolve)) {
                    // The disks are compared below.
                    Ok(_) | Err(Errno::NOSYS | Errno::PERM) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            let disk = |handle: &Self| Ok::<_, io::Error>(retry_on_intr(|| rustix::fs::fstat(&handle.0))?.st_dev);
            if disk(self)? != disk(&folder)? {
                return Err(io::ErrorKind::CrossesDevices.into());
            }
            Ok(folder)
        }

        /// Whether names in this folder may be removed.
        pub(super) fn check_writable(&self) -> io::Result<()> {
            let access = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
            Ok(retry_on_intr(|| rustix::fs::accessat(&self.0, ".", access, AtFlags::EACCESS))?)
        }

        pub(super) fn read(&self, path: &Path) -> io::Result<File> {
            Ok(File::from(self.open_below(path, READ)?))
        }

        /// Opens a path below this folder. No part of it may be a link.
        fn open_below(&self, path: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
            #[cfg(any(target_os = "linux", target_os = "android"))]
            {
                use rustix::fs::ResolveFlags;
                use rustix::io::Errno;
                let resolve = ResolveFlags::NO_SYMLINKS | ResolveFlags::BENEATH;
                match retry_on_intr(|| rustix::fs::openat2(&self.0, path, flags, Mode::empty(), resolve)) {
                    // An old kernel, or a sandbox that does not know this call.
                    Err(Errno::NOSYS | Errno::PERM) => {}
                    opened => return opened,
                }
            }
            self.open_step_by_step(path, flags)
        }

        fn open_step_by_step(&self, path: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
            let mut folder: Option<OwnedFd> = None;
            let mut segments = path.iter().peekable();
            while let Some(segment) = segments.next() {
                let is_last = segments.peek().is_none();
                let step = if is_last { flags } else { HOLD } | OFlags::NOFOLLOW;
                let parent = folder.as_ref().unwrap_or(&self.0);
                let opened = retry_on_intr(|| rustix::fs::openat(parent, segment, step, Mode::empty()))?;
                if is_last {
                    return Ok(opened);
                }
                folder = Some(opened);
            }
            Err(rustix::io::Errno::NOENT)
        }

        pub(super) fn new_folder(&self, name: impl AsRef<Path>) -> io::Result<()> {
            let mode = Mode::from_raw_mode(NEW_FOLDER_MODE as rustix::fs::RawMode);
            Ok(retry_on_intr(|| rustix::fs::mkdirat(&self.0, name.as_ref(), mode))?)
        }

        pub(super) fn new_file(&self, name: &Path) -> io::Result<File> {
            self.create(name, OFlags::RDWR | OFlags::CREATE | OFlags::EXCL)
        }

        pub(super) fn lock_file(&self, name: &Path) -> io::Result<File> {
            let never_blocks = OFlags::NONBLOCK | OFlags::NOCTTY;
            let writable = self.create(name, OFlags::RDWR | OFlags::CREATE | never_blocks);
            // A read-only file can be locked too, which protects a reader from users with write access.
            writable.or_else(|error| self.create(name, OFlags::RDONLY | never_blocks).map_err(|_| error))
        }

        fn create(&self, name: &Path, flags: OFlags) -> io::Result<File> {
            let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let mode = Mode::from_raw_mode(NEW_FILE_MODE as rustix::fs::RawMode);
            Ok(File::from(retry_on_intr(|| rustix::fs::openat(&self.0, name, flags, mode))?))
        }

        pub(super) fn rename(&self, name: &Path, to: &Self, new_name: &Path) -> io::Result<()> {
            Ok(retry_on_intr(|| rustix::fs::renameat(&self.0, name, &to.0, new_name))?)
        }

        pub(super) fn remove_file(&self, name: &Path) -> io::Result<()> {
            Ok(retry_on_intr(|| rustix::fs::unlinkat(&self.0, name, AtFlags::empty()))?)
        }

        pub(super) fn remove_folder(&self, name: &Path) -> io::Result<()> {
            Ok(retry_on_intr(|| rustix::fs::unlinkat(&self.0, name, AtFlags::REMOVEDIR))?)
        }

        pub(super) fn is_folder(&self, name: &Path) -> io::Result<bool> {
            let stat = retry_on_intr(|| rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW))?;
            Ok(FileType::from_raw_mode(stat.st_mode) == FileType::Directory)
        }

        pub(super) fn stamp(&self, name: &Path) -> Option<Stamp> {
            let stat = retry_on_intr(|| rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW));
            Stamp::of_entry(&stat.ok()?)
        }

        pub(super) fn own_stamp(&self) -> Option<Stamp> {
            retry_on_intr(|| rustix::fs::fstat(&self.0)).ok().map(|stat| Stamp::of_stat(&stat))
        }

        pub(super) fn has_change_times(&self) -> bool {
            disk::has_change_times(&self.0)
        }

        pub(super) fn identity(&self) -> io::Result<impl PartialEq + use<>> {
            let stat = retry_on_intr(|| rustix::fs::fstat(&self.0))?;
            Ok((stat.st_dev, stat.st_ino))
        }

        pub(super) fn to_file(&self) -> io::Result<File> {
            Ok(File::from(self.readable()?))
        }

        /// The same folder, opened to be listed and synced.
        fn readable(&self) -> rustix::io::Result<OwnedFd> {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            retry_on_intr(|| rustix::fs::openat(&self.0, ".", flags, Mode::empty()))
        }

        pub(super) fn names(&self) -> io::Result<Vec<OsString>> {
            let mut names = Vec::new();
            for entry in rustix::fs::Dir::new(self.readable()?)? {
                let entry = entry?;
                let name = OsStr::from_bytes(entry.file_name().to_bytes());
                if name != "." && name != ".." {
                    names.push(name.to_owned());
                }
            }
            Ok(names)
        }

        pub(super) fn sync(&self) -> io::Result<()> {
            let folder = self.readable()?;
            Ok(retry_on_intr(|| rustix::fs::fsync(&folder))?)
        }

        #[cfg(target_os = "linux")]
        pub(super) fn sync_disk(&self) -> io::Result<()> {
            let folder = self.readable()?;
            Ok(retry_on_intr(|| rustix::fs::syncfs(&folder))?)
        }
    }

    /// Opens a path whose last part is not a link, to read it.
    pub(in crate::files) fn read_at(path: &Path) -> io::Result<File> {
        Ok(File::from(retry_on_intr(|| rustix::fs::openat(CWD, path, READ, Mode::empty()))?))
    }
}

#[cfg(not(unix))]
mod sys {
    use std::ffi::OsString;
    use std::fs::{self, File};
    use std::io;
    use std::path::{Path, PathBuf};

    use crate::files::Stamp;

    /// The path of a folder: other systems cannot open a file in a folder that is held.
    #[derive(Debug)]
    pub(super) struct Handle(PathBuf);

    impl Handle {
        pub(super) fn at(path: &Path) -> io::Result<Self> {
            if fs::metadata(path)?.is_dir() {
                Ok(Self(path.to_owned()))
            } else {
                Err(io::ErrorKind::NotADirectory.into())
            }
        }

        pub(super) fn folder(&self, path: &Path) -> io::Result<Self> {
            self.refuse_links(path)?;
            Self::at(&self.0.join(path))
        }

        pub(super) fn read(&self, path: &Path) -> io::Result<File> {
            self.refuse_links(path.parent().unwrap_or(Path::new("")))?;
            read_at(&self.0.join(path))
        }

        fn refuse_links(&self, path: &Path) -> io::Result<()> {
            let mut folder = self.0.clone();
            for segment in path {
                folder.push(segment);
                if !fs::symlink_metadata(&folder)?.is_dir() {
                    return Err(io::ErrorKind::NotADirectory.into());
                }
            }
            Ok(())
        }

        pub(super) fn new_folder(&self, name: impl AsRef<Path>) -> io::Result<()> {
            fs::create_dir(self.0.join(name))
        }

        pub(super) fn new_file(&self, name: &Path) -> io::Result<File> {
            File::options().write(true).read(true).create_new(true).open(self.0.join(name))
        }

        pub(super) fn lock_file(&self, name: &Path) -> io::Result<File> {
            let path = self.0.join(name);
            let writable = File::options().read(true).write(true).create(true).truncate(false).open(&path);
            writable.or_else(|error| File::options().read(true).open(&path).map_err(|_| error))
        }

        pub(super) fn rename(&self, name: &Path, to: &Self, new_name: &Path) -> io::Result<()> {
            fs::rename(self.0.join(name), to.0.join(new_name))
        }

        pub(super) fn remove_file(&self, name: &Path) -> io::Result<()> {
            fs::remove_file(self.0.join(name))
        }

        pub(super) fn remove_folder(&self, name: &Path) -> io::Result<()> {
            fs::remove_dir(self.0.join(name))
        }

        pub(super) fn folder_of_same_mount(&self, name: &Path) -> io::Result<Self> {
            self.folder(name)
        }

        #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "other systems can refuse")]
        pub(super) fn check_writable(&self) -> io::Result<()> {
            Ok(())
        }

        pub(super) fn is_folder(&self, name: &Path) -> io::Result<bool> {
            Ok(fs::symlink_metadata(self.0.join(name))?.is_dir())
        }

        pub(super) fn stamp(&self, name: &Path) -> Option<Stamp> {
            let metadata = fs::symlink_metadata(self.0.join(name)).ok()?;
            metadata.is_file().then(|| Stamp::of(&metadata))
        }

        #[expect(clippy::unused_self, reason = "other systems have one")]
        pub(super) fn own_stamp(&self) -> Option<Stamp> {
            None
        }

        #[expect(clippy::unused_self, reason = "other systems have them")]
        pub(super) fn has_change_times(&self) -> bool {
            false
        }

        pub(super) fn names(&self) -> io::Result<Vec<OsString>> {
            fs::read_dir(&self.0)?.map(|entry| Ok(entry?.file_name())).collect()
        }

        #[expect(clippy::unused_self, reason = "other systems can open folders")]
        pub(super) fn to_file(&self) -> io::Result<File> {
            Err(io::ErrorKind::Unsupported.into())
        }

        pub(super) fn identity(&self) -> io::Result<PathBuf> {
            fs::canonicalize(&self.0)
        }

        #[expect(clippy::unnecessary_wraps, reason = "other systems can fail here")]
        pub(super) fn sync(&self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Opens a regular file to read it.
    pub(in crate::files) fn read_at(path: &Path) -> io::Result<File> {
        match fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_file() => File::options().read(true).open(path),
            Ok(_) => Err(io::ErrorKind::InvalidInput.into()),
            Err(error) => Err(error),
        }
    }
}

pub(super) use sys::read_at;
