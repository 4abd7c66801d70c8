//! The environment of an operation: where progress goes, how it is cancelled, where uuids come from and, for tests,
//! which faults occur.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::asset_uuid::AssetUuid;
use crate::byte_budget::{ByteBudget, ReservedBytes};
use crate::diagnostics::{AsFinding, Code, Finding};
use crate::files::DiskError;
use crate::limits::DECODING_BYTES;

/// One parameter for all operations. Cheap to clone; clones share the cancel flag, the sequence, and
/// the memory for images that are decoded at the same time.
///
/// ```
/// use packer_services::diagnostics::{AsFinding, Code};
/// use packer_services::ops::{Doctor, Operation};
/// use packer_services::{Cancel, Context};
///
/// let cancel = Cancel::default();
/// let context = Context::new()
///     .with_progress(|event| println!("{:?}", event.progress))
///     .with_cancel(cancel.clone());
/// cancel.cancel(); // from any thread; here before the start
/// let refused = Doctor::new("../assets-demo/lantern").run(&context).err();
/// assert_eq!(refused.map(|error| error.as_finding().code), Some(Code::Interrupted));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Context {
    progress: Arc<dyn Fn(Event) + Send + Sync>,
    sequence: Arc<AtomicU64>,
    cancel: Cancel,
    uuids: Arc<dyn Fn() -> io::Result<AssetUuid> + Send + Sync>,
    faults: Arc<dyn Faults>,
    is_read_only: bool,
    decoding: Arc<ByteBudget>,
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
            decoding: Arc::new(ByteBudget::new(DECODING_BYTES)),
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
        self.uuids = Arc::new(move || Ok(source()));
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

    /// A new uuid, for an asset or for the name of a file that is only there while the packer works.
    pub(crate) fn new_uuid(&self) -> Result<AssetUuid, DiskError> {
        (self.uuids)().map_err(DiskError::reading("the system's random numbers"))
    }

    /// Waits until an image may be decoded that takes so many bytes.
    pub(crate) fn reserve_decoding(&self, bytes: u64) -> ReservedBytes<'_> {
        self.decoding.reserve(bytes)
    }

    pub(crate) fn inject_fault(&self, point: FaultPoint) -> io::Result<()> {
        self.faults.inject(point)
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

/// A flag that stops operations. Clones share the flag.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Uses a flag that something else, such as a signal handler, may also set.
    pub fn from_flag(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }

    /// Requests the operation to stop. It then leaves all files unchanged.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it was requested to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// A step of an operation. Events of several threads may arrive out of order; `sequence` gives their order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The number of the event in its context, from 0.
    pub sequence: u64,
    /// What happened.
    pub progress: Progress,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Another packer holds the lock.
    WaitingForLock {
        /// The lock file.
        path: String,
        /// What the lock file says about its holder. It may be out of date.
        holder: String,
    },
    /// A file changed during the operation, which starts again.
    PlanningAgain {
        /// What changed.
        path: String,
        /// The number of the attempt that starts now, from 2.
        attempt: u32,
    },
    /// Payloads are being built.
    Building {
        /// The asset whose payload was just finished.
        asset_id: u32,
        /// Payload bytes built so far.
        done_bytes: u64,
        /// Payload bytes in total.
        total_bytes: u64,
    },
    /// Assets of a pack are being written as files.
    Extracting {
        /// The asset that was just finished.
        asset_id: u32,
        /// Payload bytes extracted so far.
        done_bytes: u64,
        /// Payload bytes in total.
        total_bytes: u64,
    },
    /// A copy of the project is being packed, to compare the result.
    Reproducing {
        /// Which copy, from 1.
        n: usize,
        /// How many copies there are.
        total: usize,
    },
    /// Everything is on the disk; the outputs are being renamed into place.
    Publishing,
}

/// For tests: called at named points, may return an error, panic, or change files.
pub trait Faults: Send + Sync {
    /// Called at `point`. An error is treated like an error of the system at that point.
    ///
    /// # Errors
    /// Whatever the test injects.
    fn inject(&self, point: FaultPoint) -> io::Result<()>;
}

struct NoFaults;

impl Faults for NoFaults {
    fn inject(&self, _: FaultPoint) -> io::Result<()> {
        Ok(())
    }
}

impl<F: Fn(FaultPoint) -> io::Result<()> + Send + Sync> Faults for F {
    fn inject(&self, point: FaultPoint) -> io::Result<()> {
        self(point)
    }
}

/// Where a fault can be injected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultPoint {
    /// The plan is complete; no payload is built yet.
    Planned {
        /// From 1.
        attempt: u32,
    },
    /// Before (a piece of) an asset's payload is built.
    Convert {
        /// The asset.
        asset_id: u32,
    },
    /// Before the pixels of an image are decoded.
    DecodeImage,
    /// Before a packer is started for a copy of the project.
    StartPacker,
    /// Before payload bytes are written to the stage.
    StageWrite,
    /// Before the stage is synced.
    StageSync,
    /// Before the `n`-th output is renamed into place.
    Rename {
        /// From 0; the pack itself is the last.
        n: u32,
    },
    /// About to write a file under `assets/` that is not the registry.
    WorkspaceFileWrite,
    /// A changed file of the workspace is written, and not yet in its place. It cannot fail here.
    WorkspaceFileStaged,
    /// Before the registry is written.
    RegistryWrite,
    /// Before the ids of the pack are written; the pack is in place.
    IdentitiesWrite,
    /// Before the cache is written; the pack is in place.
    CacheWrite,
    /// Before a stage is removed; what was staged is in place.
    Cleanup,
}
