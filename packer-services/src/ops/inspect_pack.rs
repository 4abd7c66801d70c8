//! `inspect`: what a pack says of itself. It costs the header, not the file.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;

use super::{Budgets, Operation, OperationClass, Report, operation_error};
use crate::context::Context;
use crate::diagnostics::{AsFinding, Code, Finding, sorted};
use crate::files::{self, DiskError, OpenError, Source};
use crate::pack::container::{self, Container};

/// Inspects a pack.
#[derive(Clone, Debug)]
pub struct InspectPack {
    /// The file.
    pub file: PathBuf,
}

operation_error! {
    /// Why a pack could not be inspected.
    InspectError { Open(PackOpenError), Disk(DiskError) }
}

/// A pack that could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("the pack could not be opened")]
pub struct PackOpenError(Box<Finding>);

impl AsFinding for PackOpenError {
    fn as_finding(&self) -> Finding {
        (*self.0).clone()
    }
}

/// What a pack says of itself.
#[derive(Debug, Serialize)]
pub struct Inspection {
    #[serde(skip)]
    findings: Vec<Finding>,
    /// The file, as it was named.
    pub file: String,
    /// The whole file.
    pub size_bytes: u64,
    /// The rest; `None` if the header cannot be read.
    pub header: Option<HeaderDetails>,
}

/// Prelude and header of a pack.
#[derive(Debug, Serialize)]
pub struct HeaderDetails {
    /// From the prelude.
    pub schema_version: u32,
    /// From the prelude: the header's JSON.
    pub header_bytes: u64,
    /// From the prelude: where the payload starts.
    pub payload_offset: u64,
    /// The table, as it stands in the header.
    pub asset_table: Value,
    /// The preload, as it stands in the header.
    pub preload: Value,
    /// What the pack uses of what there is.
    pub budgets: Budgets,
}

impl Report for Inspection {
    fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl Operation for InspectPack {
    const NAME: &'static str = "inspect_pack";
    const CLASS: OperationClass = OperationClass::Reads;
    type Report = Inspection;
    type Error = InspectError;

    fn run(&self, _: &Context) -> Result<Inspection, InspectError> {
        let mut source = open_pack(&self.file)?;
        let size_bytes = source.size_bytes();
        let file = files::shown(&self.file);
        let read = read_container(&mut source, &self.file)?;
        let (header, findings) = match read {
            Ok(container) => (Some(HeaderDetails::of(&container)), Vec::new()),
            Err(findings) => (None, findings),
        };
        Ok(Inspection { findings, file, size_bytes, header })
    }
}

impl HeaderDetails {
    fn of(container: &Container) -> Self {
        Self {
            schema_version: container::SCHEMA_VERSION,
            header_bytes: container.header_bytes,
            payload_offset: container.payload_offset,
            asset_table: container.header.table_value(),
            preload: container.header.preload_value(),
            budgets: Budgets::of(&container.header),
        }
    }
}

/// Opens a pack that a person named.
pub(super) fn open_pack(file: &Path) -> Result<Source, PackOpenError> {
    Source::named(file).map_err(|error| {
        let finding = match error {
            OpenError::Disk(error) => error.as_finding(),
            OpenError::NotRegular(what) => Finding::new(
                Code::FileNotRegular,
                format!("a pack is needed; this is {what}"),
                "Name the pack itself, as `build/assets.pa`.",
            ),
            _ => Finding::new(
                Code::FileNotRegular,
                "a pack is needed; this is a link that leads nowhere",
                "Name the pack itself.",
            ),
        };
        PackOpenError(Box::new(finding.file(files::shown(file))))
    })
}

/// Reads and judges the header; findings name the file.
pub(super) fn read_container(source: &mut Source, file: &Path) -> Result<Result<Container, Vec<Finding>>, DiskError> {
    let size_bytes = source.size_bytes();
    let read = container::read(source.file_mut(), size_bytes).map_err(DiskError::reading(file))?;
    let named = |finding: Finding| finding.file(files::shown(file));
    Ok(read.map_err(|findings| sorted(findings.into_iter().map(named).collect())))
}
