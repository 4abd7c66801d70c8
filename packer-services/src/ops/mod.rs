//! The operations: one verb, one file, `Request::run(&context) -> Result<Report, Error>`.
//!
//! "The project has a problem" is a finding in the report; "I could not do it" is the operation's error. An operation
//! prints nothing and knows no adapter.

mod asset_folders;
mod constants;
mod create;
mod doctor;
mod extract;
mod init;
mod inspect;
mod list;
mod new_content;
mod new_folder;
mod pack;
mod palettes;
mod preview_bank;
mod preview_packed_bank;
mod preview_source;
mod preview_thumbnails;
mod register;
mod report;
mod show;
mod verify;

pub use crate::asset_selector::{AssetNotFound, AssetSelector};
pub use crate::pack::cache::Moved;
pub use crate::pack::published::{Changes, NamedAsset, SincePack};
pub use crate::session::{AssetState, ListAssetsReport, ListedAsset};
pub use constants::{MakeConstants, MakeConstantsError, MakeConstantsReport};
pub use create::{CreateAsset, CreateAssetError, CreateAssetReport, NewBank, NewGlyph, NewPreload};
pub use doctor::{Doctor, DoctorError, DoctorReport};
pub use extract::{ExtractPack, ExtractPackError, ExtractPackReport, ExtractedAsset};
pub use init::{InitWorkspace, InitWorkspaceError, InitWorkspaceReport};
pub use inspect::{HeaderDetails, InspectPack, InspectPackError, InspectPackReport, PackedEntry};
pub use list::{ListAssets, ListAssetsError};
pub use pack::{Pack, PackError, PackReport, PackSummary, PackedAsset, Published};
pub use palettes::{FindPalettes, FindPalettesError, FindPalettesReport, FoundPalette};
pub use preview_bank::{PreviewBank, PreviewBankReport};
pub use preview_packed_bank::{PreviewPackedBank, PreviewPackedBankError, PreviewPackedBankReport};
pub use preview_source::{PreviewSource, PreviewSourceReport};
pub use preview_thumbnails::{
    PreviewThumbnails, PreviewThumbnailsError, PreviewThumbnailsReport, ThumbnailBanks, ThumbnailOf,
};
pub use register::{RegisterAsset, RegisterAssetError, RegisterAssetReport};
pub use report::{BankBudget, BudgetLimits, Budgets};
pub use show::{PaletteDetails, SampleDetails, ShowAsset, ShowAssetError, ShowAssetReport, TileDetails};
pub use verify::{VerifyPack, VerifyPackError, VerifyPackReport};

use std::ops::Deref;
use std::path::Path;

use serde::Serialize;

use crate::context::{Context, ReadOnlyError};
use crate::diagnostics::{AsFinding, Finding, sorted};
use crate::pack::lock::{Lock, LockError};
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
    /// The packer's outputs in `build/`, and its cache; no other file under `assets/`.
    Publishes,
    /// The registry.
    ChangesRegistry,
    /// Files and folders under `assets/`, and the registry.
    ChangesWorkspace,
    /// One file or one new folder that the caller names; nothing of the project.
    Exports,
}

impl OperationClass {
    /// Whether a request of this class writes to any file.
    pub fn writes(self) -> bool {
        self != Self::Reads
    }

    /// Whether the project is locked while a request of this class runs.
    pub fn locks_project(self) -> bool {
        matches!(self, Self::Publishes | Self::ChangesRegistry | Self::ChangesWorkspace)
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
        Self { findings: sorted(findings), data }
    }

    pub(crate) fn sorted(self) -> Self {
        Self::new(self.data, self.findings)
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

impl<T> Deref for Report<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

/// Refuses a request that would write if the context is read-only.
fn permit(context: &Context, class: OperationClass) -> Result<(), ReadOnlyError> {
    if class.writes() && context.is_read_only() { Err(ReadOnlyError) } else { Ok(()) }
}

/// Runs `work` on a project that exists, and that is locked if the request's class writes to it. The report notes if
/// it could not be locked.
fn run_locked<T, E>(
    context: &Context,
    class: OperationClass,
    project: &Project,
    wait: bool,
    work: impl FnOnce(Option<&Lock>) -> Result<Report<T>, E>,
) -> Result<Report<T>, E>
where
    E: From<ReadOnlyError> + From<ProjectError> + From<LockError>,
{
    permit(context, class)?;
    // Reports that there is no project before a lock file could be made in it.
    project.read_registry()?;
    with_lock(context, class, project, wait, work)
}

/// As [`run_locked`], once the request is permitted and there is a folder for the lock.
fn with_lock<T, E: From<LockError>>(
    context: &Context,
    class: OperationClass,
    project: &Project,
    wait: bool,
    work: impl FnOnce(Option<&Lock>) -> Result<Report<T>, E>,
) -> Result<Report<T>, E> {
    let lock = if class.locks_project() { Some(Lock::take(context, project, wait)?) } else { None };
    let mut report = work(lock.as_ref())?;
    report.findings.extend(lock.as_ref().and_then(Lock::note).cloned());
    Ok(report.sorted())
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
                    Self::Cancelled => $crate::pack::lock::interrupted(),
                }
            }

            fn as_findings(&self) -> Vec<$crate::diagnostics::Finding> {
                match self {
                    $(Self::$variant(error) => error.as_findings(),)*
                    Self::ReadOnly(_) | Self::Cancelled => vec![self.as_finding()],
                }
            }
        }
    };
}
pub(crate) use operation_error;
