//! `renumber`: another id and slot for an asset, if another asset has the same. Two branches that each create an asset
//! give both the same.

use std::sync::Arc;

use super::{Draft, SlotChoice, set_slot};
use crate::diagnostics::{Code, Finding};
use crate::limits::MAX_ASSET_ID;
use crate::snapshot::RegisteredAsset;

/// Gives the asset the next free id if another one has its id, and the lowest free slot if another one declares its
/// slot.
///
/// # Errors
/// If every id was assigned, or no slot is free.
pub fn renumber_asset(draft: &mut Draft<'_>, asset: &RegisteredAsset) -> Result<(), Vec<Finding>> {
    let (asset_id, root) = (asset.entry.asset_id, &asset.entry.root);
    // Whichever of both is named: the other one keeps it.
    let slot_of = |asset: &RegisteredAsset| {
        let declaration = asset.declaration().filter(|declaration| declaration.preload.enabled)?;
        Some((declaration.family(), declaration.preload.slot?))
    };
    let slot = slot_of(asset).filter(|_| asset.entry.included_in_build);
    let is_other = |other: &&Arc<RegisteredAsset>| other.entry.root != *root && slot_of(other) == slot;
    let has_taken_slot = slot.is_some() && draft.snapshot.build_set().any(|other| is_other(&other));
    let registry = draft.registry();
    if registry.entries.iter().filter(|entry| entry.asset_id == asset_id).count() > 1 {
        let free = registry.entries.iter().map(|entry| entry.asset_id + 1).fold(registry.next_asset_id, u32::max);
        if free > MAX_ASSET_ID {
            let finding = Finding::new(
                Code::IdsExhausted,
                format!("every id up to {MAX_ASSET_ID} has been assigned"),
                "Ids are never reused: start a new project.",
            );
            return Err(vec![finding]);
        }
        if let Some(entry) = registry.entries.iter_mut().find(|entry| entry.root == *root) {
            entry.asset_id = free;
        }
        repair_registry(draft);
    }
    let planned = draft.planned();
    match planned.assets.iter().find(|asset| asset.entry.root == *root) {
        Some(asset) if has_taken_slot => set_slot(draft, asset, SlotChoice::LowestFree),
        _ => Ok(()),
    }
}

/// Sorts the entries of the registry by id, and raises the next id above all of them.
pub fn repair_registry(draft: &mut Draft<'_>) {
    let registry = draft.registry();
    registry.entries.sort_by_key(|entry| entry.asset_id);
    let highest = registry.entries.last().map_or(0, |entry| entry.asset_id);
    registry.next_asset_id = registry.next_asset_id.max(highest + 1);
}
