//! Files that are not JSON, or not the JSON that is expected.

use packer_services::diagnostics::{Code, Finding};

use support::uuid;

use super::{HERO_ANCHOR, REGISTRY, Story, doctor, hero, hero_and_terrain};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::JsonTooLarge, || hero_with_anchor(|text| text + &" ".repeat(4 << 20))),
    (Code::JsonEmpty, || {
        [hero_with_anchor(|_| String::new()), hero_with_anchor(|text| "\0".repeat(text.len()))].concat()
    }),
    (Code::JsonBom, || hero_with_anchor(|text| format!("\u{feff}{text}"))),
    (Code::JsonEncoding, || [saved_as_utf16(), saved_as_latin_1()].concat()),
    (Code::JsonConflict, || [a_merge_was_not_finished(), two_branches_added_an_asset()].concat()),
    (Code::JsonSyntax, || [hero_with("\"name\": \"hero\",", "\"name\": \"hero\""), the_end_is_missing()].concat()),
    (Code::JsonTrailing, || hero_with_anchor(|text| format!("{text}}}\n"))),
    (Code::JsonTooDeep, || hero_with("\"inputs\": {}", &format!("\"inputs\": {}{}", "[".repeat(65), "]".repeat(65)))),
    (Code::JsonDuplicateKey, || hero_with("\"inputs\": {}", "\"name\": \"hero2\",\n  \"inputs\": {}")),
    (Code::JsonUnknownKey, || hero_with("\"index\": 0", "\"index\": 0,\n      \"color_keys\": \"#ff00ff\"")),
    (Code::JsonMissingKey, || hero_with("\n  \"type\": \"glyph_bank\",", "")),
    (Code::JsonNull, || hero_with("\"index\": 0", "\"index\": 0,\n      \"palette\": null")),
    (Code::JsonWrongType, || hero_with("\"index\": 0", "\"index\": \"0\"")),
    (Code::JsonInteger, || hero_with("\"tile_size\": 8", "\"tile_size\": 8.0")),
    (Code::JsonOutOfRange, || {
        [hero_with("\"enabled\": false", "\"enabled\": true,\n    \"slot\": 16"), hero_with("size\": 8", "size\": 24")]
            .concat()
    }),
    (Code::JsonWrongValue, || [hero_with("glyph_bank", "glyphbank"), hero_with("#ff0000", "red")].concat()),
    (Code::SchemaVersion, || hero_with("\"schema_version\": 1", "\"schema_version\": 2")),
];

fn hero_with_anchor(change: impl FnOnce(String) -> String) -> Vec<Finding> {
    let project = hero();
    project.write(HERO_ANCHOR, change(project.read_text(HERO_ANCHOR)));
    doctor(&project)
}

fn hero_with(from: &str, to: &str) -> Vec<Finding> {
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

/// As git leaves the registry if both sides of a merge registered an asset.
fn two_branches_added_an_asset() -> Vec<Finding> {
    let project = hero_and_terrain();
    let text = project.read_text(REGISTRY);
    let terrain = text.lines().find(|line| line.contains("world/terrain")).unwrap_or_default();
    let font = terrain.replace(&uuid(2).to_string(), &uuid(9).to_string()).replace("world/terrain", "ui/font");
    project.edit(REGISTRY, terrain, &format!("<<<<<<< HEAD\n{terrain}\n=======\n{font}\n>>>>>>> font"));
    doctor(&project)
}

fn a_merge_was_not_finished() -> Vec<Finding> {
    let ours_and_theirs =
        "<<<<<<< HEAD\n  \"name\": \"hero\",\n=======\n  \"name\": \"hero_day\",\n>>>>>>> day-and-night";
    hero_with("  \"name\": \"hero\",", ours_and_theirs)
}

fn the_end_is_missing() -> Vec<Finding> {
    hero_with_anchor(|text| text.chars().take(text.len() / 2).collect())
}
