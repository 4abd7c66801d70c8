//! Bytes of the files: PNG, WAV and the palette text that pixel editors open.

use crate::canvas::Canvas;
use crate::palette::Palette;
use packer_services::formats::Rgb;
use std::fmt::Write as _;

fn writer(canvas: &Canvas, colour: png::ColorType, depth: png::BitDepth) -> png::Info<'static> {
    let side = |n: i32| u32::try_from(n).unwrap_or(0);
    let mut info = png::Info::with_size(side(canvas.width()), side(canvas.height()));
    info.color_type = colour;
    info.bit_depth = depth;
    info
}

fn encode(info: png::Info<'static>, data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = png::Encoder::with_info(&mut bytes, info).and_then(|mut encoder| {
        encoder.set_deflate_compression(png::DeflateCompression::Level(9));
        encoder.set_filter(png::Filter::NoFilter);
        encoder.write_header()?.write_image_data(data)
    });
    match written {
        Ok(()) => bytes,
        Err(error) => unreachable!("a picture drawn here is always a PNG: {error}"),
    }
}

/// An indexed PNG in which index 0 is the transparent key. `depth` is 1, 2, 4 or 8 bits a pixel.
#[must_use]
pub fn indexed_png(canvas: &Canvas, palette: &Palette, depth: png::BitDepth) -> Vec<u8> {
    let mut info = writer(canvas, png::ColorType::Indexed, depth);
    let colours = palette.colours();
    info.palette = Some(colours.iter().flat_map(|colour| colour.0).collect::<Vec<_>>().into());
    info.trns = Some(vec![0].into());
    let bits: u32 = match depth {
        png::BitDepth::One => 1,
        png::BitDepth::Two => 2,
        png::BitDepth::Four => 4,
        png::BitDepth::Eight | png::BitDepth::Sixteen => 8,
    };
    let mut data = Vec::new();
    for y in 0..canvas.height() {
        let mut byte = 0u8;
        let mut filled = 0;
        for x in 0..canvas.width() {
            let index = canvas.get(x, y);
            byte = if bits == 8 { index } else { (byte << bits) | index };
            filled += bits;
            if filled == 8 {
                data.push(byte);
                byte = 0;
                filled = 0;
            }
        }
        if filled > 0 {
            data.push(byte << (8 - filled));
        }
    }
    encode(info, &data)
}

/// A true-colour PNG with an alpha channel; index 0 becomes alpha 0.
#[must_use]
pub fn rgba_png(canvas: &Canvas, palette: &Palette) -> Vec<u8> {
    let data: Vec<u8> = canvas
        .pixels()
        .iter()
        .flat_map(|&index| match index {
            0 => [0, 0, 0, 0],
            _ => {
                let Rgb([r, g, b]) = palette.colour(index);
                [r, g, b, 255]
            }
        })
        .collect();
    encode(writer(canvas, png::ColorType::Rgba, png::BitDepth::Eight), &data)
}

/// A true-colour PNG without alpha, as old editors save it: index 0 is painted in the key colour.
#[must_use]
pub fn rgb_png(canvas: &Canvas, palette: &Palette) -> Vec<u8> {
    let data: Vec<u8> = canvas.pixels().iter().flat_map(|&index| palette.colour(index).0).collect();
    encode(writer(canvas, png::ColorType::Rgb, png::BitDepth::Eight), &data)
}

/// A palette as a GIMP palette text, which pixel editors open.
#[must_use]
pub fn gpl(palette: &Palette) -> Vec<u8> {
    let mut text = format!("GIMP Palette\nName: {}\nColumns: 16\n#\n", palette.name());
    for (index, Rgb([r, g, b])) in palette.colours().iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{r:3} {g:3} {b:3}\tindex {index}");
    }
    text.into_bytes()
}

fn chunk(bytes: &mut Vec<u8>, name: &[u8; 4], body: &[u8]) {
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend_from_slice(body);
    if body.len() % 2 == 1 {
        bytes.push(0);
    }
}

/// A mono WAV file. `eight_bit` stores unsigned bytes; `looped` is start and end in frames, the end exclusive.
#[must_use]
pub fn wav(samples: &[i16], rate: u32, eight_bit: bool, looped: Option<(u32, u32)>) -> Vec<u8> {
    let width: u16 = if eight_bit { 1 } else { 2 };
    let mut format = Vec::new();
    format.extend_from_slice(&1u16.to_le_bytes());
    format.extend_from_slice(&1u16.to_le_bytes());
    format.extend_from_slice(&rate.to_le_bytes());
    format.extend_from_slice(&(rate * u32::from(width)).to_le_bytes());
    format.extend_from_slice(&width.to_le_bytes());
    format.extend_from_slice(&(width * 8).to_le_bytes());
    let data: Vec<u8> = if eight_bit {
        samples.iter().map(|s| s.saturating_add(128).to_be_bytes()[0].wrapping_add(128)).collect()
    } else {
        samples.iter().flat_map(|s| s.to_le_bytes()).collect()
    };
    let mut body = b"WAVE".to_vec();
    chunk(&mut body, b"fmt ", &format);
    chunk(&mut body, b"data", &data);
    if let Some((start, end)) = looped {
        // Nine header fields, then one forward loop whose end is inclusive in the file.
        let fields = [0, 0, 1_000_000_000 / rate, 60, 0, 0, 0, 1, 0, 0, 0, start, end - 1, 0, 0];
        let bytes: Vec<u8> = fields.iter().flat_map(|f| f.to_le_bytes()).collect();
        chunk(&mut body, b"smpl", &bytes);
    }
    let mut bytes = Vec::new();
    chunk(&mut bytes, b"RIFF", &body);
    bytes
}
