//! `preview` writes what a pack would contain as images and sounds. What is missing is marked, and listed with its
//! cause.
use std::fs;

use packer_services::Context;
use packer_services::declaration::{Content, RawMetadata};
use packer_services::formats::{GlyphMetadata, Rgb, SampleMetadata, SoundMetadata, TileSize};
use packer_services::ops::{ExportPreview, Operation};
use serde_json::{Value, json};
use support::images::{Png, checker, plain};
use support::sounds::Wav;
use support::{
    GREEN, KEY, RED, TestProject, artifact, declaration, glyph, no_place, palette, red_green, rel_path, sample, sound,
};

use super::extract::{gpl, open};
use crate::{cli, fixtures, tree};

/// A color that no palette of these tests has.
const BLUE: Rgb = Rgb([0, 0, 0xFF]);

fn files_in(project: &TestProject, folder: &str) -> Vec<String> {
    tree::read_tree(&project.at(folder)).into_keys().collect()
}

/// Compares the previews of all assets in a pack with the files that `extract` writes.
fn assert_equals_extracted(project: &TestProject) {
    project.pack();
    let extracted = cli::run_ok(project.root(), "extract @/build/assets.pa @/art");
    for asset in extracted["assets"].as_array().unwrap() {
        let out = format!("shown/{}", asset["asset_id"]);
        let answer = cli::run_ok(project.root(), &format!("preview @ id:{} --out @/{out}", asset["asset_id"]));
        assert_eq!(
            (&answer["written"], &answer["complete"], &answer["missing"]),
            (&json!(true), &json!(true), &json!([]))
        );
        let art = format!("art/{}", asset["folder"].as_str().unwrap());
        if asset["bank_type"] == "SOUNDS" {
            let samples = answer["samples"].as_array().unwrap();
            assert_eq!(
                samples.iter().map(|sample| &sample["file"]).collect::<Vec<_>>(),
                asset["files"].as_array().unwrap().iter().collect::<Vec<_>>()
            );
            for file in files_in(project, &out) {
                assert!(
                    project.read(&format!("{out}/{file}")) == project.read(&format!("{art}/{file}")),
                    "{out}/{file}"
                );
            }
            assert_eq!(files_in(project, &out), files_in(project, &art));
            continue;
        }
        let sheet = open(&project.at(&format!("{art}/sheet.png"))).indices.unwrap();
        let sheets = answer["sheets"].as_array().unwrap();
        let palettes = asset["files"].as_array().unwrap().len() - 1;
        assert_eq!((sheets.len(), files_in(project, &out).len()), (palettes, palettes));
        for shown in sheets {
            let file = shown["file"].as_str().unwrap();
            let image = open(&project.at(&format!("{out}/{file}")));
            assert_eq!(image.colors, gpl(&project.at(&format!("{art}/{}", file.replace(".png", ".gpl")))));
            let indices = image.indices.unwrap();
            assert_eq!((image.width, indices.len()), (256, 256 * 256));
            assert!(
                indices[..sheet.len()] == sheet && indices[sheet.len()..].iter().all(|index| *index == 0),
                "{file}"
            );
            let is_clear = |(index, rgba): (&u8, &[u8; 4])| (*index == 0) == (rgba[3] == 0);
            assert!(std::iter::zip(&indices, &image.rgba).all(is_clear), "only index 0 must be transparent");
        }
    }
}

#[test]
fn preview_of_demo_equals_extracted_pack() {
    assert_equals_extracted(&TestProject::demo());
}

#[test]
fn preview_of_raw_assets_equals_extracted_pack() {
    let mut project = TestProject::new();
    let mut tiles: Vec<u8> = (0..32_768u32).map(|n| u8::try_from(n * n % 251 % 16 * 17).unwrap()).collect();
    tiles.extend((0..64).map(|n| n * 3));
    tiles.resize(34_816, 0);
    let of_tiles = GlyphMetadata { tile_size: TileSize::ThirtyTwo, palette_authored: 2 };
    let one = SampleMetadata { frames: 3, sample_rate_hz: 8000, looping: None };
    let of_sounds = SoundMetadata { sample_rate_hz: 8000, samples: vec![one; 12] };
    for (root, metadata, payload) in
        [("tiles", RawMetadata::from(of_tiles), tiles), ("sounds", of_sounds.into(), (0..72).collect())]
    {
        project.write(&format!("assets/{root}/payload.bin"), payload);
        let content = Content::Raw { payload: rel_path("payload.bin"), metadata, place: no_place() };
        let id = project.next_id();
        project.add_asset(root, true, &declaration(id, root, content));
    }
    assert_equals_extracted(&project);
    let shown = cli::run_ok(project.root(), "preview @ tiles --out @/again");
    assert_eq!(shown["tiles"], json!([]), "a payload does not contain which palette a tile uses");
    // A raw payload is complete or missing.
    for root in ["tiles", "sounds"] {
        project.write(&format!("assets/{root}/payload.bin"), "short");
        let output = cli::run_refused(project.root(), &format!("preview @ {root} --out @/short"), &["raw-size"]);
        let answer = output.json();
        let count = if root == "tiles" { 64 } else { 12 };
        let missing = json!([{"index": 0, "count": count, "source": "payload.bin", "finding": 0}]);
        assert_eq!((&answer["missing"], &answer["written"], &answer["sheets"]), (&missing, &json!(false), &json!([])));
        assert!(!project.exists("short"));
    }
}

/// A sheet of four tiles and an image of one tile, in two palettes. With `broken`, tile 1 has a wrong pixel.
fn hero(included: bool, broken: bool) -> TestProject {
    let mut project = TestProject::new();
    let pixel = |x: u32, y: u32| match (x, y) {
        (11, 5) if broken => BLUE,
        _ => [RED, GREEN][(x as usize + y as usize) % 2],
    };
    project.write("assets/hero/walk.png", Png::rgb(32, 8, pixel).bytes());
    project.write("assets/hero/jump.png", plain(8, 8, RED));
    let palettes = vec![red_green(), palette(&[KEY, RED])];
    let artifacts = vec![artifact("walk.png", 0), artifact("jump.png", 4)];
    project.add_asset("hero", included, &glyph(1, "the/hero", TileSize::Eight, palettes, artifacts));
    project
}

#[test]
fn missing_tiles_are_marked_and_listed() {
    let whole = hero(true, false);
    cli::run_ok(whole.root(), "preview @ id:1 --out @/shown");
    let project = hero(true, true);
    fs::remove_file(project.at("assets/hero/jump.png")).unwrap();
    let answer =
        cli::run_refused(project.root(), "preview @ id:1 --out @/shown", &["file-missing", "color-stray"]).json();
    assert_eq!((&answer["written"], &answer["complete"]), (&json!(true), &json!(false)));
    assert_eq!(
        answer["missing"],
        json!([
            {"index": 1, "count": 1, "source": "walk.png", "finding": 1},
            {"index": 4, "count": 1, "source": "jump.png", "finding": 0}
        ])
    );
    let tile = |tile: u32| json!({"tile": tile, "palette": 0});
    assert_eq!(answer["tiles"], json!([tile(0), tile(2), tile(3)]));
    assert_eq!(files_in(&project, "shown"), ["palette-0.png", "palette-1.png"]);
    for file in ["palette-0.png", "palette-1.png"] {
        let before = open(&whole.at(&format!("shown/{file}")));
        let image = open(&project.at(&format!("shown/{file}")));
        assert_eq!((image.colors[..16].to_vec(), image.colors.len()), (before.colors, 18));
        let (before, indices) = (before.indices.unwrap(), image.indices.unwrap());
        for (at, (before, index)) in std::iter::zip(before, indices).enumerate() {
            let (x, y) = (at % 256, at / 256);
            let is_missing = y < 8 && matches!(x / 8, 1 | 4);
            let marked = 16 + u8::try_from((x % 8 / 2 + y / 2) % 2).unwrap();
            assert_eq!(index, if is_missing { marked } else { before }, "{file} at {x}, {y}");
            assert_eq!(image.rgba[at][3] == 0, index == 0);
        }
    }
    let output = cli::run(project.root(), "preview @ id:1 --out @/again");
    for line in ["asset 1, `the/hero`,", "palette-1.png  palette 1", "missing: tile 1 of walk.png: color-stray"] {
        assert!(output.stdout.contains(line), "{line}: {}", output.stdout);
    }
    let quiet = cli::run(project.root(), "preview @ id:1 --out @/quiet --quiet");
    assert_eq!((quiet.code, quiet.stdout.as_str(), project.exists("quiet/palette-0.png")), (1, "", true));
    assert!(quiet.stderr.contains("error[color-stray]"), "{}", quiet.stderr);
}

#[test]
fn unreadable_image_is_one_missing_part() {
    let project = hero(true, false);
    project.write("assets/hero/walk.png", "GIF89a");
    let answer = cli::run_refused(project.root(), "preview @ hero --out @/shown", &["image-not-png"]).json();
    assert_eq!(answer["missing"], json!([{"index": 0, "count": 4, "source": "walk.png", "finding": 0}]));
}

#[test]
fn errors_of_excluded_assets_are_notes() {
    let project = hero(false, true);
    let answer = cli::run_ok(project.root(), "preview @ the/hero --out @/shown");
    assert_eq!(
        (&answer["included"], &answer["complete"], &answer["written"]),
        (&json!(false), &json!(false), &json!(true))
    );
    assert_eq!((&answer["findings"][0]["severity"], &answer["missing"][0]["finding"]), (&json!("note"), &json!(0)));
}

#[test]
fn assets_are_selected_as_in_show() {
    let project = hero(true, false);
    for (n, asset) in ["id:1", "1", "name:the/hero", "root:hero", "hero", "the/hero"].iter().enumerate() {
        let answer = cli::run_ok(project.root(), &format!("preview @ {asset} --out @/shown/{n}"));
        assert_eq!(
            (&answer["asset_id"], &answer["root"], &answer["name"]),
            (&json!(1), &json!("hero"), &json!("the/hero"))
        );
    }
}

#[test]
fn broken_declaration_writes_nothing() {
    let project = hero(true, false);
    project.edit("assets/hero/asset.json", "\"the/hero\"", "7");
    let before = tree::read_tree(project.root());
    let answer = cli::run_refused(project.root(), "preview @ id:1 --out @/shown", &["json-wrong-type"]).json();
    assert_eq!((&answer["written"], &answer["name"]), (&json!(false), &Value::Null));
    let output = cli::run(project.root(), "preview @ id:1 --out @/shown");
    assert_eq!(output.stdout, "no preview was written\n");
    tree::assert_same(&before, &tree::read_tree(project.root()), "nothing can be shown");
}

/// Three sounds, of which the second is missing; and as the first, two of the same index.
fn sounds(indices: [u32; 3]) -> TestProject {
    let mut project = TestProject::new();
    project.write("assets/sfx/a.wav", Wav::mono16(22_050, &[1, 2, 3]).loops(&[(0, 1, 2, 0, 0)]).bytes());
    project.write("assets/sfx/b.wav", Wav::pcm(8000, 2, 16, vec![0; 8]).bytes());
    project.write("assets/sfx/c.wav", Wav::mono16(8000, &[7]).bytes());
    let artifacts = std::iter::zip(["a.wav", "b.wav", "c.wav"], indices).map(|(file, index)| sample(file, index));
    project.add_asset("sfx", true, &sound(1, "sfx", 22_050, artifacts.collect()));
    project
}

#[test]
fn missing_sample_leaves_a_gap() {
    let project = sounds([0, 1, 2]);
    let answer = cli::run_refused(project.root(), "preview @ sfx --out @/shown", &["convert-downmix"]).json();
    assert_eq!(files_in(&project, "shown"), ["0.wav", "2.wav"]);
    assert_eq!(answer["missing"], json!([{"index": 1, "count": 1, "source": "b.wav", "finding": 0}]));
    assert_eq!(
        answer["samples"],
        json!([
            {"index": 0, "file": "0.wav", "frames": 3, "sample_rate": 22_050, "loop_start": 1, "loop_end": 3},
            {"index": 2, "file": "2.wav", "frames": 1, "sample_rate": 8000, "loop_start": null, "loop_end": null}
        ])
    );
    assert_eq!((&answer["tile_size"], &answer["sheets"], &answer["tiles"]), (&Value::Null, &json!([]), &json!([])));
    let output = cli::run(project.root(), "preview @ sfx --out @/again");
    assert!(output.stdout.contains("missing: sample 1 of b.wav: convert-downmix"), "{}", output.stdout);
    assert!(output.stdout.contains("0.wav  3 frames, 0.00 s at 22050 Hz, loops 1..3"), "{}", output.stdout);
}

#[test]
fn samples_of_one_index_have_two_files() {
    let project = sounds([0, 1, 0]);
    fs::remove_file(project.at("assets/sfx/b.wav")).unwrap();
    let line = "preview @ sfx --out @/shown";
    let answer = cli::run_refused(project.root(), line, &["sample-overlap", "file-missing"]).json();
    assert_eq!(files_in(&project, "shown"), ["0-2.wav", "0.wav"]);
    assert_eq!(answer["complete"], json!(false));
}

#[test]
fn gap_in_indices_widens_names() {
    let project = sounds([0, 12, 3]);
    cli::run_json(project.root(), "preview @ sfx --out @/shown");
    assert_eq!(files_in(&project, "shown"), ["00.wav", "03.wav"]);
}

#[test]
fn preview_never_replaces_anything() {
    let project = fixtures::small_project();
    project.write("full/mine.txt", "mine").write("file", "mine");
    let mut places = vec!["full", "file", "full/", "full/.."];
    fs::create_dir(project.at("elsewhere")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("elsewhere", project.at("link")).unwrap();
        places.extend(["link", "link/"]);
    }
    let before = tree::read_tree(project.root());
    for place in places {
        for (asset, files) in [("ui_icons", "sheets"), ("sfx_blip", "samples")] {
            let line = format!("preview @ {asset} --out @/{place}");
            let answer = cli::run_refused(project.root(), &line, &["extract-target"]).json();
            assert_eq!((&answer["written"], &answer["complete"]), (&json!(false), &json!(false)), "{line}");
            let names = answer[files].as_array().unwrap().iter().filter(|one| one["file"].is_string());
            assert_eq!(names.count(), 0, "{line}: no file was written");
            tree::assert_same(&before, &tree::read_tree(project.root()), &line);
        }
    }
    fs::create_dir(project.at("empty")).unwrap();
    for place in ["empty", "deep/er", "slash/"] {
        cli::run_ok(project.root(), &format!("preview @ ui_icons --out @/{place}"));
        assert_eq!(files_in(&project, place), ["palette-0.png"]);
    }
}

#[test]
fn preview_stays_out_of_sources_and_pack() {
    let project = fixtures::small_project();
    fs::create_dir(project.at("sub")).unwrap();
    let before = tree::read_tree(project.root());
    for place in [
        "assets",
        "assets/new",
        "assets/new/deep",
        "build",
        "build/new",
        "sub/../assets/new",
        "no/../build/new",
        "build/a/..",
    ] {
        let output = cli::run_json(project.root(), &format!("preview @ ui_icons --out @/{place}"));
        assert_eq!(output.code, 2, "{place}: {}", output.stdout);
        assert_eq!(output.codes(), ["usage"], "{place}");
        tree::assert_same(&before, &tree::read_tree(project.root()), place);
    }
    cli::run_ok(project.root(), "preview @ ui_icons --out @/assets/../buildings/new");
}

#[test]
fn preview_changes_nothing_of_the_project() {
    let (project, _) = fixtures::packed_project();
    // Another packer that holds the lock does not matter.
    let held = fs::File::options().write(true).create(true).truncate(true).open(project.at("assets/.prometeu/lock"));
    held.as_ref().unwrap().lock().unwrap();
    let before = tree::read_tree(project.root());
    let request = ExportPreview::new(project.root(), "ui_icons", project.at("shown"));
    assert!(request.run(&Context::new()).unwrap().written);
    let mut after = tree::read_tree(project.root());
    after.retain(|path, _| !path.starts_with("shown"));
    tree::assert_same(&before, &after, "a preview");
}

#[test]
fn many_palettes_are_numbered_in_sort_order() {
    let mut project = TestProject::new();
    project.write("assets/many/tile.png", checker(8, 8, RED, GREEN));
    let palettes = (0..11).map(|_| red_green()).collect();
    project.add_asset("many", true, &glyph(1, "many", TileSize::Eight, palettes, vec![artifact("tile.png", 0)]));
    let answer = cli::run_json(project.root(), "preview @ many --out @/shown").json();
    assert_eq!(answer["sheets"][10], json!({"file": "palette-10.png", "palette": 10, "name": null}));
    assert_eq!(files_in(&project, "shown")[0], "palette-00.png");
}
