//! The lowest line: whether the folder is watched, the last pack, the playing sound, and the most useful keys.

use egui::{Label, RichText, Ui};
use packer_services::diagnostics::{Severity, plural};

use super::Draw;
use crate::commands::Command;
use crate::state::{OpenedKind, Packing, Panel};
use crate::theme::Tokens;
use crate::widgets::{accessibility, floor_to_u32, severity_icon, short_size};

/// The room for a key and what it does, in points.
const HINT: f32 = 120.0;

/// Draws it.
pub fn show(ui: &mut Ui, draw: &Draw<'_>) {
    let state = draw.state;
    let tokens = Tokens::of(ui);
    let small = |text: &str| RichText::new(text).small().color(tokens.weak);
    ui.horizontal(|ui| {
        let Some(opened) = &state.opened else { return };
        let watching = match (&state.polling_reason, opened.is_gone, opened.kind) {
            (_, true, _) => "The folder is gone. Waiting for it to come back".to_owned(),
            (_, false, OpenedKind::Pack) => "F5 reloads the pack".to_owned(),
            _ if state.saved_pack.is_some_and(|pack| pack.is_slow) => "Packing what was saved…".to_owned(),
            (Some(why), false, OpenedKind::Project) => format!("Checking for changes every few seconds: {why}"),
            (None, false, OpenedKind::Project) if state.settings.packs_on_save => {
                "Watching for changes, packing on save".to_owned()
            }
            (None, false, OpenedKind::Project) => "Watching for changes".to_owned(),
        };
        ui.add(Label::new(small(&watching)).truncate());
        // The list of problems is hidden, but that there are some is not.
        let errors = state.problem_count(Severity::Error);
        if errors > 0 && !state.settings.shows(Panel::Bottom) {
            ui.separator();
            accessibility::hide(&severity_icon(ui, Severity::Error));
            ui.label(RichText::new(plural(errors as u64, "error")).small().color(tokens.error));
        }
        if let Packing::Done { report, .. } = &state.pack
            && let Some(pack) = &report.pack
        {
            ui.separator();
            let short = format!("Packed {}", short_size(pack.size_bytes));
            let response = ui.label(small(&short));
            let full = format!("Packed {} bytes, SHA-256 {}", pack.size_bytes, pack.sha256);
            accessibility::full_text_on_hover(response, &short, &full);
        }
        if let Some(error) = &state.audio_error {
            ui.separator();
            ui.label(small(error));
        } else if let Some(route) = state.playing.as_ref().and_then(|playing| playing.route.as_ref()) {
            ui.separator();
            ui.label(small(&format!("Playing {route}")));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            // The first of them are the most useful ones.
            let room = floor_to_u32(ui.available_width().max(0.0) / HINT) as usize;
            for command in [Command::CommandPalette, Command::NextPanel, Command::NextProblem].into_iter().take(room) {
                let entry = command.entry();
                ui.label(small(&format!("{} {}", entry.keys(ui.ctx()), entry.name.to_lowercase())));
            }
        });
    });
}
