//! The pixels of a bank's images that get other colors, so that palettes draw its tiles: similar colors become one
//! (`merging` finds which), or each tile gets the nearest colors of a declared palette. A fix writes them into images.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::cuts::ArtifactCut;
use super::image::{Image, ImagePixel, PixelKind};
use super::matching::StoredPalettes;
use super::merging::{BankColor, ColorLimit, ColorRole, merge_colors};
use super::palettes::{CutImage, find_palettes, plain_pixels};
use super::tiles::{CutTile, CutTiles};
use crate::banks::{Stop, check_cancelled};
use crate::context::Context;
use crate::declaration::{ColorKey, GlyphArtifact, Palette};
use crate::diagnostics::{Pixel, has_errors};
use crate::formats::{DRAWN_COLORS, MAX_PALETTES, PALETTE_COLORS, Rgb, Rgb565, TileSize};
use crate::paths::RelPath;

/// Pixels of an image that get other colors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recoloring {
    /// What each of them gets.
    pub pixels: HashMap<Pixel, Rgb>,
    /// How many pixels of a color get another.
    pub counts: BTreeMap<(Rgb, Rgb), u64>,
}

impl Recoloring {
    fn add(&mut self, pixel: Pixel, from: Rgb, to: Rgb) {
        if self.pixels.insert(pixel, to).is_none() {
            *self.counts.entry((from, to)).or_default() += 1;
        }
    }
}

/// What merging the colors of a bank would do.
#[derive(Debug, PartialEq, Eq)]
pub enum MergedColors {
    /// Palettes draw the tiles without it.
    NotNeeded,
    /// Too many colors are kept: they are declared, or images have them that cannot be changed.
    Impossible,
    /// The pixels of each file that get other colors.
    Recolored(BTreeMap<RelPath, Recoloring>),
}

/// Finds colors of the tiles that become other colors of the bank, so that palettes are found that draw all tiles.
/// Declared palettes keep their colors, and sprites of Aseprite theirs. The result depends only on the arguments.
///
/// # Errors
/// If the operation was canceled.
pub fn merge_bank_colors(
    context: &Context,
    declared: &[Palette],
    images: &[CutImage<'_>],
    size: TileSize,
) -> Result<MergedColors, Stop> {
    let bank = BankColors::of(declared, images);
    let is_enough = &mut |into: &[u32]| {
        let mapped: Vec<(Image, CutTiles)> = images.iter().map(|one| bank.mapped_image(one, into)).collect();
        let mapped: Vec<CutImage<'_>> = std::iter::zip(images, &mapped)
            .map(|(one, (image, tiles))| CutImage { artifact: one.artifact, image, grid: one.grid, tiles })
            .collect();
        find_palettes(context, declared, &mapped, size).is_ok_and(|found| !has_errors(&found.findings))
    };
    let stop = || context.is_cancelled();
    let into = merge_colors(&bank.colors, &bank.limits(declared, images), most_new_colors(declared), &stop, is_enough);
    check_cancelled(context)?;
    let Some(into) = into else { return Ok(MergedColors::Impossible) };
    let mut recolored: BTreeMap<RelPath, Recoloring> = BTreeMap::new();
    for one in images {
        for (place, pixel) in drawn_pixels(one) {
            if let Some(to) = bank.new_color(&pixel, &into) {
                recolored.entry(one.artifact.file.clone()).or_default().add(place, pixel.rgb, to);
            }
        }
    }
    Ok(if recolored.is_empty() { MergedColors::NotNeeded } else { MergedColors::Recolored(recolored) })
}

/// How many colors the palettes have room for, besides the declared ones.
fn most_new_colors(declared: &[Palette]) -> usize {
    let new = (MAX_PALETTES as usize).saturating_sub(declared.len()) * DRAWN_COLORS;
    new + declared.iter().map(room_of).sum::<usize>()
}

/// How many colors can be added to a palette. Those of a file are not the packer's to change.
fn room_of(palette: &Palette) -> usize {
    if palette.file.is_some() { 0 } else { PALETTE_COLORS.saturating_sub(palette.colors.len()) }
}

/// The colors of a bank, by number.
struct BankColors {
    numbers: HashMap<Rgb565, u32>,
    colors: Vec<BankColor>,
    /// As they are declared, or as the first pixel has them.
    shown: Vec<Rgb>,
}

impl BankColors {
    fn of(declared: &[Palette], images: &[CutImage<'_>]) -> Self {
        let mut bank = Self { numbers: HashMap::new(), colors: Vec::new(), shown: Vec::new() };
        for rgb in declared.iter().flat_map(|palette| palette.colors.iter().skip(1)) {
            bank.add(*rgb, 0, ColorRole::Kept);
        }
        let keyed_by_index: BTreeSet<&RelPath> = images
            .iter()
            .filter(|one| one.artifact.color_key == Some(ColorKey::Index0))
            .map(|one| &one.artifact.file)
            .collect();
        for one in images {
            let is_changeable = one.image.frames.is_empty();
            let is_keyed = keyed_by_index.contains(&one.artifact.file);
            for (_, pixel) in drawn_pixels(one) {
                // A pixel of index 0 may be transparent for another artifact of the file, and must stay so.
                let is_kept = !is_changeable || (is_keyed && pixel.index == 0);
                bank.add(pixel.rgb, 1, if is_kept { ColorRole::Kept } else { ColorRole::Free });
            }
        }
        for one in images {
            if let Some(ColorKey::Color(key)) = one.artifact.color_key
                && let Some(number) = bank.numbers.get(&key.to_565())
            {
                bank.colors[*number as usize].role = ColorRole::Key;
            }
        }
        bank
    }

    fn add(&mut self, rgb: Rgb, pixels: u64, role: ColorRole) {
        let stored = rgb.to_565();
        let next = u32::try_from(self.colors.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(stored).or_insert(next);
        if number == next {
            self.colors.push(BankColor { stored, pixels: 0, role });
            self.shown.push(rgb);
        }
        let color = &mut self.colors[number as usize];
        color.pixels += pixels;
        if role == ColorRole::Kept {
            color.role = role;
        }
    }

    /// The colors that share a palette: those of each tile, and those of all tiles that a declared palette has to draw.
    fn limits(&self, declared: &[Palette], images: &[CutImage<'_>]) -> Vec<ColorLimit> {
        let number = |rgb: &Rgb| self.numbers.get(&rgb.to_565()).copied();
        let mut limits = Vec::new();
        let mut named: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for one in images {
            for (_, tile) in &one.tiles.taken {
                let colors: BTreeSet<u32> = plain_pixels(tile).iter().filter_map(|pixel| number(&pixel.rgb)).collect();
                match one.artifact.palette {
                    Some(palette) => named.entry(palette).or_default().extend(colors),
                    None => limits.push(ColorLimit { colors, most: DRAWN_COLORS }),
                }
            }
        }
        for (palette, mut colors) in named {
            let Some(palette) = declared.get(palette as usize) else { continue };
            let own: BTreeSet<u32> = palette.colors.iter().skip(1).filter_map(number).collect();
            let most = own.len() + room_of(palette);
            colors.extend(own);
            limits.push(ColorLimit { colors, most });
        }
        limits
    }

    /// The color that a pixel gets; `None` if it is unchanged.
    fn new_color(&self, pixel: &ImagePixel, into: &[u32]) -> Option<Rgb> {
        let number = *self.numbers.get(&pixel.rgb565())?;
        let to = *into.get(number as usize)?;
        (to != number).then(|| self.shown[to as usize])
    }

    /// An image and its tiles in their new colors. Which indices it would have is open.
    fn mapped_image(&self, one: &CutImage<'_>, into: &[u32]) -> (Image, CutTiles) {
        let image = Image { own_palette: None, ..one.image.clone() };
        let mut tiles = one.tiles.clone();
        for pixel in tiles.taken.iter_mut().flat_map(|(_, tile)| &mut tile.colors) {
            if pixel.kind == PixelKind::Opaque
                && let Some(to) = self.new_color(pixel, into)
            {
                pixel.rgb = to;
            }
        }
        (image, tiles)
    }
}

/// Where the pixels of an image's tiles are that have a plain color, and what they are.
fn drawn_pixels<'i>(one: &'i CutImage<'i>) -> impl Iterator<Item = (Pixel, ImagePixel)> + 'i {
    one.tiles.taken.iter().flat_map(move |(cell, tile)| {
        let corner = one.image.cell_place(&one.grid, *cell);
        tile.remaining_in_image(corner).filter(|(_, pixel)| pixel.kind == PixelKind::Opaque)
    })
}

/// Why the tiles of an image cannot get the nearest declared colors.
#[derive(Debug, PartialEq, Eq)]
pub enum NearestProblem {
    /// No palette draws a color.
    NoColors,
    /// A pixel of one tile is also in the tile with this id, which it must not change.
    SharedPixel {
        /// In the image.
        pixel: Pixel,
        /// The other tile's id.
        tile: u32,
    },
}

/// The pixels of a file whose tiles no palette draws, each with the nearest color of one palette: that whose colors
/// change the tile least. Declared palettes and all other tiles are unchanged. These are the cuts of the file's
/// artifacts.
///
/// # Errors
/// Why that is not possible.
pub fn nearest_colors(
    palettes: &[Palette],
    cuts: &[(&GlyphArtifact, ArtifactCut)],
    size: TileSize,
) -> Result<Recoloring, NearestProblem> {
    let stored = StoredPalettes::new(palettes);
    let mut recoloring = Recoloring::default();
    let mut changed: Vec<HashMap<Rgb565, Rgb>> = Vec::new();
    for one in cuts.iter().map(|(artifact, cut)| CutImage::new(artifact, cut)) {
        for (_, tile) in &one.tiles.taken {
            let plain = plain_pixels(tile);
            let candidates = stored.candidates(one.artifact);
            let is_drawn = stored.find_match(candidates.clone(), &plain, one.image.own_palette.is_some()).is_some();
            changed.push(match is_drawn || plain.is_empty() {
                true => HashMap::new(),
                false => {
                    let of_palettes = candidates.filter_map(|at| nearest_of_palette(&palettes[at], one.artifact, tile));
                    let best = of_palettes.min_by_key(|(cost, _)| *cost);
                    best.ok_or(NearestProblem::NoColors)?.1
                }
            });
        }
    }
    let tiles = cuts.iter().flat_map(|(artifact, cut)| {
        let corner = |cell: &u32| cut.image.cell_place(&cut.grid, *cell);
        (artifact.index..).zip(&cut.tiles.taken).map(move |(id, (cell, tile))| (id, corner(cell), tile))
    });
    let tiles: Vec<_> = std::iter::zip(tiles, changed).collect();
    for ((_, corner, tile), changed) in &tiles {
        for (place, pixel) in tile.remaining_in_image(*corner).filter(|(_, pixel)| pixel.kind == PixelKind::Opaque) {
            if let Some(to) = changed.get(&pixel.rgb565()) {
                recoloring.add(place, pixel.rgb, *to);
            }
        }
    }
    // Several artifacts can use the same pixels.
    for ((id, corner, tile), changed) in &tiles {
        let all = (0..size.pixels()).flat_map(|y| (0..size.pixels()).map(move |x| Pixel { x, y }));
        for at in all {
            let pixel = corner.plus(at).pixel;
            let own = tile.pixel(at).and_then(|pixel| changed.get(&pixel.rgb565()));
            if recoloring.pixels.get(&pixel) != own {
                return Err(NearestProblem::SharedPixel { pixel, tile: *id });
            }
        }
    }
    Ok(recoloring)
}

/// What the colors of a tile become that a palette does not draw, and how much that changes; `None` if the palette
/// draws no color.
fn nearest_of_palette(
    palette: &Palette,
    artifact: &GlyphArtifact,
    tile: &CutTile,
) -> Option<(u64, HashMap<Rgb565, Rgb>)> {
    let key = match artifact.color_key {
        Some(ColorKey::Color(key)) => Some(key.to_565()),
        _ => None,
    };
    let drawn: Vec<Rgb> = palette.colors.iter().skip(1).filter(|color| Some(color.to_565()) != key).copied().collect();
    let mut nearest: HashMap<Rgb565, Option<(u32, Rgb)>> = HashMap::new();
    let mut cost = 0;
    let shown = |rgb: Rgb| rgb.to_565().to_rgb();
    for (_, pixel) in tile.remaining().filter(|(_, pixel)| pixel.kind == PixelKind::Opaque) {
        let found = nearest.entry(pixel.rgb565()).or_insert_with(|| {
            if drawn.iter().any(|color| color.to_565() == pixel.rgb565()) {
                return None;
            }
            let difference = |color: &Rgb| shown(pixel.rgb).difference(shown(*color));
            drawn.iter().min_by_key(|color| difference(color)).map(|color| (difference(color), *color))
        });
        cost += u64::from(found.map_or(0, |(difference, _)| difference));
    }
    let becomes = nearest.into_iter().filter_map(|(from, found)| Some((from, found?.1)));
    (!drawn.is_empty()).then(|| (cost, becomes.collect()))
}
