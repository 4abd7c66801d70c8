//! The lower panel: problems, what happened, and what came of the last pack.

use egui::{Grid, RichText, ScrollArea, Ui};
use packer_services::diagnostics::{Finding, Place, Severity, join_some, plural, sized};
use packer_services::ops::{NamedAsset, PackReport, Published, Report};

use super::Action;
use crate::commands::Command;
use crate::outside::ci_command;
use crate::state::{BottomTab, Packing, Panel, State};
use crate::theme::{ROW, STEP, Tokens};
use crate::widgets::{List, cell, even, heard, list, mark, row, rows, tab, told, without_middle};

/// Widths of the columns of problems, in points.
const SEVERITY: f32 = 60.0;
const ASSET: f32 = 150.0;
const PLACE: f32 = 250.0;

/// Assets that are named.
const NAMED: usize = 6;

/// Draws it.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        for (lower, text) in [
            (BottomTab::Problems, format!("Problems ({})", state.problems.len())),
            (BottomTab::Activity, "Activity".to_owned()),
            (BottomTab::PackResult, "Pack result".to_owned()),
        ] {
            if tab(ui, state.bottom_tab == lower, &text).clicked() {
                actions.push(Action::BottomTab(lower));
            }
        }
        ui.add_space(2.0 * STEP);
        for severity in [Severity::Error, Severity::Warning] {
            let count = state.count(severity);
            if count > 0 {
                heard::hidden(&mark(ui, severity));
                ui.add_space(STEP);
                let text = RichText::new(plural(count as u64, severity.as_str())).small();
                ui.label(text.color(Tokens::of(ui).severity(severity)));
                ui.add_space(2.0 * STEP);
            }
        }
    });
    ui.add_space(STEP);
    match state.bottom_tab {
        BottomTab::Problems => problems(ui, state, actions),
        BottomTab::Activity => activity(ui, state),
        BottomTab::PackResult => {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| pack_result(ui, state, actions));
        }
    }
}

fn problems(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    if state.problems.is_empty() {
        let text = match (state.contents(), state.is_pack(), &state.verification) {
            (None, ..) => "",
            (_, true, None) => "Verifying the pack…",
            (_, true, Some(_)) => "All is well: every payload is what the header says.",
            _ => "All is well: nothing is in the way of a pack.",
        };
        if !text.is_empty() {
            ui.weak(text);
        }
        return;
    }
    let tops = even(state.problems.len(), ROW);
    let spoken = format!("problems, {}", state.problems.len());
    let selected = state.problem.and_then(|at| state.problems.get(at));
    let what = selected.map(|finding| egui::Id::unique(("problem", &finding.code, &finding.file, &finding.message)));
    let problems = List { name: "problems", spoken: &spoken, tops: &tops, selected: state.problem, what };
    list(ui, &problems, |ui, at| {
        problem_row(ui, state.problem == Some(at), at, &state.problems[at], actions);
    });
}

fn problem_row(ui: &mut Ui, selected: bool, at: usize, finding: &Finding, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let asset = finding.asset.as_ref();
    let name = asset.map_or("", |asset| asset.root.as_str());
    let place = place(finding);
    let spoken = || {
        let code = format!("{} {}", finding.severity.as_str(), finding.code);
        let parts = [code.as_str(), name, &finding.message, &place];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<&str>>().join(": ")
    };
    let (mut row, response) = row(ui, selected, STEP, spoken);
    if selected {
        heard::meant_by(Panel::Bottom.id(), &response);
    }
    mark(&mut row, finding.severity);
    let small = |text: &str| RichText::new(text).small();
    let severity = finding.severity.as_str();
    cell(&mut row, SEVERITY, small(severity).color(tokens.severity(finding.severity)), "");
    cell(&mut row, ASSET, without_middle(name, 22), name);
    let width = (row.available_width() - PLACE - 2.0 * STEP).max(120.0);
    cell(&mut row, width, finding.message.as_str(), &finding.message);
    let width = row.available_width();
    cell(&mut row, width, small(&without_middle(&place, 38)).monospace().color(tokens.weak), &place);
    if response.clicked() {
        actions.push(Action::SelectProblem(at));
    }
}

/// Where a finding is, in short: the file's name, and the first place in it.
fn place(finding: &Finding) -> String {
    let file = finding.file.as_deref().map(|file| file.rsplit('/').next().unwrap_or(file));
    let first = finding.places.first().map(|place| match place {
        Place::Json { line, column, .. } => format!("line {line}, column {column}"),
        Place::Tile { tile, pixel: Some(pixel), .. } => format!("tile {tile} ({}, {})", pixel.x, pixel.y),
        Place::Tile { tile, .. } => format!("tile {tile}"),
        Place::Color { palette, color } => format!("palette {palette} color {color}"),
        Place::Frame { frame } => format!("frame {frame}"),
        Place::Byte { offset } => format!("byte {offset}"),
    });
    let words: Vec<&str> = [file, first.as_deref()].into_iter().flatten().collect();
    words.join(" · ")
}

fn activity(ui: &mut Ui, state: &State) {
    if state.activity.is_empty() {
        ui.weak("Nothing has happened yet.");
        return;
    }
    let last = state.activity.len().checked_sub(1);
    rows(ui, "activity", &even(state.activity.len(), ROW), last, |ui, n| {
        ui.label(&state.activity[n]);
    });
}

fn pack_result(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    match &state.pack {
        Packing::Never => {
            ui.weak("Nothing was packed since the project was opened.");
            if let Ok(()) = Command::Pack.available(state) {
                ui.weak(format!("{} packs it.", Command::Pack.entry().keys(ui.ctx())));
            }
        }
        Packing::Running { stage, .. } => {
            let stage = stage.lock().map(|stage| stage.clone()).unwrap_or_default();
            let share = if stage.total_bytes > 0 { stage.done_bytes as f32 / stage.total_bytes as f32 } else { 0.0 };
            heard::aloud(&ui.label(&stage.doing));
            heard::called(&ui.add(egui::ProgressBar::new(share).desired_width(400.0)), "Packed");
            if stage.total_bytes > 0 {
                ui.weak(format!("{} of {}", sized(stage.done_bytes), sized(stage.total_bytes)));
            }
        }
        Packing::Failed(findings) => {
            let text = RichText::new("Nothing was packed; what was published before is as it was.").strong();
            heard::aloud(&ui.label(text));
            told(ui, findings);
        }
        Packing::Done { report, seconds } => match (&report.pack, report.published) {
            (Some(_), Published::Published) => published(ui, state, report, *seconds, actions),
            _ => blocked(ui, report, actions),
        },
    }
}

/// The result card of a pack that is on disk.
fn published(ui: &mut Ui, state: &State, report: &Report<PackReport>, seconds: f32, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let (Some(pack), Some(project)) = (&report.pack, state.project()) else { return };
    let command = ci_command(&project.path);
    ui.horizontal(|ui| {
        let text = format!("Packed {}", plural(report.assets.len() as u64, "asset"));
        heard::aloud(&ui.label(RichText::new(text).strong()));
        ui.label(RichText::new(format!("in {seconds:.2} s")).color(tokens.weak));
        if ui.button("Copy command for CI").on_hover_text(&command).clicked() {
            actions.push(Action::Do(Command::CopyCiCommand));
        }
    });
    Grid::new("pack result").num_columns(2).min_row_height(4.5 * STEP).spacing([4.0 * STEP, 1.0]).show(ui, |ui| {
        let mut line = |name: &str, value: String, mono: bool| {
            ui.label(RichText::new(name).color(tokens.weak));
            let text = RichText::new(value);
            ui.label(if mono { text.monospace() } else { text });
            ui.end_row();
        };
        line("SHA-256", pack.sha256.to_string(), true);
        line("File", pack.path.clone(), true);
        line("Size", size_words(report), false);
        line("Changed", changes_words(report), false);
        if let Some(moved) = report.moved.as_ref().filter(|moved| !moved.is_empty()) {
            let words = moved.iter().map(|moved| {
                let to = moved.to.map_or_else(|| "nothing".into(), |to| to.to_string());
                format!("{} {} {} to {to}", moved.name, moved.file, moved.from)
            });
            line("Moved ids", format!("{}: {}", moved.len(), join_some(words, ", ", 6)), false);
        }
        line("In CI", command.clone(), true);
    });
}

fn blocked(ui: &mut Ui, report: &Report<PackReport>, actions: &mut Vec<Action>) {
    let errors: Vec<&Finding> = report.findings().iter().filter(|finding| finding.is_error()).collect();
    ui.horizontal(|ui| {
        let text = format!("Blocked by {}", plural(errors.len() as u64, "error"));
        heard::aloud(&ui.label(RichText::new(text).strong()));
        if ui.button("Show the first").clicked() {
            actions.push(Action::SelectProblem(0));
            actions.push(Action::BottomTab(BottomTab::Problems));
        }
    });
    ui.label("What was published before is as it was.");
    const SHOWN: usize = 20;
    for finding in errors.iter().take(SHOWN) {
        ui.horizontal(|ui| {
            mark(ui, finding.severity);
            let asset = finding.asset.as_ref().map(|asset| asset.root.as_str()).unwrap_or_default();
            ui.weak(asset);
            ui.add(egui::Label::new(&finding.message).truncate());
        });
    }
    if errors.len() > SHOWN {
        ui.weak(format!("and {} more", errors.len() - SHOWN));
    }
}

/// The size of a pack, and what that is more or less than the one before.
fn size_words(report: &Report<PackReport>) -> String {
    let Some(pack) = &report.pack else { return String::new() };
    let size = plural(pack.size_bytes, "byte");
    match report.previous.as_ref().map(|previous| pack.size_bytes.cast_signed() - previous.size_bytes.cast_signed()) {
        None => size,
        Some(0) => format!("{size}, as many as before"),
        Some(more) => format!("{size}, {more:+} against the pack before"),
    }
}

/// What changed since the pack before, by name.
fn changes_words(report: &Report<PackReport>) -> String {
    let Some(changes) = &report.changes else { return "not known: no pack was published before".to_owned() };
    let part = |assets: &[NamedAsset], what: &str| {
        let names = join_some(assets.iter().map(|asset| &asset.name), ", ", NAMED);
        (!assets.is_empty()).then(|| format!("{} {what}: {names}", assets.len()))
    };
    let parts = [part(&changes.added, "new"), part(&changes.changed, "changed"), part(&changes.removed, "removed")];
    let words: Vec<String> = parts.into_iter().flatten().collect();
    if words.is_empty() { "nothing: the same bytes as before".to_owned() } else { words.join("; ") }
}
