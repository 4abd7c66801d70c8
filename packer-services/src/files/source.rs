//! Reads a file consistently: once, hashed, and with proof that it did not change meanwhile (decision: settled reads).

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::folder::{Opened, open_regular};
use super::{DiskError, OpenError, Sha, is_absent};
use crate::diagnostics::{Code, Finding, format_bytes};
use crate::limits::SOURCE_FILE_BYTES;

/// A file that changed this recently may change again without a new time stamp: FAT counts in steps of two seconds, and
/// no common file system is coarser.
const RACY: Duration = Duration::from_secs(2);

/// Distinguishes two states of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    size_bytes: u64,
    modified: Option<SystemTime>,
    identity: (u64, u64, i64, i64),
}

impl Stamp {
    pub(super) fn of(metadata: &fs::Metadata) -> Self {
        #[cfg(unix)]
        let identity = {
            use std::os::unix::fs::MetadataExt;
            (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
        };
        #[cfg(not(unix))]
        let identity = (0, 0, 0, 0);
        Self { size_bytes: metadata.len(), modified: metadata.modified().ok(), identity }
    }

    /// The file's size.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Whether an equal stamp, now, proves an equal content: not of a file that was written a moment ago.
    pub fn is_proof(&self) -> bool {
        !self.is_racy()
    }

    /// Whether the file changed so recently that another change might leave its stamp equal. A time in the future
    /// counts as recent. The answer decides only whether a file is read twice, never a byte of a pack.
    fn is_racy(&self) -> bool {
        #[expect(clippy::disallowed_methods, reason = "the only place that reads the clock; see clippy.toml")]
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
pub struct SourceFile {
    path: PathBuf,
    file: File,
    stamp: Stamp,
}

impl SourceFile {
    pub(super) fn new(path: PathBuf, file: File, metadata: &fs::Metadata) -> Self {
        Self { stamp: Stamp::of(metadata), path, file }
    }

    /// Opens a file that the user named; links are followed.
    ///
    /// # Errors
    /// If it is missing or cannot be opened (a [`DiskError`]), or is not a regular file.
    pub fn from_path(path: &Path) -> Result<Self, OpenError> {
        let real = fs::canonicalize(path).map_err(|error| OpenError::Disk(DiskError::reading(path)(error)))?;
        match open_regular(&real).map_err(|error| OpenError::Disk(DiskError::reading(path)(error)))? {
            Opened::Regular(file, metadata) => Ok(Self::new(path.to_owned(), file, &metadata)),
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

    /// The open file, for reads at any position.
    pub fn file_mut(&mut self) -> &mut File {
        &mut self.file
    }

    /// The same file, read from its start again.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn rewind(mut self) -> Result<Self, DiskError> {
        self.file.seek(SeekFrom::Start(0)).map_err(DiskError::reading(&self.path))?;
        Ok(self)
    }

    /// Starts to read and hash it from start to end.
    pub fn start_reading(self) -> FileReading {
        FileReading { source: self, hasher: Sha256::new(), bytes_read: 0 }
    }

    /// A finding if the file is larger than a source may be.
    pub fn too_large_finding(&self) -> Option<Finding> {
        (self.size_bytes() > SOURCE_FILE_BYTES).then(|| {
            Finding::new(
                Code::FileTooLarge,
                format!(
                    "the file has {}; the limit is {}",
                    format_bytes(self.size_bytes()),
                    format_bytes(SOURCE_FILE_BYTES)
                ),
                "Use a smaller file: for example, shorten a sound or lower its sample rate.",
            )
        })
    }

    /// The whole content, if it has at most `limit` bytes; `None` if it has more.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn read_whole(self, limit: u64) -> Result<Option<FileContent>, DiskError> {
        if self.size_bytes() > limit {
            return Ok(None);
        }
        let path = self.path.clone();
        let mut reading = self.start_reading();
        let mut bytes = Vec::with_capacity(usize::try_from(reading.source.size_bytes()).unwrap_or(0));
        (&mut reading).take(limit + 1).read_to_end(&mut bytes).map_err(DiskError::reading(path))?;
        if bytes.len() as u64 > limit {
            return Ok(None);
        }
        let stamp = reading.source.stamp;
        let is_consistent = matches!(reading.finish()?, ReadOutcome::Unchanged { .. });
        Ok(Some(FileContent { sha256: Sha::of(&bytes), bytes, stamp, is_consistent }))
    }
}

/// A whole file in memory.
#[derive(Debug)]
pub struct FileContent {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Their hash.
    pub sha256: Sha,
    /// The file's state when it was opened.
    pub stamp: Stamp,
    /// Whether it did not change while it was read.
    pub is_consistent: bool,
}

/// One pass over a file that hashes every byte it reads.
#[derive(Debug)]
pub struct FileReading {
    source: SourceFile,
    hasher: Sha256,
    bytes_read: u64,
}

impl Read for FileReading {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.source.file.read(buffer) {
                Ok(count) => {
                    self.hasher.update(&buffer[..count]);
                    self.bytes_read += count as u64;
                    return Ok(count);
                }
                // Decoders above this one do not all retry an interrupted read.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// How one pass over a file ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOutcome {
    /// The bytes that were read are what the file contained at one moment.
    Unchanged {
        /// The hash of all bytes.
        sha256: Sha,
        /// The number of bytes.
        size_bytes: u64,
    },
    /// The file changed while it was read: the bytes may be a mixture of two states.
    Changed,
}

impl FileReading {
    /// Reads the rest of the file and checks whether the file changed.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn finish(self) -> Result<ReadOutcome, DiskError> {
        self.finish_unless(&|| false)
    }

    /// Like [`FileReading::finish`], but once `stop` returns true it ends early and reports the file as changed.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn finish_unless(mut self, stop: &dyn Fn() -> bool) -> Result<ReadOutcome, DiskError> {
        let path = self.source.path.clone();
        self.finish_inner(stop).map_err(DiskError::reading(path))
    }

    fn finish_inner(&mut self, stop: &dyn Fn() -> bool) -> io::Result<ReadOutcome> {
        if self.bytes_read < self.source.stamp.size_bytes {
            self.read_to_end_unless(stop)?;
        }
        let sha256 = Sha(std::mem::take(&mut self.hasher).finalize().into());
        let is_unchanged = |file: &File| io::Result::Ok(Stamp::of(&file.metadata()?) == self.source.stamp);
        if self.bytes_read != self.source.stamp.size_bytes || !is_unchanged(&self.source.file)? {
            return Ok(ReadOutcome::Changed);
        }
        let unchanged = ReadOutcome::Unchanged { sha256, size_bytes: self.bytes_read };
        if !self.source.stamp.is_racy() {
            return Ok(unchanged);
        }
        self.source.file.seek(SeekFrom::Start(0))?;
        self.read_to_end_unless(stop)?;
        let again = Sha(std::mem::take(&mut self.hasher).finalize().into());
        let same = again == sha256 && Stamp::of(&self.source.file.metadata()?) == self.source.stamp;
        Ok(if same { unchanged } else { ReadOutcome::Changed })
    }

    /// Reads to the end of the file.
    fn read_to_end_unless(&mut self, stop: &dyn Fn() -> bool) -> io::Result<()> {
        let left_bytes = usize::try_from(self.source.stamp.size_bytes).unwrap_or(usize::MAX);
        let mut buffer = vec![0; left_bytes.clamp(1, 64 << 10)];
        while !stop() && self.read(&mut buffer)? > 0 {}
        Ok(())
    }
}

/// Whether the file at `path` still has the stamp `stamp`. It has not if it is gone.
///
/// # Errors
/// If the system refuses.
pub fn has_stamp(path: &Path, stamp: Stamp) -> Result<bool, DiskError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Stamp::of(&metadata) == stamp),
        Err(error) if is_absent(&error) => Ok(false),
        Err(error) => Err(DiskError::reading(path)(error)),
    }
}

/// As [`has_stamp`], where a system that refuses to answer is a reason to read the file again.
pub fn is_unchanged(path: &Path, stamp: Stamp) -> bool {
    has_stamp(path, stamp).unwrap_or(false)
}

/// When the file that `path` leads to was last written, if that is known.
pub fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// The state of the file that `path` leads to, if there is one.
pub fn stamp_of(path: &Path) -> Option<Stamp> {
    fs::metadata(path).ok().map(|metadata| Stamp::of(&metadata))
}
