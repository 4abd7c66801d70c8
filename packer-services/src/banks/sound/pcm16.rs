//! One frame of a sound file becomes the one value that the console plays (spec: banks, "Conversion arithmetic"), or
//! keeps all that it has, in a whole number of bytes.

/// What a frame becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FrameForm {
    /// What the console plays: one channel of 16 bits.
    Console,
    /// All channels, with all bits: [`whole_depth_bits`].
    Whole,
}

impl FrameForm {
    /// Adds a frame to `bytes`: little-endian, interleaved. Each channel must fit into `depth_bits`, at most 32.
    pub(super) fn push_frame(self, bytes: &mut Vec<u8>, channels: impl IntoIterator<Item = i64>, depth_bits: u16) {
        match self {
            Self::Console => bytes.extend(pcm16_sample(channels, depth_bits).to_le_bytes()),
            Self::Whole => {
                let whole_bits = whole_depth_bits(depth_bits);
                for value in channels {
                    let wide = value << whole_bits.saturating_sub(depth_bits);
                    bytes.extend(&wide.to_le_bytes()[..usize::from(whole_bits / 8)]);
                }
            }
        }
    }
}

/// The bits of a sample in a WAV that is written: 16, 24 or 32, of which the highest are those of the file.
pub fn whole_depth_bits(depth_bits: u16) -> u16 {
    match depth_bits {
        0..=16 => 16,
        17..=24 => 24,
        _ => 32,
    }
}

/// The value of a frame: the mean of its channels at the file's depth, then 16 bits. Each channel must fit into
/// `depth_bits`, at most 32; the result is meaningless otherwise.
pub(super) fn pcm16_sample(channels: impl IntoIterator<Item = i64>, depth_bits: u16) -> i16 {
    let (sum, count) = channels.into_iter().fold((0, 0), |(sum, count), value| (sum + value, count + 1));
    let mono: i64 = if count == 2 { sum >> 1 } else { sum };
    let wide = if depth_bits < 16 { mono << (16 - depth_bits) } else { mono >> (depth_bits - 16) };
    i16::try_from(wide).unwrap_or_default()
}

/// The values of one frame of a WAV.
pub(super) fn wav_channels(frame: &[u8], depth_bits: u16) -> impl Iterator<Item = i64> {
    frame.chunks_exact(usize::from(depth_bits / 8)).map(|bytes| match *bytes {
        [a] => i64::from(a) - 128,
        [a, b] => i64::from(i16::from_le_bytes([a, b])),
        [a, b, c] => i64::from(i32::from_le_bytes([0, a, b, c]) >> 8),
        [a, b, c, d] => i64::from(i32::from_le_bytes([a, b, c, d])),
        _ => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_wav(frame: &[u8], depth_bits: u16) -> i16 {
        pcm16_sample(wav_channels(frame, depth_bits), depth_bits)
    }

    #[test]
    fn every_depth_becomes_16_bits() {
        assert_eq!(of_wav(&[0], 8), -32_768);
        assert_eq!(of_wav(&[128], 8), 0);
        assert_eq!(of_wav(&[255], 8), 32_512);
        assert_eq!(of_wav(&(-2i16).to_le_bytes(), 16), -2);
        assert_eq!(of_wav(&[0xFF, 0xFF, 0x7F], 24), 32_767);
        assert_eq!(of_wav(&[0xFF, 0xFF, 0xFF], 24), -1);
        assert_eq!(of_wav(&i32::MIN.to_le_bytes(), 32), -32_768);
        let samples = [([7], 4), ([-8], 4), ([-1], 12), ([-1], 17)];
        assert_eq!(samples.map(|(frame, depth)| pcm16_sample(frame, depth)), [28_672, -32_768, -16, -1]);
    }

    #[test]
    fn whole_frames_keep_all_bits() {
        let whole = |frame: &[u8], depth_bits| {
            let mut bytes = Vec::new();
            FrameForm::Whole.push_frame(&mut bytes, wav_channels(frame, depth_bits), depth_bits);
            bytes
        };
        assert_eq!(whole(&[0, 129], 8), [0, 0x80, 0, 1]);
        assert_eq!(whole(&[1, 2, 3, 4], 16), [1, 2, 3, 4]);
        assert_eq!(whole(&[1, 2, 0xFF], 24), [1, 2, 0xFF]);
        assert_eq!(whole(&[1, 2, 3, 0xFF], 32), [1, 2, 3, 0xFF]);
        let mut of_twenty = Vec::new();
        FrameForm::Whole.push_frame(&mut of_twenty, [-1], 20);
        assert_eq!(of_twenty, [0xF0, 0xFF, 0xFF]);
    }

    #[test]
    fn stereo_mean_rounds_down_at_file_depth() {
        assert_eq!(of_wav(&[0xFF, 0x7F, 0x00, 0x00], 16), 16_383);
        assert_eq!(of_wav(&[0xFF, 0xFF, 0x00, 0x00], 16), -1);
        assert_eq!(of_wav(&[255, 254], 8), 126 << 8);
        let mut frame = i32::MAX.to_le_bytes().to_vec();
        frame.extend(i32::MAX.to_le_bytes());
        assert_eq!(of_wav(&frame, 32), 32_767);
    }
}
