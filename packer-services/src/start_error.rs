//! What the system refuses to start.

use std::fmt;

use crate::diagnostics::{AsFinding, Code, Finding};

/// Something that runs beside the caller's thread, and cannot be done on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// The thread that detects changes.
    WatchThread,
    /// The packer that packs a copy of a project.
    PackOfCopy,
}

/// The system refused to start a thread or a process.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{started}: {reason}")]
pub struct StartError {
    /// What was not started.
    pub started: Started,
    /// The system's message.
    pub reason: String,
}

impl fmt::Display for Started {
    /// That it was not started.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WatchThread => "no thread could be started that detects changes",
            Self::PackOfCopy => "no process could be started that packs a copy of the project",
        })
    }
}

impl AsFinding for StartError {
    fn as_finding(&self) -> Finding {
        let without = match self.started {
            Started::WatchThread => "Or run `prometeu-packer pack` after each change, which needs no thread.",
            Started::PackOfCopy => "Or pack without `--repro`, which needs no process.",
        };
        Finding::new(
            Code::NotStarted,
            self.to_string(),
            format!(
                "End programs that you do not need, or raise the limit of processes and threads (`ulimit -u`), and try \
                 again. {without}"
            ),
        )
    }
}
