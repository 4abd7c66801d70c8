//! The content of a source file, for comparison with the result: pixels, a waveform, or text.
//!
//! This is the only preview that does not show packed bytes, so it does not describe the console. It uses the same
//! decoders as the pack and shows their output.

use super::sound::{Pcm16, Waveform, WaveformDrawing};
use crate::banks::glyph::image::ShownImage;
pub use crate::banks::glyph::pixels::ImagePixels;
use crate::banks::{Sink, Stop};
use crate::diagnostics::escaped;
use crate::formats::SampleLoop;

/// The maximum number of columns in the waveform of a source: the width of a 4K screen.
pub const SOURCE_COLUMNS: usize = 4096;

/// The most bytes of a sound that are kept to play it, 64 MiB: twelve minutes at 44,100 Hz.
pub const SOURCE_SOUND_BYTES: u64 = 64 << 20;

/// A source file.
#[derive(Clone, PartialEq)]
pub enum SourcePreview {
    /// A PNG or a sprite, even if it cannot be packed.
    Image {
        /// Of a 16-bit image, the high bytes. A pixel whose index is not in the image's own palette is transparent
        /// black.
        pixels: ImagePixels,
        /// How many frames it has, at least 1. They have the same size, and lie one below the other.
        frames: u32,
        /// Its format: `indexed PNG, 8 bit`.
        description: String,
    },
    /// A WAV or FLAC, even if it cannot be packed.
    Sound {
        /// In Hz.
        rate_hz: u32,
        /// 1 or 2.
        channels: u16,
        /// Bits per value in the file.
        bits: u16,
        /// The number of frames.
        frames: u64,
        /// Its format: `WAV, 16 bit, stereo`.
        description: String,
        /// The whole sound as the console would play it, mono and 16 bit, in at most [`SOURCE_COLUMNS`] columns; `None`
        /// if it cannot be decoded.
        waveform: Option<Waveform>,
        /// The frames of the waveform; `None` if it cannot be decoded or exceeds [`SOURCE_SOUND_BYTES`].
        pcm: Option<Pcm16>,
        /// The endless forward loop that the file describes, if it has one; it can lie outside the sound.
        looping: Option<SampleLoop>,
    },
    /// A declaration, a palette, or another text.
    Text {
        /// The text with `\n` as line end; characters that cannot be printed are escaped as `\u{…}`.
        text: String,
        /// Whether it is only the start of the file, 1 MiB.
        is_cut: bool,
        /// Whether bytes that are not UTF-8 were replaced by `\u{FFFD}`.
        is_lossy: bool,
    },
    /// Another file, which is not shown, such as a raw payload.
    Other {
        /// What it seems to be: ``it starts with `ABCD` ``.
        description: String,
    },
}

impl std::fmt::Debug for SourcePreview {
    /// Leaves out pixels and waveform columns.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Image { pixels, description, .. } => {
                write!(f, "Image({} × {}, {description})", pixels.width(), pixels.height())
            }
            Self::Sound { rate_hz, frames, description, .. } => {
                write!(f, "Sound({frames} frames, {rate_hz} Hz, {description})")
            }
            Self::Text { text, is_cut, is_lossy } => write!(f, "Text({text:?}, {is_cut}, {is_lossy})"),
            Self::Other { description } => write!(f, "Other({description})"),
        }
    }
}

impl SourcePreview {
    /// Creates the preview of a decoded image.
    pub(crate) fn of_image(image: ShownImage) -> Self {
        let frames = image.form.frames();
        Self::Image { pixels: image.pixels, frames, description: image.form.to_string() }
    }

    /// Creates the preview of a text from its first bytes; `is_cut` if there are more.
    pub(crate) fn of_text(bytes: &[u8], is_cut: bool) -> Self {
        // A character that is incomplete because of the cut does not make the text lossy.
        let bytes = match std::str::from_utf8(bytes) {
            Err(error) if is_cut && error.error_len().is_none() => &bytes[..error.valid_up_to()],
            _ => bytes,
        };
        let text = String::from_utf8_lossy(bytes);
        let is_lossy = matches!(text, std::borrow::Cow::Owned(_));
        let line = |line: &str| {
            let line = line.strip_suffix('\r').unwrap_or(line);
            line.split('\t').map(escaped).collect::<Vec<_>>().join("\t")
        };
        let text = text.split('\n').map(line).collect::<Vec<_>>().join("\n");
        Self::Text { text, is_cut, is_lossy }
    }
}

/// Draws a sound of known length while it is decoded, and keeps it unless it is too long.
pub(crate) struct SoundDrawing {
    drawing: WaveformDrawing,
    kept: Option<Vec<u8>>,
}

impl SoundDrawing {
    /// A drawing of this many frames.
    pub(crate) fn of(frames: u64) -> Self {
        let kept = (frames.saturating_mul(2) <= SOURCE_SOUND_BYTES).then(Vec::new);
        Self { drawing: WaveformDrawing::of(0..frames, SOURCE_COLUMNS), kept }
    }

    /// Returns the waveform and the kept frames, which are complete if every frame was pushed.
    pub(crate) fn finish(self) -> (Waveform, Option<Pcm16>) {
        (self.drawing.finish(), self.kept.map(Pcm16::new))
    }
}

impl Sink for SoundDrawing {
    fn push_bytes(&mut self, bytes: Vec<u8>) -> Result<(), Stop> {
        // Decoders push complete frames only.
        let (values, _) = bytes.as_chunks::<2>();
        values.iter().for_each(|value| self.drawing.push(i16::from_le_bytes(*value)));
        if let Some(kept) = &mut self.kept {
            kept.extend(bytes);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], is_cut: bool) -> (String, bool) {
        match SourcePreview::of_text(bytes, is_cut) {
            SourcePreview::Text { text, is_lossy, .. } => (text, is_lossy),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn text_keeps_lines_and_escapes_invisible_characters() {
        assert_eq!(text(b"a\r\n\tb\n", false), ("a\n\tb\n".into(), false));
        assert_eq!(text("\u{feff}{\u{202e}\u{0}".as_bytes(), false), ("\\u{feff}{\\u{202e}\\u{0}".into(), false));
        assert_eq!(text(b"h\xe9ros", false), ("h\u{fffd}ros".into(), true));
    }

    #[test]
    fn cut_character_is_left_out() {
        let bytes = "aé".as_bytes();
        assert_eq!(text(&bytes[..2], true), ("a".into(), false));
        assert_eq!(text(&bytes[..2], false), ("a\u{fffd}".into(), true), "at the end of a file it is damage");
    }
}
