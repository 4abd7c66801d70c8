//! Textures on the graphics card, and waveforms: each is created once and kept until its content changes.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use egui::{Color32, ColorImage, Painter, Pos2, Rect, TextureHandle, TextureOptions, Ui, pos2, vec2};
use packer_services::diagnostics::CauseId;
use packer_services::formats::SHEET_PIXELS;
use packer_services::preview::{
    GlyphPreview, ImagePixels, Playable, Preview, Thumbnail, ThumbnailPixels, Waveform, tile_rect,
};

use super::{Canvas, floor_to_u32};
use crate::state::Backdrop;
use crate::theme::BACKDROP;

/// The coordinates of a whole texture.
pub const WHOLE_TEXTURE: Rect = Rect { min: Pos2::ZERO, max: pos2(1.0, 1.0) };
/// The side of a square of the checkerboard, in screen pixels.
const SQUARE: f32 = 8.0;
/// What the opacity of a tile that no palette draws is divided by: dim enough to look like an error, and strong enough
/// to recognize the art.
const DIMMED: u8 = 3;
/// An image with at most so many pixels per side becomes one texture, 16 MiB at most.
const WHOLE_SIDE: u32 = 2048;
/// Of a larger one, only what is in sight becomes a texture, in whole blocks of so many pixels, so that moving it by
/// some pixels does not need another one.
const BLOCK: u32 = 256;
/// How many thumbnails are kept: more than are visible at once on any screen, at 4 KB each.
const THUMBNAILS: usize = 512;
/// How many waveforms are kept. While the window is resized, every frame needs new ones.
const WAVEFORMS: usize = 1024;

/// How the result of a source image is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawnResult {
    /// The palette of all tiles; `None` draws each in its own.
    pub palette: Option<u32>,
    /// Whether its difference from the source is drawn.
    pub is_difference: bool,
}

/// Textures and waveforms, kept from frame to frame.
#[derive(Default)]
pub struct Textures {
    /// What is behind transparent pixels.
    pub backdrop: Backdrop,
    /// Where the zoomable image was in the last frame, for the zoom commands.
    pub canvas: Option<Canvas>,
    /// The tile that was selected in the last frame.
    tile: Option<u32>,
    /// By palette, and how many pixels in a row become one.
    sheets: HashMap<(Option<u32>, usize), TextureHandle>,
    flash: Option<((u32, usize), TextureHandle)>,
    failed: Option<(Option<CauseId>, TextureHandle)>,
    checker: Option<TextureHandle>,
    source: Option<(ImagePart, TextureHandle)>,
    /// With how it is drawn.
    result: Option<((DrawnResult, ImagePart), TextureHandle)>,
    /// Of a new asset.
    new_sheet: Option<(Arc<Preview>, TextureHandle)>,
    waveforms: HashMap<(u32, usize), Arc<Waveform>>,
    thumbnails: HashMap<String, (Arc<Thumbnail>, TextureHandle)>,
}

impl Textures {
    /// Call it when another bank is selected, or the selected one changed.
    pub fn forget_bank(&mut self) {
        self.sheets.clear();
        self.waveforms.clear();
        (self.flash, self.failed, self.result) = (None, None, None);
    }

    /// Call it when another source file is shown, or the shown one changed.
    pub fn forget_source(&mut self) {
        (self.source, self.result) = (None, None);
    }

    /// The selected tile, if it was not selected in the last frame.
    pub fn newly_selected(&mut self, tile: Option<u32>) -> Option<u32> {
        let is_new = self.tile != tile;
        self.tile = tile;
        tile.filter(|_| is_new)
    }

    /// The sheet in a palette, for a zoom; without a palette, each tile in its own.
    pub fn sheet_texture(&mut self, ui: &Ui, glyph: &GlyphPreview, palette: Option<u32>, zoom: f32) -> TextureHandle {
        let reduction = reduction_at(zoom);
        let texture = self.sheets.entry((palette, reduction)).or_insert_with(|| {
            let rgba = palette.map_or_else(|| own_palettes_rgba(glyph), |palette| glyph.payload.rgba(palette));
            load_reduced(ui, "sheet", [SHEET_PIXELS; 2], &rgba, reduction)
        });
        texture.clone()
    }

    /// A mask of the pixels that have a color, in the tiles that use its palette.
    pub fn flash_texture(&mut self, ui: &Ui, glyph: &GlyphPreview, color: (u32, usize)) -> TextureHandle {
        if let Some((of, texture)) = &self.flash
            && *of == color
        {
            return texture.clone();
        }
        let mut rgba = vec![0; (SHEET_PIXELS * SHEET_PIXELS * 4) as usize];
        let is_known = glyph.tiles.iter().any(|tile| tile.palette.is_some());
        for (id, tile) in (0u32..).zip(&glyph.tiles) {
            let Some(rect) = tile_rect(glyph.metadata.tile_size, id) else { continue };
            if is_known && tile.palette != Some(color.0) {
                continue;
            }
            for y in rect.y..rect.y + rect.side {
                for x in rect.x..rect.x + rect.side {
                    if usize::from(glyph.payload.index(x, y)) == color.1 {
                        let at = ((y * SHEET_PIXELS + x) * 4) as usize;
                        rgba[at..at + 4].fill(0xFF);
                    }
                }
            }
        }
        let texture = load_texture(ui, "flash", [SHEET_PIXELS; 2], &rgba);
        self.flash = Some((color, texture.clone()));
        texture
    }

    /// The tiles that no palette draws, as their author drew them: dimmed, except for the pixels that are wrong for
    /// this cause.
    pub fn failed_texture(&mut self, ui: &Ui, glyph: &GlyphPreview, cause: Option<CauseId>) -> TextureHandle {
        if let Some((of, texture)) = &self.failed
            && *of == cause
        {
            return texture.clone();
        }
        let rgba = failed_rgba(glyph, cause);
        let texture = load_texture(ui, "failed", [SHEET_PIXELS; 2], &rgba);
        self.failed = Some((cause, texture.clone()));
        texture
    }

    /// Draws what is behind transparent pixels: a color, or a checkerboard in squares of whole screen pixels.
    pub fn draw_backdrop(&mut self, ui: &Ui, painter: &Painter, rect: Rect) {
        if let Some(color) = self.backdrop.color() {
            painter.rect_filled(rect, 0, color);
            return;
        }
        let texture = self.checker.get_or_insert_with(|| {
            let [a, b] = BACKDROP;
            let image = ColorImage::new([2, 2], vec![a, b, b, a]);
            ui.ctx().load_texture("checker", image, TextureOptions::NEAREST_REPEAT)
        });
        let squares = rect.size() * ui.pixels_per_point() / SQUARE / 2.0;
        painter.image(texture.id(), rect, Rect::from_min_size(Pos2::ZERO, squares), Color32::WHITE);
    }

    /// Draws the shown source image.
    pub fn draw_source(&mut self, ui: &Ui, painter: &Painter, canvas: &Canvas, pixels: &ImagePixels) {
        let part = ImagePart::in_sight(ui, canvas, [pixels.width(), pixels.height()]);
        if self.source.as_ref().is_none_or(|(of, _)| *of != part) {
            let texture = part.load(ui, "source", |columns, rows| pixels.rgba(columns, rows));
            self.source = Some((part.clone(), texture));
        }
        if let Some((_, texture)) = &self.source {
            part.draw(painter, canvas, texture);
        }
    }

    /// Draws the result of the shown source image, which has `size` pixels. `make_rgba` is called for rows of the image
    /// if there is none yet, or only of another part. `of` says how it is drawn.
    pub fn draw_result(
        &mut self,
        ui: &Ui,
        painter: &Painter,
        canvas: &Canvas,
        size: [u32; 2],
        of: DrawnResult,
        make_rgba: impl Fn(Range<u32>, Range<u32>) -> Vec<u8>,
    ) {
        let part = ImagePart::in_sight(ui, canvas, size);
        if self.result.as_ref().is_none_or(|((shown, other), _)| *shown != of || *other != part) {
            let texture = part.load(ui, "result", make_rgba);
            self.result = Some(((of, part.clone()), texture));
        }
        if let Some((_, texture)) = &self.result {
            part.draw(painter, canvas, texture);
        }
    }

    /// Draws the first `pixels` of each row and column of the sheet of a new asset into `place`, with the tiles that no
    /// palette draws. `glyph` is the bank of `preview`.
    pub fn draw_new_sheet(
        &mut self,
        ui: &Ui,
        painter: &Painter,
        preview: &Arc<Preview>,
        glyph: &GlyphPreview,
        place: Rect,
        pixels: [u32; 2],
    ) {
        if self.new_sheet.as_ref().is_none_or(|(of, _)| !Arc::ptr_eq(of, preview)) {
            let mut rgba = own_palettes_rgba(glyph);
            let failed = failed_rgba(glyph, None);
            for (pixel, over) in std::iter::zip(rgba.as_chunks_mut::<4>().0, failed.as_chunks::<4>().0) {
                if over[3] > 0 {
                    *pixel = *over;
                }
            }
            self.new_sheet = Some((preview.clone(), load_texture(ui, "new sheet", [SHEET_PIXELS; 2], &rgba)));
        }
        if let Some((_, texture)) = &self.new_sheet {
            let part = pixels.map(|side| side as f32 / SHEET_PIXELS as f32);
            painter.image(texture.id(), place, Rect::from_min_max(Pos2::ZERO, part.into()), Color32::WHITE);
        }
    }

    /// The waveform of a whole sample.
    pub fn waveform(&mut self, sample: u32, playable: &Playable, columns: usize) -> Arc<Waveform> {
        if self.waveforms.len() >= WAVEFORMS {
            self.waveforms.clear();
        }
        let make = || Arc::new(playable.pcm.waveform(0..playable.pcm.frames(), columns));
        self.waveforms.entry((sample, columns)).or_insert_with(make).clone()
    }

    /// A thumbnail.
    pub fn thumbnail_texture(&mut self, ui: &Ui, root: &str, image: &Arc<Thumbnail>) -> TextureHandle {
        if let Some((of, texture)) = self.thumbnails.get(root)
            && Arc::ptr_eq(of, image)
        {
            return texture.clone();
        }
        if self.thumbnails.len() >= THUMBNAILS {
            self.thumbnails.clear();
        }
        let size = [image.width, image.height];
        let texture = match &image.pixels {
            ThumbnailPixels::Rgba(rgba) => load_texture(ui, "thumbnail", size, rgba),
            // White, so that it can be tinted.
            ThumbnailPixels::Mask(mask) => {
                let rgba: Vec<u8> = mask.iter().flat_map(|alpha| [0xFF, 0xFF, 0xFF, *alpha]).collect();
                load_texture(ui, "thumbnail", size, &rgba)
            }
        };
        self.thumbnails.insert(root.to_owned(), (image.clone(), texture.clone()));
        texture
    }
}

fn load_texture(ui: &Ui, name: &str, size: [u32; 2], rgba: &[u8]) -> TextureHandle {
    let image = ColorImage::from_rgba_unmultiplied(size.map(|side| side as usize), rgba);
    ui.ctx().load_texture(name, image, TextureOptions::NEAREST)
}

/// How many pixels in a row become one screen pixel at a zoom.
fn reduction_at(zoom: f32) -> usize {
    if zoom < 1.0 { floor_to_u32(1.0 / zoom) as usize } else { 1 }
}

/// A part of an image, and how many of its pixels in a row become one of the texture.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ImagePart {
    columns: Range<u32>,
    rows: Range<u32>,
    reduction: u32,
}

impl ImagePart {
    /// What of an image is in sight.
    fn in_sight(ui: &Ui, canvas: &Canvas, size: [u32; 2]) -> Self {
        let reduction = u32::try_from(reduction_at(canvas.zoom)).unwrap_or(1);
        let most = u32::try_from(ui.input(|input| input.max_texture_side)).unwrap_or(u32::MAX);
        if size.iter().all(|side| side.div_ceil(reduction) <= WHOLE_SIDE.min(most)) {
            return Self { columns: 0..size[0], rows: 0..size[1], reduction };
        }
        let block = BLOCK * reduction;
        let seen = |room: egui::Rangef, image: egui::Rangef, side: u32| {
            let pixel = |position: f32| ((position - image.min) / canvas.scale()).max(0.0);
            let from = (floor_to_u32(pixel(room.min)) / block * block).min(side);
            let to = (floor_to_u32(pixel(room.max)) / block + 1).saturating_mul(block);
            from..to.min(side).min(from.saturating_add(most.saturating_mul(reduction))).max(from)
        };
        Self {
            columns: seen(canvas.room.x_range(), canvas.image.x_range(), size[0]),
            rows: seen(canvas.room.y_range(), canvas.image.y_range(), size[1]),
            reduction,
        }
    }

    /// Its texture. `make_rgba` returns a part of the image.
    fn load(&self, ui: &Ui, name: &str, make_rgba: impl Fn(Range<u32>, Range<u32>) -> Vec<u8>) -> TextureHandle {
        let reduction = self.reduction as usize;
        let [width, height] = [&self.columns, &self.rows].map(|range| range.len());
        let size = [width, height].map(|side| side.div_ceil(reduction).max(1));
        let mut rgba = Vec::with_capacity(size[0] * size[1] * 4);
        // Not more than some rows of a reduced image are in memory at their full size.
        for start in self.rows.clone().step_by(reduction) {
            let rows = start..(start + self.reduction).min(self.rows.end);
            let full = make_rgba(self.columns.clone(), rows.clone());
            rgba.extend(if reduction > 1 { reduce([width, rows.len()], &full, reduction).1 } else { full });
        }
        rgba.resize(size[0] * size[1] * 4, 0);
        let image = ColorImage::from_rgba_unmultiplied(size, &rgba);
        ui.ctx().load_texture(name, image, TextureOptions::NEAREST)
    }

    fn draw(&self, painter: &Painter, canvas: &Canvas, texture: &TextureHandle) {
        let scale = canvas.scale();
        let corner = canvas.image.min + vec2(self.columns.start as f32, self.rows.start as f32) * scale;
        let size = vec2(self.columns.len() as f32, self.rows.len() as f32) * scale;
        painter.image(texture.id(), Rect::from_min_size(corner, size), WHOLE_TEXTURE, Color32::WHITE);
    }
}

/// A texture in which squares of `reduction` × `reduction` pixels became one, so that no pixel is left out.
fn load_reduced(ui: &Ui, name: &str, size: [u32; 2], rgba: &[u8], reduction: usize) -> TextureHandle {
    if reduction <= 1 {
        return load_texture(ui, name, size, rgba);
    }
    let (size, rgba) = reduce(size.map(|side| side as usize), rgba, reduction);
    let image = ColorImage::from_rgba_unmultiplied(size, &rgba);
    ui.ctx().load_texture(name, image, TextureOptions::NEAREST)
}

/// The means of squares of pixels, weighted by their alpha.
fn reduce([width, height]: [usize; 2], rgba: &[u8], reduction: usize) -> ([usize; 2], Vec<u8>) {
    let reduced = [width, height].map(|side| side.div_ceil(reduction).max(1));
    let mut means = Vec::with_capacity(reduced[0] * reduced[1] * 4);
    for y in 0..reduced[1] {
        for x in 0..reduced[0] {
            let (mut sums, mut count) = ([0u64; 4], 0u64);
            for row in y * reduction..((y + 1) * reduction).min(height) {
                let start = (row * width + x * reduction) * 4;
                let end = (row * width + ((x + 1) * reduction).min(width)) * 4;
                let (pixels, _) = rgba.get(start..end).unwrap_or_default().as_chunks::<4>();
                for [r, g, b, a] in pixels {
                    let alpha = u64::from(*a);
                    for (sum, value) in std::iter::zip(&mut sums, [r, g, b]) {
                        *sum += u64::from(*value) * alpha;
                    }
                    (sums[3], count) = (sums[3] + alpha, count + 1);
                }
            }
            let mean = |sum: u64, count: u64| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX);
            let [r, g, b] = [sums[0], sums[1], sums[2]].map(|sum| mean(sum, sums[3]));
            means.extend([r, g, b, mean(sums[3], count)]);
        }
    }
    (reduced, means)
}

/// The sheet as RGBA, each tile in its own palette, or in palette 0 if that is unknown.
fn own_palettes_rgba(glyph: &GlyphPreview) -> Vec<u8> {
    let mut whole = glyph.payload.rgba(0);
    let mut palettes: Vec<u32> = glyph.tiles.iter().filter_map(|tile| tile.palette).filter(|p| *p > 0).collect();
    palettes.sort_unstable();
    palettes.dedup();
    for palette in palettes {
        let other = glyph.payload.rgba(palette);
        for (id, _) in (0u32..).zip(&glyph.tiles).filter(|(_, tile)| tile.palette == Some(palette)) {
            let Some(rect) = tile_rect(glyph.metadata.tile_size, id) else { continue };
            for y in rect.y..rect.y + rect.side {
                let start = ((y * SHEET_PIXELS + rect.x) * 4) as usize;
                let end = start + (rect.side * 4) as usize;
                whole[start..end].copy_from_slice(&other[start..end]);
            }
        }
    }
    whole
}

/// The tiles that no palette draws, on a transparent sheet; see [`Textures::failed_texture`].
fn failed_rgba(glyph: &GlyphPreview, cause: Option<CauseId>) -> Vec<u8> {
    let mut rgba = vec![0; (SHEET_PIXELS * SHEET_PIXELS * 4) as usize];
    for tile in &glyph.failed {
        let Some(rect) = tile_rect(glyph.metadata.tile_size, tile.id) else { continue };
        let offset = |n: u32| (((rect.y + n / rect.side) * SHEET_PIXELS + rect.x + n % rect.side) * 4) as usize;
        for (n, pixel) in (0u32..).zip(tile.rgba.as_chunks::<4>().0) {
            let at = offset(n);
            rgba[at..at + 4].copy_from_slice(pixel);
            rgba[at + 3] /= DIMMED;
        }
        for (pixel, _) in tile.wrong.iter().filter(|(_, other)| Some(*other) == cause) {
            let n = pixel.y * rect.side + pixel.x;
            let alpha = tile.rgba.get(n as usize * 4 + 3).copied().unwrap_or(0);
            rgba[offset(n) + 3] = alpha;
        }
    }
    rgba
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reduced_images_keep_every_pixel() {
        let (white, clear) = ([255; 4], [0; 4]);
        let rgba: Vec<u8> = [white, clear, white, clear, clear, clear].concat();
        let (size, reduced) = reduce([3, 2], &rgba, 2);
        assert_eq!(size, [2, 1]);
        assert_eq!(reduced, [255, 255, 255, 63, 255, 255, 255, 127], "a single pixel does not vanish or darken");
    }
}
