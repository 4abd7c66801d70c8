//! Edits of registered assets: each computes a new registry, new declarations and moves, in a draft. What the draft
//! would do is checked, shown and made in one place, so that a new edit is one small file.

mod draft;
mod include;
mod remove;
mod rename;
mod restore;
mod slot;

pub use draft::{Draft, Drafted, MovedSlot};
pub use remove::{forget_asset, remove_asset};
pub use rename::{move_asset, rename_asset};
pub use restore::restore_asset;
pub use slot::{SlotChoice, set_slot};

pub use include::set_included;
