//! The selected asset's preview, its source file and its sounds; and the thumbnails of all assets.

use std::sync::Arc;

use packer_services::diagnostics::{CauseId, Finding, finding_of};
use packer_services::ops::ListedAsset;
use packer_services::preview::{
    BankPreview, GlyphPreview, Playable, Preview, PreviewSample, SampleState, SoundPreview, SourcePreview, Thumbnail,
    TileRepeat, TileRepeats,
};

use super::State;

/// The preview of the selected asset.
#[derive(Debug, Default)]
pub enum PreviewState {
    /// No asset is selected.
    #[default]
    Nothing,
    /// The preview is pending.
    Loading,
    /// The preview can be shown.
    Ready(Box<ReadyPreview>),
    /// Why the bank could not be converted.
    Failed(Vec<Finding>),
}

/// A preview, and what was found while it was built.
#[derive(Debug)]
pub struct ReadyPreview {
    /// The bank.
    pub preview: Arc<Preview>,
    /// A hole refers to one of these findings by its cause.
    pub findings: Vec<Finding>,
    /// The tiles whose ids could be saved; none of a sound bank.
    pub repeats: TileRepeats,
    /// How many of its files can be fetched again from where they came.
    pub originals: usize,
}

impl ReadyPreview {
    /// A preview, whose tiles are compared with one another.
    pub fn new(preview: Arc<Preview>, findings: Vec<Finding>) -> Self {
        let repeats = match &preview.bank {
            BankPreview::Glyph(glyph) => glyph.tile_repeats(),
            _ => TileRepeats::default(),
        };
        Self { preview, findings, repeats, originals: 0 }
    }
}

/// A source file of the selected asset.
#[derive(Debug)]
pub struct SourceFile {
    /// The asset's root.
    pub root: String,
    /// Relative to the root.
    pub file: String,
    /// Its content, or why it cannot be shown; `None` while it is read.
    pub content: Option<Result<Arc<SourcePreview>, Vec<Finding>>>,
}

/// A thumbnail of an asset.
#[derive(Clone, Debug)]
pub struct CachedThumbnail {
    /// `None` if there is nothing to show.
    pub image: Option<Arc<Thumbnail>>,
    /// Whether files changed since it was created.
    pub is_stale: bool,
}

/// A sound that is playing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playback {
    /// The sample's index, [`Playback::LOOP_POINT`] or [`Playback::SOURCE`].
    pub key: String,
    /// The frame that is heard now.
    pub frame: u64,
    /// The device or program that plays it, in words.
    pub route: Option<String>,
}

impl Playback {
    /// The key of the frames around the end of a loop.
    pub const LOOP_POINT: &str = "loop point";
    /// The key of the shown source file.
    pub const SOURCE: &str = "source";
}

impl State {
    /// Shows another preview of the selected asset. If its files changed so that ids moved, the selection stays on the
    /// cell of the image that it was on.
    pub fn replace_preview(&mut self, preview: PreviewState) {
        let cell = |state: &Self, id: u32| {
            let source = state.glyph_bank()?.tiles.get(id as usize)?.source.clone()?;
            Some((source.file, source.cell?.corner))
        };
        let selected = self.view.tile.and_then(|id| cell(self, id));
        self.preview = preview;
        let (Some(selected), Some(glyph)) = (selected, self.glyph_bank()) else { return };
        let moved = (0u32..).take(glyph.tiles.len()).find(|id| cell(self, *id).as_ref() == Some(&selected));
        if let Some(moved) = moved {
            self.view.tile = Some(moved);
        }
    }

    /// How many files of the selected asset can be fetched again from where they came.
    pub fn originals(&self) -> usize {
        if let PreviewState::Ready(ready) = &self.preview { ready.originals } else { 0 }
    }

    /// Whether the selected bank has images that are Aseprite files, which can have tags.
    pub fn has_sprites(&self) -> bool {
        let is_sprite =
            |file: &str| [".aseprite", ".ase"].iter().any(|ending| file.to_ascii_lowercase().ends_with(ending));
        self.glyph_bank().is_some_and(|bank| bank.declared.iter().any(|image| is_sprite(image.file.as_str())))
    }

    /// The selected asset's bank.
    pub fn bank(&self) -> Option<&BankPreview> {
        match &self.preview {
            PreviewState::Ready(ready) => Some(&ready.preview.bank),
            _ => None,
        }
    }

    /// The selected asset's bank, if it is a tile bank.
    pub fn glyph_bank(&self) -> Option<&GlyphPreview> {
        match self.bank()? {
            BankPreview::Glyph(glyph) => Some(glyph),
            _ => None,
        }
    }

    /// The selected asset's bank, if it is a sound bank.
    pub fn sound_bank(&self) -> Option<&SoundPreview> {
        match self.bank()? {
            BankPreview::Sound(sound) => Some(sound),
            _ => None,
        }
    }

    /// The tiles of the selected asset whose ids could be saved.
    pub fn tile_repeats(&self) -> Option<&TileRepeats> {
        match &self.preview {
            PreviewState::Ready(ready) => Some(&ready.repeats),
            _ => None,
        }
    }

    /// What the tile repeats, if it does.
    pub fn repeat_of(&self, tile: u32) -> Option<&TileRepeat> {
        let repeats = &self.tile_repeats()?.repeats;
        repeats.binary_search_by_key(&tile, |repeat| repeat.tile).ok().map(|at| &repeats[at])
    }

    /// The finding that explains a hole of the shown bank.
    pub fn hole_finding(&self, cause: Option<CauseId>) -> Option<&Finding> {
        match &self.preview {
            PreviewState::Ready(ready) => finding_of(&ready.findings, cause),
            _ => None,
        }
    }

    /// The index of the selected sample, else that of the wanted file, else the first.
    pub fn selected_sample(&self) -> u32 {
        let last = self.sound_bank().map_or(0, |bank| bank.samples.len().saturating_sub(1));
        let of_file = || Some(self.sample_of_file(self.view.file.as_ref()?)?.index);
        self.view.sample.or_else(of_file).unwrap_or(0).min(u32::try_from(last).unwrap_or(u32::MAX))
    }

    /// Whether a file of the selected asset cannot be converted, or not all of it.
    pub fn is_broken_file(&self, file: &str) -> bool {
        match self.bank() {
            Some(BankPreview::Glyph(glyph)) => {
                glyph.declared.iter().any(|image| image.file.as_str() == file && !image.is_whole)
            }
            Some(BankPreview::Sound(_)) => {
                let sample = self.sample_of_file(file);
                sample.is_some_and(|sample| matches!(sample.state, SampleState::Hole { .. }))
            }
            _ => false,
        }
    }

    /// The sample that was converted from a file.
    pub fn sample_of_file(&self, file: &str) -> Option<&PreviewSample> {
        let is_from_file = |sample: &&PreviewSample| sample.file.as_ref().is_some_and(|other| other.as_str() == file);
        self.sound_bank()?.samples.iter().find(is_from_file)
    }

    /// The selected sample, if it can be played, and whether it loops.
    pub fn playable_sample(&self) -> Option<(&Playable, bool)> {
        match &self.sound_bank()?.samples.get(self.selected_sample() as usize)?.state {
            SampleState::Playable(playable) => Some((playable, playable.metadata.looping.is_some())),
            _ => None,
        }
    }

    /// Whether the selected sample could not be converted, so that its file is shown in its place.
    pub fn is_hole_selected(&self) -> bool {
        let sample = self.sound_bank().and_then(|bank| bank.samples.get(self.selected_sample() as usize));
        sample.is_some_and(|sample| matches!(sample.state, SampleState::Hole { .. }))
    }

    /// Whether an asset has no thumbnail, or a stale one, and none are being created.
    pub fn needs_thumbnail(&self, asset: &ListedAsset) -> bool {
        let is_current = self.thumbnails.get(&asset.root).is_some_and(|thumbnail| !thumbnail.is_stale);
        !is_current && !self.thumbnails_pending
    }
}
