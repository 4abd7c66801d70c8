//! PNG to rows of samples.
//!
//! The `png` crate inflates and unfilters. This file also follows the file's chunks, because the crate accepts a file
//! that lacks its last bytes (spec: banks, "PNG"). No image is ever in memory as a whole, except an interlaced one,
//! whose rows are complete only at its end.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use png::{ColorType, DecodeOptions, Decoder, DecodingError, Info, Transformations};

use super::samples::{PixelRow, SampleLayout};
use super::{Image, ImageError, ImageForm, ImageHeader, ImageProblem, RowSink};
use crate::formats::Rgb;
use crate::limits::{IMAGE_PIXELS, IMAGE_SIDE, INTERLACED_PIXELS};

/// Most images of a bank are smaller. A larger buffer would cost each of them more to clear than it saves in reads.
const BUFFER_BYTES: usize = 8 << 10;

/// How a PNG is damaged.
#[derive(Debug)]
pub enum PngDamage {
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

/// See [`decode_image`](super::decode_image); `start` are the first bytes of the file.
pub(super) fn decode(
    start: Vec<u8>,
    source: &mut dyn Read,
    sink: &mut dyn RowSink,
) -> Result<Option<Image>, ImageError> {
    let mut stream = PngStream::new(start, source);
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

/// See [`read_image_header`](super::read_image_header); `start` are the first bytes of the file.
pub(super) fn read_header(start: Vec<u8>, source: &mut dyn Read) -> Result<ImageHeader, ImageError> {
    let mut stream = PngStream::new(start, source);
    let header = read_checked_header(&mut decoder(&mut stream));
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

fn read_checked_header(decoder: &mut Decoder<&mut PngStream<'_>>) -> Result<ImageHeader, DecodeFailure> {
    let info = decoder.read_header_info()?;
    let (width, height) = (info.width, info.height);
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > IMAGE_SIDE || pixels > IMAGE_PIXELS {
        return Err(ImageProblem::TooLarge { width, height }.into());
    }
    if info.interlaced && pixels > INTERLACED_PIXELS {
        return Err(ImageProblem::TooLargeInterlaced { width, height }.into());
    }
    let row_bytes = (u64::from(width) * info.bits_per_pixel() as u64).div_ceil(8);
    Ok(ImageHeader {
        width,
        height,
        frames: 1,
        indexed: info.color_type == ColorType::Indexed,
        form: form_of(info),
        row_bytes,
        decoding_bytes: if info.interlaced { row_bytes * u64::from(height) } else { row_bytes },
        grid: None,
    })
}

fn form_of(info: &Info<'_>) -> ImageForm {
    let kind = match info.color_type {
        ColorType::Indexed => "indexed PNG",
        ColorType::Grayscale => "grayscale PNG",
        ColorType::GrayscaleAlpha => "grayscale PNG with alpha",
        ColorType::Rgb => "true color PNG",
        ColorType::Rgba => "true color PNG with alpha",
    };
    ImageForm::Png { kind, depth_bits: info.bit_depth as u8, is_interlaced: info.interlaced }
}

fn decode_rows(stream: &mut PngStream<'_>, sink: &mut dyn RowSink) -> Result<Option<Image>, DecodeFailure> {
    let mut decoder = decoder(stream);
    let header = read_checked_header(&mut decoder)?;
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
    let mut push_row = |y, samples: &[u8]| sink.push_row(y, PixelRow::new(&layout, samples));
    if reader.info().interlaced {
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
    Ok(Some(Image {
        own_palette,
        has_trns: trns.is_some(),
        other_frames,
        trailing_bytes: 0,
        height: header.height,
        frames: Vec::new(),
        timeline: None,
    }))
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
    fn new(start: Vec<u8>, source: &'a mut dyn Read) -> Self {
        let inner = BufReader::with_capacity(BUFFER_BYTES, io::Cursor::new(start).chain(source));
        Self { inner, outline: ChunkOutline::default(), error: None }
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
