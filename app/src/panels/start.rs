//! What is shown without a project: recent ones, a typed path, the dialog, and why one could not be opened.

use std::path::PathBuf;

use egui::{RichText, Ui, WidgetInfo, accesskit::Role};

use super::Action;
use crate::NAME;
use crate::commands::Command;
use crate::state::State;
use crate::theme::{STEP, Tokens};
use crate::widgets::mark;

/// Draws it.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    ui.vertical_centered(|ui| {
        ui.set_max_width(560.0);
        ui.add_space(18.0 * STEP);
        ui.heading(NAME);
        ui.label(RichText::new("Open the folder that holds assets/, or drop it here.").color(tokens.weak));
        ui.add_space(6.0 * STEP);
        if ui.button(RichText::new("Open project…").strong()).clicked() {
            actions.push(Action::Do(Command::Open));
        }
        ui.add_space(2.0 * STEP);
        typed(ui, state, actions);
        if let Some(refused) = &state.refused {
            ui.add_space(4.0 * STEP);
            ui.label(RichText::new(format!("{} could not be opened.", refused.path.display())).strong());
            for finding in &refused.findings {
                ui.horizontal_wrapped(|ui| {
                    mark(ui, finding.severity);
                    ui.label(&finding.message);
                });
                ui.label(RichText::new(&finding.help).color(tokens.weak));
            }
        }
        if !state.comfort.recent.is_empty() {
            ui.add_space(6.0 * STEP);
            ui.label(RichText::new("Recent projects").small().strong());
            for path in &state.comfort.recent {
                if ui.link(path.display().to_string()).clicked() {
                    actions.push(Action::Open(path.clone()));
                }
            }
        }
    });
}

fn typed(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        let mut text = state.typed_path.clone();
        let field =
            egui::TextEdit::singleline(&mut text).hint_text("or type its path, and press Enter").desired_width(400.0);
        let response = ui.add(field);
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Path of a project"));
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if response.changed() {
            actions.push(Action::TypedPath(text.clone()));
        }
        let clicked = ui.add_enabled(!text.trim().is_empty(), egui::Button::new("Open")).clicked();
        if (entered || clicked) && !text.trim().is_empty() {
            actions.push(Action::Open(PathBuf::from(text.trim())));
        }
    });
}
