//! `pack` reports which ids moved since the last pack, if the cache matches the pack in `build/`.

use packer_services::formats::TileSize;
use serde_json::{Value, json};
use support::images::checker;
use support::sounds::Wav;
use support::{GREEN, RED, TestProject, artifact, glyph, red_green, sample, sound};

use crate::{cli, fixtures, tree};

const CACHE: &str = "assets/.prometeu/identities.json";
const HERO: &str = "assets/characters/hero/asset.json";

/// The glyph bank `hero`: a sheet of 4 × 3 tiles, packed.
fn packed_hero() -> TestProject {
    let mut project = TestProject::new();
    project.write("assets/characters/hero/walk.png", checker(32, 24, RED, GREEN));
    let artifacts = vec![artifact("walk.png", 0)];
    project.add_asset("characters/hero", true, &glyph(1, "hero", TileSize::Eight, vec![red_green()], artifacts));
    assert_eq!(
        cli::run_ok(project.root(), "pack @")["moved"],
        Value::Null,
        "the first pack has nothing to compare with"
    );
    project
}

/// Adds another sheet before the first one.
fn insert_sheet(project: &TestProject) {
    project.write("assets/characters/hero/jump.png", checker(16, 8, GREEN, RED));
    let artifacts = vec![artifact("jump.png", 0), artifact("walk.png", 2)];
    let declaration = glyph(1, "hero", TileSize::Eight, vec![red_green()], artifacts);
    project.write(HERO, declaration.to_bytes());
}

#[test]
fn inserted_sheet_reports_moved_tiles() {
    let project = packed_hero();
    insert_sheet(&project);
    let checked = cli::run_json(project.root(), "pack @ --check");
    assert_eq!(
        (checked.code, checked.json()["moved"].as_array().map(Vec::len)),
        (3, Some(12)),
        "`--check` must report it too"
    );
    let answer = cli::run_ok(project.root(), "pack @");
    let moved = answer["moved"].as_array().unwrap();
    assert_eq!(moved.len(), 12);
    let first = json!({
        "asset_id": 1, "name": "hero", "region": null, "sprite": null, "file": "walk.png", "column": 0, "row": 0, "from": 0, "to": 2,
    });
    assert_eq!(moved[0], first);
    assert_eq!((&moved[5]["column"], &moved[5]["row"], &moved[5]["to"]), (&json!(1), &json!(1), &json!(7)));
    assert_eq!(cli::run_ok(project.root(), "pack @")["moved"], json!([]), "the next pack must report no moves");
}

#[test]
fn text_counts_moved_tiles() {
    let project = packed_hero();
    insert_sheet(&project);
    let stdout = cli::run(project.root(), "pack @").stdout;
    let lines = "; 1 changed: hero\n\
                 asset 1 (hero): 12 tiles moved: walk.png (0, 0) 0 → 2, walk.png (1, 0) 1 → 3, walk.png (2, 0) 2 → 4, and 9 more\n";
    assert!(stdout.ends_with(lines), "{stdout}");
    let stdout = cli::run(project.root(), "pack @").stdout;
    assert!(stdout.starts_with("up to date: 1 asset\n"), "{stdout}");
}

#[test]
fn removed_tile_reports_its_old_id() {
    let project = packed_hero();
    project.write("assets/characters/hero/walk.png", checker(32, 16, RED, GREEN));
    let answer = cli::run(project.root(), "pack @ --check").stdout;
    assert!(answer.contains("asset 1 (hero): 4 tiles gone: walk.png (0, 2), formerly 8, "), "{answer}");
    let answer = cli::run_ok(project.root(), "pack @");
    assert_eq!(answer["moved"].as_array().map(Vec::len), Some(4));
    assert_eq!((&answer["moved"][0]["from"], &answer["moved"][0]["to"]), (&json!(8), &Value::Null));
}

#[test]
fn samples_move_by_their_file() {
    let mut project = TestProject::new();
    for (file, level) in [("bell.wav", 1), ("hum.wav", 2)] {
        project.write(&format!("assets/sfx/{file}"), Wav::mono16(22_050, &[level; 3]).bytes());
    }
    project.add_asset("sfx", true, &sound(1, "sfx", 22_050, vec![sample("bell.wav", 0), sample("hum.wav", 1)]));
    cli::run_ok(project.root(), "pack @");
    let swapped = sound(1, "sfx", 22_050, vec![sample("bell.wav", 1), sample("hum.wav", 0)]);
    project.write("assets/sfx/asset.json", swapped.to_bytes());
    let stdout = cli::run(project.root(), "pack @").stdout;
    assert!(stdout.ends_with("asset 1 (sfx): 2 samples moved: bell.wav 0 → 1, hum.wav 1 → 0\n"), "{stdout}");
}

#[test]
fn renamed_asset_is_recognized() {
    let project = packed_hero();
    insert_sheet(&project);
    project.edit(HERO, "\"hero\"", "\"heroine\"");
    std::fs::rename(project.at("assets/characters"), project.at("assets/people")).unwrap();
    project.edit(fixtures::REGISTRY, "characters/hero", "people/hero");
    let moved = cli::run_ok(project.root(), "pack @")["moved"].clone();
    assert_eq!((moved.as_array().map(Vec::len), &moved[0]["name"]), (Some(12), &json!("heroine")));
}

#[test]
fn foreign_cache_reports_no_moves() {
    for lose_comparison in [
        |project: &TestProject| std::fs::remove_file(project.at(CACHE)).unwrap(),
        |project: &TestProject| std::fs::remove_dir_all(project.at("build")).unwrap(),
        |project: &TestProject| std::fs::remove_file(project.at("build/assets.pa")).unwrap(),
        |project: &TestProject| {
            // A pack of another copy of the project.
            let elsewhere = TestProject::copy_of(project.root());
            elsewhere.edit(HERO, "\"hero\"", "\"villain\"");
            elsewhere.pack();
            support::copy_folder(&elsewhere.at("build"), &project.at("build"));
        },
    ] {
        let project = packed_hero();
        insert_sheet(&project);
        lose_comparison(&project);
        let answer = cli::run_ok(project.root(), "pack @");
        assert_eq!((&answer["moved"], &answer["findings"]), (&Value::Null, &json!([])));
    }
}

#[test]
fn only_published_packs_write_the_cache() {
    let project = fixtures::small_project();
    for (line, code) in [("pack @ --check", 3), ("pack @ --deny-warnings", 1)] {
        if code == 1 {
            fixtures::UNTIDY.apply_to(&project);
        }
        assert_eq!(cli::run(project.root(), line).code, code);
        assert!(!project.exists(CACHE), "{line}");
    }
    let (project, _) = fixtures::packed_project();
    let before = tree::read_stamps(&project.at("assets/.prometeu"));
    project.write(fixtures::TILE, "GIF89a");
    assert_eq!(cli::run(project.root(), "pack @").code, 1);
    let mut after = tree::read_stamps(&project.at("assets/.prometeu"));
    after.insert("lock".into(), before["lock"]);
    tree::assert_same(&before, &after, "a blocked pack");
}

#[test]
fn unchanged_cache_is_not_rewritten() {
    let (project, _) = fixtures::packed_project();
    let before = project.at(CACHE).metadata().unwrap().modified().unwrap();
    project.pack();
    assert_eq!(project.at(CACHE).metadata().unwrap().modified().unwrap(), before);
}
