//! The registry and declarations of a project as read at one moment, with the findings about them.
//!
//! A snapshot opens only the registry and the anchors of registered roots. It checks everything that they determine:
//! names, slots, and what blocks a pack (spec: workspace, "What blocks a pack").

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::anchor::{AnchorError, AnchorFile};
use crate::asset_uuid::AssetUuid;
use crate::declaration::{ANCHOR, Declaration, DeclarationReading, Family};
use crate::diagnostics::{AsFinding, AssetRef, Code, Finding, Fix, Severity, escaped};
use crate::files::{self, DiskError, Folder, OpenError, PathKind, RecordedFile, Stamp};
use crate::formats::BANK_TYPES;
use crate::history;
use crate::json;
use crate::limits::{REGISTRY_BYTES, SLOTS};
use crate::packed_roots::PackedRoots;
use crate::palette_file::DeclaredPalettes;
use crate::paths::RelPath;
use crate::project::{Project, ProjectError};
use crate::registry::{REGISTRY_FILE, Registry, RegistryEntry};

/// A project at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// `None` if it could not be parsed; then there are no assets either.
    pub registry: Option<Arc<Registry>>,
    /// Every registered asset, by id.
    pub assets: Vec<Arc<RegisteredAsset>>,
    /// The findings about the registry, the declarations, and conflicts between them.
    pub findings: Vec<Finding>,
    /// The slots of the build set, by asset id.
    pub slots: BTreeMap<u32, u32>,
    /// The project's folder.
    project: PathBuf,
    /// The assets of the last pack, to find those that the registry lost.
    packed: Arc<PackedRoots>,
    /// The findings about the registry alone.
    registry_findings: Vec<Finding>,
    /// The findings about assets that want the same name or slot.
    claim_findings: Vec<Finding>,
    /// The registry's state when it was read.
    registry_read: Option<FileRead>,
    /// The registry's content.
    pub registry_file: Option<RecordedFile>,
    /// The files that were read for this snapshot, without those that were kept from an earlier one.
    files_read: Vec<FileRead>,
}

/// A file that was read for a snapshot.
#[derive(Clone, Debug)]
struct FileRead {
    path: PathBuf,
    /// Its state when it was opened.
    stamp: Stamp,
    /// False if it changed while it was read.
    is_consistent: bool,
    /// Whether an equal stamp proves equal content. It does not if the file was written just before it was read.
    is_proof: bool,
}

impl FileRead {
    fn is_unchanged(&self) -> bool {
        self.is_consistent && self.is_proof && files::is_unchanged(&self.path, self.stamp)
    }
}

/// What to do with a file that an earlier snapshot has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// Keep it without checking, because nothing changed there.
    Keep,
    /// Keep it if its stamp proves that it is unchanged. An asset with findings is read again.
    IfUnchanged,
    /// Read it again.
    Read,
}

impl Reuse {
    /// Whether it is kept. `is_unchanged` compares stamps.
    pub fn keeps(self, is_unchanged: impl FnOnce() -> bool) -> bool {
        match self {
            Self::Keep => true,
            Self::IfUnchanged => is_unchanged(),
            Self::Read => false,
        }
    }
}

/// What a planned change does to one asset, besides its entry in the registry.
#[derive(Debug, Default)]
pub struct EditedAsset {
    /// The asset.
    pub asset_id: u32,
    /// Where its root is, if that is not where the registry says.
    pub folder: Option<Folder>,
    /// The new content of its anchor.
    pub anchor: Option<Vec<u8>>,
}

/// A registered asset.
#[derive(Debug)]
pub struct RegisteredAsset {
    /// Its entry in the registry.
    pub entry: RegistryEntry,
    /// Its root, if it could be opened.
    pub folder: Option<Folder>,
    /// Its anchor, if it could be read.
    pub anchor: Option<Anchor>,
    /// The findings about the root and its declaration alone; notes if the asset is excluded.
    pub findings: Vec<Finding>,
    /// The palette files that the declaration names.
    pub palettes: DeclaredPalettes,
    /// The anchor's state when it was read, and that of each palette file.
    reads: Vec<FileRead>,
}

/// An `asset.json` that was read.
#[derive(Debug)]
pub struct Anchor {
    /// The result of parsing, without the declaration and the findings.
    pub reading: DeclarationReading,
    /// The declaration, if it is valid.
    pub declaration: Option<Arc<Declaration>>,
    /// Its content.
    pub file: RecordedFile,
}

impl RegisteredAsset {
    /// Its id and root, for findings. Allocates.
    pub fn asset_ref(&self) -> AssetRef {
        AssetRef { asset_id: Some(self.entry.asset_id), root: self.entry.root.as_str().to_owned() }
    }

    /// The declaration, if it is valid.
    pub fn declaration(&self) -> Option<&Arc<Declaration>> {
        self.anchor.as_ref()?.declaration.as_ref()
    }

    /// The name, if it could be read.
    pub fn name(&self) -> Option<&str> {
        self.anchor.as_ref()?.reading.name.as_deref()
    }

    /// The type, if it could be read.
    pub fn family(&self) -> Option<Family> {
        self.anchor.as_ref()?.reading.family
    }

    /// Whether reading it again would give the same result. An asset with findings or input palettes is not known to be
    /// unchanged, because these depend on more files than the anchor.
    pub fn is_unchanged(&self) -> bool {
        let names_others = self.declaration().is_some_and(|declaration| !declaration.input_palettes.is_empty());
        self.findings.is_empty()
            && !names_others
            && !self.reads.is_empty()
            && self.reads.iter().all(FileRead::is_unchanged)
    }

    /// The files that its declaration names, relative to the root, and then those that it shares with other assets,
    /// relative to `assets/`; `None` if the declaration is not valid.
    pub fn used_files(&self) -> Option<[Vec<&RelPath>; 2]> {
        let declaration = self.declaration()?;
        let mut own = declaration.source_files();
        own.extend(&declaration.input_palettes);
        Some([own, self.palettes.named_shared.iter().collect()])
    }

    /// Whether the other asset, with the same entry, wants the same name and slot.
    fn claims_like(&self, other: &Self) -> bool {
        let preload = |asset: &Self| asset.declaration().map(|it| (it.preload.enabled, it.preload.slot, it.family()));
        self.name() == other.name() && preload(self) == preload(other)
    }

    /// Adds a finding about the content. It is only a note if the asset is excluded.
    fn push_finding(&mut self, finding: Finding) {
        self.findings.push(grade_finding(finding.in_asset(&self.asset_ref()), self.entry.included_in_build));
    }

    /// Adds the finding about a root or anchor that could not be opened. A missing anchor blocks even an excluded
    /// asset.
    fn push_unopened(&mut self, assets: &Folder, error: OpenError) {
        let root = &self.entry.root;
        let OpenError::Missing { twin } = error else {
            self.push_finding(AnchorError::Open(error).into_finding());
            return;
        };
        let finding = match (twin, assets.find_twin(root)) {
            (Some(anchor), _) => Finding::new(
                Code::AnchorMissing,
                format!("the root has no `{ANCHOR}`, but it has `{}`", escaped(&anchor)),
                format!("Rename it to `{ANCHOR}`."),
            )
            .fix(Fix::Rename { from: anchor, to: ANCHOR.into() }),
            (None, Some(twin)) => Finding::new(
                Code::AnchorMissing,
                format!("there is no folder with this name, but there is `assets/{}`", escaped(&twin)),
                "Rename the folder, so that it is found on every system.",
            ),
            (None, None) => Finding::new(
                Code::AnchorMissing,
                format!("the asset is registered, but there is no `{ANCHOR}` in its root"),
                format!(
                    "Restore the folder. If it was moved, run `prometeu-packer register PROJECT ROOT` with its new root, which \
                     `doctor` finds. To remove the asset, remove its entry from `{REGISTRY_FILE}`."
                ),
            ),
        };
        self.findings.push(finding.file(ANCHOR).in_asset(&self.asset_ref()));
    }

    fn check_input_palettes(&mut self) {
        let (Some(declaration), Some(folder)) = (self.declaration(), &self.folder) else { return };
        let at = |path: &RelPath| files::path_kind(&folder.path().join(path.as_str()));
        let findings: Vec<Finding> = declaration
            .input_palettes
            .iter()
            .filter_map(|path| match at(path) {
                Ok(PathKind::Absent) => Some(
                    Finding::new(
                        Code::InputPaletteMissing,
                        "the palette file does not exist; `inputs.palettes` names it as the origin of the palettes",
                        "Restore the file, or remove it from the list. A pack never opens it.",
                    )
                    .file(path.as_str()),
                ),
                Ok(_) => None,
                Err(error) => Some(error.as_finding().file(path.as_str())),
            })
            .collect();
        for finding in findings {
            self.push_finding(finding);
        }
    }
}

impl Snapshot {
    /// Reads the registry and all anchors.
    ///
    /// # Errors
    /// If there is no project, or its registry cannot be read.
    pub fn read(project: &Project) -> Result<Self, ProjectError> {
        Self::read_after(project, &Self::default(), Reuse::Read, |_| Reuse::Read)
    }

    /// Like [`Snapshot::read`], but reads only the anchors of these roots. Names and slots are checked only among
    /// these, so the findings about them are not valid for the project.
    ///
    /// # Errors
    /// If there is no project, or its registry cannot be read.
    pub fn read_roots(project: &Project, roots: &HashSet<&str>) -> Result<Self, ProjectError> {
        let mut snapshot = Self { project: project.root().to_owned(), ..Self::default() };
        let bytes = project.read_registry_bytes()?;
        let (registry, findings) = bytes.map_or((None, Vec::new()), |bytes| Registry::read(&bytes));
        snapshot.registry_findings = findings;
        if let Some(mut registry) = registry {
            registry.entries.retain(|entry| roots.contains(entry.root.as_str()));
            snapshot.read_assets(project.assets(), Arc::new(registry), &[], |_, _, _| None);
        }
        snapshot.check_together();
        Ok(snapshot)
    }

    /// Like [`Snapshot::read`], but keeps the parts of `last` that `registry` and `asset` allow. `asset` is called with
    /// each root.
    ///
    /// # Errors
    /// If there is no project, or its registry cannot be read.
    pub fn read_after(
        project: &Project,
        last: &Self,
        registry: Reuse,
        asset: impl Fn(&RelPath) -> Reuse,
    ) -> Result<Self, ProjectError> {
        let mut snapshot = Self::read_assets_after(project, last, registry, asset)?;
        snapshot.packed = PackedRoots::read_after(project, &last.packed);
        if let Some(registry) = &snapshot.registry {
            let is_forgotten = |uuid| history::is_forgotten(project, uuid, None);
            snapshot.findings.extend(snapshot.packed.find_lost(&project.assets(), registry, is_forgotten));
        }
        Ok(snapshot)
    }

    /// Like [`Snapshot::read`], but reads nothing of `build/`: as if the project was never packed.
    ///
    /// # Errors
    /// If there is no project, or its registry cannot be read.
    pub fn read_unpacked(project: &Project) -> Result<Self, ProjectError> {
        Self::read_assets_after(project, &Self::default(), Reuse::Read, |_| Reuse::Read)
    }

    /// Reads the registry and the anchors, as [`Snapshot::read_after`].
    fn read_assets_after(
        project: &Project,
        last: &Self,
        registry: Reuse,
        asset: impl Fn(&RelPath) -> Reuse,
    ) -> Result<Self, ProjectError> {
        let mut snapshot = Self { project: project.root().to_owned(), ..Self::default() };
        let is_unchanged = || last.registry_read.as_ref().is_some_and(FileRead::is_unchanged);
        let keeps_registry = last.registry.is_some() && registry.keeps(is_unchanged);
        if keeps_registry {
            snapshot.registry.clone_from(&last.registry);
            snapshot.registry_findings.clone_from(&last.registry_findings);
            snapshot.registry_read.clone_from(&last.registry_read);
            snapshot.registry_file = last.registry_file;
            let assets = project.assets();
            for old in &last.assets {
                let kept = snapshot.keep_or_read(&assets, old, asset(&old.entry.root));
                snapshot.assets.push(kept);
            }
            if std::iter::zip(&last.assets, &snapshot.assets)
                .all(|(old, new)| Arc::ptr_eq(old, new) || old.claims_like(new))
            {
                snapshot.slots.clone_from(&last.slots);
                snapshot.claim_findings.clone_from(&last.claim_findings);
                snapshot.collect_findings();
                snapshot.findings.extend(history::unfinished_change(project)?);
                return Ok(snapshot);
            }
        } else {
            let Some(content) = project.read_registry()? else {
                snapshot.findings.push(json::too_large(REGISTRY_BYTES).file(REGISTRY_FILE));
                return Ok(snapshot);
            };
            let (registry, findings) = Registry::read(&content.bytes);
            snapshot.registry_findings = findings;
            let read = snapshot.record_read(project.registry_path(), content.stamp, content.is_consistent);
            (snapshot.registry_read, snapshot.registry_file) = (Some(read), Some(content.file));
            if let Some(registry) = registry {
                let known: HashMap<&RelPath, &Arc<RegisteredAsset>> =
                    last.assets.iter().map(|asset| (&asset.entry.root, asset)).collect();
                snapshot.read_assets(project.assets(), Arc::new(registry), &[], |snapshot, assets, entry| {
                    let old = known.get(&entry.root).filter(|old| old.entry == *entry)?;
                    Some(snapshot.keep_or_read(assets, old, asset(&entry.root)))
                });
            }
        }
        snapshot.check_together();
        snapshot.findings.extend(history::unfinished_change(project)?);
        Ok(snapshot)
    }

    /// Like [`Snapshot::read`], but with `registry` instead of the one on the disk, as a preview of writing it.
    /// `staged` is the id and folder of an asset whose root is not in place yet.
    pub fn with_registry(project: &Project, registry: Arc<Registry>, staged: Option<(u32, &Folder)>) -> Self {
        let mut snapshot = Self { project: project.root().to_owned(), ..Self::default() };
        registry.check_entries(&mut snapshot.registry_findings);
        let staged =
            staged.map(|(asset_id, folder)| EditedAsset { asset_id, folder: Some(folder.clone()), anchor: None });
        snapshot.read_assets(project.assets(), registry, staged.as_slice(), |_, _, _| None);
        snapshot.check_together();
        snapshot
    }

    /// The snapshot that would be if the registry and these assets were changed. All other assets are kept.
    pub fn edited(&self, project: &Project, registry: Arc<Registry>, edited: &[EditedAsset]) -> Self {
        let mut snapshot = Self { project: project.root().to_owned(), ..Self::default() };
        registry.check_entries(&mut snapshot.registry_findings);
        let edited_ids: HashSet<u32> = edited.iter().map(|asset| asset.asset_id).collect();
        snapshot.read_assets(project.assets(), registry, edited, |_, _, entry| {
            let first = self.assets.partition_point(|asset| asset.entry.asset_id < entry.asset_id);
            let known = self.assets[first..].iter().take_while(|asset| asset.entry.asset_id == entry.asset_id);
            let mut known = known.filter(|asset| asset.entry == *entry && !edited_ids.contains(&entry.asset_id));
            known.next().map(Arc::clone)
        });
        snapshot.check_together();
        snapshot
    }

    /// The snapshot that would be with this registry and this `assets/`. An asset with the same entry for which
    /// `is_kept` is not read again.
    pub fn planned(
        &self,
        (registry, registry_findings): (Option<Registry>, Vec<Finding>),
        assets: &Folder,
        is_kept: impl Fn(&RegisteredAsset) -> bool,
        is_forgotten: impl Fn(AssetUuid) -> bool,
    ) -> Self {
        let project = self.project.clone();
        let mut snapshot = Self { project, registry_findings, packed: Arc::clone(&self.packed), ..Self::default() };
        if let Some(registry) = registry {
            let known: HashMap<&RelPath, &Arc<RegisteredAsset>> =
                self.assets.iter().filter(|asset| is_kept(asset)).map(|asset| (&asset.entry.root, asset)).collect();
            snapshot.read_assets(assets.clone(), Arc::new(registry), &[], |_, _, entry| {
                known.get(&entry.root).filter(|old| old.entry == *entry).map(|old| Arc::clone(old))
            });
        }
        snapshot.check_together();
        if let Some(registry) = &snapshot.registry {
            snapshot.findings.extend(snapshot.packed.find_lost(assets, registry, is_forgotten));
        }
        snapshot
    }

    /// Reads the assets of `registry`, by id, except those that `kept` returns, and as `edited` changes them.
    fn read_assets(
        &mut self,
        mut assets: Folder,
        registry: Arc<Registry>,
        edited: &[EditedAsset],
        kept: impl Fn(&mut Self, &Folder, &RegistryEntry) -> Option<Arc<RegisteredAsset>>,
    ) {
        let edited: HashMap<u32, &EditedAsset> = edited.iter().map(|edited| (edited.asset_id, edited)).collect();
        let mut placed = HashSet::new();
        for RegistryEntry { asset_id, root, .. } in &registry.entries {
            let folder = edited.get(asset_id).and_then(|edited| edited.folder.as_ref());
            if let Some(folder) = folder.filter(|_| placed.insert(*asset_id))
                && assets.below(root.as_str()).path() != folder.path()
            {
                assets = assets.with_planned_folder(root, folder);
            }
        }
        let mut entries: Vec<&RegistryEntry> = registry.entries.iter().collect();
        entries.sort_by_key(|entry| entry.asset_id);
        let mut seen = HashSet::new();
        for entry in entries {
            // A duplicate root is reported by the registry's own finding. Its content is read once.
            if !seen.insert(&entry.root) {
                continue;
            }
            let asset = kept(self, &assets, entry).unwrap_or_else(|| {
                let edited = edited.get(&entry.asset_id);
                let folder = match edited.and_then(|edited| edited.folder.as_ref()) {
                    Some(folder) => Ok(folder.clone()),
                    None => assets.open_folder(&entry.root),
                };
                let anchor = edited.and_then(|edited| edited.anchor.as_deref());
                Arc::new(self.read_asset(&assets, folder, entry.clone(), anchor))
            });
            self.assets.push(asset);
        }
        self.registry = Some(registry);
    }

    /// Keeps an asset of an earlier snapshot, or reads it again.
    fn keep_or_read(&mut self, assets: &Folder, old: &Arc<RegisteredAsset>, reuse: Reuse) -> Arc<RegisteredAsset> {
        if reuse.keeps(|| old.is_unchanged()) {
            return old.clone();
        }
        let read = self.read_asset(assets, assets.open_folder(&old.entry.root), old.entry.clone(), None);
        // An equal value keeps its `Arc`, so that whatever was built from it is not built again.
        let is_same = read.findings == old.findings
            && read.anchor.as_ref().map(|anchor| anchor.file.sha256)
                == old.anchor.as_ref().map(|anchor| anchor.file.sha256)
            && read.folder.is_some() == old.folder.is_some()
            && read.palettes.is_same(&old.palettes)
            && !old.reads.is_empty()
            && old.reads.iter().all(|read| read.is_consistent && read.is_proof);
        if is_same { old.clone() } else { Arc::new(read) }
    }

    /// Checks all assets together, and collects all findings.
    fn check_together(&mut self) {
        if self.registry.is_some() {
            self.check_names();
            self.assign_slots();
        }
        self.collect_findings();
    }

    fn collect_findings(&mut self) {
        self.findings.clone_from(&self.registry_findings);
        self.findings.extend(self.assets.iter().flat_map(|asset| asset.findings.iter().cloned()));
        self.findings.extend(self.claim_findings.iter().cloned());
    }

    /// Checks that the registry could be parsed.
    ///
    /// # Errors
    /// The findings, if it could not.
    pub fn require_registry(&self) -> Result<(), BrokenRegistry> {
        if self.registry.is_some() { Ok(()) } else { Err(BrokenRegistry(self.findings.clone())) }
    }

    /// The assets of the build set, by id.
    pub fn build_set(&self) -> impl Iterator<Item = &Arc<RegisteredAsset>> {
        self.assets.iter().filter(|asset| asset.entry.included_in_build)
    }

    /// A finding for each asset of the build set whose name and slot are unknown, because its declaration cannot be
    /// read: no change that needs a free name or slot can be made.
    pub fn unknown_claims(&self) -> impl Iterator<Item = Finding> {
        let unknown = self.build_set().filter(|asset| asset.declaration().is_none());
        unknown.filter_map(|asset| {
            let finding = asset.findings.iter().find(|finding| finding.is_error())?.clone();
            let message = format!("{}; so it is unknown which name and slot this asset has", finding.message);
            Some(Finding { message, ..finding })
        })
    }

    /// The lowest slot that no asset of the build set has.
    pub fn free_slot(&self, bank_type: &str) -> Option<u32> {
        self.free_slot_except(bank_type, None)
    }

    /// The lowest slot that no asset of the build set has, other than this one.
    pub fn free_slot_except(&self, bank_type: &str, asset_id: Option<u32>) -> Option<u32> {
        let has_bank_type = |asset: &&Arc<RegisteredAsset>| {
            asset.declaration().is_some_and(|declaration| declaration.family().bank_type() == bank_type)
        };
        let others = self.build_set().filter(|asset| Some(asset.entry.asset_id) != asset_id);
        let assets = others.filter(has_bank_type);
        let taken: HashSet<u32> = assets.filter_map(|asset| self.slots.get(&asset.entry.asset_id).copied()).collect();
        (0..SLOTS).find(|slot| !taken.contains(slot))
    }

    /// The asset whose root contains a file; `path` contains `assets/` and the path of the file from there.
    pub fn owner_of(&self, path: &str) -> Option<AssetRef> {
        let (_, inside) = path.rsplit_once("assets/")?;
        let root = |asset: &&Arc<RegisteredAsset>| {
            inside.strip_prefix(asset.entry.root.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.assets.iter().find(root).map(|asset| asset.asset_ref())
    }

    /// The finding about a file of the project that the system refused to read.
    pub fn disk_finding(&self, error: &DiskError) -> Finding {
        let inside = error.path.strip_prefix(&self.project).unwrap_or(&error.path);
        error.as_finding().file(files::display_path(inside))
    }

    /// A file that was read for this snapshot and has changed since.
    ///
    /// # Errors
    /// If the system refuses to say whether a file has changed.
    pub fn changed_path(&self) -> Result<Option<PathBuf>, DiskError> {
        if let Some(inconsistent) = self.files_read.iter().find(|read| !read.is_consistent) {
            return Ok(Some(inconsistent.path.clone()));
        }
        for read in &self.files_read {
            if !files::has_stamp(&read.path, read.stamp)? {
                return Ok(Some(read.path.clone()));
            }
        }
        Ok(None)
    }

    fn record_read(&mut self, path: PathBuf, stamp: Stamp, is_consistent: bool) -> FileRead {
        let read = FileRead { path, stamp, is_consistent, is_proof: stamp.is_proof() };
        self.files_read.push(read.clone());
        read
    }

    fn read_asset(
        &mut self,
        assets: &Folder,
        folder: Result<Folder, OpenError>,
        entry: RegistryEntry,
        new_anchor: Option<&[u8]>,
    ) -> RegisteredAsset {
        let mut asset = RegisteredAsset {
            entry,
            folder: None,
            anchor: None,
            findings: Vec::new(),
            palettes: DeclaredPalettes::default(),
            reads: Vec::new(),
        };
        let folder = match folder {
            Ok(folder) => folder,
            Err(error) => {
                asset.push_unopened(assets, error);
                return asset;
            }
        };
        let read = match AnchorFile::read(&folder) {
            Err(AnchorError::Open(error)) => {
                asset.push_unopened(assets, error);
                return asset;
            }
            read => read,
        };
        match read {
            Err(error) => asset.push_finding(error.into_finding()),
            Ok(mut anchor) => {
                if let Some(bytes) = new_anchor {
                    bytes.clone_into(&mut anchor.content.bytes);
                }
                let mut reading = anchor.declaration();
                let AnchorFile { path, content } = anchor;
                asset.reads.push(self.record_read(path, content.stamp, content.is_consistent));
                for finding in std::mem::take(&mut reading.findings) {
                    asset.push_finding(finding);
                }
                if let Some(uuid) = reading.asset_uuid
                    && uuid != asset.entry.asset_uuid
                {
                    asset.findings.push(uuid_finding(&asset, &uuid.to_string()));
                }
                let mut declaration = reading.declaration.take();
                if let Some(declaration) = &mut declaration {
                    asset.palettes = DeclaredPalettes::read(declaration, &folder, assets);
                }
                let declaration = declaration.map(Arc::new);
                self.record_palettes(&mut asset);
                asset.anchor = Some(Anchor { reading, declaration, file: content.file });
                asset.folder = Some(folder.clone());
                asset.check_input_palettes();
            }
        }
        asset.folder = Some(folder);
        asset
    }

    /// Records the palette files that were read, and adds what was found in them.
    fn record_palettes(&mut self, asset: &mut RegisteredAsset) {
        for read in &asset.palettes.reads {
            asset.reads.push(self.record_read(read.path.clone(), read.stamp, read.is_consistent));
        }
        let asset_ref = asset.asset_ref();
        let is_included = asset.entry.included_in_build;
        for finding in asset.palettes.take_findings(&asset_ref) {
            asset.findings.push(grade_finding(finding, is_included));
        }
    }

    fn check_names(&mut self) {
        let mut first: HashMap<&str, &RegisteredAsset> = HashMap::new();
        let mut findings = Vec::new();
        for asset in self.assets.iter().filter(|asset| asset.entry.included_in_build) {
            let Some(name) = asset.name() else { continue };
            match first.get(name) {
                Some(other) => findings.push(
                    Finding::new(
                        Code::NameTwice,
                        format!("asset {} ({}) is also named `{name}`", other.entry.asset_id, other.entry.root),
                        "Run `prometeu-packer rename PROJECT ASSET NAME` for one of the two.",
                    )
                    .file(ANCHOR)
                    .in_asset(&asset.asset_ref()),
                ),
                None => {
                    first.insert(name, asset);
                }
            }
        }
        self.claim_findings.extend(findings);
    }

    /// Assigns declared slots first, then the lowest free ones by asset id.
    fn assign_slots(&mut self) {
        let mut findings = Vec::new();
        let mut slots = BTreeMap::new();
        for bank_type in BANK_TYPES {
            let enabled: Vec<(&RegisteredAsset, &Declaration)> = self
                .assets
                .iter()
                .filter(|asset| asset.entry.included_in_build)
                .filter_map(|asset| Some((&**asset, &**asset.declaration()?)))
                .filter(|(_, declaration)| {
                    declaration.preload.enabled && declaration.family().bank_type() == *bank_type
                })
                .collect();
            let mut taken: BTreeMap<u32, &RegisteredAsset> = BTreeMap::new();
            for (asset, slot) in enabled.iter().filter_map(|(asset, d)| Some((asset, d.preload.slot?))) {
                if let Some(other) = taken.get(&slot) {
                    findings.push(
                        Finding::new(
                            Code::SlotTaken,
                            format!(
                                "the {bank_type} slot {slot} is also declared by asset {} ({})",
                                other.entry.asset_id, other.entry.root
                            ),
                            "Run `prometeu-packer slot PROJECT ASSET free` for one of the two: it declares the lowest free one. \
                             `slot PROJECT ASSET N` declares another one from 0 to 15.",
                        )
                        .file(ANCHOR)
                        .in_asset(&asset.asset_ref()),
                    );
                } else {
                    taken.insert(slot, asset);
                    slots.insert(asset.entry.asset_id, slot);
                }
            }
            for (asset, _) in enabled.iter().filter(|(_, declaration)| declaration.preload.slot.is_none()) {
                match (0..SLOTS).find(|slot| !taken.contains_key(slot)) {
                    Some(slot) => {
                        taken.insert(slot, asset);
                        slots.insert(asset.entry.asset_id, slot);
                    }
                    None => findings.push(
                        Finding::new(
                            Code::SlotsFull,
                            format!(
                                "no {bank_type} slot is left: {} assets of this bank type are preloaded; the limit is {SLOTS}",
                                enabled.len()
                            ),
                            "Run `prometeu-packer slot PROJECT ASSET none` for assets that are not needed at boot.",
                        )
                        .file(ANCHOR)
                        .in_asset(&asset.asset_ref()),
                    ),
                }
            }
        }
        self.claim_findings.extend(findings);
        self.slots = slots;
    }
}

/// The registry cannot be parsed, so the assets are unknown.
#[derive(Debug, thiserror::Error)]
#[error("the registry cannot be parsed")]
pub struct BrokenRegistry(Vec<Finding>);

impl AsFinding for BrokenRegistry {
    fn as_finding(&self) -> Finding {
        let unknown = || Finding::new(Code::JsonSyntax, "the registry cannot be parsed", "").file(REGISTRY_FILE);
        self.0.first().cloned().unwrap_or_else(unknown)
    }

    fn as_findings(&self) -> Vec<Finding> {
        self.0.clone()
    }
}

/// Turns a finding about the content of an excluded asset into a note, because an excluded asset blocks nothing.
pub fn grade_finding(mut finding: Finding, is_included: bool) -> Finding {
    if !is_included {
        finding.severity = Severity::Note;
    }
    finding
}

fn uuid_finding(asset: &RegisteredAsset, declared: &str) -> Finding {
    Finding::new(
        Code::UuidDiffers,
        format!("the uuid is {declared} in the declaration, but {} in the registry", asset.entry.asset_uuid),
        format!(
            "The folder was replaced, a merge took it and the registry from different branches, or a uuid was edited. Restore the \
             folder that was registered, or set `asset_uuid` of asset {} in `{REGISTRY_FILE}` to `{declared}`.",
            asset.entry.asset_id
        ),
    )
    .file(ANCHOR)
    .in_asset(&asset.asset_ref())
}
