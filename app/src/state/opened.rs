//! The open project or pack.

use std::path::{Path, PathBuf};

use packer_services::diagnostics::{Code, Finding};
use packer_services::ops::ListedAsset;

use super::{Contents, State};

/// An open project or pack.
#[derive(Debug)]
pub struct Opened {
    /// The project's folder, or the pack.
    pub path: PathBuf,
    /// Whether it is a project or a pack.
    pub kind: OpenedKind,
    /// The last listing; `None` before the first one.
    pub contents: Option<Contents>,
    /// Whether its folder has vanished; if so, everything shown is from before.
    pub is_gone: bool,
}

/// What can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenedKind {
    /// A folder with `assets/`.
    Project,
    /// An `assets.pa`.
    Pack,
}

/// Something that could not be opened.
#[derive(Debug)]
pub struct Refused {
    /// Its path.
    pub path: PathBuf,
    /// Why it could not be opened.
    pub findings: Vec<Finding>,
    /// Whether it is a folder in which a project can be created.
    pub can_become_project: bool,
}

impl Refused {
    /// What could not be opened, and why.
    pub fn new(path: PathBuf, findings: Vec<Finding>) -> Self {
        let is_other_folder = findings.iter().any(|finding| finding.code == Code::NotAProject);
        let can_become_project = is_other_folder && path.is_dir();
        Self { path, findings, can_become_project }
    }
}

impl State {
    /// The open project; `None` if a pack is open, or nothing.
    pub fn project(&self) -> Option<&Opened> {
        self.opened.as_ref().filter(|opened| opened.kind == OpenedKind::Project)
    }

    /// The folder of the open project.
    pub fn project_path(&self) -> Option<&Path> {
        self.project().map(|project| project.path.as_path())
    }

    /// Whether a pack is open.
    pub fn is_pack(&self) -> bool {
        self.opened.as_ref().is_some_and(|opened| opened.kind == OpenedKind::Pack)
    }

    /// The contents of what is open, once they are known.
    pub fn contents(&self) -> Option<&Contents> {
        self.opened.as_ref()?.contents.as_ref()
    }

    /// All assets.
    pub fn assets(&self) -> &[ListedAsset] {
        self.contents().map_or(&[], Contents::assets)
    }
}
