//! `pack` publishes four files as one, and nothing if something blocks it.

use packer_services::project::OUTPUTS;
use serde_json::json;
use support::TestProject;

use crate::scenes::{self, Change};
use crate::{cli, tree};

#[test]
fn four_files_are_published_and_no_other() {
    let project = scenes::small();
    let before = tree::tree(project.root());
    let answer = cli::done(project.root(), "pack @");
    let mut after = tree::tree(project.root());
    assert!(after.remove("build").is_some());
    for name in OUTPUTS {
        assert!(after.remove(&format!("build/{name}")).is_some(), "{name}");
    }
    assert!(after.remove("assets/.prometeu/cache.json").is_some(), "and the cache, which is no output");
    tree::assert_same(&before, &after, "pack");
    let bytes = project.pack_bytes();
    assert_eq!(answer["pack"]["size_bytes"], bytes.len());
    assert_eq!(answer["pack"]["sha256"], packer_services::files::Sha::of(&bytes).to_string());
    assert_eq!(answer["published"], "published");
}

#[test]
fn packing_again_gives_the_same_bytes() {
    let (project, outputs) = scenes::packed();
    cli::done(project.root(), "pack @");
    assert!(project.outputs() == outputs);
}

#[test]
fn what_blocks_leaves_the_old_pack_as_it_was() {
    let (project, _) = scenes::packed();
    let before = tree::stamps(&project.at("build"));
    project.write(scenes::TILE, "GIF89a").write(scenes::BLIP, "OggS");
    let ended = cli::refused(project.root(), "pack @", &["image-not-png", "sound-not-wav"]);
    assert_eq!(ended.json()["published"], "blocked");
    tree::assert_same(&before, &tree::stamps(&project.at("build")), "a blocked pack");
}

#[test]
fn what_blocks_the_first_pack_leaves_no_folder() {
    let project = scenes::small();
    scenes::NO_PNG.happen(&project);
    cli::refused(project.root(), "pack @", &["image-not-png"]);
    assert!(!project.exists("build"));
}

#[test]
fn one_denied_warning_publishes_nothing() {
    let (project, _) = scenes::packed();
    scenes::UNTIDY.happen(&project);
    let before = tree::stamps(&project.at("build"));
    let ended = cli::refused(project.root(), "pack @ --deny-warnings", &["warnings-denied", "image-trailing"]);
    assert_eq!(ended.json()["published"], "blocked");
    tree::assert_same(&before, &tree::stamps(&project.at("build")), "a denied warning");
    assert_eq!(cli::ask(project.root(), "pack @").codes(), ["image-trailing"], "else it is packed, and told");
}

#[test]
fn an_empty_pack_is_published_and_explains_itself() {
    let empty = TestProject::new();
    assert!(cli::run(empty.root(), "pack @").stdout.contains("packed 0 assets: none is registered"));
    cli::done(empty.root(), "verify @/build/assets.pa");

    let project = scenes::small();
    scenes::EXCLUDE_ICONS.happen(&project);
    scenes::EXCLUDE_ICONS.happen(&project);
    assert!(cli::run(project.root(), "pack @").stdout.contains("packed 0 assets: all 2 are excluded from the build"));
    let header = cli::done(project.root(), "inspect @/build/assets.pa");
    assert_eq!(header["header"]["asset_table"], json!([]));
}

#[test]
fn errors_of_excluded_assets_do_not_block() {
    for change in [
        scenes::NO_PNG,
        Change::Remove(scenes::TILE),
        Change::Edit(scenes::ICONS, "\"name\"", "\"nmae\""),
        Change::Edit(scenes::ICONS, ",", ",,"),
        Change::Edit(scenes::ICONS, "ui_icons", "sfx_blip"),
    ] {
        let project = scenes::small();
        scenes::EXCLUDE_ICONS.happen(&project);
        change.happen(&project);
        let answer = cli::done(project.root(), "pack @");
        assert_eq!(answer["assets"].as_array().map(Vec::len), Some(1), "{change:?}");
        assert_eq!(answer["excluded"], 1, "{change:?}");
        let findings = answer["findings"].as_array().unwrap();
        assert!(findings.iter().all(|finding| finding["severity"] == "note"), "{change:?}: {findings:?}");
    }
}

#[test]
fn an_excluded_asset_still_needs_its_declaration_and_its_own_uuid() {
    let other = support::uuid(7).to_string().leak();
    let mine = support::uuid(1).to_string().leak();
    for (change, code) in
        [(Change::Remove(scenes::ICONS), "anchor-missing"), (Change::Edit(scenes::ICONS, mine, other), "uuid-differs")]
    {
        let project = scenes::small();
        scenes::EXCLUDE_ICONS.happen(&project);
        change.happen(&project);
        cli::refused(project.root(), "pack @", &[code]);
    }
}

#[test]
fn an_unregistered_root_is_never_packed_and_blocks_nothing() {
    let project = scenes::small();
    project.write("assets/found/asset.json", "{}").write("assets/ui/icons/inner/asset.json", "no JSON at all");
    let answer = cli::done(project.root(), "pack @");
    assert_eq!((answer["assets"].as_array().map(Vec::len), &answer["findings"]), (Some(2), &json!([])));
}

#[test]
fn a_reader_that_has_the_old_pack_open_keeps_it_whole() {
    use std::io::{Read, Seek};
    let (project, outputs) = scenes::packed();
    let mut reader = std::fs::File::options().read(true).open(project.at("build/assets.pa")).unwrap();
    project.edit(scenes::ICONS, "ui_icons", "ui_other");
    cli::done(project.root(), "pack @");
    let mut bytes = Vec::new();
    reader.rewind().unwrap();
    reader.read_to_end(&mut bytes).unwrap();
    assert!(outputs.last().unwrap().as_ref() == Some(&bytes) && project.pack_bytes() != bytes);
}
