//! `create` and `pack` of FLAC files: the same bytes as from WAV, or a finding.

use serde_json::{Value, json};
use support::TestProject;
use support::flac::{Coding, Flac, Subframe, build_file};
use support::sounds::Wav;

use crate::{cli, console};

/// The create_line that creates `bank` from these files, which are written to `takes/`.
fn create_line(project: &TestProject, bank: &str, options: &str, files: &[(&str, Vec<u8>)]) -> String {
    let mut create_line = format!("create @ {bank} --type sound_bank {options}");
    for (name, bytes) in files {
        project.write(&format!("takes/{name}"), bytes);
        create_line.push_str(&format!(" @/takes/{name}"));
    }
    create_line
}

/// A hum that loops, a stereo take of 24 bits, a blip of 8 bits.
fn takes() -> [Wav; 3] {
    let wave: Vec<i16> = (0i16..900).map(|at| (at % 50 - 25) * 800).collect();
    let deep = (0u8..240).flat_map(|at| [at, at.wrapping_mul(7), at / 2]).collect();
    [
        Wav::mono16(8000, &wave).loops(&[(0, 10, 500, 0, 0)]),
        Wav::pcm(8000, 2, 24, deep),
        Wav::pcm(8000, 1, 8, (0..200).collect()),
    ]
}

fn encode(wav: &Wav) -> Vec<u8> {
    let mut flac = Flac::from_wav(wav);
    flac.codings =
        [(0, Subframe::Fixed(2)), (1, Subframe::Linear(8)), (2, Subframe::Plain(1)), (3, Subframe::Fixed(4))]
            .map(|(stereo, subframe)| Coding { stereo, subframe, partitions_log2: 3, ..Coding::PLAIN })
            .to_vec();
    flac.bytes()
}

#[test]
fn flac_and_wav_pack_the_same_bytes() {
    let [hum, take, blip] = takes();
    let all = |of: [fn(&Wav) -> Vec<u8>; 3]| {
        let project = TestProject::new();
        // The extension has no effect: the content decides.
        let files = [("hum.flac", of[0](&hum)), ("take.wav", of[1](&take)), ("blip", of[2](&blip))];
        let create_line = create_line(&project, "bank", "--downmix --reduce-bit-depth", &files);
        assert_eq!(cli::run_ok(project.root(), &create_line)["findings"], json!([]));
        cli::run_ok(project.root(), "pack @");
        cli::run_ok(project.root(), "pack @ --check");
        let samples = console::samples(&project, 1);
        assert_eq!(samples[0].loop_frames, Some(10..501));
        let declaration: Value = serde_json::from_str(&project.read_text("assets/bank/asset.json")).unwrap();
        let converts: Vec<Value> =
            declaration["artifacts"].as_array().unwrap().iter().map(|artifact| artifact["convert"].clone()).collect();
        (samples, converts)
    };
    let wavs = all([Wav::bytes; 3]);
    assert_eq!(wavs.1, [json!(null), json!({"downmix": true, "reduce_bit_depth": true}), json!(null)]);
    assert_eq!(all([encode; 3]), wavs);
    assert_eq!(all([encode, Wav::bytes, encode]), wavs);
}

#[test]
fn flac_conversion_must_be_allowed() {
    let project = TestProject::new();
    let files = [("take.flac", encode(&takes()[1]))];
    cli::run_refused(project.root(), &create_line(&project, "bank", "", &files), &["convert-depth", "convert-downmix"]);
    assert!(!project.exists("assets/bank"));
}

#[test]
fn piped_and_damaged_flac_are_refused() {
    let project = TestProject::new();
    let original = Flac::from_wav(&takes()[0]);
    let mut info = original.streaminfo();
    info[14..].fill(0);
    let piped = build_file(&info, &[], &original.frames().concat());
    cli::run_refused(
        project.root(),
        &create_line(&project, "bank", "", &[("a.flac", piped)]),
        &["flac-unknown-length"],
    );
    let mut damaged = original.bytes();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x10;
    cli::run_refused(project.root(), &create_line(&project, "bank", "", &[("a.flac", damaged)]), &["flac-damaged"]);
    assert!(!project.exists("assets/bank"));
    cli::run_ok(project.root(), &create_line(&project, "bank", "", &[("a.flac", original.bytes())]));
}

#[test]
fn later_damaged_flac_blocks_the_pack() {
    let project = TestProject::new();
    let original = Flac::from_wav(&takes()[0]).bytes();
    cli::run_ok(project.root(), &create_line(&project, "bank", "", &[("a.flac", original.clone())]));
    cli::run_ok(project.root(), "pack @");
    let before = project.pack_bytes();
    project.write("assets/bank/a.flac", &original[..original.len() - 1]);
    for verb in ["doctor @", "pack @ --check", "pack @"] {
        cli::run_refused(project.root(), verb, &["flac-cut"]);
    }
    assert_eq!(project.pack_bytes(), before);
    project.write("assets/bank/a.flac", &original);
    cli::run_ok(project.root(), "pack @ --check");
}
