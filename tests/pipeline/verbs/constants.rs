//! `constants`: the ids of a pack for a program, complete or not at all.

use packer_services::declaration::{Cut, GlyphArtifact, Region};
use packer_services::formats::{Rgb, TileSize};
use serde_json::{Value, json};
use support::images::{Png, plain};
use support::sounds::Wav;
use support::{GREEN, RED, TestProject, artifact, glyph, palette, sample, sound};

use crate::{cli, fixtures, tree};

const LANGUAGES: [&str; 4] = ["rust", "c", "lua", "json"];

/// The colors of the palette, by index.
fn colors() -> Vec<Rgb> {
    (0..6).map(|n| Rgb([0x20 * n, 0x10, 0xFF])).collect()
}

/// A bank of a dot and a sheet of 2 × 2 cells, each in its own color: cell (c, r) has color 2 + c + 2 r.
fn colored_project() -> TestProject {
    let mut project = TestProject::new();
    let colors = colors();
    let cell = |x: u32, y: u32| colors[(2 + x / 8 + 2 * (y / 8)) as usize];
    project.write("assets/ui/walk/north.png", Png::rgb(16, 16, cell).bytes());
    project.write("assets/ui/dot.png", plain(8, 8, colors[1]));
    let artifacts = vec![artifact("dot.png", 0), artifact("walk/north.png", 1)];
    project.add_asset("ui", true, &glyph(1, "ui-2", TileSize::Eight, vec![palette(&colors)], artifacts));
    project.edit("assets/ui/asset.json", "\"enabled\": false", "\"enabled\": true");
    for (file, level) in [("bell.wav", 1), ("hum.wav", 2)] {
        project.write(&format!("assets/sfx/{file}"), Wav::mono16(22_050, &[level; 3]).bytes());
    }
    project.add_asset("sfx", true, &sound(2, "sfx", 22_050, vec![sample("hum.wav", 0), sample("bell.wav", 1)]));
    project
}

fn constants(project: &TestProject, lang: &str) -> Vec<Value> {
    cli::run_ok(project.root(), &format!("constants @ --lang {lang}"))["constants"].as_array().unwrap().clone()
}

#[test]
fn constants_are_sorted_by_asset_and_index() {
    let project = colored_project();
    let of = |constant: &Value| (constant["name"].as_str().unwrap().to_owned(), constant["value"].as_u64().unwrap());
    let listed: Vec<_> = constants(&project, "rust").iter().map(of).collect();
    let expected = [
        ("ASSET_UI_2", 1),
        ("SLOT_UI_2", 0),
        ("TILE_UI_2_DOT", 0),
        ("TILE_UI_2_WALK_NORTH_0_0", 1),
        ("TILE_UI_2_WALK_NORTH_1_0", 2),
        ("TILE_UI_2_WALK_NORTH_0_1", 3),
        ("TILE_UI_2_WALK_NORTH_1_1", 4),
        ("ASSET_SFX", 2),
        ("SAMPLE_SFX_HUM", 0),
        ("SAMPLE_SFX_BELL", 1),
    ];
    assert_eq!(listed, expected.map(|(name, value)| (name.to_owned(), value)));
    let tile = json!({
        "name": "/ui-2/tiles/walk~1north.png/0/1", "value": 2, "kind": "tile", "asset_id": 1, "asset_name": "ui-2",
        "file": "walk/north.png", "region": null, "sprite": null, "column": 1, "row": 0,
        "animation": null, "part": null,
    });
    assert_eq!(constants(&project, "json")[4], tile);
}

#[test]
fn constants_match_the_pack() {
    let project = colored_project();
    project.pack();
    let header = cli::run_ok(project.root(), "inspect @/build/assets.pa")["header"].clone();
    let payload = usize::try_from(header["payload_offset"].as_u64().unwrap()).unwrap();
    let pack = project.pack_bytes();
    for constant in constants(&project, "c") {
        let value = usize::try_from(constant["value"].as_u64().unwrap()).unwrap();
        let number = |key: &str| usize::try_from(constant[key].as_u64().unwrap()).unwrap();
        match constant["kind"].as_str().unwrap() {
            "asset" => {
                let entry = header["asset_table"].as_array().unwrap().iter();
                let mut named = entry.filter(|entry| entry["asset_id"] == value);
                assert_eq!(named.next().unwrap()["asset_name"], constant["asset_name"]);
            }
            "slot" => assert_eq!(header["preload"], json!([{ "asset_id": 1, "slot": value }])),
            "tile" => {
                // The high half of a byte is the left pixel; a row of the sheet has 128 bytes and 32 tiles.
                let corner = payload + value / 32 * 8 * 128 + value % 32 * 4;
                let color = if constant["file"] == "dot.png" { 1 } else { 2 + number("column") + 2 * number("row") };
                assert_eq!(usize::from(pack[corner] >> 4), color, "{constant}");
            }
            _ => {
                let entry = &header["asset_table"][1];
                let at = entry["offset"].as_u64().unwrap()
                    + entry["metadata"]["samples"][value.to_string()]["offset"].as_u64().unwrap();
                let level = if constant["file"] == "hum.wav" { 2 } else { 1 };
                assert_eq!(pack[payload + usize::try_from(at).unwrap()], level, "{constant}");
            }
        }
    }
}

#[test]
fn file_is_written_only_if_changed() {
    for lang in LANGUAGES {
        let project = colored_project();
        let printed = cli::run(project.root(), &format!("constants @ --lang {lang}")).stdout;
        let quiet = cli::run(project.root(), &format!("constants @ --lang {lang} --quiet")).stdout;
        assert!(printed == quiet && printed.lines().count() > 3, "`--quiet` must not hide the constants");
        let line = format!("constants @ --lang {lang} --output @/ids.txt");
        assert_eq!(cli::run_ok(project.root(), &line)["written"], true);
        assert_eq!(project.read_text("ids.txt"), printed);
        let before = tree::read_stamps(project.root());
        assert_eq!(cli::run_ok(project.root(), &line)["written"], false);
        tree::assert_same(&before, &tree::read_stamps(project.root()), "unchanged constants");
        project.edit("assets/ui/asset.json", "ui-2", "ui-3");
        assert_eq!(cli::run_ok(project.root(), &line)["written"], true);
        assert!(project.read_text("ids.txt") != printed);
    }
}

#[test]
fn relative_output_uses_working_directory() {
    let project = colored_project();
    let mut command = support::binary::command(["constants", ".", "--lang", "c", "--output", "ids.h"]);
    assert!(command.current_dir(project.root()).output().unwrap().status.success());
    assert!(project.read_text("ids.h").contains("#define ASSET_SFX 2\n"));
}

#[test]
fn blocked_pack_has_no_constants() {
    let project = colored_project();
    project.write("ids.lua", "return {}\n").write("assets/ui/dot.png", "GIF89a");
    for output in ["", " --output @/ids.lua"] {
        let before = tree::read_stamps(project.root());
        let output = cli::run_refused(project.root(), &format!("constants @ --lang lua{output}"), &["image-not-png"]);
        assert_eq!(output.json()["constants"], json!([]));
        tree::assert_same(&before, &tree::read_stamps(project.root()), "a blocked run");
    }
    let output = cli::run(project.root(), "constants @ --lang lua");
    assert!(
        output.stdout.is_empty() && output.stderr.contains("image-not-png"),
        "standard output must not contain messages"
    );
}

#[test]
fn equal_constants_name_both_sources() {
    let mut project = colored_project();
    project.write("assets/other/tile.png", plain(8, 8, RED));
    project.add_asset(
        "other",
        true,
        &glyph(3, "ui_2", TileSize::Eight, vec![palette(&[GREEN, RED])], vec![artifact("tile.png", 0)]),
    );
    let output = cli::run_refused(project.root(), "constants @ --lang c --output @/ids.h", &["constant-twice"]);
    let message = output.json()["findings"][0]["message"].as_str().unwrap().to_owned();
    assert_eq!(message, "`ASSET_UI_2` would be both asset 1 (ui-2) and asset 3 (ui_2)");
    assert!(!project.exists("ids.h"));
    cli::run_ok(project.root(), "constants @ --lang json");
}

#[test]
fn colliding_cell_and_file_names_are_refused() {
    let project = colored_project();
    project.write("assets/ui/walk/north_1_0.png", plain(8, 8, colors()[1]));
    let artifacts = vec![artifact("dot.png", 0), artifact("walk/north.png", 1), artifact("walk/north_1_0.png", 5)];
    let declaration = glyph(1, "ui", TileSize::Eight, vec![palette(&colors())], artifacts);
    project.write("assets/ui/asset.json", declaration.to_bytes());
    let output = cli::run_refused(project.root(), "constants @ --lang lua", &["constant-twice"]);
    let message = output.json()["findings"][0]["message"].as_str().unwrap().to_owned();
    let both = "tile 2 of asset 1 (ui), walk/north.png (1, 0) and tile 5 of asset 1 (ui), walk/north_1_0.png (0, 0)";
    assert_eq!(message, format!("`TILE_UI_WALK_NORTH_1_0` would be both {both}"));
}

#[test]
fn regions_have_their_own_names() {
    let project = colored_project();
    let part = |x, index| {
        let region = Some(Region { x, y: 0, w: 8, h: 16 });
        GlyphArtifact { cut: Cut { region, ..Cut::default() }, ..artifact("walk/north.png", index) }
    };
    let artifacts = vec![artifact("dot.png", 0), part(8, 1), part(0, 3)];
    let declaration = glyph(1, "ui", TileSize::Eight, vec![palette(&colors())], artifacts);
    project.write("assets/ui/asset.json", declaration.to_bytes());
    let named = |lang: &str| -> Vec<(String, u64)> {
        let constants = constants(&project, lang);
        let tiles = constants.iter().filter(|constant| constant["kind"] == "tile").skip(1);
        tiles.map(|one| (one["name"].as_str().unwrap().to_owned(), one["value"].as_u64().unwrap())).collect()
    };
    let expected = [("8_0_0_0", 1), ("8_0_0_1", 2), ("0_0_0_0", 3), ("0_0_0_1", 4)];
    assert_eq!(named("c"), expected.map(|(name, id)| (format!("TILE_UI_WALK_NORTH_AT_{name}"), id)));
    assert_eq!(named("json")[2], ("/ui/tiles/walk~1north.png@0,0,8,16/0/0".to_owned(), 3));
    let text = cli::run(project.root(), "constants @ --lang json").stdout;
    assert_eq!(
        serde_json::from_str::<Value>(&text).unwrap()["ui"]["tiles"]["walk/north.png@8,0,8,16"],
        json!([[1], [2]])
    );
}

#[test]
fn repeated_file_is_one_finding() {
    let project = colored_project();
    let artifacts = vec![artifact("dot.png", 0), artifact("walk/north.png", 1), artifact("walk/north.png", 5)];
    let declaration = glyph(1, "ui", TileSize::Eight, vec![palette(&colors())], artifacts);
    project.write("assets/ui/asset.json", declaration.to_bytes());
    for lang in LANGUAGES {
        let output = cli::run_refused(project.root(), &format!("constants @ --lang {lang}"), &["constant-twice"]);
        assert_eq!(output.json()["findings"][0]["count"], 4, "{lang}");
    }
}

#[test]
fn invalid_letters_are_an_error() {
    let mut project = colored_project();
    for file in ["chão.png", "星.png"] {
        let root = format!("tiles/{}", project.next_id());
        project.write(&format!("assets/{root}/{file}"), plain(8, 8, RED));
        let n = project.next_id();
        let artifacts = vec![artifact(file, 0)];
        project.add_asset(
            &root,
            true,
            &glyph(n, &format!("t{n}"), TileSize::Eight, vec![palette(&[GREEN, RED])], artifacts),
        );
    }
    for lang in ["rust", "c", "lua"] {
        cli::run_refused(
            project.root(),
            &format!("constants @ --lang {lang}"),
            &["constant-letters", "constant-letters"],
        );
    }
    let text = cli::run(project.root(), "constants @ --lang json").stdout;
    assert!(text.contains("\"chão.png\": [[0]]") && text.contains("\"星.png\": [[0]]"), "{text}");
}

#[test]
fn excluded_assets_have_no_constants() {
    let project = fixtures::small_project();
    fixtures::EXCLUDE_ICONS.apply_to(&project);
    let names: Vec<_> = constants(&project, "c").iter().map(|constant| constant["name"].clone()).collect();
    assert_eq!(names, ["ASSET_SFX_BLIP", "SAMPLE_SFX_BLIP_BLIP"]);
    fixtures::EXCLUDE_ICONS.apply_to(&project);
    assert_eq!(cli::run(project.root(), "constants @ --lang json").stdout, "{}\n");
}

#[test]
fn constants_never_replace_project_files() {
    let project = colored_project();
    project.pack();
    let before = tree::read_stamps(project.root());
    for file in ["build/assets.pa", "build/ids.h", "assets/ui/asset.json", "assets/ids.h", "src/../assets/sfx/bell.wav"]
    {
        let output = cli::run_json(project.root(), &format!("constants @ --lang c --output @/{file}"));
        if !file.starts_with("src") {
            assert_eq!((output.code, output.codes()), (2, vec!["usage".into()]), "{file}: {}", output.stdout);
        }
        assert_eq!(output.json()["constants"].as_array().map_or(0, Vec::len), 0, "{file}");
        tree::assert_same(&before, &tree::read_stamps(project.root()), file);
    }
    project.write("src/main.c", "");
    let output = cli::run_json(project.root(), "constants @ --lang c --output @/src/../assets/sfx/bell.wav");
    assert_eq!((output.code, output.codes()), (2, vec!["usage".into()]), "{}", output.stdout);
}

#[test]
fn constants_never_replace_foreign_project_files() {
    let (project, other) = (colored_project(), colored_project());
    other.pack();
    let before = tree::read_stamps(other.root());
    for file in ["build/assets.pa", "assets/ui/asset.json", "assets/ids.h", "assets/.prometeu/index.json"] {
        let path = other.at(file);
        let line = format!("constants @ --lang c --output {}", path.display());
        let output = cli::run_json(project.root(), &line);
        assert_eq!((output.code, output.codes()), (2, vec!["usage".into()]), "{file}: {}", output.stdout);
        tree::assert_same(&before, &tree::read_stamps(other.root()), file);
    }
    // A folder that is only named so is not a project's.
    std::fs::create_dir_all(other.at("src/assets")).unwrap();
    cli::run_ok(project.root(), &format!("constants @ --lang c --output {}", other.at("src/assets/ids.h").display()));
}

#[test]
fn only_a_regular_file_is_replaced() {
    let project = colored_project();
    project.write("folder/inside.txt", "mine");
    cli::run_refused(project.root(), "constants @ --lang c --output @/folder", &["output-not-a-file"]);
    let nowhere = cli::run_json(project.root(), "constants @ --lang c --output @/no/such/folder/ids.h");
    assert_eq!((nowhere.code, nowhere.codes()), (2, vec!["file-unwritable".into()]), "{}", nowhere.stdout);
    assert!(nowhere.json()["findings"][0]["file"].as_str().unwrap().ends_with("no/such/folder/ids.h"));
    #[cfg(unix)]
    {
        project.write("target.h", "mine");
        std::os::unix::fs::symlink(project.at("target.h"), project.at("link.h")).unwrap();
        cli::run_refused(project.root(), "constants @ --lang c --output @/link.h", &["output-not-a-file"]);
        assert_eq!(project.read_text("target.h"), "mine");
    }
}

/// Names with characters that a language or its strings treat in a special way are in the answer, or are refused.
#[test]
fn hostile_names_are_read_back() {
    let mut project = TestProject::new();
    let files = ["it's {0} $x `y`.png", "--[[ ]] %s.png", "a~b & ~1.png", "#define.png", "\u{e9}/\u{1f600}.png"];
    let artifacts: Vec<GlyphArtifact> = (0..).zip(files).map(|(index, file)| artifact(file, index)).collect();
    for file in files {
        project.write(&format!("assets/if/{file}"), plain(8, 8, RED));
    }
    project.add_asset("if", true, &glyph(1, "if/--0.end-", TileSize::Eight, vec![palette(&[GREEN, RED])], artifacts));
    let names = ["say \"hi\"", "back\\slash \\n", "*/ // --]] \u{e9}"];
    for name in names {
        let mut arguments = cli::arguments(project.root(), "animation @ id:1 --frame-ms 100");
        arguments.extend(["--file", files[0], "--", name].map(Into::into));
        let output = support::binary::run(arguments);
        assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    }
    let listed = constants(&project, "json");
    assert_eq!(listed.len(), 1 + files.len() + 7 * names.len());
    let text = cli::run(project.root(), "constants @ --lang json").stdout;
    let written: Value = serde_json::from_str(&text).unwrap();
    for constant in &listed {
        let name = constant["name"].as_str().unwrap();
        assert_eq!(written.pointer(name), Some(&constant["value"]), "{name}");
    }
    for lang in ["rust", "c", "lua"] {
        let refused = cli::run_json(project.root(), &format!("constants @ --lang {lang}"));
        assert_eq!((refused.code, refused.codes()), (1, vec!["constant-letters".to_owned(); 2]), "{}", refused.stdout);
    }
}
