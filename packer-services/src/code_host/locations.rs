//! The file and line at which a code host shows a finding.
//!
//! Most findings are about an image or a sound, which have no lines. They are shown at the line of `asset.json` that
//! names the file, and refer to the file itself.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::HostedFindings;
use crate::anchor::AnchorFile;
use crate::declaration::ANCHOR;
use crate::diagnostics::{AssetRef, Finding, Place, escaped};
use crate::files;
use crate::json::{Scalar, scalars_of};
use crate::paths::RelPath;
use crate::project::{OUTPUTS, Project};

/// Where a finding is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file, relative to the working directory or absolute, as the project was passed.
    pub path: PathBuf,
    /// From 1; 1 also if no line is known.
    pub line: u32,
    /// From 1, in characters; only if the finding has a place in this file.
    pub column: Option<u32>,
    /// The file that the finding is about, if that is another one.
    pub about: Option<PathBuf>,
}

/// Finds locations. Reads each `asset.json` once.
pub struct Locations<'a> {
    project: Option<Project>,
    named_file: Option<&'a Path>,
    /// The values in the anchors of roots; `None` if there is no anchor that can be read.
    anchors: RefCell<HashMap<String, Option<Vec<Scalar>>>>,
    registry: Option<Vec<Scalar>>,
}

impl<'a> Locations<'a> {
    /// For these findings. Reads the registry.
    pub fn of(findings: &HostedFindings<'a>) -> Self {
        let project = findings.project.map(Project::at);
        let registry = project.as_ref().and_then(|project| project.read_registry_bytes().ok().flatten());
        Self {
            project,
            named_file: findings.named_file,
            anchors: RefCell::default(),
            registry: registry.map(|bytes| scalars_of(&bytes)),
        }
    }

    /// Where the finding is shown; `None` if there is neither a project nor a file.
    pub fn locate(&self, finding: &Finding) -> Option<Location> {
        let file = finding.file.as_deref().map(|file| self.path_of(file));
        if let (Some(Place::Json { line, column, .. }), Some(path)) = (finding.places.first(), &file) {
            return Some(Location { path: path.clone(), line: *line, column: Some(*column), about: None });
        }
        if let (Some(Place::Line { line }), Some(path)) = (finding.places.first(), &file) {
            return Some(Location { path: path.clone(), line: *line, column: None, about: None });
        }
        let declared = finding.asset.as_ref().and_then(|asset| self.declared(asset, finding));
        let declared = declared.map(|(path, line)| Location { path, line, column: None, about: None });
        match (declared, file) {
            (Some(declared), Some(file)) if declared.path != file => Some(Location { about: Some(file), ..declared }),
            (Some(declared), _) => Some(declared),
            (None, Some(path)) => Some(Location { path, line: 1, column: None, about: None }),
            (None, None) => {
                let project = self.project.as_ref().map(Project::registry_path);
                let path = project.or_else(|| self.named_file.map(Path::to_owned))?;
                Some(Location { path, line: 1, column: None, about: None })
            }
        }
    }

    /// The path of a finding's file as the caller would open it.
    fn path_of(&self, file: &str) -> PathBuf {
        match &self.project {
            Some(project) if !self.is_named(file) && files::display_path(project.root()) != file => {
                project.root().join(file)
            }
            _ => PathBuf::from(file),
        }
    }

    /// Whether this is the named file, or an output beside it.
    fn is_named(&self, file: &str) -> bool {
        self.named_file.is_some_and(|named| {
            let beside = |name: &str| files::display_path(&named.with_file_name(name)) == file;
            files::display_path(named) == file || OUTPUTS.iter().any(|name| beside(name))
        })
    }

    /// The file and line that declare what the finding is about: in the anchor of its asset or, if there is none, in
    /// the registry.
    fn declared(&self, asset: &AssetRef, finding: &Finding) -> Option<(PathBuf, u32)> {
        let project = self.project.as_ref()?;
        let mut anchors = self.anchors.borrow_mut();
        let anchor = anchors.entry(asset.root.clone()).or_insert_with(|| read_anchor(project, &asset.root));
        let Some(values) = anchor else {
            let values = self.registry.as_ref()?;
            let line = values.iter().find(|value| value.text == asset.root).map(|value| value.line)?;
            return Some((project.registry_path(), line));
        };
        let prefix = format!("assets/{}/", escaped(&asset.root));
        let file = finding.file.as_deref();
        let in_root = file.and_then(|file| file.strip_prefix(&prefix));
        let line_of = |text: &str| values.iter().find(|value| value.text == text).map(|value| value.line);
        let line = match (finding.places.first(), in_root) {
            (Some(Place::Color { palette, .. }), Some(ANCHOR)) => palette_line(values, *palette),
            (_, Some(file)) => line_of(file),
            // A shared palette is named by its path in `assets/`, after a slash.
            (_, None) => file.and_then(|file| line_of(file.strip_prefix("assets")?)),
        };
        Some((project.assets_folder().join(&asset.root).join(ANCHOR), line.unwrap_or(1)))
    }
}

fn read_anchor(project: &Project, root: &str) -> Option<Vec<Scalar>> {
    let folder = project.assets().open_folder(&RelPath::parse(root).ok()?).ok()?;
    Some(scalars_of(&AnchorFile::read(&folder).ok()?.content.bytes))
}

/// The line of the `index` of a declared palette.
fn palette_line(values: &[Scalar], palette: u32) -> Option<u32> {
    let is_index = |path: &str| path.starts_with("$.output.pipeline.palettes[") && path.ends_with("].index");
    values.iter().find(|value| value.text == palette.to_string() && is_index(&value.path)).map(|value| value.line)
}
