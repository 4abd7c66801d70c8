//! The reader of `output.pipeline.animations`.

use super::animation::{
    Animation, AnimationDirection, AnimationFrames, DeclaredFrames, FollowedTag, FrameTimes, MAX_ANIMATIONS,
    MAX_FRAME_MS, is_animation_name,
};
use super::read::read_part_name;
use crate::diagnostics::{Code, escaped};
use crate::json::{Node, Object};
use crate::limits::IMAGE_SIDE;
use crate::paths::RelPath;

/// The highest number of a frame: whether a bank has it is found with its images.
const MAX_FRAME: u32 = i32::MAX as u32;

/// Reads the list of animations.
pub(super) fn read_animations(list: &Node<'_>) -> Option<Vec<Animation>> {
    let nodes = list.read_array()?;
    if nodes.len() > MAX_ANIMATIONS {
        list.add_finding(
            Code::JsonWrongValue,
            format!("{} animations are declared; a bank can have {MAX_ANIMATIONS}", nodes.len()),
            "Remove animations, or split the bank.",
        );
        return None;
    }
    let animations: Vec<Option<Animation>> = nodes.iter().map(read_animation).collect();
    animations.into_iter().collect()
}

fn read_animation(node: &Node<'_>) -> Option<Animation> {
    let common = ["name"];
    let of_tag = ["file", "tag", "layer", "slice"];
    let declared = ["files", "frame_size", "from", "to", "frame_ms", "direction", "repeat"];
    let object = node.read_object(&[&common[..], &of_tag, &declared].concat())?;
    let name = object.required_member("name").and_then(|node| read_name(&node));
    let follows = of_tag.iter().any(|key| object.optional_member(key).is_some());
    let mixed = declared.iter().find_map(|key| Some((*key, object.optional_member(key)?)));
    if let (true, Some((key, node))) = (follows, mixed) {
        node.add_finding(
            Code::JsonUnknownKey,
            format!(
                "the animation follows a tag of a file, and has `{key}`: the tag says which frames are shown, and how"
            ),
            format!("Remove `{key}`, or declare the animation without `file`, `tag`, `layer` and `slice`."),
        );
        return None;
    }
    let frames = match follows {
        true => read_followed_tag(&object).map(AnimationFrames::Tag),
        false => read_declared_frames(&object).map(AnimationFrames::Declared),
    };
    Some(Animation { name: name?, frames: frames?, place: Some(node.place()) })
}

fn read_followed_tag(object: &Object<'_, '_>) -> Option<FollowedTag> {
    let file = object.required_member("file").and_then(|node| node.read_path());
    let tag = object.required_member("tag").and_then(|node| read_part_name(&node));
    let optional = |key: &str| match object.optional_member(key) {
        Some(node) => read_part_name(&node).map(Some),
        None => Some(None),
    };
    let (layer, slice) = (optional("layer"), optional("slice"));
    Some(FollowedTag { file: file?, tag: tag?, layer: layer?, slice: slice? })
}

fn read_declared_frames(object: &Object<'_, '_>) -> Option<DeclaredFrames> {
    let files = object.required_member("files").and_then(|node| read_files(&node));
    let optional = |key: &str, range| match object.optional_member(key) {
        Some(node) => node.read_u32(range).map(Some),
        None => Some(None),
    };
    let frame_size = match object.optional_member("frame_size") {
        Some(node) => read_frame_size(&node).map(Some),
        None => Some(None),
    };
    let (from, to) = (optional("from", 0..=MAX_FRAME), optional("to", 0..=MAX_FRAME));
    let frame_ms = object.required_member("frame_ms").and_then(|node| read_frame_times(&node));
    let direction = object
        .optional_member("direction")
        .map_or(Some(AnimationDirection::Forward), |node| node.read_one_of("a direction", AnimationDirection::ALL));
    let repeat = optional("repeat", 1..=MAX_FRAME_MS);
    Some(DeclaredFrames {
        files: files?,
        frame_size: frame_size?,
        from: from?,
        to: to?,
        frame_ms: frame_ms?,
        direction: direction?,
        repeat: repeat?,
    })
}

fn read_name(node: &Node<'_>) -> Option<String> {
    let text = node.read_string()?;
    if !is_animation_name(text) {
        node.add_finding(
            Code::JsonWrongValue,
            format!("`{}` is not the name of an animation", escaped(text)),
            "Use 1 to 32 printable characters.",
        );
        return None;
    }
    Some(text.to_owned())
}

fn read_files(node: &Node<'_>) -> Option<Vec<RelPath>> {
    let nodes = node.read_array()?;
    if nodes.is_empty() {
        node.add_finding(
            Code::JsonWrongValue,
            "the animation has no files",
            "List at least one file of the bank: the images that have its frames, in their order.",
        );
        return None;
    }
    let paths: Vec<Option<RelPath>> = nodes.iter().map(Node::read_path).collect();
    paths.into_iter().collect()
}

fn read_frame_size(node: &Node<'_>) -> Option<[u32; 2]> {
    let nodes = node.read_array()?;
    let [width, height] = &nodes[..] else {
        node.add_finding(
            Code::JsonWrongValue,
            format!("the list has {} numbers; the width and the height of a frame are required", nodes.len()),
            "Write both in pixels, such as `[32, 32]`.",
        );
        return None;
    };
    let side = |node: &Node<'_>| node.read_u32(1..=IMAGE_SIDE);
    let (width, height) = (side(width), side(height));
    Some([width?, height?])
}

fn read_frame_times(node: &Node<'_>) -> Option<FrameTimes> {
    let time = |node: &Node<'_>| node.read_u32(1..=MAX_FRAME_MS);
    if !node.is_array() {
        return time(node).map(FrameTimes::All);
    }
    let times: Vec<Option<u32>> = node.read_array()?.iter().map(time).collect();
    times.into_iter().collect::<Option<_>>().map(FrameTimes::Each)
}
