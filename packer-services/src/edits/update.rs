//! `update`: fetches the files of a root again from where they came. Decoding is repeated as it was first done.

use std::io::Cursor;
use std::path::PathBuf;

use super::Draft;
use super::bank::{in_order_of_ids, number_tiles};
use super::images::palette_changed;
use super::missing_colors::declare_missing_colors;
use super::sounds::{declares_loop, read_sound};
use crate::banks::sound::{Sound, read_structure_from};
use crate::context::Context;
use crate::declaration::{Content, Family};
use crate::diagnostics::{Code, Finding, has_errors};
use crate::files::{self, OpenError, Sha, SourceFile};
use crate::import::{ImportMemory, import_file, import_kind};
use crate::limits::HISTORY_BYTES;
use crate::new_bank::{FormerSound, follow_file_loop};
use crate::origins::{Origin, declared_origins};
use crate::paths::RelPath;
use crate::snapshot::RegisteredAsset;

/// What `update` may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UpdateOptions {
    /// Whether files are replaced too that were edited in the root.
    pub force: bool,
    /// Whether the colors of a glyph bank's images that are not declared yet are declared.
    pub palettes: bool,
}

impl UpdateOptions {
    /// Replaces files too that were edited in the root.
    #[must_use]
    pub fn force(self, force: bool) -> Self {
        Self { force, ..self }
    }

    /// Declares the colors that the new images need.
    #[must_use]
    pub fn palettes(self, palettes: bool) -> Self {
        Self { palettes, ..self }
    }
}

/// Replaces the files of an asset by their originals, where these have changed.
///
/// # Errors
/// If no origin is remembered, an original cannot be used, a file was edited in the root, or the declaration cannot be
/// edited.
pub fn update_asset(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    options: UpdateOptions,
) -> Result<(), Vec<Finding>> {
    let family = asset.family().unwrap_or(Family::GlyphBank);
    let registry = &draft.editable.registry;
    let origins =
        asset.declaration().map(|declaration| declared_origins(draft.project(), registry, &asset.entry, declaration));
    let origins = origins.unwrap_or_default();
    if origins.is_empty() {
        let finding = Finding::new(
            Code::OriginUnknown,
            "it is not known where the files of the asset came from",
            "`create` and `compose … add` remember it, for this folder of the project alone. Replace a file with \
             `prometeu-packer compose PROJECT ASSET replace ARTIFACT FILE`, from then on it is known.",
        );
        return Err(vec![finding.in_asset(&asset.asset_ref())]);
    }
    let (mut findings, mut replaced) = (Vec::new(), Vec::new());
    for (file, known) in &origins {
        match fetch(context, draft, asset, family, (file, known), options) {
            Ok(file) => replaced.extend(file),
            Err(mut found) => findings.append(&mut found),
        }
    }
    if has_errors(&findings) {
        return Err(findings);
    }
    findings.extend(replaced.iter().filter_map(|replaced| palette_changed(draft, asset, &replaced.file)));
    draft.add_notes(findings);
    let (mut loop_notes, mut with_loops) = (Vec::new(), Vec::new());
    draft.edit_content(asset, |declaration, root| match &mut declaration.content {
        Content::Glyph(glyph) => {
            let order = in_order_of_ids(&glyph.artifacts);
            number_tiles(context, root, glyph, &order);
            if options.palettes { declare_missing_colors(context, root, glyph) } else { Ok(()) }
        }
        Content::Sound(sound) => {
            for artifact in &mut sound.artifacts {
                let Some(file) = replaced.iter().find(|replaced| replaced.file == artifact.file) else { continue };
                let sound = read_sound(root, &artifact.file);
                let former = FormerSound::of_replaced(file.sound_before.as_ref());
                loop_notes.extend(sound.map_or_else(Vec::new, |sound| follow_file_loop(artifact, former, &sound)));
            }
            with_loops.extend(replaced.iter().filter(|replaced| declares_loop(sound, &replaced.file)));
            Ok(())
        }
        Content::Raw { .. } => Ok(()),
    })?;
    with_loops.into_iter().for_each(|replaced| draft.remove_loop_notes(&replaced.from));
    draft.add_notes(loop_notes.into_iter().map(|note: Finding| note.in_asset(&asset.asset_ref())));
    Ok(())
}

/// A file that was replaced.
struct ReplacedFile {
    file: RelPath,
    /// The original.
    from: PathBuf,
    /// The sound that it had, if it is one.
    sound_before: Option<Sound>,
}

/// Replaces one file, if its original has changed: of those that are known, the one that its content came from.
fn fetch(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    family: Family,
    (file, known): (&RelPath, &[Origin]),
    options: UpdateOptions,
) -> Result<Option<ReplacedFile>, Vec<Finding>> {
    let root = draft.project().assets().open_folder(&asset.entry.root);
    let root = root.map_err(|error| vec![error.into_finding().in_asset(&asset.asset_ref())])?;
    let current = root.open(file).ok().and_then(|source| source.read_whole(HISTORY_BYTES).ok()?);
    let current_sha = current.as_ref().map(|current| Sha::of(&current.bytes));
    let of_content = known.iter().rev().find(|origin| current_sha.is_some_and(|sha| origin.written.contains(&sha)));
    let Some(Origin { from, import, written, .. }) = of_content.or(known.last()) else { return Ok(None) };
    let shown = files::display_path(from);
    let about_original = |finding: Finding| vec![finding.file(&shown)];
    let source = match SourceFile::from_path(from) {
        Ok(source) => source,
        Err(OpenError::Disk(error)) if files::is_absent(&error.source) => {
            let message = format!("the original of `{file}` is gone; the file in the root is kept");
            let help =
                "If it was moved, run `prometeu-packer compose PROJECT ASSET replace ARTIFACT FILE` with its new path.";
            return Err(about_original(Finding::new(Code::OriginMissing, message, help)));
        }
        Err(error) => return Err(about_original(error.into_finding_about(file))),
    };
    let (content, notes) = match import_kind(from, family, import) {
        Some(kind) => {
            let memory = &mut ImportMemory::new(context);
            let imported = import_file(context, memory, from, kind, import, draft.room_bytes())
                .map_err(|finding| about_original(*finding))?;
            (imported.bytes, imported.notes)
        }
        None => (super::draft::read_content(source, &shown, draft.room_bytes()).map_err(about_original)?, Vec::new()),
    };
    let mut sound_before = None;
    if let Some(current) = current {
        if current.bytes == content {
            // The copy was edited, and copied over the original: it comes from there now.
            if of_content.is_none() {
                draft.add_origin(asset, Origin::new(file.clone(), from, *import, Sha::of(&content)));
            }
            return Ok(None);
        }
        let sound = read_structure_from(&mut Cursor::new(&current.bytes), current.bytes.len() as u64);
        sound_before = sound.ok().and_then(Result::ok);
        let is_edited = of_content.is_none();
        // The original is as it was when it was fetched: there is nothing new in it.
        if is_edited && written.last() == Some(&Sha::of(&content)) {
            return Ok(None);
        }
        if is_edited && !options.force {
            let finding = Finding::new(
                Code::OriginEdited,
                format!("the file was edited since it came from {shown}, and would be replaced"),
                "Pass `--force` to replace it; `undo` brings it back. To keep it, copy it over the original.",
            );
            return Err(vec![finding.file(file.as_str()).in_asset(&asset.asset_ref())]);
        }
    }
    draft.add_notes(notes.into_iter().map(|note| note.file(&shown)));
    let written = Sha::of(&content);
    draft.put_file(context, asset, file, content)?;
    draft.add_origin(asset, Origin::new(file.clone(), from, *import, written));
    Ok(Some(ReplacedFile { file: file.clone(), from: from.clone(), sound_before }))
}
