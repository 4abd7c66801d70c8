//! `compose`: which images or sounds a bank is built from, and in which order they have ids. Files from elsewhere are
//! copied into the root, as by `create`.

use std::path::PathBuf;

use super::Draft;
use super::bank::{in_order_of_ids, not_a_glyph_bank, not_a_sound_bank, number_sounds, number_tiles};
use super::images::palette_changed;
use super::missing_colors::declare_missing_colors;
use super::sounds::{declares_loop, read_sound};
use crate::artifact_selector::{ArtifactSelector, BankArtifact};
use crate::banks::sound::Sound;
use crate::context::Context;
use crate::declaration::{
    Content, Convert, Cut, Family, GlyphArtifact, GlyphContent, LoopChoice, SoundArtifact, SpritePart,
};
use crate::diagnostics::{Code, Finding, Place};
use crate::import::{ImportOptions, ImportedFrames};
use crate::new_bank::{ExpandedFiles, FormerSound, expand_folders, follow_file_loop};
use crate::paths::RelPath;
use crate::snapshot::RegisteredAsset;

/// What `compose` does to the artifacts of a bank.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Composition {
    /// Adds these files, in this order, behind the others; of a folder, all that the bank can have. An image gets the
    /// color key that all others have, if they have the same.
    Add(Vec<PathBuf>),
    /// Removes these artifacts from the bank. Their files stay where they are.
    Remove(Vec<ArtifactSelector>),
    /// Builds an artifact from another file. All else about it stays the same.
    Replace(ArtifactSelector, PathBuf),
    /// Gives the artifacts consecutive ids, in the order in which they have ids now: gaps and overlaps end.
    Number,
    /// Gives the bank these artifacts, in this order, and no others.
    Arrange(Vec<Arranged>),
    /// Gives an artifact the ids before another one, or the last ones.
    Move {
        /// What is moved.
        artifact: ArtifactSelector,
        /// Before which one; `None` for the end.
        before: Option<ArtifactSelector>,
    },
}

/// An artifact of an arranged bank.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arranged {
    /// One that it has already.
    Kept(ArtifactSelector),
    /// One of this file; it is as if it was added.
    New(PathBuf),
}

/// Changes the artifacts of a bank. Ids stay consecutive. With `palettes`, missing colors of a glyph bank are declared.
///
/// # Errors
/// If a file cannot be used, there is no such artifact, or the declaration cannot be edited.
pub fn compose_bank(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    composition: &Composition,
    palettes: bool,
    import: &ImportOptions,
) -> Result<(), Vec<Finding>> {
    match asset.declaration().map(|declaration| &declaration.content) {
        Some(content @ Content::Glyph(_)) if import.rate_hz.is_some() => return Err(vec![not_a_sound_bank(content)]),
        Some(content @ Content::Sound(_)) if import.frames != ImportedFrames::default() => {
            return Err(vec![not_a_glyph_bank(content)]);
        }
        _ => {}
    }
    let replaced_sound = replaced_sound(draft, asset, composition);
    let new = match composition {
        Composition::Add(paths) => {
            let family = asset.family().unwrap_or(Family::GlyphBank);
            let ExpandedFiles { files, of_folders, notes, errors, .. } = expand_folders(paths, family);
            if !errors.is_empty() {
                return Err(errors);
            }
            draft.add_notes(notes);
            draft.bring_files(context, asset, &files, &of_folders, import)?
        }
        Composition::Replace(artifact, file) => {
            let replaced = asset.declaration().and_then(|declaration| only_file(&declaration.content, artifact));
            let new = draft.bring_new_version(context, asset, file, import, replaced.clone())?;
            if replaced.as_ref() == Some(&new) {
                let note = palette_changed(draft, asset, &new);
                draft.add_notes(note);
            }
            vec![new]
        }
        Composition::Arrange(items) => {
            let files =
                items.iter().filter_map(|item| if let Arranged::New(file) = item { Some(file.clone()) } else { None });
            draft.bring_files(context, asset, &files.collect::<Vec<PathBuf>>(), &[], import)?
        }
        Composition::Remove(_) | Composition::Number | Composition::Move { .. } => Vec::new(),
    };
    let (mut loop_notes, mut has_loop) = (Vec::new(), false);
    draft.edit_content(asset, |declaration, root| match &mut declaration.content {
        Content::Glyph(glyph) => {
            let mut keys = glyph.artifacts.iter().map(|artifact| artifact.color_key);
            let color_key = keys.next().flatten().filter(|key| keys.all(|other| other == Some(*key)));
            let add = |file| GlyphArtifact {
                file,
                index: 0,
                palette: None,
                color_key,
                part: SpritePart::default(),
                cut: Cut::default(),
            };
            let replaced = replaced_file(&glyph.artifacts, composition);
            let order = compose(&mut glyph.artifacts, composition, new.clone(), add)?;
            if let (Some(old), [new]) = (replaced, &new[..]) {
                rename_in_animations(glyph, &old, new);
            }
            number_tiles(context, root, glyph, &order);
            if palettes { declare_missing_colors(context, root, glyph) } else { Ok(()) }
        }
        Content::Sound(sound) => {
            let place = Place::Json { line: 1, column: 1, path: "$.artifacts".into() };
            let (looping, convert) = (LoopChoice::File, Convert::default());
            let add = |file| SoundArtifact { file, index: 0, looping, convert, place: place.clone() };
            let order = compose(&mut sound.artifacts, composition, new.clone(), add)?;
            number_sounds(sound, &order);
            let with_new_file = match &replaced_sound {
                Some((at, _)) => *at..at + 1,
                None => sound.artifacts.len() - new.len()..sound.artifacts.len(),
            };
            let replaced = replaced_sound.as_ref().map(|(_, sound)| FormerSound::of_replaced(sound.as_ref()));
            let former = replaced.unwrap_or(FormerSound::None);
            for artifact in &mut sound.artifacts[with_new_file] {
                let sound = read_sound(root, &artifact.file);
                loop_notes.extend(sound.map_or_else(Vec::new, |sound| follow_file_loop(artifact, former, &sound)));
            }
            has_loop = new.iter().all(|file| declares_loop(sound, file));
            Ok(())
        }
        raw @ Content::Raw { .. } => Err(vec![not_a_glyph_bank(raw)]),
    })?;
    if let Composition::Replace(_, original) = composition
        && has_loop
    {
        draft.remove_loop_notes(original);
    }
    draft.add_notes(loop_notes.into_iter().map(|note: Finding| note.in_asset(&asset.asset_ref())));
    Ok(())
}

/// Which artifact of a sound bank gets another file, and the sound that it has, if that can be read.
fn replaced_sound(
    draft: &Draft<'_>,
    asset: &RegisteredAsset,
    composition: &Composition,
) -> Option<(usize, Option<Sound>)> {
    let Composition::Replace(selector, _) = composition else { return None };
    let Content::Sound(content) = &asset.declaration()?.content else { return None };
    let at = selector.select(&content.artifacts).ok()?;
    let root = draft.project().assets().open_folder(&asset.entry.root).ok();
    Some((at, root.and_then(|root| read_sound(&root, &content.artifacts[at].file))))
}

/// The file of an artifact, if no other artifact has it.
fn only_file(content: &Content, artifact: &ArtifactSelector) -> Option<RelPath> {
    match content {
        Content::Glyph(glyph) => only_file_of(&glyph.artifacts, artifact),
        Content::Sound(sound) => only_file_of(&sound.artifacts, artifact),
        Content::Raw { .. } => None,
    }
}

fn only_file_of<A: BankArtifact>(artifacts: &[A], artifact: &ArtifactSelector) -> Option<RelPath> {
    let file = artifacts.get(artifact.select(artifacts).ok()?)?.file();
    (artifacts.iter().filter(|other| other.file() == file).count() == 1).then(|| file.clone())
}

/// The file of the artifact that gets another one.
fn replaced_file(artifacts: &[GlyphArtifact], composition: &Composition) -> Option<RelPath> {
    let Composition::Replace(selector, _) = composition else { return None };
    selector.select(artifacts).ok().map(|at| artifacts[at].file.clone())
}

/// Lets animations use the new file of the artifact that had `old`, unless another artifact still has it.
fn rename_in_animations(glyph: &mut GlyphContent, old: &RelPath, new: &RelPath) {
    if glyph.artifacts.iter().any(|artifact| artifact.file == *old) {
        return;
    }
    for animation in &mut glyph.animations {
        animation.files_mut().iter_mut().filter(|file| *file == old).for_each(|file| file.clone_from(new));
    }
}

/// Changes a list of artifacts. Returns the order in which they get ids.
fn compose<A: BankArtifact>(
    artifacts: &mut Vec<A>,
    composition: &Composition,
    new: Vec<RelPath>,
    add: impl Fn(RelPath) -> A,
) -> Result<Vec<usize>, Vec<Finding>> {
    let select =
        |selector: &ArtifactSelector, artifacts: &[A]| selector.select(artifacts).map_err(|finding| vec![*finding]);
    match composition {
        Composition::Add(_) => {
            let mut order = in_order_of_ids(artifacts);
            artifacts.extend(new.into_iter().map(add));
            order.extend(order.len()..artifacts.len());
            Ok(order)
        }
        Composition::Remove(selectors) => {
            let removed = ArtifactSelector::select_all(selectors, artifacts)?;
            if removed.len() == artifacts.len() {
                return Err(vec![nothing_left()]);
            }
            let mut at = 0..artifacts.len();
            artifacts.retain(|_| at.next().is_none_or(|at| !removed.contains(&at)));
            Ok(in_order_of_ids(artifacts))
        }
        Composition::Replace(selector, _) => {
            let at = select(selector, artifacts)?;
            if let Some(file) = new.into_iter().next() {
                artifacts[at].set_file(file);
            }
            Ok(in_order_of_ids(artifacts))
        }
        Composition::Arrange(items) => {
            // New ones have no ids yet, so that nothing selects them.
            let known = artifacts.len();
            let mut files = new.into_iter();
            let mut order = Vec::new();
            let mut findings = Vec::new();
            for item in items {
                let at = match item {
                    Arranged::New(_) => {
                        artifacts.extend(files.next().map(&add));
                        artifacts.len() - 1
                    }
                    Arranged::Kept(selector) => match select(selector, &artifacts[..known]) {
                        Ok(at) => at,
                        Err(mut unknown) => {
                            findings.append(&mut unknown);
                            continue;
                        }
                    },
                };
                if order.contains(&at) {
                    findings.push(Finding::new(
                        Code::ArtifactsMissing,
                        format!("`{}` is listed twice", artifacts[at].file()),
                        "List each artifact once. To use an image twice, add its file.",
                    ));
                }
                order.push(at);
            }
            if !findings.is_empty() {
                return Err(findings);
            }
            if order.is_empty() {
                return Err(vec![nothing_left()]);
            }
            let mut at = 0..artifacts.len();
            artifacts.retain(|_| at.next().is_none_or(|at| order.contains(&at)));
            let mut kept = order.clone();
            kept.sort_unstable();
            Ok(order.iter().filter_map(|at| kept.binary_search(at).ok()).collect())
        }
        Composition::Number => Ok(in_order_of_ids(artifacts)),
        Composition::Move { artifact, before } => {
            let moved = select(artifact, artifacts)?;
            let before = before.as_ref().map(|before| select(before, artifacts)).transpose()?;
            let mut order = in_order_of_ids(artifacts);
            if before != Some(moved) {
                order.retain(|at| *at != moved);
                let place = order.iter().position(|at| Some(*at) == before).unwrap_or(order.len());
                order.insert(place, moved);
            }
            Ok(order)
        }
    }
}

fn nothing_left() -> Finding {
    Finding::new(
        Code::ArtifactsMissing,
        "nothing would be left in the bank, and it needs at least one artifact",
        "To remove the whole asset, run `prometeu-packer remove PROJECT ASSET`.",
    )
}
