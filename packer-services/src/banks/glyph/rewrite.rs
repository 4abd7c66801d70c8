//! Changes of the pixels of a PNG that somebody asked for: a color becomes another one, pixels without a plain color
//! get one, or the canvas grows. Every chunk that does not hold these pixels or the size keeps its bytes and its place.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use png::{BitDepth, ColorType, Encoder};

use super::image::{ImageError, ImageHeader, PixelRow, RowSink, decode_image};
use super::pixel_rule::PixelRule;
use crate::banks::sniff::PNG_SIGNATURE;
use crate::declaration::{ColorKey, SpritePart};
use crate::diagnostics::{Code, Finding, Pixel};
use crate::formats::Rgb;

/// Gives these pixels, of which there is at least one, the color `to`. In an indexed image, their entries in its
/// palette get it.
///
/// # Errors
/// Why the image cannot be changed, or if other pixels would change too; the finding has no file.
pub fn recolor_png(bytes: &[u8], pixels: &HashSet<Pixel>, to: Rgb) -> Result<Vec<u8>, Box<Finding>> {
    let mut image = RawImage::read(bytes)?;
    let form = image.form;
    if form.color == ColorType::Indexed {
        let palette = image.recolored_palette(pixels, to)?;
        return Ok(image.with_chunks(&image.encode(form, &[], Some((&palette, &[])))?, &[*b"PLTE"]));
    }
    image.paint(pixels.iter().map(|pixel| (*pixel, to)))?;
    Ok(image.with_chunks(&image.encode(form, &image.rows, None)?, &[*b"IDAT"]))
}

/// Gives pixels, of which there is at least one, other colors. In an indexed image, they get the index of the color in
/// its palette, where it is added if it is missing. Index 0, which may be transparent, is never used. If the palette is
/// full, an entry gets the color that only such pixels have.
///
/// # Errors
/// Why the image cannot be changed; the finding has no file.
pub fn paint_png(bytes: &[u8], pixels: &HashMap<Pixel, Rgb>) -> Result<Vec<u8>, Box<Finding>> {
    let mut image = RawImage::read(bytes)?;
    let form = image.form;
    if form.color != ColorType::Indexed {
        image.paint(pixels.iter().map(|(pixel, to)| (*pixel, *to)))?;
        return Ok(image.with_chunks(&image.encode(form, &image.rows, None)?, &[*b"IDAT"]));
    }
    let mut palette = image.chunk(*b"PLTE").to_vec();
    image.paint_indices(pixels, &mut palette)?;
    let encoded = image.encode(form, &image.rows, Some((&palette, &[])))?;
    let changed = [*b"IDAT", *b"PLTE"];
    let is_kept = palette == image.chunk(*b"PLTE");
    Ok(image.with_chunks(&encoded, if is_kept { &changed[..1] } else { &changed }))
}

/// Changes the pixels that are `wanted` and have no plain color as the rule says. The alpha of an indexed image is that
/// of the entries of its palette, so that every pixel with the index of a changed one changes too.
///
/// # Errors
/// Why the image cannot be changed, or if it has no such pixel; the finding has no file.
pub fn settle_png(bytes: &[u8], wanted: impl Fn(Pixel) -> bool, rule: PixelRule) -> Result<Vec<u8>, Box<Finding>> {
    let mut image = RawImage::read(bytes)?;
    let form = image.form;
    let nothing = || refusal("the image has no pixel that the fix is about".to_owned(), "Look at the image again.");
    let width = image.width as usize;
    let row_bytes = form.row_bytes(image.width).max(1);
    if form.color == ColorType::Indexed {
        let old = image.chunk(*b"tRNS");
        let mut alphas = old.to_vec();
        for (y, row) in (0..).zip(image.rows.chunks_exact(row_bytes)) {
            for (_, at) in (0..).zip(0..width).filter(|(x, _)| wanted(Pixel { x: *x, y })) {
                let Some(alpha) = alphas.get_mut(usize::from(form.read_pixel(row, at).0[0])) else { continue };
                match rule.makes_opaque(*alpha).filter(|_| !matches!(*alpha, 0 | 255)) {
                    Some(true) => *alpha = 255,
                    Some(false) => *alpha = 0,
                    None => {}
                }
            }
        }
        if alphas == old {
            return Err(nothing());
        }
        if image.has(*b"acTL") {
            return Err(refusal("the image is animated, and its frames share its palette".to_owned(), EDITOR));
        }
        let palette = image.chunk(*b"PLTE");
        return Ok(image.with_chunks(&image.encode(form, &[], Some((palette, &alphas)))?, &[*b"tRNS"]));
    }
    let transparent = form.transparent_samples(image.chunk(*b"tRNS"));
    let mut has_changed = false;
    for (y, row) in (0..).zip(image.rows.chunks_exact_mut(row_bytes)) {
        for (x, at) in (0..).zip(0..width) {
            let old = form.read_pixel(row, at);
            let settled = form.settled(&old, rule).filter(|new| *new != old && transparent != Some(old));
            if let Some(new) = settled.filter(|_| wanted(Pixel { x, y })) {
                form.write_pixel(row, at, &new);
                has_changed = true;
            }
        }
    }
    if !has_changed {
        return Err(nothing());
    }
    Ok(image.with_chunks(&image.encode(form, &image.rows, None)?, &[*b"IDAT"]))
}

/// Adds transparent pixels on the right and below, up to this size.
///
/// # Errors
/// Why the image cannot be changed; the finding has no file.
pub fn pad_png(bytes: &[u8], width: u32, height: u32, key: Option<ColorKey>) -> Result<Vec<u8>, Box<Finding>> {
    let image = RawImage::read(bytes)?;
    let form = image.form;
    if image.has(*b"acTL") {
        return Err(refusal("the image is animated, and its frames have the size of its canvas".to_owned(), EDITOR));
    }
    let fill = form.transparent_fill(image.chunk(*b"PLTE"), image.chunk(*b"tRNS"), key).ok_or_else(|| {
        refusal(
            "the image has no transparent color to fill the new pixels with".to_owned(),
            "Set the color key of the image first, or resize its canvas in your editor.",
        )
    })?;
    let (old_bytes, new_bytes) = (form.row_bytes(image.width), form.row_bytes(width));
    let mut rows = Vec::with_capacity(new_bytes * height as usize);
    let mut old = image.rows.chunks_exact(old_bytes.max(1));
    for _ in 0..height {
        let mut row = vec![0; new_bytes];
        let source = old.next();
        for x in 0..width as usize {
            let samples = source.filter(|_| x < image.width as usize).map(|source| form.read_pixel(source, x));
            form.write_pixel(&mut row, x, samples.as_ref().unwrap_or(&fill));
        }
        rows.append(&mut row);
    }
    let sized = RawImage { width, height, ..image.clone() };
    let palette = (form.color == ColorType::Indexed).then(|| (image.chunk(*b"PLTE"), &[][..]));
    Ok(image.with_chunks(&sized.encode(form, &rows, palette)?, &[*b"IHDR", *b"IDAT"]))
}

const EDITOR: &str = "Change it in your editor.";

fn refusal(message: String, help: &str) -> Box<Finding> {
    Box::new(Finding::new(Code::ImageRewrite, message, help))
}

/// The samples of a pixel, as they are in the file: at most four of 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Samples([u16; 4]);

/// How the pixels of a PNG are stored.
#[derive(Clone, Copy, Debug)]
struct PixelForm {
    color: ColorType,
    depth: BitDepth,
}

impl PixelForm {
    fn name(self) -> &'static str {
        match self.color {
            ColorType::Grayscale | ColorType::GrayscaleAlpha => "an image of grays",
            _ => "the image",
        }
    }

    fn bits(self) -> usize {
        self.color.samples() * self.depth as usize
    }

    fn row_bytes(self, width: u32) -> usize {
        (width as usize * self.bits()).div_ceil(8)
    }

    /// The highest value of a sample.
    fn most(self) -> u16 {
        u16::try_from((1_u32 << (self.depth as u32)) - 1).unwrap_or(u16::MAX)
    }

    /// Whether the last sample is alpha.
    fn has_alpha(self) -> bool {
        matches!(self.color, ColorType::GrayscaleAlpha | ColorType::Rgba)
    }

    fn read_pixel(self, row: &[u8], x: usize) -> Samples {
        let mut samples = [0; 4];
        let depth = self.depth as usize;
        for (n, sample) in samples.iter_mut().enumerate().take(self.color.samples()) {
            let bit = x * self.bits() + n * depth;
            let byte = |at: usize| row.get(at).copied().unwrap_or(0);
            *sample = match depth {
                16 => u16::from_be_bytes([byte(bit / 8), byte(bit / 8 + 1)]),
                8 => u16::from(byte(bit / 8)),
                _ => (u16::from(byte(bit / 8)) >> (8 - depth - bit % 8)) & self.most(),
            };
        }
        Samples(samples)
    }

    fn write_pixel(self, row: &mut [u8], x: usize, samples: &Samples) {
        let depth = self.depth as usize;
        for (n, sample) in samples.0.iter().enumerate().take(self.color.samples()) {
            let bit = x * self.bits() + n * depth;
            let [high, low] = sample.to_be_bytes();
            match depth {
                16 => row[bit / 8..bit / 8 + 2].copy_from_slice(&[high, low]),
                8 => row[bit / 8] = low,
                _ => {
                    let shift = 8 - depth - bit % 8;
                    let mask = u8::try_from(self.most()).unwrap_or(u8::MAX) << shift;
                    row[bit / 8] = (row[bit / 8] & !mask) | ((low << shift) & mask);
                }
            }
        }
    }

    /// The 8-bit value of a sample; `None` if it has none.
    fn value_of(self, sample: u16) -> Option<u8> {
        let step = 255_u32 / u32::from(self.most()).min(255);
        match self.depth {
            BitDepth::Sixteen => {
                sample.is_multiple_of(257).then_some(sample / 257).and_then(|value| u8::try_from(value).ok())
            }
            _ => u8::try_from(u32::from(sample) * step).ok(),
        }
    }

    /// The sample with this 8-bit value; `None` if there is none.
    fn sample_of(self, value: u8) -> Option<u16> {
        match self.depth {
            BitDepth::Sixteen => Some(u16::from(value) * 257),
            _ => (0..=self.most()).find(|sample| self.value_of(*sample) == Some(value)),
        }
    }

    /// The samples of an opaque color; `None` if the form cannot hold it.
    fn samples_of(self, Rgb([r, g, b]): Rgb) -> Option<Samples> {
        let sample = |value| self.sample_of(value);
        Some(Samples(match self.color {
            ColorType::Grayscale | ColorType::GrayscaleAlpha if r != g || g != b => return None,
            ColorType::Grayscale => [sample(r)?, 0, 0, 0],
            ColorType::GrayscaleAlpha => [sample(r)?, self.most(), 0, 0],
            ColorType::Rgb => [sample(r)?, sample(g)?, sample(b)?, 0],
            ColorType::Rgba => [sample(r)?, sample(g)?, sample(b)?, self.most()],
            ColorType::Indexed => return None,
        }))
    }

    /// A pixel with other colors, and its own alpha.
    fn with_color(self, old: &Samples, new: &Samples) -> Samples {
        let mut samples = *new;
        if self.has_alpha() {
            let alpha = self.color.samples() - 1;
            samples.0[alpha] = old.0[alpha];
        }
        samples
    }

    /// What a pixel that is not indexed becomes; `None` if the rule is not about it.
    fn settled(self, old: &Samples, rule: PixelRule) -> Option<Samples> {
        let mut samples = *old;
        let alpha = self.color.samples() - 1;
        if rule == PixelRule::EightBits {
            let is_visible = !self.has_alpha() || old.0[alpha] == self.most();
            let colors = self.color.samples() - usize::from(self.has_alpha());
            samples.0.iter_mut().take(colors).for_each(|sample| *sample = PixelRule::eight_bits(*sample));
            return (is_visible && self.depth == BitDepth::Sixteen).then_some(samples);
        }
        if !self.has_alpha() || matches!(old.0[alpha], 0 | u16::MAX) || old.0[alpha] == self.most() {
            return None;
        }
        // As it is decoded: the high byte.
        let eight = if self.depth == BitDepth::Sixteen { old.0[alpha] >> 8 } else { old.0[alpha] };
        let is_opaque = rule.makes_opaque(u8::try_from(eight).unwrap_or(u8::MAX))?;
        samples.0[alpha] = if is_opaque { self.most() } else { 0 };
        Some(samples)
    }

    /// The samples that a tRNS chunk makes transparent.
    fn transparent_samples(self, trns: &[u8]) -> Option<Samples> {
        if self.has_alpha() || self.color == ColorType::Indexed || trns.len() < 2 * self.color.samples() {
            return None;
        }
        let mut samples = [0; 4];
        for (sample, bytes) in samples.iter_mut().zip(trns.chunks_exact(2)).take(self.color.samples()) {
            *sample = u16::from_be_bytes([bytes[0], bytes[1]]) & self.most();
        }
        Some(Samples(samples))
    }

    /// A pixel that is transparent; `None` if the image has none.
    fn transparent_fill(self, palette: &[u8], trns: &[u8], key: Option<ColorKey>) -> Option<Samples> {
        let of_key = match key {
            Some(ColorKey::Color(color)) if self.color != ColorType::Indexed => self.samples_of(color),
            _ => None,
        };
        match self.color {
            ColorType::Rgba | ColorType::GrayscaleAlpha => Some(Samples([0; 4])),
            ColorType::Rgb | ColorType::Grayscale => self.transparent_samples(trns).or(of_key),
            ColorType::Indexed => {
                let by_alpha = trns.iter().position(|alpha| *alpha == 0);
                let by_color = |color: Rgb| {
                    let mut own = palette.chunks_exact(3).map(|own| Rgb([own[0], own[1], own[2]]));
                    own.position(|own| own.to_565() == color.to_565())
                };
                let by_key = match key {
                    Some(ColorKey::Index0) => Some(0),
                    Some(ColorKey::Color(color)) => by_color(color),
                    None => None,
                };
                by_alpha.or(by_key).and_then(|index| u16::try_from(index).ok()).map(|index| Samples([index, 0, 0, 0]))
            }
        }
    }
}

/// A PNG whose pixels are as they are in the file.
#[derive(Clone, Debug)]
struct RawImage<'b> {
    bytes: &'b [u8],
    /// The kind and the bytes of each chunk, with its length and checksum.
    chunks: Vec<([u8; 4], Range<usize>)>,
    width: u32,
    height: u32,
    form: PixelForm,
    /// All rows, without filters.
    rows: Vec<u8>,
}

/// Keeps all rows.
#[derive(Default)]
struct RawRows {
    header: Option<ImageHeader>,
    rows: Vec<u8>,
}

impl RowSink for RawRows {
    fn accept(&mut self, header: ImageHeader) -> bool {
        self.header = Some(header);
        true
    }

    fn push_row(&mut self, _: u32, row: PixelRow<'_>) {
        self.rows.extend_from_slice(row.samples());
    }
}

impl<'b> RawImage<'b> {
    fn read(bytes: &'b [u8]) -> Result<Self, Box<Finding>> {
        let mut sink = RawRows::default();
        if !bytes.starts_with(&PNG_SIGNATURE) {
            return Err(refusal("only the pixels of a PNG can be changed".to_owned(), EDITOR));
        }
        decode_image(&mut &bytes[..], &SpritePart::default(), &mut sink).map_err(|error| match error {
            ImageError::Finding(finding) => finding,
            ImageError::Io(_) => refusal("the image cannot be read".to_owned(), EDITOR),
        })?;
        let chunks = chunks_of(bytes);
        let header = chunks.first().and_then(|(_, range)| bytes.get(range.start + 8..range.end - 4));
        let (Some(&[.., depth, color, _, _, interlace]), Some(size)) = (header, sink.header) else {
            return Err(refusal("the header of the image cannot be read".to_owned(), EDITOR));
        };
        let form = BitDepth::from_u8(depth).zip(ColorType::from_u8(color));
        let Some((depth, color)) = form else {
            return Err(refusal("the header of the image cannot be read".to_owned(), EDITOR));
        };
        if interlace != 0 {
            return Err(refusal(
                "the image is interlaced, and its pixels are not stored row by row".to_owned(),
                "Save the image without interlacing, and try again.",
            ));
        }
        let form = PixelForm { color, depth };
        Ok(Self { bytes, chunks, width: size.width, height: size.height, form, rows: sink.rows })
    }

    fn has(&self, kind: [u8; 4]) -> bool {
        self.chunks.iter().any(|(other, _)| *other == kind)
    }

    /// The image's own palette, in which the entries of these pixels have another color.
    fn recolored_palette(&self, pixels: &HashSet<Pixel>, to: Rgb) -> Result<Vec<u8>, Box<Finding>> {
        if self.has(*b"acTL") {
            return Err(refusal("the image is animated, and its frames share its palette".to_owned(), EDITOR));
        }
        let rows: Vec<&[u8]> = self.rows.chunks_exact(self.form.row_bytes(self.width).max(1)).collect();
        let index_at = |pixel: &Pixel| self.form.read_pixel(rows[pixel.y as usize], pixel.x as usize).0[0];
        let is_inside = |pixel: &&Pixel| pixel.x < self.width && pixel.y < self.height;
        let indices: BTreeSet<u16> = pixels.iter().filter(is_inside).map(index_at).collect();
        let all = (0..self.height).flat_map(|y| (0..self.width).map(move |x| Pixel { x, y }));
        if let Some(other) =
            all.filter(|pixel| !pixels.contains(pixel)).find(|pixel| indices.contains(&index_at(pixel)))
        {
            return Err(refusal(
                format!(
                    "other pixels have the index {} too, such as the one at ({}, {})",
                    index_at(&other),
                    other.x,
                    other.y
                ),
                "Draw the wrong pixels with another index in your editor.",
            ));
        }
        let mut palette = self.chunk(*b"PLTE").to_vec();
        for index in indices {
            if let Some(color) = palette.chunks_exact_mut(3).nth(usize::from(index)) {
                color.copy_from_slice(&to.0);
            }
        }
        Ok(palette)
    }

    /// Paints pixels of an image that is not indexed.
    fn paint(&mut self, pixels: impl Iterator<Item = (Pixel, Rgb)>) -> Result<(), Box<Finding>> {
        let form = self.form;
        let row_bytes = form.row_bytes(self.width).max(1);
        let mut known: HashMap<Rgb, Samples> = HashMap::new();
        for (pixel, to) in pixels {
            let new = match known.get(&to) {
                Some(new) => *new,
                None => {
                    let new = form.samples_of(to).ok_or_else(|| {
                        refusal(
                            format!("{} cannot hold `{to}`", form.name()),
                            "Choose a declared gray, or convert the image to true color in your editor.",
                        )
                    })?;
                    *known.entry(to).or_insert(new)
                }
            };
            if let Some(row) = self.rows.chunks_exact_mut(row_bytes).nth(pixel.y as usize) {
                let old = form.read_pixel(row, pixel.x as usize);
                form.write_pixel(row, pixel.x as usize, &form.with_color(&old, &new));
            }
        }
        Ok(())
    }

    /// Paints pixels of an indexed image with indices of its palette, which may grow or get other colors.
    fn paint_indices(&mut self, pixels: &HashMap<Pixel, Rgb>, palette: &mut Vec<u8>) -> Result<(), Box<Finding>> {
        let (form, width) = (self.form, self.width as usize);
        let row_bytes = form.row_bytes(self.width).max(1);
        let alphas = self.chunk(*b"tRNS");
        let mut of_color: BTreeMap<Rgb, BTreeSet<Pixel>> = BTreeMap::new();
        for (pixel, to) in pixels {
            of_color.entry(*to).or_default().insert(*pixel);
        }
        // How many pixels have each index.
        let mut uses = [0_u64; 256];
        for row in self.rows.chunks_exact(row_bytes) {
            (0..width).for_each(|x| uses[usize::from(form.read_pixel(row, x).0[0] & 0xFF)] += 1);
        }
        for (to, pixels) in of_color {
            let indices = self.count_indices(&pixels);
            let count = palette.len() / 3;
            let is_color = |index: &usize| {
                palette[3 * index..3 * index + 3] == to.0 && alphas.get(*index).is_none_or(|alpha| *alpha == 255)
            };
            let is_free = |index: usize| uses[index] == 0;
            let index = match (1..count).find(is_color) {
                Some(index) => index,
                None if count <= usize::from(form.most()) && is_free(count) => {
                    palette.extend(to.0);
                    count
                }
                None => {
                    // All pixels with this index get the color.
                    let own = indices.iter().find(|(index, count)| {
                        **index > 0 && uses[**index] == **count && alphas.get(**index).is_none_or(|alpha| *alpha == 255)
                    });
                    let Some(own) = own.map(|(index, _)| *index).filter(|_| !self.has(*b"acTL")) else {
                        return Err(refusal(
                            format!("the palette of the image has no room for `{to}`"),
                            "Convert the image to true color in your editor, and try again.",
                        ));
                    };
                    palette[3 * own..3 * own + 3].copy_from_slice(&to.0);
                    own
                }
            };
            for (old, count) in indices {
                uses[old] -= count;
                uses[index] += count;
            }
            let samples = Samples([u16::try_from(index).unwrap_or(0), 0, 0, 0]);
            for pixel in pixels {
                if let Some(row) = self.rows.chunks_exact_mut(row_bytes).nth(pixel.y as usize) {
                    form.write_pixel(row, pixel.x as usize, &samples);
                }
            }
        }
        Ok(())
    }

    /// How many of these pixels have each index.
    fn count_indices(&self, pixels: &BTreeSet<Pixel>) -> BTreeMap<usize, u64> {
        let row_bytes = self.form.row_bytes(self.width).max(1);
        let mut indices = BTreeMap::new();
        for pixel in pixels {
            if let Some(row) = self.rows.chunks_exact(row_bytes).nth(pixel.y as usize) {
                let index = usize::from(self.form.read_pixel(row, pixel.x as usize).0[0]);
                *indices.entry(index).or_default() += 1;
            }
        }
        indices
    }

    /// The data of the first chunk of this kind; empty if there is none.
    fn chunk(&self, kind: [u8; 4]) -> &'b [u8] {
        let range = self.chunks.iter().find(|(other, _)| *other == kind).map(|(_, range)| range);
        range.and_then(|range| self.bytes.get(range.start + 8..range.end - 4)).unwrap_or_default()
    }

    /// A PNG of this size and form with these rows; an indexed one without rows is one pixel.
    /// Its palette comes with its tRNS, which may be empty.
    fn encode(&self, form: PixelForm, rows: &[u8], palette: Option<(&[u8], &[u8])>) -> Result<Vec<u8>, Box<Finding>> {
        let mut bytes = Vec::new();
        let [width, height] = if rows.is_empty() { [1, 1] } else { [self.width, self.height] };
        let mut encoder = Encoder::new(&mut bytes, width, height);
        encoder.set_color(form.color);
        encoder.set_depth(form.depth);
        if let Some((colors, alphas)) = palette {
            encoder.set_palette(colors.to_vec());
            if !alphas.is_empty() {
                encoder.set_trns(alphas.to_vec());
            }
        }
        let one = [0; 8];
        let rows = if rows.is_empty() { &one[..form.row_bytes(1)] } else { rows };
        let encoded = encoder.write_header().and_then(|mut writer| {
            writer.write_image_data(rows)?;
            writer.finish()
        });
        encoded.map_err(|error| refusal(format!("the image cannot be encoded: {error}"), EDITOR))?;
        Ok(bytes)
    }

    /// The file with the chunks of these kinds from another PNG; each where the first of its kind was.
    fn with_chunks(&self, other: &[u8], kinds: &[[u8; 4]]) -> Vec<u8> {
        let new = chunks_of(other);
        let mut bytes = PNG_SIGNATURE.to_vec();
        let mut end = bytes.len();
        let mut placed = Vec::new();
        for (kind, range) in &self.chunks {
            if !kinds.contains(kind) {
                bytes.extend_from_slice(&self.bytes[range.clone()]);
            } else if !placed.contains(kind) {
                placed.push(*kind);
                for (_, range) in new.iter().filter(|(other, _)| other == kind) {
                    bytes.extend_from_slice(&other[range.clone()]);
                }
            }
            end = range.end;
        }
        // What follows the end of the image is kept too.
        bytes.extend_from_slice(&self.bytes[end..]);
        bytes
    }
}

/// The chunks of a PNG up to its end, each with its length, kind and checksum.
fn chunks_of(bytes: &[u8]) -> Vec<([u8; 4], Range<usize>)> {
    let mut chunks = Vec::new();
    let mut at = PNG_SIGNATURE.len();
    while let Some(&[a, b, c, d, k, l, m, n]) = bytes.get(at..at + 8) {
        let end = at.saturating_add(u32::from_be_bytes([a, b, c, d]) as usize).saturating_add(12);
        if end > bytes.len() {
            break;
        }
        chunks.push(([k, l, m, n], at..end));
        at = end;
        if [k, l, m, n] == *b"IEND" {
            break;
        }
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: Rgb = Rgb([0xFF, 0, 0]);
    const BLUE: Rgb = Rgb([0, 0, 0xFF]);

    /// A PNG with a text chunk before its pixels.
    fn png(
        color: ColorType,
        depth: BitDepth,
        width: u32,
        rows: &[u8],
        setup: impl Fn(&mut Encoder<'_, &mut Vec<u8>>),
    ) -> Vec<u8> {
        let mut bytes = Vec::new();
        let row = (width as usize * color.samples() * depth as usize).div_ceil(8);
        let mut encoder = Encoder::new(&mut bytes, width, u32::try_from(rows.len() / row).unwrap());
        encoder.set_color(color);
        encoder.set_depth(depth);
        encoder.add_text_chunk("Author".into(), "somebody".into()).unwrap();
        setup(&mut encoder);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(rows).unwrap();
        writer.finish().unwrap();
        bytes
    }

    fn rows_of(bytes: &[u8]) -> Vec<u8> {
        RawImage::read(bytes).unwrap().rows
    }

    /// Asserts that only chunks of these kinds differ.
    fn assert_kept(before: &[u8], after: &[u8], changed: &[[u8; 4]]) {
        let kept = |bytes: &[u8]| {
            let chunks = chunks_of(bytes).into_iter().filter(|(kind, _)| !changed.contains(kind));
            chunks.map(|(_, range)| bytes[range].to_vec()).collect::<Vec<_>>()
        };
        assert_eq!(kept(before), kept(after));
        assert_ne!(before, after);
    }

    /// Pixels of the first row.
    fn at(columns: &[u32]) -> HashSet<Pixel> {
        columns.iter().map(|x| Pixel { x: *x, y: 0 }).collect()
    }

    #[test]
    fn only_these_pixels_are_recolored() {
        let rows = [255, 0, 0, 255, 255, 0, 0, 0, 250, 2, 3, 255, 255, 0, 0, 255];
        let before = png(ColorType::Rgba, BitDepth::Eight, 4, &rows, |_| ());
        let after = recolor_png(&before, &at(&[0, 2]), BLUE).unwrap();
        assert_eq!(rows_of(&after), [0, 0, 255, 255, 255, 0, 0, 0, 0, 0, 255, 255, 255, 0, 0, 255]);
        assert_kept(&before, &after, &[*b"IDAT"]);
    }

    #[test]
    fn palette_of_an_indexed_image_is_recolored() {
        let before = png(ColorType::Indexed, BitDepth::Two, 4, &[0b00_01_10_11], |encoder| {
            encoder.set_palette(vec![255, 0, 0, 255, 0, 0, 0, 255, 0, 255, 0, 0]);
            encoder.set_trns(vec![255, 0]);
        });
        let shared = recolor_png(&before, &at(&[0]), BLUE);
        assert!(shared.is_ok(), "no other pixel has index 0");
        let palette = |bytes: &[u8]| RawImage::read(bytes).unwrap().chunk(*b"PLTE").to_vec();
        let after = recolor_png(&before, &at(&[0, 3]), BLUE).unwrap();
        assert_eq!(palette(&after), [0, 0, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255]);
        assert_kept(&before, &after, &[*b"PLTE"]);
    }

    #[test]
    fn grays_and_deep_samples_keep_their_form() {
        let gray = png(ColorType::Grayscale, BitDepth::Four, 3, &[0x1F, 0x10], |_| ());
        let after = recolor_png(&gray, &at(&[0, 2]), Rgb([0x22; 3])).unwrap();
        assert_eq!(rows_of(&after), [0x2F, 0x20]);
        for to in [RED, Rgb([0x23; 3])] {
            assert_eq!(recolor_png(&gray, &at(&[0]), to).unwrap_err().code, Code::ImageRewrite);
        }
        let deep = png(ColorType::Rgb, BitDepth::Sixteen, 2, &[255, 255, 0, 0, 0, 0, 255, 254, 0, 0, 0, 0], |_| ());
        let after = recolor_png(&deep, &at(&[0]), BLUE).unwrap();
        assert_eq!(rows_of(&after), [0, 0, 0, 0, 255, 255, 255, 254, 0, 0, 0, 0]);
    }

    #[test]
    fn transparent_color_is_not_rounded() {
        let before =
            png(ColorType::Grayscale, BitDepth::Sixteen, 2, &[8, 9, 8, 10], |encoder| encoder.set_trns(vec![8, 9]));
        assert_eq!(rows_of(&settle_png(&before, |_| true, PixelRule::EightBits).unwrap()), [8, 9, 8, 8]);
    }

    #[test]
    fn indices_of_known_colors_are_used() {
        let before = png(ColorType::Indexed, BitDepth::Two, 4, &[0b00_01_10_10], |encoder| {
            encoder.set_palette(vec![255, 0, 0, 255, 0, 0, 0, 255, 0]);
        });
        let pixel = |x| Pixel { x, y: 0 };
        // Index 0 has the color too, but may be the color key.
        let known = paint_png(&before, &[(pixel(2), RED)].into()).unwrap();
        assert_eq!(rows_of(&known), [0b00_01_01_10]);
        assert_kept(&before, &known, &[*b"IDAT"]);
        let added = paint_png(&before, &[(pixel(2), BLUE)].into()).unwrap();
        assert_eq!(rows_of(&added), [0b00_01_11_10]);
        assert_eq!(RawImage::read(&added).unwrap().chunk(*b"PLTE")[9..], [0, 0, 255]);
        // There is no more room, but all pixels with index 2 get the color.
        let other = Rgb([1, 2, 3]);
        let full = paint_png(&added, &[(pixel(3), other), (pixel(1), BLUE)].into()).unwrap();
        assert_eq!(rows_of(&full), [0b00_11_11_10]);
        assert_eq!(RawImage::read(&full).unwrap().chunk(*b"PLTE")[6..9], other.0);
        let shared = paint_png(&full, &[(pixel(1), Rgb([9; 3]))].into());
        assert!(shared.is_err(), "another pixel has index 3");
    }

    #[test]
    fn soft_pixels_are_settled() {
        let rows = [1, 2, 3, 0, 4, 5, 6, 127, 7, 8, 9, 128, 9, 9, 9, 255];
        let soft = png(ColorType::Rgba, BitDepth::Eight, 4, &rows, |_| ());
        for (rule, alphas) in [
            (PixelRule::HalfAlpha, [0, 0, 255, 255]),
            (PixelRule::Opaque, [0, 255, 255, 255]),
            (PixelRule::Erased, [0, 0, 0, 255]),
        ] {
            let after = settle_png(&soft, |_| true, rule).unwrap();
            let expected: Vec<u8> = std::iter::zip(rows.chunks_exact(4), alphas)
                .flat_map(|(old, alpha)| [old[0], old[1], old[2], alpha])
                .collect();
            assert_eq!(rows_of(&after), expected);
            assert_kept(&soft, &after, &[*b"IDAT"]);
        }
        let one = settle_png(&soft, |pixel| pixel.x == 1, PixelRule::Opaque).unwrap();
        assert_eq!(rows_of(&one), [1, 2, 3, 0, 4, 5, 6, 255, 7, 8, 9, 128, 9, 9, 9, 255]);
        assert_eq!(settle_png(&soft, |pixel| pixel.x == 3, PixelRule::Opaque).unwrap_err().code, Code::ImageRewrite);
        let deep = png(ColorType::GrayscaleAlpha, BitDepth::Sixteen, 2, &[1, 2, 127, 255, 3, 4, 128, 0], |_| ());
        assert_eq!(rows_of(&settle_png(&deep, |_| true, PixelRule::HalfAlpha).unwrap()), [1, 2, 0, 0, 3, 4, 255, 255]);
    }

    #[test]
    fn alpha_of_indices_is_in_their_palette() {
        let soft = png(ColorType::Indexed, BitDepth::Two, 4, &[0b00_01_10_11], |encoder| {
            encoder.set_palette(vec![1; 12]);
            encoder.set_trns(vec![0, 127, 200]);
        });
        let after = settle_png(&soft, |_| true, PixelRule::HalfAlpha).unwrap();
        assert_eq!(RawImage::read(&after).unwrap().chunk(*b"tRNS"), [0, 0, 255]);
        assert_kept(&soft, &after, &[*b"tRNS"]);
    }

    #[test]
    fn deep_channels_are_rounded() {
        let rows = [0x12, 0x34, 0x12, 0x12, 0, 0, 255, 255, 0x12, 0x34, 0, 0, 0, 0, 0, 0];
        let deep = png(ColorType::Rgba, BitDepth::Sixteen, 2, &rows, |_| ());
        let after = settle_png(&deep, |_| true, PixelRule::EightBits).unwrap();
        assert_eq!(rows_of(&after), [0x12, 0x12, 0x12, 0x12, 0, 0, 255, 255, 0x12, 0x34, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn canvas_grows_with_transparent_pixels() {
        let before = png(ColorType::Indexed, BitDepth::Four, 3, &[0x12, 0x30, 0x21, 0x10], |encoder| {
            encoder.set_palette(vec![1; 12]);
            encoder.set_trns(vec![255, 255, 0]);
        });
        let after = pad_png(&before, 4, 3, None).unwrap();
        let padded = RawImage::read(&after).unwrap();
        assert_eq!((padded.width, padded.height), (4, 3));
        assert_eq!(padded.rows, [0x12, 0x32, 0x21, 0x12, 0x22, 0x22]);
        assert_kept(&before, &after, &[*b"IHDR", *b"IDAT"]);
        let opaque = png(ColorType::Rgb, BitDepth::Eight, 1, &[1, 2, 3], |_| ());
        assert_eq!(pad_png(&opaque, 2, 1, None).unwrap_err().code, Code::ImageRewrite);
        let keyed = pad_png(&opaque, 2, 1, Some(ColorKey::Color(RED))).unwrap();
        assert_eq!(rows_of(&keyed), [1, 2, 3, 255, 0, 0]);
        let alpha = png(ColorType::GrayscaleAlpha, BitDepth::Eight, 1, &[9, 255], |_| ());
        assert_eq!(rows_of(&pad_png(&alpha, 1, 2, None).unwrap()), [9, 255, 0, 0]);
    }

    #[test]
    fn bytes_after_the_end_are_kept() {
        let mut before = png(ColorType::Rgb, BitDepth::Eight, 1, &[255, 0, 0], |_| ());
        before.extend_from_slice(b"more");
        assert!(recolor_png(&before, &at(&[0]), BLUE).unwrap().ends_with(b"more"));
    }
}
