//! The raw samples of a row, and the pixels that they mean.

use std::ops::Range;

use png::{BitDepth, ColorType};

use super::{ImagePixel, PixelKind};
use crate::formats::Rgb;

/// A row of an image.
#[derive(Clone, Copy)]
pub struct PixelRow<'a> {
    layout: &'a SampleLayout<'a>,
    samples: &'a [u8],
}

impl<'a> PixelRow<'a> {
    /// The row with these samples.
    pub(super) fn new(layout: &'a SampleLayout<'a>, samples: &'a [u8]) -> Self {
        Self { layout, samples }
    }

    /// The samples as they are in the file.
    pub fn samples(self) -> &'a [u8] {
        self.samples
    }

    /// Which of the samples' bytes have the pixels in these columns.
    pub fn bytes_of(self, columns: Range<usize>) -> Range<usize> {
        let bits = self.layout.color_type.samples() * self.layout.depth as usize;
        columns.start * bits / 8..(columns.end * bits).div_ceil(8)
    }

    /// Another row of the same image.
    #[must_use]
    pub fn with_samples(self, samples: &'a [u8]) -> Self {
        Self { samples, ..self }
    }

    /// How many pixels it has.
    pub fn width(self) -> usize {
        self.layout.width
    }

    /// Appends the pixels in these columns.
    pub fn append_pixels(self, columns: Range<usize>, pixels: &mut Vec<ImagePixel>) {
        self.layout.append_pixels(self.samples, columns, pixels);
    }

    /// Appends the samples of the pixels in these columns, those of a pixel as one number. Pixels with equal numbers
    /// are equal.
    pub fn append_codes(self, columns: Range<usize>, codes: &mut Vec<u64>) {
        self.layout.append_codes(self.samples, columns, codes);
    }

    /// The pixel with these samples.
    pub fn pixel_of(self, code: u64) -> ImagePixel {
        self.layout.pixel_of(code)
    }
}

/// How the raw samples of a line lie.
#[derive(Clone, Copy)]
pub(super) struct SampleLayout<'a> {
    pub color_type: ColorType,
    pub depth: BitDepth,
    /// In pixels.
    pub width: usize,
    /// Of an indexed image: red, green and blue of each index.
    pub palette: &'a [u8],
    /// As the `png` crate keeps a tRNS chunk; of an indexed image, the alpha of each index.
    pub trns: Option<&'a [u8]>,
}

impl SampleLayout<'_> {
    /// Appends the pixels of a line in these columns.
    fn append_pixels(&self, line: &[u8], columns: Range<usize>, pixels: &mut Vec<ImagePixel>) {
        // The most common form, without a decision per sample.
        if self.color_type == ColorType::Rgba && self.depth == BitDepth::Eight {
            let (samples, _) = line[columns.start * 4..columns.end * 4].as_chunks::<4>();
            pixels.extend(samples.iter().map(|[r, g, b, alpha]| {
                let kind = match alpha {
                    255 => PixelKind::Opaque,
                    0 => PixelKind::Clear,
                    alpha => PixelKind::Partial(*alpha),
                };
                ImagePixel { rgb: Rgb([*r, *g, *b]), index: 0, kind }
            }));
        } else {
            pixels.extend(columns.map(|x| self.pixel_of(self.code(line, x))));
        }
    }

    /// Appends the codes of the pixels of a line in these columns.
    fn append_codes(&self, line: &[u8], columns: Range<usize>, codes: &mut Vec<u64>) {
        match (self.color_type, self.depth) {
            // The most common forms, without a decision per sample.
            (ColorType::Rgba, BitDepth::Eight) => {
                let (samples, _) = line[columns.start * 4..columns.end * 4].as_chunks::<4>();
                codes.extend(samples.iter().map(|samples| packed(samples.map(u64::from))));
            }
            (ColorType::Indexed, BitDepth::Eight) => codes.extend(line[columns].iter().copied().map(u64::from)),
            _ => codes.extend(columns.map(|x| self.code(line, x))),
        }
    }

    /// The samples of the pixel in column `x`.
    fn code(&self, line: &[u8], x: usize) -> u64 {
        let channels = self.color_type.samples();
        let sample = |channel| if channel < channels { self.sample(line, x * channels + channel).into() } else { 0 };
        packed([sample(0), sample(1), sample(2), sample(3)])
    }

    /// Sample `n` of the line, at file depth.
    fn sample(&self, line: &[u8], n: usize) -> u16 {
        let bits = self.depth as usize;
        match bits {
            16 => u16::from_be_bytes([line[n * 2], line[n * 2 + 1]]),
            8 => u16::from(line[n]),
            _ => {
                let per_byte = 8 / bits;
                let shift = (per_byte - 1 - n % per_byte) * bits;
                u16::from(line[n / per_byte] >> shift) & ((1 << bits) - 1)
            }
        }
    }

    /// The pixel with these samples.
    fn pixel_of(&self, code: u64) -> ImagePixel {
        let [a, b, c, d, e, f, g, h] = code.to_le_bytes();
        let [first, second, third, fourth] = [[a, b], [c, d], [e, f], [g, h]].map(u16::from_le_bytes);
        match self.color_type {
            ColorType::Indexed => self.indexed_pixel(first),
            ColorType::Grayscale => self.direct_pixel([first; 3], None, 1),
            ColorType::GrayscaleAlpha => self.direct_pixel([first; 3], Some(second), 1),
            ColorType::Rgb => self.direct_pixel([first, second, third], None, 3),
            ColorType::Rgba => self.direct_pixel([first, second, third], Some(fourth), 3),
        }
    }

    fn indexed_pixel(&self, index: u16) -> ImagePixel {
        let at = usize::from(index);
        let index = index.to_le_bytes()[0];
        let Some(rgb) = self.palette.get(at * 3..at * 3 + 3) else {
            return ImagePixel { rgb: Rgb([0; 3]), index, kind: PixelKind::NoColor };
        };
        let kind = match self.trns.and_then(|alphas| alphas.get(at)) {
            None | Some(255) => PixelKind::Opaque,
            Some(0) => PixelKind::Clear,
            Some(alpha) => PixelKind::Partial(*alpha),
        };
        ImagePixel { rgb: Rgb([rgb[0], rgb[1], rgb[2]]), index, kind }
    }

    /// A true color or grayscale pixel; the file's tRNS has `stored` of its channels.
    fn direct_pixel(&self, channels: [u16; 3], alpha: Option<u16>, stored: usize) -> ImagePixel {
        let bits = self.depth as u16;
        let highest = u16::MAX >> (16 - bits);
        let keyed = self.trns.is_some_and(|trns| {
            // The crate keeps the low byte of each tRNS channel, but both bytes if the image has 16 bits.
            let value = |n: usize| match bits {
                16 => Some(u16::from_be_bytes([*trns.get(n * 2)?, *trns.get(n * 2 + 1)?])),
                _ => Some(u16::from(*trns.get(n)?) & highest),
            };
            (0..stored).all(|n| value(n) == Some(channels[n]))
        });
        let eight = |value: u16| match bits {
            16 => (value >> 8).to_le_bytes()[0],
            8 => value.to_le_bytes()[0],
            _ => (value * (255 / highest)).to_le_bytes()[0],
        };
        let deep = bits == 16 && channels.iter().any(|value| value % 257 != 0);
        let kind = match alpha {
            _ if keyed => PixelKind::Clear,
            Some(0) => PixelKind::Clear,
            // Clamped, because a 16-bit alpha just below the highest would become 255, and one just above 0 would
            // become 0.
            Some(alpha) if alpha < highest => PixelKind::Partial(eight(alpha).clamp(1, 254)),
            _ if deep => PixelKind::Deep,
            _ => PixelKind::Opaque,
        };
        ImagePixel { rgb: Rgb(channels.map(eight)), index: 0, kind }
    }
}

/// Up to four samples of up to 16 bits as one number.
fn packed([first, second, third, fourth]: [u64; 4]) -> u64 {
    first | second << 16 | third << 32 | fourth << 48
}
