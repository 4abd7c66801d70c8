//! `register` and `create` never rewrite a registry that they do not fully understand.

use packer_services::Context;
use packer_services::diagnostics::Finding;
use packer_services::ops::{CreateAsset, NewBank, NewSound, Operation, RegisterAsset};
use support::sounds::Wav;
use support::{TestProject, codes, sample, sound};

const REGISTRY: &str = "assets/.prometeu/index.json";

/// All files in `assets/` except the lock, with their bytes.
fn workspace_files(project: &TestProject) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![project.at("assets")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if entry.file_name() != "lock" {
                files.push((path.to_string_lossy().into_owned(), std::fs::read(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// The codes of `register` and `create`, which must both fail and change no file.
fn assert_refused(project: &TestProject) -> [Vec<&'static str>; 2] {
    let before = workspace_files(project);
    let context = Context::new();
    let register = RegisterAsset::new(project.root(), "new");
    let registered = register.run(&context).unwrap();
    assert_eq!(registered.asset_id, None);
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("a.wav");
    std::fs::write(&file, Wav::mono16(8000, &[1]).bytes()).unwrap();
    let bank = NewBank::Sound(NewSound::default());
    let create = CreateAsset::new(project.root(), "newer", bank, vec![file]);
    let created = create.run(&context).unwrap();
    assert_eq!(created.asset_id, None);
    assert_eq!(workspace_files(project), before);
    let error_codes = |findings: &[Finding]| {
        assert!(findings.iter().any(Finding::is_error));
        codes(findings)
    };
    [error_codes(registered.findings()), error_codes(created.findings())]
}

/// A project with one registered sound bank, and one that is not registered.
fn project() -> TestProject {
    let mut project = TestProject::new();
    project.add_sound("sfx");
    project.write("assets/new/a.wav", Wav::mono16(8000, &[1]).bytes());
    project.write("assets/new/asset.json", sound(9, "new", 8000, vec![sample("a.wav", 0)]).to_bytes());
    project
}

#[test]
fn good_registry_accepts_a_root() {
    let project = project();
    let register = RegisterAsset::new(project.root(), "new");
    assert_eq!(register.run(&Context::new()).unwrap().asset_id, Some(2));
}

#[test]
fn broken_registry_is_never_rewritten() {
    let project = project();
    let good = project.read_text(REGISTRY);
    let entry = |text: &str| good.replacen("\"asset_id\"", &format!("{text}\"asset_id\""), 1);
    for (what, text, code) in [
        ("a newer schema", good.replace("\"schema_version\": 1", "\"schema_version\": 2"), "schema-version"),
        ("a key of a newer packer", entry("\"tags\": [], "), "json-unknown-key"),
        ("a key twice", entry("\"asset_id\": 1, "), "json-duplicate-key"),
        ("conflict markers", good.replacen('{', "{\n<<<<<<< ours", 1), "json-conflict"),
        ("a half file", good[..good.len() / 2].to_owned(), "json-syntax"),
        ("a byte order mark", format!("\u{feff}{good}"), "json-bom"),
        ("more after it", good.clone() + "{}", "json-trailing"),
        ("zeros", "\0".repeat(good.len()), "json-empty"),
        ("nothing", String::new(), "json-empty"),
        ("a low next id", good.replace("\"next_asset_id\": 2", "\"next_asset_id\": 1"), "next-id-too-low"),
    ] {
        assert_ne!(text, good, "{what}");
        project.write(REGISTRY, &text);
        for found in assert_refused(&project) {
            assert!(found.contains(&code), "{what}: {found:?}");
        }
    }
}

#[test]
fn newer_schema_is_not_registered() {
    let project = project();
    project.edit("assets/new/asset.json", "\"schema_version\": 1", "\"schema_version\": 2");
    let before = workspace_files(&project);
    for exclude in [false, true] {
        let register = RegisterAsset::new(project.root(), "new").exclude(exclude);
        let report = register.run(&Context::new()).unwrap();
        assert_eq!(report.asset_id, None);
        assert!(codes(report.findings()).contains(&"schema-version"), "{:?}", codes(report.findings()));
        assert_eq!(workspace_files(&project), before);
    }
}
