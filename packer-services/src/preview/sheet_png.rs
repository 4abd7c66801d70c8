//! The sheet of a preview as an indexed PNG, with marks where tiles are missing.

use std::io;

use png::BitDepth;

use super::{GlyphPreview, PreviewPalette, TileRect, TileState, tile_rect};
use crate::banks::glyph::extract::sheet_png;
use crate::formats::{GLYPH_INDEX_BYTES, PALETTE_COLORS, Rgb, SHEET_PIXELS};

/// The colors of the checkerboard that marks a missing tile: those of a missing texture in a game engine.
const MISSING_COLORS: [Rgb; 2] = [Rgb([0xFF, 0, 0xFF]), Rgb([0, 0, 0])];
/// The index of the first of them: the console has no such index, so no pixel of a tile can have it.
const MISSING_INDEX: u8 = 16;
/// How many fields of the checkerboard are in a row of a tile.
const MISSING_FIELDS: u32 = 4;

impl GlyphPreview {
    /// The whole sheet in the colors of a palette, as the console shows it: 256 × 256 pixels, with the indices of the
    /// payload, of which 0 is transparent. A missing tile is a checkerboard of the indices 16 and 17.
    ///
    /// # Errors
    /// If the encoder refuses, for which there is no reason.
    pub(crate) fn png_bytes(&self, palette: &PreviewPalette) -> io::Result<Vec<u8>> {
        let mut colors = vec![Rgb([0; 3]); PALETTE_COLORS];
        for (color, declared) in std::iter::zip(&mut colors, &palette.colors) {
            *color = declared.stored.to_rgb();
        }
        let is_missing = |id: usize| matches!(self.tiles[id].state, TileState::Hole { .. });
        let ids = (0..self.tiles.len()).filter(|id| is_missing(*id));
        let missing: Vec<TileRect> =
            ids.filter_map(|id| tile_rect(self.metadata.tile_size, u32::try_from(id).ok()?)).collect();
        if missing.is_empty() {
            return sheet_png(&self.payload.bytes()[..GLYPH_INDEX_BYTES], BitDepth::Four, &colors);
        }
        colors.extend(MISSING_COLORS);
        let mut indices: Vec<u8> = self.payload.indices().collect();
        for TileRect { x, y, side } in missing {
            let field = side / MISSING_FIELDS;
            for (column, row) in (0..side).flat_map(|row| (0..side).map(move |column| (column, row))) {
                let is_odd = (column / field + row / field) % 2 == 1;
                indices[((y + row) * SHEET_PIXELS + x + column) as usize] = MISSING_INDEX + u8::from(is_odd);
            }
        }
        sheet_png(&indices, BitDepth::Eight, &colors)
    }
}
