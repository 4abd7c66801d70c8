//! Tests of the window without a display, with real temporary projects, real file events and real workers. No test
//! waits for a fixed time; each waits for a condition.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test whose setup fails must fail")]

mod golden;
mod outline;
mod project_edits;
mod window;
mod worker_control;

mod animations;
mod art_fixes;
mod asset_list;
mod browse;
mod compare;
mod crashes;
mod cuts;
mod drops;
mod edits;
mod file_changes;
mod files;
mod fixes;
mod idle;
mod images;
mod keyboard;
mod layout;
mod leaving;
mod loops;
mod many_assets;
mod new_assets;
mod opened_pack;
mod originals;
mod outlines;
mod outside;
mod overview;
mod pack_on_save;
mod packing;
mod palette_files;
mod palettes;
mod parity;
mod problem_places;
mod problems;
mod process;
mod rebuilt;
mod saves;
mod sounds;
mod start;
mod views;
mod whole_path;
