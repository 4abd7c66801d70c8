//! The command palette: every command, found by typing, with its shortcut; what cannot be done says why.

use egui::{Key, RichText, Ui, WidgetInfo, accesskit::Role};

use super::Action;
use crate::commands::{ALL, Listed};
use crate::state::State;
use crate::theme::Tokens;

/// The commands whose names hold all typed words.
pub fn matching(typed: &str) -> Vec<Listed> {
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let holds = |listed: &&Listed| words.iter().all(|word| listed.name.to_lowercase().contains(word));
    ALL.iter().filter(holds).copied().collect()
}

/// Draws it, if it is open.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let Some(typed) = &state.palette else { return };
    let tokens = Tokens::of(ui);
    egui::Modal::new(egui::Id::unique("command palette")).show(ui.ctx(), |ui| {
        ui.set_width(460.0);
        let mut text = typed.clone();
        let response =
            ui.add(egui::TextEdit::singleline(&mut text).hint_text("Type a command…").desired_width(f32::INFINITY));
        response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, "Type a command"));
        response.request_focus();
        if text != *typed {
            actions.push(Action::Typed(Some(text.clone())));
        }
        let found = matching(&text);
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            actions.push(Action::Typed(None));
        } else if ui.input(|input| input.key_pressed(Key::Enter))
            && let Some(first) = found.iter().find(|listed| listed.command.available(state).is_ok())
        {
            actions.push(Action::Typed(None));
            actions.push(Action::Do(first.command));
        }
        egui::ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            for listed in &found {
                let available = listed.command.available(state);
                let shortcut = listed.shortcut.map(|shortcut| ui.ctx().format_shortcut(&shortcut)).unwrap_or_default();
                ui.horizontal(|ui| {
                    let button = egui::Button::new(listed.name).frame(false);
                    let response = ui.add_enabled(available.is_ok(), button);
                    if let Err(why) = available {
                        ui.label(RichText::new(why).small().color(tokens.weak));
                    }
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        ui.label(RichText::new(shortcut).small().monospace().color(tokens.weak));
                    });
                    if response.clicked() {
                        actions.push(Action::Typed(None));
                        actions.push(Action::Do(listed.command));
                    }
                });
            }
            if found.is_empty() {
                ui.weak("No command matches.");
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Command;

    #[test]
    fn words_are_found_in_any_order_and_case() {
        let found: Vec<Command> = matching("VERIFY the").into_iter().map(|listed| listed.command).collect();
        assert_eq!(found, [Command::Verify]);
        assert!(matching("zoom").len() > 1);
        assert!(matching("teleport").is_empty());
    }
}
