//! The folders that a change wrote into: whether they are still at the paths that the change names.

use std::cell::RefCell;

use super::ChangeError;
use super::apply::move_folder;
use crate::files::{HeldFolder, OpenError, Stamp, display_path};
use crate::project::Project;

/// What a change has written so far.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Their paths relative to the project, and their states. They are not held open: with few open files, a change
    /// could then end in the middle.
    folders: RefCell<Vec<(String, Option<Stamp>)>>,
    moves: RefCell<Vec<MadeMove>>,
}

/// A root that was moved.
#[derive(Debug)]
struct MadeMove {
    /// Where it was, relative to the project.
    from: String,
    /// The folder in which it is now.
    above: HeldFolder,
    /// Its name there.
    name: String,
}

impl Written {
    /// Remembers a folder in which a file was written or removed.
    pub(super) fn add(&self, project: &Project, folder: &HeldFolder) {
        let path = display_path(folder.path().strip_prefix(project.root()).unwrap_or(folder.path()));
        let mut folders = self.folders.borrow_mut();
        if folders.iter().all(|(known, _)| *known != path) {
            folders.push((path, folder.stamp()));
        }
    }

    /// Remembers that the root `from`, relative to the project, is now `name` in the folder `above`.
    pub(super) fn add_move(&self, project: &Project, from: &str, (above, name): (&HeldFolder, &str)) {
        self.add(project, above);
        if let Ok(root) = above.open_folder(name) {
            self.add(project, &root);
        }
        let moved = MadeMove { from: from.to_owned(), above: above.clone(), name: name.to_owned() };
        self.moves.borrow_mut().push(moved);
    }

    /// Refuses if a folder is not at its path any more. `is_made`: whether the change is complete.
    pub(super) fn check(&self, project: &Project, is_made: bool) -> Result<(), ChangeError> {
        let is_in_place = |path: &str, before: &Option<Stamp>| match project.folder().below(path).hold() {
            Ok(now) => before.is_none_or(|before| now.is_of(&before)),
            // It cannot be opened, such as for lack of open files, but it may be there.
            Err(OpenError::Disk(_)) => true,
            Err(_) => false,
        };
        let folders = self.folders.borrow();
        match folders.iter().find(|(path, before)| !is_in_place(path, before)) {
            None => Ok(()),
            Some((path, _)) => Err(ChangeError::Moved { folder: path.clone(), is_made }),
        }
    }

    /// Puts back the roots whose new folders are not at their paths, where no later step finds them; and forgets all.
    pub(super) fn take_back_moves(&self, project: &Project) {
        self.folders.borrow_mut().clear();
        for MadeMove { from, above, name } in self.moves.take().into_iter().rev() {
            if !above.is_in_place() {
                // It may be removed by now. Then nothing is left to be put back.
                let _ = move_folder(project, &from, |to, to_name| above.rename(&name, to, to_name));
            }
        }
    }
}
