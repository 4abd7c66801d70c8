//! The causes that the rules of glyph banks report, as findings: the only file of this module with sentences in it.
//!
//! A finding gets its places here. Its file is added by the caller, who knows whose cause it is.

use super::extrusion::{BorderCut, ExtrudedSheet};
use super::fit::{
    AddingColor, AlphaCounts, Ambiguity, AmbiguousColor, DeclarationFix, DeclaredColor, FitCause, LIKELY_KEY,
    MissingColor, TriedPalettes, UncutAlpha,
};
use super::grid::{CellLines, CutError, CutFix};
use super::image::{
    ImagePlace, ImageProblem, PngDamage, SpriteDamage, SpriteLimit, SpritePartProblem, SpritePlace, UnknownSprite,
};
use super::palettes::{PaletteProblem, RichTileFix};
use super::sheet::SheetProblem;
use crate::banks::sniff::{FileKind, SniffedFile};
use crate::declaration::{Cut, Region};
use crate::diagnostics::{Code, Finding, Fix, Place, Places, escaped, format_bytes, join_some, plural};
use crate::formats::{DRAWN_COLORS, MAX_PALETTES, Rgb};
use crate::limits::{IMAGE_PIXELS, IMAGE_SIDE, INTERLACED_PIXELS, SPRITE_DRAWN_PIXELS, SPRITE_GROUPS, TILESET_PIXELS};

/// The most colors that a list names. Longer ones are only counted, because nobody fixes more by hand.
const LISTED_COLORS: usize = 6;
/// The most colors named where each comes with its palettes, so that the line stays readable.
const LISTED_PLACES: usize = 4;
/// The most colors named of a tile with too many: the artist chooses among all of them which to give up, and a tile
/// rarely has more than twice as many as it may.
const LISTED_TILE_COLORS: usize = 2 * DRAWN_COLORS;

const EXPORT_AGAIN: &str = "Export the image again.";

/// Lists what can be done about partly transparent pixels.
const ALPHA_COMMAND: &str = "`prometeu-packer fix PROJECT --code partial-alpha --dry-run`";
/// Merges similar colors of a bank.
const MERGE_COMMAND: &str =
    "`prometeu-packer fix PROJECT ASSET --code colors-undeclared --choice 2` merges them once the asset exists";
/// Names the palette that draws an image.
const FRAGILE_COMMAND: &str = "`prometeu-packer fix PROJECT ASSET --code tile-fragile`";
const ELSEWHERE_COMMAND: &str = "`prometeu-packer fix PROJECT ASSET --code color-elsewhere`";
/// Rounds colors of 16 bits per channel.
const DEPTH_COMMAND: &str = "`prometeu-packer fix PROJECT --code image-depth`";

/// Adds the missing colors to the declaration.
pub const PALETTES_COMMAND: &str = "`prometeu-packer palettes PROJECT ASSET --apply`";

impl From<ImageProblem> for Finding {
    fn from(problem: ImageProblem) -> Self {
        match problem {
            ImageProblem::NotPng(file) => not_png(&file),
            ImageProblem::Cut { bytes } => Self::new(
                Code::ImageCut,
                format!("the PNG ends early, after {bytes} bytes: its end chunk (IEND) is incomplete"),
                "Export the image again, or copy the file again.",
            ),
            ImageProblem::Damaged(damage) => {
                let what = match damage {
                    PngDamage::Checksum => {
                        "the checksum of a chunk is wrong, so bytes have changed since it was written".to_owned()
                    }
                    PngDamage::Pixels => "its compressed pixels cannot be read".to_owned(),
                    PngDamage::Transparency => {
                        "its transparency chunk (tRNS) is repeated, misplaced or malformed".to_owned()
                    }
                    PngDamage::NoPalette => "it is indexed, but has no palette (PLTE)".to_owned(),
                    PngDamage::Chunk(chunk) => {
                        format!("a chunk `{chunk}` is unknown, misplaced, repeated or malformed")
                    }
                    PngDamage::Header => {
                        "its header (IHDR) has a size, color type, depth or method that no PNG has".to_owned()
                    }
                    PngDamage::Other => "its chunks are not those of a PNG".to_owned(),
                };
                Self::new(Code::ImageDamaged, format!("the PNG is damaged: {what}"), EXPORT_AGAIN)
            }
            ImageProblem::TooLarge { width, height } => Self::new(
                Code::ImageTooLarge,
                format!(
                    "the image is {width} × {height} pixels; the limit is {IMAGE_SIDE} per side and {IMAGE_PIXELS} in total"
                ),
                "Split the image into smaller ones: a bank can have at most 256 × 256 pixels.",
            ),
            ImageProblem::TooLargeInterlaced { width, height } => Self::new(
                Code::ImageTooLarge,
                format!(
                    "the image is interlaced, and {width} × {height} pixels; the limit for interlaced images is \
                     {INTERLACED_PIXELS} in total"
                ),
                "Export the image without interlacing (Adam7), or split it into smaller ones.",
            ),
            ImageProblem::Animated { other_frames } => Self::new(
                Code::ImageAnimated,
                format!(
                    "the PNG is animated: only its default image is used, and {} not",
                    match other_frames {
                        1 => "1 other frame is".to_owned(),
                        count => format!("{count} other frames are"),
                    }
                ),
                "Export the frames as one sheet, side by side (Aseprite: File > Export Sprite Sheet), or each as its own \
                 image.",
            ),
            ImageProblem::PartOfPng => Self::new(
                Code::SpritePart,
                "the artifact names a `tag`, a `layer` or a `slice`, but this image is a PNG, which has none",
                "Remove these keys from the artifact, or name the Aseprite file that the image was exported from.",
            ),
            ImageProblem::SpriteCut(place, bytes) => Self::new(
                Code::ImageCut,
                format!(
                    "the Aseprite file ends early, after {}: {} is incomplete",
                    plural(bytes, "byte"),
                    part_of(place)
                ),
                "Save the sprite again in Aseprite, or copy the file again.",
            )
            .at(Place::Byte { offset: place.offset.min(bytes) }),
            ImageProblem::SpriteDamaged(place, damage) => Self::new(
                Code::ImageDamaged,
                format!("the Aseprite file is damaged in {}: {}", part_of(place), sprite_damage(&damage)),
                "Save the sprite again in Aseprite, or restore the file from a copy.",
            )
            .at(Place::Byte { offset: place.offset }),
            ImageProblem::SpriteUnknown(place, what) => unknown_sprite(place, &what),
            ImageProblem::SpriteTooLarge(limit) => sprite_too_large(limit),
            ImageProblem::SpritePart(problem) => sprite_part(&problem),
            ImageProblem::Trailing { bytes, what } => Self::new(
                Code::ImageTrailing,
                format!("the file has {} after the {what}'s end", plural(bytes, "byte")),
                "They are ignored. Export the image again to remove them.",
            ),
        }
    }
}

fn not_png(file: &SniffedFile) -> Finding {
    let help = match file.kind {
        FileKind::Sound => "Put sounds into a sound bank.",
        FileKind::Image if file.import.is_some() => {
            "Move it out of `assets/` and add it from there: `prometeu-packer create` and `prometeu-packer compose PROJECT \
             ASSET add FILE` decode it into a PNG once. A pack never does."
        }
        FileKind::Image => file.help.unwrap_or("Export it as PNG; renaming the file does not convert it."),
        FileKind::Other => file.help.unwrap_or("Export it from your editor as PNG, or save it as an Aseprite file."),
    };
    Finding::new(Code::ImageNotPng, format!("this is neither a PNG nor an Aseprite file: {}", file.what), help)
}

/// The piece of an Aseprite file that a finding is about. Frames are counted from 1, as in Aseprite's timeline.
fn part_of(place: SpritePlace) -> String {
    match (place.frame, place.chunk) {
        (None, _) => "its header".to_owned(),
        (Some(frame), None) => format!("the header of frame {}", frame + 1),
        (Some(frame), Some(chunk)) => format!("chunk {chunk} of frame {}", frame + 1),
    }
}

fn sprite_damage(damage: &SpriteDamage) -> String {
    match damage {
        SpriteDamage::EmptyHeader => "it has no frames, or no pixels".to_owned(),
        SpriteDamage::Depth(bits) => format!("a color depth of {bits} bits; it must be 8, 16 or 32"),
        SpriteDamage::FrameHeader => "a frame must begin there, and does not".to_owned(),
        SpriteDamage::ChunkSize => "its size does not fit its content or its frame".to_owned(),
        SpriteDamage::LayerLevel => "the layer is in a group that does not exist".to_owned(),
        SpriteDamage::CelLayer(layer) => {
            format!("its cel is of layer {layer}, which does not exist or does not have such cels")
        }
        SpriteDamage::CelTwice(layer) => format!("layer {layer} already has a cel in this frame"),
        SpriteDamage::Link(frame) => {
            format!("its cel is linked to frame {}, in which its layer has none", u64::from(*frame) + 1)
        }
        SpriteDamage::Pixels => "the compressed pixels cannot be read".to_owned(),
        SpriteDamage::TooFewPixels => "it has fewer pixels than its size requires".to_owned(),
        SpriteDamage::TooManyPixels => "it has more pixels than its size allows".to_owned(),
        SpriteDamage::NoTileset(number) => format!("its tilemap uses tileset {number}, which does not exist"),
        SpriteDamage::TilesetTwice(number) => format!("there is another tileset {number}"),
        SpriteDamage::TileSize => "its tiles have no pixels".to_owned(),
        SpriteDamage::DiagonalTile => "it turns a tile that is not square by 90°".to_owned(),
    }
}

fn unknown_sprite(place: SpritePlace, what: &UnknownSprite) -> Finding {
    const NEWER: &str = "Save the sprite as a PNG, or with an older version of Aseprite.";
    let (message, help) = match what {
        UnknownSprite::LayerType(number) => (format!("a layer of type {number}"), NEWER.to_owned()),
        UnknownSprite::CelType(number) => (format!("a cel of type {number}"), NEWER.to_owned()),
        UnknownSprite::BlendMode(number) => (format!("a layer with the blend mode {number}"), NEWER.to_owned()),
        UnknownSprite::TileBits(bits) => (format!("a tilemap with {bits} bits per tile"), NEWER.to_owned()),
        UnknownSprite::ExternalTileset(name) => (
            format!("the tileset `{}`, whose tiles are in another file", escaped(name)),
            "Convert the tilemap layer to a normal layer in Aseprite (Layer > Convert To > Layer), or hide it."
                .to_owned(),
        ),
        UnknownSprite::EmptyTileset(name) => (
            format!("the tileset `{}`, whose tiles are not in the file", escaped(name)),
            "Convert the tilemap layer to a normal layer in Aseprite (Layer > Convert To > Layer), or hide it."
                .to_owned(),
        ),
    };
    let message = format!("the Aseprite file has, in {}, {message}, which the packer does not read", part_of(place));
    Finding::new(Code::SpriteUnknown, message, help).at(Place::Byte { offset: place.offset })
}

fn sprite_too_large(limit: SpriteLimit) -> Finding {
    const SMALLER: &str = "Split the sprite into smaller ones: a bank can have at most 256 × 256 pixels.";
    let (message, help) = match limit {
        SpriteLimit::Bytes(most) => (format!("the Aseprite file has more than {}", format_bytes(most)), SMALLER),
        SpriteLimit::Chunks(most) => (
            format!("the Aseprite file has more than {most} chunks, tags and slices"),
            "Remove frames, layers or cels, or split the sprite into smaller ones.",
        ),
        SpriteLimit::Frame { width, height } => (
            format!(
                "the sprite is {width} × {height} pixels; the limit is {IMAGE_SIDE} per side and {IMAGE_PIXELS} in total"
            ),
            SMALLER,
        ),
        SpriteLimit::Frames { frames, pixels } => (
            format!("{} have {pixels} pixels; the limit is {IMAGE_PIXELS}", plural(u64::from(frames), "frame")),
            "Name a `tag` with fewer frames in the artifact, or split the sprite into smaller ones.",
        ),
        SpriteLimit::Groups { depth } => (
            format!("{depth} groups of layers are inside of each other; the limit is {SPRITE_GROUPS}"),
            "Ungroup layers in Aseprite.",
        ),
        SpriteLimit::GroupPixels { pixels } => (
            format!("the images of its groups have {pixels} pixels; the limit is {IMAGE_PIXELS}"),
            "Ungroup layers in Aseprite, or make the sprite smaller.",
        ),
        SpriteLimit::Tilesets { pixels } => (
            format!("its tilesets have {pixels} pixels; the limit is {TILESET_PIXELS}"),
            "Remove tiles that no tilemap uses, or split the sprite into smaller ones.",
        ),
        SpriteLimit::Drawing { pixels } => (
            format!("the cels to draw have {pixels} pixels; the limit is {SPRITE_DRAWN_PIXELS}"),
            "Name a `tag` with fewer frames in the artifact, or merge layers in Aseprite.",
        ),
    };
    Finding::new(Code::ImageTooLarge, message, help)
}

impl From<SpritePartProblem> for Finding {
    fn from(problem: SpritePartProblem) -> Self {
        sprite_part(&problem)
    }
}

/// The finding about an artifact that has both a slice and a region.
pub fn slice_and_region() -> Finding {
    Finding::new(
        Code::SpritePart,
        "the artifact would have both a slice and a region, which each say which part is cut",
        "Use one of them: pass `--slice none`, or cut without `--region`.",
    )
}

fn sprite_part(problem: &SpritePartProblem) -> Finding {
    let (message, help) = match problem {
        SpritePartProblem::Name { kind, name, is_repeated, names, count } => {
            let (key, name) = (kind.key(), escaped(name));
            let listed = join_some(names.iter().map(|name| format!("`{}`", escaped(name))), ", ", names.len());
            let listed = match *count {
                0 => format!("the sprite has no {key}s"),
                count if count == names.len() => format!("the sprite has these: {listed}"),
                count => format!("the first of its {count} {key}s: {listed}"),
            };
            match is_repeated {
                true => (
                    format!("several {key}s of the sprite are named `{name}`; {listed}"),
                    match key {
                        "layer" => {
                            "Rename one of them in Aseprite, or name it with its groups: `GROUP/LAYER`.".to_owned()
                        }
                        _ => "Rename one of them in Aseprite.".to_owned(),
                    },
                ),
                false => (
                    format!("no {key} of the sprite is named `{name}`; {listed}"),
                    format!("Correct `{key}` in the artifact, or remove it, or rename the {key} in Aseprite."),
                ),
            }
        }
        SpritePartProblem::TagOutside { name, frames: [from, to], count } => (
            format!(
                "the tag `{}` has the frames {} to {}, but the sprite has {}",
                escaped(name),
                from + 1,
                to + 1,
                plural(u64::from(*count), "frame")
            ),
            "Set the frames of the tag again in Aseprite (Frame > Tags).".to_owned(),
        ),
        SpritePartProblem::SliceAbsent { name, frame } => (
            format!("the slice `{}` has no rectangle in frame {}", escaped(name), frame + 1),
            "Draw the slice in Aseprite from the first frame on, or name a `tag` with only the frames that have it."
                .to_owned(),
        ),
        SpritePartProblem::SliceOutside { name, frame, corner: [x, y], size: [w, h], sprite_size: [width, height] } => {
            (
                format!(
                    "the slice `{}` is {w} × {h} pixels at ({x}, {y}) in frame {}; it must be inside the sprite of {width} × {height} pixels",
                    escaped(name),
                    frame + 1
                ),
                "Move or resize the slice in Aseprite.".to_owned(),
            )
        }
        SpritePartProblem::SliceSizes { name, frames, sizes: [[w, h], [other_w, other_h]] } => (
            format!(
                "the slice `{}` is {w} × {h} pixels in frame {}, but {other_w} × {other_h} in frame {}; all frames of an artifact must have one size",
                escaped(name),
                frames[0] + 1,
                frames[1] + 1
            ),
            "Give the slice the same size in all frames in Aseprite, or name a `tag` with only the frames of one size."
                .to_owned(),
        ),
    };
    Finding::new(Code::SpritePart, message, help)
}

impl From<CutError> for Finding {
    fn from(error: CutError) -> Self {
        match error {
            CutError::RegionOutside { region: Region { x, y, w, h }, image_size: [width, height] } => Self::new(
                Code::RegionOutside,
                format!(
                    "the region of {w} × {h} pixels at ({x}, {y}) ends at ({}, {}); it must be inside the image of {width} × \
                     {height} pixels",
                    u64::from(x) + u64::from(w),
                    u64::from(y) + u64::from(h)
                ),
                "Set a `region` inside the image: `x` and `y` are its top left pixel, `w` and `h` its size.",
            ),
            CutError::PartialCells { cut, slice, size: [w, h], side, fixes } => {
                let what = match &slice {
                    Some(slice) => format!("slice `{}`", escaped(slice)),
                    None if cut.region.is_some() => "region".to_owned(),
                    None => "image".to_owned(),
                };
                let needed = match cut {
                    Cut { margin: 0, spacing: 0, .. } => {
                        format!("width and height must be multiples of the tile size, {side}")
                    }
                    Cut { margin, spacing, .. } => {
                        format!("tiles of {side} × {side} with `margin` {margin} and `spacing` {spacing} must fill it")
                    }
                };
                let resized = if slice.is_some() { "slice" } else { "canvas" };
                let fixes: Vec<String> = fixes.iter().map(|fix| cut_fix(fix, resized)).collect();
                let message = format!("the {what} is {w} × {h} pixels; {needed}");
                let finding = Self::new(Code::ImageSize, message, fixes.join(" "));
                let is_whole = Cut { skip_blank: false, ..cut } == Cut::default();
                if is_whole && slice.is_none() { finding.fix(Fix::PadCanvas) } else { finding }
            }
        }
    }
}

/// A way out, in words; `resized` is what would be resized.
fn cut_fix(fix: &CutFix, resized: &str) -> String {
    match fix {
        CutFix::CutLines(lines) => {
            let (width, margin) = (plural(lines.spacing.into(), "pixel"), plural(lines.margin.into(), "pixel"));
            let lines_are = match lines.margin {
                0 => format!("lines of {width} separate the tiles, cut them out"),
                one if one < lines.spacing => format!("each tile has a border of {margin} around it, cut it out"),
                _ => format!("lines of {width} surround the tiles, cut them out"),
            };
            format!("If {lines_are}: {}.", cut_lines(*lines))
        }
        CutFix::CutRepeatedBorders(cut) => format!(
            "Cut out the border of {} around each tile, which repeats the tile's own border: {}.",
            plural(cut.lines.margin.into(), "pixel"),
            cut_borders(*cut)
        ),
        CutFix::TileSize(size) => {
            let size = size.pixels();
            format!(
                "Use tile size {size}, which fits: pass `--tile-size {size}` to `create`, or set `tile_size` in `asset.json`."
            )
        }
        CutFix::Resize { size: [w, h], smallest: None } => {
            format!("Resize the {resized} to {w} × {h} without scaling.")
        }
        CutFix::Resize { size: [w, h], smallest: Some([small_w, small_h]) } => {
            format!("Resize the {resized} to {w} × {h} without scaling, or to {small_w} × {small_h} for tile size 8.")
        }
        CutFix::WholeCells(region) => {
            format!(
                "Use only its complete tiles: pass `--region {region}` to `create`, or set `region` in the artifact."
            )
        }
        CutFix::LargerPart { side, has_margin } => format!(
            "Use a larger part of the image{}: one tile needs {side} × {side} pixels.",
            if *has_margin { ", or a smaller `margin`" } else { "" }
        ),
    }
}

/// How to cut out lines.
fn cut_lines(CellLines { margin, spacing }: CellLines) -> String {
    match margin {
        0 => format!("pass `--spacing {spacing}` to `create`, or set `\"spacing\": {spacing}` in the artifact"),
        _ => format!(
            "pass `--margin {margin} --spacing {spacing}` to `create`, or set `\"margin\": {margin}, \"spacing\": \
             {spacing}` in the artifact"
        ),
    }
}

/// How to cut out borders that tiles repeat.
fn cut_borders(cut: BorderCut) -> String {
    match cut {
        BorderCut { size: None, region: None, lines } => cut_lines(lines),
        cut => format!("pass `{}` to `create`, or set the same in `asset.json`", cut.options()),
    }
}

impl From<ExtrudedSheet> for Finding {
    fn from(ExtrudedSheet(cut): ExtrudedSheet) -> Self {
        let size = cut.size.map_or(String::new(), |size| format!(" of {0} × {0} pixels", size.pixels()));
        Self::new(
            Code::ImageExtruded,
            format!(
                "each tile{size} of the image has its border repeated around it, {} wide, so the tiles were cut at wrong \
                 places",
                plural(cut.lines.margin.into(), "pixel")
            ),
            format!("Create the asset again and cut these out: {}.", cut_borders(cut)),
        )
    }
}

impl From<SheetProblem> for Finding {
    fn from(problem: SheetProblem) -> Self {
        match problem {
            SheetProblem::Overflow { index, count, size } => {
                let help = if count > size.capacity() {
                    "Give each part of the image its own bank, because the whole sheet of a bank is 256 × 256 pixels: pass \
                     `--region X,Y,W,H` to `create`, set `region` in the artifact, or save each part as its own image. If \
                     enough tiles are blank, leave them out with `--skip-blank` or `skip_blank`."
                } else {
                    "Move images to another bank."
                };
                Self::new(
                    Code::TileOverflow,
                    format!(
                        "the image has {}, with the ids {index} to {}; a bank of tiles of {2} × {2} pixels has the ids 0 \
                         to {3}",
                        plural(count.into(), "tile"),
                        u64::from(index) + u64::from(count) - 1,
                        size.pixels(),
                        size.capacity() - 1
                    ),
                    help,
                )
            }
            SheetProblem::OnlyBlank { cells } => Self::new(
                Code::ImageBlank,
                format!(
                    "the image has only {}, which `skip_blank` skips; at least one tile is required",
                    plural(cells, "blank tile")
                ),
                "Remove the artifact or its `skip_blank`, or correct its `color_key` or `region`.",
            ),
            SheetProblem::KeyWithoutIndices => Self::new(
                Code::ColorKeyIndex,
                "`color_key` is `index0`, but this image is not indexed",
                "Name the color, `\"color_key\": \"#rrggbb\"`, or export the image as indexed.",
            ),
            SheetProblem::TooManyTiles { artifacts, tiles, size } => Self::new(
                Code::TileOverflow,
                format!(
                    "the first {} by `index` have {tiles} tiles; a bank of tiles of {1} × {1} pixels holds {2}, so some ids are \
                     used twice",
                    plural(artifacts as u64, "artifact"),
                    size.pixels(),
                    size.capacity()
                ),
                "Correct the `index` of the artifacts, and move images to another bank: `prometeu-packer doctor PROJECT` \
                 lists which use the same ids.",
            ),
            SheetProblem::TooManyArtifacts { artifacts, size } => Self::new(
                Code::TileOverflow,
                format!(
                    "there are {artifacts} artifacts; a bank of tiles of {0} × {0} pixels holds {1} tiles, and each artifact \
                     has at least one",
                    size.pixels(),
                    size.capacity()
                ),
                "Move images to another bank. Until then, only as many artifacts as the bank holds tiles are read.",
            ),
            SheetProblem::Overlap { owner, index, count, places } => {
                let ids = match count {
                    1 => format!("id {index}"),
                    count => format!("the ids {index} to {}", index + count - 1),
                };
                Self::new(
                    Code::TileOverlap,
                    format!("`{owner}` already has this tile id"),
                    format!("Change an `index` in `asset.json`: this image takes {ids}."),
                )
                .at_all(&places)
            }
            SheetProblem::Gap { last, places } => Self::new(
                Code::TileGap,
                format!("no artifact has this tile id; the ids must run from 0 to {last} without a gap"),
                "Change an `index` in `asset.json`, or add the missing image.",
            )
            .at_all(&places),
            SheetProblem::MergedColors { palette, first: (first, first_rgb), second: (second, second_rgb) } => Self::new(
                Code::ColorsMerge,
                format!(
                    "`{second_rgb}` and color {first}, `{first_rgb}`, are the same color on the console, `{}`",
                    first_rgb.to_565().to_rgb()
                ),
                "Make the colors differ more, or remove one: the console keeps 5 bits of red and blue and 6 of green.",
            )
            .at(Place::Color { palette, color: second }),
        }
    }
}

impl From<(UncutAlpha, Option<ImagePlace>)> for Finding {
    fn from((UncutAlpha { alpha, first, counts }, place): (UncutAlpha, Option<ImagePlace>)) -> Self {
        let count = counts.total();
        let ImagePlace { frame, pixel: first } = place.unwrap_or(ImagePlace { frame: None, pixel: first });
        let image = frame.map_or_else(|| "the image".to_owned(), |frame| format!("frame {}", frame + 1));
        let found = format!(
            "alpha is {alpha} of 255 at ({}, {}) in {image}, and {} in total {} neither opaque nor transparent",
            first.x,
            first.y,
            plural(count, "pixel"),
            if count == 1 { "is" } else { "are" }
        );
        let mut finding = partial_alpha(&found, counts, frame.is_none());
        finding.count = count;
        finding
    }
}

fn partial_alpha(found: &str, AlphaCounts { high, low }: AlphaCounts, is_png: bool) -> Finding {
    let message = format!("{found}; only 0 (transparent) and 255 (opaque) can be drawn");
    const CAUSES: &str = "Soft brushes, blur and scaling leave such pixels.";
    let help = match is_png {
        true => format!("Make these pixels opaque, or erase them ({ALPHA_COMMAND} lists three ways). {CAUSES}"),
        false => format!("Make these pixels opaque in Aseprite, or erase them. {CAUSES}"),
    };
    let finding = Finding::new(Code::PartialAlpha, message, help);
    if is_png { finding.fix(Fix::SettleAlpha { high, low }) } else { finding }
}

impl From<FitCause> for Finding {
    fn from(cause: FitCause) -> Self {
        match cause {
            FitCause::PartialAlpha { alpha, counts, is_png, places } => {
                partial_alpha(&format!("alpha is {alpha} of 255"), counts, is_png).at_all(&places)
            }
            FitCause::InexactDepth { rgb, places } => Self::new(
                Code::ImageDepth,
                format!("a 16-bit color near `{rgb}` has no exact 8-bit value"),
                format!("Export the image with 8 bits per channel, or round its colors ({DEPTH_COMMAND} does it)."),
            )
            .fix(Fix::RoundDepth { pixels: places.count() })
            .at_all(&places),
            FitCause::UnknownIndex { index, last, places } => Self::new(
                Code::ImageIndex,
                format!("the pixel has index {index}, but the image's own palette ends at index {last}"),
                "Export the image again from your editor, with its complete palette. In Aseprite, the transparent color \
                 (Sprite > Properties) must be in the palette too.",
            )
            .at_all(&places),
            FitCause::ColorsAcross { colors, closest, places } => {
                let lacks = |(palette, lacking): &(usize, Vec<Rgb>)| {
                    format!("palette {palette} lacks {}", join_some(quoted(lacking).iter(), ", ", LISTED_PLACES))
                };
                let closest: Vec<String> = closest.iter().map(lacks).collect();
                Self::new(
                    Code::ColorsAcross,
                    format!(
                        "the tile's {} are declared, but no palette has all of them: {}",
                        plural(colors as u64, "color"),
                        closest.join("; ")
                    ),
                    "Add all of these colors to one palette, or redraw the tile with the colors of one: a tile is drawn with \
                     one palette.",
                )
                .at_all(&places)
            }
            FitCause::Fragile { used, other, holds_image, places } => {
                let same = format!(
                    "ive the shared colors the same indices in both palettes, because a change to palette {used} can change \
                     this tile."
                );
                let help = match holds_image {
                    Some(palette) => format!(
                        "Draw the whole image with palette {palette} ({FRAGILE_COMMAND} names it in the artifact). Or g{same}"
                    ),
                    None => format!("G{same}"),
                };
                let finding = Self::new(
                    Code::TileFragile,
                    format!("the tile fits palettes {used} and {other}, with different indices; palette {used} was used"),
                    help,
                )
                .at_all(&places);
                name_palette(finding, holds_image)
            }
            FitCause::Ambiguous { palette, color, reason, places } => {
                ambiguous(palette, &color, reason).at_all(&places)
            }
            FitCause::ForeignKey { index0, key, candidates, places } => {
                foreign_key(index0, key, candidates).at_all(&places)
            }
            FitCause::KeyDrawn { places } => Self::new(
                Code::KeyColorDrawn,
                format!("{} are opaque {LIKELY_KEY} and will be visible", plural(places.count(), "pixel")),
                format!(
                    "If they should be transparent, set the color key of the image with `prometeu-packer key PROJECT ASSET \
                     '{LIKELY_KEY}' IMAGE`. If not, give color 0 of their palette another color."
                ),
            )
            .at_all(&places),
            FitCause::Flat { rgb, indices } => Self::new(
                Code::ImageFlat,
                format!("the image draws with {indices} indices, which all have the color `{rgb}`: its drawing is not visible"),
                format!(
                    "If its palette was lost, export the image again from your editor, with its colors. If it should be an \
                     area of `{rgb}`, draw it with one index."
                ),
            ),
            FitCause::ImageColorsMerge { group, more_groups } => {
                let more = match more_groups {
                    0 => String::new(),
                    1 => ", and so is 1 more group of this image".to_owned(),
                    more => format!(", and so are {more} more groups of this image"),
                };
                Self::new(
                    Code::ImageColorsMerge,
                    format!(
                        "{} are the same color on the console{more}",
                        join_some(quoted(&group).iter(), ", ", LISTED_PLACES)
                    ),
                    "Make them differ more if they must look different: the console keeps 5 bits of red and blue and 6 of \
                     green.",
                )
            }
            FitCause::Elsewhere { named, colors, holds_image, adding } => {
                elsewhere(named, &colors, holds_image, &adding)
            }
            FitCause::OnlyKey { color, palette, is_index0 } => only_key(&color, palette, is_index0),
            FitCause::NearMiss { color, tried, nearest, adding } => Self::new(
                Code::ColorNearMiss,
                format!(
                    "`{}` is {}; {}; {}",
                    color.rgb,
                    not_in(tried),
                    closest_words(Some(nearest)),
                    pixels_and_tiles(&color)
                ),
                format!(
                    "Replace `{}` with `{}` in your editor (Aseprite: Edit > Replace Color), and export without color \
                     management. Or, if the color is intended, {}.",
                    color.rgb,
                    nearest.rgb,
                    add_color(&adding)
                ),
            )
            .at_all(&color.places)
            .fix(replace_color(color.rgb, nearest)),
            FitCause::Stray { color, tried, similar, nearest, adding } => {
                let finding = Self::new(
                Code::ColorStray,
                format!(
                    "`{}` is {}; {}; {}",
                    color.rgb,
                    not_in(tried),
                    closest_words(similar),
                    pixels_and_tiles(&color)
                ),
                format!("Repaint these stray pixels. Or, if the color is intended, {}.", add_color(&adding)),
            )
            .at_all(&color.places);
                match nearest {
                    Some(nearest) => finding.fix(replace_color(color.rgb, nearest)),
                    None => finding,
                }
            }
            FitCause::Undeclared { colors, tried, similar, fix } => undeclared(&colors, tried, similar, &fix),
        }
    }
}

/// The finding, with a fix that names a palette that has all colors of the image.
fn name_palette(finding: Finding, holds_image: Option<usize>) -> Finding {
    match holds_image.and_then(|palette| u32::try_from(palette).ok()) {
        Some(palette) => finding.fix(Fix::NamePalette { palette }),
        None => finding,
    }
}

fn replace_color(from: Rgb, to: DeclaredColor) -> Fix {
    Fix::ReplaceColor { from: from.to_string(), to: to.rgb.to_string() }
}

/// How to declare a color, if the named palette can have it or there is none.
fn add_color(adding: &AddingColor) -> String {
    match adding {
        AddingColor::ToDeclaration => format!("declare it: {PALETTES_COMMAND}"),
        AddingColor::ToFile(file) => format!("add it to the file of that palette, `{file}`"),
        AddingColor::PaletteFull => format!(
            "remove `palette` from the artifact, because that palette is full, and declare it: {PALETTES_COMMAND}"
        ),
        AddingColor::AllFull => {
            format!("declare it instead of a color that is not needed: all {MAX_PALETTES} palettes are full")
        }
    }
}

fn quoted(colors: &[Rgb]) -> Vec<String> {
    colors.iter().map(|rgb| format!("`{rgb}`")).collect()
}

/// The palettes that were tried, in words that follow "is" or "are".
fn not_in(tried: TriedPalettes) -> String {
    match tried {
        TriedPalettes::Only => "not in palette 0".into(),
        TriedPalettes::Named(palette) => format!("not in palette {palette}, which the artifact names"),
        TriedPalettes::All(count) => format!("in none of the {count} palettes"),
    }
}

fn pixels_and_tiles(color: &MissingColor) -> String {
    format!("{} in {}", plural(color.places.count(), "pixel"), plural(color.tiles, "tile"))
}

fn closest_words(similar: Option<DeclaredColor>) -> String {
    match similar {
        Some(DeclaredColor { palette, index, rgb }) => format!("closest is palette {palette} color {index}, `{rgb}`"),
        None => "no declared color is similar".into(),
    }
}

/// The first places of several colors, in the image's order.
fn first_places<'m>(colors: impl Iterator<Item = &'m MissingColor>) -> Places {
    let mut firsts: Vec<&Place> = colors.flat_map(|color| color.places.first_places()).collect();
    firsts.sort();
    let mut places = Places::default();
    firsts.into_iter().cloned().for_each(|place| places.add(place));
    places
}

/// Two or more indices, such as `1, 2 and 4`.
fn listed_indices(indices: &[u8]) -> String {
    let listed: Vec<String> = indices.iter().map(ToString::to_string).collect();
    match listed.split_last() {
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

fn ambiguous(palette: usize, AmbiguousColor { rgb, indices }: &AmbiguousColor, reason: Ambiguity) -> Finding {
    let (listed, first) = (listed_indices(indices), indices[0]);
    let (message, help) = match reason {
        Ambiguity::MatchedByColor { is_indexed } => {
            let order = if is_indexed { "with a palette in the order of" } else { "as an indexed PNG with the colors of" };
            (
                format!(
                    "`{rgb}` is at the indices {listed} of palette {palette}, and the image does not have the indices of \
                     that palette; all of the tile's `{rgb}` became index {first}"
                ),
                format!(
                    "If these indices must differ, export the image {order} palette {palette}, index by index, or give each \
                     of them its own color, in the image and in `asset.json`. Otherwise declare `{rgb}` at only one of them \
                     in `asset.json`, and other colors at the rest."
                ),
            )
        }
        Ambiguity::Merged { own_indices } => (
            format!(
                "`{rgb}` is at the indices {listed} of palette {palette}, but at only {} of the image's own palette; a \
                 program may have merged them, and then all of the tile's `{rgb}` is at those that are left",
                plural(own_indices as u64, "place")
            ),
            format!(
                "If a program merged them, export the image again with the colors of palette {palette}, index by index. \
                 Otherwise give its own palette `{rgb}` at each of these indices too, or declare `{rgb}` at fewer of them in \
                 `asset.json`, and other colors at the rest."
            ),
        ),
        Ambiguity::MergedWithKey => (
            format!(
                "`{rgb}` is color 0, the key, and also color {first} of palette {palette}; the image has it only as index \
                 0, so all of its `{rgb}` is transparent"
            ),
            format!(
                "If a program merged the two, export the image again with its palette unchanged. Otherwise give index 0 of \
                 the image, and color 0 of palette {palette} in `asset.json`, a color that the art does not use."
            ),
        ),
        Ambiguity::KeyMoved => (
            format!(
                "`{rgb}` is color 0, the key, and also color {first} of palette {palette}; the image draws nothing with its \
                 index 0, so all of its `{rgb}` became index {first}"
            ),
            "If a program moved the indices of the image, as GIMP does, export it again with its palette unchanged. If \
             nothing in the image is transparent, remove `color_key` from the artifact."
                .to_owned(),
        ),
    };
    Finding::new(Code::ColorAmbiguous, message, help)
}

fn foreign_key(index0: Rgb, key: Option<(usize, Rgb)>, candidates: usize) -> Finding {
    let (found, set) = match key {
        Some((palette, key)) => (format!("color 0 of palette {palette} is `{key}`"), format!("palette {palette}")),
        None => (format!("that is color 0 of none of the {candidates} palettes"), "the palettes".to_owned()),
    };
    Finding::new(
        Code::ColorKeyDiffers,
        format!(
            "index 0 of the image, its color key, is `{index0}`, but {found}; the pixels of index 0 are transparent"
        ),
        format!(
            "If the program that saved the image changed the order of its palette, export it again with the order \
             unchanged. If `{index0}` is the background, set color 0 of {set} to `{index0}` in \
             `asset.json`."
        ),
    )
}

fn elsewhere(
    named: usize,
    colors: &[(MissingColor, usize, u8)],
    holds_image: Option<usize>,
    adding: &AddingColor,
) -> Finding {
    let pixels: u64 = colors.iter().map(|(color, ..)| color.places.count()).sum();
    let listed =
        colors.iter().map(|(color, palette, index)| format!("`{}` is color {index} of palette {palette}", color.rgb));
    let listed: Vec<String> = listed.collect();
    let what = match colors {
        [(color, ..)] => format!("`{}` is", color.rgb),
        _ => format!("{} colors are", colors.len()),
    };
    const ANY_PALETTE: &str = "emove `palette` from the artifact so that each tile can use another palette";
    let help = match (holds_image, adding) {
        (Some(palette), _) => {
            format!(
                "Draw the image with palette {palette}, which has all of its colors ({ELSEWHERE_COMMAND} names it)."
            )
        }
        (None, AddingColor::ToDeclaration) => {
            format!("Add the missing colors to palette {named}, or r{ANY_PALETTE}.")
        }
        (None, AddingColor::ToFile(file)) => {
            format!("Add the missing colors to the file of palette {named}, `{file}`, or r{ANY_PALETTE}.")
        }
        (None, AddingColor::PaletteFull | AddingColor::AllFull) => {
            format!("R{ANY_PALETTE}: palette {named} has no room for the missing colors.")
        }
    };
    let mut finding = Finding::new(
        Code::ColorElsewhere,
        format!(
            "{what} not in palette {named}, which the artifact names, but in another: {}; {}",
            join_some(listed.iter(), ", ", LISTED_PLACES),
            plural(pixels, "pixel")
        ),
        help,
    )
    .at_all(&first_places(colors.iter().map(|(color, ..)| color)));
    finding.count = pixels;
    name_palette(finding, holds_image)
}

fn only_key(color: &MissingColor, palette: usize, is_index0: bool) -> Finding {
    let rgb = color.rgb;
    let or_index0 = if is_index0 { " or `\"color_key\": \"index0\"`" } else { "" };
    Finding::new(
        Code::ColorOnlyKey,
        format!(
            "`{rgb}` is declared only as color 0 of palette {palette}, the color key, which is never drawn; {}",
            pixels_and_tiles(color)
        ),
        format!(
            "To make these pixels transparent, set `\"color_key\": \"{rgb}\"`{or_index0} in the artifact in `asset.json`. To \
             show them, declare `{rgb}` among the colors 1 to 15 too."
        ),
    )
    .at_all(&color.places)
}

fn undeclared(
    colors: &[MissingColor],
    tried: TriedPalettes,
    similar: Option<DeclaredColor>,
    fix: &DeclarationFix,
) -> Finding {
    let pixels = colors.iter().map(|color| color.places.count()).sum();
    let not_in = not_in(tried);
    let message = match colors {
        [color] => format!("`{}` is {not_in}; {}; {}", color.rgb, closest_words(similar), pixels_and_tiles(color)),
        _ => {
            let listed = colors.iter().map(|one| format!("`{}` ({})", one.rgb, plural(one.places.count(), "pixel")));
            let (count, pixels) = (colors.len(), plural(pixels, "pixel"));
            format!("{count} colors are {not_in}; {pixels}: {}", join_some(listed, ", ", LISTED_COLORS))
        }
    };
    let mut finding =
        Finding::new(Code::ColorsUndeclared, message, declaration_fix(fix)).at_all(&first_places(colors.iter()));
    finding.count = pixels;
    finding
}

fn declaration_fix(fix: &DeclarationFix) -> String {
    let json = |colors: &[Rgb]| colors.iter().map(|rgb| format!("\"{rgb}\"")).collect::<Vec<_>>().join(", ");
    match fix {
        DeclarationFix::Extend { palette, file: Some(file), colors } => format!(
            "Repaint with declared colors, or add these to the file of palette {palette}, `{file}`, which has room: {}",
            join_some(quoted(colors).iter(), ", ", LISTED_COLORS)
        ),
        DeclarationFix::Extend { palette, file: None, colors } => format!(
            "Repaint with declared colors, or add these to `colors` of palette {palette} in `asset.json`, which has room \
             ({PALETTES_COMMAND} does this): `{}`",
            json(colors)
        ),
        DeclarationFix::Add { palette, key, colors, is_palette_named } => {
            let (name_it, command) = match is_palette_named {
                true => (format!("set `\"palette\": {palette}` in the artifact and "), String::new()),
                false => (String::new(), format!(" ({PALETTES_COMMAND} does this)")),
            };
            format!(
                "Repaint with declared colors, or {name_it}paste this palette into `output.pipeline.palettes` in `asset.json`\
                 {command}: `{{\"index\": {palette}, \"palette\": {{\"colors\": [\"{key}\", {}]}}}}`",
                json(colors)
            )
        }
        DeclarationFix::Search => "Repaint with declared colors, or add palettes to `output.pipeline.palettes` in \
                                   `asset.json` that each have all colors of some of these tiles (`prometeu-packer palettes \
                                   PROJECT ASSET --apply` finds them): such palettes were never declared."
            .into(),
        DeclarationFix::AllFull => format!(
            "Repaint with declared colors, or move images to another bank: all {MAX_PALETTES} palettes are full."
        ),
    }
}

impl From<PaletteProblem> for Finding {
    fn from(problem: PaletteProblem) -> Self {
        match problem {
            PaletteProblem::TooManyColors { colors, rich_tiles, all_tiles, most_colors, fixes, places } => {
                let listed = colors.iter().map(|(rgb, count)| format!("`{rgb}` ({})", plural(*count, "pixel")));
                let mut message = format!(
                    "the tile has {} colors; a palette can draw {DRAWN_COLORS}: {}",
                    colors.len(),
                    join_some(listed, ", ", LISTED_TILE_COLORS)
                );
                if rich_tiles > 1 {
                    message.push_str(&format!(
                        "; {rich_tiles} of {all_tiles} tiles have too many, up to {most_colors}"
                    ));
                }
                let fixes: Vec<String> = fixes.iter().map(rich_tile_fix).collect();
                Self::new(Code::TooManyColors, message, fixes.join(" ")).at_all(&places)
            }
            PaletteProblem::TooManyPalettes { colors, tiles, places } => {
                let listed = tiles.iter().map(|one| {
                    let rare = match (one.others, one.rare.len() as u64) {
                        (0, count) => format!("{} in no other tile", count),
                        (others, count) => format!("{count} in only {}", plural(others as u64, "other tile")),
                    };
                    format!("tile {} of `{}` ({}, {rare})", one.tile, one.file, plural(one.colors as u64, "color"))
                });
                let listed = join_some(listed, ", ", LISTED_PLACES);
                let rare = tiles.first().map(|one| join_some(quoted(&one.rare).iter(), ", ", LISTED_COLORS));
                let mut finding = Self::new(
                    Code::TooManyPalettes,
                    format!(
                        "no division of the tiles into {MAX_PALETTES} palettes was found, the most that a bank can have: they \
                         have {}; these tiles have most colors of their own: {listed}",
                        plural(colors as u64, "color")
                    ),
                    format!(
                        "Draw these tiles with colors that other tiles have, the first one without {} ({MERGE_COMMAND}). \
                         Or distribute the images over several banks. If you know palettes that draw all tiles, pass them with `--palette`.",
                        rare.unwrap_or_default()
                    ),
                )
                .at_all(&places);
                finding.count = 1;
                finding
            }
            PaletteProblem::SameColors { first, second } => Self::new(
                Code::PalettesAlike,
                format!("palettes {first} and {second} have the same colors in a different order"),
                format!(
                    "If one palette should draw both, save the images of palette {second} with their colors in the order of \
                     palette {first}, and create the asset again. If a program uses the different order, nothing is wrong."
                ),
            ),
            PaletteProblem::RepeatedColors { palette, color: AmbiguousColor { rgb, indices }, more } => {
                let more = match more {
                    0 => String::new(),
                    more => format!("; the same is true for {}", plural(more as u64, "other color")),
                };
                Self::new(
                    Code::ColorsRepeated,
                    format!(
                        "`{rgb}` is at the indices {} of palette {palette}, and the image draws with each of them; optimizers \
                         merge equal colors, and then these indices are one{more}",
                        listed_indices(&indices)
                    ),
                    "If a program changes these colors separately, keep optimizers away from the image, or give each index its \
                     own color, in the image and in `asset.json`. Otherwise draw with one of them.",
                )
            }
            PaletteProblem::PaletteFull { palette, file: Some(file), lacking, places, .. } => Self::new(
                Code::PaletteIsFile,
                format!(
                    "palette {palette}, which the artifact names, is the file `{file}`, and lacks {} of the tile's colors: {}",
                    lacking.len(),
                    join_some(quoted(&lacking).iter(), ", ", LISTED_COLORS)
                ),
                "Add them there, with your art program; remove `palette` from the artifact so that its tiles can use another \
                 palette; or draw them with fewer colors.",
            )
            .at_all(&places),
            PaletteProblem::PaletteFull { palette, file: None, lacking, room, places } => Self::new(
                Code::PaletteFull,
                format!(
                    "palette {palette}, which the artifact names, lacks {} of the tile's colors and has room for {room}: {}",
                    lacking.len(),
                    join_some(quoted(&lacking).iter(), ", ", LISTED_COLORS)
                ),
                "Remove `palette` from the artifact so that its tiles can use another palette, or draw them with fewer colors.",
            )
            .at_all(&places),
        }
    }
}

fn rich_tile_fix(fix: &RichTileFix) -> String {
    match fix {
        RichTileFix::KeyIndex0 => "If index 0, which is opaque in this image, is the background, make it the color key: pass \
                                   `--color-key index0` to `create`, or set `\"color_key\": \"index0\"` in the artifact."
            .to_owned(),
        RichTileFix::KeyColor(key) => format!(
            "If `{key}` is the background, make it the color key: pass `--color-key {}` to `create`, or set `\"color_key\": \
             \"{key}\"` in the artifact.",
            key.to_string().trim_start_matches('#')
        ),
        RichTileFix::TileSize(size) => format!(
            "Use tile size {0}, with which every tile has few enough colors: pass `--tile-size {0}` to `create`, or set \
             `tile_size` in `asset.json`.",
            size.pixels()
        ),
        RichTileFix::ReduceImage => "Reduce the colors of the whole image (Aseprite: Sprite > Color Mode > Indexed): most of \
                                     its tiles have too many."
            .to_owned(),
        RichTileFix::MergePairs(pairs) => {
            let pairs: Vec<String> = pairs.iter().map(|(a, b)| format!("`{a}` and `{b}`")).collect();
            let pairs = pairs.join(", ");
            format!("Draw the tile with fewer colors; the most similar pairs are {pairs} ({MERGE_COMMAND}).")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::banks::glyph::grid::Grid;
    use crate::formats::TileSize;

    fn help(width: u32, height: u32, cut: Cut, size: TileSize) -> String {
        Finding::from(Grid::of(width, height, &cut, size).unwrap_err()).help
    }

    #[test]
    fn lines_between_tiles_are_explained() {
        let help = help(16 * 3 + 2, 16 * 2 + 1, Cut::default(), TileSize::Sixteen);
        assert!(
            help.starts_with("If lines of 1 pixel separate the tiles, cut them out: pass `--spacing 1` to `create`"),
            "{help}"
        );
    }

    #[test]
    fn larger_parts_are_suggested() {
        let region = |w: u32, h: u32| Some(Region { x: 0, y: 0, w, h });
        assert_eq!(
            help(64, 64, Cut { region: region(7, 8), ..Cut::default() }, TileSize::Eight),
            "Use a larger part of the image: one tile needs 8 × 8 pixels."
        );
        assert_eq!(
            help(64, 64, Cut { region: region(8, 8), margin: 4, ..Cut::default() }, TileSize::Eight),
            "Use a larger part of the image, or a smaller `margin`: one tile needs 16 × 16 pixels."
        );
    }

    #[test]
    fn impossible_fixes_are_not_suggested() {
        let margin = Cut { margin: IMAGE_SIDE, ..Cut::default() };
        assert!(!help(64, 64, margin, TileSize::Eight).contains("Resize"));
        assert!(!help(432, 296, Cut::default(), TileSize::Sixteen).contains("tile size"));
    }
}
