//! `register` adds an existing root to the registry, and refuses one that cannot be packed.

use std::fs;

use serde_json::json;
use support::images;
use support::{GREEN, RED, TestProject};

use crate::{cli, fixtures, tree};

const TWIN: &str = "assets/ui/twin/asset.json";

/// The small project, with an unregistered copy of its icons that has its own uuid and name.
fn with_twin() -> TestProject {
    let project = fixtures::small_project();
    let uuid = support::uuid(1).to_string();
    let declaration = project.read_text(fixtures::ICONS).replace(&uuid, &support::uuid(99).to_string());
    project.write(TWIN, declaration.replace("ui_icons", "ui_twin"));
    project.write("assets/ui/twin/tile.png", images::checker(8, 8, GREEN, RED));
    project
}

fn assert_refused(project: &TestProject, line: &str, codes: &[&str]) {
    let before = tree::read_tree(project.root());
    let answer = cli::run_refused(project.root(), line, codes).json();
    assert_eq!(answer["asset_id"], serde_json::Value::Null);
    tree::assert_same(&before, &tree::read_tree(project.root()), line);
}

#[test]
fn registered_root_gets_the_next_id() {
    let project = with_twin();
    let declaration = project.read(TWIN);
    let answer = cli::run_ok(project.root(), "register @ ui/twin");
    assert_eq!((&answer["asset_id"], &answer["included"]), (&json!(3), &json!(true)));
    assert_eq!(project.read(TWIN), declaration, "the declaration must be unchanged");
    let pack = cli::run_ok(project.root(), "pack @");
    assert_eq!(pack["assets"][2]["name"], "ui_twin");
}

#[test]
fn trailing_slash_names_the_same_root() {
    let project = with_twin();
    cli::run_ok(project.root(), "register @ ui/twin/");
    assert!(project.read_text(fixtures::REGISTRY).contains("\"root\": \"ui/twin\""));
}

#[test]
fn root_can_be_registered_as_excluded() {
    let project = with_twin();
    let answer = cli::run_ok(project.root(), "register @ ui/twin --exclude");
    assert_eq!((&answer["asset_id"], &answer["included"]), (&json!(3), &json!(false)));
    assert_eq!(cli::run_ok(project.root(), "pack @")["assets"].as_array().map(Vec::len), Some(2));
}

#[test]
fn broken_root_is_not_registered() {
    let project = with_twin();
    fs::remove_file(project.at("assets/ui/twin/tile.png")).unwrap();
    assert_refused(&project, "register @ ui/twin", &["file-missing"]);
}

#[test]
fn broken_root_can_be_registered_excluded() {
    let project = with_twin();
    project.write("assets/ui/twin/tile.png", "not finished");
    let answer = cli::run_ok(project.root(), "register @ ui/twin --exclude");
    assert_eq!(answer["findings"][0]["severity"], "note", "the remaining problem must be a note");
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn unreadable_uuid_is_always_refused() {
    for (from, to) in [("\"asset_uuid\"", "\"uuid\""), ("\"asset_uuid\": \"", "\"asset_uuid\": \"{"), ("{", "")] {
        let project = with_twin();
        project.edit(TWIN, from, to);
        for line in ["register @ ui/twin", "register @ ui/twin --exclude"] {
            let before = tree::read_tree(project.root());
            let output = cli::run_json(project.root(), line);
            assert_eq!(output.code, 1, "{line}: {}", output.stdout);
            assert!(output.codes().iter().any(|code| code == "uuid-unreadable"), "{:?}", output.codes());
            tree::assert_same(&before, &tree::read_tree(project.root()), line);
        }
    }
}

#[test]
fn root_is_registered_once() {
    let project = fixtures::small_project();
    assert_refused(&project, "register @ ui/icons", &["already-registered"]);
}

#[test]
fn nested_roots_are_refused() {
    let project = with_twin();
    let declaration = project.read(TWIN);
    project.write("assets/ui/icons/inner/asset.json", &declaration);
    project.write("assets/ui/icons/inner/tile.png", project.read(fixtures::TILE));
    assert_refused(&project, "register @ ui/icons/inner", &["root-nested"]);
    assert_refused(&project, "register @ ui/icons/inner --exclude", &["root-nested"]);
    project.write("assets/ui/asset.json", declaration).write("assets/ui/tile.png", project.read(fixtures::TILE));
    assert_refused(&project, "register @ ui", &["root-nested"]);
}

#[test]
fn copied_uuid_is_always_refused() {
    let project = with_twin();
    project.write(TWIN, project.read_text(fixtures::ICONS).replace("ui_icons", "ui_twin"));
    for line in ["register @ ui/twin", "register @ ui/twin --exclude"] {
        assert_refused(&project, line, &["uuid-twice"]);
        let finding = cli::run_json(project.root(), line).json()["findings"][0].clone();
        assert_eq!(finding["message"], "this root has the uuid of asset 1 (`ui/icons`), which still exists");
        assert_eq!(finding["file"], TWIN);
    }
}

#[test]
fn moved_root_keeps_its_id() {
    let (project, _) = fixtures::packed_project();
    fs::rename(project.at("assets/ui"), project.at("assets/hud")).unwrap();
    let output = cli::run_json(project.root(), "doctor @");
    assert_eq!((output.code, output.codes()), (1, vec!["anchor-missing".to_owned(), "root-moved".to_owned()]));
    let help = output.json()["findings"][1]["help"].as_str().unwrap().to_owned();
    assert!(help.contains("`prometeu-packer register PROJECT hud/icons`"), "{help}");

    let answer = cli::run_ok(project.root(), "register @ hud/icons");
    assert_eq!((&answer["asset_id"], &answer["moved_from"]), (&json!(1), &json!("ui/icons")));
    assert_eq!((&answer["included"], &answer["findings"]), (&json!(true), &json!([])));
    let pack = cli::run_ok(project.root(), "pack @");
    assert_eq!((&pack["changes"]["unchanged"], &pack["moved"]), (&json!(2), &json!([])));
    assert_eq!(cli::run_ok(project.root(), "doctor @")["findings"], json!([]));
}

#[test]
fn moved_excluded_root_stays_excluded() {
    let project = fixtures::small_project();
    fixtures::EXCLUDE_ICONS.apply_to(&project);
    fs::rename(project.at("assets/ui"), project.at("assets/UI")).unwrap();
    let answer = cli::run_ok(project.root(), "register @ UI/icons");
    assert_eq!((&answer["asset_id"], &answer["included"]), (&json!(1), &json!(false)));
    assert!(project.read_text(fixtures::REGISTRY).contains("\"root\": \"UI/icons\""));
}

#[test]
fn replaced_root_counts_as_moved() {
    let project = with_twin();
    // `ui/icons` is the folder of another asset now, and the icons are in `ui/moved`.
    fs::rename(project.at("assets/ui/icons"), project.at("assets/ui/moved")).unwrap();
    fs::rename(project.at("assets/ui/twin"), project.at("assets/ui/icons")).unwrap();
    assert_eq!(cli::run_ok(project.root(), "register @ ui/moved")["asset_id"], json!(1));
    assert_eq!(cli::run_ok(project.root(), "register @ ui/icons")["asset_id"], json!(3));
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn taken_slot_becomes_the_lowest_free() {
    let project = with_twin();
    let preload = "\"preload\": {\n    \"enabled\": false\n  }";
    for (file, slot) in [(fixtures::ICONS, 0), (TWIN, 0)] {
        project.edit(file, preload, &format!("\"preload\" : {{ \"slot\":{slot}, \"enabled\": true }}"));
    }
    let answer = cli::run_ok(project.root(), "register @ ui/twin");
    assert_eq!((&answer["asset_id"], &answer["slot"], &answer["declared_slot"]), (&json!(3), &json!(1), &json!(0)));
    assert!(project.read_text(TWIN).contains("\"preload\" : { \"slot\":1, \"enabled\": true }"));
    let pack = cli::run_ok(project.root(), "pack @");
    assert_eq!((&pack["assets"][0]["slot"], &pack["assets"][2]["slot"]), (&json!(0), &json!(1)));
}

#[test]
fn free_slot_is_not_changed() {
    let project = with_twin();
    let preload = "\"enabled\": false";
    project.edit(TWIN, preload, "\"enabled\": true, \"slot\": 5");
    let declaration = project.read(TWIN);
    let answer = cli::run_ok(project.root(), "register @ ui/twin");
    assert_eq!((&answer["slot"], &answer["declared_slot"]), (&json!(null), &json!(null)));
    assert_eq!(project.read(TWIN), declaration);
}

#[test]
fn other_spelling_of_a_folder_is_refused() {
    let project = with_twin();
    project
        .write("assets/UI/more/asset.json", project.read(TWIN))
        .write("assets/UI/more/tile.png", project.read(fixtures::TILE));
    assert_refused(&project, "register @ UI/more", &["path-collision"]);
    // Neither folder is registered.
    project
        .write("assets/Mobs/bat/asset.json", project.read(TWIN))
        .write("assets/Mobs/bat/tile.png", project.read(fixtures::TILE));
    assert_refused(&project, "register @ mobs/bat", &["file-missing"]);
}

#[test]
fn duplicate_name_is_refused_if_included() {
    let project = with_twin();
    project.edit(TWIN, "ui_twin", "ui_icons");
    assert_refused(&project, "register @ ui/twin", &["name-twice"]);
    cli::run_ok(project.root(), "register @ ui/twin --exclude");
}

#[test]
fn missing_root_is_refused() {
    let project = fixtures::small_project();
    assert_refused(&project, "register @ ui/nowhere", &["file-missing"]);
    assert_refused(&project, "register @ ../out", &["path-not-relative"]);
}
