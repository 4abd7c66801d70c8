//! What survives a restart.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use egui::Color32;
use serde::{Deserialize, Serialize};

use super::Panel;
use crate::widgets::Fit;

/// What survives a restart. So do the window's place and the sizes of panels, which egui saves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Recent projects and packs, the latest first.
    pub recent: Vec<PathBuf>,
    /// Light, dark, or the system's theme.
    pub theme: egui::ThemePreference,
    /// The scale of the text and everything else.
    pub scale: f32,
    /// Screen pixels per pixel of the sheet; `None` fits it.
    pub zoom: Option<f32>,
    /// What is visible without a zoom.
    pub fit: Fit,
    /// The panels that are hidden.
    pub hidden: Vec<Panel>,
    /// The panels that are hidden until they are asked for, because the window is small.
    #[serde(skip)]
    pub tucked: Vec<Panel>,
    /// Whether lines between tiles are shown.
    pub grid: bool,
    /// Whether ids on tiles are shown.
    pub ids: bool,
    /// Whether each save is packed.
    pub packs_on_save: bool,
    /// What is shown behind transparent pixels.
    pub backdrop: Backdrop,
    /// The programs that open files with these endings, in lower case; others are opened by the system's.
    pub editors: BTreeMap<String, PathBuf>,
    /// How the assets of the overview are ordered.
    pub overview_order: OverviewOrder,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            recent: Vec::new(),
            theme: egui::ThemePreference::System,
            scale: 1.0,
            zoom: None,
            fit: Fit::Auto,
            hidden: Vec::new(),
            tucked: Vec::new(),
            grid: true,
            ids: false,
            packs_on_save: false,
            backdrop: Backdrop::Checkerboard,
            editors: BTreeMap::new(),
            overview_order: OverviewOrder::List,
        }
    }
}

/// What is shown behind transparent pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Backdrop {
    /// Two grays.
    #[default]
    Checkerboard,
    /// Black.
    Black,
    /// White.
    White,
    /// Magenta, which hardly any art contains.
    Magenta,
}

impl Backdrop {
    /// The color; `None` for the checkerboard.
    pub fn color(self) -> Option<Color32> {
        match self {
            Self::Checkerboard => None,
            Self::Black => Some(Color32::BLACK),
            Self::White => Some(Color32::WHITE),
            Self::Magenta => Some(Color32::from_rgb(0xFF, 0, 0xFF)),
        }
    }
}

/// How the assets of the overview are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OverviewOrder {
    /// As in the list of assets.
    #[default]
    List,
    /// The fullest banks first.
    Fill,
    /// Those with the most palettes first.
    Palettes,
    /// The largest first.
    Size,
    /// Those that changed since the last pack first.
    Changed,
}

impl OverviewOrder {
    /// All, in the order of the menu.
    pub const ALL: [Self; 5] = [Self::List, Self::Fill, Self::Palettes, Self::Size, Self::Changed];

    /// Its name in the window.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "In the order of the list",
            Self::Fill => "Fullest first",
            Self::Palettes => "Most palettes first",
            Self::Size => "Largest first",
            Self::Changed => "Changed since last pack first",
        }
    }
}

/// How many recent projects are kept: as many as fit on the start page.
const RECENT: usize = 8;

impl Settings {
    /// Whether a panel is shown.
    pub fn shows(&self, panel: Panel) -> bool {
        !self.hidden.contains(&panel) && !self.tucked.contains(&panel)
    }

    /// Shows or hides a panel.
    pub fn show_panel(&mut self, panel: Panel, is_shown: bool) {
        self.tuck_panel(panel, false);
        self.hidden.retain(|other| *other != panel);
        if !is_shown {
            self.hidden.push(panel);
        }
    }

    /// Hides a panel until it is asked for, or until the window has room for it.
    pub fn tuck_panel(&mut self, panel: Panel, is_tucked: bool) {
        self.tucked.retain(|other| *other != panel);
        if is_tucked {
            self.tucked.push(panel);
        }
    }

    /// Hides all panels around the view; if none is shown, shows all.
    pub fn toggle_only_view(&mut self) {
        let around = [Panel::Navigator, Panel::Details, Panel::Bottom];
        let is_shown = around.iter().all(|panel| !self.shows(*panel));
        around.into_iter().for_each(|panel| self.show_panel(panel, is_shown));
    }

    /// The program that opens a file; `None` if the system's does.
    pub fn editor_of(&self, path: &Path) -> Option<&PathBuf> {
        self.editors.get(&path.extension()?.to_string_lossy().to_lowercase())
    }

    /// Puts a project or pack first in the list of recent ones.
    pub fn remember_path(&mut self, path: &Path) {
        self.recent.retain(|other| other != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(RECENT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_projects_are_unique_and_limited() {
        let mut settings = Settings::default();
        for n in 0..9 {
            settings.remember_path(Path::new(&format!("/games/{n}")));
        }
        settings.remember_path(Path::new("/games/4"));
        assert_eq!(settings.recent.len(), RECENT);
        assert_eq!(settings.recent[0], Path::new("/games/4"));
        assert!(!settings.recent.contains(&PathBuf::from("/games/0")));
    }
}
