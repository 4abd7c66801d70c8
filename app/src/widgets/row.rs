//! A row of a list that can be selected.

use egui::{Align, Layout, Response, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, accesskit::Role, vec2};

use super::heard;
use crate::theme::Tokens;

/// What lies side by side in a row.
pub fn cells() -> Layout {
    Layout::left_to_right(Align::Center)
}

/// Draws the ground of a row that fills `ui`, and gives the room for its cells, `margin` points from both ends. `spoken` is what a
/// screen reader says of it.
pub fn row(ui: &mut Ui, selected: bool, margin: f32, spoken: impl Fn() -> String) -> (Ui, Response) {
    let tokens = Tokens::of(ui);
    let rect = ui.max_rect();
    let response = ui.allocate_rect(rect, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, selected, spoken()));
    if selected {
        ui.painter().rect_filled(rect, 3, tokens.selected);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 3, tokens.raised);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 3, Stroke::new(1.0, tokens.accent), StrokeKind::Inside);
    }
    let room = rect.shrink2(vec2(margin, 0.0));
    let cells = ui.new_child(UiBuilder::new().max_rect(room).layout(cells()));
    // The row says it all.
    heard::hide(&cells);
    (cells, response)
}

/// Text in a row, `width` points wide, which leaves clicks to the row; whole on hover.
pub fn cell(row: &mut Ui, width: f32, text: impl Into<egui::WidgetText>, whole: &str) {
    let height = row.available_height();
    row.allocate_ui_with_layout(vec2(width, height), cells(), |ui| {
        ui.set_width(width);
        let response = ui.add(egui::Label::new(text).truncate().selectable(false));
        if !whole.is_empty() {
            response.on_hover_text(whole);
        }
    });
}
