//! Sounds in formats that are decoded when they are added to an asset: the files of `tests/support/imports`, which are
//! tones, and AIFF files that are written here.

/// A tone of 1000 frames, mono, 22 050 Hz, as Ogg Vorbis.
pub const TONE_OGG: &[u8] = include_bytes!("imports/tone.ogg");
/// The same tone, and its inverse as the right channel.
pub const STEREO_OGG: &[u8] = include_bytes!("imports/stereo.ogg");
/// The tone with the tags `LoopStart=100` and `LOOPLENGTH=800`.
pub const LOOP_OGG: &[u8] = include_bytes!("imports/loop.ogg");
/// The tone as MP3, with its length in a first frame that has no sound.
pub const TONE_MP3: &[u8] = include_bytes!("imports/tone.mp3");

/// The tone as MP3, without that frame: nothing says how much silence is around it.
pub fn untagged_mp3() -> Vec<u8> {
    // The next frame begins with the same header.
    let next = TONE_MP3.windows(3).skip(1).position(|bytes| bytes == &TONE_MP3[..3]).expect("a second frame");
    TONE_MP3[next + 1..].to_vec()
}

/// An AIFF.
#[derive(Clone, Debug)]
pub struct Aiff {
    /// 1 or 2.
    pub channels: u16,
    /// Of a sample.
    pub depth_bits: u16,
    /// In Hz, at most 65 535.
    pub rate_hz: u16,
    /// Big-endian, interleaved.
    pub data: Vec<u8>,
    /// The sustain loop: its mode, and the frames of its two markers.
    pub looping: Option<(u16, u32, u32)>,
}

impl Aiff {
    /// The bytes of the file.
    pub fn bytes(&self) -> Vec<u8> {
        let frame_bytes = u32::from(self.channels * self.depth_bits.div_ceil(8));
        let frames = u32::try_from(self.data.len()).expect("a short sound") / frame_bytes;
        // The rate as a floating point number of 80 bits.
        let shift = self.rate_hz.leading_zeros();
        let exponent = 16_383 + 15 - u16::try_from(shift).expect("a shift");
        let mut rate = exponent.to_be_bytes().to_vec();
        rate.extend((u64::from(self.rate_hz) << (48 + shift)).to_be_bytes());
        let common =
            [&self.channels.to_be_bytes()[..], &frames.to_be_bytes(), &self.depth_bits.to_be_bytes(), &rate].concat();
        let mut chunks = vec![(*b"COMM", common)];
        if let Some((mode, start, end)) = self.looping {
            let marker = |id: u16, at: u32| [&id.to_be_bytes()[..], &at.to_be_bytes(), &[1, b'm']].concat();
            chunks.push((*b"MARK", [vec![0, 2], marker(1, start), marker(2, end)].concat()));
            let sustain = [&mode.to_be_bytes()[..], &[0, 1, 0, 2]].concat();
            chunks.push((*b"INST", [&[60, 0, 0, 127, 1, 127, 0, 0][..], &sustain, &[0; 6]].concat()));
        }
        chunks.push((*b"SSND", [&[0; 8][..], &self.data].concat()));
        let mut body = b"AIFF".to_vec();
        for (id, chunk) in chunks {
            body.extend(id);
            body.extend(u32::try_from(chunk.len()).expect("a short chunk").to_be_bytes());
            body.extend(&chunk);
            body.resize(body.len().next_multiple_of(2), 0);
        }
        let size = u32::try_from(body.len()).expect("a short file").to_be_bytes();
        [&b"FORM"[..], &size, &body].concat()
    }
}
