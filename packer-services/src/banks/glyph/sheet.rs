//! The sheet of a glyph bank: which tile has which id, and the payload that results.

use super::image::{Image, ImagePlace};
use crate::banks::{Hole, HoleReason, Outcome};
use crate::declaration::{ANCHOR, ColorKey, GlyphArtifact, Palette};
use crate::diagnostics::{Finding, Pixel, Place, Places};
use crate::formats::{GLYPH_BYTES, GLYPH_INDEX_BYTES, PALETTE_COLORS, Rgb, SHEET_PIXELS, TileSize};
use crate::paths::RelPath;

/// Why an artifact or a palette cannot be part of a bank with its declaration.
#[derive(Debug)]
pub enum SheetProblem {
    /// The image has ids that the bank does not have.
    Overflow {
        /// Its first id.
        index: u32,
        /// How many it takes.
        count: u32,
        /// The bank's tile size.
        size: TileSize,
    },
    /// Artifacts together have more tiles than a bank, so some use the same ids.
    TooManyTiles {
        /// How many artifacts, in the order of their ids.
        artifacts: usize,
        /// How many tiles they have.
        tiles: usize,
        /// The bank's tile size.
        size: TileSize,
    },
    /// There are more artifacts than a bank has tiles, although each has at least one.
    TooManyArtifacts {
        /// How many.
        artifacts: usize,
        /// The bank's tile size.
        size: TileSize,
    },
    /// Every cell is blank and is skipped.
    OnlyBlank {
        /// How many there are.
        cells: u64,
    },
    /// The color key is an index, but the image is not indexed.
    KeyWithoutIndices,
    /// Ids of the image are another artifact's.
    Overlap {
        /// The file of the other artifact, at the first such id.
        owner: RelPath,
        /// The first id of the image.
        index: u32,
        /// How many it takes.
        count: u32,
        /// The tiles with such ids.
        places: Places,
    },
    /// Ids do not belong to any artifact.
    Gap {
        /// The highest id that belongs to one.
        last: usize,
        /// The tiles with such ids.
        places: Places,
    },
    /// Two declared colors are one on the console.
    MergedColors {
        /// The palette that has them.
        palette: u32,
        /// The index and the color.
        first: (u32, Rgb),
        /// The index, which is higher, and the color.
        second: (u32, Rgb),
    },
}

/// The place of a tile: the cell of its id on the console's sheet, and where it or the pixel is in the artist's image.
pub fn tile_place(size: TileSize, id: u32, pixel: Option<Pixel>, in_image: Option<ImagePlace>) -> Place {
    let (column, row) = (id % size.columns(), id / size.columns());
    let frame = in_image.and_then(|place| place.frame);
    Place::Tile { tile: id, column, row, pixel, in_image: in_image.map(|place| place.pixel), frame }
}

/// Checks that a bank has `count` ids from `index` on.
///
/// # Errors
/// If not.
pub fn check_last_id(index: u32, count: u32, size: TileSize) -> Result<(), SheetProblem> {
    let end = u64::from(index) + u64::from(count);
    if end <= u64::from(size.capacity()) { Ok(()) } else { Err(SheetProblem::Overflow { index, count, size }) }
}

/// Checks that the image can have the artifact's color key.
///
/// # Errors
/// If not.
pub fn check_color_key(image: &Image, artifact: &GlyphArtifact) -> Result<(), SheetProblem> {
    if artifact.color_key == Some(ColorKey::Index0) && image.own_palette.is_none() {
        return Err(SheetProblem::KeyWithoutIndices);
    }
    Ok(())
}

/// The colors of each palette that are one on the console, pair by pair.
pub fn find_merged_colors(palettes: &[Palette]) -> Vec<SheetProblem> {
    let mut merged = Vec::new();
    for (palette, declared) in (0u32..).zip(palettes) {
        // Color 0 is never drawn, so it cannot be mistaken for another.
        let drawn = || (1u32..).zip(declared.colors.iter().copied().skip(1));
        for first in drawn() {
            let becomes_one = |second: &(u32, Rgb)| first.1 != second.1 && first.1.to_565() == second.1.to_565();
            let seconds = drawn().skip(first.0 as usize).filter(becomes_one);
            merged.extend(seconds.map(|second| SheetProblem::MergedColors { palette, first, second }));
        }
    }
    merged
}

/// The bank's sheet, as it fills.
pub struct Sheet {
    size: TileSize,
    indices: Vec<u8>,
    /// Whose tile it is, by id.
    owners: Vec<Option<RelPath>>,
}

impl Sheet {
    /// An empty sheet.
    pub fn new(size: TileSize) -> Self {
        let pixels = (SHEET_PIXELS * SHEET_PIXELS) as usize;
        Self { size, indices: vec![0; pixels], owners: vec![None; size.capacity() as usize] }
    }

    /// The size of its tiles.
    pub fn tile_size(&self) -> TileSize {
        self.size
    }

    /// Takes the id for `file`; gives its owner if it was already taken.
    pub fn claim_id(&mut self, id: u32, file: &RelPath) -> Option<RelPath> {
        let owner = &mut self.owners[id as usize];
        if owner.is_none() {
            *owner = Some(file.clone());
            return None;
        }
        owner.clone()
    }

    /// Puts a tile's indices, row-major, where its id is.
    pub fn draw_tile(&mut self, id: u32, tile: &[u8]) {
        let side = self.size.pixels() as usize;
        let (column, row) = (id % self.size.columns(), id / self.size.columns());
        let corner = (row as usize * side) * SHEET_PIXELS as usize + column as usize * side;
        for (y, line) in tile.chunks_exact(side).enumerate() {
            let at = corner + y * SHEET_PIXELS as usize;
            self.indices[at..at + side].copy_from_slice(line);
        }
    }

    /// Adds a hole for each id below the highest one that no artifact took, and one finding for all of them.
    pub fn report_gaps(&self, outcome: &mut Outcome) {
        let Some(last) = self.owners.iter().rposition(Option::is_some) else { return };
        let mut places = Places::default();
        for (id, owner) in (0u32..).zip(&self.owners[..last]) {
            if owner.is_none() {
                places.add(tile_place(self.size, id, None, None));
                outcome.holes.push(Hole {
                    ids: id..id + 1,
                    artifact: None,
                    reason: HoleReason::Finding(outcome.findings.len()),
                });
            }
        }
        if places.count() > 0 {
            outcome.findings.push(Finding::from(SheetProblem::Gap { last, places }).file(ANCHOR));
        }
    }

    /// The payload of the bank: the sheet, two pixels per byte, then the palettes.
    pub fn payload(&self, palettes: &[Palette]) -> Vec<u8> {
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
