//! Damaged PNG files: cut at every byte, with every single bit flipped, with invalid chunks, or in another format. Each
//! has a finding or the same pixels, never different pixels.

use packer_services::diagnostics::{Code, Finding};

use crate::images_decoded::{decode_image, decoded_pixels};
use crate::png_writer::{Chunk, ColorType, Drawing, ExpectedPixel, png, zlib};
use crate::random::Rng;

/// Small images of every kind.
fn small_images() -> Vec<Drawing> {
    let rng = &mut Rng::seeded(21);
    let mut images = vec![
        Drawing::random(rng, 3, 3, ColorType::Indexed, 8, true),
        Drawing::random(rng, 8, 8, ColorType::Indexed, 4, false),
        Drawing::random(rng, 8, 2, ColorType::Indexed, 1, true),
        Drawing::random(rng, 4, 4, ColorType::Rgba, 8, false),
        Drawing::random(rng, 3, 2, ColorType::Rgb, 8, true),
        Drawing::random(rng, 2, 2, ColorType::Rgb, 16, true),
        Drawing::random(rng, 3, 3, ColorType::GreyAlpha, 8, false),
    ];
    for depth in [1, 2, 4, 16] {
        images.push(Drawing::random(rng, 5, 4, ColorType::Grey, depth, depth > 1));
    }
    for (at, image) in images.iter_mut().enumerate() {
        image.interlaced = at % 3 == 0;
        image.idat_bytes = 40;
    }
    images
}

#[test]
fn cut_image_is_reported_at_any_byte() {
    for drawing in small_images() {
        let bytes = drawing.bytes();
        for length in 0..bytes.len() {
            let finding = decode_image(&bytes[..length]).expect_err("a cut image");
            // A file without a whole signature is not recognized as a PNG.
            let expected = if length < 8 { Code::ImageNotPng } else { Code::ImageCut };
            assert_eq!(finding.code, expected, "{length} of {} bytes: {finding}", bytes.len());
        }
    }
}

#[test]
fn flipped_bit_never_changes_pixels() {
    let mut accepted = 0;
    for drawing in small_images() {
        let (mut bytes, expected) = (drawing.bytes(), drawing.expected_pixels());
        let last_chunk = bytes.len() - 12;
        for at in 0..bytes.len() {
            for bit in 0..8 {
                bytes[at] ^= 1 << bit;
                match decode_image(&bytes) {
                    Ok(image) => {
                        let pixels = image.expected_pixels();
                        assert_eq!(pixels, expected, "byte {at}, bit {bit} of {drawing:?}");
                        assert!(at >= last_chunk, "byte {at}, bit {bit}: only the end chunk is without pixels");
                        accepted += 1;
                    }
                    Err(finding) => {
                        assert_no_debug_text(&finding);
                        let codes = [Code::ImageDamaged, Code::ImageCut, Code::ImageNotPng];
                        assert!(codes.contains(&finding.code) || at < 33, "byte {at}, bit {bit}: {finding}");
                    }
                }
                bytes[at] ^= 1 << bit;
            }
        }
    }
    assert!(accepted <= 96 * small_images().len(), "{accepted}");
}

fn code_of(chunks: &[Chunk]) -> Option<Code> {
    let finding = decode_image(&png(chunks)).err()?;
    assert_no_debug_text(&finding);
    Some(finding.code)
}

/// The decoder's own messages contain chunk types and errors as Rust's debug output.
fn assert_no_debug_text(finding: &Finding) {
    let text = format!("{} {}", finding.message, finding.help);
    for word in ["ChunkType", "Error", "Some(", " {", "::"] {
        assert!(!text.contains(word), "{text}");
    }
}

#[test]
fn wrong_png_chunks_are_damage() {
    let drawing = Drawing::random(&mut Rng::seeded(2), 8, 8, ColorType::Indexed, 8, false);
    let good = drawing.chunks();
    let [header, palette] = [good[0].clone(), good[1].clone()];
    let data: Vec<Chunk> = good[2..].to_vec();
    let with = |head: &[Chunk], data: &[Chunk]| [head, data].concat();
    assert_eq!(code_of(&with(&[header.clone(), palette.clone()], &data)), None);
    assert_eq!(code_of(&with(&[palette.clone(), header.clone()], &data)), Some(Code::ImageDamaged), "no IHDR first");
    assert_eq!(code_of(&with(&[header.clone(), header.clone(), palette.clone()], &data)), Some(Code::ImageDamaged));
    assert_eq!(code_of(&[header.clone(), palette.clone()]), Some(Code::ImageDamaged), "no pixels");
    assert_eq!(code_of(&[]), Some(Code::ImageDamaged), "only the end chunk");
    assert_eq!(
        code_of(&with(&[header.clone(), palette.clone()], &data[..data.len() / 2])),
        Some(Code::ImageDamaged),
        "half of the pixels"
    );
    let lone = |raw: &[u8]| vec![header.clone(), palette.clone(), (*b"IDAT", zlib(raw))];
    assert_eq!(code_of(&lone(&[0; 9 * 7])), Some(Code::ImageDamaged), "a row is missing");
    assert_eq!(code_of(&lone(&[5; 9 * 8])), Some(Code::ImageDamaged), "there is no filter 5");
    assert_eq!(code_of(&[header, palette, (*b"IDAT", b"no zlib".to_vec())]), Some(Code::ImageDamaged));
}

/// Each chunk, with what is wrong with it: the finding names it.
#[test]
fn wrong_chunk_is_named() {
    let drawing = Drawing::random(&mut Rng::seeded(4), 8, 8, ColorType::Indexed, 8, false);
    let good = drawing.chunks();
    let message = |at: usize, chunk: Chunk| {
        let mut chunks = good.clone();
        chunks.insert(at, chunk);
        let finding = decode_image(&png(&chunks)).expect_err("a wrong chunk");
        assert_no_debug_text(&finding);
        finding.message
    };
    for (what, at, kind, body) in [
        ("an unknown critical chunk", 1, *b"ABCD", vec![1, 2, 3]),
        ("a second header", 1, *b"IHDR", good[0].1.clone()),
        ("a second palette", 2, *b"PLTE", vec![1, 2, 3]),
        ("a palette of half a color", 1, *b"PLTE", vec![1, 2, 3, 4]),
    ] {
        let message = message(at, (kind, body));
        let name: String = kind.map(char::from).iter().collect();
        assert!(
            message.contains(&format!("chunk `{name}`")) || message.contains(&format!("({name})")),
            "{what}: {message}"
        );
    }
}

#[test]
fn apple_png_is_named() {
    let drawing = Drawing::random(&mut Rng::seeded(4), 8, 8, ColorType::Rgba, 8, false);
    let mut chunks = drawing.chunks();
    chunks.insert(0, (*b"CgBI", vec![0x50, 0, 0x20, 2]));
    let finding = decode_image(&png(&chunks)).expect_err("no decoder reads it");
    assert_eq!(finding.code, Code::ImageNotPng);
    assert!(finding.help.contains("pngcrush -revert-iphone-optimizations"), "{finding}");
}

#[test]
fn impossible_png_header_is_damage() {
    let good = Drawing::new(8, 8, ColorType::Grey, 8, vec![0; 64]).chunks();
    for (what, at, value) in [
        ("no width", 3, 0),
        ("no height", 7, 0),
        ("depth 3", 8, 3),
        ("depth 0", 8, 0),
        ("color type 1", 9, 1),
        ("color type 7", 9, 7),
        ("compression 1", 10, 1),
        ("filter method 1", 11, 1),
        ("interlace 2", 12, 2),
    ] {
        let mut chunks = good.clone();
        chunks[0].1[at] = value;
        assert_eq!(code_of(&chunks), Some(Code::ImageDamaged), "{what}");
    }
    let mut rgb_of_four_bits = good.clone();
    rgb_of_four_bits[0].1[8..10].copy_from_slice(&[4, 2]);
    assert_eq!(code_of(&rgb_of_four_bits), Some(Code::ImageDamaged));
}

#[test]
fn indexed_image_needs_colors() {
    let mut drawing = Drawing::new(8, 8, ColorType::Indexed, 8, vec![3; 64]);
    drawing.palette = vec![[0; 3]; 3];
    assert!(
        decoded_pixels(&drawing.bytes()).iter().all(|pixel| *pixel == ExpectedPixel::NoColor),
        "index 3 of three colors"
    );
    drawing.palette.clear();
    assert_eq!(code_of(&drawing.chunks()), Some(Code::ImageDamaged));
}

/// A tRNS that cannot be read must not turn transparent pixels into opaque ones.
#[test]
fn invalid_trns_is_damage() {
    let rgb = Drawing::new(1, 1, ColorType::Rgb, 8, vec![1, 2, 3]);
    let rgba = Drawing::new(1, 1, ColorType::Rgba, 8, vec![1, 2, 3, 255]);
    let mut indexed = Drawing::new(1, 1, ColorType::Indexed, 8, vec![0]);
    indexed.palette = vec![[1, 2, 3]];
    let with = |drawing: &Drawing, at: usize, bodies: &[&[u8]]| {
        let mut chunks = drawing.chunks();
        for body in bodies {
            chunks.insert(at, (*b"tRNS", body.to_vec()));
        }
        code_of(&chunks)
    };
    assert_eq!(with(&rgb, 1, &[&[0, 1, 0, 2, 0, 3]]), None);
    assert_eq!(with(&rgb, 1, &[&[0, 1]]), Some(Code::ImageDamaged), "two bytes for three channels");
    assert_eq!(with(&rgba, 1, &[&[0, 1, 0, 2, 0, 3]]), Some(Code::ImageDamaged), "there is an alpha channel");
    assert_eq!(with(&indexed, 2, &[&[0]]), None);
    assert_eq!(with(&indexed, 1, &[&[0]]), Some(Code::ImageDamaged), "before the palette");
    assert_eq!(with(&indexed, 2, &[&[0], &[255]]), Some(Code::ImageDamaged), "twice");
    assert_eq!(with(&rgb, 2, &[&[0, 1, 0, 2, 0, 3]]), Some(Code::ImageDamaged), "after the pixels");
}

#[test]
fn other_image_formats_are_named() {
    let webp = [b"RIFF\x10\0\0\0WEBPVP8 ".to_vec(), vec![0; 16]].concat();
    let text_mode = Drawing::new(1, 1, ColorType::Grey, 8, vec![0]).bytes();
    let text_mode: Vec<u8> = text_mode.into_iter().filter(|byte| *byte != b'\r').collect();
    let cases: &[(&[u8], &str)] = &[
        (b"", "the file is empty"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "JPEG"),
        (b"BM\x46\0\0\0\0\0", "BMP"),
        (&webp, "WebP"),
        (b"GIF89a\x08\0\x08\0", "GIF"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 120\n", "Git LFS pointer"),
        (&text_mode, "signature is damaged"),
        (&[0; 64], "zero bytes"),
        (b"hello wo", "`hell`"),
    ];
    for (bytes, word) in cases {
        let finding = decode_image(bytes).unwrap_err();
        assert_eq!(finding.code, Code::ImageNotPng);
        assert!(finding.message.contains(word), "{word:?} is not in {:?}", finding.message);
    }
    let pointer = decode_image(cases[5].0).unwrap_err();
    assert!(pointer.help.contains("git lfs pull"), "{}", pointer.help);
}
