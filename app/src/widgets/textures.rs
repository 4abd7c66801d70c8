//! Images as the graphics card has them, and waveforms as they are drawn: made once, kept until what they show changes. Nothing
//! here decides what is shown.

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Color32, ColorImage, Pos2, Rect, TextureHandle, TextureOptions, Ui, pos2};
use packer_services::formats::SHEET_PIXELS;
use packer_services::preview::{GlyphPreview, Playable, Thumbnail, ThumbnailPixels, Waveform, tile_rect};

use super::Canvas;
use crate::theme::Tokens;

/// All of a texture.
pub const ALL_OF_IT: Rect = Rect { min: Pos2::ZERO, max: pos2(1.0, 1.0) };
/// Screen pixels to a field of the checker.
const FIELD: f32 = 8.0;
/// Thumbnails that are kept: more than stand in sight at once.
const THUMBNAILS: usize = 512;

/// What was drawn, for the next frame.
#[derive(Default)]
pub struct Textures {
    /// Where the zoomable image was in the last frame, for commands.
    pub canvas: Option<Canvas>,
    /// The tile that was selected in the last frame.
    tile: Option<u32>,
    sheets: HashMap<Option<u32>, TextureHandle>,
    flash: Option<((u32, usize), TextureHandle)>,
    checker: Option<(bool, TextureHandle)>,
    source: Option<TextureHandle>,
    result: Option<(Option<u32>, TextureHandle)>,
    waves: HashMap<(u32, usize), Arc<Waveform>>,
    thumbnails: HashMap<String, (Arc<Thumbnail>, TextureHandle)>,
}

impl Textures {
    /// The selected bank is another one, or changed.
    pub fn forget_bank(&mut self) {
        self.sheets.clear();
        self.waves.clear();
        (self.flash, self.result) = (None, None);
    }

    /// The shown source file is another one, or changed.
    pub fn forget_source(&mut self) {
        (self.source, self.result) = (None, None);
    }

    /// The selected tile, if another one was selected in the last frame.
    pub fn came_to(&mut self, tile: Option<u32>) -> Option<u32> {
        let is_new = self.tile != tile;
        self.tile = tile;
        tile.filter(|_| is_new)
    }

    /// The sheet in a palette; without one, each tile in the palette that it was made for.
    pub fn sheet(&mut self, ui: &Ui, glyph: &GlyphPreview, palette: Option<u32>) -> TextureHandle {
        let made = self.sheets.entry(palette).or_insert_with(|| {
            let rgba = palette.map_or_else(|| each_in_its_own(glyph), |palette| glyph.payload.rgba(palette));
            load(ui, "sheet", [SHEET_PIXELS; 2], &rgba)
        });
        made.clone()
    }

    /// The pixels that have a color, of the tiles that were made for its palette; all others are transparent.
    pub fn flash(&mut self, ui: &Ui, glyph: &GlyphPreview, color: (u32, usize)) -> TextureHandle {
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
        let texture = load(ui, "flash", [SHEET_PIXELS; 2], &rgba);
        self.flash = Some((color, texture.clone()));
        texture
    }

    /// Paints the ground behind transparent pixels, in fields of whole screen pixels.
    pub fn checker(&mut self, ui: &Ui, painter: &egui::Painter, rect: Rect) {
        let dark = ui.visuals().dark_mode;
        if self.checker.as_ref().is_none_or(|(of, _)| *of != dark) {
            let [a, b] = Tokens::of(ui).checker;
            let image = ColorImage::new([2, 2], vec![a, b, b, a]);
            let texture = ui.ctx().load_texture("checker", image, TextureOptions::NEAREST_REPEAT);
            self.checker = Some((dark, texture));
        }
        let Some((_, texture)) = &self.checker else { return };
        let fields = rect.size() * ui.pixels_per_point() / FIELD / 2.0;
        painter.image(texture.id(), rect, Rect::from_min_size(Pos2::ZERO, fields), Color32::WHITE);
    }

    /// The shown source image.
    pub fn source(&mut self, ui: &Ui, size: [u32; 2], rgba: &[u8]) -> TextureHandle {
        self.source.get_or_insert_with(|| load(ui, "source", size, rgba)).clone()
    }

    /// What became of the shown source image: `make` gives it as RGBA. It is made anew for another palette.
    pub fn result(
        &mut self,
        ui: &Ui,
        size: [u32; 2],
        palette: Option<u32>,
        make: impl FnOnce() -> Vec<u8>,
    ) -> TextureHandle {
        if let Some((of, texture)) = &self.result
            && *of == palette
        {
            return texture.clone();
        }
        let texture = load(ui, "result", size, &make());
        self.result = Some((palette, texture.clone()));
        texture
    }

    /// The waveform of a whole sample.
    pub fn wave(&mut self, sample: u32, playable: &Playable, columns: usize) -> Arc<Waveform> {
        // While the window is being made wider there is another one in each frame.
        if self.waves.len() > 1024 {
            self.waves.clear();
        }
        let make = || Arc::new(playable.pcm.waveform(0..playable.pcm.frames(), columns));
        self.waves.entry((sample, columns)).or_insert_with(make).clone()
    }

    /// A thumbnail.
    pub fn thumbnail(&mut self, ui: &Ui, root: &str, image: &Arc<Thumbnail>) -> TextureHandle {
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
            ThumbnailPixels::Rgba(rgba) => load(ui, "thumbnail", size, rgba),
            // White, to be tinted.
            ThumbnailPixels::Mask(mask) => {
                let rgba: Vec<u8> = mask.iter().flat_map(|there| [0xFF, 0xFF, 0xFF, *there]).collect();
                load(ui, "thumbnail", size, &rgba)
            }
        };
        self.thumbnails.insert(root.to_owned(), (image.clone(), texture.clone()));
        texture
    }
}

fn load(ui: &Ui, name: &str, size: [u32; 2], rgba: &[u8]) -> TextureHandle {
    let image = ColorImage::from_rgba_unmultiplied(size.map(|side| side as usize), rgba);
    ui.ctx().load_texture(name, image, TextureOptions::NEAREST)
}

/// The sheet as RGBA, each tile in the palette that it was made for; in the first where nobody knows.
pub fn each_in_its_own(glyph: &GlyphPreview) -> Vec<u8> {
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
