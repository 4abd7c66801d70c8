//! How many pixels of a file a fix changes: it changes the whole file, in which several artifacts can use one pixel.

use std::collections::HashMap;

use super::cuts::ArtifactCut;
use super::image::PixelKind;
use super::pixel_rule::HALF_ALPHA;
use crate::declaration::GlyphArtifact;
use crate::diagnostics::{Finding, Fix, Pixel};

/// The pixels without a plain color of each PNG, by file.
#[derive(Default)]
pub struct FixedPixels {
    of_files: HashMap<String, OfFile>,
}

#[derive(Default)]
struct OfFile {
    /// Those of its tiles.
    pixels: HashMap<Pixel, PixelKind>,
    /// How many partly transparent ones it has where it was not cut, with high and with low alpha.
    uncut: [u64; 2],
}

impl FixedPixels {
    /// Adds the pixels of an artifact's tiles.
    pub fn add(&mut self, artifact: &GlyphArtifact, cut: &ArtifactCut) {
        // No fix changes a sprite.
        if !cut.image.frames.is_empty() {
            return;
        }
        let is_fixed = |kind| matches!(kind, PixelKind::Partial(_) | PixelKind::Deep);
        for (n, tile) in &cut.tiles.taken {
            if !tile.colors.iter().any(|pixel| is_fixed(pixel.kind)) {
                continue;
            }
            let corner = cut.image.cell_place(&cut.grid, *n);
            let of_tile = tile.remaining_in_image(corner).filter(|(_, pixel)| is_fixed(pixel.kind));
            let of_file = self.of_files.entry(artifact.file.as_str().to_owned()).or_default();
            of_file.pixels.extend(of_tile.map(|(place, pixel)| (place, pixel.kind)));
        }
    }

    /// Adds what was found in an artifact's image, which was not cut.
    pub fn add_uncut(&mut self, findings: &[Finding]) {
        for finding in findings {
            if let (Some(file), Some(Fix::SettleAlpha { high, low })) = (&finding.file, &finding.fix) {
                let [most_high, most_low] = &mut self.of_files.entry(file.clone()).or_default().uncut;
                (*most_high, *most_low) = ((*most_high).max(*high), (*most_low).max(*low));
            }
        }
    }

    /// Sets the numbers of pixels in the fixes of findings.
    pub fn count_for_fixes(&self, findings: &mut [Finding]) {
        for finding in findings {
            let Some(of_file) = finding.file.as_ref().and_then(|file| self.of_files.get(file)) else { continue };
            let count = |is_counted: &dyn Fn(PixelKind) -> bool| {
                of_file.pixels.values().filter(|kind| is_counted(**kind)).count() as u64
            };
            match &mut finding.fix {
                Some(Fix::SettleAlpha { high, low }) => {
                    let has_alpha =
                        |kind, is_high| matches!(kind, PixelKind::Partial(a) if (a >= HALF_ALPHA) == is_high);
                    *high = count(&|kind| has_alpha(kind, true)).max(of_file.uncut[0]);
                    *low = count(&|kind| has_alpha(kind, false)).max(of_file.uncut[1]);
                }
                Some(Fix::RoundDepth { pixels }) => *pixels = count(&|kind| kind == PixelKind::Deep),
                _ => {}
            }
        }
    }
}
