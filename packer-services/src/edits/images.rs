//! Edits of the pixels of images, which only a fix makes that somebody chose: pixels of a color that is not declared
//! get a declared one, pixels without a plain color get one, and a canvas grows to whole tiles.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::bank::{glyph_content, in_order_of_ids, not_a_glyph_bank, number_tiles};
use super::{Draft, RecoloredPixels};
use crate::banks::Outcome;
use crate::banks::glyph::cuts::ArtifactCuts;
use crate::banks::glyph::drawn_pixels::check_drawn_pixels;
use crate::banks::glyph::image::{PixelKind, read_image_header};
use crate::banks::glyph::pixel_rule::PixelRule;
use crate::banks::glyph::rewrite::{pad_png, recolor_png, settle_png};
use crate::context::Context;
use crate::declaration::{ColorKey, Content, Cut, GlyphArtifact, GlyphContent, SpritePart};
use crate::diagnostics::{AsFinding, Code, Finding, Pixel, escaped};
use crate::files::Folder;
use crate::formats::{Rgb, TileSize};
use crate::history::ChangeError;
use crate::limits::IMAGE_SIDE;
use crate::pack::built::build_and_keep;
use crate::paths::RelPath;
use crate::snapshot::RegisteredAsset;

/// Gives the pixels of an image that no palette draws, and that have the color `from` as the console stores it, another
/// color. No other pixel of the image changes.
///
/// # Errors
/// If there is no such pixel, or the image cannot be changed.
pub fn replace_color(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    file: &RelPath,
    from: Rgb,
    to: Rgb,
) -> Result<(), Vec<Finding>> {
    check_no_palette(draft, asset, file)?;
    let pixels = undrawn_pixels(context, draft, asset, file, from)?;
    if pixels.is_empty() {
        let message = format!("the image has no wrong pixel of the color `{from}`");
        return Err(vec![in_file(asset, file, Finding::new(Code::ImageRewrite, message, "Look at the image again."))]);
    }
    rewrite_pixels(context, draft, asset, file, None, |bytes| recolor_png(bytes, &pixels, to))?;
    let (asset_id, pixels) = (asset.entry.asset_id, pixels.len() as u64);
    draft.add_recolored([RecoloredPixels { asset_id, file: file.clone(), from, to, pixels }]);
    draft.edit_content(asset, |_, _| Ok(()))
}

/// Refuses a file that is also a palette.
pub(super) fn check_no_palette(draft: &Draft<'_>, asset: &RegisteredAsset, file: &RelPath) -> Result<(), Vec<Finding>> {
    let Some(user) = palette_user(draft, asset, file, true) else { return Ok(()) };
    let message = format!("the image is also a palette of `{user}`, which would change with it");
    let help = "Change it in your editor, and look at that bank too.";
    Err(vec![in_file(asset, file, Finding::new(Code::ImageRewrite, message, help))])
}

/// Changes the pixels of an image's tiles that have no plain color. If the image cannot be cut into tiles, all of its
/// pixels are meant.
///
/// # Errors
/// If there is no such pixel, or the image cannot be changed.
pub fn settle_pixels(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    file: &RelPath,
    rule: PixelRule,
) -> Result<(), Vec<Finding>> {
    check_no_palette(draft, asset, file)?;
    let mut unusable = None;
    draft.edit_content(asset, |declaration, root| {
        unusable = unusable_pixels(context, root, glyph_content(declaration)?, file);
        Ok(())
    })?;
    let is_wanted = |pixel: Pixel| unusable.as_ref().is_none_or(|pixels| pixels.contains(&pixel));
    rewrite_pixels(context, draft, asset, file, Some(rule), |bytes| settle_png(bytes, is_wanted, rule))?;
    draft.edit_content(asset, |_, _| Ok(()))
}

/// Changes pixels of an image, of which the rule may erase some. No other pixel becomes transparent, or visible.
///
/// # Errors
/// If a pixel would become transparent or visible, or the image cannot be changed.
pub(super) fn rewrite_pixels(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    file: &RelPath,
    rule: Option<PixelRule>,
    rewrite: impl FnOnce(&[u8]) -> Result<Vec<u8>, Box<Finding>>,
) -> Result<(), Vec<Finding>> {
    let mut artifacts = Vec::new();
    let mut size = TileSize::Eight;
    // The bank may declare no palette yet.
    draft.edit_content(asset, |declaration, _| {
        let glyph = glyph_content(declaration)?;
        artifacts.extend(glyph.artifacts.iter().filter(|artifact| artifact.file == *file).cloned());
        size = glyph.tile_size;
        Ok(())
    })?;
    draft.rewrite_file(context, asset, file, |bytes| {
        let rewritten = rewrite(bytes)?;
        check_drawn_pixels(bytes, &rewritten, &artifacts, size, rule)?;
        Ok(rewritten)
    })
}

/// The pixels of a file's tiles that no palette can draw, because they have no plain color; `None` if an artifact of
/// the file cannot be cut. The check of the asset, which follows, reports why.
fn unusable_pixels(context: &Context, root: &Folder, glyph: &GlyphContent, file: &RelPath) -> Option<HashSet<Pixel>> {
    let artifacts: Vec<&GlyphArtifact> = glyph.artifacts.iter().filter(|artifact| artifact.file == *file).collect();
    let mut cuts = ArtifactCuts::new(context, root, &artifacts, glyph.tile_size);
    let mut outcome = Outcome::default();
    let mut pixels = HashSet::new();
    for n in 0..artifacts.len() {
        let cut = cuts.take(n, &mut outcome).ok()?;
        for (cell, tile) in &cut.tiles.taken {
            let corner = cut.image.cell_place(&cut.grid, *cell);
            let unusable = tile.remaining_in_image(corner).filter(|(_, pixel)| pixel.kind != PixelKind::Opaque);
            pixels.extend(unusable.map(|(place, _)| place));
        }
    }
    Some(pixels)
}

/// The name of a bank that has a palette in this file of an asset; of the asset itself only if it `counts`.
fn palette_user(draft: &Draft<'_>, asset: &RegisteredAsset, file: &RelPath, counts: bool) -> Option<String> {
    let root = &asset.entry.root;
    let uses = |user: &&Arc<RegisteredAsset>| {
        let is_own = user.entry.asset_id == asset.entry.asset_id;
        let is_named = user.palettes.named_shared.iter().any(|named| named.below(root).as_ref() == Some(file));
        let is_in_root = is_own && user.palettes.in_root.iter().any(|own| own.path == *file);
        (is_named || is_in_root) && (counts || !is_own)
    };
    let user = draft.snapshot.assets.iter().find(uses)?;
    Some(escaped(user.name().unwrap_or(user.entry.root.as_str())))
}

/// A warning if the file, which gets another content, is also a palette of another bank.
pub(super) fn palette_changed(draft: &Draft<'_>, asset: &RegisteredAsset, file: &RelPath) -> Option<Finding> {
    let user = palette_user(draft, asset, file, false)?;
    let message = format!("the file is also a palette of `{user}`, which changes with it");
    Some(in_file(asset, file, Finding::new(Code::PaletteChanged, message, "Look at that bank, too.")))
}

/// Where the image has this color, as the console stores it, in tiles that are not drawn because of it.
///
/// # Errors
/// If the asset changed while it was read, or another tile uses such a pixel, and it is right there.
fn undrawn_pixels(
    context: &Context,
    draft: &Draft<'_>,
    asset: &RegisteredAsset,
    file: &RelPath,
    color: Rgb,
) -> Result<HashSet<Pixel>, Vec<Finding>> {
    let planned = draft.planned();
    let now = planned.assets.iter().find(|other| other.entry.root == asset.entry.root);
    // The check of the asset, which follows, ends at once if the operation was canceled.
    let Some(Ok(Some((built, kept)))) = now.map(|now| build_and_keep(context, now, None)) else {
        return Ok(HashSet::new());
    };
    if let Some(path) = built.changed_path {
        return Err(vec![ChangeError::Changed(path).as_finding()]);
    }
    let Content::Glyph(glyph) = &built.declaration.content else { return Ok(HashSet::new()) };
    let corners = built.tile_corners();
    let side = glyph.tile_size.pixels();
    let mut pixels = HashSet::new();
    let mut wrong_in: HashMap<u32, HashSet<Pixel>> = HashMap::new();
    for tile in &kept.undrawn {
        let Some((_, corner)) = corners.get(&tile.id).filter(|(of_tile, _)| *of_tile == file) else { continue };
        let has_color = |pixel: &Pixel| match tile.rgba.chunks_exact(4).nth((pixel.y * side + pixel.x) as usize) {
            Some([r, g, b, u8::MAX]) => Rgb([*r, *g, *b]).to_565() == color.to_565(),
            _ => false,
        };
        let wrong = tile.wrong.iter().map(|(pixel, _)| *pixel).filter(has_color);
        let wrong: HashSet<Pixel> = wrong.map(|Pixel { x, y }| Pixel { x: corner.x + x, y: corner.y + y }).collect();
        pixels.extend(&wrong);
        wrong_in.insert(tile.id, wrong);
    }
    // Several artifacts can use the same pixels.
    let mut of_file: Vec<(&u32, &Pixel)> =
        corners.iter().filter(|(_, (of_tile, _))| *of_tile == file).map(|(id, (_, corner))| (id, corner)).collect();
    of_file.sort_by_key(|(id, _)| **id);
    for (id, corner) in of_file {
        let is_wrong_too = |pixel: &Pixel| wrong_in.get(id).is_some_and(|wrong| wrong.contains(pixel));
        let mut of_tile = (0..side * side).map(|n| Pixel { x: corner.x + n % side, y: corner.y + n / side });
        if let Some(Pixel { x, y }) = of_tile.find(|pixel| pixels.contains(pixel) && !is_wrong_too(pixel)) {
            let message = format!("the pixel ({x}, {y}) is also in tile {id}, in which it is right");
            let help = "Use different images for the two, or declare the color for both.";
            return Err(vec![in_file(asset, file, Finding::new(Code::ImageRewrite, message, help))]);
        }
    }
    Ok(pixels)
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

/// The color key of the image, if all of its artifacts have the same.
fn color_key(draft: &Draft<'_>, asset: &RegisteredAsset, file: &RelPath) -> Result<Option<ColorKey>, Vec<Finding>> {
    with_glyph(draft, asset, |glyph| {
        let mut keys = glyph.artifacts.iter().filter(|artifact| artifact.file == *file).map(|one| one.color_key);
        let first = keys.next().flatten();
        first.filter(|first| keys.all(|key| key == Some(*first)))
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

pub(super) fn in_file(asset: &RegisteredAsset, file: &RelPath, finding: Finding) -> Finding {
    finding.file(file.as_str()).in_asset(&asset.asset_ref())
}
