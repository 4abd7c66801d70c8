//! The icon of a severity: a shape in its color. The word is beside it, or is its accessible name.

use egui::{Pos2, Response, Sense, Shape, Stroke, Ui, WidgetInfo, accesskit::Role};
use packer_services::diagnostics::Severity;

use crate::theme::Tokens;

/// The side, in points.
const SIDE: f32 = 12.0;

/// A triangle for an error, a diamond for a warning, a dot for a note.
pub fn severity_icon(ui: &mut Ui, severity: Severity) -> Response {
    let (rect, response) = ui.allocate_exact_size(egui::Vec2::splat(SIDE), Sense::hover());
    let color = Tokens::of(ui).severity(severity);
    let (center, radius) = (rect.center(), SIDE / 2.0 - 1.0);
    let at = |x: f32, y: f32| Pos2::new(center.x + x * radius, center.y + y * radius);
    let shape = match severity {
        Severity::Error => Shape::convex_polygon(vec![at(0.0, -1.0), at(1.0, 0.8), at(-1.0, 0.8)], color, Stroke::NONE),
        Severity::Warning => {
            Shape::convex_polygon(vec![at(0.0, -1.0), at(1.0, 0.0), at(0.0, 1.0), at(-1.0, 0.0)], color, Stroke::NONE)
        }
        Severity::Note => Shape::circle_filled(center, radius * 0.6, color),
    };
    ui.painter().add(shape);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, severity.as_str()));
    response
}
