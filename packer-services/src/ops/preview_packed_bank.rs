//! `preview_packed_bank`: a bank of a pack, as the console holds it. An operation without a verb: it is for windows.

use std::io::{Seek, SeekFrom};
use std::path::PathBuf;

use serde::Serialize;

use super::get_asset_details::AssetNotFound;
use super::inspect_pack::{PackOpenError, open_pack, read_container};
use super::verify_pack::read_part;
use super::{Operation, OperationClass, Report, operation_error};
use crate::context::Context;
use crate::diagnostics::Finding;
use crate::files::{self, DiskError, Source};
use crate::formats::EntryMetadata;
use crate::pack::container::{Container, Entry};
use crate::pack::draft::{Room, finished};
use crate::preview::{BankPreview, Preview};

/// Previews a bank of a pack.
#[derive(Clone, Debug)]
pub struct PreviewPackedBank {
    /// The pack.
    pub file: PathBuf,
    /// An id of its table.
    pub asset_id: u32,
}

operation_error! {
    /// Why a bank of a pack could not be previewed.
    PreviewPackedError { Open(PackOpenError), Disk(DiskError), NotFound(AssetNotFound) }
}

/// A bank of a pack.
#[derive(Debug, Serialize)]
pub struct PackedBankPreviewed {
    #[serde(skip)]
    findings: Vec<Finding>,
    /// The pack, as it was named.
    pub file: String,
    /// Its id.
    pub asset_id: u32,
    /// `None` if the pack's header is wrong. As JSON it is left out: it is bytes.
    #[serde(skip)]
    pub preview: Option<Preview>,
}

impl Report for PackedBankPreviewed {
    fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl Operation for PreviewPackedBank {
    const NAME: &'static str = "preview_packed_bank";
    const CLASS: OperationClass = OperationClass::Reads;
    type Report = PackedBankPreviewed;
    type Error = PreviewPackedError;

    fn run(&self, context: &Context) -> Result<PackedBankPreviewed, PreviewPackedError> {
        let mut source = open_pack(&self.file)?;
        let file = files::shown(&self.file);
        let (findings, preview) = match read_container(&mut source, &self.file)? {
            Ok(container) => (Vec::new(), Some(self.preview(context, &mut source, &container)?)),
            Err(findings) => (findings, None),
        };
        Ok(PackedBankPreviewed { findings, file, asset_id: self.asset_id, preview })
    }
}

impl PreviewPackedBank {
    fn preview(
        &self,
        context: &Context,
        source: &mut Source,
        container: &Container,
    ) -> Result<Preview, PreviewPackedError> {
        let entries = &container.header.entries;
        let Ok(at) = entries.binary_search_by_key(&self.asset_id, |entry| entry.asset_id) else {
            return Err(AssetNotFound::in_pack(self.asset_id).into());
        };
        let entry = &entries[at];
        let bank = match &entry.metadata {
            EntryMetadata::Scene(metadata) => {
                BankPreview::Scene { metadata: metadata.clone(), size_bytes: entry.size_bytes }
            }
            metadata => finished(metadata, None, Some(self.payload(context, source, container, entry)?), None),
        };
        let (asset_id, name) = (entry.asset_id, entry.asset_name.clone());
        Ok(Preview { asset_id, name, is_whole: true, raw_payload: None, bank })
    }

    /// The payload; of a sound bank, as many whole samples as a preview may have.
    fn payload(
        &self,
        context: &Context,
        source: &mut Source,
        container: &Container,
        entry: &Entry,
    ) -> Result<Vec<u8>, PreviewPackedError> {
        let kept_bytes = match &entry.metadata {
            EntryMetadata::Sound(sound) => {
                let mut room = Room::default();
                let sizes = sound.samples.iter().map(|sample| sample.frames.saturating_mul(2));
                sizes.take_while(|size_bytes| room.take(*size_bytes)).sum()
            }
            _ => entry.size_bytes,
        };
        let file = source.file_mut();
        let start = SeekFrom::Start(container.payload_offset + entry.offset_bytes);
        file.seek(start).map_err(DiskError::reading(&self.file))?;
        let mut bytes = Vec::new();
        read_part::<PreviewPackedError>(context, file, kept_bytes, &self.file, &mut |block| bytes.extend(block))?;
        Ok(bytes)
    }
}
