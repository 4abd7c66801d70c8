//! A new folder that appears complete or not at all: it is staged beside its place, synced, and renamed into place.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::stage::{COMPLETE, Stage, remove_orphans_beside, with_final_path};
use crate::context::{Context, FaultPoint, Progress};
use crate::diagnostics::{Code, Finding};
use crate::files::{self, DiskError, HeldFolder, OpenError, SYNCED_FILES};

/// A folder that is not yet in its place. If it is dropped before, nothing is left behind.
#[derive(Debug)]
pub(crate) struct NewFolder {
    place: PathBuf,
    stage: Stage,
    complete: HeldFolder,
    /// The folders inside it, by their path relative to it; they must be synced.
    folders: BTreeSet<PathBuf>,
    /// How many files it has.
    files: usize,
}

/// A file of a [`NewFolder`] that is being written.
#[derive(Debug)]
pub(crate) struct NewFile {
    file: File,
    /// Where it will be.
    place: PathBuf,
    left_bytes: u64,
    /// Whether it is synced on its own.
    is_synced: bool,
}

/// Why a folder was not put in its place.
#[derive(Debug)]
pub(crate) enum PlaceError {
    /// Something else is there: the finding of [`check_place`].
    Taken(Box<Finding>),
    /// The system refused.
    Disk(DiskError),
}

/// The findings that prevent a new folder at `place`, which must not exist or must be an empty folder. Also removes the
/// stages that killed packers left beside it, so that they do not stay if the folder is refused.
pub(crate) fn check_place(context: &Context, place: &Path) -> Vec<Finding> {
    let Some(problem) = place_problem(place) else { return Vec::new() };
    let mut findings = vec![problem];
    if let Some(real) = real_place(place) {
        findings.extend(remove_orphans_beside(context, &real));
    }
    findings
}

fn place_problem(place: &Path) -> Option<Finding> {
    let real = real_place(place);
    let what = match &real {
        None => "this is the current folder or one above it",
        Some(real) if is_of_packer(real) => "this folder is inside `.prometeu`, where the packer removes files",
        Some(real) if !files::exists(real) && is_below_file(real) => "a file is in the way of a folder above this one",
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

/// Whether a place is in a folder that belongs to the packer, even if a link leads there.
fn is_of_packer(place: &Path) -> bool {
    let is_of_packer = |path: &Path| path.components().any(|part| part.as_os_str() == ".prometeu");
    is_of_packer(place) || is_of_packer(&files::resolve(files::parent_of(place)))
}

/// Whether the nearest thing above `place` that exists is not a folder.
fn is_below_file(place: &Path) -> bool {
    let above = place.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty());
    above.map(|above| above.metadata()).find_map(Result::ok).is_some_and(|metadata| !metadata.is_dir())
}

/// The place without a `/` at its end, which would follow a link.
fn real_place(place: &Path) -> Option<PathBuf> {
    Some(place.with_file_name(place.file_name()?))
}

impl NewFolder {
    /// Creates the stage of a folder. [`check_place`] must have found nothing.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn stage_at(context: &Context, place: &Path) -> Result<Self, DiskError> {
        let place = real_place(place).unwrap_or_else(|| place.to_owned());
        let stage = Stage::create_in(context, files::parent_of(&place))
            .map_err(|error| DiskError { path: place.clone(), ..error })?;
        let complete =
            stage.folder().create_folder(COMPLETE).map_err(|error| with_final_path(error, &stage, &place))?;
        Ok(Self { place, stage, complete, folders: BTreeSet::from([PathBuf::new()]), files: 0 })
    }

    /// Where it will be.
    pub(crate) fn place(&self) -> &Path {
        &self.place
    }

    fn with_final_path(&self, error: DiskError) -> DiskError {
        with_final_path(error, &self.stage, &self.place)
    }

    /// Creates a file that will have `size_bytes`, and its folders. `path` is a legal path, or that of a file of the
    /// packer.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn create_file(&mut self, path: &str, size_bytes: u64) -> Result<NewFile, DiskError> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let above = Path::new(path).ancestors().skip(1);
        let new = above.take_while(|folder| !self.folders.contains(*folder)).map(Path::to_owned).collect::<Vec<_>>();
        let opened = self.complete.create_folders(folder).map(|(opened, mut created)| {
            // The whole stage is removed instead.
            created.keep();
            opened
        });
        let opened = opened.map_err(|error| match error {
            OpenError::Disk(error) => error,
            // Nobody but this packer writes here.
            _ => DiskError::writing(self.complete.path().join(folder))(std::io::ErrorKind::NotADirectory.into()),
        });
        let created = opened.and_then(|folder| folder.create_file(name));
        let file = created.map_err(|error| self.with_final_path(error))?;
        self.folders.extend(new);
        self.files += 1;
        let is_synced = self.files <= SYNCED_FILES;
        Ok(NewFile { file, place: self.place.join(path), left_bytes: size_bytes, is_synced })
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

    /// Syncs its folders, and the files that were not synced when they were written.
    fn sync(&self) -> Result<(), DiskError> {
        if self.files > SYNCED_FILES {
            return self.complete.sync_disk();
        }
        for folder in &self.folders {
            let opened = self.complete.open_folder(folder).map_err(|error| match error {
                OpenError::Disk(error) => error,
                _ => DiskError::writing(self.complete.path().join(folder))(std::io::ErrorKind::NotADirectory.into()),
            });
            opened?.sync()?;
        }
        Ok(())
    }

    /// Renames it into place. Anything that was created there in the meantime is not overwritten. Returns notes about
    /// what could not be removed afterwards.
    ///
    /// # Errors
    /// If something is there now, or the system refuses. The place is then unchanged, unless the error has `in_place`.
    pub(crate) fn put_in_place(self, context: &Context) -> Result<Vec<Finding>, PlaceError> {
        self.sync().map_err(|error| PlaceError::Disk(self.with_final_path(error)))?;
        context.report_progress(Progress::Publishing);
        let fault = context.inject_fault(FaultPoint::Rename { n: 0 }).map_err(DiskError::writing(&self.place));
        fault.map_err(PlaceError::Disk)?;
        let (name, parent) = (self.place.file_name().unwrap_or_default(), self.stage.parent());
        parent.check_in_place().map_err(PlaceError::Disk)?;
        // Not every system can rename over an empty folder.
        let was_there = parent.remove_folder(name).is_ok();
        if let Err(error) = self.stage.move_to(name) {
            if was_there && !files::exists(&self.place) {
                let _ = parent.create_folder(name);
            }
            return Err(match place_problem(&self.place) {
                Some(finding) => PlaceError::Taken(Box::new(finding)),
                None => PlaceError::Disk(error),
            });
        }
        self.stage.finish(context).map_err(PlaceError::Disk)
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

    /// Completes the file, which is on the disk only once its folder is in place.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn finish(self, context: &Context) -> Result<(), DiskError> {
        let sync = || if self.is_synced { self.file.sync_all() } else { Ok(()) };
        context.inject_fault(FaultPoint::StageSync).and_then(|()| sync()).map_err(DiskError::writing(&self.place))
    }
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
