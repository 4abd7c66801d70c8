//! Prints the pixels that the packer decodes from images, one JSON line per file, for `tests/real_art/decoders.py` to
//! compare with another decoder: `decoded_pixels FILE…`. Each pixel is its kind in one letter, and red, green, blue and
//! alpha in hex.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a program that people start")]

use std::error::Error;
use std::fmt::Write;

use packer_services::declaration::SpritePart;
use packer_services::internals::banks::glyph::image::{ImageError, PixelKind, decode_image};
use serde_json::json;
use support::any_bytes::AllPixels;

fn main() -> Result<(), Box<dyn Error>> {
    for file in std::env::args_os().skip(1) {
        let bytes = std::fs::read(&file)?;
        let mut all = AllPixels::of_at_most(1 << 20);
        let (codes, error) = match decode_image(&mut &bytes[..], &SpritePart::default(), &mut all) {
            Ok(image) => (image.map_or_else(Vec::new, |image| image.findings().map(|f| f.code).collect()), None),
            Err(ImageError::Finding(finding)) => (vec![finding.code], Some(finding.message)),
            Err(ImageError::Io(error)) => return Err(error.into()),
        };
        let mut pixels = String::new();
        for pixel in all.pixels.iter().filter(|_| error.is_none()) {
            let (kind, alpha) = match pixel.kind {
                PixelKind::Opaque => ('o', 255),
                PixelKind::Clear => ('c', 0),
                PixelKind::Partial(alpha) => ('p', alpha),
                PixelKind::Deep => ('d', 255),
                PixelKind::NoColor => ('n', 0),
            };
            let [red, green, blue] = pixel.rgb.0;
            write!(pixels, "{kind}{red:02x}{green:02x}{blue:02x}{alpha:02x}")?;
        }
        println!("{}", json!({"codes": codes, "error": error, "size": all.size, "pixels": pixels}));
    }
    Ok(())
}
