//! A glyph bank's sheet, pixel by pixel: the packed bytes in one palette, at a whole-number zoom, on a checker, with grid, ids,
//! holes and marks. It decodes payload bytes alone, so it cannot disagree with the console.

use egui::{Color32, EventFilter, Painter, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, vec2};
use egui::{WidgetInfo, accesskit::Role};
use packer_services::formats::SHEET_PIXELS;
use packer_services::preview::{GlyphPreview, TileState, tile_at, tile_rect};

use super::textures::ALL_OF_IT;
use super::{Canvas, Look, Textures};
use crate::state::{Settings, View};
use crate::theme::Tokens;

/// Screen pixels that a tile must have on a side to get grid lines around it.
const GRID: f32 = 16.0;
/// Points that a tile must have on a side to get its id.
const ID: f32 = 24.0;
/// Points around the sheet.
const EDGE: f32 = 4.0;
/// Half a period of the flash, in seconds.
const BLINK: f64 = 0.3;

/// What a person did with the sheet.
#[derive(Clone, Debug, PartialEq)]
pub enum Touched {
    /// Selected this tile.
    Tile(u32),
    /// Looked elsewhere.
    Look(Look),
}

/// Columns and rows of the sheet, in pixels, that have something drawn on them, or would have without an error.
pub fn drawn(glyph: &GlyphPreview) -> [u32; 2] {
    let size = glyph.metadata.tile_size;
    let is_there = |id: &u32| {
        glyph
            .tiles
            .get(*id as usize)
            .is_some_and(|tile| matches!(tile.state, TileState::Drawn | TileState::Hole { .. }))
    };
    let (mut right, mut bottom) = (0, 0);
    for rect in (0..size.capacity()).filter(is_there).filter_map(|id| tile_rect(size, id)) {
        right = right.max(rect.x + rect.side);
        bottom = bottom.max(rect.y + rect.side);
    }
    if bottom == 0 { [SHEET_PIXELS; 2] } else { [right, bottom] }
}

/// Where the sheet lies on a stage: with an edge, so that what is framed there is framed whole.
pub fn placed(stage: Rect, point: f32, glyph: &GlyphPreview, look: Look) -> Canvas {
    Canvas::new(stage.shrink(EDGE), point, [SHEET_PIXELS; 2], drawn(glyph), look)
}

/// Draws the sheet into all room that is left. `id` is who gets the keyboard; `spoken` is what a screen reader says of it. Gives
/// the pixel under the pointer.
pub fn show(
    ui: &mut Ui,
    id: egui::Id,
    glyph: &GlyphPreview,
    view: &View,
    settings: &Settings,
    spoken: &str,
    textures: &mut Textures,
) -> (Option<(u32, u32)>, Option<Touched>) {
    let tokens = Tokens::of(ui);
    let (_, stage) = ui.allocate_space(ui.available_size());
    let response = ui.interact(stage, id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, spoken));
    if response.has_focus() {
        // Arrows walk over tiles, and not to another widget.
        let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows));
    }
    let point = 1.0 / ui.pixels_per_point();
    let look = Look { zoom: settings.zoom, pan: view.pan };
    let canvas = placed(stage, point, glyph, look);
    textures.canvas = Some(canvas);
    let painter = ui.painter_at(stage);
    painter.rect_filled(stage, 0, tokens.sunken);
    textures.checker(ui, &painter, canvas.image);
    painter.image(textures.sheet(ui, glyph, view.palette).id(), canvas.image, ALL_OF_IT, Color32::WHITE);
    if let Some(color) = view.flash {
        // Black and white in turn: one of both shows on any art.
        let is_white = (ui.input(|input| input.time) / BLINK).rem_euclid(2.0) < 1.0;
        let tint = if is_white { Color32::WHITE } else { Color32::BLACK };
        painter.image(textures.flash(ui, glyph, color).id(), canvas.image, ALL_OF_IT, tint);
        ui.ctx().request_repaint_after_secs(0.1);
    }
    marks(&painter, &canvas, glyph, view, settings, tokens);
    if response.has_focus() {
        painter.rect_stroke(stage, 0, Stroke::new(1.0, tokens.accent), StrokeKind::Inside);
    }
    let came = textures.came_to(view.tile);
    let tile = came.and_then(|id| tile_rect(glyph.metadata.tile_size, id));
    let revealed = tile.and_then(|tile| canvas.revealed(canvas.square(tile.x, tile.y, tile.side)));
    let under = response.hover_pos().and_then(|pointer| canvas.pixel_at(pointer));
    let touched = match under {
        Some((x, y)) if response.clicked() => tile_at(glyph.metadata.tile_size, x, y).map(Touched::Tile),
        _ => canvas.touched(ui, &response).or(revealed).map(Touched::Look),
    };
    if response.clicked() {
        response.request_focus();
    }
    (under, touched)
}

fn marks(painter: &Painter, canvas: &Canvas, glyph: &GlyphPreview, view: &View, settings: &Settings, tokens: Tokens) {
    let tile_size = glyph.metadata.tile_size;
    let rect_of = |id: u32| tile_rect(tile_size, id).map(|tile| canvas.square(tile.x, tile.y, tile.side));
    if settings.grid && (tile_size.pixels() * canvas.zoom) as f32 >= GRID {
        grid(painter, canvas, tile_size.pixels(), tokens);
    }
    for (id, tile) in (0u32..).zip(&glyph.tiles) {
        if let (TileState::Hole { .. }, Some(rect)) = (&tile.state, rect_of(id)) {
            hole(painter, rect, tokens.error);
        }
    }
    if settings.ids {
        for (id, tile) in (0u32..).zip(&glyph.tiles) {
            let Some(rect) = rect_of(id).filter(|rect| rect.width() >= ID && rect.intersects(canvas.stage)) else {
                continue;
            };
            if !matches!(tile.state, TileState::Unused) {
                tile_id(painter, rect, id);
            }
        }
    }
    if let Some(rect) = view.tile.and_then(rect_of) {
        painter.rect_stroke(rect, 0, Stroke::new(2.0, tokens.accent), StrokeKind::Outside);
        if let (Some(pixel), Some(tile)) = (view.pixel, view.tile.and_then(|id| tile_rect(tile_size, id))) {
            pixel_mark(painter, canvas.square(tile.x + pixel.x, tile.y + pixel.y, 1), tokens);
        }
    }
}

/// Lines of one screen pixel, every `side` pixels of the image.
pub fn grid(painter: &Painter, canvas: &Canvas, side: u32, tokens: Tokens) {
    let line = Stroke::new(canvas.point, tokens.grid);
    let lines =
        |extent: f32| (0u32..).map(move |n| (n * side) as f32 * canvas.scale()).take_while(move |at| *at <= extent);
    // Through the middle of a screen pixel, so that a line is not smeared over two.
    let middle = canvas.point / 2.0;
    for x in lines(canvas.image.width()) {
        painter.vline(canvas.image.min.x + x + middle, canvas.image.y_range(), line);
    }
    for y in lines(canvas.image.height()) {
        painter.hline(canvas.image.x_range(), canvas.image.min.y + y + middle, line);
    }
}

/// A cross: this tile could not be made.
pub fn hole(painter: &Painter, rect: Rect, color: Color32) {
    let stroke = Stroke::new(1.5, color);
    let inner = rect.shrink(rect.width() * 0.25);
    painter.line_segment([inner.left_top(), inner.right_bottom()], stroke);
    painter.line_segment([inner.right_top(), inner.left_bottom()], stroke);
    painter.rect_stroke(rect, 0, Stroke::new(1.0, color), StrokeKind::Inside);
}

/// A frame and cross-hair lines around a pixel that a finding is about, large enough to be found at any zoom.
pub fn pixel_mark(painter: &Painter, pixel: Rect, tokens: Tokens) {
    let around = pixel.expand(1.0);
    for (width, color) in [(4.0, tokens.surface), (2.0, tokens.error)] {
        let stroke = Stroke::new(width, color);
        painter.rect_stroke(around, 0, stroke, StrokeKind::Outside);
        let reach = 12.0;
        for (from, to) in [
            (around.left_center(), vec2(-reach, 0.0)),
            (around.right_center(), vec2(reach, 0.0)),
            (around.center_top(), vec2(0.0, -reach)),
            (around.center_bottom(), vec2(0.0, reach)),
        ] {
            let from = from + to.normalized() * 3.0;
            painter.line_segment([from, from + to], stroke);
        }
    }
}

fn tile_id(painter: &Painter, rect: Rect, id: u32) {
    let at = rect.left_top() + Vec2::splat(2.0);
    let text = painter.layout_no_wrap(id.to_string(), egui::FontId::monospace(10.0), Color32::WHITE);
    painter.rect_filled(
        Rect::from_min_size(at, text.size()).expand2(vec2(2.0, 0.0)),
        2,
        Color32::from_black_alpha(160),
    );
    painter.galley(at, text, Color32::WHITE);
}
