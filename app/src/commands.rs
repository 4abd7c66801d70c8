//! What a person can do, in one list: its words, its shortcuts, and whether it can be done now. Menus, the palette, shortcuts and
//! tests take it from here. How it is done is [`crate::workbench`]'s business.

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::state::{Kind, Lens, State};

/// Something that a person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Choose a project with the system's dialog.
    Open,
    /// Choose a pack with the system's dialog.
    OpenPack,
    /// Open the demo project.
    OpenDemo,
    /// Go back to the start page.
    Close,
    /// Look at all files again.
    Refresh,
    /// Pack the project.
    Pack,
    /// Stop a running pack.
    CancelPack,
    /// Check the published or opened pack.
    Verify,
    /// Copy the command line that packs the same bytes.
    CopyCiCommand,
    /// Close the window.
    Quit,
    /// Select the next problem.
    NextProblem,
    /// Select the problem before.
    PreviousProblem,
    /// Open the file that is shown, or that the selected problem is about.
    OpenSource,
    /// Show the folder of the selected asset.
    RevealFolder,
    /// Put the keyboard into the search field.
    Search,
    /// Put the keyboard into the next panel.
    NextPanel,
    /// Put the keyboard into the panel before.
    PreviousPanel,
    /// Look at the selected asset through a lens.
    Look(Lens),
    /// Show the image larger.
    ZoomIn,
    /// Show the image smaller.
    ZoomOut,
    /// Show all that is drawn.
    ZoomFit,
    /// Lines between tiles.
    ToggleGrid,
    /// Ids on tiles.
    ToggleIds,
    /// Show the sheet in the next palette.
    NextPalette,
    /// Show the sheet in the palette before.
    PreviousPalette,
    /// Play the selected sample or the tiles, or stop.
    Play,
    /// Play the selected sample around the end of its loop.
    PlaySeam,
    /// Follow the system, light, dark.
    NextTheme,
    /// Larger text.
    LargerText,
    /// Smaller text.
    SmallerText,
    /// Find a command by typing.
    Palette,
}

/// Where a command stands in the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// About the whole project.
    Project,
    /// About the selected asset and its problems.
    Asset,
    /// About how it is looked at.
    View,
    /// About the window.
    Window,
}

impl Menu {
    /// All menus, with their names.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Project, "Project"), (Self::Asset, "Asset"), (Self::View, "View"), (Self::Window, "Window")];
}

/// A command, as people see it.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What it does.
    pub command: Command,
    /// In menus and in the palette.
    pub name: &'static str,
    /// The keys for it; people are told the first.
    pub shortcuts: &'static [KeyboardShortcut],
    /// Its menu.
    pub menu: Menu,
}

impl Entry {
    /// The keys that people are told, as this system writes them; empty if it has none.
    pub fn keys(&self, context: &egui::Context) -> String {
        let keys = self.shortcuts.first().map(|shortcut| context.format_shortcut(shortcut)).unwrap_or_default();
        // As they stand on the keys.
        let signs = [("CloseBracket", "]"), ("OpenBracket", "["), ("Period", "."), ("Plus", "+"), ("Minus", "−")];
        signs.into_iter().fold(keys, |keys, (name, sign)| keys.replace(name, sign))
    }
}

const fn plain(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

const fn shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::SHIFT, key)
}

const fn ctrl_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

const fn entry(command: Command, name: &'static str, shortcuts: &'static [KeyboardShortcut], menu: Menu) -> Entry {
    Entry { command, name, shortcuts, menu }
}

/// Every command, in the order of menus and palette.
pub const ALL: &[Entry] = &[
    entry(Command::Open, "Open project…", &[ctrl(Key::O)], Menu::Project),
    entry(Command::OpenPack, "Open pack…", &[ctrl_shift(Key::O)], Menu::Project),
    entry(Command::OpenDemo, "Open the demo", &[], Menu::Project),
    entry(Command::Close, "Close the project", &[ctrl(Key::W)], Menu::Project),
    entry(Command::Refresh, "Look at all files again", &[plain(Key::F5)], Menu::Project),
    entry(Command::Pack, "Pack", &[ctrl(Key::P)], Menu::Project),
    entry(Command::CancelPack, "Cancel the pack", &[ctrl(Key::Period)], Menu::Project),
    entry(Command::Verify, "Verify the pack", &[ctrl_shift(Key::V)], Menu::Project),
    entry(Command::CopyCiCommand, "Copy the command for CI", &[ctrl_shift(Key::C)], Menu::Project),
    entry(Command::Quit, "Quit", &[ctrl(Key::Q)], Menu::Project),
    entry(Command::NextProblem, "Next problem", &[plain(Key::F8)], Menu::Asset),
    entry(Command::PreviousProblem, "Previous problem", &[shift(Key::F8)], Menu::Asset),
    entry(Command::OpenSource, "Open the source file", &[ctrl(Key::E)], Menu::Asset),
    entry(Command::RevealFolder, "Show the asset's folder", &[ctrl_shift(Key::E)], Menu::Asset),
    entry(Command::Play, "Play or stop", &[plain(Key::Space)], Menu::Asset),
    entry(Command::PlaySeam, "Play the seam of the loop", &[shift(Key::Space)], Menu::Asset),
    entry(Command::Look(Lens::Console), "Look: as on the console", &[ctrl(Key::Num1)], Menu::View),
    entry(Command::Look(Lens::Source), "Look: source beside result", &[ctrl(Key::Num2)], Menu::View),
    entry(Command::Look(Lens::Tile), "Look: tile stage", &[ctrl(Key::Num3)], Menu::View),
    entry(Command::Look(Lens::Palettes), "Look: palettes", &[ctrl(Key::Num4)], Menu::View),
    entry(Command::Look(Lens::Text), "Look: declaration", &[ctrl(Key::Num5)], Menu::View),
    entry(Command::ZoomIn, "Zoom in", &[ctrl(Key::Plus), ctrl(Key::Equals)], Menu::View),
    entry(Command::ZoomOut, "Zoom out", &[ctrl(Key::Minus)], Menu::View),
    entry(Command::ZoomFit, "Fit what is drawn", &[ctrl(Key::Num0)], Menu::View),
    entry(Command::ToggleGrid, "Tile grid", &[ctrl(Key::G)], Menu::View),
    entry(Command::ToggleIds, "Tile ids", &[ctrl(Key::I)], Menu::View),
    entry(Command::NextPalette, "Next palette", &[ctrl(Key::CloseBracket)], Menu::View),
    entry(Command::PreviousPalette, "Previous palette", &[ctrl(Key::OpenBracket)], Menu::View),
    entry(Command::Palette, "All commands", &[ctrl(Key::K), ctrl_shift(Key::P)], Menu::Window),
    entry(Command::Search, "Search assets", &[ctrl(Key::F)], Menu::Window),
    entry(Command::NextPanel, "Next panel", &[plain(Key::F6)], Menu::Window),
    entry(Command::PreviousPanel, "Previous panel", &[shift(Key::F6)], Menu::Window),
    entry(Command::NextTheme, "Change the theme", &[], Menu::Window),
    entry(Command::LargerText, "Larger text", &[], Menu::Window),
    entry(Command::SmallerText, "Smaller text", &[], Menu::Window),
];

impl Command {
    /// As people see it.
    pub fn entry(self) -> Entry {
        let unlisted = entry(self, "", &[], Menu::Window);
        ALL.iter().copied().find(|entry| entry.command == self).unwrap_or(unlisted)
    }

    /// Why it cannot be done now.
    ///
    /// # Errors
    /// The reason, as a sentence.
    pub fn available(self, state: &State) -> Result<(), &'static str> {
        let need = |holds: bool, why: &'static str| if holds { Ok(()) } else { Err(why) };
        let opened = || need(state.opened.is_some(), "No project is open.");
        let project = || match state.opened.as_ref().map(|opened| opened.kind) {
            Some(Kind::Project) => Ok(()),
            Some(Kind::Pack) => Err("A pack is open, not a project."),
            None => Err("No project is open."),
        };
        let sheet = || need(state.sheet().is_some(), "No glyph bank is shown.");
        let image = || {
            need(
                state.sheet().is_some() && matches!(state.lens(), Lens::Console | Lens::Source),
                "No image is shown that could be zoomed.",
            )
        };
        match self {
            Self::Refresh | Self::Verify | Self::Search | Self::NextPanel | Self::PreviousPanel | Self::Close => {
                opened()
            }
            Self::CopyCiCommand => project(),
            Self::Pack => project().and_then(|()| need(!state.pack.is_running(), "The project is being packed.")),
            Self::CancelPack => need(state.pack.is_running(), "Nothing is being packed."),
            Self::NextProblem | Self::PreviousProblem => {
                opened().and_then(|()| need(!state.problems.is_empty(), "There is no problem."))
            }
            Self::OpenSource | Self::RevealFolder => {
                project().and_then(|()| need(state.selected().is_some(), "No asset is selected."))
            }
            Self::Look(lens) => need(state.lenses().contains(&lens), "The selected asset has no such view."),
            Self::ZoomIn | Self::ZoomOut | Self::ZoomFit => image(),
            Self::ToggleGrid | Self::ToggleIds | Self::NextPalette | Self::PreviousPalette => sheet(),
            Self::Play => need(
                state.playable().is_some() || (state.sheet().is_some() && state.lens() == Lens::Tile),
                "No sample and no tile stage is shown.",
            ),
            Self::PlaySeam => {
                need(state.playable().is_some_and(|(_, loops)| loops), "The selected sample does not loop.")
            }
            Self::OpenDemo => need(state.demo.is_some(), "The demo is not beside the program."),
            Self::Open
            | Self::OpenPack
            | Self::NextTheme
            | Self::LargerText
            | Self::SmallerText
            | Self::Palette
            | Self::Quit => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_commands_share_a_shortcut_on_any_system() {
        let shortcuts: Vec<KeyboardShortcut> = ALL.iter().flat_map(|entry| entry.shortcuts).copied().collect();
        for (n, one) in shortcuts.iter().enumerate() {
            assert!(!shortcuts[n + 1..].contains(one), "{one:?} is there twice");
        }
    }

    #[test]
    fn every_command_has_a_name_and_a_reason_when_it_cannot_be_done() {
        let empty = State::default();
        for entry in ALL {
            assert!(!entry.name.is_empty());
            if let Err(why) = entry.command.available(&empty) {
                assert!(why.ends_with('.'), "{why}");
            }
        }
    }

    #[test]
    fn every_command_stands_in_a_menu() {
        for entry in ALL {
            assert!(Menu::ALL.iter().any(|(menu, _)| *menu == entry.menu));
        }
    }
}
