//! Collects the paths of events until they settle. Uses neither the disk nor the clock.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::table::is_watched;

/// After this time without an event, a save is complete. Editors that delete and create the file, or rename a temporary
/// one over it, send their events within a few milliseconds; a person does not notice this delay.
pub(super) const QUIET_TIME: Duration = Duration::from_millis(150);
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
    last: Option<Instant>,
    everything: bool,
    ready: BTreeSet<PathBuf>,
    /// Files that are open for writing, and since when.
    writing: BTreeMap<PathBuf, Instant>,
}

impl Batch {
    /// Something changed at `path`, relative to `assets/`.
    pub(super) fn add_touched(&mut self, path: &Path, now: Instant) {
        if is_watched(path) && !self.writing.contains_key(path) {
            self.add_ready(path, now);
        }
    }

    /// A change at `path` is complete: no program writes to it any more.
    pub(super) fn add_finished(&mut self, path: &Path, now: Instant) {
        if is_watched(path) {
            self.writing.remove(path);
            self.add_ready(path, now);
        }
    }

    /// A program wrote to the file at `path` and still has it open.
    pub(super) fn add_writing(&mut self, path: &Path, now: Instant) {
        if is_watched(path) && !self.everything {
            self.ready.remove(path);
            self.writing.entry(path.to_owned()).or_insert(now);
        }
    }

    /// Events were lost: any path may have changed.
    pub(super) fn add_everything(&mut self, now: Instant) {
        self.everything = true;
        self.ready.clear();
        self.writing.clear();
        self.note_event(now);
    }

    fn add_ready(&mut self, path: &Path, now: Instant) {
        if !self.everything {
            self.ready.insert(path.to_owned());
            if self.ready.len() > MAX_PATHS {
                return self.add_everything(now);
            }
        }
        self.note_event(now);
    }

    fn note_event(&mut self, now: Instant) {
        self.first.get_or_insert(now);
        self.last = Some(now);
    }

    /// When the next comparison is due, if there are no more events.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let closed = self.writing.values().min().map(|since| *since + MAX_OPEN);
        self.settled_at().into_iter().chain(closed).min()
    }

    fn settled_at(&self) -> Option<Instant> {
        let (first, last) = self.first.zip(self.last)?;
        (self.everything || !self.ready.is_empty()).then(|| (last + QUIET_TIME).min(first + MAX_DELAY))
    }

    /// What to compare now. Files that are open for writing remain.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Touched> {
        if self.next_due().is_none_or(|due| due > now) {
            return None;
        }
        if self.everything {
            *self = Self::default();
            return Some(Touched::Everything);
        }
        let mut taken = BTreeSet::new();
        if self.settled_at().is_some_and(|at| at <= now) {
            taken = std::mem::take(&mut self.ready);
            (self.first, self.last) = (None, None);
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
        batch.add_finished(Path::new(A), start);
        batch.add_finished(Path::new(B), start + ms(100));
        batch.add_finished(Path::new(A), start + ms(120));
        assert_eq!(batch.take_due(start + ms(269)), None);
        assert_eq!(batch.next_due(), Some(start + ms(270)));
        assert_eq!(batch.take_due(start + ms(270)), paths(&[A, B]));
        assert_eq!((batch.next_due(), batch.take_due(start + ms(9000))), (None, None));
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
        batch.add_finished(Path::new(A), start);
        batch.add_writing(Path::new(A), start + ms(1));
        batch.add_finished(Path::new(B), start + ms(2));
        assert_eq!(batch.take_due(start + ms(152)), paths(&[B]));
        // A change of its time stamps does not close it.
        batch.add_touched(Path::new(A), start + ms(500));
        batch.add_writing(Path::new(A), start + ms(2000));
        assert_eq!(batch.take_due(start + ms(2999)), None);
        batch.add_finished(Path::new(A), start + ms(2010));
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
        batch.add_finished(Path::new(A), start);
        batch.add_writing(Path::new(B), start);
        batch.add_everything(start + ms(10));
        batch.add_writing(Path::new(B), start + ms(20));
        batch.add_finished(Path::new(B), start + ms(30));
        assert_eq!(batch.take_due(start + ms(180)), Some(Touched::Everything));
        assert_eq!(batch.next_due(), None);
    }

    #[test]
    fn too_many_paths_become_everything() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        for n in 0..25_000 {
            batch.add_finished(&PathBuf::from(format!("{n}.png")), start);
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
            batch.add_finished(Path::new(path), start);
            batch.add_writing(Path::new(path), start);
            batch.add_touched(Path::new(path), start);
        }
        assert_eq!(batch.next_due(), None);
        batch.add_finished(Path::new(".prometeu/index.json"), start);
        assert_eq!(batch.take_due(start + QUIET_TIME), paths(&[".prometeu/index.json"]));
    }
}
