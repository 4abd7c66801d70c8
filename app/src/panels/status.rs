//! The lowest line: whether the folder is watched, and the last pack.

use egui::{RichText, Ui};

use super::Action;
use crate::commands::Command;
use crate::state::{Packing, State};
use crate::theme::Tokens;

/// Draws it.
pub fn show(ui: &mut Ui, state: &State, _: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let small = |text: String| RichText::new(text).small().color(tokens.weak);
    ui.horizontal(|ui| {
        let Some(project) = &state.project else { return };
        let watching = match (&state.watching, project.is_gone) {
            (_, true) => "The folder is gone: waiting for it to come back".to_owned(),
            (Some(why), false) => format!("Looking every few seconds: {why}"),
            (None, false) => "Watching assets/".to_owned(),
        };
        ui.label(small(watching));
        if let Packing::Done { report, .. } = &state.pack
            && let Some(pack) = &report.pack
        {
            ui.separator();
            let sha256 = pack.sha256.to_string();
            ui.label(small(format!("Last pack {}", &sha256[..12]))).on_hover_text(sha256);
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            for command in [Command::Palette, Command::NextProblem] {
                let listed = command.listed();
                let keys = listed.shortcut.map(|shortcut| ui.ctx().format_shortcut(&shortcut)).unwrap_or_default();
                ui.label(small(format!("{keys} {}", listed.name.to_lowercase())));
            }
        });
    });
}
