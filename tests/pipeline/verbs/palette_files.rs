//! Palette files: `palettes --import`, `palettes --export` and `create --palette`.

use std::process::Command;

use packer_services::Context;
use packer_services::declaration::{Palette, PaletteSource};
use packer_services::diagnostics::Code;
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{Operation, PreviewBank};
use packer_services::preview::{BankPreview, TileState};
use packer_services::session::{Change, Session};
use serde_json::{Value, json};
use support::images::{Png, plain};
use support::sprites::{self, Sprite};
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, palette, rel_path};

use super::edits::assert_refused;
use crate::{cli, tools, tree};

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

// Palettes that are files.

/// The bank `bank`, whose palette 0 is the file `path`, and `other` that names the same file if it is a shared one.
fn linked(path: &str) -> TestProject {
    let mut project = TestProject::new();
    let roots: &[&str] = if path.starts_with('/') { &["bank", "ui/other"] } else { &["bank"] };
    let below = path.strip_prefix('/').map_or(format!("assets/bank/{path}"), |below| format!("assets/{below}"));
    project.write(&below, hex(&[KEY, RED]));
    for (n, root) in (1..).zip(roots) {
        project.write(&format!("assets/{root}/a.png"), plain(8, 8, RED));
        let source = PaletteSource {
            path: rel_path(path.trim_start_matches('/')),
            is_shared: path.starts_with('/'),
            row: None,
            key: None,
        };
        let palettes = vec![Palette { name: None, colors: Vec::new(), file: Some(source) }, palette(&[KEY, GREEN])];
        let name = root.replace('/', "_");
        project.add_asset(root, true, &glyph(n, &name, TileSize::Eight, palettes, vec![artifact("a.png", 0)]));
    }
    project
}

fn hex(colors: &[Rgb]) -> String {
    text(colors).join("\n")
}

fn metadata(project: &TestProject) -> Value {
    serde_json::from_str(&project.read_text("build/asset_table_metadata.json")).unwrap()
}

fn pack(project: &TestProject) -> Value {
    cli::run_ok(project.root(), "pack @")
}

#[test]
fn pack_follows_the_palette_file() {
    for (path, file, source) in [
        ("night.hex", "assets/bank/night.hex", "night.hex"),
        ("/night.hex", "assets/night.hex", "/night.hex"),
        ("/palettes/night.hex", "assets/palettes/night.hex", "/palettes/night.hex"),
    ] {
        let project = linked(path);
        assert_eq!(codes(&pack(&project)), Vec::<&str>::new());
        let first = project.pack_bytes();
        let of_bank = metadata(&project)["assets"][0].clone();
        assert_eq!(of_bank["palettes"], json!([text(&[KEY, RED]), text(&[KEY, GREEN])]), "{path}");
        let sources = of_bank["sources"].as_array().unwrap().iter();
        assert!(sources.clone().any(|one| one["path"] == source), "{path}: {of_bank}");
        assert_eq!(pack(&project)["published"], "up-to-date", "{path}");
        // One more color changes the palette, and no tile.
        project.write(file, hex(&[KEY, RED, SKY]));
        assert_eq!(pack(&project)["published"], "published", "{path}");
        assert_ne!(project.pack_bytes(), first, "{path}");
        assert_eq!(metadata(&project)["assets"][0]["palettes"][0], json!(text(&[KEY, RED, SKY])), "{path}");
        cli::run_ok(project.root(), "verify @/build/assets.pa --against @");
        let partly = project.pack_bytes();
        cli::run_ok(project.root(), "pack @ --no-cache");
        assert_eq!(project.pack_bytes(), partly, "{path}");
    }
}

#[test]
fn shared_palette_serves_many_banks() {
    let project = linked("/palettes/night.hex");
    pack(&project);
    project.write("assets/palettes/night.hex", hex(&[KEY, RED, SKY]));
    let answer = pack(&project);
    assert_eq!(answer["cache"]["rebuilt"].as_array().map(Vec::len), Some(2), "{answer}");
    let assets = metadata(&project)["assets"].clone();
    assert_eq!(assets[0]["palettes"], assets[1]["palettes"]);
    let doctor = cli::run_ok(project.root(), "doctor @ --workspace");
    assert!(!codes(&doctor).contains(&"stray-file"), "{doctor}");
}

#[test]
fn shared_palette_is_named_by_its_path() {
    let project = linked("/palettes/night.hex");
    project.write("assets/bank/palettes/night.hex", "");
    pack(&project);
    project.write("assets/palettes/night.hex", hex(&[KEY, RED, SKY]));
    let answer = pack(&project);
    assert_eq!(answer["cache"]["rebuilt"][0]["file"], "/palettes/night.hex");
    // A code host shows the line that names it.
    let there = project.at("assets/palettes/Night.hex");
    std::fs::rename(project.at("assets/palettes/night.hex"), &there).unwrap();
    let anchor = project.read_text(ANCHOR);
    let line = 1 + anchor.lines().position(|line| line.contains("\"/palettes/night.hex\"")).unwrap();
    let log = cli::run(project.root(), "doctor @ --format github").stdout;
    assert!(log.contains(&format!("assets/bank/asset.json,line={line}::")), "{log}");
    let answer = cli::run_json(project.root(), "doctor @").json();
    let rename = json!({ "kind": "rename", "from": "assets/palettes/Night.hex", "to": "assets/palettes/night.hex" });
    assert_eq!(answer["findings"][0]["fix"], rename, "{answer}");
}

#[test]
fn options_of_another_mode_are_refused() {
    let project = linked("night.hex");
    let lines = ["--import f.hex --index 0", "--import f.hex --force", "--apply --as 0", "--apply --index 0"];
    let lines =
        lines.into_iter().chain(["--export f.hex --as 0", "--export f.hex --link", "--export f.hex --rows all"]);
    for line in lines {
        let output = cli::run(project.root(), &format!("palettes @ bank {line}"));
        assert_eq!(output.code, 2, "{line}: {}", output.stderr);
        assert!(output.stderr.contains("cannot be used with"), "{line}: {}", output.stderr);
    }
}

#[test]
fn wrong_palette_file_is_named_with_line() {
    for (path, file) in [("night.gpl", "assets/bank/night.gpl"), ("/night.gpl", "assets/night.gpl")] {
        let project = linked(path);
        project.write(file, "GIMP Palette\n255 0 255 key\n300 0 0 red\n");
        let answer = cli::run_json(project.root(), "pack @").json();
        let finding = &answer["findings"][0];
        assert_eq!((&finding["code"], &finding["file"]), (&json!("palette-file-value"), &json!(file)));
        assert_eq!(finding["places"], json!([{ "kind": "line", "line": 3 }]));
        assert_eq!(finding["asset"]["root"], "bank");
        std::fs::remove_file(project.at(file)).unwrap();
        let answer = cli::run_json(project.root(), "pack @").json();
        assert_eq!(
            (&answer["findings"][0]["code"], &answer["findings"][0]["file"]),
            (&json!("file-missing"), &json!(file))
        );
    }
}

#[test]
fn wrong_palette_file_leaves_the_rest() {
    for (path, file) in [("night.gpl", "assets/bank/night.gpl"), ("/night.gpl", "assets/night.gpl")] {
        let project = linked(path);
        project.write(file, "GIMP Palette\n255 0 255 key\n300 0 0 red\n");
        // The left tile needs the palette, the right one does not; a third is blank.
        project.write("assets/bank/a.png", Png::rgb(16, 8, |x, _| if x < 8 { RED } else { GREEN }).bytes());
        let shown = cli::run_json(project.root(), "show @ bank").json();
        assert_eq!(codes(&shown), ["palette-file-value"], "{path}");
        assert_eq!((&shown["used"], &shown["palettes"][0]["colors"]), (&json!(2), &json!([])), "{path}");
        assert_eq!((&shown["tiles"][0]["palette"], &shown["tiles"][1]["palette"]), (&Value::Null, &json!(1)));
        let listed = cli::run_json(project.root(), "list @").json();
        assert_eq!((&listed["assets"][0]["name"], &listed["assets"][0]["state"]), (&json!("bank"), &json!("broken")));
        let report = PreviewBank::new(project.root(), "bank").run(&Context::new()).unwrap();
        let BankPreview::Glyph(glyph) = &report.preview.as_ref().unwrap().bank else { panic!("no glyph bank") };
        let cause = report.findings().iter().find(|finding| finding.code == Code::PaletteFileValue).unwrap().cause_id();
        assert_eq!(glyph.tiles[0].state, TileState::Hole { cause: Some(cause) }, "{path}");
        assert!(!report.preview.as_ref().unwrap().is_whole);
        cli::run_refused(
            project.root(),
            "pack @",
            &vec!["palette-file-value"; if path == "night.gpl" { 1 } else { 2 }],
        );
        // Other banks and its place in the project can still be edited.
        cli::run_ok(project.root(), "exclude @ bank");
        assert_refused(&project, "tile-size @ bank 8", &["palette-file-value"]);
        let named = cli::run_json(project.root(), "palettes @ bank").json();
        assert_eq!(named["findings"][0]["file"], file);
    }
}

/// Packs, and asserts that every asset is refused with this code. Returns the answer.
fn refused(project: &TestProject, code: &str) -> String {
    let answer = cli::run_json(project.root(), "pack @");
    assert_eq!(answer.code, 1, "{}", answer.stdout);
    assert!(answer.codes().iter().all(|found| found == code), "{}", answer.stdout);
    answer.stdout
}

#[test]
fn paths_of_palette_files_are_exact() {
    for (path, file) in [("night.hex", "assets/bank/night.hex"), ("/night.hex", "assets/night.hex")] {
        let project = linked(path);
        let twin = file.replace("night", "Night");
        std::fs::rename(project.at(file), project.at(&twin)).unwrap();
        let missing = refused(&project, "file-twin");
        assert!(
            missing.contains(&path.replace("night", "Night")) && missing.contains(&format!("`{path}`")),
            "{missing}"
        );
        // The window and `fix` use the spelling of the file, wherever it is named.
        let anchor = project.read_text(ANCHOR);
        cli::run_ok(project.root(), "fix @");
        assert_eq!(project.read_text(ANCHOR), anchor.replace("night", "Night"));
        pack(&project);
        cli::run_ok(project.root(), "undo @");
        std::fs::remove_file(project.at(&twin)).unwrap();
        std::fs::create_dir(project.at(file)).unwrap();
        refused(&project, "file-not-regular");
        std::fs::remove_dir(project.at(file)).unwrap();
        project.write(file, vec![b'f'; (16 << 20) + 1]);
        refused(&project, "file-too-large");
        #[cfg(unix)]
        {
            std::fs::remove_file(project.at(file)).unwrap();
            project.write("outside.hex", hex(&[KEY, RED]));
            std::os::unix::fs::symlink(project.at("outside.hex"), project.at(file)).unwrap();
            refused(&project, "link-outside");
        }
    }
}

#[test]
fn unread_palettes_blame_no_color() {
    let project = linked("night.hex");
    std::fs::remove_file(project.at("assets/bank/night.hex")).unwrap();
    // Indexed, keyed, blank and half transparent tiles, with the palette named and not named.
    let colors = [KEY, RED, GREEN];
    project.write("assets/bank/a.png", Png::indexed(24, 8, &colors, |x, _| u8::try_from(x / 8).unwrap()).bytes());
    for keys in ["", ", \"color_key\": \"index0\"", ", \"palette\": 0", ", \"palette\": 0, \"color_key\": \"index0\""] {
        project.edit(ANCHOR, "\"index\": 0", &format!("\"index\": 0{keys}"));
        cli::run_refused(project.root(), "doctor @", &["file-missing"]);
        project.edit(ANCHOR, &format!("\"index\": 0{keys}"), "\"index\": 0");
    }
    project.edit(ANCHOR, "\"index\": 0", "\"index\": 0, \"palette\": 1");
    let codes = cli::run_json(project.root(), "doctor @").codes();
    assert!(codes.contains(&"color-only-key".to_owned()) && codes.contains(&"file-missing".to_owned()), "{codes:?}");
}

/// A sprite with these colors, all of which one frame draws.
fn sprite(colors: &[Rgb]) -> Sprite {
    let colors: Vec<[u8; 3]> = colors.iter().map(|color| color.0).collect();
    Sprite::indexed([8, 8], &colors, &[&[1; 64]])
}

#[test]
fn palette_of_a_sprite_is_followed() {
    let project = linked("/palettes/night");
    project.write("assets/palettes/night", sprite(&[KEY, RED]).bytes());
    pack(&project);
    let first = project.pack_bytes();
    project.write("assets/palettes/night", sprite(&[KEY, RED, SKY]).bytes());
    assert_eq!(pack(&project)["published"], "published");
    assert_ne!(project.pack_bytes(), first);
    assert_eq!(metadata(&project)["assets"][0]["palettes"][0], json!(text(&[KEY, RED, SKY])));
    // An imported palette is a copy. Index 0 of the sprite is transparent, so there is nothing to say about it.
    project.write("sky.ase", sprite(&[KEY, SKY]).bytes());
    let imported = cli::run_ok(project.root(), "palettes @ bank --import @/sky.ase");
    assert_eq!(codes(&imported), Vec::<&str>::new());
    let two = sprite(&[KEY, SKY]).with(1, sprites::palette(2, 1, &[[1, 2, 3, 255]])).bytes();
    project.write("two.ase", &two);
    assert_refused(&project, "palettes @ bank --import @/two.ase", &["palette-file-value"]);
    project.write("cut.ase", &two[..two.len() - 4]);
    assert_refused(&project, "palettes @ bank --import @/cut.ase", &["image-cut"]);
}

#[test]
fn sprite_is_drawn_in_its_own_palette() {
    let project = TestProject::new();
    project.write("hero.aseprite", sprite(&[KEY, SKY, RED, GREEN]).bytes());
    let line = "create @ bank @/hero.aseprite --type glyph_bank --tile-size 8 --palette @/hero.aseprite";
    cli::run_ok(project.root(), line);
    assert_eq!(declared(&project)[0].1, text(&[KEY, SKY, RED, GREEN]));
    cli::run_ok(project.root(), "palettes @ bank --import @/assets/bank/hero.aseprite --link --as 0");
    cli::run_ok(project.root(), "pack @");
    let sources = metadata(&project)["assets"][0]["sources"].clone();
    let paths: Vec<&Value> = sources.as_array().unwrap().iter().map(|source| &source["path"]).collect();
    assert_eq!(paths, ["asset.json", "hero.aseprite"], "one file is one source");
    project.write("assets/bank/hero.aseprite", sprite(&[KEY, GREEN, RED, SKY]).bytes());
    assert_eq!(pack(&project)["published"], "published");
    assert_eq!(metadata(&project)["assets"][0]["palettes"][0], json!(text(&[KEY, GREEN, RED, SKY])));
}

#[test]
fn unusable_name_of_a_palette_is_noted() {
    let project = bank();
    let long = "a name of more than 32 characters";
    project.write("night.gpl", format!("GIMP Palette\nName: {long}\n255 0 255 key\n64 128 192 sky\n"));
    let answer = cli::run_ok(project.root(), "palettes @ bank --import @/night.gpl");
    assert_eq!(codes(&answer), ["palette-file-key", "palette-file-name"]);
    assert_eq!(declared(&project)[2].0, None);
    // A palette that is replaced keeps its name, so nothing is lost.
    let answer = cli::run_ok(project.root(), "palettes @ bank --import @/night.gpl --as 1");
    assert_eq!(codes(&answer), ["palette-file-key"]);
}

#[test]
fn rows_and_keys_are_declared() {
    let project = linked("night.hex");
    let anchor = project.read_text(ANCHOR);
    let colors: String = (0..20).map(|n| format!("{:02x}ff00\n", 255 - n * 8)).collect();
    project.write("assets/bank/night.hex", &colors);
    let with = |text: &str| {
        project.write(ANCHOR, anchor.replace("\"night.hex\"", &format!("\"night.hex\"{text}")));
        let answer = cli::run_json(project.root(), "show @ bank").json();
        answer["palettes"][0]["colors"].as_array().map(Vec::len)
    };
    assert_eq!((with(""), with(", \"row\": 1"), with(", \"row\": 2")), (Some(0), Some(4), Some(0)));
    assert_eq!(with(", \"row\": 1, \"key\": \"#ff00ff\""), Some(5));
    assert_eq!(with(", \"row\": 0, \"key\": \"#ff00ff\""), Some(0), "no room for a key");
    for wrong in [", \"colors\": [\"#ff00ff\"]", ", \"row\": 64", ", \"key\": \"red\""] {
        assert_eq!(with(wrong), None, "{wrong}");
    }
}

#[test]
fn session_follows_a_shared_palette() {
    let project = linked("/palettes/night.hex");
    let context = Context::new();
    let mut session = Session::new(project.root());
    session.refresh(&context).unwrap();
    while session.pending() > 0 {
        session.build_next(&context, None).unwrap();
    }
    project.write("assets/palettes/night.hex", hex(&[KEY, SKY]));
    session.note(&Change::Paths(["palettes/night.hex".to_owned()].into()));
    let delta = session.refresh(&context).unwrap();
    assert!(delta.changed.contains("bank") && delta.changed.contains("ui/other"), "{delta:?}");
    while session.pending() > 0 {
        session.build_next(&context, None).unwrap();
    }
    let findings = session.report().findings().to_vec();
    assert!(findings.iter().filter(|finding| finding.code == Code::ColorsUndeclared).count() == 2, "{findings:?}");
    std::fs::remove_file(project.at("assets/palettes/night.hex")).unwrap();
    session.note(&Change::Paths(["palettes/night.hex".to_owned()].into()));
    session.refresh(&context).unwrap();
    assert_eq!(session.report().findings().iter().filter(|finding| finding.code == Code::FileMissing).count(), 2);
}

#[test]
fn edits_refuse_palette_files() {
    let project = linked("night.hex");
    for line in ["palette @ bank set 0 1 00ff00", "palette @ bank set 0 2 00ff00"] {
        assert_refused(&project, line, &["palette-is-file"]);
    }
    // Missing colors become a palette beside it, and other fields of it can be changed.
    project.write("assets/bank/a.png", plain(8, 8, SKY));
    let found = cli::run_ok(project.root(), "palettes @ bank --apply");
    assert_eq!((&found["new_colors"], &found["palettes"][0]["colors"]), (&json!(1), &json!(text(&[KEY, RED]))));
    cli::run_ok(project.root(), "palette @ bank name 0 Night");
    cli::run_ok(project.root(), "palette @ bank move 0 1");
    let anchor: Value = serde_json::from_str(&project.read_text(ANCHOR)).unwrap();
    let moved = anchor["output"]["pipeline"]["palettes"].as_array().unwrap().iter().find(|one| one["index"] == 1);
    assert_eq!(moved.unwrap()["palette"], json!({ "name": "Night", "file": "night.hex" }));
}

#[test]
fn import_links_files_below_assets() {
    let project = bank();
    project.write("assets/palettes/night.hex", hex(&[RED, GREEN]));
    project.write("assets/bank/own.hex", hex(&[KEY, RED]));
    project.write("outside.hex", hex(&[KEY, RED]));
    assert_refused(&project, "palettes @ bank --import @/outside.hex --link", &["path-not-relative"]);
    cli::run_ok(project.root(), "palettes @ bank --import @/assets/palettes/night.hex --link --key ff00ff --as 0");
    cli::run_ok(project.root(), "palettes @ bank --import @/assets/bank/own.hex --link --rows 0");
    let anchor: Value = serde_json::from_str(&project.read_text(ANCHOR)).unwrap();
    let palettes = &anchor["output"]["pipeline"]["palettes"];
    assert_eq!(palettes[0]["palette"], json!({ "file": "/palettes/night.hex", "key": "#ff00ff" }));
    assert_eq!(palettes[2]["palette"], json!({ "file": "own.hex", "row": 0 }));
    // Importing again without `--link` writes the colors.
    cli::run_ok(project.root(), "palettes @ bank --import @/outside.hex --as 0");
    let anchor: Value = serde_json::from_str(&project.read_text(ANCHOR)).unwrap();
    assert_eq!(anchor["output"]["pipeline"]["palettes"][0]["palette"], json!({ "colors": text(&[KEY, RED]) }));
}

#[test]
#[ignore = "needs python3: run with --include-ignored"]
fn python_verifier_reads_palette_files() {
    let project = linked("/palettes/night");
    project.write("assets/palettes/night", sprite(&[KEY, RED, SKY]).bytes());
    verify(&project, "aseprite");
    for format in ["gpl", "hex", "pal", "act", "txt"] {
        let project = linked("/palettes/night");
        project.write("assets/palettes/night", hex(&[KEY, RED, SKY]));
        cli::run_ok(project.root(), &format!("palettes @ bank --export @/night.{format} --index 0"));
        project.write("assets/palettes/night", project.read(&format!("night.{format}")));
        verify(&project, format);
    }
}

/// Packs, and asserts that the verifier works out the same pack.
fn verify(project: &TestProject, format: &str) {
    pack(project);
    let script = support::repository().join("tests/support/verify_pack.py");
    let compared = tools::run_to_end(Command::new("python3").arg(script).arg(project.root()));
    assert_eq!(compared.code, 0, "{format}: {}{}", compared.stdout, compared.stderr);
}

/// The packer never writes to a palette file, so it must not say that it would.
#[test]
fn missing_colors_go_into_the_file() {
    let project = bank();
    project.write("assets/bank/day.hex", "ff00ff\nff0000\n");
    cli::run_ok(project.root(), "palettes @ bank --import @/assets/bank/day.hex --as 0 --link");
    cli::run_ok(project.root(), "palette @ bank remove 1");
    project.write("assets/bank/a.png", Png::rgb(8, 8, |x, _| if x < 4 { RED } else { SKY }).bytes());
    let help = || {
        let refused = cli::run_refused(project.root(), "pack @", &["colors-undeclared"]);
        refused.json()["findings"][0]["help"].as_str().unwrap().to_owned()
    };
    let in_file = "add these to the file of palette 0, `day.hex`, which has room: `#4080c0`";
    assert!(help().contains(in_file), "{}", help());
    project.edit(ANCHOR, "\"index\": 0", "\"index\": 0,\n      \"palette\": 0");
    assert!(help().contains(in_file), "{}", help());
    cli::run_refused(project.root(), "palettes @ bank --apply", &["palette-is-file"]);
}

/// The advice about a lost file can be followed without an editor.
#[test]
fn lost_palette_file_can_be_replaced() {
    let project = bank();
    project.write("assets/day.hex", "ff00ff\nff0000\n");
    cli::run_ok(project.root(), "palettes @ bank --import @/assets/day.hex --as 0 --link");
    std::fs::rename(project.at("assets/day.hex"), project.at("assets/night.hex")).unwrap();
    cli::run_refused(project.root(), "pack @", &["file-missing"]);
    cli::run_refused(project.root(), "palette @ bank set 1 1 00ff00", &["file-missing"]);
    cli::run_ok(project.root(), "palettes @ bank --import @/assets/night.hex --as 0 --link");
    cli::run_ok(project.root(), "pack @");
    std::fs::remove_file(project.at("assets/night.hex")).unwrap();
    project.write("spare.hex", "ff00ff\nff0000\n");
    cli::run_ok(project.root(), "palettes @ bank --import @/spare.hex --as 0");
    cli::run_ok(project.root(), "pack @");
}

/// Its path leads to the root, which is not in place yet.
#[test]
fn restored_bank_has_its_own_palette() {
    let project = bank();
    project.write("assets/bank/day.hex", "ff00ff\nff0000\n");
    cli::run_ok(project.root(), "palettes @ bank --import @/assets/bank/day.hex --as 0 --link");
    project.edit(ANCHOR, "\"day.hex\"", "\"/bank/day.hex\"");
    let before = cli::run_ok(project.root(), "pack @")["sha256"].clone();
    cli::run_ok(project.root(), "remove @ bank");
    cli::run_ok(project.root(), "restore @ bank");
    assert_eq!(cli::run_ok(project.root(), "pack @")["sha256"], before);
}

#[test]
fn image_of_a_palette_is_kept() {
    let mut project = bank();
    let near = Rgb([0, 0xF7, 0]);
    let drawn = |color: Rgb| Png::indexed(8, 8, &[KEY, RED, color], |x, _| if x < 4 { 1 } else { 2 }).bytes();
    project.write("assets/one/art.png", drawn(near)).write("assets/two/b.png", drawn(near));
    let palettes = || vec![palette(&[KEY, RED, GREEN])];
    project.add_asset("one", true, &glyph(2, "one", TileSize::Eight, palettes(), vec![artifact("art.png", 0)]));
    project.add_asset("two", true, &glyph(3, "two", TileSize::Eight, palettes(), vec![artifact("b.png", 0)]));
    cli::run_ok(project.root(), "palettes @ two --import @/assets/one/art.png --as 0 --link");
    cli::run_refused(project.root(), "fix @ one --code color-near-miss --choice 2", &["image-rewrite"]);
}
