//! FLAC files made on the spot, right or wrong in every detail: an encoder that uses whatever it is told to use.

use assets_demo_draw::flac;
pub use assets_demo_draw::flac::{BitWriter, file, reseal, sealed};

use crate::sounds::Wav;

/// A FLAC to be written, block by block.
#[derive(Clone, Debug)]
pub struct Flac {
    /// In Hz.
    pub rate_hz: u32,
    /// Of a sample.
    pub depth_bits: u16,
    /// By channel, all of one length.
    pub channels: Vec<Vec<i64>>,
    /// Samples of a channel in a block; the last has what is left.
    pub block: usize,
    /// How blocks are coded, in turn.
    pub codings: Vec<Coding>,
    /// Metadata blocks after STREAMINFO: their kinds and bodies.
    pub metadata: Vec<(u8, Vec<u8>)>,
}

/// How a block is coded.
#[derive(Clone, Copy, Debug)]
pub struct Coding {
    /// Of two channels: 0 apart, 1 left and side, 2 side and right, 3 mid and side.
    pub stereo: u8,
    /// Of each channel; where it cannot be used, `Verbatim` is.
    pub subframe: Subframe,
    /// Whether low bits that are all zero are left out.
    pub without_zeros: bool,
    /// Of a residual; where a block cannot be divided so, it has one part.
    pub parts_log2: u32,
    /// Whether the header says depth and rate, or leaves them to STREAMINFO.
    pub header_says_all: bool,
}

/// How a channel of a block is coded.
#[derive(Clone, Copy, Debug)]
pub enum Subframe {
    /// One value.
    Constant,
    /// All as they are.
    Verbatim,
    /// A fixed prediction of this order.
    Fixed(u32),
    /// A fixed prediction whose residual is written as plain numbers.
    Plain(u32),
    /// A linear prediction of this order, with weights of some bits.
    Linear(u32),
}

impl Coding {
    /// Everything as it is.
    pub const PLAIN: Self =
        Self { stereo: 0, subframe: Subframe::Verbatim, without_zeros: false, parts_log2: 0, header_says_all: true };
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

    /// What a WAV holds; its loop chunks are kept as `flac --keep-foreign-metadata` keeps them.
    pub fn of(wav: &Wav) -> Self {
        let width = usize::from(wav.depth_bits / 8);
        let values: Vec<i64> = wav.data.chunks_exact(width).map(value_of).collect();
        let count = usize::from(wav.channels);
        let channels =
            (0..count).map(|channel| values.iter().skip(channel).step_by(count).copied().collect()).collect();
        let mut flac = Self::pcm(wav.rate_hz, wav.depth_bits, channels);
        for (id, body) in wav.before_data.iter().chain(&wav.after_data) {
            flac.keep(id, body);
        }
        flac
    }

    /// Keeps a chunk of a WAV.
    pub fn keep(&mut self, id: &[u8; 4], body: &[u8]) {
        let size = u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes();
        self.metadata.push((2, [b"riff", &id[..], &size, body].concat()));
    }

    /// Frames in all.
    pub fn frames(&self) -> usize {
        self.channels[0].len()
    }

    /// The same as a WAV, for depths that a WAV can have.
    pub fn wav(&self) -> Wav {
        let width = usize::from(self.depth_bits / 8);
        let channels = u16::try_from(self.channels.len()).unwrap_or(u16::MAX);
        let mut data = Vec::new();
        for at in 0..self.frames() {
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
        file(&self.streaminfo(), &self.metadata, &self.sound().concat())
    }

    /// The sound, frame by frame.
    pub fn sound(&self) -> Vec<Vec<u8>> {
        let starts = (0..self.frames()).step_by(self.block.max(1));
        starts.enumerate().map(|(n, start)| self.frame(n, start)).collect()
    }

    fn frame(&self, n: usize, start: usize) -> Vec<u8> {
        let coding = self.codings[n % self.codings.len()];
        let end = (start + self.block).min(self.frames());
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
        let said = coding.header_says_all.then_some((self.rate_hz, self.depth_bits));
        let header = flac::header(n, end - start, layout, said);
        let mut body = BitWriter::default();
        for (values, depth) in channels.iter().zip(depths) {
            subframe(&mut body, values, depth, coding);
        }
        sealed(&header, &body)
    }
}

fn value_of(bytes: &[u8]) -> i64 {
    let mut wide = [0; 8];
    wide[8 - bytes.len()..].copy_from_slice(bytes);
    let value = i64::from_le_bytes(wide) >> (64 - 8 * bytes.len());
    if bytes.len() == 1 { i64::from(bytes[0]) - 128 } else { value }
}

fn subframe(bits: &mut BitWriter, values: &[i64], depth: u32, coding: Coding) {
    let zeros = values.iter().map(|value| value.trailing_zeros()).min().unwrap_or(0).min(depth - 1);
    let wasted = if coding.without_zeros { zeros } else { 0 };
    let values: Vec<i64> = values.iter().map(|value| value >> wasted).collect();
    let depth = depth - wasted;
    let head = |bits: &mut BitWriter, kind: u64| {
        bits.put(kind, 7).put(u64::from(wasted > 0), 1);
        if wasted > 0 {
            bits.zeros(u64::from(wasted) - 1);
        }
    };
    match coding.subframe {
        Subframe::Constant if values.iter().all(|value| *value == values[0]) => {
            head(bits, 0);
            bits.signed(values[0], depth);
            return;
        }
        Subframe::Fixed(order) | Subframe::Plain(order) => {
            let weights = [vec![], vec![1], vec![2, -1], vec![3, -3, 1], vec![4, -6, 4, -1]][order as usize].clone();
            if let Some(residual) = predicted(&values, &weights, 0) {
                head(bits, 8 + u64::from(order));
                bits.all(&values[..order as usize], depth);
                write_residual(bits, &residual, values.len(), coding);
                return;
            }
        }
        Subframe::Linear(order) => {
            let weights: Vec<i64> = (0..i64::from(order)).map(|at| if at == 0 { 11 } else { at % 7 - 3 }).collect();
            if let Some(residual) = predicted(&values, &weights, 3) {
                head(bits, 31 + u64::from(order));
                bits.all(&values[..order as usize], depth);
                bits.put(5 - 1, 4).put(3, 5);
                bits.all(&weights, 5);
                write_residual(bits, &residual, values.len(), coding);
                return;
            }
        }
        _ => {}
    }
    head(bits, 1);
    bits.all(&values, depth);
}

/// What the prediction lacks, or `None` if it cannot be written. The first weight is of the sample just before.
fn predicted(values: &[i64], weights: &[i64], shift: u32) -> Option<Vec<i64>> {
    let residual = (weights.len()..values.len()).map(|at| {
        let sum: i64 = weights.iter().enumerate().map(|(n, weight)| weight * values[at - 1 - n]).sum();
        i32::try_from(values[at] - (sum >> shift)).ok().map(i64::from)
    });
    if weights.len() <= values.len() { residual.collect() } else { None }
}

fn write_residual(bits: &mut BitWriter, residual: &[i64], block: usize, coding: Coding) {
    let order = block - residual.len();
    let divides = |parts: u32| block.is_multiple_of(1 << parts) && block >> parts >= order;
    let parts = if divides(coding.parts_log2) { coding.parts_log2 } else { 0 };
    bits.put(1, 2).put(u64::from(parts), 4);
    let mut rest = residual;
    for n in 0..1 << parts {
        let (part, after) = rest.split_at((block >> parts) - if n == 0 { order } else { 0 });
        rest = after;
        let folded: Vec<u64> = part.iter().map(|value| (value << 1 ^ value >> 63).cast_unsigned()).collect();
        let width = 64 - folded.iter().max().unwrap_or(&0).leading_zeros();
        if matches!(coding.subframe, Subframe::Plain(_)) && width < 32 {
            bits.put(31, 5).put(u64::from(width), 5);
            bits.all(part, width);
            continue;
        }
        let parameter = width.saturating_sub(2).min(30);
        bits.put(u64::from(parameter), 5);
        for value in folded {
            bits.zeros(value >> parameter).put(value, parameter);
        }
    }
}
