//! Every limit, in one place (spec: workspace, "Limits"). Past one, a finding names it.

/// A source file, in bytes.
pub const SOURCE_FILE_BYTES: u64 = 512 << 20;
/// A side of an image, in pixels.
pub const IMAGE_SIDE: u32 = 16_384;
/// An image, in pixels.
pub const IMAGE_PIXELS: u64 = 64 << 20;
/// An `asset.json`, in bytes.
pub const DECLARATION_BYTES: u64 = 4 << 20;
/// An `index.json`, in bytes.
pub const REGISTRY_BYTES: u64 = 64 << 20;
/// A `cache.json`, in bytes.
pub const CACHE_BYTES: u64 = 64 << 20;
/// A pack's header, in bytes.
pub const HEADER_BYTES: u64 = 64 << 20;
/// How deep JSON may be nested: arrays and objects around a value.
pub const JSON_DEPTH: u32 = 64;
/// Files and folders under `assets/`.
pub const WORKSPACE_FILES: u64 = 1_000_000;
/// The highest asset id.
pub const MAX_ASSET_ID: u32 = i32::MAX as u32;
/// Slots of a bank type (upstream).
pub const SLOTS: u32 = 16;
/// A segment of a path, in bytes.
pub const PATH_SEGMENT_BYTES: usize = 255;
/// A path, in bytes.
pub const PATH_BYTES: usize = 1024;
/// The sound of a preview, in bytes: as much as one source file may have.
pub const PREVIEW_BYTES: u64 = SOURCE_FILE_BYTES;
/// The pack in `build/` that is hashed to learn whether its companion is its own, in bytes.
pub const HASHED_PACK_BYTES: u64 = 1 << 30;
/// The text of a source file that is shown, in bytes.
pub const SHOWN_TEXT_BYTES: u64 = 1 << 20;
/// The highest sample rate, in Hz.
pub const MAX_RATE_HZ: u32 = 192_000;
