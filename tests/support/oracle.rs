//! What a pack must contain, computed from the sources by code that the packer does not use.
//!
//! [`reader`] is the reader of `docs/specs/runtime-artifact.md` that the cartridge example boots with. The rest of this
//! module computes what that reader must find, from the raw pixels and the raw WAV bytes: enough to compare a pack with
//! its sources, without the steps of a packer.

#![allow(dead_code, reason = "each test target that includes this file uses its own part of it")]

#[path = "../../packer-services/examples/cartridge/reader.rs"]
pub mod reader;

use reader::Glyph;

/// What an artifact's `color_key` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceColorKey {
    /// The pixels of this color, compared as 565.
    Rgb([u8; 3]),
    /// The pixels that an indexed image gives index 0.
    Index0,
}

/// The pixels of one tile as its image has them, row-major.
#[derive(Clone, Copy, Debug)]
pub struct SourceTile<'a> {
    /// Red, green, blue, alpha.
    pub rgba: &'a [[u8; 4]],
    /// The author's palette indices, if the image is indexed.
    pub indices: Option<&'a [u8]>,
    /// The artifact's color key.
    pub color_key: Option<SourceColorKey>,
}

/// 8 bits per channel to RGB565: the low bits are dropped.
pub fn rgb565([red, green, blue]: [u8; 3]) -> u16 {
    u16::from(red >> 3) << 11 | u16::from(green >> 2) << 5 | u16::from(blue >> 3)
}

/// What a tile must draw, pixel by pixel: a color in 565, or `None` where it must be transparent.
pub fn expected_tile_rgb565(source: SourceTile) -> Vec<Option<u16>> {
    let pixel = |(at, &[red, green, blue, alpha]): (usize, &[u8; 4])| {
        let color = rgb565([red, green, blue]);
        let keyed = match source.color_key {
            Some(SourceColorKey::Rgb(key)) => color == rgb565(key),
            Some(SourceColorKey::Index0) => source.indices.is_some_and(|indices| indices[at] == 0),
            None => false,
        };
        (alpha != 0 && !keyed).then_some(color)
    };
    source.rgba.iter().enumerate().map(pixel).collect()
}

/// What a decoded tile draws with one palette, in the form of [`expected_tile_rgb565`].
pub fn drawn_tile_rgb565(glyph: &Glyph, tile_id: usize, palette: usize) -> Vec<Option<u16>> {
    let indices = glyph.tile(tile_id).unwrap_or_default();
    indices.iter().map(|&index| glyph.rgb565(palette, index)).collect()
}

/// The declared palettes with which a tile draws its source exactly. A correct pack has at least one for each tile,
/// including the artifact's own `palette` if it names one. An index past a palette's declared colors does not count as
/// drawn, even if its padding happens to be the expected black.
pub fn faithful_palettes(glyph: &Glyph, tile_id: usize, source: SourceTile, declared: &[Vec<[u8; 3]>]) -> Vec<usize> {
    let expected = expected_tile_rgb565(source);
    let greatest = glyph.tile(tile_id).unwrap_or_default().into_iter().max().unwrap_or(0);
    let faithful = |&palette: &usize| {
        (greatest == 0 || usize::from(greatest) < declared[palette].len())
            && drawn_tile_rgb565(glyph, tile_id, palette) == expected
    };
    (0..declared.len()).filter(faithful).collect()
}

/// Whether the bank's palettes are the declared ones in 565, and zero past them.
pub fn palettes_are(glyph: &Glyph, declared: &[Vec<[u8; 3]>]) -> bool {
    let mut expected = vec![[0; 16]; 64];
    for (palette, colors) in expected.iter_mut().zip(declared) {
        for (color, &rgb) in palette.iter_mut().zip(colors) {
            *color = rgb565(rgb);
        }
    }
    glyph.palette_authored == declared.len() && glyph.palettes == expected
}

/// Whether all of the sheet past its first `tiles` tiles is index 0.
pub fn sheet_is_empty_past(glyph: &Glyph, tiles: usize) -> bool {
    (tiles..).map_while(|tile_id| glyph.tile(tile_id)).flatten().all(|index| index == 0)
}

/// A sound as it must be in the console's memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedSound {
    /// The file's rate, in Hz.
    pub sample_rate: u32,
    /// The frames, mono.
    pub frames: Vec<i16>,
}

/// Converts a simple WAV file: integer PCM of 8, 16, 24 or 32 bits, mono or stereo, chunks whole and padded.
/// `None` for any other file: invalid, streamed and extensible files are not supported, and neither are those with
/// bytes between or after their chunks.
pub fn expected_wav(bytes: &[u8]) -> Option<ExpectedSound> {
    let mut rest = bytes.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
    let (mut format, mut data) = (None, None);
    while let Some((id, after)) = rest.split_first_chunk::<4>() {
        let (len, after) = after.split_first_chunk::<4>()?;
        let len = usize::try_from(u32::from_le_bytes(*len)).ok()?;
        let body = after.get(..len)?;
        match id {
            b"fmt " => format = Some(body),
            // A program that did not finish leaves the size 0.
            b"data" if body.is_empty() => return None,
            b"data" => data = Some(body),
            _ if !id.iter().all(|byte| matches!(byte, b' '..=b'~')) => return None,
            _ => {}
        }
        rest = after.get(len + len % 2..).unwrap_or_default();
    }
    let (format, data) = (format?, data?);
    let u16_at = |at: usize| Some(u16::from_le_bytes([*format.get(at)?, *format.get(at + 1)?]));
    let (channels, depth) = (usize::from(u16_at(2)?), usize::from(u16_at(14)?));
    let sample_rate = u32::from(u16_at(6)?) << 16 | u32::from(u16_at(4)?);
    let frame_len = channels * depth / 8;
    if u16_at(0)? != 1 || !(1..=2).contains(&channels) || ![8, 16, 24, 32].contains(&depth) {
        return None;
    }
    let frame = |frame: &[u8]| {
        let sum: i64 = frame.chunks_exact(depth / 8).map(signed).sum();
        // One channel is its own mean; (l + r) >> 1 is taken at the file's depth, before any bit is dropped.
        let value = sum >> (channels - 1);
        i16::try_from(if depth == 8 { value << 8 } else { value >> (depth - 16) }).ok()
    };
    let frames = data.chunks_exact(frame_len).map(frame).collect::<Option<_>>()?;
    Some(ExpectedSound { sample_rate, frames })
}

/// One little-endian PCM value: unsigned about 128 in 8 bits, two's complement in more.
fn signed(bytes: &[u8]) -> i64 {
    match bytes {
        [byte] => i64::from(*byte) - 128,
        _ => {
            let value = bytes.iter().rev().fold(0, |sum, &byte| sum << 8 | i64::from(byte));
            let sign = 1 << (8 * bytes.len() - 1);
            (value ^ sign) - sign
        }
    }
}
