//! FLAC files created by tests, valid or invalid in every detail: the caller chooses how each block is coded.

use assets_demo_draw::flac;
pub use assets_demo_draw::flac::{BitWriter, build_file, frame_bytes, update_crc16};

use crate::sounds::Wav;

/// The content of a FLAC file, and how its blocks are coded.
#[derive(Clone, Debug)]
pub struct Flac {
    /// In Hz.
    pub rate_hz: u32,
    /// Bits per sample.
    pub depth_bits: u16,
    /// Samples by channel; all channels have the same length.
    pub channels: Vec<Vec<i64>>,
    /// Samples per channel in a block; the last block has the rest.
    pub block: usize,
    /// How blocks are coded, repeated as needed.
    pub codings: Vec<Coding>,
    /// Metadata blocks after STREAMINFO: their kinds and bodies.
    pub metadata: Vec<(u8, Vec<u8>)>,
}

/// How a block is coded.
#[derive(Clone, Copy, Debug)]
pub struct Coding {
    /// For two channels: 0 independent, 1 left and side, 2 side and right, 3 mid and side.
    pub stereo: u8,
    /// For each channel; where it cannot be used, `Verbatim` is.
    pub subframe: Subframe,
    /// Whether the low bits that are zero in all samples are not stored.
    pub drops_wasted_bits: bool,
    /// Partitions of a residual; a block that cannot be divided like this has one.
    pub partitions_log2: u32,
    /// Whether the header contains depth and rate, or refers to STREAMINFO.
    pub header_is_explicit: bool,
}

/// How a channel of a block is coded.
#[derive(Clone, Copy, Debug)]
pub enum Subframe {
    /// One value.
    Constant,
    /// All values, uncompressed.
    Verbatim,
    /// A fixed prediction of this order.
    Fixed(u32),
    /// A fixed prediction whose residual is written as uncoded numbers.
    Plain(u32),
    /// A linear prediction of this order, with quantized weights.
    Linear(u32),
}

impl Coding {
    /// Nothing is compressed.
    pub const PLAIN: Self = Self {
        stereo: 0,
        subframe: Subframe::Verbatim,
        drops_wasted_bits: false,
        partitions_log2: 0,
        header_is_explicit: true,
    };
}

impl Flac {
    /// Samples of any depth, by channel.
    pub fn pcm(rate_hz: u32, depth_bits: u16, channels: Vec<Vec<i64>>) -> Self {
        Self { rate_hz, depth_bits, channels, block: 192, codings: vec![Coding::PLAIN], metadata: Vec::new() }
    }

    /// 16-bit mono.
    pub fn mono16(rate_hz: u32, samples: &[i16]) -> Self {
        Self::pcm(rate_hz, 16, vec![samples.iter().map(|sample| i64::from(*sample)).collect()])
    }

    /// The content of a WAV; its other chunks are stored as by `flac --keep-foreign-metadata`.
    pub fn from_wav(wav: &Wav) -> Self {
        let width = usize::from(wav.depth_bits / 8);
        let values: Vec<i64> = wav.data.chunks_exact(width).map(value_of).collect();
        let count = usize::from(wav.channels);
        let channels =
            (0..count).map(|channel| values.iter().skip(channel).step_by(count).copied().collect()).collect();
        let mut flac = Self::pcm(wav.rate_hz, wav.depth_bits, channels);
        for (id, body) in wav.before_data.iter().chain(&wav.after_data) {
            flac.keep_chunk(id, body);
        }
        flac
    }

    /// Stores a chunk of a WAV as foreign metadata.
    pub fn keep_chunk(&mut self, id: &[u8; 4], body: &[u8]) {
        let size = u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes();
        self.metadata.push((2, [b"riff", &id[..], &size, body].concat()));
    }

    /// The length of the sound, in samples per channel.
    pub fn frame_count(&self) -> usize {
        self.channels[0].len()
    }

    /// The same sound as a WAV, for depths that a WAV can have.
    pub fn to_wav(&self) -> Wav {
        let width = usize::from(self.depth_bits / 8);
        let channels = u16::try_from(self.channels.len()).unwrap_or(u16::MAX);
        let mut data = Vec::new();
        for at in 0..self.frame_count() {
            for channel in &self.channels {
                let value = channel[at] + if width == 1 { 128 } else { 0 };
                data.extend(&value.to_le_bytes()[..width]);
            }
        }
        Wav::pcm(self.rate_hz, channels, self.depth_bits, data)
    }

    /// STREAMINFO's body.
    pub fn streaminfo(&self) -> Vec<u8> {
        flac::streaminfo(self.rate_hz, self.depth_bits, self.block, &self.channels)
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        build_file(&self.streaminfo(), &self.metadata, &self.frames().concat())
    }

    /// The encoded frames.
    pub fn frames(&self) -> Vec<Vec<u8>> {
        let starts = (0..self.frame_count()).step_by(self.block.max(1));
        starts.enumerate().map(|(n, start)| self.frame(n, start)).collect()
    }

    fn frame(&self, n: usize, start: usize) -> Vec<u8> {
        let coding = self.codings[n % self.codings.len()];
        let end = (start + self.block).min(self.frame_count());
        let mut channels: Vec<Vec<i64>> = self.channels.iter().map(|channel| channel[start..end].to_vec()).collect();
        let mut depths = vec![u32::from(self.depth_bits); channels.len()];
        let mut layout = channels.len() as u64 - 1;
        if let [left, right] = &mut channels[..]
            && coding.stereo > 0
        {
            layout = 7 + u64::from(coding.stereo);
            depths[usize::from(coding.stereo != 2)] += 1;
            for (a, b) in left.iter_mut().zip(right) {
                (*a, *b) = match coding.stereo {
                    1 => (*a, *a - *b),
                    2 => (*a - *b, *b),
                    _ => ((*a + *b) >> 1, *a - *b),
                };
            }
        }
        let explicit = coding.header_is_explicit.then_some((self.rate_hz, self.depth_bits));
        let header = flac::frame_header(n, end - start, layout, explicit);
        let mut body = BitWriter::default();
        for (values, depth) in channels.iter().zip(depths) {
            write_subframe(&mut body, values, depth, coding);
        }
        frame_bytes(&header, &body)
    }
}

fn value_of(bytes: &[u8]) -> i64 {
    let mut wide = [0; 8];
    wide[8 - bytes.len()..].copy_from_slice(bytes);
    let value = i64::from_le_bytes(wide) >> (64 - 8 * bytes.len());
    if bytes.len() == 1 { i64::from(bytes[0]) - 128 } else { value }
}

fn write_subframe(bits: &mut BitWriter, values: &[i64], depth: u32, coding: Coding) {
    let zeros = values.iter().map(|value| value.trailing_zeros()).min().unwrap_or(0).min(depth - 1);
    let wasted = if coding.drops_wasted_bits { zeros } else { 0 };
    let values: Vec<i64> = values.iter().map(|value| value >> wasted).collect();
    let depth = depth - wasted;
    let write_header = |bits: &mut BitWriter, kind: u64| {
        bits.put(kind, 7).put(u64::from(wasted > 0), 1);
        if wasted > 0 {
            bits.put_unary(u64::from(wasted) - 1);
        }
    };
    match coding.subframe {
        Subframe::Constant if values.iter().all(|value| *value == values[0]) => {
            write_header(bits, 0);
            bits.put_signed(values[0], depth);
            return;
        }
        Subframe::Fixed(order) | Subframe::Plain(order) => {
            let weights = [vec![], vec![1], vec![2, -1], vec![3, -3, 1], vec![4, -6, 4, -1]][order as usize].clone();
            if let Some(residual) = residual_of(&values, &weights, 0) {
                write_header(bits, 8 + u64::from(order));
                bits.put_all_signed(&values[..order as usize], depth);
                write_residual(bits, &residual, values.len(), coding);
                return;
            }
        }
        Subframe::Linear(order) => {
            let weights: Vec<i64> = (0..i64::from(order)).map(|at| if at == 0 { 11 } else { at % 7 - 3 }).collect();
            if let Some(residual) = residual_of(&values, &weights, 3) {
                write_header(bits, 31 + u64::from(order));
                bits.put_all_signed(&values[..order as usize], depth);
                bits.put(5 - 1, 4).put(3, 5);
                bits.put_all_signed(&weights, 5);
                write_residual(bits, &residual, values.len(), coding);
                return;
            }
        }
        _ => {}
    }
    write_header(bits, 1);
    bits.put_all_signed(&values, depth);
}

/// The residual of a prediction, or `None` if it cannot be stored. The first weight is that of the previous sample.
fn residual_of(values: &[i64], weights: &[i64], shift: u32) -> Option<Vec<i64>> {
    let residual = (weights.len()..values.len()).map(|at| {
        let sum: i64 = weights.iter().enumerate().map(|(n, weight)| weight * values[at - 1 - n]).sum();
        i32::try_from(values[at] - (sum >> shift)).ok().map(i64::from)
    });
    if weights.len() <= values.len() { residual.collect() } else { None }
}

fn write_residual(bits: &mut BitWriter, residual: &[i64], block: usize, coding: Coding) {
    let order = block - residual.len();
    let divides = |parts: u32| block.is_multiple_of(1 << parts) && block >> parts >= order;
    let parts = if divides(coding.partitions_log2) { coding.partitions_log2 } else { 0 };
    bits.put(1, 2).put(u64::from(parts), 4);
    let mut rest = residual;
    for n in 0..1 << parts {
        let (part, after) = rest.split_at((block >> parts) - if n == 0 { order } else { 0 });
        rest = after;
        let folded: Vec<u64> = part.iter().map(|value| (value << 1 ^ value >> 63).cast_unsigned()).collect();
        let width = 64 - folded.iter().max().unwrap_or(&0).leading_zeros();
        if matches!(coding.subframe, Subframe::Plain(_)) && width < 32 {
            bits.put(31, 5).put(u64::from(width), 5);
            bits.put_all_signed(part, width);
            continue;
        }
        let parameter = width.saturating_sub(2).min(30);
        bits.put(u64::from(parameter), 5);
        for value in folded {
            bits.put_unary(value >> parameter).put(value, parameter);
        }
    }
}
