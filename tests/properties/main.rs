//! Properties that hold for any input, and every single change of a few valid files.
//!
//! [`random`] sets the number of cases (`PROPTEST_CASES` overrides it), [`mutate`] damages valid bytes, [`png_writer`]
//! writes every form of PNG, and [`projects`] creates random projects with the expected content of their pack. Each
//! other file is about one reader or one guarantee.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot set up its files must fail")]

mod any_bytes;
mod companion_damaged;
mod corpora;
mod create_asset;
mod edits;
mod extract_pack;
mod find_palettes;
mod flac_encoder;
mod flac_findings;
mod flac_samples;
mod glyph_banks;
mod identities_damaged;
mod image_findings;
mod images_damaged;
mod images_decoded;
mod images_imported;
mod independent_reader;
mod json_findings;
mod json_syntax;
mod links;
mod mutate;
mod pack_findings;
mod pack_invariants;
mod packs_damaged;
mod paths;
mod png_writer;
mod previews;
mod projects;
mod random;
mod registry_findings;
mod registry_kept;
mod resource_limits;
mod sessions;
mod sheet_cuts;
mod sound_artifacts;
mod sound_findings;
mod sprites_decoded;
mod tile_indices;
mod watch;
mod wav_samples;
