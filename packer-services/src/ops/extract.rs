//! `extract`: writes a pack as ordinary files, or as a project that packs to the same bytes; completely or not at all.
//!
//! The pack is first checked like in `verify`. Every payload is hashed again while it is written, so that exactly the
//! checked bytes are extracted even if the file changes in the meantime. Sounds are streamed: only the asset table is
//! kept in memory.

use std::io::ErrorKind;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::asset_uuid::AssetUuid;
use crate::banks::check_cancelled;
use crate::banks::glyph::extract::GlyphParts;
use crate::banks::sound::extract::{WavWrapper, wav_size_bytes, wav_wrapper, written_loop};
use crate::context::{Context, Progress};
use crate::declaration::{ANCHOR, Content, Convert, Declaration, Preload, SoundArtifact, SoundContent};
use crate::diagnostics::{Code, Finding, PLACES_KEPT, Place, format_bytes, has_errors, join_some};
use crate::export::{NewFile, NewFolder, PlaceError, asset_folders, check_place, numbered_names};
use crate::files::{self, DiskError, Sha};
use crate::formats::{EntryMetadata, GLYPH_BYTES, GlyphMetadata, SampleMetadata, SoundMetadata};
use crate::json;
use crate::limits::{DECLARATION_BYTES, SOURCE_FILE_BYTES};
use crate::operation::{Operation, OperationClass, Report, operation_error, permit};
use crate::pack::check::{CheckedPack, check_pack};
use crate::pack::container::{Container, Entry};
use crate::pack::file::{PackFile, PackOpenError};
use crate::paths::RelPath;
use crate::project::Project;
use crate::registry::{self, Registry};

/// The image with the tiles of a glyph bank.
const SHEET: &str = "sheet.png";
/// A payload that is written without conversion.
const PAYLOAD: &str = "payload.bin";
/// The metadata of its entry, beside it.
const METADATA: &str = "metadata.json";
/// A lower bound for the bytes of a sound artifact in a declaration.
const BYTES_PER_ARTIFACT: u64 = 50;

/// Extracts a pack.
///
/// ```
/// use packer_services::Context;
/// use packer_services::ops::{ExtractPack, Operation, Pack};
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
/// let art = folder.path().join("art");
/// let report = ExtractPack::new(project.join("build/assets.pa"), &art).run(&Context::new())?;
/// assert_eq!((report.assets[0].folder.as_str(), report.assets[0].files.as_slice()), ("sound_jump",
/// &["0.wav".into()][..])); assert!(art.join("sound_jump/0.wav").is_file());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ExtractPack {
    file: PathBuf,
    folder: PathBuf,
    as_project: bool,
}

impl ExtractPack {
    /// Extracts the pack `file` into `folder`, which must not exist or must be empty; by default as images, palettes
    /// and sounds.
    pub fn new(file: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Self {
        Self { file: file.into(), folder: folder.into(), as_project: false }
    }

    /// Whether the folder becomes a project that packs to the same bytes.
    #[must_use]
    pub fn as_project(mut self, as_project: bool) -> Self {
        self.as_project = as_project;
        self
    }
}

operation_error! {
    /// Why a pack could not be extracted. Nothing was written.
    ExtractPackError { Open(PackOpenError), Disk(DiskError) }
}

/// What was extracted.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct ExtractPackReport {
    /// The pack, as it was passed.
    pub file: String,
    /// The hash of the pack file; `None` if its header is wrong.
    pub sha256: Option<Sha>,
    /// The new folder, as it was passed.
    pub folder: String,
    /// Whether the folder was written.
    pub extracted: bool,
    /// Whether it is a project.
    pub as_project: bool,
    /// In table order; empty if nothing was written.
    pub assets: Vec<ExtractedAsset>,
}

/// An asset that was extracted.
#[derive(Clone, Debug, Serialize)]
pub struct ExtractedAsset {
    /// In the pack, and in the project.
    pub asset_id: u32,
    /// Its name in the pack.
    pub name: String,
    /// `GLYPH`, `SOUNDS` or `SCENE`.
    pub bank_type: &'static str,
    /// Its slot, if it is preloaded.
    pub slot: Option<u32>,
    /// Exactly as in the table.
    pub metadata: Value,
    /// Relative to the new folder.
    pub folder: String,
    /// Relative to the asset's folder.
    pub files: Vec<String>,
}

impl Operation for ExtractPack {
    type Report = ExtractPackReport;
    type Error = ExtractPackError;

    fn class(&self) -> OperationClass {
        OperationClass::Exports
    }

    fn run(&self, context: &Context) -> Result<Report<ExtractPackReport>, ExtractPackError> {
        permit(context, self.class())?;
        let mut pack = PackFile::open(&self.file)?;
        let mut findings = check_place(context, &self.folder);
        let mut report = ExtractPackReport {
            file: pack.display_path(),
            sha256: None,
            folder: files::display_path(&self.folder),
            extracted: false,
            as_project: self.as_project,
            assets: Vec::new(),
        };
        if let Some(checked) = check_pack::<ExtractPackError>(context, &mut pack, &mut findings)? {
            report.sha256 = Some(checked.hashes.file);
            let plan = ExtractionPlan::of(context, &checked.container)?;
            let from_plan = plan.note.iter().cloned().chain(self.limit_findings(&plan));
            findings.extend(from_plan.map(|finding| finding.file(&report.file)));
            if !has_errors(&findings) {
                match self.write_all(context, &mut pack, &checked, &plan, &mut findings)? {
                    Ok(assets) => {
                        report.extracted = true;
                        report.assets = assets;
                    }
                    Err(refusal) => findings.push(*refusal),
                }
            }
        }
        Ok(Report::new(report, findings))
    }
}

/// What will be written.
struct ExtractionPlan<'p> {
    assets: Vec<PlannedExtraction<'p>>,
    /// A note about folders that are not named after their asset.
    note: Option<Finding>,
}

/// An asset and its new folder.
struct PlannedExtraction<'p> {
    entry: &'p Entry,
    folder: RelPath,
    preload: Preload,
    asset_uuid: AssetUuid,
}

impl<'p> ExtractionPlan<'p> {
    fn of(context: &Context, container: &'p Container) -> Result<Self, DiskError> {
        let entries = &container.header.entries;
        let (folders, note) = asset_folders(entries);
        let mut preloaded = container.header.preload.iter().peekable();
        let assets = std::iter::zip(entries, folders).map(|(entry, folder)| {
            let slot = preloaded.next_if(|preload| preload.asset_id == entry.asset_id).map(|preload| preload.slot);
            let preload = Preload { enabled: slot.is_some(), slot };
            Ok(PlannedExtraction { entry, folder, preload, asset_uuid: context.new_uuid()? })
        });
        Ok(Self { assets: assets.collect::<Result<_, _>>()?, note })
    }

    fn registry(&self) -> Registry {
        let mut registry = Registry::empty();
        registry.entries = self
            .assets
            .iter()
            .map(|asset| registry::RegistryEntry {
                asset_id: asset.entry.asset_id,
                asset_uuid: asset.asset_uuid,
                root: asset.folder.clone(),
                included_in_build: true,
            })
            .collect();
        registry.next_asset_id = registry.entries.last().map_or(1, |last| last.asset_id + 1);
        registry
    }
}

impl PlannedExtraction<'_> {
    fn declaration(&self, input_palettes: Vec<RelPath>, content: Content) -> Declaration {
        let (asset_uuid, name) = (self.asset_uuid, self.entry.asset_name.clone());
        Declaration { asset_uuid, name, input_palettes, content, preload: self.preload }
    }

    /// Its name and id, for findings about several assets.
    fn name_and_id(&self) -> String {
        format!("{} (asset {})", self.entry.asset_name, self.entry.asset_id)
    }
}

impl ExtractPack {
    /// Findings about assets that cannot be written as files, or not as files of a project.
    fn limit_findings(&self, plan: &ExtractionPlan<'_>) -> Vec<Finding> {
        let assets = || plan.assets.iter();
        let scenes: Vec<&PlannedExtraction<'_>> =
            assets().filter(|asset| matches!(asset.entry.metadata, EntryMetadata::Scene(_))).collect();
        let sounds = || {
            assets().filter_map(|asset| match &asset.entry.metadata {
                EntryMetadata::Sound(sound) => Some((asset, sound)),
                _ => None,
            })
        };
        let max_bytes = if self.as_project { SOURCE_FILE_BYTES } else { u64::from(u32::MAX) };
        let fits = |sample: &SampleMetadata| wav_size_bytes(sample) <= max_bytes;
        let too_long: Vec<&PlannedExtraction<'_>> =
            sounds().filter(|(_, sound)| !sound.samples.iter().all(fits)).map(|(asset, _)| asset).collect();
        let can_be_declared = |(asset, sound): &(&PlannedExtraction<'_>, &SoundMetadata)| {
            // The lower bound avoids writing a declaration for a pack with millions of samples.
            (sound.samples.len() as u64).saturating_mul(BYTES_PER_ARTIFACT) <= DECLARATION_BYTES && {
                let declaration = asset.declaration(Vec::new(), Content::Sound(sound_content(sound)));
                declaration.to_bytes().len() as u64 <= DECLARATION_BYTES
            }
        };
        let too_many: Vec<&PlannedExtraction<'_>> = match self.as_project {
            true => sounds().filter(|sound| !can_be_declared(sound)).map(|(asset, _)| asset).collect(),
            false => Vec::new(),
        };
        let scene = match self.as_project {
            true => finding_about(
                Code::ExtractImpossible,
                &scenes,
                "a project cannot contain a SCENE, which this packer cannot build",
                "Extract without `--as-project`: a SCENE is then written without conversion.",
            ),
            false => finding_about(
                Code::ExtractAsIs,
                &scenes,
                "a SCENE is written without conversion, as `payload.bin` and `metadata.json`",
                "This packer does not know the format of a SCENE.",
            ),
        };
        let too_long = finding_about(
            Code::ExtractImpossible,
            &too_long,
            &format!("a sound is too long: its WAV file would be larger than {}", format_bytes(max_bytes)),
            if self.as_project {
                "A file of a project cannot be larger. Extract without `--as-project`, which allows longer files."
            } else {
                "A WAV file cannot be larger. The pack itself can still be played."
            },
        );
        let too_many = finding_about(
            Code::ExtractImpossible,
            &too_many,
            &format!(
                "a bank has too many sounds: its `{ANCHOR}` would be larger than {}",
                format_bytes(DECLARATION_BYTES)
            ),
            "Extract without `--as-project`, and create several banks from the sounds.",
        );
        [scene, too_long, too_many].into_iter().flatten().collect()
    }

    /// Writes everything and renames it into place; adds notes about what could not be removed afterwards. The inner
    /// error is a finding: the pack changed after it was checked, or something else is in the place now.
    fn write_all(
        &self,
        context: &Context,
        pack: &mut PackFile,
        checked: &CheckedPack,
        plan: &ExtractionPlan<'_>,
        findings: &mut Vec<Finding>,
    ) -> Result<Result<Vec<ExtractedAsset>, Box<Finding>>, ExtractPackError> {
        let container = &checked.container;
        let mut writer = Writer {
            context,
            pack,
            folder: NewFolder::stage_at(context, &self.folder)?,
            prefix: if self.as_project { "assets/" } else { "" },
            as_project: self.as_project,
        };
        let mut extracted = Vec::with_capacity(plan.assets.len());
        for (asset, sha256) in std::iter::zip(&plan.assets, &checked.hashes.payloads) {
            let offset = container.payload_offset + asset.entry.offset_bytes;
            let mut files = Vec::new();
            if writer.write_asset(asset, offset, &mut files)? != *sha256 {
                let changed = Finding::new(
                    Code::SourceChanging,
                    "the pack changed while it was extracted",
                    "Wait until the program that writes it has finished, and try again.",
                );
                return Ok(Err(Box::new(changed.file(files::display_path(&self.file)))));
            }
            context.report_progress(Progress::Extracting {
                asset_id: asset.entry.asset_id,
                done_bytes: asset.entry.offset_bytes + asset.entry.size_bytes,
                total_bytes: container.header.payload_bytes(),
            });
            extracted.push(ExtractedAsset {
                asset_id: asset.entry.asset_id,
                name: asset.entry.asset_name.clone(),
                bank_type: asset.entry.metadata.bank_type(),
                slot: asset.preload.slot,
                metadata: asset.entry.metadata.to_value(),
                folder: format!("{}{}", writer.prefix, asset.folder),
                files,
            });
        }
        if self.as_project {
            for (path, bytes) in Project::initial_files(&plan.registry()) {
                writer.folder.write(context, path, &bytes)?;
            }
        }
        check_cancelled(context)?;
        match writer.folder.put_in_place(context) {
            Ok(notes) => {
                findings.extend(notes);
                Ok(Ok(extracted))
            }
            Err(PlaceError::Taken(finding)) => Ok(Err(finding)),
            Err(PlaceError::Disk(error)) => Err(error.into()),
        }
    }
}

/// One finding about all of `assets`; `None` if there are none.
fn finding_about(code: Code, assets: &[&PlannedExtraction<'_>], what: &str, help: &str) -> Option<Finding> {
    let listed = join_some(assets.iter().map(|asset| asset.name_and_id()), ", ", PLACES_KEPT);
    (!assets.is_empty()).then(|| Finding::new(code, format!("{what}: {listed}"), help))
}

/// Writes the files of assets.
struct Writer<'w> {
    context: &'w Context,
    pack: &'w mut PackFile,
    folder: NewFolder,
    /// The path before an asset's folder.
    prefix: &'static str,
    as_project: bool,
}

impl Writer<'_> {
    /// Writes one asset, whose payload starts at `offset`, and lists its files. Returns the hash of the payload.
    fn write_asset(
        &mut self,
        asset: &PlannedExtraction<'_>,
        offset: u64,
        files: &mut Vec<String>,
    ) -> Result<Sha, ExtractPackError> {
        self.pack.seek_to(offset)?;
        let mut payload = PayloadReader { context: self.context, pack: self.pack, hasher: Sha256::new() };
        let root = format!("{}{}/", self.prefix, asset.folder);
        let mut files = AssetFiles { folder: &mut self.folder, context: self.context, root, listed: files };
        let declaration = match &asset.entry.metadata {
            EntryMetadata::Glyph(metadata) => {
                let (palettes, content) = write_glyph(&mut payload, &mut files, asset, *metadata)?;
                Some(asset.declaration(palettes, content))
            }
            EntryMetadata::Sound(metadata) => {
                write_sound(&mut payload, &mut files, metadata)?;
                Some(asset.declaration(Vec::new(), Content::Sound(sound_content(metadata))))
            }
            EntryMetadata::Scene(metadata) => {
                let mut file = files.create_file(PAYLOAD, asset.entry.size_bytes)?;
                payload.copy_to(&mut file, asset.entry.size_bytes)?;
                file.finish(self.context)?;
                files.write(METADATA, &json::to_pretty_bytes(metadata))?;
                None
            }
        };
        if let Some(declaration) = declaration.filter(|_| self.as_project) {
            files.write(ANCHOR, &declaration.to_bytes())?;
        }
        Ok(payload.into_sha256())
    }
}

/// The files of one asset.
struct AssetFiles<'f> {
    folder: &'f mut NewFolder,
    context: &'f Context,
    /// The path before each file's name.
    root: String,
    listed: &'f mut Vec<String>,
}

impl AssetFiles<'_> {
    fn create_file(&mut self, name: &str, size_bytes: u64) -> Result<NewFile, DiskError> {
        self.listed.push(name.to_owned());
        self.folder.create_file(&format!("{}{name}", self.root), size_bytes)
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), DiskError> {
        let mut file = self.create_file(name, bytes.len() as u64)?;
        file.append(self.context, bytes)?;
        file.finish(self.context)
    }
}

/// Reads a payload from start to end and hashes it.
struct PayloadReader<'p> {
    context: &'p Context,
    pack: &'p mut PackFile,
    hasher: Sha256,
}

impl PayloadReader<'_> {
    fn read_exact(&mut self, bytes: &mut [u8]) -> Result<(), ExtractPackError> {
        check_cancelled(self.context)?;
        self.pack.read_exact(bytes)?;
        self.hasher.update(bytes);
        Ok(())
    }

    fn copy_to(&mut self, file: &mut NewFile, size_bytes: u64) -> Result<(), ExtractPackError> {
        let (context, hasher) = (self.context, &mut self.hasher);
        self.pack.read_blocks::<ExtractPackError>(context, size_bytes, |block| {
            hasher.update(block);
            Ok(file.append(context, block)?)
        })
    }

    fn into_sha256(self) -> Sha {
        Sha(self.hasher.finalize().into())
    }
}

/// Writes the image and the palettes of a glyph bank. Returns the palette files and the content of its declaration.
fn write_glyph(
    payload: &mut PayloadReader<'_>,
    files: &mut AssetFiles<'_>,
    asset: &PlannedExtraction<'_>,
    metadata: GlyphMetadata,
) -> Result<(Vec<RelPath>, Content), ExtractPackError> {
    let mut bytes = Box::new([0; GLYPH_BYTES]);
    payload.read_exact(&mut *bytes)?;
    let parts = GlyphParts::of(&bytes, metadata);
    let image = parts.png_bytes().map_err(DiskError::writing(files.folder.place().join(SHEET)))?;
    files.write(SHEET, &image)?;
    let texts = parts.gpl_texts(&asset.entry.asset_name);
    let names = numbered_names("palette-", texts.len(), ".gpl");
    for (name, text) in std::iter::zip(&names, &texts) {
        files.write(name.as_str(), text.as_bytes())?;
    }
    Ok((names, Content::Glyph(parts.declared_content(RelPath::of_packer(SHEET.to_owned())))))
}

/// Writes the samples of a sound bank as WAV files.
fn write_sound(
    payload: &mut PayloadReader<'_>,
    files: &mut AssetFiles<'_>,
    metadata: &SoundMetadata,
) -> Result<(), ExtractPackError> {
    let names = numbered_names("", metadata.samples.len(), ".wav");
    for (name, sample) in std::iter::zip(&names, &metadata.samples) {
        let mut file = files.create_file(name.as_str(), wav_size_bytes(sample))?;
        // Cannot fail: `limit_findings` has checked the length.
        let too_long = || DiskError::writing(files.folder.place().join(name.as_str()))(ErrorKind::FileTooLarge.into());
        let WavWrapper { head, tail } = wav_wrapper(sample).ok_or_else(too_long)?;
        file.append(files.context, &head)?;
        payload.copy_to(&mut file, sample.frames * 2)?;
        file.append(files.context, &tail)?;
        file.finish(files.context)?;
    }
    Ok(())
}

/// The content of the declaration of a sound bank that [`write_sound`] wrote.
fn sound_content(metadata: &SoundMetadata) -> SoundContent {
    let names = numbered_names("", metadata.samples.len(), ".wav");
    let artifacts = (0..).zip(names).zip(&metadata.samples).map(|((index, name), sample)| SoundArtifact {
        file: name,
        index,
        looping: written_loop(sample),
        convert: Convert::default(),
        place: Place::Byte { offset: 0 },
    });
    SoundContent { sample_rate_hz: metadata.sample_rate_hz, artifacts: artifacts.collect() }
}
