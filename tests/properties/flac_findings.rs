//! Invalid FLAC files: each has its finding, even if its checksums are correct.

use packer_services::ops::Published;
use proptest::prelude::*;
use support::flac::{BitWriter, Coding, Flac, Subframe, build_file, frame_bytes, update_crc16};
use support::{TestProject, codes, sample, sound};

use crate::flac_samples::{any_flac, converting_artifact};
use crate::mutate::{any_mutation, mutated};
use crate::random::{Rng, any_rng, cases};
use crate::sound_findings::{pack_sound, sound_codes};

const SOUND: [i16; 4] = [0, 100, -100, 32_767];

fn valid_flac() -> Flac {
    Flac::mono16(8000, &SOUND)
}

/// STREAMINFO of the valid file, with `value` in the `bits` bits from the bit `at` on, and without MD5.
fn info(at: usize, bits: usize, value: u64) -> Vec<u8> {
    let mut info = [&valid_flac().streaminfo()[..18], &[0; 16]].concat();
    for n in 0..bits {
        let (byte, mask) = ((at + n) / 8, 0x80 >> ((at + n) % 8));
        info[byte] = info[byte] & !mask | if value >> (bits - 1 - n) & 1 == 1 { mask } else { 0 };
    }
    info
}

const RATE: (usize, usize) = (80, 20);
const CHANNELS: (usize, usize) = (100, 3);
const DEPTH: (usize, usize) = (103, 5);
const FRAMES: (usize, usize) = (108, 36);

fn with_info((at, bits): (usize, usize), value: u64) -> Vec<u8> {
    build_file(&info(at, bits, value), &[], &valid_flac().frames().concat())
}

/// The codes and messages of the findings of a file.
fn findings_of(file: &[u8]) -> Vec<(&'static str, String)> {
    let mut project = TestProject::new();
    project.write("assets/sfx/a.wav", file);
    project.add_asset("sfx", true, &sound(1, "sfx", 8000, vec![sample("a.wav", 0)]));
    let report = project.pack();
    let is_packed = report.published != Published::Blocked;
    assert_ne!(is_packed, report.findings().iter().any(packer_services::diagnostics::Finding::is_error));
    report.findings().iter().map(|finding| (finding.code.as_str(), finding.message.clone())).collect()
}

fn assert_finding(file: &[u8], code: &str, words: &str) {
    let findings = findings_of(file);
    let is_expected = findings.len() == 1 && findings[0].0 == code && findings[0].1.contains(words);
    assert!(is_expected, "{findings:?}; {code} with {words:?} was expected");
}

#[test]
fn streaminfo_is_checked_before_decoding() {
    assert_finding(&with_info(CHANNELS, 2), "flac-format", "3 channels");
    assert_finding(&with_info(CHANNELS, 7), "flac-format", "8 channels");
    assert_finding(&with_info(RATE, 0), "flac-format", "0 Hz");
    assert_finding(&with_info(RATE, 192_001), "flac-format", "192001 Hz");
    assert_finding(&with_info(DEPTH, 2), "flac-format", "3 bits");
    assert_finding(&with_info(FRAMES, 0), "flac-unknown-length", "how long");
    assert_finding(&with_info(FRAMES, (1 << 36) - 1), "file-too-large", "512 MiB");
    assert_finding(&with_info(FRAMES, (256 << 20) + 1), "file-too-large", "512 MiB");
    assert_finding(&with_info(FRAMES, 256 << 20), "flac-cut", "after 4 of its 268435456 frames");
    assert_eq!(sound_codes(&build_file(&info(FRAMES.0, FRAMES.1, 0), &[], &[])), ["sample-empty"]);
}

#[test]
fn contradicting_metadata_is_reported() {
    let (info, sound) = (valid_flac().streaminfo(), valid_flac().frames().concat());
    let blocks = |blocks: &[(u8, Vec<u8>)]| build_file(&info, blocks, &sound);
    assert_finding(&blocks(&[(0, info.clone())]), "flac-damaged", "second STREAMINFO");
    assert_finding(&blocks(&[(127, vec![])]), "flac-damaged", "no metadata block starts here");
    assert_finding(&build_file(&info[..33], &[], &sound), "flac-damaged", "33 bytes");
    let mut other_first = blocks(&[]);
    other_first[4] = 0x81;
    assert_finding(&other_first, "flac-damaged", "not STREAMINFO");
    assert_finding(&blocks(&vec![(1, vec![]); 4096]), "flac-damaged", "more than 4096");
    assert_eq!(sound_codes(&blocks(&vec![(1, vec![]); 4095])), [] as [&str; 0]);
    let every_kind: Vec<(u8, Vec<u8>)> = (1..127).map(|kind| (kind, vec![0xFF; 50])).collect();
    assert_eq!(sound_codes(&blocks(&every_kind)), [] as [&str; 0], "other metadata must be skipped");
}

#[test]
fn flac_cut_anywhere_is_reported() {
    let mut flac = Flac::mono16(8000, &SOUND.repeat(20));
    flac.block = 16;
    flac.keep_chunk(b"LIST", b"INFO");
    let whole = flac.bytes();
    assert_eq!(sound_codes(&whole), [] as [&str; 0]);
    for length in 0..whole.len() {
        let expected = if length < 4 { "sound-not-wav" } else { "flac-cut" };
        assert_eq!(sound_codes(&whole[..length]), [expected], "{length} of {} bytes", whole.len());
    }
}

#[test]
fn wrong_length_or_md5_is_reported() {
    let frames = |count: u64| with_info(FRAMES, count);
    assert_eq!(sound_codes(&frames(4)), [] as [&str; 0], "a file without MD5 is valid");
    assert_finding(&frames(3), "flac-length", "states 3 frames, but the sound continues");
    assert_finding(&frames(5), "flac-cut", "after 4 of its 5 frames");
    let mut two_blocks = Flac::mono16(8000, &SOUND.repeat(8));
    two_blocks.block = 16;
    let sound = two_blocks.frames();
    let of = |frames: &[Vec<u8>], count: u64| build_file(&info(FRAMES.0, FRAMES.1, count), &[], &frames.concat());
    assert_eq!(sound_codes(&of(&sound, 32)), [] as [&str; 0]);
    assert_finding(&of(&sound, 16), "flac-length", "states 16 frames");
    assert_finding(&of(&sound[..1], 32), "flac-cut", "after 16 of its 32 frames");
    assert_finding(&of(&[sound[1].clone(), sound[0].clone()], 32), "flac-damaged", "its number is 1 instead of 0");
    assert_finding(&of(&[sound[0].clone(), sound[0].clone()], 32), "flac-damaged", "its number is 0 instead of 1");
    let mut wrong = valid_flac().streaminfo();
    wrong[33] ^= 1;
    assert_finding(&build_file(&wrong, &[], &valid_flac().frames().concat()), "flac-damaged", "MD5");
    for tail in [&b"\0"[..], b"TAG", &[0xFF; 100], &sound[1][..5]] {
        assert_finding(&[valid_flac().bytes(), tail.to_vec()].concat(), "flac-untidy", "after the sound");
    }
}

#[test]
fn flac_in_other_containers_is_named() {
    let tag = |flags: u8, size: [u8; 4], rest: usize| {
        [&b"ID3\x04\0"[..], &[flags], &size, &vec![0; rest], &valid_flac().bytes()].concat()
    };
    assert_finding(&tag(0, [0, 0, 1, 2], 130), "sound-not-wav", "FLAC sound behind an ID3 tag");
    assert_finding(&tag(0x10, [0, 0, 0, 7], 17), "sound-not-wav", "FLAC sound behind an ID3 tag");
    assert_finding(&tag(0, [0, 0, 0, 7], 8), "sound-not-wav", "MP3");
    assert_finding(&tag(0, [0x7F; 4], 8), "sound-not-wav", "MP3");
    let ogg = [&b"OggS\0\x02"[..], &[0; 20], &[1, 51], b"\x7fFLAC\x01\0\0\x01fLaC"].concat();
    assert_finding(&ogg, "sound-not-wav", "FLAC sound in an Ogg container");
}

/// The fields of a frame header with their bits: sync and strategy, block size, rate, channels, depth, a zero.
const HEADER: [(u64, u32); 6] = [(0xFFF8, 16), (7, 4), (0, 4), (0, 4), (0, 3), (0, 1)];

/// A mono file of 16 bits and 8000 Hz with one frame: a header with one changed field, the rest of the header in
/// `tail`, and a body.
fn file_of_one_frame(changed: Option<(usize, u64)>, tail: &[(u64, u32)], body: &[(u64, u32)]) -> Vec<u8> {
    let writer = |fields: &[(u64, u32)]| {
        let mut bits = BitWriter::default();
        for (value, count) in fields {
            bits.put(*value, *count);
        }
        bits
    };
    let mut header = HEADER;
    if let Some((field, value)) = changed {
        header[field].0 = value;
    }
    let frame = frame_bytes(&writer(&[&header[..], tail].concat()), &writer(body));
    build_file(&info(0, 0, 0), &[], &frame)
}

/// Frame 0, of four samples.
const TAIL: [(u64, u32); 2] = [(0, 8), (3, 16)];
/// Four equal samples.
const BODY: [(u64, u32); 2] = [(0, 8), (5, 16)];

#[test]
fn frame_header_is_checked_despite_checksum() {
    assert_eq!(findings_of(&file_of_one_frame(None, &TAIL, &BODY)), [], "the unchanged file is valid");
    for (field, value, words) in [
        (0, 0xFFFA, "sync code"),
        (0, 0x7FF8, "sync code"),
        (1, 0, "block size has a reserved code"),
        (2, 15, "rate has a reserved code"),
        (2, 9, "has 44100 Hz; STREAMINFO has 8000"),
        (3, 1, "has 2 channels; STREAMINFO has 1"),
        (3, 8, "has 2 channels"),
        (3, 11, "channels have a reserved code"),
        (4, 1, "has 8 bits; STREAMINFO has 16"),
        (4, 3, "depth has a reserved code"),
        (4, 7, "has 32 bits"),
        (5, 1, "a reserved bit"),
    ] {
        assert_finding(&file_of_one_frame(Some((field, value)), &TAIL, &BODY), "flac-damaged", words);
    }
    for (number, words) in [(1, "is 1 instead of 0"), (0x80, "malformed"), (0xFF, "malformed")] {
        assert_finding(&file_of_one_frame(None, &[(number, 8), (3, 16)], &BODY), "flac-damaged", words);
    }
    assert_finding(&file_of_one_frame(None, &[(0xC200, 16), (3, 16)], &BODY), "flac-damaged", "malformed");
    assert_finding(
        &file_of_one_frame(Some((0, 0xFFF9)), &[(0xFE, 8), (0xBFBF_BFBF_BFBF, 48), (3, 16)], &BODY),
        "flac-damaged",
        "instead of 0",
    );
}

#[test]
fn wrong_header_checksum_is_reported() {
    let mut flac = file_of_one_frame(None, &TAIL, &BODY);
    let frame = flac.len() - 13;
    flac[frame + 7] ^= 1;
    update_crc16(&mut flac[frame..]);
    assert_finding(&flac, "flac-damaged", "its header's checksum");
}

#[test]
fn subframe_is_checked_despite_checksum() {
    let ones = |count: u32| ((1u64 << count) - 1, count);
    // A subframe's kind, no wasted bits; then a residual's kind and its number of partitions.
    let kind = |kind: u64| (kind << 1, 8);
    let bodies: &[(&[(u64, u32)], &str)] = &[
        (&[(0x80, 8)], "a reserved bit"),
        (&[kind(2)], "unknown kind 2"),
        (&[kind(13)], "unknown kind 13"),
        (&[kind(31)], "unknown kind 31"),
        (&[(1, 8), (0, 15), (1, 1)], "no bits"),
        (&[(1, 8), (0, 60), (1, 1)], "no bits"),
        (&[kind(63), (0, 60)], "more samples than its block has"),
        (&[kind(8), (2, 2)], "unknown kind"),
        (&[kind(8), (0, 2), (3, 4)], "do not fit its block"),
        (&[kind(8), (0, 2), (15, 4)], "do not fit its block"),
        (&[kind(10), (0, 32), (0, 2), (2, 4)], "do not fit its block"),
        (&[kind(32), (0, 16), (15, 4), (0, 5)], "precision of a prediction has a reserved code"),
        (&[kind(32), (0, 16), (3, 4), (0x1F, 5)], "negative shift"),
        (&[kind(8), (1, 2), (0, 4), (30, 5), (0, 4), (1, 1), (0, 30)], "more than 32 bits"),
        (&[kind(8), (0, 2), (0, 4), (15, 4), (17, 5), (0xFFFF, 17)], "more than its 16 bits"),
        (&[kind(9), (0x7FFF, 16), (0, 2), (0, 4), (0, 4), (0, 2), (1, 1)], "more than its 16 bits"),
        (&[(0, 8), (5, 16), (1, 8)], "checksum does not match"),
        (&[kind(8), (0, 2), (0, 4), (0, 4), (0xF, 4), ones(2)], "bits between the sound and the checksum"),
    ];
    for (body, words) in bodies {
        assert_finding(&file_of_one_frame(None, &TAIL, body), "flac-damaged", words);
    }
}

#[test]
fn side_channel_overflow_is_damage() {
    let mut flac = Flac::pcm(8000, 16, vec![vec![30_000; 4], vec![-30_000; 4]]);
    flac.codings = vec![Coding { stereo: 1, ..Coding::PLAIN }];
    let mut frame = flac.frames().concat();
    // The left channel becomes −32 768, and the side is still 60 000.
    let at = frame.len() - 2 - (4 * 17 + 8_usize).div_ceil(8) - 9;
    frame[at + 1..at + 9].copy_from_slice(&[0x80, 0].repeat(4));
    update_crc16(&mut frame);
    let info = [&flac.streaminfo()[..18], &[0; 16]].concat();
    let (found, _) = pack_sound(&build_file(&info, &[], &frame), converting_artifact(2, 16));
    assert_eq!(found, ["flac-damaged"]);
}

/// Small files of every kind of coding.
fn valid_files() -> Vec<(Flac, usize, u16)> {
    let rng = &mut Rng::seeded(5);
    let kinds = [(1, 16), (2, 16), (1, 24), (2, 32), (2, 12), (1, 4)];
    kinds.map(|(channels, depth)| (any_flac(rng, depth, channels), channels, depth)).to_vec()
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn damage_never_changes_samples(
        which in 0..6usize, changes in proptest::collection::vec(any_mutation(), 1..5),
    ) {
        let (flac, channels, depth) = valid_files()[which].clone();
        let mut sound = flac.frames().concat();
        changes.iter().for_each(|change| change.apply(&mut sound));
        let artifact = converting_artifact(channels, depth);
        let (found, sample) = pack_sound(&build_file(&flac.streaminfo(), &flac.metadata, &sound), artifact.clone());
        prop_assert!(!found.contains(&"internal-error"), "{:?}", found);
        match sample {
            Some(sample) => prop_assert_eq!(Some(sample), pack_sound(&flac.bytes(), artifact).1),
            None => prop_assert!(found.iter().any(|code| code.starts_with("flac-")), "{:?}", found),
        }
    }

    #[test]
    fn resealed_damage_never_changes_the_length(
        which in 0..6usize, changes in proptest::collection::vec(any_mutation(), 1..5), rng in any_rng(),
    ) {
        let (flac, channels, depth) = valid_files()[which].clone();
        let mut frames = flac.frames();
        let at = rng.clone().below(frames.len());
        // The header has its own checksum and is not changed.
        let header_len = 12.min(frames[at].len());
        let mut body = frames[at].split_off(header_len);
        changes.iter().for_each(|change| change.apply(&mut body));
        frames[at].extend(body);
        update_crc16(&mut frames[at]);
        let info = [&flac.streaminfo()[..18], &[0; 16]].concat();
        let (found, sample) = pack_sound(&build_file(&info, &flac.metadata, &frames.concat()), converting_artifact(channels, depth));
        prop_assert!(!found.contains(&"internal-error"), "{:?}", found);
        prop_assert!(sample.is_none_or(|sample| sample.frames.len() == flac.frame_count()));
    }

    #[test]
    fn damaged_flac_never_fails_the_packer(
        bytes in mutated(valid_files().iter().map(|(flac, ..)| flac.bytes()).collect()), depth in 16..18u16,
    ) {
        let mut project = TestProject::new();
        project.write("assets/sfx/a.wav", bytes);
        project.add_asset("sfx", true, &sound(1, "sfx", 8000, vec![converting_artifact(2, depth)]));
        let found = codes(project.pack().findings());
        prop_assert!(!found.contains(&"internal-error"), "{:?}", found);
    }
}

#[test]
fn frame_numbers_of_all_lengths_decode() {
    let long = vec![5i16; 70_000];
    let mut flac = Flac::mono16(8000, &long);
    flac.block = 1;
    flac.codings = vec![Coding { subframe: Subframe::Constant, ..Coding::PLAIN }];
    let (found, sample) = pack_sound(&flac.bytes(), sample("a.wav", 0));
    assert_eq!((found, sample.unwrap().frames), (vec![], long));
}
