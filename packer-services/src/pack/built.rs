//! One built asset: its payload, what it was built from, and what was found. Packs, lists and previews share it: a pack
//! streams the bytes, a list drops them, and a preview keeps them. All of them build through the same [`pipeline`].

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::pipeline::{self, Delivery};
use super::plan::{self, Piece, PlannedAsset};
use crate::asset_uuid::AssetUuid;
use crate::banks::glyph::image::ShownImage;
use crate::banks::{ArtifactUse, DrawnTile, HoleReason, Identity, Outcome, SourceRecord, Stop, UndrawnTile};
use crate::context::Context;
use crate::declaration::{Content, Cut, Declaration, GlyphArtifact};
use crate::diagnostics::{AssetRef, CauseId, Finding, Pixel, Severity, sort_findings};
use crate::files::Sha;
use crate::formats::{EntryMetadata, SampleMetadata};
use crate::limits::PREVIEW_BYTES;
use crate::paths::RelPath;
use crate::preview::FailedTile;
use crate::snapshot::{RegisteredAsset, grade_finding};

/// An asset with a valid declaration, built as far as possible.
#[derive(Clone, Debug)]
pub struct BuiltAsset {
    /// The registered asset that was built.
    pub registered: Arc<RegisteredAsset>,
    /// Its declaration.
    pub declaration: Arc<Declaration>,
    /// The metadata of its entry in a pack; `None` if an error prevents a complete payload.
    pub metadata: Option<EntryMetadata>,
    /// The hash of its payload; valid only if [`BuiltAsset::is_whole`].
    pub payload_sha256: Sha,
    /// Every file that was read for it, including the anchor.
    pub sources: Vec<SourceRecord>,
    /// The files outside of its root that were read for it, relative to `assets/`.
    pub shared_sources: Vec<SourceRecord>,
    /// Which tiles or samples each artifact became, by index; empty for a raw asset.
    pub uses: Vec<ArtifactUse>,
    /// Which palette draws each tile of a glyph bank.
    pub tile_palettes: TilePalettes,
    /// The tiles or samples that could not be built.
    pub holes: Vec<BuiltHole>,
    /// What was found while it was planned and built, sorted; files are relative to the project.
    pub findings: Vec<Finding>,
    /// A file that changed while it was read, relative to the project. If there is one, all other fields are invalid.
    pub changed_path: Option<String>,
}

/// Which palette draws each tile of a glyph bank: runs of tiles with one palette, by id. A bank has few runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<(u32, u32, u32)>", from = "Vec<(u32, u32, u32)>")]
pub struct TilePalettes(Vec<(Range<u32>, u32)>);

impl From<TilePalettes> for Vec<(u32, u32, u32)> {
    fn from(palettes: TilePalettes) -> Self {
        palettes.0.into_iter().map(|(ids, palette)| (ids.start, ids.end, palette)).collect()
    }
}

impl From<Vec<(u32, u32, u32)>> for TilePalettes {
    fn from(runs: Vec<(u32, u32, u32)>) -> Self {
        Self(runs.into_iter().map(|(start, end, palette)| (start..end, palette)).collect())
    }
}

impl TilePalettes {
    fn of(drawn: &[DrawnTile]) -> Self {
        let mut drawn: Vec<(u32, u32)> = drawn.iter().map(|tile| (tile.id, tile.palette)).collect();
        drawn.sort_unstable();
        let mut runs: Vec<(Range<u32>, u32)> = Vec::new();
        for (id, palette) in drawn {
            match runs.last_mut() {
                Some((ids, same)) if ids.end == id && *same == palette => ids.end += 1,
                _ => runs.push((id..id + 1, palette)),
            }
        }
        Self(runs)
    }

    /// Each tile on the sheet with the palette that draws it, by id.
    pub fn each_tile(&self) -> impl Iterator<Item = (u32, u32)> {
        self.0.iter().flat_map(|(ids, palette)| ids.clone().map(|id| (id, *palette)))
    }

    /// The palette that draws the tile; `None` if the tile is not on the sheet.
    pub fn palette_of(&self, id: u32) -> Option<u32> {
        let at = self.0.partition_point(|(ids, _)| ids.end <= id);
        self.0.get(at).filter(|(ids, _)| ids.contains(&id)).map(|(_, palette)| *palette)
    }
}

/// Tiles or samples that could not be built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltHole {
    /// Their ids; every id if the whole payload of a raw asset is missing.
    pub ids: Range<u32>,
    /// The index of the declared artifact that they belong to, if they belong to one.
    pub artifact: Option<usize>,
    /// The finding that explains it; `None` if a file changed while it was read.
    pub cause: Option<CauseId>,
}

impl BuiltAsset {
    /// The image and the top left pixel of each tile of a glyph bank, by id. In a sprite, rows count through the used
    /// frames as if these were one below the other.
    pub fn tile_corners(&self) -> HashMap<u32, (&RelPath, Pixel)> {
        let Content::Glyph(glyph) = &self.declaration.content else { return HashMap::new() };
        let corners = self.uses.iter().flat_map(|used| {
            let is_used = |artifact: &&GlyphArtifact| artifact.index == used.index && artifact.file == used.file;
            let cut = glyph.artifacts.iter().find(is_used).map(|artifact| artifact.cut);
            let corner = move |cut: Cut, at: Identity<'_>| cut.corner(glyph.tile_size, at.column, at.row);
            cut.into_iter().flat_map(move |cut| used.identities().map(move |at| (at.id, (&used.file, corner(cut, at)))))
        });
        corners.collect()
    }

    /// Its id.
    pub fn asset_id(&self) -> u32 {
        self.registered.entry.asset_id
    }

    /// Its declared uuid.
    pub fn asset_uuid(&self) -> AssetUuid {
        self.declaration.asset_uuid
    }

    /// Its id and root, for findings. Allocates.
    pub fn asset_ref(&self) -> AssetRef {
        self.registered.asset_ref()
    }

    /// The size of the payload; 0 if an error prevents a complete payload.
    pub fn size_bytes(&self) -> u64 {
        self.metadata
            .as_ref()
            .and_then(EntryMetadata::payload_and_decoded_bytes)
            .map_or(0, |(size_bytes, _)| size_bytes)
    }

    /// Whether the payload is complete, as a pack would contain it. The errors of an excluded asset are reported as
    /// notes, but its payload is just as incomplete.
    pub fn is_whole(&self) -> bool {
        let has_error = self.findings.iter().any(|finding| finding.code.severity() == Severity::Error);
        let has_palettes = self.registered.palettes.unread_causes.is_empty();
        self.metadata.is_some() && self.changed_path.is_none() && !has_error && has_palettes
    }
}

/// The parts of a payload that a preview keeps.
#[derive(Debug, Default)]
pub struct KeptPayload {
    /// The bytes of each planned piece; `None` if it is incomplete or over the limit. The payload of a glyph bank is
    /// kept even if it has holes.
    pub pieces: Vec<Option<Vec<u8>>>,
    /// The sample of each planned piece of a sound bank.
    pub samples: Vec<KeptSample>,
    /// The tiles on the sheet of a glyph bank.
    pub drawn: Vec<DrawnTile>,
    /// The tiles of a glyph bank that no palette draws.
    pub undrawn: Vec<FailedTile>,
    /// The decoded image that was asked for.
    pub compared: Option<Box<ShownImage>>,
    room: KeptRoom,
}

/// A sample of a kept payload.
#[derive(Debug)]
pub struct KeptSample {
    /// Its index.
    pub index: u32,
    /// Its metadata in a pack.
    pub metadata: SampleMetadata,
}

/// How many more bytes of sound a preview keeps. Samples are kept in order until one does not fit.
#[derive(Debug)]
pub struct KeptRoom(u64);

impl Default for KeptRoom {
    /// [`PREVIEW_BYTES`].
    fn default() -> Self {
        Self(PREVIEW_BYTES)
    }
}

impl KeptRoom {
    /// Reserves room for the next sample; false if there is not enough left.
    pub fn reserve(&mut self, size_bytes: u64) -> bool {
        let left = self.0.checked_sub(size_bytes);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

/// Receives what is built, in the order of the pack. Assets are identified by their index in the plan.
pub trait BuildSink {
    /// Receives the next payload bytes of an asset.
    ///
    /// # Errors
    /// [`Stop`] if no more bytes are needed.
    fn push_bytes(&mut self, at: usize, bytes: Vec<u8>) -> Result<(), Stop>;

    /// The payload of this asset cannot be completed, so the bytes that were pushed for it are useless.
    fn fail_asset(&mut self, at: usize);

    /// All pieces of this asset are done.
    fn finish_asset(&mut self, at: usize);
}

/// Builds these assets with `jobs` workers.
///
/// # Errors
/// If the operation was canceled, or `sink` stopped it.
pub fn build_assets(
    context: &Context,
    planned: &[PlannedAsset<'_>],
    jobs: NonZeroUsize,
    sink: &mut dyn BuildSink,
) -> Result<Vec<BuiltAsset>, Stop> {
    let mut built = Vec::with_capacity(planned.len());
    // Assets are delivered one after the other.
    let mut builder: Option<AssetBuilder<'_>> = None;
    pipeline::run(context, planned, jobs, |delivery| {
        let start = |at: usize| AssetBuilder::new(&planned[at], false);
        match delivery {
            Delivery::Bytes(at, bytes) => {
                builder.get_or_insert_with(|| start(at)).push_bytes(&bytes);
                sink.push_bytes(at, bytes)?;
            }
            Delivery::Piece(at, outcome) => {
                let builder = builder.get_or_insert_with(|| start(at));
                builder.finish_piece(outcome);
                if builder.is_failed() {
                    sink.fail_asset(at);
                }
            }
            Delivery::Asset(at) => {
                built.push(builder.take().unwrap_or_else(|| start(at)).finish().0);
                sink.finish_asset(at);
            }
        }
        Ok(())
    })?;
    Ok(built)
}

/// Builds one asset and keeps its payload, and the decoded image of its file `compared`; `None` if its declaration is
/// not valid.
///
/// # Errors
/// If the operation was canceled.
pub fn build_and_keep(
    context: &Context,
    registered: &Arc<RegisteredAsset>,
    compared: Option<&RelPath>,
) -> Result<Option<(BuiltAsset, KeptPayload)>, Stop> {
    let Some(mut planned) = plan::plan_asset(registered) else { return Ok(None) };
    planned.compared = compared.cloned();
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

/// Assembles one asset from what the pipeline delivers.
struct AssetBuilder<'p> {
    planned: &'p PlannedAsset<'p>,
    asset: AssetRef,
    hasher: Sha256,
    /// The index of the piece that is being delivered.
    piece: usize,
    /// How many bytes of that piece have been delivered.
    piece_bytes: u64,
    /// Those bytes, if the piece is kept.
    bytes: Option<Vec<u8>>,
    /// Sources, uses and changed files of all pieces.
    all: Outcome,
    findings: Vec<Finding>,
    holes: Vec<BuiltHole>,
    tile_palettes: TilePalettes,
    kept: Option<KeptPayload>,
}

impl<'p> AssetBuilder<'p> {
    fn new(planned: &'p PlannedAsset<'_>, keeps_payload: bool) -> Self {
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
            tile_palettes: TilePalettes::default(),
            kept: keeps_payload.then(KeptPayload::default),
        };
        builder.add_findings(&planned.outcome);
        builder.begin_piece();
        builder
    }

    /// Adds the findings and holes of the plan or of a piece. From here on, a hole refers to its finding by cause id.
    fn add_findings(&mut self, outcome: &Outcome) {
        let before = self.findings.len();
        let in_project =
            |finding: &Finding| grade_finding(finding.clone().in_asset(&self.asset), self.planned.is_included());
        self.findings.extend(outcome.findings.iter().map(in_project));
        for hole in &outcome.holes {
            let cause = match hole.reason {
                HoleReason::Finding(at) => self.findings.get(before + at).map(Finding::cause_id),
                HoleReason::Palette(palette) => self.unread_causes().get(&palette).copied(),
            };
            self.holes.push(BuiltHole { ids: hole.ids.clone(), artifact: hole.artifact, cause });
        }
    }

    /// Why palettes of the bank cannot be used.
    fn unread_causes(&self) -> &BTreeMap<u32, CauseId> {
        &self.planned.registered.palettes.unread_causes
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
            Piece::Glyph(_) | Piece::Raw { .. } | Piece::Reused(_) => true,
        };
        self.bytes = is_kept.then(Vec::new);
    }

    fn push_bytes(&mut self, bytes: &[u8]) {
        // What is taken from the last pack is hashed while it is copied.
        if self.planned.reused.is_none() {
            self.hasher.update(bytes);
        }
        self.piece_bytes += bytes.len() as u64;
        // A file that grew while it was read has more bytes than planned. They are not kept; `finish_piece` detects it.
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
        let error = error.or_else(|| self.unread_causes().values().next().copied());
        let is_changed = !outcome.changed.is_empty();
        let is_short = self.piece_bytes != piece.size_bytes();
        if is_short && error.is_none() && !is_changed {
            // Only a change of the file can cause another payload length than planned.
            let path = match piece {
                Piece::Sample(sample) => Some(sample.artifact.file.clone()),
                Piece::Raw { path, .. } => Some((*path).clone()),
                Piece::Glyph(_) | Piece::Reused(_) => plan::anchor_path(),
            };
            self.all.changed.extend(path);
        }
        let broken = outcome.broken_payload.take();
        let bytes = self.bytes.take();
        let (bytes, hole) = match piece {
            Piece::Glyph(content) => {
                // After a panic there are no bytes at all.
                let is_lost = is_short && broken.is_none();
                (if is_short { broken } else { bytes }, is_lost.then(|| 0..content.tile_size.capacity()))
            }
            // After an error in the conversion of a sound, its frames cannot be trusted.
            Piece::Sample(sample) => {
                let index = sample.artifact.index;
                let is_lost = is_changed || is_short || error.is_some();
                (bytes.filter(|_| !is_lost), is_lost.then(|| index..index.saturating_add(1)))
            }
            Piece::Raw { .. } | Piece::Reused(_) => {
                let is_lost = is_changed || is_short;
                (bytes.filter(|_| !is_lost), is_lost.then_some(0..u32::MAX))
            }
        };
        self.holes.extend(hole.map(|ids| BuiltHole { ids, artifact: None, cause: error }));
        if !outcome.drawn.is_empty() {
            self.tile_palettes = TilePalettes::of(&outcome.drawn);
        }
        if let Some(kept) = &mut self.kept {
            kept.pieces.push(bytes);
            kept.drawn.append(&mut outcome.drawn);
            kept.undrawn.extend(outcome.undrawn.drain(..).map(|UndrawnTile { id, rgba, wrong }| {
                let cause = |at: usize| self.findings.get(before + at).map(Finding::cause_id);
                let wrong = wrong.into_iter().filter_map(|(pixel, at)| Some((pixel, cause(at)?))).collect();
                FailedTile { id, rgba, wrong }
            }));
            kept.compared = outcome.compared.take();
        }
        outcome.sources.into_iter().for_each(|source| self.all.add_source(source));
        self.all.changed.append(&mut outcome.changed);
        self.all.uses.append(&mut outcome.uses);
        self.piece += 1;
        self.begin_piece();
    }

    /// Whether the payload cannot be packed.
    fn is_failed(&self) -> bool {
        !self.all.changed.is_empty() || self.findings.iter().any(Finding::is_error)
    }

    fn finish(self) -> (BuiltAsset, KeptPayload) {
        if let Some(reused) = &self.planned.reused {
            return (reused.built(self.planned), self.kept.unwrap_or_default());
        }
        let Self { planned, asset, mut all, .. } = self;
        // An image can also be a palette of the bank: it is one source, which had the same bytes both times.
        for palette in &planned.registered.palettes.in_root {
            all.add_source(palette.clone());
        }
        let mut sources = all.sources;
        if let Some((anchor, path)) = planned.registered.anchor.as_ref().zip(plan::anchor_path()) {
            sources.push(SourceRecord { path, file: anchor.file });
        }
        // A pack keeps those of all assets until its end.
        sources.shrink_to_fit();
        let mut uses = match &planned.declaration.content {
            // The samples of a sound bank follow from its declaration alone.
            Content::Sound(sound) => {
                sound.artifacts.iter().map(|sound| ArtifactUse::sample(&sound.file, sound.index)).collect()
            }
            _ => all.uses,
        };
        uses.sort_by_key(|artifact| artifact.index);
        uses.shrink_to_fit();
        let changed: Vec<String> = all.changed.iter().map(|path| format!("assets/{}/{path}", asset.root)).collect();
        let mut findings = self.findings;
        // What was found in a file that changed while it was read means nothing.
        findings.retain(|finding| finding.file.as_ref().is_none_or(|file| !changed.contains(file)));
        let built = BuiltAsset {
            registered: planned.registered.clone(),
            declaration: planned.declaration.clone(),
            metadata: planned.metadata.clone(),
            payload_sha256: Sha(self.hasher.finalize().into()),
            sources,
            shared_sources: planned.registered.palettes.shared.clone(),
            uses,
            tile_palettes: self.tile_palettes,
            holes: self.holes,
            findings: sort_findings(findings),
            changed_path: changed.into_iter().next(),
        };
        (built, self.kept.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_keep_the_palette_of_each_tile() {
        let drawn = [(5, 1), (0, 0), (1, 0), (2, 1), (4, 1)].map(|(id, palette)| DrawnTile { id, palette });
        let palettes = TilePalettes::of(&drawn);
        assert_eq!(palettes.0, [(0..2, 0), (2..3, 1), (4..6, 1)]);
        let of_each: Vec<_> = (0..7).map(|id| palettes.palette_of(id)).collect();
        assert_eq!(of_each, [Some(0), Some(0), Some(1), None, Some(1), Some(1), None]);
    }

    #[test]
    fn samples_are_kept_until_one_overflows() {
        let mut room = KeptRoom(10);
        assert_eq!([4, 6, 0, 1, 0].map(|size| room.reserve(size)), [true, true, true, false, true]);
        let mut room = KeptRoom(10);
        assert_eq!([4, 7, 1].map(|size| room.reserve(size)), [true, false, false]);
    }
}
