//! The lowest line: whether the folder is watched, the last pack, what is heard, and the keys that help most.

use egui::{RichText, Ui};

use crate::commands::Command;
use crate::state::{Kind, Packing, State};
use crate::theme::Tokens;
use crate::widgets::heard;

/// Draws it.
pub fn show(ui: &mut Ui, state: &State) {
    let tokens = Tokens::of(ui);
    let small = |text: String| RichText::new(text).small().color(tokens.weak);
    ui.horizontal(|ui| {
        let Some(opened) = &state.opened else { return };
        let watching = match (&state.polling_reason, opened.is_gone, opened.kind) {
            (_, true, _) => "The folder is gone: waiting for it to come back".to_owned(),
            (_, false, Kind::Pack) => "A pack is read once: F5 reads it again".to_owned(),
            (Some(why), false, Kind::Project) => format!("Looking every few seconds: {why}"),
            (None, false, Kind::Project) => "Watching assets/".to_owned(),
        };
        ui.label(small(watching));
        if let Packing::Done { report, .. } = &state.pack
            && let Some(pack) = &report.pack
        {
            ui.separator();
            let sha256 = pack.sha256.to_string();
            let shown = format!("Last pack {}", &sha256[..12]);
            let response = ui.label(small(shown.clone()));
            heard::whole_on_hover(response, &shown, &format!("Last pack {sha256}"));
        }
        if let Some(silence) = &state.audio_error {
            ui.separator();
            ui.label(small(silence.clone()));
        } else if let Some(route) = state.playing.as_ref().and_then(|playing| playing.route.as_ref()) {
            ui.separator();
            ui.label(small(format!("Plays {route}")));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            for command in [Command::Palette, Command::NextPanel, Command::NextProblem] {
                let entry = command.entry();
                ui.label(small(format!("{} {}", entry.keys(ui.ctx()), entry.name.to_lowercase())));
            }
        });
    });
}
