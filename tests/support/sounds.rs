//! WAV files created by tests, valid or invalid in every detail.

/// The content of a WAV file, chunk by chunk.
#[derive(Clone, Debug)]
pub struct Wav {
    /// 1 is integer PCM.
    pub coding: u16,
    /// Channels.
    pub channels: u16,
    /// In Hz.
    pub rate_hz: u32,
    /// Bits per sample, in the file.
    pub depth_bits: u16,
    /// The data chunk's body.
    pub data: Vec<u8>,
    /// Chunks between the format and the data.
    pub before_data: Vec<([u8; 4], Vec<u8>)>,
    /// Chunks after the data.
    pub after_data: Vec<([u8; 4], Vec<u8>)>,
}

impl Wav {
    /// PCM of any depth.
    pub fn pcm(rate_hz: u32, channels: u16, depth_bits: u16, data: Vec<u8>) -> Self {
        Self { coding: 1, channels, rate_hz, depth_bits, data, before_data: Vec::new(), after_data: Vec::new() }
    }

    /// 16-bit mono.
    pub fn mono16(rate_hz: u32, samples: &[i16]) -> Self {
        Self::pcm(rate_hz, 1, 16, samples.iter().flat_map(|sample| sample.to_le_bytes()).collect())
    }

    /// With a `smpl` chunk of these loops: (kind, first frame, last frame, fraction, play count).
    #[must_use]
    pub fn loops(mut self, loops: &[(u32, u32, u32, u32, u32)]) -> Self {
        let mut body = vec![0; 28];
        body.extend(u32::try_from(loops.len()).unwrap_or(u32::MAX).to_le_bytes());
        body.extend([0; 4]);
        for (kind, start, end, fraction, plays) in loops {
            for field in [0, *kind, *start, *end, *fraction, *plays] {
                body.extend(field.to_le_bytes());
            }
        }
        self.after_data.push((*b"smpl", body));
        self
    }

    /// The format chunk's body.
    pub fn format_body(&self) -> Vec<u8> {
        let frame = self.channels * (self.depth_bits / 8);
        let mut body = Vec::new();
        body.extend(self.coding.to_le_bytes());
        body.extend(self.channels.to_le_bytes());
        body.extend(self.rate_hz.to_le_bytes());
        body.extend((self.rate_hz * u32::from(frame)).to_le_bytes());
        body.extend(frame.to_le_bytes());
        body.extend(self.depth_bits.to_le_bytes());
        body
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut chunks = vec![(*b"fmt ", self.format_body())];
        chunks.extend(self.before_data.clone());
        chunks.push((*b"data", self.data.clone()));
        chunks.extend(self.after_data.clone());
        riff(&chunks)
    }
}

/// A RIFF/WAVE file of these chunks; chunks of odd length are padded.
pub fn riff(chunks: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut body = b"WAVE".to_vec();
    for (id, bytes) in chunks {
        body.extend(id);
        body.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
        body.extend(bytes);
        if bytes.len() % 2 == 1 {
            body.push(0);
        }
    }
    let mut file = b"RIFF".to_vec();
    file.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
    file.extend(body);
    file
}

/// The chunks `cue ` and `LIST` of markers with these names, frames, and lengths in frames: those of a region, or 0.
pub fn marker_chunks(markers: &[(&str, u32, u32)]) -> Vec<([u8; 4], Vec<u8>)> {
    let entry = |id: &[u8; 4], body: &[u8]| {
        let size = u32::try_from(body.len()).expect("a short name").to_le_bytes();
        [&id[..], &size, body, &vec![0; body.len() % 2]].concat()
    };
    let mut points = u32::try_from(markers.len()).expect("few markers").to_le_bytes().to_vec();
    let mut list = b"adtl".to_vec();
    for (id, (name, frame, length)) in (1u32..).zip(markers) {
        // As WaveFile for JavaScript writes them: the place in the play list is 0.
        points.extend([id, 0, u32::from_le_bytes(*b"data"), 0, 0, *frame].map(u32::to_le_bytes).concat());
        list.extend(entry(b"labl", &[&id.to_le_bytes()[..], name.as_bytes(), b"\0"].concat()));
        if *length > 0 {
            let region = [id, *length, u32::from_le_bytes(*b"rgn "), 0, 0].map(u32::to_le_bytes).concat();
            list.extend(entry(b"ltxt", &region));
        }
    }
    vec![(*b"cue ", points), (*b"LIST", list)]
}
