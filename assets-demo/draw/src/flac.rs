//! FLAC files: the frame_header, and frames_16bit with their checksums. The samples are stored verbatim.

use md5::{Digest, Md5};

/// Samples per channel in a frame; the last frame has the rest.
const BLOCK: usize = 192;

/// A FLAC file of 16-bit samples, by channel. All channels have the same length.
#[must_use]
pub fn flac_file(rate_hz: u32, channels: &[Vec<i64>]) -> Vec<u8> {
    build_file(&streaminfo_16bit(rate_hz, channels), &[], &frames_16bit(rate_hz, channels))
}

/// The body of the STREAMINFO block of [`flac_file`].
#[must_use]
pub fn streaminfo_16bit(rate_hz: u32, channels: &[Vec<i64>]) -> Vec<u8> {
    streaminfo(rate_hz, 16, BLOCK, channels)
}

/// The frames of [`flac_file`].
#[must_use]
pub fn frames_16bit(rate_hz: u32, channels: &[Vec<i64>]) -> Vec<u8> {
    let count = channels.first().map_or(0, Vec::len);
    let frame = |(number, start): (usize, usize)| {
        let block = start..(start + BLOCK).min(count);
        let header = frame_header(number, block.len(), channels.len() as u64 - 1, Some((rate_hz, 16)));
        let mut body = BitWriter::default();
        for channel in channels {
            // A verbatim subframe without wasted bits.
            body.put(1, 7).put(0, 1).put_all_signed(&channel[block.clone()], 16);
        }
        frame_bytes(&header, &body)
    };
    (0..count).step_by(BLOCK).enumerate().flat_map(frame).collect()
}

/// A file of the body of STREAMINFO, other metadata blocks (kinds and bodies) and frames.
#[must_use]
pub fn build_file(streaminfo: &[u8], metadata: &[(u8, Vec<u8>)], frames: &[u8]) -> Vec<u8> {
    let mut file = b"fLaC".to_vec();
    let blocks = std::iter::once((0, streaminfo)).chain(metadata.iter().map(|(kind, body)| (*kind, &body[..])));
    for (n, (kind, body)) in blocks.enumerate() {
        file.push(kind | if n == metadata.len() { 0x80 } else { 0 });
        file.extend(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes()[1..]);
        file.extend(body);
    }
    file.extend(frames);
    file
}

/// The body of STREAMINFO for blocks of `block` samples.
#[must_use]
pub fn streaminfo(rate_hz: u32, depth_bits: u16, block: usize, channels: &[Vec<i64>]) -> Vec<u8> {
    let count = channels.first().map_or(0, Vec::len);
    let block = block.max(16) as u64;
    let mut bits = BitWriter::default();
    // The sizes of the smallest and the largest frame are unknown.
    bits.put(block, 16).put(block, 16).put(0, 24).put(0, 24);
    bits.put(u64::from(rate_hz), 20).put(channels.len() as u64 - 1, 3);
    bits.put(u64::from(depth_bits) - 1, 5).put(count as u64, 36);
    let width = usize::from(depth_bits.div_ceil(8));
    let mut md5 = Md5::new();
    for at in 0..count {
        channels.iter().for_each(|channel| md5.update(&channel[at].to_le_bytes()[..width]));
    }
    [bits.bytes, md5.finalize().to_vec()].concat()
}

/// A frame's header without its checksum. `layout` is the format's channel assignment: for independent channels, one
/// less than their count. `explicit` is the rate in Hz and the bits per sample. Without it, or if the format has no
/// code for them, the header refers to STREAMINFO.
#[must_use]
pub fn frame_header(number: usize, block: usize, layout: u64, explicit: Option<(u32, u16)>) -> BitWriter {
    let (rate_hz, depth_bits) = explicit.unwrap_or_default();
    let depth = match depth_bits {
        8 => 1,
        12 => 2,
        16 => 4,
        20 => 5,
        24 => 6,
        32 => 7,
        _ => 0,
    };
    let (rate, units) = match rate_hz {
        0 => (0, 0),
        1..65_536 => (13, rate_hz),
        ..655_360 if rate_hz.is_multiple_of(10) => (14, rate_hz / 10),
        _ => (0, 0),
    };
    let mut bits = BitWriter::default();
    bits.put(0b111_1111_1111_1100 << 1, 16).put(7, 4).put(rate, 4).put(layout, 4).put(depth, 3).put(0, 1);
    bits.put_coded_number(number as u64).put(block as u64 - 1, 16);
    if rate > 0 {
        bits.put(u64::from(units), 16);
    }
    bits
}

/// A frame of these bits, with correct checksums.
#[must_use]
pub fn frame_bytes(header: &BitWriter, body: &BitWriter) -> Vec<u8> {
    let mut frame = header.bytes.clone();
    frame.push(u8::try_from(crc(&frame, 8, 0x07)).unwrap_or(0));
    frame.extend(&body.bytes);
    frame.extend([0; 2]);
    update_crc16(&mut frame);
    frame
}

/// Corrects the CRC-16 of a frame that was changed.
pub fn update_crc16(frame: &mut [u8]) {
    if let Some((bytes, checksum)) = frame.split_last_chunk_mut::<2>() {
        *checksum = u16::try_from(crc(bytes, 16, 0x8005)).unwrap_or(0).to_be_bytes();
    }
}

fn crc(bytes: &[u8], width: u32, polynomial: u32) -> u32 {
    let mut crc = 0;
    for bit in bytes.iter().flat_map(|byte| (0..8).rev().map(move |at| u32::from(byte >> at & 1))) {
        let top = crc >> (width - 1) & 1;
        crc = (crc << 1) & ((1 << width) - 1);
        if top != bit {
            crc ^= polynomial;
        }
    }
    crc
}

/// Writes bits, the most significant first.
#[derive(Clone, Debug, Default)]
pub struct BitWriter {
    /// Whole bytes; the last is padded with put_unary.
    pub bytes: Vec<u8>,
    used: u32,
}

impl BitWriter {
    /// Adds the lowest `count` bits.
    pub fn put(&mut self, value: u64, count: u32) -> &mut Self {
        for at in (0..count).rev() {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if value >> at & 1 == 1
                && let Some(last) = self.bytes.last_mut()
            {
                *last |= 0x80 >> (self.used % 8);
            }
            self.used += 1;
        }
        self
    }

    /// Adds a signed number of `count` bits.
    pub fn put_signed(&mut self, value: i64, count: u32) -> &mut Self {
        self.put(value.cast_unsigned(), count)
    }

    /// Adds signed numbers of `count` bits each.
    pub fn put_all_signed(&mut self, values: &[i64], count: u32) {
        for value in values {
            self.put_signed(*value, count);
        }
    }

    /// Adds `count` zeros and a one: a unary number.
    pub fn put_unary(&mut self, count: u64) -> &mut Self {
        for _ in 0..count {
            self.put(0, 1);
        }
        self.put(1, 1)
    }

    /// Adds a frame number in the format's UTF-8-like coding.
    pub fn put_coded_number(&mut self, number: u64) -> &mut Self {
        if number < 0x80 {
            return self.put(number, 8);
        }
        let more = (1..6).find(|more| number < 1 << (5 * more + 6)).unwrap_or(6);
        self.put(0xFF00 >> (more + 1) & 0xFF | number >> (6 * more), 8);
        for at in (0..more).rev() {
            self.put(0x80 | number >> (6 * at) & 0x3F, 8);
        }
        self
    }
}
