//! `list` and `show` describe all assets, including broken ones, and change nothing.

use packer_services::formats::{Rgb, TileSize};
use serde_json::{Value, json};
use support::sounds::Wav;
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, images, palette, red_green, sample, sound};

use crate::{cli, fixtures, tree};

/// A project with assets in four states: ready, broken, excluded, unregistered.
fn project_in_all_states() -> TestProject {
    let mut project = fixtures::small_project();
    project.add_glyph("ui/broken");
    project.write("assets/ui/broken/tile.png", "GIF89a");
    project.add_sound("sfx/draft");
    let registry = project.read_text(fixtures::REGISTRY);
    let (head, tail) = registry.split_once("sfx/draft").unwrap();
    project.write(fixtures::REGISTRY, format!("{head}sfx/draft{}", tail.replace("true", "false")));
    project.write("assets/found/asset.json", "{}");
    project
}

#[test]
fn assets_are_listed_with_their_states() {
    let project = project_in_all_states();
    let answer = cli::run_ok(project.root(), "list @");
    let row = |asset: &Value| {
        let text = |key: &str| asset[key].as_str().unwrap_or("-").to_owned();
        (asset["asset_id"].as_u64(), text("root"), text("name"), text("type"), text("state"))
    };
    let rows: Vec<_> = answer["assets"].as_array().unwrap().iter().map(row).collect();
    let owned = |id, [root, name, kind, state]: [&str; 4]| (id, root.into(), name.into(), kind.into(), state.into());
    assert_eq!(
        rows,
        [
            owned(Some(1), ["ui/icons", "ui_icons", "glyph_bank", "ready"]),
            owned(Some(2), ["sfx/blip", "sfx_blip", "sound_bank", "ready"]),
            owned(Some(3), ["ui/broken", "ui_broken", "glyph_bank", "broken"]),
            owned(Some(4), ["sfx/draft", "sfx_draft", "sound_bank", "excluded"]),
            owned(None, ["found", "-", "-", "unregistered"]),
        ]
    );
    assert_eq!(answer["assets"][0]["size_bytes"], 34_816);
    assert_eq!(answer["assets"][2]["size_bytes"], Value::Null, "a broken asset has no size");
}

#[test]
fn empty_list_explains_the_next_step() {
    let project = TestProject::new();
    let output = cli::run(project.root(), "list @");
    assert_eq!(output.code, 0);
    assert!(output.stdout.contains("no assets yet") && output.stdout.contains("create"), "{}", output.stdout);
}

#[test]
fn asset_is_selected_by_any_name() {
    let project = fixtures::small_project();
    for asset in ["id:1", "name:ui_icons", "root:ui/icons", "1", "ui_icons", "ui/icons"] {
        let answer = cli::run_ok(project.root(), &format!("show @ {asset}"));
        assert_eq!(answer["asset_id"], 1, "{asset}");
    }
}

#[test]
fn ambiguous_selector_is_an_error() {
    let mut project = fixtures::small_project();
    // The name of asset 3 is the root of asset 1, so text without a prefix is ambiguous.
    project.add_glyph("ui/other");
    project.edit("assets/ui/other/asset.json", "ui_other", "ui/icons");
    let output = cli::run_json(project.root(), "show @ ui/icons");
    assert_eq!((output.code, output.codes()), (2, vec!["asset-not-found".into()]));
    let message = output.json()["findings"][0]["message"].to_string();
    assert!(message.contains("id:1") && message.contains("id:3"), "both must be named: {message}");
    assert_eq!(cli::run_ok(project.root(), "show @ root:ui/icons")["asset_id"], 1);
    assert_eq!(cli::run_ok(project.root(), "show @ name:ui/icons")["asset_id"], 3);
}

#[test]
fn misspelled_asset_suggests_similar_one() {
    let project = fixtures::small_project();
    let output = cli::run_json(project.root(), "show @ ui_icosn");
    let help = output.json()["findings"][0]["help"].to_string();
    assert!(output.code == 2 && help.contains("ui_icons"), "{help}");
}

#[test]
fn show_equals_the_pack() {
    let project = fixtures::small_project();
    let shown = cli::run_ok(project.root(), "show @ id:1");
    let packed = cli::run_ok(project.root(), "pack @");
    let header = cli::run_ok(project.root(), "inspect @/build/assets.pa");
    assert_eq!(shown["payload_sha256"], packed["assets"][0]["payload_sha256"]);
    assert_eq!(shown["metadata"], header["header"]["asset_table"][0]["metadata"]);
    assert_eq!((&shown["used"], &shown["capacity"]), (&json!(1), &json!(1024)));
    assert_eq!(shown["palettes"], json!([{"name": null, "colors": ["#ff00ff", "#ff0000", "#00ff00"]}]));
    let sound = cli::run_ok(project.root(), "show @ id:2");
    assert_eq!((&sound["used"], &sound["capacity"]), (&json!(1), &Value::Null));
}

#[test]
fn show_lists_sources_of_items() {
    let mut project = TestProject::new();
    let sheet = |file: &str| format!("assets/ui/icons/{file}");
    project.write(&sheet("walk.png"), images::checker(16, 16, RED, GREEN));
    project.write(&sheet("dot.png"), images::plain(8, 8, RED));
    let artifacts = vec![artifact("walk.png", 1), artifact("dot.png", 0)];
    project.add_asset("ui/icons", true, &glyph(1, "icons", TileSize::Eight, vec![red_green()], artifacts));
    let tiles: Vec<_> = cli::run_ok(project.root(), "show @ id:1")["tiles"].as_array().unwrap().clone();
    let row = |tile: &Value| {
        let number = |key: &str| tile[key].as_u64();
        (number("tile"), tile["file"].as_str().map(str::to_owned), number("column"), number("row"))
    };
    let cell = |tile, file: &str, column, row| (Some(tile), Some(file.to_owned()), Some(column), Some(row));
    assert_eq!(
        tiles.iter().map(row).collect::<Vec<_>>(),
        [
            cell(0, "dot.png", 0, 0),
            cell(1, "walk.png", 0, 0),
            cell(2, "walk.png", 1, 0),
            cell(3, "walk.png", 0, 1),
            cell(4, "walk.png", 1, 1),
        ]
    );

    for (file, level) in [("hum.wav", 5), ("bell.wav", 9)] {
        project.write(&format!("assets/sfx/bells/{file}"), Wav::mono16(22_050, &[level; 3]).bytes());
    }
    let samples = vec![sample("hum.wav", 1), sample("bell.wav", 0)];
    project.add_asset("sfx/bells", true, &sound(2, "bells", 22_050, samples));
    let shown = cli::run_ok(project.root(), "show @ id:2");
    let row = |sample: &Value| (sample["index"].as_u64(), sample["file"].as_str().map(str::to_owned));
    let samples: Vec<_> = shown["samples"].as_array().unwrap().iter().map(row).collect();
    assert_eq!(samples, [(Some(0), Some("bell.wav".to_owned())), (Some(1), Some("hum.wav".to_owned()))]);
    assert_eq!(shown["tiles"], json!([]));
}

#[test]
fn broken_asset_is_shown_without_payload() {
    let project = project_in_all_states();
    let shown = cli::run_json(project.root(), "show @ id:3");
    assert_eq!((shown.code, shown.codes()), (0, vec!["image-not-png".into()]));
    assert_eq!(shown.json()["payload_sha256"], Value::Null);
}

#[test]
fn reading_verbs_write_nothing() {
    let project = project_in_all_states();
    let before = tree::read_stamps(project.root());
    for line in ["list @", "show @ id:1", "show @ id:3", "doctor @", "doctor @ --workspace", "pack @ --check"] {
        cli::run(project.root(), line);
        tree::assert_same(&before, &tree::read_stamps(project.root()), line);
    }
}

#[test]
fn repeated_and_blank_tiles_are_listed() {
    let mut project = TestProject::new();
    // A corner with a longer leg to the right; which corner, and its color, depends on the tile.
    let corner = |x: u32, y: u32, color: Rgb| match (x, y) {
        (0..6, 0) | (0, 0..3) => [color.0[0], color.0[1], color.0[2], 0xFF],
        _ => [0; 4],
    };
    let sheet = images::Png::rgba(64, 8, |x, y| {
        let (tile, x) = (x / 8, x % 8);
        match tile {
            0 | 2 => corner(x, y, RED),
            3 => corner(7 - x, y, RED),
            4 => corner(x, 7 - y, RED),
            5 => corner(7 - x, 7 - y, GREEN),
            6 => corner(y, x, RED),
            7 => corner(x, y, GREEN),
            _ => [0; 4],
        }
    });
    project.write("assets/bank/sheet.png", sheet.bytes());
    let palettes = vec![palette(&[KEY, RED]), palette(&[KEY, GREEN])];
    project.add_asset("bank", true, &glyph(1, "bank", TileSize::Eight, palettes, vec![artifact("sheet.png", 0)]));
    assert_eq!(cli::run_ok(project.root(), "show @ bank")["repeats"], Value::Null);
    let repeats = cli::run_ok(project.root(), "show @ bank --tiles")["repeats"].clone();
    let repeat =
        |tile, flip, same_palette| json!({ "tile": tile, "of": 0, "flip": flip, "same_palette": same_palette });
    let expected = [
        repeat(2, "none", true),
        repeat(3, "x", true),
        repeat(4, "y", true),
        repeat(5, "both", false),
        repeat(7, "none", false),
    ];
    assert_eq!(repeats, json!({ "blank": [1], "repeats": expected }));
    let text = cli::run(project.root(), "show @ bank --tiles").stdout;
    let last: Vec<&str> = text.lines().rev().take(3).collect();
    assert_eq!(
        last,
        [
            "could save   6 tiles of 8",
            "blank        1",
            "repeats      0: 2, 3 flip X, 4 flip Y, 5 flip X and Y in another palette, 7 in another palette",
        ]
    );
}
