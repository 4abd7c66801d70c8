//! `register` takes a root that is there into the registry, and refuses what would not pack.

use serde_json::json;
use support::images;
use support::{GREEN, RED, TestProject};

use crate::{cli, scenes, tree};

const TWIN: &str = "assets/ui/twin/asset.json";

/// The small project, and beside its icons an unregistered copy of them with an identity of its own.
fn with_twin() -> TestProject {
    let project = scenes::small();
    let uuid = support::uuid(1).to_string();
    let declaration = project.read_text(scenes::ICONS).replace(&uuid, &support::uuid(99).to_string());
    project.write(TWIN, declaration.replace("ui_icons", "ui_twin"));
    project.write("assets/ui/twin/tile.png", images::checker(8, 8, GREEN, RED));
    project
}

fn leaves_the_registry(project: &TestProject, line: &str, codes: &[&str]) {
    let before = tree::tree(project.root());
    let answer = cli::refused(project.root(), line, codes).json();
    assert_eq!(answer["asset_id"], serde_json::Value::Null);
    tree::assert_same(&before, &tree::tree(project.root()), line);
}

#[test]
fn a_good_root_gets_the_next_id_and_is_built() {
    let project = with_twin();
    let declaration = project.read(TWIN);
    let answer = cli::done(project.root(), "register @ ui/twin");
    assert_eq!((&answer["asset_id"], &answer["included"]), (&json!(3), &json!(true)));
    assert_eq!(project.read(TWIN), declaration, "only the registry changes");
    let pack = cli::done(project.root(), "pack @");
    assert_eq!(pack["assets"][2]["name"], "ui_twin");
}

#[test]
fn a_slash_at_the_end_is_no_other_root() {
    let project = with_twin();
    cli::done(project.root(), "register @ ui/twin/");
    assert!(project.read_text(scenes::REGISTRY).contains("\"root\": \"ui/twin\""));
}

#[test]
fn a_good_root_can_stay_out_of_the_build() {
    let project = with_twin();
    let answer = cli::done(project.root(), "register @ ui/twin --exclude");
    assert_eq!((&answer["asset_id"], &answer["included"]), (&json!(3), &json!(false)));
    assert_eq!(cli::done(project.root(), "pack @")["assets"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_broken_root_is_refused() {
    let project = with_twin();
    std::fs::remove_file(project.at("assets/ui/twin/tile.png")).unwrap();
    leaves_the_registry(&project, "register @ ui/twin", &["file-missing"]);
}

#[test]
fn a_broken_root_can_be_registered_as_excluded() {
    let project = with_twin();
    project.write("assets/ui/twin/tile.png", "not finished");
    let answer = cli::done(project.root(), "register @ ui/twin --exclude");
    assert_eq!(answer["findings"][0]["severity"], "note", "what is left to do is shown");
    cli::done(project.root(), "pack @");
}

#[test]
fn a_uuid_that_cannot_be_read_is_refused_in_any_case() {
    for (from, to) in [("\"asset_uuid\"", "\"uuid\""), ("\"asset_uuid\": \"", "\"asset_uuid\": \"{"), ("{", "")] {
        let project = with_twin();
        project.edit(TWIN, from, to);
        for line in ["register @ ui/twin", "register @ ui/twin --exclude"] {
            let before = tree::tree(project.root());
            let ended = cli::ask(project.root(), line);
            assert_eq!(ended.code, 1, "{line}: {}", ended.stdout);
            assert!(ended.codes().iter().any(|code| code == "uuid-unreadable"), "{:?}", ended.codes());
            tree::assert_same(&before, &tree::tree(project.root()), line);
        }
    }
}

#[test]
fn a_root_is_registered_once() {
    let project = scenes::small();
    leaves_the_registry(&project, "register @ ui/icons", &["already-registered"]);
}

#[test]
fn assets_do_not_contain_assets() {
    let project = with_twin();
    let declaration = project.read(TWIN);
    project.write("assets/ui/icons/inner/asset.json", &declaration);
    project.write("assets/ui/icons/inner/tile.png", project.read(scenes::TILE));
    leaves_the_registry(&project, "register @ ui/icons/inner", &["root-nested"]);
    leaves_the_registry(&project, "register @ ui/icons/inner --exclude", &["root-nested"]);
    project.write("assets/ui/asset.json", declaration).write("assets/ui/tile.png", project.read(scenes::TILE));
    leaves_the_registry(&project, "register @ ui", &["root-nested"]);
}

#[test]
fn a_copy_with_the_same_uuid_is_refused_in_any_case() {
    let project = with_twin();
    project.write(TWIN, project.read_text(scenes::ICONS).replace("ui_icons", "ui_twin"));
    leaves_the_registry(&project, "register @ ui/twin", &["uuid-twice"]);
    leaves_the_registry(&project, "register @ ui/twin --exclude", &["uuid-twice"]);
}

#[test]
fn a_name_that_is_taken_is_refused_in_the_build_set_only() {
    let project = with_twin();
    project.edit(TWIN, "ui_twin", "ui_icons");
    leaves_the_registry(&project, "register @ ui/twin", &["name-twice"]);
    cli::done(project.root(), "register @ ui/twin --exclude");
}

#[test]
fn a_root_that_is_not_there_is_refused() {
    let project = scenes::small();
    leaves_the_registry(&project, "register @ ui/nowhere", &["file-missing"]);
    leaves_the_registry(&project, "register @ ../out", &["path-not-relative"]);
}
