//! Sounds that `create` and `compose` decode into WAVs.

use serde_json::{Value, json};
use support::TestProject;
use support::flac::Flac;
use support::imports::{Aiff, LOOP_OGG, STEREO_OGG, TONE_MP3, TONE_OGG, untagged_mp3};
use support::sounds::Wav;

use super::edits::assert_refused;
use crate::{cli, tree};

/// The project with these files beside `assets/`.
fn with_files(files: &[(&str, &[u8])]) -> TestProject {
    let project = TestProject::new();
    for (name, bytes) in files {
        project.write(name, bytes);
    }
    project
}

fn create(project: &TestProject, options: &str) -> Value {
    cli::run_ok(project.root(), &format!("create @ bank --type sound_bank {options}"))
}

fn codes(answer: &Value) -> Vec<&str> {
    answer["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// The samples of a WAV that was written: 16 bits.
fn samples(project: &TestProject, path: &str) -> Vec<i16> {
    let bytes = project.read(path);
    let size = u32::from_le_bytes(bytes[40..44].try_into().unwrap()) as usize;
    bytes[44..44 + size].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// Asserts that the samples are the tone of the files, as far as a lossy format keeps it.
fn assert_is_tone(found: &[i16]) {
    assert_eq!(found.len(), 1000);
    for (n, value) in found.iter().enumerate().take(900).skip(100) {
        let expected = 16_384.0 * (std::f64::consts::TAU * 441.0 * n as f64 / 22_050.0).sin();
        assert!((f64::from(*value) - expected).abs() < 1200.0, "frame {n}: {value} instead of {expected}");
    }
}

#[test]
fn ogg_becomes_a_wav_once() {
    let project = with_files(&[("tone.ogg", TONE_OGG)]);
    let answer = create(&project, "@/tone.ogg");
    assert_eq!(codes(&answer), ["sound-imported"]);
    assert_eq!(answer["composed"], json!([]));
    let message = answer["findings"][0]["message"].as_str().unwrap();
    assert!(message.contains("1000 frames, mono, 22050 Hz, 16 bits; Ogg is lossy"), "{message}");
    assert_is_tone(&samples(&project, "assets/bank/tone.wav"));
    assert!(!project.exists("assets/bank/tone.ogg"));
    // The pack reads the WAV alone.
    cli::run_ok(project.root(), "pack @ --deny-warnings");
    let shown = cli::run_ok(project.root(), "show @ bank");
    assert_eq!(shown["artifacts"][0]["file"], "tone.wav");
}

#[test]
fn loop_tags_become_a_loop_chunk() {
    let project = with_files(&[("loop.ogg", LOOP_OGG)]);
    let answer = create(&project, "@/loop.ogg");
    assert_eq!((&answer["loops"][0]["loop_start"], &answer["loops"][0]["loop_end"]), (&json!(100), &json!(900)));
    assert_eq!(codes(&answer), ["sound-imported"]);
}

#[test]
fn mp3_keeps_its_length_if_stated() {
    let project = with_files(&[("tone.mp3", TONE_MP3), ("bare.mp3", &untagged_mp3())]);
    assert_eq!(codes(&create(&project, "@/tone.mp3")), ["sound-imported"]);
    assert_is_tone(&samples(&project, "assets/bank/tone.wav"));
    let answer = cli::run_ok(project.root(), "create @ bare --type sound_bank @/bare.mp3");
    assert_eq!(codes(&answer), ["sound-imported", "sound-padded"]);
    assert!(samples(&project, "assets/bare/bare.wav").len() > 1000);
}

#[test]
fn aiff_is_exact_at_every_depth() {
    let data: Vec<u8> = (0..240_u8).map(|n| n.wrapping_mul(37)).collect();
    for (channels, depth_bits, options) in [
        (1, 8, ""),
        (1, 16, ""),
        (2, 16, "--downmix"),
        (1, 24, "--reduce-bit-depth"),
        (2, 24, "--downmix --reduce-bit-depth"),
        (1, 32, "--reduce-bit-depth"),
    ] {
        let aiff = Aiff { channels, depth_bits, rate_hz: 11_025, data: data.clone(), looping: None };
        let project = with_files(&[("a.aif", &aiff.bytes())]);
        let answer = create(&project, &format!("{options} @/a.aif"));
        assert!(answer["findings"][0]["message"].as_str().unwrap().ends_with("nothing was lost"), "{answer}");
        let bytes = usize::from(depth_bits / 8);
        let little: Vec<u8> = match bytes {
            1 => data.iter().flat_map(|byte| [0, *byte]).collect(),
            _ => data.chunks(bytes).flat_map(|sample| sample.iter().rev().copied()).collect(),
        };
        let wav = project.read("assets/bank/a.wav");
        assert_eq!(wav[44..44 + little.len()], little, "{channels} {depth_bits}");
        assert_eq!(wav[24..28], 11_025_u32.to_le_bytes());
    }
}

/// SoX 14.4.2 writes two markers and counts one.
#[test]
fn wrongly_counted_markers_are_read() {
    let mut aiff =
        Aiff { channels: 1, depth_bits: 16, rate_hz: 22_050, data: vec![1; 200], looping: Some((1, 10, 20)) }.bytes();
    let markers = aiff.windows(4).position(|bytes| bytes == b"MARK").unwrap() + 8;
    assert_eq!(aiff[markers..markers + 2], [0, 2]);
    aiff[markers + 1] = 1;
    let project = with_files(&[("a.aif", &aiff)]);
    let answer = create(&project, "@/a.aif");
    assert_eq!(answer["loops"], json!([{ "index": 0, "file": "a.wav", "loop_start": 10, "loop_end": 20 }]));
    assert_eq!(codes(&answer), ["sound-imported"]);
}

#[test]
fn aiff_loops_come_from_markers() {
    let aiff =
        |mode| Aiff { channels: 1, depth_bits: 16, rate_hz: 22_050, data: vec![1; 200], looping: Some((mode, 10, 90)) };
    let project = with_files(&[("a.aif", &aiff(1).bytes()), ("b.aif", &aiff(2).bytes())]);
    let answer = create(&project, "@/a.aif @/b.aif");
    assert_eq!(answer["loops"], json!([{ "index": 0, "file": "a.wav", "loop_start": 10, "loop_end": 90 }]));
    assert_eq!(codes(&answer), ["sound-imported", "loop-unread", "sound-imported"]);
}

/// Some programs put an ID3 tag in front of files that have tags of their own.
#[test]
fn ogg_behind_an_id3_tag_is_read() {
    let tag = [&b"ID3\x03\0\0\0\0\0\x50"[..], &[0; 80]].concat();
    let flac = Flac::mono16(22_050, &[1, 2, 3]).bytes();
    let project = with_files(&[("tone.ogg", &[&tag, TONE_OGG].concat()), ("a.flac", &[&tag[..], &flac].concat())]);
    create(&project, "@/tone.ogg");
    assert_is_tone(&samples(&project, "assets/bank/tone.wav"));
    let refused = cli::run_refused(project.root(), "create @ flac --type sound_bank @/a.flac", &["sound-not-wav"]);
    assert!(refused.stdout.contains("a FLAC sound behind an ID3 tag"), "{}", refused.stdout);
    // In a root, it is called what it is.
    project.write("assets/bank/tone.wav", [&tag, TONE_OGG].concat());
    let refused = cli::run_refused(project.root(), "pack @", &["sound-not-wav"]);
    assert!(refused.stdout.contains("an Ogg sound behind an ID3 tag"), "{}", refused.stdout);
}

#[test]
fn unusable_sounds_create_nothing() {
    let chained = [TONE_OGG, TONE_OGG].concat();
    let quad = Aiff { channels: 4, depth_bits: 16, rate_hz: 22_050, data: vec![0; 80], looping: None }.bytes();
    let bare = untagged_mp3();
    let files: [(&str, &[u8]); 6] = [
        ("end.mp3", &bare[..bare.len() - 3]),
        ("chained.ogg", &chained),
        ("cut.ogg", &TONE_OGG[..TONE_OGG.len() - 200]),
        ("cut.mp3", &TONE_MP3[..TONE_MP3.len() - 300]),
        ("opus.ogg", b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x08OpusHead"),
        ("quad.aif", &quad),
    ];
    let project = with_files(&files);
    for (name, _) in files {
        assert_refused(&project, &format!("create @ bank --type sound_bank @/{name}"), &["sound-import"]);
    }
    let stereo = with_files(&[("stereo.ogg", STEREO_OGG)]);
    assert_refused(&stereo, "create @ bank --type sound_bank @/stereo.ogg", &["convert-downmix"]);
    create(&stereo, "--downmix @/stereo.ogg");
    let twice = with_files(&[("tone.ogg", TONE_OGG), ("tone.wav", &Wav::mono16(22_050, &[1]).bytes())]);
    let refused =
        cli::run_refused(twice.root(), "create @ bank --type sound_bank @/tone.wav @/tone.ogg", &["file-name-twice"]);
    assert!(refused.stdout.contains("_tone.ogg` first, and pass that copy"), "{}", refused.stdout);
    cli::run_ok(twice.root(), "create @ bank --type sound_bank @/tone.wav");
    let refused = cli::run_refused(twice.root(), "compose @ bank add @/tone.ogg", &["file-name-twice"]);
    assert!(refused.stdout.contains("prometeu-packer update PROJECT ASSET"), "{}", refused.stdout);
}

/// A change that cannot be recorded is refused when it is planned, and not after all files were read.
#[test]
fn too_many_bytes_are_refused_early() {
    let large = Wav::pcm(44_100, 1, 16, vec![0; 34_000_000]).bytes();
    let project = with_files(&[("a.wav", &Wav::mono16(44_100, &[1]).bytes()), ("b.wav", &large), ("c.wav", &large)]);
    create(&project, "@/a.wav");
    for option in ["", "--dry-run"] {
        let line = format!("compose @ bank add {option} @/b.wav @/c.wav");
        let refused = cli::run_refused(project.root(), &line, &["file-too-large"]);
        assert!(refused.stdout.contains("c.wav") && refused.stdout.contains("in several steps"), "{}", refused.stdout);
    }
    cli::run_ok(project.root(), "compose @ bank add --dry-run @/b.wav");
}

/// A decoder drops a page with a wrong checksum, and takes fewer or more frames than are stated.
#[test]
fn no_frame_is_lost_in_damaged_files() {
    let mut damaged = TONE_OGG.to_vec();
    let at = damaged.len() - 20;
    damaged[at] ^= 0x55;
    let aiff = Aiff { channels: 1, depth_bits: 16, rate_hz: 22_050, data: vec![1; 200], looping: None }.bytes();
    let with_frames = |frames: u32| {
        let common = aiff.windows(4).position(|bytes| bytes == b"COMM").unwrap();
        let mut changed = aiff.clone();
        changed[common + 10..common + 14].copy_from_slice(&frames.to_be_bytes());
        changed
    };
    let files = [("damaged.ogg", damaged), ("few.aif", with_frames(50)), ("many.aif", with_frames(u32::MAX))];
    for (name, bytes) in files {
        let project = with_files(&[(name, &bytes)]);
        assert_refused(&project, &format!("create @ bank --type sound_bank @/{name}"), &["sound-import"]);
    }
}

/// Tags of the user in an ID3 tag before the sound.
#[test]
fn mp3_loops_come_from_tags() {
    let frame = |name: &str, value: &str| {
        let body = format!("\0{name}\0{value}");
        let size = u32::try_from(body.len()).unwrap().to_be_bytes();
        [b"TXXX", &size[..], &[0, 0], body.as_bytes()].concat()
    };
    let frames = [frame("LOOPSTART", "100"), frame("LOOPLENGTH", "800")].concat();
    let tag = [b"ID3\x03\0\0\0\0\0", &[u8::try_from(frames.len()).unwrap()][..], &frames, TONE_MP3].concat();
    let project = with_files(&[("loop.mp3", &tag)]);
    let answer = create(&project, "@/loop.mp3");
    assert_eq!((&answer["loops"][0]["loop_start"], &answer["loops"][0]["loop_end"]), (&json!(100), &json!(900)));
}

#[test]
fn composed_sounds_are_decoded_and_undone() {
    let project = with_files(&[("tone.ogg", TONE_OGG), ("a.wav", &Wav::mono16(22_050, &[1, 2]).bytes())]);
    create(&project, "@/a.wav");
    let before = tree::read_tree(&project.at("assets/bank"));
    cli::run_ok(project.root(), "compose @ bank add @/tone.ogg --dry-run");
    tree::assert_same(&before, &tree::read_tree(&project.at("assets/bank")), "dry run");
    let answer = cli::run_ok(project.root(), "compose @ bank add @/tone.ogg");
    assert_eq!(codes(&answer), ["sound-imported"]);
    assert_is_tone(&samples(&project, "assets/bank/tone.wav"));
    cli::run_ok(project.root(), "pack @ --deny-warnings");
    cli::run_ok(project.root(), "undo @");
    tree::assert_same(&before, &tree::read_tree(&project.at("assets/bank")), "undone");
}

/// Several are decoded at the same time, and the first takes longest.
#[test]
fn findings_name_their_own_files() {
    let sound = |frames: usize| {
        let data = vec![1; 2 * frames];
        Aiff { channels: 1, depth_bits: 16, rate_hz: 44_100, data, looping: None }.bytes()
    };
    let frames = |n: usize| if n == 0 { 400_000 } else { 1000 + n };
    let project = TestProject::new();
    for n in 0..24 {
        project.write(&format!("sounds/{n}.aif"), sound(frames(n)));
    }
    let answer = create(&project, "@/sounds");
    let imported = answer["findings"].as_array().unwrap();
    assert_eq!(imported.len(), 24);
    for n in 0..24 {
        let name = format!("{n}.aif");
        let of_file = |note: &&Value| note["file"].as_str().unwrap().ends_with(&format!("sounds/{name}"));
        let message = imported.iter().find(of_file).unwrap()["message"].as_str().unwrap();
        assert!(message.contains(&format!(" {} frames", frames(n))), "{name}: {message}");
        assert_eq!(samples(&project, &format!("assets/bank/{n}.wav")).len(), frames(n));
    }
    for n in [3, 4, 20] {
        project.write(&format!("sounds/{n}.aif"), &sound(1000)[..700]);
    }
    let refused = cli::run_json(project.root(), "create @ other --type sound_bank @/sounds");
    let refused = refused.json();
    let files: Vec<&str> =
        refused["findings"].as_array().unwrap().iter().map(|finding| finding["file"].as_str().unwrap()).collect();
    let ends: Vec<bool> =
        std::iter::zip(&files, [20, 3, 4]).map(|(file, n)| file.ends_with(&format!("/{n}.aif"))).collect();
    assert_eq!((files.len(), ends), (3, vec![true; 3]), "{files:?}");
    assert!(!project.exists("assets/other"));
}

#[test]
fn pack_never_decodes_an_ogg() {
    let project = with_files(&[("tone.ogg", TONE_OGG)]);
    create(&project, "@/tone.ogg");
    project.write("assets/bank/tone.wav", TONE_OGG);
    let answer = cli::run_json(project.root(), "pack @").json();
    assert_eq!(codes(&answer), ["sound-not-wav"]);
    assert!(answer["findings"][0]["help"].as_str().unwrap().contains("compose PROJECT ASSET add FILE"), "{answer}");
}

/// Old Macintosh sounds have 22 254.5454 Hz, which no WAV can state.
#[test]
fn fraction_of_a_rate_is_noted() {
    let mut aiff = Aiff { channels: 1, depth_bits: 16, rate_hz: 22_254, data: vec![0; 2000], looping: None }.bytes();
    let rate = aiff.windows(4).position(|bytes| bytes == b"COMM").unwrap() + 16;
    assert_eq!(aiff[rate..rate + 4], [0x40, 0x0D, 0xAD, 0xDC]);
    let project = with_files(&[("whole.aif", &aiff)]);
    aiff[rate..rate + 10].copy_from_slice(&[0x40, 0x0D, 0xAD, 0xDD, 0x17, 0x45, 0xD1, 0x74, 0x5D, 0x18]);
    project.write("mac.aif", &aiff);
    let answer = create(&project, "@/whole.aif @/mac.aif");
    let messages: Vec<&str> =
        answer["findings"].as_array().unwrap().iter().map(|it| it["message"].as_str().unwrap()).collect();
    assert!(messages[0].contains("mono, 22254 Hz instead of 22254.55 Hz, 16 bits"), "{messages:?}");
    assert!(messages[1].contains("mono, 22254 Hz, 16 bits"), "{messages:?}");
}

/// A loop of the first frame alone, which a WAV states for no loop.
#[test]
fn loop_of_one_frame_is_noted() {
    let aiff = Aiff { channels: 1, depth_bits: 16, rate_hz: 22_050, data: vec![0; 2000], looping: Some((1, 0, 1)) };
    let project = with_files(&[("a.aif", &aiff.bytes())]);
    let answer = create(&project, "@/a.aif");
    assert_eq!(codes(&answer), ["loop-unread", "sound-imported"]);
    assert_eq!(codes(&cli::run_ok(project.root(), "pack @")), Vec::<&str>::new());
}
