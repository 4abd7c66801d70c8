//! `pack --max-bytes` and `--max-slots`: a pack that uses more is not published, and the largest assets are named.

use serde_json::{Value, json};
use support::TestProject;

use crate::{cli, fixtures, tree};

/// Three preloaded glyph banks and a sound bank, packed.
fn preloaded() -> TestProject {
    let mut project = TestProject::new();
    for root in ["ui/icons", "ui/font", "world/terrain"] {
        project.add_glyph(root);
        project.edit(&format!("assets/{root}/asset.json"), "\"enabled\": false", "\"enabled\": true");
    }
    project.add_sound("sfx/blip");
    project.pack();
    project
}

fn only_finding(output: &support::binary::CommandOutput) -> Value {
    let findings = output.json()["findings"].clone();
    assert_eq!(findings.as_array().map(Vec::len), Some(1), "{findings}");
    findings[0].clone()
}

#[test]
fn byte_budget_is_exact() {
    let project = preloaded();
    let size = project.pack_bytes().len();
    cli::run_ok(project.root(), &format!("pack @ --max-bytes {size} --max-slots GLYPH=3 --max-slots SOUNDS=0"));
    cli::run_ok(project.root(), &format!("pack @ --check --max-bytes {size}"));
    let before = tree::read_stamps(&project.at("build"));
    for check in ["", " --check"] {
        let line = format!("pack @{check} --max-bytes {}", size - 1);
        let output = cli::run_refused(project.root(), &line, &["budget-bytes"]);
        let finding = only_finding(&output);
        let message = format!("the pack has {size} bytes; {} are allowed: 1 too many", size - 1);
        assert_eq!(finding["message"], message);
        let help = finding["help"].as_str().unwrap();
        assert!(
            help.starts_with("The largest assets: ui_icons (asset 1) 34816 bytes, ui_font (asset 2) 34816 bytes"),
            "{help}"
        );
        let answer = output.json();
        assert_eq!((&answer["published"], &answer["pack"]), (&json!("blocked"), &Value::Null));
        assert_eq!(answer["budgets"]["banks"][0]["slots_used"], 3, "the report must have the slots in use");
        tree::assert_same(&before, &tree::read_stamps(&project.at("build")), &line);
    }
}

#[test]
fn slot_budget_names_its_banks() {
    let project = preloaded();
    let before = tree::read_stamps(&project.at("build"));
    let output = cli::run_refused(project.root(), "pack @ --max-slots SOUNDS=0 --max-slots GLYPH=1", &["budget-slots"]);
    let finding = only_finding(&output);
    assert_eq!(finding["message"], "3 slots of GLYPH are used; 1 allowed: 2 too many");
    let help = finding["help"].as_str().unwrap();
    assert!(
        help.starts_with("Used slots: 0 ui_icons (asset 1), 1 ui_font (asset 2), 2 world_terrain (asset 3)."),
        "{help}"
    );
    tree::assert_same(&before, &tree::read_stamps(&project.at("build")), "too many slots");
}

#[test]
fn all_exceeded_budgets_are_reported() {
    let project = preloaded();
    fixtures::UNTIDY.apply_to(&project);
    let line = "pack @ --max-bytes 100 --max-slots GLYPH=0 --deny-warnings";
    let codes = ["budget-bytes", "budget-slots", "warnings-denied", "image-trailing"];
    cli::run_refused(project.root(), line, &codes);
}

#[test]
fn invalid_budget_is_a_usage_error() {
    let project = preloaded();
    for line in [
        "--max-bytes 4MiB",
        "--max-bytes +4",
        "--max-bytes 4_000",
        "--max-bytes 99999999999999999999",
        "--max-slots 12",
        "--max-slots glyph=12",
        "--max-slots GLYPHS=12",
        "--max-slots GLYPH=17",
        "--max-slots GLYPH=",
        "--max-slots GLYPH=-1",
        "--max-slots GLYPH=3 --max-slots GLYPH=4",
    ] {
        let output = cli::run_json(project.root(), &format!("pack @ {line}"));
        assert_eq!((output.code, output.codes()), (2, vec!["usage".into()]), "{line}");
    }
    let stderr = cli::run(project.root(), "pack @ --max-bytes 4MiB").stderr;
    assert!(stderr.contains("a plain number of bytes is required"), "{stderr}");
    let stderr = cli::run(project.root(), "pack @ --max-slots glyph=12").stderr;
    assert!(stderr.contains("GLYPH, SOUNDS, SCENE"), "{stderr}");
}
