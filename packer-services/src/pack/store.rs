//! The pack in `build/`, as the store of the payloads that have not changed since.

use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest, Sha256};

use super::cache::ReusedAsset;
use super::container::{self, Container, Entry};
use crate::banks::{Sink, Stop, check_cancelled};
use crate::context::Context;
use crate::files::{Sha, SourceFile};
use crate::project::{PACK_FILE, Project};

/// How much is copied at a time: large enough that the calls cost nothing beside the hashing.
const BLOCK_BYTES: u64 = 256 << 10;

/// An open pack whose header is known to be right.
#[derive(Debug)]
pub struct PackStore {
    source: SourceFile,
    container: Container,
    is_damaged: AtomicBool,
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
        is_described.then(|| Self { source, container, is_damaged: AtomicBool::new(false) })
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
        let mut hasher = Sha256::new();
        let mut offset = self.container.payload_offset + asset.entry.offset_bytes;
        let end = offset + asset.entry.size_bytes;
        while offset < end {
            check_cancelled(context)?;
            let mut block = vec![0; usize::try_from((end - offset).min(BLOCK_BYTES)).unwrap_or_default()];
            if self.source.read_exact_at(&mut block, offset).is_err() {
                return Err(self.damaged());
            }
            hasher.update(&block);
            offset += block.len() as u64;
            sink.push_bytes(block)?;
        }
        if Sha(hasher.finalize().into()) == asset.payload_sha256 { Ok(()) } else { Err(self.damaged()) }
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
