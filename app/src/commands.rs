//! What a person can do, in one list: its words, its shortcut, and whether it can be done now. Menus, the palette, shortcuts and
//! tests take it from here. How it is done is [`crate::workbench`]'s business.

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::state::State;

/// Something that a person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Choose a project with the system's dialog.
    Open,
    /// Look at all files again.
    Refresh,
    /// Pack the project.
    Pack,
    /// Stop a running pack.
    CancelPack,
    /// Check the published pack.
    Verify,
    /// Select the next problem.
    NextProblem,
    /// Select the problem before.
    PreviousProblem,
    /// Put the keyboard into the next panel.
    NextPanel,
    /// Show the sheet larger.
    ZoomIn,
    /// Show the sheet smaller.
    ZoomOut,
    /// Show the whole sheet.
    ZoomFit,
    /// Lines between tiles.
    ToggleGrid,
    /// Ids on tiles.
    ToggleIds,
    /// Show the sheet in the next palette.
    NextPalette,
    /// Show the sheet in the palette before.
    PreviousPalette,
    /// Show the folder of the selected asset.
    RevealFolder,
    /// Open the file that the selected problem is about.
    OpenSource,
    /// Copy the command line that packs the same bytes.
    CopyCiCommand,
    /// Follow the system, light, dark.
    NextTheme,
    /// Larger text.
    LargerText,
    /// Smaller text.
    SmallerText,
    /// Find a command by typing.
    Palette,
    /// Put the keyboard into the search field.
    Search,
    /// Close the window.
    Quit,
}

/// A command, as people see it.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// What it does.
    pub command: Command,
    /// In menus and in the palette.
    pub name: &'static str,
    /// If it has one.
    pub shortcut: Option<KeyboardShortcut>,
}

const fn plain(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::NONE, key))
}

const fn ctrl(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::COMMAND, key))
}

const fn shift(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::SHIFT, key))
}

/// Every command, in the order of menus and palette.
pub const ALL: &[Listed] = &[
    listed(Command::Open, "Open project…", ctrl(Key::O)),
    listed(Command::Refresh, "Look at all files again", plain(Key::F5)),
    listed(Command::Pack, "Pack", ctrl(Key::P)),
    listed(Command::CancelPack, "Cancel the pack", ctrl(Key::Period)),
    listed(Command::Verify, "Verify the published pack", None),
    listed(Command::CopyCiCommand, "Copy the command for CI", None),
    listed(Command::NextProblem, "Next problem", plain(Key::F8)),
    listed(Command::PreviousProblem, "Previous problem", shift(Key::F8)),
    listed(Command::OpenSource, "Open the source file", ctrl(Key::E)),
    listed(Command::RevealFolder, "Show the asset's folder", None),
    listed(Command::Search, "Search assets", ctrl(Key::F)),
    listed(Command::NextPanel, "Next panel", plain(Key::F6)),
    listed(Command::ZoomIn, "Zoom in", ctrl(Key::Plus)),
    listed(Command::ZoomOut, "Zoom out", ctrl(Key::Minus)),
    listed(Command::ZoomFit, "Fit the sheet", ctrl(Key::Num0)),
    listed(Command::ToggleGrid, "Tile grid", ctrl(Key::G)),
    listed(Command::ToggleIds, "Tile ids", ctrl(Key::I)),
    listed(Command::NextPalette, "Next palette", ctrl(Key::CloseBracket)),
    listed(Command::PreviousPalette, "Previous palette", ctrl(Key::OpenBracket)),
    listed(Command::NextTheme, "Change the theme", None),
    listed(Command::LargerText, "Larger text", None),
    listed(Command::SmallerText, "Smaller text", None),
    listed(Command::Palette, "All commands", ctrl(Key::K)),
    listed(Command::Quit, "Quit", ctrl(Key::Q)),
];

const fn listed(command: Command, name: &'static str, shortcut: Option<KeyboardShortcut>) -> Listed {
    Listed { command, name, shortcut }
}

impl Command {
    /// As people see it.
    pub fn listed(self) -> Listed {
        let fallback = Listed { command: self, name: "", shortcut: None };
        ALL.iter().copied().find(|listed| listed.command == self).unwrap_or(fallback)
    }

    /// Why it cannot be done now.
    ///
    /// # Errors
    /// The reason, as a sentence.
    pub fn available(self, state: &State) -> Result<(), &'static str> {
        let project = || state.project.as_ref().ok_or("No project is open.");
        let sheet = || if state.sheet().is_some() { Ok(()) } else { Err("No glyph bank is shown.") };
        match self {
            Self::Refresh | Self::CopyCiCommand | Self::Verify | Self::Search | Self::NextPanel => {
                project().map(|_| ())
            }
            Self::Pack => project()
                .and_then(|_| if state.pack.is_running() { Err("The project is being packed.") } else { Ok(()) }),
            Self::CancelPack => {
                if state.pack.is_running() {
                    Ok(())
                } else {
                    Err("Nothing is being packed.")
                }
            }
            Self::NextProblem | Self::PreviousProblem => {
                project()?;
                if state.problems().is_empty() { Err("There is no problem.") } else { Ok(()) }
            }
            Self::OpenSource | Self::RevealFolder => {
                project()?;
                if state.selected().is_some() { Ok(()) } else { Err("No asset is selected.") }
            }
            Self::ZoomIn
            | Self::ZoomOut
            | Self::ZoomFit
            | Self::ToggleGrid
            | Self::ToggleIds
            | Self::NextPalette
            | Self::PreviousPalette => sheet(),
            Self::Open | Self::NextTheme | Self::LargerText | Self::SmallerText | Self::Palette | Self::Quit => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_commands_share_a_shortcut_on_any_system() {
        let shortcuts: Vec<KeyboardShortcut> = ALL.iter().filter_map(|listed| listed.shortcut).collect();
        for (n, one) in shortcuts.iter().enumerate() {
            assert!(!shortcuts[n + 1..].contains(one), "{one:?} is there twice");
        }
    }

    #[test]
    fn every_command_has_a_name_and_a_reason_when_it_cannot_be_done() {
        let empty = State::default();
        for listed in ALL {
            assert!(!listed.name.is_empty());
            if let Err(why) = listed.command.available(&empty) {
                assert!(why.ends_with('.'), "{why}");
            }
        }
    }
}
