//! `create`: creates an asset from files: its root with copies of the files, its declaration and its registration. If
//! anything fails, or the asset would not pack, nothing is written.
//!
//! The root is staged under `assets/.prometeu/` and checked there with the rules of a pack. One change then moves it
//! into place and adds it to the registry (decisions: create stages the new root; one record for every change).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use crate::asset_name::asset_name_problem;
use crate::banks::{Outcome, Stop, check_cancelled};
use crate::constants;
use crate::context::Context;
use crate::declaration::{ANCHOR, Content, Declaration, Palette, Preload};
use crate::diagnostics::{AssetRef, Code, Finding, Severity, escaped, has_errors, plural};
use crate::files::{self, DiskError, Folder, TemporaryFolder};
use crate::history::{Change, ChangeError, ChangeSummary};
use crate::import::ImportOptions;
use crate::limits::SLOTS;
use crate::lock::{Lock, LockError, LockRequest};
use crate::new_bank::{
    CopyHints, CreatedLoop, ExpandedFiles, NamedFiles, NamingRules, NewBank, NewPalettes, created_loops,
    declare_glyph_bank, declare_sound_bank, expand_folders, in_number_order, item_count,
};
use crate::operation::{Operation, OperationClass, Report, operation_error, run_locked_if_writing};
use crate::origins::{AssetOrigins, Origin, OriginChange};
use crate::pack::built::build_and_keep;
use crate::paths::RelPath;
use crate::preview::Preview;
use crate::project::{Project, ProjectError};
use crate::registration::{EditableRegistry, misplacement, obstacle, parse_root};
use crate::registry::Registry;
use crate::snapshot::{Snapshot, grade_finding};

/// What to do about a folder that is in the place of the new root.
const ROOT_HELP: &str = "Choose another ROOT: `create` creates the folder and copies the files into it. To use the files of a folder that has \
     no `asset.json` yet where they are, pass only files of that folder. To add one that has, use `prometeu-packer \
     register`.";

/// Creates an asset.
///
/// ```
/// use packer_services::Context;
/// use packer_services::formats::TileSize;
/// use packer_services::ops::{CreateAsset, InitWorkspace, NewBank, NewGlyph, NewPreload, Operation};
///
/// let (folder, context) = (tempfile::tempdir()?, Context::new());
/// InitWorkspace::new(folder.path()).run(&context)?;
/// let image = "../assets-demo/lantern/assets/characters/lamps/lampkin.png";
/// let bank = NewBank::Glyph(NewGlyph { tile_size: Some(TileSize::Sixteen), ..NewGlyph::default() });
/// let create = CreateAsset::new(folder.path(), "characters/lampkin", bank, vec![image.into()]);
/// let report = create.preload(NewPreload::LowestFree).run(&context)?;
/// assert_eq!((report.asset_id, report.slot, report.items), (Some(1), Some(0), 4));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CreateAsset {
    project: PathBuf,
    root: String,
    bank: NewBank,
    name: Option<String>,
    preload: NewPreload,
    exclude: bool,
    force: bool,
    is_preview: bool,
    dry_run: bool,
    files: Vec<PathBuf>,
    palettes: NewPalettes,
    import: ImportOptions,
}

impl CreateAsset {
    /// Creates `root`, relative to `assets/`, with a bank of these files in the order of their ids. The root must not
    /// exist, must be an empty folder, or must have all of the files, which are then used where they are. By default,
    /// the asset is named after its root, not preloaded, and in the build set.
    pub fn new(project: impl Into<PathBuf>, root: impl Into<String>, bank: NewBank, files: Vec<PathBuf>) -> Self {
        Self {
            project: project.into(),
            root: root.into(),
            bank,
            name: None,
            preload: NewPreload::No,
            exclude: false,
            force: false,
            is_preview: false,
            dry_run: false,
            palettes: NewPalettes::default(),
            import: ImportOptions::default(),
            files,
        }
    }

    /// Its name; `None` for the root with `_` instead of each `/`.
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

    /// Creates it even if it does not pack, to preview it: what is wrong is reported as if it were refused.
    pub(super) fn previewed(mut self) -> Self {
        (self.force, self.is_preview) = (true, true);
        self
    }

    /// Only reports what would be created, and writes nothing to the project. Files are copied to the system's folder
    /// for temporary files, to be checked there.
    #[must_use]
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }

    /// Of a glyph bank: the palette files whose colors are its first palettes. If they do not cover all tiles, colors
    /// and palettes are added.
    #[must_use]
    pub fn palettes(mut self, palettes: NewPalettes) -> Self {
        self.palettes = palettes;
        self
    }

    /// How files are decoded that a pack does not read.
    #[must_use]
    pub fn import(mut self, import: ImportOptions) -> Self {
        self.import = import;
        self
    }
}

/// Whether a new asset is preloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewPreload {
    /// It is not.
    No,
    /// In the lowest free slot, which is written into the declaration.
    LowestFree,
    /// In this slot.
    Slot(u32),
}

operation_error! {
    /// Why no asset could be created; nothing is left of it.
    CreateAssetError { Project(ProjectError), Lock(LockError), Change(ChangeError), Disk(DiskError) }
}

/// A new asset, or why there is none.
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
    /// Whether it packs; if not, it was created because of [`CreateAsset::force`].
    pub packs: bool,
    /// The slot that it was assigned, if it is preloaded.
    pub slot: Option<u32>,
    /// Tiles or samples.
    pub items: u32,
    /// Palettes.
    pub palettes: usize,
    /// The samples that loop, by index.
    pub loops: Vec<CreatedLoop>,
    /// The files by id, if that is not the order in which they were given: numbered files are in the order of their
    /// numbers. Otherwise empty.
    pub reordered: Vec<String>,
    /// The files whose copies have a name in composed form (NFC) instead of the original one.
    pub composed: Vec<String>,
    /// Whether the files were in the root already, and are used where they are.
    pub in_place: bool,
    /// The change, which was made or would be; `None` if it was refused.
    pub change: Option<ChangeSummary>,
}

impl Operation for CreateAsset {
    type Report = CreateAssetReport;
    type Error = CreateAssetError;

    fn class(&self) -> OperationClass {
        OperationClass::of_change(self.dry_run)
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<CreateAssetReport>, CreateAssetError> {
        let project = Project::at(&self.project);
        run_locked_if_writing(context, self.class(), &project, LockRequest::WAIT, |lock| {
            let mut report = self.empty_report();
            // Only a root beside its place can be moved there in one step.
            let stage = || match lock {
                Some(_) => {
                    let name = Project::staged_root_name(&context.new_uuid()?.to_string());
                    Ok(TemporaryFolder::create_in(project.tools().hold().map_err(ProjectError::from)?, name)?)
                }
                None => Ok(TemporaryFolder::create(&context.new_uuid()?.to_string())?),
            };
            if let Some(prepared) = self.prepare(context, &project, stage, &mut report)? {
                match prepared.put_in_place(context, &project, lock) {
                    Err(ChangeError::Refused(finding)) => {
                        report.findings.push(*finding);
                        let name = report.data.name.take();
                        report.data = CreateAssetReport { name, ..self.empty_report().data };
                    }
                    made => {
                        let (change, notes) = made?;
                        report.data.change = change;
                        report.findings.extend(notes);
                    }
                }
            }
            Ok(report)
        })
    }
}

/// An asset that can be created: its root is staged, and it is in the registry that would be written.
pub(super) struct PreparedAsset {
    root: RelPath,
    editable: EditableRegistry,
    asset_id: u32,
    stage: TemporaryFolder,
    /// The root as it will be.
    folder: Folder,
    /// The names of the files in the root.
    files: Vec<String>,
    /// Whether these are synced already.
    is_synced: bool,
    /// The new files of a root that exists already, which is not moved.
    new_files: Option<Vec<(RelPath, Vec<u8>)>>,
    /// Where they came from.
    origins: Vec<Origin>,
}

impl PreparedAsset {
    /// Moves the root into place and registers it, if a lock is passed.
    ///
    /// # Errors
    /// As [`Change::apply`].
    pub(super) fn put_in_place(
        &self,
        context: &Context,
        project: &Project,
        lock: Option<&Lock>,
    ) -> Result<(Option<ChangeSummary>, Vec<Finding>), ChangeError> {
        let Self { root, editable, stage, files, .. } = self;
        if lock.is_some() && self.new_files.is_none() {
            if self.is_synced { stage.held().sync() } else { stage.held().sync_disk() }?;
        }
        let mut change = Change::new(project, "create", root.as_str())?;
        if let Some(entry) = editable.registry.entries.last() {
            let origins = self.origins.iter().cloned().map(OriginChange::Known).collect();
            change.add_origins(AssetOrigins::new(&editable.registry, entry, origins));
        }
        if let Some(new_files) = &self.new_files {
            for (file, bytes) in new_files {
                change.create(&format!("assets/{root}/{file}"), bytes);
            }
            editable.add_to(&mut change);
            return change.apply(context, lock, None);
        }
        if let Some(entry) = editable.registry.entries.last() {
            change.put_root(None, entry);
        }
        editable.add_to(&mut change);
        let (mut made, notes) = change.apply(context, lock, Some(stage))?;
        if let Some(made) = &mut made {
            made.files.moved.clear();
            made.files.created = files.iter().map(|file| format!("assets/{root}/{file}")).collect();
        }
        Ok((made, notes))
    }

    /// Its bank as far as it can be built.
    ///
    /// # Errors
    /// If the operation was canceled.
    pub(super) fn preview(&self, context: &Context, project: &Project) -> Result<Option<Preview>, Stop> {
        let staged = Some((self.asset_id, &self.folder));
        let snapshot = Snapshot::with_registry(project, Arc::clone(&self.editable.registry), staged);
        let asset = snapshot.assets.iter().find(|asset| asset.entry.asset_id == self.asset_id);
        let built = asset.map(|asset| build_and_keep(context, asset, None)).transpose()?.flatten();
        Ok(built.map(|(built, kept)| Preview::of_built(&built, kept)))
    }
}

impl CreateAsset {
    /// The report of an asset that was not created.
    pub(super) fn empty_report(&self) -> Report<CreateAssetReport> {
        let data = CreateAssetReport {
            asset_id: None,
            root: self.root.clone(),
            name: None,
            included: false,
            packs: false,
            slot: None,
            items: 0,
            palettes: 0,
            loops: Vec::new(),
            reordered: Vec::new(),
            composed: Vec::new(),
            in_place: false,
            change: None,
        };
        Report::new(data, Vec::new())
    }

    /// Does everything but put the asset in place, and reports what it would be. If it cannot be created, returns
    /// `None`, and the report has the findings. Nothing is written but the folder that `stage` creates.
    pub(super) fn prepare(
        &self,
        context: &Context,
        project: &Project,
        stage: impl FnOnce() -> Result<TemporaryFolder, CreateAssetError>,
        report: &mut Report<CreateAssetReport>,
    ) -> Result<Option<PreparedAsset>, CreateAssetError> {
        let Some(root) = report.accept(parse_root(project, &self.root)) else { return Ok(None) };
        let asset = AssetRef { asset_id: None, root: root.as_str().to_owned() };
        let Some(mut editable) = EditableRegistry::read(project, &[], &mut report.findings)? else { return Ok(None) };
        let ExpandedFiles { files, of_folders, sniffed, notes, errors } =
            expand_folders(&self.files, self.bank.family());
        let place = project.assets_folder().join(root.as_str());
        let is_in_place = is_root_of_files(&place, &files);
        let refusal = misplacement(project, &editable.registry, &root);
        let refusal = refusal.or_else(|| obstacle(project, &root, ROOT_HELP).filter(|_| !is_in_place));
        if let Some(finding) = refusal {
            report.findings.push(finding);
            return Ok(None);
        }
        let Some(name) = report.accept(self.name_for(&root)) else { return Ok(None) };
        report.data.name = Some(name.clone());
        let declared = self.palettes.read().map_err(|findings| report.findings.extend(findings)).ok();
        let Some((declared, palette_notes)) = declared else { return Ok(None) };
        let ordered = in_number_order(&files);
        let root_of_files = is_in_place.then_some(&*place);
        let keeps_series = matches!(&self.bank, NewBank::Glyph(glyph) if glyph.animations);
        let (family, import) = (self.bank.family(), self.import);
        let rules = NamingRules { family, import, root: root_of_files, keeps_series };
        let (mut named, mut unusable) = NamedFiles::new(&ordered, &of_folders, &sniffed, rules);
        named.is_incomplete |= !errors.is_empty();
        unusable.extend(errors);

        let stage = stage()?;
        let file_may_be_slot = self.preload == NewPreload::LowestFree;
        let hints = CopyHints { family, file_may_be_slot };
        unusable.extend(named.copy_into::<CreateAssetError>(context, stage.held(), hints)?);
        if named.is_empty() {
            report.findings.extend(unusable);
            return Ok(None);
        }
        let decoded = std::mem::take(&mut named.decoded).into_iter();
        let (mut planned, mut new_files): (Vec<_>, Vec<_>) =
            decoded.map(|it| ((it.name.clone(), it.staged), (it.name, it.bytes))).unzip();
        let folder = match is_in_place {
            true => project.assets().below(root.as_str()).with_planned_files(&planned),
            false => stage.folder(),
        };
        let mut outcome = Outcome::default();
        let content = self.declare_bank(context, &folder, &named, &declared, &mut outcome);
        check_cancelled(context)?;
        let about_original = |finding: Finding| named.about_named_file(finding, &asset);
        let is_usable = unusable.is_empty() && (self.force || !has_errors(&outcome.findings));
        let Some(content) = content.filter(|_| is_usable) else {
            let findings = outcome.findings.into_iter().filter(|finding| finding.code != Code::LoopMarkers);
            let findings = findings.map(|finding| about_original(finding.in_asset(&asset)));
            report.findings.extend(unusable.into_iter().chain(findings));
            return Ok(None);
        };
        report.data.palettes = if let Content::Glyph(glyph) = &content { glyph.palettes.len() } else { 0 };
        report.data.items = item_count(&content, &outcome);
        let loops = created_loops(&folder, &content);
        let Some(preload) = report.accept(self.choose_slot(project, &editable.registry)) else { return Ok(None) };
        let asset_uuid = context.new_uuid()?;
        let declaration = Declaration { asset_uuid, name, input_palettes: Vec::new(), content, preload };
        let anchor = declaration.to_bytes();
        named.write_new(stage.held(), ANCHOR, &anchor)?;
        let (folder, new_files) = match is_in_place {
            true => {
                let anchor_path = RelPath::of_packer(ANCHOR.to_owned());
                planned.push((anchor_path.clone(), stage.held().path().join(ANCHOR)));
                new_files.push((anchor_path, anchor));
                (folder.with_planned_files(&planned), Some(new_files))
            }
            false => (folder, None),
        };
        let registered = editable.registry_mut().register(asset_uuid, root.clone(), !self.exclude);
        let Some(asset_id) = report.accept(registered) else { return Ok(None) };
        let created = AssetRef { asset_id: Some(asset_id), ..asset.clone() };
        let mut checked: Vec<Finding> =
            outcome.findings.into_iter().map(|finding| finding.in_asset(&created)).collect();
        checked.extend(editable.check_asset(context, project, asset_id, Some(&folder))?);
        // In an excluded asset errors are only notes, but here they decide whether the asset would pack.
        for finding in &mut checked {
            finding.severity = finding.code.severity();
        }
        let checked: Vec<Finding> = match self.force {
            true => checked,
            false => checked.into_iter().map(Finding::requiring_animations).collect(),
        };
        let packs = !has_errors(&checked);
        if !packs && !self.force {
            // Nothing was declared.
            let findings = checked.into_iter().filter(|finding| finding.code != Code::LoopMarkers);
            report.findings.extend(findings.map(about_original));
            return Ok(None);
        }
        let included = packs && !self.exclude;
        if let Some(entry) = editable.registry_mut().entries.last_mut() {
            entry.included_in_build = included;
        }
        report.findings.extend(match self.is_preview && !packs {
            true => checked.into_iter().map(about_original).collect(),
            false => checked.into_iter().map(|finding| grade_finding(finding, included || packs)).collect::<Vec<_>>(),
        });
        report.findings.extend(palette_notes);
        if let Content::Sound(sound) = &declaration.content {
            named.remove_loop_notes(sound);
        }
        report.findings.append(&mut named.notes);
        report.findings.extend(notes);
        report.findings.extend(note_letters(&named.names()).map(|finding| finding.in_asset(&created)));
        check_cancelled(context)?;
        report.data.asset_id = Some(asset_id);
        report.data.included = included;
        report.data.packs = packs;
        report.data.slot = declaration.preload.slot;
        report.data.loops = loops;
        if ordered != files {
            report.data.reordered = named.names().iter().map(RelPath::to_string).collect();
        }
        report.data.composed = named.composed_names();
        let files = named.names().iter().map(RelPath::to_string).chain([ANCHOR.to_owned()]).collect();
        let (origins, is_synced) = (std::mem::take(&mut named.origins), named.is_synced);
        report.data.in_place = is_in_place;
        Ok(Some(PreparedAsset { root, editable, asset_id, stage, folder, files, is_synced, new_files, origins }))
    }

    fn name_for(&self, root: &RelPath) -> Result<String, Box<Finding>> {
        let name = self.name.clone().unwrap_or_else(|| root.as_str().replace('/', "_"));
        let Some(problem) = asset_name_problem(&name) else { return Ok(name) };
        Err(Box::new(match self.name {
            Some(_) => Finding::new(
                Code::NameIllegal,
                problem,
                "Use 1 to 64 of the letters A-Z and a-z, digits, `_`, `.`, `/` and `-`.",
            ),
            None => Finding::new(
                Code::NameNeeded,
                format!("no name can be derived from the root: {problem}"),
                "Pass a name with `--name`: 1 to 64 of A-Z, a-z, digits, `_`, `.`, `/` and `-`.",
            ),
        }))
    }

    fn declare_bank(
        &self,
        context: &Context,
        stage: &Folder,
        named: &NamedFiles<'_>,
        declared: &[Palette],
        outcome: &mut Outcome,
    ) -> Option<Content> {
        match &self.bank {
            NewBank::Glyph(options) => {
                declare_glyph_bank(context, stage, named, options, declared, self.force, outcome)
            }
            NewBank::Sound(options) => declare_sound_bank(stage, named, options, self.force, outcome),
        }
    }

    fn choose_slot(&self, project: &Project, registry: &Arc<Registry>) -> Result<Preload, Box<Finding>> {
        let declared = match self.preload {
            NewPreload::No => return Ok(Preload { enabled: false, slot: None }),
            NewPreload::Slot(slot) => Some(slot),
            NewPreload::LowestFree => None,
        };
        let snapshot = Snapshot::with_registry(project, Arc::clone(registry), None);
        if let Some(finding) = snapshot.unknown_claims().next() {
            return Err(Box::new(finding));
        }
        let bank_type = self.bank.family().bank_type();
        let slot = declared.or_else(|| snapshot.free_slot(bank_type)).ok_or_else(|| {
            Box::new(Finding::new(
                Code::SlotsFull,
                format!("no {bank_type} slot is left: {SLOTS} assets of this bank type are preloaded"),
                "Create it without `--preload`, or set `preload.enabled` to false in another asset.",
            ))
        })?;
        Ok(Preload { enabled: true, slot: Some(slot) })
    }
}

/// Whether the root exists, is not an asset yet, and has all of these files.
fn is_root_of_files(root: &Path, files: &[PathBuf]) -> bool {
    let is_free = files::is_real_folder(root) && !files::exists(&root.join(ANCHOR));
    is_free && !files.is_empty() && files.iter().all(|file| files::path_below(file, root).is_some())
}

/// A note if a file's name has letters that the constants of a program cannot have.
fn note_letters(names: &[RelPath]) -> Option<Finding> {
    let mut lost = names.iter().filter_map(|name| Some((name, constants::lost_letter(name)?)));
    let (first, letter) = lost.next()?;
    let more = match lost.count() as u64 {
        0 => String::new(),
        more => format!("; the same is true for {}", plural(more, "other file")),
    };
    let finding = Finding::new(
        Code::ConstantLetters,
        format!("a constant's name cannot contain `{}`{more}", escaped(&letter.to_string())),
        "If the program will use `prometeu-packer constants`, rename the file here and in `asset.json`: use only A to Z, 0 \
         to 9 and `_`. With `--lang json` any name can be used.",
    );
    Some(Finding { severity: Severity::Note, ..finding.file(first.as_str()) })
}
