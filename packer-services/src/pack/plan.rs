//! The plan: what each payload is built from, how large it will be and where in the pack it will lie.
//!
//! Planning opens the files of sounds and raw payloads for their sizes. The size of a glyph bank is fixed.

use std::sync::Arc;

use serde_json::json;

use super::cache::ReusedAsset;
use super::container::{Entry, Header, PreloadEntry};
use crate::banks::sound::{self, PlannedSample};
use crate::banks::{Hole, HoleReason, Outcome, raw};
use crate::declaration::{ANCHOR, Content, Declaration, GlyphContent, SoundContent};
use crate::files::{Folder, Stamp};
use crate::formats::{EntryMetadata, GLYPH_BYTES, SoundMetadata};
use crate::paths::RelPath;
use crate::snapshot::{RegisteredAsset, Snapshot};

/// The plan for an asset: what its payload will be built from.
#[derive(Debug)]
pub struct PlannedAsset<'s> {
    /// The registered asset it is a plan for.
    pub registered: &'s Arc<RegisteredAsset>,
    /// Its declaration.
    pub declaration: &'s Arc<Declaration>,
    /// Its root.
    pub folder: &'s Folder,
    /// `None` if an error prevents a complete payload.
    pub metadata: Option<EntryMetadata>,
    /// The pieces that can be planned, in the order of their bytes.
    pub pieces: Vec<Piece<'s>>,
    /// The findings, relative to the asset's root, and what cannot be built because of them.
    pub outcome: Outcome,
    /// What is taken from the last pack instead of building it.
    pub reused: Option<&'s ReusedAsset<'s>>,
    /// The image whose pixels are kept, to compare them with the result.
    pub compared: Option<RelPath>,
}

/// A part of a payload that is built separately.
#[derive(Debug)]
pub enum Piece<'s> {
    /// A whole glyph bank.
    Glyph(&'s GlyphContent),
    /// One sample of a sound bank.
    Sample(Box<PlannedSample>),
    /// A whole payload of the last pack.
    Reused(&'s ReusedAsset<'s>),
    /// A whole raw payload.
    Raw {
        /// The payload file.
        path: &'s RelPath,
        /// Its state when it was planned.
        stamp: Stamp,
        /// The metadata of its entry.
        metadata: &'s EntryMetadata,
    },
}

impl Piece<'_> {
    /// How many bytes it has if it can be built completely.
    pub fn size_bytes(&self) -> u64 {
        match self {
            Self::Glyph(_) => GLYPH_BYTES as u64,
            Self::Sample(sample) => sample.metadata.frames.saturating_mul(2),
            Self::Reused(reused) => reused.entry.size_bytes,
            Self::Raw { metadata, .. } => metadata.payload_and_decoded_bytes().map_or(0, |(size_bytes, _)| size_bytes),
        }
    }
}

/// Plans one asset; `None` if its declaration is not valid.
pub fn plan_asset(registered: &Arc<RegisteredAsset>) -> Option<PlannedAsset<'_>> {
    let declaration = registered.declaration()?;
    let folder = registered.folder.as_ref()?;
    let mut outcome = Outcome::default();
    let (metadata, pieces) = match &declaration.content {
        Content::Glyph(glyph) => (Some(glyph.entry_metadata().into()), vec![Piece::Glyph(glyph)]),
        Content::Sound(content) => plan_sounds(folder, content, &mut outcome),
        Content::Raw { payload, metadata, .. } => {
            let piece = plan_raw_piece(folder, payload, metadata.entry_metadata(), &mut outcome);
            if piece.is_none() {
                let finding = outcome.first_error(0).unwrap_or(0);
                let reason = HoleReason::Finding(finding);
                outcome.holes.push(Hole { ids: 0..u32::MAX, artifact: None, reason });
            }
            (piece.as_ref().map(|_| metadata.entry_metadata().clone()), piece.into_iter().collect())
        }
    };
    Some(PlannedAsset { registered, declaration, folder, metadata, pieces, outcome, reused: None, compared: None })
}

/// Plans to take an asset from the last pack; `None` if its declaration is not valid.
pub fn plan_reused<'s>(registered: &'s Arc<RegisteredAsset>, reused: &'s ReusedAsset<'s>) -> Option<PlannedAsset<'s>> {
    Some(PlannedAsset {
        registered,
        declaration: registered.declaration()?,
        folder: registered.folder.as_ref()?,
        metadata: Some(reused.entry.metadata.clone()),
        pieces: vec![Piece::Reused(reused)],
        outcome: Outcome::default(),
        reused: Some(reused),
        compared: None,
    })
}

/// Plans the samples of a bank. A sample that cannot be planned is a hole, and leaves the bank without metadata.
fn plan_sounds<'s>(
    folder: &Folder,
    content: &SoundContent,
    outcome: &mut Outcome,
) -> (Option<EntryMetadata>, Vec<Piece<'s>>) {
    let (is_numbered, samples) = sound::plan_each_sample(folder, content, outcome);
    let mut pieces = Vec::with_capacity(samples.len());
    let mut metadata = Vec::with_capacity(samples.len());
    let count = samples.len();
    for (artifact, planned) in samples {
        match planned {
            Ok(sample) => {
                metadata.push(sample.metadata);
                pieces.push(Piece::Sample(Box::new(sample)));
            }
            Err(finding) => {
                let ids = artifact.index..artifact.index.saturating_add(1);
                outcome.holes.push(Hole { ids, artifact: None, reason: HoleReason::Finding(finding) });
            }
        }
    }
    let is_whole = is_numbered && metadata.len() == count;
    let metadata = SoundMetadata { sample_rate_hz: content.sample_rate_hz, samples: metadata };
    (is_whole.then(|| metadata.into()), pieces)
}

/// Plans a raw payload; `None` if it cannot be packed. The reason is then added to `outcome`.
fn plan_raw_piece<'s>(
    folder: &Folder,
    path: &'s RelPath,
    metadata: &'s EntryMetadata,
    outcome: &mut Outcome,
) -> Option<Piece<'s>> {
    match folder.open(path) {
        Ok(source) => {
            let problem = source.too_large_finding().or_else(|| raw::check_raw_size(metadata, source.size_bytes()));
            if let Some(finding) = problem {
                outcome.findings.push(finding.file(path.as_str()));
                return None;
            }
            Some(Piece::Raw { path, stamp: source.stamp(), metadata })
        }
        Err(error) => {
            outcome.findings.push(error.into_finding_about(path));
            None
        }
    }
}

impl PlannedAsset<'_> {
    /// Its id.
    pub fn asset_id(&self) -> u32 {
        self.registered.entry.asset_id
    }

    /// Whether it is in the build set.
    pub fn is_included(&self) -> bool {
        self.registered.entry.included_in_build
    }

    /// How many bytes all its pieces have, if they can be built completely.
    pub fn piece_bytes(&self) -> u64 {
        self.pieces.iter().map(Piece::size_bytes).sum()
    }
}

/// Plans the header of a pack, with the slots of the snapshot. Each asset consists of its registered form, its
/// declaration and the metadata of its payload. Excluded assets and assets without metadata are left out.
pub fn plan_header<'s>(
    snapshot: &Snapshot,
    assets: impl Iterator<Item = (&'s RegisteredAsset, &'s Declaration, Option<&'s EntryMetadata>)>,
) -> Header {
    let mut offset_bytes = 0;
    let mut entries = Vec::new();
    for (registered, declaration, metadata) in assets.filter(|(registered, ..)| registered.entry.included_in_build) {
        let Some(metadata) = metadata.cloned() else { continue };
        let (size_bytes, decoded_size_bytes) = metadata.payload_and_decoded_bytes().unwrap_or_default();
        entries.push(Entry {
            asset_id: registered.entry.asset_id,
            asset_name: declaration.name.clone(),
            metadata,
            offset_bytes,
            size_bytes,
            decoded_size_bytes,
        });
        offset_bytes += size_bytes;
    }
    let slots = snapshot.slots.iter();
    Header {
        entries,
        preload: slots.map(|(asset_id, slot)| PreloadEntry { asset_id: *asset_id, slot: *slot }).collect(),
    }
}

/// The palettes of an asset, as they are listed in a companion.
pub fn companion_palettes(declaration: &Declaration) -> serde_json::Value {
    let Content::Glyph(glyph) = &declaration.content else { return json!([]) };
    let colors = |palette: &crate::declaration::Palette| -> Vec<String> {
        palette.colors.iter().map(ToString::to_string).collect()
    };
    json!(glyph.palettes.iter().map(colors).collect::<Vec<_>>())
}

/// The path of the anchor, relative to the root of its asset.
pub fn anchor_path() -> Option<RelPath> {
    RelPath::parse(ANCHOR).ok()
}
