//! A tile bank as the console shows it: the sheet, and below it the palette and what is under the pointer.

use egui::{Button, ComboBox, Frame, Label, Margin, RichText, Sense, Ui, Vec2};
use egui::{WidgetInfo, accesskit::Role};
use packer_services::preview::{GlyphPreview, TileState, tile_at};

use super::super::{Action, Draw};
use super::{describe_tile, shown_palette};
use crate::commands::Command;
use crate::state::{Panel, State, View, ViewKind};
use crate::theme::{SMALL, STEP, Tokens};
use crate::widgets::{
    SWATCH, SheetAction, SheetCanvas, ZoomPan, accessibility, draw_swatch, shorten_middle, swatch_color,
};

/// The height below the sheet, in points. It is fixed so that nothing moves.
const STRIP: f32 = 84.0;

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>, glyph: &GlyphPreview) {
    let room = Vec2::new(ui.available_width(), (ui.available_height() - STRIP).max(64.0));
    let count = glyph.tiles.iter().filter(|tile| !matches!(tile.state, TileState::Unused)).count();
    let mut name = format!("Sheet, {count} tiles");
    if let Some(tile) = draw.view.tile {
        name = format!("{name}, selected: {}", describe_tile(draw.state, glyph, tile));
    }
    if let Some(pixel) = draw.view.pixel {
        name = format!("{name}, pixel ({}, {})", pixel.x, pixel.y);
    }
    let state = draw.state;
    let cause = state.selected_cause();
    let sheet =
        SheetCanvas { id: Panel::View.id(), glyph, view: &state.view, settings: &state.settings, name: &name, cause };
    let drawn = ui.allocate_ui(room, |ui| {
        ui.set_min_size(room);
        sheet.show(ui, draw.textures)
    });
    let (pointed, action) = drawn.inner;
    match action {
        Some(SheetAction::SelectTile(tile)) => {
            draw.view.select_tile(tile);
            draw.view.file = None;
        }
        Some(SheetAction::ZoomPan(ZoomPan { zoom, pan })) => {
            draw.view.pan = pan;
            draw.push(Action::Zoom(zoom));
        }
        None => {}
    }
    let strip = Frame::new().fill(Tokens::of(ui).surface).inner_margin(Margin::symmetric(12, 6));
    strip.show(ui, |ui| {
        ui.set_min_size(Vec2::new(ui.available_width(), STRIP - 3.0 * STEP));
        ui.horizontal(|ui| {
            show_palette_choice(ui, glyph, &mut draw.view);
            let text = describe_pixel(state, glyph, &draw.view, pointed);
            let label = Label::new(RichText::new(&text).monospace().size(SMALL)).truncate();
            let response = ui.add(label.show_tooltip_when_elided(false));
            accessibility::announce_changes(&response);
            response.on_hover_ui(|ui| drop(ui.label(&text)));
        });
        ui.add_space(STEP);
        let tile = pointed.and_then(|(x, y)| tile_at(glyph.metadata.tile_size, x, y));
        let palette = shown_palette(&draw.view, glyph, tile);
        show_swatches(ui, glyph, palette, &mut draw.view);
    });
}

/// Chooses the palette that the sheet is shown in.
fn show_palette_choice(ui: &mut Ui, glyph: &GlyphPreview, view: &mut View) {
    let name = |palette: Option<u32>| match palette {
        None => "Each tile's own palette".to_owned(),
        Some(palette) => {
            let name =
                glyph.palettes.get(palette as usize).and_then(|palette| palette.name.as_deref()).unwrap_or_default();
            format!("Palette {palette} {name}").trim().to_owned()
        }
    };
    let current = name(view.palette);
    let combo = ComboBox::from_id_salt("palette").width(210.0).selected_text(shorten_middle(&current, 28));
    let response = combo.show_ui(ui, |ui| {
        let count = u32::try_from(glyph.palettes.len()).unwrap_or(0);
        for palette in [None].into_iter().chain((0..count).map(Some)) {
            if ui.selectable_label(view.palette == palette, name(palette)).clicked() {
                view.palette = palette;
            }
        }
    });
    accessibility::set_name(&response.response, "Palette");
    response.response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, true, "Palette");
        info.current_text_value = Some(current.clone());
        info
    });
    let [next, previous] = [Command::NextPalette, Command::PreviousPalette].map(|command| {
        let entry = command.entry();
        format!("{}: {}", entry.name, entry.keys(ui.ctx()))
    });
    response.response.on_hover_text(format!("{next}; {previous}"));
}

/// The colors of a palette. A color under the pointer flashes on the sheet.
fn show_swatches(ui: &mut Ui, glyph: &GlyphPreview, palette: u32, view: &mut View) {
    let tokens = Tokens::of(ui);
    let Some(shown) = glyph.palettes.get(palette as usize) else {
        view.flashing = None;
        return;
    };
    let used = glyph.palette_use(palette as usize);
    let mut flashing = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0;
        for (index, color) in shown.colors.iter().enumerate() {
            let pixels = used.colors.get(index).map_or(0, |color| color.pixels);
            let authored = color.authored.map(|rgb| rgb.to_string()).unwrap_or_default();
            let text = match index {
                0 => format!("Color 0 {authored}: transparent"),
                _ => format!("Color {index} {authored}, shown as {}: {pixels} pixels", color.stored.to_rgb()),
            };
            let (rect, response) = ui.allocate_exact_size(Vec2::splat(SWATCH), Sense::hover());
            let is_marked = view.color == Some((palette, u32::try_from(index).unwrap_or(0)));
            draw_swatch(ui, rect, swatch_color(index, color), is_marked);
            if index > 0 && pixels == 0 {
                // No pixel has this color, so nothing would flash; a dot below marks it as unused.
                ui.painter().circle_filled(rect.center_bottom() + Vec2::new(0.0, 4.0), 1.5, tokens.weak);
            }
            if response.hovered() && index > 0 && pixels > 0 {
                flashing = Some((palette, index));
            }
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &text));
            response.on_hover_ui(|ui| drop(ui.label(text)));
        }
        let drawn = used.colors.iter().skip(1).filter(|color| color.is_declared && color.pixels > 0).count();
        let text = format!("{drawn} of {} colors used", shown.colors.len().saturating_sub(1));
        ui.add_space(2.0 * STEP);
        ui.label(RichText::new(text).small().color(tokens.weak));
        let alike = used.duplicates.len() + used.collapsed.len();
        if alike > 0 {
            let text = RichText::new(format!("{alike} look alike on the console")).small();
            if ui.add(Button::new(text).frame(false)).on_hover_text("Show them in the Palettes view").clicked() {
                view.kind = ViewKind::Palettes;
            }
        }
    });
    view.flashing = flashing;
}

/// Describes the tile and pixel under the pointer, else the selected tile.
fn describe_pixel(state: &State, glyph: &GlyphPreview, view: &View, pointed: Option<(u32, u32)>) -> String {
    let size = glyph.metadata.tile_size;
    match (pointed, view.tile) {
        (Some((x, y)), _) => {
            let Some(id) = tile_at(size, x, y) else { return String::new() };
            let index = glyph.payload.index(x, y);
            let palette = shown_palette(view, glyph, Some(id));
            let stored = glyph.payload.palette(palette)[usize::from(index)];
            let color = match index {
                0 => "transparent".to_owned(),
                _ => format!("{} (565 0x{:04x}) of palette {palette}", stored.to_rgb(), stored.0),
            };
            let (x, y) = (x % size.pixels(), y % size.pixels());
            format!("pixel ({x}, {y}): index {index}, {color} · {}", describe_tile(state, glyph, id))
        }
        (None, Some(id)) => describe_tile(state, glyph, id),
        (None, None) => "Point at a pixel, or select a tile".to_owned(),
    }
}
