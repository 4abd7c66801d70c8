//! The harness: a project in a temporary folder, and the window on it. A frame is drawn only when the window asked for one or
//! somebody did something, as on a screen: what forgets to wake the window is never seen.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, MouseWheelUnit, Pos2, Rect, TouchPhase, ViewportId};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, Node};
use packer_services::Context;
use workbench::state::{Settings, Shown, State};
use workbench::{Start, Workbench};

use crate::fate::Fate;
use crate::outline::{Names, outline};

/// After this long, a condition that has not come will not.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often the rest of the world is looked at.
const GLANCE: Duration = Duration::from_millis(20);
/// Longer than a change on the disk takes to be told.
const UNTOLD: Duration = Duration::from_millis(1200);

/// A window on a project of its own.
pub struct Window {
    harness: Harness<'static, Option<Workbench>>,
    alarm: Arc<Alarm>,
    copied: Arc<Mutex<Vec<String>>>,
    root: PathBuf,
    folder: tempfile::TempDir,
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

    /// Waits until a frame is due, but not past `end`. Whether one is.
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

/// One of the demos.
pub fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets-demo").join(name)
}

/// A place for a project: a temporary folder, and in it one that has a name.
pub fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("game");
    std::fs::create_dir(&root).unwrap();
    (folder, root)
}

impl Window {
    /// On the start page.
    pub fn empty() -> Self {
        Self::remembering(|_| Settings::default())
    }

    /// On the start page, with what survived the window before. Its function is given the project's folder.
    pub fn remembering(settings: impl FnOnce(&Path) -> Settings) -> Self {
        let (folder, root) = place();
        let settings = settings(&root);
        Self::begin(folder, root, Start::Nothing, settings, Context::new())
    }

    /// On a copy of a demo's assets, listed and shown.
    pub fn on(name: &str) -> Self {
        Self::prepared(name, |_| {})
    }

    /// The same, after something was done to the copy.
    pub fn prepared(name: &str, prepare: impl FnOnce(&Path)) -> Self {
        let mut window = Self::fated(name, &Fate::default(), prepare);
        window.until("the assets are listed", |state| state.contents().is_some());
        window.settle();
        window
    }

    /// On a copy of a demo's assets that was not looked at yet, with workers that meet their fate.
    pub fn fated(name: &str, fate: &Fate, prepare: impl FnOnce(&Path)) -> Self {
        let (folder, root) = place();
        support::copy_folder(&demo(name).join("assets"), &root.join("assets"));
        prepare(&root);
        let start = Start::Open(root.clone());
        let window = Self::begin(folder, root, start, Settings::default(), fate.context());
        if name == "snuffed" {
            // Its files hold anything, and what no font has is a box.
            window.harness.ctx.set_missing_glyph_policy(egui::MissingGlyphPolicy::Tofu);
        }
        window
    }

    /// On somebody's project, listed and shown. Its files hold anything.
    pub fn at(root: &Path) -> Self {
        let (folder, _) = place();
        let start = Start::Open(root.to_owned());
        let mut window = Self::begin(folder, root.to_owned(), start, Settings::default(), Context::new());
        window.harness.ctx.set_missing_glyph_policy(egui::MissingGlyphPolicy::Tofu);
        window.until("the assets are listed", |state| state.contents().is_some());
        window.settle();
        window
    }

    /// On what the function makes in the project's folder.
    pub fn opening(make: impl FnOnce(&Path) -> PathBuf) -> Self {
        let (folder, root) = place();
        let start = Start::Open(make(&root));
        let mut window = Self::begin(folder, root, start, Settings::default(), Context::new());
        window.until("it is opened or refused", |state| state.contents().is_some() || state.refused.is_some());
        window.settle();
        window
    }

    fn begin(folder: tempfile::TempDir, root: PathBuf, start: Start, settings: Settings, services: Context) -> Self {
        let copied = Arc::new(Mutex::new(Vec::new()));
        let clipboard = copied.clone();
        let app = move |ui: &mut egui::Ui, app: &mut Option<Workbench>| {
            let app = app.get_or_insert_with(|| {
                Workbench::with(ui.ctx(), settings.clone(), start.clone()).with_services(services.clone())
            });
            app.work(ui.ctx());
            app.draw(ui);
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

    /// Draws a frame for each thing that was done; one, if nothing was.
    fn draw(&mut self) {
        self.harness.step();
        if let Some(delay) = self.asks_again() {
            self.alarm.set(delay);
        }
    }

    /// When the last frame wants another one; `None` if never.
    pub fn asks_again(&self) -> Option<Duration> {
        let delay = self.harness.output().viewport_output[&ViewportId::ROOT].repaint_delay;
        (delay < Duration::from_secs(3600)).then_some(delay)
    }

    /// Draws until the condition holds.
    pub fn until(&mut self, what: &str, holds: impl Fn(&State) -> bool) {
        let end = Instant::now() + PATIENCE;
        self.draw();
        while !holds(self.state()) {
            assert!(Instant::now() < end, "it never came true that {what}, but\n{}", self.outline());
            // What is not of the window may come true without it.
            if self.alarm.wait(Instant::now() + GLANCE) {
                self.draw();
            }
        }
    }

    /// Draws until no worker is busy, nothing is loading, and nothing is left to be drawn.
    pub fn settle(&mut self) {
        let end = Instant::now() + PATIENCE;
        self.draw();
        loop {
            let is_done = self.app().is_idle() && !matches!(self.state().preview, Shown::Loading);
            // What is played, blinks or moves asks for ever.
            if is_done && self.asks_again() != Some(Duration::ZERO) {
                return;
            }
            assert!(self.alarm.wait(end), "never done: {:?}\n{}", self.app().doing(), self.outline());
            self.draw();
        }
    }

    /// Whether the window, left alone, is never drawn again.
    pub fn is_at_rest(&mut self) -> bool {
        self.settle();
        // The first frames after something was done may want others.
        (0..4).for_each(|_| self.draw());
        self.asks_again().is_none()
    }

    /// Leaves the window alone for longer than a change on the disk takes to be told: that nothing comes can be seen in no other way.
    pub fn leave_alone(&mut self) {
        let end = Instant::now() + UNTOLD;
        while self.alarm.wait(end) {
            self.draw();
        }
    }

    fn all(&self, is_meant: impl Fn(Role, &str) -> bool) -> Vec<Node<'_>> {
        let nodes = self.harness.root().children_recursive();
        let is_meant = |node: &Node<'_>| {
            let node = node.accesskit_node();
            node.label().is_some_and(|label| is_meant(node.role(), &label))
        };
        nodes.filter(is_meant).collect()
    }

    /// The one that is meant by `words`.
    fn the(&self, words: &str, is_meant: impl Fn(Role, &str) -> bool) -> Node<'_> {
        let mut found = self.all(is_meant);
        if found.len() > 1 {
            // A label that says the same as its button is no other thing.
            found.retain(|node| node.accesskit_node().role() != Role::Label);
        }
        let [node] = &found[..] else { panic!("{} are {words}, in\n{}", found.len(), self.outline()) };
        *node
    }

    fn named(&self, label: &str) -> Node<'_> {
        self.the(label, |_, other| other == label)
    }

    fn of_role(&self, role: Role, label: &str) -> Node<'_> {
        self.the(label, |other_role, other| other_role == role && other == label)
    }

    /// Clicks what has this accessible name.
    pub fn click(&mut self, label: &str) {
        self.named(label).click();
        self.settle();
    }

    /// Clicks what has this role and accessible name.
    pub fn click_role(&mut self, role: Role, label: &str) {
        self.of_role(role, label).click();
        self.settle();
    }

    /// Clicks there.
    pub fn click_at(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        for pressed in [true, false] {
            let button = egui::PointerButton::Primary;
            self.harness.event(Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
        }
        self.settle();
    }

    /// Drags from one place to another.
    pub fn drag(&mut self, from: Pos2, to: Pos2) {
        let button = |pos, pressed| {
            let button = egui::PointerButton::Primary;
            Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE }
        };
        self.harness.hover_at(from);
        self.harness.event(button(from, true));
        self.harness.hover_at(from.lerp(to, 0.5));
        self.harness.hover_at(to);
        self.harness.event(button(to, false));
        self.settle();
    }

    /// Makes the window larger or smaller.
    pub fn resize(&mut self, size: egui::Vec2) {
        self.harness.set_size(size);
        self.draw();
    }

    /// Moves the pointer there.
    pub fn point_at(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        self.settle();
    }

    /// Takes the pointer out of the window.
    pub fn point_away(&mut self) {
        self.harness.remove_cursor();
        self.settle();
    }

    /// Turns the wheel where the pointer is, a notch at a time; up is positive.
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
        self.settle();
    }

    /// Turns the wheel over what has this accessible name, so many points down.
    pub fn scroll(&mut self, label: &str, points_down: f32) {
        let center = self.named(label).rect().center();
        self.harness.event(Event::PointerMoved(center));
        self.harness.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: egui::vec2(0.0, -points_down),
            phase: TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        });
        self.settle();
    }

    /// Presses a key.
    pub fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    /// Presses a key, and waits for nothing.
    pub fn press_only(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.draw();
    }

    /// Types into what has this accessible name.
    pub fn type_into(&mut self, label: &str, text: &str) {
        self.named(label).focus();
        self.draw();
        self.type_text(text);
    }

    /// Types into what has the keyboard.
    pub fn type_text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_owned()));
        self.settle();
    }

    /// Types a space as the keyboard does: the key, and what it writes.
    pub fn type_space(&mut self) {
        let key = |pressed| Event::Key {
            key: Key::Space,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        // They come together, in one frame.
        let input = self.harness.input_mut();
        input.events.extend([key(true), Event::Text(" ".into())]);
        self.harness.event(key(false));
        self.settle();
    }

    /// What was copied last.
    pub fn copied(&self) -> Option<String> {
        self.copied.lock().unwrap().last().cloned()
    }

    /// Whether something whose accessible name holds this is shown.
    pub fn shows(&self, label: &str) -> bool {
        self.harness.query_all_by_label_contains(label).next().is_some()
    }

    /// The value of what has this accessible name.
    pub fn value_of(&self, label: &str) -> String {
        self.named(label).value().unwrap_or_default()
    }

    /// Where what has this role, and a name that begins so, lies.
    pub fn place_of_role(&self, role: Role, start: &str) -> Rect {
        self.the(start, |other, label| other == role && label.starts_with(start)).rect()
    }

    /// The accessible names of all that has this role, as they stand.
    pub fn names_of(&self, role: Role) -> Vec<String> {
        self.harness.query_all_by_role(role).filter_map(|node| node.accesskit_node().label()).collect()
    }

    /// All texts, as they stand.
    pub fn texts(&self) -> Vec<String> {
        let nodes = self.harness.root().children_recursive();
        let labels = nodes.map(|node| node.accesskit_node()).filter(|node| node.role() == Role::Label);
        labels.filter(|node| !node.is_hidden()).filter_map(|node| node.value()).collect()
    }

    /// The accessible names of the items of the list whose own name holds this.
    pub fn items_of(&self, list: &str) -> Vec<String> {
        let lists = self.all(|role, name| role == Role::List && name.contains(list));
        let items = lists.into_iter().flat_map(|list| list.children_recursive());
        let items = items.map(|node| node.accesskit_node()).filter(|node| node.role() == Role::ListItem);
        items.filter_map(|node| node.label()).collect()
    }

    /// The accessible names of all list items, as they stand.
    pub fn list_items(&self) -> Vec<String> {
        self.names_of(Role::ListItem)
    }

    /// Role and name of what has the keyboard.
    pub fn focused(&self) -> Option<(Role, String)> {
        let mut nodes = self.harness.root().children_recursive();
        let focused = nodes.find(|node| node.accesskit_node().is_focused())?.accesskit_node();
        Some((focused.role(), focused.label().or_else(|| focused.value()).unwrap_or_default()))
    }

    /// Everything, as who hears it gets it.
    pub fn outline(&self) -> String {
        outline(self.harness.root(), &self.names())
    }

    /// A part of it: what has this role, and this accessible name.
    pub fn outline_of(&self, role: Role, label: &str) -> String {
        outline(self.of_role(role, label), &self.names())
    }

    fn names(&self) -> Names {
        Names::of(self.folder.path(), &self.root)
    }
}
