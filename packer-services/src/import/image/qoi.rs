//! QOI, which the crate `qoi` decodes.

use std::borrow::Cow;

use qoi::{Decoder, Error};

use super::{DecodedImage, DecodedPixels, Undecodable, checked_size, pixel_count};
use crate::import::ImportMemory;

/// Where the chunks begin.
const HEADER_BYTES: usize = 14;
/// The chunk of a color, before its three bytes.
const CHUNK_RGB: u8 = 0xFE;
/// The chunk of a run of one pixel; that of `n` pixels is `n` − 1 more, for up to 62.
const CHUNK_RUN: u8 = 0xC0;
const LONGEST_RUN: u8 = CHUNK_RUN + 61;

/// Decodes a QOI.
pub(super) fn decode(bytes: &[u8], memory: &mut ImportMemory<'_>) -> Result<DecodedImage, Undecodable> {
    let failed = |error: Error| match error {
        Error::UnexpectedBufferEnd | Error::InvalidImageLength { .. } | Error::InvalidImageDimensions { .. } => {
            Undecodable::cut(bytes)
        }
        _ => Undecodable::new("it is damaged"),
    };
    if bytes.len() < HEADER_BYTES {
        return Err(Undecodable::cut(bytes));
    }
    let width = u32::from_be_bytes(super::field(bytes, 4)?);
    let height = u32::from_be_bytes(super::field(bytes, 8)?);
    let size = checked_size(memory, width, height)?;
    let chunks = with_first_color(bytes);
    let mut decoder = Decoder::new(&chunks).map_err(failed)?.with_channels(qoi::Channels::Rgba);
    let mut pixels = vec![[0; 4]; pixel_count(size)];
    decoder.decode_to_buf(pixels.as_flattened_mut()).map_err(failed)?;
    Ok(DecodedImage::new(size, DecodedPixels::Colors(pixels)))
}

/// The same image with a color as its first chunk. By the format, a run at the start repeats opaque black, and that
/// color can be referred to from then on. `qoi` 0.4.1 remembers no color of a run, and gives transparent black for it.
fn with_first_color(bytes: &[u8]) -> Cow<'_, [u8]> {
    let (header, chunks) = bytes.split_at(HEADER_BYTES);
    match chunks {
        [run @ CHUNK_RUN..=LONGEST_RUN, rest @ ..] => {
            let color = [CHUNK_RGB, 0, 0, 0];
            let run = (*run > CHUNK_RUN).then(|| run - 1);
            Cow::Owned([header, &color, run.as_slice(), rest].concat())
        }
        _ => Cow::Borrowed(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;

    /// The file's chunks, by hand: a run of opaque black, a color, and black by its place in the index.
    #[test]
    fn color_of_a_first_run_is_known() {
        for run in [1u8, 3, 62] {
            let width = u32::from(run) + 2;
            let index_of_black = (255u32 * 11 % 64) as u8;
            let mut file = b"qoif".to_vec();
            file.extend([width, 1].map(u32::to_be_bytes).concat());
            file.extend([3, 0, CHUNK_RUN + run - 1, CHUNK_RGB, 9, 8, 7, index_of_black]);
            file.extend([0, 0, 0, 0, 0, 0, 0, 1]);
            let Ok(DecodedImage { pixels: DecodedPixels::Colors(pixels), .. }) =
                decode(&file, &mut ImportMemory::new(&Context::new()))
            else {
                panic!("refused")
            };
            let mut expected = vec![[0, 0, 0, 255]; usize::from(run)];
            expected.extend([[9, 8, 7, 255], [0, 0, 0, 255]]);
            assert_eq!(pixels, expected);
        }
    }
}
