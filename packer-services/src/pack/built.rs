//! One asset, built: what its payload is, what it was built from, and what was found. The only notion of it: a pack
//! streams the bytes, a preview keeps them, a list drops them, and all three call [`build_assets`].

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::pipeline::{self, Delivery};
use super::plan::{self, Piece, PlannedAsset};
use crate::asset_uuid::AssetUuid;
use crate::banks::{ArtifactUse, DrawnTile, Outcome, SourceRecord, Stop};
use crate::context::Context;
use crate::declaration::{Content, Declaration};
use crate::diagnostics::{AssetRef, CauseId, Finding, Severity, sorted};
use crate::files::Sha;
use crate::formats::{EntryMetadata, SampleMetadata};
use crate::limits::PREVIEW_BYTES;
use crate::paths::RelPath;
use crate::snapshot::{RegisteredAsset, graded};

/// An asset whose declaration is whole, built as far as possible.
#[derive(Clone, Debug)]
pub struct BuiltAsset {
    /// What it was built from, besides its sources.
    pub registered: Arc<RegisteredAsset>,
    /// Its declaration.
    pub declaration: Arc<Declaration>,
    /// What its entry in a pack says; `None` if something is in the way of the whole payload.
    pub metadata: Option<EntryMetadata>,
    /// Of its payload; it means nothing unless [`BuiltAsset::is_whole`].
    pub payload_sha256: Sha,
    /// Every file that was read for it, with the anchor.
    pub sources: Vec<SourceRecord>,
    /// Which tiles or samples each artifact became, by index; none of a raw asset.
    pub uses: Vec<ArtifactUse>,
    /// The tiles or samples that could not be built.
    pub holes: Vec<BuiltHole>,
    /// What was found while it was planned and built, sorted; files are relative to the project.
    pub findings: Vec<Finding>,
    /// A file that changed while it was read, relative to the project: then nothing else here means anything.
    pub changed_path: Option<String>,
}

/// Tiles or samples that could not be built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltHole {
    /// Their ids; of a raw asset that is not there at all, every id.
    pub ids: Range<u32>,
    /// Which of the declared artifacts they are of, if it is one.
    pub artifact: Option<usize>,
    /// Which finding says why; `None` if a file changed while it was read.
    pub cause: Option<CauseId>,
}

impl BuiltAsset {
    /// Its id.
    pub fn asset_id(&self) -> u32 {
        self.registered.entry.asset_id
    }

    /// Its declared uuid.
    pub fn asset_uuid(&self) -> AssetUuid {
        self.declaration.asset_uuid
    }

    /// Its id and root, for findings. It allocates.
    pub fn asset_ref(&self) -> AssetRef {
        self.registered.asset_ref()
    }

    /// Whether it is in the build set.
    pub fn is_included(&self) -> bool {
        self.registered.entry.included_in_build
    }

    /// The payload's size; 0 if something is in the way.
    pub fn size_bytes(&self) -> u64 {
        self.metadata.as_ref().and_then(EntryMetadata::sizes).map_or(0, |(size_bytes, _)| size_bytes)
    }

    /// Whether the payload is what a pack would hold. Of an excluded asset errors are only notes, but its payload is no
    /// more whole for that.
    pub fn is_whole(&self) -> bool {
        let has_error = self.findings.iter().any(|finding| finding.code.severity() == Severity::Error);
        self.metadata.is_some() && self.changed_path.is_none() && !has_error
    }
}

/// What a preview keeps of a payload.
#[derive(Debug, Default)]
pub struct KeptPayload {
    /// The bytes of each planned piece; `None` if it is not whole, or over the limit. The payload of a glyph bank is kept
    /// even if it has holes.
    pub pieces: Vec<Option<Vec<u8>>>,
    /// Of a sound bank: what each planned piece is.
    pub samples: Vec<KeptSample>,
    /// Of a glyph bank: the tiles that are on the sheet.
    pub drawn: Vec<DrawnTile>,
    room: KeptRoom,
}

/// A sample of a kept payload.
#[derive(Debug)]
pub struct KeptSample {
    /// Its index.
    pub index: u32,
    /// What a pack would say of it.
    pub metadata: SampleMetadata,
}

/// How many more bytes of sound a preview keeps: samples are kept from the first on, until one does not fit.
#[derive(Debug)]
pub struct KeptRoom(u64);

impl Default for KeptRoom {
    /// [`PREVIEW_BYTES`].
    fn default() -> Self {
        Self(PREVIEW_BYTES)
    }
}

impl KeptRoom {
    /// Whether there is room for the next sample, which is then used.
    pub fn reserve(&mut self, size_bytes: u64) -> bool {
        let left = self.0.checked_sub(size_bytes);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

/// What happens while assets are built, in the order of the pack.
pub trait BuildSink {
    /// Takes the next payload bytes of the asset at this place of the plan.
    ///
    /// # Errors
    /// [`Stop`] if no more are needed.
    fn push_bytes(&mut self, at: usize, bytes: &[u8]) -> Result<(), Stop>;

    /// The payload of the asset at this place cannot be whole, and nothing that was pushed of it is of use.
    fn fail(&mut self, at: usize);

    /// All pieces of the asset at this place are done.
    fn finish_asset(&mut self, at: usize);
}

/// Builds these assets with `jobs` workers.
///
/// # Errors
/// If the operation was cancelled, or `sink` needs no more.
pub fn build_assets(
    context: &Context,
    planned: &[PlannedAsset<'_>],
    jobs: NonZeroUsize,
    sink: &mut dyn BuildSink,
) -> Result<Vec<BuiltAsset>, Stop> {
    let mut builders: Vec<AssetBuilder<'_>> = planned.iter().map(|planned| AssetBuilder::new(planned, false)).collect();
    pipeline::run(context, planned, jobs, |delivery| {
        match delivery {
            Delivery::Bytes(at, bytes) => {
                sink.push_bytes(at, &bytes)?;
                builders[at].push_bytes(&bytes);
            }
            Delivery::Piece(at, outcome) => {
                builders[at].finish_piece(outcome);
                if builders[at].is_failed() {
                    sink.fail(at);
                }
            }
            Delivery::Asset(at) => sink.finish_asset(at),
        }
        Ok(())
    })?;
    Ok(builders.into_iter().map(|builder| builder.finish().0).collect())
}

/// Builds one asset and keeps its payload; `None` if its declaration is not whole.
///
/// # Errors
/// If the operation was cancelled.
pub fn build_and_keep(
    context: &Context,
    registered: &Arc<RegisteredAsset>,
) -> Result<Option<(BuiltAsset, KeptPayload)>, Stop> {
    let Some(planned) = plan::plan_asset(registered) else { return Ok(None) };
    let mut builder = AssetBuilder::new(&planned, true);
    pipeline::run(context, std::slice::from_ref(&planned), NonZeroUsize::MIN, |delivery| {
        match delivery {
            Delivery::Bytes(_, bytes) => builder.push_bytes(&bytes),
            Delivery::Piece(_, outcome) => builder.finish_piece(outcome),
            Delivery::Asset(_) => {}
        }
        Ok(())
    })?;
    Ok(Some(builder.finish()))
}

/// Gathers what is delivered of one asset.
struct AssetBuilder<'p> {
    planned: &'p PlannedAsset<'p>,
    asset: AssetRef,
    hasher: Sha256,
    /// The piece that is being delivered.
    piece: usize,
    /// Bytes of that piece so far.
    piece_bytes: u64,
    /// The bytes themselves, if the piece is kept.
    bytes: Option<Vec<u8>>,
    /// Sources, uses and changed files of all pieces.
    all: Outcome,
    findings: Vec<Finding>,
    holes: Vec<BuiltHole>,
    kept: Option<KeptPayload>,
}

impl<'p> AssetBuilder<'p> {
    fn new(planned: &'p PlannedAsset<'_>, keeps: bool) -> Self {
        let mut builder = Self {
            planned,
            asset: planned.registered.asset_ref(),
            hasher: Sha256::new(),
            piece: 0,
            piece_bytes: 0,
            bytes: None,
            all: Outcome::default(),
            findings: Vec::new(),
            holes: Vec::new(),
            kept: keeps.then(KeptPayload::default),
        };
        builder.add_findings(&planned.outcome);
        builder.begin_piece();
        builder
    }

    /// Findings and holes of planning or of a piece. Which finding a hole is caused by is known by its id from now on.
    fn add_findings(&mut self, outcome: &Outcome) {
        let before = self.findings.len();
        let in_project = |finding: &Finding| graded(finding.clone().in_asset(&self.asset), self.planned.is_included());
        self.findings.extend(outcome.findings.iter().map(in_project));
        for hole in &outcome.holes {
            let cause = self.findings.get(before + hole.finding).map(Finding::cause_id);
            self.holes.push(BuiltHole { ids: hole.ids.clone(), artifact: hole.artifact, cause });
        }
    }

    fn begin_piece(&mut self) {
        self.piece_bytes = 0;
        self.bytes = None;
        let Some((piece, kept)) = self.planned.pieces.get(self.piece).zip(self.kept.as_mut()) else { return };
        let is_kept = match piece {
            Piece::Sample(sample) => {
                kept.samples.push(KeptSample { index: sample.artifact.index, metadata: sample.metadata });
                kept.room.reserve(piece.size_bytes())
            }
            Piece::Glyph(_) | Piece::Raw { .. } => true,
        };
        self.bytes = is_kept.then(Vec::new);
    }

    fn push_bytes(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.piece_bytes += bytes.len() as u64;
        // A file that grew while it was read has more than was planned: it is not kept, and found out below.
        let is_planned =
            self.planned.pieces.get(self.piece).is_some_and(|piece| self.piece_bytes <= piece.size_bytes());
        if let Some(kept) = self.bytes.as_mut().filter(|_| is_planned) {
            kept.extend_from_slice(bytes);
        }
    }

    fn finish_piece(&mut self, mut outcome: Outcome) {
        let Some(piece) = self.planned.pieces.get(self.piece) else { return };
        let before = self.findings.len();
        self.add_findings(&outcome);
        let error = outcome.first_error(0).and_then(|at| self.findings.get(before + at)).map(Finding::cause_id);
        let is_changed = !outcome.changed.is_empty();
        let is_short = self.piece_bytes != piece.size_bytes();
        if is_short && error.is_none() && !is_changed {
            // Nothing else than a change of the file makes a payload of another length than planned.
            let path = match piece {
                Piece::Sample(sample) => Some(sample.artifact.file.clone()),
                Piece::Raw { path, .. } => Some((*path).clone()),
                Piece::Glyph(_) => plan::anchor_path(),
            };
            self.all.changed.extend(path);
        }
        let broken = outcome.broken_payload.take();
        let bytes = self.bytes.take();
        let (bytes, hole) = match piece {
            Piece::Glyph(content) => {
                // A failure of the packer itself leaves no bytes at all.
                let is_lost = is_short && broken.is_none();
                (if is_short { broken } else { bytes }, is_lost.then(|| 0..content.tile_size.capacity()))
            }
            // Of a sound, an error that is found while it is converted means that its frames cannot be trusted.
            Piece::Sample(sample) => {
                let index = sample.artifact.index;
                let is_lost = is_changed || is_short || error.is_some();
                (bytes.filter(|_| !is_lost), is_lost.then(|| index..index.saturating_add(1)))
            }
            Piece::Raw { .. } => {
                let is_lost = is_changed || is_short;
                (bytes.filter(|_| !is_lost), is_lost.then_some(0..u32::MAX))
            }
        };
        self.holes.extend(hole.map(|ids| BuiltHole { ids, artifact: None, cause: error }));
        if let Some(kept) = &mut self.kept {
            kept.pieces.push(bytes);
            kept.drawn.append(&mut outcome.drawn);
        }
        outcome.sources.into_iter().for_each(|source| self.all.add_source(source));
        self.all.changed.append(&mut outcome.changed);
        self.all.uses.append(&mut outcome.uses);
        self.piece += 1;
        self.begin_piece();
    }

    /// Whether the payload cannot be a pack's.
    fn is_failed(&self) -> bool {
        !self.all.changed.is_empty() || self.findings.iter().any(Finding::is_error)
    }

    fn finish(self) -> (BuiltAsset, KeptPayload) {
        let Self { planned, asset, all, .. } = self;
        let mut sources = all.sources;
        if let Some((anchor, path)) = planned.registered.anchor.as_ref().zip(plan::anchor_path()) {
            sources.push(SourceRecord { path, sha256: anchor.sha256, size_bytes: anchor.size_bytes });
        }
        let mut uses = match &planned.declaration.content {
            // What a sound becomes is known from its declaration alone.
            Content::Sound(sound) => {
                sound.artifacts.iter().map(|sound| ArtifactUse::sample(&sound.file, sound.index)).collect()
            }
            _ => all.uses,
        };
        uses.sort_by_key(|artifact| artifact.index);
        let changed_path = all.changed.first().map(|path: &RelPath| format!("assets/{}/{path}", asset.root));
        let built = BuiltAsset {
            registered: planned.registered.clone(),
            declaration: planned.declaration.clone(),
            metadata: planned.metadata.clone(),
            payload_sha256: Sha(self.hasher.finalize().into()),
            sources,
            uses,
            holes: self.holes,
            findings: sorted(self.findings),
            changed_path,
        };
        (built, self.kept.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_kept_until_one_overflows() {
        let mut room = KeptRoom(10);
        assert_eq!([4, 6, 0, 1, 0].map(|size| room.reserve(size)), [true, true, true, false, true]);
        let mut room = KeptRoom(10);
        assert_eq!([4, 7, 1].map(|size| room.reserve(size)), [true, false, false]);
    }
}
