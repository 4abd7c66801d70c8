//! The sheet in which an asset is created from files: what is entered on the left; on the right what it would become.

use std::path::Path;
use std::sync::Arc;

use egui::{
    Align, Button, Checkbox, DragValue, Layout, RichText, ScrollArea, TextEdit, Ui, WidgetInfo, accesskit::Role, vec2,
};
use packer_services::declaration::Family;
use packer_services::diagnostics::plural;
use packer_services::preview::{BankPreview, GlyphPreview, Preview, SoundPreview, TileState, tile_rect};

use super::view::sample_facts;
use super::{Action, Draw, palette_sheets, tiling_fields};
use crate::state::{NewAsset, NewAssetForm, NewAssetPreview, RateChoice, RateForm};
use crate::theme::{STEP, Tokens};
use crate::widgets::{
    CONFIRM, ChoiceList, Textures, accessibility, button_row, confirm_button_with_keys, draw_hole, drawn_size,
    finding_list, settle, shorten_middle, snap_to_pixels, tab_button,
};

/// The size of the sheet, in points, if the window has room for it.
const SIZE: egui::Vec2 = vec2(860.0, 560.0);
/// The room around the sheet, in points.
const AROUND: egui::Vec2 = vec2(64.0, 64.0);
/// The width of the form, in points.
const FORM: f32 = 264.0;
/// The height of the title and of the buttons, in points.
const EDGES: f32 = 84.0;
/// The largest height of the previewed tiles, in points.
const TILES: f32 = 384.0;
/// How many characters of a file's name are shown.
const FILE: usize = 34;
/// How many files are listed.
const FILES: usize = 200;

/// Draws it, if there is one.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let state = draw.state;
    let Some(sheet) = &state.new_asset else { return };
    let size = SIZE.min(ui.ctx().content_rect().size() - AROUND);
    let shown = egui::Modal::new(egui::Id::unique("new asset")).show(ui.ctx(), |ui| {
        accessibility::name_group(ui, Role::Dialog, "New asset");
        ui.set_width(size.x);
        let keys = draw.take_sheet_keys(ui);
        if keys.closes {
            draw.push(Action::CloseSheet);
        }
        let mut form = sheet.form.clone();
        show_title(ui, sheet, &mut form);
        let height = size.y - EDGES;
        ui.allocate_ui_with_layout(vec2(size.x, height), Layout::left_to_right(Align::Min), |ui| {
            ui.allocate_ui_with_layout(vec2(FORM, height), Layout::top_down(Align::Min), |ui| {
                let area = ScrollArea::vertical().id_salt("form").auto_shrink(false);
                area.show(ui, |ui| {
                    ui.add_enabled_ui(!sheet.is_creating, |ui| show_form(ui, draw, sheet, &mut form));
                });
            });
            ui.separator();
            ui.allocate_ui_with_layout(vec2(ui.available_width(), height), Layout::top_down(Align::Min), |ui| {
                ScrollArea::vertical().id_salt("result").auto_shrink(false).show(ui, |ui| show_result(ui, draw, sheet));
            });
        });
        show_buttons(ui, draw, sheet, keys.confirms);
        if form != sheet.form {
            draw.push(Action::EditNewAsset(Box::new(form)));
        }
    });
    settle(&shown.response);
}

fn show_title(ui: &mut Ui, sheet: &NewAsset, form: &mut NewAssetForm) {
    ui.horizontal(|ui| {
        accessibility::mark_heading(&ui.heading("New asset"));
        ui.add_space(2.0 * STEP);
        let (images, sounds) = (sheet.files.images.len() as u64, sheet.files.sounds.len() as u64);
        for (family, name, count) in [(Family::GlyphBank, "Tiles", images), (Family::SoundBank, "Sounds", sounds)] {
            if count > 0 {
                let text = format!("{name} from {}", plural(count, "file"));
                if tab_button(ui, form.family == family, &text).clicked() {
                    form.family = family;
                }
            }
        }
    });
    ui.separator();
}

fn show_form(ui: &mut Ui, draw: &mut Draw<'_>, sheet: &NewAsset, form: &mut NewAssetForm) {
    tiling_fields::named_row(ui, "Folder in assets/", |ui, name| {
        let response = ui.add(TextEdit::singleline(&mut form.root).desired_width(f32::INFINITY));
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
    });
    match form.family {
        Family::GlyphBank => show_glyph_form(ui, form),
        Family::SoundBank => {
            show_rate(ui, &mut form.rate);
            ui.add(Checkbox::new(&mut form.downmixes, "Mix stereo down to mono"));
            ui.add(Checkbox::new(&mut form.reduces_bit_depth, "Reduce more than 16 bits"));
        }
    }
    ui.add_space(2.0 * STEP);
    ui.add(Checkbox::new(&mut form.is_preloaded, "In a slot when the game starts"));
    ui.add(Checkbox::new(&mut form.is_included, "In the build"));
    // Most errors can be fixed in the views of the asset.
    let has_errors = sheet.preview.as_ref().is_some_and(|preview| {
        preview.report.as_ref().is_some_and(|report| report.asset_id.is_some() && !report.packs)
    });
    if has_errors || form.accepts_errors {
        ui.add(Checkbox::new(&mut form.accepts_errors, "Create it with its errors, and leave it out of the build"));
    }
    if form.family == Family::GlyphBank {
        show_palettes(ui, draw, form);
    }
    ui.add_space(2.0 * STEP);
    show_files(ui, sheet, form);
}

fn show_glyph_form(ui: &mut Ui, form: &mut NewAssetForm) {
    tiling_fields::show_tile_size(ui, &mut form.tile_size);
    tiling_fields::show_color_key(ui, &mut form.key);
    tiling_fields::show_cells(ui, &mut form.cut);
    let animations = ui.add(Checkbox::new(&mut form.animations, "Animations of tags and numbered images"));
    animations
        .on_hover_text("Each tag of an Aseprite file becomes an animation, and so do images such as walk_1 and walk_2");
}

/// The sample rate of sounds, and what happens to those with another one.
fn show_rate(ui: &mut Ui, rate: &mut RateForm) {
    tiling_fields::named_row(ui, "Sample rate", |ui, name| {
        ui.horizontal(|ui| {
            ChoiceList::new(name, rate.choice.name()).show(ui, |choices| {
                choices.add_values(&mut rate.choice, RateChoice::ALL, RateChoice::name);
            });
            if rate.choice != RateChoice::OfFiles {
                let field = ui.add(DragValue::new(&mut rate.hz).range(RateForm::RANGE).speed(50.0).suffix(" Hz"));
                accessibility::set_name(&field, "Rate in Hz");
            }
        });
    });
}

/// The palette files that the palettes of a tile bank begin with.
fn show_palettes(ui: &mut Ui, draw: &mut Draw<'_>, form: &mut NewAssetForm) {
    ui.add_space(2.0 * STEP);
    accessibility::mark_heading(&ui.label(RichText::new("Palettes").small().strong()));
    form.palettes.retain(|file| !show_palette_file(ui, file));
    if form.palettes.is_empty() {
        ui.label(RichText::new("found from the images").small().color(Tokens::of(ui).weak));
    } else {
        palette_sheets::show_palette_form(ui, &mut form.palette_form);
    }
    let button = ui.button("Add palette file…");
    if button.on_hover_text("Or drop or paste palette files on this window").clicked() {
        draw.push(Action::ChoosePaletteFile);
    }
}

/// The name of a file, without its folder.
fn file_name(file: &Path) -> String {
    file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned()
}

/// A palette file with a button that leaves it out; returns whether that was clicked.
fn show_palette_file(ui: &mut Ui, file: &Path) -> bool {
    let (full, name) = (file.display().to_string(), file_name(file));
    let row = ui.horizontal(|ui| {
        let button = ui.add(Button::new("×").small());
        accessibility::set_name(&button, &format!("Leave out {name}"));
        let short = shorten_middle(&name, FILE);
        let label = ui.label(RichText::new(&short).monospace().small());
        accessibility::full_text_on_hover(label, &short, &name).on_hover_text(full);
        button.clicked()
    });
    row.inner
}

/// Which files the asset is created from.
fn show_files(ui: &mut Ui, sheet: &NewAsset, form: &mut NewAssetForm) {
    let tokens = Tokens::of(ui);
    let files = sheet.files_of_family();
    ui.horizontal(|ui| {
        let count = files.iter().filter(|file| !sheet.form.left_out.contains(file)).count();
        let text = if count < files.len() { format!("Files: {count} of {}", files.len()) } else { "Files".to_owned() };
        accessibility::mark_heading(&ui.label(RichText::new(text).small().strong()));
        if files.len() > 1 {
            if ui.add_enabled(count < files.len(), Button::new("All").small()).clicked() {
                form.left_out.clear();
            }
            if ui.add_enabled(count > 0, Button::new("None").small()).clicked() {
                form.left_out.extend(files.iter().filter(|file| !sheet.form.left_out.contains(file)).cloned());
            }
        }
    });
    for file in files.iter().take(FILES) {
        let (full, name) = (file.display().to_string(), file_name(file));
        let short = shorten_middle(&name, FILE);
        let mut is_used = !form.left_out.contains(file);
        let checkbox = ui.add(Checkbox::new(&mut is_used, RichText::new(&short).monospace().small()));
        let checkbox = accessibility::full_text_on_hover(checkbox, &short, &name).on_hover_text(full);
        if checkbox.changed() {
            match is_used {
                true => form.left_out.retain(|other| other != file),
                false => form.left_out.push(file.clone()),
            }
        }
    }
    let more = files.len().saturating_sub(FILES) as u64;
    if more > 0 {
        ui.label(RichText::new(format!("and {}", plural(more, "more file"))).small().color(tokens.weak));
    }
    let others = sheet.files.others.len() as u64;
    if others > 0 {
        let text = format!("{} in the folder: neither an image nor a sound", plural(others, "other file"));
        ui.label(RichText::new(text).small().color(tokens.weak));
    }
}

fn show_result(ui: &mut Ui, draw: &mut Draw<'_>, sheet: &NewAsset) {
    let Some(preview) = &sheet.preview else {
        ui.weak("Checking the files…");
        return;
    };
    if let Some(bank) = &preview.bank {
        match &bank.bank {
            BankPreview::Glyph(glyph) => show_tiles(ui, draw.textures, bank, glyph),
            BankPreview::Sound(sound) => show_sounds(ui, sound),
            BankPreview::Scene { .. } => {}
        }
    }
    if let Some(summary) = summary(preview) {
        ui.label(summary);
    }
    ui.add_space(STEP);
    let mut findings = preview.findings.clone();
    findings.sort_by_key(|finding| finding.severity);
    finding_list(ui, &findings, draw.state.project_path());
}

/// What it has, in one line.
fn summary(preview: &NewAssetPreview) -> Option<String> {
    let report = preview.report.as_ref().filter(|report| report.items > 0)?;
    let items = u64::from(report.items);
    let mut parts = match preview.form.family {
        Family::GlyphBank => {
            let most = preview.form.tile_size.capacity();
            let mut parts = vec![format!("{items} of {most} tiles"), plural(report.palettes as u64, "palette")];
            let animations = match preview.bank.as_ref().map(|bank| &bank.bank) {
                Some(BankPreview::Glyph(glyph)) => glyph.animations.len() as u64,
                _ => 0,
            };
            parts.extend((animations > 0).then(|| plural(animations, "animation")));
            parts
        }
        Family::SoundBank => vec![plural(items, "sample")],
    };
    parts.extend(report.slot.map(|slot| format!("slot {slot}")));
    Some(parts.join(" · "))
}

/// The tiles as the console will show them, at the largest integer zoom.
fn show_tiles(ui: &mut Ui, textures: &mut Textures, bank: &Arc<Preview>, glyph: &GlyphPreview) {
    let tokens = Tokens::of(ui);
    let point = 1.0 / ui.pixels_per_point();
    let pixels = drawn_size(glyph);
    let [width, height] = pixels.map(|side| side as f32 * point);
    let zoom = (ui.available_width() / width).min(TILES / height).floor().max(1.0);
    let (room, response) = ui.allocate_exact_size(vec2(width, height) * zoom, egui::Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "The tiles as the console will show them"));
    let corner = snap_to_pixels(room.min, point);
    let place = egui::Rect::from_min_size(corner, room.size());
    let painter = ui.painter_at(place);
    textures.draw_backdrop(ui, &painter, place);
    textures.draw_new_sheet(ui, &painter, bank, glyph, place, pixels);
    let scale = zoom * point;
    for (id, _) in (0u32..).zip(&glyph.tiles).filter(|(_, tile)| matches!(tile.state, TileState::Hole { .. })) {
        let Some(tile) = tile_rect(glyph.metadata.tile_size, id) else { continue };
        let min = corner + vec2(tile.x as f32, tile.y as f32) * scale;
        draw_hole(&painter, egui::Rect::from_min_size(min, egui::Vec2::splat(tile.side as f32 * scale)), tokens);
    }
}

fn show_sounds(ui: &mut Ui, sound: &SoundPreview) {
    for sample in &sound.samples {
        let file = sample.file.as_ref().map(ToString::to_string).unwrap_or_default();
        ui.label(format!("{} {file}: {}", sample.index, sample_facts(sample)));
    }
}

fn show_buttons(ui: &mut Ui, draw: &mut Draw<'_>, sheet: &NewAsset, is_enter: bool) {
    let tokens = Tokens::of(ui);
    ui.separator();
    button_row(ui, |ui| {
        let available = sheet.can_create();
        let keys = ui.ctx().format_shortcut(&CONFIRM);
        if confirm_button_with_keys(ui, "Create", &keys, available)
            || (is_enter && (available.is_ok() || sheet.is_checking()))
        {
            draw.push(Action::CreateNewAsset);
        }
        if ui.button("Cancel").clicked() {
            draw.push(Action::CloseSheet);
        }
        if let Err(why) = available {
            let why = if sheet.is_awaited { "It is being checked, and then created." } else { why };
            let response = ui.label(RichText::new(why).color(tokens.weak));
            accessibility::announce_changes(&response);
        }
    });
}
