//! What becomes of pixels that no palette can draw, because they have no plain color: they are partly transparent, or
//! have more than 8 bits per channel. Only a fix that somebody chose changes them.

/// From this alpha on, of 255, a pixel is opaque for a threshold: half, as in the dialogs of GIMP and Aseprite.
pub const HALF_ALPHA: u8 = 128;

/// What becomes of pixels without a plain color. Those of other kinds are unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PixelRule {
    /// Partly transparent pixels become opaque from alpha 128 of 255 on, and transparent below.
    HalfAlpha,
    /// Partly transparent pixels become opaque.
    Opaque,
    /// Partly transparent pixels become transparent.
    Erased,
    /// Channels of 16 bits get the nearest value that 8 bits have. Alpha is unchanged.
    EightBits,
}

impl PixelRule {
    /// Whether a partly transparent pixel becomes opaque, by its alpha of 255; `None` if it is unchanged.
    pub fn makes_opaque(self, alpha: u8) -> Option<bool> {
        match self {
            Self::HalfAlpha => Some(alpha >= HALF_ALPHA),
            Self::Opaque => Some(true),
            Self::Erased => Some(false),
            Self::EightBits => None,
        }
    }

    /// The value that a channel of 16 bits gets: the nearest of 257 × 0…255.
    pub fn eight_bits(value: u16) -> u16 {
        let nearest = (u32::from(value) + 128) / 257;
        u16::try_from(nearest * 257).unwrap_or(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_get_the_nearest_value() {
        for (value, expected) in [(0, 0), (128, 0), (129, 257), (257, 257), (0xFF00, 0xFEFE), (0xFFFF, 0xFFFF)] {
            assert_eq!(PixelRule::eight_bits(value), expected, "{value}");
        }
        for value in 0..=u16::MAX {
            let new = PixelRule::eight_bits(value);
            assert!(new.is_multiple_of(257) && value.abs_diff(new) <= 128, "{value}");
        }
    }
}
