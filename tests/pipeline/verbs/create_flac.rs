//! `create` and `pack` of sounds in FLAC: as WAV, byte for byte, or refused for what is wrong with them.

use serde_json::{Value, json};
use support::TestProject;
use support::flac::{Coding, Flac, Subframe, build_file};
use support::sounds::Wav;

use crate::{cli, console};

/// The line that creates `bank` from these files, which are written to `takes/`.
fn line(project: &TestProject, bank: &str, options: &str, files: &[(&str, Vec<u8>)]) -> String {
    let mut line = format!("create @ {bank} --type sound_bank {options}");
    for (name, bytes) in files {
        project.write(&format!("takes/{name}"), bytes);
        line.push_str(&format!(" @/takes/{name}"));
    }
    line
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

fn coded(wav: &Wav) -> Vec<u8> {
    let mut flac = Flac::from_wav(wav);
    flac.codings =
        [(0, Subframe::Fixed(2)), (1, Subframe::Linear(8)), (2, Subframe::Plain(1)), (3, Subframe::Fixed(4))]
            .map(|(stereo, subframe)| Coding { stereo, subframe, partitions_log2: 3, ..Coding::PLAIN })
            .to_vec();
    flac.bytes()
}

#[test]
fn flacs_wavs_and_both_in_one_bank_pack_the_same_bytes() {
    let [hum, take, blip] = takes();
    let all = |of: [fn(&Wav) -> Vec<u8>; 3]| {
        let project = TestProject::new();
        // The name says nothing: these are read by what they are.
        let files = [("hum.flac", of[0](&hum)), ("take.wav", of[1](&take)), ("blip", of[2](&blip))];
        let line = line(&project, "bank", "--downmix --reduce-bit-depth", &files);
        assert_eq!(cli::done(project.root(), &line)["findings"], json!([]));
        cli::done(project.root(), "pack @");
        cli::done(project.root(), "pack @ --check");
        let samples = console::samples(&project, 1);
        assert_eq!(samples[0].loop_frames, Some(10..501));
        let declaration: Value = serde_json::from_str(&project.read_text("assets/bank/asset.json")).unwrap();
        let agreed: Vec<Value> =
            declaration["artifacts"].as_array().unwrap().iter().map(|artifact| artifact["convert"].clone()).collect();
        (samples, agreed)
    };
    let wavs = all([Wav::bytes; 3]);
    assert_eq!(wavs.1, [json!(null), json!({"downmix": true, "reduce_bit_depth": true}), json!(null)]);
    assert_eq!(all([coded; 3]), wavs);
    assert_eq!(all([coded, Wav::bytes, coded]), wavs);
}

#[test]
fn a_flac_loses_nothing_before_somebody_agrees() {
    let project = TestProject::new();
    let files = [("take.flac", coded(&takes()[1]))];
    cli::refused(project.root(), &line(&project, "bank", "", &files), &["convert-depth", "convert-downmix"]);
    assert!(!project.exists("assets/bank"));
}

#[test]
fn a_flac_that_an_encoder_wrote_to_a_pipe_is_refused_and_so_is_a_damaged_one() {
    let project = TestProject::new();
    let good = Flac::from_wav(&takes()[0]);
    let mut info = good.streaminfo();
    info[14..].fill(0);
    let piped = build_file(&info, &[], &good.frames().concat());
    cli::refused(project.root(), &line(&project, "bank", "", &[("a.flac", piped)]), &["flac-unknown-length"]);
    let mut damaged = good.bytes();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x10;
    cli::refused(project.root(), &line(&project, "bank", "", &[("a.flac", damaged)]), &["flac-damaged"]);
    assert!(!project.exists("assets/bank"));
    cli::done(project.root(), &line(&project, "bank", "", &[("a.flac", good.bytes())]));
}

#[test]
fn a_flac_that_is_damaged_after_it_was_created_blocks_the_next_pack_and_the_old_one_stays() {
    let project = TestProject::new();
    let good = Flac::from_wav(&takes()[0]).bytes();
    cli::done(project.root(), &line(&project, "bank", "", &[("a.flac", good.clone())]));
    cli::done(project.root(), "pack @");
    let before = project.pack_bytes();
    project.write("assets/bank/a.flac", &good[..good.len() - 1]);
    for verb in ["doctor @", "pack @ --check", "pack @"] {
        cli::refused(project.root(), verb, &["flac-cut"]);
    }
    assert_eq!(project.pack_bytes(), before);
    project.write("assets/bank/a.flac", &good);
    cli::done(project.root(), "pack @ --check");
}
