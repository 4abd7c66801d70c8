//! How the selected asset is viewed.

use std::ops::Range;

use packer_services::declaration::{Animation, Family};
use packer_services::diagnostics::{Finding, Pixel, Place};
use packer_services::preview::BankPreview;

use super::{PreviewState, State};
use crate::widgets::ZoomPan;

/// The file that declares an asset, relative to its root.
pub const DECLARATION: &str = "asset.json";

/// One way to look at an asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ViewKind {
    /// The packed bytes, as the console shows or plays them.
    #[default]
    Console,
    /// A source file beside its result.
    Compare,
    /// One tile: repeated, flipped, and as an animation.
    Tile,
    /// Every palette, what uses it, and the sheet in it.
    Palettes,
    /// The declared animations, played.
    Animations,
    /// The images or sounds that the bank is built from.
    Files,
    /// How its images are cut into tiles.
    Cut,
    /// The asset's `asset.json`; in an opened pack, the asset's entry in the table.
    AssetJson,
    /// The slots and all listed assets, not only the selected one.
    Overview,
}

impl ViewKind {
    /// Its name in the window.
    pub fn name(self) -> &'static str {
        match self {
            Self::Console => "Console",
            Self::Compare => "Compare",
            Self::Tile => "Tile preview",
            Self::Palettes => "Palettes",
            Self::Animations => "Animations",
            Self::Files => "Files",
            Self::Cut => "Cut",
            Self::AssetJson => "asset.json",
            Self::Overview => "Overview",
        }
    }
}

/// What the Compare view shows of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sides {
    /// The source beside its result.
    #[default]
    Both,
    /// Only the source.
    Source,
    /// Only the result, in the same place.
    Result,
    /// The source in gray, with every pixel that the console shows otherwise in color.
    Difference,
}

impl Sides {
    /// All, in the order of the buttons.
    pub const ALL: [Self; 4] = [Self::Both, Self::Source, Self::Result, Self::Difference];

    /// Its name in the window.
    pub fn name(self) -> &'static str {
        match self {
            Self::Both => "Both",
            Self::Source => "Source",
            Self::Result => "Result",
            Self::Difference => "Difference",
        }
    }

    /// The other side; first the source.
    #[must_use]
    pub fn flipped(self) -> Self {
        if self == Self::Source { Self::Result } else { Self::Source }
    }
}

/// Where the user is about to let a sample loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoopDraft {
    /// The sample.
    pub sample: u32,
    /// From the first frame up to the last, which is not played.
    pub frames: Range<u64>,
}

/// How the selected asset is viewed. When another asset is selected, only the view that the user chose is kept, what
/// it compares, and the speed and length of animations.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The wanted view; see [`State::view_kind`].
    pub kind: ViewKind,
    /// How far the sheet was moved, in points.
    pub pan: egui::Vec2,
    /// What is compared.
    pub sides: Sides,
    /// Zoom and pan of the source image.
    pub source_zoom_pan: ZoomPan,
    /// The wanted source file, relative to the asset's root; `None` takes the selected tile's.
    pub file: Option<String>,
    /// The place of the image whose cut is shown; `None` takes that of the selected tile.
    pub cut_image: Option<usize>,
    /// The palette that the sheet is shown in; `None` shows each tile in its own, or in palette 0 if that is unknown.
    pub palette: Option<u32>,
    /// The palette of the tile that the pointer was on last. Its colors stay on the screen until another tile is
    /// selected, so that the pointer can go to them.
    pub pointed_palette: Option<u32>,
    /// A color whose pixels flash: its palette and index.
    pub flashing: Option<(u32, usize)>,
    /// The selected tile.
    pub tile: Option<u32>,
    /// A pixel of the selected tile that a problem is about.
    pub pixel: Option<Pixel>,
    /// The same pixel in the source image, or one that is in no tile.
    pub image_pixel: Option<Pixel>,
    /// A color that a problem is about: its palette and index.
    pub color: Option<(u32, u32)>,
    /// The selected sample.
    pub sample: Option<u32>,
    /// What is typed for the marked color.
    pub typed_color: Option<String>,
    /// What is typed for the name of the selected palette.
    pub typed_name: Option<String>,
    /// The loop that is about to be set.
    pub loop_draft: Option<LoopDraft>,
    /// A frame that a problem is about.
    pub frame: Option<u64>,
    /// The marked line of `asset.json`, from 1.
    pub line: Option<u32>,
    /// How many tiles, from the selected one on, are frames of the animation.
    pub frame_count: u32,
    /// The speed of the animation.
    pub frames_per_second: u32,
    /// Whether the animation is playing.
    pub is_animated: bool,
    /// The selected animation of the bank, as a place in its list.
    pub animation: usize,
    /// The selected animation as the user is about to change it.
    pub animation_draft: Option<Animation>,
    /// What is typed for its times.
    pub typed_times: Option<String>,
}

impl Default for View {
    fn default() -> Self {
        Self {
            kind: ViewKind::Console,
            sides: Sides::Both,
            pan: egui::Vec2::ZERO,
            source_zoom_pan: ZoomPan::default(),
            file: None,
            cut_image: None,
            palette: None,
            pointed_palette: None,
            flashing: None,
            tile: None,
            pixel: None,
            image_pixel: None,
            color: None,
            sample: None,
            typed_color: None,
            typed_name: None,
            loop_draft: None,
            frame: None,
            line: None,
            frame_count: 4,
            frames_per_second: 8,
            is_animated: false,
            animation: 0,
            animation_draft: None,
            typed_times: None,
        }
    }
}

impl View {
    /// Selects a tile. Marks on pixels are removed.
    pub fn select_tile(&mut self, tile: u32) {
        (self.tile, self.pixel, self.image_pixel, self.pointed_palette) = (Some(tile), None, None, None);
    }

    /// Selects an animation, and forgets what was typed for another one.
    pub fn select_animation(&mut self, animation: usize) {
        (self.animation, self.animation_draft) = (animation, None);
        (self.typed_name, self.typed_times) = (None, None);
    }

    /// Selects a sample. The mark on a frame is removed.
    pub fn select_sample(&mut self, sample: u32) {
        (self.sample, self.frame) = (Some(sample), None);
    }

    /// Removes the marks of a finding, and keeps what is selected.
    pub fn forget_marks(&mut self) {
        (self.pixel, self.image_pixel, self.color, self.frame, self.line) = (None, None, None, None, None);
    }

    /// Forgets every place, and goes to that of a finding: its tile, pixel, color, frame or line. `file` is the
    /// finding's, relative to the asset's root.
    pub fn go_to_finding(&mut self, finding: &Finding, file: Option<&str>) {
        (self.tile, self.pixel, self.image_pixel) = (None, None, None);
        (self.color, self.sample, self.frame, self.line) = (None, None, None, None);
        self.file = file.map(str::to_owned);
        let is_declaration = file == Some(DECLARATION);
        match finding.places.first() {
            Some(Place::Tile { tile, pixel, in_image, .. }) => {
                (self.tile, self.pixel, self.image_pixel) = (Some(*tile), *pixel, *in_image);
                // A user who is comparing continues to compare.
                if self.kind != ViewKind::Compare || is_declaration {
                    self.kind = ViewKind::Console;
                }
            }
            Some(Place::Json { line, .. }) => (self.kind, self.line) = (ViewKind::AssetJson, Some(*line)),
            Some(Place::Color { palette, color }) => {
                (self.kind, self.color) = (ViewKind::Palettes, Some((*palette, *color)));
            }
            Some(Place::Frame { frame }) => (self.kind, self.frame) = (ViewKind::Console, Some(*frame)),
            Some(Place::Byte { .. } | Place::Line { .. }) => self.kind = ViewKind::Compare,
            None if is_declaration => self.kind = ViewKind::AssetJson,
            // The finding is about a whole file, or about no file.
            None => self.kind = if file.is_some() { ViewKind::Compare } else { ViewKind::Console },
        }
    }
}

impl State {
    /// The views that the selected asset has, the default one first. While its bank is loading, these are the views
    /// that a bank of its type usually has, so that no tab moves when it is ready.
    pub fn available_views(&self) -> Vec<ViewKind> {
        let has_assets = !self.assets().is_empty();
        let Some(asset) = self.selected_asset() else {
            return has_assets.then_some(ViewKind::Overview).into_iter().collect();
        };
        let is_loading = matches!(self.preview, PreviewState::Loading);
        let mut views = vec![ViewKind::Console];
        if !self.source_files().is_empty() || (is_loading && !self.is_pack()) {
            views.push(ViewKind::Compare);
        }
        if self.glyph_bank().is_some() || (is_loading && asset.family == Some(Family::GlyphBank)) {
            views.extend([ViewKind::Tile, ViewKind::Palettes]);
        }
        let declares_images = self.glyph_bank().is_some_and(|bank| !bank.declared.is_empty());
        if declares_images || (is_loading && !self.is_pack() && asset.family == Some(Family::GlyphBank)) {
            views.push(ViewKind::Animations);
        }
        if self.has_bank_items() || (is_loading && self.can_edit_selected()) {
            views.push(ViewKind::Files);
        }
        if self.can_cut() || (is_loading && self.can_edit_selected() && asset.family == Some(Family::GlyphBank)) {
            views.push(ViewKind::Cut);
        }
        views.extend([ViewKind::AssetJson, ViewKind::Overview]);
        views
    }

    /// Whether an image is compared with its result.
    pub fn compares_image(&self) -> bool {
        self.view_kind() == ViewKind::Compare && self.glyph_bank().is_some()
    }

    /// The view that is shown: the wanted one if the asset has it, else the default.
    pub fn view_kind(&self) -> ViewKind {
        let views = self.available_views();
        if views.contains(&self.view.kind) { self.view.kind } else { views.first().copied().unwrap_or_default() }
    }

    /// The images and sounds of the selected asset, relative to its root: first those of its bank, in the order of
    /// their ids, then those that only a finding names.
    pub fn source_files(&self) -> Vec<String> {
        if self.is_pack() {
            return Vec::new();
        }
        let mut files: Vec<String> = Vec::new();
        let mut add = |file: String| {
            if file != DECLARATION && !files.contains(&file) {
                files.push(file);
            }
        };
        match self.bank() {
            Some(BankPreview::Glyph(glyph)) => {
                glyph.declared.iter().for_each(|image| add(image.file.to_string()));
            }
            Some(BankPreview::Sound(sound)) => {
                sound.samples.iter().filter_map(|sample| sample.file.as_ref()).for_each(|file| add(file.to_string()));
            }
            _ => {}
        }
        for (_, finding) in self.selected_asset_problems() {
            if let Some(file) = self.path_in_asset(finding) {
                add(file.to_owned());
            }
        }
        files
    }

    /// The file that the view shows or would show, relative to the asset's root.
    pub fn source_file(&self) -> Option<String> {
        if self.view_kind() == ViewKind::AssetJson {
            return Some(DECLARATION.to_owned());
        }
        if self.view_kind() == ViewKind::Cut {
            let image = self.glyph_bank()?.declared.get(self.cut_image())?;
            return Some(image.file.to_string());
        }
        let files = self.source_files();
        let of_tile = || {
            let tile = self.glyph_bank()?.tiles.get(self.view.tile? as usize)?;
            Some(tile.source.as_ref()?.file.to_string())
        };
        let of_sample = || {
            let sample = self.sound_bank()?.samples.get(self.selected_sample() as usize)?;
            Some(sample.file.as_ref()?.to_string())
        };
        let wanted = self.view.file.clone().filter(|file| files.contains(file));
        wanted.or_else(of_tile).or_else(of_sample).or_else(|| files.into_iter().next())
    }
}
