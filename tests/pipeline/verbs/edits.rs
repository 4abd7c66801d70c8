//! The verbs that edit an asset: what each changes, what it refuses, and that `undo` and `redo` lead back and forth.

use serde_json::{Value, json};
use support::TestProject;

use crate::{cli, fixtures, tree};

/// What people see of a project: everything but the history.
pub fn visible(project: &TestProject) -> tree::Tree {
    let mut tree = tree::read_tree(project.root());
    tree.retain(|path, _| !path.starts_with("assets/.prometeu/history"));
    tree
}

/// The small project with a third asset, `ui/font`, that does not pack and is excluded.
fn project() -> TestProject {
    let mut project = fixtures::small_project();
    project.add_glyph("ui/font");
    project.write("assets/ui/font/tile.png", "not finished");
    cli::run_ok(project.root(), "exclude @ id:3");
    std::fs::remove_dir_all(project.at("assets/.prometeu/history")).unwrap();
    project
}

/// Makes a change with a dry run first, and takes it back and forth. Returns the answer of the change.
pub fn edit(project: &TestProject, line: &str) -> Value {
    let before = visible(project);
    let stamps = tree::read_stamps(project.root());
    let mut planned = cli::run_ok(project.root(), &format!("{line} --dry-run"));
    assert_eq!(tree::read_stamps(project.root()), stamps, "{line} --dry-run writes");
    let made = cli::run_ok(project.root(), line);
    let after = visible(project);
    assert!(before != after, "{line} changes nothing");
    assert!(planned["change"]["number"].is_null() && made["change"]["number"].is_u64(), "{line}: {planned} {made}");
    planned["change"]["number"] = made["change"]["number"].clone();
    assert_eq!(planned, made, "{line}");
    for undo in ["undo @ --dry-run", "undo @"] {
        tree::assert_same(&after, &visible(project), undo);
        cli::run_ok(project.root(), undo);
    }
    tree::assert_same(&before, &visible(project), &format!("{line}, undone"));
    for redo in ["redo @ --dry-run", "redo @"] {
        tree::assert_same(&before, &visible(project), redo);
        cli::run_ok(project.root(), redo);
    }
    tree::assert_same(&after, &visible(project), &format!("{line}, made again"));
    made
}

/// Asserts that a line is refused with these codes, with and without `--dry-run`, and changes nothing.
pub fn assert_refused(project: &TestProject, line: &str, codes: &[&str]) {
    let before = tree::read_tree(project.root());
    for line in [line.to_owned(), format!("{line} --dry-run")] {
        let answer = cli::run_refused(project.root(), &line, codes).json();
        assert!(answer["change"].is_null(), "{line}: {answer}");
        tree::assert_same(&before, &tree::read_tree(project.root()), &line);
    }
}

fn registry(project: &TestProject) -> Value {
    serde_json::from_slice(&project.read(fixtures::REGISTRY)).unwrap()
}

#[test]
fn excluded_asset_is_included_again() {
    let project = project();
    cli::run_ok(project.root(), "slot @ id:1 0");
    let answer = edit(&project, "exclude @ ui_icons");
    assert_eq!(answer["change"]["changed"], json!([fixtures::REGISTRY]));
    assert_eq!(answer["slots"], json!([{ "asset_id": 1, "from": 0, "to": null }]));
    assert_eq!(registry(&project)["assets"][0]["included_in_build"], false);
    edit(&project, "include @ id:1");
    let nothing = cli::run_ok(project.root(), "include @ id:1");
    assert!(nothing["change"].is_null(), "{nothing}");
    assert_refused(&project, "include @ id:3", &["image-not-png"]);
    assert_eq!(cli::run(project.root(), "include @ nobody").code, 2);
}

#[test]
fn only_the_name_changes() {
    let project = project();
    project.edit(fixtures::ICONS, "\"name\": \"ui_icons\"", "\"name\" :\t\"ui_icons\" ");
    let before = project.read_text(fixtures::ICONS);
    edit(&project, "rename @ id:1 ui/symbols");
    let after = project.read_text(fixtures::ICONS);
    assert_eq!(after, before.replace("\"ui_icons\"", "\"ui/symbols\""));
    assert_refused(&project, "rename @ id:1 sfx_blip", &["name-twice"]);
    assert_refused(&project, "rename @ id:1 gr\u{fc}n", &["name-illegal"]);
    project.edit(fixtures::ICONS, "\"inputs\"", "\"input\"");
    let refused = cli::run_json(project.root(), "rename @ id:1 other");
    assert_eq!(refused.code, 1, "{}", refused.stdout);
}

#[test]
fn slots_are_set_and_cleared() {
    let mut project = project();
    project.add_glyph("ui/late");
    edit(&project, "slot @ id:1 0");
    assert_refused(&project, "slot @ id:4 0", &["slot-taken"]);
    edit(&project, "slot @ id:4 free");
    let list = cli::run_ok(project.root(), "list @");
    let slots: Vec<&Value> = list["assets"].as_array().unwrap().iter().map(|asset| &asset["slot"]).collect();
    assert_eq!(slots, [&json!(0), &json!(null), &json!(null), &json!(1)]);
    let before = project.read_text("assets/ui/late/asset.json");
    edit(&project, "slot @ id:4 0 --swap");
    let list = cli::run_ok(project.root(), "list @");
    assert_eq!((&list["assets"][0]["slot"], &list["assets"][3]["slot"]), (&json!(1), &json!(0)));
    edit(&project, "slot @ id:4 none");
    let answer = cli::run_ok(project.root(), "slot @ id:4 1 --swap");
    let moved = json!([{ "asset_id": 1, "from": 1, "to": null }, { "asset_id": 4, "from": null, "to": 1 }]);
    assert_eq!(answer["slots"], moved, "the other asset had no slot to give");
    edit(&project, "slot @ id:4 none");
    assert!(!project.read_text("assets/ui/late/asset.json").contains("slot"), "{before}");
    assert_eq!(cli::run(project.root(), "slot @ id:4 16").code, 2);
}

#[test]
fn automatic_slots_that_move_are_shown() {
    let mut project = project();
    project.add_glyph("ui/late");
    for anchor in [fixtures::ICONS, "assets/ui/late/asset.json"] {
        project.edit(anchor, "\"enabled\": false", "\"enabled\": true");
    }
    let answer = edit(&project, "exclude @ id:1");
    let moved = json!([{ "asset_id": 1, "from": 0, "to": null }, { "asset_id": 4, "from": 1, "to": 0 }]);
    assert_eq!(answer["slots"], moved);
}

#[test]
fn unreadable_neighbor_blocks_names_and_slots() {
    let mut project = project();
    project.add_glyph("ui/late");
    cli::run_ok(project.root(), "slot @ id:1 0");
    let text = project.read_text(fixtures::ICONS);
    project.write(fixtures::ICONS, format!("{text}\n<<<<<<< ours\n"));
    let create = "create @ new --type glyph_bank @/assets/ui/icons/tile.png --name new";
    for line in ["slot @ id:4 0 --swap", "slot @ id:4 1", "slot @ id:4 free", "rename @ id:4 ui_icons"] {
        assert_refused(&project, line, &["json-conflict"]);
    }
    let refused = cli::run_refused(project.root(), &format!("{create} --preload"), &["json-conflict"]).json();
    assert_eq!(refused["findings"][0]["file"], fixtures::ICONS, "{refused}");
    // What needs no name and no slot can be done.
    edit(&project, "move @ id:4 hud/late");
    edit(&project, "exclude @ id:1");
    edit(&project, "slot @ id:4 0");
    cli::run_ok(project.root(), "rename @ id:4 other");
}

#[test]
fn moved_asset_keeps_its_id() {
    let project = project();
    let answer = edit(&project, "move @ id:1 hud/new/icons");
    assert_eq!(
        answer["change"]["moved"],
        json!([{ "from": "assets/ui/icons", "to": "assets/hud/new/icons" }]),
        "{answer}"
    );
    assert_eq!(registry(&project)["assets"][0]["root"], "hud/new/icons");
    cli::run_ok(project.root(), "pack @");
    // The last asset of a folder takes the folder with it, and brings it back.
    edit(&project, "move @ id:2 hud/blip");
    assert!(!project.exists("assets/sfx"));
    assert_refused(&project, "move @ id:2 hud/new/icons/blip", &["root-nested"]);
    assert_refused(&project, "move @ id:2 hud/blip/inner", &["root-nested"]);
    project.write("assets/taken/mine.txt", "mine");
    assert_refused(&project, "move @ id:2 taken", &["root-exists"]);
    assert_refused(&project, "move @ id:2 ../x", &["path-not-relative"]);
}

#[test]
fn folder_moved_by_hand_is_found() {
    let project = project();
    std::fs::rename(project.at("assets/ui/icons"), project.at("assets/icons")).unwrap();
    assert_refused(&project, "move @ id:1 elsewhere", &["anchor-missing"]);
    let answer = edit(&project, "move @ id:1 icons");
    assert_eq!(answer["change"]["moved"], json!([]));
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn forgotten_asset_does_not_block_packs() {
    let (project, _) = fixtures::packed_project();
    edit(&project, "forget @ id:2");
    let answer = cli::run_ok(project.root(), "pack @");
    assert_eq!(answer["assets"].as_array().map(Vec::len), Some(1));
    // An entry that a merge lost is another matter.
    let (project, _) = fixtures::packed_project();
    let text = project.read_text(fixtures::REGISTRY);
    let lost: String = text.split_inclusive('\n').filter(|line| !line.contains("sfx/blip")).collect();
    project.write(fixtures::REGISTRY, lost.replace("true},\n  ]", "true}\n  ]"));
    cli::run_refused(project.root(), "pack @", &["registration-lost"]);
    // So is one that was packed again since it was forgotten, because a checkout brought its entry back.
    let (project, _) = fixtures::packed_project();
    let text = project.read_text(fixtures::REGISTRY);
    edit(&project, "forget @ id:2");
    project.write(fixtures::REGISTRY, &text);
    cli::run_ok(project.root(), "pack @");
    let lost: String = text.split_inclusive('\n').filter(|line| !line.contains("sfx/blip")).collect();
    project.write(fixtures::REGISTRY, lost.replace("true},\n  ]", "true}\n  ]"));
    cli::run_refused(project.root(), "pack @", &["registration-lost"]);
    // `--frozen` cannot record that, so it packs nothing.
    let (project, outputs) = fixtures::packed_project();
    edit(&project, "forget @ id:2");
    project.write(fixtures::REGISTRY, &text);
    let refused = cli::run_refused(project.root(), "pack @ --frozen", &["change-unfinished"]);
    assert!(refused.stdout.contains("`sfx_blip` was forgotten in this folder"), "{}", refused.stdout);
    assert!(project.outputs() == outputs);
    cli::run_ok(project.root(), "pack @");
    cli::run_ok(project.root(), "pack @ --frozen");
    project.write(fixtures::REGISTRY, lost.replace("true},\n  ]", "true}\n  ]"));
    cli::run_refused(project.root(), "pack @ --frozen", &["registration-lost"]);
}

/// A change may be half made, which only its record says.
#[cfg(unix)]
#[test]
fn linked_history_blocks_packs() {
    let (project, _) = fixtures::packed_project();
    cli::run_ok(project.root(), "rename @ id:1 other");
    let (history, away) = (project.at("assets/.prometeu/history"), project.at("away"));
    std::fs::rename(&history, &away).unwrap();
    std::os::unix::fs::symlink(&away, &history).unwrap();
    for line in ["pack @", "pack @ --frozen", "pack @ --check", "undo @", "rename @ id:1 third"] {
        let output = cli::run_json(project.root(), line);
        assert_ne!(output.code, 0, "{line}: {}", output.stdout);
        assert!(output.stdout.contains("assets/.prometeu/history"), "{line}: {}", output.stdout);
    }
    std::fs::remove_file(&history).unwrap();
    std::fs::rename(&away, &history).unwrap();
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn removed_asset_can_be_restored() {
    let (project, outputs) = fixtures::packed_project();
    let before = visible(&project);
    let answer = edit(&project, "remove @ id:2");
    assert!(!project.exists("assets/sfx"), "{answer}");
    assert_eq!(registry(&project)["next_asset_id"], 3);
    cli::run_ok(project.root(), "pack @");
    let history = cli::run_ok(project.root(), "history @");
    assert_eq!(history["removed"], json!([{ "number": 1, "asset_id": 2, "name": "sfx_blip", "root": "sfx/blip" }]));
    let answer = edit(&project, "restore @ sfx_blip");
    assert_eq!((&answer["asset_id"], &answer["included"]), (&json!(2), &json!(true)));
    cli::run_ok(project.root(), "pack @");
    assert!(project.outputs() == outputs);
    let mut after = visible(&project);
    for tree in [&mut after, &mut before.clone()] {
        tree.retain(|path, _| !path.starts_with("build") && !path.ends_with("cache.json"));
    }
    assert_eq!(cli::run(project.root(), "restore @ sfx_blip").code, 2, "it is not removed any more");
}

#[test]
fn restored_asset_can_get_another_root() {
    let project = project();
    cli::run_ok(project.root(), "remove @ id:1");
    project.write("assets/ui/icons/mine.txt", "mine");
    assert_refused(&project, "restore @ id:1", &["root-exists"]);
    edit(&project, "restore @ root:ui/icons --to hud/icons --exclude");
    let entry = registry(&project)["assets"][0].clone();
    assert_eq!((&entry["root"], &entry["included_in_build"]), (&json!("hud/icons"), &json!(false)));
}

/// They must be repaired there before they can be restored.
#[test]
fn refused_restore_names_kept_files() {
    let project = fixtures::small_project();
    cli::run_ok(project.root(), "remove @ id:1");
    let image = "assets/.prometeu/history/000001.root/tile.png";
    std::fs::remove_file(project.at(image)).unwrap();
    for line in ["restore @ id:1", "restore @ id:1 --to other/place"] {
        let answer = cli::run_refused(project.root(), line, &["file-missing"]).json();
        assert_eq!(answer["findings"][0]["file"], image, "{line}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../../outside.png", project.at(image)).unwrap();
        let answer = cli::run_refused(project.root(), "restore @ id:1 --to deeper/other/place", &["link-outside"]);
        assert_eq!(answer.json()["findings"][0]["file"], image);
    }
}

#[test]
fn broken_asset_is_restored_as_excluded() {
    let project = fixtures::small_project();
    cli::run_ok(project.root(), "remove @ id:1");
    project.write("assets/.prometeu/history/000001.root/tile.png", "damaged");
    assert_refused(&project, "restore @ id:1", &["image-not-png"]);
    cli::run_ok(project.root(), "restore @ id:1 --exclude");
}

#[test]
fn purged_asset_is_gone() {
    let project = project();
    edit(&project, "rename @ id:2 first");
    cli::run_ok(project.root(), "remove @ id:1");
    let before = tree::read_tree(project.root());
    let planned = cli::run_ok(project.root(), "purge @ id:1 --dry-run");
    assert_eq!(
        (&planned["purged"], &planned["folder"]),
        (&json!(false), &json!("assets/.prometeu/history/000002.root"))
    );
    tree::assert_same(&before, &tree::read_tree(project.root()), "a dry run");
    assert_eq!(cli::run_ok(project.root(), "purge @ id:1")["purged"], true);
    assert!(!project.exists("assets/.prometeu/history/000002.root"));
    assert_eq!(cli::run(project.root(), "restore @ id:1").code, 2);
    // The removal can never be undone, but what was done before it can.
    assert_eq!(cli::run_ok(project.root(), "history @")["undo"], 1);
    assert_eq!(cli::run_ok(project.root(), "undo @")["change"]["edit"], "rename");
    assert_eq!(cli::run_json(project.root(), "undo @").codes(), ["history-empty"]);
    cli::run_ok(project.root(), "redo @");
}

/// Changes of other assets in the registry refuse no undo.
#[test]
fn undo_keeps_other_changes_of_the_registry() {
    let project = project();
    cli::run_ok(project.root(), "exclude @ id:2");
    cli::run_ok(project.root(), "create @ hud/new --type glyph_bank @/assets/ui/icons/tile.png --name new");
    cli::run_ok(project.root(), "remove @ id:1");
    cli::run_ok(project.root(), "purge @ id:1");
    let text = project.read_text(fixtures::REGISTRY);
    // A merge brings another asset.
    let merged = text.replace(
        "\n  ]",
        ",\n    {\"asset_id\": 9, \"asset_uuid\": \"94a3e07c-b52f-4d18-a6c9-70e1fb28d5a4\", \
        \"root\": \"far/away\", \"included_in_build\": false}\n  ]",
    );
    project.write(fixtures::REGISTRY, merged.replace("\"next_asset_id\": 5", "\"next_asset_id\": 10"));
    let ids = |project: &TestProject| {
        let entries = registry(project)["assets"].as_array().unwrap().clone();
        let entry = |entry: &Value| (entry["asset_id"].as_u64().unwrap(), entry["included_in_build"] == true);
        entries.iter().map(entry).collect::<Vec<_>>()
    };
    assert_eq!(ids(&project), [(2, false), (3, false), (4, true), (9, false)]);
    let before = visible(&project);
    cli::run_ok(project.root(), "undo @ --dry-run");
    tree::assert_same(&before, &visible(&project), "a dry run");
    assert_eq!(cli::run_ok(project.root(), "undo @")["change"]["edit"], "create");
    assert_eq!(ids(&project), [(2, false), (3, false), (9, false)]);
    cli::run_ok(project.root(), "undo @");
    assert_eq!(ids(&project), [(2, true), (3, false), (9, false)]);
    cli::run_ok(project.root(), "redo @");
    cli::run_ok(project.root(), "redo @");
    tree::assert_same(&before, &visible(&project), "made again");
    // The same entry was changed: nobody can say what is meant.
    let changed = project.read_text(fixtures::REGISTRY).replace("\"hud/new\"", "\"hud/newer\"");
    project.write(fixtures::REGISTRY, changed);
    cli::run_refused(project.root(), "undo @", &["history-conflict"]);
}

/// All changes of a purged asset are out of reach, from its creation to its removal.
#[test]
fn purged_asset_leaves_no_changes() {
    let project = project();
    edit(&project, "rename @ id:2 first");
    cli::run_ok(project.root(), "create @ hud/new --type glyph_bank @/assets/ui/icons/tile.png --name new");
    cli::run_ok(project.root(), "rename @ new newer");
    cli::run_ok(project.root(), "remove @ newer");
    cli::run_ok(project.root(), "restore @ newer --to hud/other");
    cli::run_ok(project.root(), "remove @ newer");
    cli::run_ok(project.root(), "purge @ newer");
    let history = cli::run_ok(project.root(), "history @");
    assert_eq!((&history["undo"], &history["redo"]), (&json!(1), &json!(null)), "{history}");
    assert_eq!(cli::run_ok(project.root(), "undo @")["change"]["edit"], "rename");
    cli::run_ok(project.root(), "redo @");
    // What was done to others since hides none of them.
    cli::run_ok(project.root(), "create @ hud/late --type glyph_bank @/assets/ui/icons/tile.png --name late");
    cli::run_ok(project.root(), "rename @ late later");
    edit(&project, "rename @ id:2 second");
    cli::run_ok(project.root(), "remove @ later");
    cli::run_ok(project.root(), "purge @ later");
    let history = cli::run_ok(project.root(), "history @");
    let edits: Vec<&Value> = history["changes"].as_array().unwrap().iter().map(|change| &change["edit"]).collect();
    assert_eq!(edits, ["rename", "rename"], "{history}");
    cli::run_ok(project.root(), "undo @");
    assert_eq!(cli::run_ok(project.root(), "undo @")["change"]["subject"], "sfx_blip");
    // An undone creation that is purged cannot be made again, nor what followed it.
    cli::run_ok(project.root(), "redo @");
    cli::run_ok(project.root(), "redo @");
    cli::run_ok(project.root(), "create @ hud/new --type glyph_bank @/assets/ui/icons/tile.png --name new");
    cli::run_ok(project.root(), "rename @ new newer");
    cli::run_ok(project.root(), "undo @");
    cli::run_ok(project.root(), "undo @");
    cli::run_ok(project.root(), "purge @ root:hud/new");
    assert_eq!(cli::run_ok(project.root(), "history @")["redo"], json!(null));
    assert_eq!(cli::run_json(project.root(), "redo @").codes(), ["history-empty"]);
}

#[test]
fn created_asset_is_undone_and_redone() {
    let project = fixtures::small_project();
    let line = "create @ hud/new --type glyph_bank @/assets/ui/icons/tile.png --name new";
    let stamps = tree::read_stamps(project.root());
    let planned = cli::run_ok(project.root(), &format!("{line} --dry-run"));
    assert_eq!(tree::read_stamps(project.root()), stamps);
    let files = json!(["assets/hud/new/tile.png", "assets/hud/new/asset.json"]);
    assert_eq!((&planned["change"]["created"], &planned["asset_id"]), (&files, &json!(3)));
    let before = visible(&project);
    cli::run_ok(project.root(), line);
    // What was drawn since is not lost.
    project.write("assets/hud/new/tile.png", support::images::plain(8, 8, support::RED));
    let after = visible(&project);
    cli::run_ok(project.root(), "undo @");
    tree::assert_same(&before, &visible(&project), "undone");
    cli::run_ok(project.root(), "redo @");
    tree::assert_same(&after, &visible(&project), "made again");
    cli::run_ok(project.root(), "undo @");
    cli::run_ok(project.root(), "exclude @ id:1");
    cli::run_ok(project.root(), "create @ hud/other --type glyph_bank @/assets/ui/icons/tile.png");
    let history = cli::run_ok(project.root(), "history @");
    assert_eq!((&history["removed"][0]["root"], &history["redo"]), (&json!("hud/new"), &json!(null)));
    // Its id was given back, and is that of the other asset now.
    let restored = cli::run_ok(project.root(), "restore @ root:hud/new");
    assert_eq!((&restored["former_id"], &restored["asset_id"]), (&json!(3), &json!(4)));
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn registration_is_undone_and_redone() {
    let project = project();
    cli::run_ok(project.root(), "forget @ id:1");
    let answer = edit(&project, "register @ ui/icons");
    assert_eq!((&answer["asset_id"], &answer["change"]["edit"]), (&json!(4), &json!("register")));
}

#[test]
fn found_palettes_can_be_undone() {
    let project = fixtures::small_project();
    project.edit(fixtures::ICONS, ",\n              \"#00ff00\"", "");
    let before = visible(&project);
    cli::run_ok(project.root(), "palettes @ id:1 --apply");
    cli::run_ok(project.root(), "undo @");
    tree::assert_same(&before, &visible(&project), "undone");
}

/// Moved by hand, it would be taken along.
#[test]
fn root_inside_a_removed_one_stays() {
    let project = fixtures::small_project();
    let root = |at: usize| format!("assets/{}", registry(&project)["assets"][at]["root"].as_str().unwrap());
    let inside = format!("{}/old/it", root(0));
    std::fs::create_dir_all(project.at(&inside).parent().unwrap()).unwrap();
    std::fs::rename(project.at(&root(1)), project.at(&inside)).unwrap();
    assert_refused(&project, "remove @ id:1", &["root-nested"]);
    std::fs::remove_dir_all(project.at(&inside)).unwrap();
    cli::run_ok(project.root(), "remove @ id:1");
}
