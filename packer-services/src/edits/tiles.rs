//! `tile-size`, `key` and `cut`: how the images of a glyph bank become tiles. Ids stay consecutive: if an image gets
//! another number of tiles, the ids of those behind it move.

use super::Draft;
use super::bank::{glyph_content, in_order_of_ids, number_tiles};
use crate::artifact_selector::ArtifactSelector;
use crate::context::Context;
use crate::declaration::{ColorKey, Cut, GlyphContent};
use crate::diagnostics::Finding;
use crate::formats::TileSize;
use crate::snapshot::RegisteredAsset;

/// Sets the tile size of the bank.
///
/// # Errors
/// If the declaration cannot be edited.
pub fn set_tile_size(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    size: TileSize,
) -> Result<(), Vec<Finding>> {
    edit_tiles(context, draft, asset, |glyph| {
        // A frame keeps its size.
        let old = [glyph.tile_size.pixels(); 2];
        if size != glyph.tile_size {
            for animation in &mut glyph.animations {
                animation.frame_size = animation.frame_size.or(Some(old));
            }
        }
        glyph.tile_size = size;
        Ok(())
    })
}

/// Sets the color key of these images, or of all of the bank.
///
/// # Errors
/// If there is no such image, or the declaration cannot be edited.
pub fn set_color_key(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    images: &[ArtifactSelector],
    key: Option<ColorKey>,
) -> Result<(), Vec<Finding>> {
    edit_tiles(context, draft, asset, |glyph| {
        for at in ArtifactSelector::select_all(images, &glyph.artifacts)? {
            glyph.artifacts[at].color_key = key;
        }
        Ok(())
    })
}

/// Sets how these images, or all of the bank, are cut.
///
/// # Errors
/// If there is no such image, or the declaration cannot be edited.
pub fn set_cut(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    images: &[ArtifactSelector],
    cut: Cut,
) -> Result<(), Vec<Finding>> {
    edit_tiles(context, draft, asset, |glyph| {
        for at in ArtifactSelector::select_all(images, &glyph.artifacts)? {
            glyph.artifacts[at].cut = cut;
        }
        Ok(())
    })
}

/// Edits what decides how many tiles the images of a bank have.
fn edit_tiles(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    edit: impl FnOnce(&mut GlyphContent) -> Result<(), Vec<Finding>>,
) -> Result<(), Vec<Finding>> {
    draft.edit_content(asset, |declaration, root| {
        let glyph = glyph_content(declaration)?;
        edit(glyph)?;
        let order = in_order_of_ids(&glyph.artifacts);
        number_tiles(context, root, glyph, &order);
        Ok(())
    })
}
