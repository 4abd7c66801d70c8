//! Pictures cut into tiles.

use super::picture::{Picture, Pixel, PixelKind};
use crate::declaration::ColorKey;
use crate::diagnostics::{self, Code, Finding};
use crate::formats::{Rgb565, TileSize};

/// Refuses a picture whose sides are no multiples of the tile size.
///
/// # Errors
/// The finding.
pub fn judge_size(width: u32, height: u32, size: TileSize) -> Result<(), Finding> {
    let side = size.pixels();
    if width > 0 && height > 0 && width.is_multiple_of(side) && height.is_multiple_of(side) {
        return Ok(());
    }
    let help = match TileSize::ALL.into_iter().find(|other| judge_fits(width, height, *other)) {
        Some(other) => format!(
            "Resize the canvas to multiples of {side}, or choose the tile size {}, which would fit.",
            other.pixels()
        ),
        None => format!(
            "Resize the canvas, without scaling, to {} × {}.",
            width.next_multiple_of(side),
            height.next_multiple_of(side)
        ),
    };
    Err(Finding::new(
        Code::PictureSize,
        format!("the picture has {width} × {height} pixels; multiples of {side} are needed"),
        help,
    ))
}

fn judge_fits(width: u32, height: u32, size: TileSize) -> bool {
    width.is_multiple_of(size.pixels()) && height.is_multiple_of(size.pixels())
}

/// How many tiles a picture of this size makes.
pub fn count(width: u32, height: u32, size: TileSize) -> u64 {
    u64::from(width / size.pixels()) * u64::from(height / size.pixels())
}

/// The pixels of the picture's `n`-th tile, row-major.
pub fn pixels(picture: &Picture, size: TileSize, n: u32) -> impl Iterator<Item = (diagnostics::Pixel, Pixel)> {
    let side = size.pixels();
    let columns = picture.width / side;
    let (left, top) = (n % columns * side, n / columns * side);
    let width = picture.width;
    (0..side).flat_map(move |y| {
        (0..side).map(move |x| {
            let at = (top + y) as usize * width as usize + (left + x) as usize;
            (diagnostics::Pixel { x, y }, picture.pixels[at])
        })
    })
}

/// A colour key, ready to be compared.
#[derive(Clone, Copy, Debug)]
pub struct Keying {
    index0: bool,
    colour: Option<Rgb565>,
}

impl Keying {
    /// The keying that `key` names, for `picture`.
    pub fn new(key: Option<ColorKey>, picture: &Picture) -> Self {
        let colour = match key {
            Some(ColorKey::Colour(rgb)) => Some(rgb.to_565()),
            _ => None,
        };
        Self { index0: key == Some(ColorKey::Index0) && picture.own_palette.is_some(), colour }
    }

    /// Whether the pixel becomes index 0 and takes no part.
    pub fn removes(self, pixel: &Pixel) -> bool {
        pixel.kind == PixelKind::Clear
            || (self.index0 && pixel.index == 0)
            || (pixel.kind != PixelKind::NoColour && self.colour == Some(pixel.rgb565()))
    }
}
