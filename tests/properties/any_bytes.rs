//! All readers with arbitrary bytes: random ones, and valid files with changes and corrected checksums. No reader
//! panics; a refusal has a finding; an accepted file is consistent.

use std::sync::OnceLock;

use packer_services::Context;
use packer_services::declaration::{Content, RawMetadata};
use packer_services::diagnostics::has_errors;
use packer_services::formats::{GlyphMetadata, TileSize};
use packer_services::ops::{Operation, PreviewSource};
use packer_services::preview::SourcePreview;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use support::any_bytes::{
    READERS, check_declaration, check_flac, check_image, check_json, check_pack, check_registry, check_sprite,
};
use support::flac::Flac;
use support::sounds::Wav;
use support::{TestProject, no_place, rel_path};

use crate::mutate::{mutated, mutated_text};
use crate::png_writer::{Chunk, ColorType, Drawing, png};
use crate::random::{Rng, any_rng, cases};

/// Previews a file of these bytes in the root of an asset.
fn check_source_preview(project: &TestProject, name: &str, bytes: &[u8]) {
    project.write(&format!("assets/hero/{name}"), bytes);
    let request = PreviewSource::new(project.root(), "root:hero", name);
    let report = request.run(&Context::new()).unwrap();
    match &report.source {
        Some(SourcePreview::Image { pixels, .. }) => {
            let (width, height) = (pixels.width(), pixels.height());
            let rgba = pixels.rgba(0..width, 0..height);
            assert_eq!(rgba.len() as u64, u64::from(width) * u64::from(height) * 4);
        }
        Some(SourcePreview::Sound { frames, waveform, .. }) => match waveform {
            Some(waveform) => assert_eq!(waveform.columns.last().map_or(0, |column| column.frames.end), *frames),
            None => assert!(has_errors(report.findings()), "a sound without a waveform must have an error"),
        },
        Some(SourcePreview::Text { text, .. }) => {
            assert!(text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t')), "{text:?}");
        }
        Some(SourcePreview::Other { .. }) => {}
        None => assert!(has_errors(report.findings()), "a missing preview must have an error"),
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

fn valid_declarations() -> Vec<Vec<u8>> {
    let metadata = RawMetadata::from(GlyphMetadata { tile_size: TileSize::Eight, palette_authored: 2 });
    let raw = Content::Raw { payload: rel_path("font.bin"), metadata, place: no_place() };
    let mut declarations =
        read_all(&["assets/ui/icons/asset.json", "assets/ui/draft/asset.json", "assets/sfx/beeps/asset.json"]);
    declarations.push(support::declaration(1, "raw", raw).to_bytes());
    declarations
}

fn valid_sounds() -> Vec<Vec<u8>> {
    let mut sounds = read_all(&["assets/sfx/beeps/blip.wav", "assets/sfx/beeps/hum.wav"]);
    let mut rich = Wav::pcm(44_100, 2, 24, vec![5; 60]).loops(&[(0, 1, 8, 0, 0)]);
    rich.before_data.push((*b"LIST", b"INFOISFT\x03\0\0\0ab\0".to_vec()));
    sounds.push(rich.bytes());
    let mut flac = Flac::from_wav(&rich);
    flac.metadata.push((4, vec![0; 40]));
    sounds.push(flac.bytes());
    sounds
}

fn valid_drawings() -> Vec<Drawing> {
    let rng = &mut Rng::seeded(1);
    let mut drawings = vec![Drawing::random(rng, 8, 8, ColorType::Rgba, 8, false)];
    for (color, depth) in [(ColorType::Indexed, 4), (ColorType::Grey, 1), (ColorType::Rgb, 16), (ColorType::Indexed, 8)]
    {
        drawings.push(Drawing::random(rng, 9, 5, color, depth, true));
    }
    drawings
}

/// An image whose chunks were changed, moved, duplicated or removed; their CRCs are correct.
fn with_changed_chunks() -> impl Strategy<Value = Vec<u8>> {
    (select(valid_drawings()), any_rng(), 1..5usize).prop_map(|(drawing, mut rng, changes)| {
        let mut chunks: Vec<Chunk> = drawing.chunks();
        for _ in 0..changes {
            let (at, to) = (rng.below(chunks.len()), rng.below(chunks.len()));
            match rng.below(6) {
                0 => chunks.swap(at, to),
                1 => chunks.insert(to, chunks[at].clone()),
                2 if chunks.len() > 1 => drop(chunks.remove(at)),
                3 => {
                    chunks[at].0 =
                        **rng.choose(&[b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"acTL", b"fcTL", b"fdAT", b"xXxX"])
                }
                4 => chunks[at].1.truncate(to * 3),
                _ if chunks[at].1.is_empty() => {}
                _ => {
                    let byte = rng.below(chunks[at].1.len());
                    chunks[at].1[byte] = *rng.choose(&[0, 1, 2, 3, 8, 16, 0x7F, 0x80, 0xFF]);
                }
            }
        }
        png(&chunks)
    })
}

/// A pack whose header was changed; its length is correct.
fn with_changed_header() -> impl Strategy<Value = Vec<u8>> {
    let bytes = example().pack_bytes();
    let length = usize::try_from(u32::from_le_bytes(bytes[8..12].try_into().unwrap())).unwrap();
    let header = String::from_utf8(bytes[32..32 + length].to_vec()).unwrap();
    mutated_text(vec![header]).prop_map(move |header| {
        let mut changed = bytes[..32].to_vec();
        changed[8..12].copy_from_slice(&u32::try_from(header.len()).unwrap().to_le_bytes());
        changed[12..20].copy_from_slice(&(32 + header.len() as u64).to_le_bytes());
        [changed, header.into_bytes(), bytes[32 + length..].to_vec()].concat()
    })
}

fn texts(files: Vec<Vec<u8>>) -> Vec<String> {
    files.into_iter().map(|bytes| String::from_utf8(bytes).unwrap()).collect()
}

/// Random bytes after the signature of a file format.
fn with_signature() -> impl Strategy<Value = Vec<u8>> {
    let signatures: Vec<&[u8]> = vec![
        b"",
        b"ASPA\x01\0\0\0",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"fLaC\0\0\0\x22",
        b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR",
        b"{\"",
        b"\0\0\0\0\xe0\xa5\x01\0\x08\0\x08\0\x08\0",
    ];
    (select(signatures), vec(any::<u8>(), 0..600)).prop_map(|(signature, tail)| [signature, &tail].concat())
}

proptest! {
    #![proptest_config(cases(800))]

    #[test]
    fn readers_never_panic(bytes in with_signature()) {
        READERS.iter().for_each(|reader| (reader.check)(&bytes));
    }

    #[test]
    fn damaged_sprite_is_drawn_or_refused(bytes in mutated(crate::corpora::sprites().into_values().collect())) {
        check_sprite(&bytes);
    }

    #[test]
    fn damaged_declaration_is_read_or_refused(bytes in mutated(valid_declarations())) {
        check_declaration(&bytes);
        check_json(&bytes);
    }

    #[test]
    fn misspelled_declaration_is_read_or_refused(text in mutated_text(texts(valid_declarations()))) {
        check_declaration(text.as_bytes());
        check_json(text.as_bytes());
    }

    #[test]
    fn damaged_registry_is_read_or_refused(
        bytes in mutated(read_all(&["assets/.prometeu/index.json"])),
        text in mutated_text(texts(read_all(&["assets/.prometeu/index.json"]))),
    ) {
        check_registry(&bytes);
        check_registry(text.as_bytes());
    }

    #[test]
    fn damaged_sound_is_read_or_refused(bytes in mutated(valid_sounds())) {
        check_flac(&bytes);
    }

    #[test]
    fn damaged_image_is_read_or_refused(
        bytes in mutated(valid_drawings().iter().map(Drawing::bytes).collect()), with_changed_chunks in with_changed_chunks(),
    ) {
        check_image(&bytes);
        check_image(&with_changed_chunks);
    }

    #[test]
    fn source_preview_shows_or_explains(
        bytes in prop_oneof![
            with_signature(),
            mutated(valid_sounds()),
            mutated(valid_drawings().iter().map(Drawing::bytes).collect()),
            mutated(valid_declarations()),
        ],
        name in select(vec!["a.png", "a.gif", "a.wav", "a.flac", "a.gpl", "a.json", "a.bin", "asset.json"]),
    ) {
        let mut project = TestProject::new();
        project.add_glyph("hero");
        check_source_preview(&project, name, &bytes);
    }

    #[test]
    fn readers_agree_on_damaged_packs(
        bytes in mutated(read_all(&["build/assets.pa"])), with_changed_header in with_changed_header(),
    ) {
        check_pack(&bytes);
        check_pack(&with_changed_header);
    }
}
