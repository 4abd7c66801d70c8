//! A row of a list that can be selected.

use egui::{Align, Layout, Response, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, accesskit::Role};

use crate::theme::{ROW, Tokens};

/// What lies side by side in a row.
pub fn cells() -> Layout {
    Layout::left_to_right(Align::Center)
}

/// Draws the ground of a row as wide as `ui`, and gives the room for its cells, `margin` points from both ends. `spoken` is what a
/// screen reader says of it.
pub fn row(ui: &mut Ui, selected: bool, margin: f32, spoken: impl Fn() -> String) -> (Ui, Response) {
    let tokens = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(egui::vec2(ui.available_width(), ROW), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, selected, spoken()));
    if selected {
        ui.painter().rect_filled(rect, 3, tokens.selected);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 3, tokens.raised);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 3, Stroke::new(1.0, tokens.accent), StrokeKind::Inside);
    }
    let room = rect.shrink2(egui::vec2(margin, 0.0));
    (ui.new_child(UiBuilder::new().max_rect(room).layout(cells())), response)
}
