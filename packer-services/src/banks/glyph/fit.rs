//! Turns the tiles of one artifact into indices, and collects why the others cannot be drawn.
//!
//! The causes are grouped as an artist fixes them: one cause per missing color, or one for all of them where a whole
//! palette is missing (spec: banks, "What a finding about a color says"). `findings` puts them into words.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::image::{Image, ImagePixel, PixelKind};
use super::matching::{PaletteMatch, StoredPalettes};
use super::own_palettes::without_filling;
use super::pixel_rule::HALF_ALPHA;
use super::tiles::{CutTile, CutTiles, Keying};
use crate::declaration::{ColorKey, GlyphArtifact};
use crate::diagnostics::{Pixel, Place, Places};
use crate::formats::{MAX_PALETTES, PALETTE_COLORS, Rgb, Rgb565};
use crate::paths::RelPath;

/// A color whose channels all differ by at most this from a declared color is reported as a near miss of that color.
/// Color management, lossy saving and an eyedropper on scaled art shift a channel by a few steps; 16 is two steps of
/// the console's 5-bit channels. With a smaller value such shifts become stray or undeclared colors, whose advice is
/// wrong for them. With a larger one, neighboring shades of a ramp count as slips of each other.
const NEAR_DISTANCE: u8 = 16;

/// Beyond this distance, a quarter of a channel's range, the closest declared color is not named. With a larger value a
/// finding points at a color that merely happens to be closest, such as a gray for a blue; with a smaller one it no
/// longer names the base color of a wrong shade. Only the wording depends on it.
const SIMILAR_DISTANCE: u8 = 64;

/// A color on at most one in this many of an image's pixels is stray: 5 % can be removed by hand. A larger share is a
/// color that the artist used on purpose, for which a palette is the likely fix.
const STRAY_SHARE: u64 = 20;

/// A color on at most this many pixels is stray, however small the image is. 5 % of one 8 × 8 tile are 3 pixels, fewer
/// than one row of stray pixels.
const STRAY_PIXELS: u64 = 8;

/// More stray colors than this are reported together, as one missing palette. Half a palette is no longer a few slips,
/// and one finding for each would hide all others. A lower limit would hide the places of a few unrelated slips in one
/// list.
const STRAY_COLORS: usize = 8;

/// Color 0 where the art has no key of its own. Magenta is what most tools of pixel artists use for transparent,
/// because art hardly ever contains it.
pub const LIKELY_KEY: Rgb = Rgb([0xFF, 0x00, 0xFF]);

/// Fits the tiles of one artifact to palettes, one after the other.
pub struct TileFitter<'a> {
    palettes: &'a StoredPalettes<'a>,
    /// The palettes that may draw the tiles: all, or the one that the artifact names.
    candidates: Range<usize>,
    is_palette_named: bool,
    /// Whether the key is `index0`, and nothing in the image is transparent.
    is_index0_idle: bool,
    image: &'a Image,
    /// The image's own palette, without what a program filled it with; empty if it is not indexed.
    own_colors: &'a [Rgb],
    remaining_pixels: u64,
    unusable: UnusablePixels,
    missing: BTreeMap<Rgb565, MissingColor>,
    /// Declared colors of tiles that also have missing ones.
    beside_missing: BTreeSet<Rgb565>,
    across: FirstAndPlaces<BTreeSet<Rgb565>>,
    fragile: FirstAndPlaces<(usize, usize)>,
    /// Colors that the palette of a tile has at several indices, by that palette.
    ambiguous: BTreeMap<(usize, Rgb565, Ambiguity), (AmbiguousColor, Places)>,
    /// Tiles with pixels of index 0, the key, whose color is color 0 of no candidate.
    foreign_key: Places,
    /// Pixels in the color that often means transparent, which is color 0 of their palette.
    key_drawn: Places,
    has_key: bool,
    /// The color key, as the console stores it, if it is a color: no pixel of it is visible.
    key_color: Option<Rgb565>,
    /// The image's colors.
    seen: SeenColors,
    /// The same, as [`SeenColors::by_stored`]: once all tiles are fitted, and only if a cause may need them.
    seen_by_stored: BTreeMap<Rgb565, Vec<Rgb>>,
    /// Whether every tile so far keeps its author's indices.
    keeps_indices: bool,
    /// The tiles that are not drawn, by id, each with the first reason found.
    failed: Vec<(u32, TileFailure)>,
    /// A candidate whose colors are unknown: nothing can be said about a tile that no other one draws.
    unread: Option<u32>,
    /// The ids of such tiles.
    unread_tiles: Vec<u32>,
}

/// The colors of an image.
struct SeenColors {
    is_indexed: bool,
    /// Whether there is a pixel with each index.
    indices: [bool; 256],
    /// The colors, if it is not indexed.
    known: BTreeSet<Rgb>,
    /// In the order in which they occur. Indices with one color repeat it.
    in_order: Vec<Rgb>,
}

impl SeenColors {
    fn new(is_indexed: bool) -> Self {
        Self { is_indexed, indices: [false; 256], known: BTreeSet::new(), in_order: Vec::new() }
    }

    fn add(&mut self, pixel: &ImagePixel) {
        let is_known = std::mem::replace(&mut self.indices[usize::from(pixel.index)], true);
        let is_new = if self.is_indexed { !is_known } else { self.known.insert(pixel.rgb) };
        if is_new {
            self.in_order.push(pixel.rgb);
        }
    }

    /// How many indices there are.
    fn count_indices(&self) -> usize {
        self.indices.iter().filter(|is_seen| **is_seen).count()
    }

    /// Whether no two of them become one on the console.
    fn are_distinct(&self) -> bool {
        let mut stored: Vec<Rgb565> = self.in_order.iter().map(|rgb| rgb.to_565()).collect();
        stored.sort_unstable();
        stored.is_sorted_by(|a, b| a < b)
    }

    /// The colors as the console stores them, each with those of the image that become it.
    fn by_stored(&self) -> BTreeMap<Rgb565, Vec<Rgb>> {
        let mut by_stored: BTreeMap<Rgb565, Vec<Rgb>> = BTreeMap::new();
        for rgb in &self.in_order {
            let same = by_stored.entry(rgb.to_565()).or_default();
            if !same.contains(rgb) {
                same.push(*rgb);
            }
        }
        by_stored
    }
}

/// What came of the tiles of an artifact.
pub struct FitReport {
    /// Everything that is wrong with them.
    pub causes: Vec<FitCause>,
    /// The ids of the tiles that are not drawn, each with the position of its cause in `causes`.
    pub failed: Vec<(u32, usize)>,
    /// The ids of the tiles that are not drawn because a palette that might draw them has a file that cannot be used,
    /// with that palette.
    pub unread: Vec<(u32, u32)>,
    /// The position in `causes` of what keeps a tile from being drawn.
    failures: Vec<(TileFailure, usize)>,
}

impl FitReport {
    /// The position in `causes` of what is wrong with this pixel of a tile that is not drawn; `None` if nothing is.
    pub fn cause_of_pixel(&self, pixel: &ImagePixel) -> Option<usize> {
        let failure = match pixel.kind {
            PixelKind::Opaque => TileFailure::Missing(pixel.rgb565()),
            PixelKind::Clear => return None,
            PixelKind::Partial(_) => TileFailure::PartialAlpha,
            PixelKind::Deep => TileFailure::InexactDepth,
            PixelKind::NoColor => TileFailure::UnknownIndex,
        };
        self.failures.iter().find(|(other, _)| *other == failure).map(|(_, cause)| *cause)
    }
}

/// One thing that is wrong with the pixels or colors of an artifact.
#[derive(Debug)]
pub enum FitCause {
    /// Pixels are neither opaque nor transparent; `alpha` is the first one's.
    PartialAlpha { alpha: u8, counts: AlphaCounts, is_png: bool, places: Places },
    /// 16-bit colors have no exact 8-bit value; `rgb` is near the first one.
    InexactDepth { rgb: Rgb, places: Places },
    /// Pixels have indices past the image's own palette, whose highest is `last`; `index` is the first one's.
    UnknownIndex { index: u8, last: usize, places: Places },
    /// The colors of tiles are declared, but no candidate has all of them.
    ColorsAcross {
        /// Distinct colors of the first such tile.
        colors: usize,
        /// The palettes that lack fewest of them, with what they lack.
        closest: Vec<(usize, Vec<Rgb>)>,
        places: Places,
    },
    /// Tiles fit `used` and, with other indices, `other`.
    Fragile {
        used: usize,
        other: usize,
        /// A palette that has all colors of the image, `used` if it has.
        holds_image: Option<usize>,
        places: Places,
    },
    /// Pixels of a color could have several indices of the palette that draws them.
    Ambiguous { palette: usize, color: AmbiguousColor, reason: Ambiguity, places: Places },
    /// Index 0, the color key, has a color that is color 0 of no candidate.
    ForeignKey {
        index0: Rgb,
        /// Color 0 of the only candidate; `None` if there are several.
        key: Option<(usize, Rgb)>,
        candidates: usize,
        places: Places,
    },
    /// Pixels have the [`LIKELY_KEY`], which is color 0 of their palette too, and are visible.
    KeyDrawn { places: Places },
    /// All that an image draws has one color, but so many indices, which it loses.
    Flat { rgb: Rgb, indices: usize },
    /// Colors of the image become one on the console: the first such group, and how many more there are.
    ImageColorsMerge { group: Vec<Rgb>, more_groups: usize },
    /// Colors are not in the palette that the artifact names, but in others.
    Elsewhere {
        named: usize,
        /// Each with a palette that has it, and its index there.
        colors: Vec<(MissingColor, usize, u8)>,
        /// A palette that has all colors of the image.
        holds_image: Option<usize>,
        /// How the named palette can get the colors.
        adding: AddingColor,
    },
    /// A color is only color 0 of a candidate.
    OnlyKey {
        color: MissingColor,
        palette: usize,
        /// Whether it is index 0 of the image, and no other index.
        is_index0: bool,
    },
    /// A color is close to a declared one.
    NearMiss { color: MissingColor, tried: TriedPalettes, nearest: DeclaredColor, adding: AddingColor },
    /// A color is on very few pixels.
    Stray {
        color: MissingColor,
        tried: TriedPalettes,
        similar: Option<DeclaredColor>,
        /// The nearest color, however different it is.
        nearest: Option<DeclaredColor>,
        adding: AddingColor,
    },
    /// Colors were never declared.
    Undeclared {
        /// Those on most pixels first.
        colors: Vec<MissingColor>,
        tried: TriedPalettes,
        /// Of the only color.
        similar: Option<DeclaredColor>,
        fix: DeclarationFix,
    },
}

/// A color that a palette has more than once.
#[derive(Clone, Debug)]
pub struct AmbiguousColor {
    /// The declared color.
    pub rgb: Rgb,
    /// Its indices from 1 on, the lowest first.
    pub indices: Vec<u8>,
}

/// Why an image does not say which index of a color is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ambiguity {
    /// It does not have the indices of the palette: the lowest one was taken.
    MatchedByColor {
        /// Whether it has indices of its own.
        is_indexed: bool,
    },
    /// It has the indices of the palette, but this color at only so many of them: others may have been merged with
    /// them.
    Merged {
        /// At least 1.
        own_indices: usize,
    },
    /// It has this color only as index 0, the key: all of it became transparent.
    MergedWithKey,
    /// It draws nothing with index 0, the key, whose color this is too: none of it became transparent.
    KeyMoved,
}

/// A color that no candidate can draw.
#[derive(Debug)]
pub struct MissingColor {
    /// The color in the image.
    pub rgb: Rgb,
    /// Its pixels.
    pub places: Places,
    /// How many tiles have it.
    pub tiles: u64,
    /// Whether it is in a tile that is mostly drawn in colors that are neither declared nor close to a declared one.
    is_in_new_tile: bool,
    /// The candidates that draw everything else that is declared of its tiles.
    fitting: PaletteSet,
    last_tile: Option<u32>,
}

const _: () = assert!(MAX_PALETTES <= u64::BITS, "a set of palettes has a bit for each");

/// A set of palettes, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PaletteSet(u64);

impl PaletteSet {
    const ALL: Self = Self(u64::MAX);

    fn of(palettes: impl Iterator<Item = usize>) -> Self {
        Self(palettes.fold(0, |set, palette| set | (1 << palette)))
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn contains(self, palette: usize) -> bool {
        self.0 & (1 << palette) != 0
    }
}

/// A color of a declared palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclaredColor {
    /// The palette's index.
    pub palette: usize,
    /// The color's index in it.
    pub index: usize,
    /// The declared color.
    pub rgb: Rgb,
}

/// The palettes that a color was looked for in.
#[derive(Clone, Copy, Debug)]
pub enum TriedPalettes {
    /// The only palette.
    Only,
    /// The one that the artifact names, of several.
    Named(usize),
    /// All of so many.
    All(usize),
}

/// How a missing color can be added to the palettes that the artifact may use.
#[derive(Clone, Debug)]
pub enum AddingColor {
    /// To the declaration.
    ToDeclaration,
    /// To the file that is the palette.
    ToFile(RelPath),
    /// Not at all: the palette that the artifact names is full.
    PaletteFull,
    /// Not at all: there are as many palettes as a bank can have, and all are full.
    AllFull,
}

/// What would declare the missing colors.
#[derive(Debug)]
pub enum DeclarationFix {
    /// A palette has room for them, in this file if it is one.
    Extend { palette: usize, file: Option<RelPath>, colors: Vec<Rgb> },
    /// One more palette with all colors of the tiles that have missing ones.
    Add {
        palette: usize,
        key: Rgb,
        /// After the key.
        colors: Vec<Rgb>,
        /// Whether the artifact names a palette, and so has to name this one.
        is_palette_named: bool,
    },
    /// Several palettes, which must be searched for.
    Search,
    /// None: there are as many palettes as a bank can have, and all are full.
    AllFull,
}

/// How many partly transparent pixels there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlphaCounts {
    /// With [`HALF_ALPHA`] or more.
    pub high: u64,
    /// With less.
    pub low: u64,
}

impl AlphaCounts {
    fn add(&mut self, alpha: u8) {
        let count = if alpha >= HALF_ALPHA { &mut self.high } else { &mut self.low };
        *count += 1;
    }

    /// How many in total.
    pub fn total(self) -> u64 {
        self.high + self.low
    }
}

/// The alpha of an image that was not cut into tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UncutAlpha {
    /// Of the first pixel that is neither opaque nor transparent.
    pub alpha: u8,
    /// Where that pixel is in the image; of a sprite, among its frames one below the other.
    pub first: Pixel,
    /// How many such pixels there are.
    pub counts: AlphaCounts,
}

/// Why a tile is not drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TileFailure {
    PartialAlpha,
    InexactDepth,
    UnknownIndex,
    Missing(Rgb565),
    Across,
}

/// The first value of a problem, and every place that has the problem.
struct FirstAndPlaces<T> {
    first: Option<T>,
    places: Places,
}

impl<T> Default for FirstAndPlaces<T> {
    fn default() -> Self {
        Self { first: None, places: Places::default() }
    }
}

impl<T> FirstAndPlaces<T> {
    fn add(&mut self, place: Place, value: impl FnOnce() -> T) {
        self.places.add(place);
        self.first.get_or_insert_with(value);
    }
}

/// The pixels of tiles that no palette can draw, because they have no plain color.
#[derive(Default)]
struct UnusablePixels {
    partial_alpha: FirstAndPlaces<u8>,
    alpha_counts: AlphaCounts,
    inexact_depth: FirstAndPlaces<Rgb>,
    unknown_index: FirstAndPlaces<u8>,
}

impl UnusablePixels {
    /// Checks a tile; `None` if every remaining pixel has a plain color.
    fn check_tile(&mut self, tile: &CutTile, place: &impl Fn(Pixel) -> Place) -> Option<TileFailure> {
        let failure = tile.colors.iter().find_map(|pixel| match pixel.kind {
            PixelKind::Opaque => None,
            PixelKind::Partial(_) | PixelKind::Clear => Some(TileFailure::PartialAlpha),
            PixelKind::Deep => Some(TileFailure::InexactDepth),
            PixelKind::NoColor => Some(TileFailure::UnknownIndex),
        })?;
        for (at, pixel) in tile.remaining() {
            match pixel.kind {
                PixelKind::Opaque | PixelKind::Clear => {}
                PixelKind::Partial(alpha) => {
                    self.partial_alpha.add(place(at), || alpha);
                    self.alpha_counts.add(alpha);
                }
                PixelKind::Deep => self.inexact_depth.add(place(at), || pixel.rgb),
                PixelKind::NoColor => self.unknown_index.add(place(at), || pixel.index),
            }
        }
        Some(failure)
    }

    fn add_to(self, list: &mut CauseList, image: &Image) {
        let Self { partial_alpha, alpha_counts: counts, inexact_depth, unknown_index } = self;
        if let Some(alpha) = partial_alpha.first {
            let (places, is_png) = (partial_alpha.places, image.frames.is_empty());
            list.add([TileFailure::PartialAlpha], FitCause::PartialAlpha { alpha, counts, is_png, places });
        }
        if let Some(rgb) = inexact_depth.first {
            let places = inexact_depth.places;
            list.add([TileFailure::InexactDepth], FitCause::InexactDepth { rgb, places });
        }
        if let Some(index) = unknown_index.first {
            let last = image.own_palette.as_ref().map_or(0, Vec::len).saturating_sub(1);
            let places = unknown_index.places;
            list.add([TileFailure::UnknownIndex], FitCause::UnknownIndex { index, last, places });
        }
    }
}

/// What keeps the tiles of an image from being drawn whatever the palettes are. With each tile is what gives the place
/// of one of its pixels.
pub(super) fn find_unusable_pixels<'t, P: Fn(Pixel) -> Place>(
    image: &Image,
    tiles: impl Iterator<Item = (&'t CutTile, P)>,
) -> Vec<FitCause> {
    let mut unusable = UnusablePixels::default();
    for (tile, place) in tiles {
        unusable.check_tile(tile, &place);
    }
    let mut list = CauseList::default();
    unusable.add_to(&mut list, image);
    list.causes
}

/// The causes so far, and which of them keep tiles from being drawn.
#[derive(Default)]
struct CauseList {
    causes: Vec<FitCause>,
    failures: Vec<(TileFailure, usize)>,
}

impl CauseList {
    fn add(&mut self, failures: impl IntoIterator<Item = TileFailure>, cause: FitCause) {
        self.failures.extend(failures.into_iter().map(|failure| (failure, self.causes.len())));
        self.causes.push(cause);
    }

    fn cause_of(&self, failure: TileFailure) -> Option<usize> {
        self.failures.iter().find(|(other, _)| *other == failure).map(|(_, cause)| *cause)
    }
}

/// Looks for pixels that are neither opaque nor transparent in an image that is not cut into tiles.
#[derive(Debug)]
pub struct AlphaScan {
    /// The pixels that are transparent anyway.
    pub keying: Keying,
    /// What was found so far.
    pub found: Option<UncutAlpha>,
}

impl AlphaScan {
    /// A scan of an image with this keying.
    pub fn new(keying: Keying) -> Self {
        Self { keying, found: None }
    }

    /// Scans row `y`.
    pub fn push_row(&mut self, y: u32, row: &[ImagePixel]) {
        for (x, pixel) in (0u32..).zip(row) {
            if let PixelKind::Partial(alpha) = pixel.kind
                && !self.keying.removes(pixel)
            {
                let first = Pixel { x, y };
                let counts = AlphaCounts::default();
                self.found.get_or_insert(UncutAlpha { alpha, first, counts }).counts.add(alpha);
            }
        }
    }
}

/// The place of a tile, of one of whose pixels `place` is.
fn tile_of(place: Place) -> Place {
    match place {
        Place::Tile { tile, column, row, in_image, frame, .. } => {
            Place::Tile { tile, column, row, pixel: None, in_image, frame }
        }
        other => other,
    }
}

/// The image's own palette without filling; empty if it is not indexed.
fn own_colors<'a>(image: &'a Image, tiles: &CutTiles) -> &'a [Rgb] {
    let Some(own) = image.own_palette.as_deref() else { return &[] };
    let indices = tiles.taken.iter().flat_map(|(_, tile)| &tile.colors).map(|pixel| usize::from(pixel.index));
    without_filling(own, indices.max().unwrap_or(0))
}

impl<'a> TileFitter<'a> {
    /// A fitter for these tiles of `image`.
    pub fn new(palettes: &'a StoredPalettes<'a>, artifact: &GlyphArtifact, image: &'a Image, tiles: &CutTiles) -> Self {
        Self {
            palettes,
            candidates: palettes.candidates(artifact),
            is_palette_named: artifact.palette.is_some(),
            is_index0_idle: artifact.color_key == Some(ColorKey::Index0)
                && tiles.keyed_pixels + tiles.clear_pixels == 0,
            image,
            own_colors: own_colors(image, tiles),
            remaining_pixels: 0,
            unusable: UnusablePixels::default(),
            missing: BTreeMap::new(),
            beside_missing: BTreeSet::new(),
            across: FirstAndPlaces::default(),
            fragile: FirstAndPlaces::default(),
            ambiguous: BTreeMap::new(),
            foreign_key: Places::default(),
            key_drawn: Places::default(),
            has_key: artifact.color_key.is_some(),
            key_color: match artifact.color_key {
                Some(ColorKey::Color(key)) => Some(key.to_565()),
                _ => None,
            },
            seen: SeenColors::new(image.own_palette.is_some()),
            seen_by_stored: BTreeMap::new(),
            keeps_indices: true,
            failed: Vec::new(),
            unread: palettes.find_unread(palettes.candidates(artifact)).and_then(|palette| u32::try_from(palette).ok()),
            unread_tiles: Vec::new(),
        }
    }

    /// The palette that draws the tile with this id, and its indices, row-major; `None` if no palette does. `place`
    /// gives the place of one of its pixels.
    pub fn fit_tile(&mut self, id: u32, tile: &CutTile, place: impl Fn(Pixel) -> Place) -> Option<(u32, Vec<u8>)> {
        self.remaining_pixels += tile.remaining_pixels();
        self.note_seen(tile);
        if tile.has_keyed_index0 && self.foreign_key_color().is_some() {
            self.foreign_key.add(tile_of(place(Pixel { x: 0, y: 0 })));
        }
        let is_indexed = self.image.own_palette.is_some();
        let found = self.palettes.find_match(self.candidates.clone(), &tile.colors, is_indexed);
        self.keeps_indices &= matches!(found, Some(PaletteMatch::ByIndex(_)));
        if let Some(failure) = self.unusable.check_tile(tile, &place) {
            // Such a tile cannot be drawn, but its missing colors are reported in the same run.
            if self.unread.is_none() {
                self.note_missing(id, tile, &place);
            }
            self.failed.push((id, failure));
            return None;
        }
        if found.is_none() && self.unread.is_some() {
            self.unread_tiles.push(id);
            return None;
        }
        let corner = || tile_of(place(Pixel { x: 0, y: 0 }));
        let Some(found) = found else {
            let failure = self.note_missing(id, tile, &place).map_or(TileFailure::Across, TileFailure::Missing);
            if failure == TileFailure::Across {
                self.across.add(corner(), || tile.colors.iter().map(ImagePixel::rgb565).collect());
            }
            self.failed.push((id, failure));
            return None;
        };
        if let Some(other) = self.rival(found, tile) {
            self.fragile.add(corner(), || (found.palette(), other));
        }
        for (reason, color) in self.ambiguous_colors(found, tile) {
            let key = (found.palette(), color.rgb.to_565(), reason);
            self.ambiguous.entry(key).or_insert_with(|| (color, Places::default())).1.add(corner());
        }
        self.note_key_drawn(found.palette(), tile, &place);
        let palette = u32::try_from(found.palette()).unwrap_or(u32::MAX);
        Some((palette, tile.indices(|pixel| self.palettes.pixel_index(found, pixel))))
    }

    /// A later candidate that also has the tile's colors, but at other indices. A tile that keeps its author's indices
    /// has none.
    fn rival(&self, found: PaletteMatch, tile: &CutTile) -> Option<usize> {
        let PaletteMatch::ByColor(palette) = found else { return None };
        let index = |palette, pixel| self.palettes.pixel_index(PaletteMatch::ByColor(palette), pixel);
        (palette + 1..self.candidates.end)
            .filter(|other| self.palettes.has_colors(*other, &tile.colors))
            .find(|other| tile.colors.iter().any(|pixel| index(*other, pixel) != index(palette, pixel)))
    }

    /// The tile's colors that could have several indices of the palette that draws it. A tile that keeps its author's
    /// indices has such a color only if the image has it at fewer indices than the palette.
    fn ambiguous_colors(&self, found: PaletteMatch, tile: &CutTile) -> Vec<(Ambiguity, AmbiguousColor)> {
        let palette = found.palette();
        let key = self.palettes.stored()[palette][0];
        let colors: BTreeSet<Rgb565> = tile.colors.iter().map(ImagePixel::rgb565).collect();
        let repeated = colors.iter().filter_map(|color| {
            let indices = self.palettes.repeated_indices(palette, *color)?;
            let reason = match found {
                PaletteMatch::ByColor(_) => Ambiguity::MatchedByColor { is_indexed: self.image.own_palette.is_some() },
                PaletteMatch::ByIndex(_) => {
                    let own_indices = self.own_indices(tile, *color);
                    (own_indices < indices.len()).then_some(Ambiguity::Merged { own_indices })?
                }
            };
            Some((reason, self.ambiguous_color(palette, indices)))
        });
        let mut ambiguous: Vec<_> = repeated.collect();
        let mut add_key = |reason| {
            let index = self.palettes.index_of(palette, key);
            ambiguous.extend(index.map(|index| (reason, self.ambiguous_color(palette, vec![index]))));
        };
        if self.is_index0_idle && matches!(found, PaletteMatch::ByColor(_)) && colors.contains(&key) {
            add_key(Ambiguity::KeyMoved);
        }
        if tile.has_keyed_index0
            && let [index0, others @ ..] = self.own_colors
            && index0.to_565() == key
            && !others.iter().any(|other| other.to_565() == key)
        {
            add_key(Ambiguity::MergedWithKey);
        }
        ambiguous
    }

    /// At how many indices the image's own palette has a color, in the tile's row of 16 without column 0.
    fn own_indices(&self, tile: &CutTile, color: Rgb565) -> usize {
        let row = tile.colors.first().map_or(0, |pixel| usize::from(pixel.palette_row()));
        let colors = self.own_colors.chunks(PALETTE_COLORS).nth(row).unwrap_or_default();
        colors.iter().skip(1).filter(|own| own.to_565() == color).count()
    }

    fn ambiguous_color(&self, palette: usize, indices: Vec<u8>) -> AmbiguousColor {
        AmbiguousColor { rgb: self.palettes.declared()[palette].colors[usize::from(indices[0])], indices }
    }

    /// The color of the image's index 0, if no candidate has it as color 0.
    fn foreign_key_color(&self) -> Option<Rgb> {
        let index0 = *self.image.own_palette.as_deref()?.first().filter(|_| self.unread.is_none())?;
        let is_color_0 = |palette: usize| self.palettes.stored()[palette].first() == Some(&index0.to_565());
        (!self.candidates.clone().any(is_color_0)).then_some(index0)
    }

    /// Notes pixels that look like a background that should be transparent.
    fn note_key_drawn(&mut self, palette: usize, tile: &CutTile, place: &impl Fn(Pixel) -> Place) {
        let key = LIKELY_KEY.to_565();
        let is_key = |pixel: &ImagePixel| pixel.rgb565() == key;
        if !self.has_key && self.palettes.stored()[palette][0] == key && tile.colors.iter().any(is_key) {
            tile.remaining().filter(|(_, pixel)| is_key(pixel)).for_each(|(at, _)| self.key_drawn.add(place(at)));
        }
    }

    fn note_seen(&mut self, tile: &CutTile) {
        tile.colors.iter().filter(|pixel| pixel.kind == PixelKind::Opaque).for_each(|pixel| self.seen.add(pixel));
    }

    /// Notes the tile's colors that no candidate can draw; gives the first, if there is one.
    fn note_missing(&mut self, id: u32, tile: &CutTile, place: &impl Fn(Pixel) -> Place) -> Option<Rgb565> {
        let mut first = None;
        let mut declared = Vec::new();
        let mut missing_here: BTreeSet<Rgb565> = BTreeSet::new();
        for (at, pixel) in tile.remaining().filter(|(_, pixel)| pixel.kind == PixelKind::Opaque) {
            let color = pixel.rgb565();
            if self.candidates.clone().any(|palette| self.palettes.index_of(palette, color).is_some()) {
                declared.push(color);
                continue;
            }
            first.get_or_insert(color);
            missing_here.insert(color);
            let missing = self.missing.entry(color).or_insert_with(|| MissingColor {
                rgb: pixel.rgb,
                places: Places::default(),
                tiles: 0,
                is_in_new_tile: false,
                fitting: PaletteSet::ALL,
                last_tile: None,
            });
            missing.places.add(place(at));
            if missing.last_tile != Some(id) {
                missing.tiles += 1;
                missing.last_tile = Some(id);
            }
        }
        if first.is_some() {
            let draws_rest =
                |palette: &usize| declared.iter().all(|color| self.palettes.index_of(*palette, *color).is_some());
            let fitting = PaletteSet::of(self.candidates.clone().filter(draws_rest));
            for color in missing_here {
                if let Some(missing) = self.missing.get_mut(&color) {
                    missing.fitting = missing.fitting.and(fitting);
                }
            }
            self.beside_missing.extend(declared);
            self.mark_new_tile(tile);
        }
        first
    }

    /// Marks the new colors of a tile that mostly has new colors.
    fn mark_new_tile(&mut self, tile: &CutTile) {
        let is_new = |pixel: &ImagePixel| {
            pixel.kind == PixelKind::Opaque
                && self.missing.contains_key(&pixel.rgb565())
                && self.nearest(pixel.rgb, PaletteSet::ALL, NEAR_DISTANCE).is_none()
        };
        let new: BTreeSet<Rgb565> = tile.colors.iter().filter(|pixel| is_new(pixel)).map(ImagePixel::rgb565).collect();
        let pixels = tile.remaining().filter(|(_, pixel)| new.contains(&pixel.rgb565())).count() as u64;
        if pixels > STRAY_PIXELS && pixels * 2 > tile.remaining_pixels() {
            let missing = self.missing.iter_mut().filter(|(color, _)| new.contains(*color));
            missing.for_each(|(_, color)| color.is_in_new_tile = true);
        }
    }

    /// A color of the image, at its first place.
    fn shown(&self, color: Rgb565) -> Rgb {
        self.seen_by_stored.get(&color).map_or(color.to_rgb(), |seen| seen[0])
    }

    /// Everything that is wrong with the tiles so far.
    pub fn finish(mut self) -> FitReport {
        let mut list = CauseList::default();
        let take = std::mem::take::<Places>;
        let is_indexed = self.image.own_palette.is_some();
        if !self.failed.is_empty() || (is_indexed && !self.keeps_indices) || !self.seen.are_distinct() {
            self.seen_by_stored = self.seen.by_stored();
        }
        std::mem::take(&mut self.unusable).add_to(&mut list, self.image);
        if let Some(colors) = self.across.first.take() {
            let (closest, places) = (self.closest_palettes(&colors), take(&mut self.across.places));
            list.add([TileFailure::Across], FitCause::ColorsAcross { colors: colors.len(), closest, places });
        }
        if let Some((used, other)) = self.fragile.first {
            let places = take(&mut self.fragile.places);
            let holds_image = |palette: &usize| {
                let mut seen = self.seen.in_order.iter();
                seen.all(|rgb| self.palettes.index_of(*palette, rgb.to_565()).is_some())
            };
            let holds_image = std::iter::once(used).chain(self.candidates.clone()).find(holds_image);
            let holds_image = holds_image.filter(|_| self.unread.is_none());
            list.add([], FitCause::Fragile { used, other, holds_image, places });
        }
        // A color that its palette has several times is reported as such.
        if is_indexed && !self.keeps_indices && self.ambiguous.is_empty() && self.unread.is_none() {
            let mut colors = self.seen_by_stored.values().flatten();
            if let (Some(rgb), None, 2..) = (colors.next(), colors.next(), self.seen.count_indices()) {
                list.add([], FitCause::Flat { rgb: *rgb, indices: self.seen.count_indices() });
            }
        }
        for ((palette, _, reason), (color, places)) in std::mem::take(&mut self.ambiguous) {
            list.add([], FitCause::Ambiguous { palette, color, reason, places });
        }
        if self.foreign_key.count() > 0
            && let Some(index0) = self.foreign_key_color()
        {
            let first = self.candidates.start;
            let only = self.palettes.declared().get(first).filter(|_| self.candidates.len() == 1);
            let key = only.and_then(|palette| Some((first, *palette.colors.first()?)));
            let places = take(&mut self.foreign_key);
            list.add([], FitCause::ForeignKey { index0, key, candidates: self.candidates.len(), places });
        }
        if self.key_drawn.count() > 0 {
            list.add([], FitCause::KeyDrawn { places: take(&mut self.key_drawn) });
        }
        let mut merged = self.seen_by_stored.values().filter(|seen| seen.len() > 1);
        if let Some(group) = merged.next() {
            list.add([], FitCause::ImageColorsMerge { group: group.clone(), more_groups: merged.count() });
        }
        self.add_missing(&mut list);
        let failed = self.failed.iter().filter_map(|(id, failure)| Some((*id, list.cause_of(*failure)?))).collect();
        let unread = self.unread.into_iter().flat_map(|palette| self.unread_tiles.iter().map(move |id| (*id, palette)));
        FitReport { causes: list.causes, failed, unread: unread.collect(), failures: list.failures }
    }

    /// The two candidates that lack fewest of `colors`, with what they lack.
    fn closest_palettes(&self, colors: &BTreeSet<Rgb565>) -> Vec<(usize, Vec<Rgb>)> {
        let lacking = |palette: usize| -> Vec<Rgb> {
            let lacking = colors.iter().filter(|color| self.palettes.index_of(palette, **color).is_none());
            lacking.map(|color| self.shown(*color)).collect()
        };
        let mut closest: Vec<_> = self.candidates.clone().map(|palette| (palette, lacking(palette))).collect();
        closest.sort_by_key(|(_, lacking)| lacking.len());
        closest.truncate(2);
        closest
    }

    /// Groups the missing colors by cause.
    fn add_missing(&mut self, list: &mut CauseList) {
        let failure = |color: &MissingColor| TileFailure::Missing(color.rgb.to_565());
        let (mut elsewhere, mut near, mut strays, mut rest) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for color in std::mem::take(&mut self.missing).into_values() {
            let is_key = |palette: &usize| self.palettes.stored()[*palette].first() == Some(&color.rgb.to_565());
            if let Some((palette, index)) = self.find_elsewhere(color.rgb) {
                elsewhere.push((color, palette, index));
            } else if let Some(palette) = self.candidates.clone().find(is_key) {
                let own = self.image.own_palette.as_deref().unwrap_or_default();
                let mut here = own.iter().enumerate().filter(|(_, own)| own.to_565() == color.rgb.to_565());
                let is_index0 = here.next().is_some_and(|(index, _)| index == 0) && here.next().is_none();
                list.add([failure(&color)], FitCause::OnlyKey { color, palette, is_index0 });
            } else if let Some(nearest) = self.nearest(color.rgb, color.fitting, NEAR_DISTANCE) {
                near.push((color, nearest));
            } else if !color.is_in_new_tile
                && color.places.count() <= STRAY_PIXELS.max(self.remaining_pixels / STRAY_SHARE)
            {
                strays.push(color);
            } else {
                rest.push(color);
            }
        }
        if !elsewhere.is_empty() {
            let failures: Vec<_> = elsewhere.iter().map(|(color, ..)| failure(color)).collect();
            let holds_image = |palette: &usize| {
                self.seen_by_stored.keys().all(|color| self.palettes.index_of(*palette, *color).is_some())
            };
            let holds_image = (0..self.palettes.stored().len()).find(holds_image);
            let (named, adding) = (self.candidates.start, self.adding(elsewhere.len()));
            list.add(failures, FitCause::Elsewhere { named, colors: elsewhere, holds_image, adding });
        }
        // Where a whole palette is missing, every missing color has that one cause.
        if !rest.is_empty() || strays.len() > STRAY_COLORS {
            rest.append(&mut strays);
            rest.extend(near.drain(..).map(|(color, _)| color));
            rest.sort_by_key(|color| (std::cmp::Reverse(color.places.count()), color.rgb));
            let failures: Vec<_> = rest.iter().map(failure).collect();
            let (similar, fix) = (self.similar(rest[0].rgb).filter(|_| rest.len() == 1), self.declaration_fix(&rest));
            list.add(failures, FitCause::Undeclared { colors: rest, tried: self.tried(), similar, fix });
        }
        let adding = self.adding(near.len() + strays.len());
        for (color, nearest) in near {
            list.add(
                [failure(&color)],
                FitCause::NearMiss { color, tried: self.tried(), nearest, adding: adding.clone() },
            );
        }
        for color in strays {
            let similar = self.similar(color.rgb);
            let nearest = self.nearest(color.rgb, color.fitting, u8::MAX);
            list.add(
                [failure(&color)],
                FitCause::Stray { color, tried: self.tried(), similar, nearest, adding: adding.clone() },
            );
        }
    }

    /// How so many missing colors can be added.
    fn adding(&self, count: usize) -> AddingColor {
        let named = self.candidates.start;
        match self.file_of(named).filter(|_| self.is_palette_named) {
            _ if self.is_palette_named && self.palettes.stored()[named].len() + count > PALETTE_COLORS => {
                AddingColor::PaletteFull
            }
            Some(file) => AddingColor::ToFile(file.clone()),
            None if !self.is_palette_named && self.are_all_full() => AddingColor::AllFull,
            None => AddingColor::ToDeclaration,
        }
    }

    /// Whether no color can be declared: there are as many palettes as a bank can have, and none has room.
    fn are_all_full(&self) -> bool {
        let palettes = self.palettes.stored();
        palettes.len() >= MAX_PALETTES as usize && palettes.iter().all(|colors| colors.len() >= PALETTE_COLORS)
    }

    fn tried(&self) -> TriedPalettes {
        match (self.candidates.len(), self.palettes.declared().len()) {
            (1, 1) => TriedPalettes::Only,
            (1, _) => TriedPalettes::Named(self.candidates.start),
            (count, _) => TriedPalettes::All(count),
        }
    }

    /// A palette that is not a candidate and has the color, with its index there.
    fn find_elsewhere(&self, rgb: Rgb) -> Option<(usize, u8)> {
        let others = (0..self.palettes.declared().len()).filter(|palette| !self.candidates.contains(palette));
        others.into_iter().find_map(|palette| Some((palette, self.palettes.index_of(palette, rgb.to_565())?)))
    }

    /// The nearest color that a candidate among `fitting` can draw, and that is visible in the image, if it is at most
    /// `distance` away.
    fn nearest(&self, rgb: Rgb, fitting: PaletteSet, distance: u8) -> Option<DeclaredColor> {
        let candidates = self.candidates.clone().filter(|palette| fitting.contains(*palette)).flat_map(|palette| {
            let colors = self.palettes.declared()[palette].colors.iter().enumerate().skip(1);
            let visible = colors.filter(|(_, rgb)| Some(rgb.to_565()) != self.key_color);
            visible.map(move |(index, rgb)| DeclaredColor { palette, index, rgb: *rgb })
        });
        let nearest = candidates.min_by_key(|other| (rgb.distance(other.rgb), other.palette, other.index));
        nearest.filter(|other| rgb.distance(other.rgb) <= distance)
    }

    fn similar(&self, rgb: Rgb) -> Option<DeclaredColor> {
        self.nearest(rgb, PaletteSet::ALL, SIMILAR_DISTANCE)
    }

    /// The file that is this palette.
    fn file_of(&self, palette: usize) -> Option<&RelPath> {
        self.palettes.declared()[palette].file.as_ref().map(|source| &source.path)
    }

    fn declaration_fix(&self, missing: &[MissingColor]) -> DeclarationFix {
        let colors: BTreeSet<Rgb> = missing.iter().map(|color| color.rgb).collect();
        let has_room = |palette: &usize| {
            self.palettes.stored()[*palette].len() + missing.len() <= PALETTE_COLORS
                && self.beside_missing.iter().all(|color| self.palettes.index_of(*palette, *color).is_some())
        };
        let mut with_room = self.candidates.clone().filter(has_room);
        let first = with_room.next();
        let is_declared = |palette: &usize| self.file_of(*palette).is_none();
        if let Some(palette) = first.into_iter().chain(with_room).find(is_declared).or(first) {
            let (file, colors) = (self.file_of(palette).cloned(), colors.into_iter().collect());
            return DeclarationFix::Extend { palette, file, colors };
        }
        let palette = self.palettes.declared().len();
        let beside = self.beside_missing.iter().map(|color| self.shown(*color));
        let colors: BTreeSet<Rgb> = beside.chain(colors).collect();
        if self.are_all_full() {
            return DeclarationFix::AllFull;
        }
        if colors.len() >= PALETTE_COLORS || palette >= MAX_PALETTES as usize {
            return DeclarationFix::Search;
        }
        let key = self.palettes.declared().iter().find_map(|palette| palette.colors.first().copied());
        let key = key.unwrap_or(LIKELY_KEY);
        let colors = colors.into_iter().collect();
        DeclarationFix::Add { palette, key, colors, is_palette_named: self.is_palette_named }
    }
}
