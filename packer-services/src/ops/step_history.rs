//! `undo` and `redo`: takes the latest change of the workspace back, or makes the one again that was undone.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::context::Context;
use crate::declaration::ANCHOR;
use crate::diagnostics::{CauseId, Code, Finding, Severity};
use crate::edits::is_of_content;
use crate::history::{self, ChangeError, ChangeSummary, Direction, PlannedProject, PlannedStep, Record};
use crate::lock::{Lock, LockError, LockRequest};
use crate::operation::{Operation, OperationClass, Report, operation_error, run_locked_if_writing};
use crate::pack::examine::{DiscardOutput, examine_assets};
use crate::project::{Project, ProjectError};
use crate::registry::Registry;
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

/// What a step of a change could break or repair.
struct Affected<'r> {
    /// The files and folders that it changes, relative to `assets/`.
    paths: Vec<&'r str>,
    /// The roots whose declarations it changes.
    roots: HashSet<&'r str>,
    /// Whether it changes only what assets are built from, so that other declarations do not matter.
    is_of_content: bool,
}

impl<'r> Affected<'r> {
    fn by(record: &'r Record) -> Self {
        let paths: Vec<&str> = record.paths().filter_map(|path| path.strip_prefix("assets/")).collect();
        let roots: HashSet<&str> =
            paths.iter().filter_map(|path| path.strip_suffix(ANCHOR)?.strip_suffix('/')).collect();
        // Each asset that is touched has only one declaration.
        let is_of_content = is_of_content(&record.edit) && roots.len() == paths.len();
        Self { paths, roots, is_of_content }
    }

    /// The project now; only what is affected, if nothing else matters. What has not changed since `last` is not read
    /// again.
    fn read(&self, project: &Project, last: &Snapshot) -> Result<Snapshot, ProjectError> {
        match self.is_of_content {
            true => Snapshot::read_roots(project, &self.roots),
            false => Snapshot::read_after(project, last, Reuse::IfUnchanged, |_| Reuse::IfUnchanged),
        }
    }

    /// The project as it would be after the step.
    fn plan(
        &self,
        project: &Project,
        before: &Snapshot,
        (step, direction): (&PlannedStep, Direction),
        planned: &PlannedProject,
    ) -> Result<Snapshot, ProjectError> {
        let bytes = match &planned.registry {
            Some(bytes) => Some(bytes.clone()),
            None => project.read_registry_bytes()?,
        };
        let (mut registry, findings) = bytes.map_or((None, Vec::new()), |bytes: Vec<u8>| Registry::read(&bytes));
        if let Some(registry) = registry.as_mut().filter(|_| self.is_of_content) {
            registry.entries.retain(|entry| self.roots.contains(entry.root.as_str()));
        }
        let is_kept = |asset: &RegisteredAsset| !self.touches(asset);
        let is_forgotten = |uuid| history::is_forgotten(project, uuid, Some((step.number, direction)));
        Ok(before.planned((registry, findings), &planned.assets, is_kept, is_forgotten))
    }

    /// Whether the step changes a file of the asset, or a palette that the asset shares.
    fn touches(&self, asset: &RegisteredAsset) -> bool {
        let is_at_or_in = |path: &str, folder: &str| {
            path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let mut paths = self.paths.iter();
        paths.any(|path| {
            let shared = &asset.palettes.named_shared;
            is_at_or_in(path, asset.entry.root.as_str()) || shared.iter().any(|file| is_at_or_in(file.as_str(), path))
        })
    }

    /// The errors of all declarations together, and those of building what is touched.
    fn errors(&self, context: &Context, snapshot: &Snapshot) -> Vec<Finding> {
        let touched = snapshot.assets.iter().filter(|asset| self.touches(asset));
        let examined = examine_assets(context, snapshot, touched, None, &mut DiscardOutput);
        let findings = examined.map_or_else(|_| snapshot.findings.clone(), |examined| examined.findings);
        findings.into_iter().filter(Finding::is_error).collect()
    }
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
        let affected = Affected::by(&planned.record);
        let snapshot = affected.read(project, &Snapshot::default()).unwrap_or_default();
        let before = affected.errors(context, &snapshot);
        let after = match lock {
            Some(lock) => {
                history::step_history(context, project, lock, &planned, direction)?;
                affected.errors(context, &affected.read(project, &snapshot).unwrap_or_default())
            }
            None => {
                let planned_project = PlannedProject::after(context, project, &planned.record, direction)?;
                let after = affected.plan(project, &snapshot, (&planned, direction), &planned_project)?;
                affected.errors(context, &after)
            }
        };
        let known: HashSet<CauseId> = before.iter().map(Finding::cause_id).collect();
        let new = after.into_iter().filter(|finding| !known.contains(&finding.cause_id()));
        // The step is made, because what it leads back to is what was asked for.
        report.findings.extend(new.map(|finding| Finding { severity: Severity::Warning, ..finding }));
        report.data.change = Some(planned.record.summary(lock.map(|_| planned.number), direction));
        Ok(())
    }
}
