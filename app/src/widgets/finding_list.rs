//! Findings, complete: what was found, and how to fix it.

use std::path::Path;

use egui::{Label, Ui};
use packer_services::diagnostics::Finding;

use super::{code_text, severity_icon};
use crate::external::fill_placeholders;
use crate::theme::Tokens;

/// Shows each finding with its help. Commands name the open `project`.
pub fn finding_list(ui: &mut Ui, findings: &[Finding], project: Option<&Path>) {
    for finding in findings {
        ui.horizontal(|ui| {
            severity_icon(ui, finding.severity);
            let text = code_text(ui, &finding.message, Tokens::of(ui).text);
            ui.add(Label::new(text).wrap());
        });
        finding_help(ui, finding, project);
    }
}

/// Shows how to fix a finding.
pub fn finding_help(ui: &mut Ui, finding: &Finding, project: Option<&Path>) {
    let help = fill_placeholders(&finding.help, project, finding.asset.as_ref());
    let text = code_text(ui, &help, Tokens::of(ui).weak);
    ui.add(Label::new(text).wrap());
}
