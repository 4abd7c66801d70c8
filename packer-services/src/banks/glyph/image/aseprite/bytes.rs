//! Little-endian values of a sprite's file, each of which knows its place.

use std::ops::Range;

use super::{SpriteDamage, SpriteLimit, SpritePartProblem, UnknownSprite};

/// Where something is in the file of a sprite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpritePlace {
    /// The number of the frame, from 0; `None` in the file's header.
    pub frame: Option<u32>,
    /// The number of the chunk in the frame, from 0; `None` in the frame's header.
    pub chunk: Option<u32>,
    /// From the start of the file, in bytes.
    pub offset: u64,
}

/// Why a sprite cannot be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpriteError {
    /// The file ends here, after so many bytes.
    Cut(SpritePlace, u64),
    /// It is not what Aseprite writes.
    Damaged(SpritePlace, SpriteDamage),
    /// It has something that the packer does not read.
    Unknown(SpritePlace, UnknownSprite),
    /// It exceeds a limit.
    TooLarge(SpriteLimit),
    /// The named part does not exist.
    Part(SpritePartProblem),
}

impl From<SpriteLimit> for SpriteError {
    fn from(limit: SpriteLimit) -> Self {
        Self::TooLarge(limit)
    }
}

impl From<SpritePartProblem> for SpriteError {
    fn from(problem: SpritePartProblem) -> Self {
        Self::Part(problem)
    }
}

/// Reads the values of a piece of the file one after the other.
#[derive(Clone)]
pub struct Fields<'b> {
    bytes: &'b [u8],
    at: usize,
    end: usize,
    place: SpritePlace,
}

impl<'b> Fields<'b> {
    /// The values of these bytes of the file.
    pub fn new(bytes: &'b [u8], range: Range<usize>, place: SpritePlace) -> Self {
        Self { bytes, at: range.start, end: range.end.min(bytes.len()), place }
    }

    /// The place of the next value.
    pub fn place(&self) -> SpritePlace {
        SpritePlace { offset: self.at as u64, ..self.place }
    }

    /// The place of the whole piece.
    pub fn start(&self) -> SpritePlace {
        self.place
    }

    /// Damage of the whole piece.
    pub fn damaged(&self, damage: SpriteDamage) -> SpriteError {
        SpriteError::Damaged(self.place, damage)
    }

    /// Where the next value begins.
    pub fn position(&self) -> usize {
        self.at
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.end - self.at
    }

    /// The bytes that are left.
    pub fn rest(&self) -> Range<usize> {
        self.at..self.end
    }

    /// The next so many bytes, as a range of the file.
    pub fn take(&mut self, count: usize) -> Result<Range<usize>, SpriteError> {
        if count > self.left() {
            // A chunk inside its frame, or a frame that the file should still have.
            let damage = match self.end == self.bytes.len() && self.place.chunk.is_none() {
                true => SpriteError::Cut(self.place(), self.bytes.len() as u64),
                false => SpriteError::Damaged(self.place(), SpriteDamage::ChunkSize),
            };
            return Err(damage);
        }
        let range = self.at..self.at + count;
        self.at = range.end;
        Ok(range)
    }

    /// Skips so many bytes.
    pub fn skip(&mut self, count: usize) -> Result<(), SpriteError> {
        self.take(count).map(drop)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], SpriteError> {
        let range = self.take(N)?;
        let mut array = [0; N];
        array.copy_from_slice(&self.bytes[range]);
        Ok(array)
    }

    /// BYTE
    pub fn byte(&mut self) -> Result<u8, SpriteError> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// WORD
    pub fn word(&mut self) -> Result<u16, SpriteError> {
        self.array().map(u16::from_le_bytes)
    }

    /// SHORT
    pub fn short(&mut self) -> Result<i16, SpriteError> {
        self.array().map(i16::from_le_bytes)
    }

    /// DWORD
    pub fn dword(&mut self) -> Result<u32, SpriteError> {
        self.array().map(u32::from_le_bytes)
    }

    /// LONG
    pub fn long(&mut self) -> Result<i32, SpriteError> {
        self.array().map(i32::from_le_bytes)
    }

    /// Red, green and blue.
    pub fn rgb(&mut self) -> Result<[u8; 3], SpriteError> {
        self.array()
    }

    /// STRING; bytes that are not UTF-8 are replaced.
    pub fn string(&mut self) -> Result<String, SpriteError> {
        let length = self.word()?;
        let range = self.take(usize::from(length))?;
        Ok(String::from_utf8_lossy(&self.bytes[range]).into_owned())
    }
}
