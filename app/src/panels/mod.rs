//! The parts of the window. Each draws a read-only view and pushes what a person asks for; none waits, and none changes
//! anything by itself.

pub mod details;
pub mod lower;
pub mod navigator;
pub mod palette;
pub mod stage;
pub mod start;
pub mod status;
pub mod toolbar;

use std::path::PathBuf;

use crate::commands::Command;
use crate::state::{Filter, Lower};

/// What a person asked for in a panel.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A command of the list.
    Do(Command),
    /// Opens a project or a pack.
    Open(PathBuf),
    /// Selects an asset by its root.
    Select(String),
    /// Selects a problem by its place in the list.
    SelectProblem(usize),
    /// Lists other assets.
    Filter(Filter),
    /// Shows another lower panel.
    Lower(Lower),
    /// Selects a tile, or none.
    Tile(Option<u32>),
    /// Shows the sheet at this zoom, its corner there.
    Look {
        /// Screen pixels to a pixel of the sheet.
        zoom: Option<u32>,
        /// From the stage's corner, in points.
        pan: egui::Vec2,
    },
    /// The command palette's text; `None` closes it.
    Typed(Option<String>),
    /// The path that is being typed on the start page.
    TypedPath(String),
    /// Copies a text.
    Copy(String),
}
