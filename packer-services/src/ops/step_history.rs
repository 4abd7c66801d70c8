//! `undo` and `redo`: takes the latest change of the workspace back, or makes the one again that was undone.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use crate::context::Context;
use crate::declaration::ANCHOR;
use crate::diagnostics::{CauseId, Code, Finding, Severity};
use crate::edits::is_of_content;
use crate::history::{self, ChangeError, ChangeSummary, Direction, Record};
use crate::lock::{Lock, LockError, LockRequest};
use crate::operation::{Operation, OperationClass, Report, operation_error, run_locked_if_writing};
use crate::pack::examine::{DiscardOutput, examine_assets};
use crate::project::{Project, ProjectError};
use crate::snapshot::{RegisteredAsset, Reuse, Snapshot};

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

/// The errors of the project, as far as a step of this change could cause or resolve them: those of all declarations
/// together, unless it changes only what an asset is built from, and those of building what it touches. What has not
/// changed since the snapshot `last` is not read again.
fn find_errors(context: &Context, project: &Project, record: &Record, last: &Snapshot) -> (Snapshot, Vec<Finding>) {
    let paths: Vec<&str> = record.paths().filter_map(|path| path.strip_prefix("assets/")).collect();
    let roots: HashSet<&str> = paths.iter().filter_map(|path| path.strip_suffix(ANCHOR)?.strip_suffix('/')).collect();
    // Each asset that is touched has only one declaration.
    let is_of_content = is_of_content(&record.edit) && roots.len() == paths.len();
    let snapshot = match is_of_content {
        true => Snapshot::read_roots(project, &roots),
        false => Snapshot::read_after(project, last, Reuse::IfUnchanged, |_| Reuse::IfUnchanged),
    };
    let Ok(snapshot) = snapshot else { return (Snapshot::default(), Vec::new()) };
    let is_touched = |asset: &&Arc<RegisteredAsset>| {
        let mut in_root = paths.iter().filter_map(|path| path.strip_prefix(asset.entry.root.as_str()));
        in_root.any(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let touched = snapshot.assets.iter().filter(is_touched);
    let examined = examine_assets(context, &snapshot, touched, None, &mut DiscardOutput);
    let findings = examined.map_or_else(|_| snapshot.findings.clone(), |examined| examined.findings);
    let errors = findings.into_iter().filter(Finding::is_error).collect();
    (snapshot, errors)
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
            let (snapshot, before) = find_errors(context, project, &planned.record, &Snapshot::default());
            history::step_history(context, project, lock, &planned, direction)?;
            let (_, after) = find_errors(context, project, &planned.record, &snapshot);
            let known: HashSet<CauseId> = before.iter().map(Finding::cause_id).collect();
            let new = after.into_iter().filter(|finding| !known.contains(&finding.cause_id()));
            // The step was made, because what it leads back to is what was asked for.
            report.findings.extend(new.map(|finding| Finding { severity: Severity::Warning, ..finding }));
        }
        report.data.change = Some(planned.record.summary(lock.map(|_| planned.number), direction));
        Ok(())
    }
}
