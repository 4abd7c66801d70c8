//! Textures on the graphics card, and waveforms: each is created once and kept until its content changes.

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Color32, ColorImage, Pos2, Rect, TextureHandle, TextureOptions, Ui, pos2};
use packer_services::diagnostics::CauseId;
use packer_services::formats::SHEET_PIXELS;
use packer_services::preview::{GlyphPreview, Playable, Thumbnail, ThumbnailPixels, Waveform, tile_rect};

use super::Canvas;
use crate::theme::Tokens;

/// The coordinates of a whole texture.
pub const WHOLE_TEXTURE: Rect = Rect { min: Pos2::ZERO, max: pos2(1.0, 1.0) };
/// The side of a square of the checkerboard, in screen pixels.
const SQUARE: f32 = 8.0;
/// What the opacity of a tile that no palette draws is divided by: dim enough to look like an error, and strong enough
/// to recognize the art.
const DIMMED: u8 = 3;
/// How many thumbnails are kept: more than are visible at once on any screen, at 4 KB each.
const THUMBNAILS: usize = 512;
/// How many waveforms are kept. While the window is resized, every frame needs new ones.
const WAVEFORMS: usize = 1024;

/// Textures and waveforms, kept from frame to frame.
#[derive(Default)]
pub struct Textures {
    /// Where the zoomable image was in the last frame, for the zoom commands.
    pub canvas: Option<Canvas>,
    /// The tile that was selected in the last frame.
    tile: Option<u32>,
    sheets: HashMap<Option<u32>, TextureHandle>,
    flash: Option<((u32, usize), TextureHandle)>,
    failed: Option<(Option<CauseId>, TextureHandle)>,
    checker: Option<(bool, TextureHandle)>,
    source: Option<TextureHandle>,
    result: Option<(Option<u32>, TextureHandle)>,
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

    /// The sheet in a palette; without one, each tile in its own.
    pub fn sheet_texture(&mut self, ui: &Ui, glyph: &GlyphPreview, palette: Option<u32>) -> TextureHandle {
        let texture = self.sheets.entry(palette).or_insert_with(|| {
            let rgba = palette.map_or_else(|| own_palettes_rgba(glyph), |palette| glyph.payload.rgba(palette));
            load_texture(ui, "sheet", [SHEET_PIXELS; 2], &rgba)
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
        let texture = load_texture(ui, "failed", [SHEET_PIXELS; 2], &rgba);
        self.failed = Some((cause, texture.clone()));
        texture
    }

    /// Draws the checkerboard behind transparent pixels, in squares of whole screen pixels.
    pub fn draw_checker(&mut self, ui: &Ui, painter: &egui::Painter, rect: Rect) {
        let dark = ui.visuals().dark_mode;
        if self.checker.as_ref().is_none_or(|(of, _)| *of != dark) {
            let [a, b] = Tokens::of(ui).checker;
            let image = ColorImage::new([2, 2], vec![a, b, b, a]);
            let texture = ui.ctx().load_texture("checker", image, TextureOptions::NEAREST_REPEAT);
            self.checker = Some((dark, texture));
        }
        let Some((_, texture)) = &self.checker else { return };
        let squares = rect.size() * ui.pixels_per_point() / SQUARE / 2.0;
        painter.image(texture.id(), rect, Rect::from_min_size(Pos2::ZERO, squares), Color32::WHITE);
    }

    /// The shown source image.
    pub fn source_texture(&mut self, ui: &Ui, size: [u32; 2], rgba: &[u8]) -> TextureHandle {
        self.source.get_or_insert_with(|| load_texture(ui, "source", size, rgba)).clone()
    }

    /// The result of the shown source image. `make_rgba` is called if there is none yet, or only in another palette.
    pub fn result_texture(
        &mut self,
        ui: &Ui,
        size: [u32; 2],
        palette: Option<u32>,
        make_rgba: impl FnOnce() -> Vec<u8>,
    ) -> TextureHandle {
        if let Some((of, texture)) = &self.result
            && *of == palette
        {
            return texture.clone();
        }
        let texture = load_texture(ui, "result", size, &make_rgba());
        self.result = Some((palette, texture.clone()));
        texture
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
