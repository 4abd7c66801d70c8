//! The banks: what the console loads, and how art and sound are converted to it.
//!
//! [`glyph`] and [`sound`] own their conversions, [`raw`] copies finished payloads. Nothing here depends on asset ids,
//! slots or the container (spec: banks).

pub mod glyph;
pub mod raw;
pub mod sniff;
pub mod sound;

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::glyph::image::SpriteTimeline;
use crate::context::Context;
use crate::declaration::{Region, SpritePart};
use crate::diagnostics::{AsFinding, Finding, Pixel};
pub use crate::files::SourceRecord;
use crate::files::{DiskError, ReadOutcome};
use crate::paths::RelPath;

/// What came of building a payload, or a piece of one.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The files that were read.
    pub sources: Vec<SourceRecord>,
    /// What was found, relative to the asset's root.
    pub findings: Vec<Finding>,
    /// Files that changed while they were read. The payload of such an asset must not be used.
    pub changed: Vec<RelPath>,
    /// Which tiles or samples each artifact became, in the order of their indices.
    pub uses: Vec<ArtifactUse>,
    /// The tiles that are on the sheet; none of sounds and raw payloads.
    pub drawn: Vec<DrawnTile>,
    /// The tiles that no palette draws; none of sounds and raw payloads.
    pub undrawn: Vec<UndrawnTile>,
    /// The tiles that an error keeps off the sheet, as far as that is known; none of sounds and raw payloads.
    pub holes: Vec<Hole>,
    /// Of a glyph bank with an error: the payload with index 0 in its holes, for a preview. No sink gets it.
    pub broken_payload: Option<Vec<u8>>,
    /// The image of the file that is compared with the result, if it was asked for.
    pub compared: Option<Box<glyph::image::ShownImage>>,
}

/// A tile that was put on the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawnTile {
    /// Its id.
    pub id: u32,
    /// The palette that its indices were made for.
    pub palette: u32,
}

/// A tile that no palette draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndrawnTile {
    /// Its id.
    pub id: u32,
    /// As its author drew it: red, green, blue and alpha in four bytes per pixel, row-major.
    pub rgba: Vec<u8>,
    /// All of its pixels that are wrong, each with the position of the reason in the outcome's findings.
    pub wrong: Vec<(Pixel, usize)>,
}

/// Tiles that were not put on the sheet: their pixels are index 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole {
    /// Their ids, all of which the bank has room for.
    pub ids: Range<u32>,
    /// Which of the declared artifacts they are of; `None` if of none.
    pub artifact: Option<usize>,
    /// The reason.
    pub reason: HoleReason,
}

/// Why tiles were not put on the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoleReason {
    /// The finding at this position in the outcome's findings.
    Finding(usize),
    /// The file of this palette, which might draw them, cannot be used; that is a finding about the declaration.
    Palette(u32),
}

/// The ids that an artifact takes: consecutive ones, one for each cell of its grid that is not skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArtifactUse {
    /// Relative to the asset's root.
    pub file: RelPath,
    /// The declared region of the image that the grid is cut from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// Of an Aseprite file: which part of it is used, and where its frames are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sprite: Option<Box<SpriteUse>>,
    /// The first tile id or the sample index.
    pub index: u32,
    /// How many ids it takes; 1 for a sample.
    pub count: u32,
    /// Cells in a row of its grid, at least 1; 1 for a sample.
    pub columns: u32,
    /// The cells that take no id, row-major in its grid, increasing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<u32>,
}

/// Which frames of a sprite an artifact uses. Their cells are those of one grid: the frames lie one below the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpriteUse {
    /// The declared part.
    #[serde(default, skip_serializing_if = "SpritePart::is_whole")]
    pub part: SpritePart,
    /// Rows of cells in each frame, at least 1.
    pub rows: u32,
    /// The height of the sprite, in pixels.
    pub height: u32,
    /// The number of the first frame in the sprite, from 0. The others follow it.
    pub first_frame: u32,
    /// The x and y of the slice's top left pixel in each frame; empty without a slice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corners: Vec<[u32; 2]>,
    /// The tags of the sprite and the times of its frames, for animations that follow a tag. They change no byte and no
    /// identity of a bank, so no record of a pack has them: `None` if the artifact was read from one.
    #[serde(skip)]
    pub timeline: Option<Arc<SpriteTimeline>>,
}

impl SpriteUse {
    /// The top left pixel of the used part of the frame that is used as the `n`-th, from 0, in all frames of the
    /// sprite, one below the other; `None` if there is no such frame.
    pub fn frame_corner(&self, n: u32) -> Option<Pixel> {
        let [x, y] = if self.corners.is_empty() { [0, 0] } else { *self.corners.get(n as usize)? };
        let top = self.first_frame.checked_add(n)?.checked_mul(self.height)?;
        Some(Pixel { x, y: top.checked_add(y)? })
    }
}

/// Where a tile or a sample comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Identity<'u> {
    /// The tile id or the sample index.
    pub id: u32,
    /// Relative to the asset's root.
    pub file: &'u RelPath,
    /// The declared region of the image that the artifact's grid is cut from.
    pub region: Option<Region>,
    /// The part of the sprite that the artifact uses, if it is not all of it.
    pub part: Option<&'u SpritePart>,
    /// The cell's column in the artifact's grid.
    pub column: u32,
    /// The cell's row in the artifact's grid; of a sprite, in all used frames, one below the other.
    pub row: u32,
}

impl ArtifactUse {
    /// A sound, which is one sample.
    pub fn sample(file: &RelPath, index: u32) -> Self {
        Self { file: file.clone(), region: None, sprite: None, index, count: 1, columns: 1, skipped: Vec::new() }
    }

    /// The part of the sprite that it uses, if that is not all of it.
    pub fn part(&self) -> Option<&SpritePart> {
        self.sprite.as_ref().map(|sprite| &sprite.part).filter(|part| !part.is_whole())
    }

    /// Each id that it takes, in order, and the cell that has it.
    pub fn identities(&self) -> impl Iterator<Item = Identity<'_>> {
        let mut skipped = self.skipped.iter().copied().peekable();
        let cells = (0u32..).filter(move |cell| skipped.next_if_eq(cell).is_none());
        std::iter::zip(0..self.count, cells).map(|(n, cell)| Identity {
            id: self.index + n,
            file: &self.file,
            region: self.region,
            part: self.part(),
            column: cell % self.columns,
            row: cell / self.columns,
        })
    }
}

impl Outcome {
    /// The position of the first error among the findings from position `before` on.
    pub(crate) fn first_error(&self, before: usize) -> Option<usize> {
        (before..self.findings.len()).find(|at| self.findings[*at].is_error())
    }

    /// Adds the files that another piece read, and what was found in them.
    pub(crate) fn append_read(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.changed.extend(other.changed);
        other.sources.into_iter().for_each(|source| self.add_source(source));
    }

    /// Records how reading `path` ended. A file that is read twice must have the same bytes both times.
    pub(crate) fn record_source(&mut self, path: &RelPath, settled: Result<ReadOutcome, DiskError>) {
        match settled {
            Ok(ReadOutcome::Changed) => self.changed.push(path.clone()),
            Ok(ReadOutcome::Unchanged { file }) => self.add_source(SourceRecord { path: path.clone(), file }),
            Err(error) => self.record_disk_error(path, &error),
        }
    }

    /// Adds a file that was read; one that was read before must have had the same bytes, or else it changed.
    pub(crate) fn add_source(&mut self, source: SourceRecord) {
        match self.sources.iter().find(|known| known.path == source.path) {
            Some(known) if known.file.sha256 != source.file.sha256 => self.changed.push(source.path),
            Some(_) => {}
            None => self.sources.push(source),
        }
    }

    /// Records that the system refused to read `path`, as a finding about the asset, so that other assets are still
    /// checked.
    pub(crate) fn record_disk_error(&mut self, path: &RelPath, error: &DiskError) {
        self.findings.push(error.as_finding().file(path.as_str()));
    }
}

/// Where payload bytes go, in order. If the outcome has an error, its bytes must not be used.
pub trait Sink {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`Stop`] if no more bytes are needed.
    fn push_bytes(&mut self, bytes: Vec<u8>) -> Result<(), Stop>;
}

/// No more work is needed: the operation was cancelled or has failed.
#[derive(Debug)]
pub struct Stop;

/// Ends the work if the operation was cancelled.
pub(crate) fn check_cancelled(context: &Context) -> Result<(), Stop> {
    if context.is_cancelled() { Err(Stop) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(count: u32, columns: u32, skipped: &[u32]) -> Vec<(u32, u32, u32)> {
        let file = RelPath::parse("walk.png").unwrap_or_else(|problem| panic!("{}", problem.message));
        let artifact =
            ArtifactUse { file, region: None, sprite: None, index: 4, count, columns, skipped: skipped.to_vec() };
        artifact.identities().map(|identity| (identity.id, identity.column, identity.row)).collect()
    }

    #[test]
    fn ids_follow_cells_row_by_row() {
        assert_eq!(cells(3, 2, &[]), [(4, 0, 0), (5, 1, 0), (6, 0, 1)]);
    }

    #[test]
    fn skipped_cells_take_no_id() {
        assert_eq!(cells(3, 2, &[0, 3]), [(4, 1, 0), (5, 0, 1), (6, 0, 2)]);
        assert_eq!(cells(1, 3, &[1, 2]), [(4, 0, 0)]);
        assert_eq!(cells(0, 3, &[0, 1, 2]), []);
    }
}
