//! `verify`: whether a pack follows every rule of the format, and matches its companions and a project.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::context::Context;
use crate::diagnostics::{Code, Finding, has_errors};
use crate::files::{DiskError, Sha, display_path};
use crate::operation::{Operation, OperationClass, Report, operation_error};
use crate::pack::against::{HashOutput, PackComparison, compare_pack};
use crate::pack::budgets::Budgets;
use crate::pack::check::{CheckedPack, check_pack};
use crate::pack::examine::{Attempt, examine_assets, retry_while_changing};
use crate::pack::file::{PackFile, PackOpenError};
use crate::project::{Project, ProjectError};
use crate::snapshot::Snapshot;

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
    against: Option<PathBuf>,
}

impl VerifyPack {
    /// Verifies this file.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into(), against: None }
    }

    /// Also compares the pack with what a clean pack of this project would hold. Of the project, only `assets/` is
    /// read.
    #[must_use]
    pub fn against(mut self, project: Option<PathBuf>) -> Self {
        self.against = project;
        self
    }
}

operation_error! {
    /// Why a pack could not be verified.
    VerifyPackError { Open(PackOpenError), Disk(DiskError), Project(ProjectError) }
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
    /// Whether the file itself has no error, whatever it is compared with.
    pub valid: bool,
    /// The number of assets in its table.
    pub assets: usize,
    /// Whether payload bytes were compared, with the hashes beside the pack or with the project.
    pub payload_checked: bool,
    /// The slots and bytes that the pack uses.
    pub budgets: Option<Budgets>,
    /// How it differs from the project; `None` if there is none to compare with, or one of the two has errors.
    pub against: Option<PackComparison>,
}

impl Operation for VerifyPack {
    type Report = VerifyPackReport;
    type Error = VerifyPackError;

    fn class(&self) -> OperationClass {
        OperationClass::Reads
    }

    fn project(&self) -> Option<&Path> {
        self.against.as_deref()
    }

    fn named_file(&self) -> Option<&Path> {
        Some(&self.file)
    }

    fn run(&self, context: &Context) -> Result<Report<VerifyPackReport>, VerifyPackError> {
        let mut pack = PackFile::open(&self.file)?;
        let mut findings = Vec::new();
        let mut report = VerifyPackReport {
            file: pack.display_path(),
            size_bytes: pack.size_bytes(),
            sha256: None,
            valid: false,
            assets: 0,
            payload_checked: false,
            budgets: None,
            against: None,
        };
        if let Some(checked) = check_pack::<VerifyPackError>(context, &mut pack, &mut findings)? {
            report.size_bytes = pack.size_bytes();
            report.assets = checked.container.header.entries.len();
            report.budgets = Some(Budgets::of(&checked.container.header));
            report.sha256 = Some(checked.hashes.file);
            report.payload_checked = checked.payload_checked;
            report.valid = !has_errors(&findings);
            if let Some(project) = &self.against {
                let (compared, found) = compare_with(context, (checked, &report.file), &Project::at(project))?;
                if compared.is_some() {
                    // Every payload byte was compared with the project.
                    findings.retain(|finding: &Finding| finding.code != Code::PayloadUnchecked);
                    report.payload_checked = true;
                }
                findings.extend(found);
                report.against = compared;
            }
        }
        Ok(Report::new(report, findings))
    }
}

/// Compares a pack with a project, whose own findings are reported too.
fn compare_with(
    context: &Context,
    pack: (CheckedPack, &str),
    project: &Project,
) -> Result<(Option<PackComparison>, Vec<Finding>), VerifyPackError> {
    let ((mut examination, clean), changing) = retry_while_changing::<_, VerifyPackError>(context, project, |_| {
        let snapshot = Snapshot::read_unpacked(project)?;
        let mut output = HashOutput::default();
        let mut examination = examine_assets(context, &snapshot, snapshot.build_set(), None, &mut output)?;
        let changed_path = examination.changed_path.take();
        Ok(Attempt { value: (examination, output.finish()), changed_path })
    })?;
    let mut findings = std::mem::take(&mut examination.findings);
    if let Some(changing) = changing {
        findings.push(changing);
        return Ok((None, findings));
    }
    let compared = compare_pack(pack, &examination, (display_path(project.root()), clean));
    let (comparison, differences) = compared.unzip();
    findings.extend(differences.unwrap_or_default());
    Ok((comparison, findings))
}
