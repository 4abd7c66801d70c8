//! `register`: puts an existing root into the registry. Only what would pack is included; what is broken can be
//! registered as excluded.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Operation, OperationClass, Report, operation_error, run_locked};
use crate::asset_uuid::AssetUuid;
use crate::banks::Stop;
use crate::context::{Context, FaultPoint};
use crate::declaration::{ANCHOR, Declaration};
use crate::diagnostics::{AsFinding, AssetRef, Code, Finding, blocks, escaped, sized};
use crate::files::{self, DiskError, Folder};
use crate::limits::DECLARATION_BYTES;
use crate::pack::examine::{Discard, examine};
use crate::pack::lock::LockError;
use crate::paths::RelPath;
use crate::project::{Project, ProjectError};
use crate::registry::{REGISTRY_FILE, Registry};
use crate::snapshot::Snapshot;

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

    /// Leaves it out of the build set; then it may have any error except one of its uuid.
    #[must_use]
    pub fn exclude(mut self, exclude: bool) -> Self {
        self.exclude = exclude;
        self
    }
}

operation_error! {
    /// Why registering could not be tried.
    RegisterAssetError { Project(ProjectError), Lock(LockError), Disk(DiskError) }
}

/// What came of registering.
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
        run_locked(context, self.class(), &project, true, |_| {
            let data = RegisterAssetReport { asset_id: None, root: self.root.clone(), included: false };
            let mut report = Report::new(data, Vec::new());
            self.register(context, &project, &mut report)?;
            Ok(report)
        })
    }
}

impl RegisterAsset {
    fn register(
        &self,
        context: &Context,
        project: &Project,
        report: &mut Report<RegisterAssetReport>,
    ) -> Result<(), RegisterAssetError> {
        let root = match root_path(project, &self.root) {
            Ok(root) => root,
            Err(finding) => {
                report.findings.push(*finding);
                return Ok(());
            }
        };
        let Some(mut registry) = read_whole_registry(project, &mut report.findings)? else { return Ok(()) };
        if let Some(entry) = registry.entries.iter().find(|entry| entry.root == root) {
            report.findings.push(
                Finding::new(
                    Code::AlreadyRegistered,
                    format!("the root is registered already, as asset {}", entry.asset_id),
                    format!(
                        "Nothing is to be done. Whether it is built stands in `included_in_build` in `{REGISTRY_FILE}`."
                    ),
                )
                .file(format!("assets/{root}/{ANCHOR}")),
            );
            return Ok(());
        }
        if let Some(finding) = misplaced(&registry, &root) {
            report.findings.push(finding);
            return Ok(());
        }
        let asset = AssetRef { asset_id: None, root: root.as_str().to_owned() };
        let Some(uuid) = read_uuid(project, &root, &asset, &mut report.findings) else { return Ok(()) };
        let asset_id = match registry.register(uuid, root, !self.exclude) {
            Ok(id) => id,
            Err(finding) => {
                report.findings.push(*finding);
                return Ok(());
            }
        };
        report.findings = judge(context, project, &registry, asset_id, None)?;
        if blocks(&report.findings) {
            return Ok(());
        }
        write_registry(context, project, &registry)?;
        report.data.asset_id = Some(asset_id);
        report.data.included = !self.exclude;
        Ok(())
    }
}

/// The root that a person named.
pub(super) fn root_path(project: &Project, text: &str) -> Result<RelPath, Box<Finding>> {
    if let Some(rest) = text.strip_prefix("assets/")
        && !files::exists(&project.assets().join("assets"))
    {
        return Err(Box::new(Finding::new(
            Code::PathNotRelative,
            format!("`{}` starts with `assets/`, and ROOT is relative to that folder", escaped(text)),
            format!("Write `{}`.", escaped(rest)),
        )));
    }
    RelPath::parse(text.strip_suffix('/').unwrap_or(text)).map_err(|problem| {
        let help = format!("{} ROOT is relative to `assets/`.", problem.help);
        Box::new(Finding::new(problem.code, problem.message, help))
    })
}

/// A finding if `root` cannot be registered beside the roots that are.
pub(super) fn misplaced(registry: &Registry, root: &RelPath) -> Option<Finding> {
    let key = root.fold_key();
    let (code, message) = registry.entries.iter().find_map(|entry| {
        let other = format!("the root `{}` (asset {})", entry.root, entry.asset_id);
        if root.is_inside(&entry.root) {
            Some((Code::RootNested, format!("`{root}` lies inside {other}, and assets do not contain assets")))
        } else if entry.root.is_inside(root) {
            Some((Code::RootNested, format!("`{root}` contains {other}, and assets do not contain assets")))
        } else if entry.root != *root && entry.root.fold_key() == key {
            Some((Code::PathCollision, format!("`{root}` and {other} are one folder on a system that ignores case")))
        } else {
            None
        }
    })?;
    Some(Finding::new(code, message, "Choose another root.").file(format!("assets/{root}")))
}

/// The registry, if nothing is wrong with it: a tool never rewrites one that it does not understand.
pub(super) fn read_whole_registry(
    project: &Project,
    findings: &mut Vec<Finding>,
) -> Result<Option<Registry>, ProjectError> {
    let snapshot_findings = match project.read_registry()? {
        Some(content) => {
            let (registry, found) = Registry::read(&content.bytes);
            if let (Some(registry), false) = (registry, blocks(&found)) {
                return Ok(Some(registry));
            }
            found
        }
        None => Snapshot::take(project)?.findings,
    };
    findings.extend(snapshot_findings);
    Ok(None)
}

fn read_uuid(project: &Project, root: &RelPath, asset: &AssetRef, findings: &mut Vec<Finding>) -> Option<AssetUuid> {
    let anchor = RelPath::parse(ANCHOR).ok()?;
    let opened = Folder::at(project.assets()).open_folder(root).and_then(|folder| folder.open(&anchor));
    let content = match opened {
        Ok(source) => source.read_whole(DECLARATION_BYTES).map_err(|error| error.as_finding().file(ANCHOR)),
        Err(error) => Err(error.into_finding_about(&anchor)),
    };
    let mut found = Vec::new();
    let uuid = match content {
        Ok(Some(content)) => {
            let reading = Declaration::read(&content.bytes);
            if reading.asset_uuid.is_none() {
                found.push(
                    Finding::new(
                        Code::UuidUnreadable,
                        "the uuid of this root cannot be read, so it cannot be registered",
                        "Mend `asset.json` first; the other findings say where.",
                    )
                    .file(ANCHOR),
                );
                found.extend(reading.findings);
            }
            reading.asset_uuid
        }
        Ok(None) => {
            let message = format!("the file is larger than its limit, {}", sized(DECLARATION_BYTES));
            let help = "Restore the file from version control or a copy.";
            found.push(Finding::new(Code::JsonTooLarge, message, help).file(ANCHOR));
            None
        }
        Err(finding) => {
            found.push(finding);
            None
        }
    };
    findings.extend(found.into_iter().map(|finding| finding.in_asset(asset)));
    uuid
}

/// What the project would say if `registry` were written, as far as it concerns asset `asset_id`.
pub(super) fn judge(
    context: &Context,
    project: &Project,
    registry: &Registry,
    asset_id: u32,
    staged: Option<&Path>,
) -> Result<Vec<Finding>, Stop> {
    let snapshot = Snapshot::with(project, registry.clone(), staged.map(|folder| (asset_id, folder)));
    let mine = snapshot.assets.iter().filter(|asset| asset.entry.asset_id == asset_id);
    let examination = examine(context, &snapshot, mine, None, &mut Discard)?;
    let concerns = |finding: &Finding| match &finding.asset {
        Some(asset) => asset.asset_id == Some(asset_id),
        None => true,
    };
    Ok(examination.findings.into_iter().filter(concerns).collect())
}

/// Replaces the registry as a whole.
pub(super) fn write_registry(context: &Context, project: &Project, registry: &Registry) -> Result<(), DiskError> {
    let path = project.registry_path();
    context.fault(FaultPoint::RegistryWrite).map_err(DiskError::writing(&path))?;
    debug_assert!(path.ends_with(REGISTRY_FILE));
    files::replace_file(&path, &registry.to_bytes(), &project.tool_folder(), &context.new_uuid().to_string())
}
