//! `pack --check` compares all four files with what a pack would write, names the first difference, and writes nothing.

use packer_services::project::OUTPUTS;
use serde_json::{Value, json};
use support::TestProject;

use crate::{cli, scenes, tree};

/// Checks, demands differences, and gives them as (file, byte, message).
fn differences(project: &TestProject) -> Vec<(String, Option<u64>, String)> {
    let before = tree::stamps(project.root());
    let ended = cli::ask(project.root(), "pack @ --check");
    assert_eq!(ended.code, 3, "{}{}", ended.stdout, ended.stderr);
    tree::assert_same(&before, &tree::stamps(project.root()), "a check");
    let answer = ended.json();
    assert_eq!(answer["published"], "differs");
    let difference = |finding: &Value| {
        assert_eq!(finding["code"], "pack-differs");
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        (text("file"), finding["places"][0]["offset"].as_u64(), text("message"))
    };
    answer["findings"].as_array().unwrap().iter().map(difference).collect()
}

#[test]
fn what_was_just_packed_is_up_to_date_and_a_check_writes_nothing() {
    let (project, _) = scenes::packed();
    let before = tree::stamps(project.root());
    let answer = cli::done(project.root(), "pack @ --check");
    assert_eq!((&answer["published"], &answer["findings"]), (&json!("up-to-date"), &json!([])));
    tree::assert_same(&before, &tree::stamps(project.root()), "a check");
}

#[test]
fn without_a_pack_all_four_are_missing_and_no_folder_is_made() {
    let project = scenes::small();
    let files: Vec<String> = differences(&project).into_iter().map(|(file, ..)| file).collect();
    let mut expected: Vec<String> = OUTPUTS.iter().map(|name| format!("build/{name}")).collect();
    expected.sort();
    assert_eq!(files, expected);
}

#[test]
fn each_missing_file_is_a_difference() {
    for name in OUTPUTS {
        let (project, _) = scenes::packed();
        std::fs::remove_file(project.at("build").join(name)).unwrap();
        let found = differences(&project);
        assert_eq!((found.len(), found[0].0.as_str()), (1, format!("build/{name}").as_str()));
        assert!(found[0].2.contains("does not exist"), "{found:?}");
    }
}

#[test]
fn each_altered_file_is_a_difference_with_its_first_byte() {
    for (name, bytes) in std::iter::zip(OUTPUTS, scenes::packed().1) {
        let whole = bytes.unwrap();
        let last = whole.len() - 1;
        let flipped = [&whole[..last], &[whole[last] ^ 1]].concat();
        let longer = [whole.as_slice(), b"\n"].concat();
        for (altered, at) in [(flipped, last), (whole[..last].to_vec(), last), (longer, whole.len())] {
            let (project, _) = scenes::packed();
            project.write(&format!("build/{name}"), &altered);
            let found = differences(&project);
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!((found[0].0.as_str(), found[0].1), (format!("build/{name}").as_str(), Some(at as u64)));
        }
    }
}

#[test]
fn the_first_differing_asset_is_named_with_the_byte() {
    let (project, outputs) = scenes::packed();
    let pack = outputs[3].as_ref().unwrap();
    let blip = pack.len() - 8;
    for (flip, whose) in
        [(0, "prelude"), (40, "header"), (blip - 1, "asset 1 (ui/icons)"), (blip, "asset 2 (sfx/blip)")]
    {
        let mut altered = pack.clone();
        altered[flip] ^= 0x80;
        // A later difference is not what is told.
        altered[blip + 5] ^= 1;
        project.write("build/assets.pa", &altered);
        let found = differences(&project);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].1, Some(flip as u64), "{found:?}");
        assert!(found[0].2.contains(whose), "{found:?}");
    }
}

#[test]
fn a_changed_source_is_a_difference() {
    let (project, _) = scenes::packed();
    project.edit(scenes::ICONS, "ui_icons", "ui_glyphs");
    let files: Vec<String> = differences(&project).into_iter().map(|(file, ..)| file).collect();
    assert_eq!(files, ["build/asset_table.json", "build/asset_table_metadata.json", "build/assets.pa"]);
}
