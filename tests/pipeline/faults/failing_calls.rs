//! System calls of the packer that fail: it ends with exit code 2 and the old pack, or it did not need them.

use support::binary::CommandOutput;
use support::sounds::Wav;
use support::{TestProject, sample, sound};

use crate::tools::{self, Tool};
use crate::{cli, fixtures, tree};

/// A packed project with a change, its old outputs, and the expected new outputs.
fn changed_project() -> (TestProject, fixtures::Outputs, fixtures::Outputs) {
    let (project, old) = fixtures::packed_project();
    project.edit(fixtures::ICONS, "ui_icons", "ui_glyphs");
    let fresh = TestProject::copy_of(project.root());
    fresh.pack();
    (project, old, fresh.outputs())
}

fn pack(project: &TestProject, injected: &str) -> CommandOutput {
    tools::run_under_strace(&[injected], cli::arguments(project.root(), "pack @ --format json"))
}

/// Asserts that the pack is the old one if packing failed, else the new one, and that nothing is left over. Returns
/// whether packing failed.
fn fails_with_old_pack(
    what: &str,
    output: &CommandOutput,
    project: &TestProject,
    old: &fixtures::Outputs,
    new: &fixtures::Outputs,
) -> bool {
    assert!(!output.stderr.contains("panicked"), "{what}: {}", output.stderr);
    let current = project.outputs();
    if output.code == 0 {
        assert!(current == *new, "{what}: a successful run must publish the complete new pack");
    } else {
        assert_eq!(output.code, 2, "{what}: {}{}", output.stdout, output.stderr);
        assert!(current.last() == old.last(), "{what}: the old pack must be unchanged");
    }
    assert!(!project.exists("build/.prometeu"), "{what}: the stage must be removed");
    output.code != 0
}

/// Lets the first call fail, the second, and so on, up to `most`; returns how often packing failed.
fn fail_each(call: &str, error: &str, most: u32) -> u32 {
    let mut noticed = 0;
    for n in 1..=most {
        let (project, old, new) = changed_project();
        let what = format!("{call} number {n} fails with {error}");
        let output = pack(&project, &format!("{call}:error={error}:when={n}"));
        noticed += u32::from(fails_with_old_pack(&what, &output, &project, &old, &new));
        assert_eq!(cli::run(project.root(), "pack @").code, 0, "{what}: the next pack must succeed");
        assert!(project.outputs() == new, "{what}: the next pack must be complete");
    }
    noticed
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn failed_sync_is_an_error() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    // One sync per file.
    assert_eq!(fail_each("fsync", "EIO", 4), 4);
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn failed_early_sync_is_an_error() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    // A pack that is synced while it is written. The system reports such a failure only once.
    let mut project = TestProject::new();
    let save = |project: &TestProject, frame: i16| {
        project.write("assets/long/x.wav", Wav::mono16(8000, &vec![frame; 3 << 20]).bytes());
    };
    save(&project, 1);
    project.add_asset("long", true, &sound(1, "long", 8000, vec![sample("x.wav", 0)]));
    project.pack();
    let old = project.outputs();
    save(&project, 2);
    let fresh = TestProject::copy_of(project.root());
    fresh.pack();
    let output = pack(&project, "fdatasync:error=EIO:when=1");
    assert!(fails_with_old_pack("the first early sync fails", &output, &project, &old, &fresh.outputs()));
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn failed_folder_sync_keeps_new_pack() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let (project, _, new) = changed_project();
    let output = pack(&project, "fsync:error=EIO:when=5");
    assert_eq!(output.code, 2, "{}", output.stdout);
    assert!(project.outputs() == new && !project.exists("build/.prometeu"));
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn failed_write_is_an_error() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    for error in ["EIO", "EDQUOT", "ENOSPC"] {
        // The write to the lock file may fail; a failing write to the stage is an error.
        let noticed = fail_each("write", error, 7);
        assert!(noticed >= 5, "{error}: {noticed}");
    }
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn failed_rename_is_an_error() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    for error in ["EXDEV", "EACCES", "EBUSY"] {
        assert_eq!(fail_each("?rename,renameat,renameat2", error, 4), 4, "{error}");
    }
}

/// Lets each of the first `most` calls fail, in each verb that only reads and would succeed: it still succeeds, or it
/// could not run. It never blames the assets, and never panics.
fn fail_each_in_readers(call: &str, error: &str, most: u32) {
    let (project, _) = fixtures::packed_project();
    for line in [
        "doctor @ --workspace",
        "list @",
        "show @ id:2",
        "pack @ --check",
        "verify @/build/assets.pa",
        "inspect @/build/assets.pa",
        "constants @ --lang c",
        "palettes @ id:1",
    ] {
        for n in 1..=most {
            let injected = format!("{call}:error={error}:when={n}");
            let arguments = cli::arguments(project.root(), &format!("{line} --format json"));
            let output = tools::run_under_strace(&[&injected], arguments);
            let what = format!("{line}, {call} number {n}: {}{}", output.stdout, output.stderr);
            // The system's loader needs some calls before the packer starts.
            let is_loader = output.code == 127 || output.stderr.contains("error while loading shared libraries");
            assert!(matches!(output.code, 0 | 2) || is_loader, "{what}");
            assert!(!output.stderr.contains("panicked"), "{what}");
        }
    }
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn failed_read_never_blames_the_assets() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    for (call, most) in [("read", 30), ("statx", 16), ("lseek", 16), ("openat", 24), ("openat2", 12)] {
        fail_each_in_readers(call, "EIO", most);
    }
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn failed_read_keeps_the_old_pack() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    // The first reads are those of the system's loader.
    for (call, first, most) in [("read", 4, 26), ("statx", 1, 20), ("lseek", 1, 16), ("openat2", 1, 12)] {
        for n in first..=most {
            let (project, old, new) = changed_project();
            let output = pack(&project, &format!("{call}:error=EIO:when={n}"));
            fails_with_old_pack(&format!("{call} number {n} fails"), &output, &project, &old, &new);
        }
    }
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn unreadable_companion_is_not_missing() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let (project, _) = fixtures::packed_project();
    let mut unreadable = 0;
    for n in 1..=16 {
        for line in ["verify @/build/assets.pa", "extract @/build/assets.pa @/art"] {
            let arguments = cli::arguments(project.root(), &format!("{line} --format json"));
            let output = tools::run_under_strace(&[&format!("statx:error=EIO:when={n}")], arguments);
            assert!(matches!(output.code, 0 | 2), "{line}, number {n}: {}", output.stdout);
            unreadable += u32::from(output.code == 2 && output.codes() == ["file-unreadable"]);
            let _ = std::fs::remove_dir_all(project.at("art"));
        }
    }
    assert!(unreadable >= 8, "{unreadable}");
}

/// `init` must not take a registry that the system does not show for one that is not there.
#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn failed_stat_replaces_no_registry() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let project = fixtures::small_project();
    let registry = project.read(fixtures::REGISTRY);
    for n in 1..=24 {
        let arguments = cli::arguments(project.root(), "init @ --format json");
        let output = tools::run_under_strace(&[&format!("statx:error=EIO:when={n}")], arguments);
        assert!(matches!(output.code, 0 | 2), "number {n}: {}", output.stdout);
        assert!(project.read(fixtures::REGISTRY) == registry, "number {n}");
    }
}

/// Everything that a signal handler can interrupt is repeated.
#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn interrupted_calls_are_repeated() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    for call in ["openat2", "?rename,renameat,?renameat2", "fsync", "write", "flock", "ftruncate", "unlinkat"] {
        for n in 1..=6 {
            let (project, _, new) = changed_project();
            let output = pack(&project, &format!("{call}:error=EINTR:when={n}"));
            assert_eq!(output.code, 0, "{call} number {n}: {}{}", output.stdout, output.stderr);
            assert!(project.outputs() == new, "{call} number {n}");
        }
    }
    // Before the fourth, the system's loader opens its files.
    for n in 4..=16 {
        let (project, _, new) = changed_project();
        let output = pack(&project, &format!("openat:error=EINTR:when={n}"));
        assert_eq!(output.code, 0, "openat number {n}: {}{}", output.stdout, output.stderr);
        assert!(project.outputs() == new, "openat number {n}");
    }
}

/// Neither a refusal that the standard library does not expect, nor one that it answers with a panic.
#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn unexpected_failure_never_panics() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    for injected in ["getrandom:error=EIO", "getrandom:error=EIO:when=2+", "getrandom:error=EIO:when=3+"] {
        for line in ["pack @", "create @ ui/new --type glyph_bank @/assets/ui/icons/tile.png --name new", "doctor @"] {
            let (project, old, new) = changed_project();
            let mut command = std::process::Command::new("strace");
            command
                .args(["-f", "-qq", "-o", "/dev/null", &format!("--inject={injected}")])
                .env_remove("RUST_BACKTRACE");
            let arguments = cli::arguments(project.root(), &format!("{line} --format json"));
            let output = tools::run_to_end(command.arg(support::binary::path()).args(arguments));
            assert!(matches!(output.code, 0 | 2), "{line}, {injected}: {}{}", output.stdout, output.stderr);
            assert!(output.stderr.is_empty(), "{line}, {injected}: {}", output.stderr);
            let expected = ["internal-error", "file-unreadable", "cache-unusable"];
            assert!(output.codes().iter().all(|code| expected.contains(&&**code)), "{line}: {}", output.stdout);
            let current = project.outputs();
            assert!(current == new || current == old, "{line}, {injected}");
        }
    }
    for n in 1..=40 {
        let (project, _) = fixtures::packed_project();
        let arguments = cli::arguments(project.root(), "doctor @ --workspace --format json");
        let output = tools::run_under_strace(&[&format!("close:error=EIO:when={n}")], arguments);
        let is_loader = output.stderr.contains("error while loading shared libraries");
        assert!(matches!(output.code, 0 | 2) || is_loader, "close {n}: {}{}", output.stdout, output.stderr);
    }
}

/// The lines of a trace of `line`, with the paths of open files.
fn trace(project: &TestProject, calls: &str, line: &str) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut command = std::process::Command::new("strace");
    command.args(["-f", "-qq", "-y", "-e", &format!("trace={calls}"), "-o"]).arg(file.path());
    let output = tools::run_to_end(command.arg(support::binary::path()).args(cli::arguments(project.root(), line)));
    assert_eq!(output.code, 0, "{line}: {}{}", output.stdout, output.stderr);
    std::io::read_to_string(file).unwrap()
}

/// After a power failure, the registry must not name a root whose folder was never written to the disk.
#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn created_folders_are_synced_first() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let project = fixtures::small_project();
    let line = "create @ deep/er/new --type glyph_bank @/assets/ui/icons/tile.png";
    let trace_of_create = trace(&project, "fsync,?rename,renameat,?renameat2", line);
    let (before, _) = trace_of_create.split_once("index.json").unwrap();
    for folder in ["assets", "assets/deep", "assets/deep/er"] {
        let synced = format!("{}>)", project.at(folder).display());
        assert!(before.lines().any(|line| line.contains("fsync") && line.contains(&synced)), "{folder}: {before}");
    }
    for (line, folders) in [
        ("pack @", vec!["", "build"]),
        ("extract @/build/assets.pa @/more/deep/art", vec!["", "more", "more/deep"]),
        ("preview @ id:2 --out @/shown/deep/sound", vec!["", "shown", "shown/deep"]),
        (
            "init @/another/game",
            vec!["", "another", "another/game", "another/game/assets", "another/game/assets/.prometeu"],
        ),
    ] {
        let trace = trace(&project, "fsync", line);
        for folder in folders {
            let path = project.at(folder);
            let synced = format!("{}>)", path.display().to_string().trim_end_matches('/'));
            assert!(trace.contains(&synced), "{line}: {folder} is not synced\n{trace}");
        }
    }
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn many_extracted_files_are_synced_together() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let project = support::large_projects::create(100);
    for n in 0..100 {
        if n % 20 == 19 {
            let declaration = format!("assets/{}/asset.json", support::large_projects::asset_root(n));
            let (from, to) = if project.read_text(&declaration).contains("sound.wav") {
                ("sound.wav", support::sounds::Wav::mono16(22_050, &[1; 8]).bytes())
            } else {
                ("tile.png", support::images::plain(8, 8, support::RED))
            };
            project.write(&declaration.replace("asset.json", from), to);
        }
    }
    assert_eq!(cli::run(project.root(), "pack @").code, 0);
    let trace = trace(&project, "fsync,syncfs,?rename,renameat,?renameat2", "extract @/build/assets.pa @/art");
    assert_eq!(trace.matches("syncfs(").count(), 1, "{trace}");
    assert!(trace.matches("fsync(").count() < 80, "{trace}");
    let (before, _) = trace.rsplit_once("rename").unwrap();
    assert!(before.contains("syncfs("), "the files must be on the disk before the folder appears\n{trace}");
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn files_of_large_banks_are_synced_together() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let project = fixtures::small_project();
    for n in 0..70 {
        project.write(&format!("art/{n}.png"), support::images::plain(8, 8, support::RED));
    }
    let calls = "fsync,syncfs,?rename,renameat,?renameat2";
    let planned = trace(&project, calls, "create @ many --type glyph_bank --tile-size 8 @/art --dry-run");
    assert_eq!(planned.matches("sync").count(), 0, "nothing of it stays\n{planned}");
    let made = trace(&project, calls, "create @ many --type glyph_bank --tile-size 8 @/art");
    assert_eq!(made.matches("syncfs(").count(), 1, "{made}");
    assert!(made.matches("fsync(").count() < 40, "{made}");
    let (before, _) = made.split_once("rename").unwrap();
    assert!(before.contains("syncfs("), "the files must be on the disk before the folder appears\n{made}");
    assert!(project.exists("assets/many/69.png"));
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn failed_create_leaves_no_new_folder() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let line = "create @ deep/er/still/new --type glyph_bank @/assets/ui/icons/tile.png";
    let mut failed = 0;
    // The third one has the origins, without which the asset is complete.
    for n in [1, 2, 4, 5, 6] {
        for error in ["EIO", "ENOSPC"] {
            let project = fixtures::small_project();
            let before = tree::read_tree(project.root());
            let injected = format!("?mkdir,mkdirat:error={error}:when={n}");
            let output = tools::run_under_strace(&[&injected], cli::arguments(project.root(), line));
            assert_eq!(output.code, 2, "folder {n}: {}{}", output.stdout, output.stderr);
            tree::assert_same(&before, &tree::read_tree(project.root()), &format!("folder {n}, {error}"));
            failed += 1;
        }
    }
    assert_eq!(failed, 10);
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn leftover_that_stays_is_reported() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    for line in
        ["extract @/build/assets.pa @/art", "preview @ id:2 --out @/shown", "constants @ --lang c --output @/ids.h"]
    {
        let (project, _) = fixtures::packed_project();
        let arguments = cli::arguments(project.root(), &format!("{line} --format json"));
        let output = tools::run_under_strace(&["unlinkat:error=EIO:when=1+"], arguments);
        assert_eq!((output.code, output.codes()), (0, vec!["leftover-kept".into()]), "{line}: {}", output.stdout);
        let named = output.json()["findings"][0]["file"].as_str().unwrap().to_owned();
        assert!(std::path::Path::new(&named).exists(), "{line}: {named}");
    }
    // What a killed packer left, and cannot be removed.
    let project = fixtures::small_project();
    project.write("assets/.prometeu/create-x/tile.png", "half").write("assets/.prometeu/x.new", "half");
    let arguments = cli::arguments(project.root(), "pack @ --format json");
    let output = tools::run_under_strace(&["unlinkat:error=EIO"], arguments);
    assert_eq!(output.code, 0, "{}", output.stdout);
    assert!(
        output.codes().iter().all(|code| code == "leftover-kept") && output.codes().len() == 3,
        "{}",
        output.stdout
    );
    cli::run_ok(project.root(), "pack @");
    assert!(!project.exists("assets/.prometeu/create-x") && !project.exists("build/.prometeu"));
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn failed_call_in_create_leaves_no_half() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let line = "create @ ui/deep/new --type glyph_bank @/assets/ui/icons/tile.png";
    for (call, most, at_least) in [("fsync", 8, 4), ("write", 6, 3), ("?rename,renameat,renameat2", 3, 2)] {
        let mut noticed = 0;
        for n in 1..=most {
            let project = fixtures::small_project();
            let before = tree::read_tree(project.root());
            let what = format!("{call} number {n} fails");
            let output =
                tools::run_under_strace(&[&format!("{call}:error=EIO:when={n}")], cli::arguments(project.root(), line));
            assert!(output.code == 0 || output.code == 2, "{what}: {}{}", output.stdout, output.stderr);
            assert_eq!(cli::run(project.root(), "doctor @").code, 0, "{what}: nothing may block a pack");
            let registered = cli::run(project.root(), "show @ root:ui/deep/new").code == 0;
            noticed += u32::from(output.code == 2);
            if !registered {
                assert_eq!(output.code, 2, "{what}: a successful run must register the asset");
                tree::assert_same(&before, &tree::read_tree(project.root()), &what);
            }
        }
        assert!(noticed >= at_least, "{call}: {noticed} failures were noticed");
    }
}

/// How often the packer's main thread closes a file before its first rename: the stage is closed after that.
fn closes_before_publishing() -> usize {
    let (project, _) = fixtures::packed_project();
    let trace = project.at("trace");
    let mut command = std::process::Command::new("strace");
    command
        .args(["-f", "-qq", "-e", "trace=close,?rename,renameat,renameat2", "-o"])
        .arg(&trace)
        .arg(support::binary::path());
    tools::run_to_end(command.args(cli::arguments(project.root(), "pack @")));
    let trace = project.read_text("trace");
    let first = trace.split(' ').next().unwrap();
    let of_main_thread = trace.lines().filter(|line| line.starts_with(first));
    of_main_thread.take_while(|line| !line.contains("rename")).filter(|line| line.contains("close(")).count()
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn failed_close_after_sync_is_ignored() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let (project, old, new) = changed_project();
    let first = closes_before_publishing() + 1;
    let output = pack(&project, &format!("close:error=EIO:when={first}+"));
    assert!(
        !fails_with_old_pack("every close after the first rename fails", &output, &project, &old, &new),
        "{}",
        output.stdout
    );
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn interrupted_reads_are_repeated() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let (project, old, new) = changed_project();
    let output = pack(&project, "read:error=EINTR:when=5+2");
    assert!(
        !fails_with_old_pack("every second read is interrupted", &output, &project, &old, &new),
        "{}",
        output.stdout
    );
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn file_system_without_locks_is_noted() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    for error in ["EOPNOTSUPP", "ENOLCK"] {
        let (project, old, new) = changed_project();
        let output = pack(&project, &format!("flock:error={error}"));
        assert!(!fails_with_old_pack(error, &output, &project, &old, &new), "{}", output.stdout);
        assert_eq!(output.codes(), ["lock-unavailable"], "{error}");
    }
}
