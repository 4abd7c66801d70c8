//! Where the cells of an image lie, also of one that they do not fill: for a window in which the user changes the cut.

use crate::banks::ArtifactUse;
use crate::banks::glyph::grid::Grid;
use crate::declaration::Cut;
use crate::diagnostics::Pixel;
use crate::formats::TileSize;

/// The whole cells of an image, or of a frame of a sprite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellGrid {
    grid: Grid,
    is_whole: bool,
}

impl CellGrid {
    /// The most whole cells in an image of this width and height, in pixels, that is cut like this.
    pub fn of(size: [u32; 2], cut: &Cut, tile_size: TileSize) -> Self {
        let [width, height] = size;
        let is_whole = Grid::of(width, height, cut, tile_size).is_ok();
        Self { grid: Grid::fitting(width, height, cut, tile_size), is_whole }
    }

    /// The cells that an image became that was cut like this; of a sprite, those of each frame.
    pub fn of_use(used: &ArtifactUse, cut: &Cut, tile_size: TileSize) -> Self {
        let all = used.count + u32::try_from(used.skipped.len()).unwrap_or(0);
        let columns = used.columns.max(1);
        let rows = used.sprite.as_ref().map_or(all / columns, |sprite| sprite.rows);
        let mut grid = Grid::fitting(0, 0, cut, tile_size);
        (grid.columns, grid.rows) = (columns, rows);
        Self { grid, is_whole: true }
    }

    /// Whether the cells fill the image or its region, so that it can be cut like this.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Cells in a row; 0 if none fits.
    pub fn columns(&self) -> u32 {
        self.grid.columns
    }

    /// Rows of cells; 0 if none fits.
    pub fn rows(&self) -> u32 {
        self.grid.rows
    }

    /// The width and height of a cell, in pixels.
    pub fn side(&self) -> u32 {
        self.grid.side()
    }

    /// The top left pixel of the cell in this column and row, which need not exist.
    pub fn corner(&self, column: u32, row: u32) -> Pixel {
        self.grid.corner_at(column, row)
    }
}
