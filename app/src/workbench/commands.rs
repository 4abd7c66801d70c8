//! Carries out commands of the menu.

use packer_services::ops::{AnimationEdit, AssetEdit, HistoryStep, UpdateOptions};

use super::Workbench;
use super::edits::Edit;
use super::requests::{Dialog, ListReason};
use crate::commands::Command;
use crate::external;
use crate::panels;
use crate::state::{AskedEdit, CommandPalette, Leaving, Packing, Panel, Renaming, Sides, ViewKind};
use crate::widgets::{Canvas, Fit, ZoomPan};

/// Limits of the text's scale. At 0.75 small text is still legible; at 2 the window still fits on a screen.
const SCALES: std::ops::RangeInclusive<f32> = 0.75..=2.0;
/// One step of the text's scale.
const SCALE_STEP: f32 = 0.125;

impl Workbench {
    pub(super) fn run_command(&mut self, command: Command, context: &egui::Context) {
        match command {
            Command::NewProject => self.request_dialog(Dialog::NewProject),
            Command::NewAsset => self.request_dialog(Dialog::NewAsset),
            Command::AddFiles => self.request_dialog(Dialog::BankFiles),
            Command::Open => self.request_dialog(Dialog::Project),
            Command::OpenPack => self.request_dialog(Dialog::Pack),
            Command::OpenDemo => {
                if let Some(demo) = self.state.demo.clone() {
                    self.request_open(vec![demo]);
                }
            }
            Command::Close => self.leave(Leaving::Project),
            Command::Refresh => match &self.watch {
                Some(watch) => watch.refresh(),
                None => self.request_listing(ListReason::FilesChanged),
            },
            Command::Pack => self.request_pack(),
            Command::CancelPack => {
                if self.cancel_saved_pack() {
                    self.state.log_activity("The pack was canceled; your last pack is untouched");
                } else if let Packing::Running { cancel, .. } = &self.state.pack {
                    cancel.cancel();
                }
            }
            Command::TogglePackOnSave => self.toggle_pack_on_save(),
            Command::Verify => self.request_verification(true),
            Command::Undo => self.request_edit(Edit::Step(HistoryStep::Undo)),
            Command::Redo => self.request_edit(Edit::Step(HistoryStep::Redo)),
            Command::ToggleIncluded => {
                let is_included = Command::ToggleIncluded.is_checked(&self.state) == Some(true);
                let edit = if is_included { AssetEdit::Exclude } else { AssetEdit::Include };
                self.request_edit(Edit::Asset(edit));
            }
            Command::Register => self.request_edit(Edit::Register),
            Command::UpdateOriginals => {
                let Some(root) = self.state.selected_root.clone() else { return };
                let edit = AskedEdit::Asset(root, AssetEdit::Update(UpdateOptions::default()));
                self.request_change_preview("Update the files from where they came".to_owned(), edit);
            }
            Command::FollowTags => {
                let edit = AssetEdit::Animation(AnimationEdit::FollowTags(Vec::new()));
                self.request_edit(Edit::Asset(edit));
            }
            Command::FixAll => {
                let title = "Fix everything that has one right answer".to_owned();
                self.request_change_preview(title, AskedEdit::Fix(Vec::new()));
            }
            Command::Rename => self.state.renaming = self.state.selected_asset().map(Renaming::new),
            Command::Remove => self.request_edit(Edit::Asset(AssetEdit::Remove)),
            Command::NextProblem => self.state.step_problem(1),
            Command::PreviousProblem => self.state.step_problem(-1),
            Command::NextProblemTile => self.state.step_problem_tile(1),
            Command::PreviousProblemTile => self.state.step_problem_tile(-1),
            Command::Search => {
                self.show_panel(Panel::Navigator, true, context);
                self.focus_widget(panels::navigator::search_id(), context);
            }
            Command::ShowTab(tab) => {
                self.state.bottom_tab = tab;
                self.focus_panel(Panel::Bottom, context);
            }
            Command::NextPanel => self.focus_panel(self.state.next_panel(1), context),
            Command::PreviousPanel => self.focus_panel(self.state.next_panel(-1), context),
            Command::TogglePanel(panel) => {
                let is_shown = !self.state.settings.shows(panel);
                self.show_panel(panel, is_shown, context);
            }
            Command::OnlyView => self.state.settings.toggle_only_view(),
            Command::Backdrop(backdrop) => self.state.settings.backdrop = backdrop,
            Command::Editors => self.state.chooses_editors = true,
            Command::View(kind) => (self.state.view.kind, self.state.chosen_view) = (kind, kind),
            Command::ZoomIn => self.zoom(|canvas| canvas.stepped(1)),
            Command::ZoomOut => self.zoom(|canvas| canvas.stepped(-1)),
            Command::ZoomToFit | Command::ZoomToWidth => {
                self.state.settings.fit = if command == Command::ZoomToFit { Fit::All } else { Fit::Width };
                self.zoom(|_| ZoomPan::default());
            }
            Command::FlipSides => self.state.view.sides = self.state.view.sides.flipped(),
            Command::ToggleDifference => {
                let is_shown = self.state.view.sides == Sides::Difference;
                self.state.view.sides = if is_shown { Sides::Both } else { Sides::Difference };
            }
            Command::ToggleGrid => self.state.settings.grid = !self.state.settings.grid,
            Command::ToggleIds => self.state.settings.ids = !self.state.settings.ids,
            Command::NextPalette => self.state.step_palette(1),
            Command::PreviousPalette => self.state.step_palette(-1),
            Command::Play => self.toggle_playback(),
            Command::PlayLoopPoint => self.play_loop_point(),
            Command::RevealPack => {
                let folder = self.state.project_path().map(|project| project.join("build"));
                folder.into_iter().for_each(|folder| self.request_open_outside(folder));
            }
            Command::RevealFolder | Command::OpenSource => self.open_externally(command),
            Command::CopyCiCommand => {
                context.copy_text(external::CI_COMMAND.to_owned());
                self.state.notify(format!("Copied `{}`. Run it in the project's folder", external::CI_COMMAND));
            }
            Command::Theme(theme) => {
                self.state.settings.theme = theme;
                context.set_theme(theme);
            }
            Command::LargerText => self.scale_text(SCALE_STEP, context),
            Command::SmallerText => self.scale_text(-SCALE_STEP, context),
            Command::CommandPalette => self.state.command_palette = Some(CommandPalette::default()),
            Command::About => {
                let version = env!("CARGO_PKG_VERSION");
                self.state
                    .notify(format!("{} {version}. `prometeu-packer --help` packs without a window", crate::NAME));
            }
            Command::Quit => self.leave(Leaving::Window),
        }
    }

    fn scale_text(&mut self, step: f32, context: &egui::Context) {
        self.state.settings.scale = (self.state.settings.scale + step).clamp(*SCALES.start(), *SCALES.end());
        context.set_zoom_factor(self.state.settings.scale);
    }

    fn zoom(&mut self, next: impl FnOnce(&Canvas) -> ZoomPan) {
        let Some(canvas) = &self.textures.canvas else { return };
        let next = next(canvas);
        if matches!(self.state.view_kind(), ViewKind::Compare | ViewKind::Cut) {
            self.state.view.source_zoom_pan = next;
        } else {
            (self.state.settings.zoom, self.state.view.pan) = (next.zoom, next.pan);
        }
    }

    /// Opens the shown file, or the selected asset's folder, in the system's program for it.
    fn open_externally(&mut self, command: Command) {
        let (Some(project), Some(asset)) = (self.state.project(), self.state.selected_asset()) else { return };
        let folder = project.path.join("assets").join(&asset.root);
        let of_problem = self.state.selected_problem.and_then(|index| self.state.problems.get(index)?.file.as_ref());
        let path = match (command, self.state.source_file(), of_problem) {
            (Command::RevealFolder, ..) => folder,
            (_, _, Some(file)) => project.path.join(file),
            (_, Some(file), None) => folder.join(file),
            (_, None, None) => folder,
        };
        self.request_open_outside(path);
    }
}
