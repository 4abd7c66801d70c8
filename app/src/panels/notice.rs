//! What the user must know, above everything else, until it is dismissed.

use egui::{Align, Button, Frame, Layout, Ui, accesskit::Role};

use super::{Action, Draw};
use crate::state::Notice;
use crate::theme::{STEP, Tokens};
use crate::widgets::{accessibility, code_text, commands_in, severity_icon};

/// Draws it, if there is one.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let Some(notice) = &draw.state.notice else { return };
    let tokens = Tokens::of(ui);
    let frame = Frame::new().fill(tokens.raised).inner_margin(2.0 * STEP);
    egui::Panel::top("notice").frame(frame).resizable(false).show(ui, |ui| {
        accessibility::name_group(ui, Role::Alert, "Notice");
        show_content(ui, draw, notice);
    });
}

fn show_content(ui: &mut Ui, draw: &mut Draw<'_>, notice: &Notice) {
    let tokens = Tokens::of(ui);
    ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
        if ui.add(Button::new("Dismiss").small()).clicked() {
            draw.push(Action::DismissNotice);
        }
        for command in commands_in(&notice.help) {
            if ui.add(Button::new("Copy command").small()).on_hover_text(&command).clicked() {
                draw.push(Action::Copy(command));
            }
        }
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.horizontal(|ui| {
                if let Some(severity) = notice.severity {
                    accessibility::hide(&severity_icon(ui, severity));
                }
                let text = code_text(ui, &notice.text, tokens.text);
                accessibility::announce_changes(&ui.add(egui::Label::new(text).wrap()));
            });
            if !notice.help.is_empty() {
                ui.add(egui::Label::new(code_text(ui, &notice.help, tokens.weak)).wrap());
            }
        });
    });
}
