//! How the images of a bank are cut into tiles, and what another cut would do: what is entered, and the image with its
//! cells.

use egui::{Align, Button, Frame, Layout, RichText, ScrollArea, Ui, vec2};
use packer_services::diagnostics::plural;
use packer_services::preview::{GlyphPreview, SourcePreview, TileState};

use super::super::{Action, Draw, asked};
use super::{cut_fields, cut_image};
use crate::state::{CutDraft, EditPreview};
use crate::theme::{STEP, Tokens};
use crate::widgets::{CONFIRM, accessibility, confirm_button_with_keys, finding_list, take_confirm};

/// The width of what is entered, in points, and from which width of the view on the image is beside it.
const FORM: f32 = 248.0;
const WIDE: f32 = 520.0;
/// The height of the image below what is entered, in points.
const IMAGE: f32 = 220.0;

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let Some(shown) = draw.state.shown_cut() else { return };
    let at = draw.state.cut_image();
    let mut edited = shown.clone();
    let size = ui.available_size();
    if size.x < WIDE {
        ScrollArea::vertical().id_salt("cut").auto_shrink(false).show(ui, |ui| {
            Frame::new().inner_margin(3.0 * STEP).show(ui, |ui| {
                show_form(ui, draw, &mut edited, at);
                ui.add_space(2.0 * STEP);
                let room = vec2(ui.available_width(), IMAGE);
                show_image(ui, draw, &mut edited, at, room, false);
            });
        });
    } else {
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Min), |ui| {
            ui.allocate_ui_with_layout(vec2(FORM, size.y), Layout::top_down(Align::Min), |ui| {
                ui.set_width(FORM);
                ScrollArea::vertical().id_salt("cut").auto_shrink(false).show(ui, |ui| {
                    let margin = Frame::new().inner_margin(3.0 * STEP);
                    margin.show(ui, |ui| show_form(ui, draw, &mut edited, at));
                });
            });
            let room = ui.available_size();
            show_image(ui, draw, &mut edited, at, room, true);
        });
    }
    if edited != shown {
        draw.push(Action::CutImages(Some(edited)));
    }
}

/// What is entered, what it would do, and the buttons.
fn show_form(ui: &mut Ui, draw: &mut Draw<'_>, edited: &mut CutDraft, at: usize) {
    let shown = edited.clone();
    cut_fields::show(ui, draw, edited, at);
    ui.add_space(2.0 * STEP);
    let available = draw.state.can_apply_cut(&shown);
    ui.horizontal_wrapped(|ui| {
        let keys = ui.ctx().format_shortcut(&CONFIRM);
        let is_confirmed = !draw.state.has_sheet() && take_confirm(ui);
        if confirm_button_with_keys(ui, "Apply", &keys, available) || (is_confirmed && available.is_ok()) {
            draw.push(Action::ApplyCut);
        }
        if ui.add_enabled(draw.state.is_cut_changed(&shown), Button::new("Revert")).clicked() {
            draw.push(Action::CutImages(None));
        }
        if let Err(why) = available {
            let text = RichText::new(why).small().color(Tokens::of(ui).weak);
            accessibility::announce_changes(&ui.add(egui::Label::new(text).wrap()));
        }
    });
    ui.add_space(2.0 * STEP);
    if let Some(preview) = draw.state.current_cut_preview(&shown) {
        show_result(ui, draw, preview);
    }
}

/// How many tiles the bank would have, which ids move, and what would be found.
fn show_result(ui: &mut Ui, draw: &Draw<'_>, preview: &EditPreview) {
    let tiles = |glyph: &GlyphPreview| {
        glyph.tiles.iter().filter(|tile| !matches!(tile.state, TileState::Unused)).count() as u64
    };
    let before = draw.state.glyph_bank().map(tiles);
    // The tiles of an image that cannot be cut cannot be counted.
    if let Some(glyph) = preview.glyph().filter(|glyph| glyph.artifacts.len() == glyph.declared.len()) {
        let (now, most) = (tiles(glyph), glyph.metadata.tile_size.capacity());
        let was = before.filter(|before| *before != now).map_or(String::new(), |before| format!(", now {before}"));
        let label = ui.label(RichText::new(format!("{} of {most}{was}", plural(now, "tile"))).strong());
        accessibility::announce_changes(&label);
    }
    let mut findings = preview.change.findings.clone();
    findings.sort_by_key(|finding| finding.severity);
    finding_list(ui, &findings, draw.state.project_path());
    asked::show_preview(ui, draw, &preview.change);
}

fn show_image(ui: &mut Ui, draw: &mut Draw<'_>, edited: &mut CutDraft, at: usize, room: egui::Vec2, has_wheel: bool) {
    let Some(image) = edited.images.get_mut(at) else { return };
    let file = image.file.to_string();
    let Some(source) = draw.state.source.as_ref().filter(|source| source.file == file) else { return };
    match source.content.as_ref().map(|content| content.as_deref()) {
        Some(Ok(SourcePreview::Image { pixels, frames, .. })) => {
            let cells = cut_image::Cells { tile_size: edited.tile_size, pixels, frames: *frames, has_wheel };
            cut_image::show(ui, draw, &cells, image, room);
        }
        Some(Err(findings)) => {
            let margin = Frame::new().inner_margin(3.0 * STEP);
            margin.show(ui, |ui| {
                ui.set_max_width(room.x - 6.0 * STEP);
                finding_list(ui, findings, draw.state.project_path());
            });
        }
        Some(Ok(_)) => drop(ui.weak("The file is not an image.")),
        None => {}
    }
}
