//! One tile: repeated three by three, so that its seams show; flipped; and with those that follow it, as frames.

use egui::vec2;
use egui::{
    Color32, DragValue, Frame, Painter, Rect, RichText, ScrollArea, Sense, Ui, Vec2, WidgetInfo, accesskit::Role,
};
use packer_services::preview::GlyphPreview;

use super::super::Action;
use super::{palette_of, tile_words, uv_of};
use crate::commands::Command;
use crate::state::{State, View};
use crate::theme::{STEP, Tokens};
use crate::widgets::{Textures, heard, snapped, whole};

/// The most frames of a strip.
const FRAMES: u32 = 64;
/// The most frames in a second: the console draws no more.
const RATE: u32 = 60;

/// Draws it.
pub fn show(
    ui: &mut Ui,
    state: &State,
    glyph: &GlyphPreview,
    view: &mut View,
    textures: &mut Textures,
    actions: &mut Vec<Action>,
) {
    let id = view.tile.unwrap_or(0);
    let size = glyph.metadata.tile_size.pixels();
    // Whole screen pixels to a pixel, chosen by the room that there is.
    let room = ui.available_size() * ui.pixels_per_point();
    let across = (room.x - 120.0) / (size * 7) as f32;
    let down = (room.y - 260.0) / (size * 4) as f32;
    let zoom = whole(across.min(down)).clamp(1, 16);
    let point = 1.0 / ui.pixels_per_point();
    let side = (size * zoom) as f32 * point;
    let texture = textures.sheet(ui, glyph, Some(palette_of(view, glyph, Some(id)))).id();
    let capacity = glyph.metadata.tile_size.capacity();
    let tile = |painter: &Painter, rect: Rect, id: u32, flip: [bool; 2]| {
        let Some(mut uv) = uv_of(glyph, id % capacity) else { return };
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
                let mut shown = id;
                heard::hidden(&ui.label("Tile"));
                let drag = ui.add(DragValue::new(&mut shown).range(0..=capacity - 1).speed(0.1));
                drag.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, "Tile"));
                if shown != id {
                    (view.tile, view.pixel, view.in_image) = (Some(shown), None, None);
                }
                ui.add(egui::Label::new(RichText::new(tile_words(state, glyph, id)).color(tokens.weak)).truncate());
            });
            ui.add_space(3.0 * STEP);
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 8.0 * STEP;
                ui.vertical(|ui| {
                    heard::titled(&ui.label(RichText::new("Repeated").small().strong()));
                    let rect =
                        place(ui, Vec2::splat(3.0 * side), point, &format!("Tile {id}, repeated three by three"));
                    let painter = ui.painter_at(rect);
                    textures.checker(ui, &painter, rect);
                    for n in 0..9u32 {
                        let corner = rect.min + vec2((n % 3) as f32, (n / 3) as f32) * side;
                        tile(&painter, Rect::from_min_size(corner, Vec2::splat(side)), id, [false; 2]);
                    }
                });
                ui.vertical(|ui| {
                    heard::titled(&ui.label(RichText::new("Flipped").small().strong()));
                    egui::Grid::new("flipped").spacing(Vec2::splat(3.0 * STEP)).show(ui, |ui| {
                        for flips in [
                            [("as it is", [false; 2]), ("across", [true, false])],
                            [("down", [false, true]), ("both", [true; 2])],
                        ] {
                            for (name, flip) in flips {
                                ui.vertical(|ui| {
                                    let rect =
                                        place(ui, Vec2::splat(side), point, &format!("Tile {id}, flipped: {name}"));
                                    textures.checker(ui, &ui.painter_at(rect), rect);
                                    tile(&ui.painter_at(rect), rect, id, flip);
                                    heard::hidden(&ui.label(RichText::new(name).small().color(tokens.weak)));
                                });
                            }
                            ui.end_row();
                        }
                    });
                });
            });
            ui.add_space(4.0 * STEP);
            frames(ui, view, actions);
            let count = view.frames;
            let now = if view.is_animated { frame_now(ui, view) } else { 0 };
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0 * STEP;
                let name = format!("Frame {} of {count}, tile {}", now + 1, (id + now) % capacity);
                let rect = place(ui, Vec2::splat(side), point, &name);
                textures.checker(ui, &ui.painter_at(rect), rect);
                tile(&ui.painter_at(rect), rect, id + now, [false; 2]);
                let small = whole((side / 2.0 / point / size as f32).max(1.0)).max(1) * size;
                let small = small as f32 * point;
                ui.spacing_mut().item_spacing.x = STEP;
                for n in 0..count {
                    let rect =
                        place(ui, Vec2::splat(small), point, &format!("Frame {}, tile {}", n + 1, (id + n) % capacity));
                    textures.checker(ui, &ui.painter_at(rect), rect);
                    tile(&ui.painter_at(rect), rect, id + n, [false; 2]);
                    if n == now {
                        let line = egui::Stroke::new(1.0, tokens.accent);
                        ui.painter().rect_stroke(rect, 0, line, egui::StrokeKind::Outside);
                    }
                }
            });
        });
    });
}

/// What the strip is played with.
fn frames(ui: &mut Ui, view: &mut View, actions: &mut Vec<Action>) {
    heard::titled(&ui.label(RichText::new("As frames").small().strong()));
    ui.horizontal(|ui| {
        let entry = Command::Play.entry();
        if ui.button(if view.is_animated { "Stop" } else { "Play" }).on_hover_text(entry.keys(ui.ctx())).clicked() {
            actions.push(Action::Do(Command::Play));
        }
        let mut number = |value: &mut u32, most: u32, name: &str| {
            let response = ui.add(DragValue::new(value).range(1..=most).speed(0.1));
            response.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, name));
            heard::hidden(&ui.label(name));
        };
        number(&mut view.frames, FRAMES, "tiles from this one on");
        number(&mut view.rate, RATE, "in a second");
    });
}

/// Which of the frames is shown now; asks to be drawn again when the next one comes.
fn frame_now(ui: &Ui, view: &View) -> u32 {
    ui.ctx().request_repaint_after_secs(1.0 / view.rate as f32);
    let time = std::time::Duration::from_secs_f64(ui.input(|input| input.time).max(0.0));
    let frame = time.as_millis() * u128::from(view.rate) / 1000 % u128::from(view.frames);
    u32::try_from(frame).unwrap_or(0)
}

/// Room on whole screen pixels.
fn place(ui: &mut Ui, size: Vec2, point: f32, name: &str) -> Rect {
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    Rect::from_min_size(snapped(rect.min, point), size)
}
