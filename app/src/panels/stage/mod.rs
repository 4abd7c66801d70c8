//! The center: the selected asset, through one of several lenses.

mod beside;
mod console;
mod palettes;
mod sounds;
mod text;
mod tile;

use egui::{Frame, Rect, Ui};
use packer_services::diagnostics::{Finding, finding_of};
use packer_services::preview::{BankPreview, GlyphPreview, TileState, tile_rect};

use super::{Action, anchor};
use crate::commands::Command;
use crate::state::{Lens, Panel, Shown, State, View};
use crate::theme::{STEP, Tokens};
use crate::widgets::{Textures, heard, tab, told};

/// From this width on, in points, the zoom stands beside the lenses.
const WIDE: f32 = 680.0;

/// Draws it.
pub fn show(ui: &mut Ui, state: &State, textures: &mut Textures, actions: &mut Vec<Action>) {
    // Who draws changes a copy; if anything is changed, it is what a person wants.
    let mut view = state.view.clone();
    let first = actions.len();
    let lens = state.lens();
    ui.spacing_mut().item_spacing.y = 0.0;
    bar(ui, state, lens, textures, actions);
    let body = ui.available_rect_before_wrap();
    ui.painter().rect_filled(body, 0, Tokens::of(ui).sunken);
    // A sheet has the keyboard itself.
    let is_canvas = state.sheet().is_some() && lens == Lens::Console;
    let mut within = egui::UiBuilder::new();
    if !is_canvas {
        anchor(ui, Panel::Stage, name_of(lens, state), body);
        within = within.accessibility_parent(Panel::Stage.id());
    }
    ui.spacing_mut().item_spacing.y = STEP;
    ui.scope_builder(within, |ui| shown(ui, state, lens, &mut view, textures, actions));
    if view != state.view {
        // Before what was asked for in it: who plays a sample selects it first.
        actions.insert(first, Action::View(Box::new(view)));
    }
}

/// The asset through a lens.
fn shown(ui: &mut Ui, state: &State, lens: Lens, view: &mut View, textures: &mut Textures, actions: &mut Vec<Action>) {
    let padded = |ui: &mut Ui, draw: &mut dyn FnMut(&mut Ui)| {
        Frame::new().inner_margin(3.0 * STEP).show(ui, |ui| draw(ui));
    };
    match (&state.preview, lens) {
        (_, Lens::Text) => text::show(ui, state, view),
        (Shown::Nothing, _) if state.contents().is_some() => {
            ui.centered_and_justified(|ui| ui.weak("Select an asset on the left."));
        }
        // Nothing moves and nothing blinks, as it takes no time.
        (Shown::Nothing | Shown::Loading, _) => heard::busy(ui, Panel::Stage.id()),
        (_, Lens::Source) => beside::show(ui, state, view, textures),
        (Shown::Failed(findings), _) => padded(ui, &mut |ui| failed(ui, state, findings)),
        (Shown::Ready(previewed), lens) => match (&previewed.preview.bank, lens) {
            (BankPreview::Glyph(glyph), Lens::Tile) => tile::show(ui, state, glyph, view, textures, actions),
            (BankPreview::Glyph(glyph), Lens::Palettes) => palettes::show(ui, glyph, view, textures),
            (BankPreview::Glyph(glyph), _) => console::show(ui, state, glyph, view, textures, actions),
            (BankPreview::Sound(sound), _) => sounds::show(ui, state, sound, view, textures, actions),
            (BankPreview::Scene { size_bytes, .. }, _) => padded(ui, &mut |ui| {
                ui.label(format!(
                    "A SCENE of {size_bytes} bytes. It is packed by another tool, and cannot be shown here."
                ));
            }),
        },
    }
}

/// What a lens is called for the selected asset.
fn name_of(lens: Lens, state: &State) -> &'static str {
    match lens {
        Lens::Console => "Console",
        Lens::Source if state.sounds().is_some() => "Source",
        Lens::Source => "Source beside result",
        Lens::Tile => "Tile stage",
        Lens::Palettes => "Palettes",
        Lens::Text if state.is_pack() => "Table entry",
        Lens::Text => "Declaration",
    }
}

/// The lenses, and what the shown one can be asked for: beside them, or below if there is no room.
fn bar(ui: &mut Ui, state: &State, lens: Lens, textures: &Textures, actions: &mut Vec<Action>) {
    let has_look = state.sheet().is_some() && matches!(lens, Lens::Console | Lens::Source);
    let is_wide = ui.available_width() >= WIDE;
    Frame::new().inner_margin(egui::Margin::symmetric(8, 0)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_min_height(9.0 * STEP);
            ui.spacing_mut().item_spacing.x = 0.0;
            for other in state.lenses() {
                if tab(ui, lens == other, name_of(other, state)).clicked() {
                    actions.push(Action::Do(Command::Look(other)));
                }
            }
            if is_wide {
                looks(ui, state, lens, has_look, textures, actions);
            }
        });
        if !is_wide && has_look {
            ui.horizontal(|ui| {
                ui.set_min_height(8.0 * STEP);
                looks(ui, state, lens, has_look, textures, actions);
            });
        }
    });
}

fn looks(ui: &mut Ui, state: &State, lens: Lens, has_look: bool, textures: &Textures, actions: &mut Vec<Action>) {
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = STEP;
        if has_look {
            look(ui, state, lens, textures, actions);
        }
    });
}

/// Grid, ids and zoom, from the right.
fn look(ui: &mut Ui, state: &State, lens: Lens, textures: &Textures, actions: &mut Vec<Action>) {
    let zoom = textures.canvas.map_or(1, |canvas| canvas.zoom);
    let mut button = |ui: &mut Ui, command: Command, text: &str, width: f32| {
        let entry = command.entry();
        let response = ui.add(egui::Button::new(text).min_size(egui::vec2(width, 0.0)));
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, entry.name));
        if response.on_hover_text(format!("{} {}", entry.name, entry.keys(ui.ctx()))).clicked() {
            actions.push(Action::Do(command));
        }
    };
    button(ui, Command::ZoomFit, "Fit", 0.0);
    button(ui, Command::ZoomIn, "+", 7.0 * STEP);
    let (rect, _) = ui.allocate_exact_size(egui::vec2(8.0 * STEP, 6.0 * STEP), egui::Sense::hover());
    heard::called(&ui.put(rect, egui::Label::new(format!("{zoom}×"))), &format!("Zoom {zoom}×"));
    button(ui, Command::ZoomOut, "−", 7.0 * STEP);
    if lens == Lens::Console {
        for (command, text, on) in
            [(Command::ToggleIds, "Ids", state.settings.ids), (Command::ToggleGrid, "Grid", state.settings.grid)]
        {
            let entry = command.entry();
            let response = ui.selectable_label(on, text);
            if response.on_hover_text(format!("{} {}", entry.name, entry.keys(ui.ctx()))).clicked() {
                actions.push(Action::Do(command));
            }
        }
    }
}

/// Why there is no bank to show.
fn failed(ui: &mut Ui, state: &State, findings: &[Finding]) {
    if state.opened.as_ref().is_some_and(|opened| opened.is_gone) {
        ui.label("The project's folder is gone. When it is back, the asset is shown here.");
        return;
    }
    if findings.is_empty() {
        let root = state.selected_root.as_deref().unwrap_or_default();
        ui.label("This asset is not registered, so nothing of it is packed.");
        ui.horizontal_wrapped(|ui| {
            ui.weak("To register it:");
            ui.label(egui::RichText::new(format!("prometeu-packer register PROJECT {root}")).monospace());
        });
        return;
    }
    for finding in findings {
        told(ui, std::slice::from_ref(finding));
        ui.add_space(2.0 * STEP);
    }
}

/// A tile in words: its id, its place on the sheet, its file, and what is the matter with it.
fn tile_words(state: &State, glyph: &GlyphPreview, id: u32) -> String {
    let size = glyph.metadata.tile_size;
    let Some(rect) = tile_rect(size, id) else { return String::new() };
    let (column, row) = (rect.x / size.pixels(), rect.y / size.pixels());
    let tile = glyph.tiles.get(id as usize);
    let file =
        tile.and_then(|tile| tile.source.as_ref()).map(|source| format!(", {}", source.file)).unwrap_or_default();
    let what = match tile.map(|tile| tile.state) {
        Some(TileState::Unused) | None => ", unused".to_owned(),
        Some(TileState::Blank) => ", blank".to_owned(),
        Some(TileState::Drawn) => String::new(),
        Some(TileState::Hole { cause }) => match &state.preview {
            Shown::Ready(previewed) => match finding_of(&previewed.findings, cause) {
                Some(finding) => format!(", could not be made: {}", finding.message),
                None => ", could not be made".to_owned(),
            },
            _ => String::new(),
        },
    };
    format!("tile {id} (column {column}, row {row}){file}{what}")
}

/// The palette that a tile, or else the selected one, is shown in.
fn palette_of(view: &View, glyph: &GlyphPreview, tile: Option<u32>) -> u32 {
    let tile = tile.or(view.tile).and_then(|id| glyph.tiles.get(id as usize));
    view.palette.or_else(|| tile.and_then(|tile| tile.palette)).unwrap_or(0)
}

/// The part of the sheet's texture that a tile is.
fn uv_of(glyph: &GlyphPreview, id: u32) -> Option<Rect> {
    let side = packer_services::formats::SHEET_PIXELS as f32;
    let tile = tile_rect(glyph.metadata.tile_size, id)?;
    let corner = egui::pos2(tile.x as f32, tile.y as f32) / side;
    Some(Rect::from_min_size(corner, egui::Vec2::splat(tile.side as f32 / side)))
}
