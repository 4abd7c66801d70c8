//! `forget` and `remove`: an asset leaves the registry; with `remove`, its root leaves `assets/` and can be restored.
//! Its id is never assigned again.

use super::Draft;
use super::rename::missing_root;
use crate::diagnostics::{Code, Finding};
use crate::snapshot::RegisteredAsset;

/// Removes only the entry of the asset from the registry.
pub fn forget_asset(draft: &mut Draft<'_>, asset: &RegisteredAsset) {
    draft.registry().entries.retain(|entry| entry.asset_id != asset.entry.asset_id);
}

/// Removes the asset from the registry, and moves its root into the history.
///
/// # Errors
/// If its root does not exist, or contains another one.
pub fn remove_asset(draft: &mut Draft<'_>, asset: &RegisteredAsset) -> Result<(), Vec<Finding>> {
    let root = &asset.entry.root;
    draft.project().assets().open_folder(root).map_err(|error| vec![missing_root(error, root)])?;
    let inner = draft.editable.registry.entries.iter().find(|entry| entry.root.is_inside(root));
    if let Some(inner) = inner {
        let message = format!("the root contains another one, `{}` (asset {})", inner.root, inner.asset_id);
        let finding = Finding::new(Code::RootNested, message, "Move that one first: assets do not contain assets.");
        return Err(vec![finding.file(format!("assets/{root}"))]);
    }
    forget_asset(draft, asset);
    draft.change.take_root(&asset.entry);
    Ok(())
}
