//! The frozen view of a project that an operation works on: registry, declarations, and what is wrong with them.
//!
//! Opens the registry and the anchors of registered roots, and nothing else. Judges what can be judged from them: what
//! blocks, names, slots (spec: workspace, "What blocks a pack").

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::declaration::{ANCHOR, Declaration, Family, Reading};
use crate::diagnostics::{AsFinding, AssetRef, Code, Finding, Fix, Severity, escaped, sized};
use crate::files::{self, Folder, OpenError, Sha, Stamp};
use crate::formats::BANK_TYPES;
use crate::limits::{DECLARATION_BYTES, REGISTRY_BYTES, SLOTS};
use crate::paths::RelPath;
use crate::project::{Project, ProjectError};
use crate::registry::{Entry, REGISTRY_FILE, Registry};

/// A project at one moment.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// `None` if it could not be understood; then there are no assets either.
    pub registry: Option<Registry>,
    /// Every registered asset, by id.
    pub assets: Vec<RegisteredAsset>,
    /// What is wrong with the registry, with declarations and between them.
    pub findings: Vec<Finding>,
    /// By asset id, of the build set.
    pub slots: BTreeMap<u32, u32>,
    read: Vec<(PathBuf, Stamp)>,
    unsettled: Option<PathBuf>,
}

/// A registered asset.
#[derive(Debug)]
pub struct RegisteredAsset {
    /// Its entry in the registry.
    pub entry: Entry,
    /// Its root, if it could be opened.
    pub folder: Option<Folder>,
    /// Its anchor, if it could be read.
    pub anchor: Option<Anchor>,
}

/// An `asset.json` that was read.
#[derive(Debug)]
pub struct Anchor {
    /// What could be made of it.
    pub reading: Reading,
    /// Of its bytes.
    pub sha256: Sha,
    /// How many bytes.
    pub size_bytes: u64,
}

impl RegisteredAsset {
    /// For findings.
    pub fn asset_ref(&self) -> AssetRef {
        AssetRef { asset_id: Some(self.entry.asset_id), root: self.entry.root.as_str().to_owned() }
    }

    /// The declaration, if it is whole.
    pub fn declaration(&self) -> Option<&Declaration> {
        self.anchor.as_ref()?.reading.declaration.as_ref()
    }

    /// The name, if at least that could be read.
    pub fn name(&self) -> Option<&str> {
        self.anchor.as_ref()?.reading.name.as_deref()
    }

    /// The type, if at least that could be read.
    pub fn family(&self) -> Option<Family> {
        self.anchor.as_ref()?.reading.family
    }
}

impl Snapshot {
    /// Reads the registry and all anchors.
    ///
    /// # Errors
    /// If there is no project, or its registry cannot be read.
    pub fn take(project: &Project) -> Result<Self, ProjectError> {
        Self::take_of(project, None)
    }

    /// As [`Snapshot::take`], of the assets with these roots alone: no other anchor is read. Names and slots are judged among
    /// these, so they say nothing of the project.
    ///
    /// # Errors
    /// If there is no project, or its registry cannot be read.
    pub fn take_some(project: &Project, roots: &HashSet<&str>) -> Result<Self, ProjectError> {
        Self::take_of(project, Some(roots))
    }

    fn take_of(project: &Project, roots: Option<&HashSet<&str>>) -> Result<Self, ProjectError> {
        let mut snapshot = Self::default();
        let Some(content) = project.read_registry()? else {
            snapshot.findings.push(too_large(REGISTRY_BYTES).file(REGISTRY_FILE));
            return Ok(snapshot);
        };
        let (registry, findings) = Registry::read(&content.bytes);
        snapshot.findings.extend(findings);
        snapshot.note(project.registry_path(), content.stamp, content.is_consistent);
        if let Some(registry) = registry {
            snapshot.read_assets(project, registry, roots, None);
        }
        Ok(snapshot)
    }

    /// As [`Snapshot::take`], with `registry` in place of the one on the disk: what would be, if it were written. One
    /// asset's root may still stand elsewhere: `staged` is its id and the folder.
    pub fn with(project: &Project, registry: Registry, staged: Option<(u32, &Path)>) -> Self {
        let mut snapshot = Self::default();
        registry.judge(&mut snapshot.findings);
        snapshot.read_assets(project, registry, None, staged);
        snapshot
    }

    fn read_assets(
        &mut self,
        project: &Project,
        registry: Registry,
        roots: Option<&HashSet<&str>>,
        staged: Option<(u32, &Path)>,
    ) {
        let assets = Folder::at(project.assets());
        let mut entries = registry.entries.clone();
        if let Some(roots) = roots {
            entries.retain(|entry| roots.contains(entry.root.as_str()));
        }
        entries.sort_by_key(|entry| entry.asset_id);
        let mut seen = HashSet::new();
        for entry in entries {
            // The registry's finding tells a root that is there twice; what it holds is told once.
            if !seen.insert(entry.root.clone()) {
                continue;
            }
            let folder = match staged {
                Some((asset_id, folder)) if asset_id == entry.asset_id => Ok(Folder::at(folder)),
                _ => assets.open_folder(&entry.root),
            };
            let asset = self.read_asset(&assets, folder, entry);
            self.assets.push(asset);
        }
        self.judge_names();
        self.judge_slots();
        self.registry = Some(registry);
    }

    /// Refuses a snapshot whose registry could not be understood.
    ///
    /// # Errors
    /// Its findings.
    pub fn understood(&self) -> Result<(), BrokenRegistry> {
        if self.registry.is_some() { Ok(()) } else { Err(BrokenRegistry(self.findings.clone())) }
    }

    /// The assets of the build set, by id.
    pub fn build_set(&self) -> impl Iterator<Item = &RegisteredAsset> {
        self.assets.iter().filter(|asset| asset.entry.included_in_build)
    }

    /// The asset whose root holds a file; `path` has `assets/` in it, and the file's whole way from there.
    pub fn owner_of(&self, path: &str) -> Option<AssetRef> {
        let (_, inside) = path.rsplit_once("assets/")?;
        let root = |asset: &&RegisteredAsset| {
            inside.strip_prefix(asset.entry.root.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.assets.iter().find(root).map(RegisteredAsset::asset_ref)
    }

    /// A file that was read for this snapshot and has changed since.
    pub fn changed_since(&self) -> Option<PathBuf> {
        let changed = self.read.iter().find(|(path, stamp)| !files::is_unchanged(path, *stamp));
        self.unsettled.clone().or_else(|| changed.map(|(path, _)| path.clone()))
    }

    fn note(&mut self, path: PathBuf, stamp: Stamp, settled: bool) {
        if !settled {
            self.unsettled.get_or_insert_with(|| path.clone());
        }
        self.read.push((path, stamp));
    }

    /// Adds findings about an asset: an excluded one blocks nothing, so what is wrong with its content is noted only.
    fn push(&mut self, asset: &RegisteredAsset, finding: Finding) {
        self.findings.push(graded(finding.in_asset(&asset.asset_ref()), asset.entry.included_in_build));
    }

    fn read_asset(&mut self, assets: &Folder, folder: Result<Folder, OpenError>, entry: Entry) -> RegisteredAsset {
        let mut asset = RegisteredAsset { entry, folder: None, anchor: None };
        let folder = match folder {
            Ok(folder) => folder,
            Err(error) => {
                self.push_unopened(&asset, assets, error);
                return asset;
            }
        };
        let Ok(anchor_path) = RelPath::parse(ANCHOR) else { return asset };
        let content = match folder.open(&anchor_path) {
            Ok(source) => {
                let path = source.path().to_owned();
                let content = source.read_whole(DECLARATION_BYTES);
                if let Ok(Some(content)) = &content {
                    self.note(path, content.stamp, content.is_consistent);
                }
                content
            }
            Err(error) => {
                self.push_unopened(&asset, assets, error);
                return asset;
            }
        };
        asset.folder = Some(folder);
        match content {
            Err(error) => {
                let finding = error.as_finding().file(ANCHOR);
                self.push(&asset, finding);
            }
            Ok(None) => self.push(&asset, too_large(DECLARATION_BYTES).file(ANCHOR)),
            Ok(Some(content)) => {
                let mut reading = Declaration::read(&content.bytes);
                for finding in std::mem::take(&mut reading.findings) {
                    self.push(&asset, finding);
                }
                if let Some(uuid) = reading.asset_uuid
                    && uuid != asset.entry.asset_uuid
                {
                    self.findings.push(uuid_differs(&asset, &uuid.to_string()));
                }
                let size_bytes = content.bytes.len() as u64;
                asset.anchor = Some(Anchor { reading, sha256: content.sha256, size_bytes });
                self.judge_input_palettes(&asset);
            }
        }
        asset
    }

    /// A missing anchor blocks, included or not.
    fn push_unopened(&mut self, asset: &RegisteredAsset, assets: &Folder, error: OpenError) {
        let root = &asset.entry.root;
        let OpenError::Missing { twin } = error else {
            let Ok(anchor) = RelPath::parse(ANCHOR) else { return };
            self.push(asset, error.into_finding_about(&anchor));
            return;
        };
        let finding = match (twin, assets.find_twin(root)) {
            (Some(anchor), _) => Finding::new(
                Code::AnchorMissing,
                format!("the root has no `{ANCHOR}`, but it has `{}`", escaped(&anchor)),
                "Rename the file.",
            )
            .fix(Fix::Rename { from: anchor, to: ANCHOR.into() }),
            (None, Some(twin)) => Finding::new(
                Code::AnchorMissing,
                format!("there is no folder of this name, but there is `assets/{}`", escaped(&twin)),
                "Rename the folder, so that it is found on every system.",
            ),
            (None, None) => Finding::new(
                Code::AnchorMissing,
                format!("the asset is registered, but there is no `{ANCHOR}` in its root"),
                format!(
                    "Restore the folder, correct `root` in `{REGISTRY_FILE}` if it moved (`doctor --workspace` finds moved \
                     roots), or remove the entry."
                ),
            ),
        };
        self.findings.push(finding.file(ANCHOR).in_asset(&asset.asset_ref()));
    }

    fn judge_input_palettes(&mut self, asset: &RegisteredAsset) {
        let (Some(declaration), Some(folder)) = (asset.declaration(), &asset.folder) else { return };
        let missing =
            declaration.input_palettes.iter().filter(|path| !files::exists(&folder.path().join(path.as_str())));
        let findings: Vec<Finding> = missing
            .map(|path| {
                Finding::new(
                    Code::InputPaletteMissing,
                    "the palette file does not exist; it is named in `inputs.palettes` as where the palettes came from",
                    "Put it there, or remove it from the list. It is never opened by a pack.",
                )
                .file(path.as_str())
            })
            .collect();
        for finding in findings {
            self.push(asset, finding);
        }
    }

    fn judge_names(&mut self) {
        let mut first: HashMap<&str, &RegisteredAsset> = HashMap::new();
        let mut findings = Vec::new();
        for asset in self.assets.iter().filter(|asset| asset.entry.included_in_build) {
            let Some(name) = asset.name() else { continue };
            match first.get(name) {
                Some(other) => findings.push(
                    Finding::new(
                        Code::NameTwice,
                        format!(
                            "the name `{name}` is also that of asset {} ({})",
                            other.entry.asset_id, other.entry.root
                        ),
                        "Give one of the two another `name`.",
                    )
                    .file(ANCHOR)
                    .in_asset(&asset.asset_ref()),
                ),
                None => {
                    first.insert(name, asset);
                }
            }
        }
        self.findings.extend(findings);
    }

    /// Declared slots first; then, by id, the lowest free one.
    fn judge_slots(&mut self) {
        let mut findings = Vec::new();
        let mut slots = BTreeMap::new();
        for bank_type in BANK_TYPES {
            let enabled: Vec<(&RegisteredAsset, &Declaration)> = self
                .assets
                .iter()
                .filter(|asset| asset.entry.included_in_build)
                .filter_map(|asset| Some((asset, asset.declaration()?)))
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
                            "Declare another `preload.slot` from 0 to 15, or none to take the lowest free one.",
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
                                "no {bank_type} slot is left: {} assets of this bank type are preloaded, {SLOTS} fit",
                                enabled.len()
                            ),
                            "Set `preload.enabled` to false in assets that need not be there at boot.",
                        )
                        .file(ANCHOR)
                        .in_asset(&asset.asset_ref()),
                    ),
                }
            }
        }
        self.findings.extend(findings);
        self.slots = slots;
    }
}

/// The registry cannot be understood, so there is nothing to tell of assets.
#[derive(Debug, thiserror::Error)]
#[error("the registry cannot be understood")]
pub struct BrokenRegistry(Vec<Finding>);

impl AsFinding for BrokenRegistry {
    fn as_finding(&self) -> Finding {
        let unknown = || Finding::new(Code::JsonSyntax, "the registry cannot be understood", "").file(REGISTRY_FILE);
        self.0.first().cloned().unwrap_or_else(unknown)
    }

    fn as_findings(&self) -> Vec<Finding> {
        self.0.clone()
    }
}

/// An excluded asset blocks nothing: what is wrong with its content is a note.
pub fn graded(mut finding: Finding, included: bool) -> Finding {
    if !included {
        finding.severity = Severity::Note;
    }
    finding
}

/// A JSON file is over its limit.
pub fn too_large(limit: u64) -> Finding {
    Finding::new(
        Code::JsonTooLarge,
        format!("the file is larger than its limit, {}", sized(limit)),
        "No project needs this: restore the file from version control or a copy.",
    )
}

fn uuid_differs(asset: &RegisteredAsset, declared: &str) -> Finding {
    Finding::new(
        Code::UuidDiffers,
        format!("the declaration's uuid is {declared}, the registry's {}", asset.entry.asset_uuid),
        "Was another folder put here, or a uuid edited? Restore the one that the asset was registered with.",
    )
    .file(ANCHOR)
    .in_asset(&asset.asset_ref())
}
