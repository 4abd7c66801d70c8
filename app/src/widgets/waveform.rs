//! A waveform: zero line, columns, clipping, the loop, the frame of a problem, and the cursor.

use std::ops::Range;

use egui::{Align2, FontId, Rect, Stroke, Ui, pos2};
use packer_services::preview::Waveform;

use crate::theme::Tokens;

/// The height of a time axis, in points.
pub const TIME_AXIS: f32 = 14.0;
/// The least distance between two times on an axis, in points.
const TICK: f32 = 64.0;

/// What is marked on a waveform, in frames.
#[derive(Clone, Debug, Default)]
pub struct WaveformMarks {
    /// The length of the sound.
    pub frames: u64,
    /// The loop.
    pub looping: Option<Range<u64>>,
    /// The frame that a problem is about.
    pub problem: Option<u64>,
    /// The frame that is heard now.
    pub cursor: Option<u64>,
}

/// Draws it over all of `rect`.
pub fn draw_waveform(ui: &Ui, rect: Rect, waveform: &Waveform, marks: &WaveformMarks) {
    let tokens = Tokens::of(ui);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 3, tokens.sunken);
    let x = |frame: u64| rect.min.x + frame as f32 / marks.frames.max(1) as f32 * rect.width();
    if let Some(looping) = &marks.looping {
        // A loop that a problem is about can lie outside the sound.
        let part = Rect::from_x_y_ranges(x(looping.start)..=x(looping.end), rect.y_range()).intersect(rect);
        painter.rect_filled(part, 0, tokens.raised);
    }
    let y = |value: i16| rect.center().y - f32::from(value) / 32_768.0 * (rect.height() / 2.0 - 3.0);
    painter.hline(rect.x_range(), rect.center().y, Stroke::new(1.0, tokens.line));
    let step = rect.width() / waveform.columns.len().max(1) as f32;
    for (n, column) in waveform.columns.iter().enumerate() {
        let left = rect.min.x + n as f32 * step;
        // At least one point high, so that silence is a line.
        let (top, bottom) = (y(column.high).min(rect.center().y - 0.5), y(column.low).max(rect.center().y + 0.5));
        let bar = Rect::from_min_max(pos2(left, top), pos2(left + step.max(1.0), bottom));
        painter.rect_filled(bar, 0, tokens.wave);
        if column.is_clipped {
            let mark = Rect::from_min_max(pos2(left, rect.min.y), pos2(left + step.max(3.0), rect.min.y + 4.0));
            painter.rect_filled(mark, 0, tokens.warning);
        }
    }
    if let Some(looping) = &marks.looping {
        for edge in [looping.start, looping.end] {
            painter.vline(x(edge).min(rect.max.x - 1.0), rect.y_range(), Stroke::new(1.0, tokens.text));
        }
    }
    if let Some(frame) = marks.problem {
        painter.vline(x(frame), rect.y_range(), Stroke::new(2.0, tokens.error));
    }
    if let Some(frame) = marks.cursor {
        painter.vline(x(frame), rect.y_range(), Stroke::new(2.0, tokens.accent));
    }
}

/// Draws times below a waveform of so many frames.
pub fn draw_time_axis(ui: &Ui, rect: Rect, frames: u64, rate_hz: u32) {
    let tokens = Tokens::of(ui);
    let painter = ui.painter_at(rect.expand2(egui::vec2(1.0, 0.0)));
    let seconds = frames as f32 / rate_hz.max(1) as f32;
    let Some((step, decimals)) = tick_step(seconds, rect.width()) else { return };
    for n in 0u32.. {
        let time = n as f32 * step;
        let x = rect.min.x + time / seconds * rect.width();
        // The last time must fit as well.
        if x > rect.max.x - TICK / 2.0 && n > 0 || n > 1000 {
            break;
        }
        painter.vline(x, rect.min.y..=rect.min.y + 4.0, Stroke::new(1.0, tokens.weak));
        let at = pos2(x + 3.0, rect.max.y);
        painter.text(at, Align2::LEFT_BOTTOM, format!("{time:.decimals$} s"), FontId::proportional(9.5), tokens.weak);
    }
}

/// The distance between two times on an axis of so many points, in seconds, and how many decimals it has.
fn tick_step(seconds: f32, width: f32) -> Option<(f32, usize)> {
    const STEPS: [(f32, usize); 16] = [
        (0.001, 3),
        (0.002, 3),
        (0.005, 3),
        (0.01, 2),
        (0.02, 2),
        (0.05, 2),
        (0.1, 1),
        (0.2, 1),
        (0.5, 1),
        (1.0, 0),
        (2.0, 0),
        (5.0, 0),
        (10.0, 0),
        (30.0, 0),
        (60.0, 0),
        (300.0, 0),
    ];
    STEPS.into_iter().find(|(step, _)| seconds > 0.0 && step / seconds * width >= TICK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_round_and_apart() {
        assert_eq!(tick_step(1.0, 640.0), Some((0.1, 1)));
        assert_eq!(tick_step(2.3, 640.0), Some((0.5, 1)));
        assert_eq!(tick_step(0.02, 640.0), Some((0.002, 3)));
        assert_eq!(tick_step(600.0, 640.0), Some((60.0, 0)));
        assert_eq!(tick_step(0.0, 640.0), None, "an empty sound has no time");
    }
}
