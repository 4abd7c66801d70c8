//! The app: takes answers of workers and carries out commands in `logic`, draws the state in `ui`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use packer_services::diagnostics::{Code, Finding, blocks};
use packer_services::ops::{
    AssetSelector, InspectPack, InspectPackReport, ListAssets, ListAssetsReport, Operation, Pack, PackReport,
    PreviewBank, PreviewPackedBank, PreviewSource, PreviewThumbnails, Report, ThumbnailBanks, ThumbnailOf, VerifyPack,
    VerifyPackReport,
};
use packer_services::preview::{SourcePreview, Thumbnail};
use packer_services::project::{PACK_FILE, Project};
use packer_services::watch::{Change, Mode, Watch, WatchOptions};
use packer_services::{Context, Progress};

use crate::NAME;
use crate::audio::{Play, Player};
use crate::commands::Command;
use crate::jobs::{Answer, Crash, Jobs};
use crate::keys;
use crate::outside;
use crate::panels::{self, Action};
use crate::state::{
    BottomTab, Contents, Kind, Lens, Opened, Packing, Panel, Playback, Previewed, Refused, Row, Settings, Shown,
    Source, Stage, State, Thumb,
};
use crate::theme;
use crate::widgets::{Look, Textures};

/// What the window begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// The start page.
    Nothing,
    /// This project or pack.
    Open(PathBuf),
}

/// What a worker brings back.
enum Message {
    Listed(PathBuf, Why, Result<Report<ListAssetsReport>, Vec<Finding>>),
    Inspected(PathBuf, Result<Report<InspectPackReport>, Vec<Finding>>),
    Previewed(String, Result<Previewed, Vec<Finding>>),
    Read(String, String, Result<SourcePreview, Vec<Finding>>),
    Thumbnails(u64, Vec<String>, Result<Vec<(ThumbnailOf, Option<Thumbnail>)>, Vec<Finding>>),
    Packed(Result<Report<PackReport>, Vec<Finding>>, f32),
    Verified(PathBuf, Result<Report<VerifyPackReport>, Vec<Finding>>),
    Chosen(Option<PathBuf>),
}

/// Why a project is listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Its files may have changed.
    Files,
    /// It was packed; its files are as they were.
    Packed,
}

const LISTING: &str = "looking at the project";
const INSPECTING: &str = "reading the pack";
const PREVIEWING: &str = "making the preview";
const READING: &str = "reading a source file";
const THUMBNAILS: &str = "making small textures";
const PACKING: &str = "packing";
const VERIFYING: &str = "verifying the pack";
const CHOOSING: &str = "choosing what to open";

/// The key of what survives a restart.
const SETTINGS: &str = "settings";
/// Factors of the text's size.
const SCALES: std::ops::RangeInclusive<f32> = 0.75..=2.0;
/// How often the cursor moves on a waveform, in seconds.
const HEARD_EVERY: f32 = 1.0 / 30.0;
/// The longest side of a thumbnail, in pixels: as large as in a row; details and sharp screens show it at twice the size.
const THUMBNAIL: u32 = 32;
/// What is played before and after the seam of a loop: this many quarters of a second.
const SEAM_QUARTERS: u64 = 3;

/// The app.
pub struct Workbench {
    /// What it shows.
    pub state: State,
    jobs: Jobs<Message>,
    textures: Textures,
    player: Player,
    actions: Vec<Action>,
    close: bool,
    title: String,
    /// Who gets the keyboard in the next frame: in the one after the palette was drawn, nothing below it can.
    wanted: Option<egui::Id>,
    wake: egui::Context,
    watch: Option<Watch>,
    /// What operations run in.
    services: Context,
    /// Counts the listings, so that a thumbnail can be told to be of the one before.
    listings: u64,
    /// The asset whose preview is being made, by root.
    previewed: Option<String>,
    /// The assets of which thumbnails are being made, by root.
    imaged: Vec<String>,
    /// What the watching thread told since the last look.
    changes: Arc<Mutex<Vec<Change>>>,
}

impl Workbench {
    /// The app in a window, with what survived the last one.
    pub fn new(creation: &eframe::CreationContext<'_>, start: Start, demo: Option<PathBuf>) -> Self {
        let settings: Option<Settings> = creation.storage.and_then(|storage| eframe::get_value(storage, SETTINGS));
        let mut app = Self::with(&creation.egui_ctx, settings.unwrap_or_default(), start);
        app.state.demo = demo;
        app
    }

    /// The app on any context: in a window, or in a test.
    pub fn with(context: &egui::Context, settings: Settings, start: Start) -> Self {
        theme::apply(context);
        egui_extras::install_image_loaders(context);
        context.set_theme(settings.theme);
        context.set_zoom_factor(settings.scale);
        // Ctrl and + zoom the image; the text has commands of its own.
        context.options_mut(|options| options.zoom_with_keyboard = false);
        let wake = context.clone();
        let mut app = Self {
            state: State { settings, ..State::default() },
            jobs: Jobs::new(context.clone()),
            textures: Textures::default(),
            player: Player::new(move || wake.request_repaint()),
            actions: Vec::new(),
            close: false,
            title: NAME.to_owned(),
            wanted: None,
            wake: context.clone(),
            watch: None,
            services: Context::new(),
            listings: 0,
            previewed: None,
            imaged: Vec::new(),
            changes: Arc::default(),
        };
        if let Start::Open(path) = start {
            app.open(path);
        }
        app
    }

    /// The same, with another context for its operations: so a test counts them, holds them, or lets them fail.
    #[must_use]
    pub fn with_services(self, services: Context) -> Self {
        Self { services, ..self }
    }

    /// Whether no worker is busy, and what is watched was looked at for the first time.
    pub fn is_idle(&self) -> bool {
        let is_awaited = self.state.opened.as_ref().is_some_and(|opened| opened.contents.is_none() && !opened.is_gone);
        self.jobs.is_idle() && !is_awaited
    }

    /// What workers are busy with.
    pub fn doing(&self) -> Vec<&'static str> {
        self.jobs.doing()
    }

    fn open(&mut self, path: PathBuf) {
        // It is remembered, and then opened from another folder.
        let path = std::path::absolute(&path).unwrap_or(path);
        let kind = if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("pa")) {
            Kind::Pack
        } else {
            Kind::Project
        };
        self.close();
        self.state.refused = None;
        self.state.opened = Some(Opened { path: path.clone(), kind, contents: None, is_gone: false });
        if kind == Kind::Pack {
            self.look(Why::Files);
            return;
        }
        let (changes, wake) = (self.changes.clone(), self.wake.clone());
        // Its first change is that everything is to be looked at.
        let project = Project::at(&path);
        self.watch = Some(Watch::start(&project, WatchOptions::default(), move |change| {
            if let Ok(mut changes) = changes.lock() {
                changes.push(change);
            }
            wake.request_repaint();
        }));
    }

    /// Back to the start page. What is being done for what is open is stopped, a pack too: then the last good one stays.
    fn close(&mut self) {
        let old = std::mem::take(&mut self.state);
        self.state = State { settings: old.settings, demo: old.demo, refused: old.refused, ..State::default() };
        self.jobs.cancel_all();
        self.player.stop();
        self.watch = None;
        self.changes = Arc::default();
        self.textures = Textures::default();
    }

    /// Takes what the watching thread told.
    fn notice(&mut self) {
        let changes = self.changes.lock().map(|mut changes| std::mem::take(&mut *changes)).unwrap_or_default();
        if changes.is_empty() {
            return;
        }
        let Some(opened) = &mut self.state.opened else { return };
        let was_gone = opened.is_gone;
        let turned = changes.iter().rev().find(|change| matches!(change, Change::Vanished | Change::Returned));
        opened.is_gone = turned.map_or(was_gone, |change| matches!(change, Change::Vanished));
        let (is_gone, is_new) = (opened.is_gone, opened.contents.is_none());
        self.state.polling_reason = match self.watch.as_ref().map(Watch::mode) {
            Some(Mode::Polling { why }) => Some(why.to_string()),
            _ => None,
        };
        if is_gone && !was_gone && !is_new {
            self.state.tell("The project's folder is gone; what is shown was there before");
        }
        if was_gone && !is_gone {
            self.state.tell("The project's folder is back");
        }
        // One that never was there says why it cannot be opened.
        if !is_gone || is_new {
            self.look(Why::Files);
        }
    }

    /// Lists what is open anew.
    fn look(&mut self, why: Why) {
        let Some(opened) = &self.state.opened else { return };
        let (path, services) = (opened.path.clone(), self.services.clone());
        match opened.kind {
            Kind::Project => drop(self.jobs.start(LISTING, move |cancel| {
                let listed = run(&ListAssets::new(path.clone()), &services.with_cancel(cancel));
                Message::Listed(path, why, listed)
            })),
            Kind::Pack => drop(self.jobs.start(INSPECTING, move |cancel| {
                let inspected = run(&InspectPack::new(path.clone()), &services.with_cancel(cancel));
                Message::Inspected(path, inspected)
            })),
        }
    }

    /// Previews the selected asset, unless it is the one that is shown, or the one whose preview is being made: what changes of
    /// that is noticed, and listed.
    fn preview_if_new(&mut self) {
        // One that takes longer than a frame is not begun anew in each.
        let is_made = self.jobs.is_running(PREVIEWING) && self.previewed == self.state.selected_root;
        if matches!(self.state.preview, Shown::Loading) && !is_made {
            self.textures.forget_bank();
            self.player.stop();
            self.preview();
        }
    }

    fn preview(&mut self) {
        let (Some(opened), Some(asset)) = (&self.state.opened, self.state.selected()) else {
            self.state.preview = Shown::Nothing;
            return;
        };
        let (root, path) = (asset.root.clone(), opened.path.clone());
        self.previewed = Some(root.clone());
        let Some(asset_id) = asset.asset_id else {
            self.state.preview = Shown::Failed(Vec::new());
            return;
        };
        let (kind, services) = (opened.kind, self.services.clone());
        self.jobs.start(PREVIEWING, move |cancel| {
            let context = services.with_cancel(cancel);
            let made = match kind {
                Kind::Project => run(&PreviewBank::new(path, AssetSelector::Root(root.clone())), &context)
                    .map(|report| (report.findings().to_vec(), report.into_data().preview)),
                Kind::Pack => run(&PreviewPackedBank::new(path, asset_id), &context)
                    .map(|report| (report.findings().to_vec(), report.into_data().preview)),
            };
            let made = made.and_then(|(findings, preview)| match preview {
                Some(preview) => Ok(Previewed { preview, findings }),
                None => Err(findings),
            });
            Message::Previewed(root, made)
        });
    }

    /// Reads the source file that the view shows, if it is another one than before.
    fn read_if_new(&mut self) {
        let is_wanted = matches!(self.state.lens(), Lens::Source | Lens::Text) && !self.state.is_pack();
        let wanted = self.state.selected_root.clone().zip(self.state.source_file()).filter(|_| is_wanted);
        let Some((root, file)) = wanted else { return };
        let is_there = |source: &Source| source.root == root && source.file == file;
        if !self.state.source.as_ref().is_some_and(is_there) {
            self.state.source = Some(Source { root, file, shown: None });
            self.read();
        }
    }

    fn read(&mut self) {
        let (Some(project), Some(source)) = (self.state.project(), &self.state.source) else { return };
        let (root, file) = (source.root.clone(), source.file.clone());
        let request = PreviewSource::new(project.path.clone(), AssetSelector::Root(root.clone()), file.clone());
        let services = self.services.clone();
        self.jobs.start(READING, move |cancel| {
            let read = run(&request, &services.with_cancel(cancel)).and_then(|report| {
                let findings = report.findings().to_vec();
                report.into_data().source.ok_or(findings)
            });
            Message::Read(root, file, read)
        });
    }

    fn make_thumbnails(&mut self, roots: Vec<String>) {
        let Some(opened) = &self.state.opened else { return };
        let path = opened.path.clone();
        let banks = match opened.kind {
            Kind::Project => ThumbnailBanks::OfProject { project: path, roots: roots.clone() },
            Kind::Pack => {
                let id = |root: &String| self.state.contents()?.asset(root)?.asset_id;
                ThumbnailBanks::OfPack { file: path, asset_ids: roots.iter().filter_map(id).collect() }
            }
        };
        let (listing, asked, services) = (self.listings, roots, self.services.clone());
        self.imaged.clone_from(&asked);
        self.state.thumbnails_pending = true;
        self.jobs.start(THUMBNAILS, move |cancel| {
            let made = run(&PreviewThumbnails::new(banks, THUMBNAIL), &services.with_cancel(cancel));
            Message::Thumbnails(listing, asked, made.map(|report| report.into_data().thumbnails))
        });
    }

    /// Whatever was asked for is not asked for again before something changed, even if nothing came of it.
    fn take_thumbnails(&mut self, listing: u64, asked: Vec<String>, made: Vec<(ThumbnailOf, Option<Thumbnail>)>) {
        self.state.thumbnails_pending = false;
        let is_stale = listing != self.listings;
        for root in asked {
            let asset_id = self.state.contents().and_then(|contents| contents.asset(&root)?.asset_id);
            let is_of = |of: &ThumbnailOf| match of {
                ThumbnailOf::Root(other) => *other == root,
                ThumbnailOf::Id(id) => Some(*id) == asset_id,
            };
            let image = made.iter().find(|(of, _)| is_of(of)).and_then(|(_, image)| image.clone());
            self.state.thumbnails.insert(root, Thumb { image: image.map(Arc::new), is_stale });
        }
    }

    fn pack(&mut self) {
        let Some(project) = self.state.project() else { return };
        let request = Pack::new(&project.path);
        let stage = Arc::new(Mutex::new(Stage { doing: "Checking the assets…".into(), ..Stage::default() }));
        let (told, wake) = (stage.clone(), self.wake.clone());
        let name = |asset: &packer_services::ops::ListedAsset| Some((asset.asset_id?, asset.root.clone()));
        let names: HashMap<u32, String> = self.state.assets().iter().filter_map(name).collect();
        let services = self.services.clone();
        let cancel = self.jobs.start(PACKING, move |cancel| {
            let begin = Instant::now();
            let context = services.with_cancel(cancel).with_progress(move |event| {
                if let Ok(mut stage) = told.lock() {
                    progressed(&mut stage, event.progress, &names);
                }
                wake.request_repaint();
            });
            let packed = run(&request, &context);
            Message::Packed(packed, begin.elapsed().as_secs_f32())
        });
        self.state.pack = Packing::Running { cancel, stage };
        self.state.bottom_tab = BottomTab::PackResult;
    }

    fn verify(&mut self) {
        let Some(opened) = &self.state.opened else { return };
        let file = match opened.kind {
            Kind::Project => Project::at(&opened.path).build().join(PACK_FILE),
            Kind::Pack => opened.path.clone(),
        };
        let services = self.services.clone();
        self.jobs.start(VERIFYING, move |cancel| {
            let verified = run(&VerifyPack::new(file.clone()), &services.with_cancel(cancel));
            Message::Verified(file, verified)
        });
    }

    fn take(&mut self, answer: Answer<Message>) {
        match answer {
            Ok(Message::Listed(path, why, listed)) => self.take_listing(&path, why, listed),
            Ok(Message::Inspected(path, inspected)) => self.take_inspection(&path, inspected),
            Ok(Message::Previewed(root, made)) => {
                if self.state.selected_root.as_deref() == Some(&root) {
                    self.state.preview = match made {
                        Ok(previewed) => Shown::Ready(Box::new(previewed)),
                        Err(findings) => Shown::Failed(findings),
                    };
                    self.textures.forget_bank();
                }
            }
            Ok(Message::Read(root, file, read)) => {
                let source = self.state.source.as_mut();
                if let Some(source) = source.filter(|source| source.root == root && source.file == file) {
                    source.shown = Some(read);
                    self.textures.forget_source();
                }
            }
            // Why there are none, the list says.
            Ok(Message::Thumbnails(listing, asked, made)) => {
                self.take_thumbnails(listing, asked, made.unwrap_or_default());
            }
            Ok(Message::Packed(packed, seconds)) => self.take_pack(packed, seconds),
            Ok(Message::Verified(file, verified)) => self.take_verification(&file, verified),
            Ok(Message::Chosen(path)) => {
                if let Some(path) = path {
                    self.open(path);
                }
            }
            Err(crash) => self.take_crash(&crash),
        }
    }

    /// A worker panicked: says so, and where its answer is waited for, too.
    fn take_crash(&mut self, Crash { doing, said }: &Crash) {
        let told = format!("The workbench failed while {doing}: {said}.");
        let finding = Finding::new(Code::InternalError, told.clone(), "Please report it, with what you did before.");
        self.state.tell(format!("{told} Please report it."));
        self.state.bottom_tab = BottomTab::Activity;
        let (is_listed, findings) = (self.state.contents().is_some(), vec![finding]);
        match *doing {
            LISTING | INSPECTING if !is_listed => self.refuse(findings),
            LISTING | INSPECTING => self.state.take_problems(findings),
            PACKING => self.state.pack = Packing::Failed(findings),
            PREVIEWING => self.state.preview = Shown::Failed(findings),
            READING => {
                if let Some(source) = &mut self.state.source {
                    source.shown = Some(Err(findings));
                }
            }
            VERIFYING => self.state.verification = Some(Err(findings)),
            THUMBNAILS => {
                let asked = std::mem::take(&mut self.imaged);
                self.take_thumbnails(self.listings, asked, Vec::new());
            }
            _ => {}
        }
    }

    fn take_pack(&mut self, packed: Result<Report<PackReport>, Vec<Finding>>, seconds: f32) {
        let (pack, told) = match packed {
            Ok(report) => {
                let told = match &report.pack {
                    Some(pack) => format!("Packed: {} bytes, SHA-256 {}", pack.size_bytes, pack.sha256),
                    None => "The pack is blocked; what was published before is as it was".into(),
                };
                (Packing::Done { report: Box::new(report), seconds }, told)
            }
            Err(findings) => {
                let first = findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
                (Packing::Failed(findings), format!("Not packed: {first}"))
            }
        };
        self.state.pack = pack;
        self.state.tell(told);
        self.look(Why::Packed);
    }

    fn take_verification(&mut self, file: &Path, verified: Result<Report<VerifyPackReport>, Vec<Finding>>) {
        let told = match &verified {
            Ok(report) if blocks(report.findings()) => "is not right",
            Ok(_) => "is valid",
            Err(_) => "could not be verified",
        };
        self.state.tell(format!("{} {told}", file.display()));
        if self.state.is_pack() {
            let found = match &verified {
                Ok(report) => report.findings().to_vec(),
                Err(findings) => findings.clone(),
            };
            self.state.take_problems(found);
        } else {
            self.state.bottom_tab = BottomTab::Activity;
        }
        self.state.verification = Some(verified);
    }

    fn take_listing(&mut self, path: &Path, why: Why, listed: Result<Report<ListAssetsReport>, Vec<Finding>>) {
        let Some(opened) = self.state.opened.as_mut().filter(|opened| opened.path == path) else { return };
        match listed {
            Ok(listing) => {
                opened.contents = Some(Contents::of_project(listing));
                self.state.settings.remember(path);
                self.state.take_problems(Vec::new());
            }
            Err(findings) if opened.contents.is_none() => return self.refuse(findings),
            // What was listed before stays; why it is not listed anew comes first.
            Err(findings) => self.state.take_problems(findings),
        }
        self.arrange();
        if why == Why::Files {
            self.listings += 1;
            self.state.thumbnails.values_mut().for_each(|thumb| thumb.is_stale = true);
            self.preview();
            self.read();
        }
    }

    fn take_inspection(&mut self, path: &Path, inspected: Result<Report<InspectPackReport>, Vec<Finding>>) {
        let Some(opened) = self.state.opened.as_mut().filter(|opened| opened.path == path) else { return };
        match inspected {
            Ok(inspection) if inspection.header.is_some() => {
                opened.contents = Some(Contents::of_pack(&inspection));
                self.state.settings.remember(path);
            }
            // Its header is wrong, so that nobody knows what is in it.
            Ok(inspection) => return self.refuse(inspection.findings().to_vec()),
            Err(findings) => return self.refuse(findings),
        }
        self.arrange();
        self.preview();
        // That its header is right says nothing of its payloads.
        self.verify();
    }

    /// Nothing of it could be seen: the start page says why.
    fn refuse(&mut self, findings: Vec<Finding>) {
        let Some(opened) = self.state.opened.take() else { return };
        self.close();
        // Who mistyped it mends it.
        self.state.typed_path = opened.path.display().to_string();
        self.state.refused = Some(Refused { path: opened.path, findings });
    }

    /// Makes the rows anew. What an artist sees first is art, and not an invitation to click.
    fn arrange(&mut self) {
        self.state.arrange();
        let first = self.state.rows.iter().find_map(|row| if let Row::Asset(at) = row { Some(*at) } else { None });
        if self.state.selected().is_none()
            && let Some(root) = first.and_then(|at| self.state.assets().get(at)).map(|asset| asset.root.clone())
        {
            self.state.select(&root);
        }
    }

    fn carry_out(&mut self, action: Action, context: &egui::Context) {
        match action {
            Action::Do(command) => {
                if command.available(&self.state).is_ok() {
                    self.command(command, context);
                }
            }
            Action::Open(path) => self.open(path),
            Action::Select(root) => self.state.select(&root),
            Action::Thumbnails(roots) => self.make_thumbnails(roots),
            Action::SelectProblem(at) => self.state.select_problem(at),
            Action::Filter(filter) => {
                self.state.filter = filter;
                self.state.arrange();
            }
            Action::BottomTab(tab) => self.state.bottom_tab = tab,
            Action::Panel(panel) => self.state.panel = panel,
            Action::Focus(panel) => self.focus(panel, context),
            Action::View(view) => self.state.view = *view,
            Action::Zoom(zoom) => self.state.settings.zoom = zoom,
            Action::Palette(typed) => {
                // It had the keyboard; now the panel has it again that had it before.
                if typed.is_none() && self.state.palette.is_some() && self.state.opened.is_some() {
                    self.wanted = Some(self.state.panel.id());
                    context.request_repaint();
                }
                self.state.palette = typed;
            }
            Action::TypedPath(path) => self.state.typed_path = path,
            Action::StepAsset(step) => self.state.step_asset(step),
            Action::Arrow(panel, columns, rows) => self.arrow(panel, columns, rows),
            Action::PlayFrom(sample, frame) => {
                self.state.view.sample = Some(sample);
                self.play_from(frame);
            }
        }
    }

    fn focus(&mut self, panel: Panel, context: &egui::Context) {
        self.state.panel = panel;
        self.give_keyboard(panel.id(), context);
    }

    fn give_keyboard(&mut self, id: egui::Id, context: &egui::Context) {
        if self.wanted.is_some() {
            self.wanted = Some(id);
        } else {
            context.memory_mut(|memory| memory.request_focus(id));
        }
    }

    /// An arrow key went to the stage, or to the problems.
    fn arrow(&mut self, panel: Panel, columns: i32, rows: i32) {
        let step = if rows != 0 { rows } else { columns };
        match (panel, self.state.lens()) {
            (Panel::Bottom, _) => self.state.step_problem(step as isize),
            (Panel::Stage, Lens::Palettes) => self.state.step_palette(step),
            (Panel::Stage, Lens::Text) => {
                let line = self.state.view.line.map_or(1, |line| line.saturating_add_signed(step).max(1));
                self.state.view.line = Some(line);
            }
            (Panel::Stage, _) if self.state.sounds().is_some() => {
                let sample = self.state.sample().saturating_add_signed(step);
                (self.state.view.sample, self.state.view.frame) = (Some(sample), None);
                self.state.view.sample = Some(self.state.sample());
            }
            (Panel::Stage, _) => self.state.step_tile(columns, rows),
            _ => {}
        }
    }

    fn command(&mut self, command: Command, context: &egui::Context) {
        match command {
            Command::Open => drop(self.jobs.start(CHOOSING, |_| Message::Chosen(rfd::FileDialog::new().pick_folder()))),
            Command::OpenPack => {
                drop(self.jobs.start(CHOOSING, |_| {
                    Message::Chosen(rfd::FileDialog::new().add_filter("pack", &["pa"]).pick_file())
                }))
            }
            Command::OpenDemo => {
                if let Some(demo) = self.state.demo.clone() {
                    self.open(demo);
                }
            }
            Command::Close => {
                self.state.refused = None;
                self.close();
            }
            Command::Refresh => match &self.watch {
                Some(watch) => watch.refresh(),
                None => self.look(Why::Files),
            },
            Command::Pack => self.pack(),
            Command::CancelPack => {
                if let Packing::Running { cancel, .. } = &self.state.pack {
                    cancel.cancel();
                }
            }
            Command::Verify => self.verify(),
            Command::NextProblem | Command::PreviousProblem => {
                self.state.step_problem(if command == Command::NextProblem { 1 } else { -1 });
            }
            Command::Search => self.give_keyboard(panels::navigator::search_id(), context),
            Command::NextPanel => self.focus(self.state.panel.stepped(1), context),
            Command::PreviousPanel => self.focus(self.state.panel.stepped(-1), context),
            Command::Look(lens) => self.state.view.lens = lens,
            Command::ZoomIn => self.zoom(|canvas| canvas.stepped(1)),
            Command::ZoomOut => self.zoom(|canvas| canvas.stepped(-1)),
            Command::ZoomFit => self.zoom(|_| Look::default()),
            Command::ToggleGrid => self.state.settings.grid = !self.state.settings.grid,
            Command::ToggleIds => self.state.settings.ids = !self.state.settings.ids,
            Command::NextPalette => self.state.step_palette(1),
            Command::PreviousPalette => self.state.step_palette(-1),
            Command::Play if self.state.sounds().is_none() => {
                self.state.view.is_animated = !self.state.view.is_animated;
            }
            Command::Play => {
                if self.player.playing().is_some() {
                    self.player.stop();
                } else {
                    self.play_from(0);
                }
            }
            Command::PlaySeam => self.play_seam(),
            Command::RevealFolder | Command::OpenSource => self.show_outside(command),
            Command::CopyCiCommand => {
                if let Some(project) = self.state.project() {
                    context.copy_text(outside::ci_command(&project.path));
                    self.state.tell("Copied the command for CI");
                }
            }
            Command::NextTheme => {
                use egui::ThemePreference::{Dark, Light, System};
                self.state.settings.theme = match self.state.settings.theme {
                    System => Light,
                    Light => Dark,
                    Dark => System,
                };
                context.set_theme(self.state.settings.theme);
            }
            Command::LargerText | Command::SmallerText => {
                let step = if command == Command::LargerText { 0.125 } else { -0.125 };
                self.state.settings.scale = (self.state.settings.scale + step).clamp(*SCALES.start(), *SCALES.end());
                context.set_zoom_factor(self.state.settings.scale);
            }
            Command::Palette => self.state.palette = Some((String::new(), 0)),
            Command::Quit => self.close = true,
        }
    }

    fn zoom(&mut self, next: impl FnOnce(&crate::widgets::Canvas) -> Look) {
        let Some(canvas) = &self.textures.canvas else { return };
        let look = next(canvas);
        if self.state.lens() == Lens::Source {
            self.state.view.source_look = look;
        } else {
            (self.state.settings.zoom, self.state.view.pan) = (look.zoom, look.pan);
        }
    }

    /// Plays the selected sample from a frame on; one with a loop goes around.
    fn play_from(&mut self, frame: u64) {
        let Some((playable, _)) = self.state.playable() else { return };
        let looping = playable.metadata.looping.as_ref().map(|looping| looping.start..looping.end);
        let play = Play {
            looped: looping,
            ..Play::new(self.state.sample().to_string(), playable.pcm.clone(), playable.metadata.sample_rate_hz)
        };
        self.player.play(play.from_frame(frame));
    }

    /// Plays what is heard around the end of the loop: its last frames, and then its first.
    fn play_seam(&mut self) {
        let Some((playable, _)) = self.state.playable() else { return };
        let Some(looping) = &playable.metadata.looping else { return };
        let rate_hz = playable.metadata.sample_rate_hz;
        let around = u64::from(rate_hz) * SEAM_QUARTERS / 4;
        let before = looping.end.saturating_sub(around).max(looping.start)..looping.end;
        let after = looping.start..looping.end.min(looping.start.saturating_add(around));
        let frames: Vec<u8> =
            [before, after].into_iter().flat_map(|part| playable.pcm.values(part)).flat_map(i16::to_le_bytes).collect();
        self.player.play(Play::new(Playback::SEAM, frames, rate_hz));
    }

    /// Notes what is heard, for the cursor on the waveform.
    fn hear(&mut self, context: &egui::Context) {
        self.state.playing = self.player.playing().map(|playing| Playback {
            key: playing.key.to_owned(),
            frame: playing.frame,
            route: playing.route.map(|route| route.to_string()),
        });
        self.state.audio_error = self.player.trouble().map(str::to_owned);
        if self.state.playing.is_some() {
            context.request_repaint_after_secs(HEARD_EVERY);
        }
    }

    /// Gives a file or folder to the program that the system has for it.
    fn show_outside(&mut self, command: Command) {
        let (Some(project), Some(asset)) = (self.state.project(), self.state.selected()) else { return };
        let folder = project.path.join("assets").join(&asset.root);
        let of_problem = self.state.problem.and_then(|at| self.state.problems.get(at)?.file.as_ref());
        let path = match (command, self.state.source_file(), of_problem) {
            (Command::RevealFolder, ..) => folder,
            (_, _, Some(file)) => project.path.join(file),
            (_, Some(file), None) => folder.join(file),
            (_, None, None) => folder,
        };
        let told = match outside::open(&path) {
            Ok(()) => format!("Opened {}", path.display()),
            Err(error) => format!("{} could not be opened: {error}", path.display()),
        };
        self.state.tell(told);
    }

    fn dropped(&mut self, context: &egui::Context) {
        let dropped = context.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_owned()));
        if let Some(path) = dropped {
            self.actions.push(Action::Open(path));
        }
    }

    /// Takes answers and carries out what was asked for.
    pub fn work(&mut self, context: &egui::Context) {
        if let Some(id) = self.wanted.take() {
            context.memory_mut(|memory| memory.request_focus(id));
        }
        self.notice();
        for answer in self.jobs.answers() {
            self.take(answer);
        }
        keys::read(&self.state, context, &mut self.actions);
        self.dropped(context);
        for action in std::mem::take(&mut self.actions) {
            self.carry_out(action, context);
        }
        self.preview_if_new();
        self.read_if_new();
        self.hear(context);
        self.entitle(context);
        if self.close {
            context.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }

    /// Names what is open in the window's title.
    fn entitle(&mut self, context: &egui::Context) {
        let name = self.state.opened.as_ref().and_then(|opened| opened.path.file_name());
        let title = name.map_or_else(|| NAME.to_owned(), |name| format!("{} – {NAME}", name.to_string_lossy()));
        if title != self.title {
            context.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// Draws everything.
    pub fn draw(&mut self, ui: &mut egui::Ui) {
        let mut actions = Vec::new();
        panels::show(ui, &self.state, &mut self.textures, &mut actions);
        if !actions.is_empty() {
            ui.ctx().request_repaint();
        }
        self.actions.extend(actions);
    }
}

impl eframe::App for Workbench {
    fn logic(&mut self, context: &egui::Context, _: &mut eframe::Frame) {
        self.work(context);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        self.draw(ui);
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, SETTINGS, &self.state.settings);
    }
}

/// Runs an operation; why it could not run comes as findings.
fn run<O: Operation>(operation: &O, context: &Context) -> Result<Report<O::Report>, Vec<Finding>> {
    operation.run(context).map_err(|error| operation.refusal(&error))
}

/// Notes how far a pack is.
fn progressed(stage: &mut Stage, progress: Progress, names: &HashMap<u32, String>) {
    match progress {
        Progress::WaitingForLock { holder, .. } => stage.doing = format!("Waiting for another packer ({holder})…"),
        Progress::PlanningAgain { path, .. } => stage.doing = format!("{path} changed: planning again…"),
        Progress::Materializing { asset_id, done_bytes, total_bytes } => {
            let name = names.get(&asset_id).map_or("an asset", String::as_str);
            *stage = Stage { doing: format!("Packed {name}"), done_bytes, total_bytes };
        }
        Progress::Publishing => stage.doing = "Publishing…".into(),
        _ => {}
    }
}
