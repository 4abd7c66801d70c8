//! Builds payloads in parallel and delivers them in order, with a bounded number of bytes in flight.
//!
//! Workers take pieces in order and push blocks; the caller's thread pops the blocks of the first unfinished piece. A
//! worker that is ahead waits while the queue is full, unless its piece is the one being delivered. So the pipeline
//! never stalls, and its memory does not depend on the size of the pack.

use std::collections::{BTreeMap, VecDeque};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;

use super::plan::{Piece, PlannedAsset};
use crate::banks::{Outcome, Sink, Stop, glyph, raw, sound};
use crate::context::{Context, FaultPoint};
use crate::diagnostics::{AsFinding, Code, Finding, escaped, has_errors};
use crate::files::{DiskError, Folder, OpenError};

/// How many payload bytes may wait to be delivered: about 120 glyph banks, so that workers rarely wait.
const IN_FLIGHT_BYTES: usize = 4 << 20;

/// What the pipeline delivers, in the order of the pack.
#[derive(Debug)]
pub enum Delivery {
    /// The next payload bytes of the asset with this index in the plan.
    Bytes(usize, Vec<u8>),
    /// One of its pieces is done.
    Piece(usize, Outcome),
    /// All of its pieces are done.
    Asset(usize),
}

/// Builds all payloads with up to `jobs` workers and passes them to `deliver`.
///
/// # Errors
/// If the operation was canceled, or `deliver` stopped it.
pub fn run(
    context: &Context,
    planned: &[PlannedAsset<'_>],
    jobs: NonZeroUsize,
    mut deliver: impl FnMut(Delivery) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let pieces: Vec<(usize, &PlannedAsset<'_>, &Piece<'_>)> = planned
        .iter()
        .enumerate()
        .flat_map(|(at, asset)| asset.pieces.iter().map(move |piece| (at, asset, piece)))
        .collect();
    let queue = Queue::default();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        // However the delivery ends, waiting workers must be released, because the scope joins them.
        let _stop = StopAtEnd(&queue);
        let work = || {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                let Some((_, asset, piece)) = pieces.get(n) else { return };
                let mut sink = QueueSink { queue: &queue, piece: n };
                let item = match build_piece(context, asset, piece, &mut sink) {
                    Ok(outcome) => Item::Done(Box::new(outcome)),
                    Err(Stop) => Item::Stopped,
                };
                if queue.push(n, item).is_err() {
                    return;
                }
            }
        };
        // The system may refuse threads, for example in a container with a limit of processes. Fewer do the same work,
        // and without any this thread does it.
        let wanted = match &pieces[..] {
            // There is nothing to do beside it: its bytes come at once, at its end.
            [(_, _, Piece::Glyph(_))] => 0,
            pieces => jobs.get().min(pieces.len()),
        };
        let workers = (0..wanted).take_while(|_| Builder::new().spawn_scoped(scope, work).is_ok()).count();
        let mut delivered = (|| {
            let mut piece = 0;
            for (at, asset) in planned.iter().enumerate() {
                for work in &asset.pieces {
                    if workers == 0 {
                        let mut sink = DirectSink { at, deliver: &mut deliver };
                        let outcome = build_piece(context, asset, work, &mut sink)?;
                        deliver(Delivery::Piece(at, outcome))?;
                        continue;
                    }
                    loop {
                        match queue.pop(piece) {
                            Item::Bytes(bytes) => deliver(Delivery::Bytes(at, bytes))?,
                            Item::Done(outcome) => break deliver(Delivery::Piece(at, *outcome))?,
                            Item::Stopped => return Err(Stop),
                        }
                    }
                    piece += 1;
                }
                deliver(Delivery::Asset(at))?;
            }
            Ok(())
        })();
        if context.is_cancelled() {
            delivered = Err(Stop);
        }
        delivered
    })
}

/// Builds one piece. The bytes of a glyph bank with an error are not pushed, but returned in `broken_payload`.
fn build_piece(
    context: &Context,
    asset: &PlannedAsset<'_>,
    piece: &Piece<'_>,
    sink: &mut dyn Sink,
) -> Result<Outcome, Stop> {
    let folder = asset.folder;
    catch_panics(context, asset.asset_id(), folder, || match piece {
        Piece::Glyph(content) => {
            let (payload, mut outcome) = glyph::build_glyph_payload(context, folder, content, asset.compared.as_ref())?;
            let is_whole = !has_errors(&outcome.findings) && !content.has_unread_palettes();
            if is_whole && outcome.changed.is_empty() {
                sink.push_bytes(payload)?;
            } else {
                outcome.broken_payload = Some(payload);
            }
            Ok(outcome)
        }
        Piece::Sample(sample) => sound::write_sample(context, folder, sample, sink),
        Piece::Reused(reused) => reused.store.copy(context, reused, sink).map(|()| Outcome::default()),
        Piece::Raw { path, stamp, metadata } => match folder.open(path) {
            Ok(source) if source.stamp() == *stamp => raw::copy_raw_payload(context, path, source, metadata, sink),
            Err(OpenError::Disk(error)) => {
                let mut outcome = Outcome::default();
                outcome.record_disk_error(path, &error);
                Ok(outcome)
            }
            _ => Ok(Outcome { changed: vec![(*path).clone()], ..Outcome::default() }),
        },
    })
}

/// Runs `build` for an asset and turns a panic into a finding about it.
fn catch_panics(
    context: &Context,
    asset_id: u32,
    folder: &Folder,
    build: impl FnOnce() -> Result<Outcome, Stop>,
) -> Result<Outcome, Stop> {
    catch_unwind(AssertUnwindSafe(|| {
        if let Err(error) = context.inject_fault(FaultPoint::Convert { asset_id }) {
            let error = DiskError::reading(folder.path())(error);
            return Ok(Outcome {
                findings: vec![error.as_finding().file(crate::declaration::ANCHOR)],
                ..Outcome::default()
            });
        }
        build()
    }))
    .unwrap_or_else(|panic| {
        let reason =
            panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        let finding = Finding::new(
            Code::InternalError,
            format!("the packer failed while it built this asset: {}", escaped(reason.unwrap_or("no reason given"))),
            "This is a bug in the packer, not in the asset. Please report it, and attach the asset.",
        );
        Ok(Outcome { findings: vec![finding.file(crate::declaration::ANCHOR)], ..Outcome::default() })
    })
}

enum Item {
    Bytes(Vec<u8>),
    Done(Box<Outcome>),
    Stopped,
}

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    /// The delivery waits here for an item of the head piece.
    filled: Condvar,
    /// Workers wait here for room.
    drained: Condvar,
}

#[derive(Default)]
struct State {
    items: BTreeMap<usize, VecDeque<Item>>,
    in_flight_bytes: usize,
    /// The piece that is being delivered.
    head: usize,
    is_stopped: bool,
    workers_waiting: usize,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        // No code that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, piece: usize, item: Item) -> Result<(), Stop> {
        let bytes = if let Item::Bytes(bytes) = &item { bytes.len() } else { 0 };
        let mut state = self.lock();
        // The delivery waits only for the head. The worker of the head may always push one block, so that nothing
        // stalls.
        let must_wait = |state: &State| {
            let is_awaited = piece == state.head && state.items.get(&piece).is_none_or(VecDeque::is_empty);
            bytes > 0 && !is_awaited && state.in_flight_bytes + bytes > IN_FLIGHT_BYTES
        };
        while !state.is_stopped && must_wait(&state) {
            state.workers_waiting += 1;
            state = self.drained.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.workers_waiting -= 1;
        }
        if state.is_stopped {
            return Err(Stop);
        }
        state.in_flight_bytes += bytes;
        state.items.entry(piece).or_default().push_back(item);
        if piece == state.head {
            self.filled.notify_one();
        }
        Ok(())
    }

    fn pop(&self, piece: usize) -> Item {
        let mut state = self.lock();
        state.head = piece;
        loop {
            let item = state.items.get_mut(&piece).and_then(VecDeque::pop_front);
            match &item {
                Some(Item::Bytes(bytes)) => state.in_flight_bytes -= bytes.len(),
                Some(Item::Done(_) | Item::Stopped) => {
                    state.items.remove(&piece);
                }
                None => {}
            }
            // Either there is room now, or the new head belongs to a worker that waits for room and need not wait
            // longer.
            if state.workers_waiting > 0 {
                self.drained.notify_all();
            }
            match item {
                Some(item) => return item,
                None => state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

struct StopAtEnd<'q>(&'q Queue);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.lock().is_stopped = true;
        self.0.drained.notify_all();
    }
}

/// Delivers what the caller's own thread builds.
struct DirectSink<'d, D> {
    at: usize,
    deliver: &'d mut D,
}

impl<D: FnMut(Delivery) -> Result<(), Stop>> Sink for DirectSink<'_, D> {
    fn push_bytes(&mut self, bytes: Vec<u8>) -> Result<(), Stop> {
        (self.deliver)(Delivery::Bytes(self.at, bytes))
    }
}

struct QueueSink<'q> {
    queue: &'q Queue,
    piece: usize,
}

impl Sink for QueueSink<'_> {
    fn push_bytes(&mut self, bytes: Vec<u8>) -> Result<(), Stop> {
        self.queue.push(self.piece, Item::Bytes(bytes))
    }
}
