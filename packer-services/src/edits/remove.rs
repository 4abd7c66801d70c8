//! `forget` and `remove`: an asset leaves the registry; with `remove`, its root leaves `assets/` and can be restored.
//! Its id is never assigned again.

use super::Draft;
use super::links::refuse_used;
use super::rename::missing_root;
use crate::anchor::declared_uuid;
use crate::diagnostics::{Code, Finding};
use crate::files::{self, EntryState};
use crate::snapshot::RegisteredAsset;

/// Removes only the entry of the asset from the registry.
pub fn forget_asset(draft: &mut Draft<'_>, asset: &RegisteredAsset) {
    draft.registry().entries.retain(|entry| entry.asset_id != asset.entry.asset_id);
}

/// Removes the asset from the registry, and moves its root into the history.
///
/// # Errors
/// If its root does not exist, contains another one, or has a palette file that another asset uses.
pub fn remove_asset(draft: &mut Draft<'_>, asset: &RegisteredAsset) -> Result<(), Vec<Finding>> {
    let root = &asset.entry.root;
    draft.project().assets().open_folder(root).map_err(|error| vec![missing_root(error, root)])?;
    let inner = draft.editable.registry.entries.iter().find(|entry| entry.root.is_inside(root));
    if let Some(inner) = inner {
        let message = format!("the root contains another one, `{}` (asset {})", inner.root, inner.asset_id);
        let finding = Finding::new(Code::RootNested, message, "Move that one first: assets do not contain assets.");
        return Err(vec![finding.file(format!("assets/{root}"))]);
    }
    refuse_moved_inside(draft, asset)?;
    refuse_used(draft, asset, None)?;
    forget_asset(draft, asset);
    draft.change.take_root(&asset.entry);
    Ok(())
}

/// A finding if the root of another asset was moved into this one by hand: it would be taken along.
fn refuse_moved_inside(draft: &Draft<'_>, asset: &RegisteredAsset) -> Result<(), Vec<Finding>> {
    let root = &asset.entry.root;
    let assets = draft.project().assets();
    let mut folders = vec![root.as_str().to_owned()];
    while let Some(folder) = folders.pop() {
        let inner = files::list_folder(assets.below(&folder).path());
        let inner = inner.into_iter().filter(|(_, state)| *state == EntryState::Folder);
        folders.extend(inner.filter_map(|(name, _)| Some(format!("{folder}/{}", name.to_str()?))));
        let uuid = declared_uuid(&assets, &folder).filter(|uuid| *uuid != asset.entry.asset_uuid);
        let moved = draft.editable.registry.entries.iter().find(|entry| Some(entry.asset_uuid) == uuid);
        if let Some(moved) = moved {
            let message = format!(
                "asset {} (`{}`) was moved into this root, to `{folder}`: it would be removed, too",
                moved.asset_id, moved.root
            );
            let finding = Finding::new(Code::RootNested, message, "Move that folder out of the root first.");
            return Err(vec![finding.file(format!("assets/{root}"))]);
        }
    }
    Ok(())
}
