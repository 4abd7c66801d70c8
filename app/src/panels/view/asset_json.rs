//! The selected asset's `asset.json`, or its entry in the table of an opened pack, with the line of a problem marked.

use egui::{Frame, Label, RichText, Ui};
use packer_services::preview::SourcePreview;

use super::super::Draw;
use crate::state::Panel;
use crate::theme::{STEP, Tokens};
use crate::widgets::{accessibility, cell_layout, finding_list, numbered_list, row_tops};

/// The height of a line, in points.
const LINE: f32 = 18.0;
/// The width of line numbers, in points.
const NUMBER: f32 = 44.0;

/// Draws it.
pub fn show(ui: &mut Ui, draw: &Draw<'_>) {
    let state = draw.state;
    if state.is_pack() {
        let entry = state.selected_root.as_ref().and_then(|root| state.contents()?.entries.get(root));
        if let Some(entry) = entry {
            show_lines(ui, entry, draw.view.line);
        }
        return;
    }
    match state.source.as_ref().and_then(|source| source.content.as_ref()).map(|content| content.as_deref()) {
        None => {}
        Some(Ok(SourcePreview::Text { text, is_cut, is_lossy })) => {
            let notes =
                [(*is_cut, "Only the beginning is shown."), (*is_lossy, "Bytes that are not text are shown as boxes.")];
            for (_, note) in notes.iter().filter(|(applies, _)| *applies) {
                ui.weak(*note);
            }
            if text.is_empty() {
                Frame::new().inner_margin(3.0 * STEP).show(ui, |ui| ui.weak("The file is empty."));
            }
            show_lines(ui, text, draw.view.line);
        }
        Some(Ok(_)) => drop(ui.weak("The file is not text.")),
        Some(Err(findings)) => {
            drop(
                Frame::new()
                    .inner_margin(3.0 * STEP)
                    .show(ui, |ui| finding_list(ui, findings, draw.state.project_path())),
            );
        }
    }
}

fn show_lines(ui: &mut Ui, text: &str, marked: Option<u32>) {
    let tokens = Tokens::of(ui);
    let lines: Vec<&str> = text.lines().collect();
    let marked = marked.and_then(|line| usize::try_from(line).ok()?.checked_sub(1)).filter(|n| *n < lines.len());
    ui.add_space(2.0 * STEP);
    numbered_list(ui, "lines", &row_tops(lines.len(), LINE), marked, |ui, n| {
        let rect = ui.max_rect();
        if marked == Some(n) {
            ui.painter().rect_filled(rect, 0, tokens.selected);
        }
        ui.with_layout(cell_layout(), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let number = RichText::new(format!("{:>5}  ", n + 1)).monospace().color(tokens.weak);
            accessibility::hide(&ui.add_sized([NUMBER, LINE], Label::new(number).selectable(false)));
            let response = ui.add(Label::new(RichText::new(lines[n]).monospace()).truncate());
            accessibility::set_name(&response, &format!("{} {}", n + 1, lines[n]));
            if marked == Some(n) {
                accessibility::set_active_row(Panel::View.id(), &response);
            }
        });
        if marked == Some(n) {
            let bar = egui::Rect::from_min_max(rect.min, egui::pos2(rect.min.x + 3.0, rect.max.y));
            ui.painter().rect_filled(bar, 0, tokens.accent);
        }
    });
}
