//! Opening and closing projects and packs, and watching the open project.

use std::path::PathBuf;
use std::sync::Arc;

use packer_services::Recognized;
use packer_services::diagnostics::Finding;
use packer_services::watch::{Change, Watch, WatchMode, WatchOptions};

use super::Workbench;
use super::pack_on_save::PackOnSave;
use super::requests::ListReason;
use super::shared_session::SharedSession;
use crate::panels;
use crate::state::{DECLARATION, Leaving, Opened, OpenedKind, Refused, State, ViewKind};
use crate::widgets::Textures;

impl Workbench {
    /// Opens what was recognized. If nothing can be opened, everything is kept, and the user reads why.
    pub(super) fn take_recognized(&mut self, paths: Vec<PathBuf>, result: Result<Recognized, Vec<Finding>>) {
        self.state.is_starting = false;
        match result {
            Ok(Recognized::Project { project, inside }) => {
                let is_open = self.state.project_path() == Some(&project);
                match inside {
                    Some(inside) if is_open => self.go_to_file(&inside),
                    // What runs in it goes on.
                    None if is_open => self.request_listing(ListReason::FilesChanged),
                    _ => self.leave(Leaving::Open(project, OpenedKind::Project)),
                }
            }
            Ok(Recognized::Pack(path)) => self.leave(Leaving::Open(path, OpenedKind::Pack)),
            Ok(Recognized::NewFiles(files)) => self.leave(Leaving::NewAsset(files)),
            Ok(_) => {}
            Err(findings) if self.state.opened.is_some() => self.state.notify_unopened(&findings),
            Err(findings) => {
                let path = paths.into_iter().next().unwrap_or_default();
                let refused = Refused::new(path, findings);
                if !refused.can_become_project {
                    // The user may only have to correct the path.
                    self.focus_next = Some(panels::start::path_id());
                }
                self.state.refused = Some(refused);
            }
        }
    }

    /// Does with files what the window is ready for; otherwise finds out what they are, and opens them.
    pub(super) fn take_paths(&mut self, paths: Vec<PathBuf>) {
        match paths.first() {
            _ if self.state.can_add_to_bank(&paths) => self.state.add_to_bank(paths),
            _ if self.state.can_add_palettes(&paths) => {
                self.state.new_asset.iter_mut().for_each(|sheet| sheet.add_palettes(paths.clone()));
            }
            Some(file) if self.state.can_import_palettes(&paths) => {
                self.state.open_palette_sheet(file.display().to_string(), None);
            }
            _ => self.request_open(paths),
        }
    }

    /// Selects the asset that contains a file of the open project, and shows the file.
    fn go_to_file(&mut self, path: &str) {
        let folders = std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(folder, _)| folder));
        let contents = self.state.contents();
        let Some(root) = folders.into_iter().find(|folder| contents.is_some_and(|known| known.asset(folder).is_some()))
        else {
            self.state.notify(format!("`assets/{path}` is in this project, but no asset contains it"));
            return;
        };
        let (root, file) = (root.to_owned(), path.strip_prefix(root).and_then(|file| file.strip_prefix('/')));
        self.state.select_asset(&root);
        self.state.show_in_list(&root);
        if let Some(file) = file {
            self.state.view.file = Some(file.to_owned());
            self.state.view.kind = if file == DECLARATION { ViewKind::AssetJson } else { ViewKind::Compare };
        }
    }

    pub(super) fn open(&mut self, path: PathBuf, kind: OpenedKind) {
        self.close();
        self.state.refused = None;
        self.state.opened = Some(Opened { path: path.clone(), kind, contents: None, is_gone: false });
        if kind == OpenedKind::Pack {
            self.request_listing(ListReason::FilesChanged);
            return;
        }
        self.session = Some(Arc::new(SharedSession::new(&path)));
        // Meanwhile the watch starts. Then it reports that everything may have changed, so what changed before it
        // watched is listed too.
        self.request_listing(ListReason::FilesChanged);
        let (changes, wake) = (self.changes.clone(), self.wake.clone());
        let watch = Watch::start(&path, WatchOptions::default(), move |change| {
            if let Ok(mut changes) = changes.lock() {
                changes.push(change);
            }
            wake.request_repaint();
        });
        // A watch without a thread reports nothing.
        self.is_watch_starting = watch.mode() == WatchMode::Events;
        self.watch = Some(watch);
    }

    /// Goes back to the start page. All jobs for the open project are cancelled, including a pack; its last published
    /// pack is kept.
    pub(super) fn close(&mut self) {
        let old = std::mem::take(&mut self.state);
        self.state = State { settings: old.settings, demo: old.demo, refused: old.refused, ..State::default() };
        self.jobs.cancel_all();
        self.player.stop();
        self.watch = None;
        self.is_watch_starting = false;
        self.changes = Arc::default();
        self.unread_changes.clear();
        self.list_again = None;
        self.next_edits.clear();
        self.edit_preview_of = None;
        self.session = None;
        self.pack_on_save = PackOnSave::default();
        self.textures = Textures::default();
    }

    /// Goes back to the start page, which shows why nothing could be opened.
    pub(super) fn refuse(&mut self, findings: Vec<Finding>) {
        let Some(opened) = self.state.opened.take() else { return };
        self.close();
        // The user may only have to correct the path.
        self.state.typed_path = opened.path.display().to_string();
        self.focus_next = Some(panels::start::path_id());
        self.state.refused = Some(Refused::new(opened.path, findings));
    }

    /// Takes what the watching thread reported.
    pub(super) fn take_changes(&mut self) {
        let changes = self.changes.lock().map(|mut changes| std::mem::take(&mut *changes)).unwrap_or_default();
        if changes.is_empty() {
            return;
        }
        self.is_watch_starting = false;
        self.note_saves(&changes);
        self.unread_changes.extend(changes.iter().cloned());
        let Some(opened) = &mut self.state.opened else { return };
        let was_gone = opened.is_gone;
        let last = changes.iter().rev().find(|change| matches!(change, Change::Vanished | Change::Returned));
        opened.is_gone = last.map_or(was_gone, |change| matches!(change, Change::Vanished));
        let (is_gone, is_new) = (opened.is_gone, opened.contents.is_none());
        self.state.polling_reason = match self.watch.as_ref().map(Watch::mode) {
            Some(WatchMode::Polling { why }) => Some(why.to_string()),
            _ => None,
        };
        if is_gone && !was_gone && !is_new {
            self.state.log_activity("The project folder is gone; the window shows its last state");
        }
        if was_gone && !is_gone {
            self.state.log_activity("The project folder is back");
        }
        // The listing of a project that never existed reports why it cannot be opened.
        if !is_gone || is_new {
            self.request_listing(ListReason::FilesChanged);
        }
    }
}
