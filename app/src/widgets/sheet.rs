//! A glyph bank's sheet, pixel by pixel: the packed bytes in one palette, at a whole-number zoom, on a checker, with grid, ids,
//! holes and marks. It decodes payload bytes alone, so it cannot disagree with the console.

use egui::{
    Color32, ColorImage, Pos2, Rect, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, Vec2, pos2, vec2,
};
use egui::{WidgetInfo, accesskit::Role};
use packer_services::formats::SHEET_PIXELS;
use packer_services::preview::{GlyphPreview, TileState, tile_at, tile_rect};

use super::whole;
use crate::state::{View, ZOOMS};
use crate::theme::Tokens;

/// Pixels of the sheet to a field of the checker.
const CHECKER: usize = 4;

/// The sheet as a texture, made anew when the preview or the palette changed.
#[derive(Default)]
pub struct SheetTexture {
    sheet: Option<(Option<u32>, TextureHandle)>,
    checker: Option<(bool, TextureHandle)>,
    fitting: u32,
}

/// What a person did with the sheet.
#[derive(Clone, Debug, PartialEq)]
pub enum Touched {
    /// Selected this tile.
    Tile(u32),
    /// Looked elsewhere.
    Look {
        /// Screen pixels to a pixel of the sheet.
        zoom: Option<u32>,
        /// From the stage's corner, in points.
        pan: Vec2,
    },
}

/// The sheet on the screen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// The pixel of the sheet under the pointer.
    pub pixel: Option<(u32, u32)>,
}

impl SheetTexture {
    /// The preview changed.
    pub fn forget(&mut self) {
        self.sheet = None;
    }

    /// The zoom at which the whole sheet was last seen to fit.
    pub fn fitting_zoom(&self) -> u32 {
        self.fitting.clamp(*ZOOMS.start(), *ZOOMS.end())
    }

    fn sheet(&mut self, ui: &Ui, preview: &GlyphPreview, palette: Option<u32>) -> TextureHandle {
        if let Some((of, texture)) = &self.sheet
            && *of == palette
        {
            return texture.clone();
        }
        let side = SHEET_PIXELS as usize;
        let rgba = palette.map_or_else(|| each_in_its_own(preview), |palette| preview.payload.rgba(palette));
        let image = ColorImage::from_rgba_unmultiplied([side, side], &rgba);
        let texture = ui.ctx().load_texture("sheet", image, TextureOptions::NEAREST);
        self.sheet = Some((palette, texture.clone()));
        texture
    }

    fn checker(&mut self, ui: &Ui) -> TextureHandle {
        let dark = ui.visuals().dark_mode;
        if let Some((of, texture)) = &self.checker
            && *of == dark
        {
            return texture.clone();
        }
        let side = SHEET_PIXELS as usize / CHECKER;
        let shades = Tokens::of(ui).checker;
        let pixels: Vec<Color32> = (0..side * side).map(|n| shades[(n % side + n / side) % 2]).collect();
        let image = ColorImage::new([side, side], pixels);
        let texture = ui.ctx().load_texture("checker", image, TextureOptions::NEAREST);
        self.checker = Some((dark, texture.clone()));
        texture
    }
}

/// The sheet as RGBA, each tile in the palette that it was made for; in the first where nobody knows.
fn each_in_its_own(preview: &GlyphPreview) -> Vec<u8> {
    let mut whole = preview.payload.rgba(0);
    let mut palettes: Vec<u32> = preview.tiles.iter().filter_map(|tile| tile.palette).filter(|p| *p > 0).collect();
    palettes.sort_unstable();
    palettes.dedup();
    for palette in palettes {
        let other = preview.payload.rgba(palette);
        for (id, _) in (0u32..).zip(&preview.tiles).filter(|(_, tile)| tile.palette == Some(palette)) {
            let Some(rect) = tile_rect(preview.metadata.tile_size, id) else { continue };
            for y in rect.y..rect.y + rect.side {
                let start = ((y * SHEET_PIXELS + rect.x) * 4) as usize;
                let end = start + (rect.side * 4) as usize;
                whole[start..end].copy_from_slice(&other[start..end]);
            }
        }
    }
    whole
}

/// Draws the sheet into all room that is left.
pub fn show(ui: &mut Ui, preview: &GlyphPreview, view: &View, texture: &mut SheetTexture) -> (Seen, Option<Touched>) {
    let tokens = Tokens::of(ui);
    let (stage, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
    let count = preview.tiles.iter().filter(|tile| !matches!(tile.state, TileState::Unused)).count();
    let selected = view.tile.map(|tile| format!(", tile {tile} selected")).unwrap_or_default();
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, format!("Sheet, {count} tiles{selected}")));
    let points = 1.0 / ui.ctx().pixels_per_point();
    let room = stage.size() / points / SHEET_PIXELS as f32;
    texture.fitting = whole(room.min_elem()).max(1);
    let zoom = view.zoom.unwrap_or(texture.fitting_zoom());
    let scale = zoom as f32 * points;
    let size = Vec2::splat(SHEET_PIXELS as f32 * scale);
    let free = ((stage.size() - size) / 2.0).max(Vec2::ZERO);
    // On whole screen pixels, so that each pixel of the sheet is as large as the next.
    let snap = |v: f32| (v / points).round() * points;
    let corner = stage.min + free + view.pan;
    let sheet = Rect::from_min_size(pos2(snap(corner.x), snap(corner.y)), size);
    let painter = ui.painter_at(stage);
    painter.rect_filled(stage, 0, tokens.sunken);
    let all_of_it = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
    painter.image(texture.checker(ui).id(), sheet, all_of_it, Color32::WHITE);
    painter.image(texture.sheet(ui, preview, view.palette).id(), sheet, all_of_it, Color32::WHITE);

    let tile_size = preview.metadata.tile_size;
    let rect_of = |id: u32| {
        let tile = tile_rect(tile_size, id)?;
        let min = sheet.min + vec2(tile.x as f32, tile.y as f32) * scale;
        Some(Rect::from_min_size(min, Vec2::splat(tile.side as f32 * scale)))
    };
    if view.grid {
        let line = Stroke::new(points, tokens.line);
        for n in 0..=tile_size.columns() {
            let at = (n * tile_size.pixels()) as f32 * scale;
            painter.vline(sheet.min.x + at, sheet.y_range(), line);
            painter.hline(sheet.x_range(), sheet.min.y + at, line);
        }
    }
    for (id, tile) in (0u32..).zip(&preview.tiles) {
        if let (TileState::Hole { .. }, Some(rect)) = (&tile.state, rect_of(id)) {
            hole(&painter, rect, tokens.error);
        }
    }
    if view.ids {
        ids(&painter, preview, &rect_of, stage, tokens.text);
    }
    if let Some(rect) = view.tile.and_then(rect_of) {
        painter.rect_stroke(rect, 0, Stroke::new(2.0, tokens.accent), StrokeKind::Outside);
        if let Some((x, y)) = view.pixel {
            let pixel = Rect::from_min_size(rect.min + vec2(x as f32, y as f32) * scale, Vec2::splat(scale));
            painter.rect_stroke(pixel, 0, Stroke::new(3.0, tokens.surface), StrokeKind::Outside);
            painter.rect_stroke(pixel, 0, Stroke::new(1.5, tokens.error), StrokeKind::Outside);
        }
    }

    let under = response.hover_pos().and_then(|pointer| {
        let at = (pointer - sheet.min) / scale;
        let inside = at.x >= 0.0 && at.y >= 0.0 && at.x < SHEET_PIXELS as f32 && at.y < SHEET_PIXELS as f32;
        inside.then(|| (whole(at.x), whole(at.y)))
    });
    let touched = touch(ui, &response, view, zoom, sheet.min - stage.min - free, under, tile_size);
    (Seen { pixel: under }, touched)
}

fn touch(
    ui: &Ui,
    response: &egui::Response,
    view: &View,
    zoom: u32,
    corner: Vec2,
    under: Option<(u32, u32)>,
    tile_size: packer_services::formats::TileSize,
) -> Option<Touched> {
    if response.clicked()
        && let Some((x, y)) = under
    {
        return tile_at(tile_size, x, y).map(Touched::Tile);
    }
    if response.dragged() {
        return Some(Touched::Look { zoom: Some(zoom), pan: corner + response.drag_delta() });
    }
    if response.hovered() {
        let wheel = ui.input(|input| input.smooth_scroll_delta.y);
        let step = i32::from(wheel > 4.0) - i32::from(wheel < -4.0);
        let next = zoom.saturating_add_signed(step).clamp(*ZOOMS.start(), *ZOOMS.end());
        if next != zoom {
            return Some(Touched::Look { zoom: Some(next), pan: view.pan });
        }
    }
    None
}

/// A cross: this tile could not be made.
fn hole(painter: &egui::Painter, rect: Rect, colour: Color32) {
    let stroke = Stroke::new(1.5, colour);
    let inner = rect.shrink(rect.width() * 0.25);
    painter.line_segment([inner.left_top(), inner.right_bottom()], stroke);
    painter.line_segment([inner.right_top(), inner.left_bottom()], stroke);
    painter.rect_stroke(rect, 0, Stroke::new(1.0, colour), StrokeKind::Inside);
}

fn ids(
    painter: &egui::Painter,
    preview: &GlyphPreview,
    rect_of: &dyn Fn(u32) -> Option<Rect>,
    stage: Rect,
    colour: Color32,
) {
    let font = egui::FontId::monospace(10.0);
    for (id, tile) in (0u32..).zip(&preview.tiles) {
        let Some(rect) = rect_of(id).filter(|rect| rect.width() >= 24.0 && rect.intersects(stage)) else { continue };
        if !matches!(tile.state, TileState::Unused) {
            let at = rect.left_top() + vec2(2.0, 1.0);
            let text = painter.layout_no_wrap(id.to_string(), font.clone(), colour);
            painter.rect_filled(Rect::from_min_size(at, text.size()), 2, Color32::from_black_alpha(120));
            painter.galley(at, text, colour);
        }
    }
}
