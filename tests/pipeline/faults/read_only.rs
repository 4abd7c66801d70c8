//! A build folder that cannot be written: nothing is published, and those that only read work on.

use std::ffi::OsStr;

use support::TestProject;
use support::binary::{self, CommandOutput};

use crate::tools::{self, Immutable, OrdinaryUser, Tool};
use crate::{cli, scenes, tree};

const READERS: [&str; 6] =
    ["list @", "show @ id:1", "doctor @", "pack @ --check", "verify @/build/assets.pa", "inspect @/build/assets.pa"];

fn refuses_to_publish(ended: &CommandOutput, what: &str) {
    assert_eq!((ended.code, ended.codes()), (2, vec!["file-unwritable".into()]), "{what}: {}", ended.stdout);
    assert!(!ended.stderr.contains("panicked"), "{what}: {}", ended.stderr);
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn an_immutable_build_folder_is_only_read() {
    if !tools::have(&[Tool::Immutable]) {
        return;
    }
    let (project, _) = scenes::packed();
    let before = tree::tree(&project.at("build"));
    let _immutable = Immutable::make(project.at("build"));
    READERS.iter().for_each(|line| drop(cli::done(project.root(), line)));
    refuses_to_publish(&cli::ask(project.root(), "pack @"), "pack");
    tree::assert_same(&before, &tree::tree(&project.at("build")), "an immutable folder");
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn an_immutable_pack_is_not_replaced() {
    if !tools::have(&[Tool::Immutable]) {
        return;
    }
    let (project, outputs) = scenes::packed();
    project.edit(scenes::ICONS, "ui_icons", "ui_glyphs");
    let _immutable = Immutable::make(project.at("build/assets.pa"));
    refuses_to_publish(&cli::ask(project.root(), "pack @"), "pack");
    assert!(project.outputs().last() == outputs.last() && !project.exists("build/.prometeu"));
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn an_immutable_registry_leaves_nothing_of_a_create() {
    if !tools::have(&[Tool::Immutable]) {
        return;
    }
    let project = scenes::small();
    let before = tree::tree(project.root());
    let _immutable = Immutable::make(project.at(scenes::REGISTRY));
    let ended = cli::ask(project.root(), "create @ deep/new --type glyph_bank @/assets/ui/icons/tile.png");
    refuses_to_publish(&ended, "create");
    tree::assert_same(&before, &tree::tree(project.root()), "an immutable registry");
}

/// Runs `line` with `place` mounted so that nobody can write there.
fn read_only(project: &TestProject, place: &str, line: &str) -> CommandOutput {
    let script = "mount --bind \"$1\" \"$1\"; mount -o remount,ro,bind \"$1\"; shift; exec \"$@\"";
    let place = project.at(place);
    let line = cli::words(project.root(), &format!("{line} --format json"));
    let mut arguments = vec![place.as_os_str(), binary::path().as_os_str()];
    arguments.extend(line.iter().map(|word| -> &OsStr { word }));
    tools::in_own_mounts(script, &arguments)
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn a_read_only_mount_is_only_read() {
    if !tools::have(&[Tool::Mounts]) {
        return;
    }
    let (project, _) = scenes::packed();
    for place in ["build", "."] {
        let before = tree::stamps(&project.at("build"));
        for line in READERS {
            let ended = read_only(&project, place, line);
            assert_eq!(ended.code, 0, "{place}: {line}: {}{}", ended.stdout, ended.stderr);
        }
        let ended = read_only(&project, place, "pack @");
        assert_eq!(ended.code, 2, "{place}: {}", ended.stdout);
        assert!(ended.codes().iter().any(|code| code == "file-unwritable"), "{:?}", ended.codes());
        tree::assert_same(&before, &tree::stamps(&project.at("build")), "a read-only mount");
    }
}

#[test]
fn a_folder_of_somebody_else_is_only_read() {
    let Some(user) = OrdinaryUser::find() else { return };
    let (project, _) = scenes::packed();
    user.give(&project);
    let before = tree::stamps(&project.at("build"));
    tools::set_mode(&project.at("build"), 0o555);
    let run = |line: &str| tools::end(&mut user.command(cli::words(project.root(), &format!("{line} --format json"))));
    for line in READERS {
        let ended = run(line);
        assert_eq!(ended.code, 0, "{line}: {}{}", ended.stdout, ended.stderr);
    }
    refuses_to_publish(&run("pack @"), "pack");
    tree::assert_same(&before, &tree::stamps(&project.at("build")), "somebody else's folder");
    tools::set_mode(&project.at("build"), 0o755);
}
