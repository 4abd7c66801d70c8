//! The declaration of the selected asset, or its entry in an opened pack's table, with the line that a problem is about.

use egui::{Frame, Label, RichText, Ui};
use packer_services::preview::SourcePreview;

use crate::state::{Panel, State, View};
use crate::theme::{STEP, Tokens};
use crate::widgets::{cells, even, heard, rows, told};

/// The height of a line, in points.
const LINE: f32 = 18.0;
/// The width of line numbers, in points.
const NUMBER: f32 = 44.0;

/// Draws it.
pub fn show(ui: &mut Ui, state: &State, view: &mut View) {
    if state.is_pack() {
        let entry = state.selected_root.as_ref().and_then(|root| state.contents()?.entries.get(root));
        if let Some(entry) = entry {
            lines(ui, entry, view.line);
        }
        return;
    }
    match state.source.as_ref().and_then(|source| source.shown.as_ref()) {
        None => {}
        Some(Ok(SourcePreview::Text { text, is_cut, is_lossy })) => {
            let notes =
                [(*is_cut, "Only its beginning is shown."), (*is_lossy, "Bytes that are no text are shown as boxes.")];
            for (_, note) in notes.iter().filter(|(holds, _)| *holds) {
                ui.weak(*note);
            }
            if text.is_empty() {
                Frame::new().inner_margin(3.0 * STEP).show(ui, |ui| ui.weak("The file is empty."));
            }
            lines(ui, text, view.line);
        }
        Some(Ok(_)) => drop(ui.weak("It is no text.")),
        Some(Err(findings)) => {
            drop(Frame::new().inner_margin(3.0 * STEP).show(ui, |ui| told(ui, findings)));
        }
    }
}

fn lines(ui: &mut Ui, text: &str, marked: Option<u32>) {
    let tokens = Tokens::of(ui);
    let lines: Vec<&str> = text.lines().collect();
    let marked = marked.and_then(|line| usize::try_from(line).ok()?.checked_sub(1)).filter(|at| *at < lines.len());
    ui.add_space(2.0 * STEP);
    rows(ui, "lines", &even(lines.len(), LINE), marked, |ui, n| {
        let rect = ui.max_rect();
        if marked == Some(n) {
            ui.painter().rect_filled(rect, 0, tokens.selected);
        }
        ui.with_layout(cells(), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let number = RichText::new(format!("{:>5}  ", n + 1)).monospace().color(tokens.weak);
            heard::hidden(&ui.add_sized([NUMBER, LINE], Label::new(number).selectable(false)));
            let response = ui.add(Label::new(RichText::new(lines[n]).monospace()).truncate());
            heard::called(&response, &format!("{} {}", n + 1, lines[n]));
            if marked == Some(n) {
                heard::meant_by(Panel::Stage.id(), &response);
            }
        });
        if marked == Some(n) {
            let bar = egui::Rect::from_min_max(rect.min, egui::pos2(rect.min.x + 3.0, rect.max.y));
            ui.painter().rect_filled(bar, 0, tokens.accent);
        }
    });
}
