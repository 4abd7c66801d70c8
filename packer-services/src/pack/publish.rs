//! Publishes a pack: its files are staged under `build/.prometeu/`, synced and renamed, `assets.pa` last.
//!
//! At every moment `assets.pa` is either the complete old or the complete new pack. If anything fails, the stage is
//! removed and the old files are kept (spec: runtime artifact, "Publishing").

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use crate::asset_uuid::AssetUuid;
use crate::context::{Context, FaultPoint, Progress};
use crate::diagnostics::Finding;
use crate::files::{self, CreatedFolders, DiskError, EarlySync, HeldFolder, OpenError, PathKind};
use crate::lock::{Lock, LockError};
use crate::project::{OUTPUTS, OutputError, Project, STAGE_FOLDER, leftover_note};

/// Files that are staged for `build/`. Files that were not published are removed when it is dropped.
#[derive(Debug)]
pub struct Stage {
    build: HeldFolder,
    folder: HeldFolder,
    unique: String,
    staged: Vec<StagedFile>,
    /// What killed packers left and cannot be removed.
    notes: Vec<Finding>,
    /// `build/`, if it is new. Dropped when the stage is gone.
    created: CreatedFolders,
    /// The lock of `build/`, if it has one. Dropped last.
    _locked: Option<File>,
}

impl Stage {
    /// Opens a stage. `build/` may be a link to a folder that other projects publish in too, so it is locked, until the
    /// stage is dropped. If the project is locked too, any file in the stage folder is an orphan and is removed.
    ///
    /// # Errors
    /// If a folder, a link or the like is in the way of an output, a folder cannot be created, or another packer has
    /// locked it.
    pub fn open<E>(context: &Context, project: &Project, lock: Option<&Lock>) -> Result<Self, E>
    where
        E: From<OutputError> + From<LockError> + From<DiskError>,
    {
        project.check_build_folder()?;
        let place = project.build_folder();
        for name in OUTPUTS {
            if let PathKind::Other(what) = files::path_kind(&place.join(name))? {
                return Err(OutputError::NotAFile(name.to_owned(), what).into());
            }
        }
        let unique = context.new_uuid()?.to_string();
        let (build, created) = HeldFolder::at_or_created(&place)?;
        let locked = lock.map(|lock| lock.lock_folder(context, &build, "build")).transpose()?.flatten();
        let (folder, mut inner) = build.create_folders(STAGE_FOLDER).map_err(|error| match error {
            OpenError::Disk(error) => E::from(error),
            _ => OutputError::NotAFolder(STAGE_FOLDER).into(),
        })?;
        created.sync()?;
        inner.keep();
        let mut notes = Vec::new();
        if lock.is_some_and(Lock::is_held) {
            let names = folder.names().unwrap_or_default();
            notes.extend(names.iter().filter(|name| is_orphan(name)).filter_map(|name| {
                let error = folder.remove_all(name).err()?;
                Some(leftover_note(&Path::new("build").join(STAGE_FOLDER).join(name), &error))
            }));
        }
        Ok(Self { build, folder, unique, staged: Vec::new(), notes, created, _locked: locked })
    }

    fn staged_name(&self, name: &str) -> String {
        format!("{name}.{}", self.unique)
    }

    /// Creates the file `name`, which will have `size_bytes`. Its bytes follow with [`Stage::append`].
    ///
    /// # Errors
    /// If the file cannot be created.
    pub fn create_file(&mut self, name: &'static str, size_bytes: u64) -> Result<(), DiskError> {
        let file = self.folder.create_file(self.staged_name(name))?;
        self.staged.push(StagedFile { name, file, left_bytes: size_bytes });
        Ok(())
    }

    /// Begins to sync the file that was created last while it is written.
    pub fn sync_early(&self) -> Option<EarlySync> {
        let staged = self.staged.last()?;
        EarlySync::start(&staged.file, self.build.path().join(staged.name))
    }

    /// Appends to the file that was created last.
    ///
    /// # Errors
    /// If the bytes cannot be written.
    pub fn append(&mut self, context: &Context, bytes: &[u8]) -> Result<(), DiskError> {
        let Some(staged) = self.staged.last_mut() else { return Ok(()) };
        let written = context.inject_fault(FaultPoint::StageWrite).and_then(|()| staged.file.write_all(bytes));
        let needed_bytes = staged.left_bytes;
        staged.left_bytes = staged.left_bytes.saturating_sub(bytes.len() as u64);
        let path = self.build.path().join(staged.name);
        written.map_err(|source| DiskError::writing(path)(source).with_needed_bytes(needed_bytes))
    }

    /// Syncs everything staged and renames it into place, in the order of [`OUTPUTS`]. Returns notes about what could
    /// not be removed afterwards.
    ///
    /// # Errors
    /// If a file cannot be synced or renamed, or `build/` is not in its place; `assets.pa` is then still the old pack,
    /// unless the error says otherwise.
    pub fn publish(mut self, context: &Context) -> Result<Vec<Finding>, OutputError> {
        for StagedFile { name, file, .. } in &self.staged {
            let path = self.build.path().join(name);
            context
                .inject_fault(FaultPoint::StageSync)
                .and_then(|()| file.sync_all())
                .map_err(DiskError::writing(path))?;
        }
        context.report_progress(Progress::Publishing);
        // The path is what the answer names, and where the pack is looked for.
        if !self.build.is_in_place() {
            return Err(OutputError::Moved { is_published: false });
        }
        for (n, name) in (0u32..).zip(OUTPUTS) {
            let to = self.build.path().join(name);
            context.inject_fault(FaultPoint::Rename { n }).map_err(DiskError::writing(to))?;
            self.folder.rename(self.staged_name(name), &self.build, name)?;
        }
        self.staged.clear();
        self.created.keep();
        self.build.sync().map_err(DiskError::with_file_in_place)?;
        if !self.build.is_in_place() {
            return Err(OutputError::Moved { is_published: true });
        }
        let removed = context.inject_fault(FaultPoint::Cleanup).and_then(|()| self.build.remove_folder(STAGE_FOLDER));
        let note = match removed {
            // Somebody else keeps a file there.
            Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => {
                Some(leftover_note(&Path::new("build").join(STAGE_FOLDER), &error))
            }
            _ => None,
        };
        self.notes.extend(note);
        Ok(std::mem::take(&mut self.notes))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for staged in &self.staged {
            let _ = self.folder.remove_all(self.staged_name(staged.name));
        }
        let _ = self.build.remove_folder(STAGE_FOLDER);
    }
}

/// Whether a killed packer can have left this file: the name of an output, a dot and a uuid.
fn is_orphan(name: &OsStr) -> bool {
    let parts = name.to_str().and_then(|name| name.rsplit_once('.'));
    parts.is_some_and(|(output, unique)| OUTPUTS.contains(&output) && AssetUuid::parse(unique).is_some())
}

#[derive(Debug)]
struct StagedFile {
    name: &'static str,
    file: File,
    left_bytes: u64,
}
