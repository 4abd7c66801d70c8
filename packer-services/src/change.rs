//! What happened to a project's files: reported by [`watch`](crate::watch), applied to a
//! [`Session`](crate::session::Session).

use std::collections::BTreeSet;

/// What happened to the project's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// These files and folders were created, removed or changed: paths relative to `assets/`, with `/`, sorted. The
    /// watch also lists everything in a folder that was created or removed. The registry is `.prometeu/index.json`. A
    /// name that is not UTF-8 is escaped.
    Paths(BTreeSet<String>),
    /// Anything may have changed, so read everything again: watching began, `Watch::refresh` was called, events were
    /// lost, `assets/` or the project's folder was replaced, too much changed for a useful list, or the watcher
    /// switched between events and polling.
    Everything,
    /// The project's folder is gone. Nothing more is reported until it is back.
    Vanished,
    /// The project's folder is back: read everything again.
    Returned,
}
