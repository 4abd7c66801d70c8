//! The right side: what the selected asset is, what the runtime will see of it, and what is wrong with it.

use egui::{RichText, ScrollArea, Ui};
use packer_services::diagnostics::{Finding, sized};
use packer_services::ops::AssetState;

use super::Action;
use crate::commands::Command;
use crate::state::State;
use crate::theme::{STEP, Tokens};
use crate::widgets::{mark, without_middle};

/// Characters of a value.
const VALUE: usize = 34;

/// Draws it.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let Some(asset) = state.selected() else {
        ui.add_space(2.0 * STEP);
        ui.weak(if state.listing().is_some() { "Select an asset to see it here." } else { "" });
        return;
    };
    let tokens = Tokens::of(ui);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.add_space(2.0 * STEP);
        ui.heading(without_middle(asset.name.as_deref().unwrap_or(&asset.root), VALUE));
        let kind = asset.family.map_or("unknown type", |family| family.as_str()).replace('_', " ");
        let build = match asset.state {
            AssetState::Ready | AssetState::Broken => "included",
            AssetState::Excluded => "excluded from the build",
            AssetState::Unregistered => "not registered",
        };
        ui.label(RichText::new(format!("{kind} · {build}")).color(tokens.weak));
        section(ui, "Runtime contract");
        egui::Grid::new("contract").num_columns(2).spacing([4.0 * STEP, STEP]).show(ui, |ui| {
            let mut line = |name: &str, value: String| {
                ui.label(RichText::new(name).color(tokens.weak));
                ui.label(RichText::new(without_middle(&value, VALUE)).monospace()).on_hover_text(&value);
                ui.end_row();
            };
            line("Format", asset.family.map_or("unknown", |family| family.format()).to_owned());
            line("Asset id", asset.asset_id.map_or_else(|| "none yet".into(), |id| id.to_string()));
            line("Preload", asset.slot.map_or_else(|| "no".into(), |slot| format!("slot {slot}")));
            line("Payload", asset.size_bytes.map_or_else(|| "cannot be made".into(), sized));
            line("Where", format!("assets/{}", asset.root));
        });
        let findings = state.selected_findings();
        if !findings.is_empty() {
            section(ui, "Findings");
            for finding in findings {
                card(ui, state, finding, actions);
            }
        }
        section(ui, "Actions");
        for command in [Command::OpenSource, Command::RevealFolder] {
            if ui.button(command.listed().name).clicked() {
                actions.push(Action::Do(command));
            }
        }
    });
}

fn section(ui: &mut Ui, title: &str) {
    ui.add_space(3.0 * STEP);
    ui.label(RichText::new(title).small().strong());
}

/// One finding, whole. A click goes to its place.
fn card(ui: &mut Ui, state: &State, finding: &Finding, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let frame = egui::Frame::group(ui.style()).fill(tokens.raised).inner_margin(2.0 * STEP);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            mark(ui, finding.severity);
            ui.label(RichText::new(finding.code.as_str()).strong());
        });
        ui.label(&finding.message);
        ui.label(RichText::new(&finding.help).color(tokens.weak));
        if let Some(at) = state.problems().iter().position(|other| *other == finding)
            && ui.small_button("Show the place").clicked()
        {
            actions.push(Action::SelectProblem(at));
        }
    });
}
