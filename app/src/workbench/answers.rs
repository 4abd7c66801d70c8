//! Puts the results of workers into the state.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use packer_services::diagnostics::{Code, Finding, has_errors, join_some};
use packer_services::ops::{InspectPackReport, PackAnswer, Published, Report, VerifyPackReport};
use packer_services::preview::Thumbnail;
use packer_services::session::{Delta, RootThumbnail};

use super::Workbench;
use super::requests::{
    BUILDING, CREATING, Dialog, EDITING, EXPORTING_PALETTE, INSPECTING, LISTING, ListReason, Listing, Message, PACKING,
    PREVIEWING, PREVIEWING_EDIT, PREVIEWING_NEW, READING, RECOGNIZING, THUMBNAILS, VERIFYING,
};
use crate::jobs::{Crash, JobResult};
use crate::state::{BottomTab, CachedThumbnail, Contents, ListRow, Packing, PreviewState, time_of_day};

/// A dialog that ended sooner was never shown: nobody can close one that fast. Without a portal or a program for
/// dialogs, Linux reports this in no other way.
const NO_DIALOG: Duration = Duration::from_millis(300);
/// How many changed assets a line of the activity names.
const NAMES: usize = 4;

impl Workbench {
    pub(super) fn take_answer(&mut self, answer: JobResult<Message>) {
        match answer {
            Ok(Message::Refreshed { path, reason, result }) => self.take_refresh(&path, reason, result),
            Ok(Message::Listed { path, reason, result }) => self.take_listing(&path, reason, result),
            Ok(Message::Built { path, result }) => self.take_built(&path, result),
            Ok(Message::Inspected { path, result }) => self.take_inspection(&path, result),
            Ok(Message::Previewed { root, result }) => {
                if self.state.selected_root.as_deref() == Some(&root) {
                    let preview = match result {
                        Ok(ready) => PreviewState::Ready(Box::new(ready)),
                        Err(findings) => PreviewState::Failed(findings),
                    };
                    self.state.replace_preview(preview);
                    self.textures.forget_bank();
                }
            }
            Ok(Message::SourceRead { root, file, result }) => {
                let source = self.state.source.as_mut();
                if let Some(source) = source.filter(|source| source.root == root && source.file == file) {
                    source.content = Some(result);
                    self.textures.forget_source();
                }
            }
            Ok(Message::Thumbnails { listing, roots, result }) => self.take_thumbnails(listing, roots, result),
            Ok(Message::Packed { result, seconds }) => {
                self.note_shown_pack(&result);
                self.take_pack(result, seconds);
            }
            Ok(Message::SavesPacked { result, seconds }) => self.take_saved_pack(result, seconds),
            Ok(Message::Verified { file, is_asked_for, result }) => {
                self.take_verification(&file, is_asked_for, result);
            }
            Ok(Message::Chosen { dialog, paths, time }) => self.take_choice(dialog, paths, time),
            Ok(Message::ProjectCreated { path, result }) => self.take_created_project(path, result),
            Ok(Message::NewAssetPreviewed { form, result }) => self.take_new_preview(*form, result),
            Ok(Message::Edited { result }) => self.take_edited(result),
            Ok(Message::ChangePreviewed { edit, preview }) => self.take_change_preview(&edit, preview),
            Ok(Message::EditPreviewed { preview }) => self.state.edit_preview = Some(*preview),
            Ok(Message::PaletteExported { result }) => self.take_palette_export(result),
            Ok(Message::PartsListed { parts }) => self.state.sprite_parts = Some(*parts),
            Ok(Message::HistoryRead { path, result }) => {
                if self.state.project_path() == Some(&path) {
                    // One that cannot be read is reported by the edit that needs it.
                    self.state.history = result.map(Report::into_data).ok();
                }
            }
            Ok(Message::AssetCreated { result }) => self.take_created_asset(result),
            Ok(Message::Recognized { paths, result }) => self.take_recognized(paths, result),
            Ok(Message::OpenedOutside { path, result }) => match result {
                Ok(()) => self.state.log_activity(format!("Opened `{}` in another program", path.display())),
                Err(why) => self.state.notify_error(
                    format!("`{}` could not be opened: {why}", path.display()),
                    "Choose a program for files of this kind in your system's settings, or open the file yourself.",
                ),
            },
            Err(crash) => self.take_crash(&crash),
        }
    }

    fn take_refresh(&mut self, path: &Path, reason: ListReason, result: Result<Delta, Vec<Finding>>) {
        if self.state.opened.as_ref().is_none_or(|opened| opened.path != path) {
            return;
        }
        match result {
            Ok(delta) => {
                self.show_changes(&delta, reason);
                self.request_report(reason);
            }
            Err(findings) => self.take_listing(path, reason, Err(findings)),
        }
    }

    fn take_listing(&mut self, path: &Path, reason: ListReason, result: Result<Listing, Vec<Finding>>) {
        let Some(opened) = self.state.opened.as_mut().filter(|opened| opened.path == path) else { return };
        let mut building = None;
        match result {
            Ok(Listing { report, fixes, pending, time }) => {
                opened.contents = Some(Contents::of_project(report, fixes));
                self.state.settings.remember_path(path);
                if reason != ListReason::Packed {
                    self.request_history();
                }
                self.state.replace_problems(Vec::new());
                building = Some((pending, time));
            }
            Err(findings) if opened.contents.is_none() => return self.refuse(findings),
            // The previous listing is kept; the reason why there is no new one comes first.
            Err(findings) => self.state.replace_problems(findings),
        }
        self.update_list();
        if let (ListReason::Packed, Packing::Done { is_listed, .. }) = (reason, &mut self.state.pack) {
            *is_listed = true;
        }
        if let Some((pending, time)) = building {
            // The selected asset may be new in the list.
            if !matches!(self.state.preview, PreviewState::Ready(_)) && !self.jobs.is_running(PREVIEWING) {
                self.request_preview();
            }
            if pending > 0 {
                self.request_build(time);
            }
        } else if reason != ListReason::Packed {
            self.request_preview();
            self.request_source();
        }
        if let Some(reason) = self.list_again.take() {
            self.request_listing(reason);
        }
    }

    /// Requests again what is shown of files that changed.
    fn show_changes(&mut self, delta: &Delta, reason: ListReason) {
        let are_saves = reason == ListReason::FilesChanged && delta.touched.is_some();
        if are_saves && !delta.changed.is_empty() && self.state.contents().is_some() {
            let mut changed: Vec<&String> = delta.changed.iter().collect();
            changed.sort();
            self.state.log_activity(format!("Files were saved in {}", join_some(changed.iter(), ", ", NAMES)));
        }
        if !delta.changed.is_empty() {
            self.listings += 1;
        }
        for (root, thumbnail) in &mut self.state.thumbnails {
            thumbnail.is_stale |= delta.changed.contains(root);
        }
        let viewed = self.state.selected_root.as_ref();
        if viewed.is_some_and(|root| delta.changed.contains(root)) {
            self.request_preview();
        }
        if self.state.source.as_ref().is_some_and(|source| delta.touches(&source.root)) {
            self.request_source();
        }
    }

    /// More assets were built: what is known of them is shown.
    fn take_built(&mut self, path: &Path, result: Result<Listing, Vec<Finding>>) {
        let Some(opened) = self.state.opened.as_mut().filter(|opened| opened.path == path) else { return };
        let (mut pending, mut time) = (0, Duration::ZERO);
        match result {
            Ok(listing) => {
                (pending, time) = (listing.pending, listing.time);
                opened.contents = Some(Contents::of_project(listing.report, listing.fixes));
                self.state.replace_problems(Vec::new());
            }
            Err(findings) => self.state.replace_problems(findings),
        }
        self.update_list();
        if pending > 0 {
            self.request_build(time);
        }
    }

    fn take_inspection(&mut self, path: &Path, result: Result<Report<InspectPackReport>, Vec<Finding>>) {
        let Some(opened) = self.state.opened.as_mut().filter(|opened| opened.path == path) else { return };
        match result {
            Ok(inspection) if inspection.header.is_some() => {
                opened.contents = Some(Contents::of_pack(&inspection));
                self.state.settings.remember_path(path);
            }
            // Without a valid header, the contents of the pack are unknown.
            Ok(inspection) => return self.refuse(inspection.findings().to_vec()),
            Err(findings) => return self.refuse(findings),
        }
        self.update_list();
        self.request_preview();
        // A valid header does not prove that the payloads are intact.
        self.request_verification(false);
    }

    /// Updates the rows of the list. If no asset is selected, the first one is, so that the user sees art at once.
    fn update_list(&mut self) {
        self.state.update_rows();
        self.select_created();
        let asset_of = |row: &ListRow| if let ListRow::Asset(index) = row { Some(*index) } else { None };
        let first = self.state.rows.iter().find_map(asset_of);
        if self.state.selected_asset().is_none()
            && let Some(root) = first.and_then(|index| self.state.assets().get(index)).map(|asset| asset.root.clone())
        {
            self.state.select_asset(&root);
        }
    }

    /// Keeps the thumbnails. What was requested is not requested again before a file changed, even if there was nothing
    /// to show.
    fn take_thumbnails(&mut self, listing: u64, roots: Vec<String>, thumbnails: Vec<RootThumbnail>) {
        self.state.thumbnails_pending = false;
        let is_stale = listing != self.listings;
        let mut thumbnails: HashMap<String, Option<Arc<Thumbnail>>> = thumbnails.into_iter().collect();
        for root in roots {
            let image = thumbnails.remove(&root).flatten();
            self.state.thumbnails.insert(root, CachedThumbnail { image, is_stale });
        }
    }

    pub(super) fn take_pack(&mut self, result: PackAnswer, seconds: f32) {
        self.state.pack = match result {
            Ok(report) => {
                match &report.pack {
                    Some(pack) => {
                        let what = if report.published == Published::UpToDate { "Up to date" } else { "Packed" };
                        let text = format!("{what}: {} bytes, SHA-256 {}", pack.size_bytes, pack.sha256);
                        self.state.log_activity(text);
                        self.state.log_activity(report.cache.to_string());
                    }
                    None => self.state.log_error("The pack is blocked; your last pack is untouched"),
                }
                Packing::Done { report: Box::new(report), seconds, time: time_of_day(), is_listed: false }
            }
            Err(findings) => {
                let first = findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
                self.state.log_error(format!("Not packed: {first}"));
                Packing::Failed(findings)
            }
        };
        self.request_listing(ListReason::Packed);
    }

    fn take_verification(
        &mut self,
        file: &Path,
        is_asked_for: bool,
        result: Result<Report<VerifyPackReport>, Vec<Finding>>,
    ) {
        let (found, verdict) = match &result {
            Ok(report) if has_errors(report.findings()) => (report.findings(), "is damaged"),
            Ok(report) => (report.findings(), "is intact"),
            Err(findings) => (findings.as_slice(), "could not be checked"),
        };
        let text = format!("`{}` {verdict}", file.display());
        let first = found.iter().find(|finding| finding.is_error()).cloned();
        if self.state.is_pack() {
            self.state.replace_problems(found.to_vec());
        }
        match first {
            // The user did not choose the path.
            Some(first) if result.is_err() && !self.state.is_pack() => {
                let help = "If the project was not packed yet, press Ctrl+P.";
                self.state.notify_error(format!("{text}: {}", first.message), help);
            }
            Some(first) => self.state.notify_error(format!("{text}: {}", first.message), first.help),
            None if is_asked_for => self.state.notify(text),
            None => self.state.log_activity(text),
        }
        self.state.verification = Some(result);
    }

    /// Opens what was chosen in the system's dialog, or creates it.
    fn take_choice(&mut self, dialog: Dialog, paths: Vec<PathBuf>, time: Duration) {
        match paths.first() {
            Some(folder) if dialog == Dialog::NewProject => self.request_project(folder.clone()),
            Some(_) if dialog == Dialog::BankFiles => self.state.add_to_bank(paths),
            Some(_) if dialog == Dialog::PaletteFile && self.state.new_asset.is_some() => {
                self.state.new_asset.iter_mut().for_each(|sheet| sheet.add_palettes(paths.clone()));
            }
            Some(file) if dialog == Dialog::PaletteFile => {
                self.state.open_palette_sheet(file.display().to_string(), None);
            }
            Some(file) if dialog == Dialog::NewPaletteFile => {
                if let Some(export) = &mut self.state.palette_export {
                    // The system's dialog asked whether a file is replaced.
                    (export.path, export.replaces) = (file.display().to_string(), true);
                }
            }
            Some(_) => self.request_open(paths),
            None if time < NO_DIALOG => {
                let help = match &self.state.opened {
                    Some(_) => {
                        "Drop what you want to open or add on the window, paste it, or type its path in *All commands* \
                         (Ctrl+K)."
                    }
                    None => "Drop a folder or a `.pa` file on the window, or type its path below.",
                };
                self.state.notify_error("The system showed no file dialog", help.replace('*', ""));
                if self.state.opened.is_none() {
                    self.focus_next = Some(crate::panels::start::path_id());
                }
            }
            None => {}
        }
    }

    /// Reports that a worker panicked, in the activity and where its result is awaited.
    fn take_crash(&mut self, Crash { job, reason }: &Crash) {
        let text = format!("The workbench failed while {job}: {reason}.");
        let finding =
            Finding::new(Code::InternalError, text.clone(), "Please report this, and describe what you did before.");
        self.state.log_error(format!("{text} Please report this."));
        self.state.show_bottom_tab(BottomTab::Activity);
        let (is_listed, findings) = (self.state.contents().is_some(), vec![finding]);
        match *job {
            RECOGNIZING => self.take_recognized(Vec::new(), Err(findings)),
            LISTING | INSPECTING if !is_listed => self.refuse(findings),
            LISTING | BUILDING | INSPECTING => self.state.replace_problems(findings),
            PACKING => {
                self.cancel_saved_pack();
                self.state.pack = Packing::Failed(findings);
            }
            PREVIEWING => self.state.preview = PreviewState::Failed(findings),
            READING => {
                if let Some(source) = &mut self.state.source {
                    source.content = Some(Err(findings));
                }
            }
            VERIFYING => self.state.verification = Some(Err(findings)),
            EDITING => self.take_edited(Err(findings)),
            PREVIEWING_NEW | CREATING => self.take_created_asset(Err(findings)),
            PREVIEWING_EDIT => self.fail_edit_preview(findings),
            EXPORTING_PALETTE => self.take_palette_export(Err(findings)),
            THUMBNAILS => {
                let roots = std::mem::take(&mut self.thumbnails_of);
                self.take_thumbnails(self.listings, roots, Vec::new());
            }
            _ => {}
        }
    }
}
