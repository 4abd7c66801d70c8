//! Findings for the services of a code host: SARIF for code scanning, and the annotations of GitHub Actions.
//!
//! Both show a finding at a line of a file that the repository contains. `locations` finds that line, and each of the
//! other modules writes one format. No rule of the packer is here, and no finding is added or dropped.

mod annotations;
mod locations;
mod sarif;

use std::path::Path;

use crate::diagnostics::Finding;

/// The findings of one operation, with what is needed to name their files as the caller would.
#[derive(Clone, Copy, Debug)]
pub struct HostedFindings<'a> {
    /// The verb that reported them.
    pub verb: &'a str,
    /// The project, as it was passed; findings name its files relative to it.
    pub project: Option<&'a Path>,
    /// A file that was passed, such as a pack; findings name it, and the files beside it, as it was passed.
    pub named_file: Option<&'a Path>,
    /// The findings, sorted.
    pub findings: &'a [Finding],
}

/// What a code host says about a finding. Some show only the first line.
fn message_of(finding: &Finding) -> String {
    let subject = finding.subject();
    let separator = if subject.is_empty() { "" } else { ": " };
    format!("{subject}{separator}{}", finding.body_lines().join("\n"))
}
