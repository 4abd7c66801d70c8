//! `slot`: whether an asset is loaded at boot, and in which slot.

use std::sync::Arc;

use super::Draft;
use crate::declaration::Preload;
use crate::diagnostics::{Code, Finding};
use crate::limits::SLOTS;
use crate::snapshot::RegisteredAsset;

/// The slot of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotChoice {
    /// It is not loaded at boot.
    None,
    /// The lowest slot of its bank type that no other asset of the build set has.
    LowestFree,
    /// This one, 0…15.
    Slot(u32),
    /// This one, 0…15; the asset that has it gets the slot that this one had, or none.
    Swap(u32),
}

/// Gives the asset this slot.
///
/// # Errors
/// If no slot is free, or the declaration cannot be edited.
pub fn set_slot(draft: &mut Draft<'_>, asset: &RegisteredAsset, choice: SlotChoice) -> Result<(), Vec<Finding>> {
    let preload = match choice {
        SlotChoice::None => Preload { enabled: false, slot: None },
        SlotChoice::Slot(slot) => Preload { enabled: true, slot: Some(slot) },
        SlotChoice::Swap(slot) => {
            let slots = &draft.snapshot.slots;
            let is_holder = |other: &&Arc<RegisteredAsset>| {
                other.family() == asset.family()
                    && other.entry.asset_id != asset.entry.asset_id
                    && slots.get(&other.entry.asset_id) == Some(&slot)
            };
            let holder = draft.snapshot.build_set().find(is_holder).cloned();
            let old = slots.get(&asset.entry.asset_id).copied();
            if let Some(holder) = holder {
                let preload = Preload { enabled: old.is_some(), slot: old };
                draft.edit_declaration(&holder, |declaration, _| {
                    declaration.preload = preload;
                    Ok(())
                })?;
            }
            Preload { enabled: true, slot: Some(slot) }
        }
        SlotChoice::LowestFree => {
            let bank_type = asset.family().map_or("", |family| family.bank_type());
            let slot = draft.planned().free_slot_except(bank_type, Some(asset.entry.asset_id)).ok_or_else(|| {
                let message = format!("no {bank_type} slot is left: {SLOTS} assets of this bank type are preloaded");
                vec![Finding::new(
                    Code::SlotsFull,
                    message,
                    "Run `prometeu-packer slot PROJECT ASSET none` for another one.",
                )]
            })?;
            Preload { enabled: true, slot: Some(slot) }
        }
    };
    draft.edit_declaration(asset, |declaration, _| {
        declaration.preload = preload;
        Ok(())
    })
}
