//! A raw_asset payload that does not match its metadata.

use super::{Draft, Mistake, mistake};
use crate::declarations::{NO_PLACE, path};
use crate::encode::pcm16;
use crate::sound::{self, EFFECTS_RATE};
use packer_services::declaration::{Content, RawMetadata};
use packer_services::diagnostics::Code;
use packer_services::formats::{
    GLYPH_BYTES, GLYPH_INDEX_BYTES, GlyphMetadata, SampleMetadata, SoundMetadata, TileSize,
};

pub const MISTAKES: &[Mistake] = &[
    mistake(Code::RawSize, "The payload was exported again and is shorter, and the metadata was kept", |draft| {
        raw_sound(draft, &super::sounds::clip(&sound::blip(), 0)[..400])
    }),
    mistake(Code::RawMetadata, "The metadata was written from memory, without `channels`", |draft| {
        raw_sound(draft, &super::sounds::clip(&sound::blip(), 1)).replace_in_anchor("\n      \"channels\": 1,", "")
    }),
    mistake(Code::RawPadding, "The exporter wrote two palettes and counted one", |draft| {
        let mut payload = vec![0; GLYPH_BYTES];
        for (place, color) in [(1, 0x1882_u16), (2, 0xf4a7), (16 + 1, 0x20c4)] {
            let at = GLYPH_INDEX_BYTES + place * 2;
            payload[at..at + 2].copy_from_slice(&color.to_le_bytes());
        }
        let metadata = RawMetadata::from(GlyphMetadata { tile_size: TileSize::Eight, palette_authored: 1 });
        raw_asset(draft, "tiles.bin", metadata, payload)
    }),
];

/// A raw sound bank of one sample, whose metadata has the frames of a clip.
fn raw_sound(draft: Draft, samples: &[i16]) -> Draft {
    let frames = 440;
    let sample = SampleMetadata { frames, sample_rate_hz: EFFECTS_RATE, looping: None };
    let metadata = RawMetadata::from(SoundMetadata { sample_rate_hz: EFFECTS_RATE, samples: vec![sample] });
    raw_asset(draft, "beep.bin", metadata, pcm16(samples))
}

fn raw_asset(draft: Draft, file: &str, metadata: RawMetadata, payload: Vec<u8>) -> Draft {
    let content = Content::Raw { payload: path(file), metadata, place: NO_PLACE };
    draft.with_file(file, payload).change_declaration(|declaration| declaration.content = content)
}
