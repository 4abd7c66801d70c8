//! WAV files as programs write them, and invalid ones: each is converted or has its finding.

use packer_services::declaration::{Convert, SoundArtifact};
use packer_services::diagnostics::Finding;
use packer_services::ops::Published;
use support::oracle::reader::{Pack as IndependentPack, Sample};
use support::sounds::{Wav, riff};
use support::{TestProject, codes, sample, sound};

/// A bank of one sound, with the rate of most of these files.
fn bank(file: &[u8], artifact: SoundArtifact) -> TestProject {
    let mut project = TestProject::new();
    project.write("assets/sfx/a.wav", file);
    project.add_asset("sfx", true, &sound(1, "sfx", 8000, vec![artifact]));
    project
}

/// The codes of the findings, and the sample if it was packed.
pub fn pack_sound(file: &[u8], artifact: SoundArtifact) -> (Vec<&'static str>, Option<Sample>) {
    let project = bank(file, artifact);
    let report = project.pack();
    let found = codes(report.findings());
    if report.published == Published::Blocked {
        assert!(report.findings().iter().any(Finding::is_error) && !project.exists("build/assets.pa"));
        return (found, None);
    }
    let pack = IndependentPack::open(project.at("build/assets.pa")).unwrap();
    let entry = &pack.entries()[0];
    let samples = Sample::decode_all(entry, &pack.slice(entry).unwrap()).unwrap();
    (found, samples.into_iter().next())
}

/// The codes of a file that needs no conversion.
pub fn sound_codes(file: &[u8]) -> Vec<&'static str> {
    pack_sound(file, sample("a.wav", 0)).0
}

fn frames(file: &[u8]) -> (Vec<&'static str>, Vec<i16>) {
    let (found, sample) = pack_sound(file, sample("a.wav", 0));
    (found, sample.map(|sample| sample.frames).unwrap_or_default())
}

const SOUND: [i16; 5] = [0, 1, -1, 32_767, -32_768];

pub fn valid_wav() -> Wav {
    Wav::mono16(8000, &SOUND)
}

/// The valid file with changed bytes of its format chunk.
fn with_format(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut format = valid_wav().format_body();
    format[at..at + bytes.len()].copy_from_slice(bytes);
    riff(&[(*b"fmt ", format), (*b"data", valid_wav().data)])
}

#[test]
fn extra_wav_chunks_change_nothing() {
    let extra_chunks: [([u8; 4], &[u8]); 8] = [
        (*b"LIST", b"INFOISFT\x05\0\0\0Lavf\0"),
        (*b"bext", &[7; 602]),
        (*b"cue ", &[1; 28]),
        (*b"JUNK", &[0; 27]),
        (*b"id3 ", b"ID3\x04\0\0\0\0\0\x01x"),
        (*b"PAD ", &[]),
        (*b"fact", &[5, 0, 0, 0]),
        (*b"RIFF", b"WAVEdata\x04\0\0\0\x01\x02\x03\x04"),
    ];
    for (id, body) in extra_chunks {
        let mut before = valid_wav();
        before.before_data.push((id, body.to_vec()));
        let mut after = valid_wav();
        after.after_data.push((id, body.to_vec()));
        let chunks = [(id, body.to_vec()), (*b"fmt ", valid_wav().format_body()), (*b"data", valid_wav().data)];
        for file in [before.bytes(), after.bytes(), riff(&chunks)] {
            assert_eq!(frames(&file), (vec![], SOUND.to_vec()), "{}", String::from_utf8_lossy(&id));
        }
    }
}

#[test]
fn streamed_wav_runs_to_the_end() {
    let streamed = |riff_size: u32, data_size: u32| {
        let mut file = valid_wav().bytes();
        file[4..8].copy_from_slice(&riff_size.to_le_bytes());
        file[40..44].copy_from_slice(&data_size.to_le_bytes());
        frames(&file)
    };
    for (riff_size, data_size) in [(u32::MAX, u32::MAX), (0, u32::MAX), (46, u32::MAX), (0, 0), (u32::MAX, 0)] {
        assert_eq!(streamed(riff_size, data_size), (vec!["wav-streamed"], SOUND.to_vec()), "{riff_size} {data_size}");
    }
    assert!(streamed(46, 0).0.contains(&"sample-empty"), "a finished file without sound");
    for size in [0x7FFF_0000_u32, 0x7FFF_EFFF, 0x7FFF_F000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFDB, 2_000_000_000] {
        for riff_size in [0, 36, 46, size, size.saturating_add(36)] {
            assert_eq!(streamed(riff_size, size), (vec!["wav-streamed"], SOUND.to_vec()), "{riff_size:#x} {size:#x}");
        }
        assert_eq!(streamed(size, 0), (vec!["wav-streamed"], SOUND.to_vec()), "{size:#x}");
    }
    for size in [0x7FFE_FFFE, 0x8000_0002, 0xFFFE_FFFE, 1 << 30, 999_999_998] {
        assert_eq!(streamed(size + 36, size).0, ["wav-cut"], "{size:#x}");
    }
}

/// The valid sound in other forms: the file up to its data chunk, whose size is `size`, and then `data`.
fn streamed_wav(channels: u16, depth_bits: u16, size: u32, data: &[u8]) -> Vec<u8> {
    let mut file = Wav::pcm(8000, channels, depth_bits, Vec::new()).bytes();
    file[4..8].copy_from_slice(&size.saturating_add(36).to_le_bytes());
    file[40..44].copy_from_slice(&size.to_le_bytes());
    [file, data.to_vec()].concat()
}

/// The codes of a file that needs any conversion, and the number of its frames.
fn converted(file: &[u8], channels: u16, depth_bits: u16) -> (Vec<&'static str>, usize) {
    let convert = Convert { downmix: channels == 2, reduce_bit_depth: depth_bits > 16 };
    let (found, sample) = pack_sound(file, SoundArtifact { convert, ..sample("a.wav", 0) });
    (found, sample.map_or(0, |sample| sample.frames.len()))
}

#[test]
fn streamed_wav_has_whole_frames() {
    for (channels, depth_bits) in [(1, 8), (1, 16), (1, 24), (1, 32), (2, 8), (2, 16), (2, 24), (2, 32)] {
        let frame_bytes = usize::from(channels * depth_bits / 8);
        for left in 0..frame_bytes {
            let file = streamed_wav(channels, depth_bits, 0x7FFF_EFFC, &vec![7; 5 * frame_bytes + left]);
            let expected = (vec!["wav-streamed"], 5);
            assert_eq!(converted(&file, channels, depth_bits), expected, "{channels} × {depth_bits}, {left} more");
        }
    }
}

#[test]
fn sox_padding_is_left_out() {
    let frames = |size: u32, data: &[u8]| frames(&streamed_wav(1, 8, size, data));
    let sound = |bytes: &[u8]| (vec!["wav-streamed"], bytes.iter().map(|byte| (i16::from(*byte) - 128) << 8).collect());
    assert_eq!(frames(0x7FFF_F000, &[128, 200, 90, 0]), sound(&[128, 200, 90]), "padded");
    assert_eq!(frames(0x7FFF_F000, &[128, 200, 90, 1]), sound(&[128, 200, 90, 1]), "not padded");
    assert_eq!(frames(0x7FFF_F000, &[128, 200, 0]), sound(&[128, 200, 0]), "odd, so not padded");
    assert_eq!(frames(u32::MAX, &[128, 200, 90, 0]), sound(&[128, 200, 90, 0]), "a program that does not pad");
}

#[test]
fn chunks_after_streamed_sound_are_read() {
    let (list, tags) = (b"LIST\x04\0\0\0INFO", b"id3 \x03\0\0\0abc\0");
    for (channels, depth_bits) in [(1, 8), (1, 16), (1, 24), (1, 32), (2, 8), (2, 16), (2, 24), (2, 32)] {
        let sound = vec![7; 5 * usize::from(channels * depth_bits / 8)];
        for tail in [&list[..], &[&list[..], tags].concat(), &[&tags[..], list].concat(), &tags[..tags.len() - 1]] {
            let file = streamed_wav(channels, depth_bits, 0x7FFF_0000, &[&sound, tail].concat());
            assert_eq!(converted(&file, channels, depth_bits), (vec!["wav-streamed"], 5), "{channels} × {depth_bits}");
        }
    }
    let looped = valid_wav().loops(&[(0, 1, 3, 0, 0)]).bytes();
    let (found, sample) = pack_sound(&streamed_wav(1, 16, 0x7FFF_0000, &looped[44..]), sample("a.wav", 0));
    assert_eq!((found, sample.and_then(|sample| sample.loop_frames)), (vec!["wav-streamed"], Some(1..4)));
    let not_the_end = streamed_wav(1, 8, 0x7FFF_0000, b"LIST\x05\0\0\0INFO");
    assert_eq!(frames(&not_the_end).1.len(), 12, "a chunk that does not end with the file is sound");
}

#[test]
fn unfinished_recording_is_read() {
    // Apple's recorders write a head of 4096 bytes, and the sizes when they stop.
    let mut long_head = valid_wav();
    long_head.before_data.push((*b"FLLR", vec![0; 4096 - 12 - 24 - 8 - 8]));
    let mut long_head = long_head.bytes();
    long_head[4..8].copy_from_slice(&4088u32.to_le_bytes());
    long_head[4092..4096].fill(0);
    assert_eq!(frames(&long_head), (vec!["wav-streamed"], SOUND.to_vec()));
    for riff_size in [4, 36, 44] {
        let mut file = valid_wav().bytes();
        file[4..8].copy_from_slice(&u32::to_le_bytes(riff_size));
        file[40..44].fill(0);
        assert_eq!(frames(&file), (vec!["wav-streamed"], SOUND.to_vec()), "{riff_size}");
        let empty = [&file[..44], &b"LIST\x04\0\0\0INFO"[..]].concat();
        assert_eq!(sound_codes(&empty), ["sample-empty"], "{riff_size}: another chunk follows");
        assert_eq!(sound_codes(&file[..44]), ["sample-empty"], "{riff_size}: nothing follows");
    }
}

#[test]
fn data_size_of_the_whole_file() {
    let file = valid_wav().bytes();
    for size in [file.len(), file.len() - 8] {
        let size = u32::try_from(size).unwrap();
        let found = bank(&streamed_wav(1, 16, size, &file[44..]), sample("a.wav", 0)).pack();
        assert_eq!(codes(found.findings()), ["wav-streamed"]);
        assert!(found.findings()[0].message.contains("that of the whole file"), "{}", found.findings()[0].message);
    }
    assert_eq!(sound_codes(&streamed_wav(1, 16, 53, &file[44..])), ["wav-cut"]);
}

#[test]
fn cut_sound_counts_its_bytes() {
    let file = valid_wav().bytes();
    for length in 44..file.len() {
        let (mut found, project) = (Vec::new(), bank(&file[..length], sample("a.wav", 0)));
        let report = project.pack();
        found.extend(report.findings());
        assert_eq!(codes(report.findings()), ["wav-cut"], "{length}");
        let message = &found[0].message;
        assert!(message.contains("10 bytes") && message.contains(&(length - 44).to_string()), "{message}");
    }
    for length in 0..44 {
        let expected: &[&str] = match length {
            0..4 => &["sound-not-wav"],
            4..12 => &["wav-cut"],
            20..36 => &["wav-cut"],
            _ => &["wav-chunks"],
        };
        let found = sound_codes(&file[..length]);
        let relevant: Vec<&str> = found.into_iter().filter(|code| *code != "wav-untidy").collect();
        assert_eq!(relevant, expected, "{length}");
    }
}

#[test]
fn riff_size_is_ignored() {
    for size in [0, 1, 4, 36, 45, 47, 1 << 20, u32::MAX] {
        let mut file = valid_wav().bytes();
        file[4..8].copy_from_slice(&size.to_le_bytes());
        assert_eq!(frames(&file), (vec![], SOUND.to_vec()), "{size}");
    }
}

#[test]
fn partial_frame_is_an_error() {
    for (channels, depth, bytes) in [(1, 16, 3), (2, 8, 3), (2, 16, 6), (1, 24, 4), (2, 32, 12)] {
        let file = Wav::pcm(8000, channels, depth, vec![0; bytes]).bytes();
        assert!(sound_codes(&file).contains(&"wav-partial-frame"), "{channels} {depth} {bytes}");
    }
}

#[test]
fn impossible_chunk_sizes_are_errors() {
    let chunk = |id: &[u8; 4], size: u32| [&id[..], &size.to_le_bytes()].concat();
    let head = [b"RIFF\0\0\0\0WAVE".to_vec(), chunk(b"fmt ", 16), valid_wav().format_body()].concat();
    let sound = [chunk(b"data", 10), valid_wav().data].concat();
    for size in [11, 0x7FFE_FFFF, 0x8000_0001, 0xFFFE_FFFE, 0xFFFE_FFFF] {
        assert_eq!(sound_codes(&[head.clone(), chunk(b"data", size), vec![0; 10]].concat()), ["wav-cut"], "{size:#x}");
    }
    for size in [11, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF0, 0xFFFF_FFFE] {
        let after = [head.clone(), sound.clone(), chunk(b"LIST", size), vec![0; 10]].concat();
        assert_eq!(frames(&after), (vec!["wav-untidy"], SOUND.to_vec()), "{size:#x}");
        let before = [head.clone(), chunk(b"LIST", size), sound.clone()].concat();
        assert!(sound_codes(&before).contains(&"wav-chunks"), "{size:#x}");
        let loops = [head.clone(), sound.clone(), chunk(b"smpl", size), vec![0; 10]].concat();
        assert!(sound_codes(&loops).contains(&"wav-loop-damaged"), "{size:#x}");
        let format = [b"RIFF\0\0\0\0WAVE".to_vec(), chunk(b"fmt ", size.max(17)), valid_wav().format_body()].concat();
        assert_eq!(sound_codes(&format), ["wav-cut"], "{size:#x}");
    }
}

#[test]
fn invalid_format_field_is_named() {
    for (what, at, bytes) in [
        ("channels", 2, &[0u8, 0][..]),
        ("channels", 2, &[3, 0]),
        ("channels", 2, &[0xFF, 0xFF]),
        ("rate", 4, &[0, 0, 0, 0]),
        ("rate", 4, &[1, 0xEE, 2, 0]),
        ("rate", 4, &1_000_000_000u32.to_le_bytes()),
        ("block align", 12, &[0, 0]),
        ("block align", 12, &[4, 0]),
        ("bits", 14, &[0, 0]),
        ("bits", 14, &[12, 0]),
        ("bits", 14, &[64, 0]),
    ] {
        let project = bank(&with_format(at, bytes), sample("a.wav", 0));
        let report = project.pack();
        assert_eq!(codes(report.findings()), ["wav-format"], "{what} {bytes:?}");
        assert!(report.findings()[0].message.contains(what), "{what}: {}", report.findings()[0].message);
    }
    assert_eq!(frames(&with_format(8, &[1, 2, 3, 4])), (vec!["wav-untidy"], SOUND.to_vec()), "a wrong byte rate");
    assert_eq!(sound_codes(&riff(&[(*b"fmt ", vec![1, 0, 1, 0]), (*b"data", vec![0; 4])])), ["wav-format"]);
}

#[test]
fn other_wav_codings_are_named() {
    for (coding, name) in [
        (2u16, "ADPCM"),
        (3, "float"),
        (6, "A-law"),
        (7, "µ-law"),
        (0x11, "ADPCM"),
        (0x55, "MP3"),
        (0, ""),
        (0xF1AC, "FLAC"),
    ] {
        let project = bank(&with_format(0, &coding.to_le_bytes()), sample("a.wav", 0));
        let report = project.pack();
        assert_eq!(codes(report.findings()), ["wav-coding"], "{coding:#x}");
        assert!(report.findings()[0].message.contains(name), "{}", report.findings()[0].message);
    }
}

#[test]
fn other_sound_formats_are_named() {
    for (bytes, word) in [
        (&b""[..], "empty"),
        (b"OggS\0\x02\0\0", "Ogg"),
        (b"ID3\x04\0\0\0\0\0\0", "MP3"),
        (b"\xff\xfb\x90\x64\0\0", "MP3"),
        (b"\xff\xf3\x90\x64\0\0", "MP3"),
        (b"FORM\0\0\0\x10AIFFCOMM", "AIFF"),
        (b"FORM\0\0\0\x10AIFCFVER", "AIFF"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "RF64"),
        (b"RIFX\0\0\0\x10WAVEfmt ", "RIFX"),
        (b"RIFF\x10\0\0\0AVI LIST", "RIFF"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\x0d", "PNG"),
        (&[0; 100], "zero"),
    ] {
        let project = bank(bytes, sample("a.wav", 0));
        let report = project.pack();
        assert_eq!(codes(report.findings()), ["sound-not-wav"], "{word}");
        assert!(report.findings()[0].message.contains(word), "{word}: {}", report.findings()[0].message);
    }
}

#[test]
fn wrong_wav_chunks_are_errors() {
    let (format, data) = ((*b"fmt ", valid_wav().format_body()), (*b"data", valid_wav().data));
    for chunks in [
        vec![],
        vec![format.clone()],
        vec![data.clone()],
        vec![data.clone(), format.clone()],
        vec![format.clone(), format.clone(), data.clone()],
        vec![format.clone(), data.clone(), format.clone()],
        vec![format.clone(), data.clone(), data.clone()],
        vec![format.clone(), (*b"\0\0\0\0", vec![]), data.clone()],
    ] {
        let names: Vec<_> = chunks.iter().map(|(id, _)| String::from_utf8_lossy(id).into_owned()).collect();
        assert_eq!(sound_codes(&riff(&chunks)), ["wav-chunks"], "{names:?}");
    }
}

#[test]
fn trailing_wav_bytes_are_a_warning() {
    let mut unpadded = Wav::pcm(8000, 1, 8, vec![128; 3]).bytes();
    assert_eq!(sound_codes(&unpadded), [] as [&str; 0]);
    unpadded.pop();
    assert_eq!(frames(&unpadded), (vec![], vec![0; 3]), "many programs leave the last padding out");
    for tail in [&b"\0"[..], b"junk", b"1234567", &[0; 1000]] {
        assert_eq!(
            frames(&[valid_wav().bytes(), tail.to_vec()].concat()),
            (vec!["wav-untidy"], SOUND.to_vec()),
            "{tail:?}"
        );
    }
}
