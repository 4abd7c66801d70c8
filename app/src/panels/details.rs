//! The right side: what the selected asset is, what the runtime will see of it, what it is made of, and what is wrong with it.

use egui::{Grid, RichText, ScrollArea, Ui, Vec2};
use packer_services::diagnostics::{Finding, Severity, plural, sized};
use packer_services::ops::{AssetState, ListedAsset};
use packer_services::preview::{BankPreview, SampleState, TileState};

use super::{Action, navigator};
use crate::commands::Command;
use crate::state::{Lens, Shown, State, View, is_changed};
use crate::theme::{SMALL, STEP, Tokens};
use crate::widgets::{Textures, heard, mark, whole, without_middle};

/// The height of a line, in points.
const LINE: f32 = 20.0;
/// Points that a value leaves to its name.
const LABEL: f32 = 84.0;
/// Points of a character of a value.
const CHARACTER: f32 = 7.8;
/// The side of the image, in points.
const IMAGE: f32 = 64.0;

/// Draws it.
pub fn show(ui: &mut Ui, state: &State, textures: &mut Textures, actions: &mut Vec<Action>) {
    let Some(asset) = state.selected() else {
        ui.add_space(2.0 * STEP);
        ui.weak(if state.contents().is_some() { "Select an asset to see it here." } else { "" });
        return;
    };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.add_space(2.0 * STEP);
        summary(ui, state, asset, textures);
        contract(ui, state, asset);
        findings(ui, state, actions);
        inputs(ui, state, actions);
        if !state.is_pack() {
            section(ui, "Actions");
            for command in [Command::OpenSource, Command::RevealFolder] {
                if ui.button(command.entry().name).clicked() {
                    actions.push(Action::Do(command));
                }
            }
        }
        ui.add_space(2.0 * STEP);
    });
}

fn summary(ui: &mut Ui, state: &State, asset: &ListedAsset, textures: &mut Textures) {
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(IMAGE), egui::Sense::hover());
        navigator::thumbnail(ui, state, &asset.root, rect, textures);
        ui.vertical(|ui| {
            let name = asset.name.as_deref().unwrap_or(&asset.root);
            let shown = without_middle(name, 18);
            heard::titled(&heard::whole_on_hover(ui.heading(&shown), &shown, name));
            let kind = asset.family.map_or("unknown type", |family| family.as_str()).replace('_', " ");
            let build = match asset.state {
                _ if state.is_pack() => "in this pack",
                AssetState::Ready | AssetState::Broken => "included",
                AssetState::Excluded => "excluded",
                AssetState::Unregistered => "not registered",
            };
            ui.label(RichText::new(format!("{kind} · {build}")).color(tokens.weak));
            ui.horizontal(|ui| standing(ui, asset));
        });
    });
}

/// Whether all is well with it, as shape and words.
fn standing(ui: &mut Ui, asset: &ListedAsset) {
    let tokens = Tokens::of(ui);
    if asset.errors > 0 {
        mark(ui, Severity::Error);
        ui.label(RichText::new(plural(asset.errors as u64, "error")).color(tokens.error));
    }
    if asset.warnings > 0 {
        mark(ui, Severity::Warning);
        ui.label(RichText::new(plural(asset.warnings as u64, "warning")).color(tokens.warning));
    }
    if is_changed(asset) {
        ui.label(RichText::new("changed since the last pack").small().color(tokens.weak));
    }
}

fn contract(ui: &mut Ui, state: &State, asset: &ListedAsset) {
    let tokens = Tokens::of(ui);
    section(ui, "Runtime contract");
    let most = characters(ui);
    Grid::new("contract").num_columns(2).min_row_height(LINE).spacing([4.0 * STEP, 0.0]).show(ui, |ui| {
        let mut line = |name: &str, value: String| {
            ui.label(RichText::new(name).color(tokens.weak));
            let shown = without_middle(&value, most);
            heard::whole_on_hover(ui.label(RichText::new(&shown).monospace()), &shown, &value);
            ui.end_row();
        };
        line("Format", asset.family.map_or("unknown", |family| family.format()).to_owned());
        line("Asset id", asset.asset_id.map_or_else(|| "none yet".into(), |id| id.to_string()));
        line("Preload", asset.slot.map_or_else(|| "no".into(), |slot| format!("slot {slot}")));
        match state.bank() {
            Some(BankPreview::Glyph(glyph)) => {
                let size = glyph.metadata.tile_size;
                let count = |is: fn(&TileState) -> bool| glyph.tiles.iter().filter(|tile| is(&tile.state)).count();
                let used = match state.is_pack() {
                    // A pack does not tell a blank tile from one that nobody declared.
                    true => format!("{} drawn", count(|state| matches!(state, TileState::Drawn))),
                    false => count(|state| !matches!(state, TileState::Unused)).to_string(),
                };
                line("Tiles", format!("{used} of {}", size.capacity()));
                line("Tile size", format!("{0} × {0}", size.pixels()));
                line("Palettes", format!("{} of {}", glyph.palettes.len(), packer_services::formats::MAX_PALETTES));
            }
            Some(BankPreview::Sound(sound)) => {
                line("Samples", sound.samples.len().to_string());
                line("Rate", format!("{} Hz", sound.sample_rate_hz));
            }
            _ => {}
        }
        line("Payload", asset.size_bytes.map_or_else(|| "cannot be made".into(), sized));
        if !state.is_pack() {
            line("Where", format!("assets/{}", asset.root));
        }
    });
}

/// What it is made of: each file, and the ids it became.
fn inputs(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let lines: Vec<(String, String, Option<u32>)> = match state.bank() {
        Some(BankPreview::Glyph(glyph)) => glyph
            .artifacts
            .iter()
            .map(|artifact| {
                let last = (artifact.index + artifact.count).saturating_sub(1);
                (format!("{}–{last}", artifact.index), artifact.file.to_string(), Some(artifact.index))
            })
            .collect(),
        Some(BankPreview::Sound(sound)) if !state.is_pack() => {
            let file = |file: &packer_services::paths::RelPath| file.to_string();
            sound
                .samples
                .iter()
                .map(|sample| {
                    let name = sample.file.as_ref().map(file).unwrap_or_default();
                    let hole = matches!(sample.state, SampleState::Hole { .. });
                    (format!("{}{}", sample.index, if hole { " !" } else { "" }), name, None)
                })
                .collect()
        }
        _ => Vec::new(),
    };
    if lines.is_empty() {
        return;
    }
    section(ui, "Inputs");
    let most = characters(ui);
    // A bank may be made of hundreds of files: what does not fit is in the view of the source.
    const SHOWN: usize = 24;
    Grid::new("inputs").num_columns(2).min_row_height(LINE).spacing([4.0 * STEP, 0.0]).show(ui, |ui| {
        for (ids, file, tile) in lines.iter().take(SHOWN) {
            ui.label(RichText::new(ids).monospace().size(SMALL).color(tokens.weak));
            let shown = without_middle(file, most);
            let link = ui.link(RichText::new(&shown).monospace().size(SMALL));
            if heard::whole_on_hover(link, &shown, file).clicked() {
                let view = View {
                    lens: Lens::Source,
                    file: Some(file.clone()),
                    tile: *tile,
                    pixel: None,
                    ..state.view.clone()
                };
                actions.push(Action::View(Box::new(view)));
            }
            ui.end_row();
        }
    });
    if lines.len() > SHOWN {
        ui.weak(format!("and {} more", lines.len() - SHOWN));
    }
}

fn findings(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let mut found = state.selected_problems().peekable();
    if found.peek().is_none() {
        if let Shown::Failed(findings) = &state.preview {
            for finding in findings {
                card(ui, None, finding, false, actions);
            }
        }
        return;
    }
    section(ui, "Findings");
    for (at, finding) in found {
        card(ui, Some(at), finding, state.problem == Some(at), actions);
    }
}

/// Characters of a value that fit beside its name.
fn characters(ui: &Ui) -> usize {
    whole((ui.available_width() - LABEL) / CHARACTER) as usize
}

fn section(ui: &mut Ui, title: &str) {
    ui.add_space(3.0 * STEP);
    heard::titled(&ui.label(RichText::new(title).small().strong()));
}

/// One finding, whole. A click goes to its place.
fn card(ui: &mut Ui, at: Option<usize>, finding: &Finding, selected: bool, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let line = if selected { tokens.accent } else { tokens.line };
    let frame = egui::Frame::group(ui.style()).fill(tokens.raised).inner_margin(2.0 * STEP).stroke((1.0, line));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            mark(ui, finding.severity);
            ui.label(RichText::new(finding.code.as_str()).strong());
        });
        ui.label(&finding.message);
        ui.label(RichText::new(&finding.help).color(tokens.weak));
        if let Some(at) = at {
            let response = ui.small_button("Show the place");
            if response.clicked() {
                actions.push(Action::SelectProblem(at));
            }
        }
    });
}
