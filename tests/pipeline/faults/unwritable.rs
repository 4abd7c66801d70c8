//! A build folder that cannot be written: nothing is published, and verbs that only read still work.

use std::ffi::OsStr;

use support::TestProject;
use support::binary::{self, CommandOutput};

use crate::tools::{self, Immutable, OrdinaryUser, Tool};
use crate::{cli, fixtures, tree};

const READERS: [&str; 6] =
    ["list @", "show @ id:1", "doctor @", "pack @ --check", "verify @/build/assets.pa", "inspect @/build/assets.pa"];

fn assert_unwritable(output: &CommandOutput, what: &str) {
    assert_eq!((output.code, output.codes()), (2, vec!["file-unwritable".into()]), "{what}: {}", output.stdout);
    assert!(!output.stderr.contains("panicked"), "{what}: {}", output.stderr);
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn immutable_build_folder_is_only_read() {
    if !tools::are_available(&[Tool::Immutable]) {
        return;
    }
    let (project, _) = fixtures::packed_project();
    let before = tree::read_tree(&project.at("build"));
    let _immutable = Immutable::make(project.at("build"));
    READERS.iter().for_each(|line| drop(cli::run_ok(project.root(), line)));
    assert_unwritable(&cli::run_json(project.root(), "pack @ --no-cache"), "pack");
    tree::assert_same(&before, &tree::read_tree(&project.at("build")), "an immutable folder");
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn immutable_pack_is_not_replaced() {
    if !tools::are_available(&[Tool::Immutable]) {
        return;
    }
    let (project, outputs) = fixtures::packed_project();
    project.edit(fixtures::ICONS, "ui_icons", "ui_glyphs");
    let _immutable = Immutable::make(project.at("build/assets.pa"));
    assert_unwritable(&cli::run_json(project.root(), "pack @ --no-cache"), "pack");
    assert!(project.outputs().last() == outputs.last() && !project.exists("build/.prometeu"));
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn immutable_registry_makes_create_leave_nothing() {
    if !tools::are_available(&[Tool::Immutable]) {
        return;
    }
    let project = fixtures::small_project();
    let before = tree::read_tree(project.root());
    let _immutable = Immutable::make(project.at(fixtures::REGISTRY));
    let output = cli::run_json(project.root(), "create @ deep/new --type glyph_bank @/assets/ui/icons/tile.png");
    assert_unwritable(&output, "create");
    tree::assert_same(&before, &tree::read_tree(project.root()), "an immutable registry");
}

/// Runs `line` with `place` mounted read-only.
fn run_on_read_only_mount(project: &TestProject, place: &str, line: &str) -> CommandOutput {
    let script = "mount --bind \"$1\" \"$1\"; mount -o remount,ro,bind \"$1\"; shift; exec \"$@\"";
    let place = project.at(place);
    let line = cli::arguments(project.root(), &format!("{line} --format json"));
    let mut arguments = vec![place.as_os_str(), binary::path().as_os_str()];
    arguments.extend(line.iter().map(|word| -> &OsStr { word }));
    tools::run_in_own_mounts(script, &arguments)
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn read_only_mount_is_only_read() {
    if !tools::are_available(&[Tool::Mounts]) {
        return;
    }
    let (project, _) = fixtures::packed_project();
    for place in ["build", "."] {
        let before = tree::read_stamps(&project.at("build"));
        for line in READERS {
            let output = run_on_read_only_mount(&project, place, line);
            assert_eq!(output.code, 0, "{place}: {line}: {}{}", output.stdout, output.stderr);
        }
        let output = run_on_read_only_mount(&project, place, "pack @ --no-cache");
        assert_eq!(output.code, 2, "{place}: {}", output.stdout);
        assert!(output.codes().iter().any(|code| code == "file-unwritable"), "{:?}", output.codes());
        tree::assert_same(&before, &tree::read_stamps(&project.at("build")), "a read-only mount");
    }
}

#[test]
fn folder_of_another_user_is_only_read() {
    let Some(user) = OrdinaryUser::find() else { return };
    let (project, _) = fixtures::packed_project();
    user.take_ownership_of(&project);
    let before = tree::read_stamps(&project.at("build"));
    tools::set_mode(&project.at("build"), 0o555);
    let run = |line: &str| {
        tools::run_to_end(&mut user.command(cli::arguments(project.root(), &format!("{line} --format json"))))
    };
    for line in READERS {
        let output = run(line);
        assert_eq!(output.code, 0, "{line}: {}{}", output.stdout, output.stderr);
    }
    assert_unwritable(&run("pack @ --no-cache"), "pack");
    tree::assert_same(&before, &tree::read_stamps(&project.at("build")), "a folder of another user");
    tools::set_mode(&project.at("build"), 0o755);
}

/// A project whose removed asset has a folder of the artist.
fn with_removed_asset() -> TestProject {
    let (project, _) = fixtures::packed_project();
    project.write("assets/ui/icons/source/icons.psd", "the artist's own file");
    cli::run_ok(project.root(), "remove @ id:1");
    project
}

const REMOVED: &str = "assets/.prometeu/history/000001.root";

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn purge_does_not_reach_through_mounts() {
    if !tools::are_available(&[Tool::Mounts]) {
        return;
    }
    let project = with_removed_asset();
    project.write("art/precious.png", "not of this asset");
    let before = tree::read_tree(project.root());
    let script = "mount --bind \"$1\" \"$2\"; shift; shift; exec \"$@\"";
    let [art, source] = [project.at("art"), project.at(&format!("{REMOVED}/source"))];
    let line = cli::arguments(project.root(), "purge @ id:1 --format json");
    let mut arguments = vec![art.as_os_str(), source.as_os_str(), binary::path().as_os_str()];
    arguments.extend(line.iter().map(|word| -> &OsStr { word }));
    let output = tools::run_in_own_mounts(script, &arguments);
    assert_unwritable(&output, "purge");
    tree::assert_same(&before, &tree::read_tree(project.root()), "a mount in the removed asset");
}

#[test]
fn purge_without_permission_deletes_nothing() {
    let Some(user) = OrdinaryUser::find() else { return };
    let project = with_removed_asset();
    user.take_ownership_of(&project);
    let before = tree::read_tree(project.root());
    let source = project.at(&format!("{REMOVED}/source"));
    tools::set_mode(&source, 0o555);
    let line = cli::arguments(project.root(), "purge @ id:1 --format json");
    let output = tools::run_to_end(&mut user.command(line));
    tools::set_mode(&source, 0o755);
    assert_unwritable(&output, "purge");
    tree::assert_same(&before, &tree::read_tree(project.root()), "a folder without permission");
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn purge_says_what_it_left() {
    if !tools::are_available(&[Tool::Immutable]) {
        return;
    }
    let project = with_removed_asset();
    let immutable = tools::Immutable::make(project.at(&format!("{REMOVED}/source/icons.psd")));
    let output = cli::run_json(project.root(), "purge @ id:1");
    assert_unwritable(&output, "purge");
    assert!(output.stdout.contains("a part of the removed asset is deleted, but not all of it"), "{}", output.stdout);
    assert!(!output.stdout.contains("existing files are unchanged"), "{}", output.stdout);
    let tools_folder = support::paths_in(&project.at("assets/.prometeu"));
    let left = tools_folder.iter().find(|path| path.to_string_lossy().contains("/create-")).expect("the rest is there");
    assert!(output.stdout.contains(&*left.file_name().unwrap().to_string_lossy()), "it is named: {}", output.stdout);
    drop(immutable);
    // The path of the immutable file is another now.
    let file = left.join("source/icons.psd");
    std::process::Command::new("chattr").arg("-i").arg(&file).status().unwrap();
    let in_project = file.strip_prefix(project.root()).unwrap().to_string_lossy().into_owned();
    assert_eq!(project.read_text(&in_project), "the artist's own file");
}
