//! `tile-size`, `key` and `cut`: how the images of a glyph bank become tiles, one by one or all at once. Ids stay
//! consecutive: if an image gets another number of tiles, the ids of those behind it move.

use super::Draft;
use super::bank::{glyph_content, in_order_of_ids, number_tiles};
use crate::artifact_selector::ArtifactSelector;
use crate::banks::glyph::{read_image_header, slice_and_region};
use crate::context::Context;
use crate::declaration::{AnimationFrames, ColorKey, Cut, GlyphArtifact, GlyphContent, SpritePart, is_part_name};
use crate::diagnostics::{Code, Finding, escaped};
use crate::files::Folder;
use crate::formats::TileSize;
use crate::snapshot::RegisteredAsset;

/// How the images of a glyph bank become tiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiling {
    /// The size of every tile.
    pub tile_size: TileSize,
    /// How images are cut. Images that are not in this list are unchanged.
    pub images: Vec<ImageTiling>,
}

/// How an image of a glyph bank becomes tiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageTiling {
    /// The image.
    pub image: ArtifactSelector,
    /// Which of its pixels are transparent, besides those with alpha 0.
    pub color_key: Option<ColorKey>,
    /// Which part of it is used, if it is a sprite.
    pub part: SpritePart,
    /// How it is cut into cells; of a sprite, each frame.
    pub cut: Cut,
}

/// Sets all that decides how the images of a bank become tiles, at once.
///
/// # Errors
/// If there is no such image or part, or the declaration cannot be edited.
pub fn set_tiling(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    tiling: &Tiling,
) -> Result<(), Vec<Finding>> {
    edit_tiles(context, draft, asset, |glyph, root| {
        resize_tiles(glyph, tiling.tile_size);
        let mut findings = Vec::new();
        for ImageTiling { image, color_key, part, cut } in &tiling.images {
            let at = image.select(&glyph.artifacts).map_err(|finding| vec![*finding])?;
            glyph.artifacts[at].color_key = *color_key;
            let SpritePart { tag, layer, slice } = part.clone();
            let change = CutChange { cut: Some(*cut), tag: Some(tag), layer: Some(layer), slice: Some(slice) };
            if let Err(finding) = change.apply_to(root, &mut glyph.artifacts[at]) {
                findings.push(*finding);
            }
        }
        if findings.is_empty() { Ok(()) } else { Err(findings) }
    })
}

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
    edit_tiles(context, draft, asset, |glyph, _| {
        resize_tiles(glyph, size);
        Ok(())
    })
}

/// Gives all tiles another size. The frames of animations keep theirs.
fn resize_tiles(glyph: &mut GlyphContent, size: TileSize) {
    if size != glyph.tile_size {
        let old = [glyph.tile_size.pixels(); 2];
        for animation in &mut glyph.animations {
            if let AnimationFrames::Declared(frames) = &mut animation.frames {
                frames.frame_size = frames.frame_size.or(Some(old));
            }
        }
    }
    glyph.tile_size = size;
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
    edit_tiles(context, draft, asset, |glyph, _| {
        for at in ArtifactSelector::select_all(images, &glyph.artifacts)? {
            glyph.artifacts[at].color_key = key;
        }
        Ok(())
    })
}

/// Lets these images of the bank be drawn with this palette only, or with any. Without images, all of them.
///
/// # Errors
/// If there is no such image, or the declaration cannot be edited.
pub fn name_palette(
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    images: &[ArtifactSelector],
    palette: Option<u32>,
) -> Result<(), Vec<Finding>> {
    draft.edit_content(asset, |declaration, _| {
        let glyph = glyph_content(declaration)?;
        for at in ArtifactSelector::select_all(images, &glyph.artifacts)? {
            glyph.artifacts[at].palette = palette;
        }
        Ok(())
    })
}

/// How images are cut, and which part of a sprite they are; `None` is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CutChange {
    /// How they are cut into cells.
    pub cut: Option<Cut>,
    /// Only the frames of this tag; `Some(None)` for all.
    pub tag: Option<Option<String>>,
    /// Only this layer or group; `Some(None)` for all that are visible.
    pub layer: Option<Option<String>>,
    /// Only the rectangle of this slice; `Some(None)` for all of each frame.
    pub slice: Option<Option<String>>,
}

impl From<Cut> for CutChange {
    fn from(cut: Cut) -> Self {
        Self { cut: Some(cut), ..Self::default() }
    }
}

impl CutChange {
    /// Makes the change, if the file in the folder `root` has the part.
    fn apply_to(&self, root: &Folder, artifact: &mut GlyphArtifact) -> Result<(), Box<Finding>> {
        let Self { cut, tag, layer, slice } = self.clone();
        let before = artifact.part.clone();
        let now = &before;
        artifact.cut = cut.unwrap_or(artifact.cut);
        artifact.part = SpritePart {
            tag: tag.unwrap_or_else(|| now.tag.clone()),
            layer: layer.unwrap_or_else(|| now.layer.clone()),
            slice: slice.unwrap_or_else(|| now.slice.clone()),
        };
        if let Some(wrong) = artifact.part.names().find(|name| !is_part_name(name)) {
            return Err(Box::new(Finding::new(
                Code::NameIllegal,
                format!("`{}` is not the name of a tag, layer or slice", escaped(wrong)),
                "Use the name that Aseprite shows, of 1 to 256 characters.",
            )));
        }
        if artifact.part.slice.is_some() && artifact.cut.region.is_some() {
            return Err(Box::new(slice_and_region().file(artifact.file.as_str())));
        }
        if artifact.part != before && !artifact.part.is_whole() {
            read_image_header(root, &artifact.file, &artifact.part)?;
        }
        Ok(())
    }
}

/// Sets how these images, or all of the bank, are cut, and which part of a sprite they are.
///
/// # Errors
/// If there is no such image or part, or the declaration cannot be edited.
pub fn set_cut(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    images: &[ArtifactSelector],
    change: &CutChange,
) -> Result<(), Vec<Finding>> {
    edit_tiles(context, draft, asset, |glyph, root| {
        let mut findings = Vec::new();
        for at in ArtifactSelector::select_all(images, &glyph.artifacts)? {
            if let Err(finding) = change.apply_to(root, &mut glyph.artifacts[at]) {
                findings.push(*finding);
            }
        }
        if findings.is_empty() { Ok(()) } else { Err(findings) }
    })
}

/// Edits what decides how many tiles the images of a bank have.
fn edit_tiles(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    edit: impl FnOnce(&mut GlyphContent, &Folder) -> Result<(), Vec<Finding>>,
) -> Result<(), Vec<Finding>> {
    draft.edit_content(asset, |declaration, root| {
        let glyph = glyph_content(declaration)?;
        edit(glyph, root)?;
        let order = in_order_of_ids(&glyph.artifacts);
        number_tiles(context, root, glyph, &order);
        Ok(())
    })
}
