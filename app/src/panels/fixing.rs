//! The sheet that shows what fixes of problems would change, before they do.

use egui::{Align, Button, Key, Layout, Modifiers, RichText, ScrollArea, Ui, WidgetInfo, accesskit::Role};
use packer_services::ops::FixProjectReport;

use super::{Action, Draw};
use crate::state::Fixing;
use crate::theme::{STEP, Tokens};
use crate::widgets::{accessibility, explain_disabled, finding_list};

/// The width of the sheet and the largest height of its list, in points.
const WIDTH: f32 = 460.0;
const HEIGHT: f32 = 280.0;
/// How many files are listed.
const FILES: usize = 40;

/// Draws it, if there is one.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let Some(fixing) = &draw.state.fixing else { return };
    egui::Modal::new(egui::Id::unique("fixing")).show(ui.ctx(), |ui| {
        accessibility::name_group(ui, Role::Dialog, "Fix");
        let room = ui.ctx().content_rect().size();
        ui.set_width(WIDTH.min(room.x - 16.0 * STEP));
        let title = match &fixing.fixes[..] {
            [] => "Fix everything that has one right answer".to_owned(),
            [one] => one.title.clone(),
            several => format!("{} ({})", several[0].title, several.len()),
        };
        accessibility::mark_heading(&ui.heading(title));
        ui.add_space(2.0 * STEP);
        let area = ScrollArea::vertical().max_height(HEIGHT.min(room.y - 40.0 * STEP)).auto_shrink([false, true]);
        area.show(ui, |ui| match &fixing.preview {
            None => drop(ui.weak("It is being checked…")),
            Some(preview) => {
                if let Some(report) = &preview.report {
                    show_report(ui, draw, fixing, report);
                }
                finding_list(ui, &preview.findings, draw.state.project_path());
            }
        });
        ui.add_space(2.0 * STEP);
        show_buttons(ui, draw, fixing);
    });
}

fn show_report(ui: &mut Ui, draw: &Draw<'_>, fixing: &Fixing, report: &FixProjectReport) {
    let tokens = Tokens::of(ui);
    if fixing.fixes.is_empty() {
        for listed in report.fixes.iter().filter(|listed| listed.is_applied) {
            let asset = listed.fix.asset.as_ref().map(|asset| format!("{}: ", asset.root)).unwrap_or_default();
            ui.label(format!("{asset}{}", listed.fix.title));
        }
    }
    let Some(change) = &report.change else { return };
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
    for moved in &report.slots {
        ui.label(format!("{}: {} becomes {}", name(moved.asset_id), slot(moved.from), slot(moved.to)));
    }
    for moved in &report.ids {
        let to = moved.to.map_or_else(|| "nothing".to_owned(), |to| to.to_string());
        ui.label(format!("{} {}: id {} becomes {to}", moved.name, moved.file, moved.from));
    }
}

fn show_buttons(ui: &mut Ui, draw: &mut Draw<'_>, fixing: &Fixing) {
    let tokens = Tokens::of(ui);
    let (is_enter, is_escape) = ui.input_mut(|input| {
        let mut is_pressed = |key| input.consume_key(Modifiers::NONE, key);
        (is_pressed(Key::Enter), is_pressed(Key::Escape))
    });
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let available = fixing.can_apply();
        let button = Button::new(RichText::new("Apply").strong().color(tokens.on_accent)).fill(tokens.accent);
        let response = explain_disabled(ui.add_enabled(available.is_ok(), button), available);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, available.is_ok(), "Apply"));
        if response.clicked() || (is_enter && available.is_ok()) {
            draw.push(Action::ApplyFixes);
        }
        if ui.button("Cancel").clicked() || is_escape {
            draw.push(Action::CloseFixes);
        }
        if let Err(why) = available {
            accessibility::announce_changes(&ui.label(RichText::new(why).color(tokens.weak)));
        }
    });
}
