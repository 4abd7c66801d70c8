//! GLYPH/indexed_v1: images and palettes to one sheet of indices (spec: banks, "GLYPH").
//!
//! [`image`] decodes, [`grid`] and [`tiles`] cut, `fit` finds the palette of each tile and tells what is wrong with its
//! colors; this file puts tiles on the sheet. [`palettes`] makes palettes for `create` and `palettes`; a pack never does.
//! [`extract`] is the way back, from a payload to files.

mod alignment;
pub mod extract;
mod fit;
pub mod grid;
pub mod image;
mod pagination;
pub mod palettes;
pub mod tiles;

use super::{ArtifactUse, DrawnTile, Hole, Outcome, Stop, check_cancelled};
use crate::context::Context;
use crate::declaration::{ANCHOR, GlyphArtifact, GlyphContent, Palette};
use crate::diagnostics::{AsFinding, Code, Finding, Pixel, Place, Places, plural};
use crate::files::{DiskError, Folder};
use crate::formats::{GLYPH_BYTES, GLYPH_INDEX_BYTES, GlyphMetadata, PALETTE_COLORS, SHEET_PIXELS, TileSize};
use crate::paths::RelPath;
use grid::Grid;
use image::{Image, ImageError, ImageHeader};
use tiles::{CutTile, Keying};

impl GlyphContent {
    /// The entry metadata, known before any image is opened.
    pub fn entry_metadata(&self) -> GlyphMetadata {
        let palette_authored = u32::try_from(self.palettes.len()).unwrap_or(u32::MAX);
        GlyphMetadata { tile_size: self.tile_size, palette_authored }
    }
}

/// Makes the payload: [`GLYPH_BYTES`] bytes. It is the pack's only if the outcome has no error; else it is index 0 where the
/// outcome has holes, and a preview may show the rest.
///
/// # Errors
/// If the operation was cancelled.
pub fn build_glyph_payload(
    context: &Context,
    root: &Folder,
    content: &GlyphContent,
) -> Result<(Vec<u8>, Outcome), Stop> {
    let mut outcome = Outcome::default();
    let mut sheet = Sheet::new(content.tile_size);
    let palettes = fit::StoredPalettes::new(&content.palettes);
    report_merged_colors(&content.palettes, &mut outcome);
    let mut artifacts: Vec<(usize, &GlyphArtifact)> = content.artifacts.iter().enumerate().collect();
    artifacts.sort_by_key(|(_, artifact)| artifact.index);
    let mut all_decoded = true;
    for (n, (declared, artifact)) in artifacts.iter().enumerate() {
        check_cancelled(context)?;
        let before = outcome.findings.len();
        let missing_tiles = match decode_or_count_tiles(context, root, artifact, content.tile_size, &mut outcome) {
            Ok((image, grid)) => place(&image, grid, artifact, &palettes, &mut sheet, &mut outcome),
            Err(count) => {
                all_decoded = false;
                // An image of unknown size has its first id for certain, and no other artifact those up to the next.
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
    // What an undecoded image would have filled is no gap of its own.
    if all_decoded {
        sheet.report_gaps(&mut outcome);
    }
    Ok((sheet.payload(&content.palettes), outcome))
}

/// Opens, decodes and cuts one image; what is wrong with it goes to the outcome.
pub fn decode_artifact(
    context: &Context,
    root: &Folder,
    artifact: &GlyphArtifact,
    size: TileSize,
    outcome: &mut Outcome,
) -> Option<(Image, Grid)> {
    decode_or_count_tiles(context, root, artifact, size, outcome).ok()
}

/// As [`decode_artifact`]; of an image that fails it gives how many tiles it would have had, if that is known.
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
    let whole = source.path().to_owned();
    let mut reading = source.start_reading();
    let mut cut = None;
    let mut count = None;
    let decoded = image::decode_png(&mut reading, |header| {
        let grid = Grid::of(header.width, header.height, &artifact.cut, size);
        count = grid.as_ref().ok().filter(|_| !artifact.cut.skip_blank).map(Grid::count);
        match grid.and_then(|grid| accept(grid, artifact, size)) {
            // A thumbnail is decoded all the same: what else is wrong with it is told at once.
            Err(finding) if !header.is_small() => Err(finding),
            judged => {
                cut = Some(judged);
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
                    let others = fit::partial_alpha(&image, Keying::new(artifact.color_key, &image));
                    let findings = std::iter::once(finding).chain(others);
                    outcome.findings.extend(findings.map(|finding| finding.file(path.as_str())));
                    Err(count)
                }
            }
        }
        Err(error) => {
            match error {
                ImageError::Finding(finding) => outcome.findings.push(finding.file(path.as_str())),
                ImageError::Io(error) => outcome.record_disk_error(path, &DiskError::reading(whole)(error)),
            }
            Err(count)
        }
    }
}

/// The size of an image, without its pixels.
///
/// # Errors
/// What is wrong with it, relative to the root.
pub fn read_image_header(root: &Folder, path: &RelPath) -> Result<ImageHeader, Box<Finding>> {
    let named = |finding: Finding| Box::new(finding.file(path.as_str()));
    let source = root.open(path).map_err(|error| Box::new(error.into_finding_about(path)))?;
    let whole = source.path().to_owned();
    let mut seen = None;
    let decoded = image::decode_png(&mut source.start_reading(), |header| {
        seen = Some(header);
        Err(Finding::new(Code::ImageSize, "only the size is wanted", ""))
    });
    match (seen, decoded) {
        (Some(header), _) => Ok(header),
        (None, Err(ImageError::Finding(finding))) => Err(named(*finding)),
        (None, Err(ImageError::Io(error))) => Err(named(DiskError::reading(whole)(error).as_finding())),
        (None, Ok(_)) => Err(named(Finding::new(Code::ImageDamaged, "the PNG has no header", "Export it again."))),
    }
}

/// Judges how many cells an image has before its pixels are allocated.
fn accept(grid: Grid, artifact: &GlyphArtifact, size: TileSize) -> Result<Grid, Finding> {
    // How many cells are blank is not known before the pixels are.
    if !artifact.cut.skip_blank {
        refuse_overflow(artifact.index, grid.count(), size)?;
    }
    Ok(grid)
}

fn refuse_overflow(index: u32, count: u32, size: TileSize) -> Result<(), Finding> {
    let end = u64::from(index) + u64::from(count);
    if end <= u64::from(size.capacity()) {
        return Ok(());
    }
    let help = if count > size.capacity() {
        "A bank's whole sheet has 256 × 256 pixels: give each part of the image a bank of its own, with `--region X,Y,W,H` \
         of `create` or `region` in the artifact, or as an image of its own. If enough tiles are blank, `--skip-blank` or \
         `skip_blank` leaves them out."
    } else {
        "Move images to another bank."
    };
    Err(Finding::new(
        Code::TileOverflow,
        format!(
            "the image's {} from id {index} on end at id {}; with tiles of {2} × {2} pixels a bank ends at id {3}",
            plural(count.into(), "tile"),
            end - 1,
            size.pixels(),
            size.capacity() - 1
        ),
        help,
    ))
}

/// The tiles of an artifact: those of its cells that take an id.
#[derive(Debug)]
pub struct CutTiles {
    /// Row-major, each with the number of its cell; no more than a bank holds.
    pub taken: Vec<(u32, CutTile)>,
    /// How many there are, be they more than a bank holds.
    count: u32,
    /// The numbers of the blank cells that take no id.
    pub skipped: Vec<u32>,
}

impl CutTiles {
    /// Cuts a decoded image.
    pub fn of(image: &Image, grid: Grid, artifact: &GlyphArtifact, size: TileSize) -> Self {
        let keying = Keying::new(artifact.color_key, image);
        let mut tiles = Self { taken: Vec::new(), count: 0, skipped: Vec::new() };
        for n in 0..grid.count() {
            let tile = CutTile::cut(image, grid, n, keying);
            if artifact.cut.skip_blank && tile.is_blank() {
                tiles.skipped.push(n);
                continue;
            }
            tiles.count += 1;
            if tiles.count <= size.capacity() {
                tiles.taken.push((n, tile));
            }
        }
        tiles
    }

    /// How many ids they take.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// What the artifact became.
    pub fn artifact_use(&self, grid: Grid, artifact: &GlyphArtifact) -> ArtifactUse {
        ArtifactUse {
            file: artifact.file.clone(),
            region: artifact.cut.region,
            index: artifact.index,
            count: self.count(),
            columns: grid.columns,
            skipped: self.skipped.clone(),
        }
    }

    /// A finding if they cannot be a bank's from `index` on.
    ///
    /// # Errors
    /// The finding, without a file.
    pub fn check_ids(&self, index: u32, size: TileSize) -> Result<(), Finding> {
        if self.taken.is_empty() {
            return Err(Finding::new(
                Code::ImageBlank,
                format!(
                    "{} and no other, and `skip_blank` leaves them out",
                    plural(self.skipped.len() as u64, "blank cell")
                ),
                "Remove the artifact, or its `skip_blank`. Is the color key or the region the right one?",
            ));
        }
        refuse_overflow(index, self.count(), size)
    }
}

/// The place of a tile: the id's cell on the console's sheet, and the pixel's place in the artist's image.
fn tile_place(size: TileSize, id: u32, pixel: Option<Pixel>, in_image: Option<Pixel>) -> Place {
    let (column, row) = (id % size.columns(), id / size.columns());
    Place::Tile { tile: id, column, row, pixel, in_image }
}

/// Puts an image's tiles on the sheet; gives how many tiles are missing because the whole image was refused.
fn place(
    image: &Image,
    grid: Grid,
    artifact: &GlyphArtifact,
    palettes: &fit::StoredPalettes<'_>,
    sheet: &mut Sheet,
    outcome: &mut Outcome,
) -> u32 {
    let path = artifact.file.as_str();
    if let Err(finding) = check_color_key(image, artifact) {
        outcome.findings.push(finding.file(path));
        return grid.count();
    }
    let tiles = CutTiles::of(image, grid, artifact, sheet.size);
    if let Err(finding) = tiles.check_ids(artifact.index, sheet.size) {
        outcome.findings.push(finding.file(path));
        return tiles.count().max(1);
    }
    let mut fitting = fit::TileFitter::new(palettes, artifact, image);
    let mut overlap = Places::default();
    let mut first_owner = None;
    for (id, (n, tile)) in (artifact.index..).zip(&tiles.taken) {
        let corner = grid.corner(*n);
        let in_image = |pixel: Pixel| Pixel { x: corner.x + pixel.x, y: corner.y + pixel.y };
        if let Some(owner) = sheet.claim(id, &artifact.file) {
            first_owner.get_or_insert(owner);
            overlap.add(tile_place(sheet.size, id, None, Some(corner)));
            continue;
        }
        let place = |pixel| tile_place(sheet.size, id, Some(pixel), Some(in_image(pixel)));
        if let Some((palette, indices)) = fitting.tile(id, tile, place) {
            sheet.draw(id, &indices);
            outcome.drawn.push(DrawnTile { id, palette });
        }
    }
    outcome.uses.push(tiles.artifact_use(grid, artifact));
    if let Some(owner) = first_owner {
        let ids = match tiles.count() {
            1 => format!("the id {}", artifact.index),
            count => format!("the ids {} to {}", artifact.index, artifact.index + count - 1),
        };
        outcome.findings.push(
            Finding::new(
                Code::TileOverlap,
                format!("`{owner}` has this tile id already"),
                format!("This image takes {ids}: change an `index` in `asset.json`."),
            )
            .file(path)
            .at_all(&overlap),
        );
    }
    let (findings, failed) = fitting.findings();
    let first = outcome.findings.len();
    let holes = failed.into_iter().map(|(id, n)| Hole { ids: id..id + 1, artifact: None, finding: first + n });
    outcome.holes.extend(holes);
    outcome.findings.extend(findings.into_iter().map(|finding| finding.file(path)));
    0
}

/// Refuses a color key that the image cannot have.
///
/// # Errors
/// The finding, without a file.
pub fn check_color_key(image: &Image, artifact: &GlyphArtifact) -> Result<(), Finding> {
    if artifact.color_key != Some(crate::declaration::ColorKey::Index0) || image.own_palette.is_some() {
        return Ok(());
    }
    Err(Finding::new(
        Code::ColorKeyIndex,
        "the artifact's `color_key` is `index0`, but this image is not indexed",
        "Name the color instead, as `\"color_key\": \"#rrggbb\"`, or export the image as indexed.",
    ))
}

fn report_merged_colors(palettes: &[Palette], outcome: &mut Outcome) {
    for (index, palette) in (0u32..).zip(palettes) {
        // Color 0 is never drawn, so it cannot be mistaken for another.
        let drawn = || (1u32..).zip(palette.colors.iter().skip(1));
        for (i, a) in drawn() {
            for (j, b) in drawn().skip(i as usize) {
                if a != b && a.to_565() == b.to_565() {
                    let finding = Finding::new(
                        Code::ColorsMerge,
                        format!(
                            "{b} and color {i}, {a}, become one on the console: both are shown as {}",
                            a.to_565().to_rgb()
                        ),
                        "The console keeps 5 bits of red and blue and 6 of green: make the colors differ more, or remove one.",
                    );
                    outcome.findings.push(finding.file(ANCHOR).at(Place::Color { palette: index, color: j }));
                }
            }
        }
    }
}

/// The bank's sheet, as it fills.
struct Sheet {
    size: TileSize,
    indices: Vec<u8>,
    /// Whose tile it is, by id.
    owners: Vec<Option<RelPath>>,
}

impl Sheet {
    fn new(size: TileSize) -> Self {
        let pixels = (SHEET_PIXELS * SHEET_PIXELS) as usize;
        Self { size, indices: vec![0; pixels], owners: vec![None; size.capacity() as usize] }
    }

    /// Takes the id for `file`; gives whose it is if it was taken before.
    fn claim(&mut self, id: u32, file: &RelPath) -> Option<RelPath> {
        let owner = &mut self.owners[id as usize];
        if owner.is_none() {
            *owner = Some(file.clone());
            return None;
        }
        owner.clone()
    }

    fn draw(&mut self, id: u32, tile: &[u8]) {
        let side = self.size.pixels() as usize;
        let (column, row) = (id % self.size.columns(), id / self.size.columns());
        let corner = (row as usize * side) * SHEET_PIXELS as usize + column as usize * side;
        for (y, line) in tile.chunks_exact(side).enumerate() {
            let at = corner + y * SHEET_PIXELS as usize;
            self.indices[at..at + side].copy_from_slice(line);
        }
    }

    fn report_gaps(&self, outcome: &mut Outcome) {
        let Some(last) = self.owners.iter().rposition(Option::is_some) else { return };
        let mut gaps = Places::default();
        for (id, owner) in (0u32..).zip(&self.owners[..last]) {
            if owner.is_none() {
                gaps.add(tile_place(self.size, id, None, None));
                outcome.holes.push(Hole { ids: id..id + 1, artifact: None, finding: outcome.findings.len() });
            }
        }
        if gaps.count() > 0 {
            outcome.findings.push(
                Finding::new(
                    Code::TileGap,
                    format!("no artifact has this tile id; the ids must be 0 to {last} without a gap"),
                    "Change an `index` in `asset.json`, or add the missing image.",
                )
                .file(ANCHOR)
                .at_all(&gaps),
            );
        }
    }

    fn payload(&self, palettes: &[Palette]) -> Vec<u8> {
        let mut payload = Vec::with_capacity(GLYPH_BYTES);
        payload.extend(self.indices.chunks_exact(2).map(|pair| (pair[0] << 4) | pair[1]));
        debug_assert_eq!(payload.len(), GLYPH_INDEX_BYTES);
        for palette in palettes {
            let padding = std::iter::repeat_n(0, PALETTE_COLORS - palette.colors.len());
            let colors = palette.colors.iter().map(|color| color.to_565().0).chain(padding);
            payload.extend(colors.flat_map(u16::to_le_bytes));
        }
        payload.resize(GLYPH_BYTES, 0);
        payload
    }
}
