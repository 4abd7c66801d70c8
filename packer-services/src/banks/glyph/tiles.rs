//! Pictures cut into tiles.

use super::grid::Grid;
use super::picture::{Picture, Pixel, PixelKind};
use crate::declaration::ColorKey;
use crate::diagnostics;
use crate::formats::Rgb565;

/// A tile cut out of a picture: its distinct pixels, and which of them stands where.
#[derive(Debug)]
pub struct Tile {
    side: u32,
    /// The distinct remaining pixels, in order of appearance: those that the key removes take no part.
    pub colours: Vec<Pixel>,
    /// Row-major; a place in `colours`, or [`REMOVED`].
    places: Vec<u16>,
}

/// A pixel that takes no part. A tile has at most 1024 distinct ones.
const REMOVED: u16 = u16::MAX;

impl Tile {
    /// Cell `n` of the picture.
    pub fn cut(picture: &Picture, grid: Grid, n: u32, keying: Keying) -> Self {
        let side = grid.side();
        let diagnostics::Pixel { x, y: top } = grid.corner(n);
        let left = x as usize;
        let mut colours: Vec<Pixel> = Vec::new();
        let mut places = Vec::with_capacity((side * side) as usize);
        // Neighbours are mostly equal: the last answer is tried first.
        let mut last: Option<(Pixel, u16)> = None;
        for y in top..top + side {
            let start = y as usize * picture.width as usize + left;
            for pixel in &picture.pixels[start..start + side as usize] {
                let place = match last {
                    Some((same, place)) if same == *pixel => place,
                    _ if keying.removes(pixel) => REMOVED,
                    _ => {
                        let known = colours.iter().position(|colour| colour == pixel);
                        let at = known.unwrap_or_else(|| {
                            colours.push(*pixel);
                            colours.len() - 1
                        });
                        u16::try_from(at).unwrap_or(REMOVED)
                    }
                };
                last = Some((*pixel, place));
                places.push(place);
            }
        }
        Self { side, colours, places }
    }

    /// Whether no pixel remains: it is index 0 everywhere.
    pub fn is_blank(&self) -> bool {
        self.colours.is_empty()
    }

    /// How many pixels remain.
    pub fn judged_pixels(&self) -> u64 {
        self.places.iter().filter(|place| **place != REMOVED).count() as u64
    }

    /// The remaining pixels with their places in the tile, row-major.
    pub fn remaining(&self) -> impl Iterator<Item = (diagnostics::Pixel, Pixel)> {
        let positions = (0..self.side).flat_map(|y| (0..self.side).map(move |x| diagnostics::Pixel { x, y }));
        std::iter::zip(positions, &self.places)
            .filter(|(_, place)| **place != REMOVED)
            .map(|(at, place)| (at, self.colours[usize::from(*place)]))
    }

    /// The tile's indices, row-major: `index` of each remaining pixel, 0 for the others.
    pub fn indices(&self, index: impl Fn(&Pixel) -> u8) -> Vec<u8> {
        let by_place: Vec<u8> = self.colours.iter().map(index).collect();
        let indices = self.places.iter().map(|place| by_place.get(usize::from(*place)).copied().unwrap_or(0));
        indices.collect()
    }
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
