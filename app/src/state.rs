//! Everything that the window shows, as plain values. No file, no thread, no drawing: so it can be looked at in a test.

use std::path::{Path, PathBuf};

use packer_services::Cancel;
use packer_services::diagnostics::{Finding, Place, Severity};
use packer_services::ops::{AssetState, Listed, Listing, PackReport, Report, Verification};
use packer_services::preview::{BankPreview, GlyphPreview, Preview};
use serde::{Deserialize, Serialize};

/// What the window shows.
#[derive(Debug, Default)]
pub struct State {
    /// The open project.
    pub project: Option<Project>,
    /// A project that could not be opened, and why.
    pub refused: Option<Refused>,
    /// Which assets are listed.
    pub filter: Filter,
    /// The rows of the navigator; see [`State::arrange`].
    pub rows: Vec<Row>,
    /// The selected asset's root.
    pub selected_root: Option<String>,
    /// The selected problem, by its place in [`State::problems`].
    pub problem: Option<usize>,
    /// The selected asset as the console will show it.
    pub preview: Shown,
    /// How the sheet is looked at.
    pub view: View,
    /// The last or running pack.
    pub pack: Packing,
    /// The last verification of the published pack.
    pub verification: Option<Result<Verification, Vec<Finding>>>,
    /// Why the folder is polled, if the system tells nothing of it.
    pub watching: Option<String>,
    /// What happened, the newest last.
    pub activity: Vec<String>,
    /// What the lower panel shows.
    pub lower: Lower,
    /// The command palette, if it is open: what was typed.
    pub palette: Option<String>,
    /// A path that is being typed on the start page.
    pub typed_path: String,
    /// What survives a restart.
    pub comfort: Comfort,
}

/// An open project.
#[derive(Debug)]
pub struct Project {
    /// Its folder.
    pub path: PathBuf,
    /// What was listed last; `None` before the first answer.
    pub listing: Option<Listing>,
    /// Why it could not be listed the last time; then `listing` is the one before.
    pub trouble: Vec<Finding>,
    /// Whether its folder has vanished; then all this is what was there before.
    pub is_gone: bool,
}

/// Something that could not be opened.
#[derive(Debug)]
pub struct Refused {
    /// What was to be opened.
    pub path: PathBuf,
    /// Why not.
    pub findings: Vec<Finding>,
}

/// Which assets are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the name or root, in any case.
    pub text: String,
    /// Which of them.
    pub which: Which,
}

/// Which assets are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// All.
    #[default]
    All,
    /// Glyph banks.
    Glyph,
    /// Sound banks.
    Sound,
    /// Those with errors or warnings.
    Problems,
}

/// A row of the navigator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A folder's name, above its assets.
    Folder(String),
    /// An asset, by its place in the listing.
    Asset(usize),
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
    Ready(Box<Preview>),
    /// It could not be made.
    Failed(Vec<Finding>),
}

/// How the sheet is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Screen pixels to a pixel of the sheet; `None` fits it.
    pub zoom: Option<u32>,
    /// Where the sheet's corner is, in points from the stage's.
    pub pan: egui::Vec2,
    /// Lines between tiles.
    pub grid: bool,
    /// Ids on tiles.
    pub ids: bool,
    /// The palette that it is shown in; `None` shows each tile in the one that it was made for.
    pub palette: Option<u32>,
    /// The selected tile.
    pub tile: Option<u32>,
    /// A pixel of the selected tile that a problem is about.
    pub pixel: Option<(u32, u32)>,
}

impl Default for View {
    fn default() -> Self {
        Self { zoom: None, pan: egui::Vec2::ZERO, grid: true, ids: false, palette: None, tile: None, pixel: None }
    }
}

/// The smallest and the largest zoom.
pub const ZOOMS: std::ops::RangeInclusive<u32> = 1..=32;

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
        /// Payload bytes made, and in all, once that is known.
        progress: std::sync::Arc<std::sync::Mutex<(u64, u64)>>,
    },
    /// It ran.
    Done {
        /// What came of it.
        report: Box<PackReport>,
        /// In seconds.
        seconds: f32,
    },
    /// It could not run.
    Failed(Vec<Finding>),
}

impl Packing {
    /// Whether one is being made.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Running { .. })
    }
}

/// What the lower panel shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lower {
    /// Findings.
    #[default]
    Problems,
    /// What happened.
    Activity,
    /// What came of the last pack.
    PackResult,
}

/// What survives a restart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Comfort {
    /// Projects, the latest first.
    pub recent: Vec<PathBuf>,
    /// Light, dark, or as the system has it.
    pub theme: egui::ThemePreference,
    /// Text and everything else, as a factor.
    pub scale: f32,
}

impl Default for Comfort {
    fn default() -> Self {
        Self { recent: Vec::new(), theme: egui::ThemePreference::System, scale: 1.0 }
    }
}

/// Projects that are remembered.
const RECENT: usize = 8;

impl Comfort {
    /// Puts a project first.
    pub fn remember(&mut self, path: &Path) {
        self.recent.retain(|other| other != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(RECENT);
    }
}

impl State {
    /// The listing, if there is one.
    pub fn listing(&self) -> Option<&Listing> {
        self.project.as_ref()?.listing.as_ref()
    }

    /// All listed assets.
    pub fn assets(&self) -> &[Listed] {
        self.listing().map_or(&[], |listing| &listing.assets)
    }

    /// Everything that was found, in the services' order; why the project could not be listed comes first.
    pub fn problems(&self) -> Vec<&Finding> {
        let Some(project) = &self.project else { return Vec::new() };
        let listed = project.listing.as_ref().map_or(&[][..], |listing| listing.findings());
        project.trouble.iter().chain(listed).collect()
    }

    /// How many findings are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.problems().iter().filter(|finding| finding.severity == severity).count()
    }

    /// The selected asset.
    pub fn selected(&self) -> Option<&Listed> {
        let root = self.selected_root.as_ref()?;
        self.assets().iter().find(|asset| asset.root == *root)
    }

    /// The findings of the selected asset.
    pub fn selected_findings(&self) -> Vec<&Finding> {
        let is_mine = |finding: &&Finding| {
            finding.asset.as_ref().map(|asset| &asset.root) == self.selected_root.as_ref()
                && self.selected_root.is_some()
        };
        self.problems().into_iter().filter(is_mine).collect()
    }

    /// The shown glyph bank.
    pub fn sheet(&self) -> Option<&GlyphPreview> {
        match &self.preview {
            Shown::Ready(preview) => match &preview.bank {
                BankPreview::Glyph(glyph) => Some(glyph),
                _ => None,
            },
            _ => None,
        }
    }

    /// Makes the rows of the navigator: by folder, filtered. To be called when the listing or the filter changed.
    pub fn arrange(&mut self) {
        let wanted = self.filter.text.trim().to_lowercase();
        let which = self.filter.which;
        let is_wanted = |asset: &Listed| {
            let text = || asset.root.to_lowercase().contains(&wanted);
            let name = || asset.name.as_ref().is_some_and(|name| name.to_lowercase().contains(&wanted));
            let family = asset.family.map(|family| family.bank_type());
            let is_of = match which {
                Which::All => true,
                Which::Glyph => family == Some("GLYPH"),
                Which::Sound => family == Some("SOUNDS"),
                Which::Problems => asset.errors + asset.warnings > 0,
            };
            is_of && (wanted.is_empty() || text() || name())
        };
        let mut listed: Vec<(String, usize)> = self
            .assets()
            .iter()
            .enumerate()
            .filter(|(_, asset)| is_wanted(asset))
            .map(|(at, asset)| (group(asset), at))
            .collect();
        listed.sort_by(|a, b| order(&a.0).cmp(&order(&b.0)).then(a.1.cmp(&b.1)));
        let mut rows = Vec::with_capacity(listed.len());
        let mut last: Option<String> = None;
        for (folder, at) in listed {
            if last.as_ref() != Some(&folder) {
                rows.push(Row::Folder(folder.clone()));
                last = Some(folder);
            }
            rows.push(Row::Asset(at));
        }
        self.rows = rows;
    }

    /// Selects an asset; what was selected in the one before is forgotten.
    pub fn select(&mut self, root: &str) {
        if self.selected_root.as_deref() != Some(root) {
            self.selected_root = Some(root.to_owned());
            self.view = View { grid: self.view.grid, ids: self.view.ids, ..View::default() };
            self.preview = Shown::Loading;
        }
    }

    /// Selects a problem, with its asset, tile and pixel.
    pub fn select_problem(&mut self, at: usize) {
        let Some(finding) = self.problems().get(at).map(|finding| (*finding).clone()) else { return };
        self.problem = Some(at);
        self.lower = Lower::Problems;
        if let Some(asset) = &finding.asset {
            self.select(&asset.root);
        }
        let tile = finding.places.iter().find_map(|place| match place {
            Place::Tile { tile, pixel, .. } => Some((*tile, pixel.map(|pixel| (pixel.x, pixel.y)))),
            _ => None,
        });
        self.view.tile = tile.map(|(tile, _)| tile);
        self.view.pixel = tile.and_then(|(_, pixel)| pixel);
    }

    /// Selects the problem `step` further on, around the end.
    pub fn step_problem(&mut self, step: isize) {
        let count = self.problems().len();
        if count == 0 {
            return;
        }
        let last = count as isize;
        let next = match self.problem {
            Some(at) => (at as isize + step).rem_euclid(last),
            None if step > 0 => 0,
            None => last - 1,
        };
        self.select_problem(next.unsigned_abs());
    }

    /// Says what happened.
    pub fn tell(&mut self, what: impl Into<String>) {
        self.activity.push(what.into());
    }
}

/// The heading that an asset stands under.
fn group(asset: &Listed) -> String {
    match asset.state {
        AssetState::Unregistered => NOT_REGISTERED.to_owned(),
        AssetState::Excluded => NOT_BUILT.to_owned(),
        AssetState::Ready | AssetState::Broken => {
            asset.root.rsplit_once('/').map_or_else(|| "assets".to_owned(), |(folder, _)| folder.to_owned())
        }
    }
}

const NOT_BUILT: &str = "excluded from the build";
const NOT_REGISTERED: &str = "not registered";

/// Folders by name, then what is not packed.
fn order(group: &str) -> (u8, &str) {
    match group {
        NOT_BUILT => (1, group),
        NOT_REGISTERED => (2, group),
        folder => (0, folder),
    }
}
