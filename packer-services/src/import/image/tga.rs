//! TGA: indexed, true color and gray, with or without run lengths, from any of the four corners.
//!
//! No crate is used, because those that read TGA give colors alone, and an artist's indices matter. A TGA has no
//! signature: [`is_tga_header`](crate::banks::sniff::is_tga_header) says what is taken for one.

use super::{
    DecodedImage, DecodedPixels, MAX_COLORS, Undecodable, checked_size, field, part, pixel_count, u16_at, widened,
};
use crate::import::ImportMemory;

/// The size of the header, in bytes.
const HEADER_BYTES: usize = 18;

/// What the header states.
struct Header {
    size: [u32; 2],
    /// The first byte of the pixels.
    data_at: usize,
    is_compressed: bool,
    pixel_bytes: usize,
    is_from_right: bool,
    is_from_top: bool,
    /// How many bits of a pixel are alpha.
    alpha_bits: u8,
}

/// Decodes a TGA.
pub(super) fn decode(bytes: &[u8], memory: &mut ImportMemory<'_>) -> Result<DecodedImage, Undecodable> {
    let [id_bytes, map_type, image_type] = field(bytes, 0)?;
    let (map_first, map_length) = (usize::from(u16_at(bytes, 3)?), usize::from(u16_at(bytes, 5)?));
    let [map_bits] = field(bytes, 7)?;
    let [bits, descriptor] = field(bytes, 16)?;
    let size = checked_size(memory, u16_at(bytes, 12)?.into(), u16_at(bytes, 14)?.into())?;
    let map_at = HEADER_BYTES + usize::from(id_bytes);
    let entry_bytes = usize::from(map_bits.div_ceil(8));
    let map_bytes = if map_type == 1 { map_length * entry_bytes } else { 0 };
    let header = Header {
        size,
        data_at: map_at + map_bytes,
        is_compressed: image_type & 8 != 0,
        pixel_bytes: usize::from(bits.div_ceil(8)),
        is_from_right: descriptor & 0x10 != 0,
        is_from_top: descriptor & 0x20 != 0,
        alpha_bits: descriptor & 0xF,
    };
    match (image_type & 7, bits) {
        (1, 8) if map_type == 1 => {
            if map_first + map_length > MAX_COLORS || !matches!(map_bits, 15 | 16 | 24 | 32) {
                let why = format!("its palette has colors up to {}, of {map_bits} bits", map_first + map_length);
                return Err(Undecodable::new(why).at(3));
            }
            let entries = part(bytes, map_at, map_bytes)?;
            let mut palette = vec![[0, 0, 0, u8::MAX]; map_first];
            // The descriptor is about pixels: in a palette, alpha is not defined.
            palette.extend(entries.chunks_exact(entry_bytes).map(|entry| color(entry, 0)));
            let pixels = header.read_pixels(bytes)?;
            let indices: Vec<u8> = pixels.iter().map(|pixel| pixel[0]).collect();
            if let Some(below) = indices.iter().find(|index| usize::from(**index) < map_first) {
                let why = format!("it is damaged: its palette begins with color {map_first}, and a pixel has {below}");
                return Err(Undecodable::new(why).at(3));
            }
            if palette.is_empty() {
                return Err(Undecodable::new("it has a palette without a color").at(5));
            }
            Ok(DecodedImage::new(size, DecodedPixels::Indexed { indices, palette }))
        }
        (3, 8) => {
            let pixels = header.read_pixels(bytes)?;
            let gray = pixels.iter().map(|[value, ..]| [*value, *value, *value, u8::MAX]).collect();
            Ok(DecodedImage::new(size, DecodedPixels::Colors(gray)))
        }
        (2, 15 | 16 | 24 | 32) => decode_colors(&header, bits, &header.read_pixels(bytes)?),
        _ => {
            let why = format!("its type {image_type} with {bits} bits per pixel is not supported");
            Err(Undecodable::new(why).at(2))
        }
    }
}

fn decode_colors(header: &Header, bits: u8, pixels: &[[u8; 4]]) -> Result<DecodedImage, Undecodable> {
    let first = pixels.first().map(|pixel| pixel[3]);
    let is_varied = pixels.iter().any(|pixel| Some(pixel[3]) != first);
    // Many programs write alpha without stating it. If all of it is the same, it means nothing.
    let is_unstated = bits == 32 && header.alpha_bits == 0 && is_varied;
    let alpha_bits = if is_unstated { 8 } else { header.alpha_bits };
    if !matches!((bits, alpha_bits), (_, 0) | (16, 1) | (32, 8)) {
        let why = format!("it has {bits} bits per pixel, of which {alpha_bits} are alpha");
        return Err(Undecodable::new(why).at(17));
    }
    let bytes = header.pixel_bytes;
    let colors = pixels.iter().map(|pixel| color(&pixel[..bytes], alpha_bits)).collect();
    let remark = "its header states no alpha, but the fourth byte of its pixels differs, and was used as alpha";
    Ok(DecodedImage::new(header.size, DecodedPixels::Colors(colors)).remark(is_unstated.then_some(remark)))
}

/// A color of 2, 3 or 4 bytes, of which so many bits are alpha.
fn color(bytes: &[u8], alpha_bits: u8) -> [u8; 4] {
    match *bytes {
        [low, high] => {
            let value = u32::from(u16::from_le_bytes([low, high]));
            let alpha = if alpha_bits == 1 { widened(value >> 15, 1) } else { u8::MAX };
            [widened(value >> 10 & 31, 5), widened(value >> 5 & 31, 5), widened(value & 31, 5), alpha]
        }
        [blue, green, red, alpha] => [red, green, blue, if alpha_bits == 8 { alpha } else { u8::MAX }],
        [blue, green, red] => [red, green, blue, u8::MAX],
        _ => [0, 0, 0, u8::MAX],
    }
}

impl Header {
    /// The bytes of each pixel, from the top left corner.
    fn read_pixels(&self, bytes: &[u8]) -> Result<Vec<[u8; 4]>, Undecodable> {
        let count = pixel_count(self.size);
        let data = bytes.get(self.data_at..).ok_or_else(|| Undecodable::cut(bytes))?;
        // A run has at most 128 pixels: before memory for the pixels is taken.
        let least =
            if self.is_compressed { count.div_ceil(128) * (1 + self.pixel_bytes) } else { count * self.pixel_bytes };
        if data.len() < least {
            return Err(Undecodable::cut(bytes));
        }
        let mut pixels: Vec<[u8; 4]> = Vec::with_capacity(count);
        let mut at = self.data_at;
        let next = |at: &mut usize| -> Result<[u8; 4], Undecodable> {
            let mut pixel = [0; 4];
            pixel[..self.pixel_bytes].copy_from_slice(part(bytes, *at, self.pixel_bytes)?);
            *at += self.pixel_bytes;
            Ok(pixel)
        };
        while pixels.len() < count {
            if !self.is_compressed {
                pixels.push(next(&mut at)?);
                continue;
            }
            let [packet] = field(bytes, at)?;
            let start = at;
            at += 1;
            let length = usize::from(packet & 0x7F) + 1;
            if pixels.len() + length > count {
                return Err(Undecodable::new("it is damaged: its compressed pixels leave the image").at(start));
            }
            if packet & 0x80 == 0 {
                for _ in 0..length {
                    pixels.push(next(&mut at)?);
                }
            } else {
                let pixel = next(&mut at)?;
                pixels.extend(std::iter::repeat_n(pixel, length));
            }
        }
        let width = self.size[0] as usize;
        if self.is_from_right {
            pixels.chunks_exact_mut(width).for_each(<[_]>::reverse);
        }
        if !self.is_from_top {
            let rows: Vec<&[[u8; 4]]> = pixels.chunks_exact(width).rev().collect();
            return Ok(rows.concat());
        }
        Ok(pixels)
    }
}
