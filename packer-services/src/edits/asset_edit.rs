//! All edits of a registered asset, as values.

use super::{
    AnimationEdit, Composition, CutChange, Draft, PaletteEdit, PaletteImport, SlotChoice, Tiling, UpdateOptions,
};
use crate::artifact_selector::ArtifactSelector;
use crate::banks::glyph::pixel_rule::PixelRule;
use crate::context::Context;
use crate::declaration::{ColorKey, Convert, LoopChoice};
use crate::diagnostics::{Code, Finding};
use crate::formats::{Rgb, TileSize};
use crate::history::FORGET;
use crate::import::ImportOptions;
use crate::paths::RelPath;
use crate::snapshot::RegisteredAsset;

/// What an edit does to an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AssetEdit {
    /// Puts it into the build set. It must pack.
    Include,
    /// Takes it out of the build set.
    Exclude,
    /// Gives it another name, a label: 1–64 of `[A-Za-z0-9_./-]`.
    Rename(String),
    /// Gives it another root, relative to `assets/`. It keeps its id and uuid. The folder may already be there.
    Move(String),
    /// Sets whether it is loaded at boot, and where.
    Slot(SlotChoice),
    /// Sets where a sound of a sound bank loops.
    Loop(ArtifactSelector, LoopChoice),
    /// Allows these losses to sounds of a sound bank, or none any more. Without sounds, a loss is allowed to all that
    /// need it.
    Convert(Vec<ArtifactSelector>, Convert),
    /// Sets the tile size of a glyph bank.
    TileSize(TileSize),
    /// Sets which pixels of images are transparent, besides those with alpha 0. Without images, of all.
    ColorKey(Vec<ArtifactSelector>, Option<ColorKey>),
    /// Sets which palette draws images of a glyph bank; `None` lets each tile use any. Without images, for all.
    NamePalette(Vec<ArtifactSelector>, Option<u32>),
    /// Sets how images are cut into cells, and which part of a sprite is used. Without images, how all are.
    Cut(Vec<ArtifactSelector>, CutChange),
    /// Sets tile size, color keys, parts of sprites and cuts of a glyph bank, as one change.
    Tiling(Tiling),
    /// Changes which images or sounds a bank is built from. If `palettes`, the colors of a glyph bank's images that are
    /// not declared yet are declared.
    Compose {
        /// What changes.
        composition: Composition,
        /// Whether missing colors are declared.
        palettes: bool,
        /// How new files are decoded that a pack does not read.
        import: ImportOptions,
    },
    /// Replaces files of the root by their originals, where these have changed.
    Update(UpdateOptions),
    /// Changes the palettes of a glyph bank.
    Palette(PaletteEdit),
    /// Takes palettes of a glyph bank from a palette file.
    ImportPalettes(PaletteImport),
    /// Adds, changes or removes an animation of a glyph bank.
    Animation(AnimationEdit),
    /// Replaces a color of an image of a glyph bank, in the file itself. Colors are compared as the console stores
    /// them.
    ReplaceColor {
        /// The image, relative to the root.
        file: RelPath,
        /// The color that no palette declares.
        from: Rgb,
        /// The color that it becomes.
        to: Rgb,
    },
    /// Changes the pixels of an image of a glyph bank that have no plain color, in the file itself.
    SettlePixels {
        /// The image, relative to the root.
        file: RelPath,
        /// What becomes of them.
        rule: PixelRule,
    },
    /// Turns similar colors of a glyph bank's images into one, in the files themselves, as few pixels as are enough so
    /// that palettes draw all tiles, and declares the colors that are missing then.
    MergeColors,
    /// Gives the tiles of an image of a glyph bank, relative to the root, that no palette draws the nearest colors of a
    /// declared one, in the file itself.
    UseNearestColors(RelPath),
    /// Names a file by another spelling, everywhere in the declaration. Both paths are relative to `assets/`.
    Respell {
        /// The path that is declared.
        from: RelPath,
        /// The path that it becomes.
        to: RelPath,
    },
    /// Grows the canvas of an image of a glyph bank, relative to the root, to whole tiles.
    PadImage(RelPath),
    /// Declares the colors of a glyph bank's images that it does not declare yet.
    DeclareColors,
    /// Gives it the next free id, and a free slot, if another asset has its id or slot.
    Renumber,
    /// Removes its entry from the registry, and nothing else.
    Forget,
    /// Removes its entry, and moves its root into the history, from which it can be restored.
    Remove,
}

impl AssetEdit {
    /// The verb on the command line.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Include => "include",
            Self::Exclude => "exclude",
            Self::Rename(_) => "rename",
            Self::Move(_) => "move",
            Self::Slot(_) => "slot",
            Self::Loop(..) => "loop",
            Self::Convert(..) => "convert",
            Self::TileSize(_) => "tile-size",
            Self::ColorKey(..) => "key",
            Self::Cut(..) | Self::Tiling(_) => "cut",
            Self::Compose { .. } => "compose",
            Self::Update(_) => "update",
            Self::Palette(_) => "palette",
            Self::Animation(_) => "animation",
            Self::DeclareColors | Self::ImportPalettes(_) => "palettes",
            Self::NamePalette(..)
            | Self::ReplaceColor { .. }
            | Self::SettlePixels { .. }
            | Self::MergeColors
            | Self::UseNearestColors(_)
            | Self::Respell { .. }
            | Self::PadImage(_) => "fix",
            Self::Renumber => "renumber",
            Self::Forget => FORGET,
            Self::Remove => "remove",
        }
    }
}

impl AssetEdit {
    /// Whether it changes only what the asset is built from.
    pub(crate) fn is_of_content(&self) -> bool {
        // The new version of a file may be a palette of another asset.
        let replaces_file = matches!(self, Self::Compose { composition: Composition::Replace(..), .. });
        is_of_content(self.verb()) && !replaces_file
    }

    /// The errors of the registry that it repairs.
    pub(crate) fn repaired_codes(&self) -> &'static [Code] {
        if matches!(self, Self::Renumber) { &[Code::IdTwice, Code::EntryOrder, Code::NextIdTooLow] } else { &[] }
    }
}

/// Whether edits of this verb change only what the asset is built from, so that the declarations of other assets do not
/// matter. For `fix` and `update` they do: an image that they replace may be a palette of another asset.
pub(crate) fn is_of_content(verb: &str) -> bool {
    matches!(verb, "loop" | "convert" | "tile-size" | "key" | "cut" | "compose" | "palette" | "palettes" | "animation")
}

/// Adds an edit of an asset to a draft.
///
/// # Errors
/// Why it cannot be made.
pub fn draft_edit(
    context: &Context,
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    edit: &AssetEdit,
) -> Result<(), Vec<Finding>> {
    match edit {
        AssetEdit::Include | AssetEdit::Exclude => {
            super::set_included(draft, asset.entry.asset_id, *edit == AssetEdit::Include);
            Ok(())
        }
        AssetEdit::Rename(name) => super::rename_asset(draft, asset, name),
        AssetEdit::Move(root) => super::move_asset(draft, asset, root),
        AssetEdit::Slot(slot) => super::set_slot(draft, asset, *slot),
        AssetEdit::Loop(sound, looping) => super::set_loop(draft, asset, sound, *looping),
        AssetEdit::Convert(sounds, allowed) => super::set_convert(draft, asset, sounds, *allowed),
        AssetEdit::TileSize(size) => super::set_tile_size(context, draft, asset, *size),
        AssetEdit::ColorKey(images, key) => super::set_color_key(context, draft, asset, images, *key),
        AssetEdit::NamePalette(images, palette) => super::name_palette(draft, asset, images, *palette),
        AssetEdit::Cut(images, cut) => super::set_cut(context, draft, asset, images, cut),
        AssetEdit::Tiling(tiling) => super::set_tiling(context, draft, asset, tiling),
        AssetEdit::Compose { composition, palettes, import } => {
            super::compose_bank(context, draft, asset, composition, *palettes, import)
        }
        AssetEdit::Update(options) => super::update_asset(context, draft, asset, *options),
        AssetEdit::Palette(edit) => super::edit_palettes(draft, asset, edit),
        AssetEdit::ImportPalettes(import) => super::import_palettes(draft, asset, import),
        AssetEdit::Animation(edit) => super::edit_animations(draft, asset, edit),
        AssetEdit::ReplaceColor { file, from, to } => super::replace_color(context, draft, asset, file, *from, *to),
        AssetEdit::SettlePixels { file, rule } => super::settle_pixels(context, draft, asset, file, *rule),
        AssetEdit::MergeColors => super::merge_colors(context, draft, asset),
        AssetEdit::UseNearestColors(file) => super::use_nearest_colors(context, draft, asset, file),
        AssetEdit::Respell { from, to } => super::respell_path(draft, asset, from, to),
        AssetEdit::PadImage(file) => super::pad_image(context, draft, asset, file),
        AssetEdit::DeclareColors => super::declare_colors(context, draft, asset),
        AssetEdit::Renumber => super::renumber_asset(draft, asset),
        AssetEdit::Forget => {
            super::forget_asset(draft, asset);
            Ok(())
        }
        AssetEdit::Remove => super::remove_asset(draft, asset),
    }
}
