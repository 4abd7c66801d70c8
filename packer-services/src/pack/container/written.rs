//! A header in the form in which the packer writes it, with glyph and sound banks alone, as almost every one is.

use super::{CODEC, Entry};
use crate::asset_name::asset_name_problem;
use crate::canonical_json::MAX_INTEGER;
use crate::formats::{
    EntryMetadata, GlyphMetadata, MAX_PALETTES, SHEET_PIXELS, SampleLoop, SampleMetadata, SoundMetadata, TileSize,
};
use crate::known_form::KnownForm;
use crate::limits::{HEADER_CONTAINERS, JSON_VALUES, MAX_ASSET_ID, MAX_RATE_HZ};

/// The most values that a bank has in the header without its samples, and how many of them are objects.
const BANK_VALUES: u64 = 14;
const BANK_CONTAINERS: u64 = 3;
/// The most values of a sample or an item of the preload, which is one object.
const ITEM_VALUES: u64 = 6;

/// The content of a header. The rules between its entries are not checked yet.
pub(super) struct WrittenHeader {
    /// Each is valid.
    pub entries: Vec<Entry>,
    /// Ids and slots, of which nothing is checked.
    pub preload: Vec<(u64, u64)>,
}

/// Reads a header of just this form. Returns `None` for all other bytes: either they have another form, or something is
/// wrong with them.
pub(super) fn read_written(json: &[u8]) -> Option<WrittenHeader> {
    let mut text = KnownForm::new(std::str::from_utf8(json).ok()?);
    text.skip("{\"asset_table\":")?;
    let entries = read_array(&mut text, read_entry)?;
    text.skip(",\"preload\":")?;
    let preload = read_array(&mut text, read_preload)?;
    text.skip("}")?;
    let (values, containers) = most_values(&entries, &preload);
    let is_whole = text.is_at_end() && values <= JSON_VALUES && containers <= HEADER_CONTAINERS;
    is_whole.then_some(WrittenHeader { entries, preload })
}

/// How many values the header has at most, and how many arrays and objects.
fn most_values(entries: &[Entry], preload: &[(u64, u64)]) -> (u64, u64) {
    let samples = entries.iter().map(|entry| match &entry.metadata {
        EntryMetadata::Sound(sound) => sound.samples.len() as u64,
        _ => 0,
    });
    let (banks, items) = (entries.len() as u64, samples.sum::<u64>() + preload.len() as u64);
    // The header itself has four values, of which three contain the others.
    (BANK_VALUES * banks + ITEM_VALUES * items + 4, BANK_CONTAINERS * banks + items + 3)
}

fn read_array<T>(text: &mut KnownForm<'_>, read_item: impl Fn(&mut KnownForm<'_>) -> Option<T>) -> Option<Vec<T>> {
    let mut items = Vec::new();
    text.skip("[")?;
    if !text.skip_if_next("]") {
        loop {
            items.push(read_item(text)?);
            if !text.skip_if_next(",") {
                break;
            }
        }
        text.skip("]")?;
    }
    Some(items)
}

fn read_entry(text: &mut KnownForm<'_>) -> Option<Entry> {
    text.skip("{\"asset_id\":")?;
    let asset_id = read_u32(text).filter(|id| (1..=MAX_ASSET_ID).contains(id))?;
    text.skip(",\"asset_name\":\"")?;
    // A legal name has no character that JSON escapes.
    let asset_name = text.read_to_quote().filter(|name| asset_name_problem(name).is_none())?.to_owned();
    text.skip(",\"bank_type\":\"")?;
    let bank_type = text.read_to_quote()?;
    text.skip(",\"codec\":\"")?;
    text.skip(CODEC)?;
    text.skip("\",\"decoded_size\":")?;
    let decoded_size_bytes = read_integer(text)?;
    text.skip(",\"metadata\":")?;
    let metadata = match bank_type {
        "GLYPH" => EntryMetadata::Glyph(read_glyph(text)?),
        "SOUNDS" => EntryMetadata::Sound(read_sound(text)?),
        _ => return None,
    };
    text.skip(",\"offset\":")?;
    let offset_bytes = read_integer(text)?;
    text.skip(",\"size\":")?;
    let size_bytes = read_integer(text)?;
    text.skip("}")?;
    let is_right_size = metadata.payload_and_decoded_bytes() == Some((size_bytes, decoded_size_bytes));
    let entry = Entry { asset_id, asset_name, metadata, offset_bytes, size_bytes, decoded_size_bytes };
    is_right_size.then_some(entry)
}

fn read_glyph(text: &mut KnownForm<'_>) -> Option<GlyphMetadata> {
    text.skip("{\"height\":")?;
    read_u32(text).filter(|height| *height == SHEET_PIXELS)?;
    text.skip(",\"palette_authored\":")?;
    let palette_authored = read_u32(text).filter(|count| (1..=MAX_PALETTES).contains(count))?;
    text.skip(",\"palette_count\":")?;
    read_u32(text).filter(|count| *count == MAX_PALETTES)?;
    text.skip(",\"tile_size\":")?;
    let tile_size = TileSize::from_pixels(read_u32(text)?)?;
    text.skip(",\"width\":")?;
    read_u32(text).filter(|width| *width == SHEET_PIXELS)?;
    text.skip("}")?;
    Some(GlyphMetadata { tile_size, palette_authored })
}

fn read_sound(text: &mut KnownForm<'_>) -> Option<SoundMetadata> {
    text.skip("{\"channels\":1,\"sample_rate\":")?;
    let sample_rate_hz = read_rate(text)?;
    text.skip(",\"samples\":{")?;
    // By the text of their indices: 10 comes before 2.
    let mut read: Vec<(&str, u64, SampleMetadata)> = Vec::new();
    loop {
        let (key, offset_bytes, sample) = read_sample(text)?;
        if read.last().is_some_and(|(last, ..)| *last >= key) {
            return None;
        }
        read.push((key, offset_bytes, sample));
        if !text.skip_if_next(",") {
            break;
        }
    }
    text.skip("}}")?;
    read.sort_by_key(|(key, ..)| (key.len(), *key));
    let mut expected_bytes = 0u64;
    for (index, (key, offset_bytes, sample)) in read.iter().enumerate() {
        let mut key = KnownForm::new(key);
        if *offset_bytes != expected_bytes || key.read_integer() != Some(index as u64) || !key.is_at_end() {
            return None;
        }
        expected_bytes = expected_bytes.checked_add(sample.frames * 2)?;
    }
    Some(SoundMetadata { sample_rate_hz, samples: read.into_iter().map(|(.., sample)| sample).collect() })
}

/// A sample with its key and where its bytes begin.
fn read_sample<'t>(text: &mut KnownForm<'t>) -> Option<(&'t str, u64, SampleMetadata)> {
    text.skip("\"")?;
    let key = text.read_to_quote()?;
    text.skip(":{\"length\":")?;
    let length_bytes = read_integer(text).filter(|length| *length >= 2 && length % 2 == 0)?;
    let frames = length_bytes / 2;
    let mut looping = None;
    if text.skip_if_next(",\"loop_end\":") {
        let end = read_integer(text).filter(|end| *end <= frames)?;
        text.skip(",\"loop_start\":")?;
        let start = read_integer(text).filter(|start| *start < end)?;
        looping = Some(SampleLoop { start, end });
    }
    text.skip(",\"offset\":")?;
    let offset_bytes = read_integer(text)?;
    text.skip(",\"sample_rate\":")?;
    let sample_rate_hz = read_rate(text)?;
    text.skip("}")?;
    Some((key, offset_bytes, SampleMetadata { frames, sample_rate_hz, looping }))
}

fn read_preload(text: &mut KnownForm<'_>) -> Option<(u64, u64)> {
    text.skip("{\"asset_id\":")?;
    let asset_id = read_integer(text)?;
    text.skip(",\"slot\":")?;
    let slot = read_integer(text)?;
    text.skip("}")?;
    Some((asset_id, slot))
}

fn read_integer(text: &mut KnownForm<'_>) -> Option<u64> {
    text.read_integer().filter(|integer| *integer <= MAX_INTEGER)
}

fn read_u32(text: &mut KnownForm<'_>) -> Option<u32> {
    u32::try_from(text.read_integer()?).ok()
}

fn read_rate(text: &mut KnownForm<'_>) -> Option<u32> {
    read_u32(text).filter(|rate_hz| (1..=MAX_RATE_HZ).contains(rate_hz))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::JsonShape;
    use crate::pack::container::{Header, PRELUDE_BYTES, PreloadEntry, read_any_form, read_header};

    fn entry(asset_id: u32, metadata: EntryMetadata) -> Entry {
        let (size_bytes, decoded_size_bytes) = metadata.payload_and_decoded_bytes().unwrap();
        let asset_name = format!("bank_{asset_id}");
        Entry { asset_id, asset_name, metadata, offset_bytes: 0, size_bytes, decoded_size_bytes }
    }

    fn glyph(asset_id: u32) -> Entry {
        entry(asset_id, GlyphMetadata { tile_size: TileSize::Sixteen, palette_authored: 3 }.into())
    }

    fn sound(asset_id: u32, samples: u64) -> Entry {
        let looping = |frames| (frames % 2 == 0).then_some(SampleLoop { start: 0, end: frames });
        let sample = |frames| SampleMetadata { frames, sample_rate_hz: 8000, looping: looping(frames) };
        entry(asset_id, SoundMetadata { sample_rate_hz: 22_050, samples: (1..=samples).map(sample).collect() }.into())
    }

    fn json_of(entries: Vec<Entry>) -> Vec<u8> {
        let slot = |entry: &Entry| PreloadEntry { asset_id: entry.asset_id, slot: 15 };
        let preload = entries.first().map(slot).into_iter().collect();
        Header { entries, preload }.to_bytes().unwrap().split_off(usize::try_from(PRELUDE_BYTES).unwrap())
    }

    #[test]
    fn written_header_has_known_form() {
        for entries in [vec![], vec![glyph(1)], vec![sound(7, 1)], vec![sound(1, 112), glyph(2), sound(9, 10)]] {
            let json = json_of(entries);
            let WrittenHeader { entries, preload } = read_written(&json).unwrap();
            let header = read_any_form(&json).unwrap();
            assert_eq!(entries, header.entries);
            assert!(preload.iter().copied().eq(header.preload.iter().map(|it| (it.asset_id.into(), it.slot.into()))));
        }
    }

    #[test]
    fn other_bytes_are_equal_or_refused() {
        let json = json_of(vec![sound(1, 3), glyph(2), glyph(4)]);
        for (at, byte) in (0..json.len()).flat_map(|at| b"01289az,:{}[]\"\\ \n\xC3\x00".map(|byte| (at, byte))) {
            for kept in [at, at + 1] {
                let changed = [&json[..at], &[byte], &json[kept..]].concat();
                if read_written(&changed).is_some() {
                    assert_eq!(read_header(&changed), read_any_form(&changed), "{at} {byte}");
                }
            }
            assert!(read_written(&json[..at]).is_none() && read_written(&json[at + 1..]).is_none());
        }
    }

    #[test]
    fn values_are_never_counted_too_low() {
        for entries in [vec![], vec![glyph(1)], vec![sound(1, 1)], vec![sound(1, 40), glyph(2), glyph(3)]] {
            let json = json_of(entries);
            let shape = JsonShape::of(std::str::from_utf8(&json).unwrap());
            let WrittenHeader { entries, preload } = read_written(&json).unwrap();
            let (values, containers) = most_values(&entries, &preload);
            assert!(shape.values <= values && shape.containers <= containers, "{shape:?} {values} {containers}");
        }
    }
}
