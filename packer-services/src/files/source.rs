//! Reading a file settled: once, hashed, and with the certainty that nobody rewrote it meanwhile
//! (decision: settled reads).

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::folder::{Opened, open_regular};
use super::{DiskError, OpenError, Sha};
use crate::diagnostics::{Code, Finding, sized};
use crate::limits::SOURCE_FILE_BYTES;

/// A file changed this recently may change again without its time stamps telling.
const RACY: Duration = Duration::from_secs(2);

/// What tells one state of a file from another without reading it.
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
    pub(super) fn new(path: PathBuf, file: File, metadata: &fs::Metadata) -> Self {
        Self { stamp: Stamp::of(metadata), path, file }
    }

    /// A file that a person named on the command line; links are followed.
    ///
    /// # Errors
    /// If it is missing or refused (a [`DiskError`]), or is no regular file.
    pub fn named(path: &Path) -> Result<Self, OpenError> {
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
                format!("the file has {}; the limit is {}", sized(self.size_bytes()), sized(SOURCE_FILE_BYTES)),
                "Use a smaller file: shorten a sound, or lower its rate.",
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
    pub fn finish(self) -> Result<Settled, DiskError> {
        self.finish_unless(&|| false)
    }

    /// As [`Reading::finish`]; once `stop` says so, it ends early and calls the file changed.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn finish_unless(mut self, stop: &dyn Fn() -> bool) -> Result<Settled, DiskError> {
        let path = self.source.path.clone();
        self.finish_inner(stop).map_err(DiskError::reading(path))
    }

    fn finish_inner(&mut self, stop: &dyn Fn() -> bool) -> io::Result<Settled> {
        if self.bytes_read < self.source.stamp.size_bytes {
            self.read_on(stop)?;
        }
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
        self.read_on(stop)?;
        let again = Sha(std::mem::take(&mut self.hasher).finalize().into());
        let same = again == sha256 && Stamp::of(&self.source.file.metadata()?) == self.source.stamp;
        Ok(if same { settled } else { Settled::Changed })
    }

    /// Reads to the end of the file.
    fn read_on(&mut self, stop: &dyn Fn() -> bool) -> io::Result<()> {
        let left_bytes = usize::try_from(self.source.stamp.size_bytes).unwrap_or(usize::MAX);
        let mut buffer = vec![0; left_bytes.clamp(1, 64 << 10)];
        while !stop() && self.read(&mut buffer)? > 0 {}
        Ok(())
    }
}

/// Whether `path` still is in the state `stamp`.
pub fn is_unchanged(path: &Path, stamp: Stamp) -> bool {
    fs::metadata(path).is_ok_and(|metadata| Stamp::of(&metadata) == stamp)
}
