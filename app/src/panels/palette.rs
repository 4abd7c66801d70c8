//! The command palette: every command, found by typing, with its shortcut; what cannot be done says why.

use egui::{Key, Label, Modifiers, Response, RichText, TextEdit, Ui, WidgetInfo, accesskit::Role};

use super::Action;
use crate::commands::{ALL, Entry};
use crate::state::State;
use crate::theme::{ROW, STEP, Tokens};
use crate::widgets::{cell, even, heard, row, rows};

/// The width of the palette, in points.
const WIDTH: f32 = 520.0;
/// Of its list.
const HEIGHT: f32 = 336.0;

/// The commands whose names hold all typed words; what can be done comes first.
pub fn matching(typed: &str, state: &State) -> Vec<Entry> {
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let holds = |entry: &&Entry| words.iter().all(|word| entry.name.to_lowercase().contains(word));
    let mut found: Vec<Entry> = ALL.iter().filter(holds).copied().collect();
    found.sort_by_key(|entry| entry.command.available(state).is_err());
    found
}

/// Draws it, if it is open.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let Some((typed, selected)) = &state.palette else { return };
    let modal = egui::Modal::new(egui::Id::unique("command palette")).show(ui.ctx(), |ui| {
        heard::group(ui, Role::Dialog, "All commands");
        ui.set_width(WIDTH);
        let pressed = |ui: &Ui, key: Key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let (up, down) = (pressed(ui, Key::ArrowUp), pressed(ui, Key::ArrowDown));
        let mut text = typed.clone();
        let field = TextEdit::singleline(&mut text).hint_text("Type a command…").desired_width(f32::INFINITY);
        let response = ui.add(field);
        response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, "Type a command"));
        response.request_focus();
        let found = matching(&text, state);
        let last = found.len().saturating_sub(1);
        let mut at = if text == *typed { (*selected).min(last) } else { 0 };
        at = at.saturating_add_signed(isize::from(down) - isize::from(up)).min(last);
        let mut chosen = None;
        if pressed(ui, Key::Escape) {
            actions.push(Action::Palette(None));
            return;
        }
        if ui.input(|input| input.key_pressed(Key::Enter)) {
            chosen = found.get(at).copied();
        }
        ui.add_space(STEP);
        ui.allocate_ui(egui::vec2(WIDTH, HEIGHT), |ui| {
            ui.set_min_size(egui::vec2(WIDTH, HEIGHT));
            rows(ui, "commands", &even(found.len(), ROW), Some(at), |ui, n| {
                if command_row(ui, state, &found[n], n == at, &response) {
                    chosen = Some(found[n]);
                }
            });
            if found.is_empty() {
                ui.weak("No command matches.");
            }
        });
        match chosen {
            Some(entry) if entry.command.available(state).is_ok() => {
                actions.push(Action::Palette(None));
                actions.push(Action::Do(entry.command));
            }
            _ if (text.as_str(), at) != (typed.as_str(), *selected) => actions.push(Action::Palette(Some((text, at)))),
            _ => {}
        }
    });
    if modal.should_close() {
        actions.push(Action::Palette(None));
    }
}

/// Draws a command, and tells whether it was clicked.
fn command_row(ui: &mut Ui, state: &State, entry: &Entry, selected: bool, field: &Response) -> bool {
    let tokens = Tokens::of(ui);
    let available = entry.command.available(state);
    let why = available.err();
    let spoken = || why.map_or_else(|| entry.name.to_owned(), |why| format!("{}: {why}", entry.name));
    let (mut row, response) = row(ui, selected, 2.0 * STEP, spoken);
    heard::keyed(&response, &entry.keys(ui.ctx()));
    // Who walks is told where; who types is told what is typed.
    if selected && state.palette.as_ref().is_some_and(|(_, walked)| *walked > 0) {
        heard::meant_by(field.id, &response);
    }
    let color = if why.is_none() { tokens.text } else { tokens.weak };
    row.add(Label::new(RichText::new(entry.name).color(color)).selectable(false));
    let keys = entry.keys(ui.ctx());
    row.with_layout(egui::Layout::right_to_left(egui::Align::Center), |row| {
        row.add(Label::new(RichText::new(keys).small().monospace().color(tokens.weak)).selectable(false));
        if let Some(why) = why {
            let width = row.available_width();
            cell(row, width, RichText::new(why).small().color(tokens.weak), "");
        }
    });
    response.clicked()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Command;

    #[test]
    fn words_are_found_in_any_order_and_case() {
        let state = State::default();
        let found: Vec<Command> = matching("VERIFY the", &state).into_iter().map(|entry| entry.command).collect();
        assert_eq!(found, [Command::Verify]);
        assert!(matching("zoom", &state).len() > 1);
        assert!(matching("teleport", &state).is_empty());
    }

    #[test]
    fn what_can_be_done_comes_before_what_cannot() {
        let found = matching("pack", &State::default());
        let is_able: Vec<bool> = found.iter().map(|entry| entry.command.available(&State::default()).is_ok()).collect();
        assert!(is_able.contains(&true) && is_able.contains(&false));
        assert!(is_able.is_sorted_by_key(|able| !able), "{is_able:?}");
    }
}
