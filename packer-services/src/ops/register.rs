//! `register`: adds an existing root to the registry. Only an asset that would pack is included; a broken one can be
//! registered as excluded.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::anchor::AnchorFile;
use crate::asset_uuid::AssetUuid;
use crate::context::Context;
use crate::declaration::ANCHOR;
use crate::diagnostics::{AssetRef, Code, Finding, has_errors};
use crate::files::DiskError;
use crate::operation::{Operation, OperationClass, Report, operation_error, run_locked};
use crate::pack::lock::{Lock, LockError};
use crate::paths::RelPath;
use crate::project::{Project, ProjectError};
use crate::registration::{EditableRegistry, misplacement, parse_root};
use crate::registry::{REGISTRY_FILE, Registry};
use crate::write_set::{WriteError, WriteSet};

/// Registers a root.
#[derive(Clone, Debug)]
pub struct RegisterAsset {
    project: PathBuf,
    root: String,
    exclude: bool,
}

impl RegisterAsset {
    /// Registers `root`, relative to `assets/`; by default it is in the build set.
    pub fn new(project: impl Into<PathBuf>, root: impl Into<String>) -> Self {
        Self { project: project.into(), root: root.into(), exclude: false }
    }

    /// Excludes it from the build set. It may then have any error except one in its uuid.
    #[must_use]
    pub fn exclude(mut self, exclude: bool) -> Self {
        self.exclude = exclude;
        self
    }
}

operation_error! {
    /// Why the root could not be registered; nothing was changed.
    RegisterAssetError { Project(ProjectError), Lock(LockError), Write(WriteError), Disk(DiskError) }
}

/// A registered asset, or why there is none.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct RegisterAssetReport {
    /// The new id; `None` if it was refused.
    pub asset_id: Option<u32>,
    /// Relative to `assets/`.
    pub root: String,
    /// Whether it is in the build set now.
    pub included: bool,
}

impl Operation for RegisterAsset {
    type Report = RegisterAssetReport;
    type Error = RegisterAssetError;

    fn class(&self) -> OperationClass {
        OperationClass::ChangesRegistry
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<RegisterAssetReport>, RegisterAssetError> {
        let project = Project::at(&self.project);
        run_locked(context, self.class(), &project, |lock| {
            let data = RegisterAssetReport { asset_id: None, root: self.root.clone(), included: false };
            let mut report = Report::new(data, Vec::new());
            self.register(context, &project, lock, &mut report)?;
            Ok(report)
        })
    }
}

impl RegisterAsset {
    fn register(
        &self,
        context: &Context,
        project: &Project,
        lock: &Lock,
        report: &mut Report<RegisterAssetReport>,
    ) -> Result<(), RegisterAssetError> {
        let Some(root) = report.accept(parse_root(project, &self.root)) else { return Ok(()) };
        let Some(mut editable) = EditableRegistry::read(project, &mut report.findings)? else { return Ok(()) };
        let registry = &mut editable.registry;
        if let Some(finding) = already_registered(registry, &root).or_else(|| misplacement(registry, &root)) {
            report.findings.push(finding);
            return Ok(());
        }
        let Some(uuid) = report.accept(read_uuid(project, &root)) else { return Ok(()) };
        let Some(asset_id) = report.accept(registry.register(uuid, root, !self.exclude)) else { return Ok(()) };
        report.findings = editable.check_asset(context, project, asset_id, None)?;
        if has_errors(&report.findings) {
            return Ok(());
        }
        let mut set = WriteSet::new(project, lock);
        editable.add_to(&mut set);
        set.write(context)?;
        report.data.asset_id = Some(asset_id);
        report.data.included = !self.exclude;
        Ok(())
    }
}

fn already_registered(registry: &Registry, root: &RelPath) -> Option<Finding> {
    let entry = registry.entries.iter().find(|entry| entry.root == *root)?;
    let finding = Finding::new(
        Code::AlreadyRegistered,
        format!("the root is already registered, as asset {}", entry.asset_id),
        format!(
            "No change is needed. `included_in_build` of its entry in `{REGISTRY_FILE}` decides whether it is built."
        ),
    );
    Some(finding.file(format!("assets/{root}/{ANCHOR}")))
}

/// The uuid in the anchor of `root`. If it cannot be read, the errors are all findings about the anchor.
fn read_uuid(project: &Project, root: &RelPath) -> Result<AssetUuid, Vec<Finding>> {
    let in_asset = |findings: Vec<Finding>| {
        let asset = AssetRef { asset_id: None, root: root.as_str().to_owned() };
        findings.into_iter().map(|finding| finding.in_asset(&asset)).collect::<Vec<Finding>>()
    };
    let folder = project.assets().open_folder(root);
    let read = folder.map_err(crate::anchor::AnchorError::Open).and_then(|folder| AnchorFile::read(&folder));
    let reading = read.map_err(|error| in_asset(vec![error.into_finding()]))?.declaration();
    reading.asset_uuid.ok_or_else(|| {
        let unreadable = Finding::new(
            Code::UuidUnreadable,
            "the uuid of this root cannot be read, so it cannot be registered",
            "Fix `asset.json` first; the other findings list what is wrong with it.",
        );
        in_asset([vec![unreadable.file(ANCHOR)], reading.findings].concat())
    })
}
