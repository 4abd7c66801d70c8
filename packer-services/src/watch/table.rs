//! The last known state of `assets/`, and its comparison with the files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::files::{self, EntryState};
use crate::limits::WORKSPACE_FILES;

/// Whether a path, relative to `assets/`, is watched. The registry is; other names that start with a dot, of the packer
/// or of an editor, are not (spec: workspace, "Paths").
pub(super) fn is_watched(path: &Path) -> bool {
    path == Path::new(".prometeu")
        || path == Path::new(".prometeu/index.json")
        || !path.iter().any(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// The entries under `assets/` by relative path; `assets/` itself is the empty path. A path sorts directly before
/// everything below it.
#[derive(Debug, Default)]
pub(super) struct Table(BTreeMap<PathBuf, EntryState>);

impl Table {
    /// Compares `path` and everything below it with the files. Returns the paths that were added, removed or changed. A
    /// file at `path` itself counts as changed if it exists or existed: an event named it, and its stamp may be too
    /// coarse to differ.
    ///
    /// `enter` is called for each folder before it is read. If it requests events, everything that is created in the
    /// folder later causes one.
    pub(super) fn compare(&mut self, assets: &Path, path: &Path, enter: &mut dyn FnMut(&Path)) -> BTreeSet<PathBuf> {
        let below = self.0.range(path.to_owned()..).take_while(|(at, _)| at.starts_with(path));
        let before: Vec<PathBuf> = below.map(|(at, _)| at.clone()).collect();
        let before: BTreeMap<PathBuf, EntryState> =
            before.into_iter().filter_map(|at| self.0.remove_entry(&at)).collect();
        let now = read_entries(assets, path, enter);
        let mut changed: BTreeSet<PathBuf> = before
            .iter()
            .filter(|(at, entry)| now.get(*at) != Some(entry))
            .chain(now.iter().filter(|(at, _)| !before.contains_key(*at)))
            .map(|(at, _)| at.clone())
            .collect();
        if [before.get(path), now.get(path)].iter().any(|entry| matches!(entry, Some(EntryState::File(_)))) {
            changed.insert(path.to_owned());
        }
        self.0.extend(now);
        changed
    }
}

/// The entries at `path` and below, up to the limit of a workspace.
fn read_entries(assets: &Path, path: &Path, enter: &mut dyn FnMut(&Path)) -> BTreeMap<PathBuf, EntryState> {
    let mut found = BTreeMap::new();
    let at = |path: &Path| if path.as_os_str().is_empty() { assets.to_owned() } else { assets.join(path) };
    let Some(entry) = files::entry_state(&at(path)) else { return found };
    let mut folders = Vec::new();
    found.insert(path.to_owned(), entry);
    if entry == EntryState::Folder {
        folders.push(path.to_owned());
    }
    while let Some(folder) = folders.pop() {
        let place = at(&folder);
        enter(&place);
        for (name, entry) in files::list_folder(&place) {
            let path = folder.join(name);
            if !is_watched(&path) {
                continue;
            }
            if found.len() as u64 >= WORKSPACE_FILES {
                return found;
            }
            if entry == EntryState::Folder {
                folders.push(path.clone());
            }
            found.insert(path, entry);
        }
    }
    found
}
