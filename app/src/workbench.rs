//! The app: takes answers of workers and carries out commands in `logic`, draws the state in `ui`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use packer_services::diagnostics::Finding;
use packer_services::ops::{
    Allowed, ListAssets, Listing, Operation, Pack, PackReport, PreviewBank, Report, Verification, VerifyPack,
};
use packer_services::preview::Preview;
use packer_services::watch::{Change, Mode, Watch, WatchOptions};
use packer_services::{Cancel, Context, Progress};

use crate::commands::{ALL, Command, Listed};
use crate::jobs::{Answer, Crash, Jobs};
use crate::panels::{self, Action};
use crate::state::{Comfort, Lower, Packing, Project, Refused, Row, Shown, State, ZOOMS};
use crate::theme;
use crate::widgets::sheet::SheetTexture;

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
    Listed(PathBuf, Result<Listing, Vec<Finding>>),
    Previewed(String, Result<Preview, Vec<Finding>>),
    Packed(Result<PackReport, Vec<Finding>>, f32),
    Verified(Result<Verification, Vec<Finding>>),
    Chosen(Option<PathBuf>),
}

const LISTING: &str = "looking at the project";
const PREVIEWING: &str = "making the preview";
const PACKING: &str = "packing";
const VERIFYING: &str = "verifying the pack";
const CHOOSING: &str = "choosing a folder";

/// The key of what survives a restart.
const COMFORT: &str = "comfort";
/// Factors of the text's size.
const SCALES: std::ops::RangeInclusive<f32> = 0.75..=2.0;

/// The app.
pub struct Workbench {
    /// What it shows.
    pub state: State,
    jobs: Jobs<Message>,
    texture: SheetTexture,
    actions: Vec<Action>,
    close: bool,
    wake: egui::Context,
    watch: Option<Watch>,
    /// What the watching thread told since the last look.
    changes: Arc<Mutex<Vec<Change>>>,
}

impl Workbench {
    /// The app in a window, with what survived the last one.
    pub fn new(creation: &eframe::CreationContext<'_>, start: Start) -> Self {
        let comfort: Option<Comfort> = creation.storage.and_then(|storage| eframe::get_value(storage, COMFORT));
        Self::with(&creation.egui_ctx, comfort.unwrap_or_default(), start)
    }

    /// The app on any context: in a window, or in a test.
    pub fn with(context: &egui::Context, comfort: Comfort, start: Start) -> Self {
        theme::apply(context);
        context.set_theme(comfort.theme);
        context.set_zoom_factor(comfort.scale);
        let state = State { comfort, ..State::default() };
        let mut app = Self {
            state,
            jobs: Jobs::new(context.clone()),
            texture: SheetTexture::default(),
            actions: Vec::new(),
            close: false,
            wake: context.clone(),
            watch: None,
            changes: Arc::default(),
        };
        if let Start::Open(path) = start {
            app.open(path);
        }
        app
    }

    /// Whether no worker is busy.
    pub fn is_idle(&self) -> bool {
        self.jobs.is_idle()
    }

    fn open(&mut self, path: PathBuf) {
        let comfort = std::mem::take(&mut self.state.comfort);
        self.state = State { comfort, ..State::default() };
        self.watch = None;
        self.changes = Arc::default();
        let (changes, wake) = (self.changes.clone(), self.wake.clone());
        let project = packer_services::project::Project::at(&path);
        // Its first change is that everything is to be looked at.
        self.watch = Some(Watch::start(&project, WatchOptions::default(), move |change| {
            if let Ok(mut changes) = changes.lock() {
                changes.push(change);
            }
            wake.request_repaint();
        }));
        self.state.project = Some(Project { path, listing: None, trouble: Vec::new(), is_gone: false });
        self.look();
    }

    /// Takes what the watching thread told.
    fn notice(&mut self) {
        let changes = self.changes.lock().map(|mut changes| std::mem::take(&mut *changes)).unwrap_or_default();
        if changes.is_empty() {
            return;
        }
        let Some(project) = &mut self.state.project else { return };
        let was_gone = project.is_gone;
        project.is_gone =
            match changes.iter().rev().find(|change| matches!(change, Change::Vanished | Change::Returned)) {
                Some(Change::Vanished) => true,
                Some(_) => false,
                None => was_gone,
            };
        let is_gone = project.is_gone;
        self.state.watching = match self.watch.as_ref().map(Watch::mode) {
            Some(Mode::Polling { why }) => Some(why.to_string()),
            _ => None,
        };
        if is_gone && !was_gone {
            self.state.tell("The project's folder is gone; what is shown was there before");
        }
        if !is_gone {
            if was_gone {
                self.state.tell("The project's folder is back");
            }
            self.look();
        }
    }

    /// Lists the project anew.
    fn look(&mut self) {
        let Some(project) = &self.state.project else { return };
        let path = project.path.clone();
        self.jobs.start(LISTING, move |cancel| {
            let listed = run(&ListAssets { project: path.clone() }, &context(cancel));
            Message::Listed(path, listed)
        });
    }

    /// Previews the selected asset, unless it is the one that is shown: what changes of that is noticed, and listed.
    fn preview_if_new(&mut self) {
        if matches!(self.state.preview, Shown::Loading) {
            self.preview();
        }
    }

    fn preview(&mut self) {
        let (Some(project), Some(asset)) = (&self.state.project, self.state.selected()) else {
            self.state.preview = Shown::Nothing;
            return;
        };
        let root = asset.root.clone();
        if asset.asset_id.is_none() {
            self.state.preview = Shown::Failed(Vec::new());
            return;
        }
        let request = PreviewBank { project: project.path.clone(), asset: format!("root:{root}") };
        self.jobs.start(PREVIEWING, move |cancel| {
            let made = run(&request, &context(cancel)).and_then(|report| {
                let findings = report.findings().to_vec();
                report.preview.ok_or(findings)
            });
            Message::Previewed(root, made)
        });
    }

    fn pack(&mut self) {
        let Some(project) = &self.state.project else { return };
        let request = Pack {
            project: project.path.clone(),
            check: false,
            deny_warnings: false,
            allowed: Allowed::default(),
            jobs: None,
            wait: true,
        };
        let progress = Arc::new(Mutex::new((0, 0)));
        let told = progress.clone();
        let cancel = self.jobs.start(PACKING, move |cancel| {
            let begin = Instant::now();
            let context = context(cancel).with_progress(move |event| {
                if let Progress::Materialising { done_bytes, total_bytes, .. } = event.progress
                    && let Ok(mut told) = told.lock()
                {
                    *told = (done_bytes, total_bytes);
                }
            });
            let packed = run(&request, &context);
            Message::Packed(packed, begin.elapsed().as_secs_f32())
        });
        self.state.pack = Packing::Running { cancel, progress };
        self.state.lower = Lower::PackResult;
        self.state.tell("Packing…");
    }

    fn take(&mut self, answer: Answer<Message>) {
        match answer {
            Ok(Message::Listed(path, listed)) => self.take_listing(&path, listed),
            Ok(Message::Previewed(root, made)) => {
                if self.state.selected_root.as_deref() == Some(&root) {
                    self.state.preview = match made {
                        Ok(preview) => Shown::Ready(Box::new(preview)),
                        Err(findings) => Shown::Failed(findings),
                    };
                    self.texture.forget();
                }
            }
            Ok(Message::Packed(packed, seconds)) => {
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
                self.look();
            }
            Ok(Message::Verified(verified)) => {
                let told = match &verified {
                    Ok(report) if packer_services::diagnostics::blocks(report.findings()) => {
                        "The published pack is not right"
                    }
                    Ok(_) => "The published pack is valid",
                    Err(_) => "The published pack could not be verified",
                };
                self.state.tell(told);
                self.state.verification = Some(verified);
                self.state.lower = Lower::Activity;
            }
            Ok(Message::Chosen(path)) => {
                if let Some(path) = path {
                    self.open(path);
                }
            }
            Err(Crash { doing, said }) => {
                self.state.tell(format!("The workbench failed while {doing}: {said}. Please report it."));
                self.state.lower = Lower::Activity;
                if doing == PACKING {
                    self.state.pack = Packing::Never;
                }
            }
        }
    }

    fn take_listing(&mut self, path: &Path, listed: Result<Listing, Vec<Finding>>) {
        let Some(project) = self.state.project.as_mut().filter(|project| project.path == path) else { return };
        let is_first = project.listing.is_none();
        match listed {
            Ok(listing) => {
                project.listing = Some(listing);
                project.trouble = Vec::new();
                self.state.refused = None;
                self.state.comfort.remember(path);
            }
            // Nothing of it was ever seen: the start page says why.
            Err(findings) if is_first => {
                self.state.refused = Some(Refused { path: path.to_owned(), findings });
                self.state.project = None;
                return;
            }
            Err(findings) => project.trouble = findings,
        }
        self.state.arrange();
        // What an artist sees first is art, and not an invitation to click.
        let first = self.state.rows.iter().find_map(|row| if let Row::Asset(at) = row { Some(*at) } else { None });
        if self.state.selected().is_none()
            && let Some(root) = first.and_then(|at| self.state.assets().get(at)).map(|asset| asset.root.clone())
        {
            self.state.select(&root);
        }
        if let Some(at) = self.state.problem
            && at >= self.state.problems().len()
        {
            self.state.problem = None;
        }
        self.preview();
    }

    fn carry_out(&mut self, action: Action, context: &egui::Context) {
        match action {
            Action::Do(command) => {
                if command.available(&self.state).is_ok() {
                    self.command(command, context);
                }
            }
            Action::Open(path) => self.open(path),
            Action::Select(root) => {
                self.state.select(&root);
                self.preview_if_new();
            }
            Action::SelectProblem(at) => {
                self.state.select_problem(at);
                self.preview_if_new();
            }
            Action::Filter(filter) => {
                self.state.filter = filter;
                self.state.arrange();
            }
            Action::Lower(lower) => self.state.lower = lower,
            Action::Tile(tile) => {
                self.state.view.tile = tile;
                self.state.view.pixel = None;
            }
            Action::Look { zoom, pan } => {
                self.state.view.zoom = zoom;
                self.state.view.pan = pan;
            }
            Action::Typed(typed) => self.state.palette = typed,
            Action::TypedPath(path) => self.state.typed_path = path,
            Action::Copy(text) => context.copy_text(text),
        }
    }

    fn command(&mut self, command: Command, context: &egui::Context) {
        match command {
            Command::Open => {
                self.jobs.start(CHOOSING, |_| Message::Chosen(rfd::FileDialog::new().pick_folder()));
            }
            Command::Refresh => match &self.watch {
                Some(watch) => watch.refresh(),
                None => self.look(),
            },
            Command::Pack => self.pack(),
            Command::CancelPack => {
                if let Packing::Running { cancel, .. } = &self.state.pack {
                    cancel.cancel();
                }
            }
            Command::Verify => {
                if let Some(project) = &self.state.project {
                    let request = VerifyPack { file: project.path.join("build/assets.pa") };
                    self.jobs.start(VERIFYING, move |cancel| Message::Verified(run(&request, &self::context(cancel))));
                }
            }
            Command::NextProblem | Command::PreviousProblem => {
                self.state.step_problem(if command == Command::NextProblem { 1 } else { -1 });
                self.preview_if_new();
            }
            Command::NextPanel | Command::Search => {
                context.memory_mut(|memory| memory.request_focus(panels::navigator::search_id()))
            }
            Command::ZoomIn | Command::ZoomOut => {
                let now = self.state.view.zoom.unwrap_or(self.texture.fitting_zoom());
                let next = if command == Command::ZoomIn { now + 1 } else { now.saturating_sub(1) };
                self.state.view.zoom = Some(next.clamp(*ZOOMS.start(), *ZOOMS.end()));
            }
            Command::ZoomFit => {
                self.state.view.zoom = None;
                self.state.view.pan = egui::Vec2::ZERO;
            }
            Command::ToggleGrid => self.state.view.grid = !self.state.view.grid,
            Command::ToggleIds => self.state.view.ids = !self.state.view.ids,
            Command::NextPalette | Command::PreviousPalette => {
                // First each tile in its own, then one palette after the other.
                let count = self.state.sheet().map_or(1, |sheet| sheet.palettes.len() + 1);
                let now = self.state.view.palette.map_or(0, |palette| palette as usize + 1);
                let next = (now + if command == Command::NextPalette { 1 } else { count - 1 }) % count;
                self.state.view.palette = next.checked_sub(1).and_then(|palette| u32::try_from(palette).ok());
            }
            Command::RevealFolder | Command::OpenSource => self.show_outside(command),
            Command::CopyCiCommand => {
                if let Some(project) = &self.state.project {
                    context.copy_text(ci_command(&project.path));
                    self.state.tell("Copied the command for CI");
                }
            }
            Command::NextTheme => {
                use egui::ThemePreference::{Dark, Light, System};
                self.state.comfort.theme = match self.state.comfort.theme {
                    System => Light,
                    Light => Dark,
                    Dark => System,
                };
                context.set_theme(self.state.comfort.theme);
            }
            Command::LargerText | Command::SmallerText => {
                let step = if command == Command::LargerText { 0.125 } else { -0.125 };
                self.state.comfort.scale = (self.state.comfort.scale + step).clamp(*SCALES.start(), *SCALES.end());
                context.set_zoom_factor(self.state.comfort.scale);
            }
            Command::Palette => self.state.palette = Some(String::new()),
            Command::Quit => self.close = true,
        }
    }

    /// Gives a file or folder to the program that the system has for it.
    fn show_outside(&mut self, command: Command) {
        let (Some(project), Some(asset)) = (&self.state.project, self.state.selected()) else { return };
        let folder = project.path.join("assets").join(&asset.root);
        let file = self
            .state
            .problem
            .and_then(|at| self.state.problems().get(at).and_then(|finding| finding.file.clone()))
            .map(|file| project.path.join(file));
        let path = if command == Command::OpenSource { file.unwrap_or(folder) } else { folder };
        let told = match open_outside(&path) {
            Ok(()) => format!("Opened {}", path.display()),
            Err(error) => format!("{} could not be opened: {error}", path.display()),
        };
        self.state.tell(told);
    }

    fn arrows(&mut self, context: &egui::Context) {
        if context.memory(|memory| memory.focused().is_some()) || self.state.palette.is_some() {
            return;
        }
        let step = context.input(|input| {
            i32::from(input.key_pressed(egui::Key::ArrowDown)) - i32::from(input.key_pressed(egui::Key::ArrowUp))
        });
        if step == 0 {
            return;
        }
        let assets: Vec<usize> =
            self.state.rows.iter().filter_map(|row| if let Row::Asset(at) = row { Some(*at) } else { None }).collect();
        let here = assets
            .iter()
            .position(|at| self.state.assets().get(*at).map(|asset| &asset.root) == self.state.selected_root.as_ref());
        let next = match here {
            Some(at) => at.saturating_add_signed(step as isize).min(assets.len().saturating_sub(1)),
            None => 0,
        };
        if let Some(root) = assets.get(next).and_then(|at| self.state.assets().get(*at)).map(|asset| asset.root.clone())
        {
            self.actions.push(Action::Select(root));
        }
    }

    fn shortcuts(&mut self, context: &egui::Context) {
        // A key without Shift also answers to one with it, so those with Shift are asked first.
        let (with_shift, without): (Vec<&Listed>, Vec<&Listed>) =
            ALL.iter().partition(|listed| listed.shortcut.is_some_and(|shortcut| shortcut.modifiers.shift));
        for listed in with_shift.into_iter().chain(without) {
            let Some(shortcut) = listed.shortcut else { continue };
            if context.input_mut(|input| input.consume_shortcut(&shortcut)) {
                self.actions.push(Action::Do(listed.command));
            }
        }
        self.arrows(context);
    }

    fn dropped(&mut self, context: &egui::Context) {
        let dropped = context.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_owned()));
        if let Some(path) = dropped {
            self.actions.push(Action::Open(path));
        }
    }

    /// Takes answers and carries out what was asked for.
    pub fn work(&mut self, context: &egui::Context) {
        self.notice();
        for answer in self.jobs.answers() {
            self.take(answer);
        }
        self.shortcuts(context);
        self.dropped(context);
        for action in std::mem::take(&mut self.actions) {
            self.carry_out(action, context);
        }
        if self.close {
            context.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }

    /// Draws everything.
    pub fn draw(&mut self, ui: &mut egui::Ui) {
        let mut actions = Vec::new();
        let state = &self.state;
        if state.project.is_none() {
            egui::CentralPanel::default().show(ui, |ui| panels::start::show(ui, state, &mut actions));
        } else {
            egui::Panel::top("toolbar").show(ui, |ui| panels::toolbar::show(ui, state, &mut actions));
            egui::Panel::bottom("status").show(ui, |ui| panels::status::show(ui, state, &mut actions));
            egui::Panel::bottom("lower").resizable(true).default_size(200.0).min_size(96.0).show(ui, |ui| {
                panels::lower::show(ui, state, &mut actions);
            });
            egui::Panel::left("navigator").resizable(true).default_size(280.0).min_size(180.0).show(ui, |ui| {
                panels::navigator::show(ui, state, &mut actions);
            });
            egui::Panel::right("details").resizable(true).default_size(300.0).min_size(200.0).show(ui, |ui| {
                panels::details::show(ui, state, &mut actions);
            });
            let texture = &mut self.texture;
            egui::CentralPanel::default().show(ui, |ui| panels::stage::show(ui, state, texture, &mut actions));
        }
        panels::palette::show(ui, state, &mut actions);
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
        eframe::set_value(storage, COMFORT, &self.state.comfort);
    }
}

/// Runs an operation; why it could not run comes as findings.
fn run<O: Operation>(operation: &O, context: &Context) -> Result<O::Report, Vec<Finding>> {
    operation.run(context).map_err(|error| operation.refusal(&error))
}

fn context(cancel: Cancel) -> Context {
    Context::new().with_cancel(cancel)
}

/// The command line that packs the same bytes.
pub fn ci_command(project: &Path) -> String {
    let path = project.display().to_string();
    let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    if is_plain {
        format!("prometeu-packer pack {path}")
    } else {
        format!("prometeu-packer pack '{}'", path.replace('\'', r"'\''"))
    }
}

fn open_outside(path: &Path) -> std::io::Result<()> {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    std::process::Command::new(program).arg(path).spawn().map(|_| ())
}
