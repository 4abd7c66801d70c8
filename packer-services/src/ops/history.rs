//! `history`: lists the changes of the workspace, and the assets that can be restored.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::context::Context;
use crate::history::{self, ChangeError, ChangeState, History, RecordName};
use crate::lock::{LockError, LockRequest};
use crate::operation::{Operation, OperationClass, Report, operation_error, run_locked_if_writing};
use crate::project::{Project, ProjectError};

/// Lists the changes that the history knows.
#[derive(Clone, Debug)]
pub struct ListChanges {
    project: PathBuf,
}

impl ListChanges {
    /// Lists the changes of this project.
    pub fn new(project: impl Into<PathBuf>) -> Self {
        Self { project: project.into() }
    }
}

operation_error! {
    /// Why the changes could not be listed.
    ListChangesError { Project(ProjectError), Lock(LockError), Change(ChangeError) }
}

/// The changes of a project.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct ListChangesReport {
    /// The latest first.
    pub changes: Vec<ListedChange>,
    /// The number of the change that an undo takes back.
    pub undo: Option<u64>,
    /// The number of the change that a redo makes again.
    pub redo: Option<u64>,
    /// The assets that can be restored, in the order of their removal.
    pub removed: Vec<RemovedAsset>,
}

/// A change of the workspace.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ListedChange {
    /// Its number. Later changes have higher ones.
    pub number: u64,
    /// What became of it.
    pub state: ChangeState,
    /// The verb that made it.
    pub edit: String,
    /// The name or the root of the asset that was changed.
    pub subject: String,
}

/// An asset whose root was removed, or whose creation was undone.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RemovedAsset {
    /// The number of the change that removed it.
    pub number: u64,
    /// The id that it had.
    pub asset_id: u32,
    /// Its name, or its root if it has none.
    pub name: String,
    /// Where it was, relative to `assets/`.
    pub root: String,
}

impl Operation for ListChanges {
    type Report = ListChangesReport;
    type Error = ListChangesError;

    fn class(&self) -> OperationClass {
        OperationClass::Reads
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<ListChangesReport>, ListChangesError> {
        let project = Project::at(&self.project);
        run_locked_if_writing(context, self.class(), &project, LockRequest::WAIT, |_| {
            let data = ListChangesReport { changes: Vec::new(), undo: None, redo: None, removed: Vec::new() };
            let unfinished = history::unfinished_change(&project).map_err(ProjectError::from)?;
            let mut report = Report::new(data, unfinished.into_iter().collect());
            let Some(history) = History::open(&project).map_err(ChangeError::from)? else { return Ok(report) };
            let (records, reach) = history.list()?;
            let changes = records.into_iter().map(|(RecordName { number, state }, record)| {
                let (edit, subject) = (record.edit, record.subject);
                ListedChange { number, state, edit, subject }
            });
            report.data.changes = changes.collect();
            (report.data.undo, report.data.redo) = (reach.undo, reach.redo);
            let removed = history.kept_assets()?.into_iter().map(|kept| RemovedAsset {
                number: kept.number,
                asset_id: kept.entry.asset_id,
                name: kept.subject,
                root: kept.entry.root.as_str().to_owned(),
            });
            report.data.removed = removed.collect();
            Ok(report)
        })
    }
}
