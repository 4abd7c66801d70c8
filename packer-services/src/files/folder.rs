//! Opening files below a folder: only regular ones, no link on the way, no waiting for a pipe's other end.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::{DiskError, Source, is_absent, shown};
use crate::diagnostics::{AsFinding, Code, Finding, Fix, escaped};
use crate::paths::{RelPath, fold_key};

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
        if let Self::Missing { twin: Some(twin) } = self {
            return Finding::new(
                Code::FileTwin,
                format!("the file does not exist, but `{}` does", escaped(&twin)),
                "Rename the file, so that it is found on every system.",
            )
            .fix(Fix::Rename { from: twin, to: path.as_str().to_owned() })
            .file(path.as_str());
        }
        self.described().file(path.as_str())
    }

    /// The finding, without a file.
    pub fn described(self) -> Finding {
        match self {
            Self::Missing { .. } => Finding::new(
                Code::FileMissing,
                "the file does not exist",
                "Put the file there, or change the path in `asset.json`.",
            ),
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
        }
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
            Ok(Opened::Regular(file, metadata)) => {
                if let Some((parent, _)) = path.rsplit_once('/') {
                    self.check_folders(parent)?;
                }
                if CASE_MAY_LIE && let Some(twin) = self.twin(asked) {
                    return Err(OpenError::Missing { twin: Some(twin) });
                }
                Ok(Source::new(whole, file, &metadata))
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

/// What stands at a path.
pub(super) enum Opened {
    Regular(File, fs::Metadata),
    Link,
    Other(&'static str),
}

/// Opens without following a final link and without waiting for a pipe's other end.
pub(super) fn open_regular(path: &Path) -> io::Result<Opened> {
    #[cfg(unix)]
    let opened = {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        rustix::fs::open(path, flags, Mode::empty()).map(File::from).map_err(io::Error::from)
    };
    #[cfg(not(unix))]
    let opened = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => super::open_plainly(path),
        Ok(_) => Err(io::ErrorKind::InvalidInput.into()),
        Err(error) => Err(error),
    };
    match opened {
        Ok(file) => {
            let metadata = file.metadata()?;
            Ok(if metadata.is_file() { Opened::Regular(file, metadata) } else { Opened::Other(kind_of(&metadata)) })
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

pub(super) fn kind_of(metadata: &fs::Metadata) -> &'static str {
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
