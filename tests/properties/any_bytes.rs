//! Any bytes into every reader: random ones, and good files with changes, checksums made right again. No reader panics;
//! one that refuses says why; what one accepts hangs together.

use std::io::Cursor;
use std::sync::OnceLock;

use packer_services::Context;
use packer_services::banks::glyph::image::{ImageError, decode_png};
use packer_services::banks::sound::{self, SoundCoding};
use packer_services::declaration::{Content, Declaration, RawMetadata};
use packer_services::diagnostics::{Code, Finding, blocks};
use packer_services::formats::{GlyphMetadata, TileSize};
use packer_services::json;
use packer_services::ops::{Operation, PreviewSource};
use packer_services::pack::container;
use packer_services::preview::SourcePreview;
use packer_services::registry::Registry;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use support::flac::Flac;
use support::oracle::reader::Pack as IndependentPack;
use support::sounds::Wav;
use support::{TestProject, no_place, path};

use crate::cases::{Dice, cases};
use crate::draw::{Chunk, Color, Drawing, png};
use crate::mutate::{damaged, damaged_text};

/// Pixels that a bank's sheet has; the packer refuses more before it allocates them.
const SHEET: u64 = 256 * 256;

fn declaration(bytes: &[u8]) {
    let reading = Declaration::read(bytes);
    assert_ne!(reading.declaration.is_some(), blocks(&reading.findings), "either a declaration or an error");
    if let Some(declaration) = &reading.declaration {
        assert_eq!(reading.asset_uuid, Some(declaration.asset_uuid));
        assert!(Declaration::read(&declaration.to_bytes()).declaration.is_some(), "what is written reads back");
    }
}

fn registry(bytes: &[u8]) {
    let (registry, findings) = Registry::read(bytes);
    assert!(registry.is_some() || blocks(&findings), "either a registry or an error");
    if let Some(registry) = registry
        && findings.is_empty()
    {
        assert_eq!(Registry::read(&registry.to_bytes()), (Some(registry), Vec::new()), "what is written reads back");
    }
}

fn any_json(bytes: &[u8]) {
    let (root, findings) = json::read_document("x.json", bytes, |root| Some(root.source_text().to_owned()));
    assert_ne!(root.is_some(), findings.iter().any(|finding| finding.code != Code::JsonDuplicateKey));
    if let Some(root) = root {
        let independent: Result<serde_json::Value, _> = serde_json::from_slice(bytes);
        // The one thing that strict JSON allows and serde_json does not is a number past its range.
        assert!(independent.is_ok() || independent.is_err_and(|error| error.to_string().contains("out of range")));
        assert!(std::str::from_utf8(bytes).unwrap().contains(&root));
    }
}

fn sound(bytes: &[u8]) {
    match sound::read_structure_from(&mut Cursor::new(bytes), bytes.len() as u64).unwrap() {
        Ok(sound) => {
            let frame = u64::from(sound.channels * sound.depth_bits / 8);
            match sound.coding {
                SoundCoding::Pcm { data_offset } => assert!(data_offset + sound.frames * frame <= bytes.len() as u64),
                SoundCoding::Flac(stream) => assert!(stream.first_frame_offset <= bytes.len() as u64),
            }
            assert!(sound.warnings.iter().all(|warning| !warning.is_error()));
        }
        Err(finding) => assert!(finding.is_error()),
    }
}

fn image(bytes: &[u8]) {
    let accept = |header: packer_services::banks::glyph::image::ImageHeader| {
        let pixels = u64::from(header.width) * u64::from(header.height);
        if pixels <= SHEET { Ok(()) } else { Err(Finding::new(Code::TileOverflow, "", "")) }
    };
    match decode_png(&mut &bytes[..], accept) {
        Ok(image) => assert_eq!(image.pixels.len() as u64, u64::from(image.width) * u64::from(image.height)),
        Err(ImageError::Finding(finding)) => assert!(finding.is_error()),
        Err(ImageError::Io(error)) => panic!("{error}"),
    }
}

fn pack(bytes: &[u8]) {
    match container::read(&mut Cursor::new(bytes), bytes.len() as u64).unwrap() {
        Ok(container) => {
            let header = container.header.to_bytes().unwrap();
            assert_eq!(&bytes[..header.len()], header, "what is accepted has one spelling");
            assert_eq!(header.len() as u64 + container.header.payload_bytes(), bytes.len() as u64);
            let other = IndependentPack::new(Cursor::new(bytes));
            assert!(other.is_ok(), "the independent reader refuses it: {:?}", other.err());
        }
        Err(findings) => assert!(!findings.is_empty() && findings.iter().all(Finding::is_error)),
    }
}

/// A file of these bytes in the root of an asset, looked at.
fn source(project: &TestProject, name: &str, bytes: &[u8]) {
    project.write(&format!("assets/hero/{name}"), bytes);
    let request = PreviewSource::new(project.root(), "root:hero", name);
    let report = request.run(&Context::new()).unwrap();
    match &report.source {
        Some(SourcePreview::Image { width, height, rgba, .. }) => {
            assert_eq!(rgba.len() as u64, u64::from(*width) * u64::from(*height) * 4);
        }
        Some(SourcePreview::Sound { frames, waveform, .. }) => match waveform {
            Some(waveform) => assert_eq!(waveform.columns.last().map_or(0, |column| column.frames.end), *frames),
            None => assert!(blocks(report.findings()), "a sound without a waveform says why"),
        },
        Some(SourcePreview::Text { text, .. }) => {
            assert!(text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t')), "{text:?}");
        }
        Some(SourcePreview::Other { .. }) => {}
        None => assert!(blocks(report.findings()), "what is not shown says why"),
    }
}

/// The example project, packed.
fn example() -> &'static TestProject {
    static EXAMPLE: OnceLock<TestProject> = OnceLock::new();
    EXAMPLE.get_or_init(|| {
        let project = TestProject::example();
        project.pack();
        project
    })
}

fn read_all(paths: &[&str]) -> Vec<Vec<u8>> {
    paths.iter().map(|path| example().read(path)).collect()
}

fn good_declarations() -> Vec<Vec<u8>> {
    let metadata = RawMetadata::from(GlyphMetadata { tile_size: TileSize::Eight, palette_authored: 2 });
    let raw = Content::Raw { payload: path("font.bin"), metadata, place: no_place() };
    let mut declarations =
        read_all(&["assets/ui/icons/asset.json", "assets/ui/draft/asset.json", "assets/sfx/beeps/asset.json"]);
    declarations.push(support::declaration(1, "raw", raw).to_bytes());
    declarations
}

fn good_sounds() -> Vec<Vec<u8>> {
    let mut sounds = read_all(&["assets/sfx/beeps/blip.wav", "assets/sfx/beeps/hum.wav"]);
    let mut rich = Wav::pcm(44_100, 2, 24, vec![5; 60]).loops(&[(0, 1, 8, 0, 0)]);
    rich.before_data.push((*b"LIST", b"INFOISFT\x03\0\0\0ab\0".to_vec()));
    sounds.push(rich.bytes());
    let mut flac = Flac::from_wav(&rich);
    flac.metadata.push((4, vec![0; 40]));
    sounds.push(flac.bytes());
    sounds
}

fn good_drawings() -> Vec<Drawing> {
    let dice = &mut Dice::seeded(1);
    let mut drawings = vec![Drawing::random(dice, 8, 8, Color::Rgba, 8, false)];
    for (color, depth) in [(Color::Indexed, 4), (Color::Grey, 1), (Color::Rgb, 16), (Color::Indexed, 8)] {
        drawings.push(Drawing::random(dice, 9, 5, color, depth, true));
    }
    drawings
}

/// An image whose chunks were changed, moved, doubled or lost, each with a right CRC.
fn rechunked() -> impl Strategy<Value = Vec<u8>> {
    (select(good_drawings()), Dice::any(), 1..5usize).prop_map(|(drawing, mut dice, changes)| {
        let mut chunks: Vec<Chunk> = drawing.chunks();
        for _ in 0..changes {
            let (at, to) = (dice.below(chunks.len()), dice.below(chunks.len()));
            match dice.below(6) {
                0 => chunks.swap(at, to),
                1 => chunks.insert(to, chunks[at].clone()),
                2 if chunks.len() > 1 => drop(chunks.remove(at)),
                3 => {
                    chunks[at].0 =
                        **dice.pick(&[b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"acTL", b"fcTL", b"fdAT", b"xXxX"])
                }
                4 => chunks[at].1.truncate(to * 3),
                _ if chunks[at].1.is_empty() => {}
                _ => {
                    let byte = dice.below(chunks[at].1.len());
                    chunks[at].1[byte] = *dice.pick(&[0, 1, 2, 3, 8, 16, 0x7F, 0x80, 0xFF]);
                }
            }
        }
        png(&chunks)
    })
}

/// A pack whose header was changed, its length made right again.
fn reheaded() -> impl Strategy<Value = Vec<u8>> {
    let bytes = example().pack_bytes();
    let length = usize::try_from(u32::from_le_bytes(bytes[8..12].try_into().unwrap())).unwrap();
    let header = String::from_utf8(bytes[32..32 + length].to_vec()).unwrap();
    damaged_text(vec![header]).prop_map(move |header| {
        let mut changed = bytes[..32].to_vec();
        changed[8..12].copy_from_slice(&u32::try_from(header.len()).unwrap().to_le_bytes());
        changed[12..20].copy_from_slice(&(32 + header.len() as u64).to_le_bytes());
        [changed, header.into_bytes(), bytes[32 + length..].to_vec()].concat()
    })
}

fn texts(files: Vec<Vec<u8>>) -> Vec<String> {
    files.into_iter().map(|bytes| String::from_utf8(bytes).unwrap()).collect()
}

/// Something like a file of its kind.
fn with_head() -> impl Strategy<Value = Vec<u8>> {
    let heads: Vec<&[u8]> = vec![
        b"",
        b"ASPA\x01\0\0\0",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"fLaC\0\0\0\x22",
        b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR",
        b"{\"",
    ];
    (select(heads), vec(any::<u8>(), 0..600)).prop_map(|(head, tail)| [head, &tail].concat())
}

proptest! {
    #![proptest_config(cases(800))]

    #[test]
    fn no_bytes_make_any_reader_panic(bytes in with_head()) {
        declaration(&bytes);
        registry(&bytes);
        any_json(&bytes);
        sound(&bytes);
        image(&bytes);
        pack(&bytes);
    }

    #[test]
    fn a_damaged_declaration_is_read_or_refused(bytes in damaged(good_declarations())) {
        declaration(&bytes);
        any_json(&bytes);
    }

    #[test]
    fn a_misspelt_declaration_is_read_or_refused(text in damaged_text(texts(good_declarations()))) {
        declaration(text.as_bytes());
        any_json(text.as_bytes());
    }

    #[test]
    fn a_damaged_registry_is_read_or_refused(
        bytes in damaged(read_all(&["assets/.prometeu/index.json"])),
        text in damaged_text(texts(read_all(&["assets/.prometeu/index.json"]))),
    ) {
        registry(&bytes);
        registry(text.as_bytes());
    }

    #[test]
    fn a_damaged_sound_is_read_or_refused(bytes in damaged(good_sounds())) {
        sound(&bytes);
    }

    #[test]
    fn a_damaged_image_is_read_or_refused(
        bytes in damaged(good_drawings().iter().map(Drawing::bytes).collect()), rechunked in rechunked(),
    ) {
        image(&bytes);
        image(&rechunked);
    }

    #[test]
    fn any_file_is_shown_or_says_why_not(
        bytes in prop_oneof![
            with_head(),
            damaged(good_sounds()),
            damaged(good_drawings().iter().map(Drawing::bytes).collect()),
            damaged(good_declarations()),
        ],
        name in select(vec!["a.png", "a.gif", "a.wav", "a.flac", "a.gpl", "a.json", "a.bin", "asset.json"]),
    ) {
        let mut project = TestProject::new();
        project.add_glyph("hero");
        source(&project, name, &bytes);
    }

    #[test]
    fn a_damaged_pack_is_read_as_the_independent_reader_does_or_refused(
        bytes in damaged(read_all(&["build/assets.pa"])), reheaded in reheaded(),
    ) {
        pack(&bytes);
        pack(&reheaded);
    }
}
