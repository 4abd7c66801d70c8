//! The animations that follow the tags of a bank's Aseprite files: of a new bank, and of one that has some already.

use std::ops::Range;
use std::sync::Arc;

use crate::banks::glyph::image::{SpriteTag, SpriteTimeline};
use crate::declaration::{
    Animation, AnimationFrames, FollowedTag, GlyphArtifact, MAX_ANIMATIONS, SpritePart, is_animation_name, is_part_name,
};
use crate::diagnostics::{Code, Finding, escaped};
use crate::paths::RelPath;

/// An artifact whose file is a sprite.
#[derive(Clone, Debug)]
pub(crate) struct TaggedSprite<'a> {
    /// The artifact.
    pub artifact: &'a GlyphArtifact,
    /// The tags and frames of the whole sprite.
    pub timeline: Arc<SpriteTimeline>,
}

impl TaggedSprite<'_> {
    /// The frames that the artifact uses; `None` if the sprite does not have its tag.
    fn used_frames(&self) -> Option<Range<u32>> {
        match &self.artifact.part.tag {
            Some(tag) => self.timeline.find_tag(tag).ok().map(|tag| tag.from..tag.to + 1),
            None => Some(0..u32::try_from(self.timeline.durations_ms.len()).unwrap_or(u32::MAX)),
        }
    }

    fn uses(&self, tag: &SpriteTag) -> bool {
        self.used_frames().is_some_and(|used| used.start <= tag.from && tag.to < used.end)
    }
}

/// An animation that follows each tag of these artifacts, in the order of their files and then of the tags, unless one
/// of `known` follows it already. A tag of which no artifact has all frames is left out.
///
/// It has the name of the tag. If several would have this name, or one has it already, it has that of the file before
/// it; if several artifacts have the frames, it names the layer and slice of one, and has their names after it.
///
/// # Errors
/// What keeps a tag from becoming an animation.
pub(crate) fn follow_new_tags(
    sprites: &[TaggedSprite<'_>],
    known: &[Animation],
) -> Result<Vec<Animation>, Vec<Finding>> {
    let mut followed: Vec<FollowedTag> = Vec::new();
    let mut findings = Vec::new();
    let mut files: Vec<&RelPath> = Vec::new();
    for sprite in sprites {
        let file = &sprite.artifact.file;
        if files.contains(&file) {
            continue;
        }
        files.push(file);
        let of_file: Vec<&TaggedSprite<'_>> = sprites.iter().filter(|other| other.artifact.file == *file).collect();
        for tag in &sprite.timeline.tags {
            match tags_to_follow(&of_file, tag) {
                Ok(tags) => followed.extend(tags),
                Err(finding) if !findings.contains(&*finding) => findings.push(*finding),
                Err(_) => {}
            }
        }
    }
    let is_known = |tag: &FollowedTag| known.iter().any(|other| other.frames == AnimationFrames::Tag(tag.clone()));
    followed.retain(|tag| !is_known(tag));
    let plain: Vec<String> = followed.iter().map(plain_name).collect();
    let mut new: Vec<Animation> = Vec::new();
    for (tag, name) in followed.iter().zip(&plain) {
        let is_free = known.iter().all(|other| other.name != *name);
        let is_single = plain.iter().filter(|other| *other == name).count() == 1;
        let name = if is_free && is_single { name.clone() } else { format!("{}_{name}", stem(&tag.file)) };
        if let Some(finding) = name_finding(&name, tag, known.iter().chain(&new)) {
            findings.push(finding);
        }
        new.push(Animation::new(name, AnimationFrames::Tag(tag.clone())));
    }
    if findings.is_empty() { Ok(new) } else { Err(findings) }
}

/// What follows a tag of these artifacts, which are of one file: one for each that has its frames.
fn tags_to_follow(of_file: &[&TaggedSprite<'_>], tag: &SpriteTag) -> Result<Vec<FollowedTag>, Box<Finding>> {
    let users: Vec<&&TaggedSprite<'_>> = of_file.iter().filter(|sprite| sprite.uses(tag)).collect();
    let uses_all = of_file.iter().find(|sprite| sprite.artifact.part.tag.is_none());
    let Some(first) = users.first().copied().or(uses_all) else { return Ok(Vec::new()) };
    let (file, name) = (&first.artifact.file, escaped(&tag.name));
    let about = |message: String, help: &str| {
        Err(Box::new(Finding::new(Code::AnimationFrames, message, help).file(file.as_str())))
    };
    if first.timeline.tags.iter().filter(|other| other.name == tag.name).count() > 1 {
        return about(
            format!("several tags of the sprite are named `{name}`, so an animation cannot follow one of them"),
            "Give each tag its own name in Aseprite (Frame > Tags).",
        );
    }
    if let Err(problem) = first.timeline.find_tag(&tag.name) {
        return Err(Box::new(Finding::from(problem).file(file.as_str())));
    }
    if !is_part_name(&tag.name) {
        let help = "Give the tag a name of 1 to 256 characters in Aseprite (Frame > Tags).";
        return about(format!("an animation cannot follow the tag `{name}`"), help);
    }
    let followed = |sprite: &TaggedSprite<'_>, is_only: bool| {
        let SpritePart { layer, slice, .. } = sprite.artifact.part.clone();
        let (layer, slice) = if is_only { (None, None) } else { (layer, slice) };
        FollowedTag { file: file.clone(), tag: tag.name.clone(), layer, slice }
    };
    let all: Vec<FollowedTag> = users.iter().map(|sprite| followed(sprite, users.len() == 1)).collect();
    let is_repeated = all.iter().enumerate().any(|(at, one)| all.iter().skip(at + 1).any(|other| one == other));
    if is_repeated {
        return about(
            format!("{} artifacts have the frames of the tag `{name}`, with the same layer and slice", all.len()),
            "Declare the animation with `files` and `frame_ms`: its frames are then counted through these artifacts.",
        );
    }
    Ok(all)
}

/// The name of the tag, and those of the layer and slice that it is followed in.
fn plain_name(tag: &FollowedTag) -> String {
    let names = [Some(&tag.tag), tag.layer.as_ref(), tag.slice.as_ref()];
    names.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("_")
}

/// The name of a file without its extension.
fn stem(file: &RelPath) -> &str {
    let name = file.file_name();
    match name.rfind('.') {
        Some(dot) if dot > 0 => &name[..dot],
        _ => name,
    }
}

/// What is wrong with the name of a new animation.
fn name_finding<'a>(name: &str, tag: &FollowedTag, mut others: impl Iterator<Item = &'a Animation>) -> Option<Finding> {
    let (shown, tag_name) = (escaped(name), escaped(&tag.tag));
    let finding = if !is_animation_name(name) {
        Finding::new(
            Code::NameIllegal,
            format!("`{shown}` is not the name of an animation, but it would be that of the tag `{tag_name}`"),
            "Give the tag a shorter name in Aseprite (Frame > Tags): 1 to 32 printable characters are allowed. Or add the \
             animation by `prometeu-packer animation PROJECT ASSET NAME --tag TAG`.",
        )
    } else if others.any(|other| other.name == name) {
        Finding::new(
            Code::AnimationTwice,
            format!(
                "there is another animation `{shown}`, which would also be the name of that of the tag `{tag_name}`"
            ),
            "Give the tag another name in Aseprite (Frame > Tags), or add the animation by `prometeu-packer animation \
             PROJECT ASSET NAME --tag TAG`.",
        )
    } else {
        return None;
    };
    Some(finding.file(tag.file.as_str()))
}

/// Refuses more animations than a bank may have.
///
/// # Errors
/// The finding.
pub(crate) fn check_animation_count(count: usize) -> Result<(), Vec<Finding>> {
    if count <= MAX_ANIMATIONS {
        return Ok(());
    }
    Err(vec![Finding::new(
        Code::AnimationFrames,
        format!("the bank would have {count} animations; at most {MAX_ANIMATIONS} are allowed"),
        "Remove animations, or split the bank.",
    )])
}
