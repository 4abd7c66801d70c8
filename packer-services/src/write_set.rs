//! The files of a project that an operation changes: checked, then replaced one by one.
//!
//! A set can be created only while the lock is held. Before the first file is replaced, each must still be in the state
//! in which it was read, so no other program's change is lost. Each is then replaced atomically and synced, in the
//! order in which they were added. The registry is always last, because the other files have an effect only once it
//! names them.

use std::path::PathBuf;

use crate::context::{Context, FaultPoint};
use crate::diagnostics::{AsFinding, Code, Finding};
use crate::files::{self, DiskError, Stamp};
use crate::pack::lock::Lock;
use crate::project::Project;

/// Files to write together.
#[derive(Debug)]
pub struct WriteSet<'p> {
    project: &'p Project,
    writes: Vec<PlannedWrite>,
}

#[derive(Debug)]
struct PlannedWrite {
    path: PathBuf,
    bytes: Vec<u8>,
    /// Its state when it was read; `None` if it did not exist.
    read: Option<Stamp>,
}

/// Why a set was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Another program changed this file after it was read; no file of the set was written.
    #[error("{} changed after it was read", .0.display())]
    Changed(PathBuf),
    /// The system refused; the files before this one are written.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl WriteError {
    /// Whether the last file is in place, and it is only uncertain whether it would survive a power failure.
    pub fn is_in_place(&self) -> bool {
        matches!(self, Self::Disk(error) if error.in_place)
    }
}

impl AsFinding for WriteError {
    fn as_finding(&self) -> Finding {
        match self {
            Self::Changed(path) => Finding::new(
                Code::SourceChanging,
                "the file changed after it was read; nothing was written",
                "Wait until the program that writes it has finished, and try again.",
            )
            .file(files::display_path(path)),
            Self::Disk(error) => error.as_finding(),
        }
    }
}

impl<'p> WriteSet<'p> {
    /// A set without files. The lock must be that of the project.
    pub fn new(project: &'p Project, _lock: &Lock) -> Self {
        Self { project, writes: Vec::new() }
    }

    /// Adds a file that must not exist yet.
    pub fn create(&mut self, path: PathBuf, bytes: Vec<u8>) {
        self.writes.push(PlannedWrite { path, bytes, read: None });
    }

    /// Adds the new content of a file that was read in the state `read`.
    pub fn replace(&mut self, path: PathBuf, bytes: Vec<u8>, read: Stamp) {
        self.writes.push(PlannedWrite { path, bytes, read: Some(read) });
    }

    /// Writes all files.
    ///
    /// # Errors
    /// As [`WriteError`] lists.
    pub fn write(mut self, context: &Context) -> Result<(), WriteError> {
        let registry = self.project.registry_path();
        self.writes.sort_by_key(|write| write.path == registry);
        let staged_names: Vec<String> = self.writes.iter().map(|_| context.new_uuid().to_string()).collect();
        // Checked as late as possible: directly before the first file is replaced.
        if let Some(changed) = self.writes.iter().find(|write| !write.is_unchanged()) {
            return Err(WriteError::Changed(changed.path.clone()));
        }
        for (write, staged_name) in std::iter::zip(&self.writes, staged_names) {
            let point = if write.path == registry { FaultPoint::RegistryWrite } else { FaultPoint::WorkspaceFileWrite };
            context.inject_fault(point).map_err(DiskError::writing(&write.path))?;
            files::replace_file(&write.path, &write.bytes, &self.project.tool_folder(), &staged_name)?;
        }
        Ok(())
    }
}

impl PlannedWrite {
    fn is_unchanged(&self) -> bool {
        match self.read {
            Some(stamp) => files::is_unchanged(&self.path, stamp),
            None => !files::exists(&self.path),
        }
    }
}
