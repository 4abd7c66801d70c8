//! Random glyph banks: palettes, images of every kind whose tiles are drawn with them, and the tiles that the console
//! must show.

use packer_services::declaration::{ColorKey, Cut, GlyphArtifact, Region};
use packer_services::formats::{Rgb, TileSize};
use support::oracle::reader::Glyph;
use support::oracle::{self, SourceTile, faithful_palettes, palettes_are, sheet_is_empty_past};
use support::{artifact, palette};

use crate::png_writer::{ColorType, Drawing};
use crate::random::Rng;

/// An image file, and the pixels that were drawn.
#[derive(Clone, Debug)]
pub struct PaintedImage {
    pub file: Vec<u8>,
    /// The size in cells.
    columns: usize,
    rows: usize,
    spacing: Spacing,
    skip_blank: bool,
    /// The cells that are tiles, in order.
    cells: Vec<usize>,
    rgba: Vec<[u8; 4]>,
    /// The indices of an indexed image.
    indices: Option<Vec<u8>>,
    pub color_key: Option<ColorKey>,
    /// The palette, if all tiles are drawn with the same one.
    pub palette: Option<usize>,
}

/// The space around and between the cells of an image, in pixels.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spacing {
    pub margin: usize,
    pub spacing: usize,
    /// Outside the region: left, above, right, below.
    beside: [usize; 4],
}

impl Spacing {
    /// A random one; mostly none.
    pub fn random(rng: &mut Rng) -> Self {
        if !rng.one_in(3) {
            return Self::default();
        }
        let mut some = || if rng.one_in(2) { 0 } else { 1 + rng.below(5) };
        Self { margin: some(), spacing: some(), beside: std::array::from_fn(|_| some()) }
    }

    /// As [`Self::random`], but all of the image is used.
    pub fn random_without_region(rng: &mut Rng) -> Self {
        Self { beside: [0; 4], ..Self::random(rng) }
    }

    fn length(self, cells: usize, side: usize) -> usize {
        2 * self.margin + cells * side + (cells - 1) * self.spacing
    }

    /// The cell at a coordinate, if it is in one of the `cells`; `before` is the space before the region.
    fn cell(self, at: usize, before: usize, cells: usize, side: usize) -> Option<usize> {
        let inside = at.checked_sub(before + self.margin)?;
        let pitch = side + self.spacing;
        (inside % pitch < side && inside / pitch < cells).then_some(inside / pitch)
    }
}

/// A glyph bank.
#[derive(Clone, Debug)]
pub struct GlyphBank {
    pub tile_size: TileSize,
    pub palettes: Vec<Vec<Rgb>>,
    pub images: Vec<PaintedImage>,
    /// The image's position in the list, its first tile, and whether the artifact names the palette.
    pub artifacts: Vec<(usize, usize, bool)>,
}

/// How an image is written.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Rgba,
    Rgb,
    /// Indexed, with the palette's own indices.
    Authored,
    /// Indexed, in another order.
    Shuffled,
    Deep,
}

impl GlyphBank {
    /// A small bank.
    pub fn random(rng: &mut Rng) -> Self {
        let tile_size = *rng.choose(&TileSize::ALL);
        let palettes = random_palettes(rng);
        let images: Vec<PaintedImage> =
            (0..1 + rng.below(4)).map(|_| PaintedImage::random_cut(rng, tile_size, &palettes)).collect();
        let mut artifacts = Vec::new();
        let mut next = 0;
        let again = rng.below(images.len());
        for at in (0..images.len()).chain(rng.one_in(2).then_some(again)) {
            let named = images[at].palette.is_some() && rng.one_in(2);
            artifacts.push((at, next, named));
            next += images[at].tile_count();
        }
        rng.shuffle(&mut artifacts);
        Self { tile_size, palettes, images, artifacts }
    }

    /// The file name of an image.
    pub fn file_name(at: usize) -> String {
        format!("art/{at}.png")
    }

    pub fn declared_palettes(&self) -> Vec<packer_services::declaration::Palette> {
        self.palettes.iter().map(|colors| palette(colors)).collect()
    }

    pub fn declared_artifacts(&self) -> Vec<GlyphArtifact> {
        let declared = |(at, index, named): &(usize, usize, bool)| GlyphArtifact {
            palette: self.images[*at].palette.filter(|_| *named).map(|palette| u32::try_from(palette).unwrap()),
            color_key: self.images[*at].color_key,
            cut: self.images[*at].cut(self.tile_size),
            ..artifact(&Self::file_name(*at), u32::try_from(*index).unwrap())
        };
        self.artifacts.iter().map(declared).collect()
    }

    /// Compares a packed bank with its sources, tile by tile.
    pub fn assert_packed(&self, glyph: &Glyph) {
        let declared: Vec<Vec<[u8; 3]>> =
            self.palettes.iter().map(|colors| colors.iter().map(|color| color.0).collect()).collect();
        assert!(palettes_are(glyph, &declared));
        assert_eq!(glyph.tile_size, self.tile_size.pixels() as usize);
        let mut count = 0;
        for (at, first, named) in &self.artifacts {
            let image = &self.images[*at];
            count += image.tile_count();
            let named = image.palette.filter(|_| *named);
            image.assert_drawn(glyph, *first, &declared, named);
        }
        assert!(sheet_is_empty_past(glyph, count));
    }
}

/// Up to five palettes of 1 to 16 colors. Some are grey, some have only their key; some colors are repeated, within one
/// palette or in several; and magenta, which is often a key, can be an ordinary color.
pub fn random_palettes(rng: &mut Rng) -> Vec<Vec<Rgb>> {
    let mut known: Vec<Rgb> = Vec::new();
    let mut palettes = Vec::new();
    for _ in 0..1 + rng.below(5) {
        let (count, grey) = (1 + rng.below(16), rng.one_in(4));
        let mut palette = Vec::new();
        for _ in 0..count {
            let color = match () {
                () if grey => [rng.next_byte(); 3],
                () if rng.one_in(8) => [255, 0, 255],
                () if !known.is_empty() && rng.one_in(5) => same_on_console(rng, rng.clone().choose(&known).0),
                () => [rng.next_byte(), rng.next_byte(), rng.next_byte()],
            };
            palette.push(Rgb(color));
            known.push(Rgb(color));
        }
        palettes.push(palette);
    }
    palettes
}

/// The color with other low bits: both are equal on the console.
fn same_on_console(rng: &mut Rng, [r, g, b]: [u8; 3]) -> [u8; 3] {
    [r ^ (rng.next_byte() & 7), g ^ (rng.next_byte() & 3), b ^ (rng.next_byte() & 7)]
}

impl PaintedImage {
    /// As [`Self::random`], with a random cut.
    pub fn random_cut(rng: &mut Rng, size: TileSize, palettes: &[Vec<Rgb>]) -> Self {
        let spacing = Spacing::random(rng);
        let mut painted = Self::random(rng, size, palettes, None, spacing);
        if rng.one_in(2) {
            painted.skip_blank_cells(size);
        }
        painted
    }

    /// One tile or a small sheet of tiles, each blank or drawn with one of the palettes. `keyed` is the color key of
    /// all images, if the caller chooses it.
    pub fn random(
        rng: &mut Rng,
        size: TileSize,
        palettes: &[Vec<Rgb>],
        keyed: Option<Option<ColorKey>>,
        spacing: Spacing,
    ) -> Self {
        let side = size.pixels() as usize;
        let (columns, rows) = (1 + rng.below(3), 1 + rng.below(2));
        let kinds = [Kind::Rgba, Kind::Rgb, Kind::Authored, Kind::Shuffled, Kind::Deep];
        let kind = match keyed {
            Some(Some(ColorKey::Index0)) => *rng.choose(&kinds[2..4]),
            _ => *rng.choose(&kinds),
        };
        let one = (kind == Kind::Authored || rng.one_in(2)).then(|| rng.below(palettes.len()));
        let of_tile: Vec<usize> =
            (0..columns * rows).map(|_| one.unwrap_or_else(|| rng.below(palettes.len()))).collect();
        let is_blank: Vec<bool> = (0..columns * rows).map(|_| rng.one_in(6)).collect();
        let color_key = keyed.unwrap_or_else(|| match kind {
            Kind::Rgb => Some(ColorKey::Color(palettes[of_tile[0]][0])),
            Kind::Authored if rng.one_in(2) => Some(ColorKey::Index0),
            _ if rng.one_in(3) => Some(ColorKey::Color(palettes[of_tile[0]][0])),
            _ => None,
        });
        let [left, top, right, below] = spacing.beside;
        let width = left + spacing.length(columns, side) + right;
        let height = top + spacing.length(rows, side) + below;
        // Each pixel is a color of its tile's palette, or transparent. Between the tiles it can be anything.
        let pixels: Vec<(usize, usize)> = (0..width * height)
            .map(|at| {
                let column = spacing.cell(at % width, left, columns, side);
                let cell =
                    column.zip(spacing.cell(at / width, top, rows, side)).map(|(column, row)| row * columns + column);
                let palette = match cell {
                    Some(cell) => of_tile[cell],
                    None => one.unwrap_or_else(|| rng.below(palettes.len())),
                };
                let is_clear = palettes[palette].len() == 1 || cell.is_some_and(|cell| is_blank[cell]) || rng.one_in(5);
                (palette, if is_clear { 0 } else { 1 + rng.below(palettes[palette].len() - 1) })
            })
            .collect();
        let brush = Brush { palettes, pixels, color_key, width, height };
        let (drawing, rgba, indices) = match kind {
            Kind::Authored | Kind::Shuffled => brush.indexed(rng, kind == Kind::Authored),
            _ => brush.direct(rng, kind),
        };
        let (file, cells) = (drawing.bytes(), (0..columns * rows).collect());
        Self { file, columns, rows, spacing, skip_blank: false, cells, rgba, indices, color_key, palette: one }
    }

    /// The number of tiles.
    pub fn tile_count(&self) -> usize {
        self.cells.len()
    }

    /// The cut of its artifact.
    pub fn cut(&self, size: TileSize) -> Cut {
        let pixels = |pixels: usize| u32::try_from(pixels).unwrap();
        let Spacing { margin, spacing, beside } = self.spacing;
        let length = |cells| pixels(self.spacing.length(cells, size.pixels() as usize));
        let [x, y, ..] = beside.map(pixels);
        let region = Region { x, y, w: length(self.columns), h: length(self.rows) };
        let region = (beside != [0; 4]).then_some(region);
        Cut { region, margin: pixels(margin), spacing: pixels(spacing), skip_blank: self.skip_blank }
    }

    /// Skips blank cells; if all cells are blank, clear_index changes, and the result is false.
    pub fn skip_blank_cells(&mut self, size: TileSize) -> bool {
        let is_drawn = |cell: &usize| {
            let (rgba, indices) = self.cell(*cell, size.pixels() as usize);
            let source = SourceTile { rgba: &rgba, indices: indices.as_deref(), color_key: self.source_color_key() };
            oracle::expected_tile_rgb565(source).iter().any(Option::is_some)
        };
        let drawn: Vec<usize> = (0..self.columns * self.rows).filter(is_drawn).collect();
        if !drawn.is_empty() {
            (self.skip_blank, self.cells) = (true, drawn);
        }
        self.skip_blank
    }

    fn source_color_key(&self) -> Option<oracle::SourceColorKey> {
        self.color_key.map(|key| match key {
            ColorKey::Index0 => oracle::SourceColorKey::Index0,
            ColorKey::Color(rgb) => oracle::SourceColorKey::Rgb(rgb.0),
        })
    }

    /// The pixels of the `n`-th cell: RGBA and indices.
    fn cell(&self, n: usize, side: usize) -> (Vec<[u8; 4]>, Option<Vec<u8>>) {
        let Spacing { margin, spacing, beside: [left, top, right, _] } = self.spacing;
        let width = left + self.spacing.length(self.columns, side) + right;
        let left = left + margin + n % self.columns * (side + spacing);
        let top = top + margin + n / self.columns * (side + spacing);
        let at = |i: usize| (top + i / side) * width + left + i % side;
        let places = || (0..side * side).map(at);
        (
            places().map(|at| self.rgba[at]).collect(),
            self.indices.as_ref().map(|indices| places().map(|at| indices[at]).collect()),
        )
    }

    /// Asserts that the console has the indices of the spec, from tile `first` on, and draws the image with one of the
    /// declared palettes, including the named one, if any.
    pub fn assert_drawn(&self, glyph: &Glyph, first: usize, declared: &[Vec<[u8; 3]>], named: Option<usize>) {
        for (n, cell) in self.cells.iter().enumerate() {
            let (rgba, indices) = self.cell(*cell, glyph.tile_size);
            let source = SourceTile { rgba: &rgba, indices: indices.as_deref(), color_key: self.source_color_key() };
            assert_eq!(glyph.tile(first + n), expected_indices(source, declared, named), "tile {}", first + n);
            let faithful = faithful_palettes(glyph, first + n, source, declared);
            assert!(!faithful.is_empty(), "no palette draws tile {}: {source:?}", first + n);
            assert!(
                named.is_none_or(|named| faithful.contains(&named)),
                "palette {named:?} does not draw tile {}",
                first + n
            );
        }
    }
}

/// "Image to indices" of the spec, implemented independently; `None` if no palette can draw the tile.
fn expected_indices(source: SourceTile, declared: &[Vec<[u8; 3]>], named: Option<usize>) -> Option<Vec<u8>> {
    let remaining = oracle::expected_tile_rgb565(source);
    let stored: Vec<Vec<u16>> =
        declared.iter().map(|colors| colors.iter().map(|color| oracle::rgb565(*color)).collect()).collect();
    let candidates = || stored.iter().enumerate().filter(|(at, _)| named.is_none_or(|named| named == *at));
    let all_indices = |index_of: &dyn Fn(usize, u16) -> Option<u8>| -> Option<Vec<u8>> {
        let pixels = remaining.iter().enumerate();
        pixels.map(|(at, color)| color.map_or(Some(0), |color| index_of(at, color))).collect()
    };
    let authors = source.indices.and_then(|indices| {
        // Index 16 r + c is index c of a palette, if all pixels have the same r.
        let row = std::iter::zip(indices, &remaining).find(|(_, color)| color.is_some()).map(|(index, _)| index / 16);
        candidates().find_map(|(_, colors)| {
            all_indices(&|at, color| {
                let (index, column) = (indices[at], indices[at] % 16);
                let is_in_row = column > 0 && Some(index / 16) == row;
                (is_in_row && colors.get(usize::from(column)) == Some(&color)).then_some(column)
            })
        })
    });
    authors.or_else(|| {
        candidates().find_map(|(_, colors)| {
            all_indices(&|_, color| {
                let found = (1..colors.len()).find(|index| colors[*index] == color)?;
                u8::try_from(found).ok()
            })
        })
    })
}

/// The content of an image that is drawn.
struct Brush<'a> {
    palettes: &'a [Vec<Rgb>],
    /// The palette of each pixel, and its color in it; color 0 is transparent.
    pixels: Vec<(usize, usize)>,
    color_key: Option<ColorKey>,
    width: usize,
    height: usize,
}

type DrawnImage = (Drawing, Vec<[u8; 4]>, Option<Vec<u8>>);

impl Brush<'_> {
    fn direct(&self, rng: &mut Rng, kind: Kind) -> DrawnImage {
        let key = match self.color_key {
            Some(ColorKey::Color(rgb)) => Some(rgb.0),
            _ => None,
        };
        let keys_alone = kind == Kind::Rgb && key.is_some();
        let rgba: Vec<[u8; 4]> = self
            .pixels
            .iter()
            .map(|(palette, color)| {
                let drawn = same_on_console(rng, self.palettes[*palette][*color].0);
                let ([r, g, b], alpha) = match (*color, key) {
                    (0, Some(key)) if keys_alone || rng.one_in(2) => (same_on_console(rng, key), 255),
                    (0, _) => ([rng.next_byte(), rng.next_byte(), rng.next_byte()], 0),
                    _ => (drawn, 255),
                };
                [r, g, b, alpha]
            })
            .collect();
        let opaque = rgba.iter().all(|pixel| pixel[3] == 255);
        let grey = rgba.iter().all(|[r, g, b, _]| r == g && g == b);
        let (color, channels) = match (opaque, grey) {
            (true, true) => (ColorType::Grey, 0..1),
            (true, false) => (ColorType::Rgb, 0..3),
            _ => (ColorType::Rgba, 0..4),
        };
        let depth = if kind == Kind::Deep { 16 } else { 8 };
        let wide = |value: &u8| if depth == 16 { u16::from(*value) * 257 } else { u16::from(*value) };
        let samples = rgba.iter().flat_map(|pixel| pixel[channels.clone()].iter().map(wide)).collect();
        let mut drawing = Drawing::new(self.width, self.height, color, depth, samples);
        drawing.randomize_encoding(rng);
        (drawing, rgba, None)
    }

    fn indexed(&self, rng: &mut Rng, authored: bool) -> DrawnImage {
        let keyed = self.color_key == Some(ColorKey::Index0);
        // The image's own palette: for each entry the declared palette and color. One entry is transparent.
        let (own, clear_index): (Vec<(usize, usize)>, usize) = if authored && self.palettes.len() < 16 && rng.one_in(2)
        {
            // Rows of 16, one for each palette.
            let row = |palette: usize| {
                let last = self.palettes[palette].len() - 1;
                (0..16).map(move |color| (palette, color.min(last)))
            };
            ((0..self.palettes.len()).flat_map(row).collect(), 0)
        } else if authored {
            let palette = self.pixels[0].0;
            ((0..self.palettes[palette].len()).map(|color| (palette, color)).collect(), 0)
        } else {
            let colors = |palette: usize| (1..self.palettes[palette].len()).map(move |color| (palette, color));
            let mut own: Vec<_> = (0..self.palettes.len()).flat_map(colors).collect();
            rng.shuffle(&mut own);
            let clear_index = if keyed { 0 } else { rng.below(own.len() + 1) };
            own.insert(clear_index, (0, 0));
            (own, clear_index)
        };
        let index_of = |pixel: &(usize, usize)| match pixel.1 {
            0 => clear_index,
            _ => own.iter().position(|entry| entry == pixel).unwrap(),
        };
        let colors: Vec<[u8; 3]> =
            own.iter().map(|(palette, color)| same_on_console(rng, self.palettes[*palette][*color].0)).collect();
        let indices: Vec<u8> = self.pixels.iter().map(|pixel| u8::try_from(index_of(pixel)).unwrap()).collect();
        let depth = [1, 2, 4, 8].into_iter().find(|depth| own.len() <= 1 << depth).unwrap();
        let samples = indices.iter().map(|index| u16::from(*index)).collect();
        let mut drawing = Drawing::new(self.width, self.height, ColorType::Indexed, depth, samples);
        drawing.palette.clone_from(&colors);
        // The clear index is transparent by tRNS, unless it is already the color key.
        drawing.trns = (!keyed || rng.one_in(2)).then(|| [vec![255; clear_index], vec![0]].concat());
        drawing.randomize_encoding(rng);
        let rgba = |index: &u8| {
            let [r, g, b] = colors[usize::from(*index)];
            let is_clear = usize::from(*index) == clear_index && drawing.trns.is_some();
            [r, g, b, if is_clear { 0 } else { 255 }]
        };
        let rgba = indices.iter().map(rgba).collect();
        (drawing, rgba, Some(indices))
    }
}
