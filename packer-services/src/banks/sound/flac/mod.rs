//! FLAC files: structure in, and frames to samples (spec: banks, "FLAC").
//!
//! [`read_flac_structure`] seeks from metadata block to metadata block and takes a bounded number of bytes of any, so that a bank can be
//! planned without decoding it. `decode_frames` decodes, and checks the sound against what the file's head says of it. The
//! decoder is our own (decision: our own FLAC decoder).

mod bits;
mod frames;

use std::io::{self, Read, Seek, SeekFrom};

use md5::{Digest, Md5};

use super::loops::{FileLoop, SMPL_BYTES};
use super::pcm16::pcm16;
use super::{BLOCK_FRAMES, Refused, Sound, SoundCoding};
use crate::banks::{Sink, Stop, check_cancelled};
use crate::context::Context;
use crate::diagnostics::{Code, Finding, Place, format_bytes, plural};
use crate::files::read_up_to;
use crate::limits::{MAX_RATE_HZ, SOURCE_FILE_BYTES};
use bits::FrameError;
use frames::{FrameReader, StreamFormat};

/// The first bytes of a FLAC.
pub const SIGNATURE: [u8; 4] = *b"fLaC";

/// Metadata blocks that are looked at: no real file has as many, and each costs a seek.
const MAX_BLOCKS: u32 = 4096;

/// How the frames of a FLAC lie in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlacStream {
    /// Of the first frame, from the start of the file.
    pub first_frame_offset: u64,
    /// The file's size in bytes.
    pub size_bytes: u64,
    /// MD5 of the samples, if the file says it.
    pub md5: Option<[u8; 16]>,
}

const RESAVE: &str =
    "Copy the file again. If that does not help, open it in a sound editor and export it again as FLAC or WAV.";

fn refuse(code: Code, message: impl Into<String>, offset: u64) -> Refused {
    Box::new(Finding::new(code, message, RESAVE).at(Place::Byte { offset }))
}

/// Walks a FLAC of `size_bytes`.
///
/// # Errors
/// Outer: the system refused to read. Inner: what is wrong with the file.
pub fn read_flac_structure(file: &mut (impl Read + Seek), size_bytes: u64) -> io::Result<Result<Sound, Refused>> {
    let mut offset = SIGNATURE.len() as u64;
    let mut info = None;
    let mut looping = FileLoop::None;
    for _ in 0..MAX_BLOCKS {
        let mut head = [0; 4];
        file.seek(SeekFrom::Start(offset))?;
        if read_up_to(file, &mut head)? < head.len() {
            return Ok(Err(refuse(Code::FlacCut, "the file ends before its sound begins", offset)));
        }
        let [kind, high, middle, low] = head;
        let (is_last, kind) = (kind & 0x80 != 0, kind & 0x7F);
        let length = u64::from(u32::from_be_bytes([0, high, middle, low]));
        let room = size_bytes.saturating_sub(offset + 4);
        if length > room {
            let message = format!("a metadata block has {room} of its {length} bytes");
            return Ok(Err(refuse(Code::FlacCut, message, offset)));
        }
        match kind {
            STREAMINFO if info.is_some() => {
                return Ok(Err(refuse(Code::FlacDamaged, "there is a second STREAMINFO block", offset)));
            }
            STREAMINFO if length == STREAMINFO_BYTES as u64 => {
                let mut bytes = [0; STREAMINFO_BYTES];
                if read_up_to(file, &mut bytes)? < bytes.len() {
                    return Ok(Err(refuse(Code::FlacCut, "the file ends in its STREAMINFO block", offset)));
                }
                info = Some((StreamInfo::read(&bytes), offset));
            }
            STREAMINFO => {
                let message = format!("the STREAMINFO block has {length} bytes; {STREAMINFO_BYTES} are needed");
                return Ok(Err(refuse(Code::FlacDamaged, message, offset)));
            }
            _ if info.is_none() => {
                let message = "the first metadata block is not STREAMINFO, which says what the sound is";
                return Ok(Err(refuse(Code::FlacDamaged, message, offset)));
            }
            APPLICATION => looping = looping.and(read_application(file, length)?),
            INVALID => {
                return Ok(Err(refuse(
                    Code::FlacDamaged,
                    "here a metadata block should begin, but this is none",
                    offset,
                )));
            }
            _ => {}
        }
        offset += 4 + length;
        if let (true, Some((info, at))) = (is_last, info) {
            return Ok(info.judge(at, offset, size_bytes, looping));
        }
    }
    Ok(Err(refuse(Code::FlacDamaged, format!("the file has more than {MAX_BLOCKS} metadata blocks"), offset)))
}

const STREAMINFO: u8 = 0;
const APPLICATION: u8 = 2;
const INVALID: u8 = 127;

const STREAMINFO_BYTES: usize = 34;

/// What STREAMINFO says. Its sizes of blocks and frames are not needed, and so not trusted.
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
    fn read(bytes: &[u8; STREAMINFO_BYTES]) -> Self {
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
    fn judge(self, at: u64, first_frame_offset: u64, size_bytes: u64, looping: FileLoop) -> Result<Sound, Refused> {
        let Self { rate_hz, channels, depth_bits, frames, md5 } = self;
        if channels > 2 {
            let message = format!("the sound has {channels} channels; 1 or 2 are needed");
            let help = "Mix it down to mono in a sound editor, then export it as FLAC or WAV.";
            return Err(Box::new(Finding::new(Code::FlacFormat, message, help).at(Place::Byte { offset: at })));
        }
        let wrong = |message: String| Err(refuse(Code::FlacFormat, message, at));
        if !(1..=MAX_RATE_HZ).contains(&rate_hz) {
            return wrong(format!("the rate is {rate_hz} Hz; 1 to {MAX_RATE_HZ} are possible"));
        }
        if depth_bits < 4 {
            return wrong(format!("a sample has {depth_bits} bits; 4 to 32 are needed"));
        }
        if frames == 0 && first_frame_offset < size_bytes {
            let message = "the file does not say how long its sound is, as an encoder leaves it that writes to a pipe";
            let help = "Unpack it with `flac -d FILE` and use the WAV that this makes; or open it in a sound editor and export it again.";
            return Err(Box::new(Finding::new(Code::FlacUnknownLength, message, help).at(Place::Byte { offset: at })));
        }
        let unpacked = frames * u64::from(channels) * u64::from(depth_bits.div_ceil(8));
        if unpacked > SOURCE_FILE_BYTES {
            let message = format!(
                "unpacked the sound has {}; the limit is {}",
                format_bytes(unpacked),
                format_bytes(SOURCE_FILE_BYTES)
            );
            let help = "Use a smaller file: shorten a sound, or lower its rate.";
            return Err(Box::new(Finding::new(Code::FileTooLarge, message, help)));
        }
        let md5 = Some(md5).filter(|md5| *md5 != [0; 16]);
        let coding = SoundCoding::Flac(FlacStream { first_frame_offset, size_bytes, md5 });
        Ok(Sound { channels, depth_bits, rate_hz, frames, looping, warnings: Vec::new(), coding })
    }
}

/// The loops of an APPLICATION block of `length` bytes, if it keeps a WAV's loop chunk: `riff`, then the chunk.
fn read_application(file: &mut impl Read, length: u64) -> io::Result<FileLoop> {
    let mut head = [0; 12];
    let wanted = usize::try_from(length.min(12)).unwrap_or(12);
    let count = read_up_to(file, &mut head[..wanted])?;
    if count < head.len() || &head[..8] != b"riffsmpl" {
        return Ok(FileLoop::None);
    }
    let size = u64::from(u32::from_le_bytes([head[8], head[9], head[10], head[11]]));
    if size > length - 12 {
        return Ok(FileLoop::Damaged("it is cut short".into()));
    }
    let mut bytes = vec![0; usize::try_from(size.min(SMPL_BYTES)).unwrap_or(0)];
    let count = read_up_to(file, &mut bytes)?;
    Ok(FileLoop::read(&bytes[..count], size))
}

/// Decodes the sound of `reading`, which is at the file's first frame, into `sink`. Gives what was found; with an error
/// among it, what went to `sink` is not to be used.
///
/// # Errors
/// Outer: nobody wants more. Inner: the system refused to read.
pub(super) fn decode_frames(
    context: &Context,
    reading: &mut dyn Read,
    sound: &Sound,
    stream: &FlacStream,
    sink: &mut dyn Sink,
) -> Result<io::Result<Option<Finding>>, Stop> {
    let form = StreamFormat { channels: sound.channels, depth_bits: sound.depth_bits, rate_hz: sound.rate_hz };
    let mut frames = FrameReader::new(reading, stream.first_frame_offset, form);
    let mut md5 = stream.md5.map(|needed| (Md5::new(), needed));
    let mut bytes = Vec::new();
    let mut done = 0;
    while done < sound.frames {
        check_cancelled(context)?;
        let offset = frames.offset();
        let [left, right] = match frames.next() {
            Ok(channels) => channels,
            Err(FrameError::Io(error)) => return Ok(Err(error)),
            Err(FrameError::Cut) => {
                let message = format!("the file ends after {done} of its {}", plural(sound.frames, "frame"));
                return Ok(Ok(Some(*refuse(Code::FlacCut, message, offset))));
            }
            Err(FrameError::Damaged(what)) => {
                let message = format!("the sound is damaged after frame {done}: {what}");
                return Ok(Ok(Some(*refuse(Code::FlacDamaged, message, offset))));
            }
        };
        done += left.len() as u64;
        if done > sound.frames {
            return Ok(Ok(Some(too_long(sound.frames, offset))));
        }
        if let Some((md5, _)) = &mut md5 {
            md5.update(plain(left, right, sound.depth_bits));
        }
        let frame = |at: usize| std::iter::once(left[at]).chain(right.get(at).copied());
        bytes.extend((0..left.len()).flat_map(|at| pcm16(frame(at), sound.depth_bits).to_le_bytes()));
        if bytes.len() >= 2 * BLOCK_FRAMES {
            sink.push_bytes(std::mem::take(&mut bytes))?;
        }
    }
    sink.push_bytes(bytes)?;
    let offset = frames.offset();
    match frames.goes_on() {
        Err(FrameError::Io(error)) => return Ok(Err(error)),
        Ok(true) => return Ok(Ok(Some(too_long(sound.frames, offset)))),
        _ => {}
    }
    if md5.is_some_and(|(md5, needed)| md5.finalize().as_slice() != needed) {
        let message = "the sound is not the one that was encoded: its MD5 is not what the file says";
        return Ok(Ok(Some(Finding::new(Code::FlacDamaged, message, RESAVE))));
    }
    Ok(Ok((offset < stream.size_bytes).then(|| {
        let message = format!("{} after the sound", plural(stream.size_bytes - offset, "byte"));
        let help = "They are ignored. Open and save the file once in a sound editor.";
        Finding::new(Code::FlacUntidy, message, help).at(Place::Byte { offset })
    })))
}

fn too_long(frames: u64, offset: u64) -> Finding {
    let message = format!("the file's head says {}, but the sound goes on", plural(frames, "frame"));
    *refuse(Code::FlacLength, message, offset)
}

/// The bytes that the MD5 is of: whole bytes, the low one first, channel by channel.
fn plain(left: &[i64], right: &[i64], depth_bits: u16) -> Vec<u8> {
    let width = usize::from(depth_bits.div_ceil(8));
    let mut bytes = Vec::with_capacity((left.len() + right.len()) * width);
    for (at, value) in left.iter().enumerate() {
        bytes.extend(&value.to_le_bytes()[..width]);
        bytes.extend(right.get(at).iter().flat_map(|value| value.to_le_bytes().into_iter().take(width)));
    }
    bytes
}
