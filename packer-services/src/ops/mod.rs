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

pub use crate::pack::cache::Moved;
pub use crate::pack::published::{Changes, NamedAsset, SincePack};
pub use constants::{MakeConstants, MakeConstantsError, MakeConstantsReport};
pub use create::{CreateAsset, CreateAssetError, CreateAssetReport, NewBank, NewGlyph, NewPreload};
pub use doctor::{Doctor, DoctorError, DoctorReport};
pub use extract::{ExtractPack, ExtractPackError, ExtractPackReport, ExtractedAsset};
pub use init::{InitWorkspace, InitWorkspaceError, InitWorkspaceReport};
pub use inspect::{HeaderDetails, InspectPack, InspectPackError, InspectPackReport, PackedEntry};
pub use list::{AssetState, ListAssets, ListAssetsError, ListAssetsReport, ListedAsset};
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

use std::path::Path;

use crate::context::Context;
use crate::diagnostics::{AsFinding, Finding};

/// What an operation may change (spec: packer charter, "Operations and their class").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationClass {
    /// Nothing of the project, but a file that it is asked to write.
    Reads,
    /// The packer's outputs in `build/`, and its cache; no other file under `assets/`.
    Publishes,
    /// The registry.
    ChangesRegistry,
    /// Files and folders under `assets/`, and the registry.
    ChangesWorkspace,
    /// One new folder, which the caller names.
    Extracts,
}

/// An operation: a request that can be run.
pub trait Operation {
    /// The operation's name, as in the documents.
    const NAME: &'static str;
    /// What it may change.
    const CLASS: OperationClass;
    /// What it tells when it ran.
    type Report: Report;
    /// Why it could not.
    type Error: std::error::Error + AsFinding;

    /// Runs it.
    ///
    /// # Errors
    /// If it could not be done; problems of the project are findings in the report.
    fn run(&self, context: &Context) -> Result<Self::Report, Self::Error>;

    /// The project it works on, if it works on one.
    fn project(&self) -> Option<&Path> {
        None
    }

    /// What to tell when it could not run: files in the project are named relative to it, as in all findings.
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

/// What an operation tells: data for adapters, with its findings.
pub trait Report: serde::Serialize {
    /// Everything found, sorted.
    fn findings(&self) -> &[Finding];
}

/// An operation's error type, with the variants that nearly all need and their findings.
macro_rules! operation_error {
    ($(#[$doc:meta])* $name:ident { $($variant:ident($inner:ty)),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, thiserror::Error)]
        pub enum $name {
            $(
                #[doc = concat!("See `", stringify!($inner), "`.")]
                #[error(transparent)]
                $variant(#[from] $inner),
            )*
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
                    Self::Cancelled => $crate::pack::lock::interrupted(),
                }
            }

            fn as_findings(&self) -> Vec<$crate::diagnostics::Finding> {
                match self {
                    $(Self::$variant(error) => error.as_findings(),)*
                    Self::Cancelled => vec![self.as_finding()],
                }
            }
        }
    };
}
pub(crate) use operation_error;
