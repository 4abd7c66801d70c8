//! What a sound file says about loops: the `smpl` chunk of a WAV, which a FLAC can contain too (spec: banks, "Loops").

use super::markers::Markers;
use super::unread::UnreadLoop;
use crate::formats::SampleLoop;

/// The most of a `smpl` chunk that is read: its head and two loops are enough to check it.
pub(super) const SMPL_BYTES: u64 = 36 + 2 * 24;

/// The loops of a sound file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileLoop {
    /// None.
    None,
    /// One endless forward loop, as the file states it; it can lie outside the sound.
    Forward(SampleLoop),
    /// Something that the console cannot play.
    Unplayable {
        /// What it is.
        form: UnplayableLoop,
        /// The frames of the loop, if it is one.
        looping: Option<SampleLoop>,
    },
    /// Something that cannot be read.
    Damaged(LoopDamage),
    /// A loop in a form that is not read.
    Unread(UnreadLoop),
}

/// What a program means by a loop that is not valid as its file states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopHabit {
    /// It starts and ends at the first frame: no loop.
    Zeros,
    /// It ends at the last frame that can be stated: no loop.
    Endless,
    /// It ends one frame after the sound: with the sound.
    OneTooFar(SampleLoop),
}

/// Loops that the console cannot play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnplayableLoop {
    /// So many loops in one chunk.
    Count(u32),
    /// Loops in several chunks.
    Several,
    /// It is played forward and backward by turns.
    Alternating,
    /// It is played backward.
    Backward,
    /// A kind that the format does not define.
    UnknownKind(u32),
    /// It ends between two frames.
    Fraction,
    /// It is played so many times.
    Plays(u32),
}

/// Why a loop chunk cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopDamage {
    /// It has so many bytes, fewer than its head.
    NoHead(u64),
    /// It has so many bytes, fewer than its loops.
    TooShort {
        /// Its size.
        bytes: u64,
        /// The loops that it should have.
        loops: u32,
    },
    /// The file ends inside it.
    Cut,
}

impl FileLoop {
    /// The loop, if it is one that the console can play.
    pub fn forward(&self) -> Option<SampleLoop> {
        if let Self::Forward(looping) = self { Some(*looping) } else { None }
    }

    /// The loop that its markers state, if it states none in another form.
    pub fn marker_loop(&self) -> Option<SampleLoop> {
        if let Self::Unread(unread) = self { unread.marker_loop() } else { None }
    }

    /// The only marker of the file, of which it is not known whether it is a loop: the frame after it.
    pub fn single_marker(&self) -> Option<u64> {
        if let Self::Unread(UnreadLoop::SingleMarker(frame)) = self { Some(*frame) } else { None }
    }

    /// Reads a `smpl` chunk's body of `size` bytes, of which `bytes` is the beginning, [`SMPL_BYTES`] or all.
    pub(super) fn read(bytes: &[u8], size: u64) -> Self {
        if bytes.len() < 36 {
            return Self::Damaged(LoopDamage::NoHead(size));
        }
        let u32_at = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let count = u32_at(28);
        if size < 36 + u64::from(count) * 24 {
            return Self::Damaged(LoopDamage::TooShort { bytes: size, loops: count });
        }
        match count {
            0 => return Self::None,
            1 if bytes.len() >= 60 => {}
            1 => return Self::Damaged(LoopDamage::Cut),
            _ => return Self::Unplayable { form: UnplayableLoop::Count(count), looping: None },
        }
        let (kind, start, last, fraction, plays) = (u32_at(40), u32_at(44), u32_at(48), u32_at(52), u32_at(56));
        // The file names the last frame that is played; here the end is the frame after it.
        let looping = SampleLoop { start: u64::from(start), end: u64::from(last) + 1 };
        let form = match (kind, fraction, plays) {
            (0, 0, 0) => return Self::Forward(looping),
            (0, 0, plays) => UnplayableLoop::Plays(plays),
            (0, ..) => UnplayableLoop::Fraction,
            (1, ..) => UnplayableLoop::Alternating,
            (2, ..) => UnplayableLoop::Backward,
            (kind, ..) => UnplayableLoop::UnknownKind(kind),
        };
        Self::Unplayable { form, looping: Some(looping) }
    }

    /// The loops of a file that has these, and markers.
    #[must_use]
    pub(super) fn and_markers(self, markers: &Markers) -> Self {
        self.and(markers.find_loop().map_or(Self::None, Self::Unread))
    }

    /// The loops of a file that has these and then `next`.
    #[must_use]
    pub(super) fn and(self, next: Self) -> Self {
        match (self, next) {
            (first, Self::None) => first,
            (Self::None, next) => next,
            (first, Self::Unread(_)) => first,
            (Self::Unread(_), next) => next,
            (damaged @ Self::Damaged(_), _) | (_, damaged @ Self::Damaged(_)) => damaged,
            _ => Self::Unplayable { form: UnplayableLoop::Several, looping: None },
        }
    }
}

impl LoopHabit {
    /// What a program means by this loop of a sound, if it is not what it states.
    pub(super) fn of(stated: SampleLoop, frames: u64) -> Option<Self> {
        match stated {
            SampleLoop { start: 0, end: 1 } => Some(Self::Zeros),
            SampleLoop { end, .. } if end == u64::from(u32::MAX) + 1 => Some(Self::Endless),
            SampleLoop { start, end } if start < frames && end == frames + 1 => {
                Some(Self::OneTooFar(SampleLoop { start, end: frames }))
            }
            _ => None,
        }
    }

    /// The loop that the program means.
    pub(super) fn meant_loop(self) -> Option<SampleLoop> {
        match self {
            Self::Zeros | Self::Endless => None,
            Self::OneTooFar(looping) => Some(looping),
        }
    }
}
