//! Loops that only the markers of a sound state: they are declared when the sound is added, and no pack reads them.

use serde_json::{Value, json};
use support::TestProject;
use support::flac::Flac;
use support::sounds::{Wav, marker_chunks};

use crate::cli;

/// A WAV of 100 frames with these markers: names, frames, and lengths of regions.
fn marked(markers: &[(&str, u32, u32)]) -> Wav {
    Wav { after_data: marker_chunks(markers), ..Wav::mono16(22_050, &[7; 100]) }
}

const START_AND_END: &[(&str, u32, u32)] = &[("Loop Start", 10, 0), ("hit", 30, 0), ("Loop End", 90, 0)];

fn codes(answer: &Value) -> Vec<&str> {
    answer["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

fn declared_loops(project: &TestProject) -> Vec<Value> {
    let declaration: Value = serde_json::from_slice(&project.read("assets/bank/asset.json")).unwrap();
    declaration["artifacts"].as_array().unwrap().iter().map(|artifact| artifact["loop"].clone()).collect()
}

#[test]
fn created_sound_declares_its_marker_loop() {
    let project = TestProject::new();
    project.write("a.wav", marked(START_AND_END).bytes());
    project.write("b.wav", marked(&[("intro", 0, 10), ("loop", 10, 80)]).bytes());
    project.write("c.flac", Flac::from_wav(&marked(START_AND_END)).bytes());
    project.write("d.wav", marked(START_AND_END).loops(&[(0, 20, 29, 0, 0)]).bytes());
    project.write("e.wav", marked(START_AND_END).bytes());
    project.write("f.wav", marked(&[("loop", 10, 91)]).bytes());
    let options = "--type sound_bank --loop e.wav=none @/a.wav @/b.wav @/c.flac @/d.wav @/e.wav @/f.wav";
    let answer = cli::run_ok(project.root(), &format!("create @ bank {options}"));
    let from_markers = json!({ "start": 10, "end": 90 });
    let expected = [from_markers.clone(), from_markers.clone(), from_markers, Value::Null, Value::Null, Value::Null];
    assert_eq!(declared_loops(&project), expected);
    assert_eq!(codes(&answer), ["loop-markers", "loop-markers", "loop-markers", "loop-unread"]);
    let looping = |index: u32, end: u32| json!([index, end]);
    let loops: Vec<Value> =
        answer["loops"].as_array().unwrap().iter().map(|one| json!([one["index"], one["loop_end"]])).collect();
    assert_eq!(loops, [looping(0, 90), looping(1, 90), looping(2, 90), looping(3, 30)]);
    // What is declared is not said again.
    assert_eq!(codes(&cli::run_ok(project.root(), "doctor @")), ["loop-unread"]);
}

#[test]
fn packs_read_no_markers() {
    let project = TestProject::new();
    project.write("a.wav", Wav::mono16(22_050, &[7; 100]).bytes());
    cli::run_ok(project.root(), "create @ bank --type sound_bank @/a.wav");
    cli::run_ok(project.root(), "pack @");
    let before = project.read("build/assets.pa");
    project.write("assets/bank/a.wav", marked(START_AND_END).bytes());
    let answer = cli::run_ok(project.root(), "pack @");
    assert_eq!(project.read("build/assets.pa"), before);
    assert_eq!(codes(&answer), ["loop-unread"]);
    let help = answer["findings"][0]["help"].as_str().unwrap();
    assert!(help.contains("\"start\": 10, \"end\": 90"), "{help}");
    // The help is what creating the bank would have declared.
    cli::run_ok(project.root(), "loop @ bank a.wav 10..90");
    assert_eq!(codes(&cli::run_ok(project.root(), "pack @")), Vec::<&str>::new());
}

#[test]
fn added_and_updated_sounds_follow_markers() {
    let project = TestProject::new();
    project.write("a.wav", Wav::mono16(22_050, &[7; 100]).bytes()).write("b.wav", marked(START_AND_END).bytes());
    cli::run_ok(project.root(), "create @ bank --type sound_bank @/a.wav");
    assert_eq!(codes(&cli::run_ok(project.root(), "compose @ bank add @/b.wav")), ["loop-markers"]);
    assert_eq!(declared_loops(&project), [Value::Null, json!({ "start": 10, "end": 90 })]);
    project.write("b.wav", marked(&[("loop", 20, 60)]).bytes());
    assert_eq!(codes(&cli::run_ok(project.root(), "update @ bank")), ["loop-markers"]);
    assert_eq!(declared_loops(&project)[1], json!({ "start": 20, "end": 80 }));
    // A loop that was declared by hand is kept.
    cli::run_ok(project.root(), "loop @ bank b.wav 1..50");
    project.write("b.wav", marked(&[("loop", 30, 60)]).bytes());
    assert_eq!(codes(&cli::run_ok(project.root(), "update @ bank")), Vec::<&str>::new());
    assert_eq!(declared_loops(&project)[1], json!({ "start": 1, "end": 50 }));
}

#[test]
fn single_marker_is_noted_once() {
    let project = TestProject::new();
    project
        .write("a.wav", marked(&[("", 40, 0)]).bytes())
        .write("b.wav", marked(&[("verse", 1, 0), ("", 2, 0)]).bytes());
    let answer = cli::run_ok(project.root(), "create @ bank --type sound_bank @/a.wav @/b.wav");
    assert_eq!(codes(&answer), ["loop-unread"]);
    assert!(answer["findings"][0]["help"].as_str().unwrap().contains("40..100"), "{answer}");
    assert_eq!(codes(&cli::run_ok(project.root(), "doctor @")), Vec::<&str>::new());
}

/// What the finding advises is a loop of the sound, whatever the markers say.
#[test]
fn advised_loops_are_inside_the_sound() {
    let project = TestProject::new();
    for (n, (markers, advised)) in [
        (&[("loop", 90, 11)][..], Some("90..100")),
        (&[("loop start", 10, 0), ("loop end", 120, 0)], Some("10..100")),
        (&[("loop", 150, 10)], None),
    ]
    .into_iter()
    .enumerate()
    {
        project.write("a.wav", marked(markers).bytes());
        let answer = cli::run_ok(project.root(), &format!("create @ bank{n} --type sound_bank @/a.wav"));
        assert_eq!(codes(&answer), ["loop-unread"]);
        let finding = &answer["findings"][0];
        let (message, help) = (finding["message"].as_str().unwrap(), finding["help"].as_str().unwrap());
        assert!(message.contains("which is not inside the sound of 100 frames"), "{message}");
        let Some(advised) = advised else {
            assert!(help.contains("\"start\": …"), "{help}");
            continue;
        };
        let (start, end) = advised.split_once("..").unwrap();
        assert!(help.contains(&format!("\"start\": {start}, \"end\": {end}")), "{help}");
        cli::run_ok(project.root(), &format!("loop @ bank{n} a.wav {advised}"));
    }
}

/// The loop of markers, and what becomes of it when the markers go.
#[test]
fn lost_markers_are_reported() {
    let project = TestProject::new();
    project.write("a.wav", marked(START_AND_END).bytes());
    cli::run_ok(project.root(), "create @ bank --type sound_bank @/a.wav");
    project.write("a.wav", Wav::mono16(22_050, &[7; 110]).bytes());
    let updated = cli::run_ok(project.root(), "update @ bank");
    assert_eq!(codes(&updated), ["loop-changed"]);
    assert!(updated["findings"][0]["message"].as_str().unwrap().contains("the artifact keeps the loop"), "{updated}");
    assert_eq!(declared_loops(&project), [json!({ "start": 10, "end": 90 })]);
    cli::run_ok(project.root(), "undo @");
    project.write("a.wav", Wav::mono16(11_025, &[7; 55]).bytes());
    let updated = cli::run_ok(project.root(), "update @ bank");
    assert!(updated["findings"][1]["message"].as_str().unwrap().ends_with("still declares a loop"), "{updated}");
    // The file states the loop in another form: what was declared for the markers would hide it.
    cli::run_ok(project.root(), "undo @");
    project.write("a.wav", Wav::mono16(22_050, &[7; 100]).loops(&[(0, 20, 59, 0, 0)]).bytes());
    assert_eq!(codes(&cli::run_ok(project.root(), "update @ bank")), ["loop-changed"]);
    assert_eq!(declared_loops(&project), [Value::Null]);
    let shown = cli::run_ok(project.root(), "show @ bank");
    assert_eq!(
        shown["artifacts"][0]["loop_end"].as_u64().or(shown["samples"][0]["loop_end"].as_u64()),
        Some(60),
        "{shown}"
    );
}

/// Only a sound that is added gets the loop of its markers: another artifact of the file keeps what it declares.
#[test]
fn other_artifacts_keep_their_loops() {
    let project = TestProject::new();
    project.write("a.wav", marked(START_AND_END).bytes());
    cli::run_ok(project.root(), "create @ bank --type sound_bank @/a.wav");
    cli::run_ok(project.root(), "loop @ bank a.wav file");
    assert_eq!(codes(&cli::run_ok(project.root(), "compose @ bank add @/a.wav")), ["loop-markers", "loop-unread"]);
    assert_eq!(declared_loops(&project), [Value::Null, json!({ "start": 10, "end": 90 })]);
}

#[test]
fn refused_banks_declare_nothing() {
    let project = TestProject::new();
    project.write("a.wav", marked(START_AND_END).bytes()).write("b.wav", Wav::pcm(22_050, 2, 16, vec![0; 400]).bytes());
    let line = "create @ bank --type sound_bank @/a.wav @/b.wav";
    cli::run_refused(project.root(), line, &["convert-downmix"]);
    project.write("b.wav", b"RIFF");
    cli::run_refused(project.root(), line, &["wav-cut"]);
    cli::run_refused(project.root(), "create @ bank --type sound_bank @/a.wav @/missing.wav", &["file-missing"]);
    let dry = cli::run_ok(project.root(), "create @ bank --type sound_bank --dry-run @/a.wav");
    assert!(!dry["findings"][0]["message"].as_str().unwrap().contains("was declared"), "{dry}");
}
