//! `doctor`: all problems of a project, and whether they would block a pack.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::anchor::declared_uuid;
use crate::banks::check_cancelled;
use crate::context::Context;
use crate::diagnostics::{AsFinding, Finding, Severity, has_errors};
use crate::files::DiskError;
use crate::operation::{Operation, OperationClass, Report, operation_error};
use crate::pack::budgets::Budgets;
use crate::pack::examine::{Attempt, DiscardOutput, examine_assets, with_retries};
use crate::project::{Project, ProjectError};
use crate::snapshot::Snapshot;
use crate::walk::{self, WorkspaceFiles};

/// Examines a project as a pack would, including its excluded assets.
///
/// ```
/// use packer_services::Context;
/// use packer_services::diagnostics::Code;
/// use packer_services::ops::{Doctor, Operation};
///
/// let report = Doctor::new("../assets-demo/snuffed").run(&Context::new())?;
/// assert!(report.blocked);
/// for finding in report.findings().iter().filter(|finding| finding.is_error()) {
///     println!("{finding}"); // with its place and the likely fix
/// }
/// assert!(report.findings().iter().any(|finding| finding.code == Code::ColorNearMiss));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Doctor {
    project: PathBuf,
    workspace: bool,
}

impl Doctor {
    /// Examines the registered assets, and looks for roots that are not registered.
    pub fn new(project: impl Into<PathBuf>) -> Self {
        Self { project: project.into(), workspace: false }
    }

    /// Also looks for unused files, and for files with the same content.
    #[must_use]
    pub fn workspace(mut self, workspace: bool) -> Self {
        self.workspace = workspace;
        self
    }
}

operation_error! {
    /// Why a project could not be examined.
    DoctorError { Project(ProjectError), Disk(DiskError) }
}

/// The state of a project; its problems are the findings.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct DoctorReport {
    /// Whether a pack would be blocked.
    pub blocked: bool,
    /// The number of registered assets.
    pub assets: usize,
    /// The number of assets in the build set.
    pub included: usize,
    /// What a pack would use, unless it is blocked.
    pub budgets: Option<Budgets>,
}

impl Doctor {
    /// Notes on what lies under `assets/`. Without `workspace`, only the anchors are searched, and what cannot be read
    /// there is only a note: a pack does not read it.
    fn workspace_notes(
        &self,
        context: &Context,
        project: &Project,
        snapshot: &Snapshot,
    ) -> Result<Vec<Finding>, DiskError> {
        let listed = if self.workspace { walk::list_workspace_files(project) } else { walk::list_anchors(project) };
        let walk = match listed {
            Err(error) if !self.workspace => {
                return Ok(vec![Finding { severity: Severity::Note, ..error.as_finding() }]);
            }
            listed => listed?,
        };
        let unregistered = walk.unregistered_roots(snapshot);
        let assets = project.assets();
        let mut notes = WorkspaceFiles::root_notes(snapshot, &unregistered, |root| declared_uuid(&assets, root));
        if self.workspace {
            notes.extend(walk.file_notes(context, project, snapshot, &unregistered));
        }
        notes.extend(walk.findings);
        Ok(notes)
    }
}

impl Operation for Doctor {
    type Report = DoctorReport;
    type Error = DoctorError;

    fn class(&self) -> OperationClass {
        OperationClass::Reads
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<DoctorReport>, DoctorError> {
        let project = Project::at(&self.project);
        let (mut report, changing) = with_retries(context, &project, |snapshot| {
            let examination = examine_assets(context, snapshot, &snapshot.assets, None, &mut DiscardOutput)?;
            let mut findings = examination.findings;
            findings.extend(self.workspace_notes(context, &project, snapshot)?);
            check_cancelled(context)?;
            let data = DoctorReport {
                blocked: false,
                assets: snapshot.assets.len(),
                included: snapshot.build_set().count(),
                budgets: examination.header.as_ref().map(Budgets::of),
            };
            Ok::<_, DoctorError>(Attempt { value: Report { findings, data }, changed_path: examination.changed_path })
        })?;
        report.findings.extend(changing);
        report.data.blocked = has_errors(&report.findings);
        Ok(report.sorted())
    }
}
