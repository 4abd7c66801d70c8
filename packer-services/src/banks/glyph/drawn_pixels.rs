//! Whether a change of the pixels of a PNG hides or shows any of them: a new color can be one that the
//! image, or an artifact cut from it, shows as transparent.

use super::grid::Grid;
use super::image::{ImageError, ImageHeader, ImagePixel, PixelKind, PixelRow, RowSink, decode_image};
use super::pixel_rule::PixelRule;
use super::tiles::Keying;
use crate::declaration::{ColorKey, Cut, GlyphArtifact, SpritePart};
use crate::diagnostics::{Code, Finding, Pixel};
use crate::formats::TileSize;

/// Checks that the artifacts of a PNG draw the same of its pixels before and after a change. Only `rule` may erase some
/// of those that are partly transparent. Of an artifact that cannot be cut, all pixels of the image count.
///
/// # Errors
/// The first pixel that would become transparent, or visible, or why an image cannot be read; the finding has no file.
pub fn check_drawn_pixels(
    before: &[u8],
    after: &[u8],
    artifacts: &[GlyphArtifact],
    size: TileSize,
    rule: Option<PixelRule>,
) -> Result<(), Box<Finding>> {
    let mut cuts_of_keys: Vec<(Option<ColorKey>, Vec<Cut>)> = Vec::new();
    for GlyphArtifact { color_key, cut, .. } in artifacts {
        match cuts_of_keys.iter_mut().find(|(key, _)| key == color_key) {
            Some((_, cuts)) if cuts.contains(cut) => {}
            Some((_, cuts)) => cuts.push(*cut),
            None => cuts_of_keys.push((*color_key, vec![*cut])),
        }
    }
    for (key, cuts) in cuts_of_keys {
        let mut scan = DrawnScan::new(key, size, rule);
        read(before, &mut DrawnBefore { cuts: &cuts, scan: &mut scan })?;
        let mut compared = DrawnAfter { scan, changed: None };
        read(after, &mut compared)?;
        if let Some((place, pixel)) = compared.changed {
            return Err(Box::new(compared.scan.refusal(place, &pixel)));
        }
    }
    Ok(())
}

fn read(bytes: &[u8], sink: &mut dyn RowSink) -> Result<(), Box<Finding>> {
    match decode_image(&mut &bytes[..], &SpritePart::default(), sink) {
        Ok(_) => Ok(()),
        Err(ImageError::Finding(finding)) => Err(finding),
        Err(ImageError::Io(error)) => {
            let message = format!("the changed image cannot be read: {error}");
            Err(Box::new(Finding::new(Code::ImageRewrite, message, "Change it in your editor.")))
        }
    }
}

/// Which pixels the artifacts with one color key draw.
struct DrawnScan {
    key: Option<ColorKey>,
    keying: Keying,
    size: TileSize,
    rule: Option<PixelRule>,
    /// In pixels.
    width: usize,
    /// Row-major: whether the pixel must be drawn after the change; `None` if it is outside of all cells.
    drawn: Vec<Option<bool>>,
    /// The pixels of a row.
    row: Vec<ImagePixel>,
}

impl DrawnScan {
    fn new(key: Option<ColorKey>, size: TileSize, rule: Option<PixelRule>) -> Self {
        let keying = Keying::new(key, false);
        Self { key, keying, size, rule, width: 0, drawn: Vec::new(), row: Vec::new() }
    }

    /// The cells of these cuts, of an image of this size and form.
    fn start(&mut self, ImageHeader { width, height, indexed, .. }: ImageHeader, cuts: &[Cut]) {
        self.keying = Keying::new(self.key, indexed);
        self.width = width as usize;
        self.drawn = vec![None; self.width * height as usize];
        for cut in cuts {
            let Ok(grid) = Grid::of(width, height, cut, self.size) else {
                self.drawn.fill(Some(false));
                return;
            };
            let side = grid.side() as usize;
            for Pixel { x, y } in (0..grid.count()).map(|n| grid.corner(n)) {
                let lines = self.drawn.chunks_exact_mut(self.width).skip(y as usize).take(side);
                lines.for_each(|line| line[x as usize..x as usize + side].fill(Some(false)));
            }
        }
    }

    /// The pixels of a row, each with whether it must be drawn, if it is in a cell.
    fn row<'a>(&'a mut self, y: u32, row: PixelRow<'_>) -> impl Iterator<Item = (&'a ImagePixel, &'a mut bool, u32)> {
        self.row.clear();
        row.append_pixels(0..self.width, &mut self.row);
        let line = self.drawn.chunks_exact_mut(self.width.max(1)).nth(y as usize).unwrap_or_default();
        let cells = self.row.iter().zip(line).zip(0..);
        cells.filter_map(|((pixel, drawn), x)| Some((pixel, drawn.as_mut()?, x)))
    }

    fn refusal(&self, Pixel { x, y }: Pixel, pixel: &ImagePixel) -> Finding {
        let what = match (self.key, pixel.kind) {
            _ if !self.keying.removes(pixel) => "which is transparent, would become visible".to_owned(),
            (_, PixelKind::Clear) => {
                format!("would become transparent: `{}` is the transparent color of the image", pixel.rgb)
            }
            (Some(ColorKey::Color(key)), _) => format!("would become transparent: `{key}` is the color key"),
            _ => "would become transparent: index 0 is the color key".to_owned(),
        };
        let help = "Choose another color, or another transparent color, or repaint the pixels in your editor.";
        Finding::new(Code::ImageRewrite, format!("the pixel ({x}, {y}) {what}"), help)
    }
}

/// Finds which pixels are drawn before the change.
struct DrawnBefore<'a> {
    cuts: &'a [Cut],
    scan: &'a mut DrawnScan,
}

impl RowSink for DrawnBefore<'_> {
    fn accept(&mut self, header: ImageHeader) -> bool {
        self.scan.start(header, self.cuts);
        true
    }

    fn push_row(&mut self, y: u32, row: PixelRow<'_>) {
        let (keying, rule) = (self.scan.keying, self.scan.rule);
        let is_erased = |kind| match kind {
            PixelKind::Partial(alpha) => rule.and_then(|rule| rule.makes_opaque(alpha)) == Some(false),
            _ => false,
        };
        self.scan.row(y, row).for_each(|(pixel, drawn, _)| *drawn = !keying.removes(pixel) && !is_erased(pixel.kind));
    }
}

/// Finds the first pixel that the change makes visible or transparent.
struct DrawnAfter {
    scan: DrawnScan,
    changed: Option<(Pixel, ImagePixel)>,
}

impl RowSink for DrawnAfter {
    fn accept(&mut self, _: ImageHeader) -> bool {
        true
    }

    fn push_row(&mut self, y: u32, row: PixelRow<'_>) {
        if self.changed.is_none() {
            let keying = self.scan.keying;
            let mut pixels = self.scan.row(y, row);
            let changed = pixels.find(|(pixel, drawn, _)| **drawn == keying.removes(pixel));
            self.changed = changed.map(|(pixel, _, x)| (Pixel { x, y }, *pixel));
        }
    }
}
