//! Goldens: exact bytes and exact texts.

mod example;
