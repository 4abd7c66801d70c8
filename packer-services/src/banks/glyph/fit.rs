//! Which palette a tile fits, and what is wrong with colors that fit none.
//!
//! An indexed image is tried by its author's indices first, so that what was drawn with index 5 stays index 5; then,
//! as for true color, by color, compared as RGB565. Nothing is ever moved to a nearby color: it is told instead.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;

use super::image::{Image, ImagePixel, PixelKind};
use super::tiles::{CutTile, Keying};
use crate::declaration::{GlyphArtifact, Palette};
use crate::diagnostics::{self, Code, Finding, Place, Places, join_some, plural};
use crate::formats::{MAX_PALETTES, PALETTE_COLORS, Rgb, Rgb565};

/// Two colors this near, by their largest channel, are taken for a slip: color management, a lossy save, an eyedropper.
const NEAR: u8 = 16;
/// Past this, naming the closest color would mislead.
const LIKE: u8 = 64;
/// A color on at most one in so many of an image's pixels is a stray one…
const STRAY_SHARE: u64 = 20;
/// …and so is one on at most this many pixels.
const STRAY_PIXELS: u64 = 8;
/// More stray colors than this are no slip.
const STRAY_COLORS: usize = 8;

/// The command that declares what is missing.
const FIND_THEM: &str = "`prometeu-packer palettes PROJECT ASSET --apply` does it";

/// The declared palettes, as the console stores them.
pub struct StoredPalettes<'a> {
    declared: &'a [Palette],
    stored: Vec<Vec<Rgb565>>,
}

impl<'a> StoredPalettes<'a> {
    /// Prepares `declared`.
    pub fn new(declared: &'a [Palette]) -> Self {
        let stored = declared.iter().map(|palette| palette.colors.iter().map(|color| color.to_565()).collect());
        Self { declared, stored: stored.collect() }
    }

    /// The palettes that an artifact's tiles may take: all, or the one that it names.
    pub fn tried(&self, artifact: &GlyphArtifact) -> Range<usize> {
        match artifact.palette {
            Some(index) => index as usize..index as usize + 1,
            None => 0..self.declared.len(),
        }
    }

    /// How a tile of these plain colors is drawn; `None` if it fits none of the palettes tried.
    pub fn choice(&self, tried: Range<usize>, colors: &[ImagePixel], is_indexed: bool) -> Option<Choice> {
        if is_indexed && tried.clone().any(|i| self.agrees(i, colors)) {
            return Some(Choice::Author);
        }
        tried.clone().find(|i| self.holds(*i, colors)).map(Choice::Colors)
    }

    /// Whether every author's index is declared in palette `i`, with the author's color.
    pub fn agrees(&self, i: usize, colors: &[ImagePixel]) -> bool {
        let stored = &self.stored[i];
        colors.iter().all(|pixel| pixel.index > 0 && stored.get(usize::from(pixel.index)) == Some(&pixel.rgb565()))
    }

    /// Whether palette `i` has all of these colors among its colors 1…15.
    pub fn holds(&self, i: usize, colors: &[ImagePixel]) -> bool {
        colors.iter().all(|pixel| index_in(&self.stored[i], pixel.rgb565()).is_some())
    }

    /// The index that a pixel of a tile drawn by `choice` gets.
    pub fn index(&self, choice: Choice, pixel: &ImagePixel) -> u8 {
        match choice {
            Choice::Author => pixel.index,
            Choice::Colors(i) => index_in(&self.stored[i], pixel.rgb565()).unwrap_or(0),
        }
    }
}

/// How a tile becomes indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// By its author's indices, with which a palette agrees.
    Author,
    /// By its colors in this palette.
    Colors(usize),
}

/// The lowest index from 1 on that holds `color`.
fn index_in(stored: &[Rgb565], color: Rgb565) -> Option<u8> {
    let at = stored.iter().skip(1).position(|other| *other == color)? + 1;
    u8::try_from(at).ok()
}

/// The first places of several colors, in the image's order.
fn first_places<'m>(missing: impl Iterator<Item = &'m MissingColor>) -> Places {
    let mut firsts: Vec<&Place> = missing.flat_map(|one| one.places.kept()).collect();
    firsts.sort();
    let mut places = Places::default();
    firsts.into_iter().cloned().for_each(|place| places.add(place));
    places
}

/// The place of the tile that a place of its first pixel is in.
fn whole_tile(place: Place) -> Place {
    match place {
        Place::Tile { tile, column, row, in_image, .. } => Place::Tile { tile, column, row, pixel: None, in_image },
        other => other,
    }
}

/// What is told of pixels that are neither opaque nor clear.
pub fn alpha_finding(found: String) -> Finding {
    Finding::new(
        Code::PartialAlpha,
        format!("{found}; only 0 (transparent) and 255 (opaque) can be drawn"),
        "Make these pixels opaque, or erase them (GIMP: Layer > Transparency > Threshold Alpha); soft brushes, blurs and \
         scaling leave such pixels.",
    )
}

/// The finding about partial alpha in an image that has no tiles, because it could not be cut.
pub fn partial_alpha(image: &Image, keying: Keying) -> Option<Finding> {
    let partial = image.pixels.iter().enumerate().filter_map(|(at, pixel)| match pixel.kind {
        PixelKind::Partial(alpha) if !keying.removes(pixel) => Some((at, alpha)),
        _ => None,
    });
    let (first, alpha) = partial.clone().next()?;
    let count = partial.count() as u64;
    let width = image.width as usize;
    let place = format!("({}, {})", first % width, first / width);
    let mut finding = alpha_finding(format!(
        "alpha is {alpha} of 255 at {place} in the image, and {} in all are neither opaque nor clear",
        plural(count, "pixel")
    ));
    finding.count = count;
    Some(finding)
}

/// One artifact's tiles on their way into palettes; gathers what is wrong until [`TileFitter::findings`].
pub struct TileFitter<'a> {
    palettes: &'a StoredPalettes<'a>,
    /// The palettes to try: all, or the one that the artifact names.
    tried: Range<usize>,
    /// Whether the artifact names that palette.
    named: bool,
    image: &'a Image,
    judged_pixels: u64,
    partial_alpha: PixelProblem<u8>,
    too_deep: PixelProblem<Rgb>,
    no_color: PixelProblem<u8>,
    missing: BTreeMap<Rgb565, MissingColor>,
    /// Declared colors of tiles that also have missing ones.
    beside_missing: BTreeSet<Rgb565>,
    across: Option<(Places, String)>,
    fragile: Option<(Places, usize, usize)>,
    seen: BTreeMap<Rgb565, Vec<Rgb>>,
    /// The tiles that are not drawn, by id, each with the first thing that is wrong with it.
    failed: Vec<(u32, TileFailure)>,
}

/// Why a tile is not drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TileFailure {
    PartialAlpha,
    TooDeep,
    NoColor,
    Missing(Rgb565),
    Across,
}

/// Pixels with one thing wrong, and the first one's value.
struct PixelProblem<T> {
    places: Places,
    first: Option<T>,
}

impl<T> Default for PixelProblem<T> {
    fn default() -> Self {
        Self { places: Places::default(), first: None }
    }
}

impl<T> PixelProblem<T> {
    fn add(&mut self, place: Place, value: T) {
        self.places.add(place);
        self.first.get_or_insert(value);
    }
}

/// A color that no tried palette can draw.
struct MissingColor {
    rgb: Rgb,
    places: Places,
    tiles: u64,
    last_tile: Option<u32>,
}

impl<'a> TileFitter<'a> {
    /// For the tiles of `image`.
    pub fn new(palettes: &'a StoredPalettes<'a>, artifact: &GlyphArtifact, image: &'a Image) -> Self {
        Self {
            palettes,
            tried: palettes.tried(artifact),
            named: artifact.palette.is_some(),
            image,
            judged_pixels: 0,
            partial_alpha: PixelProblem::default(),
            too_deep: PixelProblem::default(),
            no_color: PixelProblem::default(),
            missing: BTreeMap::new(),
            beside_missing: BTreeSet::new(),
            across: None,
            fragile: None,
            seen: BTreeMap::new(),
            failed: Vec::new(),
        }
    }

    /// The palette that the image's tile with the id `n` was fitted to, and its indices, row-major; `None` if it fits no
    /// palette.
    pub fn tile(
        &mut self,
        n: u32,
        tile: &CutTile,
        place: impl Fn(diagnostics::Pixel) -> Place,
    ) -> Option<(u32, Vec<u8>)> {
        self.judged_pixels += tile.judged_pixels();
        self.note_seen(tile);
        if let Some(cause) = self.judge_pixels(tile, &place) {
            // The tile cannot be drawn, but all of its colors are still told.
            self.note_missing(n, tile, &place);
            self.failed.push((n, cause));
            return None;
        }
        let choice = self.palettes.choice(self.tried.clone(), &tile.colors, self.image.own_palette.is_some());
        let Some(choice) = choice else {
            let cause = self.note_missing(n, tile, &place).map_or(TileFailure::Across, TileFailure::Missing);
            if cause == TileFailure::Across {
                self.note_across(&tile.colors, place(diagnostics::Pixel { x: 0, y: 0 }));
            }
            self.failed.push((n, cause));
            return None;
        };
        let index = |choice, pixel: &ImagePixel| self.palettes.index(choice, pixel);
        if let Choice::Colors(first) = choice {
            let differs = |other: &usize| {
                let other = Choice::Colors(*other);
                tile.colors.iter().any(|pixel| index(other, pixel) != index(choice, pixel))
            };
            let later = first + 1..self.tried.end;
            if let Some(other) = later.filter(|i| self.palettes.holds(*i, &tile.colors)).find(differs) {
                let place = whole_tile(place(diagnostics::Pixel { x: 0, y: 0 }));
                let fragile = self.fragile.get_or_insert_with(|| (Places::default(), first, other));
                fragile.0.add(place);
            }
        }
        let palette = match choice {
            Choice::Colors(palette) => palette,
            Choice::Author => self.tried.clone().find(|i| self.palettes.agrees(*i, &tile.colors)).unwrap_or_default(),
        };
        let palette = u32::try_from(palette).unwrap_or(u32::MAX);
        Some((palette, tile.indices(|pixel| index(choice, pixel))))
    }

    fn note_seen(&mut self, tile: &CutTile) {
        for pixel in tile.colors.iter().filter(|pixel| pixel.kind == PixelKind::Opaque) {
            let seen = self.seen.entry(pixel.rgb565()).or_default();
            if !seen.contains(&pixel.rgb) {
                seen.push(pixel.rgb);
            }
        }
    }

    /// Judges alpha and depth; `None` if every remaining pixel has a plain color.
    fn judge_pixels(&mut self, tile: &CutTile, place: &impl Fn(diagnostics::Pixel) -> Place) -> Option<TileFailure> {
        let cause = tile.colors.iter().find_map(|pixel| match pixel.kind {
            PixelKind::Opaque => None,
            PixelKind::Partial(_) | PixelKind::Clear => Some(TileFailure::PartialAlpha),
            PixelKind::Deep => Some(TileFailure::TooDeep),
            PixelKind::NoColor => Some(TileFailure::NoColor),
        })?;
        for (at, pixel) in tile.remaining() {
            match pixel.kind {
                PixelKind::Opaque | PixelKind::Clear => {}
                PixelKind::Partial(alpha) => self.partial_alpha.add(place(at), alpha),
                PixelKind::Deep => self.too_deep.add(place(at), pixel.rgb),
                PixelKind::NoColor => self.no_color.add(place(at), pixel.index),
            }
        }
        Some(cause)
    }

    /// Notes the colors that no tried palette can draw; gives the first, if there is one.
    fn note_missing(&mut self, n: u32, tile: &CutTile, place: &impl Fn(diagnostics::Pixel) -> Place) -> Option<Rgb565> {
        let mut first = None;
        let mut declared = Vec::new();
        for (at, pixel) in tile.remaining().filter(|(_, pixel)| pixel.kind == PixelKind::Opaque) {
            let color = pixel.rgb565();
            if self.tried.clone().any(|i| index_in(&self.palettes.stored[i], color).is_some()) {
                declared.push(color);
                continue;
            }
            first.get_or_insert(color);
            let missing = self.missing.entry(color).or_insert_with(|| MissingColor {
                rgb: pixel.rgb,
                places: Places::default(),
                tiles: 0,
                last_tile: None,
            });
            missing.places.add(place(at));
            if missing.last_tile != Some(n) {
                missing.tiles += 1;
                missing.last_tile = Some(n);
            }
        }
        if first.is_some() {
            self.beside_missing.extend(declared);
        }
        first
    }

    fn note_across(&mut self, colors: &[ImagePixel], place: Place) {
        let place = whole_tile(place);
        if self.across.is_none() {
            let mut distinct: Vec<Rgb565> = colors.iter().map(ImagePixel::rgb565).collect();
            distinct.sort_unstable();
            distinct.dedup();
            let lacks = |i: usize| -> Vec<String> {
                let lacking = distinct.iter().filter(|color| index_in(&self.palettes.stored[i], **color).is_none());
                lacking.map(|color| self.shown(*color).to_string()).collect()
            };
            let mut best: Vec<(usize, Vec<String>)> = self.tried.clone().map(|i| (i, lacks(i))).collect();
            best.sort_by_key(|(_, lacking)| lacking.len());
            let told = best
                .iter()
                .take(2)
                .map(|(i, lacking)| format!("palette {i} lacks {}", join_some(lacking.iter(), ", ", 4)));
            let text = format!(
                "the tile's {} are declared, but in no one palette together: {}",
                plural(distinct.len() as u64, "color"),
                told.collect::<Vec<_>>().join("; ")
            );
            self.across = Some((Places::default(), text));
        }
        if let Some((places, _)) = &mut self.across {
            places.add(place);
        }
    }

    /// A color of the image as its artist wrote it.
    fn shown(&self, color: Rgb565) -> Rgb {
        self.seen.get(&color).and_then(|seen| seen.first().copied()).unwrap_or(color.to_rgb())
    }

    /// The palettes that were tried, in words that follow "is".
    fn tried_words(&self) -> String {
        match (self.tried.len(), self.palettes.declared.len()) {
            (1, 1) => "not in palette 0".into(),
            (1, _) => format!("not in palette {}, which the artifact names", self.tried.start),
            (count, _) => format!("in none of the {count} palettes"),
        }
    }

    /// Where a color is declared that no tried palette can draw: (palette, color index).
    fn elsewhere(&self, rgb: Rgb) -> Option<(usize, u8)> {
        let stored = self.palettes.stored.iter().enumerate();
        stored
            .filter(|(i, _)| !self.tried.contains(i))
            .find_map(|(i, stored)| Some((i, index_in(stored, rgb.to_565())?)))
    }

    /// The nearest color that a tried palette can draw: (palette, color index, color).
    fn nearest(&self, rgb: Rgb) -> Option<(usize, usize, Rgb)> {
        self.tried
            .clone()
            .flat_map(|i| {
                let colors = &self.palettes.declared[i].colors;
                colors.iter().enumerate().skip(1).map(move |(at, color)| (i, at, *color))
            })
            .min_by_key(|(i, at, color)| (rgb.distance(*color), *i, *at))
    }

    /// Everything that is wrong, without a file; and the ids of the tiles that are not drawn, each with the number of the
    /// finding that tells why.
    pub fn findings(mut self) -> (Vec<Finding>, Vec<(u32, usize)>) {
        let mut findings = Vec::new();
        let mut told: Vec<(TileFailure, usize)> = Vec::new();
        if let Some(alpha) = self.partial_alpha.first {
            told.push((TileFailure::PartialAlpha, findings.len()));
            findings.push(alpha_finding(format!("alpha is {alpha} of 255")).at_all(&self.partial_alpha.places));
        }
        if let Some(rgb) = self.too_deep.first {
            told.push((TileFailure::TooDeep, findings.len()));
            findings.push(
                Finding::new(
                    Code::ImageDepth,
                    format!("a 16-bit color near {rgb} has no exact 8-bit value"),
                    "Export the image with 8 bits a channel.",
                )
                .at_all(&self.too_deep.places),
            );
        }
        if let Some(index) = self.no_color.first {
            told.push((TileFailure::NoColor, findings.len()));
            let last = self.image.own_palette.as_ref().map_or(0, Vec::len).saturating_sub(1);
            findings.push(
                Finding::new(
                    Code::ImageIndex,
                    format!("the pixel has index {index}, but the image's own palette ends with index {last}"),
                    "Export the image again from your editor, with its whole palette.",
                )
                .at_all(&self.no_color.places),
            );
        }
        if let Some((places, text)) = self.across.take() {
            told.push((TileFailure::Across, findings.len()));
            findings.push(
                Finding::new(
                    Code::ColorsAcross,
                    text,
                    "A tile is drawn with one palette: give one palette all of these colors, or redraw the tile with those of one.",
                )
                .at_all(&places),
            );
        }
        if let Some((places, first, other)) = self.fragile.take() {
            findings.push(
                Finding::new(
                    Code::TileFragile,
                    format!("the tile fits the palettes {first} and {other}, with different indices; palette {first} was taken"),
                    format!(
                        "If the whole image is drawn with one palette, name it in the artifact: `\"palette\": {first}`. Else give \
                         the shared colors the same indices in both palettes: a change to palette {first} might change this tile."
                    ),
                )
                .at_all(&places),
            );
        }
        self.report_merged(&mut findings);
        self.report_missing(&mut findings, &mut told);
        let why = |cause: TileFailure| told.iter().find(|(other, _)| *other == cause).map(|(_, finding)| *finding);
        let failed = self.failed.iter().filter_map(|(id, cause)| Some((*id, why(*cause)?))).collect();
        (findings, failed)
    }

    fn report_merged(&self, findings: &mut Vec<Finding>) {
        let merged: Vec<&Vec<Rgb>> = self.seen.values().filter(|seen| seen.len() > 1).collect();
        let Some(first) = merged.first() else { return };
        let mut message = format!("{} are one color on the console", join_some(first.iter(), ", ", 4));
        if merged.len() > 1 {
            let _ = write!(message, ", and so are {} of this image", plural(merged.len() as u64 - 1, "more group"));
        }
        findings.push(Finding::new(
            Code::ImageColorsMerge,
            message,
            "The console keeps 5 bits of red and blue and 6 of green. If they must differ, make them differ more.",
        ));
    }

    /// Tells the missing colors, and adds to `told` which finding tells each.
    fn report_missing(&self, findings: &mut Vec<Finding>, told: &mut Vec<(TileFailure, usize)>) {
        let mut tell = |missing: &[&MissingColor], finding: Finding| {
            told.extend(missing.iter().map(|one| (TileFailure::Missing(one.rgb.to_565()), findings.len())));
            findings.push(finding);
        };
        let (mut elsewhere, mut near, mut strays, mut rest) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for missing in self.missing.values() {
            let key_of = |i: &usize| self.palettes.declared[*i].colors[0].to_565() == missing.rgb.to_565();
            if let Some((palette, at)) = self.elsewhere(missing.rgb) {
                elsewhere.push((missing, palette, at));
            } else if let Some(palette) = self.tried.clone().find(key_of) {
                tell(&[missing], self.only_key(missing, palette));
            } else if let Some((palette, at, color)) = self.nearest(missing.rgb)
                && missing.rgb.distance(color) <= NEAR
            {
                near.push((missing, palette, at, color));
            } else if missing.places.count() <= STRAY_PIXELS.max(self.judged_pixels / STRAY_SHARE) {
                strays.push(missing);
            } else {
                rest.push(missing);
            }
        }
        if !elsewhere.is_empty() {
            let all: Vec<&MissingColor> = elsewhere.iter().map(|(missing, ..)| *missing).collect();
            tell(&all, self.declared_elsewhere(&elsewhere));
        }
        // Where a whole palette is missing, all that is missing is told with it: it is one cause.
        if !rest.is_empty() || strays.len() > STRAY_COLORS {
            rest.append(&mut strays);
            rest.extend(near.drain(..).map(|(missing, ..)| missing));
            tell(&rest.clone(), self.undeclared(rest));
        }
        for (missing, palette, at, color) in near {
            tell(&[missing], self.near_miss(missing, palette, at, color));
        }
        for missing in strays {
            tell(&[missing], self.stray(missing));
        }
    }

    /// One cause: the artifact names the wrong palette, or one that lacks something.
    fn declared_elsewhere(&self, missing: &[(&MissingColor, usize, u8)]) -> Finding {
        let named = self.tried.start;
        let pixels: u64 = missing.iter().map(|(one, ..)| one.places.count()).sum();
        let listed = missing.iter().map(|(one, palette, at)| format!("{} is color {at} of palette {palette}", one.rgb));
        let listed: Vec<String> = listed.collect();
        let whole = |stored: &Vec<Rgb565>| self.seen.keys().all(|color| index_in(stored, *color).is_some());
        let help = match self.palettes.stored.iter().position(whole) {
            Some(palette) => {
                format!("Palette {palette} holds the whole image: set `palette` of the artifact to {palette}.")
            }
            None => format!(
                "Add the missing colors to palette {named}, or remove `palette` from the artifact, so that each tile may have \
                 another palette."
            ),
        };
        let (what, lack) = match missing {
            [(one, ..)] => (one.rgb.to_string(), "is"),
            _ => (plural(missing.len() as u64, "color"), "are"),
        };
        let mut finding = Finding::new(
            Code::ColorElsewhere,
            format!(
                "{what} {lack} not in palette {named}, which the artifact names, but in another: {}; {}",
                join_some(listed.iter(), ", ", 4),
                plural(pixels, "pixel")
            ),
            help,
        )
        .at_all(&first_places(missing.iter().map(|(one, ..)| *one)));
        finding.count = pixels;
        finding
    }

    fn counted(missing: &MissingColor) -> String {
        format!("{} in {}", plural(missing.places.count(), "pixel"), plural(missing.tiles, "tile"))
    }

    fn closest_words(&self, rgb: Rgb) -> String {
        match self.nearest(rgb) {
            Some((palette, at, color)) if rgb.distance(color) <= LIKE => {
                format!("closest is palette {palette} color {at} {color}")
            }
            _ => "no declared color is like it".into(),
        }
    }

    fn near_miss(&self, missing: &MissingColor, palette: usize, at: usize, color: Rgb) -> Finding {
        Finding::new(
            Code::ColorNearMiss,
            format!(
                "{} is {}; closest is palette {palette} color {at} {color}; {}",
                missing.rgb,
                self.tried_words(),
                Self::counted(missing)
            ),
            format!(
                "A near miss: replace {} by {color} in your editor (Aseprite: Edit > Replace Color), and export without \
                 color management.",
                missing.rgb
            ),
        )
        .at_all(&missing.places)
    }

    fn stray(&self, missing: &MissingColor) -> Finding {
        Finding::new(
            Code::ColorStray,
            format!(
                "{} is {}; {}; {}",
                missing.rgb,
                self.tried_words(),
                self.closest_words(missing.rgb),
                Self::counted(missing)
            ),
            format!(
                "Stray pixels: repaint them, or, if they are meant, add {} to a palette in `asset.json`.",
                missing.rgb
            ),
        )
        .at_all(&missing.places)
    }

    fn only_key(&self, missing: &MissingColor, palette: usize) -> Finding {
        Finding::new(
            Code::ColorOnlyKey,
            format!(
                "{} is declared only as color 0 of palette {palette}, the color key, which is never drawn; {}",
                missing.rgb,
                Self::counted(missing)
            ),
            format!(
                "If these pixels are to be transparent, give the artifact in `asset.json` `\"color_key\": \"{0}\"`{1}; if they are to be \
                 seen, declare {0} among the colors 1 to 15 too.",
                missing.rgb,
                if self.image.own_palette.is_some() { " or `\"color_key\": \"index0\"`" } else { "" }
            ),
        )
        .at_all(&missing.places)
    }

    fn undeclared(&self, mut missing: Vec<&MissingColor>) -> Finding {
        missing.sort_by_key(|one| (std::cmp::Reverse(one.places.count()), one.rgb));
        let pixels = missing.iter().map(|one| one.places.count()).sum();
        let listed = missing.iter().map(|one| format!("{} ({})", one.rgb, plural(one.places.count(), "pixel")));
        let colors =
            if missing.len() == 1 { format!("{} is", missing[0].rgb) } else { format!("{} colors are", missing.len()) };
        let detail = if missing.len() == 1 {
            format!("{}; {}", self.closest_words(missing[0].rgb), Self::counted(missing[0]))
        } else {
            format!("{}: {}", plural(pixels, "pixel"), join_some(listed, ", ", 6))
        };
        let mut finding = Finding::new(
            Code::ColorsUndeclared,
            format!("{colors} {}; {detail}", self.tried_words()),
            self.undeclared_help(&missing),
        )
        .at_all(&first_places(missing.iter().copied()));
        finding.count = pixels;
        finding
    }

    /// What would declare the missing colors: room in a palette, or a palette to paste.
    fn undeclared_help(&self, missing: &[&MissingColor]) -> String {
        let mut colors: Vec<Rgb> = missing.iter().map(|one| one.rgb).collect();
        colors.sort_unstable();
        let quoted = |colors: &[Rgb]| colors.iter().map(|rgb| format!("\"{rgb}\"")).collect::<Vec<_>>().join(", ");
        let holds_the_rest = |i: &usize| {
            let stored = &self.palettes.stored[*i];
            stored.len() + colors.len() <= PALETTE_COLORS
                && self.beside_missing.iter().all(|color| index_in(stored, *color).is_some())
        };
        if let Some(palette) = self.tried.clone().find(holds_the_rest) {
            return format!(
                "Repaint with declared colors, or add these to `colors` of palette {palette} in `asset.json`, which has \
                 room ({FIND_THEM}): {}",
                quoted(&colors)
            );
        }
        let index = self.palettes.declared.len();
        let whole: Vec<Rgb> = self
            .beside_missing
            .iter()
            .map(|color| self.shown(*color))
            .chain(colors)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        if whole.len() >= PALETTE_COLORS || index >= MAX_PALETTES as usize {
            return "These tiles need palettes that were never declared: add to `output.pipeline.palettes` in `asset.json` \
                    palettes that each hold all colors of some tiles (`prometeu-packer palettes PROJECT ASSET --apply` finds \
                    them), or repaint with declared colors."
                .into();
        }
        let key = self.palettes.declared[0].colors[0];
        let found = if self.named { String::new() } else { format!(" ({FIND_THEM})") };
        let name = if self.named { format!("set `palette` of the artifact to {index} and ") } else { String::new() };
        format!(
            "Repaint with declared colors, or {name}paste this palette into `output.pipeline.palettes` in `asset.json`\
             {found}: {{\"index\": {index}, \"palette\": {{\"colors\": [\"{key}\", {}]}}}}",
            quoted(&whole)
        )
    }
}
