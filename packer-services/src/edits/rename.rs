//! `rename` and `move`: the label of an asset, and its place. Its id and its uuid stay the same.

use super::Draft;
use super::links::{links_that_break, refuse_used};
use crate::anchor::declared_uuid;
use crate::asset_name::asset_name_problem;
use crate::diagnostics::{Code, Finding};
use crate::files::OpenError;
use crate::paths::RelPath;
use crate::project::Project;
use crate::registration::{misplacement, obstacle, parse_root, unopened};
use crate::snapshot::RegisteredAsset;

/// Gives the asset another name.
///
/// # Errors
/// Why it cannot have this name.
pub fn rename_asset(draft: &mut Draft<'_>, asset: &RegisteredAsset, name: &str) -> Result<(), Vec<Finding>> {
    if let Some(problem) = asset_name_problem(name) {
        let help = "Use 1 to 64 of the letters A-Z and a-z, digits, `_`, `.`, `/` and `-`.";
        return Err(vec![Finding::new(Code::NameIllegal, problem, help)]);
    }
    draft.edit_declaration(asset, |declaration, _| {
        name.clone_into(&mut declaration.name);
        Ok(())
    })
}

/// Gives the asset another root. A folder that is already there, because it was moved by hand, is used.
///
/// # Errors
/// What is in the way.
pub fn move_asset(draft: &mut Draft<'_>, asset: &RegisteredAsset, root: &str) -> Result<(), Vec<Finding>> {
    let project = draft.project();
    let root = parse_root(project, root).map_err(|finding| vec![*finding])?;
    let old = &asset.entry.root;
    if root == *old {
        return Ok(());
    }
    let others = draft.editable.registry.with_entries(|entry| entry.asset_id != asset.entry.asset_id);
    let nested = root.is_inside(old).then(|| {
        let message = format!("`{root}` lies inside the root that would be moved, `{old}`");
        Finding::new(Code::RootNested, message, "Choose another root.").file(format!("assets/{root}"))
    });
    if let Some(finding) = nested.or_else(|| misplacement(project, &others, &root)) {
        return Err(vec![finding]);
    }
    let folder = project.assets().open_folder(old);
    let is_moved_by_hand =
        folder.is_err() && declared_uuid(&project.assets(), root.as_str()) == Some(asset.entry.asset_uuid);
    if !is_moved_by_hand {
        let folder = folder.map_err(|error| vec![missing_root(error, old)])?;
        refuse_existing(project, &root)?;
        refuse_used(draft, asset, Some(&root))?;
        let broken = links_that_break(project, folder.path(), old, &root);
        if !broken.is_empty() {
            return Err(broken.into_iter().map(|finding| finding.in_asset(&asset.asset_ref())).collect());
        }
        draft.change.move_root(old, &root);
        draft.read_from(asset.entry.asset_id, folder);
    }
    if let Some(entry) = draft.entry(asset.entry.asset_id) {
        entry.root = root;
    }
    Ok(())
}

/// A finding if something is in the place of a root, or in the way to it.
pub(super) fn refuse_existing(project: &Project, root: &RelPath) -> Result<(), Vec<Finding>> {
    let found = obstacle(project, root, "Choose another root, or move away what is there.");
    found.map_or(Ok(()), |finding| Err(vec![finding]))
}

/// The finding about a root that is not where the registry says.
pub(super) fn missing_root(error: OpenError, root: &RelPath) -> Finding {
    match error {
        OpenError::Missing { .. } => Finding::new(
            Code::AnchorMissing,
            format!("the folder `assets/{root}` does not exist"),
            "Restore it. If it was moved, run `prometeu-packer move PROJECT ASSET ROOT` with the root that it has now. To \
             remove only the entry from the registry, run `prometeu-packer forget PROJECT ASSET`.",
        )
        .file(format!("assets/{root}")),
        error => unopened(error, root),
    }
}
