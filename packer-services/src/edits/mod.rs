//! Edits of registered assets: each computes a new registry, new declarations and moves, in a draft. What the draft
//! would do is checked, shown and made in one place, so that a new edit is one small file.

mod animation;
mod asset_edit;
mod bank;
mod colors;
mod compose;
mod draft;
mod file_kind;
mod images;
mod include;
mod links;
mod missing_colors;
mod palette;
mod palette_import;
mod register;
mod remove;
mod rename;
mod renumber;
mod respell;
mod restore;
mod shown_animations;
mod slot;
mod sounds;
mod tiles;
mod update;

pub use animation::{AnimationChange, AnimationEdit, edit_animations};
pub(crate) use asset_edit::is_of_content;
pub use asset_edit::{AssetEdit, draft_edit};
pub use bank::{glyph_content, not_a_glyph_bank};
pub use colors::{RecoloredPixels, merge_colors, use_nearest_colors};
pub use compose::{Arranged, Composition, compose_bank};
pub use draft::{Draft, Drafted, MovedSlot, RepaintedTile};
pub use images::{pad_image, replace_color, settle_pixels};
pub use missing_colors::{declare_colors, find_palettes};
pub use palette::{PaletteEdit, edit_palettes};
pub use palette_import::{PaletteImport, import_palettes};
pub use register::register_root;
pub use remove::{forget_asset, remove_asset};
pub use rename::{move_asset, rename_asset};
pub use renumber::{renumber_asset, repair_registry};
pub use respell::respell_path;
pub use restore::restore_asset;
pub use slot::{SlotChoice, set_slot};
pub use sounds::{set_convert, set_loop};
pub use tiles::{CutChange, ImageTiling, Tiling, name_palette, set_color_key, set_cut, set_tile_size, set_tiling};
pub use update::{UpdateOptions, update_asset};

pub use include::set_included;
