//! Stories of the window, without a display: over real temporary projects, with real file events and real workers. No story
//! waits for a time; each waits for a condition.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a story that cannot be set up must fail")]

mod fate;
mod golden;
mod outline;
mod slips;
mod window;

mod browse;
mod crashes;
mod images;
mod journey;
mod lenses;
mod listing;
mod many;
mod moving;
mod outlines;
mod pack;
mod packs;
mod parity;
mod places;
mod problems;
mod process;
mod rest;
mod saves;
mod sounds;
mod source;
mod start;
