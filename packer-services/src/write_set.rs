//! The files of a project that an operation changes: checked, then replaced one by one.
//!
//! A set can be created only while the lock is held. Before the first file is replaced, each must still be in the state
//! in which it was read, so no other program's change is lost. Each is then replaced atomically and synced, in the
//! order in which they were added. The registry is always last, because the other files have an effect only once it
//! names them.

use std::path::{Path, PathBuf};

use crate::context::{Context, FaultPoint};
use crate::diagnostics::{AsFinding, Code, Finding};
use crate::files::{self, DiskError, OpenError, PathKind, Stamp};
use crate::pack::lock::Lock;
use crate::project::Project;
use crate::registry::REGISTRY_FILE;

/// Files to write together.
#[derive(Debug)]
pub struct WriteSet<'p> {
    project: &'p Project,
    writes: Vec<PlannedWrite>,
}

#[derive(Debug)]
struct PlannedWrite {
    /// Relative to the project.
    file: String,
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
    /// A file or a folder is a link, or something else that the packer does not replace. Nothing was written.
    #[error("{}", .0.message)]
    Refused(Box<Finding>),
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
            Self::Refused(finding) => (**finding).clone(),
            Self::Disk(error) => error.as_finding(),
        }
    }
}

/// A finding if `file`, relative to the project, exists and is not a regular file: the packer replaces nothing else.
///
/// # Errors
/// If the system refuses.
pub fn irreplaceable(project: &Project, file: &str) -> Result<Option<Finding>, DiskError> {
    let PathKind::Other(what) = files::path_kind(&project.root().join(file))? else { return Ok(None) };
    let finding = Finding::new(
        Code::OutputNotAFile,
        format!("this is {what}; the packer replaces only regular files, and follows no link here"),
        "Replace it with the file itself, and try again.",
    );
    Ok(Some(finding.file(file)))
}

impl<'p> WriteSet<'p> {
    /// A set without files. The lock must be that of the project.
    pub fn new(project: &'p Project, _lock: &Lock) -> Self {
        Self { project, writes: Vec::new() }
    }

    /// Adds a file that must not exist yet. `file` is relative to the project.
    pub fn create(&mut self, file: &str, bytes: Vec<u8>) {
        self.writes.push(PlannedWrite { file: file.to_owned(), bytes, read: None });
    }

    /// Adds the new content of a file that was read in the state `read`. `file` is relative to the project.
    pub fn replace(&mut self, file: &str, bytes: Vec<u8>, read: Stamp) {
        self.writes.push(PlannedWrite { file: file.to_owned(), bytes, read: Some(read) });
    }

    /// Writes all files.
    ///
    /// # Errors
    /// As [`WriteError`] lists.
    pub fn write(mut self, context: &Context) -> Result<(), WriteError> {
        self.writes.sort_by_key(|write| write.file == REGISTRY_FILE);
        let refused = |error: OpenError| WriteError::Refused(Box::new(error.into_finding()));
        let staging = self.project.tools().hold().map_err(refused)?;
        let mut places = Vec::new();
        for write in &self.writes {
            if let Some(finding) = irreplaceable(self.project, &write.file)? {
                return Err(WriteError::Refused(Box::new(finding)));
            }
            let (folder, name) = write.file.rsplit_once('/').unwrap_or(("", &write.file));
            let folder = self.project.folder().below(folder).hold().map_err(refused)?;
            places.push((write, folder, name, context.new_uuid()?.to_string()));
        }
        // Checked as late as possible: directly before the first file is replaced.
        for (write, folder, name, _) in &places {
            let path = folder.path().join(name);
            if !write.is_unchanged(&path)? {
                return Err(WriteError::Changed(path));
            }
        }
        for (write, folder, name, staged_name) in places {
            let is_registry = write.file == REGISTRY_FILE;
            let point = if is_registry { FaultPoint::RegistryWrite } else { FaultPoint::WorkspaceFileWrite };
            context.inject_fault(point).map_err(DiskError::writing(folder.path().join(name)))?;
            folder.replace_file(name, &write.bytes, &staging, &staged_name)?;
        }
        Ok(())
    }
}

impl PlannedWrite {
    fn is_unchanged(&self, path: &Path) -> Result<bool, DiskError> {
        match self.read {
            Some(stamp) => files::has_stamp(path, stamp),
            None => Ok(files::path_kind(path)? == PathKind::Absent),
        }
    }
}
