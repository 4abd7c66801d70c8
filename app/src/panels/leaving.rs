//! The sheet that asks before what is entered and not applied is lost.

use egui::{Button, Label, Ui, accesskit::Role};

use super::{Action, Draw};
use crate::theme::{STEP, Tokens};
use crate::widgets::{accessibility, button_row, code_text, focus_when_new, primary_button, settle, take_sheet_keys};

/// The width of the sheet, in points.
const WIDTH: f32 = 380.0;

/// Draws it, if the user is asked.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let Some(leaving) = &draw.state.leaving else { return };
    let shown = egui::Modal::new(egui::Id::unique("leaving")).show(ui.ctx(), |ui| {
        accessibility::name_group(ui, Role::AlertDialog, "Not applied yet");
        let keys = take_sheet_keys(ui);
        ui.set_width(WIDTH);
        accessibility::mark_heading(&ui.heading("Not applied yet"));
        ui.add_space(2.0 * STEP);
        for entered in draw.state.unapplied() {
            let text = code_text(ui, &format!("What you entered would be lost: {entered}."), Tokens::of(ui).text);
            ui.add(Label::new(text).wrap());
        }
        ui.add_space(3.0 * STEP);
        button_row(ui, |ui| {
            let stay = primary_button(ui, "Keep editing", "", true);
            focus_when_new(&stay, leaving.name());
            if stay.clicked() || keys.closes || keys.confirms {
                draw.push(Action::Stay);
            }
            if ui.add(Button::new(format!("{} without it", leaving.name()))).clicked() {
                draw.push(Action::Leave);
            }
        });
    });
    settle(&shown.response);
}
