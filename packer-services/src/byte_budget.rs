//! Memory that threads share: each reserves what it is about to use, and waits until the others leave that much.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A number of bytes that may be reserved at the same time.
#[derive(Debug)]
pub(crate) struct ByteBudget {
    total: u64,
    left: Mutex<u64>,
    released: Condvar,
}

/// Reserved bytes. They are released when it is dropped.
///
/// A thread that holds one must not reserve more, nor wait for a thread that may reserve: then neither would go on.
#[derive(Debug)]
pub(crate) struct ReservedBytes<'b> {
    budget: &'b ByteBudget,
    bytes: u64,
}

impl ByteBudget {
    /// A budget of `total` bytes.
    pub(crate) fn new(total: u64) -> Self {
        Self { total, left: Mutex::new(total), released: Condvar::new() }
    }

    /// Waits until `bytes` can be reserved. Whoever needs more than the whole budget gets all of it.
    pub(crate) fn reserve(&self, bytes: u64) -> ReservedBytes<'_> {
        let bytes = bytes.min(self.total);
        let mut left = self.lock();
        while *left < bytes {
            left = self.released.wait(left).unwrap_or_else(PoisonError::into_inner);
        }
        *left -= bytes;
        ReservedBytes { budget: self, bytes }
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        // No code that can panic runs under the lock.
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ReservedBytes<'_> {
    fn drop(&mut self) {
        *self.budget.lock() += self.bytes;
        self.budget.released.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn reserved_bytes_never_exceed_the_budget() {
        let budget = ByteBudget::new(10);
        let (used, most) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for thread in 1..=8 {
                let (budget, used, most) = (&budget, &used, &most);
                scope.spawn(move || {
                    for _ in 0..200 {
                        let _reserved = budget.reserve(thread);
                        most.fetch_max(used.fetch_add(thread, Ordering::SeqCst) + thread, Ordering::SeqCst);
                        std::thread::yield_now();
                        used.fetch_sub(thread, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!((8..=10).contains(&most.load(Ordering::SeqCst)), "{most:?}");
    }

    #[test]
    fn more_than_everything_is_everything() {
        let budget = ByteBudget::new(10);
        let reserved = budget.reserve(u64::MAX);
        assert_eq!(*budget.lock(), 0);
        drop(reserved);
        assert_eq!(*budget.lock(), 10);
    }
}
