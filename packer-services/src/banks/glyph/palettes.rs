//! Palettes that cover the tiles of a bank: those it has, an indexed image's own where its tiles agree with it, and new
//! ones for the rest (spec: packer charter, "Finding palettes").
//!
//! Serves `create` and `palettes`; a pack never makes a palette. `pagination` finds which colors share a palette,
//! `alignment` in which order; here tiles become sets of colors, and sets become palettes.

use std::collections::{BTreeMap, BTreeSet};

use super::alignment::{self, ColorRow};
use super::fit::{StoredPalettes, alpha_finding};
use super::grid::Grid;
use super::image::{Image, ImagePixel, PixelKind};
use super::pagination::{ColorSet, FixedPage, paginate};
use super::tiles::CutTile;
use super::{CutTiles, tile_place};
use crate::banks::{Stop, check_cancelled};
use crate::context::Context;
use crate::declaration::{ColorKey, Cut, GlyphArtifact, Palette};
use crate::diagnostics::{self, Code, Finding, Places, join_some, plural};
use crate::formats::{DRAWN_COLORS, MAX_PALETTES, PALETTE_COLORS, Rgb, Rgb565, TileSize};

/// Color 0 where the art has no key of its own.
pub const DEFAULT_KEY: Rgb = Rgb([0xFF, 0x00, 0xFF]);
/// Pairs of nearly equal colors that a finding names.
const NEAREST_PAIRS: usize = 3;

/// An image of the bank, decoded and cut.
#[derive(Debug)]
pub struct CutImage<'a> {
    /// As it stands, or will stand, in the declaration.
    pub artifact: &'a GlyphArtifact,
    /// Decoded.
    pub image: &'a Image,
    /// Where its cells lie.
    pub grid: Grid,
    /// Those that take an id.
    pub tiles: &'a CutTiles,
}

/// What was found for a bank.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoundPalettes {
    /// All palettes: first the declared ones, which keep their index and the order of their colors, then new ones.
    pub palettes: Vec<Palette>,
    /// For each image the one palette that covers all of its tiles, if there is a choice and such a one.
    pub choices: Vec<Option<u32>>,
    /// What stands in the way; then the palettes cover only the other tiles.
    pub findings: Vec<Finding>,
}

/// Finds palettes that cover all tiles. It depends on nothing but what it is given.
///
/// # Errors
/// If the operation was cancelled.
pub fn find_palettes(
    context: &Context,
    declared: &[Palette],
    drawn: &[CutImage<'_>],
    size: TileSize,
) -> Result<FoundPalettes, Stop> {
    let mut findings = Vec::new();
    for one in drawn {
        findings.extend(too_rich(one, size));
    }
    // Alpha is judged when the tiles are drawn, but nobody should hear of it only after the colors are mended.
    if !findings.is_empty() {
        findings.extend(drawn.iter().filter_map(|one| partial_alpha(one, size)));
    }
    let bank = PaletteSearch { declared, drawn, stop: &|| context.is_cancelled() };
    let mut palettes = bank.with_own_palettes(size, &mut findings);
    check_cancelled(context)?;
    if palettes.len() > MAX_PALETTES as usize {
        findings.push(Finding::new(
            Code::TooManyPalettes,
            format!("{} palettes were needed for the tiles; a bank holds {MAX_PALETTES}", palettes.len()),
            "Split the images over several banks, or draw with fewer different colors.",
        ));
        palettes.truncate(MAX_PALETTES as usize);
    }
    let choices = choices(&palettes, drawn);
    Ok(FoundPalettes { palettes, choices, findings })
}

/// A bank on its way to palettes.
struct PaletteSearch<'b> {
    declared: &'b [Palette],
    drawn: &'b [CutImage<'b>],
    /// Whether nobody wants palettes any more.
    stop: &'b dyn Fn() -> bool,
}

/// Palettes whose order is settled: declared ones and images' own, with the colors that they take besides.
struct OrderedPalettes(Vec<Palette>);

impl OrderedPalettes {
    fn row(&self, at: usize) -> ColorRow {
        self.0[at].colors.iter().skip(1).map(|color| color.to_565()).collect()
    }

    fn room(&self, at: usize) -> usize {
        PALETTE_COLORS.saturating_sub(self.0[at].colors.len())
    }

    /// The colors that palette `at` cannot draw, each once.
    fn lacking(&self, at: usize, plain: &[ImagePixel]) -> Vec<Rgb> {
        let row = self.row(at);
        let mut lacking: BTreeMap<Rgb565, Rgb> = BTreeMap::new();
        for pixel in plain.iter().filter(|pixel| !row.contains(&pixel.rgb565())) {
            lacking.entry(pixel.rgb565()).or_insert(pixel.rgb);
        }
        lacking.into_values().collect()
    }
}

fn unnamed(colors: Vec<Rgb>) -> Palette {
    Palette { name: None, colors }
}

impl PaletteSearch<'_> {
    /// All palettes, with the images' own. One that draws only some of its image's tiles is used if that takes no palette
    /// more; none is if there were too many then.
    fn with_own_palettes(&self, size: TileSize, findings: &mut Vec<Finding>) -> Vec<Palette> {
        let own = self.own_palettes(|_| true);
        let whole = self.own_palettes(|one| own_palette(one).is_some_and(|palette| draws_all(one, &palette)));
        let mut found = self.palettes(&own, size);
        if whole.len() < own.len() {
            let other = self.palettes(&whole, size);
            if other.0.len() < found.0.len() {
                found = other;
            }
        }
        if found.0.len() > MAX_PALETTES as usize && !own.is_empty() {
            found = self.palettes(&[], size);
        }
        findings.extend(found.1);
        found.0
    }

    /// The palettes of the indexed images that are `wanted`, if tiles agree with them that need one, in the order of the
    /// images.
    fn own_palettes(&self, wanted: impl Fn(&CutImage<'_>) -> bool) -> Vec<Palette> {
        let mut own: Vec<Palette> = Vec::new();
        for one in self.drawn.iter().filter(|one| wanted(one)) {
            let Some(palette) = own_palette(one) else { continue };
            let agrees = |palette: &Palette, colors: &[ImagePixel]| {
                StoredPalettes::new(std::slice::from_ref(palette)).agrees(0, colors)
            };
            let needs_it = |tile: &CutTile| {
                let colors = plain(tile);
                !colors.is_empty()
                    && !is_too_rich(&colors)
                    && agrees(&palette, &colors)
                    && !self.is_covered(one, &colors)
                    && !own.iter().any(|other| agrees(other, &colors))
            };
            if !one.tiles.taken.iter().any(|(_, tile)| needs_it(tile)) {
                continue;
            }
            // A palette that goes on where an earlier one ends takes its place.
            let begins = |shorter: &[Rgb], longer: &[Rgb]| {
                shorter.len() <= longer.len() && std::iter::zip(shorter, longer).all(|(a, b)| a.to_565() == b.to_565())
            };
            match own.iter_mut().find(|other| begins(&other.colors, &palette.colors)) {
                Some(shorter) => *shorter = palette,
                None => own.push(palette),
            }
        }
        own
    }

    /// Whether a declared palette draws these colors already.
    fn is_covered(&self, one: &CutImage<'_>, colors: &[ImagePixel]) -> bool {
        let palettes = StoredPalettes::new(self.declared);
        palettes.choice(palettes.tried(one.artifact), colors, one.image.own_palette.is_some()).is_some()
    }

    /// All palettes: declared, own, new. A declared palette grows, and an own one is used, only if no tile that was drawn
    /// before gets other indices by that.
    fn palettes(&self, own: &[Palette], size: TileSize) -> (Vec<Palette>, Vec<Finding>) {
        let ways = [(own, true), (own, false), (&[], true)];
        let mut found = ways.iter().map(|(own, may_grow)| self.cover_with(own, size, *may_grow));
        found.find(|(palettes, _)| self.keeps_indices(palettes)).unwrap_or_else(|| self.cover_with(&[], size, false))
    }

    fn cover_with(&self, own: &[Palette], size: TileSize, may_grow: bool) -> (Vec<Palette>, Vec<Finding>) {
        let mut settled = OrderedPalettes(self.declared.iter().chain(own).cloned().collect());
        let named = self.drawn.iter().filter_map(|one| self.fill_named(&mut settled, one, size));
        let findings = named.collect();
        let mut colors = ColorNumbers::default();
        let items = self.items(&settled, &mut colors);
        let fixed: Vec<FixedPage> = (0..settled.0.len())
            .map(|at| FixedPage {
                colors: settled.row(at).into_iter().map(|color| colors.number(color)).collect(),
                room: if at < self.declared.len() && !may_grow { 0 } else { settled.room(at) },
            })
            .collect();
        let mut pages = paginate(&items, &fixed, DRAWN_COLORS, MAX_PALETTES as usize, self.stop);
        let new = needed(&colors.by_appearance(pages.split_off(fixed.len().min(pages.len())), &items), &pages, &items);
        for (at, page) in pages.iter().enumerate() {
            let row = settled.row(at);
            let added = colors.in_order(page).filter(|color| !row.contains(color));
            settled.0[at].colors.extend(added.map(|color| colors.shown(color)));
        }
        let palettes = self.with_new(settled, &new, &colors);
        (palettes, findings)
    }

    /// The colors of each tile that no settled palette draws.
    fn items(&self, settled: &OrderedPalettes, colors: &mut ColorNumbers) -> Vec<ColorSet> {
        let palettes = StoredPalettes::new(&settled.0);
        let mut items = Vec::new();
        for one in self.drawn.iter().filter(|one| one.artifact.palette.is_none()) {
            let is_indexed = one.image.own_palette.is_some();
            for (_, tile) in &one.tiles.taken {
                let plain = plain(tile);
                let is_drawn = || palettes.choice(0..settled.0.len(), &plain, is_indexed).is_some();
                if !plain.is_empty() && !is_too_rich(&plain) && !is_drawn() {
                    items.push(colors.set(one, &plain));
                }
            }
        }
        items
    }

    /// The settled palettes and, of the new pages, one each.
    fn with_new(&self, settled: OrderedPalettes, new: &[ColorSet], colors: &ColorNumbers) -> Vec<Palette> {
        let first_key = self.drawn.first().map_or(DEFAULT_KEY, key_of);
        let rows: Vec<ColorRow> = (0..settled.0.len()).map(|at| settled.row(at)).collect();
        let sets: Vec<BTreeSet<Rgb565>> = new.iter().map(|page| colors.in_order(page).collect()).collect();
        let aligned = alignment::align(&rows, &sets, &self.shared(&rows, &sets), &colors.wishes(new));
        let mut palettes = settled.0;
        for (set, row) in std::iter::zip(&sets, aligned) {
            let key = self.drawn.iter().find(|one| draws_any(one, set)).map_or(first_key, key_of);
            let declared = |stored| {
                palettes.iter().flat_map(|palette| &palette.colors).find(move |color| color.to_565() == stored)
            };
            // A color that fills a gap may be a settled palette's, as its artist wrote it there.
            let shown = |stored| match declared(stored) {
                Some(color) if !set.contains(&stored) => *color,
                _ => colors.shown(stored),
            };
            let drawn = row.into_iter().map(shown).collect();
            palettes.push(self.out_of_the_way(key, drawn));
        }
        if palettes.is_empty() {
            palettes.push(unnamed(vec![first_key]));
        }
        palettes
    }

    /// A new palette of these colors, turned until it draws no tile that was drawn before: an indexed image's own indices go
    /// before its colors, wherever a palette agrees with them.
    fn out_of_the_way(&self, key: Rgb, mut drawn: Vec<Rgb>) -> Palette {
        let palette = |drawn: &[Rgb]| unnamed(std::iter::once(key).chain(drawn.iter().copied()).collect());
        for _ in 1..drawn.len() {
            let with_it: Vec<Palette> = self.declared.iter().cloned().chain([palette(&drawn)]).collect();
            if self.keeps_indices(&with_it) {
                break;
            }
            drawn.rotate_left(1);
        }
        palette(&drawn)
    }

    /// The colors of tiles that fit several palettes: such a tile had better get the same indices in all of them.
    fn shared(&self, rows: &[ColorRow], new: &[BTreeSet<Rgb565>]) -> BTreeSet<Rgb565> {
        let pages: Vec<BTreeSet<Rgb565>> =
            rows.iter().map(|row| row.iter().copied().collect()).chain(new.iter().cloned()).collect();
        let unnamed = self.drawn.iter().filter(|one| one.artifact.palette.is_none());
        let tiles: BTreeSet<BTreeSet<Rgb565>> =
            unnamed.flat_map(|one| &one.tiles.taken).map(|(_, tile)| distinct(&plain(tile))).collect();
        let fits_several = |tile: &&BTreeSet<Rgb565>| pages.iter().filter(|page| tile.is_subset(page)).nth(1).is_some();
        tiles.iter().filter(fits_several).flatten().copied().collect()
    }

    /// Adds to the palette that an artifact names what its tiles need.
    fn fill_named(&self, settled: &mut OrderedPalettes, one: &CutImage<'_>, size: TileSize) -> Option<Finding> {
        let named = one.artifact.palette? as usize;
        let mut places = Places::default();
        let mut first = None;
        for (id, (n, tile)) in (one.artifact.index..).zip(&one.tiles.taken) {
            let plain = plain(tile);
            if is_too_rich(&plain) || self.is_covered(one, &plain) {
                continue;
            }
            let lacking = settled.lacking(named, &plain);
            if lacking.len() <= settled.room(named) {
                settled.0[named].colors.extend(lacking);
            } else {
                places.add(tile_place(size, id, None, Some(one.grid.corner(*n))));
                first.get_or_insert((lacking, settled.room(named)));
            }
        }
        let (lacking, room) = first?;
        let finding = Finding::new(
            Code::PaletteFull,
            format!(
                "palette {named}, which the artifact names, lacks {} of the tile's colors, and has room for {room}: {}",
                lacking.len(),
                join_some(lacking.iter(), ", ", 6)
            ),
            "Remove `palette` from the artifact, so that its tiles may have another palette, or draw them with fewer colors.",
        );
        Some(finding.file(one.artifact.file.as_str()).at_all(&places))
    }

    /// Whether each tile that the declared palettes draw still gets the same indices.
    fn keeps_indices(&self, palettes: &[Palette]) -> bool {
        let (before, after) = (StoredPalettes::new(self.declared), StoredPalettes::new(palettes));
        self.drawn.iter().all(|one| {
            let is_indexed = one.image.own_palette.is_some();
            one.tiles.taken.iter().map(|(_, tile)| plain(tile)).all(|colors| {
                let Some(was) = before.choice(before.tried(one.artifact), &colors, is_indexed) else { return true };
                let is = after.choice(after.tried(one.artifact), &colors, is_indexed);
                is.is_some_and(|is| colors.iter().all(|pixel| before.index(was, pixel) == after.index(is, pixel)))
            })
        })
    }
}

/// The colors of the tiles that need a palette, numbered as they appear.
#[derive(Default)]
struct ColorNumbers {
    numbers: BTreeMap<Rgb565, usize>,
    order: Vec<Rgb565>,
    shown: BTreeMap<Rgb565, Rgb>,
    /// The indices that authors gave them.
    authors: BTreeMap<Rgb565, usize>,
}

impl ColorNumbers {
    fn number(&mut self, color: Rgb565) -> usize {
        let next = self.order.len();
        let number = *self.numbers.entry(color).or_insert(next);
        if number == next {
            self.order.push(color);
        }
        number
    }

    fn set(&mut self, one: &CutImage<'_>, plain: &[ImagePixel]) -> ColorSet {
        let mut set = ColorSet::new();
        for pixel in plain {
            let color = pixel.rgb565();
            set.insert(self.number(color));
            self.shown.entry(color).or_insert(pixel.rgb);
            if one.image.own_palette.is_some() && (1..PALETTE_COLORS).contains(&usize::from(pixel.index)) {
                self.authors.entry(color).or_insert(usize::from(pixel.index) - 1);
            }
        }
        set
    }

    fn in_order<'c>(&'c self, page: &'c ColorSet) -> impl Iterator<Item = Rgb565> + 'c {
        page.iter().map(|number| self.order[*number])
    }

    fn shown(&self, color: Rgb565) -> Rgb {
        self.shown.get(&color).copied().unwrap_or(color.to_rgb())
    }

    /// The pages in the order in which the first of their tiles appear.
    fn by_appearance(&self, mut pages: Vec<ColorSet>, items: &[ColorSet]) -> Vec<ColorSet> {
        pages.sort_by_cached_key(|page| items.iter().position(|item| item.is_subset(page)));
        pages
    }

    /// The index that a color would have if it were alone: its author's, or its turn in its palette.
    fn wishes(&self, pages: &[ColorSet]) -> BTreeMap<Rgb565, usize> {
        let mut wishes = self.authors.clone();
        for page in pages {
            for (turn, color) in self.in_order(page).enumerate() {
                wishes.entry(color).or_insert(turn);
            }
        }
        wishes
    }
}

/// The new pages with no color but those of the tiles that no page before them draws: the fewer tiles fit several, the
/// better.
fn needed(new: &[ColorSet], settled: &[ColorSet], items: &[ColorSet]) -> Vec<ColorSet> {
    let mut needed = vec![ColorSet::new(); new.len()];
    for item in items.iter().filter(|item| !settled.iter().any(|page| item.is_subset(page))) {
        if let Some(first) = new.iter().position(|page| item.is_subset(page)) {
            needed[first].extend(item);
        }
    }
    needed.retain(|page| !page.is_empty());
    needed
}

/// The distinct pixels of a tile that have a plain color.
fn plain(tile: &CutTile) -> Vec<ImagePixel> {
    tile.colors.iter().filter(|pixel| pixel.kind == PixelKind::Opaque).copied().collect()
}

fn distinct(plain: &[ImagePixel]) -> BTreeSet<Rgb565> {
    plain.iter().map(ImagePixel::rgb565).collect()
}

fn is_too_rich(plain: &[ImagePixel]) -> bool {
    distinct(plain).len() > DRAWN_COLORS
}

/// Whether a palette of these colors is for tiles of this image.
fn draws_any(one: &CutImage<'_>, colors: &BTreeSet<Rgb565>) -> bool {
    let mut sets = one.tiles.taken.iter().map(|(_, tile)| distinct(&plain(tile)));
    one.artifact.palette.is_none() && sets.any(|set| !set.is_empty() && set.is_subset(colors))
}

/// An indexed image's own palette as one of the bank's, if that can hold its tiles' indices: color 0 becomes the key.
fn own_palette(one: &CutImage<'_>) -> Option<Palette> {
    let own = one.image.own_palette.as_deref()?;
    let plain = || one.tiles.taken.iter().flat_map(|(_, tile)| plain(tile));
    let highest = plain().map(|pixel| usize::from(pixel.index)).max()?;
    if highest >= PALETTE_COLORS {
        return None;
    }
    // Many editors fill up to 256 colors: past 16, what no pixel has is not the artist's.
    let length = if own.len() > PALETTE_COLORS { highest + 1 } else { own.len() };
    let mut colors = own[..length].to_vec();
    *colors.first_mut()? = key_of(one);
    Some(unnamed(colors))
}

/// Whether the image's own palette, with the color of index 0 where there is room, draws all of its tiles.
fn draws_all(one: &CutImage<'_>, own: &Palette) -> bool {
    let stored: BTreeSet<Rgb565> = own.colors.iter().skip(1).map(|color| color.to_565()).collect();
    let colors: BTreeSet<Rgb565> = one.tiles.taken.iter().flat_map(|(_, tile)| distinct(&plain(tile))).collect();
    own.colors.len() + colors.difference(&stored).count() <= PALETTE_COLORS
}

/// Color 0 of a palette for this image.
fn key_of(one: &CutImage<'_>) -> Rgb {
    match (one.artifact.color_key, one.image.own_palette.as_deref()) {
        (Some(ColorKey::Color(rgb)), _) => rgb,
        (Some(ColorKey::Index0), Some([first, ..])) => *first,
        _ => DEFAULT_KEY,
    }
}

fn choices(palettes: &[Palette], drawn: &[CutImage<'_>]) -> Vec<Option<u32>> {
    let stored = StoredPalettes::new(palettes);
    let covers = |one: &CutImage<'_>, at: usize| {
        one.tiles.taken.iter().all(|(_, tile)| {
            let colors = plain(tile);
            stored.choice(at..at + 1, &colors, one.image.own_palette.is_some()).is_some()
        })
    };
    let choice = |one: &CutImage<'_>| {
        let at = (0..palettes.len()).find(|at| covers(one, *at)).filter(|_| palettes.len() > 1)?;
        u32::try_from(at).ok()
    };
    drawn.iter().map(choice).collect()
}

/// One finding for all tiles of an image that have more colors than a palette can draw.
fn too_rich(one: &CutImage<'_>, size: TileSize) -> Option<Finding> {
    let mut places = Places::default();
    let mut rich = Vec::new();
    for (id, (n, tile)) in (one.artifact.index..).zip(&one.tiles.taken) {
        if is_too_rich(&plain(tile)) {
            places.add(tile_place(size, id, None, Some(one.grid.corner(*n))));
            rich.push(tile);
        }
    }
    let colors = counted(rich.first()?);
    let listed = colors.iter().map(|(rgb, count)| format!("{rgb} ({})", plural(*count, "pixel")));
    let all = one.tiles.taken.len() as u64;
    let mut message = format!(
        "the tile has {} colors; a palette can draw {DRAWN_COLORS}: {}",
        colors.len(),
        join_some(listed.collect::<Vec<_>>().iter(), ", ", 2 * DRAWN_COLORS)
    );
    if rich.len() > 1 {
        let most = rich.iter().map(|tile| distinct(&plain(tile)).len()).max().unwrap_or(0);
        message.push_str(&format!("; {} of {all} tiles have too many, up to {most}", rich.len()));
    }
    let ways = ways_to_fewer_colors(one, &rich, &colors, size);
    Some(Finding::new(Code::TooManyColors, message, ways.join(" ")).file(one.artifact.file.as_str()).at_all(&places))
}

/// The finding about partial alpha in the tiles of an image.
fn partial_alpha(one: &CutImage<'_>, size: TileSize) -> Option<Finding> {
    let mut places = Places::default();
    let mut first = None;
    for (id, (n, tile)) in (one.artifact.index..).zip(&one.tiles.taken) {
        let corner = one.grid.corner(*n);
        for (at, pixel) in tile.remaining() {
            if let PixelKind::Partial(alpha) = pixel.kind {
                let in_image = diagnostics::Pixel { x: corner.x + at.x, y: corner.y + at.y };
                places.add(tile_place(size, id, Some(at), Some(in_image)));
                first.get_or_insert(alpha);
            }
        }
    }
    let finding = alpha_finding(format!("alpha is {} of 255", first?));
    Some(finding.file(one.artifact.file.as_str()).at_all(&places))
}

/// What would help, of this image: a color key or a tile size only if every tile fits then.
fn ways_to_fewer_colors(one: &CutImage<'_>, rich: &[&CutTile], colors: &[(Rgb, u64)], size: TileSize) -> Vec<String> {
    let mut ways = Vec::new();
    let fits_without = |removes: &dyn Fn(&ImagePixel) -> bool| {
        rich.iter().all(|tile| {
            let left: Vec<ImagePixel> = plain(tile).into_iter().filter(|pixel| !removes(pixel)).collect();
            !is_too_rich(&left)
        })
    };
    let has_key = one.artifact.color_key.is_some() || one.image.pixels.iter().any(|p| p.kind == PixelKind::Clear);
    if one.image.own_palette.is_some() && one.artifact.color_key.is_none() && fits_without(&|pixel| pixel.index == 0) {
        ways.push(
            "Index 0 is opaque in this image. If it is the background, make it the color key: `--color-key index0` of \
             `create`, or `\"color_key\": \"index0\"` in the artifact."
                .to_owned(),
        );
    } else if !has_key
        && let Some((key, _)) = colors.iter().find(|(rgb, _)| fits_without(&|pixel| pixel.rgb565() == rgb.to_565()))
    {
        ways.push(format!(
            "If {key} is the background, make it the color key: `--color-key {}` of `create`, or `\"color_key\": \"{key}\"` \
             in the artifact.",
            key.to_string().trim_start_matches('#')
        ));
    }
    if let Some(smaller) = smaller_size(one, size) {
        ways.push(format!(
            "With the tile size {0} every tile has few enough colors: `--tile-size {0}` of `create`, or `tile_size` in the \
             declaration.",
            smaller.pixels()
        ));
    }
    if rich.len() * 2 > one.tiles.taken.len() && rich.len() > 1 {
        ways.push(
            "Most tiles are too rich: reduce the colors of the whole image (Aseprite: Sprite > Color Mode > Indexed)."
                .into(),
        );
    }
    let pairs = nearest_pairs(colors);
    ways.push(format!(
        "Draw the tile with fewer colors; the nearest pairs are {}.",
        join_some(pairs.iter(), ", ", NEAREST_PAIRS)
    ));
    ways
}

/// The largest smaller tile size at which no tile is too rich, if a bank then has room for the image.
fn smaller_size(one: &CutImage<'_>, size: TileSize) -> Option<TileSize> {
    let smaller = TileSize::ALL.into_iter().rev().filter(|other| other.pixels() < size.pixels());
    smaller.filter(|_| one.artifact.cut == Cut::default()).find(|other| {
        let Ok(grid) = Grid::of(one.image.width, one.image.height, &one.artifact.cut, *other) else { return false };
        let tiles = CutTiles::of(one.image, grid, one.artifact, *other);
        tiles.count() <= other.capacity() && !tiles.taken.iter().any(|(_, tile)| is_too_rich(&plain(tile)))
    })
}

/// The colors of a tile, distinct as the console sees them, those on most pixels first.
fn counted(tile: &CutTile) -> Vec<(Rgb, u64)> {
    let mut counts: BTreeMap<Rgb565, (Rgb, u64)> = BTreeMap::new();
    for (_, pixel) in tile.remaining().filter(|(_, pixel)| pixel.kind == PixelKind::Opaque) {
        counts.entry(pixel.rgb565()).or_insert((pixel.rgb, 0)).1 += 1;
    }
    let mut counted: Vec<(Rgb, u64)> = counts.into_values().collect();
    counted.sort_by_key(|(rgb, count)| (std::cmp::Reverse(*count), *rgb));
    counted
}

/// The pairs that look most alike: where a color can most easily be saved.
fn nearest_pairs(colors: &[(Rgb, u64)]) -> Vec<String> {
    let rgb: Vec<Rgb> = colors.iter().map(|(rgb, _)| *rgb).collect();
    let mut pairs: Vec<(u8, Rgb, Rgb)> = Vec::new();
    for (i, a) in rgb.iter().enumerate() {
        pairs.extend(rgb[i + 1..].iter().map(|b| (a.distance(*b), *a, *b)));
    }
    pairs.sort();
    pairs.into_iter().take(NEAREST_PAIRS).map(|(_, a, b)| format!("{a} and {b}")).collect()
}
