//! The buttons of a sheet.

use egui::{Align, Layout, Ui, vec2};

/// The height of a button, in points.
const BUTTON: f32 = 28.0;

/// A row of the buttons that end a sheet, the main one first, from the right. It takes no more height than it needs.
pub fn button_row(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let row = vec2(ui.available_width(), BUTTON);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), add);
}
