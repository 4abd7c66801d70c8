//! The stage of an export: a folder beside the place where a new file or folder will be, on the same disk, so that one
//! rename moves it.
//!
//! A stage that a killed packer left behind is removed by the next packer that exports something beside it (spec:
//! packer charter, "`extract`").

use std::ffi::{OsStr, OsString};
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::asset_uuid::AssetUuid;
use crate::context::{Context, FaultPoint};
use crate::diagnostics::Finding;
use crate::files::{self, CreatedFolders, DiskError, HeldFolder};
use crate::project::leftover_note;

/// The prefix of a stage's name; a uuid follows.
const STAGE_PREFIX: &str = ".prometeu-export-";
/// In a stage: the file or folder that is moved into place.
pub(super) const COMPLETE: &str = "complete";
/// In a stage: a file that is locked while its packer is running.
const LOCK: &str = "lock";
/// How often a packer tries to create a stage. An attempt fails only if another packer removes the stage as an orphan
/// before it is locked, so 16 failures in a row mean that something else is wrong.
const ATTEMPTS: u32 = 16;

/// A locked stage. When it is dropped, nothing is left of it.
#[derive(Debug)]
pub(super) struct Stage {
    parent: HeldFolder,
    /// Its name in `parent`; `None` once it is removed.
    name: Option<OsString>,
    folder: HeldFolder,
    lock: Option<File>,
    /// Notes about orphans that could not be removed.
    notes: Vec<Finding>,
    /// Parents of the place that were created for it. Dropped last, when the stage is gone.
    created: CreatedFolders,
}

impl Stage {
    /// Creates a stage in `parent`, which is created if it does not exist, and removes orphans there.
    ///
    /// # Errors
    /// If the system refuses.
    pub(super) fn create_in(context: &Context, parent: &Path) -> Result<Self, DiskError> {
        let (parent, created) = HeldFolder::at_or_created(parent)?;
        let notes = remove_orphans(context, &parent);
        let mut attempt = 1;
        loop {
            let name = new_name(context)?;
            match create_locked(&parent, &name) {
                Err(_) if attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error),
                Ok((folder, lock)) => {
                    return Ok(Self { parent, name: Some(name), folder, lock: Some(lock), notes, created });
                }
            }
        }
    }

    /// The folder itself.
    pub(super) fn folder(&self) -> &HeldFolder {
        &self.folder
    }

    /// The folder where the new file or folder will be.
    pub(super) fn parent(&self) -> &HeldFolder {
        &self.parent
    }

    /// Renames what is complete to `name`, beside the stage.
    ///
    /// # Errors
    /// If the system refuses.
    pub(super) fn move_to(&self, name: &OsStr) -> Result<(), DiskError> {
        self.folder.rename(COMPLETE, &self.parent, name)
    }

    /// Makes the rename durable and removes the stage. Returns notes about what could not be removed.
    ///
    /// # Errors
    /// If the system refuses to sync, or the folder where the new file or folder is was moved.
    pub(super) fn finish(mut self, context: &Context) -> Result<Vec<Finding>, DiskError> {
        let synced = self.parent.sync().and_then(|()| self.created.sync()).map_err(DiskError::with_file_in_place);
        self.created.keep();
        let fault = context.inject_fault(FaultPoint::Cleanup);
        if let Some((name, Err(error))) = self.remove().map(|(name, removed)| (name, fault.and(removed))) {
            self.notes.push(leftover_note(&self.parent.path().join(name), &error));
        }
        synced.and_then(|()| self.parent.check_in_place().map_err(DiskError::with_file_in_place))?;
        Ok(std::mem::take(&mut self.notes))
    }

    fn remove(&mut self) -> Option<(OsString, io::Result<()>)> {
        let name = self.name.take()?;
        // Not every system can remove a file that is locked or open.
        self.lock = None;
        let removed = self.parent.remove_all(&name);
        Some((name, removed))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Creates a stage and locks it.
fn create_locked(parent: &HeldFolder, name: &OsStr) -> Result<(HeldFolder, File), DiskError> {
    let folder = parent.create_folder(name)?;
    let locked = folder.create_file(LOCK).and_then(|lock| match lock.try_lock() {
        Err(TryLockError::WouldBlock) => Err(DiskError::writing(folder.path())(io::ErrorKind::ResourceBusy.into())),
        // Where files cannot be locked, no stage is removed as an orphan either.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(lock),
    });
    // Another packer may have taken it for an orphan before it was locked.
    let is_in_place = || parent.open_folder(name).is_ok_and(|now| now.is_same(&folder));
    let locked = locked.and_then(|lock| match is_in_place() {
        true => Ok(lock),
        false => Err(DiskError::writing(folder.path())(io::ErrorKind::NotFound.into())),
    });
    match locked {
        Ok(lock) => Ok((folder, lock)),
        Err(error) => {
            let _ = parent.remove_all(name);
            Err(error)
        }
    }
}

fn new_name(context: &Context) -> Result<OsString, DiskError> {
    Ok(format!("{STAGE_PREFIX}{}", context.new_uuid()?).into())
}

/// Removes the stages that killed packers left beside `place`. Returns notes about those that could not be removed.
pub(crate) fn remove_orphans_beside(context: &Context, place: &Path) -> Vec<Finding> {
    let parent = HeldFolder::at(files::parent_of(place));
    parent.map_or_else(|_| Vec::new(), |parent| remove_orphans(context, &parent))
}

/// Removes the stages that killed packers left in `parent`: those that are not locked.
///
/// A stage that another packer has just created, and not locked yet, looks the same. So it is locked until it is
/// removed, and renamed before: the other packer then gets no lock, or finds no stage at all, and creates another one.
fn remove_orphans(context: &Context, parent: &HeldFolder) -> Vec<Finding> {
    let mut notes = Vec::new();
    for name in parent.names().unwrap_or_default() {
        let unique = name.to_str().and_then(|name| name.strip_prefix(STAGE_PREFIX));
        if unique.and_then(AssetUuid::parse).is_none() {
            continue;
        }
        let Ok(stage) = parent.open_folder(&name) else { continue };
        let Some(lock) = stage.open_lock_file(LOCK).ok().filter(|lock| lock.try_lock().is_ok()) else { continue };
        let Ok(orphan) = new_name(context) else { continue };
        // Windows cannot remove a file that is open.
        let lock = if cfg!(windows) { None } else { Some(lock) };
        let renamed = parent.rename(&name, parent, &orphan).map_err(|error| error.source);
        let removed = renamed.and_then(|()| parent.remove_all(&orphan));
        drop(lock);
        match removed {
            // Somebody was faster, or is about to create a stage of this name.
            Err(error) if files::is_absent(&error) || error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
            Err(error) => notes.push(leftover_note(&parent.path().join(orphan), &error)),
            Ok(()) => {}
        }
    }
    notes
}

/// The paths of errors in a stage, as the final paths: the user has never seen the stage.
pub(super) fn with_final_path(mut error: DiskError, stage: &Stage, place: &Path) -> DiskError {
    let complete: PathBuf = stage.folder.path().join(COMPLETE);
    if let Ok(inside) = error.path.strip_prefix(complete) {
        error.path = if inside.as_os_str().is_empty() { place.to_owned() } else { place.join(inside) };
    } else if error.path.starts_with(stage.folder.path()) {
        error.path = place.to_owned();
    }
    error
}
