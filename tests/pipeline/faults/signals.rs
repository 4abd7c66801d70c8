//! A packer that gets a signal stops at once and changes nothing.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use support::binary::{self, CommandOutput};
use support::{TestProject, large_projects};

use crate::{cli, fixtures, tools};

/// Starts a packer of the huge project, and waits until it writes.
fn start_and_wait(project: &TestProject) -> Child {
    let mut command = binary::command(cli::arguments(project.root(), "pack @"));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    tools::wait_until("the stage file", || fixtures::staged_pack(project).is_some());
    child
}

#[test]
fn signals_stop_a_pack_within_a_second() {
    let (project, outputs) = fixtures::huge_project();
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let child = start_and_wait(&project);
        let start = Instant::now();
        tools::send_signal(name, &child);
        let output = CommandOutput::from(child.wait_with_output().unwrap());
        assert!(start.elapsed() < Duration::from_secs(1), "{name} took {:?}", start.elapsed());
        assert_eq!(output.code, 128 + number, "{name}: {}", output.stderr);
        assert!(output.stderr.contains("[interrupted]") && !output.stderr.contains("panicked"), "{}", output.stderr);
        assert!(project.outputs() == outputs, "{name}: the old pack must be unchanged");
        assert!(!project.exists("build/.prometeu"), "{name}: the stage must be removed");
    }
}

#[test]
fn signaled_create_stops_and_leaves_nothing() {
    let (project, _) = fixtures::huge_project();
    let before = project.read(fixtures::REGISTRY);
    let line = "create @ sfx/new --type sound_bank @/assets/sfx/wind/long.wav";
    let mut command = binary::command(cli::arguments(project.root(), line));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let staged = || {
        let mut folders = std::fs::read_dir(project.at("assets/.prometeu")).unwrap().map(|entry| entry.unwrap().path());
        folders.find(|path| path.join("long.wav").exists())
    };
    tools::wait_until("the copy to begin", || staged().is_some());
    let start = Instant::now();
    tools::send_signal("TERM", &child);
    let output = CommandOutput::from(child.wait_with_output().unwrap());
    assert!(start.elapsed() < Duration::from_secs(1), "it took {:?}", start.elapsed());
    assert_eq!(output.code, 143, "{}", output.stderr);
    assert!(staged().is_none() && !project.exists("assets/sfx/new") && project.read(fixtures::REGISTRY) == before);
}

#[cfg(target_os = "linux")]
#[test]
fn signaled_doctor_stops_within_a_second() {
    let (project, _) = fixtures::huge_project();
    fixtures::exclude_giant_sounds(&project);
    // Outside of assets, so that only the search for duplicates opens them.
    for root in ["sfx/wind", "sfx/rain", "sfx/sea"] {
        std::fs::rename(project.at(&format!("assets/{root}/long.wav")), project.at(&format!("assets/{root}.wav")))
            .unwrap();
    }
    let mut command = binary::command(cli::arguments(project.root(), "doctor @ --workspace"));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let open_files = format!("/proc/{}/fd", child.id());
    tools::wait_until("the comparing to begin", || {
        let files = std::fs::read_dir(&open_files).into_iter().flatten().flatten();
        files.filter_map(|file| std::fs::read_link(file.path()).ok()).any(|file| file.ends_with("assets/sfx/rain.wav"))
    });
    let start = Instant::now();
    tools::send_signal("INT", &child);
    let output = CommandOutput::from(child.wait_with_output().unwrap());
    assert!(start.elapsed() < Duration::from_secs(1), "it took {:?}", start.elapsed());
    assert_eq!(output.code, 130, "{}", output.stderr);
}

#[test]
fn waiting_packer_can_be_interrupted() {
    let project = fixtures::small_project();
    project.write("assets/.prometeu/lock", "process 12 on workshop");
    let held = std::fs::File::options().write(true).open(project.at("assets/.prometeu/lock")).unwrap();
    held.lock().unwrap();
    let mut command = binary::command(cli::arguments(project.root(), "pack @"));
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut message = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    stderr.read_line(&mut message).unwrap();
    tools::send_signal("INT", &child);
    assert_eq!(CommandOutput::from(child.wait_with_output().unwrap()).code, 130);
    assert!(!project.exists("build"));
}

/// Sends a signal at the first call that changes, reads or syncs something, at the second, and so on, beyond the last.
/// A run that ends with the signal's code must have changed nothing; any other must have done everything.
#[cfg(target_os = "linux")]
fn signal_at_each_call(line: &str, create_project: impl Fn() -> TestProject) {
    use crate::tree;
    const CALLS: &str = "?mkdir,mkdirat,openat,?openat2,read,lseek,write,ftruncate,flock,fsync,?rename,renameat,\
                         ?renameat2,?unlink,unlinkat";
    let tree_of = |project: &TestProject| {
        let mut tree = tree::read_tree(project.root());
        // They have a random uuid.
        tree.remove("assets/ui/new/asset.json");
        tree.remove("assets/.prometeu/history/000001");
        tree.retain(|path, _| !path.starts_with("assets/.prometeu/history/origins"));
        tree.remove("another/assets/.prometeu/lock");
        if line.starts_with("create") {
            tree.remove(fixtures::REGISTRY);
        }
        tree
    };
    let whole = create_project();
    let expected = cli::run(whole.root(), line).code;
    let (old, new) = (tree_of(&create_project()), tree_of(&whole));
    let (mut interrupted, mut done_in_a_row) = (0, 0);
    let mut n = 0;
    // No run makes this many calls after it has published.
    while done_in_a_row < 30 {
        n += 1;
        let project = create_project();
        let json = cli::arguments(project.root(), &format!("{line} --format json"));
        let output = tools::run_under_strace(&[&format!("{CALLS}:signal=TERM:when={n}")], json);
        let what = format!("{line}, signal at call {n}: {}{}", output.stdout, output.stderr);
        if output.code == 143 && output.stdout.is_empty() {
            // The signal came before the packer could receive it.
            assert_eq!(interrupted, 0, "{what}");
            tree::assert_same(&old, &tree_of(&project), &what);
        } else if output.code == 143 {
            assert_eq!(output.codes(), ["interrupted"], "{what}");
            tree::assert_same(&old, &tree_of(&project), &what);
            (interrupted, done_in_a_row) = (interrupted + 1, 0);
        } else {
            assert_eq!(output.code, expected, "{what}");
            tree::assert_same(&new, &tree_of(&project), &what);
            done_in_a_row += 1;
        }
    }
    // `init` looks for signals only before it creates the first folder.
    assert!(interrupted > 0 || line.starts_with("init"), "{line}: no run was interrupted");
}

#[cfg(target_os = "linux")]
fn project_to_write() -> TestProject {
    let (project, _) = fixtures::packed_project();
    project.write("tile.png", project.read(fixtures::TILE));
    project.edit(fixtures::ICONS, ",\n              \"#00ff00\"", "");
    project
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn exit_code_says_what_happened() {
    if !tools::are_available(&[tools::Tool::Strace]) {
        return;
    }
    let changed = || {
        let (project, _) = fixtures::packed_project();
        project.edit(fixtures::ICONS, "ui_icons", "ui_glyphs");
        project
    };
    signal_at_each_call("pack @", changed);
    signal_at_each_call("pack @ --check", changed);
    signal_at_each_call("create @ ui/new --type glyph_bank @/tile.png", project_to_write);
    signal_at_each_call("palettes @ id:1 --apply", project_to_write);
    signal_at_each_call("constants @ --lang c --output @/ids.h", || fixtures::packed_project().0);
    signal_at_each_call("extract @/build/assets.pa @/art", || fixtures::packed_project().0);
    signal_at_each_call("preview @ id:2 --out @/deep/shown", || fixtures::packed_project().0);
    signal_at_each_call("register @ sfx/blip", || {
        let project = fixtures::small_project();
        let text = project.read_text(fixtures::REGISTRY);
        let (first, _) = text.split_once(",\n    {\"asset_id\": 2").unwrap();
        project.write(fixtures::REGISTRY, format!("{first}\n  ]\n}}\n"));
        project
    });
    signal_at_each_call("init @/another", fixtures::small_project);
}

/// As in the last moment before a pack is published, when the operation does not look for signals any more.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn signal_while_publishing_is_too_late() {
    if !tools::are_available(&[tools::Tool::Strace]) {
        return;
    }
    let (project, outputs) = fixtures::packed_project();
    project.edit(fixtures::ICONS, "ui_icons", "ui_glyphs");
    let output =
        tools::run_under_strace(&["fsync:signal=TERM:when=1"], cli::arguments(project.root(), "pack @ --format json"));
    assert_eq!((output.code, &output.json()["status"]), (0, &"ok".into()), "{}", output.stderr);
    assert!(project.outputs() != outputs);
    cli::run_ok(project.root(), "pack @ --check");
}

/// Starts a packer of which only the first byte is read, and waits until it waits for a reader.
#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "the system makes this text when it is read")]
fn start_without_reader(project: &TestProject, line: &str) -> Child {
    let mut command = binary::command(cli::arguments(project.root(), line));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    let state = format!("/proc/{}/stat", child.id());
    tools::wait_until("the pipe to be full", || {
        std::fs::read_to_string(&state).is_ok_and(|state| state.contains(") S "))
    });
    child
}

#[cfg(target_os = "linux")]
#[test]
fn signal_ends_a_packer_without_reader() {
    let project = large_projects::create_valid(400);
    for line in ["list @ --format json", "pack @ --format json"] {
        for (name, number) in [("TERM", 15), ("INT", 2)] {
            let mut child = start_without_reader(&project, line);
            let start = Instant::now();
            tools::send_signal(name, &child);
            let code = child.wait().unwrap().code();
            assert!(start.elapsed() < Duration::from_secs(1), "{line}: {name} took {:?}", start.elapsed());
            assert_eq!(code, Some(128 + number), "{line}: the answer is lost");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn ignored_signals_stay_ignored() {
    let (project, _) = fixtures::packed_project();
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$0\" watch \"$1\""]).arg(binary::path()).arg(project.root());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    lines.read_line(&mut String::new()).unwrap();
    tools::send_signal("HUP", &child);
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().unwrap().is_none(), "as with nohup");
    tools::send_signal("TERM", &child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
