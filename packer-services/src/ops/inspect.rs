//! `inspect`: the contents of a pack's header. Only the header is read, not the payload.

use std::collections::HashMap;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use crate::context::Context;
use crate::files::DiskError;
use crate::formats::EntryMetadata;
use crate::operation::{Operation, OperationClass, Report, operation_error};
use crate::pack::budgets::Budgets;
use crate::pack::container::{self, CODEC, Container, Entry, Header};
use crate::pack::file::{PackFile, PackOpenError};

/// Inspects a pack.
#[derive(Clone, Debug)]
pub struct InspectPack {
    file: PathBuf,
}

impl InspectPack {
    /// Inspects this file.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into() }
    }
}

operation_error! {
    /// Why a pack could not be inspected.
    InspectPackError { Open(PackOpenError), Disk(DiskError) }
}

/// The header of a pack.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct InspectPackReport {
    /// The file, as it was passed.
    pub file: String,
    /// The size of the file.
    pub size_bytes: u64,
    /// Its header; `None` if it cannot be read.
    pub header: Option<HeaderDetails>,
}

/// Prelude and header of a pack.
#[derive(Debug, Serialize)]
pub struct HeaderDetails {
    /// From the prelude.
    pub schema_version: u32,
    /// From the prelude: the size of the header's JSON.
    pub header_bytes: u64,
    /// From the prelude: where the payload starts.
    pub payload_offset: u64,
    /// The asset table exactly as in the header.
    pub asset_table: Value,
    /// The preload list exactly as in the header.
    pub preload: Value,
    /// The slots and bytes that the pack uses.
    pub budgets: Budgets,
    /// The table and the preload list as typed entries, by id. Not in the JSON, where `asset_table` and `preload` have
    /// the same information.
    #[serde(skip)]
    pub entries: Vec<PackedEntry>,
}

/// An asset of a pack, as described by the header (spec: runtime artifact, "Asset table").
#[derive(Clone, Debug, PartialEq)]
pub struct PackedEntry {
    /// Its id.
    pub asset_id: u32,
    /// Its name: unique in the pack, but not its identity.
    pub name: String,
    /// `GLYPH`, `SOUNDS` or `SCENE`.
    pub bank_type: &'static str,
    /// The compression of its payload: always `NONE`.
    pub codec: &'static str,
    /// Its slot, 0…15 within the bank type, if it is preloaded.
    pub slot: Option<u32>,
    /// The offset of its payload from the start of the payload region, byte [`HeaderDetails::payload_offset`] of the
    /// file.
    pub offset_bytes: u64,
    /// The size of its payload.
    pub size_bytes: u64,
    /// Its size in the console's memory; for a SCENE, the value in the pack, which is not checked.
    pub decoded_size_bytes: u64,
    /// The metadata that the runtime requires.
    pub metadata: EntryMetadata,
}

impl Operation for InspectPack {
    type Report = InspectPackReport;
    type Error = InspectPackError;

    fn class(&self) -> OperationClass {
        OperationClass::Reads
    }

    fn run(&self, _: &Context) -> Result<Report<InspectPackReport>, InspectPackError> {
        let mut pack = PackFile::open(&self.file)?;
        let (header, findings) = match pack.read_header()? {
            Ok(container) => (Some(HeaderDetails::of(container)), Vec::new()),
            Err(findings) => (None, findings),
        };
        let (file, size_bytes) = (pack.display_path(), pack.size_bytes());
        Ok(Report::new(InspectPackReport { file, size_bytes, header }, findings))
    }
}

impl HeaderDetails {
    fn of(container: Container) -> Self {
        Self {
            schema_version: container::SCHEMA_VERSION,
            header_bytes: container.header_bytes,
            payload_offset: container.payload_offset,
            asset_table: container.header.table_values().collect(),
            preload: container.header.preload_values().collect(),
            budgets: Budgets::of(&container.header),
            entries: PackedEntry::of_header(container.header),
        }
    }
}

impl PackedEntry {
    fn of_header(header: Header) -> Vec<Self> {
        let slots: HashMap<u32, u32> = header.preload.iter().map(|preload| (preload.asset_id, preload.slot)).collect();
        let entry = |entry: Entry| Self {
            asset_id: entry.asset_id,
            name: entry.asset_name,
            bank_type: entry.metadata.bank_type(),
            codec: CODEC,
            slot: slots.get(&entry.asset_id).copied(),
            offset_bytes: entry.offset_bytes,
            size_bytes: entry.size_bytes,
            decoded_size_bytes: entry.decoded_size_bytes,
            metadata: entry.metadata,
        };
        header.entries.into_iter().map(entry).collect()
    }
}
