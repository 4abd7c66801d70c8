//! The bits of FLAC frames, from the highest down, with the checksums of the bytes read.

use std::io::{self, Read};

use crate::files::read_up_to;

/// Bytes read at a time: a frame of 4096 samples has about as many.
const BUFFER_BYTES: usize = 16 << 10;

/// Why a frame could not be read.
#[derive(Debug)]
pub enum FrameError {
    /// The system refused.
    Io(io::Error),
    /// The file ends inside it.
    Cut,
    /// It is not as the format requires: a clause that names the frame "it".
    Damaged(String),
}

impl FrameError {
    pub(super) fn damaged<T>(what: impl Into<String>) -> Result<T, Self> {
        Err(Self::Damaged(what.into()))
    }
}

/// A reader of bits. It consumes a byte only once one of its bits is read.
#[derive(Debug)]
pub(super) struct BitReader<R> {
    input: R,
    buffer: Box<[u8]>,
    at: usize,
    filled: usize,
    offset: u64,
    crc8: u8,
    crc16: u16,
    /// Its lowest `count` bits have not been read yet.
    held: u64,
    count: u32,
}

impl<R: Read> BitReader<R> {
    /// Reads from `input`, whose next byte is at `offset` of its file.
    pub(super) fn new(input: R, offset: u64) -> Self {
        let buffer = vec![0; BUFFER_BYTES].into_boxed_slice();
        Self { input, buffer, at: 0, filled: 0, offset, crc8: 0, crc16: 0, held: 0, count: 0 }
    }

    /// Of the next byte of which no bit has been read, from the start of the file.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Starts new checksums.
    pub(super) fn start_frame(&mut self) {
        (self.crc8, self.crc16) = (0, 0);
    }

    /// CRC-8 since the start of the frame.
    pub(super) fn crc8(&self) -> u8 {
        self.crc8
    }

    /// CRC-16 since the start of the frame.
    pub(super) fn crc16(&self) -> u16 {
        self.crc16
    }

    fn byte(&mut self) -> Result<u8, FrameError> {
        if self.at == self.filled {
            self.filled = read_up_to(&mut self.input, &mut self.buffer).map_err(FrameError::Io)?;
            self.at = 0;
            if self.filled == 0 {
                return Err(FrameError::Cut);
            }
        }
        let byte = self.buffer[self.at];
        self.at += 1;
        self.offset += 1;
        self.crc8 = CRC8[usize::from(self.crc8 ^ byte)];
        let [high, low] = self.crc16.to_be_bytes();
        self.crc16 = u16::from_be_bytes([low, 0]) ^ CRC16[usize::from(high ^ byte)];
        Ok(byte)
    }

    /// The next `count` bits, at most 33.
    pub(super) fn read_bits(&mut self, count: u32) -> Result<u64, FrameError> {
        while self.count < count {
            self.held = self.held << 8 | u64::from(self.byte()?);
            self.count += 8;
        }
        self.count -= count;
        Ok(self.held >> self.count & ((1 << count) - 1))
    }

    /// Like [`BitReader::read_bits`], for at most 32 bits.
    pub(super) fn read_u32(&mut self, count: u32) -> Result<u32, FrameError> {
        Ok(u32::try_from(self.read_bits(count)?).unwrap_or(u32::MAX))
    }

    /// A signed number of `count` bits, at most 33; 0 for none.
    pub(super) fn read_signed(&mut self, count: u32) -> Result<i64, FrameError> {
        let bits = self.read_bits(count)?.cast_signed();
        Ok(if count > 0 && bits >> (count - 1) == 1 { bits - (1 << count) } else { bits })
    }

    /// Counts the zeros before the next 1, and reads that too; `None` if there are more than `most`.
    pub(super) fn count_zeros(&mut self, most: u32) -> Result<Option<u32>, FrameError> {
        let mut zeros = 0;
        loop {
            if self.count == 0 {
                self.held = u64::from(self.byte()?);
                self.count = 8;
            }
            let ahead = self.held & ((1 << self.count) - 1);
            let here = self.count - (u64::BITS - ahead.leading_zeros());
            zeros += u64::from(here);
            if zeros > u64::from(most) {
                return Ok(None);
            }
            self.count -= here;
            if ahead != 0 {
                self.count -= 1;
                return Ok(u32::try_from(zeros).ok());
            }
        }
    }

    /// Skips to the next whole byte; gives whether all skipped bits were zero.
    pub(super) fn skip_to_byte(&mut self) -> bool {
        let skipped = self.held & ((1 << self.count) - 1);
        self.count = 0;
        skipped == 0
    }
}

/// Of the polynomial x⁸ + x² + x + 1.
const CRC8: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte as usize] = remainder(byte, 0x0700).to_be_bytes()[0];
        byte += 1;
    }
    table
};

/// Of the polynomial x¹⁶ + x¹⁵ + x² + 1.
const CRC16: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte as usize] = remainder(byte, 0x8005);
        byte += 1;
    }
    table
};

/// The remainder of a byte after a division by a polynomial, without the polynomial's highest term. One of fewer than
/// 16 bits is in the high bits, and so is the remainder.
const fn remainder(byte: u16, polynomial: u16) -> u16 {
    let mut crc = byte << 8;
    let mut bit = 0;
    while bit < 8 {
        crc = if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ polynomial };
        bit += 1;
    }
    crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_from_the_highest_down() {
        let mut bits = BitReader::new(&[0b1010_0000, 0, 0b0001_1111, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF][..], 100);
        assert_eq!((bits.read_bits(0).unwrap(), bits.offset()), (0, 100));
        assert_eq!((bits.read_signed(1).unwrap(), bits.read_bits(2).unwrap(), bits.offset()), (-1, 1, 101));
        assert_eq!((bits.count_zeros(16).unwrap(), bits.offset()), (Some(16), 103));
        assert_eq!((bits.read_signed(33).unwrap(), bits.read_bits(3).unwrap()), (-1, 7));
        assert!(bits.skip_to_byte());
        assert!(matches!(bits.read_bits(9), Err(FrameError::Cut)));
        assert_eq!(BitReader::new(&[0, 0, 1][..], 0).count_zeros(22).unwrap(), None);
        assert!(matches!(BitReader::new(&[0, 0][..], 0).count_zeros(99), Err(FrameError::Cut)));
    }

    #[test]
    fn checksums_match_published_values() {
        let mut bits = BitReader::new(&b"123456789"[..], 0);
        for _ in 0..9 {
            bits.read_bits(8).unwrap();
        }
        // The published check values of CRC-8 (SMBus) and CRC-16 (UMTS).
        assert_eq!((bits.crc8(), bits.crc16()), (0xF4, 0xFEE8));
    }
}
