//! Every palette: its colors, what uses them, which of them look alike on the console, and the tiles in it.

use egui::{Color32, Frame, Rect, RichText, ScrollArea, Sense, Ui, WidgetInfo, accesskit::Role, vec2};
use packer_services::diagnostics::{join_some, plural};
use packer_services::formats::PALETTE_COLORS;
use packer_services::preview::{GlyphPreview, PaletteUse, PreviewPalette, TileState};

use super::super::Draw;
use super::{palette_editor, tile_uv};
use crate::state::ViewKind;
use crate::theme::{STEP, Tokens};
use crate::widgets::{SWATCH, accessibility, draw_swatch, floor_to_u32, snap_to_pixels, swatch_color};

/// The side of a shown tile, in screen pixels, unless the tile is larger.
const TILE: u32 = 32;
/// The distance between two shown tiles, in points.
const GAP: f32 = 2.0;
/// How many rows of tiles are shown: enough to recognize the art in many palettes at once.
const TILE_ROWS: usize = 2;
/// The width of a color, in points: room for the number of its pixels.
const COLOR: f32 = 36.0;
/// The least width of a color, in points. If 16 do not fit, there are 8 in a row.
const NARROW_COLOR: f32 = 20.0;
/// The distance between two colors, in points.
const COLOR_GAP: f32 = 6.0;
/// How many pairs of colors are named.
const PAIRS: usize = 4;

/// Draws them.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>, glyph: &GlyphPreview) {
    let selected = draw.view.color.map(|(palette, _)| palette).or(draw.view.palette);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.add_space(2.0 * STEP);
        for (n, palette) in (0u32..).zip(&glyph.palettes) {
            let shown = ui.scope(|ui| show_card(ui, draw, glyph, n, palette, selected == Some(n)));
            let id = ui.scope_id().with("scrolled to");
            if selected == Some(n) && ui.data(|data| data.get_temp::<u32>(id)) != Some(n) {
                ui.data_mut(|data| data.insert_temp(id, n));
                ui.scroll_to_rect_animation(shown.response.rect, None, egui::style::ScrollAnimation::none());
            }
        }
        if draw.state.can_edit_selected() {
            palette_editor::show_add(ui, draw, glyph);
        }
        if glyph.palettes.is_empty() {
            ui.weak("The bank has no palettes.");
        }
    });
}

fn show_card(
    ui: &mut Ui,
    draw: &mut Draw<'_>,
    glyph: &GlyphPreview,
    n: u32,
    palette: &PreviewPalette,
    is_selected: bool,
) {
    let tokens = Tokens::of(ui);
    let used = glyph.palette_use(n as usize);
    let line = if is_selected { tokens.accent } else { tokens.line };
    let margin = egui::Margin { left: 12, right: 12, top: 0, bottom: 8 };
    let card = Frame::new().outer_margin(margin).inner_margin(3.0 * STEP).corner_radius(4);
    card.fill(tokens.surface).stroke((1.0, line)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            let name = palette.name.as_deref().unwrap_or_default();
            accessibility::mark_heading(&ui.label(RichText::new(format!("Palette {n} {name}").trim()).strong()));
            ui.label(RichText::new(facts(glyph, palette, &used)).small().color(tokens.weak));
            let button = ui.button("Show the sheet in it");
            accessibility::set_name(&button, &format!("Show the sheet in palette {n}"));
            if button.clicked() {
                (draw.view.palette, draw.view.kind) = (Some(n), ViewKind::Console);
            }
        });
        ui.add_space(STEP);
        show_colors(ui, draw, n, palette, &used);
        if draw.state.can_edit_selected() && is_selected {
            palette_editor::show(ui, draw, glyph, n, palette);
        }
        for text in similar_colors(palette, &used) {
            ui.label(RichText::new(text).small());
        }
        ui.add_space(STEP);
        show_tiles(ui, draw, glyph, n);
    });
}

fn facts(glyph: &GlyphPreview, palette: &PreviewPalette, used: &PaletteUse) -> String {
    if !glyph.has_known_palettes() {
        return "which tiles use it is not recorded".to_owned();
    }
    if used.tiles == 0 {
        return "alternate palette: no tile uses it by itself".to_owned();
    }
    let total = palette.colors.len().saturating_sub(1);
    let drawn = used.colors.iter().skip(1).filter(|color| color.is_declared && color.pixels > 0).count();
    format!("used by {} · {drawn} of {total} colors used", plural(u64::from(used.tiles), "tile"))
}

/// The colors, each with the number of its pixels.
fn show_colors(ui: &mut Ui, draw: &mut Draw<'_>, n: u32, palette: &PreviewPalette, used: &PaletteUse) {
    let sense = if draw.state.can_edit_selected() { Sense::click() } else { Sense::hover() };
    let tokens = Tokens::of(ui);
    // A row has all colors or half of them, so that none is alone in its row.
    let width_of = |count: usize| ((ui.available_width() + COLOR_GAP) / count as f32 - COLOR_GAP).floor();
    let all = width_of(PALETTE_COLORS);
    let per_row = if all >= NARROW_COLOR { PALETTE_COLORS } else { PALETTE_COLORS / 2 };
    let width = width_of(per_row).clamp(4.0, COLOR);
    for (row, colors) in palette.colors.chunks(per_row).enumerate() {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing = vec2(COLOR_GAP, STEP);
            for (column, color) in colors.iter().enumerate() {
                let index = row * per_row + column;
                let counted = used.colors.get(index).copied().unwrap_or_default();
                let pixels = counted.pixels;
                let authored = color.authored.map(|rgb| format!("declared {rgb}, ")).unwrap_or_default();
                let text = match index {
                    0 => "Color 0: transparent".to_owned(),
                    _ if !counted.is_declared => format!("Color {index}: not used"),
                    _ => format!("Color {index}, {authored}shown as {}: {pixels} pixels", color.stored.to_rgb()),
                };
                ui.allocate_ui(vec2(width, SWATCH + 18.0), |ui| {
                    ui.vertical(|ui| {
                        ui.set_width(width);
                        let (rect, response) = ui.allocate_exact_size(vec2(width, SWATCH), sense);
                        let is_marked = draw.view.color == Some((n, u32::try_from(index).unwrap_or(0)));
                        if index == 0 || counted.is_declared {
                            draw_swatch(ui, rect, swatch_color(index, color), is_marked);
                        }
                        let role = if sense.senses_click() { Role::Button } else { Role::Image };
                        let name = if sense.senses_click() { format!("Palette {n}, {text}") } else { text.clone() };
                        response.widget_info(|| WidgetInfo::labeled(role, true, &name));
                        if response.clicked() {
                            palette_editor::select_color(&mut draw.view, n, index);
                        }
                        response.on_hover_ui(|ui| drop(ui.label(text)));
                        if width >= COLOR {
                            let count = if index == 0 { "–".to_owned() } else { pixels.to_string() };
                            let count = RichText::new(count).small().monospace().color(tokens.weak);
                            accessibility::hide(&ui.label(count));
                        }
                    });
                });
            }
        });
    }
}

/// Which colors are declared twice, and which become the same color on the console.
fn similar_colors(palette: &PreviewPalette, used: &PaletteUse) -> Vec<String> {
    let name = |index: u8| {
        let color = palette.colors.get(usize::from(index)).and_then(|color| color.authored);
        color.map_or_else(|| index.to_string(), |rgb| format!("{index} {rgb}"))
    };
    let pairs = |pairs: &[(u8, u8)]| {
        join_some(pairs.iter().map(|(a, b)| format!("{} and {}", name(*a), name(*b))), "; ", PAIRS)
    };
    let mut lines = Vec::new();
    if !used.duplicates.is_empty() {
        lines.push(format!("Declared twice: {}", pairs(&used.duplicates)));
    }
    if !used.collapsed.is_empty() {
        lines.push(format!("Same color on the console: {}", pairs(&used.collapsed)));
    }
    lines
}

/// The first tiles that use a palette, in it. If no tile does, or if that is unknown: the first tiles of the sheet.
fn show_tiles(ui: &mut Ui, draw: &mut Draw<'_>, glyph: &GlyphPreview, palette: u32) {
    let ids = tiles_of_palette(glyph, palette);
    let point = 1.0 / ui.pixels_per_point();
    let size = glyph.metadata.tile_size.pixels();
    let side = (size * (TILE / size).max(1)) as f32 * point;
    let per_row = floor_to_u32(((ui.available_width() + GAP) / (side + GAP)).max(1.0)) as usize;
    let shown = ids.len().min(per_row * TILE_ROWS);
    let rows = shown.div_ceil(per_row).max(1);
    let columns = shown.clamp(1, per_row);
    let extent = vec2(columns as f32, rows as f32) * (side + GAP) - vec2(GAP, GAP);
    let (rect, response) = ui.allocate_exact_size(extent, Sense::hover());
    let list = |ids: &[u32]| join_some(ids.iter().map(u32::to_string), ", ", 8);
    response
        .widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Tiles in palette {palette}: {}", list(&ids))));
    if ids.len() > shown {
        ui.label(RichText::new(format!("and {} more", ids.len() - shown)).small().color(Tokens::of(ui).weak));
    }
    if !ui.is_rect_visible(rect) {
        return;
    }
    let origin = snap_to_pixels(rect.min, point);
    let texture = draw.textures.sheet_texture(ui, glyph, Some(palette), 1.0).id();
    for (n, id) in ids.iter().take(shown).enumerate() {
        let corner = origin + vec2((n % per_row) as f32, (n / per_row) as f32) * (side + GAP);
        let tile = Rect::from_min_size(snap_to_pixels(corner, point), egui::Vec2::splat(side));
        draw.textures.draw_backdrop(ui, ui.painter(), tile);
        if let Some(uv) = tile_uv(glyph, *id) {
            ui.painter().image(texture, tile, uv, Color32::WHITE);
        }
    }
}

/// The drawn tiles that use a palette. If no tile does, or if that is unknown: all drawn tiles.
fn tiles_of_palette(glyph: &GlyphPreview, palette: u32) -> Vec<u32> {
    let drawn = || (0u32..).zip(&glyph.tiles).filter(|(_, tile)| tile.state == TileState::Drawn);
    let own: Vec<u32> = drawn().filter(|(_, tile)| tile.palette == Some(palette)).map(|(id, _)| id).collect();
    if own.is_empty() { drawn().map(|(id, _)| id).collect() } else { own }
}
