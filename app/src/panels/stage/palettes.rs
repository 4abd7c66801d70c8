//! Every palette: its colors, what they are used for, which look alike on the console, and the drawn part of the sheet in it.

use egui::{Color32, Frame, Rect, RichText, ScrollArea, Sense, Ui, WidgetInfo, accesskit::Role, vec2};
use packer_services::diagnostics::{join_some, plural};
use packer_services::formats::SHEET_PIXELS;
use packer_services::preview::{GlyphPreview, PaletteUse, PreviewPalette};

use super::console::{SWATCH, paint};
use crate::state::{Lens, View};
use crate::theme::{STEP, Tokens};
use crate::widgets::{Textures, heard, sheet, snapped};

/// How much of the sheet is shown beside a palette, in pixels of the sheet.
const TALL: u32 = 64;
/// The width of a color, in points: room for the number of its pixels.
const WIDE: f32 = 36.0;
/// Pairs that are named.
const PAIRS: usize = 4;

/// Draws them.
pub fn show(ui: &mut Ui, glyph: &GlyphPreview, view: &mut View, textures: &mut Textures) {
    let selected = view.color.map(|(palette, _)| palette).or(view.palette);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.add_space(2.0 * STEP);
        for (n, palette) in (0u32..).zip(&glyph.palettes) {
            let shown = ui.scope(|ui| card(ui, glyph, n, palette, selected == Some(n), view, textures));
            let id = ui.scope_id().with("came to");
            if selected == Some(n) && ui.data(|data| data.get_temp::<u32>(id)) != Some(n) {
                ui.data_mut(|data| data.insert_temp(id, n));
                ui.scroll_to_rect_animation(shown.response.rect, None, egui::style::ScrollAnimation::none());
            }
        }
        if glyph.palettes.is_empty() {
            ui.weak("The bank has no palette.");
        }
    });
}

fn card(
    ui: &mut Ui,
    glyph: &GlyphPreview,
    n: u32,
    palette: &PreviewPalette,
    selected: bool,
    view: &mut View,
    textures: &mut Textures,
) {
    let tokens = Tokens::of(ui);
    let used = glyph.palette_use(n as usize);
    let line = if selected { tokens.accent } else { tokens.line };
    let margin = egui::Margin { left: 12, right: 12, top: 0, bottom: 8 };
    Frame::new()
        .outer_margin(margin)
        .inner_margin(3.0 * STEP)
        .corner_radius(4)
        .fill(tokens.surface)
        .stroke((1.0, line))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                let name = palette.name.as_deref().unwrap_or_default();
                heard::titled(&ui.label(RichText::new(format!("Palette {n} {name}").trim()).strong()));
                ui.label(RichText::new(facts(palette, &used)).small().color(tokens.weak));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let button = ui.button("Show the sheet in it");
                    heard::called(&button, &format!("Show the sheet in palette {n}"));
                    if button.clicked() {
                        (view.palette, view.lens) = (Some(n), Lens::Console);
                    }
                });
            });
            ui.add_space(STEP);
            colors(ui, n, palette, &used, view, tokens);
            for words in alike(palette, &used) {
                ui.label(RichText::new(words).small());
            }
            ui.add_space(STEP);
            part(ui, glyph, n, textures);
        });
}

fn facts(palette: &PreviewPalette, used: &PaletteUse) -> String {
    let of = palette.colors.len().saturating_sub(1);
    let drawn = used.colors.iter().skip(1).filter(|color| color.is_declared && color.pixels > 0).count();
    format!("{} made for it · {drawn} of {of} colors used", plural(u64::from(used.tiles), "tile"))
}

/// The colors, each with the number of its pixels.
fn colors(ui: &mut Ui, n: u32, palette: &PreviewPalette, used: &PaletteUse, view: &View, tokens: Tokens) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(1.5 * STEP, STEP);
        for (at, color) in palette.colors.iter().enumerate() {
            let pixels = used.colors.get(at).map_or(0, |color| color.pixels);
            let authored = color.authored.map(|rgb| format!("declared {rgb}, ")).unwrap_or_default();
            let text = match at {
                0 => "Color 0, the color key: drawn transparent".to_owned(),
                _ => format!("Color {at}, {authored}shown as {}: {pixels} pixels", color.stored.to_rgb()),
            };
            ui.allocate_ui(vec2(WIDE, SWATCH + 18.0), |ui| {
                ui.vertical(|ui| {
                    ui.set_width(WIDE);
                    let (rect, response) = ui.allocate_exact_size(vec2(WIDE, SWATCH), Sense::hover());
                    paint(ui, rect, at, color, view.color == Some((n, u32::try_from(at).unwrap_or(0))), tokens);
                    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &text));
                    response.on_hover_ui(|ui| drop(ui.label(text)));
                    let count = if at == 0 { "key".to_owned() } else { pixels.to_string() };
                    heard::hidden(&ui.label(RichText::new(count).small().monospace().color(tokens.weak)));
                });
            });
        }
    });
}

/// Which colors are there twice, and which become one on the console.
fn alike(palette: &PreviewPalette, used: &PaletteUse) -> Vec<String> {
    let named = |at: u8| {
        let color = palette.colors.get(usize::from(at)).and_then(|color| color.authored);
        color.map_or_else(|| at.to_string(), |rgb| format!("{at} {rgb}"))
    };
    let pairs = |pairs: &[(u8, u8)]| {
        join_some(pairs.iter().map(|(a, b)| format!("{} and {}", named(*a), named(*b))), "; ", PAIRS)
    };
    let mut words = Vec::new();
    if !used.duplicates.is_empty() {
        words.push(format!("There twice: {}", pairs(&used.duplicates)));
    }
    if !used.collapsed.is_empty() {
        words.push(format!("Become one color on the console: {}", pairs(&used.collapsed)));
    }
    words
}

/// The drawn part of the sheet in a palette, one screen pixel to a pixel, as far as there is room.
fn part(ui: &mut Ui, glyph: &GlyphPreview, palette: u32, textures: &mut Textures) {
    let [width, height] = sheet::drawn(glyph);
    let point = 1.0 / ui.pixels_per_point();
    let height = height.min(TALL);
    let zoom = (ui.available_width() / point / width.max(1) as f32).floor().clamp(1.0, 2.0);
    let size = vec2(width as f32, height as f32) * zoom * point;
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("The sheet in palette {palette}")));
    if !ui.is_rect_visible(rect) {
        return;
    }
    let rect = Rect::from_min_size(snapped(rect.min, point), size);
    let painter = ui.painter_at(rect);
    textures.checker(ui, &painter, rect);
    let uv = Rect::from_min_size(egui::Pos2::ZERO, vec2(width as f32, height as f32) / SHEET_PIXELS as f32);
    painter.image(textures.sheet(ui, glyph, Some(palette)).id(), rect, uv, Color32::WHITE);
}
