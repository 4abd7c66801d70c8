//! What every operation is given besides its request: where progress goes, how it is cancelled, where uuids come
//! from and, for tests, what goes wrong.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::asset_uuid::AssetUuid;
use crate::diagnostics::{AsFinding, Code, Finding};

/// One parameter for all operations. Cheap to clone; clones share the cancel flag and the sequence.
#[derive(Clone)]
pub struct Context {
    progress: Arc<dyn Fn(Event) + Send + Sync>,
    sequence: Arc<AtomicU64>,
    cancel: Cancel,
    uuids: Arc<dyn Fn() -> AssetUuid + Send + Sync>,
    faults: Arc<dyn Faults>,
    is_read_only: bool,
}

impl Context {
    /// Silent, random version 4 uuids, never cancelled, no faults.
    pub fn new() -> Self {
        Self {
            progress: Arc::new(|_| {}),
            sequence: Arc::new(AtomicU64::new(0)),
            cancel: Cancel::default(),
            uuids: Arc::new(AssetUuid::random),
            faults: Arc::new(NoFaults),
            is_read_only: false,
        }
    }

    /// Sends progress to `sink`, from any thread.
    #[must_use]
    pub fn with_progress(mut self, sink: impl Fn(Event) + Send + Sync + 'static) -> Self {
        self.progress = Arc::new(sink);
        self
    }

    /// Lets `cancel` stop the operation.
    #[must_use]
    pub fn with_cancel(mut self, cancel: Cancel) -> Self {
        self.cancel = cancel;
        self
    }

    /// Takes new uuids from `source`.
    #[must_use]
    pub fn with_uuids(mut self, source: impl Fn() -> AssetUuid + Send + Sync + 'static) -> Self {
        self.uuids = Arc::new(source);
        self
    }

    /// Refuses every request that would write a file, before it does anything.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.is_read_only = true;
        self
    }

    /// For tests: lets things go wrong at named points.
    #[must_use]
    pub fn with_faults(mut self, faults: impl Faults + 'static) -> Self {
        self.faults = Arc::new(faults);
        self
    }

    pub(crate) fn report_progress(&self, progress: Progress) {
        let sequence = self.sequence.fetch_add(1, Ordering::Relaxed);
        (self.progress)(Event { sequence, progress });
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    pub(crate) fn new_uuid(&self) -> AssetUuid {
        (self.uuids)()
    }

    pub(crate) fn fault(&self, point: FaultPoint) -> io::Result<()> {
        self.faults.at(point)
    }
}

impl Default for Context {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("cancelled", &self.is_cancelled()).finish_non_exhaustive()
    }
}

/// The request would write, and the context is read-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request would write files, and the context is read-only")]
pub struct ReadOnlyError;

impl AsFinding for ReadOnlyError {
    fn as_finding(&self) -> Finding {
        Finding::new(Code::Usage, self.to_string(), "Run it with a context that may write.")
    }
}

/// A flag that stops operations; clones are the same flag.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// A flag that something else (a signal handler) may also raise.
    pub fn from_flag(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }

    /// Asks the operation to stop; it leaves everything as it was.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// A step of an operation. Events of several threads may arrive out of order: `sequence` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// Counts from 0 in a context.
    pub sequence: u64,
    /// What happened.
    pub progress: Progress,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Another packer holds the lock; `holder` is what it wrote about itself.
    WaitingForLock {
        /// The lock file.
        path: String,
        /// For people only: it may be out of date.
        holder: String,
    },
    /// Something changed under the pack; the plan is made again.
    PlanningAgain {
        /// What changed.
        path: String,
        /// Which attempt begins now, from 2.
        attempt: u32,
    },
    /// Payloads are being made.
    Materializing {
        /// The asset whose payload was just finished.
        asset_id: u32,
        /// Payload bytes made so far.
        done_bytes: u64,
        /// Payload bytes in all.
        total_bytes: u64,
    },
    /// Assets of a pack are being written as files.
    Extracting {
        /// The asset that was just finished.
        asset_id: u32,
        /// Payload bytes extracted so far.
        done_bytes: u64,
        /// Payload bytes in all.
        total_bytes: u64,
    },
    /// Everything is on disk; the outputs are being put in place.
    Publishing,
}

/// For tests: called at named points, may return an error, panic, or change files.
pub trait Faults: Send + Sync {
    /// Reached `point`. An error is taken as the system's refusal at that point.
    ///
    /// # Errors
    /// Whatever the test wants to see.
    fn at(&self, point: FaultPoint) -> io::Result<()>;
}

struct NoFaults;

impl Faults for NoFaults {
    fn at(&self, _: FaultPoint) -> io::Result<()> {
        Ok(())
    }
}

impl<F: Fn(FaultPoint) -> io::Result<()> + Send + Sync> Faults for F {
    fn at(&self, point: FaultPoint) -> io::Result<()> {
        self(point)
    }
}

/// Where a fault can be injected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultPoint {
    /// The plan is made; no payload is.
    Planned {
        /// From 1.
        attempt: u32,
    },
    /// About to make (a piece of) an asset's payload.
    Convert {
        /// The asset.
        asset_id: u32,
    },
    /// About to write payload bytes to the stage.
    StageWrite,
    /// About to sync the stage.
    StageSync,
    /// About to rename the `n`-th output into place.
    Rename {
        /// From 0; the pack itself is the last.
        n: u32,
    },
    /// About to write a file under `assets/` that is not the registry.
    WorkspaceFileWrite,
    /// About to write the registry.
    RegistryWrite,
    /// About to write the cache; the pack is in place.
    CacheWrite,
}
