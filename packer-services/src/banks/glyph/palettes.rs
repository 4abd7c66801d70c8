//! Palettes that cover the tiles of a bank: those it has, an indexed image's own where its tiles fit it, and new ones
//! for the rest (spec: packer charter, "Finding palettes").
//!
//! Serves `create` and `palettes`; a pack never creates a palette. `pagination` finds which colors share a palette, and
//! `alignment` orders them; this file turns tiles into sets of colors, and sets into palettes.

use std::collections::{BTreeMap, BTreeSet};

use super::alignment::{ColorRow, Wish, order_colors};
use super::cuts::ArtifactCut;
use super::fit::{AmbiguousColor, FitCause, LIKELY_KEY, find_unusable_pixels};
use super::grid::Grid;
use super::image::{Image, ImagePixel, ImagePlace, PixelKind};
use super::matching::{PaletteMatch, StoredPalettes};
use super::own_palettes::{IndexReading, OwnPalette, note_rows};
use super::pagination::{ColorSet, FixedPage, Pages, find_pages};
use super::sheet::{check_color_key, tile_place};
use super::tiles::{CutTile, CutTiles};
use crate::banks::{Stop, check_cancelled};
use crate::context::Context;
use crate::declaration::{ColorKey, Cut, GlyphArtifact, Palette};
use crate::diagnostics::{Finding, Pixel, Places};
use crate::formats::{DRAWN_COLORS, MAX_PALETTES, PALETTE_COLORS, Rgb, Rgb565, TileSize};
use crate::paths::RelPath;

/// The most pairs of similar colors that a finding names: a tile is rarely too rich by more than a few colors, and
/// longer lists are not read.
const SIMILAR_PAIRS: usize = 3;

/// The most tiles that a finding names where palettes are too many: enough to start with. What the next ones cost
/// changes as soon as one of them is redrawn.
const COSTLY_TILES: usize = 4;
/// The cost of a color that one tile has.
const COLOR_COST: u64 = 1 << 32;

/// An image of the bank, decoded and cut.
#[derive(Debug)]
pub struct CutImage<'a> {
    /// Its artifact, which may not be in the declaration yet.
    pub artifact: &'a GlyphArtifact,
    /// Decoded.
    pub image: &'a Image,
    /// Where its cells lie.
    pub grid: Grid,
    /// Those that take an id.
    pub tiles: &'a CutTiles,
}

impl<'a> CutImage<'a> {
    /// The image of `artifact`.
    pub fn new(artifact: &'a GlyphArtifact, cut: &'a ArtifactCut) -> Self {
        let ArtifactCut { image, grid, tiles, .. } = cut;
        Self { artifact, image, grid: *grid, tiles }
    }
}

/// What was found for a bank.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoundPalettes {
    /// All palettes: first the declared ones, which keep their index and the order of their colors, then new ones.
    pub palettes: Vec<Palette>,
    /// For each image a palette that covers all of its tiles, if there are several palettes and one does.
    pub choices: Vec<Option<u32>>,
    /// Why some tiles are not covered.
    pub findings: Vec<Finding>,
}

/// Why tiles cannot be covered by palettes.
#[derive(Debug)]
pub(super) enum PaletteProblem {
    /// Tiles of an image have more colors than a palette can draw.
    TooManyColors {
        /// The first such tile's colors, those on most pixels first, each with its pixels.
        colors: Vec<(Rgb, u64)>,
        /// How many such tiles there are, among how many.
        rich_tiles: usize,
        all_tiles: usize,
        /// The most colors of a tile.
        most_colors: usize,
        fixes: Vec<RichTileFix>,
        places: Places,
    },
    /// More palettes are needed than a bank holds.
    TooManyPalettes {
        /// How many colors the tiles have that no declared palette draws.
        colors: usize,
        /// The tiles whose colors fewest other tiles have; the first is the one that costs most.
        tiles: Vec<CostlyTile>,
        /// Those of the first one's image.
        places: Places,
    },
    /// An image draws with several indices of one color, and `more` other such colors.
    RepeatedColors { palette: usize, color: AmbiguousColor, more: usize },
    /// Two palettes have the same colors.
    SameColors { first: usize, second: usize },
    /// The palette that an artifact names has no room for what the tile lacks, or is this file.
    PaletteFull { palette: usize, file: Option<RelPath>, lacking: Vec<Rgb>, room: usize, places: Places },
}

/// A tile that needs much of a palette for itself.
#[derive(Debug)]
pub(super) struct CostlyTile {
    /// The image's file.
    pub file: String,
    /// Its id.
    pub tile: u32,
    /// How many colors it has.
    pub colors: usize,
    /// Those that no other tile has, or else the one that fewest others have.
    pub rare: Vec<Rgb>,
    /// How many other tiles have the first of `rare`.
    pub others: usize,
}

/// A change after which a tile has few enough colors.
#[derive(Debug)]
pub(super) enum RichTileFix {
    /// Make index 0 the color key.
    KeyIndex0,
    /// Make this color the color key.
    KeyColor(Rgb),
    /// Use this tile size.
    TileSize(TileSize),
    /// Reduce the colors of the whole image.
    ReduceImage,
    /// Draw with fewer colors; these pairs are the most similar.
    MergePairs(Vec<(Rgb, Rgb)>),
}

/// Finds palettes that cover all tiles. The result depends only on the arguments.
///
/// # Errors
/// If the operation was cancelled.
pub fn find_palettes(
    context: &Context,
    declared: &[Palette],
    images: &[CutImage<'_>],
    size: TileSize,
) -> Result<FoundPalettes, Stop> {
    let named = |one: &CutImage<'_>, finding: Finding| finding.file(one.artifact.file.as_str());
    let mut findings: Vec<Finding> = find_rich_images(images, size).collect();
    let search = PaletteSearch { declared, images, stop: &|| context.is_cancelled() };
    let found = search.find_with_own_palettes(size);
    check_cancelled(context)?;
    findings.extend(found.findings);
    let palettes = found.palettes;
    if found.is_too_many {
        findings.push(search.too_many_palettes(size));
    } else {
        let is_new = |one: &&CutImage<'_>| !images_are_covered(declared, std::slice::from_ref(*one));
        let rows = images.iter().filter(is_new).filter_map(|one| Some(named(one, note_rows(one, &palettes)?)));
        let rows: Vec<Finding> = rows.collect();
        // Rows of one image are what its author wanted.
        if rows.is_empty() {
            findings.extend(find_alike_palettes(&palettes, declared.len()).into_iter().map(Finding::from));
        }
        findings.extend(rows);
        let stored = StoredPalettes::new(&palettes);
        let repeated = images.iter().filter(is_new).filter_map(|one| Some(named(one, note_repeated(one, &stored)?)));
        findings.extend(repeated);
    }
    let choices = choose_palettes(&palettes, images);
    Ok(FoundPalettes { palettes, choices, findings })
}

/// What keeps these images out of any bank, of all that is found only when tiles are drawn. It must not come up only
/// after something else has been fixed.
pub fn find_undrawable(images: &[CutImage<'_>], size: TileSize) -> Vec<Finding> {
    let problems = |one: &CutImage<'_>| {
        let tiles = (one.artifact.index..).zip(&one.tiles.taken).map(|(id, (n, tile))| {
            let corner = one.image.cell_place(&one.grid, *n);
            let place = move |at: Pixel| tile_place(size, id, Some(at), Some(corner.plus(at)));
            (tile, place)
        });
        let key = check_color_key(one.image, one.artifact).err().map(Finding::from);
        let pixels = find_unusable_pixels(one.image, tiles).into_iter().map(Finding::from);
        let named = |finding: Finding| finding.file(one.artifact.file.as_str());
        key.into_iter().chain(pixels).map(named).collect::<Vec<_>>()
    };
    images.iter().flat_map(problems).collect()
}

/// The images with tiles that have more colors than a palette can draw.
pub fn find_rich_images(images: &[CutImage<'_>], size: TileSize) -> impl Iterator<Item = Finding> {
    images
        .iter()
        .filter_map(move |one| Some(Finding::from(find_rich_tiles(one, size)?).file(one.artifact.file.as_str())))
}

/// A bank whose palettes are being searched for.
struct PaletteSearch<'b> {
    declared: &'b [Palette],
    images: &'b [CutImage<'b>],
    /// Whether the operation was cancelled.
    stop: &'b dyn Fn() -> bool,
}

/// The palettes of one search.
struct Search {
    palettes: Vec<Palette>,
    /// Why named palettes do not cover tiles.
    findings: Vec<Finding>,
    /// Whether some tiles are not covered, because a bank cannot have more palettes.
    is_too_many: bool,
}

impl Search {
    fn needs_fewer(&self, other: &Self) -> bool {
        (self.is_too_many, self.palettes.len()) < (other.is_too_many, other.palettes.len())
    }
}

/// Palettes whose order is fixed, declared ones and images' own, with the colors that are added at their ends.
struct OrderedPalettes(Vec<Palette>);

impl OrderedPalettes {
    fn row(&self, palette: usize) -> ColorRow {
        self.0[palette].colors.iter().skip(1).map(|color| color.to_565()).collect()
    }

    fn room(&self, palette: usize) -> usize {
        // The colors of a file are not the packer's to change.
        let is_file = self.0[palette].file.is_some();
        if is_file { 0 } else { PALETTE_COLORS.saturating_sub(self.0[palette].colors.len()) }
    }

    /// The colors that the palette cannot draw, each once.
    fn lacking(&self, palette: usize, plain: &[ImagePixel]) -> Vec<Rgb> {
        let row = self.row(palette);
        let mut lacking: BTreeMap<Rgb565, Rgb> = BTreeMap::new();
        for pixel in plain.iter().filter(|pixel| !row.contains(&pixel.rgb565())) {
            lacking.entry(pixel.rgb565()).or_insert(pixel.rgb);
        }
        lacking.into_values().collect()
    }
}

/// Whether the first colors of `longer` are all of `shorter`.
fn begins_with(longer: &OwnPalette, shorter: &OwnPalette) -> bool {
    let (longer, shorter) = (&longer.palette.colors, &shorter.palette.colors);
    shorter.len() <= longer.len() && std::iter::zip(shorter, longer).all(|(a, b)| a.to_565() == b.to_565())
}

pub(super) fn unnamed(colors: Vec<Rgb>) -> Palette {
    Palette::of_colors(None, colors)
}

impl PaletteSearch<'_> {
    /// All palettes, including the images' own. An own palette that draws only some of its image's tiles is used if
    /// that takes no additional palette. None is used if there were too many palettes then.
    fn find_with_own_palettes(&self, size: TileSize) -> Search {
        let own = self.own_palettes(|_| true);
        let whole = self.own_palettes(|own| own.is_whole);
        let mut found = self.find_keeping_indices(&own, size);
        if whole.len() < own.len() {
            let other = self.find_keeping_indices(&whole, size);
            if other.needs_fewer(&found) {
                found = other;
            }
        }
        if found.is_too_many && !own.is_empty() {
            found = self.find_keeping_indices(&[], size);
        }
        found
    }

    /// The own palettes of the indexed images that are `wanted`, in the order of the images, if a tile that needs a
    /// palette has indices of theirs.
    fn own_palettes(&self, wanted: impl Fn(&OwnPalette) -> bool) -> Vec<Palette> {
        let mut found: Vec<OwnPalette> = Vec::new();
        for one in self.images {
            let mut own = OwnPalette::all_of(one);
            own.retain(&wanted);
            let needs_one = |tile: &CutTile| {
                let colors = plain_pixels(tile);
                own.iter().any(|palette| palette.has_indices(&colors))
                    && !is_too_rich(&colors)
                    && !self.is_covered(one, &colors)
                    && !found.iter().any(|other| other.has_indices(&colors))
            };
            if one.artifact.palette.is_some() || !one.tiles.taken.iter().any(|(_, tile)| needs_one(tile)) {
                continue;
            }
            let earlier = found.len();
            for palette in own {
                // A palette that begins with one of an earlier image replaces it.
                if let Some(shorter) = found[..earlier].iter_mut().find(|other| begins_with(&palette, other)) {
                    *shorter = palette;
                } else if !found[..earlier].iter().any(|other| begins_with(other, &palette)) {
                    found.push(palette);
                }
            }
        }
        found.into_iter().map(|own| own.palette).collect()
    }

    /// Whether a declared palette already draws these colors.
    fn is_covered(&self, one: &CutImage<'_>, colors: &[ImagePixel]) -> bool {
        let palettes = StoredPalettes::new(self.declared);
        palettes.find_match(palettes.candidates(one.artifact), colors, one.image.own_palette.is_some()).is_some()
    }

    /// All palettes: declared, own, new. Declared palettes grow, and own ones are used, only if every tile that was
    /// already drawn keeps its indices.
    fn find_keeping_indices(&self, own: &[Palette], size: TileSize) -> Search {
        let attempts = [(own, true), (own, false), (&[], true)];
        let mut found = attempts.iter().map(|(own, may_grow)| self.find_with(own, size, *may_grow));
        // Where palettes are too many even if declared ones grow, they are too many if these do not.
        let is_final = |found: &Search| found.is_too_many || self.keeps_indices(&found.palettes);
        found.find(is_final).unwrap_or_else(|| self.find_with(&[], size, false))
    }

    fn find_with(&self, own: &[Palette], size: TileSize, may_grow: bool) -> Search {
        let mut ordered = OrderedPalettes(self.declared.iter().chain(own).cloned().collect());
        let full = self.images.iter().filter_map(|one| {
            let problem = self.fill_named_palette(&mut ordered, one, size)?;
            Some(Finding::from(problem).file(one.artifact.file.as_str()))
        });
        let findings = full.collect();
        let mut colors = ColorNumbers::default();
        let items = self.uncovered_sets(&ordered, &mut colors);
        let fixed: Vec<FixedPage> = (0..ordered.0.len())
            .map(|at| FixedPage {
                colors: ordered.row(at).into_iter().map(|color| colors.number(color)).collect(),
                room: if at < self.declared.len() && !may_grow { 0 } else { ordered.room(at) },
            })
            .collect();
        let Pages { mut pages, is_complete } =
            find_pages(&items, &fixed, DRAWN_COLORS, MAX_PALETTES as usize, self.stop);
        let new = pages.split_off(fixed.len().min(pages.len()));
        let new = only_needed_colors(&by_appearance(new, &items), &pages, &items);
        for (at, page) in pages.iter().enumerate() {
            let row = ordered.row(at);
            let added = colors.in_order(page).filter(|color| !row.contains(color));
            ordered.0[at].colors.extend(added.map(|color| colors.shown(color)));
        }
        let palettes = self.with_new_palettes(ordered, &new, &colors);
        Search { palettes, findings, is_too_many: !is_complete }
    }

    /// The colors of each tile that no ordered palette draws.
    fn uncovered_sets(&self, ordered: &OrderedPalettes, colors: &mut ColorNumbers) -> Vec<ColorSet> {
        let palettes = StoredPalettes::new(&ordered.0);
        let mut items = Vec::new();
        for one in self.images.iter().filter(|one| one.artifact.palette.is_none()) {
            let is_indexed = one.image.own_palette.is_some();
            let reading = IndexReading::of(one);
            for (_, tile) in &one.tiles.taken {
                let plain = plain_pixels(tile);
                let is_drawn = || palettes.find_match(0..ordered.0.len(), &plain, is_indexed).is_some();
                if !plain.is_empty() && !is_too_rich(&plain) && !is_drawn() {
                    items.push(colors.set_of(reading, &plain));
                }
            }
        }
        items
    }

    /// The ordered palettes, then one for each new page.
    fn with_new_palettes(&self, ordered: OrderedPalettes, new: &[ColorSet], colors: &ColorNumbers) -> Vec<Palette> {
        let first_key = self.images.first().map_or(LIKELY_KEY, key_of);
        let rows: Vec<ColorRow> = (0..ordered.0.len()).map(|at| ordered.row(at)).collect();
        let sets: Vec<BTreeSet<Rgb565>> = new.iter().map(|page| colors.in_order(page).collect()).collect();
        let shared = self.shared_colors(&rows, &sets);
        let new_rows = order_colors(&rows, &sets, &shared, &colors.wishes(new));
        let mut palettes = ordered.0;
        for (set, row) in std::iter::zip(&sets, new_rows) {
            let key = self.images.iter().find(|one| draws_any(one, set)).map_or(first_key, key_of);
            let declared = |stored| {
                palettes.iter().flat_map(|palette| &palette.colors).find(move |color| color.to_565() == stored)
            };
            // A color that fills a gap may be one of an earlier palette; it is then written as it is there.
            let shown = |stored| match declared(stored) {
                Some(color) if !set.contains(&stored) => *color,
                _ => colors.shown(stored),
            };
            let drawn = row.into_iter().map(shown).collect();
            palettes.push(self.rotated_palette(key, drawn));
        }
        if palettes.is_empty() {
            palettes.push(unnamed(vec![first_key]));
        }
        palettes
    }

    /// A new palette of these colors, rotated until it draws no tile that was already drawn: where the indices of an
    /// indexed image match a palette, that palette is preferred to one that only has the colors.
    fn rotated_palette(&self, key: Rgb, mut drawn: Vec<Rgb>) -> Palette {
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

    /// The colors of tiles that fit several palettes. Such a tile should get the same indices in all of them.
    fn shared_colors(&self, rows: &[ColorRow], new: &[BTreeSet<Rgb565>]) -> BTreeSet<Rgb565> {
        let pages: Vec<BTreeSet<Rgb565>> =
            rows.iter().map(|row| row.iter().copied().collect()).chain(new.iter().cloned()).collect();
        let free = self.images.iter().filter(|one| one.artifact.palette.is_none());
        let tiles: BTreeSet<BTreeSet<Rgb565>> =
            free.flat_map(|one| &one.tiles.taken).map(|(_, tile)| distinct_colors(&plain_pixels(tile))).collect();
        let fits_several = |tile: &&BTreeSet<Rgb565>| pages.iter().filter(|page| tile.is_subset(page)).nth(1).is_some();
        tiles.iter().filter(fits_several).flatten().copied().collect()
    }

    /// Adds to the palette that an artifact names what its tiles need.
    fn fill_named_palette(
        &self,
        ordered: &mut OrderedPalettes,
        one: &CutImage<'_>,
        size: TileSize,
    ) -> Option<PaletteProblem> {
        let palette = one.artifact.palette? as usize;
        let mut places = Places::default();
        let mut first = None;
        for (id, (n, tile)) in (one.artifact.index..).zip(&one.tiles.taken) {
            let plain = plain_pixels(tile);
            if is_too_rich(&plain) || self.is_covered(one, &plain) {
                continue;
            }
            let (lacking, room) = (ordered.lacking(palette, &plain), ordered.room(palette));
            if lacking.len() <= room {
                ordered.0[palette].colors.extend(lacking);
            } else {
                places.add(tile_place(size, id, None, Some(one.image.cell_place(&one.grid, *n))));
                first.get_or_insert((lacking, room));
            }
        }
        let (lacking, room) = first?;
        let file = ordered.0[palette].file.as_ref().map(|source| source.path.clone());
        Some(PaletteProblem::PaletteFull { palette, file, lacking, room, places })
    }

    /// The tiles and colors that cost most where palettes are too many.
    fn too_many_palettes(&self, size: TileSize) -> Finding {
        struct Uncovered<'t> {
            file: &'t str,
            tile: u32,
            corner: ImagePlace,
            colors: BTreeMap<Rgb565, Rgb>,
        }
        let mut uncovered = Vec::new();
        for one in self.images {
            for (tile, (n, cut)) in (one.artifact.index..).zip(&one.tiles.taken) {
                let plain = plain_pixels(cut);
                if plain.is_empty() || is_too_rich(&plain) || self.is_covered(one, &plain) {
                    continue;
                }
                let colors = plain.iter().rev().map(|pixel| (pixel.rgb565(), pixel.rgb)).collect();
                uncovered.push(Uncovered {
                    file: one.artifact.file.as_str(),
                    tile,
                    corner: one.image.cell_place(&one.grid, *n),
                    colors,
                });
            }
        }
        let mut uses: BTreeMap<Rgb565, usize> = BTreeMap::new();
        uncovered.iter().flat_map(|one| one.colors.keys()).for_each(|color| *uses.entry(*color).or_default() += 1);
        // A color costs each of its tiles a part of its place in a palette.
        let cost = |one: &Uncovered<'_>| one.colors.keys().map(|color| COLOR_COST / uses[color] as u64).sum::<u64>();
        uncovered.sort_by_cached_key(|one| std::cmp::Reverse(cost(one)));
        let costly = |one: &Uncovered<'_>| {
            let fewest = one.colors.keys().map(|color| uses[color]).min().unwrap_or(1);
            let is_rare = |color: &Rgb565| uses[color] == 1 || uses[color] == fewest;
            let rare = one.colors.iter().filter(|(color, _)| is_rare(color)).map(|(_, rgb)| *rgb).collect();
            let file = one.file.to_owned();
            CostlyTile { file, tile: one.tile, colors: one.colors.len(), rare, others: fewest - 1 }
        };
        let tiles: Vec<CostlyTile> = uncovered.iter().take(COSTLY_TILES).map(costly).collect();
        let mut places = Places::default();
        let first = uncovered.first().map(|one| one.file);
        for one in uncovered.iter().take(COSTLY_TILES).filter(|one| Some(one.file) == first) {
            places.add(tile_place(size, one.tile, None, Some(one.corner)));
        }
        let finding = Finding::from(PaletteProblem::TooManyPalettes { colors: uses.len(), tiles, places });
        match first {
            Some(file) => finding.file(file),
            None => finding,
        }
    }

    /// Whether each tile that the declared palettes draw still gets the same indices.
    fn keeps_indices(&self, palettes: &[Palette]) -> bool {
        let (before, after) = (StoredPalettes::new(self.declared), StoredPalettes::new(palettes));
        self.images.iter().all(|one| {
            let is_indexed = one.image.own_palette.is_some();
            one.tiles.taken.iter().map(|(_, tile)| plain_pixels(tile)).all(|colors| {
                let old = before.find_match(before.candidates(one.artifact), &colors, is_indexed);
                let Some(old) = old else { return true };
                let new = after.find_match(after.candidates(one.artifact), &colors, is_indexed);
                let is_kept = |new, pixel| before.pixel_index(old, pixel) == after.pixel_index(new, pixel);
                new.is_some_and(|new| colors.iter().all(|pixel| is_kept(new, pixel)))
            })
        })
    }
}

/// Whether `palettes` draw all tiles of these images.
fn images_are_covered(palettes: &[Palette], images: &[CutImage<'_>]) -> bool {
    let search = PaletteSearch { declared: palettes, images, stop: &|| false };
    let is_covered =
        |one: &CutImage<'_>| one.tiles.taken.iter().all(|(_, tile)| search.is_covered(one, &plain_pixels(tile)));
    images.iter().all(is_covered)
}

/// A finding if an image draws with several indices of one color: a warning if it draws with no other.
fn note_repeated(one: &CutImage<'_>, palettes: &StoredPalettes<'_>) -> Option<Finding> {
    let is_indexed = one.image.own_palette.is_some();
    let mut indices: BTreeMap<(usize, Rgb565), BTreeSet<u8>> = BTreeMap::new();
    let mut keeps_indices = true;
    for plain in one.tiles.taken.iter().map(|(_, tile)| plain_pixels(tile)) {
        match palettes.find_match(palettes.candidates(one.artifact), &plain, is_indexed) {
            Some(found @ PaletteMatch::ByIndex(palette)) => plain.iter().for_each(|pixel| {
                let index = palettes.pixel_index(found, pixel);
                indices.entry((palette, pixel.rgb565())).or_default().insert(index);
            }),
            _ => keeps_indices = false,
        }
    }
    let mut repeated = indices.iter().filter(|(_, indices)| indices.len() > 1);
    let ((palette, _), first) = repeated.next()?;
    let indices_of_first: Vec<u8> = first.iter().copied().collect();
    let rgb = palettes.declared()[*palette].colors[usize::from(indices_of_first[0])];
    // What loses its indices is reported when its tiles are drawn.
    if indices.len() == 1 && keeps_indices {
        return Some(FitCause::Flat { rgb, indices: first.len() }.into());
    }
    let color = AmbiguousColor { rgb, indices: indices_of_first };
    Some(PaletteProblem::RepeatedColors { palette: *palette, color, more: repeated.count() }.into())
}

/// Pairs of palettes with the same colors in a different order, of which the second is new: the first such pair of
/// each new palette.
fn find_alike_palettes(palettes: &[Palette], declared: usize) -> Vec<PaletteProblem> {
    let drawn = |palette: &Palette| {
        let mut colors: Vec<Rgb565> = palette.colors.iter().skip(1).map(|rgb| rgb.to_565()).collect();
        colors.sort_unstable();
        colors
    };
    let sorted: Vec<Vec<Rgb565>> = palettes.iter().map(drawn).collect();
    let first_alike = |second: usize| {
        let first = sorted[..second].iter().position(|other| other.len() > 1 && *other == sorted[second])?;
        Some(PaletteProblem::SameColors { first, second })
    };
    (declared..palettes.len()).filter_map(first_alike).collect()
}

/// The colors of the tiles that need a palette, numbered as they appear.
#[derive(Default)]
struct ColorNumbers {
    numbers: BTreeMap<Rgb565, usize>,
    order: Vec<Rgb565>,
    shown: BTreeMap<Rgb565, Rgb>,
    /// The positions that authors gave them; position 0 is index 1.
    authored: BTreeMap<Rgb565, usize>,
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

    /// The set of a tile's colors.
    fn set_of(&mut self, reading: Option<IndexReading>, plain: &[ImagePixel]) -> ColorSet {
        let mut set = ColorSet::new();
        for pixel in plain {
            let color = pixel.rgb565();
            set.insert(self.number(color));
            self.shown.entry(color).or_insert(pixel.rgb);
            if let Some(index) = reading.and_then(|reading| reading.author_index(pixel)) {
                self.authored.entry(color).or_insert(index - 1);
            }
        }
        set
    }

    fn in_order<'c>(&'c self, page: &'c ColorSet) -> impl Iterator<Item = Rgb565> + 'c {
        page.iter().map(|number| self.order[*number])
    }

    /// A color of the image, at its first place.
    fn shown(&self, color: Rgb565) -> Rgb {
        self.shown.get(&color).copied().unwrap_or(color.to_rgb())
    }

    /// The position that each color would have if it were alone: its author's, or the next one in its palette.
    fn wishes(&self, pages: &[ColorSet]) -> BTreeMap<Rgb565, Wish> {
        let mut wishes = BTreeMap::new();
        for page in pages {
            for (position, color) in self.in_order(page).enumerate() {
                let authored = self.authored.get(&color).copied();
                let wish = Wish { is_turn: authored.is_none(), position: authored.unwrap_or(position) };
                wishes.entry(color).or_insert(wish);
            }
        }
        wishes
    }
}

/// The pages in the order in which the first of their tiles appear.
fn by_appearance(mut pages: Vec<ColorSet>, items: &[ColorSet]) -> Vec<ColorSet> {
    pages.sort_by_cached_key(|page| items.iter().position(|item| item.is_subset(page)));
    pages
}

/// The new pages, each with only the colors of the tiles that no page before it draws: the fewer tiles fit several
/// pages, the better.
fn only_needed_colors(new: &[ColorSet], existing: &[ColorSet], items: &[ColorSet]) -> Vec<ColorSet> {
    let mut needed = vec![ColorSet::new(); new.len()];
    for item in items.iter().filter(|item| !existing.iter().any(|page| item.is_subset(page))) {
        if let Some(first) = new.iter().position(|page| item.is_subset(page)) {
            needed[first].extend(item);
        }
    }
    needed.retain(|page| !page.is_empty());
    needed
}

/// The distinct pixels of a tile that have a plain color.
pub(super) fn plain_pixels(tile: &CutTile) -> Vec<ImagePixel> {
    tile.colors.iter().filter(|pixel| pixel.kind == PixelKind::Opaque).copied().collect()
}

fn distinct_colors(plain: &[ImagePixel]) -> BTreeSet<Rgb565> {
    plain.iter().map(ImagePixel::rgb565).collect()
}

fn is_too_rich(plain: &[ImagePixel]) -> bool {
    distinct_colors(plain).len() > DRAWN_COLORS
}

/// Whether a palette of these colors is for tiles of this image.
fn draws_any(one: &CutImage<'_>, colors: &BTreeSet<Rgb565>) -> bool {
    let mut sets = one.tiles.taken.iter().map(|(_, tile)| distinct_colors(&plain_pixels(tile)));
    one.artifact.palette.is_none() && sets.any(|set| !set.is_empty() && set.is_subset(colors))
}

/// Color 0 of a palette for this image.
pub(super) fn key_of(one: &CutImage<'_>) -> Rgb {
    match (one.artifact.color_key, one.image.own_palette.as_deref()) {
        (Some(ColorKey::Color(rgb)), _) => rgb,
        (Some(ColorKey::Index0), Some([first, ..])) => *first,
        _ => LIKELY_KEY,
    }
}

/// For each image the first palette that covers all of its tiles, if there are several palettes.
fn choose_palettes(palettes: &[Palette], images: &[CutImage<'_>]) -> Vec<Option<u32>> {
    let stored = StoredPalettes::new(palettes);
    let covers = |one: &CutImage<'_>, at: usize| {
        one.tiles.taken.iter().all(|(_, tile)| {
            let colors = plain_pixels(tile);
            stored.find_match(at..at + 1, &colors, one.image.own_palette.is_some()).is_some()
        })
    };
    let choice = |one: &CutImage<'_>| {
        let at = (0..palettes.len()).find(|at| covers(one, *at)).filter(|_| palettes.len() > 1)?;
        u32::try_from(at).ok()
    };
    images.iter().map(choice).collect()
}

/// The tiles of an image that have more colors than a palette can draw; `None` if there are none.
fn find_rich_tiles(one: &CutImage<'_>, size: TileSize) -> Option<PaletteProblem> {
    let mut places = Places::default();
    let mut rich = Vec::new();
    for (id, (n, tile)) in (one.artifact.index..).zip(&one.tiles.taken) {
        if is_too_rich(&plain_pixels(tile)) {
            places.add(tile_place(size, id, None, Some(one.image.cell_place(&one.grid, *n))));
            rich.push(tile);
        }
    }
    let colors = colors_by_pixels(rich.first()?);
    Some(PaletteProblem::TooManyColors {
        rich_tiles: rich.len(),
        all_tiles: one.tiles.taken.len(),
        most_colors: rich.iter().map(|tile| distinct_colors(&plain_pixels(tile)).len()).max().unwrap_or(0),
        fixes: rich_tile_fixes(one, &rich, &colors, size),
        colors,
        places,
    })
}

/// What would help this image. A color key or a tile size is among it only if every tile has few enough colors then.
fn rich_tile_fixes(one: &CutImage<'_>, rich: &[&CutTile], colors: &[(Rgb, u64)], size: TileSize) -> Vec<RichTileFix> {
    let mut fixes = Vec::new();
    let fits_without = |removes: &dyn Fn(&ImagePixel) -> bool| {
        rich.iter().all(|tile| {
            let left: Vec<ImagePixel> = plain_pixels(tile).into_iter().filter(|pixel| !removes(pixel)).collect();
            !is_too_rich(&left)
        })
    };
    let has_key = one.artifact.color_key.is_some() || one.tiles.clear_pixels > 0;
    if one.image.own_palette.is_some() && one.artifact.color_key.is_none() && fits_without(&|pixel| pixel.index == 0) {
        fixes.push(RichTileFix::KeyIndex0);
    } else if !has_key {
        let is_key = |(rgb, _): &&(Rgb, u64)| fits_without(&|pixel| pixel.rgb565() == rgb.to_565());
        fixes.extend(colors.iter().find(is_key).map(|(rgb, _)| RichTileFix::KeyColor(*rgb)));
    }
    fixes.extend(smaller_tile_size(one, size).map(RichTileFix::TileSize));
    if rich.len() * 2 > one.tiles.taken.len() && rich.len() > 1 {
        fixes.push(RichTileFix::ReduceImage);
    }
    fixes.push(RichTileFix::MergePairs(most_similar_pairs(colors)));
    fixes
}

/// The largest smaller tile size at which no tile has too many colors. A bank then has as much room as before.
fn smaller_tile_size(one: &CutImage<'_>, size: TileSize) -> Option<TileSize> {
    let smaller = TileSize::ALL.into_iter().rev().filter(|other| other.pixels() < size.pixels());
    let is_whole = one.artifact.cut == Cut::default() && one.tiles.count() <= size.capacity();
    smaller.filter(|_| is_whole).find(|other| !one.tiles.split(*other).any(|tile| is_too_rich(&plain_pixels(&tile))))
}

/// The colors of a tile, distinct as the console shows them, those on most pixels first.
fn colors_by_pixels(tile: &CutTile) -> Vec<(Rgb, u64)> {
    let mut counts: BTreeMap<Rgb565, (Rgb, u64)> = BTreeMap::new();
    for (_, pixel) in tile.remaining().filter(|(_, pixel)| pixel.kind == PixelKind::Opaque) {
        counts.entry(pixel.rgb565()).or_insert((pixel.rgb, 0)).1 += 1;
    }
    let mut counted: Vec<(Rgb, u64)> = counts.into_values().collect();
    counted.sort_by_key(|(rgb, count)| (std::cmp::Reverse(*count), *rgb));
    counted
}

/// The pairs of colors that look most alike: where a color can be saved most easily.
fn most_similar_pairs(colors: &[(Rgb, u64)]) -> Vec<(Rgb, Rgb)> {
    let rgb: Vec<Rgb> = colors.iter().map(|(rgb, _)| *rgb).collect();
    let mut pairs: Vec<(u8, Rgb, Rgb)> = Vec::new();
    for (i, a) in rgb.iter().enumerate() {
        pairs.extend(rgb[i + 1..].iter().map(|b| (a.distance(*b), *a, *b)));
    }
    pairs.sort();
    pairs.into_iter().take(SIMILAR_PAIRS).map(|(_, a, b)| (a, b)).collect()
}
