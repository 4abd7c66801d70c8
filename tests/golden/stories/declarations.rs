//! Declarations that contradict themselves or each other.

use packer_services::declaration::Preload;
use packer_services::diagnostics::{Code, Finding};
use support::TestProject;

use super::{HERO_ANCHOR, Story, add_small_bank, artifacts_of, doctor, hero, hero_and_terrain};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::NameIllegal, || [hero_with("\"hero\"", "\"hero (new)\""), hero_with("\"hero\"", "\"\"")].concat()),
    (Code::NameTwice, two_banks_have_one_name),
    (Code::FormatMismatch, || hero_with("GLYPH/indexed_v1", "SOUNDS/pcm16le_v1")),
    (Code::ArtifactsMissing, || [no_artifact_is_listed(), hero_with(ARTIFACTS, "")].concat()),
    (Code::RawWithArtifacts, a_payload_was_added_to_a_drawn_bank),
    (Code::SlotTaken, || preload_banks(2, Some(3))),
    (Code::SlotsFull, || preload_banks(17, None)),
];

/// How the artifacts of [`hero`] are written.
const ARTIFACTS: &str = r#"
  "artifacts": [
    {
      "file": "hero.png",
      "index": 0
    }
  ],"#;

fn hero_with(from: &str, to: &str) -> Vec<Finding> {
    let project = hero();
    project.edit(HERO_ANCHOR, from, to);
    doctor(&project)
}

fn two_banks_have_one_name() -> Vec<Finding> {
    let project = hero_and_terrain();
    project.edit("assets/world/terrain/asset.json", "\"terrain\"", "\"hero\"");
    doctor(&project)
}

fn no_artifact_is_listed() -> Vec<Finding> {
    let mut project = TestProject::new();
    add_small_bank(&mut project, "characters/hero", "hero", |declaration| artifacts_of(declaration).clear());
    doctor(&project)
}

fn a_payload_was_added_to_a_drawn_bank() -> Vec<Finding> {
    let project = hero();
    project.edit(HERO_ANCHOR, "\"inputs\": {}", "\"inputs\": { \"payload\": [\"hero.bin\"] }");
    let whole = "{ \"height\": 256, \"palette_authored\": 1, \"palette_count\": 64, \"tile_size\": 8, \"width\": 256 }";
    project.edit(HERO_ANCHOR, "{\n      \"tile_size\": 8\n    }", whole);
    doctor(&project)
}

/// The findings of a project with `count` preloaded banks.
fn preload_banks(count: u32, slot: Option<u32>) -> Vec<Finding> {
    let mut project = TestProject::new();
    for n in 1..=count {
        add_small_bank(&mut project, &format!("world/level_{n}"), &format!("level_{n}"), |declaration| {
            declaration.preload = Preload { enabled: true, slot };
        });
    }
    doctor(&project)
}
