//! The palette of a sprite, which can change from frame to frame.

use super::bytes::{Fields, SpriteError};
use super::file::{PaletteChunk, PaletteKind, SpriteFile};
use crate::formats::Rgb;

/// The most colors that an index can name. More of a palette are ignored: no pixel has them.
const COLORS: usize = 256;

/// The palette of the current frame.
#[derive(Debug)]
pub struct FramePalette {
    /// Red, green, blue and alpha.
    colors: Vec<[u8; 4]>,
    /// How many of the file's chunks were read.
    read_chunks: usize,
}

impl FramePalette {
    /// The palette before the first frame: black.
    pub fn new(sprite: &SpriteFile<'_>) -> Self {
        Self { colors: vec![[0, 0, 0, 0xFF]; usize::from(sprite.color_count).min(COLORS)], read_chunks: 0 }
    }

    /// Reads the changes up to this frame, which must not be before the last one that was asked for.
    pub fn advance_to(&mut self, sprite: &SpriteFile<'_>, frame: u32) -> Result<(), SpriteError> {
        while let Some(chunk) = sprite.palette_chunks.get(self.read_chunks).filter(|chunk| chunk.frame <= frame) {
            self.read(sprite, chunk)?;
            self.read_chunks += 1;
        }
        Ok(())
    }

    /// The color of an index; `None` if the palette is shorter.
    pub fn color(&self, index: u8) -> Option<[u8; 4]> {
        self.colors.get(usize::from(index)).copied()
    }

    /// Red, green, blue and alpha of its colors.
    pub fn colors_with_alpha(&self) -> &[[u8; 4]] {
        &self.colors
    }

    /// Its colors, without alpha.
    pub fn colors(&self) -> impl Iterator<Item = Rgb> {
        self.colors.iter().map(|[r, g, b, _]| Rgb([*r, *g, *b]))
    }

    /// Red, green and blue of all 256 indices, black past its end.
    pub fn padded_colors(&self) -> Vec<u8> {
        let mut padded: Vec<u8> = self.colors().flat_map(|rgb| rgb.0).collect();
        padded.resize(3 * COLORS, 0);
        padded
    }

    fn read(&mut self, sprite: &SpriteFile<'_>, chunk: &PaletteChunk) -> Result<(), SpriteError> {
        let mut fields = Fields::new(sprite.bytes, chunk.data.clone(), chunk.place);
        match chunk.kind {
            PaletteKind::Current => self.read_current(&mut fields),
            PaletteKind::Old => self.read_packets(&mut fields, |channel| channel),
            PaletteKind::SixBits => self.read_packets(&mut fields, |channel| channel << 2 | channel >> 4),
        }
    }

    fn read_current(&mut self, fields: &mut Fields<'_>) -> Result<(), SpriteError> {
        let [size, first, last] = [fields.dword()?, fields.dword()?, fields.dword()?];
        fields.skip(8)?;
        if size > 0 {
            self.resize(size as usize);
        }
        for at in first..=last {
            let flags = fields.word()?;
            let [r, g, b] = fields.rgb()?;
            let alpha = fields.byte()?;
            if flags & 1 != 0 {
                fields.string()?;
            }
            self.set(at as usize, [r, g, b, alpha]);
        }
        Ok(())
    }

    /// The old form: runs of colors, each after some that are skipped. Aseprite counts only the skipped ones, so that
    /// a run begins where the one before began, plus those.
    fn read_packets(&mut self, fields: &mut Fields<'_>, scale: impl Fn(u8) -> u8) -> Result<(), SpriteError> {
        let packets = fields.word()?;
        let mut start = 0;
        for _ in 0..packets {
            start += usize::from(fields.byte()?);
            let count = match fields.byte()? {
                0 => COLORS,
                count => usize::from(count),
            };
            for at in start..start + count {
                let [r, g, b] = fields.rgb()?.map(&scale);
                self.set(at, [r, g, b, 0xFF]);
            }
        }
        Ok(())
    }

    fn resize(&mut self, size: usize) {
        self.colors.resize(size.min(COLORS), [0, 0, 0, 0xFF]);
    }

    fn set(&mut self, at: usize, color: [u8; 4]) {
        if at >= self.colors.len() {
            self.resize(at + 1);
        }
        if let Some(known) = self.colors.get_mut(at) {
            *known = color;
        }
    }
}
