//! What a session reads again: everything that a change named, and what that may affect.

use std::collections::HashSet;

use crate::change::Change;
use crate::files::{self, DiskError, PathKind};
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
    /// These files have this size now, or are gone.
    Files(Vec<(String, Option<u64>)>),
}

impl WalkUpdate {
    pub(super) fn apply(self, walk: &mut WorkspaceFiles) {
        match self {
            Self::Whole(whole) => *walk = whole,
            Self::Files(files) => {
                for (path, size_bytes) in files {
                    match size_bytes {
                        Some(size_bytes) => drop(walk.files.insert(path, size_bytes)),
                        None => drop(walk.files.remove(&path)),
                    }
                }
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
        let is_small = (last.files.len() + self.paths.len()) as u64 <= WORKSPACE_FILES / 2;
        if self.everything || !is_small || !last.findings.is_empty() || !self.paths.iter().all(is_plain) {
            return Ok(WalkUpdate::Whole(walk::list_workspace_files(project)?));
        }
        let is_walked = |path: &&String| !path.split('/').any(|segment| segment.starts_with('.'));
        let size_now = |path: &String| {
            let whole = project.assets_folder().join(path);
            let is_file = matches!(files::path_kind(&whole), Ok(PathKind::RegularFile));
            let stamp = files::stamp_of(&whole).filter(|_| is_file);
            (path.clone(), stamp.map(|stamp| stamp.size_bytes()))
        };
        Ok(WalkUpdate::Files(self.paths.iter().filter(is_walked).map(size_now).collect()))
    }
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
