//! The same work with many items, by several threads. Which thread does what never shows in the results.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, available_parallelism};

use crate::limits::WORKERS;

/// How many threads work at the same time: by default one per processor, and at most [`WORKERS`].
pub(crate) fn worker_count(jobs: Option<NonZeroUsize>) -> NonZeroUsize {
    let wanted = jobs.or_else(|| available_parallelism().ok());
    wanted.and_then(|wanted| NonZeroUsize::new(wanted.get().min(WORKERS))).unwrap_or(NonZeroUsize::MIN)
}

/// Does `work` with each item, on all processors, and returns the results in the order of the items. An item is not
/// begun before those in front of it are.
pub(crate) fn in_parallel<T, R: Send>(
    items: impl ExactSizeIterator<Item = T> + Send,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let threads = worker_count(None).get().min(items.len());
    let items = Mutex::new(items.enumerate());
    let done = Mutex::new(Vec::new());
    let work = || {
        loop {
            let next = lock(&items).next();
            let Some((n, item)) = next else { return };
            let result = work(item);
            lock(&done).push((n, result));
        }
    };
    std::thread::scope(|scope| {
        // Without other threads, this one does all of it.
        for _ in 1..threads {
            let _ = Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(n, _)| *n);
    done.into_iter().map(|(_, result)| result).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn results_keep_the_order_of_items() {
        for count in [0, 1, 50] {
            // The first items take longest.
            let work = |n: u64| {
                std::thread::sleep(Duration::from_millis(30_u64.saturating_sub(n * 10)));
                n * n
            };
            let expected: Vec<u64> = (0..count).map(|n| n * n).collect();
            assert_eq!(in_parallel((0..count).collect::<Vec<u64>>().into_iter(), work), expected);
        }
    }
}
