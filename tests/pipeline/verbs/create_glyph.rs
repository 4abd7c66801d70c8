//! `create` of a glyph bank: from images to tiles and palettes.

use packer_services::declaration::ColorKey;
use packer_services::formats::{Rgb, TileSize};
use serde_json::{Value, json};
use support::images::{self, Png};
use support::oracle::rgb565;
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, red_green};

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

/// The ids of an image that cannot have its key are not free.
#[test]
fn refused_key_leaves_no_gap() {
    let mut project = TestProject::new();
    let mut artifacts: Vec<_> = (0..3).map(|n| artifact(&format!("{n}.png"), n)).collect();
    artifacts[1].color_key = Some(ColorKey::Index0);
    for n in 0..3 {
        project.write(&format!("assets/bank/{n}.png"), images::plain(8, 8, RED));
    }
    project.add_asset("bank", true, &glyph(1, "bank", TileSize::Eight, vec![red_green()], artifacts));
    cli::run_refused(project.root(), "pack @", &["color-key-index"]);
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

/// The codes that `create` reports for a bank of one image, and its palettes.
fn codes_and_palettes(image: Vec<u8>, options: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let project = TestProject::new();
    project.write("art/a.png", image);
    let output = cli::run_json(project.root(), &format!("create @ bank --type glyph_bank {options} @/art/a.png"));
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    let declaration: Value = serde_json::from_str(&project.read_text("assets/bank/asset.json")).unwrap();
    let owned = |colors: Vec<&str>| colors.into_iter().map(str::to_owned).collect();
    (output.codes(), palettes(&declaration).into_iter().map(owned).collect())
}

/// The `n`-th of a few hundred colors that differ on the console.
fn shade(n: usize) -> Rgb {
    Rgb([u8::try_from(n % 30 * 8).unwrap(), u8::try_from(n / 30 * 32).unwrap(), 0x40])
}

fn shades(range: impl Iterator<Item = usize>) -> Vec<String> {
    range.map(|n| shade(n).to_string()).collect()
}

#[test]
fn only_sixteen_drawn_colors_are_noted() {
    let own: Vec<Rgb> = (0..16).map(shade).collect();
    let all = |x: u32, y: u32| u8::try_from((x + 8 * y) % 8 + x / 8 * 8).unwrap();
    let few = |x: u32, _| if x % 8 > 3 { 15 } else { 0 };
    let image = |own: &[Rgb], index: &dyn Fn(u32, u32) -> u8| Png::indexed(16, 8, own, index);
    for (what, png, expected) in [
        ("sixteen colors", image(&own, &all), vec!["key-color-drawn"]),
        ("one of them is transparent", image(&own, &all).with_trns(&[255, 255, 255, 255, 255, 0]), vec![]),
        ("two of sixteen indices", image(&own, &few), vec![]),
    ] {
        assert_eq!(codes_and_palettes(png.bytes(), "--tile-size 8").0, expected, "{what}");
    }
}

#[test]
fn opaque_index_0_background_is_noted() {
    let own = [SKY, RED];
    let post = |x: u32, _| u8::from((2..6).contains(&x));
    let wall = |x: u32, _| u8::from(x < 4);
    let codes = |png: Png, options: &str| codes_and_palettes(png.bytes(), options).0;
    assert_eq!(codes(Png::indexed(8, 8, &own, post), ""), ["key-color-drawn"]);
    assert_eq!(codes(Png::indexed(8, 8, &own, wall), ""), Vec::<&str>::new(), "a wall on one side");
    assert_eq!(codes(Png::indexed(8, 8, &own, |_, _| 0), ""), Vec::<&str>::new(), "nothing is before it");
    assert_eq!(codes(Png::indexed(8, 8, &own, post), "--color-key index0"), Vec::<&str>::new());
}

#[test]
fn opaque_index_0_moves_no_color() {
    // White is the opaque index 0 of every tile; there is room for all colors.
    let own: Vec<Rgb> = (0..5).map(|n| shade(7 * (5 - n))).collect();
    let image = Png::indexed(8, 8, &own, |x, y| u8::try_from((x + y) % 5).unwrap()).bytes();
    let (_, palettes) = codes_and_palettes(image, "");
    let expected: Vec<String> = [1, 2, 3, 4, 0].iter().map(|at: &usize| own[*at].to_string()).collect();
    assert_eq!(palettes[0][1..], expected);
}

#[test]
fn color_before_the_palette_moves_no_color() {
    // GIMP puts a transparent color before all others with each export.
    for added in 1..4 {
        let own: Vec<Rgb> = (0..16 + added).map(|n| shade(if n < added { 100 } else { n - added })).collect();
        let index = |x: u32, y: u32| u8::try_from(((x + 8 * y) as usize % 15) + 1 + added).unwrap();
        let image = Png::indexed(8, 8, &own, index).with_trns(&[0]).bytes();
        let (codes, palettes) = codes_and_palettes(image, "");
        assert_eq!((codes, palettes.len()), (vec![], 1), "{added}");
        assert_eq!(palettes[0][1..], shades(1..16), "{added}");
    }
}

/// A sheet of one tile for each of `rows`; the own palette has rows of 16, with the shared colors of `own`.
fn sheet_of_rows(own: &[Rgb], rows: &[u8], trns: bool) -> Vec<u8> {
    let width = u32::try_from(rows.len()).unwrap() * 8;
    let column = |x: u32, y: u32| u8::try_from((x + y) % 6 + u32::from(!trns)).unwrap();
    let image = Png::indexed(width, 8, own, |x, y| rows[x as usize / 8] * 16 + column(x, y));
    let alphas: Vec<u8> = (0..own.len()).map(|n| if n % 16 == 0 { 0 } else { 255 }).collect();
    if trns { image.with_trns(&alphas).bytes() } else { image.bytes() }
}

#[test]
fn rows_of_sixteen_become_palettes() {
    // Row 1 has the colors of row 0 in reverse, row 2 has one color in every column.
    let row_0: Vec<Rgb> = (0..16).map(shade).collect();
    let row_1: Vec<Rgb> = (0..16).map(|n| shade((16 - n) % 16)).collect();
    let row_2: Vec<Rgb> = (0..16).map(|_| shade(40)).collect();
    let own = [row_0.clone(), row_1.clone(), row_2.clone()].concat();
    let project = TestProject::new();
    project.write("art/a.png", sheet_of_rows(&own, &[0, 1, 2, 1], true));
    let output = cli::run_json(project.root(), "create @ bank --type glyph_bank --tile-size 8 @/art/a.png");
    // Row 2 is one color, as colors that a program changes later often are.
    let expected = vec!["colors-repeated".to_owned(), "palette-rows".to_owned()];
    assert_eq!((output.code, output.codes()), (0, expected), "{}", output.stdout);
    let declaration: Value = serde_json::from_str(&project.read_text("assets/bank/asset.json")).unwrap();
    let expected: Vec<Vec<String>> =
        [row_0, row_1, row_2].iter().map(|row| row[1..].iter().map(ToString::to_string).collect()).collect();
    let found: Vec<Vec<&str>> = palettes(&declaration).into_iter().map(|colors| colors[1..].to_vec()).collect();
    assert_eq!(found, expected);
    assert_eq!(cli::run_ok(project.root(), "pack @")["findings"], json!([]));
    let glyph = console::glyph(&project, 1);
    for tile in 0..4 {
        let columns: Vec<u8> = (0..64).map(|n| (n % 8 + n / 8 + tile * 8) % 6).collect();
        assert_eq!(glyph.tile(tile.into()).unwrap(), columns, "tile {tile}");
    }
}

#[test]
fn undrawn_rows_are_listed() {
    let own: Vec<Rgb> = (0..64).map(shade).collect();
    let project = TestProject::new();
    let message = |rows: &[u8]| {
        project.write("art/a.png", sheet_of_rows(&own, rows, true));
        let root = format!("bank{}", rows.len());
        let line = format!("create @ {root} --type glyph_bank --tile-size 8 @/art/a.png");
        let output = cli::run_json(project.root(), &line);
        output.json()["findings"][0]["message"].as_str().unwrap().to_owned()
    };
    let between = message(&[0, 2]);
    assert!(between.contains("rows 0 to 2 became the palettes of the same numbers"), "{between}");
    assert!(between.ends_with("; row 3, which no tile draws, did not"), "{between}");
    let one = message(&[3]);
    assert!(one.contains("row 3 became palette 0"), "{one}");
}

#[test]
fn opaque_column_0_keeps_no_rows() {
    let mut own: Vec<Rgb> = (0..32).map(shade).collect();
    own[16] = own[0];
    let column_0 = |x: u32, y: u32| u8::try_from(x / 8 * 16 + (x + y) % 6).unwrap();
    let image = Png::indexed(16, 8, &own, column_0).bytes();
    let (codes, _) = codes_and_palettes(image.clone(), "--tile-size 8");
    assert!(codes.contains(&"palette-rows".to_owned()), "{codes:?}");
    // What its help says.
    let (codes, palettes) = codes_and_palettes(image, &format!("--tile-size 8 --color-key {}", own[0]));
    assert_eq!((codes, palettes.len()), (vec!["palette-rows".to_owned()], 2));
    assert_eq!(palettes[1][1..], shades(17..32));
}

#[test]
fn opaque_column_0_is_never_named_twice() {
    // Each row has its own color 0: whatever key is passed, the other one stays opaque.
    let own: Vec<Rgb> = (0..32).map(shade).collect();
    let image = Png::indexed(16, 8, &own, |x, y| u8::try_from(x / 8 * 16 + (x + y) % 6).unwrap()).bytes();
    let project = TestProject::new();
    project.write("art/a.png", image);
    for (root, key) in
        [("a", String::new()), ("b", format!("--color-key {}", own[0])), ("c", "--color-key index0".into())]
    {
        let line = format!("create @ {root} --type glyph_bank --tile-size 8 {key} @/art/a.png");
        let created = cli::run_ok(project.root(), &line);
        let rows = created["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "palette-rows");
        let help = rows.unwrap()["help"].as_str().unwrap();
        assert!(help.contains("make the indices 0, 16, 32 and so on transparent"), "{key}: {help}");
    }
}

#[test]
fn rows_that_end_in_filling_are_listed() {
    let black = Rgb([0, 0, 0]);
    let row = |colors: std::ops::Range<usize>| colors.map(shade).chain(std::iter::repeat(black)).take(16);
    let own: Vec<Rgb> = row(0..6).chain(row(10..16)).collect();
    let project = TestProject::new();
    project.write("art/a.png", sheet_of_rows(&own, &[0, 1], true));
    let created = cli::run_ok(project.root(), "create @ a --type glyph_bank --tile-size 8 @/art/a.png");
    let message = created["findings"][0]["message"].as_str().unwrap();
    assert!(message.contains("rows 0 to 1 became the palettes of the same numbers"), "{message}");
}

#[test]
fn palettes_without_rows_are_read_by_color() {
    let own: Vec<Rgb> = (0..200).map(shade).collect();
    let image = Png::indexed(8, 8, &own, |x, y| u8::try_from((x + y) % 4 * 50 + 20).unwrap()).bytes();
    let (codes, palettes) = codes_and_palettes(image, "");
    assert_eq!((codes, palettes[0][1..].to_vec()), (vec![], shades([20, 70, 120, 170].into_iter())));
}

#[test]
fn same_colors_in_another_order_are_noted() {
    let project = TestProject::new();
    let image = |own: [Rgb; 3]| Png::indexed(8, 8, &own, |x, _| u8::from(x > 3) + 1).bytes();
    project.write("art/a.png", image([KEY, RED, GREEN])).write("art/b.png", image([KEY, GREEN, RED]));
    let output = cli::run_json(project.root(), "create @ bank --type glyph_bank @/art/a.png @/art/b.png");
    assert_eq!((output.code, output.codes()), (0, vec!["palettes-alike".to_owned()]));
    assert_eq!(cli::run_json(project.root(), "palettes @ bank").codes(), Vec::<String>::new(), "they are declared now");
}

/// A sheet of tiles of `side` pixels, each with its border repeated around it.
fn extruded_sheet(side: u32, border: u32, columns: u32, rows: u32) -> Png {
    let pitch = side + 2 * border;
    let inner = move |at: u32| (at % pitch).clamp(border, border + side - 1) - border;
    Png::rgb(
        columns * pitch,
        rows * pitch,
        move |x, y| {
            if (inner(x) * 3 + inner(y) + x / pitch * 5) % 7 < 3 { RED } else { GREEN }
        },
    )
}

#[test]
fn repeated_borders_are_recognized() {
    for (side, border, columns, rows) in [(16, 1, 3, 2), (8, 1, 5, 3), (16, 2, 3, 1), (32, 1, 1, 1)] {
        let project = TestProject::new();
        project.write("art/a.png", extruded_sheet(side, border, columns, rows).bytes());
        let line = format!("create @ bank --type glyph_bank --tile-size {side} @/art/a.png");
        let refused = cli::run_refused(project.root(), &line, &["image-size"]);
        let options = format!("--margin {border} --spacing {}", border * 2);
        assert!(refused.stdout.contains(&options) && !refused.stdout.contains("--region"), "{}", refused.stdout);
        let created = cli::run_ok(project.root(), &format!("{line} {options}"));
        assert_eq!((&created["items"], &created["findings"]), (&json!(columns * rows), &json!([])));
    }
}

#[test]
fn extruded_sheets_of_fitting_size_are_reported() {
    // 8 tiles of 10 pixels are 10 tiles of 8.
    let fitting = extruded_sheet(8, 1, 4, 4);
    assert_eq!(codes_and_palettes(fitting.bytes(), "--tile-size 8").0, ["image-extruded"]);
    let mut changed = fitting.clone();
    let last = changed.data.len() - 6;
    changed.data[last] ^= 0x40;
    assert!(!codes_and_palettes(changed.bytes(), "--tile-size 8").0.contains(&"image-extruded".to_owned()));
    let plain = images::plain(40, 40, RED);
    assert_eq!(codes_and_palettes(plain, "--tile-size 8").0, Vec::<&str>::new(), "equal borders mean nothing");
}

/// `sheet` at the top left of a transparent canvas, whose sides are `side`.
fn padded(sheet: &Png, columns: u32, rows: u32, side: u32) -> Vec<u8> {
    let data = &sheet.data;
    let color = |x: u32, y: u32| {
        let at = ((y * columns + x) * 3) as usize;
        [data[at], data[at + 1], data[at + 2], 0xFF]
    };
    Png::rgba(side, side, |x, y| if x < columns && y < rows { color(x, y) } else { [0; 4] }).bytes()
}

#[test]
fn extruded_parts_of_a_canvas_are_reported() {
    // Textures of engines have sides that are powers of two.
    let canvas = padded(&extruded_sheet(16, 1, 4, 3), 72, 54, 128);
    let project = TestProject::new();
    project.write("art/a.png", canvas);
    let created = cli::run_ok(project.root(), "create @ a --type glyph_bank --tile-size 16 @/art/a.png");
    let options = "--region 0,0,72,54 --margin 1 --spacing 2";
    assert_eq!(created["findings"][0]["code"], "image-extruded");
    let help = created["findings"][0]["help"].as_str().unwrap();
    assert!(help.contains(&format!("pass `{options}` to `create`")), "{help}");
    let line = format!("create @ b --type glyph_bank --tile-size 16 {options} @/art/a.png");
    let again = cli::run_ok(project.root(), &line);
    assert_eq!((&again["items"], &again["findings"]), (&json!(12), &json!([])));
    // Without a tile size.
    let refused = cli::run_refused(project.root(), "create @ c --type glyph_bank @/art/a.png", &["tile-size-needed"]);
    assert!(refused.stdout.contains(&format!("Pass `--tile-size 16 {options}`,")), "{}", refused.stdout);
    // Flat shapes on an ordinary sheet look as if their borders were repeated, by chance.
    let squares =
        |x: u32, y: u32| if (84..92).contains(&x) && (20..28).contains(&y) { [0xFF, 0, 0, 0xFF] } else { [0; 4] };
    let squares = Png::rgba(128, 128, squares).bytes();
    assert_eq!(codes_and_palettes(squares, "--tile-size 16").0, Vec::<&str>::new());
}

#[test]
fn extruded_sheets_of_another_size_are_reported() {
    // 8 tiles of 18 pixels are 18 tiles of 8.
    let project = TestProject::new();
    project.write("art/a.png", extruded_sheet(16, 1, 4, 4).bytes());
    let created = cli::run_ok(project.root(), "create @ a --type glyph_bank --tile-size 8 @/art/a.png");
    assert_eq!(created["findings"][0]["code"], "image-extruded");
    let help = created["findings"][0]["help"].as_str().unwrap();
    assert!(help.contains("pass `--tile-size 16 --margin 1 --spacing 2` to `create`"), "{help}");
    // Also if tiles of the size that was passed do not fill the image.
    project.write("art/b.png", extruded_sheet(16, 1, 5, 3).bytes());
    let line = "create @ b --type glyph_bank --tile-size 8 @/art/b.png";
    let refused = cli::run_refused(project.root(), line, &["image-size"]);
    assert!(refused.stdout.contains("pass `--tile-size 16 --margin 1 --spacing 2` to `create`"), "{}", refused.stdout);
}

#[test]
fn repeated_borders_give_the_tile_size() {
    // Sheets as tile-extruder 2.1.1 writes them, with `--extrusion` 1 or 2.
    for (side, border, columns, rows) in [(16, 1, 3, 2), (8, 1, 4, 4), (8, 2, 2, 2), (32, 1, 1, 1)] {
        let project = TestProject::new();
        project.write("art/a.png", extruded_sheet(side, border, columns, rows).bytes());
        project.write("art/b.png", extruded_sheet(side, border, 2, 1).bytes());
        let line = "create @ bank --type glyph_bank @/art/a.png @/art/b.png";
        let refused = cli::run_refused(project.root(), line, &["tile-size-needed"]);
        let options = format!("--tile-size {side} --margin {border} --spacing {}", border * 2);
        let help = refused.json()["findings"][0]["help"].as_str().unwrap().to_owned();
        assert!(help.contains(&format!("Pass `{options}`,")), "{help}");
        let created = cli::run_ok(project.root(), &line.replace("@ bank", &format!("@ bank {options}")));
        assert_eq!((&created["items"], &created["findings"]), (&json!(columns * rows + 2), &json!([])));
        // One image without repeated borders, and nothing is said about them.
        project.write("art/b.png", Png::rgb(40, 40, |x, y| if (x * 3 + y) % 7 < 3 { RED } else { GREEN }).bytes());
        let refused = cli::run_refused(project.root(), &line.replace("@ bank", "@ other"), &["tile-size-needed"]);
        assert!(!refused.stdout.contains("--margin 1 --spacing 2"), "{}", refused.stdout);
    }
}

#[test]
fn indices_past_the_palette_are_refused() {
    // Aseprite 1.3.11 writes 255 where the transparent color is none of the palette.
    let project = TestProject::new();
    let image = Png::indexed(8, 8, &[KEY, RED, GREEN], |x, y| if x > 5 { 255 } else { u8::from(y > 3) + 1 });
    project.write("art/a.png", image.bytes());
    let refused = cli::run_refused(project.root(), "create @ bank --type glyph_bank @/art/a.png", &["image-index"]);
    let finding = &refused.json()["findings"][0];
    assert_eq!(finding["message"], "the pixel has index 255, but the image's own palette ends at index 2");
    assert_eq!((&finding["count"], &finding["places"][0]["in_image"]), (&json!(16), &json!({"x": 6, "y": 0})));
    assert!(finding["help"].as_str().unwrap().contains("Aseprite"), "{finding}");
}

#[test]
fn black_filling_is_not_declared() {
    // gbagfx fills palettes of 17 to 255 colors with black up to 256.
    for (colors, declared) in [(20, vec![16, 4]), (16, vec![16]), (6, vec![6])] {
        let mut own: Vec<Rgb> = (0..colors).map(|n| if n == 17 { Rgb([0; 3]) } else { shade(n) }).collect();
        own.resize(256, Rgb([0; 3]));
        let row = |x: u32| if colors > 16 { x / 8 * 16 } else { 0 };
        let last = |x: u32| u32::try_from(colors).unwrap() - 1 - if colors > 16 && x < 8 { 4 } else { row(x) };
        let index = |x: u32, y: u32| u8::try_from(row(x) + 1 + (x + y) % last(x)).unwrap();
        let trns: Vec<u8> = (0..256).map(|n| if n % 16 == 0 { 0 } else { 255 }).collect();
        let image = Png::indexed(16, 8, &own, index).with_trns(&trns);
        let (_, palettes) = codes_and_palettes(image.bytes(), "--tile-size 8");
        assert_eq!(palettes.iter().map(Vec::len).collect::<Vec<_>>(), declared, "{colors}");
        let last = palettes.last().unwrap();
        let kept: Vec<String> = own[colors - 3..colors].iter().map(ToString::to_string).collect();
        assert_eq!(last[last.len() - 3..], kept, "{colors}");
    }
}
