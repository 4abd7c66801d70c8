//! Where the cells of an image lie, and whether they are whole (spec: banks, "Artifacts to tiles").

use crate::declaration::{Cut, Region};
use crate::diagnostics::{Code, Finding, Pixel, plural};
use crate::formats::TileSize;
use crate::limits::IMAGE_SIDE;

/// Lines between the tiles of a sheet that was drawn for another tool are rarely wider.
const LIKELY_SPACING: u32 = 2;
/// Fewer cells may have the size of a sheet with lines by chance.
const LIKELY_CELLS: u32 = 4;

/// The side of the smallest tiles.
const SMALLEST: u64 = 8;

/// The cells of an image, row by row from the upper left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    left: u32,
    top: u32,
    side: u32,
    pitch: u32,
    /// Cells in a row.
    pub columns: u32,
    /// Rows of cells.
    pub rows: u32,
}

impl Grid {
    /// The cells that `cut` makes of an image of this size.
    ///
    /// # Errors
    /// A finding without a file: the region leaves the image, or the cells do not fill it.
    pub fn of(width: u32, height: u32, cut: &Cut, size: TileSize) -> Result<Self, Finding> {
        let region = cut.region.unwrap_or(Region { x: 0, y: 0, w: width, h: height });
        let outside = |start: u32, length: u32, limit: u32| start.checked_add(length).is_none_or(|end| end > limit);
        if outside(region.x, region.w, width) || outside(region.y, region.h, height) {
            return Err(region_outside(region, width, height));
        }
        // No image is larger, so nothing more fits with more: a host may ask for what no declaration can say.
        let [margin, spacing] = [cut.margin, cut.spacing].map(|pixels| pixels.min(IMAGE_SIDE));
        let cells = CellLayout { side: size.pixels(), margin, spacing };
        let (Some(columns), Some(rows)) = (cells.along(region.w), cells.along(region.h)) else {
            return Err(not_whole(region, cut, cells));
        };
        Ok(Self {
            left: region.x + margin,
            top: region.y + margin,
            side: cells.side,
            pitch: cells.side + spacing,
            columns,
            rows,
        })
    }

    /// How many cells there are.
    pub fn count(&self) -> u32 {
        self.columns.saturating_mul(self.rows)
    }

    /// Pixels on a side of a cell.
    pub fn side(&self) -> u32 {
        self.side
    }

    /// The upper left pixel of cell `n`, in the image.
    pub fn corner(&self, n: u32) -> Pixel {
        Pixel { x: self.left + n % self.columns * self.pitch, y: self.top + n / self.columns * self.pitch }
    }
}

impl Cut {
    /// The upper left pixel, in the image, of the cell in this column and row.
    pub fn corner(&self, size: TileSize, column: u32, row: u32) -> Pixel {
        let (left, top) = self.region.map_or((0, 0), |region| (region.x, region.y));
        let along = |start: u32, n: u32| start + self.margin + n * (size.pixels() + self.spacing);
        Pixel { x: along(left, column), y: along(top, row) }
    }
}

/// How cells lie along a side.
#[derive(Clone, Copy)]
struct CellLayout {
    side: u32,
    margin: u32,
    spacing: u32,
}

impl CellLayout {
    /// The whole cells that fill `length` pixels; `None` if they do not, or there is none.
    fn along(self, length: u32) -> Option<u32> {
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
}

fn region_outside(region: Region, width: u32, height: u32) -> Finding {
    let Region { x, y, w, h } = region;
    Finding::new(
        Code::RegionOutside,
        format!(
            "the region of {w} × {h} pixels from ({x}, {y}) ends at ({}, {}); the image has {width} × {height} pixels",
            u64::from(x) + u64::from(w),
            u64::from(y) + u64::from(h)
        ),
        "Give a `region` that lies inside the image: `x` and `y` are its upper left pixel, `w` and `h` its size.",
    )
}

/// What is wrong with an image or region that whole cells do not fill, and every way out that is known.
fn not_whole(region: Region, cut: &Cut, cells: CellLayout) -> Finding {
    let Region { x, y, w, h } = region;
    let what = if cut.region.is_some() { "region" } else { "image" };
    let is_plain = cut.margin == 0 && cut.spacing == 0;
    let needed = if is_plain {
        format!("multiples of {} are needed", cells.side)
    } else {
        format!(
            "cells of {} with a margin of {} and a spacing of {} do not fill it",
            cells.side, cut.margin, cut.spacing
        )
    };
    let mut ways = Vec::new();
    if is_plain && let Some(guess) = likely_lines(w, h, cells.side) {
        ways.push(format!(
            "If there are lines of {} between the tiles, cut them out: {} of `create`, or the same as keys of the artifact.",
            plural(u64::from(guess.spacing), "pixel"),
            match guess.margin {
                0 => format!("`--spacing {}`", guess.spacing),
                margin => format!("`--margin {margin} --spacing {}`", guess.spacing),
            }
        ));
    }
    if is_plain && let Some(other) = TileSize::ALL.into_iter().find(|other| is_sheet(w, h, *other)) {
        ways.push(format!("Choose the tile size {}, which would fit.", other.pixels()));
    }
    let next = |length: u32| {
        let count = cells.most_in(length);
        if cells.along(length).is_some() { u64::from(length) } else { cells.length_of(count.saturating_add(1)) }
    };
    if cut.region.is_none() && next(w).max(next(h)) <= u64::from(IMAGE_SIDE) {
        let smallest = [w, h].map(|length| u64::from(length).next_multiple_of(SMALLEST));
        let or_smaller = if is_plain && smallest != [next(w), next(h)] && smallest != [w, h].map(u64::from) {
            format!(", or to {} × {} for the tile size {SMALLEST}", smallest[0], smallest[1])
        } else {
            String::new()
        };
        ways.push(format!("Resize the canvas, without scaling, to {} × {}{or_smaller}.", next(w), next(h)));
    }
    let (columns, rows) = (cells.most_in(w), cells.most_in(h));
    if columns > 0 && rows > 0 {
        let (w, h) = (cells.length_of(columns), cells.length_of(rows));
        ways.push(format!(
            "Use its whole cells alone: `--region {x},{y},{w},{h}` of `create`, or `region` in the artifact."
        ));
    }
    if ways.is_empty() {
        let one = cells.length_of(1);
        let or_margin = if cut.margin > 0 { ", or a smaller margin" } else { "" };
        ways.push(format!("One cell needs {one} × {one} pixels: take a larger part of the image{or_margin}."));
    }
    Finding::new(Code::ImageSize, format!("the {what} has {w} × {h} pixels; {needed}"), ways.join(" "))
}

/// Lines around or between the tiles that would explain the size of a sheet.
fn likely_lines(w: u32, h: u32, side: u32) -> Option<CellLayout> {
    let guesses =
        (1..=LIKELY_SPACING).flat_map(|spacing| [0, spacing].map(|margin| CellLayout { side, margin, spacing }));
    let explains = |cells: &CellLayout| {
        cells.along(w).zip(cells.along(h)).is_some_and(|(columns, rows)| columns.saturating_mul(rows) >= LIKELY_CELLS)
    };
    guesses.into_iter().find(explains)
}

/// Whether an image of this size is a sheet of touching tiles that a bank has room for.
fn is_sheet(w: u32, h: u32, size: TileSize) -> bool {
    let cells = CellLayout { side: size.pixels(), margin: 0, spacing: 0 };
    let count = cells.along(w).zip(cells.along(h)).and_then(|(columns, rows)| columns.checked_mul(rows));
    count.is_some_and(|count| count <= size.capacity())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(margin: u32, spacing: u32) -> Cut {
        Cut { margin, spacing, ..Cut::default() }
    }

    #[test]
    fn cells_that_touch_fill_the_image() {
        let grid = Grid::of(32, 16, &Cut::default(), TileSize::Eight).unwrap();
        assert_eq!((grid.columns, grid.rows), (4, 2));
        assert_eq!(grid.corner(5), Pixel { x: 8, y: 8 });
    }

    #[test]
    fn margin_is_on_all_sides_and_spacing_only_between() {
        let grid = Grid::of(2 + 8 + 1 + 8 + 2, 2 + 8 + 2, &cut(2, 1), TileSize::Eight).unwrap();
        assert_eq!((grid.columns, grid.rows), (2, 1));
        assert_eq!(grid.corner(1), Pixel { x: 2 + 8 + 1, y: 2 });
        assert_eq!(cut(2, 1).corner(TileSize::Eight, 1, 0), grid.corner(1));
    }

    #[test]
    fn a_region_is_cut_from_its_own_corner() {
        let region = Some(Region { x: 3, y: 5, w: 16, h: 16 });
        let grid = Grid::of(40, 40, &Cut { region, ..Cut::default() }, TileSize::Eight).unwrap();
        assert_eq!(grid.corner(3), Pixel { x: 11, y: 13 });
        assert_eq!(Cut { region, ..Cut::default() }.corner(TileSize::Eight, 1, 1), grid.corner(3));
    }

    #[test]
    fn a_region_past_the_edge_and_partial_cells_are_refused() {
        let region = Some(Region { x: 33, y: 0, w: 8, h: 8 });
        let code = |cut: Cut| Grid::of(40, 40, &cut, TileSize::Eight).unwrap_err().code;
        assert_eq!(code(Cut { region, ..Cut::default() }), Code::RegionOutside);
        assert_eq!(code(cut(1, 0)), Code::ImageSize);
        assert_eq!(code(cut(40, 40)), Code::ImageSize);
    }

    #[test]
    fn lines_between_tiles_are_guessed() {
        let help = Grid::of(16 * 3 + 2, 16 * 2 + 1, &Cut::default(), TileSize::Sixteen).unwrap_err().help;
        assert!(
            help.starts_with("If there are lines of 1 pixel between the tiles, cut them out: `--spacing 1` of"),
            "{help}"
        );
    }

    #[test]
    fn whatever_does_not_fit_there_is_a_help_that_can_be_followed() {
        let help = |cut: Cut| Grid::of(64, 64, &cut, TileSize::Eight).unwrap_err().help;
        let region = |w: u32, h: u32| Some(Region { x: 0, y: 0, w, h });
        assert_eq!(
            help(Cut { region: region(7, 8), ..Cut::default() }),
            "One cell needs 8 × 8 pixels: take a larger part of the image."
        );
        assert_eq!(
            help(Cut { region: region(8, 8), ..cut(4, 0) }),
            "One cell needs 16 × 16 pixels: take a larger part of the image, or a smaller margin."
        );
        // No image may be so large.
        assert!(!help(cut(IMAGE_SIDE, 0)).contains("Resize"));
    }

    #[test]
    fn no_tile_size_is_offered_whose_bank_is_too_small() {
        let help = Grid::of(432, 296, &Cut::default(), TileSize::Sixteen).unwrap_err().help;
        assert!(!help.contains("tile size"), "{help}");
    }
}
