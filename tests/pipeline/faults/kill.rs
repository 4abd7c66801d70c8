//! A packer that is killed at any point: the pack is the old or the new one, and the next run sweeps and works.

use std::process::Stdio;

use support::TestProject;
use support::binary;

use crate::tools::{self, Tool};
use crate::{cli, scenes, tree};

#[test]
fn killed_while_it_writes_it_leaves_the_old_pack_and_a_stage_that_the_next_run_sweeps() {
    let (project, outputs) = scenes::grown();
    // A few points of the stage file's growth, in bytes.
    for at in [0, 70_000, 5 << 20, 23 << 20] {
        let left = scenes::staged_packs(&project);
        let mut command = binary::command(cli::words(project.root(), "pack @"));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        tools::wait_until("the stage file to grow", || {
            let new = scenes::staged_packs(&project).into_iter().filter(|path| !left.contains(path));
            new.filter_map(|path| path.metadata().ok()).any(|staged| staged.len() >= at)
        });
        tools::signal("KILL", &child);
        child.wait().unwrap();
        assert!(project.outputs() == outputs, "killed at {at}");
        assert_eq!(scenes::staged_packs(&project).len(), 1, "killed at {at}; what was left before is swept");
    }
    scenes::shrink(&project);
    cli::done(project.root(), "pack @");
    assert!(project.outputs() == outputs && !project.exists("build/.prometeu"));
}

/// Kills a run of `line` at the first call that changes something, at the second, and so on, until it survives.
/// `judge` is told what happened, and whether it survived.
fn kill_at_each_change(begin: impl Fn() -> TestProject, line: &str, judge: impl Fn(&TestProject, &str, bool)) {
    const CHANGING: &str =
        "?mkdir,mkdirat,?open,openat,write,ftruncate,fsync,?rename,renameat,renameat2,?unlink,unlinkat,?rmdir";
    let mut n = 1;
    loop {
        let project = begin();
        let injected = format!("{CHANGING}:signal=KILL:when={n}");
        let ended = tools::straced(&[&injected], cli::words(project.root(), line));
        let survived = ended.code == 0;
        assert!(survived || ended.code == 137, "{line}, call {n}: {}{}", ended.stdout, ended.stderr);
        judge(&project, &format!("{line}, killed at call {n}"), survived);
        if survived {
            assert!(n > 20, "{line}: only {n} calls were tried");
            return;
        }
        n += 1;
    }
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn killed_at_any_system_call_a_pack_is_old_or_new() {
    if !tools::have(&[Tool::Strace]) {
        return;
    }
    let begin = || {
        let (project, _) = scenes::packed();
        project.edit(scenes::ICONS, "ui_icons", "ui_glyphs");
        project
    };
    let old = scenes::packed().1;
    let fresh = begin();
    fresh.pack();
    let new = fresh.outputs();
    kill_at_each_change(begin, "pack @", |project, what, survived| {
        let pack = project.outputs().pop();
        assert!(pack.as_ref() == new.last() || pack.as_ref() == old.last(), "{what}");
        assert!(!survived || pack.as_ref() == new.last(), "{what}");
        project.pack();
        assert!(project.outputs() == new && !project.exists("build/.prometeu"), "{what}: the next pack is whole");
    });
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn killed_at_any_system_call_a_create_leaves_a_whole_root_or_none() {
    if !tools::have(&[Tool::Strace]) {
        return;
    }
    let line = "create @ ui/new --type glyph_bank @/assets/ui/icons/tile.png";
    let before = tree::tree(scenes::small().root());
    kill_at_each_change(scenes::small, line, |project, what, survived| {
        assert_eq!(cli::run(project.root(), "doctor @").code, 0, "{what}: nothing blocks");
        let registered = cli::run(project.root(), "show @ root:ui/new").code == 0;
        assert!(!survived || registered, "{what}");
        if !registered && project.exists("assets/ui/new") {
            cli::done(project.root(), "register @ ui/new");
        } else if !registered {
            cli::done(project.root(), line);
        }
        cli::done(project.root(), "pack @");
        std::fs::remove_dir_all(project.at("build")).unwrap();
        std::fs::remove_file(project.at("assets/.prometeu/cache.json")).unwrap();
        let mut after = tree::tree(project.root());
        for new in ["assets/ui/new", "assets/ui/new/asset.json", "assets/ui/new/tile.png"] {
            assert!(after.remove(new).is_some(), "{what}: {new}");
        }
        after.insert(scenes::REGISTRY.into(), before[scenes::REGISTRY].clone());
        tree::assert_same(&before, &after, what);
    });
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn killed_at_any_system_call_palettes_leaves_the_old_declaration_or_the_new_one() {
    if !tools::have(&[Tool::Strace]) {
        return;
    }
    let begin = || {
        let (project, _) = scenes::packed();
        project.edit(scenes::ICONS, ",\n              \"#00ff00\"", "");
        project
    };
    let line = "palettes @ id:1 --apply";
    let old = begin().read_text(scenes::ICONS);
    let project = begin();
    cli::done(project.root(), line);
    let new = project.read_text(scenes::ICONS);
    assert_ne!(old, new);
    kill_at_each_change(begin, line, |project, what, survived| {
        let is = project.read_text(scenes::ICONS);
        assert!(is == new || (is == old && !survived), "{what}");
        cli::done(project.root(), line);
        assert_eq!(project.read_text(scenes::ICONS), new, "{what}");
        let names = std::fs::read_dir(project.at("assets/.prometeu")).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        assert!(!names.into_iter().any(|name| name.ends_with(".new")), "{what}");
    });
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn killed_at_any_system_call_an_extract_makes_its_whole_folder_or_none() {
    if !tools::have(&[Tool::Strace]) {
        return;
    }
    let begin = || scenes::packed().0;
    let line = "extract @/build/assets.pa @/art --as-project";
    let whole = begin();
    cli::done(whole.root(), line);
    let whole: Vec<String> = tree::tree(&whole.at("art")).into_keys().collect();
    kill_at_each_change(begin, line, |project, what, survived| {
        let made = project.exists("art");
        assert!(!survived || made, "{what}");
        if !made {
            cli::done(project.root(), line);
        }
        assert_eq!(tree::tree(&project.at("art")).into_keys().collect::<Vec<_>>(), whole, "{what}");
        // What was left beside it goes with the next one.
        cli::done(project.root(), "extract @/build/assets.pa @/more");
        let names = std::fs::read_dir(project.root()).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        assert_eq!(names, ["art", "assets", "build", "more"], "{what}");
    });
}
