//! PNG files with something wrong: cut at every byte, with every single bit flipped, with chunks that lie, or no PNG at
//! all. A finding, or the same pixels; never others.

use packer_services::diagnostics::Code;

use crate::cases::Dice;
use crate::draw::{Chunk, Color, Drawing, Seen, png, zlib};
use crate::images_seen::{decoded, seen};

/// Thumbnails of every kind of file.
fn thumbnails() -> Vec<Drawing> {
    let dice = &mut Dice::seeded(21);
    let mut images = vec![
        Drawing::random(dice, 3, 3, Color::Indexed, 8, true),
        Drawing::random(dice, 8, 8, Color::Indexed, 4, false),
        Drawing::random(dice, 8, 2, Color::Indexed, 1, true),
        Drawing::random(dice, 4, 4, Color::Rgba, 8, false),
        Drawing::random(dice, 3, 2, Color::Rgb, 8, true),
        Drawing::random(dice, 2, 2, Color::Rgb, 16, true),
        Drawing::random(dice, 3, 3, Color::GreyAlpha, 8, false),
    ];
    for depth in [1, 2, 4, 16] {
        images.push(Drawing::random(dice, 5, 4, Color::Grey, depth, depth > 1));
    }
    for (at, image) in images.iter_mut().enumerate() {
        image.interlaced = at % 3 == 0;
        image.idat_bytes = 40;
    }
    images
}

#[test]
fn an_image_cut_at_any_byte_is_told_to_be_cut() {
    for drawing in thumbnails() {
        let bytes = drawing.bytes();
        for length in 0..bytes.len() {
            let finding = decoded(&bytes[..length]).expect_err("a cut image");
            // Less than a signature is not yet a PNG.
            let expected = if length < 8 { Code::ImageNotPng } else { Code::ImageCut };
            assert_eq!(finding.code, expected, "{length} of {} bytes: {finding}", bytes.len());
        }
    }
}

#[test]
fn an_image_with_any_bit_flipped_is_refused_or_seen_unchanged() {
    let mut accepted = 0;
    for drawing in thumbnails() {
        let (mut bytes, expected) = (drawing.bytes(), drawing.seen());
        let last_chunk = bytes.len() - 12;
        for at in 0..bytes.len() {
            for bit in 0..8 {
                bytes[at] ^= 1 << bit;
                match decoded(&bytes) {
                    Ok(image) => {
                        let pixels: Vec<Seen> = image.pixels.iter().map(Seen::from).collect();
                        assert_eq!(pixels, expected, "byte {at}, bit {bit} of {drawing:?}");
                        assert!(at >= last_chunk, "byte {at}, bit {bit}: only the end chunk holds no pixel");
                        accepted += 1;
                    }
                    Err(finding) => {
                        let codes = [Code::ImageDamaged, Code::ImageCut, Code::ImageNotPng];
                        assert!(codes.contains(&finding.code) || at < 33, "byte {at}, bit {bit}: {finding}");
                    }
                }
                bytes[at] ^= 1 << bit;
            }
        }
    }
    assert!(accepted <= 96 * thumbnails().len(), "{accepted}");
}

fn told(chunks: &[Chunk]) -> Option<Code> {
    decoded(&png(chunks)).err().map(|finding| finding.code)
}

#[test]
fn chunks_that_are_missing_doubled_or_wrong_are_damage() {
    let drawing = Drawing::random(&mut Dice::seeded(2), 8, 8, Color::Indexed, 8, false);
    let good = drawing.chunks();
    let [header, palette] = [good[0].clone(), good[1].clone()];
    let data: Vec<Chunk> = good[2..].to_vec();
    let with = |head: &[Chunk], data: &[Chunk]| [head, data].concat();
    assert_eq!(told(&with(&[header.clone(), palette.clone()], &data)), None);
    assert_eq!(told(&with(&[palette.clone(), header.clone()], &data)), Some(Code::ImageDamaged), "no IHDR first");
    assert_eq!(told(&with(&[header.clone(), header.clone(), palette.clone()], &data)), Some(Code::ImageDamaged));
    assert_eq!(told(&[header.clone(), palette.clone()]), Some(Code::ImageDamaged), "no pixels at all");
    assert_eq!(told(&[]), Some(Code::ImageDamaged), "nothing but the end");
    assert_eq!(
        told(&with(&[header.clone(), palette.clone()], &data[..data.len() / 2])),
        Some(Code::ImageDamaged),
        "half of the pixels"
    );
    let lone = |raw: &[u8]| vec![header.clone(), palette.clone(), (*b"IDAT", zlib(raw))];
    assert_eq!(told(&lone(&[0; 9 * 7])), Some(Code::ImageDamaged), "a row is missing");
    assert_eq!(told(&lone(&[5; 9 * 8])), Some(Code::ImageDamaged), "there is no filter 5");
    assert_eq!(told(&[header, palette, (*b"IDAT", b"no zlib".to_vec())]), Some(Code::ImageDamaged));
}

#[test]
fn a_header_that_no_png_can_have_is_damage() {
    let good = Drawing::new(8, 8, Color::Grey, 8, vec![0; 64]).chunks();
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
        assert_eq!(told(&chunks), Some(Code::ImageDamaged), "{what}");
    }
    let mut rgb_of_four_bits = good.clone();
    rgb_of_four_bits[0].1[8..10].copy_from_slice(&[4, 2]);
    assert_eq!(told(&rgb_of_four_bits), Some(Code::ImageDamaged));
}

#[test]
fn an_indexed_image_without_colors_is_refused() {
    let mut drawing = Drawing::new(8, 8, Color::Indexed, 8, vec![3; 64]);
    drawing.palette = vec![[0; 3]; 3];
    assert!(seen(&drawing.bytes()).iter().all(|pixel| *pixel == Seen::NoColor), "index 3 of three colors");
    drawing.palette.clear();
    assert_eq!(told(&drawing.chunks()), Some(Code::ImageDamaged));
}

/// A tRNS that cannot be read must not turn transparent pixels into opaque ones.
#[test]
fn a_trns_that_cannot_be_meant_is_damage() {
    let rgb = Drawing::new(1, 1, Color::Rgb, 8, vec![1, 2, 3]);
    let rgba = Drawing::new(1, 1, Color::Rgba, 8, vec![1, 2, 3, 255]);
    let mut indexed = Drawing::new(1, 1, Color::Indexed, 8, vec![0]);
    indexed.palette = vec![[1, 2, 3]];
    let with = |drawing: &Drawing, at: usize, bodies: &[&[u8]]| {
        let mut chunks = drawing.chunks();
        for body in bodies {
            chunks.insert(at, (*b"tRNS", body.to_vec()));
        }
        told(&chunks)
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
fn what_is_no_png_is_called_what_it_is() {
    let webp = [b"RIFF\x10\0\0\0WEBPVP8 ".to_vec(), vec![0; 16]].concat();
    let text_mode = Drawing::new(1, 1, Color::Grey, 8, vec![0]).bytes();
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
        let finding = decoded(bytes).unwrap_err();
        assert_eq!(finding.code, Code::ImageNotPng);
        assert!(finding.message.contains(word), "{word:?} is not in {:?}", finding.message);
    }
    let pointer = decoded(cases[5].0).unwrap_err();
    assert!(pointer.help.contains("git lfs pull"), "{}", pointer.help);
}
