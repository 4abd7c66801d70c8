//! System calls of the packer that fail: it ends with exit code 2 and the old pack, or it did not need them.

use support::TestProject;
use support::binary::CommandOutput;

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
