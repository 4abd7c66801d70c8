//! `pack` publishes four files together, or nothing if something blocks it.

use packer_services::ops::OUTPUTS;
use serde_json::json;
use support::TestProject;

use crate::fixtures::{self, Change};
use crate::{cli, tree};

#[test]
fn pack_publishes_exactly_four_files() {
    let project = fixtures::small_project();
    let before = tree::read_tree(project.root());
    let answer = cli::run_ok(project.root(), "pack @");
    let mut after = tree::read_tree(project.root());
    assert!(after.remove("build").is_some());
    for name in OUTPUTS {
        assert!(after.remove(&format!("build/{name}")).is_some(), "{name}");
    }
    for name in ["cache.json", "identities.json"] {
        assert!(after.remove(&format!("assets/.prometeu/{name}")).is_some(), "{name}, which is not an output");
    }
    tree::assert_same(&before, &after, "pack");
    let bytes = project.pack_bytes();
    assert_eq!(answer["pack"]["size_bytes"], bytes.len());
    assert_eq!(answer["pack"]["sha256"], packer_services::Sha::of(&bytes).to_string());
    assert_eq!(answer["published"], "published");
}

#[test]
fn packing_again_gives_the_same_bytes() {
    let (project, outputs) = fixtures::packed_project();
    cli::run_ok(project.root(), "pack @");
    assert!(project.outputs() == outputs);
}

#[test]
fn blocked_pack_keeps_the_old_one() {
    let (project, _) = fixtures::packed_project();
    let before = tree::read_stamps(&project.at("build"));
    project.write(fixtures::TILE, "GIF89a").write(fixtures::BLIP, "OggS");
    let output = cli::run_refused(project.root(), "pack @", &["image-not-png", "sound-not-wav"]);
    assert_eq!(output.json()["published"], "blocked");
    tree::assert_same(&before, &tree::read_stamps(&project.at("build")), "a blocked pack");
}

#[test]
fn blocked_first_pack_creates_no_folder() {
    let project = fixtures::small_project();
    fixtures::NO_PNG.apply_to(&project);
    cli::run_refused(project.root(), "pack @", &["image-not-png"]);
    assert!(!project.exists("build"));
}

#[test]
fn one_denied_warning_publishes_nothing() {
    let (project, _) = fixtures::packed_project();
    fixtures::UNTIDY.apply_to(&project);
    let before = tree::read_stamps(&project.at("build"));
    let output = cli::run_refused(project.root(), "pack @ --deny-warnings", &["warnings-denied", "image-trailing"]);
    assert_eq!(output.json()["published"], "blocked");
    tree::assert_same(&before, &tree::read_stamps(&project.at("build")), "a denied warning");
    assert_eq!(
        cli::run_json(project.root(), "pack @").codes(),
        ["image-trailing"],
        "without the option it is packed with the warning"
    );
}

#[test]
fn empty_pack_is_published_and_explained() {
    let empty = TestProject::new();
    assert!(cli::run(empty.root(), "pack @").stdout.contains("packed 0 assets: none is registered"));
    cli::run_ok(empty.root(), "verify @/build/assets.pa");

    let project = fixtures::small_project();
    fixtures::EXCLUDE_ICONS.apply_to(&project);
    fixtures::EXCLUDE_ICONS.apply_to(&project);
    assert!(cli::run(project.root(), "pack @").stdout.contains("packed 0 assets: all 2 are excluded from the build"));
    let header = cli::run_ok(project.root(), "inspect @/build/assets.pa");
    assert_eq!(header["header"]["asset_table"], json!([]));
}

#[test]
fn errors_of_excluded_assets_do_not_block() {
    for change in [
        fixtures::NO_PNG,
        Change::Remove(fixtures::TILE),
        Change::Edit(fixtures::ICONS, "\"name\"", "\"nmae\""),
        Change::Edit(fixtures::ICONS, ",", ",,"),
        Change::Edit(fixtures::ICONS, "ui_icons", "sfx_blip"),
    ] {
        let project = fixtures::small_project();
        fixtures::EXCLUDE_ICONS.apply_to(&project);
        change.apply_to(&project);
        let answer = cli::run_ok(project.root(), "pack @");
        assert_eq!(answer["assets"].as_array().map(Vec::len), Some(1), "{change:?}");
        assert_eq!(answer["excluded"], 1, "{change:?}");
        let findings = answer["findings"].as_array().unwrap();
        assert!(findings.iter().all(|finding| finding["severity"] == "note"), "{change:?}: {findings:?}");
    }
}

#[test]
fn excluded_asset_needs_declaration_and_uuid() {
    let other = support::uuid(7).to_string().leak();
    let mine = support::uuid(1).to_string().leak();
    for (change, code) in [
        (Change::Remove(fixtures::ICONS), "anchor-missing"),
        (Change::Edit(fixtures::ICONS, mine, other), "uuid-differs"),
    ] {
        let project = fixtures::small_project();
        fixtures::EXCLUDE_ICONS.apply_to(&project);
        change.apply_to(&project);
        cli::run_refused(project.root(), "pack @", &[code]);
    }
}

#[test]
fn unregistered_root_is_ignored() {
    let project = fixtures::small_project();
    project.write("assets/found/asset.json", "{}").write("assets/ui/icons/inner/asset.json", "not JSON");
    let answer = cli::run_ok(project.root(), "pack @");
    assert_eq!((answer["assets"].as_array().map(Vec::len), &answer["findings"]), (Some(2), &json!([])));
}

#[test]
fn open_reader_keeps_the_old_pack() {
    use std::io::{Read, Seek};
    let (project, outputs) = fixtures::packed_project();
    let mut reader = std::fs::File::options().read(true).open(project.at("build/assets.pa")).unwrap();
    project.edit(fixtures::ICONS, "ui_icons", "ui_other");
    cli::run_ok(project.root(), "pack @");
    let mut bytes = Vec::new();
    reader.rewind().unwrap();
    reader.read_to_end(&mut bytes).unwrap();
    assert!(outputs.last().unwrap().as_ref() == Some(&bytes) && project.pack_bytes() != bytes);
}
