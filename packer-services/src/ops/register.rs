//! `register`: adds an existing root to the registry, or changes the root of an asset that was moved. Only an asset
//! that would pack is included; a broken one can be registered as excluded.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::context::Context;
use crate::edits::{self, Draft, Drafted};
use crate::files::DiskError;
use crate::history::{ChangeError, ChangeSummary};
use crate::lock::{Lock, LockError, LockRequest};
use crate::operation::{Operation, OperationClass, Report, operation_error, run_locked_if_writing};
use crate::project::{Project, ProjectError};

/// Registers a root.
#[derive(Clone, Debug)]
pub struct RegisterAsset {
    project: PathBuf,
    root: String,
    exclude: bool,
    dry_run: bool,
}

impl RegisterAsset {
    /// Registers `root`, relative to `assets/`; by default it is in the build set.
    pub fn new(project: impl Into<PathBuf>, root: impl Into<String>) -> Self {
        Self { project: project.into(), root: root.into(), exclude: false, dry_run: false }
    }

    /// Excludes it from the build set. It may then have any error except one in its uuid.
    #[must_use]
    pub fn exclude(mut self, exclude: bool) -> Self {
        self.exclude = exclude;
        self
    }

    /// Only reports what would be changed, and writes nothing.
    #[must_use]
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }
}

operation_error! {
    /// Why the root could not be registered; nothing was changed.
    RegisterAssetError { Project(ProjectError), Lock(LockError), Change(ChangeError), Disk(DiskError) }
}

/// A registered asset, or why there is none.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct RegisterAssetReport {
    /// Its id; `None` if it was refused.
    pub asset_id: Option<u32>,
    /// Relative to `assets/`.
    pub root: String,
    /// Whether it is in the build set now.
    pub included: bool,
    /// The root that it was registered under, if it was moved: it keeps its id then. `None` if its id is new.
    pub moved_from: Option<String>,
    /// The slot that was written into its declaration, because another asset has the declared one.
    pub slot: Option<u32>,
    /// The slot that its declaration had instead.
    pub declared_slot: Option<u32>,
    /// The change, which was made or would be; `None` if it was refused.
    pub change: Option<ChangeSummary>,
}

impl Operation for RegisterAsset {
    type Report = RegisterAssetReport;
    type Error = RegisterAssetError;

    fn class(&self) -> OperationClass {
        OperationClass::of_change(self.dry_run)
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<RegisterAssetReport>, RegisterAssetError> {
        let project = Project::at(&self.project);
        run_locked_if_writing(context, self.class(), &project, LockRequest::WAIT, |lock| {
            let data = RegisterAssetReport {
                asset_id: None,
                root: self.root.clone(),
                included: false,
                moved_from: None,
                slot: None,
                declared_slot: None,
                change: None,
            };
            let mut report = Report::new(data, Vec::new());
            self.register(context, &project, lock, &mut report)?;
            Ok(report)
        })
    }
}

impl RegisterAsset {
    fn register(
        &self,
        context: &Context,
        project: &Project,
        lock: Option<&Lock>,
        report: &mut Report<RegisterAssetReport>,
    ) -> Result<(), RegisterAssetError> {
        let draft = Draft::new::<RegisterAssetError>(project, "register", &mut report.findings)?;
        let Some(mut draft) = draft else { return Ok(()) };
        draft.change.set_subject(self.root.trim_end_matches('/'));
        let registered = edits::register_root(&mut draft, &self.root, self.exclude);
        let Some(registered) = report.accept(registered) else { return Ok(()) };
        let Drafted { change, findings, .. } = draft.finish::<RegisterAssetError>(context, lock)?;
        if change.is_some() {
            report.data.asset_id = Some(registered.entry.asset_id);
            report.data.included = registered.entry.included_in_build;
            report.data.moved_from = registered.moved_from.map(|path| path.to_string());
            (report.data.slot, report.data.declared_slot) = (registered.slot, registered.declared_slot);
        }
        report.data.change = change;
        report.findings.extend(findings);
        Ok(())
    }
}
