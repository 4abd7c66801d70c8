//! The memory of files that are decoded at the same time. What a file needs is seen only while it is decoded, and a
//! small one decodes to a large image or sound; so most take what they need, and few large ones wait for each other.

use crate::byte_budget::ReservedBytes;
use crate::context::Context;
use crate::limits::SMALL_IMPORT_BYTES;

/// What one file takes while it is decoded, until what it became is written.
#[derive(Debug)]
pub(crate) struct ImportMemory<'c> {
    context: &'c Context,
    /// How much it may take, in bytes.
    allowed_bytes: u64,
    reserved: Option<ReservedBytes<'c>>,
}

impl<'c> ImportMemory<'c> {
    /// Of a file that was not opened yet.
    pub(crate) fn new(context: &'c Context) -> Self {
        Self { context, allowed_bytes: SMALL_IMPORT_BYTES, reserved: None }
    }

    /// Waits until the file may take so many bytes. One that needs more than was known when it waited for the first
    /// time waits until it is the only large one.
    pub(super) fn take(&mut self, bytes: u64) {
        if bytes <= self.allowed_bytes {
            return;
        }
        // What is reserved must not be kept while this waits for more: another file may wait for that.
        let is_more_than_known = self.reserved.take().is_some();
        self.allowed_bytes = if is_more_than_known { u64::MAX } else { bytes };
        self.reserved = Some(self.context.reserve_decoding(self.allowed_bytes));
    }

    /// Waits until no other file takes more than a small one.
    pub(super) fn take_all(&mut self) {
        self.take(u64::MAX);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::limits::DECODING_BYTES;

    /// Each of so many threads takes memory for many files, in these steps; returns the most that all of them had.
    fn most_at_once(threads: u64, steps: &[u64]) -> u64 {
        let context = Context::new();
        let (used, most) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for _ in 0..100 {
                        let mut memory = ImportMemory::new(&context);
                        let mut taken = 0;
                        for step in steps {
                            memory.take(*step);
                            let now = used.fetch_add(step - taken, Ordering::SeqCst) + step - taken;
                            most.fetch_max(now, Ordering::SeqCst);
                            taken = *step;
                            std::thread::yield_now();
                        }
                        used.fetch_sub(taken, Ordering::SeqCst);
                    }
                });
            }
        });
        most.into_inner()
    }

    #[test]
    fn large_files_share_the_memory() {
        let half = DECODING_BYTES / 2;
        assert!(most_at_once(8, &[1, half]) <= DECODING_BYTES + 8);
    }

    #[test]
    fn files_that_grow_are_decoded_alone() {
        let (small, large) = (SMALL_IMPORT_BYTES, 2 * DECODING_BYTES);
        // All others are still small, or wait for more.
        assert!(most_at_once(8, &[small, small + 1, large]) <= large + 7 * (small + 1));
    }
}
