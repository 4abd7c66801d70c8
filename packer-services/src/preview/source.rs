//! A source file as it is, to be seen beside what became of it: pixels, a waveform, or text.
//!
//! It is the one preview that is not of packed bytes, and so it says nothing of the console. The decoders are those of the
//! pack, so what is shown here is what they saw.

use super::sound::{Drawing, Waveform};
use crate::banks::glyph::image::{Image, PixelKind};
use crate::banks::{Sink, Stop};
use crate::diagnostics::escaped;

/// Columns of a source sound's waveform, at most.
pub const SOURCE_COLUMNS: usize = 4096;

/// A source file.
#[derive(Clone, PartialEq)]
pub enum SourcePreview {
    /// A PNG, be it one that cannot be packed.
    Image {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// Row by row, four bytes a pixel: red, green, blue and alpha, not multiplied. Of a 16-bit image the high bytes. A pixel
        /// whose index the image's own palette lacks is transparent black.
        rgba: Vec<u8>,
        /// What it is: `indexed PNG, 8 bit`.
        words: String,
    },
    /// A WAV or a FLAC, be it one that cannot be packed.
    Sound {
        /// In Hz.
        rate_hz: u32,
        /// 1 or 2.
        channels: u16,
        /// Of a sample in the file.
        bits: u16,
        /// How many there are.
        frames: u64,
        /// What it is: `WAV, 16 bit, stereo`.
        words: String,
        /// All of it as the console would play it, mono and of 16 bits, at most [`SOURCE_COLUMNS`] wide; `None` if its frames
        /// cannot be decoded.
        waveform: Option<Waveform>,
    },
    /// A declaration, a palette, or another text.
    Text {
        /// Printable, with `\n` at the ends of lines: what is not, is written as `\u{…}`.
        text: String,
        /// Whether it is the start alone, 1 MiB.
        is_cut: bool,
        /// Whether bytes that are no UTF-8 became `\u{FFFD}`.
        is_lossy: bool,
    },
    /// Something that is not shown, such as a finished payload.
    Other {
        /// What it seems to be: ``it starts with `ABCD` ``.
        words: String,
    },
}

impl std::fmt::Debug for SourcePreview {
    /// Without pixels and columns.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Image { width, height, words, .. } => write!(f, "Image({width} × {height}, {words})"),
            Self::Sound { rate_hz, frames, words, .. } => write!(f, "Sound({frames} frames, {rate_hz} Hz, {words})"),
            Self::Text { text, is_cut, is_lossy } => write!(f, "Text({text:?}, {is_cut}, {is_lossy})"),
            Self::Other { words } => write!(f, "Other({words})"),
        }
    }
}

impl SourcePreview {
    /// Of a decoded image.
    pub(crate) fn image(image: Image, words: String) -> Self {
        let shown = image.pixels.iter().flat_map(|pixel| {
            let alpha = match pixel.kind {
                PixelKind::Opaque | PixelKind::Deep => 0xFF,
                PixelKind::Partial(alpha) => alpha,
                PixelKind::Clear => 0,
                PixelKind::NoColor => return [0; 4],
            };
            let [r, g, b] = pixel.rgb.0;
            [r, g, b, alpha]
        });
        Self::Image { width: image.width, height: image.height, rgba: shown.collect(), words }
    }

    /// Of a text's first bytes; `is_cut` if there are more.
    pub(crate) fn text(bytes: &[u8], is_cut: bool) -> Self {
        // A character that the cut went through is no damage.
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

/// Draws a sound of known length while it is decoded.
pub(crate) struct SoundDrawing(Drawing);

impl SoundDrawing {
    /// Of so many frames.
    pub(crate) fn of(frames: u64) -> Self {
        Self(Drawing::of(0..frames, SOURCE_COLUMNS))
    }

    /// The waveform, whole if every frame came.
    pub(crate) fn finish(self) -> Waveform {
        self.0.finish()
    }
}

impl Sink for SoundDrawing {
    fn push_bytes(&mut self, bytes: Vec<u8>) -> Result<(), Stop> {
        // Decoders give whole frames.
        let (values, _) = bytes.as_chunks::<2>();
        values.iter().for_each(|value| self.0.take(i16::from_le_bytes(*value)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], is_cut: bool) -> (String, bool) {
        match SourcePreview::text(bytes, is_cut) {
            SourcePreview::Text { text, is_lossy, .. } => (text, is_lossy),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_text_keeps_its_lines_and_tabs_and_shows_what_hides_in_it() {
        assert_eq!(text(b"a\r\n\tb\n", false), ("a\n\tb\n".into(), false));
        assert_eq!(text("\u{feff}{\u{202e}\u{0}".as_bytes(), false), ("\\u{feff}{\\u{202e}\\u{0}".into(), false));
        assert_eq!(text(b"h\xe9ros", false), ("h\u{fffd}ros".into(), true));
    }

    #[test]
    fn a_character_that_is_cut_through_is_left_out_and_is_no_damage() {
        let bytes = "aé".as_bytes();
        assert_eq!(text(&bytes[..2], true), ("a".into(), false));
        assert_eq!(text(&bytes[..2], false), ("a\u{fffd}".into(), true), "at the end of a file it is one");
    }
}
