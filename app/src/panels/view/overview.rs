//! All assets at once: the slots of the console above, and below a card for each listed asset, with how full it is.

use egui::{
    Align, Align2, FontId, Label, Layout, Rect, Response, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, Vec2, WidgetInfo, accesskit::Role, pos2, vec2,
};
use packer_services::declaration::Family;
use packer_services::diagnostics::{format_bytes, plural};
use packer_services::formats::{MAX_PALETTES, SLOTS};
use packer_services::ops::{AssetState, ListedAsset};

use super::super::{Action, Draw};
use crate::commands::Command;
use crate::state::{OverviewOrder, ViewKind, bank_name};
use crate::theme::{SMALL, STEP, Tokens};
use crate::widgets::{ChoiceList, accessibility, draw_thumbnail, floor_to_u32, short_size, shorten_middle};

/// The least width of a card, in points.
const CARD: f32 = 148.0;
/// The height of a card, in points.
const CARD_HEIGHT: f32 = 168.0;
/// The room between cards, in points.
const GAP: f32 = 8.0;
/// The height of a card's thumbnail, in points.
const THUMBNAIL: f32 = 80.0;
/// The height of a bar with its text, in points.
const BAR: f32 = 19.0;
/// The largest side of a slot, in points.
const SLOT: f32 = 44.0;
/// From this side on, in points, all slots of a bank type are in one row.
const LEAST_SLOT: f32 = 32.0;
/// The width of a character of a card's name, in points.
const CHARACTER: f32 = 7.6;

/// The asset that is dragged, by root.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Dragged {
    root: String,
    family: Option<Family>,
}

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let state = draw.state;
    let area = ScrollArea::vertical().id_salt("overview").auto_shrink(false);
    area.show(ui, |ui| {
        let mut wanted = Vec::new();
        let frame = egui::Frame::new().inner_margin(3.0 * STEP);
        frame.show(ui, |ui| {
            show_slots(ui, draw, &mut wanted);
            ui.add_space(2.0 * STEP);
            show_order(ui, draw);
            ui.add_space(STEP);
            let listed = state.overview_assets();
            if listed.is_empty() {
                ui.weak("No assets match.");
                return;
            }
            let largest = state.assets().iter().filter_map(|asset| asset.size_bytes).max().unwrap_or(0);
            show_cards(ui, draw, &listed, largest, &mut wanted);
        });
        if !wanted.is_empty() {
            draw.push(Action::CreateThumbnails(wanted));
        }
    });
}

fn show_order(ui: &mut Ui, draw: &mut Draw<'_>) {
    let chosen = draw.state.settings.overview_order;
    ui.horizontal(|ui| {
        accessibility::mark_heading(&ui.label(RichText::new("Assets").strong()));
        ui.add_space(2.0 * STEP);
        let width = (ui.available_width() - 2.0 * STEP).clamp(40.0, 260.0);
        let short = shorten_middle(chosen.name(), floor_to_u32((width - 30.0) / CHARACTER) as usize);
        ChoiceList::new("Order of the assets", chosen.name()).width(width).shown(short).show(ui, |choices| {
            for order in OverviewOrder::ALL {
                if choices.add(order == chosen, order.name()) {
                    draw.push(Action::OrderOverview(order));
                }
            }
        });
    });
}

/// The slots of both bank types, 16 each. An asset can be dragged to one.
fn show_slots(ui: &mut Ui, draw: &mut Draw<'_>, wanted: &mut Vec<String>) {
    for family in [Family::GlyphBank, Family::SoundBank] {
        let name = bank_name(family.bank_type());
        let in_slots: Vec<&ListedAsset> = draw
            .state
            .assets()
            .iter()
            .filter(|asset| asset.family == Some(family) && asset.slot.is_some() && asset.state != AssetState::Excluded)
            .collect();
        ui.horizontal_wrapped(|ui| {
            let heading = ui.label(RichText::new(format!("{name} slots")).strong());
            accessibility::mark_heading(&heading);
            ui.weak(format!("{} of {SLOTS} used when the game starts", in_slots.len()));
        });
        let side_of = |ui: &Ui, count: u32| {
            let gaps = (count - 1) as f32 * STEP / 2.0;
            ((ui.available_width() - gaps) / count as f32).min(SLOT).floor()
        };
        // In one row, or in two.
        let half = SLOTS / 2;
        let count = if side_of(ui, SLOTS) < LEAST_SLOT { half } else { SLOTS };
        let side = side_of(ui, count);
        for first in (0..SLOTS).step_by(count as usize) {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = STEP / 2.0;
                for slot in first..first + count {
                    let asset = in_slots.iter().find(|asset| asset.slot == Some(slot)).copied();
                    wanted.extend(
                        asset.filter(|asset| draw.state.needs_thumbnail(asset)).map(|asset| asset.root.clone()),
                    );
                    show_slot(ui, draw, family, slot, asset, side);
                }
            });
        }
        ui.add_space(STEP);
    }
}

fn show_slot(ui: &mut Ui, draw: &mut Draw<'_>, family: Family, slot: u32, asset: Option<&ListedAsset>, side: f32) {
    let tokens = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    let id = ui.scope_id().with(("slot", family.bank_type(), slot));
    let response = ui.interact(rect, id, if asset.is_some() { Sense::click_and_drag() } else { Sense::click() });
    let is_selected = asset.is_some_and(|asset| draw.state.selected_root.as_ref() == Some(&asset.root));
    let kind = bank_name(family.bank_type());
    let text = match asset {
        Some(asset) => format!("{kind} slot {slot}: {}", name_of(asset)),
        None => format!("{kind} slot {slot}: free"),
    };
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_selected, &text));
    if let Some(asset) = asset {
        draw_thumbnail(ui, draw.state, &asset.root, rect, draw.textures);
    } else {
        ui.painter().rect_filled(rect, 3, tokens.surface);
    }
    let number = FontId::proportional(SMALL - 1.5);
    let corner = rect.min + vec2(3.0, 1.0);
    if asset.is_none() {
        ui.painter().text(corner, Align2::LEFT_TOP, slot, number, tokens.weak);
    }
    let can_take =
        |dragged: &Dragged| dragged.family == Some(family) && asset.map(|asset| &asset.root) != Some(&dragged.root);
    let is_target = response.dnd_hover_payload::<Dragged>().is_some_and(|dragged| can_take(&dragged));
    draw_frame(ui, &response, rect, is_selected || is_target);
    if let Some(dragged) = response.dnd_release_payload::<Dragged>().filter(|dragged| can_take(dragged)) {
        draw.push(Action::SetSlot(dragged.root.clone(), Some(slot)));
    }
    if let Some(asset) = asset {
        drag_asset(ui, draw, &response, asset);
        let hint = format!("{text}, {}", asset.size_bytes.map(format_bytes).unwrap_or_default());
        response.on_hover_ui(|ui| drop(ui.label(hint)));
    } else {
        response.on_hover_ui(|ui| drop(ui.label(format!("{text}. Drag a {} here.", kind.to_lowercase()))));
    }
}

/// A frame: strong if it is marked or has the keyboard.
fn draw_frame(ui: &Ui, response: &Response, rect: Rect, is_marked: bool) {
    let tokens = Tokens::of(ui);
    let (width, color) = match () {
        () if is_marked || response.has_focus() => (2.0, tokens.accent),
        () if response.hovered() => (1.0, tokens.weak),
        () => (1.0, tokens.line),
    };
    ui.painter().rect_stroke(rect, 3, Stroke::new(width, color), StrokeKind::Inside);
}

/// Selects an asset with a click, shows it with a double click, and lets it be dragged.
fn drag_asset(ui: &mut Ui, draw: &mut Draw<'_>, response: &Response, asset: &ListedAsset) {
    if !draw.state.is_pack() && asset.asset_id.is_some() {
        response.dnd_set_drag_payload(Dragged { root: asset.root.clone(), family: asset.family });
    }
    if response.dragged()
        && let Some(pointer) = ui.ctx().pointer_interact_pos()
    {
        let layer = egui::LayerId::new(egui::Order::Tooltip, egui::Id::unique("dragged asset"));
        let rect = Rect::from_center_size(pointer, Vec2::splat(SLOT));
        // A child, so that nothing below moves.
        let child = ui.new_child(UiBuilder::new().layer_id(layer).max_rect(rect));
        draw_thumbnail(&child, draw.state, &asset.root, rect, draw.textures);
    }
    if response.clicked() {
        draw.push(Action::SelectAsset(asset.root.clone()));
    }
    if response.double_clicked() {
        draw.run(Command::View(ViewKind::Console));
    }
}

/// The cards of which the rows in sight are drawn.
fn show_cards(ui: &mut Ui, draw: &mut Draw<'_>, listed: &[&ListedAsset], largest: u64, wanted: &mut Vec<String>) {
    let width = ui.available_width();
    let columns = (floor_to_u32((width + GAP) / (CARD + GAP)) as usize).max(1);
    let card = vec2((width + GAP) / columns as f32 - GAP, CARD_HEIGHT);
    let rows = listed.len().div_ceil(columns);
    let pitch = CARD_HEIGHT + GAP;
    let (area, _) = ui.allocate_exact_size(vec2(width, rows as f32 * pitch), Sense::hover());
    let clip = ui.clip_rect();
    let first = floor_to_u32(((clip.min.y - area.min.y) / pitch).max(0.0)) as usize;
    let last = (floor_to_u32(((clip.max.y - area.min.y) / pitch).max(0.0)) as usize + 1).min(rows);
    for row in first..last {
        for column in 0..columns {
            let Some(asset) = listed.get(row * columns + column) else { break };
            let corner = pos2(area.min.x + column as f32 * (card.x + GAP), area.min.y + row as f32 * pitch);
            show_card(ui, draw, asset, Rect::from_min_size(corner, card), largest);
            if draw.state.needs_thumbnail(asset) {
                wanted.push(asset.root.clone());
            }
        }
    }
}

fn show_card(ui: &mut Ui, draw: &mut Draw<'_>, asset: &ListedAsset, rect: Rect, largest: u64) {
    let tokens = Tokens::of(ui);
    let id = ui.scope_id().with(("card", &asset.root));
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let is_selected = draw.state.selected_root.as_ref() == Some(&asset.root);
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_selected, spoken(asset)));
    ui.painter().rect_filled(rect, 3, if is_selected { tokens.selected } else { tokens.surface });
    draw_frame(ui, &response, rect, is_selected);
    let inner = rect.shrink(2.0 * STEP);
    let art = Rect::from_min_size(inner.min, vec2(inner.width(), THUMBNAIL - STEP));
    draw_thumbnail(ui, draw.state, &asset.root, art, draw.textures);
    let below = Rect::from_min_max(pos2(inner.min.x, art.max.y + STEP), inner.max);
    let layout = Layout::top_down(Align::Min);
    let mut text = ui.new_child(UiBuilder::new().id_salt(&asset.root).max_rect(below).layout(layout));
    accessibility::hide_content(&text);
    text.spacing_mut().item_spacing.y = 1.0;
    let most = floor_to_u32(below.width() / CHARACTER) as usize;
    let color = if asset.errors > 0 { tokens.error } else { tokens.text };
    let name = RichText::new(shorten_middle(name_of(asset), most)).color(color);
    text.add(Label::new(name).selectable(false).truncate());
    for (share, label) in bars(asset, largest) {
        show_bar(&mut text, share, &label);
    }
    drag_asset(ui, draw, &response, asset);
    response.on_hover_ui(|ui| drop(ui.label(spoken(asset))));
}

/// What fills a bank: each a share, and in words.
fn bars(asset: &ListedAsset, largest: u64) -> Vec<(Option<f32>, String)> {
    let mut bars = Vec::new();
    if let Some(fill) = asset.fill {
        bars.push(match fill.most_ids {
            Some(most) => (Some(fill.ids as f32 / most as f32), format!("{} of {most} tiles", fill.ids)),
            None => (None, plural(fill.ids.into(), "sound")),
        });
        if let Some(palettes) = fill.palettes {
            let share = palettes as f32 / MAX_PALETTES as f32;
            bars.push((Some(share), format!("{palettes} of {MAX_PALETTES} palettes")));
        }
    }
    if let Some(size) = asset.size_bytes {
        bars.push((Some(size as f32 / largest.max(1) as f32), short_size(size)));
    }
    bars
}

fn show_bar(ui: &mut Ui, share: Option<f32>, label: &str) {
    let tokens = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), BAR), Sense::hover());
    ui.painter().text(rect.min, Align2::LEFT_TOP, label, FontId::proportional(SMALL - 1.0), tokens.weak);
    if let Some(share) = share {
        let line = Rect::from_min_size(pos2(rect.min.x, rect.max.y - 3.0), vec2(rect.width(), 2.0));
        ui.painter().rect_filled(line, 1, tokens.line);
        let filled = Rect::from_min_size(line.min, vec2(line.width() * share.clamp(0.0, 1.0), line.height()));
        ui.painter().rect_filled(filled, 1, if share > 1.0 { tokens.error } else { tokens.weak });
    }
}

fn name_of(asset: &ListedAsset) -> &str {
    asset.name.as_deref().unwrap_or(&asset.root)
}

/// A card in words.
fn spoken(asset: &ListedAsset) -> String {
    let state = match asset.state {
        AssetState::Ready => None,
        AssetState::Broken => Some("broken".to_owned()),
        AssetState::Excluded => Some("left out".to_owned()),
        AssetState::Unregistered => Some("not added".to_owned()),
    };
    let slot = asset.slot.map(|slot| format!("slot {slot}"));
    let fill = bars(asset, 1).into_iter().map(|(_, label)| label);
    let parts = [Some(name_of(asset).to_owned()), state, slot].into_iter().flatten().chain(fill);
    parts.collect::<Vec<String>>().join(", ")
}
