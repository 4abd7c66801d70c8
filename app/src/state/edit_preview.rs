//! What an edit would do that is not made yet, while the user enters it.

use std::sync::Arc;

use packer_services::ops::AssetEdit;
use packer_services::preview::{BankPreview, GlyphPreview, Preview};

use super::{ChangePreview, State};

/// An edit that could be made.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedEdit {
    /// The asset's root.
    pub root: String,
    /// The edit.
    pub edit: AssetEdit,
}

/// What an edit would do.
#[derive(Debug)]
pub struct EditPreview {
    /// The edit.
    pub of: WantedEdit,
    /// What it would change.
    pub change: ChangePreview,
    /// The bank as it would be; `None` if nothing can be edited.
    pub bank: Option<Arc<Preview>>,
}

impl EditPreview {
    /// The tiles of the bank as it would be.
    pub fn glyph(&self) -> Option<&GlyphPreview> {
        match &self.bank.as_ref()?.bank {
            BankPreview::Glyph(glyph) => Some(glyph),
            _ => None,
        }
    }
}

impl State {
    /// The edit that is being entered, as far as it is complete.
    pub fn wanted_edit(&self) -> Option<WantedEdit> {
        match &self.palette_sheet {
            Some(sheet) => sheet.wanted().ok(),
            None => self.shown_cut().filter(|_| self.shows_cut())?.wanted(),
        }
    }

    /// What an edit would do, if that is known.
    pub fn preview_of_edit(&self, edit: &WantedEdit) -> Option<&EditPreview> {
        self.edit_preview.as_ref().filter(|preview| preview.of == *edit)
    }
}
