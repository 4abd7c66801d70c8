//! `asset.json` is not JSON, or not the JSON that is expected.

use super::{Mistake, mistake};
use packer_services::diagnostics::Code;

pub const MISTAKES: &[Mistake] = &[
    mistake(Code::JsonEmpty, "The computer crashed while `asset.json` was saved: it is empty", |draft| {
        draft.letter_bank('E').rewrite_anchor(|_| Vec::new())
    }),
    mistake(Code::JsonBom, "A text editor saved `asset.json` as \"UTF-8 with BOM\"", |draft| {
        draft.letter_bank('B').rewrite_anchor(|text| format!("\u{feff}{text}").into_bytes())
    }),
    mistake(
        Code::JsonEncoding,
        "The image has an accent in its name, and `asset.json` was saved as Latin-1",
        |draft| {
            draft.letter_bank('L').rewrite_anchor(|text| {
                let text = text.replace("letter.png", "l\u{e9}ttre.png");
                text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
            })
        },
    ),
    mistake(Code::JsonConflict, "Two people changed the name, and the merge was not finished", |draft| {
        draft.letter_bank('<').replace_in_anchor(
            "  \"name\": \"json-conflict\",",
            "<<<<<<< HEAD\n  \"name\": \"sign\",\n=======\n  \"name\": \"signpost\",\n>>>>>>> signposts",
        )
    }),
    mistake(Code::JsonSyntax, "A comma is missing", |draft| {
        draft.letter_bank(',').replace_in_anchor("\"type\": \"glyph_bank\",", "\"type\": \"glyph_bank\"")
    }),
    mistake(Code::JsonTrailing, "A bracket was pasted after the end", |draft| {
        draft.letter_bank('}').rewrite_anchor(|text| format!("{text}}}\n").into_bytes())
    }),
    mistake(Code::JsonTooDeep, "A script nested lists without an end", |draft| {
        draft
            .letter_bank('[')
            .replace_in_anchor("\"inputs\": {}", &format!("\"inputs\": {}{}", "[".repeat(65), "]".repeat(65)))
    }),
    mistake(Code::JsonDuplicateKey, "A second `name` was pasted below the first", |draft| {
        draft.letter_bank('2').replace_in_anchor("  \"inputs\": {}", "  \"name\": \"sign\",\n  \"inputs\": {}")
    }),
    mistake(Code::JsonUnknownKey, "`color_key` is misspelled", |draft| {
        draft.letter_bank('?').replace_in_anchor("\"index\": 0", "\"index\": 0,\n      \"colour_key\": \"#ff00ff\"")
    }),
    mistake(Code::JsonMissingKey, "The line with the `type` was deleted", |draft| {
        draft.letter_bank('M').replace_in_anchor("\n  \"type\": \"glyph_bank\",", "")
    }),
    mistake(Code::JsonNull, "\"No palette\" was written as null", |draft| {
        draft.letter_bank('0').replace_in_anchor("\"index\": 0", "\"index\": 0,\n      \"palette\": null")
    }),
    mistake(Code::JsonWrongType, "A number was written in quotes", |draft| {
        draft.letter_bank('\'').replace_in_anchor("\"index\": 0", "\"index\": \"0\"")
    }),
    mistake(Code::JsonInteger, "A script wrote the tile size as 8.0", |draft| {
        draft.letter_bank('.').replace_in_anchor("\"tile_size\": 8", "\"tile_size\": 8.0")
    }),
    mistake(Code::JsonOutOfRange, "The console does not have this tile size", |draft| {
        draft.letter_bank('R').replace_in_anchor("\"tile_size\": 8", "\"tile_size\": 24")
    }),
    mistake(Code::JsonWrongValue, "A color was written as a word", |draft| {
        draft.letter_bank('W').replace_in_anchor("\"#fff3d6\"", "\"parchment\"")
    }),
    mistake(Code::SchemaVersion, "`asset.json` was copied from a project of a newer packer", |draft| {
        draft.letter_bank('V').replace_in_anchor("\"schema_version\": 1", "\"schema_version\": 2")
    }),
];
