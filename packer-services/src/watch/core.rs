//! What the watching thread knows: takes signals, and decides when to look and what to tell. Time is given to it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::batch::{Batch, MANY, Touched};
use super::source::{EventSource, OpenSource, Signal};
use super::table::Table;
use super::{Change, WatchMode, WatchOptions, WhyPolling};
use crate::files::{self, FolderIdentity};
use crate::project::Project;

/// How often the project's folder is asked for, with a few calls that open nothing. Events cannot replace it: when a
/// folder further up is renamed, there is none, and a folder that is gone sends none when it is back.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(1);

/// Which folders are watched.
#[derive(Clone, Debug, PartialEq, Eq)]
struct WatchedPlace {
    root: PathBuf,
    identity: Option<FolderIdentity>,
    /// `None` if there is no `assets/`, or it is a link, which no operation follows.
    assets: Option<FolderIdentity>,
}

impl WatchedPlace {
    /// The place that a project is at now.
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
    /// `None` while the folder is gone.
    place: Option<WatchedPlace>,
    table: Table,
    batch: Batch,
    /// Nothing was told yet.
    is_new: bool,
    refresh: bool,
    /// When the place is next compared.
    beat_at: Option<Instant>,
    /// When files are next compared, in polling mode.
    poll_at: Option<Instant>,
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
            poll_at: None,
        }
    }

    pub(super) fn mode(&self) -> &WatchMode {
        &self.mode
    }

    /// Takes a signal; what follows from it shows in [`Core::due`] and [`Core::tick`].
    pub(super) fn take(&mut self, signal: Signal, now: Instant) {
        match signal {
            Signal::Touched(path) => self.inside(&path, |batch, path| batch.touched(path, now)),
            Signal::Finished(path) => self.inside(&path, |batch, path| batch.finished(path, now)),
            Signal::Writing(path) => self.inside(&path, |batch, path| batch.writing(path, now)),
            Signal::Lost => self.batch.lost(now),
            Signal::Refresh => self.refresh = true,
            Signal::Stop => {}
        }
    }

    /// Passes a path on, relative to `assets/`. The project's own folder stands for all; what else lies in it, such as
    /// `build/`, is nothing to us.
    fn inside(&mut self, path: &Path, add: impl FnOnce(&mut Batch, &Path)) {
        let Some(place) = &self.place else { return };
        match path.strip_prefix(&place.root).map(|path| (path, path.strip_prefix("assets"))) {
            Ok((_, Ok(inside))) => add(&mut self.batch, inside),
            Ok((project, Err(_))) if project.as_os_str().is_empty() => add(&mut self.batch, project),
            _ => {}
        }
    }

    /// When [`Core::tick`] next has something to do, if no signal comes; `None` if it has now.
    pub(super) fn due(&self) -> Option<Instant> {
        let beat = self.beat_at.filter(|_| !self.refresh)?;
        [self.batch.due(), self.poll_at, Some(beat)].into_iter().flatten().min()
    }

    /// Does what is due.
    pub(super) fn tick(&mut self, now: Instant) -> Option<Change> {
        let touched = self.batch.take(now);
        let is_past = |at: Option<Instant>| at.is_none_or(|at| at <= now);
        let polls = self.place.is_some() && self.mode != WatchMode::Events && is_past(self.poll_at);
        let refresh = std::mem::take(&mut self.refresh);
        if touched.is_none() && !polls && !refresh && !is_past(self.beat_at) {
            return None;
        }
        self.beat_at = Some(now + HEARTBEAT);
        let place = WatchedPlace::of(&self.project);
        if refresh || place != self.place {
            return self.begin(place, now);
        }
        let assets = place?.root.join("assets");
        if polls {
            self.poll_at = Some(now + self.options.poll_every);
        }
        let lost = touched == Some(Touched::Everything);
        let paths = match touched {
            Some(Touched::Paths(paths)) if !polls => paths,
            None if !polls => BTreeSet::new(),
            _ => BTreeSet::from([PathBuf::new()]),
        };
        let mut found = BTreeSet::new();
        let mut failed = None;
        for path in paths {
            let (changed, refused) = self.look(&assets, &path);
            found.extend(changed);
            failed = failed.or(refused);
        }
        if let Some(why) = failed {
            self.fall_back(why, now);
            return Some(Change::Everything);
        }
        match found.len() {
            0 => None,
            n if lost || n > MANY => Some(Change::Everything),
            _ => Some(Change::Paths(found.iter().map(|path| told(path)).collect())),
        }
    }

    /// Looks, and asks for events of each folder on the way. Gives what changed, and why there can be no more events.
    fn look(&mut self, assets: &Path, path: &Path) -> (BTreeSet<PathBuf>, Option<WhyPolling>) {
        let mut refused = None;
        let source = &mut self.source;
        let changed = self.table.look(assets, path, &mut |folder| {
            if let (Some(source), None) = (source.as_mut(), &refused) {
                refused = source.watch(folder).err();
            }
        });
        (changed, refused)
    }

    fn fall_back(&mut self, why: WhyPolling, now: Instant) {
        self.source = None;
        self.mode = WatchMode::Polling { why };
        self.poll_at = Some(now + self.options.poll_every);
    }

    /// Begins to watch `place`, and forgets everything about the last one.
    fn begin(&mut self, place: Option<WatchedPlace>, now: Instant) -> Option<Change> {
        let was_gone = self.place.is_none() && !self.is_new;
        self.is_new = false;
        self.source = None;
        self.table = Table::default();
        self.batch = Batch::default();
        self.poll_at = None;
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
                refused = source.watch(&root).err();
                self.source = Some(source);
            }
            Err(why) => self.fall_back(why, now),
        }
        let (_, also_refused) = self.look(&root.join("assets"), Path::new(""));
        if let Some(why) = refused.or(also_refused) {
            self.fall_back(why, now);
        }
        Some(if was_gone { Change::Returned } else { Change::Everything })
    }
}

/// A path as it is told.
fn told(path: &Path) -> String {
    let segments: Option<Vec<&str>> = path.iter().map(|segment| segment.to_str()).collect();
    segments.map_or_else(|| files::display_path(path), |segments| segments.join("/"))
}
