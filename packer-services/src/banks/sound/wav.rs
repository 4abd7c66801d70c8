//! A RIFF walker for WAV files: structure in, no sound (spec: banks, "WAV").
//!
//! Our own, because real files break the common crate: odd chunks, streamed sizes, wrong RIFF sizes. It seeks from chunk
//! to chunk, so that a bank can be planned without reading it, and takes a bounded number of bytes of any chunk.

use std::io::{self, Read, Seek, SeekFrom};

use super::loops::{FileLoop, SMPL_BYTES};
use super::{Refused, Sound, SoundCoding};
use crate::diagnostics::{Code, Finding, Place, escaped};
use crate::files::read_up_to;
use crate::limits::MAX_RATE_HZ;

/// Chunks that are looked at: no real file has as many, and each costs a seek.
const MAX_CHUNKS: u32 = 4096;

/// Walks a WAV of `size_bytes`; its first bytes were found to be those of a WAV.
///
/// # Errors
/// Outer: the system refused to read. Inner: what is wrong with the file.
pub fn read_wav_structure(file: &mut (impl Read + Seek), size_bytes: u64) -> io::Result<Result<Sound, Refused>> {
    let mut head = [0; 12];
    file.seek(SeekFrom::Start(0))?;
    let count = read_up_to(file, &mut head)?;
    if count < head.len() {
        return Ok(Err(refuse(Code::WavCut, format!("the file has only {count} bytes"), 0)));
    }
    let mut walker = WavWalker {
        riff_size: u32::from_le_bytes([head[4], head[5], head[6], head[7]]),
        size_bytes,
        format: None,
        data: None,
        looping: FileLoop::None,
        streamed: None,
        untidy: Vec::new(),
    };
    let mut offset = 12;
    let mut chunks = 0;
    while offset < size_bytes {
        chunks += 1;
        if chunks > MAX_CHUNKS {
            return Ok(Err(refuse(Code::WavChunks, format!("the file has more than {MAX_CHUNKS} chunks"), offset)));
        }
        match walker.chunk(file, offset)? {
            Ok(next) => offset = next,
            Err(refused) => return Ok(Err(refused)),
        }
    }
    Ok(walker.finish())
}

const RESAVE: &str = "Open it in a sound editor and export it again as WAV (PCM, 16 bit).";

fn refuse(code: Code, message: impl Into<String>, offset: u64) -> Refused {
    Box::new(Finding::new(code, message, RESAVE).at(Place::Byte { offset }))
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

struct WavWalker {
    riff_size: u32,
    size_bytes: u64,
    format: Option<WavFormat>,
    data: Option<(u64, u64)>,
    looping: FileLoop,
    streamed: Option<&'static str>,
    untidy: Vec<(String, u64)>,
}

impl WavWalker {
    /// Takes the chunk at `offset`; gives the offset of the next one, which is always greater.
    fn chunk(&mut self, file: &mut (impl Read + Seek), offset: u64) -> io::Result<Result<u64, Refused>> {
        let left = self.size_bytes - offset;
        if left < 8 {
            self.untidy(format!("{left} bytes after the last chunk"), offset);
            return Ok(Ok(self.size_bytes));
        }
        let mut head = [0; 8];
        file.seek(SeekFrom::Start(offset))?;
        if read_up_to(file, &mut head)? < head.len() {
            // The file shrank under the walk: a later look at its stamp says so.
            return Ok(Err(refuse(Code::WavCut, "the file ends in a chunk's head", offset)));
        }
        let id = [head[0], head[1], head[2], head[3]];
        if !id.iter().all(|byte| matches!(byte, b' '..=b'~')) {
            if self.data.is_none() {
                return Ok(Err(refuse(Code::WavChunks, "here a chunk should begin, but this is none", offset)));
            }
            self.untidy(format!("{left} bytes after the last chunk"), offset);
            return Ok(Ok(self.size_bytes));
        }
        let (body, declared) = (offset + 8, u32_at(&head, 4));
        let room = self.size_bytes - body;
        let size = u64::from(declared);
        let cut = size > room;
        match &id {
            b"fmt " => {
                if cut {
                    return Ok(Err(refuse(
                        Code::WavCut,
                        format!("the format chunk has {room} of its {size} bytes"),
                        offset,
                    )));
                }
                if let Err(refused) = self.take_format(file, offset, size)? {
                    return Ok(Err(refused));
                }
            }
            b"data" => match self.take_data(offset, declared, room) {
                Ok(true) => return Ok(Ok(self.size_bytes)),
                Ok(false) => {}
                Err(refused) => return Ok(Err(refused)),
            },
            b"smpl" => self.take_loops(file, size, cut)?,
            _ if cut => {
                let id = escaped(&id.iter().map(|byte| char::from(*byte)).collect::<String>());
                self.untidy(format!("the chunk `{id}` has {room} of its {size} bytes"), offset);
            }
            _ => {}
        }
        let end = body + size.min(room);
        let padded = !size.is_multiple_of(2);
        if padded && end == self.size_bytes && !cut {
            self.untidy("the last chunk lacks its padding byte".into(), end);
        }
        Ok(Ok(end + u64::from(padded)))
    }

    fn untidy(&mut self, what: String, offset: u64) {
        // A file of a million broken chunks needs no million warnings.
        if self.untidy.len() < 8 {
            self.untidy.push((what, offset));
        }
    }

    fn take_format(&mut self, file: &mut impl Read, offset: u64, size: u64) -> io::Result<Result<(), Refused>> {
        if self.format.is_some() {
            return Ok(Err(refuse(Code::WavChunks, "there is a second format chunk", offset)));
        }
        let mut bytes = [0; 40];
        let wanted = usize::try_from(size.min(40)).unwrap_or(40);
        let count = read_up_to(file, &mut bytes[..wanted])?;
        if count < 16 {
            return Ok(Err(refuse(
                Code::WavFormat,
                format!("the format chunk has {count} bytes; at least 16 are needed"),
                offset,
            )));
        }
        Ok(judge_format(&bytes[..count], offset).map(|format| self.format = Some(format)))
    }

    /// True if the data runs to the end of the file.
    fn take_data(&mut self, offset: u64, declared: u32, room: u64) -> Result<bool, Refused> {
        if self.format.is_none() {
            return Err(refuse(Code::WavChunks, "the data comes before the format chunk", offset));
        }
        if self.data.is_some() {
            return Err(refuse(Code::WavChunks, "there is a second data chunk", offset));
        }
        let body = offset + 8;
        let unknown = declared == u32::MAX || (declared == 0 && matches!(self.riff_size, 0 | u32::MAX));
        if unknown {
            self.data = Some((body, room));
            self.streamed = Some(if declared == 0 { "0" } else { "0xFFFFFFFF" });
            return Ok(true);
        }
        let size = u64::from(declared);
        if size > room {
            let message = format!("the sound should have {size} bytes, but the file ends after {room} of them");
            let help = "Copy or export the whole file again; if the rest is lost, save what is left in a sound editor.";
            return Err(Box::new(Finding::new(Code::WavCut, message, help).at(Place::Byte { offset })));
        }
        self.data = Some((body, size));
        Ok(false)
    }

    fn take_loops(&mut self, file: &mut impl Read, size: u64, cut: bool) -> io::Result<()> {
        let mut bytes = vec![0; usize::try_from(size.min(SMPL_BYTES)).unwrap_or(0)];
        let count = read_up_to(file, &mut bytes)?;
        bytes.truncate(count);
        let found = if cut { FileLoop::Damaged("it is cut short".into()) } else { FileLoop::read(&bytes, size) };
        self.looping = std::mem::replace(&mut self.looping, FileLoop::None).and(found);
        Ok(())
    }

    /// What is not as it should be, but readable.
    fn warnings(&self) -> Vec<Finding> {
        let streamed = self.streamed.map(|size| {
            Finding::new(
                Code::WavStreamed,
                format!("the data chunk's size is {size}, as a streaming writer leaves it; the sound was read to the end of the file"),
                "Open and save it once in a sound editor.",
            )
        });
        let untidy = self.untidy.iter().map(|(what, offset)| {
            Finding::new(Code::WavUntidy, what.clone(), "It is ignored. Open and save the file once in a sound editor.")
                .at(Place::Byte { offset: *offset })
        });
        streamed.into_iter().chain(untidy).collect()
    }

    fn finish(mut self) -> Result<Sound, Refused> {
        let missing = |what: &str, help: &str| {
            Box::new(Finding::new(Code::WavChunks, format!("the file has no {what} chunk"), help))
        };
        let format = self.format.ok_or_else(|| missing("format", RESAVE))?;
        let no_sound = "There is no sound in this file: record or export it again.";
        let (data_offset, data_bytes) = self.data.ok_or_else(|| missing("data", no_sound))?;
        let frame_bytes = u64::from(format.channels) * u64::from(format.depth_bits / 8);
        if !data_bytes.is_multiple_of(frame_bytes) {
            return Err(refuse(
                Code::WavPartialFrame,
                format!("the sound has {data_bytes} bytes, which is no whole number of frames of {frame_bytes} bytes"),
                data_offset + data_bytes - data_bytes % frame_bytes,
            ));
        }
        let byte_rate = u64::from(format.rate_hz) * frame_bytes;
        if u64::from(format.byte_rate) != byte_rate {
            self.untidy(
                format!("the format chunk says {} bytes a second; {byte_rate} would be right", format.byte_rate),
                format.offset,
            );
        }
        Ok(Sound {
            channels: format.channels,
            depth_bits: format.depth_bits,
            rate_hz: format.rate_hz,
            frames: data_bytes / frame_bytes,
            warnings: self.warnings(),
            looping: self.looping,
            coding: SoundCoding::Pcm { data_offset },
        })
    }
}

/// The end of an extensible format's GUID: the same for all codings that an ordinary tag also names.
const GUID_TAIL: [u8; 14] = [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];

fn judge_format(bytes: &[u8], offset: u64) -> Result<WavFormat, Refused> {
    let mut coding = u16_at(bytes, 0);
    if coding == 0xFFFE {
        if bytes.len() < 40 {
            return Err(refuse(
                Code::WavFormat,
                format!("an extensible format chunk has {} bytes; 40 are needed", bytes.len()),
                offset,
            ));
        }
        if bytes[26..40] != GUID_TAIL {
            return Err(refuse(Code::WavCoding, "the sound is coded in a way that only its maker knows", offset));
        }
        coding = u16_at(bytes, 24);
    }
    if coding != 1 {
        let name = match coding {
            2 | 0x11 => "ADPCM",
            3 => "floating point",
            6 => "A-law",
            7 => "µ-law",
            0x55 => "MP3",
            0xFF | 0x1610 => "AAC",
            0x674F..=0x6771 => "Vorbis",
            0xF1AC => "FLAC",
            _ => "an unknown coding",
        };
        return Err(refuse(
            Code::WavCoding,
            format!("the sound is {name} (format tag {coding:#06x}); integer PCM is needed"),
            offset,
        ));
    }
    let (channels, rate_hz, byte_rate) = (u16_at(bytes, 2), u32_at(bytes, 4), u32_at(bytes, 8));
    let (block_align, depth_bits) = (u16_at(bytes, 12), u16_at(bytes, 14));
    let wrong = |what: String| Err(refuse(Code::WavFormat, what, offset));
    if !(1..=2).contains(&channels) {
        let message = format!("the sound has {channels} channels; 1 or 2 are needed");
        let help = "Mix it down to mono in a sound editor, then export it as WAV (PCM, 16 bit).";
        return Err(Box::new(Finding::new(Code::WavFormat, message, help).at(Place::Byte { offset })));
    }
    if !(1..=MAX_RATE_HZ).contains(&rate_hz) {
        return wrong(format!("the rate is {rate_hz} Hz; 1 to {MAX_RATE_HZ} are possible"));
    }
    if !matches!(depth_bits, 8 | 16 | 24 | 32) {
        return wrong(format!("a sample has {depth_bits} bits; 8, 16, 24 or 32 are needed"));
    }
    let needed = channels * (depth_bits / 8);
    if block_align != needed {
        return wrong(format!(
            "a frame has {block_align} bytes by its block align; {channels} × {depth_bits} bits make {needed}"
        ));
    }
    Ok(WavFormat { channels, depth_bits, rate_hz, byte_rate, offset })
}
