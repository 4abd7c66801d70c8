//! The sheet in which an asset gets another name and another folder.

use egui::{Align, Key, Layout, RichText, TextEdit, Ui, WidgetInfo, accesskit::Role};

use super::{Action, Draw};
use crate::state::Renaming;
use crate::theme::{STEP, Tokens};
use crate::widgets::{accessibility, confirm_button, finding_list, settle};

/// The width of the sheet, in points.
const WIDTH: f32 = 340.0;

/// Draws it, if there is one.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let Some(renaming) = &draw.state.renaming else { return };
    let mut entered = renaming.clone();
    let shown = egui::Modal::new(egui::Id::unique("renaming")).show(ui.ctx(), |ui| {
        accessibility::name_group(ui, Role::Dialog, "Rename or move");
        ui.set_width(WIDTH);
        accessibility::mark_heading(&ui.heading("Rename or move"));
        ui.add_space(2.0 * STEP);
        let keys = draw.take_sheet_keys(ui);
        let name = field(ui, "Name", &mut entered.name);
        let folder = field(ui, "Folder in assets/", &mut entered.folder);
        let is_ended = (name.lost_focus() || folder.lost_focus()) && ui.input(|input| input.key_pressed(Key::Enter));
        if draw.state.leaving.is_none() && ui.memory(|memory| memory.focused().is_none()) {
            name.request_focus();
        }
        ui.add_space(STEP);
        ui.label(RichText::new("It keeps its number, so the game finds it as before.").small());
        finding_list(ui, &renaming.findings, draw.state.project_path());
        ui.add_space(2.0 * STEP);
        if entered != *renaming {
            draw.push(Action::Rename(entered.clone()));
        }
        show_buttons(ui, draw, &entered, keys.confirms || is_ended);
        if keys.closes {
            draw.push(Action::CloseSheet);
        }
    });
    settle(&shown.response);
}

fn field(ui: &mut Ui, name: &str, text: &mut String) -> egui::Response {
    accessibility::hide(&ui.label(RichText::new(name).small().color(Tokens::of(ui).weak)));
    let response = ui.add(TextEdit::singleline(text).desired_width(f32::INFINITY));
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
    response
}

fn show_buttons(ui: &mut Ui, draw: &mut Draw<'_>, entered: &Renaming, is_enter: bool) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let available = entered.can_apply();
        if confirm_button(ui, "Apply", available) || (is_enter && available.is_ok()) {
            draw.push(Action::ApplyRenaming);
        }
        if ui.button("Cancel").clicked() {
            draw.push(Action::CloseSheet);
        }
    });
}
