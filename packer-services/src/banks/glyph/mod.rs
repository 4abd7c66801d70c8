//! GLYPH/indexed_v1: images and palettes become one sheet of indices (spec: banks, "GLYPH").
//!
//! [`image`] decodes an image, [`grid`] and [`tiles`] cut it, and [`cuts`] does so once for all artifacts of an image.
//! `matching` finds the palette that draws a tile, `fit` collects why other tiles cannot be drawn, and `sheet` puts
//! tiles where their ids are. These rules report typed causes; `findings` puts all of them into words. [`palettes`]
//! creates palettes for `create` and `palettes`; a pack never does. [`animations`] finds the tiles of animations, for
//! tools. [`extract`] goes the other way, from a payload to files.

mod alignment;
pub mod animations;
pub mod cuts;
pub mod drawn_pixels;
pub mod extract;
pub mod extrusion;
mod findings;
mod fit;
mod fixed_pixels;
pub mod grid;
pub mod image;
mod matching;
mod merging;
mod own_palettes;
mod pagination;
pub mod palettes;
pub mod pixel_rule;
pub mod pixels;
pub mod png_writer;
pub mod recoloring;
pub mod rewrite;
mod sheet;
pub mod tiles;

use std::io::Read;

use super::{DrawnTile, Hole, HoleReason, Outcome, Stop, UndrawnTile, check_cancelled};
use crate::context::Context;
use crate::declaration::{ANCHOR, Cut, GlyphArtifact, GlyphContent, SpritePart};
use crate::diagnostics::{AsFinding, Finding, Places};
use crate::files::{DiskError, Folder};
use crate::formats::{GlyphMetadata, TileSize};
use crate::paths::RelPath;
use cuts::{ArtifactCut, ArtifactCuts};
use extrusion::{BorderCut, TileSizeScan};
pub use findings::{PALETTES_COMMAND, slice_and_region};
use fit::TileFitter;
use fixed_pixels::FixedPixels;
pub use image::SpriteNames;
use image::{ImageError, ImageHeader, SpriteTimeline};
use matching::StoredPalettes;
use sheet::{Sheet, find_merged_colors, tile_place};
pub use sheet::{SheetProblem, check_color_key};

impl GlyphContent {
    /// The entry metadata, known before any image is opened.
    pub fn entry_metadata(&self) -> GlyphMetadata {
        let palette_authored = u32::try_from(self.palettes.len()).unwrap_or(u32::MAX);
        GlyphMetadata { tile_size: self.tile_size, palette_authored }
    }
}

/// Builds the payload, [`GLYPH_BYTES`](crate::formats::GLYPH_BYTES) long. A pack may use it only if the outcome has no
/// error. Otherwise it is index 0 where the outcome has holes, and a preview may show the rest. The outcome keeps the
/// image of the file `compared` as it is shown.
///
/// # Errors
/// If the operation was cancelled.
pub fn build_glyph_payload(
    context: &Context,
    root: &Folder,
    content: &GlyphContent,
    compared: Option<&RelPath>,
) -> Result<(Vec<u8>, Outcome), Stop> {
    let mut outcome = Outcome::default();
    let mut sheet = Sheet::new(content.tile_size);
    let palettes = StoredPalettes::new(&content.palettes);
    let merged = find_merged_colors(&content.palettes);
    outcome.findings.extend(merged.into_iter().map(|problem| Finding::from(problem).file(ANCHOR)));
    let mut artifacts: Vec<(usize, &GlyphArtifact)> = content.artifacts.iter().enumerate().collect();
    artifacts.sort_by_key(|(_, artifact)| artifact.index);
    let most = content.tile_size.capacity() as usize;
    let mut all_decoded = true;
    let mut fixed = FixedPixels::default();
    if artifacts.len() > most {
        // Most of them overlap, so reading them all could take any time.
        let problem = SheetProblem::TooManyArtifacts { artifacts: artifacts.len(), size: content.tile_size };
        outcome.findings.push(Finding::from(problem).file(ANCHOR));
        artifacts.truncate(most);
        all_decoded = false;
    }
    let in_order: Vec<&GlyphArtifact> = artifacts.iter().map(|(_, artifact)| *artifact).collect();
    let mut cuts = ArtifactCuts::new(context, root, &in_order, content.tile_size).showing(compared);
    for (n, (declared, artifact)) in artifacts.iter().enumerate() {
        check_cancelled(context)?;
        let (before, holes_before) = (outcome.findings.len(), outcome.holes.len());
        let missing_tiles = match cuts.take(n, &mut outcome) {
            Ok(cut) => {
                fixed.add(artifact, &cut);
                place_tiles(&cut, artifact, &palettes, &mut sheet, &mut outcome)
            }
            Err(not_cut) => {
                fixed.add_uncut(&outcome.findings[before..]);
                all_decoded = false;
                // An image of unknown size takes at least its first id. No other artifact takes those before the next
                // one's first.
                let next = artifacts[n..].iter().map(|(_, later)| later.index).find(|index| *index > artifact.index);
                not_cut.tiles.or(next.map(|next| next - artifact.index)).unwrap_or(1)
            }
        };
        if missing_tiles > 0
            && let Some(finding) = outcome.first_error(before)
        {
            let end = artifact.index.saturating_add(missing_tiles).min(content.tile_size.capacity());
            let reason = HoleReason::Finding(finding);
            outcome.holes.push(Hole { ids: artifact.index..end, artifact: Some(*declared), reason });
        }
        for hole in outcome.holes.iter_mut().skip(holes_before) {
            hole.artifact = Some(*declared);
        }
    }
    outcome.compared = cuts.finish(&mut outcome).map(Box::new);
    fixed.count_for_fixes(&mut outcome.findings);
    // Ids that an undecoded image would have taken are not a second problem.
    if all_decoded {
        sheet.report_gaps(&mut outcome);
    }
    animations::check_animations(content, &mut outcome);
    Ok((sheet.payload(&content.palettes), outcome))
}

/// Decodes and cuts the image of an artifact of a new bank; `None` if it cannot, which `outcome` then explains.
pub fn cut_artifact(
    context: &Context,
    root: &Folder,
    artifact: &GlyphArtifact,
    size: TileSize,
    outcome: &mut Outcome,
) -> Option<ArtifactCut> {
    ArtifactCuts::new(context, root, &[artifact], size).of_new_bank().take(0, outcome).ok()
}

/// The size and form of an image, or of this part of a sprite, without its pixels.
///
/// # Errors
/// What is wrong with the file, relative to the root; also that it does not have the part.
pub fn read_image_header(root: &Folder, path: &RelPath, part: &SpritePart) -> Result<ImageHeader, Box<Finding>> {
    read_image(root, path, |source| image::read_image_header(source, part))
}

/// The tags of an Aseprite file, and how long each of its frames is shown; `None` of a PNG.
///
/// # Errors
/// What is wrong with the file, relative to the root.
pub fn read_sprite_timeline(root: &Folder, path: &RelPath) -> Result<Option<SpriteTimeline>, Box<Finding>> {
    read_image(root, path, image::read_sprite_timeline)
}

/// The names of the parts of an Aseprite file; `None` of a PNG.
///
/// # Errors
/// What is wrong with the file, relative to the root.
pub fn read_sprite_names(root: &Folder, path: &RelPath) -> Result<Option<SpriteNames>, Box<Finding>> {
    read_image(root, path, image::read_sprite_names)
}

/// Opens an image and reads something of it.
fn read_image<T>(
    root: &Folder,
    path: &RelPath,
    read: impl FnOnce(&mut dyn Read) -> Result<T, ImageError>,
) -> Result<T, Box<Finding>> {
    let source = root.open(path).map_err(|error| Box::new(error.into_finding_about(path)))?;
    let full_path = source.path().to_owned();
    read(&mut source.start_reading()).map_err(|error| {
        let finding = match error {
            ImageError::Finding(finding) => *finding,
            ImageError::Io(error) => DiskError::reading(full_path)(error).as_finding(),
        };
        Box::new(finding.file(path.as_str()))
    })
}

/// How to cut an image at each tile size at which its tiles repeat their borders; none if the image cannot be decoded.
pub fn find_repeated_borders(
    context: &Context,
    root: &Folder,
    (path, part): (&RelPath, &SpritePart),
    cut: Cut,
) -> Vec<BorderCut> {
    let Ok(source) = root.open(path) else { return Vec::new() };
    let mut scan = TileSizeScan::new(context, cut);
    let decoded = image::decode_image(&mut source.start_reading(), part, &mut scan);
    if decoded.is_ok() { scan.found() } else { Vec::new() }
}

/// Puts an image's tiles on the sheet. If the whole image was refused, gives how many tiles are missing for that
/// reason.
fn place_tiles(
    cut: &ArtifactCut,
    artifact: &GlyphArtifact,
    palettes: &StoredPalettes<'_>,
    sheet: &mut Sheet,
    outcome: &mut Outcome,
) -> u32 {
    let path = artifact.file.as_str();
    let size = sheet.tile_size();
    let ArtifactCut { image, grid, tiles, .. } = cut;
    if let Err(problem) = check_color_key(image, artifact) {
        outcome.findings.push(Finding::from(problem).file(path));
        // Its ids are taken, so that they are not reported as a gap.
        for id in (artifact.index..size.capacity()).take(grid.count() as usize) {
            sheet.claim_id(id, &artifact.file);
        }
        return grid.count();
    }
    if let Err(problem) = tiles.check_ids(artifact.index, size) {
        outcome.findings.push(Finding::from(problem).file(path));
        return tiles.count().max(1);
    }
    let mut fitter = TileFitter::new(palettes, artifact, image, tiles);
    let mut overlap = Places::default();
    let mut first_owner = None;
    let mut undrawn = Vec::new();
    for (id, (n, tile)) in (artifact.index..).zip(&tiles.taken) {
        let corner = image.cell_place(grid, *n);
        if let Some(owner) = sheet.claim_id(id, &artifact.file) {
            first_owner.get_or_insert(owner);
            overlap.add(tile_place(size, id, None, Some(corner)));
            continue;
        }
        let place = |pixel| tile_place(size, id, Some(pixel), Some(corner.plus(pixel)));
        if let Some((palette, indices)) = fitter.fit_tile(id, tile, place) {
            sheet.draw_tile(id, &indices);
            outcome.drawn.push(DrawnTile { id, palette });
        } else {
            undrawn.push((id, tile));
        }
    }
    outcome.uses.push(tiles.artifact_use(image, *grid, artifact));
    if let Some(owner) = first_owner {
        let problem = SheetProblem::Overlap { owner, index: artifact.index, count: tiles.count(), places: overlap };
        outcome.findings.push(Finding::from(problem).file(path));
    }
    let report = fitter.finish();
    let first = outcome.findings.len();
    let hole = |(id, reason): (u32, HoleReason)| Hole { ids: id..id + 1, artifact: None, reason };
    let failed = report.failed.iter().map(|(id, cause)| (*id, HoleReason::Finding(first + cause)));
    let unread = report.unread.iter().map(|(id, palette)| (*id, HoleReason::Palette(*palette)));
    outcome.holes.extend(failed.chain(unread).map(hole));
    outcome.undrawn.extend(undrawn.into_iter().map(|(id, tile)| {
        let cause = |(at, pixel)| Some((at, first + report.cause_of_pixel(&pixel)?));
        UndrawnTile { id, rgba: tile.rgba(), wrong: tile.remaining().filter_map(cause).collect() }
    }));
    outcome.findings.extend(report.causes.into_iter().map(|cause| Finding::from(cause).file(path)));
    0
}
