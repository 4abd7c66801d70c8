//! File formats: PNG, WAV and the palette text that pixel editors open.

use crate::canvas::Canvas;
use crate::palette::Palette;
use packer_services::formats::Rgb;
use std::fmt::Write as _;

fn png_info(canvas: &Canvas, color: png::ColorType, depth: png::BitDepth) -> png::Info<'static> {
    let side = |n: i32| u32::try_from(n).unwrap_or(0);
    let mut info = png::Info::with_size(side(canvas.width()), side(canvas.height()));
    info.color_type = color;
    info.bit_depth = depth;
    info
}

fn encode_png(info: png::Info<'static>, data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = png::Encoder::with_info(&mut bytes, info).and_then(|mut encoder| {
        encoder.set_deflate_compression(png::DeflateCompression::Level(9));
        encoder.set_filter(png::Filter::NoFilter);
        encoder.write_header()?.write_image_data(data)
    });
    match written {
        Ok(()) => bytes,
        Err(error) => unreachable!("every canvas can be written as a PNG: {error}"),
    }
}

/// An indexed PNG in which index 0 is the transparent key. `depth` is 1, 2, 4 or 8 bits per pixel.
#[must_use]
pub fn indexed_png(canvas: &Canvas, palette: &Palette, depth: png::BitDepth) -> Vec<u8> {
    let mut info = png_info(canvas, png::ColorType::Indexed, depth);
    let colors = palette.colors();
    info.palette = Some(colors.iter().flat_map(|color| color.0).collect::<Vec<_>>().into());
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
    encode_png(info, &data)
}

/// An indexed PNG of 8 bits in which every index is opaque.
#[must_use]
pub fn opaque_indexed_png(canvas: &Canvas, colors: &[Rgb]) -> Vec<u8> {
    let mut info = png_info(canvas, png::ColorType::Indexed, png::BitDepth::Eight);
    info.palette = Some(colors.iter().flat_map(|color| color.0).collect::<Vec<_>>().into());
    encode_png(info, canvas.pixels())
}

/// An animated true-color PNG with an alpha channel. Its frames have one size; the first is its default image.
///
/// # Panics
/// If there is no frame.
#[must_use]
pub fn animated_png(frames: &[Canvas], palette: &Palette) -> Vec<u8> {
    let info = png_info(&frames[0], png::ColorType::Rgba, png::BitDepth::Eight);
    let count = u32::try_from(frames.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::new();
    let written = png::Encoder::with_info(&mut bytes, info).and_then(|mut encoder| {
        encoder.set_deflate_compression(png::DeflateCompression::Level(9));
        encoder.set_filter(png::Filter::NoFilter);
        encoder.set_animated(count, 0)?;
        let mut writer = encoder.write_header()?;
        for frame in frames {
            let data: Vec<u8> = frame.pixels().iter().flat_map(|index| rgba(palette, *index)).collect();
            writer.write_image_data(&data)?;
        }
        writer.finish()
    });
    match written {
        Ok(()) => bytes,
        Err(error) => unreachable!("every canvas can be written as a PNG: {error}"),
    }
}

/// A true-color PNG with an alpha channel; index 0 becomes alpha 0.
#[must_use]
pub fn rgba_png(canvas: &Canvas, palette: &Palette) -> Vec<u8> {
    rgba_png_of(canvas, |_, _, index| rgba(palette, index))
}

/// A color of a palette with its alpha: 0 for index 0, else 255.
#[must_use]
pub fn rgba(palette: &Palette, index: u8) -> [u8; 4] {
    let Rgb([r, g, b]) = palette.color(index);
    if index == 0 { [0, 0, 0, 0] } else { [r, g, b, 255] }
}

/// A true-color PNG with an alpha channel. `pixel` computes each pixel from its coordinates and index.
#[must_use]
pub fn rgba_png_of(canvas: &Canvas, pixel: impl Fn(i32, i32, u8) -> [u8; 4]) -> Vec<u8> {
    let row = |y| (0..canvas.width()).map(move |x| (x, y));
    let data: Vec<u8> = (0..canvas.height()).flat_map(row).flat_map(|(x, y)| pixel(x, y, canvas.get(x, y))).collect();
    encode_png(png_info(canvas, png::ColorType::Rgba, png::BitDepth::Eight), &data)
}

/// A true-color PNG of 16 bits per channel, without alpha. `pixel` computes each pixel from its coordinates and index.
#[must_use]
pub fn deep_png_of(canvas: &Canvas, pixel: impl Fn(i32, i32, u8) -> [u16; 3]) -> Vec<u8> {
    let row = |y| (0..canvas.width()).map(move |x| (x, y));
    let pixels = (0..canvas.height()).flat_map(row).flat_map(|(x, y)| pixel(x, y, canvas.get(x, y)));
    let data: Vec<u8> = pixels.flat_map(u16::to_be_bytes).collect();
    encode_png(png_info(canvas, png::ColorType::Rgb, png::BitDepth::Sixteen), &data)
}

/// A true-color PNG without alpha, as older editors save it: index 0 has the key color.
#[must_use]
pub fn rgb_png(canvas: &Canvas, palette: &Palette) -> Vec<u8> {
    let data: Vec<u8> = canvas.pixels().iter().flat_map(|&index| palette.color(index).0).collect();
    encode_png(png_info(canvas, png::ColorType::Rgb, png::BitDepth::Eight), &data)
}

/// A palette as GIMP palette text, which pixel editors open.
#[must_use]
pub fn gpl(palette: &Palette) -> Vec<u8> {
    let mut text = format!("GIMP Palette\nName: {}\nColumns: 16\n#\n", palette.name());
    for (index, Rgb([r, g, b])) in palette.colors().iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{r:3} {g:3} {b:3}\tindex {index}");
    }
    text.into_bytes()
}

/// A RIFF file with the chunks of a WAV; chunks of odd length are padded.
#[must_use]
pub fn riff(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    fn chunk(bytes: &mut Vec<u8>, name: &[u8; 4], body: &[u8]) {
        bytes.extend_from_slice(name);
        bytes.extend_from_slice(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(body);
        if body.len() % 2 == 1 {
            bytes.push(0);
        }
    }
    let mut body = b"WAVE".to_vec();
    chunks.iter().for_each(|(name, bytes)| chunk(&mut body, name, bytes));
    let mut file = Vec::new();
    chunk(&mut file, b"RIFF", &body);
    file
}

/// The body of a WAV's format chunk. `coding` 1 is integer PCM.
#[must_use]
pub fn wav_format(coding: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
    let frame = channels * (bits / 8);
    let mut body = Vec::new();
    body.extend_from_slice(&coding.to_le_bytes());
    body.extend_from_slice(&channels.to_le_bytes());
    body.extend_from_slice(&rate.to_le_bytes());
    body.extend_from_slice(&(rate * u32::from(frame)).to_le_bytes());
    body.extend_from_slice(&frame.to_le_bytes());
    body.extend_from_slice(&bits.to_le_bytes());
    body
}

/// Samples of 16 bits, little-endian as in a WAV.
#[must_use]
pub fn pcm16(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// The body of a WAV's loop chunk with one endless loop. `kind` 0 is forward, 1 is ping-pong; `last` is the last frame
/// that is played.
#[must_use]
pub fn wav_loop(rate: u32, kind: u32, start: u32, last: u32) -> Vec<u8> {
    // Nine header fields, then the loop.
    let fields = [0, 0, 1_000_000_000 / rate, 60, 0, 0, 0, 1, 0, 0, kind, start, last, 0, 0];
    fields.iter().flat_map(|field| field.to_le_bytes()).collect()
}

/// A mono WAV file. `eight_bit` stores unsigned bytes; `looped` is the start and the exclusive end, in frames.
#[must_use]
pub fn wav(samples: &[i16], rate: u32, eight_bit: bool, looped: Option<(u32, u32)>) -> Vec<u8> {
    let data = if eight_bit {
        samples.iter().map(|s| s.saturating_add(128).to_be_bytes()[0].wrapping_add(128)).collect()
    } else {
        pcm16(samples)
    };
    let mut chunks = vec![(b"fmt ", wav_format(1, 1, rate, if eight_bit { 8 } else { 16 })), (b"data", data)];
    chunks.extend(looped.map(|(start, end)| (b"smpl", wav_loop(rate, 0, start, end - 1))));
    riff(&chunks)
}
