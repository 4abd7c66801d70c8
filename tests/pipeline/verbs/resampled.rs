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
    assert!(message.ends_with(
        "with 16 bits, its own loop is 221..1764, rounded to whole frames; tones above 11025 Hz are removed"
    ));
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
    project.write("d.wav", plain().loops(&[(0, 100, 103, 0, 0)]).bytes());
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
    // An original that has the rate now is copied, and keeps its name even if it is a FLAC.
    project.write("b.wav", Wav::mono16(22_050, &tone(22_050, 900)).bytes());
    assert_eq!(codes(&cli::run_ok(project.root(), "update @ bank")), [""; 0]);
    assert_eq!(project.read("assets/bank/b.wav"), project.read("b.wav"));
    project.write("b.wav", Flac::mono16(22_050, &tone(22_050, 800)).bytes());
    assert_eq!(codes(&cli::run_ok(project.root(), "update @ bank")), ["file-kind-changed"]);
    assert_eq!(project.read("assets/bank/b.wav"), project.read("b.wav"));
}

#[test]
fn useless_rates_are_refused() {
    let project = TestProject::new();
    project.write("a.wav", Wav::mono16(44_100, &[1]).bytes());
    project.write("assets/bank/b.wav", Wav::mono16(44_100, &tone(44_100, 2000)).bytes());
    assert_refused(&project, "create @ bank2 --type sound_bank --rate 8000 @/a.wav", &["sound-import"]);
    for rate_hz in [3, 999] {
        project.write("low.wav", Wav::mono16(rate_hz, &tone(44_100, 2000)).bytes());
        let line = "create @ bank2 --type sound_bank --rate 191999 @/low.wav";
        let refused = cli::run_refused(project.root(), line, &["sound-import"]);
        assert!(refused.stdout.contains(&format!("from {rate_hz} Hz; 1000 to 192000 Hz")), "{}", refused.stdout);
    }
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

/// The messages of the findings about a file, and the helps.
fn texts<'a>(answer: &'a Value, file: &str) -> Vec<(&'a str, &'a str)> {
    let of_file = answer["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["file"].as_str().is_some_and(|found| found.ends_with(file)));
    of_file.map(|finding| (finding["message"].as_str().unwrap(), finding["help"].as_str().unwrap())).collect()
}

fn declared_loops(project: &TestProject) -> Vec<Value> {
    let declaration: Value = serde_json::from_slice(&project.read("assets/bank/asset.json")).unwrap();
    declaration["artifacts"].as_array().unwrap().iter().map(|artifact| artifact["loop"].clone()).collect()
}

/// Each loop that a WAV cannot state or a console cannot play is explained in the frames of the new sound.
#[test]
fn unkept_loops_are_explained_exactly() {
    let project = TestProject::new();
    let plain = || Wav::mono16(44_100, &tone(44_100, 1000));
    let marked = |markers: &[(&str, u32, u32)]| Wav { after_data: marker_chunks(markers), ..plain() };
    project.write("single.wav", marked(&[("", 400, 0)]).bytes());
    project.write("pingpong.wav", plain().loops(&[(1, 100, 899, 0, 0)]).bytes());
    project.write("counted.wav", plain().loops(&[(0, 200, 899, 0, 3)]).bytes());
    project.write("several.wav", plain().loops(&[(0, 100, 199, 0, 0), (0, 300, 399, 0, 0)]).bytes());
    project.write("zeros.wav", plain().loops(&[(0, 0, 0, 0, 0)]).bytes());
    project.write("late.wav", plain().loops(&[(0, 100, 2000, 0, 0)]).bytes());
    project.write("first.wav", plain().loops(&[(0, 0, 5, 0, 0)]).bytes());
    project.write("tiny.wav", plain().loops(&[(0, 100, 103, 0, 0)]).bytes());
    let names = ["single", "pingpong", "counted", "several", "zeros", "late", "first", "tiny"];
    let files = names.map(|name| format!("@/{name}.wav")).join(" ");
    let answer = cli::run_ok(project.root(), &format!("create @ bank --type sound_bank --rate 4410 {files}"));
    assert_eq!(answer["loops"], json!([]));
    let mut expected = [
        ("single", "the file has a single marker, at frame 400, from which some games loop", "SOUND 40..100`"),
        ("pingpong", "the file has a loop that alternates forward and backward (100..900)", "SOUND 10..90`"),
        ("counted", "the file has a loop that is played 3 times (200..900)", "SOUND 20..90`"),
        ("several", "the file has 2 loops", "SOUND START..END`"),
        ("zeros", "the file's loop starts and ends at frame 0, as programs write it for no loop", ""),
        ("late", "the file's loop starts at frame 100 and ends before frame 2001", "SOUND START..END`"),
        ("first", "its loop is the first frame alone, which a WAV cannot state", "SOUND 0..1`"),
        ("tiny", "its own loop, 100..104 at 44100 Hz, is shorter than a frame", "SOUND START..END`"),
    ];
    for (name, message, help) in &mut expected {
        let found = texts(&answer, &format!("{name}.wav"));
        let found: Vec<_> = found.iter().filter(|(text, _)| !text.starts_with("the sound is resampled")).collect();
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert!(found[0].0.starts_with(*message) && found[0].1.contains(*help), "{name}: {found:?}");
    }
    // What a pack reports does not contradict it.
    assert_eq!(codes(&cli::run_ok(project.root(), "pack @")), Vec::<&str>::new());
}

/// A declared loop counts frames of the file in the root: it moves with the sound if that gets another rate.
#[test]
fn declared_loops_follow_the_rate() {
    let project = TestProject::new();
    let bytes = |rate_hz: u32, frames: u32| Wav::mono16(rate_hz, &tone(rate_hz, frames)).bytes();
    project.write("a.wav", bytes(44_100, 4000)).write("new/a.wav", bytes(22_050, 2000));
    let create = "create @ bank --type sound_bank --rate 22050 --loop a.wav=500..1501 @/a.wav";
    let created = cli::run_ok(project.root(), create);
    assert_eq!(
        (declared_loops(&project), codes(&created)),
        (vec![json!({ "start": 500, "end": 1501 })], vec!["sound-resampled"])
    );
    // The same rate: nothing is scaled.
    project.write("a.wav", bytes(44_100, 4200));
    assert_eq!(codes(&cli::run_ok(project.root(), "update @ bank")), ["sound-resampled"]);
    assert_eq!(declared_loops(&project), [json!({ "start": 500, "end": 1501 })]);
    let replace =
        |rate: &str, file: &str| cli::run_ok(project.root(), &format!("compose @ bank replace 0 {rate} @/{file}"));
    let replaced = replace("--rate 11025", "a.wav");
    assert_eq!(codes(&replaced), ["sound-resampled", "loop-changed", "rate-differs"]);
    let message = texts(&replaced, "assets/bank/a.wav")[0].0;
    let expected =
        "the declared loop was scaled from 22050 to 11025 Hz: 500..1501 became 250..751, rounded to whole frames";
    assert_eq!(message, expected);
    assert_eq!(declared_loops(&project), [json!({ "start": 250, "end": 751 })]);
    // Also without an option, and by an update.
    assert_eq!(codes(&replace("", "new/a.wav")), ["loop-changed"]);
    assert_eq!(declared_loops(&project), [json!({ "start": 500, "end": 1502 })]);
    project.write("new/a.wav", bytes(44_100, 4000));
    assert_eq!(codes(&cli::run_ok(project.root(), "update @ bank")), ["loop-changed", "rate-differs"]);
    assert_eq!(declared_loops(&project), [json!({ "start": 1000, "end": 3004 })]);
    cli::run_ok(project.root(), "pack @");
    // No loop stays no loop.
    cli::run_ok(project.root(), "loop @ bank a.wav none");
    assert_eq!(codes(&replace("--rate 22050", "new/a.wav")), ["sound-resampled"]);
    assert_eq!(declared_loops(&project), [Value::Null]);
}

/// Other programs may round the length of a sound differently.
#[test]
fn loop_to_the_end_stays_there() {
    let project = TestProject::new();
    let bytes = |rate_hz: u32, frames: u32| Wav::mono16(rate_hz, &tone(rate_hz, frames)).bytes();
    project.write("a.wav", bytes(44_100, 1001)).write("b.wav", bytes(44_100, 1001));
    let loops = "--loop a.wav=0..1001 --loop b.wav=100..1000";
    cli::run_ok(project.root(), &format!("create @ bank --type sound_bank {loops} @/a.wav @/b.wav"));
    project.write("a.wav", bytes(8000, 181)).write("b.wav", bytes(8000, 180));
    let answer = cli::run_ok(project.root(), "update @ bank");
    assert_eq!(
        (declared_loops(&project), codes(&answer)),
        (
            vec![json!({ "start": 0, "end": 181 }), json!({ "start": 18, "end": 180 })],
            vec!["loop-changed", "rate-differs", "loop-changed"]
        )
    );
    cli::run_ok(project.root(), "pack @");
}

/// A loop that ends with the sound ends with each sound that replaces it, whatever its rate and length are.
#[test]
fn loop_to_the_end_follows_the_length() {
    let project = TestProject::new();
    let write = |rate_hz: u32, frames: u32| {
        project.write("a.wav", Wav::mono16(rate_hz, &tone(rate_hz, frames)).bytes());
    };
    write(44_100, 1001);
    cli::run_ok(project.root(), "create @ bank --type sound_bank --rate 22050 --loop a.wav=100..501 @/a.wav");
    let check = "Check that the sound loops as it should.";
    for ((rate_hz, frames), declared, expected, expected_help) in [
        ((22_050, 500), (100, 500), "ends with the sound, which has 500 frames now: 100..501 became", "No change"),
        ((22_050, 2000), (100, 2000), "ends with the sound, which has 2000 frames now: 100..500 became", check),
    ] {
        write(rate_hz, frames);
        let answer = cli::run_ok(project.root(), "update @ bank");
        assert_eq!(declared_loops(&project), [json!({ "start": declared.0, "end": declared.1 })]);
        let (message, help) = texts(&answer, "assets/bank/a.wav")[0];
        assert!(message.contains(expected) && help.starts_with(expected_help), "{answer}");
        cli::run_ok(project.root(), "pack @");
    }
    // The sound ends before the loop begins: that is for a person to decide.
    write(22_050, 90);
    cli::run_refused(project.root(), "update @ bank", &["loop-range"]);
    // A loop inside the sound stays where it is.
    cli::run_ok(project.root(), "loop @ bank a.wav 100..1999");
    write(22_050, 2500);
    assert_eq!(codes(&cli::run_ok(project.root(), "update @ bank")), Vec::<&str>::new());
    // At another rate, and with much more sound.
    write(44_100, 1000);
    cli::run_ok(project.root(), "create @ other --type sound_bank --loop a.wav=800..1000 @/a.wav");
    write(22_050, 3000);
    let answer = cli::run_ok(project.root(), "update @ other");
    let (message, help) = texts(&answer, "assets/other/a.wav")[0];
    let expected = "from 44100 to 22050 Hz: 800..1000 became 400..3000; its end stays at the end of the sound";
    assert!(message.ends_with(expected) && help.starts_with(check), "{answer}");
}

/// An artifact that declares where it loops needs no advice about the loop of its original.
#[test]
fn declared_loops_hide_those_of_originals() {
    let project = TestProject::new();
    let write = |frames: u32| {
        let pingpong = Wav::mono16(44_100, &tone(44_100, frames)).loops(&[(1, 100, 899, 0, 0)]).bytes();
        project.write("a.wav", &pingpong).write("b.wav", &pingpong).write("new/a.wav", &pingpong);
    };
    write(1000);
    let unread = |answer: &Value| codes(answer).iter().filter(|code| **code == "loop-unread").count();
    let create = "create @ bank --type sound_bank --rate 4410 --loop a.wav=10..90 @/a.wav @/b.wav";
    assert_eq!(unread(&cli::run_ok(project.root(), create)), 1);
    write(1010);
    assert_eq!(unread(&cli::run_ok(project.root(), "update @ bank")), 1);
    write(1020);
    assert_eq!(unread(&cli::run_ok(project.root(), "compose @ bank replace a.wav --rate 4410 @/new/a.wav")), 0);
    assert_eq!(unread(&cli::run_ok(project.root(), "compose @ bank replace b.wav --rate 4410 @/b.wav")), 1);
}

/// Without the sound that it was declared for, nobody knows what a loop becomes.
#[test]
fn loop_of_a_lost_sound_is_noted() {
    for command in ["update @ bank --force", "compose @ bank replace 0 @/a.wav"] {
        for damage in [None, Some("not a sound")] {
            let project = TestProject::new();
            let bytes = |rate_hz: u32, frames: u32| Wav::mono16(rate_hz, &tone(rate_hz, frames)).bytes();
            project.write("a.wav", bytes(44_100, 4000));
            cli::run_ok(project.root(), "create @ bank --type sound_bank --loop a.wav=400..2000 @/a.wav");
            match damage {
                None => std::fs::remove_file(project.at("assets/bank/a.wav")).unwrap(),
                Some(text) => drop(project.write("assets/bank/a.wav", text)),
            }
            project.write("a.wav", bytes(22_050, 2000));
            let answer = cli::run_ok(project.root(), command);
            let (message, help) = texts(&answer, "assets/bank/a.wav")[0];
            assert!(message.contains("the declared loop 400..2000 was not adapted"), "{command}: {answer}");
            assert!(help.starts_with("Check that"), "{command}: {answer}");
        }
    }
}

/// What is wrong with a loop is said in the frames of the new sound, although the original is named.
#[test]
fn loop_range_names_the_new_rate() {
    let project = TestProject::new();
    project.write("a.wav", Wav::mono16(44_100, &tone(44_100, 4000)).bytes());
    project.write("b.wav", Wav::mono16(44_100, &tone(44_100, 400)).bytes());
    let create = "create @ bank --type sound_bank --rate 22050 --loop a.wav=500..3000 @/a.wav";
    let refused = cli::run_refused(project.root(), create, &["loop-range"]).json();
    assert!(texts(&refused, "a.wav")[0].0.ends_with("the sound has 2000 frames at 22050 Hz"), "{refused}");
    cli::run_ok(project.root(), "create @ bank --type sound_bank --loop a.wav=500..3000 @/a.wav");
    let replace = "compose @ bank replace 0 --rate 22050 @/b.wav";
    let refused = cli::run_refused(project.root(), replace, &["loop-range", "loop-changed"]).json();
    assert!(texts(&refused, "b.wav")[0].0.ends_with("the sound has 200 frames at 22050 Hz"), "{refused}");
    // The frames of the error are not those of `asset.json`.
    assert!(refused["findings"][1]["message"].as_str().unwrap().ends_with("500..3000 became 250..1500"), "{refused}");
}

/// A sound that loops differently because its file did is reported.
#[test]
fn lost_and_gained_loops_are_reported() {
    let project = TestProject::new();
    let plain = || Wav::mono16(44_100, &tone(44_100, 1000));
    project.write("a.wav", plain().loops(&[(0, 100, 899, 0, 0)]).bytes());
    project.write("b.wav", plain().loops(&[(0, 100, 899, 0, 0)]).bytes());
    cli::run_ok(project.root(), "create @ bank --type sound_bank --rate 22050 @/a.wav");
    cli::run_ok(project.root(), "compose @ bank add @/b.wav");
    let update = |wav: Wav| {
        project.write("a.wav", wav.bytes()).write("b.wav", wav.bytes());
        let answer = cli::run_ok(project.root(), "update @ bank");
        ["assets/bank/a.wav", "assets/bank/b.wav"].map(|file| texts(&answer, file)[0].0.to_owned())
    };
    let lost = update(plain());
    assert_eq!(lost[0], "the sound plays once now; the previous one looped 50..450, in frames");
    assert_eq!(lost[1], "the sound plays once now; the previous one looped 100..900, in frames");
    let gained = update(plain().loops(&[(0, 200, 599, 0, 0)]));
    assert_eq!(gained[0], "the sound loops 100..300 now, in frames; the previous one played once");
    let moved = update(plain().loops(&[(0, 200, 799, 0, 0)]));
    assert_eq!(moved[1], "the sound loops 200..800 now, in frames; the previous one looped 200..600");
}
