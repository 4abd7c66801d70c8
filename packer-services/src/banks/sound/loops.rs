//! What a sound file says of loops: the `smpl` chunk of a WAV, which a FLAC can keep too (spec: banks, "Loops").

use crate::formats::SampleLoop;

/// The most of a `smpl` chunk that is read: its head and two loops are enough to judge it.
pub(super) const SMPL_BYTES: u64 = 36 + 2 * 24;

/// What a file says of loops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileLoop {
    /// Nothing.
    None,
    /// One endless forward loop.
    Forward(SampleLoop),
    /// Something else, in words.
    Other(String),
    /// Its chunk cannot be read, and why.
    Damaged(String),
}

impl FileLoop {
    /// Reads a `smpl` chunk's body of `size` bytes, of which `bytes` is the beginning, [`SMPL_BYTES`] or all.
    pub(super) fn read(bytes: &[u8], size: u64) -> Self {
        if bytes.len() < 36 {
            return Self::Damaged(format!("it has {size} bytes; at least 36 are needed"));
        }
        let u32_at = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let count = u32_at(28);
        if size < 36 + u64::from(count) * 24 {
            return Self::Damaged(format!("it has {size} bytes, too few for its {count} loops"));
        }
        match count {
            0 => return Self::None,
            1 if bytes.len() >= 60 => {}
            1 => return Self::Damaged("it is cut short".into()),
            _ => return Self::Other(format!("{count} loops")),
        }
        let (kind, start, end, fraction, plays) = (u32_at(40), u32_at(44), u32_at(48), u32_at(52), u32_at(56));
        match kind {
            0 => {}
            1 => return Self::Other("a loop that goes forward and back".into()),
            2 => return Self::Other("a backward loop".into()),
            _ => return Self::Other(format!("a loop of the unknown kind {kind}")),
        }
        if fraction != 0 {
            return Self::Other("a loop that ends between two frames".into());
        }
        if plays != 0 {
            return Self::Other(format!("a loop that is played {plays} times"));
        }
        // The file names the last frame that is played; here the end is the frame after it.
        Self::Forward(SampleLoop { start: u64::from(start), end: u64::from(end) + 1 })
    }

    /// What a file says that says this and then `found`.
    #[must_use]
    pub(super) fn and(self, found: Self) -> Self {
        match (self, found) {
            (Self::None, found) => found,
            (before, Self::None) => before,
            (damaged @ Self::Damaged(_), _) | (_, damaged @ Self::Damaged(_)) => damaged,
            _ => Self::Other("several loops".into()),
        }
    }
}
