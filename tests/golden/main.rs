//! Goldens: exact bytes and exact texts.

mod constants;
mod diagnostics_page;
mod example;
mod findings;
mod readme;
mod stories;
