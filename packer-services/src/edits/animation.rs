//! `animation`: adds, changes and removes the named animations of a glyph bank. No byte of a pack changes.

use super::Draft;
use super::bank::glyph_content;
use crate::declaration::{Animation, AnimationDirection, FrameTimes, GlyphContent, is_animation_name};
use crate::diagnostics::{Code, Finding, closest_match, escaped, join_some};
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
}

/// What changes of an animation; `None` is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnimationChange {
    /// Another name: 1–32 printable characters.
    pub name: Option<String>,
    /// The images of its frames, relative to the root.
    pub files: Option<Vec<String>>,
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
        Self {
            name: Some(animation.name.clone()),
            files: Some(animation.files.iter().map(RelPath::to_string).collect()),
            frame_size: Some(animation.frame_size),
            from: Some(animation.from),
            to: Some(animation.to),
            frame_ms: Some(animation.frame_ms.clone()),
            direction: Some(animation.direction),
            repeat: Some(animation.repeat),
        }
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
    draft.edit_content(asset, |declaration, _| {
        let glyph = glyph_content(declaration)?;
        match edit {
            AnimationEdit::Set { name, change } => set(glyph, name, change),
            AnimationEdit::Remove(name) => {
                let at = position(glyph, name).ok_or_else(|| vec![not_found(glyph, name)])?;
                glyph.animations.remove(at);
                Ok(())
            }
        }
    })
}

fn set(glyph: &mut GlyphContent, name: &str, change: &AnimationChange) -> Result<(), Vec<Finding>> {
    let known = position(glyph, name);
    let AnimationChange { name: new_name, files, frame_size, from, to, frame_ms, direction, repeat } = change.clone();
    if let (None, Some(new_name)) = (known, &new_name)
        && new_name != name
    {
        return Err(vec![not_found(glyph, name)]);
    }
    let files = files.map(|files| read_files(&files)).transpose()?;
    let mut animation = match known {
        Some(at) => glyph.animations[at].clone(),
        None => new_animation(glyph, name, &files, frame_ms.as_ref())?,
    };
    let new_name = checked_name(new_name.as_deref().unwrap_or(name))?;
    if new_name != name && position(glyph, &new_name).is_some() {
        return Err(vec![Finding::new(
            Code::AnimationTwice,
            format!("the bank has an animation `{}` already", escaped(&new_name)),
            "Choose another name, or remove that animation.",
        )]);
    }
    animation.name = new_name;
    animation.files = files.unwrap_or(animation.files);
    animation.frame_size = frame_size.unwrap_or(animation.frame_size);
    animation.from = from.unwrap_or(animation.from);
    animation.to = to.unwrap_or(animation.to);
    animation.frame_ms = frame_ms.unwrap_or(animation.frame_ms);
    animation.direction = direction.unwrap_or(animation.direction);
    animation.repeat = repeat.unwrap_or(animation.repeat);
    match known {
        Some(at) => glyph.animations[at] = animation,
        None => glyph.animations.push(animation),
    }
    Ok(())
}

/// An animation that is not there yet: it must say what it shows, and how long.
fn new_animation(
    glyph: &GlyphContent,
    name: &str,
    files: &Option<Vec<RelPath>>,
    frame_ms: Option<&FrameTimes>,
) -> Result<Animation, Vec<Finding>> {
    let (Some(files), Some(frame_ms)) = (files, frame_ms) else { return Err(vec![not_found(glyph, name)]) };
    Ok(Animation { frame_ms: frame_ms.clone(), ..Animation::of_files(name, files.clone()) })
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
        format!("{known}To add one, pass its files with `--file`, and how long a frame is shown with `--frame-ms`."),
    )
}
