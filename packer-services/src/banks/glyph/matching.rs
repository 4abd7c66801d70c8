//! Which palette draws a tile (spec: banks, "Image to indices", steps 2 to 4).
//!
//! A tile of an indexed image first keeps its author's indices, if a palette has the same colors there: index 5 stays
//! index 5, and index 21, which is column 5 in rows of 16, becomes index 5. All other tiles are matched by color,
//! compared as RGB565. No color is ever replaced by a similar one.

use std::ops::Range;

use super::image::ImagePixel;
use crate::declaration::{GlyphArtifact, Palette};
use crate::formats::Rgb565;

/// The declared palettes, as the console stores them.
pub struct StoredPalettes<'a> {
    declared: &'a [Palette],
    stored: Vec<Vec<Rgb565>>,
}

/// The palette that draws a tile, and how the tile gets its indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaletteMatch {
    /// The author's indices, or their columns in rows of 16: this palette has the author's color at each of them.
    ByIndex(usize),
    /// The lowest index of each color in this palette.
    ByColor(usize),
}

impl PaletteMatch {
    /// The index of the palette.
    pub fn palette(self) -> usize {
        match self {
            Self::ByIndex(palette) | Self::ByColor(palette) => palette,
        }
    }
}

impl<'a> StoredPalettes<'a> {
    /// Converts `declared` to the colors that the console stores.
    pub fn new(declared: &'a [Palette]) -> Self {
        let stored = declared.iter().map(|palette| palette.colors.iter().map(|color| color.to_565()).collect());
        Self { declared, stored: stored.collect() }
    }

    /// The palettes as they are declared.
    pub fn declared(&self) -> &'a [Palette] {
        self.declared
    }

    /// The colors of each palette, as the console stores them; color 0 is the color key.
    pub fn stored(&self) -> &[Vec<Rgb565>] {
        &self.stored
    }

    /// The palettes that may draw the tiles of `artifact`: the one that it names, or all.
    pub fn candidates(&self, artifact: &GlyphArtifact) -> Range<usize> {
        match artifact.palette {
            Some(index) => index as usize..index as usize + 1,
            None => 0..self.declared.len(),
        }
    }

    /// The first of `candidates` whose colors are unknown, because its file cannot be used.
    pub fn find_unread(&self, mut candidates: Range<usize>) -> Option<usize> {
        candidates.find(|palette| self.stored[*palette].is_empty())
    }

    /// The first of `candidates` that draws a tile of these plain colors; `None` if none with known colors does.
    pub fn find_match(
        &self,
        candidates: Range<usize>,
        colors: &[ImagePixel],
        is_indexed: bool,
    ) -> Option<PaletteMatch> {
        let mut candidates = candidates.filter(|palette| !self.stored[*palette].is_empty());
        let by_index = candidates.clone().find(|palette| is_indexed && self.has_indices(*palette, colors));
        by_index
            .map(PaletteMatch::ByIndex)
            .or_else(|| candidates.find(|palette| self.has_colors(*palette, colors)).map(PaletteMatch::ByColor))
    }

    /// Whether these pixels are of one row of 16 of the image's own palette, none of them in column 0, and `palette`
    /// has the color of each at its column.
    pub fn has_indices(&self, palette: usize, colors: &[ImagePixel]) -> bool {
        let stored = &self.stored[palette];
        let row = colors.first().map(|pixel| pixel.palette_row());
        colors.iter().all(|pixel| {
            let column = pixel.palette_column();
            column > 0 && Some(pixel.palette_row()) == row && stored.get(usize::from(column)) == Some(&pixel.rgb565())
        })
    }

    /// Whether all of these colors are among the colors 1…15 of `palette`.
    pub fn has_colors(&self, palette: usize, colors: &[ImagePixel]) -> bool {
        colors.iter().all(|pixel| self.index_of(palette, pixel.rgb565()).is_some())
    }

    /// The lowest index from 1 on at which `palette` has `color`.
    pub fn index_of(&self, palette: usize, color: Rgb565) -> Option<u8> {
        let at = self.stored[palette].iter().skip(1).position(|other| *other == color)? + 1;
        u8::try_from(at).ok()
    }

    /// The indices from 1 on at which `palette` declares `color`, if there are several. Declared colors that differ and
    /// only become `color` on the console do not count: they have a finding of their own.
    pub fn repeated_indices(&self, palette: usize, color: Rgb565) -> Option<Vec<u8>> {
        let declared = &self.declared[palette].colors;
        let first = declared[usize::from(self.index_of(palette, color)?)];
        let indices = (0u8..).zip(declared).skip(1).filter(|(_, rgb)| **rgb == first).map(|(index, _)| index);
        Some(indices.collect()).filter(|indices: &Vec<u8>| indices.len() > 1)
    }

    /// The index that a pixel gets in a tile that `found` draws.
    pub fn pixel_index(&self, found: PaletteMatch, pixel: &ImagePixel) -> u8 {
        match found {
            PaletteMatch::ByIndex(_) => pixel.palette_column(),
            PaletteMatch::ByColor(palette) => self.index_of(palette, pixel.rgb565()).unwrap_or(0),
        }
    }
}
