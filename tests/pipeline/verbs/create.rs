//! `create` for any bank type: the new asset's folder, name, id and slot, and whether it is included.

use packer_services::formats::Rgb;
use packer_services::ops::{CreateAsset, NewBank, NewGlyph, Operation};
use packer_services::{Cancel, Context, FaultPoint};
use serde_json::{Value, json};
use support::imported_images::Indexed;
use support::{GREEN, RED, TestProject, images};

use crate::{cli, tree};

/// A project without assets, and images in `art/`.
fn project_with_art() -> TestProject {
    let project = TestProject::new();
    project.write("art/hero.png", images::checker(8, 8, RED, GREEN));
    project
}

fn declaration(project: &TestProject, root: &str) -> Value {
    serde_json::from_str(&project.read_text(&format!("assets/{root}/asset.json"))).unwrap()
}

#[test]
fn create_copies_the_files() {
    let project = project_with_art();
    let original = project.read("art/hero.png");
    let answer = cli::run_ok(project.root(), "create @ characters/hero --type glyph_bank @/art/hero.png");
    assert_eq!((&answer["asset_id"], &answer["included"]), (&json!(1), &json!(true)));
    assert_eq!(project.read("art/hero.png"), original);
    assert_eq!(project.read("assets/characters/hero/hero.png"), original);
    assert_eq!(declaration(&project, "characters/hero")["artifacts"][0]["file"], "hero.png");
    assert_eq!(cli::run(project.root(), "pack @").code, 0, "the new asset must pack");
}

#[test]
fn name_defaults_to_the_root() {
    let project = project_with_art();
    cli::run_ok(project.root(), "create @ characters/hero --type glyph_bank @/art/hero.png");
    assert_eq!(declaration(&project, "characters/hero")["name"], "characters_hero");
    cli::run_ok(project.root(), "create @ characters/twin --name The.Twin/2 --type glyph_bank @/art/hero.png");
    assert_eq!(declaration(&project, "characters/twin")["name"], "The.Twin/2");
}

#[test]
fn ids_continue_from_the_registry() {
    let project = project_with_art();
    project.edit("assets/.prometeu/index.json", "\"next_asset_id\": 1", "\"next_asset_id\": 40");
    let first = cli::run_ok(project.root(), "create @ a --type glyph_bank @/art/hero.png");
    let second = cli::run_ok(project.root(), "create @ b --type glyph_bank @/art/hero.png");
    assert_eq!((&first["asset_id"], &second["asset_id"]), (&json!(40), &json!(41)));
    assert!(project.read_text("assets/.prometeu/index.json").contains("\"next_asset_id\": 42"));
}

#[test]
fn chosen_slot_is_declared() {
    let project = project_with_art();
    for (line, slot) in [
        ("create @ plain --type glyph_bank @/art/hero.png", None),
        ("create @ fifth --type glyph_bank --preload=5 @/art/hero.png", Some(5)),
        ("create @ first --type glyph_bank --preload @/art/hero.png", Some(0)),
        ("create @ zeroth --type glyph_bank --preload=1 @/art/hero.png", Some(1)),
        ("create @ next --type glyph_bank --preload @/art/hero.png", Some(2)),
    ] {
        let answer = cli::run_ok(project.root(), line);
        assert_eq!(answer["slot"].as_u64(), slot, "{line}");
        let root = line.split(' ').nth(2).unwrap();
        let expected = slot.map_or(json!({"enabled": false}), |slot| json!({"enabled": true, "slot": slot}));
        assert_eq!(declaration(&project, root)["preload"], expected, "{line}");
    }
}

#[test]
fn excluded_asset_is_registered_only() {
    let project = project_with_art();
    let answer = cli::run_ok(project.root(), "create @ draft --exclude --type glyph_bank @/art/hero.png");
    assert_eq!((&answer["asset_id"], &answer["included"]), (&json!(1), &json!(false)));
    let pack = cli::run_ok(project.root(), "pack @");
    assert_eq!((&pack["assets"], &pack["excluded"]), (&json!([]), &json!(1)));
}

#[test]
fn existing_empty_folder_is_used() {
    let project = project_with_art();
    std::fs::create_dir_all(project.at("assets/hero")).unwrap();
    cli::run_ok(project.root(), "create @ hero --type glyph_bank @/art/hero.png");
    assert!(project.exists("assets/hero/asset.json"));
}

#[test]
fn create_changes_nothing_else() {
    let project = project_with_art();
    cli::run_ok(project.root(), "create @ a --type glyph_bank @/art/hero.png");
    let mut before = tree::read_tree(project.root());
    cli::run_ok(project.root(), "create @ b --type glyph_bank @/art/hero.png");
    let mut after = tree::read_tree(project.root());
    for tree in [&mut before, &mut after] {
        tree.retain(|path, _| !path.starts_with("assets/.prometeu/history/origins"));
    }
    for new in ["assets/b", "assets/b/asset.json", "assets/b/hero.png", "assets/.prometeu/history/000002"] {
        assert!(after.remove(new).is_some(), "{new} must be created");
    }
    let registry = "assets/.prometeu/index.json".to_owned();
    after.insert(registry.clone(), before[&registry].clone());
    tree::assert_same(&before, &after, "create of b");
}

fn request(project: &TestProject) -> CreateAsset {
    let bank = NewBank::Glyph(NewGlyph::default());
    CreateAsset::new(project.root(), "deep/down/hero", bank, vec![project.at("art/hero.png")])
}

#[test]
fn unwritable_registry_leaves_no_asset() {
    let project = project_with_art();
    let before = tree::read_tree(project.root());
    let fails = |point| match point {
        FaultPoint::RegistryWrite => Err(std::io::ErrorKind::StorageFull.into()),
        _ => Ok(()),
    };
    let refused = request(&project).run(&Context::new().with_faults(fails));
    assert!(refused.is_err(), "{refused:?}");
    tree::assert_same(&before, &tree::read_tree(project.root()), "a refused registry");
    request(&project).run(&Context::new()).unwrap();
    assert_eq!(cli::run(project.root(), "pack @").code, 0, "the next attempt must succeed");
}

#[test]
fn canceled_create_leaves_nothing() {
    let project = project_with_art();
    let before = tree::read_tree(project.root());
    let cancel = Cancel::default();
    cancel.cancel();
    assert!(request(&project).run(&Context::new().with_cancel(cancel)).is_err());
    tree::assert_same(&before, &tree::read_tree(project.root()), "a cancelled create");
}

#[test]
fn next_create_removes_abandoned_stages() {
    let project = project_with_art();
    let left = "assets/.prometeu/create-5eed0000-0000-4000-8000-000000000001";
    project.write(&format!("{left}/hero.png"), "half");
    request(&project).run(&Context::new()).unwrap();
    assert!(!project.exists(left));
}

#[test]
fn numbered_files_are_in_number_order() {
    let project = TestProject::new();
    let names: Vec<String> = (1..=12).map(|n| format!("walk_{n}.png")).collect();
    for (n, name) in (1u8..).zip(&names) {
        project.write(&format!("art/{name}"), images::plain(8, 8, packer_services::formats::Rgb([n * 20, 0, 0])));
    }
    let mut listed = names.clone();
    listed.sort();
    let files = |names: &[String]| names.iter().map(|name| format!("@/art/{name}")).collect::<Vec<_>>().join(" ");
    let create = |root: &str, names: &[String]| {
        cli::run_ok(project.root(), &format!("create @ {root} --type glyph_bank {}", files(names)))
    };
    let declared = |root: &str| -> Vec<String> {
        let artifacts = declaration(&project, root)["artifacts"].as_array().unwrap().clone();
        artifacts.iter().map(|artifact| artifact["file"].as_str().unwrap().to_owned()).collect()
    };
    let answer = create("listed", &listed);
    assert_eq!((answer["reordered"].as_array().unwrap().len(), declared("listed")), (12, names.clone()));
    let answer = create("ordered", &names);
    assert_eq!((&answer["reordered"], declared("ordered")), (&json!([]), names.clone()));
    let by_hand = [names[9].clone(), names[1].clone(), names[0].clone()];
    let answer = create("by_hand", &by_hand);
    assert_eq!((&answer["reordered"], declared("by_hand")), (&json!([]), by_hand.to_vec()));
    let text = cli::run(project.root(), &format!("create @ text --type glyph_bank {}", files(&listed))).stdout;
    assert!(text.contains("in the order of their numbers: walk_1.png, walk_2.png, walk_3.png"), "{text}");
}

#[test]
fn decomposed_names_are_composed_in_copies() {
    let project = TestProject::new();
    project.write("art/e\u{301}toile.png", images::checker(8, 8, RED, GREEN));
    let answer = cli::run_ok(project.root(), "create @ star --type glyph_bank @/art/e\u{301}toile.png");
    assert_eq!(answer["composed"], json!(["\u{e9}toile.png"]));
    assert!(project.exists("assets/star/\u{e9}toile.png"));
    assert_eq!(declaration(&project, "star")["artifacts"][0]["file"], "\u{e9}toile.png");
    // `constants` will refuse the name: that is reported now, when the file can still be renamed.
    assert_eq!(
        (&answer["findings"][0]["code"], &answer["findings"][0]["severity"]),
        (&json!("constant-letters"), &json!("note"))
    );
    assert_eq!(answer["findings"].as_array().map(Vec::len), Some(1));
    cli::run_refused(project.root(), "constants @ --lang c", &["constant-letters"]);
    // A file that is decoded, and one that gets another name.
    let bmp = Indexed { width: 8, indices: vec![1; 64], palette: vec![[255, 0, 255], [64, 0, 0]] }.bmp(40, 8, false);
    project.write("two/e\u{301}toile.bmp", bmp).write("two/w/e\u{301}toile.png", images::plain(8, 8, GREEN));
    let answer = cli::run_ok(project.root(), "create @ two --type glyph_bank @/two");
    assert_eq!(answer["composed"], json!(["\u{e9}toile.png", "w_\u{e9}toile.png"]));
}

/// A file that has the name of an image is not left out silently: it may be one that was not fetched, or saved in full.
#[test]
fn broken_files_of_folders_are_named() {
    let project = TestProject::new();
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    project.write("art/1.png", images::plain(8, 8, Rgb([0, 0, 0xF8]))).write("art/2.png", pointer);
    project.write("art/3.BMP", "").write("art/4.qoi", "qoif").write("art/notes.txt", "draw more");
    project.write("art/swatches.ase", "ASEF");
    let refused = cli::run_json(project.root(), "create @ hero --type glyph_bank @/art");
    assert_eq!(refused.code, 1, "{}", refused.stdout);
    let answer = refused.json();
    let errors = answer["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "error");
    let files: Vec<&str> =
        errors.map(|finding| finding["file"].as_str().unwrap().rsplit('/').next().unwrap()).collect();
    assert_eq!(files, ["2.png", "3.BMP", "4.qoi"], "{answer}");
}

/// A broken link is a broken file, and no link to a folder is followed.
#[test]
#[cfg(unix)]
fn links_of_folders_are_named() {
    use std::os::unix::fs::symlink;
    let project = TestProject::new();
    project.write("art/1.png", images::plain(8, 8, Rgb([0, 0, 0xF8]))).write("more/2.png", "");
    symlink("../more", project.at("art/more")).unwrap();
    symlink("1.png", project.at("art/3.png")).unwrap();
    let created = cli::run_ok(project.root(), "create @ hero --type glyph_bank @/art");
    let message = created["findings"][0]["message"].as_str().unwrap();
    assert_eq!((&created["items"], message), (&json!(2), "a link to another folder is not followed: `more`"));
    symlink("gone.png", project.at("art/4.png")).unwrap();
    let refused = cli::run_refused(project.root(), "create @ other --type glyph_bank @/art", &["file-missing"]).json();
    assert!(refused["findings"][0]["file"].as_str().unwrap().ends_with("art/4.png"), "{refused}");
    assert_eq!(refused["findings"][0]["message"], "this is a link to a file that does not exist");
    let compose = cli::run_json(project.root(), "compose @ hero add @/art");
    assert!(compose.code != 0 && compose.stdout.contains("art/4.png"), "{}", compose.stdout);
}

/// An image that is not read is an error in a folder, whatever its format is.
#[test]
fn unread_images_of_folders_are_named() {
    let project = TestProject::new();
    project.write("art/1.png", images::plain(8, 8, Rgb([0, 0, 0xF8]))).write("art/notes.txt", "P1 and P2 are players");
    for (name, start) in [
        ("2.tif", &b"II*\0\x08\0\0\0"[..]),
        ("3.ico", b"\0\0\x01\0\x01\0\x10\x10"),
        ("4.ppm", b"P6\n8 8\n255\n"),
        ("5.avif", b"\0\0\0\x1Cftypavif"),
        ("6.jpg", b"\xFF\xD8\xFF\xE0"),
    ] {
        project.write(&format!("art/{name}"), start);
        let refused = cli::run_refused(project.root(), "create @ hero --type glyph_bank @/art", &["image-not-png"]);
        assert!(refused.json()["findings"][0]["file"].as_str().unwrap().ends_with(name), "{}", refused.stdout);
        std::fs::remove_file(project.at(&format!("art/{name}"))).unwrap();
    }
}

#[test]
fn folders_are_read_in_natural_order() {
    let project = TestProject::new();
    for (n, name) in ["walk/2.png", "walk/10.png", "walk/1.png", "run/1.png", "a10.png", "a9.png"].iter().enumerate() {
        let color = Rgb([u8::try_from(n * 32).unwrap(), 0, 0xF8]);
        project.write(&format!("art/{name}"), images::plain(8, 8, color));
    }
    project.write("art/.hidden.png", "hidden");
    project.write("art/notes.txt", "draw more");
    let answer = cli::run_ok(project.root(), "create @ hero --type glyph_bank @/art");
    let codes: Vec<&Value> = answer["findings"].as_array().unwrap().iter().map(|finding| &finding["code"]).collect();
    assert_eq!(codes, ["folder-files", "folder-files"]);
    let artifacts = declaration(&project, "hero")["artifacts"].clone();
    let files: Vec<&str> =
        artifacts.as_array().unwrap().iter().map(|artifact| artifact["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["a9.png", "a10.png", "1.png", "walk_1.png", "walk_2.png", "walk_10.png"]);
    assert_eq!(project.read("assets/hero/1.png"), project.read("art/run/1.png"));
    assert_eq!((&answer["reordered"], &answer["composed"]), (&json!([]), &json!([])));
    cli::run_ok(project.root(), "pack @ --deny-warnings");
    // Of two files with one name, the second gets yet another.
    project.write("two/b.png", images::plain(8, 8, Rgb([0, 0xF8, 0])));
    project.write("two/w/b.png", images::plain(8, 8, Rgb([0, 0x80, 0])));
    let bmp = Indexed { width: 8, indices: vec![1; 64], palette: vec![[255, 0, 255], [64, 0, 0]] }.bmp(40, 8, false);
    project.write("two/w/b.bmp", bmp);
    let answer = cli::run_ok(project.root(), "create @ two --type glyph_bank @/two");
    let files = declaration(&project, "two")["artifacts"].clone();
    let files: Vec<&str> =
        files.as_array().unwrap().iter().map(|artifact| artifact["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["b.png", "w_b.png", "2_b.png"]);
    let notes = answer["findings"].as_array().unwrap();
    assert!(notes.iter().any(|note| note["message"] == "another file has its name: its copy is `2_b.png`"), "{answer}");
}

/// All files of a folder get one prefix, as the note says.
#[test]
fn third_folder_gets_one_number() {
    let project = TestProject::new();
    for (n, name) in ["a/walk/1", "b/walk/1", "b/walk/2", "c/walk/1", "c/walk/2", "c/walk/3"].iter().enumerate() {
        let color = Rgb([u8::try_from(n * 32).unwrap(), 0, 0xF8]);
        project.write(&format!("art/{name}.png"), images::plain(8, 8, color));
    }
    let answer = cli::run_ok(project.root(), "create @ hero --type glyph_bank @/art");
    let messages = answer["findings"].to_string();
    assert!(messages.contains("`1.png` is `walk_1.png`") && messages.contains("`1.png` is `2_1.png`"), "{messages}");
    for name in ["1.png", "walk_1.png", "walk_2.png", "2_1.png", "2_2.png", "2_3.png"] {
        assert!(project.exists(&format!("assets/hero/{name}")), "{name}");
    }
}

/// Frames of two characters never become one animation, whether their files have equal names or not.
#[test]
fn series_of_folders_stay_apart() {
    let project = TestProject::new();
    let files = ["enemy/walk_1.png", "enemy/walk_2.png", "hero/walk_1.png", "hero/walk_2.png", "hero/walk_3.png"];
    for (n, name) in files.iter().chain(&["tree/walk_4.png", "tree/walk_5.png"]).enumerate() {
        project.write(&format!("art/{name}"), images::plain(8, 8, Rgb([u8::try_from(n * 32).unwrap(), 0, 0xF8])));
    }
    let animations = |root: &str| {
        let shown = cli::run_ok(project.root(), &format!("show @ root:{root}"));
        let all = shown["animations"].as_array().unwrap().clone();
        let tiles = |animation: &Value| -> Vec<u64> {
            let frames = animation["frames"].as_array().unwrap().iter();
            frames.map(|frame| frame["tiles"][0].as_u64().unwrap()).collect()
        };
        all.iter().map(|it| (it["name"].as_str().unwrap().to_owned(), tiles(it))).collect::<Vec<_>>()
    };
    cli::run_ok(project.root(), "create @ copied --type glyph_bank --animations @/art");
    let expected = [("walk", vec![0, 1]), ("hero_walk", vec![2, 3, 4]), ("tree_walk", vec![5, 6])];
    assert_eq!(animations("copied"), expected.map(|(name, tiles)| (name.to_owned(), tiles)));
    // In place, the folders stay.
    std::fs::rename(project.at("art"), project.at("assets/placed")).unwrap();
    cli::run_ok(project.root(), "create @ placed --type glyph_bank --animations @/assets/placed");
    let expected = [("enemy_walk", vec![0, 1]), ("hero_walk", vec![2, 3, 4]), ("tree_walk", vec![5, 6])];
    assert_eq!(animations("placed"), expected.map(|(name, tiles)| (name.to_owned(), tiles)));
}
