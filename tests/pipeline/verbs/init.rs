//! `init` turns a folder into a project, and never changes an existing one.

use support::TestProject;

use crate::{cli, fixtures, tree};

#[test]
fn init_creates_an_empty_project() {
    let folder = tempfile::tempdir().unwrap();
    let answer = cli::run_ok(folder.path(), "init @");
    assert_eq!(answer["existed"], false);
    let created: Vec<String> = tree::read_tree(folder.path()).into_keys().collect();
    assert_eq!(
        created,
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
fn init_creates_parent_folders() {
    let folder = tempfile::tempdir().unwrap();
    cli::run_ok(folder.path(), "init @/games/lantern");
    assert_eq!(cli::run(folder.path(), "doctor @/games/lantern").code, 0);
}

#[test]
fn second_init_changes_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    cli::run_ok(folder.path(), "init @");
    let before = tree::read_tree(folder.path());
    let answer = cli::run_ok(folder.path(), "init @");
    assert_eq!((&answer["existed"], &answer["made"]), (&true.into(), &serde_json::json!([])));
    tree::assert_same(&before, &tree::read_tree(folder.path()), "init again");
}

#[test]
fn init_adds_only_missing_files() {
    let (project, _) = fixtures::packed_project();
    project.write("assets/.gitattributes", "*.png binary\n");
    let before = tree::read_tree(project.root());
    let answer = cli::run_ok(project.root(), "init @");
    assert_eq!(answer["made"], serde_json::json!(["assets/.prometeu/.gitignore"]));
    let mut after = tree::read_tree(project.root());
    after.remove("assets/.prometeu/.gitignore");
    tree::assert_same(&before, &after, "init of a project");
}

#[test]
fn init_keeps_an_unreadable_registry() {
    let project = fixtures::small_project();
    project.write("assets/.prometeu/index.json", "<<<<<<< HEAD\n");
    cli::run_json(project.root(), "init @");
    assert_eq!(project.read_text("assets/.prometeu/index.json"), "<<<<<<< HEAD\n");
}
