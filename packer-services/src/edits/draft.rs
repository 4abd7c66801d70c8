//! A change of registered assets that is being drafted: what would be, and what is in the way of it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::file_kind::file_kind_changed;
use super::shown_animations::{changed_animations, newly_broken_animations};
use super::{AssetEdit, RecoloredPixels};
use crate::anchor::{AnchorError, AnchorFile};
use crate::asset_selector::AssetSelector;
use crate::asset_uuid::AssetUuid;
use crate::banks::Stop;
use crate::banks::glyph::PALETTES_COMMAND;
use crate::context::Context;
use crate::declaration::{ANCHOR, Content, Declaration, Family, GlyphContent, edit};
use crate::diagnostics::{AsFinding, CauseId, Code, Finding, Severity, escaped, format_bytes, has_errors};
use crate::files::{self, Folder, OpenError, Sha, SourceFile, TemporaryFolder};
use crate::history::{Change, ChangeError, ChangeSummary};
use crate::import::{ImportKind, ImportMemory, ImportOptions, import_file, import_kind};
use crate::limits::HISTORY_BYTES;
use crate::lock::Lock;
use crate::new_bank::{free_names, name_in_place, name_of_copy, other_name_note};
use crate::origins::{AssetOrigins, Origin, OriginChange};
use crate::pack::built::BuiltAsset;
use crate::pack::examine::{DiscardOutput, Examination, examine_assets};
use crate::pack::identities::{MovedIdentity, moved_identities};
use crate::palette_file::{DeclaredPalettes, check_file_colors};
use crate::paths::RelPath;
use crate::project::{Project, ProjectError};
use crate::registration::EditableRegistry;
use crate::registry::{Registry, RegistryEntry};
use crate::snapshot::{EditedAsset, RegisteredAsset, Snapshot, grade_finding};

/// A change of registered assets.
#[derive(Debug)]
pub struct Draft<'p> {
    project: &'p Project,
    /// The project before the change; only what the draft is about, if there is an `only`.
    pub snapshot: Snapshot,
    /// The asset that alone is read, by id; `None` if all are.
    only: Option<u32>,
    /// The registry, as read and as it will be.
    pub editable: EditableRegistry,
    /// The files and folders that change.
    pub change: Change<'p>,
    edited: Vec<EditedAsset>,
    /// The files that are copied into the roots of assets, by id: their paths there, and where they are.
    new_files: BTreeMap<u32, Vec<(RelPath, PathBuf)>>,
    /// The assets that must pack as they will be, by id.
    examined: BTreeSet<u32>,
    /// What is to be said about the change, besides what the check finds.
    notes: Vec<Finding>,
    recolored: Vec<RecoloredPixels>,
    /// The files that were decoded, or get another content, until the change is made.
    staged: Option<TemporaryFolder>,
    /// Where files came from, by the ids of their assets, which is remembered when the change is made.
    origins: BTreeMap<u32, Vec<OriginChange>>,
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

/// A tile that keeps its id, and gets another palette.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RepaintedTile {
    /// Its asset.
    pub asset_id: u32,
    /// Its id.
    pub tile: u32,
    /// The index of the palette that drew it.
    pub from: u32,
    /// The index of the palette that draws it then.
    pub to: u32,
}

/// What became of a draft.
#[derive(Debug, Default)]
pub struct Drafted {
    /// The change; `None` if it was refused, or if there is nothing to change.
    pub change: Option<ChangeSummary>,
    /// The assets that get other slots, by id.
    pub slots: Vec<MovedSlot>,
    /// The tiles or samples of the edited asset that get other ids.
    pub ids: Vec<MovedIdentity>,
    /// The tiles that get another palette, by id; empty if ids move.
    pub repainted: Vec<RepaintedTile>,
    /// The pixels that get another color in their file, by asset, file and color.
    pub recolored: Vec<RecoloredPixels>,
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
        Self::repairing(project, edit, &[], findings)
    }

    /// Like [`Draft::new`], for a change that repairs errors of the registry with these codes.
    ///
    /// # Errors
    /// As there.
    pub fn repairing<E: From<ProjectError> + From<ChangeError>>(
        project: &'p Project,
        edit: &str,
        repaired: &[Code],
        findings: &mut Vec<Finding>,
    ) -> Result<Option<Self>, E> {
        Self::reading(project, edit, repaired, |_| None, findings)
    }

    /// A draft of an edit of one asset. If nothing else depends on what the edit changes, and the selector alone says
    /// which asset is meant, no other asset is read.
    ///
    /// # Errors
    /// As for [`Draft::new`].
    pub fn of_edit<E: From<ProjectError> + From<ChangeError>>(
        project: &'p Project,
        asset: &AssetSelector,
        edit: &AssetEdit,
        findings: &mut Vec<Finding>,
    ) -> Result<Option<Self>, E> {
        let only =
            |registry: &Registry| asset.entry_of(registry).filter(|_| edit.is_of_content()).map(|it| it.asset_id);
        Self::reading(project, edit.verb(), edit.repaired_codes(), only, findings)
    }

    fn reading<E: From<ProjectError> + From<ChangeError>>(
        project: &'p Project,
        edit: &str,
        repaired: &[Code],
        only: impl FnOnce(&Registry) -> Option<u32>,
        findings: &mut Vec<Finding>,
    ) -> Result<Option<Self>, E> {
        let Some(editable) = EditableRegistry::read(project, repaired, findings)? else { return Ok(None) };
        let only = only(&editable.registry);
        let snapshot = Snapshot::with_registry(project, part_of(&editable.registry, only), None);
        Ok(Some(Self::of_parts(project, snapshot, only, editable, Change::new(project, edit, "")?)))
    }

    /// A draft without changes.
    fn of_parts(
        project: &'p Project,
        snapshot: Snapshot,
        only: Option<u32>,
        editable: EditableRegistry,
        change: Change<'p>,
    ) -> Self {
        Self {
            project,
            snapshot,
            only,
            editable,
            change,
            edited: Vec::new(),
            new_files: BTreeMap::new(),
            examined: BTreeSet::new(),
            notes: Vec::new(),
            recolored: Vec::new(),
            staged: None,
            origins: BTreeMap::new(),
        }
    }

    /// A draft without changes of the same project as it was read; or only of the asset with the id `only`, for an edit
    /// on which no other asset depends.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn unchanged_copy(&self, only: Option<u32>) -> Result<Self, ChangeError> {
        let change = Change::new(self.project, self.change.verb(), "")?;
        let editable = self.editable.as_read();
        let snapshot = match only {
            Some(_) => self.snapshot.edited(self.project, part_of(&editable.registry, only), &[]),
            None => self.snapshot.clone(),
        };
        Ok(Self::of_parts(self.project, snapshot, only.or(self.only), editable, change))
    }

    /// The project.
    pub fn project(&self) -> &'p Project {
        self.project
    }

    /// The registry as it will be.
    pub fn registry(&mut self) -> &mut Registry {
        self.editable.registry_mut()
    }

    /// The project as it will be.
    pub fn planned(&self) -> Snapshot {
        self.snapshot.edited(self.project, part_of(&self.editable.registry, self.only), &self.edited)
    }

    /// The entry of an asset as it will be.
    pub fn entry(&mut self, asset_id: u32) -> Option<&mut RegistryEntry> {
        self.registry().entries.iter_mut().find(|entry| entry.asset_id == asset_id)
    }

    /// Refuses the change unless the asset packs as it will be, if it will be in the build set. One that was there
    /// before and did not pack may still not pack: its errors become notes.
    pub fn require_packing(&mut self, asset_id: u32) {
        self.examined.insert(asset_id);
    }

    /// Adds notes and warnings about the change, which do not prevent it.
    pub fn add_notes(&mut self, notes: impl IntoIterator<Item = Finding>) {
        self.notes.extend(notes);
    }

    /// Adds pixels that get another color in a file that was rewritten.
    pub fn add_recolored(&mut self, pixels: impl IntoIterator<Item = RecoloredPixels>) {
        self.recolored.extend(pixels);
        self.recolored.sort();
    }

    /// Removes the notes that the loop of an original is not kept: the artifacts of the file declare where it loops.
    pub fn remove_loop_notes(&mut self, original: &Path) {
        let shown = files::display_path(original);
        self.notes.retain(|note| !(note.code == Code::LoopUnread && note.file.as_deref() == Some(&shown)));
    }

    /// Reads the root of an asset from this folder, because it is not in its place yet.
    pub fn read_from(&mut self, asset_id: u32, folder: Folder) {
        self.edited.push(EditedAsset { asset_id, folder: Some(folder), anchor: None });
    }

    /// Copies files into the root of an asset, whose declaration is to name them. Returns their paths in the root. A
    /// file that is there already, or is equal to one of the same name, is not copied. One of `of_folders` gets a free
    /// name if another file has its own.
    ///
    /// # Errors
    /// Why a file cannot be used.
    pub fn bring_files(
        &mut self,
        context: &Context,
        asset: &RegisteredAsset,
        files: &[PathBuf],
        of_folders: &[PathBuf],
        import: &ImportOptions,
    ) -> Result<Vec<RelPath>, Vec<Finding>> {
        let root = self.project.assets().open_folder(&asset.entry.root);
        let root = root.map_err(|error| vec![error.into_finding().in_asset(&asset.asset_ref())])?;
        let mut findings = Vec::new();
        let mut brought: Vec<(RelPath, &Path)> = Vec::new();
        for file in files {
            match self.bring_file(context, asset, &root, (file, of_folders.contains(file)), import, &brought) {
                Ok(path) => brought.push((path, file)),
                Err(finding) => findings.push(finding.file(files::display_path(file))),
            }
        }
        if findings.is_empty() { Ok(brought.into_iter().map(|(path, _)| path).collect()) } else { Err(findings) }
    }

    /// Copies a file into the root of an asset, as [`Draft::bring_files`]. If it has the name of the file that it
    /// `replaces`, it is a new version of that file, whose content it becomes.
    ///
    /// # Errors
    /// As there; also if the old version cannot be read.
    pub fn bring_new_version(
        &mut self,
        context: &Context,
        asset: &RegisteredAsset,
        file: &Path,
        import: &ImportOptions,
        replaces: Option<RelPath>,
    ) -> Result<RelPath, Vec<Finding>> {
        let family = asset.family().unwrap_or(Family::GlyphBank);
        let root = self.project.assets().below(asset.entry.root.as_str());
        let is_elsewhere = files::path_below(file, root.path()).is_none();
        let kind = import_kind(file, family, import);
        let same = replaces.filter(|old| is_elsewhere && name_of_copy(file, kind).is_ok_and(|it| it == *old));
        let Some(old) = same else {
            let brought = self.bring_files(context, asset, &[file.to_owned()], &[], import)?;
            return Ok(brought.into_iter().next().unwrap_or_else(AnchorFile::name));
        };
        let shown = files::display_path(file);
        let about_file = |finding: Finding| vec![finding.file(&shown)];
        let content = self.read_or_import(context, file, &old, kind, import).map_err(about_file)?;
        self.add_origin(asset, Origin::new(old.clone(), file, *import, Sha::of(&content)));
        self.put_file(context, asset, &old, content)?;
        Ok(old)
    }

    /// The content that a file has in the root: decoded, if a pack does not read it.
    fn read_or_import(
        &mut self,
        context: &Context,
        file: &Path,
        name: &RelPath,
        kind: Option<ImportKind>,
        import: &ImportOptions,
    ) -> Result<Vec<u8>, Finding> {
        let Some(kind) = kind else {
            return read_new_file(file, name, self.room_bytes());
        };
        let memory = &mut ImportMemory::new(context);
        let imported = import_file(context, memory, file, kind, import, self.room_bytes());
        let imported = imported.map_err(|finding| *finding)?;
        let shown = files::display_path(file);
        self.notes.extend(imported.notes.into_iter().map(|note| note.file(&shown)));
        Ok(imported.bytes)
    }

    /// One of the files of [`Draft::bring_files`]; `brought` are those before it.
    fn bring_file(
        &mut self,
        context: &Context,
        asset: &RegisteredAsset,
        root: &Folder,
        (file, is_of_folder): (&Path, bool),
        import: &ImportOptions,
        brought: &[(RelPath, &Path)],
    ) -> Result<RelPath, Finding> {
        let family = asset.family().unwrap_or(Family::GlyphBank);
        let kind = import_kind(file, family, import);
        let name = match (files::path_below(file, root.path()), kind) {
            (Some(inside), None) => {
                let inside = RelPath::parse(&inside)
                    .map_err(|problem| Finding::new(problem.code, problem.message, problem.help))?;
                let is_used = asset.declaration().is_some_and(|it| it.source_files().contains(&&inside));
                if !is_used {
                    self.change_origin(asset, OriginChange::Own(inside.clone()));
                }
                return Ok(inside);
            }
            (Some(_), Some(_)) => name_in_place(file, root.path(), kind)?,
            (None, _) => name_of_copy(file, kind)?,
        };
        let content = self.read_or_import(context, file, &name, kind, import)?;
        for candidate in free_names(file, &name).take(if is_of_folder { usize::MAX } else { 1 }) {
            let key = candidate.fold_key();
            let earlier = brought.iter().find(|(other, _)| other.fold_key() == key);
            let new_files = self.new_files.entry(asset.entry.asset_id).or_default();
            let is_planned = new_files.iter().any(|(planned, _)| planned.fold_key() == key);
            let is_there = match (earlier, root.open(&candidate)) {
                (Some((_, other)), _) if files::is_same_file(other, file) => return Ok(candidate),
                (Some(_), _) => continue,
                (None, Ok(existing)) => {
                    let existing = existing.read_whole(content.len() as u64).map_err(|error| error.as_finding())?;
                    existing.is_some_and(|existing| existing.bytes == content)
                }
                (None, Err(OpenError::Missing { twin: None })) if !is_planned => false,
                (None, Err(_)) => continue,
            };
            let origin = Origin::new(candidate.clone(), file, *import, Sha::of(&content));
            if is_there {
                self.add_origin(asset, origin);
                return Ok(candidate);
            }
            if files::exists(&root.path().join(candidate.as_str())) {
                continue;
            }
            let place = match kind {
                Some(_) => {
                    let unique = context.new_uuid().map_err(|error| error.as_finding())?.to_string();
                    stage_file(context, &mut self.staged, &unique, &content)?
                }
                None => file.to_owned(),
            };
            self.change.create(&format!("assets/{}/{candidate}", asset.entry.root), &content);
            new_files.push((candidate.clone(), place));
            self.add_origin(asset, origin);
            if candidate != name {
                self.notes.push(other_name_note(file, &candidate, files::path_below(file, root.path()).is_some()));
            }
            return Ok(candidate);
        }
        Err(Finding::new(
            Code::FileNameTwice,
            format!("the root `{}` gets or has another file `{name}`", asset.entry.root),
            match kind {
                Some(_) => {
                    "Give the file another name. If it is a new version of the file that this one was made from, run \
                     `prometeu-packer update PROJECT ASSET`."
                }
                None => {
                    "Give the file another name. If it is a new version of that file, copy it over the old one, or pass \
                     that path."
                }
            },
        ))
    }

    /// Gives a file of the root of an asset this content, whether it is there already or not.
    ///
    /// # Errors
    /// If it cannot be read or written; without a file.
    pub fn put_file(
        &mut self,
        context: &Context,
        asset: &RegisteredAsset,
        file: &RelPath,
        content: Vec<u8>,
    ) -> Result<(), Vec<Finding>> {
        let in_file = |finding: Finding| vec![finding.file(file.as_str()).in_asset(&asset.asset_ref())];
        let root = self.project.assets().open_folder(&asset.entry.root);
        let root = root.map_err(|error| vec![error.into_finding().in_asset(&asset.asset_ref())])?;
        if !matches!(root.open(file), Err(OpenError::Missing { twin: None })) {
            return self.rewrite_file(context, asset, file, |_| Ok(content));
        }
        let unique = context.new_uuid().map_err(|error| in_file(error.as_finding()))?.to_string();
        let place = stage_file(context, &mut self.staged, &unique, &content).map_err(in_file)?;
        self.new_files.entry(asset.entry.asset_id).or_default().push((file.clone(), place));
        self.change.create(&format!("assets/{}/{file}", asset.entry.root), &content);
        Ok(())
    }

    /// How much more of files the change can contain, in bytes, to be undone.
    pub fn room_bytes(&self) -> u64 {
        self.change.room_bytes()
    }

    /// Remembers where a file of an asset came from, if the change is made.
    pub fn add_origin(&mut self, asset: &RegisteredAsset, origin: Origin) {
        self.change_origin(asset, OriginChange::Known(origin));
    }

    fn change_origin(&mut self, asset: &RegisteredAsset, change: OriginChange) {
        self.origins.entry(asset.entry.asset_id).or_default().push(change);
    }

    /// Gives a file of the root of an asset another content: `rewrite` turns the old one into it.
    ///
    /// # Errors
    /// If the file cannot be read, `rewrite` refuses, or the system does.
    pub fn rewrite_file(
        &mut self,
        context: &Context,
        asset: &RegisteredAsset,
        file: &RelPath,
        rewrite: impl FnOnce(&[u8]) -> Result<Vec<u8>, Box<Finding>>,
    ) -> Result<(), Vec<Finding>> {
        let in_file = |finding: Finding| vec![finding.file(file.as_str()).in_asset(&asset.asset_ref())];
        let root = self.project.assets().open_folder(&asset.entry.root);
        let root = root.map_err(|error| vec![error.into_finding().in_asset(&asset.asset_ref())])?;
        let read = |folder: &Folder| -> Result<Vec<u8>, Finding> {
            let source = folder.open(file).map_err(|error| error.into_finding_about(file))?;
            read_content(source, file.as_str(), HISTORY_BYTES)
        };
        let original = read(&root).map_err(in_file)?;
        let new_files = self.new_files.entry(asset.entry.asset_id).or_default();
        let current = match new_files.iter().any(|(planned, _)| planned == file) {
            true => read(&root.with_planned_files(new_files)).map_err(in_file)?,
            false => original.clone(),
        };
        let rewritten = rewrite(&current).map_err(|finding| in_file(*finding))?;
        let unique = context.new_uuid().map_err(|error| in_file(error.as_finding()))?.to_string();
        let place = stage_file(context, &mut self.staged, &unique, &rewritten).map_err(in_file)?;
        new_files.retain(|(planned, _)| planned != file);
        new_files.push((file.clone(), place));
        self.notes.extend(file_kind_changed(&current, &rewritten).into_iter().flat_map(in_file));
        self.change.replace(&format!("assets/{}/{file}", asset.entry.root), &original, &rewritten);
        Ok(())
    }

    /// Changes the declaration of an asset. No other character of the file changes.
    ///
    /// # Errors
    /// The findings, if the declaration has errors, its layout has no place for the change, or `edit` refuses.
    pub fn edit_declaration(
        &mut self,
        asset: &RegisteredAsset,
        edit: impl FnOnce(&mut Declaration, &Folder) -> Result<(), Vec<Finding>>,
    ) -> Result<(), Vec<Finding>> {
        self.edit_anchor(asset, true, edit)
    }

    /// Like [`Draft::edit_content`], for an edit that may replace or remove palettes whose files cannot be read. They
    /// have no colors, so it must look at none.
    ///
    /// # Errors
    /// As there.
    pub fn edit_palette_list(
        &mut self,
        asset: &RegisteredAsset,
        edit: impl FnOnce(&mut Declaration) -> Result<(), Vec<Finding>>,
    ) -> Result<(), Vec<Finding>> {
        self.require_packing(asset.entry.asset_id);
        self.edit_anchor(asset, false, |declaration, _| edit(declaration))
    }

    fn edit_anchor(
        &mut self,
        asset: &RegisteredAsset,
        needs_colors: bool,
        edit: impl FnOnce(&mut Declaration, &Folder) -> Result<(), Vec<Finding>>,
    ) -> Result<(), Vec<Finding>> {
        let in_asset = |finding: Finding| finding.in_asset(&asset.asset_ref());
        let all_in_asset = |findings: Vec<Finding>| findings.into_iter().map(in_asset).collect::<Vec<_>>();
        let opened = self.project.assets().open_folder(&asset.entry.root).map_err(AnchorError::Open);
        let read = opened.and_then(|folder| Ok((AnchorFile::read(&folder)?, folder)));
        let (anchor, folder) = read.map_err(|error| vec![in_asset(error.into_finding())])?;
        let folder = match self.new_files.get(&asset.entry.asset_id) {
            Some(files) => folder.with_planned_files(files),
            None => folder,
        };
        let asset_id = asset.entry.asset_id;
        let earlier = self.edited.iter().position(|edited| edited.asset_id == asset_id && edited.anchor.is_some());
        let bytes = earlier.and_then(|at| self.edited[at].anchor.as_ref()).unwrap_or(&anchor.content.bytes);
        let reading = Declaration::read_before_palettes(bytes);
        let Some(before) = reading.declaration else { return Err(all_in_asset(reading.findings)) };
        let mut after = before.clone();
        let palettes = DeclaredPalettes::read(&mut after, &folder, &self.project.assets());
        let is_whole = palettes.is_whole();
        let unread = || palettes.findings.iter().map(|found| found.clone().in_asset(&asset.asset_ref())).collect();
        if needs_colors && !is_whole {
            return Err(unread());
        }
        let read = after.clone();
        edit(&mut after, &folder).map_err(|findings| self.about_originals(all_in_asset(findings)))?;
        if !is_whole && has_unread_palette(&after) {
            return Err(unread());
        }
        check_file_colors(&read, &after).map_err(|finding| vec![in_asset(finding.file(ANCHOR))])?;
        if let Content::Glyph(glyph) = &after.content {
            // They are of a declaration that is not written yet, so they have no line in it.
            let findings_of =
                |glyph: &GlyphContent| glyph.animation_findings().into_iter().map(Finding::without_places);
            let known: Vec<Finding> = match &before.content {
                Content::Glyph(before) => findings_of(before).collect(),
                _ => Vec::new(),
            };
            let new = findings_of(glyph).filter(|finding| !known.contains(finding));
            let new: Vec<Finding> = new.map(|finding| in_asset(finding.requiring_animations())).collect();
            if !new.is_empty() {
                return Err(new);
            }
        }
        let text = std::str::from_utf8(bytes).unwrap_or_default();
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
        if let Some(earlier) = earlier {
            self.edited.remove(earlier);
        }
        self.edited.push(EditedAsset { asset_id, folder: Some(folder), anchor: Some(edited.into_bytes()) });
        Ok(())
    }

    /// Like [`Draft::edit_declaration`], for what the asset is built from: it must still pack afterwards.
    ///
    /// # Errors
    /// As there.
    pub fn edit_content(
        &mut self,
        asset: &RegisteredAsset,
        edit: impl FnOnce(&mut Declaration, &Folder) -> Result<(), Vec<Finding>>,
    ) -> Result<(), Vec<Finding>> {
        self.require_packing(asset.entry.asset_id);
        self.edit_declaration(asset, edit)
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
        let after = self.planned();
        let before = self.examine::<E>(context, &self.snapshot)?;
        let examined = self.examine::<E>(context, &after)?;
        let examined_id = |finding: &Finding| {
            let asset_id = finding.asset.as_ref().and_then(|asset| asset.asset_id);
            asset_id.filter(|asset_id| self.examined.contains(asset_id))
        };
        let broken: BTreeSet<u32> =
            before.findings.iter().filter(|finding| finding.is_error()).filter_map(examined_id).collect();
        let known: HashSet<CauseId> =
            self.snapshot.findings.iter().filter(|finding| finding.is_error()).map(Finding::cause_id).collect();
        let is_new_error = |finding: &Finding| finding.is_error() && !known.contains(&finding.cause_id());
        let broken_animations = newly_broken_animations(&before.built, &examined.built);
        let found = examined.findings.iter().filter(|finding| examined_id(finding).is_some() || is_new_error(finding));
        let findings = found.cloned().map(|finding| {
            let was_broken = examined_id(&finding).is_some_and(|asset_id| broken.contains(&asset_id));
            let is_note = was_broken && finding.is_error();
            // No pack depends on an animation, so it does not matter whether the asset is excluded.
            let is_refused = broken_animations.contains(&finding.cause_id());
            match is_refused {
                true => Finding { severity: Severity::Error, ..finding },
                false => grade_finding(finding, !is_note),
            }
        });
        let mut findings: Vec<Finding> = findings.collect();
        findings.iter_mut().for_each(|finding| self.advise_about_new_file(finding));
        if self.claims_name_or_slot(&after) {
            findings.extend(after.unknown_claims());
        }
        let mut drafted = Drafted { findings, ..Drafted::default() };
        if has_errors(&drafted.findings) {
            drafted.findings.iter_mut().for_each(|finding| self.name_original(finding));
            // An error about a loop is in the frames that it would have.
            drafted.findings.extend(self.notes.into_iter().filter(|note| note.code == Code::LoopChanged));
            return Ok(drafted);
        }
        drafted.findings.append(&mut self.notes);
        drafted.slots = find_moved_slots(&self.snapshot, &after);
        for now in &examined.built {
            if let Some(earlier) = before.built.iter().find(|earlier| earlier.asset_id() == now.asset_id()) {
                drafted.ids.extend(moved_identities(&earlier.uses, now));
                drafted.findings.extend(changed_animations(earlier, now));
            }
        }
        if drafted.ids.is_empty() {
            drafted.repainted = find_repainted_tiles(&before.built, &examined.built);
        }
        drafted.recolored = std::mem::take(&mut self.recolored);
        self.editable.add_to(&mut self.change);
        for (asset_id, origins) in std::mem::take(&mut self.origins) {
            let entry = self.editable.registry.entries.iter().find(|entry| entry.asset_id == asset_id);
            let origins = entry.map(|entry| AssetOrigins::new(&self.editable.registry, entry, origins));
            origins.into_iter().for_each(|origins| self.change.add_origins(origins));
        }
        match self.change.apply(context, lock, None) {
            Err(ChangeError::Refused(finding)) => {
                drafted.findings.push(*finding);
                drafted.slots.clear();
                drafted.ids.clear();
                drafted.repainted.clear();
                drafted.recolored.clear();
            }
            made => {
                let (change, notes) = made?;
                drafted.change = change;
                drafted.findings.extend(notes);
            }
        }
        Ok(drafted)
    }

    /// The findings because of which the change is refused, about the originals of files that then are not changed.
    fn about_originals(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        for finding in &mut findings {
            self.advise_about_new_file(finding);
            self.name_original(finding);
        }
        findings
    }

    /// Changes the advice about a file that is being added or replaced: no artifact exists yet that could allow the
    /// loss, and the declaration has no such file yet.
    fn advise_about_new_file(&self, finding: &mut Finding) {
        if self.new_origin_of(finding).is_none() {
            return;
        }
        match finding.code {
            Code::ConvertDownmix => finding.help = "Export it as mono, and add that file.".into(),
            Code::ConvertDepth => finding.help = "Export it with 16 bits, and add that file.".into(),
            _ => finding.help = finding.help.replace(PALETTES_COMMAND, "the option `--palettes`"),
        }
    }

    /// Makes a finding about a file that is not changed, or is not there, one about the original that was to be used.
    fn name_original(&self, finding: &mut Finding) {
        if let Some(origin) = self.new_origin_of(finding) {
            let file = files::display_path(&origin.from);
            origin.import.name_new_rate(finding);
            finding.file = Some(file);
        }
    }

    /// Where the file of the finding comes from, if it is new or gets another content.
    fn new_origin_of(&self, finding: &Finding) -> Option<&Origin> {
        let asset = finding.asset.as_ref()?;
        let asset_id = asset.asset_id?;
        let prefix = format!("assets/{}/", escaped(&asset.root));
        let file = finding.file.as_deref()?.strip_prefix(&prefix)?;
        let new =
            self.new_files.get(&asset_id)?.iter().map(|(path, _)| path).find(|new| escaped(new.as_str()) == file)?;
        self.origins.get(&asset_id)?.iter().find_map(|origin| match origin {
            OriginChange::Known(origin) if origin.file == *new => Some(origin),
            _ => None,
        })
    }

    /// Whether an asset of the build set gets a name or a slot that another one may have.
    fn claims_name_or_slot(&self, after: &Snapshot) -> bool {
        let mut before: HashMap<AssetUuid, &RegisteredAsset> = HashMap::new();
        for asset in self.snapshot.build_set() {
            before.entry(asset.entry.asset_uuid).or_insert(asset);
        }
        after.build_set().filter_map(|asset| Some((asset, asset.declaration()?))).any(|(asset, new)| {
            let old = before.get(&asset.entry.asset_uuid).and_then(|old| old.declaration());
            let is_renamed = old.is_some_and(|old| old.name != new.name);
            is_renamed || (new.preload.enabled && old.is_none_or(|old| old.preload != new.preload))
        })
    }

    /// Builds the assets that must pack, as far as the snapshot has them. The findings include those of the snapshot.
    fn examine<E: From<Stop> + From<ChangeError>>(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Examination, E> {
        if self.examined.is_empty() {
            let findings = snapshot.findings.clone();
            return Ok(Examination { built: Vec::new(), header: None, findings, changed_path: None });
        }
        let assets = snapshot.assets.iter().filter(|asset| self.examined.contains(&asset.entry.asset_id));
        let examination = examine_assets(context, snapshot, assets, None, &mut DiscardOutput)?;
        match examination.changed_path {
            Some(path) => Err(ChangeError::Changed(path).into()),
            None => Ok(examination),
        }
    }
}

/// Whether a palette that is a file has no colors, because the file could not be read.
fn has_unread_palette(declaration: &Declaration) -> bool {
    let Content::Glyph(glyph) = &declaration.content else { return false };
    glyph.palettes.iter().any(|palette| palette.file.is_some() && palette.colors.is_empty())
}

/// The registry; or of it, only the entry with this id.
fn part_of(registry: &Arc<Registry>, only: Option<u32>) -> Arc<Registry> {
    match only {
        Some(only) => Arc::new(registry.with_entries(|entry| entry.asset_id == only)),
        None => Arc::clone(registry),
    }
}

/// The assets that have other slots in the second snapshot, by their ids there, or in the first if they are gone.
fn find_moved_slots(before: &Snapshot, after: &Snapshot) -> Vec<MovedSlot> {
    let (before, after) = (slots_by_uuid(before), slots_by_uuid(after));
    let uuids: BTreeSet<AssetUuid> = before.keys().chain(after.keys()).copied().collect();
    let moved = uuids.iter().filter_map(|uuid| {
        let (from, to) = (before.get(uuid), after.get(uuid));
        let slot = |at: Option<&(u32, u32)>| at.map(|(_, slot)| *slot);
        let asset_id = to.or(from).map(|(asset_id, _)| *asset_id)?;
        (slot(from) != slot(to)).then_some(MovedSlot { asset_id, from: slot(from), to: slot(to) })
    });
    let mut moved: Vec<MovedSlot> = moved.collect();
    moved.sort_by_key(|moved| moved.asset_id);
    moved
}

/// The id and the slot of each asset that has one. Where several assets have the same id, the declared slots count,
/// because the snapshot knows only one of theirs.
fn slots_by_uuid(snapshot: &Snapshot) -> BTreeMap<AssetUuid, (u32, u32)> {
    let mut seen = BTreeSet::new();
    let is_repeated = |asset: &&Arc<RegisteredAsset>| !seen.insert(asset.entry.asset_id);
    let repeated: BTreeSet<u32> = snapshot.assets.iter().filter(is_repeated).map(|it| it.entry.asset_id).collect();
    let slots = snapshot.build_set().filter_map(|asset| {
        let RegistryEntry { asset_id, asset_uuid, .. } = asset.entry;
        let slot = match repeated.contains(&asset_id) {
            true => asset.declaration().map(|it| it.preload).filter(|preload| preload.enabled)?.slot?,
            false => *snapshot.slots.get(&asset_id)?,
        };
        Some((asset_uuid, (asset_id, slot)))
    });
    slots.collect()
}

/// The tiles of assets that are in both lists and have another palette in the second.
fn find_repainted_tiles(before: &[BuiltAsset], after: &[BuiltAsset]) -> Vec<RepaintedTile> {
    let mut repainted = Vec::new();
    for now in after {
        let Some(earlier) = before.iter().find(|earlier| earlier.asset_id() == now.asset_id()) else { continue };
        repainted.extend(now.tile_palettes.each_tile().filter_map(|(tile, to)| {
            let from = earlier.tile_palettes.palette_of(tile).filter(|from| *from != to)?;
            Some(RepaintedTile { asset_id: now.asset_id(), tile, from, to })
        }));
    }
    repainted
}

/// Writes a new file to a temporary folder, where the check of the change finds it.
fn stage_file(
    context: &Context,
    folder: &mut Option<TemporaryFolder>,
    name: &str,
    bytes: &[u8],
) -> Result<PathBuf, Finding> {
    if bytes.len() as u64 > HISTORY_BYTES {
        return Err(too_large_to_undo());
    }
    let folder = match folder {
        Some(folder) => folder,
        None => {
            let unique = context.new_uuid().map_err(|error| error.as_finding())?.to_string();
            folder.insert(TemporaryFolder::create(&unique).map_err(|error| error.as_finding())?)
        }
    };
    let place = folder.held().path().join(name);
    folder.held().write_new(name, bytes).map_err(|error| error.as_finding())?;
    Ok(place)
}

fn too_large_to_undo() -> Finding {
    Finding::new(
        Code::FileTooLarge,
        format!("the file has more than {}, too much to be undone", format_bytes(HISTORY_BYTES)),
        "Copy it into the root of the asset yourself, and pass that path.",
    )
}

/// The content of a file that is to be copied into the project.
fn read_new_file(file: &Path, name: &RelPath, room_bytes: u64) -> Result<Vec<u8>, Finding> {
    let source = SourceFile::from_path(file).map_err(|error| error.into_finding_about(name))?;
    read_content(source, &files::display_path(file), room_bytes)
}

/// The content of a file that a change records, which has room for so many bytes; `shown` is its path for people.
pub(super) fn read_content(source: SourceFile, shown: &str, room_bytes: u64) -> Result<Vec<u8>, Finding> {
    let is_alone_too_large = source.size_bytes() > HISTORY_BYTES;
    let content = source.read_whole(room_bytes).map_err(|error| error.as_finding())?;
    match content {
        Some(content) if content.is_consistent => Ok(content.bytes),
        Some(_) => Err(ChangeError::Changed(shown.to_owned()).as_finding()),
        None if is_alone_too_large || room_bytes == HISTORY_BYTES => Err(too_large_to_undo()),
        None => Err(Finding::new(
            Code::FileTooLarge,
            format!("with this file, the change has more than {}, too much to be undone", format_bytes(HISTORY_BYTES)),
            "Add the files in several steps.",
        )),
    }
}
