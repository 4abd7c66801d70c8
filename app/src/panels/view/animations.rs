//! The declared animations of a bank: a list, the selected one played in any palette, and its frames.

use std::time::Duration;

use egui::{Color32, Frame, Id, Rect, RichText, ScrollArea, Sense, Ui, Vec2, WidgetInfo, accesskit::Role, vec2};
use packer_services::declaration::{Animation, AnimationFrames, DeclaredFrames};
use packer_services::diagnostics::plural;
use packer_services::ops::{AnimationChange, AnimationEdit, AnimationFrame, AssetEdit, BankAnimation};
use packer_services::preview::{GlyphPreview, PreviewAnimation};

use super::super::{Action, Draw};
use super::{animation_fields, tile_uv};
use crate::commands::Command;
use crate::theme::{STEP, Tokens};
use crate::widgets::{accessibility, draw_selection, floor_to_u32, snap_to_pixels};

/// The largest zoom of the played frame.
const ZOOM: u32 = 16;
/// The largest zoom of the frames beside one another.
const SMALL_ZOOM: u32 = 3;
/// The most frames that are shown beside one another: as many as are still recognizable.
const FRAMES: usize = 64;

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>, glyph: &GlyphPreview) {
    let room = ui.available_size() * ui.pixels_per_point();
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(4.0 * STEP).show(ui, |ui| {
            show_list(ui, draw, glyph);
            let count = glyph.animations.len();
            let Some(animation) = glyph.animations.get(draw.view.animation.min(count.saturating_sub(1))) else {
                ui.add_space(2.0 * STEP);
                let text = "This bank has no animations yet. They name frames and times for your program; the pack does \
                            not change.";
                ui.add(egui::Label::new(RichText::new(text).color(Tokens::of(ui).weak)).wrap());
                return;
            };
            ui.add_space(3.0 * STEP);
            match &animation.frames {
                Some(frames) => show_player(ui, draw, glyph, frames, room),
                None => drop(ui.label("It cannot be played: it has a problem, or one of its images has.")),
            }
            if draw.state.can_edit_selected() {
                ui.add_space(3.0 * STEP);
                animation_fields::show(ui, draw, glyph, &animation.declared);
            }
        });
    });
}

/// The names of all animations, and the button that adds one.
fn show_list(ui: &mut Ui, draw: &mut Draw<'_>, glyph: &GlyphPreview) {
    let selected = draw.view.animation.min(glyph.animations.len().saturating_sub(1));
    ui.horizontal_wrapped(|ui| {
        for (at, PreviewAnimation { declared, .. }) in glyph.animations.iter().enumerate() {
            let label = ui.selectable_label(at == selected, &declared.name);
            accessibility::set_name(&label, &format!("Animation {}", declared.name));
            if label.clicked() {
                draw.view.select_animation(at);
            }
        }
        if draw.state.can_edit_selected() && ui.button("Add animation").clicked() {
            add(draw, glyph);
        }
        if Command::FollowTags.available(draw.state).is_ok() {
            let button = ui.button("All tags");
            accessibility::set_name(&button, Command::FollowTags.entry().name);
            let hint =
                "Adds an animation for each tag of the Aseprite files that none follows yet. It follows its tag.";
            if button.on_hover_text(hint).clicked() {
                draw.run(Command::FollowTags);
            }
        }
    });
}

/// Adds an animation of the image of the selected tile, or of the first image.
fn add(draw: &mut Draw<'_>, glyph: &GlyphPreview) {
    let of_tile = || Some(glyph.tiles.get(draw.view.tile? as usize)?.source.as_ref()?.file.clone());
    let Some(file) = of_tile().or_else(|| Some(glyph.declared.first()?.file.clone())) else { return };
    let is_free = |name: &String| glyph.animations.iter().all(|other| other.declared.name != *name);
    let names = (2..).map(|n| format!("animation {n}"));
    let Some(name) = std::iter::once("animation".to_owned()).chain(names).find(is_free) else { return };
    let animation = Animation::new(name, AnimationFrames::Declared(DeclaredFrames::of_files(vec![file])));
    let change = Box::new(AnimationChange::from(&animation));
    let edit = AnimationEdit::Set { name: animation.name, change };
    draw.push(Action::Edit(Box::new(AssetEdit::Animation(edit))));
    draw.view.select_animation(glyph.animations.len());
}

fn show_player(ui: &mut Ui, draw: &mut Draw<'_>, glyph: &GlyphPreview, animation: &BankAnimation, room: Vec2) {
    let [width, height] = animation.frame_pixels(glyph.metadata.tile_size);
    let point = 1.0 / ui.pixels_per_point();
    let across = (room.x - 20.0 * STEP / point) / width as f32;
    let zoom = floor_to_u32(across.min(room.y * 0.4 / height as f32)).clamp(1, ZOOM);
    let shown: Vec<&AnimationFrame> = animation.shown_frames().collect();
    let at = current_frame(ui, draw, animation, &shown);
    let Some(current) = shown.get(at).copied() else { return };
    ui.horizontal_wrapped(|ui| {
        let keys = Command::Play.entry().keys(ui.ctx());
        if ui.button(if draw.view.is_animated { "Pause" } else { "Play" }).on_hover_text(keys).clicked() {
            draw.run(Command::Play);
        }
        let ms: u64 = shown.iter().map(|frame| u64::from(frame.ms)).sum();
        ui.label(format!("{}, {ms} ms", plural(animation.frames.len() as u64, "frame")));
        ui.add_space(2.0 * STEP);
        let palette = match draw.view.palette {
            Some(palette) => format!("Palette {palette}"),
            None => "Each tile in its palette".to_owned(),
        };
        for (command, text) in [(Command::PreviousPalette, "‹"), (Command::NextPalette, "›")] {
            let entry = command.entry();
            let button = ui.button(text);
            button.widget_info(|| WidgetInfo::labeled(Role::Button, true, entry.name));
            if button.on_hover_text(entry.name_and_keys(ui.ctx())).clicked() {
                draw.run(command);
            }
        }
        ui.label(palette);
    });
    let number = |frame: &AnimationFrame| animation.frames.iter().position(|other| std::ptr::eq(other, frame));
    let name = format!("Frame {} of {}", number(current).unwrap_or(0) + 1, animation.frames.len());
    let side = vec2(width as f32, height as f32) * zoom as f32 * point;
    let rect = allocate_image(ui, side, point, &name);
    draw_frame(ui, draw, glyph, animation, current, rect);
    let small = zoom.min(SMALL_ZOOM);
    let side = vec2(width as f32, height as f32) * small as f32 * point;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(STEP);
        for (n, frame) in animation.frames.iter().enumerate().take(FRAMES) {
            let rect = allocate_image(ui, side, point, &format!("Frame {}, {} ms", n + 1, frame.ms));
            draw_frame(ui, draw, glyph, animation, frame, rect);
            if std::ptr::eq(frame, current) {
                draw_selection(ui.painter(), rect, Tokens::of(ui));
            }
        }
    });
    if animation.frames.len() > FRAMES {
        ui.weak(format!("and {}", plural((animation.frames.len() - FRAMES) as u64, "more frame")));
    }
}

/// Draws the tiles of a frame beside and below one another.
fn draw_frame(
    ui: &Ui,
    draw: &mut Draw<'_>,
    glyph: &GlyphPreview,
    animation: &BankAnimation,
    frame: &AnimationFrame,
    rect: Rect,
) {
    let painter = ui.painter_at(rect);
    draw.textures.draw_backdrop(ui, &painter, rect);
    let texture = draw.textures.sheet_texture(ui, glyph, draw.view.palette, 1.0).id();
    let columns = animation.columns.max(1);
    let tile = rect.width() / columns as f32;
    for (n, id) in (0u32..).zip(&frame.tiles) {
        let Some(uv) = tile_uv(glyph, *id) else { continue };
        let corner = rect.min + vec2((n % columns) as f32, (n / columns) as f32) * tile;
        painter.image(texture, Rect::from_min_size(corner, Vec2::splat(tile)), uv, Color32::WHITE);
    }
}

/// How long an animation has been playing, in seconds.
#[derive(Clone, Copy, Debug)]
enum Clock {
    /// Since this time of the window.
    Since(f64),
    /// It was paused after so long.
    Paused(f64),
}

/// The place of the frame that is shown now, among those of one repetition. Requests a repaint for the next one. After
/// the last repetition the animation stops.
fn current_frame(ui: &Ui, draw: &mut Draw<'_>, animation: &BankAnimation, shown: &[&AnimationFrame]) -> usize {
    let id = Id::unique(("clock", draw.state.selected_root.as_deref(), &animation.name));
    let now = ui.input(|input| input.time);
    let clock = ui.data(|data| data.get_temp::<Clock>(id));
    let clock = match (draw.view.is_animated, clock) {
        (true, Some(Clock::Paused(after))) => Clock::Since(now - after),
        (true, Some(running)) => running,
        (true, None) => Clock::Since(now),
        (false, Some(Clock::Since(start))) => Clock::Paused(now - start),
        (false, paused) => paused.unwrap_or(Clock::Paused(0.0)),
    };
    ui.data_mut(|data| data.insert_temp(id, clock));
    let seconds = match clock {
        Clock::Since(start) => now - start,
        Clock::Paused(after) => after,
    };
    let elapsed = Duration::from_secs_f64(seconds.max(0.0)).as_millis();
    let length: u128 = shown.iter().map(|frame| u128::from(frame.ms)).sum();
    if length == 0 {
        return 0;
    }
    if let Some((_, last)) = animation.end().filter(|(after_ms, _)| elapsed >= u128::from(*after_ms)) {
        if draw.view.is_animated {
            draw.view.is_animated = false;
            ui.data_mut(|data| data.insert_temp(id, Clock::Paused(0.0)));
        }
        return last;
    }
    let mut left = elapsed % length;
    for (at, frame) in shown.iter().enumerate() {
        let ms = u128::from(frame.ms);
        if left < ms {
            if draw.view.is_animated && shown.len() > 1 {
                let wait = u64::try_from(ms - left).unwrap_or(1);
                ui.ctx().request_repaint_after(Duration::from_millis(wait));
            }
            return at;
        }
        left -= ms;
    }
    0
}

/// Allocates the room of an image on whole screen pixels.
fn allocate_image(ui: &mut Ui, size: Vec2, point: f32, name: &str) -> Rect {
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    Rect::from_min_size(snap_to_pixels(rect.min, point), size)
}
