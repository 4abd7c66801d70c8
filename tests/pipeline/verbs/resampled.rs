//! Sounds that are resampled when they are added.

use std::f64::consts::TAU;

use serde_json::{Value, json};
use support::TestProject;
use support::flac::Flac;
use support::imports::{Aiff, LOOP_OGG};
use support::sounds::{Wav, marker_chunks};

use super::edits::assert_refused;
use crate::{cli, tree};

/// A tone of 441 Hz.
fn tone(rate_hz: u32, frames: u32) -> Vec<i16> {
    let value = |n: u32| 20_000.0 * (TAU * 441.0 * f64::from(n) / f64::from(rate_hz)).sin();
    #[expect(clippy::cast_possible_truncation, reason = "it is within the range")]
    let rounded = |n: u32| value(n).round() as i16;
    (0..frames).map(rounded).collect()
}

/// The rate of a WAV that was written, its bits, and its sound.
fn read_wav(project: &TestProject, path: &str) -> (u32, u16, Vec<u8>) {
    let bytes = project.read(path);
    let size = u32::from_le_bytes(bytes[40..44].try_into().unwrap()) as usize;
    let rate_hz = u32::from_le_bytes(bytes[24..28].try_into().unwrap());
    (rate_hz, u16::from_le_bytes([bytes[34], bytes[35]]), bytes[44..44 + size].to_vec())
}

fn assert_is_tone(project: &TestProject, path: &str, rate_hz: u32, frames: u32) {
    let (found_rate, depth_bits, data) = read_wav(project, path);
    assert_eq!((found_rate, depth_bits), (rate_hz, 16));
    let found: Vec<i16> = data.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    assert_eq!(found.len(), frames as usize);
    // Around it is silence, which affects the frames at its ends.
    for (n, (found, expected)) in std::iter::zip(&found, tone(rate_hz, frames)).enumerate() {
        let is_inner = (300..frames as usize - 300).contains(&n);
        assert!(!is_inner || (found - expected).abs() <= 1, "frame {n}: {found} instead of {expected}");
    }
}

fn codes(answer: &Value) -> Vec<&str> {
    answer["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

#[test]
fn every_format_gets_the_new_rate() {
    let project = TestProject::new();
    project.write("a.wav", Wav::mono16(44_100, &tone(44_100, 4001)).bytes());
    project.write("b.flac", Flac::mono16(32_000, &tone(32_000, 3000)).bytes());
    let big_endian = tone(48_000, 4000).iter().flat_map(|value| value.to_be_bytes()).collect();
    let aiff = Aiff { channels: 1, depth_bits: 16, rate_hz: 48_000, data: big_endian, looping: Some((1, 480, 3840)) };
    project.write("c.aif", aiff.bytes());
    project.write("d.wav", Wav::mono16(22_050, &tone(22_050, 1000)).bytes());
    project.write("e.ogg", LOOP_OGG);
    let files = "@/a.wav @/b.flac @/c.aif @/d.wav @/e.ogg";
    let answer = cli::run_ok(project.root(), &format!("create @ bank --type sound_bank --rate 22050 {files}"));
    assert_is_tone(&project, "assets/bank/a.wav", 22_050, 2001);
    assert_is_tone(&project, "assets/bank/b.wav", 22_050, 2067);
    assert_is_tone(&project, "assets/bank/c.wav", 22_050, 1838);
    assert!(!project.exists("assets/bank/b.flac"));
    assert_eq!(project.read("assets/bank/d.wav"), project.read("d.wav"), "its rate is right");
    let expected = ["sound-resampled", "sound-resampled", "sound-imported", "sound-resampled", "sound-imported"];
    assert_eq!(codes(&answer), expected);
    let c = json!({ "index": 2, "file": "c.wav", "loop_start": 221, "loop_end": 1764 });
    assert_eq!(answer["loops"][0], c, "480 and 3840 of 48 000 Hz");
    let message = answer["findings"][3]["message"].as_str().unwrap();
    assert!(
        message.ends_with("with 16 bits, loops 221..1764, rounded to whole frames; tones above 11025 Hz were removed")
    );
    cli::run_ok(project.root(), "pack @ --deny-warnings");
    // The same files give the same bytes.
    let before = tree::read_tree(&project.at("assets/bank"));
    cli::run_ok(project.root(), &format!("create @ again --type sound_bank --rate 22050 {files}"));
    for file in ["a.wav", "b.wav", "c.wav", "e.wav"] {
        assert_eq!(project.read(&format!("assets/again/{file}")), project.read(&format!("assets/bank/{file}")));
    }
    assert_eq!(cli::run_ok(project.root(), "update @ bank")["change"], Value::Null);
    tree::assert_same(&before, &tree::read_tree(&project.at("assets/bank")), "an update resamples in the same way");
}

#[test]
fn depth_and_channels_are_kept() {
    let project = TestProject::new();
    let wide: Vec<u8> =
        tone(44_100, 2000).iter().flat_map(|value| (i32::from(*value) << 8).to_le_bytes()[..3].to_vec()).collect();
    project.write("a.wav", Wav::pcm(44_100, 1, 24, wide).bytes());
    project.write("b.wav", Wav::pcm(44_100, 2, 8, vec![128; 2000]).bytes());
    let options = "--type sound_bank --rate 11025 --reduce-bit-depth --downmix";
    cli::run_ok(project.root(), &format!("create @ bank {options} @/a.wav @/b.wav"));
    let (rate_hz, depth_bits, data) = read_wav(&project, "assets/bank/a.wav");
    assert_eq!((rate_hz, depth_bits, data.len()), (11_025, 24, 1500));
    assert_eq!(read_wav(&project, "assets/bank/b.wav"), (11_025, 16, vec![0; 1000]));
}

#[test]
fn loops_of_every_form_are_scaled() {
    let project = TestProject::new();
    let plain = || Wav::mono16(44_100, &tone(44_100, 1000));
    project.write("a.wav", plain().loops(&[(0, 100, 899, 0, 0)]).bytes());
    project.write("b.wav", Wav { after_data: marker_chunks(&[("loop", 200, 400)]), ..plain() }.bytes());
    project.write("c.wav", plain().loops(&[(1, 100, 899, 0, 0)]).bytes());
    project.write("d.wav", plain().loops(&[(0, 100, 100, 0, 0)]).bytes());
    let files = "@/a.wav @/b.wav @/c.wav @/d.wav";
    let answer = cli::run_ok(project.root(), &format!("create @ bank --type sound_bank --rate 4410 {files}"));
    let loops: Vec<Value> = answer["loops"].as_array().unwrap().iter().map(|one| one["loop_end"].clone()).collect();
    assert_eq!(loops, [90, 60]);
    // The loops of the last two sounds are not kept.
    let mut found = codes(&answer);
    found.sort_unstable();
    assert_eq!(found, [["loop-unread"; 2].as_slice(), &["sound-resampled"; 4]].concat());
}

#[test]
fn composed_and_updated_sounds_are_resampled() {
    let project = TestProject::new();
    project.write("a.wav", Wav::mono16(22_050, &tone(22_050, 1000)).bytes());
    project.write("b.wav", Wav::mono16(44_100, &tone(44_100, 3000)).bytes());
    cli::run_ok(project.root(), "create @ bank --type sound_bank @/a.wav");
    let answer = cli::run_ok(project.root(), "compose @ bank add --rate 22050 @/b.wav");
    assert_eq!(codes(&answer), ["sound-resampled"]);
    assert_is_tone(&project, "assets/bank/b.wav", 22_050, 1500);
    project.write("b.wav", Wav::mono16(44_100, &tone(44_100, 4000)).bytes());
    assert_eq!(codes(&cli::run_ok(project.root(), "update @ bank")), ["sound-resampled"]);
    assert_is_tone(&project, "assets/bank/b.wav", 22_050, 2000);
    // An original that has the rate now is copied.
    project.write("b.wav", Wav::mono16(22_050, &tone(22_050, 900)).bytes());
    cli::run_ok(project.root(), "update @ bank");
    assert_eq!(project.read("assets/bank/b.wav"), project.read("b.wav"));
}

#[test]
fn useless_rates_are_refused() {
    let project = TestProject::new();
    project.write("a.wav", Wav::mono16(44_100, &[1]).bytes());
    project.write("assets/bank/b.wav", Wav::mono16(44_100, &tone(44_100, 2000)).bytes());
    assert_refused(&project, "create @ bank2 --type sound_bank --rate 8000 @/a.wav", &["sound-import"]);
    // The original would be overwritten.
    let in_place = "create @ bank --type sound_bank --rate 8000 @/assets/bank/b.wav";
    assert_refused(&project, in_place, &["file-name-twice"]);
    cli::run_ok(project.root(), "create @ bank --type sound_bank @/assets/bank/b.wav");
    assert_refused(&project, "compose @ bank add --rate 8000 @/assets/bank/b.wav", &["file-name-twice"]);
    for line in [
        "compose @ bank add --frames all @/a.wav",
        "create @ bank3 --type sound_bank --rate 999 @/a.wav",
        "create @ bank3 --type sound_bank --rate 192001 @/a.wav",
        "create @ bank3 --type glyph_bank --rate 8000 @/a.wav",
    ] {
        assert_eq!(cli::run(project.root(), line).code, 2, "{line}");
    }
}

/// A length that the file states is enough to refuse it: no memory is taken for it.
#[test]
fn long_sounds_are_refused_before_decoding() {
    let project = TestProject::new();
    let mut long = Aiff { channels: 1, depth_bits: 16, rate_hz: 44_100, data: vec![0; 200], looping: None }.bytes();
    // 80 MB: too large for a change that can be undone.
    let frames = long.windows(4).position(|bytes| bytes == b"COMM").unwrap() + 10;
    long[frames..frames + 4].copy_from_slice(&40_000_000_u32.to_be_bytes());
    project.write("long.aif", &long).write("a.wav", Wav::mono16(44_100, &[1]).bytes());
    cli::run_ok(project.root(), "create @ bank --type sound_bank @/a.wav");
    let refused = cli::run_refused(project.root(), "compose @ bank add --dry-run @/long.aif", &["sound-import"]);
    assert!(refused.stdout.contains("(64 MiB), the limit"), "{}", refused.stdout);
    // At a lower rate it would fit, but it is cut.
    let refused = cli::run_refused(project.root(), "compose @ bank add --rate 8000 @/long.aif", &["sound-import"]);
    assert!(refused.stdout.contains("cut or damaged"), "{}", refused.stdout);
}
