//! A tile bank as the console shows it: the sheet, and below it the palette and what is under the pointer.

use egui::text::LayoutJob;
use egui::{Button, FontId, Frame, Label, Margin, RichText, Sense, Ui, Vec2};
use egui::{WidgetInfo, accesskit::Role};
use packer_services::preview::{GlyphPreview, TileState, tile_at};

use super::super::{Action, Draw};
use super::{describe_tile, shown_palette};
use crate::commands::Command;
use crate::state::{Panel, State, View, ViewKind};
use crate::theme::{SMALL, STEP, Tokens};
use crate::widgets::{
    ChoiceList, SWATCH, SheetAction, SheetCanvas, ZoomPan, accessibility, draw_swatch, floor_to_u32, shorten_middle,
    swatch_color,
};

/// The height below the sheet, in points. It is fixed so that nothing moves.
const STRIP: f32 = 108.0;
/// The same if there is little room: only the lines about the pixel.
const LOW_STRIP: f32 = 42.0;
/// From this height on, in points, there is room for a sheet above the whole strip.
const HIGH: f32 = 220.0;
/// The height of the lines about the pixel under the pointer, in points.
const LINES: f32 = 30.0;
/// The height of a palette in the list of palettes, in points.
const PALETTE: f32 = 14.0;
/// The width of a character, in points.
const CHARACTER: f32 = 7.0;
/// The room for the link to colors that look alike, in points.
const ALIKE: f32 = 150.0;

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>, glyph: &GlyphPreview) {
    let strip_height = if ui.available_height() < HIGH { LOW_STRIP } else { STRIP };
    let room = Vec2::new(ui.available_width(), (ui.available_height() - strip_height).max(16.0));
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
        ui.set_min_size(Vec2::new(ui.available_width(), strip_height - 3.0 * STEP));
        show_lines(ui, &describe_pixel(state, glyph, &draw.view, pointed));
        if strip_height < STRIP {
            draw.view.flashing = None;
            return;
        }
        if let Some(palette) = pointed.and_then(|(x, y)| palette_at(glyph, x, y)) {
            draw.view.pointed_palette = Some(palette);
        }
        let palette = draw.view.palette.or(draw.view.pointed_palette);
        let palette = palette.unwrap_or_else(|| shown_palette(&draw.view, glyph, None));
        ui.horizontal(|ui| {
            show_palette_choice(ui, glyph, &mut draw.view);
            show_palette_facts(ui, glyph, palette, &mut draw.view);
        });
        show_swatches(ui, glyph, palette, &mut draw.view);
    });
}

/// The palette that the tile at a pixel of the sheet has of its own.
fn palette_at(glyph: &GlyphPreview, x: u32, y: u32) -> Option<u32> {
    glyph.tiles.get(tile_at(glyph.metadata.tile_size, x, y)? as usize)?.palette
}

/// A text in at most two lines, which always take the same room.
fn show_lines(ui: &mut Ui, text: &str) {
    let size = Vec2::new(ui.available_width(), LINES);
    ui.allocate_ui(size, |ui| {
        ui.set_min_size(size);
        ui.set_max_height(LINES);
        let mut job =
            LayoutJob::simple(text.to_owned(), FontId::monospace(SMALL), Tokens::of(ui).text, ui.available_width());
        job.wrap.max_rows = 2;
        let response = ui.add(Label::new(job).show_tooltip_when_elided(false));
        accessibility::announce_changes(&response);
        response.on_hover_ui(|ui| drop(ui.label(text)));
    });
}

/// Chooses the palette that the sheet is shown in.
fn show_palette_choice(ui: &mut Ui, glyph: &GlyphPreview, view: &mut View) {
    let name = |palette: Option<u32>| match palette {
        None => "Each tile's own palette".to_owned(),
        Some(palette) => palette_name(glyph, palette),
    };
    // If it is not known which palette each tile has, all are shown in one.
    let own = glyph.has_known_palettes().then_some(None);
    let chosen = view.palette.or_else(|| own.is_none().then_some(0));
    let current = name(chosen);
    let width = (ui.available_width() - 2.0 * STEP).clamp(60.0, 210.0);
    let characters = floor_to_u32((width - 34.0).max(0.0) / CHARACTER) as usize;
    let list = ChoiceList::new("Palette", &current).width(width).shown(shorten_middle(&current, characters));
    let response = list.show(ui, |choices| {
        let count = u32::try_from(glyph.palettes.len()).unwrap_or(0);
        for palette in own.into_iter().chain((0..count).map(Some)) {
            let show_colors = |ui: &mut Ui| {
                if let Some(palette) = palette {
                    show_small_colors(ui, glyph, palette);
                }
            };
            if choices.add_beside(chosen == palette, &name(palette), show_colors) {
                view.palette = palette;
            }
        }
    });
    let [next, previous] = [Command::NextPalette, Command::PreviousPalette].map(|command| {
        let entry = command.entry();
        format!("{}: {}", entry.name, entry.keys(ui.ctx()))
    });
    response.on_hover_text(format!("{next}; {previous}"));
}

/// What a palette is called.
fn palette_name(glyph: &GlyphPreview, palette: u32) -> String {
    let name = glyph.palettes.get(palette as usize).and_then(|palette| palette.name.as_deref()).unwrap_or_default();
    format!("Palette {palette} {name}").trim().to_owned()
}

/// The colors of a palette in a list.
fn show_small_colors(ui: &mut Ui, glyph: &GlyphPreview, palette: u32) {
    let Some(palette) = glyph.palettes.get(palette as usize) else { return };
    let size = Vec2::new(palette.colors.len() as f32 * PALETTE / 2.0, PALETTE);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    for (index, color) in palette.colors.iter().enumerate() {
        let corner = rect.min + Vec2::new(index as f32 * PALETTE / 2.0, 0.0);
        let rect = egui::Rect::from_min_size(corner, Vec2::new(PALETTE / 2.0, PALETTE));
        if let Some(color) = swatch_color(index, color) {
            ui.painter().rect_filled(rect, 0, color);
        }
    }
}

/// Which palette the swatches below belong to, and how many of its colors are used.
fn show_palette_facts(ui: &mut Ui, glyph: &GlyphPreview, palette: u32, view: &mut View) {
    let Some(shown) = glyph.palettes.get(palette as usize) else { return };
    let used = glyph.palette_use(palette as usize);
    let name = palette_name(glyph, palette);
    let text = if glyph.has_known_palettes() {
        let drawn = used.colors.iter().skip(1).filter(|color| color.is_declared && color.pixels > 0).count();
        format!("{name}: {drawn} of {} colors used", shown.colors.len().saturating_sub(1))
    } else {
        format!("{name}. A pack does not record which palette draws a tile; the game chooses it.")
    };
    let alike = used.duplicates.len() + used.collapsed.len();
    let alike = (alike > 0).then(|| RichText::new(format!("{alike} look alike on the console")).small());
    let color = Tokens::of(ui).weak;
    let room = ui.available_width() - if alike.is_some() { ALIKE } else { 0.0 };
    if room > CHARACTER {
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        ui.allocate_ui_with_layout(Vec2::new(room, ui.available_height()), layout, |ui| {
            let label = Label::new(RichText::new(&text).small().color(color)).truncate();
            ui.add(label.show_tooltip_when_elided(false)).on_hover_ui(|ui| drop(ui.label(&text)));
        });
    }
    if let Some(text) = alike.filter(|_| room > 0.0)
        && ui.add(Button::new(text).frame(false).truncate()).on_hover_text("Show them in the Palettes view").clicked()
    {
        view.kind = ViewKind::Palettes;
    }
}

/// The colors of a palette. A color under the pointer flashes on the sheet.
fn show_swatches(ui: &mut Ui, glyph: &GlyphPreview, palette: u32, view: &mut View) {
    let tokens = Tokens::of(ui);
    let Some(shown) = glyph.palettes.get(palette as usize) else {
        view.flashing = None;
        return;
    };
    let used = glyph.palette_use(palette as usize);
    let is_known = glyph.has_known_palettes();
    let mut flashing = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0;
        let most = packer_services::formats::PALETTE_COLORS as f32;
        let side = ((ui.available_width() + 3.0) / most - 3.0).clamp(4.0, SWATCH);
        for (index, color) in shown.colors.iter().enumerate() {
            let counted = used.colors.get(index).copied().unwrap_or_default();
            let pixels = counted.pixels;
            let authored = color.authored.map(|rgb| format!(" {rgb}")).unwrap_or_default();
            let text = match index {
                0 => format!("Color 0{authored}: transparent"),
                _ if !counted.is_declared => format!("Color {index}: not used"),
                _ if is_known => {
                    format!("Color {index}{authored}, shown as {}: {pixels} pixels", color.stored.to_rgb())
                }
                _ => format!("Color {index}, shown as {}: {pixels} pixels have this index", color.stored.to_rgb()),
            };
            let (rect, response) = ui.allocate_exact_size(Vec2::new(side, SWATCH), Sense::hover());
            let is_marked = view.color == Some((palette, u32::try_from(index).unwrap_or(0)));
            if index == 0 || counted.is_declared {
                draw_swatch(ui, rect, swatch_color(index, color), is_marked);
            }
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
                _ => format!("{} (565 0x{:04x}) in palette {palette}", stored.to_rgb(), stored.0),
            };
            let (x, y) = (x % size.pixels(), y % size.pixels());
            format!("pixel ({x}, {y}): index {index}, {color} · {}", describe_tile(state, glyph, id))
        }
        (None, Some(id)) => describe_tile(state, glyph, id),
        (None, None) => "Point at a pixel, or select a tile".to_owned(),
    }
}
