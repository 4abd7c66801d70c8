//! BMP: 1 to 32 bits per pixel, with the headers of OS/2 and Windows, rows from either end, run lengths and bit masks.
//!
//! No crate is used, because those that read BMP give colors alone, and an artist's indices matter.

use super::{
    DecodedImage, DecodedPixels, MAX_COLORS, Undecodable, checked_size, part, pixel_count, u16_at, u32_at, widened,
};
use crate::diagnostics::plural;
use crate::import::ImportMemory;

/// The size of the header before that of the bitmap, in bytes.
const FILE_HEADER_BYTES: usize = 14;
/// The sizes of the headers of a bitmap that are known, in bytes: of OS/2 1 and 2, then of Windows 3, 4 and 5.
const HEADERS: [u32; 8] = [12, 16, 64, 40, 52, 56, 108, 124];

/// How the pixels are coded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coding {
    Plain,
    Runs,
    Masks,
}

/// What the headers state.
struct Header {
    size: [u32; 2],
    is_top_down: bool,
    bits: u16,
    coding: Coding,
    /// Red, green, blue and alpha.
    masks: [u32; 4],
    /// Where the pixels begin, in bytes.
    data_at: usize,
    palette: Vec<[u8; 4]>,
}

/// Decodes a BMP.
pub(super) fn decode(bytes: &[u8], memory: &mut ImportMemory<'_>) -> Result<DecodedImage, Undecodable> {
    let header = Header::read(bytes, memory)?;
    match (header.bits, header.coding) {
        (1..=8, Coding::Runs) => decode_runs(bytes, &header),
        (1..=8, _) => {
            let indices = read_rows(bytes, &header, |row, x| {
                let bits = usize::from(header.bits);
                let byte = row[x * bits / 8];
                byte >> (8 - bits - x * bits % 8) & u8::MAX >> (8 - bits)
            })?;
            Ok(indexed(&header, indices))
        }
        _ => decode_colors(bytes, &header),
    }
}

fn indexed(header: &Header, indices: Vec<u8>) -> DecodedImage {
    DecodedImage::new(header.size, DecodedPixels::Indexed { indices, palette: header.palette.clone() })
}

impl Header {
    fn read(bytes: &[u8], memory: &mut ImportMemory<'_>) -> Result<Self, Undecodable> {
        let header_bytes = u32_at(bytes, FILE_HEADER_BYTES)?;
        if !HEADERS.contains(&header_bytes) {
            return Err(Undecodable::new(format!("its header has {header_bytes} bytes, which no BMP has")).at(14));
        }
        let is_os2 = header_bytes == 12;
        let (width, height, planes, bits) = match is_os2 {
            true => {
                (i32::from(u16_at(bytes, 18)?), i32::from(u16_at(bytes, 20)?), u16_at(bytes, 22)?, u16_at(bytes, 24)?)
            }
            false => (
                u32_at(bytes, 18)?.cast_signed(),
                u32_at(bytes, 22)?.cast_signed(),
                u16_at(bytes, 26)?,
                u16_at(bytes, 28)?,
            ),
        };
        let size = checked_size(memory, u32::try_from(width).unwrap_or(0), height.unsigned_abs())?;
        if planes != 1 {
            return Err(Undecodable::new(format!("it has {planes} planes; one is required")).at(26));
        }
        let is_short = header_bytes <= 16;
        let compression = if is_short { 0 } else { u32_at(bytes, 30)? };
        let coding = match (compression, bits) {
            (0, 1 | 2 | 4 | 8 | 16 | 24 | 32) => Coding::Plain,
            (1, 8) | (2, 4) => Coding::Runs,
            (3 | 6, 16 | 32) if header_bytes != 64 => Coding::Masks,
            (4 | 5, _) if header_bytes != 64 => {
                return Err(Undecodable::new("it contains a JPEG or a PNG instead of pixels").at(30));
            }
            _ => {
                let why = format!("its {bits} bits per pixel with the compression {compression} are not supported");
                return Err(Undecodable::new(why).at(30));
            }
        };
        if coding == Coding::Runs && height < 0 {
            return Err(
                Undecodable::new("its rows are compressed, and are in an order that such rows cannot have").at(22)
            );
        }
        let header_end = FILE_HEADER_BYTES + header_bytes as usize;
        let has_extra_masks = header_bytes == 40 && coding == Coding::Masks;
        let extra_bytes = if has_extra_masks { if compression == 6 { 16 } else { 12 } } else { 0 };
        let masks = match coding {
            Coding::Masks => {
                let has_alpha = compression == 6 || header_bytes >= 56;
                let alpha = if has_alpha { u32_at(bytes, 66)? } else { 0 };
                [u32_at(bytes, 54)?, u32_at(bytes, 58)?, u32_at(bytes, 62)?, alpha]
            }
            _ if bits == 16 => [0x7C00, 0x3E0, 0x1F, 0],
            _ => [0xFF_0000, 0xFF00, 0xFF, 0],
        };
        let is_mask = |mask: u32| mask == 0 || (mask >> mask.trailing_zeros()).wrapping_add(1).is_power_of_two();
        if coding == Coding::Masks && !masks.iter().all(|mask| is_mask(*mask) && mask.count_ones() <= 8) {
            return Err(Undecodable::new("a channel of its pixels has more than 8 bits, or bits apart").at(54));
        }
        let palette_at = header_end + extra_bytes;
        let data_at = u32_at(bytes, 10)? as usize;
        if data_at < palette_at {
            return Err(Undecodable::new("its pixels begin inside its header").at(10));
        }
        let palette = if bits <= 8 {
            let used = if is_short { 0 } else { u32_at(bytes, 46)? as usize };
            let most = 1 << bits;
            let used = if used == 0 { most } else { used.min(most) };
            let entry_bytes = if is_os2 { 3 } else { 4 };
            // Some programs leave out the colors that no pixel has, without a change of the number.
            let count = used.min((data_at - palette_at) / entry_bytes).min(MAX_COLORS);
            let colors = part(bytes, palette_at, count * entry_bytes)?;
            colors.chunks_exact(entry_bytes).map(|color| [color[2], color[1], color[0], u8::MAX]).collect()
        } else {
            Vec::new()
        };
        if bits <= 8 && palette.is_empty() {
            return Err(Undecodable::new("it has a palette without a color").at(palette_at));
        }
        Ok(Self { size, is_top_down: height < 0, bits, coding, masks, data_at, palette })
    }

    /// The row of the image that is the `n`-th in the file.
    fn row(&self, n: usize) -> usize {
        if self.is_top_down { n } else { self.size[1] as usize - 1 - n }
    }
}

/// The pixels of rows that are not compressed, from the top.
fn read_rows<P: Copy + Default>(
    bytes: &[u8],
    header: &Header,
    pixel: impl Fn(&[u8], usize) -> P,
) -> Result<Vec<P>, Undecodable> {
    let width = header.size[0] as usize;
    let row_bytes = (width * usize::from(header.bits)).div_ceil(8);
    let stride = row_bytes.next_multiple_of(4);
    let last = stride * (header.size[1] as usize - 1) + row_bytes;
    // Before memory for the pixels is taken.
    part(bytes, header.data_at, last)?;
    let mut pixels = vec![P::default(); pixel_count(header.size)];
    for n in 0..header.size[1] as usize {
        let row = part(bytes, header.data_at + n * stride, row_bytes)?;
        let target = header.row(n) * width;
        for (x, place) in pixels[target..target + width].iter_mut().enumerate() {
            *place = pixel(row, x);
        }
    }
    Ok(pixels)
}

/// 16, 24 or 32 bits per pixel.
fn decode_colors(bytes: &[u8], header: &Header) -> Result<DecodedImage, Undecodable> {
    let pixel_bytes = usize::from(header.bits / 8);
    let value = |row: &[u8], x: usize| {
        row[x * pixel_bytes..][..pixel_bytes].iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte))
    };
    let values = read_rows(bytes, header, value)?;
    let [red, green, blue, alpha] = header.masks;
    let channel = |value: u32, mask: u32| match mask {
        0 => 0,
        mask => widened((value & mask) >> mask.trailing_zeros(), mask.count_ones()),
    };
    let color = |value: &u32| {
        let alpha = if alpha == 0 { u8::MAX } else { channel(*value, alpha) };
        [channel(*value, red), channel(*value, green), channel(*value, blue), alpha]
    };
    // Some programs write alpha there; the format does not define it.
    let fourth = |value: &u32| value >> 24;
    let first = values.first().map_or(0, fourth);
    let is_varied = header.bits == 32 && header.coding == Coding::Plain && values.iter().any(|it| fourth(it) != first);
    let pixels = values.iter().map(color).collect();
    let remark = "the fourth byte of its pixels, in which a BMP of this form has no alpha, was ignored";
    Ok(DecodedImage::new(header.size, DecodedPixels::Colors(pixels)).remark(is_varied.then_some(remark)))
}

/// Run lengths of 4 or 8 bits per pixel.
fn decode_runs(bytes: &[u8], header: &Header) -> Result<DecodedImage, Undecodable> {
    let [width, height] = header.size.map(|side| side as usize);
    let mut indices: Vec<Option<u8>> = vec![None; pixel_count(header.size)];
    let (mut x, mut n, mut at) = (0, 0, header.data_at);
    let is_four_bits = header.bits == 4;
    // ImageMagick compresses the bytes that fill a row to four.
    let row_width = width.next_multiple_of(if is_four_bits { 8 } else { 4 });
    let damaged = |at: usize| Undecodable::new("it is damaged: its compressed pixels leave the image").at(at);
    let mut draw = |x: &mut usize, n: usize, index: u8, at: usize| {
        if *x >= row_width || n >= height {
            return Err(damaged(at));
        }
        if *x < width {
            indices[header.row(n) * width + *x] = Some(index);
        }
        *x += 1;
        Ok(())
    };
    let index_of = |byte: u8, x: usize| match (is_four_bits, x.is_multiple_of(2)) {
        (false, _) => byte,
        (true, true) => byte >> 4,
        (true, false) => byte & 0xF,
    };
    loop {
        let [count, value] = match super::field(bytes, at) {
            Ok(pair) => pair,
            // Programs leave out the mark of the end.
            Err(_) if n >= height || (n + 1 == height && x >= width) => break,
            Err(cut) => return Err(cut),
        };
        let start = at;
        at += 2;
        match (count, value) {
            (0, 0) => (x, n) = (0, n + 1),
            (0, 1) => break,
            (0, 2) => {
                let [right, down] = super::field(bytes, at)?;
                at += 2;
                (x, n) = (x + usize::from(right), n + usize::from(down));
                if x > row_width || n >= height {
                    return Err(damaged(start));
                }
            }
            (0, count) => {
                let count = usize::from(count);
                let length = if is_four_bits { count.div_ceil(2) } else { count };
                let literal = part(bytes, at, length)?;
                for k in 0..count {
                    let byte = literal[if is_four_bits { k / 2 } else { k }];
                    draw(&mut x, n, index_of(byte, k), start)?;
                }
                at += length.next_multiple_of(2);
            }
            (count, value) => {
                for k in 0..usize::from(count) {
                    draw(&mut x, n, index_of(value, k), start)?;
                }
            }
        }
    }
    let left_out = indices.iter().filter(|index| index.is_none()).count() as u64;
    let remark = format!("{} that the file leaves out became index 0", plural(left_out, "pixel"));
    let indices = indices.into_iter().map(Option::unwrap_or_default).collect();
    Ok(indexed(header, indices).remark((left_out > 0).then_some(remark)))
}
