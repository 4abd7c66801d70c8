//! Files of the reference encoder, where the command `flac` is installed: they decode to the encoded samples.

use std::path::Path;
use std::process::{Command, Stdio};

use support::flac::Flac;
use support::sample;
use support::sounds::Wav;

use crate::flac_samples::converting_artifact;
use crate::random::Rng;
use crate::sound_findings::pack_sound;
use crate::wav_samples::extensible_wav;

/// Runs `flac` in a folder.
fn flac(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new("flac");
    command.arg("--silent").args(arguments).current_dir(folder).stderr(Stdio::inherit());
    let output = command.output().unwrap();
    assert!(output.status.success(), "flac {arguments:?}");
    output.stdout
}

/// A chord with noise, by channel: it can be predicted, but not exactly.
fn chord(rng: &mut Rng, depth_bits: u16, channels: usize) -> Flac {
    let loud = f64::from(depth_bits - 1).exp2() * 0.45;
    let noise = 1 + (rng.next_u64() % (1 << (depth_bits / 2))).cast_signed();
    let mut channel = |n: f64| -> Vec<i64> {
        let tone = |at: f64| (at * 0.031).sin() + (at * 0.047 + n).sin();
        #[expect(clippy::cast_possible_truncation, reason = "it is within the range")]
        (0..20_000).map(|at| (tone(f64::from(at)) * loud) as i64 + rng.next_u64().cast_signed() % noise).collect()
    };
    let channels = (0..channels).map(|n| channel(f64::from(u8::try_from(n).unwrap()))).collect();
    Flac::pcm(44_100, depth_bits, channels)
}

/// A WAV whose format has the number of valid bits per sample; the other low bits are zero.
fn extensible(flac: &Flac) -> Vec<u8> {
    let depth = 8 * flac.depth_bits.div_ceil(8);
    let shift = depth - flac.depth_bits;
    let channels = flac.channels.iter().map(|channel| channel.iter().map(|value| value << shift).collect()).collect();
    extensible_wav(&Flac::pcm(flac.rate_hz, depth, channels).to_wav(), flac.depth_bits)
}

#[test]
#[ignore = "needs flac"]
fn real_encoder_files_decode_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let mut rng = Rng::seeded(11);
    for (depth, channels) in [8, 12, 16, 20, 24, 32].into_iter().flat_map(|depth| [(depth, 1), (depth, 2)]) {
        let ours = chord(&mut rng, depth, channels);
        std::fs::write(folder.path().join("a.wav"), extensible(&ours)).unwrap();
        let best: &[&str] = &["-8", "--exhaustive-model-search", "--max-lpc-order=32"];
        for options in [&["-0"][..], &["-5"], best, &["-2", "--blocksize=4608"]] {
            flac(folder.path(), &[options, &["--lax", "--force", "--output-name=a.flac", "a.wav"]].concat());
            let theirs = std::fs::read(folder.path().join("a.flac")).unwrap();
            let artifact = converting_artifact(channels, depth);
            let (found, sample) = pack_sound(&theirs, artifact.clone());
            assert_eq!(
                (found, sample),
                pack_sound(&ours.bytes(), artifact),
                "{depth} bits, {channels} channels, {options:?}"
            );
        }
    }
}

#[test]
#[ignore = "needs flac"]
fn foreign_metadata_keeps_the_loop() {
    let folder = tempfile::tempdir().unwrap();
    let wav = Wav::mono16(8000, &[5; 900]).loops(&[(0, 10, 500, 0, 0)]);
    std::fs::write(folder.path().join("a.wav"), wav.bytes()).unwrap();
    let looped = |options: &[&str]| {
        flac(folder.path(), &[options, &["--force", "--output-name=a.flac", "a.wav"]].concat());
        let (found, sample) = pack_sound(&std::fs::read(folder.path().join("a.flac")).unwrap(), sample("a.wav", 0));
        assert_eq!(found, [] as [&str; 0]);
        sample.unwrap().loop_frames
    };
    assert_eq!(looped(&["--keep-foreign-metadata"]), Some(10..501));
    assert_eq!(looped(&[]), None);
}

#[test]
#[ignore = "needs flac"]
fn piped_flac_has_no_length() {
    let folder = tempfile::tempdir().unwrap();
    let ours = chord(&mut Rng::seeded(3), 16, 1);
    std::fs::write(folder.path().join("a.raw"), ours.to_wav().data).unwrap();
    const FORM: &str = "--force-raw-format --endian=little --sign=signed --channels=1 --bps=16 --sample-rate=44100";
    let script = format!("cat a.raw | flac --silent {FORM} --stdout - | cat >a.flac");
    let mut shell = Command::new("sh");
    let status = shell.args(["-euc", &script]).current_dir(folder.path()).stderr(Stdio::null()).status().unwrap();
    assert!(status.success());
    let piped = std::fs::read(folder.path().join("a.flac")).unwrap();
    let artifact = sample("a.wav", 0);
    assert_eq!(pack_sound(&piped, artifact.clone()).0, ["flac-unknown-length"]);
    // The command in the help of the finding.
    flac(folder.path(), &["-d", "a.flac"]);
    let unpacked = std::fs::read(folder.path().join("a.wav")).unwrap();
    assert_eq!(pack_sound(&unpacked, artifact.clone()), pack_sound(&ours.to_wav().bytes(), artifact));
}

#[test]
#[ignore = "needs flac"]
fn real_decoder_accepts_our_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut rng = Rng::seeded(4);
    for depth in [8, 12, 16, 24, 32] {
        for channels in [1, 2] {
            let ours = crate::flac_samples::any_flac(&mut rng, depth, channels);
            // The decoder need not accept metadata of random bytes.
            let ours = Flac { block: ours.block.max(16), metadata: Vec::new(), ..ours };
            std::fs::write(folder.path().join("ours.flac"), ours.bytes()).unwrap();
            flac(folder.path(), &["--test", "ours.flac"]);
        }
    }
}
