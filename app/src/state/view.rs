//! How the selected asset is looked at.

use packer_services::diagnostics::{Finding, Pixel, Place};

use crate::widgets::Look;

/// What the stage shows of the selected asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lens {
    /// The packed bytes, as the console shows or plays them.
    #[default]
    Console,
    /// A source file, and beside it what became of it.
    Source,
    /// One tile: repeated, flipped, and as frames.
    Tile,
    /// Every palette, what it is used for, and the bank in it.
    Palettes,
    /// The declaration; of an opened pack, the entry of its table.
    Text,
}

/// How the selected asset is looked at. All of it is forgotten when another one is selected.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// What the stage shows.
    pub lens: Lens,
    /// Where the sheet is.
    pub pan: egui::Vec2,
    /// How the source image is looked at.
    pub source_look: Look,
    /// The source file that is wanted, relative to the asset's root; `None` takes the selected tile's.
    pub file: Option<String>,
    /// The palette that the sheet is shown in; `None` shows each tile in the one that it was made for.
    pub palette: Option<u32>,
    /// A color that flashes: its palette and index.
    pub flash: Option<(u32, usize)>,
    /// The selected tile.
    pub tile: Option<u32>,
    /// A pixel of the selected tile that a problem is about.
    pub pixel: Option<Pixel>,
    /// The same pixel in the source image, or one that is in no tile.
    pub in_image: Option<Pixel>,
    /// A color that a problem is about: its palette and index.
    pub color: Option<(u32, u32)>,
    /// The selected sample.
    pub sample: Option<u32>,
    /// A frame that a problem is about.
    pub frame: Option<u64>,
    /// A line of the declaration that a problem is about, from 1.
    pub line: Option<u32>,
    /// How many tiles, from the selected one on, are played as frames.
    pub frames: u32,
    /// Frames in a second.
    pub rate: u32,
    /// Whether they are played.
    pub is_animated: bool,
}

impl Default for View {
    fn default() -> Self {
        Self {
            lens: Lens::Console,
            pan: egui::Vec2::ZERO,
            source_look: Look::default(),
            file: None,
            palette: None,
            flash: None,
            tile: None,
            pixel: None,
            in_image: None,
            color: None,
            sample: None,
            frame: None,
            line: None,
            frames: 4,
            rate: 8,
            is_animated: false,
        }
    }
}

impl View {
    /// Forgets every place, and goes to that of a finding: the very tile, pixel, color, frame or line. `file` is the finding's,
    /// relative to the asset's root.
    pub fn go_to(&mut self, finding: &Finding, file: Option<&str>) {
        (self.tile, self.pixel, self.in_image) = (None, None, None);
        (self.color, self.sample, self.frame, self.line) = (None, None, None, None);
        self.file = file.map(str::to_owned);
        let is_declaration = file == Some(DECLARATION);
        match finding.places.first() {
            Some(Place::Tile { tile, pixel, in_image, .. }) => {
                (self.tile, self.pixel, self.in_image) = (Some(*tile), *pixel, *in_image);
                // Who compares with the source goes on comparing.
                if self.lens != Lens::Source || is_declaration {
                    self.lens = Lens::Console;
                }
            }
            Some(Place::Json { line, .. }) => (self.lens, self.line) = (Lens::Text, Some(*line)),
            Some(Place::Color { palette, color }) => {
                (self.lens, self.color) = (Lens::Palettes, Some((*palette, *color)));
            }
            Some(Place::Frame { frame }) => (self.lens, self.frame) = (Lens::Console, Some(*frame)),
            Some(Place::Byte { .. }) => self.lens = Lens::Source,
            None if is_declaration => self.lens = Lens::Text,
            // It is about a whole file, or about none.
            None => self.lens = if file.is_some() { Lens::Source } else { Lens::Console },
        }
    }
}

/// The file that declares an asset, relative to its root.
pub const DECLARATION: &str = "asset.json";
