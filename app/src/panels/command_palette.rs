//! The command palette: every command, and every asset, found by typing. A command shows its shortcut, or why it is not
//! available.

use egui::{Key, Label, Modifiers, Response, RichText, TextEdit, Ui, WidgetInfo, accesskit::Role};
use packer_services::ops::ListedAsset;

use super::{Action, Draw};
use crate::commands::{ALL, Entry};
use crate::external::typed_path;
use crate::state::{CommandPalette, State};
use crate::theme::{ROW, STEP, Tokens};
use crate::widgets::{accessibility, numbered_list, row_tops, selectable_row, text_cell};

/// The width of the command palette, in points, if the window has room for it.
const WIDTH: f32 = 520.0;
/// The height of its list, in points, if the window has room for it.
const HEIGHT: f32 = 336.0;
/// The room around the list, in points: the field, and a part of the window on every side.
const AROUND: egui::Vec2 = egui::vec2(40.0, 96.0);
/// How many assets are listed: the asset list finds the others.
const ASSETS: usize = 50;

/// The commands that all typed words are found in, in their names or in their other words: available ones first, and
/// among them those that have the words in their names.
pub fn matching_commands(typed: &str, state: &State) -> Vec<Entry> {
    let words = lower_words(typed);
    let has_all = |text: &str| words.iter().all(|word| text.contains(word));
    let name = |entry: &Entry| entry.name.to_lowercase();
    let matches = |entry: &&Entry| has_all(&format!("{}, {}", name(entry), entry.command.search_words()));
    let mut found: Vec<Entry> = ALL.iter().filter(matches).copied().collect();
    found.sort_by_key(|entry| (entry.command.available(state).is_err(), !has_all(&name(entry))));
    found
}

fn lower_words(typed: &str) -> Vec<String> {
    typed.split_whitespace().map(str::to_lowercase).collect()
}

/// The other words by which a command is found, if its name alone would not be.
fn matching_words(typed: &str, entry: &Entry) -> String {
    let name = entry.name.to_lowercase();
    let missing: Vec<String> = lower_words(typed).into_iter().filter(|word| !name.contains(word)).collect();
    let others = entry.command.search_words().split(", ");
    others.filter(|other| missing.iter().any(|word| other.contains(word))).collect::<Vec<&str>>().join(", ")
}

/// What is found by typing.
#[derive(Clone, Copy, Debug)]
enum Found<'a> {
    Command(Entry),
    /// An asset, which is selected.
    Asset(&'a ListedAsset),
    /// What is typed is a path, which is opened, or from which an asset is created.
    Path,
}

/// Whether a text is a path: no command and no asset begins like one.
fn is_path(text: &str) -> bool {
    ["/", "~", "file://"].iter().any(|start| text.trim().starts_with(start)) || std::path::Path::new(text).is_absolute()
}

/// The matching commands that are available, then assets, then the other commands. Without a text no asset matches.
fn matches<'a>(typed: &str, state: &'a State) -> Vec<Found<'a>> {
    if is_path(typed) {
        return vec![Found::Path];
    }
    let commands = matching_commands(typed, state);
    let available = commands.iter().take_while(|entry| entry.command.available(state).is_ok()).count();
    let words = lower_words(typed);
    let is_match = |asset: &&ListedAsset| {
        let name = format!("{} {}", asset.root, asset.name.as_deref().unwrap_or_default()).to_lowercase();
        !words.is_empty() && words.iter().all(|word| name.contains(word))
    };
    let assets = state.assets().iter().filter(is_match).take(ASSETS).map(Found::Asset);
    let (first, last) = commands.split_at(available);
    let found = |entries: &[Entry]| entries.iter().copied().map(Found::Command).collect::<Vec<_>>();
    found(first).into_iter().chain(assets).chain(found(last)).collect()
}

/// Draws it, if it is open.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let state = draw.state;
    let Some(CommandPalette { text: typed, selected }) = &state.command_palette else { return };
    let size = egui::vec2(WIDTH, HEIGHT).min(ui.ctx().content_rect().size() - AROUND);
    let modal = egui::Modal::new(egui::Id::unique("command palette")).show(ui.ctx(), |ui| {
        accessibility::name_group(ui, Role::Dialog, "All commands");
        ui.set_width(size.x);
        let is_pressed = |ui: &Ui, key: Key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let (up, down) = (is_pressed(ui, Key::ArrowUp), is_pressed(ui, Key::ArrowDown));
        let mut text = typed.clone();
        let field = TextEdit::singleline(&mut text)
            .hint_text("Type a command, the name of an asset or a path…")
            .desired_width(f32::INFINITY);
        let response = ui.add(field);
        response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, "Type a command"));
        response.request_focus();
        let found = matches(&text, state);
        let last = found.len().saturating_sub(1);
        let mut index = if text == *typed { (*selected).min(last) } else { 0 };
        index = index.saturating_add_signed(isize::from(down) - isize::from(up)).min(last);
        let mut chosen = None;
        if is_pressed(ui, Key::Escape) {
            draw.push(Action::CommandPalette(None));
            return;
        }
        if ui.input(|input| input.key_pressed(Key::Enter)) {
            chosen = found.get(index).copied();
        }
        ui.add_space(STEP);
        ui.allocate_ui(size, |ui| {
            ui.set_min_size(size);
            if found.is_empty() {
                ui.weak("No command or asset matches.");
                return;
            }
            numbered_list(ui, "commands", &row_tops(found.len(), ROW), Some(index), |ui, n| {
                if show_row(ui, state, &found[n], n == index, &response) {
                    chosen = Some(found[n]);
                }
            });
        });
        match chosen {
            Some(Found::Asset(asset)) => {
                draw.push(Action::CommandPalette(None));
                draw.push(Action::SelectAsset(asset.root.clone()));
            }
            Some(Found::Path) => {
                draw.push(Action::CommandPalette(None));
                draw.push(Action::TakePaths(vec![typed_path(&text, std::env::home_dir().as_deref())]));
            }
            Some(Found::Command(entry)) if entry.command.available(state).is_ok() => {
                draw.push(Action::CommandPalette(None));
                draw.run(entry.command);
            }
            _ if (text.as_str(), index) != (typed.as_str(), *selected) => {
                draw.push(Action::CommandPalette(Some(CommandPalette { text, selected: index })));
            }
            _ => {}
        }
    });
    if modal.should_close() {
        draw.push(Action::CommandPalette(None));
    }
}

/// Draws a command or an asset; returns whether it was clicked.
fn show_row(ui: &mut Ui, state: &State, found: &Found<'_>, is_selected: bool, field: &Response) -> bool {
    let tokens = Tokens::of(ui);
    let (name, keys, why) = match found {
        Found::Command(entry) => (entry.name.to_owned(), entry.keys(ui.ctx()), entry.command.available(state).err()),
        Found::Asset(asset) => (format!("Asset: {}", asset.root), String::new(), None),
        Found::Path => ("Open this path, or create an asset from it".to_owned(), String::new(), None),
    };
    let spoken_name = || why.map_or_else(|| name.clone(), |why| format!("{name}: {why}"));
    let (mut row, response) = selectable_row(ui, is_selected, 2.0 * STEP, spoken_name);
    accessibility::set_shortcut(&response, &keys);
    // After an arrow key a screen reader reads the selected command; while the user types, it reads the text.
    if is_selected && state.command_palette.as_ref().is_some_and(|palette| palette.selected > 0) {
        accessibility::set_active_row(field.id, &response);
    }
    let color = if why.is_none() { tokens.text } else { tokens.weak };
    row.add(Label::new(RichText::new(&name).color(color)).selectable(false));
    if let (Found::Command(entry), Some(palette)) = (found, &state.command_palette) {
        let words = matching_words(&palette.text, entry);
        row.add(Label::new(RichText::new(words).small().color(tokens.weak)).selectable(false));
    }
    row.with_layout(egui::Layout::right_to_left(egui::Align::Center), |row| {
        row.add(Label::new(RichText::new(keys).small().monospace().color(tokens.weak)).selectable(false));
        if let Some(why) = why {
            let width = row.available_width();
            text_cell(row, width, RichText::new(why).small().color(tokens.weak), "");
        }
    });
    response.clicked()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Command;
    use crate::state::{BottomTab, ViewKind};

    #[test]
    fn words_match_in_any_order_and_case() {
        let state = State::default();
        let found: Vec<Command> =
            matching_commands("PACK check", &state).into_iter().map(|entry| entry.command).collect();
        assert_eq!(found, [Command::Verify]);
        assert!(matching_commands("zoom", &state).len() > 1);
        assert!(matching_commands("teleport", &state).is_empty());
    }

    #[test]
    fn words_of_artists_find_commands() {
        let first = |typed| matching_commands(typed, &State::default()).first().map(|entry| entry.command);
        for (typed, command) in [
            ("history", Command::ShowTab(BottomTab::History)),
            ("recover", Command::ShowTab(BottomTab::History)),
            ("delete", Command::Remove),
            ("import sprites", Command::NewAsset),
            ("slots", Command::View(ViewKind::Overview)),
            ("tile size", Command::View(ViewKind::Cut)),
            ("spacing", Command::View(ViewKind::Cut)),
            ("swatches", Command::View(ViewKind::Palettes)),
            ("waveform", Command::View(ViewKind::Console)),
            ("night", Command::Theme(egui::ThemePreference::Dark)),
            ("font", Command::LargerText),
            ("exit", Command::Quit),
        ] {
            assert_eq!(first(typed), Some(command), "{typed}");
        }
        assert_eq!(matching_words("size cut", &Command::View(ViewKind::Cut).entry()), "tile-size, tile size");
        assert_eq!(matching_words("undo", &Command::Undo.entry()), "");
    }

    #[test]
    fn available_commands_come_first() {
        let found = matching_commands("pack", &State::default());
        let available: Vec<bool> =
            found.iter().map(|entry| entry.command.available(&State::default()).is_ok()).collect();
        assert!(available.contains(&true) && available.contains(&false));
        assert!(available.is_sorted_by_key(|is_available| !is_available), "{available:?}");
    }
}
