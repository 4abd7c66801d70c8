//! The left side: every asset, by folder, searched and filtered. Its rows are virtual: only those in sight are drawn.

use egui::{Align, Color32, ComboBox, Label, Layout, Rect, RichText, TextEdit, Ui, Vec2, WidgetInfo, accesskit::Role};
use packer_services::declaration::Family;
use packer_services::diagnostics::{Severity, plural};
use packer_services::ops::{AssetState, ListedAsset};
use packer_services::preview::ThumbnailPixels;

use super::Action;
use crate::commands::Command;
use crate::state::{Filter, Panel, Row, Standing, State, is_changed};
use crate::theme::{SMALL, STEP, Tokens};
use crate::widgets::{
    List, Textures, heard, list, mark, row, short_size, snapped, textures::ALL_OF_IT, without_middle,
};

/// Characters of a name.
const NAME: usize = 26;
/// The height of an asset's row, in points.
const ASSET: f32 = 44.0;
/// The height of a folder's row, in points.
const FOLDER: f32 = 28.0;
/// The side of a thumbnail, in points.
const THUMBNAIL: f32 = 32.0;

/// The search field's id, so that a command can put the keyboard there.
pub fn search_id() -> egui::Id {
    egui::Id::unique("search assets")
}

/// Draws it.
pub fn show(ui: &mut Ui, state: &State, textures: &mut Textures, actions: &mut Vec<Action>) {
    ui.add_space(2.0 * STEP);
    search(ui, state, actions);
    ui.add_space(STEP);
    filters(ui, state, actions);
    ui.add_space(STEP);
    let Some(contents) = state.contents() else {
        ui.weak("Looking at the files…");
        return;
    };
    if state.rows.is_empty() {
        if contents.assets().is_empty() {
            ui.label("No assets yet.");
            ui.weak("Make one from your textures or sounds:");
            ui.label(
                RichText::new("prometeu-packer create PROJECT NAME --type glyph_bank FILE.png").monospace().size(SMALL),
            );
        } else {
            heard::aloud(&ui.label("No asset matches."));
            if ui.button("Show all").clicked() {
                actions.push(Action::Filter(Filter::default()));
            }
        }
        return;
    }
    let mut tops = vec![0.0];
    for row in &state.rows {
        let height = if matches!(row, Row::Folder(_)) { FOLDER } else { ASSET };
        tops.push(tops[tops.len() - 1] + height);
    }
    let is_selected = |row: &Row| match row {
        Row::Asset(at) => contents.assets().get(*at).map(|asset| &asset.root) == state.selected_root.as_ref(),
        Row::Folder(_) => false,
    };
    let selected = state.rows.iter().position(is_selected);
    let mut wanted = Vec::new();
    let count = state.rows.iter().filter(|row| matches!(row, Row::Asset(_))).count();
    let spoken = plural(count as u64, "asset");
    let what = state.selected_root.as_ref().map(|root| egui::Id::unique(("asset", root)));
    list(ui, &List { name: "assets", spoken: &spoken, tops: &tops, selected, what }, |ui, n| match &state.rows[n] {
        Row::Folder(name) => folder(ui, name),
        Row::Asset(at) => {
            if let Some(asset) = contents.assets().get(*at) {
                if state.wants_thumbnail(asset) {
                    wanted.push(asset.root.clone());
                }
                asset_row(ui, state, asset, selected == Some(n), textures, actions);
            }
        }
    });
    if !wanted.is_empty() {
        actions.push(Action::Thumbnails(wanted));
    }
}

fn folder(ui: &mut Ui, name: &str) {
    ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
        ui.add_space(STEP);
        let shown = without_middle(name, NAME);
        let text = RichText::new(&shown).small().color(Tokens::of(ui).weak);
        let response = heard::whole_on_hover(ui.add(Label::new(text).selectable(false)), &shown, name);
        heard::titled(&response);
    });
}

fn search(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let mut text = state.filter.text.clone();
    let field =
        TextEdit::singleline(&mut text).id(search_id()).hint_text("Search assets…").desired_width(f32::INFINITY);
    let response = ui.add(field);
    response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, "Search assets"));
    if response.changed() {
        actions.push(Action::Filter(Filter { text, ..state.filter.clone() }));
    }
}

fn filters(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let filter = &state.filter;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = STEP / 2.0;
        ui.spacing_mut().button_padding.x = 1.5 * STEP;
        for (kind, text) in [
            (None, format!("All {}", state.assets().len())),
            (Some(Family::GlyphBank), "Glyph".to_owned()),
            (Some(Family::SoundBank), "Sound".to_owned()),
        ] {
            if ui.selectable_label(filter.kind == kind, RichText::new(text).small()).clicked() {
                actions.push(Action::Filter(Filter { kind, ..filter.clone() }));
            }
        }
        let count = state.contents().map_or(0, |contents| contents.with_problems);
        let problems = RichText::new(format!("Problems {count}")).small();
        if ui.selectable_label(filter.problems, problems).clicked() {
            actions.push(Action::Filter(Filter { problems: !filter.problems, ..filter.clone() }));
        }
    });
    if state.is_pack() {
        return;
    }
    let shown = filter.standing.map_or("In any state", Standing::words);
    let combo =
        ComboBox::from_id_salt("standing").width(ui.available_width()).selected_text(RichText::new(shown).small());
    let response = combo.show_ui(ui, |ui| {
        for standing in [None].into_iter().chain(Standing::ALL.map(Some)) {
            let words = standing.map_or("In any state", Standing::words);
            if ui.selectable_label(filter.standing == standing, words).clicked() {
                actions.push(Action::Filter(Filter { standing, ..filter.clone() }));
            }
        }
    });
    heard::called(&response.response, "State");
}

fn asset_row(
    ui: &mut Ui,
    state: &State,
    asset: &ListedAsset,
    selected: bool,
    textures: &mut Textures,
    actions: &mut Vec<Action>,
) {
    let (mut row, response) = row(ui, selected, 1.5 * STEP, || spoken(asset));
    let (rect, _) = row.allocate_exact_size(Vec2::splat(THUMBNAIL), egui::Sense::hover());
    thumbnail(&row, state, &asset.root, rect, textures);
    row.add_space(STEP / 2.0);
    let tokens = Tokens::of(&row);
    row.with_layout(Layout::right_to_left(Align::Center), |row| {
        badge(row, asset);
        row.with_layout(Layout::top_down(Align::Min), |row| {
            row.add_space(STEP);
            row.spacing_mut().item_spacing.y = 1.0;
            let name = asset.name.as_deref().unwrap_or(&asset.root);
            // Text that could be selected would take the click that is meant for the row.
            row.add(Label::new(without_middle(name, NAME)).selectable(false).truncate());
            row.add(Label::new(RichText::new(facts(asset)).small().color(tokens.weak)).selectable(false).truncate());
        });
    });
    if response.clicked() {
        actions.push(Action::Select(asset.root.clone()));
    }
    if !state.is_pack() {
        response.context_menu(|ui| {
            for command in [Command::OpenSource, Command::RevealFolder] {
                if ui.button(command.entry().name).clicked() {
                    actions.push(Action::Select(asset.root.clone()));
                    actions.push(Action::Do(command));
                    ui.close();
                }
            }
        });
    }
    if selected {
        heard::meant_by(Panel::Navigator.id(), &response);
    }
    response.on_hover_text(format!("{}\n{}", asset.root, facts(asset)));
}

/// Draws an asset's thumbnail, if there is one yet; its room is kept.
pub fn thumbnail(ui: &Ui, state: &State, root: &str, rect: Rect, textures: &mut Textures) {
    let tokens = Tokens::of(ui);
    ui.painter().rect_filled(rect, 3, tokens.sunken);
    if let Some(image) = state.thumbnails.get(root).and_then(|thumb| thumb.image.as_ref()) {
        let texture = textures.thumbnail(ui, root, image);
        let size = Vec2::new(image.width as f32, image.height as f32);
        // As large as it can be at a whole number of screen pixels to a pixel, and in the middle.
        let point = 1.0 / ui.pixels_per_point();
        let zoom = (rect.size() / size / point).min_elem().floor().max(1.0);
        let size = size * zoom * point;
        let corner = rect.min + (rect.size() - size) / 2.0;
        let tint = if matches!(image.pixels, ThumbnailPixels::Mask(_)) { tokens.wave } else { Color32::WHITE };
        ui.painter().with_clip_rect(rect.intersect(ui.clip_rect())).image(
            texture.id(),
            Rect::from_min_size(snapped(corner, point), size),
            ALL_OF_IT,
            tint,
        );
    }
}

/// What is known of it besides its name.
fn facts(asset: &ListedAsset) -> String {
    let kind = match asset.family {
        Some(Family::GlyphBank) => "glyph",
        Some(Family::SoundBank) => "sound",
        None => "unknown type",
    };
    let slot = asset.slot.map(|slot| format!("slot {slot}"));
    let size = asset.size_bytes.map(short_size);
    [Some(kind.to_owned()), slot, size].into_iter().flatten().collect::<Vec<String>>().join(" · ")
}

/// State as shape and word.
fn badge(ui: &mut Ui, asset: &ListedAsset) {
    let tokens = Tokens::of(ui);
    let plain = |ui: &mut Ui, text: &str, color: Color32| {
        ui.add(Label::new(RichText::new(text).small().color(color)).selectable(false));
    };
    match asset.state {
        AssetState::Broken => {
            plain(ui, &asset.errors.to_string(), tokens.error);
            mark(ui, Severity::Error);
        }
        AssetState::Ready if asset.warnings > 0 => {
            plain(ui, &asset.warnings.to_string(), tokens.warning);
            mark(ui, Severity::Warning);
        }
        AssetState::Excluded => plain(ui, "excluded", tokens.weak),
        AssetState::Unregistered => plain(ui, "new", tokens.weak),
        AssetState::Ready if is_changed(asset) => plain(ui, "changed", tokens.weak),
        AssetState::Ready => {}
    }
}

/// The row in words, for who hears it.
fn spoken(asset: &ListedAsset) -> String {
    let name = asset.name.as_deref().unwrap_or(&asset.root);
    let state = match asset.state {
        AssetState::Ready => "ready".to_owned(),
        AssetState::Broken => format!("broken, {}", plural(asset.errors as u64, "error")),
        AssetState::Excluded => "excluded".to_owned(),
        AssetState::Unregistered => "not registered".to_owned(),
    };
    let warned =
        if asset.warnings > 0 { format!(", {}", plural(asset.warnings as u64, "warning")) } else { String::new() };
    let changed = if is_changed(asset) { ", changed since the last pack" } else { "" };
    format!("{name}, {state}{warned}{changed}")
}
