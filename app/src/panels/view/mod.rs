//! The center: the selected asset in one of its views.

mod animation_fields;
mod animations;
mod asset_json;
mod compare;
mod console;
mod cut;
mod cut_fields;
mod cut_image;
mod files;
mod overview;
mod palette_editor;
mod palettes;
mod sample_loop;
mod sounds;
mod tile;

use egui::{Frame, Label, Rect, RichText, ScrollArea, Ui};
use packer_services::diagnostics::{Finding, Severity};
use packer_services::preview::{BankPreview, GlyphPreview, TileState, tile_rect};

pub use sounds::sample_facts;

use super::{Action, Draw, add_focus_target, draw_focus_ring};
use crate::commands::Command;
use crate::state::{Panel, PreviewState, State, View, ViewKind};
use crate::theme::{STEP, Tokens};
use crate::widgets::{
    accessibility, finding_list, focus_when_new, primary_button, severity_icon, tab_button, zoom_name,
};

/// From this width on, in points, the zoom buttons fit beside the tabs.
const WIDE: f32 = 760.0;
/// Below this width, in points, the names of the tabs are small.
const NARROW: f32 = 400.0;
/// From this height on, in points, the zoom buttons fit below the tabs.
const HIGH: f32 = 200.0;

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let first_action = draw.actions.len();
    let kind = draw.state.view_kind();
    ui.spacing_mut().item_spacing.y = 0.0;
    show_tabs(ui, draw, kind);
    if draw.state.opened.as_ref().is_some_and(|opened| opened.is_gone) {
        show_gone(ui);
    }
    let body = ui.available_rect_before_wrap();
    ui.painter().rect_filled(body, 0, Tokens::of(ui).sunken);
    // The sheet takes the keyboard itself.
    let is_canvas = draw.state.glyph_bank().is_some() && kind == ViewKind::Console;
    let mut scope = egui::UiBuilder::new();
    if !is_canvas {
        add_focus_target(ui, Panel::View, tab_name(kind, draw.state), body);
        scope = scope.accessibility_parent(Panel::View.id());
    }
    ui.spacing_mut().item_spacing.y = STEP;
    ui.scope_builder(scope, |ui| show_view(ui, draw, kind));
    if !is_canvas {
        draw_focus_ring(ui, Panel::View, body);
    }
    if draw.view != draw.state.view {
        // It goes before the actions of the view: playing a sample requires that it is selected first.
        let view = Box::new(draw.view.clone());
        draw.actions.insert(first_action, Action::View(view));
    }
}

fn show_view(ui: &mut Ui, draw: &mut Draw<'_>, kind: ViewKind) {
    let state = draw.state;
    let padded = || Frame::new().inner_margin(3.0 * STEP);
    match (&state.preview, kind) {
        (_, ViewKind::Overview) if !state.assets().is_empty() => overview::show(ui, draw),
        (_, ViewKind::AssetJson) => asset_json::show(ui, draw),
        (PreviewState::Nothing, _) if state.contents().is_some() => {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                padded().show(ui, |ui| match state.assets() {
                    [] if state.is_pack() => drop(ui.weak("This pack is empty.")),
                    [] => show_empty(ui, draw),
                    _ => drop(ui.weak("Select an asset in the list.")),
                });
            });
        }
        // Loading takes too little time for an animation.
        (PreviewState::Nothing | PreviewState::Loading, _) => accessibility::mark_busy(ui, Panel::View.id()),
        (_, ViewKind::Compare) => compare::show(ui, draw),
        (PreviewState::Failed(findings), _) => drop(padded().show(ui, |ui| show_failure(ui, draw, findings))),
        (PreviewState::Ready(_), ViewKind::Files) => files::show(ui, draw),
        (PreviewState::Ready(_), ViewKind::Cut) => cut::show(ui, draw),
        (PreviewState::Ready(ready), kind) => match (&ready.preview.bank, kind) {
            (BankPreview::Glyph(glyph), ViewKind::Tile) => tile::show(ui, draw, glyph),
            (BankPreview::Glyph(glyph), ViewKind::Animations) => animations::show(ui, draw, glyph),
            (BankPreview::Glyph(glyph), ViewKind::Palettes) => palettes::show(ui, draw, glyph),
            (BankPreview::Glyph(glyph), _) => console::show(ui, draw, glyph),
            (BankPreview::Sound(sound), _) => sounds::show(ui, draw, sound),
            (BankPreview::Scene { size_bytes, .. }, _) => drop(padded().show(ui, |ui| {
                ui.label(format!(
                    "A SCENE bank of {size_bytes} bytes. It is packed by another tool and cannot be shown here."
                ))
            })),
        },
    }
}

/// How to create the first asset.
fn show_empty(ui: &mut Ui, draw: &mut Draw<'_>) {
    accessibility::mark_heading(&ui.label(RichText::new("This project has no assets yet").strong()));
    let keys = Command::CommandPalette.entry().keys(ui.ctx());
    let how =
        format!("Drop or paste images, sounds or a folder of them to create one, or press {keys} and type their path.");
    ui.add(Label::new(how).wrap());
    ui.add_space(3.0 * STEP);
    let entry = Command::NewAsset.entry();
    let button = primary_button(ui, entry.name, &entry.keys(ui.ctx()), true);
    button.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, entry.name));
    accessibility::set_shortcut(&button, &entry.keys(ui.ctx()));
    if ui.memory(|memory| memory.focused().is_none()) && !draw.state.has_sheet() {
        focus_when_new(&button, draw.state.project_path());
    }
    if button.clicked() {
        draw.run(Command::NewAsset);
    }
}

/// What a view is called for the selected asset.
fn tab_name(kind: ViewKind, state: &State) -> &'static str {
    match kind {
        ViewKind::AssetJson if state.is_pack() => "Entry in the pack",
        _ => kind.name(),
    }
}

/// Says that what is shown is from before.
fn show_gone(ui: &mut Ui) {
    Frame::new().fill(Tokens::of(ui).raised).inner_margin(2.0 * STEP).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            accessibility::hide(&severity_icon(ui, Severity::Error));
            ui.label("The project folder is gone. What you see is from before. It is read again when it is back.");
        });
    });
}

/// The tabs of the views; beside them, or below if there is no room, the zoom buttons.
fn show_tabs(ui: &mut Ui, draw: &mut Draw<'_>, kind: ViewKind) {
    let has_zoom =
        draw.state.glyph_bank().is_some() && matches!(kind, ViewKind::Console | ViewKind::Compare | ViewKind::Cut);
    let is_wide = ui.available_width() >= WIDE;
    Frame::new().inner_margin(egui::Margin::symmetric(8, 0)).show(ui, |ui| {
        let show_all = |ui: &mut Ui, draw: &mut Draw<'_>| {
            ui.spacing_mut().item_spacing = egui::Vec2::ZERO;
            for other in draw.state.available_views() {
                if tab_button(ui, kind == other, tab_name(other, draw.state)).clicked() {
                    draw.run(Command::View(other));
                }
            }
        };
        if is_wide {
            ui.horizontal(|ui| {
                ui.set_min_height(9.0 * STEP);
                show_all(ui, draw);
                if has_zoom {
                    let layout = egui::Layout::right_to_left(egui::Align::Center);
                    ui.with_layout(layout, |ui| show_zoom_buttons(ui, draw, kind));
                }
            });
        } else {
            ui.spacing_mut().interact_size.y = 0.0;
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().button_padding.x = STEP;
                if ui.available_width() < NARROW {
                    ui.style_mut().override_text_style = Some(egui::TextStyle::Small);
                }
                show_all(ui, draw);
            });
            // In a low window the image needs the room; the keys and the menu remain.
            if has_zoom && ui.available_height() >= HIGH {
                ui.horizontal_wrapped(|ui| show_zoom_buttons(ui, draw, kind));
                ui.add_space(STEP);
            }
        }
    });
}

/// Zoom, ids and grid, in the direction of the layout.
fn show_zoom_buttons(ui: &mut Ui, draw: &mut Draw<'_>, kind: ViewKind) {
    ui.spacing_mut().item_spacing = egui::Vec2::splat(STEP);
    let zoom = draw.textures.canvas.map_or(1.0, |canvas| canvas.zoom);
    let mut button = |ui: &mut Ui, command: Command, text: &str, width: f32| {
        let entry = command.entry();
        let response = ui.add(egui::Button::new(text).min_size(egui::vec2(width, 0.0)));
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, entry.name));
        if response.on_hover_text(entry.name_and_keys(ui.ctx())).clicked() {
            draw.run(command);
        }
    };
    button(ui, Command::ZoomToFit, "Fit", 0.0);
    button(ui, Command::ZoomToWidth, "Width", 0.0);
    button(ui, Command::ZoomIn, "+", 7.0 * STEP);
    let (rect, _) = ui.allocate_exact_size(egui::vec2(10.0 * STEP, 6.0 * STEP), egui::Sense::hover());
    let name = zoom_name(zoom);
    let label = ui.put(rect, egui::Label::new(&name));
    accessibility::set_name(&label, &format!("Zoom {name}"));
    button(ui, Command::ZoomOut, "−", 7.0 * STEP);
    if kind == ViewKind::Console {
        let settings = &draw.state.settings;
        for (command, text, is_on) in
            [(Command::ToggleIds, "Ids", settings.ids), (Command::ToggleGrid, "Grid", settings.grid)]
        {
            let response = ui.selectable_label(is_on, text);
            if response.on_hover_text(command.entry().name_and_keys(ui.ctx())).clicked() {
                draw.run(command);
            }
        }
    }
}

/// Why there is no bank to show.
fn show_failure(ui: &mut Ui, draw: &mut Draw<'_>, findings: &[Finding]) {
    let state = draw.state;
    if state.opened.as_ref().is_some_and(|opened| opened.is_gone) {
        ui.label("When it is back, the asset is shown here.");
        return;
    }
    if findings.is_empty() {
        ui.label("This asset is not in the project yet, so it is not packed.");
        let command = Command::Register;
        if command.available(state).is_ok() && ui.button(command.entry().name).clicked() {
            draw.run(command);
        }
        return;
    }
    for finding in findings {
        finding_list(ui, std::slice::from_ref(finding), state.project_path());
        ui.add_space(2.0 * STEP);
    }
}

/// Describes a tile: its id, its place on the sheet, its file, and why it could not be converted.
fn describe_tile(state: &State, glyph: &GlyphPreview, id: u32) -> String {
    let size = glyph.metadata.tile_size;
    let Some(rect) = tile_rect(size, id) else { return String::new() };
    let (column, row) = (rect.x / size.pixels(), rect.y / size.pixels());
    let tile = glyph.tiles.get(id as usize);
    let source = tile.and_then(|tile| tile.source.as_ref());
    let file = source.map(|source| format!(", {}", source.file)).unwrap_or_default();
    let status = match tile.map(|tile| tile.state) {
        Some(TileState::Unused) | None => ", unused".to_owned(),
        Some(TileState::Blank) => ", blank".to_owned(),
        Some(TileState::Drawn) => String::new(),
        Some(TileState::Hole { cause }) => match state.hole_finding(cause) {
            Some(finding) => format!(", cannot be converted: {}", finding.message.replace('`', "")),
            None => ", cannot be converted".to_owned(),
        },
    };
    format!("tile {id} (column {column}, row {row}){file}{status}")
}

/// The palette that a tile is shown in. Without a tile: the palette that the selected tile is shown in.
fn shown_palette(view: &View, glyph: &GlyphPreview, tile: Option<u32>) -> u32 {
    let tile = tile.or(view.tile).and_then(|id| glyph.tiles.get(id as usize));
    view.palette.or_else(|| tile.and_then(|tile| tile.palette)).unwrap_or(0)
}

/// The place of a tile in the sheet's texture.
fn tile_uv(glyph: &GlyphPreview, id: u32) -> Option<Rect> {
    let side = packer_services::formats::SHEET_PIXELS as f32;
    let tile = tile_rect(glyph.metadata.tile_size, id)?;
    let corner = egui::pos2(tile.x as f32, tile.y as f32) / side;
    Some(Rect::from_min_size(corner, egui::Vec2::splat(tile.side as f32 / side)))
}
