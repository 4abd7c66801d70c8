//! Images cut into tiles, row of cells by row of cells.

use std::ops::Range;

use super::grid::Grid;
use super::image::{ImagePixel, PixelKind, PixelRow};
use super::sheet::{SheetProblem, check_last_id};
use crate::banks::ArtifactUse;
use crate::declaration::{ColorKey, GlyphArtifact};
use crate::diagnostics::Pixel;
use crate::formats::{Rgb, Rgb565, TileSize};

/// A tile cut out of an image.
#[derive(Debug)]
pub struct CutTile {
    side: u32,
    /// The distinct remaining pixels, in order of appearance. Those that the key removes are not among them.
    pub colors: Vec<ImagePixel>,
    /// Row-major: a position in `colors`, or [`REMOVED`].
    positions: Vec<u16>,
    /// Whether the key `index0` removed a pixel that would be opaque without it.
    pub has_keyed_index0: bool,
}

/// A removed pixel. `colors` has no such position, because a tile has at most 1024 pixels.
const REMOVED: u16 = u16::MAX;

/// The position of a pixel among `colors`, to which it is added if they lack it.
fn position_of(pixel: ImagePixel, colors: &mut Vec<ImagePixel>) -> u16 {
    let known = colors.iter().position(|color| *color == pixel);
    let at = known.unwrap_or_else(|| {
        colors.push(pixel);
        colors.len() - 1
    });
    u16::try_from(at).unwrap_or(REMOVED)
}

impl CutTile {
    /// A tile of these pixels, row-major, `side × side`.
    fn of(side: u32, pixels: impl Iterator<Item = ImagePixel>, keying: Keying) -> Self {
        let mut colors: Vec<ImagePixel> = Vec::new();
        let mut positions = Vec::with_capacity((side * side) as usize);
        let mut has_keyed_index0 = false;
        // Neighboring pixels are mostly equal, so the last result is tried first.
        let mut last: Option<(ImagePixel, u16)> = None;
        for pixel in pixels {
            let position = match last {
                Some((same, position)) if same == pixel => position,
                _ if keying.removes(&pixel) => {
                    has_keyed_index0 |= keying.removes_index0 && pixel.kind == PixelKind::Opaque;
                    REMOVED
                }
                _ => position_of(pixel, &mut colors),
            };
            last = Some((pixel, position));
            positions.push(position);
        }
        Self { side, colors, positions, has_keyed_index0 }
    }

    /// The tiles of a smaller size that it consists of, row-major.
    fn split(&self, side: u32) -> impl Iterator<Item = Self> {
        let parts = self.side / side;
        let corners = (0..parts).flat_map(move |row| (0..parts).map(move |column| (column * side, row * side)));
        corners.map(move |(left, top)| {
            let mut part = Self { side, colors: Vec::new(), positions: Vec::new(), has_keyed_index0: false };
            for y in top..top + side {
                let start = (y * self.side + left) as usize;
                for position in &self.positions[start..start + side as usize] {
                    let pixel = self.colors.get(usize::from(*position));
                    part.positions.push(pixel.map_or(REMOVED, |pixel| position_of(*pixel, &mut part.colors)));
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
        self.positions.iter().filter(|position| **position != REMOVED).count() as u64
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
            .filter(|(_, position)| **position != REMOVED)
            .map(|(place, position)| (place, self.colors[usize::from(*position)]))
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
#[derive(Debug)]
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
        let tiles = CutTiles { taken: Vec::new(), count: 0, skipped: Vec::new(), clear_pixels: 0, keyed_pixels: 0 };
        Self {
            grid,
            keying: Keying::new(artifact.color_key, is_indexed),
            skips_blank: artifact.cut.skip_blank,
            capacity: size.capacity(),
            row: 0,
            tiles,
        }
    }

    /// The last row of pixels of the next row of cells; `None` if all cells are cut.
    pub fn awaited_row(&self) -> Option<u32> {
        (self.row < self.grid.rows).then(|| self.grid.corner(self.row * self.grid.columns).y + self.grid.side() - 1)
    }

    /// The columns of pixels that the cells lie in.
    pub fn pixel_columns(&self) -> Range<usize> {
        let last = self.grid.corner(self.grid.columns.saturating_sub(1));
        self.grid.corner(0).x as usize..(last.x + self.grid.side()) as usize
    }

    /// Cuts the next row of cells from its rows of pixels; in these, only the bytes of its columns are read.
    pub fn cut_row(&mut self, rows: &[PixelRow<'_>]) {
        let side = self.grid.side() as usize;
        let mut pixels = Vec::with_capacity(side * side);
        for n in self.row * self.grid.columns..(self.row + 1) * self.grid.columns {
            let left = self.grid.corner(n).x as usize;
            pixels.clear();
            rows.iter().for_each(|row| row.append_pixels(left..left + side, &mut pixels));
            self.push_tile(n, &pixels);
        }
        self.row += 1;
    }

    fn push_tile(&mut self, n: u32, pixels: &[ImagePixel]) {
        let tile = CutTile::of(self.grid.side(), pixels.iter().copied(), self.keying);
        let clear = pixels.iter().filter(|pixel| pixel.kind == PixelKind::Clear).count() as u64;
        self.tiles.clear_pixels += clear;
        self.tiles.keyed_pixels += pixels.len() as u64 - clear - tile.remaining_pixels();
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
