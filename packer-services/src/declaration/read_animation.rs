//! The reader of `output.pipeline.animations`.

use super::animation::{Animation, AnimationDirection, FrameTimes, MAX_ANIMATIONS, MAX_FRAME_MS, is_animation_name};
use crate::diagnostics::{Code, escaped};
use crate::json::Node;
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
    let keys = ["name", "files", "frame_size", "from", "to", "frame_ms", "direction", "repeat"];
    let object = node.read_object(&keys)?;
    let name = object.required_member("name").and_then(|node| read_name(&node));
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
    Some(Animation {
        name: name?,
        files: files?,
        frame_size: frame_size?,
        from: from?,
        to: to?,
        frame_ms: frame_ms?,
        direction: direction?,
        repeat: repeat?,
        place: Some(node.place()),
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
