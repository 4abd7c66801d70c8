//! `create`: a new asset from a person's files: its root, the files copied in, the declaration, the registration. All or
//! nothing, and only what would pack.
//!
//! The root is staged under `assets/.prometeu/`, judged there as a pack would judge it, renamed into place, and entered
//! into the registry last (decision: create stages the new root).

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::new_content::{glyph_content, item_count, sound_content};
use super::register::{judge, misplaced, read_whole_registry, root_path, write_registry};
use super::{Operation, OperationClass, Report, operation_error, run_locked};
use crate::asset_name::asset_name_problem;
use crate::banks::Outcome;
use crate::context::Context;
use crate::declaration::{ANCHOR, ColorKey, Content, Convert, Cut, Declaration, Family, Preload};
use crate::diagnostics::{AssetRef, Code, Finding, blocks, escaped};
use crate::files::{self, DiskError, OpenError, ReadOutcome, SourceFile};
use crate::formats::TileSize;
use crate::limits::SLOTS;
use crate::pack::lock::LockError;
use crate::paths::{RelPath, fold_key};
use crate::project::{Project, ProjectError};
use crate::registry::Registry;
use crate::snapshot::{Snapshot, graded};

/// Creates an asset.
#[derive(Clone, Debug)]
pub struct CreateAsset {
    project: PathBuf,
    root: String,
    bank: NewBank,
    name: Option<String>,
    preload: NewPreload,
    exclude: bool,
    force: bool,
    files: Vec<PathBuf>,
}

impl CreateAsset {
    /// Creates `root`, relative to `assets/`, with a bank of these files in the order of their ids. The root must not exist
    /// or be an empty folder. By default the asset is named after its root, not preloaded, and in the build set.
    pub fn new(project: impl Into<PathBuf>, root: impl Into<String>, bank: NewBank, files: Vec<PathBuf>) -> Self {
        Self {
            project: project.into(),
            root: root.into(),
            bank,
            name: None,
            preload: NewPreload::No,
            exclude: false,
            force: false,
            files,
        }
    }

    /// Its name; without one, the root with `_` for each `/`.
    #[must_use]
    pub fn name(mut self, name: Option<String>) -> Self {
        self.name = name;
        self
    }

    /// Whether it is preloaded, and in which slot.
    #[must_use]
    pub fn preload(mut self, preload: NewPreload) -> Self {
        self.preload = preload;
        self
    }

    /// Leaves it out of the build set.
    #[must_use]
    pub fn exclude(mut self, exclude: bool) -> Self {
        self.exclude = exclude;
        self
    }

    /// Creates it even if it does not pack; then it is left out of the build set.
    #[must_use]
    pub fn force(mut self, force: bool) -> Self {
        self.force = force;
        self
    }
}

/// What kind of bank to create.
#[derive(Clone, Copy, Debug)]
pub enum NewBank {
    /// Tiles.
    Glyph(NewGlyph),
    /// Sounds.
    Sound {
        /// Required, unless all files have one rate.
        sample_rate_hz: Option<u32>,
        /// Which losses are agreed to, where they happen.
        convert: Convert,
    },
}

/// What can be said of a new glyph bank.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewGlyph {
    /// Required, unless every file is exactly one tile.
    pub tile_size: Option<TileSize>,
    /// Of all artifacts.
    pub color_key: Option<ColorKey>,
    /// Of all artifacts.
    pub cut: Cut,
}

/// Whether a new asset is preloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewPreload {
    /// Not.
    No,
    /// In the lowest free slot, which is written down.
    LowestFree,
    /// In this slot.
    Slot(u32),
}

operation_error! {
    /// Why creating could not be tried, or not be finished; then nothing is left of it.
    CreateAssetError { Project(ProjectError), Lock(LockError), Disk(DiskError) }
}

/// What came of creating.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct CreateAssetReport {
    /// The new id; `None` if it was refused.
    pub asset_id: Option<u32>,
    /// Relative to `assets/`.
    pub root: String,
    /// The name it has, or would have had.
    pub name: Option<String>,
    /// Whether it is in the build set now.
    pub included: bool,
    /// Whether it packs; if not, it was created because that was forced.
    pub packs: bool,
    /// The slot it was given, if it is preloaded.
    pub slot: Option<u32>,
    /// Tiles or samples.
    pub items: u32,
    /// Palettes.
    pub palettes: usize,
}

impl Operation for CreateAsset {
    type Report = CreateAssetReport;
    type Error = CreateAssetError;

    fn class(&self) -> OperationClass {
        OperationClass::ChangesWorkspace
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<CreateAssetReport>, CreateAssetError> {
        let project = Project::at(&self.project);
        run_locked(context, self.class(), &project, true, |_| {
            let data = CreateAssetReport {
                asset_id: None,
                root: self.root.clone(),
                name: None,
                included: false,
                packs: false,
                slot: None,
                items: 0,
                palettes: 0,
            };
            let mut report = Report::new(data, Vec::new());
            self.create(context, &project, &mut report)?;
            Ok(report)
        })
    }
}

/// Dropped, it removes the staged root.
struct StagedRoot(PathBuf);

impl Drop for StagedRoot {
    fn drop(&mut self) {
        files::remove_quietly(&self.0);
    }
}

impl CreateAsset {
    /// Findings that block say that nothing was created.
    fn create(
        &self,
        context: &Context,
        project: &Project,
        report: &mut Report<CreateAssetReport>,
    ) -> Result<(), CreateAssetError> {
        let root = match root_path(project, &self.root) {
            Ok(root) => root,
            Err(finding) => {
                report.findings.push(*finding);
                return Ok(());
            }
        };
        let asset = AssetRef { asset_id: None, root: root.as_str().to_owned() };
        let Some(mut registry) = read_whole_registry(project, &mut report.findings)? else { return Ok(()) };
        if let Some(finding) = misplaced(&registry, &root) {
            report.findings.push(finding);
            return Ok(());
        }
        let place = project.assets().join(root.as_str());
        if files::exists(&place) && !files::is_empty_folder(&place) {
            report.findings.push(
                Finding::new(
                    Code::RootExists,
                    format!("`assets/{}` exists already", escaped(root.as_str())),
                    "Choose another ROOT: `create` makes the folder and copies the files into it. A folder that has an \
                     `asset.json` is registered with `prometeu-packer register`.",
                )
                .file(format!("assets/{root}")),
            );
            return Ok(());
        }
        let name = self.name.clone().unwrap_or_else(|| root.as_str().replace('/', "_"));
        if let Some(problem) = asset_name_problem(&name) {
            let problem =
                if self.name.is_some() { problem } else { format!("no name can be made from the root: {problem}") };
            let (code, help) = match self.name {
                Some(_) => {
                    (Code::NameIllegal, "Use 1 to 64 of the letters A-Z and a-z, digits, `_`, `.`, `/` and `-`.")
                }
                None => (
                    Code::NameNeeded,
                    "Choose a name with `--name`: 1 to 64 of A-Z, a-z, digits, `_`, `.`, `/` and `-`.",
                ),
            };
            report.findings.push(Finding::new(code, problem, help));
            return Ok(());
        }
        report.data.name = Some(name.clone());
        let Some(names) = self.file_names(&mut report.findings) else { return Ok(()) };

        let stage = StagedRoot(project.staged_root(&context.new_uuid().to_string()));
        files::make_folders(&stage.0)?;
        if !self.copy_files(context, &stage.0, &names, &mut report.findings)? {
            return Ok(());
        }
        let mut outcome = Outcome::default();
        let content = match self.bank {
            NewBank::Glyph(options) => glyph_content(context, &stage.0, &names, &options, self.force, &mut outcome),
            NewBank::Sound { sample_rate_hz, convert } => {
                sound_content(&stage.0, &names, sample_rate_hz, convert, self.force, &mut outcome)
            }
        };
        if context.is_cancelled() {
            return Err(CreateAssetError::Cancelled);
        }
        let named = |finding: Finding| self.named_by_person(finding, &asset, &names);
        let Some(content) = content.filter(|_| self.force || !blocks(&outcome.findings)) else {
            report.findings.extend(outcome.findings.into_iter().map(|finding| named(finding.in_asset(&asset))));
            return Ok(());
        };
        report.data.palettes = if let Content::Glyph(glyph) = &content { glyph.palettes.len() } else { 0 };
        report.data.items = item_count(&content, &outcome);
        let preload = match self.choose_slot(project, &registry) {
            Ok(preload) => preload,
            Err(finding) => {
                report.findings.push(*finding);
                return Ok(());
            }
        };
        let asset_uuid = context.new_uuid();
        let declaration = Declaration { asset_uuid, name, input_palettes: Vec::new(), content, preload };
        files::write_new(&stage.0.join(ANCHOR), &declaration.to_bytes())?;
        files::sync_folder(&stage.0)?;
        let asset_id = match registry.register(asset_uuid, root, !self.exclude) {
            Ok(asset_id) => asset_id,
            Err(finding) => {
                report.findings.push(*finding);
                return Ok(());
            }
        };
        let created = AssetRef { asset_id: Some(asset_id), ..asset.clone() };
        let mut judged: Vec<Finding> = outcome.findings.into_iter().map(|finding| finding.in_asset(&created)).collect();
        judged.extend(judge(context, project, &registry, asset_id, Some(&stage.0))?);
        // An excluded asset's errors are notes, but whether it would pack is the question here.
        for finding in &mut judged {
            finding.severity = finding.code.severity();
        }
        let packs = !blocks(&judged);
        if !packs && !self.force {
            report.findings.extend(judged.into_iter().map(named));
            return Ok(());
        }
        let included = packs && !self.exclude;
        if let Some(entry) = registry.entries.last_mut() {
            entry.included_in_build = included;
        }
        report.findings.extend(judged.into_iter().map(|finding| graded(finding, included || packs)));
        if context.is_cancelled() {
            return Err(CreateAssetError::Cancelled);
        }
        put_in_place(context, project, &stage.0, &place, &registry)?;
        report.data.asset_id = Some(asset_id);
        report.data.included = included;
        report.data.packs = packs;
        report.data.slot = declaration.preload.slot;
        Ok(())
    }

    /// The files' names in the new root, in order.
    fn file_names(&self, findings: &mut Vec<Finding>) -> Option<Vec<RelPath>> {
        let mut names: Vec<RelPath> = Vec::with_capacity(self.files.len());
        let before = findings.len();
        for file in &self.files {
            let shown = files::display_path(file);
            let Some(name) = file.file_name() else {
                findings.push(
                    Finding::new(
                        Code::FileNotRegular,
                        "a file is needed; this is a folder",
                        "Name the files themselves.",
                    )
                    .file(shown),
                );
                continue;
            };
            let Some(name) = name.to_str() else {
                findings.push(
                    Finding::new(Code::PathCharacter, "the file's name is not UTF-8", "Rename the file.").file(shown),
                );
                continue;
            };
            let name = match RelPath::parse(name) {
                Ok(name) => name,
                Err(problem) => {
                    findings.push(Finding::new(problem.code, problem.message, problem.help).file(shown));
                    continue;
                }
            };
            let key = name.fold_key();
            if key == fold_key(ANCHOR) {
                findings.push(
                    Finding::new(
                        Code::FileNameTwice,
                        format!("`{ANCHOR}` is the name of the declaration that `create` writes"),
                        "Rename the file; to use a declaration of your own, put the folder under `assets/` and `register` it.",
                    )
                    .file(shown),
                );
            } else if let Some(other) = names.iter().position(|other| other.fold_key() == key) {
                findings.push(
                    Finding::new(
                        Code::FileNameTwice,
                        format!(
                            "the file would be copied over `{}`: their names are the same",
                            files::display_path(&self.files[other])
                        ),
                        "Rename one of the files: all are copied into one folder.",
                    )
                    .file(shown),
                );
            }
            names.push(name);
        }
        (findings.len() == before).then_some(names)
    }

    /// False if a file could not be had; the findings say why.
    fn copy_files(
        &self,
        context: &Context,
        stage: &Path,
        names: &[RelPath],
        findings: &mut Vec<Finding>,
    ) -> Result<bool, CreateAssetError> {
        let mut whole = true;
        for (file, name) in std::iter::zip(&self.files, names) {
            if context.is_cancelled() {
                return Err(CreateAssetError::Cancelled);
            }
            let refused = match SourceFile::from_path(file) {
                Ok(source) => match source.too_large_finding() {
                    None => copy(context, source, &stage.join(name.as_str()))?,
                    refused => refused,
                },
                Err(OpenError::Disk(error)) if files::is_absent(&error.source) => Some(Finding::new(
                    Code::FileMissing,
                    "the file does not exist",
                    match (&self.preload, slot_named_by(file)) {
                        (NewPreload::LowestFree, Some(slot)) => {
                            format!("If it is the slot, write `--preload={slot}`, with `=` and no space.")
                        }
                        _ => "Check the path; it is relative to the folder that you are in.".to_owned(),
                    },
                )),
                Err(OpenError::NotRegular(what)) => Some(Finding::new(
                    Code::FileNotRegular,
                    format!("a file is needed; this is {what}"),
                    match (files::is_real_folder(file), self.family()) {
                        (true, Family::GlyphBank) => {
                            format!("Name the PNG files themselves, for example `{}/*.png`.", files::display_path(file))
                        }
                        (true, Family::SoundBank) => {
                            format!("Name the sounds themselves, for example `{}/*.wav`.", files::display_path(file))
                        }
                        (false, _) => "Name the PNG, WAV or FLAC files themselves.".to_owned(),
                    },
                )),
                Err(error) => Some(error.into_finding_about(name)),
            };
            if let Some(finding) = refused {
                whole = false;
                findings.push(finding.file(files::display_path(file)));
            }
        }
        if context.is_cancelled() {
            return Err(CreateAssetError::Cancelled);
        }
        Ok(whole)
    }

    fn choose_slot(&self, project: &Project, registry: &Registry) -> Result<Preload, Box<Finding>> {
        match self.preload {
            NewPreload::No => Ok(Preload { enabled: false, slot: None }),
            NewPreload::Slot(slot) => Ok(Preload { enabled: true, slot: Some(slot) }),
            NewPreload::LowestFree => {
                let bank_type = self.family().bank_type();
                let snapshot = Snapshot::with(project, registry.clone(), None);
                let mine = |id: &u32| {
                    let asset = snapshot.assets.iter().find(|asset| asset.entry.asset_id == *id);
                    asset.and_then(|asset| asset.declaration()).is_some_and(|d| d.family().bank_type() == bank_type)
                };
                let taken: Vec<u32> = snapshot.slots.iter().filter(|(id, _)| mine(id)).map(|(_, slot)| *slot).collect();
                let slot = (0..SLOTS).find(|slot| !taken.contains(slot)).ok_or_else(|| {
                    Box::new(Finding::new(
                        Code::SlotsFull,
                        format!("no {bank_type} slot is left: {SLOTS} assets of this bank type are preloaded"),
                        "Create it without `--preload`, or set `preload.enabled` to false in another asset.",
                    ))
                })?;
                Ok(Preload { enabled: true, slot: Some(slot) })
            }
        }
    }

    fn family(&self) -> Family {
        match self.bank {
            NewBank::Glyph(_) => Family::GlyphBank,
            NewBank::Sound { .. } => Family::SoundBank,
        }
    }

    /// A finding about a copied file, told of the file that was named: the copy will not stay.
    fn named_by_person(&self, mut finding: Finding, asset: &AssetRef, names: &[RelPath]) -> Finding {
        let prefix = format!("assets/{}/", escaped(&asset.root));
        let name = finding.file.as_deref().and_then(|file| file.strip_prefix(&prefix));
        let at = name.and_then(|name| names.iter().position(|other| escaped(other.as_str()) == name));
        if let Some(at) = at {
            finding.file = Some(files::display_path(&self.files[at]));
        }
        finding.asset = None;
        // There is no artifact yet that could agree to it, but there are options.
        match finding.code {
            Code::ConvertDownmix => finding.help = "Export it as mono, or agree to the loss with `--downmix`.".into(),
            Code::ConvertDepth => {
                finding.help = "Export it with 16 bits, or agree to the loss with `--reduce-bit-depth`.".into();
            }
            _ => {}
        }
        finding
    }
}

/// The slot that a person may have meant by this FILE.
fn slot_named_by(file: &Path) -> Option<u32> {
    file.to_str()?.parse().ok().filter(|slot| *slot < SLOTS)
}

/// Copies a file that must hold still; syncs the copy.
fn copy(context: &Context, source: SourceFile, to: &Path) -> Result<Option<Finding>, DiskError> {
    let from = source.path().to_owned();
    let needed_bytes = source.size_bytes();
    let mut target = files::create_new(to)?;
    let mut reading = source.start_reading();
    let mut block = vec![0; 256 << 10];
    let refused = |source| DiskError::writing(to)(source).with_needed_bytes(needed_bytes);
    loop {
        let count = reading.read(&mut block).map_err(DiskError::reading(&from))?;
        // Cut short, the copy is not used: who asked to stop is seen by the caller.
        if count == 0 || context.is_cancelled() {
            break;
        }
        target.write_all(&block[..count]).map_err(refused)?;
    }
    target.sync_all().map_err(refused)?;
    Ok(match reading.finish_unless(&|| context.is_cancelled())? {
        ReadOutcome::Unchanged { .. } => None,
        ReadOutcome::Changed => Some(Finding::new(
            Code::SourceChanging,
            "the file changed while it was copied",
            "Wait until the program that writes it is done, and try again.",
        )),
    })
}

/// Renames the root into place and writes the registry; undoes the first if the second fails.
fn put_in_place(
    context: &Context,
    project: &Project,
    stage: &Path,
    place: &Path,
    registry: &Registry,
) -> Result<(), DiskError> {
    let parent = place.parent().unwrap_or(project.root());
    let made = files::make_folders(parent)?;
    let undo = || made.iter().rev().for_each(|folder| files::remove_folder_if_empty(folder));
    // An empty folder may stand there; a rename over it is not possible everywhere.
    files::remove_folder_if_empty(place);
    files::rename(stage, place).inspect_err(|_| undo())?;
    let written = files::sync_folder(parent).and_then(|()| write_registry(context, project, registry));
    written.inspect_err(|error| {
        // Once the registry names the root, the root must stay.
        if !error.in_place && files::rename(place, stage).is_ok() {
            undo();
        }
    })
}
