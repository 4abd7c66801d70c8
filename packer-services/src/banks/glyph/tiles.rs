//! Images cut into tiles, row of cells by row of cells.

use std::ops::Range;

use super::grid::Grid;
use super::image::{Image, ImagePixel, ImagePlace, PixelKind, PixelRow};
use super::sheet::{SheetProblem, check_last_id};
use crate::banks::{ArtifactUse, SpriteUse};
use crate::declaration::{ColorKey, GlyphArtifact};
use crate::diagnostics::Pixel;
use crate::formats::{Rgb, Rgb565, TileSize};

/// A tile cut out of an image.
#[derive(Clone, Debug)]
pub struct CutTile {
    side: u32,
    /// The distinct remaining pixels, in order of appearance. Those that the key removes are not among them.
    pub colors: Vec<ImagePixel>,
    /// Row-major: a position in `colors`, [`CLEAR`] or [`KEYED`].
    positions: Vec<u16>,
    /// Whether the key `index0` removed a pixel that would be opaque without it.
    pub has_keyed_index0: bool,
}

/// A pixel that is transparent in the image. `colors` has no such position, because a tile has at most 1024 pixels.
const CLEAR: u16 = u16::MAX;
/// Another pixel that the color key removes.
const KEYED: u16 = u16::MAX - 1;

/// Where [`FoundPixels`] has nothing.
const UNKNOWN: u16 = u16::MAX - 2;

/// The length of a hash of samples: there are twice as many as most tiles have colors.
const HASH_BITS: u32 = 5;

/// What was found last for the samples of each hash. Most tiles have few colors, so it usually holds for the next pixel
/// with this hash too.
struct FoundPixels {
    codes: [u64; 1 << HASH_BITS],
    places: [u16; 1 << HASH_BITS],
}

impl FoundPixels {
    fn new() -> Self {
        Self { codes: [0; 1 << HASH_BITS], places: [UNKNOWN; 1 << HASH_BITS] }
    }

    /// What was found for these samples, or else what `find` finds now.
    fn find(&mut self, code: u64, find: impl FnOnce() -> u16) -> u16 {
        // Fibonacci hashing: 2⁶⁴ divided by the golden ratio.
        let hash = (code.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - HASH_BITS)) as usize;
        if self.codes[hash] != code || self.places[hash] == UNKNOWN {
            (self.codes[hash], self.places[hash]) = (code, find());
        }
        self.places[hash]
    }
}

/// The position of a pixel among `colors`, to which it is added if they lack it.
fn position_of(pixel: ImagePixel, colors: &mut Vec<ImagePixel>) -> u16 {
    let known = colors.iter().position(|color| *color == pixel);
    let at = known.unwrap_or_else(|| {
        colors.push(pixel);
        colors.len() - 1
    });
    u16::try_from(at).unwrap_or(CLEAR)
}

impl CutTile {
    /// A tile without pixels yet.
    fn empty(side: u32) -> Self {
        let positions = Vec::with_capacity((side * side) as usize);
        Self { side, colors: Vec::new(), positions, has_keyed_index0: false }
    }

    /// The tiles of a smaller size that it consists of, row-major.
    fn split(&self, side: u32) -> impl Iterator<Item = Self> {
        let parts = self.side / side;
        let corners = (0..parts).flat_map(move |row| (0..parts).map(move |column| (column * side, row * side)));
        corners.map(move |(left, top)| {
            let mut part = Self::empty(side);
            for y in top..top + side {
                let start = (y * self.side + left) as usize;
                for position in &self.positions[start..start + side as usize] {
                    let pixel = self.colors.get(usize::from(*position));
                    part.positions.push(pixel.map_or(*position, |pixel| position_of(*pixel, &mut part.colors)));
                }
            }
            part
        })
    }

    /// Whether no pixel remains: such a tile is index 0 everywhere.
    pub fn is_blank(&self) -> bool {
        self.colors.is_empty()
    }

    /// How many pixels remain.
    pub fn remaining_pixels(&self) -> u64 {
        self.positions.iter().filter(|position| **position < KEYED).count() as u64
    }

    /// The remaining pixel at this place.
    pub fn pixel(&self, at: Pixel) -> Option<ImagePixel> {
        let position = self.positions.get((at.y * self.side + at.x) as usize)?;
        self.colors.get(usize::from(*position)).copied()
    }

    /// The remaining pixels and where they are in the tile, row-major.
    pub fn remaining(&self) -> impl Iterator<Item = (Pixel, ImagePixel)> {
        let places = (0..self.side).flat_map(|y| (0..self.side).map(move |x| Pixel { x, y }));
        std::iter::zip(places, &self.positions)
            .filter(|(_, position)| **position < KEYED)
            .map(|(place, position)| (place, self.colors[usize::from(*position)]))
    }

    /// The remaining pixels and where they are in the image, in which the tile begins at `corner`.
    pub fn remaining_in_image(&self, corner: ImagePlace) -> impl Iterator<Item = (Pixel, ImagePixel)> {
        self.remaining().map(move |(at, pixel)| (corner.plus(at).pixel, pixel))
    }

    /// The tile as its author drew it: red, green, blue and alpha in four bytes per pixel, row-major. Removed pixels
    /// and those without a color are transparent.
    pub fn rgba(&self) -> Vec<u8> {
        let color = |position: &u16| match self.colors.get(usize::from(*position)) {
            None | Some(ImagePixel { kind: PixelKind::Clear | PixelKind::NoColor, .. }) => [0; 4],
            Some(ImagePixel { kind: PixelKind::Partial(alpha), rgb: Rgb([r, g, b]), .. }) => [*r, *g, *b, *alpha],
            Some(ImagePixel { rgb: Rgb([r, g, b]), .. }) => [*r, *g, *b, 0xFF],
        };
        self.positions.iter().flat_map(color).collect()
    }

    /// The tile's indices, row-major: `index` of each remaining pixel, 0 for the others.
    pub fn indices(&self, index: impl Fn(&ImagePixel) -> u8) -> Vec<u8> {
        let indices: Vec<u8> = self.colors.iter().map(index).collect();
        let index = |position: &u16| indices.get(usize::from(*position)).copied().unwrap_or(0);
        self.positions.iter().map(index).collect()
    }
}

/// A color key, prepared for one image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keying {
    removes_index0: bool,
    color: Option<Rgb565>,
}

impl Keying {
    /// The keying of an image by `key`.
    pub fn new(key: Option<ColorKey>, is_indexed: bool) -> Self {
        let color = match key {
            Some(ColorKey::Color(rgb)) => Some(rgb.to_565()),
            _ => None,
        };
        Self { removes_index0: key == Some(ColorKey::Index0) && is_indexed, color }
    }

    /// Whether the pixel becomes index 0 whatever its color: it is transparent, or the key names it.
    pub fn removes(self, pixel: &ImagePixel) -> bool {
        pixel.kind == PixelKind::Clear
            || (self.removes_index0 && pixel.index == 0)
            || (pixel.kind != PixelKind::NoColor && self.color == Some(pixel.rgb565()))
    }
}

/// The tiles of an artifact: those of its cells that take an id.
#[derive(Clone, Debug)]
pub struct CutTiles {
    /// Row-major, each with the number of its cell; at most as many as a bank holds.
    pub taken: Vec<(u32, CutTile)>,
    /// How many there are, including those that a bank does not hold.
    count: u32,
    /// The numbers of the blank cells that take no id.
    pub skipped: Vec<u32>,
    /// How many pixels of all cells are transparent in the image.
    pub clear_pixels: u64,
    /// How many others the color key removes.
    pub keyed_pixels: u64,
}

impl CutTiles {
    /// The tiles of a smaller size that they consist of.
    pub fn split(&self, size: TileSize) -> impl Iterator<Item = CutTile> {
        self.taken.iter().flat_map(move |(_, tile)| tile.split(size.pixels()))
    }

    /// How many ids they take.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// How many pixels those in [`taken`](Self::taken) have.
    pub fn taken_pixels(&self) -> u64 {
        self.taken.first().map_or(0, |(_, tile)| self.taken.len() as u64 * u64::from(tile.side).pow(2))
    }

    /// The ids that the artifact takes, and the cells they come from.
    pub fn artifact_use(&self, image: &Image, grid: Grid, artifact: &GlyphArtifact) -> ArtifactUse {
        let sprite = image.frames.first().map(|first| SpriteUse {
            part: artifact.part.clone(),
            rows: grid.rows,
            height: image.height,
            first_frame: first.number,
            corners: match artifact.part.slice {
                Some(_) => image.frames.iter().map(|frame| [frame.corner.x, frame.corner.y]).collect(),
                None => Vec::new(),
            },
            timeline: image.timeline.clone(),
        });
        ArtifactUse {
            file: artifact.file.clone(),
            region: artifact.cut.region,
            sprite: sprite.map(Box::new),
            index: artifact.index,
            count: self.count(),
            columns: grid.columns,
            skipped: self.skipped.clone(),
        }
    }

    /// Checks that there is a tile, and that all of them fit into a bank from the id `index` on.
    ///
    /// # Errors
    /// If not.
    pub fn check_ids(&self, index: u32, size: TileSize) -> Result<(), SheetProblem> {
        if self.taken.is_empty() {
            return Err(SheetProblem::OnlyBlank { cells: self.skipped.len() as u64 });
        }
        check_last_id(index, self.count(), size)
    }
}

/// Cuts an image for one artifact, while its rows arrive.
#[derive(Debug)]
pub struct TileCutter {
    grid: Grid,
    keying: Keying,
    skips_blank: bool,
    capacity: u32,
    /// The next row of cells.
    row: u32,
    tiles: CutTiles,
}

impl TileCutter {
    /// A cutter of an image with this grid.
    pub fn new(grid: Grid, artifact: &GlyphArtifact, size: TileSize, is_indexed: bool) -> Self {
        let (skips_blank, capacity) = (artifact.cut.skip_blank, size.capacity());
        // Most artifacts are one tile, for which a vector that grows would take four times the memory.
        let count = if skips_blank { 0 } else { grid.count().min(capacity) as usize };
        let taken = Vec::with_capacity(count);
        let tiles = CutTiles { taken, count: 0, skipped: Vec::new(), clear_pixels: 0, keyed_pixels: 0 };
        Self { grid, keying: Keying::new(artifact.color_key, is_indexed), skips_blank, capacity, row: 0, tiles }
    }

    /// The last row of pixels of the next row of cells; `None` if all cells are cut.
    pub fn awaited_row(&self) -> Option<u32> {
        (self.row < self.grid.all_rows())
            .then(|| self.grid.corner(self.row * self.grid.columns).y + self.grid.side() - 1)
    }

    /// The columns of pixels that the cells lie in.
    pub fn pixel_columns(&self) -> Range<usize> {
        let last = self.grid.corner(self.grid.columns.saturating_sub(1));
        self.grid.corner(0).x as usize..(last.x + self.grid.side()) as usize
    }

    /// Cuts the next row of cells from its rows of pixels; in these, only the bytes of its columns are read.
    pub fn cut_row(&mut self, rows: &[PixelRow<'_>]) {
        let side = self.grid.side() as usize;
        let mut codes = Vec::with_capacity(side);
        for n in self.row * self.grid.columns..(self.row + 1) * self.grid.columns {
            let left = self.grid.corner(n).x as usize;
            let mut tile = CutTile::empty(self.grid.side());
            let mut found = FoundPixels::new();
            for row in rows {
                codes.clear();
                row.append_codes(left..left + side, &mut codes);
                for code in &codes {
                    let place = found.find(*code, || self.place_of(row.pixel_of(*code), &mut tile));
                    self.tiles.clear_pixels += u64::from(place == CLEAR);
                    self.tiles.keyed_pixels += u64::from(place == KEYED);
                    tile.positions.push(place);
                }
            }
            self.push_tile(n, tile);
        }
        self.row += 1;
    }

    /// What stands for a pixel in the positions of `tile`, to whose colors it is added.
    fn place_of(&self, pixel: ImagePixel, tile: &mut CutTile) -> u16 {
        if pixel.kind == PixelKind::Clear {
            return CLEAR;
        }
        if self.keying.removes(&pixel) {
            tile.has_keyed_index0 |= self.keying.removes_index0 && pixel.kind == PixelKind::Opaque;
            return KEYED;
        }
        position_of(pixel, &mut tile.colors)
    }

    fn push_tile(&mut self, n: u32, tile: CutTile) {
        if self.skips_blank && tile.is_blank() {
            self.tiles.skipped.push(n);
            return;
        }
        self.tiles.count += 1;
        if self.tiles.count <= self.capacity {
            self.tiles.taken.push((n, tile));
        }
    }

    /// How many pixels the tiles so far have.
    pub fn kept_pixels(&self) -> u64 {
        self.tiles.taken_pixels()
    }

    /// The tiles and the grid.
    pub fn finish(self) -> (CutTiles, Grid) {
        (self.tiles, self.grid)
    }
}
