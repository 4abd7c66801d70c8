//! The parts of the window, and which of them has the keyboard.

use serde::{Deserialize, Serialize};

use super::State;

/// What the bottom panel shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BottomTab {
    /// Findings.
    #[default]
    Problems,
    /// What happened.
    Activity,
    /// The changes of the project.
    History,
    /// The result of the last pack.
    PackResult,
}

/// The command palette, while it is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandPalette {
    /// The text in its field.
    pub text: String,
    /// The selected one of the commands that match the text.
    pub selected: usize,
}

/// A part of the window that arrows and Enter can go to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Panel {
    /// The list of assets.
    #[default]
    Navigator,
    /// The view of the selected asset.
    View,
    /// Facts and problems of the selected asset.
    Details,
    /// Problems, activity and the last pack.
    Bottom,
}

impl Panel {
    /// In the order in which F6 visits them.
    pub const ALL: [Self; 4] = [Self::Navigator, Self::View, Self::Details, Self::Bottom];

    /// The panel `step` places further on, around the end.
    #[must_use]
    pub fn stepped(self, step: isize) -> Self {
        let index = Self::ALL.iter().position(|panel| *panel == self).unwrap_or(0);
        let next = index.cast_signed() + step;
        Self::ALL[next.rem_euclid(Self::ALL.len().cast_signed()).cast_unsigned()]
    }

    /// The id that has the keyboard when F6 reaches this panel.
    pub fn id(self) -> egui::Id {
        egui::Id::unique(("panel", self))
    }
}

impl State {
    /// The panel that F6 reaches next: hidden ones are left out.
    pub fn next_panel(&self, step: isize) -> Panel {
        let mut next = self.panel.stepped(step);
        while !self.settings.shows(next) && next != self.panel {
            next = next.stepped(step);
        }
        next
    }

    /// Whether something is asked in a sheet above the panels.
    pub fn has_sheet(&self) -> bool {
        let has_form = self.new_asset.is_some() || self.renaming.is_some() || self.asked.is_some();
        let has_file = self.palette_sheet.is_some() || self.palette_export.is_some();
        has_form || has_file || self.leaving.is_some() || self.command_palette.is_some() || self.chooses_editors
    }

    /// Shows a tab of the bottom panel, also if that is hidden.
    pub fn show_bottom_tab(&mut self, tab: BottomTab) {
        self.bottom_tab = tab;
        self.settings.show_panel(Panel::Bottom, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_step_both_ways_around_the_end() {
        let there: Vec<Panel> = (1..=4).map(|step| Panel::Navigator.stepped(step)).collect();
        assert_eq!(there, [Panel::View, Panel::Details, Panel::Bottom, Panel::Navigator]);
        assert_eq!(Panel::Navigator.stepped(-1), Panel::Bottom);
    }
}
