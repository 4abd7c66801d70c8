//! What edits of a bank's content share: the content of the required type, and the ids of its artifacts.

use crate::artifact_selector::BankArtifact;
use crate::banks::Outcome;
use crate::banks::glyph::cuts::ArtifactCuts;
use crate::context::Context;
use crate::declaration::{Content, Declaration, GlyphArtifact, GlyphContent, SoundContent};
use crate::diagnostics::{Code, Finding};
use crate::files::Folder;

/// The highest `index` that a declaration may have.
const MAX_INDEX: u32 = i32::MAX as u32;

/// The images and palettes of a glyph bank.
///
/// # Errors
/// If the asset is something else.
pub fn glyph_content(declaration: &mut Declaration) -> Result<&mut GlyphContent, Vec<Finding>> {
    match &mut declaration.content {
        Content::Glyph(glyph) => Ok(glyph),
        other => Err(vec![not_a_glyph_bank(other)]),
    }
}

/// The sounds of a sound bank.
///
/// # Errors
/// If the asset is something else.
pub fn sound_content(declaration: &mut Declaration) -> Result<&mut SoundContent, Vec<Finding>> {
    match &mut declaration.content {
        Content::Sound(sound) => Ok(sound),
        other => Err(vec![not_a_sound_bank(other)]),
    }
}

/// The finding about an asset that has no sounds.
pub fn not_a_sound_bank(content: &Content) -> Finding {
    Finding::new(
        Code::NotASoundBank,
        format!("the asset is {}; a sound bank of sounds is required", kind_of(content)),
        "Pass a sound bank: `prometeu-packer list PROJECT` lists all assets with their types.",
    )
}

/// The finding about an asset that has no images.
pub fn not_a_glyph_bank(content: &Content) -> Finding {
    Finding::new(
        Code::NotAGlyphBank,
        format!("the asset is {}; a glyph bank of images is required", kind_of(content)),
        "Pass a glyph bank: `prometeu-packer list PROJECT` lists all assets with their types.",
    )
}

fn kind_of(content: &Content) -> &'static str {
    match content {
        Content::Glyph(_) => "a glyph bank",
        Content::Sound(_) => "a sound bank",
        Content::Raw { .. } => "a raw asset",
    }
}

/// The positions of the artifacts in the order of their ids.
pub(super) fn in_order_of_ids(artifacts: &[impl BankArtifact]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..artifacts.len()).collect();
    order.sort_by_key(|at| artifacts[*at].index());
    order
}

/// Gives the artifacts consecutive ids, in this order, from 0. Each takes one id.
pub(super) fn number_sounds(sound: &mut SoundContent, order: &[usize]) {
    for (index, at) in (0..=MAX_INDEX).zip(order) {
        sound.artifacts[*at].index = index;
    }
}

/// Gives the artifacts consecutive ids, in this order, from 0. Each takes as many as it has tiles in the folder `root`;
/// one that cannot be cut keeps about as many as it had.
pub(super) fn number_tiles(context: &Context, root: &Folder, glyph: &mut GlyphContent, order: &[usize]) {
    let ordered: Vec<&GlyphArtifact> = order.iter().map(|at| &glyph.artifacts[*at]).collect();
    let next_index = |index: u32| glyph.artifacts.iter().map(|other| other.index).filter(|other| *other > index).min();
    // Each is cut as if it were the only one, because the ids that it has now do not matter.
    let alone: Vec<GlyphArtifact> =
        ordered.iter().map(|artifact| GlyphArtifact { index: 0, ..(**artifact).clone() }).collect();
    let alone: Vec<&GlyphArtifact> = alone.iter().collect();
    let mut cuts = ArtifactCuts::new(context, root, &alone, glyph.tile_size);
    let mut counts = Vec::with_capacity(ordered.len());
    for (n, artifact) in ordered.iter().enumerate() {
        let count = match cuts.take(n, &mut Outcome::default()) {
            Ok(cut) => Some(cut.tiles.count()),
            Err(not_cut) => not_cut.tiles,
        };
        counts.push(count.unwrap_or_else(|| next_index(artifact.index).map_or(1, |next| next - artifact.index)));
    }
    let mut index = 0_u32;
    for (at, count) in order.iter().zip(counts) {
        glyph.artifacts[*at].index = index;
        index = index.saturating_add(count).min(MAX_INDEX);
    }
}
