//! The palettes that an indexed image has of its own, as palettes of a bank (spec: packer charter, "Finding palettes").
//!
//! An artist's palette keeps its order, so that index 5 stays index 5. Many consoles and their tools put several
//! palettes into one image, as rows of 16 colors; and some programs put a transparent color before all others.

use std::collections::BTreeSet;

use super::image::ImagePixel;
use super::palettes::{CutImage, key_of, plain_pixels, unnamed};
use crate::declaration::Palette;
use crate::diagnostics::{Code, Finding, join_some};
use crate::formats::{DRAWN_COLORS, PALETTE_COLORS, Rgb};

/// The most rows that a note lists one by one.
const LISTED_ROWS: usize = 8;

/// How the indices of an indexed image become those of palettes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IndexReading {
    /// Index i is index i of one palette.
    OnePalette,
    /// Index 16 r + c is index c of a palette of its own, row r. Each tile has pixels of one row only.
    Rows,
    /// Index `shift` + i is index i of one palette: `shift` colors were put before it. The own palette is shorter than
    /// two rows: in a longer one, such indices are only a part of it.
    Shifted {
        /// At least 1.
        shift: usize,
    },
    /// They have no meaning for palettes of the console. Those up to 15 are a wish.
    NoPalette,
}

impl IndexReading {
    /// How the image's plain pixels can be read; `None` if it is not indexed, or draws nothing.
    pub(super) fn of(one: &CutImage<'_>) -> Option<Self> {
        let own = one.image.own_palette.as_deref()?;
        let tiles: Vec<Vec<ImagePixel>> = one.tiles.taken.iter().map(|(_, tile)| plain_pixels(tile)).collect();
        let indices = || tiles.iter().flatten().map(|pixel| usize::from(pixel.index));
        let (lowest, highest) = (indices().min()?, indices().max()?);
        if highest < PALETTE_COLORS {
            return Some(Self::OnePalette);
        }
        let is_row = |tile: &Vec<ImagePixel>| {
            let row = tile.first().map(|pixel| pixel.palette_row());
            tile.iter().all(|pixel| pixel.palette_column() > 0 && Some(pixel.palette_row()) == row)
        };
        let shift = highest - DRAWN_COLORS;
        Some(if tiles.iter().all(is_row) {
            Self::Rows
        } else if lowest > shift && own.len() < 2 * PALETTE_COLORS {
            Self::Shifted { shift }
        } else {
            Self::NoPalette
        })
    }

    /// The index that the author gave a pixel; `None` if it is color 0, or has no meaning.
    pub(super) fn author_index(self, pixel: &ImagePixel) -> Option<usize> {
        let index = usize::from(pixel.index);
        let index = match self {
            Self::OnePalette | Self::NoPalette => index,
            Self::Rows => usize::from(pixel.palette_column()),
            Self::Shifted { shift } => index.checked_sub(shift)?,
        };
        (1..PALETTE_COLORS).contains(&index).then_some(index)
    }
}

/// A palette that an image has of its own.
#[derive(Clone, Debug)]
pub(super) struct OwnPalette {
    pub palette: Palette,
    /// Whether it draws all of the tiles that its indices are used in, with the color of index 0 added if there is
    /// room.
    pub is_whole: bool,
    /// The image's index of its color 0.
    first: usize,
}

impl OwnPalette {
    /// The image's own palettes in order. Color 0 becomes the key.
    pub(super) fn all_of(one: &CutImage<'_>) -> Vec<Self> {
        let Some((own, reading)) = one.image.own_palette.as_deref().zip(IndexReading::of(one)) else {
            return Vec::new();
        };
        let plain = || one.tiles.taken.iter().flat_map(|(_, tile)| plain_pixels(tile));
        let highest = plain().map(|pixel| usize::from(pixel.index)).max().unwrap_or(0);
        // Many editors fill the palette up to 256 colors. In such a palette, unused colors after the last one in use
        // are not the artist's.
        let length = if own.len() > PALETTE_COLORS { highest + 1 } else { own.len() };
        let drawn = without_filling(own, highest);
        let part = |first: usize, end: usize, is_whole: bool| {
            let mut colors = drawn[first..end.min(drawn.len())].to_vec();
            *colors.first_mut()? = key_of(one);
            Some(Self { palette: unnamed(colors), is_whole, first })
        };
        let parts = match reading {
            IndexReading::OnePalette => vec![part(0, length, draws_all(own, length, plain()))],
            IndexReading::Shifted { shift } => vec![part(shift, length, true)],
            IndexReading::Rows => {
                palette_rows(one).map(|row| part(row * PALETTE_COLORS, (row + 1) * PALETTE_COLORS, true)).collect()
            }
            IndexReading::NoPalette => Vec::new(),
        };
        parts.into_iter().flatten().collect()
    }

    /// Whether a tile of these plain pixels has indices of this palette. Pixels of an opaque index 0 are not among
    /// them: their color gets another index.
    pub(super) fn has_indices(&self, plain: &[ImagePixel]) -> bool {
        let is_index0 = |pixel: &&ImagePixel| self.first == 0 && pixel.index == 0;
        let has_index = |pixel: &ImagePixel| {
            let at = usize::from(pixel.index).checked_sub(self.first).filter(|at| *at > 0);
            at.and_then(|at| self.palette.colors.get(at)).is_some_and(|rgb| rgb.to_565() == pixel.rgb565())
        };
        let mut others = plain.iter().filter(|pixel| !is_index0(pixel)).peekable();
        others.peek().is_some() && others.all(has_index)
    }
}

/// An own palette without the black that a program filled its end with, after the highest index in use. One black may
/// be a color of the artist, so it is kept.
pub(super) fn without_filling(own: &[Rgb], highest: usize) -> &[Rgb] {
    let black = own.iter().skip(highest + 1).rev().take_while(|rgb| **rgb == Rgb([0; 3])).count();
    if own.len() > PALETTE_COLORS && black > 1 { &own[..own.len() - black] } else { own }
}

/// Whether an own palette, of which `length` colors are kept, draws all of `plain`.
fn draws_all(own: &[Rgb], length: usize, plain: impl Iterator<Item = ImagePixel>) -> bool {
    let stored: BTreeSet<_> = own[..length].iter().skip(1).map(|color| color.to_565()).collect();
    let colors: BTreeSet<_> = plain.map(|pixel| pixel.rgb565()).collect();
    length + colors.difference(&stored).count() <= PALETTE_COLORS
}

/// The rows of an image that is read in rows: the drawn one, or all up to the last drawn one, so that row r becomes
/// palette r.
fn palette_rows(one: &CutImage<'_>) -> std::ops::Range<usize> {
    let drawn = drawn_rows(one);
    match (drawn.first(), drawn.last()) {
        (Some(first), Some(last)) if first == last => *first..last + 1,
        (_, last) => 0..last.map_or(0, |last| last + 1),
    }
}

fn drawn_rows(one: &CutImage<'_>) -> BTreeSet<usize> {
    let plain = one.tiles.taken.iter().flat_map(|(_, tile)| plain_pixels(tile));
    plain.map(|pixel| usize::from(pixel.palette_row())).collect()
}

/// A note if an image's own palette was read in rows of 16, or if only its opaque column 0 prevents that. `palettes`
/// are those of the bank.
pub(super) fn note_rows(one: &CutImage<'_>, palettes: &[Palette]) -> Option<Finding> {
    let own = one.image.own_palette.as_deref()?;
    if IndexReading::of(one)? == IndexReading::Rows {
        return note_read_rows(one, own, palettes);
    }
    note_opaque_column_0(one, own)
}

fn note_read_rows(one: &CutImage<'_>, own: &[Rgb], palettes: &[Palette]) -> Option<Finding> {
    let stored = |colors: &[Rgb]| -> Vec<_> { colors.iter().skip(1).map(|rgb| rgb.to_565()).collect() };
    let indices = one.tiles.taken.iter().flat_map(|(_, tile)| plain_pixels(tile)).map(|pixel| usize::from(pixel.index));
    let kept = without_filling(own, indices.max().unwrap_or(0));
    let row_of = |row: usize| kept.chunks(PALETTE_COLORS).nth(row).unwrap_or_default();
    let palette_of = |row: usize| {
        let colors = stored(row_of(row));
        palettes.iter().position(|palette| stored(&palette.colors).starts_with(&colors))
    };
    let read = palette_rows(one).filter_map(|row| Some((row, palette_of(row)?)));
    let read: Vec<(usize, usize)> = read.collect();
    let (first, last) = (read.first()?, read.last()?);
    let listed = match read.iter().all(|(row, palette)| row == palette) {
        true if read.len() > 1 => format!("rows {} to {} became the palettes of the same numbers", first.0, last.0),
        _ => join_some(
            read.iter().map(|(row, palette)| format!("row {row} became palette {palette}")),
            ", ",
            LISTED_ROWS,
        ),
    };
    // A row of one color is filling.
    let is_drawn_in = |row: &usize| stored(row_of(*row)).iter().collect::<BTreeSet<_>>().len() > 1;
    let rows = own.len().div_ceil(PALETTE_COLORS);
    let left_out: Vec<usize> = (0..rows)
        .filter(|row| !palette_rows(one).contains(row) && palette_of(*row).is_none())
        .filter(is_drawn_in)
        .collect();
    let more = match left_out.as_slice() {
        [] => String::new(),
        [row] => format!("; row {row}, which no tile draws, did not"),
        rows => {
            let listed = join_some(rows.iter(), ", ", LISTED_ROWS);
            format!("; the rows {listed}, which no tile draws, did not")
        }
    };
    Some(Finding::new(
        Code::PaletteRows,
        format!(
            "the image's own palette was read in rows of {PALETTE_COLORS} colors, because each tile has colors of one row \
             and none of column 0: {listed}, and each pixel kept its column as its index{more}"
        ),
        "If a program needs a row that was left out, add its colors to `output.pipeline.palettes` in `asset.json`. If the \
         palette has no rows, nothing is wrong: the tiles look as they are drawn.",
    ))
}

/// A note if the tiles would have rows, were it not for opaque pixels in column 0.
fn note_opaque_column_0(one: &CutImage<'_>, own: &[Rgb]) -> Option<Finding> {
    let tiles = || one.tiles.taken.iter().map(|(_, tile)| plain_pixels(tile));
    let column_0: BTreeSet<usize> =
        tiles().flatten().filter(|pixel| pixel.palette_column() == 0).map(|pixel| usize::from(pixel.index)).collect();
    let has_one_row = |tile: Vec<ImagePixel>| {
        let rows = tile.iter().filter(|pixel| pixel.palette_column() > 0).map(ImagePixel::palette_row);
        rows.collect::<BTreeSet<u8>>().len() <= 1
    };
    let rows: BTreeSet<u8> =
        tiles().flatten().filter(|pixel| pixel.palette_column() > 0).map(|pixel| pixel.palette_row()).collect();
    // One row proves nothing: it may be any 16 neighbors of a large palette.
    if column_0.is_empty() || rows.len() < 2 || !tiles().all(has_one_row) {
        return None;
    }
    // A key that already removes pixels would be replaced by the one that the help names.
    let key = one.artifact.color_key.filter(|_| one.tiles.keyed_pixels > 0).map(|_| key_of(one));
    let keys: BTreeSet<Rgb> = column_0.iter().filter_map(|index| own.get(*index).copied()).chain(key).collect();
    let is_drawn =
        |key: &Rgb| tiles().flatten().any(|pixel| pixel.palette_column() > 0 && pixel.rgb565() == key.to_565());
    let help = match keys.first() {
        Some(key) if keys.len() == 1 && !is_drawn(key) => format!(
            "If these pixels should be transparent, pass `--color-key '{key}'` to `create`, or set `\"color_key\": \
             \"{key}\"` in the artifact: then each row becomes a palette."
        ),
        _ => "If these pixels should be transparent, make the indices 0, 16, 32 and so on transparent in your editor, or \
              give all of them one color that the art does not use, and make it the color key: then each row becomes \
              a palette."
            .to_owned(),
    };
    let listed = join_some(column_0.iter().map(ToString::to_string), ", ", LISTED_ROWS);
    Some(Finding::new(
        Code::PaletteRows,
        format!(
            "each tile has colors of one row of {PALETTE_COLORS} of the image's own palette, but the rows were not kept, \
             because pixels of column 0 are opaque: index {listed}"
        ),
        help,
    ))
}
