//! One frame of a sound file becomes the one value that the console plays (spec: banks, "Conversion arithmetic").

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
    fn stereo_mean_rounds_down_at_file_depth() {
        assert_eq!(of_wav(&[0xFF, 0x7F, 0x00, 0x00], 16), 16_383);
        assert_eq!(of_wav(&[0xFF, 0xFF, 0x00, 0x00], 16), -1);
        assert_eq!(of_wav(&[255, 254], 8), 126 << 8);
        let mut frame = i32::MAX.to_le_bytes().to_vec();
        frame.extend(i32::MAX.to_le_bytes());
        assert_eq!(of_wav(&frame, 32), 32_767);
    }
}
