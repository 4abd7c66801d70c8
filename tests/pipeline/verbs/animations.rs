//! `animation`, and how `constants`, `show` and the other edits treat the animations of a bank.

use packer_services::formats::TileSize;
use serde_json::{Value, json};
use support::images::{Png, plain};
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, palette};

use super::edits::{assert_refused, edit};
use crate::cli;

const ANCHOR: &str = "assets/hero/asset.json";

/// A bank with tile size 8: `head.png` has one tile, `walk.png` 4 × 2, and `run_1.png` and `run_2.png` one each.
fn hero() -> TestProject {
    let mut project = TestProject::new();
    let files = [("head.png", 1, 1), ("walk.png", 4, 2), ("run_1.png", 1, 1), ("run_2.png", 1, 1)];
    let mut index = 0;
    let mut artifacts = Vec::new();
    for (file, columns, rows) in files {
        project.write(&format!("assets/hero/{file}"), plain(columns * 8, rows * 8, RED));
        artifacts.push(artifact(file, index));
        index += columns * rows;
    }
    project.add_asset("hero", true, &glyph(1, "hero", TileSize::Eight, vec![palette(&[KEY, RED, GREEN])], artifacts));
    project
}

/// The tiles of each frame of an animation, as `show` lists them.
fn frames(project: &TestProject, name: &str) -> Vec<Value> {
    let answer = cli::run_ok(project.root(), "show @ id:1");
    let animations = answer["animations"].as_array().unwrap();
    let animation = animations.iter().find(|animation| animation["name"] == name).unwrap();
    animation["frames"].as_array().unwrap().iter().map(|frame| frame["tiles"].clone()).collect()
}

fn declared(project: &TestProject) -> Value {
    let declaration: Value = serde_json::from_slice(&project.read(ANCHOR)).unwrap();
    declaration["output"]["pipeline"]["animations"].clone()
}

#[test]
fn animation_is_added_changed_and_removed() {
    let project = hero();
    let before = project.read_text(ANCHOR);
    cli::run_ok(project.root(), "pack @");
    let packed = project.read("build/assets.pa");
    edit(&project, "animation @ id:1 walk --file walk.png --to 3 --frame-ms 80,80,80,200");
    assert_eq!(
        declared(&project),
        json!([{ "name": "walk", "files": ["walk.png"], "to": 3, "frame_ms": [80, 80, 80, 200] }])
    );
    edit(&project, "animation @ id:1 walk --frame-ms 100 --direction pingpong --repeat 2 --from 1 --rename go");
    let changed = json!({
        "name": "go", "files": ["walk.png"], "from": 1, "to": 3, "frame_ms": 100, "direction": "pingpong", "repeat": 2,
    });
    assert_eq!(declared(&project), json!([changed]));
    assert_eq!(frames(&project, "go"), [json!([2]), json!([3]), json!([4])]);
    edit(&project, "animation @ id:1 run --file run_2.png --file run_1.png --frame-ms 50");
    assert_eq!(frames(&project, "run"), [json!([10]), json!([9])]);
    edit(&project, "animation @ id:1 go --all-frames --repeat forever --direction forward");
    assert_eq!(declared(&project)[0], json!({ "name": "go", "files": ["walk.png"], "frame_ms": 100 }));
    cli::run_ok(project.root(), "pack @");
    assert_eq!(project.read("build/assets.pa"), packed);
    edit(&project, "animation @ id:1 go --remove");
    edit(&project, "animation @ id:1 run --remove");
    assert_eq!(project.read_text(ANCHOR), before);
}

#[test]
fn wrong_animations_are_refused() {
    let project = hero();
    edit(&project, "animation @ id:1 walk --file walk.png --frame-ms 80");
    for (line, code) in [
        ("walk --to 8", "animation-frames"),
        ("walk --from 3 --to 2", "animation-frames"),
        ("walk --frame-ms 80,90", "animation-frames"),
        ("walk --frame-size 24x8", "animation-frames"),
        ("walk --frame-size 12x8", "animation-frames"),
        ("walk --file wlak.png", "animation-file"),
        ("walk --file walk.png --file walk.png", "animation-file"),
        ("walk --rename \u{202e}", "name-illegal"),
    ] {
        assert_refused(&project, &format!("animation @ id:1 {line}"), &[code]);
    }
    edit(&project, "animation @ id:1 run --file run_1.png --frame-ms 80");
    assert_refused(&project, "animation @ id:1 run --rename walk", &["animation-twice"]);
    for line in ["idle --frame-ms 80", "idle --file walk.png", "idle --remove"] {
        let answer = cli::run_json(project.root(), &format!("animation @ id:1 {line}"));
        assert_eq!((answer.code, &answer.json()["findings"][0]["code"]), (2, &json!("animation-not-found")), "{line}");
    }
    let unusable = [
        "walk",
        "walk --frame-ms 0",
        "walk --frame-ms 80,",
        "walk --frame-size 8",
        "walk --repeat 0",
        "walk --remove --to 1",
    ];
    for line in unusable {
        assert_eq!(cli::run(project.root(), &format!("animation @ id:1 {line}")).code, 2, "{line}");
    }
}

/// What is wrong with the images of an excluded asset is only a note; an animation is not.
#[test]
fn excluded_animations_are_not_broken() {
    let project = hero();
    edit(&project, "exclude @ id:1");
    edit(&project, "animation @ id:1 walk --file walk.png --frame-ms 80");
    assert_refused(&project, "animation @ id:1 walk --to 900", &["animation-frames"]);
    assert_refused(&project, "animation @ id:1 run --file walk.png --frame-ms 80 --to 900", &["animation-frames"]);
    edit(&project, "animation @ id:1 walk --to 7");
    assert_refused(&project, "cut @ id:1 walk.png --region 0,0,8,8", &["animation-frames"]);
}

#[test]
fn frames_are_blocks_of_tiles() {
    let project = hero();
    edit(&project, "animation @ id:1 walk --file walk.png --frame-ms 80 --frame-size 16x16");
    assert_eq!(frames(&project, "walk"), [json!([1, 2, 5, 6]), json!([3, 4, 7, 8])]);
    edit(&project, "animation @ id:1 walk --frame-size 32x8");
    assert_eq!(frames(&project, "walk"), [json!([1, 2, 3, 4]), json!([5, 6, 7, 8])]);
    edit(&project, "animation @ id:1 walk --frame-size tile --from 3");
    assert_eq!(frames(&project, "walk"), [json!([4]), json!([5]), json!([6]), json!([7]), json!([8])]);
}

#[test]
fn animation_follows_moved_ids() {
    let project = hero();
    edit(&project, "animation @ id:1 walk --file walk.png --frame-ms 80 --to 1");
    edit(&project, "compose @ id:1 move head.png");
    assert_eq!(frames(&project, "walk"), [json!([0]), json!([1])]);
    project.write("new.png", Png::rgb(32, 16, |x, _| if x < 8 { RED } else { GREEN }).bytes());
    edit(&project, "compose @ id:1 replace walk.png @/new.png");
    assert_eq!(declared(&project)[0]["files"], json!(["new.png"]));
    assert_refused(&project, "compose @ id:1 remove new.png", &["animation-file"]);
    assert_refused(&project, "cut @ id:1 new.png --region 0,0,8,8", &["animation-frames"]);
}

#[test]
fn frames_keep_their_size() {
    let mut project = TestProject::new();
    project.write("assets/hero/walk.png", plain(32, 16, RED));
    let declaration = glyph(1, "hero", TileSize::Sixteen, vec![palette(&[KEY, RED])], vec![artifact("walk.png", 0)]);
    project.add_asset("hero", true, &declaration);
    edit(&project, "animation @ id:1 walk --file walk.png --frame-ms 80");
    edit(&project, "tile-size @ id:1 8");
    assert_eq!(declared(&project)[0]["frame_size"], json!([16, 16]));
    assert_eq!(frames(&project, "walk"), [json!([0, 1, 4, 5]), json!([2, 3, 6, 7])]);
    edit(&project, "animation @ id:1 walk --frame-size 8x8");
    assert_refused(&project, "tile-size @ id:1 16", &["animation-frames"]);
}

#[test]
fn constants_have_the_frames() {
    let project = hero();
    edit(
        &project,
        "animation @ id:1 walk --file walk.png --frame-ms 80,200 --frame-size 16x16 --direction reverse --repeat 3",
    );
    let text = cli::run(project.root(), "constants @ --lang rust").stdout;
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("ANIMATION_")).collect();
    assert_eq!(
        lines,
        [
            "pub const ANIMATION_HERO_WALK_FRAMES: u32 = 2;",
            "pub const ANIMATION_HERO_WALK_COLUMNS: u32 = 2;",
            "pub const ANIMATION_HERO_WALK_ROWS: u32 = 2;",
            "pub const ANIMATION_HERO_WALK_TILES: [u32; 8] = [1, 2, 5, 6, 3, 4, 7, 8];",
            "pub const ANIMATION_HERO_WALK_FRAME_MS: [u32; 2] = [80, 200];",
            "pub const ANIMATION_HERO_WALK_DIRECTION: u32 = 1;",
            "pub const ANIMATION_HERO_WALK_REPEAT: u32 = 3;",
        ]
    );
    let c = cli::run(project.root(), "constants @ --lang c").stdout;
    assert!(c.contains("#define ANIMATION_HERO_WALK_FRAME_MS {80, 200}\n"), "{c}");
    let lua = cli::run(project.root(), "constants @ --lang lua").stdout;
    assert!(lua.contains("    ANIMATION_HERO_WALK_FRAME_MS = {80, 200},\n"), "{lua}");
    let json: Value = serde_json::from_str(&cli::run(project.root(), "constants @ --lang json").stdout).unwrap();
    assert_eq!(json["hero"]["animations"]["walk"]["tiles"], json!([1, 2, 5, 6, 3, 4, 7, 8]));
    let listed = cli::run_ok(project.root(), "constants @ --lang json");
    for constant in listed["constants"].as_array().unwrap() {
        assert_eq!(json.pointer(constant["name"].as_str().unwrap()), Some(&constant["value"]));
    }
}

#[test]
fn equal_names_of_animations_are_refused() {
    let project = hero();
    edit(&project, "animation @ id:1 go-on --file walk.png --frame-ms 80");
    edit(&project, "animation @ id:1 go_on --file walk.png --frame-ms 80");
    cli::run_refused(project.root(), "constants @ --lang c", &["constant-twice"]);
    edit(&project, "animation @ id:1 go_on --rename größe");
    cli::run_refused(project.root(), "constants @ --lang c", &["constant-letters"]);
    cli::run_ok(project.root(), "constants @ --lang json");
}

#[test]
fn numbered_images_become_animations() {
    let project = TestProject::new();
    for (file, side) in [("walk_1.png", 16), ("walk_2.png", 16), ("run1.png", 8), ("run2.png", 8), ("head.png", 8)] {
        project.write(file, plain(side, side, RED));
    }
    let line = "create @ hero --type glyph_bank --tile-size 8 --animations @/walk_1.png @/walk_2.png @/run1.png @/run2.png @/head.png";
    cli::run_ok(project.root(), line);
    let expected = json!([
        { "name": "walk", "files": ["walk_1.png", "walk_2.png"], "frame_size": [16, 16], "frame_ms": 100 },
        { "name": "run", "files": ["run1.png", "run2.png"], "frame_ms": 100 },
    ]);
    assert_eq!(declared(&project), expected);
    assert_eq!(frames(&project, "walk"), [json!([0, 1, 2, 3]), json!([4, 5, 6, 7])]);
    let line = "create @ other --type glyph_bank --tile-size 8 @/walk_1.png @/run1.png --animations";
    assert_eq!(cli::run(project.root(), line).code, 2);
    project.write("run2.png", plain(16, 8, RED));
    let line = "create @ other --type glyph_bank --tile-size 8 @/run1.png @/run2.png --animations";
    cli::run_refused(project.root(), line, &["animation-frames"]);
    assert!(!project.exists("assets/other"));
}
