//! Files that are no JSON, or not the JSON that they should be.

use packer_services::diagnostics::{Code, Finding};

use super::{HERO_ANCHOR, Story, doctor, hero};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::JsonTooLarge, || anchor_becomes(|text| text + &" ".repeat(4 << 20))),
    (Code::JsonEmpty, || [anchor_becomes(|_| String::new()), anchor_becomes(|text| "\0".repeat(text.len()))].concat()),
    (Code::JsonBom, || anchor_becomes(|text| format!("\u{feff}{text}"))),
    (Code::JsonEncoding, || [saved_as_utf16(), saved_as_latin_1()].concat()),
    (Code::JsonConflict, a_merge_was_left_half_done),
    (Code::JsonSyntax, || [edited("\"name\": \"hero\",", "\"name\": \"hero\""), the_end_is_missing()].concat()),
    (Code::JsonTrailing, || anchor_becomes(|text| format!("{text}}}\n"))),
    (Code::JsonTooDeep, || edited("\"inputs\": {}", &format!("\"inputs\": {}{}", "[".repeat(65), "]".repeat(65)))),
    (Code::JsonDuplicateKey, || edited("\"inputs\": {}", "\"name\": \"hero2\",\n  \"inputs\": {}")),
    (Code::JsonUnknownKey, || edited("\"index\": 0", "\"index\": 0,\n      \"color_keys\": \"#ff00ff\"")),
    (Code::JsonMissingKey, || edited("\n  \"type\": \"glyph_bank\",", "")),
    (Code::JsonNull, || edited("\"index\": 0", "\"index\": 0,\n      \"palette\": null")),
    (Code::JsonWrongType, || edited("\"index\": 0", "\"index\": \"0\"")),
    (Code::JsonInteger, || edited("\"tile_size\": 8", "\"tile_size\": 8.0")),
    (Code::JsonOutOfRange, || {
        [edited("\"enabled\": false", "\"enabled\": true,\n    \"slot\": 16"), edited("size\": 8", "size\": 24")]
            .concat()
    }),
    (Code::JsonWrongValue, || [edited("glyph_bank", "glyphbank"), edited("#ff0000", "red")].concat()),
    (Code::SchemaVersion, || edited("\"schema_version\": 1", "\"schema_version\": 2")),
];

fn anchor_becomes(change: impl FnOnce(String) -> String) -> Vec<Finding> {
    let project = hero();
    project.write(HERO_ANCHOR, change(project.read_text(HERO_ANCHOR)));
    doctor(&project)
}

fn edited(from: &str, to: &str) -> Vec<Finding> {
    let project = hero();
    project.edit(HERO_ANCHOR, from, to);
    doctor(&project)
}

fn saved_as_utf16() -> Vec<Finding> {
    let project = hero();
    let text = format!("\u{feff}{}", project.read_text(HERO_ANCHOR));
    project.write(HERO_ANCHOR, text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    doctor(&project)
}

fn saved_as_latin_1() -> Vec<Finding> {
    let project = hero();
    let text = project.read_text(HERO_ANCHOR).replace("hero.png", "h\u{e9}ros.png");
    let latin_1: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    project.write(HERO_ANCHOR, latin_1);
    doctor(&project)
}

fn a_merge_was_left_half_done() -> Vec<Finding> {
    let ours_and_theirs =
        "<<<<<<< HEAD\n  \"name\": \"hero\",\n=======\n  \"name\": \"hero_day\",\n>>>>>>> day-and-night";
    edited("  \"name\": \"hero\",", ours_and_theirs)
}

fn the_end_is_missing() -> Vec<Finding> {
    anchor_becomes(|text| text.chars().take(text.len() / 2).collect())
}
