//! The declaration of a new glyph bank: its tile size, artifacts in the given order, and palettes that cover the tiles.

use std::collections::BTreeSet;

use super::animations::find_animations;
use super::{NamedFiles, NewGlyph, cannot_continue};
use crate::banks::glyph::cuts::ArtifactCut;
use crate::banks::glyph::extrusion::ExtrudedSheet;
use crate::banks::glyph::grid::Grid;
use crate::banks::glyph::image::{ImagePixel, PixelKind};
use crate::banks::glyph::palettes::{self, CutImage, FoundPalettes};
use crate::banks::{Outcome, glyph};
use crate::context::Context;
use crate::declaration::{ColorKey, Content, GlyphArtifact, GlyphContent, Palette, SpritePart};
use crate::diagnostics::{Code, Finding, Pixel, has_errors, join_some, plural};
use crate::files::Folder;
use crate::formats::{DRAWN_COLORS, Rgb565, TileSize};
use crate::parallel::in_parallel;
use crate::paths::RelPath;

/// The grid of a new sprite in Aseprite.
const ASEPRITE_GRID: TileSize = TileSize::Sixteen;

/// The highest `index` that a declaration may have.
const MAX_INDEX: u32 = i32::MAX as u32;

/// An image of the new bank, as far as it could be decoded.
struct NewImage {
    artifact: GlyphArtifact,
    decoded: Option<ArtifactCut>,
}

/// A glyph bank of the images in the folder `root`, whose first palettes are `declared`; `None` if something is wrong,
/// which is added to `outcome`. With `force` it is `None` only if the bank cannot even be declared, or if the operation
/// was canceled. If files of the bank are missing, it is not checked as an asset, so everything is added here.
pub(crate) fn declare_glyph_bank(
    context: &Context,
    root: &Folder,
    named: &NamedFiles<'_>,
    options: &NewGlyph,
    declared: &[Palette],
    force: bool,
    outcome: &mut Outcome,
) -> Option<Content> {
    let names = &named.names();
    if options.part.slice.is_some() && options.cut.region.is_some() {
        outcome.findings.push(glyph::slice_and_region());
        return None;
    }
    let tile_size = match options.tile_size {
        Some(size) => size,
        None => {
            let size = single_tile_size(context, root, names, options, force, outcome);
            if size.is_none() && !force {
                check_images(context, root, names, options, outcome);
            }
            size?
        }
    };
    let mut images: Vec<NewImage> = Vec::new();
    let mut index = 0;
    // Here each image is checked as if it were the only one: `too_many_together` reports what does not fit together.
    let cut = in_parallel(names.iter(), |name| {
        let (artifact, mut outcome) = (options.artifact(name), Outcome::default());
        let decoded = glyph::cut_artifact(context, root, &artifact, tile_size, &mut outcome);
        (artifact, decoded, outcome)
    });
    for (artifact, decoded, found) in cut {
        outcome.append_read(found);
        let count = match &decoded {
            Some(cut) => cut.tiles.count(),
            None => likely_count(root, &artifact.file, &options.part, tile_size),
        };
        images.push(NewImage { artifact: GlyphArtifact { index, ..artifact }, decoded });
        index = index.saturating_add(count).min(MAX_INDEX);
    }
    let total: u64 = images.iter().filter_map(|one| Some(u64::from(one.decoded.as_ref()?.tiles.count()))).sum();
    if !force
        && !cannot_continue(&outcome.findings, force)
        && total > u64::from(tile_size.capacity())
        && images.len() > 1
    {
        outcome.findings.push(too_many_together(&images, total, tile_size));
    }
    let drawn: Vec<CutImage<'_>> = images
        .iter()
        .filter_map(|NewImage { artifact, decoded }| Some(CutImage::new(artifact, decoded.as_ref()?)))
        .collect();
    if cannot_continue(&outcome.findings, force) {
        outcome.findings.extend(palettes::find_rich_images(&drawn, tile_size));
        outcome.findings.extend(palettes::find_undrawable(&drawn, tile_size));
        return None;
    }
    // Each image is checked again as an artifact, with the same findings.
    outcome.findings.clear();
    outcome.findings.extend(note_keys(options.color_key, &drawn));
    outcome.findings.extend(images.iter().filter_map(|NewImage { artifact, decoded }| {
        let cut = decoded.as_ref()?.repeated_borders?;
        Some(Finding::from(ExtrudedSheet(cut)).file(artifact.file.as_str()))
    }));
    let FoundPalettes { palettes, choices, findings } =
        palettes::find_palettes(context, declared, &drawn, tile_size).ok()?;
    // What can be created is checked again as a complete asset, which reports these too.
    if named.is_incomplete || (!force && has_errors(&findings)) {
        outcome.findings.extend(palettes::find_undrawable(&drawn, tile_size));
    }
    outcome.findings.extend(findings);
    outcome.uses = drawn.iter().map(|one| one.tiles.artifact_use(one.image, one.grid, one.artifact)).collect();
    let animations = if options.animations { find_animations(&drawn, tile_size) } else { Ok(Vec::new()) };
    let animations = animations.unwrap_or_else(|findings| {
        let graded = |finding: Finding| if force { finding } else { finding.requiring_animations() };
        outcome.findings.extend(findings.into_iter().map(graded));
        Vec::new()
    });
    let mut choices = choices.into_iter();
    for image in &mut images {
        if image.decoded.is_some() {
            image.artifact.palette = choices.next().flatten();
        }
    }
    let artifacts = images.into_iter().map(|image| image.artifact).collect();
    Some(Content::Glyph(GlyphContent { tile_size, palettes, artifacts, animations }))
}

/// Adds what is wrong with images whatever the tile size will be: each is decoded with the largest that fits.
fn check_images(context: &Context, root: &Folder, names: &[RelPath], options: &NewGlyph, outcome: &mut Outcome) {
    for name in names {
        let Ok(header) = glyph::read_image_header(root, name, &options.part) else { continue };
        let fits = |size: &TileSize| Grid::of(header.width, header.height, &options.cut, *size).is_ok();
        let Some(size) = TileSize::ALL.into_iter().rev().find(fits) else { continue };
        let artifact = options.artifact(name);
        if let Some(cut) = glyph::cut_artifact(context, root, &artifact, size, outcome) {
            let drawn = CutImage::new(&artifact, &cut);
            outcome.findings.extend(palettes::find_undrawable(std::slice::from_ref(&drawn), size));
        }
    }
}

/// One finding for images that fit alone, but not together.
fn too_many_together(images: &[NewImage], total: u64, size: TileSize) -> Finding {
    let capacity = size.capacity();
    let mut room = capacity;
    let fit = images.iter().take_while(|one| {
        let count = one.decoded.as_ref().map_or(0, |cut| cut.tiles.count());
        let has_room = count <= room;
        room = room.saturating_sub(count);
        has_room
    });
    let fit = fit.count();
    let blank = |one: &NewImage| {
        let tiles = one.decoded.as_ref().map(|cut| cut.tiles.taken.iter().filter(|(_, tile)| tile.is_blank()).count());
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
            "{}, and others from the rest.{skip}",
            match fit {
                1 => "The first image fits: create one bank from it".to_owned(),
                fit => format!("The first {fit} images fit: create one bank from them"),
            }
        ),
    )
}

/// How many ids an image will probably take once it can be decoded.
fn likely_count(root: &Folder, name: &RelPath, part: &SpritePart, size: TileSize) -> u32 {
    let cells = |pixels: u32| pixels.div_ceil(size.pixels()).max(1);
    let count = glyph::read_image_header(root, name, part)
        .map_or(1, |header| cells(header.width).saturating_mul(cells(header.height)).saturating_mul(header.frames));
    count.min(size.capacity())
}

/// Notes about colors that often mean transparent: those that are drawn, and a key that no pixel has.
fn note_keys(color_key: Option<ColorKey>, drawn: &[CutImage<'_>]) -> Vec<Finding> {
    match color_key {
        None => note_index_0(drawn).into_iter().collect(),
        Some(key) => note_unused_key(key, drawn).into_iter().collect(),
    }
}

/// A note if the requested color key removes no pixel of any image.
fn note_unused_key(key: ColorKey, drawn: &[CutImage<'_>]) -> Option<Finding> {
    let is_used = |one: &CutImage<'_>| one.tiles.keyed_pixels > 0;
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
        "Check the color with your editor's eyedropper. Pixels with alpha 0 are transparent without a key.",
    ))
}

/// A note if an image draws its index 0 as if it were transparent: as the background, or as one color more than a
/// palette of the console draws.
fn note_index_0(drawn: &[CutImage<'_>]) -> Option<Finding> {
    let (first, index_0, needs_palettes) = drawn.iter().find_map(|one| {
        let index_0 = *one.image.own_palette.as_deref()?.first()?;
        let plain = || one.tiles.taken.iter().flat_map(|(_, tile)| &tile.colors);
        let is_opaque = || one.tiles.clear_pixels == 0 && plain().all(|pixel| pixel.kind == PixelKind::Opaque);
        if !is_opaque() || !plain().any(|pixel| pixel.index == 0) {
            return None;
        }
        let indices: BTreeSet<u8> = plain().map(|pixel| pixel.index).collect();
        let colors: BTreeSet<Rgb565> = plain().map(ImagePixel::rgb565).collect();
        let needs_palettes =
            indices.iter().copied().map(usize::from).eq(0..=DRAWN_COLORS) && colors.len() > DRAWN_COLORS;
        (needs_palettes || is_background(one)).then_some((one, index_0, needs_palettes))
    })?;
    let finding = match needs_palettes {
        true => Finding::new(
            Code::KeyColorDrawn,
            "all 16 indices of the image are opaque and will be visible; a palette of the console draws 15 colors, so the \
             tiles use several palettes",
            "If index 0 is the background, create the asset again with `--color-key index0`: one palette is then enough.",
        ),
        false => Finding::new(
            Code::KeyColorDrawn,
            format!(
                "index 0 of the image, `{index_0}`, is opaque and will be visible; it is at all four corners, as a \
                 background is"
            ),
            format!(
                "If it should be transparent, create the asset again with `--color-key index0`, or set `\"color_key\": \
                 \"index0\"` in the artifact, and color 0 of its palette to `{index_0}`."
            ),
        ),
    };
    Some(finding.file(first.artifact.file.as_str()))
}

/// Whether index 0 is at all four corners of the cells, and other indices elsewhere.
fn is_background(one: &CutImage<'_>) -> bool {
    // Of a sprite, the first frame.
    let (columns, rows, last) = (one.grid.columns, one.grid.rows, one.grid.side() - 1);
    let last_row = columns * rows.saturating_sub(1);
    let corners = [(0, 0, 0), (columns - 1, last, 0), (last_row, 0, last), (last_row + columns - 1, last, last)];
    let is_index_0 = |(cell, x, y): (u32, u32, u32)| {
        let tile = one.tiles.taken.iter().find(|(n, _)| *n == cell);
        tile.and_then(|(_, tile)| tile.pixel(Pixel { x, y })).is_some_and(|pixel| pixel.index == 0)
    };
    let mut colors = one.tiles.taken.iter().flat_map(|(_, tile)| &tile.colors);
    corners.into_iter().all(is_index_0) && colors.any(|pixel| pixel.index != 0)
}

/// The options for images whose tiles repeat their borders; `None` if not all do at one tile size.
fn extruded_size(context: &Context, root: &Folder, names: &[RelPath], options: &NewGlyph) -> Option<String> {
    let NewGlyph { cut, part, .. } = options;
    let mut found = names.iter().map(|name| glyph::find_repeated_borders(context, root, (name, part), *cut));
    let first = found.next()?;
    let of_all = found.fold(first, |mut of_all, found| {
        of_all.retain(|one| found.contains(one));
        of_all
    });
    let options = of_all.iter().map(|cut| format!("`{}`", cut.options()));
    Some(options.collect::<Vec<_>>().join(" or ")).filter(|options| !options.is_empty())
}

/// The tile size, if every image, or every frame of a sprite, is exactly one tile of it, or has it as its grid.
fn single_tile_size(
    context: &Context,
    root: &Folder,
    names: &[RelPath],
    options: &NewGlyph,
    force: bool,
    outcome: &mut Outcome,
) -> Option<TileSize> {
    let cut = &options.cut;
    let mut sizes = Vec::new();
    let mut grids = Vec::new();
    for name in names {
        match glyph::read_image_header(root, name, &options.part) {
            Ok(header) => {
                sizes.push((name, header.width, header.height));
                grids.push(header.grid_tile_size());
            }
            Err(finding) => outcome.findings.push(*finding),
        }
    }
    let is_unreadable = has_errors(&outcome.findings);
    if is_unreadable && (force || sizes.is_empty()) {
        if force {
            outcome.findings.push(Finding::new(
                Code::TileSizeNeeded,
                "the tile size cannot be determined: not all of the images can be read",
                "Pass `--tile-size 8`, `16` or `32`.",
            ));
        }
        return None;
    }
    let cells = |(_, width, height): &(&RelPath, u32, u32), size| Grid::of(*width, *height, cut, size).ok();
    let is_one = |image: &(&RelPath, u32, u32), size| cells(image, size).is_some_and(|grid| grid.count() == 1);
    let tile = |image| TileSize::ALL.into_iter().find(|size| is_one(image, *size));
    let fits = |size: &TileSize| sizes.iter().all(|image| cells(image, *size).is_some());
    let grid = grids.first().copied().flatten().filter(|first| grids.iter().all(|grid| *grid == Some(*first)));
    let grid = grid.filter(fits);
    // An artist chose it, unless it is the one that every new sprite has.
    if grid.is_some_and(|size| size != ASEPRITE_GRID) {
        return grid.filter(|_| !is_unreadable);
    }
    let first = sizes.first().and_then(tile);
    if first.is_some() && sizes.iter().all(|size| tile(size) == first) {
        return first.filter(|_| !is_unreadable);
    }
    if grid.is_some() {
        return grid.filter(|_| !is_unreadable);
    }
    let possible = TileSize::ALL.into_iter().filter(fits).map(|size| format!("`--tile-size {}`", size.pixels()));
    let possible: Vec<String> = possible.collect();
    let help = if let Some(options) = extruded_size(context, root, names, options) {
        format!("Each tile has its border repeated around it. Pass {options}, which cuts the repetition out.")
    } else if possible.is_empty() {
        let odd: Vec<String> = sizes
            .iter()
            .filter(|image| cells(image, TileSize::Eight).is_none())
            .map(|(name, ..)| name.to_string())
            .collect();
        format!(
            "Pass `--tile-size 8`, `16` or `32`. No size divides the sides of all images: resize or leave out {}, or cut \
             out lines between their tiles with `--margin` and `--spacing`.",
            join_some(odd.iter(), ", ", 6)
        )
    } else {
        format!("Pass {}.", possible.join(" or "))
    };
    let listed = sizes.iter().map(|(name, width, height)| format!("{name} {width} × {height}"));
    let listed: Vec<String> = listed.collect();
    outcome.findings.push(Finding::new(
        Code::TileSizeNeeded,
        format!("the tile size cannot be determined from the images: {}", join_some(listed.iter(), ", ", 4)),
        help,
    ));
    None
}
