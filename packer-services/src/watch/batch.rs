//! Collects the paths of events until they settle. Uses neither the disk nor the clock.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::table::is_watched;

/// After this time without an event of a path, its change is complete. Editors that delete and create a file, or rename
/// it and write a new one, send their events within a few milliseconds.
pub(super) const QUIET_TIME: Duration = Duration::from_millis(150);
/// A file that a program closed after writing, or that replaced another, is complete at once. It waits only for others
/// that are saved together with it, such as the images of one export.
pub(super) const CLOSED_TIME: Duration = Duration::from_millis(10);
/// No change waits longer, even if events keep coming: it is reported within a second, heartbeat and comparison
/// included.
pub(super) const MAX_DELAY: Duration = Duration::from_millis(800);
/// A file that is open for writing is incomplete, so it waits until it is closed, but not longer than this: some
/// programs keep a file open, and exporting one image takes less.
pub(super) const MAX_OPEN: Duration = Duration::from_secs(3);
/// More paths than this come from a checkout or a new project, for which reading everything is as fast as a list of
/// paths; it also limits the memory of a batch.
pub(super) const MAX_PATHS: usize = 1000;

/// What to compare.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Touched {
    /// These paths and everything below them; relative to `assets/`.
    Paths(BTreeSet<PathBuf>),
    /// All paths.
    Everything,
}

/// The paths of events since the last comparison.
#[derive(Debug, Default)]
pub(super) struct Batch {
    first: Option<Instant>,
    /// When any path may have changed and events have settled.
    everything: Option<Instant>,
    /// Paths whose change is complete, if there are no more events before the given time.
    ready: BTreeMap<PathBuf, Instant>,
    /// Files that are open for writing, and since when.
    writing: BTreeMap<PathBuf, Instant>,
}

impl Batch {
    /// Something changed at `path`, relative to `assets/`.
    pub(super) fn add_touched(&mut self, path: &Path, now: Instant) {
        if is_watched(path) && !self.writing.contains_key(path) {
            self.add_ready(path, now, QUIET_TIME);
        }
    }

    /// The file at `path` was created, renamed or removed: no program writes to what was there, but another may follow.
    pub(super) fn add_replaced(&mut self, path: &Path, now: Instant) {
        self.add_finished(path, now, QUIET_TIME);
    }

    /// The file at `path` was closed after it was written, or another was renamed to it: it is complete.
    pub(super) fn add_closed(&mut self, path: &Path, now: Instant) {
        self.add_finished(path, now, CLOSED_TIME);
    }

    fn add_finished(&mut self, path: &Path, now: Instant, wait: Duration) {
        if is_watched(path) {
            self.writing.remove(path);
            self.add_ready(path, now, wait);
        }
    }

    /// A program wrote to the file at `path` and still has it open.
    pub(super) fn add_writing(&mut self, path: &Path, now: Instant) {
        if is_watched(path) && self.everything.is_none() {
            self.ready.remove(path);
            self.writing.entry(path.to_owned()).or_insert(now);
        }
    }

    /// Events were lost: any path may have changed.
    pub(super) fn add_everything(&mut self, now: Instant) {
        self.first.get_or_insert(now);
        self.everything = Some(now + QUIET_TIME);
        self.ready.clear();
        self.writing.clear();
    }

    fn add_ready(&mut self, path: &Path, now: Instant, wait: Duration) {
        self.first.get_or_insert(now);
        self.ready.insert(path.to_owned(), now + wait);
        if self.everything.is_some() || self.ready.len() > MAX_PATHS {
            self.add_everything(now);
        }
    }

    /// Whether the path will be taken later.
    pub(super) fn contains(&self, path: &Path) -> bool {
        self.ready.contains_key(path) || self.writing.contains_key(path)
    }

    /// When the next comparison is due, if there are no more events.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let closed = self.writing.values().min().map(|since| *since + MAX_OPEN);
        self.settled_at().into_iter().chain(closed).min()
    }

    fn settled_at(&self) -> Option<Instant> {
        let last = self.everything.or_else(|| self.ready.values().max().copied())?;
        Some(last.min(self.first? + MAX_DELAY))
    }

    /// What to compare now. Files that are open for writing remain.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Touched> {
        if self.next_due().is_none_or(|due| due > now) {
            return None;
        }
        if self.everything.is_some() {
            *self = Self::default();
            return Some(Touched::Everything);
        }
        let mut taken = BTreeSet::new();
        if self.settled_at().is_some_and(|at| at <= now) {
            taken = std::mem::take(&mut self.ready).into_keys().collect();
            self.first = None;
        }
        self.writing.retain(|path, since| {
            let waits = *since + MAX_OPEN > now;
            if !waits {
                taken.insert(path.clone());
            }
            waits
        });
        Some(Touched::Paths(taken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "hero/a.png";
    const B: &str = "hero/b.png";

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn paths(names: &[&str]) -> Option<Touched> {
        Some(Touched::Paths(names.iter().map(PathBuf::from).collect()))
    }

    #[test]
    fn empty_batch_is_never_due() {
        let mut batch = Batch::default();
        assert_eq!(batch.next_due(), None);
        assert_eq!(batch.take_due(Instant::now()), None);
    }

    #[test]
    fn batch_is_taken_once_after_quiet() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        batch.add_replaced(Path::new(A), start);
        batch.add_replaced(Path::new(B), start + ms(100));
        batch.add_replaced(Path::new(A), start + ms(120));
        assert_eq!(batch.take_due(start + ms(269)), None);
        assert_eq!(batch.next_due(), Some(start + ms(270)));
        assert_eq!(batch.take_due(start + ms(270)), paths(&[A, B]));
        assert_eq!((batch.next_due(), batch.take_due(start + ms(9000))), (None, None));
    }

    #[test]
    fn closed_file_waits_only_for_its_siblings() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        batch.add_closed(Path::new(A), start);
        batch.add_closed(Path::new(B), start + ms(8));
        assert_eq!(batch.take_due(start + ms(17)), None);
        assert_eq!(batch.take_due(start + ms(18)), paths(&[A, B]));
    }

    #[test]
    fn removed_file_waits_for_its_successor() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        batch.add_replaced(Path::new(A), start);
        batch.add_closed(Path::new(B), start + ms(1));
        assert_eq!(batch.take_due(start + ms(149)), None, "its new content is still to come");
        batch.add_closed(Path::new(A), start + ms(149));
        assert_eq!(batch.take_due(start + ms(159)), paths(&[A, B]));
    }

    #[test]
    fn endless_events_are_taken_within_a_second() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        for n in 0..8 {
            batch.add_touched(Path::new(A), start + ms(n * 100));
            assert_eq!(batch.take_due(start + ms(n * 100)), None);
        }
        assert_eq!(batch.next_due(), Some(start + MAX_DELAY));
        assert_eq!(batch.take_due(start + MAX_DELAY), paths(&[A]));
    }

    #[test]
    fn open_file_waits_without_delaying_others() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        batch.add_replaced(Path::new(A), start);
        batch.add_writing(Path::new(A), start + ms(1));
        batch.add_replaced(Path::new(B), start + ms(2));
        assert_eq!(batch.take_due(start + ms(152)), paths(&[B]));
        // A change of its time stamps does not close it.
        batch.add_touched(Path::new(A), start + ms(500));
        batch.add_writing(Path::new(A), start + ms(2000));
        assert_eq!(batch.take_due(start + ms(2999)), None);
        batch.add_replaced(Path::new(A), start + ms(2010));
        assert_eq!(batch.take_due(start + ms(2159)), None);
        assert_eq!(batch.take_due(start + ms(2160)), paths(&[A]));
        assert_eq!(batch.next_due(), None);
    }

    #[test]
    fn file_never_closed_is_taken_anyway() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        batch.add_writing(Path::new(A), start);
        batch.add_writing(Path::new(A), start + ms(2900));
        assert_eq!(batch.next_due(), Some(start + MAX_OPEN));
        assert_eq!(batch.take_due(start + MAX_OPEN), paths(&[A]));
        assert_eq!(batch.next_due(), None);
    }

    #[test]
    fn lost_events_mean_everything() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        batch.add_replaced(Path::new(A), start);
        batch.add_writing(Path::new(B), start);
        batch.add_everything(start + ms(10));
        batch.add_writing(Path::new(B), start + ms(20));
        batch.add_replaced(Path::new(B), start + ms(30));
        assert_eq!(batch.take_due(start + ms(180)), Some(Touched::Everything));
        assert_eq!(batch.next_due(), None);
    }

    #[test]
    fn too_many_paths_become_everything() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        for n in 0..25_000 {
            batch.add_replaced(&PathBuf::from(format!("{n}.png")), start);
        }
        assert!(batch.ready.is_empty(), "memory does not grow with the events");
        assert_eq!(batch.take_due(start + QUIET_TIME), Some(Touched::Everything));
    }

    #[test]
    fn hidden_and_own_files_are_ignored() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        for path in
            [".prometeu/lock", ".prometeu/cache.json", ".prometeu/x.new", ".gitattributes", "a/.a.png.swp", ".x/b"]
        {
            batch.add_replaced(Path::new(path), start);
            batch.add_writing(Path::new(path), start);
            batch.add_touched(Path::new(path), start);
        }
        assert_eq!(batch.next_due(), None);
        batch.add_replaced(Path::new(".prometeu/index.json"), start);
        assert_eq!(batch.take_due(start + QUIET_TIME), paths(&[".prometeu/index.json"]));
    }
}
