//! Opening and closing projects and packs, and watching the open project.

use std::path::PathBuf;
use std::sync::Arc;

use packer_services::diagnostics::Finding;
use packer_services::watch::{Change, Watch, WatchMode, WatchOptions};

use super::Workbench;
use super::requests::ListReason;
use super::shared_session::SharedSession;
use crate::state::{Opened, OpenedKind, Refused, State};
use crate::widgets::Textures;

impl Workbench {
    pub(super) fn open(&mut self, path: PathBuf) {
        // The path is remembered, and later opened from another current folder.
        let path = std::path::absolute(&path).unwrap_or(path);
        let is_pack = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("pa"));
        let kind = if is_pack { OpenedKind::Pack } else { OpenedKind::Project };
        self.close();
        self.state.refused = None;
        self.state.opened = Some(Opened { path: path.clone(), kind, contents: None, is_gone: false });
        if is_pack {
            self.request_listing(ListReason::FilesChanged);
            return;
        }
        self.session = Some(Arc::new(SharedSession::new(&path)));
        // Meanwhile the watch starts. Then it reports that everything may have changed, so what changed before it
        // watched is listed too.
        self.request_listing(ListReason::FilesChanged);
        let (changes, wake) = (self.changes.clone(), self.wake.clone());
        self.watch = Some(Watch::start(&path, WatchOptions::default(), move |change| {
            if let Ok(mut changes) = changes.lock() {
                changes.push(change);
            }
            wake.request_repaint();
        }));
    }

    /// Goes back to the start page. All jobs for the open project are cancelled, including a pack; its last published
    /// pack is kept.
    pub(super) fn close(&mut self) {
        let old = std::mem::take(&mut self.state);
        self.state = State { settings: old.settings, demo: old.demo, refused: old.refused, ..State::default() };
        self.jobs.cancel_all();
        self.player.stop();
        self.watch = None;
        self.changes = Arc::default();
        self.unread_changes.clear();
        self.list_again = None;
        self.session = None;
        self.textures = Textures::default();
    }

    /// Goes back to the start page, which shows why nothing could be opened.
    pub(super) fn refuse(&mut self, findings: Vec<Finding>) {
        let Some(opened) = self.state.opened.take() else { return };
        self.close();
        // The user may only have to correct the path.
        self.state.typed_path = opened.path.display().to_string();
        self.state.refused = Some(Refused { path: opened.path, findings });
    }

    /// Takes what the watching thread reported.
    pub(super) fn take_changes(&mut self) {
        let changes = self.changes.lock().map(|mut changes| std::mem::take(&mut *changes)).unwrap_or_default();
        if changes.is_empty() {
            return;
        }
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
