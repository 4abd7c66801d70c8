//! What an edit does to the animations of the bank: it may break none, and it may change what one shows, which is said.

use std::collections::{BTreeSet, HashMap};

use crate::banks::ArtifactUse;
use crate::banks::glyph::animations::resolve_animation;
use crate::declaration::{ANCHOR, Animation, Content, GlyphContent};
use crate::diagnostics::{CauseId, Code, Finding, Pixel, escaped};
use crate::formats::TileSize;
use crate::pack::built::BuiltAsset;
use crate::paths::RelPath;

/// The findings about animations that were right before, or did not exist: no edit breaks one. Of one whose images
/// could not be used before, nothing is known.
pub(super) fn newly_broken_animations(before: &[BuiltAsset], after: &[BuiltAsset]) -> BTreeSet<CauseId> {
    let mut new = BTreeSet::new();
    for now in after {
        let Some(glyph) = glyph_of(now) else { continue };
        let earlier = before.iter().find(|earlier| earlier.asset_id() == now.asset_id());
        let was_not_right = |animation: &Animation| {
            let Some((earlier, glyph)) = earlier.and_then(|earlier| Some((earlier, glyph_of(earlier)?))) else {
                return false;
            };
            let known = glyph.animations.iter().find(|other| other.name == animation.name);
            known.is_some_and(|known| !matches!(resolve_animation(glyph, known, &earlier.uses), Ok(Some(_))))
        };
        for animation in glyph.animations.iter().filter(|animation| !was_not_right(animation)) {
            let finding = resolve_animation(glyph, animation, &now.uses).err();
            new.extend(finding.map(|finding| finding.in_asset(&now.asset_ref()).cause_id()));
        }
    }
    new
}

fn glyph_of(asset: &BuiltAsset) -> Option<&GlyphContent> {
    match &asset.declaration.content {
        Content::Glyph(glyph) => Some(glyph),
        _ => None,
    }
}

/// A note for each animation that is declared as before, and that shows other parts of its images.
pub(super) fn changed_animations(before: &BuiltAsset, now: &BuiltAsset) -> Vec<Finding> {
    let (Some(old), Some(new)) = (glyph_of(before), glyph_of(now)) else { return Vec::new() };
    if new.animations.is_empty() {
        return Vec::new();
    }
    let (old_corners, new_corners) = (before.tile_corners(), now.tile_corners());
    let is_changed = |animation: &&Animation| {
        let earlier = old.animations.iter().find(|other| other.name == animation.name);
        let earlier = earlier.filter(|other| other.frames == animation.frames);
        let earlier = earlier.and_then(|it| shown_tiles(old, it, &before.uses, &old_corners));
        let shown = shown_tiles(new, animation, &now.uses, &new_corners);
        matches!((earlier, shown), (Some(earlier), Some(shown)) if earlier != shown)
    };
    let note = |animation: &Animation| {
        let finding = Finding::new(
            Code::AnimationChanged,
            format!("the animation `{}` shows other parts of its images now", escaped(&animation.name)),
            "Look at it. Its frames are counted through the cells of its images: `prometeu-packer animation PROJECT ASSET \
             NAME --from N --to N` changes them.",
        );
        finding.file(ANCHOR).in_asset(&now.registered.asset_ref())
    };
    new.animations.iter().filter(is_changed).map(note).collect()
}

/// Where a tile comes from: the image, its top left pixel, and its size.
type TilePlace<'b> = (&'b RelPath, Pixel, TileSize);

/// Where each tile of an animation comes from; `None` if the animation is wrong.
fn shown_tiles<'b>(
    glyph: &GlyphContent,
    animation: &Animation,
    uses: &[ArtifactUse],
    corners: &HashMap<u32, (&'b RelPath, Pixel)>,
) -> Option<Vec<Option<TilePlace<'b>>>> {
    let resolved = resolve_animation(glyph, animation, uses).ok().flatten()?;
    let place = |tile: &u32| corners.get(tile).map(|(file, at)| (*file, *at, glyph.tile_size));
    Some(resolved.frames.iter().flat_map(|frame| &frame.tiles).map(place).collect())
}
