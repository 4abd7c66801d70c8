//! The demo projects are what the code draws. "lantern" is a good example: it packs without a word, and what it shows as
//! wrong is what it means to show. What "snuffed" shows is compared with the list of codes in `tests/golden/snuffed.rs`.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot read its project must fail")]

use std::collections::BTreeMap;
use std::path::Path;

use assets_demo_draw::{Files, declarations::declarations, draw, files, snuffed};
use packer_services::Context;
use packer_services::diagnostics::{Code, Severity};
use packer_services::ops::{AssetState, BudgetLimits, Doctor, ListAssets, Operation as _, Pack, Published};

fn drawn(files: &Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    draw(folder.path(), files).unwrap();
    folder
}

/// Every file of `assets/` that version control keeps.
fn kept(project: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut kept = BTreeMap::new();
    let mut folders = vec![project.join("assets")];
    while let Some(folder) = folders.pop() {
        for path in packer_services::files::paths_in(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(project).unwrap().to_str().unwrap().replace('\\', "/");
                kept.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    kept.retain(|name, _| !["lock", "cache.json"].iter().any(|left| *name == format!("assets/.prometeu/{left}")));
    kept
}

#[test]
fn the_projects_hold_exactly_these_bytes() {
    for (project, files) in [("lantern", files()), ("snuffed", snuffed::files())] {
        let drawn = kept(drawn(&files).path());
        let there = kept(&Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name(project));
        let names: Vec<&String> = drawn.keys().collect();
        assert_eq!(there.keys().collect::<Vec<_>>(), names, "draw it again: cargo run -p assets-demo-draw");
        for (name, bytes) in &drawn {
            assert!(*bytes == there[name], "{project}/{name} differs: cargo run -p assets-demo-draw");
        }
    }
}

#[test]
fn drawing_again_changes_nothing() {
    for draw_files in [files, snuffed::files] {
        assert!(draw_files() == draw_files());
        let folder = drawn(&draw_files());
        let before = kept(folder.path());
        draw(folder.path(), &draw_files()).unwrap();
        assert!(kept(folder.path()) == before);
    }
}

#[test]
fn the_build_set_packs_without_an_error_a_warning_or_a_note() {
    let folder = drawn(&files());
    let project = folder.path().to_owned();
    let pack =
        Pack { project, check: false, deny_warnings: true, allowed: BudgetLimits::default(), jobs: None, wait: true };
    let report = pack.run(&Context::new()).unwrap();
    assert_eq!(report.findings(), []);
    assert_eq!(report.published, Published::Published);
    let ids: Vec<u32> = report.assets.iter().map(|asset| asset.asset_id).collect();
    assert_eq!((ids, report.excluded), (vec![1, 2, 3, 4, 5, 6], 1));
}

#[test]
fn the_unfinished_title_and_the_forgotten_sketch_are_all_that_a_doctor_has_to_say() {
    let folder = drawn(&files());
    let doctor = Doctor { project: folder.path().to_owned(), workspace: true };
    let checkup = doctor.run(&Context::new()).unwrap();
    let told: Vec<(Code, Severity, String)> = checkup
        .findings()
        .iter()
        .map(|finding| (finding.code, finding.severity, finding.asset.as_ref().unwrap().root.clone()))
        .collect();
    assert_eq!(
        told,
        [
            (Code::ColorsUndeclared, Severity::Note, "drafts/title".to_owned()),
            (Code::UnregisteredRoot, Severity::Note, "drafts/sketch".to_owned()),
        ]
    );
    assert!(!checkup.blocked);
}

#[test]
fn the_demo_shows_every_state_but_a_broken_one() {
    let folder = drawn(&files());
    let listing = ListAssets { project: folder.path().to_owned() }.run(&Context::new()).unwrap();
    let states: Vec<AssetState> = listing.assets.iter().map(|asset| asset.state).collect();
    let mut expected = vec![AssetState::Ready; 6];
    expected.extend([AssetState::Excluded, AssetState::Unregistered]);
    assert_eq!(states, expected);
    assert_eq!(listing.assets.len(), declarations().len());
}
