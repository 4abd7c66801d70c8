//! The sheet in which the user chooses the programs that open files.

use egui::{Grid, Key, Modifiers, RichText, TextEdit, Ui, WidgetInfo, accesskit::Role};

use super::{Action, Draw};
use crate::theme::{STEP, Tokens};
use crate::widgets::accessibility;

/// The width of the sheet and of a field, in points.
const WIDTH: f32 = 420.0;
const FIELD: f32 = 300.0;
/// The endings of the files of a project, and what they are called.
const ENDINGS: [(&str, &str); 6] = [
    ("png", "PNG images"),
    ("aseprite", "Aseprite files"),
    ("ase", "Aseprite files (.ase)"),
    ("wav", "WAV sounds"),
    ("flac", "FLAC sounds"),
    ("json", "asset.json"),
];

/// Draws it, if it is open.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    if !draw.state.chooses_editors {
        return;
    }
    egui::Modal::new(egui::Id::unique("editors")).show(ui.ctx(), |ui| {
        accessibility::name_group(ui, Role::Dialog, "Programs for files");
        ui.set_width(WIDTH);
        accessibility::mark_heading(&ui.heading("Programs for files"));
        ui.add_space(STEP);
        ui.label(RichText::new("The name or path of a program, such as aseprite.").color(Tokens::of(ui).weak));
        ui.add_space(2.0 * STEP);
        Grid::new("editors").num_columns(2).spacing([3.0 * STEP, 2.0 * STEP]).show(ui, |ui| {
            for (ending, name) in ENDINGS {
                accessibility::hide(&ui.label(name));
                let chosen = draw.state.settings.editors.get(ending);
                let mut text = chosen.map(|program| program.display().to_string()).unwrap_or_default();
                let field = TextEdit::singleline(&mut text).desired_width(FIELD).hint_text("the system's program");
                let response = ui.add(field);
                response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
                if response.changed() {
                    draw.push(Action::SetEditor(ending, text.into()));
                }
                ui.end_row();
            }
        });
        ui.add_space(2.0 * STEP);
        let is_escape = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
        if ui.button("Close").clicked() || is_escape {
            draw.push(Action::CloseEditors);
        }
    });
}
