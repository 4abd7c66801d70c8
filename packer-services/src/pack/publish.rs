//! Putting a pack in place: staged under `build/.prometeu/`, synced, renamed, the pack itself last.
//!
//! At every instant `assets.pa` is the whole old or the whole new pack. Whatever fails, the stage is removed and what
//! was published before stays (spec: runtime artifact, "Publishing").

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::asset_uuid::AssetUuid;
use crate::context::{Context, FaultPoint, Progress};
use crate::files::{self, DiskError, PathKind};
use crate::project::{OUTPUTS, OutputError, Project, STAGE_FOLDER};

/// Files on their way to `build/`. Dropped, it removes what it staged.
#[derive(Debug)]
pub struct Stage {
    build: PathBuf,
    folder: PathBuf,
    unique: String,
    staged: Vec<Staged>,
    made: Vec<PathBuf>,
}

impl Stage {
    /// Opens a stage. `alone` tells that the project is locked, so that what lies in the stage folder is an orphan.
    ///
    /// # Errors
    /// If an output's place is taken by something else, or the system refuses.
    pub fn open(context: &Context, project: &Project, alone: bool) -> Result<Self, OutputError> {
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
        let mut made = files::make_folders(&build)?;
        match files::make_folders(&folder) {
            Ok(more) => made.extend(more),
            Err(error) => {
                made.iter().rev().for_each(|folder| files::remove_folder_if_empty(folder));
                return Err(error.into());
            }
        }
        if alone {
            files::paths_in(&folder).iter().filter(|path| is_orphan(path)).for_each(|path| files::remove_quietly(path));
        }
        let unique = context.new_uuid().to_string();
        Ok(Self { build, folder, unique, staged: Vec::new(), made })
    }

    fn staged_path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.{}", self.unique))
    }

    /// Starts the file `name`, which will have `size_bytes`; [`Stage::append`] fills it.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn create(&mut self, name: &'static str, size_bytes: u64) -> Result<(), DiskError> {
        let file = files::create_new(&self.staged_path(name))?;
        self.staged.push(Staged { name, file, left_bytes: size_bytes });
        Ok(())
    }

    /// Appends to the file that was created last.
    ///
    /// # Errors
    /// If the system refuses.
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
    /// If the system refuses; the old pack is then still in place.
    pub fn publish(mut self, context: &Context) -> Result<(), DiskError> {
        for Staged { name, file, .. } in &self.staged {
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
        // From here on the pack is the new one, and `build/` is not to be removed with the stage.
        self.made.retain(|folder| *folder == self.folder);
        Ok(())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for staged in &self.staged {
            files::remove_quietly(&self.staged_path(staged.name));
        }
        files::remove_folder_if_empty(&self.folder);
        self.made.iter().rev().for_each(|folder| files::remove_folder_if_empty(folder));
    }
}

/// Whether a killed pack can have left this: an output's name, a dot, a uuid.
fn is_orphan(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.and_then(|name| name.rsplit_once('.'))
        .is_some_and(|(output, unique)| OUTPUTS.contains(&output) && AssetUuid::parse(unique).is_some())
}

#[derive(Debug)]
struct Staged {
    name: &'static str,
    file: File,
    left_bytes: u64,
}
