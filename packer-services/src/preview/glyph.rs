//! A decoded glyph payload: indices, colors, tiles, and how its palettes are used.

use std::ops::Range;

use crate::banks::ArtifactUse;
use crate::banks::glyph::animations::BankAnimation;
use crate::declaration::{Animation, ColorKey, Cut, PaletteSource, Region, SpritePart};
use crate::diagnostics::{CauseId, Pixel};
use crate::formats::{
    GLYPH_BYTES, GLYPH_INDEX_BYTES, GlyphMetadata, MAX_PALETTES, PALETTE_COLORS, Rgb, Rgb565, SHEET_PIXELS, TileSize,
};
use crate::paths::RelPath;

/// A glyph bank.
#[derive(Clone, Debug, PartialEq)]
pub struct GlyphPreview {
    /// The metadata of its entry in a pack.
    pub metadata: GlyphMetadata,
    /// The bytes; missing tiles have index 0.
    pub payload: GlyphPayload,
    /// As declared. For a raw or packed bank, the authored palettes with all 16 colors.
    pub palettes: Vec<PreviewPalette>,
    /// All tiles of the bank, by id, used or not.
    pub tiles: Vec<PreviewTile>,
    /// Which tiles each image became, by first id; empty for a raw or packed bank.
    pub artifacts: Vec<ArtifactUse>,
    /// Every image that is declared, also one that became no tile, by first id; empty for a raw or packed bank.
    pub declared: Vec<DeclaredImage>,
    /// The tiles that no palette draws, as their author drew them, by id.
    pub failed: Vec<FailedTile>,
    /// The animations, as declared; empty for a raw or packed bank.
    pub animations: Vec<PreviewAnimation>,
}

/// An animation of a bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewAnimation {
    /// As declared.
    pub declared: Animation,
    /// The tiles of its frames; `None` if it has an error, or one of its images has.
    pub frames: Option<BankAnimation>,
}

/// An image that a bank declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredImage {
    /// Relative to the asset's root.
    pub file: RelPath,
    /// Its first id.
    pub index: u32,
    /// Which of its pixels are transparent, besides those with alpha 0.
    pub color_key: Option<ColorKey>,
    /// Which part of it is used, if it is a sprite.
    pub part: SpritePart,
    /// How it is cut into cells; of a sprite, each frame.
    pub cut: Cut,
    /// Whether all of its tiles are on the sheet.
    pub is_whole: bool,
}

/// A tile that no palette draws: it is a hole of the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedTile {
    /// Its id.
    pub id: u32,
    /// As its author drew it: red, green, blue and alpha in four bytes per pixel, row by row.
    pub rgba: Vec<u8>,
    /// All of its pixels that a finding is about, row by row, each with the cause of that finding.
    pub wrong: Vec<(Pixel, CauseId)>,
}

/// A palette of a bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewPalette {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// 1–16 colors; color 0 is the color key, which is never drawn.
    pub colors: Vec<Color>,
    /// The file that has the colors, if they are not in the declaration.
    pub file: Option<PaletteSource>,
}

/// A color of a palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color {
    /// As declared; unknown for a raw or packed bank.
    pub authored: Option<Rgb>,
    /// As the console stores it.
    pub stored: Rgb565,
}

/// A tile of a bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewTile {
    /// Its state on the sheet.
    pub state: TileState,
    /// The image it comes from, if an artifact has this id.
    pub source: Option<TileSource>,
    /// The palette that its indices were chosen for; `None` if unknown.
    pub palette: Option<u32>,
}

/// The state of a tile on the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileState {
    /// At least one pixel is visible.
    Drawn,
    /// All pixels have index 0.
    Blank,
    /// An error keeps it off the sheet.
    Hole {
        /// The finding that explains it; `None` if a file changed while it was read.
        cause: Option<CauseId>,
    },
    /// No artifact has this id.
    Unused,
}

/// Where a tile comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileSource {
    /// Relative to the asset's root.
    pub file: RelPath,
    /// The region of the artifact, if it has one.
    pub region: Option<Region>,
    /// Its cell; `None` if the image could not be divided into cells.
    pub cell: Option<TileCell>,
}

/// A cell of an artifact's grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileCell {
    /// The column in the artifact's grid.
    pub column: u32,
    /// The row in the artifact's grid.
    pub row: u32,
    /// Its top left pixel in the image.
    pub corner: Pixel,
}

/// Where a tile lies on the sheet, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileRect {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// Its width and height.
    pub side: u32,
}

/// Where the tile `id` lies on the sheet; `None` if the bank has no such id.
pub fn tile_rect(size: TileSize, id: u32) -> Option<TileRect> {
    let side = size.pixels();
    let rect = TileRect { x: id % size.columns() * side, y: id / size.columns() * side, side };
    (id < size.capacity()).then_some(rect)
}

/// The tile that contains the pixel (`x`, `y`); `None` outside the sheet.
pub fn tile_at(size: TileSize, x: u32, y: u32) -> Option<u32> {
    (x < SHEET_PIXELS && y < SHEET_PIXELS).then(|| y / size.pixels() * size.columns() + x / size.pixels())
}

/// The bytes of a glyph bank.
#[derive(Clone, PartialEq, Eq)]
pub struct GlyphPayload(Box<[u8; GLYPH_BYTES]>);

impl std::fmt::Debug for GlyphPayload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GlyphPayload").finish_non_exhaustive()
    }
}

impl GlyphPayload {
    /// Wraps the bytes of a payload; `None` if their number is not [`GLYPH_BYTES`].
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        bytes.into_boxed_slice().try_into().ok().map(Self)
    }

    /// A payload in which all indices and colors are 0.
    pub fn empty() -> Self {
        Self(Box::new([0; GLYPH_BYTES]))
    }

    /// The bytes, as in the pack.
    pub fn bytes(&self) -> &[u8; GLYPH_BYTES] {
        &self.0
    }

    /// The index of a pixel of the sheet, 0…15; 0 outside the sheet.
    pub fn index(&self, x: u32, y: u32) -> u8 {
        if x >= SHEET_PIXELS || y >= SHEET_PIXELS {
            return 0;
        }
        let pair = self.0[(y * SHEET_PIXELS + x) as usize / 2];
        if x.is_multiple_of(2) { pair >> 4 } else { pair & 0xF }
    }

    /// All indices, row by row.
    pub fn indices(&self) -> impl Iterator<Item = u8> + '_ {
        self.0[..GLYPH_INDEX_BYTES].iter().flat_map(|pair| [pair >> 4, pair & 0xF])
    }

    /// Whether every pixel of the tile `id` is index 0.
    pub fn is_blank(&self, size: TileSize, id: u32) -> bool {
        self.tile(size, id).all(|index| index == 0)
    }

    /// The indices of the tile `id`, row by row; none if the bank has no such id.
    pub fn tile(&self, size: TileSize, id: u32) -> impl Iterator<Item = u8> + '_ {
        let rect = tile_rect(size, id).unwrap_or(TileRect { x: 0, y: 0, side: 0 });
        let rows = rect.y..rect.y + rect.side;
        rows.flat_map(move |y| (rect.x..rect.x + rect.side).map(move |x| self.index(x, y)))
    }

    /// The colors of one of the 64 palettes, declared or not; black if there is no such palette.
    pub fn palette(&self, palette: u32) -> [Rgb565; PALETTE_COLORS] {
        let at = GLYPH_INDEX_BYTES + palette.min(MAX_PALETTES) as usize * PALETTE_COLORS * 2;
        let mut colors = [Rgb565(0); PALETTE_COLORS];
        let (stored, _) = self.0[at..].as_chunks::<2>();
        for (color, stored) in std::iter::zip(&mut colors, stored) {
            *color = Rgb565(u16::from_le_bytes(*stored));
        }
        colors
    }

    /// The whole sheet in one of the 64 palettes, as the console shows it: 256 × 256 pixels, row by row, with red,
    /// green, blue and alpha in four bytes. Index 0 is transparent black.
    pub fn rgba(&self, palette: u32) -> Vec<u8> {
        let mut shown = self.palette(palette).map(|stored| {
            let Rgb([r, g, b]) = stored.to_rgb();
            [r, g, b, 0xFF]
        });
        shown[0] = [0; 4];
        self.indices().flat_map(|index| shown[usize::from(index)]).collect()
    }
}

/// How a palette is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaletteUse {
    /// All 16 colors, by index.
    pub colors: [ColorUse; PALETTE_COLORS],
    /// How many tiles were counted.
    pub tiles: u32,
    /// Declared colors 1…15 that equal an earlier one: (earlier index, this index).
    pub duplicates: Vec<(u8, u8)>,
    /// Colors 1…15 that were declared differently but are equal on the console: (earlier index, this index).
    pub collapsed: Vec<(u8, u8)>,
}

/// How a color of a palette is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ColorUse {
    /// Whether the palette declares it. If the declaration is unknown: whether it is not black, or a pixel has it; the
    /// other entries of a payload are filled with black.
    pub is_declared: bool,
    /// How many pixels of the counted tiles have its index.
    pub pixels: u32,
}

impl GlyphPreview {
    /// The tile with this id, as its author drew it, if no palette draws it.
    pub fn failed_tile(&self, id: u32) -> Option<&FailedTile> {
        self.failed.binary_search_by_key(&id, |tile| tile.id).ok().map(|at| &self.failed[at])
    }

    /// The tiles that a finding is about, by id, each with its first wrong pixel if that is known. These are all of
    /// them; the places of a finding are only the first.
    pub fn tiles_of_cause(&self, cause: CauseId) -> Vec<(u32, Option<Pixel>)> {
        let tile = |(id, tile): (u32, &PreviewTile)| {
            let wrong = self.failed_tile(id).and_then(|tile| tile.wrong.iter().find(|(_, other)| *other == cause));
            let is_hole = tile.state == TileState::Hole { cause: Some(cause) };
            (is_hole || wrong.is_some()).then(|| (id, wrong.map(|(pixel, _)| *pixel)))
        };
        (0u32..).zip(&self.tiles).filter_map(tile).collect()
    }

    /// Whether it is known which palette the indices of each tile were chosen for. A payload does not record it, so in
    /// a raw or packed bank it is unknown.
    pub fn has_known_palettes(&self) -> bool {
        self.tiles.iter().any(|tile| tile.palette.is_some()) || !self.artifacts.is_empty()
    }

    /// How a palette is used. Counts the pixels of the tiles whose indices were chosen for this palette. If that is
    /// unknown, all tiles are counted.
    pub fn palette_use(&self, palette: usize) -> PaletteUse {
        let mut used =
            PaletteUse { colors: Default::default(), tiles: 0, duplicates: Vec::new(), collapsed: Vec::new() };
        let size = self.metadata.tile_size;
        let is_known = self.has_known_palettes();
        for (id, tile) in (0u32..).zip(&self.tiles) {
            let is_of_palette = tile.palette.is_some_and(|of_tile| of_tile as usize == palette);
            if is_of_palette || !is_known {
                used.tiles += 1;
                self.payload.tile(size, id).for_each(|index| used.colors[usize::from(index)].pixels += 1);
            }
        }
        let colors = self.palettes.get(palette).map_or(&[][..], |palette| &palette.colors);
        let numbered: Vec<(u8, &Color)> = (0u8..).zip(colors).collect();
        for (at, color) in &numbered {
            let counted = &mut used.colors[usize::from(*at)];
            let is_entry_used = color.stored.0 != 0 || (*at > 0 && counted.pixels > 0);
            counted.is_declared = color.authored.is_some() || is_entry_used;
            let earlier = numbered.iter().take(usize::from(*at)).skip(1).filter(|_| color.authored.is_some());
            let Some((first, same)) = earlier.into_iter().find(|(_, other)| other.stored == color.stored) else {
                continue;
            };
            let pairs = if same.authored == color.authored { &mut used.duplicates } else { &mut used.collapsed };
            pairs.push((*first, *at));
        }
        used
    }

    /// The ids of the tiles that come from one file, as ascending ranges.
    pub fn ids_of(&self, file: &RelPath) -> Vec<Range<u32>> {
        let mut ranges: Vec<Range<u32>> = Vec::new();
        for (id, _) in
            (0u32..).zip(&self.tiles).filter(|(_, tile)| tile.source.as_ref().is_some_and(|s| s.file == *file))
        {
            match ranges.last_mut() {
                Some(last) if last.end == id => last.end += 1,
                _ => ranges.push(id..id + 1),
            }
        }
        ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An 8 × 8 sheet in which tile 1 is a diagonal of index 5, the last pixel has index 15, and the rest is blank.
    fn payload() -> GlyphPayload {
        let mut bytes = vec![0; GLYPH_BYTES];
        for n in 0..8 {
            bytes[n * 128 + 4 + n / 2] = if n % 2 == 0 { 0x50 } else { 0x05 };
        }
        bytes[GLYPH_INDEX_BYTES - 1] = 0x0F;
        // Palette 0: color 0 white, color 5 red. Palette 63: color 5 blue.
        bytes[GLYPH_INDEX_BYTES..GLYPH_INDEX_BYTES + 2].copy_from_slice(&0xFFFFu16.to_le_bytes());
        bytes[GLYPH_INDEX_BYTES + 10..GLYPH_INDEX_BYTES + 12].copy_from_slice(&0xF800u16.to_le_bytes());
        bytes[GLYPH_BYTES - 22..GLYPH_BYTES - 20].copy_from_slice(&0x001Fu16.to_le_bytes());
        GlyphPayload::new(bytes).unwrap()
    }

    fn color(authored: &str) -> Color {
        let rgb = Rgb::parse(authored).unwrap();
        Color { authored: Some(rgb), stored: rgb.to_565() }
    }

    fn preview(colors: &[Color], palettes_of_tiles: &[Option<u32>]) -> GlyphPreview {
        let tile = |palette: &Option<u32>| PreviewTile { state: TileState::Drawn, source: None, palette: *palette };
        GlyphPreview {
            metadata: GlyphMetadata { tile_size: TileSize::Eight, palette_authored: 1 },
            payload: payload(),
            palettes: vec![PreviewPalette { name: None, colors: colors.to_vec(), file: None }],
            tiles: palettes_of_tiles.iter().map(tile).collect(),
            artifacts: Vec::new(),
            declared: Vec::new(),
            failed: Vec::new(),
            animations: Vec::new(),
        }
    }

    #[test]
    fn payload_of_another_length_is_rejected() {
        assert!(GlyphPayload::new(vec![0; GLYPH_BYTES - 1]).is_none());
        assert!(GlyphPayload::new(vec![0; GLYPH_BYTES + 1]).is_none());
    }

    #[test]
    fn left_pixel_is_the_high_nibble() {
        let payload = payload();
        assert_eq!([(8, 0), (9, 1), (15, 7), (9, 0), (254, 255)].map(|(x, y)| payload.index(x, y)), [5, 5, 5, 0, 0]);
        assert_eq!(payload.index(255, 255), 15);
        assert_eq!([payload.index(256, 0), payload.index(8, 256)], [0, 0]);
        assert_eq!(payload.indices().filter(|index| *index > 0).count(), 9);
        assert_eq!(payload.indices().count(), 65_536);
    }

    #[test]
    fn sheet_has_colors_of_any_palette() {
        let at = |rgba: &[u8], x: usize, y: usize| rgba[(y * 256 + x) * 4..][..4].to_vec();
        let (red, blue) = (payload().rgba(0), payload().rgba(63));
        assert_eq!((red.len(), at(&red, 8, 0), at(&blue, 8, 0)), (262_144, vec![255, 0, 0, 255], vec![0, 0, 255, 255]));
        assert_eq!(at(&red, 0, 0), [0; 4], "color 0 is white, and never drawn");
        assert_eq!(at(&red, 255, 255), [0, 0, 0, 255], "an undeclared color is black");
        assert_eq!(payload().palette(64), [Rgb565(0); 16], "there is no such palette");
    }

    #[test]
    fn tiles_lie_row_by_row() {
        for size in TileSize::ALL {
            for id in 0..size.capacity() {
                let rect = tile_rect(size, id).unwrap();
                let last = rect.side - 1;
                assert_eq!(tile_at(size, rect.x, rect.y), Some(id));
                assert_eq!(tile_at(size, rect.x + last, rect.y + last), Some(id));
            }
            assert_eq!(tile_rect(size, size.capacity()), None);
        }
        assert_eq!(tile_rect(TileSize::Sixteen, 17), Some(TileRect { x: 16, y: 16, side: 16 }));
        assert_eq!((tile_at(TileSize::Eight, 256, 0), tile_at(TileSize::Eight, 0, 256)), (None, None));
    }

    #[test]
    fn tile_yields_its_own_pixels() {
        let payload = payload();
        let tile: Vec<u8> = payload.tile(TileSize::Eight, 1).collect();
        assert_eq!((tile.len(), tile[0], tile[9], tile[63], tile[1]), (64, 5, 5, 5, 0));
        assert!(payload.is_blank(TileSize::Eight, 0) && !payload.is_blank(TileSize::Eight, 1));
        assert_eq!(payload.tile(TileSize::Eight, 1024).count(), 0);
    }

    #[test]
    fn palette_use_counts_its_own_tiles() {
        let red = ["#ff00ff", "#ff0000"].map(color);
        let seen = preview(&red, &[Some(0), Some(1)]).palette_use(0);
        assert_eq!((seen.tiles, seen.colors[0].pixels, seen.colors[5].pixels), (1, 64, 0));
        let seen = preview(&red, &[Some(1), Some(0)]).palette_use(0);
        assert_eq!((seen.tiles, seen.colors[0].pixels, seen.colors[5].pixels), (1, 56, 8));
        assert_eq!(seen.colors.map(|color| color.is_declared).iter().filter(|is| **is).count(), 2);
    }

    #[test]
    fn unknown_palettes_count_the_whole_sheet() {
        let seen = preview(&[color("#ff00ff")], &[None; 1024]).palette_use(0);
        assert_eq!((seen.tiles, seen.colors[5].pixels, seen.colors[15].pixels), (1024, 8, 1));
        assert_eq!(seen.colors[0].pixels, 65_536 - 9);
        assert_eq!(preview(&[], &[None]).palette_use(7).colors[0], ColorUse { is_declared: false, pixels: 64 });
    }

    #[test]
    fn duplicates_and_collapsed_colors_differ() {
        // The low three bits of red are dropped. Color 0 is never drawn, so it is not a duplicate of any color.
        let colors = ["#102030", "#102030", "#112030", "#ff0000", "#102030", "#ff0000"].map(color);
        let seen = preview(&colors, &[]).palette_use(0);
        assert_eq!((seen.duplicates, seen.collapsed), (vec![(1, 4), (3, 5)], vec![(1, 2)]));
    }
}
