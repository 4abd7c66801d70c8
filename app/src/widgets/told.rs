//! Findings that stand by themselves, whole: what was found, and what mends it.

use egui::Ui;
use packer_services::diagnostics::Finding;

use super::mark;

/// Tells each finding.
pub fn told(ui: &mut Ui, findings: &[Finding]) {
    for finding in findings {
        ui.horizontal_wrapped(|ui| {
            mark(ui, finding.severity);
            ui.label(&finding.message);
        });
        ui.weak(&finding.help);
    }
}
