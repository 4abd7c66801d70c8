//! Watching a real folder that changes (docs/specs/workspace.md, "Watching").
#![expect(clippy::disallowed_methods, reason = "these tests write files as editors do")]

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use packer_services::watch::{Change, WatchMode, WhyPolling};
use support::TestProject;
use support::watch::{FolderMirror, WatchRecorder, has_path};

const IMAGE: &str = "ui/tile.png";

/// A project with one bank, whose image is `assets/ui/tile.png`.
fn project() -> TestProject {
    let mut project = TestProject::new();
    project.add_glyph("ui");
    project
}

/// One watch per way to notice changes: events and polling.
fn both_watches(project: &TestProject) -> [WatchRecorder; 2] {
    [WatchRecorder::new(project.root()), WatchRecorder::polling(project.root())]
}

/// Writes an unrelated file and waits until it is reported. Then all earlier changes are reported too.
fn wait_for_earlier_changes(project: &TestProject, watched: &mut WatchRecorder) {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let name = format!("marker-{}", COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    project.write(&format!("assets/{name}"), "x");
    watched.wait_for_path(&name);
}

/// A way to save: the file, and its new content.
type Save = fn(&Path, &[u8]);

const SAVES: [(&str, Save); 6] = [
    ("written in place", |path, new| fs::write(path, new).unwrap()),
    ("truncated, then written byte by byte", |path, new| {
        let mut file = File::create(path).unwrap();
        new.iter().for_each(|byte| file.write_all(&[*byte]).unwrap());
    }),
    ("a new file, renamed over the old one", |path, new| {
        let temp = path.with_extension("png.tmp");
        fs::write(&temp, new).unwrap();
        fs::rename(temp, path).unwrap();
    }),
    ("deleted and created", |path, new| {
        fs::remove_file(path).unwrap();
        fs::write(path, new).unwrap();
    }),
    ("the old file renamed to a backup, which is then deleted", |path, new| {
        let backup = path.with_extension("png~");
        fs::rename(path, &backup).unwrap();
        fs::write(path, new).unwrap();
        fs::remove_file(backup).unwrap();
    }),
    ("a hidden file, renamed over the old one", |path, new| {
        let hidden = path.with_file_name(".tile.png.swp");
        fs::write(&hidden, new).unwrap();
        fs::rename(hidden, path).unwrap();
    }),
];

#[test]
fn every_way_of_saving_is_noticed() {
    let project = project();
    for mut watched in both_watches(&project) {
        for (how, save) in SAVES {
            watched.clear();
            let mirror = FolderMirror::read(&project.at("assets"));
            save(&project.at("assets/ui/tile.png"), how.as_bytes());
            watched.wait_for_path(IMAGE);
            watched.wait_until_mirrored(mirror, &project.at("assets"));
        }
    }
}

#[test]
fn save_is_reported_within_a_second() {
    let project = project();
    let mut watched = WatchRecorder::new(project.root());
    // Other programs may delay one save, but not all of them.
    let quickest = (0..5).map(|n: u8| {
        watched.clear();
        let start = Instant::now();
        project.write("assets/ui/tile.png", [n]);
        watched.wait_for_path(IMAGE);
        start.elapsed()
    });
    assert!(quickest.min().unwrap() < Duration::from_secs(1));
}

#[test]
#[cfg(target_os = "linux")]
fn half_written_file_is_reported_when_closed() {
    let project = project();
    let mut watched = WatchRecorder::new(project.root());
    let start = Instant::now();
    let mut file = File::create(project.at("assets/ui/tile.png")).unwrap();
    file.write_all(b"half").unwrap();
    wait_for_earlier_changes(&project, &mut watched);
    // If the machine blocks for seconds, the watch no longer waits for the writer.
    if start.elapsed() < Duration::from_secs(2) {
        assert!(
            !watched.changes().iter().any(|change| has_path(change, IMAGE)),
            "a half-written file must not be reported"
        );
    }
    watched.clear();
    file.write_all(b" and half").unwrap();
    drop(file);
    watched.wait_for_path(IMAGE);
    assert_eq!(project.read_text("assets/ui/tile.png"), "half and half");
}

#[test]
fn deep_new_folders_are_watched() {
    let project = project();
    for (n, mut watched) in both_watches(&project).into_iter().enumerate() {
        let deep = format!("new{n}/b/c/d/e/f/g/h/i/j");
        for (at, _) in deep.match_indices('/') {
            project.write(&format!("assets/{}/x.png", &deep[..at]), "x");
        }
        project.write(&format!("assets/{deep}/x.png"), "x");
        watched.wait_for_path(&format!("{deep}/x.png"));
        let paths = watched.paths();
        for (at, _) in deep.match_indices('/') {
            assert!(paths.contains(&format!("{}/x.png", &deep[..at])), "{paths:?}");
        }
        watched.clear();
        project.write(&format!("assets/{deep}/x.png"), "later");
        watched.wait_for_path(&format!("{deep}/x.png"));
    }
}

#[test]
fn moved_folders_are_followed() {
    let project = project();
    for mut watched in both_watches(&project) {
        project.write("outside/deep/x.png", "x");
        fs::rename(project.at("outside"), project.at("assets/in")).unwrap();
        watched.wait_for_path("in/deep/x.png");
        fs::rename(project.at("assets/in"), project.at("assets/about")).unwrap();
        watched.wait_for_path("about/deep/x.png");
        watched.clear();
        project.write("assets/about/deep/x.png", "at its new place");
        watched.wait_for_path("about/deep/x.png");
        watched.clear();
        fs::rename(project.at("assets/about"), project.at("outside")).unwrap();
        watched.wait_for_path("about/deep/x.png");
        fs::remove_dir_all(project.at("outside")).unwrap();
    }
}

#[test]
fn recreated_root_is_watched_again() {
    let project = project();
    for mut watched in both_watches(&project) {
        watched.clear();
        fs::remove_dir_all(project.at("assets/ui")).unwrap();
        project.write("assets/ui/tile.png", "made again");
        watched.wait_for_path(IMAGE);
        wait_for_earlier_changes(&project, &mut watched);
        watched.clear();
        project.write("assets/ui/tile.png", "and saved");
        watched.wait_for_path(IMAGE);
        watched.clear();
        fs::rename(project.at("assets"), project.at("gone")).unwrap();
        watched.wait_for_change(&Change::Everything);
        watched.clear();
        fs::rename(project.at("gone"), project.at("assets")).unwrap();
        watched.wait_for_change(&Change::Everything);
        watched.clear();
        project.write("assets/ui/tile.png", "again");
        watched.wait_for_path(IMAGE);
    }
}

#[cfg(unix)]
#[test]
fn many_changes_are_few_reports() {
    use std::os::unix::fs::PermissionsExt;

    let project = project();
    let files: Vec<_> = (0..2500).map(|n| project.at(&format!("assets/many/{n}.png"))).collect();
    fs::create_dir(project.at("assets/many")).unwrap();
    files.iter().for_each(|file| fs::write(file, "x").unwrap());
    for (mut watched, ms_between) in both_watches(&project).into_iter().zip([150, 20]) {
        watched.clear();
        let mirror = FolderMirror::read(&project.at("assets"));
        let start = Instant::now();
        for n in 0..10 {
            let mode = if n % 2 == 0 { 0o600 } else { 0o644 };
            files.iter().for_each(|file| fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap());
        }
        files.iter().step_by(7).for_each(|file| fs::write(file, "new").unwrap());
        watched.wait_for_change(&Change::Everything);
        let reports = watched.changes().len() as u128;
        // The first report comes at once, and one that began before these changes may come among them.
        let batches = 2 + start.elapsed().as_millis() / ms_between;
        assert!(reports <= batches, "{reports} reports, and there was time for {batches}");
        watched.wait_until_mirrored(mirror, &project.at("assets"));
        files.iter().for_each(|file| fs::write(file, "x").unwrap());
    }
}

#[test]
fn returning_project_is_watched_again() {
    for polls in [false, true] {
        let project = project();
        let (root, away) = (project.at("game"), project.at("elsewhere"));
        support::copy_folder(&project.at("assets"), &root.join("assets"));
        let mut watched = if polls { WatchRecorder::polling(&root) } else { WatchRecorder::new(&root) };
        fs::rename(&root, &away).unwrap();
        watched.wait_for_change(&Change::Vanished);
        fs::rename(&away, &root).unwrap();
        watched.wait_for_change(&Change::Returned);
        assert_eq!(watched.changes(), [Change::Vanished, Change::Returned]);
        fs::write(root.join("assets/ui/tile.png"), "after its return").unwrap();
        watched.wait_for_path(IMAGE);
    }
}

#[test]
fn renamed_parent_makes_the_project_vanish() {
    let project = project();
    support::copy_folder(&project.at("assets"), &project.at("games/mine/assets"));
    let mut watched = WatchRecorder::new(&project.at("games/mine"));
    fs::rename(project.at("games"), project.at("old")).unwrap();
    watched.wait_for_change(&Change::Vanished);
    fs::rename(project.at("old"), project.at("games")).unwrap();
    watched.wait_for_change(&Change::Returned);
}

#[test]
fn packing_reports_no_change() {
    let project = project();
    for mut watched in both_watches(&project) {
        watched.clear();
        assert!(project.pack().pack.is_some());
        assert!(project.exists("assets/.prometeu/identities.json") && project.exists("build/assets.pa"));
        wait_for_earlier_changes(&project, &mut watched);
        let paths = watched.paths();
        assert!(paths.iter().all(|path| path.starts_with("marker-")), "{paths:?}");
        assert!(!watched.changes().contains(&Change::Everything));
    }
}

#[test]
fn changed_registry_is_reported() {
    let mut project = project();
    let mut watched = both_watches(&project);
    project.add_sound("sfx");
    for watched in &mut watched {
        watched.wait_for_path(".prometeu/index.json");
        watched.wait_for_path("sfx/asset.json");
    }
}

#[cfg(unix)]
#[test]
fn linked_project_is_watched() {
    let (project, elsewhere) = (project(), tempfile::tempdir().unwrap());
    let link = elsewhere.path().join("link");
    std::os::unix::fs::symlink(project.root(), &link).unwrap();
    let mut watched = WatchRecorder::new(&link);
    project.write("assets/ui/tile.png", "saved");
    watched.wait_for_path(IMAGE);
    // The new target of the link.
    let other = self::project();
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(other.root(), &link).unwrap();
    watched.wait_until("the other project", |changes| {
        changes.iter().any(|change| matches!(change, Change::Everything | Change::Returned))
    });
    watched.clear();
    other.write("assets/ui/tile.png", "saved here");
    watched.wait_for_path(IMAGE);
}

#[test]
fn refresh_reports_everything() {
    let project = project();
    for mut watched in both_watches(&project) {
        watched.refresh();
        watched.wait_for_change(&Change::Everything);
        assert_eq!(watched.changes(), [Change::Everything]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn dropped_watch_leaves_no_thread() {
    let threads = || {
        let names = fs::read_dir("/proc/self/task").unwrap().flatten().map(|task| task.path().join("comm"));
        names.filter_map(|path| fs::read_to_string(path).ok()).filter(|name| name.starts_with("notify")).count()
    };
    let project = project();
    let before = threads();
    let watched = WatchRecorder::new(project.root());
    assert!(threads() > before, "events must come from a thread");
    drop(watched);
    // Wait, because other tests of this process may watch too, and the kernel needs time.
    let end = Instant::now() + Duration::from_secs(30);
    while threads() > before {
        assert!(Instant::now() < end, "a thread is still running");
        std::thread::yield_now();
    }
}

/// This variable is set if the test below runs with a limit of watches.
#[cfg(target_os = "linux")]
const LIMITED: &str = "PROMETEU_TEST_WATCHES_ARE_LIMITED";

#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs user namespaces: run with --include-ignored"]
fn watch_limit_falls_back_to_polling() {
    let this = "watching::watch_limit_falls_back_to_polling";
    if std::env::var_os(LIMITED).is_none() {
        // The limit applies to the new user namespace only.
        let script = "echo 5 > /proc/sys/user/max_inotify_watches && exec \"$0\" \"$@\"";
        let output = std::process::Command::new("unshare")
            .args(["--user", "--map-root-user", "sh", "-c", script])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", this, "--ignored", "--nocapture"])
            .env(LIMITED, "")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && text.contains("1 passed"), "{text}{error}");
        return;
    }
    // The project, `assets`, `.prometeu` and `ui` are four folders, so one more can be watched.
    let project = project();
    let mut watched = WatchRecorder::new(project.root());
    assert_eq!(watched.mode(), WatchMode::Events);
    for n in 0..3 {
        project.write(&format!("assets/new{n}/x.png"), "x");
    }
    watched.wait_for_change(&Change::Everything);
    let WatchMode::Polling { why } = watched.mode() else { panic!("the watch did not fall back to polling") };
    assert_eq!(why, WhyPolling::WatchLimit);
    assert!(why.to_string().contains("limit"), "{why}");
    project.write("assets/new2/x.png", "longer");
    watched.wait_for_path("new2/x.png");
    // With too few watches from the start.
    let mut watched = WatchRecorder::new(project.root());
    assert_eq!(watched.mode(), WatchMode::Polling { why: WhyPolling::WatchLimit });
    project.write("assets/ui/tile.png", "longer");
    watched.wait_for_path(IMAGE);
    // When enough watches are free again, a refresh uses them.
    for n in 0..3 {
        fs::remove_dir_all(project.at(&format!("assets/new{n}"))).unwrap();
    }
    watched.clear();
    watched.refresh();
    watched.wait_for_change(&Change::Everything);
    assert_eq!(watched.mode(), WatchMode::Events);
}
