//! The history of the workspace: a record of each change, written before the change is made (spec: history).
//!
//! `assets/.prometeu/history/` has one file per record. Its name is the record's number and its state, so that one
//! rename changes the state: `000012` was made, `000012.undone` was undone, `000012.applying` and `000012.undoing` are
//! on their way. A folder `000012.root` is the root that this change took out of `assets/`. `record` is the file,
//! `change` plans one, `apply` makes it, completes it and takes it back, and `planned` is the project after it.

mod apply;
mod change;
mod planned;
mod record;
mod written;

use std::collections::HashSet;
use std::fmt;

use serde::Serialize;

use crate::asset_uuid::AssetUuid;
use crate::diagnostics::{AsFinding, Code, Finding, escaped};
use crate::files::{self, DiskError, HeldFolder, OpenError};
use crate::limits::{HISTORY_BYTES, HISTORY_RECORDS};
use crate::lock::{self, Lock, LockError};
use crate::paths::RelPath;
use crate::project::{Project, TOOL_FOLDER};
use crate::registry::{REGISTRY_FILE, Registry, RegistryEntry};

pub use apply::{PlannedStep, check_purge, complete_interrupted, plan_step, purge_root, step_history};
pub use change::{Change, ChangeSummary, ChangedFiles, MovedFolder, irreplaceable};
pub use planned::PlannedProject;
pub use record::{Direction, Record};

use record::Step;

/// The folder in the tool folder.
const FOLDER: &str = "history";
/// The ignore file of the folder. It is in the folder itself, so that version control ignores the history of projects
/// too that were created before there was one.
const IGNORE_FILE: &str = ".gitignore";
const IGNORE_ALL: &[u8] = b"*\n";
/// The verb that takes only the entry of an asset out of the registry.
pub const FORGET: &str = "forget";

/// What became of a change; the end of the name of its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeState {
    /// It was made, and can be undone.
    Done,
    /// It is being made.
    Applying,
    /// It is being taken back.
    Undoing,
    /// It was undone, and can be made again.
    Undone,
    /// It can neither be undone nor made again. It is kept because its root can be restored.
    Kept,
}

impl ChangeState {
    const ALL: [Self; 5] = [Self::Done, Self::Applying, Self::Undoing, Self::Undone, Self::Kept];

    fn suffix(self) -> &'static str {
        match self {
            Self::Done => "",
            Self::Applying => ".applying",
            Self::Undoing => ".undoing",
            Self::Undone => ".undone",
            Self::Kept => ".kept",
        }
    }

    /// Whether a packer was interrupted, or is at work.
    fn is_interrupted(self) -> bool {
        matches!(self, Self::Applying | Self::Undoing)
    }
}

/// A record's number and state, which are the name of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordName {
    /// Higher than those of all earlier changes.
    pub number: u64,
    /// Its state.
    pub state: ChangeState,
}

impl RecordName {
    fn parse(name: &str) -> Option<Self> {
        let (number, rest) = parse_number(name)?;
        let state = ChangeState::ALL.into_iter().find(|state| state.suffix() == rest)?;
        Some(Self { number, state })
    }
}

impl fmt::Display for RecordName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}{}", self.number, self.state.suffix())
    }
}

/// The number at the start of a name in the folder, and the rest.
fn parse_number(name: &str) -> Option<(u64, &str)> {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = name.split_at(digits);
    (digits >= 6).then_some((number.parse().ok()?, rest))
}

/// The path of the history, relative to the project.
fn history_folder() -> String {
    format!("{TOOL_FOLDER}/{FOLDER}")
}

/// The path of the root that the change with this number took out of `assets/`, relative to the project.
pub fn kept_root(number: u64) -> String {
    format!("{}/{}", history_folder(), root_name(number))
}

fn root_name(number: u64) -> String {
    format!("{number:06}.root")
}

/// Whether this is a path as [`kept_root`] returns it.
fn is_kept_root(path: &str) -> bool {
    let name = path.strip_prefix(TOOL_FOLDER).and_then(|rest| rest.strip_prefix('/')?.strip_prefix(FOLDER));
    name.and_then(|rest| parse_number(rest.strip_prefix('/')?)).is_some_and(|(number, _)| path == kept_root(number))
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// Another program changed this file or folder after it was read. Nothing was changed.
    #[error("{0} changed after it was read")]
    Changed(String),
    /// A link, or something else that the packer does not replace, is in the way. Nothing was changed.
    #[error("{}", .0.message)]
    Refused(Box<Finding>),
    /// The system refused. Nothing was changed.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The lock file was deleted while the change was made, and a step could not be made: another packer may have
    /// completed the change or taken it back. This one has left it as it was then.
    #[error("the lock was lost: {0}")]
    LockLost(Box<ChangeError>),
    /// A folder that the change wrote into is not at its path any more.
    #[error("{folder} was moved")]
    Moved {
        /// Relative to the project.
        folder: String,
        /// Whether the change was made nevertheless; otherwise it was taken back.
        is_made: bool,
    },
    /// The system refused, and again when the change was taken back. The next operation that writes takes it back.
    #[error("{error}; it could not be taken back either")]
    Interrupted {
        /// The first refusal.
        error: Box<ChangeError>,
        /// The finding about the change.
        unfinished: Box<Finding>,
    },
}

impl ChangeError {
    /// The same error, raised after a new file was in place and was replaced again.
    fn with_nothing_in_place(self) -> Self {
        match self {
            Self::Disk(error) => Self::Disk(DiskError { in_place: false, ..error }),
            error => error,
        }
    }
}

impl From<LockError> for ChangeError {
    fn from(error: LockError) -> Self {
        Self::Refused(Box::new(error.as_finding()))
    }
}

impl From<OpenError> for ChangeError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Disk(error) => Self::Disk(error),
            other => Self::Refused(Box::new(other.into_finding())),
        }
    }
}

impl AsFinding for ChangeError {
    fn as_finding(&self) -> Finding {
        match self {
            Self::Changed(path) => Finding::new(
                Code::SourceChanging,
                "it changed after it was read; nothing was written",
                "Wait until the program that writes it has finished, and try again.",
            )
            .file(path.clone()),
            Self::Refused(finding) => (**finding).clone(),
            Self::Disk(error) => error.as_finding(),
            Self::LockLost(_) => lock::lost_in_change_finding(),
            Self::Moved { folder, is_made } => files::moved_finding(match is_made {
                true if *folder == history_folder() => {
                    "The change was made, but its record, and what it removed, are in the folder that was moved or \
                     removed: put it back in its place, and `undo` can take the change back."
                }
                true => {
                    "The change was made, but what it wrote there is in the folder that was moved or removed: put it back \
                     in its place."
                }
                false => {
                    "The change was taken back; what it wrote there may be left in the folder that was moved. Run it \
                     again."
                }
            })
            .file(folder.clone()),
            // What these say of the files holds only for a change that was taken back.
            Self::Interrupted { error, .. } => Finding {
                message: error.as_finding().message.replace("; nothing was written", ""),
                help: "What was changed before could not be taken back.".into(),
                ..error.as_finding()
            },
        }
    }

    fn as_findings(&self) -> Vec<Finding> {
        match self {
            Self::Interrupted { unfinished, .. } => vec![self.as_finding(), (**unfinished).clone()],
            // That a file is gone is what another packer does.
            Self::LockLost(error) => match &**error {
                Self::Disk(error) if !files::is_absent(&error.source) => vec![self.as_finding(), error.as_finding()],
                _ => vec![self.as_finding()],
            },
            _ => vec![self.as_finding()],
        }
    }
}

/// An asset whose root a change took out of `assets/`.
#[derive(Clone, Debug)]
pub struct KeptAsset {
    /// The number of the change.
    pub number: u64,
    /// Its entry in the registry, before.
    pub entry: RegistryEntry,
    /// What the change calls it: its name, or its root.
    pub subject: String,
    /// Whether its creation was undone, so that its id was given back.
    pub was_created: bool,
}

/// The records of a project.
#[derive(Debug)]
pub struct History<'p> {
    project: &'p Project,
    folder: HeldFolder,
    /// Whether the folder was created just now.
    is_new: bool,
}

impl<'p> History<'p> {
    /// The history; `None` if nothing was ever changed.
    ///
    /// # Errors
    /// If something that is not a folder is in its place, or the system refuses.
    pub fn open(project: &'p Project) -> Result<Option<Self>, OpenError> {
        match project.tools().below(FOLDER).hold() {
            Ok(folder) => Ok(Some(Self { project, folder, is_new: false })),
            Err(OpenError::Missing { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The history, whose folder is created if it does not exist.
    ///
    /// # Errors
    /// If the system refuses.
    pub(super) fn open_or_create(project: &'p Project) -> Result<Self, ChangeError> {
        let tools = project.tools().hold()?;
        let (folder, mut created) = tools.create_folders(FOLDER)?;
        let history = Self { project, folder, is_new: created.is_some() };
        if !files::exists(&history.folder.path().join(IGNORE_FILE)) {
            history.folder.write_new(IGNORE_FILE, IGNORE_ALL)?;
        }
        created.sync().inspect_err(|_| history.remove_if_new(&tools))?;
        created.keep();
        Ok(history)
    }

    /// Removes the folder if it was created just now, for a change that was not made. It must have no record.
    fn remove_if_new(&self, tools: &HeldFolder) {
        if self.is_new {
            let _ = self.folder.remove_all(IGNORE_FILE);
            let _ = tools.remove_folder(FOLDER);
        }
    }

    /// The names in the folder.
    fn names(&self) -> Result<Vec<String>, DiskError> {
        let names = self.folder.names().map_err(DiskError::reading(self.folder.path()))?;
        Ok(names.into_iter().filter_map(|name| name.into_string().ok()).collect())
    }

    /// All records, in the order of their numbers.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn records(&self) -> Result<Vec<RecordName>, DiskError> {
        let mut records: Vec<RecordName> = self.names()?.iter().filter_map(|name| RecordName::parse(name)).collect();
        records.sort_by_key(|record| record.number);
        Ok(records)
    }

    /// The number of the next change.
    ///
    /// # Errors
    /// If the system refuses.
    fn next_number(&self) -> Result<u64, DiskError> {
        let numbers = self.names()?;
        Ok(numbers.iter().filter_map(|name| Some(parse_number(name)?.0)).max().unwrap_or(0) + 1)
    }

    /// Reads a record.
    ///
    /// # Errors
    /// The finding about it if it is damaged, or the system refuses.
    pub fn read(&self, name: RecordName) -> Result<Record, ChangeError> {
        let file = format!("{}/{name}", history_folder());
        let source = self.project.tools().below(FOLDER).open(&RelPath::of_packer(name.to_string()))?;
        let content = source.read_whole(HISTORY_BYTES)?;
        content.and_then(|content| Record::from_bytes(&content.bytes)).ok_or_else(|| {
            let finding = Finding::new(
                Code::HistoryDamaged,
                "this record of a change cannot be read: it is damaged, or a newer packer wrote it",
                "Use the packer that wrote it. If it is damaged, compare the project with version control, and delete \
                 this file. A folder with the same number that ends in `.root` has the files of a removed asset: save \
                 them first.",
            );
            ChangeError::Refused(Box::new(finding.file(file)))
        })
    }

    /// All records, the latest first, each with what can still be done with it, and what an undo and a redo would do
    /// next. One that is out of reach is [`ChangeState::Kept`], although the next change first renames or drops it.
    ///
    /// # Errors
    /// If a record is damaged, or the system refuses.
    pub fn list(&self) -> Result<(Vec<(RecordName, Record)>, Reach), ChangeError> {
        let names = self.records()?;
        let reach = self.reach(&names)?;
        let mut purged = PurgedRoots::default();
        let mut listed = Vec::with_capacity(names.len());
        for mut name in names.into_iter().rev() {
            let record = self.read(name)?;
            let is_purged = name.state == ChangeState::Done && purged.include(self, &record, Direction::Backward);
            if is_purged || reach.lost.contains(&name.number) {
                name.state = ChangeState::Kept;
            }
            listed.push((name, record));
        }
        Ok((listed, reach))
    }

    /// The change that an undo takes back, and the one that a redo makes again.
    ///
    /// # Errors
    /// If a record is damaged, or the system refuses.
    fn next_steps(&self) -> Result<(Option<u64>, Option<u64>), ChangeError> {
        let Reach { undo, redo, .. } = self.reach(&self.records()?)?;
        Ok((undo, redo))
    }

    fn reach(&self, records: &[RecordName]) -> Result<Reach, ChangeError> {
        let mut reach = Reach::default();
        let mut purged = PurgedRoots::default();
        for name in records.iter().rev().filter(|record| record.state == ChangeState::Done) {
            if purged.include(self, &self.read(*name)?, Direction::Backward) {
                reach.lost.insert(name.number);
            } else if reach.undo.is_none() {
                reach.undo = Some(name.number);
            }
            // That an earlier change is about a purged root is known only from a later one.
            if reach.undo.is_some() && purged.paths.is_empty() {
                break;
            }
        }
        let undone = records.iter().filter(|record| record.state == ChangeState::Undone).map(|record| record.number);
        let (before, after): (Vec<u64>, Vec<u64>) = undone.partition(|number| reach.undo > Some(*number));
        reach.lost.extend(before);
        if let Some(number) = after.first().copied() {
            let record = self.read(RecordName { number, state: ChangeState::Undone })?;
            // What was done after it needs it.
            match PurgedRoots::default().include(self, &record, Direction::Forward) {
                true => reach.lost.extend(after),
                false => reach.redo = Some(number),
            }
        }
        Ok(reach)
    }

    /// The numbers of the changes whose roots are in the folder.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn kept_roots(&self) -> Result<Vec<u64>, DiskError> {
        let numbers = self.names()?.into_iter().filter_map(|name| {
            let (number, _) = parse_number(&name)?;
            (name == root_name(number) && self.folder.has_real_folder(&name)).then_some(number)
        });
        Ok(numbers.collect())
    }

    /// The roots in the folder, by number, each with what the change knows that took it out of `assets/`.
    ///
    /// # Errors
    /// If a record is damaged, or the system refuses.
    pub fn kept_assets(&self) -> Result<Vec<KeptAsset>, ChangeError> {
        let roots = self.kept_roots()?;
        let mut kept: Vec<KeptAsset> = Vec::new();
        if roots.is_empty() {
            return Ok(kept);
        }
        let records = self.records()?;
        for number in roots {
            // A later change may have moved it, too, such as a restore. But that was undone: the root is here again.
            let Some(name) = records.iter().find(|record| record.number == number) else { continue };
            let record = self.read(*name)?;
            if let Some(entry) = record.assets().next().filter(|_| record.moves(&kept_root(number))) {
                let (entry, subject) = (entry.clone(), record.subject.clone());
                kept.push(KeptAsset { number, entry, subject, was_created: record.edit == "create" });
            }
        }
        kept.sort_by_key(|asset| asset.number);
        Ok(kept)
    }

    /// Gives a record another state.
    fn rename(&self, number: u64, from: ChangeState, to: ChangeState) -> Result<(), DiskError> {
        let name = |state| RecordName { number, state }.to_string();
        self.folder.rename(name(from), &self.folder, name(to))
    }

    /// Drops what can neither be undone nor made again, and the oldest records if there are too many. A record stays if
    /// the root that it took out of `assets/` is still there. Failures are ignored: the next change tries again.
    fn prune(&self) {
        let (Ok(mut records), Ok(roots)) = (self.records(), self.kept_roots()) else { return };
        let lost = self.reach(&records).map(|reach| reach.lost).unwrap_or_default();
        let size = |record: &RecordName| {
            let path = self.folder.path().join(record.to_string());
            files::stamp_of(&path).map_or(0, |stamp| stamp.size_bytes())
        };
        let (mut count, mut bytes) = (0, 0);
        for at in (0..records.len()).rev() {
            let record = records[at];
            if record.state.is_interrupted() {
                continue;
            }
            count += 1;
            bytes += size(&record);
            let is_out_of_reach = record.state == ChangeState::Kept || lost.contains(&record.number);
            if !is_out_of_reach && count <= HISTORY_RECORDS && bytes <= HISTORY_BYTES {
                continue;
            }
            let read = self.read(record);
            // Without it, the asset would be one whose registration was lost.
            if record.state == ChangeState::Done && read.as_ref().is_ok_and(|read| read.edit == FORGET) {
                continue;
            }
            // The root that it took out of `assets/` may be there again once a later change is undone.
            let own = kept_root(record.number);
            let later = &records[at + 1..];
            let returns = || later.iter().any(|later| self.read(*later).map_or(true, |later| later.moves(&own)));
            // What cannot be read is never dropped: a root may depend on it.
            let is_needed = read.map_or(true, |read| {
                roots.iter().any(|root| read.moves(&kept_root(*root))) || (read.moves(&own) && returns())
            });
            if !is_needed {
                let _ = self.folder.remove_all(record.to_string());
                records.remove(at);
            } else if record.state != ChangeState::Kept
                && self.rename(record.number, record.state, ChangeState::Kept).is_ok()
            {
                records[at].state = ChangeState::Kept;
            }
        }
    }
}

/// Which changes can be undone and made again, whatever the files are.
#[derive(Default)]
pub struct Reach {
    /// The change that an undo takes back.
    pub undo: Option<u64>,
    /// The one that a redo makes again.
    pub redo: Option<u64>,
    /// Those that were made or undone, and are out of reach: something else was done since, or their root was purged.
    lost: HashSet<u64>,
}

/// The roots that are gone from the history, and the places where they would be after each step through it.
#[derive(Default)]
struct PurgedRoots {
    paths: Vec<String>,
    /// The roots that earlier steps would bring back into the history.
    returned: Vec<String>,
}

impl PurgedRoots {
    /// Whether the next change in this direction is about such a root, so that it can never be made.
    fn include(&mut self, history: &History<'_>, record: &Record, direction: Direction) -> bool {
        let mut is_about = false;
        for step in &record.steps {
            match step {
                Step::File(file) => is_about |= self.has(&file.path),
                Step::Move { from, to } => {
                    let (from, to) = Step::ends(from, to, direction);
                    let is_there = |path: &str| files::exists(&history.project.root().join(path));
                    let is_returned = self.returned.iter().any(|path| path == from);
                    if (is_kept_root(from) && !is_returned && !is_there(from)) || self.has(from) {
                        // Before this step, another root may have been there.
                        self.paths.retain(|path| path != from);
                        self.paths.push(to.to_owned());
                        is_about = true;
                    } else if is_kept_root(to) {
                        self.returned.push(to.to_owned());
                    }
                }
            }
        }
        is_about
    }

    fn has(&self, path: &str) -> bool {
        self.paths
            .iter()
            .any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }
}

/// The finding about a change that was interrupted, for an operation that holds the lock and may not write to the
/// workspace.
///
/// # Errors
/// If the system refuses.
pub fn find_unfinished(project: &Project) -> Result<Option<Finding>, DiskError> {
    let unfinished = find_interrupted(project)?.map(|record| unfinished_finding(&read_name(project, record)));
    Ok(unfinished.or_else(|| misplaced_folder(project)))
}

/// A finding if something that is not a folder is in the place of the history: changes that were interrupted cannot be
/// found then.
fn misplaced_folder(project: &Project) -> Option<Finding> {
    let error = History::open(project).err()?;
    Some(error.into_finding().file(history_folder()))
}

/// The finding about a change that was interrupted, for an operation that may not write: it can neither complete the
/// change nor trust the files. Waits for a packer that is making a change just now.
///
/// # Errors
/// If the system refuses.
pub fn unfinished_change(project: &Project) -> Result<Option<Finding>, DiskError> {
    for look in 1..=lock::LOOKS {
        let Some(interrupted) = find_interrupted(project)? else { return Ok(misplaced_folder(project)) };
        // The lock is free only if nobody is making the change; it might have been finished just before.
        if look == lock::LOOKS || lock::is_free(project) {
            let is_same = find_interrupted(project)?.is_some_and(|again| again == interrupted);
            return Ok(is_same.then(|| unfinished_finding(&read_name(project, interrupted))));
        }
        lock::wait_a_moment();
    }
    Ok(None)
}

/// Whether the latest change about the asset with this uuid took only its entry out of the registry; or will have, once
/// the change `planned` was undone or made again. Where the history is unknown, nothing was forgotten.
pub fn is_forgotten(project: &Project, uuid: AssetUuid, planned: Option<(u64, Direction)>) -> bool {
    let Ok(Some(history)) = History::open(project) else { return false };
    let is_done = |record: &RecordName| match planned {
        Some((number, direction)) if number == record.number => direction == Direction::Forward,
        _ => record.state == ChangeState::Done,
    };
    let done = history.records().unwrap_or_default().into_iter().filter(is_done);
    let mut records = done.rev().filter_map(|name| history.read(name).ok());
    let is_about = |record: &Record| record.assets().any(|entry| entry.asset_uuid == uuid);
    records.find(is_about).is_some_and(|record| record.edit == FORGET)
}

/// Whether no asset has had this id, although `next_asset_id`, that of the registry, may be higher: since it was not,
/// the changes of this history alone have raised it, and none assigned the id.
///
/// # Errors
/// If a record is damaged, or the system refuses.
pub fn is_unassigned(project: &Project, mut next_asset_id: u32, asset_id: u32) -> Result<bool, ChangeError> {
    if next_asset_id <= asset_id {
        return Ok(true);
    }
    let Some(history) = History::open(project)? else { return Ok(false) };
    for name in history.records()?.into_iter().rev().filter(|record| record.state == ChangeState::Done) {
        let Some(registry) = history.read(name)?.registry else { continue };
        // Another program, such as version control, has changed the registry in between, or a record is dropped.
        let [before, after] = registry.next_asset_id;
        if after != next_asset_id || registry.assigns(asset_id) {
            return Ok(false);
        }
        if before <= asset_id {
            return Ok(true);
        }
        next_asset_id = before;
    }
    Ok(false)
}

/// Ends what `forget` did to assets that are registered again without the packer, as after a checkout: if such an entry
/// is lost later, it was not forgotten. Failures are ignored: the next pack tries again.
pub fn keep_registered(project: &Project, _lock: &Lock) {
    let Ok(Some(history)) = History::open(project) else { return };
    for (number, _) in registered_again(project, &history) {
        let _ = history.rename(number, ChangeState::Done, ChangeState::Kept);
    }
}

/// A finding if an asset that was forgotten is registered again, for an operation that may not write to the history: a
/// later loss of the entry would not be noticed.
pub fn find_registered_again(project: &Project) -> Option<Finding> {
    let history = History::open(project).ok().flatten()?;
    let (_, record) = registered_again(project, &history).into_iter().next()?;
    let message = format!(
        "`{}` was forgotten in this folder and is in the registry again, which is not recorded yet: if its entry was lost \
         later, that would not be noticed",
        escaped(&record.subject)
    );
    let help = "Run `prometeu-packer pack PROJECT` once without `--frozen`, which writes nothing here.";
    Some(Finding::new(Code::ChangeUnfinished, message, help).file(REGISTRY_FILE))
}

/// The changes that took the entries of assets out of the registry that are in it again, and were not put there by a
/// later change: their numbers and records.
fn registered_again(project: &Project, history: &History<'_>) -> Vec<(u64, Record)> {
    let records = history.records().unwrap_or_default().into_iter().rev();
    let mut registered: Option<HashSet<AssetUuid>> = None;
    let mut seen = HashSet::new();
    let mut again = Vec::new();
    for name in records.filter(|record| record.state == ChangeState::Done) {
        let Ok(record) = history.read(name) else { continue };
        let is_latest = record.assets().filter(|entry| seen.insert(entry.asset_uuid)).count() > 0;
        let mut is_registered =
            |entry: &RegistryEntry| registered.get_or_insert_with(|| read_uuids(project)).contains(&entry.asset_uuid);
        if is_latest && record.edit == FORGET && record.assets().any(&mut is_registered) {
            again.push((name.number, record));
        }
    }
    again
}

fn read_uuids(project: &Project) -> HashSet<AssetUuid> {
    let bytes = project.read_registry_bytes().ok().flatten();
    let registry = bytes.and_then(|bytes| Registry::read(&bytes).0);
    registry.into_iter().flat_map(|registry| registry.entries).map(|entry| entry.asset_uuid).collect()
}

fn find_interrupted(project: &Project) -> Result<Option<RecordName>, DiskError> {
    match History::open(project) {
        Ok(Some(history)) => Ok(history.records()?.into_iter().find(|record| record.state.is_interrupted())),
        Err(OpenError::Disk(error)) => Err(error),
        // What is in the place of the folder is reported by `misplaced_folder`.
        Ok(None) | Err(_) => Ok(None),
    }
}

/// The name of a change for a finding, if its record can be read.
fn read_name(project: &Project, record: RecordName) -> String {
    let history = History::open(project).ok().flatten();
    history.and_then(|history| history.read(record).ok()).map_or_else(|| record.to_string(), |record| record.name())
}

fn unfinished_finding(name: &str) -> Finding {
    Finding::new(
        Code::ChangeUnfinished,
        format!("the change \"{name}\" was interrupted and is half made"),
        "Run any verb that writes to the project, such as `prometeu-packer pack PROJECT` without `--frozen` and `--check`: \
         it completes the change first.",
    )
    .file(history_folder())
}
