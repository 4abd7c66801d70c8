//! Previews the edit that the user is entering.

use std::path::PathBuf;
use std::sync::Arc;

use packer_services::Context;
use packer_services::diagnostics::Finding;
use packer_services::ops::{AssetSelector, EditAsset, PreviewEdit};

use super::Workbench;
use super::requests::{Message, PREVIEWING_EDIT, run};
use crate::state::{ChangePreview, EditPreview, WantedEdit};

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
}
