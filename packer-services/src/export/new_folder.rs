//! A new folder that appears complete or not at all: it is staged beside its place, synced, and renamed into place.
//!
//! The stage is in the same parent folder, so a single rename on the same disk moves it. A stage that a killed packer
//! left behind is removed by the next packer that stages a folder there (spec: packer charter, "`extract`").

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::asset_uuid::AssetUuid;
use crate::context::{Context, FaultPoint, Progress};
use crate::diagnostics::{Code, Finding};
use crate::files::{self, DiskError};

/// The prefix of a stage's name; a uuid follows.
const STAGE_PREFIX: &str = ".prometeu-extract-";
/// In a stage: the folder that is moved into place.
const COMPLETE: &str = "complete";
/// In a stage: a file that is locked while its packer is running.
const LOCK: &str = "lock";
/// How often a packer tries to create a stage. An attempt fails only if another packer removes the stage as an orphan
/// before it is locked, so 16 failures in a row mean that something else is wrong.
const ATTEMPTS: u32 = 16;

/// A folder that is not yet in its place. If it is dropped before, nothing is left behind.
#[derive(Debug)]
pub(crate) struct NewFolder {
    place: PathBuf,
    stage: PathBuf,
    lock: Option<File>,
    /// Parents of the place that were created for it, outermost first.
    created_parents: Vec<PathBuf>,
    /// The folders inside it, relative to it; they must be synced.
    folders: BTreeSet<PathBuf>,
}

/// A file of a [`NewFolder`] that is being written.
#[derive(Debug)]
pub(crate) struct NewFile {
    file: File,
    /// Where it will be.
    place: PathBuf,
    left_bytes: u64,
}

/// A finding if no new folder can be at `place`, which must not exist or must be an empty folder.
pub(crate) fn place_problem(place: &Path) -> Option<Finding> {
    let real = real_place(place);
    let what = match &real {
        None => "this is the current folder or one above it",
        Some(real) if is_of_packer(real) => "this folder is inside `.prometeu`, where the packer removes files",
        Some(real) if !files::exists(real) => return None,
        Some(real) if files::is_link(real) => "this is a link",
        Some(real) if !files::is_real_folder(real) => "this is not a folder",
        Some(real) if files::is_empty_folder(real) => return None,
        Some(_) => "the folder is not empty",
    };
    let finding = Finding::new(
        Code::ExtractTarget,
        format!("{what}; a new or empty folder is required"),
        "Pass a folder that does not exist yet: existing files are never overwritten.",
    );
    Some(finding.file(files::display_path(place)))
}

/// Whether a place is in a folder that belongs to the packer.
fn is_of_packer(place: &Path) -> bool {
    place.components().any(|part| part.as_os_str() == ".prometeu")
}

/// The place without a `/` at its end, which would follow a link.
fn real_place(place: &Path) -> Option<PathBuf> {
    Some(place.with_file_name(place.file_name()?))
}

impl NewFolder {
    /// Creates the stage of a folder. [`place_problem`] must have found nothing.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn stage_at(context: &Context, place: &Path) -> Result<Self, DiskError> {
        let place = real_place(place).unwrap_or_else(|| place.to_owned());
        let parent = files::parent_of(&place).to_owned();
        let created_parents = files::make_folders(&parent)?;
        remove_orphaned_stages(context, &parent);
        let mut attempt = 1;
        let locked = loop {
            let stage = new_stage_path(context, &parent);
            match create_stage(&stage) {
                Err(_) if attempt < ATTEMPTS => attempt += 1,
                created => break created.map(|lock| (stage, lock)),
            }
        };
        match locked {
            Ok((stage, lock)) => {
                Ok(Self { place, stage, lock: Some(lock), created_parents, folders: BTreeSet::from([PathBuf::new()]) })
            }
            Err(mut error) => {
                remove_if_empty(&created_parents);
                error.path = place;
                Err(error)
            }
        }
    }

    /// Where it will be.
    pub(crate) fn place(&self) -> &Path {
        &self.place
    }

    fn staged_folder(&self) -> PathBuf {
        self.stage.join(COMPLETE)
    }

    /// The error with the final path instead of the path in the stage, which the user has never seen.
    fn with_final_path(&self, mut error: DiskError) -> DiskError {
        if let Ok(inside) = error.path.strip_prefix(self.staged_folder()) {
            error.path = self.place.join(inside);
        } else if error.path.starts_with(&self.stage) {
            error.path = self.place.clone();
        }
        error
    }

    /// Creates a file that will have `size_bytes`, and its folders. `path` is a legal path, or that of a file of the
    /// packer.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn create_file(&mut self, path: &str, size_bytes: u64) -> Result<NewFile, DiskError> {
        let staged = self.staged_folder().join(path);
        let above = Path::new(path).ancestors().skip(1);
        let new = above.take_while(|folder| !self.folders.contains(*folder)).map(Path::to_owned).collect::<Vec<_>>();
        if !new.is_empty() {
            let folder = staged.parent().unwrap_or(&staged);
            files::make_folders(folder).map_err(|error| self.with_final_path(error))?;
            self.folders.extend(new);
        }
        let file = files::create_new(&staged).map_err(|error| self.with_final_path(error))?;
        Ok(NewFile { file, place: self.place.join(path), left_bytes: size_bytes })
    }

    /// Writes a file.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn write(&mut self, context: &Context, path: &str, bytes: &[u8]) -> Result<(), DiskError> {
        let mut file = self.create_file(path, bytes.len() as u64)?;
        file.append(context, bytes)?;
        file.finish(context)
    }

    /// Renames it into place. Anything that was created there in the meantime is not overwritten.
    ///
    /// # Errors
    /// If the system refuses. The place is then unchanged, unless the error has `in_place`.
    pub(crate) fn put_in_place(mut self, context: &Context) -> Result<(), DiskError> {
        for folder in &self.folders {
            files::sync_folder(&self.staged_folder().join(folder)).map_err(|error| self.with_final_path(error))?;
        }
        context.report_progress(Progress::Publishing);
        context.inject_fault(FaultPoint::Rename { n: 0 }).map_err(DiskError::writing(&self.place))?;
        // Not every system can rename over an empty folder.
        let was_there = files::is_real_folder(&self.place);
        files::remove_folder_if_empty(&self.place);
        files::rename(&self.staged_folder(), &self.place).inspect_err(|_| {
            if was_there && !files::exists(&self.place) {
                let _ = files::make_new_folder(&self.place);
            }
        })?;
        self.created_parents.clear();
        files::sync_folder(files::parent_of(&self.place)).map_err(DiskError::with_file_in_place)
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        // Not every system can remove a file that is locked or open.
        self.lock = None;
        files::remove_quietly(&self.stage);
        remove_if_empty(&self.created_parents);
    }
}

impl NewFile {
    /// Appends bytes to the file.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn append(&mut self, context: &Context, bytes: &[u8]) -> Result<(), DiskError> {
        let written = context.inject_fault(FaultPoint::StageWrite).and_then(|()| self.file.write_all(bytes));
        let needed_bytes = self.left_bytes;
        self.left_bytes = self.left_bytes.saturating_sub(bytes.len() as u64);
        written.map_err(|source| DiskError::writing(&self.place)(source).with_needed_bytes(needed_bytes))
    }

    /// Syncs the file to the disk.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn finish(self, context: &Context) -> Result<(), DiskError> {
        let synced = context.inject_fault(FaultPoint::StageSync).and_then(|()| self.file.sync_all());
        synced.map_err(DiskError::writing(&self.place))
    }
}

/// Creates a stage that contains an empty folder, and locks it.
fn create_stage(stage: &Path) -> Result<File, DiskError> {
    files::make_new_folder(stage)?;
    let locked = files::create_new(&stage.join(LOCK)).and_then(|lock| match lock.try_lock() {
        Err(TryLockError::WouldBlock) => Err(DiskError::writing(stage)(std::io::ErrorKind::ResourceBusy.into())),
        // Where files cannot be locked, no stage is removed as an orphan either.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(lock),
    });
    let created = locked.and_then(|lock| files::make_new_folder(&stage.join(COMPLETE)).map(|()| lock));
    created.inspect_err(|_| files::remove_quietly(stage))
}

/// The path of a stage that does not exist yet.
fn new_stage_path(context: &Context, parent: &Path) -> PathBuf {
    parent.join(format!("{STAGE_PREFIX}{}", context.new_uuid()))
}

/// Removes the stages that killed packers left in `parent`: those that are not locked.
///
/// A stage that another packer has just created, and not locked yet, looks the same. So the stage is renamed before it
/// is removed: the other packer then finds no stage at all and creates another one, instead of writing to a stage that
/// is being removed.
fn remove_orphaned_stages(context: &Context, parent: &Path) {
    for stage in files::paths_in(parent) {
        let name = stage.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_stage = name.strip_prefix(STAGE_PREFIX).is_some_and(|unique| AssetUuid::parse(unique).is_some());
        if is_stage && files::is_real_folder(&stage) {
            let lock = files::open_lock_file(&stage.join(LOCK));
            if lock.as_ref().is_ok_and(|lock| lock.try_lock().is_ok()) {
                let orphan = new_stage_path(context, parent);
                if files::rename(&stage, &orphan).is_ok() {
                    files::remove_quietly(&orphan);
                }
            }
        }
    }
}

fn remove_if_empty(folders: &[PathBuf]) {
    folders.iter().rev().for_each(|folder| files::remove_folder_if_empty(folder));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_as_given() {
        for (given, shown) in [("art", "art"), ("./art", "./art"), ("art/", "art"), ("a/b/.", "a/b")] {
            assert_eq!(real_place(Path::new(given)).as_deref().map(files::display_path).as_deref(), Some(shown));
        }
        assert_eq!(["..", "/", "."].map(|named| real_place(Path::new(named))), [None, None, None]);
    }
}
