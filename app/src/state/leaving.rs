//! What is entered and not applied yet, and what the user wants to do although it would be lost.

use std::path::PathBuf;

use packer_services::NewFiles;

use super::{OpenedKind, State};

/// What the user wants to do although something is entered that is not applied. They are asked before.
#[derive(Debug)]
pub enum Leaving {
    /// Closes the window.
    Window,
    /// Closes what is open.
    Project,
    /// Opens another project or pack.
    Open(PathBuf, OpenedKind),
    /// Closes the sheet.
    Sheet,
    /// Creates an asset from other files than those of the sheet.
    NewAsset(NewFiles),
}

impl Leaving {
    /// What it does, in the imperative.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Window => "Close the window",
            Self::Project => "Close the project",
            Self::Open(..) => "Open another project",
            Self::Sheet => "Close the sheet",
            Self::NewAsset(_) => "Use the other files",
        }
    }
}

impl State {
    /// What is entered in the open sheet and not applied, in words; `None` if nothing is.
    pub fn entered_in_sheet(&self) -> Option<String> {
        if let Some(sheet) = self.new_asset.as_ref().filter(|sheet| sheet.is_edited() && !sheet.is_creating) {
            return Some(format!("the new asset `{}`", sheet.form.root.trim()));
        }
        if let Some(renaming) =
            self.renaming.as_ref().filter(|renaming| !renaming.edits().is_empty() && !renaming.is_applying)
        {
            return Some(format!("the name and folder of `{}`", renaming.root));
        }
        if let Some(sheet) = self.palette_sheet.as_ref().filter(|sheet| !sheet.path.trim().is_empty()) {
            return Some(format!("the palettes for `{}`", sheet.root));
        }
        let export = self.palette_export.as_ref().filter(|export| !export.path.trim().is_empty());
        export.map(|export| format!("the file for palette {} of `{}`", export.palette, export.root))
    }

    /// Everything that is entered and not applied, in words.
    pub fn unapplied(&self) -> Vec<String> {
        let arranged = self.bank_drafts.values().filter(|draft| draft.is_changed());
        let arranged = arranged.map(|draft| format!("the files of `{}`", draft.root));
        let is_changed = |root: &String| {
            let shown = self.shown_cut().filter(|shown| shown.root == *root);
            shown.is_none_or(|shown| self.is_cut_changed(&shown))
        };
        let cuts = self.cut_drafts.keys().filter(|root| is_changed(root)).map(|root| format!("the cut of `{root}`"));
        self.entered_in_sheet().into_iter().chain(arranged).chain(cuts).collect()
    }

    /// Closes every sheet, and forgets what is entered in it.
    pub fn close_sheets(&mut self) {
        (self.new_asset, self.renaming) = (None, None);
        (self.palette_sheet, self.palette_export) = (None, None);
    }
}
