//! The source of events: the system, through the crate `notify`. Tests have their own source.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind, RenameMode};
use notify::{Config, ErrorKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::WhyPolling;

/// A message to the watching thread. Paths are absolute.
#[derive(Debug)]
pub(super) enum Signal {
    /// Something changed at a path.
    Touched(PathBuf),
    /// A path was created, renamed or removed.
    Replaced(PathBuf),
    /// A program closed a file after writing, or renamed a file to this path.
    Closed(PathBuf),
    /// A program wrote to a file; a `Closed` follows.
    Writing(PathBuf),
    /// Events were lost, or an event has no path.
    Lost,
    /// Start again.
    Refresh,
    /// End the thread.
    Stop,
}

/// A source of signals, until it is dropped.
pub(super) trait EventSource: Send {
    /// Requests events for the folder `path`: for its direct entries and, where possible, for the folder itself. It may
    /// be called again for the same folder.
    fn watch_folder(&mut self, path: &Path) -> Result<(), WhyPolling>;
}

/// Creates a source, each time that watching starts.
pub(super) type OpenSource = Box<dyn FnMut() -> Result<Box<dyn EventSource>, WhyPolling> + Send>;

/// Creates the source of the system's events.
pub(super) fn system_events(signals: Sender<Signal>) -> OpenSource {
    Box::new(move || {
        let (alive, ended) = channel::<()>();
        let signals = signals.clone();
        let handler = move |event: notify::Result<notify::Event>| {
            let _ = &alive;
            send_signals(event, |signal| drop(signals.send(signal)));
        };
        let config = Config::default().with_follow_symlinks(false);
        let watcher = RecommendedWatcher::new(handler, config)
            .map_err(|error| polling_reason(&error, WhyPolling::InstanceLimit))?;
        // `notify` does not report that its thread, which has the handler, could not be started.
        if ended.try_recv() == Err(TryRecvError::Disconnected) {
            return Err(WhyPolling::Refused("no thread can be started".to_owned()));
        }
        Ok(Box::new(SystemEvents { watcher: Some(watcher), ended, below: None }))
    })
}

/// Whether each folder is watched separately, when the comparison enters it. Other systems also watch everything below.
const ONE_BY_ONE: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// How long to wait for the thread of `notify` to end. It ends at once; the limit only prevents a hang if it does not.
const MAX_JOIN_TIME: Duration = Duration::from_secs(5);

struct SystemEvents {
    watcher: Option<RecommendedWatcher>,
    /// Disconnects when `notify` drops its handler, which its thread does last.
    ended: Receiver<()>,
    /// The folder below which everything is already watched.
    below: Option<PathBuf>,
}

impl EventSource for SystemEvents {
    fn watch_folder(&mut self, path: &Path) -> Result<(), WhyPolling> {
        let Some(watcher) = &mut self.watcher else { return Ok(()) };
        let mode = if ONE_BY_ONE { RecursiveMode::NonRecursive } else { RecursiveMode::Recursive };
        if !ONE_BY_ONE {
            if self.below.as_ref().is_some_and(|below| path.starts_with(below)) {
                return Ok(());
            }
            self.below = Some(path.to_owned());
        }
        match watcher.watch(path, mode) {
            Ok(()) => Ok(()),
            Err(error) if is_temporary(&error) => Ok(()),
            Err(error) => Err(polling_reason(&error, WhyPolling::WatchLimit)),
        }
    }
}

impl Drop for SystemEvents {
    fn drop(&mut self) {
        drop(self.watcher.take());
        let _ = self.ended.recv_timeout(MAX_JOIN_TIME);
    }
}

/// Whether the folder was removed before it was watched, or may not be read. Events of its parent report when that
/// changes.
fn is_temporary(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(error) => {
            matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::PermissionDenied
            )
        }
        _ => false,
    }
}

/// Why there are no events. If a limit was reached, it is `limit`.
fn polling_reason(error: &notify::Error, limit: WhyPolling) -> WhyPolling {
    /// ENFILE and EMFILE, which have no `io::ErrorKind`.
    const TOO_MANY_OPEN: [i32; 2] = [23, 24];
    match &error.kind {
        ErrorKind::MaxFilesWatch => WhyPolling::WatchLimit,
        ErrorKind::Io(io)
            if io.kind() == io::ErrorKind::StorageFull
                || cfg!(unix) && io.raw_os_error().is_some_and(|code| TOO_MANY_OPEN.contains(&code)) =>
        {
            limit
        }
        ErrorKind::Io(io) => WhyPolling::Refused(crate::files::system_message(io)),
        _ => WhyPolling::Refused(error.to_string()),
    }
}

/// Sends an event as signals. Events of reading are dropped: the watch's own comparisons must not wake it.
fn send_signals(event: notify::Result<notify::Event>, mut send: impl FnMut(Signal)) {
    let Ok(event) = event else { return send(Signal::Lost) };
    if event.need_rescan() {
        return send(Signal::Lost);
    }
    let signal = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Modify(ModifyKind::Name(RenameMode::To)) => Signal::Closed,
        // Follows events of each of its two paths.
        EventKind::Modify(ModifyKind::Name(RenameMode::Both)) if ONE_BY_ONE => return,
        EventKind::Access(_) => return,
        // Only Linux also reports when a file that was open for writing is closed.
        EventKind::Modify(ModifyKind::Data(_)) if ONE_BY_ONE => Signal::Writing,
        EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => Signal::Replaced,
        EventKind::Modify(_) | EventKind::Any | EventKind::Other => Signal::Touched,
    };
    if event.paths.is_empty() {
        return send(Signal::Lost);
    }
    event.paths.into_iter().for_each(|path| send(signal(path)));
}
