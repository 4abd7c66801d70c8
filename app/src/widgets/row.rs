//! A row of a list that can be selected.

use egui::{Align, Layout, Response, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, accesskit::Role, vec2};

use super::accessibility;
use crate::theme::Tokens;

/// The layout of the cells of a row.
pub fn cell_layout() -> Layout {
    Layout::left_to_right(Align::Center)
}

/// Draws the background of a row that fills `ui`. Returns a `Ui` for its cells, `margin` points from both ends.
/// `spoken_name` is the whole row in words, for screen readers.
pub fn selectable_row(ui: &mut Ui, is_selected: bool, margin: f32, spoken_name: impl Fn() -> String) -> (Ui, Response) {
    let tokens = Tokens::of(ui);
    let rect = ui.max_rect();
    let response = ui.allocate_rect(rect, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_selected, spoken_name()));
    if is_selected {
        ui.painter().rect_filled(rect, 3, tokens.selected);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 3, tokens.raised);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 3, Stroke::new(1.0, tokens.accent), StrokeKind::Inside);
    }
    let room = rect.shrink2(vec2(margin, 0.0));
    let cells = ui.new_child(UiBuilder::new().max_rect(room).layout(cell_layout()));
    // The name of the row contains its text.
    accessibility::hide_content(&cells);
    (cells, response)
}

/// Text in a row, `width` points wide. Clicks on it go to the row; `full` is shown on hover.
pub fn text_cell(row: &mut Ui, width: f32, text: impl Into<egui::WidgetText>, full: &str) {
    let height = row.available_height();
    row.allocate_ui_with_layout(vec2(width, height), cell_layout(), |ui| {
        ui.set_width(width);
        let response = ui.add(egui::Label::new(text).truncate().selectable(false));
        if !full.is_empty() {
            response.on_hover_text(full);
        }
    });
}
