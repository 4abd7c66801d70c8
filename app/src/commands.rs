//! All commands, in one list: their names, their shortcuts, and whether they are available. The menu, the command
//! palette, the shortcuts and the tests use this list. `workbench/commands.rs` carries them out.

mod search_words;

use egui::{Key, KeyboardShortcut, Modifiers, ThemePreference};
use packer_services::ops::AssetState;

use crate::state::{Backdrop, BottomTab, OpenedKind, Panel, Sides, State, ViewKind, change_name};

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Chooses a folder with the system's dialog, and creates a project in it.
    NewProject,
    /// Chooses files with the system's dialog, and creates an asset from them.
    NewAsset,
    /// Chooses a project with the system's dialog.
    Open,
    /// Chooses a pack with the system's dialog.
    OpenPack,
    /// Opens the demo project.
    OpenDemo,
    /// Goes back to the start page.
    Close,
    /// Reads all files again.
    Refresh,
    /// Packs the project.
    Pack,
    /// Cancels the running pack.
    CancelPack,
    /// Packs each save, or does not.
    TogglePackOnSave,
    /// Checks the published or opened pack.
    Verify,
    /// Opens the folder of the published pack in the system's file manager.
    RevealPack,
    /// Copies the command line that packs the same bytes.
    CopyCiCommand,
    /// Shows the version.
    About,
    /// Closes the window.
    Quit,
    /// Selects the next problem.
    NextProblem,
    /// Selects the previous problem.
    PreviousProblem,
    /// Goes to the next tile that the selected problem is about.
    NextProblemTile,
    /// Goes to the previous tile that the selected problem is about.
    PreviousProblemTile,
    /// Takes the latest change of the project back.
    Undo,
    /// Makes the change again that was taken back.
    Redo,
    /// Puts the selected asset into the build, or leaves it out.
    ToggleIncluded,
    /// Adds the selected asset to the project's registry.
    Register,
    /// Gives the selected asset another name or folder.
    Rename,
    /// Chooses files with the system's dialog, and adds them to the draft of the shown bank.
    AddFiles,
    /// Shows what fetching the files of the selected asset again from where they came would change.
    UpdateOriginals,
    /// Adds an animation for each tag of the selected bank's Aseprite files that none follows yet.
    FollowTags,
    /// Shows what the safe fixes of all problems would change.
    FixAll,
    /// Moves the selected asset out of the project, into its history.
    Remove,
    /// Opens the shown file, or the file of the selected problem, in the system's program for it.
    OpenSource,
    /// Opens the folder of the selected asset in the system's file manager.
    RevealFolder,
    /// Gives the keyboard to the search field.
    Search,
    /// Shows a tab of the panel at the bottom, and gives it the keyboard.
    ShowTab(BottomTab),
    /// Gives the keyboard to the next panel.
    NextPanel,
    /// Gives the keyboard to the previous panel.
    PreviousPanel,
    /// Shows the selected asset in a view.
    View(ViewKind),
    /// Shows the image larger.
    ZoomIn,
    /// Shows the image smaller.
    ZoomOut,
    /// Shows all that is drawn.
    ZoomToFit,
    /// Shows the whole width of what is drawn.
    ZoomToWidth,
    /// Shows the source or the result of the compared image in the same place, in turn.
    FlipSides,
    /// Shows where the compared image differs from its result, or both again.
    ToggleDifference,
    /// Shows or hides lines between tiles.
    ToggleGrid,
    /// Shows or hides ids on tiles.
    ToggleIds,
    /// Shows the sheet in the next palette.
    NextPalette,
    /// Shows the sheet in the previous palette.
    PreviousPalette,
    /// Plays or stops the selected sample, or the animation of tiles.
    Play,
    /// Plays the selected sample around the end of its loop.
    PlayLoopPoint,
    /// Chooses a theme.
    Theme(ThemePreference),
    /// Enlarges the text.
    LargerText,
    /// Shrinks the text.
    SmallerText,
    /// Shows art on this backdrop.
    Backdrop(Backdrop),
    /// Chooses which programs open files.
    Editors,
    /// Hides all panels around the view, or shows them again.
    OnlyView,
    /// Shows or hides a panel.
    TogglePanel(Panel),
    /// Opens the command palette.
    CommandPalette,
}

/// The menus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// The whole project.
    Project,
    /// The selected asset and its problems.
    Asset,
    /// How the selected asset is viewed.
    View,
    /// Where the keyboard goes.
    Go,
    /// The window.
    Window,
}

impl Menu {
    /// All menus, with their names.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Project, "Project"),
        (Self::Asset, "Asset"),
        (Self::View, "View"),
        (Self::Go, "Go"),
        (Self::Window, "Window"),
    ];
}

/// A command with its name and shortcuts.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The command.
    pub command: Command,
    /// Its name in menus and in the command palette.
    pub name: &'static str,
    /// Its shortcuts; the window shows the first.
    pub shortcuts: &'static [KeyboardShortcut],
    /// Its menu.
    pub menu: Menu,
}

impl Entry {
    /// The first shortcut, as this system writes it; empty if there is none.
    pub fn keys(&self, context: &egui::Context) -> String {
        let keys = self.shortcuts.first().map(|shortcut| context.format_shortcut(shortcut)).unwrap_or_default();
        // The characters that are printed on the keys.
        let characters = [("CloseBracket", "]"), ("OpenBracket", "["), ("Period", "."), ("Plus", "+"), ("Minus", "−")];
        characters.into_iter().fold(keys, |keys, (name, character)| keys.replace(name, character))
    }

    /// The name and the first shortcut, for a tooltip.
    pub fn name_and_keys(&self, context: &egui::Context) -> String {
        format!("{} {}", self.name, self.keys(context)).trim_end().to_owned()
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

/// Every command, in the order of the menus and the command palette.
pub const ALL: &[Entry] = &[
    entry(Command::NewProject, "New project…", &[ctrl_shift(Key::N)], Menu::Project),
    entry(Command::Open, "Open project…", &[ctrl(Key::O)], Menu::Project),
    entry(Command::OpenPack, "Open pack…", &[ctrl_shift(Key::O)], Menu::Project),
    entry(Command::OpenDemo, "Open demo", &[], Menu::Project),
    entry(Command::Close, "Close project", &[ctrl(Key::W)], Menu::Project),
    entry(Command::Refresh, "Refresh", &[plain(Key::F5)], Menu::Project),
    entry(Command::Pack, "Pack", &[ctrl(Key::P)], Menu::Project),
    entry(Command::CancelPack, "Cancel pack", &[ctrl(Key::Period)], Menu::Project),
    entry(Command::TogglePackOnSave, "Pack on save", &[], Menu::Project),
    entry(Command::Verify, "Check pack file", &[ctrl_shift(Key::V)], Menu::Project),
    entry(Command::RevealPack, "Show pack in its folder", &[], Menu::Project),
    entry(Command::CopyCiCommand, "Copy command for CI", &[ctrl_shift(Key::C)], Menu::Project),
    entry(Command::About, "About", &[], Menu::Project),
    entry(Command::Quit, "Quit", &[ctrl(Key::Q)], Menu::Project),
    entry(Command::NewAsset, "New asset…", &[ctrl(Key::N)], Menu::Asset),
    entry(Command::Undo, "Undo", &[ctrl(Key::Z)], Menu::Asset),
    entry(Command::Redo, "Redo", &[ctrl_shift(Key::Z), ctrl(Key::Y)], Menu::Asset),
    entry(Command::ToggleIncluded, "In the build", &[ctrl_shift(Key::B)], Menu::Asset),
    entry(Command::Register, "Add to the project", &[ctrl_shift(Key::A)], Menu::Asset),
    entry(Command::Rename, "Rename or move…", &[plain(Key::F2)], Menu::Asset),
    entry(Command::Remove, "Remove from the project", &[], Menu::Asset),
    entry(Command::AddFiles, "Add files to the bank…", &[], Menu::Asset),
    entry(Command::UpdateOriginals, "Update from originals…", &[ctrl_shift(Key::U)], Menu::Asset),
    entry(Command::FollowTags, "Animations of all tags", &[], Menu::Asset),
    entry(Command::FixAll, "Fix what has one right answer…", &[ctrl_shift(Key::F)], Menu::Asset),
    entry(Command::OpenSource, "Open source file", &[ctrl(Key::E)], Menu::Asset),
    entry(Command::RevealFolder, "Reveal in file manager", &[ctrl_shift(Key::E)], Menu::Asset),
    entry(Command::Play, "Play or stop", &[plain(Key::Space)], Menu::Asset),
    entry(Command::PlayLoopPoint, "Play loop point", &[shift(Key::Space)], Menu::Asset),
    entry(Command::View(ViewKind::Console), "View: Console", &[ctrl(Key::Num1)], Menu::View),
    entry(Command::View(ViewKind::Compare), "View: Compare", &[ctrl(Key::Num2)], Menu::View),
    entry(Command::View(ViewKind::Tile), "View: Tile preview", &[ctrl(Key::Num3)], Menu::View),
    entry(Command::View(ViewKind::Palettes), "View: Palettes", &[ctrl(Key::Num4)], Menu::View),
    entry(Command::View(ViewKind::AssetJson), "View: asset.json", &[ctrl(Key::Num5)], Menu::View),
    entry(Command::View(ViewKind::Overview), "View: Overview", &[ctrl(Key::Num6)], Menu::View),
    entry(Command::View(ViewKind::Files), "View: Files", &[ctrl(Key::Num7)], Menu::View),
    entry(Command::View(ViewKind::Animations), "View: Animations", &[ctrl(Key::Num8)], Menu::View),
    entry(Command::View(ViewKind::Cut), "View: Cut", &[ctrl(Key::T)], Menu::View),
    entry(Command::ZoomIn, "Zoom in", &[ctrl(Key::Plus), ctrl(Key::Equals)], Menu::View),
    entry(Command::ZoomOut, "Zoom out", &[ctrl(Key::Minus)], Menu::View),
    entry(Command::ZoomToFit, "Zoom to fit", &[ctrl(Key::Num0)], Menu::View),
    entry(Command::ZoomToWidth, "Zoom to width", &[ctrl(Key::Num9)], Menu::View),
    entry(Command::FlipSides, "Flip source and result", &[plain(Key::F4)], Menu::View),
    entry(Command::ToggleDifference, "Difference of source and result", &[shift(Key::F4)], Menu::View),
    entry(Command::ToggleGrid, "Tile grid", &[ctrl(Key::G)], Menu::View),
    entry(Command::ToggleIds, "Tile ids", &[ctrl(Key::I)], Menu::View),
    entry(Command::Backdrop(Backdrop::Checkerboard), "Backdrop: Checkerboard", &[], Menu::View),
    entry(Command::Backdrop(Backdrop::Black), "Backdrop: Black", &[], Menu::View),
    entry(Command::Backdrop(Backdrop::White), "Backdrop: White", &[], Menu::View),
    entry(Command::Backdrop(Backdrop::Magenta), "Backdrop: Magenta", &[], Menu::View),
    entry(Command::NextPalette, "Next palette", &[ctrl(Key::CloseBracket)], Menu::View),
    entry(Command::PreviousPalette, "Previous palette", &[ctrl(Key::OpenBracket)], Menu::View),
    entry(Command::Search, "Search assets", &[ctrl(Key::F)], Menu::Go),
    entry(Command::NextProblem, "Next problem", &[plain(Key::F8)], Menu::Go),
    entry(Command::PreviousProblem, "Previous problem", &[shift(Key::F8)], Menu::Go),
    entry(Command::NextProblemTile, "Next tile of the problem", &[plain(Key::F7)], Menu::Go),
    entry(Command::PreviousProblemTile, "Previous tile of the problem", &[shift(Key::F7)], Menu::Go),
    entry(Command::ShowTab(BottomTab::Problems), "Show problems", &[], Menu::Go),
    entry(Command::ShowTab(BottomTab::Activity), "Show activity", &[], Menu::Go),
    entry(Command::ShowTab(BottomTab::PackResult), "Show pack result", &[], Menu::Go),
    entry(Command::ShowTab(BottomTab::History), "Show history", &[ctrl(Key::H)], Menu::Go),
    entry(Command::NextPanel, "Next panel", &[plain(Key::F6)], Menu::Go),
    entry(Command::PreviousPanel, "Previous panel", &[shift(Key::F6)], Menu::Go),
    entry(Command::CommandPalette, "All commands", &[ctrl(Key::K), ctrl_shift(Key::P)], Menu::Window),
    entry(Command::OnlyView, "Only the view", &[plain(Key::F9)], Menu::Window),
    entry(Command::TogglePanel(Panel::Navigator), "Asset list", &[ctrl(Key::B)], Menu::Window),
    entry(Command::TogglePanel(Panel::Details), "Details", &[ctrl(Key::D)], Menu::Window),
    entry(Command::TogglePanel(Panel::Bottom), "Problems and results", &[ctrl(Key::J)], Menu::Window),
    entry(Command::Editors, "Programs for files…", &[], Menu::Window),
    entry(Command::Theme(ThemePreference::System), "Theme: System", &[], Menu::Window),
    entry(Command::Theme(ThemePreference::Light), "Theme: Light", &[], Menu::Window),
    entry(Command::Theme(ThemePreference::Dark), "Theme: Dark", &[], Menu::Window),
    entry(Command::LargerText, "Larger text", &[], Menu::Window),
    entry(Command::SmallerText, "Smaller text", &[], Menu::Window),
];

impl Command {
    /// Its entry in [`ALL`].
    pub fn entry(self) -> Entry {
        let unlisted = entry(self, "", &[], Menu::Window);
        ALL.iter().copied().find(|entry| entry.command == self).unwrap_or(unlisted)
    }

    /// Whether it is available.
    ///
    /// # Errors
    /// A sentence that says why it is not.
    pub fn available(self, state: &State) -> Result<(), &'static str> {
        let require = |holds: bool, why: &'static str| if holds { Ok(()) } else { Err(why) };
        let opened = || require(state.opened.is_some(), "No project is open.");
        let project = || match state.opened.as_ref().map(|opened| opened.kind) {
            Some(OpenedKind::Project) => Ok(()),
            Some(OpenedKind::Pack) => Err("A pack is open, not a project."),
            None => Err("No project is open."),
        };
        let has_sheet = state.glyph_bank().is_some();
        let has_image = has_sheet && matches!(state.view_kind(), ViewKind::Console | ViewKind::Compare | ViewKind::Cut);
        let has_frames = match state.view_kind() {
            ViewKind::Tile => has_sheet,
            ViewKind::Animations => state.glyph_bank().is_some_and(|bank| !bank.animations.is_empty()),
            _ => false,
        };
        let can_play = state.playable_sample().is_some() || has_frames;
        let has_loop = state.playable_sample().is_some_and(|(_, has_loop)| has_loop);
        match self {
            Self::Refresh
            | Self::Verify
            | Self::Search
            | Self::NextPanel
            | Self::PreviousPanel
            | Self::TogglePanel(_)
            | Self::OnlyView
            | Self::Close => opened(),
            Self::ShowTab(BottomTab::History) => project(),
            Self::ShowTab(_) => opened(),
            Self::FixAll => project().and_then(|()| require(!state.problems.is_empty(), "No problems to fix.")),
            Self::NewAsset | Self::CopyCiCommand | Self::RevealPack => project(),
            Self::Undo => {
                project().and_then(|()| require(state.change_to_undo().is_some(), "There is no change to undo."))
            }
            Self::Redo => {
                project().and_then(|()| require(state.change_to_redo().is_some(), "There is no change to make again."))
            }
            Self::ToggleIncluded | Self::Rename | Self::Remove | Self::Register => project().and_then(|()| {
                let asset = state.selected_asset().ok_or("No asset is selected.")?;
                match asset.asset_id.is_some() {
                    true => require(self != Self::Register, "The selected asset is in the project already."),
                    false => require(self == Self::Register, "The selected asset is not added yet."),
                }
            }),
            Self::AddFiles => require(state.has_bank_items(), "No bank of images or sounds is selected."),
            Self::UpdateOriginals => project().and_then(|()| {
                let asset = state.selected_asset().ok_or("No asset is selected.")?;
                require(asset.asset_id.is_some(), "The selected asset is not added yet.")?;
                require(state.originals() > 0, "It is not known where the files of the selected asset came from.")
            }),
            Self::FollowTags => project().and_then(|()| {
                require(state.has_sprites() && state.can_edit_selected(), "No bank with Aseprite files is selected.")
            }),
            Self::Pack => project().and_then(|()| require(!state.pack.is_running(), "A pack is already running.")),
            Self::CancelPack => require(state.pack.is_running() || state.saved_pack.is_some(), "No pack is running."),
            Self::NextProblem | Self::PreviousProblem => {
                opened().and_then(|()| require(!state.problem_rows.is_empty(), "No problems to go to."))
            }
            Self::NextProblemTile | Self::PreviousProblemTile => {
                let has_tiles = state.selected_problem.is_some() && !state.problem_tiles().is_empty();
                opened().and_then(|()| require(has_tiles, "The selected problem is not about tiles."))
            }
            Self::OpenSource | Self::RevealFolder => {
                project().and_then(|()| require(state.selected_asset().is_some(), "No asset is selected."))
            }
            Self::View(kind) => {
                require(state.available_views().contains(&kind), "The selected asset does not have this view.")
            }
            Self::ZoomIn | Self::ZoomOut | Self::ZoomToFit | Self::ZoomToWidth => {
                require(has_image, "No image to zoom.")
            }
            Self::FlipSides | Self::ToggleDifference => {
                require(state.compares_image(), "No image is compared with its result.")
            }
            Self::ToggleGrid | Self::ToggleIds | Self::NextPalette | Self::PreviousPalette => {
                require(has_sheet, "No tile bank is shown.")
            }
            Self::Play => require(can_play, "No sample or animation to play."),
            Self::PlayLoopPoint => require(has_loop, "The selected sample has no loop."),
            Self::OpenDemo => require(state.demo.is_some(), "The demo was not found."),
            Self::NewProject
            | Self::Open
            | Self::About
            | Self::TogglePackOnSave
            | Self::OpenPack
            | Self::Theme(_)
            | Self::Backdrop(_)
            | Self::Editors
            | Self::LargerText
            | Self::SmallerText
            | Self::CommandPalette
            | Self::Quit => Ok(()),
        }
    }

    /// Its name in the menu, which says what it is about to do.
    pub fn menu_name(self, state: &State) -> String {
        let name = self.entry().name;
        let change = match self {
            Self::Undo => state.change_to_undo(),
            Self::Redo => state.change_to_redo(),
            _ => None,
        };
        change.map_or_else(|| name.to_owned(), |change| format!("{name} {}", change_name(change)))
    }

    /// Whether a line separates it from the command above it in the menu.
    pub fn begins_group(self) -> bool {
        let groups = [
            Self::Close,
            Self::Pack,
            Self::RevealPack,
            Self::About,
            Self::Quit,
            Self::Undo,
            Self::ToggleIncluded,
            Self::OpenSource,
            Self::Play,
            Self::ZoomIn,
            Self::ToggleGrid,
            Self::NextPalette,
            Self::NextProblem,
            Self::ShowTab(BottomTab::Problems),
            Self::NextPanel,
            Self::Theme(ThemePreference::System),
            Self::LargerText,
        ];
        groups.contains(&self)
    }

    /// Whether it is checked in the menu; `None` if it cannot be.
    pub fn is_checked(self, state: &State) -> Option<bool> {
        match self {
            Self::View(kind) => Some(state.selected_asset().is_some() && state.view_kind() == kind),
            Self::ToggleIncluded => Some(state.selected_asset().is_some_and(|asset| {
                matches!(asset.state, AssetState::Ready | AssetState::Broken) && !state.is_pack()
            })),
            Self::ToggleGrid => Some(state.settings.grid),
            Self::ToggleIds => Some(state.settings.ids),
            Self::TogglePackOnSave => Some(state.settings.packs_on_save),
            Self::Theme(theme) => Some(state.settings.theme == theme),
            Self::Backdrop(backdrop) => Some(state.settings.backdrop == backdrop),
            Self::ToggleDifference => Some(state.view.sides == Sides::Difference),
            Self::TogglePanel(panel) => Some(state.settings.shows(panel)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcuts_are_unique() {
        let shortcuts: Vec<KeyboardShortcut> = ALL.iter().flat_map(|entry| entry.shortcuts).copied().collect();
        for (n, one) in shortcuts.iter().enumerate() {
            assert!(!shortcuts[n + 1..].contains(one), "{one:?} is there twice");
        }
    }

    #[test]
    fn commands_have_names_and_reasons() {
        let empty = State::default();
        for entry in ALL {
            assert!(!entry.name.is_empty());
            if let Err(why) = entry.command.available(&empty) {
                assert!(why.ends_with('.'), "{why}");
            }
        }
    }

    #[test]
    fn every_command_is_in_a_menu() {
        for entry in ALL {
            assert!(Menu::ALL.iter().any(|(menu, _)| *menu == entry.menu));
        }
    }
}
