//! The changes of the project, the latest first, and the assets that can be restored.

use egui::{RichText, ScrollArea, Ui};
use packer_services::ops::{ChangeState, ListChangesReport, ListedChange, RemovedAsset};

use super::{Action, Draw};
use crate::commands::Command;
use crate::state::change_name;
use crate::theme::{ROW, STEP, Tokens};
use crate::widgets::accessibility;

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let Some(history) = draw.state.history.as_ref().filter(|history| !history.changes.is_empty()) else {
        ui.weak("Changes of this project are listed here. Each can be undone.");
        return;
    };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        if !history.removed.is_empty() {
            accessibility::mark_heading(&ui.label(RichText::new("Removed assets").small().strong()));
            for asset in &history.removed {
                show_removed(ui, draw, asset);
            }
            ui.add_space(2.0 * STEP);
            accessibility::mark_heading(&ui.label(RichText::new("Changes").small().strong()));
        }
        for change in &history.changes {
            show_change(ui, draw, history, change);
        }
    });
}

fn show_removed(ui: &mut Ui, draw: &mut Draw<'_>, asset: &RemovedAsset) {
    ui.horizontal(|ui| {
        ui.set_height(ROW);
        ui.label(&asset.name);
        ui.label(RichText::new(format!("was in assets/{}", asset.root)).small().color(Tokens::of(ui).weak));
        let restore = ui.small_button("Restore");
        accessibility::set_name(&restore, &format!("Restore {}", asset.name));
        if restore.clicked() {
            draw.push(Action::RestoreAsset(asset.asset_id));
        }
        let is_asked = draw.state.purge_asked == Some(asset.asset_id);
        let text = if is_asked { "Yes, delete it for good" } else { "Delete for good…" };
        let purge = ui.small_button(text);
        accessibility::set_name(&purge, &format!("{text}: {}", asset.name));
        if purge.clicked() {
            draw.push(if is_asked { Action::PurgeAsset(asset.asset_id) } else { Action::AskToPurge(asset.asset_id) });
        }
    });
}

fn show_change(ui: &mut Ui, draw: &mut Draw<'_>, history: &ListChangesReport, change: &ListedChange) {
    let tokens = Tokens::of(ui);
    let note = match change.state {
        ChangeState::Done => "",
        ChangeState::Undone => "undone",
        ChangeState::Kept => "cannot be undone any more",
        ChangeState::Applying | ChangeState::Undoing => "interrupted; the next change completes it",
    };
    ui.horizontal(|ui| {
        ui.set_height(ROW);
        let color = if change.state == ChangeState::Done { tokens.text } else { tokens.weak };
        ui.label(RichText::new(change_name(change)).color(color));
        if !note.is_empty() {
            ui.label(RichText::new(note).small().color(tokens.weak));
        }
        let number = Some(change.number);
        for (command, is_next) in [(Command::Undo, history.undo == number), (Command::Redo, history.redo == number)] {
            if is_next && ui.small_button(command.entry().name).clicked() {
                draw.run(command);
            }
        }
    });
}
