//! Images cut into tiles.

use super::grid::Grid;
use super::image::{Image, ImagePixel, PixelKind};
use super::sheet::{SheetProblem, check_last_id};
use crate::banks::ArtifactUse;
use crate::declaration::{ColorKey, GlyphArtifact};
use crate::diagnostics::Pixel;
use crate::formats::{Rgb565, TileSize};

/// A tile cut out of an image.
#[derive(Debug)]
pub struct CutTile {
    side: u32,
    /// The distinct remaining pixels, in order of appearance. Those that the key removes are not among them.
    pub colors: Vec<ImagePixel>,
    /// Row-major: a position in `colors`, or [`REMOVED`].
    positions: Vec<u16>,
}

/// A removed pixel. `colors` has no such position, because a tile has at most 1024 pixels.
const REMOVED: u16 = u16::MAX;

impl CutTile {
    /// Cell `n` of the image.
    pub fn cut(image: &Image, grid: Grid, n: u32, keying: Keying) -> Self {
        let side = grid.side();
        let Pixel { x, y: top } = grid.corner(n);
        let left = x as usize;
        let mut colors: Vec<ImagePixel> = Vec::new();
        let mut positions = Vec::with_capacity((side * side) as usize);
        // Neighboring pixels are mostly equal, so the last result is tried first.
        let mut last: Option<(ImagePixel, u16)> = None;
        for y in top..top + side {
            let start = y as usize * image.width as usize + left;
            for pixel in &image.pixels[start..start + side as usize] {
                let position = match last {
                    Some((same, position)) if same == *pixel => position,
                    _ if keying.removes(pixel) => REMOVED,
                    _ => {
                        let known = colors.iter().position(|color| color == pixel);
                        let at = known.unwrap_or_else(|| {
                            colors.push(*pixel);
                            colors.len() - 1
                        });
                        u16::try_from(at).unwrap_or(REMOVED)
                    }
                };
                last = Some((*pixel, position));
                positions.push(position);
            }
        }
        Self { side, colors, positions }
    }

    /// Whether no pixel remains: such a tile is index 0 everywhere.
    pub fn is_blank(&self) -> bool {
        self.colors.is_empty()
    }

    /// How many pixels remain.
    pub fn remaining_pixels(&self) -> u64 {
        self.positions.iter().filter(|position| **position != REMOVED).count() as u64
    }

    /// The remaining pixels and where they are in the tile, row-major.
    pub fn remaining(&self) -> impl Iterator<Item = (Pixel, ImagePixel)> {
        let places = (0..self.side).flat_map(|y| (0..self.side).map(move |x| Pixel { x, y }));
        std::iter::zip(places, &self.positions)
            .filter(|(_, position)| **position != REMOVED)
            .map(|(place, position)| (place, self.colors[usize::from(*position)]))
    }

    /// The tile's indices, row-major: `index` of each remaining pixel, 0 for the others.
    pub fn indices(&self, index: impl Fn(&ImagePixel) -> u8) -> Vec<u8> {
        let indices: Vec<u8> = self.colors.iter().map(index).collect();
        let index = |position: &u16| indices.get(usize::from(*position)).copied().unwrap_or(0);
        self.positions.iter().map(index).collect()
    }
}

/// A color key, prepared for one image.
#[derive(Clone, Copy, Debug)]
pub struct Keying {
    removes_index0: bool,
    color: Option<Rgb565>,
}

impl Keying {
    /// The keying of `image` by `key`.
    pub fn new(key: Option<ColorKey>, image: &Image) -> Self {
        let color = match key {
            Some(ColorKey::Color(rgb)) => Some(rgb.to_565()),
            _ => None,
        };
        Self { removes_index0: key == Some(ColorKey::Index0) && image.own_palette.is_some(), color }
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
