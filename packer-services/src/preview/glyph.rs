//! A glyph payload decoded: indices, colours, tiles, and what its palettes are used for.

use std::ops::Range;

use crate::banks::ArtifactUse;
use crate::declaration::Region;
use crate::diagnostics::Pixel;
use crate::formats::{
    GLYPH_BYTES, GLYPH_INDEX_BYTES, GlyphMetadata, MAX_PALETTES, PALETTE_COLOURS, Rgb, Rgb565, SHEET_PIXELS, TileSize,
};
use crate::paths::RelPath;

/// A glyph bank.
#[derive(Clone, Debug, PartialEq)]
pub struct GlyphPreview {
    /// Of its entry in the pack.
    pub metadata: GlyphMetadata,
    /// Index 0 where a tile is missing.
    pub payload: GlyphPayload,
    /// As declared; of a raw or packed bank, the authored ones with all their colours.
    pub palettes: Vec<PreviewPalette>,
    /// By id, all that the bank has room for.
    pub tiles: Vec<PreviewTile>,
    /// What each picture became, by its first id; none of a raw or packed bank.
    pub artifacts: Vec<ArtifactUse>,
}

/// A palette of a bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewPalette {
    /// If it has one.
    pub name: Option<String>,
    /// 1–16; colour 0 is the colour key, which is never drawn.
    pub colours: Vec<Colour>,
}

/// A colour of a palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    /// As the artist wrote it; not known of a raw or packed bank.
    pub authored: Option<Rgb>,
    /// As the console stores it.
    pub stored: Rgb565,
}

/// A tile of a bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewTile {
    /// What is on the sheet.
    pub state: TileState,
    /// Where it comes from, if an artifact has this id.
    pub source: Option<TileSource>,
    /// The palette that its indices were made for; `None` where nobody knows.
    pub palette: Option<u32>,
}

/// What is on the sheet where a tile is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileState {
    /// At least one pixel that is seen.
    Drawn,
    /// A tile of index 0 alone.
    Blank,
    /// An error keeps it off the sheet.
    Hole {
        /// Which of the report's findings tells why.
        why: usize,
    },
    /// Nobody has this id.
    Unused,
}

/// Where a tile comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileSource {
    /// Relative to the asset's root.
    pub file: RelPath,
    /// The region of the artifact, if it has one.
    pub region: Option<Region>,
    /// Its cell; `None` if the picture could not be cut.
    pub cell: Option<TileCell>,
}

/// A cell of an artifact's grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileCell {
    /// In the artifact's grid.
    pub column: u32,
    /// In the artifact's grid.
    pub row: u32,
    /// Its upper left pixel, in the picture.
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

/// Where the tile `id` lies; `None` past the bank's end.
pub fn tile_rect(size: TileSize, id: u32) -> Option<TileRect> {
    let side = size.pixels();
    let rect = TileRect { x: id % size.columns() * side, y: id / size.columns() * side, side };
    (id < size.capacity()).then_some(rect)
}

/// The tile that the pixel (`x`, `y`) is of; `None` off the sheet.
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
    /// Of a payload's bytes; `None` if they are not as many as every glyph payload has.
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        bytes.into_boxed_slice().try_into().ok().map(Self)
    }

    /// Index 0 everywhere, and all palettes zero.
    pub fn empty() -> Self {
        Self(Box::new([0; GLYPH_BYTES]))
    }

    /// As they stand in the pack.
    pub fn bytes(&self) -> &[u8; GLYPH_BYTES] {
        &self.0
    }

    /// The index of a pixel of the sheet, 0…15; 0 off the sheet.
    pub fn index(&self, x: u32, y: u32) -> u8 {
        if x >= SHEET_PIXELS || y >= SHEET_PIXELS {
            return 0;
        }
        let pair = self.0[(y * SHEET_PIXELS + x) as usize / 2];
        if x % 2 == 0 { pair >> 4 } else { pair & 0xF }
    }

    /// All indices, row by row.
    pub fn indices(&self) -> impl Iterator<Item = u8> + '_ {
        self.0[..GLYPH_INDEX_BYTES].iter().flat_map(|pair| [pair >> 4, pair & 0xF])
    }

    /// Whether every pixel of the tile `id` is index 0.
    pub fn is_blank(&self, size: TileSize, id: u32) -> bool {
        self.tile(size, id).all(|index| index == 0)
    }

    /// The indices of the tile `id`, row by row; none past the bank's end.
    pub fn tile(&self, size: TileSize, id: u32) -> impl Iterator<Item = u8> + '_ {
        let rect = tile_rect(size, id).unwrap_or(TileRect { x: 0, y: 0, side: 0 });
        let rows = rect.y..rect.y + rect.side;
        rows.flat_map(move |y| (rect.x..rect.x + rect.side).map(move |x| self.index(x, y)))
    }

    /// The colours of one of the 64 palettes, declared or not; black past the last.
    pub fn palette(&self, palette: u32) -> [Rgb565; PALETTE_COLOURS] {
        let at = GLYPH_INDEX_BYTES + palette.min(MAX_PALETTES) as usize * PALETTE_COLOURS * 2;
        let mut colours = [Rgb565(0); PALETTE_COLOURS];
        let (stored, _) = self.0[at..].as_chunks::<2>();
        for (colour, stored) in std::iter::zip(&mut colours, stored) {
            *colour = Rgb565(u16::from_le_bytes(*stored));
        }
        colours
    }

    /// The whole sheet in one of the 64 palettes: 256 × 256 pixels, row by row, four bytes each: red, green, blue and alpha, as
    /// the console shows them. Index 0 is transparent black.
    pub fn rgba(&self, palette: u32) -> Vec<u8> {
        let mut shown = self.palette(palette).map(|stored| {
            let Rgb([r, g, b]) = stored.to_rgb();
            [r, g, b, 0xFF]
        });
        shown[0] = [0; 4];
        self.indices().flat_map(|index| shown[usize::from(index)]).collect()
    }
}

/// What a palette is used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaletteUse {
    /// By index, all 16.
    pub colours: [ColourUse; PALETTE_COLOURS],
    /// Tiles that were counted.
    pub tiles: u32,
    /// Colours 1…15 that are the same as an earlier one: (the earlier, this one).
    pub duplicates: Vec<(u8, u8)>,
    /// Colours 1…15 that were written apart, and are one on the console: (the earlier, this one).
    pub collapsed: Vec<(u8, u8)>,
}

/// What a colour of a palette is used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ColourUse {
    /// Whether the palette has it.
    pub is_declared: bool,
    /// Pixels of its index in the tiles that were counted.
    pub pixels: u32,
}

impl GlyphPreview {
    /// What a palette is used for. The pixels are those of the tiles whose indices were made for this palette; of a raw or packed
    /// bank, where nobody knows, those of the whole sheet.
    pub fn palette_use(&self, palette: usize) -> PaletteUse {
        let mut seen =
            PaletteUse { colours: Default::default(), tiles: 0, duplicates: Vec::new(), collapsed: Vec::new() };
        let size = self.metadata.tile_size;
        let is_known = self.tiles.iter().any(|tile| tile.palette.is_some()) || !self.artifacts.is_empty();
        for (id, tile) in (0u32..).zip(&self.tiles) {
            let is_mine = tile.palette.is_some_and(|mine| mine as usize == palette);
            if is_mine || !is_known {
                seen.tiles += 1;
                self.payload.tile(size, id).for_each(|index| seen.colours[usize::from(index)].pixels += 1);
            }
        }
        let colours = self.palettes.get(palette).map_or(&[][..], |palette| &palette.colours);
        let numbered: Vec<(u8, &Colour)> = (0u8..).zip(colours).collect();
        for (at, colour) in &numbered {
            seen.colours[usize::from(*at)].is_declared = true;
            let earlier = numbered.iter().take(usize::from(*at)).skip(1);
            let Some((first, same)) = earlier.into_iter().find(|(_, other)| other.stored == colour.stored) else {
                continue;
            };
            let pairs = if same.authored == colour.authored { &mut seen.duplicates } else { &mut seen.collapsed };
            pairs.push((*first, *at));
        }
        seen
    }

    /// The ids that come from one file, as ranges, by id.
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
