//! The loop of a sample: handles on its waveform, its frames as numbers, and the loop point enlarged.

use std::ops::Range;

use egui::{CursorIcon, DragValue, Rect, Response, RichText, Stroke, Ui, WidgetInfo, accesskit::Role, pos2};
use packer_services::declaration::LoopChoice;
use packer_services::formats::SampleLoop;
use packer_services::preview::Playable;

use super::super::{Action, Draw};
use super::sounds::frame_at;
use crate::state::LoopDraft;
use crate::theme::{SMALL, STEP, Tokens};
use crate::widgets::accessibility;

/// How far from a handle it can be grabbed, in points.
const GRAB: f32 = 6.0;
/// How many frames before the end and after the start of a loop are shown enlarged.
const AROUND: u64 = 96;

/// The loop of a sample as it is shown: as the user is about to set it, or as it is packed.
pub fn shown_loop(draw: &Draw<'_>, sample: u32, playable: &Playable) -> Option<Range<u64>> {
    let draft = draw.view.loop_draft.as_ref().filter(|draft| draft.sample == sample);
    let packed = || playable.metadata.looping.as_ref().map(|looping| looping.start..looping.end);
    draft.map(|draft| draft.frames.clone()).or_else(packed)
}

/// Lets the user drag the ends of the loop on a waveform. Returns whether the pointer is on one of them.
pub fn drag_handles(
    ui: &Ui,
    draw: &mut Draw<'_>,
    response: &Response,
    rect: Rect,
    sample: u32,
    playable: &Playable,
) -> bool {
    let Some(shown) = shown_loop(draw, sample, playable) else { return false };
    let frames = playable.metadata.frames;
    let x = |frame: u64| rect.min.x + frame as f32 / frames.max(1) as f32 * rect.width();
    let is_near = |at: f32, frame: u64| (at - x(frame)).abs() <= GRAB;
    let grabbed: Option<bool> = ui.data(|data| data.get_temp(response.id));
    let pointer = response.interact_pointer_pos().or(response.hover_pos());
    let handle = pointer.and_then(|pointer| match () {
        () if is_near(pointer.x, shown.end) => Some(true),
        () if is_near(pointer.x, shown.start) => Some(false),
        () => None,
    });
    if handle.is_some() || grabbed.is_some() {
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    if response.drag_started()
        && let Some(origin) = ui.input(|input| input.pointer.press_origin())
        && let Some(is_end) =
            [true, false].into_iter().find(|is_end| is_near(origin.x, if *is_end { shown.end } else { shown.start }))
    {
        ui.data_mut(|data| data.insert_temp(response.id, is_end));
    }
    let grabbed = ui.data(|data| data.get_temp::<bool>(response.id)).or(grabbed);
    let (Some(is_end), Some(pointer)) = (grabbed, response.interact_pointer_pos()) else { return handle.is_some() };
    let share = ((pointer.x - rect.min.x) / rect.width()).clamp(0.0, 1.0);
    let frame = if share >= 1.0 { frames } else { frame_at(share, frames) };
    let moved = match is_end {
        true => shown.start..frame.max(shown.start + 1),
        false => frame.min(shown.end - 1)..shown.end,
    };
    draw.view.loop_draft = Some(LoopDraft { sample, frames: moved.clone() });
    if response.drag_stopped() {
        ui.data_mut(|data| data.remove_temp::<bool>(response.id));
        set_loop(draw, sample, moved);
    }
    true
}

/// The ends of the loop as numbers, and buttons to add or remove it.
pub fn show_numbers(ui: &mut Ui, draw: &mut Draw<'_>, sample: u32, playable: &Playable) {
    let frames = playable.metadata.frames;
    let small = |text: &str| RichText::new(text).small();
    let Some(shown) = shown_loop(draw, sample, playable) else {
        let button = ui.add(egui::Button::new(small("Add loop")).small());
        accessibility::set_name(&button, &format!("Add loop to sample {sample}"));
        if button.clicked() && frames > 0 {
            set_loop(draw, sample, 0..frames);
        }
        return;
    };
    ui.spacing_mut().item_spacing.x = STEP;
    accessibility::hide(&ui.label(small("Loop")));
    let (mut start, mut end) = (shown.start, shown.end);
    let fields = [("start", &mut start, 0..=shown.end.saturating_sub(1)), ("end", &mut end, shown.start + 1..=frames)];
    let mut is_final = false;
    for (name, value, range) in fields {
        let field = ui.add(DragValue::new(value).range(range).speed(frames as f64 / 2000.0));
        let spoken = format!("Loop {name} of sample {sample}");
        field.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, &spoken));
        is_final |= field.drag_stopped() || field.lost_focus();
        field.on_hover_text("In frames. Drag, or click to type.");
    }
    if (start, end) != (shown.start, shown.end) {
        draw.view.loop_draft = Some(LoopDraft { sample, frames: start..end });
    }
    let packed = playable.metadata.looping.as_ref().map(|looping| looping.start..looping.end);
    if is_final && packed != Some(start..end) {
        set_loop(draw, sample, start..end);
    }
    let button = ui.add(egui::Button::new(small("Remove loop")).small());
    accessibility::set_name(&button, &format!("Remove loop of sample {sample}"));
    if button.clicked() {
        draw.push(Action::SetLoop(sample, LoopChoice::Never));
    }
}

fn set_loop(draw: &mut Draw<'_>, sample: u32, frames: Range<u64>) {
    draw.push(Action::SetLoop(sample, LoopChoice::At(SampleLoop { start: frames.start, end: frames.end })));
}

/// The frames before the end of the loop, and on their right those after its start: a step between them is audible.
pub fn draw_loop_point(ui: &Ui, rect: Rect, looping: &Range<u64>, playable: &Playable) {
    let tokens = Tokens::of(ui);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 3, tokens.sunken);
    let middle = rect.center();
    painter.hline(rect.x_range(), middle.y, Stroke::new(1.0, tokens.line));
    painter.vline(middle.x, rect.y_range(), Stroke::new(1.0, tokens.line));
    let around = AROUND.min(looping.end.saturating_sub(looping.start)).max(1);
    let step = rect.width() / 2.0 / around as f32;
    let y = |value: i16| middle.y - f32::from(value) / 32_768.0 * (rect.height() / 2.0 - 3.0);
    let before = playable.pcm.values(looping.end - around.min(looping.end)..looping.end);
    let after = playable.pcm.values(looping.start..looping.start.saturating_add(around));
    let line = before.chain(after).enumerate().map(|(n, value)| pos2(rect.min.x + (n as f32 + 0.5) * step, y(value)));
    painter.line(line.collect(), Stroke::new(1.5, tokens.wave));
    let font = egui::FontId::proportional(SMALL - 2.0);
    let corners = [
        (rect.left_bottom(), egui::Align2::LEFT_BOTTOM, "end"),
        (rect.right_bottom(), egui::Align2::RIGHT_BOTTOM, "start"),
    ];
    for (at, align, text) in corners {
        painter.text(at, align, text, font.clone(), tokens.weak);
    }
}
