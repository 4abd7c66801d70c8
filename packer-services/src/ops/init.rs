//! `init`: creates a project in a folder. In an existing project it only adds missing files.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::banks::check_cancelled;
use crate::context::{Context, FaultPoint};
use crate::files::{self, DiskError, HeldFolder, PathKind};
use crate::lock::{LockError, LockRequest};
use crate::operation::{Operation, OperationClass, Report, operation_error, permit, with_lock};
use crate::project::{Project, ProjectError, TOOL_FOLDER};
use crate::registry::{REGISTRY_FILE, Registry};

/// Creates a project.
///
/// ```
/// use packer_services::Context;
/// use packer_services::ops::{InitWorkspace, Operation};
///
/// let folder = tempfile::tempdir()?;
/// let report = InitWorkspace::new(folder.path()).run(&Context::new())?;
/// assert!(!report.existed);
/// assert!(folder.path().join("assets/.prometeu/index.json").is_file());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct InitWorkspace {
    project: PathBuf,
}

impl InitWorkspace {
    /// Creates a project in this folder, which is created if it does not exist.
    pub fn new(project: impl Into<PathBuf>) -> Self {
        Self { project: project.into() }
    }
}

operation_error! {
    /// Why no project was created.
    InitWorkspaceError { Project(ProjectError), Lock(LockError), Disk(DiskError) }
}

/// What was created.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct InitWorkspaceReport {
    /// Whether it already was a project.
    pub existed: bool,
    /// Files that were created, relative to the project.
    pub made: Vec<String>,
}

impl Operation for InitWorkspace {
    type Report = InitWorkspaceReport;
    type Error = InitWorkspaceError;

    fn class(&self) -> OperationClass {
        OperationClass::ChangesWorkspace
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<InitWorkspaceReport>, InitWorkspaceError> {
        permit(context, self.class())?;
        let project = Project::at(&self.project);
        project.refuse_links()?;
        check_cancelled(context)?;
        let is_absent = |path: &Path| files::path_kind(path).map(|kind| kind == PathKind::Absent);
        let existed = !is_absent(&project.registry_path())?;
        let (root, mut created) = HeldFolder::at_or_created(project.root())?;
        created.append(root.create_folders(TOOL_FOLDER).map_err(ProjectError::from)?.1);
        created.sync()?;
        with_lock(context, &project, LockRequest::WAIT, |_| {
            let staging = project.tools().hold().map_err(ProjectError::from)?;
            let (mut made, mut folders) = (Vec::new(), Vec::new());
            for (name, bytes) in Project::initial_files(&Registry::empty()) {
                let path = project.root().join(name);
                if is_absent(&path)? {
                    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
                    let folder = project.folder().below(folder).hold().map_err(ProjectError::from)?;
                    let point =
                        if name == REGISTRY_FILE { FaultPoint::RegistryWrite } else { FaultPoint::WorkspaceFileWrite };
                    context.inject_fault(point).map_err(DiskError::writing(&path))?;
                    folder.replace_file(file, &bytes, &staging, &context.new_uuid()?.to_string())?;
                    made.push(name.to_owned());
                    folders.push(folder);
                }
            }
            created.keep();
            let in_place = folders.iter().try_for_each(HeldFolder::check_in_place);
            in_place.map_err(DiskError::with_file_in_place)?;
            Ok(Report::new(InitWorkspaceReport { existed, made }, Vec::new()))
        })
    }
}
