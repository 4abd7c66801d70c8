//! Random glyph banks: palettes, and images of every kind whose tiles are drawn from them; and what the console must
//! then show.

use packer_services::declaration::{ColorKey, Cut, GlyphArtifact, Region};
use packer_services::formats::{Rgb, TileSize};
use support::oracle::reader::Glyph;
use support::oracle::{self, SourceTile, faithful_palettes, palettes_are, sheet_is_empty_past};
use support::{artifact, palette};

use crate::cases::Dice;
use crate::draw::{Color, Drawing};

/// An image, and its pixels as its artist knows them.
#[derive(Clone, Debug)]
pub struct Painted {
    pub file: Vec<u8>,
    /// In cells.
    columns: usize,
    rows: usize,
    frame: Frame,
    skip_blank: bool,
    /// The cells that are tiles, each in its turn.
    cells: Vec<usize>,
    rgba: Vec<[u8; 4]>,
    /// Of an indexed image.
    indices: Option<Vec<u8>>,
    pub color_key: Option<ColorKey>,
    /// The one palette that all of it was drawn with, if there is one.
    pub palette: Option<usize>,
}

/// What is around and between the cells of an image, in pixels.
#[derive(Clone, Copy, Debug, Default)]
pub struct Frame {
    pub margin: usize,
    pub spacing: usize,
    /// Outside the region: left, above, right, below.
    beside: [usize; 4],
}

impl Frame {
    /// Mostly none.
    pub fn random(dice: &mut Dice) -> Self {
        if !dice.once_in(3) {
            return Self::default();
        }
        let mut some = || if dice.once_in(2) { 0 } else { 1 + dice.below(5) };
        Self { margin: some(), spacing: some(), beside: std::array::from_fn(|_| some()) }
    }

    /// As [`Self::random`], but all of the image is used.
    pub fn random_without_region(dice: &mut Dice) -> Self {
        Self { beside: [0; 4], ..Self::random(dice) }
    }

    fn length(self, cells: usize, side: usize) -> usize {
        2 * self.margin + cells * side + (cells - 1) * self.spacing
    }

    /// The cell that a place along one side lies in, of `cells`; `before` is what the region leaves out.
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
    pub images: Vec<Painted>,
    /// An image's place in the list, its first tile, and whether it names its palette.
    pub artifacts: Vec<(usize, usize, bool)>,
}

/// How an image is made.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Rgba,
    Rgb,
    /// Indexed, with the palette's own indices.
    Authored,
    /// Indexed, in an order of its own.
    Shuffled,
    Deep,
}

impl GlyphBank {
    /// A small one.
    pub fn random(dice: &mut Dice) -> Self {
        let tile_size = *dice.pick(&TileSize::ALL);
        let palettes = random_palettes(dice);
        let images: Vec<Painted> =
            (0..1 + dice.below(4)).map(|_| Painted::framed(dice, tile_size, &palettes)).collect();
        let mut artifacts = Vec::new();
        let mut next = 0;
        let again = dice.below(images.len());
        for at in (0..images.len()).chain(dice.once_in(2).then_some(again)) {
            let named = images[at].palette.is_some() && dice.once_in(2);
            artifacts.push((at, next, named));
            next += images[at].count();
        }
        dice.shuffle(&mut artifacts);
        Self { tile_size, palettes, images, artifacts }
    }

    /// The file's name of an image.
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
            count += image.count();
            let named = image.palette.filter(|_| *named);
            image.assert_drawn(glyph, *first, &declared, named);
        }
        assert!(sheet_is_empty_past(glyph, count));
    }
}

/// Up to five palettes of 1 to 16 colors. Some are all grey, some have nothing but their key; colors stand twice in
/// one, or in several of them; and the magenta that often is a key is drawn.
pub fn random_palettes(dice: &mut Dice) -> Vec<Vec<Rgb>> {
    let mut known: Vec<Rgb> = Vec::new();
    let mut palettes = Vec::new();
    for _ in 0..1 + dice.below(5) {
        let (count, grey) = (1 + dice.below(16), dice.once_in(4));
        let mut palette = Vec::new();
        for _ in 0..count {
            let color = match () {
                () if grey => [dice.byte(); 3],
                () if dice.once_in(8) => [255, 0, 255],
                () if !known.is_empty() && dice.once_in(5) => near(dice, dice.clone().pick(&known).0),
                () => [dice.byte(), dice.byte(), dice.byte()],
            };
            palette.push(Rgb(color));
            known.push(Rgb(color));
        }
        palettes.push(palette);
    }
    palettes
}

/// The color with other low bits: it is one with the first on the console.
fn near(dice: &mut Dice, [r, g, b]: [u8; 3]) -> [u8; 3] {
    [r ^ (dice.byte() & 7), g ^ (dice.byte() & 3), b ^ (dice.byte() & 7)]
}

impl Painted {
    /// As [`Self::random`], cut in any way.
    pub fn framed(dice: &mut Dice, size: TileSize, palettes: &[Vec<Rgb>]) -> Self {
        let frame = Frame::random(dice);
        let mut painted = Self::random(dice, size, palettes, None, frame);
        if dice.once_in(2) {
            painted.leave_out_blank(size);
        }
        painted
    }

    /// One tile or a small sheet of tiles, each blank or drawn from one of the palettes. `keyed` says the color key of
    /// all images, if that was decided elsewhere.
    pub fn random(
        dice: &mut Dice,
        size: TileSize,
        palettes: &[Vec<Rgb>],
        keyed: Option<Option<ColorKey>>,
        frame: Frame,
    ) -> Self {
        let side = size.pixels() as usize;
        let (columns, rows) = (1 + dice.below(3), 1 + dice.below(2));
        let kinds = [Kind::Rgba, Kind::Rgb, Kind::Authored, Kind::Shuffled, Kind::Deep];
        let kind = match keyed {
            Some(Some(ColorKey::Index0)) => *dice.pick(&kinds[2..4]),
            _ => *dice.pick(&kinds),
        };
        let one = (kind == Kind::Authored || dice.once_in(2)).then(|| dice.below(palettes.len()));
        let of_tile: Vec<usize> =
            (0..columns * rows).map(|_| one.unwrap_or_else(|| dice.below(palettes.len()))).collect();
        let is_blank: Vec<bool> = (0..columns * rows).map(|_| dice.once_in(6)).collect();
        let color_key = keyed.unwrap_or_else(|| match kind {
            Kind::Rgb => Some(ColorKey::Color(palettes[of_tile[0]][0])),
            Kind::Authored if dice.once_in(2) => Some(ColorKey::Index0),
            _ if dice.once_in(3) => Some(ColorKey::Color(palettes[of_tile[0]][0])),
            _ => None,
        });
        let [left, top, right, below] = frame.beside;
        let width = left + frame.length(columns, side) + right;
        let height = top + frame.length(rows, side) + below;
        // What each pixel is: a color of its tile's palette, or nothing. Between the tiles it is anything.
        let pixels: Vec<(usize, usize)> = (0..width * height)
            .map(|at| {
                let column = frame.cell(at % width, left, columns, side);
                let cell =
                    column.zip(frame.cell(at / width, top, rows, side)).map(|(column, row)| row * columns + column);
                let palette = match cell {
                    Some(cell) => of_tile[cell],
                    None => one.unwrap_or_else(|| dice.below(palettes.len())),
                };
                let is_nothing =
                    palettes[palette].len() == 1 || cell.is_some_and(|cell| is_blank[cell]) || dice.once_in(5);
                (palette, if is_nothing { 0 } else { 1 + dice.below(palettes[palette].len() - 1) })
            })
            .collect();
        let brush = Brush { palettes, pixels, color_key, width, height };
        let (drawing, rgba, indices) = match kind {
            Kind::Authored | Kind::Shuffled => brush.indexed(dice, kind == Kind::Authored),
            _ => brush.direct(dice, kind),
        };
        let (file, cells) = (drawing.bytes(), (0..columns * rows).collect());
        Self { file, columns, rows, frame, skip_blank: false, cells, rgba, indices, color_key, palette: one }
    }

    /// How many tiles it has.
    pub fn count(&self) -> usize {
        self.cells.len()
    }

    /// How it is cut.
    pub fn cut(&self, size: TileSize) -> Cut {
        let pixels = |pixels: usize| u32::try_from(pixels).unwrap();
        let Frame { margin, spacing, beside } = self.frame;
        let length = |cells| pixels(self.frame.length(cells, size.pixels() as usize));
        let [x, y, ..] = beside.map(pixels);
        let region = Region { x, y, w: length(self.columns), h: length(self.rows) };
        let region = (beside != [0; 4]).then_some(region);
        Cut { region, margin: pixels(margin), spacing: pixels(spacing), skip_blank: self.skip_blank }
    }

    /// Gives blank cells no id; false if there is no other, and then nothing changes.
    pub fn leave_out_blank(&mut self, size: TileSize) -> bool {
        let is_drawn = |cell: &usize| {
            let (rgba, indices) = self.cell(*cell, size.pixels() as usize);
            let source = SourceTile { rgba: &rgba, indices: indices.as_deref(), color_key: self.oracles_key() };
            oracle::expected_tile_rgb565(source).iter().any(Option::is_some)
        };
        let drawn: Vec<usize> = (0..self.columns * self.rows).filter(is_drawn).collect();
        if !drawn.is_empty() {
            (self.skip_blank, self.cells) = (true, drawn);
        }
        self.skip_blank
    }

    fn oracles_key(&self) -> Option<oracle::SourceColorKey> {
        self.color_key.map(|key| match key {
            ColorKey::Index0 => oracle::SourceColorKey::Index0,
            ColorKey::Color(rgb) => oracle::SourceColorKey::Rgb(rgb.0),
        })
    }

    /// The source of its `n`-th cell: RGBA and indices.
    fn cell(&self, n: usize, side: usize) -> (Vec<[u8; 4]>, Option<Vec<u8>>) {
        let Frame { margin, spacing, beside: [left, top, right, _] } = self.frame;
        let width = left + self.frame.length(self.columns, side) + right;
        let left = left + margin + n % self.columns * (side + spacing);
        let top = top + margin + n / self.columns * (side + spacing);
        let at = |i: usize| (top + i / side) * width + left + i % side;
        let places = || (0..side * side).map(at);
        (
            places().map(|at| self.rgba[at]).collect(),
            self.indices.as_ref().map(|indices| places().map(|at| indices[at]).collect()),
        )
    }

    /// The console holds exactly the indices that the spec gives it, from tile `first` on, and draws with one of the
    /// declared palettes what was painted; with the one that is named, if any.
    pub fn assert_drawn(&self, glyph: &Glyph, first: usize, declared: &[Vec<[u8; 3]>], named: Option<usize>) {
        for (n, cell) in self.cells.iter().enumerate() {
            let (rgba, indices) = self.cell(*cell, glyph.tile_size);
            let source = SourceTile { rgba: &rgba, indices: indices.as_deref(), color_key: self.oracles_key() };
            assert_eq!(glyph.tile(first + n), expected_indices(source, declared, named), "tile {}", first + n);
            let faithful = faithful_palettes(glyph, first + n, source, declared);
            assert!(!faithful.is_empty(), "tile {} is drawn by no palette: {source:?}", first + n);
            assert!(
                named.is_none_or(|named| faithful.contains(&named)),
                "tile {} is not drawn by {named:?}",
                first + n
            );
        }
    }
}

/// "Image to indices" of the spec, written down again; `None` if no palette can draw the tile.
fn expected_indices(source: SourceTile, declared: &[Vec<[u8; 3]>], named: Option<usize>) -> Option<Vec<u8>> {
    let remaining = oracle::expected_tile_rgb565(source);
    let stored: Vec<Vec<u16>> =
        declared.iter().map(|colors| colors.iter().map(|color| oracle::rgb565(*color)).collect()).collect();
    let tried = || stored.iter().enumerate().filter(|(at, _)| named.is_none_or(|named| named == *at));
    let whole = |index_of: &dyn Fn(usize, u16) -> Option<u8>| -> Option<Vec<u8>> {
        let pixels = remaining.iter().enumerate();
        pixels.map(|(at, color)| color.map_or(Some(0), |color| index_of(at, color))).collect()
    };
    let authors = source.indices.and_then(|indices| {
        tried().find_map(|(_, colors)| {
            whole(&|at, color| {
                let index = indices[at];
                ((1..16).contains(&index) && colors.get(usize::from(index)) == Some(&color)).then_some(index)
            })
        })
    });
    authors.or_else(|| {
        tried().find_map(|(_, colors)| {
            whole(&|_, color| {
                let found = (1..colors.len()).find(|index| colors[*index] == color)?;
                u8::try_from(found).ok()
            })
        })
    })
}

/// What is to be painted.
struct Brush<'a> {
    palettes: &'a [Vec<Rgb>],
    /// For each pixel its palette, and its color in it; color 0 is nothing.
    pixels: Vec<(usize, usize)>,
    color_key: Option<ColorKey>,
    width: usize,
    height: usize,
}

type Image = (Drawing, Vec<[u8; 4]>, Option<Vec<u8>>);

impl Brush<'_> {
    fn direct(&self, dice: &mut Dice, kind: Kind) -> Image {
        let key = match self.color_key {
            Some(ColorKey::Color(rgb)) => Some(rgb.0),
            _ => None,
        };
        let keys_alone = kind == Kind::Rgb && key.is_some();
        let rgba: Vec<[u8; 4]> = self
            .pixels
            .iter()
            .map(|(palette, color)| {
                let drawn = near(dice, self.palettes[*palette][*color].0);
                let ([r, g, b], alpha) = match (*color, key) {
                    (0, Some(key)) if keys_alone || dice.once_in(2) => (near(dice, key), 255),
                    (0, _) => ([dice.byte(), dice.byte(), dice.byte()], 0),
                    _ => (drawn, 255),
                };
                [r, g, b, alpha]
            })
            .collect();
        let opaque = rgba.iter().all(|pixel| pixel[3] == 255);
        let grey = rgba.iter().all(|[r, g, b, _]| r == g && g == b);
        let (color, channels) = match (opaque, grey) {
            (true, true) => (Color::Grey, 0..1),
            (true, false) => (Color::Rgb, 0..3),
            _ => (Color::Rgba, 0..4),
        };
        let depth = if kind == Kind::Deep { 16 } else { 8 };
        let wide = |value: &u8| if depth == 16 { u16::from(*value) * 257 } else { u16::from(*value) };
        let samples = rgba.iter().flat_map(|pixel| pixel[channels.clone()].iter().map(wide)).collect();
        let mut drawing = Drawing::new(self.width, self.height, color, depth, samples);
        drawing.write_anyhow(dice);
        (drawing, rgba, None)
    }

    fn indexed(&self, dice: &mut Dice, authored: bool) -> Image {
        let keyed = self.color_key == Some(ColorKey::Index0);
        // The image's own palette: for each entry the palette and color that it stands for. One entry is nothing.
        let (own, nothing): (Vec<(usize, usize)>, usize) = if authored {
            let palette = self.pixels[0].0;
            ((0..self.palettes[palette].len()).map(|color| (palette, color)).collect(), 0)
        } else {
            let colors = |palette: usize| (1..self.palettes[palette].len()).map(move |color| (palette, color));
            let mut own: Vec<_> = (0..self.palettes.len()).flat_map(colors).collect();
            dice.shuffle(&mut own);
            let nothing = if keyed { 0 } else { dice.below(own.len() + 1) };
            own.insert(nothing, (0, 0));
            (own, nothing)
        };
        let index_of = |pixel: &(usize, usize)| match pixel.1 {
            0 => nothing,
            _ => own.iter().position(|entry| entry == pixel).unwrap(),
        };
        let colors: Vec<[u8; 3]> =
            own.iter().map(|(palette, color)| near(dice, self.palettes[*palette][*color].0)).collect();
        let indices: Vec<u8> = self.pixels.iter().map(|pixel| u8::try_from(index_of(pixel)).unwrap()).collect();
        let depth = [1, 2, 4, 8].into_iter().find(|depth| own.len() <= 1 << depth).unwrap();
        let samples = indices.iter().map(|index| u16::from(*index)).collect();
        let mut drawing = Drawing::new(self.width, self.height, Color::Indexed, depth, samples);
        drawing.palette.clone_from(&colors);
        // Nothing is transparent, unless the color key says so already.
        drawing.trns = (!keyed || dice.once_in(2)).then(|| [vec![255; nothing], vec![0]].concat());
        drawing.write_anyhow(dice);
        let rgba = |index: &u8| {
            let [r, g, b] = colors[usize::from(*index)];
            let clear = usize::from(*index) == nothing && drawing.trns.is_some();
            [r, g, b, if clear { 0 } else { 255 }]
        };
        let rgba = indices.iter().map(rgba).collect();
        (drawing, rgba, Some(indices))
    }
}
