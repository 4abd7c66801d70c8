//! The left side: every asset, by folder, searched and filtered. Its rows are virtual: only those in sight are drawn.

use egui::{RichText, ScrollArea, Sense, Ui, WidgetInfo, accesskit::Role};
use packer_services::diagnostics::Severity;
use packer_services::ops::{AssetState, Listed};

use super::Action;
use crate::state::{Filter, Row, State, Which};
use crate::theme::{ROW, STEP, Tokens};
use crate::widgets::{mark, row, without_middle};

/// Characters of a name.
const NAME: usize = 30;

/// The search field's id, so that a command can put the keyboard there.
pub fn search_id() -> egui::Id {
    egui::Id::unique("search assets")
}

/// Draws it.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    ui.add_space(2.0 * STEP);
    search(ui, state, actions);
    chips(ui, state, actions);
    ui.add_space(STEP);
    let Some(project) = &state.project else { return };
    if project.listing.is_none() {
        let text =
            if project.trouble.is_empty() { "Looking at the project…" } else { "The project cannot be listed." };
        ui.weak(text);
        return;
    }
    if state.rows.is_empty() {
        if state.assets().is_empty() {
            ui.weak("No assets yet.");
            ui.weak("Make one: prometeu-packer create PROJECT ROOT --type glyph_bank FILE...");
        } else {
            ui.weak("No asset matches.");
            if ui.button("Show all").clicked() {
                actions.push(Action::Filter(Filter::default()));
            }
        }
        return;
    }
    ScrollArea::vertical().auto_shrink(false).show_rows(ui, ROW, state.rows.len(), |ui, range| {
        for row in &state.rows[range] {
            match row {
                Row::Folder(name) => {
                    let label = RichText::new(without_middle(name, NAME)).small().color(Tokens::of(ui).weak);
                    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), ROW), Sense::hover());
                    let layout = egui::Layout::left_to_right(egui::Align::Center);
                    ui.new_child(egui::UiBuilder::new().max_rect(rect).layout(layout)).label(label);
                }
                Row::Asset(at) => {
                    if let Some(asset) = state.assets().get(*at) {
                        asset_row(ui, state, asset, actions);
                    }
                }
            }
        }
    });
}

fn search(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let mut text = state.filter.text.clone();
    let field =
        egui::TextEdit::singleline(&mut text).id(search_id()).hint_text("Search assets…").desired_width(f32::INFINITY);
    let response = ui.add(field);
    response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, "Search assets"));
    if response.changed() {
        actions.push(Action::Filter(Filter { text, ..state.filter.clone() }));
    }
}

fn chips(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = STEP;
        ui.spacing_mut().button_padding.x = 1.5 * STEP;
        let count = |which: fn(&Listed) -> bool| state.assets().iter().filter(|asset| which(asset)).count();
        let problems = count(|asset| asset.errors + asset.warnings > 0);
        for (which, text) in [
            (Which::All, format!("All {}", state.assets().len())),
            (Which::Glyph, "Glyph".to_owned()),
            (Which::Sound, "Sound".to_owned()),
            (Which::Problems, format!("Problems {problems}")),
        ] {
            let selected = state.filter.which == which;
            if ui.selectable_label(selected, RichText::new(text).small()).clicked() {
                actions.push(Action::Filter(Filter { which, ..state.filter.clone() }));
            }
        }
    });
}

fn asset_row(ui: &mut Ui, state: &State, asset: &Listed, actions: &mut Vec<Action>) {
    let selected = state.selected_root.as_ref() == Some(&asset.root);
    let (mut row, response) = row(ui, selected, 2.0 * STEP, || spoken(asset));
    let name = asset.name.as_deref().unwrap_or(&asset.root);
    // Text that could be selected would take the click that is meant for the row.
    row.add(egui::Label::new(without_middle(name, NAME)).selectable(false)).on_hover_text(&asset.root);
    row.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| badge(ui, asset));
    if response.clicked() {
        actions.push(Action::Select(asset.root.clone()));
    }
}

/// State as shape and word.
fn badge(ui: &mut Ui, asset: &Listed) {
    let tokens = Tokens::of(ui);
    let small = |text: String| RichText::new(text).small().color(tokens.weak);
    match asset.state {
        AssetState::Broken => {
            plain(ui, RichText::new(asset.errors.to_string()).small().color(tokens.error));
            mark(ui, Severity::Error);
        }
        AssetState::Ready if asset.warnings > 0 => {
            plain(ui, RichText::new(asset.warnings.to_string()).small().color(tokens.warning));
            mark(ui, Severity::Warning);
        }
        AssetState::Excluded => drop(plain(ui, small("excluded".into()))),
        AssetState::Unregistered => drop(plain(ui, small("new".into()))),
        AssetState::Ready => {
            let bank = asset.family.map_or("", |family| family.bank_type());
            let text = asset.slot.map_or_else(|| bank.to_lowercase(), |slot| format!("{} {slot}", bank.to_lowercase()));
            plain(ui, small(text));
        }
    }
}

/// Text of a row, which leaves clicks to the row.
fn plain(ui: &mut Ui, text: RichText) -> egui::Response {
    ui.add(egui::Label::new(text).selectable(false))
}

/// The row in words, for who hears it.
fn spoken(asset: &Listed) -> String {
    let name = asset.name.as_deref().unwrap_or(&asset.root);
    let state = match asset.state {
        AssetState::Ready => "ready".to_owned(),
        AssetState::Broken => format!("broken, {}", packer_services::diagnostics::plural(asset.errors as u64, "error")),
        AssetState::Excluded => "excluded".to_owned(),
        AssetState::Unregistered => "not registered".to_owned(),
    };
    format!("{name}, {state}")
}
