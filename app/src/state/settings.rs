//! What survives a restart.

use std::path::{Path, PathBuf};

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
    /// Whether lines between tiles are shown.
    pub grid: bool,
    /// Whether ids on tiles are shown.
    pub ids: bool,
    /// Whether each save is packed.
    pub packs_on_save: bool,
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
            grid: true,
            ids: false,
            packs_on_save: false,
        }
    }
}

/// How many recent projects are kept: as many as fit on the start page.
const RECENT: usize = 8;

impl Settings {
    /// Whether a panel is shown.
    pub fn shows(&self, panel: Panel) -> bool {
        !self.hidden.contains(&panel)
    }

    /// Shows or hides a panel.
    pub fn show_panel(&mut self, panel: Panel, is_shown: bool) {
        self.hidden.retain(|other| *other != panel);
        if !is_shown {
            self.hidden.push(panel);
        }
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
