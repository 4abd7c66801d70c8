//! `palettes --export`: a palette of a glyph bank as a palette file, for art programs.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::palettes::read_sources;
use crate::asset_selector::{AssetNotFound, AssetSelector};
use crate::banks::Outcome;
use crate::context::Context;
use crate::declaration::{ANCHOR, Palette};
use crate::diagnostics::{Code, Finding, has_errors, plural};
use crate::export::{refuse_project_folder, refuse_special_file, replace_exported_file};
use crate::files::{self, DiskError};
use crate::operation::{Operation, OperationClass, Report, operation_error, permit};
use crate::pack::examine::{Attempt, with_retries};
use crate::palette_file::{PaletteFormat, write_palette_file};
use crate::project::{Project, ProjectError};
use crate::snapshot::BrokenRegistry;

/// Writes a palette of a glyph bank to a palette file. The extension of the file decides its format: `.gpl`, `.hex`,
/// `.pal` (JASC), `.act` or `.txt` (Paint.NET).
#[derive(Clone, Debug)]
pub struct ExportPalette {
    project: PathBuf,
    asset: AssetSelector,
    file: PathBuf,
    palette: Option<u32>,
    replace: bool,
    dry_run: bool,
}

impl ExportPalette {
    /// Writes the only palette of this asset to this file.
    pub fn new(project: impl Into<PathBuf>, asset: impl Into<AssetSelector>, file: impl Into<PathBuf>) -> Self {
        let (project, asset, file) = (project.into(), asset.into(), file.into());
        Self { project, asset, file, palette: None, replace: false, dry_run: false }
    }

    /// Which palette; required if the asset has several.
    #[must_use]
    pub fn palette(mut self, palette: Option<u32>) -> Self {
        self.palette = palette;
        self
    }

    /// Replaces the file if it exists.
    #[must_use]
    pub fn replace(mut self, replace: bool) -> Self {
        self.replace = replace;
        self
    }

    /// Only reports what would be written.
    #[must_use]
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }
}

operation_error! {
    /// Why no palette was written.
    ExportPaletteError { Project(ProjectError), Registry(BrokenRegistry), NotFound(AssetNotFound), Disk(DiskError) }
}

/// A palette that was written.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct ExportPaletteReport {
    /// The asset's id.
    pub asset_id: u32,
    /// Relative to `assets/`.
    pub root: String,
    /// The index of the palette; `None` if there are errors.
    pub palette: Option<u32>,
    /// `#rrggbb`; color 0 is the color key. Empty if there are errors.
    pub colors: Vec<String>,
    /// The file, as it was named.
    pub file: String,
    /// Whether it was written.
    pub written: bool,
}

impl Operation for ExportPalette {
    type Report = ExportPaletteReport;
    type Error = ExportPaletteError;

    fn class(&self) -> OperationClass {
        if self.dry_run { OperationClass::Reads } else { OperationClass::Exports }
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<ExportPaletteReport>, ExportPaletteError> {
        permit(context, self.class())?;
        let project = Project::at(&self.project);
        let ((data, chosen, mut findings), changing) = with_retries(context, &project, |snapshot| {
            snapshot.require_registry()?;
            let asset = self.asset.select(snapshot)?;
            let asset_ref = asset.asset_ref();
            let data = ExportPaletteReport {
                asset_id: asset.entry.asset_id,
                root: asset_ref.root.clone(),
                palette: None,
                colors: Vec::new(),
                file: files::display_path(&self.file),
                written: false,
            };
            let mut outcome = Outcome::default();
            let mut findings = Vec::new();
            let bank = read_sources(&project, asset, &mut outcome, &mut findings);
            let chosen = bank.and_then(|bank| match self.choose(&bank.glyph.palettes) {
                Ok(chosen) => Some(chosen),
                Err(finding) => {
                    outcome.findings.push(finding.file(ANCHOR));
                    None
                }
            });
            let changed_path = outcome.changed.first().map(|path| format!("assets/{}/{path}", asset_ref.root));
            findings.extend(outcome.findings.into_iter().map(|finding| finding.in_asset(&asset_ref)));
            Ok::<_, ExportPaletteError>(Attempt { value: (data, chosen, findings), changed_path })
        })?;
        let mut data = data;
        findings.extend(changing);
        findings.extend(self.refuse_place(&project)?);
        let format = self.format().map_err(|finding| findings.push(*finding)).ok();
        if let (Some((index, palette)), Some(format)) = (chosen.filter(|_| !has_errors(&findings)), format) {
            let name = palette.name.clone().unwrap_or_else(|| format!("palette {index}"));
            data.palette = Some(index);
            data.colors = palette.colors.iter().map(ToString::to_string).collect();
            let bytes = write_palette_file(format, &name, &palette.colors).filter(|_| !self.dry_run);
            if let Some(bytes) = bytes {
                findings.extend(replace_exported_file(context, &self.file, &bytes)?);
                data.written = true;
            }
        }
        Ok(Report::new(data, findings))
    }
}

impl ExportPalette {
    /// The palette that is written, with its index.
    fn choose(&self, palettes: &[Palette]) -> Result<(u32, Palette), Finding> {
        let count = palettes.len();
        let index = match self.palette {
            Some(index) => index,
            None if count > 1 => {
                return Err(Finding::new(
                    Code::PaletteUndeclared,
                    format!("the bank has {count} palettes; a file has one"),
                    format!("Pass which one, from 0 to {}: `--index 0`.", count - 1),
                ));
            }
            None => 0,
        };
        let palette = palettes.get(index as usize).cloned().ok_or_else(|| {
            Finding::new(
                Code::PaletteUndeclared,
                format!("palette {index} is not declared; the bank has {}", plural(count as u64, "palette")),
                "Pass the index of a declared palette: `prometeu-packer show PROJECT ASSET` lists them.",
            )
        })?;
        Ok((index, palette))
    }

    fn format(&self) -> Result<PaletteFormat, Box<Finding>> {
        let name = self.file.file_name().unwrap_or_default().to_string_lossy();
        PaletteFormat::of_name(&name).ok_or_else(|| {
            let known: Vec<String> =
                PaletteFormat::WRITTEN.iter().map(|(extension, format)| format!("`.{extension}` ({format})")).collect();
            let finding = Finding::new(
                Code::Usage,
                "the extension of the file names no format of palettes",
                format!("Pass a file that ends in one of: {}.", known.join(", ")),
            );
            Box::new(finding.file(files::display_path(&self.file)))
        })
    }

    fn refuse_place(&self, project: &Project) -> Result<Vec<Finding>, DiskError> {
        let mut findings = Vec::new();
        findings.extend(refuse_project_folder(project, &self.file, "a palette", "beside the drawings"));
        findings.extend(refuse_special_file(&self.file)?);
        if findings.is_empty() && files::exists(&self.file) && !self.replace {
            let finding = Finding::new(
                Code::OutputExists,
                "the file already exists",
                "Pass another name, or replace this file with `--force`.",
            );
            findings.push(finding.file(files::display_path(&self.file)));
        }
        Ok(findings)
    }
}
