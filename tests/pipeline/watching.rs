//! Living with a folder that changes under us, told as stories over a real one (docs/specs/workspace.md, "Watching").
#![expect(clippy::disallowed_methods, reason = "these stories write as editors do")]

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use packer_services::watch::{Change, Mode, WhyPolling};
use support::TestProject;
use support::watch::{FolderMirror, WatchRecorder, has_path};

const IMAGE: &str = "ui/tile.png";

/// A project with one bank, whose image is `assets/ui/tile.png`.
fn project() -> TestProject {
    let mut project = TestProject::new();
    project.add_glyph("ui");
    project
}

/// Both ways to notice a change.
fn both(project: &TestProject) -> [WatchRecorder; 2] {
    [WatchRecorder::new(project.root()), WatchRecorder::polling(project.root())]
}

/// Changes a file that nobody cares for and waits until that is told: what was to be told before, was.
fn until_all_is_told(project: &TestProject, watched: &mut WatchRecorder) {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let name = format!("marker-{}", COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    project.write(&format!("assets/{name}"), "x");
    watched.wait_for_path(&name);
}

/// A way to save: the file, and its new content.
type Save = fn(&Path, &[u8]);

const SAVES: [(&str, Save); 6] = [
    ("written in place", |path, new| fs::write(path, new).unwrap()),
    ("truncated, then written bit by bit", |path, new| {
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
    ("the old one made a backup, which is then deleted", |path, new| {
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
fn a_save_is_seen_however_the_editor_writes() {
    let project = project();
    for mut watched in both(&project) {
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
fn an_editor_is_told_of_within_a_second() {
    let project = project();
    let mut watched = WatchRecorder::new(project.root());
    // Of several saves, one is not held up by another program of this machine.
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
fn a_half_written_file_is_told_when_it_is_whole() {
    let project = project();
    let mut watched = WatchRecorder::new(project.root());
    let start = Instant::now();
    let mut file = File::create(project.at("assets/ui/tile.png")).unwrap();
    file.write_all(b"half").unwrap();
    until_all_is_told(&project, &mut watched);
    // On a machine that stands still for seconds, the writer counts as one that never closes.
    if start.elapsed() < Duration::from_secs(2) {
        assert!(!watched.changes().iter().any(|change| has_path(change, IMAGE)), "nobody looks at half a file");
    }
    watched.clear();
    file.write_all(b" and half").unwrap();
    drop(file);
    watched.wait_for_path(IMAGE);
    assert_eq!(project.read_text("assets/ui/tile.png"), "half and half");
}

#[test]
fn deep_new_folders_are_found_with_all_that_is_in_them_and_watched() {
    let project = project();
    for (n, mut watched) in both(&project).into_iter().enumerate() {
        let deep = format!("new{n}/b/c/d/e/f/g/h/i/j");
        for (at, _) in deep.match_indices('/') {
            project.write(&format!("assets/{}/x.png", &deep[..at]), "x");
        }
        project.write(&format!("assets/{deep}/x.png"), "x");
        watched.wait_for_path(&format!("{deep}/x.png"));
        let told = watched.paths();
        for (at, _) in deep.match_indices('/') {
            assert!(told.contains(&format!("{}/x.png", &deep[..at])), "{told:?}");
        }
        watched.clear();
        project.write(&format!("assets/{deep}/x.png"), "later");
        watched.wait_for_path(&format!("{deep}/x.png"));
    }
}

#[test]
fn a_folder_that_is_moved_in_about_and_out_is_followed() {
    let project = project();
    for mut watched in both(&project) {
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
fn a_root_that_is_deleted_and_made_again_is_watched_again() {
    let project = project();
    for mut watched in both(&project) {
        watched.clear();
        fs::remove_dir_all(project.at("assets/ui")).unwrap();
        project.write("assets/ui/tile.png", "made again");
        watched.wait_for_path(IMAGE);
        until_all_is_told(&project, &mut watched);
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
fn twenty_five_thousand_touches_are_few_full_looks() {
    use std::os::unix::fs::PermissionsExt;

    let project = project();
    let files: Vec<_> = (0..2500).map(|n| project.at(&format!("assets/many/{n}.png"))).collect();
    fs::create_dir(project.at("assets/many")).unwrap();
    files.iter().for_each(|file| fs::write(file, "x").unwrap());
    for (mut watched, ms_between) in both(&project).into_iter().zip([150, 20]) {
        watched.clear();
        let mirror = FolderMirror::read(&project.at("assets"));
        let start = Instant::now();
        for n in 0..10 {
            let mode = if n % 2 == 0 { 0o600 } else { 0o644 };
            files.iter().for_each(|file| fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap());
        }
        files.iter().step_by(7).for_each(|file| fs::write(file, "new").unwrap());
        watched.wait_for_change(&Change::Everything);
        let told = watched.changes().len() as u128;
        // The first begins at once, and the one before it may have begun before the touches and be told among theirs.
        let batches = 2 + start.elapsed().as_millis() / ms_between;
        assert!(told <= batches, "{told} changes are told, and there was time for {batches}");
        watched.wait_until_mirrored(mirror, &project.at("assets"));
        files.iter().for_each(|file| fs::write(file, "x").unwrap());
    }
}

#[test]
fn a_project_that_vanishes_and_returns_is_watched_again() {
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
        fs::write(root.join("assets/ui/tile.png"), "after it came back").unwrap();
        watched.wait_for_path(IMAGE);
    }
}

#[test]
fn a_project_whose_parent_is_renamed_vanishes() {
    let project = project();
    support::copy_folder(&project.at("assets"), &project.at("games/mine/assets"));
    let mut watched = WatchRecorder::new(&project.at("games/mine"));
    fs::rename(project.at("games"), project.at("old")).unwrap();
    watched.wait_for_change(&Change::Vanished);
    fs::rename(project.at("old"), project.at("games")).unwrap();
    watched.wait_for_change(&Change::Returned);
}

#[test]
fn a_pack_is_no_reason_to_look_again() {
    let project = project();
    for mut watched in both(&project) {
        watched.clear();
        assert!(project.pack().pack.is_some());
        assert!(project.exists("assets/.prometeu/cache.json") && project.exists("build/assets.pa"));
        until_all_is_told(&project, &mut watched);
        let told = watched.paths();
        assert!(told.iter().all(|path| path.starts_with("marker-")), "{told:?}");
        assert!(!watched.changes().contains(&Change::Everything));
    }
}

#[test]
fn a_new_registry_is_a_reason_to_look_again() {
    let mut project = project();
    let mut watched = both(&project);
    project.add_sound("sfx");
    for watched in &mut watched {
        watched.wait_for_path(".prometeu/index.json");
        watched.wait_for_path("sfx/asset.json");
    }
}

#[cfg(unix)]
#[test]
fn a_project_that_is_reached_by_a_link_is_watched() {
    let (project, elsewhere) = (project(), tempfile::tempdir().unwrap());
    let link = elsewhere.path().join("link");
    std::os::unix::fs::symlink(project.root(), &link).unwrap();
    let mut watched = WatchRecorder::new(&link);
    project.write("assets/ui/tile.png", "saved");
    watched.wait_for_path(IMAGE);
    // And where the link leads now.
    let other = self::project();
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(other.root(), &link).unwrap();
    watched.wait_until("the other project", |told| {
        told.iter().any(|change| matches!(change, Change::Everything | Change::Returned))
    });
    watched.clear();
    other.write("assets/ui/tile.png", "saved here");
    watched.wait_for_path(IMAGE);
}

#[test]
fn a_refresh_tells_everything() {
    let project = project();
    for mut watched in both(&project) {
        watched.refresh();
        watched.wait_for_change(&Change::Everything);
        assert_eq!(watched.changes(), [Change::Everything]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_thread_is_left_behind() {
    let threads = || {
        let names = fs::read_dir("/proc/self/task").unwrap().flatten().map(|task| task.path().join("comm"));
        names.filter_map(|path| fs::read_to_string(path).ok()).filter(|name| name.starts_with("notify")).count()
    };
    let project = project();
    let before = threads();
    let watched = WatchRecorder::new(project.root());
    assert!(threads() > before, "events come from a thread");
    drop(watched);
    // Other tests of this process may watch too, so it is waited for; the kernel needs a moment as well.
    let end = Instant::now() + Duration::from_secs(30);
    while threads() > before {
        assert!(Instant::now() < end, "a thread is left");
        std::thread::yield_now();
    }
}

/// The variable that tells the story below that it runs where folders may not be watched.
#[cfg(target_os = "linux")]
const LIMITED: &str = "PROMETEU_TEST_WATCHES_ARE_LIMITED";

#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs user namespaces: run with --include-ignored"]
fn a_limit_of_watches_is_polling_and_is_said() {
    let this = "watching::a_limit_of_watches_is_polling_and_is_said";
    if std::env::var_os(LIMITED).is_none() {
        // The limit of a user namespace is that of its own: nobody else has fewer watches because of this.
        let script = "echo 5 > /proc/sys/user/max_inotify_watches && exec \"$0\" \"$@\"";
        let ended = std::process::Command::new("unshare")
            .args(["--user", "--map-root-user", "sh", "-c", script])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", this, "--ignored", "--nocapture"])
            .env(LIMITED, "")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&ended.stdout);
        let error = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() && text.contains("1 passed"), "{text}{error}");
        return;
    }
    // The project, `assets`, `.prometeu` and `ui` are four folders, so there is room for one more.
    let project = project();
    let mut watched = WatchRecorder::new(project.root());
    assert_eq!(watched.mode(), Mode::Events);
    for n in 0..3 {
        project.write(&format!("assets/new{n}/x.png"), "x");
    }
    watched.wait_for_change(&Change::Everything);
    let Mode::Polling { why } = watched.mode() else { panic!("this is silence") };
    assert_eq!(why, WhyPolling::WatchLimit);
    assert!(why.to_string().contains("limit"), "{why}");
    project.write("assets/new2/x.png", "longer");
    watched.wait_for_path("new2/x.png");
    // With too little room from the start.
    let mut watched = WatchRecorder::new(project.root());
    assert_eq!(watched.mode(), Mode::Polling { why: WhyPolling::WatchLimit });
    project.write("assets/ui/tile.png", "longer");
    watched.wait_for_path(IMAGE);
    // When there is room again, a refresh finds it.
    for n in 0..3 {
        fs::remove_dir_all(project.at(&format!("assets/new{n}"))).unwrap();
    }
    watched.clear();
    watched.refresh();
    watched.wait_for_change(&Change::Everything);
    assert_eq!(watched.mode(), Mode::Events);
}
