//! Palette files: `palettes --import`, `palettes --export` and `create --palette`.

use packer_services::formats::{Rgb, TileSize};
use serde_json::{Value, json};
use support::images::plain;
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, palette};

use super::edits::assert_refused;
use crate::{cli, tree};

const ANCHOR: &str = "assets/bank/asset.json";
const SKY: Rgb = Rgb([0x40, 0x80, 0xC0]);

/// The bank `bank`, whose image is red, with two palettes.
fn bank() -> TestProject {
    let mut project = TestProject::new();
    project.write("assets/bank/a.png", plain(8, 8, RED));
    let palettes = vec![palette(&[KEY, RED]), palette(&[KEY, GREEN])];
    project.add_asset("bank", true, &glyph(1, "bank", TileSize::Eight, palettes, vec![artifact("a.png", 0)]));
    project
}

/// The palettes of the declaration, as (name, colors).
fn declared(project: &TestProject) -> Vec<(Option<String>, Vec<String>)> {
    let anchor: Value = serde_json::from_str(&project.read_text(ANCHOR)).unwrap();
    let palettes = anchor["output"]["pipeline"]["palettes"].as_array().unwrap().iter().map(|one| {
        let colors = one["palette"]["colors"].as_array().unwrap().iter();
        let name = one["palette"]["name"].as_str().map(str::to_owned);
        (name, colors.map(|color| color.as_str().unwrap().to_owned()).collect())
    });
    palettes.collect()
}

fn text(colors: &[Rgb]) -> Vec<String> {
    colors.iter().map(ToString::to_string).collect()
}

fn codes(answer: &Value) -> Vec<&str> {
    answer["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

#[test]
fn imported_palettes_are_added_and_undone() {
    let project = bank();
    project.write("night.gpl", "GIMP Palette\nName: Night\n255 0 255 key\n64 128 192 sky\n");
    let before = project.read(ANCHOR);
    let planned = cli::run_ok(project.root(), "palettes @ bank --import @/night.gpl --dry-run");
    assert_eq!((&planned["change"]["number"], project.read(ANCHOR) == before), (&Value::Null, true));
    let answer = cli::run_ok(project.root(), "palettes @ bank --import @/night.gpl");
    assert_eq!(codes(&answer), ["palette-file-key"]);
    assert_eq!(answer["change"]["edit"], "palettes");
    assert_eq!(declared(&project)[2], (Some("Night".into()), text(&[KEY, SKY])));
    cli::run_ok(project.root(), "undo @");
    assert_eq!(project.read(ANCHOR), before);
}

#[test]
fn imported_palette_replaces_and_keeps_name() {
    let project = bank();
    cli::run_ok(project.root(), "palette @ bank name 1 Leaves");
    project.write("sky.hex", "4080c0\n");
    let answer = cli::run_ok(project.root(), "palettes @ bank --import @/sky.hex --as 1 --key ff00ff");
    assert_eq!((codes(&answer), answer["repainted"].clone()), (vec![], json!([])));
    assert_eq!(declared(&project)[1], (Some("Leaves".into()), text(&[KEY, SKY])));
}

#[test]
fn imported_rows_become_palettes() {
    let project = bank();
    let rows: String = (0..40).map(|n| format!("{:02x}00ff\n", n * 6)).collect();
    project.write("master.hex", &rows);
    cli::run_ok(project.root(), "palettes @ bank --import @/master.hex --rows 1-2 --as 1");
    let lengths: Vec<usize> = declared(&project).iter().map(|(_, colors)| colors.len()).collect();
    assert_eq!(lengths, [2, 16, 8]);
    assert_eq!(declared(&project)[1].1[0], "#6000ff");
}

#[test]
fn unusable_palette_files_change_nothing() {
    let project = bank();
    project.write("long.hex", "4080c0\n".repeat(17));
    project.write("wrong.gpl", "GIMP Palette\n1 2 x\n");
    project.write("blue.hex", "ff00ff\n0000ff\n");
    for (line, code) in [
        ("--import @/long.hex", "palette-file-long"),
        ("--import @/wrong.gpl", "palette-file-value"),
        ("--import @/none.gpl", "file-missing"),
        ("--import @/assets", "file-not-regular"),
        ("--import @/blue.hex --as 3", "palette-undeclared"),
        // The image would not be drawn any more.
        ("--import @/blue.hex --as 0", "colors-undeclared"),
    ] {
        assert_refused(&project, &format!("palettes @ bank {line}"), &[code]);
    }
}

#[test]
fn exported_palette_reads_back() {
    let project = bank();
    for name in ["a.gpl", "a.hex", "a.pal", "a.act", "a.txt"] {
        let answer = cli::run_ok(project.root(), &format!("palettes @ bank --export @/{name} --index 1"));
        assert_eq!((&answer["palette"], &answer["written"]), (&json!(1), &json!(true)));
        cli::run_ok(project.root(), &format!("palettes @ bank --import @/{name} --as 1 --dry-run"));
        cli::run_ok(project.root(), &format!("palettes @ bank --import @/{name}"));
        assert_eq!(declared(&project).last().unwrap().1, text(&[KEY, GREEN]), "{name}");
    }
}

#[test]
fn export_replaces_only_if_asked() {
    let project = bank();
    project.write("mine.gpl", "mine");
    let before = tree::read_tree(project.root());
    for (line, code, exit) in [
        ("--export @/mine.gpl --index 0", "output-exists", 1),
        ("--export @/new.gpl", "palette-undeclared", 1),
        ("--export @/new.gpl --index 2", "palette-undeclared", 1),
        ("--export @/new.png --index 0", "usage", 2),
        ("--export @/assets/new.gpl --index 0", "usage", 2),
    ] {
        let answer = cli::run_json(project.root(), &format!("palettes @ bank {line}"));
        assert_eq!((answer.codes(), answer.code), (vec![code.to_owned()], exit), "{line}");
    }
    cli::run_ok(project.root(), "palettes @ bank --export @/new.gpl --index 0 --dry-run");
    tree::assert_same(&before, &tree::read_tree(project.root()), "nothing was written");
    cli::run_ok(project.root(), "palettes @ bank --export @/mine.gpl --index 0 --force");
    assert!(project.read_text("mine.gpl").starts_with("GIMP Palette\nName: palette 0\n"));
}

#[test]
fn create_begins_with_palette_files() {
    let project = TestProject::new();
    project.write("red.png", plain(8, 8, RED));
    let red: String = RED.to_string().trim_start_matches('#').into();
    project.write("sky.hex", "ff00ff\n4080c0\n");
    project.write(
        "red.gpl",
        format!("GIMP Palette\nName: Fire\n0 0 0 black\n{} {} {} red\n", RED.0[0], RED.0[1], RED.0[2]),
    );
    let answer = cli::run_ok(
        project.root(),
        "create @ bank @/red.png --type glyph_bank --palette @/sky.hex --palette @/red.gpl",
    );
    assert_eq!(codes(&answer), ["palette-file-key", "palette-file-key"]);
    let palettes = declared(&project);
    assert_eq!(palettes[0].1, ["#ff00ff", "#4080c0"]);
    assert_eq!(palettes[1], (Some("Fire".into()), vec!["#000000".into(), format!("#{red}")]));
    assert_eq!(palettes.len(), 2, "they cover all tiles");
}

#[test]
fn create_refuses_unusable_palette_files() {
    let project = TestProject::new();
    project.write("red.png", plain(8, 8, RED));
    project.write("long.hex", "4080c0\n".repeat(17));
    project.write("wrong.hex", "4080c0\nx\n");
    for (options, code) in [
        ("--palette @/long.hex", "palette-file-long"),
        ("--palette @/wrong.hex", "palette-file-value"),
        ("--palette @/none.hex", "file-missing"),
    ] {
        assert_refused(&project, &format!("create @ bank @/red.png --type glyph_bank {options}"), &[code]);
    }
}
