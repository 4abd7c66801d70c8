//! Previews the edit that the user is entering.

use std::path::PathBuf;
use std::sync::Arc;

use packer_services::Context;
use packer_services::diagnostics::Finding;
use packer_services::ops::{AssetSelector, EditAsset, ListSpriteParts, PreviewEdit};

use super::Workbench;
use super::requests::{LISTING_PARTS, Message, PREVIEWING_EDIT, run};
use crate::state::{ChangePreview, EditPreview, SpriteParts, WantedEdit};

fn preview_edit(project: PathBuf, of: WantedEdit, context: &Context) -> EditPreview {
    let request = EditAsset::new(project, AssetSelector::Root(of.root.clone()), of.edit.clone());
    let (change, bank) = match run(&PreviewEdit::new(request), context) {
        Ok(report) => {
            let (findings, data) = report.into_parts();
            let edited = data.edited;
            let change = ChangePreview {
                findings,
                fixes: Vec::new(),
                change: edited.change,
                slots: edited.slots,
                ids: edited.ids,
                repainted: edited.repainted,
                recolored: edited.recolored,
            };
            (change, data.preview.map(Arc::new))
        }
        Err(findings) => (ChangePreview { findings, ..ChangePreview::default() }, None),
    };
    EditPreview { of, change, bank }
}

impl Workbench {
    /// Previews what is entered, if it or the files changed since the last time.
    pub(super) fn request_edit_preview(&mut self) {
        let Some(project) = self.state.project_path().map(PathBuf::from) else { return };
        let Some(wanted) = self.state.wanted_edit() else { return };
        let request = (wanted, self.listings);
        if self.edit_preview_of.as_ref() == Some(&request) {
            return;
        }
        if self.edit_preview_of.as_ref().is_some_and(|(_, listing)| *listing != self.listings) {
            // What was known is of the old files.
            self.state.edit_preview = None;
        }
        let of = request.0.clone();
        self.edit_preview_of = Some(request);
        let services = self.services.clone();
        self.jobs.run(PREVIEWING_EDIT, move |cancel| {
            let preview = preview_edit(project, of, &services.with_cancel(cancel));
            Message::EditPreviewed { preview: Box::new(preview) }
        });
    }

    /// The preview failed.
    pub(super) fn fail_edit_preview(&mut self, findings: Vec<Finding>) {
        let Some((of, _)) = self.edit_preview_of.clone() else { return };
        let change = ChangePreview { findings, ..ChangePreview::default() };
        self.state.edit_preview = Some(EditPreview { of, change, bank: None });
    }

    /// Lists the parts of the image whose cut is shown, if that or its file changed since the last time.
    pub(super) fn request_sprite_parts(&mut self) {
        let Some(project) = self.state.project_path().map(PathBuf::from).filter(|_| self.state.shows_cut()) else {
            return;
        };
        let at = self.state.cut_image();
        let Some(file) = self.state.shown_cut().and_then(|shown| Some(shown.images.get(at)?.file.clone())) else {
            return;
        };
        let Some(root) = self.state.selected_root.clone() else { return };
        let old = self.state.sprite_parts.take();
        let is_same = |parts: &SpriteParts| (&parts.root, &parts.file) == (&root, &file);
        let known = old.filter(is_same);
        let is_current = known.as_ref().is_some_and(|parts| parts.listing == self.listings);
        let names = known.and_then(|parts| parts.names);
        let mut parts = SpriteParts { root, file, listing: self.listings, names };
        self.state.sprite_parts = Some(parts.clone());
        if is_current {
            return;
        }
        let request = ListSpriteParts::new(project, AssetSelector::Root(parts.root.clone()), parts.file.clone());
        let services = self.services.clone();
        self.jobs.run(LISTING_PARTS, move |cancel| {
            // The view lists what is wrong with the file.
            let listed = run(&request, &services.with_cancel(cancel));
            parts.names = listed.ok().and_then(|report| report.into_data().parts);
            Message::PartsListed { parts: Box::new(parts) }
        });
    }
}
