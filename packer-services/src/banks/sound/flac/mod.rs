//! FLAC files: their structure, and their frames as samples (spec: banks, "FLAC").
//!
//! [`read_flac_structure`] seeks from metadata block to metadata block and reads a bounded number of bytes of each, so
//! that a bank can be planned without decoding its sounds. [`decode_frames`] decodes, and checks the sound against
//! STREAMINFO, the file's first block. The decoder is our own (decision: our own FLAC decoder).

mod bits;
mod frames;

use std::io::{self, Read, Seek, SeekFrom};

use md5::{Digest, Md5};

use super::loops::{FileLoop, LoopDamage, SMPL_BYTES};
use super::markers::Markers;
use super::pcm16::FrameForm;
use super::unread::{UNREAD_BYTES, find_comment_loop, find_instrument_loop, find_unread_loop, may_state_loop};
use super::{BLOCK_FRAMES, Sound, SoundCoding};
use crate::banks::{Sink, Stop, check_cancelled};
use crate::context::Context;
use crate::diagnostics::Finding;
use crate::files::read_up_to;
use crate::limits::{MAX_RATE_HZ, SOURCE_FILE_BYTES};
use bits::FrameError;
use frames::{FrameReader, StreamFormat};

/// The first bytes of a FLAC.
pub const SIGNATURE: [u8; 4] = *b"fLaC";

/// The most metadata blocks that are read. Each costs a seek, and no real file has as many. Without a limit, a file of
/// the largest size, 512 MiB, could cost 134 million seeks.
pub(super) const MAX_BLOCKS: u32 = 4096;

/// How the frames of a FLAC lie in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlacStream {
    /// Of the first frame, from the start of the file.
    pub first_frame_offset: u64,
    /// The file's size in bytes.
    pub size_bytes: u64,
    /// MD5 of the samples, if the file has it.
    pub md5: Option<[u8; 16]>,
}

/// What is wrong with a FLAC, and at which byte, if it is at one.
#[derive(Debug)]
pub(super) struct FlacError {
    pub(super) problem: FlacProblem,
    pub(super) offset: Option<u64>,
}

/// What is wrong with a FLAC.
#[derive(Debug)]
pub(super) enum FlacProblem {
    /// The file ends before its sound.
    NoSound,
    /// The file ends in a metadata block.
    BlockCut { bytes: u64, needed: u64 },
    /// The file ends in its STREAMINFO block.
    StreamInfoCut,
    /// The file ends in its sound.
    SoundCut { decoded_frames: u64, frames: u64 },
    /// There are two STREAMINFO blocks.
    SecondStreamInfo,
    /// The STREAMINFO block does not have [`STREAMINFO_BYTES`].
    StreamInfoSize { bytes: u64 },
    /// The first block is not STREAMINFO.
    StreamInfoNotFirst,
    /// A metadata block should begin here.
    NotABlock,
    /// The file has more metadata blocks than [`MAX_BLOCKS`].
    TooManyBlocks,
    /// The number of channels.
    Channels(u16),
    /// The rate.
    Rate { hz: u32 },
    /// The bits of a sample.
    Depth { bits: u16 },
    /// The number of frames is unknown.
    UnknownLength,
    /// The decoded sound has so many bytes, more than a source file may have.
    TooLarge { bytes: u64 },
    /// A frame cannot be decoded, for this reason.
    DamagedFrame { decoded_frames: u64, reason: String },
    /// The sound has more frames than STREAMINFO states.
    TooLong { frames: u64 },
    /// The sound does not have the MD5 that STREAMINFO states.
    Md5,
    /// The file goes on after its sound; a warning.
    TrailingBytes(u64),
}

fn refuse(problem: FlacProblem, offset: u64) -> FlacError {
    FlacError { problem, offset: Some(offset) }
}

/// Reads the structure of a FLAC of `size_bytes`.
///
/// # Errors
/// Outer: the system refused to read. Inner: what is wrong with the file.
pub(super) fn read_flac_structure(
    file: &mut (impl Read + Seek),
    size_bytes: u64,
) -> io::Result<Result<Sound, FlacError>> {
    let mut offset = SIGNATURE.len() as u64;
    let mut info = None;
    let mut looping = FileLoop::None;
    let mut markers = Markers::default();
    for _ in 0..MAX_BLOCKS {
        let refused = |problem| Ok(Err(refuse(problem, offset)));
        let mut head = [0; 4];
        file.seek(SeekFrom::Start(offset))?;
        if read_up_to(file, &mut head)? < head.len() {
            return refused(FlacProblem::NoSound);
        }
        let [kind, high, middle, low] = head;
        let (is_last, kind) = (kind & 0x80 != 0, kind & 0x7F);
        let length = u64::from(u32::from_be_bytes([0, high, middle, low]));
        let room = size_bytes.saturating_sub(offset + 4);
        if length > room {
            return refused(FlacProblem::BlockCut { bytes: room, needed: length });
        }
        match kind {
            STREAMINFO if info.is_some() => return refused(FlacProblem::SecondStreamInfo),
            STREAMINFO if length == STREAMINFO_BYTES as u64 => {
                let mut bytes = [0; STREAMINFO_BYTES];
                if read_up_to(file, &mut bytes)? < bytes.len() {
                    return refused(FlacProblem::StreamInfoCut);
                }
                info = Some((StreamInfo::parse(&bytes), offset));
            }
            STREAMINFO => return refused(FlacProblem::StreamInfoSize { bytes: length }),
            _ if info.is_none() => return refused(FlacProblem::StreamInfoNotFirst),
            APPLICATION => looping = looping.and(read_application_block(file, length, &mut markers)?),
            COMMENTS => looping = looping.and(read_comments(file, length)?),
            INVALID => return refused(FlacProblem::NotABlock),
            _ => {}
        }
        offset += 4 + length;
        if let (true, Some((info, at))) = (is_last, info) {
            return Ok(info.into_sound(at, offset, size_bytes, looping.and_markers(&markers)));
        }
    }
    Ok(Err(refuse(FlacProblem::TooManyBlocks, offset)))
}

const STREAMINFO: u8 = 0;
const APPLICATION: u8 = 2;
const COMMENTS: u8 = 4;
const INVALID: u8 = 127;

pub(super) const STREAMINFO_BYTES: usize = 34;

/// The fields of STREAMINFO that are needed. Its sizes of blocks and frames are not, and so need not be trusted.
#[derive(Clone, Copy)]
struct StreamInfo {
    rate_hz: u32,
    channels: u16,
    depth_bits: u16,
    /// 0 for unknown.
    frames: u64,
    /// Zeros for unknown.
    md5: [u8; 16],
}

impl StreamInfo {
    fn parse(bytes: &[u8; STREAMINFO_BYTES]) -> Self {
        let fields = u64::from_be_bytes(bytes[10..18].try_into().unwrap_or_default());
        let of = |shift: u32, bits: u32| fields >> shift & ((1 << bits) - 1);
        let small = |value: u64| u16::try_from(value).unwrap_or(u16::MAX);
        Self {
            rate_hz: u32::try_from(of(44, 20)).unwrap_or(u32::MAX),
            channels: small(of(41, 3)) + 1,
            depth_bits: small(of(36, 5)) + 1,
            frames: of(0, 36),
            md5: bytes[18..].try_into().unwrap_or_default(),
        }
    }

    /// The structure of a file whose STREAMINFO is at `at`, and whose first frame is at `first_frame_offset`.
    fn into_sound(
        self,
        at: u64,
        first_frame_offset: u64,
        size_bytes: u64,
        looping: FileLoop,
    ) -> Result<Sound, FlacError> {
        let Self { rate_hz, channels, depth_bits, frames, md5 } = self;
        if channels > 2 {
            return Err(refuse(FlacProblem::Channels(channels), at));
        }
        if !(1..=MAX_RATE_HZ).contains(&rate_hz) {
            return Err(refuse(FlacProblem::Rate { hz: rate_hz }, at));
        }
        if depth_bits < 4 {
            return Err(refuse(FlacProblem::Depth { bits: depth_bits }, at));
        }
        if frames == 0 && first_frame_offset < size_bytes {
            return Err(refuse(FlacProblem::UnknownLength, at));
        }
        let bytes = frames * u64::from(channels) * u64::from(depth_bits.div_ceil(8));
        if bytes > SOURCE_FILE_BYTES {
            return Err(FlacError { problem: FlacProblem::TooLarge { bytes }, offset: None });
        }
        let md5 = Some(md5).filter(|md5| *md5 != [0; 16]);
        let coding = SoundCoding::Flac(FlacStream { first_frame_offset, size_bytes, md5 });
        Ok(Sound { channels, depth_bits, rate_hz, frames, looping, warnings: Vec::new(), coding })
    }
}

/// The loops of an APPLICATION block of `length` bytes, if it contains a chunk of the WAV or AIFF from which the FLAC
/// was made: `riff` or `aiff`, then the chunk. Those with markers are added to `markers`.
fn read_application_block(file: &mut impl Read, length: u64, markers: &mut Markers) -> io::Result<FileLoop> {
    let mut head = [0; 12];
    let wanted = usize::try_from(length.min(12)).unwrap_or(12);
    let count = read_up_to(file, &mut head[..wanted])?;
    if count < head.len() {
        return Ok(FileLoop::None);
    }
    let [a, b, c, d, id @ .., e, f, g, h] = head;
    let size = u64::from(u32::from_le_bytes([e, f, g, h]));
    Ok(match (&[a, b, c, d], &id) {
        (b"riff", b"smpl") if size > length - 12 => FileLoop::Damaged(LoopDamage::Cut),
        (b"riff", b"smpl") => FileLoop::read(&read_bytes(file, size.min(SMPL_BYTES))?, size),
        (b"riff", _) if may_state_loop(id) => {
            let body = read_bytes(file, size.min(length - 12).min(UNREAD_BYTES))?;
            markers.add_chunk(id, &body);
            find_unread_loop(id, &body).map_or(FileLoop::None, FileLoop::Unread)
        }
        (b"aiff", b"INST") => {
            let body = read_bytes(file, (length - 12).min(UNREAD_BYTES))?;
            find_instrument_loop(&body).map_or(FileLoop::None, FileLoop::Unread)
        }
        _ => FileLoop::None,
    })
}

/// The loops that a block of comments of `length` bytes states.
fn read_comments(file: &mut impl Read, length: u64) -> io::Result<FileLoop> {
    let body = read_bytes(file, length.min(UNREAD_BYTES))?;
    Ok(find_comment_loop(&body).map_or(FileLoop::None, FileLoop::Unread))
}

/// The next `count` bytes, or all if there are fewer.
fn read_bytes(file: &mut impl Read, count: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(count).unwrap_or(0)];
    let count = read_up_to(file, &mut bytes)?;
    bytes.truncate(count);
    Ok(bytes)
}

/// Decodes the sound of `reading`, which is at the file's first frame, into `sink`. Gives what was found; if that is an
/// error, the bytes in `sink` must not be used.
///
/// # Errors
/// Outer: the operation was cancelled. Inner: the system refused to read.
pub(super) fn decode_frames(
    context: &Context,
    reading: &mut dyn Read,
    sound: &Sound,
    stream: &FlacStream,
    form: FrameForm,
    sink: &mut dyn Sink,
) -> Result<io::Result<Option<Finding>>, Stop> {
    let found = |problem, offset: u64| Ok(Ok(Some(refuse(problem, offset).into())));
    let format = StreamFormat { channels: sound.channels, depth_bits: sound.depth_bits, rate_hz: sound.rate_hz };
    let mut reader = FrameReader::new(reading, stream.first_frame_offset, format);
    let mut md5 = stream.md5.map(|needed| (Md5::new(), needed));
    let mut bytes = Vec::new();
    let mut done = 0;
    while done < sound.frames {
        check_cancelled(context)?;
        let offset = reader.offset();
        let [left, right] = match reader.next_frame() {
            Ok(channels) => channels,
            Err(FrameError::Io(error)) => return Ok(Err(error)),
            Err(FrameError::Cut) => {
                return found(FlacProblem::SoundCut { decoded_frames: done, frames: sound.frames }, offset);
            }
            Err(FrameError::Damaged(reason)) => {
                return found(FlacProblem::DamagedFrame { decoded_frames: done, reason }, offset);
            }
        };
        done += left.len() as u64;
        if done > sound.frames {
            return found(FlacProblem::TooLong { frames: sound.frames }, offset);
        }
        if let Some((md5, _)) = &mut md5 {
            md5.update(md5_input(left, right, sound.depth_bits));
        }
        let frame = |at: usize| std::iter::once(left[at]).chain(right.get(at).copied());
        for at in 0..left.len() {
            form.push_frame(&mut bytes, frame(at), sound.depth_bits);
        }
        if bytes.len() >= 2 * BLOCK_FRAMES {
            sink.push_bytes(std::mem::take(&mut bytes))?;
        }
    }
    sink.push_bytes(bytes)?;
    let offset = reader.offset();
    match reader.has_next_frame() {
        Err(FrameError::Io(error)) => return Ok(Err(error)),
        Ok(true) => return found(FlacProblem::TooLong { frames: sound.frames }, offset),
        _ => {}
    }
    if md5.is_some_and(|(md5, needed)| md5.finalize().as_slice() != needed) {
        return Ok(Ok(Some(FlacError { problem: FlacProblem::Md5, offset: None }.into())));
    }
    if offset < stream.size_bytes {
        return found(FlacProblem::TrailingBytes(stream.size_bytes - offset), offset);
    }
    Ok(Ok(None))
}

/// The bytes of which STREAMINFO has the MD5: frame by frame, each channel's value in whole bytes, the low one first.
fn md5_input(left: &[i64], right: &[i64], depth_bits: u16) -> Vec<u8> {
    let width = usize::from(depth_bits.div_ceil(8));
    let mut bytes = Vec::with_capacity((left.len() + right.len()) * width);
    for (at, value) in left.iter().enumerate() {
        bytes.extend(&value.to_le_bytes()[..width]);
        bytes.extend(right.get(at).iter().flat_map(|value| value.to_le_bytes().into_iter().take(width)));
    }
    bytes
}
