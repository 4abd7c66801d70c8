//! The session of the open project, shared by the workers. The drawing thread never waits for it.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use packer_services::session::Session;

/// A session that one worker at a time uses; workers that the user waits for come first.
pub(super) struct SharedSession {
    session: Mutex<Session>,
    /// How many workers that the user waits for have not ended.
    urgent: Mutex<usize>,
    /// There are none left.
    is_calm: Condvar,
}

impl SharedSession {
    pub(super) fn new(project: &Path) -> Self {
        Self { session: Mutex::new(Session::new(project)), urgent: Mutex::new(0), is_calm: Condvar::new() }
    }

    /// Makes all work in the background wait from now on for work that the user waits for.
    pub(super) fn claim(self: &Arc<Self>) -> Urgent {
        *lock(&self.urgent) += 1;
        Urgent(self.clone())
    }

    /// Runs work that can wait, when nothing urgent is left.
    pub(super) fn in_background<T>(&self, work: impl FnOnce(&mut Session) -> T) -> T {
        let mut urgent = lock(&self.urgent);
        while *urgent > 0 {
            urgent = self.is_calm.wait(urgent).unwrap_or_else(PoisonError::into_inner);
        }
        drop(urgent);
        work(&mut lock(&self.session))
    }
}

/// Work that the user waits for. It ends when it was run, even if it panics, or will not be run.
pub(super) struct Urgent(Arc<SharedSession>);

impl Urgent {
    /// Runs it.
    pub(super) fn run<T>(self, work: impl FnOnce(&mut Session) -> T) -> T {
        work(&mut lock(&self.0.session))
    }
}

impl Drop for Urgent {
    fn drop(&mut self) {
        let mut urgent = lock(&self.0.urgent);
        *urgent -= 1;
        if *urgent == 0 {
            self.0.is_calm.notify_all();
        }
    }
}

/// A panic under one of these locks leaves what it guards unchanged.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
