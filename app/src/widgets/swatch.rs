//! The swatch of a color of a palette.

use egui::{Color32, Rect, Stroke, StrokeKind, Ui, Vec2};
use packer_services::preview::Color;

use crate::theme::{BACKDROP, Tokens};

/// The height of a swatch, in points.
pub const SWATCH: f32 = 22.0;

/// What a swatch shows of the color `index` of a palette; `None` for the color key, which is transparent.
pub fn swatch_color(index: usize, color: &Color) -> Option<Color32> {
    let [r, g, b] = color.stored.to_rgb().0;
    (index > 0).then(|| Color32::from_rgb(r, g, b))
}

/// Draws a swatch. One that a problem is about is framed.
pub fn draw_swatch(ui: &Ui, rect: Rect, color: Option<Color32>, is_marked: bool) {
    let tokens = Tokens::of(ui);
    match color {
        Some(color) => drop(ui.painter().rect_filled(rect, 3, color)),
        None => draw_transparent(ui, rect),
    }
    let line = if is_marked { Stroke::new(2.0, tokens.error) } else { Stroke::new(1.0, tokens.line) };
    ui.painter().rect_stroke(rect, 3, line, StrokeKind::Inside);
}

fn draw_transparent(ui: &Ui, rect: Rect) {
    let half = rect.size() / 2.0;
    for n in 0..4 {
        let offset = Vec2::new((n % 2) as f32 * half.x, (n / 2) as f32 * half.y);
        let shade = BACKDROP[(n % 2 + n / 2) % 2];
        ui.painter().rect_filled(Rect::from_min_size(rect.min + offset, half), 0, shade);
    }
}
