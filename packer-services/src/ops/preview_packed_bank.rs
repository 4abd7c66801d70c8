//! `preview_packed_bank`: a bank of a pack, with the bytes that the console loads. It has no verb, because it is meant
//! for windows.

use std::path::PathBuf;

use serde::Serialize;

use crate::asset_selector::AssetNotFound;
use crate::context::Context;
use crate::files::DiskError;
use crate::operation::{Operation, OperationClass, Report, operation_error};
use crate::pack::file::{PackFile, PackOpenError};
use crate::preview::Preview;

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
    /// The pack, as it was passed.
    pub file: String,
    /// Its id.
    pub asset_id: u32,
    /// `None` if the pack's header is wrong. Not in the JSON, because it is binary.
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
        let mut pack = PackFile::open(&self.file)?;
        let (findings, preview) = match pack.read_header()? {
            Ok(container) => {
                let entry = container.header.entry(self.asset_id).ok_or(AssetNotFound::in_pack(self.asset_id))?;
                let preview = Preview::of_packed::<PreviewPackedBankError>(context, &mut pack, &container, entry)?;
                (Vec::new(), Some(preview))
            }
            Err(findings) => (findings, None),
        };
        let (file, asset_id) = (pack.display_path(), self.asset_id);
        Ok(Report::new(PreviewPackedBankReport { file, asset_id, preview }, findings))
    }
}
