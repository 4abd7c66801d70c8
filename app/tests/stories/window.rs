//! The harness: a project in a temporary folder, and the window on it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use workbench::state::{Comfort, Shown, State};
use workbench::{Start, Workbench};

/// After this long, a condition that has not come will not.
const PATIENCE: Duration = Duration::from_secs(60);

/// A window on a project.
pub struct Window {
    harness: Harness<'static, Option<Workbench>>,
    root: PathBuf,
    /// The folder, if it is the window's own; it goes with the window.
    _folder: Option<tempfile::TempDir>,
}

/// One of the demos.
pub fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets-demo").join(name)
}

impl Window {
    /// On the start page.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut window = Self::begin(Start::Nothing);
        window.root = folder.path().to_owned();
        window._folder = Some(folder);
        window
    }

    /// On a copy of a demo's assets, listed and shown.
    pub fn on(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        support::copy_folder(&demo(name).join("assets"), &folder.path().join("assets"));
        // Of the demo in which all is wrong the files hold anything, and what no font has is a box.
        let mut window = Self::open(folder.path(), name == "snuffed");
        window._folder = Some(folder);
        window
    }

    /// On somebody's project, listed and shown. Its files hold anything.
    pub fn at(root: &Path) -> Self {
        Self::open(root, true)
    }

    fn open(root: &Path, holds_anything: bool) -> Self {
        let mut window = Self::begin(Start::Open(root.to_owned()));
        window.root = root.to_owned();
        if holds_anything {
            window.harness.ctx.set_missing_glyph_policy(egui::MissingGlyphPolicy::Tofu);
        }
        window.until("the assets are listed", |state| state.contents().is_some());
        window.settle();
        window
    }

    fn begin(start: Start) -> Self {
        let app = move |ui: &mut egui::Ui, app: &mut Option<Workbench>| {
            let app = app.get_or_insert_with(|| Workbench::with(ui.ctx(), Comfort::default(), start.clone()));
            app.work(ui.ctx());
            app.draw(ui);
        };
        let harness = Harness::builder().with_size(egui::vec2(1280.0, 800.0)).build_ui_state(app, None);
        Self { harness, root: PathBuf::new(), _folder: None }
    }

    /// The project's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn state(&self) -> &State {
        &self.app().state
    }

    pub fn app(&self) -> &Workbench {
        self.harness.state().as_ref().unwrap()
    }

    /// Draws until the condition holds.
    pub fn until(&mut self, what: &str, holds: impl Fn(&State) -> bool) {
        let begin = Instant::now();
        loop {
            self.harness.step();
            if holds(self.state()) {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "it never came true that {what}");
            std::thread::yield_now();
        }
    }

    /// Draws until no worker is busy and nothing is loading.
    pub fn settle(&mut self) {
        let begin = Instant::now();
        loop {
            self.harness.step();
            if self.app().is_idle() && !matches!(self.state().preview, Shown::Loading) {
                self.harness.step();
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "a worker is never done: {:?}", self.app().doing());
            std::thread::yield_now();
        }
    }

    /// Clicks what has this accessible name.
    pub fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.settle();
        self.settle();
    }

    /// Presses a key.
    pub fn press(&mut self, modifiers: egui::Modifiers, key: egui::Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
        self.settle();
    }

    /// Types into what has this accessible name.
    pub fn type_into(&mut self, label: &str, text: &str) {
        self.harness.get_by_label(label).focus();
        self.harness.step();
        self.harness.get_by_label(label).type_text(text);
        self.settle();
        self.settle();
    }

    /// Whether something whose accessible name holds this is shown.
    pub fn shows(&self, label: &str) -> bool {
        self.harness.query_all_by_label_contains(label).next().is_some()
    }

    /// The accessible names of all list items, as they stand.
    pub fn list_items(&self) -> Vec<String> {
        let items = self.harness.query_all_by_role(egui::accesskit::Role::ListItem);
        items.filter_map(|node| node.accesskit_node().label()).collect()
    }

    /// Turns the wheel over what has this accessible name; up if it is negative.
    pub fn scroll(&mut self, label: &str, points_down: f32) {
        let centre = self.harness.get_by_label(label).rect().center();
        self.harness.event(egui::Event::PointerMoved(centre));
        self.harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, -points_down),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: egui::Modifiers::NONE,
        });
        self.settle();
        self.settle();
    }
}
