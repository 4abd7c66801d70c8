//! The plan: what each asset's payload will be made of, how large it will be and where it will lie.
//!
//! Opens sound files to learn their lengths, and nothing else: a glyph bank's size is fixed.

use std::sync::Arc;

use serde_json::json;

use super::container::{Entry, Header, PreloadEntry};
use crate::banks::sound::{self, PlannedSample};
use crate::banks::{Hole, Outcome, raw};
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
    /// `None` if something is in the way of the whole payload.
    pub metadata: Option<EntryMetadata>,
    /// In the order of their bytes: all that can be planned, even if others cannot.
    pub pieces: Vec<Piece<'s>>,
    /// What was found, relative to the asset's root, and what cannot be built because of it.
    pub outcome: Outcome,
}

/// A part of a payload that is made on its own.
#[derive(Debug)]
pub enum Piece<'s> {
    /// A whole glyph bank.
    Glyph(&'s GlyphContent),
    /// One sample of a sound bank.
    Sample(Box<PlannedSample>),
    /// A whole raw payload.
    Raw {
        /// The payload file.
        path: &'s RelPath,
        /// Its state when it was planned.
        stamp: Stamp,
        /// What its entry says.
        metadata: &'s EntryMetadata,
    },
}

impl Piece<'_> {
    /// How many bytes it has when it is whole.
    pub fn size_bytes(&self) -> u64 {
        match self {
            Self::Glyph(_) => GLYPH_BYTES as u64,
            Self::Sample(sample) => sample.metadata.frames.saturating_mul(2),
            Self::Raw { metadata, .. } => metadata.payload_and_decoded_bytes().map_or(0, |(size_bytes, _)| size_bytes),
        }
    }
}

/// Plans one asset; `None` if its declaration is not whole.
pub fn plan_asset(registered: &Arc<RegisteredAsset>) -> Option<PlannedAsset<'_>> {
    let declaration = registered.declaration()?;
    let folder = registered.folder.as_ref()?;
    let mut outcome = Outcome::default();
    let (metadata, pieces) = match &declaration.content {
        Content::Glyph(glyph) => (Some(glyph.entry_metadata().into()), vec![Piece::Glyph(glyph)]),
        Content::Sound(content) => plan_sounds(folder, content, &mut outcome),
        Content::Raw { payload, metadata, .. } => {
            let piece = raw_piece(folder, payload, metadata.entry_metadata(), &mut outcome);
            if piece.is_none() {
                let finding = outcome.first_error(0).unwrap_or(0);
                outcome.holes.push(Hole { ids: 0..u32::MAX, artifact: None, finding });
            }
            (piece.as_ref().map(|_| metadata.entry_metadata().clone()), piece.into_iter().collect())
        }
    };
    Some(PlannedAsset { registered, declaration, folder, metadata, pieces, outcome })
}

/// Plans the samples of a bank; one that cannot be planned is a hole, and keeps the whole bank from having metadata.
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
                outcome.holes.push(Hole { ids, artifact: None, finding });
            }
        }
    }
    let is_whole = is_numbered && metadata.len() == count;
    let metadata = SoundMetadata { sample_rate_hz: content.sample_rate_hz, samples: metadata };
    (is_whole.then(|| metadata.into()), pieces)
}

/// Plans a raw payload; `None` if something is in the way, which goes to `outcome`.
fn raw_piece<'s>(
    folder: &Folder,
    path: &'s RelPath,
    metadata: &'s EntryMetadata,
    outcome: &mut Outcome,
) -> Option<Piece<'s>> {
    match folder.open(path) {
        Ok(source) => {
            let wrong = source.too_large_finding().or_else(|| raw::check_raw_size(metadata, source.size_bytes()));
            if let Some(finding) = wrong {
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

    /// How many bytes its pieces have, whole or not.
    pub fn piece_bytes(&self) -> u64 {
        self.pieces.iter().map(Piece::size_bytes).sum()
    }
}

/// The header of a pack of those of these assets that are included, with the slots of the snapshot. An asset is given as
/// its registered form, its declaration, and the metadata of its payload, without which it is left out.
pub fn header<'s>(
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

/// The palettes of an asset as the companion lists them.
pub fn companion_palettes(declaration: &Declaration) -> serde_json::Value {
    let Content::Glyph(glyph) = &declaration.content else { return json!([]) };
    let colors = |palette: &crate::declaration::Palette| -> Vec<String> {
        palette.colors.iter().map(ToString::to_string).collect()
    };
    json!(glyph.palettes.iter().map(colors).collect::<Vec<_>>())
}

/// The anchor's name as a source.
pub fn anchor_path() -> Option<RelPath> {
    RelPath::parse(ANCHOR).ok()
}
