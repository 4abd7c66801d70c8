//! Compressed pixels, row by row. A crate inflates.

use flate2::{Decompress, FlushDecompress, Status};

use super::SpriteDamage;

/// Inflates one piece of zlib data after the other, with the same memory.
pub struct Inflater {
    state: Decompress,
}

/// The rows of one piece.
pub struct InflatedRows<'i, 'b> {
    state: &'i mut Decompress,
    input: &'b [u8],
    is_at_end: bool,
}

impl Inflater {
    /// An inflater with nothing to do.
    pub fn new() -> Self {
        Self { state: Decompress::new(true) }
    }

    /// The rows of this zlib data.
    pub fn rows<'i, 'b>(&'i mut self, input: &'b [u8]) -> InflatedRows<'i, 'b> {
        self.state.reset(true);
        InflatedRows { state: &mut self.state, input, is_at_end: false }
    }
}

/// A length of what was passed as a slice.
fn length(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

impl InflatedRows<'_, '_> {
    /// Fills a row.
    pub fn fill(&mut self, row: &mut [u8]) -> Result<(), SpriteDamage> {
        match self.read_some(row)? == row.len() {
            true => Ok(()),
            false => Err(SpriteDamage::TooFewPixels),
        }
    }

    /// Checks that there are no more rows, and the checksum of all of them.
    pub fn finish(mut self) -> Result<(), SpriteDamage> {
        if self.read_some(&mut [0])? > 0 {
            return Err(SpriteDamage::TooManyPixels);
        }
        if self.is_at_end { Ok(()) } else { Err(SpriteDamage::Pixels) }
    }

    /// Reads until `out` is full or nothing is left.
    fn read_some(&mut self, out: &mut [u8]) -> Result<usize, SpriteDamage> {
        let mut filled = 0;
        while filled < out.len() && !self.is_at_end {
            let (before_in, before_out) = (self.state.total_in(), self.state.total_out());
            let status = self
                .state
                .decompress(self.input, &mut out[filled..], FlushDecompress::None)
                .map_err(|_| SpriteDamage::Pixels)?;
            let read = length(self.state.total_in() - before_in);
            let written = length(self.state.total_out() - before_out);
            self.input = &self.input[read..];
            filled += written;
            self.is_at_end = status == Status::StreamEnd;
            if !self.is_at_end && read == 0 && written == 0 {
                break;
            }
        }
        Ok(filled)
    }
}
