//! Entry metadata: what the runtime must know of a bank besides its payload. Each format has one type, with one writer
//! and one reader. The reader accepts only what the writer can write (spec: runtime artifact, "Asset table").

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{GLYPH_BYTES, GLYPH_DECODED_BYTES, MAX_PALETTES, SCENE, SHEET_PIXELS, TileSize};
use crate::canonical_json::{Item, Object, Tree};
use crate::limits::MAX_RATE_HZ;

/// The metadata of an entry.
#[derive(Clone, Debug, PartialEq)]
pub enum EntryMetadata {
    /// GLYPH/indexed_v1.
    Glyph(GlyphMetadata),
    /// SOUNDS/pcm16le_v1.
    Sound(SoundMetadata),
    /// SCENE, of which this packer knows only that it is an object.
    Scene(Value),
}

/// The metadata of a glyph bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GlyphMetadata {
    /// Of every tile.
    pub tile_size: TileSize,
    /// Declared palettes, 1…64; the rest of the 64 is zero.
    pub palette_authored: u32,
}

/// The metadata of a sound bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundMetadata {
    /// The bank's nominal rate.
    pub sample_rate_hz: u32,
    /// By index; their bytes tile the payload.
    pub samples: Vec<SampleMetadata>,
}

/// The metadata of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleMetadata {
    /// In frames, at least 1; a frame is two bytes.
    pub frames: u64,
    /// The rate of its own file.
    pub sample_rate_hz: u32,
    /// In frames.
    pub looping: Option<SampleLoop>,
}

/// A forward loop, in frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SampleLoop {
    /// The first frame.
    pub start: u64,
    /// The frame after its last.
    pub end: u64,
}

/// `2756..24806`.
impl fmt::Display for SampleLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

impl From<GlyphMetadata> for EntryMetadata {
    fn from(metadata: GlyphMetadata) -> Self {
        Self::Glyph(metadata)
    }
}

impl From<SoundMetadata> for EntryMetadata {
    fn from(metadata: SoundMetadata) -> Self {
        Self::Sound(metadata)
    }
}

impl SoundMetadata {
    /// The payload, in bytes.
    pub fn size_bytes(&self) -> u64 {
        self.samples.iter().map(|sample| sample.frames * 2).sum()
    }
}

impl EntryMetadata {
    /// The JSON of the header, with sorted keys even if another crate makes `serde_json` keep the order of keys.
    pub fn to_value(&self) -> Value {
        let mut value = match self {
            Self::Glyph(glyph) => json!({
                "height": SHEET_PIXELS,
                "palette_authored": glyph.palette_authored,
                "palette_count": MAX_PALETTES,
                "tile_size": glyph.tile_size.pixels(),
                "width": SHEET_PIXELS,
            }),
            Self::Sound(sound) => {
                let mut samples = Map::new();
                let mut offset_bytes = 0;
                for (index, sample) in sound.samples.iter().enumerate() {
                    let mut value = Map::new();
                    value.insert("length".into(), (sample.frames * 2).into());
                    value.insert("offset".into(), offset_bytes.into());
                    value.insert("sample_rate".into(), sample.sample_rate_hz.into());
                    if let Some(looping) = sample.looping {
                        value.insert("loop_start".into(), looping.start.into());
                        value.insert("loop_end".into(), looping.end.into());
                    }
                    samples.insert(index.to_string(), value.into());
                    offset_bytes += sample.frames * 2;
                }
                json!({ "channels": 1, "sample_rate": sound.sample_rate_hz, "samples": samples })
            }
            Self::Scene(value) => value.clone(),
        };
        value.sort_all_objects();
        value
    }

    /// Reads the metadata of an entry of `bank_type`, which must be a known one.
    ///
    /// # Errors
    /// The first value that the writer would not have written, as a clause.
    pub fn read(bank_type: &str, value: Value) -> Result<Self, String> {
        match bank_type {
            SCENE if value.is_object() => Ok(Self::Scene(value)),
            _ => Self::read_item(bank_type, Tree::of(&value).root()),
        }
    }

    /// The same with metadata in a tree.
    ///
    /// # Errors
    /// As [`EntryMetadata::read`].
    pub(crate) fn read_item(bank_type: &str, item: Item<'_>) -> Result<Self, String> {
        let object = item.as_object().ok_or("the metadata is not an object")?;
        match bank_type {
            "GLYPH" => read_glyph(object).map(Self::Glyph),
            "SOUNDS" => read_sound(object).map(Self::Sound),
            SCENE => Ok(Self::Scene(item.to_value())),
            other => Err(format!("the bank type `{other}` is unknown")),
        }
    }

    /// The payload's size and its size in the console's memory, in bytes, if the metadata fixes them.
    pub fn payload_and_decoded_bytes(&self) -> Option<(u64, u64)> {
        match self {
            Self::Glyph(_) => Some((GLYPH_BYTES as u64, GLYPH_DECODED_BYTES)),
            Self::Sound(sound) => Some((sound.size_bytes(), sound.size_bytes())),
            Self::Scene(_) => None,
        }
    }

    /// The bank type.
    pub fn bank_type(&self) -> &'static str {
        match self {
            Self::Glyph(_) => "GLYPH",
            Self::Sound(_) => "SOUNDS",
            Self::Scene(_) => SCENE,
        }
    }
}

fn keys_are(object: Object<'_>, required: &[&str], optional: &[&str], what: &str) -> Result<(), String> {
    // The required ones are sorted, as those of the object are; usually there are no others.
    if object.members().map(|(key, _)| key).eq(required.iter().copied()) {
        return Ok(());
    }
    if let Some(missing) = required.iter().find(|key| object.get(key).is_none()) {
        return Err(format!("{what} lacks `{missing}`"));
    }
    let known = |key: &str| required.contains(&key) || optional.contains(&key);
    match object.members().map(|(key, _)| key).filter(|key| !known(key)).min() {
        Some(extra) => Err(format!("{what} has the unknown key `{}`", crate::diagnostics::escaped(extra))),
        None => Ok(()),
    }
}

fn integer(object: Object<'_>, key: &str, range: std::ops::RangeInclusive<u64>) -> Result<u64, String> {
    object
        .get(key)
        .and_then(Item::as_u64)
        .filter(|value| range.contains(value))
        .ok_or_else(|| format!("`{key}` is not an integer from {} to {}", range.start(), range.end()))
}

fn integer32(object: Object<'_>, key: &str, range: std::ops::RangeInclusive<u32>) -> Result<u32, String> {
    let value = integer(object, key, u64::from(*range.start())..=u64::from(*range.end()))?;
    u32::try_from(value).map_err(|_| format!("`{key}` is too large"))
}

fn exactly(object: Object<'_>, key: &str, needed: u64) -> Result<(), String> {
    match object.get(key).and_then(Item::as_u64) {
        Some(value) if value == needed => Ok(()),
        _ => Err(format!("`{key}` is not {needed}")),
    }
}

fn read_glyph(object: Object<'_>) -> Result<GlyphMetadata, String> {
    keys_are(object, &["height", "palette_authored", "palette_count", "tile_size", "width"], &[], "the metadata")?;
    exactly(object, "height", u64::from(SHEET_PIXELS))?;
    exactly(object, "width", u64::from(SHEET_PIXELS))?;
    exactly(object, "palette_count", u64::from(MAX_PALETTES))?;
    let palette_authored = integer32(object, "palette_authored", 1..=MAX_PALETTES)?;
    let tile_size = integer32(object, "tile_size", 0..=u32::MAX)
        .ok()
        .and_then(TileSize::from_pixels)
        .ok_or("`tile_size` is not 8, 16 or 32")?;
    Ok(GlyphMetadata { tile_size, palette_authored })
}

fn read_sound(object: Object<'_>) -> Result<SoundMetadata, String> {
    keys_are(object, &["channels", "sample_rate", "samples"], &[], "the metadata")?;
    exactly(object, "channels", 1)?;
    let sample_rate_hz = integer32(object, "sample_rate", 1..=MAX_RATE_HZ)?;
    let samples = object.get("samples").and_then(Item::as_object).ok_or("`samples` is not an object")?;
    if samples.member_count() == 0 {
        return Err("`samples` is empty".into());
    }
    let mut offset_bytes = 0u64;
    let mut read = Vec::with_capacity(samples.member_count());
    for index in 0..samples.member_count() {
        let sample = samples
            .get(&index.to_string())
            .ok_or_else(|| format!("`samples` has {} members, but none named `{index}`", samples.member_count()))?;
        let sample = read_sample(sample, offset_bytes).map_err(|problem| format!("sample {index}: {problem}"))?;
        offset_bytes = offset_bytes.checked_add(sample.frames * 2).ok_or("the samples are too long")?;
        read.push(sample);
    }
    Ok(SoundMetadata { sample_rate_hz, samples: read })
}

fn read_sample(item: Item<'_>, offset_bytes: u64) -> Result<SampleMetadata, String> {
    let object = item.as_object().ok_or("it is not an object")?;
    keys_are(object, &["length", "offset", "sample_rate"], &["loop_start", "loop_end"], "it")?;
    let length = integer(object, "length", 2..=crate::canonical_json::MAX_INTEGER)?;
    if length % 2 != 0 {
        return Err("`length` is odd; it must be a multiple of the frame size, 2 bytes".into());
    }
    exactly(object, "offset", offset_bytes)?;
    let sample_rate_hz = integer32(object, "sample_rate", 1..=MAX_RATE_HZ)?;
    let frames = length / 2;
    let looping = match (object.get("loop_start").is_some(), object.get("loop_end").is_some()) {
        (false, false) => None,
        (true, true) => {
            let end = integer(object, "loop_end", 1..=frames)?;
            Some(SampleLoop { start: integer(object, "loop_start", 0..=end - 1)?, end })
        }
        _ => return Err("only one of `loop_start` and `loop_end` is given; both or none are required".into()),
    };
    Ok(SampleMetadata { frames, sample_rate_hz, looping })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> SoundMetadata {
        let looping = Some(SampleLoop { start: 0, end: 4 });
        let samples = (1..=12).map(|frames| SampleMetadata { frames, sample_rate_hz: 8000, looping: None });
        let mut samples: Vec<_> = samples.collect();
        samples[7].looping = looping;
        SoundMetadata { sample_rate_hz: 22_050, samples }
    }

    #[test]
    fn written_metadata_reads_back() {
        let glyph = GlyphMetadata { tile_size: TileSize::Sixteen, palette_authored: 3 };
        for metadata in [EntryMetadata::Glyph(glyph), EntryMetadata::Sound(sound())] {
            assert_eq!(EntryMetadata::read(metadata.bank_type(), metadata.to_value()), Ok(metadata));
        }
    }

    #[test]
    fn foreign_metadata_is_refused() {
        let good = EntryMetadata::Sound(sound()).to_value();
        let broken = |change: &dyn Fn(&mut Value)| {
            let mut value = good.clone();
            change(&mut value);
            EntryMetadata::read("SOUNDS", value).unwrap_err()
        };
        assert_eq!(broken(&|v| v["channels"] = json!(2)), "`channels` is not 1");
        assert_eq!(
            broken(&|v| v["samples"]["3"]["length"] = json!(9)),
            "sample 3: `length` is odd; it must be a multiple of the frame size, 2 bytes"
        );
        assert_eq!(broken(&|v| v["samples"]["3"]["length"] = json!(10)), "sample 4: `offset` is not 22");
        assert_eq!(
            broken(&|v| v["samples"]["7"]["loop_end"] = json!(9)),
            "sample 7: `loop_end` is not an integer from 1 to 8"
        );
        assert_eq!(broken(&|v| v["samples"]["0"]["gain"] = json!(9)), "sample 0: it has the unknown key `gain`");
        assert_eq!(broken(&|v| v["sample_rate"] = json!(22050.0)), "`sample_rate` is not an integer from 1 to 192000");
        let renamed = |v: &mut Value| {
            let samples = v["samples"].as_object_mut().unwrap();
            let last = samples.remove("11").unwrap();
            samples.insert("012".into(), last);
        };
        assert_eq!(broken(&renamed), "`samples` has 12 members, but none named `11`");
    }
}
