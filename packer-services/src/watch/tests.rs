//! Sequences of events against a real folder, with a fake source and a fake time. Nothing sleeps.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::core::{COMPARE_EVERY, Core, HEARTBEAT};
use super::source::{EventSource, Signal};
use super::{Change, WatchMode, WatchOptions, WhyPolling};
use crate::files::{self, HeldFolder};
use crate::project::Project;

fn make_folders(path: &Path) {
    HeldFolder::at_or_created(path).unwrap().1.keep();
}

fn rename(from: &Path, to: &Path) {
    let [from_folder, to_folder] = [from, to].map(|path| HeldFolder::at(path.parent().unwrap()).unwrap());
    from_folder.rename(from.file_name().unwrap(), &to_folder, to.file_name().unwrap()).unwrap();
}

/// Removes a file or a whole folder, if it exists.
fn remove(path: &Path) {
    HeldFolder::at(path.parent().unwrap()).unwrap().remove_all(path.file_name().unwrap()).unwrap();
}

/// Removes a file, if its folder exists.
fn remove_if_any(path: &Path) {
    if files::entry_state(path.parent().unwrap()).is_some() {
        remove(path);
    }
}

/// The calls that the fake source received, and what it answers.
#[derive(Default)]
struct Requests {
    folders: Vec<PathBuf>,
    /// The number of folders that it accepts before it refuses; `None` means any number.
    room: Option<usize>,
    opened: usize,
}

struct Fake(Arc<Mutex<Requests>>);

impl EventSource for Fake {
    fn watch_folder(&mut self, path: &Path) -> Result<(), WhyPolling> {
        let mut requests = self.0.lock().unwrap();
        if requests.room == Some(0) {
            return Err(WhyPolling::WatchLimit);
        }
        requests.room = requests.room.map(|room| room - 1);
        requests.folders.push(path.to_owned());
        Ok(())
    }
}

struct Scene {
    folder: tempfile::TempDir,
    core: Core,
    requests: Arc<Mutex<Requests>>,
    now: Instant,
}

/// A watched project with `hero/a.png`, whose first change was reported.
fn scene() -> Scene {
    scene_with(WatchOptions::default(), None)
}

fn scene_with(options: WatchOptions, room: Option<usize>) -> Scene {
    let folder = tempfile::tempdir().unwrap();
    let requests = Arc::new(Mutex::new(Requests { room, ..Requests::default() }));
    let shared = Arc::clone(&requests);
    let open = Box::new(move || {
        shared.lock().unwrap().opened += 1;
        Ok(Box::new(Fake(Arc::clone(&shared))) as Box<dyn EventSource>)
    });
    let project = Project::at(folder.path().join("project"));
    let mut scene = Scene { core: Core::new(project, options, open), folder, requests, now: Instant::now() };
    scene.write("hero/a.png", "a");
    scene.write(".prometeu/index.json", "{}");
    assert_eq!(scene.pass(0), [Change::Everything], "the first change");
    scene
}

impl Scene {
    fn root(&self) -> PathBuf {
        files::real_folder(self.folder.path()).unwrap().join("project")
    }

    fn assets(&self) -> PathBuf {
        self.root().join("assets")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.assets().join(path);
        make_folders(path.parent().unwrap());
        remove(&path);
        HeldFolder::at(path.parent().unwrap()).unwrap().write_new(path.file_name().unwrap(), text.as_bytes()).unwrap();
    }

    fn finish(&mut self, path: &str) {
        let path = self.assets().join(path);
        self.core.receive(Signal::Replaced(path), self.now);
    }

    /// Lets time pass, and does the work that becomes due.
    fn pass(&mut self, ms: u64) -> Vec<Change> {
        let end = self.now + Duration::from_millis(ms);
        let mut changes = Vec::new();
        loop {
            changes.extend(self.core.tick(self.now));
            match self.core.next_due() {
                None => {}
                Some(due) if due > end => break,
                Some(due) => {
                    assert!(due > self.now, "it would not wait");
                    self.now = due;
                }
            }
        }
        self.now = end;
        changes
    }
}

fn paths(names: &[&str]) -> Change {
    Change::Paths(names.iter().map(|&name| name.to_owned()).collect())
}

#[test]
fn events_of_a_save_are_one_change() {
    let mut scene = scene();
    scene.write("hero/a.png", "new");
    for _ in 0..5 {
        scene.finish("hero/a.png");
        assert_eq!(scene.pass(50), []);
    }
    assert_eq!(scene.pass(100), [paths(&["hero/a.png"])]);
    assert_eq!(scene.pass(60_000), []);
}

#[test]
fn order_of_events_does_not_matter() {
    let orders: [&[&str]; 4] = [
        &["hero/b.png", "hero/tmp", "hero/a.png"],
        &["hero/a.png", "hero/tmp", "hero/b.png"],
        &["hero/tmp", "hero/tmp", "hero/b.png", "hero/a.png", "hero/b.png"],
        &["hero"],
    ];
    for order in orders {
        let mut scene = scene();
        remove(&scene.assets().join("hero/a.png"));
        scene.write("hero/b.png", "b");
        order.iter().for_each(|path| scene.finish(path));
        let changes = scene.pass(200);
        assert_eq!(changes, [paths(&["hero/a.png", "hero/b.png"])], "{order:?}");
    }
}

#[test]
fn temporary_file_is_not_reported() {
    let mut scene = scene();
    scene.finish("hero/4913");
    scene.finish("hero/a.png~");
    assert_eq!(scene.pass(60_000), []);
}

#[test]
fn touched_file_is_reported_despite_equal_stamp() {
    let mut scene = scene();
    scene.finish("hero/a.png");
    assert_eq!(scene.pass(200), [paths(&["hero/a.png"])]);
}

#[test]
fn new_folder_is_reported_whole_and_watched() {
    let mut scene = scene();
    scene.write("a/b/c/x.png", "x");
    scene.write("a/y.png", "y");
    scene.write("a/.hidden/z.png", "z");
    scene.finish("a");
    assert_eq!(scene.pass(200), [paths(&["a", "a/b", "a/b/c", "a/b/c/x.png", "a/y.png"])]);
    let watched = scene.requests.lock().unwrap().folders.clone();
    for folder in ["a", "a/b", "a/b/c"] {
        assert!(watched.contains(&scene.assets().join(folder)), "{folder} is not watched");
    }
    assert!(!watched.contains(&scene.assets().join("a/.hidden")));
}

#[test]
fn renamed_folder_is_reported_at_both_paths() {
    let mut scene = scene();
    rename(&scene.assets().join("hero"), &scene.assets().join("villain"));
    scene.finish("hero");
    scene.finish("villain");
    assert_eq!(scene.pass(200), [paths(&["hero", "hero/a.png", "villain", "villain/a.png"])]);
    // A renamed folder has lost its watch, so it is requested again.
    let before = scene.requests.lock().unwrap().folders.len();
    scene.finish("villain");
    assert_eq!(scene.pass(200), []);
    assert_eq!(scene.requests.lock().unwrap().folders.len(), before + 1);
}

#[test]
fn folder_replacing_a_file_is_reported() {
    let mut scene = scene();
    remove(&scene.assets().join("hero/a.png"));
    scene.write("hero/a.png/deep.png", "x");
    scene.finish("hero/a.png");
    assert_eq!(scene.pass(200), [paths(&["hero/a.png", "hero/a.png/deep.png"])]);
    remove(&scene.assets().join("hero/a.png"));
    scene.write("hero/a.png", "a");
    scene.finish("hero/a.png");
    assert_eq!(scene.pass(200), [paths(&["hero/a.png", "hero/a.png/deep.png"])]);
}

#[test]
fn own_files_are_ignored_except_the_registry() {
    let mut scene = scene();
    for path in [".prometeu/lock", ".prometeu/cache.json", ".prometeu/0.new", ".prometeu/create-0/asset.json"] {
        scene.write(path, "own");
        scene.finish(path);
    }
    let build = scene.root().join("build/assets.pa");
    make_folders(build.parent().unwrap());
    HeldFolder::at(build.parent().unwrap()).unwrap().write_new(build.file_name().unwrap(), b"pack").unwrap();
    scene.core.receive(Signal::Replaced(build.parent().unwrap().to_owned()), scene.now);
    scene.core.receive(Signal::Replaced(build), scene.now);
    assert_eq!(scene.pass(60_000), []);
    scene.write(".prometeu/index.json", "{ }");
    scene.finish(".prometeu/index.json");
    assert_eq!(scene.pass(200), [paths(&[".prometeu/index.json"])]);
}

#[test]
fn lost_events_cause_one_full_comparison() {
    let mut scene = scene();
    scene.write("hero/b.png", "b");
    scene.finish("hero/a.png");
    scene.core.receive(Signal::Lost, scene.now);
    scene.finish("hero/b.png");
    scene.core.receive(Signal::Lost, scene.now);
    assert_eq!(scene.pass(200), [Change::Everything]);
    assert_eq!(scene.pass(60_000), []);
}

#[test]
fn lost_events_without_changes_report_nothing() {
    // Reading causes events too, so a full read by the caller may overflow the queue. It must not cause another one.
    let mut scene = scene();
    scene.core.receive(Signal::Lost, scene.now);
    assert_eq!(scene.pass(60_000), []);
}

#[test]
fn event_lost_silently_is_found_later() {
    let mut scene = scene();
    scene.write("hero/b.png", "b");
    scene.write("new/c.png", "c");
    assert_eq!(scene.pass(59_999), []);
    assert_eq!(scene.pass(1), [paths(&["hero/b.png", "new", "new/c.png"])]);
    let watched = scene.requests.lock().unwrap().folders.clone();
    assert!(watched.contains(&scene.assets().join("new")));
    assert_eq!(scene.pass(300_000), []);
}

#[test]
fn comparison_waits_for_open_files() {
    let mut scene = scene();
    assert_eq!(scene.pass(59_000), []);
    scene.write("hero/a.png", "half");
    let path = scene.assets().join("hero/a.png");
    scene.core.receive(Signal::Writing(path.clone()), scene.now);
    scene.write("hero/b.png", "lost");
    assert_eq!(scene.pass(2000), [paths(&["hero/b.png"])]);
    scene.core.receive(Signal::Closed(path), scene.now);
    assert_eq!(scene.pass(10), [paths(&["hero/a.png"])]);
}

#[test]
fn comparison_reports_touched_files_too() {
    let mut scene = scene();
    assert_eq!(scene.pass(59_850), []);
    scene.finish("hero/a.png");
    assert_eq!(scene.pass(150), [paths(&["hero/a.png"])], "its stamp is equal, but it was named");
}

/// Events are lost, repeated and reordered at random: after a comparison, whoever reads what was reported has the
/// current files.
#[test]
fn unreliable_events_converge() {
    let mut scene = scene();
    let mut random = 1_u32;
    let mut dice = move |sides: u32| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 16) % sides
    };
    let (mut disk, mut known) = (BTreeMap::from([("hero/a.png".to_owned(), 0)]), BTreeMap::new());
    known.clone_from(&disk);
    let mut pending = Vec::new();
    for n in 1..400 {
        let path = format!("{}/{}.png", ["hero", "a", "a/b", "a/b/c"][dice(4) as usize], dice(5));
        if dice(3) == 0 {
            remove_if_any(&scene.assets().join(&path));
            disk.remove(&path);
        } else {
            scene.write(&path, &n.to_string());
            disk.insert(path.clone(), n);
        }
        (0..dice(3)).for_each(|_| pending.push(path.clone()));
        if dice(4) == 0 {
            pending.reverse();
            pending.drain(..).for_each(|path| scene.finish(&path));
        }
        let wait = if n == 399 { 1000 * (COMPARE_EVERY + HEARTBEAT).as_secs() } else { u64::from(dice(400)) };
        for change in scene.pass(wait) {
            match change {
                Change::Paths(paths) => paths.into_iter().for_each(|path| match disk.get(&path) {
                    Some(content) => drop(known.insert(path, *content)),
                    None => drop(known.remove(&path)),
                }),
                _ => known.clone_from(&disk),
            }
        }
    }
    assert_eq!(known, disk);
}

#[test]
fn too_many_changes_become_everything() {
    let mut scene = scene();
    for n in 0..1200 {
        make_folders(&scene.assets().join(format!("many/{n}")));
    }
    scene.finish("many");
    assert_eq!(scene.pass(200), [Change::Everything]);
}

#[test]
fn vanished_project_is_noticed_without_events() {
    let mut scene = scene();
    let away = scene.folder.path().join("away");
    rename(&scene.root(), &away);
    assert_eq!(scene.pass(1000), [Change::Vanished], "within a heartbeat");
    scene.finish("hero/a.png");
    assert_eq!(scene.pass(60_000), []);
    rename(&away, &scene.root());
    assert_eq!(scene.pass(1000), [Change::Returned]);
    // It is watched again.
    scene.write("hero/b.png", "b");
    scene.finish("hero/b.png");
    assert_eq!(scene.pass(200), [paths(&["hero/b.png"])]);
}

#[test]
fn swapped_project_never_vanishes() {
    let mut scene = scene();
    let (away, root) = (scene.folder.path().join("away"), scene.root());
    rename(&root, &away);
    scene.core.receive(Signal::Replaced(root.clone()), scene.now);
    scene.write("hero/a.png", "another");
    assert_eq!(scene.pass(200), [Change::Everything]);
    assert_eq!(scene.requests.lock().unwrap().opened, 2, "events are requested for the new folder");
}

#[test]
fn recreated_assets_folder_is_everything() {
    let mut scene = scene();
    remove(&scene.assets());
    scene.finish("");
    assert_eq!(scene.pass(200), [Change::Everything]);
    scene.write("hero/a.png", "a");
    scene.finish("");
    assert_eq!(scene.pass(200), [Change::Everything]);
    scene.write("hero/a.png", "b");
    scene.finish("hero/a.png");
    assert_eq!(scene.pass(200), [paths(&["hero/a.png"])]);
}

#[test]
fn missing_project_is_reported_as_vanished() {
    let mut scene = scene();
    remove(&scene.root());
    let open = Box::new(|| Err(WhyPolling::NoEvents));
    scene.core = Core::new(Project::at(scene.root()), WatchOptions::default(), open);
    assert_eq!(scene.pass(60_000), [Change::Vanished]);
    scene.write("hero/a.png", "a");
    assert_eq!(scene.pass(1000), [Change::Returned]);
    assert_eq!(*scene.core.mode(), WatchMode::Polling { why: WhyPolling::NoEvents });
}

#[test]
fn idle_watch_wakes_only_for_the_heartbeat() {
    let mut scene = scene();
    let start = scene.now;
    let mut wakes = 0;
    while scene.now < start + 60 * HEARTBEAT {
        scene.now = scene.core.next_due().unwrap();
        assert_eq!(scene.core.tick(scene.now), None);
        wakes += 1;
    }
    assert_eq!(wakes, 60);
}

#[test]
fn limit_at_start_switches_to_polling() {
    // The project and `assets/` are accepted, `hero` or `.prometeu` is not.
    let mut scene = scene_with(WatchOptions::default(), Some(2));
    assert_eq!(*scene.core.mode(), WatchMode::Polling { why: WhyPolling::WatchLimit });
    scene.write("hero/b.png", "b");
    assert_eq!(scene.pass(2000), [paths(&["hero/b.png"])]);
    // A refresh tries events again.
    scene.requests.lock().unwrap().room = None;
    scene.core.receive(Signal::Refresh, scene.now);
    assert_eq!(scene.pass(0), [Change::Everything]);
    assert_eq!(*scene.core.mode(), WatchMode::Events);
    scene.write("hero/c.png", "c");
    assert_eq!(scene.pass(59_000), [], "polling has stopped");
}

#[test]
fn limit_reached_later_switches_to_polling() {
    let mut scene = scene();
    scene.requests.lock().unwrap().room = Some(0);
    scene.write("new/b.png", "b");
    scene.finish("new");
    assert_eq!(scene.pass(200), [Change::Everything]);
    assert_eq!(*scene.core.mode(), WatchMode::Polling { why: WhyPolling::WatchLimit });
    scene.write("new/c.png", "c");
    assert_eq!(scene.pass(2000), [paths(&["new/c.png"])]);
    assert_eq!(scene.pass(60_000), []);
}

#[test]
fn polling_detects_the_same_changes() {
    let options = WatchOptions { events: false, ..WatchOptions::default() };
    let mut scene = scene_with(options, None);
    assert_eq!(scene.requests.lock().unwrap().opened, 0, "no events are requested");
    assert_eq!(*scene.core.mode(), WatchMode::Polling { why: WhyPolling::Asked });
    scene.write("a/b/x.png", "x");
    scene.write("hero/.a.png.tmp", "x");
    scene.write(".prometeu/lock", "x");
    assert_eq!(scene.pass(1999), []);
    assert_eq!(scene.pass(1), [paths(&["a", "a/b", "a/b/x.png"])]);
    scene.write("hero/a.png", "longer");
    remove(&scene.assets().join("a"));
    assert_eq!(scene.pass(2000), [paths(&["a", "a/b", "a/b/x.png", "hero/a.png"])]);
    remove(&scene.root());
    assert_eq!(scene.pass(1000), [Change::Vanished]);
    scene.write("hero/a.png", "back");
    assert_eq!(scene.pass(1000), [Change::Returned]);
    scene.write("hero/a.png", "again");
    assert_eq!(scene.pass(2000), [paths(&["hero/a.png"])]);
}

#[test]
fn refresh_always_reports_everything() {
    let mut scene = scene();
    scene.core.receive(Signal::Refresh, scene.now);
    assert_eq!(scene.core.next_due(), None, "it is due now");
    assert_eq!(scene.pass(0), [Change::Everything]);
    remove(&scene.root());
    scene.core.receive(Signal::Refresh, scene.now);
    assert_eq!(scene.pass(0), [Change::Vanished]);
}
