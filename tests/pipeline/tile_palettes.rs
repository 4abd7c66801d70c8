//! Which palette draws a tile: `show` and `constants --palettes` name the one with which the packed indices have the
//! colors of the source.

use packer_services::Context;
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{Operation, PreviewPackedBank};
use packer_services::preview::BankPreview;
use serde_json::{Value, json};
use support::images::Png;
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, palette};

use crate::cli;

const SIDE: u32 = 8;
const BLUE: Rgb = Rgb([0, 0, 0xF8]);
const YELLOW: Rgb = Rgb([0xF8, 0xF8, 0]);

/// The two colors of each tile: the sheet's, row by row, and the dot's.
const TILES: [[Rgb; 2]; 5] = [[RED, GREEN], [BLUE, YELLOW], [GREEN, RED], [YELLOW, BLUE], [BLUE, BLUE]];

fn color(tile: u32, x: u32) -> Rgb {
    TILES[tile as usize][usize::from(x % 2 == 1)]
}

/// A sheet of 2 × 2 tiles and an indexed dot, in two palettes.
fn two_palettes() -> TestProject {
    let mut project = TestProject::new();
    let sheet = Png::rgb(2 * SIDE, 2 * SIDE, |x, y| color(x / SIDE + y / SIDE * 2, x % SIDE));
    project.write("assets/ui/sheet.png", sheet.bytes());
    project.write("assets/ui/dot.png", Png::indexed(SIDE, SIDE, &[KEY, YELLOW, BLUE], |_, _| 2).bytes());
    let palettes = vec![palette(&[KEY, RED, GREEN]), palette(&[KEY, YELLOW, BLUE])];
    let artifacts = vec![artifact("sheet.png", 0), artifact("dot.png", 4)];
    project.add_asset("ui", true, &glyph(1, "ui", TileSize::Eight, palettes, artifacts));
    project
}

/// The value of each constant with this prefix.
fn values(project: &TestProject, options: &str, prefix: &str) -> Vec<(String, u64)> {
    let report = cli::run_ok(project.root(), &format!("constants @ --lang c {options}"));
    let constants = report["constants"].as_array().unwrap().iter();
    let of = |constant: &Value| (constant["name"].as_str().unwrap().to_owned(), constant["value"].as_u64().unwrap());
    constants.map(of).filter(|(name, _)| name.starts_with(prefix)).collect()
}

#[test]
fn shown_palette_draws_the_packed_tile() {
    let project = two_palettes();
    project.pack();
    let packed = PreviewPackedBank::new(project.at("build/assets.pa"), 1).run(&Context::new()).unwrap();
    let BankPreview::Glyph(bank) = packed.into_data().preview.unwrap().bank else { panic!("not a glyph bank") };
    let shown = cli::run_ok(project.root(), "show @ ui");
    let tiles = shown["tiles"].as_array().unwrap();
    let palettes: Vec<u64> = tiles.iter().map(|tile| tile["palette"].as_u64().unwrap()).collect();
    assert_eq!(palettes, [0, 1, 0, 1, 1]);
    for (tile, palette) in (0u32..).zip(&palettes) {
        let colors = bank.payload.palette(u32::try_from(*palette).unwrap());
        for (at, index) in (0u32..).zip(bank.payload.tile(TileSize::Eight, tile)) {
            assert_eq!(colors[usize::from(index)], color(tile, at % SIDE).to_565(), "tile {tile}, pixel {at}");
        }
    }
}

#[test]
fn palettes_of_tiles_are_constants() {
    let project = two_palettes();
    let named = |constants: &[(&str, u64)]| -> Vec<(String, u64)> {
        constants.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
    };
    let expected = [
        ("PALETTE_UI_SHEET_0_0", 0),
        ("PALETTE_UI_SHEET_1_0", 1),
        ("PALETTE_UI_SHEET_0_1", 0),
        ("PALETTE_UI_SHEET_1_1", 1),
        ("PALETTE_UI_DOT", 1),
    ];
    assert_eq!(values(&project, "--palettes", "PALETTE_"), named(&expected));
    assert_eq!(values(&project, "", "PALETTE_"), []);
    assert_eq!(values(&project, "--palettes", "TILE_"), values(&project, "", "TILE_"));
    let output = cli::run(project.root(), "constants @ --lang json --palettes --output @/ids.json");
    assert_eq!(output.code, 0, "{}", output.stderr);
    let written: Value = serde_json::from_slice(&project.read("ids.json")).unwrap();
    assert_eq!(written["ui"]["palettes"], json!({ "sheet.png": [[0, 1], [0, 1]], "dot.png": [[1]] }));
    assert_eq!(written["ui"]["tiles"], json!({ "sheet.png": [[0, 1], [2, 3]], "dot.png": [[4]] }));
}

#[test]
fn undrawn_tile_has_no_palette() {
    let project = two_palettes();
    let wrong = Png::rgb(2 * SIDE, 2 * SIDE, |x, y| if x < SIDE { color(y / SIDE * 2, x) } else { Rgb([1, 99, 200]) });
    project.write("assets/ui/sheet.png", wrong.bytes());
    let output = cli::run(project.root(), "show @ ui --format json");
    let palettes: Vec<Value> =
        output.json()["tiles"].as_array().unwrap().iter().map(|tile| tile["palette"].clone()).collect();
    assert_eq!(Value::from(palettes), json!([0, null, 0, null, 1]));
    let text = cli::run(project.root(), "show @ ui");
    assert!(text.stdout.contains("sheet.png  palette 0\n"), "{}", text.stdout);
}
