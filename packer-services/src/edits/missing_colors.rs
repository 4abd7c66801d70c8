//! The palettes that a glyph bank needs besides those that it declares.

use super::Draft;
use super::bank::glyph_content;
use crate::banks::glyph::cuts::{ArtifactCut, ArtifactCuts};
use crate::banks::glyph::palettes::{self, CutImage};
use crate::banks::glyph::{self as bank, SheetProblem};
use crate::banks::{Outcome, Stop, check_cancelled};
use crate::context::Context;
use crate::declaration::{ANCHOR, GlyphArtifact, GlyphContent, Palette};
use crate::diagnostics::{Finding, has_errors};
use crate::files::Folder;
use crate::snapshot::RegisteredAsset;

/// Declares the colors of a bank's images that it does not declare yet.
///
/// # Errors
/// If the asset is not a glyph bank of images, or no palettes can be found.
pub fn declare_colors(context: &Context, draft: &mut Draft<'_>, asset: &RegisteredAsset) -> Result<(), Vec<Finding>> {
    draft.edit_content(asset, |declaration, root| declare_missing_colors(context, root, glyph_content(declaration)?))
}

/// Declares the colors of its images that the bank does not declare yet. Palettes that exist keep their colors.
///
/// # Errors
/// Why no palettes can be found.
pub(super) fn declare_missing_colors(
    context: &Context,
    root: &Folder,
    glyph: &mut GlyphContent,
) -> Result<(), Vec<Finding>> {
    let mut outcome = Outcome::default();
    match find_palettes(context, root, glyph, &mut outcome) {
        Ok(Some(palettes)) => glyph.palettes = palettes,
        Ok(None) => return Err(outcome.findings),
        // The check of the asset, which follows, ends at once.
        Err(Stop) => {}
    }
    Ok(())
}

/// The palettes that the bank needs, including those it has; `None` if an error prevents finding them.
///
/// # Errors
/// If the operation was canceled.
pub fn find_palettes(
    context: &Context,
    root: &Folder,
    glyph: &GlyphContent,
    outcome: &mut Outcome,
) -> Result<Option<Vec<Palette>>, Stop> {
    let size = glyph.tile_size;
    let Some(decoded) = cut_images(context, root, glyph, outcome)? else { return Ok(None) };
    let drawn: Vec<CutImage<'_>> = decoded.iter().map(|(artifact, cut)| CutImage::new(artifact, cut)).collect();
    let found = palettes::find_palettes(context, &glyph.palettes, &drawn, size)?;
    let is_complete = !has_errors(&found.findings);
    outcome.findings.extend(found.findings);
    if !is_complete {
        outcome.findings.extend(palettes::find_undrawable(&drawn, size));
    }
    Ok(is_complete.then_some(found.palettes))
}

/// The images of the bank, cut, in the order of their ids; `None` if one cannot be, which `outcome` then explains.
///
/// # Errors
/// If the operation was canceled.
pub(super) fn cut_images<'g>(
    context: &Context,
    root: &Folder,
    glyph: &'g GlyphContent,
    outcome: &mut Outcome,
) -> Result<Option<Vec<(&'g GlyphArtifact, ArtifactCut)>>, Stop> {
    let size = glyph.tile_size;
    let mut artifacts: Vec<&GlyphArtifact> = glyph.artifacts.iter().collect();
    artifacts.sort_by_key(|artifact| artifact.index);
    let mut cuts = ArtifactCuts::new(context, root, &artifacts, size);
    let mut decoded: Vec<(&GlyphArtifact, ArtifactCut)> = Vec::new();
    let mut tiles = 0;
    for (n, artifact) in artifacts.iter().enumerate() {
        check_cancelled(context)?;
        let Ok(cut) = cuts.take(n, outcome) else { continue };
        tiles += cut.tiles.taken.len();
        // Ids are then used twice. A bound on what is kept in memory.
        if tiles > size.capacity() as usize {
            let problem = SheetProblem::TooManyTiles { artifacts: n + 1, tiles, size };
            outcome.findings.push(Finding::from(problem).file(ANCHOR));
            return Ok(None);
        }
        let checked =
            bank::check_color_key(&cut.image, artifact).and_then(|()| cut.tiles.check_ids(artifact.index, size));
        outcome.findings.extend(checked.err().map(|problem| Finding::from(problem).file(artifact.file.as_str())));
        decoded.push((artifact, cut));
    }
    if has_errors(&outcome.findings) || !outcome.changed.is_empty() {
        return Ok(None);
    }
    Ok(Some(decoded))
}
