//! How the images of a bank are about to be cut into tiles.

use packer_services::RelPath;
use packer_services::declaration::{Cut, SpritePart};
use packer_services::formats::TileSize;
use packer_services::ops::{ArtifactSelector, AssetEdit, ImageTiling, SpriteNames, Tiling};
use packer_services::preview::GlyphPreview;

use super::{EditPreview, KeyForm, State, ViewKind, WantedEdit};

/// How the images of a bank are cut, as the user changes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutDraft {
    /// The asset's root.
    pub root: String,
    /// The size of every tile.
    pub tile_size: TileSize,
    /// All images, in the order of their ids.
    pub images: Vec<CutImage>,
}

/// How an image is cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutImage {
    /// Relative to the root.
    pub file: RelPath,
    /// Its first id now.
    pub index: u32,
    /// What is transparent.
    pub key: KeyForm,
    /// Which part of a sprite is used.
    pub part: SpritePart,
    /// Its cells.
    pub cut: Cut,
}

/// Which tags, layers and slices an image has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpriteParts {
    /// The asset's root.
    pub root: String,
    /// The image, relative to the root.
    pub file: RelPath,
    /// The number of listings when it was read: files may have changed since.
    pub listing: u64,
    /// Their names; `None` until they are known, or if the file is not a sprite.
    pub names: Option<SpriteNames>,
}

impl CutDraft {
    /// How the images of a bank are cut now.
    fn of(root: String, glyph: &GlyphPreview) -> Self {
        let images = glyph.declared.iter().map(|image| CutImage {
            file: image.file.clone(),
            index: image.index,
            key: image.color_key.into(),
            part: image.part.clone(),
            cut: image.cut,
        });
        Self { root, tile_size: glyph.metadata.tile_size, images: images.collect() }
    }

    /// The edit that cuts the images like this.
    ///
    /// # Errors
    /// A sentence that says what is wrong with what was entered.
    pub fn edit(&self) -> Result<AssetEdit, &'static str> {
        let images = self.images.iter().map(|image| {
            Ok::<_, &str>(ImageTiling {
                image: ArtifactSelector::Index(image.index),
                color_key: image.key.color_key()?,
                part: image.part.clone(),
                cut: image.cut,
            })
        });
        Ok(AssetEdit::Tiling(Tiling { tile_size: self.tile_size, images: images.collect::<Result<_, _>>()? }))
    }

    /// The same, if nothing is wrong with it.
    pub fn wanted(&self) -> Option<WantedEdit> {
        Some(WantedEdit { root: self.root.clone(), edit: self.edit().ok()? })
    }

    /// Cuts all images like the one at this place. Each keeps the region and the part of it that is used.
    pub fn cut_all_like(&mut self, at: usize) {
        let Some(CutImage { key, cut, .. }) = self.images.get(at).cloned() else { return };
        for image in &mut self.images {
            image.key = key.clone();
            image.cut = Cut { region: image.cut.region, ..cut };
        }
    }

    fn has_images_of(&self, other: &Self) -> bool {
        let names =
            |draft: &Self| draft.images.iter().map(|image| (image.file.clone(), image.index)).collect::<Vec<_>>();
        names(self) == names(other)
    }
}

impl State {
    /// Whether the selected bank has images whose cut can be changed.
    pub fn can_cut(&self) -> bool {
        self.can_edit_selected() && self.glyph_bank().is_some_and(|glyph| !glyph.declared.is_empty())
    }

    fn current_cut(&self) -> Option<CutDraft> {
        let glyph = self.glyph_bank().filter(|_| self.can_cut())?;
        Some(CutDraft::of(self.selected_root.clone()?, glyph))
    }

    /// How the selected bank is about to be cut; before any change, how it is cut now.
    pub fn shown_cut(&self) -> Option<CutDraft> {
        let current = self.current_cut()?;
        Some(self.cut_drafts.get(&current.root).cloned().unwrap_or(current))
    }

    /// The place of the image whose cut is shown: the chosen one, else that of the selected tile or file.
    pub fn cut_image(&self) -> usize {
        let Some(glyph) = self.glyph_bank() else { return 0 };
        let of_tile = || {
            let tile = self.view.tile?;
            glyph.declared.iter().rposition(|image| image.index <= tile)
        };
        let of_file = || {
            let file = self.view.file.as_ref()?;
            glyph.declared.iter().position(|image| image.file.as_str() == file)
        };
        let at = self.view.cut_image.or_else(of_tile).or_else(of_file).unwrap_or(0);
        at.min(glyph.declared.len().saturating_sub(1))
    }

    /// The tags, layers and slices of the image whose cut is shown, if it is a sprite.
    pub fn sprite_names(&self, image: &CutImage) -> Option<&SpriteNames> {
        let root = self.selected_root.as_ref()?;
        let parts = self.sprite_parts.as_ref().filter(|parts| parts.root == *root && parts.file == image.file)?;
        parts.names.as_ref()
    }

    /// What the shown cut would do, if that is known.
    pub fn current_cut_preview(&self, shown: &CutDraft) -> Option<&EditPreview> {
        self.preview_of_edit(&shown.wanted()?)
    }

    /// Whether the shown cut differs from that of the bank.
    pub fn is_cut_changed(&self, shown: &CutDraft) -> bool {
        self.current_cut().is_none_or(|current| current.edit() != shown.edit())
    }

    /// Whether the shown cut can be applied.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn can_apply_cut(&self, shown: &CutDraft) -> Result<(), &'static str> {
        if !self.is_cut_changed(shown) {
            return Err("Nothing is changed yet.");
        }
        if !self.current_cut().is_some_and(|current| current.has_images_of(shown)) {
            return Err("The bank was changed since. Revert, and enter it again.");
        }
        shown.edit()?;
        self.current_cut_preview(shown).ok_or("It is being checked.")?.change.can_apply()
    }

    /// Whether what the shown cut would do is shown.
    pub fn shows_cut(&self) -> bool {
        self.view_kind() == ViewKind::Cut
    }
}
