//! What happened since the window was opened.

use packer_services::diagnostics::Severity;

use super::State;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// The time of day, such as `14:02`.
    pub time: String,
    /// How bad it is; `None` if it is not.
    pub severity: Option<Severity>,
    /// What happened, in one sentence.
    pub text: String,
}

impl State {
    /// Adds a line to the activity.
    pub fn log_activity(&mut self, text: impl Into<String>) {
        self.log_with_severity(None, text);
    }

    /// Adds a line about something that went wrong to the activity.
    pub fn log_error(&mut self, text: impl Into<String>) {
        self.log_with_severity(Some(Severity::Error), text);
    }

    fn log_with_severity(&mut self, severity: Option<Severity>, text: impl Into<String>) {
        self.activity.push(Activity { time: time_of_day(), severity, text: text.into() });
    }
}

/// The time of day here, such as `14:02`.
pub fn time_of_day() -> String {
    chrono::Local::now().format("%H:%M").to_string()
}
