//! `verify`: whether a pack is one that the packer could have written, and one with the files beside it.

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::inspect::{PackOpenError, open_pack, read_container};
use super::{Budgets, Operation, OperationClass, Report, operation_error};
use crate::banks::raw::PaddingWatch;
use crate::banks::{Stop, check_cancelled};
use crate::canonical_json;
use crate::context::Context;
use crate::diagnostics::{Code, Finding};
use crate::files::{self, DiskError, Sha, SourceFile};
use crate::limits::HEADER_BYTES;
use crate::pack::container::{Container, Entry};
use crate::project::{OUTPUTS, PACK_FILE};

/// Bytes read at a time.
const BLOCK_BYTES: usize = 256 << 10;

/// Verifies a pack.
#[derive(Clone, Debug)]
pub struct VerifyPack {
    file: PathBuf,
}

impl VerifyPack {
    /// Verifies this file.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into() }
    }
}

operation_error! {
    /// Why a pack could not be verified.
    VerifyPackError { Open(PackOpenError), Disk(DiskError) }
}

/// Whether a pack is right.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct VerifyPackReport {
    /// The file, as it was named.
    pub file: String,
    /// The whole file.
    pub size_bytes: u64,
    /// Of the whole file; `None` if its header is wrong.
    pub sha256: Option<Sha>,
    /// Assets in its table.
    pub assets: usize,
    /// Whether payload bytes were compared with the hashes beside the pack.
    pub payload_checked: bool,
    /// What the pack uses of what there is.
    pub budgets: Option<Budgets>,
}

impl Operation for VerifyPack {
    type Report = VerifyPackReport;
    type Error = VerifyPackError;

    fn class(&self) -> OperationClass {
        OperationClass::Reads
    }

    fn run(&self, context: &Context) -> Result<Report<VerifyPackReport>, VerifyPackError> {
        let mut source = open_pack(&self.file)?;
        let mut findings = Vec::new();
        let mut report = VerifyPackReport {
            file: files::display_path(&self.file),
            size_bytes: source.size_bytes(),
            sha256: None,
            assets: 0,
            payload_checked: false,
            budgets: None,
        };
        if let Some(judged) = judge_pack(context, &mut source, &self.file, &mut findings)? {
            report.assets = judged.container.header.entries.len();
            report.budgets = Some(Budgets::of(&judged.container.header));
            report.sha256 = Some(judged.hashes.file);
            report.payload_checked = judged.payload_checked;
        }
        Ok(Report::new(report, findings))
    }
}

/// A pack that was read whole. Only if nothing blocks is it one that the packer could have written.
pub(super) struct JudgedPack {
    pub(super) container: Container,
    pub(super) hashes: Hashes,
    /// Whether payload bytes were compared with the hashes beside the pack.
    payload_checked: bool,
}

/// Reads a pack from start to end and says everything that is wrong with it; `None` if its header is wrong.
pub(super) fn judge_pack(
    context: &Context,
    source: &mut SourceFile,
    file: &Path,
    findings: &mut Vec<Finding>,
) -> Result<Option<JudgedPack>, VerifyPackError> {
    let container = match read_container(source, file)? {
        Ok(container) => container,
        Err(found) => {
            findings.extend(found);
            return Ok(None);
        }
    };
    let hashes = hash(context, source, &container, file, findings)?;
    let companions = Companions::beside(file)?;
    let payload_checked = companions.is_some();
    match companions {
        Some(companions) => findings.extend(companions.compare(&container, &hashes)),
        None => findings.push(unchecked(file)),
    }
    Ok(Some(JudgedPack { container, hashes, payload_checked }))
}

fn unchecked(file: &Path) -> Finding {
    let why = match is_named_as_published(file) {
        true => "none of the three companions, which hold the hashes, stands beside this file",
        false => "the companions, which hold the hashes, are looked for only beside a file named `assets.pa`",
    };
    Finding::new(
        Code::PayloadUnchecked,
        format!("payload bytes unchecked: {why}"),
        "To check them, verify the pack in `build/`, where it was published.",
    )
    .file(files::display_path(file))
}

fn is_named_as_published(file: &Path) -> bool {
    file.file_name().and_then(|name| name.to_str()) == Some(PACK_FILE)
}

/// Of the bytes of a pack.
pub(super) struct Hashes {
    /// The whole file.
    pub(super) file: Sha,
    /// In table order.
    pub(super) payloads: Vec<Sha>,
}

/// Reads the file once: its hash, each payload's, and the padding of glyph banks.
fn hash(
    context: &Context,
    source: &mut SourceFile,
    container: &Container,
    path: &Path,
    findings: &mut Vec<Finding>,
) -> Result<Hashes, VerifyPackError> {
    let file = source.file_mut();
    file.seek(SeekFrom::Start(0)).map_err(DiskError::reading(path))?;
    let mut whole = Sha256::new();
    read_part::<VerifyPackError>(context, file, container.payload_offset, path, &mut |bytes| whole.update(bytes))?;
    let mut payloads = Vec::with_capacity(container.header.entries.len());
    for entry in &container.header.entries {
        let mut hasher = Sha256::new();
        let mut padding = PaddingWatch::new(&entry.metadata);
        read_part::<VerifyPackError>(context, file, entry.size_bytes, path, &mut |bytes| {
            whole.update(bytes);
            hasher.update(bytes);
            padding.see(bytes);
        })?;
        payloads.push(Sha(hasher.finalize().into()));
        if let Some(finding) = padding.finding(Code::PackPadding) {
            findings.push(in_entry(finding, entry, container).file(files::display_path(path)));
        }
    }
    Ok(Hashes { file: Sha(whole.finalize().into()), payloads })
}

/// A finding about a byte of a payload, told as a byte of the file.
fn in_entry(mut finding: Finding, entry: &Entry, container: &Container) -> Finding {
    for place in &mut finding.places {
        if let crate::diagnostics::Place::Byte { offset } = place {
            *offset += container.payload_offset + entry.offset_bytes;
        }
    }
    finding.message = format!("asset {} ({}): {}", entry.asset_id, entry.asset_name, finding.message);
    finding
}

/// Gives the next `bytes` of a pack to `take`, block by block; the pack is named `path`.
///
/// # Errors
/// If it could not be read, or the operation was cancelled.
pub(super) fn read_part<E: From<DiskError> + From<Stop>>(
    context: &Context,
    file: &mut impl Read,
    bytes: u64,
    path: &Path,
    take: &mut dyn FnMut(&[u8]),
) -> Result<(), E> {
    let mut left = bytes;
    let mut block = vec![0; BLOCK_BYTES];
    while left > 0 {
        check_cancelled(context)?;
        let count = usize::try_from(left).unwrap_or(BLOCK_BYTES).min(BLOCK_BYTES);
        // The length was judged before: an end here means that the file was cut while it was read.
        file.read_exact(&mut block[..count]).map_err(DiskError::reading(path))?;
        take(&block[..count]);
        left -= count as u64;
    }
    Ok(())
}

/// The three companions beside a pack; a missing one is `None`.
struct Companions {
    folder: String,
    files: [Option<Vec<u8>>; 3],
}

impl Companions {
    /// Those beside a file named `assets.pa`, if there is at least one: a cartridge holds the pack alone.
    fn beside(file: &Path) -> Result<Option<Self>, DiskError> {
        if !is_named_as_published(file) {
            return Ok(None);
        }
        let folder = file.parent().unwrap_or(Path::new(""));
        let mut files = [const { None }; 3];
        let mut any = false;
        for (slot, name) in std::iter::zip(&mut files, OUTPUTS) {
            let path = folder.join(name);
            if !files::exists(&path) {
                continue;
            }
            any = true;
            *slot = match SourceFile::from_path(&path) {
                // Larger than any companion can be, or no regular file: it differs.
                Ok(source) => Some(source.read_whole(4 * HEADER_BYTES)?.map_or_else(Vec::new, |content| content.bytes)),
                Err(files::OpenError::Disk(error)) => return Err(error),
                Err(_) => Some(Vec::new()),
            };
        }
        let folder = files::display_path(folder);
        Ok(any.then_some(Self { folder, files }))
    }

    fn compare(&self, container: &Container, hashes: &Hashes) -> Vec<Finding> {
        let [table, preload, metadata] = &self.files;
        let canonical = |value: &Value| canonical_json::to_vec(value).ok();
        let problems = [
            Self::exact(table.as_deref(), canonical(&container.header.table_value())),
            Self::exact(preload.as_deref(), canonical(&container.header.preload_value())),
            Self::metadata(metadata.as_deref(), container, hashes),
        ];
        let finding = |(problem, name): (Option<String>, &str)| {
            let path = if self.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", self.folder) };
            Some(
                Finding::new(
                    Code::CompanionDiffers,
                    format!("{}; these are not files of one pack", problem?),
                    "Pack again: `prometeu-packer pack PROJECT`.",
                )
                .file(path),
            )
        };
        std::iter::zip(problems, OUTPUTS).filter_map(finding).collect()
    }

    fn exact(found: Option<&[u8]>, needed: Option<Vec<u8>>) -> Option<String> {
        let Some(found) = found else { return Some("the companion is missing".into()) };
        (needed.as_deref() != Some(found)).then(|| "it is not the pack's own, byte for byte".into())
    }

    fn metadata(found: Option<&[u8]>, container: &Container, hashes: &Hashes) -> Option<String> {
        let Some(found) = found else { return Some("the companion is missing".into()) };
        let value: Option<Value> = serde_json::from_slice(found).ok();
        let value = value.filter(|value| canonical_json::to_vec(value).is_ok_and(|canonical| canonical == found));
        let Some(value) = value else { return Some("it is not canonical JSON".into()) };
        if value["schema_version"] != 1 {
            return Some("its schema version is not 1".into());
        }
        let pack = &value["pack"];
        if pack["size"] != container.file_bytes || pack["sha256"] != hashes.file.to_string() {
            return Some("it has the hash or size of another pack".into());
        }
        let assets = value["assets"].as_array();
        let entries = &container.header.entries;
        let Some(assets) = assets.filter(|assets| assets.len() == entries.len()) else {
            return Some("it lists other assets".into());
        };
        for ((asset, entry), hash) in assets.iter().zip(entries).zip(&hashes.payloads) {
            if asset["asset_id"] != entry.asset_id {
                return Some("it lists other assets".into());
            }
            if asset["payload_sha256"] != hash.to_string() {
                return Some(format!(
                    "it has another payload hash for asset {} ({})",
                    entry.asset_id, entry.asset_name
                ));
            }
        }
        None
    }
}
