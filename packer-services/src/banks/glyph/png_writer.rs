//! The one writer of whole PNGs: those that `extract` and `preview` write, and those that other images become when they
//! are added to an asset. The same pixels give the same bytes.

use std::io;

use png::{BitDepth, ColorType, Encoder};

use crate::formats::Rgb;

/// An indexed PNG. `lines` has the rows of indices with `depth` bits each, every row in whole bytes; `alphas` are those
/// of the first colors, and all others are opaque.
///
/// # Errors
/// If the encoder refuses the size or the number of bytes.
pub fn indexed_png(
    [width, height]: [u32; 2],
    depth: BitDepth,
    colors: &[Rgb],
    alphas: &[u8],
    lines: &[u8],
) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(depth);
    encoder.set_palette(colors.iter().flat_map(|rgb| rgb.0).collect::<Vec<u8>>());
    if !alphas.is_empty() {
        encoder.set_trns(alphas.to_vec());
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(lines)?;
    writer.finish()?;
    Ok(bytes)
}

/// A true color PNG with 8 bits per channel, which has alpha only if a pixel is not opaque. `pixels` are red, green,
/// blue and alpha.
///
/// # Errors
/// If the encoder refuses the size or the number of pixels.
pub fn true_color_png([width, height]: [u32; 2], pixels: &[[u8; 4]]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_depth(BitDepth::Eight);
    if pixels.iter().any(|pixel| pixel[3] != u8::MAX) {
        encoder.set_color(ColorType::Rgba);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(pixels.as_flattened())?;
        writer.finish()?;
    } else {
        encoder.set_color(ColorType::Rgb);
        let mut writer = encoder.write_header()?;
        let colors: Vec<u8> = pixels.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
        writer.write_image_data(&colors)?;
        writer.finish()?;
    }
    Ok(bytes)
}
