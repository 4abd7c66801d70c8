//! The constants of an animation: its tiles and times as lists, and how it is played as numbers.

use serde::Serialize;

use super::ConstantValue;
use crate::banks::glyph::animations::BankAnimation;
use crate::declaration::AnimationDirection;

/// What a constant says about an animation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AnimationPart {
    /// The number of its frames.
    Frames,
    /// The width of a frame, in tiles.
    Columns,
    /// The height of a frame, in tiles.
    Rows,
    /// The ids of the tiles of all frames, frame by frame, row by row.
    Tiles,
    /// How long each frame is shown, in milliseconds.
    FrameMs,
    /// 0 forward, 1 reverse, 2 ping-pong, 3 ping-pong reverse, as in an Aseprite file.
    Direction,
    /// How often it is played; 0 for without end.
    Repeat,
}

impl AnimationPart {
    /// Its name in JSON; in upper case, the end of a constant's name.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Frames => "frames",
            Self::Columns => "columns",
            Self::Rows => "rows",
            Self::Tiles => "tiles",
            Self::FrameMs => "frame_ms",
            Self::Direction => "direction",
            Self::Repeat => "repeat",
        }
    }
}

/// The values of the constants of an animation.
pub(super) fn animation_values(animation: &BankAnimation) -> [(AnimationPart, ConstantValue); 7] {
    let frames = &animation.frames;
    let direction = match animation.direction {
        AnimationDirection::Forward => 0,
        AnimationDirection::Reverse => 1,
        AnimationDirection::PingPong => 2,
        AnimationDirection::PingPongReverse => 3,
    };
    let count = u32::try_from(frames.len()).unwrap_or(u32::MAX);
    let tiles = frames.iter().flat_map(|frame| &frame.tiles).copied().collect();
    [
        (AnimationPart::Frames, ConstantValue::One(count)),
        (AnimationPart::Columns, ConstantValue::One(animation.columns)),
        (AnimationPart::Rows, ConstantValue::One(animation.rows)),
        (AnimationPart::Tiles, ConstantValue::List(tiles)),
        (AnimationPart::FrameMs, ConstantValue::List(frames.iter().map(|frame| frame.ms).collect())),
        (AnimationPart::Direction, ConstantValue::One(direction)),
        (AnimationPart::Repeat, ConstantValue::One(animation.repeat.unwrap_or(0))),
    ]
}
