//! `pack --check` compares all four files with a new pack, reports the first difference, and writes nothing.

use packer_services::ops::OUTPUTS;
use serde_json::{Value, json};
use support::TestProject;

use crate::{cli, fixtures, tree};

/// Checks, asserts that there are differences, and returns them as (file, byte, message).
fn differences(project: &TestProject) -> Vec<(String, Option<u64>, String)> {
    let before = tree::read_stamps(project.root());
    let output = cli::run_json(project.root(), "pack @ --check");
    assert_eq!(output.code, 3, "{}{}", output.stdout, output.stderr);
    tree::assert_same(&before, &tree::read_stamps(project.root()), "`pack --check`");
    let answer = output.json();
    assert_eq!(answer["published"], "differs");
    let difference = |finding: &Value| {
        assert_eq!(finding["code"], "pack-differs");
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        (text("file"), finding["places"][0]["offset"].as_u64(), text("message"))
    };
    answer["findings"].as_array().unwrap().iter().map(difference).collect()
}

#[test]
fn check_after_pack_is_up_to_date() {
    let (project, _) = fixtures::packed_project();
    let before = tree::read_stamps(project.root());
    let answer = cli::run_ok(project.root(), "pack @ --check");
    assert_eq!((&answer["published"], &answer["findings"]), (&json!("up-to-date"), &json!([])));
    tree::assert_same(&before, &tree::read_stamps(project.root()), "`pack --check`");
}

#[test]
fn check_without_pack_reports_four_files() {
    let project = fixtures::small_project();
    let files: Vec<String> = differences(&project).into_iter().map(|(file, ..)| file).collect();
    let mut expected: Vec<String> = OUTPUTS.iter().map(|name| format!("build/{name}")).collect();
    expected.sort();
    assert_eq!(files, expected);
}

#[test]
fn missing_file_is_a_difference() {
    for name in OUTPUTS {
        let (project, _) = fixtures::packed_project();
        std::fs::remove_file(project.at("build").join(name)).unwrap();
        let found = differences(&project);
        assert_eq!((found.len(), found[0].0.as_str()), (1, format!("build/{name}").as_str()));
        assert!(found[0].2.contains("does not exist"), "{found:?}");
    }
}

#[test]
fn changed_file_differs_at_first_byte() {
    for (name, bytes) in std::iter::zip(OUTPUTS, fixtures::packed_project().1) {
        let original = bytes.unwrap();
        let last = original.len() - 1;
        let flipped = [&original[..last], &[original[last] ^ 1]].concat();
        let longer = [original.as_slice(), b"\n"].concat();
        for (changed, at) in [(flipped, last), (original[..last].to_vec(), last), (longer, original.len())] {
            let (project, _) = fixtures::packed_project();
            project.write(&format!("build/{name}"), &changed);
            let found = differences(&project);
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!((found[0].0.as_str(), found[0].1), (format!("build/{name}").as_str(), Some(at as u64)));
        }
    }
}

#[test]
fn first_differing_asset_is_named() {
    let (project, outputs) = fixtures::packed_project();
    let pack = outputs[3].as_ref().unwrap();
    let blip = pack.len() - 8;
    for (at, place) in [(0, "prelude"), (40, "header"), (blip - 1, "asset 1 (ui/icons)"), (blip, "asset 2 (sfx/blip)")]
    {
        let mut changed = pack.clone();
        changed[at] ^= 0x80;
        // A later difference is not reported.
        changed[blip + 5] ^= 1;
        project.write("build/assets.pa", &changed);
        let found = differences(&project);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].1, Some(at as u64), "{found:?}");
        assert!(found[0].2.contains(place), "{found:?}");
    }
}

#[test]
fn changed_source_is_a_difference() {
    let (project, _) = fixtures::packed_project();
    project.edit(fixtures::ICONS, "ui_icons", "ui_glyphs");
    let files: Vec<String> = differences(&project).into_iter().map(|(file, ..)| file).collect();
    assert_eq!(files, ["build/asset_table.json", "build/asset_table_metadata.json", "build/assets.pa"]);
}
