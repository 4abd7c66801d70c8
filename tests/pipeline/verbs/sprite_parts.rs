//! `create` and `cut` with `--tag`, `--layer` and `--slice`.

use packer_services::Context;
use packer_services::ops::{ListSpriteParts, Operation};
use serde_json::{Value, json};
use support::images::plain;
use support::sprites::{self, Sprite};
use support::{GREEN, KEY, RED, TestProject, rel_path};

use super::edits::{assert_refused, edit};
use crate::cli;

const ANCHOR: &str = "assets/hero/asset.json";

/// Two frames of 16 × 8 pixels with a tag, a slice and two layers.
fn hero() -> Vec<u8> {
    Sprite::new([16, 8], 8)
        .with_palette(&[KEY.0, RED.0, GREEN.0])
        .with(0, sprites::layer("body").chunk())
        .with(0, sprites::layer("hat").hidden().chunk())
        .with(0, sprites::tags(&[("walk", 1, 1, 0, 0)]))
        .with(0, sprites::slice("face", 0, &[(0, [8, 0], [8, 8])]))
        .with(0, sprites::cel(0, [0, 0], [16, 8], &[1; 128]))
        .with(1, sprites::cel(0, [0, 0], [16, 8], &[2; 128]))
        .with(1, sprites::cel(1, [0, 0], [16, 8], &[2; 128]))
        .bytes()
}

fn project() -> TestProject {
    let project = TestProject::new();
    project.write("hero.aseprite", hero());
    project.write("head.png", plain(8, 8, RED));
    cli::run_ok(project.root(), "create @ hero --type glyph_bank --tile-size 8 @/hero.aseprite @/head.png");
    project
}

fn artifacts(project: &TestProject) -> Value {
    let declaration: Value = serde_json::from_slice(&project.read(ANCHOR)).unwrap();
    declaration["artifacts"].clone()
}

#[test]
fn names_of_parts_are_listed() {
    let project = project();
    let list = |file: &str| {
        let request = ListSpriteParts::new(project.root(), "id:1", rel_path(file));
        request.run(&Context::new()).unwrap()
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let parts = list("hero.aseprite").into_data().parts.unwrap();
    assert_eq!((parts.tags, parts.layers, parts.slices), (names(&["walk"]), names(&["body", "hat"]), names(&["face"])));
    assert!(list("head.png").parts.is_none() && list("head.png").findings().is_empty());
    assert_eq!(support::codes(list("none.png").findings()), ["file-missing"]);
}

#[test]
fn parts_are_set_and_removed() {
    let project = project();
    let before = project.read_text(ANCHOR);
    let moved = edit(&project, "cut @ id:1 hero.aseprite --tag walk");
    assert_eq!(artifacts(&project)[0], json!({ "file": "hero.aseprite", "index": 0, "tag": "walk" }));
    // The ids of the image behind it move.
    assert_eq!(artifacts(&project)[1]["index"], 2);
    assert_eq!(moved["ids"].as_array().unwrap().last().unwrap()["to"], 2, "{moved}");
    edit(&project, "cut @ id:1 hero.aseprite --slice face --layer hat --skip-blank");
    let all = json!({
        "file": "hero.aseprite", "index": 0, "tag": "walk", "layer": "hat", "slice": "face", "skip_blank": true,
    });
    assert_eq!(artifacts(&project)[0], all);
    // What is not named is kept.
    edit(&project, "cut @ id:1 hero.aseprite --tag none");
    assert_eq!(artifacts(&project)[0]["slice"], "face");
    edit(&project, "cut @ id:1 hero.aseprite --slice none --layer none --none");
    assert_eq!(project.read_text(ANCHOR), before);
}

#[test]
fn unknown_parts_are_refused() {
    let project = project();
    for (line, words) in [
        ("hero.aseprite --tag run", "`walk`"),
        // A tag that is called like the word that removes one.
        ("hero.aseprite --tag name:none", "`walk`"),
        ("hero.aseprite --layer shoes", "`body`, `hat`"),
        ("hero.aseprite --slice foot", "`face`"),
        ("head.png --tag walk", "PNG"),
        ("hero.aseprite --slice face --region 0,0,8,8", "both a slice and a region"),
    ] {
        let line = format!("cut @ id:1 {line}");
        assert_refused(&project, &line, &["sprite-part"]);
        let message = cli::run_json(project.root(), &line).json()["findings"][0]["message"].clone();
        assert!(message.as_str().unwrap().contains(words), "{message}");
    }
    assert_eq!(cli::run(project.root(), "cut @ id:1 hero.aseprite").code, 2);
    // Also in an asset whose errors would not block a pack.
    cli::run_ok(project.root(), "exclude @ id:1");
    assert_refused(&project, "cut @ id:1 hero.aseprite --tag run", &["sprite-part"]);
}

#[test]
fn create_takes_a_part() {
    let project = TestProject::new();
    project.write("hero.aseprite", hero());
    project.write("head.png", plain(8, 8, RED));
    let create = |options: &str| format!("create @ hero --type glyph_bank {options}");
    // The slice is one tile of 8 pixels, so no tile size is needed.
    cli::run_ok(project.root(), &create("--slice face --tag walk @/hero.aseprite"));
    let part = json!([{ "file": "hero.aseprite", "index": 0, "tag": "walk", "slice": "face" }]);
    assert_eq!(artifacts(&project), part);
    let shown = cli::run_ok(project.root(), "show @ id:1");
    assert_eq!((&shown["used"], &shown["palettes"][0]["colors"][2]), (&json!(1), &json!(GREEN.to_string())));
    cli::run_ok(project.root(), "undo @");
    for (options, code) in [
        ("--tag run --tile-size 8 @/hero.aseprite", "sprite-part"),
        ("--tag walk --tile-size 8 @/hero.aseprite @/head.png", "sprite-part"),
        ("--slice face --region 0,0,8,8 --tile-size 8 @/hero.aseprite", "sprite-part"),
    ] {
        cli::run_refused(project.root(), &create(options), &[code]);
        assert!(!project.exists("assets/hero"), "{options}");
    }
    let sound = "create @ hero --type sound_bank --tag walk @/hero.aseprite";
    assert_eq!(cli::run(project.root(), sound).code, 2);
}

/// A slice and a region exclude each other, and the canvas may have any size.
#[test]
fn slice_of_a_wrong_size_is_named() {
    let project = TestProject::new();
    let slice = sprites::slice("hand", 0, &[(0, [0, 0], [9, 8])]);
    let sprite = Sprite::new([16, 8], 8).with_palette(&[KEY.0, RED.0]).with(0, sprites::layer("body").chunk());
    let sprite = sprite.with(0, slice).with(0, sprites::cel(0, [0, 0], [16, 8], &[1; 128]));
    project.write("hero.aseprite", sprite.bytes());
    let line = "create @ hero --type glyph_bank --tile-size 8 --slice hand @/hero.aseprite";
    let answer = cli::run_refused(project.root(), line, &["image-size"]).json();
    let finding = &answer["findings"][0];
    assert!(finding["message"].as_str().unwrap().starts_with("the slice `hand` is 9 × 8 pixels"), "{finding}");
    assert_eq!(finding["help"], "Resize the slice to 16 × 8 without scaling.");
    assert_eq!(finding["fix"], Value::Null);
}
