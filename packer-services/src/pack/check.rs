//! Checks that the packer could have written a pack, and that the companions beside it belong to it.

use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::container::{Container, Entry};
use super::file::PackFile;
use crate::banks::Stop;
use crate::banks::raw::PaddingWatch;
use crate::canonical_json;
use crate::context::Context;
use crate::diagnostics::{Code, Finding, Place};
use crate::files::{self, DiskError, PathKind, Sha, SourceFile};
use crate::limits::HEADER_BYTES;
use crate::project::{OUTPUTS, PACK_FILE};

/// A pack that was read from start to end. The packer could have written it only if no finding blocks.
pub struct CheckedPack {
    /// Its header, and where its payload is.
    pub container: Container,
    /// The hashes of its bytes.
    pub hashes: PackHashes,
    /// Whether payload bytes were compared with the hashes in the companions.
    pub payload_checked: bool,
}

/// The hashes of a pack.
pub struct PackHashes {
    /// The hash of the whole file.
    pub file: Sha,
    /// The hash of each payload, in table order.
    pub payloads: Vec<Sha>,
}

/// How often a pack is checked that another packer replaces in the meantime.
const ATTEMPTS: u32 = 3;

/// Reads a pack from start to end and adds the findings about it to `findings`; `None` if its header is not valid. If
/// it does not belong to its companions because another packer is replacing both, it is opened and checked again.
///
/// # Errors
/// If the pack or a companion could not be read, or the operation was canceled.
pub fn check_pack<E: From<DiskError> + From<Stop>>(
    context: &Context,
    pack: &mut PackFile,
    findings: &mut Vec<Finding>,
) -> Result<Option<CheckedPack>, E> {
    for _ in 1..ATTEMPTS {
        let mut found = Vec::new();
        let checked = check_once::<E>(context, pack, &mut found)?;
        let is_settled = found.iter().all(|finding| finding.code != Code::CompanionDiffers);
        if is_settled || !pack.await_replacement() {
            findings.extend(found);
            return Ok(checked);
        }
    }
    check_once(context, pack, findings)
}

fn check_once<E: From<DiskError> + From<Stop>>(
    context: &Context,
    pack: &mut PackFile,
    findings: &mut Vec<Finding>,
) -> Result<Option<CheckedPack>, E> {
    let container = match pack.read_header()? {
        Ok(container) => container,
        Err(found) => {
            findings.extend(found);
            return Ok(None);
        }
    };
    let hashes = hash_pack::<E>(context, pack, &container, findings)?;
    let companions = Companions::read_beside(pack.path())?;
    let payload_checked = companions.is_some();
    match companions {
        Some(companions) => findings.extend(companions.compare(&container, &hashes)),
        None => findings.push(payload_unchecked(pack)),
    }
    Ok(Some(CheckedPack { container, hashes, payload_checked }))
}

fn payload_unchecked(pack: &PackFile) -> Finding {
    let why = match is_named_as_published(pack.path()) {
        true => "none of the three companions, which contain the hashes, is beside this file",
        false => "the companions, which contain the hashes, are read only beside a file named `assets.pa`",
    };
    Finding::new(
        Code::PayloadUnchecked,
        format!("the payload bytes were not checked: {why}"),
        "To check them, verify the pack in `build/`, where it was published.",
    )
    .file(pack.display_path())
}

fn is_named_as_published(file: &Path) -> bool {
    file.file_name().and_then(|name| name.to_str()) == Some(PACK_FILE)
}

/// Reads the file once: its hash, the hash of each payload, and the padding of glyph banks.
fn hash_pack<E: From<DiskError> + From<Stop>>(
    context: &Context,
    pack: &mut PackFile,
    container: &Container,
    findings: &mut Vec<Finding>,
) -> Result<PackHashes, E> {
    pack.seek_to(0)?;
    let mut file_hasher = Sha256::new();
    pack.read_blocks::<E>(context, container.payload_offset, |bytes| {
        file_hasher.update(bytes);
        Ok(())
    })?;
    let mut payloads = Vec::with_capacity(container.header.entries.len());
    for entry in &container.header.entries {
        let mut hasher = Sha256::new();
        let mut padding = PaddingWatch::new(&entry.metadata);
        pack.read_blocks::<E>(context, entry.size_bytes, |bytes| {
            file_hasher.update(bytes);
            hasher.update(bytes);
            padding.check_bytes(bytes);
            Ok(())
        })?;
        payloads.push(Sha(hasher.finalize().into()));
        if let Some(finding) = padding.finding(Code::PackPadding) {
            findings.push(in_entry(finding, entry, container).file(pack.display_path()));
        }
    }
    Ok(PackHashes { file: Sha(file_hasher.finalize().into()), payloads })
}

/// Turns a finding about a byte of a payload into one about a byte of the file.
fn in_entry(mut finding: Finding, entry: &Entry, container: &Container) -> Finding {
    for place in &mut finding.places {
        if let Place::Byte { offset } = place {
            *offset += container.payload_offset + entry.offset_bytes;
        }
    }
    finding.message = format!("asset {} ({}): {}", entry.asset_id, entry.asset_name, finding.message);
    finding
}

/// The three companions beside a pack; a missing one is `None`.
struct Companions {
    folder: String,
    files: [Option<Vec<u8>>; 3],
}

impl Companions {
    /// Reads those beside a file named `assets.pa`; `None` if there is none, as in a cartridge, which contains the pack
    /// alone.
    fn read_beside(file: &Path) -> Result<Option<Self>, DiskError> {
        if !is_named_as_published(file) {
            return Ok(None);
        }
        let folder = file.parent().unwrap_or(Path::new(""));
        let mut files = [const { None }; 3];
        let mut any = false;
        for (slot, name) in std::iter::zip(&mut files, OUTPUTS) {
            let path = folder.join(name);
            if files::path_kind(&path)? == PathKind::Absent {
                continue;
            }
            any = true;
            *slot = match SourceFile::from_path(&path) {
                // Larger than any companion can be, or not a regular file: it differs.
                Ok(source) => Some(source.read_whole(4 * HEADER_BYTES)?.map_or_else(Vec::new, |content| content.bytes)),
                Err(files::OpenError::Disk(error)) => return Err(error),
                Err(_) => Some(Vec::new()),
            };
        }
        let folder = files::display_path(folder);
        Ok(any.then_some(Self { folder, files }))
    }

    fn compare(&self, container: &Container, hashes: &PackHashes) -> Vec<Finding> {
        let [table, preload, metadata] = &self.files;
        let problems = [
            Self::difference(table.as_deref(), canonical_json::array_to_vec(container.header.table_values()).ok()),
            Self::difference(preload.as_deref(), canonical_json::array_to_vec(container.header.preload_values()).ok()),
            Self::metadata_difference(metadata.as_deref(), container, hashes),
        ];
        let finding = |(problem, name): (Option<String>, &str)| {
            let path = if self.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", self.folder) };
            Some(
                Finding::new(
                    Code::CompanionDiffers,
                    format!("{}; the files were not written together", problem?),
                    "Pack again: `prometeu-packer pack PROJECT`.",
                )
                .file(path),
            )
        };
        std::iter::zip(problems, OUTPUTS).filter_map(finding).collect()
    }

    fn difference(found: Option<&[u8]>, needed: Option<Vec<u8>>) -> Option<String> {
        let Some(found) = found else { return Some("the companion is missing".into()) };
        (needed.as_deref() != Some(found)).then(|| "the bytes differ from those that belong to this pack".into())
    }

    fn metadata_difference(found: Option<&[u8]>, container: &Container, hashes: &PackHashes) -> Option<String> {
        let Some(found) = found else { return Some("the companion is missing".into()) };
        let value: Option<Value> = serde_json::from_slice(found).ok();
        let value = value.filter(|value| canonical_json::to_vec(value).is_ok_and(|canonical| canonical == found));
        let Some(value) = value else { return Some("it is not canonical JSON".into()) };
        if value["schema_version"] != 1 {
            return Some("its schema version is not 1".into());
        }
        let pack = &value["pack"];
        if pack["size"] != container.file_bytes || pack["sha256"] != hashes.file.to_string() {
            return Some("it states a different hash or size of the pack".into());
        }
        let assets = value["assets"].as_array();
        let entries = &container.header.entries;
        let Some(assets) = assets.filter(|assets| assets.len() == entries.len()) else {
            return Some("it lists different assets".into());
        };
        for ((asset, entry), hash) in assets.iter().zip(entries).zip(&hashes.payloads) {
            if asset["asset_id"] != entry.asset_id {
                return Some("it lists different assets".into());
            }
            if asset["payload_sha256"] != hash.to_string() {
                return Some(format!(
                    "it states a different payload hash for asset {} ({})",
                    entry.asset_id, entry.asset_name
                ));
            }
        }
        None
    }
}
