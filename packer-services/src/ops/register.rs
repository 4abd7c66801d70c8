//! `register`: adds an existing root to the registry, or changes the root of an asset that was moved. Only an asset
//! that would pack is included; a broken one can be registered as excluded.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::anchor::{AnchorError, AnchorFile};
use crate::asset_uuid::AssetUuid;
use crate::context::Context;
use crate::declaration::{ANCHOR, Declaration, edit};
use crate::diagnostics::{AssetRef, Code, Finding, has_errors};
use crate::files::{DiskError, OpenError};
use crate::history::{Change, ChangeError, ChangeSummary};
use crate::lock::{Lock, LockError, LockRequest};
use crate::operation::{Operation, OperationClass, Report, operation_error, run_locked_if_writing};
use crate::paths::RelPath;
use crate::project::{Project, ProjectError};
use crate::registration::{EditableRegistry, misplacement, parse_root};
use crate::registry::{REGISTRY_FILE, Registry, RegistryEntry};
use crate::snapshot::Snapshot;

/// Registers a root.
#[derive(Clone, Debug)]
pub struct RegisterAsset {
    project: PathBuf,
    root: String,
    exclude: bool,
    dry_run: bool,
}

impl RegisterAsset {
    /// Registers `root`, relative to `assets/`; by default it is in the build set.
    pub fn new(project: impl Into<PathBuf>, root: impl Into<String>) -> Self {
        Self { project: project.into(), root: root.into(), exclude: false, dry_run: false }
    }

    /// Excludes it from the build set. It may then have any error except one in its uuid.
    #[must_use]
    pub fn exclude(mut self, exclude: bool) -> Self {
        self.exclude = exclude;
        self
    }

    /// Only reports what would be changed, and writes nothing.
    #[must_use]
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }
}

operation_error! {
    /// Why the root could not be registered; nothing was changed.
    RegisterAssetError { Project(ProjectError), Lock(LockError), Change(ChangeError), Disk(DiskError) }
}

/// A registered asset, or why there is none.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct RegisterAssetReport {
    /// Its id; `None` if it was refused.
    pub asset_id: Option<u32>,
    /// Relative to `assets/`.
    pub root: String,
    /// Whether it is in the build set now.
    pub included: bool,
    /// The root that it was registered under, if it was moved: it keeps its id then. `None` if its id is new.
    pub moved_from: Option<String>,
    /// The slot that was written into its declaration, because another asset has the declared one.
    pub slot: Option<u32>,
    /// The slot that its declaration had instead.
    pub declared_slot: Option<u32>,
    /// The change, which was made or would be; `None` if it was refused.
    pub change: Option<ChangeSummary>,
}

impl Operation for RegisterAsset {
    type Report = RegisterAssetReport;
    type Error = RegisterAssetError;

    fn class(&self) -> OperationClass {
        OperationClass::of_change(self.dry_run)
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<RegisterAssetReport>, RegisterAssetError> {
        let project = Project::at(&self.project);
        run_locked_if_writing(context, self.class(), &project, LockRequest::WAIT, |lock| {
            let data = RegisterAssetReport {
                asset_id: None,
                root: self.root.clone(),
                included: false,
                moved_from: None,
                slot: None,
                declared_slot: None,
                change: None,
            };
            let mut report = Report::new(data, Vec::new());
            self.register(context, &project, lock, &mut report)?;
            Ok(report)
        })
    }
}

impl RegisterAsset {
    fn register(
        &self,
        context: &Context,
        project: &Project,
        lock: Option<&Lock>,
        report: &mut Report<RegisterAssetReport>,
    ) -> Result<(), RegisterAssetError> {
        let Some(root) = report.accept(parse_root(project, &self.root)) else { return Ok(()) };
        let Some(mut editable) = EditableRegistry::read(project, &mut report.findings)? else { return Ok(()) };
        if let Some(finding) = already_registered(&editable.registry, &root) {
            report.findings.push(finding);
            return Ok(());
        }
        let Some(anchor) = report.accept(UnregisteredAnchor::read(project, &root)) else { return Ok(()) };
        let entered = self.enter(project, &mut editable.registry, &anchor, root);
        let Some(Entered { asset_id, moved_from }) = report.accept(entered) else { return Ok(()) };
        let new_slot = if moved_from.is_none() { anchor.replacement_slot(project, &editable, asset_id) } else { None };
        let mut findings = editable.check_asset(context, project, asset_id, None)?;
        if new_slot.is_some() {
            findings.retain(|finding| finding.code != Code::SlotTaken);
        }
        report.findings = findings;
        if has_errors(&report.findings) {
            return Ok(());
        }
        let entry = editable.registry.entries.iter().find(|entry| entry.asset_id == asset_id);
        let mut change = Change::new(project, "register", self.root.trim_end_matches('/'))?;
        if let Some(slot) = &new_slot {
            change.replace(&anchor.path, &anchor.file.content.bytes, slot.text.as_bytes());
        }
        if let (Some(entry), None) = (entry, &moved_from) {
            change.about_asset(entry);
        }
        editable.add_to(&mut change);
        let made = change.apply(context, lock, None)?;
        report.data.asset_id = Some(asset_id);
        report.data.included = entry.is_some_and(|entry| entry.included_in_build);
        report.data.moved_from = moved_from.map(|path| path.to_string());
        report.data.slot = new_slot.as_ref().map(|slot| slot.slot);
        report.data.change = made;
        report.data.declared_slot = new_slot.map(|slot| slot.declared);
        Ok(())
    }

    /// Adds an entry for the root; if the root was moved, changes the entry that it has.
    fn enter(
        &self,
        project: &Project,
        registry: &mut Registry,
        anchor: &UnregisteredAnchor,
        root: RelPath,
    ) -> Result<Entered, Box<Finding>> {
        let known = registry.entries.iter().position(|entry| entry.asset_uuid == anchor.asset_uuid);
        let Some(at) = known else {
            misplacement(project, registry, &root).map_or(Ok(()), |finding| Err(Box::new(finding)))?;
            let asset_id = registry.register(anchor.asset_uuid, root, !self.exclude)?;
            return Ok(Entered { asset_id, moved_from: None });
        };
        let mut entry = registry.entries.remove(at);
        if has_asset(project, &entry.root, anchor.asset_uuid) {
            return Err(Box::new(copied_finding(&entry, &root)));
        }
        misplacement(project, registry, &root).map_or(Ok(()), |finding| Err(Box::new(finding)))?;
        let moved_from = std::mem::replace(&mut entry.root, root);
        entry.included_in_build &= !self.exclude;
        let asset_id = entry.asset_id;
        registry.entries.insert(at, entry);
        Ok(Entered { asset_id, moved_from: Some(moved_from) })
    }
}

/// An entry of the registry that was added or changed.
struct Entered {
    asset_id: u32,
    /// The root that it had.
    moved_from: Option<RelPath>,
}

/// Whether the root has an anchor with this uuid. An anchor that cannot be read may have it.
fn has_asset(project: &Project, root: &RelPath, uuid: AssetUuid) -> bool {
    let assets = project.assets();
    // Some systems also open a folder under another spelling of its name.
    if assets.find_twin(root).is_some() {
        return false;
    }
    let Ok(folder) = assets.open_folder(root) else { return false };
    match AnchorFile::read(&folder) {
        Ok(anchor) => anchor.declaration().asset_uuid.is_none_or(|found| found == uuid),
        Err(AnchorError::Open(OpenError::Missing { .. })) => false,
        Err(_) => true,
    }
}

fn copied_finding(original: &RegistryEntry, root: &RelPath) -> Finding {
    let finding = Finding::new(
        Code::UuidTwice,
        format!("this root has the uuid of asset {} (`{}`), which still exists", original.asset_id, original.root),
        format!(
            "If this is a copy, give it a new `asset_uuid` in its `{ANCHOR}` (Linux and macOS: `uuidgen | tr A-Z a-z`), and \
             register it then. If the asset was moved here, delete `assets/{}` first: it then keeps its id.",
            original.root
        ),
    );
    finding.file(ANCHOR).in_asset(&AssetRef { asset_id: None, root: root.as_str().to_owned() })
}

fn already_registered(registry: &Registry, root: &RelPath) -> Option<Finding> {
    let entry = registry.entries.iter().find(|entry| entry.root == *root)?;
    let finding = Finding::new(
        Code::AlreadyRegistered,
        format!("the root is already registered, as asset {}", entry.asset_id),
        format!(
            "No change is needed. `included_in_build` of its entry in `{REGISTRY_FILE}` decides whether it is built."
        ),
    );
    Some(finding.file(format!("assets/{root}/{ANCHOR}")))
}

/// The anchor of a root that is to be registered.
struct UnregisteredAnchor {
    /// Relative to the project.
    path: String,
    file: AnchorFile,
    asset_uuid: AssetUuid,
    declaration: Option<Declaration>,
}

/// A slot to be written into a declaration.
struct NewSlot {
    slot: u32,
    declared: u32,
    /// The whole declaration with the new slot.
    text: String,
}

impl UnregisteredAnchor {
    /// Reads the anchor in `root`. If its uuid cannot be read, the errors are all findings about the anchor.
    fn read(project: &Project, root: &RelPath) -> Result<Self, Vec<Finding>> {
        let in_asset = |findings: Vec<Finding>| {
            let asset = AssetRef { asset_id: None, root: root.as_str().to_owned() };
            findings.into_iter().map(|finding| finding.in_asset(&asset)).collect::<Vec<Finding>>()
        };
        let folder = project.assets().open_folder(root);
        let read = folder.map_err(AnchorError::Open).and_then(|folder| AnchorFile::read(&folder));
        let file = read.map_err(|error| in_asset(vec![error.into_finding()]))?;
        let reading = file.declaration();
        match reading.asset_uuid {
            Some(asset_uuid) => {
                let path = format!("assets/{root}/{ANCHOR}");
                Ok(Self { path, file, asset_uuid, declaration: reading.declaration })
            }
            None => {
                let unreadable = Finding::new(
                    Code::UuidUnreadable,
                    "the uuid of this root cannot be read, so it cannot be registered",
                    "Fix `asset.json` first; the other findings list what is wrong with it.",
                );
                Err(in_asset([vec![unreadable.file(ANCHOR)], reading.findings].concat()))
            }
        }
    }

    /// The lowest free slot, if another asset has the slot that this one declares. Two branches that each create a
    /// preloaded asset assign the same slot to both.
    fn replacement_slot(&self, project: &Project, editable: &EditableRegistry, asset_id: u32) -> Option<NewSlot> {
        let declaration = self.declaration.as_ref()?;
        let declared = declaration.preload.slot.filter(|_| declaration.preload.enabled)?;
        let snapshot = Snapshot::with_registry(project, editable.registry.clone(), None);
        let is_included = snapshot.build_set().any(|asset| asset.entry.asset_id == asset_id);
        if !is_included || snapshot.slots.contains_key(&asset_id) {
            return None;
        }
        let slot = snapshot.free_slot(declaration.family().bank_type())?;
        let mut wanted = declaration.clone();
        wanted.preload.slot = Some(slot);
        let text = std::str::from_utf8(&self.file.content.bytes).ok()?;
        let text = edit::with_declaration(text, declaration, &wanted)?;
        Some(NewSlot { slot, declared, text })
    }
}
