//! How much of a budget is used, in numbers and as a bar. It warns only if there is no room.

use egui::{Rect, Response, Sense, Ui, WidgetInfo, accesskit::Role, vec2};

use super::accessibility;
use crate::theme::Tokens;

/// The bar's size, in points: as wide as the longest text above it.
const BAR: egui::Vec2 = vec2(124.0, 4.0);
/// The height with its text, in points.
const HEIGHT: f32 = 22.0;

/// `name used / most`, above a bar. Without `most` there is no bar, but its room is kept.
pub fn usage_meter(ui: &mut Ui, name: &str, used: &str, most: Option<&str>, share: f32) -> Response {
    let tokens = Tokens::of(ui);
    let text = match most {
        Some(most) => format!("{name} {used} / {most}"),
        None => format!("{name} {used}"),
    };
    let is_over = share > 1.0;
    let layout = egui::Layout::top_down(egui::Align::Min);
    let width = if most.is_some() { BAR.x } else { BAR.x / 2.0 };
    let inner = ui.allocate_ui_with_layout(vec2(width, HEIGHT), layout, |ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.set_min_size(vec2(width, HEIGHT));
        let label = egui::Label::new(egui::RichText::new(&text).small().color(if is_over {
            tokens.error
        } else {
            tokens.weak
        }));
        accessibility::hide(&ui.add(label.extend()));
        let (rect, response) = ui.allocate_exact_size(vec2(width, BAR.y), Sense::hover());
        if most.is_some() {
            ui.painter().rect_filled(rect, 2, tokens.line);
            let filled = Rect::from_min_size(rect.min, vec2(rect.width() * share.clamp(0.0, 1.0), rect.height()));
            ui.painter().rect_filled(filled, 2, if is_over { tokens.error } else { tokens.weak });
        }
        response
    });
    inner.inner.widget_info(|| WidgetInfo::labeled(Role::Meter, true, &text));
    inner.inner
}
