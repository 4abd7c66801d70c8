//! What `create` puts into a new declaration: artifacts in the given order, palettes that cover the tiles, and the tile
//! size and rate, where they can be determined from the files.

mod animations;
mod files;
mod folders;
mod glyph;
mod order;
mod palettes;
mod sound;
mod tags;

pub(crate) use files::{CopyHints, NamedFiles, NamingRules, free_names, name_in_place, name_of_copy, other_name_note};
pub(crate) use folders::{ExpandedFiles, expand_folders};
pub(crate) use glyph::declare_glyph_bank;
pub(crate) use order::in_number_order;
pub use palettes::NewPalettes;
pub(crate) use sound::{FormerSound, created_loops, declare_sound_bank, follow_file_loop};
pub(crate) use tags::{TaggedSprite, check_animation_count, follow_new_tags};

use serde::Serialize;

use crate::banks::Outcome;
use crate::declaration::{ColorKey, Content, Convert, Cut, Family, GlyphArtifact, SpritePart};
use crate::diagnostics::{Blame, Finding, Place};
use crate::formats::{SampleLoop, TileSize};
use crate::paths::RelPath;

/// The kind of bank to create.
#[derive(Clone, Debug)]
pub enum NewBank {
    /// Tiles.
    Glyph(NewGlyph),
    /// Sounds.
    Sound(NewSound),
}

impl NewBank {
    pub(crate) fn family(&self) -> Family {
        match self {
            Self::Glyph(_) => Family::GlyphBank,
            Self::Sound(_) => Family::SoundBank,
        }
    }
}

/// The options of a new glyph bank.
#[derive(Clone, Debug, Default)]
pub struct NewGlyph {
    /// Required, unless every file is exactly one tile.
    pub tile_size: Option<TileSize>,
    /// Of all artifacts.
    pub color_key: Option<ColorKey>,
    /// Of all artifacts, which must then be Aseprite files: the only part that is used.
    pub part: SpritePart,
    /// Of all artifacts.
    pub cut: Cut,
    /// Whether each tag of a sprite, and each series of numbered files, such as `walk_1.png` and `walk_2.png`, becomes
    /// an animation.
    pub animations: bool,
}

impl NewGlyph {
    /// An artifact of this file, with the id 0.
    fn artifact(&self, file: &RelPath) -> GlyphArtifact {
        let Self { color_key, part, cut, .. } = self;
        let (file, part) = (file.clone(), part.clone());
        GlyphArtifact { file, index: 0, palette: None, color_key: *color_key, part, cut: *cut }
    }
}

/// The options of a new sound bank.
#[derive(Clone, Debug, Default)]
pub struct NewSound {
    /// Required, unless all files have the same rate.
    pub sample_rate_hz: Option<u32>,
    /// The losses that are allowed; an artifact gets only those that it needs.
    pub convert: Convert,
    /// Where sounds loop, instead of where their files say. If several concern a file, the last one counts.
    pub loops: Vec<NewLoop>,
}

/// Where a sound of a new bank loops, or that it does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLoop {
    /// One of the bank's files, as it was passed or by its name alone; `None` for all of them.
    pub file: Option<String>,
    /// In frames; `None` for no loop.
    pub looping: Option<SampleLoop>,
}

/// The loop of a sound of a new bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CreatedLoop {
    /// The sample's index.
    pub index: u32,
    /// Its file, relative to the root.
    pub file: RelPath,
    /// The first frame.
    pub loop_start: u64,
    /// The frame after the last.
    pub loop_end: u64,
}

/// Whether nothing can be declared from what was read so far. A refusal by the system cannot be forced.
fn cannot_continue(findings: &[Finding], force: bool) -> bool {
    findings.iter().any(|finding| finding.is_error() && (!force || finding.code.blame() == Blame::System))
}

/// An artifact that is in no file yet.
fn no_place() -> Place {
    Place::Json { line: 1, column: 1, path: "$.artifacts".into() }
}

/// How many tiles or samples a new bank has.
pub(crate) fn item_count(content: &Content, outcome: &Outcome) -> u32 {
    match content {
        Content::Sound(sound) => u32::try_from(sound.artifacts.len()).unwrap_or(u32::MAX),
        _ => outcome.uses.iter().map(|artifact| artifact.count).sum(),
    }
}
