//! Goldens: exact bytes and exact text.

mod advice;
#[cfg(unix)]
mod ci_page;
mod constants;
mod diagnostics_page;
mod example;
mod findings;
#[cfg(unix)]
mod pages;
mod snuffed;
mod stories;
