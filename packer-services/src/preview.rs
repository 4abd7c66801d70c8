//! Banks as the console stores them, decoded from payload bytes: colors, tiles and waveforms.
//!
//! [`PreviewBank`](crate::ops::PreviewBank) and [`PreviewPackedBank`](crate::ops::PreviewPackedBank) return the values.
//! Nothing here reads a file: a preview shows exactly what was packed (spec: runtime artifact; banks). Only
//! [`SourcePreview`] shows a source file, for comparison.

mod built;
mod cells;
mod glyph;
mod packed;
mod repeats;
mod sheet_png;
mod sound;
mod source;
mod thumbnail;

pub use crate::banks::{ArtifactUse, SpriteUse};
pub(crate) use built::preview_of_payload;
pub use cells::CellGrid;
pub use glyph::{
    Color, ColorUse, DeclaredImage, FailedTile, GlyphPayload, GlyphPreview, PaletteUse, PreviewAnimation,
    PreviewPalette, PreviewTile, TileCell, TileRect, TileSource, TileState, tile_at, tile_rect,
};
pub use repeats::{Flip, TileRepeat, TileRepeats};
pub use sound::{CLIPPED_FRAMES, Column, Pcm16, Playable, PreviewSample, SampleState, SoundPreview, Waveform, seconds};
pub(crate) use source::SoundDrawing;
pub use source::{ImagePixels, SOURCE_COLUMNS, SOURCE_SOUND_BYTES, SourcePreview};
pub use thumbnail::{THUMBNAIL_PIXELS, Thumbnail, ThumbnailPixels};

use serde_json::Value;

use crate::paths::RelPath;

/// A bank as the console stores it, with holes where it could not be built.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// Its id.
    pub asset_id: u32,
    /// Its name.
    pub name: String,
    /// Whether it has no holes and no errors, so that every byte is as in the pack.
    pub is_whole: bool,
    /// The payload file of a raw asset, relative to its root.
    pub raw_payload: Option<RelPath>,
    /// Its content.
    pub bank: BankPreview,
}

/// The content of a bank.
#[derive(Clone, Debug, PartialEq)]
pub enum BankPreview {
    /// GLYPH/indexed_v1.
    Glyph(GlyphPreview),
    /// SOUNDS/pcm16le_v1.
    Sound(SoundPreview),
    /// SCENE; occurs only in a pack, and only its size is known.
    Scene {
        /// As in the asset table.
        metadata: Value,
        /// The size of the payload.
        size_bytes: u64,
    },
}
