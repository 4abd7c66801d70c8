//! The fix of a path whose file has another spelling: the declaration names the file as it is named.

use super::Draft;
use crate::declaration::{Content, Declaration};
use crate::diagnostics::Finding;
use crate::palette_file::DeclaredPalettes;
use crate::paths::RelPath;
use crate::snapshot::RegisteredAsset;

/// Replaces a path everywhere in the declaration of an asset. Both are relative to `assets/`.
///
/// # Errors
/// If the declaration cannot be edited.
pub fn respell_path(
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    from: &RelPath,
    to: &RelPath,
) -> Result<(), Vec<Finding>> {
    let root = &asset.entry.root;
    let assets = draft.project().assets();
    let folder = assets.below(root.as_str());
    let own = from.below(root).zip(to.below(root));
    draft.edit_palette_list(asset, |declaration| {
        if let Some((from, to)) = &own {
            respell(own_paths(declaration), from, to);
        }
        respell(shared_paths(declaration), from, to);
        // A palette that was not found has no colors yet.
        DeclaredPalettes::read(declaration, &folder, &assets);
        Ok(())
    })
}

fn respell<'d>(paths: impl IntoIterator<Item = &'d mut RelPath>, from: &RelPath, to: &RelPath) {
    paths.into_iter().filter(|path| *path == from).for_each(|path| path.clone_from(to));
}

/// The paths that are relative to the root.
fn own_paths(declaration: &mut Declaration) -> Vec<&mut RelPath> {
    let mut paths: Vec<&mut RelPath> = declaration.input_palettes.iter_mut().collect();
    match &mut declaration.content {
        Content::Glyph(glyph) => {
            paths.extend(glyph.artifacts.iter_mut().map(|artifact| &mut artifact.file));
            paths.extend(glyph.animations.iter_mut().flat_map(|animation| animation.files_mut()));
            let files = glyph.palettes.iter_mut().filter_map(|palette| palette.file.as_mut());
            paths.extend(files.filter(|source| !source.is_shared).map(|source| &mut source.path));
        }
        Content::Sound(sound) => paths.extend(sound.artifacts.iter_mut().map(|artifact| &mut artifact.file)),
        Content::Raw { payload, .. } => paths.push(payload),
    }
    paths
}

/// The paths that are relative to `assets/`.
fn shared_paths(declaration: &mut Declaration) -> Vec<&mut RelPath> {
    let Content::Glyph(glyph) = &mut declaration.content else { return Vec::new() };
    let files = glyph.palettes.iter_mut().filter_map(|palette| palette.file.as_mut());
    files.filter(|source| source.is_shared).map(|source| &mut source.path).collect()
}
