//! PNG to rows of pixels, before any palette is considered.
//!
//! The `png` crate inflates and unfilters; this file turns its raw samples into pixels. It also follows the file's
//! chunks, because the crate accepts a file that lacks its last bytes (spec: banks, "PNG"). No image is ever in memory
//! as a whole, except an interlaced one, whose rows are complete only at its end.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;

use png::{BitDepth, ColorType, DecodeOptions, Decoder, DecodingError, Info, Transformations};

use super::pixels::{ImagePixels, PixelCollector};
use crate::banks::sniff::{PNG_SIGNATURE, SniffedFile, is_apple_png, sniff_file};
use crate::diagnostics::Finding;
use crate::formats::{Rgb, Rgb565};
use crate::limits::{IMAGE_PIXELS, IMAGE_SIDE, INTERLACED_PIXELS};

/// Most images of a bank are smaller. A larger buffer would cost each of them more to clear than it saves in reads.
const BUFFER_BYTES: usize = 8 << 10;

/// An image that is refused for its size is decoded anyway up to this many pixels, to report its other problems in the
/// same run: 4 Mpx are a 2560 × 1600 screen, and take some 50 ms. With a higher limit a refused image could cost the
/// time of [`IMAGE_PIXELS`]; with a lower one, drawings of ordinary size would need a second run to show all of their
/// problems.
const SMALL_PIXELS: u64 = 4 << 20;

/// Colors in a row of an own palette that holds several palettes of the console.
const PALETTE_ROW: u8 = 16;

/// Enough for [`sniff_file`], which looks at 33 bytes.
const SNIFFED_BYTES: usize = 64;

/// What is known of a decoded image besides its pixels.
#[derive(Debug)]
pub struct Image {
    /// The colors of its own palette, if it is indexed.
    pub own_palette: Option<Vec<Rgb>>,
    /// Whether a tRNS chunk defines what is transparent.
    pub has_trns: bool,
    /// Frames of an animated PNG besides the default image.
    pub other_frames: u32,
    /// Bytes after the PNG's end.
    pub trailing_bytes: u64,
}

impl Image {
    /// The warnings about what else the file contains.
    pub fn findings(&self) -> impl Iterator<Item = Finding> {
        let animated = (self.other_frames > 0).then_some(ImageProblem::Animated { other_frames: self.other_frames });
        let trailing = (self.trailing_bytes > 0).then_some(ImageProblem::Trailing { bytes: self.trailing_bytes });
        animated.into_iter().chain(trailing).map(Finding::from)
    }
}

/// A pixel of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImagePixel {
    /// Its color; of a 16-bit pixel, the high bytes.
    pub rgb: Rgb,
    /// Its index, if the image is indexed.
    pub index: u8,
    /// Whether it can be drawn.
    pub kind: PixelKind,
}

/// What a pixel is, besides its color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PixelKind {
    /// An ordinary pixel.
    Opaque,
    /// Alpha 0: its color means nothing.
    Clear,
    /// Neither opaque nor clear; alpha in 1…254.
    Partial(u8),
    /// A 16-bit pixel whose channels are not all 257 × an 8-bit value.
    Deep,
    /// An index that the image's own palette lacks.
    NoColor,
}

/// Receives the pixels of an image, row by row from the top. If decoding fails later, they must not be used.
pub trait RowSink {
    /// Receives size and form before any pixel is decoded; false if no pixels are needed.
    fn accept(&mut self, header: ImageHeader) -> bool;

    /// Receives row `y`.
    fn push_row(&mut self, y: u32, row: PixelRow<'_>);
}

/// A row of an image.
#[derive(Clone, Copy)]
pub struct PixelRow<'a> {
    layout: &'a SampleLayout<'a>,
    samples: &'a [u8],
}

impl<'a> PixelRow<'a> {
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

/// A whole image as it is shown.
#[derive(Debug)]
pub struct ShownImage {
    /// Its form, for people.
    pub form: ImageForm,
    /// Of a 16-bit image, the high bytes. A pixel whose index is not in the image's own palette is transparent black.
    pub pixels: ImagePixels,
}

/// Keeps an image as it is shown.
#[derive(Debug, Default)]
pub struct ShownRows {
    image: Option<(ImageForm, PixelCollector)>,
    pixels: Vec<ImagePixel>,
}

impl ShownRows {
    /// The image; `None` if there was none.
    pub fn finish(self) -> Option<ShownImage> {
        self.image.map(|(form, pixels)| ShownImage { form, pixels: pixels.finish() })
    }

    /// How many bytes such an image has at most.
    pub fn size_bytes(header: ImageHeader) -> u64 {
        4 * header.pixel_count()
    }
}

impl RowSink for ShownRows {
    fn accept(&mut self, header: ImageHeader) -> bool {
        let ImageHeader { width, height, form, .. } = header;
        self.image = Some((form, PixelCollector::of_size(width, height)));
        true
    }

    fn push_row(&mut self, _: u32, row: PixelRow<'_>) {
        let Some((_, image)) = &mut self.image else { return };
        self.pixels.clear();
        row.append_pixels(0..row.width(), &mut self.pixels);
        for pixel in &self.pixels {
            let [r, g, b] = pixel.rgb.0;
            image.push(match pixel.kind {
                PixelKind::Opaque | PixelKind::Deep => [r, g, b, 0xFF],
                PixelKind::Partial(alpha) => [r, g, b, alpha],
                PixelKind::Clear => [r, g, b, 0],
                PixelKind::NoColor => [0; 4],
            });
        }
    }
}

/// The size and form of an image, known before its pixels are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageHeader {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Whether it is indexed.
    pub indexed: bool,
    /// Its form, for people: `indexed PNG, 8 bit`.
    pub form: ImageForm,
    /// The size of a row's samples, in bytes.
    pub row_bytes: u64,
}

/// The form of an image, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageForm {
    kind: &'static str,
    depth_bits: u8,
    is_interlaced: bool,
}

impl fmt::Display for ImageForm {
    /// `true color PNG with alpha, 8 bit, interlaced`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let interlaced = if self.is_interlaced { ", interlaced" } else { "" };
        write!(f, "{}, {} bit{interlaced}", self.kind, self.depth_bits)
    }
}

impl ImageForm {
    fn of(info: &Info<'_>) -> Self {
        let kind = match info.color_type {
            ColorType::Indexed => "indexed PNG",
            ColorType::Grayscale => "grayscale PNG",
            ColorType::GrayscaleAlpha => "grayscale PNG with alpha",
            ColorType::Rgb => "true color PNG",
            ColorType::Rgba => "true color PNG with alpha",
        };
        Self { kind, depth_bits: info.bit_depth as u8, is_interlaced: info.interlaced }
    }
}

impl ImageHeader {
    /// How many pixels it has.
    pub fn pixel_count(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Whether decoding its pixels costs little even if they turn out to be useless.
    pub fn is_small(self) -> bool {
        self.pixel_count() <= SMALL_PIXELS
    }

    /// How much memory decoding takes, in bytes, without what a sink keeps.
    pub fn decoding_bytes(self) -> u64 {
        if self.form.is_interlaced { self.row_bytes * u64::from(self.height) } else { self.row_bytes }
    }

    fn check_limits(self) -> Result<(), ImageProblem> {
        let Self { width, height, .. } = self;
        if width.max(height) > IMAGE_SIDE || self.pixel_count() > IMAGE_PIXELS {
            return Err(ImageProblem::TooLarge { width, height });
        }
        if self.form.is_interlaced && self.pixel_count() > INTERLACED_PIXELS {
            return Err(ImageProblem::TooLargeInterlaced { width, height });
        }
        Ok(())
    }
}

/// What is wrong with the file of an image.
#[derive(Debug)]
pub(super) enum ImageProblem {
    /// It is not a PNG.
    NotPng(SniffedFile),
    /// It ends before the PNG does, after so many bytes.
    Cut { bytes: u64 },
    /// It is not what an encoder wrote.
    Damaged(PngDamage),
    /// It is larger than the limits.
    TooLarge { width: u32, height: u32 },
    /// It is interlaced, and larger than the limit for such images.
    TooLargeInterlaced { width: u32, height: u32 },
    /// It is animated, and has so many frames besides the default image.
    Animated { other_frames: u32 },
    /// It has so many bytes after the PNG's end.
    Trailing { bytes: u64 },
}

/// How a PNG is damaged.
#[derive(Debug)]
pub(super) enum PngDamage {
    /// The CRC of a chunk does not match.
    Checksum,
    /// The compressed pixels cannot be read.
    Pixels,
    /// The tRNS chunk is repeated, misplaced or malformed.
    Transparency,
    /// It is indexed, but has no PLTE chunk.
    NoPalette,
    /// A chunk of this name is not as the format requires.
    Chunk(String),
    /// The header has values that the format does not have.
    Header,
    /// Something else.
    Other,
}

/// Why an image could not be decoded.
#[derive(Debug)]
pub enum ImageError {
    /// A finding without a file.
    Finding(Box<Finding>),
    /// Reading failed.
    Io(io::Error),
}

impl From<ImageProblem> for ImageError {
    fn from(problem: ImageProblem) -> Self {
        Self::Finding(Box::new(problem.into()))
    }
}

/// Decodes one PNG from `source`, reading it only forward, and passes its rows to `sink`; `None` if that needs no
/// pixels.
///
/// # Errors
/// A finding (not a PNG, damaged, cut, or too large), or an I/O error.
pub fn decode_png(source: &mut dyn Read, sink: &mut dyn RowSink) -> Result<Option<Image>, ImageError> {
    let mut stream = PngStream::open(source)?;
    let decoded = decode_rows(&mut stream, sink);
    let Some(mut image) = stream.explain(decoded)? else { return Ok(None) };
    stream.drain().map_err(ImageError::Io)?;
    // The decoder skips a tRNS chunk that it cannot use, and so would show what should be transparent.
    if stream.outline.trns_chunks != u32::from(image.has_trns) {
        return Err(ImageProblem::Damaged(PngDamage::Transparency).into());
    }
    match stream.outline.end_bytes {
        Some(end) => image.trailing_bytes = stream.outline.seen_bytes - end,
        None => return Err(stream.outline.cut().into()),
    }
    Ok(Some(image))
}

/// Reads the header of a PNG, and nothing after it.
///
/// # Errors
/// A finding (not a PNG, damaged, cut, or too large), or an I/O error.
pub fn read_png_header(source: &mut dyn Read) -> Result<ImageHeader, ImageError> {
    let mut stream = PngStream::open(source)?;
    let header = read_header(&mut decoder(&mut stream));
    stream.explain(header)
}

enum DecodeFailure {
    Png(DecodingError),
    Problem(ImageProblem),
}

impl From<DecodingError> for DecodeFailure {
    fn from(error: DecodingError) -> Self {
        Self::Png(error)
    }
}

impl From<ImageProblem> for DecodeFailure {
    fn from(problem: ImageProblem) -> Self {
        Self::Problem(problem)
    }
}

fn decoder<'d, 's>(stream: &'d mut PngStream<'s>) -> Decoder<&'d mut PngStream<'s>> {
    let mut options = DecodeOptions::default();
    options.set_ignore_text_chunk(true);
    options.set_ignore_iccp_chunk(true);
    // tRNS is an ancillary chunk too, and it changes what is seen.
    options.set_skip_ancillary_crc_failures(false);
    let mut decoder = Decoder::new_with_options(stream, options);
    decoder.set_transformations(Transformations::IDENTITY);
    decoder
}

fn read_header(decoder: &mut Decoder<&mut PngStream<'_>>) -> Result<ImageHeader, DecodeFailure> {
    let info = decoder.read_header_info()?;
    let indexed = info.color_type == ColorType::Indexed;
    let row_bits = u64::from(info.width) * info.bits_per_pixel() as u64;
    let (form, row_bytes) = (ImageForm::of(info), row_bits.div_ceil(8));
    let header = ImageHeader { width: info.width, height: info.height, indexed, form, row_bytes };
    header.check_limits()?;
    Ok(header)
}

fn decode_rows(stream: &mut PngStream<'_>, sink: &mut dyn RowSink) -> Result<Option<Image>, DecodeFailure> {
    let mut decoder = decoder(stream);
    let header = read_header(&mut decoder)?;
    if !sink.accept(header) {
        return Ok(None);
    }
    let mut reader = decoder.read_info()?;
    // Copied before the pixels are read: what comes after them in the file must not change them.
    let (palette, trns) = (reader.info().palette.clone().unwrap_or_default(), reader.info().trns.clone());
    let (color_type, depth) = (reader.info().color_type, reader.info().bit_depth);
    // The default image is the first frame if a frame control precedes it.
    let is_frame = u32::from(reader.info().frame_control.is_some());
    let other_frames =
        reader.info().animation_control.map_or(0, |animation| animation.num_frames.saturating_sub(is_frame));
    if header.indexed && palette.is_empty() {
        return Err(ImageProblem::Damaged(PngDamage::NoPalette).into());
    }
    let layout =
        SampleLayout { color_type, depth, width: header.width as usize, palette: &palette, trns: trns.as_deref() };
    let mut push_row = |y, samples: &[u8]| sink.push_row(y, PixelRow { layout: &layout, samples });
    if header.form.is_interlaced {
        let mut whole = vec![0; reader.output_buffer_size().ok_or(DecodingError::LimitsExceeded)?];
        let frame = reader.next_frame(&mut whole)?;
        (0..header.height).zip(whole.chunks(frame.line_size)).for_each(|(y, samples)| push_row(y, samples));
    } else {
        let mut samples = vec![0; reader.output_line_size(header.width).ok_or(DecodingError::LimitsExceeded)?];
        let mut y = 0;
        while reader.read_row(&mut samples)?.is_some() {
            push_row(y, &samples);
            y += 1;
        }
    }
    reader.finish()?;
    let own_palette =
        header.indexed.then(|| layout.palette.chunks_exact(3).map(|rgb| Rgb([rgb[0], rgb[1], rgb[2]])).collect());
    Ok(Some(Image { own_palette, has_trns: trns.is_some(), other_frames, trailing_bytes: 0 }))
}

/// How the raw samples of a line lie.
struct SampleLayout<'a> {
    color_type: ColorType,
    depth: BitDepth,
    width: usize,
    palette: &'a [u8],
    trns: Option<&'a [u8]>,
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

impl ImagePixel {
    /// The color as the console stores it.
    pub fn rgb565(&self) -> Rgb565 {
        self.rgb.to_565()
    }

    /// The row of its index in an own palette with rows of 16 colors.
    pub fn palette_row(&self) -> u8 {
        self.index / PALETTE_ROW
    }

    /// The column of its index in an own palette with rows of 16 colors.
    pub fn palette_column(&self) -> u8 {
        self.index % PALETTE_ROW
    }
}

impl PngDamage {
    /// What the decoder refuses. Its words contain debug output and change with its version, so none of them is shown.
    /// `chunk` is the name of the last chunk that it read.
    fn of(error: &DecodingError, chunk: Option<String>) -> Self {
        let folded = error.to_string().to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
        if has(&["crc"]) {
            return Self::Checksum;
        }
        match chunk {
            None => Self::Other,
            Some(chunk) if chunk == "IHDR" => Self::Header,
            Some(chunk) if chunk == "IDAT" || has(&["deflate", "corrupt", "filter"]) => Self::Pixels,
            Some(chunk) => Self::Chunk(chunk),
        }
    }
}

/// Follows the chunks as bytes pass, and remembers where IEND ended.
#[derive(Default)]
struct ChunkOutline {
    seen_bytes: u64,
    end_bytes: Option<u64>,
    /// Chunks that define what is transparent.
    trns_chunks: u32,
    /// The type of the last chunk whose head is complete.
    kind: Option<[u8; 4]>,
    /// Bytes of the current chunk's head (length and type) seen so far.
    head: Vec<u8>,
    /// Bytes of the current chunk's body and CRC still to come.
    left: u64,
}

impl ChunkOutline {
    /// The problem of a file that ends too early.
    fn cut(&self) -> ImageProblem {
        ImageProblem::Cut { bytes: self.seen_bytes }
    }

    /// The type of the chunk that is being read, if it is a name; `ahead` are the next bytes.
    fn chunk_name(&self, ahead: &[u8]) -> Option<String> {
        let next = self.head.iter().chain(ahead).copied().skip(4).take(4);
        let kind: Vec<u8> = if self.left > 0 { self.kind?.to_vec() } else { next.collect() };
        let is_name = kind.len() == 4 && kind.iter().all(u8::is_ascii_alphabetic);
        is_name.then(|| kind.into_iter().map(char::from).collect())
    }

    fn follow(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.end_bytes.is_some() {
                self.seen_bytes += bytes.len() as u64;
                return;
            }
            if self.seen_bytes < 8 {
                self.advance(&mut bytes, 8 - self.seen_bytes);
            } else if self.left > 0 {
                let done = self.advance(&mut bytes, self.left);
                self.left -= done;
                if self.left == 0 {
                    if self.head.ends_with(b"IEND") {
                        self.end_bytes = Some(self.seen_bytes);
                    }
                    self.head.clear();
                }
            } else {
                let wanted = 8 - self.head.len();
                let taken = bytes.len().min(wanted);
                self.head.extend_from_slice(&bytes[..taken]);
                self.advance(&mut bytes, taken as u64);
                if self.head.ends_with(b"tRNS") {
                    self.trns_chunks += 1;
                }
                if let [a, b, c, d, kind @ ..] = &self.head[..]
                    && let Ok(kind) = <[u8; 4]>::try_from(kind)
                {
                    self.left = u64::from(u32::from_be_bytes([*a, *b, *c, *d])) + 4;
                    self.kind = Some(kind);
                }
            }
        }
    }

    fn advance(&mut self, bytes: &mut &[u8], most: u64) -> u64 {
        let count = usize::try_from(most).unwrap_or(usize::MAX).min(bytes.len());
        *bytes = &bytes[count..];
        self.seen_bytes += count as u64;
        count as u64
    }
}

/// A forward-only stream that shows its bytes to the outline. The `png` crate requires `Seek` but reads only forward.
/// Should that ever change, it gets an error instead of wrong bytes.
struct PngStream<'a> {
    inner: BufReader<io::Chain<io::Cursor<Vec<u8>>, &'a mut dyn Read>>,
    outline: ChunkOutline,
    error: Option<io::Error>,
}

impl<'a> PngStream<'a> {
    fn open(source: &'a mut dyn Read) -> Result<Self, ImageError> {
        let mut start = Vec::with_capacity(SNIFFED_BYTES);
        (&mut *source).take(SNIFFED_BYTES as u64).read_to_end(&mut start).map_err(ImageError::Io)?;
        if !start.starts_with(&PNG_SIGNATURE) || is_apple_png(&start) {
            return Err(ImageProblem::NotPng(sniff_file(&start)).into());
        }
        let inner = BufReader::with_capacity(BUFFER_BYTES, io::Cursor::new(start).chain(source));
        Ok(Self { inner, outline: ChunkOutline::default(), error: None })
    }

    /// Turns the decoder's failure into the problem of the file. Reads the rest of it: a file that ends early is cut,
    /// and any other is damaged.
    fn explain<T>(&mut self, decoded: Result<T, DecodeFailure>) -> Result<T, ImageError> {
        if let Some(error) = self.error.take() {
            return Err(ImageError::Io(error));
        }
        match decoded {
            Ok(decoded) => Ok(decoded),
            Err(DecodeFailure::Problem(problem)) => Err(problem.into()),
            Err(DecodeFailure::Png(error)) => {
                let chunk = self.outline.chunk_name(self.inner.buffer());
                self.drain().map_err(ImageError::Io)?;
                let ends_early = match &error {
                    DecodingError::IoError(error) => error.kind() == io::ErrorKind::UnexpectedEof,
                    _ => false,
                };
                if ends_early && self.outline.end_bytes.is_none() {
                    return Err(self.outline.cut().into());
                }
                Err(ImageProblem::Damaged(PngDamage::of(&error, chunk)).into())
            }
        }
    }

    fn drain(&mut self) -> io::Result<()> {
        loop {
            let count = self.inner.fill_buf()?.len();
            if count == 0 {
                return Ok(());
            }
            self.consume(count);
        }
    }
}

impl Read for PngStream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for PngStream<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Err(error) = self.inner.fill_buf() {
            let kind = error.kind();
            self.error = Some(error);
            return Err(kind.into());
        }
        Ok(self.inner.buffer())
    }

    fn consume(&mut self, count: usize) {
        let buffer = self.inner.buffer();
        self.outline.follow(&buffer[..count]);
        self.inner.consume(count);
    }
}

impl Seek for PngStream<'_> {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
