//! Progress, on standard error, and only to a terminal; but waiting for a lock is told to logs too.

use std::io::{IsTerminal, Write};

use packer_services::{Event, Progress};

/// Shows every step, on one line that is written over.
pub fn show() -> impl Fn(Event) + Send + Sync {
    |event| match event.progress {
        Progress::Building { done_bytes, total_bytes, .. } if total_bytes > 0 => {
            let percent = done_bytes.saturating_mul(100) / total_bytes;
            say(&format!("\r\x1b[Kpacking {percent} %"));
        }
        Progress::Extracting { done_bytes, total_bytes, .. } if total_bytes > 0 => {
            let percent = done_bytes.saturating_mul(100) / total_bytes;
            say(&format!("\r\x1b[Kextracting {percent} %"));
        }
        Progress::Publishing => say("\r\x1b[Kpublishing"),
        Progress::PlanningAgain { path, attempt } => say(&format!("\r\x1b[K{path} changed; attempt {attempt}\n")),
        Progress::WaitingForLock { path, holder } => say(&waiting(&path, &holder)),
        _ => {}
    }
}

/// Shows only why nothing happens.
pub fn waiting_only() -> impl Fn(Event) + Send + Sync {
    |event| {
        if let Progress::WaitingForLock { path, holder } = event.progress {
            say(&waiting(&path, &holder));
        }
    }
}

/// Takes the progress line away.
pub fn clear() {
    if std::io::stderr().is_terminal() {
        say("\r\x1b[K");
    }
}

fn waiting(path: &str, holder: &str) -> String {
    format!("waiting for lock on {path}, held by {holder}\n")
}

fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
