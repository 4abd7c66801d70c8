//! The upper edge: the project, its budgets, and the primary actions.

use egui::{RichText, Ui};
use packer_services::diagnostics::sized;

use super::Action;
use crate::commands::Command;
use crate::state::State;
use crate::theme::{STEP, Tokens};
use crate::widgets::{meter, without_middle};

/// Characters of the project's path.
const PATH: usize = 48;

/// Draws it.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    ui.add_space(STEP);
    ui.horizontal(|ui| {
        let tokens = Tokens::of(ui);
        if let Some(project) = &state.project {
            let path = project.path.display().to_string();
            let name =
                project.path.file_name().map_or_else(|| path.clone(), |name| name.to_string_lossy().into_owned());
            ui.label(RichText::new(name).strong());
            ui.label(RichText::new(without_middle(&path, PATH)).monospace().small().color(tokens.weak))
                .on_hover_text(&path);
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.add_space(STEP);
            pack_button(ui, state, actions);
            button(ui, state, Command::Verify, "Verify", actions);
            button(ui, state, Command::Open, "Open…", actions);
            ui.add_space(2.0 * STEP);
            budgets(ui, state);
        });
    });
    ui.add_space(STEP);
}

fn button(ui: &mut Ui, state: &State, command: Command, text: &str, actions: &mut Vec<Action>) {
    let available = command.available(state);
    let response = ui.add_enabled(available.is_ok(), egui::Button::new(text));
    let response = match available {
        Ok(()) => response,
        Err(why) => response.on_disabled_hover_text(why),
    };
    if response.clicked() {
        actions.push(Action::Do(command));
    }
}

/// The primary action. If the project cannot be packed, it works all the same, and lists why.
fn pack_button(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let (command, text) =
        if state.pack.is_running() { (Command::CancelPack, "Cancel") } else { (Command::Pack, "Pack") };
    let shortcut = command.listed().shortcut.map(|shortcut| ui.ctx().format_shortcut(&shortcut)).unwrap_or_default();
    let label = RichText::new(text).strong().color(tokens.on_accent);
    let available = command.available(state).is_ok();
    let response = ui.add_enabled(available, egui::Button::new(label).fill(tokens.accent)).on_hover_text(shortcut);
    if response.clicked() {
        actions.push(Action::Do(command));
    }
}

fn budgets(ui: &mut Ui, state: &State) {
    let Some(budgets) = state.listing().and_then(|listing| listing.budgets.as_ref()) else { return };
    let share = |used: usize, most: u32| used as f32 / most.max(1) as f32;
    meter(ui, "Payload", &sized(budgets.payload_bytes), None, 0.0);
    for bank in budgets.banks.iter().rev() {
        let name = format!("{} slots", bank.bank_type);
        let most = bank.slots.to_string();
        meter(ui, &name, &bank.slots_used.to_string(), Some(&most), share(bank.slots_used, bank.slots));
    }
}
