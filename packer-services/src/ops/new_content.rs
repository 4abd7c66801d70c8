//! What `create` puts into a declaration: artifacts in the given order, palettes that cover the tiles, tile size and rate
//! where they can be told.

use std::path::Path;

use super::create::NewGlyph;
use crate::banks::glyph::grid::Grid;
use crate::banks::glyph::image::{Image, PixelKind};
use crate::banks::glyph::palettes::{self, CutImage, FoundPalettes};
use crate::banks::glyph::tiles::Keying;
use crate::banks::glyph::{self, CutTiles};
use crate::banks::{Outcome, sound};
use crate::context::Context;
use crate::declaration::{
    ColorKey, Content, Convert, Cut, GlyphArtifact, GlyphContent, LoopChoice, SoundArtifact, SoundContent,
};
use crate::diagnostics::{Blame, Code, Finding, Place, blocks, join_some, plural};
use crate::files::Folder;
use crate::formats::{PALETTE_COLORS, TileSize};
use crate::paths::RelPath;

/// What an `index` may be at most.
const MAX_INDEX: u32 = i32::MAX as u32;

fn no_place() -> Place {
    Place::Json { line: 1, column: 1, path: "$.artifacts".into() }
}

/// An image of the new bank, as far as it could be decoded.
struct NewImage {
    artifact: GlyphArtifact,
    decoded: Option<(Image, Grid, CutTiles)>,
}

/// A glyph bank of the images in `stage`; `None` if something is wrong, which goes to `outcome`. With `force` it is `None`
/// only if the bank cannot even be declared, or if the operation was cancelled.
pub(super) fn glyph_content(
    context: &Context,
    stage: &Path,
    names: &[RelPath],
    options: &NewGlyph,
    force: bool,
    outcome: &mut Outcome,
) -> Option<Content> {
    let root = Folder::at(stage);
    let tile_size = match options.tile_size {
        Some(size) => size,
        None => common_tile_size(&root, names, &options.cut, force, outcome)?,
    };
    let mut images: Vec<NewImage> = Vec::new();
    let mut index = 0;
    for name in names {
        let NewGlyph { color_key, cut, .. } = *options;
        let artifact = GlyphArtifact { file: name.clone(), index, palette: None, color_key, cut, place: no_place() };
        // While it is decoded, it is judged as if it stood alone: what does not fit after the others is told of all together.
        let alone = GlyphArtifact { index: 0, ..artifact.clone() };
        let decoded = glyph::decode_artifact(context, &root, &alone, tile_size, outcome).map(|(image, grid)| {
            let tiles = CutTiles::of(&image, grid, &artifact, tile_size);
            (image, grid, tiles)
        });
        let count = match &decoded {
            Some((_, _, tiles)) => tiles.count(),
            None => likely_count(&root, name, tile_size),
        };
        index = index.saturating_add(count).min(MAX_INDEX);
        images.push(NewImage { artifact, decoded });
    }
    let total: u64 = images.iter().filter_map(|one| Some(u64::from(one.decoded.as_ref()?.2.count()))).sum();
    if !force && !refused(&outcome.findings, force) && total > u64::from(tile_size.capacity()) && images.len() > 1 {
        outcome.findings.push(too_many_together(&images, total, tile_size));
    }
    if refused(&outcome.findings, force) {
        return None;
    }
    // The images are judged again, as artifacts, and then what is wrong with each is found again.
    outcome.findings.clear();
    let drawn: Vec<CutImage<'_>> = images
        .iter()
        .filter_map(|NewImage { artifact, decoded }| {
            let (image, grid, tiles) = decoded.as_ref()?;
            Some(CutImage { artifact, image, grid: *grid, tiles })
        })
        .collect();
    outcome.findings.extend(note_keys(options.color_key, &drawn));
    let FoundPalettes { palettes, choices, findings } =
        palettes::find_palettes(context, &[], &drawn, tile_size).ok()?;
    // What is judged of a forced asset tells its alpha by itself.
    outcome.findings.extend(findings.into_iter().filter(|finding| !force || finding.code != Code::PartialAlpha));
    outcome.uses = drawn.iter().map(|one| one.tiles.artifact_use(one.grid, one.artifact)).collect();
    let mut choices = choices.into_iter();
    for image in &mut images {
        if image.decoded.is_some() {
            image.artifact.palette = choices.next().flatten();
        }
    }
    let artifacts = images.into_iter().map(|image| image.artifact).collect();
    Some(Content::Glyph(GlyphContent { tile_size, palettes, artifacts }))
}

/// One finding for images that fit alone, but not together.
fn too_many_together(images: &[NewImage], total: u64, size: TileSize) -> Finding {
    let capacity = size.capacity();
    let mut room = capacity;
    let fit = images.iter().take_while(|one| {
        let count = one.decoded.as_ref().map_or(0, |(_, _, tiles)| tiles.count());
        let has_room = count <= room;
        room = room.saturating_sub(count);
        has_room
    });
    let fit = fit.count();
    let blank = |one: &NewImage| {
        let tiles =
            one.decoded.as_ref().map(|(_, _, tiles)| tiles.taken.iter().filter(|(_, tile)| tile.is_blank()).count());
        tiles.unwrap_or(0) as u64
    };
    let blank: u64 = images.iter().map(blank).sum();
    let skip = match blank {
        0 => String::new(),
        blank if total - blank <= u64::from(capacity) => {
            format!(" {} are blank: with `--skip-blank` the rest fits.", plural(blank, "tile"))
        }
        blank => format!(" {} are blank, and take no id with `--skip-blank`.", plural(blank, "tile")),
    };
    Finding::new(
        Code::TileOverflow,
        format!(
            "{} have {total} tiles; a bank of tiles of {1} × {1} pixels holds {capacity}",
            plural(images.len() as u64, "image"),
            size.pixels()
        ),
        format!(
            "{}, and others of the rest.{skip}",
            match fit {
                1 => "The first one fits: make one bank of it".to_owned(),
                fit => format!("The first {fit} images fit: make one bank of them"),
            }
        ),
    )
}

/// Whether nothing can be made of what was read so far. What the system refused cannot be forced.
fn refused(findings: &[Finding], force: bool) -> bool {
    findings.iter().any(|finding| finding.is_error() && (!force || finding.code.blame() == Blame::System))
}

/// The ids that an image will probably take once it can be decoded.
fn likely_count(root: &Folder, name: &RelPath, size: TileSize) -> u32 {
    let cells = |pixels: u32| pixels.div_ceil(size.pixels()).max(1);
    let count = glyph::read_image_header(root, name)
        .map_or(1, |header| cells(header.width).saturating_mul(cells(header.height)));
    count.min(size.capacity())
}

/// What is to be known of colors that stand for transparent: those that are drawn, and a key that nothing has.
fn note_keys(color_key: Option<ColorKey>, drawn: &[CutImage<'_>]) -> Vec<Finding> {
    match color_key {
        None => note_key_color(drawn).into_iter().chain(note_index_0(drawn)).collect(),
        Some(key) => note_unused_key(key, drawn).into_iter().collect(),
    }
}

/// A note if the color key that was asked for removes no pixel of any image.
fn note_unused_key(key: ColorKey, drawn: &[CutImage<'_>]) -> Option<Finding> {
    let is_used = |one: &CutImage<'_>| {
        let keying = Keying::new(Some(key), one.image);
        one.image.pixels.iter().any(|pixel| pixel.kind != PixelKind::Clear && keying.removes(pixel))
    };
    if drawn.is_empty() || drawn.iter().any(is_used) {
        return None;
    }
    let what = match key {
        ColorKey::Index0 => "index 0".to_owned(),
        ColorKey::Color(rgb) => rgb.to_string(),
    };
    Some(Finding::new(
        Code::ColorKeyUnused,
        format!("no pixel has the color key, {what}: it makes nothing transparent"),
        "Is it the right color? Your editor's eyedropper shows it. Pixels with alpha 0 are transparent without a key.",
    ))
}

/// A note if an image with a full palette of 16 draws its index 0, which no palette of the console can.
fn note_index_0(drawn: &[CutImage<'_>]) -> Option<Finding> {
    let draws_index_0 = |one: &&CutImage<'_>| {
        let plain = || one.image.pixels.iter().filter(|pixel| pixel.kind == PixelKind::Opaque);
        one.image.own_palette.is_some()
            && plain().any(|pixel| pixel.index == 0)
            && plain().map(|pixel| pixel.index).max() == u8::try_from(PALETTE_COLORS - 1).ok()
    };
    let first = drawn.iter().find(draws_index_0)?;
    let finding = Finding::new(
        Code::KeyColorDrawn,
        "all 16 indices of the image are opaque, and will be seen; a palette of the console draws 15 colors, so its \
         tiles share several",
        "If index 0 is the background, create the asset anew with `--color-key index0`: one palette then holds the rest.",
    );
    Some(finding.file(first.artifact.file.as_str()))
}

/// A note if images draw with the color that often stands for transparent.
fn note_key_color(drawn: &[CutImage<'_>]) -> Option<Finding> {
    let key = palettes::DEFAULT_KEY.to_565();
    let count = |image: &Image| {
        image.pixels.iter().filter(|pixel| pixel.kind == PixelKind::Opaque && pixel.rgb565() == key).count()
    };
    let with: Vec<(&GlyphArtifact, usize)> =
        drawn.iter().map(|one| (one.artifact, count(one.image))).filter(|(_, n)| *n > 0).collect();
    let (first, _) = with.first()?;
    let pixels: usize = with.iter().map(|(_, count)| count).sum();
    let more = if with.len() > 1 {
        format!(" of this and {}", plural(with.len() as u64 - 1, "other image"))
    } else {
        String::new()
    };
    let key = palettes::DEFAULT_KEY;
    let finding = Finding::new(
        Code::KeyColorDrawn,
        format!("{}{more} are opaque {key}, and will be seen", plural(pixels as u64, "pixel")),
        format!(
            "If they are meant to be transparent, give the artifacts `\"color_key\": \"{key}\"` in `asset.json`, or create \
             the asset anew with `--color-key '{key}'`."
        ),
    );
    Some(finding.file(first.file.as_str()))
}

/// The tile size, if every image is exactly one tile of it.
fn common_tile_size(
    root: &Folder,
    names: &[RelPath],
    cut: &Cut,
    force: bool,
    outcome: &mut Outcome,
) -> Option<TileSize> {
    let mut sizes = Vec::new();
    for name in names {
        match glyph::read_image_header(root, name) {
            Ok(header) => sizes.push((name, header.width, header.height)),
            Err(finding) => outcome.findings.push(*finding),
        }
    }
    if blocks(&outcome.findings) {
        if force {
            outcome.findings.push(Finding::new(
                Code::TileSizeNeeded,
                "the tile size cannot be told: not all of the images can be read",
                "Say it with `--tile-size 8`, `16` or `32`.",
            ));
        }
        return None;
    }
    let cells = |(_, width, height): &(&RelPath, u32, u32), size| Grid::of(*width, *height, cut, size).ok();
    let is_one = |image: &(&RelPath, u32, u32), size| cells(image, size).is_some_and(|grid| grid.count() == 1);
    let tile = |image| TileSize::ALL.into_iter().find(|size| is_one(image, *size));
    let first = sizes.first().and_then(tile);
    if first.is_some() && sizes.iter().all(|size| tile(size) == first) {
        return first;
    }
    let fits = |size: &TileSize| sizes.iter().all(|image| cells(image, *size).is_some());
    let possible = TileSize::ALL.into_iter().filter(fits).map(|size| format!("`--tile-size {}`", size.pixels()));
    let possible: Vec<String> = possible.collect();
    let help = if possible.is_empty() {
        let odd: Vec<String> = sizes
            .iter()
            .filter(|image| cells(image, TileSize::Eight).is_none())
            .map(|(name, ..)| name.to_string())
            .collect();
        format!(
            "Say it with `--tile-size 8`, `16` or `32`; no size divides the sides of all these images, so these must be resized \
             or left out: {}.",
            join_some(odd.iter(), ", ", 6)
        )
    } else {
        format!("Say it: {}.", possible.join(" or "))
    };
    let listed = sizes.iter().map(|(name, width, height)| format!("{name} {width} × {height}"));
    let listed: Vec<String> = listed.collect();
    outcome.findings.push(Finding::new(
        Code::TileSizeNeeded,
        format!("the tile size cannot be told from the images: {}", join_some(listed.iter(), ", ", 4)),
        help,
    ));
    None
}

/// A sound bank of the sounds in `stage`; `None` if something is wrong, which goes to `outcome`. With `force` it is `None`
/// only if the bank cannot even be declared.
pub(super) fn sound_content(
    stage: &Path,
    names: &[RelPath],
    sample_rate_hz: Option<u32>,
    convert: Convert,
    force: bool,
    outcome: &mut Outcome,
) -> Option<Content> {
    let root = Folder::at(stage);
    let mut rates = Vec::new();
    let mut artifacts = Vec::new();
    for (index, name) in (0u32..).zip(names) {
        let mut source = match root.open(name) {
            Ok(source) => source,
            Err(error) => {
                outcome.findings.push(error.into_finding_about(name));
                artifacts.push(plain_sound(name, index));
                continue;
            }
        };
        match sound::read_structure(&mut source) {
            Ok(sound) => {
                rates.push((name, sound.rate_hz));
                // Agreed to where it happens, so that no artifact has a `convert` without effect.
                let convert = Convert {
                    downmix: convert.downmix && sound.channels == 2,
                    reduce_bit_depth: convert.reduce_bit_depth && sound.depth_bits > 16,
                };
                artifacts.push(SoundArtifact { convert, ..plain_sound(name, index) });
            }
            Err(sound::SoundError::Finding(finding)) => {
                outcome.findings.push(finding.file(name.as_str()));
                artifacts.push(plain_sound(name, index));
            }
            Err(sound::SoundError::Disk(error)) => outcome.record_disk_error(name, &error),
        }
    }
    if refused(&outcome.findings, force) {
        return None;
    }
    let common = rates.first().map(|(_, rate)| *rate).filter(|first| rates.iter().all(|(_, rate)| rate == first));
    let Some(sample_rate_hz) = sample_rate_hz.or(common) else {
        if rates.is_empty() {
            outcome.findings.push(Finding::new(
                Code::RateNeeded,
                "the rate cannot be told: none of the files can be read",
                "Say the bank's nominal rate with `--sample-rate HZ`.",
            ));
            return None;
        }
        let listed: Vec<String> = rates.iter().map(|(name, rate)| format!("{name} {rate} Hz")).collect();
        outcome.findings.push(Finding::new(
            Code::RateNeeded,
            format!("the files have no common rate: {}", join_some(listed.iter(), ", ", 4)),
            format!(
                "Say the bank's nominal rate, the one that a program may take for granted: `--sample-rate {}` is the \
                 commonest here. Each sound keeps its own.",
                commonest(rates.iter().map(|(_, rate)| *rate))
            ),
        ));
        return None;
    };
    // What is wrong with a file is found again when the asset is judged.
    outcome.findings.clear();
    Some(Content::Sound(SoundContent { sample_rate_hz, artifacts }))
}

/// The value that is there most often; of several the lowest.
fn commonest(values: impl Iterator<Item = u32>) -> u32 {
    let mut counts = std::collections::BTreeMap::new();
    values.for_each(|value| *counts.entry(value).or_insert(0) += 1);
    counts.into_iter().max_by_key(|(value, count)| (*count, std::cmp::Reverse(*value))).map_or(0, |(value, _)| value)
}

fn plain_sound(name: &RelPath, index: u32) -> SoundArtifact {
    SoundArtifact {
        file: name.clone(),
        index,
        looping: LoopChoice::File,
        convert: Convert::default(),
        place: no_place(),
    }
}

/// Tiles or samples.
pub(super) fn item_count(content: &Content, outcome: &Outcome) -> u32 {
    match content {
        Content::Sound(sound) => u32::try_from(sound.artifacts.len()).unwrap_or(u32::MAX),
        _ => outcome.uses.iter().map(|artifact| artifact.count).sum(),
    }
}
