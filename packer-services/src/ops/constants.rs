//! `constants`: the ids of a pack as constants for a program that uses it.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::constants::{self, Constant, Language};
use crate::context::Context;
use crate::diagnostics::{Finding, has_errors};
use crate::export::{refuse_project_folder, refuse_special_file, replace_exported_file};
use crate::files::{self, DiskError, SourceFile};
use crate::operation::{Operation, OperationClass, Report, operation_error, permit};
use crate::pack::examine::{Attempt, DiscardOutput, examine_assets, with_retries};
use crate::project::{Project, ProjectError};

/// Writes constants for everything that a pack would contain.
///
/// ```
/// use packer_services::Context;
/// use packer_services::constants::Language;
/// use packer_services::ops::{MakeConstants, Operation};
///
/// let report = MakeConstants::new("../assets-demo/lantern", Language::Rust).run(&Context::new())?;
/// let text = report.text.as_deref().unwrap_or_default(); // the source text of a Rust module
/// assert!(text.contains("pub const ASSET_TERRAIN: u32 = 1;"));
/// assert_eq!((report.constants[0].name.as_str(), report.constants[0].value.numbers()), ("ASSET_TERRAIN", &[1][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MakeConstants {
    project: PathBuf,
    language: Language,
    output: Option<PathBuf>,
    palettes: bool,
}

impl MakeConstants {
    /// Writes constants in this language; by default only to the report.
    pub fn new(project: impl Into<PathBuf>, language: Language) -> Self {
        Self { project: project.into(), language, output: None, palettes: false }
    }

    /// Whether to write also which palette draws each tile.
    #[must_use]
    pub fn palettes(mut self, palettes: bool) -> Self {
        self.palettes = palettes;
        self
    }

    /// The file to write, atomically; a file that already has this content is left untouched.
    #[must_use]
    pub fn output(mut self, output: Option<PathBuf>) -> Self {
        self.output = output;
        self
    }
}

operation_error! {
    /// Why no constants were written.
    MakeConstantsError { Project(ProjectError), Disk(DiskError) }
}

/// The constants.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct MakeConstantsReport {
    /// Their language.
    pub language: Language,
    /// The file, as it was named.
    pub output: Option<String>,
    /// Whether the file was written; it is not if it already had this content.
    pub written: bool,
    /// By asset, then by index; empty if there are errors.
    pub constants: Vec<Constant>,
    /// The complete text of the file; `None` if there are errors.
    #[serde(skip)]
    pub text: Option<String>,
}

impl Operation for MakeConstants {
    type Report = MakeConstantsReport;
    type Error = MakeConstantsError;

    fn class(&self) -> OperationClass {
        if self.output.is_some() { OperationClass::Exports } else { OperationClass::Reads }
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<MakeConstantsReport>, MakeConstantsError> {
        permit(context, self.class())?;
        let project = Project::at(&self.project);
        let ((mut constants, mut findings), changing) = with_retries(context, &project, |snapshot| {
            let examination = examine_assets(context, snapshot, snapshot.build_set(), None, &mut DiscardOutput)?;
            let (constants, clashes) = match &examination.header {
                Some(header) => constants::of(&examination, header, self.language, self.palettes),
                None => (Vec::new(), Vec::new()),
            };
            let findings = [examination.findings.clone(), clashes].concat();
            let findings: Vec<Finding> = findings.into_iter().map(Finding::requiring_animations).collect();
            Ok::<_, MakeConstantsError>(Attempt {
                value: (constants, findings),
                changed_path: examination.changed_path,
            })
        })?;
        findings.extend(changing);
        if let Some(path) = &self.output {
            findings.extend(refuse_project_folder(
                &project,
                path,
                "constants",
                "next to the source code of the program",
            ));
            findings.extend(refuse_special_file(path)?);
        }
        let mut text = None;
        if has_errors(&findings) {
            constants.clear();
        } else {
            text = Some(self.language.write_constants(&constants));
        }
        let written = match (&self.output, &text) {
            (Some(path), Some(text)) => write_if_changed(context, path, text, &mut findings)?,
            _ => false,
        };
        let data = MakeConstantsReport {
            language: self.language,
            output: self.output.as_deref().map(files::display_path),
            written,
            constants,
            text,
        };
        Ok(Report::new(data, findings))
    }
}

/// Writes `text` to the file, unless that is already its content. Returns whether it was written; adds notes about what
/// could not be removed afterwards.
fn write_if_changed(
    context: &Context,
    path: &Path,
    text: &str,
    findings: &mut Vec<Finding>,
) -> Result<bool, DiskError> {
    if files::exists(path) {
        let existing =
            SourceFile::from_path(path).ok().and_then(|source| source.read_whole(text.len() as u64).ok().flatten());
        if existing.is_some_and(|existing| existing.bytes == text.as_bytes()) {
            return Ok(false);
        }
    }
    findings.extend(replace_exported_file(context, path, text.as_bytes())?);
    Ok(true)
}
