//! Properties that hold for any input, and every single-fault change of a few good files.
//!
//! [`cases`] sets how often a property is tried (`PROPTEST_CASES` says otherwise), [`mutate`] damages good bytes,
//! [`draw`] writes PNG files in every way that there is, and [`projects`] makes up whole projects with what their pack
//! must hold. Each other file is about one reader or one promise.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot set up its files must fail")]

mod any_bytes;
mod bombs;
mod cache_damaged;
mod cases;
mod companion_damaged;
mod created;
mod cuts;
mod draw;
mod extracted;
mod flac_converted;
mod flac_encoder;
mod flac_findings;
mod glyphs;
mod images_damaged;
mod images_packed;
mod images_seen;
mod json_findings;
mod json_kept;
mod json_text;
mod links;
mod mutate;
mod names;
mod packs_agreed;
mod packs_crafted;
mod packs_damaged;
mod palettes_found;
mod previewed;
mod projects;
mod promises;
mod registry_findings;
mod sessions;
mod sound_findings;
mod sounds_agreed;
mod sounds_converted;
mod tiles_chosen;
mod watched;
