//! The formats of the banks, as values: colors, tile sizes, sizes in bytes, and each format's entry metadata.
//!
//! They are what the runtime needs to know of a bank (spec: runtime artifact). How banks are built is in
//! `banks`.

mod metadata;

use std::fmt;

use serde::{Serialize, Serializer};

pub use crate::limits::{IMAGE_SIDE, SLOTS};
pub use metadata::{EntryMetadata, GlyphMetadata, SampleLoop, SampleMetadata, SoundMetadata};

/// The width and height of a glyph bank's sheet, in pixels.
pub const SHEET_PIXELS: u32 = 256;
/// Palettes that a glyph bank holds.
pub const MAX_PALETTES: u32 = 64;
/// Colors of a palette; color 0 is the color key.
pub const PALETTE_COLORS: usize = 16;
/// Colors of a palette that can be drawn: all but the color key.
pub(crate) const DRAWN_COLORS: usize = PALETTE_COLORS - 1;
/// The indices part of a glyph payload, in bytes.
pub const GLYPH_INDEX_BYTES: usize = 32_768;
/// A glyph payload, in bytes.
pub const GLYPH_BYTES: usize = GLYPH_INDEX_BYTES + 2048;
/// A glyph bank in the console's memory, in bytes.
pub(crate) const GLYPH_DECODED_BYTES: u64 = 67_584;

/// The bank type that the packer reads, but does not write yet.
pub const SCENE: &str = "SCENE";
/// All bank types, in the order in which they are listed.
pub const BANK_TYPES: &[&str] = &["GLYPH", "SOUNDS", SCENE];

/// The side of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TileSize {
    /// 8 × 8, 1024 in a bank.
    Eight,
    /// 16 × 16, 256 in a bank.
    Sixteen,
    /// 32 × 32, 64 in a bank.
    ThirtyTwo,
}

impl TileSize {
    /// Every tile size.
    pub const ALL: [Self; 3] = [Self::Eight, Self::Sixteen, Self::ThirtyTwo];

    /// The tile size of 8, 16 or 32 pixels.
    pub fn from_pixels(pixels: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.pixels() == pixels)
    }

    /// The side in pixels.
    pub fn pixels(self) -> u32 {
        match self {
            Self::Eight => 8,
            Self::Sixteen => 16,
            Self::ThirtyTwo => 32,
        }
    }

    /// Tiles in a row of the bank's sheet.
    pub fn columns(self) -> u32 {
        SHEET_PIXELS / self.pixels()
    }

    /// Tiles that a bank holds.
    pub fn capacity(self) -> u32 {
        self.columns() * self.columns()
    }
}

/// A color as artists write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    /// Reads `#rrggbb`, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let channel = |i: usize| u8::from_str_radix(&digits[i..i + 2], 16).ok();
        Some(Self([channel(0)?, channel(2)?, channel(4)?]))
    }

    /// The color as the console stores it: without the low bits.
    pub fn to_565(self) -> Rgb565 {
        let [r, g, b] = self.0.map(u16::from);
        Rgb565(((r >> 3) << 11) | ((g >> 2) << 5) | (b >> 3))
    }

    /// How different two colors look, for comparisons: the weighted square of their distance ("redmean"), in parts of
    /// 256. Unlike [`Rgb::distance`] it weighs green most, and red and blue by how red the colors are, as eyes do.
    pub(crate) fn difference(self, other: Self) -> u32 {
        let [r, g, b] = std::array::from_fn(|channel| u32::from(self.0[channel].abs_diff(other.0[channel])));
        let red = u32::from(u8::midpoint(self.0[0], other.0[0]));
        (512 + red) * r * r + 1024 * g * g + (767 - red) * b * b
    }

    /// The least [`difference`](Rgb::difference) of two colors of the console that are so many steps of red or blue, or
    /// of green, apart.
    pub(crate) fn least_difference(five_bit_steps: u32, green_steps: u32) -> u32 {
        let (five, green) = (8 * five_bit_steps, 4 * green_steps);
        (512 * five * five).min(1024 * green * green)
    }

    /// How far apart two colors look: the largest difference of a channel, 0…255.
    pub fn distance(self, other: Self) -> u8 {
        std::iter::zip(self.0, other.0).map(|(a, b)| a.abs_diff(b)).max().unwrap_or(0)
    }
}

impl Serialize for Rgb {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Rgb {
    /// `#rrggbb`, lower case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// A color as the console stores it: five bits red, six green, five blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rgb565(pub u16);

impl Rgb565 {
    /// The color as the console shows it: the high bits are repeated.
    pub fn to_rgb(self) -> Rgb {
        let five = |bits: u16| ((bits << 3) | (bits >> 2)).to_le_bytes()[0];
        let six = |bits: u16| ((bits << 2) | (bits >> 4)).to_le_bytes()[0];
        Rgb([five(self.0 >> 11), six((self.0 >> 5) & 0x3F), five(self.0 & 0x1F)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_65536_colors_round_trip() {
        for bits in 0..=u16::MAX {
            assert_eq!(Rgb565(bits).to_rgb().to_565(), Rgb565(bits));
        }
    }

    #[test]
    fn narrowing_truncates_and_widening_repeats() {
        assert_eq!(Rgb([0xFF, 0x80, 0x07]).to_565(), Rgb565(0xFC00));
        assert_eq!(Rgb565(0x8401).to_rgb(), Rgb([0x84, 0x82, 0x08]));
        assert_eq!(Rgb565(0xFFFF).to_rgb(), Rgb([0xFF; 3]));
    }

    #[test]
    fn only_hex_colors_are_parsed() {
        assert_eq!(Rgb::parse("#Ff00aB").unwrap().to_string(), "#ff00ab");
        for bad in ["ff00ab", "#ff00a", "#ff00abc", "#gg0000", "#ff00é", "#+f00ab", ""] {
            assert_eq!(Rgb::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn sheet_size_determines_capacities() {
        assert_eq!(TileSize::ALL.map(TileSize::capacity), [1024, 256, 64]);
    }
}
