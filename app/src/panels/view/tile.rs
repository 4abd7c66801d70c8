//! One tile: repeated three by three, so that its seams show; flipped; and as an animation with the tiles that follow
//! it.

use egui::vec2;
use egui::{
    Color32, DragValue, Frame, Painter, Rect, RichText, ScrollArea, Sense, Ui, Vec2, WidgetInfo, accesskit::Role,
};
use packer_services::preview::GlyphPreview;

use super::super::Draw;
use super::{describe_tile, shown_palette, tile_uv};
use crate::commands::Command;
use crate::state::View;
use crate::theme::{STEP, Tokens};
use crate::widgets::{accessibility, floor_to_u32, snap_to_pixels};

/// The most frames of an animation: as many as are still recognizable in one strip.
const FRAMES: u32 = 64;
/// The most frames per second: the console draws no more.
const FRAMES_PER_SECOND: u32 = 60;

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>, glyph: &GlyphPreview) {
    let id = draw.view.tile.unwrap_or(0);
    let size = glyph.metadata.tile_size.pixels();
    // The largest integer zoom at which everything fits.
    let room = ui.available_size() * ui.pixels_per_point();
    let across = (room.x - 120.0) / (size * 7) as f32;
    let down = (room.y - 260.0) / (size * 4) as f32;
    let zoom = floor_to_u32(across.min(down)).clamp(1, 16);
    let point = 1.0 / ui.pixels_per_point();
    let side = (size * zoom) as f32 * point;
    let texture = draw.textures.sheet_texture(ui, glyph, Some(shown_palette(&draw.view, glyph, Some(id)))).id();
    let capacity = glyph.metadata.tile_size.capacity();
    let draw_tile = |painter: &Painter, rect: Rect, id: u32, flip: [bool; 2]| {
        let Some(mut uv) = tile_uv(glyph, id % capacity) else { return };
        if flip[0] {
            std::mem::swap(&mut uv.min.x, &mut uv.max.x);
        }
        if flip[1] {
            std::mem::swap(&mut uv.min.y, &mut uv.max.y);
        }
        painter.image(texture, rect, uv, Color32::WHITE);
    };
    ScrollArea::both().auto_shrink(false).show(ui, |ui| {
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
                ui.spacing_mut().item_spacing.x = 8.0 * STEP;
                ui.vertical(|ui| {
                    accessibility::mark_heading(&ui.label(RichText::new("Repeated").small().strong()));
                    let name = format!("Tile {id}, repeated three by three");
                    let rect = allocate_image(ui, Vec2::splat(3.0 * side), point, &name);
                    let painter = ui.painter_at(rect);
                    draw.textures.draw_checker(ui, &painter, rect);
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
                                    draw.textures.draw_checker(ui, &ui.painter_at(rect), rect);
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
            show_animation_controls(ui, draw);
            let count = draw.view.frame_count;
            let current = if draw.view.is_animated { current_frame(ui, &draw.view) } else { 0 };
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0 * STEP;
                let name = format!("Frame {} of {count}, tile {}", current + 1, (id + current) % capacity);
                let rect = allocate_image(ui, Vec2::splat(side), point, &name);
                draw.textures.draw_checker(ui, &ui.painter_at(rect), rect);
                draw_tile(&ui.painter_at(rect), rect, id + current, [false; 2]);
                let small = floor_to_u32((side / 2.0 / point / size as f32).max(1.0)).max(1) * size;
                let small = small as f32 * point;
                ui.spacing_mut().item_spacing.x = STEP;
                for n in 0..count {
                    let name = format!("Frame {}, tile {}", n + 1, (id + n) % capacity);
                    let rect = allocate_image(ui, Vec2::splat(small), point, &name);
                    draw.textures.draw_checker(ui, &ui.painter_at(rect), rect);
                    draw_tile(&ui.painter_at(rect), rect, id + n, [false; 2]);
                    if n == current {
                        let line = egui::Stroke::new(1.0, tokens.accent);
                        ui.painter().rect_stroke(rect, 0, line, egui::StrokeKind::Outside);
                    }
                }
            });
        });
    });
}

fn show_animation_controls(ui: &mut Ui, draw: &mut Draw<'_>) {
    accessibility::mark_heading(&ui.label(RichText::new("Animation").small().strong()));
    ui.horizontal(|ui| {
        let keys = Command::Play.entry().keys(ui.ctx());
        if ui.button(if draw.view.is_animated { "Stop" } else { "Play" }).on_hover_text(keys).clicked() {
            draw.run(Command::Play);
        }
        let mut number = |value: &mut u32, most: u32, name: &str, spoken_name: &str| {
            let response = ui.add(DragValue::new(value).range(1..=most).speed(0.1));
            response.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, spoken_name));
            accessibility::hide(&ui.label(name));
        };
        number(&mut draw.view.frame_count, FRAMES, "frames", "frames");
        number(&mut draw.view.frames_per_second, FRAMES_PER_SECOND, "fps", "frames per second");
    });
}

/// The frame that is shown now. Requests a repaint for the next one.
fn current_frame(ui: &Ui, view: &View) -> u32 {
    ui.ctx().request_repaint_after_secs(1.0 / view.frames_per_second as f32);
    let time = std::time::Duration::from_secs_f64(ui.input(|input| input.time).max(0.0));
    let frame = time.as_millis() * u128::from(view.frames_per_second) / 1000 % u128::from(view.frame_count);
    u32::try_from(frame).unwrap_or(0)
}

/// Allocates the room of an image on whole screen pixels.
fn allocate_image(ui: &mut Ui, size: Vec2, point: f32, name: &str) -> Rect {
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    Rect::from_min_size(snap_to_pixels(rect.min, point), size)
}
