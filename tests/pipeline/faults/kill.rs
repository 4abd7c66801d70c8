//! A packer that is killed at any point: the pack is the old or the new one, and the next run cleans up and succeeds.

use std::process::Stdio;

use support::TestProject;
use support::binary;

use crate::tools::{self, Tool};
use crate::{cli, fixtures, tree};

#[test]
fn killed_pack_keeps_the_old_pack() {
    let (project, outputs) = fixtures::huge_project();
    // Sizes of the stage file at which the packer is killed, in bytes.
    for at in [0, 70_000, 5 << 20, 23 << 20] {
        let left = fixtures::staged_packs(&project);
        let mut command = binary::command(cli::arguments(project.root(), "pack @"));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        tools::wait_until("the stage file to grow", || {
            let new = fixtures::staged_packs(&project).into_iter().filter(|path| !left.contains(path));
            new.filter_map(|path| path.metadata().ok()).any(|staged| staged.len() >= at)
        });
        tools::send_signal("KILL", &child);
        child.wait().unwrap();
        assert!(project.outputs() == outputs, "killed at {at}");
        assert_eq!(fixtures::staged_packs(&project).len(), 1, "killed at {at}; the previous stage must be removed");
    }
    fixtures::exclude_giant_sounds(&project);
    cli::run_ok(project.root(), "pack @");
    assert!(project.outputs() == outputs && !project.exists("build/.prometeu"));
}

/// The system calls that change something. Those with `?` do not exist on every machine. Opening is not one of them: a
/// run that is killed at its first write to a new file leaves it without content.
const CHANGING: [&str; 13] = [
    "?mkdir",
    "mkdirat",
    "write",
    "copy_file_range",
    "ftruncate",
    "fsync",
    "?fdatasync",
    "?rename",
    "renameat",
    "renameat2",
    "?unlink",
    "unlinkat",
    "?rmdir",
];

/// Kills a run of `line` at the first call that changes something, at the second, and so on, until it survives. `check`
/// gets the project, a description, and whether the run survived.
///
/// strace counts the calls of each name alone, so each name has its own runs: together, only calls of the most frequent
/// one would be reached.
fn kill_at_each_change(create_project: impl Fn() -> TestProject, line: &str, check: impl Fn(&TestProject, &str, bool)) {
    let mut killed = 0;
    for name in CHANGING {
        for n in 1.. {
            let project = create_project();
            let injected = format!("{name}:signal=KILL:when={n}");
            let output = tools::run_under_strace(&[&injected], cli::arguments(project.root(), line));
            let survived = output.code == 0;
            assert!(survived || output.code == 137, "{line}, {name} {n}: {}{}", output.stdout, output.stderr);
            // Once is enough for runs that survive.
            if !survived || name == CHANGING[0] {
                check(&project, &format!("{line}, killed at {name} {n}"), survived);
            }
            if survived {
                break;
            }
            killed += 1;
        }
    }
    assert!(killed > 5, "{line}: only {killed} calls were tried");
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn killed_at_any_call_keeps_whole_pack() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let create_project = || {
        let (project, _) = fixtures::packed_project();
        project.edit(fixtures::ICONS, "ui_icons", "ui_glyphs");
        project
    };
    let old = fixtures::packed_project().1;
    let fresh = create_project();
    fresh.pack();
    let new = fresh.outputs();
    kill_at_each_change(create_project, "pack @", |project, what, survived| {
        let pack = project.outputs().pop();
        assert!(pack.as_ref() == new.last() || pack.as_ref() == old.last(), "{what}");
        assert!(!survived || pack.as_ref() == new.last(), "{what}");
        project.pack();
        assert!(
            project.outputs() == new && !project.exists("build/.prometeu"),
            "{what}: the next pack must be complete"
        );
    });
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn killed_create_leaves_whole_root_or_none() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let line = "create @ ui/new --type glyph_bank @/assets/ui/icons/tile.png";
    let before = tree::read_tree(fixtures::small_project().root());
    kill_at_each_change(fixtures::small_project, line, |project, what, survived| {
        // The next verb that writes completes the change, or removes what was prepared for it.
        cli::run_ok(project.root(), "pack @");
        let registered = cli::run(project.root(), "show @ root:ui/new").code == 0;
        assert!(!survived || registered, "{what}");
        assert_eq!(registered, project.exists("assets/ui/new"), "{what}: a half-made change");
        if !registered {
            cli::run_ok(project.root(), line);
        }
        cli::run_ok(project.root(), "pack @");
        for folder in ["build", "assets/.prometeu/history"] {
            std::fs::remove_dir_all(project.at(folder)).unwrap();
        }
        for name in ["cache.json", "identities.json"] {
            std::fs::remove_file(project.at("assets/.prometeu").join(name)).unwrap();
        }
        let mut after = tree::read_tree(project.root());
        for new in ["assets/ui/new", "assets/ui/new/asset.json", "assets/ui/new/tile.png"] {
            assert!(after.remove(new).is_some(), "{what}: {new}");
        }
        after.insert(fixtures::REGISTRY.into(), before[fixtures::REGISTRY].clone());
        tree::assert_same(&before, &after, what);
    });
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn killed_palettes_keeps_a_whole_declaration() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let create_project = || {
        let (project, _) = fixtures::packed_project();
        project.edit(fixtures::ICONS, ",\n              \"#00ff00\"", "");
        project
    };
    let line = "palettes @ id:1 --apply";
    let old = create_project().read_text(fixtures::ICONS);
    let project = create_project();
    cli::run_ok(project.root(), line);
    let new = project.read_text(fixtures::ICONS);
    assert_ne!(old, new);
    kill_at_each_change(create_project, line, |project, what, survived| {
        let current = project.read_text(fixtures::ICONS);
        assert!(current == new || (current == old && !survived), "{what}");
        cli::run_ok(project.root(), line);
        assert_eq!(project.read_text(fixtures::ICONS), new, "{what}");
        let names = std::fs::read_dir(project.at("assets/.prometeu")).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        assert!(!names.into_iter().any(|name| name.ends_with(".new")), "{what}");
    });
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn killed_extract_creates_everything_or_nothing() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let create_project = || fixtures::packed_project().0;
    let line = "extract @/build/assets.pa @/art --as-project";
    let whole = create_project();
    cli::run_ok(whole.root(), line);
    let whole: Vec<String> = tree::read_tree(&whole.at("art")).into_keys().collect();
    kill_at_each_change(create_project, line, |project, what, survived| {
        let is_extracted = project.exists("art");
        assert!(!survived || is_extracted, "{what}");
        if !is_extracted {
            cli::run_ok(project.root(), line);
        }
        assert_eq!(tree::read_tree(&project.at("art")).into_keys().collect::<Vec<_>>(), whole, "{what}");
        // The same command removes what is left beside it, although it is refused.
        cli::run_refused(project.root(), line, &["extract-target"]);
        assert_eq!(names_in(project), ["art", "assets", "build"], "{what}");
    });
}

/// The names in the project's folder.
fn names_in(project: &TestProject) -> Vec<String> {
    let names = support::paths_in(project.root());
    names.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn killed_constants_are_whole_or_old() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let create_project = || {
        let (project, _) = fixtures::packed_project();
        project.write("ids.h", "old");
        project
    };
    let line = "constants @ --lang c --output @/ids.h";
    let whole = create_project();
    cli::run_ok(whole.root(), line);
    let new = whole.read_text("ids.h");
    kill_at_each_change(create_project, line, |project, what, survived| {
        let current = project.read_text("ids.h");
        assert!(current == new || current == "old" && !survived, "{what}");
        // The next run removes what is left beside it.
        project.write("ids.h", "old");
        cli::run_ok(project.root(), line);
        assert_eq!(names_in(project), ["assets", "build", "ids.h"], "{what}");
        assert_eq!(project.read_text("ids.h"), new, "{what}");
    });
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn killed_init_is_completed_later() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let line = "init @/another/game";
    let whole = fixtures::small_project();
    cli::run_ok(whole.root(), line);
    let read = |project: &TestProject| {
        let mut tree = tree::read_tree(&project.at("another"));
        tree.remove("game/assets/.prometeu/lock");
        tree
    };
    let whole = read(&whole);
    kill_at_each_change(fixtures::small_project, line, |project, what, survived| {
        if survived {
            tree::assert_same(&whole, &read(project), what);
        }
        cli::run_ok(project.root(), line);
        cli::run_ok(project.root(), "pack @/another/game");
        std::fs::remove_dir_all(project.at("another/game/build")).unwrap();
        for name in ["cache.json", "identities.json"] {
            std::fs::remove_file(project.at("another/game/assets/.prometeu").join(name)).unwrap();
        }
        tree::assert_same(&whole, &read(project), what);
    });
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn killed_register_assigns_one_id() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let line = "register @ sfx/found";
    let create_project = super::every_verb::project;
    let whole = create_project();
    let old = whole.read(fixtures::REGISTRY);
    cli::run_ok(whole.root(), line);
    let new = whole.read(fixtures::REGISTRY);
    assert_ne!(old, new);
    kill_at_each_change(create_project, line, |project, what, survived| {
        let current = project.read(fixtures::REGISTRY);
        assert!(current == new || current == old && !survived, "{what}");
        // The next verb that writes may complete the change.
        cli::run_ok(project.root(), "pack @");
        if project.read(fixtures::REGISTRY) == old {
            cli::run_ok(project.root(), line);
        }
        assert!(project.read(fixtures::REGISTRY) == new, "{what}");
        cli::run_ok(project.root(), "pack @");
        let names = support::paths_in(&project.at("assets/.prometeu"));
        assert!(!names.iter().any(|path| path.to_string_lossy().ends_with(".new")), "{what}: {names:?}");
    });
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn killed_preview_creates_everything_or_nothing() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let line = "preview @ id:2 --out @/shown";
    let create_project = || fixtures::packed_project().0;
    let whole = create_project();
    cli::run_ok(whole.root(), line);
    let whole = tree::read_tree(&whole.at("shown"));
    kill_at_each_change(create_project, line, |project, what, survived| {
        let is_written = project.exists("shown");
        assert!(!survived || is_written, "{what}");
        if is_written {
            tree::assert_same(&whole, &tree::read_tree(&project.at("shown")), what);
            std::fs::remove_dir_all(project.at("shown")).unwrap();
        }
        // The next run removes what is left beside it.
        cli::run_ok(project.root(), line);
        tree::assert_same(&whole, &tree::read_tree(&project.at("shown")), what);
        assert_eq!(names_in(project), ["assets", "build", "shown"], "{what}");
    });
}

/// What people see of a project: neither the history, nor what a pack leaves.
fn visible(project: &TestProject) -> tree::Tree {
    let mut tree = tree::read_tree(&project.at("assets"));
    let is_tool = |path: &str| path.starts_with(".prometeu/") && path != ".prometeu/index.json";
    tree.retain(|path, _| !is_tool(path));
    tree
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn killed_edit_is_completed_or_taken_back() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    // What is done before, the verb that is killed, and the one that leads from the new state to the old one.
    let lines: [(&[&str], &str, &str); 4] = [
        (&[], "move @ id:1 hud/new/icons", "undo @"),
        (&[], "remove @ id:2", "restore @ id:2"),
        (&["remove @ id:2"], "undo @", "redo @"),
        (&[], "compose @ id:1 add @/new.png", "undo @"),
    ];
    std::thread::scope(|scope| {
        for (before, line, back) in lines {
            scope.spawn(move || {
                let create_project = || {
                    let project = fixtures::small_project();
                    project.write("new.png", project.read(fixtures::TILE));
                    before.iter().for_each(|line| drop(cli::run_ok(project.root(), line)));
                    project
                };
                let whole = create_project();
                let old = visible(&whole);
                cli::run_ok(whole.root(), line);
                let new = visible(&whole);
                kill_at_each_change(create_project, line, |project, what, survived| {
                    cli::run_ok(project.root(), "pack @");
                    let current = visible(project);
                    assert!(current == new || current == old && !survived, "{what}: {:?}", current.keys());
                    if current == old {
                        cli::run_ok(project.root(), line);
                        tree::assert_same(&new, &visible(project), what);
                    }
                    cli::run_ok(project.root(), back);
                    tree::assert_same(&old, &visible(project), what);
                });
            });
        }
    });
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn killed_purge_leaves_all_or_nothing() {
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let create_project = || {
        let project = fixtures::small_project();
        cli::run_ok(project.root(), "remove @ id:2");
        project
    };
    let whole = tree::read_tree(&fixtures::small_project().at("assets/sfx/blip"));
    kill_at_each_change(create_project, "purge @ id:2", |project, what, survived| {
        // The next verb that writes removes what a killed purge has begun to delete.
        cli::run_ok(project.root(), "pack @");
        let names = support::paths_in(&project.at("assets/.prometeu"));
        assert!(!names.iter().any(|path| path.to_string_lossy().contains("create-")), "{what}: {names:?}");
        let removed = cli::run_ok(project.root(), "history @")["removed"].clone();
        if removed.as_array().is_some_and(Vec::is_empty) {
            assert_eq!(cli::run(project.root(), "restore @ id:2").code, 2, "{what}");
            return;
        }
        assert!(!survived, "{what}: {removed}");
        cli::run_ok(project.root(), "restore @ id:2");
        tree::assert_same(&whole, &tree::read_tree(&project.at("assets/sfx/blip")), what);
    });
}
