//! The history: what it keeps and drops, what it refuses, and what becomes of an interrupted change.

use std::io::Write;

use packer_services::declaration::{Palette, PaletteSource};
use packer_services::diagnostics::Code;
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{AssetEdit, EditAsset, HistoryStep, Operation, StepHistory};
use packer_services::{Context, FaultPoint};
use serde_json::{Value, json};
use support::images::{Png, plain};
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, palette};

use crate::{cli, fixtures, tree};

fn history(project: &TestProject) -> Value {
    cli::run_ok(project.root(), "history @")
}

fn names(project: &TestProject) -> Vec<String> {
    let paths = support::paths_in(&project.at("assets/.prometeu/history"));
    paths.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

fn rename(project: &TestProject, from: &str, to: &str) {
    let folder = project.at("assets/.prometeu/history");
    std::fs::rename(folder.join(from), folder.join(to)).unwrap();
}

#[test]
fn empty_history_has_nothing_to_undo() {
    let project = fixtures::small_project();
    assert_eq!(history(&project)["changes"], json!([]));
    for line in ["undo @", "redo @", "undo @ --dry-run"] {
        let output = cli::run_json(project.root(), line);
        assert_eq!((output.code, output.codes()), (2, vec!["history-empty".into()]), "{line}");
    }
    assert!(!project.exists("assets/.prometeu/history"));
}

#[test]
fn history_is_not_committed() {
    let project = fixtures::small_project();
    cli::run_ok(project.root(), "exclude @ id:1");
    assert_eq!(project.read_text("assets/.prometeu/history/.gitignore"), "*\n");
}

#[test]
fn new_change_ends_the_redo() {
    let project = fixtures::small_project();
    for line in ["exclude @ id:1", "exclude @ id:2", "undo @", "undo @"] {
        cli::run_ok(project.root(), line);
    }
    assert_eq!((&history(&project)["undo"], &history(&project)["redo"]), (&json!(null), &json!(1)));
    cli::run_ok(project.root(), "rename @ id:1 other");
    let answer = history(&project);
    assert_eq!((&answer["undo"], &answer["redo"]), (&json!(3), &json!(null)), "{answer}");
    assert_eq!(names(&project), [".gitignore", "000003"]);
}

#[test]
fn other_content_is_not_overwritten() {
    let project = fixtures::small_project();
    cli::run_ok(project.root(), "rename @ id:1 other");
    project.edit(fixtures::ICONS, "\"other\"", "\"mine\"");
    let before = tree::read_tree(project.root());
    for line in ["undo @", "undo @ --dry-run"] {
        let output = cli::run_refused(project.root(), line, &["history-conflict"]);
        let finding = output.json()["findings"][0].clone();
        let message = finding["message"].as_str().unwrap();
        let sha = |path: &str| packer_services::Sha::of(&project.read(path)).to_string();
        assert!(message.contains(&sha(fixtures::ICONS)) && message.matches("SHA-256").count() == 2, "{message}");
        assert_eq!(finding["file"], fixtures::ICONS);
        tree::assert_same(&before, &tree::read_tree(project.root()), line);
    }
    project.edit(fixtures::ICONS, "\"mine\"", "\"other\"");
    cli::run_ok(project.root(), "undo @");
    project.write("assets/ui/icons/asset.json", "{}");
    cli::run_refused(project.root(), "redo @", &["history-conflict"]);
}

#[test]
fn folder_in_the_way_is_not_overwritten() {
    let project = fixtures::small_project();
    cli::run_ok(project.root(), "remove @ id:1");
    project.write("assets/ui/icons/new.png", "new");
    cli::run_refused(project.root(), "undo @", &["history-conflict"]);
    std::fs::remove_dir_all(project.at("assets/ui")).unwrap();
    cli::run_ok(project.root(), "undo @");
}

#[test]
fn old_records_are_dropped_but_not_roots() {
    let project = fixtures::small_project();
    for line in ["remove @ id:2", "exclude @ id:1"] {
        cli::run_ok(project.root(), line);
    }
    let record = project.read("assets/.prometeu/history/000002");
    for number in 3..=packer_services::internals::limits::HISTORY_RECORDS {
        project.write(&format!("assets/.prometeu/history/{number:06}"), &record);
    }
    cli::run_ok(project.root(), "include @ id:1");
    cli::run_ok(project.root(), "exclude @ id:1");
    let names = names(&project);
    assert!(names.contains(&"000001.kept".into()) && names.contains(&"000001.root".into()), "{names:?}");
    assert!(!names.contains(&"000002".into()), "{names:?}");
    let answer = history(&project);
    assert_eq!(answer["removed"][0]["asset_id"], 2);
    assert_eq!(answer["changes"].as_array().unwrap().last().unwrap()["state"], "kept");
    cli::run_ok(project.root(), "restore @ id:2");
    cli::run_ok(project.root(), "undo @");
    cli::run_ok(project.root(), "purge @ id:2");
    assert!(!self::names(&project).iter().any(|name| name.starts_with("000001")));
}

/// A project whose first change, the removal of the blip, is interrupted before it is made, with the states of the
/// project without the history before and after it.
fn interrupted(state: &str) -> TestProject {
    let project = fixtures::small_project();
    cli::run_ok(project.root(), "remove @ id:2");
    if state == "applying" {
        cli::run_ok(project.root(), "undo @");
        rename(&project, "000001.undone", "000001.applying");
    } else {
        rename(&project, "000001", "000001.undoing");
    }
    project
}

#[test]
fn readers_refuse_a_half_made_change() {
    for state in ["applying", "undoing"] {
        let project = interrupted(state);
        let before = tree::read_stamps(project.root());
        for line in
            ["doctor @", "pack @ --check", "constants @ --lang c", "exclude @ id:1 --dry-run", "undo @ --dry-run"]
        {
            cli::run_refused(project.root(), line, &["change-unfinished"]);
        }
        let frozen = cli::run_refused(project.root(), "pack @ --frozen", &["change-unfinished"]);
        assert!(!project.exists("build/assets.pa"), "{}", frozen.stdout);
        for line in ["list @", "history @"] {
            assert!(cli::run_json(project.root(), line).codes().contains(&"change-unfinished".to_owned()), "{line}");
        }
        let after = tree::read_stamps(project.root());
        assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    }
}

#[test]
fn next_writer_completes_the_change() {
    for (state, is_removed) in [("applying", true), ("undoing", false)] {
        for line in ["pack @", "exclude @ id:1", "init @", "register @ nowhere"] {
            let project = interrupted(state);
            let output = cli::run_json(project.root(), line);
            assert!(line.starts_with("register") || output.codes() == ["change-completed"], "{}", output.stdout);
            assert_eq!(project.exists("assets/sfx/blip"), !is_removed, "{state}, {line}");
            let list = cli::run_ok(project.root(), "list @");
            assert_eq!(
                list["assets"].as_array().map(Vec::len),
                Some(if is_removed { 1 } else { 2 }),
                "{state}, {line}"
            );
        }
    }
}

#[test]
fn interrupted_change_with_conflict_is_undone() {
    let project = interrupted("applying");
    // The folder was moved, and then another program wrote the registry.
    std::fs::rename(project.at("assets/sfx/blip"), project.at("assets/.prometeu/history/000001.root")).unwrap();
    project.edit(fixtures::REGISTRY, "\"next_asset_id\": 3", "\"next_asset_id\": 4");
    let output = cli::run_json(project.root(), "pack @");
    assert_eq!((output.code, output.codes()), (0, vec!["change-reverted".into()]), "{}", output.stdout);
    assert!(project.exists("assets/sfx/blip/blip.wav"));
    assert_eq!(names(&project), [".gitignore", "000001.undone"]);
}

/// What it had before is in the record alone.
#[test]
fn missing_file_keeps_the_change_unfinished() {
    for (state, name) in [("applying", "symbols"), ("undoing", "icons")] {
        let project = fixtures::small_project();
        cli::run_ok(project.root(), "rename @ id:1 icons");
        cli::run_ok(project.root(), "rename @ id:1 symbols");
        rename(&project, "000002", &format!("000002.{state}"));
        std::fs::rename(project.at("assets/ui"), project.at("assets/ui.away")).unwrap();
        for line in ["pack @", "exclude @ id:2", "undo @"] {
            let finding = &cli::run_refused(project.root(), line, &["change-unfinished"]).json()["findings"][0];
            assert_eq!(finding["file"], "assets/ui/icons/asset.json", "{line}: {finding}");
        }
        std::fs::rename(project.at("assets/ui.away"), project.at("assets/ui")).unwrap();
        let output = cli::run_json(project.root(), "pack @");
        assert_eq!((output.code, output.codes()), (0, vec!["change-completed".into()]), "{}", output.stdout);
        assert_eq!(cli::run_ok(project.root(), "list @")["assets"][0]["name"], name, "{state}");
    }
}

/// Both are in the answer.
#[test]
fn failed_verb_names_the_completed_change() {
    for line in ["remove @ nowhere", "restore @ nowhere", "purge @ nowhere", "update @ nowhere", "renumber @ nowhere"] {
        let project = interrupted("applying");
        let output = cli::run_json(project.root(), line);
        assert_eq!(
            (output.code, output.codes()),
            (2, vec!["asset-not-found".into(), "change-completed".into()]),
            "{line}: {}",
            output.stdout
        );
    }
}

#[test]
fn record_of_hostile_project_writes_nothing_else() {
    let project = fixtures::small_project();
    cli::run_ok(project.root(), "move @ id:1 hud/icons");
    let record = project.read_text("assets/.prometeu/history/000001");
    for (from, to) in
        [("assets/ui/icons", "../outside"), ("assets/hud/icons", "build"), ("assets/hud/icons", "assets/.git")]
    {
        project.write("assets/.prometeu/history/000002.undoing", record.replace(from, to));
        let before = tree::read_tree(project.root());
        let output = cli::run_json(project.root(), "pack @");
        assert_eq!((output.code, output.codes()), (2, vec!["history-damaged".into()]), "{to}: {}", output.stdout);
        tree::assert_same(&before, &tree::read_tree(project.root()), to);
    }
}

#[test]
fn failed_step_takes_the_change_back() {
    for n in 0..2 {
        let project = fixtures::small_project();
        let before = tree::read_tree(project.root());
        let calls = std::sync::atomic::AtomicUsize::new(0);
        let faults = move |point| match point {
            packer_services::FaultPoint::WorkspaceFileWrite | packer_services::FaultPoint::RegistryWrite
                if calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == n =>
            {
                Err(std::io::ErrorKind::StorageFull.into())
            }
            _ => Ok(()),
        };
        let edit = EditAsset::new(project.root(), "id:1", AssetEdit::Remove);
        let error = edit.run(&Context::new().with_faults(faults)).unwrap_err();
        assert_eq!(edit.refusal(&error)[0].code, Code::DiskFull, "{n}");
        tree::assert_same(&before, &tree::read_tree(project.root()), &n.to_string());
    }
}

/// Writing and syncing a file takes longer than saving one in an editor.
#[test]
fn save_during_an_edit_is_kept() {
    for file in [fixtures::ICONS, fixtures::REGISTRY] {
        let project = fixtures::small_project();
        let (path, original) = (project.at(file), project.read_text(file));
        let saved = format!("{original}\n");
        let is_registry = file == fixtures::REGISTRY;
        let faults = move |point| {
            if point == FaultPoint::WorkspaceFileStaged {
                std::fs::File::options().append(true).open(&path).unwrap().write_all(b"\n").unwrap();
            }
            Ok(())
        };
        let edit = if is_registry { AssetEdit::Exclude } else { AssetEdit::Rename("other".to_owned()) };
        let before = tree::read_tree(project.root());
        let edit = EditAsset::new(project.root(), "id:1", edit);
        let error = edit.run(&Context::new().with_faults(faults)).unwrap_err();
        let codes: Vec<Code> = edit.refusal(&error).iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [Code::SourceChanging], "{file}");
        assert_eq!(project.read_text(file), saved);
        project.write(file, original);
        tree::assert_same(&before, &tree::read_tree(project.root()), file);
    }
}

#[test]
fn change_that_cannot_be_undone_is_reported() {
    let project = fixtures::small_project();
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let faults = move |_| match calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
        0 => Ok(()),
        _ => Err(std::io::ErrorKind::StorageFull.into()),
    };
    let edit = EditAsset::new(project.root(), "id:1", AssetEdit::Remove);
    let error = edit.run(&Context::new().with_faults(faults)).unwrap_err();
    let codes: Vec<Code> = edit.refusal(&error).iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::DiskFull, Code::ChangeUnfinished]);
    let output = cli::run_json(project.root(), "pack @");
    assert_eq!((output.code, output.codes()), (0, vec!["change-completed".into()]), "{}", output.stdout);
    assert!(project.exists("assets/ui/icons/tile.png"));
}

/// Two packers and a window can edit at once: each change is made, one after the other.
#[test]
fn concurrent_edits_are_all_made() {
    let project = fixtures::small_project();
    let root = project.root();
    std::thread::scope(|scope| {
        for (asset, name) in [("id:1", "a"), ("id:2", "b")] {
            scope.spawn(move || {
                for n in 0..5 {
                    let edit = AssetEdit::Rename(format!("{name}{n}"));
                    EditAsset::new(root, asset, edit).run(&Context::new()).unwrap();
                    let doctor = packer_services::ops::Doctor::new(root).run(&Context::new()).unwrap();
                    assert!(!doctor.findings().iter().any(|finding| finding.code == Code::ChangeUnfinished));
                }
            });
        }
    });
    assert_eq!(history(&project)["changes"].as_array().map(Vec::len), Some(10));
    let before = fixtures::small_project();
    for _ in 0..10 {
        StepHistory::new(root, HistoryStep::Undo).run(&Context::new()).unwrap();
    }
    for file in [fixtures::ICONS, "assets/sfx/blip/asset.json"] {
        assert!(project.read(file) == before.read(file), "{file}");
    }
}

/// A tile bank that is created from a new image.
fn create(project: &TestProject, name: &str) {
    project.write(&format!("{name}.png"), support::images::plain(8, 8, support::RED));
    cli::run_ok(project.root(), &format!("create @ {name} --type glyph_bank --tile-size 8 @/{name}.png --name {name}"));
}

#[test]
fn restored_asset_takes_no_other_id() {
    let project = fixtures::small_project();
    create(&project, "a");
    cli::run_ok(project.root(), "undo @");
    create(&project, "b");
    // It gets another id, and this is taken back, so that the next asset gets that id.
    cli::run_ok(project.root(), "restore @ a");
    cli::run_ok(project.root(), "undo @");
    create(&project, "c");
    let id_of = |name: &str| {
        let list = cli::run_ok(project.root(), "list @");
        let assets = list["assets"].as_array().unwrap().clone();
        assets.iter().find(|asset| asset["name"] == name).map(|asset| asset["asset_id"].as_u64().unwrap())
    };
    let published = id_of("c").unwrap();
    cli::run_ok(project.root(), "remove @ c");
    cli::run_ok(project.root(), "restore @ a");
    assert_ne!(id_of("a"), Some(published), "a program may draw that bank");
    cli::run_ok(project.root(), "restore @ c");
    assert_eq!(id_of("c"), Some(published));
}

/// The ids between a restored asset and the next one were assigned to no other.
#[test]
fn restored_assets_keep_skipped_ids() {
    let project = fixtures::small_project();
    let names = ["a", "b", "c"];
    names.iter().for_each(|name| create(&project, name));
    let ids = || {
        let list = cli::run_ok(project.root(), "list @");
        let assets = list["assets"].as_array().unwrap().clone();
        let id =
            |name: &&str| assets.iter().find(|asset| asset["name"] == **name).map(|asset| asset["asset_id"].clone());
        names.iter().map(id).collect::<Vec<_>>()
    };
    let before = ids();
    names.iter().for_each(|_| _ = cli::run_ok(project.root(), "undo @"));
    for name in ["c", "a", "b"] {
        cli::run_ok(project.root(), &format!("restore @ {name}"));
    }
    assert_eq!(ids(), before);
}

/// In a merge, another copy of the project may have assigned the id that a redo would.
#[test]
fn redo_assigns_no_used_id() {
    let project = fixtures::small_project();
    create(&project, "a");
    cli::run_ok(project.root(), "undo @");
    project.edit(fixtures::REGISTRY, "\"next_asset_id\": 3", "\"next_asset_id\": 4");
    cli::run_refused(project.root(), "redo @", &["history-conflict"]);
    cli::run_ok(project.root(), "restore @ a");
    assert!(project.read_text(fixtures::REGISTRY).contains("\"asset_id\": 4"));
}

/// What an undo leads back to is what was asked for, but it is not silent about what no longer fits.
#[test]
fn undo_reports_what_it_breaks() {
    let mut project = fixtures::small_project();
    project.write("assets/day.hex", "ff00ff\nff0000\n");
    project.add_glyph("late");
    let name = |project: &TestProject, id: &str| {
        let answer = cli::run_ok(project.root(), &format!("show @ {id}"));
        answer["name"].as_str().unwrap().to_owned()
    };
    let first = name(&project, "id:1");
    cli::run_ok(project.root(), "rename @ id:1 other");
    project.edit("assets/late/asset.json", &format!("\"{}\"", name(&project, "id:3")), &format!("\"{first}\""));
    cli::run_ok(project.root(), "pack @");
    for (step, codes) in [("undo @", &["name-twice"][..]), ("redo @", &[])] {
        let answer = cli::run_ok(project.root(), step);
        let findings = answer["findings"].as_array().unwrap();
        let found: Vec<&str> = findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect();
        assert_eq!(found, codes, "{step}");
        assert!(findings.iter().all(|finding| finding["severity"] == "warning"), "{step}: {findings:?}");
    }
}

/// The image was saved with the new color in the meantime.
#[test]
fn undo_reports_what_no_longer_packs() {
    let mut project = TestProject::new();
    project.write("assets/bank/a.png", plain(8, 8, RED));
    let palettes = vec![palette(&[KEY, RED])];
    project.add_asset("bank", true, &glyph(1, "bank", TileSize::Eight, palettes, vec![artifact("a.png", 0)]));
    cli::run_ok(project.root(), "palette @ bank add ff00ff 00ff00");
    project.write("assets/bank/a.png", plain(8, 8, GREEN));
    cli::run_ok(project.root(), "pack @");
    let answer = cli::run_ok(project.root(), "undo @");
    let finding = &answer["findings"][0];
    assert_eq!((&finding["code"], &finding["severity"]), (&json!("colors-undeclared"), &json!("warning")), "{answer}");
    let answer = cli::run_ok(project.root(), "redo @");
    assert_eq!(answer["findings"], json!([]));
}

/// The step, without or with a dry run, reports errors with these codes, as warnings, and no others.
fn assert_step(project: &TestProject, line: &str, codes: &[&str]) {
    let before = tree::read_tree(project.root());
    for line in [&format!("{line} --dry-run"), line] {
        tree::assert_same(&before, &tree::read_tree(project.root()), line);
        let output = cli::run_json(project.root(), line);
        assert_eq!((output.code, output.codes()), (0, codes.iter().map(|&code| code.into()).collect()), "{line}");
    }
}

#[test]
fn dry_step_knows_what_breaks() {
    let mut project = fixtures::small_project();
    project.add_glyph("late");
    project.write("assets/ui/icons/day.hex", "ff00ff\nff0000\n00ff00\n");
    let anchor = project.read_text("assets/late/asset.json");
    let place = |folder: &str| format!("\"file\": \"/{folder}/day.hex\"");
    let start = anchor.find("\"colors\": [").unwrap();
    let end = start + anchor[start..].find(']').unwrap() + 1;
    let linked = |folder: &str| format!("{}{}{}", &anchor[..start], place(folder), &anchor[end..]);

    cli::run_ok(project.root(), "move @ id:1 moved");
    project.write("assets/late/asset.json", linked("moved"));
    cli::run_ok(project.root(), "pack @");
    assert_step(&project, "undo @", &["file-missing"]);
    assert_step(&project, "redo @", &[]);

    cli::run_ok(project.root(), "forget @ id:1");
    assert_step(&project, "undo @", &[]);
    assert_step(&project, "redo @", &[]);
    cli::run_ok(project.root(), "undo @");

    project.write("assets/late/asset.json", &anchor);
    cli::run_ok(project.root(), "slot @ id:1 3");
    cli::run_ok(project.root(), "remove @ id:1");
    project.edit("assets/late/asset.json", "\"enabled\": false", "\"enabled\": true, \"slot\": 3");
    assert_step(&project, "undo @", &["slot-taken"]);
    assert_step(&project, "redo @", &[]);
}

/// An image of one bank is the palette of another.
#[test]
fn undo_reports_tiles_without_shared_colors() {
    let mut project = TestProject::new();
    let image = |colors: &[Rgb]| Png::indexed(8, 8, colors, |_, _| 1).bytes();
    project.write("assets/one/a.png", image(&[KEY, RED])).write("new/a.png", image(&[KEY, RED, GREEN]));
    project.write("assets/two/b.png", plain(8, 8, RED));
    let source = PaletteSource { path: support::rel_path("one/a.png"), is_shared: true, row: None, key: None };
    let shared = Palette { name: None, colors: Vec::new(), file: Some(source) };
    for (n, root, palette, file) in [(1, "one", palette(&[KEY, RED]), "a.png"), (2, "two", shared, "b.png")] {
        project.add_asset(root, true, &glyph(n, root, TileSize::Eight, vec![palette], vec![artifact(file, 0)]));
    }
    cli::run_ok(project.root(), "compose @ one replace a.png @/new/a.png");
    project.write("assets/two/b.png", plain(8, 8, GREEN));
    cli::run_ok(project.root(), "pack @");
    assert_step(&project, "undo @", &["colors-undeclared"]);
    assert_step(&project, "redo @", &[]);
}

/// Without its record, the asset would be one whose registration was lost.
#[test]
fn record_of_a_forget_stays() {
    let (project, _) = fixtures::packed_project();
    cli::run_ok(project.root(), "forget @ id:2");
    for n in 0..packer_services::internals::limits::HISTORY_RECORDS + 5 {
        let edit = AssetEdit::Rename(format!("n{n}"));
        EditAsset::new(project.root(), "id:1", edit).run(&Context::new()).unwrap();
    }
    assert!(project.exists("assets/.prometeu/history/000001") && !project.exists("assets/.prometeu/history/000002"));
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn undone_restore_leaves_no_trace() {
    let project = fixtures::small_project();
    let before = project.read_text("assets/.prometeu/index.json");
    cli::run_ok(project.root(), "remove @ id:1");
    cli::run_ok(project.root(), "restore @ id:1 --exclude --to elsewhere/x");
    cli::run_ok(project.root(), "undo @");
    let report = cli::run_ok(project.root(), "restore @ id:1");
    assert_eq!(report["included"], true);
    assert_eq!(project.read_text("assets/.prometeu/index.json"), before);
}

#[test]
fn changes_of_purged_assets_are_listed_so() {
    let project = fixtures::small_project();
    create(&project, "a");
    for line in ["rename @ a other", "rename @ id:1 first", "remove @ other", "rename @ id:1 second", "purge @ other"] {
        cli::run_ok(project.root(), line);
    }
    let states = |project: &TestProject| {
        let answer = history(project);
        let changes = answer["changes"].as_array().unwrap().iter();
        changes.map(|change| format!("{} {}", change["number"], change["state"].as_str().unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(states(&project), ["5 done", "4 kept", "3 done", "2 kept", "1 kept"]);
    // Once nothing that could be undone is after them, they are dropped.
    let project = fixtures::small_project();
    create(&project, "a");
    for line in ["remove @ a", "undo @", "undo @", "purge @ a"] {
        cli::run_ok(project.root(), line);
    }
    assert_eq!((states(&project), names(&project)), (vec![], vec![".gitignore".into()]));
}

/// The root is not in the history now, but it is once the restore is undone.
#[test]
fn changes_before_a_restore_can_be_undone() {
    let project = fixtures::small_project();
    let registry = project.read(fixtures::REGISTRY);
    create(&project, "a");
    for line in ["remove @ a", "restore @ a"] {
        cli::run_ok(project.root(), line);
    }
    let answer = history(&project);
    let states: Vec<&Value> = answer["changes"].as_array().unwrap().iter().map(|change| &change["state"]).collect();
    assert_eq!(states, ["done", "done", "done"]);
    for _ in states {
        cli::run_ok(project.root(), "undo @");
    }
    assert!(project.read(fixtures::REGISTRY) == registry && !project.exists("assets/a"));
}

#[test]
fn unreadable_record_keeps_its_root() {
    let project = fixtures::small_project();
    create(&project, "a");
    project.write("assets/a/notes.psd", "the artist's own file");
    cli::run_ok(project.root(), "undo @");
    let record = "assets/.prometeu/history/000001.undone";
    let whole = project.read(record);
    project.write(record, "from a newer packer");
    cli::run_ok(project.root(), "rename @ id:1 other");
    let kept = names(&project).into_iter().find(|name| name.starts_with("000001.") && !name.ends_with(".root"));
    let kept = kept.expect("the record is not dropped");
    let refused = cli::run_json(project.root(), "restore @ a");
    assert_eq!((refused.code, refused.codes()), (2, vec!["history-damaged".into()]));
    project.write(&format!("assets/.prometeu/history/{kept}"), whole);
    cli::run_ok(project.root(), "restore @ a");
    assert_eq!(project.read_text("assets/a/notes.psd"), "the artist's own file");
}
