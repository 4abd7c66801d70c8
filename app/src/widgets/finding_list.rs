//! Findings, complete: what was found, and how to fix it.

use egui::Ui;
use packer_services::diagnostics::Finding;

use super::severity_icon;

/// Shows each finding with its help.
pub fn finding_list(ui: &mut Ui, findings: &[Finding]) {
    for finding in findings {
        ui.horizontal_wrapped(|ui| {
            severity_icon(ui, finding.severity);
            ui.label(&finding.message);
        });
        ui.weak(&finding.help);
    }
}
