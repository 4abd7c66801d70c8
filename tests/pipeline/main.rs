//! Stories through the library and the binary, from files to a pack.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its files must fail")]

mod answers;
mod cli;
mod code_host;
#[cfg(unix)]
mod compilers;
mod console;
mod fixtures;
mod images_decoded_once;
#[cfg(target_os = "linux")]
mod incremental;
#[cfg(unix)]
mod merges;
mod new_assets;
mod previews;
#[cfg(unix)]
mod python_verifier;
mod source_previews;
mod sprites;
mod thumbnails;
mod tile_palettes;
#[cfg(unix)]
mod tools;
mod tree;
mod unregistered_roots;
mod watching;

mod determinism;
mod exit_codes;
#[cfg(unix)]
mod exit_codes_unix;
mod saved_over;

mod verbs {
    //! What each verb does.

    mod animations;
    mod art_fixes;
    mod budget;
    mod changed_loops;
    mod changes_since_pack;
    mod check;
    mod command_line;
    mod constants;
    mod create;
    mod create_cut;
    mod create_flac;
    mod create_force;
    mod create_glyph;
    mod create_refused;
    mod create_sound;
    mod doctor;
    mod edit_contents;
    mod edits;
    pub mod extract;
    mod fix;
    mod history;
    mod import_images;
    mod imports;
    mod init;
    mod inspect;
    mod list_and_show;
    mod marker_loops;
    mod moved_ids;
    mod pack;
    mod palette_files;
    mod palettes;
    mod preview;
    mod read_only;
    mod register;
    mod repacks;
    #[cfg(unix)]
    mod reproduced;
    mod resampled;
    mod sprite_animations;
    mod sprite_parts;
    mod update;
    mod verify;
    #[cfg(target_os = "linux")]
    mod watch;
}

mod faults {
    //! What stays intact when something goes wrong.

    mod changing_sources;
    #[cfg(unix)]
    mod closed_streams;
    #[cfg(target_os = "linux")]
    mod every_verb;
    #[cfg(target_os = "linux")]
    mod exchanged_folders;
    mod extract;
    #[cfg(unix)]
    mod failing_calls;
    mod failing_converters;
    #[cfg(unix)]
    mod full_disk;
    mod identities;
    #[cfg(unix)]
    mod kill;
    #[cfg(unix)]
    mod links;
    mod lock;
    mod preview;
    #[cfg(unix)]
    mod signals;
    #[cfg(target_os = "linux")]
    mod threads;
    #[cfg(unix)]
    mod unwritable;
}
