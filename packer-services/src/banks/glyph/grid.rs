//! Where the cells of an image lie, and whether they are whole (spec: banks, "Artifacts to tiles").

use super::extrusion::BorderCut;
use crate::declaration::{Cut, Region, SpritePart};
use crate::diagnostics::Pixel;
use crate::formats::TileSize;
use crate::limits::IMAGE_SIDE;

/// The widest lines between tiles that are offered as the reason for an odd size. Sheets drawn for other tools have
/// lines of 1 pixel, rarely 2. With wider lines, almost any size can be explained by some, and the advice would be a
/// guess.
const LIKELY_SPACING: u32 = 2;
/// The fewest cells for which lines are offered as the reason for an odd size. With one to three cells, an image that
/// was merely cropped to its outline often has such a size by chance.
const LIKELY_CELLS: u32 = 4;

/// The side of the smallest tiles.
const SMALLEST_SIDE: u64 = 8;

/// The cells of an image, row by row from the top left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    left: u32,
    top: u32,
    side: u32,
    pitch: u32,
    /// Cells in a row.
    pub columns: u32,
    /// Rows of cells in a frame.
    pub rows: u32,
    /// How many frames there are, one below the other.
    pub frames: u32,
    /// The height of a frame, in pixels.
    frame_height: u32,
}

/// Why an image cannot be cut into cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CutError {
    /// The region ends outside the image.
    RegionOutside {
        /// The declared region.
        region: Region,
        /// The width and height of the image.
        image_size: [u32; 2],
    },
    /// Whole cells do not fill the region or the image.
    PartialCells {
        /// The declared cut.
        cut: Cut,
        /// The slice of a sprite that is cut.
        slice: Option<String>,
        /// The width and height of the slice, of the region, or of the image.
        size: [u32; 2],
        /// The side of a cell, in pixels.
        side: u32,
        /// Every known way out, at least one.
        fixes: Vec<CutFix>,
    },
}

/// Lines around and between the cells of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellLines {
    /// Their width around all cells.
    pub margin: u32,
    /// Their width between two cells.
    pub spacing: u32,
}

/// A change with which whole cells fill an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutFix {
    /// Cut out lines that probably separate the tiles.
    CutLines(CellLines),
    /// Cut out lines that repeat the borders of the tiles.
    CutRepeatedBorders(BorderCut),
    /// Use another tile size.
    TileSize(TileSize),
    /// Resize the canvas, or the slice.
    Resize {
        /// To this width and height.
        size: [u64; 2],
        /// Or to these, for the smallest tile size.
        smallest: Option<[u64; 2]>,
    },
    /// Use only the whole cells.
    WholeCells(Region),
    /// Use a larger part of the image: not even one cell fits.
    LargerPart {
        /// The side of a part that one cell fills.
        side: u64,
        /// Whether a smaller margin would help too.
        has_margin: bool,
    },
}

impl Grid {
    /// The cells of an image of this size that is cut like this.
    ///
    /// # Errors
    /// The region ends outside the image, or whole cells do not fill it.
    pub fn of(width: u32, height: u32, cut: &Cut, size: TileSize) -> Result<Self, CutError> {
        let region = cut.region.unwrap_or(Region { x: 0, y: 0, w: width, h: height });
        let outside = |start: u32, length: u32, limit: u32| start.checked_add(length).is_none_or(|end| end > limit);
        if outside(region.x, region.w, width) || outside(region.y, region.h, height) {
            return Err(CutError::RegionOutside { region, image_size: [width, height] });
        }
        let layout = CellLayout::of(cut, size);
        let (Some(columns), Some(rows)) = (layout.count_filling(region.w), layout.count_filling(region.h)) else {
            let fixes = layout.fixes(region, cut.region.is_some());
            let size = [region.w, region.h];
            return Err(CutError::PartialCells { cut: *cut, slice: None, size, side: layout.side, fixes });
        };
        Ok(Self {
            left: region.x + layout.margin,
            top: region.y + layout.margin,
            side: layout.side,
            pitch: layout.side + layout.spacing,
            columns,
            rows,
            frames: 1,
            frame_height: height,
        })
    }

    /// The most whole cells in an image of this size that is cut like this, whether or not they fill it. Of a region,
    /// only what is inside the image counts.
    pub fn fitting(width: u32, height: u32, cut: &Cut, size: TileSize) -> Self {
        let region = cut.region.unwrap_or(Region { x: 0, y: 0, w: width, h: height });
        let inside = |start: u32, length: u32, limit: u32| length.min(limit.saturating_sub(start));
        let layout = CellLayout::of(cut, size);
        Self {
            left: region.x.saturating_add(layout.margin),
            top: region.y.saturating_add(layout.margin),
            side: layout.side,
            pitch: layout.side + layout.spacing,
            columns: layout.most_in(inside(region.x, region.w, width)),
            rows: layout.most_in(inside(region.y, region.h, height)),
            frames: 1,
            frame_height: height,
        }
    }

    /// The same cells in each of so many frames, which lie one below the other.
    #[must_use]
    pub fn in_frames(self, frames: u32) -> Self {
        Self { frames, ..self }
    }

    /// How many cells there are.
    pub fn count(&self) -> u32 {
        self.columns.saturating_mul(self.rows).saturating_mul(self.frames)
    }

    /// How many rows of cells there are in all frames.
    pub fn all_rows(&self) -> u32 {
        self.rows.saturating_mul(self.frames)
    }

    /// The number of the frame that cell `n` is in, from 0.
    pub fn frame_of(&self, n: u32) -> u32 {
        n / self.columns / self.rows
    }

    /// The side of a cell, in pixels.
    pub fn side(&self) -> u32 {
        self.side
    }

    /// The top left pixel of cell `n`, in its frame.
    pub fn corner_in_frame(&self, n: u32) -> Pixel {
        self.corner_at(n % self.columns, n / self.columns % self.rows)
    }

    /// The top left pixel of the cell in this column and row of a frame.
    pub fn corner_at(&self, column: u32, row: u32) -> Pixel {
        let along = |start: u32, n: u32| start.saturating_add(n.saturating_mul(self.pitch));
        Pixel { x: along(self.left, column), y: along(self.top, row) }
    }

    /// The top left pixel of cell `n`, among all frames, one below the other.
    pub fn corner(&self, n: u32) -> Pixel {
        let Pixel { x, y } = self.corner_in_frame(n);
        Pixel { x, y: self.frame_of(n) * self.frame_height + y }
    }
}

impl CutError {
    /// The error about this part of a sprite: a slice has no region.
    #[must_use]
    pub fn of_part(mut self, part: &SpritePart) -> Self {
        if let Self::PartialCells { slice, fixes, .. } = &mut self {
            slice.clone_from(&part.slice);
            if slice.is_some() && fixes.len() > 1 {
                fixes.retain(|fix| !matches!(fix, CutFix::WholeCells(_)));
            }
        }
        self
    }

    /// The error with `cut` as its only fix: the pixels of the image show which lines repeat the borders of its tiles.
    #[must_use]
    pub fn with_repeated_borders(mut self, cut: BorderCut) -> Self {
        if let Self::PartialCells { fixes, .. } = &mut self {
            *fixes = vec![CutFix::CutRepeatedBorders(cut)];
        }
        self
    }
}

impl Cut {
    /// The top left pixel, in the image, of the cell in this column and row.
    pub fn corner(&self, size: TileSize, column: u32, row: u32) -> Pixel {
        let (left, top) = self.region.map_or((0, 0), |region| (region.x, region.y));
        let along = |start: u32, n: u32| start + self.margin + n * (size.pixels() + self.spacing);
        Pixel { x: along(left, column), y: along(top, row) }
    }
}

/// How cells lie along a side of an image.
#[derive(Clone, Copy)]
struct CellLayout {
    side: u32,
    margin: u32,
    spacing: u32,
}

impl CellLayout {
    fn of(cut: &Cut, size: TileSize) -> Self {
        // A caller may pass more than a declaration can contain. No image is larger, so beyond its limit nothing
        // changes.
        let [margin, spacing] = [cut.margin, cut.spacing].map(|pixels| pixels.min(IMAGE_SIDE));
        Self { side: size.pixels(), margin, spacing }
    }

    /// The whole cells that fill `length` pixels; `None` if they do not, or there is none.
    fn count_filling(self, length: u32) -> Option<u32> {
        let count = self.most_in(length);
        (count > 0 && self.length_of(count) == u64::from(length)).then_some(count)
    }

    /// The most whole cells in `length` pixels.
    fn most_in(self, length: u32) -> u32 {
        let [length, side, margin, spacing] = [length, self.side, self.margin, self.spacing].map(u64::from);
        let count = (length + spacing).saturating_sub(2 * margin) / (side + spacing).max(1);
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// The pixels that `count` cells fill, at least 1.
    fn length_of(self, count: u32) -> u64 {
        let [count, side, margin, spacing] = [count, self.side, self.margin, self.spacing].map(u64::from);
        2 * margin + count * (side + spacing) - spacing
    }

    /// The pixels that the cells in `length` pixels fill once another one completes a partial one.
    fn next_length(self, length: u32) -> u64 {
        match self.count_filling(length) {
            Some(_) => length.into(),
            None => self.length_of(self.most_in(length).saturating_add(1)),
        }
    }

    /// Every known way to fill a region or image, which these cells do not fill.
    fn fixes(self, region: Region, is_region: bool) -> Vec<CutFix> {
        let Region { x, y, w, h } = region;
        let mut fixes = Vec::new();
        let is_plain = self.margin == 0 && self.spacing == 0;
        if is_plain {
            fixes.extend(likely_lines(w, h, self.side).map(CutFix::CutLines));
            fixes.extend(TileSize::ALL.into_iter().find(|other| is_sheet(w, h, *other)).map(CutFix::TileSize));
        }
        let size = [w, h].map(|length| self.next_length(length));
        if !is_region && size.iter().all(|length| *length <= u64::from(IMAGE_SIDE)) {
            let smallest = [w, h].map(|length| u64::from(length).next_multiple_of(SMALLEST_SIDE));
            let is_other = is_plain && smallest != size && smallest != [w, h].map(u64::from);
            fixes.push(CutFix::Resize { size, smallest: is_other.then_some(smallest) });
        }
        let (columns, rows) = (self.most_in(w), self.most_in(h));
        if columns > 0 && rows > 0 {
            // Not longer than the region.
            let [w, h] = [columns, rows].map(|count| u32::try_from(self.length_of(count)).unwrap_or(u32::MAX));
            fixes.push(CutFix::WholeCells(Region { x, y, w, h }));
        }
        if fixes.is_empty() {
            fixes.push(CutFix::LargerPart { side: self.length_of(1), has_margin: self.margin > 0 });
        }
        fixes
    }
}

/// Lines around or between the tiles that would explain the size of a sheet: at most one kind of them, and a border
/// around each tile, such as one that its pixels do not show because it repeats transparent or flat ones.
fn likely_lines(w: u32, h: u32, side: u32) -> impl Iterator<Item = CellLines> {
    let layout = move |(margin, spacing)| CellLayout { side, margin, spacing };
    let lines = (1..=LIKELY_SPACING).flat_map(|spacing| [0, spacing].map(|margin| (margin, spacing)));
    let explains = move |cells: &CellLayout| {
        let (columns, rows) = (cells.count_filling(w), cells.count_filling(h));
        columns.zip(rows).is_some_and(|(columns, rows)| columns.saturating_mul(rows) >= LIKELY_CELLS)
    };
    let lines = lines.map(layout).find(|cells| explains(cells));
    let border = Some(layout((1, 2))).filter(explains);
    lines.into_iter().chain(border).map(|CellLayout { margin, spacing, .. }| CellLines { margin, spacing })
}

/// Whether an image of this size is a sheet of touching tiles that fit into one bank.
fn is_sheet(w: u32, h: u32, size: TileSize) -> bool {
    let cells = CellLayout { side: size.pixels(), margin: 0, spacing: 0 };
    let count =
        cells.count_filling(w).zip(cells.count_filling(h)).and_then(|(columns, rows)| columns.checked_mul(rows));
    count.is_some_and(|count| count <= size.capacity())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(margin: u32, spacing: u32) -> Cut {
        Cut { margin, spacing, ..Cut::default() }
    }

    fn fixes(width: u32, height: u32, cut: Cut, size: TileSize) -> Vec<CutFix> {
        match Grid::of(width, height, &cut, size) {
            Err(CutError::PartialCells { fixes, .. }) => fixes,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn touching_cells_fill_the_image() {
        let grid = Grid::of(32, 16, &Cut::default(), TileSize::Eight).unwrap();
        assert_eq!((grid.columns, grid.rows), (4, 2));
        assert_eq!(grid.corner(5), Pixel { x: 8, y: 8 });
    }

    #[test]
    fn margin_surrounds_cells_and_spacing_separates_them() {
        let grid = Grid::of(2 + 8 + 1 + 8 + 2, 2 + 8 + 2, &cut(2, 1), TileSize::Eight).unwrap();
        assert_eq!((grid.columns, grid.rows), (2, 1));
        assert_eq!(grid.corner(1), Pixel { x: 2 + 8 + 1, y: 2 });
        assert_eq!(cut(2, 1).corner(TileSize::Eight, 1, 0), grid.corner(1));
    }

    #[test]
    fn region_is_cut_from_its_corner() {
        let region = Some(Region { x: 3, y: 5, w: 16, h: 16 });
        let grid = Grid::of(40, 40, &Cut { region, ..Cut::default() }, TileSize::Eight).unwrap();
        assert_eq!(grid.corner(3), Pixel { x: 11, y: 13 });
        assert_eq!(Cut { region, ..Cut::default() }.corner(TileSize::Eight, 1, 1), grid.corner(3));
    }

    #[test]
    fn fitting_cells_equal_a_full_grid() {
        let region = Some(Region { x: 3, y: 5, w: 18, h: 10 });
        let cut = Cut { region, ..cut(1, 0) };
        assert_eq!(Grid::fitting(40, 40, &cut, TileSize::Eight), Grid::of(40, 40, &cut, TileSize::Eight).unwrap());
        let partial = Grid::fitting(13, 40, &cut, TileSize::Eight);
        assert_eq!((partial.columns, partial.rows), (1, 1), "only 10 of its 18 columns are in the image");
        assert_eq!(Grid::fitting(2, 40, &cut, TileSize::Eight).columns, 0);
    }

    #[test]
    fn outside_regions_and_partial_cells_are_refused() {
        let region = Region { x: 33, y: 0, w: 8, h: 8 };
        let error = |cut: Cut| Grid::of(40, 40, &cut, TileSize::Eight).unwrap_err();
        let outside = error(Cut { region: Some(region), ..Cut::default() });
        assert_eq!(outside, CutError::RegionOutside { region, image_size: [40, 40] });
        for partial in [cut(1, 0), cut(40, 40)] {
            assert!(matches!(error(partial), CutError::PartialCells { size: [40, 40], .. }));
        }
    }

    #[test]
    fn lines_between_tiles_are_guessed() {
        let first = fixes(16 * 3 + 2, 16 * 2 + 1, Cut::default(), TileSize::Sixteen)[0];
        assert_eq!(first, CutFix::CutLines(CellLines { margin: 0, spacing: 1 }));
    }

    #[test]
    fn borders_around_tiles_are_guessed() {
        for (columns, rows) in [(4, 3), (8, 2), (2, 2)] {
            let first = fixes(18 * columns, 18 * rows, Cut::default(), TileSize::Sixteen)[0];
            assert_eq!(first, CutFix::CutLines(CellLines { margin: 1, spacing: 2 }), "{columns} × {rows}");
        }
        let border = CutFix::CutLines(CellLines { margin: 1, spacing: 2 });
        assert!(!fixes(18 * 3, 18, Cut::default(), TileSize::Sixteen).contains(&border), "three tiles prove nothing");
    }

    #[test]
    fn every_partial_cut_has_a_fix() {
        let fixes = |cut: Cut| fixes(64, 64, cut, TileSize::Eight);
        let region = |w: u32, h: u32| Some(Region { x: 0, y: 0, w, h });
        assert_eq!(
            fixes(Cut { region: region(7, 8), ..Cut::default() }),
            [CutFix::LargerPart { side: 8, has_margin: false }]
        );
        assert_eq!(
            fixes(Cut { region: region(8, 8), ..cut(4, 0) }),
            [CutFix::LargerPart { side: 16, has_margin: true }]
        );
        // No image may be so large.
        assert!(!fixes(cut(IMAGE_SIDE, 0)).iter().any(|fix| matches!(fix, CutFix::Resize { .. })));
    }

    #[test]
    fn too_small_banks_are_not_offered() {
        let fixes = fixes(432, 296, Cut::default(), TileSize::Sixteen);
        assert!(!fixes.iter().any(|fix| matches!(fix, CutFix::TileSize(_))), "{fixes:?}");
    }
}
