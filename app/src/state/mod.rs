//! Everything that the window shows, as plain values. No file, no thread, no drawing: so it can be looked at in a test.

mod contents;
mod settings;
mod view;

pub use contents::{Contents, Filter, Row, Standing, is_changed};
pub use settings::Settings;
pub use view::{DECLARATION, Lens, View};

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use packer_services::Cancel;
use packer_services::declaration::Family;
use packer_services::diagnostics::{Finding, Severity};
use packer_services::ops::{ListedAsset, PackReport, Report, VerifyPackReport};
use packer_services::preview::{
    BankPreview, GlyphPreview, Preview, PreviewSample, SampleState, SoundPreview, SourcePreview, Thumbnail,
};

/// What the window shows.
#[derive(Debug, Default)]
pub struct State {
    /// The open project or pack.
    pub opened: Option<Opened>,
    /// What could not be opened, and why.
    pub refused: Option<Refused>,
    /// Which assets are listed.
    pub filter: Filter,
    /// The rows of the navigator; see [`State::arrange`].
    pub rows: Vec<Row>,
    /// The selected asset's root; in a pack, its name.
    pub selected_root: Option<String>,
    /// Everything that was found, in the services' order; why the project could not be listed comes first.
    pub problems: Vec<Finding>,
    /// The selected problem, by its place in [`State::problems`].
    pub problem: Option<usize>,
    /// The selected asset as the console will show it.
    pub preview: Shown,
    /// The source file that the view shows.
    pub source: Option<Source>,
    /// Thumbnails, by root.
    pub thumbnails: HashMap<String, Thumb>,
    /// Whether some are being made.
    pub thumbnails_pending: bool,
    /// How the selected asset is looked at.
    pub view: View,
    /// What is heard.
    pub playing: Option<Playback>,
    /// Why nothing is heard.
    pub audio_error: Option<String>,
    /// The last or running pack.
    pub pack: Packing,
    /// The last verification of the published or opened pack.
    pub verification: Option<Result<Report<VerifyPackReport>, Vec<Finding>>>,
    /// Why the folder is polled, if the system tells nothing of it.
    pub polling_reason: Option<String>,
    /// What happened, the newest last.
    pub activity: Vec<String>,
    /// What the lower panel shows.
    pub bottom_tab: BottomTab,
    /// The panel that arrows and Enter go to.
    pub panel: Panel,
    /// The command palette, if it is open: what was typed, and which of the found commands is selected.
    pub palette: Option<(String, usize)>,
    /// A path that is being typed on the start page.
    pub typed_path: String,
    /// The demo project, if it is there.
    pub demo: Option<PathBuf>,
    /// What survives a restart.
    pub settings: Settings,
}

/// An open project or pack.
#[derive(Debug)]
pub struct Opened {
    /// The project's folder, or the pack.
    pub path: PathBuf,
    /// Which of both.
    pub kind: Kind,
    /// What was listed last; `None` before the first answer.
    pub contents: Option<Contents>,
    /// Whether its folder has vanished; then all this is what was there before.
    pub is_gone: bool,
}

/// What can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A folder with `assets/`.
    Project,
    /// An `assets.pa`.
    Pack,
}

/// Something that could not be opened.
#[derive(Debug)]
pub struct Refused {
    /// What was to be opened.
    pub path: PathBuf,
    /// Why not.
    pub findings: Vec<Finding>,
}

/// What is known of the selected asset's bank.
#[derive(Debug, Default)]
pub enum Shown {
    /// No asset is selected.
    #[default]
    Nothing,
    /// It is being made.
    Loading,
    /// It was made.
    Ready(Box<Previewed>),
    /// It could not be made.
    Failed(Vec<Finding>),
}

/// A preview, and what was found while it was made.
#[derive(Debug)]
pub struct Previewed {
    /// The bank.
    pub preview: Preview,
    /// A hole tells by its place in here why it is one.
    pub findings: Vec<Finding>,
}

/// A source file of the selected asset.
#[derive(Debug)]
pub struct Source {
    /// The asset's root.
    pub root: String,
    /// Relative to it.
    pub file: String,
    /// What is in it; `None` while it is read, else why it cannot be shown.
    pub shown: Option<Result<SourcePreview, Vec<Finding>>>,
}

/// A thumbnail of an asset.
#[derive(Clone, Debug)]
pub struct Thumb {
    /// `None` if there is nothing to show.
    pub image: Option<Arc<Thumbnail>>,
    /// Whether files changed since it was made.
    pub is_stale: bool,
}

/// What is heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playback {
    /// The sample's index, or [`Heard::SEAM`].
    pub key: String,
    /// The frame.
    pub frame: u64,
    /// How it gets to the ear, in words.
    pub route: Option<String>,
}

impl Playback {
    /// The key of the frames around the end of a loop.
    pub const SEAM: &str = "seam";
}

/// The last or running pack.
#[derive(Debug, Default)]
pub enum Packing {
    /// None was made since the project was opened.
    #[default]
    Never,
    /// One is being made.
    Running {
        /// Stops it.
        cancel: Cancel,
        /// How far it is.
        stage: Arc<Mutex<Stage>>,
    },
    /// It ran.
    Done {
        /// What came of it.
        report: Box<Report<PackReport>>,
        /// In seconds.
        seconds: f32,
    },
    /// It could not run.
    Failed(Vec<Finding>),
}

/// How far a pack is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    /// What is done now, in words.
    pub doing: String,
    /// Payload bytes made.
    pub done_bytes: u64,
    /// Payload bytes in all; 0 before it is known.
    pub total_bytes: u64,
}

impl Packing {
    /// Whether one is being made.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Running { .. })
    }
}

/// What the lower panel shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BottomTab {
    /// Findings.
    #[default]
    Problems,
    /// What happened.
    Activity,
    /// What came of the last pack.
    PackResult,
}

/// A part of the window that arrows and Enter can go to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Panel {
    /// The list of assets.
    #[default]
    Navigator,
    /// The selected asset.
    Stage,
    /// What is known of it.
    Details,
    /// Problems, what happened, and the last pack.
    Bottom,
}

impl Panel {
    /// In the order in which F6 goes through them.
    pub const ALL: [Self; 4] = [Self::Navigator, Self::Stage, Self::Details, Self::Bottom];

    /// The one `step` further on, around the end.
    #[must_use]
    pub fn stepped(self, step: isize) -> Self {
        let at = Self::ALL.iter().position(|panel| *panel == self).unwrap_or(0);
        let next = at.cast_signed() + step;
        Self::ALL[next.rem_euclid(Self::ALL.len().cast_signed()).cast_unsigned()]
    }

    /// Of what has the keyboard when it goes there.
    pub fn id(self) -> egui::Id {
        egui::Id::unique(("panel", self))
    }
}

impl State {
    /// What is open, as long as it is a project.
    pub fn project(&self) -> Option<&Opened> {
        self.opened.as_ref().filter(|opened| opened.kind == Kind::Project)
    }

    /// Whether a pack is open.
    pub fn is_pack(&self) -> bool {
        self.opened.as_ref().is_some_and(|opened| opened.kind == Kind::Pack)
    }

    /// What is in it, once that is known.
    pub fn contents(&self) -> Option<&Contents> {
        self.opened.as_ref()?.contents.as_ref()
    }

    /// All assets.
    pub fn assets(&self) -> &[ListedAsset] {
        self.contents().map_or(&[], Contents::assets)
    }

    /// How many findings are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.problems.iter().filter(|finding| finding.severity == severity).count()
    }

    /// The selected asset.
    pub fn selected(&self) -> Option<&ListedAsset> {
        self.contents()?.asset(self.selected_root.as_deref()?)
    }

    /// The findings of the selected asset, with their places in [`State::problems`].
    pub fn selected_problems(&self) -> impl Iterator<Item = (usize, &Finding)> {
        let root = self.selected_root.as_deref();
        self.problems.iter().enumerate().filter(move |(_, finding)| {
            root.is_some() && finding.asset.as_ref().map(|asset| asset.root.as_str()) == root
        })
    }

    /// The selected asset's bank.
    pub fn bank(&self) -> Option<&BankPreview> {
        match &self.preview {
            Shown::Ready(previewed) => Some(&previewed.preview.bank),
            _ => None,
        }
    }

    /// The shown glyph bank.
    pub fn sheet(&self) -> Option<&GlyphPreview> {
        match self.bank()? {
            BankPreview::Glyph(glyph) => Some(glyph),
            _ => None,
        }
    }

    /// The shown sound bank.
    pub fn sounds(&self) -> Option<&SoundPreview> {
        match self.bank()? {
            BankPreview::Sound(sound) => Some(sound),
            _ => None,
        }
    }

    /// What the selected asset can be looked at through, the first one first. While its bank is being made, what such a bank has:
    /// so nothing jumps when it is there.
    pub fn lenses(&self) -> Vec<Lens> {
        let Some(asset) = self.selected() else { return Vec::new() };
        let is_awaited = matches!(self.preview, Shown::Loading);
        let mut lenses = vec![Lens::Console];
        if !self.source_files().is_empty() || (is_awaited && !self.is_pack()) {
            lenses.push(Lens::Source);
        }
        if self.sheet().is_some() || (is_awaited && asset.family == Some(Family::GlyphBank)) {
            lenses.extend([Lens::Tile, Lens::Palettes]);
        }
        lenses.push(Lens::Text);
        lenses
    }

    /// The lens that is shown: the wanted one, if the asset can be looked at through it.
    pub fn lens(&self) -> Lens {
        let lenses = self.lenses();
        if lenses.contains(&self.view.lens) { self.view.lens } else { lenses.first().copied().unwrap_or_default() }
    }

    /// The images and sounds that the selected asset is made of, relative to its root, in the order of their ids, and those that
    /// only a finding tells of.
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
                glyph.artifacts.iter().for_each(|artifact| add(artifact.file.to_string()))
            }
            Some(BankPreview::Sound(sound)) => {
                sound.samples.iter().filter_map(|sample| sample.file.as_ref()).for_each(|file| add(file.to_string()));
            }
            _ => {}
        }
        for (_, finding) in self.selected_problems() {
            if let Some(file) = self.within_asset(finding) {
                add(file.to_owned());
            }
        }
        files
    }

    /// The file of a finding, relative to the root of its asset.
    fn within_asset<'f>(&self, finding: &'f Finding) -> Option<&'f str> {
        let root = &finding.asset.as_ref()?.root;
        finding.file.as_deref()?.strip_prefix("assets/")?.strip_prefix(root.as_str())?.strip_prefix('/')
    }

    /// The source file that the view shows or would show, relative to the asset's root.
    pub fn source_file(&self) -> Option<String> {
        match self.lens() {
            Lens::Text => Some(DECLARATION.to_owned()),
            _ => {
                let files = self.source_files();
                let of_tile = || {
                    let tile = self.sheet()?.tiles.get(self.view.tile? as usize)?;
                    Some(tile.source.as_ref()?.file.to_string())
                };
                let of_sample =
                    || Some(self.sounds()?.samples.get(self.view.sample? as usize)?.file.as_ref()?.to_string());
                let wanted = self.view.file.clone().filter(|file| files.contains(file));
                wanted.or_else(of_tile).or_else(of_sample).or_else(|| files.into_iter().next())
            }
        }
    }

    /// The selected sample, else that of the wanted file, else the first.
    pub fn sample(&self) -> u32 {
        let last = self.sounds().map_or(0, |sounds| sounds.samples.len().saturating_sub(1));
        let of_file = || Some(self.sample_of(self.view.file.as_ref()?)?.index);
        self.view.sample.or_else(of_file).unwrap_or(0).min(u32::try_from(last).unwrap_or(u32::MAX))
    }

    /// The sample that a file became.
    pub fn sample_of(&self, file: &str) -> Option<&PreviewSample> {
        let is_of = |sample: &&PreviewSample| sample.file.as_ref().is_some_and(|other| other.as_str() == file);
        self.sounds()?.samples.iter().find(is_of)
    }

    /// Whether the selected sample can be played, and whether it loops.
    pub fn playable(&self) -> Option<(&packer_services::preview::Playable, bool)> {
        match &self.sounds()?.samples.get(self.sample() as usize)?.state {
            SampleState::Playable(playable) => Some((playable, playable.metadata.looping.is_some())),
            _ => None,
        }
    }

    /// Whether an asset wants a thumbnail, or a newer one.
    pub fn wants_thumbnail(&self, asset: &ListedAsset) -> bool {
        let is_known = self.thumbnails.get(&asset.root).is_some_and(|thumb| !thumb.is_stale);
        asset.asset_id.is_some() && !is_known && !self.thumbnails_pending
    }

    /// Makes the rows of the navigator. To be called when the contents or the filter changed.
    pub fn arrange(&mut self) {
        self.rows = contents::arranged(self.assets(), &self.filter, self.is_pack());
    }

    /// Selects an asset; what was selected in the one before is forgotten.
    pub fn select(&mut self, root: &str) {
        if self.selected_root.as_deref() != Some(root) {
            self.selected_root = Some(root.to_owned());
            self.view = View { frames: self.view.frames, rate: self.view.rate, ..View::default() };
            self.preview = Shown::Loading;
            self.source = None;
        }
    }

    /// Selects the listed asset `step` further on; the ends stay.
    pub fn step_asset(&mut self, step: isize) {
        let roots: Vec<&String> = self
            .rows
            .iter()
            .filter_map(|row| if let Row::Asset(at) = row { self.assets().get(*at) } else { None })
            .map(|asset| &asset.root)
            .collect();
        let here = roots.iter().position(|root| Some(*root) == self.selected_root.as_ref());
        let next = here.map_or(0, |at| at.saturating_add_signed(step).min(roots.len().saturating_sub(1)));
        if let Some(root) = roots.get(next).map(|root| (*root).clone()) {
            self.select(&root);
        }
    }

    /// Selects the tile so many columns and rows further on; the sheet's edges stay.
    pub fn step_tile(&mut self, columns: i32, rows: i32) {
        let Some(size) = self.sheet().map(|sheet| sheet.metadata.tile_size) else { return };
        let (tile, side) = (self.view.tile.unwrap_or(0), size.columns());
        let edge = side - 1;
        let column = (tile % side).saturating_add_signed(columns).min(edge);
        let row = (tile / side).saturating_add_signed(rows).min(edge);
        // The first step only shows where one is.
        self.view.tile = Some(if self.view.tile.is_some() { row * side + column } else { 0 });
        (self.view.pixel, self.view.in_image, self.view.file) = (None, None, None);
    }

    /// Shows the sheet in the palette `step` further on: first each tile in its own, then one palette after the other.
    pub fn step_palette(&mut self, step: i32) {
        let count = self.sheet().map_or(1, |sheet| sheet.palettes.len() + 1);
        let now = self.view.palette.map_or(0, |palette| palette as usize + 1).cast_signed();
        let next = (now + step as isize).rem_euclid(count.cast_signed()).cast_unsigned();
        self.view.palette = next.checked_sub(1).and_then(|palette| u32::try_from(palette).ok());
    }

    /// Selects a problem, with its asset and its very place.
    pub fn select_problem(&mut self, at: usize) {
        let Some(finding) = self.problems.get(at).cloned() else { return };
        self.problem = Some(at);
        self.bottom_tab = BottomTab::Problems;
        let Some(root) = finding.asset.as_ref().map(|asset| asset.root.clone()) else { return };
        if self.contents().is_some_and(|contents| contents.asset(&root).is_some()) {
            self.select(&root);
            if !self.is_listed(&root) {
                // What is selected is seen in the list.
                self.filter = Filter::default();
                self.arrange();
            }
            let file = self.within_asset(&finding).map(str::to_owned);
            self.view.go_to(&finding, file.as_deref());
        }
    }

    fn is_listed(&self, root: &str) -> bool {
        let is_it =
            |row: &Row| matches!(row, Row::Asset(at) if self.assets().get(*at).is_some_and(|asset| asset.root == root));
        self.rows.iter().any(is_it)
    }

    /// Selects the problem `step` further on, around the end.
    pub fn step_problem(&mut self, step: isize) {
        let count = self.problems.len().cast_signed();
        if count == 0 {
            return;
        }
        let next = match self.problem {
            Some(at) => (at.cast_signed() + step).rem_euclid(count),
            None if step > 0 => 0,
            None => count - 1,
        };
        self.select_problem(next.cast_unsigned());
    }

    /// Takes what was found anew: `trouble` first, then what was found when the contents were listed. The selected problem stays
    /// selected if it is still there.
    pub fn take_problems(&mut self, trouble: Vec<Finding>) {
        let listed = self.contents().map_or(&[][..], |contents| &contents.findings);
        let problems: Vec<Finding> = trouble.into_iter().chain(listed.iter().cloned()).collect();
        let selected = self.problem.and_then(|at| self.problems.get(at));
        self.problem = selected.and_then(|selected| problems.iter().position(|problem| problem == selected));
        self.problems = problems;
    }

    /// Says what happened.
    pub fn tell(&mut self, what: impl Into<String>) {
        self.activity.push(what.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_are_gone_through_in_both_directions_around_the_end() {
        let there: Vec<Panel> = (1..=4).map(|step| Panel::Navigator.stepped(step)).collect();
        assert_eq!(there, [Panel::Stage, Panel::Details, Panel::Bottom, Panel::Navigator]);
        assert_eq!(Panel::Navigator.stepped(-1), Panel::Bottom);
    }
}
