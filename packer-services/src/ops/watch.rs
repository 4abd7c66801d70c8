//! `watch`: packs a project whenever its files change, until it is cancelled.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::pack::Pack;
use super::pack_schedule::{PackAnswer, PackSchedule, PackStep};
use crate::change::Change;
use crate::context::Context;
use crate::operation::{Operation, operation_error, permit};
use crate::project::{Project, ProjectError};
use crate::start_error::{StartError, Started};
use crate::watch::{Watch, WatchMode, WatchOptions, WhyPolling};

/// How soon a cancelled watch ends. Whoever cancels it may be a signal handler, which can wake no thread.
const CANCEL_TIME: Duration = Duration::from_millis(100);

/// Packs a project whenever its files change.
///
/// ```
/// use std::ops::ControlFlow;
/// use packer_services::Context;
/// use packer_services::ops::{Pack, WatchEvent, WatchProject};
///
/// # use packer_services::ops::{InitWorkspace, Operation};
/// # let folder = tempfile::tempdir()?;
/// # let project = folder.path();
/// # InitWorkspace::new(project).run(&Context::new())?;
/// // `project` is a folder with `assets/`.
/// let mut packed = false;
/// WatchProject::new(Pack::new(project)).run(&Context::new(), |event| match event {
///     WatchEvent::Packed(answer) => {
///         packed = answer.is_ok_and(|report| report.pack.is_some());
///         ControlFlow::Break(()) // A program would go on.
///     }
///     _ => ControlFlow::Continue(()),
/// })?;
/// assert!(packed);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct WatchProject {
    pack: Pack,
    options: WatchOptions,
}

/// What happened in a watched project.
#[derive(Debug)]
#[non_exhaustive]
pub enum WatchEvent {
    /// The project is watched from now on, or the way to detect changes is a different one now.
    Watching {
        /// How changes are detected.
        mode: WatchMode,
    },
    /// The files were packed, or could not be. It differs from the last result that was reported.
    Packed(Box<PackAnswer>),
    /// The project's folder is gone. Nothing is packed until it is back.
    Vanished,
    /// The project's folder is back, and will be packed.
    Returned,
}

operation_error! {
    /// Why a project is not watched.
    WatchProjectError { Project(ProjectError), Start(StartError) }
}

impl WatchProject {
    /// Runs this pack for each change of its project.
    pub fn new(pack: Pack) -> Self {
        Self { pack, options: WatchOptions::default() }
    }

    /// How changes are detected.
    #[must_use]
    pub fn options(mut self, options: WatchOptions) -> Self {
        self.options = options;
        self
    }

    /// The project's folder, as it was passed.
    pub fn project(&self) -> &Path {
        self.pack.project().unwrap_or(Path::new(""))
    }

    /// Watches the project until the context is cancelled or `report` breaks; both are its regular end. Everything is
    /// done on this thread, except for detecting changes and what a pack does in parallel. The first events are
    /// [`Watching`](WatchEvent::Watching) and the result of a pack.
    ///
    /// A pack that fails is reported when the files have settled, and the last good pack is kept
    /// ([`PackSchedule`] has the rules).
    ///
    /// # Errors
    /// If the folder is not a project when this is called, the context is read-only, or the system refuses a thread.
    pub fn run(
        &self,
        context: &Context,
        mut report: impl FnMut(WatchEvent) -> ControlFlow<()>,
    ) -> Result<(), WatchProjectError> {
        permit(context, self.pack.class())?;
        Project::at(self.project()).open_registry()?;
        let (sender, changes) = channel();
        let watch = Watch::start(self.project(), self.options.clone(), move |change| drop(sender.send(change)));
        let mut schedule = PackSchedule::new();
        let mut mode = None;
        loop {
            let mut events = Vec::new();
            let mut inbox = Vec::new();
            match schedule.next_step(Instant::now()) {
                PackStep::Report(answer) => events.push(WatchEvent::Packed(answer)),
                _ if context.is_cancelled() => return Ok(()),
                PackStep::Pack => {
                    let answer = self.pack.run(context).map_err(|error| self.pack.refusal(&error));
                    if answer.is_err() && context.is_cancelled() {
                        return Ok(());
                    }
                    schedule.finish(answer, Instant::now());
                }
                PackStep::Wait(due) => {
                    let wait = due.map(|due| due.saturating_duration_since(Instant::now()));
                    match changes.recv_timeout(wait.unwrap_or(CANCEL_TIME).min(CANCEL_TIME)) {
                        Ok(change) => inbox.push(change),
                        Err(RecvTimeoutError::Timeout) => {}
                        Err(RecvTimeoutError::Disconnected) => return Err(not_watched(&watch.mode()).into()),
                    }
                }
            }
            inbox.extend(changes.try_iter());
            for change in inbox {
                schedule.note_change(&change, Instant::now());
                match change {
                    Change::Vanished => events.push(WatchEvent::Vanished),
                    Change::Returned => events.push(WatchEvent::Returned),
                    Change::Paths(_) | Change::Everything => {}
                }
                let new = watch.mode();
                if mode.as_ref() != Some(&new) {
                    // It is the first event, whatever the first change is.
                    let at = if mode.is_none() { 0 } else { events.len() };
                    events.insert(at, WatchEvent::Watching { mode: new.clone() });
                    mode = Some(new);
                }
            }
            if events.into_iter().any(|event| report(event).is_break()) {
                return Ok(());
            }
        }
    }
}

/// There is no thread to detect changes.
fn not_watched(mode: &WatchMode) -> StartError {
    let reason = match mode {
        WatchMode::Polling { why: WhyPolling::NoThread(reason) } => reason.clone(),
        WatchMode::Polling { .. } | WatchMode::Events => "the one that was started has ended".to_owned(),
    };
    StartError { started: Started::WatchThread, reason }
}
