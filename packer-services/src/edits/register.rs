//! `register`: adds an existing root to the registry, or changes the root of an asset that was moved.

use std::path::Path;

use super::{Draft, SlotChoice, set_slot};
use crate::anchor::{AnchorError, AnchorFile};
use crate::asset_uuid::AssetUuid;
use crate::declaration::{ANCHOR, Declaration};
use crate::diagnostics::{AssetRef, Code, Finding};
use crate::files::{self, OpenError};
use crate::paths::RelPath;
use crate::project::Project;
use crate::recognize::shell_quoted;
use crate::registration::{misplacement, parse_root};
use crate::registry::{REGISTRY_FILE, Registry, RegistryEntry};

/// What became of a root that was registered.
#[derive(Debug)]
pub struct RegisteredRoot {
    /// Its entry.
    pub entry: RegistryEntry,
    /// The root that it had, if it was moved.
    pub moved_from: Option<RelPath>,
    /// The slot that was written into its declaration, because another asset has the declared one.
    pub slot: Option<u32>,
    /// The slot that its declaration had instead.
    pub declared_slot: Option<u32>,
}

/// Registers a root, relative to `assets/`. If it is in the build set, it must pack.
///
/// # Errors
/// Why it cannot be registered.
pub fn register_root(draft: &mut Draft<'_>, root: &str, exclude: bool) -> Result<RegisteredRoot, Vec<Finding>> {
    let project = draft.project();
    let root = parse_root(project, root).map_err(|finding| vec![*finding])?;
    if let Some(finding) = already_registered(&draft.editable.registry, &root) {
        return Err(vec![finding]);
    }
    let anchor = UnregisteredAnchor::read(project, &root)?;
    let entered = enter(project, draft.registry(), &anchor, root, exclude);
    let (entry, moved_from) = entered.map_err(|finding| vec![*finding])?;
    draft.require_packing(entry.asset_id);
    let mut registered = RegisteredRoot { entry, moved_from, slot: None, declared_slot: None };
    let declared = anchor.declaration.and_then(|it| it.preload.slot.filter(|_| it.preload.enabled));
    // Two branches that each create a preloaded asset assign the same slot to both. Only then all assets are read.
    if let (Some(declared), None, true) = (declared, &registered.moved_from, registered.entry.included_in_build) {
        let planned = draft.planned();
        let asset = planned.assets.iter().find(|asset| asset.entry == registered.entry);
        if let Some(asset) = asset.filter(|asset| !planned.slots.contains_key(&asset.entry.asset_id))
            && let Some(family) = asset.family()
            && let Some(free) = planned.free_slot(family.bank_type())
        {
            set_slot(draft, asset, SlotChoice::Slot(free))?;
            (registered.slot, registered.declared_slot) = (Some(free), Some(declared));
        }
    }
    Ok(registered)
}

/// Adds an entry for the root; if the root was moved, changes the entry that it has, and returns its former root.
fn enter(
    project: &Project,
    registry: &mut Registry,
    anchor: &UnregisteredAnchor,
    root: RelPath,
    exclude: bool,
) -> Result<(RegistryEntry, Option<RelPath>), Box<Finding>> {
    let known = registry.entries.iter().position(|entry| entry.asset_uuid == anchor.asset_uuid);
    let mut others = registry.clone();
    if let Some(at) = known {
        let entry = others.entries.remove(at);
        if has_asset(project, &entry.root, anchor.asset_uuid) {
            return Err(Box::new(copied_finding(&entry, &root)));
        }
    }
    misplacement(project, &others, &root).map_or(Ok(()), |finding| Err(Box::new(finding)))?;
    let Some(entry) = known.and_then(|at| registry.entries.get_mut(at)) else {
        let asset_id = registry.register(anchor.asset_uuid, root.clone(), !exclude)?;
        let asset_uuid = anchor.asset_uuid;
        return Ok((RegistryEntry { asset_id, asset_uuid, root, included_in_build: !exclude }, None));
    };
    let moved_from = std::mem::replace(&mut entry.root, root);
    entry.included_in_build &= !exclude;
    Ok((entry.clone(), Some(moved_from)))
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
    asset_uuid: AssetUuid,
    declaration: Option<Declaration>,
}

/// The finding, with the way to an asset if all that is missing is an `asset.json`.
fn explain_missing(finding: Finding, root: &RelPath, is_folder: bool) -> Finding {
    if finding.code != Code::FileMissing || !is_folder {
        return finding;
    }
    let help = format!(
        "To turn the images or sounds of this folder into an asset, run `prometeu-packer create PROJECT {} --type TYPE \
         FOLDER` with its path: files that are there already are used where they are.",
        shell_quoted(Path::new(root.as_str()))
    );
    Finding { help, ..finding }
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
        let file = read.map_err(|error| {
            let is_folder = files::is_real_folder(&project.assets_folder().join(root.as_str()));
            in_asset(vec![explain_missing(error.into_finding(), root, is_folder)])
        })?;
        let reading = file.declaration();
        match reading.asset_uuid {
            Some(asset_uuid) => Ok(Self { asset_uuid, declaration: reading.declaration }),
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
}
