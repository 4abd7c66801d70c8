//! The upper edge: the menu, the project, its budgets, and the primary actions.

use egui::{Align, Button, Layout, RichText, Ui, accesskit::Role};
use packer_services::diagnostics::plural;

use super::Action;
use crate::commands::{ALL, Command, Menu};
use crate::state::{Kind, State};
use crate::theme::{SMALL, STEP, Tokens};
use crate::widgets::{heard, meter, short_size, without_middle};

/// Characters of the project's path.
const PATH: usize = 40;

/// Draws it.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    ui.add_space(STEP);
    ui.horizontal(|ui| {
        let tokens = Tokens::of(ui);
        menu(ui, state, actions);
        if let Some(opened) = &state.opened {
            let path = opened.path.display().to_string();
            let name = opened.path.file_name().map_or_else(|| path.clone(), |name| name.to_string_lossy().into_owned());
            ui.label(RichText::new(without_middle(&name, PATH)).strong());
            let shown = without_middle(&path, PATH);
            let response = ui.label(RichText::new(&shown).monospace().size(SMALL).color(tokens.weak));
            heard::whole_on_hover(response, &shown, &path);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(STEP);
            if state.opened.as_ref().is_some_and(|opened| opened.kind == Kind::Project) {
                pack_button(ui, state, actions);
            }
            button(ui, state, Command::Verify, "Verify", actions);
            button(ui, state, Command::Open, "Open…", actions);
            ui.add_space(2.0 * STEP);
            budgets(ui, state);
        });
    });
    ui.add_space(STEP);
}

/// All commands, by menu.
fn menu(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    ui.menu_button("Menu", |ui| {
        heard::group(ui, Role::Menu, "Menu");
        for (menu, name) in Menu::ALL {
            let response = ui.menu_button(name, |ui| {
                heard::group(ui, Role::Menu, name);
                for entry in ALL.iter().filter(|entry| entry.menu == menu) {
                    let available = entry.command.available(state);
                    let button = Button::new(entry.name).shortcut_text(entry.keys(ui.ctx()));
                    let response = ui.add_enabled(available.is_ok(), button);
                    heard::menu_item(&response, entry.name, &entry.keys(ui.ctx()));
                    let response = refusing(response, available);
                    if response.clicked() {
                        actions.push(Action::Do(entry.command));
                        ui.close();
                    }
                }
            });
            heard::menu_item(&response.response, name, "");
        }
    });
}

fn button(ui: &mut Ui, state: &State, command: Command, text: &str, actions: &mut Vec<Action>) {
    let available = command.available(state);
    let response = ui.add_enabled(available.is_ok(), Button::new(text));
    let response = match available {
        Ok(()) => response.on_hover_text(format!("{} {}", command.entry().name, command.entry().keys(ui.ctx()))),
        Err(_) => refusing(response, available),
    };
    if response.clicked() {
        actions.push(Action::Do(command));
    }
}

/// Says why, if it cannot be used.
pub fn refusing(response: egui::Response, available: Result<(), &'static str>) -> egui::Response {
    let Err(why) = available else { return response };
    heard::because(&response, why);
    response.on_disabled_hover_text(why)
}

/// The primary action. If the project cannot be packed, it works all the same, and lists why.
fn pack_button(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let (command, text) =
        if state.pack.is_running() { (Command::CancelPack, "Cancel") } else { (Command::Pack, "Pack") };
    let keys = command.entry().keys(ui.ctx());
    let label = RichText::new(text).strong().color(tokens.on_accent);
    let button =
        Button::new(label).fill(tokens.accent).shortcut_text(RichText::new(keys).small().color(tokens.on_accent));
    let response = ui.add_enabled(command.available(state).is_ok(), button);
    response.widget_info(|| egui::WidgetInfo::labeled(Role::Button, true, text));
    heard::keyed(&response, &command.entry().keys(ui.ctx()));
    if response.clicked() {
        actions.push(Action::Do(command));
    }
}

fn budgets(ui: &mut Ui, state: &State) {
    let Some(budgets) = state.contents().and_then(|contents| contents.budgets.as_ref()) else { return };
    let share = |used: usize, most: u32| used as f32 / most.max(1) as f32;
    meter(ui, "Payload", &short_size(budgets.payload_bytes), None, 0.0)
        .on_hover_text(plural(budgets.payload_bytes, "byte"));
    for bank in budgets.banks.iter().rev() {
        let name = format!("{} slots", bank.bank_type);
        let most = bank.slots.to_string();
        meter(ui, &name, &bank.slots_used.to_string(), Some(&most), share(bank.slots_used, bank.slots));
    }
}
