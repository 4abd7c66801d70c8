//! The sheet that shows what a change would do, before it does.

use std::cmp::Reverse;

use egui::{Align, Color32, Label, Layout, RichText, ScrollArea, Sense, Ui, Vec2, accesskit::Role};
use packer_services::diagnostics::{join_some, plural};
use packer_services::fixes::OfferedFix;
use packer_services::formats::Rgb;
use packer_services::ops::{AssetEdit, MovedIdentity, RecoloredPixels, RepaintedTile, UpdateOptions};

use super::{Action, Draw};
use crate::state::{AskedChange, AskedEdit, ChangePreview};
use crate::theme::{STEP, Tokens};
use crate::widgets::{SheetKeys, accessibility, code_text, confirm_button, draw_swatch, finding_list, settle};

/// The width of the sheet and the largest height of its list, in points.
const WIDTH: f32 = 460.0;
const HEIGHT: f32 = 280.0;
/// The side of the swatch of a color that changes, in points.
const SMALL_SWATCH: f32 = 14.0;
/// How many tiles of a palette are listed.
const TILES: usize = 12;
/// How many files, and how many lines of ids, are listed.
const FILES: usize = 40;
const LINES: usize = 40;

/// Draws it, if there is one.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let Some(asked) = &draw.state.asked else { return };
    let shown = egui::Modal::new(egui::Id::unique("asked")).show(ui.ctx(), |ui| {
        accessibility::name_group(ui, Role::Dialog, "Change");
        let keys = draw.take_sheet_keys(ui);
        let room = ui.ctx().content_rect().size();
        ui.set_width(WIDTH.min(room.x - 16.0 * STEP));
        accessibility::mark_heading(&ui.add(Label::new(RichText::new(&asked.title).heading()).wrap()));
        ui.add_space(2.0 * STEP);
        show_options(ui, draw, asked);
        let area = ScrollArea::vertical().max_height(HEIGHT.min(room.y - 40.0 * STEP)).auto_shrink([false, true]);
        area.show(ui, |ui| match &asked.preview {
            None => drop(ui.weak("It is being checked…")),
            Some(preview) => {
                show_preview(ui, draw, preview);
                finding_list(ui, &preview.findings, draw.state.project_path());
            }
        });
        ui.add_space(2.0 * STEP);
        show_buttons(ui, draw, asked, keys);
    });
    settle(&shown.response);
}

/// What can be chosen about the change.
fn show_options(ui: &mut Ui, draw: &mut Draw<'_>, asked: &AskedChange) {
    if let AskedEdit::Fix(fixes) = &asked.edit {
        show_fixes_like(ui, draw, asked, fixes);
    }
    let AskedEdit::Asset(root, AssetEdit::Update(options)) = &asked.edit else { return };
    let (mut force, mut palettes) = (options.force, options.palettes);
    ui.checkbox(&mut force, "Replace files that were edited here, too");
    if draw.state.glyph_bank().is_some() {
        ui.checkbox(&mut palettes, "Add the colors that they need to the palettes");
    }
    ui.add_space(STEP);
    if (force, palettes) != (options.force, options.palettes) {
        let options = UpdateOptions::default().force(force).palettes(palettes);
        let edit = AskedEdit::Asset(root.clone(), AssetEdit::Update(options));
        draw.push(Action::Ask(asked.title.clone(), Box::new(edit)));
    }
}

/// Whether the same is done about all problems of the kind.
fn show_fixes_like(ui: &mut Ui, draw: &mut Draw<'_>, asked: &AskedChange, fixes: &[OfferedFix]) {
    let Some(fix) = fixes.iter().find(|fix| fix.title == asked.title) else { return };
    let alike = draw.state.fixes_like(fix);
    if alike.len() < 2 {
        return;
    }
    let mut is_for_all = fixes.len() > 1;
    let others = plural(alike.len() as u64 - 1, "other problem");
    ui.checkbox(&mut is_for_all, format!("Do the same about {others} of this kind"));
    ui.add_space(STEP);
    if is_for_all != (fixes.len() > 1) {
        let edit = AskedEdit::Fix(if is_for_all { alike } else { vec![fix.clone()] });
        draw.push(Action::Ask(asked.title.clone(), Box::new(edit)));
    }
}

/// Which colors of images become which, those on most pixels first.
fn show_recolored(ui: &mut Ui, recolored: &[RecoloredPixels]) {
    if recolored.is_empty() {
        return;
    }
    let tokens = Tokens::of(ui);
    let pixels: u64 = recolored.iter().map(|one| one.pixels).sum();
    ui.label(format!("{} get other colors", plural(pixels, "pixel")));
    let mut lines: Vec<&RecoloredPixels> = recolored.iter().collect();
    lines.sort_by_key(|one| Reverse(one.pixels));
    for RecoloredPixels { file, from, to, pixels, .. } in lines.iter().take(LINES) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = STEP;
            for color in [from, to] {
                let (rect, _) = ui.allocate_exact_size(Vec2::splat(SMALL_SWATCH), Sense::hover());
                let Rgb([r, g, b]) = *color;
                draw_swatch(ui, rect, Some(Color32::from_rgb(r, g, b)), false);
            }
            let colors = format!("{from} becomes {to}");
            ui.label(RichText::new(colors).small().monospace());
            let place = format!("{} of {file}", plural(*pixels, "pixel"));
            ui.label(RichText::new(place).small().color(tokens.weak));
        });
    }
    if lines.len() > LINES {
        ui.weak(format!("and {} more colors", lines.len() - LINES));
    }
}

/// Which files, slots, ids, tiles and colors a change would change.
pub fn show_preview(ui: &mut Ui, draw: &Draw<'_>, preview: &ChangePreview) {
    let tokens = Tokens::of(ui);
    for fix in &preview.fixes {
        ui.add(Label::new(code_text(ui, fix, tokens.text)).wrap());
    }
    let Some(change) = &preview.change else { return };
    ui.add_space(STEP);
    let files = &change.files;
    let lines = [("new", &files.created), ("changed", &files.changed), ("removed", &files.removed)];
    let all = lines.iter().flat_map(|(what, paths)| paths.iter().map(move |path| (*what, path)));
    for (what, path) in all.clone().take(FILES) {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(what).small().color(tokens.weak));
            ui.label(RichText::new(path).small().monospace());
        });
    }
    if all.clone().count() > FILES {
        ui.weak(format!("and {} more files", all.count() - FILES));
    }
    for moved in &files.moved {
        ui.label(RichText::new(format!("{} becomes {}", moved.from, moved.to)).small().monospace());
    }
    let name = |asset_id: u32| {
        let asset = draw.state.assets().iter().find(|asset| asset.asset_id == Some(asset_id));
        asset.map_or_else(|| format!("asset {asset_id}"), |asset| asset.name.clone().unwrap_or(asset.root.clone()))
    };
    let slot = |slot: Option<u32>| slot.map_or_else(|| "no slot".to_owned(), |slot| format!("slot {slot}"));
    for moved in &preview.slots {
        ui.label(format!("{}: {} becomes {}", name(moved.asset_id), slot(moved.from), slot(moved.to)));
    }
    let moved = moved_ids(&preview.ids);
    for line in moved.iter().take(LINES) {
        ui.label(line);
    }
    if moved.len() > LINES {
        ui.weak(format!("and ids in {} more places", moved.len() - LINES));
    }
    let follows = |a: &RepaintedTile, b: &RepaintedTile| (a.from, a.to) == (b.from, b.to);
    for run in preview.repainted.chunk_by(follows) {
        let tiles = join_some(run.iter().map(|tile| tile.tile), ", ", TILES);
        let what = if run.len() == 1 { "tile" } else { "tiles" };
        ui.label(format!("{what} {tiles}: palette {} becomes {}", run[0].from, run[0].to));
    }
    show_recolored(ui, &preview.recolored);
}

/// Which ids become which, in words. Ids of a file that move by the same number are one line.
fn moved_ids(ids: &[MovedIdentity]) -> Vec<String> {
    let follows = |a: &MovedIdentity, b: &MovedIdentity| {
        (&a.name, &a.file) == (&b.name, &b.file)
            && b.from == a.from + 1
            && match (a.to, b.to) {
                (Some(a), Some(b)) => b == a + 1,
                (None, None) => true,
                _ => false,
            }
    };
    let lines = ids.chunk_by(follows).filter_map(|run| {
        let (first, last) = (run.first()?, run.last()?);
        let all = |from: u32, to: u32| if from == to { from.to_string() } else { format!("{from}–{to}") };
        let (id, becomes) = if run.len() == 1 { ("id", "becomes") } else { ("ids", "become") };
        let to = first.to.zip(last.to).map_or_else(|| "nothing".to_owned(), |(first, last)| all(first, last));
        Some(format!("{} {}: {id} {} {becomes} {to}", first.name, first.file, all(first.from, last.from)))
    });
    lines.collect()
}

fn show_buttons(ui: &mut Ui, draw: &mut Draw<'_>, asked: &AskedChange, keys: SheetKeys) {
    let tokens = Tokens::of(ui);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let available = asked.can_apply();
        if confirm_button(ui, "Apply", available) || (keys.confirms && available.is_ok()) {
            draw.push(Action::ApplyAsked);
        }
        if ui.button("Cancel").clicked() || keys.closes {
            draw.push(Action::CloseAsked);
        }
        if let Err(why) = available {
            accessibility::announce_changes(&ui.label(RichText::new(why).color(tokens.weak)));
        }
    });
}

#[cfg(test)]
mod tests {
    use packer_services::RelPath;

    use super::*;

    #[test]
    fn ids_that_move_together_are_one_line() {
        let moved = |file: &str, from, to| -> MovedIdentity {
            let file = RelPath::parse(file).expect("valid");
            let name = "hero".to_owned();
            MovedIdentity { asset_id: 1, name, file, region: None, sprite: None, column: None, row: None, from, to }
        };
        let ids = [moved("a", 0, Some(4)), moved("a", 1, Some(5)), moved("a", 3, Some(6)), moved("b", 4, None)];
        let lines = moved_ids(&ids);
        assert_eq!(lines, ["hero a: ids 0–1 become 4–5", "hero a: id 3 becomes 6", "hero b: id 4 becomes nothing"]);
    }
}
