//! `create` of a glyph bank: from images to tiles and palettes.

use packer_services::formats::Rgb;
use serde_json::{Value, json};
use support::images::{self, Png};
use support::oracle::rgb565;
use support::{GREEN, KEY, RED, TestProject};

use crate::{cli, console};

const SKY: Rgb = Rgb([0x40, 0x80, 0xC0]);
const EARTH: Rgb = Rgb([0x80, 0x40, 0x20]);

/// Creates `bank` from these images, packs it, and returns its declaration.
fn create_bank(project: &TestProject, options: &str, files: &[(&str, Vec<u8>)]) -> Value {
    let mut line = format!("create @ bank --type glyph_bank {options}");
    for (name, bytes) in files {
        project.write(&format!("art/{name}"), bytes);
        line.push_str(&format!(" @/art/{name}"));
    }
    cli::run_ok(project.root(), &line);
    assert_eq!(cli::run_ok(project.root(), "pack @")["findings"], json!([]), "it must pack without findings");
    serde_json::from_str(&project.read_text("assets/bank/asset.json")).unwrap()
}

fn palettes(declaration: &Value) -> Vec<Vec<&str>> {
    let palettes = declaration["output"]["pipeline"]["palettes"].as_array().unwrap();
    let colors = |palette: &Value| palette["palette"]["colors"].as_array().cloned();
    assert!(palettes.iter().enumerate().all(|(index, palette)| palette["index"] == index && colors(palette).is_some()));
    palettes
        .iter()
        .map(|palette| {
            palette["palette"]["colors"].as_array().unwrap().iter().map(|color| color.as_str().unwrap()).collect()
        })
        .collect()
}

fn solid_tile(rgb: Rgb) -> Vec<Option<u16>> {
    vec![Some(rgb565(rgb.0)); 64]
}

#[test]
fn single_tile_images_need_no_size() {
    for side in [8, 16, 32] {
        let project = TestProject::new();
        let files = [("b.png", images::plain(side, side, RED)), ("a.png", images::plain(side, side, GREEN))];
        let declaration = create_bank(&project, "", &files);
        assert_eq!(declaration["output"]["metadata"], json!({"tile_size": side}));
        let artifacts = json!([{"file": "b.png", "index": 0}, {"file": "a.png", "index": 1}]);
        assert_eq!(declaration["artifacts"], artifacts, "in the order of the arguments");
    }
}

#[test]
fn sheets_take_consecutive_tiles_row_by_row() {
    let project = TestProject::new();
    let quarter = |x: u32, y: u32| [[RED, GREEN], [SKY, EARTH]][y as usize / 8][x as usize / 8];
    let sheet = Png::rgb(16, 16, quarter).bytes();
    let files = [("sheet.png", sheet), ("last.png", images::plain(8, 8, GREEN))];
    let declaration = create_bank(&project, "--tile-size 8", &files);
    assert_eq!(declaration["artifacts"], json!([{"file": "sheet.png", "index": 0}, {"file": "last.png", "index": 4}]));
    let glyph = console::glyph(&project, 1);
    for (tile, rgb) in [RED, GREEN, SKY, EARTH, GREEN].into_iter().enumerate() {
        assert_eq!(console::drawn_pixels(&glyph, tile, 0), solid_tile(rgb), "tile {tile}");
    }
}

#[test]
fn palette_of_indexed_image_is_kept() {
    let project = TestProject::new();
    let own = [KEY, SKY, GREEN, EARTH, RED];
    let image = Png::indexed(8, 8, &own, |x, _| u8::try_from(x % 4 + 1).unwrap()).bytes();
    let declaration = create_bank(&project, "", &[("ramp.png", image)]);
    assert_eq!(palettes(&declaration), [["#ff00ff", "#4080c0", "#00ff00", "#804020", "#ff0000"]]);
    let glyph = console::glyph(&project, 1);
    assert_eq!(glyph.tile(0).unwrap()[..8], [1, 2, 3, 4, 1, 2, 3, 4], "the author's indices");
}

#[test]
fn equal_palettes_are_shared() {
    let project = TestProject::new();
    let image = |index| Png::indexed(8, 8, &[KEY, RED, GREEN], move |_, _| index).bytes();
    let declaration = create_bank(&project, "", &[("a.png", image(1)), ("b.png", image(2))]);
    assert_eq!(palettes(&declaration), [["#ff00ff", "#ff0000", "#00ff00"]]);
}

#[test]
fn true_color_fills_the_first_palette() {
    let project = TestProject::new();
    // Ten colors, ten others, and two of the first ten: the third image fits into the first palette.
    let ramp =
        |base: u8| Png::rgb(8, 8, move |x, y| Rgb([(u8::try_from((x + 8 * y) % 10).unwrap() + 1) * 16, base, 0]));
    let files = [
        ("warm.png", ramp(0).bytes()),
        ("cold.png", ramp(200).bytes()),
        ("warm_too.png", images::checker(8, 8, Rgb([16, 0, 0]), Rgb([32, 0, 0]))),
    ];
    let declaration = create_bank(&project, "", &files);
    let sizes: Vec<usize> = palettes(&declaration).iter().map(Vec::len).collect();
    assert_eq!(sizes, [11, 11], "each palette has ten colors and the color key");
    let chosen: Vec<&Value> = declaration["artifacts"].as_array().unwrap().iter().map(|a| &a["palette"]).collect();
    assert_eq!(chosen, [&json!(0), &json!(1), &json!(0)]);
}

#[test]
fn index0_key_is_transparent() {
    let project = TestProject::new();
    let image = Png::indexed(8, 8, &[SKY, RED], |x, _| u8::from(x >= 4)).bytes();
    let declaration = create_bank(&project, "--color-key index0", &[("hero.png", image)]);
    assert_eq!(declaration["artifacts"][0]["color_key"], "index0");
    assert_eq!(palettes(&declaration)[0][0], "#4080c0", "the key keeps its color");
    let row = console::drawn_pixels(&console::glyph(&project, 1), 0, 0)[..8].to_vec();
    assert_eq!(row, [[None; 4], [Some(rgb565(RED.0)); 4]].concat());
}

#[test]
fn index0_without_a_key_is_opaque() {
    let project = TestProject::new();
    let image = Png::indexed(8, 8, &[SKY, RED], |x, _| u8::from(x >= 4)).bytes();
    create_bank(&project, "", &[("hero.png", image)]);
    let row = console::drawn_pixels(&console::glyph(&project, 1), 0, 0)[..8].to_vec();
    assert_eq!(row, [[Some(rgb565(SKY.0)); 4], [Some(rgb565(RED.0)); 4]].concat());
}

#[test]
fn key_color_is_transparent() {
    let project = TestProject::new();
    // One step in 8 bits: the same color on the console.
    let nearly = Rgb([0xFF, 0x01, 0xFF]);
    let image = Png::rgb(8, 8, |x, _| [KEY, nearly, RED, GREEN][x as usize / 2]).bytes();
    let declaration = create_bank(&project, "--color-key #ff00ff", &[("hero.png", image)]);
    assert_eq!(declaration["artifacts"][0]["color_key"], "#ff00ff");
    assert_eq!(palettes(&declaration), [["#ff00ff", "#ff0000", "#00ff00"]]);
    let row = console::drawn_pixels(&console::glyph(&project, 1), 0, 0)[..8].to_vec();
    assert_eq!(row, [[None; 4].to_vec(), vec![Some(rgb565(RED.0)); 2], vec![Some(rgb565(GREEN.0)); 2]].concat());
}

#[test]
fn transparent_pixels_need_no_key() {
    let project = TestProject::new();
    let image = Png::rgba(8, 8, |x, _| if x < 4 { [9, 9, 9, 0] } else { [0xFF, 0, 0, 0xFF] }).bytes();
    create_bank(&project, "", &[("ghost.png", image)]);
    let row = console::drawn_pixels(&console::glyph(&project, 1), 0, 0)[..8].to_vec();
    assert_eq!(row, [[None; 4], [Some(rgb565(RED.0)); 4]].concat());
}
