//! FLAC frames become samples, one frame after the other (spec: banks, "FLAC"; the format is RFC 9639).
//!
//! Strict: it does not search for sync codes and skips nothing. Every value of a frame is checked before it is used, so
//! that no sum overflows and at most one block of two channels is allocated.

use std::io::Read;

use super::bits::{BitReader, FrameError};

/// What STREAMINFO and every frame must have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct StreamFormat {
    /// 1 or 2.
    pub(super) channels: u16,
    /// 4 to 32.
    pub(super) depth_bits: u16,
    /// In Hz.
    pub(super) rate_hz: u32,
}

/// Reads frames in their order.
#[derive(Debug)]
pub(super) struct FrameReader<R> {
    bits: BitReader<R>,
    format: StreamFormat,
    /// Frames (of the format: blocks of samples) so far.
    count: u64,
    /// Samples of each channel so far.
    samples: u64,
    /// The last frame's, by channel.
    channels: [Vec<i64>; 2],
}

#[derive(Clone, Copy)]
enum ChannelLayout {
    Independent,
    LeftSide,
    SideRight,
    MidSide,
}

struct FrameHeader {
    block: usize,
    layout: ChannelLayout,
}

impl<R: Read> FrameReader<R> {
    /// Reads from `input`, whose next byte begins the first frame and is at `offset` of its file.
    pub(super) fn new(input: R, offset: u64, format: StreamFormat) -> Self {
        Self { bits: BitReader::new(input, offset), format, count: 0, samples: 0, channels: [Vec::new(), Vec::new()] }
    }

    /// Of the next frame's first byte, from the start of the file.
    pub(super) fn offset(&self) -> u64 {
        self.bits.offset()
    }

    /// Reads the next frame: its samples, by channel. The second channel of a mono sound is empty.
    pub(super) fn next_frame(&mut self) -> Result<&[Vec<i64>; 2], FrameError> {
        let header = self.read_header()?;
        let [left, right] = &mut self.channels;
        let depth = u32::from(self.format.depth_bits);
        let (first, second) = match header.layout {
            ChannelLayout::Independent => (depth, depth),
            ChannelLayout::LeftSide | ChannelLayout::MidSide => (depth, depth + 1),
            ChannelLayout::SideRight => (depth + 1, depth),
        };
        read_subframe(&mut self.bits, header.block, first, left)?;
        if self.format.channels == 2 {
            read_subframe(&mut self.bits, header.block, second, right)?;
        }
        if !self.bits.skip_to_byte() {
            return FrameError::damaged("there are bits between the sound and the checksum");
        }
        let crc16 = u64::from(self.bits.crc16());
        if self.bits.read_bits(16)? != crc16 {
            return FrameError::damaged("its checksum does not match its bytes");
        }
        for (a, b) in left.iter_mut().zip(right) {
            (*a, *b) = match header.layout {
                ChannelLayout::Independent => (*a, *b),
                ChannelLayout::LeftSide => (*a, *a - *b),
                ChannelLayout::SideRight => (*a + *b, *b),
                ChannelLayout::MidSide => {
                    let sum = *a << 1 | *b & 1;
                    ((sum + *b) >> 1, (sum - *b) >> 1)
                }
            };
            if !fits_depth(*a, depth) || !fits_depth(*b, depth) {
                return FrameError::damaged(format!("a sample needs more than its {depth} bits"));
            }
        }
        self.count += 1;
        self.samples += header.block as u64;
        Ok(&self.channels)
    }

    /// Whether the header of another frame follows.
    pub(super) fn has_next_frame(mut self) -> Result<bool, FrameError> {
        match self.read_header() {
            Ok(_) => Ok(true),
            Err(FrameError::Io(error)) => Err(FrameError::Io(error)),
            Err(FrameError::Cut | FrameError::Damaged(_)) => Ok(false),
        }
    }

    fn read_header(&mut self) -> Result<FrameHeader, FrameError> {
        self.bits.start_frame();
        if self.bits.read_bits(15)? != 0b111_1111_1111_1100 {
            return FrameError::damaged("it does not start with a sync code");
        }
        let by_sample = self.bits.read_bits(1)? == 1;
        let (block, rate) = (self.bits.read_u32(4)?, self.bits.read_u32(4)?);
        let (layout, depth) = (self.bits.read_u32(4)?, self.bits.read_u32(3)?);
        if self.bits.read_bits(1)? != 0 {
            return FrameError::damaged("its header sets a reserved bit");
        }
        let number = self.read_number()?;
        let block = match block {
            0 => return FrameError::damaged("its block size has a reserved code"),
            1 => 192,
            2..=5 => 576 << (block - 2),
            6 => self.bits.read_u32(8)? + 1,
            7 => self.bits.read_u32(16)? + 1,
            _ => 256 << (block - 8),
        };
        let rate = match rate {
            0 => self.format.rate_hz,
            1..=11 => RATES[rate as usize - 1],
            12 => self.bits.read_u32(8)? * 1000,
            13 => self.bits.read_u32(16)?,
            14 => self.bits.read_u32(16)? * 10,
            _ => return FrameError::damaged("its rate has a reserved code"),
        };
        let (channels, layout) = match layout {
            0..=7 => (layout + 1, ChannelLayout::Independent),
            8 => (2, ChannelLayout::LeftSide),
            9 => (2, ChannelLayout::SideRight),
            10 => (2, ChannelLayout::MidSide),
            _ => return FrameError::damaged("its channels have a reserved code"),
        };
        let depth = match depth {
            0 => u32::from(self.format.depth_bits),
            3 => return FrameError::damaged("its depth has a reserved code"),
            _ => [8, 12, 0, 16, 20, 24, 32][depth as usize - 1],
        };
        let crc8 = u64::from(self.bits.crc8());
        if self.bits.read_bits(8)? != crc8 {
            return FrameError::damaged("its header's checksum does not match its bytes");
        }
        let fields = [
            ("channels", channels, u32::from(self.format.channels)),
            ("bits", depth, u32::from(self.format.depth_bits)),
            ("Hz", rate, self.format.rate_hz),
        ];
        for (what, here, needed) in fields {
            if here != needed {
                return FrameError::damaged(format!("it has {here} {what}; STREAMINFO has {needed}"));
            }
        }
        let needed = if by_sample { self.samples } else { self.count };
        if number != needed {
            return FrameError::damaged(format!("its number is {number} instead of {needed}"));
        }
        Ok(FrameHeader { block: block as usize, layout })
    }

    /// The number of a frame or of its first sample: coded like a character in UTF-8, but with up to 7 bytes.
    fn read_number(&mut self) -> Result<u64, FrameError> {
        let first = self.bits.read_u32(8)?;
        let ones = (first << 24).leading_ones();
        let mut number = match ones {
            0 => return Ok(u64::from(first)),
            2..=7 => u64::from(first & (0x7F >> ones)),
            _ => return FrameError::damaged("its number is malformed"),
        };
        for _ in 1..ones {
            let next = self.bits.read_bits(8)?;
            if next >> 6 != 0b10 {
                return FrameError::damaged("its number is malformed");
            }
            number = number << 6 | next & 0x3F;
        }
        Ok(number)
    }
}

/// The rates that have a code of their own, from 1.
const RATES: [u32; 11] = [88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];

/// Whether a value is a signed number of `depth` bits.
fn fits_depth(value: i64, depth: u32) -> bool {
    (-(1 << (depth - 1))..1 << (depth - 1)).contains(&value)
}

/// Reads one channel of a block into `values`.
fn read_subframe<R: Read>(
    bits: &mut BitReader<R>,
    block: usize,
    depth: u32,
    values: &mut Vec<i64>,
) -> Result<(), FrameError> {
    values.clear();
    if bits.read_bits(1)? != 0 {
        return FrameError::damaged("a channel's header sets a reserved bit");
    }
    let kind = bits.read_u32(6)?;
    let wasted = if bits.read_bits(1)? == 1 { bits.count_zeros(depth)?.map_or(depth, |zeros| zeros + 1) } else { 0 };
    if wasted >= depth {
        return FrameError::damaged("a channel has no bits");
    }
    let depth = depth - wasted;
    match kind {
        0 => values.resize(block, bits.read_signed(depth)?),
        1 => {
            for _ in 0..block {
                values.push(bits.read_signed(depth)?);
            }
        }
        8..=12 => {
            read_warm_up(bits, block, depth, kind - 8, values)?;
            let weights: &[i64] = [&[][..], &[1], &[-1, 2], &[1, -3, 3], &[-1, 4, -6, 4]][kind as usize - 8];
            read_residual(bits, block, depth, Predictor { weights, shift: 0 }, values)?;
        }
        32.. => {
            let order = kind - 31;
            read_warm_up(bits, block, depth, order, values)?;
            let precision = bits.read_u32(4)? + 1;
            let shift = bits.read_signed(5)?;
            let Ok(shift) = u32::try_from(shift) else {
                return FrameError::damaged("a prediction has a negative shift");
            };
            if precision > 15 {
                return FrameError::damaged("the precision of a prediction has a reserved code");
            }
            let mut weights = Vec::with_capacity(32);
            for _ in 0..order {
                weights.push(bits.read_signed(precision)?);
            }
            weights.reverse();
            read_residual(bits, block, depth, Predictor { weights: &weights, shift }, values)?;
        }
        _ => return FrameError::damaged(format!("a channel is of the unknown kind {kind}")),
    }
    values.iter_mut().for_each(|value| *value <<= wasted);
    Ok(())
}

fn read_warm_up<R: Read>(
    bits: &mut BitReader<R>,
    block: usize,
    depth: u32,
    order: u32,
    values: &mut Vec<i64>,
) -> Result<(), FrameError> {
    if order as usize > block {
        return FrameError::damaged("a prediction needs more samples than its block has");
    }
    for _ in 0..order {
        values.push(bits.read_signed(depth)?);
    }
    Ok(())
}

/// Predicts a sample from those before it.
#[derive(Clone, Copy)]
struct Predictor<'w> {
    /// For the samples just before, the oldest first.
    weights: &'w [i64],
    shift: u32,
}

impl Predictor<'_> {
    /// Adds the sample that differs by `residual` from the prediction. The sum cannot overflow: it has at most 32
    /// products of 15 and 33 bits, because every earlier sample fits its depth.
    fn push_sample(self, values: &mut Vec<i64>, residual: i64, depth: u32) -> Result<(), FrameError> {
        let before = &values[values.len() - self.weights.len()..];
        let sum: i64 = before.iter().zip(self.weights).map(|(value, weight)| value * weight).sum();
        let value = (sum >> self.shift) + residual;
        if !fits_depth(value, depth) {
            return FrameError::damaged(format!("a sample needs more than its {depth} bits"));
        }
        values.push(value);
        Ok(())
    }
}

/// Reads the differences from the prediction, and fills the block.
fn read_residual<R: Read>(
    bits: &mut BitReader<R>,
    block: usize,
    depth: u32,
    predictor: Predictor<'_>,
    values: &mut Vec<i64>,
) -> Result<(), FrameError> {
    let (parameter_bits, escape) = match bits.read_bits(2)? {
        0 => (4, 15),
        1 => (5, 31),
        _ => return FrameError::damaged("a residual is of an unknown kind"),
    };
    let order = bits.read_u32(4)?;
    let part = block >> order;
    if part << order != block || part < values.len() {
        return FrameError::damaged("the partitions of a residual do not fit its block");
    }
    for n in 1..=1 << order {
        let parameter = bits.read_u32(parameter_bits)?;
        if parameter == escape {
            let width = bits.read_u32(5)?;
            while values.len() < n * part {
                let residual = bits.read_signed(width)?;
                predictor.push_sample(values, residual, depth)?;
            }
            continue;
        }
        while values.len() < n * part {
            let Some(high) = bits.count_zeros(u32::MAX >> parameter)? else {
                return FrameError::damaged("a residual needs more than 32 bits");
            };
            let folded = u64::from(high) << parameter | bits.read_bits(parameter)?;
            let half = (folded >> 1).cast_signed();
            predictor.push_sample(values, if folded & 1 == 0 { half } else { !half }, depth)?;
        }
    }
    Ok(())
}
