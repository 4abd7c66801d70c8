//! `verify`: whether a pack follows every rule of the format, and matches its companions.

use std::path::PathBuf;

use serde::Serialize;

use crate::context::Context;
use crate::files::{DiskError, Sha};
use crate::operation::{Operation, OperationClass, Report, operation_error};
use crate::pack::budgets::Budgets;
use crate::pack::check::check_pack;
use crate::pack::file::{PackFile, PackOpenError};

/// Verifies a pack.
///
/// ```
/// use packer_services::Context;
/// use packer_services::ops::{Operation, Pack, VerifyPack};
///
/// # use packer_services::ops::{CreateAsset, InitWorkspace, NewBank};
/// # let folder = tempfile::tempdir()?;
/// # let project = folder.path().join("game");
/// # InitWorkspace::new(&project).run(&Context::new())?;
/// # let bank = NewBank::Sound(Default::default());
/// # let jump = "../assets-demo/lantern/assets/sound/effects/jump.wav";
/// # CreateAsset::new(&project, "sound/jump", bank, vec![jump.into()]).run(&Context::new())?;
/// // `project` is a folder with `assets/`.
/// Pack::new(&project).run(&Context::new())?;
/// let report = VerifyPack::new(project.join("build/assets.pa")).run(&Context::new())?;
/// assert!(report.findings().is_empty(), "the pack is valid");
/// assert_eq!((report.assets, report.payload_checked), (1, true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct VerifyPack {
    file: PathBuf,
}

impl VerifyPack {
    /// Verifies this file.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into() }
    }
}

operation_error! {
    /// Why a pack could not be verified.
    VerifyPackError { Open(PackOpenError), Disk(DiskError) }
}

/// The result of verifying a pack; its problems are the findings.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct VerifyPackReport {
    /// The file, as it was passed.
    pub file: String,
    /// The size of the file.
    pub size_bytes: u64,
    /// The hash of the file; `None` if its header is wrong.
    pub sha256: Option<Sha>,
    /// The number of assets in its table.
    pub assets: usize,
    /// Whether payload bytes were compared with the hashes beside the pack.
    pub payload_checked: bool,
    /// The slots and bytes that the pack uses.
    pub budgets: Option<Budgets>,
}

impl Operation for VerifyPack {
    type Report = VerifyPackReport;
    type Error = VerifyPackError;

    fn class(&self) -> OperationClass {
        OperationClass::Reads
    }

    fn run(&self, context: &Context) -> Result<Report<VerifyPackReport>, VerifyPackError> {
        let mut pack = PackFile::open(&self.file)?;
        let mut findings = Vec::new();
        let mut report = VerifyPackReport {
            file: pack.display_path(),
            size_bytes: pack.size_bytes(),
            sha256: None,
            assets: 0,
            payload_checked: false,
            budgets: None,
        };
        if let Some(checked) = check_pack::<VerifyPackError>(context, &mut pack, &mut findings)? {
            report.assets = checked.container.header.entries.len();
            report.budgets = Some(Budgets::of(&checked.container.header));
            report.sha256 = Some(checked.hashes.file);
            report.payload_checked = checked.payload_checked;
        }
        Ok(Report::new(report, findings))
    }
}
