//! The options of verbs that add files: how those are decoded that a pack does not read, and how sounds are resampled.

use clap::{Args, ValueEnum};
use packer_services::ops::{ImportOptions, ImportedFrames};

/// How files are decoded that a pack does not read, and resampled.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Which frames of a GIF to use: the first, or all, one below the other
    #[arg(long, value_name = "FRAMES")]
    pub frames: Option<Frames>,
    /// Resample sounds that have another rate, each into a WAV in the root; loops that are declared count its frames
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(1000..=192_000))]
    pub rate: Option<u32>,
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
        ImportOptions::default().frames(frames).rate_hz(self.rate)
    }
}
