//! Files of the real encoder, where the command `flac` is at hand: they give the samples that went in.

use std::path::Path;
use std::process::{Command, Stdio};

use support::flac::Flac;
use support::sample;
use support::sounds::Wav;

use crate::cases::Dice;
use crate::flac_converted::agreeing;
use crate::sound_findings::packed;
use crate::sounds_converted::made_extensible;

/// Runs `flac` in a folder.
fn flac(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new("flac");
    command.arg("--silent").args(arguments).current_dir(folder).stderr(Stdio::inherit());
    let output = command.output().unwrap();
    assert!(output.status.success(), "flac {arguments:?}");
    output.stdout
}

/// A chord with some noise, by channel: what a predictor is good at, and a little more.
fn chord(dice: &mut Dice, depth_bits: u16, channels: usize) -> Flac {
    let loud = f64::from(depth_bits - 1).exp2() * 0.45;
    let noise = 1 + (dice.bits() % (1 << (depth_bits / 2))).cast_signed();
    let mut channel = |n: f64| -> Vec<i64> {
        let tone = |at: f64| (at * 0.031).sin() + (at * 0.047 + n).sin();
        #[expect(clippy::cast_possible_truncation, reason = "it is within the range")]
        (0..20_000).map(|at| (tone(f64::from(at)) * loud) as i64 + dice.bits().cast_signed() % noise).collect()
    };
    let channels = (0..channels).map(|n| channel(f64::from(u8::try_from(n).unwrap()))).collect();
    Flac::pcm(44_100, depth_bits, channels)
}

/// A WAV that says how many bits of its whole bytes count; the low ones are zero.
fn extensible(flac: &Flac) -> Vec<u8> {
    let depth = 8 * flac.depth_bits.div_ceil(8);
    let shift = depth - flac.depth_bits;
    let channels = flac.channels.iter().map(|channel| channel.iter().map(|value| value << shift).collect()).collect();
    made_extensible(&Flac::pcm(flac.rate_hz, depth, channels).to_wav(), flac.depth_bits)
}

#[test]
#[ignore = "needs flac"]
fn the_samples_of_the_real_encoder_are_those_that_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice::seeded(11);
    for (depth, channels) in [8, 12, 16, 20, 24, 32].into_iter().flat_map(|depth| [(depth, 1), (depth, 2)]) {
        let ours = chord(&mut dice, depth, channels);
        std::fs::write(folder.path().join("a.wav"), extensible(&ours)).unwrap();
        let best: &[&str] = &["-8", "--exhaustive-model-search", "--max-lpc-order=32"];
        for how in [&["-0"][..], &["-5"], best, &["-2", "--blocksize=4608"]] {
            flac(folder.path(), &[how, &["--lax", "--force", "--output-name=a.flac", "a.wav"]].concat());
            let theirs = std::fs::read(folder.path().join("a.flac")).unwrap();
            let artifact = agreeing(channels, depth);
            let (found, sample) = packed(&theirs, artifact.clone());
            assert_eq!((found, sample), packed(&ours.bytes(), artifact), "{depth} bits, {channels} channels, {how:?}");
        }
    }
}

#[test]
#[ignore = "needs flac"]
fn the_real_encoder_keeps_the_loop_of_a_wav_if_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let wav = Wav::mono16(8000, &[5; 900]).loops(&[(0, 10, 500, 0, 0)]);
    std::fs::write(folder.path().join("a.wav"), wav.bytes()).unwrap();
    let looped = |options: &[&str]| {
        flac(folder.path(), &[options, &["--force", "--output-name=a.flac", "a.wav"]].concat());
        let (found, sample) = packed(&std::fs::read(folder.path().join("a.flac")).unwrap(), sample("a.wav", 0));
        assert_eq!(found, [] as [&str; 0]);
        sample.unwrap().loop_frames
    };
    assert_eq!(looped(&["--keep-foreign-metadata"]), Some(10..501));
    assert_eq!(looped(&[]), None);
}

#[test]
#[ignore = "needs flac"]
fn what_the_real_encoder_writes_to_a_pipe_has_no_length_and_its_wav_has() {
    let folder = tempfile::tempdir().unwrap();
    let ours = chord(&mut Dice::seeded(3), 16, 1);
    std::fs::write(folder.path().join("a.raw"), ours.to_wav().data).unwrap();
    const FORM: &str = "--force-raw-format --endian=little --sign=signed --channels=1 --bps=16 --sample-rate=44100";
    let script = format!("cat a.raw | flac --silent {FORM} --stdout - | cat >a.flac");
    let mut shell = Command::new("sh");
    let status = shell.args(["-euc", &script]).current_dir(folder.path()).stderr(Stdio::null()).status().unwrap();
    assert!(status.success());
    let piped = std::fs::read(folder.path().join("a.flac")).unwrap();
    let artifact = sample("a.wav", 0);
    assert_eq!(packed(&piped, artifact.clone()).0, ["flac-unknown-length"]);
    // As the help says.
    flac(folder.path(), &["-d", "a.flac"]);
    let unpacked = std::fs::read(folder.path().join("a.wav")).unwrap();
    assert_eq!(packed(&unpacked, artifact.clone()), packed(&ours.to_wav().bytes(), artifact));
}

#[test]
#[ignore = "needs flac"]
fn the_real_decoder_takes_the_files_of_these_tests() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice::seeded(4);
    for depth in [8, 12, 16, 24, 32] {
        for channels in [1, 2] {
            let ours = crate::flac_converted::any_flac(&mut dice, depth, channels);
            // Metadata of random bytes is what it need not take.
            let ours = Flac { block: ours.block.max(16), metadata: Vec::new(), ..ours };
            std::fs::write(folder.path().join("ours.flac"), ours.bytes()).unwrap();
            flac(folder.path(), &["--test", "ours.flac"]);
        }
    }
}
