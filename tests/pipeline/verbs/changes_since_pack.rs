//! `list` and `pack` report what differs from the pack in `build/`, if that is known. Invalid files there do not stop
//! them.

use packer_services::ops::OUTPUTS;
use packer_services::ops::{ListAssets, NamedAsset, Operation, PackChanges, PackReport, Published, Report, SincePack};
use packer_services::{Context, Sha};
use serde_json::{Value, json};
use support::images::{Png, checker};
use support::{GREEN, RED, TestProject};

use crate::fixtures::{self, Change};
use crate::{cli, tree};

const CACHE: &str = "assets/.prometeu/identities.json";
const METADATA: &str = "build/asset_table_metadata.json";
const PACK: &str = "build/assets.pa";

/// The changes that `list` reports for each asset, by id.
fn changes_of(project: &TestProject) -> Vec<Option<SincePack>> {
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

/// Draws `icons` in other colors, with the same size.
fn redraw(project: &TestProject) {
    project.write(fixtures::TILE, checker(8, 8, GREEN, RED));
}

const NEW: Option<SincePack> = Some(SincePack::New);
const SAME: Option<SincePack> = Some(SincePack::Same);
const CHANGED: Option<SincePack> = Some(SincePack::Changed);

#[test]
fn list_shows_changes_since_pack() {
    let mut project = fixtures::small_project();
    assert_eq!(changes_of(&project), [None, None], "the project was never packed");
    project.pack();
    assert_eq!(changes_of(&project), [SAME, SAME]);
    redraw(&project);
    project.add_glyph("ui/late");
    assert_eq!(changes_of(&project), [CHANGED, SAME, NEW]);
    // A broken asset blocks the pack, but the state of the others is still known.
    project.write("assets/ui/late/tile.png", "GIF89a");
    assert_eq!(changes_of(&project), [CHANGED, SAME, None]);
    fixtures::EXCLUDE_ICONS.apply_to(&project);
    project.write("assets/found/asset.json", "{}");
    assert_eq!(changes_of(&project), [None, SAME, None, None], "excluded and unregistered assets are not packed");
}

#[test]
fn changed_entry_is_a_change() {
    for change in [
        Change::Edit(fixtures::ICONS, "ui_icons", "ui_glyphs"),
        Change::Edit(fixtures::ICONS, "\"enabled\": false", "\"enabled\": true"),
    ] {
        let (project, _) = fixtures::packed_project();
        change.apply_to(&project);
        assert_eq!(changes_of(&project), [CHANGED, SAME]);
        let changes = project.pack().into_data().changes.unwrap();
        assert_eq!((changes.changed.len(), changes.unchanged), (1, 1));
        assert_eq!(changes_of(&project), [SAME, SAME]);
    }
}

#[test]
fn equal_bytes_mean_unchanged() {
    let (project, _) = fixtures::packed_project();
    let text = project.read_text(fixtures::ICONS);
    project.write(fixtures::ICONS, text.replace('\n', "\n\n")).write("assets/ui/icons/notes.txt", "not packed");
    assert_eq!(changes_of(&project), [SAME, SAME]);
    std::fs::rename(project.at("assets/ui"), project.at("assets/gui")).unwrap();
    project.edit(fixtures::REGISTRY, "ui/icons", "gui/icons");
    assert_eq!(changes_of(&project), [SAME, SAME], "the uuid identifies an asset in any folder");
}

#[test]
fn pack_reports_its_changes() {
    let (mut project, outputs) = fixtures::packed_project();
    redraw(&project);
    project.add_sound("sfx/late");
    std::fs::remove_dir_all(project.at("assets/sfx/blip")).unwrap();
    let registry: Value = serde_json::from_slice(&project.read(fixtures::REGISTRY)).unwrap();
    let mut without = registry.clone();
    without["assets"].as_array_mut().unwrap().remove(1);
    project.write(fixtures::REGISTRY, serde_json::to_vec(&without).unwrap());
    let expected = PackChanges {
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
    assert_eq!((previous.size_bytes, previous.sha256), (old.len() as u64, packer_services::Sha::of(old)));
    let again = project.pack();
    assert_eq!(again.previous.as_ref().unwrap().sha256, report.pack.as_ref().unwrap().sha256);
    assert_eq!(again.changes, Some(PackChanges { unchanged: 2, ..PackChanges::default() }));
}

#[test]
fn text_names_changed_assets() {
    let (mut project, _) = fixtures::packed_project();
    redraw(&project);
    let stdout = cli::run(project.root(), "list @").stdout;
    assert!(stdout.contains("ready, changed"), "{stdout}");
    let stdout = cli::run(project.root(), "pack @ --check").stdout;
    assert!(stdout.ends_with("since the last pack: same size; 1 changed: ui_icons\n"), "{stdout}");
    project.add_glyph("ui/late");
    assert!(cli::run(project.root(), "list @").stdout.contains("ready, new"));
    let (before, stdout) = (project.pack_bytes().len(), cli::run(project.root(), "pack @").stdout);
    let more = project.pack_bytes().len() - before;
    assert!(stdout.ends_with(&format!(": +{more} bytes; 1 changed: ui_icons; 1 added: ui_late\n")), "{stdout}");
    fixtures::EXCLUDE_ICONS.apply_to(&project);
    let (before, stdout) = (project.pack_bytes().len(), cli::run(project.root(), "pack @").stdout);
    let less = before - project.pack_bytes().len();
    assert!(stdout.ends_with(&format!(": -{less} bytes; 1 removed: ui_icons\n")), "{stdout}");
    assert!(!cli::run(project.root(), "list @").stdout.contains("ready,"), "unchanged assets must not be mentioned");
}

#[test]
fn json_has_members_for_changes() {
    let (project, _) = fixtures::packed_project();
    redraw(&project);
    let words: Vec<Value> = cli::run_ok(project.root(), "list @")["assets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|asset| asset["since_pack"].clone())
        .collect();
    assert_eq!(words, [json!("changed"), json!("same")]);
    let answer = cli::run_ok(project.root(), "pack @");
    let changed = json!([{ "asset_id": 1, "name": "ui_icons" }]);
    assert_eq!(answer["changes"], json!({ "added": [], "removed": [], "changed": changed, "unchanged": 1 }));
    assert_eq!(answer["previous"]["size_bytes"], answer["pack"]["size_bytes"]);
    assert_ne!(answer["previous"]["sha256"], answer["pack"]["sha256"]);
    project.write(fixtures::TILE, "GIF89a");
    let blocked = cli::run_json(project.root(), "pack @").json();
    assert_eq!((&blocked["previous"], &blocked["changes"]), (&Value::Null, &Value::Null));
}

#[test]
fn companion_is_matched_without_cache() {
    let (project, _) = fixtures::packed_project();
    std::fs::remove_file(project.at(CACHE)).unwrap();
    assert_eq!(changes_of(&project), [SAME, SAME]);
    redraw(&project);
    assert_eq!(changes_of(&project), [CHANGED, SAME]);
    // As after a kill between two renames: new companions beside the old pack, which has the same size.
    let old = project.pack_bytes();
    project.pack();
    project.write(PACK, &old);
    std::fs::remove_file(project.at(CACHE)).unwrap();
    assert_eq!(changes_of(&project), [None, None]);
    let report = project.pack().into_data();
    assert_eq!((report.previous.unwrap().sha256, report.changes), (packer_services::Sha::of(&old), None));
}

#[test]
fn unknown_changes_are_null() {
    let (_, outputs) = fixtures::packed_project();
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
    type Apply = Box<dyn Fn(&TestProject)>;
    let changes: Vec<(&str, Apply)> = vec![
        ("no pack", Box::new(remove(PACK))),
        ("no companion", Box::new(remove(METADATA))),
        ("an invalid pack", Box::new(write(PACK, b"ASPA".to_vec()))),
        ("an empty companion", Box::new(write(METADATA, Vec::new()))),
        ("a nested companion", Box::new(nested)),
        ("another version", Box::new(edited("\"schema_version\":1", "\"schema_version\":2"))),
        ("another id", Box::new(edited("\"asset_id\":2", "\"asset_id\":3"))),
        ("one uuid twice", Box::new(edited(&support::uuid(2).to_string(), &support::uuid(1).to_string()))),
        ("a key too many", Box::new(edited("\"pack\":{", "\"pack\":{\"more\":0,"))),
        ("another size", Box::new(edited("\"size\":35", "\"size\":36"))),
    ];
    for (what, apply) in changes {
        let (project, _) = fixtures::packed_project();
        apply(&project);
        assert_eq!(changes_of(&project), [None, None], "{what}");
        let report = project.pack();
        assert_eq!((report.published, &report.changes), (Published::Published, &None), "{what}");
        assert!(report.findings().is_empty() && project.outputs() == outputs, "{what}");
    }
}

#[test]
fn wrong_hash_is_only_a_change() {
    let (project, outputs) = fixtures::packed_project();
    let mut metadata: Value = serde_json::from_slice(outputs[2].as_ref().unwrap()).unwrap();
    metadata["assets"][0]["payload_sha256"] = "not a hash".into();
    project.write(METADATA, serde_json::to_vec(&metadata).unwrap());
    assert_eq!(changes_of(&project), [CHANGED, SAME]);
    assert_eq!(project.pack().published, Published::Published);
    assert!(project.outputs() == outputs);
}

/// Changes one payload byte of the published pack, as a damaged disk or a curious person would.
fn alter_pack(project: &TestProject) -> String {
    use std::io::{Seek, SeekFrom, Write};
    let mut file = std::fs::File::options().write(true).open(project.at(PACK)).unwrap();
    file.seek(SeekFrom::Start(5000)).unwrap();
    file.write_all(b"w").unwrap();
    Sha::of(&project.pack_bytes()).to_string()
}

#[test]
fn altered_pack_is_not_the_same() {
    let (project, outputs) = fixtures::packed_project();
    let published = Sha::of(outputs[3].as_ref().unwrap()).to_string();
    let altered = alter_pack(&project);
    assert_ne!(altered, published);
    assert!(!changes_of(&project).contains(&SAME), "a list must not call it the same");
    for (line, code) in [("pack @ --check", 3), ("pack @", 0)] {
        let copy = TestProject::copy_of(project.root());
        std::fs::copy(project.at(CACHE), copy.at(CACHE)).unwrap();
        let text = cli::run(copy.root(), line);
        assert_eq!(text.code, code, "{line}: {}", text.stdout);
        assert!(!text.stdout.contains("same bytes"), "{line}: {}", text.stdout);
        let answer = cli::run_json(project.root(), line).json();
        assert_eq!(answer["previous"]["sha256"], altered, "{line}");
        assert_eq!(answer["pack"]["sha256"], published, "{line}");
        assert_eq!((&answer["changes"], &answer["moved"]), (&Value::Null, &Value::Null), "{line}");
    }
    assert!(project.outputs() == outputs, "`pack` must repair it");
    assert_eq!(changes_of(&project), [SAME, SAME]);
}

/// Even if whoever altered it restored its times.
#[test]
fn altered_pack_with_old_times_is_hashed() {
    for line in ["pack @ --check", "pack @"] {
        let (project, _) = fixtures::packed_project();
        let before = project.at(PACK).metadata().unwrap().modified().unwrap();
        let altered = alter_pack(&project);
        std::fs::File::options().write(true).open(project.at(PACK)).unwrap().set_modified(before).unwrap();
        let answer = cli::run_json(project.root(), line).json();
        assert_eq!(answer["previous"]["sha256"], altered, "{line}");
        assert_eq!(answer["changes"], Value::Null, "{line}");
    }
}

/// Nor is it taken for what the cache describes because all that was copied from it is right.
#[test]
fn altered_payload_of_changed_asset_is_noticed() {
    let projects = [false, true].map(|is_altered| {
        let (project, outputs) = fixtures::packed_project();
        let published = Sha::of(outputs[3].as_ref().unwrap()).to_string();
        let published = if is_altered { alter_pack(&project) } else { published };
        (project, published, is_altered)
    });
    // A pack that is younger is hashed as a whole.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    for (project, published, is_altered) in projects {
        project.write(fixtures::TILE, Png::rgb(8, 8, |_, _| GREEN).bytes());
        let answer = cli::run_json(project.root(), "pack @").json();
        assert_eq!((&answer["cache"]["state"], &answer["cache"]["reused"]), (&"used".into(), &1.into()), "{answer}");
        assert_eq!(answer["previous"]["sha256"], published);
        assert_eq!(answer["changes"].is_null(), is_altered, "{answer}");
        cli::run_ok(project.root(), "pack @ --check");
    }
}

#[test]
fn check_hashes_a_pack_that_differs() {
    let (project, _) = fixtures::packed_project();
    let published = Sha::of(&project.pack_bytes()).to_string();
    // The headers differ from the first bytes on, so only a part of the published pack is compared.
    project.edit(fixtures::ICONS, "ui_icons", "ui_glyphs_with_a_longer_name");
    let answer = cli::run_json(project.root(), "pack @ --check").json();
    assert_eq!(answer["previous"]["sha256"], published);
    assert_eq!(answer["changes"]["changed"].as_array().map(Vec::len), Some(1), "{answer}");
    std::fs::remove_file(project.at(METADATA)).unwrap();
    let answer = cli::run_json(project.root(), "pack @ --check").json();
    assert_eq!((&answer["previous"]["sha256"], &answer["changes"]), (&published.into(), &Value::Null));
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_not_read() {
    for name in [PACK, METADATA] {
        let (project, _) = fixtures::packed_project();
        std::fs::rename(project.at(name), project.at("elsewhere")).unwrap();
        std::os::unix::fs::symlink(project.at("elsewhere"), project.at(name)).unwrap();
        assert_eq!(changes_of(&project), [None, None], "{name}");
        std::fs::remove_file(project.at(name)).unwrap();
        let made = std::process::Command::new("mkfifo").arg(project.at(name)).status().unwrap();
        assert!(made.success());
        assert_eq!(changes_of(&project), [None, None], "{name}");
    }
}

#[test]
fn comparing_with_last_pack_writes_nothing() {
    let (project, _) = fixtures::packed_project();
    let before = tree::read_stamps(project.root());
    changes_of(&project);
    check(&project);
    tree::assert_same(&before, &tree::read_stamps(project.root()), "`list` and `pack --check`");
    assert!(OUTPUTS.iter().all(|name| project.exists(&format!("build/{name}"))));
}
