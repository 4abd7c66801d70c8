//! `list` and `pack` tell what is not as in the pack that stands in `build/`, where that is known; nothing that stands
//! there can hinder them.

use packer_services::Context;
use packer_services::ops::{Changes, ListAssets, NamedAsset, Operation, PackReport, Published, Report, SincePack};
use packer_services::project::OUTPUTS;
use serde_json::{Value, json};
use support::images::checker;
use support::{GREEN, RED, TestProject};

use crate::scenes::{self, Change};
use crate::{cli, tree};

const CACHE: &str = "assets/.prometeu/cache.json";
const METADATA: &str = "build/asset_table_metadata.json";
const PACK: &str = "build/assets.pa";

/// What `list` says of each asset, by id.
fn since(project: &TestProject) -> Vec<Option<SincePack>> {
    let listing = ListAssets::new(project.root()).run(&Context::new()).unwrap();
    listing.assets.iter().map(|asset| asset.since_pack).collect()
}

fn named(asset_id: u32, name: &str) -> NamedAsset {
    NamedAsset { asset_id, name: name.to_owned() }
}

fn check(project: &TestProject) -> Report<PackReport> {
    let request = project.pack_request().check(true);
    request.run(&Context::new()).unwrap()
}

/// `icons` is drawn in other colors, with the same size.
fn redraw(project: &TestProject) {
    project.write(scenes::TILE, checker(8, 8, GREEN, RED));
}

const NEW: Option<SincePack> = Some(SincePack::New);
const SAME: Option<SincePack> = Some(SincePack::Same);
const CHANGED: Option<SincePack> = Some(SincePack::Changed);

#[test]
fn a_list_tells_what_is_new_what_changed_and_what_is_as_it_was_packed() {
    let mut project = scenes::small();
    assert_eq!(since(&project), [None, None], "it was never packed");
    project.pack();
    assert_eq!(since(&project), [SAME, SAME]);
    redraw(&project);
    project.add_glyph("ui/late");
    assert_eq!(since(&project), [CHANGED, SAME, NEW]);
    // One broken asset keeps a pack from being made; of the others it is known all the same.
    project.write("assets/ui/late/tile.png", "GIF89a");
    assert_eq!(since(&project), [CHANGED, SAME, None]);
    scenes::EXCLUDE_ICONS.happen(&project);
    project.write("assets/found/asset.json", "{}");
    assert_eq!(since(&project), [None, SAME, None, None], "excluded and unregistered assets are in no pack");
}

#[test]
fn an_asset_has_changed_too_if_only_its_entry_has() {
    for change in [
        Change::Edit(scenes::ICONS, "ui_icons", "ui_glyphs"),
        Change::Edit(scenes::ICONS, "\"enabled\": false", "\"enabled\": true"),
    ] {
        let (project, _) = scenes::packed();
        change.happen(&project);
        assert_eq!(since(&project), [CHANGED, SAME]);
        let changes = project.pack().into_data().changes.unwrap();
        assert_eq!((changes.changed.len(), changes.unchanged), (1, 1));
        assert_eq!(since(&project), [SAME, SAME]);
    }
}

#[test]
fn what_changes_no_byte_of_an_asset_has_not_changed_it() {
    let (project, _) = scenes::packed();
    let text = project.read_text(scenes::ICONS);
    project.write(scenes::ICONS, text.replace('\n', "\n\n")).write("assets/ui/icons/notes.txt", "not packed");
    assert_eq!(since(&project), [SAME, SAME]);
    std::fs::rename(project.at("assets/ui"), project.at("assets/gui")).unwrap();
    project.edit(scenes::REGISTRY, "ui/icons", "gui/icons");
    assert_eq!(since(&project), [SAME, SAME], "it is the same by its uuid, wherever it lies");
}

#[test]
fn a_pack_tells_what_it_replaced_and_what_it_changed() {
    let (mut project, outputs) = scenes::packed();
    redraw(&project);
    project.add_sound("sfx/late");
    std::fs::remove_dir_all(project.at("assets/sfx/blip")).unwrap();
    let registry: Value = serde_json::from_slice(&project.read(scenes::REGISTRY)).unwrap();
    let mut without = registry.clone();
    without["assets"].as_array_mut().unwrap().remove(1);
    project.write(scenes::REGISTRY, serde_json::to_vec(&without).unwrap());
    let expected = Changes {
        added: vec![named(3, "sfx_late")],
        removed: vec![named(2, "sfx_blip")],
        changed: vec![named(1, "ui_icons")],
        unchanged: 0,
    };
    let checked = check(&project);
    assert_eq!((checked.published, &checked.changes), (Published::Differs, &Some(expected.clone())));
    let report = project.pack();
    assert_eq!(report.changes, Some(expected));
    let (previous, old) = (report.previous.as_ref().unwrap(), outputs.last().unwrap().as_ref().unwrap());
    assert_eq!((previous.size_bytes, previous.sha256), (old.len() as u64, packer_services::files::Sha::of(old)));
    let again = project.pack();
    assert_eq!(again.previous.as_ref().unwrap().sha256, report.pack.as_ref().unwrap().sha256);
    assert_eq!(again.changes, Some(Changes { unchanged: 2, ..Changes::default() }));
}

#[test]
fn the_text_says_how_much_and_names_whom() {
    let (mut project, _) = scenes::packed();
    redraw(&project);
    let told = cli::run(project.root(), "list @").stdout;
    assert!(told.contains("ready, changed"), "{told}");
    let told = cli::run(project.root(), "pack @ --check").stdout;
    assert!(told.ends_with("since the last pack: as many bytes; 1 changed: ui_icons\n"), "{told}");
    project.add_glyph("ui/late");
    assert!(cli::run(project.root(), "list @").stdout.contains("ready, new"));
    let (before, told) = (project.pack_bytes().len(), cli::run(project.root(), "pack @").stdout);
    let more = project.pack_bytes().len() - before;
    assert!(told.ends_with(&format!(": +{more} bytes; 1 changed: ui_icons; 1 added: ui_late\n")), "{told}");
    scenes::EXCLUDE_ICONS.happen(&project);
    let (before, told) = (project.pack_bytes().len(), cli::run(project.root(), "pack @").stdout);
    let less = before - project.pack_bytes().len();
    assert!(told.ends_with(&format!(": -{less} bytes; 1 removed: ui_icons\n")), "{told}");
    assert!(!cli::run(project.root(), "list @").stdout.contains("ready,"), "what is as it was is not spoken of");
}

#[test]
fn as_json_it_is_told_by_members_of_its_own() {
    let (project, _) = scenes::packed();
    redraw(&project);
    let words: Vec<Value> = cli::done(project.root(), "list @")["assets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|asset| asset["since_pack"].clone())
        .collect();
    assert_eq!(words, [json!("changed"), json!("same")]);
    let answer = cli::done(project.root(), "pack @");
    let changed = json!([{ "asset_id": 1, "name": "ui_icons" }]);
    assert_eq!(answer["changes"], json!({ "added": [], "removed": [], "changed": changed, "unchanged": 1 }));
    assert_eq!(answer["previous"]["size_bytes"], answer["pack"]["size_bytes"]);
    assert_ne!(answer["previous"]["sha256"], answer["pack"]["sha256"]);
    project.write(scenes::TILE, "GIF89a");
    let blocked = cli::ask(project.root(), "pack @").json();
    assert_eq!((&blocked["previous"], &blocked["changes"]), (&Value::Null, &Value::Null));
}

#[test]
fn without_a_cache_the_pack_itself_says_whether_the_companion_is_its_own() {
    let (project, _) = scenes::packed();
    std::fs::remove_file(project.at(CACHE)).unwrap();
    assert_eq!(since(&project), [SAME, SAME]);
    redraw(&project);
    assert_eq!(since(&project), [CHANGED, SAME]);
    // A kill between two renames: the new companions beside the old pack, of the same size.
    let old = project.pack_bytes();
    project.pack();
    project.write(PACK, &old);
    std::fs::remove_file(project.at(CACHE)).unwrap();
    assert_eq!(since(&project), [None, None]);
    let report = project.pack().into_data();
    assert_eq!((report.previous.unwrap().sha256, report.changes), (packer_services::files::Sha::of(&old), None));
}

#[test]
fn what_is_not_known_is_not_told_and_hinders_nothing() {
    let (_, outputs) = scenes::packed();
    let remove = |name: &'static str| move |project: &TestProject| std::fs::remove_file(project.at(name)).unwrap();
    let write = |name: &'static str, bytes: Vec<u8>| {
        move |project: &TestProject| {
            project.write(name, &bytes);
        }
    };
    let metadata = String::from_utf8(outputs[2].clone().unwrap()).unwrap();
    let edited = |from: &str, to: &str| {
        assert!(metadata.contains(from), "{from}: {metadata}");
        write(METADATA, metadata.replace(from, to).into_bytes())
    };
    let nested = write(METADATA, "[".repeat(1 << 20).into_bytes());
    type Happening = Box<dyn Fn(&TestProject)>;
    let happenings: Vec<(&str, Happening)> = vec![
        ("no pack", Box::new(remove(PACK))),
        ("no companion", Box::new(remove(METADATA))),
        ("no pack at all", Box::new(write(PACK, b"ASPA".to_vec()))),
        ("an empty companion", Box::new(write(METADATA, Vec::new()))),
        ("a nested companion", Box::new(nested)),
        ("another version", Box::new(edited("\"schema_version\":1", "\"schema_version\":2"))),
        ("another id", Box::new(edited("\"asset_id\":2", "\"asset_id\":3"))),
        ("one uuid twice", Box::new(edited(&support::uuid(2).to_string(), &support::uuid(1).to_string()))),
        ("a key too many", Box::new(edited("\"pack\":{", "\"pack\":{\"more\":0,"))),
        ("another size", Box::new(edited("\"size\":35", "\"size\":36"))),
    ];
    for (what, happen) in happenings {
        let (project, _) = scenes::packed();
        happen(&project);
        assert_eq!(since(&project), [None, None], "{what}");
        let report = project.pack();
        assert_eq!((report.published, &report.changes), (Published::Published, &None), "{what}");
        assert!(report.findings().is_empty() && project.outputs() == outputs, "{what}");
    }
}

#[test]
fn a_hash_that_is_not_that_of_the_payload_is_a_change_and_no_more() {
    let (project, outputs) = scenes::packed();
    let mut metadata: Value = serde_json::from_slice(outputs[2].as_ref().unwrap()).unwrap();
    metadata["assets"][0]["payload_sha256"] = "no hash".into();
    project.write(METADATA, serde_json::to_vec(&metadata).unwrap());
    assert_eq!(since(&project), [CHANGED, SAME]);
    assert_eq!(project.pack().published, Published::Published);
    assert!(project.outputs() == outputs);
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_build_are_not_read() {
    for name in [PACK, METADATA] {
        let (project, _) = scenes::packed();
        std::fs::rename(project.at(name), project.at("elsewhere")).unwrap();
        std::os::unix::fs::symlink(project.at("elsewhere"), project.at(name)).unwrap();
        assert_eq!(since(&project), [None, None], "{name}");
        std::fs::remove_file(project.at(name)).unwrap();
        let made = std::process::Command::new("mkfifo").arg(project.at(name)).status().unwrap();
        assert!(made.success());
        assert_eq!(since(&project), [None, None], "{name}");
    }
}

#[test]
fn looking_at_the_last_pack_changes_nothing_of_it() {
    let (project, _) = scenes::packed();
    let before = tree::stamps(project.root());
    since(&project);
    check(&project);
    tree::assert_same(&before, &tree::stamps(project.root()), "list and a check");
    assert!(OUTPUTS.iter().all(|name| project.exists(&format!("build/{name}"))));
}
