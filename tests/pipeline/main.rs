//! Stories through the library and the binary, from files to a pack.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up or read fails it")]

mod cli;
#[cfg(unix)]
mod compilers;
mod console;
mod previews;
mod scenes;
mod sources;
mod thumbnails;
#[cfg(unix)]
mod tools;
mod tree;
#[cfg(unix)]
mod verified;
mod watching;

mod determinism;
mod exit_codes;
#[cfg(unix)]
mod exit_codes_of_the_system;

mod verbs {
    //! What each verb does, told as stories.

    mod budget;
    mod check;
    mod constants;
    mod create;
    mod create_cut;
    mod create_flac;
    mod create_force;
    mod create_glyph;
    mod create_refused;
    mod create_sound;
    mod doctor;
    mod extract;
    mod init;
    mod inspect;
    mod list_and_show;
    mod moved;
    mod pack;
    mod palettes;
    mod read_only;
    mod register;
    mod since;
    mod slips;
    mod verify;
}

mod faults {
    //! What stays whole when something goes wrong.

    mod cache;
    mod changing;
    mod converters;
    mod extracting;
    #[cfg(unix)]
    mod full_disk;
    #[cfg(unix)]
    mod kill;
    #[cfg(unix)]
    mod links;
    mod lock;
    #[cfg(unix)]
    mod read_only;
    #[cfg(unix)]
    mod refused_calls;
    #[cfg(unix)]
    mod signals;
    #[cfg(unix)]
    mod streams;
}
