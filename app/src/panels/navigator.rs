//! The left side: every asset, by folder, searched and filtered. Only rows in sight are drawn.

use egui::{Align, Color32, Label, Layout, RichText, TextEdit, Ui, Vec2, WidgetInfo, accesskit::Role};
use packer_services::declaration::Family;
use packer_services::diagnostics::{Severity, plural};
use packer_services::ops::{AssetState, ListedAsset};

use super::{Action, Draw};
use crate::commands::Command;
use crate::state::{AssetFilter, ListRow, Panel, StatusFilter, family_name, is_changed};
use crate::theme::{STEP, Tokens};
use crate::widgets::{
    ChoiceList, List, accessibility, draw_thumbnail, selectable_row, severity_icon, short_size, shorten_middle,
    show_list,
};

/// Characters of a name.
const NAME: usize = 26;
/// The width of the button that clears the search, with its margin, in points.
const CLEAR: f32 = 36.0;
/// From this width on, in points, all filters fit in a row.
const WIDE: f32 = 240.0;
/// The height of an asset's row, in points.
const ASSET: f32 = 44.0;
/// The height of a folder's row, in points.
const FOLDER: f32 = 28.0;
/// The side of a thumbnail, in points.
const THUMBNAIL: f32 = 32.0;

/// The search field's id, so that a command can give it the keyboard.
pub fn search_id() -> egui::Id {
    egui::Id::unique("search assets")
}

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let state = draw.state;
    ui.add_space(2.0 * STEP);
    show_search(ui, draw);
    ui.add_space(STEP);
    show_filters(ui, draw);
    ui.add_space(STEP);
    let Some(contents) = state.contents() else {
        ui.weak("Loading assets…");
        return;
    };
    if state.rows.is_empty() {
        if contents.assets().is_empty() {
            ui.weak("No assets yet.");
        } else {
            let is_unknown = state.filter.status == Some(StatusFilter::Changed)
                && contents.assets().iter().all(|asset| asset.since_pack.is_none());
            let text = match is_unknown {
                true => "No pack is known, so there is nothing to compare with.",
                false => "No assets match.",
            };
            accessibility::announce_changes(&ui.label(text));
            if ui.button("Show all").clicked() {
                draw.push(Action::Filter(AssetFilter::default()));
            }
        }
        return;
    }
    let mut tops = vec![0.0];
    for row in &state.rows {
        let height = if matches!(row, ListRow::Folder(_)) { FOLDER } else { ASSET };
        tops.push(tops[tops.len() - 1] + height);
    }
    let is_selected = |row: &ListRow| match row {
        ListRow::Asset(index) => contents.assets().get(*index).map(|asset| &asset.root) == state.selected_root.as_ref(),
        ListRow::Folder(_) => false,
    };
    let selected = state.rows.iter().position(is_selected);
    let mut wanted = Vec::new();
    let count = state.rows.iter().filter(|row| matches!(row, ListRow::Asset(_))).count();
    let spoken_name = plural(count as u64, "asset");
    let selected_item = state.selected_root.as_ref().map(|root| egui::Id::unique(("asset", Some(root))));
    let item_at = |n: usize| match &state.rows[n] {
        ListRow::Folder(name) => egui::Id::unique(("folder", name)),
        ListRow::Asset(index) => egui::Id::unique(("asset", contents.assets().get(*index).map(|asset| &asset.root))),
    };
    let list = List {
        name: "assets",
        spoken_name: &spoken_name,
        tops: &tops,
        selected,
        selected_item,
        filter: egui::Id::unique(&state.filter),
        item_at: &item_at,
    };
    show_list(ui, &list, |ui, n| match &state.rows[n] {
        ListRow::Folder(name) => show_folder(ui, name),
        ListRow::Asset(index) => {
            if let Some(asset) = contents.assets().get(*index) {
                if state.needs_thumbnail(asset) {
                    wanted.push(asset.root.clone());
                }
                show_asset(ui, draw, asset, selected == Some(n));
            }
        }
    });
    if !wanted.is_empty() {
        draw.push(Action::CreateThumbnails(wanted));
    }
}

fn show_folder(ui: &mut Ui, name: &str) {
    ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
        ui.add_space(STEP);
        let short = shorten_middle(name, NAME);
        let text = RichText::new(&short).small().color(Tokens::of(ui).weak);
        let response = accessibility::full_text_on_hover(ui.add(Label::new(text).selectable(false)), &short, name);
        accessibility::mark_heading(&response);
    });
}

fn show_search(ui: &mut Ui, draw: &mut Draw<'_>) {
    let filter = &draw.state.filter;
    let mut text = filter.text.clone();
    let has_text = !text.is_empty();
    ui.horizontal(|ui| {
        let width = ui.available_width() - if has_text { CLEAR } else { 0.0 };
        let field = TextEdit::singleline(&mut text).id(search_id()).hint_text("Search names, files, colors…");
        let response = ui.add(field.desired_width(width));
        response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, "Search assets"));
        if response.changed() {
            draw.push(Action::Filter(AssetFilter { text, ..filter.clone() }));
        }
        if has_text {
            let button = ui.small_button("×").on_hover_text("Clear the search: Escape");
            accessibility::set_name(&button, "Clear the search");
            if button.clicked() {
                draw.push(Action::Filter(AssetFilter { text: String::new(), ..filter.clone() }));
            }
        }
    });
}

fn show_filters(ui: &mut Ui, draw: &mut Draw<'_>) {
    let state = draw.state;
    let filter = &state.filter;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = STEP / 2.0;
        ui.spacing_mut().button_padding.x = 1.5 * STEP;
        for (family, text) in [
            (None, format!("All {}", state.assets().len())),
            (Some(Family::GlyphBank), "Tiles".to_owned()),
            (Some(Family::SoundBank), "Sounds".to_owned()),
        ] {
            // All of them means that no other filter hides any.
            let others = family.is_none() && (filter.only_problems || filter.status.is_some());
            let is_on = filter.family == family && !others;
            if ui.selectable_label(is_on, RichText::new(text).small()).clicked() {
                draw.push(Action::Filter(match family {
                    None => AssetFilter { text: filter.text.clone(), ..AssetFilter::default() },
                    Some(_) => AssetFilter { family, ..filter.clone() },
                }));
            }
        }
        if ui.max_rect().width() >= WIDE {
            ui.separator();
        }
        let count = state.contents().map_or(0, |contents| contents.with_problems);
        let text = RichText::new(format!("To fix {count}")).small();
        let hint = "List only assets with errors or warnings";
        if ui.selectable_label(filter.only_problems, text).on_hover_text(hint).clicked() {
            draw.push(Action::Filter(AssetFilter { only_problems: !filter.only_problems, ..filter.clone() }));
        }
    });
    if state.is_pack() {
        return;
    }
    let name = |status: Option<StatusFilter>| status.map_or("Any status", StatusFilter::name);
    let list = ChoiceList::new("Asset status", name(filter.status)).width(ui.available_width());
    list.shown(RichText::new(name(filter.status)).small()).show(ui, |choices| {
        for status in [None].into_iter().chain(StatusFilter::ALL.map(Some)) {
            if choices.add(filter.status == status, name(status)) {
                draw.push(Action::Filter(AssetFilter { status, ..filter.clone() }));
            }
        }
    });
}

fn show_asset(ui: &mut Ui, draw: &mut Draw<'_>, asset: &ListedAsset, is_selected: bool) {
    let (mut row, response) = selectable_row(ui, is_selected, 1.5 * STEP, || spoken_name(asset));
    let (rect, _) = row.allocate_exact_size(Vec2::splat(THUMBNAIL), egui::Sense::hover());
    draw_thumbnail(&row, draw.state, &asset.root, rect, draw.textures);
    row.add_space(STEP / 2.0);
    let tokens = Tokens::of(&row);
    row.with_layout(Layout::right_to_left(Align::Center), |row| {
        show_badge(row, asset);
        row.with_layout(Layout::top_down(Align::Min), |row| {
            row.add_space(STEP);
            row.spacing_mut().item_spacing.y = 1.0;
            let name = asset.name.as_deref().unwrap_or(&asset.root);
            // Selectable text would take clicks from the row.
            row.add(Label::new(shorten_middle(name, NAME)).selectable(false).truncate());
            row.add(Label::new(RichText::new(facts(asset)).small().color(tokens.weak)).selectable(false).truncate());
        });
    });
    if response.clicked() {
        draw.push(Action::SelectAsset(asset.root.clone()));
    }
    if !draw.state.is_pack() {
        response.context_menu(|ui| {
            for command in [Command::OpenSource, Command::RevealFolder] {
                if ui.button(command.entry().name).clicked() {
                    draw.push(Action::SelectAsset(asset.root.clone()));
                    draw.run(command);
                    ui.close();
                }
            }
        });
    }
    if is_selected {
        accessibility::set_active_row(Panel::Navigator.id(), &response);
    }
    response.on_hover_text(format!("{}\n{}", asset.root, facts(asset)));
}

/// Type, slot and size.
fn facts(asset: &ListedAsset) -> String {
    let slot = asset.slot.map(|slot| format!("slot {slot}"));
    let size = asset.size_bytes.map(short_size);
    let facts = [Some(family_name(asset.family).to_owned()), slot, size];
    facts.into_iter().flatten().collect::<Vec<String>>().join(" · ")
}

/// The status as shape and word.
fn show_badge(ui: &mut Ui, asset: &ListedAsset) {
    let tokens = Tokens::of(ui);
    let label = |ui: &mut Ui, text: &str, color: Color32| {
        ui.add(Label::new(RichText::new(text).small().color(color)).selectable(false));
    };
    match asset.state {
        AssetState::Broken => {
            label(ui, &asset.errors.to_string(), tokens.error);
            severity_icon(ui, Severity::Error);
        }
        AssetState::Ready if asset.warnings > 0 => {
            label(ui, &asset.warnings.to_string(), tokens.warning);
            severity_icon(ui, Severity::Warning);
        }
        AssetState::Excluded => label(ui, "left out", tokens.weak),
        AssetState::Unregistered => label(ui, "not added", tokens.weak),
        AssetState::Ready if is_changed(asset) => label(ui, "changed", tokens.weak),
        AssetState::Ready => {}
    }
}

/// The whole row in words, for screen readers.
fn spoken_name(asset: &ListedAsset) -> String {
    let name = asset.name.as_deref().unwrap_or(&asset.root);
    let status = match asset.state {
        AssetState::Ready => "ready".to_owned(),
        AssetState::Broken => format!("broken, {}", plural(asset.errors as u64, "error")),
        AssetState::Excluded => "left out".to_owned(),
        AssetState::Unregistered => "not added".to_owned(),
    };
    let warnings =
        if asset.warnings > 0 { format!(", {}", plural(asset.warnings as u64, "warning")) } else { String::new() };
    let changed = if is_changed(asset) { ", changed since last pack" } else { "" };
    format!("{name}, {status}{warnings}{changed}")
}
