//! `pack` reports which sounds loop differently than in the last pack, if the cache matches the pack in `build/`.

use packer_services::declaration::{LoopChoice, SoundArtifact};
use packer_services::formats::SampleLoop;
use serde_json::{Value, json};
use support::flac::Flac;
use support::sounds::Wav;
use support::{TestProject, sample, sound};

use crate::cli;

const SFX: &str = "assets/sfx/asset.json";

fn tone() -> Wav {
    Wav::mono16(8000, &[1, 2, 3, 4, 5])
}

/// A packed bank: `hum.wav` loops, `bell.wav` does not.
fn packed_bank() -> TestProject {
    let mut project = TestProject::new();
    project.write("assets/sfx/hum.wav", tone().loops(&[(0, 1, 3, 0, 0)]).bytes());
    project.write("assets/sfx/bell.wav", tone().bytes());
    project.add_asset("sfx", true, &sound(1, "sfx", 8000, vec![sample("hum.wav", 0), sample("bell.wav", 1)]));
    let answer = cli::run_ok(project.root(), "pack @");
    assert_eq!(answer["loops"], Value::Null, "the first pack has nothing to compare with");
    assert_eq!(cli::run_ok(project.root(), "pack @")["loops"], json!([]));
    project
}

fn declare(project: &TestProject, artifacts: Vec<SoundArtifact>) {
    project.write(SFX, sound(1, "sfx", 8000, artifacts).to_bytes());
}

#[test]
fn lost_loop_is_reported() {
    let project = packed_bank();
    project.write("assets/sfx/hum.wav", tone().bytes());
    let checked = cli::run(project.root(), "pack @ --check");
    let line = "; 1 changed: sfx\nasset 1 (sfx): 1 loop lost: hum.wav 1..4\n";
    assert!(checked.code == 3 && checked.stdout.ends_with(line), "{}", checked.stdout);
    let answer = cli::run_ok(project.root(), "pack @ --deny-warnings");
    let lost = json!({
        "asset_id": 1, "name": "sfx", "index": 0, "file": "hum.wav", "from": {"start": 1, "end": 4}, "to": null,
    });
    assert_eq!((&answer["loops"], &answer["findings"]), (&json!([lost]), &json!([])));
    assert_eq!(cli::run_ok(project.root(), "pack @")["loops"], json!([]), "the next pack must report nothing");
}

#[test]
fn added_and_moved_loops_are_reported() {
    let project = packed_bank();
    project.write("assets/sfx/hum.wav", tone().loops(&[(0, 0, 4, 0, 0)]).bytes());
    let looping = LoopChoice::At(SampleLoop { start: 2, end: 3 });
    declare(&project, vec![sample("hum.wav", 0), SoundArtifact { looping, ..sample("bell.wav", 1) }]);
    let stdout = cli::run(project.root(), "pack @").stdout;
    let lines = "asset 1 (sfx): 1 loop added: bell.wav 2..3\nasset 1 (sfx): 1 loop moved: hum.wav 1..4 → 0..5\n";
    assert!(stdout.ends_with(lines), "{stdout}");
}

#[test]
fn moved_sample_keeps_its_loop() {
    let project = packed_bank();
    declare(&project, vec![sample("hum.wav", 1), sample("bell.wav", 0)]);
    let answer = cli::run_ok(project.root(), "pack @");
    assert_eq!((answer["moved"].as_array().map(Vec::len), &answer["loops"]), (Some(2), &json!([])));
}

#[test]
fn loop_lost_with_another_file() {
    let project = packed_bank();
    project.write("assets/sfx/hum.flac", Flac::from_wav(&tone()).bytes());
    declare(&project, vec![sample("hum.flac", 0), sample("bell.wav", 1)]);
    let stdout = cli::run(project.root(), "pack @").stdout;
    let lines = "1 sample gone: hum.wav, formerly 0\nasset 1 (sfx): 1 loop lost: hum.flac 1..4\n";
    assert!(stdout.ends_with(lines), "{stdout}");
}

#[test]
fn unknown_last_pack_reports_no_loops() {
    let project = packed_bank();
    project.write("assets/sfx/hum.wav", tone().bytes());
    std::fs::remove_file(project.at("assets/.prometeu/identities.json")).unwrap();
    let answer = cli::run_ok(project.root(), "pack @");
    assert_eq!((&answer["moved"], &answer["loops"]), (&Value::Null, &Value::Null));
}
