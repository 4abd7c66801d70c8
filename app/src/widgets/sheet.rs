//! The sheet of a tile bank, pixel by pixel, with grid, ids, holes and marks. It decodes only payload bytes, so it
//! cannot differ from what the console shows.

use egui::{Color32, EventFilter, Painter, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, vec2};
use egui::{WidgetInfo, accesskit::Role};
use packer_services::diagnostics::CauseId;
use packer_services::formats::SHEET_PIXELS;
use packer_services::preview::{FailedTile, GlyphPreview, TileState, tile_at, tile_rect};

use super::{Canvas, Fit, Textures, WHOLE_TEXTURE, ZoomPan, draw_scroll_bars};
use crate::state::{Settings, View};
use crate::theme::Tokens;

/// The least side of a tile with grid lines, in screen pixels; below, the lines would hide the art.
const GRID: f32 = 16.0;
/// The least side of a tile with an id, in points: room for three digits.
const ID: f32 = 24.0;
/// The margin around the sheet, in points, so that a frame around a tile at its edge is visible.
const EDGE: f32 = 4.0;
/// How long a flashing color is white, and then black, in seconds: slow enough to be comfortable.
const FLASH: f64 = 0.3;

/// How many wrong pixels are framed. More would take longer to draw than a UI frame may; all of them are drawn in their
/// full color anyway, over a dimmed tile.
const FRAMED_PIXELS: usize = 4096;

/// What the user did with the sheet.
#[derive(Clone, Debug, PartialEq)]
pub enum SheetAction {
    /// Selected this tile.
    SelectTile(u32),
    /// Zoomed or moved the sheet.
    ZoomPan(ZoomPan),
}

/// Width and height of the drawn part of the sheet, in pixels. Tiles that cannot be converted count as drawn.
pub fn drawn_size(glyph: &GlyphPreview) -> [u32; 2] {
    let size = glyph.metadata.tile_size;
    let is_drawn = |id: &u32| {
        glyph
            .tiles
            .get(*id as usize)
            .is_some_and(|tile| matches!(tile.state, TileState::Drawn | TileState::Hole { .. }))
    };
    let (mut right, mut bottom) = (0, 0);
    for rect in (0..size.capacity()).filter(is_drawn).filter_map(|id| tile_rect(size, id)) {
        right = right.max(rect.x + rect.side);
        bottom = bottom.max(rect.y + rect.side);
    }
    if bottom == 0 { [SHEET_PIXELS; 2] } else { [right, bottom] }
}

/// Where the sheet is drawn in a room.
pub fn place_sheet(room: Rect, point: f32, glyph: &GlyphPreview, fit: Fit, zoom_pan: ZoomPan) -> Canvas {
    Canvas::new(room.shrink(EDGE), point, [SHEET_PIXELS; 2], drawn_size(glyph), fit, zoom_pan)
}

/// A sheet that the user can zoom, move and select tiles on.
#[derive(Clone, Copy, Debug)]
pub struct SheetCanvas<'a> {
    /// What gets the keyboard.
    pub id: egui::Id,
    /// The bank.
    pub glyph: &'a GlyphPreview,
    /// How it is viewed.
    pub view: &'a View,
    /// Zoom, grid and ids.
    pub settings: &'a Settings,
    /// Its name for screen readers.
    pub name: &'a str,
    /// The cause whose wrong pixels are marked.
    pub cause: Option<CauseId>,
}

impl SheetCanvas<'_> {
    /// Draws the sheet into all available room. Returns the pixel under the pointer, and what the user did.
    pub fn show(&self, ui: &mut Ui, textures: &mut Textures) -> (Option<(u32, u32)>, Option<SheetAction>) {
        let Self { id, glyph, view, settings, name, .. } = *self;
        let tokens = Tokens::of(ui);
        let (_, room) = ui.allocate_space(ui.available_size());
        let response = ui.interact(room, id, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, name));
        if response.has_focus() {
            // Arrows go from tile to tile, not to another widget.
            let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows));
        }
        let point = 1.0 / ui.pixels_per_point();
        let zoom_pan = ZoomPan { zoom: settings.zoom, pan: view.pan };
        let mut canvas = place_sheet(room, point, glyph, settings.fit, zoom_pan);
        let tile_size = glyph.metadata.tile_size;
        let selected = view.tile.and_then(|id| tile_rect(tile_size, id));
        canvas.selected = selected.map(|tile| canvas.square(tile.x, tile.y, tile.side));
        textures.canvas = Some(canvas);
        let painter = ui.painter_at(room);
        painter.rect_filled(room, 0, tokens.sunken);
        textures.draw_backdrop(ui, &painter, canvas.image);
        painter.image(
            textures.sheet_texture(ui, glyph, view.palette, canvas.zoom).id(),
            canvas.image,
            WHOLE_TEXTURE,
            Color32::WHITE,
        );
        if let Some(color) = view.flashing {
            // White and black in turn: one of them is visible on any art.
            let is_white = (ui.input(|input| input.time) / FLASH).rem_euclid(2.0) < 1.0;
            let tint = if is_white { Color32::WHITE } else { Color32::BLACK };
            painter.image(textures.flash_texture(ui, glyph, color).id(), canvas.image, WHOLE_TEXTURE, tint);
            ui.ctx().request_repaint_after_secs(0.1);
        }
        if !glyph.failed.is_empty() {
            let texture = textures.failed_texture(ui, glyph, self.cause);
            painter.image(texture.id(), canvas.image, WHOLE_TEXTURE, Color32::WHITE);
        }
        self.draw_marks(&painter, &canvas, tokens);
        draw_scroll_bars(&painter, &canvas, tokens);
        if response.has_focus() {
            painter.rect_stroke(room, 0, Stroke::new(1.0, tokens.accent), StrokeKind::Inside);
        }
        let new_tile = textures.newly_selected(view.tile);
        let revealed = new_tile.and(canvas.selected).and_then(|tile| canvas.revealed(tile));
        let pointed = response.hover_pos().and_then(|pointer| canvas.pixel_at(pointer));
        let action = match pointed {
            Some((x, y)) if response.clicked() => tile_at(tile_size, x, y).map(SheetAction::SelectTile),
            _ => canvas.zoom_pan_input(ui, &response).or(revealed).map(SheetAction::ZoomPan),
        };
        if response.clicked() {
            response.request_focus();
        }
        (pointed, action)
    }

    fn draw_marks(&self, painter: &Painter, canvas: &Canvas, tokens: Tokens) {
        let Self { glyph, view, settings, .. } = *self;
        let tile_size = glyph.metadata.tile_size;
        let rect_of = |id: u32| tile_rect(tile_size, id).map(|tile| canvas.square(tile.x, tile.y, tile.side));
        if settings.grid && tile_size.pixels() as f32 * canvas.zoom >= GRID {
            draw_grid(painter, canvas, tile_size.pixels(), tokens);
        }
        for (id, tile) in (0u32..).zip(&glyph.tiles) {
            if let (TileState::Hole { .. }, Some(rect)) = (&tile.state, rect_of(id)) {
                draw_hole(painter, rect, tokens);
            }
        }
        if settings.ids {
            for (id, tile) in (0u32..).zip(&glyph.tiles) {
                let Some(rect) = rect_of(id).filter(|rect| rect.width() >= ID && rect.intersects(canvas.room)) else {
                    continue;
                };
                if !matches!(tile.state, TileState::Unused) {
                    draw_tile_id(painter, rect, id);
                }
            }
        }
        let corner = |tile: &FailedTile| tile_rect(tile_size, tile.id).map(|rect| [rect.x, rect.y]);
        draw_wrong_pixels(painter, canvas, glyph, self.cause, corner, tokens);
        if let Some(rect) = view.tile.and_then(rect_of) {
            draw_selection(painter, rect, tokens);
            if let (Some(pixel), Some(tile)) = (view.pixel, view.tile.and_then(|id| tile_rect(tile_size, id))) {
                draw_pixel_mark(painter, canvas.square(tile.x + pixel.x, tile.y + pixel.y, 1), tokens);
            }
        }
    }
}

/// Lines of one screen pixel, every `side` pixels of the image.
pub fn draw_grid(painter: &Painter, canvas: &Canvas, side: u32, tokens: Tokens) {
    let line = Stroke::new(canvas.point, tokens.grid);
    let lines = |extent: f32| {
        (0u32..).map(move |n| (n * side) as f32 * canvas.scale()).take_while(move |offset| *offset <= extent)
    };
    // Through the middle of a screen pixel, so that a line does not blur over two.
    let middle = canvas.point / 2.0;
    for x in lines(canvas.image.width()) {
        painter.vline(canvas.image.min.x + x + middle, canvas.image.y_range(), line);
    }
    for y in lines(canvas.image.height()) {
        painter.hline(canvas.image.x_range(), canvas.image.min.y + y + middle, line);
    }
}

/// Draws a cross over a tile that cannot be converted.
pub fn draw_hole(painter: &Painter, rect: Rect, tokens: Tokens) {
    let inner = rect.shrink(rect.width() * 0.25);
    for (width, color) in [(3.0, tokens.surface), (1.5, tokens.error)] {
        let stroke = Stroke::new(width, color);
        painter.line_segment([inner.left_top(), inner.right_bottom()], stroke);
        painter.line_segment([inner.right_top(), inner.left_bottom()], stroke);
        painter.rect_stroke(rect, 0, stroke, StrokeKind::Inside);
    }
}

/// Draws a frame around the selected tile that is visible on any art.
pub fn draw_selection(painter: &Painter, rect: Rect, tokens: Tokens) {
    painter.rect_stroke(rect, 0, Stroke::new(4.0, tokens.surface), StrokeKind::Outside);
    painter.rect_stroke(rect, 0, Stroke::new(2.0, tokens.accent), StrokeKind::Outside);
}

/// Frames every pixel that a finding is about. `corner` is where a tile lies in the image of `canvas`.
pub fn draw_wrong_pixels(
    painter: &Painter,
    canvas: &Canvas,
    glyph: &GlyphPreview,
    cause: Option<CauseId>,
    corner: impl Fn(&FailedTile) -> Option<[u32; 2]>,
    tokens: Tokens,
) {
    let Some(cause) = cause else { return };
    let mut drawn = 0;
    for tile in &glyph.failed {
        let Some([x, y]) = corner(tile) else { continue };
        if !canvas.square(x, y, glyph.metadata.tile_size.pixels()).intersects(canvas.room) {
            continue;
        }
        for (pixel, _) in tile.wrong.iter().filter(|(_, other)| *other == cause) {
            let rect = canvas.square(x + pixel.x, y + pixel.y, 1);
            painter.rect_stroke(rect, 0, Stroke::new(1.0, tokens.error), StrokeKind::Outside);
            drawn += 1;
            if drawn == FRAMED_PIXELS {
                return;
            }
        }
    }
}

/// Draws a frame and cross hairs around the pixel of a finding, large enough to be found at any zoom.
pub fn draw_pixel_mark(painter: &Painter, pixel: Rect, tokens: Tokens) {
    let around = pixel.expand(1.0);
    for (width, color) in [(4.0, tokens.surface), (2.0, tokens.error)] {
        let stroke = Stroke::new(width, color);
        painter.rect_stroke(around, 0, stroke, StrokeKind::Outside);
        let length = 12.0;
        for (from, direction) in [
            (around.left_center(), vec2(-length, 0.0)),
            (around.right_center(), vec2(length, 0.0)),
            (around.center_top(), vec2(0.0, -length)),
            (around.center_bottom(), vec2(0.0, length)),
        ] {
            let from = from + direction.normalized() * 3.0;
            painter.line_segment([from, from + direction], stroke);
        }
    }
}

fn draw_tile_id(painter: &Painter, rect: Rect, id: u32) {
    let corner = rect.left_top() + Vec2::splat(2.0);
    let text = painter.layout_no_wrap(id.to_string(), egui::FontId::monospace(10.0), Color32::WHITE);
    painter.rect_filled(
        Rect::from_min_size(corner, text.size()).expand2(vec2(2.0, 0.0)),
        2,
        Color32::from_black_alpha(160),
    );
    painter.galley(corner, text, Color32::WHITE);
}
