//! Every limit, in one place (spec: workspace, "Limits"). A finding names the limit that is exceeded.
//!
//! No honest project comes near any of them. They bound the time and memory that a broken or hostile file can cost.

/// A source file, in bytes: 50 minutes of stereo with 16 bits at 44.1 kHz.
pub const SOURCE_FILE_BYTES: u64 = 512 << 20;
/// A side of an image, in pixels: that of the largest textures of common graphics cards, 64 times a bank's sheet.
pub const IMAGE_SIDE: u32 = 16_384;
/// An image, in pixels. A decoded pixel takes 6 bytes, so an image takes at most 384 MiB.
pub const IMAGE_PIXELS: u64 = 64 << 20;
/// An `asset.json`, in bytes: tens of thousands of artifacts, where a bank holds 1024 tiles.
pub const DECLARATION_BYTES: u64 = 4 << 20;
/// An `index.json`, in bytes: hundreds of thousands of assets.
pub const REGISTRY_BYTES: u64 = 64 << 20;
/// A `cache.json`, in bytes. A larger one is not read.
pub const CACHE_BYTES: u64 = 64 << 20;
/// A pack's header, in bytes: as many assets as a registry.
pub const HEADER_BYTES: u64 = 64 << 20;
/// How deep JSON may be nested: arrays and objects around a value. No file of a project has more than 10 levels, and
/// the parsers are recursive.
pub const JSON_DEPTH: u32 = 64;
/// Files and folders under `assets/`.
pub const WORKSPACE_FILES: u64 = 1_000_000;
/// The highest asset id: that of a signed 32-bit integer.
pub const MAX_ASSET_ID: u32 = i32::MAX as u32;
/// Slots of a bank type. The console defines it.
pub const SLOTS: u32 = 16;
/// A segment of a path, in bytes: the limit of the common file systems.
pub const PATH_SEGMENT_BYTES: usize = 255;
/// A path, in bytes: the limit of macOS, the lowest one of the systems that the packer runs on.
pub const PATH_BYTES: usize = 1024;
/// The sound of a preview, in bytes: as much as a source file may have.
pub const PREVIEW_BYTES: u64 = SOURCE_FILE_BYTES;
/// A pack in `build/` that is hashed to check whether its companion belongs to it, in bytes: a few seconds of hashing.
pub const HASHED_PACK_BYTES: u64 = 1 << 30;
/// The shown part of a text file, in bytes: more than anybody reads in a preview.
pub const SHOWN_TEXT_BYTES: u64 = 1 << 20;
/// The highest sample rate, in Hz: that of the fastest common sound hardware.
pub const MAX_RATE_HZ: u32 = 192_000;
