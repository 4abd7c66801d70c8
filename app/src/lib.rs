//! The workbench: the window in which artists browse, preview, validate and pack an asset project.
//!
//! An adapter over `packer-services`, like the headless packer: it knows no rule of its own, and touches no file of a project.
//! How it hangs together:
//!
//! - [`state`] is everything that the window shows, as plain values;
//! - [`commands`] is the one list of what a person can do; menus, shortcuts, the palette and tests are fed by it;
//! - [`keys`] turns keys into actions; [`outside`] is what it asks of the rest of the machine;
//! - [`audio`] plays what the console would play;
//! - [`jobs`] runs operations on worker threads and brings their answers back;
//! - [`workbench`] is the app: `logic` takes answers and carries out commands, `ui` draws the state;
//! - [`panels`] draw a read-only view and push commands; they never wait;
//! - [`audio`] lets a sound be heard, on a thread of its own;
//! - [`widgets`] and [`theme`] are what panels are made of.

pub mod audio;
pub mod commands;
pub mod jobs;
pub mod keys;
pub mod outside;
pub mod panels;
pub mod state;
pub mod theme;
pub mod widgets;
pub mod workbench;

pub use workbench::{Start, Workbench};

/// The window's title without a project.
pub const NAME: &str = "PROMETEU asset workbench";

/// The program's image, a PNG of 16 × 16 pixels: a lantern of the demo.
pub const ICON: &[u8] = include_bytes!("../icon.png");
