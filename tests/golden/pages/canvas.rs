//! A small pixel editor: opens, changes and saves an image.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "this edits files as an editor does, and must not fail"
)]

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use support::images::Png;

type Color = [u8; 4];

/// Pixels in true color with alpha.
pub struct Canvas {
    width: u32,
    height: u32,
    pixels: Vec<Color>,
}

impl Canvas {
    pub fn new(width: u32, height: u32, color: impl Fn(u32, u32) -> Color) -> Self {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| color(x, y)).collect();
        Self { width, height, pixels }
    }

    /// Opens a PNG, which must have true color with alpha.
    pub fn open(path: &Path) -> Self {
        let mut reader = png::Decoder::new(BufReader::new(File::open(path).unwrap())).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut bytes).unwrap();
        assert_eq!((frame.color_type, frame.bit_depth), (png::ColorType::Rgba, png::BitDepth::Eight));
        let pixels = bytes.as_chunks().0.to_vec();
        Self { width: frame.width, height: frame.height, pixels }
    }

    pub fn save(&self, path: &Path) {
        std::fs::write(path, Png::rgba(self.width, self.height, |x, y| self.color(x, y)).bytes()).unwrap();
    }

    pub fn color(&self, x: u32, y: u32) -> Color {
        self.pixels[(y * self.width + x) as usize]
    }

    /// Paints single pixels.
    pub fn draw(&mut self, pixels: &[(u32, u32)], color: Color) {
        for (x, y) in pixels {
            self.pixels[(y * self.width + x) as usize] = color;
        }
    }

    /// Replaces the color of every pixel by a function of it.
    pub fn change(&mut self, change: impl Fn(Color) -> Color) {
        self.pixels.iter_mut().for_each(|pixel| *pixel = change(*pixel));
    }

    pub fn replace(&mut self, old: Color, new: Color) {
        self.change(|color| if color == old { new } else { color });
    }
}
