//! The one module that touches the disk.
//!
//! Reading: `folder` opens the files that a declaration names, and `source` reads them consistently. Writing: `held`
//! writes whole files or none, in a folder that it holds open; `early_sync` syncs a large file while it is written.
//! `recorded` finds out whether a file is still what it was. The module does not know what the files contain (spec:
//! workspace, "Links" and "Limits").

mod disk;
mod early_sync;
mod folder;
mod held;
mod listing;
mod moved;
mod recorded;
mod source;
mod temporary;

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::diagnostics::{AsFinding, Code, Finding, escaped};
use crate::from_text::deserialize_text;

#[cfg(feature = "watch")]
pub use disk::sends_events;
pub use early_sync::EarlySync;
pub use folder::{Folder, OpenError};
pub use held::{CreatedFolders, HeldFolder, SYNCED_FILES};
pub use listing::{EntryState, FoundLink, list_folder, list_links, real_folder};
#[cfg(feature = "watch")]
pub use listing::{FolderIdentity, entry_state};
pub use moved::MovedFolder;
pub use recorded::{RecordedFile, SourceRecord, Trust};
pub use source::{
    FileContent, FileReading, ReadOutcome, SourceFile, Stamp, has_stamp, is_unchanged, modified, stamp_of,
};
pub use temporary::TemporaryFolder;

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha(pub [u8; 32]);

impl Sha {
    /// The hash of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads 64 lower-case hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != 32 || !rest.is_empty() {
            return None;
        }
        let mut hash = [0; 32];
        for (byte, [high, low]) in std::iter::zip(&mut hash, pairs) {
            *byte = hex_digit(*high)? << 4 | hex_digit(*low)?;
        }
        Some(Self(hash))
    }
}

/// The value of a lower-case hex digit.
fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl std::fmt::Display for Sha {
    /// Lower-case hex.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        for (pair, byte) in std::iter::zip(text.as_chunks_mut::<2>().0, self.0) {
            *pair = [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]);
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl std::fmt::Debug for Sha {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl<'de> serde::Deserialize<'de> for Sha {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text(deserializer, |text| Self::parse(text).ok_or("not a SHA-256"))
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
    /// Whether the new file is in place anyway: only its survival of a power cut is uncertain, or the folder was moved.
    pub in_place: bool,
    /// Whether the folder is not at its path any more, so that nothing is or would be where the answer says.
    pub moved: bool,
    /// If the disk is full: the bytes still to be written, where that is known.
    pub needed_bytes: Option<u64>,
    /// If the disk is full: the bytes that were free then, before anything was cleaned up.
    pub free_bytes: Option<u64>,
    /// If the disk is full: how many more files could be created then, where that is limited.
    pub free_files: Option<u64>,
    /// The system's error.
    pub source: io::Error,
}

impl DiskError {
    /// A refusal to read `path`.
    pub fn reading(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self {
            writing: false,
            path,
            in_place: false,
            moved: false,
            needed_bytes: None,
            free_bytes: None,
            free_files: None,
            source,
        }
    }

    /// A refusal to write `path`.
    pub fn writing(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path: PathBuf = path.into();
        move |source| {
            let free = || path.ancestors().find(|folder| folder.is_dir()).map(free_space).unwrap_or_default();
            let FreeSpace { bytes: free_bytes, files: free_files } =
                if is_full(&source) { free() } else { FreeSpace::default() };
            let (in_place, moved, needed_bytes) = (false, false, None);
            Self { writing: true, path, in_place, moved, needed_bytes, free_bytes, free_files, source }
        }
    }

    /// The same error, raised after the new file was in place.
    #[must_use]
    pub fn with_file_in_place(mut self) -> Self {
        self.in_place = true;
        self
    }

    /// The same error, with the bytes that were still to be written.
    #[must_use]
    pub fn with_needed_bytes(mut self, bytes: u64) -> Self {
        self.needed_bytes = Some(bytes);
        self
    }
}

impl DiskError {
    /// Whether the disk has space, but cannot hold another file.
    fn is_out_of_files(&self) -> bool {
        self.free_files == Some(0) && self.free_bytes.is_some_and(|free| free > self.needed_bytes.unwrap_or(0))
    }
}

/// The finding about a folder that is not [in place](HeldFolder::is_in_place), without its path. `help` says where that
/// leaves what was written.
pub fn moved_finding(help: &str) -> Finding {
    let message = "this folder, or one that it is in, was moved, replaced or removed while the packer worked";
    Finding::new(Code::FileUnwritable, message, help)
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

impl AsFinding for DiskError {
    fn as_finding(&self) -> Finding {
        let finding = if self.moved {
            moved_finding(if self.in_place {
                "What was written is in the folder that was moved or removed, not here: run it again."
            } else {
                "Nothing was written: run it again."
            })
        } else if self.is_out_of_files() {
            Finding::new(
                Code::DiskFull,
                "no more files can be created on this disk: it has space left, but no free file entry (inode)",
                "Delete files on this disk that you do not need, even small ones, and try again; existing files are \
                 unchanged.",
            )
        } else if self.writing && is_full(&self.source) {
            let message = match (self.needed_bytes, self.free_bytes) {
                (Some(needed), Some(free)) => format!("the disk is full: {needed} bytes are needed, {free} are free"),
                (None, Some(free)) => format!("the disk is full: {free} bytes are free"),
                _ => "the disk is full".to_owned(),
            };
            Finding::new(
                Code::DiskFull,
                message,
                "Free space on this disk and try again; existing files are unchanged.",
            )
        } else if self.writing {
            Finding::new(
                Code::FileUnwritable,
                format!("could not be written: {}", system_message(&self.source)),
                if self.in_place {
                    "The new files are in place, but may not survive a power cut: check the disk."
                } else {
                    "Check the permissions and the disk, and try again; existing files are unchanged."
                },
            )
        } else {
            let absent = is_absent(&self.source);
            Finding::new(
                Code::FileUnreadable,
                format!("could not be read: {}", system_message(&self.source)),
                if absent { "Check the path." } else { "Check the permissions and the disk, and try again." },
            )
        };
        finding.file(display_path(&self.path))
    }
}

/// The system's own message, without the error number that Rust appends.
pub fn system_message(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// A path as text, escaped where it is not printable or not UTF-8.
pub fn display_path(path: &Path) -> String {
    match path.to_str() {
        Some(text) => escaped(text),
        None => escaped(&path.as_os_str().as_encoded_bytes().escape_ascii().to_string()),
    }
}

/// Whether the error means that the path does not exist, including because a folder of it is a file.
pub fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Fills `buffer` until it is full or the file ends; returns the number of bytes read.
///
/// # Errors
/// If the system refuses.
pub fn read_up_to(file: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The suffix of the files that [`HeldFolder::replace_file`] stages.
pub const STAGED_SUFFIX: &str = ".new";

/// What an unprivileged program can still write to a disk, where that is known.
#[derive(Clone, Copy, Debug, Default)]
struct FreeSpace {
    bytes: Option<u64>,
    /// How many files can still be created; `None` also if the disk has no limit.
    files: Option<u64>,
}

/// The free space of the disk that holds `path`.
fn free_space(path: &Path) -> FreeSpace {
    #[cfg(unix)]
    {
        let Ok(disk) = rustix::fs::statvfs(path) else { return FreeSpace::default() };
        FreeSpace {
            bytes: Some(disk.f_bavail.saturating_mul(disk.f_frsize)),
            files: (disk.f_files > 0).then_some(disk.f_favail),
        }
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        FreeSpace::default()
    }
}

/// Whether `path` is a folder and not a link to one.
pub fn is_real_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Whether `path` is a link.
pub fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

/// The folder that contains `path`: `.` if `path` is only a name.
pub fn parent_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether `path` is below `folder`. Neither has to exist; links on the way are followed.
pub fn is_below(path: &Path, folder: &Path) -> bool {
    resolve(parent_of(path)).starts_with(resolve(folder))
}

/// Where `path` is in `folder`, with `/` between folders; `None` if it is not below it. Links are followed.
pub fn path_below(path: &Path, folder: &Path) -> Option<String> {
    let (path, folder) = (resolve(path), resolve(folder));
    let segments: Option<Vec<&str>> = path.strip_prefix(folder).ok()?.iter().map(|segment| segment.to_str()).collect();
    segments.map(|segments| segments.join("/")).filter(|inside| !inside.is_empty())
}

/// The absolute path without links and dots. Segments that do not exist are kept: they would become real folders.
pub fn resolve(path: &Path) -> PathBuf {
    let existing = path.ancestors().find_map(|above| {
        let at = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        Some((fs::canonicalize(at).ok()?, path.strip_prefix(above).ok()?))
    });
    let Some((mut resolved, rest)) = existing else { return path.to_owned() };
    for segment in rest.components() {
        match segment {
            Component::ParentDir => drop(resolved.pop()),
            segment => resolved.push(segment),
        }
    }
    resolved
}

/// Whether anything is at `path`, even if it is a broken link.
pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Whether both paths lead to one file.
pub fn is_same_file(a: &Path, b: &Path) -> bool {
    a == b || fs::canonicalize(a).is_ok_and(|a| fs::canonicalize(b).is_ok_and(|b| a == b))
}

/// Whether `file`, which is open, is what is at `path`, as far as the system distinguishes files.
pub fn is_open_at(file: &File, path: &Path) -> bool {
    let stamp = |metadata: io::Result<fs::Metadata>| metadata.ok().map(|metadata| Stamp::of(&metadata));
    let (open, there) = (stamp(file.metadata()), stamp(fs::symlink_metadata(path)));
    there.is_some_and(|there| open.is_some_and(|open| there.is_of_same_file(&open)))
}

/// What is at a path, with no link followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// Nothing.
    Absent,
    /// A regular file.
    RegularFile,
    /// Something else, named with its article: "a folder".
    Other(&'static str),
}

/// What is at `path`.
///
/// # Errors
/// If the system refuses.
pub fn path_kind(path: &Path) -> Result<PathKind, DiskError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(PathKind::RegularFile),
        Ok(metadata) if metadata.is_symlink() => Ok(PathKind::Other("a link")),
        Ok(metadata) => Ok(PathKind::Other(folder::kind_name(&metadata))),
        Err(error) if is_absent(&error) => Ok(PathKind::Absent),
        Err(error) => Err(DiskError::reading(path)(error)),
    }
}

/// Whether `path` is an empty folder.
pub fn is_empty_folder(path: &Path) -> bool {
    fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

/// Whether a folder can be put at `path`: nothing is there, or an empty folder.
pub fn has_room_for_folder(path: &Path) -> bool {
    !exists(path) || is_real_folder(path) && is_empty_folder(path)
}

/// Replaces the content of `file`, which only people read: a failure is ignored.
pub fn overwrite_quietly(file: &mut File, text: &str) {
    let _ = file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0))).and_then(|_| file.write_all(text.as_bytes()));
}
