//! What all operations share: their trait, their report and their error, and when a project is locked.

use std::ops::Deref;
use std::path::Path;

use serde::Serialize;

use crate::context::{Context, ReadOnlyError};
use crate::diagnostics::{AsFinding, Finding, Severity, has_errors, sort_findings};
use crate::history;
use crate::lock::{Lock, LockError, LockRequest};
use crate::project::{Project, ProjectError};

/// What a request may change (spec: packer charter, "Operations and their class").
///
/// The class decides whether the project is locked while the request runs, and whether a
/// [read-only context](Context::read_only) permits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OperationClass {
    /// Nothing.
    Reads,
    /// The packer's outputs in `build/`, its cache and its list of ids; no other file under `assets/`.
    Publishes,
    /// Files and folders under `assets/`, and the registry.
    ChangesWorkspace,
    /// One file or one new folder that the caller names; nothing of the project.
    Exports,
}

impl OperationClass {
    /// That of a change of the workspace, which a dry run only plans.
    pub(crate) fn of_change(dry_run: bool) -> Self {
        if dry_run { Self::Reads } else { Self::ChangesWorkspace }
    }

    /// Whether a request of this class writes to any file.
    pub fn writes(self) -> bool {
        self != Self::Reads
    }

    /// Whether the project is locked while a request of this class runs.
    pub fn locks_project(self) -> bool {
        matches!(self, Self::Publishes | Self::ChangesWorkspace)
    }
}

/// An operation: a request that can be run.
pub trait Operation {
    /// The data of its answer.
    type Report: Serialize;
    /// Why it could not run.
    type Error: std::error::Error + AsFinding;

    /// What this request may change. One operation may have requests of several classes: a pack that is only compared
    /// writes nothing.
    fn class(&self) -> OperationClass;

    /// Runs it.
    ///
    /// # Errors
    /// If it could not be done; problems of the project are findings in the report.
    fn run(&self, context: &Context) -> Result<Report<Self::Report>, Self::Error>;

    /// The project it works on, if it works on one.
    fn project(&self) -> Option<&Path> {
        None
    }

    /// A file that it works on and that is not named relative to the project, such as a pack.
    fn named_file(&self) -> Option<&Path> {
        None
    }

    /// The findings to report when it could not run: files in the project are named relative to it, as in all findings.
    fn refusal(&self, error: &Self::Error) -> Vec<Finding> {
        let mut findings = error.as_findings();
        if let Some(project) = self.project() {
            for finding in &mut findings {
                let inside = finding.file.as_deref().map(Path::new).and_then(|file| file.strip_prefix(project).ok());
                if let Some(inside) = inside.filter(|inside| !inside.as_os_str().is_empty()) {
                    finding.file = Some(crate::files::display_path(inside));
                }
            }
        }
        findings
    }
}

/// The answer of an operation: what it found, and its data, which the report dereferences to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report<T> {
    pub(crate) findings: Vec<Finding>,
    #[serde(flatten)]
    pub(crate) data: T,
}

impl<T> Report<T> {
    pub(crate) fn new(data: T, findings: Vec<Finding>) -> Self {
        Self { findings: sort_findings(findings), data }
    }

    pub(crate) fn sorted(self) -> Self {
        Self::new(self.data, self.findings)
    }

    /// The value; if there is none, its findings are added. One of them is an error then: what keeps an operation from
    /// being done is one, even where it is only a note about an excluded asset.
    pub(crate) fn accept<V>(&mut self, result: Result<V, impl IntoFindings>) -> Option<V> {
        match result {
            Ok(value) => Some(value),
            Err(findings) => {
                let mut findings = findings.into_findings();
                if !has_errors(&findings) {
                    findings.iter_mut().for_each(|finding| finding.severity = Severity::Error);
                }
                self.findings.append(&mut findings);
                None
            }
        }
    }

    /// Everything found, sorted.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The data alone.
    pub fn into_data(self) -> T {
        self.data
    }

    /// The findings and the data.
    pub fn into_parts(self) -> (Vec<Finding>, T) {
        (self.findings, self.data)
    }
}

/// Findings that say why there is no value.
pub(crate) trait IntoFindings {
    fn into_findings(self) -> Vec<Finding>;
}

impl IntoFindings for Box<Finding> {
    fn into_findings(self) -> Vec<Finding> {
        vec![*self]
    }
}

impl IntoFindings for Vec<Finding> {
    fn into_findings(self) -> Vec<Finding> {
        self
    }
}

impl<T> Deref for Report<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

/// Refuses a request that would write if the context is read-only.
pub(crate) fn permit(context: &Context, class: OperationClass) -> Result<(), ReadOnlyError> {
    if class.writes() && context.is_read_only() { Err(ReadOnlyError) } else { Ok(()) }
}

/// Runs `work` on a project that exists: with its lock, unless the request's class writes nothing to the project. The
/// report notes if the project could not be locked.
pub(crate) fn run_locked_if_writing<T, E>(
    context: &Context,
    class: OperationClass,
    project: &Project,
    request: LockRequest,
    work: impl FnOnce(Option<&Lock>) -> Result<Report<T>, E>,
) -> Result<Report<T>, E>
where
    E: From<ReadOnlyError> + From<ProjectError> + From<LockError> + NotedError,
{
    permit(context, class)?;
    // Reports that there is no project before a lock file could be made in it.
    project.open_registry()?;
    if class.locks_project() {
        with_lock(context, project, request, |lock| work(Some(lock)))
    } else {
        work(None).map(Report::sorted)
    }
}

/// Takes the lock, for a request that is permitted and a project that has a folder for it. A change that was
/// interrupted is completed first, or refused if the request must not write there.
pub(crate) fn with_lock<T, E: From<LockError> + NotedError>(
    context: &Context,
    project: &Project,
    request: LockRequest,
    work: impl FnOnce(&Lock) -> Result<Report<T>, E>,
) -> Result<Report<T>, E> {
    let lock = Lock::acquire(context, project, request)?;
    let unfinished = |findings| E::from(LockError::Unfinished(findings));
    let completed = if request.creates {
        history::complete_interrupted(context, project, &lock).map_err(|error| unfinished(error.as_findings()))?
    } else {
        let found = history::find_unfinished(project).map_err(|error| unfinished(error.as_findings()))?;
        let found = found.or_else(|| history::find_registered_again(project));
        found.map_or(Ok(Vec::new()), |finding| Err(unfinished(vec![finding])))?
    };
    let mut report = match work(&lock) {
        Ok(report) => report,
        Err(error) if completed.is_empty() => return Err(error),
        Err(error) => return Err(error.noted(completed)),
    };
    report.findings.extend(completed);
    report.findings.extend(lock.notes().iter().cloned());
    Ok(report.sorted())
}

/// An error that can also report what was done before it.
pub(crate) trait NotedError {
    /// The same error, with findings about changes that were completed or taken back first.
    fn noted(self, completed: Vec<Finding>) -> Self;
}

/// An operation's error type, with the variants that nearly all need and their findings.
macro_rules! operation_error {
    ($(#[$doc:meta])* $name:ident { $($variant:ident($inner:ty)),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, thiserror::Error)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("See `", stringify!($inner), "`.")]
                #[error(transparent)]
                $variant(#[from] $inner),
            )*
            /// The context is read-only, and the request would write.
            #[error(transparent)]
            ReadOnly(#[from] $crate::context::ReadOnlyError),
            /// Cancelled; nothing was changed.
            #[error("cancelled")]
            Cancelled,
            /// Another error, after a change that was interrupted had been completed or taken back.
            #[error("{error}")]
            Noted {
                /// Why the operation failed.
                error: Box<Self>,
                /// What was done to the change.
                completed: Vec<$crate::diagnostics::Finding>,
            },
        }

        impl $crate::operation::NotedError for $name {
            fn noted(self, completed: Vec<$crate::diagnostics::Finding>) -> Self {
                Self::Noted { error: Box::new(self), completed }
            }
        }

        impl From<$crate::banks::Stop> for $name {
            fn from(_: $crate::banks::Stop) -> Self {
                Self::Cancelled
            }
        }

        impl $crate::diagnostics::AsFinding for $name {
            fn as_finding(&self) -> $crate::diagnostics::Finding {
                match self {
                    $(Self::$variant(error) => error.as_finding(),)*
                    Self::ReadOnly(error) => error.as_finding(),
                    Self::Cancelled => $crate::lock::interrupted_finding(),
                    Self::Noted { error, .. } => error.as_finding(),
                }
            }

            fn as_findings(&self) -> Vec<$crate::diagnostics::Finding> {
                match self {
                    $(Self::$variant(error) => error.as_findings(),)*
                    Self::ReadOnly(_) | Self::Cancelled => vec![self.as_finding()],
                    Self::Noted { error, completed } => {
                        [error.as_findings(), completed.clone()].concat()
                    }
                }
            }
        }
    };
}
pub(crate) use operation_error;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Code;

    #[test]
    fn refusal_is_an_error() {
        let note = Finding { severity: Severity::Note, ..Finding::new(Code::JsonSyntax, "it is broken", "Repair it.") };
        let mut report = Report::new((), Vec::new());
        assert_eq!(report.accept::<()>(Err(vec![note])), None);
        assert!(has_errors(&report.findings));
    }
}
