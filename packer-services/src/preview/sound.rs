//! A decoded sound payload: frames, lengths, and waveforms to draw.

use std::ops::Range;

use crate::diagnostics::CauseId;
use crate::formats::SampleMetadata;
use crate::paths::RelPath;

/// How many consecutive frames at the same end of the scale count as clipping. A loud sound can
/// touch it for one or two frames by chance.
pub const CLIPPED_FRAMES: u64 = 3;
/// The size of a frame.
const FRAME_BYTES: usize = 2;

/// A sound bank.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundPreview {
    /// The bank's nominal rate.
    pub sample_rate_hz: u32,
    /// By index.
    pub samples: Vec<PreviewSample>,
}

/// A sample of a bank.
#[derive(Clone, Debug, PartialEq)]
pub struct PreviewSample {
    /// Its index.
    pub index: u32,
    /// The file it comes from, relative to the asset's root; unknown for a packed bank.
    pub file: Option<RelPath>,
    /// Whether it can be played.
    pub state: SampleState,
}

/// Whether a sample can be played.
#[derive(Clone, Debug, PartialEq)]
pub enum SampleState {
    /// It can be played.
    Playable(Playable),
    /// It is complete, but its bytes were not kept: the preview would exceed 512 MiB.
    OverLimit(SampleMetadata),
    /// An error keeps it out of the bank.
    Hole {
        /// The finding that explains it; `None` if a file changed while it was read.
        cause: Option<CauseId>,
    },
}

/// A sample as the console plays it.
#[derive(Clone, Debug, PartialEq)]
pub struct Playable {
    /// Its metadata in a pack: frames, rate, loop.
    pub metadata: SampleMetadata,
    /// Its bytes, as in the payload.
    pub pcm: Pcm16,
}

impl Playable {
    /// Its length in seconds.
    pub fn seconds(&self) -> f64 {
        seconds(self.metadata.frames, self.metadata.sample_rate_hz)
    }
}

/// The length of `frames` in seconds; 0 if the rate is 0.
#[expect(
    clippy::cast_precision_loss,
    reason = "the length is only displayed; no sound is so long that the difference is visible"
)]
pub fn seconds(frames: u64, rate_hz: u32) -> f64 {
    if rate_hz == 0 { 0.0 } else { frames as f64 / f64::from(rate_hz) }
}

/// Frames of 16 bits, little-endian, mono.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Pcm16(Vec<u8>);

impl std::fmt::Debug for Pcm16 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pcm16").field("frames", &self.frames()).finish_non_exhaustive()
    }
}

impl Pcm16 {
    /// Wraps the bytes of a sample.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, as in the pack.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// How many frames there are.
    pub fn frames(&self) -> u64 {
        (self.0.len() / FRAME_BYTES) as u64
    }

    /// The values of some frames, without those past the end.
    pub fn values(&self, frames: Range<u64>) -> impl Iterator<Item = i16> + '_ {
        let at = |frame: u64| usize::try_from(frame.min(self.frames())).unwrap_or(usize::MAX) * FRAME_BYTES;
        let (start, end) = (at(frames.start), at(frames.end));
        let (values, _) = self.0[start.min(end)..end].as_chunks::<FRAME_BYTES>();
        values.iter().map(|bytes| i16::from_le_bytes(*bytes))
    }

    /// The waveform of some frames in at most `columns` columns. Each column has at least one frame, so there are never
    /// more columns than frames.
    pub fn waveform(&self, frames: Range<u64>, columns: usize) -> Waveform {
        let end = frames.end.min(self.frames());
        let frames = frames.start.min(end)..end;
        let mut drawing = WaveformDrawing::of(frames.clone(), columns);
        self.values(frames).for_each(|value| drawing.push(value));
        drawing.finish()
    }
}

/// A waveform that is drawn while its values arrive, so that they do not have to be kept.
#[derive(Debug)]
pub(crate) struct WaveformDrawing {
    /// The frames that are drawn.
    frames: Range<u64>,
    columns: u64,
    /// The next frame.
    next: u64,
    run: ClippedRun,
    waveform: Waveform,
}

impl WaveformDrawing {
    /// A drawing of these frames in at most `columns` columns.
    pub(crate) fn of(frames: Range<u64>, columns: usize) -> Self {
        let columns = (columns as u64).min(frames.end.saturating_sub(frames.start));
        Self { next: frames.start, frames, columns, run: ClippedRun::default(), waveform: Waveform::default() }
    }

    /// Adds the value of the next frame.
    pub(crate) fn push(&mut self, value: i16) {
        if self.columns == 0 || self.next >= self.frames.end {
            return;
        }
        if self.waveform.columns.last().is_none_or(|column| column.frames.end == self.next) {
            let end = self.column_start(self.waveform.columns.len() as u64 + 1);
            let column = Column { frames: self.next..end, low: value, high: value, is_clipped: false };
            self.waveform.columns.push(column);
        }
        self.next += 1;
        self.run.push(value);
        let Some(column) = self.waveform.columns.last_mut() else { return };
        column.low = column.low.min(value);
        column.high = column.high.max(value);
        if self.run.frames >= CLIPPED_FRAMES {
            column.is_clipped = true;
            self.waveform.clipped_frames += if self.run.frames == CLIPPED_FRAMES { CLIPPED_FRAMES } else { 1 };
        }
    }

    /// The first frame of the column `n`.
    fn column_start(&self, n: u64) -> u64 {
        let count = self.frames.end - self.frames.start;
        let at = u128::from(count) * u128::from(n) / u128::from(self.columns);
        self.frames.start + u64::try_from(at).unwrap_or(count)
    }

    /// Returns the waveform, which is complete if every frame was pushed.
    pub(crate) fn finish(self) -> Waveform {
        self.waveform
    }
}

/// Consecutive frames at one end of the scale.
#[derive(Debug, Default)]
struct ClippedRun {
    value: i16,
    frames: u64,
}

impl ClippedRun {
    fn push(&mut self, value: i16) {
        if !matches!(value, i16::MIN | i16::MAX) {
            self.frames = 0;
        } else if value == self.value {
            self.frames += 1;
        } else {
            self.frames = 1;
        }
        self.value = value;
    }
}

/// A waveform to draw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waveform {
    /// From left to right.
    pub columns: Vec<Column>,
    /// How many frames seem to be clipped: those in runs of at least [`CLIPPED_FRAMES`].
    pub clipped_frames: u64,
}

/// A column of a waveform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The frames in it.
    pub frames: Range<u64>,
    /// Their lowest value.
    pub low: i16,
    /// Their highest value.
    pub high: i16,
    /// Whether a run of frames at one end of the scale reaches or exceeds [`CLIPPED_FRAMES`] in it.
    pub is_clipped: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pcm(values: &[i16]) -> Pcm16 {
        Pcm16::new(values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    fn drawn(waveform: &Waveform) -> Vec<(Range<u64>, i16, i16)> {
        waveform.columns.iter().map(|column| (column.frames.clone(), column.low, column.high)).collect()
    }

    #[test]
    fn frames_are_little_endian() {
        let pcm = pcm(&[1, -2, 300]);
        assert_eq!((pcm.frames(), pcm.bytes()[4..].to_vec()), (3, vec![0x2C, 0x01]));
        assert_eq!(pcm.values(1..9).collect::<Vec<_>>(), [-2, 300]);
        assert_eq!(pcm.values(7..9).count() + pcm.values(Range { start: 2, end: 1 }).count(), 0);
    }

    #[test]
    fn every_frame_is_in_one_column() {
        let pcm = pcm(&[0, 5, -7, 3, 9]);
        assert_eq!(drawn(&pcm.waveform(0..5, 2)), [(0..2, 0, 5), (2..5, -7, 9)]);
        assert_eq!(drawn(&pcm.waveform(1..3, 1)), [(1..3, -7, 5)]);
        for columns in 1..9 {
            let waveform = pcm.waveform(0..99, columns);
            assert_eq!(waveform.columns.len(), columns.min(5), "no column is empty");
            assert!(waveform.columns.windows(2).all(|pair| pair[0].frames.end == pair[1].frames.start));
            assert_eq!(waveform.columns.last().map(|last| last.frames.end), Some(5));
        }
    }

    #[test]
    fn empty_range_has_no_columns() {
        assert_eq!(pcm(&[]).waveform(0..9, 100), Waveform::default());
        assert_eq!(pcm(&[1, 2]).waveform(0..2, 0), Waveform::default());
        assert_eq!(pcm(&[1, 2]).waveform(5..9, 3), Waveform::default());
    }

    #[test]
    fn clipping_needs_three_frames() {
        let (low, high) = (i16::MIN, i16::MAX);
        let clipped = |values: &[i16]| pcm(values).waveform(0..99, 1).clipped_frames;
        assert_eq!(clipped(&[0, high, high, 0]), 0);
        assert_eq!(clipped(&[0, high, high, high, 0]), 3);
        assert_eq!(clipped(&[high, high, high, high, 0, low, low, low]), 7);
        assert_eq!(clipped(&[high, high, low, low, high, high]), 0, "the two ends of the scale are counted separately");
        assert_eq!(clipped(&[0, 0, 0, 0]), 0);
        let waveform = pcm(&[0, 0, high, high, high, 0]).waveform(0..6, 3);
        assert_eq!(waveform.columns.iter().map(|column| column.is_clipped).collect::<Vec<_>>(), [false, false, true]);
    }

    #[test]
    fn seconds_are_frames_divided_by_rate() {
        assert_eq!([seconds(11_025, 22_050), seconds(5, 0)].map(|seconds| (seconds * 10.0).round()), [5.0, 0.0]);
    }
}
