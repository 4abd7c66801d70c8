//! What survives a restart.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What survives a restart. The window's place and the widths of panels do too; egui keeps those.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Projects and packs, the latest first.
    pub recent: Vec<PathBuf>,
    /// Light, dark, or as the system has it.
    pub theme: egui::ThemePreference,
    /// Text and everything else, as a factor.
    pub scale: f32,
    /// Screen pixels to a pixel of the sheet; `None` fits it.
    pub zoom: Option<u32>,
    /// Lines between tiles.
    pub grid: bool,
    /// Ids on tiles.
    pub ids: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            recent: Vec::new(),
            theme: egui::ThemePreference::System,
            scale: 1.0,
            zoom: None,
            grid: true,
            ids: false,
        }
    }
}

/// Projects that are remembered.
const RECENT: usize = 8;

impl Settings {
    /// Puts a project first.
    pub fn remember(&mut self, path: &Path) {
        self.recent.retain(|other| other != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(RECENT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_project_comes_first_once_and_the_ninth_is_forgotten() {
        let mut settings = Settings::default();
        for n in 0..9 {
            settings.remember(Path::new(&format!("/games/{n}")));
        }
        settings.remember(Path::new("/games/4"));
        assert_eq!(settings.recent.len(), RECENT);
        assert_eq!(settings.recent[0], Path::new("/games/4"));
        assert!(!settings.recent.contains(&PathBuf::from("/games/0")));
    }
}
