//! `verify` reads a pack strictly, and compares all four files if the companions are beside it. With
//! `--against`, it compares the pack with a project.

use packer_services::ops::OUTPUTS;
use serde_json::{Value, json};
use support::sounds::Wav;
use support::{GREEN, RED, TestProject, images};

use crate::fixtures::{BLIP, Change, EXCLUDE_ICONS, ICONS, TILE};
use crate::{cli, fixtures, tree};

#[test]
fn pack_with_companions_is_fully_checked() {
    let (project, _) = fixtures::packed_project();
    let before = tree::read_stamps(project.root());
    let answer = cli::run_ok(project.root(), "verify @/build/assets.pa");
    assert_eq!((&answer["payload_checked"], &answer["findings"]), (&json!(true), &json!([])));
    assert_eq!(answer["sha256"], packer_services::Sha::of(&project.pack_bytes()).to_string());
    tree::assert_same(&before, &tree::read_stamps(project.root()), "verify");
}

#[test]
fn pack_without_companions_has_unchecked_payload() {
    let (project, _) = fixtures::packed_project();
    project.write("cartridge/assets.pa", project.pack_bytes());
    let output = cli::run(project.root(), "verify @/cartridge/assets.pa");
    assert_eq!(output.code, 0);
    assert!(output.stdout.contains("payload bytes not checked"), "{}", output.stdout);
    let answer = cli::run_ok(project.root(), "verify @/cartridge/assets.pa");
    assert_eq!(answer["payload_checked"], false);
    assert_eq!(answer["findings"][0]["code"], "payload-unchecked");
}

#[test]
fn renamed_copy_is_not_compared() {
    let (project, _) = fixtures::packed_project();
    project.write("build/old.pa", project.pack_bytes()).write("build/preload.json", "[7]");
    assert_eq!(cli::run_ok(project.root(), "verify @/build/old.pa")["payload_checked"], false);
}

#[test]
fn missing_or_changed_companion_is_an_error() {
    for name in &OUTPUTS[..3] {
        let file = format!("build/{name}");
        let (project, _) = fixtures::packed_project();
        let mut changed = project.read(&file);
        changed.push(b'\n');
        for change in [None, Some(changed), Some(b"{}".to_vec()), Some(Vec::new())] {
            match &change {
                None => std::fs::remove_file(project.at(&file)).unwrap(),
                Some(bytes) => drop::<&_>(project.write(&file, bytes)),
            }
            let output = cli::run_refused(project.root(), "verify @/build/assets.pa", &["companion-differs"]);
            let finding = &output.json()["findings"][0];
            assert_eq!(finding["file"], project.at(&file).to_string_lossy().as_ref());
            assert!(finding["message"].as_str().unwrap().contains("the files were not written together"), "{finding}");
        }
    }
}

#[test]
fn changed_payload_needs_companions_to_show() {
    let (project, _) = fixtures::packed_project();
    let mut bytes = project.pack_bytes();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    project.write("build/assets.pa", &bytes).write("elsewhere/assets.pa", &bytes);
    cli::run_refused(project.root(), "verify @/build/assets.pa", &["companion-differs"]);
    cli::run_ok(project.root(), "verify @/elsewhere/assets.pa");
}

#[test]
fn files_of_two_packs_differ() {
    let (project, outputs) = fixtures::packed_project();
    project.edit(fixtures::ICONS, "ui_icons", "ui_glyphs");
    project.pack();
    for (name, old) in std::iter::zip(OUTPUTS, outputs) {
        let new = project.read(&format!("build/{name}"));
        if old.as_ref() == Some(&new) {
            continue;
        }
        project.write(&format!("build/{name}"), old.unwrap());
        let output = cli::run_json(project.root(), "verify @/build/assets.pa");
        assert_eq!(output.code, 1, "an old {name}");
        assert!(output.codes().iter().all(|code| code == "companion-differs"), "{:?}", output.codes());
        project.write(&format!("build/{name}"), new);
    }
    cli::run_ok(project.root(), "verify @/build/assets.pa");
}

/// Asserts what `verify --against` reports: the exit code, and (added, removed, changed with their parts) by id. The
/// hash of the clean pack is that of the file exactly if nothing differs.
fn assert_compared(project: &TestProject, file: &str, code: i32, expected: Value) {
    let before = tree::read_stamps(project.root());
    let output = cli::run_json(project.root(), &format!("verify @/{file} --against @"));
    assert_eq!(output.code, code, "{}", output.stdout);
    tree::assert_same(&before, &tree::read_stamps(project.root()), "verify --against");
    let answer = output.json();
    let against = &answer["against"];
    let ids = |member: &str| -> Vec<Value> {
        against[member].as_array().unwrap().iter().map(|asset| asset["asset_id"].clone()).collect()
    };
    let changed = against["changed"].as_array().unwrap().iter();
    let changed: Vec<Value> = changed.map(|asset| json!([asset["asset_id"], asset["differs"]])).collect();
    assert_eq!(json!([ids("added"), ids("removed"), changed]), expected, "{answer:#}");
    let is_same = expected == json!([[], [], []]);
    assert_eq!(answer["sha256"] == against["sha256"], is_same, "{answer:#}");
    let differences = output.codes().iter().filter(|code| *code == "pack-differs").count();
    let parts = expected.as_array().unwrap().iter().map(|part| part.as_array().unwrap().len());
    assert_eq!(differences, parts.sum::<usize>(), "{answer:#}");
}

/// The small project, with its pack as a lone file.
fn project_with_pack() -> TestProject {
    let (project, _) = fixtures::packed_project();
    project.write("game.pa", project.pack_bytes());
    std::fs::remove_dir_all(project.at("build")).unwrap();
    project
}

#[test]
fn pack_of_the_project_is_the_same() {
    let project = project_with_pack();
    assert_compared(&project, "game.pa", 0, json!([[], [], []]));
    let output = cli::run(project.root(), "verify @/game.pa --against @");
    assert!(output.stdout.contains("payload bytes checked\n"), "{}", output.stdout);
    assert!(output.stdout.contains("it is what "), "{}", output.stdout);
    assert_eq!(cli::run_ok(project.root(), "verify @/game.pa --against @")["findings"], json!([]));
}

#[test]
fn each_difference_from_project_is_named() {
    let longer = || Wav::mono16(22_050, &[0, 100, -100, 0, 7]).bytes();
    type Case<'c> = (&'c dyn Fn(&mut TestProject), Value);
    let cases: [Case<'_>; 7] = [
        (&|project| Change::Edit(ICONS, "ui_icons", "glyphs").apply_to(project), json!([[], [], [[1, ["name"]]]])),
        (
            &|project| {
                project.write(TILE, images::checker(8, 8, GREEN, RED));
            },
            json!([[], [], [[1, ["payload"]]]]),
        ),
        (
            &|project| Change::Edit(ICONS, "\"enabled\": false", "\"enabled\": true").apply_to(project),
            json!([[], [], [[1, ["slot"]]]]),
        ),
        (
            &|project| {
                project.write(BLIP, longer());
            },
            json!([[], [], [[2, ["metadata", "payload"]]]]),
        ),
        (
            &|project| {
                project.add_sound("sfx/new");
            },
            json!([[3], [], []]),
        ),
        (&|project| EXCLUDE_ICONS.apply_to(project), json!([[], [1], []])),
        (
            &|project| {
                EXCLUDE_ICONS.apply_to(project);
                project.edit("assets/sfx/blip/asset.json", "sfx_blip", "beep");
            },
            json!([[], [1], [[2, ["name"]]]]),
        ),
    ];
    for (change, expected) in cases {
        let mut project = project_with_pack();
        change(&mut project);
        assert_compared(&project, "game.pa", 3, expected);
    }
}

#[test]
fn comparison_reads_nothing_of_build() {
    let project = project_with_pack();
    // A companion that says that a root was packed which the registry has lost.
    project.write("build/asset_table_metadata.json", "{").write("build/assets.pa", "torn");
    assert_compared(&project, "game.pa", 0, json!([[], [], []]));
}

#[test]
fn broken_project_or_pack_is_not_compared() {
    let project = project_with_pack();
    let mut damaged = project.read("game.pa");
    damaged[0] = b'X';
    project.write("damaged.pa", damaged);
    let output = cli::run_refused(project.root(), "verify @/damaged.pa --against @", &["pack-magic"]);
    assert_eq!(output.json()["against"], Value::Null);
    project.write(TILE, "no image");
    let output = cli::run_json(project.root(), "verify @/game.pa --against @");
    assert_eq!((output.code, output.codes().contains(&"image-not-png".to_owned())), (1, true), "{}", output.stdout);
    assert_eq!(output.json()["against"], Value::Null);
    let output = cli::run_json(project.root(), "verify @/game.pa --against @/nowhere");
    assert_eq!((output.code, output.codes()), (2, vec!["not-a-project".to_owned()]));
}

#[test]
fn damaged_payload_differs_from_project() {
    let project = project_with_pack();
    let mut bytes = project.read("game.pa");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    project.write("game.pa", bytes);
    assert_compared(&project, "game.pa", 3, json!([[], [], [[2, ["payload"]]]]));
}

#[test]
fn pack_is_not_blamed_for_the_project() {
    let (project, _) = fixtures::packed_project();
    std::fs::remove_file(project.at(fixtures::TILE)).unwrap();
    let output = cli::run(project.root(), "verify @/build/assets.pa --against @");
    assert_eq!(output.code, 1);
    assert!(output.stdout.contains("is a valid pack"), "{}", output.stdout);
    assert!(
        output.stdout.ends_with("it was not compared with the project, which does not pack\n"),
        "{}",
        output.stdout
    );
    let answer = cli::run_json(project.root(), "verify @/build/assets.pa --against @").json();
    assert_eq!((&answer["valid"], &answer["against"]), (&json!(true), &json!(null)));
}
