//! Starts operations on worker threads. None of these functions waits; `answers.rs` takes what the workers bring back.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use packer_services::diagnostics::{CauseId, Finding};
use packer_services::fixes::OfferedFix;
use packer_services::ops::{
    AssetSelector, CreateAssetReport, ExportPaletteReport, InitWorkspaceReport, InspectPack, InspectPackReport,
    ListAssets, ListAssetsReport, ListChangesReport, ListedAsset, Operation, Pack, PackAnswer, PreviewNewAssetReport,
    PreviewPackedBank, PreviewSource, PreviewThumbnails, Report, ThumbnailBanks, ThumbnailOf, VerifyPack,
    VerifyPackReport, art_extensions, pack_path,
};
use packer_services::preview::{SourcePreview, Thumbnail};
use packer_services::session::{Delta, RootThumbnail, Session, SessionError};
use packer_services::{Context, Progress, Recognized, recognize_paths};

use super::Workbench;
use super::edits::Edited;
use super::shared_session::SharedSession;
use crate::external;
use crate::state::{
    AskedEdit, BottomTab, ChangePreview, EditPreview, NewAssetForm, OpenedKind, PALETTE_EXTENSIONS, PackProgress,
    Packing, PreviewState, ReadyPreview, SourceFile, SpriteParts, ViewKind,
};

/// What a worker brings back.
pub(super) enum Message {
    Refreshed { path: PathBuf, reason: ListReason, result: Result<Delta, Vec<Finding>> },
    Listed { path: PathBuf, reason: ListReason, result: Result<Listing, Vec<Finding>> },
    Built { path: PathBuf, result: Result<Listing, Vec<Finding>> },
    Inspected { path: PathBuf, result: Result<Report<InspectPackReport>, Vec<Finding>> },
    Previewed { root: String, result: Result<ReadyPreview, Vec<Finding>> },
    SourceRead { root: String, file: String, result: Result<Arc<SourcePreview>, Vec<Finding>> },
    Thumbnails { listing: u64, roots: Vec<String>, result: Vec<RootThumbnail> },
    Packed { result: PackAnswer, seconds: f32 },
    SavesPacked { result: PackAnswer, seconds: f32 },
    Verified { file: PathBuf, is_asked_for: bool, result: Result<Report<VerifyPackReport>, Vec<Finding>> },
    Chosen { dialog: Dialog, paths: Vec<PathBuf>, time: Duration },
    ProjectCreated { path: PathBuf, result: Result<Report<InitWorkspaceReport>, Vec<Finding>> },
    NewAssetPreviewed { form: Box<NewAssetForm>, result: Result<Report<PreviewNewAssetReport>, Vec<Finding>> },
    Edited { result: Result<Edited, Vec<Finding>> },
    ChangePreviewed { edit: Box<AskedEdit>, preview: ChangePreview },
    EditPreviewed { preview: Box<EditPreview> },
    PaletteExported { result: Result<Report<ExportPaletteReport>, Vec<Finding>> },
    PartsListed { parts: Box<SpriteParts> },
    HistoryRead { path: PathBuf, result: Result<Report<ListChangesReport>, Vec<Finding>> },
    AssetCreated { result: Result<Report<CreateAssetReport>, Vec<Finding>> },
    Recognized { paths: Vec<PathBuf>, result: Result<Recognized, Vec<Finding>> },
    OpenedOutside { path: PathBuf, result: Result<(), String> },
}

/// What a dialog of the system chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialog {
    /// A project to open.
    Project,
    /// A pack to open.
    Pack,
    /// The folder of a new project.
    NewProject,
    /// The files of a new asset.
    NewAsset,
    /// Files that are added to a bank.
    BankFiles,
    /// A palette file to read.
    PaletteFile,
    /// A palette file to write.
    NewPaletteFile,
}

/// What the session knows of the project.
pub(super) struct Listing {
    pub(super) report: Report<ListAssetsReport>,
    /// What resolves each finding, by its cause.
    pub(super) fixes: HashMap<CauseId, Vec<OfferedFix>>,
    /// How many assets are not built yet.
    pub(super) pending: usize,
    /// How long it took to list them.
    pub(super) time: Duration,
}

impl Listing {
    fn of(session: &mut Session) -> Self {
        let begin = Instant::now();
        let report = session.report();
        let offered = |finding: &Finding| (finding.cause_id(), session.fixes_of(finding));
        let fixes = report.findings().iter().map(offered).filter(|(_, fixes)| !fixes.is_empty()).collect();
        Self { report, fixes, pending: session.pending(), time: begin.elapsed() }
    }
}

/// Why a project is listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ListReason {
    /// Its files may have changed.
    FilesChanged,
    /// This window edited it.
    Edited,
    /// It was packed; its files are unchanged.
    Packed,
}

/// The names of the jobs. They complete the sentence "The workbench failed while …".
pub(super) const LISTING: &str = "listing the assets";
pub(super) const BUILDING: &str = "converting the assets";
pub(super) const INSPECTING: &str = "reading the pack";
pub(super) const PREVIEWING: &str = "building the preview";
pub(super) const READING: &str = "reading a source file";
pub(super) const THUMBNAILS: &str = "creating thumbnails";
pub(super) const PACKING: &str = "packing";
pub(super) const VERIFYING: &str = "checking the pack file";
pub(super) const CHOOSING: &str = "choosing a file";
pub(super) const RECOGNIZING: &str = "opening a path";
pub(super) const CREATING_PROJECT: &str = "creating the project";
pub(super) const PREVIEWING_NEW: &str = "previewing the new asset";
pub(super) const CREATING: &str = "creating the asset";
pub(super) const PREVIEWING_CHANGE: &str = "checking a change";
pub(super) const PREVIEWING_EDIT: &str = "previewing an edit";
pub(super) const LISTING_PARTS: &str = "reading the parts of a sprite";
pub(super) const EXPORTING_PALETTE: &str = "writing a palette";
pub(super) const EDITING: &str = "changing the project";
pub(super) const HISTORY: &str = "reading the history";
pub(super) const OPENING_OUTSIDE: &str = "opening a file in another program";

/// How often the list is updated while assets are built: often enough to see it move, and seldom enough that 10,000
/// rows are not sorted all the time.
const LIST_EVERY: Duration = Duration::from_millis(250);

/// While assets are built, at most one part in so many of the time is spent on listing them.
const LISTING_SHARE: u32 = 8;

/// The longest side of a thumbnail, in pixels: the size in a row. The details panel and high-resolution screens show it
/// at twice that size.
const THUMBNAIL: u32 = 32;

impl Workbench {
    /// Lists what is open: reads what changed, and then lists everything, so that the preview need not wait for the
    /// list. While a project is being listed, it is listed again afterwards.
    pub(super) fn request_listing(&mut self, reason: ListReason) {
        let Some(opened) = &self.state.opened else { return };
        let (path, services) = (opened.path.clone(), self.services.clone());
        let Some(session) = self.session.clone() else {
            self.jobs.run(INSPECTING, move |cancel| {
                let result = run(&InspectPack::new(&path), &services.with_cancel(cancel));
                Message::Inspected { path, result }
            });
            return;
        };
        if self.jobs.is_running(LISTING) {
            let both = self.list_again.is_some_and(|other| other != reason);
            self.list_again = Some(if both { ListReason::FilesChanged } else { reason });
            return;
        }
        let (changes, viewed) = (std::mem::take(&mut self.unread_changes), self.state.selected_root.clone());
        let urgent = (reason == ListReason::Edited).then(|| session.claim());
        self.jobs.run(LISTING, move |cancel| {
            let context = services.with_cancel(cancel);
            let refresh = |session: &mut Session| {
                changes.iter().for_each(|change| session.note(change));
                session.view(viewed.as_deref());
                session.refresh(&context).map_err(|error| findings_of(&path, &error))
            };
            let result = match urgent {
                Some(urgent) => urgent.run(refresh),
                None => session.in_background(refresh),
            };
            Message::Refreshed { path, reason, result }
        });
    }

    /// Lists what the session knows.
    pub(super) fn request_report(&mut self, reason: ListReason) {
        let (Some(project), Some(session)) = (self.state.project(), self.session.clone()) else { return };
        let path = project.path.clone();
        self.jobs.run(LISTING, move |_| Message::Listed {
            path,
            reason,
            result: Ok(session.in_background(Listing::of)),
        });
    }

    /// Builds some of the assets that are not built yet, the viewed one first. The last listing took `listing_time`.
    pub(super) fn request_build(&mut self, listing_time: Duration) {
        let (Some(project), Some(session)) = (self.state.project(), self.session.clone()) else { return };
        let (path, services) = (project.path.clone(), self.services.clone());
        let slice = LIST_EVERY.max(listing_time * LISTING_SHARE);
        self.jobs.run(BUILDING, move |cancel| {
            let context = services.with_cancel(cancel);
            let begin = Instant::now();
            let build = || loop {
                // Between two batches the session is free for what the user waits for.
                let pending = session.in_background(|session| {
                    session.build_next(&context, None).map_err(|error| findings_of(&path, &error))?;
                    Ok::<_, Vec<Finding>>(session.pending())
                })?;
                if pending == 0 || begin.elapsed() >= slice {
                    return Ok(session.in_background(Listing::of));
                }
            };
            let result = build();
            Message::Built { path, result }
        });
    }

    /// Previews the selected asset, unless its preview is shown or pending: if its files change, it is listed anyway.
    pub(super) fn request_preview_if_new(&mut self) {
        // A preview that takes longer than a frame is not requested again in each frame.
        let is_pending = self.jobs.is_running(PREVIEWING) && self.preview_of == self.state.selected_root;
        if matches!(self.state.preview, PreviewState::Loading) && !is_pending {
            self.textures.forget_bank();
            self.player.stop();
            self.request_preview();
        }
    }

    pub(super) fn request_preview(&mut self) {
        let (Some(opened), Some(asset)) = (&self.state.opened, self.state.selected_asset()) else {
            self.state.preview = PreviewState::Nothing;
            return;
        };
        let (root, path) = (asset.root.clone(), opened.path.clone());
        self.preview_of = Some(root.clone());
        let asset_id = asset.asset_id;
        let (urgent, services) = (self.session.as_ref().map(SharedSession::claim), self.services.clone());
        self.jobs.run(PREVIEWING, move |cancel| {
            let context = services.with_cancel(cancel);
            let result = match urgent {
                Some(urgent) => urgent.run(|session| {
                    session.view(Some(&root));
                    let preview = session.preview(&context).map_err(|error| findings_of(&path, &error))?;
                    Ok(preview.map_or_else(Default::default, |it| (it.findings, it.preview, it.originals)))
                }),
                None => run(&PreviewPackedBank::new(&path, asset_id.unwrap_or_default()), &context)
                    .map(|report| (report.findings().to_vec(), report.into_data().preview.map(Arc::new), 0)),
            };
            let result = result.and_then(|(findings, preview, originals)| match preview {
                Some(preview) => Ok(ReadyPreview { originals, ..ReadyPreview::new(preview, findings) }),
                None => Err(findings),
            });
            Message::Previewed { root, result }
        });
    }

    /// Reads the source file that the view shows, if it is not the one that was read last.
    pub(super) fn request_source_if_new(&mut self) {
        let has_source = match self.state.view_kind() {
            ViewKind::Compare | ViewKind::AssetJson | ViewKind::Cut => true,
            ViewKind::Console => self.state.is_hole_selected(),
            _ => false,
        };
        let is_wanted = has_source && !self.state.is_pack();
        let wanted = self.state.selected_root.clone().zip(self.state.source_file()).filter(|_| is_wanted);
        let Some((root, file)) = wanted else { return };
        let is_same = |source: &SourceFile| source.root == root && source.file == file;
        if !self.state.source.as_ref().is_some_and(is_same) {
            self.state.source = Some(SourceFile { root, file, content: None });
            self.request_source();
        }
    }

    pub(super) fn request_source(&mut self) {
        let (Some(project), Some(source)) = (self.state.project(), &self.state.source) else { return };
        let (root, file) = (source.root.clone(), source.file.clone());
        let request = PreviewSource::new(project.path.clone(), AssetSelector::Root(root.clone()), file.clone());
        let (urgent, services) = (self.session.as_ref().map(SharedSession::claim), self.services.clone());
        self.jobs.run(READING, move |cancel| {
            let context = services.with_cancel(cancel);
            let built_from = urgent.and_then(|urgent| {
                urgent.run(|session| {
                    session.view(Some(&root));
                    session.compare(Some(&file));
                    session.compared_image(&context).ok().flatten()
                })
            });
            let read = || {
                let report = run(&request, &context)?;
                let findings = report.findings().to_vec();
                report.into_data().source.map(Arc::new).ok_or(findings)
            };
            let result = built_from.map_or_else(read, Ok);
            Message::SourceRead { root, file, result }
        });
    }

    pub(super) fn request_thumbnails(&mut self, roots: Vec<String>) {
        let Some(opened) = &self.state.opened else { return };
        let (path, session, services) = (opened.path.clone(), self.session.clone(), self.services.clone());
        let id = |root: &String| Some((self.state.contents()?.asset(root)?.asset_id?, root.clone()));
        let by_id: HashMap<u32, String> = roots.iter().filter_map(id).collect();
        let listing = self.listings;
        self.thumbnails_of.clone_from(&roots);
        self.state.thumbnails_pending = true;
        self.jobs.run(THUMBNAILS, move |cancel| {
            let context = services.with_cancel(cancel);
            // If there are none, the listing reports why.
            let result = match session {
                Some(session) => {
                    // Between two assets the session is free for what the user waits for.
                    let of_root = |root| {
                        let root = std::slice::from_ref(root);
                        session.in_background(|session| session.thumbnails(&context, root, THUMBNAIL)).ok()
                    };
                    roots.iter().map_while(of_root).flatten().collect()
                }
                None => {
                    let banks = ThumbnailBanks::OfPack { file: path, asset_ids: by_id.keys().copied().collect() };
                    let made = run(&PreviewThumbnails::new(banks, THUMBNAIL), &context);
                    let thumbnails = made.map(|report| report.into_data().thumbnails).unwrap_or_default();
                    let with_root = |(of, thumbnail): (ThumbnailOf, Option<Thumbnail>)| match of {
                        ThumbnailOf::Root(root) => Some((root, thumbnail.map(Arc::new))),
                        ThumbnailOf::Id(id) => Some((by_id.get(&id)?.clone(), thumbnail.map(Arc::new))),
                    };
                    thumbnails.into_iter().filter_map(with_root).collect()
                }
            };
            Message::Thumbnails { listing, roots, result }
        });
    }

    pub(super) fn request_pack(&mut self) {
        self.cancel_saved_pack();
        let Some(project) = self.state.project() else { return };
        let request = Pack::new(&project.path);
        let progress =
            Arc::new(Mutex::new(PackProgress { step: "Checking the assets…".into(), ..PackProgress::default() }));
        let (shared, wake) = (progress.clone(), self.wake.clone());
        let name = |asset: &ListedAsset| Some((asset.asset_id?, asset.root.clone()));
        let names: HashMap<u32, String> = self.state.assets().iter().filter_map(name).collect();
        let services = self.services.clone();
        let cancel = self.jobs.run(PACKING, move |cancel| {
            let begin = Instant::now();
            let context = services.with_cancel(cancel).with_progress(move |event| {
                if let Ok(mut progress) = shared.lock() {
                    update_progress(&mut progress, event.progress, &names);
                }
                wake.request_repaint();
            });
            let result = run(&request, &context);
            Message::Packed { result, seconds: begin.elapsed().as_secs_f32() }
        });
        self.state.pack = Packing::Running { cancel, progress };
        self.state.show_bottom_tab(BottomTab::PackResult);
    }

    /// Checks the published or opened pack. `is_asked_for` says whether the user wants to see the answer.
    pub(super) fn request_verification(&mut self, is_asked_for: bool) {
        let Some(opened) = &self.state.opened else { return };
        let file = match opened.kind {
            OpenedKind::Project => pack_path(&opened.path),
            OpenedKind::Pack => opened.path.clone(),
        };
        let services = self.services.clone();
        self.jobs.run(VERIFYING, move |cancel| {
            let result = run(&VerifyPack::new(file.clone()), &services.with_cancel(cancel));
            Message::Verified { file, is_asked_for, result }
        });
    }

    /// Finds out what was dropped, typed or chosen. What is open stays open until that is known.
    pub(super) fn request_open(&mut self, paths: Vec<PathBuf>) {
        // The paths are remembered, and later opened from another current folder.
        let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        let paths: Vec<PathBuf> = paths.into_iter().map(absolute).collect();
        let project = self.state.project_path().map(Path::to_owned);
        self.jobs.run(RECOGNIZING, move |_| {
            let result = recognize_paths(&paths, project.as_deref());
            Message::Recognized { paths, result }
        });
    }

    /// Opens a file or folder in the system's program for it.
    pub(super) fn request_open_outside(&mut self, path: PathBuf) {
        let editor = self.state.settings.editor_of(&path).cloned();
        let opener = self.opener.clone();
        self.jobs.run(OPENING_OUTSIDE, move |_| {
            let result = match editor {
                Some(editor) => external::start_with(&editor, &path),
                None => external::open_with(&opener, &path),
            };
            Message::OpenedOutside { path, result }
        });
    }

    /// Shows a dialog of the system.
    pub(super) fn request_dialog(&mut self, kind: Dialog) {
        self.jobs.run(CHOOSING, move |_| {
            let begin = Instant::now();
            let dialog = rfd::FileDialog::new();
            let paths = match kind {
                Dialog::Project | Dialog::NewProject => dialog.pick_folder().into_iter().collect(),
                Dialog::Pack => dialog.add_filter("pack", &["pa"]).pick_file().into_iter().collect(),
                Dialog::NewAsset | Dialog::BankFiles => {
                    let files = match kind {
                        Dialog::BankFiles => dialog.add_filter("images and sounds", &art_extensions()),
                        _ => dialog.add_filter(
                            "images, sounds and palettes",
                            &[&art_extensions()[..], &PALETTE_EXTENSIONS].concat(),
                        ),
                    };
                    files.pick_files().unwrap_or_default()
                }
                Dialog::PaletteFile => {
                    let files = [&PALETTE_EXTENSIONS[..], &["png"]].concat();
                    dialog.add_filter("palettes", &files).pick_file().into_iter().collect()
                }
                Dialog::NewPaletteFile => {
                    dialog.add_filter("palettes", &PALETTE_EXTENSIONS).save_file().into_iter().collect()
                }
            };
            Message::Chosen { dialog: kind, paths, time: begin.elapsed() }
        });
    }
}

/// Why the session of this project could not do what it was asked for.
fn findings_of(project: &Path, error: &SessionError) -> Vec<Finding> {
    ListAssets::new(project).refusal(error)
}

/// Runs an operation. If it cannot run, its error becomes findings.
pub(super) fn run<O: Operation>(operation: &O, context: &Context) -> Result<Report<O::Report>, Vec<Finding>> {
    operation.run(context).map_err(|error| operation.refusal(&error))
}

fn update_progress(progress: &mut PackProgress, event: Progress, names: &HashMap<u32, String>) {
    match event {
        Progress::WaitingForLock { holder, .. } => progress.step = format!("Waiting for another packer ({holder})…"),
        Progress::PlanningAgain { path, .. } => progress.step = format!("{path} changed: planning again…"),
        Progress::Building { asset_id, done_bytes, total_bytes } => {
            let name = names.get(&asset_id).map_or("an asset", String::as_str);
            *progress = PackProgress { step: format!("Packed {name}"), done_bytes, total_bytes };
        }
        Progress::Publishing => progress.step = "Writing the pack files…".into(),
        _ => {}
    }
}
