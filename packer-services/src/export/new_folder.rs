//! A new folder that is there whole or not at all: made beside its place, brought to the disk, and renamed there.
//!
//! Beside means in the same parent, so that it is one rename on one disk. What a killed packer left there, the next one
//! that makes a folder beside it removes (spec: packer charter, "`extract`").

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::asset_uuid::AssetUuid;
use crate::context::{Context, FaultPoint, Progress};
use crate::diagnostics::{Code, Finding};
use crate::files::{self, DiskError};

/// How the names of stages begin; a uuid follows.
const STAGE_PREFIX: &str = ".prometeu-extract-";
/// In a stage: the folder to be.
const WHOLE: &str = "whole";
/// In a stage: locked while its packer lives.
const LOCK: &str = "lock";
/// How often a stage is tried. It fails if another packer takes it for an orphan before it is locked.
const ATTEMPTS: u32 = 16;

/// A folder on its way to its place. Dropped before it is there, it leaves nothing.
#[derive(Debug)]
pub(crate) struct NewFolder {
    place: PathBuf,
    stage: PathBuf,
    lock: Option<File>,
    /// Parents of the place that were not there, outermost first.
    made: Vec<PathBuf>,
    /// Folders in the new one that are to be synced, relative to it.
    folders: BTreeSet<PathBuf>,
}

/// A file on its way into a [`NewFolder`].
#[derive(Debug)]
pub(crate) struct NewFile {
    file: File,
    /// Where it will be.
    place: PathBuf,
    left_bytes: u64,
}

/// A finding if no new folder can be at `place`: it must not exist, or be an empty folder.
pub(crate) fn judge_place(place: &Path) -> Option<Finding> {
    let real = real_place(place);
    let what = match &real {
        None => "this folder is where you are, or above it",
        Some(real) if is_ours(real) => "the packer keeps its own files here, and clears them away",
        Some(real) if !files::exists(real) => return None,
        Some(real) if files::is_link(real) => "a link stands here",
        Some(real) if !files::is_real_folder(real) => "something else than a folder stands here",
        Some(real) if files::is_empty_folder(real) => return None,
        Some(_) => "the folder is not empty",
    };
    let finding = Finding::new(
        Code::ExtractTarget,
        format!("{what}; a new or an empty folder is needed"),
        "Name a folder that does not exist yet: nothing that is there is written over.",
    );
    Some(finding.file(files::display_path(place)))
}

/// Whether a place is in a folder of the packer's own.
fn is_ours(place: &Path) -> bool {
    place.components().any(|part| part.as_os_str() == ".prometeu")
}

/// The place by its parent and its own name: a `/` at the end would lead through a link.
fn real_place(place: &Path) -> Option<PathBuf> {
    Some(place.with_file_name(place.file_name()?))
}

impl NewFolder {
    /// Begins a folder whose place was judged.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn begin(context: &Context, place: &Path) -> Result<Self, DiskError> {
        let place = real_place(place).unwrap_or_else(|| place.to_owned());
        let parent = files::parent_of(&place).to_owned();
        let made = files::make_folders(&parent)?;
        sweep(context, &parent);
        let mut attempt = 1;
        let begun = loop {
            let stage = new_stage(context, &parent);
            match begin_stage(&stage) {
                Err(_) if attempt < ATTEMPTS => attempt += 1,
                begun => break begun.map(|lock| (stage, lock)),
            }
        };
        match begun {
            Ok((stage, lock)) => {
                Ok(Self { place, stage, lock: Some(lock), made, folders: BTreeSet::from([PathBuf::new()]) })
            }
            Err(mut error) => {
                remove_if_empty(&made);
                error.path = place;
                Err(error)
            }
        }
    }

    /// Where it will be.
    pub(crate) fn place(&self) -> &Path {
        &self.place
    }

    fn whole(&self) -> PathBuf {
        self.stage.join(WHOLE)
    }

    /// Tells a refusal of the place instead of the stage, which nobody knows.
    fn placed(&self, mut error: DiskError) -> DiskError {
        if let Ok(inside) = error.path.strip_prefix(self.whole()) {
            error.path = self.place.join(inside);
        } else if error.path.starts_with(&self.stage) {
            error.path = self.place.clone();
        }
        error
    }

    /// Starts a file of `size_bytes`, with its folders. `path` is a legal path, or one of the packer's own.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn create(&mut self, path: &str, size_bytes: u64) -> Result<NewFile, DiskError> {
        let staged = self.whole().join(path);
        let above = Path::new(path).ancestors().skip(1);
        let new = above.take_while(|folder| !self.folders.contains(*folder)).map(Path::to_owned).collect::<Vec<_>>();
        if !new.is_empty() {
            let folder = staged.parent().unwrap_or(&staged);
            files::make_folders(folder).map_err(|error| self.placed(error))?;
            self.folders.extend(new);
        }
        let file = files::create_new(&staged).map_err(|error| self.placed(error))?;
        Ok(NewFile { file, place: self.place.join(path), left_bytes: size_bytes })
    }

    /// Writes a whole file.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn write(&mut self, context: &Context, path: &str, bytes: &[u8]) -> Result<(), DiskError> {
        let mut file = self.create(path, bytes.len() as u64)?;
        file.append(context, bytes)?;
        file.finish(context)
    }

    /// Puts it in its place. A thing that came to stand there meanwhile is not written over.
    ///
    /// # Errors
    /// If the system refuses; the place is then as it was, unless the error says that the folder is there.
    pub(crate) fn put_in_place(mut self, context: &Context) -> Result<(), DiskError> {
        for folder in &self.folders {
            files::sync_folder(&self.whole().join(folder)).map_err(|error| self.placed(error))?;
        }
        context.report_progress(Progress::Publishing);
        context.inject_fault(FaultPoint::Rename { n: 0 }).map_err(DiskError::writing(&self.place))?;
        // A rename over an empty folder is not possible everywhere.
        let was_there = files::is_real_folder(&self.place);
        files::remove_folder_if_empty(&self.place);
        files::rename(&self.whole(), &self.place).inspect_err(|_| {
            if was_there && !files::exists(&self.place) {
                let _ = files::make_new_folder(&self.place);
            }
        })?;
        self.made.clear();
        files::sync_folder(files::parent_of(&self.place)).map_err(DiskError::with_file_in_place)
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        // A file that is locked or open cannot be removed everywhere.
        self.lock = None;
        files::remove_quietly(&self.stage);
        remove_if_empty(&self.made);
    }
}

impl NewFile {
    /// Appends to it.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn append(&mut self, context: &Context, bytes: &[u8]) -> Result<(), DiskError> {
        let written = context.inject_fault(FaultPoint::StageWrite).and_then(|()| self.file.write_all(bytes));
        let needed_bytes = self.left_bytes;
        self.left_bytes = self.left_bytes.saturating_sub(bytes.len() as u64);
        written.map_err(|source| DiskError::writing(&self.place)(source).with_needed_bytes(needed_bytes))
    }

    /// Brings it to the disk.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn finish(self, context: &Context) -> Result<(), DiskError> {
        let synced = context.inject_fault(FaultPoint::StageSync).and_then(|()| self.file.sync_all());
        synced.map_err(DiskError::writing(&self.place))
    }
}

/// Makes a stage with an empty folder to be, and locks it.
fn begin_stage(stage: &Path) -> Result<File, DiskError> {
    files::make_new_folder(stage)?;
    let locked = files::create_new(&stage.join(LOCK)).and_then(|lock| match lock.try_lock() {
        Err(TryLockError::WouldBlock) => Err(DiskError::writing(stage)(std::io::ErrorKind::ResourceBusy.into())),
        // Where nothing can be locked, nothing is taken for an orphan either.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(lock),
    });
    let begun = locked.and_then(|lock| files::make_new_folder(&stage.join(WHOLE)).map(|()| lock));
    begun.inspect_err(|_| files::remove_quietly(stage))
}

/// The path of a stage that nobody has yet.
fn new_stage(context: &Context, parent: &Path) -> PathBuf {
    parent.join(format!("{STAGE_PREFIX}{}", context.new_uuid()))
}

/// Removes what killed packers left in `parent`: stages whose lock nobody holds.
///
/// A packer that just made a stage, and has not locked it yet, looks the same. So an orphan is renamed before it is removed: that
/// packer then finds its stage gone as a whole, and makes another, but never works in one that is being removed.
fn sweep(context: &Context, parent: &Path) {
    for stage in files::paths_in(parent) {
        let name = stage.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_stage = name.strip_prefix(STAGE_PREFIX).is_some_and(|unique| AssetUuid::parse(unique).is_some());
        if is_stage && files::is_real_folder(&stage) {
            let lock = files::open_lock_file(&stage.join(LOCK));
            if lock.as_ref().is_ok_and(|lock| lock.try_lock().is_ok()) {
                let orphan = new_stage(context, parent);
                if files::rename(&stage, &orphan).is_ok() {
                    files::remove_quietly(&orphan);
                }
            }
        }
    }
}

fn remove_if_empty(made: &[PathBuf]) {
    made.iter().rev().for_each(|folder| files::remove_folder_if_empty(folder));
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
