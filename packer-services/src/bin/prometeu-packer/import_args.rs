//! The options of verbs that add files: how those are decoded that a pack does not read.

use clap::{Args, ValueEnum};
use packer_services::ops::{ImportOptions, ImportedFrames};

/// How files are decoded that a pack does not read.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Which frames of a GIF to use: the first, or all, one below the other
    #[arg(long, value_name = "FRAMES")]
    pub frames: Option<Frames>,
}

/// Which frames of a GIF are used.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Frames {
    First,
    All,
}

impl ImportArgs {
    /// As the operations take them.
    pub fn options(&self) -> ImportOptions {
        let frames = match self.frames {
            Some(Frames::All) => ImportedFrames::All,
            Some(Frames::First) | None => ImportedFrames::First,
        };
        ImportOptions::default().frames(frames)
    }
}
