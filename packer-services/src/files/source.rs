//! Reads a file consistently: once, hashed, and with proof that it did not change meanwhile (decision: settled reads).

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::folder::{Opened, open_regular};
use super::{DiskError, OpenError, RecordedFile, Sha, disk, is_absent};
use crate::diagnostics::{Code, Finding, format_bytes};
use crate::limits::SOURCE_FILE_BYTES;

/// A file that changed this recently may change again without a new time stamp: FAT counts in steps of two seconds, and
/// no common file system is coarser.
const RACY: Duration = Duration::from_secs(2);

/// A program that has a file mapped into its memory changes the file's times only with its first change of a part after
/// the system wrote that part to the disk. By default, Linux does so at most 35 s after a change.
const MAPPED: Duration = Duration::from_secs(60);

/// Seconds and nanoseconds since 1970.
type Time = (i64, u32);

/// Distinguishes two states of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "StampFields", from = "StampFields")]
pub struct Stamp {
    size_bytes: u64,
    modified: Option<Time>,
    /// When the file, its name or its permissions were last changed: no program can set this time, except on disks
    /// without it, which report another one ([`disk::has_change_times`]). `None` on systems that do not have it.
    changed: Option<Time>,
    device: u64,
    inode: u64,
}

/// A stamp as it is stored: its fields, in order.
type StampFields = (u64, Option<Time>, Option<Time>, u64, u64);

impl From<Stamp> for StampFields {
    fn from(stamp: Stamp) -> Self {
        (stamp.size_bytes, stamp.modified, stamp.changed, stamp.device, stamp.inode)
    }
}

impl From<StampFields> for Stamp {
    fn from((size_bytes, modified, changed, device, inode): StampFields) -> Self {
        Self { size_bytes, modified, changed, device, inode }
    }
}

impl Stamp {
    /// Whether both are of one file, as far as the system distinguishes files.
    pub(super) fn is_of_same_file(&self, other: &Self) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }

    pub(super) fn of(metadata: &fs::Metadata) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Self {
                size_bytes: metadata.size(),
                modified: Some((metadata.mtime(), nanoseconds(metadata.mtime_nsec()))),
                changed: Some((metadata.ctime(), nanoseconds(metadata.ctime_nsec()))),
                device: metadata.dev(),
                inode: metadata.ino(),
            }
        }
        #[cfg(not(unix))]
        {
            let modified = metadata.modified().ok().map(time_of);
            Self { size_bytes: metadata.len(), modified, changed: None, device: 0, inode: 0 }
        }
    }

    /// From what the system says about an entry of a folder; `None` if that is not a regular file.
    #[cfg(unix)]
    pub(super) fn of_entry(stat: &rustix::fs::Stat) -> Option<Self> {
        let is_file = rustix::fs::FileType::from_raw_mode(stat.st_mode) == rustix::fs::FileType::RegularFile;
        is_file.then(|| Self::of_stat(stat))
    }

    /// From what the system says about a file or folder.
    #[cfg(unix)]
    #[expect(clippy::useless_conversion, clippy::cast_sign_loss, reason = "the types of these fields differ by system")]
    pub(super) fn of_stat(stat: &rustix::fs::Stat) -> Self {
        Self {
            size_bytes: stat.st_size as u64,
            modified: Some((i64::from(stat.st_mtime), nanoseconds(stat.st_mtime_nsec))),
            changed: Some((i64::from(stat.st_ctime), nanoseconds(stat.st_ctime_nsec))),
            device: u64::from(stat.st_dev),
            inode: u64::from(stat.st_ino),
        }
    }

    /// The file's size.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Whether an equal stamp, now, proves an equal content: not of a file that was written a moment ago.
    pub fn is_proof(&self) -> bool {
        !self.is_racy()
    }

    /// Whether an equal stamp proves an equal content even in another process and much later: only a time that no
    /// program can set does, and only if nobody changes the file through a memory map, who may have set the other time.
    pub fn is_lasting_proof(&self) -> bool {
        let is_old = |time: Option<Time>| time.is_some_and(|time| !is_within(time, MAPPED));
        self.is_proof() && is_old(self.modified) && is_old(self.changed)
    }

    /// Whether the file changed so recently that another change might leave its stamp equal.
    fn is_racy(&self) -> bool {
        let recent = |time: Time| is_within(time, RACY);
        self.modified.is_none_or(recent) || self.changed.is_some_and(recent)
    }
}

/// Whether `time` is in the last `period`, or in the future. The answer decides only whether a file is read twice, and
/// never a byte of a pack.
fn is_within(time: Time, period: Duration) -> bool {
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the clock; see clippy.toml")]
    let now = SystemTime::now();
    nanoseconds_since_1970(time_of(now)) - nanoseconds_since_1970(time) < period.as_nanos().cast_signed()
}

fn nanoseconds_since_1970((seconds, nanoseconds): Time) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds)
}

fn time_of(time: SystemTime) -> Time {
    let whole = |age: Duration| (i64::try_from(age.as_secs()).unwrap_or(i64::MAX), age.subsec_nanos());
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(age) => whole(age),
        Err(before) => {
            let (seconds, nanoseconds) = whole(before.duration());
            if nanoseconds == 0 { (-seconds, 0) } else { (-seconds - 1, 1_000_000_000 - nanoseconds) }
        }
    }
}

/// The nanoseconds of a time, which every system counts from 0 to 999,999,999.
#[cfg(unix)]
fn nanoseconds(count: impl TryInto<u32>) -> u32 {
    count.try_into().unwrap_or(0)
}

/// A regular file that was opened for reading.
#[derive(Debug)]
pub struct SourceFile {
    path: PathBuf,
    file: File,
    stamp: Stamp,
    /// Whether the stamp is a proof in another process, as of when the file was opened.
    is_lasting_proof: bool,
}

impl SourceFile {
    pub(super) fn new(path: PathBuf, file: File, metadata: &fs::Metadata) -> Self {
        let stamp = Stamp::of(metadata);
        let is_lasting_proof = stamp.is_lasting_proof() && disk::has_change_times(&file);
        Self { stamp, is_lasting_proof, path, file }
    }

    /// Opens a file that the user named; links are followed.
    ///
    /// # Errors
    /// If it is missing or cannot be opened (a [`DiskError`]), or is not a regular file.
    pub fn from_path(path: &Path) -> Result<Self, OpenError> {
        let cannot_read = |error| OpenError::Disk(DiskError::reading(path)(error));
        let opened = match open_regular(path).map_err(cannot_read)? {
            Opened::Link => {
                let real = fs::canonicalize(path).map_err(cannot_read)?;
                open_regular(&real).map_err(cannot_read)?
            }
            opened => opened,
        };
        match opened {
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

    /// Fills `buffer` with the bytes from `offset` on, wherever other reads are.
    ///
    /// # Errors
    /// If the file ends before, or the system refuses.
    pub fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        #[cfg(unix)]
        {
            std::os::unix::fs::FileExt::read_exact_at(&self.file, buffer, offset)
        }
        #[cfg(windows)]
        {
            let mut filled = 0;
            while filled < buffer.len() {
                let at = offset + filled as u64;
                match std::os::windows::fs::FileExt::seek_read(&self.file, &mut buffer[filled..], at)? {
                    0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                    count => filled += count,
                }
            }
            Ok(())
        }
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

    /// The whole content, if it has at most `limit` bytes; `None` if it has more. It is not hashed, and whether the
    /// file changed while it was read is unknown.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn read_bytes(self, limit: u64) -> Result<Option<Vec<u8>>, DiskError> {
        if self.size_bytes() > limit {
            return Ok(None);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(self.size_bytes()).unwrap_or(0));
        let read = (&self.file).take(limit + 1).read_to_end(&mut bytes);
        read.map_err(DiskError::reading(self.path))?;
        Ok((bytes.len() as u64 <= limit).then_some(bytes))
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
        let (file, is_consistent) = match reading.finish()? {
            ReadOutcome::Unchanged { file } => (file, true),
            ReadOutcome::Changed => (RecordedFile::unproven(&bytes), false),
        };
        Ok(Some(FileContent { bytes, file, stamp, is_consistent }))
    }
}

/// A whole file in memory.
#[derive(Debug)]
pub struct FileContent {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Their hash and count.
    pub file: RecordedFile,
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
        /// The content.
        file: RecordedFile,
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
        let stamp = Some(self.source.stamp).filter(|_| self.source.is_lasting_proof);
        let unchanged = ReadOutcome::Unchanged { file: RecordedFile { sha256, size_bytes: self.bytes_read, stamp } };
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
