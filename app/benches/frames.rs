//! Measures what a frame of the window costs the drawing thread, and how long it takes to open a project.
//!
//! Run it with `cargo bench -p prometeu-workbench`, or only the edits of a project with `-- edits`. It opens the demo
//! and then a project of 10 000 assets on a bare egui context, without a display or a graphics card. A frame is
//! everything that the window does on its own thread: it takes the workers' results, draws, and creates triangles.
//! Frames come sixty times per second, as on a screen. Meanwhile the pointer moves, the list is scrolled, and from time
//! to time another asset is selected and shown.
//!
//! A frame is measured in processor time, not wall-clock time, because other programs run as well. A busy machine still
//! distorts the result. A missed goal is therefore only printed; the bench ends with exit code 1 if a goal is missed by
//! [`TOLERANCE`] times. The goals are those of a release build.
#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use egui::accesskit::{NodeId, Role};
use egui::{Event, Key, Modifiers, Pos2, RawInput, Rect, Vec2, pos2, vec2};
use packer_services::Context;
use packer_services::formats::Rgb;
use packer_services::ops::{AssetEdit, PaletteEdit};
use support::{TestProject, large_projects};
use workbench::state::{PreviewState, Settings};
use workbench::{Start, Workbench};

/// How many frames are drawn before the first one is measured.
const WARM_UP: usize = 30;
/// How many frames are measured.
const FRAMES: usize = 500;
/// The time from one frame to the next.
const FRAME: Duration = Duration::from_micros(16_667);
/// Every so many frames another asset is selected, if the previous one is shown.
const SELECT: usize = 40;
/// How many saves are measured.
const SAVES: usize = 15;
/// How many points the list scrolls per frame: a wheel that turns without a pause.
const WHEEL: f32 = 90.0;
/// How many assets the large project has.
const MANY: u32 = 10_000;
/// A goal that is missed by this factor is a failure. Shared machines are often half as fast for a while, and a dev
/// build of the window takes about four times as long.
const TOLERANCE: f64 = if cfg!(debug_assertions) { 12.0 } else { 3.0 };
/// After this time, a worker will not finish.
const TIMEOUT: Duration = Duration::from_secs(120);
/// The window, in points.
const SIZE: Vec2 = vec2(1280.0, 800.0);

fn main() -> ExitCode {
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("nothing measured: run `cargo bench -p prometeu-workbench`");
        return ExitCode::SUCCESS;
    }
    if std::env::args().any(|argument| argument == "edits") {
        measure_edits();
        return ExitCode::SUCCESS;
    }
    println!("{FRAMES} frames after {WARM_UP}, in processor time of the drawing thread");
    let demo = measure("the demo", &TestProject::demo(), 16.0, ("characters/lamps", "lampkin.png"));
    let many =
        measure("10 000 assets", &large_projects::create(MANY), 33.0, (&large_projects::asset_root(10), "tile.png"));
    measure_edits();
    if demo && many {
        return ExitCode::SUCCESS;
    }
    println!("\na goal is missed by more than {TOLERANCE} times");
    ExitCode::FAILURE
}

/// Measures with a project. `saved` is the root of an asset and its image that is saved. Returns whether the goal, in
/// milliseconds, is met within the tolerance.
fn measure(what: &str, project: &TestProject, goal: f64, saved: (&str, &str)) -> bool {
    println!("\n{what}");
    let begin = Instant::now();
    let mut window = Window::open(project);
    let listing = window.draw_until(|app| app.state.contents().is_some());
    row("from open to the first list", begin.elapsed(), None);
    row("the slowest frame until then", listing, None);
    window.draw_until(|app| app.is_idle() && !matches!(app.state.preview, PreviewState::Loading));

    let before = window.list();
    let (mut frames, mut previews) = (Vec::new(), Vec::new());
    let mut selected: Option<(Option<String>, Instant)> = None;
    for n in 0..WARM_UP + FRAMES {
        let is_loading = matches!(window.app.state.preview, PreviewState::Loading);
        let shows_another = |(before, _): &mut (Option<String>, Instant)| window.app.state.selected_root != *before;
        if !is_loading && let Some((_, since)) = selected.take_if(shows_another) {
            previews.push(since.elapsed());
        }
        let selects = n % SELECT == 0 && !is_loading;
        if selects {
            selected = Some((window.app.state.selected_root.clone(), Instant::now()));
        }
        let time = window.frame(input_events(n, before.place, selects));
        if n >= WARM_UP {
            frames.push(time);
        }
    }
    let after = window.list();
    let all_visible = window.app.state.assets().len() <= before.rows.len();
    assert!(all_visible || before.rows != after.rows, "nothing was scrolled, so nothing was measured");

    frames.sort();
    previews.sort();
    assert!(!previews.is_empty(), "no asset was shown, so nothing was measured");
    row("from selecting an asset to its preview, p50", at(&previews, 50), None);
    row("frame, p50", at(&frames, 50), None);
    row("frame, p99", at(&frames, 99), Some(goal));
    row("slowest frame", at(&frames, 100), None);
    let (root, file) = saved;
    row("from saving an image to its preview, p50", window.save_images(project, root, file), None);
    row("slowest frame while typing into the search", window.search("thing_0"), None);
    millis(at(&frames, 99)) <= goal * TOLERANCE
}

/// How long an edit takes until its preview and its row show it, in a large project and in a small one.
fn measure_edits() {
    println!("\nfrom an edit of a palette until its preview and its row show it, p50");
    let [few, many] = [10, MANY].map(|count| {
        let project = large_projects::create(count);
        let time = Window::open(&project).edit_palettes(&large_projects::asset_root(4));
        row(&format!("{count} assets"), time, None);
        time
    });
    let ratio = many.as_secs_f64() / few.as_secs_f64();
    let verdict = if ratio <= 1.5 { "met" } else { "MISSED" };
    println!("  {:<50}{ratio:>9.2}      goal: at most 1.5, {verdict}", "ratio");
}

fn row(what: &str, time: Duration, goal: Option<f64>) {
    let time = millis(time);
    let verdict = goal.map_or_else(String::new, |goal| {
        format!("   goal: at most {goal} ms, {}", if time <= goal { "met" } else { "MISSED" })
    });
    println!("  {what:<50}{time:>9.2} ms{verdict}");
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The percentile of sorted times.
fn at(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() - 1) * percent / 100]
}

/// The input before the `n`-th frame: mostly the wheel over the list, else the pointer anywhere in the window.
fn input_events(n: usize, list: Rect, selects: bool) -> Vec<Event> {
    #[expect(clippy::cast_precision_loss, reason = "it is small")]
    let phase = n as f32 * 0.37;
    let (x, y) = (phase.sin() * 0.5 + 0.5, (phase * 0.61).cos() * 0.5 + 0.5);
    let within = |rect: Rect| rect.min + vec2(rect.width() * x, rect.height() * y);
    let mut events = Vec::new();
    if n % 4 == 3 {
        events.push(Event::PointerMoved(within(Rect::from_min_size(Pos2::ZERO, SIZE))));
    } else {
        events.push(Event::PointerMoved(within(list)));
        events.push(Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: vec2(0.0, -WHEEL),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        });
    }
    if selects {
        // Down and up again: at the end of a short list, nothing else would be selected.
        let key = if (n / SELECT).is_multiple_of(2) { Key::ArrowDown } else { Key::ArrowUp };
        events.extend(press(key, Modifiers::NONE));
    }
    events
}

fn press(key: Key, modifiers: Modifiers) -> Vec<Event> {
    let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
    vec![event(true), event(false)]
}

/// The list of assets, as a screen reader gets it.
struct AssetList {
    rows: Vec<String>,
    place: Rect,
}

struct Window {
    context: egui::Context,
    app: Workbench,
    next: Instant,
    frames: u32,
}

impl Window {
    fn open(project: &TestProject) -> Self {
        let context = egui::Context::default();
        let start = Start::Open(project.root().to_owned());
        let app = Workbench::with_context(&context, Settings::default(), start, Context::new());
        Self { context, app, next: Instant::now(), frames: 0 }
    }

    /// Draws one frame when it is due. Returns its time.
    fn frame(&mut self, events: Vec<Event>) -> Duration {
        std::thread::sleep(self.next.saturating_duration_since(Instant::now()));
        self.next = Instant::now().max(self.next) + FRAME;
        let begin = now();
        let output = self.run(events);
        let triangles = self.context.tessellate(output.shapes, output.pixels_per_point);
        assert!(!triangles.is_empty());
        // A screen would upload these.
        let mut textures = output.textures_delta;
        textures.set.drain().for_each(drop);
        textures.free.drain().for_each(drop);
        now().saturating_sub(begin)
    }

    fn run(&mut self, events: Vec<Event>) -> egui::FullOutput {
        self.frames += 1;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE)),
            time: Some(f64::from(self.frames) * FRAME.as_secs_f64()),
            predicted_dt: FRAME.as_secs_f32(),
            events,
            ..RawInput::default()
        };
        let app = &mut self.app;
        self.context.run_ui(input, |ui| {
            app.update_state(ui.ctx());
            app.draw_window(ui);
        })
    }

    /// Draws until a condition holds. Returns the time of the slowest frame.
    fn draw_until(&mut self, holds: impl Fn(&Workbench) -> bool) -> Duration {
        let begin = Instant::now();
        let mut slowest = Duration::ZERO;
        while !holds(&self.app) {
            assert!(begin.elapsed() < TIMEOUT, "a worker does not finish");
            slowest = slowest.max(self.frame(Vec::new()));
        }
        slowest
    }

    /// Saves an image repeatedly, each time mirrored, and waits until its preview shows it. Returns the median time.
    fn save_images(&mut self, project: &TestProject, root: &str, file: &str) -> Duration {
        self.app.state.select_asset(root);
        self.draw_until(|app| app.is_idle() && app.state.glyph_bank().is_some());
        let path = project.root().join("assets").join(root).join(file);
        let mut image = image::open(&path).map(|image| image.into_rgba8()).unwrap_or_default();
        let mut times = Vec::new();
        for _ in 0..SAVES {
            let payload = |app: &Workbench| app.state.glyph_bank().map(|sheet| sheet.payload.bytes().to_vec());
            let before = payload(&self.app);
            image = image::imageops::flip_horizontal(&image);
            let begin = Instant::now();
            assert!(image.save(&path).is_ok(), "the image cannot be written");
            self.draw_until(|app| app.state.glyph_bank().is_some() && payload(app) != before);
            times.push(begin.elapsed());
            self.draw_until(Workbench::is_idle);
        }
        times.sort();
        at(&times, 50)
    }

    /// Edits the palette of a bank repeatedly, and waits until its preview and its row have the new color. Returns the
    /// median time.
    fn edit_palettes(&mut self, root: &str) -> Duration {
        self.draw_until(|app| app.state.contents().is_some());
        self.app.state.select_asset(root);
        self.draw_until(|app| app.is_idle() && app.state.glyph_bank().is_some());
        let palettes = |app: &Workbench| app.state.glyph_bank().map(|sheet| sheet.palettes.clone());
        let declared = palettes(&self.app).and_then(|palettes| Some(palettes.first()?.colors.len()));
        let unused = u32::try_from(declared.unwrap_or_default()).unwrap_or_default();
        let mut times = Vec::new();
        for n in 0..SAVES {
            let before = palettes(&self.app);
            let rgb = Rgb([0, if n % 2 == 0 { 0xF8 } else { 0x80 }, 0xF8]);
            let begin = Instant::now();
            self.app.edit_selected(AssetEdit::Palette(PaletteEdit::SetColor { palette: 0, color: unused, rgb }));
            let is_previewed = |app: &Workbench| app.state.glyph_bank().is_some() && palettes(app) != before;
            let color = rgb.to_string();
            let is_listed = |app: &Workbench| {
                app.state.contents().and_then(|it| it.asset(root)).is_some_and(|it| it.search_terms.contains(&color))
            };
            self.draw_until(|app| is_previewed(app) && is_listed(app));
            times.push(begin.elapsed());
            self.draw_until(Workbench::is_idle);
        }
        times.sort();
        at(&times, 50)
    }

    /// Types into the search field, letter by letter. Returns the time of the slowest frame.
    fn search(&mut self, text: &str) -> Duration {
        self.frame(press(Key::F, Modifiers::COMMAND));
        self.frame(Vec::new());
        let mut slowest = Duration::ZERO;
        for letter in text.chars() {
            slowest = slowest.max(self.frame(vec![Event::Text(letter.to_string())]));
            // The list is updated in the next frame.
            slowest = slowest.max(self.frame(Vec::new()));
        }
        assert_eq!(self.app.state.filter.text, text, "the search field has another text");
        slowest
    }

    /// The rows in the top left part of the window.
    fn list(&mut self) -> AssetList {
        self.context.enable_accesskit();
        // The first frame with the complete accessibility tree.
        self.frame(Vec::new());
        let mut output = self.run(Vec::new());
        self.context.disable_accesskit();
        output.textures_delta.set.drain().for_each(drop);
        output.textures_delta.free.drain().for_each(drop);
        let nodes = output.platform_output.accesskit_update.map(|update| update.nodes).unwrap_or_default();
        let rows: Vec<(NodeId, egui::accesskit::Node)> =
            nodes.into_iter().filter(|(_, node)| node.role() == Role::ListItem).collect();
        let place = |node: &egui::accesskit::Node| {
            let bounds = node.bounds()?;
            Some(Rect::from_min_max(pos2(short(bounds.x0), short(bounds.y0)), pos2(short(bounds.x1), short(bounds.y1))))
        };
        let first = rows.first().and_then(|(_, node)| place(node));
        assert!(first.is_some(), "no list is shown");
        let first = first.unwrap_or(Rect::NOTHING);
        let in_column = |rect: &Rect| (rect.min.x - first.min.x).abs() < 1.0 && rect.max.y < SIZE.y * 0.7;
        let mut list = AssetList { rows: Vec::new(), place: first };
        for (_, node) in &rows {
            if let Some(rect) = place(node).filter(in_column) {
                list.place = list.place.union(rect);
                list.rows.extend(node.label().map(str::to_owned));
            }
        }
        list
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a place on the screen")]
fn short(points: f64) -> f32 {
    points as f32
}

/// The processor time of this thread.
#[cfg(unix)]
fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The wall-clock time since the first call, on systems that do not report a thread's time.
#[cfg(not(unix))]
fn now() -> Duration {
    static BEGIN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    BEGIN.elapsed()
}
