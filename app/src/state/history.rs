//! The changes of the open project.

use packer_services::ops::{ListChangesReport, ListedChange};

use super::State;

/// What people call a change: `exclude hero`.
pub fn change_name(change: &ListedChange) -> String {
    format!("{} {}", change.edit, change.subject)
}

impl State {
    /// The change that an undo takes back.
    pub fn change_to_undo(&self) -> Option<&ListedChange> {
        self.change_at(|history| history.undo)
    }

    /// The change that a redo makes again.
    pub fn change_to_redo(&self) -> Option<&ListedChange> {
        self.change_at(|history| history.redo)
    }

    fn change_at(&self, number: impl Fn(&ListChangesReport) -> Option<u64>) -> Option<&ListedChange> {
        let history = self.history.as_ref()?;
        let number = number(history)?;
        history.changes.iter().find(|change| change.number == number)
    }
}
