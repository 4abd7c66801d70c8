//! A tab: one of several things that are shown in the same place.

use egui::{Response, RichText, Sense, Stroke, Ui, WidgetInfo, accesskit::Role};

use crate::theme::{ROW, STEP, Tokens};

/// Draws a tab. The selected one is underlined.
pub fn tab_button(ui: &mut Ui, is_selected: bool, text: &str) -> Response {
    let tokens = Tokens::of(ui);
    let color = if is_selected { tokens.text } else { tokens.weak };
    let galley = egui::WidgetText::from(RichText::new(text).color(color)).into_galley(
        ui,
        Some(egui::TextWrapMode::Extend),
        f32::INFINITY,
        egui::TextStyle::Button,
    );
    let margin = ui.spacing().button_padding.x.min(2.0 * STEP);
    // Small tabs are in several rows, which leave more room like this.
    let is_small = ui.style().override_text_style == Some(egui::TextStyle::Small);
    let size = egui::vec2(galley.size().x + 2.0 * margin, if is_small { ROW - STEP } else { ROW + 2.0 * STEP });
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, is_selected, text));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect.shrink(2.0), 3, tokens.raised);
    }
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, color);
    if response.has_focus() {
        let frame = Stroke::new(1.0, tokens.accent);
        ui.painter().rect_stroke(rect.shrink(2.0), 3, frame, egui::StrokeKind::Inside);
    }
    if is_selected {
        let line = Stroke::new(2.0, tokens.accent);
        ui.painter().hline(rect.x_range(), rect.max.y - 1.0, line);
    }
    response
}
