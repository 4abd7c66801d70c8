//! A sound bank: every sample with its waveform, its facts and buttons to play it.

use std::sync::Arc;

use egui::{Align, Frame, Layout, Rect, RichText, Sense, Stroke, Ui, UiBuilder, WidgetInfo, accesskit::Role, vec2};
use packer_services::diagnostics::{Severity, plural};
use packer_services::preview::{Playable, PreviewSample, SampleState, SoundPreview, SourcePreview, Waveform};

use super::super::{Action, Draw};
use super::sample_loop;
use crate::commands::Command;
use crate::state::Panel;
use crate::theme::{STEP, Tokens};
use crate::widgets::{
    TIME_AXIS, WaveformMarks, accessibility, draw_time_axis, draw_waveform, floor_to_u32, numbered_list, row_tops,
    severity_icon, shorten_middle,
};

/// The height of a sample, in points.
const SAMPLE: f32 = 196.0;
/// The room for the buttons of a sample, in points, and for the one of its loop.
const PLAY: f32 = 60.0;
const LOOP_POINT: f32 = 92.0;
/// The width of a character of a file's name, in points.
const CHARACTER: f32 = 8.0;
/// The height of its waveform, in points.
const WAVEFORM: f32 = 72.0;
/// The width of the enlarged loop point, and from which width of the view on it is shown, in points.
const ENLARGED: f32 = 160.0;
const WIDE: f32 = 420.0;

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>, sound: &SoundPreview) {
    if sound.samples.is_empty() {
        Frame::new().inner_margin(3.0 * STEP).show(ui, |ui| ui.weak("The bank has no samples."));
        return;
    }
    let selected = draw.state.selected_sample() as usize;
    numbered_list(ui, "samples", &row_tops(sound.samples.len(), SAMPLE), Some(selected), |ui, n| {
        show_sample(ui, draw, &sound.samples[n], n == selected);
    });
}

fn show_sample(ui: &mut Ui, draw: &mut Draw<'_>, sample: &PreviewSample, is_selected: bool) {
    let tokens = Tokens::of(ui);
    let card = ui.max_rect().shrink2(vec2(3.0 * STEP, STEP));
    let response = ui.interact(card, ui.scope_id().with("sample"), Sense::click());
    let file = sample.file.as_ref().map(ToString::to_string).unwrap_or_default();
    let name = format!("Sample {} {file}, {}", sample.index, sample_facts(sample));
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_selected, &name));
    if response.clicked() {
        draw.view.select_sample(sample.index);
        draw.push(Action::FocusPanel(Panel::View));
    }
    if is_selected {
        accessibility::set_active_row(Panel::View.id(), &response);
    }
    let line = if is_selected { tokens.accent } else { tokens.line };
    ui.painter().rect(card, 4, tokens.surface, Stroke::new(1.0, line), egui::StrokeKind::Inside);
    let inner = card.shrink(2.0 * STEP);
    ui.scope_builder(UiBuilder::new().max_rect(inner).layout(Layout::top_down(Align::Min)), |ui| {
        ui.horizontal(|ui| {
            accessibility::hide(&ui.label(RichText::new(sample.index.to_string()).monospace().color(tokens.weak)));
            let buttons = match &sample.state {
                SampleState::Playable(playable) if playable.metadata.looping.is_some() => PLAY + LOOP_POINT,
                SampleState::Playable(_) => PLAY,
                _ => 0.0,
            };
            let most = floor_to_u32((ui.available_width() - buttons).max(0.0) / CHARACTER) as usize;
            let short = shorten_middle(&file, most.min(48));
            let response = ui.add(egui::Label::new(RichText::new(&short).strong()).selectable(false));
            accessibility::hide(&accessibility::full_text_on_hover(response, &short, &file));
            if let SampleState::Playable(playable) = &sample.state {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let is_playing = is_selected && draw.state.playing.is_some();
                    show_buttons(ui, draw, sample.index, playable, is_playing);
                });
            }
        });
        match &sample.state {
            SampleState::Playable(playable) => {
                let waveform = show_waveform(ui, draw, sample.index, playable, is_selected);
                ui.horizontal(|ui| {
                    let text = sample_facts(sample);
                    let label = egui::Label::new(RichText::new(&text).small().color(tokens.weak)).truncate();
                    accessibility::hide(&ui.add(label.show_tooltip_when_elided(false)).on_hover_text(text));
                });
                ui.horizontal(|ui| {
                    if is_selected && draw.state.can_edit_selected() {
                        sample_loop::show_numbers(ui, draw, sample.index, playable);
                        ui.add_space(2.0 * STEP);
                    }
                    if waveform.clipped_frames > 0 {
                        severity_icon(ui, Severity::Warning);
                        let count = plural(waveform.clipped_frames, "frame");
                        let text = RichText::new(format!("{count} at the limit: possibly clipped")).small();
                        ui.add(egui::Label::new(text).truncate());
                    }
                });
            }
            SampleState::OverLimit(_) => drop(ui.weak("Too long to show with the others. It is packed completely.")),
            SampleState::Hole { cause } => {
                ui.horizontal_wrapped(|ui| {
                    severity_icon(ui, Severity::Error);
                    let finding = draw.state.hole_finding(*cause);
                    let text = finding.map_or("The sample cannot be converted.", |finding| &finding.message);
                    ui.add(egui::Label::new(text).truncate());
                });
                if is_selected {
                    show_source(ui, draw, &file);
                }
            }
        }
    });
}

/// The waveform of the file of a sample that cannot be converted, with the loop of the file and the frame of a problem.
fn show_source(ui: &mut Ui, draw: &Draw<'_>, file: &str) {
    let source = draw.state.source.as_ref().filter(|source| source.file == file);
    let Some(Ok(content)) = source.and_then(|source| source.content.as_ref()) else { return };
    let SourcePreview::Sound { rate_hz, frames, waveform: Some(waveform), looping, .. } = &**content else { return };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), WAVEFORM), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Waveform of {file}")));
    let looping = looping.map(|looping| looping.start..looping.end);
    let marks = WaveformMarks { frames: *frames, looping, problem: draw.view.frame, cursor: None };
    draw_waveform(ui, rect, waveform, &marks);
    let (axis, _) = ui.allocate_exact_size(vec2(rect.width(), TIME_AXIS), Sense::hover());
    draw_time_axis(ui, axis, *frames, *rate_hz);
}

/// The waveform, with the loop, the frame of a problem and the cursor. A click plays from there.
fn show_waveform(
    ui: &mut Ui,
    draw: &mut Draw<'_>,
    index: u32,
    playable: &Playable,
    is_selected: bool,
) -> Arc<Waveform> {
    let looping = sample_loop::shown_loop(draw, index, playable);
    let enlarged = if is_selected && looping.is_some() && ui.available_width() > WIDE { ENLARGED + STEP } else { 0.0 };
    let size = vec2(ui.available_width() - enlarged, WAVEFORM);
    let can_edit = is_selected && draw.state.can_edit_selected();
    let sense = if can_edit { Sense::click_and_drag() } else { Sense::click() };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Waveform, sample {index}")));
    let waveform = draw.textures.waveform(index, playable, floor_to_u32(rect.width()).max(1) as usize);
    let frames = playable.metadata.frames;
    let playing = draw.state.playing.as_ref().filter(|playing| playing.key == index.to_string());
    let marks = WaveformMarks {
        frames,
        looping: looping.clone(),
        problem: draw.view.frame.filter(|_| is_selected),
        cursor: playing.map(|playing| playing.frame),
    };
    draw_waveform(ui, rect, &waveform, &marks);
    if let Some(looping) = looping.filter(|_| enlarged > 0.0) {
        let place = Rect::from_min_size(rect.right_top() + vec2(STEP, 0.0), vec2(ENLARGED, WAVEFORM));
        sample_loop::draw_loop_point(ui, place, &looping, playable);
        let enlarged = ui.interact(place, ui.scope_id().with("loop point"), Sense::hover());
        enlarged.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Loop point of sample {index}")));
        enlarged.on_hover_ui(|ui| drop(ui.label("The end of the loop, and then its start: a step is audible.")));
    }
    let (axis, _) = ui.allocate_exact_size(vec2(rect.width(), TIME_AXIS), Sense::hover());
    draw_time_axis(ui, axis, frames, playable.metadata.sample_rate_hz);
    if can_edit && sample_loop::drag_handles(ui, draw, &response, rect, index, playable) {
        return waveform;
    }
    if response.clicked()
        && let Some(position) = response.interact_pointer_pos()
    {
        let share = ((position.x - rect.min.x) / rect.width()).clamp(0.0, 1.0);
        draw.push(Action::PlayFrom(index, frame_at(share, frames)));
    }
    response.on_hover_text("Click to play from here");
    waveform
}

/// The frame at a share of the length.
pub fn frame_at(share: f32, frames: u64) -> u64 {
    const PARTS: u32 = 1 << 16;
    let part = u128::from(floor_to_u32(share * PARTS as f32)) * u128::from(frames) / u128::from(PARTS);
    u64::try_from(part).unwrap_or(frames).min(frames.saturating_sub(1))
}

/// Play, stop and the loop point, from the right.
fn show_buttons(ui: &mut Ui, draw: &mut Draw<'_>, index: u32, playable: &Playable, is_playing: bool) {
    let mut button = |ui: &mut Ui, command: Command, text: &str, spoken_name: &str| {
        let response = ui.button(text);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, spoken_name));
        if response.on_hover_text(command.entry().keys(ui.ctx())).clicked() {
            draw.view.select_sample(index);
            draw.run(command);
        }
    };
    if playable.metadata.looping.is_some() {
        button(ui, Command::PlayLoopPoint, "Loop point", &format!("Play loop point of sample {index}"));
    }
    let text = if is_playing { "Stop" } else { "Play" };
    button(ui, Command::Play, text, &format!("{text} sample {index}"));
}

/// Length, rate, size and loop.
pub fn sample_facts(sample: &PreviewSample) -> String {
    let metadata = match &sample.state {
        SampleState::Playable(playable) => &playable.metadata,
        SampleState::OverLimit(metadata) => metadata,
        SampleState::Hole { .. } => return "cannot be converted".to_owned(),
    };
    let length = packer_services::preview::seconds(metadata.frames, metadata.sample_rate_hz);
    let looping = metadata
        .looping
        .as_ref()
        .map_or_else(|| "no loop".to_owned(), |looping| format!("loops {}–{}", looping.start, looping.end));
    format!(
        "{length:.2} s · {} frames · {} Hz · {} · {looping}",
        metadata.frames,
        metadata.sample_rate_hz,
        plural(metadata.frames * 2, "byte")
    )
}
