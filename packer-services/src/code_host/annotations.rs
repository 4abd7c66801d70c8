//! Annotations: the lines that GitHub Actions reads from the log of a step and shows at the lines of files.

use std::fmt::Write as _;

use super::locations::Locations;
use super::{HostedFindings, message_of};
use crate::diagnostics::{Finding, Severity};
use crate::files::{Sha, display_path};

/// The most annotations of one severity that GitHub shows for a step; it drops all others.
const SHOWN: usize = 10;

impl HostedFindings<'_> {
    /// The findings as workflow commands, one per line: the first ten of each severity. The others follow as readable
    /// text, and then `summary`. In this text no line is a command, whatever the names of files contain.
    pub fn to_annotations(&self, summary: &str) -> String {
        let locations = Locations::of(self);
        let mut answer = String::new();
        let mut rest = String::new();
        for severity in [Severity::Error, Severity::Warning, Severity::Note] {
            let found: Vec<&Finding> = self.findings.iter().filter(|finding| finding.severity == severity).collect();
            let (shown, others) = found.split_at(found.len().min(SHOWN));
            for finding in shown {
                answer.push_str(&command(finding, &locations));
                answer.push('\n');
            }
            for finding in others {
                rest.push_str(&format!("{finding}\n"));
            }
        }
        if !rest.is_empty() {
            rest.insert_str(0, "More findings; GitHub shows ten annotations of each severity:\n");
        }
        rest.push_str(summary);
        if !rest.is_empty() {
            // A line cannot contain the hash of the text that contains it.
            let token = Sha::of(rest.as_bytes());
            let _ = write!(answer, "::stop-commands::{token}\n{}\n::{token}::\n", rest.trim_end());
        }
        answer
    }
}

fn command(finding: &Finding, locations: &Locations<'_>) -> String {
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut command = format!("::{name} title={}", escape_property(finding.code.as_str()));
    if let Some(location) = locations.locate(finding) {
        let path = location.path.strip_prefix(".").unwrap_or(&location.path);
        let path = display_path(path);
        let path = if cfg!(windows) { path.replace('\\', "/") } else { path };
        let _ = write!(command, ",file={},line={}", escape_property(&path), location.line);
        if let Some(column) = location.column {
            let _ = write!(command, ",col={column}");
        }
    }
    format!("{command}::{}", escape_message(&message_of(finding)))
}

fn escape_message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape_message(text).replace(':', "%3A").replace(',', "%2C")
}
