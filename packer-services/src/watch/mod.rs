//! Watches a project's `assets/` and reports which paths changed (spec: workspace, "Watching").
//!
//! An event of the system only marks a path; the report is what a comparison with the last known state finds. `batch`
//! collects the paths of events, `table` has the last known state and compares it, `source` provides the events, and
//! `core` decides what is due, with the time as an argument. This file has the thread. No image and no declaration is
//! opened here.

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

/// How changes are detected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchMode {
    /// By events of the system.
    Events,
    /// By comparing the stamps of all files every [`WatchOptions::poll_every`].
    Polling {
        /// Why there are no events.
        why: WhyPolling,
    },
}

/// Why changes are detected by polling. Its text is a clause for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyPolling {
    /// [`WatchOptions::events`] is off.
    #[error("events are switched off")]
    Asked,
    /// The system's limit of watched folders for this user is reached.
    #[error("the system's limit of watched folders is reached (on Linux: `fs.inotify.max_user_watches`)")]
    WatchLimit,
    /// The system's limit of watching programs for this user is reached.
    #[error("the system's limit of watching programs is reached (on Linux: `fs.inotify.max_user_instances`)")]
    InstanceLimit,
    /// Another machine may write to this disk, and its changes cause no events.
    #[error("the disk of this project reports no changes")]
    NoEvents,
    /// The system started no thread to watch with; this is its message.
    #[error("no thread can be started: {0}")]
    NoThread(String),
    /// The system refused; this is its message.
    #[error("the system does not watch this folder: {0}")]
    Refused(String),
}

/// How to watch.
#[derive(Clone, Debug)]
pub struct WatchOptions {
    /// Whether to use the system's events where they exist. On by default.
    pub events: bool,
    /// The time between two comparisons without events. 2 s by default: a comparison of a large project takes about 20
    /// ms, so polling uses about 1 % of one core.
    pub poll_every: Duration,
}

impl Default for WatchOptions {
    fn default() -> Self {
        Self { events: true, poll_every: Duration::from_secs(2) }
    }
}

/// Watches a project until it is dropped.
///
/// ```
/// use packer_services::watch::{Change, Watch, WatchOptions};
///
/// let folder = tempfile::tempdir()?;
/// std::fs::create_dir(folder.path().join("assets"))?;
/// let (sender, changes) = std::sync::mpsc::channel();
/// let watch = Watch::start(folder.path(), WatchOptions::default(), move |change| {
///     let _ = sender.send(change);
/// });
/// assert_eq!(changes.recv()?, Change::Everything);
/// std::fs::write(folder.path().join("assets/hero.png"), "pixels")?;
/// assert_eq!(changes.recv()?, Change::Paths(["hero.png".to_owned()].into()));
/// drop(watch); // stops and joins the thread
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Watch {
    signals: Sender<Signal>,
    mode: Arc<Mutex<WatchMode>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Starts to watch, without blocking. `on_change` is called on the watching thread: it should pass the change on
    /// and return, and must not drop this `Watch`. The first change is [`Change::Everything`], or [`Change::Vanished`]
    /// if the folder does not exist. A caller that reads the project after it misses no change. If the system cannot
    /// start a thread, no change is reported, and [`mode`](Watch::mode) has the system's reason.
    pub fn start(
        project: impl Into<PathBuf>,
        options: WatchOptions,
        on_change: impl Fn(Change) + Send + 'static,
    ) -> Self {
        let (signals, inbox) = channel();
        let mode = Arc::new(Mutex::new(WatchMode::Events));
        let core = Core::new(Project::at(project), options, source::system_events(signals.clone()));
        let shared = Arc::clone(&mode);
        let thread = std::thread::Builder::new().spawn(move || run_thread(core, &inbox, &shared, &on_change));
        if let Err(error) = &thread {
            let reason = WhyPolling::NoThread(crate::files::system_message(error));
            *mode.lock().unwrap_or_else(PoisonError::into_inner) = WatchMode::Polling { why: reason };
        }
        Self { signals, mode, thread: thread.ok() }
    }

    /// How changes are detected now. It can change at any time, and a [`Change`] follows. Before the first change, it
    /// is what the watch will try.
    pub fn mode(&self) -> WatchMode {
        self.mode.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts to watch again, without blocking: tries to get events again, reads all stamps, and always reports
    /// [`Change::Everything`], or [`Change::Vanished`] or [`Change::Returned`].
    pub fn refresh(&self) {
        // The thread ends before this only if `on_change` panicked.
        let _ = self.signals.send(Signal::Refresh);
    }
}

impl Drop for Watch {
    /// Stops and joins the thread: `on_change` is not called afterwards.
    fn drop(&mut self) {
        let _ = self.signals.send(Signal::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run_thread(mut core: Core, inbox: &Receiver<Signal>, mode: &Mutex<WatchMode>, on_change: &dyn Fn(Change)) {
    loop {
        let change = core.tick(Instant::now());
        // Before `on_change`, which may ask for the mode.
        core.mode().clone_into(&mut mode.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(change) = change {
            on_change(change);
        }
        let wait = core.next_due().map_or(Duration::ZERO, |due| due.saturating_duration_since(Instant::now()));
        match inbox.recv_timeout(wait) {
            Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            Ok(signal) => core.receive(signal, Instant::now()),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}
