//! `undo` and `redo`: takes the latest change of the workspace back, or makes the one again that was undone.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::context::Context;
use crate::declaration::ANCHOR;
use crate::diagnostics::{CauseId, Code, Finding, Severity};
use crate::edits::is_of_content;
use crate::history::{self, ChangeError, ChangeSummary, Direction, Record};
use crate::lock::{Lock, LockError, LockRequest};
use crate::operation::{Operation, OperationClass, Report, operation_error, run_locked_if_writing};
use crate::project::{Project, ProjectError};
use crate::snapshot::{Reuse, Snapshot};

/// Undoes the latest change, or makes the one again that was undone last.
///
/// ```
/// use packer_services::Context;
/// use packer_services::diagnostics::Code;
/// use packer_services::ops::{HistoryStep, InitWorkspace, Operation, StepHistory};
///
/// let (folder, context) = (tempfile::tempdir()?, Context::new());
/// InitWorkspace::new(folder.path()).run(&context)?;
/// let report = StepHistory::new(folder.path(), HistoryStep::Undo).run(&context)?;
/// assert_eq!(report.findings()[0].code, Code::HistoryEmpty);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct StepHistory {
    project: PathBuf,
    step: HistoryStep,
    dry_run: bool,
}

/// In which direction the history is gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryStep {
    /// The latest change is taken back.
    Undo,
    /// The earliest change that was undone is made again.
    Redo,
}

impl StepHistory {
    /// Undoes or makes again one change.
    pub fn new(project: impl Into<PathBuf>, step: HistoryStep) -> Self {
        Self { project: project.into(), step, dry_run: false }
    }

    /// Only reports what would be changed, and writes nothing.
    #[must_use]
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }
}

operation_error! {
    /// Why the change could not be undone or made again.
    StepHistoryError { Project(ProjectError), Lock(LockError), Change(ChangeError) }
}

/// What was undone or made again.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct StepHistoryReport {
    /// The change, with what happened to its files now; `None` if it was refused, or if there is none.
    pub change: Option<ChangeSummary>,
}

/// Whether the change could break an asset that it is not about.
fn may_concern_others(record: &Record) -> bool {
    let is_declaration = |step: &str| step.ends_with(&format!("/{ANCHOR}"));
    !(is_of_content(&record.edit) && record.paths().all(is_declaration))
}

/// The errors that the project did not have before, as warnings: the step was made, because what it leads back to is
/// what was asked for.
fn new_errors(project: &Project, before: &Snapshot) -> Vec<Finding> {
    let after = Snapshot::read_after(project, before, Reuse::IfUnchanged, |_| Reuse::IfUnchanged);
    let Ok(after) = after else { return Vec::new() };
    let known: HashSet<CauseId> = before.findings.iter().map(Finding::cause_id).collect();
    let new = after.findings.into_iter().filter(|finding| finding.is_error() && !known.contains(&finding.cause_id()));
    new.map(|finding| Finding { severity: Severity::Warning, ..finding }).collect()
}

impl Operation for StepHistory {
    type Report = StepHistoryReport;
    type Error = StepHistoryError;

    fn class(&self) -> OperationClass {
        OperationClass::of_change(self.dry_run)
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<StepHistoryReport>, StepHistoryError> {
        let project = Project::at(&self.project);
        run_locked_if_writing(context, self.class(), &project, LockRequest::WAIT, |lock| {
            let mut report = Report::new(StepHistoryReport { change: None }, Vec::new());
            self.step(context, &project, lock, &mut report)?;
            Ok(report)
        })
    }
}

impl StepHistory {
    fn step(
        &self,
        context: &Context,
        project: &Project,
        lock: Option<&Lock>,
        report: &mut Report<StepHistoryReport>,
    ) -> Result<(), StepHistoryError> {
        report.findings.extend(history::unfinished_change(project).map_err(ProjectError::from)?);
        if !report.findings.is_empty() {
            return Ok(());
        }
        let (direction, what) = match self.step {
            HistoryStep::Undo => (Direction::Backward, "undo"),
            HistoryStep::Redo => (Direction::Forward, "make again"),
        };
        let Some(planned) = history::plan_step(project, direction)? else {
            report.findings.push(Finding::new(
                Code::HistoryEmpty,
                format!("there is no change to {what}"),
                "`prometeu-packer history PROJECT` lists the changes that are known.",
            ));
            return Ok(());
        };
        if !planned.conflicts.is_empty() {
            report.findings.extend(planned.conflicts);
            return Ok(());
        }
        if let Some(lock) = lock {
            let before = may_concern_others(&planned.record).then(|| Snapshot::read(project).ok()).flatten();
            history::step_history(context, project, lock, &planned, direction)?;
            report.findings.extend(before.map(|before| new_errors(project, &before)).unwrap_or_default());
        }
        report.data.change = Some(planned.record.summary(lock.map(|_| planned.number), direction));
        Ok(())
    }
}
