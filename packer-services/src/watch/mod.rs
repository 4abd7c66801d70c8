//! Watching a project's `assets/`: tells when to look again, and where (spec: workspace, "Watching").
//!
//! An event of the system says only where to look; what is told is what the look found. `batch` gathers events until
//! they settle, `table` looks and remembers what it saw, `source` is where events come from, `core` joins them and
//! knows no clock. Here is the thread. This judges nothing: no image and no declaration is opened.

mod batch;
mod core;
mod source;
mod table;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub use crate::change::Change;
use crate::project::Project;
use core::Core;
use source::Signal;

/// How changes are noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchMode {
    /// The system tells of each change.
    Events,
    /// The files' stamps are compared, every [`WatchOptions::poll_every`].
    Polling {
        /// Why there are no events.
        why: WhyPolling,
    },
}

/// Why changes are noticed by polling. Its text is a clause for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyPolling {
    /// [`WatchOptions::events`] is off.
    #[error("events are switched off")]
    Asked,
    /// The system watches no more folders for this person.
    #[error("the system's limit of watched folders is reached (on Linux: `fs.inotify.max_user_watches`)")]
    WatchLimit,
    /// The system gives no more watches to this person or program.
    #[error("the system's limit of watching programs is reached (on Linux: `fs.inotify.max_user_instances`)")]
    InstanceLimit,
    /// Another machine may write to this disk, and its changes make no events.
    #[error("the project lies on a disk that does not tell of changes")]
    NoEvents,
    /// The system refused, in its words.
    #[error("the system does not watch this folder: {0}")]
    Refused(String),
}

/// How to watch.
#[derive(Clone, Debug)]
pub struct WatchOptions {
    /// Whether to use the system's events where there are any. On by default.
    pub events: bool,
    /// How long to wait between two looks without events. 2 s by default: the walk takes about a hundredth of that on a
    /// large project.
    pub poll_every: Duration,
}

impl Default for WatchOptions {
    fn default() -> Self {
        Self { events: true, poll_every: Duration::from_secs(2) }
    }
}

/// Watches a project until it is dropped.
#[derive(Debug)]
pub struct Watch {
    signals: Sender<Signal>,
    mode: Arc<Mutex<WatchMode>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Starts to watch, and does not wait for it. `on_change` is called from the watching thread: pass the change on and
    /// return, and do not drop this `Watch` in it. The first change is [`Change::Everything`], or [`Change::Vanished`] if
    /// there is no such folder: who reads the project after that misses nothing.
    pub fn start(
        project: impl Into<PathBuf>,
        options: WatchOptions,
        on_change: impl Fn(Change) + Send + 'static,
    ) -> Self {
        let (signals, inbox) = channel();
        let mode = Arc::new(Mutex::new(WatchMode::Events));
        let core = Core::new(Project::at(project), options, source::system(signals.clone()));
        let shown = Arc::clone(&mode);
        let thread = std::thread::spawn(move || run(core, &inbox, &shown, &on_change));
        Self { signals, mode, thread: Some(thread) }
    }

    /// How changes are noticed now. It may become another at any time; a [`Change`] follows when it does. Before the first
    /// change this is what is being tried.
    pub fn mode(&self) -> WatchMode {
        self.mode.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins anew: tries to get events again if there are none, looks at everything, and tells
    /// [`Change::Everything`], whatever was found; or [`Change::Vanished`] or [`Change::Returned`]. Does not wait.
    pub fn refresh(&self) {
        // The thread ends before this only if `on_change` panicked.
        let _ = self.signals.send(Signal::Refresh);
    }
}

impl Drop for Watch {
    /// Stops, and waits for the thread: `on_change` is not called afterwards.
    fn drop(&mut self) {
        let _ = self.signals.send(Signal::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(mut core: Core, inbox: &Receiver<Signal>, mode: &Mutex<WatchMode>, on_change: &dyn Fn(Change)) {
    loop {
        let change = core.tick(Instant::now());
        // Before it is told: who is told asks for the mode.
        core.mode().clone_into(&mut mode.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(change) = change {
            on_change(change);
        }
        let wait = core.due().map_or(Duration::ZERO, |due| due.saturating_duration_since(Instant::now()));
        match inbox.recv_timeout(wait) {
            Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            Ok(signal) => core.take(signal, Instant::now()),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}
