//! The bottom panel: problems, activity, the result of the last pack, and the history.

use std::collections::HashSet;

use egui::{Grid, Label, RichText, ScrollArea, Ui, WidgetInfo, accesskit::Role};
use packer_services::diagnostics::{CauseId, Finding, Severity, format_bytes, join_some, plural};
use packer_services::ops::{PackReport, Published, Report};

use super::{Action, Draw, history};
use crate::commands::Command;
use crate::external::CI_COMMAND;
use crate::state::{Activity, BottomTab, Packing, Panel, ProblemFilter, State};
use crate::theme::{ROW, STEP, Tokens};
use crate::widgets::{
    List, accessibility, code_text, finding_list, numbered_list, row_tops, selectable_row, severity_icon, short_place,
    shorten_middle, show_list, tab_button, text_cell,
};

/// Widths of the columns of problems, in points.
const SEVERITY: f32 = 60.0;
const ASSET: f32 = 150.0;
const PLACE: f32 = 250.0;

/// From this width on, in points, there is room for the words of the filters beside the tabs.
const WIDE: f32 = 640.0;

/// How many names a line of the pack result lists.
const NAMES: usize = 6;
/// How many errors a blocked pack lists. The Problems tab lists all.
const ERRORS: usize = 20;

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let state = draw.state;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        for (shown, text) in [
            (BottomTab::Problems, format!("Problems ({})", state.problems.len())),
            (BottomTab::Activity, "Activity".to_owned()),
            (BottomTab::PackResult, "Pack result".to_owned()),
            (BottomTab::History, "History".to_owned()),
        ] {
            if shown == BottomTab::History && state.is_pack() {
                continue;
            }
            if tab_button(ui, state.bottom_tab == shown, &text).clicked() {
                draw.push(Action::BottomTab(shown));
            }
        }
        ui.add_space(2.0 * STEP);
        show_problem_filters(ui, draw);
    });
    ui.add_space(STEP);
    match state.bottom_tab {
        BottomTab::Problems => show_problems(ui, draw),
        BottomTab::Activity => show_activity(ui, state),
        BottomTab::History => history::show(ui, draw),
        BottomTab::PackResult => {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| show_pack_result(ui, draw));
        }
    }
}

/// How many problems there are of each severity. A click lists only those, another one lists all again.
fn show_problem_filters(ui: &mut Ui, draw: &mut Draw<'_>) {
    let state = draw.state;
    let filter = state.problem_filter;
    let is_wide = ui.max_rect().width() >= WIDE;
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let count = state.problem_count(severity);
        let is_on = filter.severity == Some(severity);
        if count > 0 || is_on {
            accessibility::hide(&severity_icon(ui, severity));
            let name = plural(count as u64, severity.as_str());
            let text = if is_wide { name.clone() } else { count.to_string() };
            let text = RichText::new(text).small().color(Tokens::of(ui).severity(severity));
            let button = ui.selectable_label(is_on, text);
            button.widget_info(|| WidgetInfo::selected(Role::Button, true, is_on, &name));
            if button.on_hover_text(format!("List only these: {name}")).clicked() {
                let severity = (!is_on).then_some(severity);
                draw.push(Action::FilterProblems(ProblemFilter { severity, ..filter }));
            }
            ui.add_space(STEP);
        }
    }
    if state.selected_asset().is_some() && !state.is_pack() && !state.problems.is_empty() {
        let name = "Selected asset";
        let text = RichText::new(if is_wide { name } else { "Selected" }).small();
        let hint = "List only the problems of the selected asset";
        let button = ui.selectable_label(filter.only_selected, text);
        button.widget_info(|| WidgetInfo::selected(Role::Button, true, filter.only_selected, name));
        if button.on_hover_text(hint).clicked() {
            let only_selected = !filter.only_selected;
            draw.push(Action::FilterProblems(ProblemFilter { only_selected, ..filter }));
        }
    }
}

fn show_problems(ui: &mut Ui, draw: &mut Draw<'_>) {
    let state = draw.state;
    if state.problems.is_empty() {
        let text = match (state.contents(), state.is_pack(), &state.verification) {
            (None, ..) => "",
            (_, true, None) => "Checking the pack file…",
            (_, true, Some(_)) => "No problems. This pack is intact.",
            _ => "No problems. Ready to pack.",
        };
        if !text.is_empty() {
            ui.weak(text);
        }
        return;
    }
    let rows = &state.problem_rows;
    if rows.is_empty() {
        ui.horizontal(|ui| {
            ui.weak("None of the problems is like that.");
            if ui.button("Show all").clicked() {
                draw.push(Action::FilterProblems(ProblemFilter::default()));
            }
        });
        return;
    }
    let id_of = |finding: &Finding| egui::Id::unique(("problem", &finding.code, &finding.file, &finding.message));
    let selected = state.selected_problem.and_then(|index| state.problems.get(index));
    let list = List {
        name: "problems",
        spoken_name: &format!("problems, {}", rows.len()),
        tops: &row_tops(rows.len(), ROW),
        selected: state.selected_problem_row(),
        selected_item: selected.map(id_of),
        filter: egui::Id::unique(state.problem_filter),
        item_at: &|row| id_of(&state.problems[rows[row]]),
    };
    show_list(ui, &list, |ui, row| show_problem(ui, draw, rows[row], &state.problems[rows[row]]));
}

fn show_problem(ui: &mut Ui, draw: &mut Draw<'_>, index: usize, finding: &Finding) {
    let tokens = Tokens::of(ui);
    let is_selected = draw.state.selected_problem == Some(index);
    let asset = finding.asset.as_ref().map_or("", |asset| asset.root.as_str());
    let place = short_place(finding);
    let spoken_name = || {
        let code = format!("{} {}", finding.severity.as_str(), finding.code);
        let parts = [code.as_str(), asset, &finding.message, &place];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<&str>>().join(": ")
    };
    let (mut row, response) = selectable_row(ui, is_selected, STEP, spoken_name);
    if is_selected {
        accessibility::set_active_row(Panel::Bottom.id(), &response);
    }
    severity_icon(&mut row, finding.severity);
    let small = |text: &str| RichText::new(text).small();
    let severity = finding.severity.as_str();
    text_cell(&mut row, SEVERITY, small(severity).color(tokens.severity(finding.severity)), "");
    // In a small window, the columns keep their shares.
    let (asset_width, place_width) = (ASSET.min(row.available_width() / 5.0), PLACE.min(row.available_width() / 3.0));
    text_cell(&mut row, asset_width, shorten_middle(asset, 22), asset);
    let width = (row.available_width() - place_width - 2.0 * STEP).max(0.0);
    let message = code_text(&row, &finding.message, tokens.text);
    text_cell(&mut row, width, message, &finding.message);
    let width = row.available_width();
    text_cell(&mut row, width, small(&shorten_middle(&place, 38)).monospace().color(tokens.weak), &place);
    if response.clicked() {
        draw.push(Action::SelectProblem(index));
    }
}

fn show_activity(ui: &mut Ui, state: &State) {
    if state.activity.is_empty() {
        ui.weak("Nothing has happened yet.");
        return;
    }
    let last = state.activity.len().checked_sub(1);
    numbered_list(ui, "activity", &row_tops(state.activity.len(), ROW), last, |ui, n| {
        let Activity { time, severity, text } = &state.activity[n];
        ui.horizontal(|ui| {
            let tokens = Tokens::of(ui);
            ui.label(RichText::new(time).monospace().color(tokens.weak));
            if let Some(severity) = severity {
                severity_icon(ui, *severity);
            }
            let text = code_text(ui, text, severity.map_or(tokens.text, |severity| tokens.severity(severity)));
            ui.add(Label::new(text).truncate());
        });
    });
}

fn show_pack_result(ui: &mut Ui, draw: &mut Draw<'_>) {
    let state = draw.state;
    match &state.pack {
        Packing::Never => {
            ui.weak("Nothing has been packed since the project was opened.");
            if let Ok(()) = Command::Pack.available(state) {
                ui.weak(format!("{} packs it.", Command::Pack.entry().keys(ui.ctx())));
            }
        }
        Packing::Running { progress, .. } => {
            let progress = progress.lock().map(|progress| progress.clone()).unwrap_or_default();
            let total = progress.total_bytes;
            let share = if total > 0 { progress.done_bytes as f32 / total as f32 } else { 0.0 };
            accessibility::announce_changes(&ui.label(&progress.step));
            accessibility::set_name(&ui.add(egui::ProgressBar::new(share).desired_width(400.0)), "Packed");
            if total > 0 {
                ui.weak(format!("{} of {}", format_bytes(progress.done_bytes), format_bytes(total)));
            }
        }
        Packing::Failed(findings) => {
            let text = RichText::new("Nothing was packed. Your last pack is untouched.").strong();
            accessibility::announce_changes(&ui.label(text));
            finding_list(ui, findings, state.project_path());
        }
        Packing::Done { report, seconds, time, .. } => {
            match (&report.pack, report.published) {
                (Some(_), Published::Published | Published::UpToDate) => {
                    show_published(ui, draw, report, &format!("at {time}, in {seconds:.2} s"))
                }
                _ => show_blocked(ui, draw, report, time),
            }
            if state.is_pack_outdated() && !state.settings.packs_on_save {
                ui.add_space(STEP);
                let keys = Command::Pack.entry().keys(ui.ctx());
                ui.weak(format!("The project changed since: {keys} packs again."));
            }
        }
    }
}

/// The result card of a published pack.
fn show_published(ui: &mut Ui, draw: &mut Draw<'_>, report: &Report<PackReport>, time: &str) {
    let tokens = Tokens::of(ui);
    let Some(pack) = &report.pack else { return };
    ui.horizontal(|ui| {
        let assets = plural(report.assets.len() as u64, "asset");
        let text = match report.published {
            Published::UpToDate => format!("Up to date: {assets}"),
            _ => format!("Packed {assets}"),
        };
        accessibility::announce_changes(&ui.label(RichText::new(text).strong()));
        ui.label(RichText::new(time).color(tokens.weak));
        for command in [Command::RevealPack, Command::CopyCiCommand] {
            if ui.button(command.entry().name).clicked() {
                draw.run(command);
            }
        }
    });
    Grid::new("pack result").num_columns(2).min_row_height(4.5 * STEP).spacing([4.0 * STEP, 1.0]).show(ui, |ui| {
        let mut line = |name: &str, value: String, is_monospace: bool| {
            ui.label(RichText::new(name).color(tokens.weak));
            let text = RichText::new(value);
            ui.label(if is_monospace { text.monospace() } else { text });
            ui.end_row();
        };
        line("SHA-256", pack.sha256.to_string(), true);
        line("File", pack.path.clone(), true);
        line("Size", size_change(report), false);
        ui.label(RichText::new("Changed").color(tokens.weak));
        ui.horizontal(|ui| show_changed_assets(ui, draw, report));
        ui.end_row();
        let mut line = |name: &str, value: String, is_monospace: bool| {
            ui.label(RichText::new(name).color(tokens.weak));
            let text = RichText::new(value);
            ui.label(if is_monospace { text.monospace() } else { text });
            ui.end_row();
        };
        line("Built", report.cache.to_string(), false);
        if let Some(moved) = report.moved.as_ref().filter(|moved| !moved.is_empty()) {
            let items = moved.iter().map(|moved| {
                let to = moved.to.map_or_else(|| "nothing".into(), |to| to.to_string());
                format!("{} {} {} to {to}", moved.name, moved.file, moved.from)
            });
            line("Moved ids", format!("{}: {}", moved.len(), join_some(items, ", ", NAMES)), false);
        }
        if let Some(loops) = report.loops.as_ref().filter(|loops| !loops.is_empty()) {
            let items = loops.iter().map(|changed| {
                let what = match (changed.from, changed.to) {
                    (Some(_), None) => " lost",
                    (None, _) => " added",
                    (Some(_), Some(_)) => "",
                };
                format!("{} {changed}{what}", changed.name)
            });
            line("Changed loops", format!("{}: {}", loops.len(), join_some(items, ", ", NAMES)), false);
        }
        line("In CI", format!("{CI_COMMAND}   (in the project's folder)"), true);
    });
}

fn show_blocked(ui: &mut Ui, draw: &mut Draw<'_>, report: &Report<PackReport>, time: &str) {
    let errors: Vec<&Finding> = report.findings().iter().filter(|finding| finding.is_error()).collect();
    let known: HashSet<CauseId> = draw.state.problems.iter().map(Finding::cause_id).collect();
    let is_fixed = |finding: &Finding| !known.contains(&finding.cause_id());
    ui.horizontal(|ui| {
        let text = format!("Blocked by {}", plural(errors.len() as u64, "error"));
        accessibility::announce_changes(&ui.label(RichText::new(text).strong()));
        ui.label(RichText::new(format!("at {time}")).color(Tokens::of(ui).weak));
        if let Some(first) = errors.iter().find(|finding| !is_fixed(finding))
            && ui.button("Show the first").clicked()
        {
            draw.push(Action::ShowCause(first.cause_id()));
        }
    });
    ui.label("Your last pack is untouched.");
    for finding in errors.iter().take(ERRORS) {
        ui.horizontal(|ui| {
            let tokens = Tokens::of(ui);
            severity_icon(ui, finding.severity);
            if is_fixed(finding) {
                ui.label(RichText::new("fixed since").strong());
            }
            let asset = finding.asset.as_ref().map(|asset| asset.root.as_str()).unwrap_or_default();
            ui.weak(asset);
            ui.add(Label::new(code_text(ui, &finding.message, tokens.text)).truncate());
        });
    }
    if errors.len() > ERRORS {
        ui.weak(format!("and {} more", errors.len() - ERRORS));
    }
}

/// The size of a pack, and how it differs from the previous pack.
fn size_change(report: &Report<PackReport>) -> String {
    let Some(pack) = &report.pack else { return String::new() };
    let size = plural(pack.size_bytes, "byte");
    let previous = report.previous.as_ref().map(|previous| previous.size_bytes);
    match previous {
        None => size,
        Some(previous) if previous == pack.size_bytes => format!("{size}, same size"),
        Some(previous) => {
            let more = pack.size_bytes.cast_signed() - previous.cast_signed();
            format!("{size}, {more:+} compared to the previous pack")
        }
    }
}

/// The assets that changed since the previous pack. A click selects one.
fn show_changed_assets(ui: &mut Ui, draw: &mut Draw<'_>, report: &Report<PackReport>) {
    let Some(changes) = &report.changes else {
        ui.label("first pack: everything is new");
        return;
    };
    let parts = [(&changes.added, "new"), (&changes.changed, "changed"), (&changes.removed, "removed")];
    if parts.iter().all(|(assets, _)| assets.is_empty()) {
        ui.label("nothing: same bytes as before");
    }
    for (assets, what) in parts.into_iter().filter(|(assets, _)| !assets.is_empty()) {
        ui.label(format!("{} {what}:", assets.len()));
        for asset in assets.iter().take(NAMES) {
            let listed = draw.state.assets().iter().find(|listed| listed.asset_id == Some(asset.asset_id));
            match listed.map(|listed| listed.root.clone()) {
                Some(root) => {
                    if ui.link(&asset.name).clicked() {
                        draw.push(Action::SelectAsset(root));
                    }
                }
                None => drop(ui.label(&asset.name)),
            }
        }
        if assets.len() > NAMES {
            ui.label(format!("and {} more", assets.len() - NAMES));
        }
    }
}
