//! Plans a change of the workspace: which files get which content, and which folders move.

use serde::Serialize;

use super::apply::{NewRecord, apply_new, check_steps, record_bytes};
use super::record::{Direction, FileStep, Record, RegistryChange, Step};
use super::{ChangeError, History, kept_root};
use crate::change::Change as ReportedChange;
use crate::context::Context;
use crate::diagnostics::{Code, Finding};
use crate::files::{self, DiskError, PathKind, TemporaryFolder};
use crate::limits::HISTORY_BYTES;
use crate::lock::Lock;
use crate::origins::{AssetOrigins, RememberedOrigins};
use crate::paths::RelPath;
use crate::project::Project;
use crate::registry::{REGISTRY_FILE, Registry, RegistryEntry};

/// A change that is planned.
#[derive(Debug)]
pub struct Change<'p> {
    project: &'p Project,
    number: u64,
    record: Record,
    /// Where files come from that it writes.
    origins: Vec<AssetOrigins>,
}

/// The files and folders that a change affects, relative to the project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChangedFiles {
    /// New files.
    pub created: Vec<String>,
    /// Files with another content.
    pub changed: Vec<String>,
    /// Files that are removed.
    pub removed: Vec<String>,
    /// Folders that get another path.
    pub moved: Vec<MovedFolder>,
}

/// A folder that gets another path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MovedFolder {
    /// Relative to the project.
    pub from: String,
    /// Relative to the project.
    pub to: String,
}

/// A change that was made, or would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChangeSummary {
    /// The number of its record; `None` if nothing was changed.
    pub number: Option<u64>,
    /// The verb that makes it.
    pub edit: String,
    /// The name or the root of the asset that is changed.
    pub subject: String,
    /// What it does to which files.
    #[serde(flatten)]
    pub files: ChangedFiles,
}

impl ChangeSummary {
    /// What a [`Session`](crate::session::Session) reads again after this change was made.
    pub fn reported_change(&self) -> ReportedChange {
        let ChangedFiles { created, changed, removed, moved } = &self.files;
        let folders = moved.iter().flat_map(|moved| [&moved.from, &moved.to]);
        let paths = created.iter().chain(changed).chain(removed).chain(folders);
        let in_assets = |path: &String| Some(path.strip_prefix("assets/")?.to_owned());
        ReportedChange::Paths(paths.filter_map(in_assets).collect())
    }
}

impl Record {
    /// What the change does to which files in this direction; `number` is that of a change that was made.
    pub fn summary(&self, number: Option<u64>, direction: Direction) -> ChangeSummary {
        let (edit, subject) = (self.edit.clone(), self.subject.clone());
        ChangeSummary { number, edit, subject, files: self.files(direction) }
    }

    /// What the change does to which files in this direction.
    fn files(&self, direction: Direction) -> ChangedFiles {
        let mut files = ChangedFiles::default();
        for step in &self.steps {
            match (step, direction) {
                (Step::File(file), _) => {
                    let list = match (file.target(direction.reversed()), file.target(direction)) {
                        (None, _) => &mut files.created,
                        (Some(_), Some(_)) => &mut files.changed,
                        (Some(_), None) => &mut files.removed,
                    };
                    list.push(file.path.clone());
                }
                (Step::Move { from, to }, Direction::Forward) => {
                    files.moved.push(MovedFolder { from: from.clone(), to: to.clone() });
                }
                (Step::Move { from, to }, Direction::Backward) => {
                    files.moved.push(MovedFolder { from: to.clone(), to: from.clone() });
                }
            }
        }
        files
    }
}

/// A finding if `file`, relative to the project, exists and is not a regular file: the packer replaces nothing else.
///
/// # Errors
/// If the system refuses.
pub fn irreplaceable(project: &Project, file: &str) -> Result<Option<Finding>, DiskError> {
    let PathKind::Other(what) = files::path_kind(&project.root().join(file))? else { return Ok(None) };
    let finding = Finding::new(
        Code::OutputNotAFile,
        format!("this is {what}; the packer replaces only regular files, and follows no link here"),
        "Replace it with the file itself, and try again.",
    );
    Ok(Some(finding.file(file)))
}

impl<'p> Change<'p> {
    /// A change without steps: what the verb `edit` does to `subject`.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn new(project: &'p Project, edit: &str, subject: &str) -> Result<Self, ChangeError> {
        let number = History::open(project)?.map_or(Ok(1), |history| history.next_number())?;
        let record = Record { edit: edit.to_owned(), subject: subject.to_owned(), registry: None, steps: Vec::new() };
        Ok(Self { project, number, record, origins: Vec::new() })
    }

    /// Gives a file another content. `before` is what was read; the change is refused if the file has changed since.
    /// The last content counts.
    pub fn replace(&mut self, file: &str, before: &[u8], after: &[u8]) {
        self.record.steps.retain(|step| step.path() != file);
        if before != after {
            self.record.steps.push(Step::File(FileStep::between(file, Some(before), Some(after))));
        }
    }

    /// Gives the registry another content; `before` is what was read.
    pub fn replace_registry(&mut self, before: (&[u8], &Registry), after: &Registry) {
        self.replace(REGISTRY_FILE, before.0, &after.to_bytes());
        self.record.registry = Some(RegistryChange::between(before.1, after));
    }

    /// Creates a file. The change is refused if one is in its place.
    pub fn create(&mut self, file: &str, content: &[u8]) {
        self.record.steps.push(Step::File(FileStep::between(file, None, Some(content))));
    }

    /// The verb that makes it.
    pub fn verb(&self) -> &str {
        &self.record.edit
    }

    /// Names what is changed, where it was not known yet.
    pub fn set_subject(&mut self, subject: &str) {
        subject.clone_into(&mut self.record.subject);
    }

    /// Moves a root. Both are relative to `assets/`.
    pub fn move_root(&mut self, from: &RelPath, to: &RelPath) {
        self.record.steps.push(Step::Move { from: format!("assets/{from}"), to: format!("assets/{to}") });
    }

    /// Takes a root out of `assets/`. It can be restored as long as the record exists.
    pub fn take_root(&mut self, entry: &RegistryEntry) {
        let from = format!("assets/{}", entry.root);
        self.record.steps.push(Step::Move { from, to: kept_root(self.number) });
    }

    /// Puts a root in place that the change `number` took out of `assets/`, or the one that is staged. An undo keeps it
    /// in the history.
    pub fn put_root(&mut self, number: Option<u64>, entry: &RegistryEntry) {
        let (from, to) = (kept_root(number.unwrap_or(self.number)), format!("assets/{}", entry.root));
        self.record.steps.push(Step::Move { from, to });
    }

    /// Remembers where files of an asset come from, if the change is made.
    pub fn add_origins(&mut self, origins: AssetOrigins) {
        self.origins.push(origins);
    }

    /// How much more of files it can contain, in bytes, to be undone.
    pub fn room_bytes(&self) -> u64 {
        let contained = |step: &Step| if let Step::File(file) = step { file.content_bytes() } else { 0 };
        HISTORY_BYTES.saturating_sub(self.record.steps.iter().map(contained).sum())
    }

    /// Makes the change, if a lock is passed. The registry is written last, because the other files have an effect only
    /// once it names them. Without steps, nothing is recorded. Returns also notes about what could not be remembered.
    ///
    /// # Errors
    /// If a file is not as it was read, something is in the way, or the system refuses. Nothing was changed then,
    /// unless the error says otherwise.
    pub fn apply(
        mut self,
        context: &Context,
        lock: Option<&Lock>,
        staged: Option<&TemporaryFolder>,
    ) -> Result<(Option<ChangeSummary>, Vec<Finding>), ChangeError> {
        let mut notes = Vec::new();
        if self.record.steps.is_empty() {
            if lock.is_some() && !self.origins.is_empty() {
                History::open_or_create(self.project)?;
                notes = RememberedOrigins::write(context, self.project, &self.origins).notes;
            }
            return Ok((None, notes));
        }
        self.record.steps.sort_by_key(|step| step.path() == REGISTRY_FILE);
        let bytes = record_bytes(&self.record)?;
        let Some(lock) = lock else {
            check_steps(self.project, &self.record, Direction::Forward, staged.is_some())?;
            return Ok((Some(self.record.summary(None, Direction::Forward)), notes));
        };
        let new = NewRecord { number: self.number, record: &self.record, bytes: &bytes };
        notes = apply_new(context, self.project, lock, new, &self.origins, staged)?;
        Ok((Some(self.record.summary(Some(self.number), Direction::Forward)), notes))
    }
}
