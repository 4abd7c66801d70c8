//! Somebody who watches a project: gathers what is told, and waits for a condition, never for a time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use packer_services::project::Project;
use packer_services::watch::{Change, Mode, Watch, WatchOptions};

/// How long a condition may take before it counts as never met.
const NEVER: Duration = Duration::from_secs(30);

/// A watch, and all that it told.
#[derive(Debug)]
pub struct Watched {
    watch: Watch,
    inbox: Receiver<Change>,
    told: Vec<Change>,
}

impl Watched {
    /// Watches the project in `root`, and waits until that began.
    pub fn new(root: &Path) -> Self {
        Self::with(root, WatchOptions::default())
    }

    /// As [`Watched::new`], without events.
    pub fn polling(root: &Path) -> Self {
        Self::with(root, WatchOptions { events: false, poll_every: Duration::from_millis(20) })
    }

    fn with(root: &Path, options: WatchOptions) -> Self {
        let (sender, inbox) = channel();
        let watch = Watch::start(&Project::at(root), options, move |change| drop(sender.send(change)));
        let mut watched = Self { watch, inbox, told: Vec::new() };
        watched.until("that watching began", |told| told == [Change::Everything]);
        watched.told.clear();
        watched
    }

    /// How changes are noticed.
    pub fn mode(&self) -> Mode {
        self.watch.mode()
    }

    /// Asks to look again.
    pub fn refresh(&self) {
        self.watch.refresh();
    }

    /// All that was told since the last [`Watched::forget`].
    pub fn told(&mut self) -> &[Change] {
        self.told.extend(self.inbox.try_iter());
        &self.told
    }

    /// Forgets what was told.
    pub fn forget(&mut self) {
        self.told();
        self.told.clear();
    }

    /// Waits until what was told fulfills `is_met`.
    pub fn until(&mut self, what: &str, is_met: impl Fn(&[Change]) -> bool) {
        let end = Instant::now() + NEVER;
        while !is_met(&self.told) {
            match self.inbox.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(change) => self.told.push(change),
                Err(_) => panic!("nobody told {what}: {:.2000}", format!("{:?}", self.told)),
            }
        }
    }

    /// Waits until `path`, relative to `assets/`, is told.
    pub fn until_told(&mut self, path: &str) {
        self.until(path, |told| told.iter().any(|change| names(change, path)));
    }

    /// Waits until `change` is told.
    pub fn until_is(&mut self, change: &Change) {
        self.until(&format!("{change:?}"), |told| told.contains(change));
    }

    /// The paths that were told by name.
    pub fn paths(&mut self) -> BTreeSet<String> {
        let told = self.told().iter();
        told.flat_map(|change| if let Change::Paths(paths) = change { paths.clone() } else { BTreeSet::new() })
            .collect()
    }
}

/// Whether a change names `path`.
pub fn names(change: &Change, path: &str) -> bool {
    matches!(change, Change::Paths(paths) if paths.contains(path))
}

/// What a listener believes who reads again only what it is told to.
#[derive(Debug, Default)]
pub struct Mirror(BTreeMap<String, Vec<u8>>);

impl Mirror {
    /// Reads all files below `assets`; names with a dot are left out.
    pub fn of(assets: &Path) -> Self {
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
                    _ => mirror.read(assets, &path),
                }
            }
        }
        mirror
    }

    fn read(&mut self, assets: &Path, path: &str) {
        match std::fs::read(assets.join(path)) {
            Ok(bytes) => self.0.insert(path.to_owned(), bytes),
            Err(_) => self.0.remove(path),
        };
    }

    /// Does what a change asks for.
    pub fn follow(&mut self, assets: &Path, change: &Change) {
        match change {
            Change::Paths(paths) => paths.iter().for_each(|path| self.read(assets, path)),
            Change::Everything | Change::Returned => *self = Self::of(assets),
            Change::Vanished => self.0.clear(),
        }
    }
}

impl Watched {
    /// Follows all changes until `mirror` is what lies in `assets`.
    pub fn until_mirrored(&mut self, mut mirror: Mirror, assets: &Path) {
        let end = Instant::now() + NEVER;
        for change in std::mem::take(&mut self.told) {
            mirror.follow(assets, &change);
        }
        let disk = Mirror::of(assets);
        while mirror.0 != disk.0 {
            match self.inbox.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(change) => mirror.follow(assets, &change),
                Err(_) => panic!("the listener believes {mirror:?}, and there is {disk:?}"),
            }
        }
    }
}
