//! A declaration that contradicts itself or another one.

use super::{Slip, slip};
use packer_services::declaration::Preload;
use packer_services::diagnostics::Code;

pub const SLIPS: &[Slip] = &[
    slip(Code::NameIllegal, "A space in the asset's name", |draft| {
        draft.letter('N').declared(|declaration| declaration.name = "large letters".into())
    }),
    slip(Code::NameTwice, "A copied asset kept the name of `lit/lampkin`", |draft| {
        draft.letter('n').declared(|declaration| declaration.name = "lampkin".into())
    }),
    slip(Code::FormatMismatch, "A sound bank was copied to begin a glyph bank, and its `format` stayed", |draft| {
        draft.letter('F').edited("GLYPH/indexed_v1", "SOUNDS/pcm16le_v1")
    }),
    slip(Code::ArtifactsMissing, "The last image was taken out of the list", |draft| {
        draft.letter('A').artifacts(Vec::clear).without("letter.png")
    }),
    slip(Code::RawWithArtifacts, "A finished payload was added, and the images stayed listed", |draft| {
        let whole = "{\n      \"height\": 256,\n      \"palette_authored\": 1,\n      \"palette_count\": 64,\n      \"tile_size\": 8,\n      \"width\": 256\n    }";
        draft
            .letter('P')
            .edited("\"inputs\": {}", "\"inputs\": {\n    \"payload\": [\"letters.bin\"]\n  }")
            .edited("{\n      \"tile_size\": 8\n    }", whole)
    }),
    slip(Code::SlotTaken, "It wants glyph slot 0, as `lit/lampkin` does", |draft| {
        draft.letter('S').declared(|declaration| declaration.preload = Preload { enabled: true, slot: Some(0) })
    }),
    slip(Code::SlotsFull, "The seventeenth sound bank that is to be there at boot", |draft| {
        let sound = super::sounds::wav(&super::sounds::clip(&crate::sound::pickup(), 4));
        draft.sound("full.wav", sound).declared(|declaration| declaration.preload.enabled = true)
    }),
];
