//! A glyph bank as the console shows it: the sheet, and below it the palette and what is under the pointer.

use egui::{Button, Color32, ComboBox, Frame, Label, Margin, Rect, RichText, Sense, Stroke, StrokeKind, Ui, Vec2};
use egui::{WidgetInfo, accesskit::Role};
use packer_services::preview::{Color, GlyphPreview, TileState, tile_at};

use super::super::Action;
use super::{palette_of, tile_words};
use crate::commands::Command;
use crate::state::{Panel, State, View};
use crate::theme::{SMALL, STEP, Tokens};
use crate::widgets::{Look, Textures, heard, sheet, sheet::Touched, without_middle};

/// The side of a palette's swatch, in points.
pub const SWATCH: f32 = 22.0;
/// The height of what stands below the sheet, so that nothing jumps.
const STRIP: f32 = 84.0;

/// Draws it.
pub fn show(
    ui: &mut Ui,
    state: &State,
    glyph: &GlyphPreview,
    view: &mut View,
    textures: &mut Textures,
    actions: &mut Vec<Action>,
) {
    let room = Vec2::new(ui.available_width(), (ui.available_height() - STRIP).max(64.0));
    let count = glyph.tiles.iter().filter(|tile| !matches!(tile.state, TileState::Unused)).count();
    let mut spoken = format!("Sheet, {count} tiles");
    if let Some(tile) = view.tile {
        spoken = format!("{spoken}, selected: {}", tile_words(state, glyph, tile));
    }
    if let Some(pixel) = view.pixel {
        spoken = format!("{spoken}, pixel ({}, {})", pixel.x, pixel.y);
    }
    let (under, touched) = ui
        .allocate_ui(room, |ui| {
            ui.set_min_size(room);
            sheet::show(ui, Panel::Stage.id(), glyph, &state.view, &state.settings, &spoken, textures)
        })
        .inner;
    match touched {
        Some(Touched::Tile(tile)) => {
            (view.tile, view.pixel, view.in_image, view.file) = (Some(tile), None, None, None);
        }
        Some(Touched::Look(Look { zoom, pan })) => {
            view.pan = pan;
            actions.push(Action::Zoom(zoom));
        }
        None => {}
    }
    let ground = Frame::new().fill(Tokens::of(ui).surface).inner_margin(Margin::symmetric(12, 6));
    ground.show(ui, |ui| {
        ui.set_min_size(Vec2::new(ui.available_width(), STRIP - 3.0 * STEP));
        ui.horizontal(|ui| {
            choice(ui, glyph, view);
            let text = under_words(state, glyph, view, under);
            let label = Label::new(RichText::new(&text).monospace().size(SMALL)).truncate();
            let response = ui.add(label.show_tooltip_when_elided(false));
            heard::aloud(&response);
            response.on_hover_ui(|ui| drop(ui.label(&text)));
        });
        ui.add_space(STEP);
        let tile = under.and_then(|(x, y)| tile_at(glyph.metadata.tile_size, x, y));
        swatches(ui, glyph, palette_of(view, glyph, tile), view);
    });
}

/// Which palette the sheet is shown in.
fn choice(ui: &mut Ui, glyph: &GlyphPreview, view: &mut View) {
    let words = |palette: Option<u32>| match palette {
        None => "Each tile in its own palette".to_owned(),
        Some(palette) => {
            let name =
                glyph.palettes.get(palette as usize).and_then(|palette| palette.name.as_deref()).unwrap_or_default();
            format!("Palette {palette} {name}").trim().to_owned()
        }
    };
    let shown = words(view.palette);
    let combo = ComboBox::from_id_salt("palette").width(210.0).selected_text(without_middle(&shown, 28));
    let response = combo.show_ui(ui, |ui| {
        let count = u32::try_from(glyph.palettes.len()).unwrap_or(0);
        for palette in [None].into_iter().chain((0..count).map(Some)) {
            if ui.selectable_label(view.palette == palette, words(palette)).clicked() {
                view.palette = palette;
            }
        }
    });
    heard::called(&response.response, "Palette");
    response.response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, true, "Palette");
        info.current_text_value = Some(shown.clone());
        info
    });
    response.response.on_hover_text(format!(
        "{}: {}; {}: {}",
        Command::NextPalette.entry().name,
        Command::NextPalette.entry().keys(ui.ctx()),
        Command::PreviousPalette.entry().name,
        Command::PreviousPalette.entry().keys(ui.ctx())
    ));
}

/// The colors of a palette. One that is pointed at flashes on the sheet.
pub fn swatches(ui: &mut Ui, glyph: &GlyphPreview, palette: u32, view: &mut View) {
    let tokens = Tokens::of(ui);
    let Some(shown) = glyph.palettes.get(palette as usize) else {
        view.flash = None;
        return;
    };
    let used = glyph.palette_use(palette as usize);
    let mut flash = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0;
        for (at, color) in shown.colors.iter().enumerate() {
            let pixels = used.colors.get(at).map_or(0, |color| color.pixels);
            let authored = color.authored.map(|rgb| rgb.to_string()).unwrap_or_default();
            let text = match at {
                0 => format!("Color 0, the color key {authored}: drawn transparent"),
                _ => format!("Color {at} {authored}, shown as {}: {pixels} pixels", color.stored.to_rgb()),
            };
            let (rect, response) = ui.allocate_exact_size(Vec2::splat(SWATCH), Sense::hover());
            paint(ui, rect, at, color, view.color == Some((palette, u32::try_from(at).unwrap_or(0))), tokens);
            if at > 0 && pixels == 0 {
                // Nobody uses it: a dot below, as there is nothing to flash.
                ui.painter().circle_filled(rect.center_bottom() + Vec2::new(0.0, 4.0), 1.5, tokens.weak);
            }
            if response.hovered() && at > 0 && pixels > 0 {
                flash = Some((palette, at));
            }
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &text));
            response.on_hover_ui(|ui| drop(ui.label(text)));
        }
        let drawn = used.colors.iter().skip(1).filter(|color| color.is_declared && color.pixels > 0).count();
        let text = format!("{drawn} of {} colors used", shown.colors.len().saturating_sub(1));
        ui.add_space(2.0 * STEP);
        ui.label(RichText::new(text).small().color(tokens.weak));
        let twins = used.duplicates.len() + used.collapsed.len();
        if twins > 0 {
            let text = RichText::new(format!("{twins} look alike on the console")).small();
            if ui.add(Button::new(text).frame(false)).on_hover_text("See them among the palettes").clicked() {
                view.lens = crate::state::Lens::Palettes;
            }
        }
    });
    view.flash = flash;
}

/// Paints the swatch of a palette's color `at`; one that a problem is about is framed.
pub fn paint(ui: &Ui, rect: Rect, at: usize, color: &Color, is_meant: bool, tokens: Tokens) {
    let [r, g, b] = color.stored.to_rgb().0;
    if at == 0 {
        keyed(ui, rect, tokens);
    } else {
        ui.painter().rect_filled(rect, 3, Color32::from_rgb(r, g, b));
    }
    let line = if is_meant { Stroke::new(2.0, tokens.error) } else { Stroke::new(1.0, tokens.line) };
    ui.painter().rect_stroke(rect, 3, line, StrokeKind::Inside);
}

/// The swatch of the color key: nothing is drawn where it stands.
fn keyed(ui: &Ui, rect: Rect, tokens: Tokens) {
    let half = rect.size() / 2.0;
    for n in 0..4 {
        let offset = Vec2::new((n % 2) as f32 * half.x, (n / 2) as f32 * half.y);
        let shade = tokens.checker[(n % 2 + n / 2) % 2];
        ui.painter().rect_filled(Rect::from_min_size(rect.min + offset, half), 0, shade);
    }
}

/// The tile and pixel under the pointer, else the selected tile, in words.
fn under_words(state: &State, glyph: &GlyphPreview, view: &View, under: Option<(u32, u32)>) -> String {
    let size = glyph.metadata.tile_size;
    match (under, view.tile) {
        (Some((x, y)), _) => {
            let Some(id) = tile_at(size, x, y) else { return String::new() };
            let index = glyph.payload.index(x, y);
            let palette = palette_of(view, glyph, Some(id));
            let stored = glyph.payload.palette(palette)[usize::from(index)];
            let color = match index {
                0 => "transparent".to_owned(),
                _ => format!("{} (565 0x{:04x}) of palette {palette}", stored.to_rgb(), stored.0),
            };
            let (x, y) = (x % size.pixels(), y % size.pixels());
            format!("pixel ({x}, {y}): index {index}, {color} · {}", tile_words(state, glyph, id))
        }
        (None, Some(id)) => tile_words(state, glyph, id),
        (None, None) => "Point at a pixel, or select a tile".to_owned(),
    }
}
