//! `include` and `exclude`: whether an asset is in the build set. Only an asset that packs is included.

use super::Draft;

/// Sets whether the asset is packed.
pub fn set_included(draft: &mut Draft<'_>, asset_id: u32, is_included: bool) {
    if let Some(entry) = draft.entry(asset_id) {
        entry.included_in_build = is_included;
    }
    if is_included {
        draft.require_packing(asset_id);
    }
}
