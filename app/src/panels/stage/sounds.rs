//! A sound bank: every sample with its waveform, its facts, and how it sounds.

use egui::{Align, Frame, Layout, RichText, Sense, Stroke, Ui, UiBuilder, WidgetInfo, accesskit::Role, vec2};
use packer_services::diagnostics::{Severity, finding_of, plural};
use packer_services::preview::{Playable, PreviewSample, SampleState, SoundPreview};

use super::super::Action;
use crate::commands::Command;
use crate::state::{Panel, Shown, State, View};
use crate::theme::{STEP, Tokens};
use crate::widgets::{Marks, Textures, even, heard, mark, rows, wave, whole, without_middle};

/// The height of a sample, in points.
const SAMPLE: f32 = 148.0;
/// Of its waveform.
const WAVE: f32 = 72.0;

/// Draws it.
pub fn show(
    ui: &mut Ui,
    state: &State,
    sound: &SoundPreview,
    view: &mut View,
    textures: &mut Textures,
    actions: &mut Vec<Action>,
) {
    if sound.samples.is_empty() {
        Frame::new().inner_margin(3.0 * STEP).show(ui, |ui| ui.weak("The bank has no sample."));
        return;
    }
    let selected = state.sample() as usize;
    rows(ui, "samples", &even(sound.samples.len(), SAMPLE), Some(selected), |ui, n| {
        sample(ui, state, &sound.samples[n], n == selected, view, textures, actions);
    });
}

fn sample(
    ui: &mut Ui,
    state: &State,
    sample: &PreviewSample,
    selected: bool,
    view: &mut View,
    textures: &mut Textures,
    actions: &mut Vec<Action>,
) {
    let tokens = Tokens::of(ui);
    let card = ui.max_rect().shrink2(vec2(3.0 * STEP, STEP));
    let response = ui.interact(card, ui.scope_id().with("sample"), Sense::click());
    let file = sample.file.as_ref().map(ToString::to_string).unwrap_or_default();
    let spoken = format!("Sample {} {file}, {}", sample.index, facts(sample));
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, selected, &spoken));
    if response.clicked() {
        (view.sample, view.frame) = (Some(sample.index), None);
        actions.push(Action::Focus(Panel::Stage));
    }
    if selected {
        heard::meant_by(Panel::Stage.id(), &response);
    }
    let line = if selected { tokens.accent } else { tokens.line };
    ui.painter().rect(card, 4, tokens.surface, Stroke::new(1.0, line), egui::StrokeKind::Inside);
    let inside = card.shrink(2.0 * STEP);
    ui.scope_builder(UiBuilder::new().max_rect(inside).layout(Layout::top_down(Align::Min)), |ui| {
        let is_heard = selected && state.playing.is_some();
        ui.horizontal(|ui| {
            heard::hidden(&ui.label(RichText::new(sample.index.to_string()).monospace().color(tokens.weak)));
            let shown = without_middle(&file, 48);
            let response = ui.add(egui::Label::new(RichText::new(&shown).strong()).selectable(false));
            heard::hidden(&heard::whole_on_hover(response, &shown, &file));
            if let SampleState::Playable(playable) = &sample.state {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    buttons(ui, sample.index, playable, is_heard, view, actions);
                });
            }
        });
        match &sample.state {
            SampleState::Playable(playable) => {
                let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), WAVE), Sense::click());
                response.widget_info(|| {
                    WidgetInfo::labeled(Role::Image, true, format!("Waveform, sample {}", sample.index))
                });
                let made = textures.wave(sample.index, playable, whole(rect.width()).max(1) as usize);
                let frames = playable.metadata.frames;
                let marks = Marks {
                    frames,
                    looping: playable.metadata.looping.as_ref().map(|looping| looping.start..looping.end),
                    problem: view.frame.filter(|_| selected),
                    heard: state
                        .playing
                        .as_ref()
                        .filter(|heard| heard.key == sample.index.to_string())
                        .map(|heard| heard.frame),
                };
                wave(ui, rect, &made, &marks);
                if response.clicked()
                    && let Some(at) = response.interact_pointer_pos()
                {
                    let share = ((at.x - rect.min.x) / rect.width()).clamp(0.0, 1.0);
                    actions.push(Action::PlayFrom(sample.index, frame_at(share, frames)));
                }
                response.on_hover_text("Click to play from here");
                ui.horizontal(|ui| {
                    heard::hidden(&ui.label(RichText::new(facts(sample)).small().color(tokens.weak)));
                    if made.clipped_frames > 0 {
                        mark(ui, Severity::Warning);
                        let text = format!("{} at the limit: it may be clipped", plural(made.clipped_frames, "frame"));
                        ui.label(RichText::new(text).small());
                    }
                });
            }
            SampleState::OverLimit(_) => drop(ui.weak("Too long to be shown with the others. It is packed whole.")),
            SampleState::Hole { cause } => {
                ui.horizontal_wrapped(|ui| {
                    mark(ui, Severity::Error);
                    let finding = match &state.preview {
                        Shown::Ready(previewed) => finding_of(&previewed.findings, *cause),
                        _ => None,
                    };
                    ui.label(finding.map_or("It could not be made.", |finding| &finding.message));
                });
            }
        }
    });
}

/// The frame at a share of the length.
fn frame_at(share: f32, frames: u64) -> u64 {
    const PARTS: u32 = 1 << 16;
    let part = u128::from(whole(share * PARTS as f32)) * u128::from(frames) / u128::from(PARTS);
    u64::try_from(part).unwrap_or(frames).min(frames.saturating_sub(1))
}

/// Play, stop and the seam, from the right.
fn buttons(ui: &mut Ui, index: u32, playable: &Playable, is_heard: bool, view: &mut View, actions: &mut Vec<Action>) {
    let mut button = |ui: &mut Ui, command: Command, text: &str, spoken: &str| {
        let entry = command.entry();
        let response = ui.button(text);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{spoken} sample {index}")));
        if response.on_hover_text(entry.keys(ui.ctx())).clicked() {
            (view.sample, view.frame) = (Some(index), None);
            actions.push(Action::Do(command));
        }
    };
    if playable.metadata.looping.is_some() {
        button(ui, Command::PlaySeam, "Seam", "Play the seam of");
    }
    let text = if is_heard { "Stop" } else { "Play" };
    button(ui, Command::Play, text, text);
}

/// Length, rate, bytes and loop.
fn facts(sample: &PreviewSample) -> String {
    let metadata = match &sample.state {
        SampleState::Playable(playable) => &playable.metadata,
        SampleState::OverLimit(metadata) => metadata,
        SampleState::Hole { .. } => return "could not be made".to_owned(),
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
