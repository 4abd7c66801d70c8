//! The harness: a project in a temporary folder, and the window on it. As on a screen, a frame is drawn only after
//! input or when the window requested one, so a test fails if something forgets to wake the window.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, MouseWheelUnit, Pos2, Rect, TouchPhase, ViewportId};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, Node};
use packer_services::Context;
use workbench::state::{PreviewState, Settings, State};
use workbench::widgets::floor_to_u32;
use workbench::{Start, Workbench};

use crate::outline::{VariableParts, outline};
use crate::worker_control::WorkerControl;

/// After this time, an awaited condition will not come true.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often conditions outside the window are checked.
const POLL: Duration = Duration::from_millis(20);
/// Longer than it takes until a change on the disk is reported.
const WATCH_DELAY: Duration = Duration::from_millis(1200);

/// A window on a temporary project.
pub struct Window {
    harness: Harness<'static, Option<Workbench>>,
    alarm: Arc<Alarm>,
    copied: Arc<Mutex<Vec<String>>>,
    root: PathBuf,
    folder: tempfile::TempDir,
}

/// A part of the window, and what is in it.
pub struct PartPlaces {
    pub name: &'static str,
    pub place: Rect,
    /// Whether the user can scroll it down.
    pub is_scrolled: bool,
    pub widgets: Vec<WidgetPlace>,
}

/// A widget in a part of the window.
pub struct WidgetPlace {
    pub name: String,
    pub role: Role,
    pub place: Rect,
}

fn bounds_of(node: Node<'_>) -> Option<Rect> {
    let bounds = node.accesskit_node().bounding_box()?;
    #[expect(clippy::cast_possible_truncation, reason = "the window is small")]
    let [x0, y0, x1, y1] = [bounds.x0, bounds.y0, bounds.x1, bounds.y1].map(|value| value as f32);
    Some(Rect::from_min_max(Pos2::new(x0, y0), Pos2::new(x1, y1)))
}

fn gather_places(node: Node<'_>, places: &mut Vec<WidgetPlace>) {
    let accessible = node.accesskit_node();
    let role = accessible.role();
    if role == Role::TextRun {
        return;
    }
    let name = accessible.label().or_else(|| accessible.value()).unwrap_or_default();
    let is_widget = !matches!(role, Role::GenericContainer | Role::ScrollBar | Role::Pane | Role::List);
    if let Some(place) = bounds_of(node).filter(|_| is_widget) {
        places.push(WidgetPlace { name, role, place });
    }
    node.children().for_each(|child| gather_places(child, places));
}

/// When the next frame is due.
#[derive(Default)]
struct Alarm {
    due: Mutex<Option<Instant>>,
    rang: Condvar,
}

impl Alarm {
    fn set(&self, delay: Duration) {
        let Some(at) = Instant::now().checked_add(delay) else { return };
        let mut due = self.due.lock().unwrap();
        *due = Some(due.map_or(at, |before| before.min(at)));
        self.rang.notify_all();
    }

    /// Waits until a frame is due, at most until `end`. Returns whether one is.
    fn wait(&self, end: Instant) -> bool {
        let mut due = self.due.lock().unwrap();
        loop {
            let now = Instant::now();
            if due.is_some_and(|at| at <= now) {
                *due = None;
                return true;
            }
            if now >= end {
                return false;
            }
            let until = due.map_or(end, |at| at.min(end));
            due = self.rang.wait_timeout(due, until - now).unwrap().0;
        }
    }
}

/// A file that is dropped.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window reads no dropped file".to_owned())
    }
}

/// The folder of a demo.
pub fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets-demo").join(name)
}

/// A temporary folder, and in it a folder with a fixed name for a project.
pub fn temporary_project() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("game");
    std::fs::create_dir(&root).unwrap();
    (folder, root)
}

impl Window {
    /// Shows the start page.
    pub fn start_page() -> Self {
        Self::start_page_with(|_| Settings::default())
    }

    /// Shows the start page with the settings of a previous run. The function is given the project's folder.
    pub fn start_page_with(settings: impl FnOnce(&Path) -> Settings) -> Self {
        let (folder, root) = temporary_project();
        let settings = settings(&root);
        Self::start(folder, root, Start::Nothing, settings, Context::new())
    }

    /// Opens a copy of a demo's assets, and waits until it is shown.
    pub fn open_demo(name: &str) -> Self {
        Self::open_edited_demo(name, |_| {})
    }

    /// The same, after a change to the copy.
    pub fn open_edited_demo(name: &str, prepare: impl FnOnce(&Path)) -> Self {
        let mut window = Self::open_controlled_demo(name, &WorkerControl::default(), prepare);
        window.wait_until("the assets are listed", |state| state.contents().is_some());
        window.wait_until_idle();
        window
    }

    /// Opens an edited copy of a demo's assets with controlled workers, and does not wait.
    pub fn open_controlled_demo(name: &str, control: &WorkerControl, prepare: impl FnOnce(&Path)) -> Self {
        let (folder, root) = temporary_project();
        support::copy_folder(&demo(name).join("assets"), &root.join("assets"));
        prepare(&root);
        let start = Start::Open(root.clone());
        let window = Self::start(folder, root, start, Settings::default(), control.context());
        if name == "snuffed" {
            // Its files contain arbitrary characters; those that no font has are drawn as boxes.
            window.harness.ctx.set_missing_glyph_policy(egui::MissingGlyphPolicy::Tofu);
        }
        window
    }

    /// Opens a project, and waits until it is shown. Its files can contain arbitrary characters.
    pub fn open_project(root: &Path) -> Self {
        let (folder, _) = temporary_project();
        let start = Start::Open(root.to_owned());
        let mut window = Self::start(folder, root.to_owned(), start, Settings::default(), Context::new());
        window.harness.ctx.set_missing_glyph_policy(egui::MissingGlyphPolicy::Tofu);
        window.wait_until("the assets are listed", |state| state.contents().is_some());
        window.wait_until_idle();
        window
    }

    /// Opens what the function creates in the project's folder, and waits until it is shown or refused.
    pub fn open_created(create: impl FnOnce(&Path) -> PathBuf) -> Self {
        let (folder, root) = temporary_project();
        let start = Start::Open(create(&root));
        let mut window = Self::start(folder, root, start, Settings::default(), Context::new());
        window.wait_until("it is opened or refused", |state| state.contents().is_some() || state.refused.is_some());
        window.wait_until_idle();
        window
    }

    /// Opens a copy of a demo's assets with these settings, and waits until it is shown.
    pub fn open_demo_with(name: &str, settings: Settings) -> Self {
        let (folder, root) = temporary_project();
        support::copy_folder(&demo(name).join("assets"), &root.join("assets"));
        let start = Start::Open(root.clone());
        let mut window = Self::start(folder, root, start, settings, Context::new());
        window.harness.ctx.set_missing_glyph_policy(egui::MissingGlyphPolicy::Tofu);
        window.wait_until("the assets are listed", |state| state.contents().is_some());
        window.wait_until_idle();
        window
    }

    fn start(folder: tempfile::TempDir, root: PathBuf, start: Start, settings: Settings, services: Context) -> Self {
        let copied = Arc::new(Mutex::new(Vec::new()));
        let clipboard = copied.clone();
        let app = move |ui: &mut egui::Ui, app: &mut Option<Workbench>| {
            let app = app.get_or_insert_with(|| {
                Workbench::with_context(ui.ctx(), settings.clone(), start.clone(), services.clone())
            });
            app.update_state(ui.ctx());
            app.draw_window(ui);
            ui.output(|output| {
                for command in &output.commands {
                    if let egui::OutputCommand::CopyText(text) = command {
                        clipboard.lock().unwrap().push(text.clone());
                    }
                }
            });
        };
        let alarm = Arc::new(Alarm::default());
        let bell = alarm.clone();
        let harness = Harness::builder()
            .with_size(egui::vec2(1280.0, 880.0))
            .with_context_setup(move |context| {
                context.set_request_repaint_callback(move |request| bell.set(request.delay));
            })
            .build_ui_state(app, None);
        Self { harness, alarm, copied, root, folder }
    }

    /// The project's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A file below the project's folder.
    pub fn file(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub fn state(&self) -> &State {
        &self.app().state
    }

    pub fn app(&self) -> &Workbench {
        self.harness.state().as_ref().unwrap()
    }

    /// Draws a frame for each input, or one frame if there is none.
    fn draw(&mut self) {
        self.harness.step();
        if let Some(delay) = self.repaint_delay() {
            self.alarm.set(delay);
        }
    }

    /// When the last frame requested another one; `None` if it did not.
    pub fn repaint_delay(&self) -> Option<Duration> {
        let delay = self.harness.output().viewport_output[&ViewportId::ROOT].repaint_delay;
        (delay < Duration::from_secs(3600)).then_some(delay)
    }

    /// Draws until a condition holds.
    pub fn wait_until(&mut self, what: &str, holds: impl Fn(&State) -> bool) {
        let end = Instant::now() + PATIENCE;
        self.draw();
        while !holds(self.state()) {
            assert!(Instant::now() < end, "this never happened: {what}\n{}", self.outline());
            // A condition outside the window can come true without a frame.
            if self.alarm.wait(Instant::now() + POLL) {
                self.draw();
            }
        }
    }

    /// Draws until a screen reader reads this, and nothing is running.
    pub fn wait_until_shown(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        self.wait_until_idle();
        while !self.shows(text) {
            assert!(Instant::now() < end, "this is never shown: {text}\n{}", self.outline());
            if self.alarm.wait(Instant::now() + POLL) {
                self.draw();
            }
        }
        self.wait_until_idle();
    }

    /// Waits until it is known what a change would do that the user is asked about.
    pub fn wait_until_checked(&mut self) {
        self.wait_until("it is checked", |state| state.asked.as_ref().is_some_and(|asked| asked.preview.is_some()));
    }

    /// Draws until no worker is running, nothing is loading, and no frame is due at once.
    pub fn wait_until_idle(&mut self) {
        let end = Instant::now() + PATIENCE;
        self.draw();
        loop {
            let is_done = self.app().is_idle() && !matches!(self.state().preview, PreviewState::Loading);
            // Playing, flashing and animations request frames without end.
            if is_done && self.repaint_delay() != Some(Duration::ZERO) {
                return;
            }
            assert!(self.alarm.wait(end), "still running: {:?}\n{}", self.app().running_jobs(), self.outline());
            self.draw();
        }
    }

    /// Whether the window, without input, is never drawn again.
    pub fn stays_idle(&mut self) -> bool {
        // A thread that was just stopped may request one more frame.
        (0..3).any(|_| {
            self.wait_until_idle();
            // The first frames after input can request others.
            (0..4).for_each(|_| self.draw());
            self.repaint_delay().is_none()
        })
    }

    /// Waits longer than it takes until a change on the disk is reported. That nothing is reported cannot be tested in
    /// any other way.
    pub fn wait_past_watch_delay(&mut self) {
        let end = Instant::now() + WATCH_DELAY;
        while self.alarm.wait(end) {
            self.draw();
        }
    }

    fn find_all(&self, matches: impl Fn(Role, &str) -> bool) -> Vec<Node<'_>> {
        let nodes = self.harness.root().children_recursive();
        let matches = |node: &Node<'_>| {
            let node = node.accesskit_node();
            node.label().is_some_and(|label| matches(node.role(), &label))
        };
        nodes.filter(matches).collect()
    }

    /// The only match; `what` describes it.
    fn find(&self, what: &str, matches: impl Fn(Role, &str) -> bool) -> Node<'_> {
        let mut found = self.find_all(matches);
        if found.len() > 1 {
            // A label with the text of its button is not another match.
            found.retain(|node| node.accesskit_node().role() != Role::Label);
        }
        let [node] = &found[..] else { panic!("{} match {what}, in\n{}", found.len(), self.outline()) };
        *node
    }

    fn find_named(&self, label: &str) -> Node<'_> {
        self.find(label, |_, other| other == label)
    }

    fn find_role(&self, role: Role, label: &str) -> Node<'_> {
        self.find(label, |other_role, other| other_role == role && other == label)
    }

    /// Clicks the widget with this accessible name.
    pub fn click(&mut self, label: &str) {
        self.find_named(label).click();
        self.wait_until_idle();
    }

    /// Clicks the widget with this role and accessible name.
    pub fn click_role(&mut self, role: Role, label: &str) {
        self.find_role(role, label).click();
        self.wait_until_idle();
    }

    /// Clicks the widget with this role and a name that begins like this.
    pub fn click_starting(&mut self, role: Role, start: &str) {
        self.find(start, |other, label| other == role && label.starts_with(start)).click();
        self.wait_until_idle();
    }

    /// Clicks a position.
    pub fn click_at(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        for pressed in [true, false] {
            let button = egui::PointerButton::Primary;
            self.harness.event(Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
        }
        self.wait_until_idle();
    }

    /// Clicks the middle of the widget with this role and accessible name as a touchpad does: in one frame.
    pub fn tap(&mut self, role: Role, label: &str) {
        let at = bounds_of(self.find_role(role, label)).unwrap().center();
        let button = |pressed| {
            let button = egui::PointerButton::Primary;
            Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE }
        };
        let events = [Event::PointerMoved(at), button(true), button(false)];
        self.harness.input_mut().events.extend(events);
        self.wait_until_idle();
    }

    /// Drags from one position to another.
    pub fn drag(&mut self, from: Pos2, to: Pos2) {
        self.drag_with(Modifiers::NONE, from, to);
    }

    /// The same while these keys are held.
    pub fn drag_with(&mut self, modifiers: Modifiers, from: Pos2, to: Pos2) {
        let button = |pos, pressed| {
            let button = egui::PointerButton::Primary;
            Event::PointerButton { pos, button, pressed, modifiers }
        };
        self.harness.event(Event::ModifiersChanged(modifiers));
        self.harness.hover_at(from);
        self.harness.event(button(from, true));
        self.harness.hover_at(from.lerp(to, 0.5));
        self.harness.hover_at(to);
        self.harness.event(button(to, false));
        self.harness.event(Event::ModifiersChanged(Modifiers::NONE));
        self.wait_until_idle();
    }

    /// Changes the window's size.
    pub fn resize(&mut self, size: egui::Vec2) {
        self.harness.set_size(size);
        self.draw();
    }

    /// Moves the window to a screen of this size, and returns what it asks the system for.
    pub fn move_to_screen(&mut self, size: egui::Vec2) -> Vec<egui::ViewportCommand> {
        self.harness.input_mut().viewports.entry(ViewportId::ROOT).or_default().monitor_size = Some(size);
        self.harness.step();
        self.harness.output().viewport_output[&ViewportId::ROOT].commands.clone()
    }

    /// Whether the window closes when the system asks it to.
    pub fn closes(&mut self) -> bool {
        let viewport = self.harness.input_mut().viewports.entry(ViewportId::ROOT).or_default();
        viewport.events.push(egui::ViewportEvent::Close);
        self.harness.step();
        let commands = self.harness.output().viewport_output[&ViewportId::ROOT].commands.clone();
        let viewport = self.harness.input_mut().viewports.entry(ViewportId::ROOT).or_default();
        viewport.events.clear();
        !commands.contains(&egui::ViewportCommand::CancelClose)
    }

    /// How many bytes all textures take.
    pub fn texture_bytes(&self) -> usize {
        let textures = self.harness.ctx.tex_manager();
        let textures = textures.read();
        textures.allocated().map(|(_, texture)| texture.bytes_used()).sum()
    }

    /// What was drawn in the last frame, the lowest first.
    pub fn shapes(&self) -> &[egui::epaint::ClippedShape] {
        &self.harness.output().shapes
    }

    /// Each named part of the window and everything in it, with its place.
    pub fn places(&self) -> Vec<PartPlaces> {
        const PARTS: [(Role, &str); 6] = [
            (Role::Toolbar, "Project"),
            (Role::Status, "Status"),
            (Role::Main, "Preview"),
            (Role::Group, "Assets"),
            (Role::Group, "Details"),
            (Role::Group, "Problems and results"),
        ];
        let found = PARTS.into_iter().filter_map(|(role, name)| {
            let part = self.find_all(|other_role, other| other_role == role && other == name).pop()?;
            let mut widgets = Vec::new();
            part.children().for_each(|child| gather_places(child, &mut widgets));
            // Bars and canvases do not scroll; lists, cards and texts do.
            let has_canvas = widgets.iter().any(|widget| widget.role == Role::Canvas);
            let is_scrolled = !has_canvas && !matches!(role, Role::Toolbar | Role::Status);
            Some(PartPlaces { name, place: bounds_of(part)?, is_scrolled, widgets })
        });
        found.collect()
    }

    /// Moves the pointer to a position.
    pub fn point_at(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        self.wait_until_idle();
    }

    /// Moves the pointer out of the window.
    pub fn remove_pointer(&mut self) {
        self.harness.remove_cursor();
        self.wait_until_idle();
    }

    /// Turns the wheel at the pointer by single notches; up is positive.
    pub fn wheel(&mut self, notches: i32) {
        for _ in 0..notches.abs() {
            let delta = egui::vec2(0.0, notches.signum() as f32);
            let (unit, phase, modifiers) = (MouseWheelUnit::Line, TouchPhase::Move, Modifiers::NONE);
            self.harness.event(Event::MouseWheel {
                unit,
                delta,
                phase,
                modifiers,
                source: egui::MouseWheelSource::Wheel,
            });
        }
        self.wait_until_idle();
    }

    /// Turns the wheel at the pointer by a part of a notch, as a smooth wheel does.
    pub fn turn_wheel(&mut self, notches: f32) {
        self.harness.event(Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: egui::vec2(0.0, notches),
            phase: TouchPhase::Move,
            modifiers: Modifiers::NONE,
            source: egui::MouseWheelSource::Wheel,
        });
        self.wait_until_idle();
    }

    /// Scrolls over the widget with this accessible name by so many points.
    pub fn scroll(&mut self, label: &str, points_down: f32) {
        let center = self.find_named(label).rect().center();
        self.harness.event(Event::PointerMoved(center));
        self.harness.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: egui::vec2(0.0, -points_down),
            phase: TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        });
        self.wait_until_idle();
    }

    /// Presses a key, and waits until the window is idle.
    pub fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.wait_until_idle();
    }

    /// Presses a key, and does not wait.
    pub fn press_only(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.draw();
    }

    /// Types into the widget with this accessible name.
    pub fn type_into(&mut self, label: &str, text: &str) {
        self.find_named(label).focus();
        self.draw();
        self.type_text(text);
    }

    /// Types into the focused widget.
    pub fn type_text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_owned()));
        self.wait_until_idle();
    }

    /// Replaces the text of the field with this accessible name, and ends it with Enter.
    pub fn enter(&mut self, field: &str, text: &str) {
        self.click(field);
        self.press(Modifiers::COMMAND, Key::A);
        self.type_text(text);
        self.press(Modifiers::NONE, Key::Enter);
    }

    /// Pastes a text.
    pub fn paste(&mut self, text: &str) {
        self.harness.event(Event::Paste(text.to_owned()));
        self.wait_until_idle();
    }

    /// Types a space as a keyboard does: a key press and a text event.
    pub fn type_space(&mut self) {
        let key = |pressed| Event::Key {
            key: Key::Space,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        // Both arrive in one frame.
        let input = self.harness.input_mut();
        input.events.extend([key(true), Event::Text(" ".into())]);
        self.harness.event(key(false));
        self.wait_until_idle();
    }

    /// The color of the screen at a position, drawn by the software driver.
    pub fn color_at(&mut self, at: Pos2) -> [u8; 4] {
        let image = self.harness.render().unwrap();
        let scale = self.harness.ctx.pixels_per_point();
        image.get_pixel(floor_to_u32(at.x * scale), floor_to_u32(at.y * scale)).0
    }

    /// The text that was copied last.
    pub fn copied(&self) -> Option<String> {
        self.copied.lock().unwrap().last().cloned()
    }

    /// Whether an accessible name that contains this is shown. Backticks are not compared: code is drawn in another
    /// font instead.
    pub fn shows(&self, label: &str) -> bool {
        let label = label.replace('`', "");
        self.harness.root().children_recursive().any(|node| {
            let node = node.accesskit_node();
            let name = node.label().or_else(|| (node.role() == Role::Label).then(|| node.value()).flatten());
            name.is_some_and(|name| name.replace('`', "").contains(&label))
        })
    }

    /// Drops files on the window.
    pub fn drop_files(&mut self, paths: &[&Path]) {
        self.drop_files_only(paths);
        self.wait_until_idle();
    }

    /// Drops files on the window, and does not wait.
    pub fn drop_files_only(&mut self, paths: &[&Path]) {
        let dropped = paths.iter().map(|path| -> egui::DroppedFileHandle { Arc::new(Dropped(path.to_path_buf())) });
        self.harness.input_mut().dropped_files = dropped.collect();
        self.draw();
    }

    /// Lets this program open files, instead of the system's.
    pub fn set_opener(&mut self, program: &Path) {
        if let Some(app) = self.harness.state_mut() {
            app.opener = program.to_owned();
        }
    }

    /// Presses a key so often before the next frame.
    pub fn press_in_one_frame(&mut self, modifiers: Modifiers, key: Key, count: usize) {
        let input = self.harness.input_mut();
        for pressed in std::iter::repeat_n([true, false], count).flatten() {
            input.events.push(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
        }
        self.draw();
        self.wait_until_idle();
    }

    /// The value of the widget with this accessible name.
    pub fn value_of(&self, label: &str) -> String {
        self.find_named(label).value().unwrap_or_default()
    }

    /// The place of the widget with this role and a name that begins like this.
    pub fn place_of_role(&self, role: Role, start: &str) -> Rect {
        self.find(start, |other, label| other == role && label.starts_with(start)).rect()
    }

    /// The accessible names of all widgets with this role, in order.
    pub fn names_of(&self, role: Role) -> Vec<String> {
        self.harness.query_all_by_role(role).filter_map(|node| node.accesskit_node().label()).collect()
    }

    /// All texts, in order.
    pub fn texts(&self) -> Vec<String> {
        let nodes = self.harness.root().children_recursive();
        let labels = nodes.map(|node| node.accesskit_node()).filter(|node| node.role() == Role::Label);
        labels.filter(|node| !node.is_hidden()).filter_map(|node| node.value()).collect()
    }

    /// The accessible names of the items of a list whose name contains this.
    pub fn items_of(&self, list: &str) -> Vec<String> {
        let lists = self.find_all(|role, name| role == Role::List && name.contains(list));
        let items = lists.into_iter().flat_map(|list| list.children_recursive());
        let items = items.map(|node| node.accesskit_node()).filter(|node| node.role() == Role::ListItem);
        items.filter_map(|node| node.label()).collect()
    }

    /// The accessible names of all list items, in order.
    pub fn list_items(&self) -> Vec<String> {
        self.names_of(Role::ListItem)
    }

    /// Role and name of the focused widget.
    pub fn focused(&self) -> Option<(Role, String)> {
        let mut nodes = self.harness.root().children_recursive();
        let focused = nodes.find(|node| node.accesskit_node().is_focused())?.accesskit_node();
        Some((focused.role(), focused.label().or_else(|| focused.value()).unwrap_or_default()))
    }

    /// Everything, as a screen reader gets it.
    pub fn outline(&self) -> String {
        outline(self.harness.root(), &self.variable_parts())
    }

    /// The same of the part with this role and accessible name.
    pub fn outline_of(&self, role: Role, label: &str) -> String {
        outline(self.find_role(role, label), &self.variable_parts())
    }

    fn variable_parts(&self) -> VariableParts {
        VariableParts::of(self.folder.path(), &self.root)
    }
}
