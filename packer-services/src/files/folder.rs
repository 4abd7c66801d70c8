//! Opens files below a folder: only regular files, through no linked folder, and without blocking on a pipe.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::{DiskError, SourceFile, display_path, is_absent};
use crate::diagnostics::{AsFinding, Code, Finding, Fix, escaped};
use crate::paths::{RelPath, fold_key};

/// Why a named file could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// It does not exist; perhaps a twin does, whose name differs only in case or Unicode form.
    Missing {
        /// The twin, relative to the same folder.
        twin: Option<String>,
    },
    /// It is a folder, a pipe, a device…
    NotRegular(&'static str),
    /// A folder of the path is a link.
    FolderIsLink(String),
    /// It is a link that leads out of its folder or to nothing.
    LinkOutside(String),
    /// The system refused.
    Disk(DiskError),
}

impl OpenError {
    /// The finding about `path`, which is relative to the folder that was searched.
    pub fn into_finding_about(self, path: &RelPath) -> Finding {
        if let Self::Missing { twin: Some(twin) } = self {
            return Finding::new(
                Code::FileTwin,
                format!("the file does not exist, but `{}` does", escaped(&twin)),
                format!("Rename the file to `{path}`: on some systems these are two different names."),
            )
            .fix(Fix::Rename { from: twin, to: path.as_str().to_owned() })
            .file(path.as_str());
        }
        self.into_finding().file(path.as_str())
    }

    /// The finding, without a file.
    pub fn into_finding(self) -> Finding {
        match self {
            Self::Missing { .. } => Finding::new(
                Code::FileMissing,
                "the file does not exist",
                "Put the file there, or change the path in `asset.json`.",
            ),
            Self::NotRegular(what) => Finding::new(
                Code::FileNotRegular,
                format!("a regular file is required; this is {what}"),
                "Put a regular file there, or change the path in `asset.json`.",
            ),
            Self::FolderIsLink(folder) => Finding::new(
                Code::FolderIsLink,
                format!("the folder `{}` is a link", escaped(&folder)),
                "Replace the link with the folder itself: links to folders are not followed.",
            ),
            Self::LinkOutside(to) => Finding::new(
                Code::LinkOutside,
                format!("this is a link to `{}`, which is not a file of this asset root", escaped(&to)),
                "Replace the link with the file itself: a link may lead only to a file in the same root.",
            ),
            Self::Disk(error) => error.as_finding(),
        }
    }
}

/// A folder that was reached without following a link, to open files below it.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder that the user named; links are followed up to here.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// A folder below this one.
    ///
    /// # Errors
    /// If it is missing or not a folder, or if a folder of the path is a link.
    pub fn open_folder(&self, path: &RelPath) -> Result<Self, OpenError> {
        self.check_folders(path.as_str())?;
        Ok(Self { path: self.path.join(path.as_str()) })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a regular file below this folder. A link is followed if it leads to a regular file in this folder.
    /// Never blocks, whatever is at the path.
    ///
    /// # Errors
    /// As [`OpenError`] lists.
    pub fn open(&self, path: &RelPath) -> Result<SourceFile, OpenError> {
        self.open_as(path, path.as_str())
    }

    fn open_as(&self, asked: &RelPath, path: &str) -> Result<SourceFile, OpenError> {
        let full_path = self.path.join(path);
        match open_regular(&full_path) {
            Ok(Opened::Regular(file, metadata)) => {
                if let Some((parent, _)) = path.rsplit_once('/') {
                    self.check_folders(parent)?;
                }
                if CASE_MAY_LIE && let Some(twin) = self.find_twin(asked) {
                    return Err(OpenError::Missing { twin: Some(twin) });
                }
                Ok(SourceFile::new(full_path, file, &metadata))
            }
            Ok(Opened::Link) => self.open_link(asked, path, &full_path),
            Ok(Opened::Other(what)) => Err(OpenError::NotRegular(what)),
            Err(error) if is_absent(&error) => {
                if let Some((parent, _)) = path.rsplit_once('/') {
                    match self.check_folders(parent) {
                        Err(OpenError::Missing { .. } | OpenError::NotRegular(_)) | Ok(()) => {}
                        Err(other) => return Err(other),
                    }
                }
                Err(OpenError::Missing { twin: self.find_twin(asked) })
            }
            Err(error) => Err(OpenError::Disk(DiskError::reading(full_path)(error))),
        }
    }

    fn open_link(&self, asked: &RelPath, path: &str, full_path: &Path) -> Result<SourceFile, OpenError> {
        let outside = || {
            let to = fs::read_link(full_path).map(|to| display_path(&to)).unwrap_or_default();
            Err(OpenError::LinkOutside(to))
        };
        if let Some((parent, _)) = path.rsplit_once('/') {
            self.check_folders(parent)?;
        }
        let (Ok(real), Ok(here)) = (fs::canonicalize(full_path), fs::canonicalize(&self.path)) else {
            return outside();
        };
        match real.strip_prefix(&here).ok().and_then(Path::to_str) {
            // `real` is canonical, so this finds another link only if one was created just now.
            Some(inside) if inside != path => self.open_as(asked, inside),
            _ => outside(),
        }
    }

    /// Refuses links and non-folders among the segments of `path`.
    fn check_folders(&self, path: &str) -> Result<(), OpenError> {
        let mut full_path = self.path.clone();
        let mut shown_path = String::new();
        for segment in path.split('/') {
            full_path.push(segment);
            if !shown_path.is_empty() {
                shown_path.push('/');
            }
            shown_path.push_str(segment);
            match fs::symlink_metadata(&full_path) {
                Ok(metadata) if metadata.is_symlink() => return Err(OpenError::FolderIsLink(shown_path)),
                Ok(metadata) if metadata.is_dir() => {}
                Ok(_) => return Err(OpenError::NotRegular("a file where a folder is required")),
                Err(error) if is_absent(&error) => return Err(OpenError::Missing { twin: None }),
                Err(error) => return Err(OpenError::Disk(DiskError::reading(full_path)(error))),
            }
        }
        Ok(())
    }

    /// A path that exists and differs from `path` only in case or Unicode form.
    pub fn find_twin(&self, path: &RelPath) -> Option<String> {
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

/// Whether the system may open a file under another spelling of its name.
const CASE_MAY_LIE: bool = cfg!(any(windows, target_os = "macos"));

/// What opening a path found.
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
        Ok(metadata) if metadata.is_file() => super::open_any(path),
        Ok(_) => Err(io::ErrorKind::InvalidInput.into()),
        Err(error) => Err(error),
    };
    match opened {
        Ok(file) => {
            let metadata = file.metadata()?;
            Ok(if metadata.is_file() { Opened::Regular(file, metadata) } else { Opened::Other(kind_name(&metadata)) })
        }
        Err(error) if is_absent(&error) => Err(error),
        // A link (ELOOP), a socket (ENXIO) or a folder cannot be opened: report what it is, not the error.
        Err(error) => match fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_symlink() => Ok(Opened::Link),
            Ok(metadata) if !metadata.is_file() => Ok(Opened::Other(kind_name(&metadata))),
            _ => Err(error),
        },
    }
}

pub(super) fn kind_name(metadata: &fs::Metadata) -> &'static str {
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
