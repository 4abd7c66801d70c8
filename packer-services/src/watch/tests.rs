//! Every order of events, against a real folder, with a source and a time of the test's own. Nothing sleeps.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::core::{Core, HEARTBEAT};
use super::source::{EventSource, Signal};
use super::{Change, WatchMode, WatchOptions, WhyPolling};
use crate::files;
use crate::project::Project;

/// What the fake source was asked for, and what it answers.
#[derive(Default)]
struct Asked {
    folders: Vec<PathBuf>,
    /// How many folders it still watches before it refuses; `None` is any number.
    room: Option<usize>,
    opened: usize,
}

struct Fake(Arc<Mutex<Asked>>);

impl EventSource for Fake {
    fn watch(&mut self, path: &Path) -> Result<(), WhyPolling> {
        let mut asked = self.0.lock().unwrap();
        if asked.room == Some(0) {
            return Err(WhyPolling::WatchLimit);
        }
        asked.room = asked.room.map(|room| room - 1);
        asked.folders.push(path.to_owned());
        Ok(())
    }
}

struct Scene {
    folder: tempfile::TempDir,
    core: Core,
    asked: Arc<Mutex<Asked>>,
    now: Instant,
}

/// A watched project with `hero/a.png`, of which the first change was told.
fn scene() -> Scene {
    scene_with(WatchOptions::default(), None)
}

fn scene_with(options: WatchOptions, room: Option<usize>) -> Scene {
    let folder = tempfile::tempdir().unwrap();
    let asked = Arc::new(Mutex::new(Asked { room, ..Asked::default() }));
    let shared = Arc::clone(&asked);
    let open = Box::new(move || {
        shared.lock().unwrap().opened += 1;
        Ok(Box::new(Fake(Arc::clone(&shared))) as Box<dyn EventSource>)
    });
    let project = Project::at(folder.path().join("project"));
    let mut scene = Scene { core: Core::new(project, options, open), folder, asked, now: Instant::now() };
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
        files::make_folders(path.parent().unwrap()).unwrap();
        files::remove_quietly(&path);
        files::write_new(&path, text.as_bytes()).unwrap();
    }

    fn finished(&mut self, path: &str) {
        let path = self.assets().join(path);
        self.core.take(Signal::Finished(path), self.now);
    }

    /// Lets time pass, and does on the way what is due.
    fn pass(&mut self, ms: u64) -> Vec<Change> {
        let end = self.now + Duration::from_millis(ms);
        let mut told = Vec::new();
        loop {
            told.extend(self.core.tick(self.now));
            match self.core.due() {
                None => {}
                Some(due) if due > end => break,
                Some(due) => {
                    assert!(due > self.now, "it would not wait");
                    self.now = due;
                }
            }
        }
        self.now = end;
        told
    }
}

fn paths(names: &[&str]) -> Change {
    Change::Paths(names.iter().map(|&name| name.to_owned()).collect())
}

#[test]
fn all_events_of_a_save_are_one_change() {
    let mut scene = scene();
    scene.write("hero/a.png", "new");
    for _ in 0..5 {
        scene.finished("hero/a.png");
        assert_eq!(scene.pass(50), []);
    }
    assert_eq!(scene.pass(100), [paths(&["hero/a.png"])]);
    assert_eq!(scene.pass(60_000), []);
}

#[test]
fn events_twice_or_in_the_wrong_order_tell_the_same() {
    let orders: [&[&str]; 4] = [
        &["hero/b.png", "hero/tmp", "hero/a.png"],
        &["hero/a.png", "hero/tmp", "hero/b.png"],
        &["hero/tmp", "hero/tmp", "hero/b.png", "hero/a.png", "hero/b.png"],
        &["hero"],
    ];
    for order in orders {
        let mut scene = scene();
        files::remove_quietly(&scene.assets().join("hero/a.png"));
        scene.write("hero/b.png", "b");
        order.iter().for_each(|path| scene.finished(path));
        let told = scene.pass(200);
        assert_eq!(told, [paths(&["hero/a.png", "hero/b.png"])], "{order:?}");
    }
}

#[test]
fn a_file_that_came_and_went_is_not_told() {
    let mut scene = scene();
    scene.finished("hero/4913");
    scene.finished("hero/a.png~");
    assert_eq!(scene.pass(60_000), []);
}

#[test]
fn a_touched_file_is_told_even_if_its_stamp_does_not_show_it() {
    let mut scene = scene();
    scene.finished("hero/a.png");
    assert_eq!(scene.pass(200), [paths(&["hero/a.png"])]);
}

#[test]
fn one_event_for_a_folder_tells_all_that_came_with_it_and_watches_it() {
    let mut scene = scene();
    scene.write("a/b/c/x.png", "x");
    scene.write("a/y.png", "y");
    scene.write("a/.hidden/z.png", "z");
    scene.finished("a");
    assert_eq!(scene.pass(200), [paths(&["a", "a/b", "a/b/c", "a/b/c/x.png", "a/y.png"])]);
    let watched = scene.asked.lock().unwrap().folders.clone();
    for folder in ["a", "a/b", "a/b/c"] {
        assert!(watched.contains(&scene.assets().join(folder)), "{folder} is not watched");
    }
    assert!(!watched.contains(&scene.assets().join("a/.hidden")));
}

#[test]
fn a_folder_that_was_renamed_is_told_at_both_places() {
    let mut scene = scene();
    files::rename(&scene.assets().join("hero"), &scene.assets().join("villain")).unwrap();
    scene.finished("hero");
    scene.finished("villain");
    assert_eq!(scene.pass(200), [paths(&["hero", "hero/a.png", "villain", "villain/a.png"])]);
    // A folder that is renamed again has lost its watch, so it is asked for again.
    let before = scene.asked.lock().unwrap().folders.len();
    scene.finished("villain");
    assert_eq!(scene.pass(200), []);
    assert_eq!(scene.asked.lock().unwrap().folders.len(), before + 1);
}

#[test]
fn a_folder_in_the_place_of_a_file_and_back_is_told() {
    let mut scene = scene();
    files::remove_quietly(&scene.assets().join("hero/a.png"));
    scene.write("hero/a.png/deep.png", "x");
    scene.finished("hero/a.png");
    assert_eq!(scene.pass(200), [paths(&["hero/a.png", "hero/a.png/deep.png"])]);
    files::remove_quietly(&scene.assets().join("hero/a.png"));
    scene.write("hero/a.png", "a");
    scene.finished("hero/a.png");
    assert_eq!(scene.pass(200), [paths(&["hero/a.png", "hero/a.png/deep.png"])]);
}

#[test]
fn the_packers_own_output_is_not_told_but_the_registry_is() {
    let mut scene = scene();
    for path in [".prometeu/lock", ".prometeu/cache.json", ".prometeu/0.new", ".prometeu/create-0/asset.json"] {
        scene.write(path, "own");
        scene.finished(path);
    }
    let build = scene.root().join("build/assets.pa");
    files::make_folders(build.parent().unwrap()).unwrap();
    files::write_new(&build, b"pack").unwrap();
    scene.core.take(Signal::Finished(build.parent().unwrap().to_owned()), scene.now);
    scene.core.take(Signal::Finished(build), scene.now);
    assert_eq!(scene.pass(60_000), []);
    scene.write(".prometeu/index.json", "{ }");
    scene.finished(".prometeu/index.json");
    assert_eq!(scene.pass(200), [paths(&[".prometeu/index.json"])]);
}

#[test]
fn lost_events_are_one_full_look() {
    let mut scene = scene();
    scene.write("hero/b.png", "b");
    scene.finished("hero/a.png");
    scene.core.take(Signal::Lost, scene.now);
    scene.finished("hero/b.png");
    scene.core.take(Signal::Lost, scene.now);
    assert_eq!(scene.pass(200), [Change::Everything]);
    assert_eq!(scene.pass(60_000), []);
}

#[test]
fn events_lost_while_nothing_changed_tell_nothing() {
    // Reading makes events too, so a full look of the listener may overflow the queue: it must not call for another.
    let mut scene = scene();
    scene.core.take(Signal::Lost, scene.now);
    assert_eq!(scene.pass(60_000), []);
}

#[test]
fn very_many_changes_in_one_folder_are_everything() {
    let mut scene = scene();
    for n in 0..1200 {
        files::make_folders(&scene.assets().join(format!("many/{n}"))).unwrap();
    }
    scene.finished("many");
    assert_eq!(scene.pass(200), [Change::Everything]);
}

#[test]
fn a_project_that_vanishes_and_returns_is_told_without_an_event() {
    let mut scene = scene();
    let away = scene.folder.path().join("away");
    files::rename(&scene.root(), &away).unwrap();
    assert_eq!(scene.pass(1000), [Change::Vanished], "within a heartbeat");
    scene.finished("hero/a.png");
    assert_eq!(scene.pass(60_000), []);
    files::rename(&away, &scene.root()).unwrap();
    assert_eq!(scene.pass(1000), [Change::Returned]);
    // And it is watched as before.
    scene.write("hero/b.png", "b");
    scene.finished("hero/b.png");
    assert_eq!(scene.pass(200), [paths(&["hero/b.png"])]);
}

#[test]
fn a_project_that_is_swapped_in_a_moment_never_vanished() {
    let mut scene = scene();
    let (away, root) = (scene.folder.path().join("away"), scene.root());
    files::rename(&root, &away).unwrap();
    scene.core.take(Signal::Finished(root.clone()), scene.now);
    scene.write("hero/a.png", "another");
    assert_eq!(scene.pass(200), [Change::Everything]);
    assert_eq!(scene.asked.lock().unwrap().opened, 2, "events are asked of the new folder");
}

#[test]
fn assets_deleted_and_made_again_are_everything_each_time() {
    let mut scene = scene();
    files::remove_quietly(&scene.assets());
    scene.finished("");
    assert_eq!(scene.pass(200), [Change::Everything]);
    scene.write("hero/a.png", "a");
    scene.finished("");
    assert_eq!(scene.pass(200), [Change::Everything]);
    scene.write("hero/a.png", "b");
    scene.finished("hero/a.png");
    assert_eq!(scene.pass(200), [paths(&["hero/a.png"])]);
}

#[test]
fn a_project_that_is_not_there_yet_is_told_as_vanished() {
    let mut scene = scene();
    files::remove_quietly(&scene.root());
    let open = Box::new(|| Err(WhyPolling::NoEvents));
    scene.core = Core::new(Project::at(scene.root()), WatchOptions::default(), open);
    assert_eq!(scene.pass(60_000), [Change::Vanished]);
    scene.write("hero/a.png", "a");
    assert_eq!(scene.pass(1000), [Change::Returned]);
    assert_eq!(*scene.core.mode(), WatchMode::Polling { why: WhyPolling::NoEvents });
}

#[test]
fn while_idle_it_wakes_for_the_heartbeat_alone() {
    let mut scene = scene();
    let start = scene.now;
    let mut wakes = 0;
    while scene.now < start + 60 * HEARTBEAT {
        scene.now = scene.core.due().unwrap();
        assert_eq!(scene.core.tick(scene.now), None);
        wakes += 1;
    }
    assert_eq!(wakes, 60);
}

#[test]
fn a_limit_that_is_reached_at_the_start_is_polling_and_said() {
    // The project and `assets/` have room, `hero` or `.prometeu` has not.
    let mut scene = scene_with(WatchOptions::default(), Some(2));
    assert_eq!(*scene.core.mode(), WatchMode::Polling { why: WhyPolling::WatchLimit });
    scene.write("hero/b.png", "b");
    assert_eq!(scene.pass(2000), [paths(&["hero/b.png"])]);
    // A refresh tries again.
    scene.asked.lock().unwrap().room = None;
    scene.core.take(Signal::Refresh, scene.now);
    assert_eq!(scene.pass(0), [Change::Everything]);
    assert_eq!(*scene.core.mode(), WatchMode::Events);
    scene.write("hero/c.png", "c");
    assert_eq!(scene.pass(60_000), [], "nobody polls any more");
}

#[test]
fn a_limit_that_is_reached_later_is_polling_and_said() {
    let mut scene = scene();
    scene.asked.lock().unwrap().room = Some(0);
    scene.write("new/b.png", "b");
    scene.finished("new");
    assert_eq!(scene.pass(200), [Change::Everything]);
    assert_eq!(*scene.core.mode(), WatchMode::Polling { why: WhyPolling::WatchLimit });
    scene.write("new/c.png", "c");
    assert_eq!(scene.pass(2000), [paths(&["new/c.png"])]);
    assert_eq!(scene.pass(60_000), []);
}

#[test]
fn polling_sees_what_events_see() {
    let options = WatchOptions { events: false, ..WatchOptions::default() };
    let mut scene = scene_with(options, None);
    assert_eq!(scene.asked.lock().unwrap().opened, 0, "nobody asks for events");
    assert_eq!(*scene.core.mode(), WatchMode::Polling { why: WhyPolling::Asked });
    scene.write("a/b/x.png", "x");
    scene.write("hero/.a.png.tmp", "x");
    scene.write(".prometeu/lock", "x");
    assert_eq!(scene.pass(1999), []);
    assert_eq!(scene.pass(1), [paths(&["a", "a/b", "a/b/x.png"])]);
    scene.write("hero/a.png", "longer");
    files::remove_quietly(&scene.assets().join("a"));
    assert_eq!(scene.pass(2000), [paths(&["a", "a/b", "a/b/x.png", "hero/a.png"])]);
    files::remove_quietly(&scene.root());
    assert_eq!(scene.pass(1000), [Change::Vanished]);
    scene.write("hero/a.png", "back");
    assert_eq!(scene.pass(1000), [Change::Returned]);
    scene.write("hero/a.png", "again");
    assert_eq!(scene.pass(2000), [paths(&["hero/a.png"])]);
}

#[test]
fn a_refresh_tells_everything_whatever_was_found() {
    let mut scene = scene();
    scene.core.take(Signal::Refresh, scene.now);
    assert_eq!(scene.core.due(), None, "it is due now");
    assert_eq!(scene.pass(0), [Change::Everything]);
    files::remove_quietly(&scene.root());
    scene.core.take(Signal::Refresh, scene.now);
    assert_eq!(scene.pass(0), [Change::Vanished]);
}
