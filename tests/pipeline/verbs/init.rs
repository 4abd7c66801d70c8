//! `init` makes a folder a project, and never harms one.

use support::TestProject;

use crate::{cli, scenes, tree};

#[test]
fn a_fresh_folder_becomes_an_empty_project() {
    let folder = tempfile::tempdir().unwrap();
    let answer = cli::done(folder.path(), "init @");
    assert_eq!(answer["existed"], false);
    let made: Vec<String> = tree::tree(folder.path()).into_keys().collect();
    assert_eq!(
        made,
        [
            "assets",
            "assets/.gitattributes",
            "assets/.prometeu",
            "assets/.prometeu/.gitignore",
            "assets/.prometeu/index.json"
        ]
    );
    let project = TestProject::copy_of(folder.path());
    let registry = "{\n  \"schema_version\": 1,\n  \"next_asset_id\": 1,\n  \"assets\": []\n}\n";
    assert_eq!(project.read_text("assets/.prometeu/index.json"), registry);
    let ignored = project.read_text("assets/.prometeu/.gitignore");
    assert!(ignored.lines().any(|line| line == "cache.json") && ignored.lines().any(|line| line == "lock"));
    assert_eq!(cli::run(folder.path(), "list @").code, 0);
}

#[test]
fn folders_on_the_way_are_made() {
    let folder = tempfile::tempdir().unwrap();
    cli::done(folder.path(), "init @/games/lantern");
    assert_eq!(cli::run(folder.path(), "doctor @/games/lantern").code, 0);
}

#[test]
fn a_second_time_changes_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    cli::done(folder.path(), "init @");
    let before = tree::tree(folder.path());
    let answer = cli::done(folder.path(), "init @");
    assert_eq!((&answer["existed"], &answer["made"]), (&true.into(), &serde_json::json!([])));
    tree::assert_same(&before, &tree::tree(folder.path()), "init again");
}

#[test]
fn a_project_with_assets_keeps_every_byte_and_gets_only_what_it_lacks() {
    let (project, _) = scenes::packed();
    project.write("assets/.gitattributes", "*.png binary\n");
    let before = tree::tree(project.root());
    let answer = cli::done(project.root(), "init @");
    assert_eq!(answer["made"], serde_json::json!(["assets/.prometeu/.gitignore"]));
    let mut after = tree::tree(project.root());
    after.remove("assets/.prometeu/.gitignore");
    tree::assert_same(&before, &after, "init of a project");
}

#[test]
fn a_registry_that_nobody_understands_is_not_touched() {
    let project = scenes::small();
    project.write("assets/.prometeu/index.json", "<<<<<<< HEAD\n");
    cli::ask(project.root(), "init @");
    assert_eq!(project.read_text("assets/.prometeu/index.json"), "<<<<<<< HEAD\n");
}
