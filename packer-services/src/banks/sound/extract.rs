//! A sample as a WAV: the bytes of the file before its sound and after it. The sound between them is the sample's bytes
//! in the payload, which are copied and need not be in memory (spec: packer charter, "`extract`").

use crate::declaration::LoopChoice;
use crate::formats::{SampleLoop, SampleMetadata};

/// A frame, in bytes.
const FRAME_BYTES: u16 = 2;
/// Of a WAV before its sound, in bytes: RIFF and WAVE, the format chunk, and the data chunk's head.
pub const HEAD_BYTES: usize = 44;
/// A loop chunk with one loop, in bytes.
const LOOP_BYTES: u64 = 8 + 36 + 24;
/// Of the loop chunk: the MIDI key at which a sampler plays the sound at its own pitch. Editors write middle C.
const UNITY_NOTE: u32 = 60;

/// A WAV around a sample's bytes: PCM, 16 bits, mono, at the sample's own rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WavWrapper {
    /// Before the sound.
    pub head: Vec<u8>,
    /// After it: the loop, if there is one.
    pub tail: Vec<u8>,
}

/// What the artifact of a sample's WAV declares, so that the sample loops as before. A loop of the first frame alone
/// means no loop in a WAV.
pub fn written_loop(sample: &SampleMetadata) -> LoopChoice {
    match sample.looping {
        Some(looping @ SampleLoop { start: 0, end: 1 }) => LoopChoice::At(looping),
        _ => LoopChoice::File,
    }
}

/// The size of a sample's WAV, in bytes.
pub fn wav_size_bytes(sample: &SampleMetadata) -> u64 {
    let tail_bytes = if sample.looping.is_some() { LOOP_BYTES } else { 0 };
    sample.frames.saturating_mul(FRAME_BYTES.into()).saturating_add(HEAD_BYTES as u64 + tail_bytes)
}

/// The WAV around a sample; `None` if a WAV, whose sizes have 32 bits, cannot hold it.
pub fn wav_wrapper(sample: &SampleMetadata) -> Option<WavWrapper> {
    let form = WavForm { channels: 1, depth_bits: FRAME_BYTES * 8, rate_hz: sample.sample_rate_hz };
    wav_around(form, sample.frames, sample.looping)
}

/// How the frames of a WAV lie in it: PCM, little-endian, at least 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WavForm {
    /// 1 or 2.
    pub channels: u16,
    /// 16, 24 or 32.
    pub depth_bits: u16,
    /// In Hz.
    pub rate_hz: u32,
}

/// The WAV around so many frames, which perhaps loop; `None` if a WAV, whose sizes have 32 bits, cannot hold them.
pub fn wav_around(form: WavForm, frames: u64, looping: Option<SampleLoop>) -> Option<WavWrapper> {
    let WavForm { channels, depth_bits, rate_hz } = form;
    let frame_bytes = channels.checked_mul(depth_bits / 8)?;
    let data_bytes = frames.checked_mul(frame_bytes.into())?;
    let tail_bytes = data_bytes % 2 + if looping.is_some() { LOOP_BYTES } else { 0 };
    let riff_bytes = u32::try_from(data_bytes.checked_add(HEAD_BYTES as u64 - 8 + tail_bytes)?).ok()?;
    let mut head = Vec::new();
    head.extend(b"RIFF");
    head.extend(riff_bytes.to_le_bytes());
    head.extend(b"WAVEfmt ");
    head.extend(16u32.to_le_bytes());
    head.extend(1u16.to_le_bytes());
    head.extend(channels.to_le_bytes());
    head.extend(rate_hz.to_le_bytes());
    head.extend(rate_hz.checked_mul(frame_bytes.into())?.to_le_bytes());
    head.extend(frame_bytes.to_le_bytes());
    head.extend(depth_bits.to_le_bytes());
    head.extend(b"data");
    head.extend(u32::try_from(data_bytes).ok()?.to_le_bytes());
    let mut tail = vec![0; usize::from(data_bytes % 2 == 1)];
    if let Some(looping) = looping {
        let (start, last) = (u32::try_from(looping.start).ok()?, u32::try_from(looping.end.checked_sub(1)?).ok()?);
        let frame_nanoseconds = 1_000_000_000 / rate_hz.max(1);
        tail.extend(b"smpl");
        // Manufacturer, product, period, key and its fraction, SMPTE format and offset, one loop, no more data; then
        // the loop: its id, forward, first and last frame, no fraction, played without end.
        let fields = [60, 0, 0, frame_nanoseconds, UNITY_NOTE, 0, 0, 0, 1, 0, 0, 0, start, last, 0, 0];
        tail.extend(fields.into_iter().flat_map(u32::to_le_bytes));
    }
    Some(WavWrapper { head, tail })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::banks::sound::loops::FileLoop;
    use crate::banks::sound::wav::read_wav_structure;
    use crate::formats::SampleLoop;

    #[test]
    fn written_wavs_read_back() {
        for looping in [None, Some(SampleLoop { start: 0, end: 3 }), Some(SampleLoop { start: 2, end: 3 })] {
            let sample = SampleMetadata { frames: 3, sample_rate_hz: 192_000, looping };
            let around = wav_wrapper(&sample).unwrap();
            let file = [around.head, vec![7; 6], around.tail].concat();
            assert_eq!(file.len() as u64, wav_size_bytes(&sample));
            let wav = read_wav_structure(&mut Cursor::new(&file), file.len() as u64).unwrap().unwrap();
            assert_eq!((wav.channels, wav.depth_bits, wav.rate_hz, wav.frames), (1, 16, 192_000, 3));
            assert_eq!(wav.looping, looping.map_or(FileLoop::None, FileLoop::Forward));
            assert_eq!(wav.warnings, []);
        }
    }

    #[test]
    fn too_long_sounds_have_no_wav() {
        let longest =
            |looping| SampleMetadata { frames: (u64::from(u32::MAX) - 36) / 2, sample_rate_hz: 8000, looping };
        assert!(wav_wrapper(&longest(None)).is_some());
        assert!(wav_wrapper(&longest(Some(SampleLoop { start: 0, end: 1 }))).is_none());
        assert!(wav_wrapper(&SampleMetadata { frames: 1 << 52, sample_rate_hz: 8000, looping: None }).is_none());
    }
}
