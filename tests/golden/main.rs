//! Goldens: exact bytes and exact texts.

mod diagnostics_page;
mod example;
mod findings;
mod readme;
mod snuffed;
mod stories;
