//! Asks before what is entered and not applied is lost.

use super::Workbench;
use crate::state::{Leaving, NewAsset};

impl Workbench {
    /// Does what the user wants. If something would be lost, they are asked before.
    pub(super) fn leave(&mut self, leaving: Leaving) {
        let is_lost = match &leaving {
            // Files that are arranged and cut are kept in their banks.
            Leaving::Sheet | Leaving::NewAsset(_) => self.state.entered_in_sheet().is_some(),
            Leaving::Window | Leaving::Project | Leaving::Open(..) => !self.state.unapplied().is_empty(),
        };
        self.state.leaving = Some(leaving);
        if !is_lost {
            self.take_leave();
        }
    }

    /// Does what the user was asked about.
    pub(super) fn take_leave(&mut self) {
        match self.state.leaving.take() {
            Some(Leaving::Window) => self.is_closing = true,
            Some(Leaving::Project) => {
                self.state.refused = None;
                self.close();
            }
            Some(Leaving::Open(path, kind)) => self.open(path, kind),
            Some(Leaving::Sheet) => self.state.close_sheets(),
            Some(Leaving::NewAsset(files)) => {
                self.state.close_sheets();
                self.state.new_asset = Some(Box::new(NewAsset::new(files)));
            }
            None => {}
        }
    }

    /// Keeps the window open if the system closes it although something is not applied.
    pub(super) fn take_close_request(&mut self, context: &egui::Context) {
        if self.is_closing || !context.input(|input| input.viewport().close_requested()) {
            return;
        }
        self.leave(Leaving::Window);
        if !self.is_closing {
            context.send_viewport_cmd(egui::ViewportCommand::CancelClose);
        }
    }
}
