//! A glyph payload as files: an image and palettes that editors open, and a declaration that packs them again.
//!
//! A payload does not contain which palette draws a tile, nor how many colors a palette declared. So the image shows
//! all tiles in one palette, and each palette declares what it must for the declaration to give the same payload again,
//! whatever its bytes (spec: packer charter, "`extract`").

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;

use png::BitDepth;

use super::png_writer::indexed_png;
use crate::declaration::{Cut, GlyphArtifact, GlyphContent, Palette, SpritePart};
use crate::formats::{
    GLYPH_BYTES, GLYPH_INDEX_BYTES, GlyphMetadata, MAX_PALETTES, PALETTE_COLORS, Rgb, Rgb565, SHEET_PIXELS, TileSize,
};
use crate::paths::RelPath;

/// A line of the sheet in the payload, in bytes: each has two pixels.
const LINE_BYTES: usize = SHEET_PIXELS as usize / 2;

/// The parts of a glyph payload.
#[derive(Clone, Debug)]
pub struct GlyphParts {
    tile_size: TileSize,
    /// The sheet's lines from the payload, down to the last row of tiles that is not all index 0; at least one row.
    lines: Vec<u8>,
    /// The authored palettes, each with all its colors.
    palettes: Vec<[Rgb; PALETTE_COLORS]>,
    /// The highest index that a pixel has.
    highest: u8,
    /// The palette that the sheet is shown in: the first of those in which the drawn indices have most distinct colors.
    /// Programs that reorder the palette of an image, or merge equal colors of it, keep only colors.
    shown: usize,
}

impl GlyphParts {
    /// The parts of a payload of this metadata.
    pub fn of(payload: &[u8; GLYPH_BYTES], metadata: GlyphMetadata) -> Self {
        let (sheet, colors) = payload.split_at(GLYPH_INDEX_BYTES);
        let row_bytes = metadata.tile_size.pixels() as usize * LINE_BYTES;
        let used_bytes = sheet.iter().rposition(|byte| *byte != 0).map_or(1, |last| last + 1);
        let lines = sheet[..used_bytes.next_multiple_of(row_bytes)].to_vec();
        let stored: Vec<Rgb> =
            colors.chunks_exact(2).map(|bytes| Rgb565(u16::from_le_bytes([bytes[0], bytes[1]])).to_rgb()).collect();
        let authored = metadata.palette_authored.min(MAX_PALETTES) as usize;
        let (palettes, _) = stored.as_chunks::<PALETTE_COLORS>();
        let palettes = palettes[..authored].to_vec();
        let drawn: BTreeSet<u8> = lines.iter().flat_map(|byte| [byte >> 4, byte & 0xF]).filter(|i| *i > 0).collect();
        let distinct = |colors: &[Rgb]| -> usize {
            drawn.iter().map(|index| colors[usize::from(*index)]).collect::<BTreeSet<Rgb>>().len()
        };
        let most_distinct = |at: &usize| (distinct(&palettes[*at]), Reverse(*at));
        let shown = (0..palettes.len()).max_by_key(most_distinct).unwrap_or(0);
        Self { tile_size: metadata.tile_size, lines, palettes, highest: drawn.last().copied().unwrap_or(0), shown }
    }

    /// The tiles as an indexed PNG, 256 pixels wide, in the colors of one palette, with the indices of the payload.
    /// Index 0 is transparent.
    ///
    /// # Errors
    /// If the encoder refuses, for which there is no reason.
    pub fn png_bytes(&self) -> io::Result<Vec<u8>> {
        sheet_png(&self.lines, BitDepth::Four, &self.palettes[self.shown])
    }

    /// Each authored palette as a GIMP palette (`.gpl`), which Aseprite, GIMP and Krita load: all 16 colors, as the
    /// console shows them.
    pub fn gpl_texts(&self, asset_name: &str) -> Vec<String> {
        let palettes = self.palettes.iter().enumerate().map(|(palette, colors)| {
            let mut text = format!("GIMP Palette\nName: {asset_name} {palette}\nColumns: {PALETTE_COLORS}\n#\n");
            for (index, Rgb([r, g, b])) in colors.iter().enumerate() {
                let drawn = if index == 0 { "0, draws transparent".to_owned() } else { index.to_string() };
                let _ = writeln!(text, "{r:3} {g:3} {b:3}\tindex {drawn}");
            }
            text
        });
        palettes.collect()
    }

    /// The content of a declaration that gives the same payload, with the image of [`GlyphParts::png_bytes`] in
    /// `sheet`.
    pub fn declared_content(&self, sheet: RelPath) -> GlyphContent {
        let palettes = self.palettes.iter().enumerate().map(|(palette, colors)| {
            // In the payload, undeclared colors are black at the end.
            let colored = colors.iter().rposition(|rgb| *rgb != Rgb([0; 3])).map_or(0, |last| last + 1);
            // A tile keeps its author's indices only if the artifact's palette declares all of them.
            let needed = if palette == self.shown { usize::from(self.highest) + 1 } else { 1 };
            Palette::of_colors(None, colors[..colored.max(needed)].to_vec())
        });
        let artifact = GlyphArtifact {
            file: sheet,
            index: 0,
            palette: u32::try_from(self.shown).ok(),
            color_key: None,
            part: SpritePart::default(),
            cut: Cut::default(),
        };
        GlyphContent {
            tile_size: self.tile_size,
            palettes: palettes.collect(),
            artifacts: vec![artifact],
            animations: Vec::new(),
        }
    }
}

/// An indexed PNG of the sheet or its upper rows, 256 pixels wide. Index 0 is transparent. `lines` has the indices with
/// `depth` bits each.
///
/// # Errors
/// If the encoder refuses, for which there is no reason.
pub fn sheet_png(lines: &[u8], depth: BitDepth, colors: &[Rgb]) -> io::Result<Vec<u8>> {
    let pixels = lines.len() * 8 / depth as usize;
    let height = u32::try_from(pixels).map_or(SHEET_PIXELS, |pixels| pixels / SHEET_PIXELS);
    // With four bits, both the payload and a PNG have the left pixel in the high nibble.
    indexed_png([SHEET_PIXELS, height], depth, colors, &[0], lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(change: impl FnOnce(&mut [u8; GLYPH_BYTES]), palette_authored: u32) -> GlyphParts {
        let mut payload = [0; GLYPH_BYTES];
        change(&mut payload);
        GlyphParts::of(&payload, GlyphMetadata { tile_size: TileSize::Sixteen, palette_authored })
    }

    fn content(parts: &GlyphParts) -> GlyphContent {
        parts.declared_content(RelPath::parse("sheet.png").unwrap())
    }

    #[test]
    fn empty_sheets_keep_one_row() {
        let empty = parts(|_| {}, 2);
        assert_eq!(empty.lines.len(), 16 * LINE_BYTES);
        assert_eq!(content(&empty).palettes.iter().map(|palette| palette.colors.len()).collect::<Vec<_>>(), [1, 1]);
    }

    #[test]
    fn any_pixel_keeps_its_row() {
        for (line, rows) in [(0, 1), (15, 1), (16, 2), (255, 16)] {
            let one = parts(|payload| payload[line * LINE_BYTES] = 0x0F, 1);
            assert_eq!(one.lines.len(), rows * 16 * LINE_BYTES, "line {line}");
            assert_eq!(content(&one).palettes[0].colors.len(), 16, "black that is drawn is declared");
        }
    }

    #[test]
    fn undrawn_trailing_black_is_not_declared() {
        let drawn = parts(
            |payload| {
                payload[0] = 0x50;
                payload[GLYPH_INDEX_BYTES + 6] = 1;
                payload[GLYPH_INDEX_BYTES + 32 + 6] = 1;
            },
            2,
        );
        let lengths: Vec<usize> = content(&drawn).palettes.iter().map(|palette| palette.colors.len()).collect();
        assert_eq!(lengths, [6, 4]);
    }
}
