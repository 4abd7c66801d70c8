//! One tile: repeated three by three, so that its seams show; flipped; and as an animation with the tiles that follow
//! it.

use egui::vec2;
use egui::{
    Color32, DragValue, Frame, Painter, Rect, RichText, ScrollArea, Sense, Ui, Vec2, WidgetInfo, accesskit::Role,
};
use packer_services::diagnostics::plural;
use packer_services::preview::{GlyphPreview, PreviewTile, TileState, tile_at, tile_rect};

use super::super::Draw;
use super::{describe_tile, tile_uv};
use crate::commands::Command;
use crate::state::View;
use crate::theme::{STEP, Tokens};
use crate::widgets::{Canvas, Fit, ZoomPan, accessibility, draw_selection, drawn_size, floor_to_u32, snap_to_pixels};

/// The most frames of an animation: as many as are still recognizable in one strip.
const FRAMES: u32 = 64;
/// The largest zoom of the frames beside one another.
const SMALL_ZOOM: u32 = 4;
/// The largest zoom of the sheet that a tile is chosen on.
const CHOICE_ZOOM: f32 = 2.0;
/// The most frames per second: the console draws no more.
const FRAMES_PER_SECOND: u32 = 60;

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>, glyph: &GlyphPreview) {
    let id = draw.view.tile.unwrap_or(0);
    let size = glyph.metadata.tile_size.pixels();
    // The largest integer zoom at which everything fits: five tiles beside one another, and four below, with texts.
    let room = ui.available_size() * ui.pixels_per_point();
    let across = (room.x - 110.0 * ui.pixels_per_point()) / (size * 5) as f32;
    let down = (room.y - 230.0 * ui.pixels_per_point()) / (size * 4) as f32;
    let zoom = floor_to_u32(across.min(down)).clamp(1, 32);
    let point = 1.0 / ui.pixels_per_point();
    let side = (size * zoom) as f32 * point;
    let texture = draw.textures.sheet_texture(ui, glyph, draw.view.palette, 1.0).id();
    let frames = frames_from(glyph, id);
    let count = draw.view.frame_count.min(frames);
    let capacity = glyph.metadata.tile_size.capacity();
    let draw_tile = |painter: &Painter, rect: Rect, id: u32, flip: [bool; 2]| {
        let Some(mut uv) = tile_uv(glyph, id) else { return };
        if flip[0] {
            std::mem::swap(&mut uv.min.x, &mut uv.max.x);
        }
        if flip[1] {
            std::mem::swap(&mut uv.min.y, &mut uv.max.y);
        }
        painter.image(texture, rect, uv, Color32::WHITE);
    };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(4.0 * STEP).show(ui, |ui| {
            let tokens = Tokens::of(ui);
            ui.horizontal(|ui| {
                let mut chosen = id;
                accessibility::hide(&ui.label("Tile"));
                let drag = ui.add(DragValue::new(&mut chosen).range(0..=capacity - 1).speed(0.1));
                drag.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, "Tile"));
                if chosen != id {
                    draw.view.select_tile(chosen);
                }
                let text = RichText::new(describe_tile(draw.state, glyph, id)).color(tokens.weak);
                ui.add(egui::Label::new(text).truncate());
            });
            ui.add_space(3.0 * STEP);
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0 * STEP;
                ui.vertical(|ui| {
                    accessibility::mark_heading(&ui.label(RichText::new("Repeated").small().strong()));
                    let name = format!("Tile {id}, repeated three by three");
                    let rect = allocate_image(ui, Vec2::splat(3.0 * side), point, &name);
                    let painter = ui.painter_at(rect);
                    draw.textures.draw_backdrop(ui, &painter, rect);
                    for n in 0..9u32 {
                        let corner = rect.min + vec2((n % 3) as f32, (n / 3) as f32) * side;
                        draw_tile(&painter, Rect::from_min_size(corner, Vec2::splat(side)), id, [false; 2]);
                    }
                });
                ui.vertical(|ui| {
                    accessibility::mark_heading(&ui.label(RichText::new("Flipped").small().strong()));
                    egui::Grid::new("flipped").spacing(Vec2::splat(3.0 * STEP)).show(ui, |ui| {
                        for flips in [
                            [("original", "original", [false; 2]), ("flip X", "flip X", [true, false])],
                            [("flip Y", "flip Y", [false, true]), ("both", "flip X and Y", [true; 2])],
                        ] {
                            for (name, spoken, flip) in flips {
                                ui.vertical(|ui| {
                                    let spoken_name = format!("Tile {id}, {spoken}");
                                    let rect = allocate_image(ui, Vec2::splat(side), point, &spoken_name);
                                    draw.textures.draw_backdrop(ui, &ui.painter_at(rect), rect);
                                    draw_tile(&ui.painter_at(rect), rect, id, flip);
                                    accessibility::hide(&ui.label(RichText::new(name).small().color(tokens.weak)));
                                });
                            }
                            ui.end_row();
                        }
                    });
                });
            });
            ui.add_space(4.0 * STEP);
            show_animation_controls(ui, draw, frames);
            let current = if draw.view.is_animated { current_frame(ui, &draw.view, count) } else { 0 };
            let name = format!("Frame {} of {count}, tile {}", current + 1, id + current);
            let rect = allocate_image(ui, Vec2::splat(side), point, &name);
            draw.textures.draw_backdrop(ui, &ui.painter_at(rect), rect);
            draw_tile(&ui.painter_at(rect), rect, id + current, [false; 2]);
            let small = floor_to_u32((side / 2.0 / point / size as f32).max(1.0)).clamp(1, SMALL_ZOOM) * size;
            let small = small as f32 * point;
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = Vec2::splat(STEP);
                for n in 0..count {
                    let name = format!("Frame {}, tile {}", n + 1, id + n);
                    let rect = allocate_image(ui, Vec2::splat(small), point, &name);
                    draw.textures.draw_backdrop(ui, &ui.painter_at(rect), rect);
                    draw_tile(&ui.painter_at(rect), rect, id + n, [false; 2]);
                    if n == current {
                        draw_selection(ui.painter(), rect, tokens);
                    }
                }
            });
            ui.add_space(4.0 * STEP);
            show_tile_choice(ui, draw, glyph, id);
        });
    });
}

/// The drawn part of the sheet, small. A click selects a tile.
fn show_tile_choice(ui: &mut Ui, draw: &mut Draw<'_>, glyph: &GlyphPreview, id: u32) {
    accessibility::mark_heading(&ui.label(RichText::new("All tiles").small().strong()));
    let point = 1.0 / ui.pixels_per_point();
    let drawn = drawn_size(glyph);
    let room = egui::Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), f32::INFINITY));
    let canvas = Canvas::new(room, point, drawn, drawn, Fit::Width, ZoomPan::default());
    let zoom = canvas.zoom.min(CHOICE_ZOOM);
    let size = vec2(drawn[0] as f32, drawn[1] as f32) * zoom * point;
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "All tiles"));
    let rect = Rect::from_min_size(snap_to_pixels(rect.min, point), size);
    let painter = ui.painter_at(rect.expand(STEP));
    draw.textures.draw_backdrop(ui, &painter, rect);
    let texture = draw.textures.sheet_texture(ui, glyph, draw.view.palette, zoom).id();
    let side = packer_services::formats::SHEET_PIXELS as f32;
    let uv = Rect::from_min_size(egui::Pos2::ZERO, vec2(drawn[0] as f32, drawn[1] as f32) / side);
    painter.image(texture, rect, uv, Color32::WHITE);
    if let Some(tile) = tile_rect(glyph.metadata.tile_size, id) {
        let corner = rect.min + vec2(tile.x as f32, tile.y as f32) * zoom * point;
        let frame = Rect::from_min_size(corner, Vec2::splat(tile.side as f32 * zoom * point));
        draw_selection(&painter, frame, Tokens::of(ui));
    }
    if response.clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        let offset = (at - rect.min) / (zoom * point);
        let [x, y] = [offset.x, offset.y].map(|pixel| floor_to_u32(pixel.max(0.0)));
        if let Some(tile) = tile_at(glyph.metadata.tile_size, x, y) {
            draw.view.select_tile(tile);
            draw.view.file = None;
        }
    }
}

/// How many tiles, from `id` on, can be frames of one animation: those that follow in the same file, up to the last
/// that is not blank. In a bank without files: those up to the last drawn tile.
pub fn frames_from(glyph: &GlyphPreview, id: u32) -> u32 {
    let file = |tile: &PreviewTile| tile.source.as_ref().map(|source| source.file.clone());
    let rest = glyph.tiles.get(id as usize..).unwrap_or_default();
    let of_tile = rest.first().and_then(file);
    let same_file = match &of_tile {
        Some(_) => rest.iter().take_while(|tile| file(tile) == of_tile).count(),
        None if glyph.artifacts.is_empty() => rest.len(),
        None => 1,
    };
    let is_visible = |tile: &PreviewTile| matches!(tile.state, TileState::Drawn | TileState::Hole { .. });
    let last = rest[..same_file.min(rest.len())].iter().rposition(is_visible);
    u32::try_from(last.map_or(1, |last| last + 1)).unwrap_or(FRAMES).clamp(1, FRAMES)
}

fn show_animation_controls(ui: &mut Ui, draw: &mut Draw<'_>, frames: u32) {
    accessibility::mark_heading(&ui.label(RichText::new("Animation").small().strong()));
    ui.horizontal_wrapped(|ui| {
        let keys = Command::Play.entry().keys(ui.ctx());
        if ui.button(if draw.view.is_animated { "Stop" } else { "Play" }).on_hover_text(keys).clicked() {
            draw.run(Command::Play);
        }
        let mut number = |value: &mut u32, most: u32, name: &str, spoken_name: &str| {
            let response = ui.add(DragValue::new(value).range(1..=most).speed(0.1));
            response.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, spoken_name));
            accessibility::hide(&ui.label(name));
        };
        // What the user chose is kept: another tile can have more frames.
        let shown = draw.view.frame_count.min(frames);
        let mut count = shown;
        number(&mut count, frames, &format!("of {}", plural(u64::from(frames), "frame")), "frames");
        if count != shown {
            draw.view.frame_count = count;
        }
        number(&mut draw.view.frames_per_second, FRAMES_PER_SECOND, "fps", "frames per second");
    });
}

/// The frame that is shown now. Requests a repaint for the next one.
fn current_frame(ui: &Ui, view: &View, count: u32) -> u32 {
    ui.ctx().request_repaint_after_secs(1.0 / view.frames_per_second as f32);
    let time = std::time::Duration::from_secs_f64(ui.input(|input| input.time).max(0.0));
    let frame = time.as_millis() * u128::from(view.frames_per_second) / 1000 % u128::from(count.max(1));
    u32::try_from(frame).unwrap_or(0)
}

/// Allocates the room of an image on whole screen pixels.
fn allocate_image(ui: &mut Ui, size: Vec2, point: f32, name: &str) -> Rect {
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    Rect::from_min_size(snap_to_pixels(rect.min, point), size)
}
