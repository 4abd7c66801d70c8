//! `animation`: adds, changes and removes the named animations of a glyph bank. No byte of a pack changes.

use std::sync::Arc;

use super::Draft;
use super::bank::{glyph_content, in_order_of_ids};
use crate::banks::glyph::read_sprite_timeline;
use crate::declaration::{
    Animation, AnimationDirection, AnimationFrames, DeclaredFrames, FollowedTag, FrameTimes, GlyphContent,
    is_animation_name, is_part_name,
};
use crate::diagnostics::{Code, Finding, closest_match, escaped, join_some, plural};
use crate::files::Folder;
use crate::new_bank::{TaggedSprite, check_animation_count, follow_new_tags};
use crate::paths::RelPath;
use crate::snapshot::RegisteredAsset;

/// What `animation` does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnimationEdit {
    /// Changes the animation of this name, or adds it.
    Set {
        /// Its name.
        name: String,
        /// What is set. A new animation needs files and times.
        change: Box<AnimationChange>,
    },
    /// Removes the animation of this name.
    Remove(String),
    /// Adds an animation for each tag that none follows yet, of these Aseprite files, relative to the root, or of all
    /// that the bank has.
    FollowTags(Vec<String>),
}

/// What changes of an animation; `None` is kept. It either follows a tag, or its frames are declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnimationChange {
    /// Another name: 1–32 printable characters.
    pub name: Option<String>,
    /// The images of its frames, relative to the root. One that follows a tag has exactly one.
    pub files: Option<Vec<String>>,
    /// The tag of an Aseprite file that it follows.
    pub tag: Option<String>,
    /// Of several artifacts with the frames of the tag, the one of this layer; `Some(None)` for any.
    pub layer: Option<Option<String>>,
    /// Of several artifacts with the frames of the tag, the one of this slice; `Some(None)` for any.
    pub slice: Option<Option<String>>,
    /// Width and height of a frame in pixels; `Some(None)` for one tile.
    pub frame_size: Option<Option<[u32; 2]>>,
    /// The number of its first frame; `Some(None)` for the first of its files.
    pub from: Option<Option<u32>>,
    /// The number of its last frame; `Some(None)` for the last of its files.
    pub to: Option<Option<u32>>,
    /// How long the frames are shown.
    pub frame_ms: Option<FrameTimes>,
    /// In which order they are shown.
    pub direction: Option<AnimationDirection>,
    /// How often it is played; `Some(None)` for without end.
    pub repeat: Option<Option<u32>>,
}

impl From<&Animation> for AnimationChange {
    /// Sets everything, as of this animation.
    fn from(animation: &Animation) -> Self {
        let change = Self {
            name: Some(animation.name.clone()),
            files: Some(animation.files().iter().map(RelPath::to_string).collect()),
            ..Self::default()
        };
        match &animation.frames {
            AnimationFrames::Tag(FollowedTag { tag, layer, slice, .. }) => {
                Self { tag: Some(tag.clone()), layer: Some(layer.clone()), slice: Some(slice.clone()), ..change }
            }
            AnimationFrames::Declared(DeclaredFrames { frame_size, from, to, frame_ms, direction, repeat, .. }) => {
                Self {
                    frame_size: Some(*frame_size),
                    from: Some(*from),
                    to: Some(*to),
                    frame_ms: Some(frame_ms.clone()),
                    direction: Some(*direction),
                    repeat: Some(*repeat),
                    ..change
                }
            }
        }
    }
}

impl AnimationChange {
    /// Whether it sets a tag that is followed.
    fn follows(&self) -> bool {
        let Self { tag, layer, slice, .. } = self;
        tag.is_some() || layer.is_some() || slice.is_some()
    }

    /// Whether it sets something of declared frames.
    fn declares(&self) -> bool {
        let Self { frame_size, from, to, frame_ms, direction, repeat, .. } = self;
        let is_numbered = frame_size.is_some() || from.is_some() || to.is_some();
        is_numbered || frame_ms.is_some() || direction.is_some() || repeat.is_some()
    }

    /// The frames of the animation `name`, which has these now.
    fn frames(
        &self,
        glyph: &GlyphContent,
        name: &str,
        now: Option<&AnimationFrames>,
    ) -> Result<AnimationFrames, Vec<Finding>> {
        let files = self.files.as_deref().map(read_files).transpose()?;
        match now {
            _ if self.follows() && self.declares() => Err(vec![both_ways(name)]),
            Some(AnimationFrames::Tag(tag)) if self.follows() || !self.declares() => {
                self.followed_tag(name, Some(tag), Some(vec![tag.file.clone()]), files)
            }
            Some(AnimationFrames::Declared(frames)) if self.follows() => {
                self.followed_tag(name, None, Some(frames.files.clone()), files)
            }
            None if self.follows() => self.followed_tag(name, None, None, files),
            Some(AnimationFrames::Declared(frames)) => {
                Ok(self
                    .declared_frames(DeclaredFrames { files: files.unwrap_or(frames.files.clone()), ..frames.clone() }))
            }
            // It is declared from scratch: it must say what it shows, and how long.
            Some(AnimationFrames::Tag(_)) | None => match (files, &self.frame_ms, now) {
                (Some(files), Some(_), _) => Ok(self.declared_frames(DeclaredFrames::of_files(files))),
                (_, _, Some(_)) => Err(vec![both_ways(name)]),
                (_, _, None) => Err(vec![not_found(glyph, name)]),
            },
        }
    }

    fn declared_frames(&self, now: DeclaredFrames) -> AnimationFrames {
        AnimationFrames::Declared(DeclaredFrames {
            files: now.files,
            frame_size: self.frame_size.unwrap_or(now.frame_size),
            from: self.from.unwrap_or(now.from),
            to: self.to.unwrap_or(now.to),
            frame_ms: self.frame_ms.clone().unwrap_or(now.frame_ms),
            direction: self.direction.unwrap_or(now.direction),
            repeat: self.repeat.unwrap_or(now.repeat),
        })
    }

    /// The tag that it follows, instead of `now`, which is in one of `files_now`.
    fn followed_tag(
        &self,
        name: &str,
        now: Option<&FollowedTag>,
        files_now: Option<Vec<RelPath>>,
        files: Option<Vec<RelPath>>,
    ) -> Result<AnimationFrames, Vec<Finding>> {
        let [file] = files.or(files_now).unwrap_or_default().try_into().map_err(|files: Vec<RelPath>| {
            vec![Finding::new(
                Code::AnimationFile,
                format!("the animation `{}` follows a tag of {}", escaped(name), plural(files.len() as u64, "file")),
                "Pass the Aseprite file that has the tag with `--file`, once.",
            )]
        })?;
        let Some(tag) = self.tag.clone().or(now.map(|now| now.tag.clone())) else {
            return Err(vec![Finding::new(
                Code::AnimationFrames,
                format!("the animation `{}` follows no tag", escaped(name)),
                "Pass the tag with `--tag`: `--layer` and `--slice` only say which artifact has its frames.",
            )]);
        };
        let layer = self.layer.clone().unwrap_or_else(|| now.and_then(|now| now.layer.clone()));
        let slice = self.slice.clone().unwrap_or_else(|| now.and_then(|now| now.slice.clone()));
        let names = [Some(&tag), layer.as_ref(), slice.as_ref()];
        if let Some(wrong) = names.into_iter().flatten().find(|name| !is_part_name(name)) {
            return Err(vec![Finding::new(
                Code::NameIllegal,
                format!("`{}` is not the name of a tag, layer or slice", escaped(wrong)),
                "Use the name that Aseprite shows, of 1 to 256 characters.",
            )]);
        }
        Ok(AnimationFrames::Tag(FollowedTag { file, tag, layer, slice }))
    }
}

/// Edits the animations of a glyph bank.
///
/// # Errors
/// If there is no such animation, it has an error, or the declaration cannot be edited.
pub fn edit_animations(
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    edit: &AnimationEdit,
) -> Result<(), Vec<Finding>> {
    let edited = draft.edit_content(asset, |declaration, root| {
        let glyph = glyph_content(declaration)?;
        match edit {
            AnimationEdit::FollowTags(files) => follow_tags(root, glyph, files),
            AnimationEdit::Set { name, change } => set(glyph, name, change),
            AnimationEdit::Remove(name) => {
                let at = position(glyph, name).ok_or_else(|| vec![not_found(glyph, name)])?;
                glyph.animations.remove(at);
                Ok(())
            }
        }
    });
    edited.map_err(|findings| findings.into_iter().map(Finding::requiring_animations).collect())
}

fn set(glyph: &mut GlyphContent, name: &str, change: &AnimationChange) -> Result<(), Vec<Finding>> {
    let known = position(glyph, name);
    if let (None, Some(new_name)) = (known, &change.name)
        && new_name != name
    {
        return Err(vec![not_found(glyph, name)]);
    }
    let now = known.and_then(|at| glyph.animations.get(at));
    let frames = change.frames(glyph, name, now.map(|animation| &animation.frames))?;
    let new_name = checked_name(change.name.as_deref().unwrap_or(name))?;
    if new_name != name && position(glyph, &new_name).is_some() {
        return Err(vec![Finding::new(
            Code::AnimationTwice,
            format!("the bank has an animation `{}` already", escaped(&new_name)),
            "Choose another name, or remove that animation.",
        )]);
    }
    match known.and_then(|at| glyph.animations.get_mut(at)) {
        Some(animation) => (animation.name, animation.frames) = (new_name, frames),
        None => {
            check_animation_count(glyph.animations.len() + 1)?;
            glyph.animations.push(Animation::new(new_name, frames));
        }
    }
    Ok(())
}

/// Adds animations that follow the tags of these files, or of all.
fn follow_tags(root: &Folder, glyph: &mut GlyphContent, files: &[String]) -> Result<(), Vec<Finding>> {
    let files = read_files(files)?;
    let mut sprites: Vec<TaggedSprite<'_>> = Vec::new();
    let mut findings = Vec::new();
    for at in in_order_of_ids(&glyph.artifacts) {
        let artifact = &glyph.artifacts[at];
        let known = sprites.iter().find(|sprite| sprite.artifact.file == artifact.file);
        let is_wanted = files.is_empty() || files.contains(&artifact.file);
        let timeline = match known {
            _ if !is_wanted => continue,
            Some(known) => Ok(Some(Arc::clone(&known.timeline))),
            None => read_sprite_timeline(root, &artifact.file).map(|timeline| timeline.map(Arc::new)),
        };
        match timeline {
            Ok(Some(timeline)) => sprites.push(TaggedSprite { artifact, timeline }),
            Ok(None) => {}
            Err(finding) => findings.push(*finding),
        }
    }
    let has_sprite = |file: &&RelPath| !sprites.iter().any(|sprite| sprite.artifact.file == **file);
    findings.extend(files.iter().filter(has_sprite).map(|file| {
        Finding::new(
            Code::AnimationFile,
            format!("`{file}` is not an Aseprite file of the bank"),
            "Pass the `file` of an artifact that is one, or no file for all of them.",
        )
    }));
    if !findings.is_empty() {
        return Err(findings);
    }
    let new = follow_new_tags(&sprites, &glyph.animations)?;
    check_animation_count(glyph.animations.len() + new.len())?;
    glyph.animations.extend(new);
    Ok(())
}

/// The finding about a change that sets frames, or how they are played, of an animation that follows a tag.
fn both_ways(name: &str) -> Finding {
    Finding::new(
        Code::AnimationFrames,
        format!("the animation `{}` follows a tag, which says which frames are shown, and how", escaped(name)),
        "Change the tag or its frames in Aseprite. To declare the frames instead, pass `--file` and `--frame-ms` together, \
         without `--tag`.",
    )
}

fn read_files(files: &[String]) -> Result<Vec<RelPath>, Vec<Finding>> {
    let paths = files.iter().map(|file| {
        RelPath::parse(file).map_err(|problem| vec![Finding::new(problem.code, problem.message, problem.help)])
    });
    paths.collect()
}

fn checked_name(name: &str) -> Result<String, Vec<Finding>> {
    if is_animation_name(name) {
        return Ok(name.to_owned());
    }
    Err(vec![Finding::new(
        Code::NameIllegal,
        format!("`{}` is not the name of an animation", escaped(name)),
        "Use 1 to 32 printable characters.",
    )])
}

fn position(glyph: &GlyphContent, name: &str) -> Option<usize> {
    glyph.animations.iter().position(|animation| animation.name == name)
}

fn not_found(glyph: &GlyphContent, name: &str) -> Finding {
    let names = || glyph.animations.iter().map(|animation| animation.name.as_str());
    let known = match closest_match(name, names()) {
        Some(near) => format!("Did you mean `{}`? ", escaped(near)),
        None if glyph.animations.is_empty() => String::new(),
        None => format!("It has {}. ", join_some(names().map(|name| format!("`{}`", escaped(name))), ", ", 8)),
    };
    Finding::new(
        Code::AnimationNotFound,
        format!("the bank has no animation `{}`", escaped(name)),
        format!(
            "{known}To add one, pass its files with `--file`, and how long a frame is shown with `--frame-ms`, or a \
                 `--tag` of an Aseprite file."
        ),
    )
}
