//! Edits the open project: each edit is an operation of the services, which records it. So is taking it back.

use std::path::PathBuf;

use packer_services::Context;
use packer_services::diagnostics::{Finding, has_errors};
use packer_services::fixes::OfferedFix;
use packer_services::ops::{
    AssetEdit, AssetSelector, ChangeSummary, EditAsset, ExportPalette, ExportPaletteReport, FixProject, HistoryStep,
    ListChanges, PurgeAsset, RegisterAsset, Report, RestoreAsset, StepHistory,
};
use packer_services::watch::Change;

use super::Workbench;
use super::requests::{EDITING, EXPORTING_PALETTE, HISTORY, ListReason, Message, PREVIEWING_CHANGE, run};
use crate::state::{AskedChange, AskedEdit, BankDraft, ChangePreview, CutDraft, WantedEdit};

/// What the user does to the project.
#[derive(Clone, Debug)]
pub(super) enum Edit {
    /// Edits the selected asset.
    Asset(AssetEdit),
    /// Adds the selected asset to the registry.
    Register,
    /// Puts the removed asset with this id back.
    Restore(u32),
    /// Deletes the removed asset with this id for good.
    Purge(u32),
    /// Makes these fixes; all that are safe if there are none.
    Fix(Vec<OfferedFix>),
    /// Takes the latest change back, or makes it again.
    Step(HistoryStep),
}

/// What became of it.
pub(super) struct Edited {
    /// What was done, such as `undo exclude hero`; `None` if nothing was.
    done: Option<String>,
    findings: Vec<Finding>,
    /// What it changed; `None` if that is unknown.
    changed: Option<Change>,
    /// The edit of an asset, if it was one, and the root that the asset had before.
    edit: Option<(String, AssetEdit)>,
}

impl Edit {
    fn run(&self, project: PathBuf, root: String, context: &Context) -> Result<Edited, Vec<Finding>> {
        let edited = |prefix: &str, (findings, change): (_, Option<ChangeSummary>)| {
            let done = change.as_ref().map(|change| format!("{prefix}{} {}", change.edit, change.subject));
            let changed = change.map(|change| change.reported_change());
            let edit = if let Self::Asset(edit) = self { Some((root.clone(), edit.clone())) } else { None };
            Edited { done, findings, changed, edit }
        };
        Ok(match self {
            Self::Asset(edit) => {
                let request = EditAsset::new(project, AssetSelector::Root(root.clone()), edit.clone());
                let (findings, data) = run(&request, context)?.into_parts();
                edited("", (findings, data.change))
            }
            Self::Register => {
                let (findings, data) = run(&RegisterAsset::new(project, root.clone()), context)?.into_parts();
                edited("", (findings, data.change))
            }
            Self::Restore(asset_id) => {
                let request = RestoreAsset::new(project, AssetSelector::Id(*asset_id));
                let (findings, data) = run(&request, context)?.into_parts();
                edited("", (findings, data.change))
            }
            Self::Purge(asset_id) => {
                let request = PurgeAsset::new(project, AssetSelector::Id(*asset_id));
                let (findings, data) = run(&request, context)?.into_parts();
                let done = data.purged.then(|| format!("delete {} for good", data.name));
                Edited { done, findings, changed: None, edit: None }
            }
            Self::Fix(fixes) => {
                let (findings, data) = run(&fix_request(project, fixes), context)?.into_parts();
                edited("", (findings, data.change))
            }
            Self::Step(step) => {
                let (findings, data) = run(&StepHistory::new(project, *step), context)?.into_parts();
                let prefix = if *step == HistoryStep::Undo { "undo " } else { "redo " };
                edited(prefix, (findings, data.change))
            }
        })
    }
}

/// The request that makes these fixes; all that are safe if there are none.
fn fix_request(project: PathBuf, fixes: &[OfferedFix]) -> FixProject {
    let request = FixProject::new(project);
    if fixes.is_empty() { request } else { request.chosen(fixes.to_vec()) }
}

fn preview_change(project: PathBuf, edit: &AskedEdit, context: &Context) -> ChangePreview {
    let preview = || {
        Ok(match edit {
            AskedEdit::Fix(fixes) => {
                let request = fix_request(project, fixes).dry_run(true);
                let (findings, data) = run(&request, context)?.into_parts();
                let made = data.fixes.iter().filter(|listed| listed.is_applied && fixes.len() != 1);
                let in_words = made.map(|listed| {
                    let root = listed.fix.asset.as_ref().map(|asset| format!("{}: ", asset.root));
                    format!("{}{}", root.unwrap_or_default(), listed.fix.title)
                });
                ChangePreview {
                    findings,
                    fixes: in_words.collect(),
                    change: data.change,
                    slots: data.slots,
                    ids: data.ids,
                    repainted: data.repainted,
                    recolored: data.recolored,
                }
            }
            AskedEdit::Asset(root, edit) => {
                let request = EditAsset::new(project, AssetSelector::Root(root.clone()), edit.clone()).dry_run(true);
                let (findings, data) = run(&request, context)?.into_parts();
                ChangePreview {
                    findings,
                    fixes: Vec::new(),
                    change: data.change,
                    slots: data.slots,
                    ids: data.ids,
                    repainted: data.repainted,
                    recolored: data.recolored,
                }
            }
        })
    };
    preview().unwrap_or_else(|findings| ChangePreview { findings, ..ChangePreview::default() })
}

impl Workbench {
    /// Shows what a change would do.
    pub(super) fn request_change_preview(&mut self, title: String, edit: AskedEdit) {
        let Some(project) = self.state.project_path().map(PathBuf::from) else { return };
        let (services, asked) = (self.services.clone(), edit.clone());
        self.state.asked = Some(AskedChange { title, edit, preview: None });
        self.jobs.run(PREVIEWING_CHANGE, move |cancel| {
            let preview = preview_change(project, &asked, &services.with_cancel(cancel));
            Message::ChangePreviewed { edit: Box::new(asked), preview }
        });
    }

    pub(super) fn take_change_preview(&mut self, edit: &AskedEdit, preview: ChangePreview) {
        if let Some(asked) = self.state.asked.as_mut().filter(|asked| asked.edit == *edit) {
            asked.preview = Some(preview);
        }
    }

    /// Edits the project, after the edits that were asked for before: none of them is lost if several keys are pressed.
    pub(super) fn request_edit(&mut self, edit: Edit) {
        let root = self.state.selected_root.clone().unwrap_or_default();
        self.request_edit_of(edit, root);
    }

    /// The same, for the asset with this root.
    pub(super) fn request_edit_of(&mut self, edit: Edit, root: String) {
        self.next_edits.push_back((edit, root));
        if !self.jobs.is_running(EDITING) {
            self.start_next_edit();
        }
    }

    /// Gives an asset the entered name and folder.
    pub(super) fn apply_renaming(&mut self) {
        let Some(renaming) = self.state.renaming.as_mut().filter(|renaming| renaming.can_apply().is_ok()) else {
            return;
        };
        let (root, edits) = (renaming.root.clone(), renaming.edits());
        if edits.is_empty() {
            self.state.renaming = None;
            return;
        }
        (renaming.is_applying, renaming.findings) = (true, Vec::new());
        for edit in edits {
            if let AssetEdit::Move(folder) = &edit {
                self.state.created_root = Some(folder.clone());
            }
            self.request_edit_of(Edit::Asset(edit), root.clone());
        }
    }

    /// Closes the sheet once everything that is entered in it is done.
    fn take_renamed(&mut self, root: &str, name: String) {
        if let Some(renaming) = self.state.renaming.as_mut().filter(|renaming| renaming.root == root) {
            renaming.old_name = name;
        }
        self.state.renaming.take_if(|renaming| renaming.edits().is_empty());
    }

    /// The same for the folder, and what is entered for the asset follows it.
    fn take_moved(&mut self, root: &str, folder: &str) {
        if let Some(renaming) = self.state.renaming.as_mut().filter(|renaming| renaming.root == root) {
            folder.clone_into(&mut renaming.root);
        }
        self.state.renaming.take_if(|renaming| renaming.edits().is_empty());
        if let Some(draft) = self.state.bank_drafts.remove(root) {
            self.state.bank_drafts.insert(folder.to_owned(), BankDraft { root: folder.to_owned(), ..draft });
        }
        if let Some(draft) = self.state.cut_drafts.remove(root) {
            self.state.cut_drafts.insert(folder.to_owned(), CutDraft { root: folder.to_owned(), ..draft });
        }
    }

    /// Shows why an edit was refused: in the sheet of the renaming, or above everything.
    fn take_refused_edit(&mut self, findings: Vec<Finding>) {
        match self.state.renaming.as_mut().filter(|renaming| renaming.is_applying) {
            Some(renaming) => (renaming.is_applying, renaming.findings) = (false, findings),
            None => self.state.notify_findings(&findings),
        }
    }

    /// Cuts the images of the selected bank as it is shown. If that is refused after all, the draft is kept.
    pub(super) fn apply_cut(&mut self) {
        let shown = self.state.shown_cut().filter(|shown| self.state.can_apply_cut(shown).is_ok());
        if let Some(WantedEdit { root, edit }) = shown.and_then(|shown| shown.wanted()) {
            self.request_edit_of(Edit::Asset(edit), root);
        }
    }

    /// Takes the palettes from the entered file. If that is refused after all, the sheet is kept.
    pub(super) fn import_palettes(&mut self) {
        let sheet = self.state.palette_sheet.as_ref().filter(|sheet| self.state.can_import(sheet).is_ok());
        if let Some(WantedEdit { root, edit }) = sheet.and_then(|sheet| sheet.wanted().ok()) {
            self.request_edit_of(Edit::Asset(edit), root);
        }
    }

    /// Writes a palette to the entered file.
    pub(super) fn request_palette_export(&mut self) {
        let Some(project) = self.state.project_path().map(PathBuf::from) else { return };
        let Some(export) = &self.state.palette_export else { return };
        let request = ExportPalette::new(project, AssetSelector::Root(export.root.clone()), export.file());
        let request = request.palette(Some(export.palette)).replace(export.replaces);
        let services = self.services.clone();
        self.jobs.run(EXPORTING_PALETTE, move |cancel| Message::PaletteExported {
            result: run(&request, &services.with_cancel(cancel)),
        });
    }

    /// Closes the sheet if the palette was written; otherwise the sheet shows why not.
    pub(super) fn take_palette_export(&mut self, result: Result<Report<ExportPaletteReport>, Vec<Finding>>) {
        let Some(export) = &mut self.state.palette_export else { return };
        match result.map(Report::into_parts) {
            Ok((_, data)) if data.written => {
                self.state.palette_export = None;
                self.state.notify(format!("Wrote palette {} to `{}`", data.palette.unwrap_or(0), data.file));
            }
            Ok((findings, _)) | Err(findings) => export.findings = findings,
        }
    }

    fn start_next_edit(&mut self) {
        let Some(project) = self.state.project_path().map(PathBuf::from) else { return };
        let Some((edit, root)) = self.next_edits.pop_front() else { return };
        let services = self.services.clone();
        self.jobs.run(EDITING, move |cancel| Message::Edited {
            result: edit.run(project, root, &services.with_cancel(cancel)),
        });
    }

    pub(super) fn take_edited(&mut self, result: Result<Edited, Vec<Finding>>) {
        let changed = result.as_ref().ok().and_then(|edited| edited.changed.clone());
        match result {
            Err(findings) => self.take_refused_edit(findings),
            Ok(Edited { findings, done: None, .. }) if has_errors(&findings) => self.take_refused_edit(findings),
            Ok(Edited { done: None, .. }) => self.state.notify("There is nothing to change"),
            Ok(Edited { done: Some(done), edit, .. }) => {
                // What was entered for it is done.
                match edit {
                    Some((root, AssetEdit::Compose { .. })) => drop(self.state.bank_drafts.remove(&root)),
                    Some((root, AssetEdit::Tiling(_))) => drop(self.state.cut_drafts.remove(&root)),
                    Some((_, AssetEdit::ImportPalettes(_))) => self.state.palette_sheet = None,
                    Some((root, AssetEdit::Rename(name))) => self.take_renamed(&root, name),
                    Some((root, AssetEdit::Move(folder))) => self.take_moved(&root, &folder),
                    _ => {}
                }
                self.state.log_activity(format!("Done: {done}"));
                self.state.notice = None;
            }
        }
        self.state.purge_asked = None;
        self.state.view.loop_draft = None;
        (self.state.view.typed_color, self.state.view.typed_name) = (None, None);
        (self.state.view.animation_draft, self.state.view.typed_times) = (None, None);
        self.list_own_change(changed);
        self.start_next_edit();
    }

    /// Lists what the project is after a change that this window made, before the watch reports it. If it is unknown
    /// what changed, everything is read.
    pub(super) fn list_own_change(&mut self, changed: Option<Change>) {
        self.unread_changes.push(changed.unwrap_or(Change::Everything));
        self.request_listing(ListReason::Edited);
    }

    /// Finds out what can be undone and made again.
    pub(super) fn request_history(&mut self) {
        let Some(project) = self.state.project_path().map(PathBuf::from) else { return };
        let services = self.services.clone();
        self.jobs.run(HISTORY, move |cancel| {
            let result = run(&ListChanges::new(&project), &services.with_cancel(cancel));
            Message::HistoryRead { path: project, result }
        });
    }
}
