//! Every verb that writes, and what the system can do to it: power that fails, a disk that is full, files that may not
//! be written, few open files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use support::TestProject;
use support::binary;

use crate::tools::{self, Tool};
use crate::{cli, fixtures, tree};

/// Every verb that writes, on the project of [`project`].
pub const WRITERS: [&str; 12] = [
    "init @/another/game",
    "create @ ui/deep/new --type glyph_bank @/assets/ui/icons/tile.png --name new",
    "register @ sfx/found",
    "palettes @ id:1 --apply",
    "move @ id:1 hud/new/icons",
    "remove @ id:2",
    "restore @ id:2",
    "undo @",
    "pack @",
    "extract @/build/assets.pa @/more/art --as-project",
    "preview @ id:2 --out @/more/shown",
    "constants @ --lang c --output @/ids.h",
];

/// A packed project with something to do for each verb.
pub fn project() -> TestProject {
    let (project, _) = fixtures::packed_project();
    for file in ["asset.json", "blip.wav"] {
        project.write(&format!("assets/sfx/found/{file}"), project.read(&format!("assets/sfx/blip/{file}")));
    }
    let found = "assets/sfx/found/asset.json";
    project.edit(found, "sfx_blip", "found").edit(found, &support::uuid(2).to_string(), &support::uuid(9).to_string());
    project.edit(fixtures::ICONS, ",\n              \"#00ff00\"", "");
    project.edit("assets/sfx/blip/asset.json", "sfx_blip", "sfx_blop");
    project.write("ids.h", "old");
    // Packs without the color that `palettes` adds.
    project.write(fixtures::TILE, support::images::plain(8, 8, support::RED));
    project
}

/// The project for `line`: that of [`project`], with two colors in its image if `line` looks for one more.
fn project_for(line: &str) -> TestProject {
    let project = project();
    if line.starts_with("palettes") {
        project.write(fixtures::TILE, support::images::checker(8, 8, support::RED, support::GREEN));
    }
    if line.starts_with("restore") || line.starts_with("undo") {
        cli::run_ok(project.root(), "remove @ id:2");
    }
    project
}

/// The files that a verb changes, except those that only packers use.
fn state(project: &TestProject) -> tree::Tree {
    let mut tree = tree::read_tree(project.root());
    let is_tool = |path: &str| {
        let is_name = path.ends_with(".prometeu/cache.json") || path.ends_with(".prometeu/lock");
        is_name || path.contains(".prometeu/history/origins/")
    };
    tree.retain(|path, node| *node != tree::Node::Folder && !is_tool(path));
    tree
}

/// The folder of the records of changes.
const HISTORY: &str = ".prometeu/history";

/// The calls that change or sync something.
const RECORDED: &str = "trace=?open,openat,openat2,write,pwrite64,writev,copy_file_range,ftruncate,fsync,fdatasync,syncfs,\
                        ?rename,renameat,renameat2,?mkdir,mkdirat,?unlink,unlinkat,?rmdir";

/// One recorded call: its name, its arguments and its result, with the paths of open files.
struct Call {
    name: String,
    arguments: String,
    result: String,
}

/// All successful calls of a run of `line`, in order.
fn record(project: &TestProject, line: &str) -> Vec<Call> {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut command = std::process::Command::new("strace");
    command.args(["-f", "-qq", "-y", "-s", "4096", "-e", RECORDED, "-o"]).arg(file.path());
    let output = tools::run_to_end(command.arg(binary::path()).args(cli::arguments(project.root(), line)));
    assert_eq!(output.code, 0, "{line}: {}{}", output.stdout, output.stderr);
    let mut unfinished: BTreeMap<String, String> = BTreeMap::new();
    let mut calls = Vec::new();
    for text in std::io::read_to_string(file).unwrap().lines() {
        let (thread, text) = text.trim_start().split_once(' ').unwrap();
        let text = text.trim_start();
        let whole = if let Some(start) = text.strip_suffix("<unfinished ...>") {
            unfinished.insert(thread.to_owned(), start.to_owned());
            continue;
        } else if text.starts_with("<... ") {
            let (_, rest) = text.split_once(" resumed>").unwrap();
            unfinished.remove(thread).unwrap_or_default() + rest
        } else {
            text.to_owned()
        };
        let Some((call, result)) = whole.rsplit_once(" = ") else { continue };
        let Some((name, arguments)) = call.split_once('(') else { continue };
        if !result.starts_with('-') {
            calls.push(Call { name: name.into(), arguments: arguments.trim_end().into(), result: result.into() });
        }
    }
    calls
}

/// The path of an open file, as strace writes it: `5</path>`.
fn open_path(text: &str) -> Option<PathBuf> {
    let (_, rest) = text.split_once('<')?;
    rest.split_once('>').map(|(path, _)| path.into())
}

impl Call {
    /// The paths that it names: each relative to the open folder before it.
    fn paths(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folder = PathBuf::new();
        for word in self.arguments.split(", ") {
            if let Some(name) = word.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
                found.push(folder.join(name.0));
            } else if let Some(path) = open_path(word) {
                folder = path;
            }
        }
        found
    }
}

/// What a power failure could lose: the bytes and the names of files that no sync wrote to the disk.
#[derive(Default)]
struct Volatile {
    bytes: BTreeSet<PathBuf>,
    names: BTreeSet<PathBuf>,
}

impl Volatile {
    /// Asserts that a power failure after any of these calls leaves each file whole, old or new.
    fn replay(calls: &[Call], root: &Path, line: &str) -> Self {
        let mut volatile = Self::default();
        let mut renamed = 0;
        // The lock's content is only for people.
        let matters = |path: &Path| path.starts_with(root) && !path.ends_with(".prometeu/lock");
        for call in calls {
            match call.name.as_str() {
                "open" | "openat" | "openat2" => {
                    let Some(path) = open_path(&call.result).filter(|path| matters(path)) else { continue };
                    if call.arguments.contains("O_CREAT") {
                        assert!(call.arguments.contains("O_EXCL"), "{line} writes in place: {}", call.arguments);
                        volatile.names.insert(path.clone());
                        volatile.bytes.insert(path);
                    } else {
                        assert!(!call.arguments.contains("O_TRUNC"), "{line} writes in place: {}", call.arguments);
                    }
                }
                "write" | "pwrite64" | "writev" | "ftruncate" | "copy_file_range" => {
                    let written = if call.name == "copy_file_range" {
                        call.arguments.split(", ").filter_map(open_path).nth(1)
                    } else {
                        open_path(&call.arguments)
                    };
                    volatile.bytes.extend(written.filter(|path| matters(path)));
                }
                "mkdir" | "mkdirat" => {
                    volatile.names.extend(call.paths().into_iter().filter(|path| matters(path)));
                }
                "fsync" | "fdatasync" => {
                    let path = open_path(&call.arguments).unwrap();
                    volatile.bytes.remove(&path);
                    volatile.names.retain(|name| name.parent() != Some(&path));
                }
                "syncfs" => volatile = Self::default(),
                "unlink" | "unlinkat" | "rmdir" => {
                    for path in call.paths() {
                        volatile.bytes.remove(&path);
                        volatile.names.remove(&path);
                    }
                }
                _ => {
                    let paths = call.paths();
                    let [from, to] = &paths[..] else { panic!("{line}: {} {}", call.name, call.arguments) };
                    if !matters(to) {
                        continue;
                    }
                    let lost = |paths: &BTreeSet<PathBuf>| paths.iter().find(|path| path.starts_with(from)).cloned();
                    let is_cache = ["cache.json", "identities.json"]
                        .iter()
                        .any(|name| to.ends_with(Path::new(".prometeu").join(name)));
                    assert!(is_cache || lost(&volatile.bytes).is_none(), "{line} renames to {to:?} before it syncs");
                    volatile.bytes.remove(from);
                    volatile.names.remove(from);
                    // The end of a change is found again after a power failure.
                    let is_mark =
                        [from, to].iter().all(|path| path.parent().is_some_and(|folder| folder.ends_with(HISTORY)));
                    let inside = lost(&volatile.names);
                    assert!(inside.is_none(), "{line} renames a folder to {to:?} before it syncs {inside:?}");
                    volatile.names.extend((!is_cache && !is_mark).then(|| to.clone()));
                    renamed += 1;
                }
            }
        }
        assert!(renamed > 0, "{line} renamed nothing: {} calls", calls.len());
        volatile
    }
}

/// In a file system that loses everything that was not synced, in any order, a name must never lead to half a file.
#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn power_failure_leaves_whole_files() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    for line in WRITERS {
        let project = project_for(line);
        let calls = record(&project, line);
        let left = Volatile::replay(&calls, project.root(), line);
        // What was reported as done must stay done.
        assert!(left.names.is_empty(), "{line} ends before it syncs {:?}", left.names);
        if line.starts_with("pack") {
            let published =
                calls.iter().filter(|call| call.name.starts_with("rename")).map(|call| call.paths()[1].clone());
            let published: Vec<_> = published.filter(|path| path.starts_with(project.at("build"))).collect();
            assert!(published.len() == 4 && published[3] == project.at("build/assets.pa"), "{published:?}");
        }
    }
}

/// The states of a project before and after a verb.
struct States {
    line: &'static str,
    old: tree::Tree,
    /// Only the names: `create` chooses a new uuid each time.
    new: BTreeSet<String>,
}

impl States {
    fn of(line: &'static str) -> Self {
        let project = project_for(line);
        let old = state(&project);
        cli::run_ok(project.root(), line);
        Self { line, old, new: state(&project).into_keys().collect() }
    }

    /// Asserts that a run that may have failed did everything or nothing, and left nothing else.
    fn check(&self, project: &TestProject, output: &binary::CommandOutput, what: &str) {
        let what = format!("{}, {what}: {}{}", self.line, output.stdout, output.stderr);
        assert!(!output.stderr.contains("panicked"), "{what}");
        let current = state(project);
        assert!(output.code != 0 || current != self.old, "{what}: it reports success");
        let names: BTreeSet<String> = current.keys().cloned().collect();
        // Some files of `init` can be in place, each of them whole; those of `pack` have the same names as before.
        let is_begun = self.line.starts_with("init") && names.is_subset(&self.new);
        assert!(current == self.old || names == self.new || is_begun, "{what}: neither old nor new: {names:?}");
        if is_begun {
            cli::run_ok(project.root(), self.line);
            assert!(state(project).into_keys().collect::<BTreeSet<_>>() == self.new, "{what}");
        }
        if !self.line.starts_with("palettes") {
            cli::run_ok(project.root(), "doctor @");
        }
    }
}

/// Lets each call of one kind fail, in one verb: it ends with exit code 2 and the old state, or did everything.
fn fail_each_call(line: &'static str, call: &str, error: &str) {
    let states = States::of(line);
    let recorded = record(&project_for(line), line);
    let count = recorded.iter().filter(|found| call.split(',').any(|name| name == found.name)).count();
    let injected = call.split(',').map(|name| format!("?{name}")).collect::<Vec<_>>().join(",");
    for n in 1..=count {
        let project = project_for(line);
        let arguments = cli::arguments(project.root(), &format!("{line} --format json"));
        let output = tools::run_under_strace(&[&format!("{injected}:error={error}:when={n}")], arguments);
        assert!(matches!(output.code, 0 | 2), "{line}, {call} {n}: {}{}", output.stdout, output.stderr);
        states.check(&project, &output, &format!("{call} number {n} fails with {error}"));
    }
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn full_disk_stops_every_verb_cleanly() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    std::thread::scope(|scope| {
        for line in WRITERS {
            scope.spawn(move || {
                for call in ["write", "mkdir,mkdirat", "ftruncate", "rename,renameat,renameat2"] {
                    fail_each_call(line, call, "ENOSPC");
                }
            });
        }
    });
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn failed_sync_stops_every_verb_cleanly() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    std::thread::scope(|scope| {
        for line in WRITERS {
            scope.spawn(move || fail_each_call(line, "fsync,syncfs", "EIO"));
        }
    });
}

/// On a disk that was mounted read-only, even root writes nothing.
#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn read_only_disk_stops_every_verb() {
    if !tools::are_available(&[Tool::Mounts]) {
        return;
    }
    let script = "mount --bind \"$1\" \"$1\"; mount -o remount,ro,bind \"$1\"; shift; exec \"$@\"";
    for line in WRITERS {
        let project = project_for(line);
        let before = tree::read_tree(project.root());
        let mut arguments = vec![project.root().as_os_str().to_owned(), binary::path().as_os_str().to_owned()];
        arguments.extend(cli::arguments(project.root(), &format!("{line} --format json")));
        let arguments: Vec<_> = arguments.iter().map(std::ffi::OsString::as_os_str).collect();
        let output = tools::run_in_own_mounts(script, &arguments);
        assert_eq!(output.code, 2, "{line}: {}{}", output.stdout, output.stderr);
        let codes = output.codes();
        assert!(codes.iter().any(|code| code == "file-unwritable"), "{line}: {codes:?}");
        tree::assert_same(&before, &tree::read_tree(project.root()), line);
    }
}

/// Runs `line` with a limit of the shell.
fn run_limited(project: &TestProject, limit: &str, line: &str) -> binary::CommandOutput {
    let mut command = std::process::Command::new("bash");
    command.arg("-c").arg(format!("ulimit {limit}; exec \"$0\" \"$@\"")).arg(binary::path());
    tools::run_to_end(command.args(cli::arguments(project.root(), line)))
}

#[test]
fn few_open_files_change_nothing_by_half() {
    let mut done = 0;
    for line in WRITERS {
        let states = States::of(line);
        for files in [5, 7, 9, 12, 16] {
            let project = project_for(line);
            let output = run_limited(&project, &format!("-n {files}"), line);
            // Before the packer starts, the system's loader opens files.
            assert!(matches!(output.code, 0 | 2 | 127), "{line}, {files}: {}{}", output.stdout, output.stderr);
            done += u32::from(output.code == 0);
            let is_abandoned = |path: &String| path.contains("/.prometeu-export-") && path.ends_with("/lock");
            if state(&project).keys().any(is_abandoned) {
                // Removing the stage takes open files too: the next run does it.
                assert_eq!(output.code, 2, "{line}, {files}: {}{}", output.stdout, output.stderr);
                cli::run_ok(project.root(), line);
                assert!(state(&project).into_keys().eq(states.new.iter().cloned()), "{line}, {files}");
            } else {
                states.check(&project, &output, &format!("{files} open files"));
            }
        }
    }
    assert!(done >= 8, "16 open files must be enough for every verb: {done}");
}

#[test]
fn file_size_limit_keeps_the_old_pack() {
    for kibibytes in [0, 1, 8, 32] {
        let project = project();
        let old = project.outputs();
        let output = run_limited(&project, &format!("-f {kibibytes}"), "pack @");
        // The signal of this limit ends the program, unless it is ignored.
        assert!(matches!(output.code, 2 | 153), "{kibibytes}: {}{}", output.stdout, output.stderr);
        assert!(project.outputs().last() == old.last(), "{kibibytes}");
        cli::run_ok(project.root(), "pack @");
        assert!(project.outputs() != old && !project.exists("build/.prometeu"), "{kibibytes}");
    }
}
