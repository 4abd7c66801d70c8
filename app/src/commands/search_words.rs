//! Other words by which commands are found in *All commands*: the verbs of `prometeu-packer` that do the same, and
//! words that people use who draw or record.

use egui::ThemePreference;

use super::Command;
use crate::state::{BottomTab, Panel, ViewKind};

impl Command {
    /// Other words for it, separated by commas; empty if its name has all of them.
    pub fn search_words(self) -> &'static str {
        match self {
            Self::NewProject => "init, create project, start",
            Self::NewAsset => "create, import, add sprites, add sounds, new bank",
            Self::Open | Self::OpenPack => "load, file",
            Self::OpenDemo => "example, sample project",
            Self::Close => "start page, home",
            Self::Refresh => "reload, rescan",
            Self::Pack => "build, export, publish, save, make",
            Self::CancelPack => "stop, abort",
            Self::TogglePackOnSave => "watch, auto, automatic",
            Self::Verify => "verify, validate, test",
            Self::RevealPack => "assets.pa, output, build folder",
            Self::CopyCiCommand => "command line, terminal, script",
            Self::About => "version, help",
            Self::Quit => "exit, close window",
            Self::NextProblem | Self::PreviousProblem => "error, warning, finding",
            Self::NextProblemTile | Self::PreviousProblemTile => "error, pixel",
            Self::Undo => "revert, take back",
            Self::Redo => "repeat, again",
            Self::ToggleIncluded => "include, exclude, leave out, disable, skip",
            Self::Register => "register, include",
            Self::Rename => "name, label, folder",
            Self::AddFiles => "import, add images, add sounds",
            Self::UpdateOriginals => "fetch, reimport, refresh",
            Self::FollowTags => "aseprite, tags, import animations",
            Self::FixAll => "repair, solve, renumber, convert",
            Self::Remove => "delete, forget, trash, quarantine",
            Self::OpenSource => "edit, editor, aseprite, external",
            Self::RevealFolder => "explorer, finder, show folder",
            Self::Search => "find, filter, list",
            Self::ShowTab(BottomTab::Problems) => "doctor, error, warning, finding, issue, explain",
            Self::ShowTab(BottomTab::Activity) => "log, messages, events",
            Self::ShowTab(BottomTab::PackResult) => "size, sha, hash, report",
            Self::ShowTab(BottomTab::History) => {
                "changes, restore, purge, removed, deleted, trash, quarantine, recover"
            }
            Self::NextPanel | Self::PreviousPanel => "focus, switch",
            Self::View(ViewKind::Console) => "preview, show, sheet, tiles, waveform, loop, sounds, result",
            Self::View(ViewKind::Compare) => "source, original, difference, before, after, convert",
            Self::View(ViewKind::Tile) => "repeat, flip, seam, frames",
            Self::View(ViewKind::Palettes) => "palette, colors, swatches, rgb, swap, import, export",
            Self::View(ViewKind::AssetJson) => "declaration, entry, text, inspect",
            Self::View(ViewKind::Overview) => "slots, slot map, preload, budget, all assets, list, grid",
            Self::View(ViewKind::Files) => "compose, order, reorder, images, add, remove, replace",
            Self::View(ViewKind::Animations) => "animation, frames, tags, play, fps",
            Self::View(ViewKind::Cut) => {
                "tile-size, tile size, key, transparent color, slice, crop, region, margin, spacing, layer, tag"
            }
            Self::ZoomIn | Self::ZoomOut => "scale, magnify",
            Self::ZoomToFit | Self::ZoomToWidth => "whole, all",
            Self::FlipSides | Self::ToggleDifference => "compare, a/b, onion",
            Self::ToggleGrid => "lines",
            Self::ToggleIds => "numbers",
            Self::NextPalette | Self::PreviousPalette => "colors, swap",
            Self::Play | Self::PlayLoopPoint => "sound, listen, animation, seam, pause",
            Self::Theme(ThemePreference::System) => "colors, settings, preferences, appearance",
            Self::Theme(ThemePreference::Light) => "bright, day, white, settings, preferences, appearance",
            Self::Theme(ThemePreference::Dark) => "night, black, settings, preferences, appearance",
            Self::LargerText | Self::SmallerText => "font size, scale, settings, preferences",
            Self::Backdrop(_) => "background, settings, preferences",
            Self::Editors => "editor, aseprite, settings, preferences, options, external",
            Self::OnlyView => "full screen, fullscreen, focus, hide panels, zen",
            Self::TogglePanel(Panel::Navigator) => "sidebar, hide, show, navigator, left",
            Self::TogglePanel(Panel::Details) => "properties, inspector, hide, show, right",
            Self::TogglePanel(_) => "bottom, hide, show, console",
            Self::CommandPalette => "shortcuts, keys, search, find",
        }
    }
}
