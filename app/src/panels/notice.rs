//! What the user must know, above everything else, until it is dismissed.

use egui::{Button, Frame, Ui, accesskit::Role};

use super::{Action, Draw};
use crate::state::Notice;
use crate::theme::{STEP, Tokens};
use crate::widgets::{accessibility, code_text, commands_in, settle, severity_icon};

/// Draws it, if there is one.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let Some(notice) = &draw.state.notice else { return };
    let tokens = Tokens::of(ui);
    let frame = Frame::new().fill(tokens.raised).inner_margin(2.0 * STEP);
    let shown = egui::Panel::top("notice").frame(frame).resizable(false).show(ui, |ui| {
        accessibility::name_group(ui, Role::Alert, "Notice");
        show_content(ui, draw, notice);
    });
    settle(&shown.response);
}

fn show_content(ui: &mut Ui, draw: &mut Draw<'_>, notice: &Notice) {
    let tokens = Tokens::of(ui);
    ui.horizontal_wrapped(|ui| {
        if let Some(severity) = notice.severity {
            accessibility::hide(&severity_icon(ui, severity));
        }
        accessibility::announce_changes(&ui.label(code_text(ui, &notice.text, tokens.text)));
        if !notice.help.is_empty() {
            ui.label(code_text(ui, &notice.help, tokens.weak));
        }
        for command in commands_in(&notice.help) {
            if ui.add(Button::new("Copy command").small()).on_hover_text(&command).clicked() {
                draw.push(Action::Copy(command));
            }
        }
        if ui.add(Button::new("Dismiss").small()).on_hover_text("Escape").clicked() {
            draw.push(Action::DismissNotice);
        }
    });
}
