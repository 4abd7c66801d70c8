//! Raw assets: finished payloads that are only checked and copied (spec: declarations, "Raw assets").

use std::io::Read;

use super::{Outcome, Sink, Stop, check_cancelled};
use crate::context::Context;
use crate::diagnostics::{Code, Finding, Place};
use crate::files::{DiskError, SourceFile};
use crate::formats::{EntryMetadata, GLYPH_INDEX_BYTES, PALETTE_COLORS};
use crate::paths::RelPath;

/// Bytes copied at a time, so that memory does not depend on the payload, and cancelling takes effect within a block.
const BLOCK_BYTES: usize = 128 << 10;

/// A finding if a payload of this metadata cannot have `size_bytes`.
pub fn check_raw_size(metadata: &EntryMetadata, size_bytes: u64) -> Option<Finding> {
    let (needed, _) = metadata.payload_and_decoded_bytes()?;
    (size_bytes != needed).then(|| {
        Finding::new(
            Code::RawSize,
            format!("the payload has {size_bytes} bytes; its metadata requires {needed}"),
            "Export the payload again, or correct `output.metadata` in `asset.json`.",
        )
    })
}

/// Copies the payload into `sink`.
///
/// # Errors
/// If the operation was cancelled, or `sink` takes no more.
pub fn copy_raw_payload(
    context: &Context,
    path: &RelPath,
    source: SourceFile,
    metadata: &EntryMetadata,
    sink: &mut dyn Sink,
) -> Result<Outcome, Stop> {
    let mut outcome = Outcome::default();
    let full_path = source.path().to_owned();
    let mut reading = source.start_reading();
    let mut watch = PaddingWatch::new(metadata);
    loop {
        check_cancelled(context)?;
        let mut block = vec![0; BLOCK_BYTES];
        let count = match reading.read(&mut block) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) => {
                outcome.record_disk_error(path, &DiskError::reading(full_path)(error));
                return Ok(outcome);
            }
        };
        block.truncate(count);
        watch.check_bytes(&block);
        sink.push_bytes(block)?;
    }
    outcome.record_source(path, reading.finish_unless(&|| context.is_cancelled()));
    outcome.findings.extend(watch.finding(Code::RawPadding).map(|finding| finding.file(path.as_str())));
    Ok(outcome)
}

/// Checks the bytes of a glyph payload as they pass: palettes after the declared ones must be zero.
#[derive(Debug)]
pub struct PaddingWatch {
    first_padding_byte: Option<u64>,
    authored: u32,
    seen_bytes: u64,
    first_non_zero: Option<u64>,
}

impl PaddingWatch {
    /// A watch for a payload of this metadata. It checks nothing if that is not a glyph bank.
    pub fn new(metadata: &EntryMetadata) -> Self {
        let authored = match metadata {
            EntryMetadata::Glyph(glyph) => Some(glyph.palette_authored),
            _ => None,
        };
        let first_padding_byte =
            authored.map(|authored| GLYPH_INDEX_BYTES as u64 + u64::from(authored) * PALETTE_COLORS as u64 * 2);
        Self { first_padding_byte, authored: authored.unwrap_or(0), seen_bytes: 0, first_non_zero: None }
    }

    /// Checks the next bytes.
    pub fn check_bytes(&mut self, bytes: &[u8]) {
        let start = self.seen_bytes;
        self.seen_bytes += bytes.len() as u64;
        let Some(first) = self.first_padding_byte else { return };
        if self.first_non_zero.is_some() || self.seen_bytes <= first {
            return;
        }
        let skip = usize::try_from(first.saturating_sub(start)).unwrap_or(bytes.len());
        self.first_non_zero =
            bytes.iter().enumerate().skip(skip).find(|(_, byte)| **byte != 0).map(|(at, _)| start + at as u64);
    }

    /// The finding, if a byte that must be zero is not.
    pub fn finding(&self, code: Code) -> Option<Finding> {
        let offset = self.first_non_zero?;
        Some(
            Finding::new(
                code,
                format!(
                    "`palette_authored` is {}, but a byte of a later palette is not 0; all of them must be",
                    self.authored
                ),
                "Clear the unused palettes, or raise `palette_authored`.",
            )
            .at(Place::Byte { offset }),
        )
    }
}
