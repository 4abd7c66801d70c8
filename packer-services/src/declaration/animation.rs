//! The animations that a glyph bank declares: which tiles are its frames, and how they are played. They are for tools
//! only; no byte of a pack depends on them (spec: declarations, "Animations").

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{GlyphContent, is_palette_name};
use crate::diagnostics::{Code, Finding, Place, closest_match, escaped, plural};
use crate::paths::RelPath;

/// How many animations a bank may declare: more than it has tiles would be a mistake, and the product of both bounds
/// what a hostile declaration can make a tool compute.
pub const MAX_ANIMATIONS: usize = 256;

/// The longest time of a frame and the highest number of repetitions: those of an Aseprite file.
pub const MAX_FRAME_MS: u32 = 65_535;

/// An animation of a glyph bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Animation {
    /// Unique in the bank: 1–32 printable characters.
    pub name: String,
    /// What it shows, and how.
    pub frames: AnimationFrames,
    /// Where it is declared, for findings; `None` if it is in no file yet.
    pub place: Option<Place>,
}

/// Where the frames of an animation come from, with their times and their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnimationFrames {
    /// From the declaration.
    Declared(DeclaredFrames),
    /// From a tag of an Aseprite file, whatever it is when the file is read.
    Tag(FollowedTag),
}

/// The tag that an animation follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowedTag {
    /// The Aseprite file, relative to the root; it is the file of at least one artifact.
    pub file: RelPath,
    /// The name of the tag, 1–256 characters.
    pub tag: String,
    /// Of several artifacts that have its frames, the one with this `layer`.
    pub layer: Option<String>,
    /// Of several artifacts that have its frames, the one with this `slice`.
    pub slice: Option<String>,
}

/// The frames of an animation, as declared.
///
/// Its files are cut into frames, which are numbered from 0 through all of its files, in their order: those of the
/// first artifact of the first file, row by row, then those of the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredFrames {
    /// The images, relative to the root; each is the file of at least one artifact. At least one, and none twice.
    pub files: Vec<RelPath>,
    /// The size of a frame, width and height in pixels; `None` for one tile.
    pub frame_size: Option<[u32; 2]>,
    /// Its first frame; `None` for the first of its files.
    pub from: Option<u32>,
    /// Its last frame, included; `None` for the last of its files.
    pub to: Option<u32>,
    /// How long each frame is shown.
    pub frame_ms: FrameTimes,
    /// In which order the frames are shown.
    pub direction: AnimationDirection,
    /// How often it is played, at least 1; `None` for without end. Of a ping-pong animation, each way counts.
    pub repeat: Option<u32>,
}

impl DeclaredFrames {
    /// How long a frame of a new animation is shown, in milliseconds: what Aseprite gives a new frame.
    const NEW_FRAME_MS: u32 = 100;

    /// All frames of these images, each one tile, played forward without end.
    pub fn of_files(files: Vec<RelPath>) -> Self {
        Self {
            files,
            frame_size: None,
            from: None,
            to: None,
            frame_ms: FrameTimes::All(Self::NEW_FRAME_MS),
            direction: AnimationDirection::Forward,
            repeat: None,
        }
    }

    /// How many frames there are, if that depends on no image.
    fn declared_count(&self) -> Option<usize> {
        let (from, to) = (self.from.unwrap_or(0), self.to?);
        Some((to.checked_sub(from)? as usize).saturating_add(1))
    }
}

impl Animation {
    /// An animation that is in no file yet.
    pub fn new(name: impl Into<String>, frames: AnimationFrames) -> Self {
        Self { name: name.into(), frames, place: None }
    }

    /// The images that have its frames, relative to the root.
    pub fn files(&self) -> &[RelPath] {
        match &self.frames {
            AnimationFrames::Declared(frames) => &frames.files,
            AnimationFrames::Tag(tag) => std::slice::from_ref(&tag.file),
        }
    }

    /// The images that have its frames, relative to the root.
    pub(crate) fn files_mut(&mut self) -> &mut [RelPath] {
        match &mut self.frames {
            AnimationFrames::Declared(frames) => &mut frames.files,
            AnimationFrames::Tag(tag) => std::slice::from_mut(&mut tag.file),
        }
    }
}

/// How long frames are shown, each 1…[`MAX_FRAME_MS`] milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameTimes {
    /// All for the same time.
    All(u32),
    /// Each for its own.
    Each(Vec<u32>),
}

impl fmt::Display for FrameTimes {
    /// One number, or several with commas between them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(time) => time.fmt(f),
            Self::Each(times) => f.write_str(&times.iter().map(u32::to_string).collect::<Vec<_>>().join(",")),
        }
    }
}

impl FromStr for FrameTimes {
    type Err = String;

    /// Reads one number, or several with commas between them.
    fn from_str(text: &str) -> Result<Self, String> {
        let time = |text: &str| text.trim().parse().ok().filter(|ms| (1..=MAX_FRAME_MS).contains(ms));
        let times: Option<Vec<u32>> = text.split(',').map(time).collect();
        match times.as_deref() {
            Some([one]) => Ok(Self::All(*one)),
            Some(each) => Ok(Self::Each(each.to_vec())),
            None => Err(format!("a time is 1 to {MAX_FRAME_MS} milliseconds; several are separated by commas")),
        }
    }
}

/// In which order the frames of an animation are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnimationDirection {
    /// From the first to the last.
    #[default]
    Forward,
    /// From the last to the first.
    Reverse,
    /// From the first to the last and back. The frames at which it turns are shown once.
    #[serde(rename = "pingpong")]
    PingPong,
    /// From the last to the first and back.
    #[serde(rename = "pingpong_reverse")]
    PingPongReverse,
}

impl AnimationDirection {
    /// All of them, with the names that Aseprite gives them, in the order of their numbers in its files.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("forward", Self::Forward),
        ("reverse", Self::Reverse),
        ("pingpong", Self::PingPong),
        ("pingpong_reverse", Self::PingPongReverse),
    ];

    /// Its name in `direction`.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, direction)| *direction == self).map_or("forward", |(name, _)| name)
    }

    /// The frames of one repetition, as positions among `count` frames, in the order in which they are shown.
    pub fn frame_order(self, count: usize) -> Vec<usize> {
        let inner = 1..count.saturating_sub(1).max(1);
        match self {
            Self::Forward => (0..count).collect(),
            Self::Reverse => (0..count).rev().collect(),
            Self::PingPong => (0..count).chain(inner.rev()).collect(),
            Self::PingPongReverse => (0..count).rev().chain(inner).collect(),
        }
    }

    /// How many frames of such passes are shown until `repeat` repetitions of `count` frames end. Of a ping-pong
    /// animation each way is a repetition, and the frame at which it turns is the last of one and the first of the
    /// next, as in Aseprite.
    pub fn frames_until_end(self, count: usize, repeat: u32) -> u64 {
        let (count, repeat) = (count as u64, u64::from(repeat));
        match self {
            Self::PingPong | Self::PingPongReverse if count > 1 => 1 + repeat * (count - 1),
            _ => repeat * count,
        }
    }
}

impl fmt::Display for AnimationDirection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether an animation may have this name.
pub(crate) fn is_animation_name(text: &str) -> bool {
    is_palette_name(text)
}

impl Animation {
    /// A finding about it, at its place in `asset.json`.
    pub(crate) fn finding(&self, code: Code, message: impl fmt::Display, help: impl Into<String>) -> Finding {
        let finding =
            Finding::new(code, format!("the animation `{}` {message}", escaped(&self.name)), help).file(super::ANCHOR);
        match &self.place {
            Some(place) => finding.at(place.clone()),
            None => finding,
        }
    }
}

impl GlyphContent {
    /// What is wrong with its animations that can be found without its images.
    pub(crate) fn animation_findings(&self) -> Vec<Finding> {
        let mut names = HashSet::new();
        let mut findings = Vec::new();
        for animation in &self.animations {
            if !names.insert(animation.name.as_str()) {
                findings.push(animation.finding(
                    Code::AnimationTwice,
                    "is declared twice",
                    "Give each animation its own `name`.",
                ));
            }
            findings.extend(self.file_findings(animation));
            findings.extend(self.number_finding(animation));
        }
        findings
    }

    fn file_findings(&self, animation: &Animation) -> Vec<Finding> {
        let mut seen = HashSet::new();
        let mut findings = Vec::new();
        for file in animation.files() {
            if !seen.insert(file) {
                findings.push(animation.finding(
                    Code::AnimationFile,
                    format_args!("lists `{file}` twice"),
                    "List each file once.",
                ));
            } else if !self.artifacts.iter().any(|artifact| artifact.file == *file) {
                let known = self.artifacts.iter().map(|artifact| artifact.file.as_str());
                let near = closest_match(file.as_str(), known);
                let near = near.map_or(String::new(), |near| format!("Did you mean `{}`? ", escaped(near)));
                findings.push(animation.finding(
                    Code::AnimationFile,
                    format_args!("uses `{file}`, which is the `file` of no artifact"),
                    format!("{near}List files of the bank, or remove the animation."),
                ));
            }
        }
        findings
    }

    /// What is wrong with the numbers of an animation that can be found without its images.
    pub(crate) fn number_finding(&self, animation: &Animation) -> Option<Finding> {
        let AnimationFrames::Declared(frames) = &animation.frames else { return None };
        let tile = self.tile_size.pixels();
        if let Some([width, height]) = frames.frame_size
            && (width % tile != 0 || height % tile != 0)
        {
            return Some(animation.finding(
                Code::AnimationFrames,
                format_args!(
                    "has frames of {width} × {height} pixels; a multiple of the tile size, {tile}, is required"
                ),
                "Correct `frame_size`: it is the width and height of a frame, in pixels.",
            ));
        }
        if let (Some(from), Some(to)) = (frames.from, frames.to)
            && from > to
        {
            return Some(animation.finding(
                Code::AnimationFrames,
                format_args!("begins with frame {from}, after its last, {to}"),
                "Swap `from` and `to`. To play the frames backwards, write `\"direction\": \"reverse\"`.",
            ));
        }
        match (&frames.frame_ms, frames.declared_count()) {
            (FrameTimes::Each(times), Some(count)) => animation.times_finding(times.len(), count),
            _ => None,
        }
    }
}

impl Animation {
    /// The finding about another number of times than frames.
    pub(crate) fn times_finding(&self, times: usize, frames: usize) -> Option<Finding> {
        (times != frames).then(|| {
            self.finding(
                Code::AnimationFrames,
                format_args!("has {}, and {}", plural(frames as u64, "frame"), plural(times as u64, "time")),
                "List one time in `frame_ms` for each frame, or write one number for all.",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_frames_are_shown_once() {
        let order =
            |direction: AnimationDirection| (1..=4).map(|count| direction.frame_order(count)).collect::<Vec<_>>();
        assert_eq!(order(AnimationDirection::Forward)[3], [0, 1, 2, 3]);
        assert_eq!(order(AnimationDirection::Reverse)[3], [3, 2, 1, 0]);
        assert_eq!(
            order(AnimationDirection::PingPong),
            [vec![0], vec![0, 1], vec![0, 1, 2, 1], vec![0, 1, 2, 3, 2, 1]]
        );
        assert_eq!(order(AnimationDirection::PingPongReverse)[..3], [vec![0], vec![1, 0], vec![2, 1, 0, 1]]);
        for (_, direction) in AnimationDirection::ALL {
            assert!(direction.frame_order(0).is_empty());
        }
    }

    #[test]
    fn each_way_of_pingpong_counts() {
        for (direction, count, repeat, shown) in [
            (AnimationDirection::Forward, 3, 2, 6),
            (AnimationDirection::Reverse, 1, 5, 5),
            // 0 1 2, then back 1 0, then again 1 2.
            (AnimationDirection::PingPong, 3, 1, 3),
            (AnimationDirection::PingPong, 3, 2, 5),
            (AnimationDirection::PingPongReverse, 3, 3, 7),
            (AnimationDirection::PingPong, 1, 4, 4),
        ] {
            assert_eq!(direction.frames_until_end(count, repeat), shown, "{direction} {count} {repeat}");
        }
    }
}
