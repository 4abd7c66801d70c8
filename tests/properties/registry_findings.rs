//! Contradictions between the registry, the folders and the declarations: each has its own code. And the findings that
//! block a pack, in included and in excluded assets.

use packer_services::declaration::{Declaration, Preload};
use packer_services::diagnostics::Finding;
use packer_services::formats::TileSize;
use packer_services::ops::Published;
use serde_json::{Value, json};
use support::images::checker;
use support::{GREEN, RED, TestProject, artifact, codes, glyph, red_green, uuid};

const REGISTRY: &str = "assets/.prometeu/index.json";

/// The declaration of a complete glyph bank with the `n`-th uuid and this name.
fn bank(n: u32, name: &str) -> Declaration {
    glyph(n, name, TileSize::Eight, vec![red_green()], vec![artifact("tile.png", 0)])
}

/// A project with two complete assets, `a` and `b/c`.
fn two_assets() -> TestProject {
    let mut project = TestProject::new();
    project.add_glyph("a");
    project.add_glyph("b/c");
    assert_eq!(codes(&project.findings()), ["duplicate-content"], "both contain the same image");
    project
}

/// Changes the registry's JSON.
fn edit_registry(project: &TestProject, change: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&project.read(REGISTRY)).unwrap();
    change(&mut value);
    project.write(REGISTRY, serde_json::to_vec_pretty(&value).unwrap());
}

fn errors(project: &TestProject) -> Vec<&'static str> {
    let errors: Vec<Finding> = project.findings().into_iter().filter(Finding::is_error).collect();
    codes(&errors)
}

/// Asserts that exactly these errors block the project, and that its registry is unchanged.
fn assert_blocked(what: &str, project: &TestProject, expected: &[&str]) {
    let before = project.read(REGISTRY);
    assert_eq!(errors(project), expected, "{what}");
    assert_eq!(project.pack().published, Published::Blocked, "{what}");
    assert_eq!(project.read(REGISTRY), before, "{what}");
}

#[test]
fn contradicting_entries_have_own_codes() {
    let entry = |id: u32, n: u32, root: &str| json!({"asset_id": id, "asset_uuid": uuid(n).to_string(), "root": root, "included_in_build": true});
    for (what, entries, expected) in [
        ("one id twice", [entry(1, 1, "a"), entry(1, 2, "b/c")], "id-twice"),
        ("one uuid twice", [entry(1, 1, "a"), entry(2, 1, "b/c")], "uuid-twice"),
        ("one root twice", [entry(1, 1, "a"), entry(2, 2, "a")], "root-twice"),
        ("not sorted", [entry(2, 2, "b/c"), entry(1, 1, "a")], "entry-order"),
        ("a root in a root", [entry(1, 1, "b"), entry(2, 2, "b/c")], "root-nested"),
    ] {
        let project = two_assets();
        project
            .write("assets/b/asset.json", bank(1, "a").to_bytes())
            .write("assets/b/tile.png", checker(8, 8, RED, GREEN));
        edit_registry(&project, |value| value["assets"] = json!(entries));
        let found = errors(&project);
        assert!(found.contains(&expected), "{what}: {found:?}");
        assert_eq!(project.pack().published, Published::Blocked, "{what}");
    }
    let low = two_assets();
    edit_registry(&low, |value| value["next_asset_id"] = json!(2));
    assert_blocked("a next id that is in use", &low, &["next-id-too-low"]);
}

#[test]
fn uuid_reveals_exchanged_assets() {
    let project = two_assets();
    edit_registry(&project, |value| {
        value["assets"][0]["root"] = json!("b/c");
        value["assets"][1]["root"] = json!("a");
    });
    assert_blocked("two roots exchanged", &project, &["uuid-differs", "uuid-differs"]);
    let project = two_assets();
    edit_registry(&project, |value| value["assets"][1]["asset_uuid"] = json!(uuid(9).to_string()));
    assert_blocked("another uuid", &project, &["uuid-differs"]);
    edit_registry(&project, |value| value["assets"][1]["included_in_build"] = json!(false));
    assert_blocked("another uuid of an excluded asset", &project, &["uuid-differs"]);
}

#[test]
fn missing_anchor_blocks_even_if_excluded() {
    for included in [true, false] {
        for missing in ["assets/b/c/asset.json", "assets/b/c", "assets/b"] {
            let project = two_assets();
            edit_registry(&project, |value| value["assets"][1]["included_in_build"] = json!(included));
            let path = project.at(missing);
            if path.is_dir() {
                std::fs::remove_dir_all(path).unwrap()
            } else {
                std::fs::remove_file(path).unwrap()
            }
            assert_blocked(missing, &project, &["anchor-missing"]);
        }
    }
}

#[test]
fn names_are_unique_in_build_set() {
    let project = two_assets();
    project.write("assets/b/c/asset.json", bank(2, "a").to_bytes());
    assert_blocked("one name twice", &project, &["name-twice"]);
    edit_registry(&project, |value| value["assets"][1]["included_in_build"] = json!(false));
    assert_eq!(errors(&project), [] as [&str; 0]);
}

#[test]
fn sixteen_slots_are_declared_once() {
    let preloaded = |slots: &[Option<u32>]| {
        let mut project = TestProject::new();
        for (n, slot) in (1..).zip(slots) {
            let root = format!("r{n}");
            project.write(&format!("assets/{root}/tile.png"), checker(8, 8, RED, GREEN));
            let preload = Preload { enabled: true, slot: *slot };
            project.add_asset(&root, true, &Declaration { preload, ..bank(n, &root) });
        }
        project
    };
    assert_eq!(errors(&preloaded(&[None; 16])), [] as [&str; 0]);
    assert_eq!(errors(&preloaded(&[Some(15), None, Some(0)])), [] as [&str; 0]);
    assert_blocked("one slot twice", &preloaded(&[Some(3), None, Some(3)]), &["slot-taken"]);
    assert_blocked("seventeen", &preloaded(&[None; 17]), &["slots-full"]);
    let project = preloaded(&[Some(3), Some(3)]);
    edit_registry(&project, |value| value["assets"][0]["included_in_build"] = json!(false));
    assert_eq!(errors(&project), [] as [&str; 0], "an excluded asset reserves nothing");
    project.edit("assets/r2/asset.json", "\"enabled\": true", "\"enabled\": false");
    edit_registry(&project, |value| value["assets"][0]["included_in_build"] = json!(true));
    assert_eq!(errors(&project), [] as [&str; 0], "a disabled preload reserves nothing");
}

#[test]
fn excluded_assets_never_block() {
    let project = two_assets();
    project.pack();
    edit_registry(&project, |value| value["assets"][1]["included_in_build"] = json!(false));
    for (what, file, bytes) in [
        ("a broken image", "assets/b/c/tile.png", b"not an image".to_vec()),
        ("an undeclared color", "assets/b/c/tile.png", checker(8, 8, RED, support::KEY)),
        ("a declaration of a newer schema", "assets/b/c/asset.json", br#"{"schema_version": 2}"#.to_vec()),
        ("an empty declaration", "assets/b/c/asset.json", vec![]),
    ] {
        project.write(file, bytes);
        let findings = project.findings();
        assert!(
            findings.iter().any(|finding| finding.asset.as_ref().and_then(|asset| asset.asset_id) == Some(2)),
            "{what}"
        );
        assert_eq!(errors(&project), [] as [&str; 0], "{what}");
        assert_ne!(project.pack().published, Published::Blocked, "{what}");
    }
}

#[test]
fn unregistered_files_are_only_noted() {
    let project = two_assets();
    project.pack();
    let before = project.outputs();
    project.write("assets/new/asset.json", bank(7, "new").to_bytes());
    project.write("assets/new/tile.png", checker(8, 8, GREEN, RED));
    project.write("assets/copy/asset.json", bank(1, "a").to_bytes());
    project.write("assets/a/inner/asset.json", bank(8, "inner").to_bytes());
    project.write("assets/a/notes.txt", "hello").write("assets/stray.txt", "hello, too");
    let findings = project.findings();
    assert!(findings.iter().all(|finding| !finding.is_error()), "{:?}", codes(&findings));
    for code in ["unregistered-root", "copied-anchor", "nested-anchor", "unused-file", "stray-file"] {
        assert!(codes(&findings).contains(&code), "{code} is not in {:?}", codes(&findings));
    }
    assert_ne!(project.pack().published, Published::Blocked);
    assert_eq!(project.outputs(), before);
}
