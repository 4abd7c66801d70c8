//! Creates projects and assets, and previews an asset before it is created.

use std::path::PathBuf;
use std::sync::Arc;

use packer_services::declaration::Family;
use packer_services::diagnostics::{Finding, plural};
use packer_services::ops::{
    ChangeSummary, CreateAssetReport, InitWorkspace, InitWorkspaceReport, PreviewNewAsset, PreviewNewAssetReport,
    Report,
};

use super::Workbench;
use super::requests::{CREATING, CREATING_PROJECT, Message, PREVIEWING_NEW, run};
use crate::state::{NewAssetForm, NewAssetPreview, Panel, Refused};

impl Workbench {
    pub(super) fn request_project(&mut self, path: PathBuf) {
        let services = self.services.clone();
        self.jobs.run(CREATING_PROJECT, move |cancel| {
            let result = run(&InitWorkspace::new(&path), &services.with_cancel(cancel));
            Message::ProjectCreated { path, result }
        });
    }

    /// Opens a new project.
    pub(super) fn take_created_project(
        &mut self,
        path: PathBuf,
        result: Result<Report<InitWorkspaceReport>, Vec<Finding>>,
    ) {
        let errors = match result {
            Ok(report) => report.findings().iter().filter(|finding| finding.is_error()).cloned().collect(),
            Err(findings) => findings,
        };
        match (errors.is_empty(), self.state.opened.is_some()) {
            (true, _) => self.request_open(vec![path]),
            (false, true) => self.state.notify_findings(&errors),
            (false, false) => self.state.refused = Some(Refused::new(path, errors)),
        }
    }

    /// Previews the new asset, if it is not the one that was previewed last.
    pub(super) fn request_new_preview(&mut self) {
        let Some(project) = self.state.project_path().map(PathBuf::from) else { return };
        let Some(sheet) = self.state.new_asset.as_mut().filter(|sheet| !sheet.is_creating) else { return };
        if sheet.requested.as_ref() == Some(&sheet.form) {
            return;
        }
        sheet.requested = Some(sheet.form.clone());
        if sheet.chosen_files().is_empty() {
            return;
        }
        let (Ok(create), form) = (sheet.request(&project), Box::new(sheet.form.clone())) else { return };
        let services = self.services.clone();
        self.jobs.run(PREVIEWING_NEW, move |cancel| {
            let result = run(&PreviewNewAsset::new(create), &services.with_cancel(cancel));
            Message::NewAssetPreviewed { form, result }
        });
    }

    pub(super) fn take_new_preview(
        &mut self,
        form: NewAssetForm,
        result: Result<Report<PreviewNewAssetReport>, Vec<Finding>>,
    ) {
        let Some(sheet) = &mut self.state.new_asset else { return };
        let (findings, data) = match result.map(Report::into_parts) {
            Ok((findings, data)) => (findings, Some(data)),
            Err(findings) => (findings, None),
        };
        let (report, bank) = data.map(|data| (data.created, data.preview.map(Arc::new))).unzip();
        sheet.preview = Some(NewAssetPreview { form, findings, report, bank: bank.flatten() });
        if sheet.is_awaited && !sheet.is_checking() {
            sheet.is_awaited = false;
            self.request_new_asset();
        }
    }

    pub(super) fn request_new_asset(&mut self) {
        let Some(project) = self.state.project_path().map(PathBuf::from) else { return };
        let Some(sheet) = &mut self.state.new_asset else { return };
        sheet.is_awaited = sheet.is_checking();
        if sheet.can_create().is_err() {
            return;
        }
        let Ok(create) = sheet.request(&project) else { return };
        sheet.is_creating = true;
        let services = self.services.clone();
        self.jobs
            .run(CREATING, move |cancel| Message::AssetCreated { result: run(&create, &services.with_cancel(cancel)) });
    }

    /// Closes the sheet, and selects the new asset once it is listed. If it was refused after all, the sheet is kept,
    /// and shows why.
    pub(super) fn take_created_asset(&mut self, result: Result<Report<CreateAssetReport>, Vec<Finding>>) {
        let (findings, report) = match result.map(Report::into_parts) {
            Ok((findings, report)) => (findings, Some(report)),
            Err(findings) => (findings, None),
        };
        if let Some(CreateAssetReport { asset_id: Some(asset_id), root, items, change, .. }) = &report {
            let is_sound = self.state.new_asset.as_ref().is_some_and(|sheet| sheet.form.family == Family::SoundBank);
            let items = plural((*items).into(), if is_sound { "sample" } else { "tile" });
            self.state.log_activity(format!("Created `{root}`, asset {asset_id}, with {items}"));
            self.state.created_root = Some(root.clone());
            self.state.new_asset = None;
            self.list_own_change(change.as_ref().map(ChangeSummary::reported_change));
        } else if let Some(sheet) = &mut self.state.new_asset {
            sheet.is_creating = false;
            let bank = sheet.preview.take().and_then(|last| last.bank);
            sheet.preview = Some(NewAssetPreview { form: sheet.form.clone(), findings, report: None, bank });
        }
    }

    /// Selects the asset that was just created, once it is listed.
    pub(super) fn select_created(&mut self) {
        let contents = self.state.opened.as_ref().and_then(|opened| opened.contents.as_ref());
        let is_listed = |root: &mut String| contents.is_some_and(|contents| contents.asset(root).is_some());
        if let Some(root) = self.state.created_root.take_if(is_listed) {
            self.state.select_asset(&root);
            self.state.show_in_list(&root);
            self.focus_next = Some(Panel::Navigator.id());
        }
    }
}
