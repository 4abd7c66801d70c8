//! Sprites of Aseprite: files as the program writes them, drawn as it draws them (spec: banks, "Aseprite").
//!
//! `bytes` reads little-endian values and knows the place of each; `file` reads the chunks of a file; `layers` says
//! which of its layers are drawn and in which order; `part` finds the tag, layer and slice that an artifact names;
//! `palette` follows the palette from frame to frame; `inflate` reads compressed pixels; `draw` draws a frame, `blend`
//! a pixel. A whole file is in memory, because a cel may use the pixels of any earlier frame. Of its pixels only one
//! frame is, and the tiles of its tilesets.

mod blend;
mod bytes;
mod draw;
mod file;
mod inflate;
mod layers;
mod palette;
mod part;

use std::io::Read;
use std::sync::Arc;

use png::{BitDepth, ColorType};
use serde::Serialize;

use super::samples::{PixelRow, SampleLayout};
use super::{Image, ImageError, ImageForm, ImageHeader, ImageProblem, RowSink, SourceFrame};
use crate::declaration::SpritePart;
use crate::formats::Rgb;
use crate::limits::{IMAGE_PIXELS, IMAGE_SIDE, SPRITE_BYTES};
use bytes::SpriteError;
pub use bytes::SpritePlace;
use draw::FrameCanvas;
pub use file::SpriteTag;
use file::{ColorMode, SpriteFile};
use layers::ShownLayers;
use palette::FramePalette;
pub use part::SpritePartProblem;

/// How the file of a sprite is damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpriteDamage {
    /// Its header has no frames or no pixels.
    EmptyHeader,
    /// The color depth is none of 8, 16 and 32 bits.
    Depth(u16),
    /// A frame does not begin with its magic number, or is too short for its header.
    FrameHeader,
    /// A chunk is shorter than its content or than a chunk, or ends outside its frame.
    ChunkSize,
    /// A layer is not below the one before it.
    LayerLevel,
    /// A cel is of a layer that the file does not have before it, or that has no cels.
    CelLayer(u16),
    /// A layer has a second cel in the same frame.
    CelTwice(u16),
    /// A linked cel names a frame in which its layer has no cel.
    Link(u32),
    /// The compressed pixels cannot be read.
    Pixels,
    /// There are fewer pixels than the size says.
    TooFewPixels,
    /// There are more pixels than the size says.
    TooManyPixels,
    /// A tilemap is of a tileset that the file does not have.
    NoTileset(u32),
    /// A tileset has a number that another one has too.
    TilesetTwice(u32),
    /// The tiles of a tileset have no pixels.
    TileSize,
    /// A tile that is not square is mirrored diagonally.
    DiagonalTile,
}

/// What the packer does not read of a sprite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownSprite {
    /// A layer of a type with this number.
    LayerType(u16),
    /// A cel of a type with this number.
    CelType(u16),
    /// A blend mode with this number.
    BlendMode(u16),
    /// A tilemap with so many bits per tile.
    TileBits(u16),
    /// The tiles of the tileset with this name are in another file.
    ExternalTileset(String),
    /// The tileset with this name has no pixels in this file.
    EmptyTileset(String),
}

/// A limit that a sprite exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpriteLimit {
    /// The file has more bytes than this.
    Bytes(u64),
    /// It has more chunks, tags and slices than this.
    Chunks(u64),
    /// A frame has this size.
    Frame { width: u32, height: u32 },
    /// The frames that are used have so many pixels.
    Frames { frames: u32, pixels: u64 },
    /// So many groups are drawn by themselves inside of each other.
    Groups { depth: u32 },
    /// The images of such groups have so many pixels.
    GroupPixels { pixels: u64 },
    /// The tilesets have so many pixels.
    Tilesets { pixels: u64 },
    /// The cels to draw have so many pixels.
    Drawing { pixels: u64 },
}

/// When the frames of a sprite are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpriteTimeline {
    /// The tags, in the order of the file.
    pub tags: Vec<SpriteTag>,
    /// How long each frame is shown, in milliseconds, at least 1.
    pub durations_ms: Vec<u16>,
}

impl SpriteTimeline {
    fn of(sprite: &SpriteFile<'_>) -> Self {
        // As Aseprite shows a frame of a file that says 0.
        let durations_ms = sprite.frames.iter().map(|frame| frame.duration_ms.max(1)).collect();
        Self { tags: sprite.tags.clone(), durations_ms }
    }

    /// The tag with this name.
    ///
    /// # Errors
    /// If not exactly one has this name, or the sprite lacks frames of it.
    pub fn find_tag(&self, name: &str) -> Result<&SpriteTag, SpritePartProblem> {
        // No more than the 65,535 frames of the file.
        part::find_tag(&self.tags, u32::try_from(self.durations_ms.len()).unwrap_or(u32::MAX), name)
    }
}

/// The parts of a sprite that an artifact can use, each in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SpriteNames {
    /// The tags.
    pub tags: Vec<String>,
    /// The layers and groups; one whose name another one has too is a path, with `/` after each group.
    pub layers: Vec<String>,
    /// The slices.
    pub slices: Vec<String>,
}

/// See [`read_sprite_names`](super::read_sprite_names); `start` are the first bytes of the file.
pub(super) fn read_names(start: Vec<u8>, source: &mut dyn Read) -> Result<SpriteNames, ImageError> {
    let bytes = read_whole(start, source)?;
    let sprite = SpriteFile::read(&bytes).map_err(problem)?;
    Ok(SpriteNames {
        tags: sprite.tags.iter().map(|tag| tag.name.clone()).collect(),
        layers: layers::layer_names(&sprite),
        slices: sprite.slices.iter().map(|slice| slice.name.clone()).collect(),
    })
}

/// See [`decode_image`](super::decode_image); `start` are the first bytes of the file.
pub(super) fn decode(
    start: Vec<u8>,
    source: &mut dyn Read,
    part: &SpritePart,
    sink: &mut dyn RowSink,
) -> Result<Option<Image>, ImageError> {
    let bytes = read_whole(start, source)?;
    let sprite = SpriteFile::read(&bytes).map_err(problem)?;
    let selected = SelectedSprite::of(&sprite, part).map_err(problem)?;
    if !sink.accept(selected.header()) {
        return Ok(None);
    }
    selected.decode(sink).map(Some).map_err(problem)
}

/// See [`read_image_header`](super::read_image_header); `start` are the first bytes of the file.
pub(super) fn read_header(start: Vec<u8>, source: &mut dyn Read, part: &SpritePart) -> Result<ImageHeader, ImageError> {
    let bytes = read_whole(start, source)?;
    let sprite = SpriteFile::read(&bytes).map_err(problem)?;
    Ok(SelectedSprite::of(&sprite, part).map_err(problem)?.header())
}

/// See [`read_sprite_timeline`](super::read_sprite_timeline); `start` are the first bytes of the file.
pub(super) fn read_timeline(start: Vec<u8>, source: &mut dyn Read) -> Result<SpriteTimeline, ImageError> {
    let bytes = read_whole(start, source)?;
    let sprite = SpriteFile::read(&bytes).map_err(problem)?;
    Ok(SpriteTimeline::of(&sprite))
}

/// The palette of a sprite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpritePalette {
    /// Red, green, blue and alpha of its colors, in the first frame. The transparent index of an indexed sprite has the
    /// alpha that the palette gives it.
    pub colors: Vec<[u8; 4]>,
    /// Whether the file says that color 0 is transparent: it is an indexed sprite with this transparent index.
    pub is_color_0_clear: bool,
    /// The first frame, from 0, with another palette.
    pub changes_in: Option<u32>,
}

/// Reads the palette of a sprite, of which these are all bytes. No pixel is decompressed.
///
/// # Errors
/// A finding, as of [`read_image_header`](super::read_image_header).
pub fn read_sprite_palette(bytes: &[u8]) -> Result<SpritePalette, ImageError> {
    let read = || -> Result<SpritePalette, SpriteError> {
        let sprite = SpriteFile::read(bytes)?;
        let mut palette = FramePalette::new(&sprite);
        palette.advance_to(&sprite, 0)?;
        let colors = palette.colors_with_alpha().to_vec();
        let mut changes_in = None;
        for chunk in sprite.palette_chunks.iter().filter(|chunk| chunk.frame > 0) {
            palette.advance_to(&sprite, chunk.frame)?;
            if palette.colors_with_alpha() != colors {
                changes_in = Some(chunk.frame);
                break;
            }
        }
        let is_color_0_clear = sprite.mode == ColorMode::Indexed && sprite.transparent == 0;
        Ok(SpritePalette { colors, is_color_0_clear, changes_in })
    };
    read().map_err(problem)
}

fn read_whole(start: Vec<u8>, source: &mut dyn Read) -> Result<Vec<u8>, ImageError> {
    let mut bytes = start;
    let left = (SPRITE_BYTES + 1).saturating_sub(bytes.len() as u64);
    source.take(left).read_to_end(&mut bytes).map_err(ImageError::Io)?;
    if bytes.len() as u64 > SPRITE_BYTES {
        return Err(ImageProblem::SpriteTooLarge(SpriteLimit::Bytes(SPRITE_BYTES)).into());
    }
    Ok(bytes)
}

fn problem(error: SpriteError) -> ImageError {
    match error {
        SpriteError::Cut(place, bytes) => ImageProblem::SpriteCut(place, bytes),
        SpriteError::Damaged(place, damage) => ImageProblem::SpriteDamaged(place, damage),
        SpriteError::Unknown(place, what) => ImageProblem::SpriteUnknown(place, what),
        SpriteError::TooLarge(limit) => ImageProblem::SpriteTooLarge(limit),
        SpriteError::Part(problem) => ImageProblem::SpritePart(problem),
    }
    .into()
}

/// The part of a sprite that is used.
struct SelectedSprite<'s> {
    sprite: &'s SpriteFile<'s>,
    layers: ShownLayers,
    frames: Vec<SourceFrame>,
    /// Of each frame, in pixels.
    size: [u32; 2],
}

impl<'s> SelectedSprite<'s> {
    fn of(sprite: &'s SpriteFile<'s>, part: &SpritePart) -> Result<Self, SpriteError> {
        let layers = ShownLayers::of(sprite, part.layer.as_deref())?;
        let numbers = part::frames_of(sprite, part.tag.as_deref())?;
        let (frames, size) = part::frames_with_corners(sprite, numbers, part.slice.as_deref())?;
        let selected = Self { sprite, layers, frames, size };
        selected.check_limits()?;
        Ok(selected)
    }

    fn header(&self) -> ImageHeader {
        let frames = self.frame_count();
        let [width, height] = self.size;
        let kind = match self.sprite.mode {
            ColorMode::Indexed => "indexed Aseprite sprite",
            ColorMode::Gray => "grayscale Aseprite sprite",
            ColorMode::Rgba => "true color Aseprite sprite",
        };
        ImageHeader {
            width,
            height,
            frames,
            indexed: self.sprite.mode == ColorMode::Indexed,
            form: ImageForm::Sprite { kind, frames },
            row_bytes: u64::from(width) * self.sprite.mode.canvas_bytes(),
            decoding_bytes: self.decoding_bytes(),
            grid: self.sprite.grid,
        }
    }

    fn frame_count(&self) -> u32 {
        // No more than the 65,535 of the file.
        u32::try_from(self.frames.len()).unwrap_or(u32::MAX)
    }

    fn canvas_pixels(&self) -> u64 {
        let [width, height] = self.size.map(u64::from);
        width * height
    }

    fn decoding_bytes(&self) -> u64 {
        let canvases = self.canvas_pixels() * (1 + u64::from(self.layers.composed_depth()));
        let pixels = canvases + draw::tileset_pixels(self.sprite, &self.layers);
        self.sprite.bytes.len() as u64 + pixels * self.sprite.mode.canvas_bytes()
    }

    fn check_limits(&self) -> Result<(), SpriteError> {
        let [width, height] = self.size;
        let canvas = self.canvas_pixels();
        if width.max(height) > IMAGE_SIDE || canvas > IMAGE_PIXELS {
            return Err(SpriteLimit::Frame { width, height }.into());
        }
        let pixels = canvas * self.frames.len() as u64;
        if pixels > IMAGE_PIXELS {
            return Err(SpriteLimit::Frames { frames: self.frame_count(), pixels }.into());
        }
        draw::check_limits(self.sprite, &self.layers, self.size, self.frames.iter().map(|frame| frame.number))
    }

    fn decode(&self, sink: &mut dyn RowSink) -> Result<Image, SpriteError> {
        let sprite = self.sprite;
        let [width, _] = self.size;
        let mut canvas = FrameCanvas::new(sprite, &self.layers, self.size);
        let mut own_palette: Option<Vec<Rgb>> = None;
        let mut y = 0;
        for SourceFrame { number, corner } in &self.frames {
            canvas.draw_frame(*number, *corner)?;
            let palette = canvas.palette();
            let (colors, alphas) = (palette.padded_colors(), canvas.alphas());
            let indexed = sprite.mode == ColorMode::Indexed;
            let layout = SampleLayout {
                color_type: if indexed { ColorType::Indexed } else { ColorType::Rgba },
                depth: BitDepth::Eight,
                width: width as usize,
                palette: &colors,
                trns: indexed.then_some(&alphas),
            };
            if indexed {
                own_palette.get_or_insert_with(|| palette.colors().collect());
            }
            for row in canvas.rows() {
                sink.push_row(y, PixelRow::new(&layout, row));
                y += 1;
            }
        }
        Ok(Image {
            own_palette,
            has_trns: sprite.mode == ColorMode::Indexed && !self.layers.has_background,
            other_frames: 0,
            trailing_bytes: (sprite.bytes.len() - sprite.end) as u64,
            height: sprite.size[1],
            frames: self.frames.clone(),
            timeline: Some(Arc::new(SpriteTimeline::of(sprite))),
        })
    }
}
