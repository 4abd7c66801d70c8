//! Every form of PNG decodes to the drawn pixels: all color types, depths and filters, interlaced or not, with or
//! without tRNS, compared at file depth. Other chunks change no pixel.

use std::io::Read;

use packer_services::declaration::SpritePart;
use packer_services::diagnostics::{Code, Finding};
use packer_services::internals::banks::glyph::image::{self, Image, ImageError, ImagePixel, PixelKind};
use proptest::prelude::*;
use support::any_bytes::AllPixels;
use support::images::chunk;

use crate::png_writer::{Chunk, ColorType, Drawing, ExpectedPixel, png, zlib};
use crate::random::{Rng, any_rng, cases};

/// An image with all of its pixels.
#[derive(Debug)]
pub struct WholeImage {
    pub image: Image,
    pub size: [u32; 2],
    pub pixels: Vec<ImagePixel>,
}

impl WholeImage {
    /// Decodes an image of any size.
    fn read(source: &mut dyn Read) -> Result<Self, Finding> {
        let mut all = AllPixels::of_at_most(u64::MAX);
        match image::decode_image(source, &SpritePart::default(), &mut all) {
            Ok(image) => Ok(Self { image: image.expect("all pixels are wanted"), size: all.size, pixels: all.pixels }),
            Err(ImageError::Finding(finding)) => Err(*finding),
            Err(ImageError::Io(error)) => panic!("a slice cannot fail: {error}"),
        }
    }

    pub fn expected_pixels(&self) -> Vec<ExpectedPixel> {
        self.pixels.iter().map(ExpectedPixel::from).collect()
    }
}

/// Decodes an image of any size.
pub fn decode_image(mut bytes: &[u8]) -> Result<WholeImage, Finding> {
    WholeImage::read(&mut bytes)
}

/// The decoded pixels, row-major.
pub fn decoded_pixels(bytes: &[u8]) -> Vec<ExpectedPixel> {
    decode_image(bytes).unwrap_or_else(|finding| panic!("{finding}")).expected_pixels()
}

/// Three random drawings of every color type and depth, with tRNS and without.
fn all_png_forms() -> Vec<Drawing> {
    let mut rng = Rng::seeded(7);
    let mut drawings = Vec::new();
    for (color, depths) in ColorType::ALL {
        for depth in depths {
            for trns in [false, true] {
                if trns && matches!(color, ColorType::GreyAlpha | ColorType::Rgba) {
                    continue;
                }
                for (width, height) in [(1, 1), (9, 7), (16, 24)] {
                    drawings.push(Drawing::random(&mut rng, width, height, color, *depth, trns));
                }
            }
        }
    }
    drawings
}

#[test]
fn every_png_form_decodes_exactly() {
    for mut drawing in all_png_forms() {
        for (filter, interlaced) in (0..5).flat_map(|filter| [(filter, false), (filter, true)]) {
            drawing.filters = vec![filter];
            drawing.interlaced = interlaced;
            let image = decode_image(&drawing.bytes()).unwrap_or_else(|finding| panic!("{drawing:?}: {finding}"));
            assert_eq!(image.size.map(|side| side as usize), [drawing.width, drawing.height]);
            assert_eq!(image.image.own_palette.is_some(), drawing.color == ColorType::Indexed);
            assert_eq!(image.expected_pixels(), drawing.expected_pixels(), "{drawing:?}");
        }
    }
}

#[test]
fn sixteen_bit_values_are_never_rounded() {
    for color in [ColorType::Grey, ColorType::Rgb] {
        let samples = (0..=u16::MAX).flat_map(|value| vec![value; color.channels()]).collect();
        let drawing = Drawing::new(256, 256, color, 16, samples);
        let expected = (0..=u16::MAX).map(|value| match (value % 257, (value / 257).to_le_bytes()[0]) {
            (0, k) => ExpectedPixel::Color([k; 3], 0),
            _ => ExpectedPixel::Deep,
        });
        assert_eq!(decoded_pixels(&drawing.bytes()), expected.collect::<Vec<_>>());
    }
}

#[test]
fn sixteen_bit_alpha_is_never_rounded() {
    for (alpha, expected) in [
        (0, ExpectedPixel::Clear),
        (1, ExpectedPixel::Partial),
        (0x00FF, ExpectedPixel::Partial),
        (0xFF00, ExpectedPixel::Partial),
        (0xFFFE, ExpectedPixel::Partial),
        (0xFFFF, ExpectedPixel::Color([0x80; 3], 0)),
    ] {
        let drawing = Drawing::new(1, 1, ColorType::GreyAlpha, 16, vec![0x8080, alpha]);
        assert_eq!(decoded_pixels(&drawing.bytes()), [expected], "{alpha:#06x}");
        if let PixelKind::Partial(shown) = decode_image(&drawing.bytes()).unwrap().pixels[0].kind {
            assert!((1..255).contains(&shown), "{alpha:#06x} is reported as {shown} of 255");
        }
    }
}

#[test]
fn trns_is_compared_at_file_depth() {
    let mut drawing = Drawing::new(3, 1, ColorType::Grey, 16, vec![0x1010, 0x1011, 0x1110]);
    drawing.trns = Some(vec![0x10, 0x11]);
    assert_eq!(
        decoded_pixels(&drawing.bytes()),
        [ExpectedPixel::Color([0x10; 3], 0), ExpectedPixel::Clear, ExpectedPixel::Deep]
    );
    let mut drawing = Drawing::new(4, 1, ColorType::Grey, 2, vec![0, 1, 2, 3]);
    drawing.trns = Some(vec![0, 2]);
    let grey = |value| ExpectedPixel::Color([value; 3], 0);
    assert_eq!(decoded_pixels(&drawing.bytes()), [grey(0), grey(0x55), ExpectedPixel::Clear, grey(0xFF)]);
}

/// Chunks without pixels.
fn ancillary_chunks() -> Vec<Chunk> {
    let number = |n: u32| n.to_be_bytes();
    let chromaticities = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6000];
    vec![
        (*b"gAMA", number(100_000).to_vec()),
        (*b"gAMA", number(0).to_vec()),
        (*b"cHRM", chromaticities.into_iter().flat_map(number).collect()),
        (*b"sRGB", vec![0]),
        (*b"sRGB", vec![9]),
        (*b"iCCP", [b"icc\0\0".to_vec(), zlib(&[7; 300])].concat()),
        (*b"iCCP", b"icc\0\0no zlib".to_vec()),
        (*b"cICP", vec![9, 16, 0, 1]),
        (*b"pHYs", [number(2835), number(2835)].concat().into_iter().chain([1]).collect()),
        (*b"tEXt", b"Comment\0made by hand".to_vec()),
        (*b"zTXt", [b"Comment\0\0".to_vec(), zlib(b"made by hand")].concat()),
        (*b"iTXt", b"Comment\0\0\0\0\0made by hand".to_vec()),
        (*b"eXIf", b"II*\0\x08\0\0\0\0\0".to_vec()),
        (*b"tIME", vec![7, 234, 1, 1, 0, 0, 0]),
        (*b"prVt", vec![1, 2, 3]),
    ]
}

#[test]
fn ancillary_chunks_change_no_pixel() {
    for (color, depths) in ColorType::ALL {
        let drawing = Drawing::random(&mut Rng::seeded(11), 8, 8, color, depths[0], false);
        let chunks = drawing.chunks();
        let background = match color {
            ColorType::Indexed => vec![0],
            ColorType::Grey | ColorType::GreyAlpha => vec![0; 2],
            ColorType::Rgb | ColorType::Rgba => vec![0; 6],
        };
        let before_pixels = chunks.iter().position(|(kind, _)| kind == b"IDAT").unwrap();
        let all = ancillary_chunks().into_iter().map(|extra| (1, extra));
        for (at, extra) in all.chain([(before_pixels, (*b"bKGD", background))]) {
            let mut with_extra = chunks.clone();
            with_extra.insert(at, extra.clone());
            let kind = String::from_utf8_lossy(&extra.0);
            let image = decode_image(&png(&with_extra)).unwrap_or_else(|finding| panic!("{color:?} {kind}: {finding}"));
            assert_eq!(image.expected_pixels(), drawing.expected_pixels(), "{color:?} {kind}");
        }
    }
}

/// An animation: the default image, and another image as the next frame. The default image may be the first frame.
fn animated(drawing: &Drawing, second: &Drawing, default_is_first: bool) -> Vec<u8> {
    let number = |n: u32| n.to_be_bytes().to_vec();
    let control = |sequence: u32| -> Chunk {
        let side = |side: usize| number(u32::try_from(side).unwrap());
        let body = [number(sequence), side(drawing.width), side(drawing.height), number(0), number(0)].concat();
        (*b"fcTL", [body, vec![0, 1, 0, 10, 0, 0]].concat())
    };
    let frames = 1 + u32::from(default_is_first);
    let mut chunks = vec![drawing.chunks()[0].clone(), (*b"acTL", [number(frames), number(0)].concat())];
    if default_is_first {
        chunks.push(control(0));
    }
    chunks.extend(drawing.chunks().into_iter().skip(1));
    let next = u32::from(default_is_first);
    chunks.push(control(next));
    let pixels: Vec<u8> = second.chunks().into_iter().skip(1).flat_map(|(_, body)| body).collect();
    chunks.push((*b"fdAT", [number(next + 1), pixels].concat()));
    png(&chunks)
}

#[test]
fn animation_is_its_default_image() {
    let rng = &mut Rng::seeded(3);
    let drawing = Drawing::random(rng, 8, 8, ColorType::Rgb, 8, false);
    let mut second = Drawing::random(rng, 8, 8, ColorType::Rgb, 8, false);
    second.interlaced = drawing.interlaced;
    for default_is_first in [true, false] {
        let bytes = animated(&drawing, &second, default_is_first);
        assert_eq!(decoded_pixels(&bytes), drawing.expected_pixels());
        let image = decode_image(&bytes).unwrap();
        assert_eq!(
            image.image.other_frames, 1,
            "the default image is no other frame, whether it is the first one or none"
        );
        assert_eq!(image.image.findings().map(|finding| finding.code).collect::<Vec<_>>(), [Code::ImageAnimated]);
    }
    assert_eq!(decode_image(&drawing.bytes()).unwrap().image.other_frames, 0);
}

#[test]
fn trailing_bytes_are_counted() {
    let drawing = Drawing::random(&mut Rng::seeded(5), 8, 8, ColorType::Indexed, 4, true);
    for tail in [vec![0], vec![0; 4096], drawing.bytes(), chunk(b"IEND", &[])] {
        let image = decode_image(&[drawing.bytes(), tail.clone()].concat()).unwrap();
        assert_eq!(image.image.trailing_bytes, tail.len() as u64);
        assert_eq!(image.expected_pixels(), drawing.expected_pixels());
    }
    assert_eq!(decode_image(&drawing.bytes()).unwrap().image.trailing_bytes, 0);
}

/// Reads one byte at a time.
struct SlowReader<'a>(&'a [u8]);

impl Read for SlowReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = buffer.len().min(1);
        self.0.read(&mut buffer[..count])
    }
}

#[test]
fn slow_reader_decodes_the_same() {
    let drawing = Drawing::random(&mut Rng::seeded(9), 8, 8, ColorType::Rgba, 8, false);
    let bytes = drawing.bytes();
    let image = WholeImage::read(&mut SlowReader(&bytes)).expect("reading one byte at a time must not fail");
    assert_eq!(image.expected_pixels(), drawing.expected_pixels());
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn any_drawing_decodes_exactly(
        mut rng in any_rng(), width in 1..40usize, height in 1..40usize, form in 0..5usize, trns: bool,
    ) {
        let (color, depths) = ColorType::ALL[form];
        let depth = *rng.choose(depths);
        let trns = trns && !matches!(color, ColorType::GreyAlpha | ColorType::Rgba);
        let drawing = Drawing::random(&mut rng, width, height, color, depth, trns);
        prop_assert_eq!(decoded_pixels(&drawing.bytes()), drawing.expected_pixels());
    }
}
