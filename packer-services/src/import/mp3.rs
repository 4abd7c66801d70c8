//! The frames of an MP3: each states its own length. A decoder leaves out a last frame that is not complete.

use crate::banks::sniff::id3_tag_bytes;

/// In kbit/s, of MPEG 1 and of MPEG 2 and 2.5; their first value means another, which is not stated.
const BIT_RATES: [[usize; 15]; 2] = [
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
/// In Hz, of MPEG 1.
const RATES_HZ: [usize; 3] = [44_100, 48_000, 32_000];

/// Where the last frame begins, if the file ends inside it. What follows the frames, such as tags, is not looked at.
pub(super) fn cut_frame(file: &[u8]) -> Option<usize> {
    let tag = id3_tag_bytes(file).unwrap_or(0);
    let mut at = usize::try_from(tag).ok()?;
    // Some programs put zeros behind the tag.
    at += file.get(at..)?.iter().take_while(|byte| **byte == 0).count();
    let form = frame_form(file.get(at..)?)?;
    while at < file.len() {
        let rest = &file[at..];
        if rest.len() < 4 {
            return (rest.len() > 1 && rest[..2] == form.start).then_some(at);
        }
        let frame = frame_form(rest).filter(|frame| frame.is_like(&form))?;
        if frame.bytes > rest.len() {
            return Some(at);
        }
        at += frame.bytes;
    }
    None
}

/// What a frame states about itself.
struct FrameForm {
    /// Its first two bytes: the version and the layer.
    start: [u8; 2],
    rate_hz: usize,
    bytes: usize,
}

impl FrameForm {
    fn is_like(&self, other: &Self) -> bool {
        (self.start, self.rate_hz) == (other.start, other.rate_hz)
    }
}

/// Reads the header of a frame of layer 3 at the start; `None` if there is none, or it does not state its length.
fn frame_form(bytes: &[u8]) -> Option<FrameForm> {
    let [0xFF, second, third, _] = *bytes.first_chunk::<4>()? else { return None };
    // Eleven bits of synchronization, and layer 3.
    if second & 0xE6 != 0xE2 {
        return None;
    }
    let (is_first_version, divisor) = match second >> 3 & 3 {
        3 => (true, 1),
        2 => (false, 2),
        0 => (false, 4),
        _ => return None,
    };
    let bit_rate = *BIT_RATES[usize::from(!is_first_version)].get(usize::from(third >> 4))?;
    let rate_hz = RATES_HZ.get(usize::from(third >> 2 & 3))? / divisor;
    let samples_per_bit = if is_first_version { 144 } else { 72 };
    let bytes = samples_per_bit * bit_rate * 1000 / rate_hz + usize::from(third >> 1 & 1);
    (bit_rate > 0).then_some(FrameForm { start: [0xFF, second], rate_hz, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of MPEG 1 with 32 kbit/s at 44 100 Hz.
    fn frame(is_padded: bool) -> Vec<u8> {
        let mut frame = vec![0xFF, 0xFB, 0x10 | u8::from(is_padded) << 1, 0];
        frame.resize(104 + usize::from(is_padded), 7);
        frame
    }

    #[test]
    fn last_frame_must_be_complete() {
        let tag = b"ID3\x03\0\0\0\0\0\x02xx";
        let file = [&tag[..], &frame(false), &frame(true), &frame(false)].concat();
        assert_eq!(cut_frame(&file), None);
        let last = file.len() - 104;
        for length in last + 2..file.len() {
            assert_eq!(cut_frame(&file[..length]), Some(last), "{length}");
        }
        assert_eq!(cut_frame(&file[..last]), None);
        assert_eq!(cut_frame(&[&file[..], b"TAG and so on"].concat()), None);
        assert_eq!(cut_frame(b"ID3"), None);
        assert_eq!(cut_frame(&tag[..]), None);
    }
}
