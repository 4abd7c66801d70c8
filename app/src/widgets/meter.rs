//! How much of something is used: exact numbers, and a bar. An instrument, no warning.

use egui::{Rect, Response, Sense, Ui, WidgetInfo, accesskit::Role, vec2};

use super::heard;
use crate::theme::Tokens;

/// The bar's size, in points.
const BAR: egui::Vec2 = vec2(112.0, 4.0);
/// With its text, in points.
const HEIGHT: f32 = 22.0;

/// `name used / most`, over a bar. Without `most` the bar is left out, but its room is kept.
pub fn meter(ui: &mut Ui, name: &str, used: &str, most: Option<&str>, share: f32) -> Response {
    let tokens = Tokens::of(ui);
    let text = match most {
        Some(most) => format!("{name} {used} / {most}"),
        None => format!("{name} {used}"),
    };
    let layout = egui::Layout::top_down(egui::Align::Min);
    let inner = ui.allocate_ui_with_layout(vec2(BAR.x, HEIGHT), layout, |ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.set_min_size(vec2(BAR.x, HEIGHT));
        heard::hidden(&ui.add(egui::Label::new(egui::RichText::new(&text).small().color(tokens.weak)).extend()));
        let (rect, response) = ui.allocate_exact_size(BAR, Sense::hover());
        if most.is_some() {
            ui.painter().rect_filled(rect, 2, tokens.line);
            let filled = Rect::from_min_size(rect.min, vec2(rect.width() * share.clamp(0.0, 1.0), rect.height()));
            ui.painter().rect_filled(filled, 2, tokens.weak);
        }
        response
    });
    inner.inner.widget_info(|| WidgetInfo::labeled(Role::Meter, true, &text));
    inner.inner
}
