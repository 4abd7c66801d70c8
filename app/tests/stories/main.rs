//! Stories of the window, without a display: over real temporary projects, with real file events and real workers. No story
//! waits for a time; each waits for a condition.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a story that cannot be set up must fail")]

mod window;

mod browse;
mod many;
mod moving;
mod pack;
mod parity;
mod pictures;
mod problems;
mod process;
mod start;
