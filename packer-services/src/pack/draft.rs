//! One asset as a preview: the bytes that a pack would hold, as far as they can be made, and why the rest cannot.
//!
//! The planners and materializers are those of the pack, called for one asset; a hole in their result, which blocks a pack,
//! is kept here and named.

use super::pipeline::{guarded, make};
use super::plan::{self, Piece};
use crate::banks::{Hole, Outcome, Sink, Stop, check_cancelled, glyph, sound};
use crate::context::Context;
use crate::declaration::{Content, GlyphContent, SoundContent};
use crate::diagnostics::Finding;
use crate::files::Folder;
use crate::formats::{EntryMetadata, SampleMetadata, TileSize};
use crate::limits::PREVIEW_BYTES;
use crate::paths::RelPath;
use crate::preview::{
    BankPreview, Color, GlyphPayload, GlyphPreview, Pcm16, Playable, Preview, PreviewPalette, PreviewSample,
    PreviewTile, SampleState, SoundPreview, TileCell, TileSource, TileState,
};
use crate::snapshot::{RegisteredAsset, graded};

/// Of a hole: a file that changed is why, which is told when nothing else helped.
const CHANGED: usize = usize::MAX;

/// What could be made of an asset.
#[derive(Debug)]
pub struct Draft {
    /// The preview; its holes count in [`Draft::findings`] until [`Draft::told`].
    preview: Preview,
    /// What was found, in the order in which it was.
    pub findings: Vec<Finding>,
    /// A file that changed meanwhile, relative to the project.
    pub changed: Option<String>,
}

/// Makes what can be made of an asset; `None` if its declaration is not whole.
///
/// # Errors
/// If the operation was cancelled.
pub fn draft(context: &Context, registered: &RegisteredAsset) -> Result<Option<Draft>, Stop> {
    let (Some(declaration), Some(folder)) = (registered.declaration(), registered.folder.as_ref()) else {
        return Ok(None);
    };
    check_cancelled(context)?;
    let maker = Maker { context, asset_id: registered.entry.asset_id, folder };
    let mut all = Outcome::default();
    let mut raw_payload = None;
    let bank = match &declaration.content {
        Content::Glyph(content) => BankPreview::Glyph(maker.glyph(content, &mut all)?),
        Content::Sound(content) => BankPreview::Sound(maker.sound(content, &mut all)?),
        Content::Raw { payload, metadata, .. } => {
            raw_payload = Some(payload.clone());
            maker.raw(payload, metadata, &mut all)?
        }
    };
    // A reading that was cancelled ends like one of a file that changed.
    check_cancelled(context)?;
    let is_whole = all.changed.is_empty() && all.first_error(0).is_none();
    let (asset, is_included) = (registered.asset_ref(), registered.entry.included_in_build);
    let told = |finding: Finding| graded(finding.in_asset(&asset), is_included);
    let changed = all.changed.first().map(|path| format!("assets/{}/{path}", asset.root));
    Ok(Some(Draft {
        preview: Preview { asset_id: maker.asset_id, name: declaration.name.clone(), is_whole, raw_payload, bank },
        findings: all.findings.into_iter().map(told).collect(),
        changed,
    }))
}

impl Draft {
    /// The preview, whose holes name findings of `told`: all of the draft's, sorted, and perhaps `changing`.
    pub fn told(mut self, told: &[Finding], changing: Option<&Finding>) -> Preview {
        let findings = self.findings;
        let place = |why: &mut usize| {
            let cause = findings.get(*why).or(changing);
            let at = cause.and_then(|cause| told.iter().position(|finding| finding.is_same_cause(cause)));
            *why = at.unwrap_or_default();
        };
        match &mut self.preview.bank {
            BankPreview::Glyph(glyph) => {
                for tile in &mut glyph.tiles {
                    if let TileState::Hole { why } = &mut tile.state {
                        place(why);
                    }
                }
            }
            BankPreview::Sound(sound) => {
                for sample in &mut sound.samples {
                    if let SampleState::Hole { why } = &mut sample.state {
                        place(why);
                    }
                }
            }
            BankPreview::Scene { .. } => {}
        }
        self.preview
    }
}

/// Makes the payload of one asset.
struct Maker<'a> {
    context: &'a Context,
    asset_id: u32,
    folder: &'a Folder,
}

impl Maker<'_> {
    fn glyph(&self, content: &GlyphContent, all: &mut Outcome) -> Result<GlyphPreview, Stop> {
        let mut payload = None;
        let outcome = guarded(self.context, self.asset_id, self.folder, || {
            let (bytes, outcome) = glyph::build_glyph_payload(self.context, self.folder, content)?;
            payload = GlyphPayload::new(bytes);
            Ok(outcome)
        })?;
        let is_made = payload.is_some();
        let payload = payload.unwrap_or_else(GlyphPayload::empty);
        let mut tiles = match outcome.first_error(0) {
            // The packer itself failed.
            Some(why) if !is_made => no_tiles(content.tile_size, TileState::Hole { why }),
            _ => no_tiles(content.tile_size, TileState::Unused),
        };
        fill(&mut tiles, content, &outcome, &payload);
        let palettes = content.palettes.iter().map(|palette| PreviewPalette {
            name: palette.name.clone(),
            colors: palette.colors.iter().map(|rgb| Color { authored: Some(*rgb), stored: rgb.to_565() }).collect(),
        });
        let palettes = palettes.collect();
        *all = outcome;
        let artifacts = std::mem::take(&mut all.uses);
        Ok(GlyphPreview { metadata: content.entry_metadata(), payload, palettes, tiles, artifacts })
    }

    fn sound(&self, content: &SoundContent, all: &mut Outcome) -> Result<SoundPreview, Stop> {
        let (_, planned) = sound::plan_each_sample(self.folder, content, all);
        let mut room = Room::default();
        let mut samples = Vec::with_capacity(planned.len());
        for (artifact, planned) in planned {
            check_cancelled(self.context)?;
            let state = match planned {
                Ok(planned) => {
                    let metadata = planned.metadata;
                    let size_bytes = metadata.frames.saturating_mul(2);
                    let piece = Piece::Sample(Box::new(planned));
                    let (bytes, failed) = self.piece(&piece, size_bytes, room.take(size_bytes), all)?;
                    sample_state(metadata, bytes, failed)
                }
                Err(why) => SampleState::Hole { why },
            };
            samples.push(PreviewSample { index: artifact.index, file: Some(artifact.file.clone()), state });
        }
        Ok(SoundPreview { sample_rate_hz: content.sample_rate_hz, samples })
    }

    fn raw(&self, path: &RelPath, metadata: &EntryMetadata, all: &mut Outcome) -> Result<BankPreview, Stop> {
        let (size_bytes, _) = metadata.sizes().unwrap_or_default();
        let (bytes, failed) = match plan::raw_piece(self.folder, path, metadata, all) {
            Some(piece) => self.piece(&piece, size_bytes, true, all)?,
            None => (None, Some(all.first_error(0).unwrap_or(CHANGED))),
        };
        Ok(finished(metadata, Some(path), bytes, failed))
    }

    /// Makes a piece of `size_bytes`. Gives its bytes if they are whole and wanted, and which finding tells why they are not
    /// whole.
    fn piece(
        &self,
        piece: &Piece<'_>,
        size_bytes: u64,
        is_kept: bool,
        all: &mut Outcome,
    ) -> Result<(Option<Vec<u8>>, Option<usize>), Stop> {
        let mut kept = Kept { bytes: Vec::new(), most_bytes: if is_kept { size_bytes } else { 0 }, size_bytes: 0 };
        let outcome = make(self.context, self.asset_id, self.folder, piece, &mut kept)?;
        let before = all.findings.len();
        let is_changed = !outcome.changed.is_empty();
        all.findings.extend(outcome.findings);
        all.changed.extend(outcome.changed);
        for source in outcome.sources {
            match all.sources.iter().find(|known| known.path == source.path) {
                // Two samples of one file, and not of the same bytes.
                Some(known) if known.sha256 != source.sha256 => all.changed.push(source.path),
                Some(_) => {}
                None => all.sources.push(source),
            }
        }
        let error = all.first_error(before);
        let is_other_length = kept.size_bytes != size_bytes;
        let (is_sample, path) = match piece {
            Piece::Sample(sample) => (true, Some(&sample.artifact.file)),
            Piece::Raw { path, .. } => (false, Some(*path)),
            Piece::Glyph(_) => (false, None),
        };
        if is_other_length && error.is_none() && !is_changed {
            // It can only come of a file that changed.
            all.changed.extend(path.cloned());
        }
        let failed = if is_changed || is_other_length {
            Some(error.unwrap_or(CHANGED))
        } else {
            // Of a sound, every error that is found while it is converted means that its frames are not to be trusted.
            error.filter(|_| is_sample)
        };
        Ok((is_kept.then_some(kept.bytes).filter(|_| failed.is_none()), failed))
    }
}

/// Room for the sound of a preview. Samples are kept from the first on, until one does not fit.
#[derive(Debug)]
pub struct Room(u64);

impl Default for Room {
    /// [`PREVIEW_BYTES`].
    fn default() -> Self {
        Self(PREVIEW_BYTES)
    }
}

impl Room {
    /// Whether there is room for the next sample, which is then taken.
    pub fn take(&mut self, size_bytes: u64) -> bool {
        let left = self.0.checked_sub(size_bytes);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

/// Keeps so many bytes at most, and counts all.
struct Kept {
    bytes: Vec<u8>,
    most_bytes: u64,
    size_bytes: u64,
}

impl Sink for Kept {
    fn push_bytes(&mut self, bytes: Vec<u8>) -> Result<(), Stop> {
        self.size_bytes += bytes.len() as u64;
        if self.size_bytes <= self.most_bytes {
            self.bytes.extend(bytes);
        }
        Ok(())
    }
}

/// All tiles of a bank in one state.
fn no_tiles(size: TileSize, state: TileState) -> Vec<PreviewTile> {
    vec![PreviewTile { state, source: None, palette: None }; size.capacity() as usize]
}

/// Tells of each tile what became of it, and where it comes from.
fn fill(tiles: &mut [PreviewTile], content: &GlyphContent, outcome: &Outcome, payload: &GlyphPayload) {
    let size = content.tile_size;
    for artifact_use in &outcome.uses {
        let artifact = content.artifacts.iter().find(|artifact| {
            (artifact.index, &artifact.file, artifact.cut.region)
                == (artifact_use.index, &artifact_use.file, artifact_use.region)
        });
        for identity in artifact_use.identities() {
            let Some(tile) = tiles.get_mut(identity.id as usize) else { break };
            let (column, row) = (identity.column, identity.row);
            let cell =
                artifact.map(|artifact| TileCell { column, row, corner: artifact.cut.corner(size, column, row) });
            // An id that two images want is the first one's.
            tile.source.get_or_insert_with(|| TileSource {
                file: identity.file.clone(),
                region: identity.region,
                cell,
            });
        }
    }
    for Hole { ids, artifact, finding } in &outcome.holes {
        let artifact = artifact.and_then(|n| content.artifacts.get(n));
        for tile in tiles.iter_mut().take(ids.end as usize).skip(ids.start as usize) {
            if tile.state == TileState::Unused {
                tile.state = TileState::Hole { why: *finding };
            }
            if let (None, Some(artifact)) = (&tile.source, artifact) {
                tile.source = Some(TileSource { file: artifact.file.clone(), region: artifact.cut.region, cell: None });
            }
        }
    }
    for drawn in &outcome.drawn {
        let Some(tile) = tiles.get_mut(drawn.id as usize) else { continue };
        tile.state = if payload.is_blank(size, drawn.id) { TileState::Blank } else { TileState::Drawn };
        tile.palette = Some(drawn.palette);
    }
}

/// A bank of which there is nothing but its payload, if there is that: raw, or in a pack.
pub fn finished(
    metadata: &EntryMetadata,
    file: Option<&RelPath>,
    bytes: Option<Vec<u8>>,
    failed: Option<usize>,
) -> BankPreview {
    match metadata {
        EntryMetadata::Glyph(metadata) => {
            let size = metadata.tile_size;
            let payload = bytes.and_then(GlyphPayload::new);
            let mut tiles = no_tiles(size, failed.map_or(TileState::Unused, |why| TileState::Hole { why }));
            if let Some(payload) = &payload {
                for (id, tile) in (0u32..).zip(&mut tiles) {
                    tile.state = if payload.is_blank(size, id) { TileState::Blank } else { TileState::Drawn };
                }
            }
            let payload = payload.unwrap_or_else(GlyphPayload::empty);
            let palettes = (0..metadata.palette_authored).map(|palette| PreviewPalette {
                name: None,
                colors: payload.palette(palette).map(|stored| Color { authored: None, stored }).to_vec(),
            });
            let palettes = palettes.collect();
            BankPreview::Glyph(GlyphPreview { metadata: *metadata, payload, palettes, tiles, artifacts: Vec::new() })
        }
        EntryMetadata::Sound(sound) => {
            let parts =
                split(bytes.unwrap_or_default(), sound.samples.iter().map(|sample| sample.frames.saturating_mul(2)));
            let samples = (0u32..).zip(&sound.samples).zip(parts).map(|((index, sample), bytes)| {
                let state = sample_state(*sample, bytes, failed);
                PreviewSample { index, file: file.cloned(), state }
            });
            let samples = samples.collect();
            BankPreview::Sound(SoundPreview { sample_rate_hz: sound.sample_rate_hz, samples })
        }
        EntryMetadata::Scene(value) => BankPreview::Scene { metadata: value.clone(), size_bytes: 0 },
    }
}

/// `bytes` in parts of these sizes; `None` for those that they end before or within.
fn split(mut bytes: Vec<u8>, sizes: impl Iterator<Item = u64>) -> Vec<Option<Vec<u8>>> {
    let ends = sizes.scan(0u64, |end, size| {
        let start = *end;
        *end = end.saturating_add(size);
        Some((start, *end))
    });
    let ends: Vec<(u64, u64)> = ends.collect();
    // From the last on, so that every byte is moved once.
    let parts = ends.into_iter().rev().map(|(start, end)| {
        let start = usize::try_from(start).ok().filter(|start| *start <= bytes.len())?;
        let mut part = bytes.split_off(start);
        part.shrink_to_fit();
        (part.len() as u64 == end - start as u64).then_some(part)
    });
    let mut parts: Vec<Option<Vec<u8>>> = parts.collect();
    parts.reverse();
    parts
}

fn sample_state(metadata: SampleMetadata, bytes: Option<Vec<u8>>, failed: Option<usize>) -> SampleState {
    match (failed, bytes) {
        (Some(why), _) => SampleState::Hole { why },
        (None, Some(bytes)) => SampleState::Playable(Playable { metadata, pcm: Pcm16::new(bytes) }),
        (None, None) => SampleState::OverLimit(metadata),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_kept_from_the_first_on_until_one_does_not_fit() {
        let mut room = Room(10);
        assert_eq!([4, 6, 0, 1, 0].map(|size| room.take(size)), [true, true, true, false, true]);
        let mut room = Room(10);
        assert_eq!([4, 7, 1].map(|size| room.take(size)), [true, false, false]);
    }

    #[test]
    fn a_payload_is_split_into_samples_and_a_cut_one_is_none() {
        let parts = |count: u8, sizes: &[u64]| split((0..count).collect(), sizes.iter().copied());
        assert_eq!(parts(6, &[2, 0, 4]), [Some(vec![0, 1]), Some(vec![]), Some(vec![2, 3, 4, 5])]);
        assert_eq!(parts(5, &[2, 4, 1]), [Some(vec![0, 1]), None, None]);
        assert_eq!(parts(0, &[2]), [None]);
    }
}
