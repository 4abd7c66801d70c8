//! Images to rows of pixels, before any palette is considered: the one way to decode a file, whatever its format.
//!
//! What a file is follows from its first bytes, never from its name. `png` and `aseprite` turn a file into rows of raw
//! samples; `samples` says which pixels they mean; `shown` keeps an image as it is shown.

mod aseprite;
mod png;
mod samples;
mod shown;

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

pub use self::png::PngDamage;
pub use samples::PixelRow;
pub use shown::{ShownImage, ShownRows};

pub use aseprite::{SpriteNames, SpritePalette, SpritePartProblem, SpriteTag, SpriteTimeline, read_sprite_palette};

pub(super) use aseprite::{SpriteDamage, SpriteLimit, SpritePlace, UnknownSprite};

use super::grid::Grid;
use crate::banks::sniff::{ASEPRITE_MAGIC, PNG_SIGNATURE, SniffedFile, is_apple_png, sniff_file};
use crate::declaration::SpritePart;
use crate::diagnostics::{Finding, Pixel, plural};
use crate::formats::{Rgb, Rgb565, TileSize};

/// An image that is refused for its size is decoded anyway up to this many pixels, to report its other problems in the
/// same run: 4 Mpx are a 2560 × 1600 screen, and take some 50 ms. With a higher limit a refused image could cost the
/// time of [`IMAGE_PIXELS`]; with a lower one, drawings of ordinary size would need a second run to show all of their
/// problems.
const SMALL_PIXELS: u64 = 4 << 20;

/// Colors in a row of an own palette that holds several palettes of the console.
const PALETTE_ROW: u8 = 16;

/// Enough for [`sniff_file`], which looks at 33 bytes.
const SNIFFED_BYTES: usize = 64;

/// What is known of a decoded image besides its pixels.
#[derive(Clone, Debug)]
pub struct Image {
    /// The colors of its own palette, if it is indexed.
    pub own_palette: Option<Vec<Rgb>>,
    /// Whether the file defines what is transparent: a PNG by a tRNS chunk, an indexed sprite by its transparent index.
    pub has_trns: bool,
    /// Frames of an animated PNG besides the default image.
    pub other_frames: u32,
    /// Bytes after the image's end.
    pub trailing_bytes: u64,
    /// The height of the whole image, or of a frame of a sprite, in pixels.
    pub height: u32,
    /// Of a sprite, its frames in the order of their rows; empty of a PNG.
    pub frames: Vec<SourceFrame>,
    /// Of a sprite, its tags and the times of all of its frames; `None` of a PNG.
    pub timeline: Option<Arc<SpriteTimeline>>,
}

/// A frame of a sprite, of which a part is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceFrame {
    /// Its number in the sprite, from 0.
    pub number: u32,
    /// The top left pixel of the used part.
    pub corner: Pixel,
}

/// A pixel of an image; of a sprite, in one of its frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImagePlace {
    /// The number of the frame in the sprite, from 0; `None` of a PNG.
    pub frame: Option<u32>,
    /// In the image, or in the whole frame.
    pub pixel: Pixel,
}

impl ImagePlace {
    /// The pixel that is so far to the right and below.
    #[must_use]
    pub fn plus(self, offset: Pixel) -> Self {
        Self { pixel: Pixel { x: self.pixel.x + offset.x, y: self.pixel.y + offset.y }, ..self }
    }
}

impl Image {
    /// Where the top left pixel of cell `n` is.
    pub fn cell_place(&self, grid: &Grid, n: u32) -> ImagePlace {
        self.place_in_frame(grid.frame_of(n), grid.corner_in_frame(n))
    }

    /// Where a pixel is that lies so in the used part of the frame that is used as the `n`-th, from 0.
    pub fn place_in_frame(&self, n: u32, pixel: Pixel) -> ImagePlace {
        match self.frames.get(n as usize) {
            Some(frame) => ImagePlace { frame: Some(frame.number), pixel: frame.corner }.plus(pixel),
            None => ImagePlace { frame: None, pixel },
        }
    }

    /// The warnings about what else the file contains.
    pub fn findings(&self) -> impl Iterator<Item = Finding> {
        let animated = (self.other_frames > 0).then_some(ImageProblem::Animated { other_frames: self.other_frames });
        let what = if self.frames.is_empty() { "PNG" } else { "sprite" };
        let trailing = (self.trailing_bytes > 0).then_some(ImageProblem::Trailing { bytes: self.trailing_bytes, what });
        animated.into_iter().chain(trailing).map(Finding::from)
    }
}

/// A pixel of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImagePixel {
    /// Its color; of a 16-bit pixel, the high bytes.
    pub rgb: Rgb,
    /// Its index, if the image is indexed.
    pub index: u8,
    /// Whether it can be drawn.
    pub kind: PixelKind,
}

/// What a pixel is, besides its color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PixelKind {
    /// An ordinary pixel.
    Opaque,
    /// Alpha 0: its color means nothing.
    Clear,
    /// Neither opaque nor clear; alpha in 1…254.
    Partial(u8),
    /// A 16-bit pixel whose channels are not all 257 × an 8-bit value.
    Deep,
    /// An index that the image's own palette lacks.
    NoColor,
}

/// Receives the pixels of an image, row by row from the top; those of a sprite frame by frame, so that row `y` of its
/// frame `n` is row `n × height + y`. If decoding fails later, they must not be used.
pub trait RowSink {
    /// Receives size and form before any pixel is decoded; false if no pixels are needed.
    fn accept(&mut self, header: ImageHeader) -> bool;

    /// Receives row `y`.
    fn push_row(&mut self, y: u32, row: PixelRow<'_>);
}

/// The size and form of an image, known before its pixels are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageHeader {
    /// In pixels.
    pub width: u32,
    /// Of each frame, in pixels.
    pub height: u32,
    /// How many frames there are, at least 1. All have the same size. A PNG has one.
    pub frames: u32,
    /// Whether it is indexed.
    pub indexed: bool,
    /// Its form, for people: `indexed PNG, 8 bit`.
    pub form: ImageForm,
    /// The size of a row's samples, in bytes.
    pub row_bytes: u64,
    /// How much memory decoding takes, in bytes, without what a sink keeps.
    pub decoding_bytes: u64,
    /// The width and height of the cells of the sprite's grid, in pixels. Aseprite sets it to 16 × 16 at first.
    pub grid: Option<[u32; 2]>,
}

/// The form of an image, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageForm {
    /// A PNG.
    Png {
        /// `true color PNG with alpha`
        kind: &'static str,
        /// Of a channel, or of an index.
        depth_bits: u8,
        /// Whether its rows are not in order.
        is_interlaced: bool,
    },
    /// A sprite of Aseprite.
    Sprite {
        /// `indexed Aseprite sprite`
        kind: &'static str,
        /// How many frames are used.
        frames: u32,
    },
}

impl ImageForm {
    /// How many frames there are, at least 1; a PNG has one.
    pub fn frames(&self) -> u32 {
        if let Self::Sprite { frames, .. } = self { (*frames).max(1) } else { 1 }
    }
}

impl fmt::Display for ImageForm {
    /// `true color PNG with alpha, 8 bit, interlaced`, `indexed Aseprite sprite, 4 frames`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Png { kind, depth_bits, is_interlaced } => {
                let interlaced = if *is_interlaced { ", interlaced" } else { "" };
                write!(f, "{kind}, {depth_bits} bit{interlaced}")
            }
            Self::Sprite { kind, frames } => write!(f, "{kind}, {}", plural(u64::from(*frames), "frame")),
        }
    }
}

impl ImageHeader {
    /// How many pixels all frames have.
    pub fn pixel_count(self) -> u64 {
        u64::from(self.width) * u64::from(self.height) * u64::from(self.frames)
    }

    /// The tile size that is the grid of the sprite, if there is one.
    pub fn grid_tile_size(self) -> Option<TileSize> {
        let [width, height] = self.grid?;
        TileSize::from_pixels(width).filter(|_| width == height)
    }

    /// Whether decoding its pixels costs little even if they turn out to be useless.
    pub fn is_small(self) -> bool {
        self.pixel_count() <= SMALL_PIXELS
    }
}

/// What is wrong with the file of an image.
#[derive(Debug)]
pub(super) enum ImageProblem {
    /// It is neither a PNG nor a sprite.
    NotPng(SniffedFile),
    /// It is a PNG, which has no tags, layers and slices.
    PartOfPng,
    /// The file of a sprite is not what Aseprite writes.
    SpriteDamaged(SpritePlace, SpriteDamage),
    /// The file of a sprite ends early, after so many bytes.
    SpriteCut(SpritePlace, u64),
    /// A sprite has something that the packer does not read.
    SpriteUnknown(SpritePlace, UnknownSprite),
    /// A sprite is larger than a limit.
    SpriteTooLarge(SpriteLimit),
    /// The named part of a sprite does not exist.
    SpritePart(SpritePartProblem),
    /// It ends before the PNG does, after so many bytes.
    Cut { bytes: u64 },
    /// It is not what an encoder wrote.
    Damaged(PngDamage),
    /// It is larger than the limits.
    TooLarge { width: u32, height: u32 },
    /// It is interlaced, and larger than the limit for such images.
    TooLargeInterlaced { width: u32, height: u32 },
    /// It is animated, and has so many frames besides the default image.
    Animated { other_frames: u32 },
    /// It has so many bytes after the image's end.
    Trailing { bytes: u64, what: &'static str },
}

/// Why an image could not be decoded.
#[derive(Debug)]
pub enum ImageError {
    /// A finding without a file.
    Finding(Box<Finding>),
    /// Reading failed.
    Io(io::Error),
}

impl From<ImageProblem> for ImageError {
    fn from(problem: ImageProblem) -> Self {
        Self::Finding(Box::new(problem.into()))
    }
}

/// Decodes the named part of one image from `source`, reading it only forward, and passes its rows to `sink`; `None` if
/// that needs no pixels.
///
/// # Errors
/// A finding (neither a PNG nor a sprite, damaged, cut, too large, or without such a part), or an I/O error.
pub fn decode_image(
    source: &mut dyn Read,
    part: &SpritePart,
    sink: &mut dyn RowSink,
) -> Result<Option<Image>, ImageError> {
    match StartedFile::open(source)? {
        StartedFile::Png(_) if !part.is_whole() => Err(ImageProblem::PartOfPng.into()),
        StartedFile::Png(start) => png::decode(start, source, sink),
        StartedFile::Sprite(start) => aseprite::decode(start, source, part, sink),
    }
}

/// Reads the header of the named part of an image. Of a PNG, nothing after it is read.
///
/// # Errors
/// A finding (neither a PNG nor a sprite, damaged, cut, too large, or without such a part), or an I/O error.
pub fn read_image_header(source: &mut dyn Read, part: &SpritePart) -> Result<ImageHeader, ImageError> {
    match StartedFile::open(source)? {
        StartedFile::Png(_) if !part.is_whole() => Err(ImageProblem::PartOfPng.into()),
        StartedFile::Png(start) => png::read_header(start, source),
        StartedFile::Sprite(start) => aseprite::read_header(start, source, part),
    }
}

/// The names of the parts of a sprite; `None` of a PNG.
///
/// # Errors
/// A finding (neither a PNG nor a sprite, damaged, cut or too large), or an I/O error.
pub(super) fn read_sprite_names(source: &mut dyn Read) -> Result<Option<SpriteNames>, ImageError> {
    match StartedFile::open(source)? {
        StartedFile::Png(_) => Ok(None),
        StartedFile::Sprite(start) => aseprite::read_names(start, source).map(Some),
    }
}

/// The tags and durations of a sprite; `None` of a PNG.
///
/// # Errors
/// A finding (neither a PNG nor a sprite, damaged, cut or too large), or an I/O error.
pub(super) fn read_sprite_timeline(source: &mut dyn Read) -> Result<Option<SpriteTimeline>, ImageError> {
    match StartedFile::open(source)? {
        StartedFile::Png(_) => Ok(None),
        StartedFile::Sprite(start) => aseprite::read_timeline(start, source).map(Some),
    }
}

/// The first bytes of a file, by its format.
enum StartedFile {
    Png(Vec<u8>),
    Sprite(Vec<u8>),
}

impl StartedFile {
    fn open(source: &mut dyn Read) -> Result<Self, ImageError> {
        let mut start = Vec::with_capacity(SNIFFED_BYTES);
        source.take(SNIFFED_BYTES as u64).read_to_end(&mut start).map_err(ImageError::Io)?;
        if start.starts_with(&PNG_SIGNATURE) && !is_apple_png(&start) {
            Ok(Self::Png(start))
        } else if start.get(4..6) == Some(&ASEPRITE_MAGIC) {
            Ok(Self::Sprite(start))
        } else {
            Err(ImageProblem::NotPng(sniff_file(&start)).into())
        }
    }
}

impl ImagePixel {
    /// The color as the console stores it.
    pub fn rgb565(&self) -> Rgb565 {
        self.rgb.to_565()
    }

    /// The row of its index in an own palette with rows of 16 colors.
    pub fn palette_row(&self) -> u8 {
        self.index / PALETTE_ROW
    }

    /// The column of its index in an own palette with rows of 16 colors.
    pub fn palette_column(&self) -> u8 {
        self.index % PALETTE_ROW
    }
}
