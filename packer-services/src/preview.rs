//! A bank as the console holds it, and how to look at it: colors, tiles and waveforms out of payload bytes.
//!
//! [`PreviewBank`](crate::ops::PreviewBank) and [`PreviewPackedBank`](crate::ops::PreviewPackedBank) give the value; here it is
//! decoded. Nothing here reads a file: what is shown is what was packed (spec: runtime artifact; banks). [`SourcePreview`]
//! alone is of a source file, to be seen beside that.

mod built;
mod glyph;
mod packed;
mod sound;
mod source;
mod thumbnail;

pub(crate) use built::preview_of_payload;
pub use glyph::{
    Color, ColorUse, GlyphPayload, GlyphPreview, PaletteUse, PreviewPalette, PreviewTile, TileCell, TileRect,
    TileSource, TileState, tile_at, tile_rect,
};
pub use sound::{CLIPPED_FRAMES, Column, Pcm16, Playable, PreviewSample, SampleState, SoundPreview, Waveform, seconds};
pub(crate) use source::SoundDrawing;
pub use source::{SOURCE_COLUMNS, SourcePreview};

pub use thumbnail::{THUMBNAIL_PIXELS, Thumbnail, ThumbnailPixels};

use serde_json::Value;

use crate::paths::RelPath;

/// A bank as the console holds it, with holes where it could not be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// Its id.
    pub asset_id: u32,
    /// Its name.
    pub name: String,
    /// Whether there is no hole and no error: every byte that is here is the pack's.
    pub is_whole: bool,
    /// The payload file, relative to the asset's root, if the payload was declared finished.
    pub raw_payload: Option<RelPath>,
    /// What it holds.
    pub bank: BankPreview,
}

/// What a bank holds.
#[derive(Clone, Debug, PartialEq)]
pub enum BankPreview {
    /// GLYPH/indexed_v1.
    Glyph(GlyphPreview),
    /// SOUNDS/pcm16le_v1.
    Sound(SoundPreview),
    /// SCENE, of which nothing is known but its size; only in a pack.
    Scene {
        /// As it stands in the table.
        metadata: Value,
        /// Of the payload.
        size_bytes: u64,
    },
}
