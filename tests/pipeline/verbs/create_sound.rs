//! `create` of a sound bank: rates, and conversions that must be allowed.

use serde_json::{Value, json};
use support::TestProject;
use support::sounds::Wav;

use crate::{cli, console};

/// The create_line that creates `bank` from these sounds, which are written to `takes/`.
fn create_line(project: &TestProject, options: &str, files: &[(&str, Wav)]) -> String {
    let mut create_line = format!("create @ bank --type sound_bank {options}");
    for (name, wav) in files {
        project.write(&format!("takes/{name}"), wav.bytes());
        create_line.push_str(&format!(" @/takes/{name}"));
    }
    create_line
}

fn declaration(project: &TestProject) -> Value {
    serde_json::from_str(&project.read_text("assets/bank/asset.json")).unwrap()
}

fn blip(rate_hz: u32) -> Wav {
    Wav::mono16(rate_hz, &[1, -2, 3])
}

#[test]
fn common_rate_becomes_the_bank_rate() {
    let project = TestProject::new();
    let files = [("b.wav", blip(8000)), ("a.wav", Wav::mono16(8000, &[7]))];
    cli::run_ok(project.root(), &create_line(&project, "", &files));
    let declaration = declaration(&project);
    assert_eq!(declaration["output"]["metadata"], json!({"sample_rate": 8000}));
    assert_eq!(declaration["artifacts"], json!([{"file": "b.wav", "index": 0}, {"file": "a.wav", "index": 1}]));
    cli::run_ok(project.root(), "pack @");
    let frames: Vec<Vec<i16>> = console::samples(&project, 1).into_iter().map(|sample| sample.frames).collect();
    assert_eq!(frames, [vec![1, -2, 3], vec![7]]);
}

#[test]
fn different_rates_need_an_option() {
    let project = TestProject::new();
    let files = [("low.wav", blip(8000)), ("high.wav", blip(22_050))];
    cli::run_refused(project.root(), &create_line(&project, "", &files), &["rate-needed"]);
    cli::run_ok(project.root(), &create_line(&project, "--sample-rate 16000", &files));
    assert_eq!(declaration(&project)["output"]["metadata"], json!({"sample_rate": 16_000}));
    cli::run_ok(project.root(), "pack @");
    let rates: Vec<u32> = console::samples(&project, 1).iter().map(|sample| sample.sample_rate).collect();
    assert_eq!(rates, [8000, 22_050], "each sample must keep its rate");
}

#[test]
fn conversions_are_declared_only_where_needed() {
    let project = TestProject::new();
    let stereo =
        Wav::pcm(8000, 2, 16, [[100i16, 50], [-100, -51]].iter().flatten().flat_map(|v| v.to_le_bytes()).collect());
    let deep = Wav::pcm(8000, 1, 24, vec![0xFF, 0x34, 0x12]);
    let both = Wav::pcm(8000, 2, 24, vec![0x00, 0x02, 0x00, 0x00, 0x04, 0x00]);
    let files = [("plain.wav", blip(8000)), ("stereo.wav", stereo), ("deep.wav", deep), ("both.wav", both)];
    cli::run_refused(
        project.root(),
        &create_line(&project, "", &files),
        &["convert-depth", "convert-downmix", "convert-depth", "convert-downmix"],
    );
    cli::run_refused(project.root(), &create_line(&project, "--downmix", &files), &["convert-depth", "convert-depth"]);
    let all = create_line(&project, "--downmix --reduce-bit-depth", &files);
    assert_eq!(cli::run_ok(project.root(), &all)["findings"], json!([]), "no `convert` may be unused");
    let declaration = declaration(&project);
    let convert: Vec<&Value> = declaration["artifacts"].as_array().unwrap().iter().map(|a| &a["convert"]).collect();
    let expected = [
        &Value::Null,
        &json!({"downmix": true}),
        &json!({"reduce_bit_depth": true}),
        &json!({"downmix": true, "reduce_bit_depth": true}),
    ];
    assert_eq!(convert, expected);
    cli::run_ok(project.root(), "pack @");
    let frames: Vec<Vec<i16>> = console::samples(&project, 1).into_iter().map(|sample| sample.frames).collect();
    assert_eq!(frames, [vec![1, -2, 3], vec![75, -76], vec![0x1234], vec![3]]);
}

#[test]
fn file_loop_is_kept() {
    let project = TestProject::new();
    let files = [("hum.wav", Wav::mono16(8000, &[1, 2, 3, 4]).loops(&[(0, 1, 2, 0, 0)]))];
    cli::run_ok(project.root(), &create_line(&project, "", &files));
    cli::run_ok(project.root(), "pack @");
    assert_eq!(console::samples(&project, 1)[0].loop_frames, Some(1..3), "the file's last frame is inclusive");
}

fn looped(start: u32, last: u32, kind: u32, plays: u32) -> Wav {
    Wav::mono16(8000, &[1, 2, 3, 4]).loops(&[(kind, start, last, 0, plays)])
}

#[test]
fn created_loops_are_listed() {
    let project = TestProject::new();
    let files = [("hum.wav", looped(1, 2, 0, 0)), ("blip.wav", blip(8000)), ("whole.wav", looped(0, 4, 0, 0))];
    let answer = cli::run_ok(project.root(), &create_line(&project, "", &files));
    let expected = json!([
        {"index": 0, "file": "hum.wav", "loop_start": 1, "loop_end": 3},
        {"index": 2, "file": "whole.wav", "loop_start": 0, "loop_end": 4}
    ]);
    assert_eq!(answer["loops"], expected);
}

#[test]
fn loop_option_replaces_the_files_loop() {
    let project = TestProject::new();
    let files = [("once.wav", looped(1, 2, 0, 1)), ("back.wav", looped(1, 2, 2, 0)), ("hum.wav", looped(0, 2, 0, 0))];
    let refused = cli::run_refused(project.root(), &create_line(&project, "", &files), &["loop-form", "loop-form"]);
    let findings = refused.json()["findings"].clone();
    assert_eq!(
        findings[1]["message"],
        "the file has a loop that is played once (1..3); the console plays one endless forward loop"
    );
    for option in ["`--loop once.wav=START..END`", "`--loop once.wav=none`"] {
        assert!(findings[1]["help"].as_str().unwrap().contains(option), "{}", findings[1]["help"]);
    }
    let options = "--loop once.wav=none --loop @/takes/back.wav=1..3";
    let output = cli::run(project.root(), &create_line(&project, options, &files));
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(
        output.stdout.contains(": 3 sounds\nback.wav loops 1..3\nhum.wav loops 0..3\nthe files"),
        "{}",
        output.stdout
    );
    let artifacts = declaration(&project)["artifacts"].clone();
    assert_eq!(artifacts[0], json!({"file": "once.wav", "index": 0, "loop": null}));
    assert_eq!(artifacts[1], json!({"file": "back.wav", "index": 1, "loop": {"start": 1, "end": 3}}));
    assert_eq!(artifacts[2], json!({"file": "hum.wav", "index": 2}));
    cli::run_ok(project.root(), "pack @");
    let loops: Vec<_> = console::samples(&project, 1).into_iter().map(|sample| sample.loop_frames).collect();
    assert_eq!(loops, [None, Some(1..3), Some(0..3)]);
}

#[test]
fn none_removes_all_loops() {
    let project = TestProject::new();
    let files = [("once.wav", looped(1, 2, 0, 1)), ("hum.wav", looped(0, 2, 0, 0)), ("far.wav", looped(2, 90, 0, 0))];
    let answer = cli::run_ok(project.root(), &create_line(&project, "--loop none --loop far.wav=2..4", &files));
    assert_eq!(answer["loops"], json!([{"index": 2, "file": "far.wav", "loop_start": 2, "loop_end": 4}]));
    assert_eq!(answer["findings"], json!([]));
}

#[test]
fn wrong_loop_options_are_refused() {
    let project = TestProject::new();
    let files = [("hum.wav", blip(8000))];
    let line = |option: &str| create_line(&project, &format!("--loop {option}"), &files);
    let refused = cli::run_refused(project.root(), &line("hm.wav=0..2"), &["file-missing"]).json();
    let finding = &refused["findings"][0];
    assert_eq!(finding["message"], "a loop is set for `hm.wav`, which is not one of the files of the new bank");
    assert!(refused["findings"][0]["help"].as_str().unwrap().contains("`hum.wav`"), "{refused}");
    let refused = cli::run_refused(project.root(), &line("hum.wav=1..4"), &["loop-range"]).json();
    assert!(refused["findings"][0]["help"].as_str().unwrap().contains("`--loop hum.wav=none`"), "{refused}");
    for option in
        ["hum.wav", "=0..2", "hum.wav=2..2", "hum.wav=3..1", "hum.wav=0-2", "hum.wav=0..", "hum.wav=+1..2", "hum.wav="]
    {
        let output = cli::run_json(project.root(), &line(option));
        assert_eq!((output.code, output.codes()), (2, vec!["usage".to_owned()]), "{option}");
    }
}
