//! Every palette: its colors, what uses them, which of them look alike on the console, and the drawn part of the sheet
//! in it.

use egui::{Color32, Frame, Rect, RichText, ScrollArea, Sense, Ui, WidgetInfo, accesskit::Role, vec2};
use packer_services::diagnostics::{join_some, plural};
use packer_services::formats::SHEET_PIXELS;
use packer_services::preview::{GlyphPreview, PaletteUse, PreviewPalette};

use super::super::Draw;
use crate::state::{View, ViewKind};
use crate::theme::{STEP, Tokens};
use crate::widgets::{SWATCH, accessibility, draw_swatch, drawn_size, snap_to_pixels, swatch_color};

/// How many rows of the sheet's pixels are shown: enough to recognize the art in many palettes at once.
const SHEET_ROWS: u32 = 64;
/// The width of a color, in points: room for the number of its pixels.
const COLOR: f32 = 36.0;
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
        ui.horizontal(|ui| {
            let name = palette.name.as_deref().unwrap_or_default();
            accessibility::mark_heading(&ui.label(RichText::new(format!("Palette {n} {name}").trim()).strong()));
            ui.label(RichText::new(facts(palette, &used)).small().color(tokens.weak));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let button = ui.button("Show the sheet in it");
                accessibility::set_name(&button, &format!("Show the sheet in palette {n}"));
                if button.clicked() {
                    (draw.view.palette, draw.view.kind) = (Some(n), ViewKind::Console);
                }
            });
        });
        ui.add_space(STEP);
        show_colors(ui, n, palette, &used, &draw.view);
        for text in similar_colors(palette, &used) {
            ui.label(RichText::new(text).small());
        }
        ui.add_space(STEP);
        show_sheet(ui, draw, glyph, n);
    });
}

fn facts(palette: &PreviewPalette, used: &PaletteUse) -> String {
    if used.tiles == 0 {
        return "alternate palette: no tile uses it by itself".to_owned();
    }
    let total = palette.colors.len().saturating_sub(1);
    let drawn = used.colors.iter().skip(1).filter(|color| color.is_declared && color.pixels > 0).count();
    format!("used by {} · {drawn} of {total} colors used", plural(u64::from(used.tiles), "tile"))
}

/// The colors, each with the number of its pixels.
fn show_colors(ui: &mut Ui, n: u32, palette: &PreviewPalette, used: &PaletteUse, view: &View) {
    let tokens = Tokens::of(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(1.5 * STEP, STEP);
        for (index, color) in palette.colors.iter().enumerate() {
            let pixels = used.colors.get(index).map_or(0, |color| color.pixels);
            let authored = color.authored.map(|rgb| format!("declared {rgb}, ")).unwrap_or_default();
            let text = match index {
                0 => "Color 0: transparent".to_owned(),
                _ => format!("Color {index}, {authored}shown as {}: {pixels} pixels", color.stored.to_rgb()),
            };
            ui.allocate_ui(vec2(COLOR, SWATCH + 18.0), |ui| {
                ui.vertical(|ui| {
                    ui.set_width(COLOR);
                    let (rect, response) = ui.allocate_exact_size(vec2(COLOR, SWATCH), Sense::hover());
                    let is_marked = view.color == Some((n, u32::try_from(index).unwrap_or(0)));
                    draw_swatch(ui, rect, swatch_color(index, color), is_marked);
                    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &text));
                    response.on_hover_ui(|ui| drop(ui.label(text)));
                    let count = if index == 0 { "–".to_owned() } else { pixels.to_string() };
                    accessibility::hide(&ui.label(RichText::new(count).small().monospace().color(tokens.weak)));
                });
            });
        }
    });
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

/// The first rows of the drawn part of the sheet in a palette, at the largest whole zoom that fits.
fn show_sheet(ui: &mut Ui, draw: &mut Draw<'_>, glyph: &GlyphPreview, palette: u32) {
    let [width, height] = drawn_size(glyph);
    let point = 1.0 / ui.pixels_per_point();
    let height = height.min(SHEET_ROWS);
    let zoom = (ui.available_width() / point / width.max(1) as f32).floor().clamp(1.0, 2.0);
    let size = vec2(width as f32, height as f32) * zoom * point;
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("The sheet in palette {palette}")));
    if !ui.is_rect_visible(rect) {
        return;
    }
    let rect = Rect::from_min_size(snap_to_pixels(rect.min, point), size);
    let painter = ui.painter_at(rect);
    draw.textures.draw_checker(ui, &painter, rect);
    let uv = Rect::from_min_size(egui::Pos2::ZERO, vec2(width as f32, height as f32) / SHEET_PIXELS as f32);
    painter.image(draw.textures.sheet_texture(ui, glyph, Some(palette)).id(), rect, uv, Color32::WHITE);
}
