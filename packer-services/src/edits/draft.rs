//! A change of registered assets that is being drafted: what would be, and what is in the way of it.

use std::sync::Arc;

use serde::Serialize;

use crate::anchor::{AnchorError, AnchorFile};
use crate::banks::Stop;
use crate::context::Context;
use crate::declaration::{ANCHOR, Declaration, edit};
use crate::diagnostics::{Code, Finding, has_errors};
use crate::files::Folder;
use crate::history::{Change, ChangeError, ChangeSummary};
use crate::lock::Lock;
use crate::pack::examine::{DiscardOutput, examine_assets};
use crate::project::{Project, ProjectError};
use crate::registration::EditableRegistry;
use crate::registry::{Registry, RegistryEntry};
use crate::snapshot::{EditedAsset, RegisteredAsset, Snapshot};

/// A change of registered assets.
#[derive(Debug)]
pub struct Draft<'p> {
    project: &'p Project,
    /// The project before the change.
    pub snapshot: Snapshot,
    /// The registry, as read and as it will be.
    pub editable: EditableRegistry,
    /// The files and folders that change.
    pub change: Change<'p>,
    edited: Vec<EditedAsset>,
    /// The asset that must pack as it will be.
    examined: Option<u32>,
}

/// A preloaded asset that gets another slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MovedSlot {
    /// The asset.
    pub asset_id: u32,
    /// Its slot before; `None` if it was not preloaded.
    pub from: Option<u32>,
    /// Its slot after; `None` if it is not preloaded any more.
    pub to: Option<u32>,
}

/// What became of a draft.
#[derive(Debug, Default)]
pub struct Drafted {
    /// The change; `None` if it was refused, or if there is nothing to change.
    pub change: Option<ChangeSummary>,
    /// The assets that get other slots, by id.
    pub slots: Vec<MovedSlot>,
    /// Why it was refused, and what is to be said about the asset.
    pub findings: Vec<Finding>,
}

impl<'p> Draft<'p> {
    /// A draft without changes of what the verb `edit` does. `None` if the registry cannot be edited; the findings
    /// give the reason.
    ///
    /// # Errors
    /// If there is no project, or the system refuses.
    pub fn new<E: From<ProjectError> + From<ChangeError>>(
        project: &'p Project,
        edit: &str,
        findings: &mut Vec<Finding>,
    ) -> Result<Option<Self>, E> {
        let Some(editable) = EditableRegistry::read(project, findings)? else { return Ok(None) };
        let snapshot = Snapshot::with_registry(project, editable.registry.clone(), None);
        let change = Change::new(project, edit, "")?;
        Ok(Some(Self { project, snapshot, editable, change, edited: Vec::new(), examined: None }))
    }

    /// The project.
    pub fn project(&self) -> &'p Project {
        self.project
    }

    /// The registry as it will be.
    pub fn registry(&mut self) -> &mut Registry {
        &mut self.editable.registry
    }

    /// The entry of an asset as it will be.
    pub fn entry(&mut self, asset_id: u32) -> Option<&mut RegistryEntry> {
        self.registry().entries.iter_mut().find(|entry| entry.asset_id == asset_id)
    }

    /// Refuses the change unless the asset packs as it will be, if it is in the build set.
    pub fn require_packing(&mut self, asset_id: u32) {
        self.examined = Some(asset_id);
    }

    /// Reads the root of an asset from this folder, because it is not in its place yet.
    pub fn read_from(&mut self, asset_id: u32, folder: Folder) {
        self.edited.push(EditedAsset { asset_id, folder: Some(folder), anchor: None });
    }

    /// Changes the declaration of an asset. No other character of the file changes.
    ///
    /// # Errors
    /// The findings, if the declaration has errors or its layout has no place for the change.
    pub fn edit_declaration(
        &mut self,
        asset: &RegisteredAsset,
        edit: impl FnOnce(&mut Declaration),
    ) -> Result<(), Vec<Finding>> {
        let in_asset = |finding: Finding| finding.in_asset(&asset.asset_ref());
        let folder = self.project.assets().open_folder(&asset.entry.root).map_err(AnchorError::Open);
        let anchor = folder.and_then(|folder| AnchorFile::read(&folder));
        let anchor = anchor.map_err(|error| vec![in_asset(error.into_finding())])?;
        let reading = anchor.declaration();
        let Some(before) = reading.declaration else {
            return Err(reading.findings.into_iter().map(in_asset).collect());
        };
        let mut after = before.clone();
        edit(&mut after);
        let text = std::str::from_utf8(&anchor.content.bytes).unwrap_or_default();
        let Some(edited) = edit::with_declaration(text, &before, &after) else {
            let finding = Finding::new(
                Code::InternalError,
                "the change could not be inserted into the layout of this declaration",
                "Nothing was changed. Please report this, and attach the file. You can make the change by hand.",
            );
            return Err(vec![in_asset(finding.file(ANCHOR))]);
        };
        let path = format!("assets/{}/{ANCHOR}", asset.entry.root);
        self.change.replace(&path, &anchor.content.bytes, edited.as_bytes());
        let asset_id = asset.entry.asset_id;
        self.edited.push(EditedAsset { asset_id, folder: None, anchor: Some(edited.into_bytes()) });
        Ok(())
    }

    /// Checks what would be, and makes the change if a lock is passed and nothing is in the way: the change may add no
    /// error to the project.
    ///
    /// # Errors
    /// If the operation was canceled, a file changed in the meantime, or the system refuses.
    pub fn finish<E: From<Stop> + From<ChangeError>>(
        mut self,
        context: &Context,
        lock: Option<&Lock>,
    ) -> Result<Drafted, E> {
        let after = self.snapshot.edited(self.project, self.editable.registry.clone(), &self.edited);
        let examined: Vec<&Arc<RegisteredAsset>> =
            after.assets.iter().filter(|asset| Some(asset.entry.asset_id) == self.examined).collect();
        let found = if examined.is_empty() {
            after.findings.clone()
        } else {
            examine_assets(context, &after, examined, None, &mut DiscardOutput)?.findings
        };
        let known: Vec<_> =
            self.snapshot.findings.iter().filter(|finding| finding.is_error()).map(Finding::cause_id).collect();
        let concerns = |finding: &Finding| {
            let asset_id = finding.asset.as_ref().and_then(|asset| asset.asset_id);
            self.examined.is_some() && asset_id == self.examined
        };
        let is_reported = |finding: &Finding| match finding.is_error() {
            true => !known.contains(&finding.cause_id()),
            false => concerns(finding),
        };
        let findings = found.into_iter().filter(is_reported).collect();
        let mut drafted = Drafted { findings, ..Drafted::default() };
        if has_errors(&drafted.findings) {
            return Ok(drafted);
        }
        let ids = self.snapshot.slots.keys().chain(after.slots.keys()).copied();
        drafted.slots = ids
            .map(|asset_id| MovedSlot {
                asset_id,
                from: self.snapshot.slots.get(&asset_id).copied(),
                to: after.slots.get(&asset_id).copied(),
            })
            .filter(|moved| moved.from != moved.to)
            .collect();
        drafted.slots.sort_by_key(|moved| moved.asset_id);
        drafted.slots.dedup();
        self.editable.add_to(&mut self.change);
        match self.change.apply(context, lock, None) {
            Err(ChangeError::Refused(finding)) => {
                drafted.findings.push(*finding);
                drafted.slots.clear();
            }
            made => drafted.change = made?,
        }
        Ok(drafted)
    }
}
