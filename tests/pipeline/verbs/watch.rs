//! `watch`: packs whenever files change, and prints events.
#![expect(clippy::disallowed_methods, reason = "these tests write files as editors do")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use packer_services::declaration::{Palette, PaletteSource};
use packer_services::formats::{Rgb, TileSize};
use serde_json::{Value, json};
use support::binary::{self, CommandOutput};
use support::sprites::Sprite;
use support::{GREEN, KEY, RED, TestProject, answer_schema, artifact, glyph, rel_path};

use crate::{cli, fixtures, tools};

const SOUND: &str = "assets/sfx/blip/blip.wav";
/// An event that takes longer counts as never printed: far more than it takes on a busy machine.
const NEVER: Duration = Duration::from_secs(30);
/// Longer than a failure is held, and a comparison without events takes.
const SETTLED: Duration = Duration::from_secs(3);

/// A running watch, and the events that it prints.
struct Watching {
    child: Child,
    events: Receiver<Value>,
}

impl Watching {
    /// Starts it, and waits until the project is packed.
    fn start(project: &TestProject, options: &str) -> Self {
        let mut watching = Self::start_only(project, options);
        assert_eq!(watching.next()["event"], "watching");
        assert_eq!(watching.next()["status"], "ok");
        watching
    }

    fn start_only(project: &TestProject, options: &str) -> Self {
        let line = format!("watch @ --format json {options}");
        let mut command = binary::command(cli::arguments(project.root(), &line));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, events) = channel();
        std::thread::spawn(move || {
            for line in lines {
                let _ = sender.send(serde_json::from_str(&line.unwrap()).unwrap());
            }
        });
        Self { child, events }
    }

    /// The next event.
    fn next(&mut self) -> Value {
        let event = self.events.recv_timeout(NEVER).unwrap();
        answer_schema::check(&event);
        event
    }

    /// The events until none comes for a while, in which it must use no processor time.
    fn events_until_settled(&mut self) -> Vec<Value> {
        let mut events = vec![self.next()];
        loop {
            let before = self.processor_ticks();
            let Some(event) = self.next_within(SETTLED) else {
                let ticks = self.processor_ticks() - before;
                // A tick is 10 ms: at most 1 % of a processor.
                assert!(ticks <= 3, "{ticks} ticks");
                return events;
            };
            events.push(event);
        }
    }

    fn processor_ticks(&self) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = text.rsplit_once(')').unwrap().1.split_whitespace().collect();
        fields[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum()
    }

    fn next_within(&mut self, time: Duration) -> Option<Value> {
        match self.events.recv_timeout(time) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("the watch ended"),
        }
    }

    /// Waits until `build/` is what a clean pack would write. No event may report an error.
    fn wait_until_clean(&mut self, project: &TestProject) {
        let start = Instant::now();
        while cli::run_json(project.root(), "pack @ --check").code != 0 {
            assert!(start.elapsed() < NEVER, "it does not converge");
            if let Some(event) = self.next_within(Duration::from_millis(100)) {
                answer_schema::check(&event);
                assert_ne!(event["status"], "errors", "{event:#}");
            }
        }
    }

    /// Ends it with a signal.
    fn end(mut self, signal: &str) -> CommandOutput {
        tools::send_signal(signal, &self.child);
        let start = Instant::now();
        let status = self.child.wait().unwrap();
        assert!(start.elapsed() < Duration::from_secs(1), "{signal} took {:?}", start.elapsed());
        let mut stderr = String::new();
        std::io::Read::read_to_string(self.child.stderr.as_mut().unwrap(), &mut stderr).unwrap();
        CommandOutput { code: status.code().unwrap_or(-1), stdout: String::new(), stderr }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The sound of the small project with another sample, in as many bytes.
fn other_sound(project: &TestProject) -> Vec<u8> {
    let mut bytes = project.read(SOUND);
    *bytes.last_mut().unwrap() ^= 1;
    bytes
}

/// A way to save: the file, and its new content.
type Save = fn(&Path, &[u8]);

fn halves(bytes: &[u8]) -> (&[u8], &[u8]) {
    bytes.split_at(bytes.len() / 2)
}

const SAVES: [(&str, Save); 7] = [
    ("a new file, renamed over the old one", |path, new| {
        fs::write(path.with_extension("tmp"), new).unwrap();
        fs::rename(path.with_extension("tmp"), path).unwrap();
    }),
    ("deleted and created", |path, new| {
        fs::remove_file(path).unwrap();
        fs::write(path, new).unwrap();
    }),
    ("half a file for two seconds", |path, new| {
        let mut file = File::create(path).unwrap();
        file.write_all(halves(new).0).unwrap();
        std::thread::sleep(Duration::from_secs(2));
        file.write_all(halves(new).1).unwrap();
    }),
    ("truncated and written", |path, new| {
        let mut file = File::create(path).unwrap();
        std::thread::sleep(Duration::from_millis(50));
        file.write_all(new).unwrap();
    }),
    ("half a file, closed, and written again", |path, new| {
        fs::write(path, halves(new).0).unwrap();
        std::thread::sleep(Duration::from_millis(1500));
        fs::write(path, new).unwrap();
    }),
    ("written twice", |path, new| {
        fs::write(path, new).unwrap();
        std::thread::sleep(Duration::from_millis(60));
        fs::write(path, new).unwrap();
    }),
    ("the same size and time", |path, new| {
        let time = path.metadata().unwrap().modified().unwrap();
        fs::write(path, new).unwrap();
        File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    }),
];

#[test]
fn each_save_is_one_settled_pack() {
    std::thread::scope(|threads| {
        for (how, save) in SAVES {
            for options in ["", "--poll"] {
                threads.spawn(move || {
                    let project = fixtures::small_project();
                    let mut watching = Watching::start(&project, options);
                    save(&project.at(SOUND), &other_sound(&project));
                    let events = watching.events_until_settled();
                    let status: Vec<_> = events.iter().map(|event| (&event["published"], &event["status"])).collect();
                    assert_eq!(status, [(&json!("published"), &json!("ok"))], "{how} {options}");
                    cli::run_ok(project.root(), "pack @ --check");
                });
            }
        }
    });
}

#[test]
fn failures_are_reported_when_settled() {
    let project = fixtures::small_project();
    let mut watching = Watching::start(&project, "");
    let (good, outputs) = (project.read(SOUND), project.outputs());
    let saved = Instant::now();
    project.write(SOUND, halves(&good).0);
    let event = watching.next();
    assert!(saved.elapsed() > Duration::from_secs(2), "it may be half a file");
    assert_eq!(
        (&event["event"], &event["status"], &event["published"]),
        (&json!("packed"), &json!("errors"), &json!("blocked"))
    );
    assert!(project.outputs() == outputs, "the last good pack is kept");
    project.write(SOUND, good);
    assert_eq!(watching.next()["published"], "up-to-date");
}

/// A project with a bank of a sprite, whose palette is another file that two banks share.
fn sprite_project() -> TestProject {
    let mut project = TestProject::new();
    project.write("assets/palettes/night.hex", hex([RED, GREEN]));
    for (id, root) in [(1, "hero"), (2, "foe")] {
        project.write(&format!("assets/{root}/{root}.aseprite"), sprite(1));
        let path = rel_path("palettes/night.hex");
        let source = PaletteSource { path, is_shared: true, row: None, key: None };
        let palettes = vec![Palette { name: None, colors: Vec::new(), file: Some(source) }];
        let artifacts = vec![artifact(&format!("{root}.aseprite"), 0)];
        project.add_asset(root, true, &glyph(id, root, TileSize::Eight, palettes, artifacts));
    }
    project
}

fn hex(colors: [Rgb; 2]) -> String {
    format!("{KEY}\n{}\n{}\n", colors[0], colors[1])
}

/// A sprite of one tile that is drawn in this index.
fn sprite(index: u8) -> Vec<u8> {
    Sprite::indexed([8, 8], &[KEY.0, RED.0, GREEN.0], &[&[index; 64]]).bytes()
}

#[test]
fn saved_sprites_and_palettes_are_packed() {
    for options in ["", "--poll"] {
        let project = sprite_project();
        let mut watching = Watching::start(&project, options);
        // Of each file: a new state, and the first one again.
        let states = [("assets/hero/hero.aseprite", [sprite(2), sprite(1)]), {
            let [swapped, first] = [[GREEN, RED], [RED, GREEN]].map(|colors| hex(colors).into_bytes());
            ("assets/palettes/night.hex", [swapped, first])
        }];
        for (file, states) in &states {
            for (state, (how, save)) in states.iter().zip([SAVES[0], SAVES[3]]) {
                let before = project.pack_bytes();
                save(&project.at(file), state);
                let event = watching.next();
                let seen = (&event["published"], &event["status"]);
                assert_eq!(seen, (&json!("published"), &json!("ok")), "{file}, {how} {options}: {event:#}");
                assert!(project.pack_bytes() != before, "{file}, {how} {options}");
                cli::run_ok(project.root(), "pack @ --check");
            }
        }
    }
}

#[test]
fn refused_pack_is_an_event() {
    let project = fixtures::small_project();
    project.write("build", "a file");
    let mut watching = Watching::start_only(&project, "");
    assert_eq!(watching.next()["event"], "watching");
    let event = watching.next();
    assert_eq!((&event["event"], &event["verb"]), (&json!("packed"), &json!("pack")), "{event:#}");
    assert_ne!(event["status"], "ok", "{event:#}");
    fs::remove_file(project.at("build")).unwrap();
    project.write(SOUND, other_sound(&project));
    assert_eq!(watching.next()["published"], "published");
}

#[test]
fn busy_folders_converge_to_clean_pack() {
    let mut project = fixtures::small_project();
    let mut watching = Watching::start(&project, "");
    // Thousands of touches.
    for n in 0..3000 {
        project.write(&format!("assets/sfx/blip/{}.txt", n % 50), "x");
    }
    project.write(SOUND, other_sound(&project));
    watching.wait_until_clean(&project);
    // Nested folders with their files, created at once.
    project.add_sound("deep/er/still/deep");
    watching.wait_until_clean(&project);
    // A root that is renamed away, and another renamed to its place.
    support::copy_folder(&project.at("assets/sfx/blip"), &project.at("spare"));
    fs::write(project.at("spare/blip.wav"), other_sound(&project)).unwrap();
    fs::rename(project.at("assets/sfx/blip"), project.at("old")).unwrap();
    fs::rename(project.at("spare"), project.at("assets/sfx/blip")).unwrap();
    watching.wait_until_clean(&project);
    // A root that is deleted and created again, with a changed file.
    fs::remove_dir_all(project.at("assets/sfx/blip")).unwrap();
    support::copy_folder(&project.at("old"), &project.at("assets/sfx/blip"));
    watching.wait_until_clean(&project);
}

#[test]
fn vanished_project_is_awaited() {
    let project = fixtures::small_project();
    let mut watching = Watching::start(&project, "");
    let away = project.root().with_extension("away");
    fs::rename(project.root(), &away).unwrap();
    assert_eq!(watching.next(), json!({"event": "vanished"}));
    fs::rename(&away, project.root()).unwrap();
    assert_eq!(watching.next(), json!({"event": "returned"}));
    assert_eq!(watching.next()["published"], "up-to-date");
    project.write(SOUND, other_sound(&project));
    assert_eq!(watching.next()["published"], "published");
}

#[test]
fn killed_watch_loses_nothing() {
    let (project, outputs) = fixtures::huge_project();
    let mut watching = Watching::start_only(&project, "");
    tools::wait_until("the stage file", || fixtures::staged_pack(&project).is_some());
    tools::send_signal("KILL", &watching.child);
    watching.child.wait().unwrap();
    assert!(project.outputs() == outputs);
    fixtures::exclude_giant_sounds(&project);
    project.write(SOUND, other_sound(&project));
    let _again = Watching::start(&project, "");
    cli::run_ok(project.root(), "pack @ --check");
    assert!(!project.exists("build/.prometeu"), "what the killed one left is removed");
}

#[test]
fn signals_end_a_watch_regularly() {
    for signal in ["INT", "TERM", "HUP"] {
        let project = fixtures::small_project();
        let output = Watching::start(&project, "").end(signal);
        assert_eq!((output.code, output.stderr.as_str()), (0, ""), "{signal}");
    }
    // While it packs, too: then nothing is published.
    let (project, outputs) = fixtures::huge_project();
    let watching = Watching::start_only(&project, "");
    tools::wait_until("the stage file", || fixtures::staged_pack(&project).is_some());
    assert_eq!(watching.end("TERM").code, 0);
    assert!(project.outputs() == outputs && !project.exists("build/.prometeu"));
}

#[test]
fn watch_ends_without_a_reader() {
    let project = fixtures::small_project();
    let mut watch = binary::command(cli::arguments(project.root(), "watch @"));
    let mut child = watch.stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    for format in ["text", "json"] {
        let mut watch = binary::command(cli::arguments(project.root(), &format!("watch @ --format {format}")));
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = CommandOutput::from(watch.stdout(full).output().unwrap());
        assert_eq!(output.code, 2, "{format}");
        assert!(output.stderr.contains("standard output"), "{}", output.stderr);
    }
}

#[test]
fn missing_project_cannot_be_watched() {
    let project = fixtures::small_project();
    let output = cli::run_json(project.root(), "watch @/nothing");
    assert_eq!((output.code, output.codes()), (2, vec!["not-a-project".to_owned()]));
    assert_eq!(output.stdout.lines().count(), 1, "each answer is a line");
    assert_eq!(cli::run(project.root(), "watch @ --format sarif").code, 2);
}

#[test]
fn events_as_text_are_blocks() {
    let project = fixtures::small_project();
    project.write(SOUND, "no sound");
    let mut command = binary::command(cli::arguments(project.root(), "watch @ --poll"));
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    assert!(first.contains("all files are compared every 2 seconds"), "{first}");
    assert_eq!(lines.next().unwrap(), "");
    let found = lines.next().unwrap();
    assert!(found.starts_with("error[") && found.contains(SOUND), "{found}");
    assert_eq!(
        lines.find(|line| !line.starts_with("  ")).unwrap(),
        "nothing was packed; the published files are unchanged"
    );
    child.kill().unwrap();
    child.wait().unwrap();
}
