//! Every form of PNG is seen as it was drawn: all color types, depths and filters, interlaced or not, with tRNS or
//! without, judged at file depth; and what does not belong to the pixels changes none of them.

use std::io::Read;

use packer_services::banks::glyph::image::{Image, ImageError, PixelKind, decode_png};
use packer_services::diagnostics::Finding;
use proptest::prelude::*;
use support::images::chunk;

use crate::cases::{Dice, cases};
use crate::draw::{Chunk, Color, Drawing, Seen, png, zlib};

/// Decodes any size.
pub fn decoded(bytes: &[u8]) -> Result<Image, Finding> {
    match decode_png(&mut &bytes[..], |_| Ok(())) {
        Ok(image) => Ok(image),
        Err(ImageError::Finding(finding)) => Err(*finding),
        Err(ImageError::Io(error)) => panic!("nothing was read from a disk: {error}"),
    }
}

/// What the packer sees, row-major.
pub fn seen(bytes: &[u8]) -> Vec<Seen> {
    let image = decoded(bytes).unwrap_or_else(|finding| panic!("{finding}"));
    image.pixels.iter().map(Seen::from).collect()
}

/// Three random drawings of every color type and depth, with tRNS and without.
fn every_form() -> Vec<Drawing> {
    let mut dice = Dice::seeded(7);
    let mut drawings = Vec::new();
    for (color, depths) in Color::ALL {
        for depth in depths {
            for trns in [false, true] {
                if trns && matches!(color, Color::GreyAlpha | Color::Rgba) {
                    continue;
                }
                for (width, height) in [(1, 1), (9, 7), (16, 24)] {
                    drawings.push(Drawing::random(&mut dice, width, height, color, *depth, trns));
                }
            }
        }
    }
    drawings
}

#[test]
fn every_color_type_depth_and_filter_is_seen_as_drawn_interlaced_or_not() {
    for mut drawing in every_form() {
        for (filter, interlaced) in (0..5).flat_map(|filter| [(filter, false), (filter, true)]) {
            drawing.filters = vec![filter];
            drawing.interlaced = interlaced;
            let image = decoded(&drawing.bytes()).unwrap_or_else(|finding| panic!("{drawing:?}: {finding}"));
            assert_eq!((image.width as usize, image.height as usize), (drawing.width, drawing.height));
            assert_eq!(image.own_palette.is_some(), drawing.color == Color::Indexed);
            let pixels: Vec<Seen> = image.pixels.iter().map(Seen::from).collect();
            assert_eq!(pixels, drawing.seen(), "{drawing:?}");
        }
    }
}

#[test]
fn a_deep_value_is_exact_or_told_for_all_65536_of_them() {
    for color in [Color::Grey, Color::Rgb] {
        let samples = (0..=u16::MAX).flat_map(|value| vec![value; color.channels()]).collect();
        let drawing = Drawing::new(256, 256, color, 16, samples);
        let expected = (0..=u16::MAX).map(|value| match (value % 257, (value / 257).to_le_bytes()[0]) {
            (0, k) => Seen::Color([k; 3], 0),
            _ => Seen::Deep,
        });
        assert_eq!(seen(&drawing.bytes()), expected.collect::<Vec<_>>());
    }
}

#[test]
fn a_deep_alpha_is_opaque_only_at_its_very_top_and_clear_only_at_0() {
    for (alpha, expected) in [
        (0, Seen::Clear),
        (1, Seen::Partial),
        (0x00FF, Seen::Partial),
        (0xFF00, Seen::Partial),
        (0xFFFE, Seen::Partial),
        (0xFFFF, Seen::Color([0x80; 3], 0)),
    ] {
        let drawing = Drawing::new(1, 1, Color::GreyAlpha, 16, vec![0x8080, alpha]);
        assert_eq!(seen(&drawing.bytes()), [expected], "{alpha:#06x}");
        if let PixelKind::Partial(shown) = decoded(&drawing.bytes()).unwrap().pixels[0].kind {
            assert!((1..255).contains(&shown), "{alpha:#06x} is not told as {shown} of 255");
        }
    }
}

#[test]
fn trns_names_a_value_at_file_depth_so_its_8_bit_neighbors_stay_visible() {
    let mut drawing = Drawing::new(3, 1, Color::Grey, 16, vec![0x1010, 0x1011, 0x1110]);
    drawing.trns = Some(vec![0x10, 0x11]);
    assert_eq!(seen(&drawing.bytes()), [Seen::Color([0x10; 3], 0), Seen::Clear, Seen::Deep]);
    let mut drawing = Drawing::new(4, 1, Color::Grey, 2, vec![0, 1, 2, 3]);
    drawing.trns = Some(vec![0, 2]);
    let grey = |value| Seen::Color([value; 3], 0);
    assert_eq!(seen(&drawing.bytes()), [grey(0), grey(0x55), Seen::Clear, grey(0xFF)]);
}

/// Chunks that describe or accompany the pixels, but are none.
fn company() -> Vec<Chunk> {
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
fn gamma_profiles_and_all_other_company_change_no_pixel() {
    for (color, depths) in Color::ALL {
        let drawing = Drawing::random(&mut Dice::seeded(11), 8, 8, color, depths[0], false);
        let chunks = drawing.chunks();
        let background = match color {
            Color::Indexed => vec![0],
            Color::Grey | Color::GreyAlpha => vec![0; 2],
            Color::Rgb | Color::Rgba => vec![0; 6],
        };
        let before_pixels = chunks.iter().position(|(kind, _)| kind == b"IDAT").unwrap();
        let all = company().into_iter().map(|extra| (1, extra));
        for (at, extra) in all.chain([(before_pixels, (*b"bKGD", background))]) {
            let mut accompanied = chunks.clone();
            accompanied.insert(at, extra.clone());
            let kind = String::from_utf8_lossy(&extra.0);
            let image = decoded(&png(&accompanied)).unwrap_or_else(|finding| panic!("{color:?} {kind}: {finding}"));
            assert_eq!(image.pixels.iter().map(Seen::from).collect::<Vec<_>>(), drawing.seen(), "{color:?} {kind}");
        }
    }
}

/// An animation: the default image, and a second frame of other pixels. The default image is its first frame, or not.
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
fn an_animation_is_its_default_image() {
    let dice = &mut Dice::seeded(3);
    let drawing = Drawing::random(dice, 8, 8, Color::Rgb, 8, false);
    let mut second = Drawing::random(dice, 8, 8, Color::Rgb, 8, false);
    second.interlaced = drawing.interlaced;
    assert_eq!(seen(&animated(&drawing, &second, true)), drawing.seen());
    assert_eq!(seen(&animated(&drawing, &second, false)), drawing.seen());
}

#[test]
fn bytes_after_the_end_are_counted_and_change_no_pixel() {
    let drawing = Drawing::random(&mut Dice::seeded(5), 8, 8, Color::Indexed, 4, true);
    for tail in [vec![0], vec![0; 4096], drawing.bytes(), chunk(b"IEND", &[])] {
        let image = decoded(&[drawing.bytes(), tail.clone()].concat()).unwrap();
        assert_eq!(image.trailing_bytes, tail.len() as u64);
        assert_eq!(image.pixels.iter().map(Seen::from).collect::<Vec<_>>(), drawing.seen());
    }
    assert_eq!(decoded(&drawing.bytes()).unwrap().trailing_bytes, 0);
}

/// A source that gives one byte at a time.
struct Drop<'a>(&'a [u8]);

impl Read for Drop<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = buffer.len().min(1);
        self.0.read(&mut buffer[..count])
    }
}

#[test]
fn a_slow_source_is_seen_like_a_quick_one() {
    let drawing = Drawing::random(&mut Dice::seeded(9), 8, 8, Color::Rgba, 8, false);
    let bytes = drawing.bytes();
    let Ok(image) = decode_png(&mut Drop(&bytes), |_| Ok(())) else { panic!("a byte at a time is no damage") };
    assert_eq!(image.pixels.iter().map(Seen::from).collect::<Vec<_>>(), drawing.seen());
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn any_image_is_seen_as_it_was_drawn(
        mut dice in Dice::any(), width in 1..40usize, height in 1..40usize, form in 0..5usize, trns: bool,
    ) {
        let (color, depths) = Color::ALL[form];
        let depth = *dice.pick(depths);
        let trns = trns && !matches!(color, Color::GreyAlpha | Color::Rgba);
        let drawing = Drawing::random(&mut dice, width, height, color, depth, trns);
        prop_assert_eq!(seen(&drawing.bytes()), drawing.seen());
    }
}
