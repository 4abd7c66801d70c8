//! A project's folder and the paths in it (spec: packer charter, "Domain boundary").

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostics::{AsFinding, Code, Finding};
use crate::files::{self, DiskError, FileContent, Folder, HeldFolder, OpenError, PathKind, SourceFile};
use crate::limits::REGISTRY_BYTES;
use crate::paths::RelPath;
use crate::registry::{REGISTRY_FILE, Registry};

/// The pack and its companions, in the order in which they are published: the pack last.
pub const OUTPUTS: [&str; 4] = ["asset_table.json", "preload.json", METADATA_FILE, PACK_FILE];
/// The pack's name.
pub const PACK_FILE: &str = "assets.pa";

/// Where [`Pack`](crate::ops::Pack) publishes the pack of the project in this folder.
pub fn pack_path(project: &Path) -> PathBuf {
    project.join("build").join(PACK_FILE)
}

/// The name of the companion that holds the pack's hash.
pub const METADATA_FILE: &str = "asset_table_metadata.json";
/// The tool folder, relative to the project.
pub const TOOL_FOLDER: &str = "assets/.prometeu";
/// What the last pack was built from, relative to the project.
pub const CACHE_FILE: &str = "assets/.prometeu/cache.json";
/// The ids of the last pack, relative to the project.
pub const IDENTITIES_FILE: &str = "assets/.prometeu/identities.json";
/// The lock file's name in the tool folder.
pub const LOCK_FILE: &str = "lock";

/// The `.gitignore` of the tool folder.
const NOT_COMMITTED: &str = "cache.json\nidentities.json\nlock\n";
/// The `.gitattributes` of `assets/`. It keeps LF line ends on every system, because the bytes of these files are
/// hashed.
const LINE_ENDS: &str = "asset.json text eol=lf\n.prometeu/index.json text eol=lf\n";

/// The prefix of the folders in which `create` stages new roots.
const STAGED_ROOT_PREFIX: &str = "create-";

/// A project's folder.
#[derive(Clone, Debug)]
pub struct Project {
    root: PathBuf,
}

/// Why a folder is not a usable project.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// There is no registry.
    #[error("there is no registry at {}", .0.display())]
    NoRegistry(PathBuf),
    /// The registry is not a regular file, or a folder above it is a link.
    #[error("{}", .0.message)]
    Unusable(Box<Finding>),
    /// The system refused.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// The project that a registry's path belongs to.
fn root_of(registry: &Path) -> &Path {
    registry.ancestors().nth(3).filter(|root| !root.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

impl From<OpenError> for ProjectError {
    fn from(error: OpenError) -> Self {
        let file = match error {
            OpenError::Disk(error) => return Self::Disk(error),
            OpenError::FolderIsLink(ref folder) | OpenError::NotAFolder(ref folder, _) => folder.clone(),
            _ => TOOL_FOLDER.to_owned(),
        };
        Self::Unusable(Box::new(error.into_finding().file(file)))
    }
}

impl AsFinding for ProjectError {
    fn as_finding(&self) -> Finding {
        match self {
            Self::NoRegistry(path) => Finding::new(
                Code::NotAProject,
                format!("`{}` is not a project: it has no `{REGISTRY_FILE}`", files::display_path(root_of(path))),
                "Pass the folder that contains `assets/`, or create a project with `prometeu-packer init PROJECT`.",
            )
            .file(files::display_path(path)),
            Self::Unusable(finding) => (**finding).clone(),
            Self::Disk(error) => error.as_finding(),
        }
    }
}

impl Project {
    /// The project in `root`. Whether it is a project is checked when its registry is read.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `assets/`.
    pub fn assets_folder(&self) -> PathBuf {
        self.root.join("assets")
    }

    /// The project's folder, to reach files in it without following a link on the way.
    pub fn folder(&self) -> Folder {
        Folder::at(&self.root)
    }

    /// `assets/`, to reach files in it without following a link on the way.
    pub fn assets(&self) -> Folder {
        self.folder().below("assets")
    }

    /// `assets/.prometeu/`, to reach files in it without following a link on the way.
    pub fn tools(&self) -> Folder {
        self.folder().below(TOOL_FOLDER)
    }

    /// `assets/.prometeu/index.json`.
    pub fn registry_path(&self) -> PathBuf {
        self.root.join(REGISTRY_FILE)
    }

    /// The files of a project that has only this registry, relative to its folder. The registry is the last one: it
    /// makes the folder a project.
    pub fn initial_files(registry: &Registry) -> [(&'static str, Vec<u8>); 3] {
        [
            ("assets/.prometeu/.gitignore", NOT_COMMITTED.as_bytes().to_vec()),
            ("assets/.gitattributes", LINE_ENDS.as_bytes().to_vec()),
            (REGISTRY_FILE, registry.to_bytes()),
        ]
    }

    /// `assets/.prometeu/identities.json`.
    pub fn identities_path(&self) -> PathBuf {
        self.root.join(IDENTITIES_FILE)
    }

    /// The name of the folder in `assets/.prometeu/` where `create` builds a new root, before it is in place.
    pub fn staged_root_name(unique: &str) -> String {
        format!("{STAGED_ROOT_PREFIX}{unique}")
    }

    /// Removes what a killed packer left in the tool folder. The caller must hold the lock. Returns notes about what
    /// could not be removed.
    pub fn remove_leftovers(tools: &HeldFolder) -> Vec<Finding> {
        let is_leftover = |name: &&OsString| {
            let name = name.to_str().unwrap_or_default();
            name.starts_with(STAGED_ROOT_PREFIX) || name.ends_with(files::STAGED_SUFFIX)
        };
        let names = tools.names().unwrap_or_default();
        let kept = names.iter().filter(is_leftover).filter_map(|name| {
            let error = tools.remove_all(name).err()?;
            Some(leftover_note(&Path::new(TOOL_FOLDER).join(name), &error))
        });
        kept.collect()
    }

    /// `build/`.
    pub fn build_folder(&self) -> PathBuf {
        self.root.join("build")
    }

    /// Refuses a project whose `assets/` or tool folder is a link: files written there must stay in the project.
    ///
    /// # Errors
    /// The finding that names the link.
    pub fn refuse_links(&self) -> Result<(), ProjectError> {
        let link = ["assets", "assets/.prometeu"].into_iter().find(|folder| files::is_link(&self.root.join(folder)));
        match link {
            None => Ok(()),
            Some(folder) => Err(ProjectError::Unusable(Box::new(
                OpenError::FolderIsLink(folder.to_owned()).into_finding().file(folder),
            ))),
        }
    }

    /// The registry's bytes; `None` if it is larger than its limit.
    ///
    /// # Errors
    /// If there is no registry, or it cannot be read.
    pub fn read_registry(&self) -> Result<Option<FileContent>, ProjectError> {
        Ok(self.open_registry()?.read_whole(REGISTRY_BYTES)?)
    }

    /// The bytes of the registry, which are not hashed; `None` if there are more than of any registry.
    ///
    /// # Errors
    /// As [`Project::read_registry`].
    pub fn read_registry_bytes(&self) -> Result<Option<Vec<u8>>, ProjectError> {
        Ok(self.open_registry()?.read_bytes(REGISTRY_BYTES)?)
    }

    /// Opens the registry, without which the folder is not a project.
    ///
    /// # Errors
    /// If there is no registry, or it cannot be opened.
    pub fn open_registry(&self) -> Result<SourceFile, ProjectError> {
        self.refuse_links()?;
        let path = RelPath::of_packer("index.json".to_owned());
        match self.tools().open(&path) {
            Ok(source) => Ok(source),
            Err(OpenError::Missing { .. }) => Err(ProjectError::NoRegistry(self.registry_path())),
            Err(OpenError::Disk(error)) => Err(error.into()),
            Err(other) => Err(ProjectError::Unusable(Box::new(other.into_finding_about(&path).file(REGISTRY_FILE)))),
        }
    }

    /// Opens an output for reading, if it exists.
    ///
    /// # Errors
    /// If it is not a regular file, or the system refuses.
    pub fn open_output(&self, name: &str) -> Result<Option<SourceFile>, OutputError> {
        let path = self.build_folder().join(name);
        match files::path_kind(&path)? {
            PathKind::Absent => {
                self.check_build_folder()?;
                Ok(None)
            }
            PathKind::Other(what) => Err(OutputError::NotAFile(name.to_owned(), what)),
            PathKind::RegularFile => match Folder::at(self.build_folder()).open(&RelPath::of_packer(name.to_owned())) {
                Ok(source) => Ok(Some(source)),
                Err(OpenError::Disk(error)) => Err(error.into()),
                Err(_) => Err(OutputError::NotAFile(name.to_owned(), "something else")),
            },
        }
    }

    /// Refuses something that is not a folder in the place of `build/`, which may be a link to a folder.
    ///
    /// # Errors
    /// If there is, or the system refuses.
    pub fn check_build_folder(&self) -> Result<(), OutputError> {
        let build = self.build_folder();
        match files::path_kind(&build)? {
            PathKind::Other("a link") if !build.is_dir() => {
                Err(OutputError::NoBuildFolder("a link that leads to no folder"))
            }
            PathKind::Absent | PathKind::Other("a folder" | "a link") => Ok(()),
            PathKind::RegularFile => Err(OutputError::NoBuildFolder("a file")),
            PathKind::Other(what) => Err(OutputError::NoBuildFolder(what)),
        }
    }
}

/// A note about something of the packer's own that could not be removed, such as a stage.
pub(crate) fn leftover_note(path: &Path, error: &io::Error) -> Finding {
    let finding = Finding::new(
        Code::LeftoverKept,
        format!("the packer could not remove this, which only it needed: {}", files::system_message(error)),
        "Nothing depends on it. Remove it, or run the packer again: it tries again.",
    );
    finding.file(files::display_path(path))
}

/// The stage folder, relative to `build/`.
pub const STAGE_FOLDER: &str = ".prometeu";

/// Why an output cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// A folder, a link, a pipe…
    #[error("build/{0} is {1}")]
    NotAFile(String, &'static str),
    /// A file or a link has the path of the stage folder.
    #[error("build/{0} is not a folder")]
    NotAFolder(&'static str),
    /// Something that is not a folder has the path of `build/`.
    #[error("build is {0}")]
    NoBuildFolder(&'static str),
    /// `build/` is not at its path any more.
    #[error("build was moved")]
    Moved {
        /// Whether the pack was published in it before.
        is_published: bool,
    },
    /// The system refused.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl AsFinding for OutputError {
    fn as_finding(&self) -> Finding {
        match self {
            Self::NotAFile(name, what) => Finding::new(
                Code::OutputNotAFile,
                format!("{what} is in the way of this file"),
                "Move it away: the packer replaces only regular files, and follows no link here.",
            )
            .file(format!("build/{name}")),
            Self::NotAFolder(name) => Finding::new(
                Code::OutputNotAFile,
                "something that is not a folder is in the way of this folder",
                "Move it away: the packer stages its files in this folder, and follows no link here.",
            )
            .file(format!("build/{name}")),
            Self::NoBuildFolder(what) => Finding::new(
                Code::OutputNotAFile,
                format!("{what} is in the way of this folder"),
                "Move it away: the packer publishes the pack in this folder.",
            )
            .file("build"),
            Self::Moved { is_published } => files::moved_finding(match is_published {
                false => "Nothing was published: run it again.",
                true => "The new pack is in the folder that was moved or removed, not here: run it again.",
            })
            .file("build"),
            Self::Disk(error) => error.as_finding(),
        }
    }
}
