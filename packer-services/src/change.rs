//! What happened to a project's files, as [`watch`](crate::watch) reports it and a [`Session`](crate::session::Session)
//! takes it.

use std::collections::BTreeSet;

/// What happened to the project's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// These files and folders came, went or changed: paths relative to `assets/`, with `/`, sorted. A folder that came
    /// or went is named with everything in it. The registry is `.prometeu/index.json`. A name that is not UTF-8 is
    /// escaped.
    Paths(BTreeSet<String>),
    /// Look at everything: watching began, somebody asked (`Watch::refresh`), events were lost, `assets/` or the
    /// project's folder is another one, so much changed that a list is of no use, or the way of noticing is another one.
    Everything,
    /// The project's folder is gone. Nothing more is told until it is back.
    Vanished,
    /// The project's folder is back: look at everything.
    Returned,
}
