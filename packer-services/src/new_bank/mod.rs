//! What `create` puts into a new declaration: artifacts in the given order, palettes that cover the tiles, and the tile
//! size and rate, where they can be determined from the files.

mod files;
mod glyph;
mod sound;

pub(crate) use files::{CopyHints, NamedFiles};
pub(crate) use glyph::declare_glyph_bank;
pub(crate) use sound::declare_sound_bank;

use crate::banks::Outcome;
use crate::declaration::{ColorKey, Content, Convert, Cut, Family};
use crate::diagnostics::{Blame, Finding, Place};
use crate::formats::TileSize;

/// The kind of bank to create.
#[derive(Clone, Copy, Debug)]
pub enum NewBank {
    /// Tiles.
    Glyph(NewGlyph),
    /// Sounds.
    Sound {
        /// Required, unless all files have the same rate.
        sample_rate_hz: Option<u32>,
        /// The losses that are allowed; an artifact gets only those that it needs.
        convert: Convert,
    },
}

impl NewBank {
    pub(crate) fn family(&self) -> Family {
        match self {
            Self::Glyph(_) => Family::GlyphBank,
            Self::Sound { .. } => Family::SoundBank,
        }
    }
}

/// The options of a new glyph bank.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewGlyph {
    /// Required, unless every file is exactly one tile.
    pub tile_size: Option<TileSize>,
    /// Of all artifacts.
    pub color_key: Option<ColorKey>,
    /// Of all artifacts.
    pub cut: Cut,
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
