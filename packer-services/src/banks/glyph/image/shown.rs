//! An image as it is shown, decoded but not converted.

use super::samples::PixelRow;
use super::{ImageForm, ImageHeader, ImagePixel, PixelKind, RowSink};
use crate::banks::glyph::pixels::{ImagePixels, PixelCollector};

/// A whole image as it is shown; of a sprite, its frames one below the other.
#[derive(Debug)]
pub struct ShownImage {
    /// Its form, for people.
    pub form: ImageForm,
    /// Of a 16-bit image, the high bytes. A pixel whose index is not in the image's own palette is transparent black.
    pub pixels: ImagePixels,
}

/// Keeps an image as it is shown.
#[derive(Debug, Default)]
pub struct ShownRows {
    image: Option<(ImageForm, PixelCollector)>,
    pixels: Vec<ImagePixel>,
}

impl ShownRows {
    /// The image; `None` if there was none.
    pub fn finish(self) -> Option<ShownImage> {
        self.image.map(|(form, pixels)| ShownImage { form, pixels: pixels.finish() })
    }

    /// How many bytes such an image has at most.
    pub fn size_bytes(header: ImageHeader) -> u64 {
        4 * header.pixel_count()
    }
}

impl RowSink for ShownRows {
    fn accept(&mut self, header: ImageHeader) -> bool {
        let ImageHeader { width, height, frames, form, .. } = header;
        self.image = Some((form, PixelCollector::of_size(width, height * frames)));
        true
    }

    fn push_row(&mut self, _: u32, row: PixelRow<'_>) {
        let Some((_, image)) = &mut self.image else { return };
        self.pixels.clear();
        row.append_pixels(0..row.width(), &mut self.pixels);
        for pixel in &self.pixels {
            let [r, g, b] = pixel.rgb.0;
            image.push(match pixel.kind {
                PixelKind::Opaque | PixelKind::Deep => [r, g, b, 0xFF],
                PixelKind::Partial(alpha) => [r, g, b, alpha],
                PixelKind::Clear => [r, g, b, 0],
                PixelKind::NoColor => [0; 4],
            });
        }
    }
}
