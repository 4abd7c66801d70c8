//! Edits of a palette: its name, its place, and its colors, each beside what the console shows.

use egui::{Rect, RichText, Sense, TextEdit, Ui, WidgetInfo, accesskit::Role, vec2};
use packer_services::declaration::PaletteSource;
use packer_services::formats::{MAX_PALETTES, PALETTE_COLORS, Rgb};
use packer_services::ops::{AssetEdit, PaletteEdit};
use packer_services::preview::{GlyphPreview, PreviewPalette};

use super::super::{Action, Draw};
use crate::state::{AskedEdit, PaletteExport, View, unlink};
use crate::theme::{STEP, Tokens};
use crate::widgets::{SWATCH, accessibility, draw_swatch, explain_disabled};

/// The width of a field, in points.
const FIELD: f32 = 84.0;
/// The color key of a bank that has no palette yet.
const KEY: Rgb = Rgb([0xFF, 0, 0xFF]);

/// Selects a color of a palette, to edit it.
pub fn select_color(view: &mut View, palette: u32, index: usize) {
    view.color = Some((palette, u32::try_from(index).unwrap_or(0)));
    (view.palette, view.typed_color, view.typed_name) = (Some(palette), None, None);
}

/// The edits of the selected palette, and of its selected color.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>, glyph: &GlyphPreview, n: u32, palette: &PreviewPalette) {
    show_palette(ui, draw, glyph, n, palette);
    if palette.file.is_some() {
        return;
    }
    let color = draw.view.color.filter(|(marked, _)| *marked == n).map(|(_, index)| index);
    if let Some(index) = color {
        show_color(ui, draw, n, palette, index);
    }
}

fn show_palette(ui: &mut Ui, draw: &mut Draw<'_>, glyph: &GlyphPreview, n: u32, palette: &PreviewPalette) {
    let last = u32::try_from(glyph.palettes.len()).unwrap_or(1).saturating_sub(1);
    ui.horizontal_wrapped(|ui| {
        let old = palette.name.clone().unwrap_or_default();
        let mut name = draw.view.typed_name.clone().unwrap_or_else(|| old.clone());
        let field = ui.add(TextEdit::singleline(&mut name).desired_width(2.0 * FIELD).hint_text("no name"));
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Name of the palette"));
        if field.changed() {
            draw.view.typed_name = Some(name.clone());
        }
        if field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Escape)) {
            draw.view.typed_name = None;
        } else if field.lost_focus() && name.trim() != old {
            let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
            edit(draw, PaletteEdit::Name { palette: n, name });
        }
        if ui.button("Duplicate").on_hover_ui(|ui| drop(ui.label("A copy that you can recolor"))).clicked() {
            edit(draw, PaletteEdit::Duplicate { palette: n, name: None });
        }
        for (text, to) in [("Up", n.checked_sub(1)), ("Down", Some(n + 1).filter(|to| *to <= last))] {
            let button = ui.add_enabled(to.is_some(), egui::Button::new(text));
            accessibility::set_name(&button, &format!("Move palette {n} {}", text.to_lowercase()));
            if let (true, Some(to)) = (button.clicked(), to) {
                ask(draw, format!("Move palette {n} to {to}"), PaletteEdit::Move { palette: n, to });
            }
        }
        let button = ui.add_enabled(last > 0, egui::Button::new("Remove…"));
        accessibility::set_name(&button, &format!("Remove palette {n}"));
        if button.clicked() {
            ask(draw, format!("Remove palette {n}"), PaletteEdit::Remove(n));
        }
        let declared = palette.colors.iter().filter(|color| color.authored.is_some()).count();
        if palette.file.is_none() && declared < PALETTE_COLORS && ui.button("Add color").clicked() {
            select_color(&mut draw.view, n, declared);
        }
        let button = ui.button("Import…").on_hover_ui(|ui| drop(ui.label("Takes its colors from a palette file")));
        accessibility::set_name(&button, &format!("Import palette {n}"));
        if button.clicked() {
            draw.push(Action::OpenPaletteSheet(String::new(), Some(n)));
        }
        let button = ui.button("Export…").on_hover_ui(|ui| drop(ui.label("Writes it to a palette file")));
        accessibility::set_name(&button, &format!("Export palette {n}"));
        if button.clicked() {
            let root = draw.state.selected_root.clone().unwrap_or_default();
            let export = PaletteExport { root, palette: n, path: String::new(), replaces: false, findings: Vec::new() };
            draw.push(Action::EditPaletteExport(Box::new(export)));
        }
    });
    if let Some(source) = &palette.file {
        show_file(ui, draw, n, source);
    }
}

/// The file that is the palette, and how to declare its colors instead.
fn show_file(ui: &mut Ui, draw: &mut Draw<'_>, n: u32, source: &PaletteSource) {
    ui.horizontal_wrapped(|ui| {
        let row = source.row.map(|row| format!(", row {row}")).unwrap_or_default();
        ui.label(RichText::new(format!("It is the file {}{row}", source.declared_path())));
        let button = ui.button("Unlink…");
        accessibility::set_name(&button, &format!("Unlink palette {n}"));
        let button = button.on_hover_ui(|ui| drop(ui.label("Writes its colors into asset.json")));
        let (project, root) = (draw.state.project_path(), draw.state.selected_root.clone());
        if button.clicked()
            && let (Some(project), Some(root)) = (project, root)
        {
            let edit = unlink(project, &root, n, source);
            let title = format!("Declare the colors of palette {n} in asset.json");
            draw.push(Action::Ask(title, Box::new(AskedEdit::Asset(root, edit))));
        }
    });
}

fn show_color(ui: &mut Ui, draw: &mut Draw<'_>, n: u32, palette: &PreviewPalette, index: u32) {
    let tokens = Tokens::of(ui);
    let old = palette.colors.get(index as usize).and_then(|color| color.authored);
    let mut text =
        draw.view.typed_color.clone().unwrap_or_else(|| old.map(|rgb| rgb.to_string()).unwrap_or_else(|| "#".into()));
    ui.horizontal_wrapped(|ui| {
        ui.label(if old.is_some() { format!("Color {index}") } else { format!("New color {index}") });
        let mut rgb = Rgb::parse(text.trim());
        let mut picked = rgb.unwrap_or(KEY).0;
        let button = ui.color_edit_button_srgb(&mut picked);
        accessibility::set_name(&button, "Choose the color");
        if button.changed() && Some(Rgb(picked)) != rgb {
            rgb = Some(Rgb(picked));
            text = Rgb(picked).to_string();
            draw.view.typed_color = Some(text.clone());
        }
        let field = ui.add(TextEdit::singleline(&mut text).desired_width(FIELD).font(egui::TextStyle::Monospace));
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Color"));
        if field.changed() {
            draw.view.typed_color = Some(text.clone());
        }
        if let Some(rgb) = rgb {
            let stored = rgb.to_565();
            let (rect, _) = ui.allocate_exact_size(vec2(SWATCH * 2.0, SWATCH), Sense::hover());
            let halves = [rgb, stored.to_rgb()].map(|Rgb([r, g, b])| egui::Color32::from_rgb(r, g, b));
            let (left, right) = rect.split_left_right_at_x(rect.center().x);
            draw_swatch(ui, left, Some(halves[0]), false);
            draw_swatch(ui, Rect::from_min_max(right.min, right.max), Some(halves[1]), false);
            let shown = format!("shown as {} (565 0x{:04x})", stored.to_rgb(), stored.0);
            accessibility::announce_changes(&ui.label(RichText::new(shown).small().color(tokens.weak)));
        }
        let available = match rgb {
            None => Err("Write the color like #ff8000."),
            Some(rgb) if Some(rgb) == old => Err("It has this color already."),
            Some(_) => Ok(()),
        };
        let set = explain_disabled(ui.add_enabled(available.is_ok(), egui::Button::new("Set…")), available);
        let is_enter = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if let (true, Some(rgb)) = (set.clicked() || (is_enter && available.is_ok()), rgb) {
            let edit = PaletteEdit::SetColor { palette: n, color: index, rgb };
            ask(draw, format!("Set color {index} of palette {n} to {rgb}"), edit);
        }
        if let Some(old) = old
            && ui.button("Copy").on_hover_ui(|ui| drop(ui.label("Copies the color as text"))).clicked()
        {
            draw.push(Action::Copy(old.to_string()));
        }
    });
    ui.add_space(STEP);
}

/// The button that adds a palette.
pub fn show_add(ui: &mut Ui, draw: &mut Draw<'_>, glyph: &GlyphPreview) {
    let count = u32::try_from(glyph.palettes.len()).unwrap_or(MAX_PALETTES);
    let available = if count < MAX_PALETTES { Ok(()) } else { Err("A bank has at most 64 palettes.") };
    ui.horizontal_wrapped(|ui| {
        ui.add_space(3.0 * STEP);
        let button = explain_disabled(ui.add_enabled(available.is_ok(), egui::Button::new("Add palette")), available);
        if button.clicked() {
            let key = glyph.palettes.first().and_then(|palette| palette.colors.first()?.authored).unwrap_or(KEY);
            edit(draw, PaletteEdit::Add { colors: vec![key], name: None });
        }
        let button = ui.add_enabled(available.is_ok(), egui::Button::new("Import palettes…"));
        if explain_disabled(button, available).clicked() {
            draw.push(Action::OpenPaletteSheet(String::new(), None));
        }
    });
    ui.add_space(2.0 * STEP);
}

fn edit(draw: &mut Draw<'_>, edit: PaletteEdit) {
    draw.push(Action::Edit(Box::new(AssetEdit::Palette(edit))));
}

/// Shows first which tiles look different afterwards.
fn ask(draw: &mut Draw<'_>, title: String, edit: PaletteEdit) {
    let root = draw.state.selected_root.clone().unwrap_or_default();
    draw.push(Action::Ask(title, Box::new(AskedEdit::Asset(root, AssetEdit::Palette(edit)))));
}
