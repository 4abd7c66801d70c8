//! `inspect` shows the header of a pack, and reads nothing else, however large the pack is.

use std::ffi::OsString;
use std::process::Command;
use std::time::{Duration, Instant};

use packer_services::Context;
use packer_services::ops::{InspectPack, Operation};
use serde_json::json;
use support::TestProject;
use support::binary::{self, CommandOutput};

use crate::{cli, fixtures};

#[test]
fn header_is_shown_unchanged() {
    let (project, outputs) = fixtures::packed_project();
    let answer = cli::run_ok(project.root(), "inspect @/build/assets.pa");
    let companion = |at: usize| serde_json::from_slice::<serde_json::Value>(outputs[at].as_ref().unwrap()).unwrap();
    assert_eq!(answer["header"]["asset_table"], companion(0));
    assert_eq!(answer["header"]["preload"], companion(1));
    assert_eq!(answer["size_bytes"], project.pack_bytes().len());
}

#[test]
fn inspect_agrees_with_verify_without_payloads() {
    let (project, _) = fixtures::packed_project();
    let verified = cli::run_ok(project.root(), "verify @/build/assets.pa");
    let inspected = cli::run_ok(project.root(), "inspect @/build/assets.pa");
    assert_eq!(inspected["header"]["budgets"], verified["budgets"]);
    let mut bytes = project.pack_bytes();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    project.write("build/assets.pa", bytes);
    assert_eq!(cli::run(project.root(), "verify @/build/assets.pa").code, 1);
    assert_eq!(cli::run_ok(project.root(), "inspect @/build/assets.pa"), inspected);
}

#[test]
fn typed_entries_equal_the_json() {
    let project = TestProject::demo();
    project.pack();
    let request = InspectPack::new(project.at("build/assets.pa"));
    let header = request.run(&Context::new()).unwrap().into_data().header.unwrap();
    let slot = |id: u32| header.preload.as_array().unwrap().iter().find(|preload| preload["asset_id"] == id);
    let typed = header.entries.iter().map(|entry| {
        let slot = slot(entry.asset_id).map(|preload| &preload["slot"]);
        assert_eq!(entry.slot.map(|slot| json!(slot)).as_ref(), slot, "{}", entry.name);
        json!({
            "asset_id": entry.asset_id, "asset_name": entry.name, "bank_type": entry.bank_type, "codec": entry.codec,
            "decoded_size": entry.decoded_size_bytes, "metadata": entry.metadata.to_value(),
            "offset": entry.offset_bytes, "size": entry.size_bytes,
        })
    });
    assert_eq!(typed.collect::<Vec<_>>(), *header.asset_table.as_array().unwrap());
    assert!(header.entries.iter().any(|entry| entry.slot.is_some()), "at least one entry must be preloaded");
    let json = serde_json::to_value(&header).unwrap();
    assert!(json.get("entries").is_none(), "the JSON must not repeat the entries");
}

const GIB: u64 = 1 << 30;

/// A pack of one scene with this many payload bytes, which take no disk space. The content of a scene is not checked.
fn sparse_pack(payload_bytes: u64) -> TestProject {
    let project = TestProject::new();
    let entry = json!({
        "asset_id": 1, "asset_name": "world", "bank_type": "SCENE", "codec": "NONE", "decoded_size": payload_bytes,
        "metadata": {}, "offset": 0, "size": payload_bytes,
    });
    let header = json!({"asset_table": [entry], "preload": []});
    let header = packer_services::internals::canonical_json::to_vec(&header).unwrap();
    let header_bytes = u32::try_from(header.len()).unwrap();
    let mut bytes = b"ASPA".to_vec();
    bytes.extend(1u32.to_le_bytes());
    bytes.extend(header_bytes.to_le_bytes());
    bytes.extend((32 + u64::from(header_bytes)).to_le_bytes());
    bytes.extend([0; 12]);
    bytes.extend(&header);
    let whole = bytes.len() as u64 + payload_bytes;
    project.write("large.pa", bytes);
    std::fs::File::options().write(true).open(project.at("large.pa")).unwrap().set_len(whole).unwrap();
    project
}

/// Runs the binary with at most this much memory, if the system can limit it.
fn run_limited(project: &TestProject, mebibytes: u64, line: &str) -> CommandOutput {
    let arguments: Vec<OsString> = cli::arguments(project.root(), line);
    if !cfg!(target_os = "linux") {
        return binary::run(arguments);
    }
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v {}; exec \"$0\" \"$@\"", mebibytes << 10)]);
    command.arg(binary::path()).args(arguments).output().unwrap().into()
}

#[test]
fn five_gibibytes_are_inspected_quickly() {
    let project = sparse_pack(5 * GIB);
    let start = Instant::now();
    let output = run_limited(&project, 100, "inspect @/large.pa --format json");
    let elapsed = start.elapsed();
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    let answer = output.json();
    assert_eq!(answer["header"]["asset_table"][0]["size"], 5 * GIB);
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
}

#[test]
fn verify_needs_little_memory() {
    let project = sparse_pack(GIB / 4);
    let output = run_limited(&project, 100, "verify @/large.pa --format json");
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    assert_eq!(output.json()["budgets"]["payload_bytes"], GIB / 4);
}

#[test]
fn offsets_beyond_4_gib_are_read() {
    let project = sparse_pack(5 * GIB);
    let end = 5 * GIB;
    let file = std::fs::File::options().write(true).open(project.at("large.pa")).unwrap();
    let whole = file.metadata().unwrap().len();
    file.set_len(whole - end).unwrap();
    let output = cli::run_json(project.root(), "inspect @/large.pa");
    assert_eq!((output.code, output.codes()), (1, vec!["pack-overflow".into()]), "{}", output.stdout);
    file.set_len(whole - 4 * GIB).unwrap();
    assert_eq!(cli::run_json(project.root(), "inspect @/large.pa").codes(), ["pack-overflow"]);
}
