//! A finished payload that is not what its metadata says.

use super::{Draft, Slip, slip};
use crate::declarations::{NO_PLACE, path};
use crate::encode::pcm16;
use crate::sound::{self, EFFECTS_RATE};
use packer_services::declaration::Content;
use packer_services::diagnostics::Code;
use packer_services::formats::{
    EntryMetadata, GLYPH_BYTES, GLYPH_INDEX_BYTES, GlyphMetadata, SampleMetadata, SoundMetadata, TileSize,
};

pub const SLIPS: &[Slip] = &[
    slip(Code::RawSize, "The payload was exported again and got shorter, and the metadata stayed", |draft| {
        beep(draft, &super::sounds::clip(&sound::blip(), 0)[..400])
    }),
    slip(Code::RawMetadata, "The metadata was written from memory, without `channels`", |draft| {
        beep(draft, &super::sounds::clip(&sound::blip(), 1)).edited("\n      \"channels\": 1,", "")
    }),
    slip(Code::RawPadding, "The exporter wrote two palettes and counted one", |draft| {
        let mut payload = vec![0; GLYPH_BYTES];
        for (place, color) in [(1, 0x1882_u16), (2, 0xf4a7), (16 + 1, 0x20c4)] {
            let at = GLYPH_INDEX_BYTES + place * 2;
            payload[at..at + 2].copy_from_slice(&color.to_le_bytes());
        }
        let metadata = EntryMetadata::Glyph(GlyphMetadata { tile_size: TileSize::Eight, palette_authored: 1 });
        finished(draft, "tiles.bin", metadata, payload)
    }),
];

/// A raw sound bank of one sample, which is said to have as many frames as a clip.
fn beep(draft: Draft, samples: &[i16]) -> Draft {
    let frames = 440;
    let sample = SampleMetadata { frames, sample_rate_hz: EFFECTS_RATE, looping: None };
    let metadata = EntryMetadata::Sound(SoundMetadata { sample_rate_hz: EFFECTS_RATE, samples: vec![sample] });
    finished(draft, "beep.bin", metadata, pcm16(samples))
}

fn finished(draft: Draft, file: &str, metadata: EntryMetadata, payload: Vec<u8>) -> Draft {
    let content = Content::Raw { payload: path(file), metadata, place: NO_PLACE };
    draft.file(file, payload).declared(|declaration| declaration.content = content)
}
