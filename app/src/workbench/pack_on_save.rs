//! Packs what is saved, if the user wants that. The schedule of the services, which `prometeu-packer watch` uses too,
//! decides when to pack and what to show.

use std::time::{Duration, Instant};

use packer_services::ops::{Operation, Pack, PackAnswer, PackSchedule, PackStep};
use packer_services::watch::Change;

use super::Workbench;
use super::requests::{Message, PACKING};
use crate::state::SavedPack;

/// A pack that takes longer is shown: it can be canceled. A shorter one would only flicker.
const SLOW: Duration = Duration::from_millis(500);

/// The packs of what was saved.
#[derive(Default)]
pub(super) struct PackOnSave {
    schedule: PackSchedule,
    /// Whether the first change was reported, which says only that watching began.
    is_watching: bool,
    /// When the running pack began.
    begin: Option<Instant>,
    /// How long the last one took, in seconds.
    seconds: f32,
}

impl Workbench {
    /// Switches it on or off.
    pub(super) fn toggle_pack_on_save(&mut self) {
        self.cancel_saved_pack();
        self.pack_on_save.schedule = PackSchedule::new();
        let is_on = !self.state.settings.packs_on_save;
        self.state.settings.packs_on_save = is_on;
        self.state.notify(match is_on {
            true => "Pack on save is on: the next save is packed",
            false => "Pack on save is off",
        });
    }

    /// Notes what happened to the project's files.
    pub(super) fn note_saves(&mut self, changes: &[Change]) {
        let is_first = !std::mem::replace(&mut self.pack_on_save.is_watching, true);
        if self.state.settings.packs_on_save {
            let now = Instant::now();
            changes
                .iter()
                .skip(usize::from(is_first))
                .for_each(|change| self.pack_on_save.schedule.note_change(change, now));
        }
    }

    /// Starts a pack, or shows the result of one, if it is time for that.
    pub(super) fn pack_saves(&mut self, context: &egui::Context) {
        if let (Some(running), Some(begin)) = (&mut self.state.saved_pack, self.pack_on_save.begin) {
            running.is_slow = begin.elapsed() >= SLOW;
        }
        if !self.state.settings.packs_on_save || self.jobs.is_running(PACKING) {
            return;
        }
        loop {
            let now = Instant::now();
            match self.pack_on_save.schedule.next_step(now) {
                PackStep::Pack => {
                    self.start_saved_pack();
                    return context.request_repaint_after(SLOW);
                }
                PackStep::Report(answer) => self.take_pack(*answer, self.pack_on_save.seconds),
                PackStep::Wait(None) => return,
                PackStep::Wait(Some(due)) => return context.request_repaint_after(due.saturating_duration_since(now)),
            }
        }
    }

    fn start_saved_pack(&mut self) {
        let Some(project) = self.state.project() else { return self.pack_on_save.schedule.cancel() };
        let (request, services) = (Pack::new(&project.path), self.services.clone());
        let begin = Instant::now();
        self.jobs.run(PACKING, move |cancel| {
            let result = request.run(&services.with_cancel(cancel)).map_err(|error| request.refusal(&error));
            Message::SavesPacked { result, seconds: begin.elapsed().as_secs_f32() }
        });
        self.pack_on_save.begin = Some(begin);
        self.state.saved_pack = Some(SavedPack { is_slow: false });
    }

    /// Takes the result of a pack. The schedule decides whether and when it is shown.
    pub(super) fn take_saved_pack(&mut self, result: PackAnswer, seconds: f32) {
        self.state.saved_pack = None;
        self.pack_on_save.seconds = seconds;
        self.pack_on_save.schedule.finish(result, Instant::now());
    }

    /// A pack that the user started is shown: the same result is not shown again.
    pub(super) fn note_shown_pack(&mut self, result: &PackAnswer) {
        self.pack_on_save.schedule.note_reported(result);
    }

    /// Cancels the running pack. Returns whether there was one.
    pub(super) fn cancel_saved_pack(&mut self) -> bool {
        let is_running = self.state.saved_pack.take().is_some();
        if is_running {
            self.jobs.cancel_job(PACKING);
            self.pack_on_save.schedule.cancel();
        }
        is_running
    }
}
