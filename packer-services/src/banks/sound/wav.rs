//! A RIFF reader for WAV files: their structure, not their sound (spec: banks, "WAV").
//!
//! It is our own because real files break the common crate: odd chunks, streamed sizes, wrong RIFF sizes. It seeks from
//! chunk to chunk and reads a bounded number of bytes of each, so that a bank can be planned without reading its
//! sounds.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::RangeInclusive;

use super::loops::{FileLoop, LoopDamage, SMPL_BYTES};
use super::markers::Markers;
use super::unread::{UNREAD_BYTES, find_unread_loop, may_state_loop};
use super::{Sound, SoundCoding};
use crate::files::read_up_to;
use crate::limits::MAX_RATE_HZ;

/// The most chunks that are read. Each costs a seek, and no real file has as many. Without a limit, a file of the
/// largest size, 512 MiB, could cost 67 million seeks.
pub(super) const MAX_CHUNKS: u32 = 4096;

/// The most oddities of one file that are reported: a file of a million broken chunks needs no million warnings.
const MAX_ODDITIES: usize = 8;

/// The sizes near 2³¹ and 2³² that a program writes for the size of the sound if it cannot go back to write the real
/// one: SoX and eSpeak NG 0x7FFFF000, GStreamer 0x7FFF0000, Oboe 0x7FFFFFFF, arecord 0x80000000, FFmpeg 0xFFFFFFFF, and
/// others the same less the file's head. A file that had so much sound could not be read: it would be too large.
const PLACEHOLDERS: [RangeInclusive<u32>; 2] = [0x7FFF_0000..=0x8000_0000, 0xFFFF_0000..=0xFFFF_FFFF];

/// A program whose library requires a number of frames in advance states a whole number of billions.
const ROUND_PLACEHOLDER: u32 = 1_000_000_000;

/// The sizes that SoX writes to a pipe: 0x7FFFF000, rounded down to whole frames of at most 8 bytes. It then adds the
/// padding byte of a chunk that its size does not cover.
const SOX_PLACEHOLDERS: RangeInclusive<u32> = 0x7FFF_EFF9..=0x7FFF_F000;

/// How much of a streamed file's end is searched for chunks after its sound: enough for tags without an image.
const TAIL_BYTES: u64 = 64 << 10;

/// The chunks that can follow a streamed sound.
const TAIL_CHUNKS: [&[u8; 4]; 11] =
    [b"LIST", b"cue ", b"smpl", b"inst", b"id3 ", b"ID3 ", b"bext", b"iXML", b"fact", b"JUNK", b"PAD "];

/// Whether `size`, of a data chunk or of a whole file, is none that a program knows.
fn is_placeholder(size: u32) -> bool {
    PLACEHOLDERS.iter().any(|sizes| sizes.contains(&size)) || (size > 0 && size.is_multiple_of(ROUND_PLACEHOLDER))
}

/// What is wrong with a WAV, and at which byte, if it is at one.
#[derive(Debug)]
pub(super) struct WavError {
    pub(super) problem: WavProblem,
    pub(super) offset: Option<u64>,
}

/// What is wrong with a WAV.
#[derive(Debug)]
pub(super) enum WavProblem {
    /// The file ends in its own head, after so many bytes.
    HeadCut { bytes: usize },
    /// The file ends in the head of a chunk.
    ChunkHeadCut,
    /// The file ends in its format chunk.
    FormatCut { bytes: u64, needed: u64 },
    /// The file ends in its data chunk.
    DataCut { bytes: u64, needed: u64 },
    /// The file has more chunks than [`MAX_CHUNKS`].
    TooManyChunks,
    /// A chunk should begin here.
    NotAChunk,
    /// There are two format chunks.
    SecondFormat,
    /// There are two data chunks.
    SecondData,
    /// The data chunk comes before the format chunk.
    DataBeforeFormat,
    /// There is no format chunk.
    NoFormat,
    /// There is no data chunk.
    NoData,
    /// The format chunk is too short.
    ShortFormat { bytes: usize },
    /// The extensible format chunk is too short.
    ShortExtensible { bytes: usize },
    /// The coding has no format tag.
    PrivateCoding,
    /// The coding is not integer PCM.
    Coding { tag: u16 },
    /// The number of channels.
    Channels(u16),
    /// The rate.
    Rate { hz: u32 },
    /// The bits of a sample.
    Depth { bits: u16 },
    /// The size of a frame contradicts its channels and bits.
    BlockAlign { bytes: u16, needed: u16, channels: u16, depth_bits: u16 },
    /// The data ends inside a frame.
    PartialFrame { data_bytes: u64, frame_bytes: u64 },
}

/// What is not as it should be in a WAV, but does not affect its sound.
#[derive(Debug)]
pub(super) enum WavOddity {
    /// The size of the data chunk is not that of the sound, which was read to the end of the file.
    Streamed(StreamedData),
    /// Bytes after the last chunk.
    TrailingBytes(u64),
    /// The file ends in a chunk that is not needed.
    CutChunk { id: [u8; 4], bytes: u64, needed: u64 },
    /// The byte rate contradicts rate and frame size.
    ByteRate { bytes: u32, needed: u64 },
}

/// How the end of a sound was found whose size the file does not state.
#[derive(Clone, Copy, Debug)]
pub(super) struct StreamedData {
    /// The size that the file states.
    pub(super) size: u32,
    /// Whether that is the size of the whole file.
    pub(super) is_file_size: bool,
    /// The chunk that the sound ends at; `None` if it ends with the file.
    pub(super) next_chunk: Option<[u8; 4]>,
    /// The bytes after its last whole frame, which are not part of it.
    pub(super) left_bytes: u64,
}

impl StreamedData {
    fn of_size(size: u32, is_file_size: bool) -> Self {
        Self { size, is_file_size, next_chunk: None, left_bytes: 0 }
    }
}

/// Whether these bytes are one or more of [`TAIL_CHUNKS`], and nothing else.
fn are_tail_chunks(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some((&[a, b, c, d, ref size @ ..], body)) = rest.split_first_chunk::<8>() {
        let size = u32::from_le_bytes([size[0], size[1], size[2], size[3]]) as usize;
        if !TAIL_CHUNKS.contains(&&[a, b, c, d]) || size > body.len() {
            return false;
        }
        rest = body.get(size + size % 2..).unwrap_or_default();
    }
    rest.is_empty() && !bytes.is_empty()
}

fn refuse(problem: WavProblem, offset: u64) -> WavError {
    WavError { problem, offset: Some(offset) }
}

/// Reads the structure of a WAV of `size_bytes`, whose first bytes are those of a WAV.
///
/// # Errors
/// Outer: the system refused to read. Inner: what is wrong with the file.
pub(super) fn read_wav_structure(
    file: &mut (impl Read + Seek),
    size_bytes: u64,
) -> io::Result<Result<Sound, WavError>> {
    let mut head = [0; 12];
    file.seek(SeekFrom::Start(0))?;
    let bytes = read_up_to(file, &mut head)?;
    if bytes < head.len() {
        return Ok(Err(refuse(WavProblem::HeadCut { bytes }, 0)));
    }
    let mut walker = WavWalker {
        riff_size: u32_at(&head, 4),
        size_bytes,
        format: None,
        data: None,
        looping: FileLoop::None,
        streamed: None,
        unread_bytes: 0,
        markers: Markers::default(),
        oddities: Vec::new(),
    };
    let mut offset = 12;
    let mut chunks = 0;
    while offset < size_bytes {
        chunks += 1;
        if chunks > MAX_CHUNKS {
            return Ok(Err(refuse(WavProblem::TooManyChunks, offset)));
        }
        match walker.read_chunk(file, offset)? {
            Ok(next) => offset = next,
            Err(refused) => return Ok(Err(refused)),
        }
    }
    Ok(walker.finish())
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[derive(Clone, Copy)]
struct WavFormat {
    channels: u16,
    depth_bits: u16,
    rate_hz: u32,
    byte_rate: u32,
    offset: u64,
}

impl WavFormat {
    fn frame_bytes(self) -> u64 {
        u64::from(self.channels) * u64::from(self.depth_bits / 8)
    }
}

struct WavWalker {
    riff_size: u32,
    size_bytes: u64,
    format: Option<WavFormat>,
    /// Where the sound begins, and its bytes.
    data: Option<(u64, u64)>,
    looping: FileLoop,
    streamed: Option<StreamedData>,
    /// Read so far of chunks that may contain a loop in a form that is not read.
    unread_bytes: u64,
    markers: Markers,
    oddities: Vec<(WavOddity, u64)>,
}

impl WavWalker {
    /// Reads the chunk at `offset`; gives the offset of the next one, which is always greater.
    fn read_chunk(&mut self, file: &mut (impl Read + Seek), offset: u64) -> io::Result<Result<u64, WavError>> {
        let left = self.size_bytes - offset;
        if left < 8 {
            self.add_oddity(WavOddity::TrailingBytes(left), offset);
            return Ok(Ok(self.size_bytes));
        }
        let mut head = [0; 8];
        file.seek(SeekFrom::Start(offset))?;
        if read_up_to(file, &mut head)? < head.len() {
            // The file has become shorter since it was opened, which its stamp will show.
            return Ok(Err(refuse(WavProblem::ChunkHeadCut, offset)));
        }
        let id = [head[0], head[1], head[2], head[3]];
        if !id.iter().all(|byte| matches!(byte, b' '..=b'~')) {
            if self.data.is_none() {
                return Ok(Err(refuse(WavProblem::NotAChunk, offset)));
            }
            self.add_oddity(WavOddity::TrailingBytes(left), offset);
            return Ok(Ok(self.size_bytes));
        }
        let (body, declared) = (offset + 8, u32_at(&head, 4));
        let (room, size) = (self.size_bytes - body, u64::from(declared));
        let is_cut = size > room;
        match &id {
            b"fmt " => {
                if is_cut {
                    return Ok(Err(refuse(WavProblem::FormatCut { bytes: room, needed: size }, offset)));
                }
                if let Err(refused) = self.read_format(file, offset, size)? {
                    return Ok(Err(refused));
                }
            }
            b"data" => match self.read_data(file, offset, declared, room)? {
                Ok(Some(end)) => return Ok(Ok(end)),
                Ok(None) => {}
                Err(refused) => return Ok(Err(refused)),
            },
            b"smpl" => self.read_loops(file, size, is_cut)?,
            _ if is_cut => self.add_oddity(WavOddity::CutChunk { id, bytes: room, needed: size }, offset),
            _ => self.read_unread_loop(file, id, size)?,
        }
        // Many programs leave out the padding byte of the last chunk, where nothing needs it.
        let end = body + size.min(room);
        Ok(Ok(end + u64::from(!size.is_multiple_of(2))))
    }

    fn add_oddity(&mut self, oddity: WavOddity, offset: u64) {
        if self.oddities.len() < MAX_ODDITIES {
            self.oddities.push((oddity, offset));
        }
    }

    fn read_format(&mut self, file: &mut impl Read, offset: u64, size: u64) -> io::Result<Result<(), WavError>> {
        if self.format.is_some() {
            return Ok(Err(refuse(WavProblem::SecondFormat, offset)));
        }
        let mut bytes = [0; 40];
        let wanted = usize::try_from(size.min(40)).unwrap_or(40);
        let count = read_up_to(file, &mut bytes[..wanted])?;
        if count < 16 {
            return Ok(Err(refuse(WavProblem::ShortFormat { bytes: count }, offset)));
        }
        let format = parse_format(&bytes[..count], offset).map_err(|problem| refuse(problem, offset));
        Ok(format.map(|format| self.format = Some(format)))
    }

    /// Notes where the sound is; gives where it ends if its size is unknown.
    fn read_data(
        &mut self,
        file: &mut (impl Read + Seek),
        offset: u64,
        declared: u32,
        room: u64,
    ) -> io::Result<Result<Option<u64>, WavError>> {
        let Some(format) = self.format else { return Ok(Err(refuse(WavProblem::DataBeforeFormat, offset))) };
        if self.data.is_some() {
            return Ok(Err(refuse(WavProblem::SecondData, offset)));
        }
        let (body, size) = (offset + 8, u64::from(declared));
        // Some programs state the size of the whole file. No copy is cut by exactly the bytes of the head.
        let is_file_size = size > room && [self.size_bytes, self.size_bytes - 8].contains(&size);
        if is_placeholder(declared) || is_file_size || (declared == 0 && self.is_unfinished(file, body)?) {
            let end = self.read_streamed_data(file, format, body, StreamedData::of_size(declared, is_file_size))?;
            return Ok(Ok(Some(end)));
        }
        if size > room {
            return Ok(Err(refuse(WavProblem::DataCut { bytes: room, needed: size }, offset)));
        }
        self.data = Some((body, size));
        Ok(Ok(None))
    }

    /// Whether the sound at `body`, whose size is 0, is one that a program did not finish: the size of the file is not
    /// known either, or it ends where the sound begins, and something other than a chunk follows.
    fn is_unfinished(&self, file: &mut (impl Read + Seek), body: u64) -> io::Result<bool> {
        if self.riff_size == 0 || is_placeholder(self.riff_size) {
            return Ok(true);
        }
        if u64::from(self.riff_size) > body || body == self.size_bytes {
            return Ok(false);
        }
        let mut head = [0; 8];
        let count = read_up_to(file, &mut head)?;
        let is_chunk = head[..4].iter().all(|byte| matches!(byte, b' '..=b'~'));
        let fits = u64::from(u32_at(&head, 4)) <= self.size_bytes.saturating_sub(body + 8);
        Ok(!(count == head.len() && is_chunk && fits))
    }

    /// Notes a sound at `body` whose size is not stated; gives where it ends.
    fn read_streamed_data(
        &mut self,
        file: &mut (impl Read + Seek),
        format: WavFormat,
        body: u64,
        mut data: StreamedData,
    ) -> io::Result<u64> {
        let start = self.size_bytes.saturating_sub(TAIL_BYTES).max(body);
        let mut tail = vec![0; usize::try_from(self.size_bytes - start).unwrap_or(0)];
        file.seek(SeekFrom::Start(start))?;
        let count = read_up_to(file, &mut tail)?;
        tail.truncate(count);
        let chunks = (0..tail.len()).find(|at| are_tail_chunks(&tail[*at..]));
        if let Some(at) = chunks {
            data.next_chunk = tail[at..].first_chunk().copied();
            tail.truncate(at);
        }
        let end = start + tail.len() as u64;
        let bytes = end - body;
        let is_padded = SOX_PLACEHOLDERS.contains(&data.size) && bytes.is_multiple_of(2) && tail.last() == Some(&0);
        data.left_bytes = match format.frame_bytes() {
            1 => u64::from(is_padded),
            frame_bytes => bytes % frame_bytes,
        };
        self.data = Some((body, bytes - data.left_bytes));
        self.streamed = Some(data);
        Ok(end)
    }

    /// Notes a loop that the chunk whose body is next in `file` states in a form that is not read.
    fn read_unread_loop(&mut self, file: &mut impl Read, id: [u8; 4], size: u64) -> io::Result<()> {
        let wanted = size.min(UNREAD_BYTES.saturating_sub(self.unread_bytes));
        if !may_state_loop(id) || wanted == 0 {
            return Ok(());
        }
        self.unread_bytes += wanted;
        let mut bytes = vec![0; usize::try_from(wanted).unwrap_or(0)];
        let count = read_up_to(file, &mut bytes)?;
        self.markers.add_chunk(id, &bytes[..count]);
        self.add_loop(find_unread_loop(id, &bytes[..count]).map_or(FileLoop::None, FileLoop::Unread));
        Ok(())
    }

    fn add_loop(&mut self, found: FileLoop) {
        self.looping = std::mem::replace(&mut self.looping, FileLoop::None).and(found);
    }

    fn read_loops(&mut self, file: &mut impl Read, size: u64, is_cut: bool) -> io::Result<()> {
        let mut bytes = vec![0; usize::try_from(size.min(SMPL_BYTES)).unwrap_or(0)];
        let count = read_up_to(file, &mut bytes)?;
        bytes.truncate(count);
        let found = if is_cut { FileLoop::Damaged(LoopDamage::Cut) } else { FileLoop::read(&bytes, size) };
        self.add_loop(found);
        Ok(())
    }

    fn finish(mut self) -> Result<Sound, WavError> {
        let missing = |problem| WavError { problem, offset: None };
        let format = self.format.ok_or_else(|| missing(WavProblem::NoFormat))?;
        let (data_offset, data_bytes) = self.data.ok_or_else(|| missing(WavProblem::NoData))?;
        let frame_bytes = format.frame_bytes();
        if !data_bytes.is_multiple_of(frame_bytes) {
            return Err(refuse(
                WavProblem::PartialFrame { data_bytes, frame_bytes },
                data_offset + data_bytes - data_bytes % frame_bytes,
            ));
        }
        let byte_rate = u64::from(format.rate_hz) * frame_bytes;
        if u64::from(format.byte_rate) != byte_rate {
            self.add_oddity(WavOddity::ByteRate { bytes: format.byte_rate, needed: byte_rate }, format.offset);
        }
        let streamed = self.streamed.map(|data| WavOddity::Streamed(data).finding(None));
        let oddities = self.oddities.into_iter().map(|(oddity, offset)| oddity.finding(Some(offset)));
        Ok(Sound {
            channels: format.channels,
            depth_bits: format.depth_bits,
            rate_hz: format.rate_hz,
            frames: data_bytes / frame_bytes,
            warnings: streamed.into_iter().chain(oddities).collect(),
            looping: self.looping.and_markers(&self.markers),
            coding: SoundCoding::Pcm { data_offset },
        })
    }
}

/// The end of an extensible format's GUID: the same for all codings that also have a format tag.
const GUID_TAIL: [u8; 14] = [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];

/// Reads the body of a format chunk, which is at `offset`.
fn parse_format(bytes: &[u8], offset: u64) -> Result<WavFormat, WavProblem> {
    let mut tag = u16_at(bytes, 0);
    if tag == 0xFFFE {
        if bytes.len() < 40 {
            return Err(WavProblem::ShortExtensible { bytes: bytes.len() });
        }
        if bytes[26..40] != GUID_TAIL {
            return Err(WavProblem::PrivateCoding);
        }
        tag = u16_at(bytes, 24);
    }
    if tag != 1 {
        return Err(WavProblem::Coding { tag });
    }
    let (channels, rate_hz, byte_rate) = (u16_at(bytes, 2), u32_at(bytes, 4), u32_at(bytes, 8));
    let (block_align, depth_bits) = (u16_at(bytes, 12), u16_at(bytes, 14));
    if !(1..=2).contains(&channels) {
        return Err(WavProblem::Channels(channels));
    }
    if !(1..=MAX_RATE_HZ).contains(&rate_hz) {
        return Err(WavProblem::Rate { hz: rate_hz });
    }
    if !matches!(depth_bits, 8 | 16 | 24 | 32) {
        return Err(WavProblem::Depth { bits: depth_bits });
    }
    let needed = channels * (depth_bits / 8);
    if block_align != needed {
        return Err(WavProblem::BlockAlign { bytes: block_align, needed, channels, depth_bits });
    }
    Ok(WavFormat { channels, depth_bits, rate_hz, byte_rate, offset })
}
