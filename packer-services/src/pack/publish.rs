//! Publishes a pack: its files are staged under `build/.prometeu/`, synced and renamed, `assets.pa` last.
//!
//! At every moment `assets.pa` is either the complete old or the complete new pack. If anything fails, the stage is
//! removed and the old files are kept (spec: runtime artifact, "Publishing").

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::asset_uuid::AssetUuid;
use crate::context::{Context, FaultPoint, Progress};
use crate::files::{self, DiskError, PathKind};
use crate::project::{OUTPUTS, OutputError, Project, STAGE_FOLDER};

/// Files that are staged for `build/`. Files that were not published are removed when it is dropped.
#[derive(Debug)]
pub struct Stage {
    build: PathBuf,
    folder: PathBuf,
    unique: String,
    staged: Vec<StagedFile>,
    created_folders: Vec<PathBuf>,
}

impl Stage {
    /// Opens a stage. If `is_locked`, the project is locked, so any file in the stage folder is an orphan and is
    /// removed.
    ///
    /// # Errors
    /// If a folder, a link or the like is in the way of an output, or a folder cannot be created.
    pub fn open(context: &Context, project: &Project, is_locked: bool) -> Result<Self, OutputError> {
        let build = project.build_folder();
        for name in OUTPUTS {
            if let PathKind::Other(what) = files::path_kind(&build.join(name))? {
                return Err(OutputError::NotAFile(name.to_owned(), what));
            }
        }
        let folder = build.join(STAGE_FOLDER);
        if files::exists(&folder) && !files::is_real_folder(&folder) {
            return Err(OutputError::NotAFolder(STAGE_FOLDER));
        }
        let mut created_folders = files::make_folders(&build)?;
        match files::make_folders(&folder) {
            Ok(more) => created_folders.extend(more),
            Err(error) => {
                created_folders.iter().rev().for_each(|folder| files::remove_folder_if_empty(folder));
                return Err(error.into());
            }
        }
        if is_locked {
            files::paths_in(&folder).iter().filter(|path| is_orphan(path)).for_each(|path| files::remove_quietly(path));
        }
        let unique = context.new_uuid().to_string();
        Ok(Self { build, folder, unique, staged: Vec::new(), created_folders })
    }

    fn staged_path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.{}", self.unique))
    }

    /// Creates the file `name`, which will have `size_bytes`. Its bytes follow with [`Stage::append`].
    ///
    /// # Errors
    /// If the file cannot be created.
    pub fn create_file(&mut self, name: &'static str, size_bytes: u64) -> Result<(), DiskError> {
        let file = files::create_new(&self.staged_path(name))?;
        self.staged.push(StagedFile { name, file, left_bytes: size_bytes });
        Ok(())
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
        let path = self.build.join(staged.name);
        written.map_err(|source| DiskError::writing(path)(source).with_needed_bytes(needed_bytes))
    }

    /// Syncs everything staged and renames it into place, in the order of [`OUTPUTS`].
    ///
    /// # Errors
    /// If a file cannot be synced or renamed; `assets.pa` is then still the old pack.
    pub fn publish(mut self, context: &Context) -> Result<(), DiskError> {
        for StagedFile { name, file, .. } in &self.staged {
            let path = self.build.join(name);
            context
                .inject_fault(FaultPoint::StageSync)
                .and_then(|()| file.sync_all())
                .map_err(DiskError::writing(path))?;
        }
        context.report_progress(Progress::Publishing);
        for (n, name) in (0u32..).zip(OUTPUTS) {
            let to = self.build.join(name);
            context.inject_fault(FaultPoint::Rename { n }).map_err(DiskError::writing(&to))?;
            files::rename(&self.staged_path(name), &to)?;
        }
        files::sync_folder(&self.build).map_err(DiskError::with_file_in_place)?;
        // The new pack is in place, so `build/` must not be removed with the stage.
        self.created_folders.retain(|folder| *folder == self.folder);
        Ok(())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for staged in &self.staged {
            files::remove_quietly(&self.staged_path(staged.name));
        }
        files::remove_folder_if_empty(&self.folder);
        self.created_folders.iter().rev().for_each(|folder| files::remove_folder_if_empty(folder));
    }
}

/// Whether a killed packer can have left this file: the name of an output, a dot and a uuid.
fn is_orphan(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.and_then(|name| name.rsplit_once('.'))
        .is_some_and(|(output, unique)| OUTPUTS.contains(&output) && AssetUuid::parse(unique).is_some())
}

#[derive(Debug)]
struct StagedFile {
    name: &'static str,
    file: File,
    left_bytes: u64,
}
