//! Palettes for new banks: the pictures' own where their tiles agree, else first fit in order of appearance.
//!
//! Serves `create` only: a pack never makes a palette (spec: packer charter, "create").

use super::picture::{Picture, PixelKind};
use super::tiles::{self, Keying, Tile};
use crate::declaration::{ColorKey, Palette};
use crate::diagnostics::{Code, Finding, Pixel, Place, Places, join_some, plural};
use crate::formats::{MAX_PALETTES, PALETTE_COLOURS, Rgb, Rgb565, TileSize};
use crate::paths::RelPath;

/// Colour 0 where the art has no key of its own.
pub const DEFAULT_KEY: Rgb = Rgb([0xFF, 0x00, 0xFF]);

/// A picture of the bank to be.
#[derive(Debug)]
pub struct Drawn<'a> {
    /// For findings.
    pub file: &'a RelPath,
    /// Decoded.
    pub picture: &'a Picture,
    /// As it will stand in its artifact.
    pub color_key: Option<ColorKey>,
    /// The id of its first tile.
    pub index: u32,
}

/// What was found for a bank.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// They cover all tiles.
    pub palettes: Vec<Palette>,
    /// For each picture the one palette that covers all of its tiles, if there is a choice and such a one.
    pub choices: Vec<Option<u32>>,
}

/// Finds palettes that cover all tiles.
///
/// # Errors
/// A finding a picture with too rich a tile, or one if the bank needs too many palettes.
pub fn palettes(drawn: &[Drawn<'_>], size: TileSize) -> Result<Found, Vec<Finding>> {
    let pictures: Vec<Vec<TileColours>> = drawn.iter().map(|one| tile_colours(one, size)).collect();
    let mut refused = Vec::new();
    for (one, tiles) in std::iter::zip(drawn, &pictures) {
        refused.extend(too_rich(one, tiles, size));
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    let mut found: Vec<Vec<Rgb>> = Vec::new();
    let mut authored = Vec::new();
    for (one, tiles) in std::iter::zip(drawn, &pictures) {
        let own = one.picture.own_palette.as_deref().map(|own| &own[..own.len().min(PALETTE_COLOURS)]);
        for tile in tiles.iter().filter(|tile| !tile.colours.is_empty()) {
            if found.iter().any(|palette| tile.agrees(palette)) {
                continue;
            }
            match own {
                Some(own) if tile.agrees(own) => {
                    let mut palette = own.to_vec();
                    if let Some(ColorKey::Colour(key)) = one.color_key {
                        palette[0] = key;
                    }
                    authored.push(found.len());
                    found.push(palette);
                }
                _ => first_fit(&mut found, tile, key_of(one)),
            }
        }
    }
    align(&mut found, &authored);
    if found.is_empty() {
        found.push(vec![drawn.first().map_or(DEFAULT_KEY, key_of)]);
    }
    if found.len() > MAX_PALETTES as usize {
        return Err(vec![Finding::new(
            Code::TooManyPalettes,
            format!("{} palettes were needed for the tiles; a bank holds {MAX_PALETTES}", found.len()),
            "Split the pictures over several banks, or draw with fewer different colours.",
        )]);
    }
    let choices = pictures
        .iter()
        .map(|tiles| {
            let covers = |palette: &&Vec<Rgb>| tiles.iter().all(|tile| tile.fits(palette));
            let at = found.iter().position(|palette| covers(&palette)).filter(|_| found.len() > 1)?;
            u32::try_from(at).ok()
        })
        .collect();
    let palettes = found.into_iter().map(|colors| Palette { name: None, colors }).collect();
    Ok(Found { palettes, choices })
}

/// The distinct colours of a tile's remaining pixels, in order of appearance.
struct TileColours {
    colours: Vec<(Rgb, u8, u64)>,
    indexed: bool,
}

impl TileColours {
    /// Whether the author's indices and colours are those of `palette`.
    fn agrees(&self, palette: &[Rgb]) -> bool {
        let same = |rgb: &Rgb, index: &u8| {
            *index > 0 && palette.get(usize::from(*index)).is_some_and(|other| other.to_565() == rgb.to_565())
        };
        self.indexed && self.colours.iter().all(|(rgb, index, _)| same(rgb, index))
    }

    fn fits(&self, palette: &[Rgb]) -> bool {
        self.agrees(palette) || self.colours.iter().all(|(rgb, ..)| draws(palette, *rgb))
    }

    /// Distinct as the console sees them, with their pixel counts.
    fn distinct(&self) -> Vec<(Rgb, u64)> {
        let mut distinct: Vec<(Rgb565, Rgb, u64)> = Vec::new();
        for (rgb, _, count) in &self.colours {
            match distinct.iter_mut().find(|(stored, ..)| *stored == rgb.to_565()) {
                Some((.., sum)) => *sum += count,
                None => distinct.push((rgb.to_565(), *rgb, *count)),
            }
        }
        distinct.into_iter().map(|(_, rgb, count)| (rgb, count)).collect()
    }
}

fn draws(palette: &[Rgb], rgb: Rgb) -> bool {
    palette.iter().skip(1).any(|color| color.to_565() == rgb.to_565())
}

fn tile_colours(one: &Drawn<'_>, size: TileSize) -> Vec<TileColours> {
    let keying = Keying::new(one.color_key, one.picture);
    let count = u32::try_from(tiles::count(one.picture.width, one.picture.height, size)).unwrap_or(u32::MAX);
    (0..count)
        .map(|n| {
            let mut colours: Vec<(Rgb, u8, u64)> = Vec::new();
            let tile = Tile::cut(one.picture, size, n, keying);
            for (_, pixel) in tile.remaining().filter(|(_, pixel)| pixel.kind == PixelKind::Opaque) {
                match colours.iter_mut().find(|(rgb, index, _)| *rgb == pixel.rgb && *index == pixel.index) {
                    Some((.., count)) => *count += 1,
                    None => colours.push((pixel.rgb, pixel.index, 1)),
                }
            }
            TileColours { colours, indexed: one.picture.own_palette.is_some() }
        })
        .collect()
}

fn too_rich(one: &Drawn<'_>, tiles: &[TileColours], size: TileSize) -> Option<Finding> {
    let mut places = Places::default();
    let mut first: Option<Vec<(Rgb, u64)>> = None;
    for (n, tile) in (0u32..).zip(tiles) {
        let distinct = tile.distinct();
        if distinct.len() >= PALETTE_COLOURS {
            let id = one.index + n;
            let columns = one.picture.width / size.pixels();
            let in_picture = Some(Pixel { x: n % columns * size.pixels(), y: n / columns * size.pixels() });
            let (column, row) = (id % size.columns(), id / size.columns());
            places.add(Place::Tile { tile: id, column, row, pixel: None, in_picture });
            first.get_or_insert(distinct);
        }
    }
    let mut colours = first?;
    colours.sort_by_key(|(rgb, count)| (std::cmp::Reverse(*count), *rgb));
    let listed = colours.iter().rev().map(|(rgb, count)| format!("{rgb} ({})", plural(*count, "pixel")));
    let opaque_index_0 = one.color_key.is_none()
        && one.picture.own_palette.is_some()
        && tiles.iter().any(|tile| tile.colours.iter().any(|(_, index, _)| *index == 0));
    let help = if opaque_index_0 {
        "Index 0 is opaque in this picture. If it is its background, add `--color-key index0`; else redraw the tile with fewer colours."
    } else {
        "Redraw the tile with fewer colours, or, if one of them is the background, name it with `--color-key #rrggbb`."
    };
    Some(
        Finding::new(
            Code::TooManyColours,
            format!(
                "the tile has {} colours; a palette can draw {}; the rarest are {}",
                colours.len(),
                PALETTE_COLOURS - 1,
                join_some(listed.collect::<Vec<_>>().iter(), ", ", 4)
            ),
            help,
        )
        .file(one.file.as_str())
        .at_all(&places),
    )
}

/// Puts the tile's colours into the first palette that has room for those it lacks.
fn first_fit(found: &mut Vec<Vec<Rgb>>, tile: &TileColours, key: Rgb) {
    let colours = tile.distinct();
    for palette in found.iter_mut() {
        let lacking: Vec<Rgb> = colours.iter().map(|(rgb, _)| *rgb).filter(|rgb| !draws(palette, *rgb)).collect();
        if palette.len() + lacking.len() <= PALETTE_COLOURS {
            palette.extend(lacking);
            return;
        }
    }
    found.push(std::iter::once(key).chain(colours.into_iter().map(|(rgb, _)| rgb)).collect());
}

/// Gives a colour the same index in all palettes as far as that goes, so that it matters little which of them a tile is
/// drawn with. Those an author ordered stay as they are. A position that nothing needs repeats an earlier palette's colour.
fn align(found: &mut [Vec<Rgb>], authored: &[usize]) {
    for at in 1..found.len() {
        if authored.contains(&at) {
            continue;
        }
        let (earlier, rest) = found.split_at_mut(at);
        let palette = &mut rest[0];
        let index_before = |color: &Rgb| {
            earlier.iter().find_map(|other| other.iter().skip(1).position(|known| known.to_565() == color.to_565()))
        };
        let mut drawn: [Option<Rgb>; PALETTE_COLOURS - 1] = [None; PALETTE_COLOURS - 1];
        let mut homeless = Vec::new();
        for color in palette.drain(1..) {
            match index_before(&color) {
                Some(index) if drawn[index].is_none() => drawn[index] = Some(color),
                _ => homeless.push(color),
            }
        }
        for color in homeless {
            if let Some(free) = drawn.iter_mut().find(|place| place.is_none()) {
                *free = Some(color);
            }
        }
        let length = drawn.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        for (index, place) in drawn[..length].iter().enumerate() {
            let filler = || earlier.iter().rev().find_map(|other| other.get(index + 1).copied());
            palette.extend(place.or_else(filler));
        }
    }
}

fn key_of(one: &Drawn<'_>) -> Rgb {
    match (one.color_key, one.picture.own_palette.as_deref()) {
        (Some(ColorKey::Colour(rgb)), _) => rgb,
        (Some(ColorKey::Index0), Some([first, ..])) => *first,
        _ => DEFAULT_KEY,
    }
}
