//! The demo projects are what the code draws. "lantern" packs without findings, and its two notes are intended. The
//! findings of "snuffed" are compared with the list of codes in `tests/golden/snuffed.rs`.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot read its project must fail")]

use std::collections::BTreeMap;
use std::path::Path;

use assets_demo_draw::{Files, declarations::declarations, draw, files, snuffed};
use packer_services::Context;
use packer_services::diagnostics::{Code, Severity};
use packer_services::ops::{AssetState, Doctor, ListAssets, Operation as _, Pack, Published};

fn draw_into_folder(files: &Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    draw(folder.path(), files).unwrap();
    folder
}

/// All files of `assets/` that are under version control.
fn versioned_files(project: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![project.join("assets")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(project).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    found.retain(|name, _| {
        !["lock", "cache.json", "identities.json"].iter().any(|file| *name == format!("assets/.prometeu/{file}"))
    });
    found
}

#[test]
fn demos_match_the_drawing_code() {
    for (project, files) in [("lantern", files()), ("snuffed", snuffed::files())] {
        let drawn = versioned_files(draw_into_folder(&files).path());
        let committed = versioned_files(&Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name(project));
        let names: Vec<&String> = drawn.keys().collect();
        assert_eq!(committed.keys().collect::<Vec<_>>(), names, "draw it again: cargo run -p assets-demo-draw");
        for (name, bytes) in &drawn {
            assert!(*bytes == committed[name], "{project}/{name} differs: cargo run -p assets-demo-draw");
        }
    }
}

#[test]
fn drawing_again_changes_nothing() {
    for draw_files in [files, snuffed::files] {
        assert!(draw_files() == draw_files());
        let folder = draw_into_folder(&draw_files());
        let before = versioned_files(folder.path());
        draw(folder.path(), &draw_files()).unwrap();
        assert!(versioned_files(folder.path()) == before);
    }
}

#[test]
fn lantern_packs_without_warnings() {
    let folder = draw_into_folder(&files());
    let project = folder.path().to_owned();
    let pack = Pack::new(project).deny_warnings(true);
    let report = pack.run(&Context::new()).unwrap();
    let codes: Vec<Code> = report.findings().iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::UnregisteredRoot], "it is the sketch");
    assert_eq!(report.published, Published::Published);
    let ids: Vec<u32> = report.assets.iter().map(|asset| asset.asset_id).collect();
    assert_eq!((ids, report.excluded), (vec![1, 2, 3, 4, 5, 6], 1));
}

#[test]
fn doctor_reports_only_title_and_sketch() {
    let folder = draw_into_folder(&files());
    let doctor = Doctor::new(folder.path()).workspace(true);
    let report = doctor.run(&Context::new()).unwrap();
    let reported: Vec<(Code, Severity, String)> = report
        .findings()
        .iter()
        .map(|finding| (finding.code, finding.severity, finding.asset.as_ref().unwrap().root.clone()))
        .collect();
    assert_eq!(
        reported,
        [
            (Code::ColorsUndeclared, Severity::Note, "drafts/title".to_owned()),
            (Code::UnregisteredRoot, Severity::Note, "drafts/sketch".to_owned()),
        ]
    );
    assert!(!report.blocked);
}

#[test]
fn lantern_shows_every_state_except_broken() {
    let folder = draw_into_folder(&files());
    let listing = ListAssets::new(folder.path()).run(&Context::new()).unwrap();
    let states: Vec<AssetState> = listing.assets.iter().map(|asset| asset.state).collect();
    let mut expected = vec![AssetState::Ready; 6];
    expected.extend([AssetState::Excluded, AssetState::Unregistered]);
    assert_eq!(states, expected);
    assert_eq!(listing.assets.len(), declarations().len());
}
