//! Turns built assets and payloads into previews: the bytes that the console would store, and the causes of the holes.

use super::{
    BankPreview, Color, DeclaredImage, GlyphPayload, GlyphPreview, Pcm16, Playable, Preview, PreviewAnimation,
    PreviewPalette, PreviewSample, PreviewTile, SampleState, SoundPreview, TileCell, TileSource, TileState,
};
use crate::banks::ArtifactUse;
use crate::banks::glyph::animations::resolve_animation;
use crate::declaration::{Animation, Content, Cut, GlyphArtifact, GlyphContent, SoundContent};
use crate::diagnostics::{CauseId, Pixel};
use crate::formats::{EntryMetadata, SampleMetadata, TileSize};
use crate::pack::built::{BuiltAsset, BuiltHole, KeptPayload};
use crate::paths::RelPath;

impl Preview {
    /// Turns a built asset and its payload into a preview.
    pub(crate) fn of_built(built: &BuiltAsset, kept: KeptPayload) -> Self {
        let declaration = &built.declaration;
        let (raw_payload, bank) = match &declaration.content {
            Content::Glyph(content) => (None, BankPreview::Glyph(glyph_preview(built, content, kept))),
            Content::Sound(content) => (None, BankPreview::Sound(sound_preview(built, content, kept))),
            Content::Raw { payload, metadata, .. } => {
                let bytes = kept.pieces.into_iter().next().flatten();
                let bank = preview_of_payload(metadata.entry_metadata(), Some(payload), bytes, built.holes.first());
                (Some(payload.clone()), bank)
            }
        };
        Self {
            asset_id: built.asset_id(),
            name: declaration.name.clone(),
            is_whole: built.is_whole() && built.holes.is_empty(),
            raw_payload,
            bank,
        }
    }
}

impl Preview {
    /// Sets the cause of all holes without one: a file that kept changing while it was read.
    pub(crate) fn set_missing_causes(&mut self, cause: CauseId) {
        let set = |missing: &mut Option<CauseId>| *missing = missing.or(Some(cause));
        match &mut self.bank {
            BankPreview::Glyph(glyph) => {
                for tile in &mut glyph.tiles {
                    if let TileState::Hole { cause } = &mut tile.state {
                        set(cause);
                    }
                }
            }
            BankPreview::Sound(sound) => {
                for sample in &mut sound.samples {
                    if let SampleState::Hole { cause } = &mut sample.state {
                        set(cause);
                    }
                }
            }
            BankPreview::Scene { .. } => {}
        }
    }
}

fn glyph_preview(built: &BuiltAsset, content: &GlyphContent, kept: KeptPayload) -> GlyphPreview {
    let bytes = kept.pieces.into_iter().next().flatten();
    let payload = bytes.and_then(GlyphPayload::new).unwrap_or_else(GlyphPayload::empty);
    let mut tiles = tiles_in_state(content.tile_size, TileState::Unused);
    set_sources(&mut tiles, content, built);
    for drawn in &kept.drawn {
        let Some(tile) = tiles.get_mut(drawn.id as usize) else { continue };
        tile.state = if payload.is_blank(content.tile_size, drawn.id) { TileState::Blank } else { TileState::Drawn };
        tile.palette = Some(drawn.palette);
    }
    let palettes = content.palettes.iter().map(|palette| PreviewPalette {
        name: palette.name.clone(),
        colors: palette.colors.iter().map(|rgb| Color { authored: Some(*rgb), stored: rgb.to_565() }).collect(),
        file: palette.file.clone(),
    });
    let palettes = palettes.collect();
    let mut failed = kept.undrawn;
    failed.sort_by_key(|tile| tile.id);
    GlyphPreview {
        metadata: content.entry_metadata(),
        payload,
        palettes,
        tiles,
        artifacts: built.uses.clone(),
        declared: declared_images(content, built),
        failed,
        animations: preview_animations(content, built),
    }
}

fn preview_animations(content: &GlyphContent, built: &BuiltAsset) -> Vec<PreviewAnimation> {
    let preview = |declared: &Animation| PreviewAnimation {
        declared: declared.clone(),
        frames: resolve_animation(content, declared, &built.uses).ok().flatten(),
    };
    content.animations.iter().map(preview).collect()
}

/// Every image of a bank, by first id.
fn declared_images(content: &GlyphContent, built: &BuiltAsset) -> Vec<DeclaredImage> {
    let image = |(n, artifact): (usize, &GlyphArtifact)| DeclaredImage {
        file: artifact.file.clone(),
        index: artifact.index,
        color_key: artifact.color_key,
        part: artifact.part.clone(),
        cut: artifact.cut,
        is_whole: !built.holes.iter().any(|hole| hole.artifact == Some(n)),
    };
    let mut images: Vec<DeclaredImage> = content.artifacts.iter().enumerate().map(image).collect();
    images.sort_by_key(|image| image.index);
    images
}

fn sound_preview(built: &BuiltAsset, content: &SoundContent, kept: KeptPayload) -> SoundPreview {
    let mut artifacts: Vec<_> = content.artifacts.iter().collect();
    artifacts.sort_by_key(|artifact| artifact.index);
    let mut planned = std::iter::zip(kept.samples, kept.pieces).peekable();
    let samples = artifacts.into_iter().map(|artifact| {
        let hole = built.holes.iter().find(|hole| hole.ids.contains(&artifact.index));
        // A sample that could not be planned was not kept.
        let kept = planned.next_if(|(sample, _)| sample.index == artifact.index);
        let state = match (hole, kept) {
            (None, Some((sample, bytes))) => sample_state(sample.metadata, bytes, None),
            (hole, _) => SampleState::Hole { cause: hole.and_then(|hole| hole.cause) },
        };
        PreviewSample { index: artifact.index, file: Some(artifact.file.clone()), state }
    });
    SoundPreview { sample_rate_hz: content.sample_rate_hz, samples: samples.collect() }
}

/// All tiles of a bank in one state.
fn tiles_in_state(size: TileSize, state: TileState) -> Vec<PreviewTile> {
    vec![PreviewTile { state, source: None, palette: None }; size.capacity() as usize]
}

/// The top left pixel of a cell in its image; in that of a sprite, whose frames lie one below the other.
fn cell_corner(artifact_use: &ArtifactUse, cut: &Cut, size: TileSize, column: u32, row: u32) -> Option<Pixel> {
    let Some(sprite) = &artifact_use.sprite else { return Some(cut.corner(size, column, row)) };
    let frame = sprite.frame_corner(row / sprite.rows)?;
    let in_frame = cut.corner(size, column, row % sprite.rows);
    Some(Pixel { x: frame.x + in_frame.x, y: frame.y.checked_add(in_frame.y)? })
}

/// Sets the source of each tile, and which tiles are holes.
fn set_sources(tiles: &mut [PreviewTile], content: &GlyphContent, built: &BuiltAsset) {
    let size = content.tile_size;
    for artifact_use in &built.uses {
        let artifact = content.artifacts.iter().find(|artifact| {
            (artifact.index, &artifact.file, artifact.cut.region)
                == (artifact_use.index, &artifact_use.file, artifact_use.region)
        });
        for identity in artifact_use.identities() {
            let Some(tile) = tiles.get_mut(identity.id as usize) else { break };
            let (column, row) = (identity.column, identity.row);
            let cell = artifact.and_then(|artifact| {
                let corner = cell_corner(artifact_use, &artifact.cut, size, column, row)?;
                Some(TileCell { column, row, corner })
            });
            // If two images contain the same id, the first one counts.
            tile.source.get_or_insert_with(|| TileSource {
                file: identity.file.clone(),
                region: identity.region,
                cell,
            });
        }
    }
    for BuiltHole { ids, artifact, cause } in &built.holes {
        let artifact = artifact.and_then(|n| content.artifacts.get(n));
        for tile in tiles.iter_mut().take(ids.end as usize).skip(ids.start as usize) {
            if tile.state == TileState::Unused {
                tile.state = TileState::Hole { cause: *cause };
            }
            if let (None, Some(artifact)) = (&tile.source, artifact) {
                tile.source = Some(TileSource { file: artifact.file.clone(), region: artifact.cut.region, cell: None });
            }
        }
    }
}

/// Turns a payload without a declaration into a preview: a raw payload, or one in a pack. `hole` explains missing
/// bytes.
pub(crate) fn preview_of_payload(
    metadata: &EntryMetadata,
    file: Option<&RelPath>,
    bytes: Option<Vec<u8>>,
    hole: Option<&BuiltHole>,
) -> BankPreview {
    match metadata {
        EntryMetadata::Glyph(metadata) => {
            let size = metadata.tile_size;
            let payload = bytes.and_then(GlyphPayload::new);
            let mut tiles =
                tiles_in_state(size, hole.map_or(TileState::Unused, |hole| TileState::Hole { cause: hole.cause }));
            if let Some(payload) = &payload {
                for (id, tile) in (0u32..).zip(&mut tiles) {
                    tile.state = if payload.is_blank(size, id) { TileState::Blank } else { TileState::Drawn };
                }
            }
            let payload = payload.unwrap_or_else(GlyphPayload::empty);
            let palettes = (0..metadata.palette_authored).map(|palette| PreviewPalette {
                name: None,
                colors: payload.palette(palette).map(|stored| Color { authored: None, stored }).to_vec(),
                file: None,
            });
            let palettes = palettes.collect();
            BankPreview::Glyph(GlyphPreview {
                metadata: *metadata,
                payload,
                palettes,
                tiles,
                artifacts: Vec::new(),
                declared: Vec::new(),
                failed: Vec::new(),
                animations: Vec::new(),
            })
        }
        EntryMetadata::Sound(sound) => {
            let parts = split_sizes(
                bytes.unwrap_or_default(),
                sound.samples.iter().map(|sample| sample.frames.saturating_mul(2)),
            );
            let samples = (0u32..).zip(&sound.samples).zip(parts).map(|((index, sample), bytes)| {
                let state = sample_state(*sample, bytes, hole);
                PreviewSample { index, file: file.cloned(), state }
            });
            let samples = samples.collect();
            BankPreview::Sound(SoundPreview { sample_rate_hz: sound.sample_rate_hz, samples })
        }
        EntryMetadata::Scene(value) => BankPreview::Scene { metadata: value.clone(), size_bytes: 0 },
    }
}

/// Splits `bytes` into parts of these sizes. A part is `None` if the bytes end before it or in it.
fn split_sizes(mut bytes: Vec<u8>, sizes: impl Iterator<Item = u64>) -> Vec<Option<Vec<u8>>> {
    let ends = sizes.scan(0u64, |end, size| {
        let start = *end;
        *end = end.saturating_add(size);
        Some((start, *end))
    });
    let ends: Vec<(u64, u64)> = ends.collect();
    // Split from the end, so that each byte is moved once.
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

fn sample_state(metadata: SampleMetadata, bytes: Option<Vec<u8>>, hole: Option<&BuiltHole>) -> SampleState {
    match (hole, bytes) {
        (Some(hole), _) => SampleState::Hole { cause: hole.cause },
        (None, Some(bytes)) => SampleState::Playable(Playable { metadata, pcm: Pcm16::new(bytes) }),
        (None, None) => SampleState::OverLimit(metadata),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truncated_samples_are_none() {
        let parts = |count: u8, sizes: &[u64]| split_sizes((0..count).collect(), sizes.iter().copied());
        assert_eq!(parts(6, &[2, 0, 4]), [Some(vec![0, 1]), Some(vec![]), Some(vec![2, 3, 4, 5])]);
        assert_eq!(parts(5, &[2, 4, 1]), [Some(vec![0, 1]), None, None]);
        assert_eq!(parts(0, &[2]), [None]);
    }
}
