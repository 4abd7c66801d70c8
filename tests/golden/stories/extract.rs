//! Packs that are extracted, or cannot be.
#![expect(clippy::unwrap_used, reason = "a story that cannot be set up must fail")]

use packer_services::Context;
use packer_services::diagnostics::{Code, Finding};
use packer_services::ops::ExtractPack;
use serde_json::{Value, json};
use support::TestProject;
use support::packs::{change_header, header_only};

use super::reader::game;
use super::{Story, findings_of, only};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::ExtractTarget, || {
        let project = game();
        project.write("notes/todo.txt", "mine");
        [extract_game(&project, "build", false), extract_game(&project, "notes/todo.txt", false)].concat()
    }),
    (Code::ExtractImpossible, || {
        [
            only(Code::ExtractImpossible, extract_entry(scene(), true)),
            only(Code::ExtractImpossible, extract_entry(sounds(1, 256 << 20), true)),
            only(Code::ExtractImpossible, extract_entry(sounds(90_000, 1), true)),
        ]
        .concat()
    }),
    (Code::ExtractRenamed, || {
        let project = game();
        let mut pack = project.pack_bytes();
        change_header(&mut pack, |header| {
            header["asset_table"][0]["asset_name"] = json!("../hero");
            header["asset_table"][2]["asset_name"] = json!("terrain/wind");
        });
        project.write("old.pa", pack);
        only(Code::ExtractRenamed, extract_file(&project, "old.pa", "art", false))
    }),
    (Code::ExtractAsIs, || only(Code::ExtractAsIs, extract_entry(scene(), false))),
];

fn extract_game(project: &TestProject, folder: &str, as_project: bool) -> Vec<Finding> {
    extract_file(project, "build/assets.pa", folder, as_project)
}

fn extract_file(project: &TestProject, file: &str, folder: &str, as_project: bool) -> Vec<Finding> {
    let request = ExtractPack::new(project.at(file), project.at(folder)).as_project(as_project);
    findings_of(project, &request, &Context::new())
}

/// The findings of extracting a pack with one entry, whose payload is zero.
fn extract_entry(entry: Value, as_project: bool) -> Vec<Finding> {
    let project = TestProject::new();
    let payload_bytes = entry["size"].as_u64().unwrap();
    let pack = header_only(&json!({"asset_table": [entry], "preload": []}));
    let size_bytes = pack.len() as u64 + payload_bytes;
    project.write("old.pa", pack);
    std::fs::File::options().write(true).open(project.at("old.pa")).unwrap().set_len(size_bytes).unwrap();
    extract_file(&project, "old.pa", "art", as_project)
}

fn scene() -> Value {
    json!({"asset_id": 4, "asset_name": "level/1", "bank_type": "SCENE", "codec": "NONE", "decoded_size": 64,
           "metadata": {"rooms": 2}, "offset": 0, "size": 16})
}

/// A bank of `count` sounds of `frames` frames each.
fn sounds(count: u64, frames: u64) -> Value {
    let bytes = frames * 2;
    let sample = |n: u64| (n.to_string(), json!({"length": bytes, "offset": n * bytes, "sample_rate": 22_050}));
    let samples: serde_json::Map<String, Value> = (0..count).map(sample).collect();
    json!({"asset_id": 7, "asset_name": "wind", "bank_type": "SOUNDS", "codec": "NONE", "decoded_size": count * bytes,
           "metadata": {"channels": 1, "sample_rate": 22_050, "samples": samples}, "offset": 0, "size": count * bytes})
}
