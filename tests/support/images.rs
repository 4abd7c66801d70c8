//! PNG files created by tests.

use packer_services::formats::Rgb;
use png::{BitDepth, ColorType};

/// An image to be encoded.
#[derive(Clone, Debug)]
pub struct Png {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// As in the file.
    pub color_type: ColorType,
    /// As in the file.
    pub depth: BitDepth,
    /// PLTE: three bytes per color.
    pub palette: Option<Vec<u8>>,
    /// tRNS.
    pub trns: Option<Vec<u8>>,
    /// Packed rows.
    pub data: Vec<u8>,
}

impl Png {
    /// True color without alpha.
    pub fn rgb(width: u32, height: u32, pixel: impl Fn(u32, u32) -> Rgb) -> Self {
        let data = pixels(width, height).flat_map(|(x, y)| pixel(x, y).0).collect();
        Self { width, height, color_type: ColorType::Rgb, depth: BitDepth::Eight, palette: None, trns: None, data }
    }

    /// True color with alpha.
    pub fn rgba(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Self {
        let data = pixels(width, height).flat_map(|(x, y)| pixel(x, y)).collect();
        Self { width, height, color_type: ColorType::Rgba, depth: BitDepth::Eight, palette: None, trns: None, data }
    }

    /// Indexed, 8 bits.
    pub fn indexed(width: u32, height: u32, palette: &[Rgb], index: impl Fn(u32, u32) -> u8) -> Self {
        let data = pixels(width, height).map(|(x, y)| index(x, y)).collect();
        let palette = Some(palette.iter().flat_map(|rgb| rgb.0).collect());
        Self { width, height, color_type: ColorType::Indexed, depth: BitDepth::Eight, palette, trns: None, data }
    }

    /// With a tRNS chunk.
    #[must_use]
    pub fn with_trns(mut self, trns: &[u8]) -> Self {
        self.trns = Some(trns.to_vec());
        self
    }

    /// The file.
    ///
    /// # Panics
    /// If the parts do not match.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(self.color_type);
        encoder.set_depth(self.depth);
        if let Some(palette) = &self.palette {
            encoder.set_palette(palette.clone());
        }
        if let Some(trns) = &self.trns {
            encoder.set_trns(trns.clone());
        }
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&self.data));
        assert!(written.is_ok(), "{written:?}");
        bytes
    }
}

fn pixels(width: u32, height: u32) -> impl Iterator<Item = (u32, u32)> {
    (0..height).flat_map(move |y| (0..width).map(move |x| (x, y)))
}

/// A checkerboard of two colors, in true color.
pub fn checker(width: u32, height: u32, a: Rgb, b: Rgb) -> Vec<u8> {
    Png::rgb(width, height, |x, y| if (x + y) % 2 == 0 { a } else { b }).bytes()
}

/// One color, in true color.
pub fn plain(width: u32, height: u32, rgb: Rgb) -> Vec<u8> {
    Png::rgb(width, height, |_, _| rgb).bytes()
}

/// A chunk with its length and CRC.
pub fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut crc = !0u32;
    for byte in kind.iter().chain(body) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    let mut bytes = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes().to_vec();
    bytes.extend(kind);
    bytes.extend(body);
    bytes.extend((!crc).to_be_bytes());
    bytes
}

/// Inserts `chunk` before the first chunk of `kind`.
///
/// # Panics
/// If there is no such chunk.
pub fn insert_before(png: &[u8], kind: &[u8; 4], chunk: &[u8]) -> Vec<u8> {
    let at = png.windows(4).position(|window| window == kind).map(|at| at - 4);
    let Some(at) = at else { panic!("the image has no chunk {kind:?}") };
    [&png[..at], chunk, &png[at..]].concat()
}
