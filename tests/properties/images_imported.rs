//! Every form of BMP, GIF, PCX, QOI and TGA becomes a PNG with the drawn pixels, and with the indices where the format
//! has them. Whatever is cut off or damaged is a finding, and never a panic.

use packer_services::diagnostics::Code;
use packer_services::internals::banks::glyph::image::PixelKind;
use packer_services::internals::import::{ImportKind, ImportOptions, ImportedFile, ImportedFrames, import_bytes};
use proptest::prelude::*;
use support::imported_images::{BMP_HEADERS, Colors, GifFrame, Indexed, LOSSLESS_WEBP, LOSSY_WEBP, TgaCorner, gif};

use crate::images_decoded::{WholeImage, decode_image};
use crate::random::{Rng, any_rng, cases};

fn import(bytes: &[u8], kind: ImportKind) -> ImportedFile {
    import_bytes(bytes.to_vec(), kind, &ImportOptions::default()).unwrap_or_else(|finding| panic!("{finding}"))
}

fn imported(bytes: &[u8], kind: ImportKind) -> WholeImage {
    decode_image(&import(bytes, kind).bytes).unwrap()
}

/// Why the bytes are refused.
fn refusal(bytes: &[u8], kind: ImportKind) -> String {
    let imported = import_bytes(bytes.to_vec(), kind, &ImportOptions::default()).map(|imported| imported.notes);
    let finding = imported.unwrap_err();
    assert_eq!(finding.code, Code::ImageImport);
    finding.message
}

/// An image whose palette has so many colors, none of them black, of which all but the first are used.
fn random_indexed(rng: &mut Rng, colors: usize) -> Indexed {
    let (width, height) = (1 + rng.below(20), 1 + rng.below(20));
    let palette = (0..colors).map(|_| [rng.next_byte() | 1, rng.next_byte(), rng.next_byte()]).collect();
    let index = |rng: &mut Rng| u8::try_from(rng.below(colors)).unwrap();
    Indexed { width, indices: (0..width * height).map(|_| index(rng)).collect(), palette }
}

fn random_colors(rng: &mut Rng) -> Colors {
    let (width, height) = (1 + rng.below(20), 1 + rng.below(20));
    let pool: Vec<[u8; 4]> = (0..4).map(|_| [(); 4].map(|()| rng.next_byte())).collect();
    Colors { width, pixels: (0..width * height).map(|_| *rng.choose(&pool)).collect() }
}

/// Asserts that the PNG has the indices and the palette.
fn assert_indexed(bytes: &[u8], kind: ImportKind, expected: &Indexed, form: &str) {
    let image = imported(bytes, kind);
    assert_eq!(
        image.size.map(|side| side as usize),
        [expected.width, expected.indices.len() / expected.width],
        "{form}"
    );
    let indices: Vec<u8> = image.pixels.iter().map(|pixel| pixel.index).collect();
    assert_eq!(indices, expected.indices, "{form}");
    let palette: Vec<[u8; 3]> = image.image.own_palette.unwrap().iter().map(|rgb| rgb.0).collect();
    assert_eq!(palette, expected.palette, "{form}");
}

/// Asserts that the PNG has these colors; those of clear pixels do not count.
fn assert_colors(bytes: &[u8], kind: ImportKind, pixels: &[[u8; 4]], form: &str) {
    let image = imported(bytes, kind);
    let found: Vec<[u8; 4]> = image
        .pixels
        .iter()
        .map(|pixel| {
            let alpha = match pixel.kind {
                PixelKind::Opaque => 255,
                PixelKind::Partial(alpha) => alpha,
                _ => 0,
            };
            [pixel.rgb.0[0], pixel.rgb.0[1], pixel.rgb.0[2], alpha]
        })
        .collect();
    assert_eq!(found, pixels, "{form}");
}

/// Five bits of each channel, as all bits.
fn five_bits([r, g, b, a]: [u8; 4]) -> [u8; 4] {
    [r >> 3 << 3 | r >> 5, g >> 3 << 3 | g >> 5, b >> 3 << 3 | b >> 5, a]
}

fn opaque([r, g, b, _]: [u8; 4]) -> [u8; 4] {
    [r, g, b, 255]
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn indices_of_every_form_are_kept(mut rng in any_rng()) {
        for bits in [1, 2, 4, 8] {
            let image = random_indexed(&mut rng, 1 << bits);
            for header in BMP_HEADERS {
                for top_down in [false, true] {
                    if header > 12 || !top_down {
                        let form = format!("BMP of {bits} bits, header of {header} bytes, {top_down}");
                        assert_indexed(&image.bmp(header, bits, top_down), ImportKind::Bmp, &image, &form);
                    }
                }
            }
            if bits >= 4 {
                assert_indexed(&image.bmp_runs(bits), ImportKind::Bmp, &image, &format!("BMP with runs of {bits} bits"));
            }
            if bits != 2 {
                assert_indexed(&image.pcx(bits, 1), ImportKind::Pcx, &image, &format!("PCX of {bits} bits"));
            }
            for interlaced in [false, true] {
                assert_indexed(&image.gif(interlaced, None), ImportKind::Gif, &image, &format!("GIF, {bits}, {interlaced}"));
            }
            for corner in TgaCorner::ALL {
                for compressed in [false, true] {
                    let form = format!("TGA, {bits}, {corner:?}, {compressed}");
                    assert_indexed(&image.tga(corner, compressed, 0), ImportKind::Tga, &image, &form);
                }
            }
        }
        let image = random_indexed(&mut rng, 16);
        assert_indexed(&image.pcx(1, 4), ImportKind::Pcx, &image, "PCX of 4 planes");
        let mut shifted = random_indexed(&mut rng, 20);
        shifted.palette[..4].fill([0; 3]);
        shifted.indices.iter_mut().for_each(|index| *index = (*index).max(4));
        assert_indexed(&shifted.tga(TgaCorner::TopLeft, true, 4), ImportKind::Tga, &shifted, "TGA from color 4");
    }

    #[test]
    fn colors_of_every_form_are_kept(mut rng in any_rng()) {
        let image = random_colors(&mut rng);
        let of = |change: fn([u8; 4]) -> [u8; 4]| image.pixels.iter().map(|pixel| change(*pixel)).collect::<Vec<_>>();
        let [plain, low, whole] = [of(opaque), of(|pixel| opaque(five_bits(pixel))), image.pixels.clone()];
        for top_down in [false, true] {
            assert_colors(&image.bmp(16, top_down), ImportKind::Bmp, &low, "BMP of 16 bits");
            assert_colors(&image.bmp(24, top_down), ImportKind::Bmp, &plain, "BMP of 24 bits");
            assert_colors(&image.bmp(32, top_down), ImportKind::Bmp, &plain, "BMP of 32 bits");
        }
        assert_colors(&image.masked_bmp(40), ImportKind::Bmp, &plain, "BMP with masks");
        assert_colors(&image.masked_bmp(108), ImportKind::Bmp, &whole, "BMP with a mask of alpha");
        assert_colors(&image.pcx(), ImportKind::Pcx, &plain, "PCX");
        assert_colors(&image.qoi(), ImportKind::Qoi, &whole, "QOI");
        for corner in TgaCorner::ALL {
            for compressed in [false, true] {
                let tga = |bits, alpha| image.tga(bits, alpha, corner, compressed);
                assert_colors(&tga(16, 0), ImportKind::Tga, &low, "TGA of 16 bits");
                let one_bit = |pixel: [u8; 4]| { let [r, g, b, a] = five_bits(pixel); [r, g, b, (a >> 7) * 255] };
                assert_colors(&tga(16, 1), ImportKind::Tga, &of(one_bit), "TGA of 16 bits with alpha");
                assert_colors(&tga(24, 0), ImportKind::Tga, &plain, "TGA of 24 bits");
                assert_colors(&tga(32, 8), ImportKind::Tga, &whole, "TGA of 32 bits");
            }
        }
        let gray = |pixel: [u8; 4]| [pixel[0], pixel[0], pixel[0], 255];
        assert_colors(&image.gray_tga(true), ImportKind::Tga, &of(gray), "gray TGA");
    }

    #[test]
    fn cut_images_are_findings(mut rng in any_rng()) {
        for (kind, bytes, _) in small_images(&mut rng) {
            let length = rng.below(bytes.len());
            if let Ok(imported) = import_bytes(bytes[..length].to_vec(), kind, &ImportOptions::default()) {
                // Only what follows the image may be missing.
                prop_assert!(imported.bytes == import(&bytes, kind).bytes, "{kind:?} cut to {length} of {}", bytes.len());
            }
        }
    }

    #[test]
    fn damaged_images_never_panic(mut rng in any_rng()) {
        for (kind, mut bytes, _) in small_images(&mut rng) {
            for _ in 0..4 {
                let at = rng.below(bytes.len());
                bytes[at] = rng.next_byte();
            }
            match import_bytes(bytes, kind, &ImportOptions::default().frames(ImportedFrames::All)) {
                Ok(imported) => { decode_image(&imported.bytes).ok(); }
                Err(finding) => prop_assert_eq!(finding.code, Code::ImageImport),
            }
        }
    }
}

/// An image of each form, with a name.
pub fn small_images(rng: &mut Rng) -> Vec<(ImportKind, Vec<u8>, &'static str)> {
    let (indexed, colors) = (random_indexed(rng, 16), random_colors(rng));
    vec![
        (ImportKind::Bmp, indexed.bmp(40, 4, false), "four-bits.bmp"),
        (ImportKind::Bmp, indexed.bmp(12, 8, false), "os2.bmp"),
        (ImportKind::Bmp, indexed.bmp_runs(8), "runs.bmp"),
        (ImportKind::Bmp, indexed.bmp_runs(4), "runs-of-four-bits.bmp"),
        (ImportKind::Bmp, colors.bmp(16, true), "top-down.bmp"),
        (ImportKind::Bmp, colors.masked_bmp(108), "masks.bmp"),
        (ImportKind::Gif, indexed.gif(true, Some(3)), "interlaced.gif"),
        (ImportKind::Gif, animation(&indexed), "frames.gif"),
        (ImportKind::Pcx, indexed.pcx(8, 1), "indexed.pcx"),
        (ImportKind::Pcx, indexed.pcx(1, 4), "planes.pcx"),
        (ImportKind::Pcx, colors.pcx(), "colors.pcx"),
        (ImportKind::Qoi, colors.qoi(), "colors.qoi"),
        (ImportKind::Tga, indexed.tga(TgaCorner::TopRight, true, 2), "indexed.tga"),
        (ImportKind::Tga, colors.tga(32, 8, TgaCorner::BottomLeft, false), "colors.tga"),
        (ImportKind::WebP, LOSSLESS_WEBP.to_vec(), "lossless.webp"),
        (ImportKind::WebP, LOSSY_WEBP.to_vec(), "lossy.webp"),
    ]
}

/// The image, then one pixel over it, each with another disposal.
fn animation(image: &Indexed) -> Vec<u8> {
    let dot = |disposal| GifFrame { place: [0, 0, 1], indices: vec![1], disposal, ..GifFrame::of(image) };
    let size = [image.width, image.indices.len() / image.width];
    gif(size, &image.palette, &[GifFrame::of(image), dot(3), dot(2), dot(1)])
}

/// A GIF of 2 × 1 pixels with these frames, all of them one below the other.
fn all_frames(frames: &[GifFrame]) -> ImportedFile {
    let palette = [[10, 0, 0], [20, 0, 0], [30, 0, 0], [40, 0, 0]];
    import_bytes(gif([2, 1], &palette, frames), ImportKind::Gif, &ImportOptions::default().frames(ImportedFrames::All))
        .unwrap()
}

fn frame(place: [usize; 3], indices: &[u8], transparent: Option<u8>, disposal: u8) -> GifFrame {
    GifFrame { place, indices: indices.to_vec(), palette: None, transparent, disposal, interlaced: false }
}

/// The index of each pixel, or `None` if it is clear.
fn indices(png: &[u8]) -> Vec<Option<u8>> {
    let image = decode_image(png).unwrap();
    image.pixels.iter().map(|pixel| (pixel.kind != PixelKind::Clear).then_some(pixel.index)).collect()
}

#[test]
fn frames_are_composed_by_their_disposal() {
    let base = frame([0, 0, 2], &[1, 2], None, 1);
    let dot = |disposal| frame([1, 0, 1], &[3], None, disposal);
    let last = frame([0, 0, 1], &[0], None, 1);
    let sheet = |disposal| indices(&all_frames(&[base.clone(), dot(disposal), last.clone()]).bytes);
    assert_eq!(sheet(0), [1, 2, 1, 3, 0, 3].map(Some));
    assert_eq!(sheet(1), [1, 2, 1, 3, 0, 3].map(Some));
    assert_eq!(sheet(2), [Some(1), Some(2), Some(1), Some(3), Some(0), None]);
    assert_eq!(sheet(3), [1, 2, 1, 3, 0, 2].map(Some));
}

#[test]
fn transparent_pixels_get_a_free_index() {
    // The transparent index of the frame is kept.
    let kept = all_frames(&[frame([0, 0, 2], &[1, 2], Some(2), 1)]);
    assert_eq!(indices(&kept.bytes), [Some(1), None]);
    assert_eq!(decode_image(&kept.bytes).unwrap().pixels[1].index, 2);
    // It is drawn by another frame, so that another index becomes transparent.
    let moved = all_frames(&[frame([0, 0, 2], &[1, 2], Some(2), 1), frame([0, 0, 2], &[2, 2], None, 1)]);
    assert_eq!(indices(&moved.bytes), [Some(1), None, Some(2), Some(2)]);
    assert_eq!(decode_image(&moved.bytes).unwrap().pixels[1].index, 4);
    // What no frame covers is transparent too.
    assert_eq!(indices(&all_frames(&[frame([1, 0, 1], &[1], None, 1)]).bytes), [None, Some(1)]);
    // Frames with other palettes keep their colors.
    let other = GifFrame { palette: Some(vec![[50, 0, 0], [60, 0, 0]]), ..frame([0, 0, 1], &[1], None, 1) };
    let colored = all_frames(&[frame([0, 0, 2], &[1, 2], None, 1), other]);
    let reds: Vec<u8> = decode_image(&colored.bytes).unwrap().pixels.iter().map(|pixel| pixel.rgb.0[0]).collect();
    assert_eq!(reds, [20, 30, 60, 30]);
    assert!(colored.notes[0].message.contains("several palettes"), "{:?}", colored.notes);
}

#[test]
fn first_frame_is_used_with_a_warning() {
    let frames = [frame([0, 0, 2], &[1, 2], None, 1), frame([0, 0, 2], &[0, 0], None, 1)];
    let bytes = gif([2, 1], &[[10, 0, 0], [20, 0, 0], [30, 0, 0]], &frames);
    let first = import(&bytes, ImportKind::Gif);
    assert_eq!(indices(&first.bytes), [Some(1), Some(2)]);
    assert_eq!(first.notes[1].code, Code::ImageAnimated);
    assert!(refusal(&bytes[..bytes.len() - 9], ImportKind::Gif).contains("ends before"), "a later frame is cut");
    let outside = gif([2, 1], &[[10, 0, 0]; 2], &[frame([1, 0, 2], &[0, 0], None, 1)]);
    assert!(refusal(&outside, ImportKind::Gif).contains("not inside the image"));
}

#[test]
fn bmp_runs_stay_in_the_image() {
    let image = Indexed { width: 3, indices: vec![0; 6], palette: vec![[1, 1, 1], [2, 2, 2], [3, 3, 3]] };
    let decoded = |data: &[u8]| {
        let imported = import(&image.bmp_around(40, 8, false, 1, data), ImportKind::Bmp);
        (indices(&imported.bytes), imported.notes[0].message.clone())
    };
    // The second row of the file is the upper one; its first pixel is left out.
    let (pixels, note) = decoded(&[3, 1, 0, 0, 0, 2, 1, 0, 2, 2, 0, 1]);
    assert_eq!(pixels, [0, 2, 2, 1, 1, 1].map(Some));
    assert!(note.contains("1 pixel that the file leaves out became index 0"), "{note}");
    // ImageMagick compresses the bytes that fill a row.
    assert_eq!(decoded(&[4, 1, 0, 0, 4, 2, 0, 1]).0, [2, 2, 2, 1, 1, 1].map(Some));
    for data in [&[5, 1, 0, 1][..], &[3, 1, 0, 0, 3, 1, 0, 0, 1, 1], &[0, 2, 9, 0, 0, 1], &[0, 2, 0, 9, 0, 1]] {
        assert!(
            refusal(&image.bmp_around(40, 8, false, 1, data), ImportKind::Bmp).contains("leave the image"),
            "{data:?}"
        );
    }
    assert!(refusal(&image.bmp_around(40, 8, false, 1, &[3, 1]), ImportKind::Bmp).contains("ends before"));
    assert!(refusal(&image.bmp_around(40, 8, true, 1, &[0, 1]), ImportKind::Bmp).contains("in an order"));
}

#[test]
fn unstated_alpha_is_remarked() {
    let image = Colors { width: 2, pixels: vec![[1, 2, 3, 0], [4, 5, 6, 255]] };
    let note = |bytes: &[u8], kind| import(bytes, kind).notes[0].message.clone();
    assert!(note(&image.bmp(32, false), ImportKind::Bmp).contains("fourth byte"));
    let tga = image.tga(32, 0, TgaCorner::TopLeft, false);
    assert!(note(&tga, ImportKind::Tga).contains("states no alpha"));
    assert_colors(&tga, ImportKind::Tga, &image.pixels, "alpha that is not stated");
    // Alpha that is everywhere the same means nothing.
    let same = Colors { width: 2, pixels: vec![[1, 2, 3, 0], [4, 5, 6, 0]] };
    let bytes = same.tga(32, 0, TgaCorner::TopLeft, false);
    assert_colors(&bytes, ImportKind::Tga, &[[1, 2, 3, 255], [4, 5, 6, 255]], "no alpha");
    assert!(!note(&bytes, ImportKind::Tga).contains("alpha"));
}

#[test]
fn lossy_webp_is_refused() {
    let red_green = [[200, 0, 0, 255], [0, 200, 0, 255]].repeat(4);
    assert_colors(LOSSLESS_WEBP, ImportKind::WebP, &red_green, "WebP");
    assert!(refusal(LOSSY_WEBP, ImportKind::WebP).contains("it is lossy"));
}

#[test]
fn huge_images_are_refused_early() {
    let huge = |bytes: &[u8], at: usize, sides: [u8; 4]| {
        let mut bytes = bytes.to_vec();
        bytes[at..at + 4].copy_from_slice(&sides);
        bytes
    };
    let image = Indexed { width: 2, indices: vec![0, 1], palette: vec![[1, 1, 1], [2, 2, 2]] };
    let colors = Colors { width: 1, pixels: vec![[1, 2, 3, 4]] };
    for (kind, bytes) in [
        (ImportKind::Bmp, huge(&image.bmp(40, 8, false), 18, [0xFF, 0xFF, 0xFF, 0x7F])),
        (ImportKind::Gif, huge(&image.gif(false, None), 6, [0xFF; 4])),
        (ImportKind::Pcx, huge(&image.pcx(8, 1), 8, [1, 0, 0xFE, 0xFE])),
        (ImportKind::Tga, huge(&colors.tga(32, 8, TgaCorner::TopLeft, true), 12, [0xFF; 4])),
        (ImportKind::Qoi, huge(&colors.qoi(), 4, [0x7F, 0xFF, 0xFF, 0xFF])),
    ] {
        let message = refusal(&bytes, kind);
        assert!(message.contains("the limit of images that are decoded is 16384"), "{message}");
        // Within the limits, but the file has too few bytes for so many pixels. A frame of a GIF may be smaller.
        let (at, sides) = match kind {
            ImportKind::Bmp => (18, [0, 0x40, 0, 0]),
            ImportKind::Qoi => (4, [0, 0, 0x40, 0]),
            ImportKind::Pcx => (8, [1, 0, 0xFF, 0x3F]),
            ImportKind::Tga => (12, [0, 4, 0, 0x3F]),
            _ => continue,
        };
        let message = refusal(&huge(&bytes, at, sides), kind);
        assert!(message.contains("ends before") || message.contains("limit"), "{message}");
    }
}
