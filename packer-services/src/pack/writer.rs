//! Hashes and writes the pack file, beside the thread that delivers its bytes: that one hashes the payloads, which
//! takes as long.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use sha2::{Digest, Sha256};

use super::publish::Stage;
use crate::banks::Stop;
use crate::context::Context;
use crate::files::{DiskError, EarlySync, Sha};

/// The size of a pack in bytes, from which on its own thread is faster.
const LARGE: u64 = 1 << 20;
/// How many blocks of at most 64 KiB may wait for the thread.
const WAITING: usize = 16;

/// Writes the file that was created last in a stage.
#[derive(Debug)]
pub struct PackWriter(Place);

#[derive(Debug)]
enum Place {
    Here(Box<Writing>),
    /// In a thread, until `blocks` is dropped.
    Thread {
        blocks: SyncSender<Vec<u8>>,
        thread: JoinHandle<Option<Writing>>,
    },
    Ended,
}

#[derive(Debug)]
struct Writing {
    context: Context,
    stage: Stage,
    hasher: Sha256,
    error: Option<DiskError>,
}

impl Writing {
    fn append(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.hasher.update(bytes);
        self.stage.append(&self.context, bytes).map_err(|error| {
            self.error = Some(error);
            Stop
        })
    }
}

impl PackWriter {
    /// Begins to write a file of `size_bytes`. If the system refuses a thread, the caller's does the work.
    pub fn new(context: &Context, stage: Stage, size_bytes: u64) -> Self {
        let writing = Writing { context: context.clone(), stage, hasher: Sha256::new(), error: None };
        let (hand_over, taken_over) = sync_channel::<Writing>(1);
        let (blocks, waiting) = sync_channel::<Vec<u8>>(WAITING);
        let write = move || {
            let mut writing = taken_over.recv().ok()?;
            let mut sync = writing.stage.sync_early();
            // After an error nothing is received any more, so that no more is delivered.
            let _ = waiting.iter().try_for_each(|block| {
                writing.append(&block)?;
                sync.iter_mut().for_each(|sync| sync.note_written(block.len()));
                Ok::<(), Stop>(())
            });
            drop(waiting);
            if let Some(Err(error)) = sync.map(EarlySync::finish) {
                writing.error.get_or_insert(error);
            }
            Some(writing)
        };
        let thread = (size_bytes >= LARGE).then(|| Builder::new().spawn(write).ok()).flatten();
        Self(match thread {
            Some(thread) => match hand_over.send(writing) {
                Ok(()) => Place::Thread { blocks, thread },
                Err(unsent) => Place::Here(Box::new(unsent.0)),
            },
            None => Place::Here(Box::new(writing)),
        })
    }

    /// Appends to the file.
    ///
    /// # Errors
    /// If these or earlier bytes could not be written; [`PackWriter::finish`] has the reason.
    pub fn append(&mut self, bytes: Vec<u8>) -> Result<(), Stop> {
        match &mut self.0 {
            Place::Here(writing) => writing.append(&bytes),
            Place::Thread { blocks, .. } => blocks.send(bytes).map_err(|_| Stop),
            Place::Ended => Err(Stop),
        }
    }

    /// Waits until everything is written. Returns the stage and the hash of the file.
    ///
    /// # Errors
    /// If something could not be written.
    ///
    /// # Panics
    /// If the thread did.
    pub fn finish(mut self) -> Result<Option<(Stage, Sha)>, DiskError> {
        let Some(Writing { stage, hasher, error, .. }) = self.end() else { return Ok(None) };
        error.map_or_else(|| Ok(Some((stage, Sha(hasher.finalize().into())))), Err)
    }

    fn end(&mut self) -> Option<Writing> {
        match std::mem::replace(&mut self.0, Place::Ended) {
            Place::Here(writing) => Some(*writing),
            Place::Thread { blocks, thread } => {
                drop(blocks);
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }
            Place::Ended => None,
        }
    }
}

impl Drop for PackWriter {
    /// Waits for the thread, so that the stage is removed when this returns.
    fn drop(&mut self) {
        if let Place::Thread { blocks, thread } = std::mem::replace(&mut self.0, Place::Ended) {
            drop(blocks);
            // While this thread panics, it must not panic again.
            drop(thread.join());
        }
    }
}
