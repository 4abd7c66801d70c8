//! Lossless WebP, which the crate `image-webp` decodes.

use std::io::Cursor;

use image_webp::WebPDecoder;

use super::{DecodedImage, DecodedPixels, Undecodable, checked_size, pixel_count};
use crate::import::ImportMemory;

/// Decodes a WebP.
pub(super) fn decode(bytes: &[u8], memory: &mut ImportMemory<'_>) -> Result<DecodedImage, Undecodable> {
    let failed = |error: image_webp::DecodingError| match error {
        image_webp::DecodingError::IoError(_) | image_webp::DecodingError::BitStreamError => {
            Undecodable::new("it ends before its image does, or is damaged")
        }
        _ => Undecodable::new("it is damaged"),
    };
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(failed)?;
    if decoder.is_animated() {
        return Err(Undecodable::new("it is animated").help("Export its frames as PNG, each as its own image."));
    }
    if decoder.is_lossy() {
        let why = "it is lossy, which changes the colors of single pixels";
        let help = "Export the original as PNG, or as lossless WebP, and add that file.";
        return Err(Undecodable::new(why).help(help));
    }
    let (width, height) = decoder.dimensions();
    let size = checked_size(memory, width, height)?;
    let mut pixels = vec![[u8::MAX; 4]; pixel_count(size)];
    if decoder.has_alpha() {
        decoder.read_image(pixels.as_flattened_mut()).map_err(failed)?;
    } else {
        let mut colors = vec![[0; 3]; pixel_count(size)];
        decoder.read_image(colors.as_flattened_mut()).map_err(failed)?;
        for (pixel, [r, g, b]) in std::iter::zip(&mut pixels, colors) {
            *pixel = [r, g, b, u8::MAX];
        }
    }
    Ok(DecodedImage::new(size, DecodedPixels::Colors(pixels)))
}
