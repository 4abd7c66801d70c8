//! QOI, which the crate `qoi` decodes.

use qoi::{Decoder, Error};

use super::{DecodedImage, DecodedPixels, Undecodable, checked_size, pixel_count};

/// Decodes a QOI.
pub(super) fn decode(bytes: &[u8]) -> Result<DecodedImage, Undecodable> {
    let failed = |error: Error| match error {
        Error::UnexpectedBufferEnd | Error::InvalidImageLength { .. } | Error::InvalidImageDimensions { .. } => {
            Undecodable::cut(bytes)
        }
        _ => Undecodable::new("it is damaged"),
    };
    if bytes.len() < 14 {
        return Err(Undecodable::cut(bytes));
    }
    let width = u32::from_be_bytes(super::field(bytes, 4)?);
    let height = u32::from_be_bytes(super::field(bytes, 8)?);
    let size = checked_size(width, height)?;
    let mut decoder = Decoder::new(bytes).map_err(failed)?.with_channels(qoi::Channels::Rgba);
    let mut pixels = vec![[0; 4]; pixel_count(size)];
    decoder.decode_to_buf(pixels.as_flattened_mut()).map_err(failed)?;
    Ok(DecodedImage::new(size, DecodedPixels::Colors(pixels)))
}
