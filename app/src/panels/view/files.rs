//! Which images or sounds a bank is built from: what is available on the left, what it is built from on the right.

use std::path::PathBuf;

use egui::{
    Align, Button, Checkbox, Frame, Label, Layout, RichText, ScrollArea, Sense, Ui, UiBuilder, accesskit::Role, vec2,
};
use packer_services::declaration::Family;
use packer_services::diagnostics::plural;

use super::super::{Action, Draw};
use crate::commands::Command;
use crate::state::{AskedEdit, BankDraft, BankItem};
use crate::theme::{ROW, STEP, Tokens};
use crate::widgets::{
    CONFIRM, accessibility, confirm_button_with_keys, floor_to_u32, selectable_row, shorten_middle, take_confirm,
    usage_meter,
};

/// The width of the available files, in points, and from which width of the view on they are beside the bank.
const AVAILABLE: f32 = 220.0;
const WIDE: f32 = 520.0;
/// The width of a character, and of the ids of an item, in points.
const CHARACTER: f32 = 7.6;
const IDS: f32 = 72.0;
/// The height of the buttons below the items, in points.
const BUTTONS: f32 = 36.0;

/// The item that is dragged: its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct DraggedItem(usize);

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let (Some(draft), Some(packed)) = (draw.state.shown_draft(), draw.state.bank_items()) else { return };
    let mut edited = draft.clone();
    Frame::new().inner_margin(3.0 * STEP).show(ui, |ui| {
        let size = ui.available_size();
        if size.x < WIDE {
            // One below the other, they seldom fit.
            ScrollArea::vertical().id_salt("bank").auto_shrink(false).show(ui, |ui| {
                show_available(ui, draw, &mut edited);
                ui.add_space(2.0 * STEP);
                show_bank(ui, draw, &mut edited, &packed);
            });
            return;
        }
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Min), |ui| {
            let left = vec2(AVAILABLE, size.y);
            ui.allocate_ui_with_layout(left, Layout::top_down(Align::Min), |ui| {
                ui.set_width(AVAILABLE);
                show_available(ui, draw, &mut edited);
            });
            ui.add_space(3.0 * STEP);
            ui.allocate_ui_with_layout(ui.available_size(), Layout::top_down(Align::Min), |ui| {
                show_bank(ui, draw, &mut edited, &packed);
            });
        });
    });
    if edited != draft {
        draw.push(Action::ArrangeBank(Some(edited)));
    }
}

/// Files that nothing is built from, and a button to choose others.
fn show_available(ui: &mut Ui, draw: &mut Draw<'_>, edited: &mut BankDraft) {
    accessibility::mark_heading(&ui.label(RichText::new("Available").strong()));
    ui.add(Label::new(RichText::new("Files in the folder of the asset that it does not use").small()).wrap());
    ui.add_space(STEP);
    let Some(folder) = draw.state.project_path().map(|path| path.join("assets").join(&edited.root)) else { return };
    let is_added = |path: &PathBuf| edited.items.iter().any(|item| matches!(item, BankItem::New(new) if new == path));
    let unused: Vec<PathBuf> = draw.state.unused_files().iter().map(|file| folder.join(file)).collect();
    let left: Vec<PathBuf> = unused.into_iter().filter(|path| !is_added(path)).collect();
    if left.is_empty() {
        ui.weak("none");
    }
    for path in left {
        let name = BankItem::New(path.clone()).name();
        ui.horizontal(|ui| {
            let button = ui.small_button("Add");
            accessibility::set_name(&button, &format!("Add {name}"));
            let most = floor_to_u32((ui.available_width() / CHARACTER).max(6.0)) as usize;
            let short = shorten_middle(&name, most);
            accessibility::full_text_on_hover(ui.label(RichText::new(&short).monospace().small()), &short, &name);
            if button.clicked() {
                edited.add([path]);
            }
        });
    }
    ui.add_space(STEP);
    if ui.button(Command::AddFiles.entry().name).clicked() {
        draw.run(Command::AddFiles);
    }
}

fn show_bank(ui: &mut Ui, draw: &mut Draw<'_>, edited: &mut BankDraft, packed: &[BankItem]) {
    let tokens = Tokens::of(ui);
    ui.horizontal_wrapped(|ui| {
        accessibility::mark_heading(&ui.label(RichText::new("In the bank").strong()));
        show_capacity(ui, draw, edited);
    });
    let keys = "Alt+Up and Alt+Down move the selected one, Delete leaves it out";
    ui.add(Label::new(RichText::new(keys).small().color(tokens.weak)).truncate());
    ui.add_space(STEP);
    let height = (ui.available_height() - BUTTONS).max(2.0 * ROW);
    let mut to = None;
    let area = ScrollArea::vertical().id_salt("items").max_height(height).auto_shrink([false, true]);
    area.show(ui, |ui| {
        accessibility::name_group(ui, Role::List, &format!("bank, {}", plural(edited.items.len() as u64, "file")));
        let mut first_id = Some(0);
        for at in 0..edited.items.len() {
            show_item(ui, edited, at, &mut first_id, &mut to);
        }
    });
    if let Some((from, to)) = to {
        edited.selected = from;
        edited.move_selected(to as isize - from as isize);
    }
    show_buttons(ui, draw, edited, packed);
}

/// How many ids are taken of those that the bank can have.
fn show_capacity(ui: &mut Ui, draw: &Draw<'_>, edited: &BankDraft) {
    let known: u32 = edited.items.iter().map(|item| if let BankItem::Kept { ids, .. } = item { *ids } else { 0 }).sum();
    let new = edited.items.iter().filter(|item| matches!(item, BankItem::New(_))).count();
    let more = if new > 0 { format!(" + {}", plural(new as u64, "new file")) } else { String::new() };
    match draw.state.selected_asset().and_then(|asset| asset.fill?.most_ids) {
        Some(most) => {
            let share = known as f32 / most as f32;
            drop(usage_meter(ui, "Tiles", &format!("{known}{more}"), Some(&most.to_string()), share));
        }
        None => drop(ui.weak(format!("{}{more}", plural(known.into(), "sound")))),
    }
}

fn show_item(
    ui: &mut Ui,
    edited: &mut BankDraft,
    at: usize,
    first_id: &mut Option<u32>,
    to: &mut Option<(usize, usize)>,
) {
    let tokens = Tokens::of(ui);
    let item = edited.items[at].clone();
    let ids = match (&item, *first_id) {
        (BankItem::Kept { ids, .. }, Some(first)) if *ids <= 1 => first.to_string(),
        (BankItem::Kept { ids, .. }, Some(first)) => format!("{first}–{}", first + ids.saturating_sub(1)),
        (BankItem::Kept { .. }, None) => "?".to_owned(),
        (BankItem::New(_), _) => "new".to_owned(),
    };
    *first_id = match (&item, *first_id) {
        (BankItem::Kept { ids, .. }, Some(first)) => Some(first + ids),
        // How many ids a new file takes is known when the change is checked.
        _ => None,
    };
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let name = item.name();
    ui.scope_builder(UiBuilder::new().id_salt(("item", at)).max_rect(rect), |ui| {
        let spoken = || format!("{name}, ids {ids}");
        let (mut row, response) = selectable_row(ui, edited.selected == at, STEP, spoken);
        let drag = row.interact(rect, response.id.with("drag"), Sense::click_and_drag());
        drag.dnd_set_drag_payload(DraggedItem(at));
        if drag.dnd_hover_payload::<DraggedItem>().is_some_and(|dragged| dragged.0 != at) {
            row.painter().hline(rect.x_range(), rect.top(), egui::Stroke::new(2.0, tokens.accent));
        }
        if let Some(dragged) = drag.dnd_release_payload::<DraggedItem>().filter(|dragged| dragged.0 != at) {
            *to = Some((dragged.0, at));
        }
        if response.clicked() || drag.clicked() {
            edited.selected = at;
        }
        let (ids_rect, _) = row.allocate_exact_size(vec2(IDS, ROW), Sense::hover());
        let font = egui::FontId::monospace(crate::theme::SMALL);
        row.painter().text(ids_rect.left_center(), egui::Align2::LEFT_CENTER, &ids, font, tokens.weak);
        let most = floor_to_u32((row.available_width() / CHARACTER).max(4.0)) as usize;
        let short = shorten_middle(&name, most);
        row.add(Label::new(RichText::new(short).monospace()).selectable(false).truncate());
    });
}

fn show_buttons(ui: &mut Ui, draw: &mut Draw<'_>, edited: &mut BankDraft, packed: &[BankItem]) {
    ui.horizontal_wrapped(|ui| {
        let is_same = edited.items == packed;
        let available = match () {
            () if is_same => Err("Nothing is changed yet."),
            () if edited.items.is_empty() => Err("A bank needs at least one file."),
            () => Ok(()),
        };
        let keys = ui.ctx().format_shortcut(&CONFIRM);
        let is_confirmed = !draw.state.has_sheet() && take_confirm(ui);
        if confirm_button_with_keys(ui, "Apply…", &keys, available) || (is_confirmed && available.is_ok()) {
            let edit = AskedEdit::Asset(edited.root.clone(), edited.edit());
            draw.push(Action::Ask("Build the bank from these files".to_owned(), Box::new(edit)));
        }
        if ui.add_enabled(!is_same, Button::new("Revert")).clicked() {
            draw.push(Action::ArrangeBank(None));
        }
        for (text, name, step) in [("Up", "Move up", -1), ("Down", "Move down", 1)] {
            let button = ui.button(text);
            accessibility::set_name(&button, name);
            if button.clicked() {
                edited.move_selected(step);
            }
        }
        if ui.button("Leave out").clicked() {
            edited.remove_selected();
        }
        if draw.state.selected_asset().is_some_and(|asset| asset.family == Some(Family::GlyphBank)) {
            ui.add(Checkbox::new(&mut edited.declares_colors, "Declare missing colors"));
        }
    });
}
