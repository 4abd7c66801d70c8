//! PCX, which the crate `pcx` decodes. The crate gives no palette of an image with 2 colors, so that is read here.

use std::io::{Cursor, Error, ErrorKind};

use pcx::Reader;
use pcx::low_level::header::Version;

use super::{DecodedImage, DecodedPixels, MAX_COLORS, Undecodable, checked_size, pixel_count};
use crate::import::ImportMemory;

/// Decodes a PCX.
pub(super) fn decode(bytes: &[u8], memory: &mut ImportMemory<'_>) -> Result<DecodedImage, Undecodable> {
    let failed = |error: Error| match error.kind() {
        ErrorKind::UnexpectedEof => Undecodable::cut(bytes),
        _ => Undecodable::new("its header or its palette is damaged, or of an unknown form"),
    };
    if bytes.get(3) == Some(&8) && bytes.get(65) == Some(&4) {
        return Err(Undecodable::new("it has a fourth channel, which PCX does not define").at(65));
    }
    let mut reader = Reader::new(Cursor::new(bytes)).map_err(failed)?;
    let size = checked_size(memory, reader.width().into(), reader.height().into())?;
    // A pair of bytes has at most 63 bytes of pixels: before memory for the pixels is taken.
    let row_bytes = usize::from(reader.header.lane_length) * usize::from(reader.header.number_of_color_planes);
    if bytes.len() / 2 * 63 < row_bytes.saturating_mul(size[1] as usize) {
        return Err(Undecodable::cut(bytes));
    }
    let width = size[0] as usize;
    match reader.palette_length() {
        None => {
            let mut rows = vec![[0; 3]; pixel_count(size)];
            for row in rows.chunks_exact_mut(width) {
                reader.next_row_rgb(row.as_flattened_mut()).map_err(failed)?;
            }
            let pixels = rows.into_iter().map(|[r, g, b]| [r, g, b, u8::MAX]).collect();
            Ok(DecodedImage::new(size, DecodedPixels::Colors(pixels)))
        }
        // Its palette is a choice among those of the card.
        Some(4) if reader.header.bit_depth == 2 => {
            Err(Undecodable::new("it has the 4 colors of an old graphics card (CGA)").at(3))
        }
        Some(count) => {
            let header = reader.header;
            if count > 2 && count <= 16 && header.version == Version::V3 {
                return Err(Undecodable::new("it has no palette").at(1));
            }
            let mut indices = vec![0; pixel_count(size)];
            for row in indices.chunks_exact_mut(width) {
                reader.next_row_paletted(row).map_err(failed)?;
            }
            let mut colors = [[0; 3]; MAX_COLORS];
            let count = reader.read_palette(colors.as_flattened_mut()).map_err(failed)?;
            // Many programs leave the two colors of the header out; black and white are then meant.
            if count == 2 && header.version != Version::V3 && header.palette[0] != header.palette[1] {
                colors[..2].copy_from_slice(&header.palette[..2]);
            }
            let palette = colors[..count].iter().map(|[r, g, b]| [*r, *g, *b, u8::MAX]).collect();
            Ok(DecodedImage::new(size, DecodedPixels::Indexed { indices, palette }))
        }
    }
}
