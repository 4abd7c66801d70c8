//! `doctor` reports everything at once, also roots that are not registered, and with `--workspace` unused files.

use support::binary::CommandOutput;

use crate::{cli, fixtures};

#[test]
fn valid_project_has_no_findings() {
    let project = fixtures::small_project();
    let output = cli::run(project.root(), "doctor @ --workspace");
    assert_eq!((output.code, output.stderr.as_str()), (0, ""));
    assert_eq!(output.stdout, "no problems found (2 registered assets, 2 in the build)\n");
}

#[test]
fn all_errors_are_reported_at_once() {
    let project = fixtures::small_project();
    project.write(fixtures::TILE, "GIF89a").write(fixtures::BLIP, "OggS");
    let output = cli::run_refused(project.root(), "doctor @", &["image-not-png", "sound-not-wav"]);
    assert_eq!(output.json()["blocked"], true);
}

/// The code and file of every finding.
fn found(output: &CommandOutput) -> Vec<(String, String)> {
    let answer = output.json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    answer["findings"].as_array().unwrap().iter().map(|f| (text(&f["code"]), text(&f["file"]))).collect()
}

#[test]
fn workspace_option_reports_stray_files() {
    let mut project = fixtures::small_project();
    project.add_glyph("ui/more");
    let icons = project.read(fixtures::ICONS);
    let new = project.read_text(fixtures::ICONS).replace(&support::uuid(1).to_string(), &support::uuid(99).to_string());
    project
        .write("assets/ui/new/asset.json", new)
        .write("assets/ui/new/tile.png", "mine")
        .write("assets/ui/icons/inner/asset.json", &icons)
        .write("assets/ui/copy/asset.json", &icons)
        .write("assets/ui/icons/sketch.aseprite", "unused")
        .write("assets/readme.txt", "stray")
        .write("assets/.hidden/readme.txt", "not walked");
    let plain = cli::run_json(project.root(), "doctor @");
    assert_eq!((plain.code, &plain.json()["blocked"]), (0, &false.into()));
    let roots = [
        ("nested-anchor", "assets/ui/icons/inner/asset.json"),
        ("copied-anchor", "assets/ui/copy/asset.json"),
        ("unregistered-root", "assets/ui/new/asset.json"),
    ];
    let mut found_plain = found(&plain);
    found_plain.sort_by_key(|(code, _)| roots.iter().position(|(root, _)| root == code));
    assert_eq!(found_plain, roots.map(|(code, file)| (code.to_owned(), file.to_owned())));
    let output = cli::run_json(project.root(), "doctor @ --workspace");
    assert_eq!((output.code, &output.json()["blocked"]), (0, &false.into()));
    let severities = output.json();
    assert!(severities["findings"].as_array().unwrap().iter().all(|finding| finding["severity"] == "note"));
    let mut found = found(&output);
    found.sort();
    let expected = [
        ("copied-anchor", "assets/ui/copy/asset.json"),
        ("duplicate-content", "assets/ui/icons/tile.png"),
        ("nested-anchor", "assets/ui/icons/inner/asset.json"),
        ("stray-file", "assets/readme.txt"),
        ("unregistered-root", "assets/ui/new/asset.json"),
        ("unused-file", "assets/ui/icons/sketch.aseprite"),
    ];
    assert_eq!(found, expected.map(|(code, file)| (code.to_owned(), file.to_owned())));
}

#[test]
fn broken_excluded_asset_has_notes() {
    let project = fixtures::small_project();
    fixtures::EXCLUDE_ICONS.apply_to(&project);
    fixtures::NO_PNG.apply_to(&project);
    let output = cli::run_json(project.root(), "doctor @");
    assert_eq!((output.code, output.codes()), (0, vec!["image-not-png".into()]));
    assert_eq!(output.json()["findings"][0]["severity"], "note");
}

#[test]
fn roots_that_cannot_be_registered_are_explained() {
    // The help of each leads to a registered asset.
    for (root, obstacle, target) in [
        ("UI", "; `UI` and `ui` are the same folder on a system that ignores case", "other"),
        ("UI/new", "; `UI` and `ui` are the same folder on a system that ignores case", "ui/new"),
        ("UI/Icons", "; `UI` and `ui` are the same folder on a system that ignores case", "other"),
        ("ui", "; it contains the registered root `ui/icons`, and assets do not contain assets", "other"),
    ] {
        let project = fixtures::small_project();
        for file in ["asset.json", "tile.png"] {
            project.write(&format!("assets/{root}/{file}"), project.read(&format!("assets/ui/icons/{file}")));
        }
        let anchor = format!("assets/{root}/asset.json");
        project.edit(&anchor, &support::uuid(1).to_string(), &support::uuid(9).to_string());
        project.edit(&anchor, "ui_icons", "new");
        let answer = cli::run_ok(project.root(), "doctor @");
        let finding = &answer["findings"][0];
        assert_eq!(finding["code"], "unregistered-root", "{root}: {answer}");
        let message = finding["message"].as_str().unwrap();
        assert!(message.contains(obstacle), "{root}: {message}");
        let help = finding["help"].as_str().unwrap();
        assert_eq!(help.contains("prometeu-packer register PROJECT"), target == "ui/new", "{root}: {help}");
        assert_eq!(cli::run_json(project.root(), "fix @").json()["fixes"], serde_json::json!([]), "{root}");
        for file in ["asset.json", "tile.png"] {
            project.write(&format!("assets/{target}/{file}"), project.read(&format!("assets/{root}/{file}")));
            std::fs::remove_file(project.at(&format!("assets/{root}/{file}"))).unwrap();
        }
        if root.starts_with("UI") {
            std::fs::remove_dir_all(project.at("assets/UI")).unwrap();
        }
        cli::run_ok(project.root(), &format!("register @ {target}"));
    }
}

#[test]
fn unregistered_roots_of_broken_registry_are_unknown() {
    let project = fixtures::small_project();
    project.write(fixtures::REGISTRY, "{");
    cli::run_refused(project.root(), "doctor @", &["json-syntax"]);
}

/// Moved out of the root, the original of an image could not be decoded again.
#[test]
fn originals_are_not_unused_files() {
    let project = fixtures::small_project();
    for file in ["ui/icons/tile.bmp", "ui/icons/other.BMP", "ui/icons/notes.txt", "sfx/blip/blip.ogg"] {
        project.write(&format!("assets/{file}"), file);
    }
    let answer = cli::run_ok(project.root(), "doctor @ --workspace");
    let found = answer["findings"].as_array().unwrap().iter();
    let found: Vec<(&str, bool)> = found
        .map(|it| (it["file"].as_str().unwrap(), it["help"].as_str().unwrap().starts_with("Add it with")))
        .collect();
    assert_eq!(found, [("assets/ui/icons/notes.txt", false), ("assets/ui/icons/other.BMP", true)], "{answer}");
}
