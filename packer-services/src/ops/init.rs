//! `init`: makes a folder a project. Harmless on one that is one already: nothing that exists is touched.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Operation, OperationClass, Report, operation_error, permit, with_lock};
use crate::context::Context;
use crate::files::{self, DiskError};
use crate::pack::lock::LockError;
use crate::project::{Project, ProjectError};
use crate::registry::Registry;

/// The files of a project without assets, relative to it, with this registry. The registry comes last: it is what makes
/// the folder a project.
pub(super) fn project_files(registry: &Registry) -> [(&'static str, Vec<u8>); 3] {
    [
        ("assets/.prometeu/.gitignore", IGNORED.as_bytes().to_vec()),
        ("assets/.gitattributes", ATTRIBUTES.as_bytes().to_vec()),
        (crate::registry::REGISTRY_FILE, registry.to_bytes()),
    ]
}

/// What version control must not keep.
const IGNORED: &str = "cache.json\nlock\n";
/// Keeps our JSON with LF line ends on every system: its bytes are hashed.
const ATTRIBUTES: &str = "asset.json text eol=lf\n.prometeu/index.json text eol=lf\n";

/// Makes a project.
#[derive(Clone, Debug)]
pub struct InitWorkspace {
    project: PathBuf,
}

impl InitWorkspace {
    /// Makes this folder a project; it is created if it does not exist.
    pub fn new(project: impl Into<PathBuf>) -> Self {
        Self { project: project.into() }
    }
}

operation_error! {
    /// Why no project was made.
    InitWorkspaceError { Project(ProjectError), Disk(DiskError), Lock(LockError) }
}

/// What was made.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct InitWorkspaceReport {
    /// Whether it was a project already.
    pub existed: bool,
    /// Files that were made, relative to the project.
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
        let existed = files::exists(&project.registry_path());
        files::make_folders(&project.tool_folder())?;
        with_lock(context, self.class(), &project, true, |_| {
            let mut made = Vec::new();
            for (name, bytes) in project_files(&Registry::empty()) {
                let path = project.root().join(name);
                if !files::exists(&path) {
                    files::replace_file(&path, &bytes, &project.tool_folder(), &context.new_uuid().to_string())?;
                    made.push(name.to_owned());
                }
            }
            files::sync_folder(Path::new(project.root()))?;
            Ok(Report::new(InitWorkspaceReport { existed, made }, Vec::new()))
        })
    }
}
