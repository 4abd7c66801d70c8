//! `asset.json` is no JSON, or not the JSON that it should be.

use super::{Slip, slip};
use packer_services::diagnostics::Code;

pub const SLIPS: &[Slip] = &[
    slip(Code::JsonEmpty, "The computer crashed while `asset.json` was saved: it is empty", |draft| {
        draft.letter('E').rewritten(|_| Vec::new())
    }),
    slip(Code::JsonBom, "A text editor saved `asset.json` as \"UTF-8 with BOM\"", |draft| {
        draft.letter('B').rewritten(|text| format!("\u{feff}{text}").into_bytes())
    }),
    slip(Code::JsonEncoding, "The image has an accent in its name, and `asset.json` was saved as Latin-1", |draft| {
        draft.letter('L').rewritten(|text| {
            let text = text.replace("letter.png", "l\u{e9}ttre.png");
            text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
        })
    }),
    slip(Code::JsonConflict, "Two people changed the name, and the merge was left half done", |draft| {
        draft.letter('<').edited(
            "  \"name\": \"json-conflict\",",
            "<<<<<<< HEAD\n  \"name\": \"sign\",\n=======\n  \"name\": \"signpost\",\n>>>>>>> signposts",
        )
    }),
    slip(Code::JsonSyntax, "A comma was lost", |draft| {
        draft.letter(',').edited("\"type\": \"glyph_bank\",", "\"type\": \"glyph_bank\"")
    }),
    slip(Code::JsonTrailing, "A bracket was pasted after the end", |draft| {
        draft.letter('}').rewritten(|text| format!("{text}}}\n").into_bytes())
    }),
    slip(Code::JsonTooDeep, "A cat slept on the key `[`", |draft| {
        draft.letter('[').edited("\"inputs\": {}", &format!("\"inputs\": {}{}", "[".repeat(65), "]".repeat(65)))
    }),
    slip(Code::JsonDuplicateKey, "A second `name` was pasted below the first", |draft| {
        draft.letter('2').edited("  \"inputs\": {}", "  \"name\": \"sign\",\n  \"inputs\": {}")
    }),
    slip(Code::JsonUnknownKey, "`color_key` is misspelled", |draft| {
        draft.letter('?').edited("\"index\": 0", "\"index\": 0,\n      \"colour_key\": \"#ff00ff\"")
    }),
    slip(Code::JsonMissingKey, "The line with the `type` was deleted", |draft| {
        draft.letter('M').edited("\n  \"type\": \"glyph_bank\",", "")
    }),
    slip(Code::JsonNull, "\"No palette\" was written as null", |draft| {
        draft.letter('0').edited("\"index\": 0", "\"index\": 0,\n      \"palette\": null")
    }),
    slip(Code::JsonWrongType, "A number was written in quotes", |draft| {
        draft.letter('\'').edited("\"index\": 0", "\"index\": \"0\"")
    }),
    slip(Code::JsonInteger, "A script wrote the tile size as 8.0", |draft| {
        draft.letter('.').edited("\"tile_size\": 8", "\"tile_size\": 8.0")
    }),
    slip(Code::JsonOutOfRange, "The tile size is one that the console does not have", |draft| {
        draft.letter('R').edited("\"tile_size\": 8", "\"tile_size\": 24")
    }),
    slip(Code::JsonWrongValue, "A color was written as a word", |draft| {
        draft.letter('W').edited("\"#fff3d6\"", "\"parchment\"")
    }),
    slip(Code::SchemaVersion, "`asset.json` comes from a project of a newer packer", |draft| {
        draft.letter('V').edited("\"schema_version\": 1", "\"schema_version\": 2")
    }),
];
