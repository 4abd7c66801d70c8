//! A declaration that contradicts itself or another one.

use super::{Mistake, mistake};
use packer_services::declaration::Preload;
use packer_services::diagnostics::Code;

pub const MISTAKES: &[Mistake] = &[
    mistake(Code::NameIllegal, "A space in the asset's name", |draft| {
        draft.letter_bank('N').change_declaration(|declaration| declaration.name = "large letters".into())
    }),
    mistake(Code::NameTwice, "A copied asset kept the name of `lit/lampkin`", |draft| {
        draft.letter_bank('n').change_declaration(|declaration| declaration.name = "lampkin".into())
    }),
    mistake(
        Code::FormatMismatch,
        "A sound bank was copied to create a glyph bank, and its `format` was kept",
        |draft| draft.letter_bank('F').replace_in_anchor("GLYPH/indexed_v1", "SOUNDS/pcm16le_v1"),
    ),
    mistake(Code::ArtifactsMissing, "The last image was removed from the list", |draft| {
        draft.letter_bank('A').change_images(Vec::clear).without_file("letter.png")
    }),
    mistake(Code::RawWithArtifacts, "A finished payload was added, and the images are still listed", |draft| {
        let whole = "{\n      \"height\": 256,\n      \"palette_authored\": 1,\n      \"palette_count\": 64,\n      \"tile_size\": 8,\n      \"width\": 256\n    }";
        draft
            .letter_bank('P')
            .replace_in_anchor("\"inputs\": {}", "\"inputs\": {\n    \"payload\": [\"letters.bin\"]\n  }")
            .replace_in_anchor("{\n      \"tile_size\": 8\n    }", whole)
    }),
    mistake(Code::SlotTaken, "It declares glyph slot 0, which `lit/lampkin` has", |draft| {
        draft
            .letter_bank('S')
            .change_declaration(|declaration| declaration.preload = Preload { enabled: true, slot: Some(0) })
    }),
    mistake(Code::SlotsFull, "The seventeenth sound bank to preload", |draft| {
        let sound = super::sounds::wav(&super::sounds::clip(&crate::sound::pickup(), 4));
        draft.with_sound("full.wav", sound).change_declaration(|declaration| declaration.preload.enabled = true)
    }),
];
