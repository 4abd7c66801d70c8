//! Sheets whose tiles repeat their borders around themselves, as engines want them that scale or turn tiles.
//!
//! Such a sheet of 16 × 16 tiles has one tile every 18 pixels. Its size alone may also fit another cut, which would
//! give shifted tiles; so its pixels decide.

use super::grid::{CellLines, Grid};
use super::image::{ImageHeader, ImagePixel, PixelRow, RowSink};
use crate::byte_budget::ReservedBytes;
use crate::context::Context;
use crate::declaration::Cut;
use crate::formats::TileSize;

/// The widest border that is recognized. Tools repeat 1 pixel by default; some offer 2.
const WIDEST_BORDER: u32 = 2;

/// A sheet whose tiles repeat borders that the cut does not leave out.
#[derive(Clone, Copy, Debug)]
pub struct ExtrudedSheet(pub CellLines);

/// Looks for repeated borders in the rows of an image that is cut without lines.
#[derive(Debug)]
pub struct BorderScan {
    candidates: Vec<RepeatedBorders>,
}

impl BorderScan {
    /// A scan of an image of this size; `None` if no row needs to be looked at.
    pub fn new(width: u32, height: u32, cut: &Cut, size: TileSize) -> Option<Self> {
        if cut.margin != 0 || cut.spacing != 0 {
            return None;
        }
        let candidate = |border: u32| {
            let lines = CellLines { margin: border, spacing: 2 * border };
            let cut = Cut { margin: lines.margin, spacing: lines.spacing, ..*cut };
            if !Grid::fills(width, height, &cut, size) {
                return None;
            }
            let grid = Grid::of(width, height, &cut, size).ok()?;
            Some(RepeatedBorders { lines, grid, edges: Vec::new(), is_drawn: false })
        };
        let candidates: Vec<RepeatedBorders> = (1..=WIDEST_BORDER).filter_map(candidate).collect();
        (!candidates.is_empty()).then_some(Self { candidates })
    }

    /// Whether further rows can still show repeated borders.
    pub fn is_open(&self) -> bool {
        !self.candidates.is_empty()
    }

    /// Scans row `y`.
    pub fn push_row(&mut self, y: u32, row: &[ImagePixel]) {
        self.candidates.retain_mut(|candidate| candidate.accepts(y, row));
    }

    /// The lines that repeat borders, once all rows are scanned.
    pub fn found(&self) -> Option<CellLines> {
        self.candidates.iter().find(|candidate| candidate.is_drawn).map(|candidate| candidate.lines)
    }
}

/// Looks for the tile sizes at which the tiles of an image repeat their borders.
pub struct TileSizeScan<'a> {
    context: &'a Context,
    cut: Cut,
    scans: Vec<(TileSize, BorderScan)>,
    row: Vec<ImagePixel>,
    reserved: Option<ReservedBytes<'a>>,
}

impl<'a> TileSizeScan<'a> {
    /// A scan of an image that is cut like this.
    pub fn new(context: &'a Context, cut: Cut) -> Self {
        Self { context, cut, scans: Vec::new(), row: Vec::new(), reserved: None }
    }

    /// The tile sizes and the lines that repeat borders, once all rows are scanned.
    pub fn found(&self) -> Vec<(TileSize, CellLines)> {
        self.scans.iter().filter_map(|(size, scan)| Some((*size, scan.found()?))).collect()
    }
}

impl RowSink for TileSizeScan<'_> {
    fn accept(&mut self, header: ImageHeader) -> bool {
        let scan = |size| Some((size, BorderScan::new(header.width, header.height, &self.cut, size)?));
        self.scans = TileSize::ALL.into_iter().filter_map(scan).collect();
        if self.scans.is_empty() {
            return false;
        }
        self.reserved = Some(self.context.reserve_decoding(header.decoding_bytes()));
        true
    }

    fn push_row(&mut self, y: u32, row: PixelRow<'_>) {
        if self.scans.iter().any(|(_, scan)| scan.is_open()) {
            self.row.clear();
            row.append_pixels(0..row.width(), &mut self.row);
            self.scans.iter_mut().for_each(|(_, scan)| scan.push_row(y, &self.row));
        }
    }
}

/// Lines that repeat borders, as far as the image was scanned.
#[derive(Debug)]
struct RepeatedBorders {
    lines: CellLines,
    grid: Grid,
    /// The rows above a row of cells, until its first row arrives; then that row; at last its last row.
    edges: Vec<Vec<ImagePixel>>,
    /// Whether an edge of a cell has different pixels: if none does, equal borders mean nothing.
    is_drawn: bool,
}

impl RepeatedBorders {
    /// Whether row `y` repeats what it should.
    fn accepts(&mut self, y: u32, row: &[ImagePixel]) -> bool {
        let (border, side) = (self.lines.margin, self.grid.side());
        let pitch = side + 2 * border;
        let Some(y) = y.checked_sub(self.grid.corner(0).y - border).filter(|y| *y < self.grid.rows * pitch) else {
            return true;
        };
        let in_cell = (y % pitch).checked_sub(border).filter(|y| *y < side);
        let columns: Vec<usize> = (0..self.grid.columns).map(|n| self.grid.corner(n).x as usize).collect();
        let side = side as usize;
        let is_same = |edge: &Vec<ImagePixel>| columns.iter().all(|x| edge[*x..x + side] == row[*x..x + side]);
        match in_cell {
            None if y % pitch < border => {
                if y % pitch == 0 {
                    self.edges.clear();
                }
                self.edges.push(row.to_vec());
                return true;
            }
            None => return self.edges.iter().all(is_same),
            Some(0) => {
                if !self.edges.iter().all(is_same) {
                    return false;
                }
                self.is_drawn |= columns.iter().any(|x| row[*x..x + side].iter().any(|pixel| *pixel != row[*x]));
                self.edges = vec![row.to_vec()];
            }
            Some(_) => {
                self.is_drawn |= self.edges.iter().any(|edge| columns.iter().any(|x| edge[*x] != row[*x]));
                if in_cell == Some(self.grid.side() - 1) {
                    self.edges = vec![row.to_vec()];
                }
            }
        }
        let border = border as usize;
        let repeats = |x: &usize| {
            let last = x + side - 1;
            (1..=border).all(|out| row[x - out] == row[*x] && row[last + out] == row[last])
        };
        columns.iter().all(repeats)
    }
}
