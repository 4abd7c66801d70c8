//! The right side: facts about the selected asset, its problems and its files.

use egui::{Grid, RichText, ScrollArea, Ui, Vec2};
use packer_services::diagnostics::{Finding, Severity, format_bytes, plural};
use packer_services::ops::{AssetState, ListedAsset};
use packer_services::preview::{BankPreview, SampleState, TileState};

use super::{Action, Draw};
use crate::commands::Command;
use crate::state::{PreviewState, State, View, ViewKind, family_name, is_changed};
use crate::theme::{SMALL, STEP, Tokens};
use crate::widgets::{accessibility, draw_thumbnail, floor_to_u32, severity_icon, short_size, shorten_middle};

/// The height of a line, in points.
const LINE: f32 = 20.0;
/// The width that the values leave to the longest label, in points.
const LABEL: f32 = 84.0;
/// The width of a character of a value, in points.
const CHARACTER: f32 = 7.8;
/// The side of the thumbnail, in points.
const THUMBNAIL: f32 = 64.0;
/// How many files are listed. A bank can have hundreds; the Compare view lists all of them.
const FILES: usize = 24;

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let Some(asset) = draw.state.selected_asset() else {
        ui.add_space(2.0 * STEP);
        ui.weak(if draw.state.contents().is_some() { "Select an asset to see it here." } else { "" });
        return;
    };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.add_space(2.0 * STEP);
        show_summary(ui, draw, asset);
        show_facts(ui, draw.state, asset);
        show_problems(ui, draw);
        show_files(ui, draw);
        if !draw.state.is_pack() {
            show_section(ui, "Actions");
            for command in [Command::OpenSource, Command::RevealFolder] {
                if ui.button(command.entry().name).clicked() {
                    draw.run(command);
                }
            }
        }
        ui.add_space(2.0 * STEP);
    });
}

fn show_summary(ui: &mut Ui, draw: &mut Draw<'_>, asset: &ListedAsset) {
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(THUMBNAIL), egui::Sense::hover());
        draw_thumbnail(ui, draw.state, &asset.root, rect, draw.textures);
        ui.vertical(|ui| {
            let name = asset.name.as_deref().unwrap_or(&asset.root);
            let short = shorten_middle(name, 18);
            accessibility::mark_heading(&accessibility::full_text_on_hover(ui.heading(&short), &short, name));
            let status = match asset.state {
                _ if draw.state.is_pack() => "in this pack",
                AssetState::Ready | AssetState::Broken => "in the build",
                AssetState::Excluded => "left out",
                AssetState::Unregistered => "not added",
            };
            ui.label(RichText::new(format!("{} · {status}", family_name(asset.family))).color(tokens.weak));
            ui.horizontal(|ui| show_status(ui, asset));
        });
    });
}

/// Errors, warnings and changes, as shapes and words.
fn show_status(ui: &mut Ui, asset: &ListedAsset) {
    let tokens = Tokens::of(ui);
    if asset.errors > 0 {
        severity_icon(ui, Severity::Error);
        ui.label(RichText::new(plural(asset.errors as u64, "error")).color(tokens.error));
    }
    if asset.warnings > 0 {
        severity_icon(ui, Severity::Warning);
        ui.label(RichText::new(plural(asset.warnings as u64, "warning")).color(tokens.warning));
    }
    if is_changed(asset) {
        ui.label(RichText::new("changed since last pack").small().color(tokens.weak));
    }
}

/// What the game will find in the pack.
fn show_facts(ui: &mut Ui, state: &State, asset: &ListedAsset) {
    let tokens = Tokens::of(ui);
    show_section(ui, "In the game");
    let most = value_characters(ui);
    Grid::new("facts").num_columns(2).min_row_height(LINE).spacing([4.0 * STEP, 0.0]).show(ui, |ui| {
        let mut line = |name: &str, value: &str, full: &str| {
            ui.label(RichText::new(name).color(tokens.weak));
            let short = shorten_middle(value, most);
            let response = ui.label(RichText::new(&short).monospace());
            accessibility::full_text_on_hover(response, &short, full);
            ui.end_row();
        };
        let mut fact = |name: &str, value: &str| line(name, value, value);
        fact("Format", asset.family.map_or("unknown", |family| family.format()));
        fact("Number", &asset.asset_id.map_or_else(|| "none yet".into(), |id| id.to_string()));
        fact("Preload", &asset.slot.map_or_else(|| "no".into(), |slot| format!("slot {slot}")));
        match state.bank() {
            Some(BankPreview::Glyph(glyph)) => {
                let size = glyph.metadata.tile_size;
                let count = |is: fn(&TileState) -> bool| glyph.tiles.iter().filter(|tile| is(&tile.state)).count();
                let used = match state.is_pack() {
                    // A pack does not distinguish a blank tile from one that is not declared.
                    true => format!("{} drawn", count(|state| matches!(state, TileState::Drawn))),
                    false => count(|state| !matches!(state, TileState::Unused)).to_string(),
                };
                fact("Tiles", &format!("{used} of {}", size.capacity()));
                fact("Tile size", &format!("{0} × {0}", size.pixels()));
                fact("Palettes", &format!("{} of {}", glyph.palettes.len(), packer_services::formats::MAX_PALETTES));
            }
            Some(BankPreview::Sound(sound)) => {
                fact("Samples", &sound.samples.len().to_string());
                fact("Rate", &format!("{} Hz", sound.sample_rate_hz));
            }
            _ => {}
        }
        match asset.size_bytes {
            Some(bytes) => line("Size", &short_size(bytes), &format_bytes(bytes)),
            None => line("Size", "cannot be packed yet", "cannot be packed yet"),
        }
        if !state.is_pack() {
            let folder = format!("assets/{}", asset.root);
            line("Folder", &folder, &folder);
        }
    });
}

/// Each file of the asset, and the ids that it got in the bank.
fn show_files(ui: &mut Ui, draw: &mut Draw<'_>) {
    let state = draw.state;
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
        Some(BankPreview::Sound(sound)) if !state.is_pack() => sound
            .samples
            .iter()
            .map(|sample| {
                let file = sample.file.as_ref().map(ToString::to_string).unwrap_or_default();
                let mark = if matches!(sample.state, SampleState::Hole { .. }) { " !" } else { "" };
                (format!("{}{mark}", sample.index), file, None)
            })
            .collect(),
        _ => Vec::new(),
    };
    if lines.is_empty() {
        return;
    }
    show_section(ui, "Files");
    let most = value_characters(ui);
    Grid::new("files").num_columns(2).min_row_height(LINE).spacing([4.0 * STEP, 0.0]).show(ui, |ui| {
        for (ids, file, tile) in lines.iter().take(FILES) {
            ui.label(RichText::new(ids).monospace().size(SMALL).color(tokens.weak));
            let short = shorten_middle(file, most);
            let link = ui.link(RichText::new(&short).monospace().size(SMALL));
            if accessibility::full_text_on_hover(link, &short, file).clicked() {
                let view = View {
                    kind: ViewKind::Compare,
                    file: Some(file.clone()),
                    tile: *tile,
                    pixel: None,
                    ..state.view.clone()
                };
                draw.push(Action::View(Box::new(view)));
            }
            ui.end_row();
        }
    });
    if lines.len() > FILES {
        ui.weak(format!("and {} more", lines.len() - FILES));
    }
}

fn show_problems(ui: &mut Ui, draw: &mut Draw<'_>) {
    let state = draw.state;
    let mut problems = state.selected_asset_problems().peekable();
    if problems.peek().is_none() {
        if let PreviewState::Failed(findings) = &state.preview {
            for finding in findings {
                show_card(ui, draw, None, finding);
            }
        }
        return;
    }
    show_section(ui, "Problems");
    for (index, finding) in problems {
        show_card(ui, draw, Some(index), finding);
    }
}

/// How many characters of a value fit beside its label.
fn value_characters(ui: &Ui) -> usize {
    floor_to_u32((ui.available_width() - LABEL) / CHARACTER) as usize
}

fn show_section(ui: &mut Ui, title: &str) {
    ui.add_space(3.0 * STEP);
    accessibility::mark_heading(&ui.label(RichText::new(title).small().strong()));
}

/// One finding, complete. A finding of the list of problems, with its `index` there, has a button that goes to its
/// place.
fn show_card(ui: &mut Ui, draw: &mut Draw<'_>, index: Option<usize>, finding: &Finding) {
    let tokens = Tokens::of(ui);
    let is_selected = index.is_some() && draw.state.selected_problem == index;
    let line = if is_selected { tokens.accent } else { tokens.line };
    let frame = egui::Frame::group(ui.style()).fill(tokens.raised).inner_margin(2.0 * STEP).stroke((1.0, line));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            accessibility::hide(&severity_icon(ui, finding.severity));
            ui.label(RichText::new(finding.severity.as_str()).strong());
            ui.label(RichText::new(finding.code.as_str()).small().color(tokens.weak));
        });
        ui.label(&finding.message);
        ui.label(RichText::new(&finding.help).color(tokens.weak));
        if let Some(index) = index
            && ui.small_button("Show").clicked()
        {
            draw.push(Action::SelectProblem(index));
        }
    });
}
