//! Draws the frames of a sprite, one after the other.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::blend::{BlendMode, Rgba};
use super::bytes::SpriteError;
use super::file::{Cel, CelContent, ColorMode, LayerKind, SpriteFile, TileMasks, Tileset};
use super::inflate::{InflatedRows, Inflater};
use super::layers::{DrawStep, ShownLayers};
use super::palette::FramePalette;
use super::{SpriteDamage, SpriteLimit};
use crate::diagnostics::Pixel;
use crate::limits::{IMAGE_PIXELS, SPRITE_DRAWN_PIXELS, TILESET_PIXELS};

/// The tile that is empty if a tileset has no empty tile 0.
const NO_TILE: u32 = u32::MAX;

/// Deflate turns a byte into no more than so many.
const DEFLATE_RATIO: u64 = 1032;

/// The used part of a frame, drawn.
pub struct FrameCanvas<'s> {
    sprite: &'s SpriteFile<'s>,
    layers: &'s ShownLayers,
    /// The width and height of the part.
    size: [u32; 2],
    /// Its top left pixel in the sprite.
    origin: Pixel,
    palette: FramePalette,
    inflater: Inflater,
    /// The pixels of the tilesets, as in the file, once they are needed.
    tiles: HashMap<u32, Vec<u8>>,
    pixels: Vec<u8>,
}

/// The pixels of all tilesets that are drawn.
pub fn tileset_pixels(sprite: &SpriteFile<'_>, layers: &ShownLayers) -> u64 {
    let drawn = sprite.layers.iter().enumerate().filter(|(at, _)| layers.is_shown(*at));
    let numbers: BTreeSet<u32> = drawn
        .filter_map(|(_, layer)| match layer.kind {
            LayerKind::Tilemap(number) => Some(number),
            _ => None,
        })
        .collect();
    let tilesets = numbers.iter().filter_map(|number| sprite.tilesets.get(number));
    tilesets.map(Tileset::pixels).fold(0, u64::saturating_add)
}

/// Checks that drawing a part of this size of these frames takes neither too much memory nor too much time.
pub fn check_limits(
    sprite: &SpriteFile<'_>,
    layers: &ShownLayers,
    size: [u32; 2],
    frames: impl Iterator<Item = u32>,
) -> Result<(), SpriteError> {
    let canvas = u64::from(size[0]) * u64::from(size[1]);
    let pixels = canvas * (1 + u64::from(layers.composed_depth()));
    if pixels > IMAGE_PIXELS {
        return Err(SpriteLimit::GroupPixels { pixels }.into());
    }
    let pixels = tileset_pixels(sprite, layers);
    if pixels > TILESET_PIXELS {
        return Err(SpriteLimit::Tilesets { pixels }.into());
    }
    let groups = sprite.layers.iter().enumerate();
    let groups = groups.filter(|(at, layer)| layer.kind == LayerKind::Group && layers.is_shown(*at)).count() as u64;
    let group_pixels = if sprite.composes_groups { canvas * groups } else { 0 };
    let mut pixels: u64 = 0;
    for frame in frames {
        pixels = pixels.saturating_add(group_pixels);
        let cels = sprite.frames.get(frame as usize).map_or(0..0, |frame| frame.cels.clone());
        for cel in sprite.cels[cels].iter().filter(|cel| layers.is_shown(usize::from(cel.layer))) {
            pixels = pixels.saturating_add(match &sprite.shown_cel(cel).content {
                CelContent::Pixels { size, .. } => u64::from(size[0]) * u64::from(size[1]),
                CelContent::Tiles { size, .. } => canvas + u64::from(size[0]) * u64::from(size[1]),
                CelContent::Empty | CelContent::Link(_) => 0,
            });
        }
    }
    if pixels > SPRITE_DRAWN_PIXELS { Err(SpriteLimit::Drawing { pixels }.into()) } else { Ok(()) }
}

impl Tileset {
    fn pixels(&self) -> u64 {
        let tile = u64::from(self.tile_size[0]) * u64::from(self.tile_size[1]);
        tile.saturating_mul(u64::from(self.count))
    }
}

impl<'s> FrameCanvas<'s> {
    /// A canvas of this width and height, without a frame yet.
    pub fn new(sprite: &'s SpriteFile<'s>, layers: &'s ShownLayers, size: [u32; 2]) -> Self {
        let (palette, inflater) = (FramePalette::new(sprite), Inflater::new());
        let origin = Pixel { x: 0, y: 0 };
        Self { sprite, layers, size, origin, palette, inflater, tiles: HashMap::new(), pixels: Vec::new() }
    }

    /// Draws the part of a frame that begins at this pixel. Frames must be drawn in order.
    pub fn draw_frame(&mut self, number: u32, origin: Pixel) -> Result<(), SpriteError> {
        self.origin = origin;
        if self.sprite.mode == ColorMode::Indexed {
            self.palette.advance_to(self.sprite, number)?;
        }
        let pixels = std::mem::take(&mut self.pixels);
        let mut canvas = self.blank_canvas(pixels);
        self.draw_steps(&mut canvas, self.layers.steps(self.sprite, number))?;
        self.pixels = canvas.pixels;
        Ok(())
    }

    /// The palette of the frame, if the sprite is indexed.
    pub fn palette(&self) -> &FramePalette {
        &self.palette
    }

    /// The alpha of each index.
    pub fn alphas(&self) -> [u8; 256] {
        let mut alphas = [0; 256];
        for (alpha, index) in alphas.iter_mut().zip(0u8..=255) {
            *alpha = self.palette.color(index).map_or(0, |color| color[3]);
        }
        if !self.layers.has_background {
            alphas[usize::from(self.sprite.transparent)] = 0;
        }
        alphas
    }

    /// The rows of the part: an index per pixel, or red, green, blue and alpha.
    pub fn rows(&self) -> impl Iterator<Item = &[u8]> {
        let bytes = if self.sprite.mode == ColorMode::Indexed { 1 } else { 4 };
        self.pixels.chunks_exact(self.size[0] as usize * bytes)
    }

    /// A canvas on which nothing is drawn, in this memory.
    fn blank_canvas(&self, mut pixels: Vec<u8>) -> Canvas {
        let (size, origin) = (self.size, self.origin);
        let count = size[0] as usize * size[1] as usize;
        pixels.clear();
        match self.sprite.mode {
            ColorMode::Indexed => pixels.resize(count, self.sprite.transparent),
            ColorMode::Gray | ColorMode::Rgba => pixels.resize(4 * count, 0),
        }
        Canvas { size, origin, pixels }
    }

    fn draw_steps(&mut self, canvas: &mut Canvas, steps: Vec<DrawStep<'s>>) -> Result<(), SpriteError> {
        for step in steps {
            match step {
                DrawStep::Cel { cel, blend_mode, opacity } => self.draw_cel(canvas, cel, blend_mode, opacity)?,
                // Indices have neither a blend mode nor an opacity.
                DrawStep::Group { steps, .. } if self.sprite.mode == ColorMode::Indexed => {
                    self.draw_steps(canvas, steps)?;
                }
                DrawStep::Group { steps, blend_mode, opacity } => {
                    let mut group = self.blank_canvas(Vec::new());
                    self.draw_steps(&mut group, steps)?;
                    canvas.draw_rgba(0, &group.pixels, blend_mode, opacity);
                }
            }
        }
        Ok(())
    }

    fn draw_cel(
        &mut self,
        canvas: &mut Canvas,
        cel: &'s Cel,
        blend_mode: BlendMode,
        opacity: u8,
    ) -> Result<(), SpriteError> {
        let shown = self.sprite.shown_cel(cel);
        let damaged = |damage| SpriteError::Damaged(shown.place, damage);
        let layer = &self.sprite.layers[usize::from(cel.layer)];
        match (&shown.content, layer.kind) {
            (CelContent::Pixels { size, data, is_compressed }, _) => {
                let mode = self.sprite.mode;
                let mut row = vec![0; size[0] as usize * mode.pixel_bytes()];
                let painter = Painter { blend_mode, opacity, is_background: layer.is_background };
                let bytes = &self.sprite.bytes[data.clone()];
                let mut rows = match is_compressed {
                    true => PixelRows::Compressed(self.inflater.rows(bytes)),
                    false => PixelRows::Raw(bytes),
                };
                for y in 0..size[1] {
                    rows.fill(&mut row).map_err(damaged)?;
                    if let Some(place) = canvas.place_of(cel.corner, [size[0], 1], [0, y]) {
                        let pixels = &row[place.source_bytes(mode.pixel_bytes())];
                        paint(canvas, place.start, pixels, mode, &self.palette, self.sprite, painter);
                    }
                }
                rows.finish().map_err(damaged)
            }
            (CelContent::Tiles { size, masks, data }, LayerKind::Tilemap(number)) => {
                let Some(tileset) = self.sprite.tilesets.get(&number) else {
                    return Err(damaged(SpriteDamage::NoTileset(number)));
                };
                self.inflate_tiles(number, tileset)?;
                let tiles = self.tiles.get(&number).map_or(&[][..], Vec::as_slice);
                let painter = Painter { blend_mode, opacity, is_background: layer.is_background };
                let drawer = TileDrawer { sprite: self.sprite, palette: &self.palette, tileset, tiles, painter };
                let rows = self.inflater.rows(&self.sprite.bytes[data.clone()]);
                drawer.draw(canvas, cel.corner, *size, *masks, rows).map_err(damaged)
            }
            _ => Ok(()),
        }
    }

    fn inflate_tiles(&mut self, number: u32, tileset: &Tileset) -> Result<(), SpriteError> {
        if self.tiles.contains_key(&number) {
            return Ok(());
        }
        let damaged = |damage| SpriteError::Damaged(tileset.place, damage);
        let data = tileset.data.clone().map_err(|what| SpriteError::Unknown(tileset.place, what))?;
        // Not more than the limit, which was checked.
        let count = usize::try_from(tileset.pixels()).unwrap_or(0) * self.sprite.mode.pixel_bytes();
        if count as u64 > data.len() as u64 * DEFLATE_RATIO {
            return Err(damaged(SpriteDamage::TooFewPixels));
        }
        let mut pixels = vec![0; count];
        if count > 0 {
            let mut rows = self.inflater.rows(&self.sprite.bytes[data]);
            rows.fill(&mut pixels).map_err(damaged)?;
            rows.finish().map_err(damaged)?;
        }
        self.tiles.insert(number, pixels);
        Ok(())
    }
}

/// The rows of a cel.
enum PixelRows<'i, 'b> {
    Raw(&'b [u8]),
    Compressed(InflatedRows<'i, 'b>),
}

impl PixelRows<'_, '_> {
    fn fill(&mut self, row: &mut [u8]) -> Result<(), SpriteDamage> {
        match self {
            Self::Raw(bytes) => {
                let (first, rest) = bytes.split_at_checked(row.len()).ok_or(SpriteDamage::TooFewPixels)?;
                row.copy_from_slice(first);
                *bytes = rest;
                Ok(())
            }
            Self::Compressed(rows) => rows.fill(row),
        }
    }

    fn finish(self) -> Result<(), SpriteDamage> {
        match self {
            Self::Raw(bytes) if !bytes.is_empty() => Err(SpriteDamage::TooManyPixels),
            Self::Raw(_) => Ok(()),
            Self::Compressed(rows) => rows.finish(),
        }
    }
}

/// How the pixels of a cel are drawn.
#[derive(Clone, Copy)]
struct Painter {
    blend_mode: BlendMode,
    opacity: u8,
    is_background: bool,
}

/// The pixels of an image on which a part of a frame or a group is drawn.
struct Canvas {
    size: [u32; 2],
    /// Its top left pixel in the sprite.
    origin: Pixel,
    pixels: Vec<u8>,
}

/// Which pixels of a row lie on the canvas, and where.
struct RowPlace {
    /// The position of the first one on the canvas, in pixels.
    start: usize,
    /// Which of the row they are.
    source: Range<usize>,
}

impl RowPlace {
    fn source_bytes(&self, pixel_bytes: usize) -> Range<usize> {
        self.source.start * pixel_bytes..self.source.end * pixel_bytes
    }
}

impl Canvas {
    /// Where the row lies that begins at `offset` from the corner of a cel and is as wide as `size`; `None` if outside.
    fn place_of(&self, corner: [i16; 2], size: [u32; 2], offset: [u32; 2]) -> Option<RowPlace> {
        let [width, height] = self.size.map(i64::from);
        let origin = [self.origin.x, self.origin.y].map(i64::from);
        let [x, y] = [0, 1].map(|n: usize| i64::from(corner[n]) + i64::from(offset[n]) - origin[n]);
        let (left, right) = (x.max(0), (x + i64::from(size[0])).min(width));
        if left >= right || !(0..height).contains(&y) {
            return None;
        }
        let position = |value: i64| usize::try_from(value).ok();
        Some(RowPlace { start: position(y * width + left)?, source: position(left - x)?..position(right - x)? })
    }

    /// Draws pixels of four bytes from this position on.
    fn draw_rgba(&mut self, start: usize, pixels: &[u8], blend_mode: BlendMode, opacity: u8) {
        let (canvas, _) = self.pixels[4 * start..].as_chunks_mut::<4>();
        let (pixels, _) = pixels.as_chunks::<4>();
        for (below, pixel) in canvas.iter_mut().zip(pixels) {
            draw_pixel(below, *pixel, blend_mode, opacity);
        }
    }
}

fn draw_pixel(below: &mut Rgba, pixel: Rgba, blend_mode: BlendMode, opacity: u8) {
    match pixel[3] {
        // A clear pixel changes nothing in any mode.
        0 => {}
        // The most common case.
        u8::MAX if opacity == u8::MAX && matches!(blend_mode, BlendMode::Normal) => *below = pixel,
        _ => *below = blend_mode.blend(*below, pixel, opacity),
    }
}

/// Draws pixels as they are in the file from this position on.
fn paint(
    canvas: &mut Canvas,
    start: usize,
    pixels: &[u8],
    mode: ColorMode,
    palette: &FramePalette,
    sprite: &SpriteFile<'_>,
    painter: Painter,
) {
    let Painter { blend_mode, opacity, is_background } = painter;
    match mode {
        ColorMode::Rgba => canvas.draw_rgba(start, pixels, blend_mode, opacity),
        ColorMode::Gray => {
            let (canvas, _) = canvas.pixels[4 * start..].as_chunks_mut::<4>();
            let (pixels, _) = pixels.as_chunks::<2>();
            for (below, [value, alpha]) in canvas.iter_mut().zip(pixels) {
                draw_pixel(below, [*value, *value, *value, *alpha], blend_mode, opacity);
            }
        }
        ColorMode::Indexed => {
            for (below, index) in canvas.pixels[start..].iter_mut().zip(pixels) {
                let is_clear = *index == sprite.transparent && !is_background;
                // Past the end of the palette is transparent too.
                if !is_clear && palette.color(*index).is_some_and(|color| color[3] > 0 || *below == sprite.transparent)
                {
                    *below = *index;
                }
            }
        }
    }
}

/// Draws a tilemap.
struct TileDrawer<'a> {
    sprite: &'a SpriteFile<'a>,
    palette: &'a FramePalette,
    tileset: &'a Tileset,
    /// The pixels of its tiles, as in the file.
    tiles: &'a [u8],
    painter: Painter,
}

impl TileDrawer<'_> {
    fn draw(
        &self,
        canvas: &mut Canvas,
        corner: [i16; 2],
        size: [u32; 2],
        masks: TileMasks,
        mut rows: InflatedRows<'_, '_>,
    ) -> Result<(), SpriteDamage> {
        let mut row = vec![0; 4 * size[0] as usize];
        for tile_y in 0..size[1] {
            rows.fill(&mut row)?;
            let (tiles, _) = row.as_chunks::<4>();
            for (tile_x, tile) in (0..size[0]).zip(tiles) {
                self.draw_tile(canvas, corner, [tile_x, tile_y], u32::from_le_bytes(*tile), masks)?;
            }
        }
        rows.finish()
    }

    fn draw_tile(
        &self,
        canvas: &mut Canvas,
        corner: [i16; 2],
        at: [u32; 2],
        tile: u32,
        masks: TileMasks,
    ) -> Result<(), SpriteDamage> {
        let id = (tile & masks.id) >> masks.id.trailing_zeros().min(u32::BITS - 1);
        let is_empty = if self.tileset.is_tile_0_empty { id == 0 } else { tile == NO_TILE };
        if is_empty || id >= self.tileset.count {
            return Ok(());
        }
        let [width, height] = self.tileset.tile_size;
        let has = |mask: u32| mask != 0 && tile & mask == mask;
        let (flip_x, flip_y, flip_diagonal) = (has(masks.flip_x), has(masks.flip_y), has(masks.flip_diagonal));
        if flip_diagonal && width != height {
            return Err(SpriteDamage::DiagonalTile);
        }
        let bytes = self.sprite.mode.pixel_bytes();
        // The limits of tilesets and of tilemaps keep all of these small.
        let (first, side) = (id as usize * (width * height) as usize, width as usize);
        let mut line = vec![0; side * bytes];
        for y in 0..height {
            let offset = [u64::from(at[0]) * u64::from(width), u64::from(at[1]) * u64::from(height) + u64::from(y)];
            let [Ok(left), Ok(top)] = offset.map(u32::try_from) else { break };
            let Some(place) = canvas.place_of(corner, [width, 1], [left, top]) else { continue };
            for (x, pixel) in (0..width).zip(line.chunks_exact_mut(bytes)) {
                let mirrored = |is_flipped: bool, n: u32, length: u32| if is_flipped { length - 1 - n } else { n };
                let (x, y) = (mirrored(flip_x, x, width), mirrored(flip_y, y, height));
                let (x, y) = if flip_diagonal { (y, x) } else { (x, y) };
                let from = (first + y as usize * side + x as usize) * bytes;
                pixel.copy_from_slice(&self.tiles[from..from + bytes]);
            }
            let pixels = &line[place.source_bytes(bytes)];
            paint(canvas, place.start, pixels, self.sprite.mode, self.palette, self.sprite, self.painter);
        }
        Ok(())
    }
}
