//! `pack` tells which ids moved since the last one, where the cache is of the pack that stands in `build/`.

use packer_services::formats::TileSize;
use serde_json::{Value, json};
use support::images::checker;
use support::sounds::Wav;
use support::{GREEN, RED, TestProject, artifact, glyph, red_green, sample, sound};

use crate::{cli, scenes, tree};

const CACHE: &str = "assets/.prometeu/cache.json";
const HERO: &str = "assets/characters/hero/asset.json";

/// The glyph bank `hero`: a sheet of 4 × 3 tiles, packed.
fn walking() -> TestProject {
    let mut project = TestProject::new();
    project.write("assets/characters/hero/walk.png", checker(32, 24, RED, GREEN));
    let artifacts = vec![artifact("walk.png", 0)];
    project.add_asset("characters/hero", true, &glyph(1, "hero", TileSize::Eight, vec![red_green()], artifacts));
    assert_eq!(cli::done(project.root(), "pack @")["moved"], Value::Null, "the first pack knows of none before it");
    project
}

/// Another sheet is put before it.
fn jump_before(project: &TestProject) {
    project.write("assets/characters/hero/jump.png", checker(16, 8, GREEN, RED));
    let artifacts = vec![artifact("jump.png", 0), artifact("walk.png", 2)];
    let declaration = glyph(1, "hero", TileSize::Eight, vec![red_green()], artifacts);
    project.write(HERO, declaration.to_bytes());
}

#[test]
fn a_sheet_before_another_moves_its_tiles_and_the_pack_says_which() {
    let project = walking();
    jump_before(&project);
    let checked = cli::ask(project.root(), "pack @ --check");
    assert_eq!((checked.code, checked.json()["moved"].as_array().map(Vec::len)), (3, Some(12)), "a check knows too");
    let answer = cli::done(project.root(), "pack @");
    let moved = answer["moved"].as_array().unwrap();
    assert_eq!(moved.len(), 12);
    let first = json!({
        "asset_id": 1, "name": "hero", "region": null, "file": "walk.png", "column": 0, "row": 0, "from": 0, "to": 2,
    });
    assert_eq!(moved[0], first);
    assert_eq!((&moved[5]["column"], &moved[5]["row"], &moved[5]["to"]), (&json!(1), &json!(1), &json!(7)));
    assert_eq!(cli::done(project.root(), "pack @")["moved"], json!([]), "and the next one that nothing did");
}

#[test]
fn the_text_counts_and_names_the_first() {
    let project = walking();
    jump_before(&project);
    let told = cli::run(project.root(), "pack @").stdout;
    let lines = "; 1 changed: hero\n\
                 asset 1 (hero): 12 tiles moved: walk.png (0, 0) 0 → 2, walk.png (1, 0) 1 → 3, walk.png (2, 0) 2 → 4, and 9 more\n";
    assert!(told.ends_with(lines), "{told}");
    let told = cli::run(project.root(), "pack @").stdout;
    assert!(told.ends_with("\nthe same bytes as before\n"), "nothing moved, and nothing else changed: {told}");
}

#[test]
fn what_is_gone_is_told_by_the_id_it_had() {
    let project = walking();
    project.write("assets/characters/hero/walk.png", checker(32, 16, RED, GREEN));
    let answer = cli::run(project.root(), "pack @ --check").stdout;
    assert!(answer.contains("asset 1 (hero): 4 tiles gone: walk.png (0, 2), which was 8, "), "{answer}");
    let answer = cli::done(project.root(), "pack @");
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
    cli::done(project.root(), "pack @");
    let swapped = sound(1, "sfx", 22_050, vec![sample("bell.wav", 1), sample("hum.wav", 0)]);
    project.write("assets/sfx/asset.json", swapped.to_bytes());
    let told = cli::run(project.root(), "pack @").stdout;
    assert!(told.ends_with("asset 1 (sfx): 2 samples moved: bell.wav 0 → 1, hum.wav 1 → 0\n"), "{told}");
}

#[test]
fn an_asset_that_was_renamed_and_moved_is_still_the_same() {
    let project = walking();
    jump_before(&project);
    project.edit(HERO, "\"hero\"", "\"heroine\"");
    std::fs::rename(project.at("assets/characters"), project.at("assets/people")).unwrap();
    project.edit(scenes::REGISTRY, "characters/hero", "people/hero");
    let moved = cli::done(project.root(), "pack @")["moved"].clone();
    assert_eq!((moved.as_array().map(Vec::len), &moved[0]["name"]), (Some(12), &json!("heroine")));
}

#[test]
fn nothing_is_said_where_the_cache_is_of_another_pack_or_there_is_none() {
    for happen in [
        |project: &TestProject| std::fs::remove_file(project.at(CACHE)).unwrap(),
        |project: &TestProject| std::fs::remove_dir_all(project.at("build")).unwrap(),
        |project: &TestProject| std::fs::remove_file(project.at("build/assets.pa")).unwrap(),
        |project: &TestProject| {
            // Somebody fetched a pack that was made elsewhere.
            let elsewhere = TestProject::copy_of(project.root());
            elsewhere.edit(HERO, "\"hero\"", "\"villain\"");
            elsewhere.pack();
            support::copy_folder(&elsewhere.at("build"), &project.at("build"));
        },
    ] {
        let project = walking();
        jump_before(&project);
        happen(&project);
        let answer = cli::done(project.root(), "pack @");
        assert_eq!((&answer["moved"], &answer["findings"]), (&Value::Null, &json!([])));
    }
}

#[test]
fn neither_a_check_nor_what_is_blocked_writes_the_cache() {
    let project = scenes::small();
    for (line, code) in [("pack @ --check", 3), ("pack @ --deny-warnings", 1)] {
        if code == 1 {
            scenes::UNTIDY.happen(&project);
        }
        assert_eq!(cli::run(project.root(), line).code, code);
        assert!(!project.exists(CACHE), "{line}");
    }
    let (project, _) = scenes::packed();
    let before = tree::stamps(&project.at("assets/.prometeu"));
    project.write(scenes::TILE, "GIF89a");
    assert_eq!(cli::run(project.root(), "pack @").code, 1);
    let mut after = tree::stamps(&project.at("assets/.prometeu"));
    after.insert("lock".into(), before["lock"]);
    tree::assert_same(&before, &after, "a blocked pack");
}

#[test]
fn a_cache_that_says_the_same_is_not_written_again() {
    let (project, _) = scenes::packed();
    let before = project.at(CACHE).metadata().unwrap().modified().unwrap();
    project.pack();
    assert_eq!(project.at(CACHE).metadata().unwrap().modified().unwrap(), before);
}
