//! Sheets whose tiles repeat their borders around themselves, as engines want them that scale or turn tiles.
//!
//! Such a sheet of 16 × 16 tiles has one tile every 18 pixels. Its size alone may also fit another cut, which would
//! give shifted tiles; so its pixels decide. It may be only the top left part of its image, whose rest is filled,
//! because many engines want images whose sides are powers of two.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hasher};

use super::grid::{CellLines, Grid};
use super::image::{ImageHeader, ImagePixel, PixelKind, PixelRow, RowSink};
use crate::byte_budget::ReservedBytes;
use crate::context::Context;
use crate::declaration::{Cut, Region};
use crate::formats::{Rgb, TileSize};

/// The widest border that is recognized. Tools repeat 1 pixel by default; some offer 2.
const WIDEST_BORDER: u32 = 2;

/// The fewest tiles with different drawn borders of a sheet that is only a part of its image, or whose tile size was
/// not asked for. A few flat shapes lie on an ordinary sheet as if they repeated borders, by chance; the more there
/// are, the less do all of them.
const LIKELY_TILES: usize = 4;

/// How to cut out the borders that tiles repeat around themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BorderCut {
    /// The size of these tiles, if it is not the declared one.
    pub size: Option<TileSize>,
    /// The part of the image that they fill, if it is not all of what is cut now.
    pub region: Option<Region>,
    /// What to leave out.
    pub lines: CellLines,
}

impl BorderCut {
    /// The options of `create` for it.
    pub fn options(&self) -> String {
        let CellLines { margin, spacing } = self.lines;
        let size = self.size.map_or(String::new(), |size| format!("--tile-size {} ", size.pixels()));
        let region = self.region.map_or(String::new(), |region| format!("--region {region} "));
        format!("{size}{region}--margin {margin} --spacing {spacing}")
    }
}

/// A sheet whose tiles repeat borders that the cut does not leave out.
#[derive(Clone, Copy, Debug)]
pub struct ExtrudedSheet(pub BorderCut);

/// Looks for repeated borders in the rows of an image that is cut without lines.
#[derive(Debug)]
pub struct BorderScan {
    /// The likely ones first.
    candidates: Vec<RepeatedBorders>,
}

impl BorderScan {
    /// A scan of an image of this size for tiles of this size that fill it; `None` if no row needs to be looked at.
    pub fn of_whole_image(width: u32, height: u32, cut: &Cut, size: TileSize) -> Option<Self> {
        let part = part_of_image(width, height, cut)?;
        Self::of_candidates(cut, RepeatedBorders::of_borders(part, Some(size), size, true))
    }

    /// A scan for tiles of any size, which may be only the top left part of the image; those of the `declared` size
    /// first.
    pub fn of_any_part(width: u32, height: u32, cut: &Cut, declared: Option<TileSize>) -> Option<Self> {
        let part = part_of_image(width, height, cut)?;
        let others = TileSize::ALL.into_iter().filter(|size| Some(*size) != declared);
        let sizes = || declared.into_iter().chain(others.clone());
        let candidates = [true, false].into_iter().flat_map(|is_whole| sizes().map(move |size| (size, is_whole)));
        let candidates =
            candidates.flat_map(|(size, is_whole)| RepeatedBorders::of_borders(part, declared, size, is_whole));
        Self::of_candidates(cut, candidates)
    }

    fn of_candidates(cut: &Cut, candidates: impl Iterator<Item = RepeatedBorders>) -> Option<Self> {
        if cut.margin != 0 || cut.spacing != 0 {
            return None;
        }
        let candidates: Vec<RepeatedBorders> = candidates.collect();
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

    /// How to cut out repeated borders, once all rows are scanned: all that the rows show, the likely ones first.
    pub fn found(&self) -> impl Iterator<Item = BorderCut> {
        self.candidates.iter().filter_map(RepeatedBorders::found)
    }
}

/// Looks for the tile sizes at which the tiles of an image repeat their borders.
pub struct TileSizeScan<'a> {
    context: &'a Context,
    cut: Cut,
    scan: Option<BorderScan>,
    height: u32,
    row: Vec<ImagePixel>,
    reserved: Option<ReservedBytes<'a>>,
}

impl<'a> TileSizeScan<'a> {
    /// A scan of an image that is cut like this.
    pub fn new(context: &'a Context, cut: Cut) -> Self {
        Self { context, cut, scan: None, height: 0, row: Vec::new(), reserved: None }
    }

    /// How to cut out repeated borders, once all rows are scanned.
    pub fn found(&self) -> Vec<BorderCut> {
        self.scan.iter().flat_map(BorderScan::found).collect()
    }
}

impl RowSink for TileSizeScan<'_> {
    fn accept(&mut self, header: ImageHeader) -> bool {
        self.height = header.height;
        self.scan = BorderScan::of_any_part(header.width, header.height, &self.cut, None);
        if self.scan.is_none() {
            return false;
        }
        self.reserved = Some(self.context.reserve_decoding(header.decoding_bytes));
        true
    }

    fn push_row(&mut self, y: u32, row: PixelRow<'_>) {
        // Of a sprite, the first frame.
        if let Some(scan) = self.scan.as_mut().filter(|scan| scan.is_open() && y < self.height) {
            self.row.clear();
            row.append_pixels(0..row.width(), &mut self.row);
            scan.push_row(y, &self.row);
        }
    }
}

/// Lines that repeat borders, as far as the image was scanned.
#[derive(Debug)]
struct RepeatedBorders {
    size: Option<TileSize>,
    lines: CellLines,
    grid: Grid,
    /// What is cut now.
    part: Region,
    /// Whether the tiles fill all of it.
    is_whole: bool,
    /// The rows above a row of cells, until its first row arrives; then that row; at last its last row.
    edges: Vec<Vec<ImagePixel>>,
    /// The cells of the current row of cells.
    cells: Vec<SeenCell>,
    /// The edges of different pixels that cells have, each as a hash, until there are `likely_cells`: if none has such
    /// edges, equal borders mean nothing.
    drawn_edges: BTreeSet<u64>,
    /// How many of these make it likely.
    likely_cells: usize,
    /// The pixel that fills what is not a tile, once there is one.
    filling: Option<ImagePixel>,
    /// The only pixel of each complete cell; `None` if it has several.
    fillings: Vec<Option<ImagePixel>>,
}

/// A cell, as far as it was scanned.
#[derive(Clone, Debug)]
struct SeenCell {
    is_edge_drawn: bool,
    /// Of its edges.
    hash: DefaultHasher,
    /// Its only pixel; `None` if it has several.
    filling: Option<ImagePixel>,
}

/// What is cut of an image of this size; `None` if that is not inside.
fn part_of_image(width: u32, height: u32, cut: &Cut) -> Option<Region> {
    let part = cut.region.unwrap_or(Region { x: 0, y: 0, w: width, h: height });
    let is_inside = |start: u32, length: u32, limit: u32| start.checked_add(length).is_some_and(|end| end <= limit);
    (is_inside(part.x, part.w, width) && is_inside(part.y, part.h, height)).then_some(part)
}

/// Whether both pixels look the same.
fn looks_same(a: &ImagePixel, b: &ImagePixel) -> bool {
    a == b || (a.kind == PixelKind::Clear && b.kind == PixelKind::Clear)
}

/// Bytes that are equal for pixels that look the same.
fn look_of(pixel: &ImagePixel) -> [u8; 4] {
    let Rgb([r, g, b]) = pixel.rgb;
    if pixel.kind == PixelKind::Clear { [0; 4] } else { [r, g, b, 1] }
}

impl RepeatedBorders {
    /// All that may be in `part`.
    fn of_borders(
        part: Region,
        declared: Option<TileSize>,
        size: TileSize,
        is_whole: bool,
    ) -> impl Iterator<Item = Self> {
        (1..=WIDEST_BORDER).filter_map(move |border| {
            let lines = CellLines { margin: border, spacing: 2 * border };
            let pitch = size.pixels() + 2 * border;
            let [w, h] = [part.w, part.h].map(|length| length / pitch * pitch);
            if (is_whole != ([w, h] == [part.w, part.h])) || w == 0 || h == 0 {
                return None;
            }
            let region = Some(Region { w, h, ..part });
            let cut = Cut { region, margin: lines.margin, spacing: lines.spacing, ..Cut::default() };
            let grid = Grid::of(part.x.checked_add(w)?, part.y.checked_add(h)?, &cut, size).ok()?;
            let is_asked_for = is_whole && declared.is_none_or(|declared| declared == size);
            Some(Self {
                size: (declared != Some(size)).then_some(size),
                lines,
                grid,
                part,
                is_whole,
                edges: Vec::new(),
                cells: Vec::new(),
                drawn_edges: BTreeSet::new(),
                likely_cells: if is_asked_for { 1 } else { LIKELY_TILES },
                filling: None,
                fillings: Vec::new(),
            })
        })
    }

    /// How to cut them out, if the rows show them.
    fn found(&self) -> Option<BorderCut> {
        if self.drawn_edges.len() < self.likely_cells {
            return None;
        }
        let pitch = self.grid.side() + 2 * self.lines.margin;
        let [w, h] = self.used_cells().map(|cells| cells * pitch);
        let region = (!self.is_whole).then_some(Region { w, h, ..self.part });
        Some(BorderCut { size: self.size, region, lines: self.lines })
    }

    /// The columns and rows of cells up to the last one that is not filled.
    fn used_cells(&self) -> [u32; 2] {
        let is_tile = |filling: &Option<ImagePixel>| {
            !filling.is_some_and(|pixel| self.filling.is_some_and(|filling| looks_same(&pixel, &filling)))
        };
        let tiles = (0..).zip(&self.fillings).filter(|(_, filling)| is_tile(filling));
        let columns = self.grid.columns;
        tiles.fold([0; 2], |[w, h], (n, _): (u32, _)| [w.max(n % columns + 1), h.max(n / columns + 1)])
    }

    /// Whether these pixels look as what is not a tile.
    fn is_filled(&mut self, pixels: &[ImagePixel]) -> bool {
        let Some(first) = pixels.first() else { return true };
        let filling = *self.filling.get_or_insert(*first);
        pixels.iter().all(|pixel| looks_same(pixel, &filling))
    }

    /// Whether row `y` repeats what it should.
    fn accepts(&mut self, y: u32, row: &[ImagePixel]) -> bool {
        let (border, side) = (self.lines.margin, self.grid.side());
        let pitch = side + 2 * border;
        let Some(y) = y.checked_sub(self.part.y).filter(|y| *y < self.part.h) else { return true };
        let right = self.part.x + self.part.w;
        let end = if y < self.grid.rows * pitch { self.part.x + self.grid.columns * pitch } else { self.part.x };
        if !self.is_filled(&row[end as usize..right as usize]) {
            return false;
        }
        y >= self.grid.rows * pitch || self.repeats_borders(y % pitch, row)
    }

    /// The same for a row `y` of a row of cells with their borders.
    fn repeats_borders(&mut self, y: u32, row: &[ImagePixel]) -> bool {
        let (border, side) = (self.lines.margin, self.grid.side() as usize);
        let in_cell = y.checked_sub(border).filter(|y| *y < self.grid.side());
        let columns: Vec<usize> = (0..self.grid.columns).map(|n| self.grid.corner(n).x as usize).collect();
        let is_same = |edge: &Vec<ImagePixel>| columns.iter().all(|x| edge[*x..x + side] == row[*x..x + side]);
        let Some(in_cell) = in_cell else {
            if y >= border {
                return self.edges.iter().all(is_same);
            }
            if y == 0 {
                self.edges.clear();
            }
            self.edges.push(row.to_vec());
            return true;
        };
        let is_uniform = |x: usize, pixel: &ImagePixel| row[x..x + side].iter().all(|other| looks_same(pixel, other));
        if in_cell == 0 {
            if !self.edges.iter().all(is_same) {
                return false;
            }
            let cell = |x: &usize| SeenCell {
                is_edge_drawn: !is_uniform(*x, &row[*x]),
                hash: DefaultHasher::new(),
                filling: Some(row[*x]),
            };
            self.cells = columns.iter().map(cell).collect();
            self.edges = vec![row.to_vec()];
        }
        for (cell, x) in self.cells.iter_mut().zip(&columns) {
            cell.is_edge_drawn |= self.edges.iter().any(|edge| !looks_same(&edge[*x], &row[*x]));
            let is_edge = in_cell == 0 || in_cell + 1 == self.grid.side();
            let edge = if is_edge { &row[*x..x + side] } else { &row[*x..=*x] };
            edge.iter().chain([&row[x + side - 1]]).for_each(|pixel| cell.hash.write(&look_of(pixel)));
            cell.filling = cell.filling.filter(|filling| is_uniform(*x, filling));
        }
        if in_cell + 1 == self.grid.side() {
            self.edges = vec![row.to_vec()];
            let drawn = self.cells.iter().filter(|cell| cell.is_edge_drawn).map(|cell| cell.hash.finish());
            if self.drawn_edges.len() < self.likely_cells {
                self.drawn_edges.extend(drawn);
            }
            self.fillings.extend(self.cells.iter().map(|cell| cell.filling));
        }
        let border = border as usize;
        let repeats = |x: &usize| {
            let last = x + side - 1;
            (1..=border).all(|out| row[x - out] == row[*x] && row[last + out] == row[last])
        };
        columns.iter().all(repeats)
    }
}
