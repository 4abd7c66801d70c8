//! What `create` puts into a declaration: artifacts in the given order, palettes that cover the tiles, tile size and rate
//! where they can be told.

use std::path::Path;

use crate::banks::glyph::picture::{Picture, PixelKind};
use crate::banks::glyph::{self, first_fit};
use crate::banks::{ArtifactUse, Outcome, sound};
use crate::context::Context;
use crate::declaration::{
    ColorKey, Content, Convert, GlyphArtifact, GlyphContent, LoopChoice, SoundArtifact, SoundContent,
};
use crate::diagnostics::{Code, Finding, Place, blocks, join_some, plural};
use crate::files::Folder;
use crate::formats::TileSize;
use crate::paths::RelPath;

fn no_place() -> Place {
    Place::Json { line: 1, column: 1, path: "$.artifacts".into() }
}

/// A glyph bank of the pictures in `stage`; `None` if something is wrong, which goes to `outcome`.
pub(super) fn glyph_content(
    context: &Context,
    stage: &Path,
    names: &[RelPath],
    tile_size: Option<TileSize>,
    color_key: Option<ColorKey>,
    outcome: &mut Outcome,
) -> Option<Content> {
    let root = Folder::at(stage);
    let tile_size = match tile_size {
        Some(size) => size,
        None => common_tile_size(&root, names, outcome)?,
    };
    let mut artifacts: Vec<GlyphArtifact> = Vec::new();
    let mut pictures = Vec::new();
    let mut index = 0;
    for name in names {
        let artifact = GlyphArtifact { file: name.clone(), index, palette: None, color_key, place: no_place() };
        // An undecoded picture takes no ids here: those after it are judged as if it were not there.
        if let Some(picture) = glyph::decode(context, &root, &artifact, tile_size, outcome) {
            let count = glyph::tiles::count(picture.width, picture.height, tile_size);
            index += u32::try_from(count).unwrap_or(u32::MAX);
            pictures.push(picture);
            artifacts.push(artifact);
        }
    }
    if blocks(&outcome.findings) {
        return None;
    }
    // The pictures are judged again, as artifacts, and then these are found again.
    outcome.findings.clear();
    if color_key.is_none() {
        outcome.findings.extend(note_key_colour(&artifacts, &pictures));
    }
    let drawn: Vec<first_fit::Drawn<'_>> = std::iter::zip(&artifacts, &pictures)
        .map(|(artifact, picture)| first_fit::Drawn { file: &artifact.file, picture, color_key, index: artifact.index })
        .collect();
    let first_fit::Found { palettes, choices } = match first_fit::palettes(&drawn, tile_size) {
        Ok(found) => found,
        Err(findings) => {
            outcome.findings.extend(findings);
            return None;
        }
    };
    for (artifact, palette) in std::iter::zip(&mut artifacts, choices) {
        artifact.palette = palette;
    }
    outcome.uses.clear();
    outcome.uses.extend(std::iter::zip(&artifacts, &pictures).map(|(artifact, picture)| ArtifactUse {
        file: artifact.file.clone(),
        index: artifact.index,
        count: u32::try_from(glyph::tiles::count(picture.width, picture.height, tile_size)).unwrap_or(u32::MAX),
        columns: picture.width / tile_size.pixels(),
    }));
    Some(Content::Glyph(GlyphContent { tile_size, palettes, artifacts }))
}

/// A note if pictures draw with the colour that often stands for transparent.
fn note_key_colour(artifacts: &[GlyphArtifact], pictures: &[Picture]) -> Option<Finding> {
    let key = first_fit::DEFAULT_KEY.to_565();
    let drawn = |picture: &Picture| {
        picture.pixels.iter().filter(|pixel| pixel.kind == PixelKind::Opaque && pixel.rgb565() == key).count()
    };
    let with: Vec<(&GlyphArtifact, usize)> = std::iter::zip(artifacts, pictures)
        .map(|(artifact, picture)| (artifact, drawn(picture)))
        .filter(|(_, n)| *n > 0)
        .collect();
    let (first, _) = with.first()?;
    let pixels: usize = with.iter().map(|(_, count)| count).sum();
    let more = if with.len() > 1 {
        format!(" of this and {}", plural(with.len() as u64 - 1, "other picture"))
    } else {
        String::new()
    };
    let key = first_fit::DEFAULT_KEY;
    let finding = Finding::new(
        Code::KeyColourDrawn,
        format!("{}{more} are opaque {key}, and will be seen", plural(pixels as u64, "pixel")),
        format!(
            "If they are meant to be transparent, give the artifacts `\"color_key\": \"{key}\"` in `asset.json`, or create \
             the asset anew with `--color-key '{key}'`."
        ),
    );
    Some(finding.file(first.file.as_str()))
}

/// The tile size, if every picture is exactly one tile of it.
fn common_tile_size(root: &Folder, names: &[RelPath], outcome: &mut Outcome) -> Option<TileSize> {
    let mut sizes = Vec::new();
    for name in names {
        match glyph::header(root, name) {
            Ok(header) => sizes.push((name, header.width, header.height)),
            Err(finding) => outcome.findings.push(*finding),
        }
    }
    if blocks(&outcome.findings) {
        return None;
    }
    let tile = |(_, width, height): &(&RelPath, u32, u32)| TileSize::from_pixels(*width).filter(|_| width == height);
    let first = sizes.first().and_then(tile);
    if first.is_some() && sizes.iter().all(|size| tile(size) == first) {
        return first;
    }
    let fits = |size: &TileSize| {
        sizes.iter().all(|(_, w, h)| w.is_multiple_of(size.pixels()) && h.is_multiple_of(size.pixels()))
    };
    let possible = TileSize::ALL.into_iter().filter(fits).map(|size| format!("`--tile-size {}`", size.pixels()));
    let possible: Vec<String> = possible.collect();
    let help = if possible.is_empty() {
        "Say it with `--tile-size 8`, `16` or `32`; no size divides the sides of all these pictures, so some must be resized.".to_owned()
    } else {
        format!("Say it: {}.", possible.join(" or "))
    };
    let listed = sizes.iter().map(|(name, width, height)| format!("{name} {width} × {height}"));
    let listed: Vec<String> = listed.collect();
    outcome.findings.push(Finding::new(
        Code::TileSizeNeeded,
        format!("the tile size cannot be told from the pictures: {}", join_some(listed.iter(), ", ", 4)),
        help,
    ));
    None
}

/// A sound bank of the sounds in `stage`; `None` if something is wrong, which goes to `outcome`.
pub(super) fn sound_content(
    stage: &Path,
    names: &[RelPath],
    sample_rate_hz: Option<u32>,
    convert: Convert,
    outcome: &mut Outcome,
) -> Option<Content> {
    let root = Folder::at(stage);
    let mut rates = Vec::new();
    let mut artifacts = Vec::new();
    for (index, name) in (0u32..).zip(names) {
        let mut source = match root.open(name) {
            Ok(source) => source,
            Err(error) => {
                outcome.findings.push(error.finding(name));
                continue;
            }
        };
        match sound::walk(&mut source) {
            Ok(sound) => {
                rates.push((name, sound.rate_hz));
                // Agreed to where it happens, so that no artifact has a `convert` without effect.
                let convert = Convert {
                    downmix: convert.downmix && sound.channels == 2,
                    reduce_bit_depth: convert.reduce_bit_depth && sound.depth_bits > 16,
                };
                artifacts.push(SoundArtifact {
                    file: name.clone(),
                    index,
                    looping: LoopChoice::File,
                    convert,
                    place: no_place(),
                });
            }
            Err(sound::WalkError::Finding(finding)) => outcome.findings.push(finding.file(name.as_str())),
            Err(sound::WalkError::Disk(error)) => outcome.refused(name, &error),
        }
    }
    if blocks(&outcome.findings) {
        return None;
    }
    let common = rates.first().map(|(_, rate)| *rate).filter(|first| rates.iter().all(|(_, rate)| rate == first));
    let Some(sample_rate_hz) = sample_rate_hz.or(common) else {
        let listed: Vec<String> = rates.iter().map(|(name, rate)| format!("{name} {rate} Hz")).collect();
        outcome.findings.push(Finding::new(
            Code::RateNeeded,
            format!("the files have no common rate: {}", join_some(listed.iter(), ", ", 4)),
            "Say the bank's nominal rate with `--sample-rate`; each sound keeps its own.",
        ));
        return None;
    };
    Some(Content::Sound(SoundContent { sample_rate_hz, artifacts }))
}

/// Tiles or samples.
pub(super) fn item_count(content: &Content, outcome: &Outcome) -> u32 {
    match content {
        Content::Sound(sound) => u32::try_from(sound.artifacts.len()).unwrap_or(u32::MAX),
        _ => outcome.uses.iter().map(|artifact| artifact.count).sum(),
    }
}
