//! The workbench: the window in which artists browse, preview, check and pack an asset project.
//!
//! Like the headless packer, it is an adapter over `packer-services`: it has no rules of its own and never opens a file
//! of a project. Its modules:
//!
//! - [`state`]: everything that the window shows, as plain values;
//! - [`panels`]: draw the state and push actions; they never wait;
//! - [`commands`]: the one list of commands behind menus, shortcuts, the command palette and tests;
//! - [`keys`]: turns keys into actions;
//! - [`workbench`]: the app, which takes results of workers, carries out actions and draws;
//! - [`jobs`]: runs operations on worker threads and brings their results back;
//! - [`audio`]: plays sounds as the console would, on a thread of its own;
//! - [`external`]: other programs;
//! - [`window_words`]: help of findings in the words of the window;
//! - [`widgets`] and [`theme`]: the building blocks of panels.

pub mod audio;
pub mod commands;
pub mod external;
pub mod jobs;
pub mod keys;
pub mod panels;
pub mod state;
pub mod theme;
pub mod widgets;
pub mod window_words;
pub mod workbench;

pub use workbench::{Start, Workbench};

/// The window's title without a project.
pub const NAME: &str = "PROMETEU asset workbench";

/// The program's icon, a PNG of 16 × 16 pixels: a lantern of the demo.
pub const ICON: &[u8] = include_bytes!("../icon.png");
