//! Opens files below a folder: only regular files, through no linked folder, and without blocking on a pipe.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::held::{HeldFolder, read_at};
use super::moved::follow_links;
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
    /// A folder of the path is something else: what it is.
    NotAFolder(String, &'static str),
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
            Self::NotAFolder(folder, what) => Finding::new(
                Code::FileNotRegular,
                format!("the path needs the folder `{}`; this is {what}", escaped(&folder)),
                "Move it away, or use another path.",
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

/// A folder that is reached without following a link, to open files below it.
///
/// It is not held open, because a project has more folders than a process may hold. Instead each file is opened from
/// the folder that the user named, in one step that follows no link.
#[derive(Clone, Debug)]
pub struct Folder {
    /// The folder that the user named; links are followed up to here.
    base: PathBuf,
    /// This folder, relative to `base`.
    below: PathBuf,
    path: PathBuf,
    /// What will be at paths below this folder; later ones take precedence.
    planned: Vec<(RelPath, Planned)>,
    /// The path that it will have, if that is another one; without links.
    future_path: Option<PathBuf>,
}

/// What will be at a path, instead of what is there now.
#[derive(Clone, Debug)]
enum Planned {
    /// This file.
    File(PathBuf),
    /// This folder.
    Folder(Folder),
    /// Nothing.
    Nothing,
}

impl Folder {
    /// The folder that the user named; links are followed up to here.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        let base = path.into();
        Self { path: base.clone(), base, below: PathBuf::new(), planned: Vec::new(), future_path: None }
    }

    /// The folder `below` this one, which need not exist. No link on the way to it will be followed.
    #[must_use]
    pub fn below(&self, below: impl AsRef<Path>) -> Self {
        Self { below: self.below.join(&below), path: self.path.join(below), ..Self::at(self.base.clone()) }
    }

    /// The folder as it will be with these files, which are somewhere else yet.
    #[must_use]
    pub fn with_planned_files(mut self, files: &[(RelPath, PathBuf)]) -> Self {
        self.planned.extend(files.iter().map(|(path, place)| (path.clone(), Planned::File(place.clone()))));
        self
    }

    /// The folder as it will be with this one at `path`; it is somewhere else yet.
    #[must_use]
    pub fn with_planned_folder(mut self, path: &RelPath, folder: &Self) -> Self {
        let mut folder = folder.clone();
        if let Some(here) = self.real_path() {
            folder = folder.placed_at(here.join(path.as_str()));
        }
        self.planned.push((path.clone(), Planned::Folder(folder)));
        self
    }

    /// The folder as it will be at this path, which is without links: there, links in it lead elsewhere.
    #[must_use]
    pub fn placed_at(mut self, path: PathBuf) -> Self {
        self.future_path = Some(path);
        self
    }

    /// The folder as it will be without the file or folder at `path`.
    #[must_use]
    pub fn without(mut self, path: &RelPath) -> Self {
        self.planned.push((path.clone(), Planned::Nothing));
        self
    }

    /// A folder below this one.
    ///
    /// # Errors
    /// If it is missing or not a folder, or if a folder of the path is a link.
    pub fn open_folder(&self, path: &RelPath) -> Result<Self, OpenError> {
        let (at, mut folder) = match self.planned_at(path) {
            None => {
                self.hold()?.open_folder(path.as_str())?;
                (0, self.below(path.as_str()))
            }
            Some((at, None, Planned::Folder(folder))) => (at, folder.clone()),
            Some((at, Some(rest), Planned::Folder(folder))) => (at, folder.open_folder(&rest)?),
            Some((_, _, Planned::File(_))) => {
                return Err(OpenError::NotAFolder(path.as_str().to_owned(), "a file"));
            }
            Some((_, _, Planned::Nothing)) => return Err(OpenError::Missing { twin: None }),
        };
        let inside = self.planned[at..].iter().filter_map(|(planned, what)| Some((planned.below(path)?, what.clone())));
        folder.planned.extend(inside);
        Ok(folder)
    }

    /// What is planned for a path, or for a folder that it is in: where that is in the list, and the rest of the path.
    fn planned_at(&self, path: &RelPath) -> Option<(usize, Option<RelPath>, &Planned)> {
        self.planned.iter().enumerate().rev().find_map(|(at, (planned, what))| {
            let rest = path.below(planned);
            (rest.is_some() || planned == path).then_some((at, rest, what))
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder itself, held open.
    ///
    /// # Errors
    /// If it is missing or not a folder, or a folder on the way to it is a link.
    pub fn hold(&self) -> Result<HeldFolder, OpenError> {
        self.hold_base()?.open_folder(&self.below)
    }

    fn hold_base(&self) -> Result<HeldFolder, OpenError> {
        HeldFolder::at(&self.base).map_err(|error| match is_absent(&error) {
            true => OpenError::Missing { twin: None },
            false => OpenError::Disk(DiskError::reading(&self.base)(error)),
        })
    }

    /// Opens a regular file below this folder. A link is followed if it leads to a regular file in this folder.
    /// Never blocks, whatever is at the path.
    ///
    /// # Errors
    /// As [`OpenError`] lists.
    pub fn open(&self, path: &RelPath) -> Result<SourceFile, OpenError> {
        match self.planned_at(path) {
            None => self.open_as(path, path.as_str()),
            Some((_, None, Planned::File(place))) => SourceFile::from_path(place),
            Some((_, Some(rest), Planned::Folder(folder))) => folder.open(&rest),
            Some((_, Some(_), Planned::File(_)) | (_, _, Planned::Nothing)) => Err(OpenError::Missing { twin: None }),
            Some((_, None, Planned::Folder(_))) => Err(OpenError::NotRegular("a folder")),
        }
    }

    fn open_as(&self, asked: &RelPath, path: &str) -> Result<SourceFile, OpenError> {
        let full_path = self.path.join(path);
        let opened = match self.hold_base()?.open_file(&self.below.join(path)) {
            Ok(opened) => Ok(opened),
            Err(error) => {
                self.check_folders_above(path)?;
                Opened::instead_of(&full_path, error)
            }
        };
        match opened {
            Ok(Opened::Regular(file, metadata)) => {
                if CASE_MAY_LIE && let Some(twin) = self.find_twin(asked) {
                    return Err(OpenError::Missing { twin: Some(twin) });
                }
                Ok(SourceFile::new(full_path, file, &metadata))
            }
            Ok(Opened::Link) => self.open_link(asked, path, &full_path),
            Ok(Opened::Other(what)) => Err(OpenError::NotRegular(what)),
            Err(error) if is_absent(&error) => Err(OpenError::Missing { twin: self.find_twin(asked) }),
            // There was a link on the way a moment ago.
            Err(error) if is_loop(&error) => Err(OpenError::FolderIsLink(shown(Path::new(path).parent(), &self.below))),
            Err(error) => Err(OpenError::Disk(DiskError::reading(full_path)(error))),
        }
    }

    fn open_link(&self, asked: &RelPath, path: &str, full_path: &Path) -> Result<SourceFile, OpenError> {
        let outside = || {
            let to = fs::read_link(full_path).map(|to| display_path(&to)).unwrap_or_default();
            Err(OpenError::LinkOutside(to))
        };
        if self.future_path.is_some() || !self.planned.is_empty() {
            return self.open_planned_link(path).unwrap_or_else(outside);
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

    /// Opens what a link leads to when all that is planned is there; `None` if that is outside, or nothing.
    fn open_planned_link(&self, path: &str) -> Option<Result<SourceFile, OpenError>> {
        let here = self.real_path()?;
        let real = follow_links(&here.join(path), |path| match path.strip_prefix(&here) {
            Ok(inside) => self.place_of(inside),
            Err(_) => Some(path.to_owned()),
        });
        let inside = real.strip_prefix(&here).ok()?;
        // Too many links end at a link.
        let is_there = fs::symlink_metadata(self.place_of(inside)?).is_ok_and(|found| !found.is_symlink());
        if is_there { Some(self.open(&RelPath::parse(inside.to_str()?).ok()?)) } else { None }
    }

    /// Where it is, or will be, without links.
    fn real_path(&self) -> Option<PathBuf> {
        self.future_path.clone().or_else(|| fs::canonicalize(&self.path).ok())
    }

    /// Where is now what will be at a path below this folder; `None` if nothing will be.
    fn place_of(&self, inside: &Path) -> Option<PathBuf> {
        let relative = inside.to_str().and_then(|inside| RelPath::parse(inside).ok());
        match relative.as_ref().and_then(|relative| self.planned_at(relative)) {
            None => Some(self.path.join(inside)),
            Some((_, None, Planned::File(place))) => Some(place.clone()),
            Some((_, None, Planned::Folder(folder))) => Some(folder.path.clone()),
            Some((_, Some(rest), Planned::Folder(folder))) => folder.place_of(Path::new(rest.as_str())),
            Some((_, Some(_), Planned::File(_)) | (_, _, Planned::Nothing)) => None,
        }
    }

    /// Refuses links among the folders above `path`. Missing ones are not its concern.
    fn check_folders_above(&self, path: &str) -> Result<(), OpenError> {
        let above = Path::new(path).parent().unwrap_or(Path::new(""));
        for (start, below) in [(&self.base, &*self.below), (&self.path, above)] {
            match check_folders(start, below) {
                Err(OpenError::Missing { .. } | OpenError::NotAFolder(..)) | Ok(()) => {}
                Err(other) => return Err(other),
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

impl Opened {
    pub(super) fn of(file: File, metadata: fs::Metadata) -> Self {
        if metadata.is_file() { Self::Regular(file, metadata) } else { Self::Other(kind_name(&metadata)) }
    }

    /// What is at a path that could not be opened. A link (ELOOP), a socket (ENXIO) or a folder is reported as what it
    /// is, and not as the error.
    pub(super) fn instead_of(path: &Path, error: io::Error) -> io::Result<Self> {
        if is_absent(&error) {
            return Err(error);
        }
        match fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_symlink() => Ok(Self::Link),
            Ok(metadata) if !metadata.is_file() => Ok(Self::Other(kind_name(&metadata))),
            _ => Err(error),
        }
    }
}

/// Opens a path that the user named, without following a final link and without waiting for a pipe's other end.
pub(super) fn open_regular(path: &Path) -> io::Result<Opened> {
    match read_at(path) {
        Ok(file) => {
            let metadata = file.metadata()?;
            Ok(Opened::of(file, metadata))
        }
        Err(error) => Opened::instead_of(path, error),
    }
}

/// Refuses links and non-folders among the segments of `below`.
fn check_folders(base: &Path, below: &Path) -> Result<(), OpenError> {
    let mut seen = PathBuf::new();
    for segment in below {
        seen.push(segment);
        let full_path = base.join(&seen);
        match fs::symlink_metadata(&full_path) {
            Ok(metadata) if metadata.is_symlink() => return Err(OpenError::FolderIsLink(shown(Some(&seen), below))),
            Ok(metadata) if metadata.is_dir() => {}
            Ok(metadata) => {
                let what = if metadata.is_file() { "a file" } else { kind_name(&metadata) };
                return Err(OpenError::NotAFolder(shown(Some(&seen), below), what));
            }
            Err(error) if is_absent(&error) => return Err(OpenError::Missing { twin: None }),
            Err(error) => return Err(OpenError::Disk(DiskError::reading(full_path)(error))),
        }
    }
    Ok(())
}

/// Why the folder `below` could not be opened: what is at its path, or else the error.
pub(super) fn explain_folders(base: &Path, below: &Path, error: io::Error) -> OpenError {
    match check_folders(base, below) {
        Err(found) => found,
        Ok(()) if error.kind() == io::ErrorKind::NotFound => OpenError::Missing { twin: None },
        // It was a link a moment ago.
        Ok(()) if is_loop(&error) || is_absent(&error) => OpenError::FolderIsLink(shown(Some(below), below)),
        Ok(()) => OpenError::Disk(DiskError::reading(base.join(below))(error)),
    }
}

/// A path of a finding, with `/`; `otherwise` if it is empty.
fn shown(path: Option<&Path>, otherwise: &Path) -> String {
    let path = path.filter(|path| !path.as_os_str().is_empty()).unwrap_or(otherwise);
    path.iter().map(|segment| segment.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Whether the error means that there was a link where none is followed.
fn is_loop(error: &io::Error) -> bool {
    #[cfg(unix)]
    {
        error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
    }
    #[cfg(not(unix))]
    {
        let _ = error;
        false
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
