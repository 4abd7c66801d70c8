//! `update`: the files of an asset are fetched again from where they came.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use packer_services::formats::Rgb;
use packer_services::ops::{AssetEdit, CreateAsset, EditAsset, NewBank, NewGlyph, Operation, UpdateOptions};
use packer_services::{Context, FaultPoint};
use serde_json::{Value, json};
use support::TestProject;
use support::images::{Png, plain};
use support::imported_images::Indexed;
use support::imports::TONE_OGG;
use support::sounds::Wav;
use support::{GREEN, KEY, RED};

use super::edits::{assert_refused, edit};
use crate::{cli, tree};

/// A BMP of 8 × 8 pixels of one color, red or green.
fn bmp(color: [u8; 3]) -> Vec<u8> {
    Indexed { width: 8, indices: vec![1; 64], palette: vec![[255, 0, 255], color] }.bmp(40, 8, false)
}

/// A bank of a PNG and a BMP, and their originals in `art/`.
fn bank() -> TestProject {
    let project = TestProject::new();
    project.write("art/a.png", plain(8, 8, RED)).write("art/b.bmp", bmp(GREEN.0));
    cli::run_ok(project.root(), "create @ bank --type glyph_bank @/art/a.png @/art/b.bmp");
    project
}

fn codes(answer: &Value) -> Vec<&str> {
    answer["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

#[test]
fn changed_originals_are_fetched_and_undone() {
    let project = bank();
    let before = tree::read_tree(&project.at("assets/bank"));
    assert_eq!(cli::run_ok(project.root(), "update @ bank")["change"], Value::Null, "nothing has changed");
    project.write("art/b.bmp", bmp(RED.0));
    let shown = cli::run_ok(project.root(), "update @ bank --dry-run");
    assert_eq!(shown["change"]["changed"], json!(["assets/bank/b.png"]));
    tree::assert_same(&before, &tree::read_tree(&project.at("assets/bank")), "dry run");
    let updated = cli::run_ok(project.root(), "update @ bank");
    assert_eq!(
        (&updated["change"]["changed"], codes(&updated)),
        (&json!(["assets/bank/b.png"]), vec!["image-imported"])
    );
    let after = tree::read_tree(&project.at("assets/bank"));
    cli::run_ok(project.root(), "undo @");
    tree::assert_same(&before, &tree::read_tree(&project.at("assets/bank")), "undone");
    // What an undo brings back was not edited.
    cli::run_ok(project.root(), "update @ bank");
    tree::assert_same(&after, &tree::read_tree(&project.at("assets/bank")), "updated again");
    cli::run_ok(project.root(), "pack @ --deny-warnings");
}

/// A file that the bank has already is composed again: nothing changes, also not where it came from.
#[test]
fn used_files_keep_their_origins() {
    let project = bank();
    let same = cli::run_ok(project.root(), "compose @ bank replace a.png @/assets/bank/a.png");
    assert_eq!(same["change"], Value::Null);
    project.write("art/a.png", plain(8, 8, GREEN));
    let updated = cli::run_ok(project.root(), "update @ bank --palettes");
    assert!(updated["change"]["changed"].as_array().unwrap().contains(&json!("assets/bank/a.png")), "{updated}");
}

#[test]
fn edited_files_are_not_replaced() {
    let project = bank();
    project.write("art/a.png", plain(8, 8, GREEN));
    project.write("assets/bank/a.png", [plain(8, 8, RED), b"edited".to_vec()].concat());
    assert_refused(&project, "update @ bank", &["origin-edited"]);
    let edited = tree::read_tree(&project.at("assets/bank"));
    cli::run_ok(project.root(), "update @ bank --force");
    assert_eq!(project.read("assets/bank/a.png"), plain(8, 8, GREEN));
    cli::run_ok(project.root(), "undo @");
    tree::assert_same(&edited, &tree::read_tree(&project.at("assets/bank")), "undone");
    // A file that is gone from the root is brought back.
    std::fs::remove_file(project.at("assets/bank/a.png")).unwrap();
    let updated = cli::run_ok(project.root(), "update @ bank");
    assert_eq!(updated["change"]["created"], json!(["assets/bank/a.png"]));
}

#[test]
fn missing_originals_keep_their_files() {
    let project = bank();
    std::fs::remove_file(project.at("art/a.png")).unwrap();
    project.write("art/b.bmp", bmp(RED.0));
    let updated = cli::run_ok(project.root(), "update @ bank");
    assert_eq!(codes(&updated), ["origin-missing", "image-imported"]);
    assert_eq!(project.read("assets/bank/a.png"), plain(8, 8, RED));
    project.write("art/b.bmp", &bmp(RED.0)[..90]);
    cli::run_refused(project.root(), "update @ bank", &["origin-missing", "image-import"]);
}

#[test]
fn originals_follow_moves_and_compositions() {
    let project = bank();
    project.write("art/tone.ogg", TONE_OGG).write("art/c.png", plain(8, 8, RED));
    cli::run_ok(project.root(), "compose @ bank add @/art/c.png");
    cli::run_ok(project.root(), "move @ bank characters/hero");
    // More tiles: the ids of those behind them move.
    project.write("art/a.png", plain(16, 8, RED));
    project.write("art/c.png", plain(8, 8, GREEN));
    let updated = cli::run_ok(project.root(), "update @ bank");
    let changed = ["asset.json", "a.png", "c.png"].map(|file| format!("assets/characters/hero/{file}"));
    for file in changed {
        assert!(updated["change"]["changed"].as_array().unwrap().contains(&json!(file)), "{file}: {updated}");
    }
    assert_eq!(updated["ids"].as_array().unwrap().len(), 2);
    // Sounds too, and their decoding is repeated.
    cli::run_ok(project.root(), "create @ tone --type sound_bank @/art/tone.ogg");
    project.write("art/tone.ogg", Wav::mono16(22_050, &[1, 2, 3]).bytes());
    cli::run_ok(project.root(), "update @ tone");
    assert_eq!(project.read("assets/tone/tone.wav"), Wav::mono16(22_050, &[1, 2, 3]).bytes());
}

#[test]
fn purge_forgets_origins() {
    let project = bank();
    project.write("art/c.png", plain(8, 8, RED));
    cli::run_ok(project.root(), "create @ other --type glyph_bank @/art/c.png");
    let count = || std::fs::read_dir(project.at("assets/.prometeu/history/origins")).unwrap().count();
    assert_eq!(count(), 2);
    cli::run_ok(project.root(), "remove @ other");
    assert_eq!(count(), 2, "it can be restored");
    cli::run_ok(project.root(), "purge @ other");
    assert_eq!(count(), 1);
    cli::run_ok(project.root(), "update @ bank");
}

#[test]
fn origins_are_only_of_this_checkout() {
    let project = bank();
    let folder = project.at("assets/.prometeu/history/origins");
    let text = project.read_text(&format!("assets/.prometeu/history/origins/{}.json", uuid(&project)));
    assert!(text.contains("\"from\": \"art/b.bmp\""), "paths inside the project are relative: {text}");
    std::fs::remove_dir_all(&folder).unwrap();
    assert_refused(&project, "update @ bank", &["origin-unknown"]);
    // What is there already is remembered when it is added again.
    cli::run_ok(project.root(), "compose @ bank replace a.png @/art/a.png");
    project.write("art/a.png", plain(8, 8, GREEN));
    cli::run_ok(project.root(), "update @ bank");
}

fn uuid(project: &TestProject) -> String {
    let registry: Value = serde_json::from_slice(&project.read("assets/.prometeu/index.json")).unwrap();
    registry["assets"][0]["asset_uuid"].as_str().unwrap().to_owned()
}

#[test]
fn files_in_place_are_not_copied() {
    let project = TestProject::new();
    project.write("assets/hero/walk/1.png", plain(8, 8, RED)).write("assets/hero/b.bmp", bmp(GREEN.0));
    let answer = cli::run_ok(project.root(), "create @ hero --type glyph_bank @/assets/hero --dry-run");
    assert!(!project.exists("assets/hero/asset.json"));
    assert_eq!((&answer["in_place"], &answer["items"]), (&json!(true), &json!(2)));
    let answer = cli::run_ok(project.root(), "create @ hero --type glyph_bank @/assets/hero");
    assert_eq!(answer["change"]["created"], json!(["assets/hero/b.png", "assets/hero/asset.json"]));
    let shown = cli::run_ok(project.root(), "show @ hero");
    let files: Vec<&Value> = shown["artifacts"].as_array().unwrap().iter().map(|artifact| &artifact["file"]).collect();
    assert_eq!(files, ["b.png", "walk/1.png"]);
    cli::run_ok(project.root(), "pack @ --deny-warnings");
    // The image beside the PNG is its original.
    project.write("assets/hero/b.bmp", bmp(RED.0));
    cli::run_ok(project.root(), "update @ hero");
    cli::run_ok(project.root(), "undo @");
    cli::run_ok(project.root(), "undo @");
    assert!(!project.exists("assets/hero/asset.json") && !project.exists("assets/hero/b.png"));
    assert_eq!(project.read("assets/hero/walk/1.png"), plain(8, 8, RED), "the art itself stays");
    // A file from elsewhere cannot be used in a folder that exists.
    project.write("art/a.png", plain(8, 8, RED));
    assert_refused(&project, "create @ hero --type glyph_bank @/art/a.png @/assets/hero/walk/1.png", &["root-exists"]);
}

#[test]
fn composed_folders_give_free_names() {
    let project = bank();
    project.write("more/run/a.png", plain(8, 8, GREEN)).write("more/walk/a.png", plain(8, 8, RED));
    let answer = cli::run_ok(project.root(), "compose @ bank add @/more");
    // The second is equal to the file that is there.
    assert_eq!(answer["change"]["created"], json!(["assets/bank/run_a.png"]));
    assert_eq!(codes(&answer), ["folder-files"]);
    let shown = cli::run_ok(project.root(), "show @ bank");
    let files: Vec<&Value> = shown["artifacts"].as_array().unwrap().iter().map(|artifact| &artifact["file"]).collect();
    assert_eq!(files, ["a.png", "b.png", "run_a.png", "a.png"]);
    project.write("empty/readme.txt", "no art");
    assert_refused(&project, "compose @ bank add @/empty", &["file-missing"]);
    // An image beside the others is decoded beside them.
    project.write("assets/bank/more/c.bmp", bmp(RED.0));
    let answer = cli::run_ok(project.root(), "compose @ bank add @/assets/bank/more/c.bmp");
    assert_eq!(answer["change"]["created"], json!(["assets/bank/more/c.png"]));
}

/// The copy is edited, as `create` advises, and another original changes.
#[test]
fn edited_copy_of_an_unchanged_original_stays() {
    let project = bank();
    project.write("assets/bank/a.png", [plain(8, 8, RED), b"edited".to_vec()].concat());
    project.write("art/b.bmp", bmp(RED.0));
    let edited = project.read("assets/bank/a.png");
    for line in ["update @ bank", "update @ bank --force"] {
        let updated = cli::run_ok(project.root(), line);
        assert_eq!(updated["change"]["changed"], json!(["assets/bank/b.png"]), "{line}");
        assert_eq!(project.read("assets/bank/a.png"), edited);
        cli::run_ok(project.root(), "undo @");
    }
}

/// The original of a file that was decoded in place moves with the root.
#[test]
fn original_in_the_root_moves_with_it() {
    let project = TestProject::new();
    project.write("assets/one/x.bmp", bmp(RED.0));
    cli::run_ok(project.root(), "create @ one --type glyph_bank @/assets/one/x.bmp");
    cli::run_ok(project.root(), "move @ one two");
    project.write("assets/one/x.bmp", bmp(GREEN.0));
    cli::run_ok(project.root(), "create @ one --name other --type glyph_bank @/assets/one/x.bmp");
    let updated = cli::run_ok(project.root(), "update @ id:1");
    assert_eq!((&updated["change"], codes(&updated)), (&Value::Null, vec![]), "{updated}");
    project.write("assets/two/x.bmp", bmp(GREEN.0));
    let updated = cli::run_ok(project.root(), "update @ id:1 --palettes");
    assert_eq!(updated["change"]["changed"], json!(["assets/two/x.png", "assets/two/asset.json"]), "{updated}");
}

/// A file of the root that is added as it is has no original any more.
#[test]
fn file_in_place_forgets_its_original() {
    let project = bank();
    project.write("art/c.png", plain(8, 8, RED));
    cli::run_ok(project.root(), "compose @ bank add @/art/c.png");
    cli::run_ok(project.root(), "undo @");
    project.write("assets/bank/c.png", plain(8, 8, GREEN));
    cli::run_ok(project.root(), "compose @ bank add @/assets/bank/c.png");
    project.write("art/c.png", plain(8, 8, GREEN));
    let updated = cli::run_ok(project.root(), "update @ bank --force");
    assert_eq!((&updated["change"], project.read("assets/bank/c.png")), (&Value::Null, plain(8, 8, GREEN)));
}

/// What is wrong with it is said of the original: the file in the root does not change.
#[test]
fn unusable_originals_are_named() {
    let project = bank();
    let named = |code: &str| {
        let answer = cli::run_refused(project.root(), "update @ bank", &[code]).json();
        let finding = answer["findings"][0].clone();
        assert!(finding["file"].as_str().unwrap().ends_with("art/a.png"), "{finding}");
        finding["help"].as_str().unwrap().to_owned()
    };
    project.write("art/a.png", b"\xff\xd8\xff\xe0");
    named("image-not-png");
    project.write("art/a.png", plain(8, 8, Rgb([0x20, 0x40, 0xF0])));
    assert!(named("colors-undeclared").contains("`--palettes`"));
    cli::run_ok(project.root(), "update @ bank --palettes");
}

/// A new version of a file has its name, wherever it is.
#[test]
fn new_version_replaces_its_file() {
    let project = bank();
    project.write("new/a.png", plain(8, 8, GREEN)).write("new/b.bmp", bmp(RED.0));
    let before = tree::read_tree(&project.at("assets/bank"));
    let replaced = edit(&project, "compose @ bank replace a.png @/new/a.png");
    assert_eq!(replaced["change"]["changed"], json!(["assets/bank/a.png"]));
    assert_eq!(project.read("assets/bank/a.png"), plain(8, 8, GREEN));
    let replaced = edit(&project, "compose @ bank replace b.png @/new/b.bmp");
    assert_eq!(replaced["change"]["changed"], json!(["assets/bank/b.png"]));
    project.write("new/a.png", plain(8, 8, RED));
    cli::run_ok(project.root(), "update @ bank");
    assert_eq!(project.read("assets/bank/a.png"), plain(8, 8, RED));
    for _ in 0..3 {
        cli::run_ok(project.root(), "undo @");
    }
    tree::assert_same(&before, &tree::read_tree(&project.at("assets/bank")), "undone");
    // Another artifact uses the file.
    let again = "\"index\": 0 }, { \"file\": \"a.png\", \"index\": 2";
    project.edit("assets/bank/asset.json", "\"index\": 0", again);
    project.write("new/a.png", plain(8, 8, GREEN));
    assert_refused(&project, "compose @ bank replace 2 @/new/a.png", &["file-name-twice"]);
}

/// What is decoded gets a free name beside a file that is there; the file itself keeps its name.
#[test]
fn decoded_files_in_place_keep_others() {
    let project = TestProject::new();
    project.write("assets/art/s/f.bmp", bmp(RED.0)).write("assets/art/s/f.png", plain(8, 8, GREEN));
    let line = "create @ art --type glyph_bank @/assets/art";
    let created = edit(&project, line);
    assert_eq!(created["change"]["created"], json!(["assets/art/s/s_f.png", "assets/art/asset.json"]));
    assert_eq!(project.read("assets/art/s/f.png"), plain(8, 8, GREEN));
    cli::run_ok(project.root(), "pack @");
    // Named alone, it is refused.
    project.write("assets/two/f.bmp", bmp(RED.0)).write("assets/two/f.png", plain(8, 8, GREEN));
    cli::run_refused(project.root(), "create @ two --type glyph_bank @/assets/two/f.bmp", &["file-name-twice"]);
    let both = "create @ two --type glyph_bank @/assets/two/f.bmp @/assets/two/f.png";
    cli::run_refused(project.root(), both, &["file-name-twice"]);
    // A folder in the root of a bank that exists.
    project.write("assets/art/t/g.bmp", bmp(RED.0)).write("assets/art/t/g.png", plain(8, 8, GREEN));
    let added = edit(&project, "compose @ art add @/assets/art/t");
    assert_eq!(added["change"]["created"], json!(["assets/art/t/t_g.png"]));
}

/// After an undo, the file has the content of an earlier original, which counts again.
#[test]
fn undo_brings_back_the_original() {
    let project = bank();
    project.write("new/a.png", plain(8, 8, GREEN));
    cli::run_ok(project.root(), "compose @ bank replace a.png @/new/a.png");
    cli::run_ok(project.root(), "undo @");
    let updated = cli::run_ok(project.root(), "update @ bank");
    assert_eq!((&updated["change"], codes(&updated)), (&Value::Null, vec![]), "{updated}");
    std::fs::remove_file(project.at("new/a.png")).unwrap();
    project.write("art/a.png", plain(8, 8, GREEN));
    let updated = cli::run_ok(project.root(), "update @ bank");
    assert_eq!(updated["change"]["changed"], json!(["assets/bank/a.png"]), "{updated}");
}

#[test]
fn replaced_palette_of_another_bank_is_named() {
    let project = TestProject::new();
    let image = |color: Rgb| Png::indexed(8, 8, &[KEY, color], |_, _| 1).bytes();
    project.write("art/a.png", image(RED)).write("art/b.png", image(RED)).write("new/a.png", image(GREEN));
    cli::run_ok(project.root(), "create @ one --type glyph_bank @/art/a.png");
    cli::run_ok(project.root(), "create @ two --type glyph_bank @/art/b.png");
    cli::run_ok(project.root(), "palettes @ two --import @/assets/one/a.png --as 0 --link");
    let replaced = cli::run_ok(project.root(), "compose @ one replace a.png @/new/a.png --palettes");
    assert!(codes(&replaced).contains(&"palette-changed"), "{replaced}");
}

/// Copies a folder with all that it contains.
fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => copy_folder(&entry.path(), &to.join(entry.file_name())),
            false => drop(std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

/// A context of a change of the project `from`. At this point, `to` gets what a killed process would leave.
fn killed_at(point: FaultPoint, from: &TestProject, to: &TestProject) -> Context {
    let (from, to, point) = (from.root().to_owned(), to.root().to_owned(), format!("{point:?}"));
    std::fs::remove_dir_all(to.join("assets")).unwrap();
    Context::new().with_faults(move |reached| {
        if format!("{reached:?}") == point && !to.join("art").exists() {
            copy_folder(&from, &to);
        }
        Ok(())
    })
}

/// What the next writer completes has its origins, so that no file seems to be edited.
#[test]
fn killed_changes_keep_their_origins() {
    let (project, killed) = (bank(), TestProject::new());
    project.write("art/a.png", plain(8, 8, GREEN));
    let update = EditAsset::new(project.root(), "bank", AssetEdit::Update(UpdateOptions::default()));
    let context = killed_at(FaultPoint::WorkspaceFileWrite, &project, &killed);
    assert!(update.run(&context).unwrap().change.is_some());
    assert_eq!(killed.read("assets/bank/a.png"), plain(8, 8, RED), "it was killed before");
    // The originals are relative to the project, so they are those of the copy.
    killed.write("art/a.png", plain(16, 8, RED));
    let updated = cli::run_ok(killed.root(), "update @ bank");
    assert_eq!(codes(&updated), ["change-completed"], "{updated}");
    assert_eq!(killed.read("assets/bank/a.png"), plain(16, 8, RED));
    // The same for a new asset.
    let (project, killed) = (TestProject::new(), TestProject::new());
    project.write("art/a.png", plain(8, 8, RED));
    let (bank, file) = (NewBank::Glyph(NewGlyph::default()), project.at("art/a.png"));
    let create = CreateAsset::new(project.root(), "bank", bank, vec![file]);
    create.run(&killed_at(FaultPoint::RegistryWrite, &project, &killed)).unwrap();
    killed.write("art/a.png", plain(16, 8, RED));
    let updated = cli::run_ok(killed.root(), "update @ id:1");
    assert_eq!(codes(&updated), ["change-completed"], "{updated}");
    assert_eq!(killed.read("assets/bank/a.png"), plain(16, 8, RED));
}

/// The content that is replaced is then in the record alone, until the folder is back.
#[test]
fn moved_folder_loses_no_replaced_file() {
    let project = bank();
    project.write("art/a.png", plain(8, 8, GREEN)).write("art/b.bmp", bmp(RED.0));
    let before = tree::read_tree(&project.at("assets/bank"));
    let (folder, away, writes) = (project.at("assets/bank"), project.at("assets/away"), AtomicU32::new(0));
    let moved = (folder.clone(), away.clone());
    let context = Context::new().with_faults(move |point| {
        if point == FaultPoint::WorkspaceFileStaged && writes.fetch_add(1, Ordering::Relaxed) == 1 {
            std::fs::rename(&moved.0, &moved.1).unwrap();
        }
        Ok(())
    });
    let update = EditAsset::new(project.root(), "bank", AssetEdit::Update(UpdateOptions::default()));
    let findings = update.refusal(&update.run(&context).unwrap_err());
    assert_eq!(support::codes(&findings), ["source-changing", "change-unfinished"]);
    assert!(findings.iter().all(|finding| !finding.message.contains("nothing was")), "{findings:?}");
    std::fs::rename(&away, &folder).unwrap();
    let packed = cli::run_ok(project.root(), "pack @");
    assert_eq!(codes(&packed), ["change-completed"], "{packed}");
    tree::assert_same(&before, &tree::read_tree(&folder), "taken back");
}

/// What a change would have written is not remembered if it is not made.
#[test]
fn failed_changes_remember_nothing() {
    let project = bank();
    let files = || tree::read_tree(&project.at("assets/.prometeu/history"));
    let before = files();
    project.write("art/a.png", plain(8, 8, GREEN));
    let update = EditAsset::new(project.root(), "bank", AssetEdit::Update(UpdateOptions::default()));
    let context = Context::new().with_faults(|point| match point {
        FaultPoint::WorkspaceFileWrite => Err(std::io::Error::other("no")),
        _ => Ok(()),
    });
    assert!(update.run(&context).is_err());
    tree::assert_same(&before, &files(), "failed");
}

/// As the help of `origin-edited` advises.
#[test]
fn copied_over_original_is_remembered() {
    let project = bank();
    let edited = [plain(8, 8, RED), b"edited".to_vec()].concat();
    project.write("assets/bank/a.png", &edited).write("art/a.png", plain(8, 8, GREEN));
    assert_refused(&project, "update @ bank", &["origin-edited"]);
    project.write("art/a.png", &edited);
    assert_eq!(cli::run_ok(project.root(), "update @ bank")["change"], Value::Null);
    project.write("art/a.png", plain(8, 8, GREEN));
    let updated = cli::run_ok(project.root(), "update @ bank");
    assert_eq!(updated["change"]["changed"], json!(["assets/bank/a.png"]));
}

/// An original in the root of another asset moves with that.
#[test]
fn original_in_another_root_moves_with_it() {
    let project = bank();
    cli::run_ok(project.root(), "create @ copy --type glyph_bank @/assets/bank/a.png");
    cli::run_ok(project.root(), "move @ bank characters/hero");
    project.write("assets/characters/hero/a.png", plain(8, 8, GREEN));
    let updated = cli::run_ok(project.root(), "update @ copy --palettes");
    assert!(updated["change"]["changed"].as_array().unwrap().contains(&json!("assets/copy/a.png")), "{updated}");
    cli::run_ok(project.root(), "undo @");
    cli::run_ok(project.root(), "undo @");
    project.write("assets/bank/a.png", plain(16, 8, RED));
    let updated = cli::run_ok(project.root(), "update @ copy");
    assert!(updated["change"]["changed"].as_array().unwrap().contains(&json!("assets/copy/a.png")), "{updated}");
}

/// A folder that is not the root of a registered asset any more is still there.
#[test]
fn originals_in_forgotten_roots_are_fetched() {
    let project = bank();
    cli::run_ok(project.root(), "create @ copy --type glyph_bank @/assets/bank/a.png");
    cli::run_ok(project.root(), "forget @ bank");
    project.write("assets/bank/a.png", plain(8, 8, GREEN));
    let updated = cli::run_ok(project.root(), "update @ copy --palettes");
    assert!(updated["change"]["changed"].as_array().unwrap().contains(&json!("assets/copy/a.png")), "{updated}");
    // It is registered again, and moved.
    cli::run_ok(project.root(), "register @ bank");
    cli::run_ok(project.root(), "move @ bank hero");
    project.write("assets/hero/a.png", plain(16, 8, GREEN));
    let updated = cli::run_ok(project.root(), "update @ copy");
    assert!(updated["change"]["changed"].as_array().unwrap().contains(&json!("assets/copy/a.png")), "{updated}");
    cli::run_ok(project.root(), "remove @ hero");
    assert_eq!(codes(&cli::run_ok(project.root(), "update @ copy")), ["origin-missing"]);
}

#[test]
#[cfg(unix)]
fn broken_links_are_missing_originals() {
    let project = bank();
    std::fs::remove_file(project.at("art/a.png")).unwrap();
    std::os::unix::fs::symlink("gone.png", project.at("art/a.png")).unwrap();
    assert_eq!(codes(&cli::run_ok(project.root(), "update @ bank")), ["origin-missing"]);
}

/// What is wrong with an original is found in the file that it would become.
#[test]
fn palettes_are_refused_for_the_original() {
    let project = bank();
    let whole = plain(8, 8, RED);
    let many = Png::rgb(8, 8, |x, y| Rgb([x, y, 0].map(|side| u8::try_from(side * 32).unwrap()))).bytes();
    for (broken, code) in [
        (whole[..40].to_vec(), "image-cut"),
        (b"text".to_vec(), "image-not-png"),
        (plain(9, 8, RED), "image-size"),
        (many, "too-many-colors"),
    ] {
        project.write("art/a.png", &broken).write("new/n.png", &broken);
        for (command, original) in [
            ("update @ bank --palettes", "art/a.png"),
            ("compose @ bank add @/new/n.png --palettes", "new/n.png"),
            ("compose @ bank replace b.png @/new/n.png --palettes", "new/n.png"),
        ] {
            let refused = cli::run_refused(project.root(), command, &[code]);
            let file = refused.json()["findings"][0]["file"].as_str().unwrap().to_owned();
            assert!(file.ends_with(original), "{command}: {file}");
        }
    }
}
