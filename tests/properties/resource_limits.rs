//! Small files that claim to be huge, and huge files without content: the packer reports each quickly and in little
//! memory. It runs as a process with limited address space.
#![cfg(target_os = "linux")]

use std::fs::OpenOptions;
use std::process::Command;
use std::time::{Duration, Instant};

use packer_services::declaration::{Cut, GlyphArtifact, Region};
use packer_services::formats::{Rgb, TileSize};
use support::binary::{self, CommandOutput};
use support::flac::{BitWriter, Coding, Flac, Subframe, build_file, frame_bytes};
use support::images::chunk;
use support::sounds::Wav;
use support::{KEY, TestProject, artifact, glyph, palette, sample, sound};

use crate::png_writer::{Chunk, ColorType, Drawing, png};

/// The limit of the packer's address space. Its threads reserve most of it and never use it.
const ADDRESS_SPACE_KIB: u32 = 300_000;
/// The most memory that the packer may use, whatever its input and the number of its workers: 300 MiB.
const MEMORY_KIB: u32 = 300 << 10;
/// More than any command takes, even in an unoptimized build on a busy machine.
const TIME_LIMIT: Duration = Duration::from_secs(8);

/// Runs the packer with limited memory.
fn run_limited(what: &str, arguments: &[&str]) -> CommandOutput {
    let limited = format!("ulimit -v {ADDRESS_SPACE_KIB}; exec \"$0\" --format json \"$@\"");
    let program = binary::path();
    let start = Instant::now();
    let output = Command::new("bash").arg("-c").arg(limited).arg(program).args(arguments).output().unwrap();
    let (ended, took) = (CommandOutput::from(output), start.elapsed());
    assert!([0, 1].contains(&ended.code), "{what}: exit code {}, {}", ended.code, ended.stderr);
    assert!(took < TIME_LIMIT, "{what} took {took:?}");
    ended
}

/// Packs the project with limited memory, and asserts the codes of its findings.
fn assert_codes(what: &str, project: &TestProject, expected: &[&str]) {
    let ended = run_limited(what, &["pack", "--jobs", "2", project.root().to_str().unwrap()]);
    assert_eq!(ended.codes(), expected, "{what}");
}

/// A bank of one 8 × 8 tile with a palette of the key and black.
fn image_project() -> TestProject {
    let mut project = TestProject::new();
    let palettes = vec![palette(&[KEY, Rgb([0; 3])])];
    project.add_asset("ui", true, &glyph(1, "ui", TileSize::Eight, palettes, vec![artifact("a.png", 0)]));
    project
}

fn sound_project() -> TestProject {
    let mut project = TestProject::new();
    project.write("assets/sfx/a.wav", Wav::mono16(8000, &[1, 2, 3]).bytes());
    project.add_asset("sfx", true, &sound(1, "sfx", 8000, vec![sample("a.wav", 0)]));
    project
}

/// A zlib stream of at least this many zeros, 158 times smaller.
fn zlib_zeros(count: usize) -> Vec<u8> {
    /// "The last byte 258 times more", in fixed codes. Eight of these are 13 whole bytes.
    const RUN: &str = "1100010100000";
    let packed = |bits: &str| -> Vec<u8> {
        let byte = |bits: &[u8]| bits.iter().rev().fold(0, |sum, bit| sum << 1 | (bit - b'0'));
        bits.as_bytes().chunks(8).map(byte).collect()
    };
    let groups = count / (8 * 258);
    // A last block of fixed codes, one literal 0 and a first run are three whole bytes.
    let mut out = [vec![0x78, 0x01], packed(&format!("110{:08b}{RUN}", 0b0011_0000))].concat();
    out.extend(packed(&RUN.repeat(8)).repeat(groups));
    out.push(0);
    let written = 1 + 258 * (1 + 8 * groups);
    out.extend((u32::try_from(written % 65_521).unwrap() << 16 | 1).to_be_bytes());
    out
}

/// A black tile.
fn black() -> Drawing {
    Drawing::new(8, 8, ColorType::Rgb, 8, vec![0; 192])
}

/// A black tile with one more chunk before its pixels.
fn with_chunk(kind: &[u8; 4], body: Vec<u8>) -> Vec<u8> {
    let mut chunks = black().chunks();
    chunks.insert(1, (*kind, body));
    png(&chunks)
}

/// A black tile with bytes before the first chunk of a kind.
fn with_bytes(kind: &[u8; 4], bytes: &[u8]) -> Vec<u8> {
    support::images::insert_before(&black().bytes(), kind, bytes)
}

#[test]
fn oversized_image_is_refused_by_header() {
    let project = image_project();
    let header = |width: u32, height: u32| {
        let mut chunks: Vec<Chunk> = black().chunks();
        chunks[0].1[..4].copy_from_slice(&width.to_be_bytes());
        chunks[0].1[4..8].copy_from_slice(&height.to_be_bytes());
        png(&chunks)
    };
    for (width, height, expected) in [
        (0, 8, "image-damaged"),
        (8, 0, "image-damaged"),
        (0x7FFF_FFFF, 0x7FFF_FFFF, "image-too-large"),
        (0x7FFF_FFFF, 1, "image-too-large"),
        (100_000, 100_000, "image-too-large"),
        (30_000, 30_000, "image-too-large"),
        (16_392, 8, "image-too-large"),
        (16_384, 4104, "image-too-large"),
        (16_384, 4096, "tile-overflow"),
        (12_345, 678, "image-size"),
    ] {
        project.write("assets/ui/a.png", header(width, height));
        assert_codes(&format!("{width} × {height}"), &project, &[expected]);
    }
}

#[test]
fn large_interlaced_image_is_refused() {
    let project = image_project();
    let interlaced = |side: u32| {
        let mut chunks: Vec<Chunk> = black().chunks();
        let header = &mut chunks[0].1;
        header[..8].copy_from_slice(&[side.to_be_bytes(); 2].concat());
        header[12] = 1;
        png(&chunks)
    };
    for (side, expected) in [(4104, "image-too-large"), (4096, "tile-overflow")] {
        project.write("assets/ui/a.png", interlaced(side));
        assert_codes(&format!("{side} × {side}, interlaced"), &project, &[expected]);
    }
}

/// A black image with 16-bit channels, encoded small.
fn black_image(side: u32, is_interlaced: bool) -> Vec<u8> {
    let form = [16, 2, 0, 0, u8::from(is_interlaced)];
    let header = [&side.to_be_bytes()[..], &side.to_be_bytes(), &form].concat();
    // The passes of an interlaced image have up to twice as many filter bytes as rows.
    let data = zlib_zeros((side as usize * 6 + 3) * side as usize);
    png(&[(*b"IHDR", header), (*b"IDAT", data)])
}

/// Banks of 1024 regions of this image.
fn many_regions_project(banks: u32, image: &[u8]) -> TestProject {
    let mut project = TestProject::new();
    for n in 0..banks {
        let cut = |id: u32| Cut { region: Some(Region { x: id * 3, y: id * 3, w: 8, h: 8 }), ..Cut::default() };
        let artifacts = (0..1024).map(|id| GlyphArtifact { cut: cut(id), ..artifact("a.png", id) }).collect();
        let palettes = vec![palette(&[KEY, Rgb([0; 3])])];
        let name = format!("ui{n}");
        project.write(&format!("assets/{name}/a.png"), image);
        project.add_asset(&name, true, &glyph(n + 1, &name, TileSize::Eight, palettes, artifacts));
    }
    project
}

#[test]
fn large_images_share_a_memory_budget() {
    for (what, side, is_interlaced) in [("in rows", 8192, false), ("interlaced", 4096, true)] {
        let project = many_regions_project(4, &black_image(side, is_interlaced));
        for jobs in ["1", "4", "200"] {
            // Counts what the process can write to, so not what its threads reserve for later.
            let limited = format!("ulimit -d {MEMORY_KIB}; exec \"$0\" pack --format json --jobs {jobs} \"$1\"");
            let output = Command::new("bash").arg("-c").arg(limited).arg(binary::path()).arg(project.root()).output();
            let ended = CommandOutput::from(output.unwrap());
            assert_eq!((ended.code, ended.codes()), (0, vec![]), "{what}, {jobs} jobs: {}", ended.stderr);
        }
    }
}

#[test]
fn decompression_stops_after_the_pixels() {
    const GIGABYTE: usize = 1 << 30;
    let project = image_project();
    let text = |head: &[u8]| [head, &zlib_zeros(GIGABYTE)].concat();
    let mut pixels = black().chunks();
    pixels.truncate(1);
    pixels.push((*b"IDAT", zlib_zeros(GIGABYTE / 4)));
    for (what, image) in [
        ("zTXt", with_chunk(b"zTXt", text(b"Comment\0\0"))),
        ("iTXt", with_chunk(b"iTXt", text(b"Comment\0\x01\0\0\0"))),
        ("iCCP", with_chunk(b"iCCP", text(b"profile\0\0"))),
        ("IDAT", png(&pixels)),
    ] {
        project.write("assets/ui/a.png", image);
        assert_codes(what, &project, &[]);
    }
}

#[test]
fn image_of_many_chunks_is_fast() {
    let project = image_project();
    project.write("assets/ui/a.png", with_bytes(b"IDAT", &chunk(b"tEXt", b"a\0b").repeat(200_000)));
    assert_codes("200 000 texts", &project, &[]);
    // Generic code of the decoder is compiled in this crate, so it is not optimized in dev builds.
    let pieces = if cfg!(debug_assertions) { 10_000 } else { 300_000 };
    project.write("assets/ui/a.png", with_bytes(b"IDAT", &chunk(b"IDAT", b"").repeat(pieces)));
    assert_codes("empty pieces of data", &project, &[]);
}

#[test]
fn huge_sound_is_refused_quickly() {
    let project = sound_project();
    let good = project.read("assets/sfx/a.wav");
    let grow = |bytes: u64| {
        let file = OpenOptions::new().write(true).open(project.at("assets/sfx/a.wav")).unwrap();
        file.set_len(bytes).unwrap();
    };
    grow(100 << 20);
    assert_codes("100 MiB of zeros after the sound", &project, &["wav-untidy"]);
    grow((512 << 20) + 1);
    assert_codes("a byte over 512 MiB", &project, &["file-too-large"]);
    project.write("assets/sfx/a.wav", &good[..12]);
    grow(400 << 20);
    assert_codes("400 MiB of zeros instead of chunks", &project, &["wav-chunks"]);
    project.write("assets/sfx/a.wav", [&good[..], &b"JUNK\0\0\0\0".repeat(500_000)].concat());
    assert_codes("half a million empty chunks", &project, &["wav-chunks"]);
    let mut claiming = good.clone();
    claiming[40..44].copy_from_slice(&0xFFFE_FFF0u32.to_le_bytes());
    project.write("assets/sfx/a.wav", claiming);
    assert_codes("4 GiB of claimed sound", &project, &["wav-cut"]);
}

/// STREAMINFO of a FLAC of 16 bits and 8000 Hz that claims this many channels and frames, without MD5.
fn streaminfo_of(channels: usize, frames: u64) -> Vec<u8> {
    let mut flac = Flac::pcm(8000, 16, vec![vec![0; 4]; channels]);
    flac.block = 65_535;
    let mut info = flac.streaminfo();
    info[18..].fill(0);
    info[13..18].copy_from_slice(&(0xF0_0000_0000 | frames).to_be_bytes()[3..]);
    info
}

#[test]
fn huge_flac_needs_little_memory() {
    let project = sound_project();
    let assert_flac = |what: &str, bytes: Vec<u8>, expected: &[&str]| {
        project.write("assets/sfx/a.wav", bytes);
        assert_codes(what, &project, expected);
    };
    let mut silence = Flac::mono16(8000, &[0; 65_535]);
    silence.block = 65_535;
    silence.codings = vec![Coding { subframe: Subframe::Constant, ..Coding::PLAIN }];
    let block = silence.frames().concat();
    assert!(block.len() < 20);
    assert_flac("512 MiB of silence in 20 bytes", build_file(&streaminfo_of(1, 256 << 20), &[], &block), &["flac-cut"]);
    assert_flac(
        "more than 512 MiB of silence",
        build_file(&streaminfo_of(1, (256 << 20) + 1), &[], &block),
        &["file-too-large"],
    );
    assert_flac(
        "8 channels of the largest blocks",
        build_file(&streaminfo_of(8, 1 << 30), &[], &block),
        &["flac-format"],
    );
    let large = vec![(1, vec![0; (1 << 24) - 1]), (3, vec![0xFF; (1 << 24) - 1]), (6, vec![0xFF; (1 << 24) - 1])];
    assert_flac("48 MiB of padding, seek points and image", build_file(&streaminfo_of(1, 65_535), &large, &block), &[]);
    let riff = [&b"riffsmpl\xff\xff\xff\0"[..], &[0xFF; (1 << 24) - 13]].concat();
    assert_flac(
        "a loop chunk of 16 MiB",
        build_file(&streaminfo_of(1, 65_535), &[(2, riff)], &block),
        &["wav-loop-damaged"],
    );
    let empty = [&b"fLaC\0\0\0\x22"[..], &streaminfo_of(1, 65_535), &[1, 0, 0, 0].repeat(500_000)].concat();
    assert_flac("half a million empty blocks", empty, &["flac-damaged"]);
    let mut header = BitWriter::default();
    header.put(0xFFF8, 16).put(0x70, 8).put(0, 8).put_coded_number(0).put(65_534, 16);
    let mut endless = BitWriter::default();
    endless.put(16, 8).put(0, 10);
    endless.bytes.resize(8 << 20, 0);
    assert_flac(
        "a number of 8 MiB",
        build_file(&streaminfo_of(1, 65_535), &[], &frame_bytes(&header, &endless)),
        &["flac-damaged"],
    );
    assert_flac(
        "8 MiB after the sound",
        [build_file(&streaminfo_of(1, 65_535), &[], &block), vec![0xFF; 8 << 20]].concat(),
        &["flac-untidy"],
    );
}

/// So many members with keys that no file has.
fn unknown_keys(count: usize) -> String {
    (0..count).map(|n| format!(r#""nema{n}":0,"#)).collect()
}

#[test]
fn repeated_mistakes_are_merged() {
    let project = sound_project();
    let good = project.read_text("assets/sfx/asset.json");
    let one_line: String = good.split_whitespace().collect();
    let artifact = r#"{"file":"a.wav","index":0}"#;
    let artifacts = |each: &str, count: usize| one_line.replace(artifact, &vec![each; count].join(","));
    let numbered: Vec<String> = (0..60_000).map(|n| format!(r#"{{"file":"a.wav","index":{n}}}"#)).collect();
    for (what, text, expected) in [
        ("60 000 numbers for artifacts", artifacts("0", 60_000), "json-wrong-type"),
        ("60 000 empty artifacts", artifacts("{}", 60_000), "json-missing-key"),
        ("one artifact 60 000 times", artifacts(artifact, 60_000), "sample-overlap"),
        (
            "a missing file 60 000 times",
            one_line.replace(artifact, &numbered.join(",")).replace("a.wav", "b"),
            "file-missing",
        ),
        ("one key 60 000 times", one_line.replacen('{', &format!("{{{}", r#""a":1,"#.repeat(60_000)), 1), "json-"),
        ("40 000 unknown keys", one_line.replacen('{', &format!("{{{}", unknown_keys(40_000)), 1), "json-unknown-key"),
        ("600 000 values", artifacts("0", 600_000), "json-too-large"),
        ("a million brackets", "[".repeat(1_000_000), "json-too-deep"),
        ("over 4 MiB", good.clone() + &" ".repeat(4 << 20), "json-too-large"),
    ] {
        project.write("assets/sfx/asset.json", &text);
        let ended = run_limited(what, &["pack", "--jobs", "2", project.root().to_str().unwrap()]);
        let codes = ended.codes();
        let most = if expected == "json-unknown-key" { 101 } else { 4 };
        assert!(!codes.is_empty() && codes.len() <= most, "{what}: {} findings", codes.len());
        assert!(codes.iter().any(|code| code.starts_with(expected)), "{what}: {codes:?}");
    }
}

#[test]
fn huge_registry_is_refused_quickly() {
    let project = TestProject::new();
    let file = "assets/.prometeu/index.json";
    project.write(file, "");
    OpenOptions::new().write(true).open(project.at(file)).unwrap().set_len(16 << 20).unwrap();
    assert_codes("16 MiB of zeros", &project, &["json-empty"]);
    OpenOptions::new().write(true).open(project.at(file)).unwrap().set_len((16 << 20) + 1).unwrap();
    assert_codes("a byte over 16 MiB", &project, &["json-too-large"]);
    let lines = if cfg!(debug_assertions) { 1 << 20 } else { 16 << 20 };
    project.write(file, "\n".repeat(lines));
    assert_codes("lines", &project, &["json-syntax"]);
    let with_keys =
        |count: usize| format!(r#"{{{}"schema_version":1,"next_asset_id":1,"assets":[]}}"#, unknown_keys(count));
    project.write(file, with_keys(1_000_000));
    assert_codes("a million unknown keys", &project, &["json-too-large"]);
    let count = if cfg!(debug_assertions) { 40_000 } else { 490_000 };
    project.write(file, with_keys(count));
    assert_codes("unknown keys", &project, &["json-unknown-key"; 101]);
    project.write(
        file,
        format!(r#"{{"schema_version":1,"next_asset_id":1,"assets":[{}]}}"#, vec!["0"; 200_000].join(",")),
    );
    assert_codes("200 000 numbers", &project, &["json-wrong-type"]);
}

#[test]
fn huge_pack_header_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("assets.pa");
    let assert_refused = |what: &str, header_len: u32, header: &[u8], file_len: u64, expected: &str| {
        let mut bytes = b"ASPA\x01\0\0\0".to_vec();
        bytes.extend(header_len.to_le_bytes());
        bytes.extend((32 + u64::from(header_len)).to_le_bytes());
        bytes.extend([0; 12]);
        bytes.extend(header);
        std::fs::write(&path, bytes).unwrap();
        OpenOptions::new().write(true).open(&path).unwrap().set_len(file_len).unwrap();
        for verb in ["verify", "inspect"] {
            let ended = run_limited(what, &[verb, path.to_str().unwrap()]);
            assert_eq!(ended.codes(), [expected], "{what}, {verb}");
        }
    };
    assert_refused("a header of 4 GiB", u32::MAX, b"", 32, "pack-header-length");
    assert_refused("a header of 4 GiB in a large file", u32::MAX, b"", 5 << 30, "pack-header-length");
    assert_refused("a missing header of 8 MiB", 8 << 20, b"", 32, "pack-cut");
    assert_refused("a header of 8 MiB of zeros", 8 << 20, b"", 32 + (8 << 20), "pack-header-json");
    for (what, value, count) in [("numbers", "0", 4_000_000), ("objects", "{}", 150_000)] {
        let values = format!(r#"{{"asset_table":[{}],"preload":[]}}"#, vec![value; count].join(","));
        let length = u32::try_from(values.len()).unwrap();
        assert_refused(what, length, values.as_bytes(), 32 + u64::from(length), "pack-header-shape");
    }
}

#[test]
fn pack_beyond_4_gib_is_inspected() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.pa");
    let entry = |id: usize, offset: u64, size: u64| {
        format!(
            r#"{{"asset_id":{id},"asset_name":"level/{id}","bank_type":"SCENE","codec":"NONE","decoded_size":0,"metadata":{{}},"offset":{offset},"size":{size}}}"#
        )
    };
    let large = vec![entry(1, 0, 5 << 30), entry(2, 5 << 30, 7)];
    let many = (1..=30_000).map(|id| entry(id, id as u64 - 1, 1)).collect::<Vec<_>>();
    for (what, entries, payload) in [("5 GiB", large, (5 << 30) + 7), ("30 000 assets", many, 30_000)] {
        let bytes = pack_without_payload(&entries);
        std::fs::write(&path, &bytes).unwrap();
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(bytes.len() as u64 + payload).unwrap();
        let ended = run_limited(what, &["inspect", path.to_str().unwrap()]);
        assert_eq!((ended.code, ended.codes()), (0, vec![]), "{what}");
        file.set_len(bytes.len() as u64 + payload - 1).unwrap();
        assert_eq!(run_limited(what, &["inspect", path.to_str().unwrap()]).codes(), ["pack-overflow"], "{what}, cut");
    }
}

/// The prelude and the header of a pack with these entries.
fn pack_without_payload(entries: &[String]) -> Vec<u8> {
    let header = format!(r#"{{"asset_table":[{}],"preload":[]}}"#, entries.join(","));
    let length = u32::try_from(header.len()).unwrap();
    let mut bytes = b"ASPA\x01\0\0\0".to_vec();
    bytes.extend(length.to_le_bytes());
    bytes.extend((32 + u64::from(length)).to_le_bytes());
    bytes.extend([0; 12]);
    bytes.extend(header.as_bytes());
    bytes
}

/// A pack with one SCENE that has this metadata and no payload.
fn scene_pack(metadata: &str) -> Vec<u8> {
    pack_without_payload(&[format!(
        r#"{{"asset_id":1,"asset_name":"level","bank_type":"SCENE","codec":"NONE","decoded_size":0,"metadata":{metadata},"offset":0,"size":0}}"#
    )])
}

#[test]
fn largest_metadata_fits_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("assets.pa");
    let path_text = path.to_str().unwrap();
    let numbers = format!(r#"{{"a":[{}]}}"#, vec!["0"; 499_900].join(","));
    let members: Vec<String> = (100_000..590_000).map(|n| format!(r#""{n}":0"#)).collect();
    let members = format!("{{{}}}", members.join(","));
    let objects = format!(r#"{{"a":[{}]}}"#, vec![r#"{"a":{},"b":0}"#; 74_000].join(","));
    for (n, (what, metadata)) in [("numbers", numbers), ("members", members), ("objects", objects)].iter().enumerate() {
        std::fs::write(&path, scene_pack(metadata)).unwrap();
        let extracted = folder.path().join(n.to_string());
        for arguments in [
            vec!["verify", path_text],
            vec!["inspect", path_text],
            vec!["extract", path_text, extracted.to_str().unwrap()],
        ] {
            let limited = format!("ulimit -d {MEMORY_KIB}; exec \"$0\" --format json \"$@\"");
            let output = Command::new("bash").arg("-c").arg(limited).arg(binary::path()).args(&arguments).output();
            let ended = CommandOutput::from(output.unwrap());
            assert_eq!(ended.code, 0, "{what}, {arguments:?}: {} {:?}", ended.stderr, ended.codes());
        }
    }
}

#[test]
fn many_stray_files_are_few_notes() {
    const STRAY_MEMORY_KIB: u32 = 64 << 10;
    let project = sound_project();
    for n in 0..60_000 {
        let folder = ["export", "export/tiles", "sfx/old"][n % 3];
        if n < 3 {
            std::fs::create_dir_all(project.at(&format!("assets/{folder}"))).unwrap();
        }
        std::fs::write(project.at(&format!("assets/{folder}/tile-of-the-exported-map-{n:06}.png")), []).unwrap();
    }
    let limited = format!("ulimit -d {STRAY_MEMORY_KIB}; exec \"$0\" doctor --workspace --format json \"$1\"");
    let output = Command::new("bash").arg("-c").arg(limited).arg(binary::path()).arg(project.root()).output();
    let ended = CommandOutput::from(output.unwrap());
    assert_eq!(ended.codes(), ["stray-file", "stray-file", "unused-file"], "{}", ended.stderr);
    for finding in ended.json()["findings"].as_array().unwrap() {
        assert!(finding["message"].as_str().unwrap().contains("20000 files"), "{finding}");
    }
}
