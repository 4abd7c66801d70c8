//! Images cut into tiles.

use super::grid::Grid;
use super::image::{Image, ImagePixel, PixelKind};
use crate::declaration::ColorKey;
use crate::diagnostics;
use crate::formats::Rgb565;

/// A tile cut out of an image: its distinct pixels, and which of them stands where.
#[derive(Debug)]
pub struct CutTile {
    side: u32,
    /// The distinct remaining pixels, in order of appearance: those that the key removes take no part.
    pub colors: Vec<ImagePixel>,
    /// Row-major; a place in `colors`, or [`REMOVED`].
    places: Vec<u16>,
}

/// A pixel that takes no part. A tile has at most 1024 distinct ones.
const REMOVED: u16 = u16::MAX;

impl CutTile {
    /// Cell `n` of the image.
    pub fn cut(image: &Image, grid: Grid, n: u32, keying: Keying) -> Self {
        let side = grid.side();
        let diagnostics::Pixel { x, y: top } = grid.corner(n);
        let left = x as usize;
        let mut colors: Vec<ImagePixel> = Vec::new();
        let mut places = Vec::with_capacity((side * side) as usize);
        // Neighbors are mostly equal: the last answer is tried first.
        let mut last: Option<(ImagePixel, u16)> = None;
        for y in top..top + side {
            let start = y as usize * image.width as usize + left;
            for pixel in &image.pixels[start..start + side as usize] {
                let place = match last {
                    Some((same, place)) if same == *pixel => place,
                    _ if keying.removes(pixel) => REMOVED,
                    _ => {
                        let known = colors.iter().position(|color| color == pixel);
                        let at = known.unwrap_or_else(|| {
                            colors.push(*pixel);
                            colors.len() - 1
                        });
                        u16::try_from(at).unwrap_or(REMOVED)
                    }
                };
                last = Some((*pixel, place));
                places.push(place);
            }
        }
        Self { side, colors, places }
    }

    /// Whether no pixel remains: it is index 0 everywhere.
    pub fn is_blank(&self) -> bool {
        self.colors.is_empty()
    }

    /// How many pixels remain.
    pub fn judged_pixels(&self) -> u64 {
        self.places.iter().filter(|place| **place != REMOVED).count() as u64
    }

    /// The remaining pixels with their places in the tile, row-major.
    pub fn remaining(&self) -> impl Iterator<Item = (diagnostics::Pixel, ImagePixel)> {
        let positions = (0..self.side).flat_map(|y| (0..self.side).map(move |x| diagnostics::Pixel { x, y }));
        std::iter::zip(positions, &self.places)
            .filter(|(_, place)| **place != REMOVED)
            .map(|(at, place)| (at, self.colors[usize::from(*place)]))
    }

    /// The tile's indices, row-major: `index` of each remaining pixel, 0 for the others.
    pub fn indices(&self, index: impl Fn(&ImagePixel) -> u8) -> Vec<u8> {
        let by_place: Vec<u8> = self.colors.iter().map(index).collect();
        let indices = self.places.iter().map(|place| by_place.get(usize::from(*place)).copied().unwrap_or(0));
        indices.collect()
    }
}

/// A color key, ready to be compared.
#[derive(Clone, Copy, Debug)]
pub struct Keying {
    index0: bool,
    color: Option<Rgb565>,
}

impl Keying {
    /// The keying that `key` names, for `image`.
    pub fn new(key: Option<ColorKey>, image: &Image) -> Self {
        let color = match key {
            Some(ColorKey::Color(rgb)) => Some(rgb.to_565()),
            _ => None,
        };
        Self { index0: key == Some(ColorKey::Index0) && image.own_palette.is_some(), color }
    }

    /// Whether the pixel becomes index 0 and takes no part.
    pub fn removes(self, pixel: &ImagePixel) -> bool {
        pixel.kind == PixelKind::Clear
            || (self.index0 && pixel.index == 0)
            || (pixel.kind != PixelKind::NoColor && self.color == Some(pixel.rgb565()))
    }
}
