//! Edits of the pixels of images, which only a fix makes that somebody chose: a color that is not declared becomes a
//! declared one, and a canvas grows to whole tiles.

use super::Draft;
use super::bank::{glyph_content, in_order_of_ids, not_a_glyph_bank, number_tiles};
use crate::banks::glyph::image::read_image_header;
use crate::banks::glyph::rewrite::{pad_png, recolor_png};
use crate::context::Context;
use crate::declaration::{ColorKey, Content, Cut, GlyphContent, SpritePart};
use crate::diagnostics::{Code, Finding};
use crate::formats::Rgb;
use crate::limits::IMAGE_SIDE;
use crate::paths::RelPath;
use crate::snapshot::RegisteredAsset;

/// Replaces a color of an image, compared as the console stores it, with another one.
///
/// # Errors
/// If the image cannot be changed.
pub fn replace_color(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    file: &RelPath,
    from: Rgb,
    to: Rgb,
) -> Result<(), Vec<Finding>> {
    let key = color_key(draft, asset, file)?;
    draft.rewrite_file(context, asset, file, |bytes| recolor_png(bytes, from, to, key))?;
    draft.edit_content(asset, |_, _| Ok(()))
}

/// Grows the canvas of an image to whole tiles. New pixels are transparent, on the right and below.
///
/// # Errors
/// If the image cannot be changed, or is not cut as a whole.
pub fn pad_image(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    file: &RelPath,
) -> Result<(), Vec<Finding>> {
    let key = color_key(draft, asset, file)?;
    let tile = with_glyph(draft, asset, |glyph| {
        let of_file = glyph.artifacts.iter().filter(|artifact| artifact.file == *file);
        let is_whole = of_file.clone().all(|artifact| Cut { skip_blank: false, ..artifact.cut } == Cut::default());
        is_whole.then_some(glyph.tile_size.pixels())
    })?;
    let Some(tile) = tile else {
        let message = "the image is cut with a region, a margin or spacing";
        let help = "Resize its canvas in your editor, or change how it is cut.";
        return Err(vec![in_file(asset, file, Finding::new(Code::ImageRewrite, message, help))]);
    };
    draft.rewrite_file(context, asset, file, |bytes| {
        let header = read_image_header(&mut &bytes[..], &SpritePart::default());
        let Ok(header) = header else { return pad_png(bytes, 0, 0, key) };
        let [width, height] = [header.width, header.height].map(|side| side.next_multiple_of(tile));
        if width.max(height) > IMAGE_SIDE {
            let message = format!("the image would be {width} × {height} pixels; at most {IMAGE_SIDE} are allowed");
            return Err(Box::new(Finding::new(Code::ImageRewrite, message, "Cut out a part of it with `region`.")));
        }
        pad_png(bytes, width, height, key)
    })?;
    draft.edit_content(asset, |declaration, root| {
        let glyph = glyph_content(declaration)?;
        let order = in_order_of_ids(&glyph.artifacts);
        number_tiles(context, root, glyph, &order);
        Ok(())
    })
}

/// The color key of the image, of which all of its artifacts have the same.
fn color_key(draft: &Draft<'_>, asset: &RegisteredAsset, file: &RelPath) -> Result<Option<ColorKey>, Vec<Finding>> {
    with_glyph(draft, asset, |glyph| {
        let mut keys = glyph.artifacts.iter().filter(|artifact| artifact.file == *file).map(|one| one.color_key);
        keys.next().flatten()
    })
}

fn with_glyph<T>(
    draft: &Draft<'_>,
    asset: &RegisteredAsset,
    read: impl FnOnce(&GlyphContent) -> T,
) -> Result<T, Vec<Finding>> {
    let planned = draft.planned();
    let now = planned.assets.iter().find(|other| other.entry.root == asset.entry.root);
    match now.and_then(|now| now.declaration()).map(|declaration| &declaration.content) {
        Some(Content::Glyph(glyph)) => Ok(read(glyph)),
        Some(other) => Err(vec![not_a_glyph_bank(other)]),
        None => Err(asset.findings.clone()),
    }
}

fn in_file(asset: &RegisteredAsset, file: &RelPath, finding: Finding) -> Finding {
    finding.file(file.as_str()).in_asset(&asset.asset_ref())
}
