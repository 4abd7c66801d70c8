//! Animations that follow the tags of Aseprite files, and that a wrong animation blocks only what needs it.

use packer_services::formats::TileSize;
use serde_json::{Value, json};
use support::images::plain;
use support::sprites::{self, Sprite};
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, red_green};

use super::edits::{assert_refused, edit};
use crate::cli;

const ANCHOR: &str = "assets/hero/asset.json";

/// Four frames of 16 × 8 pixels on two layers, `body` and `hat`, with these tags. Frame `n` takes 100 + n milliseconds.
fn hero(tags: &[(&str, u16, u16, u8, u16)]) -> Sprite {
    let mut sprite = Sprite::new([16, 8], 8).with_palette(&[KEY.0, RED.0, GREEN.0]);
    sprite = sprite.with(0, sprites::layer("body").chunk()).with(0, sprites::layer("hat").chunk());
    sprite = sprite.with(0, sprites::tags(tags)).with(0, sprites::slice("face", 0, &[(0, [0, 0], [8, 8])]));
    for frame in 0..4 {
        sprite = sprite.with(frame, sprites::cel(0, [0, 0], [16, 8], &[1; 128]));
        sprite = sprite.with(frame, sprites::cel(1, [0, 0], [8, 4], &[2; 32]));
    }
    sprite
}

const TAGS: &[(&str, u16, u16, u8, u16)] = &[("idle", 0, 0, 0, 0), ("walk", 1, 3, 2, 4)];

/// A bank that `create` made from `hero.aseprite`, with these options.
fn created(options: &str) -> TestProject {
    let project = TestProject::new();
    project.write("hero.aseprite", hero(TAGS).bytes());
    cli::run_ok(project.root(), &format!("create @ hero --type glyph_bank --tile-size 8 {options} @/hero.aseprite"));
    project
}

fn declared(project: &TestProject) -> Value {
    let declaration: Value = serde_json::from_slice(&project.read(ANCHOR)).unwrap();
    declaration["output"]["pipeline"]["animations"].clone()
}

/// What `show` lists of an animation.
fn shown(project: &TestProject, name: &str) -> Value {
    let answer = cli::run_ok(project.root(), "show @ id:1");
    let animations = answer["animations"].as_array().unwrap();
    animations.iter().find(|animation| animation["name"] == name).cloned().unwrap_or_default()
}

fn frames(project: &TestProject, name: &str) -> Value {
    shown(project, name)["frames"].as_array().unwrap().iter().map(|frame| frame["tiles"].clone()).collect()
}

fn save(project: &TestProject, tags: &[(&str, u16, u16, u8, u16)]) {
    project.write("assets/hero/hero.aseprite", hero(tags).bytes());
}

#[test]
fn tags_become_animations() {
    let project = created("--animations");
    let follows = |tag: &str| json!({ "name": tag, "file": "hero.aseprite", "tag": tag });
    assert_eq!(declared(&project), json!([follows("idle"), follows("walk")]));
    let walk = json!({
        "name": "walk", "files": ["hero.aseprite"], "tag": "walk", "direction": "pingpong", "repeat": 4,
        "columns": 2, "rows": 1,
        "frames": [{ "ms": 101, "tiles": [2, 3] }, { "ms": 102, "tiles": [4, 5] }, { "ms": 103, "tiles": [6, 7] }],
    });
    assert_eq!(shown(&project, "walk"), walk);
    assert_eq!(shown(&project, "idle")["repeat"], Value::Null);
    let constants = cli::run(project.root(), "constants @ --lang c").stdout;
    assert!(constants.contains("#define ANIMATION_HERO_WALK_FRAME_MS {101, 102, 103}\n"), "{constants}");
}

#[test]
fn saved_tag_changes_the_animation() {
    let project = created("--animations");
    cli::run_ok(project.root(), "pack @");
    let (packed, declaration) = (project.read("build/assets.pa"), project.read(ANCHOR));
    save(&project, &[("idle", 0, 1, 1, 0), ("walk", 2, 3, 0, 0)]);
    assert_eq!(frames(&project, "idle"), json!([[0, 1], [2, 3]]));
    assert_eq!(shown(&project, "walk")["direction"], "forward");
    cli::run_ok(project.root(), "pack @");
    assert!(project.read("build/assets.pa") == packed && project.read(ANCHOR) == declaration);
}

#[test]
fn new_tags_are_followed_later() {
    let project = created("");
    assert_eq!(declared(&project), Value::Null);
    edit(&project, "animation @ id:1 --all-tags");
    assert_eq!(declared(&project).as_array().unwrap().len(), 2);
    assert!(cli::run_ok(project.root(), "animation @ id:1 --all-tags")["change"].is_null());
    save(&project, &[("jump", 3, 3, 0, 1), ("idle", 0, 0, 0, 0), ("walk", 1, 2, 2, 4)]);
    edit(&project, "animation @ id:1 --all-tags --file hero.aseprite");
    assert_eq!(declared(&project)[2], json!({ "name": "jump", "file": "hero.aseprite", "tag": "jump" }));
    let no_sprite = cli::run_json(project.root(), "animation @ id:1 --all-tags --file hero.png");
    assert_eq!((no_sprite.code, no_sprite.codes()), (1, vec!["animation-file".to_owned()]));
}

#[test]
fn animation_starts_and_ends_following() {
    let project = created("");
    edit(&project, "animation @ id:1 go --file hero.aseprite --tag walk");
    assert_eq!(declared(&project), json!([{ "name": "go", "file": "hero.aseprite", "tag": "walk" }]));
    edit(&project, "animation @ id:1 go --tag idle --rename rest");
    assert_eq!(frames(&project, "rest"), json!([[0, 1]]));
    assert_refused(&project, "animation @ id:1 rest --layer body", &["animation-frames"]);
    assert_refused(&project, "animation @ id:1 rest --frame-ms 80", &["animation-frames"]);
    edit(&project, "animation @ id:1 rest --file hero.aseprite --frame-ms 80 --to 1");
    let by_hand = json!([{ "name": "rest", "files": ["hero.aseprite"], "to": 1, "frame_ms": 80 }]);
    assert_eq!(declared(&project), by_hand);
    assert_refused(&project, "animation @ id:1 rest --layer body", &["animation-frames"]);
    edit(&project, "animation @ id:1 rest --tag walk");
    assert_eq!(declared(&project), json!([{ "name": "rest", "file": "hero.aseprite", "tag": "walk" }]));
    for (line, code) in [
        ("rest --tag run", "animation-frames"),
        ("new --file hero.aseprite --tag run", "animation-frames"),
        ("new --tag walk", "animation-file"),
        ("rest --file other.aseprite", "animation-file"),
        ("rest --slice face", "animation-frames"),
    ] {
        assert_refused(&project, &format!("animation @ id:1 {line}"), &[code]);
    }
    for line in ["rest --tag walk --frame-ms 80", "--tag walk", "walk --all-tags", "--all-tags --to 3"] {
        assert_eq!(cli::run(project.root(), &format!("animation @ id:1 {line}")).code, 2, "{line}");
    }
}

#[test]
fn animation_follows_a_used_part() {
    let part = |key: &str, name: &str| format!("--{key} {name} --animations");
    let by_tag = created(&part("tag", "walk"));
    assert_eq!(declared(&by_tag), json!([{ "name": "walk", "file": "hero.aseprite", "tag": "walk" }]));
    assert_eq!(frames(&by_tag, "walk"), json!([[0, 1], [2, 3], [4, 5]]));
    let by_slice = created(&part("slice", "face"));
    assert_eq!(frames(&by_slice, "walk"), json!([[1], [2], [3]]));
    let by_layer = created(&part("layer", "hat"));
    assert_eq!(declared(&by_layer)[0], json!({ "name": "idle", "file": "hero.aseprite", "tag": "idle" }));
    // Blank cells have no tile, so no frame can have one.
    by_layer.edit(ANCHOR, "\"index\": 0,", "\"index\": 0, \"skip_blank\": true,");
    let findings = cli::run_ok(by_layer.root(), "doctor @")["findings"].clone();
    assert!(findings[0]["message"].as_str().unwrap().contains("frame 1 of the sprite"), "{findings}");
}

#[test]
fn layer_selects_among_artifacts() {
    let project = created("");
    let both = "\"index\": 0, \"layer\": \"body\" }, { \"file\": \"hero.aseprite\", \"index\": 8, \"layer\": \"hat\"";
    project.edit(ANCHOR, "\"index\": 0", both);
    assert_refused(&project, "animation @ id:1 walk --file hero.aseprite --tag walk", &["animation-frames"]);
    edit(&project, "animation @ id:1 hat --file hero.aseprite --tag idle --layer hat");
    assert_eq!(frames(&project, "hat"), json!([[8, 9]]));
    edit(&project, "animation @ id:1 hat --remove");
    edit(&project, "animation @ id:1 --all-tags");
    let names: Vec<Value> = declared(&project).as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["idle_body", "idle_hat", "walk_body", "walk_hat"]);
}

#[test]
fn equal_tags_get_names_of_files() {
    let project = TestProject::new();
    project.write("hero.aseprite", hero(TAGS).bytes());
    project.write("foe.aseprite", hero(&[("walk", 0, 3, 0, 0)]).bytes());
    project.write("idle_1.png", plain(8, 8, RED));
    project.write("idle_2.png", plain(8, 8, RED));
    let line = "create @ hero --type glyph_bank --tile-size 8 --animations @/hero.aseprite @/foe.aseprite @/idle_1.png @/idle_2.png";
    cli::run_ok(project.root(), line);
    let names: Vec<Value> = declared(&project).as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["idle", "hero_idle", "hero_walk", "foe_walk"]);
}

#[test]
fn unusable_tags_are_refused() {
    for (tags, code) in [
        (&[("walk", 0, 1, 0, 0), ("walk", 2, 3, 0, 0)][..], "animation-frames"),
        (&[("walk", 2, 9, 0, 0)][..], "sprite-part"),
        (&[("a tag with a name that is far too long", 0, 1, 0, 0)][..], "name-illegal"),
    ] {
        let project = TestProject::new();
        project.write("hero.aseprite", hero(tags).bytes());
        let line = "create @ hero --type glyph_bank --tile-size 8 --animations @/hero.aseprite";
        cli::run_refused(project.root(), line, &[code]);
        assert!(!project.exists("assets/hero"));
    }
}

#[test]
fn wrong_animation_blocks_only_constants() {
    let project = created("--animations");
    save(&project, &[("idle", 0, 0, 0, 0), ("stroll", 1, 3, 2, 4)]);
    let packed = cli::run_ok(project.root(), "pack @");
    let finding = &packed["findings"][0];
    assert_eq!((&finding["code"], &finding["severity"]), (&json!("animation-frames"), &json!("warning")));
    assert!(finding["message"].as_str().unwrap().contains("`stroll`"), "{finding}");
    cli::run_refused(project.root(), "constants @ --lang c", &["animation-frames"]);
    assert_eq!(cli::run(project.root(), "pack @ --deny-warnings").code, 1);
    // Whatever else is done to the bank is not refused for it, and reports it.
    let renamed = edit(&project, "rename @ id:1 boss");
    assert_eq!(renamed["findings"], json!([]));
    let cut = edit(&project, "cut @ id:1 hero.aseprite --skip-blank");
    assert_eq!(cut["findings"][0]["severity"], "warning");
    edit(&project, "animation @ id:1 walk --tag stroll");
    assert_eq!(cli::run_ok(project.root(), "doctor @")["findings"], json!([]));
}

#[test]
fn wrong_declared_animations_stay_listed() {
    let mut project = TestProject::new();
    project.write("assets/hero/walk.png", plain(16, 8, RED));
    let declaration = glyph(1, "hero", TileSize::Eight, vec![red_green()], vec![artifact("walk.png", 0)]);
    project.add_asset("hero", true, &declaration);
    edit(&project, "animation @ id:1 walk --file walk.png --frame-ms 80");
    let twice = "\"animations\": [{ \"name\": \"walk\", \"files\": [\"none.png\"], \"frame_ms\": 80 },";
    project.edit(ANCHOR, "\"animations\": [", twice);
    let shown = cli::run_ok(project.root(), "show @ id:1");
    assert_eq!((&shown["used"], shown["animations"].as_array().unwrap().len()), (&json!(2), 1), "{shown}");
    cli::run_ok(project.root(), "pack @");
    cli::run_refused(project.root(), "constants @ --lang c", &["animation-file", "animation-twice"]);
    edit(&project, "palette @ id:1 add #000000");
}

/// The artifact was wrong, so nothing was known of the animation: correcting one after the other is possible.
#[test]
fn renamed_tag_is_corrected_in_any_order() {
    let renamed: &[(&str, u16, u16, u8, u16)] = &[("idle", 0, 0, 0, 0), ("stroll", 1, 3, 2, 4)];
    let project = created("--tag walk --animations");
    save(&project, renamed);
    cli::run_refused(project.root(), "pack @", &["sprite-part"]);
    let cut = edit(&project, "cut @ id:1 hero.aseprite --tag stroll");
    assert_eq!(cut["findings"][0]["severity"], "warning", "{cut}");
    cli::run_ok(project.root(), "pack @");
    edit(&project, "animation @ id:1 walk --tag stroll");
    assert_eq!(frames(&project, "walk"), json!([[0, 1], [2, 3], [4, 5]]));
    // What was right must stay right.
    assert_refused(&project, "cut @ id:1 hero.aseprite --tag idle", &["animation-frames"]);
}
