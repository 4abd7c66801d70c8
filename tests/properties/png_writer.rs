//! Images defined by their samples, the pixels that the packer must decode, and a PNG writer that shares no code with
//! the tested reader: every color type, depth and filter, interlaced or not, with any number of IDAT chunks.

use packer_services::internals::banks::glyph::image::{ImagePixel, PixelKind};
use support::images::chunk;

use crate::random::Rng;

/// A chunk's type and body.
pub type Chunk = ([u8; 4], Vec<u8>);

/// The five color types, by their number in IHDR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorType {
    Grey = 0,
    Rgb = 2,
    Indexed = 3,
    GreyAlpha = 4,
    Rgba = 6,
}

impl ColorType {
    /// Every color type with its depths.
    pub const ALL: [(Self, &'static [u8]); 5] = [
        (Self::Grey, &[1, 2, 4, 8, 16]),
        (Self::Rgb, &[8, 16]),
        (Self::Indexed, &[1, 2, 4, 8]),
        (Self::GreyAlpha, &[8, 16]),
        (Self::Rgba, &[8, 16]),
    ];

    /// Samples per pixel.
    pub fn channels(self) -> usize {
        [1, 0, 3, 1, 2, 0, 4][self as usize]
    }
}

/// An image, and how its file is written.
#[derive(Clone, Debug)]
pub struct Drawing {
    pub width: usize,
    pub height: usize,
    pub color: ColorType,
    pub depth: u8,
    /// Samples in row-major order, at file depth.
    pub samples: Vec<u16>,
    pub palette: Vec<[u8; 3]>,
    /// The body of tRNS.
    pub trns: Option<Vec<u8>>,
    pub interlaced: bool,
    /// The filters of the rows, repeated as needed.
    pub filters: Vec<u8>,
    /// Bytes per IDAT chunk.
    pub idat_bytes: usize,
}

/// A pixel as the packer must decode it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedPixel {
    /// A color, with its index in an indexed image.
    Color([u8; 3], u8),
    /// Transparent.
    Clear,
    /// Partly transparent.
    Partial,
    /// A 16-bit color without an 8-bit value.
    Deep,
    /// An index past the image's own palette.
    NoColor,
}

impl From<&ImagePixel> for ExpectedPixel {
    fn from(pixel: &ImagePixel) -> Self {
        match pixel.kind {
            PixelKind::Opaque => Self::Color(pixel.rgb.0, pixel.index),
            PixelKind::Clear => Self::Clear,
            PixelKind::Partial(_) => Self::Partial,
            PixelKind::Deep => Self::Deep,
            PixelKind::NoColor => Self::NoColor,
        }
    }
}

impl Drawing {
    /// A drawing in the simplest encoding.
    pub fn new(width: usize, height: usize, color: ColorType, depth: u8, samples: Vec<u16>) -> Self {
        assert_eq!(samples.len(), width * height * color.channels());
        let (palette, trns, filters) = (Vec::new(), None, vec![0]);
        Self { width, height, color, depth, samples, palette, trns, interlaced: false, filters, idat_bytes: 8192 }
    }

    /// Random samples, most of which are plausible, with a tRNS that some of them match.
    pub fn random(rng: &mut Rng, width: usize, height: usize, color: ColorType, depth: u8, trns: bool) -> Self {
        let top = u16::MAX >> (16 - depth);
        let sample = |rng: &mut Rng| match rng.below(6) {
            0 => 0,
            1 => top,
            2 if depth == 16 => u16::from_le_bytes([rng.next_byte(), rng.next_byte()]),
            _ if depth == 16 => u16::from(rng.next_byte()) * 257,
            _ => u16::from(rng.next_byte()) & top,
        };
        let samples: Vec<u16> = (0..width * height * color.channels()).map(|_| sample(rng)).collect();
        let mut drawing = Self::new(width, height, color, depth, samples);
        if color == ColorType::Indexed {
            let colors = (1 + rng.below(1 << depth)).min(256);
            drawing.palette = (0..colors).map(|_| [rng.next_byte(), rng.next_byte(), rng.next_byte()]).collect();
        }
        drawing.trns = trns.then(|| match color {
            ColorType::Indexed => {
                let alphas = 1 + rng.below(drawing.palette.len());
                (0..alphas).map(|_| *rng.choose(&[0, 255, 255, 128])).collect()
            }
            _ => {
                let at = rng.below(width * height) * color.channels();
                drawing.samples[at..at + color.channels()].iter().flat_map(|sample| sample.to_be_bytes()).collect()
            }
        });
        drawing.randomize_encoding(rng);
        drawing
    }

    /// Randomizes filters, IDAT sizes and interlacing, which do not change the pixels.
    pub fn randomize_encoding(&mut self, rng: &mut Rng) {
        self.filters = (0..1 + rng.below(7)).map(|_| u8::try_from(rng.below(5)).unwrap()).collect();
        self.idat_bytes = 1 + rng.below(200);
        self.interlaced = rng.one_in(2);
    }

    fn samples_at(&self, x: usize, y: usize) -> &[u16] {
        let channels = self.color.channels();
        &self.samples[(y * self.width + x) * channels..][..channels]
    }

    /// The expected pixels in row-major order, computed at file depth from the PNG specification.
    pub fn expected_pixels(&self) -> Vec<ExpectedPixel> {
        let places = (0..self.height).flat_map(|y| (0..self.width).map(move |x| (x, y)));
        places.map(|(x, y)| self.expected_pixel(self.samples_at(x, y))).collect()
    }

    fn expected_pixel(&self, samples: &[u16]) -> ExpectedPixel {
        let top = u16::MAX >> (16 - self.depth);
        if self.color == ColorType::Indexed {
            let index = usize::from(samples[0]);
            let alpha = self.trns.as_ref().and_then(|alphas| alphas.get(index)).copied().unwrap_or(255);
            return match (self.palette.get(index), alpha) {
                (None, _) => ExpectedPixel::NoColor,
                (_, 0) => ExpectedPixel::Clear,
                (Some(rgb), 255) => ExpectedPixel::Color(*rgb, u8::try_from(index).unwrap()),
                _ => ExpectedPixel::Partial,
            };
        }
        let trns = self.trns.as_ref();
        let keyed = trns.is_some_and(|body| {
            let wanted: Vec<u16> = body.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            wanted == samples
        });
        let (channels, alpha) = match (self.color, samples) {
            (ColorType::Grey, [v]) => ([*v; 3], top),
            (ColorType::GreyAlpha, [v, alpha]) => ([*v; 3], *alpha),
            (ColorType::Rgb, [r, g, b]) => ([*r, *g, *b], top),
            (ColorType::Rgba, [r, g, b, alpha]) => ([*r, *g, *b], *alpha),
            _ => unreachable!(),
        };
        if keyed || alpha == 0 {
            return ExpectedPixel::Clear;
        }
        if alpha != top {
            return ExpectedPixel::Partial;
        }
        if channels.iter().any(|value| u32::from(*value) * 255 % u32::from(top) != 0) {
            return ExpectedPixel::Deep;
        }
        let eight = channels.map(|value| u32::from(value) * 255 / u32::from(top));
        ExpectedPixel::Color(eight.map(|value| u8::try_from(value).unwrap()), 0)
    }

    /// The file's chunks, without IEND.
    pub fn chunks(&self) -> Vec<Chunk> {
        let side = |side: usize| u32::try_from(side).unwrap().to_be_bytes();
        let mut header = [side(self.width), side(self.height)].concat();
        header.extend([self.depth, self.color as u8, 0, 0, u8::from(self.interlaced)]);
        let mut chunks = vec![(*b"IHDR", header)];
        if !self.palette.is_empty() {
            chunks.push((*b"PLTE", self.palette.concat()));
        }
        chunks.extend(self.trns.clone().map(|body| (*b"tRNS", body)));
        let data = zlib(&self.filtered());
        chunks.extend(data.chunks(self.idat_bytes).map(|part| (*b"IDAT", part.to_vec())));
        chunks
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        png(&self.chunks())
    }

    fn filtered(&self) -> Vec<u8> {
        const ADAM7: [[usize; 4]; 7] =
            [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];
        let passes: &[[usize; 4]] = if self.interlaced { &ADAM7 } else { &[[0, 0, 1, 1]] };
        let mut out = Vec::new();
        let mut rows = 0;
        for [left, top, across, down] in passes {
            let mut above: Vec<u8> = Vec::new();
            for y in (*top..self.height).step_by(*down) {
                let row: Vec<u16> =
                    (*left..self.width).step_by(*across).flat_map(|x| self.samples_at(x, y).iter().copied()).collect();
                if row.is_empty() {
                    break;
                }
                let row = pack(&row, self.depth);
                let filter = self.filters[rows % self.filters.len()];
                out.push(filter);
                let step = (self.color.channels() * usize::from(self.depth) / 8).max(1);
                out.extend(filter_row(filter, &row, &above, step));
                (above, rows) = (row, rows + 1);
            }
        }
        out
    }
}

fn pack(samples: &[u16], depth: u8) -> Vec<u8> {
    if depth == 16 {
        return samples.iter().flat_map(|sample| sample.to_be_bytes()).collect();
    }
    let byte = |group: &[u16]| {
        let padded = group.iter().copied().chain(std::iter::repeat(0)).take(usize::from(8 / depth));
        padded.fold(0, |byte: u16, sample| byte << depth | sample).to_le_bytes()[0]
    };
    samples.chunks(usize::from(8 / depth)).map(byte).collect()
}

fn filter_row(filter: u8, row: &[u8], above: &[u8], step: usize) -> Vec<u8> {
    let at = |line: &[u8], at: Option<usize>| i16::from(at.and_then(|at| line.get(at)).copied().unwrap_or(0));
    let predicted = |i: usize| {
        let (left, up, corner) = (at(row, i.checked_sub(step)), at(above, Some(i)), at(above, i.checked_sub(step)));
        match filter {
            0 => 0,
            1 => left,
            2 => up,
            3 => (left + up) / 2,
            _ => {
                let estimate = left + up - corner;
                let nearest = [left, up, corner].into_iter().min_by_key(|value| (estimate - value).abs());
                nearest.unwrap_or(0)
            }
        }
    };
    row.iter().enumerate().map(|(i, byte)| byte.wrapping_sub(predicted(i).to_le_bytes()[0])).collect()
}

/// A zlib stream of stored blocks, without compression.
pub fn zlib(raw: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let blocks = raw.chunks(0xFFFF).len().max(1);
    for at in 0..blocks {
        let block = raw.chunks(0xFFFF).nth(at).unwrap_or(&[]);
        let len = u16::try_from(block.len()).unwrap();
        out.push(u8::from(at + 1 == blocks));
        out.extend(len.to_le_bytes());
        out.extend((!len).to_le_bytes());
        out.extend(block);
    }
    let (mut a, mut b) = (1u32, 0u32);
    for byte in raw {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    out.extend((b << 16 | a).to_be_bytes());
    out
}

/// A PNG of these chunks and IEND.
pub fn png(chunks: &[Chunk]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, body) in chunks {
        file.extend(chunk(kind, body));
    }
    file.extend(chunk(b"IEND", &[]));
    file
}
