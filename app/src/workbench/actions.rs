//! Carries out what the user did in a panel.

use std::collections::BTreeMap;

use packer_services::ops::{ArtifactSelector, AssetEdit, SlotChoice};

use super::Workbench;
use super::edits::Edit;
use super::requests::Dialog;
use crate::panels::Action;
use crate::state::{AskedEdit, Leaving, Panel, ViewKind};

impl Workbench {
    pub(super) fn carry_out(&mut self, action: Action, context: &egui::Context) {
        match action {
            Action::Run(command) => {
                if command.available(&self.state).is_ok() {
                    self.run_command(command, context);
                }
            }
            Action::TakePaths(paths) => self.take_paths(paths),
            Action::Open(paths) => {
                // What is offered for another path does not get the next key, and what was said before is answered.
                (self.state.refused, self.state.notice) = (None, None);
                self.request_open(paths);
            }
            Action::ForgetPath(path) => self.state.settings.recent.retain(|other| *other != path),
            Action::DismissNotice => self.state.notice = None,
            Action::FilterProblems(filter) => {
                self.state.problem_filter = filter;
                self.state.update_problem_rows();
            }
            Action::Copy(text) => {
                context.copy_text(text);
                self.state.log_activity("Copied");
            }
            Action::SelectAsset(root) => self.state.select_asset(&root),
            Action::StepAsset(step) => self.state.step_asset(step),
            Action::CreateThumbnails(roots) => self.request_thumbnails(roots),
            Action::SelectProblem(index) => self.state.select_problem(index),
            Action::ShowCause(cause) => self.state.show_cause(cause),
            Action::Filter(filter) => {
                self.state.filter = filter;
                self.state.update_rows();
            }
            Action::BottomTab(tab) => self.state.bottom_tab = tab,
            Action::ActivatePanel(panel) => self.state.panel = panel,
            Action::FocusPanel(panel) => self.focus_panel(panel, context),
            Action::Arrow(panel, columns, rows) => self.step_in_panel(panel, columns, rows),
            Action::View(view) => {
                if view.kind != self.state.view.kind {
                    self.state.chosen_view = view.kind;
                }
                self.state.view = *view;
            }
            Action::ShowPanel(panel, is_shown) => self.show_panel(panel, is_shown, context),
            Action::Zoom(zoom) => self.state.settings.zoom = zoom,
            Action::OrderOverview(order) => self.state.settings.overview_order = order,
            Action::SetSlot(root, slot) => {
                let choice = slot.map_or(SlotChoice::None, SlotChoice::Swap);
                self.request_edit_of(Edit::Asset(AssetEdit::Slot(choice)), root);
            }
            Action::SetLoop(sample, choice) => {
                self.request_edit(Edit::Asset(AssetEdit::Loop(ArtifactSelector::Index(sample), choice)));
            }
            Action::PlayFrom(sample, frame) => {
                self.state.view.sample = Some(sample);
                self.play_from(frame);
            }
            Action::PlaySource => self.toggle_source_playback(),
            Action::CommandPalette(palette) => {
                // The command palette had the keyboard. The panel that had it before gets it back.
                if palette.is_none() && self.state.command_palette.is_some() && self.state.opened.is_some() {
                    self.focus_next = Some(self.state.panel.id());
                    context.request_repaint();
                }
                self.state.command_palette = palette;
            }
            Action::CreateProject(path) => self.request_project(path),
            Action::EditNewAsset(form) => {
                if let Some(sheet) = &mut self.state.new_asset {
                    (sheet.form, sheet.is_awaited) = (*form, false);
                }
            }
            Action::RestoreAsset(asset_id) => self.request_edit(Edit::Restore(asset_id)),
            Action::AskToPurge(asset_id) => self.state.purge_asked = Some(asset_id),
            Action::PurgeAsset(asset_id) => self.request_edit(Edit::Purge(asset_id)),
            Action::CreateNewAsset => self.request_new_asset(),
            Action::CloseSheet => self.leave(Leaving::Sheet),
            Action::Leave => self.take_leave(),
            Action::Stay => self.state.leaving = None,
            Action::Rename(renaming) => self.state.renaming = Some(renaming),
            Action::ApplyRenaming => self.apply_renaming(),
            Action::SetEditor(ending, program) => {
                let editors = &mut self.state.settings.editors;
                match program.as_os_str().is_empty() {
                    true => drop(editors.remove(ending)),
                    false => drop(editors.insert(ending.to_owned(), program)),
                }
            }
            Action::CloseEditors => self.state.chooses_editors = false,
            Action::Edit(edit) => self.request_edit(Edit::Asset(*edit)),
            Action::ArrangeBank(draft) => {
                let draft = draft.map(|draft| (draft.root.clone(), draft));
                keep_draft(&mut self.state.bank_drafts, self.state.selected_root.as_deref(), draft);
            }
            Action::CutImages(draft) => {
                let draft = draft.map(|draft| (draft.root.clone(), draft));
                keep_draft(&mut self.state.cut_drafts, self.state.selected_root.as_deref(), draft);
            }
            Action::ApplyCut => self.apply_cut(),
            Action::EditPaletteSheet(sheet) => self.state.palette_sheet = Some(*sheet),
            Action::OpenPaletteSheet(path, at) => self.state.open_palette_sheet(path, at),
            Action::ImportPalettes => self.import_palettes(),
            Action::EditPaletteExport(export) => self.state.palette_export = Some(*export),
            Action::ExportPalette => self.request_palette_export(),
            Action::ChoosePaletteFile => self.request_dialog(match self.state.palette_export {
                Some(_) => Dialog::NewPaletteFile,
                None => Dialog::PaletteFile,
            }),
            Action::Ask(title, edit) => self.request_change_preview(title, *edit),
            Action::ApplyAsked => match self.state.asked.take().map(|asked| asked.edit) {
                Some(AskedEdit::Fix(fixes)) => self.request_edit(Edit::Fix(fixes)),
                Some(AskedEdit::Asset(root, edit)) => self.request_edit_of(Edit::Asset(edit), root),
                None => {}
            },
            Action::CloseAsked => self.state.asked = None,
            Action::TypePath(path) => self.state.typed_path = path,
        }
    }

    pub(super) fn focus_panel(&mut self, panel: Panel, context: &egui::Context) {
        self.state.settings.show_panel(panel, true);
        self.state.panel = panel;
        self.focus_widget(panel.id(), context);
    }

    /// Shows or hides a panel. If a hidden one had the keyboard, the view gets it.
    pub(super) fn show_panel(&mut self, panel: Panel, is_shown: bool, context: &egui::Context) {
        self.state.settings.show_panel(panel, is_shown);
        if !is_shown && self.state.panel == panel {
            self.focus_panel(Panel::View, context);
        }
    }

    pub(super) fn focus_widget(&mut self, id: egui::Id, context: &egui::Context) {
        if self.focus_next.is_some() {
            self.focus_next = Some(id);
        } else {
            context.memory_mut(|memory| memory.request_focus(id));
        }
    }

    /// Carries out an arrow key in the view or in the list of problems.
    fn step_in_panel(&mut self, panel: Panel, columns: i32, rows: i32) {
        let step = if rows != 0 { rows } else { columns };
        match (panel, self.state.view_kind()) {
            (Panel::Bottom, _) => self.state.step_problem(step as isize),
            (Panel::View, ViewKind::Palettes) => self.state.step_palette(step),
            (Panel::View, ViewKind::Animations) => {
                let count = self.state.glyph_bank().map_or(0, |bank| bank.animations.len());
                let next = self.state.view.animation.saturating_add_signed(step as isize);
                self.state.view.select_animation(next.min(count.saturating_sub(1)));
            }
            (Panel::View, ViewKind::Files) => {
                self.state.arrange_bank(|draft| draft.step(step as isize));
            }
            (Panel::View, ViewKind::Cut) => {
                let next = self.state.cut_image().saturating_add_signed(step as isize);
                self.state.view.cut_image = Some(next);
                self.state.view.cut_image = Some(self.state.cut_image());
            }
            (Panel::View, ViewKind::Overview) => self.state.step_asset(step as isize),
            (Panel::View, ViewKind::AssetJson) => {
                let line = self.state.view.line.map_or(1, |line| line.saturating_add_signed(step).max(1));
                self.state.view.line = Some(line);
            }
            (Panel::View, _) if self.state.sound_bank().is_some() => {
                let sample = self.state.selected_sample().saturating_add_signed(step);
                self.state.view.select_sample(sample);
                // Past the last sample, the last one is selected.
                self.state.view.sample = Some(self.state.selected_sample());
            }
            (Panel::View, _) => self.state.step_tile(columns, rows),
            _ => {}
        }
    }
}

/// Keeps the draft of a bank, which comes with its root; without one, forgets that of the selected bank.
fn keep_draft<D>(drafts: &mut BTreeMap<String, D>, selected_root: Option<&str>, draft: Option<(String, D)>) {
    match draft {
        Some((root, draft)) => drop(drafts.insert(root, draft)),
        None => drop(drafts.remove(selected_root.unwrap_or_default())),
    }
}
