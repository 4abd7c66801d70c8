//! The plan: what each asset's payload will be made of, how large it will be and where it will lie.
//!
//! Opens sound files to learn their lengths, and nothing else: a glyph bank's size is fixed.

use serde_json::json;

use super::container::{Entry, Header, PreloadEntry};
use crate::banks::sound::{self, PlannedSample};
use crate::banks::{Outcome, raw};
use crate::declaration::{ANCHOR, Content, Declaration, GlyphContent};
use crate::diagnostics::{AssetRef, Finding, blocks};
use crate::files::{Folder, Stamp};
use crate::formats::EntryMetadata;
use crate::paths::RelPath;
use crate::snapshot::{RegisteredAsset, Snapshot};

/// The plan for an asset. It has no pieces if something is in the way.
#[derive(Debug)]
pub struct PlannedAsset<'s> {
    /// For findings.
    pub asset: AssetRef,
    /// Its id.
    pub asset_id: u32,
    /// The registered asset it is a plan for.
    pub registered: &'s RegisteredAsset,
    /// Its declaration.
    pub declaration: &'s Declaration,
    /// Its root.
    pub folder: &'s Folder,
    /// `None` if something is in the way.
    pub metadata: Option<EntryMetadata>,
    /// In the order of their bytes.
    pub pieces: Vec<Piece<'s>>,
    /// What was found, relative to the asset's root.
    pub findings: Vec<Finding>,
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

/// Plans one asset; `None` if its declaration is not whole.
pub fn asset(registered: &RegisteredAsset) -> Option<PlannedAsset<'_>> {
    let declaration = registered.declaration()?;
    let folder = registered.folder.as_ref()?;
    let mut outcome = Outcome::default();
    let (metadata, pieces) = match &declaration.content {
        Content::Glyph(glyph) => (Some(glyph.entry_metadata().into()), vec![Piece::Glyph(glyph)]),
        Content::Sound(content) => match sound::plan_samples(folder, content, &mut outcome) {
            Some((metadata, samples)) => {
                let pieces = samples.into_iter().map(|sample| Piece::Sample(Box::new(sample))).collect();
                (Some(metadata.into()), pieces)
            }
            None => (None, Vec::new()),
        },
        Content::Raw { payload, metadata, .. } => {
            let piece = raw_piece(folder, payload, metadata, &mut outcome);
            (piece.as_ref().map(|_| metadata.clone()), piece.into_iter().collect())
        }
    };
    Some(PlannedAsset {
        asset: registered.asset_ref(),
        asset_id: registered.entry.asset_id,
        registered,
        declaration,
        folder,
        metadata,
        pieces,
        findings: outcome.findings,
    })
}

/// Plans a raw payload; `None` if something is in the way, which goes to `outcome`.
pub(super) fn raw_piece<'s>(
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
    /// The payload's size; 0 if something is in the way.
    pub fn size_bytes(&self) -> u64 {
        self.metadata.as_ref().and_then(EntryMetadata::sizes).map_or(0, |(size, _)| size)
    }

    /// Whether it is in the build set.
    pub fn is_included(&self) -> bool {
        self.registered.entry.included_in_build
    }

    /// Whether nothing was in the way.
    pub fn is_whole(&self) -> bool {
        self.metadata.is_some() && !blocks(&self.findings)
    }
}

/// The header of a pack of those of `planned` that are included, all of which are whole, with the slots of the snapshot.
pub fn header(snapshot: &Snapshot, planned: &[PlannedAsset<'_>]) -> Header {
    let mut offset_bytes = 0;
    let mut entries = Vec::with_capacity(planned.len());
    for asset in planned.iter().filter(|asset| asset.is_included()) {
        let Some(metadata) = asset.metadata.clone() else { continue };
        let (size_bytes, decoded_size_bytes) = metadata.sizes().unwrap_or_default();
        entries.push(Entry {
            asset_id: asset.asset_id,
            asset_name: asset.declaration.name.clone(),
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
