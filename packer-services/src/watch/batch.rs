//! Gathers what events touched, until it settles. Knows no disk and no clock.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::table::is_seen;

/// This long without an event, and a save is over: editors that delete and create, or swap names, are done in less.
pub(super) const QUIET: Duration = Duration::from_millis(150);
/// Nobody waits longer, even if events do not stop: a change is told within a second.
pub(super) const AT_MOST: Duration = Duration::from_millis(800);
/// A file that a program holds open for writing is half written, so it waits until it is closed; but not longer than
/// this, as some programs never close.
pub(super) const HALF_WRITTEN: Duration = Duration::from_secs(3);
/// More paths than this are a checkout or a new project: everything is looked at.
pub(super) const MANY: usize = 1000;

/// Where to look.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Touched {
    /// Here, and below if it is a folder; relative to `assets/`.
    Paths(BTreeSet<PathBuf>),
    /// Everywhere.
    Everything,
}

/// What was touched since the last look.
#[derive(Debug, Default)]
pub(super) struct Batch {
    first: Option<Instant>,
    last: Option<Instant>,
    everything: bool,
    ready: BTreeSet<PathBuf>,
    /// Files that somebody holds open for writing, and since when.
    writing: BTreeMap<PathBuf, Instant>,
}

impl Batch {
    /// Something was done at `path`, relative to `assets/`.
    pub(super) fn touched(&mut self, path: &Path, now: Instant) {
        if is_seen(path) && !self.writing.contains_key(path) {
            self.add(path, now);
        }
    }

    /// Something was finished at `path`: nobody writes to it any more.
    pub(super) fn finished(&mut self, path: &Path, now: Instant) {
        if is_seen(path) {
            self.writing.remove(path);
            self.add(path, now);
        }
    }

    /// Somebody wrote to the file at `path`, and holds it open.
    pub(super) fn writing(&mut self, path: &Path, now: Instant) {
        if is_seen(path) && !self.everything {
            self.ready.remove(path);
            self.writing.entry(path.to_owned()).or_insert(now);
        }
    }

    /// Events were lost: anything may have happened.
    pub(super) fn lost(&mut self, now: Instant) {
        self.everything = true;
        self.ready.clear();
        self.writing.clear();
        self.extend(now);
    }

    fn add(&mut self, path: &Path, now: Instant) {
        if !self.everything {
            self.ready.insert(path.to_owned());
            if self.ready.len() > MANY {
                return self.lost(now);
            }
        }
        self.extend(now);
    }

    fn extend(&mut self, now: Instant) {
        self.first.get_or_insert(now);
        self.last = Some(now);
    }

    /// When the next look is due, if nothing more happens.
    pub(super) fn due(&self) -> Option<Instant> {
        let closed = self.writing.values().min().map(|since| *since + HALF_WRITTEN);
        self.settled_at().into_iter().chain(closed).min()
    }

    fn settled_at(&self) -> Option<Instant> {
        let (first, last) = self.first.zip(self.last)?;
        (self.everything || !self.ready.is_empty()).then(|| (last + QUIET).min(first + AT_MOST))
    }

    /// Where to look now; what is half written stays.
    pub(super) fn take(&mut self, now: Instant) -> Option<Touched> {
        if self.due().is_none_or(|due| due > now) {
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
            let waits = *since + HALF_WRITTEN > now;
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
    fn nothing_is_due_while_nothing_happens() {
        let mut batch = Batch::default();
        assert_eq!(batch.due(), None);
        assert_eq!(batch.take(Instant::now()), None);
    }

    #[test]
    fn a_batch_is_taken_once_after_quiet() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        batch.finished(Path::new(A), start);
        batch.finished(Path::new(B), start + ms(100));
        batch.finished(Path::new(A), start + ms(120));
        assert_eq!(batch.take(start + ms(269)), None);
        assert_eq!(batch.due(), Some(start + ms(270)));
        assert_eq!(batch.take(start + ms(270)), paths(&[A, B]));
        assert_eq!((batch.due(), batch.take(start + ms(9000))), (None, None));
    }

    #[test]
    fn a_stream_of_events_is_taken_within_a_second() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        for n in 0..8 {
            batch.touched(Path::new(A), start + ms(n * 100));
            assert_eq!(batch.take(start + ms(n * 100)), None);
        }
        assert_eq!(batch.due(), Some(start + AT_MOST));
        assert_eq!(batch.take(start + AT_MOST), paths(&[A]));
    }

    #[test]
    fn a_half_written_file_waits_until_it_is_closed_and_holds_nobody_up() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        batch.finished(Path::new(A), start);
        batch.writing(Path::new(A), start + ms(1));
        batch.finished(Path::new(B), start + ms(2));
        assert_eq!(batch.take(start + ms(152)), paths(&[B]));
        // Setting its times meanwhile closes nothing.
        batch.touched(Path::new(A), start + ms(500));
        batch.writing(Path::new(A), start + ms(2000));
        assert_eq!(batch.take(start + ms(2999)), None);
        batch.finished(Path::new(A), start + ms(2010));
        assert_eq!(batch.take(start + ms(2159)), None);
        assert_eq!(batch.take(start + ms(2160)), paths(&[A]));
        assert_eq!(batch.due(), None);
    }

    #[test]
    fn a_file_that_is_never_closed_is_taken_in_the_end() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        batch.writing(Path::new(A), start);
        batch.writing(Path::new(A), start + ms(2900));
        assert_eq!(batch.due(), Some(start + HALF_WRITTEN));
        assert_eq!(batch.take(start + HALF_WRITTEN), paths(&[A]));
        assert_eq!(batch.due(), None);
    }

    #[test]
    fn lost_events_stand_for_all_paths() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        batch.finished(Path::new(A), start);
        batch.writing(Path::new(B), start);
        batch.lost(start + ms(10));
        batch.writing(Path::new(B), start + ms(20));
        batch.finished(Path::new(B), start + ms(30));
        assert_eq!(batch.take(start + ms(180)), Some(Touched::Everything));
        assert_eq!(batch.due(), None);
    }

    #[test]
    fn very_many_paths_are_everything() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        for n in 0..25_000 {
            batch.finished(&PathBuf::from(format!("{n}.png")), start);
        }
        assert!(batch.ready.is_empty(), "memory does not grow with the events");
        assert_eq!(batch.take(start + QUIET), Some(Touched::Everything));
    }

    #[test]
    fn dot_names_and_own_files_are_nothing() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        for path in
            [".prometeu/lock", ".prometeu/cache.json", ".prometeu/x.new", ".gitattributes", "a/.a.png.swp", ".x/b"]
        {
            batch.finished(Path::new(path), start);
            batch.writing(Path::new(path), start);
            batch.touched(Path::new(path), start);
        }
        assert_eq!(batch.due(), None);
        batch.finished(Path::new(".prometeu/index.json"), start);
        assert_eq!(batch.take(start + QUIET), paths(&[".prometeu/index.json"]));
    }
}
