//! What the user must know, wherever they look.

use packer_services::diagnostics::{Finding, Severity};

use super::State;
use crate::window_words::in_window_words;

/// A message above everything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How bad it is; `None` if it is not.
    pub severity: Option<Severity>,
    /// What happened, in one sentence.
    pub text: String,
    /// What to do, in whole sentences; may be empty.
    pub help: String,
}

impl State {
    /// Shows an answer to something that the user asked for, and adds it to the activity.
    pub fn notify(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.log_activity(text.clone());
        self.notice = Some(Notice { severity: None, text, help: String::new() });
    }

    /// Shows that something did not work, and adds it to the activity.
    pub fn notify_error(&mut self, text: impl Into<String>, help: impl Into<String>) {
        let text = text.into();
        self.log_error(text.clone());
        self.notice = Some(Notice { severity: Some(Severity::Error), text, help: help.into() });
    }

    /// Shows why something did not work.
    pub fn notify_findings(&mut self, findings: &[Finding]) {
        self.notify_first(findings, "");
    }

    /// Shows why something could not be opened.
    pub fn notify_unopened(&mut self, findings: &[Finding]) {
        self.notify_first(findings, " could not be opened");
    }

    /// Shows the most severe finding. `failure` says what did not work with its file.
    fn notify_first(&mut self, findings: &[Finding], failure: &str) {
        if let Some(first) = findings.iter().min_by_key(|finding| finding.severity) {
            let unnamed = first.file.as_ref().filter(|file| !first.message.contains(*file));
            let text = match unnamed {
                Some(file) => format!("`{file}`{failure}: {}", first.message),
                None => first.message.clone(),
            };
            self.notify_error(text, in_window_words(&first.help));
        }
    }
}
