//! What is entered about an animation: its name, images, frames, times and direction. A field that is left, or a
//! button, makes the change.

use egui::{Button, DragValue, Key, RichText, TextEdit, Ui, WidgetInfo, accesskit::Role};
use packer_services::declaration::{Animation, AnimationDirection, AnimationFrames, DeclaredFrames, FrameTimes};
use packer_services::ops::{AnimationChange, AnimationEdit, AssetEdit};
use packer_services::preview::GlyphPreview;

use super::super::{Action, Draw};
use crate::theme::{STEP, Tokens};
use crate::widgets::accessibility;

/// The width of a field, in points.
const FIELD: f32 = 168.0;
/// The most repetitions that a declaration can have.
const REPEAT: u32 = 65_535;
/// The most tiles of a bank. A number that a declaration has must not become another one by being shown.
const TILES: u32 = 1024;

/// Draws the fields of the animation that is declared so.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>, glyph: &GlyphPreview, declared: &Animation) {
    let shown = draw.view.animation_draft.clone().unwrap_or_else(|| declared.clone());
    let mut edited = shown.clone();
    let mut is_final = false;
    show_name(ui, draw, &mut edited, &mut is_final);
    match &mut edited.frames {
        AnimationFrames::Declared(frames) => show_declared(ui, draw, glyph, frames, &mut is_final),
        AnimationFrames::Tag(tag) => {
            let text = format!(
                "Follows the tag {} of {}: frames, times and order are those of the tag, as it was last saved.",
                tag.tag, tag.file
            );
            ui.label(text);
        }
    }
    if edited != shown {
        draw.view.animation_draft = Some(edited.clone());
    }
    if is_final && edited != *declared {
        let change = Box::new(AnimationChange::from(&edited));
        push(draw, AnimationEdit::Set { name: declared.name.clone(), change });
    }
    ui.add_space(STEP);
    let button = ui.button("Remove");
    accessibility::set_name(&button, &format!("Remove animation {}", declared.name));
    if button.clicked() {
        push(draw, AnimationEdit::Remove(declared.name.clone()));
    }
}

/// Draws the fields of frames that are declared.
fn show_declared(
    ui: &mut Ui,
    draw: &mut Draw<'_>,
    glyph: &GlyphPreview,
    frames: &mut DeclaredFrames,
    is_final: &mut bool,
) {
    ui.horizontal_wrapped(|ui| {
        let last = frame_count(glyph, frames).saturating_sub(1);
        let (mut from, mut to) = (frames.from.unwrap_or(0), frames.to.unwrap_or(last));
        *is_final |= number(ui, &mut from, 0, to, "First frame");
        *is_final |= number(ui, &mut to, from, last.max(from), "Last frame");
        if from != frames.from.unwrap_or(0) {
            frames.from = Some(from);
        }
        if to != frames.to.unwrap_or(last) {
            frames.to = Some(to);
        }
        let is_all = frames.from.is_none() && frames.to.is_none();
        if ui.add_enabled(!is_all, Button::new("All frames")).clicked() {
            (frames.from, frames.to, *is_final) = (None, None, true);
        }
    });
    show_times(ui, draw, frames, is_final);
    ui.horizontal_wrapped(|ui| {
        let tile = glyph.metadata.tile_size.pixels();
        let [mut columns, mut rows] = frames.frame_size.map_or([1, 1], |size| size.map(|side| (side / tile).max(1)));
        let before = [columns, rows];
        *is_final |= number(ui, &mut columns, 1, TILES, "Frame width in tiles");
        *is_final |= number(ui, &mut rows, 1, TILES, "Frame height in tiles");
        if [columns, rows] != before {
            frames.frame_size = Some([columns * tile, rows * tile]).filter(|_| [columns, rows] != [1, 1]);
            // The old numbers are those of other frames.
            (frames.from, frames.to) = (None, None);
        }
        accessibility::hide(&ui.weak(format!("{} × {} pixels", columns * tile, rows * tile)));
    });
    ui.horizontal_wrapped(|ui| {
        for (_, direction) in AnimationDirection::ALL {
            if ui.selectable_label(frames.direction == *direction, direction_name(*direction)).clicked() {
                *is_final |= frames.direction != *direction;
                frames.direction = *direction;
            }
        }
        let mut times = frames.repeat.unwrap_or(0);
        *is_final |= number(ui, &mut times, 0, REPEAT, "Repetitions");
        accessibility::hide(&ui.weak("0 is without end"));
        frames.repeat = Some(times).filter(|times| *times > 0);
    });
    show_images(ui, glyph, frames, is_final);
}

fn show_name(ui: &mut Ui, draw: &mut Draw<'_>, edited: &mut Animation, is_final: &mut bool) {
    ui.horizontal_wrapped(|ui| {
        accessibility::hide(&ui.label("Name"));
        let mut name = draw.view.typed_name.clone().unwrap_or_else(|| edited.name.clone());
        let field = ui.add(TextEdit::singleline(&mut name).desired_width(FIELD));
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Name of the animation"));
        if field.changed() {
            draw.view.typed_name = Some(name.clone());
        }
        if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
            draw.view.typed_name = None;
        } else if field.lost_focus() && name.trim() != edited.name {
            edited.name = name.trim().to_owned();
            *is_final = true;
        }
    });
}

fn show_times(ui: &mut Ui, draw: &mut Draw<'_>, edited: &mut DeclaredFrames, is_final: &mut bool) {
    ui.horizontal_wrapped(|ui| {
        accessibility::hide(&ui.label("Time in ms"));
        let mut text = draw.view.typed_times.clone().unwrap_or_else(|| edited.frame_ms.to_string());
        let field = ui.add(TextEdit::singleline(&mut text).desired_width(FIELD));
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Time of each frame in milliseconds"));
        if field.changed() {
            draw.view.typed_times = Some(text.clone());
        }
        let times = text.parse::<FrameTimes>();
        match &times {
            Ok(_) => accessibility::hide(&ui.weak("one for all frames, or one each: 80, 80, 200")),
            Err(why) => accessibility::announce_changes(&ui.label(RichText::new(why).color(Tokens::of(ui).weak))),
        }
        if let (true, Ok(times)) = (field.lost_focus() && !ui.input(|input| input.key_pressed(Key::Escape)), times)
            && times != edited.frame_ms
        {
            edited.frame_ms = times;
            *is_final = true;
        }
    });
}

/// The images in the order of their frames.
fn show_images(ui: &mut Ui, glyph: &GlyphPreview, edited: &mut DeclaredFrames, is_final: &mut bool) {
    ui.horizontal_wrapped(|ui| {
        accessibility::hide(&ui.label("Images"));
        let mut removed = None;
        for (at, file) in edited.files.iter().enumerate() {
            ui.label(RichText::new(file.as_str()).monospace());
            let button = ui.add_enabled(edited.files.len() > 1, Button::new("×").small());
            accessibility::set_name(&button, &format!("Leave out {file}"));
            if button.clicked() {
                removed = Some(at);
            }
        }
        if let Some(removed) = removed {
            edited.files.remove(removed);
            // The old numbers are those of other frames.
            (edited.from, edited.to, *is_final) = (None, None, true);
        }
        let mut others: Vec<_> = glyph.declared.iter().map(|image| &image.file).collect();
        others.dedup();
        others.retain(|file| !edited.files.contains(file));
        if others.is_empty() {
            return;
        }
        ui.menu_button("Add image", |ui| {
            for file in others {
                if ui.button(file.as_str()).clicked() {
                    edited.files.push(file.clone());
                    *is_final = true;
                }
            }
        });
    });
}

/// How many frames the files of an animation have, as far as they could be cut.
fn frame_count(glyph: &GlyphPreview, animation: &DeclaredFrames) -> u32 {
    let tile = glyph.metadata.tile_size.pixels();
    let [columns, rows] = animation.frame_size.map_or([1, 1], |size| size.map(|side| (side / tile).max(1)));
    let of_files = glyph.artifacts.iter().filter(|artifact| animation.files.contains(&artifact.file));
    let cells = of_files.map(|artifact| artifact.count + u32::try_from(artifact.skipped.len()).unwrap_or(0));
    cells.sum::<u32>() / (columns * rows)
}

/// A number with its name. Returns whether the user is done with it.
fn number(ui: &mut Ui, value: &mut u32, least: u32, most: u32, name: &str) -> bool {
    accessibility::hide(&ui.label(name));
    let field = ui.add(DragValue::new(value).range(least..=most).speed(0.1));
    field.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, name));
    field.drag_stopped() || field.lost_focus()
}

fn direction_name(direction: AnimationDirection) -> &'static str {
    match direction {
        AnimationDirection::Forward => "Forward",
        AnimationDirection::Reverse => "Reverse",
        AnimationDirection::PingPong => "Ping-pong",
        AnimationDirection::PingPongReverse => "Ping-pong reverse",
    }
}

fn push(draw: &mut Draw<'_>, edit: AnimationEdit) {
    draw.push(Action::Edit(Box::new(AssetEdit::Animation(edit))));
}
