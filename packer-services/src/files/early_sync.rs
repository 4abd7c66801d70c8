//! Syncs a file while it is being written, so that little is left to be synced at its end: the disk works beside the
//! processor.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use super::DiskError;

/// How much is written before it is synced: enough that the calls cost nothing beside it.
const SYNCED_BYTES: u64 = 4 << 20;

/// A thread that syncs a file that another one writes. It is only faster: the file must be synced at its end, too.
#[derive(Debug)]
pub struct EarlySync {
    path: PathBuf,
    unsynced_bytes: u64,
    wake: SyncSender<()>,
    thread: JoinHandle<io::Result<()>>,
}

impl EarlySync {
    /// Begins with an empty file, which `path` names in errors. `None` if the system refuses a thread.
    pub fn start(file: &File, path: PathBuf) -> Option<Self> {
        let file = file.try_clone().ok()?;
        let (wake, woken) = sync_channel(1);
        let sync = move || woken.iter().try_for_each(|()| file.sync_data());
        let thread = Builder::new().spawn(sync).ok()?;
        Some(Self { path, unsynced_bytes: 0, wake, thread })
    }

    /// Notes that so many more bytes were written.
    pub fn note_written(&mut self, count: usize) {
        self.unsynced_bytes += count as u64;
        if self.unsynced_bytes >= SYNCED_BYTES {
            self.unsynced_bytes = 0;
            // If it is still syncing, or has failed, more need not be said.
            let _ = self.wake.try_send(());
        }
    }

    /// Waits for the thread.
    ///
    /// # Errors
    /// If a sync failed: the system reports that once, and then no more.
    ///
    /// # Panics
    /// If the thread did.
    pub fn finish(self) -> Result<(), DiskError> {
        drop(self.wake);
        let synced = self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        synced.map_err(DiskError::writing(self.path))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Write;
    use std::os::fd::OwnedFd;

    use super::*;

    #[test]
    fn failed_sync_is_reported() {
        // The system syncs no pipe.
        let (_reader, writer) = io::pipe().unwrap();
        let mut file = File::from(OwnedFd::from(writer));
        let mut sync = EarlySync::start(&file, "x".into()).unwrap();
        file.write_all(b"x").unwrap();
        sync.note_written(usize::try_from(SYNCED_BYTES).unwrap() - 1);
        sync.note_written(1);
        assert!(sync.finish().is_err());
    }

    #[test]
    fn small_file_is_not_synced_early() {
        let (_reader, writer) = io::pipe().unwrap();
        let file = File::from(OwnedFd::from(writer));
        let mut sync = EarlySync::start(&file, "x".into()).unwrap();
        sync.note_written(usize::try_from(SYNCED_BYTES).unwrap() - 1);
        assert!(sync.finish().is_ok());
    }
}
