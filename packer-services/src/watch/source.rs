//! Where events come from: the system, by `notify`. Tests have a source of their own.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{Config, ErrorKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::WhyPolling;

/// What the watching thread is woken with. Paths are whole ones.
#[derive(Debug)]
pub(super) enum Signal {
    /// Something was done at a path.
    Touched(PathBuf),
    /// Something was finished at a path: it was closed, renamed, made or removed.
    Finished(PathBuf),
    /// Somebody wrote to a file, and a `Finished` follows when it is closed.
    Writing(PathBuf),
    /// Events were lost, or one came that names no path.
    Lost,
    /// Begin anew.
    Refresh,
    /// End.
    Stop,
}

/// A source of signals, until it is dropped.
pub(super) trait EventSource: Send {
    /// Asks for events of the folder `path`: of what is directly in it, and where possible of the folder itself.
    /// It may be asked for again.
    fn watch(&mut self, path: &Path) -> Result<(), WhyPolling>;
}

/// Makes a source, each time that watching begins.
pub(super) type OpenSource = Box<dyn FnMut() -> Result<Box<dyn EventSource>, WhyPolling> + Send>;

/// The system's events.
pub(super) fn system(signals: Sender<Signal>) -> OpenSource {
    Box::new(move || {
        let (alive, ended) = channel::<()>();
        let signals = signals.clone();
        let handler = move |event: notify::Result<notify::Event>| {
            let _ = &alive;
            translate(event, |signal| drop(signals.send(signal)));
        };
        let config = Config::default().with_follow_symlinks(false);
        let watcher =
            RecommendedWatcher::new(handler, config).map_err(|error| why(&error, WhyPolling::InstanceLimit))?;
        Ok(Box::new(System { watcher: Some(watcher), ended, below: None }))
    })
}

/// Whether folders are watched one by one, as the look enters them. Elsewhere the system watches what lies below, too.
const ONE_BY_ONE: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// How long to wait for the thread of `notify`, which has nothing left to do.
const PATIENCE: Duration = Duration::from_secs(5);

struct System {
    watcher: Option<RecommendedWatcher>,
    /// Ends when `notify` drops its handler, which is the last thing that its thread does.
    ended: Receiver<()>,
    /// The folder of which everything below is watched already.
    below: Option<PathBuf>,
}

impl EventSource for System {
    fn watch(&mut self, path: &Path) -> Result<(), WhyPolling> {
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
            Err(error) if is_passing(&error) => Ok(()),
            Err(error) => Err(why(&error, WhyPolling::WatchLimit)),
        }
    }
}

impl Drop for System {
    fn drop(&mut self) {
        drop(self.watcher.take());
        let _ = self.ended.recv_timeout(PATIENCE);
    }
}

/// The folder went before it was watched, or nobody may read it: its parent's events tell when that changes.
fn is_passing(error: &notify::Error) -> bool {
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

/// Why there are no events; `limit` is the one that was reached, if one was.
fn why(error: &notify::Error, limit: WhyPolling) -> WhyPolling {
    /// ENFILE and EMFILE, which have no kind of their own.
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

/// An event as signals. Reading makes events too, and they are dropped here: our own looks must not wake us.
fn translate(event: notify::Result<notify::Event>, mut send: impl FnMut(Signal)) {
    let Ok(event) = event else { return send(Signal::Lost) };
    if event.need_rescan() {
        return send(Signal::Lost);
    }
    let signal = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => Signal::Finished,
        EventKind::Access(_) => return,
        // Only here do we know that a file is open for writing, and will hear when it is closed.
        EventKind::Modify(ModifyKind::Data(_)) if ONE_BY_ONE => Signal::Writing,
        EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => Signal::Finished,
        EventKind::Modify(_) | EventKind::Any | EventKind::Other => Signal::Touched,
    };
    if event.paths.is_empty() {
        return send(Signal::Lost);
    }
    event.paths.into_iter().for_each(|path| send(signal(path)));
}
