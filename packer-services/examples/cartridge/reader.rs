//! A small reader of `assets.pa`, written from `docs/specs/runtime-artifact.md` and from nothing else.
//!
//! It shares no code with the packer: if both understand a pack, the spec is complete.
//! It reads like a console: the prelude and the header in [`Pack::open`], then one asset at a time, by seeking.
//! It never holds the payload region in memory, and no input makes it panic.

#![allow(dead_code, reason = "each program that includes this file uses a part of it")]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::{Range, RangeInclusive};
use std::path::Path;

use serde_json::{Map, Value};

const PRELUDE_LEN: usize = 32;
const HEADER_LIMIT: u64 = 8 << 20;
const SHEET_SIDE: usize = 256;
const SHEET_LEN: usize = SHEET_SIDE * SHEET_SIDE / 2;
const PALETTES: usize = 64;
const COLORS: usize = 16;
const GLYPH_SIZE: u64 = (SHEET_LEN + PALETTES * COLORS * 2) as u64;
const GLYPH_DECODED_SIZE: u64 = (SHEET_SIDE * SHEET_SIDE + PALETTES * COLORS * 2) as u64;
const ASSET_IDS: RangeInclusive<u64> = 1..=0x7fff_ffff;
const RATES: RangeInclusive<u64> = 1..=192_000;
const SLOTS: RangeInclusive<u64> = 0..=15;
const ANY: RangeInclusive<u64> = 0..=(1 << 53) - 1;
const ENTRY_KEYS: [&str; 8] =
    ["asset_id", "asset_name", "bank_type", "codec", "decoded_size", "metadata", "offset", "size"];
const GLYPH_KEYS: [&str; 5] = ["height", "palette_authored", "palette_count", "tile_size", "width"];
const SAMPLE_KEYS: [&str; 3] = ["length", "offset", "sample_rate"];
const LOOPED_SAMPLE_KEYS: [&str; 5] = ["length", "loop_end", "loop_start", "offset", "sample_rate"];

/// Why a file is not a pack or cannot be read, in plain words.
#[derive(Debug)]
pub enum Error {
    /// The system refused a read.
    Io(io::Error),
    /// The first 32 bytes are not those of a pack, version 1.
    Prelude(String),
    /// The header is not canonical JSON, or breaks a rule of the spec.
    Header(String),
    /// The bytes of one asset do not match its table entry.
    Payload(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the pack cannot be read: {error}"),
            Self::Prelude(problem) | Self::Header(problem) | Self::Payload(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// One row of the asset table.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The id that a program uses.
    pub asset_id: u32,
    /// A label for people.
    pub asset_name: String,
    /// The bank type, with its metadata.
    pub bank: Bank,
    /// Where the slice begins, counted from the start of the payload region.
    pub offset: u64,
    /// The length of the slice.
    pub size: u64,
    /// The size of the asset when it is decoded.
    pub decoded_size: u64,
}

impl Entry {
    fn payload_error<T>(&self, problem: impl fmt::Display) -> Result<T, Error> {
        Err(Error::Payload(format!("asset {} ({}): {problem}", self.asset_id, self.asset_name)))
    }
}

/// A bank type and its metadata.
#[derive(Clone, Debug)]
pub enum Bank {
    /// A sheet of square tiles and its palettes.
    Glyph {
        /// The side of a tile: 8, 16 or 32.
        tile_size: usize,
        /// How many of the 64 palettes were declared.
        palette_authored: usize,
    },
    /// PCM16 mono samples at a nominal rate.
    Sounds {
        /// The bank's nominal rate, in Hz.
        sample_rate: u32,
        /// The samples, by index.
        samples: Vec<SampleInfo>,
    },
    /// Reserved: its metadata, sizes and payload are not checked.
    Scene,
}

impl Bank {
    /// The name in the header.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Glyph { .. } => "GLYPH",
            Self::Sounds { .. } => "SOUNDS",
            Self::Scene => "SCENE",
        }
    }
}

/// The position of a sample in its payload, and how it is played.
#[derive(Clone, Debug)]
pub struct SampleInfo {
    /// Its bytes in the payload.
    pub bytes: Range<u64>,
    /// Its own rate, in Hz.
    pub sample_rate: u32,
    /// The frames that repeat, if any.
    pub loop_frames: Option<Range<u64>>,
}

/// One row of the preload list: at boot, the asset is loaded into this slot of its bank type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preload {
    /// An id of the table.
    pub asset_id: u32,
    /// 0 to 15.
    pub slot: u8,
}

/// An open pack: the header is in memory, the payloads are in the file.
#[derive(Debug)]
pub struct Pack<R = File> {
    source: RefCell<R>,
    payload_offset: u64,
    entries: Vec<Entry>,
    preload: Vec<Preload>,
}

impl Pack<File> {
    /// Opens a file and reads its prelude and header.
    #[expect(clippy::disallowed_methods, reason = "a reader that shares no code with the packer opens its own file")]
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        if !path.as_ref().metadata()?.is_file() {
            return prelude_error("the pack is not a regular file");
        }
        Self::new(File::open(path)?)
    }
}

impl<R: Read + Seek> Pack<R> {
    /// Reads the prelude and header of a pack from anything that can seek.
    pub fn new(mut source: R) -> Result<Self, Error> {
        let file_len = source.seek(SeekFrom::End(0))?;
        let Some(after_prelude) = file_len.checked_sub(PRELUDE_LEN as u64) else {
            return prelude_error("the file is shorter than the prelude of a pack, 32 bytes");
        };
        source.rewind()?;
        let mut prelude = [0; PRELUDE_LEN];
        source.read_exact(&mut prelude)?;
        let u32_at = |at| {
            let field: [u8; 4] = std::array::from_fn(|byte| prelude[at + byte]);
            u64::from(u32::from_le_bytes(field))
        };
        let u64_at = |at| u32_at(at) | u32_at(at + 4) << 32;
        if !prelude.starts_with(b"ASPA") {
            return prelude_error("the file does not start with ASPA");
        }
        let must_be = |field: &str, found: u64, wanted: u64| match found == wanted {
            true => Ok(()),
            false => prelude_error(format!("{field} is {found}; it must be {wanted}")),
        };
        must_be("schema_version", u32_at(4), 1)?;
        must_be("flags", u32_at(20), 0)?;
        must_be("reserved", u64_at(24), 0)?;
        let header_len = u32_at(8);
        let limit = HEADER_LIMIT.min(after_prelude);
        if header_len > limit {
            return prelude_error(format!("header_len is {header_len}; it must be at most {limit}"));
        }
        let payload_offset = PRELUDE_LEN as u64 + header_len;
        must_be("payload_offset", u64_at(12), payload_offset)?;

        let mut header = Vec::new();
        source.by_ref().take(header_len).read_to_end(&mut header)?;
        let root: Value = serde_json::from_slice(&header)
            .map_err(|error| Error::Header(format!("the header is not JSON: {error}")))?;
        // Writing the value again must reproduce the bytes. This also finds a key that appears twice.
        if has_float(&root) || serde_json::to_vec(&root).ok().as_ref() != Some(&header) {
            return header_error("the header is JSON, but not in its canonical form");
        }
        let root = Object::new(&root, "header".into(), &["asset_table", "preload"])?;
        let entries = read_table(root.list("asset_table")?, file_len - payload_offset)?;
        let preload = read_preload(root.list("preload")?, &entries)?;
        Ok(Self { source: RefCell::new(source), payload_offset, entries, preload })
    }

    /// The table, by increasing asset id.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The preload list, by increasing asset id.
    pub fn preload(&self) -> &[Preload] {
        &self.preload
    }

    /// The entry of an asset id.
    pub fn entry(&self, asset_id: u32) -> Option<&Entry> {
        find(&self.entries, asset_id)
    }

    /// Reads the bytes of one asset.
    pub fn slice(&self, entry: &Entry) -> Result<Vec<u8>, Error> {
        let Some(start) = self.payload_offset.checked_add(entry.offset) else {
            return entry.payload_error("its slice starts past the largest possible file");
        };
        let mut source = self.source.borrow_mut();
        source.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        match source.by_ref().take(entry.size).read_to_end(&mut bytes)? as u64 {
            read if read == entry.size => Ok(bytes),
            read => entry.payload_error(format!("the file has only {read} of its {} bytes", entry.size)),
        }
    }
}

fn prelude_error<T>(problem: impl Into<String>) -> Result<T, Error> {
    Err(Error::Prelude(problem.into()))
}

fn header_error<T>(problem: impl Into<String>) -> Result<T, Error> {
    Err(Error::Header(problem.into()))
}

fn find(entries: &[Entry], asset_id: u32) -> Option<&Entry> {
    let at = entries.binary_search_by_key(&asset_id, |entry| entry.asset_id);
    entries.get(at.ok()?)
}

fn read_table(rows: &[Value], payload_len: u64) -> Result<Vec<Entry>, Error> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut names = BTreeSet::new();
    let mut end = 0;
    for (at, value) in rows.iter().enumerate() {
        let row = Object::new(value, format!("asset_table[{at}]"), &ENTRY_KEYS)?;
        let asset_id = row.integer("asset_id", ASSET_IDS)?;
        if entries.last().is_some_and(|last| last.asset_id >= asset_id) {
            return row.wrong("asset ids do not increase");
        }
        let asset_name = row.string("asset_name")?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_./-".contains(&byte);
        if !(1..=64).contains(&asset_name.len()) || !asset_name.bytes().all(plain) {
            return row.wrong("asset_name is not 1 to 64 of A-Z a-z 0-9 _ . / -");
        }
        if !names.insert(asset_name) {
            return row.wrong("asset_name is the name of another asset too");
        }
        if row.string("codec")? != "NONE" {
            return row.wrong("codec is not NONE, the only known codec");
        }
        let offset: u64 = row.integer("offset", ANY)?;
        let size: u64 = row.integer("size", ANY)?;
        let decoded_size = row.integer("decoded_size", ANY)?;
        if offset != end {
            return row.wrong(format!("offset is {offset}, but the slice before ends at {end}"));
        }
        end += size; // no overflow: each is below 2^53, and the sum stays below the file's length
        if end > payload_len {
            return row.wrong(format!("it ends at {end} of {payload_len} payload bytes"));
        }
        let bank = match row.string("bank_type")? {
            "GLYPH" => read_glyph_metadata(&row)?,
            "SOUNDS" => read_sounds_metadata(&row, size)?,
            "SCENE" if row.map["metadata"].is_object() => Bank::Scene,
            "SCENE" => return row.wrong("metadata is not an object"),
            other => return row.wrong(format!("bank_type {other:?} is unknown")),
        };
        let sizes_agree = match bank {
            Bank::Glyph { .. } => (size, decoded_size) == (GLYPH_SIZE, GLYPH_DECODED_SIZE),
            Bank::Sounds { .. } => size == decoded_size,
            Bank::Scene => true,
        };
        if !sizes_agree {
            return row.wrong("size or decoded_size is not what its bank type has");
        }
        let asset_name = asset_name.to_owned();
        entries.push(Entry { asset_id, asset_name, bank, offset, size, decoded_size });
    }
    match payload_len - end {
        0 => Ok(entries),
        tail => header_error(format!("{tail} bytes follow the last slice of the table")),
    }
}

fn read_glyph_metadata(row: &Object) -> Result<Bank, Error> {
    let metadata = row.child("metadata", &GLYPH_KEYS)?;
    metadata.integer::<u64>("height", 256..=256)?;
    metadata.integer::<u64>("width", 256..=256)?;
    metadata.integer::<u64>("palette_count", 64..=64)?;
    let palette_authored = metadata.integer("palette_authored", 1..=64)?;
    match metadata.integer("tile_size", 8..=32)? {
        tile_size @ (8 | 16 | 32) => Ok(Bank::Glyph { tile_size, palette_authored }),
        _ => metadata.wrong("tile_size is not 8, 16 or 32"),
    }
}

fn read_sounds_metadata(row: &Object, size: u64) -> Result<Bank, Error> {
    let metadata = row.child("metadata", &["channels", "sample_rate", "samples"])?;
    metadata.integer::<u64>("channels", 1..=1)?;
    let sample_rate = metadata.integer("sample_rate", RATES)?;
    let count = metadata.map["samples"].as_object().map_or(0, Map::len);
    if count == 0 {
        return metadata.wrong("samples is not an object with at least one sample");
    }
    let indices: Vec<String> = (0..count).map(|index| index.to_string()).collect();
    let indices: Vec<&str> = indices.iter().map(String::as_str).collect();
    let table = metadata.child("samples", &indices)?;
    let mut samples = Vec::new();
    let mut end = 0;
    for index in indices {
        let looped = table.map[index].get("loop_start").is_some();
        let keys = if looped { LOOPED_SAMPLE_KEYS.as_slice() } else { &SAMPLE_KEYS };
        let sample = table.child(index, keys)?;
        let start: u64 = sample.integer("offset", ANY)?;
        let length: u64 = sample.integer("length", 2..=size.max(2))?;
        if start != end || !length.is_multiple_of(2) {
            return sample.wrong("samples are whole 16-bit frames, back to back by index");
        }
        end = start + length; // no overflow: each is below 2^53
        let loop_frames = match looped {
            true => {
                let loop_end: u64 = sample.integer("loop_end", 1..=length / 2)?;
                Some(sample.integer("loop_start", 0..=loop_end - 1)?..loop_end)
            }
            false => None,
        };
        let sample_rate = sample.integer("sample_rate", RATES)?;
        samples.push(SampleInfo { bytes: start..end, sample_rate, loop_frames });
    }
    match end == size {
        true => Ok(Bank::Sounds { sample_rate, samples }),
        false => table.wrong(format!("the samples fill {end} of {size} bytes")),
    }
}

fn read_preload(rows: &[Value], entries: &[Entry]) -> Result<Vec<Preload>, Error> {
    let mut preload: Vec<Preload> = Vec::new();
    let mut taken = BTreeSet::new();
    for (at, value) in rows.iter().enumerate() {
        let row = Object::new(value, format!("preload[{at}]"), &["asset_id", "slot"])?;
        let asset_id = row.integer("asset_id", ASSET_IDS)?;
        let slot = row.integer("slot", SLOTS)?;
        if preload.last().is_some_and(|last| last.asset_id >= asset_id) {
            return row.wrong("asset ids do not increase");
        }
        let Some(entry) = find(entries, asset_id) else {
            return row.wrong(format!("asset {asset_id} is not in the table"));
        };
        if !taken.insert((entry.bank.type_name(), slot)) {
            return row.wrong("its slot is taken by another asset of its bank type");
        }
        preload.push(Preload { asset_id, slot });
    }
    Ok(preload)
}

/// A JSON object with exactly the required keys, and its place in the header.
struct Object<'a> {
    map: &'a Map<String, Value>,
    place: String,
}

impl<'a> Object<'a> {
    fn new(value: &'a Value, place: String, keys: &[&str]) -> Result<Self, Error> {
        let Some(map) = value.as_object() else {
            return header_error(format!("{place} is not an object"));
        };
        let object = Self { map, place };
        if let Some(key) = keys.iter().find(|key| !map.contains_key(**key)) {
            return object.wrong(format!("key {key:?} is missing"));
        }
        // All required keys exist, so any other key is one too many.
        match map.len() == keys.len() {
            true => Ok(object),
            false => object.wrong(format!("it has keys other than {}", keys.join(", "))),
        }
    }

    fn child(&self, key: &str, keys: &[&str]) -> Result<Object<'a>, Error> {
        Object::new(&self.map[key], format!("{}.{key}", self.place), keys)
    }

    fn list(&self, key: &str) -> Result<&'a [Value], Error> {
        match &self.map[key] {
            Value::Array(rows) => Ok(rows),
            _ => self.wrong(format!("{key} is not an array")),
        }
    }

    fn string(&self, key: &str) -> Result<&'a str, Error> {
        match &self.map[key] {
            Value::String(text) => Ok(text),
            _ => self.wrong(format!("{key} is not a string")),
        }
    }

    fn integer<T: TryFrom<u64>>(&self, key: &str, range: RangeInclusive<u64>) -> Result<T, Error> {
        let number = self.map[key].as_u64().filter(|number| range.contains(number));
        match number.and_then(|number| T::try_from(number).ok()) {
            Some(number) => Ok(number),
            None => {
                let (low, high) = range.into_inner();
                self.wrong(format!("{key} is {}, not an integer from {low} to {high}", self.map[key]))
            }
        }
    }

    fn wrong<T>(&self, problem: impl fmt::Display) -> Result<T, Error> {
        header_error(format!("{}: {problem}", self.place))
    }
}

fn has_float(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(values) => values.iter().any(has_float),
        Value::Object(map) => map.values().any(has_float),
        _ => false,
    }
}

/// A decoded glyph bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glyph {
    /// The side of a tile: 8, 16 or 32.
    pub tile_size: usize,
    /// How many of the palettes were declared.
    pub palette_authored: usize,
    /// The sheet, 256 × 256 palette indices of 0 to 15, row-major.
    pub indices: Vec<u8>,
    /// 64 palettes of 16 colors, RGB565.
    pub palettes: Vec<[u16; COLORS]>,
}

impl Glyph {
    /// Decodes the slice of a GLYPH entry.
    pub fn decode(entry: &Entry, bytes: &[u8]) -> Result<Self, Error> {
        let Bank::Glyph { tile_size, palette_authored } = entry.bank else {
            return entry.payload_error("it is not a GLYPH bank");
        };
        if bytes.len() as u64 != GLYPH_SIZE {
            return entry.payload_error(format!("it has {} bytes instead of {GLYPH_SIZE}", bytes.len()));
        }
        let (sheet, colors) = bytes.split_at(SHEET_LEN);
        // The left pixel of a pair is in the high half of its byte.
        let indices = sheet.iter().flat_map(|byte| [byte >> 4, byte & 15]).collect();
        let color = |palette: &[u8], at: usize| u16::from_le_bytes([palette[2 * at], palette[2 * at + 1]]);
        let palettes =
            colors.chunks_exact(2 * COLORS).map(|palette| std::array::from_fn(|at| color(palette, at))).collect();
        Ok(Self { tile_size, palette_authored, indices, palettes })
    }

    /// The indices of one tile, row-major; `None` past the end of the sheet. Tiles are numbered row-major.
    pub fn tile(&self, tile_id: usize) -> Option<Vec<u8>> {
        let across = SHEET_SIDE / self.tile_size;
        if tile_id >= across * across {
            return None;
        }
        let (left, top) = (tile_id % across * self.tile_size, tile_id / across * self.tile_size);
        let row = |y: usize| &self.indices[y * SHEET_SIDE + left..][..self.tile_size];
        Some((top..top + self.tile_size).flat_map(row).copied().collect())
    }

    /// The color of an index; `None` for index 0, which is transparent, and for a missing palette or index.
    pub fn rgb565(&self, palette: usize, index: u8) -> Option<u16> {
        match index {
            0 => None,
            _ => self.palettes.get(palette)?.get(usize::from(index)).copied(),
        }
    }

    /// Like [`Self::rgb565`], with 8 bits per channel: the high bits are repeated in the low ones.
    pub fn rgb(&self, palette: usize, index: u8) -> Option<[u8; 3]> {
        let color = self.rgb565(palette, index)?;
        let widen = |value: u16, bits: u32| {
            let high = value << (8 - bits);
            (high | high >> bits).to_le_bytes()[0]
        };
        Some([widen(color >> 11, 5), widen(color >> 5 & 0x3f, 6), widen(color & 0x1f, 5)])
    }
}

/// One decoded sample of a sound bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its own rate, in Hz.
    pub sample_rate: u32,
    /// The frames that repeat, if any.
    pub loop_frames: Option<Range<u64>>,
    /// The sound, mono.
    pub frames: Vec<i16>,
}

impl Sample {
    /// Decodes the slice of a SOUNDS entry into its samples, by index.
    pub fn decode_all(entry: &Entry, bytes: &[u8]) -> Result<Vec<Self>, Error> {
        let Bank::Sounds { samples: infos, .. } = &entry.bank else {
            return entry.payload_error("it is not a SOUNDS bank");
        };
        let mut samples = Vec::new();
        for SampleInfo { bytes: range, sample_rate, loop_frames } in infos {
            let range = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
            let Some(slice) = range.and_then(|(start, end)| bytes.get(start..end)) else {
                return entry.payload_error("a sample ends past it");
            };
            let frames = slice.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
            samples.push(Self { sample_rate: *sample_rate, loop_frames: loop_frames.clone(), frames });
        }
        Ok(samples)
    }
}
