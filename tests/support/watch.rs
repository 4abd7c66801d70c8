//! Watches a project, and records its changes. Tests wait for a condition, never for a time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use packer_services::watch::{Change, Watch, WatchMode, WatchOptions};

/// A condition that takes longer counts as never met: far more than a change takes on a busy machine.
const NEVER: Duration = Duration::from_secs(30);

/// A watch and the changes that it reported.
#[derive(Debug)]
pub struct WatchRecorder {
    watch: Watch,
    inbox: Receiver<Change>,
    changes: Vec<Change>,
}

impl WatchRecorder {
    /// Watches the project in `root`, and waits until watching has started.
    pub fn new(root: &Path) -> Self {
        Self::with(root, WatchOptions::default())
    }

    /// As [`WatchRecorder::new`], without events.
    pub fn polling(root: &Path) -> Self {
        Self::with(root, WatchOptions { events: false, poll_every: Duration::from_millis(20) })
    }

    fn with(root: &Path, options: WatchOptions) -> Self {
        let (sender, inbox) = channel();
        let watch = Watch::start(root, options, move |change| drop(sender.send(change)));
        let mut watched = Self { watch, inbox, changes: Vec::new() };
        watched.wait_until("the start of watching", |changes| changes == [Change::Everything]);
        watched.changes.clear();
        watched
    }

    /// How the watch notices changes.
    pub fn mode(&self) -> WatchMode {
        self.watch.mode()
    }

    /// Reports everything as changed.
    pub fn refresh(&self) {
        self.watch.refresh();
    }

    /// All changes since the last [`WatchRecorder::clear`].
    pub fn changes(&mut self) -> &[Change] {
        self.changes.extend(self.inbox.try_iter());
        &self.changes
    }

    /// Discards the recorded changes.
    pub fn clear(&mut self) {
        self.changes();
        self.changes.clear();
    }

    /// Waits until the recorded changes fulfill `is_met`. `what` names the condition in the failure.
    pub fn wait_until(&mut self, what: &str, is_met: impl Fn(&[Change]) -> bool) {
        let end = Instant::now() + NEVER;
        while !is_met(&self.changes) {
            match self.inbox.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(change) => self.changes.push(change),
                Err(_) => panic!("not reported: {what}; changes: {:.2000}", format!("{:?}", self.changes)),
            }
        }
    }

    /// Waits until `path`, relative to `assets/`, is reported.
    pub fn wait_for_path(&mut self, path: &str) {
        self.wait_until(path, |changes| changes.iter().any(|change| has_path(change, path)));
    }

    /// Waits until `change` is reported.
    pub fn wait_for_change(&mut self, change: &Change) {
        self.wait_until(&format!("{change:?}"), |changes| changes.contains(change));
    }

    /// The paths in the recorded changes.
    pub fn paths(&mut self) -> BTreeSet<String> {
        let changes = self.changes().iter();
        changes
            .flat_map(|change| if let Change::Paths(paths) = change { paths.clone() } else { BTreeSet::new() })
            .collect()
    }
}

/// Whether a change contains `path`.
pub fn has_path(change: &Change, path: &str) -> bool {
    matches!(change, Change::Paths(paths) if paths.contains(path))
}

/// The content of a folder as known to a listener that reads only the reported paths.
#[derive(Debug, Default)]
pub struct FolderMirror(BTreeMap<String, Vec<u8>>);

impl FolderMirror {
    /// Reads all files below `assets`, except names that start with a dot.
    pub fn read(assets: &Path) -> Self {
        let mut mirror = Self::default();
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(assets.join(&folder)).into_iter().flatten().flatten() {
                let name = entry.file_name().into_string().unwrap();
                if name.starts_with('.') {
                    continue;
                }
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(path),
                    _ => mirror.update(assets, &path),
                }
            }
        }
        mirror
    }

    fn update(&mut self, assets: &Path, path: &str) {
        match std::fs::read(assets.join(path)) {
            Ok(bytes) => self.0.insert(path.to_owned(), bytes),
            Err(_) => self.0.remove(path),
        };
    }

    /// Reads what a change reports.
    pub fn apply(&mut self, assets: &Path, change: &Change) {
        match change {
            Change::Paths(paths) => paths.iter().for_each(|path| self.update(assets, path)),
            Change::Everything | Change::Returned => *self = Self::read(assets),
            Change::Vanished => self.0.clear(),
        }
    }
}

impl WatchRecorder {
    /// Applies all changes to `mirror` until it equals the content of `assets`.
    pub fn wait_until_mirrored(&mut self, mut mirror: FolderMirror, assets: &Path) {
        let end = Instant::now() + NEVER;
        for change in std::mem::take(&mut self.changes) {
            mirror.apply(assets, &change);
        }
        let disk = FolderMirror::read(assets);
        while mirror.0 != disk.0 {
            match self.inbox.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(change) => mirror.apply(assets, &change),
                Err(_) => panic!("the listener knows {mirror:?}, but the disk has {disk:?}"),
            }
        }
    }
}
