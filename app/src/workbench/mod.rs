//! The app. In each frame, [`Workbench::update_state`] takes the answers of workers and carries out what the user asked
//! for, and [`Workbench::draw_window`] draws the state. There is a file for each part of that:
//!
//! | file | what it does |
//! |---|---|
//! | `open.rs` | opens and closes projects and packs, and takes the changes that the watching thread reports |
//! | `requests.rs` | starts operations on worker threads |
//! | `shared_session.rs` | the session of the open project, which the workers share |
//! | `new_asset.rs` | creates projects and assets |
//! | `edit_preview.rs` | previews the edit that is being entered |
//! | `edits.rs` | edits the project, and takes edits back |
//! | `leaving.rs` | asks before what is entered and not applied is lost |
//! | `answers.rs` | puts their results into the state |
//! | `actions.rs` | carries out what the user did in a panel |
//! | `commands.rs` | carries out commands of the menu |
//! | `pack_on_save.rs` | packs what is saved |
//! | `playback.rs` | plays samples |
//! | `placement.rs` | keeps the window on a screen |

mod actions;
mod answers;
mod commands;
mod edit_preview;
mod edits;
mod leaving;
mod new_asset;
mod open;
mod pack_on_save;
mod placement;
mod playback;
mod requests;
mod shared_session;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use packer_services::Context;
use packer_services::ops::AssetEdit;
use packer_services::watch::{Change, Watch};

use crate::NAME;
use crate::audio::Player;
use crate::external;
use crate::jobs::Jobs;
use crate::keys;
use crate::panels::{self, Action, Draw};
use crate::state::{Panel, Settings, State, WantedEdit};
use crate::theme;
use crate::widgets::Textures;
use edits::Edit;
use pack_on_save::PackOnSave;
use requests::{ListReason, Message};
use shared_session::SharedSession;

/// What the window opens at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// The start page.
    Nothing,
    /// This project or pack.
    Open(PathBuf),
}

/// The key of the settings in the storage that survives a restart.
const SETTINGS: &str = "settings";

/// The height of a window's title and of a task bar, in points.
const DECORATIONS: f32 = 80.0;

/// Below this height of the window, in points, the panel below the view is hidden until it is asked for: the view would
/// have less than half of the height.
const LOW: f32 = 480.0;

/// Below this width, in points, the details are: the view would have less than half of the width.
const NARROW: f32 = 700.0;

/// The app.
pub struct Workbench {
    /// What the window shows.
    pub state: State,
    jobs: Jobs<Message>,
    textures: Textures,
    player: Player,
    /// Carried out in the next frame.
    actions: Vec<Action>,
    is_closing: bool,
    was_closing: bool,
    /// Whether a widget had the keyboard in the last frame; whether none has it any longer; and whether the last input
    /// came from the keyboard.
    had_keyboard: bool,
    is_keyboard_lost: bool,
    uses_keyboard: bool,
    /// Whether the window was checked to be on a screen.
    is_on_screen: bool,
    /// Whether the window was compared with the screen.
    is_placed: bool,
    /// Whether the window was too low and too narrow for all panels in the last frame.
    is_small: [bool; 2],
    /// The window's title.
    title: String,
    /// The widget that gets the keyboard in the next frame. In the frame in which the command palette is drawn, no
    /// widget below it can have the keyboard.
    focus_next: Option<egui::Id>,
    wake: egui::Context,
    watch: Option<Watch>,
    /// What the watching thread reported since the last frame.
    changes: Arc<Mutex<Vec<Change>>>,
    /// Whether the watch has reported nothing yet.
    is_watch_starting: bool,
    /// Changes that no listing has read yet, and why to list again when the running one has ended.
    unread_changes: Vec<Change>,
    list_again: Option<ListReason>,
    /// The edits that wait for the running one, each with the root of its asset.
    next_edits: VecDeque<(Edit, String)>,
    /// The session of the open project.
    session: Option<Arc<SharedSession>>,
    pack_on_save: PackOnSave,
    /// The context that operations run in.
    services: Context,
    /// Counts the listings, so that thumbnails requested before the last one are known to be stale.
    listings: u64,
    /// The root of the asset whose preview is pending.
    preview_of: Option<String>,
    /// The edit whose preview is pending or shown, and the number of listings then.
    edit_preview_of: Option<(WantedEdit, u64)>,
    /// The roots of the assets whose thumbnails are pending.
    thumbnails_of: Vec<String>,
    /// The program that opens files in the user's programs for them.
    pub opener: PathBuf,
}

impl Workbench {
    /// The app in a window, with the settings of the previous run.
    pub fn new(creation: &eframe::CreationContext<'_>, start: Start, demo: Option<PathBuf>) -> Self {
        let settings: Option<Settings> = creation.storage.and_then(|storage| eframe::get_value(storage, SETTINGS));
        let mut app = Self::with_context(&creation.egui_ctx, settings.unwrap_or_default(), start, Context::new());
        app.state.demo = demo;
        app
    }

    /// The app on any context of egui: in a window or in a test. Its operations run in `services`, with which a test
    /// can count, hold or fail them.
    pub fn with_context(context: &egui::Context, settings: Settings, start: Start, services: Context) -> Self {
        theme::apply_theme(context);
        egui_extras::install_image_loaders(context);
        context.set_theme(settings.theme);
        context.set_zoom_factor(settings.scale);
        // Ctrl and + zoom the image; the text has its own commands.
        context.options_mut(|options| options.zoom_with_keyboard = false);
        let wake = context.clone();
        let mut app = Self {
            state: State { settings, ..State::default() },
            jobs: Jobs::new(context.clone()),
            textures: Textures::default(),
            player: Player::new(move || wake.request_repaint()),
            actions: Vec::new(),
            is_closing: false,
            was_closing: false,
            had_keyboard: false,
            is_keyboard_lost: false,
            uses_keyboard: false,
            is_on_screen: false,
            is_placed: false,
            is_small: [false; 2],
            title: NAME.to_owned(),
            focus_next: None,
            wake: context.clone(),
            watch: None,
            changes: Arc::default(),
            is_watch_starting: false,
            unread_changes: Vec::new(),
            list_again: None,
            next_edits: VecDeque::new(),
            session: None,
            pack_on_save: PackOnSave::default(),
            services,
            listings: 0,
            preview_of: None,
            edit_preview_of: None,
            thumbnails_of: Vec::new(),
            opener: external::system_opener(),
        };
        if let Start::Open(path) = start {
            app.state.is_starting = true;
            app.request_open(vec![path]);
        }
        app
    }

    /// Whether no worker is running, the first listing has arrived, and the open project is watched.
    pub fn is_idle(&self) -> bool {
        let is_awaited = self.state.is_starting
            || self.is_watch_starting
            || self.state.opened.as_ref().is_some_and(|opened| opened.contents.is_none() && !opened.is_gone);
        self.jobs.is_idle() && !is_awaited
    }

    /// The names of the running jobs.
    pub fn running_jobs(&self) -> Vec<&'static str> {
        self.jobs.names()
    }

    /// Edits the selected asset, as its views do.
    pub fn edit_selected(&mut self, edit: AssetEdit) {
        self.request_edit(Edit::Asset(edit));
    }

    /// Takes the answers of workers and carries out what the user asked for.
    pub fn update_state(&mut self, context: &egui::Context) {
        if let Some(id) = self.focus_next.take() {
            context.memory_mut(|memory| memory.request_focus(id));
        }
        let had_sheet = self.state.has_sheet();
        self.take_changes();
        for answer in self.jobs.take_answers() {
            self.take_answer(answer);
        }
        self.pack_saves(context);
        keys::push_actions(&self.state, context, &mut self.actions);
        self.push_dropped_files(context);
        for action in std::mem::take(&mut self.actions) {
            self.carry_out(action, context);
        }
        self.take_close_request(context);
        self.return_keyboard(had_sheet, context);
        self.keep_keyboard(context);
        self.request_preview_if_new();
        self.request_source_if_new();
        self.request_new_preview();
        self.request_edit_preview();
        self.request_sprite_parts();
        self.update_playback(context);
        self.update_title(context);
        self.fit_to_screen(context);
        self.fit_panels(context);
        if std::mem::replace(&mut self.was_closing, self.is_closing) != self.is_closing {
            context.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }

    /// Gives the keyboard back to the panel that had it before a sheet, once the sheet is closed.
    fn return_keyboard(&mut self, had_sheet: bool, context: &egui::Context) {
        if had_sheet && !self.state.has_sheet() && self.state.opened.is_some() && self.focus_next.is_none() {
            self.focus_next = Some(self.state.panel.id());
            context.request_repaint();
        }
    }

    /// Follows the keyboard from panel to panel, and gives it to the panel in which it was lost because its widget
    /// vanished, or because Escape ended a field. After a press of the pointer, nothing has to have the keyboard.
    fn keep_keyboard(&mut self, context: &egui::Context) {
        let (is_pressed, is_key) = context.input(|input| {
            let is_key = |event: &egui::Event| matches!(event, egui::Event::Key { pressed: true, .. });
            (input.pointer.any_pressed(), input.events.iter().any(is_key))
        });
        if is_pressed || is_key {
            self.uses_keyboard = is_key && !is_pressed;
        }
        let focused = context.memory(|memory| memory.focused());
        let had_keyboard = std::mem::replace(&mut self.had_keyboard, focused.is_some());
        self.is_keyboard_lost = focused.is_none() && (had_keyboard || self.is_keyboard_lost);
        if self.state.has_sheet() || self.state.contents().is_none() {
            return;
        }
        let is_lost = std::mem::take(&mut self.is_keyboard_lost);
        let place = focused.and_then(|id| context.read_response(id)).map(|response| response.rect.center());
        let has_place = |panel: &Panel| {
            let rect = context.read_response(panel.id()).map(|response| response.rect);
            place.zip(rect).is_some_and(|(place, rect)| rect.contains(place))
        };
        if let Some(panel) = Panel::ALL.into_iter().find(has_place) {
            self.state.panel = panel;
        }
        // In an empty project the button that creates an asset takes it.
        let takes_keyboard = !self.state.assets().is_empty();
        if is_lost && takes_keyboard && self.uses_keyboard && self.focus_next.is_none() {
            self.focus_panel(self.state.panel, context);
        }
    }

    fn push_dropped_files(&mut self, context: &egui::Context) {
        let paths =
            |input: &egui::InputState| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect();
        let mut dropped: Vec<PathBuf> = context.input(paths);
        // In a field, pasted text is text.
        if dropped.is_empty() && !context.text_edit_focused() {
            let pasted = |event: &egui::Event| match event {
                egui::Event::Paste(text) => Some(external::pasted_paths(text, std::env::home_dir().as_deref())),
                _ => None,
            };
            dropped = context.input(|input| input.events.iter().filter_map(pasted).flatten().collect());
        }
        if !dropped.is_empty() {
            self.actions.push(Action::TakePaths(dropped));
        }
    }

    /// Maximizes the window once if the screen has no room for it with its title and a task bar.
    fn fit_to_screen(&mut self, context: &egui::Context) {
        let Some(screen) = context.input(|input| input.viewport().monitor_size).filter(|_| !self.is_placed) else {
            return;
        };
        self.is_placed = true;
        let window = context.content_rect().size();
        if window.x > screen.x || window.y > screen.y - DECORATIONS {
            context.send_viewport_cmd(egui::ViewportCommand::Maximized(true));
        }
    }

    /// Hides the panels for which the window became too small, and shows them again when it has room.
    fn fit_panels(&mut self, context: &egui::Context) {
        let size = context.content_rect().size();
        let is_small = [size.y < LOW, size.x < NARROW];
        for (at, panel) in [Panel::Bottom, Panel::Details].into_iter().enumerate() {
            if is_small[at] != self.is_small[at] {
                self.state.settings.tuck_panel(panel, is_small[at]);
                if self.state.opened.is_some() && self.state.panel == panel && is_small[at] {
                    self.focus_panel(Panel::View, context);
                }
            }
        }
        self.is_small = is_small;
    }

    /// Puts the name of what is open into the window's title.
    fn update_title(&mut self, context: &egui::Context) {
        let name = self.state.opened.as_ref().and_then(|opened| opened.path.file_name());
        let title = name.map_or_else(|| NAME.to_owned(), |name| format!("{} – {NAME}", name.to_string_lossy()));
        if title != self.title {
            context.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// Draws everything.
    pub fn draw_window(&mut self, ui: &mut egui::Ui) {
        self.textures.backdrop = self.state.settings.backdrop;
        let mut draw = Draw::new(&self.state, &mut self.textures);
        panels::show(ui, &mut draw);
        let actions = draw.actions;
        if !actions.is_empty() {
            ui.ctx().request_repaint();
        }
        self.actions.extend(actions);
    }
}

impl eframe::App for Workbench {
    fn logic(&mut self, context: &egui::Context, frame: &mut eframe::Frame) {
        if !std::mem::replace(&mut self.is_on_screen, true) {
            placement::move_onto_a_screen(frame);
        }
        self.update_state(context);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        self.draw_window(ui);
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, SETTINGS, &self.state.settings);
    }
}
