//! PNG to pixels: what an image holds, before any palette is thought of.
//!
//! The `png` crate inflates and unfilters; here its raw samples become pixels, and the file's outline is watched, since
//! the crate accepts a file that lacks its last bytes (spec: banks, "PNG").

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use png::{BitDepth, ColorType, DecodeOptions, Decoder, DecodingError, Info, Transformations};

use crate::banks::sniff::{FileKind, PNG_SIGNATURE, sniff_file};
use crate::diagnostics::{Code, Finding, escaped, plural};
use crate::formats::{Rgb, Rgb565};
use crate::limits::{IMAGE_PIXELS, IMAGE_SIDE};

/// Most images fit; a larger buffer would cost more to clear than it saves.
const BUFFER_BYTES: usize = 8 << 10;

/// A large screen's worth of pixels.
const SMALL_PIXELS: u64 = 4 << 20;

/// Enough to tell what a file is.
const SNIFFED_BYTES: usize = 64;

/// A decoded image.
#[derive(Debug)]
pub struct Image {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The colors of its own palette, if it is indexed.
    pub own_palette: Option<Vec<Rgb>>,
    /// Row-major, `width × height`.
    pub pixels: Vec<ImagePixel>,
    /// Whether a tRNS chunk says what is transparent.
    pub has_trns: bool,
    /// Bytes after the PNG's end.
    pub trailing_bytes: u64,
}

impl Image {
    /// The warning about bytes after the PNG's end, if there are any.
    pub fn trailing_bytes_finding(&self) -> Option<Finding> {
        (self.trailing_bytes > 0).then(|| {
            Finding::new(
                Code::ImageTrailing,
                format!("{} after the PNG's end", plural(self.trailing_bytes, "byte")),
                "They are ignored. Export the image again to be rid of them.",
            )
        })
    }
}

/// A pixel of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImagePixel {
    /// Its color; of a 16-bit pixel, the high bytes.
    pub rgb: Rgb,
    /// Its index, if the image is indexed.
    pub index: u8,
    /// What else is to be known.
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

/// The size of an image, known before its pixels are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageHeader {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Whether it is indexed.
    pub indexed: bool,
    /// What it is, for people: `indexed PNG, 8 bit`.
    pub form: ImageForm,
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
            ColorType::Grayscale => "grey PNG",
            ColorType::GrayscaleAlpha => "grey PNG with alpha",
            ColorType::Rgb => "true color PNG",
            ColorType::Rgba => "true color PNG with alpha",
        };
        Self { kind, depth_bits: info.bit_depth as u8, is_interlaced: info.interlaced }
    }
}

impl ImageHeader {
    /// Whether its pixels cost little, even if they turn out to be of no use.
    pub fn is_small(self) -> bool {
        u64::from(self.width) * u64::from(self.height) <= SMALL_PIXELS
    }
}

/// Why an image could not be decoded.
#[derive(Debug)]
pub enum ImageError {
    /// A finding without a file.
    Finding(Box<Finding>),
    /// Reading failed.
    Io(io::Error),
}

impl From<Finding> for ImageError {
    fn from(finding: Finding) -> Self {
        Self::Finding(Box::new(finding))
    }
}

/// Decodes one PNG from `source`, reading it only forward. `accept` may refuse the size before pixels are allocated.
///
/// # Errors
/// A finding (no PNG, damaged, cut, too large, or what `accept` says), or an I/O error.
pub fn decode_png(
    source: &mut dyn Read,
    accept: impl FnOnce(ImageHeader) -> Result<(), Finding>,
) -> Result<Image, ImageError> {
    let mut start = Vec::with_capacity(SNIFFED_BYTES);
    (&mut *source).take(SNIFFED_BYTES as u64).read_to_end(&mut start).map_err(ImageError::Io)?;
    if !start.starts_with(&PNG_SIGNATURE) {
        return Err(not_png(&start).into());
    }
    let inner = BufReader::with_capacity(BUFFER_BYTES, io::Cursor::new(start).chain(source));
    let mut stream = PngStream { inner, outline: ChunkOutline::default(), error: None };
    let decoded = decode_pixels(&mut stream, accept);
    if let Some(error) = stream.error.take() {
        return Err(ImageError::Io(error));
    }
    let mut image = match decoded {
        Ok(image) => image,
        Err(DecodeFailure::Refused(finding)) => return Err(finding.into()),
        Err(DecodeFailure::Png(error)) => {
            let rest = stream.drain();
            rest.map_err(ImageError::Io)?;
            return Err(damaged(&error, &stream.outline).into());
        }
    };
    stream.drain().map_err(ImageError::Io)?;
    // The decoder passes over a tRNS chunk that it cannot use, and so would show what should be transparent.
    if stream.outline.trns_chunks != u32::from(image.has_trns) {
        return Err(Finding::new(
            Code::ImageDamaged,
            "the PNG is damaged: its transparency (tRNS) is there twice, in the wrong place, or malformed",
            "Export the image again.",
        )
        .into());
    }
    match stream.outline.end_bytes {
        Some(end) => image.trailing_bytes = stream.outline.seen_bytes - end,
        None => return Err(cut(&stream.outline).into()),
    }
    Ok(image)
}

enum DecodeFailure {
    Png(DecodingError),
    Refused(Finding),
}

impl From<DecodingError> for DecodeFailure {
    fn from(error: DecodingError) -> Self {
        Self::Png(error)
    }
}

fn decode_pixels(
    stream: &mut PngStream<'_>,
    accept: impl FnOnce(ImageHeader) -> Result<(), Finding>,
) -> Result<Image, DecodeFailure> {
    let mut options = DecodeOptions::default();
    options.set_ignore_text_chunk(true);
    options.set_ignore_iccp_chunk(true);
    // tRNS is such a chunk, and it changes what is seen.
    options.set_skip_ancillary_crc_failures(false);
    let mut decoder = Decoder::new_with_options(stream, options);
    decoder.set_transformations(Transformations::IDENTITY);
    let info = decoder.read_header_info()?;
    let indexed = info.color_type == ColorType::Indexed;
    let header = ImageHeader { width: info.width, height: info.height, indexed, form: ImageForm::of(info) };
    refuse_huge(header).map_err(DecodeFailure::Refused)?;
    accept(header).map_err(DecodeFailure::Refused)?;
    let mut reader = decoder.read_info()?;
    // Taken before the pixels: what comes after them in the file must not change them.
    let (palette, trns) = (reader.info().palette.clone().unwrap_or_default(), reader.info().trns.clone());
    let (color_type, depth) = (reader.info().color_type, reader.info().bit_depth);
    if header.indexed && palette.is_empty() {
        let message = "the PNG is damaged: it is indexed, but has no palette (PLTE)";
        return Err(DecodeFailure::Refused(Finding::new(Code::ImageDamaged, message, "Export the image again.")));
    }
    let size = reader.output_buffer_size().unwrap_or(usize::MAX);
    let mut raw = vec![0; size];
    let frame = reader.next_frame(&mut raw)?;
    reader.finish()?;
    let layout =
        SampleLayout { color_type, depth, width: header.width as usize, palette: &palette, trns: trns.as_deref() };
    let mut pixels = Vec::with_capacity(header.width as usize * header.height as usize);
    for line in raw.chunks(frame.line_size).take(header.height as usize) {
        layout.append(line, &mut pixels);
    }
    let own_palette =
        header.indexed.then(|| layout.palette.chunks_exact(3).map(|rgb| Rgb([rgb[0], rgb[1], rgb[2]])).collect());
    Ok(Image {
        width: header.width,
        height: header.height,
        own_palette,
        pixels,
        has_trns: trns.is_some(),
        trailing_bytes: 0,
    })
}

fn refuse_huge(header: ImageHeader) -> Result<(), Finding> {
    let pixels = u64::from(header.width) * u64::from(header.height);
    if header.width.max(header.height) <= IMAGE_SIDE && pixels <= IMAGE_PIXELS {
        return Ok(());
    }
    Err(Finding::new(
        Code::ImageTooLarge,
        format!(
            "the image has {} × {} pixels; the limit is {IMAGE_SIDE} a side and {IMAGE_PIXELS} in all",
            header.width, header.height
        ),
        "A bank's whole sheet has 256 × 256 pixels: cut the image into smaller ones.",
    ))
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
    /// Appends the pixels of a line.
    fn append(&self, line: &[u8], pixels: &mut Vec<ImagePixel>) {
        // What most images are, without a question a sample.
        if self.color_type == ColorType::Rgba && self.depth == BitDepth::Eight {
            pixels.extend(line.chunks_exact(4).map(|rgba| {
                let kind = match rgba[3] {
                    255 => PixelKind::Opaque,
                    0 => PixelKind::Clear,
                    alpha => PixelKind::Partial(alpha),
                };
                ImagePixel { rgb: Rgb([rgba[0], rgba[1], rgba[2]]), index: 0, kind }
            }));
        } else {
            pixels.extend((0..self.width).map(|x| self.pixel(line, x)));
        }
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

    fn pixel(&self, line: &[u8], x: usize) -> ImagePixel {
        let channels = self.color_type.samples();
        let sample = |channel: usize| self.sample(line, x * channels + channel);
        match self.color_type {
            ColorType::Indexed => self.indexed_pixel(sample(0)),
            ColorType::Grayscale => self.direct_pixel([sample(0); 3], None, 1),
            ColorType::GrayscaleAlpha => self.direct_pixel([sample(0); 3], Some(sample(1)), 1),
            ColorType::Rgb => self.direct_pixel([sample(0), sample(1), sample(2)], None, 3),
            ColorType::Rgba => self.direct_pixel([sample(0), sample(1), sample(2)], Some(sample(3)), 3),
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

    /// A pixel of true color or grey; `stored` channels of it are in the file's tRNS.
    fn direct_pixel(&self, channels: [u16; 3], alpha: Option<u16>, stored: usize) -> ImagePixel {
        let bits = self.depth as u16;
        let highest = u16::MAX >> (16 - bits);
        let keyed = self.trns.is_some_and(|trns| {
            // The crate keeps the low byte of each tRNS channel, but both bytes of a 16-bit image's.
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
            // A 16-bit alpha just below the top must not look opaque, nor one just above 0 clear.
            Some(alpha) if alpha < highest => PixelKind::Partial(eight(alpha).clamp(1, 254)),
            _ if deep => PixelKind::Deep,
            _ => PixelKind::Opaque,
        };
        ImagePixel { rgb: Rgb(channels.map(eight)), index: 0, kind }
    }
}

impl ImagePixel {
    /// The color as the console stores it.
    pub fn rgb565(&self) -> Rgb565 {
        self.rgb.to_565()
    }
}

/// Says what a file is that is no PNG.
fn not_png(start: &[u8]) -> Finding {
    let seen = sniff_file(start);
    let help = match seen.kind {
        FileKind::Sound => "A sound goes into a sound bank.",
        FileKind::Image => "Export it as PNG; renaming the file does not convert it.",
        FileKind::Other => seen.help.unwrap_or("Export it from your editor as PNG."),
    };
    Finding::new(Code::ImageNotPng, format!("this is not a PNG: {}", seen.what), help)
}

fn cut(outline: &ChunkOutline) -> Finding {
    Finding::new(
        Code::ImageCut,
        format!("the PNG ends too early, after {} bytes: its end chunk (IEND) is not whole", outline.seen_bytes),
        "Export the image again, or copy the whole file.",
    )
}

fn damaged(error: &DecodingError, outline: &ChunkOutline) -> Finding {
    if let DecodingError::IoError(io) = error
        && io.kind() == io::ErrorKind::UnexpectedEof
        && outline.end_bytes.is_none()
    {
        return cut(outline);
    }
    Finding::new(Code::ImageDamaged, format!("the PNG is damaged: {}", in_words(error)), "Export the image again.")
}

/// What the decoder says, in words for people.
fn in_words(error: &DecodingError) -> String {
    let said = error.to_string();
    let folded = said.to_lowercase();
    if folded.contains("crc") {
        "the checksum of a chunk is wrong, so bytes were changed after it was written".into()
    } else if ["deflate", "corrupt", "filter"].iter().any(|word| folded.contains(word)) {
        "its compressed pixels cannot be read".into()
    } else {
        format!("the decoder says \"{}\"", escaped(&said))
    }
}

/// Follows the chunks as bytes go by, and remembers where IEND ended.
#[derive(Default)]
struct ChunkOutline {
    seen_bytes: u64,
    end_bytes: Option<u64>,
    /// Chunks that say what is transparent.
    trns_chunks: u32,
    /// Bytes of the present chunk's head (length and type) seen so far.
    head: Vec<u8>,
    /// Bytes of the present chunk's body and CRC still to come.
    left: u64,
}

impl ChunkOutline {
    fn see(&mut self, mut bytes: &[u8]) {
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
                if let [a, b, c, d, _, _, _, _] = self.head[..] {
                    self.left = u64::from(u32::from_be_bytes([a, b, c, d])) + 4;
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

/// A forward-only stream that shows its bytes to the outline. The `png` crate asks for `Seek` but reads only forward;
/// should that ever change, it gets an error, not wrong bytes.
struct PngStream<'a> {
    inner: BufReader<io::Chain<io::Cursor<Vec<u8>>, &'a mut dyn Read>>,
    outline: ChunkOutline,
    error: Option<io::Error>,
}

impl PngStream<'_> {
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
        self.outline.see(&buffer[..count]);
        self.inner.consume(count);
    }
}

impl Seek for PngStream<'_> {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
