//! Progress on standard error. It is shown on terminals only, except for waiting for a lock, which logs show too.

use std::io::{IsTerminal, Write};

use packer_services::{Event, Progress};

/// Shows every step on one line, which the next step replaces.
pub fn every_step() -> impl Fn(Event) + Send + Sync {
    |event| match event.progress {
        Progress::Building { done_bytes, total_bytes, .. } if total_bytes > 0 => {
            let percent = done_bytes.saturating_mul(100) / total_bytes;
            print_raw(&format!("\r\x1b[Kpacking {percent} %"));
        }
        Progress::Extracting { done_bytes, total_bytes, .. } if total_bytes > 0 => {
            let percent = done_bytes.saturating_mul(100) / total_bytes;
            print_raw(&format!("\r\x1b[Kextracting {percent} %"));
        }
        Progress::Reproducing { n, total } => print_raw(&format!("\r\x1b[Kpacking copy {n} of {total}")),
        Progress::Publishing => print_raw("\r\x1b[Kpublishing"),
        Progress::PlanningAgain { path, attempt } => print_raw(&format!("\r\x1b[K{path} changed; attempt {attempt}\n")),
        Progress::WaitingForLock { path, holder } => print_raw(&waiting_line(&path, &holder)),
        _ => {}
    }
}

/// Shows only that the packer waits for a lock.
pub fn waiting_only() -> impl Fn(Event) + Send + Sync {
    |event| {
        if let Progress::WaitingForLock { path, holder } = event.progress {
            print_raw(&waiting_line(&path, &holder));
        }
    }
}

/// Removes the progress line.
pub fn clear_line() {
    if std::io::stderr().is_terminal() {
        print_raw("\r\x1b[K");
    }
}

fn waiting_line(path: &str, holder: &str) -> String {
    format!("waiting for lock on {path}, held by {holder}\n")
}

fn print_raw(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
