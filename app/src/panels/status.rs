//! The lowest line: whether the folder is watched, the last pack, the playing sound, and the most useful keys.

use egui::{RichText, Ui};

use super::Draw;
use crate::commands::Command;
use crate::state::{OpenedKind, Packing};
use crate::theme::Tokens;
use crate::widgets::{accessibility, short_size};

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
            (Some(why), false, OpenedKind::Project) => format!("Checking for changes every few seconds: {why}"),
            (None, false, OpenedKind::Project) => "Watching for changes".to_owned(),
        };
        ui.label(small(&watching));
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
            for command in [Command::CommandPalette, Command::NextPanel, Command::NextProblem] {
                let entry = command.entry();
                ui.label(small(&format!("{} {}", entry.keys(ui.ctx()), entry.name.to_lowercase())));
            }
        });
    });
}
