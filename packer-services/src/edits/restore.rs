//! `restore`: puts a root back that was removed, or whose creation was undone.

use super::Draft;
use super::links::{links_that_break, real_assets};
use super::rename::refuse_existing;
use crate::diagnostics::{AsFinding, AssetRef, Code, Finding};
use crate::history::{KeptAsset, is_unassigned, kept_root};
use crate::paths::RelPath;
use crate::registration::{misplacement, parse_root};
use crate::registry::RegistryEntry;

/// Registers the asset again, and moves its root back, to `root` or where it was. Returns its id, which is the one that
/// it had unless another asset has got that since, or may have.
///
/// # Errors
/// What is in the way.
pub fn restore_asset(
    draft: &mut Draft<'_>,
    kept: &KeptAsset,
    root: Option<&str>,
    exclude: bool,
) -> Result<RegistryEntry, Vec<Finding>> {
    let project = draft.project();
    let root: RelPath = match root {
        Some(root) => parse_root(project, root).map_err(|finding| vec![*finding])?,
        None => kept.entry.root.clone(),
    };
    if let Some(finding) = misplacement(project, &draft.editable.registry, &root) {
        return Err(vec![finding]);
    }
    refuse_existing(project, &root)?;
    let place = project.folder().below(kept_root(kept.number));
    let broken = links_that_break(project, place.path(), &kept.entry.root, &root);
    if !broken.is_empty() {
        let kept = AssetRef { asset_id: Some(kept.entry.asset_id), root: kept.entry.root.as_str().to_owned() };
        return Err(broken.into_iter().map(|finding| finding.in_asset(&kept)).collect());
    }
    let uuid = kept.entry.asset_uuid;
    if let Some(entry) = draft.editable.registry.entries.iter().find(|entry| entry.asset_uuid == uuid) {
        let message = format!("asset {} (`{}`) has the uuid of the removed asset", entry.asset_id, entry.root);
        let help = "It was restored by hand, or is a copy. Remove it first, or purge the one that was removed.";
        return Err(vec![Finding::new(Code::UuidTwice, message, help).file(format!("assets/{}", entry.root))]);
    }
    let included = kept.entry.included_in_build && !exclude;
    let wanted = kept.entry.asset_id;
    // An id below the next one is still that of this asset if the asset was removed. If its creation was undone, the id
    // was given back, and may have been assigned to another asset.
    let next_asset_id = draft.editable.registry.next_asset_id;
    let is_its_own =
        !kept.was_created || is_unassigned(project, next_asset_id, wanted).map_err(|error| error.as_findings())?;
    let registry = draft.registry();
    let is_free = registry.entries.iter().all(|entry| entry.asset_id != wanted);
    let entry = if is_free && is_its_own {
        registry.next_asset_id = registry.next_asset_id.max(wanted.saturating_add(1));
        RegistryEntry { root, included_in_build: included, ..kept.entry.clone() }
    } else {
        let asset_id = registry.register(uuid, root.clone(), included).map_err(|finding| vec![*finding])?;
        registry.entries.pop();
        RegistryEntry { asset_id, asset_uuid: uuid, root, included_in_build: included }
    };
    registry.entries.push(entry.clone());
    registry.entries.sort_by_key(|entry| entry.asset_id);
    draft.change.put_root(Some(kept.number), &entry);
    draft.read_from(entry.asset_id, place.placed_at(real_assets(project).join(entry.root.as_str())));
    draft.require_packing(entry.asset_id);
    Ok(entry)
}
