//! `extract`: a pack as files that people open, or as a project that packs to the same bytes. All or nothing.
//!
//! The pack is judged first, as `verify` judges it. Every payload is hashed again while it is written, so that what was
//! judged is what is extracted, whatever happens to the file meanwhile. Sounds stream; nothing grows with the pack but
//! its table.

use std::io::ErrorKind;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::asset_uuid::AssetUuid;
use crate::banks::check_cancelled;
use crate::banks::glyph::extract::GlyphParts;
use crate::banks::sound::extract::{WavWrapper, wav_size_bytes, wav_wrapper};
use crate::context::{Context, Progress};
use crate::declaration::{ANCHOR, Content, Convert, Declaration, LoopChoice, Preload, SoundArtifact, SoundContent};
use crate::diagnostics::{Code, Finding, PLACES_KEPT, Place, format_bytes, has_errors, join_some};
use crate::export::{NewFile, NewFolder, asset_folders, judge_place, numbered};
use crate::files::{self, DiskError, Sha};
use crate::formats::{EntryMetadata, GLYPH_BYTES, GlyphMetadata, SampleMetadata, SoundMetadata};
use crate::json;
use crate::limits::{DECLARATION_BYTES, SOURCE_FILE_BYTES};
use crate::operation::{Operation, OperationClass, Report, operation_error, permit};
use crate::pack::container::{Container, Entry};
use crate::pack::file::{PackFile, PackOpenError};
use crate::pack::judge::{JudgedPack, judge_pack};
use crate::paths::RelPath;
use crate::project::Project;
use crate::registry::{self, Registry};

/// The image of a glyph bank's tiles.
const SHEET: &str = "sheet.png";
/// A payload that is written as it is.
const PAYLOAD: &str = "payload.bin";
/// The entry metadata beside it.
const METADATA: &str = "metadata.json";
/// No artifact of a sound is shorter in a declaration.
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
/// # let bank = NewBank::Sound { sample_rate_hz: None, convert: Default::default() };
/// # let jump = "../assets-demo/lantern/assets/sound/effects/jump.wav";
/// # CreateAsset::new(&project, "sound/jump", bank, vec![jump.into()]).run(&Context::new())?;
/// // `project` is a folder with `assets/`.
/// Pack::new(&project).run(&Context::new())?;
/// let art = folder.path().join("art");
/// let report = ExtractPack::new(project.join("build/assets.pa"), &art).run(&Context::new())?;
/// assert_eq!((report.assets[0].folder.as_str(), report.assets[0].files.as_slice()), ("sound_jump", &["0.wav".into()][..]));
/// assert!(art.join("sound_jump/0.wav").is_file());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ExtractPack {
    file: PathBuf,
    folder: PathBuf,
    as_project: bool,
}

impl ExtractPack {
    /// Extracts the pack `file` into `folder`, which must not exist or be empty; by default as images, palettes and sounds.
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
    /// Why a pack could not be extracted; then nothing was made.
    ExtractPackError { Open(PackOpenError), Disk(DiskError) }
}

/// What came of extracting.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct ExtractPackReport {
    /// The pack, as it was named.
    pub file: String,
    /// Of the whole pack; `None` if its header is wrong.
    pub sha256: Option<Sha>,
    /// The new folder, as it was named.
    pub folder: String,
    /// Whether the folder was made.
    pub extracted: bool,
    /// Whether it is a project.
    pub as_project: bool,
    /// In table order; empty if nothing was made.
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
    /// The slot that it is preloaded in, if it is.
    pub slot: Option<u32>,
    /// As it stands in the table.
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
        let mut findings: Vec<Finding> = judge_place(&self.folder).into_iter().collect();
        let mut report = ExtractPackReport {
            file: pack.display_path(),
            sha256: None,
            folder: files::display_path(&self.folder),
            extracted: false,
            as_project: self.as_project,
            assets: Vec::new(),
        };
        if let Some(judged) = judge_pack::<ExtractPackError>(context, &mut pack, &mut findings)? {
            report.sha256 = Some(judged.hashes.file);
            let plan = Plan::of(context, &judged.container);
            let told = plan.note.iter().cloned().chain(self.misfits(&plan));
            findings.extend(told.map(|finding| finding.file(&report.file)));
            if !has_errors(&findings) {
                match self.extract(context, &mut pack, &judged, &plan)? {
                    Ok(assets) => {
                        report.extracted = true;
                        report.assets = assets;
                    }
                    Err(changed) => findings.push(*changed),
                }
            }
        }
        Ok(Report::new(report, findings))
    }
}

/// What is known before anything is written.
struct Plan<'p> {
    assets: Vec<Planned<'p>>,
    /// About folders that are not called like their assets.
    note: Option<Finding>,
}

/// An asset, and what it becomes.
struct Planned<'p> {
    entry: &'p Entry,
    folder: RelPath,
    preload: Preload,
    asset_uuid: AssetUuid,
}

impl<'p> Plan<'p> {
    fn of(context: &Context, container: &'p Container) -> Self {
        let entries = &container.header.entries;
        let (folders, note) = asset_folders(entries);
        let mut preloaded = container.header.preload.iter().peekable();
        let assets = std::iter::zip(entries, folders).map(|(entry, folder)| {
            let slot = preloaded.next_if(|preload| preload.asset_id == entry.asset_id).map(|preload| preload.slot);
            let preload = Preload { enabled: slot.is_some(), slot };
            Planned { entry, folder, preload, asset_uuid: context.new_uuid() }
        });
        Self { assets: assets.collect(), note }
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

impl Planned<'_> {
    fn declaration(&self, input_palettes: Vec<RelPath>, content: Content) -> Declaration {
        let (asset_uuid, name) = (self.asset_uuid, self.entry.asset_name.clone());
        Declaration { asset_uuid, name, input_palettes, content, preload: self.preload }
    }

    /// In words, for findings about several.
    fn told(&self) -> String {
        format!("{} (asset {})", self.entry.asset_name, self.entry.asset_id)
    }
}

impl ExtractPack {
    /// What cannot become files, or not those of a project.
    fn misfits(&self, plan: &Plan<'_>) -> Vec<Finding> {
        let assets = || plan.assets.iter();
        let scenes: Vec<&Planned<'_>> =
            assets().filter(|asset| matches!(asset.entry.metadata, EntryMetadata::Scene(_))).collect();
        let sounds = || {
            assets().filter_map(|asset| match &asset.entry.metadata {
                EntryMetadata::Sound(sound) => Some((asset, sound)),
                _ => None,
            })
        };
        let most_bytes = if self.as_project { SOURCE_FILE_BYTES } else { u64::from(u32::MAX) };
        let fits = |sample: &SampleMetadata| wav_size_bytes(sample) <= most_bytes;
        let long: Vec<&Planned<'_>> =
            sounds().filter(|(_, sound)| !sound.samples.iter().all(fits)).map(|(asset, _)| asset).collect();
        let is_declared = |(asset, sound): &(&Planned<'_>, &SoundMetadata)| {
            // Far too many are known by their number alone.
            (sound.samples.len() as u64).saturating_mul(BYTES_PER_ARTIFACT) <= DECLARATION_BYTES && {
                let declaration = asset.declaration(Vec::new(), Content::Sound(sound_content(sound)));
                declaration.to_bytes().len() as u64 <= DECLARATION_BYTES
            }
        };
        let many: Vec<&Planned<'_>> = match self.as_project {
            true => sounds().filter(|sound| !is_declared(sound)).map(|(asset, _)| asset).collect(),
            false => Vec::new(),
        };
        let scene = match self.as_project {
            true => told_of(
                Code::ExtractImpossible,
                &scenes,
                "a project cannot hold a SCENE, which this packer does not make",
                "Extract without `--as-project`: a SCENE is then written as it is.",
            ),
            false => told_of(
                Code::ExtractAsIs,
                &scenes,
                "a SCENE is written as it is, as `payload.bin` and `metadata.json`",
                "This packer knows nothing of what is in a SCENE.",
            ),
        };
        let long = told_of(
            Code::ExtractImpossible,
            &long,
            &format!("a sound is too long: its WAV would have more than {}", format_bytes(most_bytes)),
            if self.as_project {
                "A project's files may not be larger. Extract without `--as-project`, which writes longer ones."
            } else {
                "A WAV cannot be longer. The pack itself can still be played."
            },
        );
        let many = told_of(
            Code::ExtractImpossible,
            &many,
            &format!(
                "a bank has too many sounds: its `{ANCHOR}` would have more than {}",
                format_bytes(DECLARATION_BYTES)
            ),
            "Extract without `--as-project`, and make several banks of the sounds.",
        );
        [scene, long, many].into_iter().flatten().collect()
    }

    /// Writes everything, and puts it in its place. Inner: the pack changed after it was judged.
    fn extract(
        &self,
        context: &Context,
        pack: &mut PackFile,
        judged: &JudgedPack,
        plan: &Plan<'_>,
    ) -> Result<Result<Vec<ExtractedAsset>, Box<Finding>>, ExtractPackError> {
        let container = &judged.container;
        let mut writer = Writer {
            context,
            pack,
            folder: NewFolder::begin(context, &self.folder)?,
            assets: if self.as_project { "assets/" } else { "" },
            as_project: self.as_project,
        };
        let mut extracted = Vec::with_capacity(plan.assets.len());
        for (asset, sha256) in std::iter::zip(&plan.assets, &judged.hashes.payloads) {
            let offset = container.payload_offset + asset.entry.offset_bytes;
            let mut files = Vec::new();
            if writer.asset(asset, offset, &mut files)? != *sha256 {
                let changed = Finding::new(
                    Code::SourceChanging,
                    "the pack changed while it was extracted",
                    "Wait until the program that writes it is done, and try again.",
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
                folder: format!("{}{}", writer.assets, asset.folder),
                files,
            });
        }
        if self.as_project {
            for (path, bytes) in Project::initial_files(&plan.registry()) {
                writer.folder.write(context, path, &bytes)?;
            }
        }
        check_cancelled(context)?;
        writer.folder.put_in_place(context)?;
        Ok(Ok(extracted))
    }
}

/// One finding about all of `assets`; `None` if there are none.
fn told_of(code: Code, assets: &[&Planned<'_>], what: &str, help: &str) -> Option<Finding> {
    let told = join_some(assets.iter().map(|asset| asset.told()), ", ", PLACES_KEPT);
    (!assets.is_empty()).then(|| Finding::new(code, format!("{what}: {told}"), help))
}

/// Writes the files of assets.
struct Writer<'w> {
    context: &'w Context,
    pack: &'w mut PackFile,
    folder: NewFolder,
    /// What stands before an asset's folder.
    assets: &'static str,
    as_project: bool,
}

impl Writer<'_> {
    /// Writes one asset, whose payload begins at `offset`, and lists its files. Gives the hash of the payload's bytes.
    fn asset(&mut self, asset: &Planned<'_>, offset: u64, files: &mut Vec<String>) -> Result<Sha, ExtractPackError> {
        self.pack.seek_to(offset)?;
        let mut payload = Payload { context: self.context, pack: self.pack, hasher: Sha256::new() };
        let root = format!("{}{}/", self.assets, asset.folder);
        let mut files = Files { folder: &mut self.folder, context: self.context, root, listed: files };
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
                let mut file = files.create(PAYLOAD, asset.entry.size_bytes)?;
                payload.copy_to(&mut file, asset.entry.size_bytes)?;
                file.finish(self.context)?;
                files.write(METADATA, &json::to_pretty_bytes(metadata))?;
                None
            }
        };
        if let Some(declaration) = declaration.filter(|_| self.as_project) {
            files.write(ANCHOR, &declaration.to_bytes())?;
        }
        Ok(payload.sha256())
    }
}

/// The files of one asset.
struct Files<'f> {
    folder: &'f mut NewFolder,
    context: &'f Context,
    /// Before each file's name.
    root: String,
    listed: &'f mut Vec<String>,
}

impl Files<'_> {
    fn create(&mut self, name: &str, size_bytes: u64) -> Result<NewFile, DiskError> {
        self.listed.push(name.to_owned());
        self.folder.create(&format!("{}{name}", self.root), size_bytes)
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), DiskError> {
        let mut file = self.create(name, bytes.len() as u64)?;
        file.append(self.context, bytes)?;
        file.finish(self.context)
    }
}

/// A payload that is read from start to end; every byte is hashed on the way.
struct Payload<'p> {
    context: &'p Context,
    pack: &'p mut PackFile,
    hasher: Sha256,
}

impl Payload<'_> {
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

    fn sha256(self) -> Sha {
        Sha(self.hasher.finalize().into())
    }
}

/// Writes a glyph bank's image and palettes. Gives the palettes' files, and what declares the bank.
fn write_glyph(
    payload: &mut Payload<'_>,
    files: &mut Files<'_>,
    asset: &Planned<'_>,
    metadata: GlyphMetadata,
) -> Result<(Vec<RelPath>, Content), ExtractPackError> {
    let mut bytes = Box::new([0; GLYPH_BYTES]);
    payload.read_exact(&mut *bytes)?;
    let parts = GlyphParts::of(&bytes, metadata);
    let image = parts.png_bytes().map_err(DiskError::writing(files.folder.place().join(SHEET)))?;
    files.write(SHEET, &image)?;
    let texts = parts.gpl_texts(&asset.entry.asset_name);
    let names = numbered("palette-", texts.len(), ".gpl");
    for (name, text) in std::iter::zip(&names, &texts) {
        files.write(name.as_str(), text.as_bytes())?;
    }
    Ok((names, Content::Glyph(parts.declared_content(RelPath::of_packer(SHEET.to_owned())))))
}

/// Writes a sound bank's samples as WAVs.
fn write_sound(
    payload: &mut Payload<'_>,
    files: &mut Files<'_>,
    metadata: &SoundMetadata,
) -> Result<(), ExtractPackError> {
    let names = numbered("", metadata.samples.len(), ".wav");
    for (name, sample) in std::iter::zip(&names, &metadata.samples) {
        let mut file = files.create(name.as_str(), wav_size_bytes(sample))?;
        // Judged before: this cannot be refused here.
        let too_long = || DiskError::writing(files.folder.place().join(name.as_str()))(ErrorKind::FileTooLarge.into());
        let WavWrapper { head, tail } = wav_wrapper(sample).ok_or_else(too_long)?;
        file.append(files.context, &head)?;
        payload.copy_to(&mut file, sample.frames * 2)?;
        file.append(files.context, &tail)?;
        file.finish(files.context)?;
    }
    Ok(())
}

/// What declares a sound bank that [`write_sound`] wrote.
fn sound_content(metadata: &SoundMetadata) -> SoundContent {
    let names = numbered("", metadata.samples.len(), ".wav");
    let artifacts = (0..).zip(names).map(|(index, name)| SoundArtifact {
        file: name,
        index,
        looping: LoopChoice::File,
        convert: Convert::default(),
        place: Place::Byte { offset: 0 },
    });
    SoundContent { sample_rate_hz: metadata.sample_rate_hz, artifacts: artifacts.collect() }
}
