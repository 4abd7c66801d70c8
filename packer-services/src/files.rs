//! The one module that touches the disk.
//!
//! Reading: files below a folder are opened without following links on the way, only if they are regular files, and
//! are read settled: once, hashed, and with the certainty that nobody rewrote them meanwhile. Writing: whole files or
//! none. It knows nothing of the files' contents (spec: workspace, "Links" and "Limits").

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use crate::diagnostics::{AsFinding, Code, Finding, Fix, escaped};
use crate::limits::SOURCE_FILE_BYTES;
use crate::paths::{RelPath, fold_key};

/// A file changed this recently may change again without its time stamps telling.
const RACY: Duration = Duration::from_secs(2);

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha(pub [u8; 32]);

impl Sha {
    /// The hash of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl std::fmt::Display for Sha {
    /// Lower-case hex.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Sha {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl serde::Serialize for Sha {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The system refused to do something with a file.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct DiskError {
    /// Whether it was a write.
    pub writing: bool,
    /// The file or folder.
    pub path: PathBuf,
    /// Bytes that were to be written, where that is known.
    pub needed_bytes: Option<u64>,
    /// What the system said.
    pub source: io::Error,
}

impl DiskError {
    /// A refusal to read `path`.
    pub fn reading(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self { writing: false, path, needed_bytes: None, source }
    }

    /// A refusal to write `path`.
    pub fn writing(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self { writing: true, path, needed_bytes: None, source }
    }
}

impl AsFinding for DiskError {
    fn as_finding(&self) -> Finding {
        let full = matches!(self.source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        let finding = if self.writing && full {
            let room = self.path.ancestors().find(|folder| folder.is_dir()).and_then(free_bytes);
            let message = match (self.needed_bytes, room) {
                (Some(needed), Some(free)) => format!("the disk is full: {needed} bytes are needed, {free} are free"),
                (None, Some(free)) => format!("the disk is full: {free} bytes are free"),
                _ => "the disk is full".to_owned(),
            };
            Finding::new(Code::DiskFull, message, "Make room on this disk and try again; what was there is untouched.")
        } else if self.writing {
            Finding::new(
                Code::FileUnwritable,
                format!("could not be written: {}", refusal(&self.source)),
                "Check the permissions and the disk, and try again; what was there is untouched.",
            )
        } else {
            let absent = is_absent(&self.source);
            Finding::new(
                Code::FileUnreadable,
                format!("could not be read: {}", refusal(&self.source)),
                if absent { "Check the path." } else { "Check the permissions and the disk, and try again." },
            )
        };
        finding.file(shown(&self.path))
    }
}

/// What the system said, in its words, without Rust's error number.
fn refusal(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// A path as text, escaped where it is not printable or not UTF-8.
pub fn shown(path: &Path) -> String {
    match path.to_str() {
        Some(text) => escaped(text),
        None => escaped(&path.as_os_str().as_encoded_bytes().escape_ascii().to_string()),
    }
}

/// Why a named file could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// It does not exist; perhaps a twin in case or Unicode form does.
    Missing {
        /// The twin, as a path like the one asked for.
        twin: Option<String>,
    },
    /// It is a folder, a pipe, a device…
    NotRegular(&'static str),
    /// A folder on the way is a link.
    FolderIsLink(String),
    /// It is a link that leads out of its folder, or nowhere.
    LinkOutside(String),
    /// The system refused.
    Disk(DiskError),
}

impl OpenError {
    /// The finding about `path`, relative to the folder it was looked for in.
    pub fn finding(self, path: &RelPath) -> Finding {
        let finding = match self {
            Self::Missing { twin: None } => Finding::new(
                Code::FileMissing,
                "the file does not exist",
                "Put the file there, or change the path in `asset.json`.",
            ),
            Self::Missing { twin: Some(twin) } => Finding::new(
                Code::FileTwin,
                format!("the file does not exist, but `{}` does", escaped(&twin)),
                "Rename the file, so that it is found on every system.",
            )
            .fix(Fix::Rename { from: twin, to: path.as_str().to_owned() }),
            Self::NotRegular(what) => Finding::new(
                Code::FileNotRegular,
                format!("a file is needed; this is {what}"),
                "Put a regular file there, or change the path in `asset.json`.",
            ),
            Self::FolderIsLink(folder) => Finding::new(
                Code::FolderIsLink,
                format!("the folder `{}` is a link", escaped(&folder)),
                "Put the real folder there: links to folders are not followed.",
            ),
            Self::LinkOutside(to) => Finding::new(
                Code::LinkOutside,
                format!("this is a link to `{}`, which is not a file of this asset root", escaped(&to)),
                "Put the file itself there: a link may only lead to a file in the same root.",
            ),
            Self::Disk(error) => error.as_finding(),
        };
        finding.file(path.as_str())
    }
}

/// A folder that was opened without following a link; files are opened below it.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder that a person named; links are followed up to here.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// A folder below this one.
    ///
    /// # Errors
    /// If it is missing, no folder, or a folder on the way is a link.
    pub fn folder(&self, path: &RelPath) -> Result<Self, OpenError> {
        self.check_folders(path.as_str())?;
        Ok(Self { path: self.path.join(path.as_str()) })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a regular file below this folder; a link is followed if it leads to a regular file in this folder.
    /// Never blocks, whatever stands there.
    ///
    /// # Errors
    /// As [`OpenError`] lists.
    pub fn open(&self, path: &RelPath) -> Result<Source, OpenError> {
        self.open_as(path, path.as_str())
    }

    fn open_as(&self, asked: &RelPath, path: &str) -> Result<Source, OpenError> {
        let whole = self.path.join(path);
        match open_regular(&whole) {
            Ok(Opened::Regular(file)) => {
                if let Some((parent, _)) = path.rsplit_once('/') {
                    self.check_folders(parent)?;
                }
                if CASE_MAY_LIE && let Some(twin) = self.twin(asked) {
                    return Err(OpenError::Missing { twin: Some(twin) });
                }
                Source::new(whole, file).map_err(OpenError::Disk)
            }
            Ok(Opened::Link) => self.open_link(asked, path, &whole),
            Ok(Opened::Other(what)) => Err(OpenError::NotRegular(what)),
            Err(error) if is_absent(&error) => {
                if let Some((parent, _)) = path.rsplit_once('/') {
                    match self.check_folders(parent) {
                        Err(OpenError::Missing { .. } | OpenError::NotRegular(_)) | Ok(()) => {}
                        Err(other) => return Err(other),
                    }
                }
                Err(OpenError::Missing { twin: self.twin(asked) })
            }
            Err(error) => Err(OpenError::Disk(DiskError::reading(whole)(error))),
        }
    }

    fn open_link(&self, asked: &RelPath, path: &str, whole: &Path) -> Result<Source, OpenError> {
        let outside = || {
            let to = fs::read_link(whole).map(|to| shown(&to)).unwrap_or_default();
            Err(OpenError::LinkOutside(to))
        };
        if let Some((parent, _)) = path.rsplit_once('/') {
            self.check_folders(parent)?;
        }
        let (Ok(real), Ok(here)) = (fs::canonicalize(whole), fs::canonicalize(&self.path)) else { return outside() };
        match real.strip_prefix(&here).ok().and_then(Path::to_str) {
            // `real` is canonical, so this cannot find a link again, unless somebody just put one there.
            Some(inside) if inside != path => self.open_as(asked, inside),
            _ => outside(),
        }
    }

    /// Refuses links and non-folders among the segments of `path`.
    fn check_folders(&self, path: &str) -> Result<(), OpenError> {
        let mut whole = self.path.clone();
        let mut shown_path = String::new();
        for segment in path.split('/') {
            whole.push(segment);
            if !shown_path.is_empty() {
                shown_path.push('/');
            }
            shown_path.push_str(segment);
            match fs::symlink_metadata(&whole) {
                Ok(metadata) if metadata.is_symlink() => return Err(OpenError::FolderIsLink(shown_path)),
                Ok(metadata) if metadata.is_dir() => {}
                Ok(_) => return Err(OpenError::NotRegular("a file where a folder is needed")),
                Err(error) if is_absent(&error) => return Err(OpenError::Missing { twin: None }),
                Err(error) => return Err(OpenError::Disk(DiskError::reading(whole)(error))),
            }
        }
        Ok(())
    }

    /// A path that exists and differs from `path` only in case or Unicode form.
    pub fn twin(&self, path: &RelPath) -> Option<String> {
        let mut folder = self.path.clone();
        let mut found = String::new();
        for segment in path.as_str().split('/') {
            let wanted = fold_key(segment);
            let mut best: Option<String> = None;
            for entry in fs::read_dir(&folder).ok()? {
                let Ok(name) = entry.ok()?.file_name().into_string() else { continue };
                if name == segment {
                    best = Some(name);
                    break;
                }
                if fold_key(&name) == wanted && best.as_ref().is_none_or(|best| name < *best) {
                    best = Some(name);
                }
            }
            let name = best?;
            folder.push(&name);
            if !found.is_empty() {
                found.push('/');
            }
            found.push_str(&name);
        }
        (found != path.as_str()).then_some(found)
    }
}

/// Whether opening a file may succeed under another spelling of its name.
const CASE_MAY_LIE: bool = cfg!(any(windows, target_os = "macos"));

enum Opened {
    Regular(File),
    Link,
    Other(&'static str),
}

/// Opens without following a final link and without waiting for a pipe's other end.
fn open_regular(path: &Path) -> io::Result<Opened> {
    #[cfg(unix)]
    let opened = {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        rustix::fs::open(path, flags, Mode::empty()).map(File::from).map_err(io::Error::from)
    };
    #[cfg(not(unix))]
    let opened = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => open_plainly(path),
        Ok(_) => Err(io::ErrorKind::InvalidInput.into()),
        Err(error) => Err(error),
    };
    match opened {
        Ok(file) => {
            let metadata = file.metadata()?;
            Ok(if metadata.is_file() { Opened::Regular(file) } else { Opened::Other(kind_of(&metadata)) })
        }
        Err(error) if is_absent(&error) => Err(error),
        // A link (ELOOP), a socket (ENXIO) or a folder cannot be opened: say what it is instead of how that failed.
        Err(error) => match fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_symlink() => Ok(Opened::Link),
            Ok(metadata) if !metadata.is_file() => Ok(Opened::Other(kind_of(&metadata))),
            _ => Err(error),
        },
    }
}

fn kind_of(metadata: &fs::Metadata) -> &'static str {
    let kind = metadata.file_type();
    if kind.is_dir() {
        return "a folder";
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_block_device() || kind.is_char_device() {
            return "a device";
        }
    }
    "not a file"
}

/// "It is not there": also when a folder on the way is a file.
pub fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[expect(clippy::disallowed_methods, reason = "this module is the replacement that the lint names")]
fn open_plainly(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    size_bytes: u64,
    modified: Option<SystemTime>,
    identity: (u64, u64, i64, i64),
}

impl Stamp {
    fn of(metadata: &fs::Metadata) -> Self {
        #[cfg(unix)]
        let identity = {
            use std::os::unix::fs::MetadataExt;
            (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
        };
        #[cfg(not(unix))]
        let identity = (0, 0, 0, 0);
        Self { size_bytes: metadata.len(), modified: metadata.modified().ok(), identity }
    }

    /// Whether the file was touched so recently that a further change might not show in its stamp. A time in the
    /// future counts as recent. No byte of a pack depends on the answer, only whether a file is read twice.
    fn is_racy(&self) -> bool {
        #[expect(clippy::disallowed_methods, reason = "the one reader of the clock; see clippy.toml")]
        let now = SystemTime::now();
        let recent = |time: SystemTime| now.duration_since(time).map_or(true, |age| age < RACY);
        let changed = u64::try_from(self.identity.2)
            .ok()
            .and_then(|s| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(s)));
        self.modified.is_none_or(recent) || changed.is_some_and(recent)
    }
}

/// A regular file that was opened for reading.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    file: File,
    stamp: Stamp,
}

impl Source {
    fn new(path: PathBuf, file: File) -> Result<Self, DiskError> {
        let metadata = file.metadata().map_err(DiskError::reading(&path))?;
        Ok(Self { stamp: Stamp::of(&metadata), path, file })
    }

    /// A file that a person named on the command line; links are followed.
    ///
    /// # Errors
    /// If it is missing or refused (a [`DiskError`]), or is no regular file.
    pub fn named(path: &Path) -> Result<Self, OpenError> {
        let real = fs::canonicalize(path).map_err(|error| OpenError::Disk(DiskError::reading(path)(error)))?;
        match open_regular(&real).map_err(|error| OpenError::Disk(DiskError::reading(path)(error)))? {
            Opened::Regular(file) => Self::new(path.to_owned(), file).map_err(OpenError::Disk),
            Opened::Link => Err(OpenError::LinkOutside(String::new())),
            Opened::Other(what) => Err(OpenError::NotRegular(what)),
        }
    }

    /// Its size when it was opened.
    pub fn size_bytes(&self) -> u64 {
        self.stamp.size_bytes
    }

    /// Its state when it was opened.
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The open file, for reading at places of the caller's choice.
    pub fn file_mut(&mut self) -> &mut File {
        &mut self.file
    }

    /// Back at its start.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn rewound(mut self) -> Result<Self, DiskError> {
        self.file.seek(SeekFrom::Start(0)).map_err(DiskError::reading(&self.path))?;
        Ok(self)
    }

    /// Starts one reading from start to end.
    pub fn reading(self) -> Reading {
        Reading { source: self, hasher: Sha256::new(), bytes_read: 0 }
    }

    /// A finding if the file is larger than a source may be.
    pub fn refuse_too_large(&self) -> Option<Finding> {
        (self.size_bytes() > SOURCE_FILE_BYTES).then(|| {
            Finding::new(
                Code::FileTooLarge,
                format!("the file has {} bytes; the limit is {SOURCE_FILE_BYTES}", self.size_bytes()),
                "Use a smaller file.",
            )
        })
    }

    /// The whole content, if it has at most `limit` bytes; `None` if it has more.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn read_whole(self, limit: u64) -> Result<Option<Content>, DiskError> {
        if self.size_bytes() > limit {
            return Ok(None);
        }
        let path = self.path.clone();
        let mut reading = self.reading();
        let mut bytes = Vec::with_capacity(usize::try_from(reading.source.size_bytes()).unwrap_or(0));
        (&mut reading).take(limit + 1).read_to_end(&mut bytes).map_err(DiskError::reading(path))?;
        if bytes.len() as u64 > limit {
            return Ok(None);
        }
        let stamp = reading.source.stamp;
        let settled = matches!(reading.finish()?, Settled::Still { .. });
        Ok(Some(Content { sha256: Sha::of(&bytes), bytes, stamp, settled }))
    }
}

/// A whole file in memory.
#[derive(Debug)]
pub struct Content {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Their hash.
    pub sha256: Sha,
    /// The file's state when it was opened.
    pub stamp: Stamp,
    /// False if it changed while it was read.
    pub settled: bool,
}

/// One reading of a file: every byte that passes is hashed.
#[derive(Debug)]
pub struct Reading {
    source: Source,
    hasher: Sha256,
    bytes_read: u64,
}

impl Read for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.source.file.read(buffer) {
                Ok(count) => {
                    self.hasher.update(&buffer[..count]);
                    self.bytes_read += count as u64;
                    return Ok(count);
                }
                // Not every reader above this one knows that an interrupted read is to be tried again.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// How a reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// What was read is what the file held at one moment.
    Still {
        /// Of all its bytes.
        sha256: Sha,
        /// How many.
        size_bytes: u64,
    },
    /// Somebody wrote to it meanwhile: what was read may be a mixture.
    Changed,
}

impl Reading {
    /// Its state when it was opened.
    pub fn stamp(&self) -> Stamp {
        self.source.stamp
    }

    /// Reads what is left, and tells whether the file held still.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn finish(mut self) -> Result<Settled, DiskError> {
        let path = self.source.path.clone();
        self.finish_inner().map_err(DiskError::reading(path))
    }

    fn finish_inner(&mut self) -> io::Result<Settled> {
        let mut buffer = vec![0; 64 << 10];
        while self.read(&mut buffer)? > 0 {}
        let sha256 = Sha(std::mem::take(&mut self.hasher).finalize().into());
        let held_still = |file: &File| io::Result::Ok(Stamp::of(&file.metadata()?) == self.source.stamp);
        if self.bytes_read != self.source.stamp.size_bytes || !held_still(&self.source.file)? {
            return Ok(Settled::Changed);
        }
        let settled = Settled::Still { sha256, size_bytes: self.bytes_read };
        if !self.source.stamp.is_racy() {
            return Ok(settled);
        }
        self.source.file.seek(SeekFrom::Start(0))?;
        while self.read(&mut buffer)? > 0 {}
        let again = Sha(std::mem::take(&mut self.hasher).finalize().into());
        let same = again == sha256 && Stamp::of(&self.source.file.metadata()?) == self.source.stamp;
        Ok(if same { settled } else { Settled::Changed })
    }
}

/// Whether `path` still is in the state `stamp`.
pub fn is_unchanged(path: &Path, stamp: Stamp) -> bool {
    fs::metadata(path).is_ok_and(|metadata| Stamp::of(&metadata) == stamp)
}

/// Makes `path` and its parents; returns the folders that did not exist before, outermost first.
///
/// # Errors
/// If the system refuses.
pub fn make_folders(path: &Path) -> Result<Vec<PathBuf>, DiskError> {
    let missing: Vec<PathBuf> = path
        .ancestors()
        .filter(|folder| !folder.as_os_str().is_empty())
        .take_while(|folder| matches!(fs::symlink_metadata(folder), Err(error) if is_absent(&error)))
        .map(Path::to_owned)
        .collect();
    fs::create_dir_all(path).map_err(DiskError::writing(path))?;
    Ok(missing.into_iter().rev().collect())
}

/// Creates a new file for writing; it must not exist.
///
/// # Errors
/// If the system refuses.
pub fn create_new(path: &Path) -> Result<File, DiskError> {
    File::options().write(true).read(true).create_new(true).open(path).map_err(DiskError::writing(path))
}

/// Writes a new file and syncs it; it must not exist.
///
/// # Errors
/// If the system refuses; the file is then removed.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
    let mut file = create_new(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|source| {
        let _ = fs::remove_file(path);
        DiskError { writing: true, path: path.to_owned(), needed_bytes: Some(bytes.len() as u64), source }
    })
}

/// Replaces `path` by `bytes` as a whole: a new file in `staging`, on the same disk, synced, renamed over it; then the
/// folder is synced. A kill may leave the new file behind, whose name ends in [`STAGED_SUFFIX`].
///
/// # Errors
/// If the system refuses; `path` is then as it was.
pub fn replace(path: &Path, bytes: &[u8], staging: &Path, unique: &str) -> Result<(), DiskError> {
    let staged = staging.join(format!("{unique}{STAGED_SUFFIX}"));
    write_new(&staged, bytes)?;
    rename(&staged, path).inspect_err(|_| remove_quietly(&staged))?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// How the names of files end that [`replace`] stages.
pub const STAGED_SUFFIX: &str = ".new";

/// Renames within a file system.
///
/// # Errors
/// If the system refuses.
pub fn rename(from: &Path, to: &Path) -> Result<(), DiskError> {
    fs::rename(from, to).map_err(DiskError::writing(to))
}

/// Makes renames in `folder` durable. Windows cannot and need not.
///
/// # Errors
/// If the system refuses.
pub fn sync_folder(folder: &Path) -> Result<(), DiskError> {
    if cfg!(windows) {
        return Ok(());
    }
    open_plainly(folder).and_then(|folder| folder.sync_all()).map_err(DiskError::writing(folder))
}

/// The bytes that a person's program may still write to the disk that holds `path`.
pub fn free_bytes(path: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        rustix::fs::statvfs(path).ok().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// Whether something stands at `path`, be it a broken link.
pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// What stands at `path`: `None` if nothing, else whether it is a regular file (and not a link).
///
/// # Errors
/// If the system refuses.
pub fn is_regular(path: &Path) -> Result<Option<bool>, DiskError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata.is_file())),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(DiskError::reading(path)(error)),
    }
}

/// Whether `path` is a folder that holds nothing.
pub fn is_empty_folder(path: &Path) -> bool {
    fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

/// Removes a file or a whole folder; what is not there needs no removing.
pub fn remove_quietly(path: &Path) {
    let is_folder = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir());
    let _ = if is_folder { fs::remove_dir_all(path) } else { fs::remove_file(path) };
}

/// Removes a folder if it is empty.
pub fn remove_folder_if_empty(path: &Path) {
    let _ = fs::remove_dir(path);
}

/// Replaces the content of the file at `path`, for people's eyes only: nothing depends on it.
pub fn note_quietly(file: &mut File, text: &str) {
    let _ = file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0))).and_then(|_| file.write_all(text.as_bytes()));
}

/// The names in a folder, sorted; nothing if there is no such folder.
pub fn names_in(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
