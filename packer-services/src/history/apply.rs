//! Carries out a change completely or not at all, whatever happens in between.
//!
//! The record is on the disk before the first step, under a name that says in which direction the change goes. After
//! the last step it is renamed, which marks the change as finished. Whoever locks the project next and finds it
//! unfinished goes on in the same direction: the record holds what both directions need.

use std::path::Path;

use super::change::irreplaceable;
use super::record::{Direction, FileStep, FileVersion, Record, RegistryChange, Step};
use super::written::Written;
use super::{
    ChangeError, ChangeState, History, RecordName, history_folder, is_kept_root, kept_root, root_name,
    unfinished_finding,
};
use crate::context::{Context, FaultPoint};
use crate::diagnostics::{Code, Finding, format_bytes};
use crate::files::{self, DiskError, HeldFolder, OpenError, PathKind, SourceFile, TemporaryFolder};
use crate::limits::{HISTORY_BYTES, SOURCE_FILE_BYTES};
use crate::lock::Lock;
use crate::origins::{AssetOrigins, RememberedOrigins};
use crate::paths::RelPath;
use crate::project::{Project, TOOL_FOLDER};
use crate::registry::{REGISTRY_FILE, Registry};

impl Direction {
    /// The state of a record whose change goes in this direction.
    fn begun(self) -> ChangeState {
        match self {
            Self::Forward => ChangeState::Applying,
            Self::Backward => ChangeState::Undoing,
        }
    }

    /// The state of a record whose change went in this direction.
    fn finished(self) -> ChangeState {
        match self {
            Self::Forward => ChangeState::Done,
            Self::Backward => ChangeState::Undone,
        }
    }
}

/// The state of a file or folder, compared with a step.
#[derive(Clone, Debug, PartialEq, Eq)]
enum StepState {
    /// As the step begins, with the content of its file.
    Start(Vec<u8>),
    /// As the step ends.
    End,
    /// Neither end of a move is there.
    Gone,
    /// There is no file, although there is one before and after the step.
    Missing,
    /// Anything else.
    Other,
}

/// What to do with a step whose file or folder is in neither of its states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Foreign {
    /// Another program changed it, so the change cannot go on.
    Refuse,
    /// It is left unchanged, while all else is taken back.
    Leave,
}

/// The folder of a path of the project, and the name in it.
fn place<'p>(project: &Project, path: &'p str) -> Result<(HeldFolder, &'p str), OpenError> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    Ok((project.folder().below(folder).hold()?, name))
}

/// What a file contains now.
enum Content {
    Absent,
    Bytes(Vec<u8>),
    /// It is not a regular file, or larger than any that a change replaces.
    Other,
}

fn open_file(project: &Project, path: &str) -> Result<SourceFile, OpenError> {
    if path == REGISTRY_FILE {
        return project.tools().open(&RelPath::of_packer("index.json".to_owned()));
    }
    let inside = path.strip_prefix("assets/").and_then(|inside| RelPath::parse(inside).ok());
    inside.map_or(Err(OpenError::Missing { twin: None }), |inside| project.assets().open(&inside))
}

fn read_content(project: &Project, path: &str) -> Result<Content, ChangeError> {
    match files::path_kind(&project.root().join(path))? {
        PathKind::Absent => return Ok(Content::Absent),
        PathKind::Other(_) => return Ok(Content::Other),
        PathKind::RegularFile => {}
    }
    let content = open_file(project, path)?.read_whole(SOURCE_FILE_BYTES)?;
    Ok(content.map_or(Content::Other, |content| Content::Bytes(content.bytes)))
}

impl FileStep {
    fn state(&self, project: &Project, direction: Direction) -> Result<StepState, ChangeError> {
        let (bytes, version) = match read_content(project, &self.path)? {
            Content::Absent => (Vec::new(), None),
            Content::Bytes(bytes) => {
                let version = FileVersion::of(&bytes);
                (bytes, Some(version))
            }
            Content::Other => return Ok(StepState::Other),
        };
        Ok(match version {
            version if version == self.target(direction) => StepState::End,
            version if version == self.target(direction.reversed()) => StepState::Start(bytes),
            None => StepState::Missing,
            Some(_) => StepState::Other,
        })
    }
}

impl Step {
    /// Where a move in this direction begins and ends.
    pub(super) fn ends<'s>(from: &'s str, to: &'s str, direction: Direction) -> (&'s str, &'s str) {
        match direction {
            Direction::Forward => (from, to),
            Direction::Backward => (to, from),
        }
    }

    fn state(&self, project: &Project, direction: Direction) -> Result<StepState, ChangeError> {
        let (from, to) = match self {
            Self::File(file) => return file.state(project, direction),
            Self::Move { from, to } => Self::ends(from, to, direction),
        };
        let at = |path: &str| project.root().join(path);
        let is_free = files::has_room_for_folder;
        let has_root = |path: &Path| files::is_real_folder(path) && !files::is_empty_folder(path);
        Ok(match (at(from), at(to)) {
            (from, to) if has_root(&from) && is_free(&to) => StepState::Start(Vec::new()),
            (from, to) if is_free(&from) && has_root(&to) => StepState::End,
            (from, to) if is_free(&from) && is_free(&to) => StepState::Gone,
            _ => StepState::Other,
        })
    }
}

/// A change on its way.
struct Running<'a, 'p> {
    context: &'a Context,
    history: &'a History<'p>,
    /// Where new files are written before they are in place.
    tools: HeldFolder,
    number: u64,
    record: &'a Record,
    lock: &'a Lock,
    /// Where `create` prepared the root.
    staged: Option<&'a TemporaryFolder>,
    written: Written,
}

impl<'a, 'p> Running<'a, 'p> {
    fn new(
        context: &'a Context,
        history: &'a History<'p>,
        number: u64,
        record: &'a Record,
        lock: &'a Lock,
        staged: Option<&'a TemporaryFolder>,
    ) -> Result<Self, ChangeError> {
        let tools = history.project.tools().hold()?;
        Ok(Self { context, history, tools, number, record, lock, staged, written: Written::default() })
    }

    fn check(&self, direction: Direction) -> Result<(), ChangeError> {
        check_steps(self.history.project, self.record, direction, self.staged.is_some())
    }

    /// Makes all steps. If one cannot be made, takes the others back, unless another packer may be at work on them.
    fn run(&self, direction: Direction) -> Result<(), ChangeError> {
        let Err(error) = self.finish(direction, Foreign::Refuse) else {
            if !self.history.folder.is_in_place() {
                return Err(ChangeError::Moved { folder: history_folder(), is_made: true });
            }
            return self.written.check(self.history.project, true);
        };
        if self.lock.check().is_err() {
            return Err(ChangeError::LockLost(Box::new(error)));
        }
        self.written.take_back_moves(self.history.project);
        let back = direction.reversed();
        let renamed = self.history.rename(self.number, direction.begun(), back.begun());
        match renamed.map_err(ChangeError::from).and_then(|()| self.finish(back, Foreign::Leave)) {
            Ok(()) => Err(error.with_nothing_in_place()),
            Err(_) => Err(ChangeError::Interrupted {
                error: Box::new(error),
                unfinished: Box::new(unfinished_finding(&self.record.name())),
            }),
        }
    }

    /// Makes the steps that are not made yet, and marks the change as finished.
    fn finish(&self, direction: Direction, foreign: Foreign) -> Result<(), ChangeError> {
        for step in self.record.steps_in(direction) {
            self.make(step, direction, foreign)?;
        }
        // If a power failure loses this, the change is found unfinished, and then that nothing is left to do.
        Ok(self.history.rename(self.number, direction.begun(), direction.finished())?)
    }

    fn make(&self, step: &Step, direction: Direction, foreign: Foreign) -> Result<(), ChangeError> {
        let project = self.history.project;
        let is_staged = direction == Direction::Forward && self.staged.is_some();
        self.lock.check()?;
        let content = match step.state(project, direction)? {
            StepState::Start(content) => content,
            StepState::End => {
                // A packer that was killed may have left the folders above empty.
                if let Step::Move { from, to } = step {
                    remove_empty_folders(project, Step::ends(from, to, direction).0);
                }
                return Ok(());
            }
            StepState::Gone if is_staged => Vec::new(),
            // Its content before is kept in the record alone.
            StepState::Missing if foreign == Foreign::Leave => {
                return Err(ChangeError::Refused(Box::new(missing_finding(self.record, self.number, step.path()))));
            }
            StepState::Gone | StepState::Missing | StepState::Other => match foreign {
                Foreign::Leave => return Ok(()),
                Foreign::Refuse => return Err(ChangeError::Changed(step.path().to_owned())),
            },
        };
        let point = match step.path() {
            REGISTRY_FILE => FaultPoint::RegistryWrite,
            _ => FaultPoint::WorkspaceFileWrite,
        };
        self.context.inject_fault(point).map_err(DiskError::writing(project.root().join(step.path())))?;
        // The other files have an effect only once the registry names them.
        if step.path() == REGISTRY_FILE && foreign == Foreign::Refuse {
            self.written.check(project, false)?;
        }
        match step {
            Step::File(file) => {
                let changed = || ChangeError::Changed(file.path.clone());
                let new = file.apply_to(&content, direction).ok_or_else(changed)?;
                let (folder, name) = place(project, &file.path)?;
                match new {
                    Some(bytes) => {
                        let unique = self.context.new_uuid()?.to_string();
                        let is_expected = || {
                            let _ = self.context.inject_fault(FaultPoint::WorkspaceFileStaged);
                            // If it cannot be read again, such as for lack of open files, the first look counts.
                            let state = file.state(project, direction);
                            self.lock.check().is_ok()
                                && matches!(state, Ok(StepState::Start(_)) | Err(ChangeError::Disk(_)))
                        };
                        let is_replaced = folder.replace_file_if(name, &bytes, &self.tools, &unique, is_expected)?;
                        if !is_replaced && foreign == Foreign::Refuse {
                            return Err(changed());
                        }
                    }
                    None => {
                        folder.remove_all(name).map_err(DiskError::writing(folder.path().join(name)))?;
                        folder.sync()?;
                    }
                }
                self.written.add(project, &folder);
            }
            Step::Move { from, to } => {
                let (from, to) = Step::ends(from, to, direction);
                match self.staged.filter(|_| is_staged) {
                    Some(staged) => move_folder(project, to, |above, name| {
                        staged.move_to(above, name)?;
                        self.written.add_move(project, from, (above, name));
                        Ok(())
                    })?,
                    None => {
                        let (above, name) = place(project, from)?;
                        match to.rsplit_once('/').filter(|_| is_kept_root(to)) {
                            // The folder is open, which matters if a step failed because no more may be.
                            Some((_, to_name)) => {
                                above.rename(name, &self.history.folder, to_name)?;
                                self.history.folder.sync()?;
                            }
                            None => move_folder(project, to, |to_above, to_name| {
                                above.rename(name, to_above, to_name)?;
                                self.written.add_move(project, from, (to_above, to_name));
                                Ok(())
                            })?,
                        }
                        above.sync()?;
                        remove_empty_folders(project, from);
                    }
                }
            }
        }
        Ok(())
    }
}

/// Refuses a change whose files and folders are not as it begins. What can be read now can also be read when the change
/// has to be taken back. If `is_staged`, the root that it puts in place is still somewhere else.
pub(super) fn check_steps(
    project: &Project,
    record: &Record,
    direction: Direction,
    is_staged: bool,
) -> Result<(), ChangeError> {
    for step in &record.steps {
        if let Step::File(file) = step
            && let Some(finding) = irreplaceable(project, &file.path)?
        {
            return Err(ChangeError::Refused(Box::new(finding)));
        }
        match step.state(project, direction)? {
            StepState::Start(_) => {}
            StepState::Gone if is_staged => {}
            _ => return Err(ChangeError::Changed(step.path().to_owned())),
        }
    }
    Ok(())
}

/// Moves a folder to a path of the project; `rename` gives it a name in another folder.
pub(super) fn move_folder(
    project: &Project,
    to: &str,
    rename: impl FnOnce(&HeldFolder, &str) -> Result<(), DiskError>,
) -> Result<(), ChangeError> {
    let (to_folder, to_name) = to.rsplit_once('/').unwrap_or(("", to));
    let in_the_way = |error: OpenError| match error {
        OpenError::Disk(error) => ChangeError::Disk(error),
        other => ChangeError::Refused(Box::new(other.into_finding().file(to))),
    };
    let root = project.folder().hold()?;
    let (to_folder, mut created) = root.create_folders(to_folder).map_err(in_the_way)?;
    // Not every system can rename over an empty folder.
    let _ = to_folder.remove_folder(to_name);
    rename(&to_folder, to_name)?;
    created.sync().inspect_err(|_| created.keep())?;
    created.keep();
    Ok(to_folder.sync()?)
}

/// Removes the folders in `assets/` that contained only what was moved away.
fn remove_empty_folders(project: &Project, path: &str) {
    let mut path = path;
    while let Some((folder, _)) = path.rsplit_once('/') {
        let is_ours = folder == "assets" || folder.starts_with(TOOL_FOLDER);
        let removed = !is_ours && place(project, folder).is_ok_and(|(above, name)| above.remove_folder(name).is_ok());
        if !removed {
            return;
        }
        path = folder;
    }
}

/// The bytes of the record of a change.
///
/// # Errors
/// If it is too large to be kept.
pub(super) fn record_bytes(record: &Record) -> Result<Vec<u8>, ChangeError> {
    let bytes = record.to_bytes();
    if bytes.len() as u64 > HISTORY_BYTES {
        let message = format!("the change replaces more than {}, too much to be undone", format_bytes(HISTORY_BYTES));
        let finding = Finding::new(Code::FileTooLarge, message, "Make the change by hand.");
        return Err(ChangeError::Refused(Box::new(finding.file(record.steps.first().map_or("", Step::path)))));
    }
    Ok(bytes)
}

/// The record of a change that is not made yet.
pub(super) struct NewRecord<'r> {
    pub number: u64,
    pub record: &'r Record,
    /// Its bytes on the disk.
    pub bytes: &'r [u8],
}

/// Records a change and makes it. If `staged` is passed, the root that the change puts in place is there. The origins
/// are written first: whoever completes the change finds them. Returns notes about those that could not be written.
///
/// # Errors
/// If a file is not as it was read, or the system refuses. Nothing was changed then, unless the error says otherwise.
pub(super) fn apply_new(
    context: &Context,
    project: &Project,
    lock: &Lock,
    NewRecord { number, record, bytes }: NewRecord<'_>,
    origins: &[AssetOrigins],
    staged: Option<&TemporaryFolder>,
) -> Result<Vec<Finding>, ChangeError> {
    lock.check()?;
    let history = History::open_or_create(project)?;
    let running = Running::new(context, &history, number, record, lock, staged)?;
    running.check(Direction::Forward).inspect_err(|_| history.remove_if_new(&running.tools))?;
    let name = super::RecordName { number, state: Direction::Forward.begun() }.to_string();
    let unique = context.new_uuid()?.to_string();
    let mut remembered = RememberedOrigins::write(context, project, origins);
    let notes = std::mem::take(&mut remembered.notes);
    let written = history.folder.replace_file(&name, bytes, &running.tools, &unique).map_err(ChangeError::from);
    let made = match written {
        Ok(()) => running.run(Direction::Forward),
        Err(error) => {
            let _ = history.folder.remove_all(&name);
            Err(error.with_nothing_in_place())
        }
    };
    match made {
        Ok(()) => history.prune(),
        Err(ChangeError::Interrupted { .. } | ChangeError::LockLost(_) | ChangeError::Moved { is_made: true, .. }) => {}
        Err(_) => {
            remembered.take_back(context, project);
            // Nothing was changed, so nothing is left to be made again.
            let undone = super::RecordName { number, state: ChangeState::Undone };
            let _ = history.folder.remove_all(undone.to_string());
            if staged.is_some() {
                let _ = history.folder.remove_all(root_name(number));
            }
            history.remove_if_new(&running.tools);
        }
    }
    made.map(|()| notes)
}

/// An undo or a redo that is planned.
#[derive(Debug)]
pub struct PlannedStep {
    /// Its number.
    pub number: u64,
    /// What was changed.
    pub record: Record,
    /// Whether the record was adapted to what happened to the registry since.
    is_adapted: bool,
    /// A finding for each file or folder that is not as the change left it. With one of them, it cannot be done.
    pub conflicts: Vec<Finding>,
}

/// What an undo (backward) or a redo (forward) would do; `None` if there is nothing to do.
///
/// # Errors
/// If the record cannot be read, or the system refuses.
pub fn plan_step(project: &Project, direction: Direction) -> Result<Option<PlannedStep>, ChangeError> {
    let Some(history) = History::open(project)? else { return Ok(None) };
    let (undo, redo) = history.next_steps()?;
    let (number, state) = match direction {
        Direction::Backward => (undo, ChangeState::Done),
        Direction::Forward => (redo, ChangeState::Undone),
    };
    let Some(number) = number else { return Ok(None) };
    let mut record = history.read(super::RecordName { number, state })?;
    let is_adapted = adapt_to_registry(project, &mut record, direction)?;
    let mut conflicts = Vec::new();
    for step in &record.steps {
        if !matches!(step.state(project, direction)?, StepState::Start(_)) {
            conflicts.push(conflict(project, &record, step, direction)?);
        }
    }
    Ok(Some(PlannedStep { number, record, is_adapted, conflicts }))
}

/// If the registry is not as the change left it, plans to change the same entries of the present one, if these are as
/// the change left them. Returns whether that is so.
fn adapt_to_registry(project: &Project, record: &mut Record, direction: Direction) -> Result<bool, ChangeError> {
    let is_registry = |step: &&mut Step| step.path() == REGISTRY_FILE;
    let (Some(change), Some(Step::File(step))) = (&record.registry, record.steps.iter_mut().find(is_registry)) else {
        return Ok(false);
    };
    if step.state(project, direction)? != StepState::Other {
        return Ok(false);
    }
    let Content::Bytes(now) = read_content(project, REGISTRY_FILE)? else { return Ok(false) };
    let (registry, findings) = Registry::read(&now);
    let Some(registry) = registry.filter(|_| findings.is_empty()) else { return Ok(false) };
    let Some(made) = change.apply_to(&registry, direction) else { return Ok(false) };
    let made_bytes = made.to_bytes();
    let (before, after, registry_change) = match direction {
        Direction::Forward => (&now, &made_bytes, RegistryChange::between(&registry, &made)),
        Direction::Backward => (&made_bytes, &now, RegistryChange::between(&made, &registry)),
    };
    *step = FileStep::between(REGISTRY_FILE, Some(before), Some(after));
    record.registry = Some(registry_change);
    Ok(true)
}

/// Undoes a change, or makes it again, as [`plan_step`] found it.
///
/// # Errors
/// As [`apply_new`].
pub fn step_history(
    context: &Context,
    project: &Project,
    lock: &Lock,
    PlannedStep { number, record, is_adapted, .. }: &PlannedStep,
    direction: Direction,
) -> Result<(), ChangeError> {
    lock.check()?;
    let Some(history) = History::open(project)? else { return Ok(()) };
    let number = *number;
    let running = Running::new(context, &history, number, record, lock, None)?;
    running.check(direction)?;
    let name = super::RecordName { number, state: direction.reversed().finished() };
    if *is_adapted {
        let unique = context.new_uuid()?.to_string();
        history.folder.replace_file(&name.to_string(), &record.to_bytes(), &running.tools, &unique)?;
    }
    history.rename(number, name.state, direction.begun())?;
    // Without the name on the disk, a power failure would leave files that no record explains.
    if let Err(error) = history.folder.sync() {
        let _ = history.rename(number, direction.begun(), direction.reversed().finished());
        return Err(error.into());
    }
    running.run(direction)
}

/// The finding about a file or folder that is in the way of an undo or redo.
fn conflict(project: &Project, record: &Record, step: &Step, direction: Direction) -> Result<Finding, ChangeError> {
    let verb = if direction == Direction::Backward { "undo" } else { "redo" };
    let name = record.name();
    let finding = match step {
        Step::File(file) => {
            let shown = |version: Option<FileVersion>| match version {
                Some(FileVersion { sha256, size_bytes }) => format!("{size_bytes} bytes, SHA-256 {sha256}"),
                None => "no file".to_owned(),
            };
            let now = match read_content(project, &file.path)? {
                Content::Absent => shown(None),
                Content::Bytes(bytes) => shown(Some(FileVersion::of(&bytes))),
                Content::Other => "not a regular file".to_owned(),
            };
            let expected = shown(file.target(direction.reversed()));
            Finding::new(
                Code::HistoryConflict,
                format!("{verb} \"{name}\" needs this file as the history knows it ({expected}); it is now {now}"),
                "Restore that version, from version control or a copy, and try again; or make the change by hand.",
            )
        }
        Step::Move { from, to } => {
            let (from, to) = Step::ends(from, to, direction);
            Finding::new(
                Code::HistoryConflict,
                format!("{verb} \"{name}\" needs the folder `{from}`, and nothing at `{to}`"),
                "Restore the folder, or move away what is in its place, and try again.",
            )
        }
    };
    Ok(finding.file(step.path()))
}

/// The finding about a change that can neither be completed nor taken back, because a file that it replaces is gone.
fn missing_finding(record: &Record, number: u64, path: &str) -> Finding {
    Finding::new(
        Code::ChangeUnfinished,
        format!(
            "the change \"{}\" was interrupted, and this file is missing, so it can neither be completed nor taken back",
            record.name()
        ),
        format!(
            "Put the file back: it may be in a folder that was moved. If it is lost, or not needed any more, delete the \
             record of the change, the file whose name begins with `{number:06}` in `{}`.",
            history_folder()
        ),
    )
    .file(path)
}

/// Completes the changes that were interrupted, each in its direction. One whose files another program changed in the
/// meantime is taken back as far as it was made. Returns findings about what was done.
///
/// # Errors
/// If a record is damaged, a file that the change replaces is missing, or the system refuses. The change is then still
/// unfinished.
pub fn complete_interrupted(context: &Context, project: &Project, lock: &Lock) -> Result<Vec<Finding>, ChangeError> {
    let mut findings = Vec::new();
    if let Some(finding) = super::misplaced_folder(project) {
        return Err(ChangeError::Refused(Box::new(finding)));
    }
    let Some(history) = History::open(project)? else { return Ok(findings) };
    for name in history.records()?.into_iter().filter(|name| name.state.is_interrupted()) {
        let direction = if name.state == ChangeState::Applying { Direction::Forward } else { Direction::Backward };
        let record = history.read(name)?;
        let running = Running::new(context, &history, name.number, &record, lock, None)?;
        let states = record.steps.iter().map(|step| step.state(project, direction));
        let states = states.collect::<Result<Vec<StepState>, ChangeError>>()?;
        let mut stepped = std::iter::zip(&record.steps, &states);
        if let Some((step, _)) = stepped.find(|(_, state)| **state == StepState::Missing) {
            return Err(ChangeError::Refused(Box::new(missing_finding(&record, name.number, step.path()))));
        }
        let is_changed = states.contains(&StepState::Other);
        let was_begun = states.contains(&StepState::End);
        let note = |code: Code, what: &str, help: &str| {
            let message = format!("the change \"{}\" was interrupted; {what}", record.name());
            Finding::new(code, message, help).file(record.steps.first().map_or("", Step::path))
        };
        if !is_changed && !states.contains(&StepState::Gone) {
            running.finish(direction, Foreign::Refuse)?;
            let what = match direction {
                Direction::Forward => "it is complete now",
                Direction::Backward => "it is undone now",
            };
            let help = "`prometeu-packer history PROJECT` lists all changes, and `undo` takes back the latest.";
            findings.push(note(Code::ChangeCompleted, what, help));
        } else if direction == Direction::Forward && !is_changed && !was_begun {
            // The root was never put in place; the stage that had it is removed as any leftover.
            history.folder.remove_all(name.to_string()).map_err(DiskError::writing(history.folder.path()))?;
        } else {
            history.rename(name.number, name.state, Direction::Backward.begun())?;
            running.finish(Direction::Backward, Foreign::Leave)?;
            let paths = std::iter::zip(&record.steps, &states)
                .filter(|(_, state)| matches!(state, StepState::Other | StepState::Gone))
                .map(|(step, _)| format!("`{}`", step.path()));
            let paths = paths.collect::<Vec<String>>().join(", ");
            findings.push(note(
                Code::ChangeReverted,
                &format!("another program changed {paths} in the meantime, so all else was taken back"),
                "Check these files, and make the change again if it is still needed.",
            ));
        }
    }
    Ok(findings)
}

/// Checks, as far as possible without deleting anything, that [`purge_root`] can delete the whole root.
///
/// # Errors
/// If the system would refuse.
pub fn check_purge(project: &Project, number: u64) -> Result<(), ChangeError> {
    let Some(history) = History::open(project)? else { return Ok(()) };
    let removable = history.folder.check_removable(root_name(number));
    Ok(removable.map_err(DiskError::writing(project.root().join(kept_root(number))))?)
}

/// Deletes the root that a change took out of `assets/`. It cannot be restored.
///
/// # Errors
/// If the system refuses. Unless the error says otherwise, the root is still there as a whole.
pub fn purge_root(context: &Context, project: &Project, lock: &Lock, number: u64) -> Result<(), ChangeError> {
    lock.check()?;
    let Some(history) = History::open(project)? else { return Ok(()) };
    let tools = project.tools().hold()?;
    let kept = root_name(number);
    check_purge(project, number)?;
    // A killed packer leaves a folder that the next one removes, and never half a root that could be restored.
    let name = Project::staged_root_name(&context.new_uuid()?.to_string());
    history.folder.rename(&kept, &tools, &name)?;
    if let Err(error) = history.folder.sync() {
        tools.rename(&name, &history.folder, &kept)?;
        return Err(error.into());
    }
    tools.remove_all(&name).map_err(|error| {
        let finding = Finding::new(
            Code::FileUnwritable,
            format!("a part of the removed asset is deleted, but not all of it: {}", files::system_message(&error)),
            "It cannot be restored any more. Save what you need from this folder: the next change of the project deletes \
             the rest.",
        );
        ChangeError::Refused(Box::new(finding.file(format!("{TOOL_FOLDER}/{name}"))))
    })?;
    // It was kept for this root alone. If it stays, the next change drops it.
    let _ = history.folder.remove_all(RecordName { number, state: ChangeState::Kept }.to_string());
    history.prune();
    Ok(())
}
