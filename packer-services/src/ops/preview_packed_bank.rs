//! `preview_packed_bank`: a bank of a pack, as the console holds it. An operation without a verb: it is for windows.

use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::inspect::{PackOpenError, open_pack, read_container};
use super::verify::read_part;
use super::{Operation, OperationClass, Report, operation_error};
use crate::asset_selector::AssetNotFound;
use crate::banks::Stop;
use crate::context::Context;
use crate::files::{self, DiskError, SourceFile};
use crate::formats::EntryMetadata;
use crate::pack::built::KeptRoom;
use crate::pack::container::{Container, Entry};
use crate::preview::{BankPreview, Preview, preview_of_payload};

/// Previews a bank of a pack.
#[derive(Clone, Debug)]
pub struct PreviewPackedBank {
    file: PathBuf,
    asset_id: u32,
}

impl PreviewPackedBank {
    /// Previews the bank with this id in the table of the pack `file`.
    pub fn new(file: impl Into<PathBuf>, asset_id: u32) -> Self {
        Self { file: file.into(), asset_id }
    }
}

operation_error! {
    /// Why a bank of a pack could not be previewed.
    PreviewPackedBankError { Open(PackOpenError), Disk(DiskError), NotFound(AssetNotFound) }
}

/// A bank of a pack.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct PreviewPackedBankReport {
    /// The pack, as it was named.
    pub file: String,
    /// Its id.
    pub asset_id: u32,
    /// `None` if the pack's header is wrong. As JSON it is left out: it is bytes.
    #[serde(skip)]
    pub preview: Option<Preview>,
}

impl Operation for PreviewPackedBank {
    type Report = PreviewPackedBankReport;
    type Error = PreviewPackedBankError;

    fn class(&self) -> OperationClass {
        OperationClass::Reads
    }

    fn run(&self, context: &Context) -> Result<Report<PreviewPackedBankReport>, PreviewPackedBankError> {
        let mut source = open_pack(&self.file)?;
        let file = files::display_path(&self.file);
        let (findings, preview) = match read_container(&mut source, &self.file)? {
            Ok(container) => {
                let Some(entry) = entry_of(&container, self.asset_id) else {
                    return Err(AssetNotFound::in_pack(self.asset_id).into());
                };
                (
                    Vec::new(),
                    Some(preview::<PreviewPackedBankError>(context, &mut source, &self.file, &container, entry)?),
                )
            }
            Err(findings) => (findings, None),
        };
        Ok(Report::new(PreviewPackedBankReport { file, asset_id: self.asset_id, preview }, findings))
    }
}

/// An asset of a pack.
pub(super) fn entry_of(container: &Container, asset_id: u32) -> Option<&Entry> {
    let entries = &container.header.entries;
    entries.binary_search_by_key(&asset_id, |entry| entry.asset_id).ok().map(|at| &entries[at])
}

/// A bank of the pack `file`, as the console holds it.
///
/// # Errors
/// If the pack could not be read, or the operation was cancelled.
pub(super) fn preview<E: From<DiskError> + From<Stop>>(
    context: &Context,
    source: &mut SourceFile,
    file: &Path,
    container: &Container,
    entry: &Entry,
) -> Result<Preview, E> {
    let bank = match &entry.metadata {
        EntryMetadata::Scene(metadata) => {
            BankPreview::Scene { metadata: metadata.clone(), size_bytes: entry.size_bytes }
        }
        metadata => {
            preview_of_payload(metadata, None, Some(payload::<E>(context, source, file, container, entry)?), None)
        }
    };
    let (asset_id, name) = (entry.asset_id, entry.asset_name.clone());
    Ok(Preview { asset_id, name, is_whole: true, raw_payload: None, bank })
}

/// The payload; of a sound bank, as many whole samples as a preview may have.
fn payload<E: From<DiskError> + From<Stop>>(
    context: &Context,
    source: &mut SourceFile,
    file: &Path,
    container: &Container,
    entry: &Entry,
) -> Result<Vec<u8>, E> {
    let kept_bytes = match &entry.metadata {
        EntryMetadata::Sound(sound) => {
            let mut room = KeptRoom::default();
            let sizes = sound.samples.iter().map(|sample| sample.frames.saturating_mul(2));
            sizes.take_while(|size_bytes| room.reserve(*size_bytes)).sum()
        }
        _ => entry.size_bytes,
    };
    let start = SeekFrom::Start(container.payload_offset + entry.offset_bytes);
    source.file_mut().seek(start).map_err(DiskError::reading(file))?;
    let mut bytes = Vec::new();
    read_part::<E>(context, source.file_mut(), kept_bytes, file, &mut |block| bytes.extend(block))?;
    Ok(bytes)
}
