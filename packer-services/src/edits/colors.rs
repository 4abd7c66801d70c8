//! Edits of a bank's images whose colors are too many, or that no palette has. Only a fix makes them that somebody
//! chose: pixels get other colors in the images themselves.

use serde::Serialize;

use super::Draft;
use super::bank::glyph_content;
use super::images::{check_no_palette, in_file, rewrite_pixels};
use super::missing_colors::{cut_images, declare_missing_colors};
use crate::banks::Outcome;
use crate::banks::glyph::cuts::{ArtifactCut, ArtifactCuts};
use crate::banks::glyph::palettes::CutImage;
use crate::banks::glyph::recoloring::{MergedColors, NearestProblem, Recoloring, merge_bank_colors, nearest_colors};
use crate::banks::glyph::rewrite::paint_png;
use crate::context::Context;
use crate::declaration::{ANCHOR, GlyphArtifact, GlyphContent};
use crate::diagnostics::{Code, Finding, has_errors};
use crate::files::Folder;
use crate::formats::Rgb;
use crate::paths::RelPath;
use crate::snapshot::RegisteredAsset;

/// Pixels of an image that get another color in its file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct RecoloredPixels {
    /// The asset.
    pub asset_id: u32,
    /// The image, relative to the root.
    pub file: RelPath,
    /// The color that they had.
    pub from: Rgb,
    /// The color that they get.
    pub to: Rgb,
    /// How many there are.
    pub pixels: u64,
}

/// Turns similar colors of a bank's images into one, as few pixels as are enough so that palettes draw all tiles, and
/// declares the colors that are missing then.
///
/// # Errors
/// If no color has to change, or that is not possible, or an image cannot be changed.
pub fn merge_colors(context: &Context, draft: &mut Draft<'_>, asset: &RegisteredAsset) -> Result<(), Vec<Finding>> {
    let mut merged = MergedColors::NotNeeded;
    draft.edit_content(asset, |declaration, root| {
        let glyph = glyph_content(declaration)?;
        let mut outcome = Outcome::default();
        // The check of the asset, which follows, ends at once if the operation was canceled.
        let Ok(cuts) = cut_images(context, root, glyph, &mut outcome) else { return Ok(()) };
        let Some(cuts) = cuts else { return Err(outcome.findings) };
        let images: Vec<CutImage<'_>> = cuts.iter().map(|(artifact, cut)| CutImage::new(artifact, cut)).collect();
        let found = merge_bank_colors(context, &glyph.palettes, &images, glyph.tile_size);
        if let Ok(found) = found {
            merged = found;
        }
        Ok(())
    })?;
    let refusal = |message: &str, help: &str| {
        let finding = Finding::new(Code::ImageRewrite, message, help).file(ANCHOR);
        Err(vec![finding.in_asset(&asset.asset_ref())])
    };
    let recolored = match merged {
        MergedColors::NotNeeded if context.is_cancelled() => return Ok(()),
        MergedColors::NotNeeded => {
            return refusal(
                "palettes draw all tiles without a change of colors",
                "Declare the missing colors: `prometeu-packer palettes PROJECT ASSET --apply`.",
            );
        }
        MergedColors::Impossible => {
            return refusal(
                "no colors can be merged so that palettes draw all tiles: too many of their colors are declared already, or \
                 are in files that are not PNGs",
                "Draw the tiles with fewer colors, or declare fewer palettes.",
            );
        }
        MergedColors::Recolored(recolored) => recolored,
    };
    for (file, recoloring) in &recolored {
        paint_file(context, draft, asset, file, recoloring)?;
    }
    draft.edit_content(asset, |declaration, root| declare_missing_colors(context, root, glyph_content(declaration)?))
}

/// Gives the tiles of an image that no palette draws the nearest colors of one of the declared palettes.
///
/// # Errors
/// If no pixel has to change, or the image cannot be changed.
pub fn use_nearest_colors(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    file: &RelPath,
) -> Result<(), Vec<Finding>> {
    let mut recoloring = Recoloring::default();
    draft.edit_content(asset, |declaration, root| {
        let glyph = glyph_content(declaration)?;
        let cuts = cuts_of_file(context, root, glyph, file)?;
        recoloring = nearest_colors(&glyph.palettes, &cuts, glyph.tile_size)
            .map_err(|problem| vec![Finding::from(problem).file(file.as_str())])?;
        Ok(())
    })?;
    if recoloring.pixels.is_empty() {
        let finding =
            Finding::new(Code::ImageRewrite, "palettes draw all tiles of the image", "Look at the image again.");
        return Err(vec![in_file(asset, file, finding)]);
    }
    paint_file(context, draft, asset, file, &recoloring)?;
    draft.edit_content(asset, |_, _| Ok(()))
}

impl From<NearestProblem> for Finding {
    fn from(problem: NearestProblem) -> Self {
        match problem {
            NearestProblem::NoColors => Self::new(
                Code::ImageRewrite,
                "no palette that may draw the image has a color to draw with",
                "Declare the colors of the image: `prometeu-packer palettes PROJECT ASSET --apply`.",
            ),
            NearestProblem::SharedPixel { pixel, tile } => Self::new(
                Code::ImageRewrite,
                format!("the pixel ({}, {}) is also in tile {tile}, which needs another color there", pixel.x, pixel.y),
                "Use different images for the two, or declare the colors for both.",
            ),
        }
    }
}

/// The cuts of the artifacts of a file.
fn cuts_of_file<'g>(
    context: &Context,
    root: &Folder,
    glyph: &'g GlyphContent,
    file: &RelPath,
) -> Result<Vec<(&'g GlyphArtifact, ArtifactCut)>, Vec<Finding>> {
    let artifacts: Vec<&GlyphArtifact> = glyph.artifacts.iter().filter(|artifact| artifact.file == *file).collect();
    let mut cuts = ArtifactCuts::new(context, root, &artifacts, glyph.tile_size);
    let mut outcome = Outcome::default();
    let taken: Vec<_> =
        artifacts.iter().enumerate().filter_map(|(n, one)| Some((*one, cuts.take(n, &mut outcome).ok()?))).collect();
    if has_errors(&outcome.findings) { Err(outcome.findings) } else { Ok(taken) }
}

/// Writes the new colors into a file of the asset.
fn paint_file(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    file: &RelPath,
    recoloring: &Recoloring,
) -> Result<(), Vec<Finding>> {
    check_no_palette(draft, asset, file)?;
    rewrite_pixels(context, draft, asset, file, None, |bytes| paint_png(bytes, &recoloring.pixels))?;
    let asset_id = asset.entry.asset_id;
    draft.add_recolored(recoloring.counts.iter().map(|((from, to), pixels)| RecoloredPixels {
        asset_id,
        file: file.clone(),
        from: *from,
        to: *to,
        pixels: *pixels,
    }));
    Ok(())
}
