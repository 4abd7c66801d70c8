//! Palettes that are not text: the color tables of Photoshop, `.act`, and the own palettes of indexed PNGs and of
//! Aseprite files.

use std::io::Cursor;

use super::{FileColor, PaletteFile, PaletteFormat, ReadResult, not_a_palette};
use crate::banks::glyph::image::{ImageError, SpritePalette, read_sprite_palette};
use crate::diagnostics::{Code, Finding, Place};
use crate::formats::{PALETTE_COLORS, Rgb};

/// The first bytes of a PNG.
pub(super) const PNG_SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// The size of 256 colors.
pub(super) const RAW_BYTES: usize = 768;
/// The size of 256 colors, followed by their number and the transparent one.
pub(super) const ACT_BYTES: usize = 772;
/// What a color table has in place of a transparent color, if there is none.
const NO_TRANSPARENT: u16 = 0xFFFF;
/// The largest value of a channel of 6 bits, as old hardware has it.
const SIX_BITS: u8 = 63;

/// Reads a color table.
pub(super) fn read_act(bytes: &[u8]) -> ReadResult {
    let (table, end) = match bytes.len() {
        RAW_BYTES => (bytes, None),
        ACT_BYTES => bytes.split_at_checked(RAW_BYTES).map_or((bytes, None), |(table, end)| (table, Some(end))),
        size => {
            return Err(vec![not_a_palette(
                &format!(
                    "it has {size} bytes that are not text; a color table (`.act`) has {RAW_BYTES} or {ACT_BYTES}"
                ),
                "Export it again, or save it as `.gpl`.",
            )]);
        }
    };
    let mut colors: Vec<FileColor> = table
        .chunks_exact(3)
        .filter_map(|rgb| Some(FileColor::of_channels([*rgb.first()?, *rgb.get(1)?, *rgb.get(2)?, 255], None)))
        .collect();
    let damaged = |offset: usize, message: String| {
        let finding = Finding::new(Code::PaletteFileValue, message, "Export it again, or save it as `.gpl`.");
        Err(vec![finding.at(Place::Byte { offset: offset as u64 })])
    };
    if let Some(&[count_high, count_low, index_high, index_low]) = end {
        let count = u16::from_be_bytes([count_high, count_low]);
        if !(1..=256).contains(&count) {
            return damaged(RAW_BYTES, format!("the table has {count} colors; 1 to 256 are possible"));
        }
        colors.truncate(count.into());
        let transparent = u16::from_be_bytes([index_high, index_low]);
        match colors.get_mut(usize::from(transparent)) {
            // Programs write 0 even if no color is transparent. Color 0 is not drawn anyway.
            Some(color) => color.alpha = if transparent == 0 { 255 } else { 0 },
            None if transparent == NO_TRANSPARENT => {}
            None => {
                let message = format!("color {transparent} is transparent, but the table has {count} colors");
                return damaged(RAW_BYTES + 2, message);
            }
        }
    } else {
        if table.iter().all(|channel| *channel <= SIX_BITS) {
            return Err(vec![Finding::new(
                Code::PaletteFileFormat,
                format!(
                    "no value of this color table is above {SIX_BITS}: its colors probably have 6 bits, from old hardware"
                ),
                "Open it in a program that knows the format, and save it as `.gpl`.",
            )]);
        }
        // Such a table has no number of colors: programs fill it with black.
        let black = colors.iter().rev().take_while(|color| color.rgb == Rgb([0; 3])).count();
        if black > 1 && colors.len() > PALETTE_COLORS {
            colors.truncate(colors.len() - black);
        }
    }
    Ok((PaletteFile { format: PaletteFormat::Act, name: None, colors }, Vec::new()))
}

/// Reads the own palette of an Aseprite file.
pub(super) fn read_sprite(bytes: &[u8]) -> ReadResult {
    let SpritePalette { colors, is_color_0_clear, changes_in } = match read_sprite_palette(bytes) {
        Ok(palette) => palette,
        Err(ImageError::Finding(finding)) => return Err(vec![*finding]),
        Err(ImageError::Io(error)) => {
            let message = format!("the file cannot be read: {error}");
            return Err(vec![Finding::new(Code::PaletteFileValue, message, "Save it again in Aseprite.")]);
        }
    };
    if let Some(frame) = changes_in {
        return Err(vec![Finding::new(
            Code::PaletteFileValue,
            format!("frame {} of the sprite has a different palette than the frames before it", frame + 1),
            "In Aseprite, save the palette of one frame as `.gpl`: Palette > Options > Save Palette.",
        )]);
    }
    let mut colors: Vec<FileColor> = colors.into_iter().map(|color| FileColor::of_channels(color, None)).collect();
    if let Some(first) = colors.first_mut().filter(|_| is_color_0_clear) {
        first.alpha = 0;
    }
    Ok((PaletteFile { format: PaletteFormat::Aseprite, name: None, colors }, Vec::new()))
}

/// Writes a color table. Color 0 is the transparent one.
pub(super) fn write_act(colors: &[Rgb]) -> Vec<u8> {
    let mut bytes: Vec<u8> = colors.iter().flat_map(|color| color.0).collect();
    bytes.resize(RAW_BYTES, 0);
    bytes.extend(u16::try_from(colors.len()).unwrap_or(u16::MAX).to_be_bytes());
    bytes.extend(0_u16.to_be_bytes());
    bytes
}

/// Reads the own palette of an indexed PNG, and nothing after it.
pub(super) fn read_png(bytes: &[u8]) -> ReadResult {
    let damaged = |_| {
        let message = "the PNG is damaged, or ends, before its palette does";
        vec![Finding::new(Code::PaletteFileValue, message, "Export the image again.")]
    };
    let reader = png::Decoder::new(Cursor::new(bytes)).read_info().map_err(damaged)?;
    let info = reader.info();
    let Some(palette) = info.palette.as_deref().filter(|_| info.color_type == png::ColorType::Indexed) else {
        return Err(vec![not_a_palette(
            "it is a PNG without a palette",
            "Save the image as indexed, or save the palette as a file of its own.",
        )]);
    };
    let alpha = |at: usize| info.trns.as_deref().and_then(|alphas| alphas.get(at)).copied().unwrap_or(255);
    let colors = palette.chunks_exact(3).enumerate().filter_map(|(at, rgb)| {
        Some(FileColor::of_channels([*rgb.first()?, *rgb.get(1)?, *rgb.get(2)?, alpha(at)], None))
    });
    let colors: Vec<FileColor> = colors.collect();
    if colors.is_empty() {
        return Err(vec![Finding::new(Code::PaletteFileValue, "the palette has no color", "Export it again.")]);
    }
    Ok((PaletteFile { format: PaletteFormat::Png, name: None, colors }, Vec::new()))
}
