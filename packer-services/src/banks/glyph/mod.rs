//! GLYPH/indexed_v1: images and palettes become one sheet of indices (spec: banks, "GLYPH").
//!
//! [`image`] decodes an image, [`grid`] and [`tiles`] cut it, `matching` finds the palette that draws a tile, `fit`
//! collects why other tiles cannot be drawn, and `sheet` puts tiles where their ids are. These rules report typed
//! causes; `findings` puts all of them into words. [`palettes`] creates palettes for `create` and `palettes`; a pack
//! never does. [`extract`] goes the other way, from a payload to files.

mod alignment;
pub mod extract;
mod findings;
mod fit;
pub mod grid;
pub mod image;
mod matching;
mod pagination;
pub mod palettes;
mod sheet;
pub mod tiles;

use super::{DrawnTile, Hole, Outcome, Stop, check_cancelled};
use crate::context::{Context, FaultPoint};
use crate::declaration::{ANCHOR, GlyphArtifact, GlyphContent};
use crate::diagnostics::{AsFinding, Finding, Pixel, Places};
use crate::files::{DiskError, Folder};
use crate::formats::{GlyphMetadata, TileSize};
use crate::paths::RelPath;
use fit::TileFitter;
use grid::Grid;
use image::{Image, ImageError, ImageHeader};
use matching::StoredPalettes;
use sheet::{Sheet, check_last_id, find_merged_colors, tile_place};
pub use sheet::{SheetProblem, check_color_key};
pub use tiles::CutTiles;
use tiles::Keying;

impl GlyphContent {
    /// The entry metadata, known before any image is opened.
    pub fn entry_metadata(&self) -> GlyphMetadata {
        let palette_authored = u32::try_from(self.palettes.len()).unwrap_or(u32::MAX);
        GlyphMetadata { tile_size: self.tile_size, palette_authored }
    }
}

/// Builds the payload, [`GLYPH_BYTES`](crate::formats::GLYPH_BYTES) long. A pack may use it only if the outcome has no
/// error. Otherwise it is index 0 where the outcome has holes, and a preview may show the rest. The outcome keeps the
/// decoded image of the file `compared`.
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
    let mut all_decoded = true;
    for (n, (declared, artifact)) in artifacts.iter().enumerate() {
        check_cancelled(context)?;
        let before = outcome.findings.len();
        let missing_tiles = match decode_or_count_tiles(context, root, artifact, content.tile_size, &mut outcome) {
            Ok((image, grid)) => {
                let missing_tiles = place_tiles(&image, grid, artifact, &palettes, &mut sheet, &mut outcome);
                if compared == Some(&artifact.file) {
                    outcome.compared = Some(Box::new(image));
                }
                missing_tiles
            }
            Err(count) => {
                all_decoded = false;
                // An image of unknown size takes at least its first id. No other artifact takes those before the next
                // one's first.
                let next = artifacts[n..].iter().map(|(_, later)| later.index).find(|index| *index > artifact.index);
                count.or(next.map(|next| next - artifact.index)).unwrap_or(1)
            }
        };
        if missing_tiles > 0
            && let Some(finding) = outcome.first_error(before)
        {
            let end = artifact.index.saturating_add(missing_tiles).min(content.tile_size.capacity());
            outcome.holes.push(Hole { ids: artifact.index..end, artifact: Some(*declared), finding });
        }
        for hole in outcome.holes.iter_mut().filter(|hole| hole.finding >= before) {
            hole.artifact = Some(*declared);
        }
    }
    // Ids that an undecoded image would have taken are not a second problem.
    if all_decoded {
        sheet.report_gaps(&mut outcome);
    }
    Ok((sheet.payload(&content.palettes), outcome))
}

/// Opens, decodes and cuts the image of an artifact; `None` if it cannot, which `outcome` then explains.
pub fn decode_artifact(
    context: &Context,
    root: &Folder,
    artifact: &GlyphArtifact,
    size: TileSize,
    outcome: &mut Outcome,
) -> Option<(Image, Grid)> {
    decode_or_count_tiles(context, root, artifact, size, outcome).ok()
}

/// Like [`decode_artifact`]. The error is how many tiles the image would have had, if that is known.
fn decode_or_count_tiles(
    context: &Context,
    root: &Folder,
    artifact: &GlyphArtifact,
    size: TileSize,
    outcome: &mut Outcome,
) -> Result<(Image, Grid), Option<u32>> {
    let path = &artifact.file;
    let source = match root.open(path) {
        Ok(source) => source,
        Err(error) => {
            outcome.findings.push(error.into_finding_about(path));
            return Err(None);
        }
    };
    if let Some(finding) = source.too_large_finding() {
        outcome.findings.push(finding.file(path.as_str()));
        return Err(None);
    }
    let full_path = source.path().to_owned();
    if let Err(error) = context.inject_fault(FaultPoint::DecodeImage) {
        outcome.record_disk_error(path, &DiskError::reading(full_path)(error));
        return Err(None);
    }
    let mut reading = source.start_reading();
    let mut cut = None;
    let mut count = None;
    let decoded = image::decode_png(&mut reading, |header| {
        let grid = Grid::of(header.width, header.height, &artifact.cut, size);
        count = grid.as_ref().ok().filter(|_| !artifact.cut.skip_blank).map(Grid::count);
        match grid.map_err(Finding::from).and_then(|grid| accept_grid(grid, artifact, size)) {
            // A small image is decoded anyway, so that whatever else is wrong with it is reported in the same run.
            Err(finding) if !header.is_small() => Err(finding),
            checked => {
                cut = Some(checked);
                Ok(())
            }
        }
    });
    outcome.record_source(path, reading.finish_unless(&|| context.is_cancelled()));
    match decoded {
        Ok(image) => {
            outcome.findings.extend(image.trailing_bytes_finding().map(|finding| finding.file(path.as_str())));
            match cut.ok_or(count)? {
                Ok(grid) => Ok((image, grid)),
                Err(finding) => {
                    let alpha = fit::find_uncut_alpha(&image, Keying::new(artifact.color_key, &image));
                    let findings = std::iter::once(finding).chain(alpha.map(Finding::from));
                    outcome.findings.extend(findings.map(|finding| finding.file(path.as_str())));
                    Err(count)
                }
            }
        }
        Err(error) => {
            match error {
                ImageError::Finding(finding) => outcome.findings.push(finding.file(path.as_str())),
                ImageError::Io(error) => outcome.record_disk_error(path, &DiskError::reading(full_path)(error)),
            }
            Err(count)
        }
    }
}

/// The size and form of an image, without its pixels.
///
/// # Errors
/// What is wrong with the file, relative to the root.
pub fn read_image_header(root: &Folder, path: &RelPath) -> Result<ImageHeader, Box<Finding>> {
    let source = root.open(path).map_err(|error| Box::new(error.into_finding_about(path)))?;
    let full_path = source.path().to_owned();
    image::read_png_header(&mut source.start_reading()).map_err(|error| {
        let finding = match error {
            ImageError::Finding(finding) => *finding,
            ImageError::Io(error) => DiskError::reading(full_path)(error).as_finding(),
        };
        Box::new(finding.file(path.as_str()))
    })
}

/// Refuses an image with too many cells before its pixels are allocated.
fn accept_grid(grid: Grid, artifact: &GlyphArtifact, size: TileSize) -> Result<Grid, Finding> {
    // How many cells are blank is known only once the pixels are.
    if !artifact.cut.skip_blank {
        check_last_id(artifact.index, grid.count(), size)?;
    }
    Ok(grid)
}

/// Puts an image's tiles on the sheet. If the whole image was refused, gives how many tiles are missing for that
/// reason.
fn place_tiles(
    image: &Image,
    grid: Grid,
    artifact: &GlyphArtifact,
    palettes: &StoredPalettes<'_>,
    sheet: &mut Sheet,
    outcome: &mut Outcome,
) -> u32 {
    let path = artifact.file.as_str();
    let size = sheet.tile_size();
    if let Err(problem) = check_color_key(image, artifact) {
        outcome.findings.push(Finding::from(problem).file(path));
        return grid.count();
    }
    let tiles = CutTiles::of(image, grid, artifact, size);
    if let Err(problem) = tiles.check_ids(artifact.index, size) {
        outcome.findings.push(Finding::from(problem).file(path));
        return tiles.count().max(1);
    }
    let mut fitter = TileFitter::new(palettes, artifact, image);
    let mut overlap = Places::default();
    let mut first_owner = None;
    for (id, (n, tile)) in (artifact.index..).zip(&tiles.taken) {
        let corner = grid.corner(*n);
        let in_image = |pixel: Pixel| Pixel { x: corner.x + pixel.x, y: corner.y + pixel.y };
        if let Some(owner) = sheet.claim_id(id, &artifact.file) {
            first_owner.get_or_insert(owner);
            overlap.add(tile_place(size, id, None, Some(corner)));
            continue;
        }
        let place = |pixel| tile_place(size, id, Some(pixel), Some(in_image(pixel)));
        if let Some((palette, indices)) = fitter.fit_tile(id, tile, place) {
            sheet.draw_tile(id, &indices);
            outcome.drawn.push(DrawnTile { id, palette });
        }
    }
    outcome.uses.push(tiles.artifact_use(grid, artifact));
    if let Some(owner) = first_owner {
        let problem = SheetProblem::Overlap { owner, index: artifact.index, count: tiles.count(), places: overlap };
        outcome.findings.push(Finding::from(problem).file(path));
    }
    let report = fitter.finish();
    let first = outcome.findings.len();
    let hole = |(id, cause): (u32, usize)| Hole { ids: id..id + 1, artifact: None, finding: first + cause };
    outcome.holes.extend(report.failed.into_iter().map(hole));
    outcome.findings.extend(report.causes.into_iter().map(|cause| Finding::from(cause).file(path)));
    0
}
