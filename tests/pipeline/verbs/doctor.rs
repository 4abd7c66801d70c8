//! `doctor` tells everything at once, and with `--workspace` what lies about.

use support::binary::CommandOutput;

use crate::{cli, scenes};

#[test]
fn all_is_well_with_a_good_project() {
    let project = scenes::small();
    let ended = cli::run(project.root(), "doctor @ --workspace");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert_eq!(ended.stdout, "all is well (2 registered assets, 2 in the build)\n");
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let project = scenes::small();
    project.write(scenes::TILE, "GIF89a").write(scenes::BLIP, "OggS");
    let ended = cli::refused(project.root(), "doctor @", &["image-not-png", "sound-not-wav"]);
    assert_eq!(ended.json()["blocked"], true);
}

/// (code, file) of every finding.
fn found(ended: &CommandOutput) -> Vec<(String, String)> {
    let answer = ended.json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    answer["findings"].as_array().unwrap().iter().map(|f| (text(&f["code"]), text(&f["file"]))).collect()
}

#[test]
fn what_lies_about_is_notes_and_only_if_asked_for() {
    let mut project = scenes::small();
    project.add_glyph("ui/more");
    let icons = project.read(scenes::ICONS);
    let new = project.read_text(scenes::ICONS).replace(&support::uuid(1).to_string(), &support::uuid(99).to_string());
    project
        .write("assets/ui/new/asset.json", new)
        .write("assets/ui/new/tile.png", "mine")
        .write("assets/ui/icons/inner/asset.json", &icons)
        .write("assets/ui/copy/asset.json", &icons)
        .write("assets/ui/icons/sketch.aseprite", "unused")
        .write("assets/readme.txt", "stray")
        .write("assets/.hidden/readme.txt", "not walked");
    let plain = cli::ask(project.root(), "doctor @");
    assert_eq!((plain.code, plain.codes()), (0, Vec::new()));
    let ended = cli::ask(project.root(), "doctor @ --workspace");
    assert_eq!((ended.code, &ended.json()["blocked"]), (0, &false.into()));
    let severities = ended.json();
    assert!(severities["findings"].as_array().unwrap().iter().all(|finding| finding["severity"] == "note"));
    let mut found = found(&ended);
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
fn an_excluded_wreck_is_told_as_notes_and_blocks_nothing() {
    let project = scenes::small();
    scenes::EXCLUDE_ICONS.happen(&project);
    scenes::NO_PNG.happen(&project);
    let ended = cli::ask(project.root(), "doctor @");
    assert_eq!((ended.code, ended.codes()), (0, vec!["image-not-png".into()]));
    assert_eq!(ended.json()["findings"][0]["severity"], "note");
}
