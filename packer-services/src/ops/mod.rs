//! The operations: one verb, one file, `Request::run(&context) -> Result<Report, Error>`.
//!
//! "The project has a problem" is a finding in the report; "I could not do it" is the operation's error. An operation
//! prints nothing and knows no adapter.

mod asset_folders;
mod create_asset;
mod doctor;
mod extract_pack;
mod extract_palettes;
mod get_asset_details;
mod init_workspace;
mod inspect_pack;
mod list_assets;
mod make_constants;
mod new_content;
mod new_folder;
mod pack;
mod preview_bank;
mod preview_packed_bank;
mod preview_source;
mod preview_thumbnails;
mod register_asset;
mod report;
mod verify_pack;

pub use crate::pack::cache::Moved;
pub use crate::pack::published::{Changes, NamedAsset, SincePack};
pub use create_asset::{CreateAsset, CreateError, Created, NewBank, NewGlyph, NewPreload};
pub use doctor::{Checkup, Doctor, DoctorError};
pub use extract_pack::{ExtractError, ExtractPack, ExtractedAsset, Extraction};
pub use extract_palettes::{ExtractPalettes, FoundPalette, PalettesError, PalettesFound};
pub use get_asset_details::{AssetDetails, DetailsError, GetAssetDetails, PaletteDetails, SampleDetails, TileDetails};
pub use init_workspace::{InitError, InitWorkspace, Initialised};
pub use inspect_pack::{HeaderDetails, InspectError, InspectPack, Inspection, PackedEntry};
pub use list_assets::{AssetState, ListAssets, ListError, Listed, Listing};
pub use make_constants::{ConstantsError, ConstantsMade, MakeConstants};
pub use pack::{Pack, PackError, PackReport, PackSummary, PackedAsset, Published};
pub use preview_bank::{BankPreviewed, PreviewBank};
pub use preview_packed_bank::{PackedBankPreviewed, PreviewPackedBank, PreviewPackedError};
pub use preview_source::{PreviewSource, SourcePreviewed};
pub use preview_thumbnails::{PreviewThumbnails, ThumbnailBanks, ThumbnailOf, Thumbnails, ThumbnailsError};
pub use register_asset::{RegisterAsset, RegisterError, Registered};
pub use report::{Allowed, BankBudget, Budgets};
pub use verify_pack::{Verification, VerifyError, VerifyPack};

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
                    finding.file = Some(crate::files::shown(inside));
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
