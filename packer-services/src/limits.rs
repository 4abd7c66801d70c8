//! Every limit, in one place (spec: workspace, "Limits"). A finding that reports an exceeded limit gives the limit.
//!
//! Most limits only keep a damaged or wrong file from using all memory, so each is well above what a project needs and
//! well below what a developer's machine has.

use std::ops::RangeInclusive;

/// The size of a source file, in bytes. 512 MiB are 46 minutes of 16-bit stereo at 48 kHz.
pub const SOURCE_FILE_BYTES: u64 = 512 << 20;
/// The side of an image, in pixels. Common graphics cards and image editors handle no larger one.
pub const IMAGE_SIDE: u32 = 16_384;
/// The size of an image, in pixels. It takes 256 MiB as RGBA, while a bank's sheet has only 64 Ki pixels.
pub const IMAGE_PIXELS: u64 = 64 << 20;
/// The size of an interlaced image, in pixels: 4096 × 4096. The rows of such an image are complete only at its end, so
/// it is in memory as a whole, with up to 8 bytes per pixel. Interlacing is for slow networks; sheets do not need it.
pub const INTERLACED_PIXELS: u64 = 16 << 20;
/// The size of a sprite's file, in bytes. It is in memory as a whole, because a cel may use the pixels of any earlier
/// one. A sprite of 100 frames of 256 × 256 pixels takes some 2 MiB.
pub const SPRITE_BYTES: u64 = 64 << 20;
/// The chunks of a sprite's file, its tags and the keys of its slices together. Each takes some 100 bytes in memory,
/// and as few as 6 in the file. A sprite of 100 layers and 500 frames has some 50,000.
pub const SPRITE_CHUNKS: u64 = 500_000;
/// The pixels of all cels of a sprite that are drawn, over all frames: 16 times those of the largest image. Drawing
/// them takes some 10 seconds.
pub const SPRITE_DRAWN_PIXELS: u64 = 16 * IMAGE_PIXELS;
/// The groups around a layer of a sprite whose groups are drawn by themselves. Drawing recurses once per group.
pub const SPRITE_GROUPS: u32 = 64;
/// The pixels of the tilesets of a sprite, which are in memory as a whole: 64 MiB as RGBA.
pub const TILESET_PIXELS: u64 = 16 << 20;
/// The memory that all images take that are decoded at the same time, in bytes, whatever the number of workers: as much
/// as the largest interlaced image. Workers wait for each other if their images take more.
pub const DECODING_BYTES: u64 = 8 * INTERLACED_PIXELS;
/// The workers that build assets at the same time. Each takes a few MiB, and more hardly help: all of them wait for the
/// one thread that writes the pack.
pub const WORKERS: usize = 32;
/// The size of an `asset.json`, in bytes. A full bank takes about 100 KiB.
pub const DECLARATION_BYTES: u64 = 4 << 20;
/// The size of a file that is decoded when it is added to an asset, in bytes. 64 MiB are hours of Ogg or MP3.
pub const IMPORTED_FILE_BYTES: u64 = 64 << 20;
/// The memory that each worker may take for such a file without waiting for others, in bytes: all workers together take
/// as much as [`DECODING_BYTES`], for which those wait that need more. An image of 512 × 512 pixels takes 3 MiB.
pub const SMALL_IMPORT_BYTES: u64 = DECODING_BYTES / WORKERS as u64;
/// The size of the sound that it becomes, in bytes, which is in memory as a whole. 256 MiB are 25 minutes of 16-bit
/// stereo at 44.1 kHz.
pub const IMPORTED_SOUND_BYTES: u64 = 256 << 20;
/// The size of a palette file, in bytes. A list of 256 named colors takes about 10 KiB; an indexed PNG may be an image.
pub const PALETTE_FILE_BYTES: u64 = 16 << 20;
/// The size of an `index.json`, in bytes. 10,000 assets take about 1.5 MiB.
pub const REGISTRY_BYTES: u64 = 16 << 20;
/// The size of a `cache.json`, in bytes. It has one entry per artifact of a pack, of about 60 bytes.
pub const CACHE_BYTES: u64 = 64 << 20;
/// The size of a pack's header, in bytes. 10,000 glyph banks take about 2 MiB, and 10,000 samples 700 KiB.
pub const HEADER_BYTES: u64 = 8 << 20;
/// The arrays and objects of a pack's header. Each takes 650 bytes in memory, even if it is empty. A glyph bank has 2
/// or 3 of them, a sample 1.
pub const HEADER_CONTAINERS: u64 = 150_000;
/// The values of a JSON file or of a pack's header, members and elements alike. Each takes up to 200 bytes in memory,
/// and as few as 2 in the file. An asset of the registry has 5 of them, a glyph bank of a pack 12, a full `asset.json`
/// about 10,000.
pub const JSON_VALUES: u64 = 500_000;
/// How deep JSON may be nested: arrays and objects around a value. A declaration has 7; parsers recurse once per level.
pub const JSON_DEPTH: u32 = 64;
/// Files and folders under `assets/`. More are not assets, but another project or its build.
pub const WORKSPACE_FILES: u64 = 1_000_000;
/// The highest asset id, which every language can store as a signed 32-bit integer.
pub const MAX_ASSET_ID: u32 = i32::MAX as u32;
/// The slots of a bank type, which the console fixes.
pub const SLOTS: u32 = 16;
/// The length of a path's segment, in bytes. Common file systems store no longer name.
pub const PATH_SEGMENT_BYTES: usize = 255;
/// The length of a path, in bytes. macOS allows 1024 with the project's folder included, Linux 4096.
pub const PATH_BYTES: usize = 1024;
/// The sound of a preview, in bytes: as much as one source file may have.
pub const PREVIEW_BYTES: u64 = SOURCE_FILE_BYTES;
/// The size up to which the pack in `build/` is hashed to check that its companion belongs to it, in bytes. Hashing
/// 1 GiB takes one to three seconds on a worker thread; a larger pack would delay the first list.
pub const HASHED_PACK_BYTES: u64 = 1 << 30;
/// How much text of a source file is shown, in bytes: more than anyone reads in a preview.
pub const SHOWN_TEXT_BYTES: u64 = 1 << 20;
/// The highest sample rate, in Hz: the highest that audio editors commonly export.
pub const MAX_RATE_HZ: u32 = 192_000;
/// The sample rates that a sound is resampled from and to, in Hz. The filter has 512 frames of the lower rate. A sound
/// at less than 1000 Hz has no tone above 500 Hz; as the work grows with the ratio of the rates, it could take minutes.
pub const RESAMPLED_RATES_HZ: RangeInclusive<u32> = 1000..=MAX_RATE_HZ;
/// The changes of a project that can be undone. More are days of work, which version control keeps better.
pub const HISTORY_RECORDS: usize = 200;
/// The size of their records, in bytes, and of one of them. A record holds only what differs: of a changed field, about
/// 1 KiB.
pub const HISTORY_BYTES: u64 = 64 << 20;
