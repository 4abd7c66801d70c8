//! One writer per project: a kernel lock on `assets/.prometeu/lock`, which ends with its process.
//!
//! A second writer waits and reports what it is waiting for, or fails at once. A project that cannot be locked is used
//! without a lock, with a note (spec: workspace, "Lock").

use std::fs::{File, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::context::{Context, Progress};
use crate::diagnostics::{AsFinding, Code, Finding, escaped};
use crate::files::{self, HeldFolder};
use crate::project::{LOCK_FILE, Project};

/// How long a waiting packer sleeps between attempts: too short to notice, and long enough to cost no processor time.
const RETRY_INTERVAL: Duration = Duration::from_millis(40);

/// The lock file, relative to the project.
const SHOWN_FILE: &str = "assets/.prometeu/lock";
/// How often a lock file is opened that turns out to be deleted. Nothing deletes it twice within milliseconds, but a
/// disk could be unable to say which file has its name.
const ATTEMPTS: u32 = 3;

/// How the lock is acquired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockRequest {
    /// Whether to wait for another packer.
    pub wait: bool,
    /// Whether the lock file is created if there is none. Otherwise nothing is written to it, or to its folder.
    pub creates: bool,
}

impl LockRequest {
    /// Waits, and creates the lock file.
    pub const WAIT: Self = Self { wait: true, creates: true };
}

/// The right to write to a project; released when it is dropped.
#[derive(Debug)]
pub struct Lock {
    held: Option<HeldLock>,
    /// Whether to wait for other packers.
    wait: bool,
    notes: Vec<Finding>,
}

/// A lock file that is locked, and its path. Its folder is not held open: with few open files, a change could then end
/// in the middle.
#[derive(Debug)]
struct HeldLock {
    path: PathBuf,
    file: File,
}

impl HeldLock {
    /// Whether the file still has its name. If not, another packer locks another file.
    fn is_in_place(&self) -> bool {
        files::is_open_at(&self.file, &self.path)
    }
}

/// Why the lock could not be acquired.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another packer holds it.
    #[error("{file} is locked by {holder}")]
    Held {
        /// The process that holds it, as far as that is known.
        holder: String,
        /// The file or folder that is locked, relative to the project.
        file: &'static str,
    },
    /// The lock file was deleted or replaced after it was locked, so that others may write at the same time.
    #[error("the lock file was deleted or replaced")]
    Lost,
    /// A change was interrupted before, and could not be completed, or may not be.
    #[error("a change of the project is unfinished")]
    Unfinished(Vec<Finding>),
    /// Cancelled while waiting.
    #[error("cancelled")]
    Cancelled,
}

impl AsFinding for LockError {
    fn as_finding(&self) -> Finding {
        match self {
            Self::Held { holder, file } => Finding::new(
                Code::ProjectLocked,
                format!("another packer is writing to this project: {holder}"),
                "Wait until it has finished, or run without `--no-wait`.",
            )
            .file(file),
            Self::Lost => Finding::new(
                Code::ProjectLocked,
                "this file was deleted, moved or replaced while the packer worked, so another packer may be writing to this \
                 project",
                "Nothing was changed. Do not delete this file while a packer works, and run this one again.",
            )
            .file(SHOWN_FILE),
            Self::Unfinished(findings) => findings.first().cloned().unwrap_or_else(interrupted_finding),
            Self::Cancelled => interrupted_finding(),
        }
    }

    fn as_findings(&self) -> Vec<Finding> {
        match self {
            Self::Unfinished(findings) => findings.clone(),
            _ => vec![self.as_finding()],
        }
    }
}

/// The attempts to find the work of another packer finished: two seconds in all, in which a disk has written a
/// registry.
pub const LOOKS: u32 = 50;

/// Whether no packer holds the lock at this moment. Nothing is written.
pub fn is_free(project: &Project) -> bool {
    let file = project.tools().hold().ok().and_then(|tools| tools.open_existing_lock_file(LOCK_FILE).ok().flatten());
    file.is_none_or(|file| !matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Waits before the next attempt.
pub fn wait_a_moment() {
    std::thread::sleep(RETRY_INTERVAL);
}

/// The finding of a change that was not completed, whose lock file was deleted after the change had begun.
pub fn lost_in_change_finding() -> Finding {
    Finding::new(
        Code::ProjectLocked,
        "this file was deleted, moved or replaced while the packer made a change, which another packer may have completed \
         or taken back",
        "`prometeu-packer history PROJECT` lists what was done. Do not delete this file while a packer works.",
    )
    .file(SHOWN_FILE)
}

/// The finding of a canceled operation.
pub fn interrupted_finding() -> Finding {
    Finding::new(Code::Interrupted, "interrupted; nothing was changed", "Run it again.")
}

impl Lock {
    /// Acquires the lock. A request that creates none gets none where no packer has ever created it.
    ///
    /// # Errors
    /// If another packer holds it, or the operation was canceled while it waited.
    pub fn acquire(context: &Context, project: &Project, request: LockRequest) -> Result<Self, LockError> {
        let tools = match project.tools().hold() {
            Ok(tools) => tools,
            Err(error) => return Ok(Self::unavailable(&error.into_finding().message)),
        };
        let path = tools.path().join(LOCK_FILE);
        let mut attempts = 0;
        let mut held = loop {
            attempts += 1;
            let opened = match request.creates {
                true => tools.open_lock_file(LOCK_FILE).map(Some),
                false => tools.open_existing_lock_file(LOCK_FILE),
            };
            let file = match opened {
                Ok(Some(file)) => file,
                Ok(None) => return Ok(Self { held: None, wait: request.wait, notes: Vec::new() }),
                Err(_) if files::is_link(&path) => return Ok(Self::unavailable("the lock file is a link")),
                Err(error) => return Ok(Self::unavailable(&files::system_message(&error))),
            };
            if let Err(error) = lock_file(context, &file, (&path, SHOWN_FILE), request.wait)? {
                return Ok(Self::unavailable(&files::system_message(&error)));
            }
            let held = HeldLock { path: path.clone(), file };
            // It may have been deleted while this packer waited for it.
            if held.is_in_place() {
                break held;
            }
            if attempts == ATTEMPTS {
                return Ok(Self::unavailable("the lock file is deleted again and again"));
            }
        };
        if !request.creates {
            return Ok(Self { held: Some(held), wait: request.wait, notes: Vec::new() });
        }
        files::overwrite_quietly(&mut held.file, &format!("process {} on {}\n", std::process::id(), host_name()));
        let notes = Project::remove_leftovers(&tools);
        Ok(Self { held: Some(held), wait: request.wait, notes })
    }

    /// Locks a folder that several projects may have in common, until what this returns is dropped. `shown` is its path
    /// in the project. `None` if the system cannot lock folders.
    ///
    /// # Errors
    /// As [`Lock::acquire`].
    pub fn lock_folder(
        &self,
        context: &Context,
        folder: &HeldFolder,
        shown: &'static str,
    ) -> Result<Option<File>, LockError> {
        let Ok(file) = folder.open_to_lock() else { return Ok(None) };
        Ok(lock_file(context, &file, (folder.path(), shown), self.wait)?.is_ok().then_some(file))
    }

    /// Checks that no other packer can have begun to write, because the lock file was deleted.
    ///
    /// # Errors
    /// If it can.
    pub fn check(&self) -> Result<(), LockError> {
        let is_lost = self.held.as_ref().is_some_and(|held| !held.is_in_place());
        if is_lost { Err(LockError::Lost) } else { Ok(()) }
    }

    fn unavailable(reason: &str) -> Self {
        let note = Finding::new(
            Code::LockUnavailable,
            format!("the project could not be locked ({reason}); the packer continues without a lock"),
            "Do not run two packers on this project at the same time.",
        );
        Self { held: None, wait: true, notes: vec![note.file(SHOWN_FILE)] }
    }

    /// Whether no other packer can write at the same time.
    pub fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Notes: that the project could not be locked, or what a killed packer left and cannot be removed.
    pub fn notes(&self) -> &[Finding] {
        &self.notes
    }
}

/// Locks a file or folder; the inner result is the system's refusal, if it has no such locks. Waits for another packer
/// that holds it if `wait`.
fn lock_file(
    context: &Context,
    file: &File,
    (path, shown): (&Path, &'static str),
    wait: bool,
) -> Result<io::Result<()>, LockError> {
    let mut is_reported = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Ok(())),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(TryLockError::Error(error)) => return Ok(Err(error)),
            Err(TryLockError::WouldBlock) => {
                let holder = read_holder(file);
                if !wait {
                    return Err(LockError::Held { holder, file: shown });
                }
                if !is_reported {
                    is_reported = true;
                    context.report_progress(Progress::WaitingForLock { path: files::display_path(path), holder });
                }
                if context.is_cancelled() {
                    return Err(LockError::Cancelled);
                }
                wait_a_moment();
            }
        }
    }
}

/// What the holder wrote about itself.
fn read_holder(file: &File) -> String {
    let mut text = String::new();
    let read = file.try_clone().and_then(|file| {
        use std::io::Seek;
        let mut file = file;
        file.rewind()?;
        file.take(200).read_to_string(&mut text)
    });
    match read {
        Ok(_) if !text.trim().is_empty() => escaped(text.trim()),
        _ => "unknown process".into(),
    }
}

fn host_name() -> String {
    #[cfg(unix)]
    {
        rustix::system::uname().nodename().to_string_lossy().into_owned()
    }
    #[cfg(not(unix))]
    {
        std::env::var("COMPUTERNAME").unwrap_or_else(|_| "this machine".into())
    }
}
