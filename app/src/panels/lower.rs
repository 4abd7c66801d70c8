//! The lower panel: problems, what happened, and what came of the last pack.

use egui::{RichText, ScrollArea, Ui};
use packer_services::diagnostics::{Finding, Severity, plural, sized};
use packer_services::ops::{Published, Report};

use super::Action;
use crate::commands::Command;
use crate::state::{Lower, Packing, State};
use crate::theme::{ROW, STEP, Tokens};
use crate::widgets::{cells, mark, row, without_middle};

/// Draws it.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        let problems = state.problems().len();
        for (lower, text) in [
            (Lower::Problems, format!("Problems ({problems})")),
            (Lower::Activity, "Activity".to_owned()),
            (Lower::PackResult, "Pack result".to_owned()),
        ] {
            if ui.selectable_label(state.lower == lower, text).clicked() {
                actions.push(Action::Lower(lower));
            }
        }
    });
    ui.separator();
    match state.lower {
        Lower::Problems => problems(ui, state, actions),
        Lower::Activity => activity(ui, state),
        Lower::PackResult => pack_result(ui, state, actions),
    }
}

fn problems(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let problems = state.problems();
    if problems.is_empty() {
        let text = match &state.project {
            Some(project) if project.listing.is_some() => "All is well: nothing would block a pack.",
            _ => "",
        };
        ui.weak(text);
        return;
    }
    ScrollArea::vertical().auto_shrink(false).show_rows(ui, ROW, problems.len(), |ui, range| {
        for at in range {
            problem_row(ui, state, at, problems[at], actions);
        }
    });
}

fn problem_row(ui: &mut Ui, state: &State, at: usize, finding: &Finding, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let selected = state.problem == Some(at);
    let file = finding.file.as_deref().unwrap_or("");
    let spoken = || format!("{} {}: {} {}", finding.severity.as_str(), finding.code, file, finding.message);
    let (mut row, response) = row(ui, selected, STEP, spoken);
    mark(&mut row, finding.severity);
    let cell = |row: &mut Ui, width: f32, text: RichText, whole: &str| {
        row.allocate_ui_with_layout(egui::vec2(width, ROW), cells(), |ui| {
            ui.set_width(width);
            // Text that could be selected would take the click that is meant for the row.
            let response = ui.add(egui::Label::new(text).truncate().selectable(false));
            if !whole.is_empty() {
                response.on_hover_text(whole);
            }
        });
    };
    cell(&mut row, 64.0, RichText::new(finding.severity.as_str()).small().color(tokens.severity(finding.severity)), "");
    cell(&mut row, 240.0, RichText::new(without_middle(file, 40)).small().monospace(), file);
    let width = row.available_width() - STEP;
    cell(&mut row, width, RichText::new(&finding.message), &finding.message);
    if response.clicked() {
        actions.push(Action::SelectProblem(at));
    }
}

fn activity(ui: &mut Ui, state: &State) {
    ScrollArea::vertical().auto_shrink(false).stick_to_bottom(true).show_rows(
        ui,
        ROW,
        state.activity.len(),
        |ui, range| {
            for line in &state.activity[range] {
                ui.label(line);
            }
        },
    );
}

fn pack_result(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    match &state.pack {
        Packing::Never => drop(ui.weak("Nothing was packed since the project was opened.")),
        Packing::Running { progress, .. } => {
            let (done, total) = progress.lock().map_or((0, 0), |progress| *progress);
            let share = if total > 0 { done as f32 / total as f32 } else { 0.0 };
            ui.add(egui::ProgressBar::new(share).text(format!("{} of {}", sized(done), sized(total))));
        }
        Packing::Failed(findings) => {
            ui.label(RichText::new("Nothing was packed; what was published before is as it was.").strong());
            ScrollArea::vertical().show(ui, |ui| {
                for finding in findings {
                    ui.horizontal(|ui| {
                        mark(ui, finding.severity);
                        ui.label(&finding.message);
                    });
                }
            });
        }
        Packing::Done { report, seconds } => {
            let errors = report.findings().iter().filter(|finding| finding.severity == Severity::Error).count();
            match (&report.pack, report.published) {
                (Some(pack), Published::Published) => {
                    ui.label(RichText::new(format!("Packed {}", plural(report.assets.len() as u64, "asset"))).strong());
                    egui::Grid::new("pack result").num_columns(2).spacing([4.0 * STEP, STEP]).show(ui, |ui| {
                        let mut line = |name: &str, value: String, mono: bool| {
                            ui.label(RichText::new(name).color(tokens.weak));
                            let text = RichText::new(value);
                            ui.label(if mono { text.monospace() } else { text });
                            ui.end_row();
                        };
                        line("File", pack.path.clone(), true);
                        line("Size", plural(pack.size_bytes, "byte"), false);
                        line("SHA-256", pack.sha256.to_string(), true);
                        line("Time", format!("{seconds:.2} s"), false);
                        if let Some(moved) = report.moved.as_ref().filter(|moved| !moved.is_empty()) {
                            line("Moved ids", moved.len().to_string(), false);
                        }
                    });
                    if ui.button("Copy command for CI").clicked() {
                        actions.push(Action::Do(Command::CopyCiCommand));
                    }
                }
                _ => {
                    let text = format!(
                        "Blocked by {}. What was published before is as it was.",
                        plural(errors as u64, "error")
                    );
                    ui.label(RichText::new(text).strong());
                    if ui.button("Show the first").clicked() {
                        actions.push(Action::Lower(Lower::Problems));
                        actions.push(Action::Do(Command::NextProblem));
                    }
                }
            }
        }
    }
}
