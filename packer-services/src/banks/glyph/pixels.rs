//! The pixels of an image that is shown, exactly, in as few bytes as its number of colors allows.

use std::collections::HashMap;
use std::ops::Range;

/// Red, green, blue and straight alpha.
type Rgba = [u8; 4];

/// The pixels of an image, each with red, green, blue and straight alpha. An image of up to 256 colors takes one byte
/// per pixel, one of up to 65,536 colors two, and any other four.
#[derive(Clone, PartialEq, Eq)]
pub struct ImagePixels {
    width: u32,
    height: u32,
    /// What the indices mean, in the order in which the colors occur.
    colors: Vec<Rgba>,
    values: Values,
}

/// Row by row.
#[derive(Clone, PartialEq, Eq)]
enum Values {
    Narrow(Vec<u8>),
    Wide(Vec<u16>),
    Colors(Vec<Rgba>),
}

impl std::fmt::Debug for ImagePixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ImagePixels({} × {})", self.width, self.height)
    }
}

impl ImagePixels {
    /// In pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// In pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// A pixel; `None` outside the image.
    pub fn pixel(&self, x: u32, y: u32) -> Option<Rgba> {
        if x >= self.width {
            return None;
        }
        let at = y as usize * self.width as usize + x as usize;
        match &self.values {
            Values::Narrow(indices) => self.colors.get(usize::from(*indices.get(at)?)).copied(),
            Values::Wide(indices) => self.colors.get(usize::from(*indices.get(at)?)).copied(),
            Values::Colors(colors) => colors.get(at).copied(),
        }
    }

    /// A part of the image, row by row, four bytes per pixel. What is outside the image is left out.
    pub fn rgba(&self, columns: Range<u32>, rows: Range<u32>) -> Vec<u8> {
        let (left, right) = (columns.start.min(self.width) as usize, columns.end.min(self.width) as usize);
        let rows = rows.start.min(self.height) as usize..rows.end.min(self.height) as usize;
        let width = right.saturating_sub(left);
        let mut rgba = Vec::with_capacity(width * rows.len() * 4);
        for y in rows {
            let start = y * self.width as usize + left;
            let row = start..start + width;
            match &self.values {
                Values::Narrow(indices) => {
                    rgba.extend(indices[row].iter().flat_map(|index| self.colors[usize::from(*index)]));
                }
                Values::Wide(indices) => {
                    rgba.extend(indices[row].iter().flat_map(|index| self.colors[usize::from(*index)]));
                }
                Values::Colors(colors) => rgba.extend_from_slice(colors[row].as_flattened()),
            }
        }
        rgba
    }

    /// How many bytes the pixels take in memory.
    pub fn kept_bytes(&self) -> usize {
        let values = match &self.values {
            Values::Narrow(indices) => indices.len(),
            Values::Wide(indices) => 2 * indices.len(),
            Values::Colors(colors) => 4 * colors.len(),
        };
        values + 4 * self.colors.len()
    }
}

/// Collects the pixels of an image.
#[derive(Debug)]
pub struct PixelCollector {
    pixels: ImagePixels,
    known: HashMap<Rgba, u16>,
    /// The color of the last pixel, which the next one usually has too.
    last: Option<(Rgba, u16)>,
}

impl PixelCollector {
    /// Collects an image of this size.
    pub fn of_size(width: u32, height: u32) -> Self {
        let narrow = Vec::with_capacity(width as usize * height as usize);
        let pixels = ImagePixels { width, height, colors: Vec::new(), values: Values::Narrow(narrow) };
        Self { pixels, known: HashMap::new(), last: None }
    }

    /// Adds the next pixel, row by row.
    pub fn push(&mut self, color: Rgba) {
        if let Values::Colors(colors) = &mut self.pixels.values {
            return colors.push(color);
        }
        let Some(index) = self.index_of(color) else {
            self.keep_colors();
            return self.push(color);
        };
        self.last = Some((color, index));
        match (&mut self.pixels.values, u8::try_from(index)) {
            (Values::Narrow(indices), Ok(index)) => indices.push(index),
            (Values::Narrow(indices), Err(_)) => {
                let mut wide = Vec::with_capacity(indices.capacity());
                wide.extend(indices.iter().copied().map(u16::from));
                wide.push(index);
                self.pixels.values = Values::Wide(wide);
            }
            (Values::Wide(indices), _) => indices.push(index),
            (Values::Colors(_), _) => {}
        }
    }

    /// The index of a color; `None` if there are too many.
    fn index_of(&mut self, color: Rgba) -> Option<u16> {
        if let Some((last, index)) = self.last
            && last == color
        {
            return Some(index);
        }
        if let Some(index) = self.known.get(&color) {
            return Some(*index);
        }
        let index = u16::try_from(self.pixels.colors.len()).ok()?;
        self.pixels.colors.push(color);
        self.known.insert(color, index);
        Some(index)
    }

    /// Replaces indices by colors.
    fn keep_colors(&mut self) {
        let ImagePixels { width, height, colors, values } = &mut self.pixels;
        let mut direct = Vec::with_capacity(*width as usize * *height as usize);
        match values {
            Values::Narrow(indices) => direct.extend(indices.iter().map(|index| colors[usize::from(*index)])),
            Values::Wide(indices) => direct.extend(indices.iter().map(|index| colors[usize::from(*index)])),
            Values::Colors(_) => return,
        }
        self.pixels.values = Values::Colors(direct);
        self.pixels.colors = Vec::new();
        self.known = HashMap::new();
    }

    /// The image; the rows that it lacks are transparent black.
    pub fn finish(mut self) -> ImagePixels {
        let count = self.pixels.width as usize * self.pixels.height as usize;
        let found = match &self.pixels.values {
            Values::Narrow(indices) => indices.len(),
            Values::Wide(indices) => indices.len(),
            Values::Colors(colors) => colors.len(),
        };
        (found..count).for_each(|_| self.push([0; 4]));
        self.pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(width: u32, height: u32, color: impl Fn(u32) -> Rgba) -> (ImagePixels, Vec<u8>) {
        let colors: Vec<Rgba> = (0..width * height).map(color).collect();
        let mut collector = PixelCollector::of_size(width, height);
        colors.iter().for_each(|color| collector.push(*color));
        (collector.finish(), colors.as_flattened().to_vec())
    }

    #[test]
    fn pixels_are_exact_and_compact() {
        for (colors, bytes_per_pixel) in [(2, 1), (256, 1), (257, 2), (65_536, 2), (65_537, 4)] {
            let (width, height) = (300, 400);
            let (pixels, rgba) = collected(width, height, |n| {
                let [a, b, c, _] = (n % colors).to_le_bytes();
                [a, b, c, 0xFF]
            });
            assert_eq!(pixels.rgba(0..width, 0..height), rgba, "{colors} colors");
            let own = if bytes_per_pixel == 4 { 0 } else { 4 * colors as usize };
            assert_eq!(pixels.kept_bytes(), bytes_per_pixel * (width * height) as usize + own, "{colors} colors");
            let at = (123 * width as usize + 45) * 4;
            assert_eq!(pixels.pixel(45, 123).unwrap(), rgba[at..at + 4], "{colors} colors");
        }
    }

    #[test]
    fn parts_end_at_the_image() {
        let (pixels, _) = collected(3, 2, |n| [u8::try_from(n).unwrap(), 0, 0, 1]);
        assert_eq!(pixels.rgba(1..9, 1..9), [4, 0, 0, 1, 5, 0, 0, 1]);
        assert!(pixels.rgba(3..9, 0..2).is_empty());
        assert_eq!((pixels.pixel(3, 0), pixels.pixel(0, 2)), (None, None));
    }
}
