//! System calls that fail under the packer: it ends with 2 and the old pack, or did not need them.

use support::TestProject;
use support::binary::CommandOutput;

use crate::tools::{self, Tool};
use crate::{cli, scenes, tree};

/// The packed project with a change to publish, and the bytes that a good pack of it has.
fn changed() -> (TestProject, scenes::Outputs, scenes::Outputs) {
    let (project, old) = scenes::packed();
    project.edit(scenes::ICONS, "ui_icons", "ui_glyphs");
    let fresh = TestProject::copy_of(project.root());
    fresh.pack();
    (project, old, fresh.outputs())
}

fn pack(project: &TestProject, injected: &str) -> CommandOutput {
    tools::straced(&[injected], cli::words(project.root(), "pack @ --format json"))
}

/// Whether the pack was refused. It is the whole old one then, else the whole new one, and nothing is left over.
fn is_old_or_new(
    what: &str,
    ended: &CommandOutput,
    project: &TestProject,
    old: &scenes::Outputs,
    new: &scenes::Outputs,
) -> bool {
    assert!(!ended.stderr.contains("panicked"), "{what}: {}", ended.stderr);
    let now = project.outputs();
    if ended.code == 0 {
        assert!(now == *new, "{what}: success means the whole new pack");
    } else {
        assert_eq!(ended.code, 2, "{what}: {}{}", ended.stdout, ended.stderr);
        assert!(now.last() == old.last(), "{what}: the old pack stays, byte for byte");
    }
    assert!(!project.exists("build/.prometeu"), "{what}: nothing is left over");
    ended.code != 0
}

/// Refuses the first call, the second, and so on, until the packer no longer notices; gives how many it noticed.
fn refuse_each(call: &str, error: &str, most: u32) -> u32 {
    let mut noticed = 0;
    for n in 1..=most {
        let (project, old, new) = changed();
        let what = format!("{call} number {n} fails with {error}");
        let ended = pack(&project, &format!("{call}:error={error}:when={n}"));
        noticed += u32::from(is_old_or_new(&what, &ended, &project, &old, &new));
        assert_eq!(cli::run(project.root(), "pack @").code, 0, "{what}: the next pack needs no help");
        assert!(project.outputs() == new, "{what}: and is whole");
    }
    noticed
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn a_refused_sync_is_never_success() {
    if !tools::have(&[Tool::Strace]) {
        return;
    }
    // Four files.
    assert_eq!(refuse_each("fsync", "EIO", 4), 4);
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn a_refused_sync_of_the_folder_is_not_success_but_comes_when_the_new_pack_is_in_place() {
    if !tools::have(&[Tool::Strace]) {
        return;
    }
    let (project, _, new) = changed();
    let ended = pack(&project, "fsync:error=EIO:when=5");
    assert_eq!(ended.code, 2, "{}", ended.stdout);
    assert!(project.outputs() == new && !project.exists("build/.prometeu"));
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn a_refused_write_is_never_success() {
    if !tools::have(&[Tool::Strace]) {
        return;
    }
    for error in ["EIO", "EDQUOT", "ENOSPC"] {
        // The note in the lock file may fail; each write to the stage is noticed.
        let noticed = refuse_each("write", error, 7);
        assert!(noticed >= 5, "{error}: {noticed}");
    }
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn a_refused_rename_is_never_success_and_never_half_a_pack() {
    if !tools::have(&[Tool::Strace]) {
        return;
    }
    for error in ["EXDEV", "EACCES", "EBUSY"] {
        assert_eq!(refuse_each("?rename,renameat,renameat2", error, 4), 4, "{error}");
    }
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn a_refused_call_in_a_create_leaves_a_whole_asset_or_nothing() {
    if !tools::have(&[Tool::Strace]) {
        return;
    }
    let line = "create @ ui/deep/new --type glyph_bank @/assets/ui/icons/tile.png";
    for (call, most, at_least) in [("fsync", 8, 4), ("write", 6, 3), ("?rename,renameat,renameat2", 3, 2)] {
        let mut noticed = 0;
        for n in 1..=most {
            let project = scenes::small();
            let before = tree::tree(project.root());
            let what = format!("{call} number {n} fails");
            let ended = tools::straced(&[&format!("{call}:error=EIO:when={n}")], cli::words(project.root(), line));
            assert!(ended.code == 0 || ended.code == 2, "{what}: {}{}", ended.stdout, ended.stderr);
            assert_eq!(cli::run(project.root(), "doctor @").code, 0, "{what}: nothing blocks a pack");
            let registered = cli::run(project.root(), "show @ root:ui/deep/new").code == 0;
            noticed += u32::from(ended.code == 2);
            if !registered {
                assert_eq!(ended.code, 2, "{what}: success means registered");
                tree::assert_same(&before, &tree::tree(project.root()), &what);
            }
        }
        assert!(noticed >= at_least, "{call}: {noticed} refusals were noticed");
    }
}

/// How often the packer's first thread closes something before its first rename: the stage is closed after that.
fn closes_before_publishing() -> usize {
    let (project, _) = scenes::packed();
    let trace = project.at("trace");
    let mut command = std::process::Command::new("strace");
    command
        .args(["-f", "-qq", "-e", "trace=close,?rename,renameat,renameat2", "-o"])
        .arg(&trace)
        .arg(support::binary::path());
    tools::end(command.args(cli::words(project.root(), "pack @")));
    let trace = project.read_text("trace");
    let first = trace.split(' ').next().unwrap();
    let mine = trace.lines().filter(|line| line.starts_with(first));
    mine.take_while(|line| !line.contains("rename")).filter(|line| line.contains("close(")).count()
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn a_refused_close_comes_after_the_sync_and_costs_nothing() {
    if !tools::have(&[Tool::Strace]) {
        return;
    }
    let (project, old, new) = changed();
    let first = closes_before_publishing() + 1;
    let ended = pack(&project, &format!("close:error=EIO:when={first}+"));
    assert!(!is_old_or_new("every close from publishing on fails", &ended, &project, &old, &new), "{}", ended.stdout);
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn interrupted_reads_are_tried_again() {
    if !tools::have(&[Tool::Strace]) {
        return;
    }
    let (project, old, new) = changed();
    let ended = pack(&project, "read:error=EINTR:when=5+2");
    assert!(!is_old_or_new("every second read is interrupted", &ended, &project, &old, &new), "{}", ended.stdout);
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn a_file_system_without_locks_is_done_without_and_noted() {
    if !tools::have(&[Tool::Strace]) {
        return;
    }
    for error in ["EOPNOTSUPP", "ENOLCK"] {
        let (project, old, new) = changed();
        let ended = pack(&project, &format!("flock:error={error}"));
        assert!(!is_old_or_new(error, &ended, &project, &old, &new), "{}", ended.stdout);
        assert_eq!(ended.codes(), ["lock-unavailable"], "{error}");
    }
}
