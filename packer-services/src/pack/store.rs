//! The pack in `build/`, as the store of the payloads that have not changed since.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::cache::{Cache, ReusedAsset};
use super::container::{self, Container, Entry};
use crate::banks::{Sink, Stop, check_cancelled};
use crate::context::Context;
use crate::files::{self, Sha, SourceFile};
use crate::project::{PACK_FILE, Project};

/// How much is copied at a time: large enough that the calls cost nothing beside the hashing, and less than what takes
/// new memory from the system each time.
const BLOCK_BYTES: u64 = 64 << 10;

/// An open pack whose header is known to be right.
#[derive(Debug)]
pub struct PackStore {
    source: SourceFile,
    container: Container,
    is_damaged: AtomicBool,
    /// The assets whose payloads had their hashes when they were copied, by id.
    copied: Mutex<HashSet<u32>>,
    is_settled: bool,
}

impl PackStore {
    /// Opens the pack in `build/`; `None` if its prelude and header do not have this hash.
    pub fn open(project: &Project, header_sha256: Sha) -> Option<Self> {
        let mut source = project.open_output(PACK_FILE).ok()??;
        let file_bytes = source.size_bytes();
        let container = container::read(source.file_mut(), file_bytes).ok()?.ok()?;
        let mut header = vec![0; usize::try_from(container.payload_offset).ok()?];
        source.read_exact_at(&mut header, 0).ok()?;
        let is_described = Sha::of(&header) == header_sha256;
        is_described.then(|| Self {
            is_settled: source.stamp().is_proof(),
            source,
            container,
            is_damaged: AtomicBool::new(false),
            copied: Mutex::default(),
        })
    }

    /// Whether any write since it was opened changes its stamp.
    pub fn is_settled(&self) -> bool {
        self.is_settled
    }

    /// The entry of an asset.
    pub fn entry(&self, asset_id: u32) -> Option<&Entry> {
        self.container.header.entry(asset_id)
    }

    /// Copies a payload. If it does not have its hash, the pack is damaged.
    ///
    /// # Errors
    /// If no more bytes are needed, the operation was canceled, or the pack is damaged.
    pub fn copy(&self, context: &Context, asset: &ReusedAsset<'_>, sink: &mut dyn Sink) -> Result<(), Stop> {
        let sha256 = self.read_payload(context, asset.entry, |block| sink.push_bytes(block))?;
        if sha256 != Some(asset.payload_sha256) {
            return Err(self.damaged());
        }
        self.copied.lock().unwrap_or_else(PoisonError::into_inner).insert(asset.entry.asset_id);
        Ok(())
    }

    /// Passes a payload to `take`, and returns its hash; `None` if it cannot be read.
    fn read_payload(
        &self,
        context: &Context,
        entry: &Entry,
        mut take: impl FnMut(Vec<u8>) -> Result<(), Stop>,
    ) -> Result<Option<Sha>, Stop> {
        let mut hasher = Sha256::new();
        let mut offset = self.container.payload_offset + entry.offset_bytes;
        let end = offset + entry.size_bytes;
        while offset < end {
            check_cancelled(context)?;
            let mut block = vec![0; usize::try_from((end - offset).min(BLOCK_BYTES)).unwrap_or_default()];
            if self.source.read_exact_at(&mut block, offset).is_err() {
                return Ok(None);
            }
            hasher.update(&block);
            offset += block.len() as u64;
            take(block)?;
        }
        Ok(Some(Sha(hasher.finalize().into())))
    }

    /// Whether this is the pack that `cache` describes, to the last byte, and still in `build/`. It is if every payload
    /// has its recorded hash, since they follow the header without a gap; those that were copied are known to. It must
    /// be settled.
    ///
    /// # Errors
    /// If the operation was canceled.
    pub fn is_described_by(&self, context: &Context, cache: &Cache<'_>) -> Result<bool, Stop> {
        let copied = self.copied.lock().unwrap_or_else(PoisonError::into_inner);
        let hashes = cache.payload_hashes();
        for entry in self.container.header.entries.iter().filter(|entry| !copied.contains(&entry.asset_id)) {
            let sha256 = self.read_payload(context, entry, |_| Ok(()))?;
            if sha256.is_none() || sha256.as_ref() != hashes.get(&entry.asset_id) {
                return Ok(false);
            }
        }
        Ok(files::is_unchanged(self.source.path(), self.source.stamp()))
    }

    fn damaged(&self) -> Stop {
        self.is_damaged.store(true, Ordering::SeqCst);
        Stop
    }

    /// Whether a payload did not have its hash.
    pub fn is_damaged(&self) -> bool {
        self.is_damaged.load(Ordering::SeqCst)
    }
}
