//! `assets.pa`, version 1: the only writer and the only reader of its prelude and header (spec: runtime artifact).
//!
//! The reader rejects every file that the writer could not have written, each with its own finding. It reads the
//! prelude and the header, but no payload bytes.

mod written;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::{self, Read};

use serde_json::{Value, json};

use crate::asset_name::asset_name_problem;
use crate::canonical_json::{self, Item, Member, NotCanonical, Object, Tree};
use crate::diagnostics::{Code, Finding, Place, escaped, plural};
use crate::files::read_up_to;
use crate::formats::{BANK_TYPES, EntryMetadata, SCENE};
use crate::json::JsonShape;
use crate::limits::{HEADER_BYTES, HEADER_CONTAINERS, JSON_DEPTH, JSON_VALUES, MAX_ASSET_ID, SLOTS};

/// The first four bytes.
pub const MAGIC: [u8; 4] = *b"ASPA";
/// The container's version.
pub const SCHEMA_VERSION: u32 = 1;
/// The prelude, in bytes.
pub const PRELUDE_BYTES: u64 = 32;
/// The codec of every payload: stored without compression.
pub const CODEC: &str = "NONE";

/// The content of the header.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Header {
    /// By increasing id.
    pub entries: Vec<Entry>,
    /// By increasing id.
    pub preload: Vec<PreloadEntry>,
}

/// One asset of the asset table.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// 1…2147483647.
    pub asset_id: u32,
    /// Unique in the table.
    pub asset_name: String,
    /// Includes the bank type.
    pub metadata: EntryMetadata,
    /// Where its payload starts, from the start of the payload region.
    pub offset_bytes: u64,
    /// The size of its payload.
    pub size_bytes: u64,
    /// The size in the console's memory.
    pub decoded_size_bytes: u64,
}

/// One asset that is loaded at boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PreloadEntry {
    /// An id of the asset table.
    pub asset_id: u32,
    /// 0…15 within its bank type.
    pub slot: u32,
}

impl Header {
    /// The entry of an asset.
    pub fn entry(&self, asset_id: u32) -> Option<&Entry> {
        let place = self.entries.binary_search_by_key(&asset_id, |entry| entry.asset_id).ok()?;
        self.entries.get(place)
    }

    /// The items of the asset table, as JSON.
    pub fn table_values(&self) -> impl Iterator<Item = Value> {
        self.entries.iter().map(|entry| {
            json!({
                "asset_id": entry.asset_id,
                "asset_name": entry.asset_name,
                "bank_type": entry.metadata.bank_type(),
                "codec": CODEC,
                "decoded_size": entry.decoded_size_bytes,
                "metadata": entry.metadata.to_value(),
                "offset": entry.offset_bytes,
                "size": entry.size_bytes,
            })
        })
    }

    /// The items of the preload, as JSON.
    pub fn preload_values(&self) -> impl Iterator<Item = Value> {
        self.preload.iter().map(|entry| json!({ "asset_id": entry.asset_id, "slot": entry.slot }))
    }

    /// The first difference between this header and a published one, as part of a sentence.
    pub fn difference(&self, published: &Self) -> Option<String> {
        let describe = |entry: &Entry| format!("asset {} ({})", entry.asset_id, entry.asset_name);
        for (ours, theirs) in std::iter::zip(&self.entries, &published.entries) {
            if ours.asset_id > theirs.asset_id {
                return Some(format!("{} is in the published pack, but not in the build set", describe(theirs)));
            }
            if ours.asset_id < theirs.asset_id {
                return Some(format!("{} is in the build set, but not in the published pack", describe(ours)));
            }
            if ours != theirs {
                return Some(format!("{} has changed since it was published", describe(ours)));
            }
        }
        let count = self.entries.len().min(published.entries.len());
        if let Some(theirs) = published.entries.get(count) {
            return Some(format!("{} is in the published pack, but not in the build set", describe(theirs)));
        }
        if let Some(ours) = self.entries.get(count) {
            return Some(format!("{} is in the build set, but not in the published pack", describe(ours)));
        }
        (self.preload != published.preload).then(|| "the preload slots have changed since they were published".into())
    }

    /// The size of all payloads together.
    pub fn payload_bytes(&self) -> u64 {
        self.entries.last().map_or(0, |entry| entry.offset_bytes + entry.size_bytes)
    }

    /// Prelude and header: everything before the payload.
    ///
    /// # Errors
    /// If the header is over its limit, or a number is too large for canonical JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, HeaderError> {
        let json = canonical_json::object_to_vec([
            ("asset_table", Member::Array(Box::new(self.table_values()))),
            ("preload", Member::Array(Box::new(self.preload_values()))),
        ])?;
        let header_len = u32::try_from(json.len()).ok().filter(|len| u64::from(*len) <= HEADER_BYTES);
        let header_len = header_len.ok_or(HeaderError::TooLarge(json.len()))?;
        let shape = JsonShape::of(std::str::from_utf8(&json).unwrap_or_default());
        if let Some(problem) = size_problem(shape) {
            return Err(HeaderError::TooMany(problem));
        }
        let payload_offset = PRELUDE_BYTES + u64::from(header_len);
        let mut bytes = Vec::with_capacity(json.len() + 32);
        bytes.extend(MAGIC);
        bytes.extend(SCHEMA_VERSION.to_le_bytes());
        bytes.extend(header_len.to_le_bytes());
        bytes.extend(payload_offset.to_le_bytes());
        bytes.resize(32, 0);
        bytes.extend(json);
        Ok(bytes)
    }
}

/// Why a header cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum HeaderError {
    /// It is over its limit; its size in bytes.
    #[error("the header would have {0} bytes; the limit is {HEADER_BYTES}")]
    TooLarge(usize),
    /// It has too many values.
    #[error("the header would have {0}")]
    TooMany(String),
    /// A size past 2^53 − 1.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
}

impl HeaderError {
    /// As a finding.
    pub fn finding(&self) -> Finding {
        Finding::new(Code::HeaderTooLarge, self.to_string(), "Exclude assets, or put fewer samples into a bank.")
    }
}

/// A pack whose prelude and header are valid.
#[derive(Clone, Debug)]
pub struct Container {
    /// The content of the header.
    pub header: Header,
    /// The size of the header's JSON.
    pub header_bytes: u64,
    /// Where the payload region starts.
    pub payload_offset: u64,
    /// The size of the whole file.
    pub file_bytes: u64,
}

/// Reads and checks the prelude and header of a file of `file_bytes`.
///
/// # Errors
/// Outer: the file could not be read. Inner: the findings, without a file name. A finding that makes later checks
/// impossible is the last one.
pub fn read(file: &mut impl Read, file_bytes: u64) -> io::Result<Result<Container, Vec<Finding>>> {
    let mut prelude = [0; 32];
    let count = read_up_to(file, &mut prelude)?;
    let (header_len, payload_offset) = match read_prelude(&prelude[..count], file_bytes) {
        Ok(read) => read,
        Err(findings) => return Ok(Err(findings)),
    };
    let mut json = vec![0; usize::try_from(header_len).unwrap_or(0)];
    let count = read_up_to(file, &mut json)?;
    if count < json.len() {
        return Ok(Err(vec![cut_finding(PRELUDE_BYTES + count as u64)]));
    }
    Ok(read_header(&json).and_then(|header| {
        let findings = check_layout(&header, payload_offset, file_bytes);
        if findings.is_empty() {
            Ok(Container { header, header_bytes: header_len, payload_offset, file_bytes })
        } else {
            Err(findings)
        }
    }))
}

/// How many problems of a pack are reported. More would not help anyone, and a crafted file must not fill the memory
/// with findings.
const REPORTED_PROBLEMS: usize = 32;

const PACK_AGAIN: &str = "Pack the project again. If the pack was copied, copy it again as a binary file.";

fn byte_finding(code: Code, offset: u64, message: impl Into<String>) -> Finding {
    Finding::new(code, message, PACK_AGAIN).at(Place::Byte { offset })
}

fn cut_finding(at: u64) -> Finding {
    byte_finding(Code::PackCut, at, format!("the file ends after {}, before the end of its header", plural(at, "byte")))
}

fn read_prelude(bytes: &[u8], file_bytes: u64) -> Result<(u64, u64), Vec<Finding>> {
    let shown = bytes.len().min(4);
    if bytes[..shown] != MAGIC[..shown] || bytes.is_empty() {
        let found: String = bytes.iter().take(4).map(|byte| char::from(*byte)).collect();
        let message = format!("the file starts with `{}`; a pack starts with `ASPA`", escaped(&found));
        return Err(vec![Finding::new(Code::PackMagic, message, "Pass a pack that `prometeu-packer pack` wrote.")]);
    }
    let Ok(bytes) = <&[u8; 32]>::try_from(bytes) else { return Err(vec![cut_finding(bytes.len() as u64)]) };
    let u32_at = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let version = u32_at(4);
    if version != SCHEMA_VERSION {
        return Err(vec![
            Finding::new(
                Code::PackVersion,
                format!("schema version {version} is not known; this packer reads version {SCHEMA_VERSION}"),
                "Read it with the newer packer that wrote it.",
            )
            .at(Place::Byte { offset: 4 }),
        ]);
    }
    let mut findings = Vec::new();
    let header_len = u64::from(u32_at(8));
    let payload_offset = u64::from(u32_at(12)) | (u64::from(u32_at(16)) << 32);
    let flags = u32_at(20);
    if flags != 0 {
        findings.push(byte_finding(Code::PackFlags, 20, format!("the flags are {flags:#x}; they must be 0")));
    }
    if let Some(at) = bytes[24..].iter().position(|byte| *byte != 0) {
        findings.push(byte_finding(
            Code::PackReserved,
            24 + at as u64,
            "a reserved byte is not 0; all of them must be 0",
        ));
    }
    if header_len > HEADER_BYTES {
        findings.push(byte_finding(
            Code::PackHeaderLength,
            8,
            format!("the header length is {header_len} bytes; the limit is {HEADER_BYTES}"),
        ));
        return Err(findings);
    }
    if payload_offset != PRELUDE_BYTES + header_len {
        findings.push(byte_finding(
            Code::PackPayloadOffset,
            12,
            format!(
                "the payload offset is {payload_offset}; after a header of {header_len} bytes it must be {}",
                PRELUDE_BYTES + header_len
            ),
        ));
    }
    if PRELUDE_BYTES + header_len > file_bytes {
        findings.push(cut_finding(file_bytes));
    }
    if findings.is_empty() { Ok((header_len, payload_offset)) } else { Err(findings) }
}

fn read_header(json: &[u8]) -> Result<Header, Vec<Finding>> {
    if let Some(written::WrittenHeader { entries, preload }) = written::read_written(json) {
        let mut findings = Vec::new();
        check_entries(&entries, &mut findings);
        let preload = read_preload(preload.len(), |at, _| Some(preload[at]), &entries, &mut findings);
        if let (Some(preload), true) = (preload, findings.is_empty()) {
            return Ok(Header { entries, preload });
        }
    }
    read_any_form(json)
}

/// Reads a header that [`written::read_written`] does not know, or that is wrong.
fn read_any_form(json: &[u8]) -> Result<Header, Vec<Finding>> {
    let tree = std::str::from_utf8(json).ok().and_then(Tree::read);
    let tree = tree.filter(|tree| tree.containers() <= HEADER_CONTAINERS).ok_or_else(|| vec![form_finding(json)])?;
    let mut findings = Vec::new();
    match read_members(tree.root(), &mut findings) {
        Some(header) if findings.is_empty() => Ok(header),
        _ => Err(findings),
    }
}

/// Why these bytes are not canonical JSON within the limits of a header.
fn form_finding(json: &[u8]) -> Finding {
    let canonical = match parse_header(json) {
        Ok(value) => canonical_json::to_vec(&value).unwrap_or_default(),
        Err(finding) => return finding,
    };
    let at = std::iter::zip(&canonical, json).position(|(a, b)| a != b).unwrap_or(canonical.len().min(json.len()));
    byte_finding(
        Code::PackHeaderForm,
        PRELUDE_BYTES + at as u64,
        "the header is not canonical JSON here: check white space, key order, duplicate keys, escapes and numbers",
    )
}

fn parse_header(json: &[u8]) -> Result<Value, Finding> {
    let refuse = |message: String| {
        Finding::new(Code::PackHeaderJson, message, PACK_AGAIN).at(Place::Byte { offset: PRELUDE_BYTES })
    };
    let text = std::str::from_utf8(json).map_err(|_| refuse("the header is not UTF-8".into()))?;
    // Checked before the JSON is parsed, because its tree takes many times the memory of its text.
    let shape = JsonShape::of(text);
    if shape.too_deep.is_some() {
        return Err(refuse(format!("the header is nested deeper than {JSON_DEPTH}")));
    }
    if let Some(problem) = size_problem(shape) {
        return Err(shape_finding("the header", format!("it has {problem}")));
    }
    serde_json::from_str(text).map_err(|error| refuse(format!("the header is not JSON: {error}")))
}

/// What a header has too much of.
fn size_problem(shape: JsonShape) -> Option<String> {
    if shape.values > JSON_VALUES {
        return Some(format!("more than {JSON_VALUES} values"));
    }
    (shape.containers > HEADER_CONTAINERS).then(|| format!("more than {HEADER_CONTAINERS} objects and arrays"))
}

fn shape_finding(place: impl fmt::Display, problem: impl Into<String>) -> Finding {
    entry_finding(Code::PackHeaderShape, place, problem)
}

fn entry_finding(code: Code, place: impl fmt::Display, problem: impl Into<String>) -> Finding {
    Finding::new(code, format!("{place}: {}", problem.into()), PACK_AGAIN)
}

/// The values of the object at `place`, if it has exactly these keys, which are sorted.
fn read_object<'t, const N: usize>(
    item: Item<'t>,
    keys: [&str; N],
    place: fmt::Arguments<'_>,
    findings: &mut Vec<Finding>,
) -> Option<[Item<'t>; N]> {
    let Some(object) = item.as_object() else {
        findings.push(shape_finding(place, "it is not an object"));
        return None;
    };
    let values = object.values(keys);
    if values.is_none() {
        findings.push(shape_finding(place, keys_problem(object, &keys)));
    }
    values
}

fn keys_problem(object: Object<'_>, keys: &[&str]) -> String {
    if let Some(missing) = keys.iter().find(|key| object.get(key).is_none()) {
        return format!("the key `{missing}` is missing");
    }
    let extra = object.members().map(|(key, _)| key).filter(|key| !keys.contains(key)).min();
    format!("the key `{}` is not known", escaped(extra.unwrap_or_default()))
}

fn read_members(root: Item<'_>, findings: &mut Vec<Finding>) -> Option<Header> {
    let [table, preload] = read_object(root, ["asset_table", "preload"], format_args!("the header"), findings)?;
    let Some(table) = table.as_array() else {
        findings.push(shape_finding("asset_table", "it is not a list"));
        return None;
    };
    // Reading stops at the first invalid entry, so that a crafted file cannot fill the memory with findings.
    let mut entries: Vec<Entry> = Vec::with_capacity(table.len());
    for (i, item) in table.enumerate() {
        entries.push(read_entry(item, format_args!("asset_table[{i}]"), findings)?);
    }
    check_entries(&entries, findings);
    let Some(mut items) = preload.as_array() else {
        findings.push(shape_finding("preload", "it is not a list"));
        return None;
    };
    let count = items.len();
    let read_item = |at: usize, findings: &mut Vec<Finding>| {
        let place = format_args!("preload[{at}]");
        let [id, slot] = read_object(items.next()?, ["asset_id", "slot"], place, findings)?;
        let numbers = id.as_u64().zip(slot.as_u64());
        if numbers.is_none() {
            findings.push(shape_finding(place, "`asset_id` or `slot` is not an integer"));
        }
        numbers
    };
    let preload = read_preload(count, read_item, &entries, findings)?;
    Some(Header { entries, preload })
}

/// Checks the rules between entries.
fn check_entries(entries: &[Entry], findings: &mut Vec<Finding>) {
    for pair in entries.windows(2) {
        if findings.len() < REPORTED_PROBLEMS && pair[0].asset_id >= pair[1].asset_id {
            findings.push(entry_finding(
                Code::PackIds,
                "asset_table",
                format!("the id {} comes after {}; ids must increase", pair[1].asset_id, pair[0].asset_id),
            ));
        }
    }
    let mut names = HashSet::with_capacity(entries.len());
    for entry in entries {
        if !names.insert(entry.asset_name.as_str()) && findings.len() < REPORTED_PROBLEMS {
            findings.push(entry_finding(
                Code::PackName,
                "asset_table",
                format!("two assets are named `{}`; each name must be unique", entry.asset_name),
            ));
        }
    }
}

fn read_entry(item: Item<'_>, place: fmt::Arguments<'_>, findings: &mut Vec<Finding>) -> Option<Entry> {
    let keys = ["asset_id", "asset_name", "bank_type", "codec", "decoded_size", "metadata", "offset", "size"];
    let [id, name, bank_type, codec, decoded_size, metadata, offset, size] = read_object(item, keys, place, findings)?;
    let mut refuse = |code: Code, problem: String| {
        findings.push(entry_finding(code, place, problem));
        None::<()>
    };
    let Some(asset_id) = id.as_u64() else {
        refuse(Code::PackHeaderShape, "`asset_id` is not an integer".into());
        return None;
    };
    let id = u32::try_from(asset_id).ok().filter(|id| (1..=MAX_ASSET_ID).contains(id));
    let Some(id) = id else {
        refuse(Code::PackIds, format!("the id {asset_id} is out of range; it must be 1 to {MAX_ASSET_ID}"));
        return None;
    };
    let (Some(name), Some(bank_type), Some(codec)) = (name.as_str(), bank_type.as_str(), codec.as_str()) else {
        refuse(Code::PackHeaderShape, "`asset_name`, `bank_type` or `codec` is not a string".into());
        return None;
    };
    if let Some(problem) = asset_name_problem(name) {
        refuse(Code::PackName, problem);
        return None;
    }
    let Some(bank_type) = BANK_TYPES.iter().copied().find(|known| *known == bank_type) else {
        refuse(Code::PackBankType, format!("the bank type `{}` is not known", escaped(bank_type)));
        return None;
    };
    if codec != CODEC {
        refuse(Code::PackCodec, format!("the codec `{}` is not known; the only codec is `NONE`", escaped(codec)));
        return None;
    }
    let (Some(offset_bytes), Some(size_bytes), Some(decoded_size_bytes)) =
        (offset.as_u64(), size.as_u64(), decoded_size.as_u64())
    else {
        refuse(Code::PackHeaderShape, "`offset`, `size` or `decoded_size` is not an integer".into());
        return None;
    };
    let metadata = match EntryMetadata::read_item(bank_type, metadata) {
        Ok(metadata) => metadata,
        Err(problem) => {
            refuse(Code::PackMetadata, problem);
            return None;
        }
    };
    if let Some((size, decoded)) = metadata.payload_and_decoded_bytes()
        && (size, decoded) != (size_bytes, decoded_size_bytes)
    {
        refuse(
            Code::PackSizes,
            format!(
                "`size` and `decoded_size` are {size_bytes} and {decoded_size_bytes}; the format requires {size} and {decoded}"
            ),
        );
        return None;
    }
    Some(Entry { asset_id: id, asset_name: name.to_owned(), metadata, offset_bytes, size_bytes, decoded_size_bytes })
}

/// Reads and checks the preload, whose item at a place `read_item` returns as an id and a slot.
fn read_preload(
    count: usize,
    mut read_item: impl FnMut(usize, &mut Vec<Finding>) -> Option<(u64, u64)>,
    entries: &[Entry],
    findings: &mut Vec<Finding>,
) -> Option<Vec<PreloadEntry>> {
    let searched = if count == 0 { &[] } else { entries };
    let by_id: HashMap<u64, &Entry> = searched.iter().map(|entry| (u64::from(entry.asset_id), entry)).collect();
    let mut preload: Vec<PreloadEntry> = Vec::with_capacity(count);
    let mut taken: HashSet<(&str, u64)> = HashSet::new();
    for i in 0..count {
        let place = || format!("preload[{i}]");
        let (id, slot) = read_item(i, findings)?;
        if findings.len() > REPORTED_PROBLEMS {
            return None;
        }
        let mut refuse = |problem: String| findings.push(entry_finding(Code::PackPreload, place(), problem));
        let Some(entry) = by_id.get(&id) else {
            refuse(format!("the asset table has no asset {id}"));
            continue;
        };
        if preload.last().is_some_and(|last| last.asset_id >= entry.asset_id) {
            refuse(format!("the id {id} is not greater than the previous one"));
        }
        let Some(valid_slot) = u32::try_from(slot).ok().filter(|slot| *slot < SLOTS) else {
            refuse(format!("slot {slot} is out of range; it must be 0 to {}", SLOTS - 1));
            continue;
        };
        if !taken.insert((entry.metadata.bank_type(), slot)) {
            refuse(format!("two assets use the {} slot {slot}", entry.metadata.bank_type()));
        }
        preload.push(PreloadEntry { asset_id: entry.asset_id, slot: valid_slot });
    }
    Some(preload)
}

/// Checks that the payloads lie in table order without gaps, from the start of the payload region to the end of the
/// file.
fn check_layout(header: &Header, payload_offset: u64, file_bytes: u64) -> Vec<Finding> {
    let mut findings = Vec::new();
    let region_bytes = file_bytes - payload_offset;
    let mut expected = 0u64;
    for (i, entry) in header.entries.iter().enumerate() {
        if findings.len() > REPORTED_PROBLEMS {
            return findings;
        }
        let place = format_args!("asset_table[{i}]");
        let at = entry.offset_bytes;
        if at > expected {
            findings.push(entry_finding(
                Code::PackGap,
                place,
                format!("the payload starts at {at}; {} before it belong to no asset", plural(at - expected, "byte")),
            ));
        } else if at < expected {
            findings.push(entry_finding(
                Code::PackOverlap,
                place,
                format!("the payload starts at {at}, inside the previous payload, which ends at {expected}"),
            ));
        }
        let end = at.checked_add(entry.size_bytes).filter(|end| *end <= region_bytes);
        match end {
            Some(end) => expected = end,
            None => {
                let message =
                    format!("the payload of {} bytes at {at} ends past the end of the file", entry.size_bytes);
                findings.push(entry_finding(Code::PackOverflow, place, message));
                return findings;
            }
        }
    }
    if findings.is_empty() && expected < region_bytes {
        findings.push(byte_finding(
            Code::PackTail,
            payload_offset + expected,
            format!("the file has {} after the last payload", plural(region_bytes - expected, "byte")),
        ));
    }
    findings
}

/// Whether the packer produces entries of this bank type.
pub fn is_produced(bank_type: &str) -> bool {
    bank_type != SCENE
}
