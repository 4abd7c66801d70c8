//! The state of the watching thread: receives signals, and decides when to compare and what to report. The time is an
//! argument.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::batch::{Batch, MAX_PATHS, Touched};
use super::source::{EventSource, OpenSource, Signal};
use super::table::Table;
use super::{Change, WatchMode, WatchOptions, WhyPolling};
use crate::files::{self, FolderIdentity};
use crate::project::Project;

/// How often the identity of the project's folder is compared, with a few system calls that open nothing. Events cannot
/// replace it: renaming a parent folder causes none, and a missing folder cannot send one when it returns. One second
/// is as fast as any change is reported, and keeps an idle watch at one wake-up per second.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(1);

/// How often all files are compared although there are events, in case the system lost one and did not report it.
/// A comparison of a large project takes about 20 ms, far less than what a loss costs: a pack that stays out of date.
pub(super) const COMPARE_EVERY: Duration = Duration::from_secs(60);

/// Which folders are watched.
#[derive(Clone, Debug, PartialEq, Eq)]
struct WatchedPlace {
    root: PathBuf,
    identity: Option<FolderIdentity>,
    /// `None` if there is no `assets/`, or it is a link, which no operation follows.
    assets: Option<FolderIdentity>,
}

impl WatchedPlace {
    /// The folders of a project as they are now.
    fn of(project: &Project) -> Option<Self> {
        let root = files::real_folder(project.root())?;
        let assets = FolderIdentity::at(&root.join("assets"));
        Some(Self { identity: FolderIdentity::at(&root), assets, root })
    }
}

/// The state of a watch.
pub(super) struct Core {
    project: Project,
    options: WatchOptions,
    open: OpenSource,
    source: Option<Box<dyn EventSource>>,
    mode: WatchMode,
    /// `None` while the folder does not exist.
    place: Option<WatchedPlace>,
    table: Table,
    batch: Batch,
    /// Nothing was reported yet.
    is_new: bool,
    refresh: bool,
    /// When the identity of the folders is next compared.
    beat_at: Option<Instant>,
    /// When all files are next compared.
    compare_at: Option<Instant>,
}

impl Core {
    pub(super) fn new(project: Project, options: WatchOptions, open: OpenSource) -> Self {
        Self {
            project,
            options,
            open,
            source: None,
            mode: WatchMode::Events,
            place: None,
            table: Table::default(),
            batch: Batch::default(),
            is_new: true,
            refresh: true,
            beat_at: None,
            compare_at: None,
        }
    }

    pub(super) fn mode(&self) -> &WatchMode {
        &self.mode
    }

    /// Receives a signal. Its effect appears in [`Core::next_due`] and [`Core::tick`].
    pub(super) fn receive(&mut self, signal: Signal, now: Instant) {
        match signal {
            Signal::Touched(path) => self.add_path(&path, |batch, path| batch.add_touched(path, now)),
            Signal::Replaced(path) => self.add_path(&path, |batch, path| batch.add_replaced(path, now)),
            Signal::Closed(path) => self.add_path(&path, |batch, path| batch.add_closed(path, now)),
            Signal::Writing(path) => self.add_path(&path, |batch, path| batch.add_writing(path, now)),
            Signal::Lost => self.batch.add_everything(now),
            Signal::Refresh => self.refresh = true,
            Signal::Stop => {}
        }
    }

    /// Adds a path to the batch, relative to `assets/`. The project's own folder means all paths; other paths in it,
    /// such as `build/`, are ignored.
    fn add_path(&mut self, path: &Path, add: impl FnOnce(&mut Batch, &Path)) {
        let Some(place) = &self.place else { return };
        match path.strip_prefix(&place.root).map(|path| (path, path.strip_prefix("assets"))) {
            Ok((_, Ok(inside))) => add(&mut self.batch, inside),
            Ok((project, Err(_))) if project.as_os_str().is_empty() => add(&mut self.batch, project),
            _ => {}
        }
    }

    /// When [`Core::tick`] next has work, if no signal comes; `None` if it has work now.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let beat = self.beat_at.filter(|_| !self.refresh)?;
        [self.batch.next_due(), self.compare_at, Some(beat)].into_iter().flatten().min()
    }

    /// Does the work that is due.
    pub(super) fn tick(&mut self, now: Instant) -> Option<Change> {
        let touched = self.batch.take_due(now);
        let is_past = |at: Option<Instant>| at.is_none_or(|at| at <= now);
        let compares = self.place.is_some() && is_past(self.compare_at);
        let refresh = std::mem::take(&mut self.refresh);
        if touched.is_none() && !compares && !refresh && !is_past(self.beat_at) {
            return None;
        }
        self.beat_at = Some(now + HEARTBEAT);
        let place = WatchedPlace::of(&self.project);
        if refresh || place != self.place {
            return self.restart(place, now);
        }
        let assets = place?.root.join("assets");
        if compares {
            self.compare_at = Some(now + self.compare_every());
        }
        let lost = touched == Some(Touched::Everything);
        let mut paths = match touched {
            Some(Touched::Paths(paths)) => paths,
            Some(Touched::Everything) | None => BTreeSet::new(),
        };
        if lost || compares {
            paths.insert(PathBuf::new());
        }
        let mut found = BTreeSet::new();
        let mut failed = None;
        for path in paths {
            let (changed, refused) = self.compare(&assets, &path);
            found.extend(changed);
            failed = failed.or(refused);
        }
        if let Some(why) = failed {
            self.start_polling(why, now);
            return Some(Change::Everything);
        }
        // What an event named is reported when it has settled.
        found.retain(|path| !self.batch.contains(path));
        match found.len() {
            0 => None,
            n if lost || n > MAX_PATHS => Some(Change::Everything),
            _ => Some(Change::Paths(found.iter().map(|path| reported_path(path)).collect())),
        }
    }

    /// Compares a path and everything below it, and requests events for each folder. Returns the changed paths, and why
    /// events are no longer possible.
    fn compare(&mut self, assets: &Path, path: &Path) -> (BTreeSet<PathBuf>, Option<WhyPolling>) {
        let mut refused = None;
        let source = &mut self.source;
        let changed = self.table.compare(assets, path, &mut |folder| {
            if let (Some(source), None) = (source.as_mut(), &refused) {
                refused = source.watch_folder(folder).err();
            }
        });
        (changed, refused)
    }

    fn start_polling(&mut self, why: WhyPolling, now: Instant) {
        self.source = None;
        self.mode = WatchMode::Polling { why };
        self.compare_at = Some(now + self.compare_every());
    }

    fn compare_every(&self) -> Duration {
        if self.mode == WatchMode::Events { COMPARE_EVERY } else { self.options.poll_every }
    }

    /// Starts to watch `place`, and discards the state of the previous one.
    fn restart(&mut self, place: Option<WatchedPlace>, now: Instant) -> Option<Change> {
        let was_gone = self.place.is_none() && !self.is_new;
        self.is_new = false;
        self.source = None;
        self.table = Table::default();
        self.batch = Batch::default();
        self.compare_at = None;
        self.place = place;
        let Some(root) = self.place.as_ref().map(|place| place.root.clone()) else { return Some(Change::Vanished) };
        let opened = if !self.options.events {
            Err(WhyPolling::Asked)
        } else if !files::sends_events(&root) {
            Err(WhyPolling::NoEvents)
        } else {
            (self.open)()
        };
        let mut refused = None;
        match opened {
            Ok(mut source) => {
                self.mode = WatchMode::Events;
                refused = source.watch_folder(&root).err();
                self.source = Some(source);
                self.compare_at = Some(now + self.compare_every());
            }
            Err(why) => self.start_polling(why, now),
        }
        let (_, also_refused) = self.compare(&root.join("assets"), Path::new(""));
        if let Some(why) = refused.or(also_refused) {
            self.start_polling(why, now);
        }
        Some(if was_gone { Change::Returned } else { Change::Everything })
    }
}

/// A path as changes contain it.
fn reported_path(path: &Path) -> String {
    let segments: Option<Vec<&str>> = path.iter().map(|segment| segment.to_str()).collect();
    segments.map_or_else(|| files::display_path(path), |segments| segments.join("/"))
}
