//! What a session reads again: everything that a change named, and what that may affect.

use std::collections::{BTreeMap, HashSet};

use crate::change::Change;
use crate::files::DiskError;
use crate::limits::WORKSPACE_FILES;
use crate::pack::built::BuiltAsset;
use crate::palette_file::DeclaredPalettes;
use crate::project::Project;
use crate::snapshot::Reuse;
use crate::walk::{self, WorkspaceFiles};

/// The registry, relative to `assets/`.
const REGISTRY: &str = ".prometeu/index.json";

/// What may not be as it was read.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    everything: bool,
    /// Relative to `assets/`.
    paths: HashSet<String>,
    /// `paths`, and every folder above one of them.
    touched: HashSet<String>,
}

/// How the walk changed.
pub(super) enum WalkUpdate {
    /// This is all of it.
    Whole(WorkspaceFiles),
    /// At these paths and below them, there are only these files now, with their sizes.
    Parts { paths: Vec<String>, files: BTreeMap<String, u64> },
}

impl WalkUpdate {
    /// Whether there are other files afterwards, or it found other things.
    pub(super) fn changes_names(&self, walk: &WorkspaceFiles) -> bool {
        match self {
            Self::Whole(whole) => !whole.files.keys().eq(walk.files.keys()) || whole.findings != walk.findings,
            Self::Parts { paths, files } => {
                let mut known = paths.iter().flat_map(|path| files_at(path, walk)).collect::<Vec<&String>>();
                known.sort();
                !known.into_iter().eq(files.keys())
            }
        }
    }

    pub(super) fn apply(self, walk: &mut WorkspaceFiles) {
        match self {
            Self::Whole(whole) => *walk = whole,
            Self::Parts { paths, files } => {
                let known: Vec<String> = paths.iter().flat_map(|path| files_at(path, walk)).cloned().collect();
                for path in &known {
                    walk.files.remove(path);
                }
                walk.files.extend(files);
            }
        }
    }
}

impl Suspects {
    pub(super) fn everything() -> Self {
        Self { everything: true, ..Self::default() }
    }

    pub(super) fn add(&mut self, change: &Change) {
        match change {
            Change::Paths(paths) => {
                for path in paths {
                    self.touched.extend(path_and_folders(path).map(str::to_owned));
                    self.paths.insert(path.clone());
                }
            }
            Change::Everything | Change::Vanished | Change::Returned => self.everything = true,
        }
    }

    /// The folders in which something may have changed; `None` if that is any folder.
    pub(super) fn touched_roots(&self) -> Option<HashSet<String>> {
        (!self.everything).then(|| self.touched.clone())
    }

    pub(super) fn registry(&self) -> Reuse {
        match (self.everything, self.is_changed(REGISTRY)) {
            (true, _) | (_, true) => Reuse::Read,
            _ => Reuse::Keep,
        }
    }

    /// What to do with the declaration of the asset at `root`.
    pub(super) fn asset(&self, root: &str) -> Reuse {
        if self.is_touched(root) {
            Reuse::Read
        } else if self.everything {
            Reuse::IfUnchanged
        } else {
            Reuse::Keep
        }
    }

    /// What to do with the declaration of the asset at `root`, which was read with these palette files.
    pub(super) fn asset_with_files(&self, root: &str, palettes: Option<&DeclaredPalettes>) -> Reuse {
        let mut shared = palettes.into_iter().flat_map(|palettes| &palettes.named_shared);
        if shared.any(|path| self.is_changed(path.as_str())) { Reuse::Read } else { self.asset(root) }
    }

    /// What to do with an asset that was built, if its declaration is the same.
    pub(super) fn sources(&self, built: &BuiltAsset) -> Reuse {
        let root = built.registered.entry.root.as_str();
        let is_named = || {
            let files = built.declaration.source_files();
            files.into_iter().any(|file| self.is_changed(&format!("{root}/{file}")))
        };
        // A file that an asset does not name may still fix what is wrong with it.
        if built.changed_path.is_some() || (self.is_touched(root) && (!built.is_whole() || is_named())) {
            Reuse::Read
        } else if self.everything {
            Reuse::IfUnchanged
        } else {
            Reuse::Keep
        }
    }

    /// Whether anything in the folder, or a folder above it, changed.
    fn is_touched(&self, root: &str) -> bool {
        self.touched.contains(root) || self.is_changed(root)
    }

    /// Whether this path, or a folder above it, changed.
    fn is_changed(&self, path: &str) -> bool {
        path_and_folders(path).any(|path| self.paths.contains(path))
    }

    /// How the walk changed.
    ///
    /// # Errors
    /// If the system refuses to read a folder.
    pub(super) fn walk(&self, project: &Project, last: &WorkspaceFiles) -> Result<WalkUpdate, DiskError> {
        // A path with a backslash may be the escaped form of another, and a walk that found anything is not just files.
        let is_plain = |path: &String| !path.contains('\\');
        if self.everything || !last.findings.is_empty() || !self.paths.iter().all(is_plain) {
            return Ok(WalkUpdate::Whole(walk::list_workspace_files(project)?));
        }
        let is_walked = |path: &&String| {
            let mut above = path_and_folders(path).skip(1);
            !path.split('/').any(|segment| segment.starts_with('.')) && !above.any(|path| self.paths.contains(path))
        };
        let paths: Vec<String> = self.paths.iter().filter(is_walked).cloned().collect();
        let mut files = BTreeMap::new();
        for path in &paths {
            let found = walk::list_files_in(project, &project.assets_folder().join(path), WORKSPACE_FILES)?;
            files.extend(found.files);
            if !found.findings.is_empty() || (last.files.len() + files.len()) as u64 > WORKSPACE_FILES {
                return Ok(WalkUpdate::Whole(walk::list_workspace_files(project)?));
            }
        }
        Ok(WalkUpdate::Parts { paths, files })
    }
}

/// The known files at a path and below it.
fn files_at<'w>(path: &str, walk: &'w WorkspaceFiles) -> impl Iterator<Item = &'w String> {
    let folder = format!("{path}/");
    let below = walk.files.range(folder.clone()..).map(|(path, _)| path);
    let itself = walk.files.get_key_value(path).map(|(path, _)| path);
    itself.into_iter().chain(below.take_while(move |path| path.starts_with(&folder)))
}

/// A path and the folders that it lies in, innermost first.
fn path_and_folders(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(folder, _)| folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suspects(paths: &[&str]) -> Suspects {
        let mut suspects = Suspects::default();
        suspects.add(&Change::Paths(paths.iter().map(|path| (*path).to_owned()).collect()));
        suspects
    }

    #[test]
    fn a_file_touches_the_roots_above_it() {
        let suspects = suspects(&["ui/atlas/a.png"]);
        assert!(suspects.is_touched("ui/atlas") && suspects.is_touched("ui"));
        assert!(!suspects.is_touched("ui/at") && !suspects.is_changed("ui/atlas/b.png"));
    }

    #[test]
    fn a_folder_touches_everything_below_it() {
        let suspects = suspects(&["ui"]);
        assert!(suspects.is_touched("ui/atlas") && suspects.is_changed("ui/atlas/a.png"));
        assert!(!suspects.is_touched("uia"));
    }

    #[test]
    fn only_index_json_is_the_registry() {
        assert_eq!(suspects(&["hero/index.json"]).registry(), Reuse::Keep);
        assert_eq!(suspects(&[".prometeu/index.json"]).registry(), Reuse::Read);
        assert_eq!(Suspects::everything().registry(), Reuse::Read);
    }
}
