//! An image of palette indices, and the few operations that draw everything.

/// An image of palette indices. Index 0 is transparent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canvas {
    width: i32,
    height: i32,
    pixels: Vec<u8>,
}

impl Canvas {
    /// An empty image.
    #[must_use]
    pub fn new(width: u16, height: u16) -> Self {
        Self {
            width: i32::from(width),
            height: i32::from(height),
            pixels: vec![0; usize::from(width) * usize::from(height)],
        }
    }

    /// An image from rows of characters, see [`Canvas::stamp`].
    #[must_use]
    pub fn from_rows(width: u16, height: u16, rows: &str) -> Self {
        let mut canvas = Self::new(width, height);
        canvas.stamp(0, 0, rows);
        canvas
    }

    /// Its width in pixels.
    #[must_use]
    pub fn width(&self) -> i32 {
        self.width
    }

    /// Its height in pixels.
    #[must_use]
    pub fn height(&self) -> i32 {
        self.height
    }

    /// All indices, row by row.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    fn offset(&self, x: i32, y: i32) -> Option<usize> {
        if x < 0 || y < 0 || x >= self.width || y >= self.height {
            return None;
        }
        usize::try_from(y * self.width + x).ok()
    }

    /// The index of a pixel; 0 outside the image.
    #[must_use]
    pub fn get(&self, x: i32, y: i32) -> u8 {
        self.offset(x, y).map_or(0, |i| self.pixels[i])
    }

    /// Sets one pixel; pixels outside the image are ignored.
    pub fn set(&mut self, x: i32, y: i32, index: u8) {
        if let Some(i) = self.offset(x, y) {
            self.pixels[i] = index;
        }
    }

    /// Fills a rectangle.
    pub fn fill_rect(&mut self, x: i32, y: i32, w: i32, h: i32, index: u8) {
        for py in y..y + h {
            for px in x..x + w {
                self.set(px, py, index);
            }
        }
    }

    /// Draws rows of characters: a hex digit is an index, `_` erases, everything else (`.`) changes nothing.
    pub fn stamp(&mut self, x: i32, y: i32, rows: &str) {
        self.stamp_flipped(x, y, rows, false);
    }

    /// Like [`Canvas::stamp`], with each row read from right to left when `flip` is set.
    pub fn stamp_flipped(&mut self, x: i32, y: i32, rows: &str, flip: bool) {
        let drawn = rows.lines().map(str::trim).filter(|row| !row.is_empty());
        for (py, row) in (y..).zip(drawn) {
            let mut px = x;
            let mut put = |ch: char| {
                let index = match ch {
                    '_' => Some(0),
                    _ => ch.to_digit(16).and_then(|d| u8::try_from(d).ok()),
                };
                if let Some(index) = index {
                    self.set(px, py, index);
                }
                px += 1;
            };
            if flip {
                row.chars().rev().for_each(&mut put);
            } else {
                row.chars().for_each(&mut put);
            }
        }
    }

    /// Draws another image over this one; its index 0 is transparent.
    pub fn blit(&mut self, other: &Self, x: i32, y: i32) {
        for py in 0..other.height {
            for px in 0..other.width {
                let index = other.get(px, py);
                if index != 0 {
                    self.set(x + px, y + py, index);
                }
            }
        }
    }

    /// A part of this image.
    #[must_use]
    pub fn crop(&self, x: i32, y: i32, width: u16, height: u16) -> Self {
        let mut part = Self::new(width, height);
        for py in 0..i32::from(height) {
            for px in 0..i32::from(width) {
                part.set(px, py, self.get(x + px, y + py));
            }
        }
        part
    }

    /// Draws `ink` on every empty pixel that touches a drawn one at a side.
    pub fn outline(&mut self, ink: u8) {
        let before = self.clone();
        for y in 0..self.height {
            for x in 0..self.width {
                let touches = before.get(x - 1, y) != 0
                    || before.get(x + 1, y) != 0
                    || before.get(x, y - 1) != 0
                    || before.get(x, y + 1) != 0;
                if before.get(x, y) == 0 && touches {
                    self.set(x, y, ink);
                }
            }
        }
    }
}

/// The threshold of an ordered 4 × 4 dither at a pixel, 0 to 15.
#[must_use]
pub fn bayer_threshold(x: i32, y: i32) -> i32 {
    const ORDER: [[i32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    let row = ORDER[usize::try_from(y.rem_euclid(4)).unwrap_or(0)];
    row[usize::try_from(x.rem_euclid(4)).unwrap_or(0)]
}

/// A small xorshift generator: noise that is the same on every machine and in every run.
#[derive(Clone, Debug)]
pub struct Xorshift(u32);

impl Xorshift {
    /// Each seed has its own sequence.
    #[must_use]
    pub fn new(seed: u32) -> Self {
        let mut this = Self(seed.wrapping_mul(0x9e37_79b9) | 1);
        for _ in 0..4 {
            this.next_bits();
        }
        this
    }

    /// The next 32 bits.
    pub fn next_bits(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// A number from 0 to `end`, exclusive.
    pub fn below(&mut self, end: u32) -> i32 {
        i32::try_from((self.next_bits() >> 8) % end.max(1)).unwrap_or(0)
    }
}
