//! `preview`: a bank as the console would hold it, as files in a new folder: its sheet in each palette, its samples.
//!
//! The bank is that of [`PreviewBank`], so the files contain what a window shows. A part that could not be built is
//! marked on every sheet or has no sound file, and is listed with the finding that explains it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::preview_bank::PreviewBank;
use super::show::ShowAssetError;
use crate::asset_selector::{AssetNotFound, AssetSelector};
use crate::banks::check_cancelled;
use crate::banks::sound::extract::{WavWrapper, wav_size_bytes, wav_wrapper};
use crate::context::Context;
use crate::declaration::Family;
use crate::diagnostics::{CauseId, Code, Finding, sort_findings};
use crate::export::{NewFolder, PlaceError, check_place, numbered_names};
use crate::files::{self, DiskError};
use crate::formats::SampleMetadata;
use crate::operation::{NotedError, Operation, OperationClass, Report, operation_error, permit};
use crate::paths::RelPath;
use crate::preview::{BankPreview, GlyphPreview, Playable, Preview, SampleState, SoundPreview, TileState};
use crate::project::{Project, ProjectError};
use crate::snapshot::BrokenRegistry;

/// How much of a sound is written at a time, in bytes, so that canceling takes effect within a block.
const BLOCK_BYTES: usize = 1 << 20;

/// Writes the preview of an asset.
///
/// ```
/// use packer_services::Context;
/// use packer_services::ops::{ExportPreview, Operation};
///
/// let folder = tempfile::tempdir()?;
/// let shown = folder.path().join("shown");
/// let report = ExportPreview::new("../assets-demo/lantern", "title", &shown).run(&Context::new())?;
/// assert!(report.written && !report.complete);
/// assert!(shown.join(report.sheets[0].file.as_str()).is_file());
/// let missing = &report.missing[0];
/// let finding = missing.finding.map(|at| &report.findings()[at]);
/// assert_eq!((missing.count, finding.map(|finding| finding.code.as_str())), (12, Some("colors-undeclared")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ExportPreview {
    project: PathBuf,
    asset: AssetSelector,
    folder: PathBuf,
}

impl ExportPreview {
    /// Writes the preview of this asset into `folder`, which must not exist or be empty.
    pub fn new(project: impl Into<PathBuf>, asset: impl Into<AssetSelector>, folder: impl Into<PathBuf>) -> Self {
        Self { project: project.into(), asset: asset.into(), folder: folder.into() }
    }
}

operation_error! {
    /// Why a preview could not be written. The folder was not created.
    ExportPreviewError { Project(ProjectError), Registry(BrokenRegistry), NotFound(AssetNotFound), Disk(DiskError) }
}

impl From<ShowAssetError> for ExportPreviewError {
    fn from(error: ShowAssetError) -> Self {
        match error {
            ShowAssetError::Project(error) => Self::Project(error),
            ShowAssetError::Registry(error) => Self::Registry(error),
            ShowAssetError::NotFound(error) => Self::NotFound(error),
            ShowAssetError::ReadOnly(error) => Self::ReadOnly(error),
            ShowAssetError::Cancelled => Self::Cancelled,
            ShowAssetError::Noted { error, completed } => Self::from(*error).noted(completed),
        }
    }
}

/// The files of a preview, and what is missing in them.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct ExportPreviewReport {
    /// Its id.
    pub asset_id: u32,
    /// Relative to `assets/`.
    pub root: String,
    /// If it could be read.
    pub name: Option<String>,
    /// If it could be read.
    #[serde(rename = "type")]
    pub family: Option<Family>,
    /// Whether it is in the build set.
    pub included: bool,
    /// The new folder, as it was passed.
    pub folder: String,
    /// Whether the folder was created. It is not if there is no file to write.
    pub written: bool,
    /// Whether the files contain the whole bank, byte for byte as in a pack.
    pub complete: bool,
    /// The tile size of a glyph bank, in pixels.
    pub tile_size: Option<u32>,
    /// The sheet of a glyph bank, once for each palette; empty if the folder was not created.
    pub sheets: Vec<ExportedSheet>,
    /// Which palette the indices of each tile were chosen for, by id; empty if it is unknown.
    pub tiles: Vec<ExportedTile>,
    /// The samples that could be built, by index.
    pub samples: Vec<ExportedSample>,
    /// The tiles or samples that could not be built, by index.
    pub missing: Vec<MissingPart>,
}

/// The image of a sheet in one palette.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExportedSheet {
    /// Relative to the new folder.
    pub file: RelPath,
    /// The index of the palette.
    pub palette: u32,
    /// Its name, if it has one.
    pub name: Option<String>,
}

/// A tile on the sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExportedTile {
    /// Its id.
    pub tile: u32,
    /// The palette that its indices were chosen for.
    pub palette: u32,
}

/// A sample of a bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExportedSample {
    /// Its index.
    pub index: u32,
    /// Relative to the new folder; `None` if it was not written because the sounds would exceed 512 MiB in total, or
    /// if the folder was not created.
    pub file: Option<RelPath>,
    /// In frames.
    pub frames: u64,
    /// In Hz.
    pub sample_rate: u32,
    /// The first frame of its loop, if it has one.
    pub loop_start: Option<u64>,
    /// The frame after the last of its loop, if it has one.
    pub loop_end: Option<u64>,
}

/// Consecutive tiles or samples that could not be built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MissingPart {
    /// The first tile or sample.
    pub index: u32,
    /// How many there are.
    pub count: u32,
    /// The file that they come from, relative to the asset's root, if it is known.
    pub source: Option<RelPath>,
    /// The position of the finding that explains it in the report's findings, from 0.
    pub finding: Option<usize>,
}

/// A file that is to be written.
enum PreviewFile<'p> {
    /// The sheet in the palette with this index.
    Sheet(RelPath, &'p GlyphPreview, usize),
    /// A sample.
    Sample(RelPath, &'p Playable),
}

impl Operation for ExportPreview {
    type Report = ExportPreviewReport;
    type Error = ExportPreviewError;

    fn class(&self) -> OperationClass {
        OperationClass::Exports
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<ExportPreviewReport>, ExportPreviewError> {
        permit(context, self.class())?;
        let refusal = match refuse_place(&Project::at(&self.project), &self.folder) {
            Some(refusal) => vec![refusal],
            None => check_place(context, &self.folder),
        };
        let is_refused = !refusal.is_empty();
        let (mut findings, bank) = PreviewBank::new(&self.project, self.asset.clone()).run(context)?.into_parts();
        findings.extend(refusal);
        let mut findings = sort_findings(findings);
        let mut report = ExportPreviewReport {
            asset_id: bank.asset_id,
            root: bank.root,
            name: bank.preview.as_ref().map(|preview| preview.name.clone()),
            family: bank.family,
            included: bank.included,
            folder: files::display_path(&self.folder),
            written: false,
            complete: false,
            tile_size: None,
            sheets: Vec::new(),
            tiles: Vec::new(),
            samples: Vec::new(),
            missing: Vec::new(),
        };
        if let Some(preview) = &bank.preview {
            let files = report.describe(preview, &findings);
            if !is_refused && !files.is_empty() {
                match self.write(context, &files)? {
                    Ok(notes) => {
                        report.written = true;
                        report.add_findings(&mut findings, notes);
                    }
                    Err(taken) => report.add_findings(&mut findings, vec![*taken]),
                }
            }
            if !report.written {
                report.complete = false;
                report.sheets.clear();
                report.samples.iter_mut().for_each(|sample| sample.file = None);
            }
        }
        Ok(Report::new(report, findings))
    }
}

/// Refuses a folder among the project's sources or beside its pack.
fn refuse_place(project: &Project, place: &Path) -> Option<Finding> {
    let file = place.join("palette-0.png");
    let is_inside = [project.assets_folder(), project.build_folder()].iter().any(|own| files::is_below(&file, own));
    let finding = Finding::new(
        Code::Usage,
        "a preview cannot be written into `assets/` or `build/`, which contain the sources and the pack",
        "Name a folder elsewhere.",
    );
    is_inside.then(|| finding.file(files::display_path(place)))
}

impl ExportPreview {
    /// Writes the files, all or none. The inner values are notes about what could not be removed afterwards, or a
    /// finding: something else is in the place now.
    fn write(
        &self,
        context: &Context,
        files: &[PreviewFile<'_>],
    ) -> Result<Result<Vec<Finding>, Box<Finding>>, ExportPreviewError> {
        let mut folder = NewFolder::stage_at(context, &self.folder)?;
        for file in files {
            check_cancelled(context)?;
            match file {
                PreviewFile::Sheet(name, glyph, palette) => {
                    let place = folder.place().join(name.as_str());
                    let image = glyph.png_bytes(&glyph.palettes[*palette]).map_err(DiskError::writing(place))?;
                    folder.write(context, name.as_str(), &image)?;
                }
                PreviewFile::Sample(name, sample) => write_sample(context, &mut folder, name, sample)?,
            }
        }
        check_cancelled(context)?;
        match folder.put_in_place(context) {
            Ok(notes) => Ok(Ok(notes)),
            Err(PlaceError::Taken(finding)) => Ok(Err(finding)),
            Err(PlaceError::Disk(error)) => Err(error.into()),
        }
    }
}

/// Writes a sample as a WAV.
fn write_sample(
    context: &Context,
    folder: &mut NewFolder,
    name: &RelPath,
    sample: &Playable,
) -> Result<(), ExportPreviewError> {
    let mut file = folder.create_file(name.as_str(), wav_size_bytes(&sample.metadata))?;
    // A preview keeps less than a WAV can hold.
    let too_long = || DiskError::writing(folder.place().join(name.as_str()))(ErrorKind::FileTooLarge.into());
    let WavWrapper { head, tail } = wav_wrapper(&sample.metadata).ok_or_else(too_long)?;
    file.append(context, &head)?;
    for block in sample.pcm.bytes().chunks(BLOCK_BYTES) {
        check_cancelled(context)?;
        file.append(context, block)?;
    }
    file.append(context, &tail)?;
    Ok(file.finish(context)?)
}

impl ExportPreviewReport {
    /// Adds what the preview contains and what is missing in it. Returns the files to write.
    fn describe<'p>(&mut self, preview: &'p Preview, findings: &[Finding]) -> Vec<PreviewFile<'p>> {
        self.complete = preview.is_whole;
        let causes: Vec<CauseId> = findings.iter().map(Finding::cause_id).collect();
        let finding_of = |cause: Option<CauseId>| causes.iter().position(|known| Some(*known) == cause);
        match &preview.bank {
            BankPreview::Glyph(glyph) => self.describe_glyph(glyph, preview.raw_payload.as_ref(), finding_of),
            BankPreview::Sound(sound) => self.describe_sound(sound, finding_of),
            // Only a pack contains one.
            BankPreview::Scene { .. } => Vec::new(),
        }
    }

    /// Adds findings; the missing parts still name theirs by its position.
    fn add_findings(&mut self, findings: &mut Vec<Finding>, more: Vec<Finding>) {
        let before = std::mem::take(findings);
        *findings = sort_findings([before.clone(), more].concat());
        for part in &mut self.missing {
            part.finding = part.finding.and_then(|at| findings.iter().position(|finding| *finding == before[at]));
        }
    }

    fn describe_glyph<'p>(
        &mut self,
        glyph: &'p GlyphPreview,
        raw_payload: Option<&RelPath>,
        finding_of: impl Fn(Option<CauseId>) -> Option<usize>,
    ) -> Vec<PreviewFile<'p>> {
        self.tile_size = Some(glyph.metadata.tile_size.pixels());
        for (id, tile) in (0u32..).zip(&glyph.tiles) {
            if let TileState::Hole { cause } = tile.state {
                let source = tile.source.as_ref().map(|source| &source.file).or(raw_payload);
                self.add_missing(id, source, finding_of(cause));
            }
            self.tiles.extend(tile.palette.map(|palette| ExportedTile { tile: id, palette }));
        }
        // Without its payload, the palettes of a raw asset are unknown.
        if raw_payload.is_some() && !self.missing.is_empty() {
            return Vec::new();
        }
        let names = numbered_names("palette-", glyph.palettes.len(), ".png");
        self.sheets = (0u32..)
            .zip(std::iter::zip(&names, &glyph.palettes))
            .map(|(palette, (file, declared))| ExportedSheet {
                file: file.clone(),
                palette,
                name: declared.name.clone(),
            })
            .collect();
        let files = names.into_iter().enumerate().map(|(palette, name)| PreviewFile::Sheet(name, glyph, palette));
        files.collect()
    }

    fn describe_sound<'p>(
        &mut self,
        sound: &'p SoundPreview,
        finding_of: impl Fn(Option<CauseId>) -> Option<usize>,
    ) -> Vec<PreviewFile<'p>> {
        let last = sound.samples.iter().map(|sample| sample.index).max().unwrap_or(0);
        let width = last.to_string().len();
        let mut files = Vec::new();
        // Two artifacts may declare the same index, which is an error.
        let (mut same_index, mut previous) = (1, None);
        for sample in &sound.samples {
            same_index = if previous == Some(sample.index) { same_index + 1 } else { 1 };
            previous = Some(sample.index);
            let index = sample.index;
            let name = match same_index {
                1 => format!("{index:0width$}.wav"),
                n => format!("{index:0width$}-{n}.wav"),
            };
            let name = RelPath::of_packer(name);
            match &sample.state {
                SampleState::Playable(playable) => {
                    self.samples.push(ExportedSample::of(index, Some(name.clone()), playable.metadata));
                    files.push(PreviewFile::Sample(name, playable));
                }
                SampleState::OverLimit(metadata) => {
                    self.complete = false;
                    self.samples.push(ExportedSample::of(index, None, *metadata));
                }
                SampleState::Hole { cause } => self.add_missing(index, sample.file.as_ref(), finding_of(*cause)),
            }
        }
        files
    }

    /// Adds a missing tile or sample; one that follows the last one for the same reason is added to it.
    fn add_missing(&mut self, index: u32, source: Option<&RelPath>, finding: Option<usize>) {
        match self.missing.last_mut() {
            Some(last)
                if last.index.checked_add(last.count) == Some(index)
                    && last.source.as_ref() == source
                    && last.finding == finding =>
            {
                last.count += 1;
            }
            _ => self.missing.push(MissingPart { index, count: 1, source: source.cloned(), finding }),
        }
    }
}

impl ExportedSample {
    fn of(index: u32, file: Option<RelPath>, metadata: SampleMetadata) -> Self {
        Self {
            index,
            file,
            frames: metadata.frames,
            sample_rate: metadata.sample_rate_hz,
            loop_start: metadata.looping.map(|looping| looping.start),
            loop_end: metadata.looping.map(|looping| looping.end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::SampleLoop;
    use crate::preview::{Pcm16, PreviewSample};

    fn empty_report() -> ExportPreviewReport {
        ExportPreviewReport {
            asset_id: 1,
            root: "sfx".to_owned(),
            name: None,
            family: None,
            included: true,
            folder: "shown".to_owned(),
            written: false,
            complete: true,
            tile_size: None,
            sheets: Vec::new(),
            tiles: Vec::new(),
            samples: Vec::new(),
            missing: Vec::new(),
        }
    }

    #[test]
    fn samples_over_the_limit_have_no_file() {
        let looping = Some(SampleLoop { start: 1, end: 2 });
        let metadata = SampleMetadata { frames: 1 << 29, sample_rate_hz: 8000, looping };
        let short = SampleMetadata { frames: 1, sample_rate_hz: 8000, looping: None };
        let playable = SampleState::Playable(Playable { metadata: short, pcm: Pcm16::new(vec![1, 0]) });
        let sample = |index, state| PreviewSample { index, file: None, state };
        let samples = vec![sample(0, playable), sample(1, SampleState::OverLimit(metadata))];
        let mut report = empty_report();
        let sound = SoundPreview { sample_rate_hz: 8000, samples };
        let files = report.describe_sound(&sound, |_| None);
        assert_eq!((files.len(), report.complete, report.missing.len()), (1, false, 0));
        assert_eq!(report.samples[1], ExportedSample::of(1, None, metadata));
        assert_eq!((report.samples[1].loop_start, report.samples[1].loop_end), (Some(1), Some(2)));
    }

    #[test]
    fn missing_parts_are_grouped_by_cause() {
        let mut report = empty_report();
        let (walk, jump) = (RelPath::parse("walk.png").ok(), RelPath::parse("jump.png").ok());
        for (index, source, finding) in [
            (0, &walk, Some(0)),
            (1, &walk, Some(0)),
            (2, &walk, Some(1)),
            (3, &jump, Some(1)),
            (5, &jump, Some(1)),
            (6, &jump, Some(1)),
            (u32::MAX, &None, None),
            (0, &None, None),
        ] {
            report.add_missing(index, source.as_ref(), finding);
        }
        let groups: Vec<(u32, u32)> = report.missing.iter().map(|part| (part.index, part.count)).collect();
        assert_eq!(groups, [(0, 2), (2, 1), (3, 1), (5, 2), (u32::MAX, 1), (0, 1)]);
    }
}
