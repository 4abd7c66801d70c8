//! An image of another format becomes a PNG: with the indices of the file if it has a palette, otherwise with its
//! colors. Each format has a file; here is what all of them share. No pixel is changed: what the console cannot draw,
//! such as partial alpha, is found in the PNG by the rules for all images.

mod bmp;
mod gif;
mod pcx;
mod qoi;
mod tga;
mod webp;

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use png::BitDepth;

use super::{ImportKind, ImportMemory, ImportOptions, ImportedFile};
use crate::banks::glyph::png_writer::{indexed_png, true_color_png};
use crate::diagnostics::{Code, Finding, Place, plural};
use crate::formats::Rgb;
use crate::limits::{IMAGE_SIDE, INTERLACED_PIXELS};

/// What to do if a file cannot be decoded.
const EXPORT: &str = "Open it in an image editor and export it as PNG, and add that file.";

/// What decoding takes for each pixel, in bytes: twice its color while these are put in order, and its part of the PNG.
const PIXEL_BYTES: u64 = 12;

/// The most colors of a palette: an index has 8 bits.
const MAX_COLORS: usize = 256;

/// An image that was decoded.
struct DecodedImage {
    /// Width and height, in pixels.
    size: [u32; 2],
    pixels: DecodedPixels,
    /// Clauses about what is not as the reader may expect, for the note.
    remarks: Vec<String>,
    /// Findings besides that note.
    findings: Vec<Finding>,
}

/// Pixels, row by row from the top. A color is red, green, blue and alpha.
enum DecodedPixels {
    Indexed { indices: Vec<u8>, palette: Vec<[u8; 4]> },
    Colors(Vec<[u8; 4]>),
}

/// Why an image cannot be decoded.
struct Undecodable {
    /// A clause after "the BMP cannot be decoded".
    why: Cow<'static, str>,
    /// The byte of the file at which it is seen, if it is known.
    offset: Option<u64>,
    /// What to do instead of exporting it.
    help: Option<&'static str>,
}

impl Undecodable {
    fn new(why: impl Into<Cow<'static, str>>) -> Self {
        Self { why: why.into(), offset: None, help: None }
    }

    /// The file ends before the image does.
    fn cut(bytes: &[u8]) -> Self {
        Self::new("it ends before its image does").at(bytes.len())
    }

    fn at(self, offset: usize) -> Self {
        Self { offset: Some(offset as u64), ..self }
    }

    fn help(self, help: &'static str) -> Self {
        Self { help: Some(help), ..self }
    }

    fn into_finding(self, kind: ImportKind) -> Box<Finding> {
        let message = format!("the {} cannot be decoded: {}", kind.name(), self.why);
        let finding = Finding::new(Code::ImageImport, message, self.help.unwrap_or(EXPORT));
        Box::new(match self.offset {
            Some(offset) => finding.at(Place::Byte { offset }),
            None => finding,
        })
    }
}

/// Decodes an image.
///
/// # Errors
/// Why it cannot be decoded.
pub(super) fn import_image(
    memory: &mut ImportMemory<'_>,
    bytes: &[u8],
    kind: ImportKind,
    options: &ImportOptions,
) -> Result<ImportedFile, Box<Finding>> {
    let decode = || match kind {
        ImportKind::Bmp => bmp::decode(bytes, memory),
        ImportKind::Gif => gif::decode(bytes, options.frames, memory),
        ImportKind::Pcx => pcx::decode(bytes, memory),
        ImportKind::Qoi => qoi::decode(bytes, memory),
        ImportKind::Tga => tga::decode(bytes, memory),
        _ => webp::decode(bytes, memory),
    };
    // A decoder of another author that fails on damaged input must not end the operation.
    let decoded = catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|_| Err(Undecodable::new("it is damaged")));
    let image = decoded.map_err(|problem| problem.into_finding(kind))?;
    let encoded = match &image.pixels {
        DecodedPixels::Indexed { indices, palette } => {
            let colors: Vec<Rgb> = palette.iter().map(|[r, g, b, _]| Rgb([*r, *g, *b])).collect();
            let alphas: Vec<u8> = palette.iter().map(|color| color[3]).collect();
            let has_alpha = alphas.iter().any(|alpha| *alpha != u8::MAX);
            let alphas = if has_alpha { &alphas[..] } else { &[] };
            indexed_png(image.size, BitDepth::Eight, &colors, alphas, indices)
        }
        DecodedPixels::Colors(pixels) => true_color_png(image.size, pixels),
    };
    let bytes = encoded
        .map_err(|error| Undecodable::new(format!("it cannot be written as a PNG: {error}")).into_finding(kind))?;
    let mut notes = vec![image.note(kind)];
    notes.extend(image.findings);
    Ok(ImportedFile { bytes, notes })
}

impl DecodedImage {
    fn new(size: [u32; 2], mut pixels: DecodedPixels) -> Self {
        if let DecodedPixels::Indexed { indices, palette } = &mut pixels {
            // Many formats store 256 colors, or a power of two: black ones at the end that no pixel has are filling.
            let used = indices.iter().max().map_or(1, |highest| usize::from(*highest) + 1);
            let filled = palette.iter().rposition(|[r, g, b, _]| [*r, *g, *b] != [0; 3]).map_or(1, |last| last + 1);
            palette.truncate(used.max(filled));
        }
        Self { size, pixels, remarks: Vec::new(), findings: Vec::new() }
    }

    fn remark(mut self, remark: Option<impl Into<String>>) -> Self {
        self.remarks.extend(remark.map(Into::into));
        self
    }

    /// The note about what was decoded.
    fn note(&self, kind: ImportKind) -> Finding {
        let [width, height] = self.size;
        let form = match &self.pixels {
            DecodedPixels::Indexed { palette, .. } => {
                format!("indexed, with {}; the indices of the file are kept", plural(palette.len() as u64, "color"))
            }
            DecodedPixels::Colors(pixels) if pixels.iter().any(|pixel| pixel[3] != u8::MAX) => {
                "true color with alpha".to_owned()
            }
            DecodedPixels::Colors(_) => "true color".to_owned(),
        };
        let remarks: String = self.remarks.iter().map(|remark| format!("; {remark}")).collect();
        Finding::new(
            Code::ImageImported,
            format!("the {} is decoded once, into a PNG: {width} × {height} pixels, {form}{remarks}", kind.name()),
            "From now on, the PNG is the image: edit it, not the original.",
        )
    }
}

/// The size of an image, if it is within the limits, once there is memory for it. It is in memory as a whole, like one
/// that is interlaced.
fn checked_size(memory: &mut ImportMemory<'_>, width: u32, height: u32) -> Result<[u32; 2], Undecodable> {
    if width == 0 || height == 0 {
        return Err(Undecodable::new("it has no pixels"));
    }
    if width.max(height) > IMAGE_SIDE || u64::from(width) * u64::from(height) > INTERLACED_PIXELS {
        let why = format!(
            "it is {width} × {height} pixels; the limit of images that are decoded is {IMAGE_SIDE} per side and \
             {INTERLACED_PIXELS} in total"
        );
        return Err(Undecodable::new(why).help("Split it into smaller ones: a bank has at most 256 × 256 pixels."));
    }
    memory.take(PIXEL_BYTES * u64::from(width) * u64::from(height));
    Ok([width, height])
}

/// The number of pixels of an image of this size.
fn pixel_count([width, height]: [u32; 2]) -> usize {
    width as usize * height as usize
}

/// The bytes at `at`; an error if the file ends before.
fn field<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], Undecodable> {
    let field = bytes.get(at..).and_then(<[u8]>::first_chunk);
    field.copied().ok_or_else(|| Undecodable::cut(bytes))
}

/// `length` bytes at `at`; an error if the file ends before.
fn part(bytes: &[u8], at: usize, length: usize) -> Result<&[u8], Undecodable> {
    let part = at.checked_add(length).and_then(|end| bytes.get(at..end));
    part.ok_or_else(|| Undecodable::cut(bytes))
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Undecodable> {
    field(bytes, at).map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Undecodable> {
    field(bytes, at).map(u32::from_le_bytes)
}

/// A value of `bits` bits as one of 8, by repeating its bits: the highest value becomes 255, and the five or six bits
/// of a color of the console stay the same.
fn widened(value: u32, bits: u32) -> u8 {
    let mut wide: u64 = 0;
    let mut filled = 0;
    while bits > 0 && filled < 8 {
        wide = wide << bits | u64::from(value);
        filled += bits;
    }
    (wide >> filled.saturating_sub(8)).to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Rgb565;

    #[test]
    fn widened_values_survive_the_console() {
        assert_eq!(
            [(0, 1), (1, 1), (2, 2), (7, 3), (16, 5), (255, 8), (0, 0)].map(|(v, b)| widened(v, b)),
            [0, 255, 170, 255, 0x84, 255, 0]
        );
        for value in 0..=u16::MAX {
            let [red, green, blue] = [value >> 11, value >> 5 & 63, value & 31].map(u32::from);
            let rgb = Rgb([widened(red, 5), widened(green, 6), widened(blue, 5)]);
            assert_eq!(rgb.to_565(), Rgb565(value));
        }
    }
}
