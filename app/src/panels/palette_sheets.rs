//! The sheets in which palettes are taken from a palette file, and written to one.

use egui::{Checkbox, DragValue, Key, RichText, ScrollArea, TextEdit, Ui, WidgetInfo, accesskit::Role};

use super::{Action, Draw, asked, tiling_fields};
use crate::state::{PaletteExport, PaletteForm, PaletteSheet, RowsChoice};
use crate::theme::{STEP, Tokens};
use crate::widgets::{ChoiceList, accessibility, button_row, confirm_button, finding_list, settle};

/// The width of a sheet, and the height of what is around its content, in points.
const WIDTH: f32 = 440.0;
const AROUND: f32 = 160.0;
/// The most rows that the palettes of a bank can have.
const ROWS: u32 = 63;
/// The width of a color, and of the button beside a path, in points.
const COLOR: f32 = 72.0;
const CHOOSE: f32 = 88.0;

/// Draws the one that is open.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    if let Some(sheet) = &draw.state.palette_sheet {
        show_sheet(ui, draw, "Palettes from a file", |ui, draw| show_import(ui, draw, sheet));
    } else if let Some(export) = &draw.state.palette_export {
        show_sheet(ui, draw, "Palette to a file", |ui, draw| show_export(ui, draw, export));
    }
}

fn show_sheet(ui: &mut Ui, draw: &mut Draw<'_>, name: &str, add: impl FnOnce(&mut Ui, &mut Draw<'_>)) {
    let shown = egui::Modal::new(egui::Id::unique("palette file")).show(ui.ctx(), |ui| {
        accessibility::name_group(ui, Role::Dialog, name);
        let room = ui.ctx().content_rect().size();
        ui.set_width(WIDTH.min(room.x - 16.0 * STEP));
        accessibility::mark_heading(&ui.heading(name));
        ui.add_space(2.0 * STEP);
        add(ui, draw);
    });
    settle(&shown.response);
}

/// Draws the content of a sheet above its buttons.
fn show_content(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let room = ui.ctx().content_rect().height();
    ScrollArea::vertical().max_height(room - AROUND).auto_shrink([false, true]).show(ui, add);
    ui.add_space(2.0 * STEP);
}

fn show_import(ui: &mut Ui, draw: &mut Draw<'_>, sheet: &PaletteSheet) {
    let mut edited = sheet.clone();
    let keys = draw.take_sheet_keys(ui);
    let mut is_enter = keys.confirms;
    show_content(ui, |ui| {
        is_enter |= show_path(ui, draw, &mut edited.path);
        show_place(ui, draw, &mut edited);
        show_palette_form(ui, &mut edited.form);
        let link = ui.add(Checkbox::new(&mut edited.is_linked, "The file is the palette: saving it changes the pack"));
        link.on_hover_text("The file must be in assets/; one file can serve many banks");
        if let Some(preview) = sheet.wanted().ok().and_then(|wanted| draw.state.preview_of_edit(&wanted)) {
            ui.add_space(2.0 * STEP);
            finding_list(ui, &preview.change.findings, draw.state.project_path());
            asked::show_preview(ui, draw, &preview.change);
        }
    });
    let available = draw.state.can_import(sheet);
    button_row(ui, |ui| {
        if confirm_button(ui, "Import", available) || (is_enter && available.is_ok()) {
            draw.push(Action::ImportPalettes);
        }
        if ui.button("Cancel").clicked() || keys.closes {
            draw.push(Action::CloseSheet);
        }
        show_why(ui, available);
    });
    if edited != *sheet {
        draw.push(Action::EditPaletteSheet(Box::new(edited)));
    }
}

/// Where the palettes go.
fn show_place(ui: &mut Ui, draw: &Draw<'_>, edited: &mut PaletteSheet) {
    let count = draw.state.glyph_bank().map_or(0, |glyph| glyph.palettes.len());
    tiling_fields::named_row(ui, "They become", |ui, name| {
        let text = |at: Option<u32>| at.map_or_else(|| "new palettes".to_owned(), |at| format!("palette {at} and on"));
        ChoiceList::new(name, &text(edited.at)).show(ui, |choices| {
            choices.add_values(&mut edited.at, std::iter::once(None).chain((0..).take(count).map(Some)), text);
        });
    });
}

/// What of a palette file is used.
pub fn show_palette_form(ui: &mut Ui, form: &mut PaletteForm) {
    tiling_fields::named_row(ui, "Colors of the file", |ui, name| {
        ui.horizontal(|ui| {
            let text = |choice: RowsChoice| match choice {
                RowsChoice::One => "one palette of at most 16",
                RowsChoice::All => "all rows of 16",
                RowsChoice::Some => "some rows of 16",
            };
            ChoiceList::new(name, text(form.rows)).show(ui, |choices| {
                choices.add_values(&mut form.rows, [RowsChoice::One, RowsChoice::All, RowsChoice::Some], text);
            });
            if form.rows == RowsChoice::Some {
                let [first, last] = &mut form.some;
                for (value, name) in [(first, "First row"), (last, "Last row")] {
                    let field = ui.add(DragValue::new(value).range(0..=ROWS).speed(0.1));
                    field.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, name));
                    field.on_hover_text(name);
                }
            }
        });
    });
    ui.horizontal_wrapped(|ui| {
        ui.add(Checkbox::new(&mut form.has_key, "The file lacks the color key, which is"));
        let field = TextEdit::singleline(&mut form.key).desired_width(COLOR);
        let field = ui.add_enabled(form.has_key, field);
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Color key"));
    });
}

fn show_export(ui: &mut Ui, draw: &mut Draw<'_>, export: &PaletteExport) {
    let mut edited = export.clone();
    let keys = draw.take_sheet_keys(ui);
    let mut is_enter = keys.confirms;
    show_content(ui, |ui| {
        ui.label(format!("Palette {} of {}", export.palette, export.root));
        is_enter |= show_path(ui, draw, &mut edited.path);
        let known = "The extension is the format: .gpl (GIMP), .hex, .pal (JASC), .act (Photoshop) or .txt (Paint.NET)";
        ui.add(egui::Label::new(RichText::new(known).small().color(Tokens::of(ui).weak)).wrap());
        ui.add(Checkbox::new(&mut edited.replaces, "Replace the file if it exists"));
        finding_list(ui, &export.findings, draw.state.project_path());
    });
    button_row(ui, |ui| {
        let available = if export.path.trim().is_empty() { Err("Enter the path of a file.") } else { Ok(()) };
        if confirm_button(ui, "Export", available) || (is_enter && available.is_ok()) {
            draw.push(Action::ExportPalette);
        }
        if ui.button("Cancel").clicked() || keys.closes {
            draw.push(Action::CloseSheet);
        }
        show_why(ui, available);
    });
    if edited != *export {
        draw.push(Action::EditPaletteExport(Box::new(edited)));
    }
}

/// The path of a file. Returns whether the user ends it with Enter.
fn show_path(ui: &mut Ui, draw: &mut Draw<'_>, path: &mut String) -> bool {
    let mut is_enter = false;
    tiling_fields::named_row(ui, "File", |ui, name| {
        ui.horizontal(|ui| {
            let width = (ui.available_width() - CHOOSE).max(CHOOSE);
            let field = ui.add(TextEdit::singleline(path).desired_width(width).hint_text("/art/palette.gpl"));
            field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
            is_enter = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if ui.memory(|memory| memory.focused().is_none()) {
                field.request_focus();
            }
            if ui.button("Choose…").clicked() {
                draw.push(Action::ChoosePaletteFile);
            }
        });
    });
    is_enter
}

fn show_why(ui: &mut Ui, available: Result<(), &'static str>) {
    if let Err(why) = available {
        let text = RichText::new(why).small().color(Tokens::of(ui).weak);
        accessibility::announce_changes(&ui.add(egui::Label::new(text).wrap()));
    }
}
