//! How an asset gets into the registry: which roots may be registered, and what the project would be with a new one.

use std::sync::Arc;

use crate::banks::Stop;
use crate::context::Context;
use crate::diagnostics::{Code, Finding, escaped};
use crate::files::{self, Folder, OpenError};
use crate::history::{Change, irreplaceable, unfinished_change};
use crate::pack::examine::{DiscardOutput, examine_assets};
use crate::paths::{RelPath, find_collisions};
use crate::project::{Project, ProjectError};
use crate::registry::{REGISTRY_FILE, Registry};
use crate::snapshot::Snapshot;

/// The root that the caller named, relative to `assets/`.
///
/// # Errors
/// The finding that refuses it.
pub fn parse_root(project: &Project, text: &str) -> Result<RelPath, Box<Finding>> {
    if let Some(rest) = text.strip_prefix("assets/")
        && !files::exists(&project.assets_folder().join("assets"))
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

/// A finding if `root` cannot be registered beside the roots that already are, or is spelled differently than a
/// folder that exists.
pub fn misplacement(project: &Project, registry: &Registry, root: &RelPath) -> Option<Finding> {
    let (code, message, help) = conflict_with_roots(registry, root).or_else(|| twin_on_disk(project, root))?;
    Some(Finding::new(code, message, help).file(format!("assets/{root}")))
}

/// Whether `root` can lie beside the registered roots.
pub fn fits_beside_roots(registry: &Registry, root: &RelPath) -> bool {
    conflict_with_roots(registry, root).is_none()
}

/// What is wrong with `root` beside the registered roots.
fn conflict_with_roots(registry: &Registry, root: &RelPath) -> Option<(Code, String, String)> {
    registry.entries.iter().find_map(|entry| {
        let other = format!("the root `{}` (asset {})", entry.root, entry.asset_id);
        let nested = |message| (Code::RootNested, message, "Choose another root.".to_owned());
        if root.is_inside(&entry.root) {
            Some(nested(format!("`{root}` lies inside {other}, and assets do not contain assets")))
        } else if entry.root.is_inside(root) {
            Some(nested(format!("`{root}` contains {other}, and assets do not contain assets")))
        } else {
            let collision = find_collisions([&entry.root, root]).into_iter().next()?;
            let existing = match collision.first_part == entry.root.as_str() {
                true => other,
                false => format!("`{}`, which contains {other}", collision.first_part),
            };
            Some(same_folder(root, collision.later_part, &existing, collision.first_part))
        }
    })
}

/// A finding if something is in the place of a new root, or in the way to it. `help` says what to do about a folder
/// that is there.
pub fn obstacle(project: &Project, root: &RelPath, help: &str) -> Option<Finding> {
    if !files::has_room_for_folder(&project.assets_folder().join(root.as_str())) {
        let message = format!("`assets/{}` already exists", escaped(root.as_str()));
        return Some(Finding::new(Code::RootExists, message, help).file(format!("assets/{root}")));
    }
    match project.assets().below(root.parent().unwrap_or_default()).hold() {
        Ok(_) | Err(OpenError::Missing { .. }) => None,
        Err(error) => Some(unopened(error, root)),
    }
}

/// The finding of a folder that cannot be opened, at this root.
pub fn unopened(error: OpenError, root: &RelPath) -> Finding {
    error.into_finding().file(format!("assets/{root}"))
}

/// What is wrong if a folder exists whose name differs from one of `root` only in case or Unicode form.
fn twin_on_disk(project: &Project, root: &RelPath) -> Option<(Code, String, String)> {
    let assets = project.assets();
    root.with_folders().find_map(|part| {
        let twin = assets.find_twin(&RelPath::parse(part).ok()?)?;
        Some(same_folder(root, part, &format!("`assets/{}`, which exists,", escaped(&twin)), &twin))
    })
}

/// The finding about a part of `root` that is the same folder as `existing`, which is spelled `spelling`.
fn same_folder(root: &RelPath, part: &str, existing: &str, spelling: &str) -> (Code, String, String) {
    let rest = &root.as_str()[part.len()..];
    let help = match rest {
        "" => "Choose another root.".to_owned(),
        rest => format!("Write `{}{rest}`.", escaped(spelling)),
    };
    (Code::PathCollision, format!("`{part}` and {existing} are the same folder on a system that ignores case"), help)
}

/// A registry that may be written again, because nothing is wrong with it: the packer never rewrites what it does not
/// understand.
#[derive(Debug)]
pub struct EditableRegistry {
    /// What it will contain.
    pub registry: Arc<Registry>,
    original: Arc<Registry>,
    read: Arc<Vec<u8>>,
}

impl EditableRegistry {
    /// Reads the registry; `None` if anything is wrong with it, or a change of it is half made. The findings give the
    /// reason. Errors with a code in `repaired` do not matter, because the caller repairs them.
    ///
    /// # Errors
    /// If there is no project, or its registry cannot be read.
    pub fn read(
        project: &Project,
        repaired: &[Code],
        findings: &mut Vec<Finding>,
    ) -> Result<Option<Self>, ProjectError> {
        let unusable =
            irreplaceable(project, REGISTRY_FILE)?.map_or_else(|| unfinished_change(project), |it| Ok(Some(it)))?;
        if let Some(finding) = unusable {
            findings.push(finding);
            return Ok(None);
        }
        let found = match project.read_registry_bytes()? {
            Some(bytes) => {
                let (registry, found) = Registry::read(&bytes);
                let is_in_the_way = |finding: &Finding| finding.is_error() && !repaired.contains(&finding.code);
                if let (Some(registry), false) = (registry, found.iter().any(is_in_the_way)) {
                    let registry = Arc::new(registry);
                    return Ok(Some(Self { original: Arc::clone(&registry), registry, read: Arc::new(bytes) }));
                }
                found
            }
            None => Snapshot::read(project)?.findings,
        };
        findings.extend(found);
        Ok(None)
    }

    /// The registry as it was read, without changes.
    #[must_use]
    pub fn as_read(&self) -> Self {
        let (original, read) = (Arc::clone(&self.original), Arc::clone(&self.read));
        Self { registry: Arc::clone(&original), original, read }
    }

    /// What it will contain, to be changed.
    pub fn registry_mut(&mut self) -> &mut Registry {
        Arc::make_mut(&mut self.registry)
    }

    /// Everything that the project would report about the asset if the registry were written now. Its root may still be
    /// in the folder `staged`.
    ///
    /// # Errors
    /// [`Stop`] if the operation was canceled.
    pub fn check_asset(
        &self,
        context: &Context,
        project: &Project,
        asset_id: u32,
        staged: Option<&Folder>,
    ) -> Result<Vec<Finding>, Stop> {
        let staged = staged.map(|folder| (asset_id, folder));
        let snapshot = Snapshot::with_registry(project, Arc::clone(&self.registry), staged);
        let assets = snapshot.assets.iter().filter(|asset| asset.entry.asset_id == asset_id);
        let examination = examine_assets(context, &snapshot, assets, None, &mut DiscardOutput)?;
        let concerns_asset = |finding: &Finding| match &finding.asset {
            Some(asset) => asset.asset_id == Some(asset_id),
            None => true,
        };
        Ok(examination.findings.into_iter().filter(concerns_asset).collect())
    }

    /// Adds the registry to the files that a change replaces, unless it is the same.
    pub fn add_to(&self, change: &mut Change<'_>) {
        if Arc::ptr_eq(&self.registry, &self.original) || self.registry == self.original {
            return;
        }
        change.replace_registry((&self.read, &self.original), &self.registry);
    }
}
