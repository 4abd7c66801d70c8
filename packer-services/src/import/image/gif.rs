//! GIF, whose blocks the crate `gif` reads: the first frame, or all of them one below the other, like those of a
//! sprite. Here frames become whole images: each covers a part of the last one, as its disposal says.
//!
//! What no frame covers is transparent. Indices are kept if all used frames have the same palette.

use std::collections::BTreeSet;
use std::num::NonZeroU64;

use gif::{DecodeOptions, Decoder, DecodingError, DisposalMethod, Frame, MemoryLimit};

use super::{DecodedImage, DecodedPixels, MAX_COLORS, Undecodable, checked_size, pixel_count};
use crate::diagnostics::{Code, Finding, plural};
use crate::import::{ImportMemory, ImportedFrames};
use crate::limits::INTERLACED_PIXELS;

/// What is known of a GIF before its pixels are decoded.
struct Outline {
    /// Of the screen, which every frame is a part of.
    size: [u32; 2],
    /// How many frames it has.
    frames: u32,
    /// The palette that all used frames have; `None` if they differ.
    palette: Option<Vec<[u8; 4]>>,
    /// The indices that are transparent in used frames.
    transparent: BTreeSet<u8>,
}

/// Decodes a GIF.
pub(super) fn decode(
    bytes: &[u8],
    frames: ImportedFrames,
    memory: &mut ImportMemory<'_>,
) -> Result<DecodedImage, Undecodable> {
    let outline = Outline::read(bytes, frames, memory)?;
    let used = if frames == ImportedFrames::All { outline.frames } else { 1 };
    let [width, height] = outline.size;
    let size = checked_size(memory, width, height.saturating_mul(used))?;
    let indexed = match &outline.palette {
        Some(palette) => decode_indexed(bytes, &outline, palette, used)?,
        None => None,
    };
    let pixels = match indexed {
        Some(pixels) => pixels,
        None => {
            let color = |palette: &[[u8; 4]], index: u8| palette.get(usize::from(index)).copied();
            DecodedPixels::Colors(decode_frames(bytes, &outline, used, [0; 4], color)?)
        }
    };
    let lost = matches!(pixels, DecodedPixels::Colors(_)).then_some(match outline.palette {
        None => "its frames have several palettes, so that its indices are not kept",
        Some(_) => "it has 256 colors and none for transparent pixels, so that its indices are not kept",
    });
    let remark = (used > 1).then(|| format!("its {} are one below the other", plural(u64::from(used), "frame")));
    let mut image = DecodedImage::new(size, pixels).remark(remark).remark(lost);
    if used < outline.frames {
        let message = format!("the GIF has {} frames, and only the first is used", outline.frames);
        let help = "To use all of them, pass `--frames all`: they become one sheet, one frame below the other.";
        image.findings.push(Finding::new(Code::ImageAnimated, message, help));
    }
    Ok(image)
}

/// The pixels by their indices; `None` if no index is left for transparent ones.
fn decode_indexed(
    bytes: &[u8],
    outline: &Outline,
    palette: &[[u8; 4]],
    frames: u32,
) -> Result<Option<DecodedPixels>, Undecodable> {
    // A pixel that no frame covers is none of the indices.
    const CLEAR: u16 = u16::MAX;
    let cells = decode_frames(bytes, outline, frames, CLEAR, |palette, index| {
        (usize::from(index) < palette.len()).then_some(u16::from(index))
    })?;
    let mut palette = palette.to_vec();
    if cells.contains(&CLEAR) {
        let is_drawn = |index: &u8| cells.contains(&u16::from(*index));
        let clear = outline.transparent.iter().copied().find(|index| !is_drawn(index));
        let Some(clear) = clear.or_else(|| u8::try_from(palette.len()).ok()) else { return Ok(None) };
        if usize::from(clear) >= palette.len() {
            palette.resize(usize::from(clear) + 1, [0; 4]);
        }
        palette[usize::from(clear)][3] = 0;
        let index = |cell: &u16| u8::try_from(*cell).unwrap_or(clear);
        return Ok(Some(DecodedPixels::Indexed { indices: cells.iter().map(index).collect(), palette }));
    }
    let indices = cells.iter().map(|cell| cell.to_le_bytes()[0]).collect();
    Ok(Some(DecodedPixels::Indexed { indices, palette }))
}

/// The first frames as whole images, one below the other; `clear` is a transparent pixel, and `pixel` one of an index
/// in a palette, if it has it.
fn decode_frames<P: Copy>(
    bytes: &[u8],
    outline: &Outline,
    frames: u32,
    clear: P,
    pixel: impl Fn(&[[u8; 4]], u8) -> Option<P>,
) -> Result<Vec<P>, Undecodable> {
    let mut decoder = open(bytes, false)?;
    let width = outline.size[0] as usize;
    let mut canvas = vec![clear; pixel_count(outline.size)];
    let mut sheet = Vec::with_capacity(canvas.len() * frames as usize);
    for number in 0..frames {
        let frame = decoder.read_next_frame().map_err(|error| failed(bytes, number, &error))?.cloned();
        let Some(frame) = frame else { return Err(Undecodable::cut(bytes)) };
        let palette = palette_of(&frame, decoder.global_palette());
        let restored = (frame.dispose == DisposalMethod::Previous).then(|| canvas.clone());
        let [left, top, columns] = [frame.left, frame.top, frame.width].map(usize::from);
        for (y, row) in frame.buffer.chunks_exact(columns.max(1)).enumerate() {
            let at = (top + y) * width + left;
            for (place, index) in std::iter::zip(&mut canvas[at..at + columns], row) {
                if frame.transparent == Some(*index) {
                    continue;
                }
                let Some(pixel) = pixel(&palette, *index) else {
                    let why =
                        format!("it is damaged: frame {} has the index {index}, which its palette lacks", number + 1);
                    return Err(Undecodable::new(why));
                };
                *place = pixel;
            }
        }
        sheet.extend_from_slice(&canvas);
        match (frame.dispose, restored) {
            (_, Some(restored)) => canvas = restored,
            (DisposalMethod::Background, None) => {
                for row in 0..usize::from(frame.height) {
                    let at = (top + row) * width + left;
                    canvas[at..at + columns].fill(clear);
                }
            }
            _ => {}
        }
    }
    Ok(sheet)
}

impl Outline {
    fn read(bytes: &[u8], used: ImportedFrames, memory: &mut ImportMemory<'_>) -> Result<Self, Undecodable> {
        let mut decoder = open(bytes, true)?;
        let size = checked_size(memory, decoder.width().into(), decoder.height().into())?;
        let mut palette: Option<Vec<[u8; 4]>> = None;
        let mut is_one_palette = true;
        let (mut frames, mut transparent) = (0, BTreeSet::new());
        while let Some(frame) = decoder.read_next_frame().map_err(|error| failed(bytes, frames, &error))?.cloned() {
            if frames == 0 || used == ImportedFrames::All {
                let own = palette_of(&frame, decoder.global_palette());
                transparent.extend(frame.transparent);
                is_one_palette &= palette.get_or_insert_with(|| own.clone()) == &own;
            }
            frames += 1;
        }
        if frames == 0 {
            return Err(Undecodable::new("it has no frame"));
        }
        Ok(Self { size, frames, palette: palette.filter(|_| is_one_palette), transparent })
    }
}

/// The palette of a frame: its own, otherwise that of the file.
fn palette_of(frame: &Frame<'_>, global: Option<&[u8]>) -> Vec<[u8; 4]> {
    let colors = frame.palette.as_deref().or(global).unwrap_or_default();
    colors.chunks_exact(3).take(MAX_COLORS).map(|color| [color[0], color[1], color[2], u8::MAX]).collect()
}

fn open(bytes: &[u8], is_outline: bool) -> Result<Decoder<&[u8]>, Undecodable> {
    let mut options = DecodeOptions::new();
    // A frame that leaves the screen is drawn differently by each program.
    options.check_frame_consistency(true);
    options.skip_frame_decoding(is_outline);
    if let Some(limit) = NonZeroU64::new(INTERLACED_PIXELS) {
        options.set_memory_limit(MemoryLimit::Bytes(limit));
    }
    options.read_info(bytes).map_err(|error| failed(bytes, 0, &error))
}

/// `frame` is the number of frames before the one that cannot be read.
fn failed(bytes: &[u8], frame: u32, error: &DecodingError) -> Undecodable {
    match error {
        DecodingError::UnexpectedEof => Undecodable::cut(bytes),
        DecodingError::MemoryLimit | DecodingError::OutOfMemory => Undecodable::new("a part of it is too large"),
        _ => Undecodable::new(format!("frame {} is damaged, or is not inside the image", frame + 1)),
    }
}
