//! `asset.json`, the declaration of one asset: what it is, which files it is built from, and how it is preloaded.
//!
//! Owns the declaration as a value, its reader ([`Declaration::read`]) and its only writer ([`Declaration::to_bytes`]),
//! which `create`, the demo tool and every test use. It opens no artifact (spec: declarations).

mod animation;
mod conflict;
pub(crate) mod edit;
mod read;
mod read_animation;
mod write;

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::asset_uuid::AssetUuid;
use crate::diagnostics::{Place, escaped};
use crate::formats::{EntryMetadata, GlyphMetadata, Rgb, SampleLoop, SoundMetadata, TileSize};
use crate::paths::RelPath;

pub(crate) use animation::is_animation_name;
pub use animation::{
    Animation, AnimationDirection, AnimationFrames, DeclaredFrames, FollowedTag, FrameTimes, MAX_ANIMATIONS,
    MAX_FRAME_MS,
};
pub use read::DeclarationReading;

/// The anchor's file name: a folder that contains it is an asset root.
pub const ANCHOR: &str = "asset.json";

/// The family of an asset, which its `type` declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Tiles and palettes.
    GlyphBank,
    /// Sounds.
    SoundBank,
}

impl Family {
    /// All families, with their names in `type`.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("glyph_bank", Self::GlyphBank), ("sound_bank", Self::SoundBank)];

    /// The name in `type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GlyphBank => "glyph_bank",
            Self::SoundBank => "sound_bank",
        }
    }

    /// The name in `output.format`.
    pub fn format(self) -> &'static str {
        match self {
            Self::GlyphBank => "GLYPH/indexed_v1",
            Self::SoundBank => "SOUNDS/pcm16le_v1",
        }
    }

    /// The bank type in the pack.
    pub fn bank_type(self) -> &'static str {
        match self {
            Self::GlyphBank => "GLYPH",
            Self::SoundBank => "SOUNDS",
        }
    }
}

/// A declaration without errors.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// Equal to the uuid in the registry.
    pub asset_uuid: AssetUuid,
    /// 1–64 of `[A-Za-z0-9_./-]`.
    pub name: String,
    /// Where the palettes came from. Never opened.
    pub input_palettes: Vec<RelPath>,
    /// What the payload is built from.
    pub content: Content,
    /// Whether and where the asset is loaded at boot.
    pub preload: Preload,
}

impl Declaration {
    /// The family, which follows from the content.
    pub fn family(&self) -> Family {
        match &self.content {
            Content::Glyph(_) => Family::GlyphBank,
            Content::Sound(_) => Family::SoundBank,
            Content::Raw { metadata, .. } => metadata.family(),
        }
    }

    /// The files in the root that the payload is built from, each once, in the order of their declaration.
    pub fn source_files(&self) -> Vec<&RelPath> {
        let mut files: Vec<&RelPath> = Vec::new();
        let all: Vec<&RelPath> = match &self.content {
            Content::Glyph(glyph) => {
                let palettes = glyph.palettes.iter().filter_map(|palette| palette.file.as_ref());
                let palettes = palettes.filter(|source| !source.is_shared).map(|source| &source.path);
                glyph.artifacts.iter().map(|artifact| &artifact.file).chain(palettes).collect()
            }
            Content::Sound(sound) => sound.artifacts.iter().map(|artifact| &artifact.file).collect(),
            Content::Raw { payload, .. } => vec![payload],
        };
        let mut seen = std::collections::HashSet::new();
        files.extend(all.into_iter().filter(|file| seen.insert(file.as_str())));
        files
    }
}

/// What a payload is built from.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Images and palettes.
    Glyph(GlyphContent),
    /// Sounds.
    Sound(SoundContent),
    /// A finished payload, with the metadata of its entry in the pack.
    Raw {
        /// The payload file.
        payload: RelPath,
        /// Its complete metadata.
        metadata: RawMetadata,
        /// Where the metadata is, for findings.
        place: Place,
    },
}

/// The metadata of a raw asset. It is of a glyph bank or a sound bank, never of a SCENE.
#[derive(Clone, Debug, PartialEq)]
pub struct RawMetadata {
    family: Family,
    entry: EntryMetadata,
}

impl RawMetadata {
    /// Reads the `output.metadata` of a raw asset of `family`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(family: Family, value: &Value) -> Result<Self, String> {
        EntryMetadata::read(family.bank_type(), value.clone()).map(|entry| Self { family, entry })
    }

    /// The family of the asset.
    pub fn family(&self) -> Family {
        self.family
    }

    /// The metadata of its entry in the pack.
    pub fn entry_metadata(&self) -> &EntryMetadata {
        &self.entry
    }
}

impl From<GlyphMetadata> for RawMetadata {
    fn from(metadata: GlyphMetadata) -> Self {
        Self { family: Family::GlyphBank, entry: metadata.into() }
    }
}

impl From<SoundMetadata> for RawMetadata {
    fn from(metadata: SoundMetadata) -> Self {
        Self { family: Family::SoundBank, entry: metadata.into() }
    }
}

/// What a glyph bank is built from.
#[derive(Clone, Debug, PartialEq)]
pub struct GlyphContent {
    /// Of every tile.
    pub tile_size: TileSize,
    /// By index; the order in the file means nothing.
    pub palettes: Vec<Palette>,
    /// At least one, in any order.
    pub artifacts: Vec<GlyphArtifact>,
    /// In any order, at most [`MAX_ANIMATIONS`]; for tools only.
    pub animations: Vec<Animation>,
}

impl GlyphContent {
    /// Whether a palette has no colors, because its file cannot be used: the bank cannot be packed.
    pub(crate) fn has_unread_palettes(&self) -> bool {
        self.palettes.iter().any(|palette| palette.colors.is_empty())
    }
}

/// Whether a palette may have this name (spec: declarations, "Names").
pub(crate) fn is_palette_name(text: &str) -> bool {
    let is_refused = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    (1..=32).contains(&text.chars().count()) && !text.chars().any(is_refused)
}

/// A declared palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Palette {
    /// A name of 1–32 printable characters, for tools only.
    pub name: Option<String>,
    /// 1–16; color 0 is the color key. Of a palette that is a file, none until the file is read, or if it cannot be
    /// used.
    pub colors: Vec<Rgb>,
    /// The file that has the colors, if they are not in the declaration.
    pub file: Option<PaletteSource>,
}

impl Palette {
    /// A palette whose colors are in the declaration.
    pub fn of_colors(name: Option<String>, colors: Vec<Rgb>) -> Self {
        Self { name, colors, file: None }
    }
}

/// A file that is a palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaletteSource {
    /// Relative to the root, or to `assets/` if it is shared.
    pub path: RelPath,
    /// Whether it is anywhere below `assets/`, for several assets: its declared path begins with `/`.
    pub is_shared: bool,
    /// The row of 16 colors, of a file that has more.
    pub row: Option<u32>,
    /// The color key, if the file has only the colors after it.
    pub key: Option<Rgb>,
}

impl PaletteSource {
    /// The declared path.
    pub fn declared_path(&self) -> String {
        if self.is_shared { format!("/{}", self.path) } else { self.path.to_string() }
    }

    /// Whether both are of one file.
    pub fn is_same_file(&self, other: &Self) -> bool {
        (self.is_shared, &self.path) == (other.is_shared, &other.path)
    }
}

/// An image of a glyph bank: one tile, or several with consecutive ids.
#[derive(Clone, Debug, PartialEq)]
pub struct GlyphArtifact {
    /// Relative to the root.
    pub file: RelPath,
    /// The id of its first tile.
    pub index: u32,
    /// The only palette that its tiles may use.
    pub palette: Option<u32>,
    /// Which pixels are transparent, besides those with alpha 0.
    pub color_key: Option<ColorKey>,
    /// Which part of a sprite is used.
    pub part: SpritePart,
    /// How the image is cut into cells; of a sprite, each frame.
    pub cut: Cut,
}

/// The longest name of a tag, layer or slice, in characters. Aseprite shows some 30 of them.
const PART_NAME_CHARS: usize = 256;

/// Whether a tag, layer or slice can be named so in a declaration.
pub(crate) fn is_part_name(text: &str) -> bool {
    (1..=PART_NAME_CHARS).contains(&text.chars().count())
}

/// Which part of a sprite is used. By default it is all of its frames, with the layers that are visible.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpritePart {
    /// Only the frames of the tag with this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Only the layer or group with this name, even if it is hidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// Of each frame, only the rectangle of the slice with this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice: Option<String>,
}

impl fmt::Display for SpritePart {
    /// `tag=walk,layer=body`: the keys that are set.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = [("tag", &self.tag), ("layer", &self.layer), ("slice", &self.slice)];
        let mut separator = "";
        for (key, name) in keys.into_iter().filter_map(|(key, name)| Some((key, name.as_ref()?))) {
            write!(f, "{separator}{key}={}", escaped(name))?;
            separator = ",";
        }
        Ok(())
    }
}

impl SpritePart {
    /// The names that it consists of.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [&self.tag, &self.layer, &self.slice].into_iter().filter_map(|name| name.as_deref())
    }

    /// Whether it is all frames with all visible layers.
    pub fn is_whole(&self) -> bool {
        *self == Self::default()
    }
}

/// How an image is cut into cells of the tile size. By default the cells touch and fill the image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// The part of the image that is used; `None` for all of it.
    pub region: Option<Region>,
    /// Pixels between the region's edge and its cells, on all four sides.
    pub margin: u32,
    /// Pixels between two neighboring cells.
    pub spacing: u32,
    /// Fully transparent cells are skipped: they take no id.
    pub skip_blank: bool,
}

/// A part of an image, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// From the image's left edge.
    pub x: u32,
    /// From the image's upper edge.
    pub y: u32,
    /// Its width, at least 1.
    pub w: u32,
    /// Its height, at least 1.
    pub h: u32,
}

impl fmt::Display for Region {
    /// `X,Y,W,H`, as on the command line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{},{}", self.x, self.y, self.w, self.h)
    }
}

/// Pixels that become index 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorKey {
    /// Pixels with index 0 of an indexed image.
    Index0,
    /// Pixels of this color, compared as RGB565.
    Color(Rgb),
}

impl ColorKey {
    /// Reads `index0` or `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "index0" { Some(Self::Index0) } else { Rgb::parse(text).map(Self::Color) }
    }
}

impl fmt::Display for ColorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index0 => f.write_str("index0"),
            Self::Color(rgb) => rgb.fmt(f),
        }
    }
}

/// What a sound bank is built from.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundContent {
    /// The bank's nominal rate.
    pub sample_rate_hz: u32,
    /// At least one, in any order.
    pub artifacts: Vec<SoundArtifact>,
}

/// A sound of a sound bank.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundArtifact {
    /// Relative to the root.
    pub file: RelPath,
    /// The sample's index.
    pub index: u32,
    /// Where the sample loops.
    pub looping: LoopChoice,
    /// Which lossy conversions are allowed.
    pub convert: Convert,
    /// Where it is declared, for findings.
    pub place: Place,
}

/// Where a sample loops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopChoice {
    /// Where the file says (no `loop` key).
    File,
    /// Nowhere (`null`).
    Never,
    /// Here.
    At(SampleLoop),
}

/// Which lossy conversions are allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Convert {
    /// Two channels become one.
    pub downmix: bool,
    /// Samples of more than 16 bits become 16-bit.
    pub reduce_bit_depth: bool,
}

/// Whether and where an asset is loaded at boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preload {
    /// Whether it is loaded.
    pub enabled: bool,
    /// 0…15, counted per bank type; `None` takes the lowest free slot.
    pub slot: Option<u32>,
}
