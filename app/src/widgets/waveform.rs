//! A waveform: zero line, columns, clipping, the loop, the frame of a problem, and the cursor.

use std::ops::Range;

use egui::{Rect, Stroke, Ui, pos2};
use packer_services::preview::Waveform;

use crate::theme::Tokens;

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
        let part = Rect::from_x_y_ranges(x(looping.start)..=x(looping.end), rect.y_range());
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
            painter.vline(x(edge), rect.y_range(), Stroke::new(1.0, tokens.text));
        }
    }
    if let Some(frame) = marks.problem {
        painter.vline(x(frame), rect.y_range(), Stroke::new(2.0, tokens.error));
    }
    if let Some(frame) = marks.cursor {
        painter.vline(x(frame), rect.y_range(), Stroke::new(2.0, tokens.accent));
    }
}
